"""Variables under tapes: assigned, deleted, copied, sliced; in structures; read in threads."""

import gc
import threading

from conformance_kit import raises, script


# -- assigned -----------------------------------------------------------------------------------------------------
@script("assigned between the forward pass and the gradient")
def _(tf):
    v = tf.Variable([2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
        z = tf.exp(v)
    before = tape.gradient(y, v)
    v.assign([100.0, 100.0])
    middle = tape.gradient(z, v)
    v.assign_add([1.0, 1.0])
    return before, middle, tape.gradient(y, v), tape.gradient(v, v), v


@script("assigned between the forward pass and the second derivative")
def _(tf):
    v = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = v**3
        v.assign(10.0)
        g = inner.gradient(y, v)
        h = g * v
    v.assign(-1.0)
    return g, h, outer.gradient(h, v)


@script("assigned inside the tape, several times")
def _(tf):
    v = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
        v.assign_add(1.0)
        z = v * v
        v.assign(v * 2.0)
        w = v * v
        total = y + z + w
    return [tape.gradient(t, v) for t in (y, z, w, total)], len(tape.watched_variables())


@script("assigned a value that depends on another variable")
def _(tf):
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        v.assign(w * w)
        y = v * w
    return tape.gradient(y, [v, w]), tape.gradient(v, w)


@script("what assign gives, as a value, a target, a source")
def _(tf):
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        a = v.assign(w * 2.0)
        y = a * a
        b = v.assign_add(1.0)
        z = b * v
    ask = tape.gradient
    return ask(y, [v, w]), ask(z, [v, w]), ask(y, a), ask(z, [a, b]), ask(a, v)


@script("assign without a tape's knowledge: under stop_recording")
def _(tf):
    v = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = v * v
        with tape.stop_recording():
            v.assign(v * 10.0)
        z = y * v
    return z, tape.gradient(z, v)


@script("a training loop with one persistent tape for all steps")
def _(tf):
    v = tf.Variable([1.0, -2.0])
    tape = tf.GradientTape(persistent=True)
    losses = []
    for _ in range(3):
        with tape:
            loss = tf.reduce_sum(v**4)
        v.assign_sub(0.1 * tape.gradient(loss, v))
        losses.append(loss)
    return losses, v, [tape.gradient(loss, v) for loss in losses]


@script("an update that is computed under the tape")
def _(tf):
    v, rate = tf.Variable(2.0), tf.Variable(0.1)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = v**2
        stepped = v - rate * inner.gradient(y, v)
        v.assign(stepped)
        loss = stepped**2
        of_state = v**2
    return outer.gradient(loss, [v, rate]), outer.gradient(of_state, [v, rate])


@script("slices assigned, between two uses")
def _(tf):
    v, x = tf.Variable([1.0, 2.0, 3.0]), tf.Variable(10.0)
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
        v[1:].assign([x * 1.0, x * 2.0])
        z = v * y
    return z, tape.gradient(z, [v, x, y])


@script("scattered into, between two uses")
def _(tf):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
        v.scatter_sub(tf.IndexedSlices([[1.0, 1.0]], [0]))
        v.scatter_nd_add([[1]], [[5.0, 5.0]])
        z = v * v
    return y, z, tape.gradient([y, z], v)


# -- which variable -----------------------------------------------------------------------------------------------
@script("a new variable under the old name")
def _(tf):
    v = tf.Variable(2.0)
    old = v
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
        v = tf.Variable(5.0)
        z = v * y
    return tape.gradient(z, v), tape.gradient(z, old), tape.gradient(y, v), len(tape.watched_variables())


@script("deleted before the gradient")
def _(tf):
    v, w = tf.Variable(2.0, name="v"), tf.Variable(3.0, name="w")
    with tf.GradientTape(persistent=True) as tape:
        y = v * w * v
        h = v * 2.0
        z = h * w
    del v
    gc.collect()
    names = [x.name for x in tape.watched_variables()]
    return (
        tape.gradient(y, w),
        tape.gradient(z, [h, w]),
        names,
        tape.gradient(y, list(tape.watched_variables())),
    )


@script("deleted and made again, with the same name and value")
def _(tf):
    v = tf.Variable(2.0, name="v")
    with tf.GradientTape() as tape:
        y = v * v
    del v
    gc.collect()
    v = tf.Variable(2.0, name="v")
    return tape.gradient(y, v)


@script("made inside of the tape")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        v = tf.Variable(x * 2.0)
        y = v * x
        w = tf.Variable([1.0, 1.0], trainable=False)
        z = w * v
    return tape.gradient(y, [v, x]), tape.gradient(z, [w, v, x]), len(tape.watched_variables())


@script("a copy, a deep copy")
def _(tf):
    import copy

    v = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
        other = copy.deepcopy(v)
        z = other * y
    return tape.gradient(z, [v, other]), tape.gradient(y, other)


@script("a trainable flag: False, then watched; aggregations")
def _(tf):
    v = tf.Variable(2.0, trainable=False)
    w = tf.Variable(2.0, synchronization=tf.VariableSynchronization.ON_READ)
    with tf.GradientTape(persistent=True) as tape:
        y = v * w
        tape.watch(v)
        z = v * w * y
    return v.trainable, w.trainable, tape.gradient(z, [v, w, y]), tape.gradient(y, [v, w])


@script("other dtypes: integers, booleans, complex, half")
def _(tf):
    values = [
        tf.Variable(3),
        tf.Variable(True),
        tf.Variable(1 + 2j),
        tf.Variable(2.0, dtype=tf.float16),
        tf.Variable(2.0, dtype=tf.bfloat16),
        tf.Variable("text"),
    ]
    with tf.GradientTape(persistent=True) as tape:
        for v in values[:2] + values[5:]:
            tape.watch(v)
        ys = [values[0] * 2, tf.cast(values[1], tf.float32), values[2] ** 2, values[3] ** 2, values[4] ** 2]
    return [tape.gradient(y, v) for y, v in zip(ys, values, strict=False)], len(tape.watched_variables())


@script("a shape that is open")
def _(tf):
    v = tf.Variable([1.0, 2.0], shape=[None])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(v * v)
        v.assign([3.0, 4.0, 5.0])
        z = tf.reduce_sum(v * v)
    return tape.gradient(y, v), tape.gradient(z, v), raises(lambda: tape.gradient(y + 0.0, v))


# -- forms of reading ---------------------------------------------------------------------------------------------
@script("forms of reading: all are the variable's")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        made = {
            "read_value": v.read_value(),
            "value": v.value(),
            "identity": tf.identity(v),
            "convert": tf.convert_to_tensor(v),
            "slice": v[:],
            "element": v[1],
            "iterated": list(v)[1],
            "stack": tf.stack([v, v]),
            "list": tf.convert_to_tensor([v[0], 3.0]),
            "cast": tf.cast(v, tf.float32),
            "reshape": tf.reshape(v, [2]),
            "plus": v + 0.0,
            "numpy": tf.constant(v.numpy()),
            "array": tf.constant(list(v.numpy())),
            "constant": raises(lambda: tf.constant(v)),
            "float": tf.constant(float(v[0])),
            "handle": raises(lambda: tf.identity(v.initialized_value())),
        }
    return {k: t if not tf.is_tensor(t) else tape.gradient(t, v) for k, t in made.items()}


@script("a value that was read is a source of its own")
def _(tf):
    v = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        a = v.read_value()
        y = a * a * v
    with tf.GradientTape(persistent=True) as second:
        b = v.value()
        second.watch(b)
        z = b * v
    return tape.gradient(y, [a, v]), second.gradient(z, [b, v]), tape.gradient(y, b), second.gradient(z, a)


@script("a value that was read and watched, after another tape had watched the variable")
def _(tf):
    v = tf.Variable(3.0)
    with tf.GradientTape() as first:
        _ = v * v
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        x = v.read_value()
        tape.watch(x)
        y = x * x * v
        converted = tf.convert_to_tensor(v)
        tape.watch(converted)
        z = converted * v
    return tape.gradient(y, [x, v]), tape.gradient(z, [converted, v]), len(first.watched_variables())


@script("read before the tape, used inside beside the variable")
def _(tf):
    v = tf.Variable(3.0)
    x = v.read_value()
    with tf.GradientTape(persistent=True) as tape:
        y = x * v
        tape.watch(x)
        z = x * v
    return tape.gradient(y, v), tape.gradient(z, [x, v])


@script("a while loop over a variable's value")
def _(tf):
    v = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        (y,) = tf.while_loop(lambda a: a < 50.0, lambda a: (a * v,), (v,))
        (same,) = tf.while_loop(lambda a: a < 0.0, lambda a: (a * v,), (v,))
        z = same * v
    return y, tape.gradient(y, v), tape.gradient(z, [v, same]), tape.gradient(z, same)


@script("what hands a variable's value on as it is: a tensor of its own")
def _(tf):
    calls = {
        "stack": tf.stack,
        "concat": lambda v: tf.concat([v], 0),
        "add_n": lambda v: tf.add_n([v]),
        "cast": lambda v: tf.cast(v, tf.float32),
        "saturate_cast": lambda v: tf.saturate_cast(v, tf.float32),
        "convert_image_dtype": lambda v: tf.image.convert_image_dtype(v, tf.float32),
        "conj": tf.math.conj,
        "real": tf.math.real,
        "dropout": lambda v: tf.nn.dropout(v, 0.0),
        "foldl": lambda v: tf.foldl(lambda a, x: a, tf.range(2), initializer=v),
        "function": lambda v: tf.function(lambda: v)(),
        "array": lambda v: tf.TensorArray(tf.float32, 1).write(0, v).read(0),
        "cond": lambda v: tf.cond(tf.constant(True), lambda: v, lambda: v + 1.0),
        "ellipsis": lambda v: v[...],
    }

    def run(f):
        v = tf.Variable([[1.0, 2.0]])
        with tf.GradientTape(persistent=True) as tape:
            x = f(v)
            y = x * v
        return tape.gradient(y, x), tape.gradient(y, v)

    return {k: run(f) for k, f in calls.items()}


# -- structures ---------------------------------------------------------------------------------------------------
@script("structures: variables in dicts, named tuples, lists in tuples")
def _(tf):
    from collections import namedtuple

    Layer = namedtuple("Layer", "w b")
    model = {
        "layers": (Layer(tf.Variable([[1.0, 2.0]]), tf.Variable([0.5, 0.5])), [tf.Variable([[1.0], [3.0]])]),
        "scale": tf.Variable(2.0),
    }
    with tf.GradientTape(persistent=True) as tape:
        h = tf.constant([[1.0], [2.0]]) @ model["layers"][0].w + model["layers"][0].b
        loss = tf.reduce_sum(tf.tanh(h) @ model["layers"][1][0])
    grads = tape.gradient(loss, model)
    zero = tape.gradient(loss, model, unconnected_gradients="zero")
    return grads, zero["scale"], type(grads["layers"][0]).__name__, tape.jacobian(loss, model)


@script("structures: map_structure over variables and their gradients")
def _(tf):
    model = {"w": tf.Variable([1.0, 2.0]), "rest": (tf.Variable(3.0), [tf.Variable([4.0])])}
    with tf.GradientTape() as tape:
        flat = tf.nest.flatten(model)
        loss = tf.add_n([tf.reduce_sum(v**2) for v in flat])
    grads = tape.gradient(loss, model)
    updates = tf.nest.map_structure(lambda v, g: v - 0.1 * g, model, grads)
    tf.nest.map_structure(lambda v, u: v.assign(u), model, updates)
    tf.nest.assert_same_structure(model, grads)
    doubled = tf.nest.map_structure(lambda v: v * 2.0, model)
    return updates, model, doubled, tf.nest.pack_sequence_as(model, flat)["rest"][0] is flat[1]


@script("structures: None and numbers inside")
def _(tf):
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = v * w
    structures = (
        [v, None],
        {"v": v, "none": None},
        (v, (None, w)),
        [v, 1],
        {"v": v, "rate": 0.1},
        [[], v],
        [None],
    )
    return [raises(lambda s=s: tape.gradient(y, s)) for s in structures]


@script("structures: modules, their variables and submodules")
def _(tf):
    class Dense(tf.Module):
        def __init__(self, n, m):
            super().__init__()
            self.w, self.b = tf.Variable(tf.ones([n, m])), tf.Variable(tf.zeros([m]))
            self.frozen = tf.Variable(2.0, trainable=False)

        def __call__(self, x):
            return tf.tanh(x @ self.w + self.b) * self.frozen

    class Net(tf.Module):
        def __init__(self):
            super().__init__()
            self.layers = [Dense(2, 3), Dense(3, 1)]

        def __call__(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    net = Net()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(net(tf.constant([[1.0, -0.5]])))
    grads = tape.gradient(loss, net.trainable_variables)
    watched = tape.watched_variables()
    same = all(a is b for a, b in zip(watched, net.trainable_variables, strict=False))
    return grads, len(net.variables), len(watched), same


@script("watched_variables: order, repetition, and what reading is")
def _(tf):
    a, b, c, d = (tf.Variable(float(i), name=n) for i, n in enumerate("abcd"))
    with tf.GradientTape() as tape:
        _ = tf.shape(d), d.shape, d.name
        _ = c * 1.0
        _ = float(b)
        _ = a.numpy()
        shapes = [v.name for v in tape.watched_variables()]
        b.assign(b + a)
    return shapes, [v.name for v in tape.watched_variables()]


# -- threads ------------------------------------------------------------------------------------------------------
@script("a tape in a thread, another one in the main thread")
def _(tf):
    v = tf.Variable(3.0)
    found = {}

    def work(name, power):
        with tf.GradientTape() as tape:
            y = v**power
        found[name] = tape.gradient(y, v)

    with tf.GradientTape() as tape:
        threads = [threading.Thread(target=work, args=(f"power {p}", p)) for p in (2, 3, 4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        y = v * 2.0
    return dict(sorted(found.items())), tape.gradient(y, v)


@script("a tape handed to a thread that asks it for the gradient")
def _(tf):
    v = tf.Variable(3.0)
    found = []
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
    thread = threading.Thread(target=lambda: found.append(tape.gradient(y, v)))
    thread.start()
    thread.join()
    return found, tape.gradient(y, v)


@script("a second derivative in a thread")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    found = []

    def work():
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = tf.reduce_sum(v**3)
            g = inner.gradient(y, v)
        found.append(outer.jacobian(g, v))

    thread = threading.Thread(target=work)
    with tf.GradientTape() as tape:
        thread.start()
        thread.join()
        z = v * v
    return found, tape.gradient(z, v)


@script("an exception in a thread's tape")
def _(tf):
    v = tf.Variable(3.0)
    found = []

    def work():
        try:
            with tf.GradientTape():
                raise KeyError
        except KeyError:
            with tf.GradientTape() as tape:
                y = v * v
            found.append(tape.gradient(y, v))

    with tf.GradientTape() as tape:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        y = v**3
    return found, tape.gradient(y, v)
