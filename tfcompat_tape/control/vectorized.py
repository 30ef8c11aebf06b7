"""`tf.vectorized_map`: a function of one example, for all examples at once."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from tfcompat_tape import nest
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import INEXACT, OPS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.joining import tile, unpack
from tfcompat_tape.tape.vectorize import vectorize

__all__ = ["vectorized_map"]

logger = logging.getLogger("tfcompat_tape")
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
    tensors = [convert(x) for x in nest.flatten(elems)]
    if not tensors:
        raise ValueError("vectorized_map: elems holds no Tensors.")
    if any(not x.ndim for x in tensors):
        raise IndexError("vectorized_map: elems must be Tensors of at least one axis, got a scalar.")
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
        return _of_nothing(fn, elems, batched)
    if any(isinstance(x._t, np.ndarray) for x in batched):  # strings
        return _loop(fn, elems, batched, count)

    shape_of_result: list[Any] = []

    def of_one(*parts: Tensor) -> list[Tensor]:
        result = fn(nest.pack_sequence_as(elems, parts))
        shape_of_result[:] = [result]
        return [convert(x) for x in nest.flatten(result) if x is not None]

    try:
        found = iter(vectorize(of_one, batched))
    except RuntimeError as error:
        if not _cannot_vectorize(error):
            raise
        if not fallback_to_while_loop:
            raise ValueError(
                f"vectorized_map: the function cannot be vectorized: {_first_line(error)} "
                "With fallback_to_while_loop=True it runs in a loop."
            ) from error
        if warn:
            _warn_once(error)
        return _loop(fn, elems, batched, count)
    (structure,) = shape_of_result
    return nest.map_structure(lambda x: None if x is None else next(found), structure)


def _loop(fn: Any, elems: Any, tensors: list[Tensor], count: int) -> Any:
    """One call of `fn` after the other."""
    columns = [unpack(x, num=count, axis=0) for x in tensors]
    results = [fn(nest.pack_sequence_as(elems, parts)) for parts in zip(*columns, strict=True)]
    return nest.map_structure(lambda *parts: None if parts[0] is None else convert(list(parts)), *results)


def _of_nothing(fn: Any, elems: Any, tensors: list[Tensor]) -> Any:
    """The results for no examples at all: empty, of the shapes and dtypes that `fn` gives for zeros."""
    zeros = [
        OPS["Sum"].call(x, axis=(0,), keep_dims=False)  # of nothing it is 0, and a tape goes on through it
        if x._t.dtype in INEXACT
        else Tensor(x._t.new_zeros(tuple(x._t.shape[1:])), None)
        for x in tensors
    ]

    def empty(x: Any) -> Any:
        if x is None:
            return None
        one = OPS["ExpandDims"].call(convert(x), dim=0)
        shape = tuple(one._t.shape)
        return OPS["Slice"].call(one, begin=(0,) * len(shape), size=(0, *shape[1:]))

    return nest.map_structure(empty, fn(nest.pack_sequence_as(elems, zeros)))


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
