"""Windows with gaps, by way of the batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.nn._windows import channels_first, tensor
from tfcompat_tape.ops import space as ops
from tfcompat_tape.ops.arguments import as_ints

__all__ = ["with_space_to_batch"]


def with_space_to_batch(
    input: Any,
    dilation_rate: Any,
    padding: str,
    op: Callable[..., Any],
    filter_shape: Any = None,
    spatial_dims: Any = None,
    data_format: str | None = None,
) -> Tensor:
    """Run `op(input, number of spatial axes, padding)` with windows that take every `dilation_rate`-th element only.

    Places that belong to one window are brought together in the batch, `op` runs with 'VALID' padding, and its result
    is put back. `filter_shape` (the window's sizes) is needed for 'SAME' padding. Errors: ValueError for rates below 1,
    an unknown padding, or a missing `filter_shape`. Source: `tf.nn.with_space_to_batch`.

    >>> import tfcompat_tape as tf
    >>> def pairs(x, n, padding): return tf.nn.avg_pool1d(x, 2, 1, padding)
    >>> tf.nn.with_space_to_batch([[[1.0], [2.0], [3.0], [4.0]]], [2], "VALID", pairs).numpy().ravel().tolist()
    [2.0, 3.0]
    """
    x = tensor(input)
    rate = as_ints(dilation_rate, "dilation_rate", to=int32)
    if any(r < 1 for r in rate):
        raise ValueError(
            f"all values of `dilation_rate` must be positive. Received: dilation_rate={dilation_rate}"
        )
    if max(rate, default=1) == 1:
        return op(x, len(rate), padding)
    start = 2 if channels_first(data_format) else 1
    dims = list(range(start, start + len(rate))) if spatial_dims is None else sorted(spatial_dims)
    if min(dims) < 1:
        raise ValueError(
            f"All elements of `spatial_dims` must be positive. Received: spatial_dims={spatial_dims}"
        )
    if padding == "SAME":
        if filter_shape is None:
            raise ValueError(
                "`filter_shape` must be specified for `padding='SAME'`. Received: filter_shape=None"
            )
        gaps = [(k - 1) * r for k, r in zip(as_ints(filter_shape, "filter_shape"), rate, strict=False)]
    elif padding == "VALID":
        gaps = [0] * len(rate)
    else:
        raise ValueError(f"`padding` must be one of 'SAME' or 'VALID'. Received: padding={padding}")
    block, paddings, crops = [], [], []
    for axis in range(1, max(dims) + 1):
        i = dims.index(axis) if axis in dims else None
        low = 0 if i is None else gaps[i] // 2
        high = 0 if i is None else gaps[i] - low
        step = 1 if i is None else rate[i]
        more = -(x._t.shape[axis] + low + high) % step
        block.append(step)
        paddings.append((low, high + more))
        crops.append((0, more))
    spread = ops.space_to_batch_nd(x, block_shape=tuple(block), paddings=tuple(paddings))
    result = op(spread, len(rate), "VALID")
    return ops.batch_to_space_nd(result, block_shape=tuple(block), crops=tuple(crops))
