"""The ends of a walk: targets and sources as a tape takes them, gradients as it gives them back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from enum import Enum
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.handles import variable_of
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import INEXACT, OPS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import NOBODY, Entry, Output, Recording, leaf

logger = logging.getLogger("tensorflow")


class UnconnectedGradients(Enum):
    """What a gradient is where the target does not depend on the source. Source: `tf.UnconnectedGradients`.

    >>> import tfcompat_tape as tf
    >>> tf.UnconnectedGradients("zero") is tf.UnconnectedGradients.ZERO
    True
    """

    NONE = "none"
    ZERO = "zero"


_LEAVES = {Variable, Tensor}


def flatten(sources: Any) -> list[Any]:
    """The sources as a list: `sources` itself, if that is a list of Tensors and Variables."""
    kind = type(sources)
    if kind in _LEAVES:
        return [sources]
    if kind is list and {type(source) for source in sources} <= _LEAVES:
        return sources  # type: ignore[no-any-return]
    return parts(nest.flatten(sources))


def parts(flat: list[Any]) -> list[Any]:
    """Targets, sources or cotangents, with what has a gradient in place of the composite values among them."""
    found: list[Any] = []
    for item in flat:
        value = variable_of(item)
        if isinstance(value, CompositeTensor) and type(value) is not IndexedSlices:
            gradient = value.__composite_gradient__
            if gradient is None:
                raise not_a_tensor("source", value)
            found += parts(nest.flatten(gradient.get_gradient_components(value)))
        else:
            found.append(value)
    return found


def packed(sources: Any, grads: list[Any]) -> Any:
    """The structure of the sources with the gradients of its `parts`; None for a composite without any."""
    left = iter(grads)
    return nest.map_structure(lambda source: _packed_one(source, left), sources)


def _packed_one(source: Any, left: Iterator[Any]) -> Any:
    if not isinstance(source, CompositeTensor) or type(source) is IndexedSlices:
        return next(left)
    gradient: Any = source.__composite_gradient__
    inner = gradient.get_gradient_components(source)
    found = [_packed_one(part, left) for part in nest.flatten(inner)]
    if all(grad is None for grad in found):
        return None
    return gradient.replace_gradient_components(source, nest.pack_sequence_as(inner, found))


# How often each warning was logged, and the most that it is.
_said: dict[str, int] = {}
_MOST = 5


def warn(message: str, about: Any) -> None:
    """Log a warning; the first few times only, as training loops repeat themselves."""
    count = _said[message] = _said.get(message, 0) + 1
    if count <= _MOST:
        logger.warning(message, about)


def trainable(value: Any) -> bool:
    raw = value._t
    return isinstance(raw, torch.Tensor) and raw.dtype in INEXACT


def target_node(target: Any, tape_id: int) -> Entry | None:
    """The entry of a target, `None` if this tape does not trace it."""
    if type(target) is not Tensor and not isinstance(target, Variable):
        raise not_a_tensor("target", target)
    node = target._node
    if node is not None and tape_id in node.tapes:
        return node
    if not trainable(target):
        warn(
            "The dtype of the target tensor must be floating (e.g. tf.float32) when calling "
            "GradientTape.gradient, got %r",
            target.dtype,
        )
    return None


def listed_now(target: Any, record: Recording) -> Entry | None:
    """An entry for an integer target, which the tape did not trace, if it comes from something that the tape did."""
    node = target._node
    if node is None or node.op is None or node.op.rule is not None:
        return None
    if (
        not isinstance(target._t, torch.Tensor) and type(node.op) is not Output
    ):  # strings, but as results of a function
        return None
    needs = tuple([parent is not None and record.id in parent.tapes for parent in node.parents])
    if not any(needs):
        return None
    entry = Entry(node.op, node.parents, (), (), None, {}, needs, record.ids)
    record.append(entry, target._t)
    return entry


def source_node(source: Any, tape_id: int) -> Entry | None:
    """The entry of a source, `None` if this tape does not trace it."""
    kind = type(source)
    if kind is Variable or kind is Tensor or isinstance(source, Variable):
        node: Entry | None = source._node
        if node is not None and tape_id in node.tapes:
            return node
        if not trainable(source):
            warn(
                "The dtype of the source tensor must be floating (e.g. tf.float32) when calling "
                "GradientTape.gradient, got %r",
                source.dtype,
            )
        return None
    raise not_a_tensor("source", source)


def not_a_tensor(role: str, value: Any) -> Exception:
    """TensorFlow's exception for a target or source that cannot be one."""
    if isinstance(value, CompositeTensor) and type(value) is not IndexedSlices:
        return ValueError(
            f"Type {type(value).__name__} is not supported as a gradient source or gradient target. "
            "Take the Tensors that it consists of, such as the `values` of a SparseTensor."
        )
    kind: type[Exception] = AttributeError
    with_dtype = isinstance(value, (np.ndarray, np.generic, IndexedSlices))
    try:  # what has a dtype, or names one, as even 1.0 does: TensorFlow fails only later then
        as_dtype(value.dtype if with_dtype else value)
    except TypeError:
        kind = TypeError
    hint = "only what TensorFlow ops computed from watched values has a gradient."
    if isinstance(value, IndexedSlices):
        hint = "take its `values`, or tf.convert_to_tensor of it when it is made."
    return kind(
        f"A {role} must be a Tensor or Variable, got {value!r} of type {type(value).__name__}: {hint}"
    )


