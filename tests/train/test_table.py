"""The sorted table that the index of a checkpoint is written as."""

from __future__ import annotations

import random

import pytest

from tfcompat_tape.checkpoint import slices, table


def test_what_is_written_is_read():
    chooser = random.Random(3)
    keys = sorted({bytes(chooser.choices(b"ab/c", k=chooser.randint(0, 30))) for _ in range(3000)})
    items = [(key, key * 40) for key in keys]
    assert list(table.read(table.write(items))) == items
    assert list(table.read(table.write([]))) == []


@pytest.mark.parametrize("at", [0, 40, 200, -60, -1])
def test_a_flipped_bit_is_found(at):
    data = bytearray(table.write([(bytes([i]) * 3, b"value" * 9) for i in range(20)]))
    data[at] ^= 4
    with pytest.raises(table.TableError):
        list(table.read(bytes(data)))


def test_any_cut_is_found():
    data = table.write([(bytes([i]) * 3, b"value" * 3) for i in range(20)])
    for size in range(len(data)):
        with pytest.raises(table.TableError):
            list(table.read(data[:size]))


# As TensorFlow writes them in an index.
@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ([(0, 2), (0, -1)], b"\x00a\x00\x01\x01\x02\x80\x82\x80\x7f"),
        ([(2, 2), (0, -1)], b"\x00a\x00\x01\x01\x02\x82\x82\x80\x7f"),
        ([(0, -1), (0, 70)], b"\x00a\x00\x01\x01\x02\x80\x7f\x80\xc0F"),
        ([(0, -1), (70, 99930)], b"\x00a\x00\x01\x01\x02\x80\x7f\xc0F\xe1\x86Z"),
    ],
)
def test_keys_of_parts(part, expected):
    assert slices.key("a", part) == expected
