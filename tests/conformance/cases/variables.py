"""tf.Variable: construction, assignment, the scatter family, operators; failed changes leave it as it was."""

import copy

import numpy as np
from conformance_kit import raises, script


def on(tf, make, *changes):
    """For each change: what it returned or raised, and what a fresh variable then holds."""
    answers = []
    for change in changes:
        v = make()
        result = raises(lambda change=change, v=v: change(v))
        answers.append((result, v))
    return answers


def attempts(**calls):
    return {name: raises(call) for name, call in calls.items()}


@script("construction")
def _(tf):
    x = tf.constant([1.0, 2.0])
    return attempts(
        number=lambda: tf.Variable(1.0),
        tensor=lambda: tf.Variable(x),
        variable=lambda: tf.Variable(tf.Variable(x)),
        callable=lambda: tf.Variable(lambda: x * 2.0),
        callable_number=lambda: tf.Variable(lambda: 3),
        callable_dtype=lambda: tf.Variable(lambda: 3, dtype=tf.float64),
        dtype=lambda: tf.Variable([1, 2], dtype=tf.float16),
        dtype_name=lambda: tf.Variable([1, 2], dtype="float64"),
        tensor_other_dtype=lambda: tf.Variable(x, dtype=tf.float64),
        numpy=lambda: tf.Variable(np.ones(2)),
        shape=lambda: tf.Variable([[1.0]], shape=[1, 1]),
        unknown_shape=lambda: tf.Variable([[1.0]], shape=[None, 1]).shape,
        any_shape=lambda: tf.Variable([[1.0]], shape=tf.TensorShape(None)).shape,
        wrong_shape=lambda: tf.Variable([[1.0]], shape=[2]),
        initializer=lambda: tf.Variable(tf.ones_initializer()(shape=[2])),
        initializer_unmade=lambda: tf.Variable(tf.ones_initializer()),
        nothing=lambda: tf.Variable(),
        none=lambda: tf.Variable(None),
        string=lambda: tf.Variable("a"),
        bools=lambda: tf.Variable([True, False]),
        ragged=lambda: tf.Variable([[1], [1, 2]]),
        float_as_int=lambda: tf.Variable(1.5, dtype=tf.int32),
        unknown_keyword=lambda: tf.Variable(1.0, colour="red"),
        trainable_text=lambda: tf.Variable(1.0, trainable=True).trainable,
    )


@script("attributes")
def _(tf):
    v = tf.Variable([[1.0, 2.0]], name="weights", trainable=False)
    w = tf.Variable(1)
    return attempts(
        name=lambda: [v.name, w.name],
        trainable=lambda: [v.trainable, w.trainable],
        shape=lambda: [v.shape, w.shape, v.get_shape()],
        dtype=lambda: [v.dtype, w.dtype],
        value=lambda: v.value(),
        read_value=lambda: v.read_value(),
        numpy=lambda: v.numpy(),
        ndim=lambda: v.shape.rank,
        constraint=lambda: v.constraint,
        initial_value=lambda: v.initial_value,
        initialized_value=lambda: v.initialized_value(),
        is_initialized=lambda: v.is_initialized(),
        synchronization=lambda: v.synchronization.name,
        aggregation=lambda: v.aggregation.name,
        set_shape=lambda: v.set_shape([1, 2]),
        unknown=lambda: v.nothing,
        experimental_ref=lambda: v.ref() == v.ref(),
        eval=lambda: v.eval(),
        constraint_kept=lambda: tf.Variable(1.0, constraint=lambda t: t * 0.0).constraint(tf.constant(2.0)),
    )


@script("read-only attributes")
def _(tf):
    v = tf.Variable(1.0)
    return [raises(lambda n=n: setattr(v, n, 1)) for n in ("shape", "dtype", "name", "trainable")]


@script("constraint is not applied by assign")
def _(tf):
    v = tf.Variable(1.0, constraint=lambda t: tf.clip_by_value(t, 0.0, 2.0))
    v.assign(5.0)
    return v


