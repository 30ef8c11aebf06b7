"""Elementwise binary functions: ordinary inputs, broadcasting, one side constant, a grid of edge points."""

import operator

import numpy as np
from conformance_kit import (
    ALL,
    COMPLEX,
    DOUBLE,
    FLOATS,
    INTS,
    NUMERIC,
    REALS,
    SIGNED,
    UNSIGNED,
    A,
    B,
    V,
    case,
)

ANALYTIC = (*FLOATS, *COMPLEX)


def grid(xs, ys=None, **options):
    """Two inputs that meet in every pair of the given points."""
    ys = xs if ys is None else ys
    return [V(np.repeat(xs, len(ys)), **options), V(np.tile(ys, len(xs)), **options)]


EDGES = grid([0.0, -0.0, 1.0, -1.0, 2.0, 2.5, -2.5, -3.0, np.inf, -np.inf, np.nan])
COMPLEX_EDGES = grid([0, 1, -1, 1j, 0.5 - 2j, -3])
INT_GRID = grid([-7, -5, 0, 5, 7], [-3, -2, 1, 2, 3])
UNSIGNED_GRID = grid([0, 1, 5, 7, 200], [1, 2, 3, 255])


def shapes(kind, other=None):
    """Input sets for every way that two shapes meet; the second input may be of another kind."""
    other = other or kind
    return {
        "row": [A(kind, (2, 3)), A(other, (3,))],
        "outer": [A(kind, (2, 1)), A(other, (1, 3))],
        "scalar": [A(kind), A(other, (2, 2))],
        "ones": [A(kind, (1, 1)), A(other, (1, 3))],
        "ranks": [A(kind, (2, 1)), A(other, (3, 1, 2))],
        "empty": [A(kind, (0, 3)), A(other, (1, 3))],
        "constant": [A(kind, (3,)), A(other, (2, 3), diff=False)],
        "of constant": [A(kind, (2, 3), diff=False), A(other, (1, 3))],
        "variable": [A(kind, (3,), var=True), A(other, (3,))],
    }


def binary(names, kind="normal", other=None, dtypes=FLOATS, rejects=("bool",), edges=EDGES):
    for name in names.split():
        inputs = [A(kind, (2, 3)), A(other or kind, (2, 3))]
        case(name, None, inputs, dtypes=dtypes, rejects=rejects)
        case(f"{name} broadcast", None, [A(kind), A(other or kind)], dtypes=DOUBLE, also=shapes(kind, other))
        case(f"{name} edge", None, edges, dtypes=FLOATS if set(FLOATS) <= set(dtypes) else DOUBLE)
        if "complex64" in dtypes:
            case(f"{name} complex edge", None, COMPLEX_EDGES, dtypes=COMPLEX)
            case(f"{name} complex broadcast", None, [A(kind, (2, 1)), A(other or kind, (3,))], dtypes=COMPLEX)


# arithmetic
binary("math.add math.subtract math.multiply", dtypes=NUMERIC)
binary("math.divide math.truediv", "normal", "positive", dtypes=NUMERIC)
binary("realdiv", "normal", "positive", dtypes=ANALYTIC)
binary("math.divide_no_nan", "normal", "positive", dtypes=NUMERIC)
binary("math.multiply_no_nan", "normal", "ties", dtypes=ANALYTIC)
binary("math.squared_difference", dtypes=(*ANALYTIC, "int32", "int64"))

# integer-like division
binary("math.floordiv math.floormod math.mod truncatediv", "normal", "positive", dtypes=REALS)
binary("truncatemod", "normal", "positive", dtypes=(*DOUBLE, "int32", "int64"))
for name in ("math.floordiv", "math.floormod", "truncatediv", "math.truediv", "math.divide_no_nan"):
    case(f"{name} signs", None, INT_GRID, dtypes=(*SIGNED, *FLOATS))
    case(f"{name} unsigned", None, UNSIGNED_GRID, dtypes=UNSIGNED)

