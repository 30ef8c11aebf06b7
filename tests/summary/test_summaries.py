"""Summaries: what TensorFlow writes into files of events, and what TensorBoard reads of ours."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import summary_programs

import tfcompat_tape as tf
from tfcompat_tape.summary.files import EventFile, events

RECORDED = json.loads(summary_programs.DATA.read_text(encoding="utf-8"))


def numbers(value: dict[str, Any]) -> Any:
    """The numbers of a histogram; None for what else there is."""
    about = value.get("metadata", [""])
    return np.frombuffer(bytes.fromhex(value["bytes"]), np.float64) if about[0] == "histograms" else None


def whole(path: Any) -> list[Any]:
    """The events of a file, up to where it is cut off."""
    found = []
    try:
        for event in events(path):
            found.append(event)
    except tf.errors.DataLossError:
        pass
    return found


def compare(mine: Any, theirs: Any) -> None:
    """Hold two lists of events against each other: the same but for the last bits of edges of histograms."""
    assert len(mine) == len(theirs)
    for ours, other in zip(mine, theirs, strict=True):
        for value, wanted in zip(ours.get("values", []), other.get("values", []), strict=True):
            edges = numbers(wanted)
            if edges is not None:
                np.testing.assert_allclose(numbers(value), edges, rtol=1e-14, atol=1e-16)
                value["bytes"] = wanted["bytes"]
        assert ours == other


@pytest.mark.filterwarnings("ignore:Cannot activate TF2 compatibility")
@pytest.mark.parametrize("name", summary_programs.PROGRAMS)
def test_programs(name: str) -> None:
    found, wanted = summary_programs.run(name, tf), RECORDED[name]
    assert found["answer"] == wanted["answer"]
    assert found["suffixes"] == wanted["suffixes"]
    assert len(found["events"]) == len(wanted["events"])
    for mine, theirs in zip(found["events"], wanted["events"], strict=True):
        compare(mine, theirs)


def test_tensorboard_reads_what_was_written(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    with tf.summary.create_file_writer(str(tmp_path)).as_default():
        for step in range(5):
            tf.summary.scalar("loss", 1.0 / (step + 1), step=step)
        tf.summary.histogram("h", [1.0, 2.0], step=0)
    accumulator = EventAccumulator(str(tmp_path)).Reload()
    assert accumulator.Tags()["tensors"] == ["loss", "h"]
    read = [(event.step, event.tensor_proto.tensor_content) for event in accumulator.Tensors("loss")]
    assert read == [(step, np.float32(1.0 / (step + 1)).tobytes()) for step in range(5)]
    assert accumulator.SummaryMetadata("loss").plugin_data.plugin_name == "scalars"


WRITER = """
import sys, tfcompat_tape as tf
writer = tf.summary.create_file_writer(sys.argv[1])
with writer.as_default():
    step = 0
    while True:
        tf.summary.write("x", tf.fill([300], float(step)), step=step)
        step += 1
        if step == 20:
            print("going", flush=True)
