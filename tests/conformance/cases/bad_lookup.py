"""Tables with keys that are not there, of other dtypes, filled with what does not fit."""

import tempfile
from pathlib import Path

import numpy as np
from cases._programs import programs


def static(tf, keys=("a", "b"), values=(1, 2), default=-1, **k):
    i = tf.lookup.KeyValueTensorInitializer(keys, values, **k)
    return tf.lookup.StaticHashTable(i, default)


programs(
    "static",
    {
        "good": lambda tf: static(tf).lookup(tf.constant(["a", "z"])),
        "dtype": lambda tf: static(tf).lookup(tf.constant([1])),
        "list": lambda tf: static(tf).lookup(["a"]),
        "None": lambda tf: static(tf).lookup(None),
        "bytes not UTF-8": lambda tf: static(tf).lookup(tf.constant([b"\xff"])),
        "keys not UTF-8": lambda tf: static(tf, [b"\xff", b"\xfe"]).lookup(tf.constant([b"\xff"])),
        "default string": lambda tf: static(tf, default="x"),
        "default float": lambda tf: static(tf, default=1.5),
        "default vector": lambda tf: static(tf, default=[1, 2]),
        "default None": lambda tf: static(tf, default=None),
        "default big": lambda tf: static(tf, default=2**40),
        "lengths": lambda tf: static(tf, ("a", "b"), (1,)).size(),
        "no keys": lambda tf: static(tf, (), ()).size(),
        "no keys dtypes": lambda tf: static(tf, (), (), key_dtype=tf.string, value_dtype=tf.int32).size(),
        "matrix": lambda tf: static(tf, [["a", "b"]], [[1, 2]]).size(),
        "repeated": lambda tf: static(tf, ("a", "a"), (1, 2)).size(),
        "repeated same": lambda tf: static(tf, ("a", "a"), (1, 1)).size(),
        "key dtype": lambda tf: static(tf, key_dtype=tf.int32),
        "value dtype": lambda tf: static(tf, value_dtype=tf.string),
        "value dtype int64": lambda tf: static(tf, value_dtype=tf.int64).lookup(tf.constant(["a"])),
        "mixed keys": lambda tf: static(tf, ("a", 1)),
        "scalars": lambda tf: static(tf, "a", 1).size(),
        "nan key": lambda tf: static(tf, (np.nan, 1.0), (1, 2)).lookup(tf.constant([np.nan])),
        "no initializer": lambda tf: tf.lookup.StaticHashTable(None, 1),
        "not an initializer": lambda tf: tf.lookup.StaticHashTable({"a": 1}, 1),
        "sparse": lambda tf: static(tf).lookup(tf.SparseTensor([[0, 0]], ["a"], [1, 2])),
        "sparse dtype": lambda tf: static(tf).lookup(tf.SparseTensor([[0, 0]], [1], [1, 2])),
        "ragged": lambda tf: static(tf).lookup(tf.ragged.constant([["a"], []])),
        "ragged dtype": lambda tf: static(tf).lookup(tf.ragged.constant([[1], []])),
        "insert": lambda tf: static(tf).insert(tf.constant("z"), tf.constant(1)),
        "item": lambda tf: static(tf)["a"],
        "item tensor": lambda tf: static(tf)[tf.constant("a")],
        "length": lambda tf: len(static(tf)),
        "iter": lambda tf: list(static(tf)),
        "in": lambda tf: "a" in static(tf),
        "float keys int": lambda tf: static(tf, (1.0, 2.0)).lookup(tf.constant([1])),
        "int32 keys": lambda tf: static(tf, (1, 2)).lookup(tf.constant([1], tf.int64)),
        "vocabulary": lambda tf: tf.lookup.StaticVocabularyTable(
            tf.lookup.KeyValueTensorInitializer(["a"], tf.constant([0], tf.int64)), 2
        ).lookup(tf.constant(["a", "z"])),
        "vocabulary int32": lambda tf: tf.lookup.StaticVocabularyTable(
            tf.lookup.KeyValueTensorInitializer(["a"], tf.constant([0])), 2
        ),
        "vocabulary no buckets": lambda tf: tf.lookup.StaticVocabularyTable(
            tf.lookup.KeyValueTensorInitializer(["a"], tf.constant([0], tf.int64)), 0
        ),
        "vocabulary float keys": lambda tf: tf.lookup.StaticVocabularyTable(
            tf.lookup.KeyValueTensorInitializer([1.0], tf.constant([0], tf.int64)), 1
        ),
        "vocabulary negative": lambda tf: tf.lookup.StaticVocabularyTable(
            tf.lookup.KeyValueTensorInitializer(["a"], tf.constant([0], tf.int64)), -1
        ),
        "vocabulary nothing": lambda tf: tf.lookup.StaticVocabularyTable(None, 3).lookup(tf.constant(["a"])),
        "vocabulary key dtype": lambda tf: tf.lookup.StaticVocabularyTable(
            None, 3, lookup_key_dtype=tf.float32
        ),
        "vocabulary dtype": lambda tf: tf.lookup.StaticVocabularyTable(None, 3).lookup(tf.constant([1])),
    },
)


