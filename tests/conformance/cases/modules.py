"""Modules, the initializers of their variables, and the scopes that name them."""

from conformance_kit import error, raises, script


# -- scopes -----------------------------------------------------------------------------------
@script("name_scope")
def _(tf):
    out = []
    with tf.name_scope("a") as a:
        with tf.name_scope("a") as b:
            out.append(
                (a, b, tf.get_current_name_scope(), tf.Variable(1.0, name="x").name, tf.Variable(1.0).name)
            )
        with tf.name_scope("top/") as b:
            out.append((b, tf.get_current_name_scope()))
        with tf.name_scope("") as b:
            out.append((b, tf.get_current_name_scope()))
        with tf.name_scope("b/c") as b:
            out.append((b, tf.get_current_name_scope()))
    again = tf.name_scope("r")
    with again as a, again as b:
        out.append((a, b, again.name))
    return (
        out,
        tf.get_current_name_scope(),
        raises(lambda: tf.name_scope(3)),
        raises(lambda: tf.name_scope(None)),
    )


@script("init_scope, control_dependencies, group, tuple")
def _(tf):
    x, v = tf.Variable(3.0), tf.Variable(0.0)
    with tf.GradientTape() as tape:
        with tf.init_scope():
            y = x * 2.0
        with tf.control_dependencies([v.assign_add(1.0)]):
            z = x * v
    return (
        tape.gradient([z], x),
        y,
        tf.group(v, y),
        tf.group(),
        tf.tuple([y, None, 1]),
        tf.tuple((y, 2)),
        tf.no_op(),
        tf.executing_eagerly(),
        tf.inside_function(),
    )


error("gradients in eager mode", lambda tf: tf.gradients(tf.constant(1.0), tf.constant(1.0)))
error("hessians in eager mode", lambda tf: tf.hessians(tf.constant(1.0), tf.constant(1.0)))


# -- modules and initializers -----------------------------------------------------------------
@script("Module")
def _(tf):
    class Dense(tf.Module):
        def __init__(self, name=None):
            super().__init__(name=name)
            self.w = tf.Variable([1.0], name="w")
            self.b = tf.Variable([0.0], name="b", trainable=False)

        @tf.Module.with_name_scope
        def __call__(self, x):
            if not hasattr(self, "lazy"):
                self.lazy = tf.Variable(2.0, name="lazy")
            return x * self.w + self.b

    class MyHTTPNet2(tf.Module):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.z = Dense()
            self.layers = [Dense("first"), {"k": Dense("last")}, (Dense("inner"),)]
            self.d = {"b": tf.Variable(1.0, name="db"), "a": tf.Variable(2.0, name="da")}
            self.a, self._hidden = tf.Variable(5, name="int"), tf.Variable(1.0, name="hidden")
            self.twice, self.none, self.me = self.z.w, None, self

    net, dense = MyHTTPNet2(), Dense("dd")
    y = dense(tf.constant([3.0]))
    with tf.name_scope("outer"):
        scoped = Dense("q")
    return (
        [v.name for v in net.variables],
        [v.name for v in net.trainable_variables],
        [v.name for v in net.non_trainable_variables],
        [m.name for m in net.submodules],
        [type(x).__name__ for x in (net.variables, net.submodules)],
        (net.name, net.name_scope.name, dense.name, scoped.w.name, scoped.name_scope.name),
        y,
        (dense.lazy.name, dense.w.name),
        [raises(lambda n=n: MyHTTPNet2(name=n)) for n in ("a b", "1a", "", "a/b", 5)],
    )


@script("initializers of constants")
def _(tf):
    def run(initializer, *args, **kwargs):
        return raises(lambda: initializer(*args, **kwargs))

    dtypes = (tf.float32, tf.float64, tf.int32, tf.bool, tf.complex64, tf.float16, tf.string)
    zeros, ones = tf.zeros_initializer(), tf.ones_initializer()
    constants = [tf.constant_initializer(v) for v in (3.0, [1, 2, 3, 4], [1])]
    return (
        [run(i, [2, 2], dtype=d) for i in (zeros, ones, *constants) for d in dtypes],
        [run(i, [2, 2]) for i in (zeros, ones, *constants)],
        [run(i, (2,)) for i in (zeros, ones, *constants)],
        [run(i, [2, 2], foo=1) for i in (zeros, ones, *constants)],
        [run(i, [4, 2], partition_shape=(2, 2), partition_offset=(0, 0)) for i in (zeros, ones, *constants)],
        [i.get_config() for i in (zeros, ones, *constants)],
        raises(lambda: tf.constant_initializer(object())),
        zeros(tf.constant([1, 2])),
    )


@script("random initializers")
def _(tf):
    out = []
    for initializer in (tf.random_normal_initializer(seed=1), tf.random_uniform_initializer(2.0, 3.0)):
        for dtype in (tf.float32, tf.float64, tf.float16, tf.bool, tf.string, tf.complex64):
            found = raises(lambda i=initializer, d=dtype: i([2, 3], dtype=d))
            out.append((found.dtype, found.shape) if tf.is_tensor(found) else found)
        out.append(initializer.get_config())
        out.append(initializer([4, 2], partition_shape=(2, 2), partition_offset=(0, 0)).shape)
        out.append(raises(lambda i=initializer: i([2], foo=1)))
        out.append(raises(lambda i=initializer: i([-2])))
    return out, raises(lambda: tf.random_uniform_initializer()([2], dtype=tf.int32))
