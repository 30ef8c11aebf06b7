"""Checkpoints that ranks write together: restored by any number of them, and whole or not at all."""

from __future__ import annotations

import glob
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from ranks_kit import on_ranks

import tfcompat_tape as tf

RANDOM = np.random.default_rng(3)
ROWS = RANDOM.normal(size=(5, 3))
KERNEL = RANDOM.normal(size=(4, 4)).astype(np.float32)


def _mesh() -> Any:
    from torch.distributed.device_mesh import init_device_mesh

    return init_device_mesh("cpu", (torch.distributed.get_world_size(),))


def _sharded(value: Any, axis: int = 0) -> Any:
    from torch.distributed.tensor import Shard, distribute_tensor

    return tf.Variable(distribute_tensor(torch.tensor(value), _mesh(), [Shard(axis)]))


def _model(scale: float, rows: Any) -> Any:
    """What is saved: a sharded Variable, and such as all ranks have, of several dtypes."""
    return tf.train.Checkpoint(
        rows=rows,
        layer={"kernel": tf.Variable(scale * KERNEL), "step": tf.Variable(int(7 * scale), dtype=tf.int64)},
        half=tf.Variable(tf.cast(scale * KERNEL[0], tf.bfloat16)),
        wave=tf.Variable(scale * (1 + 2j) * KERNEL[1].astype(np.complex64)),
        names=tf.Variable([b"one", b"", b"\xff"] if scale else [b"", b"", b""]),
        empty=tf.Variable(tf.zeros([0, 3])),
    )


def _values(checkpoint: Any) -> Any:
    return [
        checkpoint.layer["kernel"].numpy(),
        checkpoint.layer["step"].numpy(),
        tf.cast(checkpoint.half, tf.float32).numpy(),
        checkpoint.wave.numpy(),
        checkpoint.names.numpy(),
        checkpoint.rows.numpy(),
    ]


def _told(call: Any) -> str:
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"


def _write(rank: int, folder: str) -> Any:
    tf.distribute.MirroredStrategy()
    os.chdir(folder)
    found: dict[str, Any] = {}
    checkpoint = _model(1.0, _sharded(ROWS))
    found["path"] = checkpoint.write("model", format="distributed")
    for each in (0.5, 1.0):
        checkpoint = _model(each, _sharded(each * ROWS))
        checkpoint.write("model", format="distributed")
    checkpoint.write("tensorflow's" if rank else "tensorflow's.1")
    manager = tf.train.CheckpointManager(checkpoint, "run", max_to_keep=2)
    found["kept"] = [os.path.basename(manager.save(format="distributed")) for _ in range(3)]
    return found


def _restore(rank: int, folder: str) -> Any:
    tf.distribute.MirroredStrategy()
    os.chdir(folder)
    found: dict[str, Any] = {}
    for axis, path in ((0, "model.distributed"), (1, "model"), (0, tf.train.latest_checkpoint("run"))):
        checkpoint = _model(0.0, _sharded(0 * ROWS, axis))
        checkpoint.restore(path).expect_partial()
        found[f"{path} {axis}"] = _values(checkpoint)
        found[f"{path} {axis} placed"] = str(checkpoint.rows._t.placements)
    checkpoint = _model(0.0, _sharded(0 * ROWS))
    checkpoint.read("tensorflow's")
    found["tensorflow's"] = _values(checkpoint)
    found["repr"] = repr(checkpoint.rows)
    found["shape"] = _told(
        lambda: tf.train.Checkpoint(rows=_sharded(np.zeros((6, 3)))).restore("model.distributed")
    )
    return found


