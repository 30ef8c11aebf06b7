"""Sequence examples as tensors: features of a whole, and of each of its steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.at_call import at_call
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.io import feature_tensors as tensors
from tfcompat_tape.io.example_bytes import Values, sequence_example
from tfcompat_tape.io.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RaggedFeature,
    VarLenFeature,
)
from tfcompat_tape.io.parsing import features_as_tensors
from tfcompat_tape.io.plans import Plan, keys_of, names_of, serialized_of, single_of

Steps = list[Values | None]


@at_call()
def parse_sequence_example(
    serialized: Any,
    context_features: Any = None,
    sequence_features: Any = None,
    example_names: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Tensors of many sequence examples.

    Args:
      serialized: strings, each a `tf.train.SequenceExample`.
      context_features: `{name: FixedLenFeature, VarLenFeature or RaggedFeature}` of the whole.
      sequence_features: `{name: FixedLenSequenceFeature, VarLenFeature or RaggedFeature}` of the steps.
      example_names: what errors call the examples.

    Returns `(context, steps, lengths)`: tensors by name, those of the steps with a second axis for the steps; and how
    many steps each example has of the features that are dense tensors.

    Raises:
      InvalidArgumentError: bytes that are no example, a required feature that is missing, other dtypes or sizes.
      ValueError: a feature that is not described as it must be, or none at all.

    Source: `tf.io.parse_sequence_example`.

    >>> import tfcompat_tape as tf
    >>> example = tf.train.SequenceExample()
    >>> example.feature_lists.feature_list["x"].feature.add().int64_list.value.append(7)
    >>> feature = tf.io.FixedLenSequenceFeature([], tf.int64)
    >>> _, steps, lengths = tf.io.parse_sequence_example([example.SerializeToString()], None, {"x": feature})
    >>> steps["x"].numpy().tolist(), lengths["x"].numpy().tolist()
    ([[7]], [1])
    """
    array = serialized_of(serialized, "ParseSequenceExampleV2")
    return _parsed(array, context_features, sequence_features, example_names)


