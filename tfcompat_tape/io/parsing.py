"""Examples as tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.at_call import at_call
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import to_numpy
from tfcompat_tape.io import feature_tensors as tensors
from tfcompat_tape.io.example_bytes import Features, example
from tfcompat_tape.io.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RaggedFeature,
    SparseFeature,
    VarLenFeature,
)
from tfcompat_tape.io.graph_examples import parsed
from tfcompat_tape.io.plans import Plan, indices_of, keys_of, names_of, serialized_of, single_of

_KINDS = (VarLenFeature, SparseFeature, RaggedFeature, FixedLenFeature, FixedLenSequenceFeature)


def parse_example(
    serialized: Any, features: Any, example_names: Any = None, name: str | None = None
) -> dict[str, Any]:
    """Tensors of the features of many examples.

    Args:
      serialized: strings, each a `tf.train.Example`; a scalar is read as by `tf.io.parse_single_example`.
      features: `{name: what it is}`, of `tf.io.FixedLenFeature`, `FixedLenSequenceFeature`, `VarLenFeature`,
        `SparseFeature` and `RaggedFeature`.
      example_names: what errors call the examples.

    Returns `{name: Tensor, SparseTensor or RaggedTensor}`, with a first axis for the examples.

    Raises:
      InvalidArgumentError: bytes that are no example, a required feature that is missing, other dtypes or sizes.
      ValueError: a feature that is not described as it must be.

    Source: `tf.io.parse_example`.

    >>> import tfcompat_tape as tf
    >>> data = tf.io.decode_json_example('{"features": {"feature": {"x": {"int64List": {"value": [1, 2]}}}}}')
    >>> tf.io.parse_example([data], {"x": tf.io.FixedLenFeature([2], tf.int64)})["x"].numpy().tolist()
    [[1, 2]]
    """
    if not features:
        raise ValueError(f"Argument `features` cannot be None or falsy. Got {features}")
    if reading.graph() is not None:
        return parsed(_plan(features), serialized, example_names)
    return _examples(serialized, features, example_names)


def parse_single_example(
    serialized: Any, features: Any, example_names: Any = None, name: str | None = None
) -> dict[str, Any]:
    """Tensors of the features of one example; VarLenFeature makes SparseTensors of rank 1, RaggedFeature a vector.

    Args, result and errors: as for `tf.io.parse_example`, with one string. Source: `tf.io.parse_single_example`.

    >>> import tfcompat_tape as tf
    >>> data = tf.io.decode_json_example('{"features": {"feature": {"x": {"int64List": {"value": [1, 2]}}}}}')
    >>> tf.io.parse_single_example(data, {"x": tf.io.FixedLenFeature([2], tf.int64)})["x"].numpy().tolist()
    [1, 2]
    """
    if not features:
        raise ValueError(f"Argument `features` cannot be None or falsy. Got {features}")
    if reading.graph() is not None:
        return parsed(_plan(features), serialized, example_names)
    return _example(serialized, features, example_names)


@at_call()
def _examples(serialized: Any, features: Any, example_names: Any) -> dict[str, Any]:
    return _parsed(serialized_of(serialized, "ParseExampleV2"), features, example_names)


@at_call()
def _example(serialized: Any, features: Any, example_names: Any) -> dict[str, Any]:
    return _parsed(single_of(serialized, "ParseExampleV2"), features, example_names)


def _parsed(array: np.ndarray[Any, Any], features: Any, example_names: Any) -> dict[str, Any]:
    plan = _plan(features)
    single = array.ndim == 0
    rows = [example(text) for text in array.ravel().tolist()]
    if single and example_names is None:
        found = _at_once(plan, rows[0])
        if found is not None:
            return found
    names = names_of(example_names, array.size)
    return features_as_tensors(plan, rows, ["" if single else f"Name: {one}, " for one in names], single)


_plans: dict[Any, Plan] = {}
_MOST_PLANS = 64


def _plan(features: Any) -> Plan:
    """What is wanted; a function of elements says so anew for each."""
    try:
        key = tuple([(name, _hashable(one)) for name, one in features.items()])
        found = _plans.get(key)
    except (AttributeError, TypeError):  # what is not described as it must be, arrays
        return _checked_plan(features)
    if found is None:
        found = _checked_plan(features)
        if len(_plans) >= _MOST_PLANS:
            _plans.clear()
        _plans[key] = found
    return found


def _hashable(part: Any) -> Any:
    # 1, 1.0 and True are equal, and so are partitions of several kinds.
    return type(part), tuple(map(_hashable, part)) if isinstance(part, (list, tuple)) else part


def _checked_plan(features: Any) -> Plan:
    plan = Plan(features, _KINDS)
    for feature in plan.named.values():
        if isinstance(feature, FixedLenSequenceFeature) and not feature.allow_missing:
            raise ValueError("Unsupported: FixedLenSequenceFeature requires allow_missing to be True.")
    return plan


def _at_once(plan: Plan, row: Features) -> dict[str, Any] | None:
    """The tensors of one example that has all that is wanted; `None` for another one, and other features."""
    if plan.ragged or plan.composed:
        return None
    found: dict[str, Any] = {}
    for key, dtype in plan.lists:
        values = row.get(key)
        if values is None or values.dtype is not dtype:
            return None
        found[key] = tensors.single_sparse(values.array, dtype)
    for key, dtype, sizes, count in plan.fixed:
        values = row.get(key)
        if values is None or values.dtype is not dtype or len(values.array) != count:
            return None
        found[key] = tensors.own_tensor(values.array.reshape(sizes), dtype)
    return found if len(found) == len(plan.named) else None


def features_as_tensors(plan: Plan, rows: list[Features], names: list[str], single: bool) -> dict[str, Any]:
    """The tensors that `plan` wants of these examples, without an axis for them if `single`."""

    def where(key: str) -> tensors.Where:
        return lambda i: f"{names[i]}Key: {key}, Index: {i}"

    def places(key: str) -> list[str]:
        return [*map(where(key), range(len(names)))]

    def lists(key: str, dtype: Any) -> list[tensors.Array]:
        return tensors.lists_of([row.get(key) for row in rows], dtype, places(key))

    def column(key: str, dtype: Any) -> tuple[tensors.Array, tensors.Array]:
        return tensors.column([row.get(key) for row in rows], dtype, where(key))

    sparse = {
        key: tensors.sparse(*column(key, dtype), dtype, single) for key, dtype in sorted(plan.sparse.items())
    }
    found: dict[str, Any] = {
        key: value for key, value in sparse.items() if isinstance(plan.named.get(key), VarLenFeature)
    }
    for key, feature in plan.dense.items():
        dtype, sizes = dtypes.as_dtype(feature.dtype), tensors.sizes_of(feature.shape)
        if isinstance(feature, FixedLenFeature):
            default = tensors.default_of(feature.default_value, dtype, sizes)
            found_here = [row.get(key) for row in rows]
            whole = tensors.dense(found_here, dtype, sizes, default, key, where(key), names.__getitem__)
        else:
            filler = tensors.default_of(feature.default_value, dtype, ())
            if filler is None:
                filler = b"" if dtype == dtypes.string else 0
            whole = tensors.filled(*column(key, dtype), dtype, sizes, filler, where(key))
        found[key] = tensors.tensor_of(whole[0, ...] if single else whole, dtype)
    for key, feature in plan.ragged.items():
        keys = [{one: lists(one, dtypes.int64)[i] for one in keys_of(feature)} for i in range(len(rows))]
        of_values = lists(feature.value_key or key, dtypes.as_dtype(feature.dtype))
        whole, counts = tensors.ragged(feature, of_values, keys, places(key))
        splits_dtype = dtypes.as_dtype(feature.row_splits_dtype)
        found[key] = whole if single else tensors.in_rows(whole, counts, splits_dtype)
    for key, feature in plan.composed.items():
        found[key] = _composed(feature, sparse, single)
    return found


def _composed(feature: SparseFeature, found: dict[str, SparseTensor], single: bool) -> SparseTensor:
    """A SparseTensor of values, and of their places along each axis."""
    values, keys = found[feature.value_key], indices_of(feature)
    sizes = list(feature.size) if isinstance(feature.size, (list, tuple)) else [feature.size]
    if len(sizes) != len(keys):
        raise ValueError("sp_ids and vocab_size have to have equal lengths.")
    columns = [to_numpy(found[key].values._t)[:, None] for key in keys]
    batch: list[Any] = []
    if not single:
        columns.insert(0, to_numpy(found[keys[0]].indices._t)[:, :1])
        batch = [int(to_numpy(values.dense_shape._t)[0])]
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        raise ValueError(f"Dimensions {' and '.join(map(str, sorted(lengths)))} are not compatible")
    places = np.concatenate(columns, axis=1).astype(np.int64)
    order = np.arange(len(places)) if feature.already_sorted else np.lexsort(places.T[::-1])
    array = to_numpy(values.values._t)
    if len(array) != len(places):
        raise ValueError(f"Dimensions {len(places)} and {len(array)} are not compatible")
    return SparseTensor(
        convert(places[order]),
        tensors.tensor_of(array[order], values.dtype),
        convert(np.array([*batch, *[int(size) for size in sizes]], np.int64)),
    )
