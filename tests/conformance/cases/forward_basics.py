"""Forward mode: what an accumulator takes, what it gives, what it sees, and when it raises."""

import threading

import numpy as np
from conformance_kit import error, raises, script


def accumulator(tf, primals, tangents):
    return tf.autodiff.ForwardAccumulator(primals, tangents)


# -- what comes out ----------------------------------------------------------------------------------------------------


@script("of one Tensor")
def _(tf):
    x = tf.constant([1.0, -2.0])
    with accumulator(tf, x, tf.constant([0.5, 2.0])) as acc:
        y = tf.exp(x) * x
        inside = acc.jvp(y)
    return inside, acc.jvp(y), acc.jvp(x)


@script("structures of primals and of results")
def _(tf):
    x, y = tf.constant(2.0), tf.constant([1.0, 3.0])
    with accumulator(
        tf, {"x": x, "y": (y,)}, {"x": tf.constant(1.0), "y": (tf.constant([0.0, 1.0]),)}
    ) as acc:
        z = {"a": [x * y, (x, y)], "b": x * x}
    return acc.jvp(z), acc.jvp([z["b"]]), acc.jvp([])


@script("nothing to watch")
def _(tf):
    with accumulator(tf, [], []) as acc:
        y = tf.constant(1.0) * 2.0
    return acc.jvp(y), acc.jvp(y, unconnected_gradients="zero")


@script("Variables")
def _(tf):
    v, w = tf.Variable([1.0, 2.0]), tf.Variable(3.0, trainable=False)
    with accumulator(tf, [v, w], [tf.constant([1.0, 0.0]), tf.constant(1.0)]) as acc:
        y = v * w
        z = tf.reduce_sum(v) + w.read_value()
    return acc.jvp(y), acc.jvp(z), acc.jvp(v), acc.jvp([v, w])


@script("a Variable's dtype and shape in the result")
def _(tf):
    v = tf.Variable([[1.0, 2.0]], dtype=tf.float64)
    with accumulator(tf, v, tf.constant([[1.0, 0.5]], tf.float64)) as acc:
        y = tf.reduce_sum(v, axis=1)
    return acc.jvp(y), acc.jvp(y).dtype, acc.jvp(y).shape


@script("assigning in the context")
def _(tf):
    v = tf.Variable(2.0)
    with accumulator(tf, v, tf.constant(1.0)) as acc:
        before = v * v
        v.assign(3.0)
        after = v * v
        v.assign_add(before)
        last = v * 1.0
    return [acc.jvp(y) for y in (before, after, last, v)], v.numpy()


@script("assigning what depends on a primal")
def _(tf):
    x, v = tf.constant(2.0), tf.Variable(1.0)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        v.assign(x * x)
        y = v * 3.0
        w = tf.Variable(x * x)
        z = w * 3.0
    return acc.jvp(y), acc.jvp(v), acc.jvp(z), acc.jvp(w)


@script("unconnected")
def _(tf):
    x, other = tf.constant([1.0, 2.0]), tf.constant([[3.0]])
    with accumulator(tf, x, tf.constant([1.0, 1.0])) as acc:
        y = other * 2.0
        z = x * 1.0
    zero = tf.UnconnectedGradients.ZERO
    return {
        "none": acc.jvp([y, other, z]),
        "zero": acc.jvp([y, other, z], unconnected_gradients=zero),
        "text": acc.jvp([y, z], unconnected_gradients="zero"),
        "wrong": raises(lambda: acc.jvp(y, unconnected_gradients="nonsense")),
        "wrong and not needed": raises(lambda: acc.jvp(z, unconnected_gradients="nonsense")),
    }


@script("unconnected integers and booleans")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with accumulator(tf, x, tf.constant([1.0, 1.0])) as acc:
        i, b, s = tf.argmax(x), x > 1.0, tf.strings.as_string(x)
        c = tf.cast(x, tf.int32)
    return [raises(lambda y=y: acc.jvp(y)) for y in (i, b, c, s)]


@script("unconnected integers as zeros")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with accumulator(tf, x, tf.constant([1.0, 1.0])) as acc:
        i, b = tf.argmax(x), x > 1.0
    return [raises(lambda y=y: acc.jvp(y, unconnected_gradients="zero")) for y in (i, b)]


