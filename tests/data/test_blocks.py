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
    "clip": lambda a, b: tf.clip_by_value(a, -1, 1),
    "square": lambda a, b: a**2 + tf.square(a),
    "pad and repeat": lambda a, b: (tf.pad(a, [[0, 1], [2, 0]]), tf.tile(a, [1, 2])),
    "gather and split": lambda a, b: (tf.gather(a, [2, 0], axis=1), *tf.split(a, 3, 1)),
    "sum": lambda a, b: (tf.reduce_sum(a), tf.reduce_sum(a, 0), tf.reduce_mean(a, 1, keepdims=True)),
    "normalise": lambda a, b: (a - tf.reduce_mean(a)) / tf.math.reduce_std(a),
    "unit length": lambda a, b: (tf.math.l2_normalize(a, -1), tf.norm(a)),
    "moments": lambda a, b: tf.nn.moments(a, [0, 1]),
    "largest": lambda a, b: (tf.reduce_max(a, 1), tf.reduce_min(a), tf.argmax(a, 1), tf.reduce_any(a > 0)),
}
ROUNDED = {
    "exp": lambda a, b: tf.exp(a),
    "matmul": lambda a, b: tf.matmul(a, a, transpose_b=True),
    "clip at zero": lambda a, b: tf.clip_by_value(a, 0, 1),
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
    function._same[0] = True
    found = function((torch.zeros(2, 2, 3), torch.zeros(2, dtype=torch.int64)))
    assert len(calls) == 2 and found[0].tolist() == torch.ones(2, 2, 3).tolist()


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        ((1,), "float32"),
        ((16,), "float32"),
        ((33,), "float64"),
        ((784,), "uint8"),
        ((7, 33), "float32"),
        ((4, 5, 3), "uint8"),
        ((40, 41, 3), "float32"),
    ],
)
def test_sums_of_blocks_of_any_size_have_the_bits_of_single_sums(shape, dtype):
    values = (np.random.RandomState(len(shape)).standard_normal((70, *shape)) * 50 + 100).astype(dtype)

    def sums(x):
        x = tf.cast(x, tf.float64 if dtype == "float64" else tf.float32)
        centred = x - tf.reduce_mean(x)
        swapped = tf.transpose(x)
        parts = [tf.reduce_sum(x, 0), tf.reduce_sum(x, -1), tf.reduce_sum(swapped, 0), tf.reduce_max(x)]
        return (*parts, centred / tf.math.reduce_std(x), tf.math.l2_normalize(x, 0))

    mapped = D.from_tensor_slices(values).map(sums)
    each = mapped._function.bare()
    alone = [[tf.constant(raw.numpy()) for raw in each((torch.tensor(x),))] for x in values]
    for size in (64, 3, 1):
        want = [
            [tf.stack(column) for column in zip(*alone[i : i + size], strict=True)]
            for i in range(0, 70, size)
        ]
        same(leaves(mapped.batch(size)), want)
    same(leaves(mapped), alone)  # computed by chunks


def test_a_size_of_blocks_that_differs_is_computed_element_by_element():
    mapped = D.from_tensor_slices(np.ones([10, 4], np.float32)).map(tf.reduce_sum)
    blocks = mapped._function.of_blocks()
    computed = blocks._computed
    blocks._computed = lambda block: (computed(block)[0] + (len(block[0]) == 4),)
    assert [x.numpy().tolist() for x in mapped.batch(4)] == [[4.0] * 4, [4.0] * 4, [4.0] * 2]
    assert blocks._same == {4: False, 2: True}


def test_elements_that_are_computed_ahead_are_their_own():
    mapped = D.from_tensor_slices(np.arange(200, dtype=np.float32)).map(lambda x: x + 1.0)
    found = list(mapped.take(150))
    assert [float(x) for x in found] == [i + 1.0 for i in range(150)]
    assert {x._t.untyped_storage().nbytes() for x in found} == {4}
    v = tf.Variable(1.0)
    elements = iter(D.from_tensor_slices(np.ones(9, np.float32)).map(lambda x: x * v))
    assert float(next(elements)) == 1.0
    v.assign(2.0)
    assert float(next(elements)) == 2.0


def test_an_element_of_a_chunk_that_fails_does_so_in_its_turn():
    mapped = D.range(5).map(lambda x: x + 1)
    function = mapped._function

    def each(element):
        if int(element[0]) == 2:
            raise tf.errors.InvalidArgumentError(None, None, "the third")
        return (element[0] + 1,)

    function.of_blocks().at_once = lambda block: None
    function.bare = lambda: each
    elements = iter(mapped)
    assert [int(next(elements)) for _ in range(2)] == [1, 2]
    with pytest.raises(tf.errors.InvalidArgumentError, match="the third"):
        next(elements)
    assert [int(x) for x in elements] == [4, 5]
