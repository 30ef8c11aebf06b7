"""Values inside a function have no numbers yet: what is known of them, what raises, and what must not leave."""

import numpy as np
from cases._functions import says
from conformance_kit import raises, script


def plain(tf, fn, *args):
    """`fn` in a function that AutoGraph leaves as it is."""
    return tf.function(fn, autograph=False)(*args)


@script("numpy() and what goes by it")
def _(tf):
    x = tf.constant([1.0, 2.0])
    calls = {
        "numpy()": lambda v: v.numpy(),
        "np.array": lambda v: np.array(v),
        "np.asarray": lambda v: np.asarray(v),
        "np.sum": lambda v: np.sum(v),
        "np.multiply": lambda v: np.multiply(v, 2.0),
        "list": lambda v: list(v),
        "tolist": lambda v: v.tolist(),
        "item": lambda v: v.item(),
        "tf.get_static_value": lambda v: tf.constant(tf.get_static_value(v) is None),
    }
    return {name: raises(lambda call=call: plain(tf, call, x)) for name, call in calls.items()}


@script("numpy(): the message")
def _(tf):
    return [
        says(lambda: plain(tf, lambda v: v.numpy(), 1.0 * tf.ones([2])), "numpy", "SymbolicTensor"),
        says(lambda: tf.function(lambda v: v.numpy())(tf.ones([2])), "numpy", "SymbolicTensor"),
        says(lambda: plain(tf, lambda v: np.array(v), tf.ones([2])), "numpy"),
    ]


@script("truth of a Tensor without AutoGraph")
def _(tf):
    phrase = "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed"
    x = tf.constant(1.0)
    calls = {
        "bool": lambda v: bool(v > 0),
        "if": lambda v: v if v > 0 else -v,
        "not": lambda v: tf.constant(not v),
        "and": lambda v: v > 0 and v < 1,
        "or": lambda v: v > 0 or v < 1,
        "chained": lambda v: 0 < v < 2,
        "in": lambda v: tf.constant(v in [v + 1.0]),
        "any": lambda v: any([v > 0]),
        "max": lambda v: max(v, 2.0 * v),
        "sorted": lambda v: sorted([v, -v]),
        "equal as if": lambda v: 1.0 if v == 1.0 else 2.0,
    }
    return {name: says(lambda call=call: plain(tf, call, x), phrase) for name, call in calls.items()}


@script("numbers of a Tensor: int, float, index, range, len, hash, format")
def _(tf):
    n, v = tf.constant(3), tf.constant([1.0, 2.0])
    calls = {
        "int": lambda n, v: int(n),
        "float": lambda n, v: float(n),
        "complex": lambda n, v: complex(n),
        "index": lambda n, v: [1, 2, 3, 4][n],
        "range": lambda n, v: list(range(n)),
        "len": lambda n, v: len(v),
        "len of a scalar": lambda n, v: len(n),
        "hash": lambda n, v: hash(n),
        "dict key": lambda n, v: {n: 1},
        "ref": lambda n, v: len({n.ref(): 1}),
        "round": lambda n, v: round(v),
        "abs": lambda n, v: abs(v),
        "divmod": lambda n, v: divmod(n, 2),
        "format": lambda n, v: f"{n:d}",
        "bytes": lambda n, v: bytes(n),
        "iter": lambda n, v: iter(v),
        "unpack": lambda n, v: (lambda a, b: a + b)(*v),
        "next": lambda n, v: next(iter(v)),
        "enumerate": lambda n, v: list(enumerate(v)),
        "setitem": lambda n, v: v.__setitem__(0, 1.0),
    }
    return {name: raises(lambda call=call: plain(tf, call, n, v)) for name, call in calls.items()}


@script("iterating over a Tensor without AutoGraph: the message")
def _(tf):
    def total(v):
        s = 0.0
        for x in v:
            s += x
        return s

    phrase = "Iterating over a symbolic `tf.Tensor` is not allowed"
    return [
        says(lambda: plain(tf, total, tf.constant([1.0, 2.0])), phrase),
        says(lambda: plain(tf, total, tf.constant(1.0)), phrase),
        tf.function(total)(tf.constant([1.0, 2.0])),
        raises(lambda: tf.function(total)(tf.constant(1.0))),
    ]


@script("the same with AutoGraph: int, float, len, index")
def _(tf):
    n, v = tf.constant(3), tf.constant([1.0, 2.0])

    def as_int(n, v):
        return int(v[0]) + n

    def as_float(n, v):
        return float(n) * v

    def length(n, v):
        return len(v) + n

    def picked(n, v):
        return [1, 2, 3, 4][n]

    def named(n, v):
        return f"{n}" + str(v.shape)

    calls = (as_int, as_float, length, picked)
    return {call.__name__: raises(lambda call=call: tf.function(call)(n, v)) for call in calls}


