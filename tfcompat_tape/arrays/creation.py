"""New tensors: filled with one value, counting up, or the identity matrix."""

from __future__ import annotations

import numpy as np
import torch

from tfcompat_tape.core import devices, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype, float32, int32, int64, string
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.failures import composed, kernel_of
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import creation as ops
from tfcompat_tape.ops.arguments import as_int, as_ints, as_sizes, unless_tensor
from tfcompat_tape.ops.joining import concat
from tfcompat_tape.ops.padding import slice_
from tfcompat_tape.ops.shapes import expand_dims, reshape

__all__ = ["eye", "fill", "linspace", "ones", "ones_like", "range", "zeros", "zeros_like"]


def _refuse(layout):
    """AttributeError, as in TensorFlow for what is no layout of a mesh of devices: there are none here."""
    raise AttributeError(
        f"{type(layout).__name__!r} object has no attribute 'mesh': layouts of tensors over several devices are not "
        "supported. Leave `layout` out."
    )


def fill(dims, value, name=None, layout=None):
    """A tensor of shape `dims` with the scalar `value` everywhere.

    Raises:
      InvalidArgumentError: a negative size, or a value that is no scalar.

    Source: `tf.fill`.

    >>> import tfcompat_tape as tf
    >>> tf.fill([2, 2], 3).numpy().tolist()
    [[3, 3], [3, 3]]
    """
    if layout is not None:
        _refuse(layout)
    x = value if type(value) is Tensor else convert(value)
    if tuple(x._t.shape) == (1,):
        x = reshape(x, shape=())
    return ops.fill(x, dims=as_sizes(dims, "dims", scalar=True))


def _shape(shape):
    """The shape of `tf.zeros` and `tf.ones`, which convert it to int32 first."""
    if isinstance(shape, (list, tuple)) and any(isinstance(n, float) for n in shape):
        raise TypeError(f"Cannot convert {shape!r} to EagerTensor of dtype int32")
    return as_sizes(shape, scalar=True, mixed=True, to=unless_tensor(shape))


def zeros(shape, dtype=float32, name=None, layout=None):
    """A tensor of zeros (False for booleans, empty for strings).

    Raises:
      InvalidArgumentError: a negative size.
      TypeError: sizes that are no integers, or what is no dtype.

    Source: `tf.zeros`.

    >>> import tfcompat_tape as tf
    >>> tf.zeros([2, 2], tf.int32).numpy().tolist()
    [[0, 0], [0, 0]]
    """
    if layout is not None:
        _refuse(layout)
    kind = as_dtype(dtype)
    if kind is string:
        return Tensor(np.full(_shape(shape), b"", dtype=object), None)
    if kind.torch is None:
        raise TypeError(f"zeros: torch has no tensors of dtype {kind.name}.")
    sizes = _shape(shape)
    with kernel_of("Fill"):
        return Tensor(torch.zeros(sizes, dtype=kind.torch, device=devices.current()), None)


def ones(shape, dtype=float32, name=None, layout=None):
    """A tensor of ones (True for booleans).

    Raises:
      InvalidArgumentError: a negative size.
      TypeError: sizes that are no integers, or what is no dtype of numbers.

    Source: `tf.ones`.

    >>> import tfcompat_tape as tf
    >>> tf.ones([2]).numpy().tolist()
    [1.0, 1.0]
    """
    if layout is not None:
        _refuse(layout)
    kind = as_dtype(dtype)
    if kind.torch is None:
        raise TypeError(f"Cannot convert 1 to EagerTensor of dtype {kind.name}")
    sizes = _shape(shape)
    with kernel_of("Fill"):
        return Tensor(torch.ones(sizes, dtype=kind.torch, device=devices.current()), None)


def _like(input, dtype, value):
    x = input if type(input) is Tensor else convert(input)
    kind = x.dtype if dtype is None else as_dtype(dtype)
    if kind.torch is None or not isinstance(x._t, torch.Tensor):
        return zeros(tuple(x._t.shape), kind) if value == 0 else ones(tuple(x._t.shape), kind)
    make = torch.zeros_like if value == 0 else torch.ones_like
    return Tensor(make(x._t, dtype=kind.torch), None)


