"""What the other math cases leave out: casts, clipping, norms, powers by numbers, strings, classes with operators."""

import operator

import numpy as np
from conformance_kit import (
    ALL,
    COMPLEX,
    DOUBLE,
    EDGE,
    FLOATS,
    INTS,
    NUMERIC,
    REALS,
    SIGNED,
    A,
    V,
    case,
    error,
    raises,
    script,
)

ANALYTIC = (*FLOATS, *COMPLEX)
LINE = [-2.5, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 3.0]


# -- casts ----------------------------------------------------------------------------------------------
for to in ALL:
    case(
        f"cast to {to}",
        lambda tf, x, to=to: tf.cast(x, to),
        [V([0, 1, 2, 100])],
        dtypes=ALL if to == "bool" else (*NUMERIC, "bool"),
    )
for to in ANALYTIC:
    case(
        f"cast fractions to {to}", lambda tf, x, to=to: tf.cast(x, to), [A("normal", (2, 3))], dtypes=ANALYTIC
    )
case("cast signed to bool", lambda tf, x: tf.cast(x, tf.bool), [V([-1, 0, 5])], dtypes=(*FLOATS, *SIGNED))
case("cast fractions to int", lambda tf, x: tf.cast(x, tf.int32), [V([-1.7, -0.2, 0.9, 2.5])], dtypes=FLOATS)
case("cast edge to float64", lambda tf, x: tf.cast(x, tf.float64), [EDGE], dtypes=(*FLOATS, *INTS))
case("cast edge to float16", lambda tf, x: tf.cast(x, tf.float16), [EDGE], dtypes=(*FLOATS, *INTS))
case(
    "cast wraps",
    lambda tf, x: [tf.cast(x, t) for t in INTS],
    [V([-1, 300, 70000, -40000])],
    dtypes=("int32", "int64"),
)
case("cast there and back", lambda tf, x: tf.cast(tf.cast(x, tf.int32), x.dtype), [A("normal", (3,))])
case(
    "cast of a Variable",
    lambda tf, x: tf.cast(x, tf.float64),
    [A("normal", (3,), var=True)],
    dtypes=("float32",),
)
case(
    "saturate_cast to uint8",
    lambda tf, x: tf.saturate_cast(x, tf.uint8),
    [V([-5.5, 0.0, 254.7, 300.0, np.inf])],
)
case(
    "saturate_cast to int16",
    lambda tf, x: tf.saturate_cast(x, tf.int16),
    [V([-5, 0, 127, -128])],
    dtypes=SIGNED,
)
case(
    "saturate_cast to float16",
    lambda tf, x: tf.saturate_cast(x, tf.float16),
    [V([-1e6, 1.5, 65504.0, 1e6, np.nan])],
    dtypes=DOUBLE,
)
case(
    "saturate_cast to bfloat16",
    lambda tf, x: tf.saturate_cast(x, tf.bfloat16),
    [V([-1e6, 1.5, 1e30])],
    dtypes=DOUBLE,
)
case(
    "saturate_cast to float32",
    lambda tf, x: tf.saturate_cast(x, tf.float32),
    [V([-1e300, 1.5, 1e39])],
    dtypes=("float64",),
)
case(
    "saturate_cast to complex64",
    lambda tf, x: tf.saturate_cast(x, tf.complex64),
    [V([1e39 - 1e40j, 2j])],
    dtypes=("complex128",),
    order=0,
)
error("saturate_cast to bool", lambda tf: tf.saturate_cast([1, 2], tf.bool))
error("cast to what is no dtype", lambda tf: tf.cast(1.0, "float33"))
error("cast of None", lambda tf: tf.cast(None, tf.float32))
error("cast of a string", lambda tf: tf.cast("1", tf.int32))
error("cast to string", lambda tf: tf.cast(1, tf.string))


