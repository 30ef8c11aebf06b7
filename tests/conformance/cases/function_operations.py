"""Operations of the graphs of functions: what programs list, count, look up and write of them."""

from conformance_kit import raises, script


def graph_of(tf, function, *specs):
    """The graph of a function of such arguments."""
    return tf.function(function).get_concrete_function(*specs).graph


def spec(tf, *shape):
    return tf.TensorSpec(shape, tf.float32)


def listed(graph):
    """Type, name, inputs and what comes before, of each operation."""
    return [
        [op.type, op.name, [x.name for x in op.inputs], sorted(x.name for x in op.control_inputs)]
        for op in graph.get_operations()
    ]


@script("types and names of operations")
def _(tf):
    def f(x):
        return tf.nn.relu(tf.matmul(x, x, name="product")) + 1.0

    return listed(graph_of(tf, f, spec(tf, 2, 2)))


@script("a dense layer by hand: each Variable is read where it is used")
def _(tf):
    w, b = tf.Variable(tf.ones([2, 3])), tf.Variable(tf.zeros([3]))

    def f(x):
        return tf.nn.softmax(tf.tanh(x @ w + b) + b)

    graph = graph_of(tf, f, spec(tf, None, 2))
    return listed(graph), [v.shape for v in graph.variables], len(graph.captures)


@script("names of operators, and of the numbers in them")
def _(tf):
    def f(x):
        return (
            x + 1.0,
            x - 1.0,
            2.0 * x,
            x / 2.0,
            x**2.0,
            x // 2.0,
            x % 2.0,
            1.0 - x,
            -x,
            abs(x),
            x > 0.0,
            x == 1.0,
        )

    return listed(graph_of(tf, f, spec(tf, 2)))


@script("names of slices")
def _(tf):
    def f(x):
        return x[0], x[:, 1:], x[..., tf.newaxis], x[0][1]

    return listed(graph_of(tf, f, spec(tf, 2, 2)))


@script("names of functions of one op")
def _(tf):
    def f(x):
        return [
            tf.add(x, x),
            tf.subtract(x, x),
            tf.multiply(x, x),
            tf.divide(x, x),
            tf.maximum(x, x),
            tf.square(x),
            tf.sqrt(x),
            tf.exp(x),
            tf.sigmoid(x),
            tf.nn.relu6(x),
            tf.reshape(x, [4]),
            tf.transpose(x),
            tf.concat([x, x], 0),
            tf.stack([x, x]),
            tf.unstack(x),
            tf.split(x, 2),
            tf.tile(x, [1, 2]),
            tf.expand_dims(x, 0),
            tf.squeeze(x),
            tf.cast(x, tf.int32),
            tf.identity(x),
            tf.stop_gradient(x),
            tf.argmax(x, 1),
            tf.cumsum(x),
            tf.clip_by_value(x, 0.0, 1.0),
            tf.nn.l2_loss(x),
        ]

    return [
        [op.type, op.name] for op in graph_of(tf, f, spec(tf, 2, 2)).get_operations() if op.type != "Const"
    ]


@script("names of reductions, and of their axes")
def _(tf):
    def f(x):
        return (
            tf.reduce_sum(x),
            tf.reduce_mean(x, axis=[0]),
            tf.reduce_max(x, axis=[1], keepdims=True),
            tf.reduce_mean(x[0, 0]),
        )

    return listed(graph_of(tf, f, spec(tf, 2, 2)))


@script("names that are asked for, and that are taken")
def _(tf):
    def f(x):
        a = tf.add(x, x, name="a")
        b = tf.add(a, x, name="a")
        c = tf.add(b, x, name="A")
        d = tf.multiply(c, c, name="x")
        return tf.identity(d, name="result")

    return listed(graph_of(tf, f, spec(tf, 2)))


@script("name scopes, nested and repeated")
def _(tf):
    def f(x):
        with tf.name_scope("outer") as outer:
            a = tf.add(x, 1.0, name="sum")
            with tf.name_scope("inner"):
                b = a * 2.0
        with tf.name_scope("outer"):
            c = tf.reduce_sum(b)
        with tf.name_scope(outer):
            d = c + 1.0
        with tf.name_scope("x"):
            return d * d

    return listed(graph_of(tf, f, spec(tf, 2)))


