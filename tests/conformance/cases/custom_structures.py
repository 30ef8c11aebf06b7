"""custom_gradient: nested structures in and out, results that are inputs, dtypes, what gradient functions return."""

from cases._differentiation import ask

ask(
    "nested arguments and their gradients",
    """
    second(cg(lambda p: (p.a * p.b, lambda d: (d * 2.0 * p.b, d * 3.0))), [x, z], Pair(x, z))
    second(cg(lambda p: (p.a * p.b, lambda d: Pair(d * 2.0, d * p.a))), [x, z], Pair(x, z))
    first(cg(lambda p, q: (p["u"][0] * q, lambda d: ({"u": [d * 2.0, d * 3.0]}, d * 4.0))), [x, z], {"u": [x, z]}, z)
    first(cg(lambda p, q: (p["u"][0] * q, lambda d: (d * 2.0, d * 3.0, d * 4.0))), [x, z], {"u": [x, z]}, z)
    first(cg(lambda p: (p["b"] * p["a"], lambda d: {"a": d * 2.0, "b": d * 3.0})), [x, z], {"b": x, "a": z})
    first(cg(lambda p: (p["b"] * p["a"], lambda d: (d * 2.0, d * 3.0))), [x, z], {"b": x, "a": z})
    first(cg(lambda p: (p[0] * p[1], lambda d: (d * 2.0, d * 3.0))), [x, z], (x, z))
    first(cg(lambda p: (p[0] * p[1], lambda d: [[d * 2.0], d * 3.0])), [x, z], [x, z])
    first(cg(lambda p: (p[0] * 2.0, lambda d: (d * 2.0, None))), [x, z], [x, z])
    first(cg(lambda p: (p[0] * 2.0, lambda d: d)), [x, z], [x, z])
    """,
)

ask(
    "nested results and their cotangents",
    """
    second(cg(lambda a: ({"z": a * 1.0, "b": [a * 2.0, (a * 3.0,)]}, lambda *d: d[0] + 10 * d[1] + 100 * d[2])), [x], x)
    second(cg(lambda a: (Pair(a * 1.0, a * 2.0), lambda d, e: d * a + e * 10.0)), [x], x)
    first(cg(lambda a: (Pair(a * 1.0, a * 2.0), lambda a, b: a + b * 10.0)), [x], x)
    first(cg(lambda a: ([a * 1.0], lambda d: d * 10.0)), [x], x)
    first(cg(lambda a: ((a * 1.0,), lambda d: d * 10.0)), [x], x)
    first(cg(lambda a: (((a * 1.0, []), {}), lambda d: d * 10.0)), [x], x)
    first(lambda a: cg(lambda a: ((a * 1.0, a * 2.0), lambda d, e: d + e * 10.0))(a)[0], [x], x)
    first(lambda a: cg(lambda a: ((a * 1.0, a * 2.0), lambda d, e: d + e * 10.0))(a)[1], [x], x)
    first(lambda a: tf.unstack(cg(lambda a: (tf.stack([a, a]), lambda d: d[0] + 10.0 * d[1]))(a))[1], [x], x)
    type(cg(lambda a: (OrderedDict([("z", a), ("b", a)]), lambda *d: d[0]))(x)).__name__
    list(cg(lambda a: (OrderedDict([("z", a), ("b", a * 2.0)]), lambda *d: d[0]))(x).keys())
    first(cg(lambda a: (OrderedDict([("z", a), ("b", a * 2.0)]), lambda d, e: d * 3.0 + e * 50.0)), [x], x)
    """,
)