# powers and logarithms
binary("math.pow", "positive", "normal", dtypes=ANALYTIC, rejects=("bool", "uint8"))
case(
    "math.pow int",
    lambda tf, x, y: tf.pow(x, y),
    [V([-2, -1, 0, 1, 2, 3]), V([3, 5, 0, 4, 2, 3])],
    dtypes=SIGNED,
)
case(
    "math.pow whole exponents",
    lambda tf, x: tf.pow(x, [0.0, 1.0, 2.0, 3.0, -1.0]),
    [V([[-2.0], [0.0], [1.5]])],
    dtypes=("float32",),
)
binary("math.xlogy math.xlog1py math.xdivy", "ties", "positive", dtypes=ANALYTIC, rejects=("int32", "bool"))

# choice
binary("math.maximum math.minimum", dtypes=REALS, rejects=("complex64", "bool"))
case("math.maximum ties", lambda tf, x, y: tf.maximum(x, y), [A("ties", (3, 4)), A("ties", (3, 4))])
case("math.minimum ties", lambda tf, x, y: tf.minimum(x, y), [A("ties", (3, 4)), A("ties", (3, 4))])
case("math.maximum of itself", lambda tf, x: tf.maximum(x, x), [A("normal", (3,))])

# angles and special functions of two arguments
binary("math.atan2", rejects=("int32", "complex64", "bool"))
binary("math.nextafter", dtypes=DOUBLE, rejects=("float16", "int32"))
binary(
    "math.igamma math.igammac", "positive", dtypes=DOUBLE, edges=grid([0.5, 1.0, 3.0], [0.0, 0.25, 1.0, 5.0])
)
binary(
    "math.zeta",
    "above1",
    "positive",
    dtypes=DOUBLE,
    edges=grid([1.0, 1.5, 3.0, 0.5], [0.0, 0.25, 1.0, -1.0, -1.5]),
)
case("math.polygamma", None, [V([0.0, 1.0, 2.0, 3.0]), A("positive", (4,))], dtypes=DOUBLE)
case("math.betainc", None, [A("positive", (4,)), A("positive", (4,)), A("prob", (4,))], dtypes=DOUBLE,
     also={"broadcast": [A("positive"), A("positive"), A("prob", (3,))]})  # fmt: skip

# comparisons and logic
for name in ("math.equal", "math.not_equal"):
    case(name, None, [A("ties", (2, 3)), A("ties", (3,))], dtypes=ALL)
    case(f"{name} edge", None, EDGES)
    case(f"{name} complex", None, COMPLEX_EDGES, dtypes=COMPLEX)
for name in ("math.less", "math.less_equal", "math.greater", "math.greater_equal"):
    case(name, None, [A("ties", (2, 3)), A("ties", (3,))], dtypes=REALS, rejects=("complex64", "bool"))
    case(f"{name} edge", None, EDGES)
for name in ("math.logical_and", "math.logical_or", "math.logical_xor"):
    case(name, None, [B((2, 3)), B((3,))], dtypes=("bool",))
    case(
        f"{name} of numbers",
        None,
        [A("ties", (2,)), A("ties", (2,))],
        dtypes=(),
        rejects=("int32", "float32"),
    )
for name in ("bitwise_and", "bitwise_or", "bitwise_xor"):
    case(
        f"bitwise.{name}",
        None,
        [A("normal", (2, 3)), A("normal", (3,))],
        dtypes=INTS,
        rejects=("float32", "bool"),
    )
for name in ("left_shift", "right_shift"):
    case(f"bitwise.{name}", None, [A("normal", (2, 3)), A("ties", (3,))], dtypes=INTS, rejects=("float32",))