def test_two_ranks_write_and_others_restore(tmp_path: Path) -> None:
    wrote = on_ranks(lambda rank: _write(rank, str(tmp_path)))
    assert wrote == [{"path": "model.distributed", "kept": [f"ckpt-{i}.distributed" for i in (1, 2, 3)]}] * 2
    want = _values(_model(1.0, tf.Variable(ROWS)))
    path = tmp_path / "model.distributed"
    assert len(list(path.glob("*"))) == 2 + 1  # a file of each rank; those of the writes before are gone
    assert {p.name for p in (tmp_path / "run").glob("ckpt*")} == {"ckpt-2.distributed", "ckpt-3.distributed"}

    alone = _model(0.0, tf.Variable(0 * ROWS))
    alone.restore(str(path)).expect_partial()
    several = on_ranks(lambda rank: _restore(rank, str(tmp_path)), 3)
    assert all(isinstance(one, dict) for one in several), several
    everything = [_values(alone)]
    for one in several:
        assert one["repr"].endswith("numpy=<(Shard(dim=0),) over 3 ranks>>")
        assert one["model 1 placed"] == "(Shard(dim=1),)"
        assert one["shape"].startswith("ValueError") and "(5, 3)" in one["shape"]
        everything += [value for name, value in one.items() if isinstance(value, list)]
    assert len(everything) == 1 + 3 * 4
    for values in everything:
        for got, value in zip(values, want, strict=True):
            np.testing.assert_array_equal(got, value)
    names = dict(tf.train.list_variables(str(path)))
    assert names["rows/.ATTRIBUTES/VARIABLE_VALUE"] == [5, 3]
    assert names["names/.ATTRIBUTES/VARIABLE_VALUE"] == [3]
    read = torch.zeros(4, 4)  # by torch's own means
    with pytest.warns(UserWarning, match="single process"):
        torch.distributed.checkpoint.load(
            {"layer/kernel/.ATTRIBUTES/VARIABLE_VALUE": read}, checkpoint_id=str(path)
        )
    np.testing.assert_array_equal(read.numpy(), KERNEL)


class _Fails(tf.Module):
    def _serialize_to_tensors(self) -> Any:
        return {"value": self._value}

    def _value(self) -> Any:
        raise ZeroDivisionError("no luck")

    def _restore_from_tensors(self, restored: Any) -> None:
        raise AssertionError


def _go_wrong(rank: int, folder: str, case: str) -> Any:
    tf.distribute.MirroredStrategy()
    os.chdir(folder)
    if case == "killed":
        _model(1.0, _sharded(ROWS)).write("model", format="distributed")
        if rank == 1:
            from torch.distributed.checkpoint.filesystem import FileSystem

            FileSystem.create_stream = lambda *_: os.kill(os.getpid(), 9)
        return _told(lambda: _model(2.0, _sharded(2 * ROWS)).write("model", format="distributed"))
    more = {
        "names": {f"of_{rank}": tf.Variable(1.0)},
        "shapes": {"v": tf.Variable(tf.zeros(2 + rank))},
        "places": {"v": tf.Variable(1.0)},
        "raises": {"v": _Fails() if rank else tf.Variable(1.0)},
        "directory": {"v": tf.Variable(1.0)},
    }[case]
    if case == "directory" and rank == 0:
        Path("directory.distributed").write_text("a file")
    path = f"place{rank}" if case == "places" else case
    return _told(lambda: tf.train.Checkpoint(**more).write(path, format="distributed"))


def test_ranks_that_write_other_things_or_fail(tmp_path: Path) -> None:
    def on(case: str) -> Any:
        return on_ranks(lambda rank: _go_wrong(rank, str(tmp_path), case))

    for case, phrase in (
        ("names", "of_0"),
        ("shapes", "v/.ATTRIBUTES/VARIABLE_VALUE: float32[2]"),
        ("places", "place1"),
    ):
        for one in on(case):
            assert one.startswith("InvalidArgumentError") and phrase in one, one
    first, second = on("raises")
    assert second == "ZeroDivisionError: no luck"
    assert first.startswith("AbortedError") and "rank 1 failed: ZeroDivisionError: no luck" in first
    for one in on("directory"):
        assert "directory.distributed" in one and "a file" in one, one
    assert not glob.glob(str(tmp_path / "*" / ".metadata"))

    first, second = on("killed")
    assert second == "signal 9" and first.startswith("AbortedError") and "rank 1" in first, (first, second)
    alone = _model(0.0, tf.Variable(0 * ROWS))
    alone.read(str(tmp_path / "model")).expect_partial()
    np.testing.assert_array_equal(alone.rows.numpy(), ROWS)


