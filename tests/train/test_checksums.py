"""CRC-32C of any length, against the sum taken byte by byte."""

import numpy as np
import pytest

from tfcompat_tape.io.checksums import crc32c


def one_by_one(data):
    found = 0xFFFFFFFF
    for byte in data:
        found ^= byte
        for _ in range(8):
            found = found >> 1 ^ (0x82F63B78 if found & 1 else 0)
    return found ^ 0xFFFFFFFF


@pytest.mark.parametrize("size", [0, 1, 9, 24, 25, 1024, 1030, 2049, 4095, 4096, 4097, 70001])
def test_any_length(size):
    data = np.random.default_rng(size).bytes(size)
    assert crc32c(data) == crc32c(memoryview(data)) == one_by_one(data)


def test_more_lanes_than_are_taken_at_once():
    data = np.random.default_rng(0).bytes(1_100_003)
    assert crc32c(data) == one_by_one(data)
    assert crc32c(b"123456789") == 0xE3069283
