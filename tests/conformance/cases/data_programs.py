"""Pipelines of steps put together at random: elements, twice; specs; cardinality; or what they raise."""

import random

import numpy as np
from cases._datasets import shown
from conformance_kit import script

SOURCES = (
    "D.range({n})",
    "D.range({n}).map(lambda x: tf.cast(x, tf.float32) / 2)",
    "D.from_tensor_slices(np.arange({n} * 3, dtype=np.float32).reshape(-1, 3))",
    "D.zip((D.range({n}), D.range(5, 30)))",
    "D.from_tensor_slices({{'a': np.arange({n}), 'b': np.arange({n}) * 1.5}})",
    "D.from_generator(lambda: ([i] * (i % 3) for i in range({n})), output_signature=S([None], tf.int32))",
)
STEPS = (
    "take({n})",
    "skip({n})",
    "repeat(2)",
    "shuffle({n}, seed=3)",
    "shuffle({n})",
    "batch({n})",
    "batch({n}, drop_remainder=True)",
    "prefetch({n})",
    "enumerate()",
    "filter(keep)",
    "map(same)",
    "map(first)",
    "map(twice)",
    "map(more)",
    "map(more, num_parallel_calls=2)",
    "map(total)",
    "map(drawn)",
    "map(either)",
    "cache()",
    "shard(2, 0)",
    "window({n}).flat_map(batched)",
    "unbatch()",
    "rebatch({n})",
    "take_while(keep)",
    "scan(tf.constant(0, tf.int64), counted)",
    "padded_batch({n})",
    "ragged_batch({n})",
    "interleave(again, cycle_length=2)",
    "flat_map(again)",
    "concatenate(d)",
    "group_by_window(key, lambda k, w: w.batch(2), window_size=2)",
    "apply(lambda e: D.zip((e, e.skip(1))))",
)


def functions(tf):
    """What steps are given."""

    def leaf(x):
        return tf.nest.flatten(x, expand_composites=True)[0]

    def number(*x):
        return tf.reduce_sum(tf.cast(leaf(x), tf.float32))

    def either(*x):
        if number(*x) > 3.0:
            y = number(*x) * 2.0
        else:
            y = -number(*x)
        return y

    def batched(*windows):
        first = windows[0]
        while not isinstance(first, tf.data.Dataset):
            first = first[sorted(first)[0]] if isinstance(first, dict) else first[0]
        return first.batch(2)

    return {
        "tf": tf,
        "np": np,
        "D": tf.data.Dataset,
        "S": tf.TensorSpec,
        "keep": lambda *x: number(*x) < 9.0,
        "same": lambda *x: x if len(x) > 1 else x[0],
        "first": lambda *x: leaf(x),
        "twice": lambda *x: (x, leaf(x)),
        "more": lambda *x: leaf(x) + tf.cast(1, leaf(x).dtype),
        "total": number,
        "drawn": lambda *x: (leaf(x), tf.random.uniform([], 0, 1000, tf.int32)),
        "either": either,
        "batched": batched,
        "counted": lambda s, *x: (s + 1, (s, x[0] if len(x) == 1 else x)),
        "again": lambda *x: tf.data.Dataset.from_tensors(x).repeat(2),
        "key": lambda *x: tf.cast(number(*x), tf.int64) % 2,
    }


def answer(tf, program):
    """What a program gives: as far as it comes, and the class of what it raises."""
    known = functions(tf)
    tf.random.set_seed(5)
    found = {}
    try:
        for step in program:
            known["d"] = eval(step, known)  # the programs are made below
        d = known["d"]
        found["count"] = int(d.cardinality())
        found["spec"] = repr(d.element_spec)
        found["elements"] = [shown(tf, x) for x, _ in zip(d, range(9), strict=False)]
        found["again"] = [shown(tf, x) for x, _ in zip(d, range(3), strict=False)]
    except Exception as error:
        found["raises"] = type(error).__name__
    return found


def programs(seed, count):
    """The lines of `count` programs."""
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        lines = [draw.choice(SOURCES).format(n=draw.randint(0, 7))]
        for _ in range(draw.randint(1, 4)):
            lines.append("d." + draw.choice(STEPS).format(n=draw.randint(1, 4)))
        found.append(lines)
    return found


for _seed in range(4):

    @script(f"data: pipelines at random, {_seed}")
    def _(tf, seed=_seed):
        return [answer(tf, program) for program in programs(seed, 25)]