@script("names of Tensors while a function is traced")
def _(tf):
    seen = []

    def f(x, y):
        a = x + y
        b = tf.matmul(a, a)
        with tf.name_scope("scope"):
            c = tf.nn.relu(b, name="active")
            d, e = tf.split(c, 2)
        for t in (x, y, a, b, c, d, e):
            seen.append([t.name, t.op.name, t.op.type, str(t), repr(t), t.value_index])
        seen.append([[i.name for i in b.op.inputs], [o.name for o in e.op.outputs]])
        return d

    f = tf.function(f)
    f(tf.ones([2, 2]), tf.ones([2, 2]))
    return seen


@script("constants have names")
def _(tf):
    def f(x):
        a = tf.constant([1.0, 2.0])
        b = tf.constant(3.0, name="three")
        with tf.name_scope("in"):
            c = tf.constant(4.0)
        return x * a + b - c

    return listed(graph_of(tf, f, spec(tf, 2)))


@script("captured Tensors: small ones are constants, large ones placeholders")
def _(tf):
    small, large = tf.constant([1.0, 2.0]), tf.ones([200, 2])

    def f(x):
        return x * small + large

    graph = graph_of(tf, f, spec(tf, 2))
    return [[op.type, op.name] for op in graph.get_operations()], len(graph.captures)


@script("structures in and out")
def _(tf):
    def f(pair, *, scale):
        return {"b": pair[0] + scale, "a": (pair[1]["k"], pair[0])}

    two = spec(tf, 2)
    concrete = tf.function(f).get_concrete_function((two, {"k": two}), scale=two)
    graph = concrete.graph
    return (
        listed(graph),
        [x.name for x in graph.inputs],
        [x.name for x in graph.outputs],
        tf.nest.map_structure(lambda x: x.name, graph.structured_outputs),
    )


@script("assignments")
def _(tf):
    v = tf.Variable([1.0, 2.0])

    def f(x):
        v.assign_add(x)
        v.assign_sub(x * 2.0)
        v.assign(x)
        return x + 1.0

    return [[op.type, op.name] for op in graph_of(tf, f, spec(tf, 2)).get_operations()]


@script("a graph looked up by names")
def _(tf):
    def f(x):
        return tf.split(tf.matmul(x, x, name="product"), 2)[1]

    graph = graph_of(tf, f, spec(tf, 2, 2))
    op = graph.get_operation_by_name("product")
    return [
        [op.name, op.type, op.device, op.graph is graph, op.op_def.name],
        [x.name for x in op.inputs],
        [x.name for x in op.outputs],
        [x.name for x in op.values()],
        [op.get_attr("T"), op.get_attr("transpose_a")],
        raises(lambda: op.get_attr("nothing")),
        [c.name for c in op.outputs[0].consumers()],
        op.inputs[0].op.type,
        graph.get_tensor_by_name("product:0") is op.outputs[0],
        graph.get_tensor_by_name("split:1").shape,
        graph.as_graph_element("product") is op,
        graph.as_graph_element("product:0") is op.outputs[0],
        graph.as_graph_element(op) is op,
        op.outputs[0].graph is graph,
        op.outputs[0].value_index,
        [str(op.outputs[0]), repr(op.outputs[0]), repr(op)],
        graph.inputs[0] is graph.get_tensor_by_name("x:0"),
        graph.outputs[0].op.inputs[0].op.type,
    ]


