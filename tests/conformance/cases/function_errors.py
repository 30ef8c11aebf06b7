"""Errors of operations in functions: what is known while tracing raises then, the rest when it runs."""

from conformance_kit import raises, script

# Each is wrong for the arguments given; in eager code most raise InvalidArgumentError.
WRONG = {
    "matmul": (lambda tf, a, b: a @ b, [2, 3], [2, 3]),
    "add": (lambda tf, a, b: a + b, [2], [3]),
    "concat": (lambda tf, a, b: tf.concat([a, b], 0), [2, 3], [2, 4]),
    "stack": (lambda tf, a, b: tf.stack([a, b]), [2], [3]),
    "reshape": (lambda tf, a, b: tf.reshape(a, [4]), [2, 3], [1]),
    "where": (lambda tf, a, b: tf.where(a > 0.0, a, b), [2], [3]),
    "einsum": (lambda tf, a, b: tf.einsum("ij,jk->ik", a, b), [2, 3], [2, 3]),
    "split": (lambda tf, a, b: tf.split(a, 2), [3], [1]),
    "gather axis": (lambda tf, a, b: tf.gather(a, [0], axis=3), [2, 2], [1]),
    "expand_dims": (lambda tf, a, b: tf.expand_dims(a, 5), [2], [1]),
    "squeeze": (lambda tf, a, b: tf.squeeze(a, 0), [2], [1]),
    "transpose": (lambda tf, a, b: tf.transpose(a, [0]), [2, 3], [1]),
    "reduce_sum": (lambda tf, a, b: tf.reduce_sum(a, 4), [2, 3], [1]),
    "cholesky": (lambda tf, a, b: tf.linalg.cholesky(a), [2, 3], [1]),
    "solve": (lambda tf, a, b: tf.linalg.solve(a, b), [2, 2], [3, 1]),
    "bias_add": (lambda tf, a, b: tf.nn.bias_add(a, b), [2, 3], [2]),
    "conv2d": (lambda tf, a, b: tf.nn.conv2d(a, b, 1, "VALID"), [1, 4, 4, 2], [2, 2, 3, 1]),
    "slice": (lambda tf, a, b: tf.slice(a, [1], [5]), [3], [1]),
    "broadcast_to": (lambda tf, a, b: tf.broadcast_to(a, [4]), [3], [1]),
    "pad": (lambda tf, a, b: tf.pad(a, [[1, 1], [1, 1]]), [3], [1]),
    "tile": (lambda tf, a, b: tf.tile(a, [2, 2]), [3], [1]),
    "unstack": (lambda tf, a, b: tf.unstack(a, 4), [3], [1]),
    "ensure_shape": (lambda tf, a, b: tf.ensure_shape(a, [4]), [3], [1]),
    "index": (lambda tf, a, b: a[5], [3], [1]),
    "cross entropy": (lambda tf, a, b: tf.nn.softmax_cross_entropy_with_logits(a, b), [2, 3], [2, 4]),
    "segment_sum": (lambda tf, a, b: tf.math.segment_sum(a, [0, 1]), [3], [1]),
    "scatter_nd": (lambda tf, a, b: tf.scatter_nd([[0], [1]], a, [4]), [3], [1]),
    "batch_matmul": (lambda tf, a, b: tf.matmul(a, b), [2, 3, 4], [3, 4, 5]),
    "diag_part": (lambda tf, a, b: tf.linalg.tensor_diag_part(a), [2, 3], [1]),
    "one of too many axes": (lambda tf, a, b: tf.reverse(a, [3]), [2, 2], [1]),
}


@script("wrong shapes that are known while tracing")
def _(tf):
    answers = {}
    for name, (call, a, b) in WRONG.items():
        f = tf.function(lambda a, b, call=call: call(tf, a, b), autograph=False)
        answers[name] = raises(lambda f=f, a=a, b=b: f(tf.ones(a), tf.ones(b)))
    return answers


@script("wrong shapes that are known only at the call")
def _(tf):
    answers = {}
    for name, (call, a, b) in WRONG.items():
        free = [tf.TensorSpec([None] * len(a)), tf.TensorSpec([None] * len(b))]
        f = tf.function(lambda a, b, call=call: call(tf, a, b), autograph=False, input_signature=free)
        answers[name] = raises(lambda f=f, a=a, b=b: f(tf.ones(a), tf.ones(b)))
    return answers


@script("wrong dtypes while tracing")
def _(tf):
    calls = {
        "add": lambda x, n: x + n,
        "tf.add": lambda x, n: tf.add(x, n),
        "matmul": lambda x, n: x @ tf.cast(x, tf.float64),
        "sin": lambda x, n: tf.sin(n),
        "concat": lambda x, n: tf.concat([x, n], 0),
        "stack": lambda x, n: tf.stack([x, n]),
        "where": lambda x, n: tf.where(x > 0.0, x, n),
        "logical_and": lambda x, n: tf.logical_and(x, x),
        "gather": lambda x, n: tf.gather(x, x),
        "python number": lambda x, n: n + 1.5,
        "string": lambda x, n: x + "a",
        "None": lambda x, n: x + None,
        "object": lambda x, n: x + object(),
        "convert": lambda x, n: tf.convert_to_tensor(x, tf.int32),
        "constant of": lambda x, n: tf.constant(x),
        "list with": lambda x, n: tf.convert_to_tensor([x, x]),
        "mixed list": lambda x, n: tf.convert_to_tensor([x, n]),
        "reduce of a list": lambda x, n: tf.reduce_sum([x, 2.0 * x]),
    }
    x, n = tf.ones([2, 2]), tf.ones([2, 2], tf.int32)
    return {k: raises(lambda f=f: tf.function(f, autograph=False)(x, n)) for k, f in calls.items()}


