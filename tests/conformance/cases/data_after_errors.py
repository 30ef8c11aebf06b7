"""Reading goes on after an element that fails: what each step gives then, and which rows of a table are bad."""

import pathlib
import tempfile

import numpy as np
from conformance_kit import script


def read(tf, dataset, most=20):
    """The elements, and the kind of error in the place of each that fails."""
    iterator, found = iter(dataset), []
    for _ in range(most):
        try:
            found.append([np.asarray(x.numpy()).tolist() for x in tf.nest.flatten(next(iterator))])
        except StopIteration:
            found.append("end")
            break
        except tf.errors.OpError as error:
            found.append(type(error).__name__)
    return found


def failing(tf, count=8, bad=(2, 5)):
    def check(x):
        wrong = tf.reduce_any(tf.equal(x, tf.constant(bad, tf.int64)))
        value = 1.0 / tf.cast(tf.where(wrong, 0, 1), tf.float32)
        return tf.cast(x, tf.float32) + tf.debugging.check_numerics(value, "bad")

    return tf.data.Dataset.range(count).map(check)


STEPS = {
    "take": lambda tf, d: d.take(4),
    "skip": lambda tf, d: d.skip(3),
    "skip before": lambda tf, d: d.skip(2),
    "skip more": lambda tf, d: d.skip(4),
    "skip all": lambda tf, d: d.skip(7),
    "skip and take": lambda tf, d: d.skip(1).take(4),
    "shard 2, 0": lambda tf, d: d.shard(2, 0),
    "shard 2, 1": lambda tf, d: d.shard(2, 1),
    "shard 3, 0": lambda tf, d: d.shard(3, 0),
    "shard 3, 1": lambda tf, d: d.shard(3, 1),
    "shard 3, 2": lambda tf, d: d.shard(3, 2),
    "enumerate": lambda tf, d: d.enumerate(),
    "zip": lambda tf, d: tf.data.Dataset.zip((d, tf.data.Dataset.range(10))),
    "zip, second": lambda tf, d: tf.data.Dataset.zip((tf.data.Dataset.range(10), d, d)),
    "batch": lambda tf, d: d.batch(2),
    "batch, dropping": lambda tf, d: d.batch(3, drop_remainder=True),
    "batch of filtered": lambda tf, d: d.filter(lambda x: x > 0).batch(2),
    "filter": lambda tf, d: d.filter(lambda x: x > 2),
    "take_while": lambda tf, d: d.take_while(lambda x: x < 7),
    "repeat": lambda tf, d: d.repeat(2),
    "concatenate": lambda tf, d: d.concatenate(d),
    "shuffle": lambda tf, d: d.shuffle(3, seed=1),
    "shuffle all": lambda tf, d: d.shuffle(9, seed=1),
    "cache": lambda tf, d: d.cache(),
    "prefetch": lambda tf, d: d.prefetch(1),
    "window": lambda tf, d: d.window(2).flat_map(lambda w: w.batch(2)),
    "flat_map": lambda tf, d: tf.data.Dataset.range(2).flat_map(lambda i: d),
    "interleave": lambda tf, d: tf.data.Dataset.range(2).interleave(lambda i: d, cycle_length=2),
    "interleave, parallel": lambda tf, d: tf.data.Dataset.range(2).interleave(
        lambda i: d, cycle_length=2, num_parallel_calls=2
    ),
    "scan": lambda tf, d: d.scan(tf.constant(0.0), lambda state, x: (state + x, state)),
    "map": lambda tf, d: d.map(lambda x: x + 1),
    "map, parallel": lambda tf, d: d.map(lambda x: x + 1, num_parallel_calls=2),
    "padded_batch": lambda tf, d: d.padded_batch(3),
    "ragged_batch": lambda tf, d: d.ragged_batch(3),
    "rebatch": lambda tf, d: d.batch(2).rebatch(3),
    "unbatch": lambda tf, d: d.batch(2).unbatch(),
    "unique": lambda tf, d: d.map(lambda x: tf.cast(x, tf.int32)).unique(),
    "group_by_window": lambda tf, d: d.group_by_window(
        lambda x: tf.cast(x, tf.int64) % 2, lambda key, w: w.batch(3), window_size=3
    ),
    "bucket": lambda tf, d: d.map(lambda x: x[None]).bucket_by_sequence_length(
        lambda x: tf.size(x), [2], [3, 3]
    ),
    "sample": lambda tf, d: tf.data.Dataset.sample_from_datasets([d, d], seed=1),
    "choose": lambda tf, d: tf.data.Dataset.choose_from_datasets([d, d], tf.data.Dataset.range(2).repeat()),
    "ignore_errors": lambda tf, d: d.ignore_errors().batch(4),
}


@script("data: steps after elements that fail")
def _(tf):
    tf.random.set_seed(5)
    return {name: read(tf, step(tf, failing(tf))) for name, step in STEPS.items()}


TABLES = {
    "bad": b"1,a\n2,b\nx,c\n4,d\n5\n6,f\n7,g,h\n8,i\n",
    "quotes": b'9,q\n\n10,"r,"\n11,"s\nt"\n12,u"\n13,v\r\n14,\n,w',
    "in quotes": b'1,"a""b"\n2,"x"y\n3,"open\n4,z\n',
    "returns": b"1,a\r\n2,b\r3,c\n4,d\r\n",
    "header": b'"a\nb",c\n1,2\n',
}


