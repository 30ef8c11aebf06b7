"""Derivatives of every order by tapes in tapes: where they end in zeros and where in None; ops of a single input."""

from functools import partial

from conformance_kit import raises, script


def derivatives(tf, f, value, count):
    """f(x), f'(x), f''(x), ... as long as there are any."""
    found = []
    for _ in range(count):
        y = f(tf.constant(value, tf.float64))
        found.append(y)
        if y is None:
            break
        f = slope_of(tf, f)
    return found


def slope_of(tf, f):
    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tape.gradient(y, x)

    return slope


def orders(name, functions, values=(2.0, -1.5), count=5):
    @script(name)
    def _(tf):
        return {k: [derivatives(tf, partial(f, tf), v, count) for v in values] for k, f in functions.items()}


orders(
    "powers end in zeros",
    {f"{k}": lambda tf, x, k=k: x**k for k in (0, 1, 2, 3, 4, 2.0, 3.0, -1, 0.5)}
    | {f"tensor {k}": lambda tf, x, k=k: tf.pow(x, tf.constant(k, tf.float64)) for k in (0.0, 1.0, 2.0, 3.0)},
    values=(2.0, -1.5, 0.0),
    count=6,
)
orders(
    "products end in None",
    {
        "square": lambda tf, x: tf.square(x),
        "x * x": lambda tf, x: x * x,
        "x * x * x": lambda tf, x: x * x * x,
        "linear": lambda tf, x: 3.0 * x + 1.0,
        "divided": lambda tf, x: x / 2.0,
        "difference": lambda tf, x: x - x,
        "times zero": lambda tf, x: x * 0.0 + 1.0,
        "squared difference": lambda tf, x: tf.math.squared_difference(x, tf.ones_like(x)),
        "add_n": lambda tf, x: tf.add_n([x * x, x]),
        "polyval": lambda tf, x: tf.math.polyval([x, x * 2.0], x),
        "negative": lambda tf, x: -(x * x),
        "mix": lambda tf, x: x + (x * x - x) * 0.5,
    },
)
orders(
    "quotients and roots never end",
    {
        "1 / x": lambda tf, x: 1.0 / x,
        "reciprocal": lambda tf, x: tf.math.reciprocal(x),
        "sqrt": lambda tf, x: tf.sqrt(x * x + 1.0),
        "rsqrt": lambda tf, x: tf.math.rsqrt(x * x),
        "exp": lambda tf, x: tf.exp(x),
        "log": lambda tf, x: tf.math.log(x * x),
        "softmax": lambda tf, x: tf.nn.softmax(tf.stack([x, 1.0]))[0],
        "elu": lambda tf, x: tf.nn.elu(x),
        "norm": lambda tf, x: tf.norm(tf.stack([x, 1.0])),
        "xlogy": lambda tf, x: tf.math.xlogy(x, 2.0),
        "divide_no_nan": lambda tf, x: tf.math.divide_no_nan(x, 3.0),
        "multiply_no_nan": lambda tf, x: tf.math.multiply_no_nan(x, 3.0),
    },
    count=4,
)
orders(
    "choices: the derivative of the piece",
    {
        "relu": lambda tf, x: tf.nn.relu(x),
        "relu6": lambda tf, x: tf.nn.relu6(x * x),
        "leaky_relu": lambda tf, x: tf.nn.leaky_relu(x * x),
        "abs": lambda tf, x: tf.abs(x),
        "maximum": lambda tf, x: tf.maximum(x * x, 1.0),
        "clip": lambda tf, x: tf.clip_by_value(x * x, -9.0, 9.0),
        "where": lambda tf, x: tf.where(x > 0.0, x * x, -x),
        "huber": lambda tf, x: tf.where(tf.abs(x) < 1.0, 0.5 * x * x, tf.abs(x) - 0.5),
        "reduce_max": lambda tf, x: tf.reduce_max(tf.stack([x * x, -10.0])),
        "sort": lambda tf, x: tf.sort(tf.stack([x * x, x]))[1],
        "top_k": lambda tf, x: tf.math.top_k(tf.stack([x * x, x]), 1)[0][0],
        "floordiv": lambda tf, x: tf.math.floordiv(x, 2.0) * x,
        "floormod": lambda tf, x: tf.math.floormod(x, 2.0) * x,
    },
)
orders(
    "moving elements about",
    {
        "stack": lambda tf, x: tf.stack([x * x, x])[0],
        "unstack": lambda tf, x: tf.unstack(tf.stack([x * x, x]))[0],
        "split": lambda tf, x: tf.split(tf.stack([x * x, x]), 2)[0][0],
        "pad": lambda tf, x: tf.pad(tf.reshape(x * x, [1]), [[1, 1]])[1],
        "reverse": lambda tf, x: tf.reverse(tf.stack([x * x, x]), [0])[1],
        "roll": lambda tf, x: tf.roll(tf.stack([x * x, x]), 1, 0)[1],
        "gather": lambda tf, x: tf.gather(tf.stack([x * x, x]), 0),
        "gather_nd": lambda tf, x: tf.gather_nd(tf.stack([x * x, x]), [[0]])[0],
        "tile": lambda tf, x: tf.reduce_sum(tf.tile([x * x], [2])),
        "repeat": lambda tf, x: tf.reduce_sum(tf.repeat(x * x, 2)),
        "broadcast_to": lambda tf, x: tf.reduce_sum(tf.broadcast_to(x * x, [2])),
        "scatter_nd": lambda tf, x: tf.scatter_nd([[0]], [x * x], [2])[0],
        "tensor_scatter_nd_update": lambda tf, x: tf.tensor_scatter_nd_update(
            tf.stack([x, x]), [[0]], [x * x]
        )[0],
        "band_part": lambda tf, x: tf.linalg.band_part([[x * x]], 0, 0)[0, 0],
        "diag": lambda tf, x: tf.linalg.diag([x * x])[0, 0],
        "trace": lambda tf, x: tf.linalg.trace([[x * x, 1.0], [2.0, x]]),
        "cast": lambda tf, x: tf.cast(tf.cast(x, tf.complex128) ** 2, tf.float64),
        "complex": lambda tf, x: tf.math.real(tf.complex(x, x) * tf.complex(x, tf.ones_like(x))),
    },
)
orders(
    "sums and products of elements",
    {
        "reduce_sum": lambda tf, x: tf.reduce_sum(tf.stack([x, x]) ** 2),
        "reduce_mean": lambda tf, x: tf.reduce_mean(tf.stack([x, x * x])),
        "reduce_prod": lambda tf, x: tf.reduce_prod(tf.stack([x, x, x])),
        "l2_loss": lambda tf, x: tf.nn.l2_loss(x),
        "cumsum": lambda tf, x: tf.cumsum(tf.stack([x * x, x]))[1],
        "cumprod": lambda tf, x: tf.math.cumprod(tf.stack([x, x]))[1],
        "matmul": lambda tf, x: tf.matmul([[x]], [[x]])[0, 0],
        "matvec": lambda tf, x: tf.linalg.matvec([[x]], [x])[0],
        "tensordot": lambda tf, x: tf.tensordot(tf.stack([x, 1.0]), tf.stack([x, 2.0]), 1),
        "einsum": lambda tf, x: tf.einsum("i,i->", tf.stack([x, 1.0]), tf.stack([x, 2.0])),
        "cross": lambda tf, x: tf.linalg.cross([x, 1.0, 2.0], [x, x, 1.0])[2],
        "moments": lambda tf, x: tf.nn.moments(tf.stack([x, 1.0]), [0])[1],
        "segment_sum": lambda tf, x: tf.math.segment_sum(tf.stack([x * x, x]), [0, 0])[0],
        "bias_add": lambda tf, x: tf.nn.bias_add(tf.reshape(x * x, [1, 1]), [x])[0, 0],
        "conv1d": lambda tf, x: tf.nn.conv1d(tf.reshape(x, [1, 1, 1]), tf.reshape(x, [1, 1, 1]), 1, "SAME")[
            0, 0, 0
        ],
    },
)


