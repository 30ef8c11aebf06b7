"""Iterators that are saved and restored; datasets in functions."""

import tempfile

from conformance_kit import raises, script


@script("data: iterators in checkpoints")
def _(tf):
    D = tf.data.Dataset
    directory = tempfile.mkdtemp()

    def tried(d):
        iterator = iter(d)
        checkpoint = tf.train.Checkpoint(iterator=iterator)
        first = [int(next(iterator)) for _ in range(3)]
        path = checkpoint.save(directory + "/it")
        found = [first, [int(next(iterator)) for _ in range(2)]]
        checkpoint.restore(path)
        found.append([int(x) for x, _ in zip(iterator, range(7), strict=False)])
        other = iter(d)
        tf.train.Checkpoint(iterator=other).restore(path)
        found.append([int(x) for x, _ in zip(other, range(7), strict=False)])
        return found

    answers = []
    for make in [
        lambda: D.range(10).shuffle(5, seed=1).map(lambda x: x * 2),
        lambda: D.range(4).shuffle(4, seed=1).repeat(),
        lambda: D.range(10).prefetch(2),
        lambda: D.range(10).batch(3).unbatch(),
        lambda: D.range(10).batch(2).map(lambda x: tf.reduce_sum(x)),
        lambda: D.sample_from_datasets([D.range(10), D.range(100, 110)], seed=2),
        lambda: D.range(4).interleave(lambda x: D.from_tensors(x).repeat(3), 2),
        lambda: D.range(10).filter(lambda x: x % 2 == 0).repeat(2),
        lambda: D.range(10).scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s + x)),
    ]:
        tf.random.set_seed(5)
        answers.append(tried(make()))
    return answers


@script("data: loops over datasets and iterators in functions")
def _(tf):
    D = tf.data.Dataset

    @tf.function
    def total(dataset):
        found = tf.constant(0, tf.int64)
        for x in dataset:
            found += x
        return found

    @tf.function
    def of_iterator(iterator):
        found = tf.constant(0, tf.int64)
        for x in iterator:
            found += x
        return found

    @tf.function
    def pairs(dataset):
        found = tf.constant(0.0)
        for x, y in dataset:
            if x > 1:
                found += y
        return found

    @tf.function
    def two(iterator):
        return next(iterator) + next(iterator)

    iterator = iter(D.range(5))
    v = tf.Variable(0, dtype=tf.int64)

    @tf.function
    def counted():
        for x in D.range(4):
            v.assign_add(x)
        return v.read_value()

    return [
        total(D.range(5)),
        total(D.range(7).map(lambda x: x * 2)),
        total(D.range(0)),
        pairs(D.from_tensor_slices(([1, 2, 3], [1.0, 2.0, 3.0]))),
        two(iterator),
        two(iterator),
        raises(lambda: two(iterator)),
        of_iterator(iter(D.range(4))),
        counted(),
        counted(),
    ]


@script("data: iterators as arguments of functions")
def _(tf):
    D = tf.data.Dataset
    traced = []

    @tf.function
    def step(x):
        traced.append("step")
        return x * 2

    @tf.function
    def train(iterator):
        return step(next(iterator))

    found = []
    for _ in range(2):
        iterator = iter(D.range(3))
        for _ in range(3):
            found.append(train(iterator))
        found.append(raises(lambda: train(iterator)))  # noqa: B023
    return found, len(traced)
