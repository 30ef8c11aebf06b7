"""Jacobians where a derivative is infinite, or jumps, or is not there: which elements are NaN, infinite, zero, None.

More rows than columns, so that a column at a time would be cheaper; what counts is what a row at a time gives.
"""

from conformance_kit import raises, script

POINTS = [0.0, 1.0, -1.0, 4.0]
UNARY = (
    "math.sqrt",
    "math.rsqrt",
    "math.log",
    "math.log1p",
    "math.reciprocal",
    "math.reciprocal_no_nan",
    "math.square",
    "math.abs",
    "math.sign",
    "math.exp",
    "math.expm1",
    "math.sin",
    "math.cos",
    "math.tan",
    "math.asin",
    "math.acos",
    "math.atan",
    "math.sinh",
    "math.cosh",
    "math.tanh",
    "math.asinh",
    "math.acosh",
    "math.atanh",
    "math.erf",
    "math.erfc",
    "math.erfinv",
    "math.ndtri",
    "math.lgamma",
    "math.digamma",
    "math.sigmoid",
    "math.softplus",
    "math.log_sigmoid",
    "math.floor",
    "math.ceil",
    "math.rint",
    "math.negative",
    "nn.relu",
    "nn.relu6",
    "nn.elu",
    "nn.selu",
    "nn.softsign",
    "nn.leaky_relu",
    "nn.silu",
    "nn.gelu",
    "nn.softmax",
    "nn.log_softmax",
    "nn.l2_normalize",
    "math.bessel_i0e",
    "math.bessel_i1e",
    "math.special.expint",
    "math.special.spence",
    "math.special.dawsn",
    "math.special.bessel_j0",
    "math.special.bessel_k0",
    "math.special.bessel_y0",
    "math.cumsum",
    "math.cumprod",
    "math.cumulative_logsumexp",
    "sort",
)

