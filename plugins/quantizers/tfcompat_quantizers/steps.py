"""What a learned step starts from."""

import math
from typing import Any

import tfcompat_tape as tf


def levels(bits: int, signed: bool = True) -> tuple[int, int]:
    """The least and the largest number of steps that `bits` can say.

    Raises:
      InvalidArgumentError: there are too few bits; one is enough only without a sign.

    >>> levels(3), levels(3, signed=False)
    ((-4, 3), (0, 7))
    """
    if not isinstance(bits, int) or bits < 1 + signed:
        kind = "signed" if signed else "unsigned"
        raise tf.errors.InvalidArgumentError(
            None, None, f"bits must be a whole number of at least {1 + signed} ({kind}), and is {bits!r}."
        )
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)


def initial_step(x: Any, bits: int, signed: bool = True, axis: Any = None) -> Any:
    """A step to start training from: twice the mean magnitude, over the root of the largest level.

    Args:
      x: floating: the weights, or a batch of what is to be quantized.
      bits, signed: as `LSQFakeQuant` gets them.
      axis: the mean is over these axes, which are kept with length 1; over all of them, to a scalar, if `None`.

    Source: Esser et al., "Learned Step Size Quantization", 2020, section 2.1.

    >>> round(float(initial_step([1.0, -3.0], bits=3, signed=False)), 4)
    1.5119
    """
    _, most = levels(bits, signed)
    mean = tf.reduce_mean(tf.abs(tf.convert_to_tensor(x)), axis=axis, keepdims=axis is not None)
    return 2.0 * mean / math.sqrt(most)
