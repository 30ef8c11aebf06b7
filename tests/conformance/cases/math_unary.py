"""Elementwise unary functions: an ordinary input, edge points, an empty tensor, in each dtype TensorFlow takes."""

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
)

EMPTY = [A("normal", (0, 3))]
ANALYTIC = (*FLOATS, *COMPLEX)
NO_BFLOAT16 = (*DOUBLE, "float16")
NOT_INT = ("int32", "uint8", "bool")
ONLY_REAL = (*NOT_INT, "complex64")


def unary(names, kind="normal", dtypes=FLOATS, rejects=ONLY_REAL, **options):
    """One case for each name, all alike."""
    for name in names.split():
        inputs = [A(kind, (2, 3))]
        case(
            f"math.{name}",
            inputs=inputs,
            dtypes=dtypes,
            rejects=rejects,
            also={"edge": [EDGE], "empty": EMPTY},
            **options,
        )


# exponentials, logarithms, powers
unary("exp expm1", dtypes=ANALYTIC, rejects=NOT_INT)
unary("log log1p sqrt rsqrt reciprocal", "positive", ANALYTIC, rejects=("uint8", "bool"))
unary("reciprocal_no_nan", "normal", ANALYTIC, rejects=NOT_INT)
unary("square", dtypes=NUMERIC, rejects=("bool",))

# trigonometric and hyperbolic
unary("sin cos tan atan sinh cosh tanh asinh sigmoid", dtypes=ANALYTIC, rejects=NOT_INT)
unary("asin acos atanh", "unit", ANALYTIC, NOT_INT)
unary("acosh", "above1", ANALYTIC, NOT_INT)

# soft functions
unary("softplus softsign log_sigmoid")

# sign and rounding
unary("abs sign negative", dtypes=(*FLOATS, *SIGNED, *COMPLEX), rejects=("uint8", "bool"))
unary("floor ceil")
unary("round", dtypes=REALS, rejects=("bool",))
unary("rint", dtypes=DOUBLE)
case("math.round halves to even", lambda tf, x: tf.round(x), [V([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5])])
case(
    "math.rint halves to even", lambda tf, x: tf.math.rint(x), [V([-2.5, -1.5, 0.5, 1.5, 2.5])], dtypes=DOUBLE
)

# complex parts
unary("real imag conj", dtypes=NUMERIC, rejects=())
unary("angle", dtypes=ANALYTIC, rejects=("int32", "bool"))

# predicates
unary("is_nan is_inf is_finite")
case("math.logical_not", inputs=[A("normal", (2, 3))], dtypes=("bool",), rejects=("int32", "float32"))
case(
    "bitwise.invert",
    inputs=[A("normal", (2, 3))],
    dtypes=INTS,
    rejects=("float32", "bool"),
    also={"edge": [EDGE]},
)

# error and gamma functions
unary("erf erfc")
unary("lgamma digamma", "positive", NO_BFLOAT16)
unary("erfinv", "unit", DOUBLE)
unary("erfcinv ndtri", "prob", DOUBLE)

# Bessel functions and other integrals
unary("bessel_i0 bessel_i0e bessel_i1 bessel_i1e", dtypes=NO_BFLOAT16)
unary("special.bessel_j0 special.bessel_j1", dtypes=NO_BFLOAT16)
unary("special.bessel_k0 special.bessel_k0e special.bessel_k1 special.bessel_k1e", "positive", NO_BFLOAT16)
unary("special.bessel_y0 special.bessel_y1", "positive", NO_BFLOAT16)
unary("special.fresnel_cos special.fresnel_sin", dtypes=DOUBLE)
FAR = "the second derivative at |x| = 20 is what is left of 1 - 0.9999"
unary("special.dawsn", dtypes=DOUBLE, tol={"float32": 1e-5}, why=FAR)
unary("special.expint special.spence", "positive", DOUBLE)

# as other names: the same op under tf.* and as an operator
ALIASES = "abs acos asin asinh atan atanh cos cosh exp floor negative round"
ALIASES += " sigmoid sign sin sinh sqrt square tan tanh"
for alias in ALIASES.split():
    case(alias, inputs=[A("prob", (3,))], dtypes=("float32",))
case("acosh", inputs=[A("above1", (3,))], dtypes=("float32",))
case(
    "-x",
    lambda tf, x: -x,
    [A("normal", (2, 3))],
    dtypes=(*FLOATS, *SIGNED, *COMPLEX),
    rejects=("bool", "uint8"),
)
case("abs(x)", lambda tf, x: abs(x), [A("normal", (2, 3))], dtypes=(*FLOATS, *SIGNED, *COMPLEX))
case("+x is refused", lambda tf, x: +x, [A("normal", (2,))], dtypes=(), rejects=("float32",))
case("~x", lambda tf, x: ~x, [A("normal", (2, 3))], dtypes=("bool", *INTS), rejects=("float32",))
case("round(x) is refused", lambda tf, x: round(x), [A("normal", (2,))], dtypes=(), rejects=("float32",))

# identity and likes
case("identity", inputs=[A("normal", (2, 3))], dtypes=ALL, also={"scalar": [A("normal")], "empty": EMPTY})
case("stop_gradient", inputs=[A("normal", (2, 3))], dtypes=ALL)
case("zeros_like", inputs=[A("normal", (2, 3))], dtypes=ALL)
case("ones_like", inputs=[A("normal", (2, 3))], dtypes=ALL)
case("zeros_like as int", lambda tf, x: tf.zeros_like(x, dtype=tf.int32), [A("normal", (2, 3))])

# what converts: Python numbers, lists, numpy arrays, Variables
case("exp of a Variable", lambda tf, x: tf.exp(x), [A("normal", (2,), var=True)])
case("exp of a list of tensors", lambda tf, x, y: tf.exp([x, y]), [A("normal"), A("normal")])
case("exp of a Python float", lambda tf: tf.exp(1.0), dtypes=("float32",))
case("square of a Python int", lambda tf: tf.square(3), dtypes=("float32",))
case("sqrt of a nested list", lambda tf: tf.sqrt([[1.0, 4.0], [9.0, 16.0]]), dtypes=("float32",))
error("exp of a Python int", lambda tf: tf.exp(1))
error("exp of None", lambda tf: tf.exp(None))
error("exp of a string", lambda tf: tf.exp("a"))
error("exp of an object", lambda tf: tf.exp(object()))
error("exp of a ragged list", lambda tf: tf.exp([[1.0], [1.0, 2.0]]))
error("exp without argument", lambda tf: tf.exp())
error("real of a string", lambda tf: tf.math.real("a"))