def test_killed_at_any_step(tmp_path: Path) -> None:
    """One process, killed before and after each step that changes files, and within what is written."""
    from torch.distributed.checkpoint.filesystem import FileSystem

    path = str(tmp_path / "model")
    v, w = tf.Variable(tf.fill([300], 1.0)), tf.Variable(1.0)
    checkpoint = tf.train.Checkpoint(v=v, w=w)
    checkpoint.write(path, format="distributed")
    for number, old in enumerate(range(1, 15)):
        checkpoint.read(path)
        kept = float(w)
        pid = os.fork()
        if pid == 0:
            _kill_at(number * number * 2, FileSystem)
            v.assign(tf.fill([300], kept + 1.0))
            w.assign(kept + 1.0)
            checkpoint.write(path, format="distributed")
            os._exit(0)
        os.waitpid(pid, 0)
        checkpoint.read(path).assert_consumed()
        assert float(w) in (kept, kept + 1.0), old
        np.testing.assert_array_equal(v.numpy(), np.full(300, float(w), np.float32))
    assert float(w) > 1.0
    checkpoint.write(path, format="distributed")
    assert len(os.listdir(path + ".distributed")) == 2


def _kill_at(end: int, file_system: Any) -> None:
    left = end

    def tick() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), 9)

    for name in ("replace", "unlink", "fsync", "open"):
        step = getattr(os, name)

        def counted(*args: Any, step: Any = step, **options: Any) -> Any:
            tick()
            found = step(*args, **options)
            tick()
            return found

        setattr(os, name, counted)
    plain = file_system.create_stream

    class Stream:
        def __init__(self, stream: Any) -> None:
            self.stream = stream

        def __enter__(self) -> Any:
            self.file = self.stream.__enter__()
            return self

        def __exit__(self, *error: Any) -> Any:
            return self.stream.__exit__(*error)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def write(self, data: Any) -> int:
            half = memoryview(data)[: len(data) // 2]
            self.file.write(half)
            self.file.flush()
            tick()
            self.file.write(memoryview(data)[len(half) :])
            return len(data)

    file_system.create_stream = lambda self, path, mode: Stream(plain(self, path, mode))


def test_damaged(tmp_path: Path) -> None:
    v = tf.Variable(tf.range(2000.0))
    checkpoint = tf.train.Checkpoint(v=v)
    path = checkpoint.write(str(tmp_path / "model"), format="distributed")
    (data,) = glob.glob(os.path.join(path, "*.distcp"))
    metadata = os.path.join(path, ".metadata")
    whole = {name: Path(name).read_bytes() for name in (data, metadata)}
    v.assign(tf.zeros(2000))

    def after(name: str, content: bytes | None) -> str:
        if content is None:
            os.unlink(name)
        else:
            Path(name).write_bytes(content)
        told = _told(lambda: checkpoint.read(path))
        Path(name).write_bytes(whole[name])
        assert not v.numpy().any()
        return told

    at = whole[data].index(np.arange(1000.0, 1002.0, dtype=np.float32).tobytes())
    flipped = bytearray(whole[data])
    flipped[at] ^= 1
    assert after(data, bytes(flipped)).startswith("DataLossError")
    assert after(data, whole[data][:at]).startswith("DataLossError")
    assert after(data, None).startswith("NotFoundError")
    assert after(metadata, whole[metadata][:50]).startswith("DataLossError")
    assert after(metadata, None).startswith("NotFoundError")
    assert "it names posix.system" in after(metadata, pickle.dumps(os.system))
    with pytest.raises(ValueError, match='"safetensors" or "distributed"'):
        checkpoint.write(path, format="shards")
    checkpoint.read(path).assert_consumed()
    np.testing.assert_array_equal(v.numpy(), np.arange(2000.0))
