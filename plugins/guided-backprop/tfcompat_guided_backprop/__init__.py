"""Guided backpropagation and deconvnet gradients, as named alternatives for `gradient_override_map`.

There is a `Guided...` and a `Deconv...` for `Relu`, `Relu6`, `LeakyRelu` and `Elu`. `saliency`, `guided_backprop` and
`deconvnet` are for those who do not want to write the map themselves.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tfcompat_tape.plugins import Example, GradientDefinition, hookimpl

if TYPE_CHECKING:
    from tfcompat_guided_backprop.maps import METHODS as METHODS
    from tfcompat_guided_backprop.maps import deconvnet as deconvnet
    from tfcompat_guided_backprop.maps import guided_backprop as guided_backprop
    from tfcompat_guided_backprop.maps import saliency as saliency

__all__ = ["METHODS", "deconvnet", "guided_backprop", "saliency", "tfcompat_gradients"]

# No example is at 0 or 6, where the rules are not smooth.
_EXAMPLES = [Example([[-1.5, -0.5, 0.5], [1.5, 4.0, 7.5]]), Example([2.0, -3.0])]
_RULES = ".rules:"


@hookimpl
def tfcompat_gradients() -> list[GradientDefinition]:
    """The two gradients, for each of the rectifiers that they were made for."""
    guided = "dy where both the cotangent and the feature are positive"
    deconv = "dy where the cotangent is positive"
    found = []
    for op_type in ("Relu", "LeakyRelu", "Elu"):
        rule = _RULES + "guided"
        found.append(
            GradientDefinition(op_type, rule, name=f"Guided{op_type}", examples=_EXAMPLES, doc=guided)
        )
    bounded = _RULES + "guided_below_six"
    found.append(GradientDefinition("Relu6", bounded, name="GuidedRelu6", examples=_EXAMPLES, doc=guided))
    for op_type in ("Relu", "Relu6", "LeakyRelu", "Elu"):
        rule = _RULES + "deconv"
        found.append(
            GradientDefinition(op_type, rule, name=f"Deconv{op_type}", examples=_EXAMPLES, doc=deconv)
        )
    return found


def __getattr__(name: str) -> Any:
    if name in ("METHODS", "deconvnet", "guided_backprop", "saliency"):
        return getattr(import_module(".maps", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
