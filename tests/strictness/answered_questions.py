"""Calls that look odd and that TensorFlow answers: strings, quantized integers, nothing at all, constants."""

import itertools
from typing import Any

import numpy as np
from strictness.questions import Questions, topic


def _kind(x: Any) -> str:
    return f"{x.dtype.name}{x.shape.as_list()}"


@topic
def answered(tf: Any) -> Questions:
    """Strings, quantized integers, empty lists, mixed dtypes, seeds of all integer dtypes."""
    x = tf.constant([1.0, 2.0, 3.0])
    for have, want in itertools.product(
        ("uint8", "int8", "int16", "int32", "float32"), ("quint8", "qint8", "qint16", "quint16", "qint32")
    ):
        bits = tf.constant([[1, 2, 3, 4]] * 4, have)
        to = getattr(tf, want)
        yield "bitcast", f"{have} {want}", lambda bits=bits, to=to: _kind(tf.bitcast(bits, to))
        yield (
            "bitcast",
            f"{have} {want} and back",
            lambda bits=bits, to=to: tf.bitcast(tf.bitcast(bits, to), bits.dtype),
        )
        yield (
            "bitcast",
            f"{have} {want} numpy",
            lambda bits=bits, to=to: str(tf.bitcast(bits, to).numpy().tolist()),
        )
    moves = {
        "identity": tf.identity,
        "reshape": lambda q: tf.reshape(q, [3, 1]),
        "index": lambda q: q[0],
        "slice": lambda q: q[1:],
        "concat": lambda q: tf.concat([q, q], 0),
        "stack": lambda q: tf.stack([q, q]),
        "shape": tf.shape,
        "rank": tf.rank,
        "size": tf.size,
        "add": lambda q: q + q,
        "repr": repr,
    }
    for name, move in moves.items():

        def moved(move: Any = move) -> Any:
            result = move(tf.bitcast(tf.constant([1, 2, 3], tf.uint8), tf.quint8))
            return result if isinstance(result, str) else _kind(result) + str(result.numpy().tolist())

        yield "quantized", name, moved
    single, double = tf.constant([3.0, 4.0]), tf.constant([1.0, 2.0], tf.float64)
    lists = {
        "mixed": [single, double],
        "half": [tf.cast(single, "float16"), single, None],
        "int": [tf.constant([3, 4])],
    }
    norms = [None, tf.constant(10.0), tf.constant(10.0, tf.float64), 10.0, 10]
    for (name, values), (place, norm) in itertools.product(lists.items(), enumerate(norms)):
        yield (
            "clip_by_global_norm",
            f"{name} {place}",
            lambda values=values, norm=norm: tf.clip_by_global_norm(values, 5.0, use_norm=norm),
        )
    rows = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    for name, indices, ids, count in itertools.product(
        ("segment_sum", "segment_mean", "segment_sqrt_n"), ([], [0]), ([], [0]), (None, 3)
    ):
        yield (
            f"sparse.{name}",
            f"{indices} {ids} {count}",
            lambda name=name, a=indices, b=ids, n=count: getattr(tf.sparse, name)(rows, a, b, num_segments=n),
        )
    for indices, updates, shape in itertools.product(
        ([0], [0, 0], [0, 1], [2, 0]), ([0], [0, 3], [0, 0], [2]), ([0], [3], [0, 3], [0, 0], [])
    ):
        yield (
            "scatter_nd",
            f"{indices} {updates} {shape}",
            lambda a=indices, b=updates, c=shape: tf.scatter_nd(tf.zeros(a, tf.int32), tf.zeros(b), c),
        )
        yield (
            "tensor_scatter_nd_update",
            f"{indices} {updates} {shape}",
            lambda a=indices, b=updates, c=shape: tf.tensor_scatter_nd_update(
                tf.zeros(c), tf.zeros(a, tf.int32), tf.zeros(b)
            ),
        )
    words = tf.constant([["a", "b", "c"], ["d", "e", "f"]])
    yield "reverse_sequence", "rows", lambda: tf.reverse_sequence(words, [2, 3], seq_axis=1)
    yield (
        "reverse_sequence",
        "columns",
        lambda: tf.reverse_sequence(words, [2, 1, 0], seq_axis=0, batch_axis=1),
    )
    for mode in ("REFLECT", "SYMMETRIC", "CONSTANT"):
        yield "pad", f"strings {mode}", lambda mode=mode: tf.pad(words, [[1, 0], [1, 2]], mode)
        yield (
            "pad",
            f"bools {mode}",
            lambda mode=mode: tf.pad([[True, False], [False, True]], [[1, 0], [1, 0]], mode),
        )
    for form in (None, (), (1, 2), (None, 2), ("N", 2), 3, [None], (1, 3)):
        yield (
            "assert_shapes",
            f"{form}",
            lambda form=form: tf.debugging.assert_shapes([(tf.zeros([1, 2]), form)]),
        )
    yield "identity_n", "text first", lambda: tf.identity_n(["a", x])
    yield "identity_n", "text last", lambda: tf.identity_n([x, tf.constant("s"), tf.constant(1)])

    def through_identity_n() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y, _ = tf.identity_n([x, tf.constant(["s"])])
        return tape.gradient(y, x)

    yield "identity_n", "gradient", through_identity_n
    one = tf.IndexedSlices(tf.constant(["z"]), tf.constant([1]))
    changes = {
        "scatter_update": lambda v: v.scatter_update(one),
        "scatter_nd_update": lambda v: v.scatter_nd_update([[1]], ["z"]),
        "batch_scatter_update": lambda v: v.batch_scatter_update(one),
        "scatter_add": lambda v: v.scatter_add(one),
        "scatter_max": lambda v: v.scatter_max(one),
        "assign": lambda v: v.assign(["x", "y", "z"]),
        "slice": lambda v: v[0:1].assign(["q"]),
        "slice of many": lambda v: v[0:2].assign("q"),
        "out of range": lambda v: v.scatter_update(tf.IndexedSlices(tf.constant(["z"]), tf.constant([7]))),
        "number": lambda v: v.scatter_update(tf.IndexedSlices(tf.constant([1.0]), tf.constant([1]))),
    }
    for name, change in changes.items():

        def changed(change: Any = change) -> Any:
            v = tf.Variable(["a", "b", "c"])
            change(v)
            return tf.identity(v)

        yield "Variable_of_strings", name, changed
    for name in ("uint64", "int64", "uint32", "int32", "int8", "uint8"):
        seed = np.array([1, 2], name)
        yield "stateless_uniform", name, lambda seed=seed: tf.random.stateless_uniform([2], seed)
        yield (
            "stateless_fold_in",
            name,
            lambda seed=seed: tf.random.experimental.stateless_fold_in(seed, 1),
        )
    for number in (2**63, 2**64 - 1):
        seed = np.array([number, number], np.uint64)
        yield "stateless_uniform", f"{number}", lambda seed=seed: tf.random.stateless_uniform([2], seed)
        seed = np.array([number, number])
        yield "stateless_uniform", f"{number} long", lambda seed=seed: tf.random.stateless_uniform([2], seed)
    yield "constant", "longlong", lambda: tf.constant(np.array([1, 2], np.longlong))
    yield "constant", "ulonglong", lambda: tf.constant(np.array([1, 2], np.ulonglong))