def mutable(tf, *args, **k):
    return tf.lookup.experimental.MutableHashTable(*(args or (tf.string, tf.int64, -1)), **k)


def filled(tf):
    t = mutable(tf)
    t.insert(tf.constant(["a", "b"]), tf.constant([1, 2], tf.int64))
    return t


def dense(tf, **options):
    return tf.lookup.experimental.DenseHashTable(
        tf.int64, tf.float32, -1.0, **{"empty_key": 0, "deleted_key": -1, **options}
    )


I64 = "int64"
programs(
    "mutable",
    {
        "good": lambda tf: filled(tf).lookup(tf.constant(["a", "z"])),
        "lookup dtype": lambda tf: filled(tf).lookup(tf.constant([1])),
        "lookup list": lambda tf: filled(tf).lookup(["a"]),
        "insert key dtype": lambda tf: filled(tf).insert(tf.constant([1]), tf.constant([1], I64)),
        "insert value dtype": lambda tf: filled(tf).insert(tf.constant(["c"]), tf.constant([1])),
        "insert float": lambda tf: filled(tf).insert(tf.constant(["c"]), tf.constant([1.0])),
        "insert lists": lambda tf: filled(tf).insert(["c"], [1]),
        "insert lengths": lambda tf: filled(tf).insert(tf.constant(["c", "d"]), tf.constant([1], I64)),
        "insert scalar": lambda tf: filled(tf).insert(tf.constant("c"), tf.constant(1, I64)),
        "insert vector values": lambda tf: filled(tf).insert(tf.constant(["c"]), tf.constant([[1, 2]], I64)),
        "remove": lambda tf: filled(tf).remove(tf.constant(["z"])),
        "remove dtype": lambda tf: filled(tf).remove(tf.constant([1])),
        "remove list": lambda tf: filled(tf).remove(["a"]),
        "default vector": lambda tf: mutable(tf, tf.string, tf.int64, [1, 2]).lookup(tf.constant(["a"])),
        "default vector, values": lambda tf: mutable(tf, tf.string, tf.int64, [1, 2]).insert(
            tf.constant(["a"]), tf.constant([1], I64)
        ),
        "default matrix": lambda tf: mutable(tf, tf.string, tf.int64, [[1, 2]]),
        "default string": lambda tf: mutable(tf, tf.string, tf.int64, "a"),
        "default float": lambda tf: mutable(tf, tf.string, tf.int64, 1.5),
        "key float": lambda tf: mutable(tf, tf.float32, tf.int64, 1),
        "key bool": lambda tf: mutable(tf, tf.bool, tf.int64, 1),
        "key half": lambda tf: mutable(tf, tf.float16, tf.int64, 1),
        "value half": lambda tf: mutable(tf, tf.string, tf.float16, 1.0),
        "value complex": lambda tf: mutable(tf, tf.string, tf.complex64, 1.0),
        "value string": lambda tf: mutable(tf, tf.string, tf.string, "x").lookup(tf.constant(["a"])),
        "dynamic default": lambda tf: filled(tf).lookup(
            tf.constant(["a", "z"]), dynamic_default_values=tf.constant([8, 9], I64)
        ),
        "dynamic default shape": lambda tf: filled(tf).lookup(
            tf.constant(["a", "z"]), dynamic_default_values=tf.constant([8], I64)
        ),
        "dynamic default dtype": lambda tf: filled(tf).lookup(
            tf.constant(["a", "z"]), dynamic_default_values=tf.constant([8.0, 9.0])
        ),
        "size": lambda tf: filled(tf).size(),
        "ragged": lambda tf: filled(tf).lookup(tf.ragged.constant([["a"], ["z"]])),
        "sparse": lambda tf: filled(tf).lookup(tf.SparseTensor([[0, 0]], ["a"], [1, 2])),
    },
)
programs(
    "dense",
    {
        "good": lambda tf: dense(tf).lookup(tf.constant([1], I64)),
        "insert empty key": lambda tf: dense(tf).insert(tf.constant([0], I64), tf.constant([1.0])),
        "insert deleted key": lambda tf: dense(tf).insert(tf.constant([-1], I64), tf.constant([1.0])),
        "lookup empty key": lambda tf: dense(tf).lookup(tf.constant([0], I64)),
        "lookup deleted key": lambda tf: dense(tf).lookup(tf.constant([-1], I64)),
        "remove empty key": lambda tf: dense(tf).remove(tf.constant([0], I64)),
        "remove absent": lambda tf: dense(tf).remove(tf.constant([7], I64)),
        "same keys": lambda tf: dense(tf, deleted_key=0),
        "buckets 3": lambda tf: dense(tf, initial_num_buckets=3),
        "buckets 4": lambda tf: dense(tf, initial_num_buckets=4).size(),
        "buckets 0": lambda tf: dense(tf, initial_num_buckets=0),
        "buckets negative": lambda tf: dense(tf, initial_num_buckets=-4),
        "empty key string": lambda tf: dense(tf, empty_key="a"),
        "empty key float": lambda tf: dense(tf, empty_key=1.5),
        "empty key vector": lambda tf: dense(tf, empty_key=[0, 1], deleted_key=[1, 1]).size(),
        "key shapes": lambda tf: dense(tf, empty_key=[0, 1]),
        "lookup dtype": lambda tf: dense(tf).lookup(tf.constant([1])),
        "insert dtype": lambda tf: dense(tf).insert(tf.constant([1], I64), tf.constant([1])),
        "insert lengths": lambda tf: dense(tf).insert(tf.constant([1, 2], I64), tf.constant([1.0])),
        "erase": lambda tf: dense(tf).erase(tf.constant([1], I64)),
    },
)


