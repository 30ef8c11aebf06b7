"""Functions that give their input back: for tapes a new value, or one that no gradient passes."""

from __future__ import annotations

from tfcompat_tape import nest
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops import identity as ops

__all__ = ["guarantee_const", "identity", "identity_n", "stop_gradient"]


def identity(input, name=None):
    """A Tensor of the same value, another one to tapes: its gradient passes on to `input`.

    Of a Variable it is the present value, which later assignments do not change.

    Source: `tf.identity`.

    >>> import tfcompat_tape as tf
    >>> v = tf.Variable(1.0)
    >>> before = tf.identity(v)
    >>> _ = v.assign(2.0)
    >>> float(before)
    1.0
    """
    if type(input) is Tensor:
        return ops.identity(input)
    if isinstance(input, CompositeTensor):
        return nest.map_structure(identity, input, expand_composites=True)
    return ops.identity(convert(input))


def identity_n(input, name=None):
    """New Tensors of the same values, for a list of tensors of any dtypes; one op to tapes.

    Raises:
      InvalidArgumentError: the list is empty.

    Source: `tf.identity_n`.

    >>> import tfcompat_tape as tf
    >>> [float(x) for x in tf.identity_n([1.0, 2.0])]
    [1.0, 2.0]
    """
    tensors = [convert(x) for x in input]
    if not tensors:
        raise invalid("IdentityN: the list of tensors is empty.")
    return list(ops.identity_n(*tensors))


def stop_gradient(input, name=None):
    """The value of `input` as a constant to every tape: no gradient flows back through it.

    Source: `tf.stop_gradient`.

    >>> import tfcompat_tape as tf
    >>> x = tf.Variable(3.0)
    >>> with tf.GradientTape() as tape:
    ...     y = x * tf.stop_gradient(x)
    >>> float(tape.gradient(y, x))
    3.0
    """
    if isinstance(input, CompositeTensor):
        return nest.map_structure(stop_gradient, input, expand_composites=True)
    if isinstance(input, Variable):
        input = input._read_silently()  # a tape does not watch what it is to see nothing of
    return ops.stop_gradient(input if type(input) is Tensor else convert(input))


def guarantee_const(input, name=None):
    """`input` as it is; graphs may take it for a constant, which means nothing here.

    Source: `tf.guarantee_const`.

    >>> import tfcompat_tape as tf
    >>> float(tf.guarantee_const(1.0))
    1.0
    """
    return ops.guarantee_const(input if type(input) is Tensor else convert(input))
