"""The diagonal of a Jacobian that is diagonal, as the list proves."""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType
from typing import Any

import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, Output
from tfcompat_tape.tape.ends import source_node, target_node
from tfcompat_tape.tape.gradient_tape import GradientTape
from tfcompat_tape.tape.paths import between


def diagonal_jacobian(tape: GradientTape, target: Any, source: Any) -> Tensor | None:
    """The derivative of each element of `target` with respect to the same element of `source`.

    For a target that was computed element by element, this is all there is of its Jacobian. It is exact: the list
    must prove that element `i` depends on element `i` alone, by elementwise operations and changes of shape that keep
    the order of elements; anything else on the way is an error. It costs one walk; the Jacobian is not built.

    Args:
      tape: the tape that recorded `target`.
      target: a Tensor.
      source: a Tensor or Variable with as many elements.

    Returns:
      A Tensor of the target's shape, `None` if `target` does not depend on `source`. It is
      `tf.linalg.diag_part(tape.jacobian(target, source))` for vectors.

    Raises:
      InvalidArgumentError: the list does not prove that the Jacobian is diagonal; the message names the operation.
      RuntimeError: second use of a tape that is not persistent.

    >>> import tfcompat_tape as tf
    >>> x = tf.linspace(-10.0, 10.0, 201)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = tf.nn.sigmoid(x)
    >>> tf.derivatives.diagonal_jacobian(tape, y, x).shape
    TensorShape([201])
    """
    record = tape._prepare("diagonal_jacobian")
    node, root = target_node(target, record.id), source_node(source, record.id)
    if node is not None and root is not None:
        _prove(between(record.id, [node], {root}), root)
    grad = tape.gradient(target, source)
    if grad is None:
        return None
    dense: Tensor = convert(grad)
    shape = tuple(target._t.shape)
    return dense if tuple(dense._t.shape) == shape else OPS["Reshape"].call(dense, shape=shape)


def _prove(path: Sequence[Entry], source: Entry) -> None:
    """Raise where an entry of `path` mixes elements. The proof keeps to the flat order of elements."""
    proven = {source}
    for entry in path:
        why = _mixes(entry, proven)
        if why:
            raise invalid(
                f"diagonal_jacobian: the list does not prove that the Jacobian is diagonal: {entry.type} {why}. "
                "Use tape.jacobian and tf.linalg.diag_part."
            )
        proven.add(entry)


def _mixes(entry: Entry, proven: set[Entry]) -> str:
    """What `entry` does with elements beyond one by one; "" if nothing."""
    op: Any = entry.op
    if type(op) is Output:
        return "is one of several results"
    if type(op.rule) is not FunctionType:
        return "has a gradient function of a user"
    if op.keeps_order:
        return ""
    if not op.elementwise:
        return "is not an elementwise operation"
    shapes: Any = entry.shapes
    if shapes is None or len(shapes) == 1:
        return ""
    whole = torch.broadcast_shapes(*shapes)  # type: ignore[no-untyped-call]
    for parent, shape in zip(entry.parents, shapes, strict=True):
        if parent in proven and shape != whole:
            return f"broadcasts {list(shape)} to {list(whole)}"
    return ""
