"""TensorFlow's strict dtype rules: what meets what, what Python and numpy values become, and what is refused."""

import operator

import numpy as np
from conformance_kit import error, raises, script

OPS = ("add", "subtract", "multiply", "divide", "pow", "maximum", "less", "equal")
FUNCTIONS = {
    "add": lambda tf, x, y: x + y,
    "subtract": lambda tf, x, y: x - y,
    "multiply": lambda tf, x, y: x * y,
    "divide": lambda tf, x, y: x / y,
    "pow": lambda tf, x, y: x**y,
    "floordiv": lambda tf, x, y: x // y,
    "mod": lambda tf, x, y: x % y,
    "less": lambda tf, x, y: x < y,
    "equal": lambda tf, x, y: x == y,
    "not_equal": lambda tf, x, y: x != y,
    "matmul": lambda tf, x, y: x @ y,
    "and": lambda tf, x, y: x & y,
    "tf.add": lambda tf, x, y: tf.add(x, y),
    "tf.subtract": lambda tf, x, y: tf.subtract(x, y),
    "tf.multiply": lambda tf, x, y: tf.multiply(x, y),
    "tf.divide": lambda tf, x, y: tf.divide(x, y),
    "tf.truediv": lambda tf, x, y: tf.truediv(x, y),
    "tf.math.floordiv": lambda tf, x, y: tf.math.floordiv(x, y),
    "tf.math.mod": lambda tf, x, y: tf.math.mod(x, y),
    "tf.pow": lambda tf, x, y: tf.pow(x, y),
    "tf.maximum": lambda tf, x, y: tf.maximum(x, y),
    "tf.atan2": lambda tf, x, y: tf.atan2(x, y),
    "tf.less": lambda tf, x, y: tf.less(x, y),
    "tf.equal": lambda tf, x, y: tf.equal(x, y),
    "tf.math.divide_no_nan": lambda tf, x, y: tf.math.divide_no_nan(x, y),
    "tf.math.xlogy": lambda tf, x, y: tf.math.xlogy(x, y),
    "tf.math.squared_difference": lambda tf, x, y: tf.math.squared_difference(x, y),
    "tf.math.logical_and": lambda tf, x, y: tf.math.logical_and(x, y),
    "tf.matmul": lambda tf, x, y: tf.matmul(x, y),
    "tf.complex": lambda tf, x, y: tf.complex(x, y),
}

PARTNERS = {
    "float32 tensor": lambda tf: tf.constant([1.5, 2.0]),
    "float64 tensor": lambda tf: tf.constant([1.5, 2.0], tf.float64),
    "float16 tensor": lambda tf: tf.constant([1.5, 2.0], tf.float16),
    "int32 tensor": lambda tf: tf.constant([1, 2]),
    "int64 tensor": lambda tf: tf.constant([1, 2], tf.int64),
    "complex64 tensor": lambda tf: tf.constant([1j, 2.0], tf.complex64),
    "bool tensor": lambda tf: tf.constant([True, False]),
    "string tensor": lambda tf: tf.constant(["a", "b"]),
    "float32 variable": lambda tf: tf.Variable([1.5, 2.0]),
    "int": lambda tf: 3,
    "float": lambda tf: 2.5,
    "whole float": lambda tf: 2.0,
    "complex": lambda tf: 1 + 2j,
    "bool": lambda tf: True,
    "string": lambda tf: "a",
    "None": lambda tf: None,
    "list": lambda tf: [1, 2],
    "float list": lambda tf: [1.5, 2.0],
    "mixed list": lambda tf: [1, 2.5],
    "tuple": lambda tf: (1, 2),
    "empty list": lambda tf: [],
    "numpy float64": lambda tf: np.array([1.5, 2.0]),
    "numpy float32": lambda tf: np.array([1.5, 2.0], np.float32),
    "numpy int64": lambda tf: np.array([1, 2]),
    "numpy int32": lambda tf: np.array([1, 2], np.int32),
    "numpy scalar": lambda tf: np.float64(1.5),
    "numpy float32 scalar": lambda tf: np.float32(1.5),
    "numpy int scalar": lambda tf: np.int64(2),
    "huge int": lambda tf: 2**40,
    "object": lambda tf: object(),
    "dict": lambda tf: {},
    "wrong shape": lambda tf: tf.constant([1.0, 2.0, 3.0]),
}

LEFT = ("float32 tensor", "int32 tensor")
LEFT_OF_OPERATORS = (*LEFT, "float32 variable", "complex64 tensor", "bool tensor")


def both_ways(function, left):
    """The function with the left kind against every partner, on either side."""

    def run(tf):
        answers = {}
        for name, partner in PARTNERS.items():
            x, y = PARTNERS[left](tf), partner(tf)
            answers[f"x, {name}"] = raises(lambda x=x, y=y: function(tf, x, y))
            answers[f"{name}, x"] = raises(lambda x=x, y=y: function(tf, y, x))
        return answers

    return run


for op, function in FUNCTIONS.items():
    for left in LEFT if op.startswith("tf.") else LEFT_OF_OPERATORS:
        script(f"{op}: {left}", both_ways(function, left))