def no_derivative(message: str, value: Any, asked: str) -> Exception:
    """TensorFlow's exception where only Tensors can be: it asks any value for `asked` before it tries to convert it."""
    composite = isinstance(value, CompositeTensor) and type(value) is not IndexedSlices
    return (ValueError if composite and hasattr(value, asked) else AttributeError)(message)


def same_value(target: Any, sources: list[Any], nodes: list[Entry | None]) -> Entry | None:
    """For a target that is not traced but is itself a source: a leaf that stands for both. Its gradient is 1."""
    node = None
    for i, source in enumerate(sources):
        if source is target and isinstance(source._t, torch.Tensor):
            node = nodes[i] = node or nodes[i] or leaf(NOBODY)
    return node


def cotangent(target: Any, seed: Any, recorded: bool) -> Any:
    """The adjoint that a walk starts from: ones, or what the caller gave."""
    raw = target._t
    if isinstance(raw, np.ndarray):  # strings
        return torch.zeros(raw.shape, dtype=torch.bool)
    if seed is None:
        ones = torch.ones_like(raw)
        return Tensor(ones, None) if recorded else ones
    shape, given = raw.shape, seed._t
    if given.dtype is not raw.dtype:
        raise invalid(
            f"output_gradients: a gradient was expected to be a {target.dtype.name} tensor but is a {seed.dtype.name} "
            "tensor: it has the dtype of its target. Use tf.cast."
        )
    if given.shape != shape:
        extra = len(given.shape) - len(shape)
        if extra > 0 and set(given.shape[:extra]) == {1}:
            seed = OPS["Reshape"].call(seed, shape=tuple(given.shape[extra:]))
        if _broadcast(seed._t.shape, shape) != shape:
            raise invalid(
                f"output_gradients: the target has shape {target.shape}, its gradient {seed.shape}."
            )
        seed = OPS["BroadcastTo"].call(seed, shape=tuple(shape))
    return seed if recorded else seed._t


def _broadcast(a: Any, b: Any) -> Any:
    """The shape that shapes `a` and `b` broadcast to, `None` if they do not fit."""
    try:
        return torch.broadcast_shapes(a, b)  # type: ignore[no-untyped-call]
    except RuntimeError:
        return None


def as_result(grad: Any, source: Any, unconnected: UnconnectedGradients) -> Any:
    """A gradient as the caller sees it."""
    if grad is None:
        return zeros_or_none(source, unconnected, ())
    if type(grad) is IndexedSlices:
        return IndexedSlices(*[part if type(part) is Tensor else _wrap(part) for part in grad._parts()])
    return Tensor(grad, None) if isinstance(grad, torch.Tensor) else grad


def _wrap(part: Any) -> Tensor:
    return Tensor(part, None) if isinstance(part, torch.Tensor) else convert(list(part))


def zeros_or_none(
    source: Any, unconnected: UnconnectedGradients, prefix: tuple[int, ...], batched: bool = False
) -> Tensor | None:
    """`None`, or zeros of the source's shape (after the target's, for a Jacobian)."""
    if unconnected is UnconnectedGradients.NONE:
        return None
    raw = source._t
    shape = (*prefix, *raw.shape[1:]) if batched else (*prefix, *raw.shape)
    if isinstance(raw, np.ndarray):  # strings
        return Tensor(np.full(shape, b"", object), None)
    return Tensor(torch.zeros(shape, dtype=raw.dtype, device=raw.device), None)