@script("cast: the same dtype, slices, names of dtypes")
def _(tf):
    x = tf.constant([1.5, 2.5])
    slices = tf.cast(tf.IndexedSlices(x, tf.constant([0, 3]), tf.constant([5])), tf.int32)
    return {
        "same": tf.cast(x, tf.float32) is x,
        "slices": slices,
        "names": [tf.cast(x, d).dtype for d in ("half", np.float64, float, tf.int8)],
        "values": [tf.cast(v, tf.int32) for v in (1.7, True, [1.2, -3.9], np.float64(2.5), 3 + 4j)],
        "complex to bool": tf.cast([0j, 1j, 1 + 0j, -0.5j], tf.bool),
    }


# -- clipping and norms ---------------------------------------------------------------------------------
case(
    "clip_by_value",
    lambda tf, x, a, b: tf.clip_by_value(x, a, b),
    [V(LINE), V(-0.5), V(1.0)],
    dtypes=FLOATS,
    also={
        "reversed bounds": [V(LINE), V(1.0), V(-0.5)],
        "rows": [A("normal", (2, 3)), A("unit", (3,)), A("above1", (2, 1))],
        "edge": [EDGE, V(-1.0), V(1.0)],
    },
)
case(
    "clip_by_value numbers",
    lambda tf, x: tf.clip_by_value(x, 1, 3),
    [V([0, 1, 2, 3, 7])],
    dtypes=REALS,
    rejects=("complex64", "bool"),
)
case(
    "clip_by_value slices",
    lambda tf, x: tf.clip_by_value(tf.IndexedSlices(x, tf.constant([1, 3])), 0.0, 1.0),
    [V([-1.0, 0.5])],
    dtypes=("float32",),
    order=0,
)
error("clip_by_value that would grow", lambda tf: tf.clip_by_value(tf.ones([2]), [[0.0], [1.0]], 2.0))
error("clip_by_value with a float bound", lambda tf: tf.clip_by_value(tf.constant([1, 5]), 1.5, 3))
case(
    "clip_by_norm",
    lambda tf, x, n: tf.clip_by_norm(x, n),
    [A("normal", (2, 3)), V(1.5)],
    also={
        "small": [V([0.3, 0.4]), V(1.5)],
        "equal": [V([3.0, 4.0]), V(5.0)],
        "zero": [V([0.0, 0.0]), V(1.0)],
        "negative": [V([3.0, 4.0]), V(-2.0)],
    },
)
for axes in (0, 1, [0, 1], [-1]):
    case(
        f"clip_by_norm axes {axes}",
        lambda tf, x, axes=axes: tf.clip_by_norm(x, 1.0, axes=axes),
        [V([[3.0, 4.0], [0.1, 0.2]])],
        dtypes=DOUBLE,
    )
error("clip_by_norm of integers", lambda tf: tf.clip_by_norm([3, 4], 2))
error("clip_by_norm that would grow", lambda tf: tf.clip_by_norm([[3.0, 4.0]], [[2.0], [3.0]]))
case("global_norm", lambda tf, x, y: tf.linalg.global_norm([x, y]), [A("normal", (2, 3)), A("normal")])
case(
    "clip_by_global_norm",
    lambda tf, x, y: tf.clip_by_global_norm([x, y], 1.0),
    [A("normal", (2, 3)), A("normal")],
    also={
        "within": [V([0.1, 0.2]), V(0.3)],
        "zero": [V([0.0]), V(0.0)],
        "infinite": [V([np.inf, 1.0]), V(2.0)],
    },
)
case(
    "clip_by_global_norm of a known norm",
    lambda tf, x, n: tf.clip_by_global_norm([x], 2.0, use_norm=n),
    [V([3.0, 4.0]), V(10.0)],
    dtypes=DOUBLE,
)


@script("norms of lists: None, slices, bad arguments")
def _(tf):
    x, y = tf.constant([3.0, 4.0]), tf.constant(2.0)
    slices = tf.IndexedSlices(x, tf.constant([0, 2]))
    return {
        "none": tf.linalg.global_norm([x, None, y]),
        "only none": tf.linalg.global_norm([None]),
        "empty": tf.clip_by_global_norm([], 1.0),
        "clip none": tf.clip_by_global_norm([x, None, y], 2.0),
        "clip slices": tf.clip_by_global_norm((slices,), 2.0),
        "norm of slices": tf.clip_by_norm(slices, 2.0),
        "a tensor": raises(lambda: tf.linalg.global_norm(x)),
        "clip a tensor": raises(lambda: tf.clip_by_global_norm(x, 1.0)),
        "mixed dtypes": raises(lambda: tf.linalg.global_norm([x, tf.constant([1.0], tf.float64)])),
        "integers": raises(lambda: tf.linalg.global_norm([tf.constant([3, 4])])),
    }


