"""Variables through their handles: what tf.raw_ops reads and changes, and what tapes see of it."""

from conformance_kit import raises, script

VALUES = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


def gradient(tf, call, read=True, watch=False, order=1):
    """The gradient of `call(variable)`, where a tape has read the variable before, or watches its handle."""
    v = tf.Variable(VALUES)
    with tf.GradientTape(persistent=True) as tape:
        if watch:
            tape.watch(v.handle)
        if read:
            v.value()
        y = call(v)
    return raises(lambda: tape.gradient(y, v)), raises(lambda: tape.gradient(y, v.handle)), y


READS = {
    "ReadVariableOp": lambda tf, v: tf.raw_ops.ReadVariableOp(resource=v.handle, dtype=tf.float32),
    "ResourceGather": lambda tf, v: tf.raw_ops.ResourceGather(
        resource=v.handle, indices=[0, 2, 0], dtype=tf.float32
    ),
    "ResourceGather of one": lambda tf, v: tf.raw_ops.ResourceGather(
        resource=v.handle, indices=1, dtype=tf.float32
    ),
    "ResourceGather by a matrix": lambda tf, v: tf.raw_ops.ResourceGather(
        resource=v.handle, indices=[[0, 1], [2, 2]], dtype=tf.float32
    ),
    "ResourceGather in batches": lambda tf, v: tf.raw_ops.ResourceGather(
        resource=v.handle, indices=[[0, 1], [1, 0], [0, 1]], dtype=tf.float32, batch_dims=1
    ),
    "ResourceGatherNd": lambda tf, v: tf.raw_ops.ResourceGatherNd(
        resource=v.handle, indices=[[0, 1], [0, 1], [2, 0]], dtype=tf.float32
    ),
    "ResourceGatherNd of rows": lambda tf, v: tf.raw_ops.ResourceGatherNd(
        resource=v.handle, indices=[[0], [2], [0]], dtype=tf.float32
    ),
}
for _name, _call in READS.items():

    @script(f"{_name}: gradients")
    def _(tf, call=_call):
        return {
            "not read before": gradient(tf, lambda v: call(tf, v), read=False),
            "read before": gradient(tf, lambda v: call(tf, v)),
            "its handle watched": gradient(tf, lambda v: call(tf, v), read=False, watch=True),
        }


@script("second derivatives through handles")
def _(tf):
    found = {}
    for name, call in READS.items():
        if name == "ResourceGather in batches":
            continue  # there is not even a first
        v = tf.Variable(VALUES)
        with tf.GradientTape() as outer:
            outer.watch(v)
            with tf.GradientTape() as inner:
                inner.watch(v)
                y = call(tf, v) ** 3
            g = tf.convert_to_tensor(inner.gradient(y, v))
        found[name] = outer.gradient(g, v)
    return found


@script("handles")
def _(tf):
    v = tf.Variable(VALUES)
    h = v.handle
    with tf.GradientTape() as tape:
        tape.watch(h)
    return {
        "dtype": h.dtype,
        "shape": h.shape,
        "hash": raises(lambda: hash(h)),
        "numpy": raises(lambda: h.numpy()),
        "watched": [w is v for w in tape.watched_variables()],
        "initialized": tf.raw_ops.VarIsInitializedOp(resource=h),
        "VariableShape": tf.raw_ops.VariableShape(input=h),
        "VariableShape int64": tf.raw_ops.VariableShape(input=h, out_type=tf.int64),
        "VariableShape float32": raises(lambda: tf.raw_ops.VariableShape(input=h, out_type=tf.float32)),
        "of strings": tf.raw_ops.ReadVariableOp(resource=tf.Variable(["a", "b"]).handle, dtype=tf.string),
        "of an assignment": tf.raw_ops.ReadVariableOp(resource=v.assign(v + 1.0).handle, dtype=tf.float32),
    }