@script("assign, assign_add, assign_sub")
def _(tf):
    def make():
        return tf.Variable([1.0, 2.0])

    return on(
        tf,
        make,
        lambda v: v.assign([3.0, 4.0]),
        lambda v: v.assign_add([3.0, 4.0]),
        lambda v: v.assign_sub([3.0, 4.0]),
        lambda v: v.assign(tf.constant([5.0, 6.0]), read_value=False),
        lambda v: v.assign_add([1.0, 1.0], read_value=False),
        lambda v: v.assign(v * 2.0),
        lambda v: v.assign(tf.Variable([7.0, 8.0])),
        lambda v: v.assign(np.array([7.0, 8.0], np.float32)),
        lambda v: v.assign(np.array([7.0, 8.0])),
        lambda v: v.assign([1, 2]),
        lambda v: v.assign(5.0),
        lambda v: v.assign_add(1.0),
        lambda v: v.assign_sub(tf.constant(1.0)),
        lambda v: v.assign([1.0]),
        lambda v: v.assign_add([1.0]),
        lambda v: v.assign([1.0, 2.0, 3.0]),
        lambda v: v.assign_add([1.0, 2.0, 3.0]),
        lambda v: v.assign([[1.0, 2.0]]),
        lambda v: v.assign(tf.constant([1, 2])),
        lambda v: v.assign_add(tf.constant([1, 2])),
        lambda v: v.assign(tf.constant([1.0, 2.0], tf.float64)),
        lambda v: v.assign("a"),
        lambda v: v.assign(None),
        lambda v: v.assign([1.0, None]),
        lambda v: v.assign(),
        lambda v: v.assign([1.5, 2.5]).assign_add([1.0, 1.0]).assign_sub([0.5, 0.5]),
        lambda v: v.assign([3.0, 4.0]) is v,
        lambda v: v.assign_add([3.0, 4.0]) + 1.0,
    )


@script("assign to integers and other dtypes")
def _(tf):
    return [
        on(
            tf,
            lambda: tf.Variable([1, 2]),
            lambda v: v.assign([3, 4]),
            lambda v: v.assign([1.5, 2.0]),
            lambda v: v.assign_add(1),
        ),
        on(
            tf,
            lambda: tf.Variable(1.0, dtype=tf.float16),
            lambda v: v.assign(2.5),
            lambda v: v.assign_add(0.5),
        ),
        on(
            tf,
            lambda: tf.Variable(1.0, dtype=tf.bfloat16),
            lambda v: v.assign(2.5),
            lambda v: v.assign_add(0.5),
        ),
        on(
            tf,
            lambda: tf.Variable(True),
            lambda v: v.assign(False),
            lambda v: v.assign_add(True),
            lambda v: v.assign(1),
        ),
        on(tf, lambda: tf.Variable(1j), lambda v: v.assign(2.0), lambda v: v.assign_sub(1j)),
        on(tf, lambda: tf.Variable("a"), lambda v: v.assign("b"), lambda v: v.assign_add("c")),
        on(
            tf,
            lambda: tf.Variable(1.0, dtype=tf.float64),
            lambda v: v.assign_add(2.0),
            lambda v: v.assign(tf.constant(1.0)),
        ),
    ]


@script("assign where the shape is open")
def _(tf):
    def make():
        return tf.Variable([[1.0, 2.0]], shape=[None, 2])

    def free():
        return tf.Variable(1.0, shape=tf.TensorShape(None))

    changes = (
        lambda v: v.assign([[1.0, 2.0], [3.0, 4.0]]),
        lambda v: v.assign([[1.0]]),
        lambda v: v.assign(1.0),
    )
    return on(tf, make, *changes), on(tf, free, *changes)


@script("slices: v[...].assign")
def _(tf):
    def make():
        return tf.Variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])

    return on(
        tf,
        make,
        lambda v: v[0].assign([9.0, 9.0, 9.0]),
        lambda v: v[0, 1].assign(9.0),
        lambda v: v[:, 1].assign([8.0, 9.0]),
        lambda v: v[:, ::-2].assign([[7.0, 8.0], [9.0, 10.0]]),
        lambda v: v[..., 0].assign([7.0, 7.0]),
        lambda v: v[1:].assign(tf.zeros([1, 3])),
        lambda v: v[0].assign(0.0),
        lambda v: v[0].assign([1.0, 2.0]),
        lambda v: v[5].assign([1.0, 2.0, 3.0]),
        lambda v: v[0].assign([1, 2, 3]),
        lambda v: v[0].assign(tf.constant([1, 2, 3])),
        lambda v: v[0].assign_add([1.0, 2.0, 3.0]),
        lambda v: (v * 1.0)[0].assign([1.0, 2.0, 3.0]),
        lambda v: v.__setitem__(0, 1.0),
    )


SLICES = (
    "scatter_add",
    "scatter_sub",
    "scatter_max",
    "scatter_min",
    "scatter_mul",
    "scatter_div",
    "scatter_update",
)