@script("integer primals")
def _(tf):
    i = tf.constant([1, 2])
    with accumulator(tf, i, tf.constant([1, 1])) as acc:
        y = i * 2
        z = tf.cast(i, tf.float32) * 2.0
    return acc.jvp(i), acc.jvp(y), acc.jvp(z)


@script("through an integer and back")
def _(tf):
    x = tf.constant([1.25, 2.75])
    with accumulator(tf, x, tf.constant([1.0, 1.0])) as acc:
        y = tf.cast(tf.cast(x, tf.int32), tf.float32) * x
        f = tf.floor(x)
        r = tf.round(x) + x
    return acc.jvp(y), acc.jvp(f), acc.jvp(r)


@script("complex, half and back")
def _(tf):
    x = tf.constant([1.0, -2.0])
    with accumulator(tf, x, tf.constant([1.0, 3.0])) as acc:
        z = tf.complex(x, x * x)
        y = [z, tf.abs(z), tf.math.angle(z), tf.math.real(z * z), tf.math.conj(z), tf.cast(x, tf.complex64)]
        y += [tf.cast(x, tf.float16), tf.cast(z, tf.float32), tf.cast(tf.cast(x, tf.float64), tf.float32)]
    return [acc.jvp(v) for v in y]


# -- when --------------------------------------------------------------------------------------------------------------


@script("after the context")
def _(tf):
    x = tf.constant(2.0)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        y = x * x
    later = y * x
    return acc.jvp(y), acc.jvp(later), acc.jvp(x)


@script("before the context")
def _(tf):
    x = tf.constant(2.0)
    acc = accumulator(tf, x, tf.constant(1.0))
    early = x * x
    with acc:
        y = early * x
    return acc.jvp(early), acc.jvp(y), acc.jvp(x)


@script("entering again")
def _(tf):
    x = tf.constant(2.0)
    acc = accumulator(tf, x, tf.constant(1.0))
    with acc:
        y = x * x
    between = y * y
    with acc:
        z = y * y
        w = between * y
    return acc.jvp([y, between, z, w])


@script("entering within")
def _(tf):
    acc = accumulator(tf, tf.constant(2.0), tf.constant(1.0))
    with acc:
        return raises(lambda: acc.__enter__())


@script("leaving twice")
def _(tf):
    x = tf.constant(2.0)
    acc = accumulator(tf, x, tf.constant(1.0))
    with acc:
        y = x * x
    return raises(lambda: acc.__exit__(None, None, None)), acc.jvp(y)


@script("an exception inside")
def _(tf):
    x = tf.constant(2.0)
    acc = accumulator(tf, x, tf.constant(1.0))
    try:
        with acc:
            y = x * x
            tf.matmul(x, x)
    except Exception as e:
        name = type(e).__name__
    after = x * x
    with acc:
        z = x * x * x
    return name, acc.jvp(y), acc.jvp(after), acc.jvp(z)


@script("the accumulator is dropped, its results stay")
def _(tf):
    x = tf.constant(2.0)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        y = x * x
    first = acc.jvp(y)
    del acc
    with accumulator(tf, x, tf.constant(5.0)) as acc:
        z = y * x
    return first, acc.jvp(y), acc.jvp(z)


@script("the same primal in two accumulators, one after the other")
def _(tf):
    x = tf.Variable([1.0, 2.0])
    answers = []
    for direction in ([1.0, 0.0], [0.0, 1.0]):
        with accumulator(tf, x, tf.constant(direction)) as acc:
            y = tf.reduce_prod(x) * x
        answers.append(acc.jvp(y))
    return answers


@script("threads")
def _(tf):
    x = tf.constant(2.0)
    found = {}
    with accumulator(tf, x, tf.constant(1.0)) as acc:

        def run():
            found["other"] = x * x

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        y = found["other"] * x
    return acc.jvp(found["other"]), acc.jvp(y)


@script("jvp from another thread")
def _(tf):
    x = tf.constant(2.0)
    found = {}
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        y = x * x

        def run():
            found["jvp"] = raises(lambda: acc.jvp(y))

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    return found["jvp"]


# -- what raises -------------------------------------------------------------------------------------------------------