WRONG = {
    "a variable": lambda tf, v: v,
    "a tensor": lambda tf, v: tf.constant(1.0),
    "a number": lambda tf, v: 3,
    "None": lambda tf, v: None,
}


@script("what is no handle")
def _(tf):
    r, found = tf.raw_ops, {}
    for name, make in WRONG.items():
        x = make(tf, tf.Variable(1.0))
        found[name] = [
            raises(lambda x=x: r.ReadVariableOp(resource=x, dtype=tf.float32)),
            raises(lambda x=x: r.VarIsInitializedOp(resource=x)),
            raises(lambda x=x: r.AssignVariableOp(resource=x, value=1.0)),
        ]
    return found


def after(tf, call, value=VALUES, **options):
    """What a change returns or raises, and what the variable is then."""
    v = tf.Variable(value, **options)
    result = raises(lambda: call(tf.raw_ops, v.handle))
    return result, v.value()


@script("AssignVariableOp and kin")
def _(tf):
    changes = {
        "assign": lambda r, h: r.AssignVariableOp(resource=h, value=tf.zeros([3, 2])),
        "assign, shape validated": lambda r, h: r.AssignVariableOp(
            resource=h, value=tf.zeros([3, 2]), validate_shape=True
        ),
        "another shape, validated": lambda r, h: r.AssignVariableOp(
            resource=h, value=tf.zeros([1, 2]), validate_shape=True
        ),
        "another dtype": lambda r, h: r.AssignVariableOp(resource=h, value=tf.zeros([3, 2], tf.int32)),
        "add": lambda r, h: r.AssignAddVariableOp(resource=h, value=tf.ones([3, 2])),
        "sub": lambda r, h: r.AssignSubVariableOp(resource=h, value=tf.ones([3, 2])),
        "add a number": lambda r, h: r.AssignAddVariableOp(resource=h, value=1.0),
        "add integers": lambda r, h: r.AssignAddVariableOp(resource=h, value=tf.ones([3, 2], tf.int32)),
        "sub a list": lambda r, h: r.AssignSubVariableOp(resource=h, value=VALUES),
        "a slice": lambda r, h: r.ResourceStridedSliceAssign(
            ref=h, begin=[0, 1], end=[2, 2], strides=[1, 1], value=[[9.0], [8.0]]
        ),
        "a slice by a number": lambda r, h: r.ResourceStridedSliceAssign(
            ref=h, begin=[2, 0], end=[0, 1], strides=[-1, 1], value=9.0
        ),
        "a slice with a mask": lambda r, h: r.ResourceStridedSliceAssign(
            ref=h, begin=[1], end=[0], strides=[1], value=[7.0, 8.0], shrink_axis_mask=1
        ),
        "a slice by a longer vector": lambda r, h: r.ResourceStridedSliceAssign(
            ref=h, begin=[0, 1], end=[2, 2], strides=[1, 1], value=[9.0, 8.0]
        ),
    }
    found = {name: after(tf, call) for name, call in changes.items()}
    found["of any shape"] = after(
        tf, lambda r, h: r.AssignVariableOp(resource=h, value=[1.0]), shape=tf.TensorShape(None)
    )
    found["strings"] = after(tf, lambda r, h: r.AssignVariableOp(resource=h, value=["b"]), ["a"])
    found["booleans added"] = after(tf, lambda r, h: r.AssignAddVariableOp(resource=h, value=True), True)
    found["count up"] = after(tf, lambda r, h: r.ResourceCountUpTo(resource=h, limit=5, T=tf.int32), 3)
    found["counted up"] = after(tf, lambda r, h: r.ResourceCountUpTo(resource=h, limit=3, T=tf.int32), 3)
    return found


