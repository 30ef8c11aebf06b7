"""Other arrangements of the elements of one tensor."""

from __future__ import annotations

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype, int64
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import shapes as ops
from tfcompat_tape.ops.arguments import as_axes, as_int, as_ints, as_sizes, hinted
from tfcompat_tape.ops.raw.attrs import attribute
from tfcompat_tape.ops.reinterpret import bitcast as _bitcast

__all__ = [
    "bitcast",
    "broadcast_to",
    "expand_dims",
    "reshape",
    "reverse",
    "reverse_sequence",
    "roll",
    "squeeze",
    "transpose",
]

_reshape = ops.reshape
_transpose = ops.transpose
_expand_dims = ops.expand_dims


def reshape(tensor, shape, name=None):
    """The elements of `tensor`, in order, in another shape; one size may be -1 and is then inferred.

    Raises:
      InvalidArgumentError: the number of elements does not fit, or `shape` is not a vector of int32 or int64.

    Source: `tf.reshape`.

    >>> import tfcompat_tape as tf
    >>> tf.reshape(tf.range(6), [2, -1])
    <tf.Tensor: shape=(2, 3), dtype=int32, numpy=
    array([[0, 1, 2],
           [3, 4, 5]], dtype=int32)>
    """
    return _reshape(tensor if type(tensor) is Tensor else convert(tensor), shape=as_ints(shape, scalar=True))


def transpose(a, perm=None, conjugate=False, name="transpose"):
    """`a` with its axes in the order `perm`, in reverse order by default; conjugated on request.

    Raises:
      InvalidArgumentError: `perm` is not a permutation of the axes.

    Source: `tf.transpose`.

    >>> import tfcompat_tape as tf
    >>> tf.transpose(tf.ones([2, 3, 4]), [0, 2, 1]).shape
    TensorShape([2, 4, 3])
    """
    if type(a) is not Tensor:
        a = convert(a)
    rank = len(a._t.shape)
    if perm is None:
        perm = tuple(range(rank - 1, -1, -1))
    else:
        perm = as_ints(perm, "perm")
        for axis in perm:
            if axis < 0:
                perm = tuple([axis + rank if axis < 0 else axis for axis in perm])
                break
        if len(perm) != rank:
            raise invalid(
                f"Transpose: transpose expects a vector of size {rank}. But input(1) is a vector of size {len(perm)}"
            )
    if conjugate and a.dtype.is_complex:
        return ops.conjugate_transpose(a, perm=perm)
    return _transpose(a, perm=perm)


def expand_dims(input, axis, name=None):
    """`input` with a new axis of size 1 at position `axis`; a negative one counts from the end of the result.

    Raises:
      InvalidArgumentError: `axis` is out of range.

    Source: `tf.expand_dims`.

    >>> import tfcompat_tape as tf
    >>> tf.expand_dims(tf.ones([2, 3]), -1).shape
    TensorShape([2, 3, 1])
    """
    if type(axis) is not int:
        if isinstance(axis, float):
            raise TypeError(f"Cannot convert {axis!r} to EagerTensor of dtype int32")
        axis = as_int(axis, single=True)
    return _expand_dims(input if type(input) is Tensor else convert(input), dim=axis)


def squeeze(input, axis=None, name=None):
    """`input` without its axes of size 1, or without those in `axis` (an int or a list of ints).

    Raises:
      InvalidArgumentError: an axis is out of range or has another size than 1.

    Source: `tf.squeeze`.

    >>> import tfcompat_tape as tf
    >>> tf.squeeze(tf.ones([1, 2, 1]), [0]).shape
    TensorShape([2, 1])
    """
    if axis is None:
        axes = ()
    elif isinstance(axis, (list, tuple)):
        axes = tuple([int(n) for n in axis])
    elif isinstance(axis, Tensor) and axis._t.shape:
        raise TypeError(f"Expected list for 'axis' argument to 'squeeze' Op, not {axis!r}.")
    else:
        axes = (int(axis),)
    return ops.squeeze(input if type(input) is Tensor else convert(input), squeeze_dims=axes)


