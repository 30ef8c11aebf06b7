"""Single functions at points of their own: poles, bounds, what overflows, what is out of range."""

from conformance_kit import COMPLEX, FLOATS, HALVES, INTS, raises, script

INF, NAN = float("inf"), float("nan")


@script("math.is_non_decreasing, is_strictly_increasing: no differences that wrap around")
def _(tf):
    pairs = [[6, 2], [2, 6], [100, 28], [3], []]
    ends = {t: [tf.as_dtype(t).min, tf.as_dtype(t).max] for t in INTS}
    found = {}
    for dtype in INTS:
        for pair in [*pairs, ends[dtype], ends[dtype][::-1]]:
            x = tf.constant(pair, dtype)
            found[f"{dtype} {pair}"] = tf.math.is_non_decreasing(x), tf.math.is_strictly_increasing(x)
    for pair in ([INF, INF], [-INF, INF], [INF, -INF], [NAN, 1.0], [1.0, NAN], [0.0, -0.0], [-0.0, 0.0]):
        for dtype in FLOATS:
            x = tf.constant(pair, dtype)
            found[f"{dtype} {pair}"] = tf.math.is_non_decreasing(x), tf.math.is_strictly_increasing(x)
    return found


@script("sign of complex numbers: the op's gradient is 0, the function's is not")
def _(tf):
    x = tf.constant([1 + 2j, 0, -3j], tf.complex128)
    found = {}
    for name, function in {"op": lambda x: tf.raw_ops.Sign(x=x), "function": tf.sign}.items():
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = function(x)
            grad = inner.gradient(y, x)
        with tf.autodiff.ForwardAccumulator(x, tf.constant([1j, 1, 2], tf.complex128)) as accumulator:
            z = function(x)
        found[name] = y, grad, outer.gradient(grad, x), accumulator.jvp(z)
    return found


@script("division of complex numbers by 0")
def _(tf):
    found = {}
    for dtype in COMPLEX:
        for count in (1, 2, 3, 4, 5):
            x, y = tf.constant([1 + 2j] * count, dtype), tf.constant([0j] * count, dtype)
            quotients = [x / y, x[0] / y, x / y[0], tf.math.xdivy(x, y), tf.math.reciprocal(y)]
            found[f"{dtype} {count}"] = quotients
        x = tf.constant(1 + 2j, dtype)
        found[dtype] = [x / 0, x / tf.constant(complex(-0.0, 0.0), dtype), (x - 1) / 0, (x - x) / 0]
    return found


@script("saturate_cast of what is not finite")
def _(tf):
    x = tf.constant([INF, -INF, NAN, 0.0, -0.0, 1e4, -1e4, -7.5], tf.float64)
    y = x[:2]
    return {
        f"{source} {target}": tf.saturate_cast(tf.cast(x if target in FLOATS else y, source), target)
        for source in FLOATS
        for target in (*FLOATS, *INTS, "complex64")
    }


@script("math.betainc: parameters that are not finite, not positive")
def _(tf):
    x = tf.constant([-1, 0, 0.3, 1, 2, NAN, INF], tf.float64)
    values = [INF, 1.0, 0.0, -1.0, NAN, -INF]
    return [
        tf.math.betainc(tf.constant(a, tf.float64), tf.constant(b, tf.float64), x)
        for a in values
        for b in values
    ]


@script("random.stateless_binomial: probabilities out of range")
def _(tf):
    def draw(counts, probs):
        return tf.random.stateless_binomial([3], [1, 2], counts, probs, output_dtype=tf.float64)

    probs = (-10.0, 10.0, NAN, 0.0, 1.0, INF, -INF, -1e-3, 1.001, 0.5)
    return {f"{n} {p}": draw(n, p) for n in (10.0, 0.0, -1.0, 1e9) for p in probs}


@script("random.stateless_binomial: small means")
def _(tf):
    def draw(shape, counts, probs):
        return tf.random.stateless_binomial(shape, [1, 2], counts, probs)

    generator = tf.random.Generator.from_seed(3)
    return {
        "scalar": [draw([12], n, p) for n in (5.0, 10.0) for p in (0.1, 0.5, 0.51, 0.9)],
        "with large ones": draw([6, 4], [10.0, 100.0, 10.0, 1000.0], [0.3, 0.3, 0.9, 0.001]),
        "generator": [generator.binomial([8], 10.0, 0.3), generator.state],
    }


@script("range: ends at the greatest integers")
def _(tf):
    top = 2**63
    wide = [
        (0, 202, top - 201),
        (0, top - 1, top - 2),
        (top - 5, top - 1, 3),
        (-top, top - 1, top - 1),
        (5, 0, -top),
        (top - 1, -top, -top),
        (-top, 5 - top, 2),
    ]
    narrow = [(0, 5, 2**31 - 1), (0, 2**31 - 1, 2**31 - 2), (-(2**31), 2**31 - 1, 2**31 - 1)]
    return [tf.range(*a, dtype=tf.int64) for a in wide] + [tf.range(*a, dtype=tf.int32) for a in narrow]


@script("sums of many halves at one place are rounded one by one")
def _(tf):
    found = {}
    for dtype in HALVES:
        rows = tf.cast(tf.reshape(tf.range(600.0) % 7.0 / 9.0, [200, 3]), dtype)
        zeros, places = tf.zeros([2, 3], dtype), [[0]] * 200
        variable = tf.Variable(zeros)
        found[dtype] = {
            "add": tf.tensor_scatter_nd_add(zeros, places, rows),
            "sub": tf.tensor_scatter_nd_sub(zeros, places, rows),
            "scatter_nd": tf.scatter_nd(places, rows, [2, 3]),
            "variable": variable.scatter_nd_add(places, rows),
            "slices": variable.scatter_sub(tf.IndexedSlices(rows[:150], [1] * 150)),
            "segments": tf.math.segment_sum(rows, [0] * 200),
            "unsorted segments": tf.math.unsorted_segment_sum(rows, [0] * 200, 1),
        }
    return found


@script("NthElement: a seed that broadcasts")
def _(tf):
    x = tf.constant([[1.0, 2.0, 2.0], [3.0, 1.0, 0.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.raw_ops.NthElement(input=x, n=1)
    return [tape.gradient(y, x, output_gradients=tf.constant(seed)) for seed in (2.0, [2.0], [1.0, 2.0])]


@script("linalg.lu of complex matrices: pivots by absolute value")
def _(tf):
    found = {}
    for dtype in COMPLEX:
        x = tf.constant([[3 + 0j, 1, 2], [2 + 2j, 1, 1], [2.9j, 1, 5]], dtype)
        found[dtype] = {
            "one": tf.linalg.lu(x),
            "several": tf.linalg.lu(tf.stack([x, x[::-1], tf.eye(3, dtype=dtype)]), output_idx_type=tf.int64),
            "ties": tf.linalg.lu(tf.constant([[1 + 0j, 2], [1j, 5]], dtype)),
            "of one": tf.linalg.lu(x[:1, :1]),
            "empty": tf.linalg.lu(x[:0, :0]),
            "none": tf.linalg.lu(tf.zeros([0, 2, 2], dtype)),
            "singular": raises(lambda: tf.linalg.lu(tf.constant([[1, 1], [1, 1]], dtype))),  # noqa: B023
        }
    return found
