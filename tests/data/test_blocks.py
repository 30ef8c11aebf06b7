"""Functions of elements on whole batches: the same bits as element by element, and only where that is sure."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.data.base import Run

D = tf.data.Dataset
RANDOM = np.random.RandomState(0)
FLOATS = np.concatenate(
    [RANDOM.standard_normal((9, 2, 3)), np.full((2, 2, 3), [0.0, np.nan, np.inf])]
).astype(np.float32)
NUMBERS = np.arange(11) - 4

EXACT = {
    "scale and shift": lambda a, b: (a * 2 - 1, b + 1),
    "divide": lambda a, b: a / 255.0,
    "cast": lambda a, b: tf.cast(b, tf.float32) / 3.0 - a,
    "one hot": lambda a, b: tf.one_hot(b, 6),
    "reshape": lambda a, b: tf.reshape(a, [3, 2, 1]),
    "transpose": lambda a, b: tf.transpose(a),
    "parts": lambda a, b: (a[..., :2], a[1], a[::2], tf.expand_dims(b, 0)),
    "stack and concat": lambda a, b: (tf.stack([b, b * 2]), tf.concat([a, a], 0)),
    "where": lambda a, b: tf.where(a > 0, a, tf.zeros_like(a)),
    "clip integers": lambda a, b: (tf.clip_by_value(b, -1, 1), tf.nn.relu(b)),
    "abs": lambda a, b: -tf.abs(a),
    "flip": lambda a, b: tf.reverse(a, [1]),
    "of another rank": lambda a, b: a * tf.cast(b, tf.float32),
    "roots": lambda a, b: tf.sqrt(tf.abs(a)),
    "comparisons": lambda a, b: (a > 0.5, tf.logical_and(b > 0, b < 3)),
    "constants": lambda a, b: (a, tf.constant([1.0, 2.0])),
    "a dictionary": lambda a, b: {"x": a + 1.0, "y": b},
}
ROUNDED = {
    "exp": lambda a, b: tf.exp(a),
    "sum": lambda a, b: tf.reduce_sum(a),
    "matmul": lambda a, b: tf.matmul(a, a, transpose_b=True),
    "clip": lambda a, b: tf.clip_by_value(a, -1, 1),
    "power": lambda a, b: a**2.5,
    "random": lambda a, b: a + tf.random.uniform([]),
    "softmax": lambda a, b: tf.nn.softmax(a),
}


def source():
    return D.from_tensor_slices((FLOATS, NUMBERS))


def leaves(dataset):
    return [tf.nest.flatten(element) for element in dataset]


def same(got, want):
    assert len(got) == len(want)
    for a, b in zip(got, want, strict=True):
        for x, y in zip(a, b, strict=True):
            assert x.dtype == y.dtype and x.shape == y.shape
            x, y = x.numpy(), y.numpy()
            if x.dtype.kind == "f":  # the bits of a NaN are nobody's business
                assert np.array_equal(np.isnan(x), np.isnan(y))
                x, y = np.where(np.isnan(x), 0, x), np.where(np.isnan(y), 0, y)
            assert x.tobytes() == y.tobytes()


def one_by_one(dataset, size):
    """Batches that are made of single elements."""
    columns = [tf.nest.flatten(element) for element in dataset]
    return [
        [tf.stack(column) for column in zip(*columns[i : i + size], strict=True)]
        for i in range(0, len(columns), size)
    ]


@pytest.mark.parametrize("name", EXACT)
def test_batches_are_computed_at_once_with_the_same_bits(name):
    mapped = source().map(EXACT[name])
    assert mapped._function.of_blocks() is not None
    same(leaves(mapped.batch(4)), one_by_one(mapped, 4))
    same(leaves(mapped.map(lambda *x: x).batch(4, drop_remainder=True)), one_by_one(mapped, 4)[:2])


@pytest.mark.parametrize("name", ROUNDED)
def test_what_may_round_otherwise_is_computed_for_each_element(name):
    mapped = source().map(ROUNDED[name])
    assert mapped._function.of_blocks() is None
    if name != "random":
        same(leaves(mapped.batch(4)), one_by_one(mapped, 4))


@pytest.mark.parametrize(
    "step",
    [
        lambda d: d,
        lambda d: d.take(7),
        lambda d: d.take(-1),
        lambda d: d.repeat(3),
        lambda d: d.repeat().take(25),
        lambda d: d.take(5).repeat(2),
        lambda d: d.shuffle(5, seed=1, reshuffle_each_iteration=False),
        lambda d: d.shuffle(99, seed=1, reshuffle_each_iteration=False).repeat(2),
        lambda d: d.shuffle(3, seed=1, reshuffle_each_iteration=False).take(4),
        lambda d: D.zip((d, D.range(3, 9))).map(lambda x, y: (*x, y)),
        lambda d: d.enumerate(5).map(lambda i, x: (*x, i)),
        lambda d: d.with_options(tf.data.Options()),
        lambda d: D.range(3, 30, 4, output_type=tf.float32).map(lambda x: (x, x)),
        lambda d: D.range(9).shuffle(4, seed=2, reshuffle_each_iteration=False).map(lambda x: (x, x)),
    ],
)
def test_steps_hand_on_blocks_of_the_same_elements(step):
    before = step(source())
    after = before.map(lambda a, b, *rest: (a + 1, b, *rest))
    assert after._blocks(Run(peek=True), 4) is not None
    same(leaves(before.batch(4)), one_by_one(before, 4))
    same(leaves(after.batch(4)), one_by_one(after, 4))


def test_variables_have_the_value_that_they_have_when_the_batch_is_made():
    v = tf.Variable(1.0)
    batches = iter(D.from_tensor_slices(np.ones(4, np.float32)).map(lambda x: x * v).batch(2))
    first = next(batches)
    v.assign(3.0)
    assert (first.numpy().tolist(), next(batches).numpy().tolist()) == ([1.0, 1.0], [3.0, 3.0])


def test_blocks_of_strings_are_put_together_too():
    d = D.from_tensor_slices((["a", "bb", "ccc"], [1, 2, 3]))
    assert [x.numpy().tolist() for x, _ in d.shuffle(3, seed=1).batch(2)][1:] != []
    assert sorted(b for x, _ in d.shuffle(3, seed=1).batch(2) for b in x.numpy().tolist()) == [
        b"a",
        b"bb",
        b"ccc",
    ]
    assert [x.numpy().tolist() for x, _ in d.repeat(2).batch(4)] == [
        [b"a", b"bb", b"ccc", b"a"],
        [b"bb", b"ccc"],
    ]


def test_a_block_that_fails_is_computed_element_by_element():
    from tfcompat_tape.data.blocks import BlockFunction

    path = source().map(lambda a, b: (a + 1, b))._function._path
    calls = []

    def each(element):
        calls.append(element)
        return element[0] + 1, element[1]

    function = BlockFunction(path, [0, 1], each, 2)
    function._run = lambda *raws: torch.zeros(2) + torch.zeros(3)
    found = function((torch.zeros(2, 2, 3), torch.zeros(2, dtype=torch.int64)))
    assert len(calls) == 2 and found[0].tolist() == torch.ones(2, 2, 3).tolist()
