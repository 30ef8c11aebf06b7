"""Examples as tensors where a function is traced to be written as a graph: a node reads them, at each call."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.io import feature_tensors as tensors
from tfcompat_tape.io.features import FixedLenFeature
from tfcompat_tape.io.plans import Plan


def parsed(plan: Plan, serialized: Any, example_names: Any) -> dict[str, Any]:
    """The tensors that `plan` wants of examples.

    Raises:
      UnimplementedError: a SparseFeature, or a RaggedFeature with partitions.
    """
    if plan.composed or any(one.partitions for one in plan.ragged.values()):
        raise unimplemented(
            "tf.io.parse_example: in a function that is written as a graph, a SparseFeature or a RaggedFeature with "
            "partitions is not said. Read their parts by VarLenFeature."
        )
    serialized = convert(serialized)
    batch = tuple(serialized._t.shape)
    lists, dense, ragged = sorted(plan.sparse.items()), list(plan.dense.items()), list(plan.ragged.items())
    int64 = dtypes.int64
    shapes, kinds, defaults, results = [], [], [], []
    for _, feature in dense:
        kind, sizes = dtypes.as_dtype(feature.dtype), tensors.sizes_of(feature.shape)
        fixed = isinstance(feature, FixedLenFeature)
        default = tensors.default_of(feature.default_value, kind, sizes if fixed else ())
        if default is None and not fixed:
            default = b"" if kind is dtypes.string else 0
        given = [] if default is None else default
        defaults.append(_constant(given, kind))
        kinds.append(kind)
        shapes.append(TensorShape(sizes if fixed else [None, *sizes]))
        results.append(((*batch, *(sizes if fixed else (None, *sizes))), kind))
    splits = [
        ((batch[0] + 1,) if batch else (0,), dtypes.as_dtype(one.row_splits_dtype)) for _, one in ragged
    ]
    values = [((None,), dtypes.as_dtype(one.dtype)) for _, one in ragged]
    rank = len(batch) + 1
    found = iter(
        reading.graph().node(
            "ParseExampleV2",
            [
                serialized,
                _names([] if example_names is None else example_names),
                _names([key for key, _ in lists]),
                _names([key for key, _ in dense]),
                _names([one.value_key or key for key, one in ragged]),
                *defaults,
            ],
            [
                *[((None, rank), int64) for _ in lists],
                *[((None,), kind) for _, kind in lists],
                *[((rank,), int64) for _ in lists],
                *results,
                *values,
                *splits,
            ],
            num_sparse=len(lists),
            sparse_types=[kind for _, kind in lists],
            ragged_value_types=[kind for _, kind in values],
            ragged_split_types=[kind for _, kind in splits],
            Tdense=kinds,
            dense_shapes=shapes,
        )
    )

    def several(count: int) -> list[Tensor]:
        return [next(found) for _ in range(count)]

    parts = zip(*[several(len(lists)) for _ in range(3)], strict=True)
    made: dict[str, Any] = {key: SparseTensor(*one) for (key, _), one in zip(lists, parts, strict=True)}
    made.update({key: next(found) for key, _ in dense})
    flat, rows = several(len(ragged)), several(len(ragged))
    for (key, _), one, cut in zip(ragged, flat, rows, strict=True):
        made[key] = _in_rows(one, cut) if batch else one
    return {key: made[key] for key in plan.named}


def _in_rows(values: Tensor, splits: Tensor) -> Any:
    from tfcompat_tape.ragged._parts.tensor import RaggedTensor

    return RaggedTensor._of(values, splits)


def _names(names: Any) -> Tensor:
    return (
        convert(names)
        if isinstance(names, Tensor)
        else _constant([n.encode() if isinstance(n, str) else n for n in names], dtypes.string)
    )


def _constant(value: Any, kind: Any) -> Tensor:
    if kind is not dtypes.string:
        return convert(np.asarray(value, kind.as_numpy_dtype))
    array = np.empty(np.shape(value), object)
    array[...] = value
    return Tensor(array, None)
