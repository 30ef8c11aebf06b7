"""Results of ops that look at values, where a function is traced for a graph: shapes and dtypes as far as inputs tell.

A size is `None` where values decide it; results that have one size in common name it by a string.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.tracing.texts import OBJECT

Results = list[tuple[tuple[Any, ...], Any]]


def results_of(op_type: str, raws: Sequence[Any], attrs: dict[str, Any]) -> Results | None:
    """The shapes and dtypes; `None` if it is not known how many axes there are, or the op is no such op."""
    found = _RESULTS.get(op_type)
    return None if found is None else found(raws, attrs)


def _torch(dtype: Any) -> Any:
    return dtype if isinstance(dtype, torch.dtype) else dtypes.as_dtype(dtype).torch


def _image(raws: Sequence[Any], attrs: dict[str, Any]) -> Results | None:
    if attrs.get("expand_animations", False):
        return None
    dtype = _torch(attrs.get("dtype", torch.uint8))
    return [((None, None, attrs.get("channels") or None), dtype)]


def _decoded(raws: Sequence[Any], attrs: dict[str, Any]) -> Results:
    rows = ((raws[0].shape[0] + 1,), torch.int64)
    return [rows, (("characters",), torch.int32), (("characters",), torch.int64)]


def _times_dense(raws: Sequence[Any], attrs: dict[str, Any]) -> Results:
    dense = raws[3]
    return [((None, dense.shape[0 if attrs.get("adjoint_b") else 1]), dense.dtype)]


def _dense(raws: Sequence[Any], attrs: dict[str, Any]) -> Results | None:
    rank = raws[1].shape[0]
    return [((None,) * rank, raws[2].dtype)] if type(rank) is int else None


def _cut(raws: Sequence[Any], attrs: dict[str, Any]) -> Results:
    indices, values, shape = raws[:3]
    return [(("kept", indices.shape[1]), torch.int64), (("kept",), values.dtype), (shape.shape, torch.int64)]


def _parts(raws: Sequence[Any], attrs: dict[str, Any]) -> Results:
    data, places = raws[:2]
    return [((None, *data.shape[places.dim() :]), data.dtype)] * attrs["num_partitions"]


def _paths(raws: Sequence[Any], attrs: dict[str, Any]) -> Results:
    """Of each path the places, the labels and the shape of a SparseTensor; a score for each example."""
    count, batch = attrs.get("top_paths", 1), raws[0].shape[1]
    names = [f"path {i}" for i in range(count)]
    places = [((name, 2), torch.int64) for name in names]
    values = [((name,), torch.int64) for name in names]
    return [*places, *values, *[((2,), torch.int64)] * count, ((batch, count), raws[0].dtype)]


def _segments(raws: Sequence[Any], attrs: dict[str, Any]) -> Results:
    return [((None, *raws[0].shape[1:]), raws[0].dtype)]


def _like(place: int, dtype: Any = None) -> Callable[[Sequence[Any], dict[str, Any]], Results]:
    return lambda raws, attrs: [(raws[place].shape, raws[place].dtype if dtype is None else dtype)]


IMAGES = frozenset(["DecodeBmp", "DecodeGif", "DecodeImage", "DecodeJpeg", "DecodePng"])

_RESULTS: dict[str, Callable[[Sequence[Any], dict[str, Any]], Results | None]] = {
    **dict.fromkeys(IMAGES - {"DecodeGif"}, _image),
    "DecodeGif": lambda raws, attrs: [((None, None, None, 3), torch.uint8)],
    **dict.fromkeys(("SegmentMax", "SegmentMean", "SegmentMin", "SegmentProd", "SegmentSum"), _segments),
    **dict.fromkeys(("SparseDenseCwiseAdd", "SparseDenseCwiseDiv", "SparseDenseCwiseMul"), _like(1)),
    **dict.fromkeys(("CTCBeamSearchDecoder", "CTCGreedyDecoder"), _paths),
    "DynamicPartition": _parts,
    "NonMaxSuppressionV3": lambda raws, attrs: [((None,), torch.int32)],
    "SparseReorder": lambda raws, attrs: [(x.shape, x.dtype) for x in raws[:2]],
    "SparseSlice": _cut,
    "SparseSoftmax": _like(1),
    "SparseTensorDenseAdd": _like(3),
    "SparseTensorDenseMatMul": _times_dense,
    "SparseToDense": _dense,
    "StatelessMultinomial": lambda raws, attrs: [
        ((raws[0].shape[0], attrs["num_samples"]), _torch(attrs.get("output_dtype", torch.int64)))
    ],
    "StringNGrams": lambda raws, attrs: [((None,), OBJECT), ((None,), torch.int64)],
    "StringSplitV2": lambda raws, attrs: [((None, 2), torch.int64), ((None,), OBJECT), ((2,), torch.int64)],
    "UnicodeDecode": lambda raws, attrs: _decoded(raws, attrs)[:2],
    "UnicodeDecodeWithOffsets": _decoded,
    "UnicodeEncode": lambda raws, attrs: [((raws[1].shape[0] - 1,), OBJECT)],
    "UnicodeScript": _like(0, torch.int32),
    "Unique": lambda raws, attrs: [((None,), raws[0].dtype), (raws[0].shape, torch.int32)],
    "UniqueWithCounts": lambda raws, attrs: [
        (("different",), raws[0].dtype),
        (raws[0].shape, torch.int32),
        (("different",), torch.int32),
    ],
    "Where": lambda raws, attrs: [((None, raws[0].dim()), torch.int64)],
}