def zeros_like(input, dtype=None, name=None, layout=None):
    """Zeros of the shape of `input`, and of its dtype unless another is given; a constant to every tape.

    Source: `tf.zeros_like`.

    >>> import tfcompat_tape as tf
    >>> tf.zeros_like([1.0, 2.0]).numpy().tolist()
    [0.0, 0.0]
    """
    if layout is not None:
        _refuse(layout)
    return _like(input, dtype, 0)


def ones_like(input, dtype=None, name=None, layout=None):
    """Ones of the shape of `input`, and of its dtype unless another is given; a constant to every tape.

    Raises:
      InvalidArgumentError: `input` holds strings and no dtype is given.

    Source: `tf.ones_like`.

    >>> import tfcompat_tape as tf
    >>> tf.ones_like([1, 2]).numpy().tolist()
    [1, 1]
    """
    if layout is not None:
        _refuse(layout)
    x = input if type(input) is Tensor else convert(input)
    if dtype is None and x.dtype is string:
        raise invalid("OnesLike: there are no ones of strings.")
    return _like(x, dtype, 1)


# -- counting ----------------------------------------------------------------------------------------------------------

_HIERARCHY = ("int32", "int64", "float16", "bfloat16", "float32", "float64")
_NO_KERNEL = ("int8", "int16", "uint16", "uint32", "uint64")


@composed
def range(start, limit=None, delta=1, dtype=None, name="range"):
    """The numbers from `start` to before `limit` in steps of `delta`; with one argument, from 0 to before it.

    Args:
      start, limit, delta: scalars. Without `dtype` they are brought to the widest of their dtypes.

    Raises:
      InvalidArgumentError: a step of zero, or one that leads away from `limit`.
      TypeError: numbers that cannot have the dtype.

    Source: `tf.range`.

    >>> import tfcompat_tape as tf
    >>> tf.range(1, 10, 3)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 4, 7], dtype=int32)>
    """
    if limit is None:
        start, limit = 0, start
    given = (start, limit, delta)
    if dtype is not None:
        kind = as_dtype(dtype)
        numbers = [_number(value, kind) for value in given]
    elif type(start) is int and type(limit) is int and type(delta) is int and max(map(abs, given)) < 2**31:
        return ops.arange(start, limit, delta, torch.int32)
    else:
        tensors = [
            value
            if isinstance(value, Tensor) or (type(value) is int and abs(value) < 2**31)
            else convert(value)
            for value in given
        ]
        names = ["int32" if type(x) is int else x.dtype.name for x in tensors]
        if any(name not in _HIERARCHY for name in names):
            raise AssertionError(
                f"tf.range takes numbers of {', '.join(_HIERARCHY)}, got {', '.join(names)}."
            )
        kind = as_dtype(max(names, key=_HIERARCHY.index))
        numbers = [x if type(x) is int else _scalar(x) for x in tensors]
    if kind.name not in _HIERARCHY:
        if kind.name in _NO_KERNEL:
            raise not_found(f"Could not find device for node: Range has no kernel for {kind.name}.")
        raise invalid(f"Range: dtype must be one of {', '.join(_HIERARCHY)}, got {kind.name}.")
    return ops.arange(*numbers, kind.torch)


def _scalar(x):
    if x._t.numel() != 1:
        raise invalid(f"Range: start, limit and delta must be scalars, got shape {list(x._t.shape)}.")
    return reading.sizes(x._t.reshape(()))


def _number(value, kind):
    """A number that is to have a dtype."""
    if isinstance(value, Tensor) or hasattr(value, "_read"):
        x = convert(value)
        number = _scalar(x)
        return number if x.dtype == kind else reading.item(x._t.to(kind.torch))
    return _scalar(convert(value, kind))


