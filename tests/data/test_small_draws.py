"""Few random words at a time, which are computed in another way than many: the same numbers."""

from __future__ import annotations

import pytest
import torch

from tfcompat_tape.ops import philox


@pytest.mark.parametrize(
    "stream",
    [
        philox.Stream(0, 0),
        philox.Stream((1 << 64) - 1, (1 << 128) - 1),
        philox.Stream(0x0123456789ABCDEF, (1 << 64) - 2),
        philox.stream_of_seeds(-5, 7),
        philox.stream_of_pair(3, -4),
    ],
)
def test_few_words_are_the_first_of_many(stream):
    many = philox.blocks(stream, torch.arange(8)).reshape(-1)
    for count in range(9):
        few = philox.words(stream, count)
        assert few.dtype is torch.int64 and few.tolist() == many[:count].tolist()
