"""`experimental_enable_numpy_behavior`: methods, indexing and operators of tensors while it is on."""

import numpy as np
from cases._numpy import UNARY, outcome, scope
from conformance_kit import ALL, raises, script


def enabled(tf, f, **options):
    """`f()` with NumPy's behavior enabled, after which tensors are again what they have been."""
    before = {name: vars(tf.Tensor).get(name) for name in dir(tf.Tensor)}
    try:
        tf.experimental.numpy.experimental_enable_numpy_behavior(**options)
        return f()
    finally:
        tf.experimental.numpy.experimental_enable_numpy_behavior(dtype_conversion_mode="off")
        for name in [*vars(tf.Tensor)]:
            if name not in before:
                delattr(tf.Tensor, name)
            elif before[name] is not None and vars(tf.Tensor)[name] is not before[name]:
                setattr(tf.Tensor, name, before[name])


def ask(name, expressions, **options):
    """A script named `name` that evaluates each line of `expressions`."""
    lines = [line.strip() for line in expressions.strip().splitlines()]

    @script(name)
    def _(tf):
        names = scope(tf)
        return enabled(
            tf, lambda: {line: raises(lambda line=line: eval(line, names)) for line in lines}, **options
        )


ask(
    "methods",
    r"""
    x.T
    cube.T
    i.T
    c(1).T
    x.reshape(4)
    x.reshape(6)
    x.reshape(3, 2)
    x.reshape((3, 2))
    x.reshape([-1])
    x.reshape(3, 2, order="F")
    x.reshape((3, -1), order="F")
    x.reshape()
    x.reshape(())
    x.astype(tnp.int32)
    x.astype("int64")
    x.astype(float)
    x.astype(int)
    x.astype(bool)
    x.astype(tf.complex64)
    x.astype("foo")
    x.astype(None)
    i.astype(tnp.float32) is i
    x.astype(tnp.float32) is x
    x.size
    c(1).size
    type(x.size).__name__
    x.data
    x.data is x
    x.mean()
    x.mean(0)
    x.mean(axis=1, keepdims=True)
    i.mean()
    x.max()
    x.max(1)
    x.min(axis=0)
    x.clip(1, 2)
    x.clip(None, 2)
    x.ravel()
    x.flatten()
    x.flatten("F")
    x.transpose()
    x.transpose((1, 0))
    cube.transpose([2, 0, 1])
    x.tolist()
    i.tolist()
    c(1.5).tolist()
    +x
    +i
    +b
    x.ndim
    x.sum()
    v.T
    v.reshape(6)
    v.astype(tnp.int32)
    +v
    [float(t) for t in c([1.0, 2.0])]
    x.shape
    x.item()
    x.dot(x)
    x.copy()
    """,
)
ask(
    "indexing",
    r"""
    x[[0, 1]]
    x[[0]]
    x[[1, 0, 1]]
    x[c([0, 1])]
    x[c([1], tf.int64)]
    x[c([1], tf.int16)]
    x[c([1], tf.uint8)]
    x[np.array([0, 1])]
    x[np.array([[0, 1], [1, 0]])]
    x[[[0, 1], [1, 0]]]
    x[x > 2]
    x[[True, False]]
    x[np.array([True, False])]
    x[c([True, False])]
    x[c([True, False, True])]
    x[[True, False, True]]
    x[:, [0]]
    x[:, [0, 2]]
    x[:, c([2, 0])]
    x[:, [True, False, True]]
    x[1:, [True, False, True]]
    x[[0, 1], [1, 2]]
    x[[0, 1], 1]
    x[1, [0, 2]]
    x[[0, 1], :]
    x[[0, 1], 1:]
    x[[0, 1], ...]
    x[..., [0, 1]]
    x[[-1]]
    x[[-1], [-2]]
    x[[5]]
    x[[0, -3]]
    x[:, [3]]
    x[c(1), [0]]
    x[c(1), c([0, 1])]
    x[np.int64(1)]
    x[np.array(1)]
    x[c(1)]
    x[c(1), c(2)]
    x[0]
    x[-1]
    x[0, 1]
    x[None]
    x[None, [0]]
    x[[0], None]
    x[..., None]
    x[:, None, [0]]
    x[5]
    x[0, 0, 0]
    x[[0], [0], [0]]
    x[1.5]
    x["a"]
    x[[1.5]]
    x[c([1.5])]
    x[None, None]
    x[True]
    x[False]
    x[c(True)]
    x[[]]
    x[np.array([], np.int32)]
    x[()]
    x[...]
    x[::-1]
    x[::-1, [0]]
    x[:, ::2]
    cube[[0, 1], :, [1, 2]]
    cube[:, [0, 1], [1, 2]]
    cube[[0, 1], [1, 2]]
    cube[[0, 1], [1, 2], [3, 0]]
    cube[0, :, [1, 2]]
    cube[:, 0, [1, 2]]
    cube[[0], :, 1]
    cube[[0, 1], None, [1, 2]]
    cube[..., [1, 2]]
    cube[..., [1, 2], 0]
    cube[[[0], [1]], [0, 1, 2]]
    cube[[[0], [1]], :, [0, 1, 2]]
    cube[cube > 20]
    cube[x > 2]
    cube[:, c([True, False, True])]
    cube[[True, False], :, [True, False, True, False]]
    cube[[True, True], [0, 1]]
    cube[1, c([True, False, True]), 2:]
    cube[c(1), :, c(2)]
    cube[c([1]), :, c(2)]
    cube[1:2, [0, 2], ::2]
    cube[x > 2, 1]
    cube[x > 2, [0, 1, 2]]
    cube[[0, 1], [0, 1, 2]]
    v[[0, 1]]
    v[:, [0]]
    v[v > 2]
    v[c([1])]
    v[0]
    v[[0, 1], [1, 2]]
    i[[True, False, True]]
    i[b]
    b[b]
    z[[1]]
    c(1)[[0]]
    c(["a", "b"])[[1]]
    x[0:c(1)]
    x[c(0):, [1]]
    x[slice(None), [1]]
    x[(0, [1])]
    x[[0, 1]][0]
    x[range(2)]
    x[(0, 1)]
    x[[slice(0, 1)]]
    x[[0, None]]
    x[True, 0]
    x[True, :1]
    x[c(True), 0]
    x[np.bool_(True), 0]
    x[:, True]
    x[True, [0]]
    x[[np.True_, np.False_]]
    x[[c(0), c(1)]]
    x[[c(True), c(False)]]
    x[tf.Variable([0, 1])]
    x[tf.Variable(1)]
    x[tf.Variable([True, False])]
    x[:, tf.Variable([0, 1])]
    x[slice(c([0]), None)]
    x[np.array(True), 0]
    x[np.array(1), [0]]
    x[[0], 1.5]
    """,
)
ask(
    "operators",
    r"""
    x + 1.5
    x + 1
    x + c(1)
    x + i
    x + np.float64(1)
    x + np.float32(1)
    x + np.array([1, 2, 3])
    x + np.array([1.0, 2.0, 3.0])
    x + [1, 2, 3]
    x + [1.5, 2, 3]
    x + True
    x + 2j
    x + b
    x + z
    x + "a"
    x + None
    x + object()
    x + (1, 2, 3)
    x + v
    x + [c(1), c(2), c(3)]
    i + 1
    i + 1.5
    i + 2**40
    i + True
    i + 2j
    i + x
    i + v
    i + c([1, 2, 3], tf.int64)
    i + c([1, 2, 3], tf.int8)
    i + c([1, 2, 3], tf.uint32)
    i + c([1, 2, 3], tf.float16)
    i + np.int8(1)
    c(1, tf.bfloat16) + c(1, tf.float16)
    c(1, tf.bfloat16) + c(1)
    c(1, tf.bfloat16) + 1.5
    c(1, tf.float16) + 1.5
    c(1, tf.int8) + 300
    b + b
    b + 1
    b + 1.5
    b - b
    b * b
    b * 2
    b / b
    b / 2
    b // b
    b % b
    b ** b
    b & b
    b | i
    b ^ b
    b == 1
    b < b
    b < 1
    -b
    ~b
    abs(b)
    abs(i)
    i - 1.5
    i * 1.5
    i / 2
    i / 2.0
    i / i
    i // 2
    i // 2.0
    i % 2
    i % 2.5
    i ** 2
    i ** 2.5
    i ** -1
    2 ** i
    2.5 ** i
    1.5 + i
    1.5 - i
    1.5 * i
    1.5 / i
    5 // i
    5.5 // i
    5 % i
    5.5 % i
    np.float64(1) + i
    np.array([1.0, 2.0, 3.0]) + i
    np.array([1, 2, 3]) - x
    np.array([1, 2, 3]) @ x
    [1, 2, 3] + i
    True + i
    i & 3
    i & True
    i | b
    i ^ i
    3 & i
    ~i
    i & 1.5
    x & x
    i == 2.5
    i == 3
    i != 2.5
    i == x
    i == None
    i != None
    i == "a"
    i == [3, 1, 2]
    i == object()
    i == [1, 2]
    i < 2.5
    i <= i
    i > x
    i >= c(2, tf.int64)
    2.5 < i
    x @ i
    i @ i
    x @ x
    x @ tf.transpose(x)
    x @ c([1, 2, 3], tf.float64)
    x @ c(2)
    x @ [1, 2, 3]
    [1, 2] @ x
    cube @ c([1, 2, 3, 4])
    v @ i
    v + 1
    v + 1.5
    v + i
    i + v
    v * i
    v - np.float64(1)
    v / i
    v == i
    v < i
    v ** 2
    v ** i
    -v
    abs(v)
    1.5 - v
    z + 1
    z + x
    z * 1.5
    z / i[:2]
    c("a") + "b"
    c("a") + c("b")
    "a" + c("b")
    c("a") == "a"
    c("a") + 1
    len(x)
    bool(c(True))
    int(c(3))
    """,
)
ask(
    "functions",
    r"""
    tf.add(x, i)
    tf.add(i, 2.5)
    tf.multiply(x, i)
    tf.maximum(x, i)
    tf.where(b, i, i)
    tf.constant(1.5)
    tf.constant([1, 2])
    tf.convert_to_tensor(1.5)
    tf.range(3) + 1
    tf.Variable(1)
    tf.matmul(x, tf.cast(tf.transpose(x), tf.float64))
    tf.reduce_sum([1.0, 2.0])
    tf.math.pow(i, 2)
    tf.ones([2]) * c([1, 2])
    tnp.round(x * 1.234, 1)
    tnp.add(i, 1.5)
    tnp.sin(1)
    tnp.sin(i)
    tnp.sqrt([1, 4])
    tnp.hypot(x, i)
    tnp.logaddexp(x, i)
    tnp.average(i)
    tnp.outer(i, [1.5, 2])
    """,
)
SINGLE = """
    tnp.array(1.5)
    tnp.array([1.5, 2])
    tnp.array(1)
    tnp.array(2j)
    tnp.array(x)
    tnp.array(np.float64(1))
    tnp.array([np.float64(1), 2.5])
    tnp.array(1, dtype=float)
    tnp.array(1, dtype=tnp.float64)
    tnp.zeros(2)
    tnp.ones(2, float)
    tnp.eye(2)
    tnp.arange(2.0)
    tnp.arange(2)
    tnp.linspace(0, 1, 3)
    tnp.logspace(0, 1, 3)
    tnp.geomspace(1, 4, 3)
    tnp.full(2, 1.5)
    tnp.full_like(i, 1.5)
    tnp.tri(2)
    tnp.mean(i)
    tnp.var(i)
    tnp.std([1, 2])
    tnp.sin(1)
    tnp.sin(i)
    tnp.divide(1, 2)
    tnp.divide(i, 2)
    tnp.divide(True, True)
    tnp.add(i, 1.5)
    tnp.add(1, 1.5)
    tnp.add(x, i)
    tnp.add(i, c([1.5, 2.5, 3.5], tf.float64))
    tnp.add(i, 2j)
    tnp.add(c(1, tf.int64), 1.5)
    tnp.add(c(1, tf.int8), 1.5)
    tnp.add(c(1, tf.bfloat16), 1.5)
    tnp.add(c(1, tf.float64), 1.5)
    tnp.add(i, [1.5, 2.5, 3.5])
    tnp.add(i, np.float64(1))
    tnp.add(i, np.array([1.5, 2.5, 3.5]))
    tnp.random.uniform(0, 1, (2,)).dtype
    tnp.random.randn(2).dtype
    tnp.result_type(1.5)
    tnp.result_type(i, 1.5)
    tnp.result_type(i, x)
    tnp.result_type(int, float)
    tnp.result_type(tnp.float64, 1.5)
    tnp.result_type(tnp.float64, tnp.float32)
    tnp.result_type(x, c(1.0, tf.float64))
    tnp.result_type(2j, i)
    tnp.result_type()
    tnp.result_type(i, float)
    tnp.result_type(i, tnp.float32)
    str(tnp.promote_types(tnp.int32, tnp.float32))
    str(tnp.promote_types(int, float))
    i + 1.5
    i / 2
    x + 1.5
    x + i
    i * x
    1.5 * i
    i + np.float64(1)
    i + [1.5, 2.5, 3.5]
    i + 2j
    c(1, tf.bfloat16) + 1.5
    c(1, tf.int64) + c(1.5)
    tnp.sqrt(i)
    tnp.average(i)
    tnp.nanmean(i)
    tnp.vander([1.5, 2])
    tnp.heaviside(i, 0.5)
    tnp.float_power(i, 0.5)
    tnp.array(np.array([1.5]))
    tnp.array([np.array(1.5)])
    tnp.array(np.complex128(1))
    tnp.array([np.float64(1), np.int32(2)])
    tnp.result_type(np.float64(1))
    tnp.result_type(np.float64(1), i)
    tnp.result_type(1, 1.5)
    tnp.result_type(c(1.0, tf.float16), 1.5)
    tnp.result_type(c(1.0, tf.bfloat16), 1.5)
    tnp.result_type(c(1.0, tf.float16), 2j)
    tnp.add(np.float64(1), np.float64(1))
    tnp.where([True], 1.5, i)
    tnp.ones_like(1.5)
"""
ask("prefer_float32", SINGLE, prefer_float32=True)


