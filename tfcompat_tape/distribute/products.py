"""Products with Hessians and Gauss-Newton matrices of a loss whose examples are split over ranks.

Each rank has recorded the loss of its own examples. The matrix of the sum of these losses is the sum of the matrices,
so each rank multiplies by its own, and the products are summed: one exchange of the size of the vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.handles import variable_of
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.distribute.jacobians import _part, _sharded, _together, refuse_to_record
from tfcompat_tape.tape import curvature

__all__ = ["gauss_newton_vector_product", "hessian_vector_product"]


def hessian_vector_product(
    tape: Any, target: Any, sources: Any, vectors: Any, *, over: Any = None, gather: bool = False
) -> Any:
    """The Hessian of the sum of `target` with respect to `sources`, times `vectors`.

    Costs about as much as two gradients, whatever the number of elements.

    Args:
      tape: the tape that recorded `target`; one tape is enough.
      target: a real Tensor.
      sources: nested structure of Tensors or Variables.
      vectors: the structure of `sources`, holding for each a Tensor of its shape and dtype.
      over: a process group of torch.distributed, or "all", over whose ranks the examples are split: each has recorded
        the target of its own, and the Hessian is that of the sum of all targets. Sources and vectors are the same.
      gather: give the whole product to each rank; otherwise, over ranks, it is a DTensor placed by `Shard(0)`.

    Returns:
      The structure of `sources`, holding for each a Tensor of its shape and dtype (zeros where the gradient is
      constant); `None` where the target does not depend on the source.

    Raises:
      ValueError: the structures of `sources` and `vectors` differ.
      InvalidArgumentError: the shape of a vector is not that of its source, or the ranks have different vectors.
      RuntimeError: second use of a tape that is not persistent, or there are no other processes.
      AbortedError: another rank failed.
      NotImplementedError: over ranks, within an outer tape: what ranks exchange is not recorded.

    >>> import tfcompat_tape as tf
    >>> x = tf.Variable([1.0, 2.0])
    >>> with tf.GradientTape() as tape:
    ...     y = tf.reduce_sum(x**3)
    >>> tf.derivatives.hessian_vector_product(tape, y, x, tf.constant([1.0, 0.0])).numpy()
    array([6., 0.], dtype=float32)
    """

    def product(given: Any) -> Any:
        return curvature.hessian_vector_product(tape, target, sources, given)

    if over is None:
        return product(vectors)
    refuse_to_record(tape, target, "hessian_vector_product(over=...)")
    return _summed("hessian_vector_product", product, sources, vectors, over, gather)


def gauss_newton_vector_product(
    tape: Any,
    loss: Any,
    outputs: Any,
    sources: Any,
    vectors: Any,
    *,
    over: Any = None,
    gather: bool = False,
) -> Any:
    """The Gauss-Newton matrix `J^T H J` of a loss of outputs of a model, times `vectors`.

    `J` is the Jacobian of `outputs` with respect to `sources`, `H` the Hessian of the loss with respect to `outputs`:
    what is left of the loss's Hessian if the model were linear. It is positive semidefinite if the loss is convex in
    the outputs; for a cross-entropy it is the Fisher matrix.

    Args:
      tape: the tape that recorded both `outputs` and `loss`.
      loss: a real Tensor that was computed from `outputs`.
      outputs: nested structure of Tensors that were computed from `sources`.
      sources: nested structure of Tensors or Variables.
      vectors: the structure of `sources`, holding for each a Tensor of its shape and dtype.
      over: a process group of torch.distributed, or "all", over whose ranks the examples are split: each has recorded
        outputs and loss of its own, and the matrix is that of the sum of all losses. Sources and vectors are the same.
      gather: give the whole product to each rank; otherwise, over ranks, it is a DTensor placed by `Shard(0)`.

    Returns:
      The structure of `sources`, holding for each a Tensor of its shape and dtype, `None` where the outputs do not
      depend on the source.

    Raises:
      ValueError: the structures of `sources` and `vectors` differ, or the tape does not trace an output.
      InvalidArgumentError: the shape of a vector is not that of its source, or the ranks have different vectors.
      RuntimeError: second use of a tape that is not persistent, or there are no other processes.
      AbortedError: another rank failed.
      NotImplementedError: over ranks, within an outer tape: what ranks exchange is not recorded.

    >>> import tfcompat_tape as tf
    >>> w = tf.Variable([1.0, 2.0])
    >>> with tf.GradientTape() as tape:
    ...     prediction = w * w
    ...     loss = tf.reduce_sum((prediction - 3.0) ** 2)
    >>> v = tf.constant([1.0, 1.0])
    >>> tf.derivatives.gauss_newton_vector_product(tape, loss, prediction, w, v).numpy()
    array([ 8., 32.], dtype=float32)
    """

    def product(given: Any) -> Any:
        return curvature.gauss_newton_vector_product(tape, loss, outputs, sources, given)

    if over is None:
        return product(vectors)
    refuse_to_record(tape, loss, "gauss_newton_vector_product(over=...)")
    return _summed("gauss_newton_vector_product", product, sources, vectors, over, gather)


def _summed(
    what: str, product: Callable[[Any], Any], sources: Any, vectors: Any, over: Any, gather: bool
) -> Any:
    """The sum over ranks of what each makes of the same vectors."""
    nest.assert_same_structure(sources, vectors)
    flat = [variable_of(x) for x in nest.flatten(sources)]
    with _together(over, what) as ranks:
        given = [curvature._fitting(_whole(v), x) for v, x in zip(nest.flatten(vectors), flat, strict=True)]
        _same_vectors([v._t for v in given], ranks, what)
        found = nest.flatten(product(nest.pack_sequence_as(sources, given)))
        present = ranks.exchange([x is not None for x in found], what)
        places = [place for place, column in enumerate(zip(*present, strict=True)) if any(column)]
        own = [
            torch.zeros_like(flat[place]._t) if found[place] is None else found[place]._t for place in places
        ]
        results: list[Any] = [None] * len(found)
        for place, total in zip(places, ranks.sums(own, what), strict=True):
            results[place] = Tensor(total, None) if gather else _own_part(total, ranks, what)
    return nest.pack_sequence_as(sources, results)


def _whole(vector: Any) -> Any:
    """A vector that may be a DTensor, such as an earlier product, or a Tensor of one."""
    raw = getattr(vector, "_t", vector)
    full = getattr(raw, "full_tensor", None)
    return vector if full is None else Tensor(full(), None)


def _same_vectors(raws: Sequence[torch.Tensor], ranks: Any, what: str) -> None:
    """See that all ranks multiply the same vectors: their bits, summed as integers, are the same."""
    ranks.agree(what, raws)
    mine = [int(_bits(raw).sum()) for raw in raws]
    for rank, others in enumerate(ranks.exchange(mine, what)):
        for place, (one, other) in enumerate(zip(mine, others, strict=True)):
            if one != other:
                raise invalid(
                    f"{what}: vector {place} has other values on rank {rank} than on rank {ranks.rank}. All ranks "
                    "multiply the same vectors; draw random ones from the same seed, or broadcast them."
                )


def _bits(raw: torch.Tensor) -> torch.Tensor:
    size = min(8, raw.element_size())
    kind = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[size]
    bits: torch.Tensor = raw.detach().resolve_conj().contiguous().reshape(-1).view(kind)
    return bits


def _own_part(total: torch.Tensor, ranks: Any, what: str) -> Any:
    """What all ranks have, as a DTensor of which each keeps its part; a scalar is on all of them."""
    if not total.ndim:
        return _sharded(total, None, 1, ranks, False, what)
    first, last = _part(total.shape[0], ranks)
    return _sharded(total[first:last].clone(), 0, total.shape[0], ranks, False, what)
