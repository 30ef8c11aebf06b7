"""Random numbers in `tf.vectorized_map`: each row has its own."""

from conformance_kit import script

TOL = {"float32": 3e-6}

DRAWS = {
    "uniform": lambda tf, b: tf.random.uniform([2]) + 0.0 * b,
    "scalar": lambda tf, b: tf.random.uniform([]),
    "normal": lambda tf, b: tf.random.normal([2], b, 2.0),
    "truncated": lambda tf, b: tf.random.truncated_normal([2]) * b,
    "integers": lambda tf, b: tf.random.uniform([3], 0, 10, tf.int32),
    "seed": lambda tf, b: (tf.random.uniform([], seed=5), tf.random.uniform([], seed=5)),
    "several": lambda tf, b: (tf.random.uniform([]), tf.random.normal([2])),
    "dropout": lambda tf, b: tf.nn.dropout(tf.ones([4]) * b, 0.5),
    "nested": lambda tf, b: tf.vectorized_map(lambda c: tf.random.uniform([]) * c, tf.fill([3], b)),
    "stateless": lambda tf, b: tf.random.stateless_uniform([2], [1, 2]) + b,
}


def mapped(name, draw):
    @script(f"vectorized_map: {name}", tol=TOL)
    def _(tf):
        x = tf.constant([1.0, 2.0, 3.0])
        tf.random.set_seed(1)
        first = [tf.vectorized_map(lambda b: draw(tf, b), x) for _ in range(2)]
        f = tf.function(lambda x: (tf.random.uniform([]), tf.vectorized_map(lambda b: draw(tf, b), x)))
        tf.random.set_seed(1)
        return first, f(x), f(2.0 * x)


for _name, _draw in DRAWS.items():
    mapped(_name, _draw)


@script("vectorized_map: of parameters", tol=TOL)
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    tf.random.set_seed(1)
    return [
        tf.vectorized_map(lambda b: tf.random.gamma([2], 1.0), x),
        tf.vectorized_map(lambda b: tf.random.poisson([2], 4.0), x),
    ]


@script("vectorized_map: draws between those of others", tol=TOL)
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])

    def u(*shape):
        return tf.random.uniform(shape)

    tf.random.set_seed(1)
    found = [u(), tf.vectorized_map(lambda b: u(), x), u()]
    tf.random.set_seed(1)
    f = tf.function(
        lambda x: (u(), tf.vectorized_map(lambda b: (u(), u(2)), x), u(), tf.vectorized_map(lambda b: u(), x))
    )
    return found, f(x), f(x)


@script("vectorized_map: gradients use the numbers drawn", tol=TOL)
def _(tf):
    w = tf.Variable([1.0, 2.0, 3.0, 4.0])
    x = tf.constant([1.0, 2.0, 3.0])

    def step(x):
        with tf.GradientTape() as tape:
            y = tf.vectorized_map(lambda b: tf.nn.dropout(w * b, 0.5), x)
        return y, tape.gradient(y, w)

    tf.random.set_seed(1)
    eager = step(x)
    tf.random.set_seed(1)
    return eager, tf.function(step)(x)


@script("vectorized_map: loops, branches and Python functions in a function", tol=TOL)
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    np = __import__("numpy")
    counted = iter(range(100))

    def u():
        return tf.random.uniform([])

    def looped(b):
        return tf.while_loop(lambda i, a: i < 2, lambda i, a: (i + 1, a + u()), (0, 0.0 * b))[1]

    kinds = {
        "loop": looped,
        "branch": lambda b: tf.cond(b > 0.0, u, lambda: b),
        "gamma": lambda b: tf.random.gamma([], 2.0),
        "python": lambda b: tf.numpy_function(lambda a: np.float32(next(counted)), [b], tf.float32),
    }
    found = {}
    for name, draw in kinds.items():
        tf.random.set_seed(1)
        values = tf.function(lambda x, draw=draw: tf.vectorized_map(draw, x))(x).numpy()
        found[name] = len(set(values.tolist()))  # TensorFlow's rows draw in no order that is told
    return found
