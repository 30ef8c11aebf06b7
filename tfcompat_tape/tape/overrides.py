"""Overridden gradients: within a context, what some ops record takes the gradient of another name.

A map from op types to names belongs to a graph and a thread, and is in effect while the graph is the thread's default.
The list does the rest: while `state.overrides` is not empty, an entry is given the op that stands there under its own
op's name. So it is the ops made within the context that are concerned, whenever the gradient is asked for.

Source: `tf.Graph.gradient_override_map`.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import torch

from tfcompat_tape.core.hooks import need
from tfcompat_tape.core.registry import OPS, Keep, Op, UserRule, registered
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import refresh, state

NOTHING: Mapping[str, Op] = type(state).overrides


class Overrides(threading.local):
    """What one graph overrides on this thread: ops with another gradient, by op type."""

    ops: Mapping[str, Op] = NOTHING


# Of the graph that is the default where no other was made so.
OUTERMOST = Overrides()


class _Defaults(threading.local):
    """The overrides of the graphs that this thread made its default, innermost last."""

    def __init__(self) -> None:
        self.stack = [OUTERMOST]


_defaults = _Defaults()


def _apply() -> None:
    """Put into effect what the default graph overrides."""
    ops = _defaults.stack[-1].ops
    if ops is not state.overrides:
        state.overrides = ops
        refresh()


@contextlib.contextmanager
def default(overrides: Overrides) -> Iterator[None]:
    """Within this context `overrides` are those in effect."""
    depth = len(_defaults.stack)
    _defaults.stack.append(overrides)
    _apply()
    try:
        yield
    finally:
        del _defaults.stack[depth:]
        _apply()


@contextlib.contextmanager
def overriding(overrides: Overrides, names: Mapping[str, str]) -> Iterator[None]:
    """Within this context `overrides` gives the gradient `names[op_type]` to each op type of `names`.

    Inner maps win, and what they do not mention stays as it is. Op types that do not exist do no harm.
    """
    need()  # plugins may bring the op, or the gradient
    changed = {
        op_type: _with_gradient(OPS[op_type], name) for op_type, name in names.items() if op_type in OPS
    }
    with _in_place(overrides, {**overrides.ops, **changed}):
        yield


def carried(ops: Mapping[str, Op]) -> contextlib.AbstractContextManager[None]:
    """Within this context the overrides `ops` are in effect: for what is computed again, as it was the first time."""
    return contextlib.nullcontext() if ops is state.overrides else _in_place(_defaults.stack[-1], ops)


@contextlib.contextmanager
def _in_place(overrides: Overrides, ops: Mapping[str, Op]) -> Iterator[None]:
    before = overrides.ops
    with _keeping_everything(ops):
        overrides.ops = ops
        _apply()
        try:
            yield
        finally:
            overrides.ops = before
            _apply()


def _with_gradient(op: Op, name: str) -> Op:
    """`op` with the gradient that is registered as `name`: by a user, or for the op of that name."""
    other = OPS.get(name)
    changed = Op(
        op.name,
        op.kernel,
        inputs=op.inputs,
        defaults={**op.defaults, "_gradient_op_type": name.encode()},
        outputs=op.outputs,
        dtypes=op.dtypes,
        same=op.same,
        keep=Keep.BOTH,
        none_ok=other is not None and other.none_ok,
        differentiable=other is None or other.differentiable,
    )
    changed.call = op.call
    if other is None or isinstance(other.rule, UserRule):
        changed.rule = UserRule(_Registered(op.name, name))
    elif other.rule is not None:
        changed.rule, changed.jvp = _fitting(other.rule), other.jvp
        changed.elementwise = other.elementwise and op.elementwise
    return changed


def _fitting(rule: Any) -> Any:
    """The gradient rule of another op, whose answer must fit the inputs of this one."""

    def fitting(op: Any, *dys: Any) -> Any:
        grads = rule(op, *dys)
        _check_shapes(op, grads)
        return grads

    return fitting


def _check_shapes(op: Any, grads: Any) -> None:
    """ValueError, as where TensorFlow builds the graph of a gradient, if a gradient has not the shape of its input."""
    for i, (x, grad) in enumerate(
        zip(op.inputs, grads if isinstance(grads, (list, tuple)) else [grads], strict=False)
    ):
        if isinstance(grad, (torch.Tensor, Tensor)) and x is not None and grad.shape != x.shape:
            raise ValueError(
                f"Incompatible shapes between op input and calculated input gradient. Operation: {op.type}, input "
                f"{i} of shape {list(x.shape)}, gradient of shape {list(grad.shape)}."
            )


class _Registered:
    """The gradient function that a user registered as `name`, looked for when it is called, as TensorFlow does."""

    __slots__ = ("_name", "_op_type")

    def __init__(self, op_type: str, name: str) -> None:
        self._op_type = op_type
        self._name = name

    def __call__(self, op: Any, *dys: Any) -> Any:
        function = registered(self._name)
        if function is None:
            raise LookupError(
                f"gradient registry has no entry for: {self._name}. No gradient defined for operation '{op.name}' "
                f"(op type: {self._op_type}): gradient_override_map asks for one called {self._name!r}. "
                f"Register it with tf.RegisterGradient({self._name!r})."
            )
        grads = function(op, *dys)
        _check_shapes(op, grads)
        return grads


# -- what entries keep -------------------------------------------------------------------------------------------------

# Another gradient may use any input and output. So an op keeps them all while some thread overrides it; other threads
# keep more than they need meanwhile.
_lock = threading.Lock()
_kept: dict[str, list[Any]] = {}  # op type -> how often it is overridden, the op, what it keeps otherwise


def kept_otherwise(op: Op) -> tuple[Keep, tuple[int, ...] | None]:
    """What `op` keeps while no thread overrides it."""
    with _lock:
        _, _, keep, keep_inputs = _kept.get(op.name, (0, op, op.keep, op.keep_inputs))
        return keep, keep_inputs


def keep_otherwise(op: Op, keep: Keep, keep_inputs: tuple[int, ...] | None) -> None:
    """Change what `op` keeps: from now on, or as soon as no thread overrides it."""
    with _lock:
        if op.name in _kept:
            _kept[op.name][2:] = keep, keep_inputs
        else:
            op.set_keep(keep, keep_inputs)


@contextlib.contextmanager
def _keeping_everything(overridden: Mapping[str, Any]) -> Iterator[None]:
    names = [name for name in overridden if name in OPS]  # the plugin of an op may have gone
    with _lock:
        for name in names:
            op = OPS[name]
            _kept.setdefault(name, [0, op, op.keep, op.keep_inputs])[0] += 1
            op.set_keep(Keep.BOTH)
    try:
        yield
    finally:
        with _lock:
            for name in names:
                _kept[name][0] -= 1
                if not _kept[name][0]:
                    _, op, keep, keep_inputs = _kept.pop(name)
                    if not isinstance(
                        op.rule, UserRule
                    ):  # a rule that was registered meanwhile keeps everything
                        op.set_keep(keep, keep_inputs)
