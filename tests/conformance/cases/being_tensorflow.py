"""What libraries look at: objects that say what they are as tensors, objects that act as Variables."""

import numpy as np
from conformance_kit import raises, script


def wrapper(tf, acts=False):
    """A class with `__tf_tensor__` and `__array__`, like a variable of Keras's."""

    class Wrapped(tf.__internal__.types.Tensor):
        def __init__(self, value, dtype=None):
            self.value = tf.Variable(value, dtype=dtype)

        def __tf_tensor__(self, dtype=None, name=None):
            return tf.convert_to_tensor(self.value, dtype=dtype)

        def __array__(self, dtype=None, copy=None):
            return np.array(self.value)

        dtype = property(lambda self: self.value.dtype)
        shape = property(lambda self: self.value.shape)

    if acts:
        Wrapped._should_act_as_resource_variable = True
        Wrapped.handle = property(lambda self: self.value.handle)
    return Wrapped


@script("__tf_tensor__: the derivative goes through")
def _(tf):
    found = {}
    w = wrapper(tf)([2.0, 3.0])
    for name, f in {
        "unary": tf.square,
        "left": lambda p: tf.add(p, tf.constant([1.0, 2.0])),
        "right": lambda p: tf.multiply(tf.constant([1.0, 2.0]), p),
        "operator": lambda p: tf.constant([1.0, 2.0]) * p,
        "matmul": lambda p: tf.linalg.matvec(tf.constant([[1.0, 2.0]]), p),
        "stack": lambda p: tf.stack([p, tf.constant([1.0, 2.0])]),
        "concat": lambda p: tf.concat([p, [1.0]], 0),
        "reshape": lambda p: tf.reshape(p, [2, 1]),
        "cast": lambda p: tf.cast(p, tf.float64),
        "where": lambda p: tf.where([True, False], p, 0.0),
        "reduce": tf.reduce_sum,
        "gather": lambda p: tf.gather(p, [0, 0]),
        "relu": tf.nn.relu,
        "convert": tf.convert_to_tensor,
        "identity": tf.identity,
    }.items():
        with tf.GradientTape() as tape:
            y = f(w)
        found[name] = [y, tape.gradient(y, w.value)]
    return found


@script("__tf_tensor__: dtypes")
def _(tf):
    w = wrapper(tf)(2.0)
    return {
        "hint": tf.convert_to_tensor(w, dtype_hint=tf.float64),
        "asked": raises(lambda: tf.convert_to_tensor(w, tf.float64)),
        "first": raises(lambda: tf.add(w, tf.constant(1.0, tf.float64))),
        "second": raises(lambda: tf.add(tf.constant(1.0, tf.float64), w)),
        "is_tensor": tf.is_tensor(w),
    }


@script("__tf_tensor__: before a function that is registered for the type")
def _(tf):
    w = wrapper(tf)(2.0)
    tf.register_tensor_conversion_function(
        type(w), lambda value, dtype=None, name=None, as_ref=False: tf.constant(9.0)
    )
    return tf.convert_to_tensor(w)


@script("a conversion function for a subclass of Variable")
def _(tf):
    class Held(tf.Variable):
        def __init__(self, held):
            self.held = held

        shape = property(lambda self: tf.TensorShape([2]))
        dtype = property(lambda self: tf.float32)

        def value(self):
            return tf.constant([1.0, 1.0])

        read_value = value

    tf.register_tensor_conversion_function(
        Held, lambda value, dtype=None, name=None, as_ref=False: value.held
    )
    x, one = Held(tf.constant([2.0, 3.0])), tf.constant([5.0, 7.0])
    arguments = [
        tf.convert_to_tensor(x),
        tf.add(x, one),
        tf.zeros_like(x),
        tf.reduce_sum(x),
        tf.stack([x, one]),
    ]
    return [
        *arguments,
        one + x,
        tf.function(lambda: tf.square(x))(),
        x + one,
        x - one,
        x * one,
        1.0 - x,
        x[0],
    ]


@script("__tf_tensor__: in a tf.function")
def _(tf):
    w = wrapper(tf)(2.0)
    f = tf.function(lambda x: tf.square(w) * x)
    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    first = tape.gradient(y, w.value)
    w.value.assign(5.0)
    return y, first, f(tf.constant(3.0))