@script("names that no graph has")
def _(tf):
    graph = graph_of(tf, lambda x: tf.nn.relu(x), spec(tf, 2))
    return [
        raises(lambda: graph.get_tensor_by_name("Relu")),
        raises(lambda: graph.get_tensor_by_name("Relu:1")),
        raises(lambda: graph.get_tensor_by_name("nothing:0")),
        raises(lambda: graph.get_tensor_by_name(3)),
        raises(lambda: graph.get_operation_by_name("nothing")),
        raises(lambda: graph.get_operation_by_name("Relu:0")),
        raises(lambda: graph.get_operation_by_name(3)),
        raises(lambda: graph.as_graph_element("nothing")),
        raises(lambda: graph.as_graph_element("Relu", allow_operation=False)),
        raises(lambda: graph.as_graph_element("Relu:0", allow_tensor=False)),
        raises(lambda: graph.as_graph_element(3)),
    ]


@script("a graph as a message")
def _(tf):
    def f(x):
        return tf.split(tf.nn.relu(x) + 1.0, 2)[1]

    found = graph_of(tf, f, spec(tf, None, 2)).as_graph_def()
    nodes = [[n.name, n.op, list(n.input), n.device, sorted(n.attr)] for n in found.node]
    return (
        nodes,
        len(found.library.function),
        found.node[0].attr["shape"].shape.dim[0].size,
        found.node[1].attr["T"].type,
    )


@script("shapes in the message")
def _(tf):
    found = graph_of(tf, lambda x: tf.matmul(x, x), spec(tf, 2, 2)).as_graph_def(add_shapes=True)
    return [[d.size for d in n.attr["_output_shapes"].list.shape[0].dim] for n in found.node]


@script("a message written and read")
def _(tf):
    found = graph_of(tf, lambda x: tf.matmul(x, x), spec(tf, 2, 2)).as_graph_def()
    again = tf.compat.v1.GraphDef()
    again.ParseFromString(found.SerializeToString())
    return again == found, [n.name for n in again.node], str(found).splitlines()[:3]


@script("counting ops by type, and finding placeholders")
def _(tf):
    import collections

    w = tf.Variable(tf.ones([4, 4]))

    def f(x):
        for _ in range(3):
            x = tf.nn.relu(x @ w)
        return tf.reduce_sum(x)

    graph = graph_of(tf, f, spec(tf, 2, 4))
    counts = collections.Counter(op.type for op in graph.get_operations())
    return sorted(counts.items()), [
        [op.name, op.outputs[0].dtype] for op in graph.get_operations() if op.type == "Placeholder"
    ]


@script("convolutions and pooling, with attributes")
def _(tf):
    def f(x):
        y = tf.nn.conv2d(x, tf.ones([3, 3, 1, 2]), 1, "SAME")
        return tf.nn.max_pool2d(tf.nn.bias_add(y, tf.zeros([2])), 2, 2, "VALID")

    graph = graph_of(tf, f, spec(tf, 1, 4, 4, 1))
    conv = next(op for op in graph.get_operations() if op.type == "Conv2D")
    pool = next(op for op in graph.get_operations() if op.type == "MaxPool")
    return [
        conv.name,
        conv.get_attr("strides"),
        conv.get_attr("padding"),
        conv.get_attr("data_format"),
        pool.get_attr("ksize"),
        pool.outputs[0].shape,
        sorted(conv.node_def.attr),
    ]


@script("a branch is one operation with two functions")
def _(tf):
    def f(x):
        if x > 0.0:
            return x * 2.0
        return x - 1.0

    graph = graph_of(tf, f, spec(tf))
    op = next(op for op in graph.get_operations() if op.type == "StatelessIf")
    return op.name, [x.name for x in op.inputs], len(graph.as_graph_def().library.function)


@script("a loop is one operation with two functions")
def _(tf):
    def f(x):
        while tf.reduce_sum(x) < 10.0:
            x = x * 2.0
        return x

    graph = graph_of(tf, f, spec(tf, 2))
    op = next(op for op in graph.get_operations() if op.type == "StatelessWhile")
    return op.name, len(graph.as_graph_def().library.function)


@script("printing is an operation, and comes before the result")
def _(tf):
    def f(x):
        tf.print("x is", x)
        return x + 1.0

    return listed(graph_of(tf, f, spec(tf)))


