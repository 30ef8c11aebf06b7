"""Op types that TensorFlow has under several names: each is an op of its own, with the kernel and the rule of another.

`tf.raw_ops.MatrixDiagPart` and the entries that it makes are called so; what it computes is MatrixDiagPartV3 with other
attributes, or fewer. A gradient that a user registers or overrides for one name does not reach the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tfcompat_tape.core.dispatch import call_of
from tfcompat_tape.core.registry import OPS, Keep, Op, add

Attrs = Mapping[str, Any]


class _Entry:
    """An entry of a spelling as the rule of the op that it spells reads it: with that op's attributes."""

    def __init__(self, entry: Any, op: Op, attrs: dict[str, Any]) -> None:
        self._entry = entry
        self._op = op
        self.attrs = attrs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entry, name)

    def get_attr(self, name: str) -> Any:
        return self.attrs[name] if name in self.attrs else self._op.default_of(name)


def spelled(
    name: str,
    of: str,
    *,
    inputs: str | None = None,
    attrs: Callable[[Attrs], dict[str, Any]] = dict,
    kernel: Callable[..., Any] | None = None,
    check: Callable[..., None] | None = None,
    defaults: dict[str, Any] | None = None,
    dtypes: frozenset[Any] | None = None,
    outputs: int | None = None,
    has_gradient: bool = True,
) -> Any:
    """The op `name`, which does what the op `of` does; returns it as a function `call(*tensors, **attrs)`.

    Args:
      inputs: what `name` calls its tensors, where that is something else.
      attrs: the attributes of `of` that the attributes of `name` amount to.
      kernel: the kernel of `name`, where that is another one; it gets the attributes of `name`.
      check: gets the raw inputs and the attributes of a call, and raises where `name` takes less than `of`.
      defaults: the attributes of `name`, with default values; `None` where there is none. Those of `of` by default.
      dtypes: what the first input may have, where that is less.
      outputs: how many of the results `name` has.
      has_gradient: False where TensorFlow has a gradient for `of` alone.
    """
    base = OPS[of]

    def run(*tensors: Any, **given: Any) -> Any:
        if check is not None:
            check(*tensors, **given)
        return _first(base.kernel(*tensors, **attrs(given)) if kernel is None else kernel(*tensors, **given))

    def _first(results: Any) -> Any:
        return results if outputs is None else results[:outputs]

    op = Op(
        name,
        run,
        inputs=base.inputs if inputs is None else tuple(inputs.split()),
        defaults=base.defaults if defaults is None else defaults,
        outputs=base.outputs if outputs is None else outputs,
        dtypes=base.dtypes if dtypes is None else dtypes,
        same=base.same,
        preferred=base.preferred,
        keep=Keep.BOTH if base.keep is Keep.QUOTIENT else base.keep,
        keep_inputs=base.keep_inputs,
        none_ok=base.none_ok,
        differentiable=base.differentiable,
    )
    rule, jvp, fallback = base.rule, base.jvp, base.fallback
    if fallback is not None:
        op.fallback = lambda *tensors, **given: _first(fallback(*tensors, **attrs(given)))
    add(op)
    if rule is not None and has_gradient:
        op.rule = lambda entry, *grads: rule(_view(entry), *grads)
    if jvp is not None and has_gradient:
        op.jvp = lambda entry, *tangents: _first(jvp(_view(entry), *tangents))
    op.elementwise, op.keeps_order, op.transposed = base.elementwise, base.keeps_order, base.transposed

    def _view(entry: Any) -> _Entry:
        given = {key: value for key, value in entry.attrs.items() if key != "_outputs"}
        return _Entry(entry, base, attrs(given))

    return call_of(op)


def without(*names: str) -> Callable[[Attrs], dict[str, Any]]:
    """Attributes that are hints: all but these."""
    return lambda given: {key: value for key, value in given.items() if key not in names}


def also(**fixed: Any) -> Callable[[Attrs], dict[str, Any]]:
    """The attributes given, and these."""
    return lambda given: {**given, **fixed}
