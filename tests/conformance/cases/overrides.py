"""gradient_override_map, and the op that a registered gradient gets.

TensorFlow overrides gradients where it builds graphs, so everything is in a tf.function: there as here.
"""

import uuid

import numpy as np
from conformance_kit import raises, script


def register(tf, function):
    """`function` as a gradient, under a name that is new."""
    name = f"Conformance{uuid.uuid4()}"
    tf.RegisterGradient(name)(function)
    return name


def guided(tf):
    def grad(op, dy):
        return tf.cast(dy > 0, dy.dtype) * tf.raw_ops.ReluGrad(gradients=dy, features=op.outputs[0])

    return register(tf, grad)


def times(tf, factor):
    return register(tf, lambda op, dy: dy * factor)


def overriding(tf, names):
    return tf.compat.v1.get_default_graph().gradient_override_map(names)


def gradients(tf, f, x, cotangent=None):
    """The value of the traced function, its gradient and the gradient of that."""
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        g = inner.gradient(y, x, output_gradients=cotangent)
    return y, g, None if g is None else outer.gradient(g, x)


X = [1.5, -2.5, 3.0]


@script("guided backpropagation")
def _(tf):
    name = guided(tf)

    @tf.function
    def f(x):
        with overriding(tf, {"Relu": name}):
            return tf.nn.relu(x * x - 4.0) * tf.constant([1.0, 1.0, -1.0])

    return gradients(tf, f, tf.constant(X))[:2]


@script("ops made within, whenever the gradient is asked for")
def _(tf):
    name = times(tf, 10.0)

    @tf.function
    def f(x):
        before = tf.sin(x)
        with overriding(tf, {"Sin": name}):
            within = tf.sin(x)
        return before, within, tf.sin(x), tf.sin(within)

    x = tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        ys = f(x)
    return [tape.gradient(y, x) for y in ys]


@script("nested maps")
def _(tf):
    ten, hundred = times(tf, 10.0), times(tf, 100.0)

    @tf.function
    def f(x):
        with overriding(tf, {"Sin": ten, "Cos": ten}):
            a = tf.sin(x) + tf.cos(x)
            with overriding(tf, {"Sin": hundred}):
                b = tf.sin(x) + tf.cos(x)
                with overriding(tf, {"Sin": "Sin"}):
                    c = tf.sin(x)
            d = tf.sin(x)
            with overriding(tf, {}):
                e = tf.sin(x)
        return a, b, c, d, e, tf.sin(x)

    x = tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        ys = f(x)
    return [tape.gradient(y, x) for y in ys]


@script("an exception within")
def _(tf):
    name = times(tf, 10.0)

    @tf.function
    def f(x):
        try:
            with overriding(tf, {"Sin": name}):
                y = tf.sin(x)
                raise RuntimeError("mine")
        except RuntimeError:
            pass
        return y, tf.sin(x)

    x = tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        ys = f(x)
    return [tape.gradient(y, x) for y in ys]


@script("gradients of other ops")
def _(tf):
    def run(op_type, name, call):
        @tf.function
        def f(x):
            with overriding(tf, {op_type: name}):
                return call(x)

        return gradients(tf, f, tf.constant(X))[:2]

    cases = [
        ("Relu", "Identity", tf.nn.relu),
        ("Relu", "Tanh", tf.nn.relu),
        ("Identity", "Relu", tf.identity),
        ("Tanh", "Sigmoid", tf.tanh),
        ("Sin", "Cos", tf.sin),
        ("Sin", "Square", tf.sin),
        ("Mul", "AddV2", lambda x: x * tf.constant([2.0, 3.0, 4.0])),
        ("AddV2", "Mul", lambda x: x + tf.constant([2.0, 3.0, 4.0])),
        ("NoSuchOp", "Identity", tf.sin),
    ]
    return [run(*case) for case in cases]