for name in (*SLICES, "batch_scatter_update"):

    @script(f"{name}")
    def _(tf, name=name):
        def slices(values, indices, shape=None):
            return tf.IndexedSlices(tf.constant(values), tf.constant(indices), shape)

        def make():
            return tf.Variable([[1.0, 8.0], [3.0, 4.0], [5.0, 6.0]])

        values = {
            "rows": slices([[2.0, 3.0], [4.0, 0.5]], [2, 0]),
            "same row twice": slices([[2.0, 3.0], [4.0, 0.5]], [1, 1]),
            "int64": tf.IndexedSlices(tf.constant([[2.0, 3.0]]), tf.constant([1], tf.int64)),
            "scalar value": slices(2.0, [0, 1]),
            "empty": slices(np.zeros((0, 2), np.float32), np.zeros(0, np.int32)),
            "out of range": slices([[2.0, 2.0]], [3]),
            "negative": slices([[1.0, 1.0]], [-1]),
            "wrong dtype": tf.IndexedSlices(tf.constant([[2, 3]]), tf.constant([1])),
            "not slices": tf.ones([3, 2]),
        }
        return {k: on(tf, make, lambda v, s=s: getattr(v, name)(s)) for k, s in values.items()}


for name in ("scatter_nd_add", "scatter_nd_sub", "scatter_nd_update", "scatter_nd_max", "scatter_nd_min"):

    @script(f"{name}")
    def _(tf, name=name):
        def make():
            return tf.Variable([[1.0, 8.0], [3.0, 4.0], [5.0, 6.0]])

        calls = {
            "elements": ([[0, 1], [2, 0]], [5.0, 7.0]),
            "rows": ([[2], [0]], [[5.0, 7.0], [0.5, 9.0]]),
            "twice": ([[0, 0], [0, 0]], [2.0, 3.0]),
            "out of range": ([[3, 0]], [3.0]),
            "negative": ([[-1, 0]], [2.0]),
            "wrong shape": ([[0, 0]], [[2.0, 3.0]]),
            "too deep": ([[0, 0, 0]], [2.0]),
        }
        return {k: on(tf, make, lambda v, a=a: getattr(v, name)(*a)) for k, a in calls.items()}


@script("operators on Variables")
def _(tf):
    v, w, x = tf.Variable([1.0, 4.0]), tf.Variable([2.0, 3.0]), tf.constant([3.0, 5.0])
    return attempts(
        arithmetic=lambda: [v + w, v - w, v * w, v / w, v // w, v % w, v**w, -v, abs(-v)],
        tensors=lambda: [v + x, x + v, x / v, v - 1.0, 1.0 - v, 2**v],
        comparisons=lambda: [v < w, v <= w, v > 1.0, v >= x, v == w, v != x],
        matmul=lambda: tf.Variable([[1.0, 2.0]]) @ tf.Variable([[3.0], [4.0]]),
        indexing=lambda: [v[0], v[::-1], v[..., tf.newaxis]],
        logic=lambda: [tf.Variable([True, False]) & tf.Variable([True, True]), ~tf.Variable([True])],
        numpy_left=lambda: np.array([1.0, 2.0], np.float32) * v,
        functions=lambda: [tf.exp(v), tf.reduce_sum(v), tf.stack([v, w]), tf.concat([v, x], 0)],
        mixed=lambda: v + tf.Variable([1, 2]),
        len=lambda: len(v),
        bool=lambda: bool(tf.Variable(2.0)),
        as_array=lambda: [np.asarray(v), np.sqrt(v)],
        identity=lambda: tf.identity(v),
        format=lambda: [float(tf.Variable(2.5)), int(tf.Variable(2.5))],
        inverted=lambda: ~v,
    )


@script("reading gives a snapshot")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    a, b, c, d = v.read_value(), v.value(), tf.identity(v), tf.convert_to_tensor(v)
    e, f = v + 0.0, v[:1]
    v.assign([5.0, 6.0])
    v.assign_add([1.0, 1.0])
    v[0].assign(9.0)
    v.scatter_nd_update([[1]], [11.0])
    return a, b, c, d, e, f, v


@script("numpy() of a variable is a snapshot")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    a = v.numpy().copy()
    v.assign([5.0, 6.0])
    return a, v.numpy()


@script("copies")
def _(tf):
    v = tf.Variable([1.0, 2.0], name="v", trainable=False)
    d = copy.deepcopy(v)
    d.assign_add([1.0, 1.0])
    return v, d, d.trainable, raises(lambda: [copy.copy(v) is v]), copy.deepcopy(tf.constant([1.0, 2.0]))


@script("a Variable made of another is its own")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    w = tf.Variable(v)
    w.assign([3.0, 4.0])
    return v, w


@script("identity and order of Variables")
def _(tf):
    v = w = tf.Variable(1.0)
    return (
        v is w,
        raises(lambda: [v.ref() == w.ref()]),
        raises(lambda: [v in [w]]),
        raises(lambda: [{v.ref(): 2}[w.ref()]]),
    )


@script("variable_creator_scope")
def _(tf):
    def creator(next_creator, **kwargs):
        kwargs["initial_value"] = 7.0
        return next_creator(**kwargs)

    with tf.variable_creator_scope(creator):
        return tf.Variable(1.0)
