"""The folder of compiled code keeps within its size: what was not used for longest goes first."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tfcompat_tape.tracing import inductor, library


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TFCOMPAT_CACHE", str(tmp_path))
    return tmp_path


def made(cache: Path, number: int, size: int, age: float) -> Path:
    path = cache / f"{number:064x}.so"
    path.write_bytes(bytes(size))
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_what_was_not_used_for_longest_goes_first(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    others = [cache / name for name in ("notes.json", "lib.so", ".hidden")]
    for path in others:
        path.write_bytes(bytes(2**20))
    killed, unfinished = cache / ".tfcompat-1", cache / ".tfcompat-2"
    killed.write_bytes(b"half")
    unfinished.write_bytes(b"half")
    os.utime(killed, (time.time() - 100000,) * 2)
    old, middle, new = (made(cache, n, 400 * 1024, 3600 * age) for n, age in ((1, 3), (2, 2), (3, 1)))
    library._prune()
    assert all(path.exists() for path in (old, middle, new, unfinished, *others)) and not killed.exists()
    monkeypatch.setenv("TFCOMPAT_CACHE_MIB", "0.8")
    library._prune()
    assert not old.exists() and middle.exists() and new.exists()
    monkeypatch.setenv("TFCOMPAT_CACHE_MIB", "0")
    library._prune()
    assert sorted(cache.iterdir()) == sorted([*others, unfinished])
    monkeypatch.setenv("TFCOMPAT_CACHE_MIB", "much")
    made(cache, 4, 100, 0)
    library._prune()
    assert (cache / f"{4:064x}.so").exists()


def test_what_is_used_stays(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_load", lambda path: path)
    paths = []
    for number in range(3):
        source = cache / f"made{number}"
        source.write_bytes(bytes([number]) * 400 * 1024)
        kept = library._store(f"{number:064x}", source)
        source.unlink()
        assert kept is not None
        paths.append(kept)
        for path in (kept, cache / f"{number:064x}.json"):
            os.utime(path, (time.time() - 3600 * (3 - number),) * 2)
    assert library._stored(f"{0:064x}") == paths[0]
    monkeypatch.setenv("TFCOMPAT_CACHE_MIB", "0.85")
    library._prune()
    assert [path.exists() for path in paths] == [True, False, True]
    assert library._stored(f"{1:064x}") is None


def test_what_a_killed_compiler_left_is_made_anew(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty library where torch's compiler looks for the code; others than its own are left alone."""
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(cache / "inductor"))
    left = cache / "inductor" / "af" / "cafe.main.so"
    other = cache / "other.so"
    tried: list[Path] = []

    def compiled(piece: Any) -> Path:
        tried.append(piece.broken)
        if piece.broken.exists():
            raise RuntimeError(f"InductorError: ImportError: {piece.broken}: file too short")
        return Path("whole.so")

    monkeypatch.setattr(inductor, "_compiled", compiled)
    for path in (left, other):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert inductor.compiled(SimpleNamespace(name="f", broken=left)) == Path("whole.so")
    assert tried == [left, left] and not left.exists()
    with pytest.raises(RuntimeError, match="too short"):
        inductor.compiled(SimpleNamespace(name="f", broken=other))
    assert other.exists()
