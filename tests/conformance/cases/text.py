"""repr, str and format of tensors and variables. Exact values only, so that the text is the same on any machine."""

import numpy as np
from conformance_kit import raises, script

TENSORS = {
    "scalar": 3.0,
    "fraction": 2.5,
    "int": 7,
    "bool": True,
    "text": "text",
    "text with quotes": "a \"quoted\" 'text'",
    "newline": "a\nb",
    "unicode": "é",
    "vector": [1.0, 2.5, -3.0],
    "ints": [1, -20, 300],
    "bools": [True, False],
    "texts": ["a", "bc"],
    "matrix": [[1.0, 2.0], [3.0, 4.5]],
    "cube": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]],
    "empty": [],
    "special": [float("inf"), float("-inf"), float("nan"), -0.0],
    "large": [1e10, 1.0, 1e-10],
    "complex": 1 + 2j,
    "complexes": [1 + 2j, -0.5j],
    "one": [1.0],
    "nested one": [[[1.0]]],
}


def texts(x):
    return {"repr": repr(x), "str": str(x), "format": f"{x}"}


@script("tensors")
def _(tf):
    return {k: texts(tf.constant(v)) for k, v in TENSORS.items()}


@script("tensors of each dtype")
def _(tf):
    names = "float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool"
    names += " complex64 complex128"
    return {
        n: [texts(tf.cast(x, n)) for x in (tf.constant(1.0), tf.constant([0.0, 1.5]))] for n in names.split()
    }


@script("large tensors are abbreviated")
def _(tf):
    # not repr: numpy says the shape of what it abbreviates only since 2.2
    return [(str(x), f"{x}") for x in (tf.range(2000), tf.zeros([100, 100]), tf.range(100.0))]


@script("empty shapes")
def _(tf):
    return [texts(tf.zeros(s)) for s in ([0], [0, 3], [2, 0], [1, 0, 2])]


@script("variables")
def _(tf):
    texts_of = {k: texts(tf.Variable(v)) for k, v in TENSORS.items() if k != "empty"}
    named = texts(tf.Variable([1.0, 2.0], name="weights")), texts(tf.Variable(1, trainable=False, name="a/b"))
    open_shape = texts(tf.Variable([[1.0]], shape=[None, 1]))
    return texts_of, named, open_shape, texts(tf.Variable(1.0, dtype=tf.bfloat16))


@script("names of variables")
def _(tf):
    with tf.name_scope("outer"):
        a = tf.Variable(1.0, name="v")
        with tf.name_scope("inner"):
            b = tf.Variable(1.0)
    c, d = tf.Variable(1.0, name="same"), tf.Variable(1.0, name="same")
    bad = [raises(lambda n=n: tf.Variable(1.0, name=n).name) for n in ("with space", "", "a:b", "_x", "é")]
    return a.name, b.name, c.name, d.name, bad


@script("format specifications")
def _(tf):
    x, v = tf.constant(2.5), tf.constant([1.0])
    specs = ("", ".2f", "5", "e", "s")
    return [
        raises(lambda s=s, t=t: format(t, s)) for t in (x, v, tf.constant(3), tf.Variable(2.5)) for s in specs
    ], raises(lambda: "%.2f" % x)  # noqa: UP031 - an old script does this


@script("containers of tensors")
def _(tf):
    x = tf.constant([1.0, 2.0])
    return repr([x]), repr((x, tf.constant(3))), repr({"a": x}), str([tf.Variable(1.0)])


@script("numpy shows tensors as arrays")
def _(tf):
    x = tf.constant([[1.0, 2.0]])
    return np.array_str(np.asarray(x)), str(x.numpy()), f"{x.numpy()[0]}", f"{tf.constant(2.5).numpy():.3f}"


@script("text of results of Python operators")
def _(tf):
    x = tf.constant(3.0)
    return [repr(t) for t in (x + 1, x > 2, -x, x[None], tf.constant(7) // 2, tf.constant(7) / 2, x == 3.0)]


@script("tf.strings.format and as_string")
def _(tf):
    x = tf.constant([1, 2])
    return raises(lambda: tf.as_string(x)), raises(lambda: tf.strings.format("x is {}", x))