def broadcast_to(input, shape, name=None):
    """`input` repeated along axes of size 1, and along new axes in front, until it has `shape`.

    Raises:
      InvalidArgumentError: `input` does not broadcast to `shape`.

    Source: `tf.broadcast_to`.

    >>> import tfcompat_tape as tf
    >>> tf.broadcast_to([1, 2], [2, 2]).numpy().tolist()
    [[1, 2], [1, 2]]
    """
    return ops.broadcast_to(input if type(input) is Tensor else convert(input), shape=as_sizes(shape))


def reverse(tensor, axis, name=None):
    """`tensor` with the order along the axes in the vector `axis` reversed.

    Raises:
      InvalidArgumentError: an axis is out of range or stands twice, or `axis` is not a vector.

    Source: `tf.reverse`.

    >>> import tfcompat_tape as tf
    >>> tf.reverse([1, 2, 3], [0]).numpy().tolist()
    [3, 2, 1]
    """
    if type(tensor) is not Tensor:
        tensor = convert(tensor)
    rank = len(tensor._t.shape)
    axes = as_ints(axis, "axis")
    return ops.reverse(tensor, axis=as_axes(axes, rank) if rank else ())  # TensorFlow takes any of a scalar


def reverse_sequence(input, seq_lengths, seq_axis=None, batch_axis=None, name=None):
    """`input` with, in each example, the first `seq_lengths[i]` elements along `seq_axis` reversed.

    Args:
      seq_lengths: int32 or int64 vector, one length for each index of `batch_axis` (0 by default).

    Raises:
      InvalidArgumentError: lengths out of range or not as many as examples, or axes that are no two axes of `input`.

    Source: `tf.reverse_sequence`.

    >>> import tfcompat_tape as tf
    >>> tf.reverse_sequence([[1, 2, 3], [4, 5, 6]], [2, 3], seq_axis=1).numpy().tolist()
    [[2, 1, 3], [6, 5, 4]]
    """
    if seq_axis is None:
        raise TypeError("Expected int for argument 'seq_dim' not None.")
    try:
        seq_axis = attribute("ReverseSequence", "seq_dim", seq_axis)
        batch_axis = attribute("ReverseSequence", "batch_dim", 0 if batch_axis is None else batch_axis)
    except OverflowError:
        raise invalid(f"ReverseSequence: there are no axes {seq_axis} and {batch_axis}.") from None
    lengths = hinted(seq_lengths, int64)
    if lengths.dtype.name not in ("int32", "int64"):
        raise invalid(f"ReverseSequence: seq_lengths must be int32 or int64, got {lengths.dtype.name}.")
    return ops.reverse_sequence(convert(input), lengths, seq_dim=seq_axis, batch_dim=batch_axis)


def roll(input, shift, axis, name=None):
    """`input` with elements moved by `shift` along `axis`, those at the end coming in at the front.

    Args:
      shift, axis: an int each, or vectors of one length; an axis may stand several times.

    Raises:
      InvalidArgumentError: an axis is out of range, or the lengths differ.

    Source: `tf.roll`.

    >>> import tfcompat_tape as tf
    >>> tf.roll([1, 2, 3], shift=1, axis=0).numpy().tolist()
    [3, 1, 2]
    """
    x = convert(input)
    shifts = as_ints(shift, "shift", scalar=True, hint=None)
    axes = as_ints(axis, "axis", scalar=True, hint=None)
    if not x._t.shape:
        raise invalid("Roll: the input must have at least one axis.")
    if len(shifts) != len(axes):
        raise invalid(f"Roll: shift and axis must have the same size, got {shifts} and {axes}.")
    if not shifts:
        return x
    return ops.roll(x, shift=shifts, axis=axes)


def bitcast(input, type, name=None):
    """The bits of `input` read as dtype `type`; another size of element adds a last axis or takes it away.

    Raises:
      InvalidArgumentError: the last axis does not hold the parts of one element, or a dtype is not one of numbers.

    Source: `tf.bitcast`.

    >>> import tfcompat_tape as tf
    >>> hex(tf.bitcast(1.0, tf.int32))
    '0x3f800000'
    """
    wanted = as_dtype(type)
    return _bitcast(convert(input), type=wanted if wanted.torch is None else wanted.torch)