@script("what can be asked of a symbolic value")
def _(tf):
    seen = []

    @tf.function
    def f(x, y):
        z = x * 2.0 + tf.reduce_sum(y)
        seen.append(
            [
                x.shape,
                z.shape,
                y.shape,
                x.dtype,
                z.shape.rank,
                x.shape.as_list(),
                tf.is_tensor(z),
                isinstance(z, tf.Tensor),
                tf.is_symbolic_tensor(z),
                z.get_shape(),
                x.shape == y.shape,
                z is x,
                hasattr(z, "numpy"),
                tf.get_static_value(tf.constant([1, 2])) is not None,
                tf.get_static_value(x) is None,
            ]
        )
        return z

    return f(tf.ones([2, 3]), tf.ones([4])), seen


@script("static shapes and tf.shape with unknown dimensions")
def _(tf):
    seen = []

    @tf.function(input_signature=[tf.TensorSpec([None, 3]), tf.TensorSpec([None, None]), tf.TensorSpec(None)])
    def f(x, y, z):
        t = tf.transpose(x)
        r = tf.reshape(x, [-1])
        two = tf.reshape(x, [tf.shape(x)[0], 3, 1])
        s = x @ y
        c = tf.concat([x, x], 0)
        k = tf.concat([x, tf.ones([4, 3])], 0)
        e = x[:, None, :2]
        b = tf.boolean_mask(x, x[:, 0] > 0)
        u = tf.unstack(x, axis=1)
        g = tf.ensure_shape(y, [3, 5])
        seen.extend(
            v.shape for v in (x, y, z, t, r, two, s, c, k, e, b, u[0], g, tf.squeeze(z), z + 1.0, x + x[:1])
        )
        seen.append(tf.reduce_mean(x, 0).shape)
        seen.append(tf.shape(x).shape)
        seen.append(tf.range(tf.shape(x)[0]).shape)
        seen.append(raises(lambda: z.shape.as_list()))
        seen.append(raises(lambda: len(z.shape)))
        return tf.shape(x), tf.shape(t), tf.shape(b), tf.shape(z), tf.rank(z), tf.size(r), s

    answers = [
        f(tf.reshape(tf.range(6.0), [2, 3]) - 1.0, tf.ones([3, 5]), tf.ones([2])),
        f(tf.ones([1, 3]), tf.ones([3, 5]), 5.0),
        raises(lambda: f(tf.ones([1, 3]), tf.ones([3, 4]), 5.0)),
    ]
    return answers, seen  # fmt: skip


@script("set_shape inside a function")
def _(tf):
    seen = []

    @tf.function(input_signature=[tf.TensorSpec(None, tf.float32)])
    def f(x):
        x.set_shape([None, 2])
        seen.append(x.shape)
        y = x[0]
        seen.append(y.shape)
        seen.append(raises(lambda: x.set_shape([None, 3])))
        return y

    return [f(tf.constant([[1.0, 2.0]])), f(tf.constant([[3.0, 4.0], [5.0, 6.0]]))], seen


@script("a symbolic value that left its function")
def _(tf):
    kept = []

    @tf.function
    def leak(x):
        y = x + 1.0
        kept.append(y)
        return y

    @tf.function
    def use(x):
        return x + kept[0]

    answers = [leak(tf.constant(1.0))]
    y = kept[0]
    phrase = "out of scope"
    answers += [
        says(lambda: y + 1.0, phrase),
        says(lambda: tf.sin(y), phrase),
        says(lambda: tf.stack([y, y]), phrase),
        says(lambda: use(tf.constant(1.0)), phrase, "inaccessible"),
        says(lambda: leak(y), phrase),
        says(lambda: y.numpy()),
        says(lambda: bool(y)),
        says(lambda: float(y)),
        says(lambda: tf.convert_to_tensor(y) + 1.0, phrase),
        says(lambda: tf.Variable(y), phrase),
        [y.shape, y.dtype],
    ]
    return answers


@script("symbolic values kept in objects and globals")
def _(tf):
    class Layer:
        last = None

        @tf.function
        def __call__(self, x):
            self.last = x * 2.0
            return self.last

    layer = Layer()
    answers = [layer(tf.constant(1.0)), layer(tf.constant(2.0))]
    return answers, tf.is_symbolic_tensor(layer.last), raises(lambda: layer.last + 1.0), layer.last.shape


@script("tensors of outside are constants of the function")
def _(tf):
    x = tf.constant([1.0, 2.0])
    box = {"x": x}

    @tf.function
    def f(y):
        return box["x"] * y

    answers = [f(tf.constant(2.0))]
    box["x"] = tf.constant([100.0, 200.0])
    answers += [f(tf.constant(3.0)), f(tf.constant([1.0, 1.0]))]
    concrete = f.get_concrete_function(tf.constant(2.0))
    return answers, [t is x for t in concrete.captured_inputs]