@script("two Python values")
def _(tf):
    pairs = [
        (1, 2),
        (1, 2.5),
        (1.5, 2),
        (True, False),
        ([1, 2], [3.5, 4]),
        (1j, 2),
        ("a", "b"),
        (1, True),
        (2**40, 1),
    ]
    return {
        f"{a!r} {b!r} {op}": raises(lambda op=op, a=a, b=b: getattr(tf, op)(a, b))
        for a, b in pairs
        for op in OPS
    }


@script("numpy on the left calls the tensor's operator")
def _(tf):
    x, n = tf.constant([1.0, 2.0]), np.array([3.0, 4.0], np.float32)
    return [n + x, n - x, n * x, n / x, n**x, n // x, n % x, n < x, n >= x, n == x, n != x, np.float32(2) * x]


@script("numpy functions on tensors give numpy")
def _(tf):
    x = tf.constant([1.0, 4.0])
    return [
        np.sqrt(x),
        np.add(x, x),
        np.sum(x),
        np.asarray(x),
        np.array(x, np.float64),
        np.stack([x, x]),
        np.max(x),
    ]


@script("a Python number takes the other side's dtype")
def _(tf):
    dtypes = (
        tf.float16,
        tf.bfloat16,
        tf.float32,
        tf.float64,
        tf.int8,
        tf.uint8,
        tf.int32,
        tf.int64,
        tf.complex64,
    )
    numbers = (1, -1, 2.0, 1.5, 300, 2**33, True, 1j, float("inf"))
    answers = {}
    for dtype in dtypes:
        x = tf.ones([1], dtype)
        for n in numbers:
            answers[f"{dtype.name} + {n!r}"] = raises(lambda x=x, n=n: x + n)
            answers[f"{n!r} * {dtype.name}"] = raises(lambda x=x, n=n: n * x)
    return answers


@script("the dtype of a quotient")
def _(tf):
    names = (
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "float16",
        "bfloat16",
        "float32",
        "float64",
        "complex64",
    )
    xs = {n: tf.cast(tf.constant([7, 8]), n) for n in names}
    divisions = {
        "/": lambda x: x / x,
        "/2": lambda x: x / 2,
        "2/": lambda x: 2 / x,
        "divide": lambda x: tf.divide(x, x),
    }
    return {f"{n} {d}": f(x) for n, x in xs.items() for d, f in divisions.items()}


@script("integer division by zero")
def _(tf):
    x, zero = tf.constant([7, -7]), tf.constant([0, 1])
    fs = (
        tf.math.floordiv,
        tf.math.floormod,
        tf.truncatediv,
        tf.truediv,
        tf.math.divide_no_nan,
        tf.truncatemod,
    )
    return [raises(lambda f=f: f(x, zero)) for f in fs] + [raises(lambda: x // zero), raises(lambda: x % 0)]


@script("integer power with a negative exponent")
def _(tf):
    x = tf.constant([2, 1, -1])
    return [
        raises(lambda: x**-1),
        raises(lambda: tf.pow(x, tf.constant([-1, -1, -1]))),
        raises(lambda: tf.pow(2, -1)),
    ]


@script("shapes that do not meet")
def _(tf):
    x, y = tf.ones([2, 3]), tf.ones([2])
    fs = (tf.add, tf.subtract, tf.multiply, tf.divide, tf.pow, tf.maximum, tf.less, tf.atan2, tf.math.xlogy)
    fs += (tf.math.divide_no_nan, tf.math.squared_difference, tf.complex, tf.math.igamma, tf.math.floordiv)
    return [raises(lambda f=f: f(x, y)) for f in fs]


@script("== and != where shapes do not meet")
def _(tf):
    x, y = tf.ones([2, 3]), tf.ones([2])
    return [
        raises(lambda: x == y),
        raises(lambda: x != y),
        raises(lambda: tf.equal(x, y)),
        x == None,  # noqa: E711 - the operator is what is asked
        x != None,  # noqa: E711
    ]


@script("in-place operators make a new tensor")
def _(tf):
    x = y = tf.constant([1.0, 2.0])
    x += 1
    x *= 2
    x -= 0.5
    x /= 4
    x **= 2
    return x, y


@script("in-place operators on a Variable")
def _(tf):
    def run(f):
        v = tf.Variable(3.0)
        return raises(lambda: f(v, 2.0)), v

    fs = (operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ifloordiv, operator.ipow)
    return [run(f) for f in fs]


error("add of one argument", lambda tf: tf.add(tf.constant(1.0)))
error("add of an unknown keyword", lambda tf: tf.add(x=tf.constant(1.0), y=1.0, z=1.0))
error("add_n of nothing", lambda tf: tf.add_n([]))
error("add_n of unequal shapes", lambda tf: tf.add_n([tf.ones([2]), tf.ones([3])]))
error("add_n of unequal dtypes", lambda tf: tf.add_n([tf.ones([2]), tf.ones([2], tf.float64)]))
error("add_n of a tensor", lambda tf: tf.add_n(1.0))
error("accumulate_n of unequal shapes", lambda tf: tf.math.accumulate_n([tf.ones([2]), tf.ones([3])]))
error("scalar_mul of a matrix", lambda tf: tf.math.scalar_mul(tf.ones([2, 2]), tf.ones([2])))
error("polyval of no coefficients list", lambda tf: tf.math.polyval(tf.ones([2]), 1.0))
