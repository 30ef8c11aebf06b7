"""Checkpoints that are damaged, missing, of another model or a newer version, and places that cannot be written to."""

from __future__ import annotations

import os
import resource
import shutil
import sys
from pathlib import Path

import pytest

import tfcompat_tape as tf
from tfcompat_tape.checkpoint import table

INDEX, SHARD = ".index", ".data-00000-of-00001"
KEY = "a/.ATTRIBUTES/VARIABLE_VALUE"


@pytest.fixture
def path(tmp_path):
    """A checkpoint of two variables."""
    return tf.train.Checkpoint(a=tf.Variable([1.0, 2.0]), s=tf.Variable(["abc", "d"])).write(tmp_path / "x")


def flip(path, at):
    data = bytearray(Path(path).read_bytes())
    data[at] ^= 1
    Path(path).write_bytes(bytes(data))


def cut(path, size):
    Path(path).write_bytes(Path(path).read_bytes()[:size])


def as_directory(path):
    os.remove(path)
    os.mkdir(path)


def with_header(path, header):
    items = list(table.read(Path(path + INDEX).read_bytes()))
    Path(path + INDEX).write_bytes(table.write([(b"", header), *items[1:]]))


ERRORS = tf.errors
DAMAGES = {
    "a bit of a number": (lambda p: flip(p + SHARD, 1), ERRORS.DataLossError, "Checksum does not match"),
    "a bit of a string": (lambda p: flip(p + SHARD, 15), ERRORS.DataLossError, "Checksum does not match"),
    "a length": (lambda p: flip(p + SHARD, 8), ERRORS.DataLossError, "length checksum does not match"),
    "data cut off": (lambda p: cut(p + SHARD, 4), ERRORS.DataLossError, "Read less bytes than requested"),
    "data cut off, as in TensorFlow": (
        lambda p: cut(p + SHARD, 13),
        IndexError,
        "Read less bytes than requested",
    ),
    "no data": (lambda p: cut(p + SHARD, 0), ERRORS.DataLossError, "Read less bytes than requested"),
    "no file of data": (lambda p: os.remove(p + SHARD), ERRORS.NotFoundError, "No such file"),
    "no index": (lambda p: os.remove(p + INDEX), ERRORS.NotFoundError, "Failed to find any matching files"),
    "a bit of the index": (lambda p: flip(p + INDEX, 60), ERRORS.DataLossError, "block checksum mismatch"),
    "index cut off": (lambda p: cut(p + INDEX, 100), ERRORS.DataLossError, "bad magic number"),
    "an empty index": (lambda p: cut(p + INDEX, 0), ERRORS.DataLossError, "too short to be an sstable"),
    "a directory as index": (
        lambda p: as_directory(p + INDEX),
        ERRORS.FailedPreconditionError,
        "Is a directory",
    ),
    "a directory as data": (
        lambda p: as_directory(p + SHARD),
        ERRORS.FailedPreconditionError,
        "Is a directory",
    ),
    "a newer version": (
        lambda p: with_header(p, b"\x08\x01\x1a\x04\x08\x09\x10\x09"),
        ValueError,
        "newer version",
    ),
    "no header": (lambda p: with_header(p, b"\xff\xff"), ERRORS.DataLossError, "unable to parse header"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found_and_nothing_changes(path, name):
    damage, error, words = DAMAGES[name]
    damage(path)
    a, s = tf.Variable([5.0, 6.0]), tf.Variable(["x", "y"])
    with pytest.raises(error, match=words):
        tf.train.Checkpoint(a=a, s=s).read(path)
    assert a.numpy().tolist() == [5.0, 6.0] and s.numpy().tolist() == [b"x", b"y"]


def test_every_bit_of_the_data_is_watched(path):
    size = os.path.getsize(path + SHARD)
    for at in range(size):
        flip(path + SHARD, at)
        a, s = tf.Variable([5.0, 6.0]), tf.Variable(["x", "y"])
        with pytest.raises((ERRORS.OpError, ValueError)):
            tf.train.Checkpoint(a=a, s=s).read(path)
        assert a.numpy().tolist() == [5.0, 6.0] and s.numpy().tolist() == [b"x", b"y"]
        flip(path + SHARD, at)
    tf.train.Checkpoint(a=a, s=s).read(path).assert_consumed()


def test_another_model_leaves_all_variables_as_they_are(tmp_path):
    saved = tf.train.Checkpoint(a=tf.Variable([1.0, 2.0]), b=tf.Variable([3.0]), c=tf.Variable(4))
    path = saved.write(tmp_path / "x")
    for other, error in (
        (tf.Variable([7.0, 8.0]), ValueError),
        (tf.Variable([7]), ERRORS.InvalidArgumentError),
    ):
        a, c = tf.Variable([5.0, 6.0]), tf.Variable(9)
        with pytest.raises(error):
            tf.train.Checkpoint(a=a, b=other, c=c).read(path)
        assert a.numpy().tolist() == [5.0, 6.0] and c.numpy() == 9
    late = tf.train.Checkpoint(b=tf.Variable([7.0, 8.0]))
    with pytest.raises(ValueError, match="incompatible tensor with shape"):
        late.read(path)
    late.a = tf.Variable([5.0, 6.0])  # nothing of a restoration that failed waits
    assert late.a.numpy().tolist() == [5.0, 6.0]


def test_what_does_not_fit_later_does_not_keep_others_from_their_values(tmp_path):
    path = tf.train.Checkpoint(a=tf.Variable([1.0, 2.0]), b=tf.Variable(3.0)).write(tmp_path / "x")
    late = tf.train.Checkpoint()
    status = late.read(path).expect_partial()
    with pytest.raises(ValueError, match="incompatible tensor with shape"):
        late.a = tf.Variable(7.0)
    late.b = tf.Variable(8.0)
    assert late.b.numpy() == 3.0
    with pytest.raises(AssertionError):
        status.assert_consumed()


def test_no_checkpoint(tmp_path):
    checkpoint = tf.train.Checkpoint(a=tf.Variable(1.0))
    with pytest.raises(ERRORS.NotFoundError, match="You may be missing the checkpoint suffix"):
        checkpoint.restore(tmp_path / "nope")
    with pytest.raises(ERRORS.DataLossError, match="Is a directory"):
        checkpoint.restore(tmp_path)
    with pytest.raises(ValueError, match="Couldn't find 'checkpoint' file"):
        tf.train.load_checkpoint(tmp_path)
    (tmp_path / "checkpoint").write_text("garbage{")
    assert tf.train.latest_checkpoint(tmp_path) is None
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "gone-1"\n')
    assert tf.train.latest_checkpoint(tmp_path) is None


def test_places_that_cannot_be_written_to(tmp_path):
    checkpoint = tf.train.Checkpoint(a=tf.Variable(1.0))
    (tmp_path / "file").write_text("x")
    with pytest.raises(ERRORS.FailedPreconditionError):
        checkpoint.write(tmp_path / "file" / "x")
    os.mkdir(tmp_path / "y.index")
    with pytest.raises(ERRORS.FailedPreconditionError):
        checkpoint.write(tmp_path / "y")
    with pytest.raises(TypeError):
        checkpoint.write(3)
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.skipif(os.getuid() == 0, reason="root may read and write everything")
def test_permissions(tmp_path, path):
    os.chmod(path + INDEX, 0)
    with pytest.raises(ERRORS.PermissionDeniedError):
        tf.train.Checkpoint(a=tf.Variable(1.0)).read(path)


def in_a_child(function):
    """What `function` returns, 0 to 255, in a process of its own."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = function()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(
    not hasattr(resource, "RLIMIT_FSIZE") or sys.platform != "linux", reason="limits of Linux"
)
@pytest.mark.parametrize("limit", [0, 100, 4000, 8020])
def test_no_room(tmp_path, limit):
    v = tf.Variable(tf.zeros([2000]))
    checkpoint = tf.train.Checkpoint(v=v)
    path = checkpoint.write(tmp_path / "x")
    v.assign(tf.ones([2000]))

    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        for target in (tmp_path / "x", tmp_path / "new"):
            try:
                checkpoint.write(target)
            except ERRORS.ResourceExhaustedError:
                continue
            return 1
        return 0

    assert in_a_child(full) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.data-00000-of-00001", "x.index"]
    checkpoint.read(path).assert_consumed()
    assert not v.numpy().any()


def test_what_a_killed_process_left_is_swept_away(tmp_path):
    checkpoint = tf.train.Checkpoint(a=tf.Variable(1.0))
    path = checkpoint.write(tmp_path / "x")
    from tfcompat_tape.checkpoint import files

    def leave():
        made = files.temporary(path + SHARD)
        Path(made).write_bytes(b"half")
        return 0

    assert in_a_child(leave) == 0
    assert len(list(tmp_path.iterdir())) == 3
    shutil.copy(path + INDEX, tmp_path / "other.tempstate")
    checkpoint.write(tmp_path / "y")
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "other.tempstate",
        *(f"{name}{end}" for name in "xy" for end in (SHARD, INDEX)),
    ]
