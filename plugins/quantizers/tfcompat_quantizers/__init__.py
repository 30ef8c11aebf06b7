"""Quantizers that can be trained through: rounding, signs and learned steps, with the gradients that papers gave them.

| op | what it computes | gradient |
| --- | --- | --- |
| `RoundSTE(x)` | the nearest whole number | passes through |
| `SignSTE(x, clip=1.0)` | -1, 0 or 1 | passes where abs(x) <= clip |
| `BinarizeSTE(x, clip=1.0, slope="box")` | -1 or 1 | the same, or falling off from 0 to clip |
| `LSQFakeQuant(x, step, bits=8, signed=True, gradient_scale=0.0)` | x in whole steps | for x and the step |

They are called as `tf.plugins.ops.RoundSTE(x)`. `levels` and `initial_step` are what one needs to set up the last.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tfcompat_tape.plugins import Example, OpDefinition, hookimpl

if TYPE_CHECKING:
    from tfcompat_quantizers.steps import initial_step as initial_step
    from tfcompat_quantizers.steps import levels as levels

__all__ = ["initial_step", "levels", "tfcompat_ops"]

# No example is where a quantizer jumps or its gradient does.
_X = [[-1.6, -0.8, -0.3], [0.4, 0.9, 2.2]]
_DY = [[1.0, -2.0, 0.5], [3.0, 0.7, -1.0]]
_LSQ_ATTRS = {"bits": 8, "signed": True, "gradient_scale": 0.0}
_LSQ_EXAMPLES = (
    ([_X, 0.35], {"bits": 3}),
    ([_X, [0.3, 0.5, 0.7]], {"bits": 2}),
    ([_X, [[0.31], [0.42]]], {"bits": 4, "signed": False}),
    ([_X, 0.35], {"bits": 3, "gradient_scale": 1.0}),
)
_COMMON: dict[str, Any] = {"style": "library", "dtypes": "floating"}


@hookimpl
def tfcompat_ops() -> list[OpDefinition]:
    """The quantizers, and the ops that are their gradients."""
    round_ste = OpDefinition(
        "RoundSTE",
        kernel=".straight_through:rounded",
        inputs="x",
        gradient=".straight_through:passed",
        jvp=".straight_through:passed",
        keep="nothing",
        surrogate=True,
        elementwise=True,
        examples=[Example(_X)],
        doc="The nearest whole number, the even one of two; gradients pass through.",
        **_COMMON,
    )
    sign_ste = OpDefinition(
        "SignSTE",
        kernel=".straight_through:sign",
        inputs="x",
        attrs={"clip": 1.0},
        gradient=".straight_through:passed_within",
        jvp=".straight_through:passed_within",
        surrogate=True,
        elementwise=True,
        examples=[Example(_X), Example(_X, clip=0.5)],
        doc="-1, 0 or 1; gradients pass where abs(x) <= clip.",
        **_COMMON,
    )
    binarize_ste = OpDefinition(
        "BinarizeSTE",
        kernel=".straight_through:binarized",
        inputs="x",
        attrs={"clip": 1.0, "slope": "box"},
        gradient=".straight_through:passed_by_slope",
        jvp=".straight_through:passed_by_slope",
        surrogate=True,
        elementwise=True,
        examples=[Example(_X), Example(_X, clip=0.5), Example(_X, slope="triangle")],
        doc="1 where x >= 0, otherwise -1; gradients pass where abs(x) <= clip, weighted if slope='triangle'.",
        **_COMMON,
    )
    straight_through = OpDefinition(
        "StraightThrough",
        kernel=".straight_through:within",
        inputs="dy x",
        attrs={"clip": 1.0, "slope": "box"},
        gradient=".straight_through:within_gradient",
        jvp=".straight_through:within_jvp",
        examples=[Example(_DY, _X), Example(_DY, _X, clip=1.5, slope="triangle")],
        doc="dy where abs(x) <= clip, weighted if slope='triangle': the gradient of SignSTE and BinarizeSTE.",
        **_COMMON,
    )
    bend = OpDefinition(
        "StraightThroughBend",
        kernel=".straight_through:bend",
        inputs="x",
        attrs={"clip": 1.0, "slope": "box"},
        dtypes="floating",
        differentiable=False,
        doc="The derivative of StraightThrough by x, for dy = 1.",
    )
    lsq = OpDefinition(
        "LSQFakeQuant",
        kernel=".learned_step:quantized",
        inputs="x step",
        attrs=_LSQ_ATTRS,
        gradient=".learned_step:quantized_gradient",
        surrogate=True,
        examples=[Example(*inputs, **attrs) for inputs, attrs in _LSQ_EXAMPLES],
        doc="x rounded to whole steps, within the range of so many bits; the step learns as well.",
        **_COMMON,
    )
    lsq_gradient = OpDefinition(
        "LSQFakeQuantGrad",
        kernel=".learned_step:gradients",
        inputs="dy x step",
        attrs=_LSQ_ATTRS,
        outputs="dx dstep",
        gradient=".learned_step:gradients_gradient",
        dtypes="floating",
        examples=[Example(_DY, *inputs, **attrs) for inputs, attrs in _LSQ_EXAMPLES],
        doc="The gradients of LSQFakeQuant for its input and its step.",
    )
    return [round_ste, sign_ste, binarize_ste, straight_through, bend, lsq, lsq_gradient]


def __getattr__(name: str) -> Any:
    if name in ("initial_step", "levels"):
        return getattr(import_module(".steps", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
