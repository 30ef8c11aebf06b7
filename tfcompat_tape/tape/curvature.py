"""Second derivatives from one tape: Hessians, and products with Hessians and Gauss-Newton matrices.

The list holds all that is needed. For products, tangents are pushed forward along it, from the sources to the target;
then it is walked backwards by rules whose inputs carry these tangents, so that the gradient comes with its own
derivative along them: forward over reverse, `H v` without `H`. A whole Hessian is the Jacobian of a gradient that the
tape itself records: what two nested tapes give, at singular points too.

Source: B. Pearlmutter, "Fast exact multiplication by the Hessian", 1994;
N. Schraudolph, "Fast curvature matrix-vector products", 2002.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.handles import variable_of
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, Recording, only, state
from tfcompat_tape.tape.backward import backward
from tfcompat_tape.tape.ends import source_node, target_node
from tfcompat_tape.tape.forward import Accumulation, tangent_of, walk_forward
from tfcompat_tape.tape.gradient_tape import GradientTape
from tfcompat_tape.tape.jacobians import jacobian
from tfcompat_tape.tape.paths import between
from tfcompat_tape.tape.rows import Options

__all__ = ["gauss_newton_vector_product", "hessian", "hessian_vector_product"]


def hessian_vector_product(tape: GradientTape, target: Any, sources: Any, vectors: Any) -> Any:
    """`H v`, on one device; see `derivatives.hessian_vector_product`."""
    nest.assert_same_structure(sources, vectors)
    flat = [variable_of(x) for x in nest.flatten(sources)]
    tangents = [_fitting(v, x) for v, x in zip(nest.flatten(vectors), flat, strict=True)]
    record = tape._prepare("hessian_vector_product")
    nodes = [source_node(x, record.id) for x in flat]
    node = target_node(target, record.id)
    try:
        if node is None:
            found: list[Any] = [None] * len(flat)
        else:
            found = _product(record, node, _ones(target), nodes, [_seen(t) for t in tangents])
    finally:
        tape._finish()
    return nest.pack_sequence_as(sources, [_tensor(x) for x in found])


def gauss_newton_vector_product(
    tape: GradientTape, loss: Any, outputs: Any, sources: Any, vectors: Any
) -> Any:
    """`J^T H J v`, on one device; see `derivatives.gauss_newton_vector_product`."""
    nest.assert_same_structure(sources, vectors)
    flat, heads = [variable_of(x) for x in nest.flatten(sources)], nest.flatten(outputs)
    tangents = [_fitting(v, x) for v, x in zip(nest.flatten(vectors), flat, strict=True)]
    record = tape._prepare("gauss_newton_vector_product")
    nodes = [source_node(x, record.id) for x in flat]
    outs = [target_node(y, record.id) for y in heads]
    node = target_node(loss, record.id)
    try:
        if node is None or None in outs:
            what = "the loss" if node is None else "an output"
            raise ValueError(
                f"gauss_newton_vector_product: the tape does not trace {what}: compute it in the tape's context, from "
                "watched sources."
            )
        ends = [out for out in outs if out is not None]
        recorded = state.differentiating
        starts = {one: _seen(t) for one, t in zip(nodes, tangents, strict=True) if one is not None}
        pushed = walk_forward(between(record.id, ends, starts.keys()), starts, recorded)
        moved = [pushed.get(out) for out in ends]
        curved = _product(
            record, node, _ones(loss), ends, [None if t is None else _seen(_tensor(t)) for t in moved]
        )
        cotangents = [(out, h) for out, h in zip(ends, curved, strict=True) if h is not None]
        found = backward(
            record,
            [out for out, _ in cotangents],
            [_tensor(h) if recorded else _tensor(h)._t for _, h in cotangents],
            nodes,
            recorded=recorded,
            release=False,
        )
    finally:
        tape._finish()
    return nest.pack_sequence_as(sources, [_tensor(x) for x in found])


def hessian(tape: GradientTape, target: Any, sources: Any, *, progress: bool | None = None) -> Any:
    """The Hessian of the sum of `target` with respect to `sources`.

    Args:
      tape: the tape that recorded `target`; one tape is enough.
      target: a real Tensor.
      sources: a Tensor or Variable, or a list or tuple of them.
      progress: tell the progress on stderr if it takes more than a few seconds; see `tf.GradientTape.jacobian`.

    Returns:
      For one source a Tensor of shape `source.shape + source.shape`, `None` if it is not connected. For several, a list
      of lists, of which `[i][j]` has the shape `sources[i].shape + sources[j].shape`.

    Raises:
      RuntimeError: second use of a tape that is not persistent.
      ResourceExhaustedError: not even one column at a time fits in memory.

    >>> import tfcompat_tape as tf
    >>> x = tf.Variable([1.0, 2.0])
    >>> with tf.GradientTape() as tape:
    ...     y = x[0] ** 2 * x[1]
    >>> print(tf.derivatives.hessian(tape, y, x).numpy())
    [[4. 2.]
     [2. 0.]]
    """
    several = isinstance(sources, (list, tuple))
    flat = list(sources) if several else [sources]
    record = tape._prepare("hessian")
    nodes = [source_node(x, record.id) for x in flat]
    node = target_node(target, record.id)
    try:
        with _resumed(record):
            grads = _gradients(record, node, target, nodes)
            blocks = [_block_row(record, grad, flat, nodes, progress) for grad in grads]
    finally:
        tape._finish()
    return blocks if several else blocks[0][0]


@contextlib.contextmanager
def _resumed(record: Recording) -> Iterator[None]:
    """Lets go, in the end, of what `record` lists within this context, unless somebody differentiates it."""
    listed, kept = len(record.refs), len(record.entries)
    differentiated = state.differentiating
    try:
        yield
    finally:
        if not differentiated:
            del record.refs[listed:], record.entries[kept:]


def _gradients(
    record: Recording, node: Entry | None, target: Any, nodes: Sequence[Entry | None]
) -> list[Tensor | None]:
    """The gradients with respect to `nodes`, recorded by the very tape that they come from."""
    if node is None:
        return [None] * len(nodes)
    listening = state.recordings if record in state.recordings else [*state.recordings, record]
    with only(listening):
        seed = [Tensor(_ones(target), None)]
        grads = backward(record, [node], seed, nodes, recorded=True, release=False)
        return [None if grad is None else convert(grad) for grad in grads]


def _block_row(
    record: Recording,
    grad: Tensor | None,
    sources: Sequence[Any],
    nodes: Sequence[Entry | None],
    progress: bool | None,
) -> list[Tensor | None]:
    """The derivatives of the gradient with respect to one source, with respect to each of them."""
    if grad is None:
        return [None] * len(sources)
    node = grad._node
    if node is not None and record.id not in node.tapes:
        node = None  # a constant
    found = jacobian(record, grad, node, sources, nodes, Options("hessian", progress=progress))
    row: list[Tensor | None] = []
    for x, source, one in zip(found, sources, nodes, strict=True):
        if x is None and one is not None:
            x = Tensor(grad._t.new_zeros((*grad._t.shape, *source._t.shape)), None)
        row.append(x)
    return row


def _product(
    record: Recording,
    node: Entry,
    seed: torch.Tensor,
    sources: Sequence[Entry | None],
    tangents: Sequence[Any],
) -> list[Any]:
    """The derivatives, along `tangents`, of the gradients with respect to `sources`; `None` for no gradient."""
    recorded = state.differentiating
    starts = {one: t for one, t in zip(sources, tangents, strict=True) if one is not None and t is not None}
    accumulation = Accumulation()
    for entry, tangent in walk_forward(between(record.id, [node], starts.keys()), starts, recorded).items():
        accumulation.attach(entry, tangent)
    with only([*state.recordings, accumulation]):
        grads = backward(record, [node], [Tensor(seed, None)], sources, recorded=True, release=False)
    found: list[Any] = []
    for grad in grads:
        if grad is None:
            found.append(None)
            continue
        grad = convert(grad)
        tangent = tangent_of(grad._node, accumulation.id)
        found.append(torch.zeros_like(grad._t) if tangent is None else tangent)
    return found


def _fitting(given: Any, source: Any) -> Tensor:
    """A vector as a Tensor of the shape and dtype of its source."""
    vector: Tensor = convert(given, source.dtype)
    if vector._t.shape != source._t.shape:
        raise invalid(f"The vector for a source of shape {source.shape} has the shape {vector.shape}.")
    return vector


def _seen(vector: Tensor) -> Any:
    """A vector as tangent: raw, unless somebody differentiates it too."""
    return vector if vector._node is not None else vector._t


def _ones(target: Any) -> torch.Tensor:
    ones: torch.Tensor = torch.ones_like(target._t)
    return ones


def _tensor(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return Tensor(value, None)
    return value if value is None else convert(value)