"""


def test_a_killed_writer_leaves_whole_events(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline() == "going\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    (path,) = tmp_path.iterdir()
    read = [event.step for event in whole(path) if event.WhichOneof("what") == "summary"]
    assert len(read) >= 20 and read == list(range(len(read)))


def test_a_cut_file_is_read_up_to_the_last_whole_event(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path), ".v2")
    for step in range(3):
        file.add(tf.compat.v1.Event(step=step).SerializeToString())
    file.close()
    data = Path(file.path).read_bytes()
    for size in range(len(data) - 1, len(data) - 30, -1):
        Path(file.path).write_bytes(data[:size])
        assert [event.step for event in whole(file.path)][1:] in ([0, 1], [0])
        if len(list(whole(file.path))) == 3 and size > len(data) - 18:
            with pytest.raises(tf.errors.DataLossError, match="truncated record"):
                list(events(file.path))
    Path(file.path).write_bytes(data[:20] + bytes([data[20] ^ 1]) + data[21:])
    with pytest.raises(tf.errors.DataLossError, match="corrupted record"):
        list(events(file.path))


def test_threads_write_into_one_file(tmp_path: Path) -> None:
    writer = tf.summary.create_file_writer(str(tmp_path))

    def work(tag: str) -> None:
        with writer.as_default():
            for step in range(50):
                tf.summary.write(tag, float(step), step=step)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (path,) = tmp_path.iterdir()
    found = [(event.summary.value[0].tag, event.step) for event in list(events(path))[1:]]
    assert sorted(found) == [(name, step) for name in "abcd" for step in range(50)]
    assert not tf.summary.should_record_summaries()  # none of this concerns this thread


def test_folders_that_cannot_be(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(tf.errors.FailedPreconditionError, match="Not a directory"):
        tf.summary.create_file_writer(str(file))
    with pytest.raises(ValueError, match="`logdir` cannot be None"):
        tf.summary.create_file_writer(None)
    with pytest.raises(TypeError):
        tf.summary.create_file_writer(3)
    with pytest.raises(tf.errors.UnimplementedError, match="gs"):
        tf.summary.create_file_writer("gs://bucket/logs")
    with pytest.raises(TypeError):
        tf.summary.create_file_writer(str(tmp_path), max_queue=1.5)
    deep = tmp_path / "a" / "b"
    tf.summary.create_file_writer(str(deep).encode())
    assert len(list(deep.iterdir())) == 1


def test_several_tags_are_an_error(tmp_path: Path) -> None:
    with tf.summary.create_file_writer(str(tmp_path)).as_default():
        with pytest.raises(tf.errors.InvalidArgumentError, match="tag must be one"):
            tf.summary.write(["a", "b"], 1.0, step=0)
        with pytest.raises(tf.errors.InvalidArgumentError, match="step must be one"):
            tf.summary.write("a", 1.0, step=[1, 2])
        with pytest.raises(tf.errors.InvalidArgumentError, match="SummaryMetadata"):
            tf.summary.write("a", 1.0, step=1, metadata=b"\xff\xff")


def test_without_tensorboard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    for name in [name for name in sys.modules if name.startswith("tensorboard.")]:
        monkeypatch.delitem(sys.modules, name)
    with tf.summary.create_file_writer(str(tmp_path)).as_default():
        with pytest.raises(
            Exception, match=r"missing implementation for tf.summary.scalar.*tfcompat_tape\[ten"
        ) as caught:
            tf.summary.scalar("x", 1.0, step=0)
        assert type(caught.value).__name__ == "TBNotInstalledError"
        assert tf.summary.write("x", 1.0, step=0)


ORDERS = """
import sys
if "torch" in sys.argv:  # this makes TensorBoard look for TensorFlow before there is any
    from torch.utils.tensorboard import SummaryWriter
    SummaryWriter(sys.argv[1]).close()
import tfcompat_tape as tf
if "install" in sys.argv:
    tf.install()
if "board" in sys.argv:
    import tensorboard.summary.v2
with tf.summary.create_file_writer(sys.argv[1]).as_default(step=0):
    x = tf.Variable(2.0)
    assert tf.summary.scalar("loss", x * x)
    for name, data in {"histogram": [1.0, 2.0], "image": tf.zeros([1, 2, 2, 3]), "text": "a"}.items():
        assert getattr(tf.summary, name)(name, data)
    assert tf.summary.audio("sound", tf.zeros([1, 8, 1]), 8000)
assert "install" in sys.argv or "tensorflow" not in sys.modules
"""


@pytest.mark.parametrize("order", ["torch", "install board"])
def test_tensorboard_finds_this_library(order: str, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ORDERS, str(tmp_path), *order.split()], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def test_tracing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING", logger=tf.get_logger().name)
    tf.summary.trace_export("nobody listens", step=0)
    with tf.summary.create_file_writer(str(tmp_path / "logs")).as_default():
        with pytest.raises(ValueError, match="Must enable trace before export"):
            tf.summary.trace_export("x", step=0)
        tf.summary.trace_on(graph=False, profiler=True, profiler_outdir=str(tmp_path / "profile"))
        tf.summary.trace_on()
        assert "Trace already enabled" in caplog.text
        tf.tanh(1.0)
        with pytest.raises(ValueError, match="No step set"):
            tf.summary.trace_export("x")
        tf.summary.trace_export("x", step=0)
        assert len(list(tmp_path.glob("profile/plugins/profile/*/*.trace.json.gz"))) == 1
        tf.summary.trace_on(profiler=True, profiler_outdir=str(tmp_path / "none"))
        tf.summary.trace_off()
        assert not (tmp_path / "none").exists()
        tf.summary.trace_on(profiler=True)
        with pytest.raises(tf.errors.UnavailableError):
            tf.summary.trace_export("x", step=0)
        tf.summary.trace_off()
        tf.summary.trace_on()
        tf.summary.trace_export("x", step=0)
        assert "writes no graph" in caplog.text
