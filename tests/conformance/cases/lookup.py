"""tf.lookup: tables that stay and tables that change, filled from tensors and from files."""

import tempfile
from pathlib import Path

from conformance_kit import raises, script

KEYS, VALUES = ["a", "b", "c"], [1, 2, 3]


def static(tf):
    return tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(tf.constant(KEYS), tf.constant(VALUES, tf.int64)), -1
    )


def mutable(tf, *args):
    return tf.lookup.experimental.MutableHashTable(*(args or (tf.string, tf.int64, -1)))


def dense(tf, **options):
    return tf.lookup.experimental.DenseHashTable(
        tf.int64, tf.float32, -1.0, **{"empty_key": 0, "deleted_key": -1, **options}
    )


def pairs(table):
    return [list(pair) for pair in sorted(zip(*[x.numpy().tolist() for x in table.export()], strict=True))]


@script("static")
def _(tf):
    t = static(tf)
    return {
        "there": t.lookup(tf.constant(["a", "z", "c"])),
        "matrix": t.lookup(tf.constant([["a"], ["z"]])),
        "item": t[tf.constant("b")],
        "list": raises(lambda: t.lookup(["a"])),
        "dtype": raises(lambda: t.lookup(tf.constant([1]))),
        "size": t.size(),
        "pairs": pairs(t),
        "dtypes": [t.key_dtype.name, t.value_dtype.name],
        "default": t.default_value,
        "in a function": tf.function(lambda x: t.lookup(x))(tf.constant(KEYS)),
    }


@script("static: dtypes and what does not fit")
def _(tf):
    def table(keys, values, default):
        return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), default)

    names = ("string", "int32", "int64", "float32", "float64", "bool", "int8", "float16")

    def one(name):
        return tf.constant(["a"]) if name == "string" else tf.cast(tf.constant([1]), name)

    return {
        "two values": raises(lambda: table(["a", "a"], [1, 2], -1).size()),
        "one value twice": table(["a", "a"], [1, 1], -1).size(),
        "fewer values": raises(lambda: table(["a", "b"], [1], -1).size()),
        "vectors": raises(lambda: table(["a"], [[2, 3]], 0).size()),
        "default": raises(lambda: table(["a"], [1], 1.5).size()),
        "text as default": raises(lambda: table(["a"], [1], "x").size()),
        "text": table([1, 2], ["x", "y"], "?").lookup(tf.constant([2, 5])),
        "dtypes": {
            f"{k} {v}": raises(lambda k=k, v=v: table(one(k), one(v), one(v)[0]).size())
            for k in names
            for v in names
        },
    }


@script("files")
def _(tf):
    whole, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
    with tempfile.TemporaryDirectory() as folder:
        words, columns = str(Path(folder) / "words"), str(Path(folder) / "columns")
        Path(words).write_text("emerson\nlake\npalmer\n")
        Path(columns).write_text("emerson 10\nlake 20\npalmer 30\n")

        def table(default, *args, **options):
            return tf.lookup.StaticHashTable(tf.lookup.TextFileInitializer(*args, **options), default)

        line = (tf.string, whole, tf.int64, number)
        return {
            "words": table(-1, words, *line).lookup(tf.constant(["lake", "x"])),
            "numbers": table("U", words, tf.int64, number, tf.string, whole).lookup(
                tf.constant([0, 7], tf.int64)
            ),
            "columns": table(-1, columns, tf.string, 0, tf.int64, 1, delimiter=" ").lookup(
                tf.constant(["lake"])
            ),
            "no column": raises(lambda: table(-1, columns, tf.string, 0, tf.int64, 2, delimiter=" ").size()),
            "no number": raises(lambda: table(-1, columns, tf.string, 0, tf.int64, 0, delimiter=" ").size()),
            "no file": raises(lambda: table(-1, folder + "/no", *line).size()),
            "dtype": raises(lambda: table(-1, words, tf.string, number, tf.int64, whole).size()),
            "two words": table(-1, words, *line, vocab_size=2).size(),
            "five words": raises(lambda: table(-1, words, *line, vocab_size=5).size()),
            "offset": table(-1, words, *line, value_index_offset=5).lookup(tf.constant(["emerson"])),
        }


