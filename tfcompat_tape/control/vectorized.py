"""`tf.vectorized_map`: a function of one example, for all examples at once."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import Any

import numpy as np

from tfcompat_tape import nest
from tfcompat_tape.core import reading
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import INEXACT, OPS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import seeds
from tfcompat_tape.ops.each_row import Rows
from tfcompat_tape.ops.joining import tile, unpack
from tfcompat_tape.tape.vectorize import vectorize

__all__ = ["vectorized_map"]

logger = logging.getLogger("tensorflow")
_warned: set[str] = set()


def vectorized_map(fn: Any, elems: Any, fallback_to_while_loop: bool = True, warn: bool = True) -> Any:
    """`fn` of each slice of `elems` along the first axis, the results stacked: all at once, by `torch.func.vmap`.

    Args:
      fn: function of one argument, of the structure of `elems`; returns any nested structure. What does not depend on
        its argument is repeated.
      elems: nested structure of Tensors; their first dimensions are equal, or 1.
      fallback_to_while_loop: where something in `fn` has no batching rule, or depends on values as Python's `if` does,
        use a loop; say so once by logging if `warn`.

    Raises:
      ValueError: something has no batching rule, and `fallback_to_while_loop` is False; or `elems` is empty.
      IndexError: `elems` holds scalars.
      InvalidArgumentError: the first dimensions do not agree.

    Source: `tf.vectorized_map`.

    >>> import tfcompat_tape as tf
    >>> x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    >>> print(tf.vectorized_map(lambda row: tf.reduce_sum(row * row), x).numpy())
    [ 5. 25.]
    """
    elements = _Elements(elems)
    tensors = elements.tensors
    if not tensors:
        raise ValueError("vectorized_map: elems holds no Tensors.")
    if any(not x.ndim for x in tensors):
        raise IndexError("vectorized_map: elems must be Tensors of at least one axis, got a scalar.")
    tracer = reading.current.tracer
    if tracer is not None and tracer.notes is not None:
        return _of_a_graph(tracer, fn, elements)
    counts = {len(x) for x in tensors}
    count = next(iter(counts)) if len(counts) == 1 else max(counts)
    if counts - {1, count}:
        raise invalid(
            f"vectorized_map: the first dimensions of elems must be equal or 1, got {sorted(counts)}."
        )
    if not callable(fn):
        raise TypeError(f"vectorized_map: fn must be callable, got {fn!r}.")
    batched = [x if len(x) == count else tile(x, multiples=(count, *[1] * (x.ndim - 1))) for x in tensors]
    if count == 0:
        return _of_nothing(fn, elements, batched)
    with contextlib.nullcontext() if tracer is None else tracer.repeated() as begin:
        return _mapped(fn, elements, batched, count, begin, fallback_to_while_loop, warn)


def _mapped(
    fn: Any, elements: _Elements, batched: list[Tensor], count: int, begin: Any, fallback: bool, warn: bool
) -> Any:
    if any(isinstance(x._t, np.ndarray) for x in batched):  # strings
        return _loop(fn, elements, batched, count, begin)

    shape_of_result: list[Any] = []

    rows = Rows(count)

    def of_one(*parts: Tensor) -> list[Tensor]:
        with rows.running():
            result = fn(elements.row(parts))
        leaves = [_Leaf(x) for x in nest.flatten(result)]
        shape_of_result[:] = [result, leaves]
        return [part for leaf in leaves for part in leaf.parts]

    try:
        found = iter(vectorize(of_one, batched))
    except RuntimeError as error:
        if not _cannot_vectorize(error):
            raise
        if not fallback:
            raise ValueError(
                f"vectorized_map: the function cannot be vectorized: {_first_line(error)} "
                "With fallback_to_while_loop=True it runs in a loop."
            ) from error
        if warn:
            _warn_once(error)
        return _loop(fn, elements, batched, count, begin)
    structure, leaves = shape_of_result
    return nest.pack_sequence_as(
        structure, [leaf.whole([next(found) for _ in leaf.parts]) for leaf in leaves]
    )


def _of_a_graph(tracer: Any, fn: Any, elements: _Elements) -> Any:
    """The same where a graph is written, which has no batching rules: a loop over the examples."""
    tensors = elements.tensors
    sizes = [x._t.shape[0] for x in tensors]
    several = [n for n in sizes if not _is_one(n)]
    if any(not bool(n == several[0]) for n in several[1:]):
        raise invalid(f"vectorized_map: the first dimensions of elems must be equal or 1, got {sizes}.")
    whole: list[Tensor] = [
        OPS["BroadcastTo"].call(x, shape=(several[0], *x._t.shape[1:])) if several and _is_one(n) else x
        for x, n in zip(tensors, sizes, strict=True)
    ]
    found: list[Any] = []

    def flat(result: Any) -> list[Tensor]:
        leaves = [_Leaf(x) for x in nest.flatten(result)]
        found[:] = [result, leaves]
        return [part for leaf in leaves for part in leaf.parts]

    columns = iter(tracer.loops.mapped(fn, tracer.loops.Elements(whole, elements.row), flat))
    structure, leaves = found
    return nest.pack_sequence_as(
        structure, [leaf.whole([next(columns) for _ in leaf.parts]) for leaf in leaves]
    )


def _is_one(size: Any) -> bool:
    """Whether a size is 1, and not one that is open."""
    return type(size) is int and size == 1


class _Elements:
    """What `fn` goes over: the Tensors in a structure, and in the composite values in it."""

    def __init__(self, structure: Any) -> None:
        self._structure = structure
        self._leaves = [
            x._batched_parts()
            if isinstance(x, CompositeTensor) and type(x) is not IndexedSlices
            else ([convert(x)], lambda row: row[0])
            for x in nest.flatten(structure)
        ]
        self.tensors: list[Tensor] = [part for parts, _ in self._leaves for part in parts]

    def row(self, parts: Any) -> Any:
        """The argument of `fn` that consists of one row of each Tensor."""
        left = iter(parts)
        made = [make([next(left) for _ in parts]) for parts, make in self._leaves]
        return nest.pack_sequence_as(self._structure, made)


class _Leaf:
    """One result of `fn`: the Tensors that it consists of, and what puts those of all rows together."""

    def __init__(self, value: Any) -> None:
        self.whole: Callable[[list[Any]], Any]
        if value is None:
            self.parts, self.whole = [], lambda stacked: None
        elif isinstance(value, CompositeTensor) and type(value) is not IndexedSlices:
            self.parts, self.whole = value._row_parts()
        else:
            self.parts, self.whole = [convert(value)], lambda stacked: stacked[0]


def _loop(fn: Any, elements: _Elements, tensors: list[Tensor], count: int, begin: Any) -> Any:
    """One call of `fn` after the other; in a trace `begin` says so before each."""
    columns = [unpack(x, num=count, axis=0) for x in tensors]
    inputs = [elements.row(parts) for parts in zip(*columns, strict=True)]
    if begin is None:  # random ops go on from row to row
        places: dict[tuple[Any, ...], int] = {}
        results = [seeds.in_iteration(places, fn, x) for x in inputs]
    else:
        results = []
        for x in inputs:
            begin()
            results.append(fn(x))

    def together(*values: Any) -> Any:
        rows = [_Leaf(value) for value in values]
        return rows[0].whole(
            [convert([*column]) for column in zip(*[row.parts for row in rows], strict=True)]
        )

    return nest.map_structure(together, *results)


def _of_nothing(fn: Any, elements: _Elements, tensors: list[Tensor]) -> Any:
    """The results for no examples at all: empty, of the shapes and dtypes that `fn` gives for zeros."""
    zeros = [
        OPS["Sum"].call(x, axis=(0,), keep_dims=False)  # of nothing it is 0, and a tape goes on through it
        if x._t.dtype in INEXACT
        else Tensor(x._t.new_zeros(tuple(x._t.shape[1:])), None)
        for x in tensors
    ]

    def empty(x: Any) -> Any:
        one = OPS["ExpandDims"].call(x, dim=0)
        shape = tuple(one._t.shape)
        return OPS["Slice"].call(one, begin=(0,) * len(shape), size=(0, *shape[1:]))

    def of_leaf(value: Any) -> Any:
        leaf = _Leaf(value)
        return leaf.whole([empty(part) for part in leaf.parts])

    return nest.map_structure(of_leaf, fn(elements.row(zeros)))


def _cannot_vectorize(error: BaseException) -> bool:
    text = str(error)
    return any(word in text for word in ("vmap", "functorch", "atching rule", "doesn't have storage"))


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0]


def _warn_once(error: BaseException) -> None:
    text = _first_line(error)
    if text not in _warned:
        _warned.add(text)
        logger.warning("vectorized_map runs in a loop, as its function cannot be vectorized: %s", text)