# -- powers and quotients by Python numbers -------------------------------------------------------------
for n in (0, 1, 2, 3, -1, -2, 0.5, 2.5, 0.1):
    case(
        f"x ** {n}",
        lambda tf, x, n=n: x**n,
        [V([-2.0, -0.0, 0.0, 0.5, 2.0, np.inf, -np.inf, np.nan])],
        dtypes=FLOATS,
    )
    case(f"x ** {n} positive", lambda tf, x, n=n: x**n, [A("positive", (2, 3))], dtypes=ANALYTIC)
    case(
        f"pow of a Variable by {n}",
        lambda tf, x, n=n: tf.pow(x, n),
        [A("positive", (3,), var=True)],
        dtypes=("float32",),
    )
    case(f"{n} ** x", lambda tf, x, n=n: n**x, [A("normal", (3,))], dtypes=DOUBLE)
case("x ** complex", lambda tf, x: x ** (0.5 + 1j), [A("positive", (3,))], dtypes=COMPLEX)
case("x ** 2 of integers", lambda tf, x: x**2, [V([-3, 0, 5])], dtypes=SIGNED)
case("a sum of powers", lambda tf, x, y: x**2 + x * y - 1 / y, [A("positive", (3,)), A("positive", (3,))])
case("number / x", lambda tf, x: 3 / x, [V([-2.0, 0.0, 0.5])], dtypes=FLOATS)
case("chain of numbers", lambda tf, x: 1 - 2 * (x + 3) / 4, [A("normal", (3,))], dtypes=FLOATS)

# -- the rest of the functions --------------------------------------------------------------------------
case(
    "math.lbeta",
    None,
    [A("positive", (2, 3))],
    also={"one": [A("positive", (1,))], "empty": [A("positive", (2, 0))]},
    dtypes=(*DOUBLE, "float16"),
)
error("math.lbeta of a scalar", lambda tf: tf.math.lbeta(2.0))
for name in ("is_non_decreasing", "is_strictly_increasing"):
    for values in ([1, 1, 2], [1, 2, 3], [[1, 2], [3, 4]], [3, 1], [5], []):
        case(
            f"math.{name} {values}",
            lambda tf, x, name=name: getattr(tf.math, name)(x),
            [V(values)],
            dtypes=("float32", "int32"),
            order=0,
        )
    error(f"math.{name} of booleans", lambda tf, name=name: getattr(tf.math, name)([True, False]))
    error(f"math.{name} of complex numbers", lambda tf, name=name: getattr(tf.math, name)([1j, 2.0]))