@script("ResourceScatterAdd and kin")
def _(tf):
    found = {}
    for kind in ("Add", "Sub", "Mul", "Div", "Min", "Max", "Update"):

        def change(indices, updates, value=VALUES, kind=kind):
            op = getattr(tf.raw_ops, f"ResourceScatter{kind}")
            return after(tf, lambda r, h: op(resource=h, indices=indices, updates=updates), value)

        found[kind] = {
            "rows": change([0, 2], [[2.0, 3.0], [4.0, 5.0]]),
            "a number for all": change([0, 1], 2.0),
            "one row": change(1, [2.0, 3.0]),
            "a matrix of indices": change([[0], [2]], [[[2.0, 3.0]], [[4.0, 5.0]]]),
            "int64": change(tf.constant([0], tf.int64), [[2.0, 3.0]]),
            "int8": change(tf.constant([0], tf.int8), [[2.0, 3.0]]),
            "too short": change([0, 1], [2.0, 3.0]),
            "integers": change([0], [[2, 3]]),
            "a variable of integers": change([0, 2], [5, 2], [7, 8, 9]),
        }
        if kind != "Update":
            found[kind]["one row twice"] = change([0, 0, 2], [[2.0, 3.0], [4.0, 5.0], [6.0, 7.0]])
        op = getattr(tf.raw_ops, f"ResourceScatter{kind}")
        found[kind]["out of range"] = raises(
            lambda op=op: op(resource=tf.Variable(VALUES).handle, indices=[3], updates=[[1.0, 2.0]])
        )
    return found


@script("ResourceScatterNdAdd and kin")
def _(tf):
    found = {}
    for kind in ("Add", "Sub", "Min", "Max", "Update"):

        def change(indices, updates, value=VALUES, kind=kind, **attrs):
            op = getattr(tf.raw_ops, f"ResourceScatterNd{kind}")
            return after(tf, lambda r, h: op(ref=h, indices=indices, updates=updates, **attrs), value)

        found[kind] = {
            "rows": change([[0], [2]], [[2.0, 3.0], [4.0, 5.0]]),
            "elements": change([[0, 1], [2, 1]], [2.0, 3.0]),
            "ignoring": change([[0, 1], [3, 1]], [2.0, 3.0], bad_indices_policy="IGNORE"),
            "sizes": change([[0, 1]], [2.0, 3.0]),
            "integers": change([[0], [2]], [5, 2], [7, 8, 9]),
            "int8": change(tf.constant([[0]], tf.int8), [[2.0, 3.0]]),
        }
        op = getattr(tf.raw_ops, f"ResourceScatterNd{kind}")
        found[kind]["out of range"] = raises(
            lambda op=op: op(ref=tf.Variable(VALUES).handle, indices=[[3]], updates=[[1.0, 2.0]])
        )
    return found


@script("reading: bad indices")
def _(tf):
    r = tf.raw_ops
    v, scalar = tf.Variable(VALUES), tf.Variable(2.0)
    d = tf.float32
    return [
        raises(lambda: r.ResourceGather(resource=v.handle, indices=[0, 3], dtype=d)),
        raises(lambda: r.ResourceGather(resource=v.handle, indices=[-1], dtype=d)),
        raises(lambda: r.ResourceGather(resource=v.handle, indices=[0.0], dtype=d)),
        raises(lambda: r.ResourceGather(resource=scalar.handle, indices=[0], dtype=d)),
        raises(lambda: r.ResourceGatherNd(resource=v.handle, indices=[[0, 3]], dtype=d)),
        raises(lambda: r.ResourceGatherNd(resource=v.handle, indices=[[0, 0, 0]], dtype=d)),
        raises(lambda: r.ResourceGatherNd(resource=v.handle, indices=[[0.0]], dtype=d)),
    ]


@script("what is assigned through a handle changes no gradient")
def _(tf):
    v = tf.Variable(VALUES)
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
        tf.raw_ops.AssignAddVariableOp(resource=v.handle, value=v * 2.0)
        z = tf.raw_ops.ReadVariableOp(resource=v.handle, dtype=tf.float32) * v
        tf.raw_ops.AssignVariableOp(resource=v.handle, value=tf.zeros([3, 2]))
    return tape.gradient(y, v), tape.gradient(z, v), v.value()
