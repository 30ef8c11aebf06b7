"""A process that writes a checkpoint is killed, at any byte that it writes and between any two of its steps.

What is there afterwards is the last good checkpoint, or the new one, whole.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

import tfcompat_tape as tf
from tfcompat_tape.checkpoint import files

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

# Of each of the two ways to write. KILLS=200 is the long form.
TRIES = int(os.environ.get("KILLS", "24"))


class Clock:
    """Counts bytes that are written and steps that are taken, and kills this process at one of them."""

    def __init__(self, end):
        self.end, self.now = end, 0

    def tick(self, count=1):
        """How many of the next `count` are left before the end; the process ends if it comes first."""
        left = self.end - self.now
        self.now += count
        return count if left >= count else left

    def kill(self):
        os.kill(os.getpid(), signal.SIGKILL)


class File:
    """A file that is written until the clock says so."""

    def __init__(self, file, clock):
        self.file, self.clock = file, clock

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return self.file.__exit__(*error)

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, data):
        left = self.clock.tick(len(data))
        self.file.write(bytes(data)[:left])
        if left < len(data):
            self.file.flush()
            self.clock.kill()


def watch(clock):
    """Let everything that changes files go by the clock."""

    def opened(*args):
        return File(open(*args), clock)

    files.open = opened
    for name in ("replace", "link", "unlink", "fsync", "open"):
        step = getattr(os, name)

        def counted(*args, step=step, **options):
            if not clock.tick():
                clock.kill()
            found = step(*args, **options)
            if not clock.tick():
                clock.kill()
            return found

        setattr(files.os, name, counted)


def in_a_child(function, end):
    """Run `function` in a process of its own until the clock is at `end`; how far it came, None if it was killed."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        clock = Clock(end)
        try:
            watch(clock)
            function()
            os.write(write, str(clock.now).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return int(told) if told else None


def model(value):
    """Variables that all have one value."""
    held = {name: tf.Variable(tf.fill([50], value)) for name in "abc"}
    return tf.train.Checkpoint(**held, text=tf.Variable(str(value)))


def value_of(path):
    """The value that all variables of a checkpoint have."""
    checkpoint = model(-1)
    checkpoint.restore(path).expect_partial()
    found = {int(x) for name in "abc" for x in getattr(checkpoint, name).numpy()}
    found.add(int(checkpoint.text.numpy()))
    assert len(found) == 1, found
    return found.pop()


def set_value(checkpoint, value):
    for name in "abc":
        getattr(checkpoint, name).assign(tf.fill([50], value))
    checkpoint.text.assign(str(value))


def test_writing_over_a_checkpoint(tmp_path):
    path = str(tmp_path / "x")
    checkpoint = model(0)
    checkpoint.write(path)
    set_value(checkpoint, 1)
    whole = in_a_child(lambda: checkpoint.write(path), 10**9)
    assert whole > 1000 and value_of(path) == 1
    good, seen, killed = 1, set(), 0
    for i in range(TRIES):
        set_value(checkpoint, good + 1)
        ended = in_a_child(lambda: checkpoint.write(path), i * whole // TRIES)
        killed += ended is None
        found = value_of(path)
        assert found in (good, good + 1)
        seen.add(found - good)
        good = found
    assert killed > TRIES * 0.8 and seen == {0, 1}
    set_value(checkpoint, good + 1)
    checkpoint.write(path)
    assert value_of(path) == good + 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.data-00000-of-00001", "x.index"]


def test_a_manager(tmp_path):
    directory = str(tmp_path)
    checkpoint = model(0)
    manager = tf.train.CheckpointManager(checkpoint, directory, max_to_keep=2)
    for value in range(1, 4):
        set_value(checkpoint, value)
        manager.save()
    number = 4

    def save():
        tf.train.CheckpointManager(checkpoint, directory, max_to_keep=2).save(checkpoint_number=number)

    good = 3
    set_value(checkpoint, good + 1)
    whole = in_a_child(save, 10**9)
    good, seen, killed = 4, set(), 0
    for i in range(TRIES):
        number += 1
        set_value(checkpoint, good + 1)
        killed += in_a_child(save, i * whole // TRIES) is None
        latest = tf.train.latest_checkpoint(directory)
        found = value_of(latest)
        assert found in (good, good + 1)
        seen.add(found - good)
        good = found
    assert killed > TRIES * 0.8 and seen == {0, 1}
    manager = tf.train.CheckpointManager(model(0), directory, max_to_keep=2)
    assert value_of(manager.restore_or_initialize()) == good
    manager.save(checkpoint_number=number + 1)
    assert [Path(each).exists() for each in (f"{path}.index" for path in manager.checkpoints)] == [True, True]
    assert not list(tmp_path.glob("*.tempstate*"))