# sums of many, complex from parts, scaling
for name in ("add_n", "accumulate_n"):
    inputs = [A("normal", (2, 3)), A("normal", (2, 3)), A("normal", (2, 3))]
    case(f"math.{name}", lambda tf, *xs, name=name: getattr(tf.math, name)(list(xs)), inputs, dtypes=NUMERIC)
    case(f"math.{name} of one", lambda tf, x, name=name: getattr(tf.math, name)([x]), inputs[:1])
case("add_n twice the same", lambda tf, x, y: tf.add_n([x, y, x]), [A("normal", (2,)), A("normal", (2,))])
case(
    "complex",
    None,
    [A("normal", (2, 3)), A("normal", (2, 3))],
    dtypes=DOUBLE,
    rejects=("float16", "int32"),
    also=shapes("normal"),
)
case("math.scalar_mul", None, [A("normal"), A("normal", (2, 3))], dtypes=NUMERIC)
case(
    "math.scalar_mul of a number",
    lambda tf, x: tf.math.scalar_mul(3.0, x),
    [A("normal", (2, 3))],
    dtypes=ANALYTIC,
)
case(
    "math.polyval",
    lambda tf, a, b, c, x: tf.math.polyval([a, b, c], x),
    [A("normal"), A("normal"), A("normal"), A("normal", (3,))],
)

# operators: two tensors, a Python number on either side
OPERATORS = {
    "add": (NUMERIC, ("bool",)),
    "sub": (NUMERIC, ("bool",)),
    "mul": (ALL, ()),
    "truediv": (NUMERIC, ("bool",)),
    "floordiv": (REALS, ("bool",)),
    "mod": (REALS, ("bool", "complex64")),
    "pow": ((*FLOATS, *SIGNED, *COMPLEX), ("bool", "uint8")),
    "lt": (REALS, ("bool", "complex64")),
    "le": (REALS, ("bool", "complex64")),
    "gt": (REALS, ("bool", "complex64")),
    "ge": (REALS, ("bool", "complex64")),
    "eq": (ALL, ()),
    "ne": (ALL, ()),
    "and_": ((*INTS, "bool"), ("float32",)),
    "or_": ((*INTS, "bool"), ("float32",)),
    "xor": ((*INTS, "bool"), ("float32",)),
    "lshift": ((), ("int32",)),
}
for name, (dtypes, rejects) in OPERATORS.items():
    f = getattr(operator, name)
    x, y = A("positive", (2, 3)), A("positive", (2, 3))
    numbers = [d for d in dtypes if d != "bool"]
    case(f"operator {name}", lambda tf, x, y, f=f: f(x, y), [x, y], dtypes=dtypes, rejects=rejects)
    case(f"operator {name} number", lambda tf, x, f=f: f(x, 2), [x], dtypes=numbers, rejects=rejects)
    case(f"number operator {name}", lambda tf, x, f=f: f(2, x), [x], dtypes=numbers, rejects=rejects)
    case(f"operator {name} list", lambda tf, x, f=f: f(x, [1, 2, 3]), [x], dtypes=numbers)
    case(f"list operator {name}", lambda tf, x, f=f: f([1, 2, 3], x), [x], dtypes=numbers)
    if "bool" in dtypes:
        case(f"operator {name} True", lambda tf, x, f=f: f(x, True), [x], dtypes=("bool",))
        case(f"True operator {name}", lambda tf, x, f=f: f(True, x), [x], dtypes=("bool",))
    if "complex64" in dtypes:
        case(
            f"operator {name} complex number",
            lambda tf, x, f=f: f(x, 1 + 2j),
            [x],
            dtypes=COMPLEX,
            rejects=("float32",),
        )
    if "float32" in dtypes:
        case(
            f"operator {name} variables",
            lambda tf, x, y, f=f: f(x, y),
            [A("positive", (3,), var=True)] * 2,
            dtypes=("float32",),
        )
        case(
            f"operator {name} float number",
            lambda tf, x, f=f: f(x, 2.5),
            [x],
            rejects=() if name in ("eq", "ne") else ("int32",),
        )