@script("random numbers")
def _(tf):
    def f(x):
        return x + tf.random.normal([2], seed=1)

    kinds = [op.type for op in graph_of(tf, f, spec(tf, 2)).get_operations()]
    return "RandomStandardNormal" in kinds, kinds[0], kinds[-1]


@script("functions without arguments, without results, and of themselves")
def _(tf):
    return [
        listed(graph_of(tf, lambda: tf.constant(1.0))),
        listed(graph_of(tf, lambda x: None, spec(tf))),
        listed(graph_of(tf, lambda x: x, spec(tf))),
        listed(graph_of(tf, lambda x: [x, x], spec(tf))),
    ]


@script("what a graph of a function says of itself")
def _(tf):
    w = tf.Variable(2.0)

    def body(x):
        return x * w

    concrete = tf.function(body).get_concrete_function(spec(tf, 2))
    graph = concrete.graph
    return [
        [graph.name, graph.building_function, graph.version, graph.seed, graph.finalized],
        [x.name for x in concrete.inputs],
        [x.name for x in concrete.outputs],
        [x.name for x in graph.internal_captures],
        len(graph.external_captures),
        [op.name for op in graph.control_outputs],
        concrete.inputs[0] is graph.inputs[0],
        [tf.is_tensor(graph.inputs[0]), tf.is_symbolic_tensor(graph.inputs[0])],
        raises(lambda: graph.inputs[0] + 1.0),
        graph.is_feedable(graph.inputs[0]),
    ]


@script("collections of a graph")
def _(tf):
    graph = graph_of(tf, lambda x: x, spec(tf))
    graph.add_to_collection("mine", 1)
    graph.add_to_collections(["mine", "yours"], 2)
    graph.get_collection_ref("theirs").append(3)
    found = [graph.get_collection(key) for key in ("mine", "yours", "theirs", "nothing")]
    graph.clear_collection("mine")
    return found, graph.get_collection("mine")


