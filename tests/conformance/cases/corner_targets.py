"""What a gradient is asked for: targets and their cotangents in every odd form."""

from conformance_kit import raises, script


# -- the same thing more than once -------------------------------------------------------------------------------
@script("a target given twice counts twice, one that is a source too")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = tf.exp(y)
    ask = tape.gradient
    return ask([z, z], [x, y]), ask([y, y], y), ask([y, z, y], [y]), ask([x, x, y], x), ask((z, [z]), z)


@script("a target given twice, with two cotangents")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    seeds = [tf.constant([1.0, 10.0]), tf.constant([100.0, 1000.0])]
    return tape.gradient([y, y], x, seeds), tape.gradient([y, x], [x, y], seeds)


@script("targets that lie on each other's way")
def _(tf):
    x = tf.constant(0.5)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        a = x * 3.0
        b = a * a
        c = b * x
    ask = tape.gradient
    return ask([a, b, c], x), ask([c, a], [b, a, x]), ask({"b": b, "a": a}, [a, x]), ask([b, c], [b, c])


@script("a target with no elements, a source with no elements")
def _(tf):
    x, nothing = tf.Variable([1.0, 2.0]), tf.Variable(tf.zeros([0, 3]))
    with tf.GradientTape(persistent=True) as tape:
        y, z = x[:0], nothing * 2.0
        w = tf.reduce_sum(z) + tf.reduce_sum(x)
    return tape.gradient(y, x), tape.gradient(z, nothing), tape.gradient(w, [x, nothing])


@script("no targets at all")
def _(tf):
    x = tf.Variable(1.0)
    with tf.GradientTape(persistent=True) as tape:
        _ = x * x
    ask = tape.gradient
    zero = [raises(lambda t=t: ask(t, [x], unconnected_gradients="zero")) for t in ([], (), {}, [[], ()])]
    return [raises(lambda t=t: ask(t, x)) for t in ([], (), {}, [[], {}])], zero


# -- which tensor ------------------------------------------------------------------------------------------------
@script("the first target was overwritten by its update")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        loss = x * x
        first = loss
        loss += x
        loss *= 3.0
    return tape.gradient(loss, x), tape.gradient(first, x), tape.gradient(loss, first)


@script("a target that is a Variable")
def _(tf):
    v, w = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        y = v * w
    ask = tape.gradient
    return (
        ask(v, v),
        ask(v, w),
        ask([v, y], [v, w]),
        ask([v, v], v),
        ask(v, [v, v]),
        ask([v, w], {"a": v, "b": w}),
    )


@script("a target that is a Variable which the tape has never seen")
def _(tf):
    v, other = tf.Variable([1.0, 2.0]), tf.Variable([5.0], trainable=False)
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        pass
    return tape.gradient(v, v), tape.gradient(other, other), tape.gradient([v, other], [other, v])


@script("a target of another tape")
def _(tf):
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as one:
        one.watch(x)
        y = x * x
    with tf.GradientTape(persistent=True) as two:
        two.watch(x)
        z = y * x
    return one.gradient(z, x), two.gradient(y, x), two.gradient([y, z], x), one.gradient([y, z], x)


@script("a target computed outside, used inside")
def _(tf):
    x = tf.Variable(2.0)
    y = x * x
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(y)
        z = y * x
    return tape.gradient(z, [x, y]), tape.gradient(y, x), tape.gradient(y, y), tape.gradient([y, z], y)


@script("what reads, converts, copies a watched tensor")
def _(tf):
    import copy

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        made = {
            "identity": tf.identity(x),
            "convert": tf.convert_to_tensor(x),
            "constant": raises(lambda: tf.constant(x)),
            "copy": copy.copy(x),
            "deepcopy": copy.deepcopy(x),
            "reshape": tf.reshape(x, [2]),
            "slice": x[:],
            "cast": tf.cast(x, tf.float32),
            "stop": tf.stop_gradient(x),
            "numpy": tf.convert_to_tensor(x.numpy()),
            "list": tf.convert_to_tensor(list(x)),
            "ensure_shape": tf.ensure_shape(x, [2]),
        }
    return {k: tape.gradient(t, x) for k, t in made.items()}


@script("complex targets")
def _(tf):
    x, r = tf.constant([1 + 2j, 0.5 - 1j], tf.complex64), tf.constant([1.0, -2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, r])
        made = {
            "square": x * x,
            "of a real": tf.complex(r, r * r),
            "cast": tf.cast(r, tf.complex64) * x,
            "real": tf.math.real(x),
            "imag": tf.math.imag(x),
            "conj": tf.math.conj(x),
            "abs": tf.abs(x) ** 2,
            "exp": tf.exp(1j * tf.cast(r, tf.complex64)),
        }
    seed = tf.constant([1 + 1j, 2 - 3j], tf.complex64)
    with_seed = {k: tape.gradient(t, [x, r], seed) for k, t in made.items() if t.dtype == tf.complex64}
    both = raises(lambda: tape.gradient([made["square"], made["abs"]], [x, r]))
    return {k: tape.gradient(t, [x, r]) for k, t in made.items()}, with_seed, both