@script("dtypes")
def _(tf):
    tnp = tf.experimental.numpy
    x, y = tf.constant([1, 2, 1]), tf.constant([2, 1, 1])
    pairs = {
        "+": lambda p, q: p + q,
        "-": lambda p, q: p - q,
        "*": lambda p, q: p * q,
        "/": lambda p, q: p / q,
        "//": lambda p, q: p // q,
        "**": lambda p, q: p**q,
        "@": lambda p, q: p @ q,
        "&": lambda p, q: p & q,
        "<": lambda p, q: p < q,
        "==": lambda p, q: p == q,
        "hypot": tnp.hypot,
        "logaddexp": tnp.logaddexp,
        "logaddexp2": tnp.logaddexp2,
        "heaviside": tnp.heaviside,
    }

    def found():
        one = {
            name: " ".join(
                outcome(lambda n=name, d=d: getattr(tnp, n)(tf.cast([[1, 0], [2, 1]], d))) for d in ALL
            )
            for name in UNARY.split()
        }
        two = {
            name: [
                " ".join(outcome(lambda f=f, a=a, b=b: f(tf.cast(x, a), tf.cast(y, b))) for b in ALL)
                for a in ALL
            ]
            for name, f in pairs.items()
        }
        return [one, two]

    return enabled(tf, found)