OTHERS = {
    "x**.5": lambda tf, x: x**0.5,
    "x**2.": lambda tf, x: x**2.0,
    "x**0.": lambda tf, x: x**0.0,
    "x**1.": lambda tf, x: x**1.0,
    "x**-1.": lambda tf, x: x**-1.0,
    "x**x": lambda tf, x: x**x,
    "2.**x": lambda tf, x: 2.0**x,
    "0.**x": lambda tf, x: tf.zeros_like(x) ** x,
    "1/x": lambda tf, x: 1.0 / x,
    "x/x": lambda tf, x: x / x,
    "x/0": lambda tf, x: x / tf.zeros_like(x),
    "x*inf": lambda tf, x: x * float("inf"),
    "x*nan": lambda tf, x: x * float("nan"),
    "divide_no_nan": lambda tf, x: tf.math.divide_no_nan(tf.ones_like(x), x),
    "multiply_no_nan": lambda tf, x: tf.math.multiply_no_nan(tf.math.log(x), x),
    "xlogy": lambda tf, x: tf.math.xlogy(x, x),
    "xlogy of constant": lambda tf, x: tf.math.xlogy(tf.zeros_like(x), x),
    "xlog1py": lambda tf, x: tf.math.xlog1py(x, x),
    "xdivy": lambda tf, x: tf.math.xdivy(x, x),
    "atan2": lambda tf, x: tf.math.atan2(x, tf.zeros_like(x)),
    "atan2 of itself": lambda tf, x: tf.math.atan2(x, x),
    "maximum": lambda tf, x: tf.maximum(x, 1.0),
    "minimum of itself": lambda tf, x: tf.minimum(x, x),
    "clip": lambda tf, x: tf.clip_by_value(x, 0.0, 1.0),
    "floormod": lambda tf, x: tf.math.floormod(x, 2.0),
    "squared_difference": lambda tf, x: tf.math.squared_difference(x, 1.0),
    "polygamma, order": lambda tf, x: tf.math.polygamma(tf.abs(x), tf.ones_like(x)),
    "polygamma": lambda tf, x: tf.math.polygamma(tf.ones_like(x), x),
    "zeta, order": lambda tf, x: tf.math.zeta(x, tf.ones_like(x)),
    "zeta": lambda tf, x: tf.math.zeta(tf.ones_like(x) * 2.0, x),
    "betainc, a": lambda tf, x: tf.math.betainc(x, tf.ones_like(x), tf.ones_like(x) * 0.5),
    "betainc": lambda tf, x: tf.math.betainc(tf.ones_like(x), tf.ones_like(x), x),
    "igamma": lambda tf, x: tf.math.igamma(tf.ones_like(x), x),
    "norm": lambda tf, x: tf.linalg.norm(tf.stack([x, 0.0 * x]), axis=0),
    "reduce_euclidean_norm": lambda tf, x: tf.math.reduce_euclidean_norm(tf.stack([x, 0.0 * x]), axis=0),
    "reduce_max": lambda tf, x: tf.broadcast_to(tf.reduce_max(tf.stack([x, 0.0 * x]), axis=0), [4]),
    "reduce_prod": lambda tf, x: tf.reduce_prod(tf.stack([x, x, 0.0 * x]), axis=0),
    "reduce_std": lambda tf, x: tf.math.reduce_std(tf.stack([x, x]), axis=0),
    "logsumexp": lambda tf, x: tf.reduce_logsumexp(tf.stack([x, x - float("inf")]), axis=0),
    "sign of an infinite": lambda tf, x: tf.sign(tf.math.log(x)),
    "cross entropy": lambda tf, x: tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.ones_like(x), logits=x),
    "softmax cross entropy": lambda tf, x: tf.nn.softmax_cross_entropy_with_logits(
        labels=tf.ones([4, 2]) / 2.0, logits=tf.stack([x, -x], 1)
    ),
    "segment_sum": lambda tf, x: tf.math.segment_sum(x, [0, 2, 2, 3]),
    "segment_mean": lambda tf, x: tf.math.segment_mean(x, [0, 2, 2, 3]),
    "segment_max": lambda tf, x: tf.math.segment_max(x * x, [0, 2, 2, 3]),
    "segment_min": lambda tf, x: tf.math.segment_min(x * x, [0, 2, 2, 3]),
    "segment_prod": lambda tf, x: tf.math.segment_prod(x, [0, 0, 2, 3]),
    "unsorted_segment_sum": lambda tf, x: tf.math.unsorted_segment_sum(x, [3, 0, -1, 0], 4),
    "unsorted_segment_mean": lambda tf, x: tf.math.unsorted_segment_mean(x, [3, 0, -1, 0], 4),
    "unsorted_segment_max": lambda tf, x: tf.math.unsorted_segment_max(x * x, [3, 0, -1, 0], 4),
    "unsorted_segment_min": lambda tf, x: tf.math.unsorted_segment_min(x * x, [3, 0, -1, 0], 4),
    "unsorted_segment_prod": lambda tf, x: tf.math.unsorted_segment_prod(x, [3, 0, -1, 0], 4),
    "unsorted_segment_sqrt_n": lambda tf, x: tf.math.unsorted_segment_sqrt_n(x, [3, 0, -1, 0], 4),
    "slogdet sign": lambda tf, x: tf.linalg.slogdet(tf.linalg.diag(tf.stack([x + 2.0, x + 3.0], 1)))[0],
    "slogdet": lambda tf, x: tf.linalg.slogdet(tf.linalg.diag(tf.stack([x + 2.0, x + 3.0], 1)))[1],
    "det, singular": lambda tf, x: tf.linalg.det(tf.linalg.diag(tf.stack([x + 2.0, x + 3.0], 1))),
    "stop_gradient": lambda tf, x: tf.stop_gradient(x),
    "int": lambda tf, x: tf.cast(tf.cast(x, tf.int32), tf.float32),
    "half": lambda tf, x: tf.cast(tf.cast(x, tf.float16) / 3.0, tf.float32),
    "gather of none": lambda tf, x: tf.concat([tf.gather(tf.math.log(x), [3, 1]), x[:2]], 0),
    "overflow": lambda tf, x: tf.math.exp(x * 40.0),
    "overflow on the way": lambda tf, x: 1e-30 * (1e30 * (1e30 * x)),
    "cancels": lambda tf, x: tf.sqrt(tf.abs(x)) - tf.sqrt(tf.abs(x)),
}


def function(name):
    """The function of `(tf, x)` called `name`."""
    if name in OTHERS:
        return OTHERS[name]

    def call(tf, x):
        for part in name.split("."):
            tf = getattr(tf, part)
        return tf(x)

    return call


def jacobian(tf, f, x):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return raises(lambda: tape.jacobian(y, x))


def beside_itself(tf, f):
    return jacobian(tf, lambda x: tf.concat([f(tf, x), x], 0), POINTS)


def twice(tf, f):
    return jacobian(tf, lambda x: tf.concat([f(tf, x)] * 2, 0), POINTS)


def masked(tf, f):
    """Where the function is defined, and a constant elsewhere."""
    return jacobian(tf, lambda x: tf.concat([tf.where(x > 0.0, f(tf, x), 0.0), x], 0), POINTS)


def of_a_shift(tf, f):
    return jacobian(tf, lambda delta: f(tf, tf.constant(POINTS) + delta), 0.0)


def of_examples(tf, f):
    x = tf.constant(POINTS)[:, None]
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.concat([f(tf, x[:, 0])[:, None], x], 1)
    return raises(lambda: tape.batch_jacobian(y, x))


def enter(name):
    f = function(name)
    asked = (beside_itself, twice, masked, of_a_shift, of_examples)
    script(name, lambda tf: {ask.__name__: ask(tf, f) for ask in asked})


for _name in [*UNARY, *OTHERS]:
    enter(_name)