@script("straight through: ops that have no gradient")
def _(tf):
    half = times(tf, 0.5)

    def run(op_type, name, call):
        @tf.function
        def f(x):
            with overriding(tf, {op_type: name}):
                return call(x) * x

        return gradients(tf, f, tf.constant(X))

    cases = [
        ("Sign", "Identity", tf.sign),
        ("Round", "Identity", tf.round),
        ("Rint", "Identity", tf.math.rint),
        ("Floor", "Identity", tf.floor),
        ("Ceil", "Identity", tf.math.ceil),
        ("Sign", half, tf.sign),
        ("Sign", "Tanh", tf.sign),
        ("StopGradient", "Identity", tf.stop_gradient),
        ("StopGradient", half, tf.stop_gradient),
    ]
    between = [  # what lies between is no floating point number
        ("Cast", "Identity", lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32)),
        ("Greater", "Identity", lambda x: tf.cast(x > 0.0, tf.float32)),
    ]
    return [run(*case) for case in cases], [run(*case)[:2] for case in between]


@script("names that nothing is registered under, and what is no map")
def _(tf):
    x = tf.constant(X)

    def run(names, differentiate=True):
        @tf.function
        def f(x):
            with overriding(tf, names):
                return tf.nn.relu(x)

        return raises(lambda: gradients(tf, f, x)[:2] if differentiate else f(x))

    maps = [{"Relu": "NoSuchGradient"}, {"Relu": 3}, {3: "Relu"}, {"Relu": None}, {"Relu": b"Relu"}]
    maps += [[("Relu", "Identity")], "Relu", None, {}]
    return [run(names) for names in maps], [run(names, differentiate=False) for names in maps]


@script("a name that has no gradient on purpose")
def _(tf):
    name = f"Conformance{uuid.uuid4()}"
    tf.no_gradient(name)

    @tf.function
    def f(x):
        with overriding(tf, {"Sin": name}):
            return tf.sin(x) + x

    return gradients(tf, f, tf.constant(X))[1]


@script("the op that the gradient gets")
def _(tf):
    seen = []

    def grad(op, dy):
        seen.append(
            [
                op.type,
                op.get_attr("_gradient_op_type") == name.encode(),
                raises(lambda: op.get_attr("nothing")),
                type(op.inputs).__name__,
                type(op.outputs).__name__,
                len(op.inputs),
                [x.shape for x in op.inputs],
                [x.dtype for x in op.outputs],
                op.control_inputs,
                len(op.values()),
                isinstance(op.name, str),
                isinstance(op.device, str),
                op.get_attr("T"),
            ]
        )
        return [dy * 2.0 for _ in op.inputs]

    name = register(tf, grad)

    @tf.function
    def f(x):
        with overriding(tf, {"Relu": name, "Maximum": name}):
            return tf.nn.relu(x) + tf.maximum(x, x * 0.5)

    g = gradients(tf, f, tf.constant(X))[1]
    return g, sorted(seen[:2], key=lambda facts: facts[0])


@script("inputs that are attributes elsewhere")
def _(tf):
    """TensorFlow's ops take axes and shapes as inputs, so that a gradient function returns something for them."""
    seen = {}

    def noting(make):
        def grad(op, dy):
            others = [tf.get_static_value(x) for x in op.inputs if x.dtype.is_integer]
            seen[op.type] = len(op.inputs), [np.ravel(x).tolist() for x in others]
            return make(op, dy)

        return register(tf, grad)

    def run(op_type, make, call):
        name = noting(make)

        @tf.function
        def f(x):
            with overriding(tf, {op_type: name}):
                return call(x)

        x = tf.reshape(tf.range(6.0), [2, 3])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tape.gradient(y, x)

    def spread(op, dy):
        return tf.ones_like(op.inputs[0]) * 2.0

    answers = [
        run("Sum", lambda op, dy: (spread(op, dy), None), lambda x: tf.reduce_sum(x, axis=1)),
        run("Max", lambda op, dy: (spread(op, dy), None), lambda x: tf.reduce_max(x, axis=[0, 1])),
        run("Reshape", lambda op, dy: (tf.reshape(dy, [2, 3]) * 5.0, None), lambda x: tf.reshape(x, [3, 2])),
        run("Transpose", lambda op, dy: (tf.transpose(dy) * 5.0, None), lambda x: tf.transpose(x, [1, 0])),
        run("ConcatV2", lambda op, dy: [dy[:2] * 3.0, dy[2:] * 4.0, None], lambda x: tf.concat([x, x], 0)),
        run("GatherV2", lambda op, dy: (spread(op, dy), None, None), lambda x: tf.gather(x, [0, 0], axis=1)),
        run("Tile", lambda op, dy: (spread(op, dy), None), lambda x: tf.tile(x, [2, 1])),
        run("ExpandDims", lambda op, dy: (spread(op, dy), None), lambda x: tf.expand_dims(x, 1)),
    ]
    return answers, seen