@script("values that are wrong only at some calls")
def _(tf):
    calls = {
        "gather": (lambda x, i: tf.gather(x, i), (1, 9, 0)),
        "reshape": (lambda x, i: tf.reshape(x, [i, -1]), (2, 3, 4)),
        "division": (lambda x, i: 7 // i, (2, 0, -2)),
        "slice": (lambda x, i: x[i], (0, 7, -1)),
        "range slice": (lambda x, i: x[i : i + 2], (0, 7, -2)),
        "one_hot": (lambda x, i: tf.one_hot(i, 3), (0, 5, -1)),
        "repeat": (lambda x, i: tf.repeat(x[:1], i), (2, 0, 1)),
        "fill": (lambda x, i: tf.fill([i], 1.0), (2, -1, 0)),
        "eye": (lambda x, i: tf.eye(i), (1, 2)),
        "linspace": (lambda x, i: tf.linspace(0.0, 1.0, i), (2, 0, 3)),
        "top_k": (lambda x, i: tf.math.top_k(x, i).values, (1, 9, 2)),
        "split sizes": (lambda x, i: tf.split(x, [i, 4 - i]), (1, 5, 2)),
        "cumsum axis": (lambda x, i: tf.cumsum(x, i), (0, 2, -1)),
        "reduce axis": (lambda x, i: tf.reduce_sum(x, i), (0, -1)),
        "string": (lambda x, i: tf.strings.to_number(tf.strings.join([tf.strings.as_string(i), "?"])), (1,)),
    }
    x = tf.constant([1.0, 2.0, 3.0, 4.0])
    answers = {}
    for name, (call, values) in calls.items():
        f = tf.function(call, autograph=False)
        answers[name] = [raises(lambda f=f, v=v: f(x, tf.constant(v))) for v in values]
    return answers


@script("a matrix that cannot be inverted at one call")
def _(tf):
    f = tf.function(lambda a: tf.linalg.inv(a))
    good, bad = tf.constant([[2.0, 0.0], [0.0, 2.0]]), tf.constant([[0.0, 0.0], [0.0, 0.0]])
    return [raises(lambda a=a: f(a)) for a in (good, bad, -good, 2.0 * good)]


@script("errors of py_function and numpy_function")
def _(tf):
    def fail(x):
        raise ValueError("inside")

    def wrong_kind(x):
        return "text"

    def key(x):
        return {"a": 1}["b"]

    calls = [
        lambda x: tf.py_function(fail, [x], tf.float32),
        lambda x: tf.numpy_function(fail, [x], tf.float32),
        lambda x: tf.numpy_function(key, [x], tf.float32),
        lambda x: tf.numpy_function(wrong_kind, [x], tf.float32),
    ]
    return [raises(lambda f=f: tf.function(f, autograph=False)(tf.constant(1.0))) for f in calls]


@script("errors of tapes inside a function")
def _(tf):
    def twice(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        tape.gradient(y, x)
        return tape.gradient(y, x)

    def wrong_target(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
        return tape.gradient("y", x)

    def integer(x):
        n = tf.cast(x, tf.int32)
        with tf.GradientTape() as tape:
            tape.watch(n)
            y = n * n
        return tape.gradient(y, n)

    def no_gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.raw_ops.Bitcast(input=x, type=tf.int32)
        return tape.gradient(y, x)

    def shape(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        return tape.gradient(y, x, output_gradients=tf.ones([7]))

    def not_scalar_jacobian(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(x)
        return tape.batch_jacobian(y, x)

    every = (twice, wrong_target, integer, no_gradient, shape, not_scalar_jacobian)
    return {f.__name__: raises(lambda f=f: tf.function(f)(tf.constant([1.0, 2.0]))) for f in every}


@script("a function goes on after each kind of failure")
def _(tf):
    v = tf.Variable(0.0)

    @tf.function
    def f(x, i, kind):
        if kind == "python":
            raise RuntimeError("at trace time")
        v.assign_add(1.0)
        if kind == "static":
            return x @ x
        return tf.gather(x, i)

    x, zero, nine = tf.constant([5.0, 6.0]), tf.constant(0), tf.constant(9)
    answers = [f(x, zero, "run"), raises(lambda: f(x, nine, "run")), f(x, zero, "run")]
    answers += [raises(lambda: f(x, zero, "python")), raises(lambda: f(x, zero, "static")), f(x, zero, "run")]
    with tf.GradientTape() as tape:
        tape.watch(x)
        failed = raises(lambda: f(x, nine, "run"))
        y = f(x, zero, "run")
    return answers, failed, tape.gradient(y, x), f.experimental_get_tracing_count()


@script("a Tensor that has left its function")
def _(tf):
    held = []

    @tf.function
    def f(x):
        held.append(x * 2.0)
        return x

    f(tf.constant(1.0))
    x, v = held[0], tf.Variable(1.0)
    return [
        raises(call)
        for call in (
            lambda: x + 1.0,
            lambda: tf.identity(x),
            lambda: tf.stop_gradient(x),
            lambda: v.assign(x),
            lambda: tf.nest.map_structure(tf.identity, [x]),
            lambda: tf.function(lambda: tf.identity(x))(),
        )
    ] + [v]