@script("integer and boolean targets among others")
def _(tf):
    x = tf.Variable([1.5, -2.5])
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        n, b, s = tf.cast(y, tf.int32), y > 1.0, tf.strings.as_string(y)
    ask = tape.gradient
    return {
        "int": ask(n, x),
        "bool": ask(b, x),
        "string": raises(lambda: ask(s, x)),
        "zero": ask(n, x, unconnected_gradients="zero"),
        "mixed": ask([n, y, b], x),
        "source": ask(y, [x, n]),
        "itself": raises(lambda: ask(n, n)),
        "seed": raises(lambda: ask([y, n], x, [tf.constant([1.0, 10.0]), tf.constant([1, 1])])),
    }


@script("integers, booleans and strings with respect to themselves")
def _(tf):
    def run(value, watched):
        with tf.GradientTape(persistent=True) as tape:
            if watched:
                tape.watch(value)
            y = tf.identity(value)
            z = tf.constant(2.0) * 2.0
        ask = tape.gradient
        return (
            ask(value, value),
            ask([value, z], [z, value]),
            ask(y, y),
            ask(y, value),
            ask(z, value, unconnected_gradients="zero"),
            tape.jacobian(value, value),
        )

    values = (
        tf.constant(3),
        tf.constant([True, False]),
        tf.constant(["a", "b"]),
        tf.Variable([3, 4]),
        tf.Variable([True]),
    )
    return [run(value, watched) for value in values for watched in (False, True)]


# -- cotangents ---------------------------------------------------------------------------------------------------
@script("cotangents: None inside the list")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = x * x, x * 3.0
    seed = tf.constant([10.0, 100.0])
    ask = tape.gradient
    return {
        "second": raises(lambda: ask([y, z], x, [seed, None])),
        "both": raises(lambda: ask([y, z], x, [None, None])),
        "alone": raises(lambda: ask(y, x, [None])),
        "None": ask(y, x, None),
    }


@script("cotangents: as many as targets, more, fewer")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = x * x, x * 3.0
    seed = tf.constant([10.0, 100.0])
    ask = tape.gradient
    return {
        "one for two": raises(lambda: ask([y, z], x, seed)),
        "one in a list for two": raises(lambda: ask([y, z], x, [seed])),
        "two for one": raises(lambda: ask(y, x, [seed, seed])),
        "none for one": raises(lambda: ask(y, x, [])),
        "none for two": raises(lambda: ask([y, z], x, [])),
    }


@script("cotangents: structures are flattened")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = x * x, x * 3.0
    a, b = tf.constant([10.0, 100.0]), tf.constant([0.5, 0.25])
    ask = tape.gradient
    return {
        "dict": ask({"z": z, "y": y}, x, {"z": b, "y": a}),
        "nested": ask([y, [z]], x, [[a], b]),
        "tuple for a list": ask([y, z], x, (a, b)),
        "dict of a tuple": ask({"t": (y, z)}, x, {"t": (a, b)}),
        "dict with None": raises(lambda: ask({"z": z, "y": y}, x, {"z": None, "y": a})),
    }


@script("cotangents: what is not a Tensor")
def _(tf):
    import numpy as np

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        s = tf.reduce_sum(y)
    ask = tape.gradient
    return {
        "float": raises(lambda: ask(s, x, 2.0)),
        "int": raises(lambda: ask(s, x, 2)),
        "bool": raises(lambda: ask(s, x, True)),
        "numpy": raises(lambda: ask(y, x, np.array([10.0, 100.0], np.float32))),
        "numpy double": raises(lambda: ask(y, x, np.array([10.0, 100.0]))),
        "numpy scalar": raises(lambda: ask(s, x, np.float32(3.0))),
        "variable": raises(lambda: ask(y, x, [tf.Variable([10.0, 100.0])])),
        "string": raises(lambda: ask(y, x, "a")),
        "object": raises(lambda: ask(y, x, object())),
    }


@script("cotangents: shapes that broadcast, and that do not")
def _(tf):
    x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        products, linear, exponential = x * x, 2.0 * x, tf.exp(x)
        product = tf.matmul(x, x, transpose_b=True)
        scalar = tf.reduce_sum(x)
    shapes = ([], [3], [1, 3], [2, 1], [2, 3])
    ask = tape.gradient
    answers = {str(s): raises(lambda s=s: ask(products, x, tf.fill(s, 2.0))) for s in shapes}
    answers |= {f"{s} exp": raises(lambda s=s: ask(exponential, x, tf.fill(s, 2.0))) for s in shapes}
    answers["matmul, whole"] = ask(product, x, tf.ones([2, 2]))
    answers["wrong"] = [raises(lambda s=s: ask(products, x, tf.ones(s))) for s in ([2], [4], [3, 2])]
    answers["scalar"] = ask(scalar, x, tf.constant(5.0)), ask(linear, x, tf.fill([2, 3], 0.5))
    return answers


