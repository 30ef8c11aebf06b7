"""Bucketize, DataFormatVecPermute and DataFormatDimMap: numbers in ranges, and sizes and axes in another layout."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep

_NUMBERS = frozenset({torch.int32, torch.int64, torch.float32, torch.float64})
_INTS = frozenset({torch.int32, torch.int64})
_FORMATS = {"src_format": "NHWC", "dst_format": "NCHW"}


def _bucketize(x: torch.Tensor, *, boundaries: Any) -> torch.Tensor:
    edges = list(boundaries)
    if edges != sorted(edges):
        raise invalid(f"Bucketize: Expected sorted boundaries, got {edges}")
    # NaN is in the last range, as what is beyond every boundary
    return torch.bucketize(
        x.to(torch.float64), torch.tensor(edges, dtype=torch.float64, device=x.device), right=True
    ).to(torch.int32)


bucketize = primitive(
    "Bucketize", _bucketize, inputs="input", dtypes=_NUMBERS, keep=Keep.NOTHING, differentiable=False
)


def _formats(op: str, src: str, dst: str) -> None:
    if len(src) not in (4, 5) or sorted(src) != sorted(dst):
        raise invalid(
            f"{op}: Destination and source format must have the same letters, 4 or 5, got {src!r} and {dst!r}"
        )


def _vec_permute(x: torch.Tensor, *, src_format: str = "NHWC", dst_format: str = "NCHW") -> torch.Tensor:
    op = "DataFormatVecPermute"
    _formats(op, src_format, dst_format)
    full = len(src_format)
    if x.dim() not in (1, 2):
        raise invalid(f"{op}: input must be a vector or 2D tensor, but got shape {list(x.shape)}")
    if x.shape[0] not in (full, full - 2):
        raise invalid(
            f"{op}: {x.dim()}D input must be of size {full - 2} or {full}, but got shape {list(x.shape)}"
        )
    if x.dim() == 2 and x.shape[1] != 2:
        raise invalid(f"{op}: Second dimension of 2D input must be of size 2, but got shape {list(x.shape)}")
    if x.shape[0] != full:  # the spatial axes alone
        src_format, dst_format = [
            "".join(letter for letter in form if letter not in "NC") for form in (src_format, dst_format)
        ]
    return x[[src_format.index(letter) for letter in dst_format]]


def _dim_map(x: torch.Tensor, *, src_format: str = "NHWC", dst_format: str = "NCHW") -> torch.Tensor:
    _formats("DataFormatDimMap", src_format, dst_format)
    places = [dst_format.index(letter) for letter in src_format]
    table = torch.tensor(places, dtype=x.dtype, device=x.device)
    return table[torch.remainder(x, len(places)).to(torch.int64)]


data_format_vec_permute = primitive(
    "DataFormatVecPermute",
    _vec_permute,
    inputs="x",
    defaults=_FORMATS,
    dtypes=_INTS,
    keep=Keep.NOTHING,
    differentiable=False,
)
data_format_dim_map = primitive(
    "DataFormatDimMap",
    _dim_map,
    inputs="x",
    defaults=_FORMATS,
    dtypes=_INTS,
    keep=Keep.NOTHING,
    differentiable=False,
)
