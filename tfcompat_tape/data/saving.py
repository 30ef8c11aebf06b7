"""`Dataset.save` and `load`: datasets in files, in TensorFlow's own form, so that each reads what the other wrote.

A directory holds the specs of the elements, facts of the last run, and for each run a directory of shards, files of
records with a message for each tensor.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from typing import Any

from tfcompat_tape.core.errors import invalid, not_found, unimplemented
from tfcompat_tape.core.specs import NoneTensorSpec, TensorSpec
from tfcompat_tape.core.wire import block, fields, tag, varint
from tfcompat_tape.data.base import UNKNOWN, Run
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.function import ElementFunction
from tfcompat_tape.data.mapping import arguments
from tfcompat_tape.data.records import as_record, read_elements
from tfcompat_tape.data.spec_protos import decoded, encoded
from tfcompat_tape.data.structure import Element, Layout
from tfcompat_tape.data.variants import VARIANT
from tfcompat_tape.io.paths import local, make_directories, told
from tfcompat_tape.io.records import TFRecordWriter
from tfcompat_tape.tape.attention import paused

_SPEC, _FACTS, _SHARD, _PART = "dataset_spec.pb", "snapshot.metadata", "{:08d}.shard", "00000000.snapshot"


def _kind(compression: Any) -> str:
    if compression in (None, "", "NONE"):
        return ""
    if compression == "GZIP":
        return "GZIP"
    if compression in ("SNAPPY", "AUTO"):
        raise unimplemented(
            f"compression {compression!r}: Snappy is not there. Use compression=None or 'GZIP', which TensorFlow reads."
        )
    return ""


def save(dataset: Dataset, path: Any, compression: Any = None, shard: Any = None) -> None:
    """See `Dataset.save`."""
    directory, kind = local(path), _kind(compression)
    layout = dataset._layout
    number = None
    if shard is not None:
        number = ElementFunction(shard, arguments(layout.spec), "Dataset.save()")
    run = str(secrets.randbits(63))
    make_directories(os.path.join(directory, run))
    writers: dict[int, TFRecordWriter] = {}
    count = 0
    place = None if number is None else number.on(dataset, Run())
    try:
        with paused():
            for element in dataset._started()[1]:
                which = 0 if place is None else _number(place(element))
                writer = writers.get(which)
                if writer is None:
                    where = os.path.join(directory, run, _SHARD.format(which))
                    make_directories(where)
                    writer = writers[which] = TFRecordWriter(os.path.join(where, _PART), kind)
                for leaf in element:
                    if leaf is not None:
                        writer.write(as_record(leaf))
                count += 1
    finally:
        for writer in writers.values():
            writer.close()
    _write(os.path.join(directory, _SPEC), encoded(layout.spec))
    types = b"".join(
        varint(leaf.dtype.as_datatype_enum if isinstance(leaf, TensorSpec) else VARIANT)
        for leaf in layout.leaves
        if not isinstance(leaf, NoneTensorSpec)
    )
    facts = block(2, run.encode()) + tag(3, 0) + varint(int(time.time() * 1e6)) + tag(4, 0) + varint(2)
    facts += block(5, types) + tag(6, 0) + varint(count) + tag(1000, 0) + varint(1)
    _write(os.path.join(directory, _FACTS), facts)


def _number(found: Element) -> int:
    leaf = found[0]
    if leaf.ndim or str(leaf.dtype) not in ("torch.int64", "torch.int32"):
        raise invalid("`shard_func` must return a scalar int64.")
    return int(leaf)


def _write(path: str, data: bytes) -> None:
    """Write a file as a whole: who reads meanwhile sees the old one."""
    partial = f"{path}.{os.getpid()}.partial"
    with told(path):
        with open(partial, "wb") as file:
            file.write(data)
        os.replace(partial, path)


def load(path: Any, spec: Any, compression: Any, reader: Any) -> Dataset:
    """See `Dataset.load`."""
    directory = local(path)
    if spec is None:
        name = os.path.join(directory, _SPEC)
        if not os.path.exists(name):
            raise not_found(f"tf.data snapshot element_spec file not found: {name}.")
        with told(name), open(name, "rb") as file:
            spec = decoded(file.read())
    return LoadDataset(directory, spec, _kind(compression), reader)


class LoadDataset(Dataset):
    """What a directory holds."""

    def __init__(self, directory: str, spec: Any, kind: str, reader: Any) -> None:
        super().__init__()
        self._kept_layout = Layout(spec)
        self._directory = directory
        self._kind = kind
        self._reader = reader

    def _facts(self) -> tuple[str, int]:
        """The last run, and how many elements it wrote."""
        name = os.path.join(self._directory, _FACTS)
        if not os.path.exists(name):
            raise not_found(f"Could not find metadata file [{name}]")
        run, count = "", UNKNOWN
        with told(name), open(name, "rb") as file:
            for number, _, value, _ in fields(file.read()):
                if number == 2 and isinstance(value, bytes):
                    run = value.decode()
                elif number == 6 and isinstance(value, int):
                    count = value
        return run, count

    def _count(self) -> int:
        return self._facts()[1] if os.path.exists(os.path.join(self._directory, _FACTS)) else UNKNOWN

    def _open(self, run: Run) -> Iterator[Element]:
        base = os.path.join(self._directory, self._facts()[0])
        with told(base):
            names = sorted(name for name in os.listdir(base) if name.endswith(".shard"))
        shards = [ShardOfFiles(os.path.join(base, name), self._layout, self._kind) for name in names]
        if self._reader is not None:
            from tfcompat_tape.data.specs import DatasetSpec
            from tfcompat_tape.data.windows import WindowOfElements

            whole = WindowOfElements(Layout(DatasetSpec(self._layout.spec)), [(shard,) for shard in shards])
            found: Iterator[Element] = self._reader(whole)._open(run)
            yield from found
            return
        opened = [shard._open(run) for shard in shards]
        while opened:
            for one in list(opened):
                element = next(one, None)
                if element is None:
                    opened.remove(one)
                else:
                    yield element


class ShardOfFiles(Dataset):
    """One shard."""

    def __init__(self, directory: str, layout: Layout, kind: str) -> None:
        super().__init__()
        self._kept_layout = layout
        self._directory = directory
        self._kind = kind

    def _count(self) -> int:
        return UNKNOWN

    def _open(self, run: Run) -> Iterator[Element]:
        with told(self._directory):
            names = sorted(name for name in os.listdir(self._directory) if name.endswith(".snapshot"))
        for name in names:
            yield from read_elements(os.path.join(self._directory, name), self._layout, self._kind)
