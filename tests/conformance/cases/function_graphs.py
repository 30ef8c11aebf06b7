"""Graphs by hand: `tf.Graph().as_default()` with `tf.gradients`, overrides of gradients, `wrap_function`, names."""

from conformance_kit import raises, script


def run(tf, graph, fetches, feeds=None):
    """What a session of TensorFlow 1 gives for `fetches`."""
    with tf.compat.v1.Session(graph=graph) as session:
        return session.run(fetches, feeds or {})


@script("gradients in a graph, by a function that returns them")
def _(tf):
    @tf.function
    def f(x):
        y = tf.nn.softmax(x)
        return tf.gradients(tf.reduce_sum(y * tf.constant([1.0, 2.0, 3.0])), x)[0]

    return [f(tf.constant(v)) for v in ([0.1, 0.2, 0.3], [1.0, -1.0, 0.0])]


@script("what a graph knows of being one")
def _(tf):
    with tf.Graph().as_default() as graph:
        inside = [tf.executing_eagerly(), tf.inside_function(), tf.is_symbolic_tensor(tf.constant(1.0))]
        c = tf.constant([1.0, 2.0], name="c")
        d = c * 2.0
        about = [
            c.shape,
            d.dtype,
            c.graph is graph,
            raises(lambda: bool(c[0] > 0)),
            raises(lambda: c.numpy()),
        ]
    return inside, about, tf.executing_eagerly(), raises(lambda: d + tf.constant(1.0))


@script("tf.gradients in a graph, run by a session")
def _(tf):
    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [2])
        y = tf.reduce_sum(x**3)
        (g,) = tf.gradients(y, x)
        (h,) = tf.gradients(g, x)
    return raises(lambda: [run(tf, graph, [y, g, h], {x: v}) for v in ([1.0, 2.0], [3.0, -1.0])])


@script("gradient_override_map in a function")
def _(tf):
    seen = []

    def body(x):
        graph = tf.compat.v1.get_default_graph()
        seen.append(type(graph).__name__)
        with graph.gradient_override_map({"Tanh": "Sin"}):
            y = tf.tanh(x)
        return y

    f = tf.function(body)
    x = tf.constant(0.5)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return y, raises(lambda: tape.gradient(y, x)), seen


@script("operations of a concrete function's graph")
def _(tf):
    @tf.function
    def f(x):
        a = tf.matmul(x, x, name="product")
        return tf.nn.relu(a) + 1.0

    graph = f.get_concrete_function(tf.TensorSpec([2, 2], tf.float32)).graph
    kinds = [op.type for op in graph.get_operations()]
    return [kinds.count(k) for k in ("Placeholder", "MatMul", "Relu", "AddV2")], "product" in [
        op.name for op in graph.get_operations()
    ]


@script("name scopes inside a function")
def _(tf):
    names = []

    @tf.function
    def f(x):
        with tf.name_scope("outer"):
            a = tf.add(x, 1.0, name="sum")
            with tf.name_scope("inner"):
                b = tf.multiply(a, 2.0, name="product")
        c = tf.identity(b, name="sum")
        names.extend([a.name, b.name, c.name, a.op.type])
        return c

    return f(tf.constant(1.0)), names


@script("numpy_function and py_function of graphs' values")
def _(tf):
    import numpy as np

    @tf.function
    def f(x):
        s = tf.numpy_function(lambda v: np.sort(v), [x], tf.float32)
        s.set_shape([3])
        m, n = tf.numpy_function(lambda v: (v.max(), np.int64(v.argmax())), [x], (tf.float32, tf.int64))
        return s * 2.0, m, n

    return [f(tf.constant(v)) for v in ([3.0, 1.0, 2.0], [-1.0, 5.0, 0.0])]


@script("a device scope, a name scope and control dependencies change no number")
def _(tf):
    @tf.function
    def f(x):
        with tf.device("/CPU:0"), tf.name_scope("scope"), tf.control_dependencies([x]):
            y = tf.sin(x)
        return y

    answers = []
    for v in (0.5, 1.5):
        x = tf.constant(v)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        answers.append([y, tape.gradient(y, x)])
    return answers


@script("jit_compile: the same answers")
def _(tf):
    w = tf.Variable([[0.5, -0.2], [0.3, 0.8]])

    @tf.function(jit_compile=True)
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.tanh(x @ w) ** 2)
        w.assign_sub(0.1 * tape.gradient(loss, w))
        return loss

    x = tf.constant([[1.0, 2.0], [0.5, -1.0]])
    return [step(x), step(2.0 * x), step(x[:1])], w, step.experimental_get_tracing_count()


@script("experimental options are taken")
def _(tf):
    x = tf.constant(2.0)
    return [
        tf.function(lambda v: v * 2.0, experimental_implements="name")(x),
        tf.function(lambda v: v * 2.0, jit_compile=False)(x),
        raises(lambda: tf.function(lambda v: v * 2.0, unknown=1)(x)),
        raises(lambda: tf.function(lambda v: v * 2.0, [tf.TensorSpec([], tf.float32)])(x)),
        tf.function(jit_compile=None, reduce_retracing=False)(lambda v: v * 3.0)(x),
        tf.function()(lambda v: v * 4.0)(x),
    ]


@script("nothing leaks: a function dropped frees its variables")
def _(tf):
    import gc
    import weakref

    def build():
        v = tf.Variable(1.0)
        f = tf.function(lambda x: x * v)
        f(tf.constant(1.0))
        return weakref.ref(v)

    ref = build()
    gc.collect()
    return ref() is None


@script("a variable replaced: the function keeps the one it was traced with")
def _(tf):
    class Box:
        v = tf.Variable(2.0)

    @tf.function
    def f(x):
        return x * Box.v

    old = Box.v
    answers = [f(tf.constant(1.0))]
    Box.v = tf.Variable(5.0)
    answers.append(f(tf.constant(2.0)))
    old.assign(3.0)
    return answers, f(tf.constant(2.0)), f(tf.constant([2.0]))


@script("threads call the same function")
def _(tf):
    import threading

    @tf.function
    def f(x):
        return x * 2.0

    results = [None] * 4

    def work(i):
        results[i] = [f(tf.constant(float(k))) for k in range(i + 1)]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results, f.experimental_get_tracing_count()