ask(
    "results that are inputs or Variables",
    """
    second(cg(lambda a: (a, lambda d: d * a * 3.0)), [x], x)
    second(cg(lambda a: ((a, a), lambda d, e: d * 3.0 + e * a)), [x], x)
    first(cg(lambda a, b: ((b, a), lambda d, e: (d * 3.0, e * 5.0))), [x, z], x, z)
    first(cg(lambda a: ((a, a * 2.0), lambda d, e: d * 3.0 + e * 5.0)), [x], x)
    cg(lambda a: (a, lambda d: d))(x) is x
    first(cg(lambda a: (a, lambda d: d * 3.0)), [v], v)
    first(cg(lambda a: (a * 2.0, lambda d: d * 3.0)), [v], v)
    first(cg(lambda a: (v, lambda d, variables=None: (d, [d * 5.0]))), [x, v], x)
    kinds([cg(lambda a: (a, lambda d: d))(v), cg(lambda a: (v, lambda d, variables: (d, [d])))(x)])
    first(cg(lambda a: (z, lambda d: d * 7.0)), [x, z], x)
    first(lambda a: cg(lambda b: (b, lambda d: d * 3.0))(a) + a, [x], x)
    """,
)

ask(
    "IndexedSlices as argument, result and gradient",
    """
    first(cg(lambda a: (D(a) * 2.0, lambda d: d * 5.0)), [rows.values], rows)
    first(cg(lambda a: (D(a) * 2.0, lambda d: IS(tf.gather(d, [1]), a.indices, a.dense_shape))), [rows.values], rows)
    kinds([cg(lambda a: (IS(a * 2.0, c([0, 1]), c([3])), lambda d: d))(x)])
    first(cg(lambda a: (IS(a * 2.0, c([0, 1]), c([3])), lambda d: tf.convert_to_tensor(d)[:2])), [x], x)
    first(cg(lambda a: (a * 2.0, lambda d: IS(d[:1], c([1]), c([2])))), [x], x)
    first(lambda a: cg(lambda a: (a * 2.0, lambda d: IS(d[:1], c([1]), c([2]))))(a) + a, [x], x)
    first(lambda a: cg(lambda a: (a * 2.0, lambda d: IS(d, c([0, 1]), c([2]))))(tf.sin(a)), [x], x)
    first(lambda a: tf.gather(cg(lambda a: (a * 2.0, lambda d: d * 3.0))(a), [1]), [x], x)
    first(lambda a: tf.gather(cg(lambda a: (a * 2.0, lambda d: tf.convert_to_tensor(d) * 3.0))(a), [1]), [x], x)
    first(cg(lambda a: (a * v, lambda d, variables: (d, [IS(d[:1], c([1]), c([2]))]))), [x, v], x)
    """,
    lambda tf: {
        "rows": tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([1]), tf.constant([3, 2])),
        "D": tf.convert_to_tensor,
    },
)

ask(
    "dtypes",
    """
    first(lambda a: cg(lambda a: ((tf.cast(a, tf.int32), a * 2.0), lambda d, e: e * 3.0))(a)[1], [x], x)
    first(lambda a: cg(lambda a: ((a > 1.5, a * 2.0), lambda d, e: e * 3.0))(a)[1], [x], x)
    first(lambda a: cg(lambda a: ((c("text"), a * 2.0), lambda d, e: e * 3.0 if d is None else None))(a)[1], [x], x)
    first(lambda a: cg(lambda a: ((a * 2.0, c("text"), a), lambda *d: d[0] * 3.0 + d[2]))(a)[0], [x], x)
    first(lambda a: cg(lambda a: ((tf.cast(a, tf.complex64), a), lambda d, e: e + tf.math.real(d) + 1.0))(a)[1], [x], x)
    first(cg(lambda a: (a * 2.0, lambda d: d * c(1j, tf.complex64))), [i], i)
    first(cg(lambda a: (tf.cast(a, tf.float64), lambda d: tf.cast(d, tf.float32) * 3.0)), [x], x)
    first(cg(lambda a: (tf.cast(a, tf.float16), lambda d: tf.cast(d, tf.float32) * 3.0)), [x], x)
    first(cg(lambda a, n: (a * tf.cast(n, tf.float32), lambda d: (d, tf.ones_like(n)))), [x], x, c([2, 3]))
    """,
    lambda tf: {"i": tf.constant([1 + 1j], tf.complex64)},
)

