"""`tf.test.compute_gradient`: which matrices it gives, of which shapes and dtypes, and what it refuses."""

import numpy as np
from conformance_kit import error, raises, script


def check(tf, f, *x, **options):
    return tf.test.compute_gradient(f, list(x), **options)


def with_gradient(tf, function, gradient):
    """`function` with a gradient of another kind."""

    @tf.custom_gradient
    def made(x):
        return function(x), gradient

    return made


def two(tf, dtype="float32"):
    return tf.cast(tf.constant([1.0, 2.0]), dtype)


@script("arguments")
def _(tf):
    c = tf.constant
    return {
        "several": check(tf, lambda x, y: x * y, two(tf), c([3.0, 4.0])),
        "a tuple": tf.test.compute_gradient(lambda x, y: x * y, (two(tf), c([3.0, 4.0]))),
        "numpy": check(tf, lambda x: x * x, np.array([1.0, 2.0])),
        "a list": check(tf, lambda x: x * x, [1.0, 2.0]),
        "a number": check(tf, lambda x: x * x, 3.0),
        "a variable": check(tf, lambda x: x * 2.0, tf.Variable([[1.0, 2.0], [3.0, 4.0]])),
        "of two dtypes": check(tf, lambda x, y: tf.cast(x, tf.float64) * y, two(tf), two(tf, "float64")),
        "not connected": check(tf, lambda x, y: x * 2.0, two(tf), c([1.0, 2.0, 3.0])),
        "none": tf.test.compute_gradient(lambda: c(1.0), []),
        "by keyword": tf.test.compute_gradient(f=lambda x: x * x, x=[two(tf)], delta=0.25),
        "types": types(tf),
    }


def types(tf):
    seen = set()

    def look(x):
        seen.add((tf.is_tensor(x), x.dtype.name, tuple(x.shape)))
        return x

    check(tf, look, np.array([1.0, 2.0], np.float32))
    return sorted(seen)


@script("refused arguments")
def _(tf):
    c = tf.constant
    return {
        "a tensor": raises(lambda: tf.test.compute_gradient(lambda x: x, c([1.0]))),
        "a dict": raises(lambda: tf.test.compute_gradient(lambda x: x, {"x": c([1.0])})),
        "an array": raises(lambda: tf.test.compute_gradient(lambda x: x, np.array([1.0]))),
        "int": raises(lambda: check(tf, lambda x: x, c([1]))),
        "int, second": raises(lambda: check(tf, lambda x, i: tf.gather(x, i), two(tf), c([1, 0]))),
        "bool": raises(lambda: check(tf, lambda x: x, c([True]))),
        "string": raises(lambda: check(tf, lambda x: c(1.0), "a")),
        "None": raises(lambda: check(tf, lambda x: c(1.0), None)),
        "no function": raises(lambda: check(tf, 3, two(tf))),
        "delta": raises(lambda: check(tf, lambda x: x, two(tf), delta="a")),
    }


@script("complex numbers")
def _(tf):
    z = tf.constant([1 + 2j, 2 - 1j], tf.complex128)
    return {
        "square": check(tf, lambda x: x * x, z),
        "single": check(tf, lambda x: x * x, tf.cast(z, tf.complex64), delta=0.5),
        "conj": check(tf, tf.math.conj, z),
        "abs": check(tf, tf.abs, tf.constant([3 + 4j], tf.complex128)),
        "real": check(tf, tf.math.real, z),
        "real to complex": check(tf, lambda x: tf.complex(x, x * x), two(tf, "float64")),
        "mixed": check(tf, lambda x, y: tf.cast(x, tf.complex128) * y, two(tf, "float64"), z),
        "constant": check(tf, lambda x: tf.constant([1 + 1j], tf.complex64), two(tf)),
    }


@script("dtypes: casts")
def _(tf):
    names = ("float16", "bfloat16", "float32", "float64", "complex64", "complex128")
    return {
        f"{a} to {b}": check(tf, lambda x, b=b: tf.cast(x, b) * tf.cast(2.0, b), two(tf, a), delta=0.25)
        for a in names
        for b in names
    }


@script("delta")
def _(tf):
    x, cube = two(tf, "float64"), lambda x: x * x * x
    found = {str(delta): check(tf, cube, x, delta=delta) for delta in (None, 0.1, 0.5, 1, 0.0, -0.5)}
    return found | {
        "tensor": check(tf, cube, x, delta=tf.constant(0.5)),
        "numpy": check(tf, cube, x, delta=np.float32(0.25)),
        "float16": check(tf, cube, two(tf, "float16"), delta=0.1),
        "bfloat16": check(tf, cube, two(tf, "bfloat16"), delta=0.5),
        "float16, by default": check(tf, lambda x: x * x, two(tf, "float16")),
        "bfloat16, by default": check(tf, lambda x: x * x, two(tf, "bfloat16")),
        "overflow": check(tf, lambda x: x * x, tf.constant([100.0, 2000.0], tf.float16)),
    }