@script("a single input: to ops that take any number, first and second derivative")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    functions = {
        "stack": lambda y: tf.stack([y]),
        "stack last": lambda y: tf.stack([y], 2),
        "concat": lambda y: tf.concat([y], 1),
        "raw Pack": lambda y: tf.raw_ops.Pack(values=[y], axis=1),
        "raw AddN": lambda y: tf.raw_ops.AddN(inputs=[y]),
        "identity_n": lambda y: tf.identity_n([y])[0],
        "add_n": lambda y: tf.add_n([y]),
        "einsum": lambda y: tf.einsum("ij->ji", y),
        "einsum diagonal": lambda y: tf.einsum("ii->i", y),
        "dynamic_stitch": lambda y: tf.dynamic_stitch([[1, 0]], [y]),
        "dynamic_partition": lambda y: tf.dynamic_partition(y, [0, 0], 1)[0],
        "unstack": lambda y: tf.unstack(y[:1])[0],
        "split": lambda y: tf.split(y, 1)[0],
        "split sizes": lambda y: tf.split(y, [2])[0],
        "a list": lambda y: tf.convert_to_tensor([y]),
        "a list of an element": lambda y: tf.convert_to_tensor([[y[0, 0]]]),
        "reduce_sum of a list": lambda y: tf.reduce_sum([y]),
        "plus a list": lambda y: tf.add([y[0]], y),
        "meshgrid": lambda y: tf.meshgrid(y[0])[0],
        "TensorArray": lambda y: tf.TensorArray(tf.float32, 1).write(0, y).stack(),
        "TensorArray concat": lambda y: tf.TensorArray(tf.float32, 1).write(0, y).concat(),
        "map_fn": lambda y: tf.map_fn(lambda row: row * 2.0, y[:1]),
        "vectorized_map": lambda y: tf.vectorized_map(lambda row: row * 2.0, y[:1]),
        "embedding_lookup": lambda y: tf.nn.embedding_lookup([y], [0, 1]),
        "custom_gradient": lambda y: tf.custom_gradient(lambda a: ([a * 1.0], lambda dy: [dy * 2.0]))(y)[0],
        "diag": lambda y: tf.linalg.diag([y[0]]),
    }

    def run(f):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = f(x * x) ** 2
            g = inner.gradient(y, x)
        return g, outer.gradient(g, x)

    return {k: raises(lambda f=f: run(f)) for k, f in functions.items()}


@script("a single input: Jacobians")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        targets = [tf.stack([x]) * x, tf.concat([x], 0) * x, tf.convert_to_tensor([[x[0]]]) ** 2]
    return [tape.jacobian(t, x) for t in targets]
