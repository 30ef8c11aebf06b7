"""Objects of which both TensorFlow and this package write checkpoints: `tf` is either."""

from __future__ import annotations

from typing import Any

NUMBERS = (
    *("bfloat16", "float16", "float32", "float64", "float8_e4m3fn", "float8_e5m2"),
    *(
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "complex64",
        "complex128",
        "bool",
    ),
)


def every_dtype(tf: Any) -> dict[str, Any]:
    """A variable of each dtype that variables have, and of some shapes."""
    held = {name: tf.Variable(tf.cast([0.0, 1.0, 2.0], name), name=name) for name in NUMBERS}
    held["string"] = tf.Variable([["a", b"\xff\x00"], ["", "x" * 300]], name="string")
    held["empty"] = tf.Variable(tf.zeros([0, 3]), name="empty")
    held["no_strings"] = tf.Variable(tf.zeros([0], tf.string), name="no_strings")
    held["scalar"] = tf.Variable(2.5, name="scalar")
    held["many"] = tf.Variable(tf.reshape(tf.range(1200), [2, 20, 30]), name="many")
    return held


def graph(tf: Any) -> dict[str, Any]:
    """Objects in lists, dicts, tuples, circles, and under names that keys escape."""
    module, inner = tf.Module(name="outer"), tf.Module(name="inner")
    module.w = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="w")
    module.inner, inner.outer, inner.w = inner, module, module.w
    module.list = [tf.Variable(5, name="n"), [module.w], inner]
    module.dict = {
        "x/y": tf.Variable(6.0, name="x"),
        "p.q": {"deep": tf.Variable(True, name="deep")},
        ".": inner,
    }
    module.tuple = (tf.Variable(7.0, name="t"), [tf.Variable("text", name="text")])
    return {"module": module, "again": inner, "list": [module.w]}


def table(tf: Any) -> dict[str, Any]:
    """A table, and a generator."""
    held = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    held.insert(["b"], [2])
    return {"table": held, "generator": tf.random.Generator.from_seed(7)}


def optimizer(tf: Any) -> dict[str, Any]:
    """Two variables after two steps of Adam, which keeps two more for each."""
    v, w = tf.Variable([1.0, 2.0], name="v"), tf.Variable(3.0, name="w")
    adam = tf.compat.v1.train.AdamOptimizer(0.1)
    for _ in range(2):
        step(tf, adam, v, w)
    return {"adam": adam, "v": v, "w": w}


def step(tf: Any, adam: Any, v: Any, w: Any) -> None:
    """One step of an optimizer."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(v * v) * w
    adam.apply_gradients(zip(tape.gradient(loss, [v, w]), [v, w], strict=True))


ALL = {"every_dtype": every_dtype, "graph": graph, "optimizer": optimizer, "table": table}