@composed
def linspace(start, stop, num, name=None, axis=0):
    """`num` numbers at equal distances from `start` to `stop`, both included; along a new axis for tensors.

    Args:
      start, stop: tensors of one dtype that broadcast; integers become float64, or float32 if narrow.

    Raises:
      ValueError: different dtypes.
      TypeError: `num` is no integer.
      InvalidArgumentError: `num` is negative, or a bad axis.

    Source: `tf.linspace`.

    >>> import tfcompat_tape as tf
    >>> tf.linspace(0.0, 1.0, 5).numpy().tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    first = convert(start)
    last = convert(stop, first.dtype)
    if not isinstance(first._t, torch.Tensor) or first.dtype.is_bool:
        raise invalid(f"linspace: start must be a number, got {first.dtype.name}.")
    if first.dtype.is_integer:
        wide = torch.float32 if first.dtype.size < 4 else torch.float64
        first, last = [Tensor(x._t.to(wide), None) for x in (first, last)]
    if type(num) is int:
        count = num
    else:
        wanted = convert(num)
        if not wanted.dtype.is_integer:
            raise TypeError(f"Argument `num` must be of an integer dtype, got {wanted.dtype.name}.")
        count = int(reading.item(wanted._t))
    if count < 0:
        raise invalid(f"linspace: Requires start <= limit when delta > 0: 1/{count}")
    zero = zeros(torch.broadcast_shapes(first._t.shape, last._t.shape), first.dtype)
    first, last = expand_dims(first + zero, dim=axis), expand_dims(last + zero, dim=axis)
    shape = first._t.shape
    place = axis % len(shape)
    if count > 2:
        step = (last - first) / _of(count - 1, first.dtype)
        line = [1] * len(shape)
        line[place] = -1
        steps = torch.arange(1, count - 1, device=first._t.device).to(first._t.dtype).reshape(line)
        parts = [first, first + step * Tensor(steps, None), last]
    else:
        parts = [first, last]
    joined = concat(*parts, axis=place)
    if count < 2:
        size = tuple([count if i == place else n for i, n in enumerate(shape)])
        return slice_(joined, begin=(0,) * len(shape), size=size)
    return joined


def _of(number, dtype):
    return convert(float(number), dtype)


def _batch(shape):
    """The sizes of a batch of matrices: integers, of which only a Tensor's must be int32."""
    if isinstance(shape, np.ndarray) and not np.issubdtype(shape.dtype, np.integer):
        kind = ValueError if shape.dtype == bool else TypeError
        raise kind(f"batch_shape must be integers, got an array of dtype {shape.dtype}.")
    if hasattr(shape, "_read") and shape.dtype is int64:
        return as_ints(shape, "batch_shape")
    return as_ints(shape, "batch_shape", to=int32)


def eye(num_rows, num_columns=None, batch_shape=None, dtype=float32, name=None):
    """The identity matrix, or a batch of them; ones on the diagonal of a rectangle if `num_columns` differs.

    Raises:
      TypeError: sizes that are no integers, or a dtype without numbers.
      InvalidArgumentError: a negative size.

    Source: `tf.eye`.

    >>> import tfcompat_tape as tf
    >>> tf.eye(2, 3).numpy().tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    columns = num_rows if num_columns is None else num_columns
    for size in (num_rows, columns):
        if isinstance(size, (float, complex, list, tuple, str, bytes)):
            raise TypeError(
                "Arguments `num_rows` and `num_columns` must be positive integer values. "
                f"Received: num_rows={num_rows}, num_columns={columns}"
            )
    kind = as_dtype(dtype)
    if kind.torch is None:
        raise TypeError(f"Cannot convert 1 to EagerTensor of dtype {kind.name}")
    rows, columns = as_int(num_rows, "num_rows"), as_int(columns, "num_columns")
    batch = () if batch_shape is None else _batch(batch_shape)
    for size in (rows, columns, *batch):
        if size < 0:
            raise invalid(f"eye: Dimension {size} must be >= 0")
    with kernel_of("MatrixDiagV3"):
        matrix = torch.eye(rows, columns, dtype=torch.bool, device=devices.current()).to(kind.torch)
    return Tensor(matrix.expand((*batch, rows, columns)), None)
