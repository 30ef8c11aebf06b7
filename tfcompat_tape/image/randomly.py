"""Images changed at random: for each function one that draws on from call to call, and one that is given its seed.

With a seed the numbers are TensorFlow's. Errors are those of the function that does the change; ValueError for a range
that is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tfcompat_tape.arrays.selection import where
from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.image._common import as_image
from tfcompat_tape.image.color import adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation
from tfcompat_tape.ops.arguments import as_ints
from tfcompat_tape.ops.gathering import gather
from tfcompat_tape.ops.shapes import reshape, reverse
from tfcompat_tape.random.sampling import uniform
from tfcompat_tape.random.stateless import stateless_uniform

__all__ = [
    "random_brightness",
    "random_contrast",
    "random_crop",
    "random_flip_left_right",
    "random_flip_up_down",
    "random_hue",
    "random_saturation",
    "stateless_random_brightness",
    "stateless_random_contrast",
    "stateless_random_crop",
    "stateless_random_flip_left_right",
    "stateless_random_flip_up_down",
    "stateless_random_hue",
    "stateless_random_saturation",
]

Draw = Callable[..., Tensor]


def _drawing_on(seed: Any) -> Draw:
    def draw(shape: Any, low: Any, high: Any, **options: Any) -> Tensor:
        result: Tensor = uniform(shape, low, high, seed=seed, **options)
        return result

    return draw


def _stateless(seed: Any) -> Draw:
    def draw(shape: Any, low: Any, high: Any, **options: Any) -> Tensor:
        result: Tensor = stateless_uniform(shape, seed, low, high, **options)
        return result

    return draw


def _brightness(image: Any, max_delta: float, draw: Draw) -> Tensor:
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_brightness(image, draw([], -max_delta, max_delta))


def _hue(image: Any, max_delta: float, draw: Draw) -> Tensor:
    if max_delta > 0.5:
        raise ValueError("max_delta must be <= 0.5.")
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_hue(image, draw([], -max_delta, max_delta))


def _between(lower: float, upper: float, draw: Draw) -> Tensor:
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")
    return draw([], lower, upper)


def _flipped(image: Any, offset: int, draw: Draw) -> Tensor:
    """Each image mirrored along its axis `offset` with probability 1/2."""
    x, axis = as_image(image)
    turned = reverse(x, axis=(axis + offset,))
    if not axis:
        return where(draw([], 0, 1.0) < 0.5, turned, x)
    chosen = torch.round(draw([x._t.shape[0]], 0, 1.0)._t).to(x._t.dtype).reshape(-1, 1, 1, 1)
    kept: Any = Tensor(chosen, None)
    return kept * turned + (1 - kept) * x  # type: ignore[no-any-return]


def _cropped(value: Any, size: Any, draw: Draw) -> Tensor:
    x: Any = value if type(value) is Tensor else convert(value)
    shape, sizes = tuple(x._t.shape), as_ints(size, "size", to=int32)
    if len(shape) != len(sizes) or any(n < wanted for n, wanted in zip(shape, sizes, strict=True)):
        raise invalid(f"Need value.shape >= size, got {list(shape)} and {list(sizes)}.")
    numbers = draw([len(shape)], 0, int32.max, dtype=int32)
    known = reading.known(numbers._t)
    if known is None:  # another number at each call
        x = reshape(x, shape=(1, *shape))  # along a first axis the gradient would be of some rows
        for axis, (old, new) in enumerate(zip(shape, sizes, strict=True)):
            if new != old:
                places = numbers[axis] % (old - new + 1) + torch.arange(new, dtype=torch.int32)
                x = gather(x, places, axis=axis + 1)
        return reshape(x, shape=sizes)  # type: ignore[no-any-return]
    starts = [n % (old - new + 1) for n, old, new in zip(known.tolist(), shape, sizes, strict=True)]
    return x[tuple([slice(start, start + n) for start, n in zip(starts, sizes, strict=True)])]  # type: ignore[no-any-return]


def random_brightness(image: Any, max_delta: float, seed: Any = None) -> Tensor:
    """`adjust_brightness` by a number from -max_delta to max_delta. Source: `tf.image.random_brightness`.

    >>> import tfcompat_tape as tf
    >>> tf.image.random_brightness(tf.ones([2, 2, 3]), 0.2).shape
    TensorShape([2, 2, 3])
    """
    return _brightness(image, max_delta, _drawing_on(seed))


def stateless_random_brightness(image: Any, max_delta: float, seed: Any) -> Tensor:
    """`random_brightness` by a seed of two integers. Source: `tf.image.stateless_random_brightness`.

    >>> import tfcompat_tape as tf
    >>> tf.image.stateless_random_brightness(tf.ones([2, 2, 3]), 0.2, seed=[1, 2]).shape
    TensorShape([2, 2, 3])
    """
    return _brightness(image, max_delta, _stateless(seed))


def random_contrast(image: Any, lower: float, upper: float, seed: Any = None) -> Tensor:
    """`adjust_contrast` by a factor from lower to upper. Source: `tf.image.random_contrast`.

    >>> import tfcompat_tape as tf
    >>> tf.image.random_contrast(tf.ones([2, 2, 3]), 0.5, 1.5).shape
    TensorShape([2, 2, 3])
    """
    return adjust_contrast(image, _between(lower, upper, _drawing_on(seed)))


def stateless_random_contrast(image: Any, lower: float, upper: float, seed: Any) -> Tensor:
    """`random_contrast` by a seed of two integers. Source: `tf.image.stateless_random_contrast`.

    >>> import tfcompat_tape as tf
    >>> tf.image.stateless_random_contrast(tf.ones([2, 2, 3]), 0.5, 1.5, seed=[1, 2]).shape
    TensorShape([2, 2, 3])
    """
    return adjust_contrast(image, _between(lower, upper, _stateless(seed)))


def random_saturation(image: Any, lower: float, upper: float, seed: Any = None) -> Tensor:
    """`adjust_saturation` by a factor from lower to upper. Source: `tf.image.random_saturation`.

    >>> import tfcompat_tape as tf
    >>> tf.image.random_saturation(tf.ones([2, 2, 3]), 0.5, 1.5).shape
    TensorShape([2, 2, 3])
    """
    return adjust_saturation(image, _between(lower, upper, _drawing_on(seed)))


def stateless_random_saturation(image: Any, lower: float, upper: float, seed: Any = None) -> Tensor:
    """`random_saturation` by a seed of two integers. Source: `tf.image.stateless_random_saturation`.

    >>> import tfcompat_tape as tf
    >>> tf.image.stateless_random_saturation(tf.ones([2, 2, 3]), 0.5, 1.5, seed=[1, 2]).shape
    TensorShape([2, 2, 3])
    """
    return adjust_saturation(image, _between(lower, upper, _stateless(seed)))


@composed
def random_hue(image: Any, max_delta: float, seed: Any = None) -> Tensor:
    """`adjust_hue` by a number from -max_delta to max_delta, at most 0.5. Source: `tf.image.random_hue`.

    >>> import tfcompat_tape as tf
    >>> tf.image.random_hue(tf.ones([2, 2, 3]), 0.2).shape
    TensorShape([2, 2, 3])
    """
    return _hue(image, max_delta, _drawing_on(seed))


def stateless_random_hue(image: Any, max_delta: float, seed: Any) -> Tensor:
    """`random_hue` by a seed of two integers. Source: `tf.image.stateless_random_hue`.

    >>> import tfcompat_tape as tf
    >>> tf.image.stateless_random_hue(tf.ones([2, 2, 3]), 0.2, seed=[1, 2]).shape
    TensorShape([2, 2, 3])
    """
    return _hue(image, max_delta, _stateless(seed))


def random_flip_left_right(image: Any, seed: Any = None) -> Tensor:
    """Each image mirrored left to right with probability 1/2. Source: `tf.image.random_flip_left_right`.

    >>> import tfcompat_tape as tf
    >>> tf.image.random_flip_left_right(tf.ones([2, 2, 3])).shape
    TensorShape([2, 2, 3])
    """
    return _flipped(image, 1, _drawing_on(seed))


def stateless_random_flip_left_right(image: Any, seed: Any) -> Tensor:
    """`random_flip_left_right` by a seed of two integers. Source: `tf.image.stateless_random_flip_left_right`.

    >>> import tfcompat_tape as tf
    >>> tf.image.stateless_random_flip_left_right(tf.ones([2, 2, 3]), seed=[1, 2]).shape
    TensorShape([2, 2, 3])
    """
    return _flipped(image, 1, _stateless(seed))


def random_flip_up_down(image: Any, seed: Any = None) -> Tensor:
    """Each image mirrored top to bottom with probability 1/2. Source: `tf.image.random_flip_up_down`.

    >>> import tfcompat_tape as tf
    >>> tf.image.random_flip_up_down(tf.ones([2, 2, 3])).shape
    TensorShape([2, 2, 3])
    """
    return _flipped(image, 0, _drawing_on(seed))


def stateless_random_flip_up_down(image: Any, seed: Any) -> Tensor:
    """`random_flip_up_down` by a seed of two integers. Source: `tf.image.stateless_random_flip_up_down`.

    >>> import tfcompat_tape as tf
    >>> tf.image.stateless_random_flip_up_down(tf.ones([2, 2, 3]), seed=[1, 2]).shape
    TensorShape([2, 2, 3])
    """
    return _flipped(image, 0, _stateless(seed))


def random_crop(value: Any, size: Any, seed: Any = None, name: str | None = None) -> Tensor:
    """A part of `value` of shape `size`, anywhere. Errors: InvalidArgumentError where it does not fit.

    Source: `tf.image.random_crop`.

    >>> import tfcompat_tape as tf
    >>> tf.image.random_crop(tf.ones([4, 5, 3]), [2, 2, 3]).shape
    TensorShape([2, 2, 3])
    """
    return _cropped(value, size, _drawing_on(seed))


def stateless_random_crop(value: Any, size: Any, seed: Any, name: str | None = None) -> Tensor:
    """`random_crop` by a seed of two integers. Source: `tf.image.stateless_random_crop`.

    >>> import tfcompat_tape as tf
    >>> tf.image.stateless_random_crop(tf.ones([4, 5, 3]), [2, 2, 3], seed=[1, 2]).shape
    TensorShape([2, 2, 3])
    """
    return _cropped(value, size, _stateless(seed))
