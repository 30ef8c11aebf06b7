"""Records and examples that are read many at once: the same as one by one, and the same errors."""

from __future__ import annotations

import random

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.core.wire import block, varint
from tfcompat_tape.data import records
from tfcompat_tape.io import example_bytes
from tfcompat_tape.io.checksums import crc32c, crc32c_of_each

SIZES = [5, 0, 1, 2, 17, 300, 8, 2047, 2048, 2049, 5000, *range(3, 40)]


@pytest.fixture(scope="module")
def whole():
    return np.random.RandomState(0).bytes(20_000)


def test_sums_side_by_side(whole):
    starts = np.arange(len(SIZES)) * 7
    sums = crc32c_of_each(whole, starts, np.array(SIZES))
    assert sums.tolist() == [
        crc32c(whole[start : start + size]) for start, size in zip(starts, SIZES, strict=True)
    ]
    assert crc32c_of_each(whole, starts[:0], starts[:0]).tolist() == []


def read(path, kind=""):
    """The records, and what is wrong after them."""
    found = []
    try:
        for record in records.read_records(str(path), kind):
            found.append(record)
    except tf.errors.DataLossError as error:
        return found, error.message
    return found, None


def test_records_are_read_up_to_the_one_that_is_wrong(whole, tmp_path, monkeypatch):
    path = tmp_path / "records"
    with tf.io.TFRecordWriter(str(path)) as writer:
        for size in SIZES:
            writer.write(whole[:size])
    right = path.read_bytes()
    assert read(path) == ([whole[:size] for size in SIZES], None)
    at = 0
    for number, size in enumerate(SIZES):
        if size not in (0, 2, 2047, 5000, 39):
            at += size + 16
            continue
        for place in {0, 7, 8, 12, 12 + size // 2, 12 + size}:
            wrong = bytearray(right)
            wrong[at + place] ^= 5
            path.write_bytes(wrong)
            together = read(path)
            with monkeypatch.context() as alone:
                alone.setattr(records, "_SIDE_BY_SIDE", 1000)
                assert together == read(path)
            assert len(together[0]) == number and together[1] is not None
        path.write_bytes(right[: at + size + 15])
        assert len(read(path)[0]) == number
        at += size + 16


def feature(kind, part):
    return block(kind, part)


def entry(name, part):
    return block(1, block(1, name) + block(2, part))


FLOATS = np.arange(40, dtype="<f4").tobytes()
INTEGERS = b"".join(map(varint, [0, 1, 127, 128, 300, -1, 2**63 - 1, -(2**63)]))
ENTRIES = [
    entry(b"packed floats", block(2, block(1, FLOATS))),
    entry(b"packed integers", block(3, block(1, INTEGERS))),
    entry(b"small", block(3, block(1, bytes([1, 2, 3])))),
    entry(b"one text", block(1, block(1, b"text" * 50))),
    entry(b"two texts", block(1, block(1, b"a") + block(1, b""))),
    entry(b"no text", block(1, b"")),
    entry(b"no value", block(3, block(1, b""))),
    entry(b"no kind", b""),
    entry(b"single floats", block(2, b"\x0d" + FLOATS[4:8] + b"\x0d" + FLOATS[8:12])),
    entry(b"single integers", block(3, b"\x08\x05\x08" + varint(-7) + block(1, b"\x09"))),
    entry(b"long tag", b"\x9a\x80\x00" + varint(3) + block(1, b"\x07")),
    entry(b"long length", b"\x1a\x83\x00" + block(1, b"\x07")),
    entry(b"another field", block(3, block(1, b"\x07") + block(9, b"unknown"))),
    entry(b"two kinds", block(3, block(1, b"\x07")) + block(2, block(1, FLOATS))),
    entry(b"small", block(3, block(1, b"\x09"))),  # the last one of a name is the one
    block(1, block(2, block(3, block(1, b"\x04"))) + block(1, b"value first")),
    block(1, block(2, block(3, block(1, b"\x04")))),
    entry(b"x" * 200, block(2, block(1, FLOATS * 200))),
    entry(b"too long", block(3, block(1, b"\xff" * 10 + b"\x01"))),
    entry(b"cut off", block(3, block(1, b"\x01\x80"))),
    entry(b"no whole floats", block(2, block(1, FLOATS[:7]))),
    entry(b"\xff no text", block(2, block(1, FLOATS))),
]


def values(data):
    try:
        found = example_bytes.example(data)
    except tf.errors.InvalidArgumentError as error:
        return error.message
    return {key: one and (one.dtype, one.array.dtype, one.array.tolist()) for key, one in found.items()}


def both(data, monkeypatch):
    """What is read, the same by the short way and by the long one."""
    found = values(data)
    with monkeypatch.context() as long:
        long.setattr(example_bytes, "_plain", lambda data, at, end: None)
        assert values(data) == found
    return found


def test_entries_of_all_forms(monkeypatch):
    found = [both(block(1, one), monkeypatch) for one in ENTRIES]
    integers = [0, 1, 127, 128, 300, -1, 2**63 - 1, -(2**63)]
    assert [isinstance(one, dict) for one in found] == [True] * 18 + [False] * 4
    assert found[1]["packed integers"] == (tf.int64, np.int64, integers)
    assert found[9]["single integers"][2] == [5, -7, 9]
    assert [found[10]["long tag"][2], found[11]["long length"][2]] == [[7], [7]]
    together = both(block(1, b"".join(ENTRIES[:10])) + block(1, b"".join(ENTRIES[10:18])), monkeypatch)
    assert together["small"][2] == [9] and len(together) == 17


def test_examples_that_are_cut_off_or_changed(monkeypatch):
    data = block(1, b"".join(ENTRIES[:6] + ENTRIES[8:12]))
    rng = random.Random(0)
    for end in range(0, len(data), 3):
        both(data[:end], monkeypatch)
        changed = bytearray(data)
        changed[end] = rng.randrange(256)
        both(bytes(changed), monkeypatch)


def test_columns_of_examples_are_those_of_each():
    several = [example_bytes.example(block(1, one)) for one in ENTRIES[:4]]
    rows = [*[one.get("packed integers") for one in several], *[one.get("small") for one in several]]
    datas = [b"" if row is None else row.data for row in rows]
    flat, counts = example_bytes.on_end(tf.int64, datas)
    alone = [[] if row is None else row.array.tolist() for row in rows]
    assert flat.tolist() == [value for one in alone for value in one]
    assert counts.tolist() == [*map(len, alone)]
