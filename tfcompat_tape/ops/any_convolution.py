"""The op Conv: a convolution over two or three spatial axes, with any number of batch axes; without a gradient."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid, unimplemented
from tfcompat_tape.core.registry import FLOATS, Keep
from tfcompat_tape.ops.convolution import conv2d, conv3d

_FORMATS = {
    "CHANNELS_LAST": {2: "NHWC", 3: "NDHWC"},
    "CHANNELS_FIRST": {2: "NCHW", 3: "NCDHW"},
}


def _conv(
    x: torch.Tensor,
    filter: torch.Tensor,
    *,
    strides: Any,
    padding: str,
    explicit_paddings: Any = (),
    data_format: str = "CHANNELS_LAST",
    dilations: Any = (),
    batch_dims: int = 1,
    groups: int = 1,
) -> torch.Tensor:
    spatial = x.dim() - 1 - batch_dims
    if spatial not in (2, 3):
        raise invalid(f"Conv: The input must have 2 or 3 spatial dimensions but got {spatial}")
    if filter.dim() != spatial + 2:
        raise invalid(f"Conv: The filter must be rank {spatial + 2} but got {filter.dim()}")
    rank = spatial + 2
    if len(strides) != rank:
        raise invalid(
            f"Conv: Sliding window strides field must specify {rank} dimensions, got {list(strides)}"
        )
    if dilations and len(dilations) != rank:
        raise invalid(f"Conv: Dilation rates field must specify {rank} dimensions, got {list(dilations)}")
    channels = 1 if data_format == "CHANNELS_FIRST" else rank - 1
    if strides[0] != 1 or strides[channels] != 1:
        raise invalid(
            "Conv: Current implementation does not support strides in the batch and depth dimensions."
        )
    if padding != "EXPLICIT" and explicit_paddings:
        raise invalid(
            "Conv: explicit_paddings attribute must be empty if the padding attribute is not EXPLICIT"
        )
    if groups != 1:
        raise unimplemented("Conv: Grouped/Depthwise Convolutions are not supported yet.")
    if spatial == 3 and padding == "EXPLICIT":
        raise unimplemented("Conv: there is no explicit padding of three spatial axes; use tf.pad.")
    batch = x.shape[:batch_dims]
    whole = x.reshape(math.prod(batch), *x.shape[batch_dims:])
    if whole.shape[channels] != filter.shape[spatial]:
        raise invalid(
            f"Conv: Input depth must be equal to filter depth: {whole.shape[channels]} vs {filter.shape[spatial]}"
        )
    attrs = {
        "strides": tuple(strides),
        "padding": padding,
        "data_format": _FORMATS[data_format][spatial],
        "dilations": tuple(dilations) or (1,) * rank,
    }
    if spatial == 2:
        attrs["explicit_paddings"] = tuple(explicit_paddings)
    op = (conv2d if spatial == 2 else conv3d).op
    if x.is_floating_point():
        result = op.kernel(whole, filter, **attrs)
    else:
        result = op.fallback(whole, filter, **attrs)
    return result.reshape(*batch, *result.shape[1:])  # type: ignore[no-any-return]


conv = primitive(
    "Conv",
    _conv,
    inputs="input filter",
    defaults={
        "explicit_paddings": (),
        "data_format": "CHANNELS_LAST",
        "dilations": (),
        "batch_dims": 1,
        "groups": 1,
    },
    dtypes=FLOATS | {torch.int32},
    same=(0, 1),
    keep=Keep.NOTHING,
)
