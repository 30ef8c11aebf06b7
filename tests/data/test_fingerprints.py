"""`Dataset.fingerprint`: equal for pipelines that say the same, and only for these."""

from __future__ import annotations

import numpy as np
import pytest

import tfcompat_tape as tf

D = tf.data.Dataset


def plus(n):
    return lambda x: x + n


SAME = [
    lambda: D.range(3),
    lambda: D.range(3).map(plus(1)).batch(2).prefetch(tf.data.AUTOTUNE),
    lambda: D.from_tensor_slices({"a": [1, 2], "b": ["x", "y"]}).shuffle(2, seed=1).repeat(),
    lambda: D.zip((D.range(3), D.range(4))).filter(lambda a, b: a < b),
    lambda: D.from_tensor_slices(np.eye(3)).take(2).padded_batch(2),
]


@pytest.mark.parametrize("number", range(len(SAME)))
def test_the_same_steps_have_the_same_number(number):
    tf.random.set_seed(3)
    first = SAME[number]().fingerprint()
    assert first.dtype == tf.uint64 and first.shape == []
    dataset = SAME[number]()
    if number != 2:
        list(dataset.take(1))
    assert dataset.fingerprint().numpy() == first.numpy()


def test_other_steps_have_other_numbers():
    v = tf.Variable(1)
    several = [
        D.range(3),
        D.range(4),
        D.range(3, output_type=tf.int32),
        D.range(3).map(plus(1)),
        D.range(3).map(plus(2)),
        D.range(3).map(lambda x: x * 1),
        D.range(3).map(lambda x: x + tf.cast(v, tf.int64)),
        D.range(3).batch(2),
        D.range(3).batch(2, drop_remainder=True),
        D.range(3).batch(3),
        D.range(3).take(2),
        D.range(3).skip(2),
        D.range(3).shuffle(2),
        D.range(3).shuffle(2),
        D.from_tensor_slices([1, 2]),
        D.from_tensor_slices([1, 3]),
        D.from_tensor_slices(["a", "bc"]),
        D.from_tensor_slices(["ab", "c"]),
        D.from_tensors([1, 2]),
        D.range(3).concatenate(D.range(3)),
    ]
    assert len({int(d.fingerprint().numpy()) for d in several}) == len(several)