@script("a method of a module, and two kinds of arguments")
def _(tf):
    class Net(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable(tf.ones([2, 2]), name="w")

        @tf.function
        def __call__(self, x):
            return tf.nn.relu(x @ self.w)

    net = Net()
    one = net.__call__.get_concrete_function(spec(tf, 1, 2)).graph
    two = net.__call__.get_concrete_function(spec(tf, None, 2)).graph
    return [op.type for op in one.get_operations()], two.outputs[0].shape, one is two


@script("the Python code runs once for each kind, whatever is asked of its values")
def _(tf):
    @tf.function
    def f(x):
        return tf.nn.relu(x)

    concrete = f.get_concrete_function(spec(tf, 2))
    names = [op.name for op in concrete.graph.get_operations()]
    return names, concrete(tf.constant([-1.0, 2.0])), f.experimental_get_tracing_count()


@script("graphs in files: for TensorBoard, as bytes, as text")
def _(tf):
    import pathlib
    import tempfile

    graph = graph_of(tf, lambda x: tf.nn.relu(x), spec(tf, 2))
    with tempfile.TemporaryDirectory() as folder:
        found = [tf.summary.graph(graph)]
        with tf.summary.create_file_writer(folder).as_default():
            found += [tf.summary.graph(graph), tf.summary.graph(graph.as_graph_def())]
            found += [raises(lambda: tf.summary.graph(3))]
        path = tf.io.write_graph(graph, folder, "graph.pb", as_text=False)
        text = tf.io.write_graph(graph.as_graph_def(), folder, "graph.pbtxt")
        again = tf.compat.v1.GraphDef.FromString(pathlib.Path(path).read_bytes())
        first = pathlib.Path(text).read_text().splitlines()[:3]
        return found, again == graph.as_graph_def(), first, pathlib.Path(path).name


@script("what a function captures: Variables and Tensors from outside, each once")
def _(tf):
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    small, ints, text, large = tf.constant(5.0), tf.constant([1, 2]), tf.constant("ab"), tf.range(200.0)
    inner = tf.function(lambda x: x * small + w)

    def branch(x):
        return x + small if x > 0.0 else x * v

    def loop(x):
        for _ in tf.range(3):
            x = x + small * tf.cast(ints[0], tf.float32)
        return x

    functions = {
        "float": lambda x: x + small,
        "integers": lambda x: (x, ints + 1),
        "large": lambda x: x + large,
        "array": lambda x: x + tf.constant([1.0, 2.0]) + [1.0, 2.0],
        "unused": lambda x: (small, x)[1],
        "returned": lambda x: (small, x),
        "twice": lambda x: x + small + small * small,
        "of constants": lambda x: x + small * 2.0 + tf.reduce_sum(large),
        "assigned": lambda x: v.assign_add(small * x),
        "shape": lambda x: tf.reshape(x, ints[:1]),
        "indices": lambda x: tf.gather(large, ints) + x,
    }
    others = {
        "text": lambda x: (x, text + "c"),
        "branch": branch,
        "loop": loop,
        "nested": lambda x: inner(x) + v,
    }
    spec = tf.TensorSpec([], tf.float32)
    found = {}
    for name, function in {**functions, **others}.items():
        concrete = tf.function(function).get_concrete_function(spec)
        captured = concrete.captured_inputs
        same = [any(x is y for y in (small, ints, text, large)) for x in captured]
        found[name] = [[[x.dtype, x.shape] for x in captured], same]
        if name in functions:
            graph = concrete.graph
            found[name] += [len(graph.captures), len(graph.external_captures), len(concrete.inputs)]
    return found


@script("operations that are listed while a function is traced, with constants of Python's numbers")
def _(tf):
    outside = tf.constant([1.0, 2.0])
    functions = {
        "numbers": lambda x: 2.0 / tf.pow(x + 1.0, 2.0),
        "shapes and axes": lambda x: tf.transpose(tf.tile(tf.reshape(x, [-1, 2]), [1, 2]), [1, 0]),
        "slices": lambda x: x[0] + x[1:, 0],
        "several": lambda x: tf.concat([x, x * 2.0, [[1.0, 2.0]]], 0),
        "indices": lambda x: tf.gather(x, [0, 1]) + tf.expand_dims(1.0, 0),
        "from outside": lambda x: x + outside + outside,
        "axis": lambda x: tf.reduce_max(x, axis=[0, 1]),
    }
    found = {}
    for name, function in functions.items():

        def body(x, name=name, function=function):
            y = function(x)
            graph = tf.compat.v1.get_default_graph()
            found[name] = [[op.type, op.name, isinstance(op, tf.Operation)] for op in graph.get_operations()]
            return y

        tf.function(body)(tf.ones([2, 2]))
    return found


@script("a constant that a function makes has a graph and an operation")
def _(tf):
    found = []

    @tf.function
    def f(x):
        c = tf.constant(1.0)
        graph = tf.compat.v1.get_default_graph()
        found.append([c.graph is graph, c.graph is x.graph, c.op.type, c.op.name, c.name])
        found.append([isinstance(one.op, tf.Operation) for one in (x, c, x + c)])
        return x + c

    f(tf.constant(1.0))
    outside = tf.constant(2.0)
    return [*found, *[raises(lambda name=name: getattr(outside, name)) for name in ("graph", "op", "name")]]


@script("the graph of a function that takes Variables")
def _(tf):
    u, v, w = tf.Variable(3.0), tf.Variable(2.0), tf.Variable([1.0, 2.0])

    @tf.function
    def f(a, x, b):
        return tf.square(a) * x + tf.reduce_sum(b) + tf.square(u)

    concrete = f.get_concrete_function(v, tf.TensorSpec([], tf.float32), w)
    graph = concrete.graph
    return [
        sorted(op.type for op in graph.get_operations()),
        [[x.name, x.dtype, x.shape] for x in concrete.inputs],
        [x.name for x in graph.inputs],
        len(graph.captures),
        concrete(v, 3.0, w),
    ]


@script("tf.Operation is a class, of which no value of a program is")
def _(tf):
    x = tf.constant(1.0)
    return [isinstance(one, tf.Operation) for one in (x, tf.Variable(1.0), None, "x", tf.no_op())]