# What a gradient function returns is the gradient, whatever it is ...
ask(
    "gradients that are no Tensors",
    """
    got(lambda d: None)
    got(lambda d: [None])
    got(lambda d: 3.0)
    got(lambda d: 3)
    got(lambda d: True)
    got(lambda d: "text")
    got(lambda d: np.ones(2, np.float32))
    got(lambda d: np.ones(2))
    got(lambda d: [[d]])
    got(lambda d: {"q": d})
    got(lambda d: c([1, 2]))
    got(lambda d: tf.ones([5]))
    got(lambda d: tf.cast(d, tf.float64))
    got(lambda d: Variable([7.0, 7.0]))
    got(lambda d: object())
    got(lambda d: ())
    got(lambda d: [d, d])
    got(lambda d: 1 / 0)
    """,
    lambda tf: {"got": lambda grad: got(tf, grad)},
)

ask(
    "the number of gradients, for two arguments",
    """
    got2(lambda d: d)
    got2(lambda d: (d, d))
    got2(lambda d: [d, d])
    got2(lambda d: [[d], [d]])
    got2(lambda d: {"q": d, "p": d * 2.0})
    got2(lambda d: (d, None))
    got2(lambda d: (None, None))
    got2(lambda d: None)
    got2(lambda d: (d, d, d))
    got2(lambda d: tf.stack([d, d]))
    got2(lambda d: np.ones((2, 2)))
    got2(lambda d: [1.0, 2.0])
    got2(lambda d: [])
    """,
    lambda tf: {"got2": lambda grad: got(tf, grad, 2)},
)


def got(tf, grad, count=1):
    """The gradients with respect to the arguments, and what they are."""
    xs = [tf.constant([1.0, 2.0]) for _ in range(count)]
    f = tf.custom_gradient(lambda *a: (a[0] * 2.0, grad))
    with tf.GradientTape() as tape:
        tape.watch(xs)
        y = f(*xs)
    found = tape.gradient(y, xs)
    names = ["Tensor" if tf.is_tensor(g) else type(g).__name__ for g in found]
    known = [g for g in found if g is None or type(g).__name__ != "object"]
    return [name.replace("ResourceVariable", "Variable") for name in names], known


# ... and then the next rule computes with it, and it is added to what comes another way.
KINDS = ["3.0", "3", "np.ones(2, np.float32)", "np.ones(2)", "tf.ones([5])", "tf.ones([3, 2])", "tf.ones([])"]
KINDS += ["tf.ones([1])", "tf.cast(d, tf.float64)", "tf.cast(d, tf.int32)", "Variable([7.0, 7.0])"]
KINDS += ["IS(d, c([0, 1]), c([2]))"]

ask(
    "gradients that do not fit, and the next rule",
    "\n".join(
        f"first(lambda a: cg(lambda a: (a * 2.0, lambda d: {kind}))(tf.sin(a)), [x], x)" for kind in KINDS
    ),
)
ask(
    "gradients that do not fit, and the second derivative",
    "\n".join(
        f"second(lambda a: cg(lambda a: (a * 2.0, lambda d: {kind}))(tf.sin(a)), [x], x)"
        for kind in KINDS
        if kind not in ("tf.ones([3, 2])",)
    ),
)
ask(
    "gradients that do not fit, in a sum",
    "\n".join(
        f"first(lambda a: cg(lambda a: (a * 2.0, lambda d: {kind}))(a) + a * 5.0, [x], x)" for kind in KINDS
    )
    + "\n"
    + "\n".join(
        f"first(lambda a: a * 5.0 + cg(lambda a: (a * 2.0, lambda d: {kind}))(a), [x], x)" for kind in KINDS
    )
    + """
    first(lambda a: cg(lambda a: (a, lambda d: tf.ones([5])))(a) + cg(lambda a: (a, lambda d: tf.ones([5])))(a), [x], x)
    first(lambda a: tf.sin(cg(lambda a: (a, lambda d: tf.ones([3, 2])))(tf.sin(a))) + a, [x], x)
    """,
)
