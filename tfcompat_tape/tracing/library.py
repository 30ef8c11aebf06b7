"""Compiled pieces as shared libraries: on disk between processes, and made by the compiler where there is none.

A library is found by a hash of everything it depends on: the kernels in order with their arguments, the layouts of the
inputs, the version of torch, the processor, the number of threads. So a process that finds its libraries never loads
the compiler, which alone takes seconds.

The folder is `TFCOMPAT_CACHE`, or `tfcompat_tape` in the user's cache folder. It can be deleted at any time. Files are
written beside their place and then moved there, so others see whole files or none; what a file says of itself is
checked before it is loaded. What was not used for longest is deleted where all together take more than
`TFCOMPAT_CACHE_MIB` MiB (512).
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import json
import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from tfcompat_tape.tracing.nodes import Ref
from tfcompat_tape.tracing.unit_rows import is_unit

if TYPE_CHECKING:
    from tfcompat_tape.tracing.piece import Piece

Raw = torch.Tensor
Entry = Callable[[list[Any]], list[Any]]
_ENTRY = "inductor_entry_cpp"  # the function, and the module, in a library
_loaded: dict[str, Entry] = {}
_OURS = re.compile(r"[0-9a-f]{64}\.(so|json)")  # a folder may hold other things
_UNFINISHED = ".tfcompat-"
_BLOCK = 4096  # what a small file takes


class NoCompilerError(Exception):
    """There is no C++ compiler."""


class TakesMemoryError(Exception):
    """Code that is to overwrite values takes memory, so it may fail half way."""


def function_of(piece: Piece) -> Entry:
    """The compiled function of a piece."""
    key = _key(piece)
    found = _loaded.get(key)
    if found is None:
        found = _stored(key)
        if found is None:
            from tfcompat_tape.tracing import inductor

            path = inductor.compiled(piece)
            kept = _store(key, path)
            found = _load(path if kept is None or not kept.exists() else kept)
        _loaded[key] = found
    return found


# -- what a library depends on -----------------------------------------------------------------------------------------


def _key(piece: Piece) -> str:
    numbers: dict[int, int] = {}

    def text(x: Any) -> str:
        kind = type(x)
        if kind is Ref:
            return f"t{numbers.setdefault(int(x), len(numbers))}"
        if kind in (tuple, list):
            return f"{kind.__name__}[{','.join([text(one) for one in x])}]"
        return f"{kind.__name__}:{x!r}"

    parts = [repr((*_machine(), torch.get_num_threads()))]
    parts += [f"{text(Ref(n))} {layout}" for n, layout in zip(piece.inputs, piece.given, strict=True)]
    for i, raw in enumerate(piece.constants):
        value = f" {raw.flatten()[0].item()!r}" if inlined(raw) else " unit" if is_unit(raw) else ""
        parts.append(f"{text(Ref(-2 - i))} {_layout(raw)}{value}")
        text(Ref(-2 - i))
    for node in piece.nodes:
        named = [f"{key}={text(x)}" for key, x in sorted(node.kwargs.items())]
        outs = [text(Ref(n)) for n in node.outs]
        parts.append(f"{outs} {node.function} {[text(x) for x in node.args]} {named}")
    parts.append(repr([text(Ref(n)) for n in piece.outs]))
    if piece.into:
        parts.append(f"into {piece.into}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def inlined(raw: Raw) -> bool:
    """Whether a constant becomes a number in the code: it is one, or the same one all over."""
    return raw.numel() > 0 and all(step == 0 for step in raw.stride())


def _layout(raw: Raw) -> str:
    return f"{raw.dtype} {tuple(raw.shape)} {raw.stride()}"


@functools.cache
def _machine() -> tuple[str, ...]:
    """What code is compiled by, and what it can run on: it is made for this very processor."""
    processor = platform.processor()
    try:
        with open("/proc/cpuinfo") as file:
            lines = sorted({line for line in file if line.startswith(("flags", "Features", "model name"))})
        processor = hashlib.sha256("".join(lines).encode()).hexdigest()
    except OSError:
        pass
    files = [Path(__file__).with_name(name) for name in ("inductor.py", "products.py", "unit_rows.py")]
    how = hashlib.sha256(b"".join(map(Path.read_bytes, files))).hexdigest()
    return how, torch.__version__, platform.python_version(), platform.machine(), processor


# -- the folder --------------------------------------------------------------------------------------------------------


def folder() -> Path:
    """Where compiled code is kept."""
    given = os.environ.get("TFCOMPAT_CACHE")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "tfcompat_tape"


def _stored(key: str) -> Entry | None:
    """The function that is on disk, if it is there and whole."""
    try:
        about = json.loads((folder() / f"{key}.json").read_text())
        path = folder() / f"{about['sha256']}.so"
        if hashlib.sha256(path.read_bytes()).hexdigest() != about["sha256"]:
            return None
        with contextlib.suppress(OSError):  # a folder that is read-only is not pruned either
            for used in (path, folder() / f"{key}.json"):
                os.utime(used)
        return _load(path)
    except (OSError, ValueError, KeyError, TypeError, ImportError):
        return None


def _store(key: str, library: Path) -> Path | None:
    """Keep a library for other processes; `None`, and a line in the log, where that is not possible."""
    from tfcompat_tape.tracing.piece import told

    try:
        content = library.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        path = folder() / f"{found}.so"
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)  # what is loaded from it runs
        _write(path, content)
        _write(folder() / f"{key}.json", json.dumps({"sha256": found}).encode())
        _prune()
    except OSError as error:
        told(f"compiled code is not kept for other processes: {error}")
        return None
    return path


def _prune() -> None:
    """Delete what was not used for longest, until all together takes no more than it may."""
    try:
        most = float(os.environ.get("TFCOMPAT_CACHE_MIB", "512")) * 2**20
    except ValueError:
        most = 512 * 2**20
    kept: list[tuple[float, int, Path]] = []
    for path in folder().iterdir():
        with contextlib.suppress(OSError):  # another process deleted it
            if _OURS.fullmatch(path.name):
                about = path.stat()
                kept.append((about.st_mtime, max(about.st_size, _BLOCK), path))
            elif path.name.startswith(_UNFINISHED) and path.stat().st_mtime < time.time() - 86400:
                path.unlink()  # of a process that was killed
    size = sum(size for _, size, _ in kept)
    for _, saved, path in sorted(kept):
        if size <= most:
            break
        with contextlib.suppress(OSError):
            path.unlink()
            size -= saved


def _write(path: Path, content: bytes) -> None:
    """All of `content` at `path`, or nothing."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _load(path: Path) -> Entry:
    """The function in a library."""
    # The libraries look up torch's access to the memory of a tensor here.
    os.environ["_TORCHINDUCTOR_PYOBJECT_TENSOR_DATA_PTR"] = str(
        torch._C._dynamo.guards._torchinductor_pyobject_tensor_data_ptr  # type: ignore[attr-defined]
    )
    name = f"{path.name.partition('.')[0]}.{_ENTRY}"
    module = sys.modules.get(name)
    if module is None:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} is no library")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    found: Entry = getattr(module, _ENTRY)
    return found