@script("attributes, in TensorFlow's form")
def _(tf):
    seen = {}

    def run(op_type, attrs, call, x):
        def grad(op, dy):
            seen[op_type] = {attr: op.get_attr(attr) for attr in attrs}
            return [tf.ones_like(x) if x.dtype.is_floating else None for x in op.inputs]

        name = register(tf, grad)

        @tf.function
        def f(x):
            with overriding(tf, {op_type: name}):
                return call(x)

        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        tape.gradient(y, x)

    image, matrix = tf.ones([1, 4, 4, 1]), tf.ones([2, 3])
    kernel = tf.ones([2, 2, 1, 1])
    run(
        "Conv2D",
        ["strides", "padding", "data_format", "dilations", "T"],
        lambda x: tf.nn.conv2d(x, kernel, 2, "SAME"),
        image,
    )
    run(
        "MaxPool",
        ["ksize", "strides", "padding", "data_format"],
        lambda x: tf.nn.max_pool2d(x, 2, 2, "VALID"),
        image,
    )
    run("AvgPool", ["ksize", "strides", "padding"], lambda x: tf.nn.avg_pool2d(x, 2, 1, "SAME"), image)
    run("MatMul", ["transpose_a", "transpose_b"], lambda x: tf.matmul(x, x, transpose_b=True), matrix)
    run("Sum", ["keep_dims"], lambda x: tf.reduce_sum(x, 1, keepdims=True), matrix)
    run("LeakyRelu", ["alpha"], lambda x: tf.nn.leaky_relu(x, 0.5), matrix)
    run("BiasAdd", ["data_format"], lambda x: tf.nn.bias_add(x, [1.0, 2.0, 3.0]), matrix)
    run("Cast", ["SrcT", "DstT"], lambda x: tf.cast(x, tf.float64), matrix)
    run("Pack", ["axis", "N"], lambda x: tf.stack([x, x, x], 1), matrix)
    return sorted(seen.items())


@script("what the gradient returns")
def _(tf):
    x = tf.constant(X)

    def run(result, op_type="Sin", call=tf.sin):
        name = register(tf, lambda op, dy: result(dy))

        @tf.function
        def f(x):
            with overriding(tf, {op_type: name}):
                return call(x)

        return raises(lambda: gradients(tf, f, x)[1])

    def library(names, call):
        @tf.function
        def f(x):
            with overriding(tf, names):
                return call(x)

        return raises(lambda: gradients(tf, f, x)[1])

    return [
        run(lambda dy: dy, "Sum", lambda x: tf.reduce_sum(x, axis=0)),
        run(lambda dy: tf.ones([2])),
        run(lambda dy: tf.ones([])),
        run(lambda dy: tf.ones([1, 3])),
        run(lambda dy: (tf.ones([2]), dy), "Mul", lambda x: x * x),
        run(lambda dy: [dy * 2.0]),
        run(lambda dy: (dy * 2.0,)),
        run(lambda dy: (dy, dy)),
        run(lambda dy: (dy, dy * 3.0), "Mul", lambda x: x * x),
        run(lambda dy: (None, dy * 3.0), "Mul", lambda x: x * x),
        run(lambda dy: dy, "Mul", lambda x: x * x),
        run(lambda dy: 1 / 0),
        library({"Reshape": "Identity"}, lambda x: tf.reshape(x, [3, 1])),
    ]


@script("second derivatives, through inputs and outputs")
def _(tf):
    by_inputs = register(tf, lambda op, dy: dy * op.inputs[0] * op.inputs[0])
    by_outputs = register(tf, lambda op, dy: dy * op.outputs[0])
    both = register(tf, lambda op, dy: dy * op.outputs[0] * op.inputs[0] + tf.sin(op.inputs[0]))
    answers = []
    for name in (by_inputs, by_outputs, both):

        @tf.function
        def f(x, name=name):
            with overriding(tf, {"Sin": name}):
                return tf.sin(x)

        answers.append(gradients(tf, f, tf.constant(X)))
    return answers