@script("numpy arrays of outside are constants too")
def _(tf):
    a = np.array([1.0, 2.0], np.float32)

    @tf.function
    def f(y):
        return y * a, tf.constant(a) + y, np.sum(a) * y

    answers = [f(tf.constant(1.0))]
    a[:] = 50.0
    return [*answers, f(tf.constant(2.0)), f(tf.constant([1.0, 0.0]))]


@script("executing_eagerly, inside_function and init_scope")
def _(tf):
    seen = []

    @tf.function
    def f(x):
        seen.append([tf.executing_eagerly(), tf.inside_function()])
        with tf.init_scope():
            seen.append([tf.executing_eagerly(), tf.inside_function()])
            y = tf.constant(2.0) * 3.0
            seen.append(y.numpy())
            seen.append(raises(lambda: x + 1.0))
        return x * y

    @tf.function
    def outer(x):
        with tf.init_scope():
            inner = f(tf.constant(5.0))
            seen.append(inner.numpy())
        return x + inner

    answers = [f(tf.constant(1.0)), outer(tf.constant(1.0)), outer(tf.constant(2.0))]
    return answers, seen, tf.executing_eagerly(), tf.inside_function()


@script("run_functions_eagerly")
def _(tf):
    log = []

    @tf.function
    def f(x):
        log.append([tf.executing_eagerly(), tf.inside_function()])
        if x > 0:
            return x.numpy() * 2.0 if tf.executing_eagerly() else x * 2.0
        return x

    answers = [f(tf.constant(1.0)), tf.config.functions_run_eagerly()]
    tf.config.run_functions_eagerly(True)
    try:
        answers += [tf.config.functions_run_eagerly(), f(tf.constant(2.0)), f(tf.constant(-2.0))]
    finally:
        tf.config.run_functions_eagerly(False)
    answers += [f(tf.constant(3.0)), tf.config.functions_run_eagerly()]
    return answers, log


@script("run_functions_eagerly: what is different then")
def _(tf):
    log = []

    def body(x):
        log.append("ran")
        return x + 1

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def exact(x):
        return x * 2.0

    f = tf.function(body)
    tf.config.run_functions_eagerly(True)
    try:
        answers = [
            f(1),
            f(1),
            f(tf.constant(1)),
            raises(lambda: exact(tf.constant([1.0]))),
            exact(3),
            f.experimental_get_tracing_count(),
        ]
    finally:
        tf.config.run_functions_eagerly(False)
    return answers, log


@script("do_not_convert and autograph=False")
def _(tf):
    def absolute(x):
        if x > 0:
            return x
        return -x

    hidden = tf.autograph.experimental.do_not_convert(absolute)

    @tf.function
    def calls_hidden(x):
        return hidden(x)

    @tf.function
    def calls_plain(x):
        return absolute(x)

    @tf.autograph.experimental.do_not_convert
    def helper(x, k):
        return x * k if isinstance(k, int) else x

    x = tf.constant(-2)
    phrase = "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed"
    return [
        calls_plain(x),
        calls_plain(-x),
        says(lambda: calls_hidden(x), phrase),
        says(lambda: tf.function(absolute, autograph=False)(x), phrase),
        says(lambda: tf.function(hidden)(x), phrase),
        hidden(x),
        tf.function(lambda v: helper(v, 3))(x),
        tf.autograph.to_graph(absolute)(x),
        tf.function(tf.autograph.to_graph(absolute), autograph=False)(x),
    ]


@script("== between symbolic values")
def _(tf):
    @tf.function
    def f(x, y):
        return x == y, x != y, x is y, x == None, x != None, x is None  # noqa: E711

    return [f(tf.constant([1, 2]), tf.constant([1, 3])), f(tf.constant(1), tf.constant(1)),
            raises(lambda: f(tf.constant([1, 2]), tf.constant([1, 2, 3])))]  # fmt: skip


@script("tape results inside are symbolic too")
def _(tf):
    seen = []

    @tf.function
    def f(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x**3
        g = tape.gradient(y, x)
        seen.append([g.shape, tf.is_symbolic_tensor(g), raises(lambda: g.numpy())])
        return g

    return [f(tf.constant(2.0)), f(tf.constant(3.0))], seen


@script("strings and names of symbolic values")
def _(tf):
    seen = []

    @tf.function
    def f(x):
        seen.append(str(x))
        seen.append(repr(x))
        seen.append(x.name)
        return x

    f(tf.constant([1.0, 2.0]))
    return seen