def file(text):
    path = Path(tempfile.mkdtemp()) / "words"
    path.write_bytes(text)
    return str(path)


def from_file(tf, text, key=None, value=None, kt="string", vt="int64", size=None, delimiter="\t", default=-1):
    index = tf.lookup.TextFileIndex
    initializer = tf.lookup.TextFileInitializer(
        file(text) if text is not None else "/no/such/file",
        getattr(tf, kt),
        index.WHOLE_LINE if key is None else key,
        getattr(tf, vt),
        index.LINE_NUMBER if value is None else value,
        size,
        delimiter,
    )
    table = tf.lookup.StaticHashTable(initializer, default)
    keys = tf.constant(["a", "b", ""]) if kt == "string" else tf.constant([1, 2], kt)
    return [table.size(), table.lookup(keys)]


programs(
    "files",
    {
        "good": lambda tf: from_file(tf, b"a\nb\n"),
        "no last newline": lambda tf: from_file(tf, b"a\nb"),
        "carriage returns": lambda tf: from_file(tf, b"a\r\nb\r\n"),
        "empty": lambda tf: from_file(tf, b""),
        "empty line": lambda tf: from_file(tf, b"a\n\nb\n"),
        "repeated": lambda tf: from_file(tf, b"a\na\n"),
        "not UTF-8": lambda tf: from_file(tf, b"\xff\na\n"),
        "absent": lambda tf: from_file(tf, None),
        "size too small": lambda tf: from_file(tf, b"a\nb\n", size=1),
        "size too large": lambda tf: from_file(tf, b"a\nb\n", size=5),
        "size 0": lambda tf: from_file(tf, b"a\nb\n", size=0),
        "columns": lambda tf: from_file(tf, b"a\t1\nb\t2\n", 0, 1),
        "columns short": lambda tf: from_file(tf, b"a\t1\nb\n", 0, 1),
        "columns not a number": lambda tf: from_file(tf, b"a\tx\n", 0, 1),
        "columns float": lambda tf: from_file(tf, b"a\t1.5\n", 0, 1),
        "columns to floats": lambda tf: from_file(tf, b"a\t1.5\n", 0, 1, vt="float32", default=-1.0),
        "columns to strings": lambda tf: from_file(tf, b"a\t1.5\n", 0, 1, vt="string", default="x"),
        "columns beyond": lambda tf: from_file(tf, b"a\t1\n", 0, 5),
        "column -3": lambda tf: from_file(tf, b"a\t1\n", 0, -3),
        "delimiter": lambda tf: from_file(tf, b"a 1\nb 2\n", 0, 1, delimiter=" "),
        "delimiter of two": lambda tf: from_file(tf, b"a 1\nb 2\n", 0, 1, delimiter="  "),
        "delimiter empty": lambda tf: from_file(tf, b"a 1\nb 2\n", 0, 1, delimiter=""),
        "key is a number": lambda tf: from_file(tf, b"a\nb\n", -1, -2, kt="int64", vt="string", default="x"),
        "line number as a string": lambda tf: from_file(tf, b"a\nb\n", -2, -1, vt="string", default="x"),
        "whole line as a number": lambda tf: from_file(tf, b"a\nb\n", -2, -2),
        "whole line as an int": lambda tf: from_file(tf, b"1\n2\n", -2, -1, kt="int64"),
    },
)