@at_call()
def parse_single_sequence_example(
    serialized: Any,
    context_features: Any = None,
    sequence_features: Any = None,
    example_name: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tensors of one sequence example: `(context, steps)`, the latter with a first axis for the steps.

    Args and errors: as for `tf.io.parse_sequence_example`, with one string.
    Source: `tf.io.parse_single_sequence_example`.

    >>> import tfcompat_tape as tf
    >>> example = tf.train.SequenceExample()
    >>> example.feature_lists.feature_list["x"].feature.add().int64_list.value.append(7)
    >>> feature = tf.io.FixedLenSequenceFeature([], tf.int64)
    >>> tf.io.parse_single_sequence_example(example.SerializeToString(), None, {"x": feature})[1]["x"].numpy().tolist()
    [7]
    """
    if not context_features and not sequence_features:
        raise ValueError(
            "Both context_features and sequence_features are None, but at least one should have values."
        )
    array = single_of(serialized, "ParseSequenceExampleV2")
    names = None if example_name is None else [example_name]
    return _parsed(array, context_features, sequence_features, names)[:2]


def _parsed(
    array: np.ndarray[Any, Any], context_features: Any, sequence_features: Any, example_names: Any
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    if not context_features and not sequence_features:
        raise ValueError("Both `context_features` and `sequence_features` arguments are missing.")
    context = Plan(context_features or {}, (VarLenFeature, FixedLenFeature, RaggedFeature))
    sequence = Plan(sequence_features or {}, (VarLenFeature, FixedLenSequenceFeature, RaggedFeature))
    for key, feature in sequence.dense.items():
        if feature.default_value is not None:
            raise ValueError(f"Value feature_list.dense_defaults[{key}] must be None")
    single = array.ndim == 0
    names = [f"Name: {one}, " for one in names_of(example_names, array.size)]
    pairs = [sequence_example(text) for text in array.ravel().tolist()]
    of_context = features_as_tensors(context, [whole for whole, _ in pairs], names, single)
    found: dict[str, Any] = {}
    lengths: dict[str, Any] = {}
    for key, dtype in sorted(sequence.sparse.items()):
        found[key] = _sparse(_lists(key, dtype, pairs, names), dtype, single)
    for key, wanted in sequence.dense.items():
        found[key], lengths[key] = _dense(key, wanted, pairs, names, single)
    for key, ragged in sequence.ragged.items():
        found[key] = _ragged(key, ragged, pairs, names, single)
    return of_context, found, lengths


def _lists(key: str, dtype: Any, pairs: Any, names: list[str]) -> list[list[tensors.Array]]:
    """The values of each step of each example."""
    return [
        tensors.lists_of(
            steps.get(key, []), dtype, [f"{name}Key: {key}, Index: {i}"] * len(steps.get(key, []))
        )
        for i, ((_, steps), name) in enumerate(zip(pairs, names, strict=True))
    ]


def _sparse(lists: list[list[tensors.Array]], dtype: Any, single: bool) -> SparseTensor:
    places = [
        (i, j, k)
        for i, steps in enumerate(lists)
        for j, values in enumerate(steps)
        for k in range(len(values))
    ]
    flat = [values for steps in lists for values in steps]
    shape = [
        len(lists),
        max((len(steps) for steps in lists), default=0),
        max((len(values) for values in flat), default=0),
    ]
    first = 1 if single else 0
    indices = np.array(places, np.int64).reshape(-1, 3)[:, first:]
    values = tensors.tensor_of(tensors.joined(flat, dtype), dtype)
    return SparseTensor(convert(indices.copy()), values, convert(np.array(shape[first:], np.int64)))


def _dense(key: str, feature: Any, pairs: Any, names: list[str], single: bool) -> tuple[Any, Any]:
    dtype, sizes = dtypes.as_dtype(feature.dtype), tensors.sizes_of(feature.shape)
    wholes = []
    for i, ((_, steps), name) in enumerate(zip(pairs, names, strict=True)):
        if key not in steps and not feature.allow_missing:
            raise invalid(
                f"{name}Feature list '{key}' (data type: {type_name(dtype)}) is required but could not be found.  Did "
                "you mean to include it in feature_list_dense_missing_assumed_empty or feature_list_dense_defaults?"
            )
        listed: Steps = steps.get(key, [])
        place = f"{name}Key: {key}, Index: {i}"
        wholes.append(
            tensors.dense(
                listed, dtype, sizes, None, key, lambda _, place=place: place, lambda _, name=name: name
            )
        )
    counts = np.array([len(whole) for whole in wholes], np.int64)
    padded = np.full(
        (len(wholes), max(counts, default=0), *sizes),
        b"" if dtype == dtypes.string else 0,
        tensors.kind_of(dtype),
    )
    for i, whole in enumerate(wholes):
        padded[i, : len(whole)] = whole
    if single:
        return tensors.tensor_of(padded[0], dtype), convert(counts[0])
    return tensors.tensor_of(padded, dtype), convert(counts)


def _ragged(key: str, feature: RaggedFeature, pairs: Any, names: list[str], single: bool) -> Any:
    dtype, splits_dtype = dtypes.as_dtype(feature.dtype), dtypes.as_dtype(feature.row_splits_dtype)
    lists = _lists(feature.value_key or key, dtype, pairs, names)
    flat = [values for steps in lists for values in steps]
    cuts = {one: _lists(one, dtypes.int64, pairs, names) for one in keys_of(feature)}
    none = np.zeros(0, np.int64)
    keys = [
        {one: found[i][j] if j < len(found[i]) else none for one, found in cuts.items()}
        for i, steps in enumerate(lists)
        for j in range(len(steps))
    ]
    whole, counts = tensors.ragged(feature, flat, keys, [f"Key: {key}"] * len(flat))
    rows = tensors.in_rows(whole, counts, splits_dtype)
    return rows if single else tensors.in_rows(rows, [len(steps) for steps in lists], splits_dtype)