@script("what acts as a Variable is a source")
def _(tf):
    w = wrapper(tf, acts=True)(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.square(w)
        z = tf.stack([y, y * 2.0])
    return {
        "one": tape.gradient(y, w),
        "list": tape.gradient(y, [w, w.value]),
        "dict": tape.gradient(y, {"w": w}),
        "jacobian": tape.jacobian(z, w),
        "watched": len(tape.watched_variables()),
    }


@script("the base of tensors")
def _(tf):
    base = tf.__internal__.types.Tensor

    class Mine(base):
        pass

    kinds = {
        "tensor": tf.constant(1.0),
        "variable": tf.Variable(1.0),
        "mine": Mine(),
        "sparse": tf.sparse.from_dense([1.0]),
        "array": np.ones(2),
    }
    return {name: [isinstance(x, base), tf.is_tensor(x)] for name, x in kinds.items()}


@script("modules of types")
def _(tf):
    kinds = {
        "tensor": tf.constant(1.0),
        "variable": tf.Variable(1.0),
        "sparse": tf.sparse.from_dense([1.0]),
        "ragged": tf.ragged.constant([[1], []]),
        "slices": tf.IndexedSlices(tf.constant([1.0]), tf.constant([0])),
    }
    return {name: type(x).__module__ for name, x in kinds.items()}


@script("attributes of Tensors, names of Variables")
def _(tf):
    x, v, w = tf.constant(1.0), tf.Variable(1.0, name="v"), tf.Variable(1.0, name="v")
    x._keras_mask = "mask"
    return {
        "attribute": x._keras_mask,
        "shared": [v._shared_name, w._shared_name],
        "differ": v._unique_id != w._unique_id,
        "begins": v._unique_id.startswith("v_"),
    }


@script("the default strategy")
def _(tf):
    d = tf.distribute
    s = d.get_strategy()
    v = tf.Variable(1.0)
    context = d.get_replica_context()
    return {
        "where": [d.has_strategy(), d.in_cross_replica_context(), s.num_replicas_in_sync],
        "run": s.run(lambda x, y: x + y, args=(tf.constant(1.0),), kwargs={"y": 2.0}),
        "sum": s.reduce("SUM", tf.constant([1.0, 2.0]), axis=0),
        "mean": s.reduce(d.ReduceOp.MEAN, tf.constant([1.0, 2.0]), axis=0),
        "none": s.reduce("MEAN", tf.constant([1.0, 2.0]), axis=None),
        "wrong": raises(lambda: s.reduce("XX", tf.constant([1.0, 2.0]), axis=0)),
        "local": s.experimental_local_results(3),
        "all_reduce": context.all_reduce("SUM", [tf.constant(1.0)]),
        "merge": context.merge_call(lambda s, x: [x, d.in_cross_replica_context()], args=(1,)),
        "update": s.extended.update(v, lambda v, x: v.assign_add(x), args=(2.0,)).numpy(),
        "apart": len(s.extended.update(v, lambda v, x: v.assign_add(x), args=(2.0,), group=False)),
        "devices": raises(lambda: s.extended.worker_devices),
        "values": s.experimental_distribute_values_from_function(lambda c: c.num_replicas_in_sync),
    }


@script("a graph to look at: shapes that are not known")
def _(tf):
    v1, found, weights = tf.compat.v1, {}, tf.Variable([1.0, 2.0, 3.0])
    with tf.__internal__.FuncGraph("scratch").as_default():
        x, y = v1.placeholder(tf.float32, (None, 3)), v1.placeholder(tf.float32, (5, 3))
        z = v1.placeholder(tf.float32, (None, None))
        image = v1.placeholder(tf.float32, (None, None, 8, 3))
        for name, f in {
            "one": lambda: x,
            "same": lambda: x + x,
            "known": lambda: x + y,
            "both": lambda: x + z,
            "matmul": lambda: tf.matmul(x, tf.zeros([3, 4])),
            "inner": lambda: tf.matmul(y, z),
            "flat": lambda: tf.reshape(x, [-1]),
            "rest": lambda: tf.reshape(x, [4, -1]),
            "by shape": lambda: tf.reshape(x, [tf.shape(x)[0], 1, 3]),
            "random": lambda: tf.random.uniform(tf.shape(x)),
            "range": lambda: tf.range(tf.shape(x)[0]),
            "same conv": lambda: tf.nn.conv2d(image, tf.zeros([3, 3, 3, 8]), 1, "SAME"),
            "valid conv": lambda: tf.nn.conv2d(image, tf.zeros([3, 3, 3, 8]), 2, "VALID"),
            "pool": lambda: tf.nn.max_pool2d(image, 2, 2, "VALID"),
            "concat": lambda: tf.concat([x, x], 1),
            "concat rows": lambda: tf.concat([x, y], 0),
            "stack": lambda: tf.stack([x, y]),
            "transpose": lambda: tf.transpose(z),
            "mean": lambda: tf.reduce_mean(image, [1, 2]),
            "softmax": lambda: tf.nn.softmax(z),
            "variable": lambda: weights * x,
            "gather": lambda: tf.gather(tf.zeros([7, 2]), tf.cast(x, tf.int32)),
            "one_hot": lambda: tf.one_hot(tf.cast(x, tf.int32), 4),
            "einsum": lambda: tf.einsum("bij,bkj->bik", x[None], x[None]),
            "tile": lambda: tf.tile(x, [1, 2]),
            "pad": lambda: tf.pad(x, [[1, 1], [0, 2]]),
            "resize": lambda: tf.image.resize(image, [4, 5]),
            "norm": lambda: tf.linalg.norm(x, axis=0),
        }.items():
            found[name] = [n if n is None else int(n) for n in f().shape]
        found["state"] = [tf.executing_eagerly(), tf.inside_function()]
        found["bool"] = raises(lambda: bool(x[0, 0] > 0))
        found["wrong"] = raises(lambda: tf.matmul(x, tf.zeros([4, 4])))
        found["numpy"] = raises(lambda: np.array(x))
    found["outside"] = raises(lambda: x + 1.0)
    found["placeholder"] = raises(lambda: v1.placeholder(tf.float32, [2]))
    return found