for _name, _make in {
    "a tangent is missing": lambda tf: ([tf.constant(1.0), tf.constant(2.0)], [tf.constant(1.0)]),
    "list against tuple": lambda tf: ([tf.constant(1.0)], (tf.constant(1.0),)),
    "keys differ": lambda tf: ({"a": tf.constant(1.0)}, {"b": tf.constant(1.0)}),
    "one against a list": lambda tf: (tf.constant(1.0), [tf.constant(1.0)]),
    "dtypes differ": lambda tf: (tf.constant(1.0), tf.constant(1.0, tf.float64)),
    "a primal twice": lambda tf: (lambda x: ([x, x], [tf.constant(1.0), tf.constant(1.0)]))(tf.constant(1.0)),
    "a Variable twice": lambda tf: (lambda v: ([v, v], [tf.constant(1.0)] * 2))(tf.Variable(1.0)),
    "a number as primal": lambda tf: (1.0, tf.constant(1.0)),
    "an array as primal": lambda tf: (np.float32(1.0), tf.constant(1.0)),
    "None as primal": lambda tf: (None, tf.constant(1.0)),
    "None as tangent": lambda tf: (tf.constant(1.0), None),
    "an integer tangent": lambda tf: (tf.constant(1.0), tf.constant(1)),
}.items():
    error(_name, lambda tf, make=_make: accumulator(tf, *make(tf)))


@script("tangents that are no Tensors")
def _(tf):
    x = tf.constant([1.0, 2.0])

    def ask(tangent):
        with accumulator(tf, x, tangent) as acc:
            y = x * x
        return acc.jvp(y)

    return {
        "array": raises(lambda: ask(np.array([1.0, 2.0], np.float32))),
        "double array": raises(lambda: ask(np.array([1.0, 2.0]))),
        "Variable": raises(lambda: ask(tf.Variable([1.0, 2.0]))),
    }


@script("a number as tangent of a scalar")
def _(tf):
    x = tf.constant(2.0)

    def ask(tangent):
        with accumulator(tf, x, tangent) as acc:
            y = x * x
        return acc.jvp(y)

    return raises(lambda: ask(1.0)), raises(lambda: ask(1)), raises(lambda: ask(np.float32(3.0)))


@script("a tangent of another shape")
def _(tf):
    def ask(shape):
        x = tf.constant([[1.0, 2.0]])
        with accumulator(tf, x, tf.ones(shape)) as acc:
            y = x * x
        return acc.jvp(y)

    return [raises(lambda s=s: ask(s)) for s in ((1,), (2, 2), ())]


@script("jvp of what is no Tensor")
def _(tf):
    x = tf.constant(2.0)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        x * x
    return [raises(lambda v=v: acc.jvp(v)) for v in (1.0, None, np.float32(1.0), "text")]


# -- gathers and slices ------------------------------------------------------------------------------------------------


@script("gathers, and gradients that are IndexedSlices")
def _(tf):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    direction = tf.constant([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    with accumulator(tf, v, direction) as acc:
        with tf.GradientTape() as tape:
            rows = tf.gather(v, [0, 2, 0])
            y = tf.reduce_sum(rows**3)
        g = tape.gradient(y, v)
        dense = tf.convert_to_tensor(g)
    # TensorFlow's tangent of `dense` is IndexedSlices itself.
    return (
        acc.jvp(rows),
        acc.jvp(y),
        type(g).__name__,
        acc.jvp(g.values),
        tf.convert_to_tensor(acc.jvp(dense)),
    )


@script("tangents that are IndexedSlices")
def _(tf):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    slices = tf.IndexedSlices(tf.constant([[1.0, 0.5]]), tf.constant([1]), tf.constant([2, 2]))

    def ask(tangent):
        with accumulator(tf, v, tangent) as acc:
            y = v * v
        return acc.jvp(y)

    return raises(lambda: ask(slices)), raises(lambda: ask(tf.convert_to_tensor(slices)))


@script("indexing and assigning to parts")
def _(tf):
    x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    with accumulator(tf, x, tf.reshape(tf.range(6.0), (2, 3))) as acc:
        y = [x[0], x[:, 1:], x[..., ::-1], x[1, tf.newaxis, 2], tf.gather_nd(x, [[0, 2], [1, 1]])]
        y.append(tf.tensor_scatter_nd_update(x, [[0, 0], [1, 2]], x[0, :2] * 2.0))
        y.append(tf.where(x > 2.0, x * x, -x))
        y.append(tf.boolean_mask(x, x > 2.5))
    return acc.jvp(y)
