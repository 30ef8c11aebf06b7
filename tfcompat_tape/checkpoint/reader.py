"""Tensors of a checkpoint by name, without the objects that they came from."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import torch

from tfcompat_tape.checkpoint import bundle, safetensors, sharded
from tfcompat_tape.core import dtypes, errors
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.tensor import Tensor, from_numpy
from tfcompat_tape.io.paths import local


class CheckpointReader:
    """The tensors of a checkpoint, which `tf.train.load_checkpoint` opens."""

    def __init__(self, filename: Any) -> None:
        self._source = open_source(local(filename))

    def has_tensor(self, tensor_str: Any) -> bool:
        """Whether there is a tensor of this name."""
        return _text(tensor_str) in self._source

    def get_tensor(self, tensor_str: Any) -> Any:
        """A tensor as a NumPy array; strings as bytes.

        Raises:
          NotFoundError: there is no such tensor. DataLossError: it is damaged.
        """
        found = self._source.get(_text(tensor_str))
        return found if found.ndim else found[()]

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """The shapes, by name."""
        return {name: self._source.shape(name) for name in self._source.names()}

    def get_variable_to_dtype_map(self) -> dict[str, DType]:
        """The dtypes, by name."""
        return {name: self._source.dtype(name) for name in self._source.names()}

    def debug_string(self) -> bytes:
        """A line for each tensor: name, dtype, shape."""
        return self._source.debug_string()

    # What restoring asks.

    def dtype(self, name: str) -> DType:
        """The dtype of a tensor."""
        return self._source.dtype(name)

    def tensor(self, name: str, dtype: DType | None = None) -> Tensor:
        """A tensor as a Tensor; InvalidArgumentError if it has another dtype than the one that is asked for."""
        return as_tensor(self._source.get(name), self._kept(name, dtype))

    def tensor_like(self, name: str, dtype: DType, like: Any) -> Tensor:
        """A tensor as a Tensor whose raw one is a DTensor, placed as `like`; whole if it is of another shape.

        Where the ranks have written shards, each reads what it needs alone.
        """
        from torch.distributed.tensor import distribute_tensor

        kept = self._kept(name, dtype)
        if list(like.shape) != list(self._source.shape(name)):
            return as_tensor(self._source.get(name), kept)
        if hasattr(self._source, "read_into"):
            raw = torch.empty_like(like.detach())
            self._source.read_into(name, raw)
            return Tensor(raw, None)
        whole = from_numpy(self._source.get(name)).to(like.device)
        return Tensor(distribute_tensor(whole, like.device_mesh, like.placements, src_data_rank=None), None)

    def _kept(self, name: str, dtype: DType | None) -> DType:
        kept: DType = self._source.dtype(name)
        if dtype is not None and kept != dtype:
            raise errors.invalid(
                f"tensor_name = {name}; expected dtype {_cpp(dtype)} does not equal original dtype {_cpp(kept)}"
            )
        return kept


def open_source(path: str) -> Any:
    """What has the tensors under `path`."""
    for each in (path, path + safetensors.SUFFIX):
        if safetensors.is_safetensors(each) and not os.path.lexists(bundle.index_path(path)):
            return safetensors.Source(each)
    for each in (path, path + sharded.SUFFIX):
        if sharded.is_sharded(each) and not os.path.lexists(bundle.index_path(path)):
            return sharded.Source(each)
    if os.path.isdir(path) and not os.path.lexists(bundle.index_path(path)):
        raise errors.DataLossError(
            None,
            None,
            f"Unable to open table file {path}: FAILED_PRECONDITION: {path}; Is a directory: perhaps your file is in a "
            "different file format and you need to use a different restore operator? Name a checkpoint in it, or ask "
            "tf.train.latest_checkpoint for the last one.",
        )
    return bundle.Bundle(path)


def as_tensor(array: np.ndarray[Any, Any], dtype: DType) -> Tensor:
    """An array as it is stored, as a Tensor.

    Raises:
      UnimplementedError: torch has no such elements.
    """
    if dtype is dtypes.string:
        return Tensor(array, None)
    if dtype.is_quantized:
        return Tensor(array.view(dtype.as_numpy_dtype).reshape(array.shape), None)
    if dtype.torch is None:
        raise errors.unimplemented(f"there are no Tensors of dtype {dtype.name} here")
    return Tensor(from_numpy(array), None)


def _cpp(dtype: DType) -> str:
    """The name that TensorFlow's messages have for a dtype."""
    return {"float32": "float", "float64": "double", "float16": "half"}.get(dtype.name, dtype.name)


def _text(name: Any) -> str:
    if isinstance(name, bytes):
        return name.decode("utf-8", "surrogateescape")
    if not isinstance(name, str):
        raise TypeError(f"Expected binary or unicode string, got {name!r}")
    return name