@script("cotangents: axes of one in front")
def _(tf):
    x, s = tf.constant([1.0, 2.0]), tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, s])
        y, z = x * x, s * s
    ask = tape.gradient
    return {
        "vector": ask(y, x, tf.constant([[10.0, 100.0]])),
        "vector from one": ask(y, x, tf.constant([[[10.0]]])),
        "scalar": ask(z, s, tf.constant([2.0])),
        "scalar from a matrix": ask(z, s, tf.constant([[2.0]])),
        "two for a scalar": raises(lambda: ask(z, s, tf.constant([2.0, 3.0]))),
        "a column": raises(lambda: ask(y, x, tf.constant([[10.0], [100.0], [5.0]]))),
    }


@script("cotangents: structures of Python numbers are flattened, and the first one counts")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = x * x, x * 3.0
    seeds = (
        (2.0, 3.0),
        {"a": [1.0, 2.0]},
        [[1.0, 2.0]],
        [[tf.constant([1.0, 2.0])]],
        [],
        {},
        (),
        [2.0],
        range(2),
    )
    one = [raises(lambda s=s: tape.gradient(y, x, s)) for s in seeds]
    return one, raises(lambda: tape.gradient([y, z], x, [2, 10]))


@script("cotangents: of an unconnected target, of a target that is a source")
def _(tf):
    x, c = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    seed = tf.constant([10.0, 100.0])
    ask = tape.gradient
    return ask(c, x, seed), ask(c, c, seed), ask([c, y], [x, c], [seed, seed]), ask(x, x, 2.0 * seed)


@script("cotangents: an outer tape differentiates with respect to them")
def _(tf):
    x, seed = tf.constant([1.0, 2.0]), tf.constant([10.0, 100.0])
    with tf.GradientTape(persistent=True) as outer:
        outer.watch([x, seed])
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = x * x * x
        g = inner.gradient(y, x, output_gradients=seed)
    return g, outer.gradient(g, [x, seed]), outer.jacobian(g, seed)


@script("cotangents: forward mode by two tapes")
def _(tf):
    x, v = tf.constant([1.0, 2.0, 3.0]), tf.constant([1.0, -1.0, 0.5])
    with tf.GradientTape() as outer:
        u = tf.ones([2])
        outer.watch(u)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.stack([x[0] * x[1], tf.sin(x[2])])
        g = inner.gradient(y, x, output_gradients=u)
    return outer.gradient(g, u, output_gradients=v)


@script("cotangents: a Variable that an outer tape watches")
def _(tf):
    x, seed = tf.Variable([1.0, 2.0]), tf.Variable([10.0, 100.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x * x
        g = inner.gradient(y, x, output_gradients=seed)
    return g, outer.gradient(g, [x, seed])


@script("cotangents: another dtype")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        half = tf.cast(y, tf.float16)
    ask = tape.gradient
    return {
        "double": raises(lambda: ask(y, x, tf.ones([2], tf.float64))),
        "int": raises(lambda: ask(y, x, tf.ones([2], tf.int32))),
        "half": ask(half, x, tf.ones([2], tf.float16)),
        "complex": raises(lambda: ask(y, x, tf.ones([2], tf.complex64))),
    }


@script("unconnected_gradients: forms of the argument, for all three methods")
def _(tf):
    x, other = tf.Variable([[1.0, 2.0]]), tf.Variable([[3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    forms = (tf.UnconnectedGradients.ZERO, tf.UnconnectedGradients.NONE, "zero", "none", "ZERO", None, 0, "")
    answers = {}
    for method in (tape.gradient, tape.jacobian, tape.batch_jacobian):
        for form in forms:
            answers[f"{method.__name__} {form!r}"] = [
                raises(lambda s=s, f=form, m=method: m(y, s, unconnected_gradients=f)) for s in (x, other)
            ]
    return list(answers.values())


@script("unconnected_gradients: zeros have the dtype and shape of the source")
def _(tf):
    sources = [
        tf.constant(1.0, tf.float16),
        tf.constant([1.0], tf.float64),
        tf.constant([[1j]], tf.complex64),
        tf.Variable([1, 2]),
        tf.constant([True, False]),
        tf.zeros([0, 2]),
        tf.Variable([1.0, 2.0], trainable=False),
    ]
    with tf.GradientTape(persistent=True) as tape:
        y = tf.identity(3.0)
    ask = tape.gradient
    return [raises(lambda s=s: ask(y, s, unconnected_gradients="zero")) for s in sources]


@script("unconnected_gradients: zeros among connected sources, in a structure")
def _(tf):
    x, w, c = tf.Variable(2.0), tf.Variable([1.0, 2.0]), tf.constant([[1.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    zero = tf.UnconnectedGradients.ZERO
    return tape.gradient(y, {"x": x, "rest": (w, [c])}, unconnected_gradients=zero), tape.gradient(y, (c, x))
