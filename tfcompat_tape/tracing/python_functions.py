"""Python's functions, as rewritten code calls them: of Tensors, `range`, `len`, `int`, `float` and `sorted` are ops.

Of datasets and their iterators some are functions of `tf.data`, see `streams.builtin`.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.dtypes import float32, int32, string
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing import scope, streams


def python_function(function: Any) -> Callable[..., Any] | None:
    """One of Python's functions as the trace under way wants it; `None` for any other function."""
    own = _OWN.get(id(function))
    if own is None:
        return streams.builtin(function)  # type: ignore[no-any-return]
    trace = scope.active.trace
    return own if trace is not None and trace.autograph else None


def _is_tensor(x: Any) -> bool:
    return isinstance(x, (Tensor, Variable))


def _range(*args: Any) -> Any:
    if not any(map(_is_tensor, args)):
        return builtins.range(*args)
    from tfcompat_tape.arrays.creation import range as tf_range
    from tfcompat_tape.math.arithmetic import maximum

    if len(args) > 2:  # where it would be empty, AutoGraph lets the op raise
        return tf_range(*args)
    start, stop = (0, *args) if len(args) == 1 else args
    return tf_range(start, maximum(start, stop))


def _len(x: Any) -> Any:
    if isinstance(x, streams.Source):
        from tfcompat_tape.control.flow import Assert

        count = x.cardinality()  # type: ignore[attr-defined]
        Assert(count >= 0, ["len requires a dataset with definitive cardinality, got", count])
        return count
    if isinstance(x, CompositeTensor):
        return _rows(x)
    if _is_tensor(x):
        sizes = x._t.shape
        if not sizes:
            raise ValueError("len requires a non-scalar tensor, got one of shape ()")
        return sizes[0] if type(sizes[0]) is int else _rows(x)
    from tfcompat_tape.control.tensor_array import TensorArray

    return x.size() if isinstance(x, TensorArray) else len(x)


def _rows(x: Any) -> Any:
    from tfcompat_tape import arrays

    return arrays.shape(x)[0]  # type: ignore[no-untyped-call]


def _number(python: Callable[..., Any], dtype: Any) -> Callable[..., Any]:
    def number(*args: Any, **kwargs: Any) -> Any:
        if len(args) != 1 or kwargs or not _is_tensor(args[0]):
            return python(*args, **kwargs)
        from tfcompat_tape.math.casting import cast
        from tfcompat_tape.strings import to_number

        return to_number(args[0], dtype) if args[0].dtype == string else cast(args[0], dtype)

    return number


def _sorted(x: Any, /, *, key: Any = None, reverse: Any = False) -> Any:
    if not _is_tensor(x):
        return sorted(x, key=key, reverse=reverse)
    from tfcompat_tape import arrays
    from tfcompat_tape.control.vectorized import vectorized_map
    from tfcompat_tape.math.ordering import argsort, sort

    by = x if key is None else vectorized_map(key, x)
    if by.shape.rank not in (None, 1):
        raise ValueError(f"sorted: sort only supports only 1D tensors, got shape {by.shape}")
    direction = "DESCENDING" if reverse else "ASCENDING"
    if key is None:
        return sort(x, direction=direction)
    return arrays.gather(x, argsort(by, direction=direction))  # type: ignore[no-untyped-call]


_OWN: dict[int, Callable[..., Any]] = {
    id(builtins.range): _range,
    id(builtins.len): _len,
    id(builtins.int): _number(int, int32),
    id(builtins.float): _number(float, float32),
    id(builtins.sorted): _sorted,
}