case("math.angle of real numbers", lambda tf, x: tf.math.angle(x), [V([1.0, -1.0, 0.0, -0.0, np.nan])])
case(
    "complex chain",
    lambda tf, z: tf.math.real(tf.exp(1j * tf.math.conj(z)) * tf.cast(tf.abs(z), z.dtype)),
    [A("normal", (3,))],
    dtypes=COMPLEX,
)
case(
    "sqrt of |z|^2",
    lambda tf, z: tf.sqrt(tf.math.real(z * tf.math.conj(z))),
    [A("normal", (3,))],
    dtypes=COMPLEX,
)
case(
    "complex of parts",
    lambda tf, x, y: tf.complex(x, y) ** 2,
    [A("normal", (2, 1)), A("normal", (3,))],
    dtypes=DOUBLE,
)
case(
    "betainc of scalars",
    lambda tf, a, b, x: tf.math.betainc(a, b, x),
    [V(2.0), V(3.0), V([0.0, 0.3, 1.0])],
    dtypes=DOUBLE,
    also={"outside": [V(2.0), V(3.0), V([-0.1, 1.1, np.nan])]},
)
case(
    "betainc of large parameters",
    lambda tf, a, b, x: tf.math.betainc(a, b, x),
    [V(300.0), V(200.0), V([0.5, 0.6, 0.7])],
    dtypes=("float64",),
)
error("betainc of shapes that differ", lambda tf: tf.math.betainc([1.0], [1.0, 2.0], 0.5))
case(
    "special.expint far",
    lambda tf, x: tf.math.special.expint(x),
    [V([0.01, 0.3725, 6.0, 12.0, 39.0, 41.0, 80.0])],
    dtypes=DOUBLE,
)
case(
    "special.dawsn far",
    lambda tf, x: tf.math.special.dawsn(x),
    [V([-30.0, -3.0, 0.99, 1.01, 5.0, 1e5])],
    dtypes=DOUBLE,
)
for f in ("fresnel_cos", "fresnel_sin"):
    case(
        f"special.{f} far",
        lambda tf, x, f=f: getattr(tf.math.special, f)(x),
        [V([-4.0, 1.49, 1.51, 2.5, 7.0])],
        dtypes=DOUBLE,
    )
case(
    "special.spence far",
    lambda tf, x: tf.math.special.spence(x),
    [V([0.01, 0.49, 0.51, 1.49, 1.51, 90.0])],
    dtypes=DOUBLE,
)
case(
    "igamma far",
    lambda tf, a, x: tf.math.igamma(a, x),
    [V([0.1, 20.0, 20.0, 3.0]), V([5.0, 19.0, 30.0, 0.01])],
    dtypes=DOUBLE,
    order=1,
)
case(
    "scalar_mul of slices",
    lambda tf, x: tf.math.scalar_mul(2.0, tf.IndexedSlices(x, tf.constant([0, 2]))),
    [A("normal", (2, 3))],
    dtypes=("float32",),
    order=0,
)
case(
    "add_n with slices",
    lambda tf, x, y: tf.add_n([tf.IndexedSlices(x, tf.constant([1]), tf.constant([2, 3])), y]),
    [A("normal", (1, 3)), A("normal", (2, 3))],
    dtypes=("float32",),
)
case("maximum with a number", lambda tf, x: tf.maximum(x, 0.0), [V(LINE)])
case("minimum with a number", lambda tf, x: tf.minimum(1.0, x), [V(LINE)])
case(
    "bitwise shifts beyond",
    lambda tf, x, y: [tf.bitwise.left_shift(x, y), tf.bitwise.right_shift(x, y)],
    [V([1, 1, 100, 7]), V([7, 64, 3, 0])],
    dtypes=INTS,
)


@script("strings")
def _(tf):
    x = tf.constant(["a", "b"])
    return {
        "joined": [x + x, x + "c", "c" + x, tf.add(x, "c"), x + tf.constant(["p", "q"]), x[0] + x],
        "equal": [x == x, x == "a", x != "a", tf.equal(x, ["a", "q"]), tf.not_equal("a", "a")],
        "no number": [
            raises(lambda: x + 1),
            raises(lambda: x == 1),
            raises(lambda: x < x),
            raises(lambda: x * 2),
        ],
        "shapes": [raises(lambda: x + tf.constant(["p", "q", "r"])), x == ["p", "q", "r"]],
    }


class Answers:
    """A class of the user's that answers to operators."""

    def __radd__(self, other):
        return "radd"

    def __rmul__(self, other):
        return "rmul"

    def __rtruediv__(self, other):
        return "rtruediv"

    def __rpow__(self, other):
        return "rpow"

    def __rand__(self, other):
        return "rand"

    def __rfloordiv__(self, other):
        return "rfloordiv"


@script("operators with a class that answers to them")
def _(tf):
    names = ("add", "sub", "mul", "truediv", "pow", "and_", "floordiv", "mod", "lt")
    left = {"tensor": tf.constant([1.0, 2.0]), "variable": tf.Variable(3.0)}
    return {
        f"{kind} {name}": raises(lambda x=x, name=name: getattr(operator, name)(x, Answers()))
        for kind, x in left.items()
        for name in names
    }


