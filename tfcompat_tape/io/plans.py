"""What features a caller wants, checked before anything is read."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.io.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RaggedFeature,
    SparseFeature,
    UniformRowLength,
    VarLenFeature,
)
from tfcompat_tape.strings.texts import strings


class Plan:
    """Which features are wanted, sorted by what becomes of them."""

    def __init__(self, features: Any, kinds: tuple[type, ...]) -> None:
        self.sparse: dict[str, DType] = {}  # those that are read as lists
        self.dense: dict[str, FixedLenFeature | FixedLenSequenceFeature] = {}
        self.ragged: dict[str, RaggedFeature] = {}
        self.composed: dict[str, SparseFeature] = {}
        self.named: dict[str, Any] = dict(sorted(features.items()))
        for key, feature in self.named.items():
            if not isinstance(feature, kinds):
                raise ValueError(f"Unsupported {type(feature).__name__} {feature} for key {key!r}")
            if not feature.dtype:
                raise ValueError(f"Missing type for feature {key}. Received feature={feature}")
            self._enter(key, feature)
        both = self.dense.keys() & self.sparse.keys()
        if both:
            raise ValueError(
                f"Dense and sparse keys must not intersect; dense_keys: {list(self.dense)}, sparse_keys: "
                f"{list(self.sparse)}, intersection: {both}"
            )

        # One after another as `_at_once` of `parsing` takes them.
        self.lists = sorted(self.sparse.items())
        self.fixed = [
            (key, dtypes.as_dtype(one.dtype), tuple(TensorShape(one.shape).as_list()), _elements(one))
            for key, one in self.dense.items()
            if isinstance(one, FixedLenFeature)
        ]

    def _enter(self, key: str, feature: Any) -> None:
        if isinstance(feature, VarLenFeature):
            self._list(key, feature.dtype)
        elif isinstance(feature, SparseFeature):
            if not feature.index_key:
                raise ValueError(f"Missing index_key for SparseFeature {feature}.")
            if not feature.value_key:
                raise ValueError(f"Missing value_key for SparseFeature {feature}.")
            for index in sorted(indices_of(feature)):
                self._list(index, dtypes.int64)
            self._list(feature.value_key, feature.dtype)
            self.composed[key] = feature
        elif isinstance(feature, RaggedFeature):
            _known(feature.dtype)
            self.ragged[key] = feature
        else:
            _known(feature.dtype)
            _shaped(key, feature)
            self.dense[key] = feature

    def _list(self, key: str, dtype: Any) -> None:
        found = _known(dtype)
        before = self.sparse.setdefault(key, found)
        if before != found:
            raise ValueError(f"Conflicting type {found!r} vs {before!r} for feature {key}.")


def _elements(feature: FixedLenFeature) -> int:
    return int(np.prod(TensorShape(feature.shape).as_list(), dtype=np.int64))


def indices_of(feature: SparseFeature) -> list[str]:
    """The features that hold the places of a SparseFeature."""
    return list(feature.index_key) if isinstance(feature.index_key, (list, tuple)) else [feature.index_key]


def keys_of(feature: RaggedFeature) -> list[str]:
    """The features that hold the partitions of a RaggedFeature."""
    return [one.key for one in feature.partitions if not isinstance(one, UniformRowLength)]


def _known(dtype: Any) -> DType:
    found = dtypes.as_dtype(dtype)
    if found not in (dtypes.float32, dtypes.int64, dtypes.string):
        raise invalid(
            f"ParseExampleV2: Value for attr 'Tdense' of {type_name(found)} is not in the list of allowed values: "
            "float, int64, string"
        )
    return found


def _shaped(key: str, feature: Any) -> None:
    if feature.shape is None:
        raise ValueError(f"Missing shape for feature {key}. Received feature={feature}.")
    shape = TensorShape(feature.shape)
    if isinstance(feature, FixedLenFeature) and shape.rank and shape[0] is None:
        raise ValueError(
            f"First dimension of shape for feature {key} unknown. Consider using FixedLenSequenceFeature. Received "
            f"feature={feature}."
        )
    if not shape.is_fully_defined():
        raise ValueError(
            f"All dimensions of shape for feature {key} need to be known but received {shape!s}."
        )


def serialized_of(value: Any, what: str) -> np.ndarray[Any, Any]:
    """The strings to read.

    Raises:
      ValueError: what is no string. InvalidArgumentError: more than one axis.
    """
    tensor = convert(value)
    if tensor.dtype != dtypes.string:
        raise ValueError(
            f"Tensor conversion requested dtype string for Tensor with dtype {tensor.dtype.name}: {tensor!r}"
        )
    array = strings(tensor, what)
    if array.ndim > 1:
        raise invalid(f"{what}: Expected serialized to be a scalar or vector, got shape: {list(array.shape)}")
    return array


def single_of(value: Any, what: str) -> np.ndarray[Any, Any]:
    """The one string to read; ValueError if there are more."""
    array = serialized_of(value, what)
    if array.ndim:
        raise ValueError("Input serialized must be a scalar")
    return array


def names_of(example_names: Any, count: int) -> list[str]:
    """What errors call each example."""
    if example_names is None:
        return ["<unknown>"] * count
    given = strings(example_names, "ParseExampleV2").ravel().tolist()
    if given and len(given) != count:
        raise invalid(f"ParseExampleV2: Expected len(names) == len(serialized), got {len(given)} and {count}")
    return [name.decode("utf-8", "replace") for name in given] or ["<unknown>"] * count