@topic
def constants(tf: Any) -> Questions:
    """`tf.gradients` for what is made inside the function."""

    def constant() -> Any:
        c = tf.constant(3.0)
        return tf.gradients(c * c, c)

    def between(x: Any) -> Any:
        c = tf.constant([1.0, 2.0])
        y = x * c
        return tf.gradients(y * y, [c, y, x])

    def computed(x: Any) -> Any:
        c = tf.constant(2.0) + 1.0
        return tf.gradients(x * c, c)

    def ones(x: Any) -> Any:
        c = tf.ones([2])
        return tf.gradients(x * c, c)

    def stopped(x: Any) -> Any:
        c = tf.convert_to_tensor([2.0, 1.0])
        d = tf.identity(c)
        return [*tf.gradients(x * d, [c, d]), *tf.gradients(x * c * d, c, stop_gradients=[d])]

    def unconnected(x: Any) -> Any:
        return tf.gradients(x * 2.0, [tf.constant(1.0), x])

    def twice(x: Any) -> Any:
        c = tf.constant([3.0, 4.0])
        (slope,) = tf.gradients(c**3 * x, c)
        return tf.gradients(slope, [c, x])

    def hessian(x: Any) -> Any:
        c = tf.constant([3.0, 4.0])
        return tf.hessians(c**3 * x, c)

    x = tf.constant([2.0, 3.0])
    for function in (between, computed, ones, stopped, unconnected, twice, hessian):
        yield "gradients", function.__name__, lambda f=function: tf.function(f)(x)
    yield "gradients", "constant", lambda: tf.function(constant)()