@script("== of Variables")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    return [v == 1.0, v != v, v == tf.Variable([1.0, 2.0, 3.0]), raises(lambda: v == None), v == [1, 5]]  # noqa: E711


@script("true division of every integer dtype")
def _(tf):
    return {
        d: [tf.cast([7, 8], d) / 2, tf.math.divide_no_nan(tf.cast([7, 8], d), tf.cast([0, 3], d))]
        for d in INTS
    }


@script("what a Python number meets")
def _(tf):
    pairs = {}
    for d in ("float32", "int8", "int64", "complex64", "bool", "bfloat16"):
        x = tf.cast([0, 1], d)
        for n in (True, 0, 3, -1, 2**31, 2**70, 1.5, float("nan"), 2j):
            for f in ("multiply", "maximum", "equal", "pow"):
                pairs[f"{f} {d} {n!r}"] = raises(lambda f=f, x=x, n=n: getattr(tf, f)(x, n))
    return pairs


# -- raw ops that no public function calls as they are ----------------------------------------------------
for op in ("TanhGrad", "SigmoidGrad", "SqrtGrad", "RsqrtGrad", "ReciprocalGrad"):
    case(
        f"raw_ops.{op}",
        lambda tf, y, dy, op=op: getattr(tf.raw_ops, op)(y=y, dy=dy),
        [A("prob", (2, 3)), A("normal", (2, 3))],
        dtypes=ANALYTIC,
        rejects=("int32",),
    )
case(
    "raw_ops.ClipByValue",
    lambda tf, t, a, b: tf.raw_ops.ClipByValue(t=t, clip_value_min=a, clip_value_max=b),
    [V(LINE), V(-0.5), V(1.0)],
    dtypes=FLOATS,
    also={"vectors": [V([-1.0, 0.5, 3.0]), V([0.0, 0.0, 0.0]), V([1.0, 1.0, 1.0])]},
)
error(
    "raw_ops.ClipByValue of bounds that broadcast",
    lambda tf: tf.raw_ops.ClipByValue(t=tf.ones([1, 2]), clip_value_min=tf.zeros([2]), clip_value_max=2.0),
)
case("raw_ops.PopulationCount", lambda tf, x: tf.raw_ops.PopulationCount(x=x), [EDGE], dtypes=INTS)
case(
    "raw_ops.ApproximateEqual",
    lambda tf, x, y: tf.raw_ops.ApproximateEqual(x=x, y=y, tolerance=0.1),
    [V([1.0, 1.0, 1.0]), V([1.05, 1.2, np.nan])],
    dtypes=DOUBLE,
    rejects=("float16", "bool"),
)
case(
    "raw_ops.Add of strings",
    lambda tf: tf.raw_ops.Add(x=tf.constant(["a"]), y=tf.constant("b")),
    dtypes=("float32",),
)


@script("a cotangent of zero at a pole")
def _(tf):
    def run(f, dtype):
        x = tf.cast(tf.constant([0.0, 1.0, 4.0]), dtype)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = f(x)
            g = inner.gradient(y, x, output_gradients=tf.cast(tf.constant([0.0, 1.0, 1.0]), dtype))
        return g, outer.gradient(g, x, output_gradients=tf.cast(tf.constant([0.0, 1.0, 1.0]), dtype))

    functions = {
        "sqrt": tf.sqrt,
        "rsqrt": tf.math.rsqrt,
        "reciprocal": tf.math.reciprocal,
        "log": tf.math.log,
        "where sqrt": lambda x: tf.where(x > 0, tf.sqrt(x), tf.zeros_like(x)),
        "where pow": lambda x: tf.where(x > 0, x**0.5, tf.zeros_like(x)),
        "where divide": lambda x: tf.where(x > 0, 1 / x, tf.zeros_like(x)),
        "where norm": lambda x: tf.norm(tf.stack([x, 0 * x]), axis=0),
    }
    dtypes = (tf.float32, tf.float64)
    return {f"{name} {dtype.name}": run(f, dtype) for name, f in functions.items() for dtype in dtypes}
