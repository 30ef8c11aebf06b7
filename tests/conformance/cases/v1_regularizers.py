"""`tf.compat.v1`: regularizers of variables, and other arguments that are easily passed over."""

from conformance_kit import raises, script


def _half_square(tf):
    return lambda variable: tf.reduce_sum(variable * variable) * 0.5


def _ones(tf, name="w", size=2, **kwargs):
    v1 = tf.compat.v1
    return v1.get_variable(name, [size], initializer=v1.ones_initializer(), **kwargs)


@script("v1: regularizers of variables")
def _(tf):
    v1 = tf.compat.v1
    v1.reset_default_graph()
    half = _half_square(tf)
    none = v1.losses.get_regularization_loss()
    w = _ones(tf, regularizer=half)
    with v1.variable_scope("outer", regularizer=half):
        _ones(tf, "a", 3)
        with v1.variable_scope("inner"):
            _ones(tf, "b", 4)
            _ones(tf, "c", 5, regularizer=v1.no_regularizer)
            _ones(tf, "d", 6, regularizer=lambda variable: None)
    v1.get_local_variable("e", [7], initializer=v1.ones_initializer(), regularizer=half)
    before = [loss.numpy() for loss in v1.losses.get_regularization_losses()]
    w.assign([3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        total = v1.losses.get_regularization_loss()
        first = v1.get_collection(v1.GraphKeys.REGULARIZATION_LOSSES)[0] * 2.0
        both = v1.losses.get_total_loss()
    return {
        "none": none,
        "before": before,
        "total": total,
        "gradient": [tape.gradient(y, w) for y in (total, first, both)],
        "in total": both,
        "by scope": [
            len(v1.losses.get_regularization_losses("outer")),
            v1.losses.get_regularization_loss("outer"),
        ],
    }


@script("v1: a regularization loss as a value")
def _(tf):
    v1 = tf.compat.v1
    v1.reset_default_graph()
    _ones(tf, regularizer=_half_square(tf))
    loss = v1.losses.get_regularization_losses()[0]
    calls = {
        "kind": lambda: [tf.is_tensor(loss), isinstance(loss, tf.Tensor)],
        "attributes": lambda: [loss.dtype, loss.shape, loss.numpy()],
        "name": lambda: loss.name,
        "arithmetic": lambda: [loss + 1.0, 1.0 - loss, loss * loss, -loss, loss / 2.0, 2.0**loss, abs(loss)],
        "comparisons": lambda: [loss > 0.5, loss <= 0.5, loss == loss, bool(loss)],
        "functions": lambda: [
            tf.square(loss),
            tf.stack([loss, loss]),
            tf.add_n([loss, loss]),
            sum([loss, loss]),
        ],
        "float": lambda: float(loss),
        "called in a function": lambda: tf.function(v1.losses.get_regularization_loss)(),
    }
    return {name: raises(call) for name, call in calls.items()}


@script("v1: regularizers, templates and getters")
def _(tf):
    v1 = tf.compat.v1
    v1.reset_default_graph()
    half = _half_square(tf)
    template = v1.make_template("t", lambda: _ones(tf, regularizer=half))
    template()
    template()
    of_template = v1.losses.get_regularization_loss()
    seen = []

    def getter(getter, *args, **kwargs):
        seen.append([list(args), kwargs["name"], kwargs["regularizer"] is half])
        return getter(*args, **kwargs)

    def without(getter, *args, **kwargs):
        return getter(*args, **{**kwargs, "regularizer": None})

    _ones(tf, "a", regularizer=half, custom_getter=getter)
    with v1.variable_scope("s", regularizer=half, custom_getter=without):
        _ones(tf, "b")
    calls = {
        "string": lambda: _ones(tf, "c", regularizer="l2"),
        "number": lambda: _ones(tf, "d", regularizer=3),
        "two dtypes": lambda: [
            v1.get_variable("f", [2], tf.float64, v1.ones_initializer(), half).dtype,
            v1.losses.get_regularization_loss(),
        ],
    }
    return {
        "of template": of_template,
        "seen": seen,
        "after": v1.losses.get_regularization_loss(),
        **{name: raises(call) for name, call in calls.items()},
    }


@script("v1: initializers of parts")
def _(tf):
    v1 = tf.compat.v1

    class Part:
        full_shape = (10, 20)
        var_offset = (1, 0)

    calls = {
        "glorot_uniform": lambda: v1.glorot_uniform_initializer(seed=1),
        "uniform_unit_scaling": lambda: v1.uniform_unit_scaling_initializer(seed=1),
        "variance_scaling": lambda: v1.variance_scaling_initializer(seed=1, distribution="uniform"),
        "random_uniform": lambda: v1.random_uniform_initializer(seed=1),
        "ones": lambda: v1.ones_initializer(),
        "constant": lambda: v1.constant_initializer(3.0),
        "identity": lambda: v1.initializers.identity(),
    }

    def made(call, part):
        tf.random.set_seed(1)
        return call()([2, 2], partition_info=part)

    found = {name: raises(lambda c=call: made(c, Part)) for name, call in calls.items()}
    return {**found, "no part": raises(lambda: made(calls["glorot_uniform"], 3))}


@script("arguments that say what cannot be")
def _(tf):
    v1 = tf.compat.v1
    rows = tf.ragged.constant([[1, 2], [3]])
    variable = tf.Variable(1.0)
    calls = {
        "caching_device": lambda: tf.Variable(1.0, caching_device="/cpu:0").dtype,
        "caching_device, number": lambda: tf.Variable(1.0, caching_device=3),
        "caching_device, text": lambda: tf.Variable(1.0, caching_device="bogus"),
        "caching_device, function": lambda: tf.Variable(1.0, caching_device=lambda op: "/cpu:0"),
        "v1 caching_device": lambda: v1.Variable(1.0, caching_device=3),
        "variable_def": lambda: tf.Variable(1.0, variable_def=3),
        "variable_def alone": lambda: tf.Variable(variable_def=3),
        "v1 variable_def": lambda: v1.Variable(1.0, variable_def=3),
        "layout": lambda: tf.zeros([2], layout=3),
        "layout of ones": lambda: tf.ones([2], layout=3),
        "layout of fill": lambda: tf.fill([2], 1.0, layout=3),
        "layout of zeros_like": lambda: tf.zeros_like([2], layout=3),
        "layout of ones_like": lambda: tf.ones_like([2], layout=3),
        "layout of rows": lambda: tf.zeros_like(rows, layout=3),
        "tol": lambda: tf.linalg.eigh_tridiagonal([1.0, 2.0], [1.0], tol="x"),
        "policy": lambda: tf.gather_nd(rows, [[1]], bad_indices_policy="DEFAULT"),
        "policy of rows": lambda: tf.gather_nd(rows, [[1]], bad_indices_policy="IGNORE"),
        "initializer of all": lambda: v1.global_variables_initializer(variable),
        "initializer of some": lambda: v1.variables_initializer(),
        "initializer of given": lambda: v1.variables_initializer([variable], name="n"),
    }
    return {name: raises(call) for name, call in calls.items()}