@script("modes")
def _(tf):
    tnp = tf.experimental.numpy
    i = tf.constant([1, 2])

    def off():
        tnp.experimental_enable_numpy_behavior(dtype_conversion_mode="off")
        return [raises(lambda: i + 1.5), raises(lambda: i + tf.constant(1.0)), i.T, i[[0]], tnp.add(i, 1.5)]

    return {
        "none": raises(lambda: tnp.experimental_enable_numpy_behavior(dtype_conversion_mode=None)),
        "unknown": raises(lambda: tnp.experimental_enable_numpy_behavior(dtype_conversion_mode="foo")),
        "off": enabled(tf, off),
        "after": [raises(lambda: i + 1.5), raises(lambda: i.T), raises(lambda: tnp.sin(i))],
    }


@script("gradients")
def _(tf):
    def found():
        x = tf.reshape(tf.range(6.0), [2, 3])
        v = tf.Variable(x)
        programs = {
            "rows": lambda x: x[[0, 0]],
            "columns": lambda x: x[:, [0, 2]],
            "pairs": lambda x: x[[0, 1], [1, 1]],
            "mask": lambda x: x[x > 2],
            "row and columns": lambda x: x[0, [1]],
            "masked columns": lambda x: x[:, [True, False, True]],
            "reshape": lambda x: x.reshape(6)[1:] * 2,
            "promoted": lambda x: x + tf.constant([1, 2, 3]),
            "times": lambda x: tf.constant([1, 2, 3]) * x,
            "divided": lambda x: 2.5 / (x + np.float64(1)),
            "power": lambda x: x ** tf.constant([1, 2, 3]),
            "astype": lambda x: x.astype(tf.float64),
            "matmul": lambda x: x @ tf.constant([1, 2, 3]),
            "methods": lambda x: x.T.mean(0) + x.max(1) * x.clip(1, 4).ravel()[:2],
        }
        answers = {}
        for name, f in programs.items():
            with tf.GradientTape() as outer:
                outer.watch(x)
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    y = f(x)
                first = tape.gradient(y, x)
                loss = tf.reduce_sum(first * first)
            answers[name] = [y, first, outer.gradient(loss, x)]
        for name, f in {
            "variable": lambda v: v * tf.constant([1, 2, 3]),
            "variable - 1": lambda v: 1.5 - v,
        }.items():
            with tf.GradientTape() as tape:
                y = f(v)
            answers[name] = [y, tape.gradient(y, v)]
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as forward:
            y = x[:, [0, 2]] * tf.constant([1, 2])
        answers["forward"] = forward.jvp(y)
        return answers

    return enabled(tf, found)