@script("empty")
def _(tf):
    return {
        "argument": check(tf, lambda x: x * x, tf.zeros([0, 3])),
        "one of two": check(tf, lambda x, y: tf.concat([x, y], 0), tf.zeros([0]), two(tf)),
        "result": check(tf, lambda x: x[:0], two(tf)),
        "nonzero": raises(
            lambda: check(tf, with_gradient(tf, lambda x: x[:0], lambda dy: tf.ones([2])), two(tf))
        ),
        "zero": check(tf, with_gradient(tf, lambda x: x[:0], lambda dy: tf.zeros([2])), two(tf)),
        "shape": raises(
            lambda: check(tf, with_gradient(tf, lambda x: x[:0], lambda dy: tf.zeros([3])), two(tf))
        ),
    }


@script("results")
def _(tf):
    x = two(tf)
    return {
        "constant": check(tf, lambda x: tf.constant([1.0, 2.0]), x),
        "the argument": check(tf, lambda x: x, x),
        "scalar": check(tf, lambda x: tf.reduce_sum(x * x), tf.constant([[1.0, 2.0], [3.0, 4.0]])),
        "numpy": check(tf, lambda x: x.numpy() * 2, x),
        "float16": check(tf, lambda x: tf.cast(x, tf.float16), x),
        "tf.function": check(tf, tf.function(lambda x: x * x), x),
        **{
            name: raises(lambda made=made: check(tf, made, x))
            for name, made in {
                "a Python number": lambda x: 3.0,
                "a list": lambda x: [x * x],
                "a tuple": lambda x: (x * x, x),
                "a dict": lambda x: {"a": x},
                "None": lambda x: None,
                "int": lambda x: tf.cast(x, tf.int32),
                "bool": lambda x: x > 1,
                "string": lambda x: tf.constant("a"),
            }.items()
        },
    }


@script("slices")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    twice = with_gradient(
        tf, lambda x: x * 2, lambda dy: tf.IndexedSlices(tf.stack([dy[1], dy[1]]), tf.constant([1, 1]))
    )
    return {
        "gather": check(tf, lambda x: tf.gather(x, [1, 1, 0]), x),
        "of a variable": check(tf, lambda x: tf.gather(x, [1, 1, 0]), tf.Variable(x)),
        "by hand, without a shape": check(tf, twice, two(tf)),
    }


@script("gradients that are off")
def _(tf):
    def of(gradient, x=None):
        return check(tf, with_gradient(tf, lambda x: x * x, gradient), two(tf) if x is None else x)

    return {
        "factor": of(lambda dy: dy * 3.0),
        "None": of(lambda dy: None),
        "nan": of(lambda dy: dy * float("nan")),
        "inf": of(lambda dy: dy * float("inf")),
        "summed": of(lambda dy: tf.reduce_sum(dy)),
        "of one element": of(lambda dy: dy[:1]),
        "flat": of(lambda dy: tf.reshape(dy, [4]), tf.constant([[1.0, 2.0], [3.0, 4.0]])),
        "too long": raises(lambda: of(lambda dy: tf.concat([dy, dy], 0))),
        "float64": raises(lambda: of(lambda dy: tf.cast(dy, tf.float64))),
        "two": raises(lambda: of(lambda dy: [dy, dy])),
    }


@script("inside a tape")
def _(tf):
    x = two(tf)
    with tf.GradientTape() as tape:
        tape.watch(x)
        found = check(tf, lambda x: x * x, x)
        y = x * x
    return found, tape.gradient(y, x)


def failing(tf):
    def f(x):
        raise KeyError("no")

    return f


error("f raises", lambda tf: check(tf, failing(tf), two(tf)))


@script("the gradient raises")
def _(tf):
    def gradient(dy):
        raise ZeroDivisionError

    x = two(tf)
    caught = raises(lambda: check(tf, with_gradient(tf, lambda x: x * x, gradient), x))
    with tf.GradientTape() as tape:  # nothing of it is left behind
        tape.watch(x)
        y = x * x
    return caught, tape.gradient(y, x)


@script("test.compute_gradient")
def _(tf):
    c, compute = tf.constant, tf.test.compute_gradient
    return (
        compute(lambda x, y: x * x * y, [c([1.0, 2.0]), c([3.0, 4.0])])[0],
        compute(lambda x: x * x, [c([1.0, 2.0], tf.float64)], delta=1e-4)[0],
        compute(lambda x: x * c(2j, tf.complex64), [c([1.0 + 1j], tf.complex64)])[0],
        compute(lambda x: x * 2.0, [[1.0, 2.0]])[0],
        raises(lambda: compute(lambda x: x * 2, [c([1, 2])])),
        raises(lambda: compute(lambda x: x, c([1.0]))),
    )