@script("vocabulary")
def _(tf):
    words, ints = tf.constant(KEYS), tf.constant([10, 20], tf.int64)
    numbers = tf.constant([0, 1, 2], tf.int64)

    def table(keys=words, values=numbers, buckets=5, **options):
        initializer = None if keys is None else tf.lookup.KeyValueTensorInitializer(keys, values)
        return tf.lookup.StaticVocabularyTable(initializer, buckets, **options)

    return {
        "words": table().lookup(tf.constant([["a", "x"], ["zebra", "c"]])),
        "size": table().size(),
        "item": table()[tf.constant(["a", "q"])],
        "integers": table(ints, numbers[:2], 3).lookup(tf.constant([10, 33, 7, -5], tf.int64)),
        "int32": table(ints, numbers[:2], 3, lookup_key_dtype=tf.int32).lookup(tf.constant([10, 33])),
        "buckets alone": [table(None).lookup(tf.constant(["a", "x"])), table(None).size()],
        "gaps": table(words, tf.constant([0, 1, 7], tf.int64), 2).lookup(tf.constant(["zz", "c"])),
        "dtypes": [table().key_dtype, table().value_dtype],
        "no buckets": raises(lambda: table(buckets=0).size()),
        "keys of int32": raises(lambda: table(tf.constant([1, 2]), numbers[:2]).size()),
        "values of int32": raises(lambda: table(words, tf.constant([0, 1, 2])).size()),
        "text for integers": raises(lambda: table(ints, numbers[:2], lookup_key_dtype=tf.string).size()),
        "looked up otherwise": raises(lambda: table().lookup(tf.constant([1]))),
        "list": raises(lambda: table().lookup(["a"])),
    }


@script("mutable")
def _(tf):
    t = mutable(tf)
    t.insert(tf.constant(KEYS), tf.constant(VALUES, tf.int64))
    t.insert(tf.constant(["a"]), tf.constant([9], tf.int64))
    first = [t.lookup(tf.constant(["a", "q"])), t.size()]
    t.remove(tf.constant(["a", "nope"]))
    vectors = mutable(tf, tf.string, tf.float32, [0.0, 0.0])
    vectors.insert(tf.constant(["a"]), tf.constant([[1.0, 2.0]]))
    x = tf.Variable([1.0, 2.0])
    table = mutable(tf, tf.string, tf.float32, 0.0)
    with tf.GradientTape() as tape:
        table.insert(["a", "b"], x * 2.0)
        y = table.lookup(tf.constant(["a", "b"]))
    return {
        "first": first,
        "then": [t.size(), t.lookup(tf.constant("a")), pairs(t)],
        "vectors": vectors.lookup(tf.constant(["a", "b"])),
        "defaults": t.lookup(tf.constant(["z", "b"]), dynamic_default_values=tf.constant([7, 8], tf.int64)),
        "value dtype": raises(lambda: t.insert(tf.constant(["a"]), tf.constant([1]))),
        "key dtype": raises(lambda: t.insert(tf.constant([1]), tf.constant([1], tf.int64))),
        "shape": raises(lambda: t.insert(tf.constant(["a", "b"]), tf.constant([1], tf.int64))),
        "floats": raises(lambda: mutable(tf, tf.float32, tf.int64, -1).size()),
        "gradient": tape.gradient(y, x),
        "nothing half-made": pairs(t),
    }


@script("dense")
def _(tf):
    t = dense(tf)
    t.insert(tf.constant([1, 2], tf.int64), tf.constant([1.0, 2.0]))
    before = [t.lookup(tf.constant([1, 5], tf.int64)), t.size()]
    t.erase(tf.constant([1], tf.int64))
    return {
        "before": before,
        "after": t.size(),
        "empty key": raises(lambda: t.insert(tf.constant([0], tf.int64), tf.constant([1.0]))),
        "deleted key": raises(lambda: t.insert(tf.constant([-1], tf.int64), tf.constant([1.0]))),
        "looked up": raises(lambda: t.lookup(tf.constant([0], tf.int64))),
        "one key": raises(lambda: dense(tf, deleted_key=0).size()),
        "buckets": raises(lambda: dense(tf, initial_num_buckets=3).size()),
    }
