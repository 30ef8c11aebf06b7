"""Single elements of random permutations."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import as_int
from tfcompat_tape.ops.index_shuffle import random_index_shuffle as shuffle

__all__ = ["index_shuffle", "random_index_shuffle"]

_THIRD = 498247692  # what TensorFlow makes three words of two with


def index_shuffle(index: Any, seed: Any, max_index: Any) -> Tensor:
    """Where `index` goes in a random permutation of the numbers from 0 to `max_index`, which the seed decides.

    The permutation is never written down, so `max_index` may be large.

    Args:
      index, max_index: scalars or vectors of one dtype, int32, uint32, int64 or uint64.
      seed: two integers.

    Raises:
      InvalidArgumentError: an index that is negative or greater than `max_index`, other shapes, or what is no integer.

    Source: `tf.random.experimental.index_shuffle`.

    >>> import tfcompat_tape as tf
    >>> tf.random.experimental.index_shuffle([0, 1, 2, 3, 4], seed=[1, 2], max_index=4).numpy()
    array([2, 0, 1, 4, 3], dtype=int32)
    """
    words = convert(seed)
    if len(words._t.shape) != 1:
        raise invalid(f"index_shuffle: seed must be a vector of size 2, got shape {words.shape}.")
    whole = torch.nn.functional.pad(words._t.to(torch.int64), (1, 0), value=_THIRD)
    if words._t.dtype.is_floating_point or words._t.dtype is torch.bool:
        raise invalid(
            f"Value for attr 'Tseed' of {words.dtype.name} is not in the list of allowed values: int32, uint32, int64, "
            "uint64"
        )
    result: Tensor = shuffle(index, Tensor(whole, None), max_index, rounds=4)
    return result


def random_index_shuffle(index: Any, seed: Any, max_index: Any, rounds: int = 4, name: Any = None) -> Tensor:
    """Where `index` goes in a random permutation of the numbers from 0 to `max_index`, which the seed decides.

    Args:
      index, max_index: scalars or vectors of one dtype, int32, uint32, int64 or uint64.
      seed: three integers; or a matrix, with a row of three for each index.
      rounds: an even number, at least 4: how well to shuffle.

    Raises:
      InvalidArgumentError: an index that is negative or greater than `max_index`, other shapes, or what is no integer.

    Source: `tf.random_index_shuffle`.

    >>> import tfcompat_tape as tf
    >>> tf.random_index_shuffle([0, 1, 2, 3, 4], seed=[1, 2, 3], max_index=4).numpy()
    array([2, 0, 3, 4, 1], dtype=int32)
    """
    result: Tensor = shuffle(index, seed, max_index, rounds=as_int(rounds, "rounds"))
    return result