@script("powers and quotients, with other gradients")
def _(tf):
    def grad(op, dy):
        grads = dy * op.inputs[1], dy * op.outputs[0] * op.inputs[0]
        return [
            grad if x.shape.rank else tf.reduce_sum(grad) for grad, x in zip(grads, op.inputs, strict=True)
        ]

    name = register(tf, grad)
    answers = []
    for op_type, call in (
        ("Pow", lambda x: x**2.0),
        ("Pow", lambda x: x**x),
        ("RealDiv", lambda x: x / (x + 1.0)),
        ("RealDiv", lambda x: 3.0 / x),
        ("Mul", lambda x: x * 3.0),
        ("Sub", lambda x: 3.0 - x),
        ("Maximum", lambda x: tf.maximum(x, 1.0)),
    ):

        @tf.function
        def f(x, op_type=op_type, call=call):
            with overriding(tf, {op_type: name}):
                return call(x)

        answers.append(gradients(tf, f, tf.constant([1.5, 2.5, 3.0]))[:2])
    return answers


@script("Jacobians")
def _(tf):
    name = register(tf, lambda op, dy: dy * op.inputs[0] * 10.0)

    @tf.function
    def f(x):
        with overriding(tf, {"Sin": name, "Round": "Identity"}):
            return tf.round(tf.sin(x)) * x

    x, m = tf.constant(X), tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, m])
        y, q = f(x), f(m)
    return tape.jacobian(y, x), tape.batch_jacobian(q, m)


@script("forward mode")
def _(tf):
    """It transposes the gradient, and differentiates again."""
    ten, own = times(tf, 10.0), register(tf, lambda op, dy: dy * op.inputs[0] * op.outputs[0])
    x, t = tf.constant(X), tf.constant([1.0, 2.0, 3.0])
    accumulator = tf.autodiff.ForwardAccumulator
    answers = []
    for op_type, name, call in (
        ("Sin", ten, tf.sin),
        ("Sin", own, tf.sin),
        ("Sin", "Cos", tf.sin),
        ("Sign", "Identity", tf.sign),
        ("Round", ten, tf.round),
        ("Mul", "AddV2", lambda x: x * x),
    ):

        @tf.function
        def f(x, op_type=op_type, name=name, call=call):
            with overriding(tf, {op_type: name}):
                return call(x)

        with accumulator(x, t) as forward:
            y = f(x)
        found = [forward.jvp(y)]
        with accumulator(x, t) as forward:
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = f(x) * x
            g = tape.gradient(y, x)
        found.append(forward.jvp(g))
        answers.append(found)
    return answers


@script("with custom_gradient and Variables")
def _(tf):
    ten = times(tf, 10.0)
    v = tf.Variable([1.0, 2.0, 3.0])

    @tf.custom_gradient
    def inner(x):
        return tf.sin(x), lambda dy: dy * 5.0

    @tf.function
    def f(x):
        with overriding(tf, {"Sin": ten, "Mul": "AddV2"}):
            return inner(tf.sin(x)) * v

    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return y, tape.gradient(y, [x, v])


@script("graphs that are made the default")
def _(tf):
    graph = tf.Graph()
    answers = [tf.compat.v1.get_default_graph() is tf.compat.v1.get_default_graph()]
    answers.append(graph is tf.Graph())
    with graph.as_default() as same:
        answers += [same is graph, tf.compat.v1.get_default_graph() is graph]
        with tf.Graph().as_default() as other:
            answers += [other is graph, tf.compat.v1.get_default_graph() is other]
        answers.append(tf.compat.v1.get_default_graph() is graph)
        with (
            graph.gradient_override_map({"Relu": "Identity"}) as nothing,
            graph.name_scope("a"),
            graph.device("/CPU:0"),
        ):
            answers.append(nothing)
        with graph.control_dependencies([]):
            answers.append(graph.building_function)
    answers.append(tf.compat.v1.get_default_graph() is graph)
    answers.append(raises(lambda: graph.no_such_name))
    answers.append([tf.compat.v1.Graph is tf.Graph, tf.compat.v1.RegisterGradient is tf.RegisterGradient])
    answers.append(
        [tf.compat.v1.NotDifferentiable is tf.no_gradient, tf.compat.v1.NoGradient is tf.no_gradient]
    )
    return answers
