"""Checkpoints that several ranks write and read together, in the format of torch.distributed.checkpoint.

A directory: `.metadata`, which says what there is, and files of the ranks with what each of them had: its shards, and
its part of what all have. Names are those of TensorFlow's format. Each write has files of its own; `.metadata` is
replaced when they are all there, and only then those of the write before are removed.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import re
import shutil
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch

from tfcompat_tape.checkpoint import bundle, files
from tfcompat_tape.checkpoint.messages import dtype_text
from tfcompat_tape.core import dtypes, errors
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.tensor import to_numpy
from tfcompat_tape.io.paths import make_directories, told

SUFFIX = ".distributed"

_WHAT = "tf.train.Checkpoint.write"
_METADATA = ".metadata"
_TOLD = ".tfcompat_tape"  # the name of what torch has no word for, as JSON
_DATA = re.compile(r"__[0-9a-f]{16}_\d+_\d+\.distcp$")
_HARMLESS = re.compile(
    r"torch\.distributed\.checkpoint\.metadata\.\w+|torch\.distributed\.checkpoint\.filesystem\._Storage\w+"
    r"|torch\.Size|torch\.serialization\._get_layout|torch\.(b?float|complex|u?int|bits|qu?int)\w*|torch\.bool"
    r"|collections\.(OrderedDict|defaultdict)|pathlib\.\w*Path|pathlib\._local\.\w*Path"
)


def is_sharded(path: str) -> bool:
    """Whether a path names such a directory."""
    return os.path.isdir(path) and (path.endswith(SUFFIX) or os.path.exists(os.path.join(path, _METADATA)))


def remove(path: str) -> None:
    """Remove such a directory: `.metadata` first, so that what is left is none."""
    files.remove(os.path.join(path, _METADATA))
    shutil.rmtree(path, ignore_errors=True)


def ranks() -> Any:
    """The processes that write together; `None` where this is the only one."""
    import torch.distributed as dist

    if not dist.is_available() or not dist.is_initialized():
        return None
    from tfcompat_tape.distribute import ranks as of

    return of.world()


@contextlib.contextmanager
def first_alone(several: bool) -> Iterator[bool]:
    """Whether this process is to do, within the context, what one of those that have written together does for all.

    The others wait at the end of it.
    """
    together = ranks() if several else None
    yield together is None or together.rank == 0
    if together is not None:
        together.barrier(_WHAT)


# -- writing -----------------------------------------------------------------------------------------------------------


def write(path: str, tensors: Iterable[tuple[str, DType, Any]]) -> None:
    """Write tensors (raw ones, DTensors, or arrays) into one directory; all ranks do so together.

    Raises:
      InvalidArgumentError: the ranks do not have the same names, dtypes and shapes, or write to other places.
      AbortedError: another rank has failed. Others: as for TensorFlow's format. The last checkpoint is still there.
    """
    together = ranks()
    told_of: dict[str, Any] = {"dtypes": {}, "shapes": {}}
    state = {}
    try:
        for name, dtype, value in tensors:
            state[name] = _as_stored(name, dtype, value, told_of)
        text = json.dumps(told_of, sort_keys=True).encode()
        state[_TOLD] = torch.frombuffer(bytearray(text), dtype=torch.uint8)
        if together is None:
            _save(path, state, os.urandom(8).hex(), None)
            return
        together.calls += 1
        token = _agreed(path, state, together)
        _save(path, state, token, together)
    except Exception as error:
        if together is not None:
            from tfcompat_tape.distribute.ranks import watch

            watch.failed(error)
        raise
    together.barrier(_WHAT)


def _as_stored(name: str, dtype: DType, value: Any, told_of: dict[str, Any]) -> torch.Tensor:
    """What torch can hold; what that does not say goes to `told_of`."""
    if isinstance(value, torch.Tensor):
        return value.detach().resolve_conj().resolve_neg()
    told_of["dtypes"][name], told_of["shapes"][name] = dtype.name, list(value.shape)
    if dtype is dtypes.string:
        data, _ = bundle.encoded_strings(value)
        return torch.frombuffer(bytearray(data), dtype=torch.uint8)
    return torch.from_numpy(np.ascontiguousarray(to_numpy(value)))


def _agreed(path: str, state: dict[str, torch.Tensor], together: Any) -> str:
    """A word that names the files of this write, once all ranks are to write the same."""
    described = [
        f"{name}: {str(raw.dtype).removeprefix('torch.')}{list(raw.shape)}" for name, raw in state.items()
    ]
    text = "\n".join(described)
    digest = _digest(text)
    mine = [os.path.abspath(path), digest, os.urandom(8).hex()]
    found = together.exchange(mine, _WHAT)
    if any(one[0] != found[0][0] for one in found):
        told = "; ".join(f"rank {rank}: {one[0]}" for rank, one in enumerate(found))
        raise errors.invalid(f"{_WHAT}: all ranks write to one place together, and these are several: {told}")
    if any(one[1] != found[0][1] for one in found):
        every = together.exchange(described, _WHAT)
        for rank, other in enumerate(every):
            odd = sorted(set(other) ^ set(every[0]))
            if odd or other != every[0]:
                told = ", ".join(odd[:4]) or "in another order"
                raise errors.invalid(
                    f"{_WHAT}: all ranks have to write the same values. What rank 0 and rank {rank} do not have in "
                    f"common: {told}{' ...' if len(odd) > 4 else ''}"
                )
    return str(found[0][2])


def _digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _save(path: str, state: dict[str, torch.Tensor], token: str, together: Any) -> None:
    import torch.distributed.checkpoint as dcp

    if os.path.lexists(path) and not os.path.isdir(path):
        raise errors.FailedPreconditionError(None, None, f"{path}; is a file, not a directory")
    make_directories(path)
    writer = _writer()(path, token)
    planner = dcp.DefaultSavePlanner(flatten_state_dict=False, flatten_sharded_tensors=False)
    try:
        with _quiet():
            dcp.save(state, storage_writer=writer, planner=planner, no_dist=together is None)
    except BaseException as error:
        if hasattr(error, "failures"):  # which all ranks know of: nobody goes on to write the metadata
            files.remove_all(path, lambda name: name.startswith(f"__{token}_"))
        _raise_first(path, error, together)
    if together is None or together.rank == 0:
        files.remove_all(path, lambda name: bool(_DATA.match(name)) and not name.startswith(f"__{token}_"))
        files.settle(os.path.dirname(path) or ".")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without torch's words on there being one process."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="torch.distributed is disabled")
        yield


def _raise_first(path: str, error: BaseException, together: Any) -> None:
    """Raise the exception of the rank that failed as the one of TensorFlow that it amounts to."""
    failures = getattr(error, "failures", None)
    if failures:
        rank = min(failures)
        of = failures[rank][0]
        if isinstance(of, OSError):
            with told(path), files.full_disk(path):
                raise of
        mine = together is None or rank == together.rank
        if mine and isinstance(of, errors.OpError):
            raise of from None
        raise errors.AbortedError(
            None, None, f"{_WHAT}: rank {rank} failed: {type(of).__name__}: {of}"
        ) from error
    if together is not None and isinstance(error, RuntimeError):
        raise together.broken(_WHAT, error) from error
    raise error


def _writer() -> Any:
    """torch's writer, whose files have names of their own in each write, and whose last step is one rename."""
    from torch.distributed.checkpoint import filesystem

    class Writer(filesystem.FileSystemWriter):
        def __init__(self, path: str, token: str) -> None:
            super().__init__(path, sync_files=True)
            self._token = token

        def prepare_local_plan(self, plan: Any) -> Any:
            return plan

        def prepare_global_plan(self, plans: list[Any]) -> list[Any]:
            import dataclasses

            return [
                dataclasses.replace(plan, storage_data=filesystem._StoragePrefix(f"__{self._token}_{i}_"))
                for i, plan in enumerate(plans)
            ]

        def finish(self, metadata: Any, results: list[Any]) -> None:
            metadata.version = getattr(filesystem, "CURRENT_DCP_VERSION", metadata.version)
            metadata.storage_data = {one.index: one.storage_data for part in results for one in part}
            metadata.storage_meta = self.storage_meta()
            where = os.fspath(self.path)
            files.settle(where)
            files.sweep(where)
            files.write_whole(os.path.join(where, _METADATA), pickle.dumps(metadata))

    return Writer


