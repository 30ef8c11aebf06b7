"""Assertions about dtypes and shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.core.errors import of_graph, unfit
from tfcompat_tape.core.tensor import Tensor

__all__ = [
    "assert_integer",
    "assert_proper_iterable",
    "assert_rank",
    "assert_rank_at_least",
    "assert_rank_in",
    "assert_same_float_dtype",
    "assert_scalar",
    "assert_shapes",
    "assert_type",
    "is_numeric_tensor",
]

# -- dtypes ---------------------------------------------------------------------------------------------------------


def _prefix(message: str | None) -> str:
    return f"{message}.  " if message else ""


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> None:
    """TypeError unless `x` is of an integer dtype. Source: `tf.debugging.assert_integer`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_integer(tf.constant([1, 2]))
    """
    dtype = convert(x).dtype
    if not dtype.is_integer:
        raise TypeError(
            f'{_prefix(message)}Expected "x" to be integer type.  Found: tensor of dtype {dtype!r}'
        )


def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> None:
    """TypeError unless `tensor` is of dtype `tf_type`. Source: `tf.debugging.assert_type`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_type(tf.constant(1.0), tf.float32)
    """
    wanted, dtype = dtypes.as_dtype(tf_type), convert(tensor).dtype
    if dtype != wanted:
        raise TypeError(f"{_prefix(message)}tensor must be of type {wanted!r}; got {dtype!r}")


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> dtypes.DType:
    """The one floating dtype that all of `tensors` (and `dtype`) have; float32 if there are none.

    Args:
      tensors: whatever has a `dtype` of this package: Tensors, Variables, linear operators, a library's distributions;
        `None` is left out.

    Raises:
      AttributeError: one of them has no such dtype, as a list or a NumPy array.
      ValueError: there is more than one dtype, or it is not floating.

    Source: `tf.debugging.assert_same_float_dtype`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_same_float_dtype([tf.constant(1.0), tf.constant(2.0)])
    tf.float32
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    for x in tensors or ():
        if x is None:
            continue
        found = x.dtype.base_dtype
        if wanted is not None and found != wanted:
            raise ValueError(f"{x}, type={found!r}, must be of the same type ({wanted!r}).")
        wanted = found
    wanted = wanted or dtypes.float32
    if not wanted.is_floating:
        raise ValueError(f"Expected floating point type, got {wanted!r}.")
    return wanted


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether `tensor` is a Tensor of numbers: not of booleans or strings, and no Variable.

    Source: `tf.debugging.is_numeric_tensor`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.is_numeric_tensor(tf.constant(1)), tf.debugging.is_numeric_tensor("one")
    (True, False)
    """
    if not isinstance(tensor, Tensor):
        return False
    dtype = tensor.dtype
    return dtype.is_integer or dtype.is_floating or dtype.is_complex


# -- shapes ---------------------------------------------------------------------------------------------------------


def _rank(rank: Any) -> int:
    tensor = convert(rank)
    if tensor.dtype != int32:
        raise TypeError(f"{rank!r}: tensor must be of type tf.int32; got {tensor.dtype!r}")
    if tensor.ndim:
        raise ValueError("Rank must be a scalar.")
    return int(tensor)


def _check_rank(x: Any, good: Callable[[int], bool], wanted: str, message: str | None) -> None:
    tensor = convert(x)
    shape = tensor.shape
    if not good(len(shape)):
        raise unfit(
            f"{_prefix(message)}Tensor must have rank {wanted}.  Received rank {len(shape)}, shape {shape}",
            tensor.get_shape().rank is not None,
        )


def assert_rank(x: Any, rank: Any, message: str | None = None, name: str | None = None) -> None:
    """ValueError unless `x` has `rank` axes; InvalidArgumentError where no signature of the function says how many.

    Source: `tf.debugging.assert_rank`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_rank(tf.zeros([2, 3]), 2)
    """
    wanted = _rank(rank)
    _check_rank(x, lambda n: n == wanted, str(wanted), message)


def assert_rank_at_least(x: Any, rank: Any, message: str | None = None, name: str | None = None) -> None:
    """ValueError unless `x` has `rank` axes or more; InvalidArgumentError as of `assert_rank`.

    Source: `tf.debugging.assert_rank_at_least`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_rank_at_least(tf.zeros([2, 3]), 1)
    """
    wanted = _rank(rank)
    _check_rank(x, lambda n: n >= wanted, f"at least {wanted}", message)


def assert_rank_in(x: Any, ranks: Any, message: str | None = None, name: str | None = None) -> None:
    """ValueError unless the number of axes of `x` is among `ranks`; InvalidArgumentError as of `assert_rank`.

    Source: `tf.debugging.assert_rank_in`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_rank_in(tf.zeros([2, 3]), (1, 2))
    """
    wanted = tuple(_rank(rank) for rank in ranks)
    _check_rank(x, lambda n: n in wanted, f"in {wanted}", message)


def assert_scalar(tensor: Any, message: str | None = None, name: str | None = None) -> None:
    """ValueError unless `tensor` has no axes. Source: `tf.debugging.assert_scalar`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_scalar(tf.constant(1.0))
    """
    shape = convert(tensor).get_shape()
    if shape.rank != 0:
        raise of_graph(f"{message or ''}Expected scalar shape, saw shape: {shape}.")


def assert_shapes(
    shapes: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> None:
    """Raise unless Tensors have the shapes described, and symbols stand for one size throughout.

    Args:
      shapes: list of pairs `(tensor, shape)`, or a dict of such. In a shape, a number stands for itself, any other
        symbol for a size that must be the same wherever the symbol stands, `None` or `"."` for any size, and `...` or
        `"*"` at the beginning for any number of axes. A string is a sequence of symbols.
      data, summarize: no effect.
      message: stands before the error's text.

    Raises:
      ValueError: a shape does not fit, or is not as described.
      InvalidArgumentError: it does not fit, and is not known before the function with a signature is called.

    Source: `tf.debugging.assert_shapes`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_shapes([(tf.zeros([4, 3]), ("N", "D")), (tf.zeros([3]), ("D",))])
    """
    pairs = list(shapes.items()) if isinstance(shapes, Mapping) else list(shapes)
    known: dict[Any, tuple[int, str]] = {}
    late: Exception | None = None  # what does not fit for this call comes after what never does
    for x, wanted in pairs:
        if wanted is None:
            continue
        tensor = convert(x)
        described = f"Tensor shape={tensor.get_shape()} dtype={tensor.dtype.name}"
        for axis, size, symbol in _paired(tensor, wanted, described, message):
            if symbol is None or symbol == ".":
                continue
            if isinstance(symbol, int) or (isinstance(symbol, str) and symbol.isdigit()):
                must, origin = int(symbol), "Specified explicitly"
            else:
                must, origin = known.setdefault(symbol, (size, f"Specified by {described} dimension {axis}"))
            if size != must:
                found = unfit(
                    f"{_prefix(message)}{origin}.  {described} dimension {axis} must have size {must}.  "
                    f"Received size {size}, shape {tensor.get_shape()}",
                    tensor.get_shape().rank is not None and type(size) is int and type(must) is int,
                )
                if isinstance(found, ValueError):
                    raise found
                late = late or found
    if late is not None:
        raise late


def _paired(
    tensor: Tensor, wanted: Any, described: str, message: str | None
) -> Iterable[tuple[int, int, Any]]:
    """`(axis, size, symbol)` for each axis of `tensor` that `wanted` says something about."""
    if not hasattr(wanted, "__iter__"):
        raise ValueError(
            f"{_prefix(message)}{described}.  The specified shape must be an iterable, got {wanted!r}."
        )
    symbols = list(wanted)
    sizes = list(tensor.shape)
    for place, symbol in enumerate(symbols):
        if place and (symbol is ... or symbol == "*"):
            raise ValueError(
                f"{_prefix(message)}{described}, specified shape index {place}: `...` or `*`, for any number of "
                "dimensions, is only allowed as the first entry."
            )
    ranked = tensor.get_shape().rank is not None
    if symbols and (symbols[0] is ... or symbols[0] == "*"):
        symbols = symbols[1:]
        if len(sizes) < len(symbols):
            raise unfit(
                f"{_prefix(message)}Tensor must have rank at least {len(symbols)}.  "
                f"Received rank {len(sizes)}, shape {tensor.get_shape()}",
                ranked,
            )
        skipped = len(sizes) - len(symbols)
        return [(skipped + i, sizes[skipped + i], symbol) for i, symbol in enumerate(symbols)]
    if not sizes and len(symbols) == 1:
        sizes = [1]  # a scalar counts as a vector of one
    if len(sizes) != len(symbols):
        raise unfit(
            f"{_prefix(message)}Tensor must have rank {len(symbols)}.  Received rank {len(sizes)}, "
            f"shape {tensor.get_shape()}",
            ranked,
        )
    return list(zip(range(len(sizes)), sizes, symbols, strict=True))


def assert_proper_iterable(values: Any) -> None:
    """TypeError unless `values` is iterable and neither a Tensor, an array nor a string.

    Source: `tf.debugging.assert_proper_iterable`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_proper_iterable([tf.constant(1), tf.constant(2)])
    """
    if isinstance(values, (Tensor, np.ndarray, bytes, str)):
        raise TypeError(f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}')
    if not hasattr(values, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')
