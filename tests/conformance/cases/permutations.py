"""Numbers that look random and are the same everywhere: index_shuffle and Sobol sequences."""

from conformance_kit import raises, script

LARGE = (0, 1, 9, 255, 65535, 65536, 70000, 2**18, 2**20 + 7)
HUGE = (2**31 - 1, 2**33, 2**34 + 5, 2**47, 2**54 + 1, 2**62 + 1, 2**63 - 1)


@script("random.experimental.index_shuffle")
def _(tf):
    shuffle = tf.random.experimental.index_shuffle
    several = {
        "whole": [shuffle(list(range(n + 1)), seed, n) for n in (0, 1, 9, 30) for seed in ((1, 2), (0, 0))],
        "large": [
            shuffle(tf.constant([0, n // 3, n], tf.int64), (7, 5), tf.constant([n] * 3, tf.int64))
            for n in (*LARGE, *HUGE)
        ],
        "seeds": [
            shuffle(tf.range(10), seed, 9)
            for seed in (
                tf.constant([2**40 + 3, -1], tf.int64),
                tf.constant([2**32 - 1, 5], tf.uint32),
                tf.constant([-7, 5]),
            )
        ],
        "vectors": [shuffle([0, 1, 2], (1, 2), [9, 8, 7]), shuffle([1], (1, 2), [9])],
        "dtypes": [
            shuffle(tf.constant(3, d), (1, 2), tf.constant(9, d))
            for d in ("int32", "int64", "uint32", "uint64")
        ],
        "mixed": [shuffle(tf.constant(3, tf.int64), (1, 2), 9), shuffle(3, (1, 2), tf.constant(9, tf.int64))],
    }
    bad = [
        lambda: shuffle(tf.constant(3, tf.int64), (1, 2), tf.constant(9)),
        lambda: shuffle(10, (1, 2), 9),
        lambda: shuffle(-1, (1, 2), 9),
        lambda: shuffle(0, (1, 2), -1),
        lambda: shuffle([0, 1], [[1, 2], [3, 4]], 9),
        lambda: shuffle(1, (1.0, 2.0), 9),
        lambda: shuffle(1, (1,), 9),
        lambda: shuffle(1, (1, 2, 3), 9),
        lambda: shuffle(1, 7, 9),
        lambda: shuffle(1.0, (1, 2), 9.0),
        lambda: shuffle(tf.constant(1, tf.int16), (1, 2), tf.constant(9, tf.int16)),
        lambda: shuffle([[1]], (1, 2), 9),
        lambda: shuffle(tf.zeros([0], tf.int32), (1, 2), 9),
    ]
    return several, [raises(f) for f in bad]


@script("raw_ops.RandomIndexShuffle")
def _(tf):
    def shuffle(index, seed, most, **more):
        return tf.raw_ops.RandomIndexShuffle(index=index, seed=seed, max_index=most, **more)

    return {
        "rounds": [shuffle(list(range(10)), [1, 2, 3], [9] * 10, rounds=n) for n in (4, 6, 8, 10)],
        "seeds": [
            shuffle([1, 2], [[1, 2, 3], [4, 5, 6]], [9, 9]),
            shuffle(1, [[1, 2, 3], [4, 5, 6]], 9),
            shuffle([1], [[1, 2, 3]], [9]),
        ],
        "limits": shuffle(1, [1, 2, 3], [9, 5]),
        "largest": [
            shuffle(tf.constant(i, tf.uint64), [1, 2, 3], tf.constant(2**64 - 1, tf.uint64)) for i in range(3)
        ],
        "named": [
            tf.random_index_shuffle(2, [1, 2, 3], 9),
            tf.random_index_shuffle([1, 2], [1, 2, 3], [9, 9], rounds=8),
        ],
        "bad": [
            raises(lambda: shuffle(1, [1, 2], 9)),
            raises(lambda: shuffle([1, 2], [1, 2, 3], [9, 9, 9])),
            raises(lambda: shuffle([1, 2], [[1, 2, 3]], 9)),
            raises(lambda: shuffle([1], [1, 2, 3], [9, 9])),
            raises(lambda: shuffle([1, 3], [1, 2, 3], [9])),
        ],
    }


@script("math.sobol_sample")
def _(tf):
    sample = tf.math.sobol_sample
    return {
        "points": [sample(1, 5), sample(3, 9), sample(40, 3), sample(2, 1, skip=7)],
        "float64": [sample(5, 4, 100, tf.float64), sample(2, 3, 2**30 - 5, tf.float64)],
        "dtype": [sample(2, 2, dtype="float64")],
        "far": [sample(3, 2, 1000000), sample(1111, 2, 12345)[:, 1090:]],
        "bad": [
            raises(f)
            for f in (
                lambda: sample(0, 2),
                lambda: sample(-1, 2),
                lambda: sample(2, 0),
                lambda: sample(2, -1),
                lambda: sample(2, 1, -1),
                lambda: sample(2, 5, 2**31 - 3),
                lambda: sample(2, 2, dtype=tf.float16),
                lambda: sample(2, 2, dtype=tf.int32),
                lambda: sample(2.0, 2),
                lambda: sample(tf.constant(2, tf.int64), 2),
                lambda: sample([2], 2),
                lambda: sample(2, [2]),
                lambda: sample(None, 2),
            )
        ],
    }