# -- reading -----------------------------------------------------------------------------------------------------------


class _Unpickler(pickle.Unpickler):
    """Reads what torch writes into `.metadata`, and runs nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if not _HARMLESS.fullmatch(f"{module}.{name}"):
            raise pickle.UnpicklingError(f"it names {module}.{name}, which no checkpoint needs")
        return super().find_class(module, name)


class Source:
    """The tensors of such a directory by name. Each process reads what it needs; nobody waits for anybody.

    Raises:
      NotFoundError: no write into it has come to its end. DataLossError: it is damaged.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        where = os.path.join(path, _METADATA)
        if not os.path.exists(where):
            raise errors.not_found(
                f"{path}: there is no whole checkpoint in this directory: it has no {_METADATA}, which is written last."
            )
        with told(where), open(where, "rb") as file:
            data = file.read()
        try:
            self._metadata = _Unpickler(io.BytesIO(data)).load()
            self._entries: dict[str, Any] = {
                name: entry
                for name, entry in self._metadata.state_dict_metadata.items()
                if hasattr(entry, "properties")
            }
            has = {}
            if _TOLD in self._entries:
                has = json.loads(bytes(self._read(_TOLD).numpy()))
                del self._entries[_TOLD]
            self._dtypes: dict[str, str] = has.get("dtypes", {})
            self._shapes: dict[str, list[int]] = has.get("shapes", {})
        except errors.OpError:
            raise
        except Exception as error:
            raise self._damaged(f"{_METADATA} says nothing ({error})") from None

    def _damaged(self, why: str) -> errors.DataLossError:
        return errors.DataLossError(None, None, f"{self._path} is no whole distributed checkpoint: {why}")

    def names(self) -> list[str]:
        """The names of the tensors, sorted."""
        return sorted(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def _entry(self, name: str) -> Any:
        if name not in self._entries:
            raise errors.not_found(f"Key {name} not found in checkpoint")
        return self._entries[name]

    def dtype(self, name: str) -> DType:
        """The dtype of a tensor."""
        return dtypes.as_dtype(self._dtypes.get(name) or self._entry(name).properties.dtype)

    def shape(self, name: str) -> list[int]:
        """The shape of a tensor."""
        return list(self._shapes.get(name, self._entry(name).size))

    def _read(self, name: str) -> torch.Tensor:
        entry = self._entry(name)
        raw = torch.empty(entry.size, dtype=entry.properties.dtype)
        self.read_into(name, raw)
        return raw

    def read_into(self, name: str, raw: torch.Tensor) -> None:
        """Read a tensor, or those parts of it that a DTensor has on this rank.

        Raises:
          DataLossError: it is damaged. NotFoundError: a file of it is gone.
        """
        import torch.distributed.checkpoint as dcp
        from torch.distributed.checkpoint import CheckpointException

        planner = dcp.DefaultLoadPlanner(flatten_state_dict=False, flatten_sharded_tensors=False)
        reader = _reader(self._metadata)(self._path)
        try:
            with _quiet():
                dcp.load({name: raw}, storage_reader=reader, planner=planner, no_dist=True)
        except (Exception, CheckpointException) as error:  # which is no Exception
            failures = getattr(error, "failures", None)
            of = failures[min(failures)][0] if failures else error
            if isinstance(of, FileNotFoundError):
                raise errors.not_found(f"{of.filename}; {of.strerror}, which has a part of {name}") from None
            first = (str(of).splitlines() or [type(of).__name__])[0]
            raise self._damaged(f"{name}: cannot be read: {first}") from None

    def get(self, name: str) -> np.ndarray[Any, Any]:
        """A tensor."""
        array: np.ndarray[Any, Any] = to_numpy(self._read(name))
        kind = self.dtype(name)
        if name not in self._dtypes:
            return array
        if kind is dtypes.string:
            count = int(np.prod(self.shape(name), dtype=np.int64))
            return bundle.decoded_strings(array.tobytes(), count, self._path)[0].reshape(self.shape(name))
        return array.view(bundle.stored(kind)).reshape(self.shape(name))

    def debug_string(self) -> bytes:
        """A line for each tensor: name, dtype, shape."""
        lines = []
        for name in self.names():
            sizes = ",".join(map(str, self.shape(name)))
            lines.append(f"{name} ({dtype_text(self.dtype(name).as_datatype_enum)}) [{sizes}]\n".encode())
        return b"".join(lines)


def _reader(metadata: Any) -> Any:
    """torch's reader, with metadata that have been read, and which looks at the checksums that torch has written."""
    from torch.distributed.checkpoint import filesystem

    class Reader(filesystem.FileSystemReader):
        def _slice_file(self, file: Any, sinfo: Any) -> Any:
            file.seek(sinfo.offset)
            part = io.BytesIO(file.read(sinfo.length))
            if part.read(2) == b"PK":  # a zip archive, as torch.save makes it
                odd = zipfile.ZipFile(part).testzip()
                if odd is not None:
                    raise ValueError(f"{sinfo.relative_path}: Checksum does not match ({odd})")
            part.seek(0)
            return part

        def read_metadata(self, *args: Any, **kwargs: Any) -> Any:
            return metadata

    return Reader