@script("data: rows of tables that do not fit, and those after them")
def _(tf):
    folder = pathlib.Path(tempfile.mkdtemp())
    for name, content in TABLES.items():
        (folder / name).write_bytes(content)
    table, pair = tf.data.experimental.CsvDataset, [tf.int32, tf.string]

    def at(name):
        return str(folder / name)

    found = {name: read(tf, table(at(name), pair)) for name in TABLES}
    found["defaults"] = read(tf, table(at("quotes"), [[0], ["z"]]))
    found["no quotes"] = read(tf, table(at("quotes"), pair, use_quote_delim=False))
    found["batch 2"] = read(tf, table(at("bad"), pair).batch(2))
    found["batch 3"] = read(tf, table(at("bad"), pair).batch(3))
    found["ignored"] = read(tf, table([at("bad"), at("quotes")], pair).ignore_errors().batch(3))
    found["column"] = read(tf, table(at("bad"), [tf.string], select_cols=[1]))
    found["header"] = read(tf, table(at("header"), [tf.int32, tf.int32], header=True))
    return found


NUMBERS = {
    "double": b"0x1p3\n1e-400\nNaN\nINF\n-0\n1.\n.5\n1,5\n\n1d5\n1f\n0b1\n'1'\n1_0\n",
    "int32": b"0x10\n2147483647\n2147483648\n-2147483648\n-0\n007\n+\n\n1e2\n1_0\n 2\n3 \n",
    "int64": b"9223372036854775807\n9223372036854775808\n-9223372036854775808\n",
    "float": b"3.4e38\n3.5e38\n1e-46\n0.1\n16777217\n1.00000017881393432617187499\n1.000000178813934326171875\n",
    "float, small": b"1.00000017881393432617187501\n0.5\n1e-39\n-2.25\n",
}


@script("data: numbers in tables")
def _(tf):
    folder = pathlib.Path(tempfile.mkdtemp())
    found = {}
    for name, content in NUMBERS.items():
        (folder / name).write_bytes(content)
        dtype = {"double": tf.float64, "int32": tf.int32, "int64": tf.int64}.get(name, tf.float32)
        rows = tf.data.experimental.CsvDataset(str(folder / name), [dtype])
        found[name] = read(tf, rows), read(tf, rows.ignore_errors().batch(3))
    wide = tf.strings.to_number(["1.00000017881393432617187499", "1.00000017881393432617187501", "1e-46"])
    return found, wide


class Faulty:
    """An iterator that goes on after it has raised."""

    def __init__(self):
        self.number = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.number += 1
        if self.number > 5:
            raise StopIteration
        if self.number in (2, 4):
            raise ValueError("no")
        return self.number


@script("data: elements of generators that do not fit, and those after them")
def _(tf):
    def made(elements):
        def generator():
            for one in elements:
                if one == "raise":
                    raise ValueError("no")
                yield one

        return generator

    found = {}
    lists = {
        "shape": [1, [1, 2], 3, [4], 5],
        "type": [1, "a", 3],
        "pair": [1, (1, 2), 3],
        "raises": [1, "raise", 3],
    }
    for name, make in {"iterator": Faulty, **{name: made(x) for name, x in lists.items()}}.items():
        d = tf.data.Dataset.from_generator(make, output_signature=tf.TensorSpec([], tf.int32))
        steps = [d, d.ignore_errors(), d.batch(2), d.repeat(2), d.prefetch(2), d.take(2).concatenate(d)]
        found[name] = [read(tf, step) for step in steps]
    return found


@script("data: steps whose own functions fail, and what they give then")
def _(tf):
    def check(x):
        wrong = tf.cast(tf.where((x == 2) | (x == 5), 0, 1), tf.float32)
        return tf.debugging.check_numerics(1.0 / wrong, "bad")

    d = tf.data.Dataset.range(8)
    one = tf.data.Dataset.from_tensors
    steps = {
        "filter": d.filter(lambda x: check(x) > 0),
        "take_while": d.take_while(lambda x: check(x) > 0),
        "scan": d.scan(tf.constant(0.0), lambda state, x: (state + check(x), state)),
        "flat_map": d.flat_map(lambda x: one(check(x) + tf.cast(x, tf.float32))),
        "interleave": d.interleave(
            lambda x: one(check(x) + tf.cast(x, tf.float32)).repeat(2), cycle_length=2
        ),
        "inner": d.flat_map(lambda x: tf.data.Dataset.range(x, x + 2).map(check)),
        "key": d.group_by_window(
            lambda x: tf.cast(check(x), tf.int64) * 0 + x % 2, lambda key, w: w.batch(2), window_size=2
        ),
        "group": d.group_by_window(lambda x: x % 2, lambda key, w: w.map(check).batch(2), window_size=2),
        "length": d.map(lambda x: x[None]).bucket_by_sequence_length(
            lambda x: tf.cast(check(x[0]), tf.int32), [3], [2, 2]
        ),
        "shapes": d.map(lambda x: tf.range(x // 3)).batch(2),
        "padding": d.map(tf.range).padded_batch(2, padded_shapes=[4]),
        "between": d.map(check).prefetch(1).batch(3),
        "batches": d.map(check).batch(2).map(lambda x: x + 1).batch(2),
        "windows": d.map(check).window(3, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(3)),
        "kept": d.map(check).cache().repeat(2),
    }
    return {name: read(tf, step) for name, step in steps.items()}
