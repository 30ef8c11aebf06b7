"""What docs/differences.md says of files and messages."""

from __future__ import annotations

from pathlib import Path

import pytest

import tfcompat_tape as tf


def test_files_elsewhere() -> None:
    with pytest.raises(tf.errors.UnimplementedError):
        tf.io.read_file("gs://bucket/file")
    assert tf.io.gfile.get_registered_schemes() == ["", "file"]


def test_messages_are_this_librarys() -> None:
    with pytest.raises(Exception, match="Wire format was corrupt") as caught:
        tf.train.Example.FromString(b"hello")
    assert type(caught.value).__module__ == "tfcompat_tape.core.wire"


def test_bytes_that_are_neither_an_example_nor_text() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse example input"):
        tf.io.parse_example([b"\xff\xfe"], {"x": tf.io.VarLenFeature(tf.int64)})


def test_what_is_not_read_or_written() -> None:
    with pytest.raises(tf.errors.UnimplementedError):
        tf.io.decode_compressed(b"abc", "ZSTD")
    for serialize in (tf.io.serialize_sparse, tf.io.serialize_many_sparse):
        with pytest.raises(tf.errors.UnimplementedError):
            serialize(tf.sparse.eye(2), out_type=tf.variant)


def test_a_walk_through_what_is_not_there() -> None:
    told: list[object] = []
    assert list(tf.io.gfile.walk("/nowhere", onerror=told.append)) == []
    assert [type(error) for error in told] == [tf.errors.NotFoundError]


def test_summaries_are_written_at_once(tmp_path: Path) -> None:
    writer = tf.summary.create_file_writer(str(tmp_path), max_queue=100, flush_millis=10**9)
    (file,) = tmp_path.iterdir()
    with writer.as_default(step=0):
        before = file.stat().st_size
        tf.summary.write("x", 1.0)
        assert file.stat().st_size > before
        with pytest.raises(tf.errors.InvalidArgumentError, match="tag must be one"):
            tf.summary.write(["x", "y"], 1.0)
        tf.summary.trace_on()
        tf.summary.trace_export("x")
    events = list(tf.compat.v1.train.summary_iterator(str(file)))
    assert [event.WhichOneof("what") for event in events] == ["file_version", "summary"]


@pytest.mark.filterwarnings("ignore:Cannot activate TF2 compatibility")
def test_summaries_of_images_outside_of_graphs() -> None:
    data = tf.compat.v1.summary.image("x", tf.zeros([1, 2, 2, 3])).numpy()
    assert tf.compat.v1.Summary.FromString(data).value[0].tag == "x/image/0"
