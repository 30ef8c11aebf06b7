"""Elementwise functions where they are singular, tie, overflow or lose what is not finite; and of nothing."""

from conformance_kit import DOUBLE, FLOATS, GRID, HALVES, INTS, POINTS, A, V, case

REAL = ("float32",)
ANALYTIC = (*REAL, "complex64")
EMPTY = {"empty": [A("normal", (0, 3))]}


def of_one(names, dtypes=REAL, **options):
    for name in names.split():
        case(name, None, [POINTS], dtypes=dtypes, **options)


def of_raw(names, *keys, dtypes=REAL, inputs=None, **options):
    """Raw ops, whose names of arguments are `keys`."""
    for name in names.split():
        case(
            f"raw_ops.{name}",
            lambda tf, *xs, n=name: getattr(tf.raw_ops, n)(**dict(zip(keys, xs, strict=True))),
            inputs or ([POINTS] if len(keys) == 1 else GRID(len(keys))),
            dtypes=dtypes,
            **options,
        )


def of_many(names, count=2, dtypes=REAL, **options):
    for name in names.split():
        case(name, None, GRID(count), dtypes=dtypes, **options)


of_one(
    "exp math.expm1 math.log math.log1p sqrt math.rsqrt math.reciprocal math.reciprocal_no_nan "
    "sin cos tan sinh cosh tanh asinh sigmoid asin acos atanh acosh abs sign negative",
    ANALYTIC,
)
of_one(
    "math.softplus math.softsign math.log_sigmoid floor math.ceil round math.rint math.erf math.erfc "
    "math.lgamma math.digamma math.erfinv math.ndtri math.bessel_i0 math.bessel_i0e math.special.bessel_k0 "
    "math.special.bessel_k0e math.special.bessel_k1 math.special.bessel_k1e math.special.bessel_y0 "
    "math.special.bessel_y1"
)
of_one("math.real math.imag math.conj math.angle", ANALYTIC)
of_one("math.is_nan math.is_inf math.is_finite", FLOATS)
of_one("bitwise.invert", INTS)

of_many("add subtract multiply math.divide math.divide_no_nan math.multiply_no_nan", 2, ANALYTIC)
of_many("math.squared_difference math.xdivy math.xlogy math.xlog1py pow", 2, ANALYTIC)
of_many("maximum minimum math.floordiv math.floormod math.truediv math.atan2 math.nextafter")
of_many(
    "math.igamma math.igammac math.zeta math.polygamma",
    tol={"float32": 1e-3},
    why="TensorFlow's sums in float32",
)
of_many("maximum minimum math.floordiv math.floormod", 2, HALVES, order=1)
of_many("truncatediv truncatemod", rejects=("int32", "uint8"))  # division by 0
of_many("equal not_equal less less_equal greater greater_equal", 2, ("float32", "int8", "uint64"))
of_many("bitwise.bitwise_and bitwise.left_shift bitwise.right_shift", 2, ("int8", "int64", "uint32"))
of_many("complex", 2, DOUBLE)
of_many("math.betainc clip_by_value", 3)
case("where by x > y", lambda tf, x, y: tf.where(x > y, x, y), GRID(2), dtypes=REAL)

of_raw("Neg Sign Square Reciprocal", "x", dtypes=("float32", "complex64"))
of_raw("IgammaGradA", "a", "x", order=0)
of_raw("ReciprocalGrad RsqrtGrad TanhGrad SigmoidGrad", "y", "dy")
of_raw("SoftsignGrad", "gradients", "features", order=1)
of_raw("Mul AddV2 Sub RealDiv DivNoNan MulNoNan Pow", "x", "y")
of_raw("FloorDiv FloorMod TruncateDiv TruncateMod", "x", "y", dtypes=(), rejects=("int8", "uint8"))
of_raw("SquaredDifference", "x", "y")
of_raw("ApproximateEqual", "x", "y")
of_raw("ClipByValue", "t", "clip_value_min", "clip_value_max", order=1)
of_raw("PopulationCount", "x", dtypes=INTS)
of_raw("L2Loss", "t")

for dtype in FLOATS:
    case(f"cast to {dtype}", lambda tf, x, d=dtype: tf.cast(x, d), [POINTS], dtypes=(*FLOATS, "complex64"))
for dtype in (*FLOATS, *INTS):
    case(
        f"cast of integers to {dtype}",
        lambda tf, x, d=dtype: tf.cast(x, d),
        [POINTS],
        dtypes=("int8", "int64", "uint32", "uint64"),
    )
case("polyval", lambda tf, x: tf.math.polyval([x, 2.0 * x, x * 0.0], x), [POINTS], dtypes=REAL)
case("polyval none", lambda tf, x: tf.math.polyval([], x), [POINTS], dtypes=REAL)
case("add_n", lambda tf, x, y: tf.add_n([x, y, x]), GRID(2), dtypes=ANALYTIC)
case("accumulate_n", lambda tf, x, y: tf.math.accumulate_n([x, y, x]), GRID(2), dtypes=ANALYTIC)
case("scalar_mul", lambda tf, x: tf.math.scalar_mul(0.0, x), [POINTS], dtypes=REAL)
case(
    "l2_normalize",
    lambda tf, x: tf.math.l2_normalize(x, axis=-1),
    [V([[0.0, 0.0], [3.0, 4.0], [1e-20, 0.0], [1e20, 1e20], [float("inf"), 1.0], [float("nan"), 1.0]])],
    dtypes=REAL,
)
for name, inputs in {"empty": [A("normal", (0, 3))], "scalar": [V(0.0)]}.items():
    for fn in [
        "exp",
        "math.log",
        "sqrt",
        "math.lgamma",
        "math.erfinv",
        "round",
        "abs",
        "sign",
        "math.softplus",
    ]:
        case(f"{fn} {name}", None, inputs, dtypes=REAL)
