"""Checkpoints in the format of safetensors: one file, a header in JSON and the tensors behind it.

Names are those of TensorFlow's format. What that format has no word for (the graph of objects, strings, complex
numbers, checksums) stands in its metadata, as text.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from tfcompat_tape.checkpoint import bundle, files
from tfcompat_tape.checkpoint.messages import OBJECT_GRAPH_KEY, dtype_text
from tfcompat_tape.core import dtypes, errors
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.io.checksums import crc32c
from tfcompat_tape.io.paths import told

SUFFIX = ".safetensors"

_NAMES = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "bfloat16": "BF16",
    "int64": "I64",
    "int32": "I32",
    "int16": "I16",
    "int8": "I8",
    "uint64": "U64",
    "uint32": "U32",
    "uint16": "U16",
    "uint8": "U8",
    "bool": "BOOL",
    "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2",
}
_DTYPES = {word: dtypes.as_dtype(name) for name, word in _NAMES.items()}
_STAND_INS = {
    "complex64": "float32",
    "complex128": "float64",
    "string": "uint8",
    "qint8": "int8",
    "quint8": "uint8",
    "qint16": "int16",
    "quint16": "uint16",
    "qint32": "int32",
}
_MOST = 100_000_000  # bytes of a header


def is_safetensors(path: str) -> bool:
    """Whether a path names such a file."""
    return path.endswith(SUFFIX) and os.path.isfile(path)


def write(path: str, tensors: Iterable[tuple[str, DType, Any]]) -> None:
    """Write tensors into one file. It is there whole or not at all.

    Raises:
      UnimplementedError: a dtype that the format cannot hold. Others: as for TensorFlow's format.
    """
    header: dict[str, Any] = {}
    parts: list[Any] = []
    told_of: dict[str, Any] = {"sums": {}, "dtypes": {}, "shapes": {}}
    metadata = {"format": "tfcompat_tape"}
    at = 0
    for name, dtype, array in tensors:
        if name == OBJECT_GRAPH_KEY:
            metadata["object_graph"] = base64.b64encode(array[()]).decode()
            continue
        kind, data, shape = _as_stored(name, dtype, array, told_of)
        told_of["sums"][name] = crc32c(data)
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    metadata["tensorflow"] = json.dumps(told_of)
    text = json.dumps({"__metadata__": metadata, **header}).encode()
    text += b" " * (-len(text) % 8)
    files.make_place(path)
    files.sweep(os.path.dirname(path))
    with files.replacing(path) as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for part in parts:
            file.write(part)


def _as_stored(name: str, dtype: DType, array: Any, told_of: dict[str, Any]) -> tuple[str, Any, list[int]]:
    """The word for a dtype, the bytes and the shape; what these do not say goes to `told_of`."""
    shape = list(array.shape)
    word = _NAMES.get(dtype.name)
    if word is not None:
        return word, bundle.bytes_of(array), shape
    stand_in = _STAND_INS.get(dtype.name)
    if stand_in is None:
        raise errors.unimplemented(f"{name}: safetensors has no dtype for {dtype.name}")
    told_of["dtypes"][name], told_of["shapes"][name] = dtype.name, shape
    if dtype is dtypes.string:
        data, _ = bundle.encoded_strings(array)
        return "U8", data, [len(data)]
    return _NAMES[stand_in], bundle.bytes_of(array), [*shape, 2] if dtype.is_complex else shape


class Source:
    """The tensors of such a file by name.

    Raises:
      DataLossError: the file is damaged, or of another kind.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        with told(path), open(path, "rb") as file:
            size = int.from_bytes(file.read(8), "little")
            rest = os.path.getsize(path) - 8
            if size > min(_MOST, rest):
                raise self._damaged("its header is longer than the file")
            text = file.read(size)
        try:
            self._header: dict[str, Any] = json.loads(text)
            metadata = self._header.pop("__metadata__", {})
            self._told: dict[str, Any] = json.loads(metadata.get("tensorflow", "{}"))
            graph = metadata.get("object_graph")
            self._graph = None if graph is None else base64.b64decode(graph, validate=True)
            self._check(rest - size)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._damaged(f"its header says nothing ({error})") from None
        self._start = 8 + size

    def _check(self, size: int) -> None:
        for name, entry in self._header.items():
            start, end = entry["data_offsets"]
            kind = _DTYPES[entry["dtype"]]
            if not 0 <= start <= end <= size or end - start != kind.size * int(
                np.prod(entry["shape"], dtype=np.int64)
            ):
                raise ValueError(f"{name} is not where it is said to be")

    def _damaged(self, why: str) -> errors.DataLossError:
        return errors.DataLossError(None, None, f"{self._path} is no whole safetensors file: {why}")

    def names(self) -> list[str]:
        """The names of the tensors, sorted."""
        return sorted([*self._header, *([OBJECT_GRAPH_KEY] if self._graph is not None else [])])

    def __contains__(self, name: str) -> bool:
        return name in self._header or (name == OBJECT_GRAPH_KEY and self._graph is not None)

    def _entry(self, name: str) -> Any:
        if name not in self._header:
            raise errors.not_found(f"Key {name} not found in checkpoint")
        return self._header[name]

    def dtype(self, name: str) -> DType:
        """The dtype of a tensor."""
        if name == OBJECT_GRAPH_KEY and self._graph is not None:
            return dtypes.string
        return dtypes.as_dtype(self._told.get("dtypes", {}).get(name) or _DTYPES[self._entry(name)["dtype"]])

    def shape(self, name: str) -> list[int]:
        """The shape of a tensor."""
        if name == OBJECT_GRAPH_KEY and self._graph is not None:
            return []
        return list(self._told.get("shapes", {}).get(name, self._entry(name)["shape"]))

    def get(self, name: str) -> np.ndarray[Any, Any]:
        """A tensor, checked against its checksum if there is one."""
        if name == OBJECT_GRAPH_KEY and self._graph is not None:
            text = np.empty((), object)
            text[()] = self._graph
            return text
        start, end = self._entry(name)["data_offsets"]
        with told(self._path), open(self._path, "rb") as file:
            file.seek(self._start + start)
            data = bytearray(file.read(end - start))
        if len(data) != end - start:
            raise self._damaged("it is cut off")
        known = self._told.get("sums", {}).get(name)
        if known is not None and known != crc32c(data):
            raise self._damaged(f"{name}: Checksum does not match")
        kind, shape = self.dtype(name), self.shape(name)
        if kind is dtypes.string:
            count = int(np.prod(shape, dtype=np.int64))
            return bundle.decoded_strings(bytes(data), count, self._path)[0].reshape(shape)
        return np.frombuffer(data, bundle.stored(kind)).reshape(shape)

    def debug_string(self) -> bytes:
        """A line for each tensor: name, dtype, shape."""
        lines = []
        for name in self.names():
            sizes = ",".join(map(str, self.shape(name)))
            lines.append(f"{name} ({dtype_text(self.dtype(name).as_datatype_enum)}) [{sizes}]\n".encode())
        return b"".join(lines)
