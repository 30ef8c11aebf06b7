"""`tf.compat.v1` in eager code: variables and their scopes, initializers, losses, optimizers, and what it refuses."""

import numpy as np
from conformance_kit import raises, script


@script("v1: get_variable")
def _(tf):
    v1 = tf.compat.v1
    ones = v1.ones_initializer
    calls = {
        "initializer": lambda: v1.get_variable("a", [2], initializer=ones()),
        "class": lambda: v1.get_variable("a", [2], tf.int32, initializer=v1.zeros_initializer),
        "number": lambda: v1.get_variable("a", initializer=3.0),
        "tensor": lambda: v1.get_variable("a", initializer=tf.constant([1, 2])),
        "function": lambda: v1.get_variable("a", initializer=lambda: tf.ones([2])),
        "function of shape": lambda: v1.get_variable(
            "a", [2], initializer=lambda shape, dtype=None, partition_info=None: tf.ones(shape, dtype) * 3
        ),
        "default, int": lambda: v1.get_variable("a", [2], tf.int32),
        "default, bool": lambda: v1.get_variable("a", [2], tf.bool),
        "default, string": lambda: v1.get_variable("a", [2], tf.string),
        "default, float": lambda: v1.get_variable("a", [2]).shape,
        "number as shape": lambda: v1.get_variable("a", 2).shape,
        "local": lambda: v1.get_local_variable("a", [2]).trainable,
        "constraint": lambda: v1.get_variable("a", [2], constraint=abs).constraint is abs,
        "not trainable": lambda: v1.get_variable("a", [2], trainable=False).trainable,
        "anew": lambda: v1.get_variable("a", [2]) is v1.get_variable("a", [2]),
        "shape and value": lambda: v1.get_variable("a", [3], initializer=tf.constant([1, 2])),
        "shape and array": lambda: v1.get_variable("a", [2], initializer=np.ones(2)),
        "no shape": lambda: v1.get_variable("a"),
        "open shape": lambda: v1.get_variable("a", [None]),
        "bad name": lambda: v1.get_variable(3, [2]),
        "bad dtype": lambda: v1.get_variable("a", [2], "foo"),
        "Variable": lambda: [v1.Variable(1.0), v1.Variable(2, name="n", dtype=tf.float64).name],
        "Variable, more": lambda: [v1.Variable(1.0, False, ["c"], use_resource=False).trainable],
        "Variable, nothing": lambda: v1.Variable(),
        "isinstance": lambda: [
            isinstance(v1.Variable(1.0), tf.Variable),
            isinstance(tf.Variable(1.0), v1.Variable),
        ],
    }

    def shown(call):
        found = call()
        return [found.name, found.dtype, found.value()] if isinstance(found, tf.Variable) else found

    return {name: raises(lambda c=call: shown(c)) for name, call in calls.items()}


@script("v1: variable scopes")
def _(tf):
    v1 = tf.compat.v1
    v1.reset_default_graph()
    names = []

    def note():
        scope = v1.get_variable_scope()
        names.append([scope.name, v1.get_variable("a", [1]).name, tf.Variable(1.0).name, str(scope.reuse)])

    note()
    with v1.variable_scope("s") as s:
        note()
        with v1.variable_scope("t"):
            note()
        with v1.variable_scope("t", reuse=v1.AUTO_REUSE) as again:
            note()
            names.append([again.name, again.original_name_scope, again.dtype, again.initializer])
        with v1.variable_scope(None, default_name="d"):
            note()
        with v1.variable_scope(None, default_name="d"):
            note()
        with v1.variable_scope(None, "d", [tf.constant(1.0)]), v1.variable_scope(None, "d"):
            note()
        with v1.name_scope("ns"):
            note()
        with v1.variable_scope(s, reuse=True):
            note()
    with v1.variable_scope(None, "s"):
        note()
    with v1.variable_scope("c", initializer=v1.constant_initializer(5.0), dtype=tf.float64):
        value = v1.get_variable("b", [1])
        with v1.variable_scope("inner"):
            inner = v1.get_variable("b", [1])
        integer = v1.get_variable("i", [1], tf.int32, initializer=v1.ones_initializer())
    with v1.variable_scope("g", custom_getter=lambda getter, name, *a, **k: getter(name + "_got", *a, **k)):
        got = v1.get_variable("x", [1]).name
    note()

    def entered(*args, **kwargs):
        with v1.variable_scope(*args, **kwargs) as scope:
            return scope.name

    return {
        "names": names,
        "defaults": [value.value(), inner.value(), integer.value()],
        "getter": got,
        "nothing": raises(lambda: entered(None)),
        "number": raises(lambda: entered(3)),
        "reuse": raises(lambda: entered("s", reuse="x")),
        "left on errors": [
            raises(lambda: v1.make_template("z", lambda: 1 // 0)()),
            v1.get_variable_scope().name,
        ],
    }


@script("v1: templates, collections and name scopes")
def _(tf):
    v1 = tf.compat.v1
    v1.reset_default_graph()

    def scale(x, y=1.0):
        return v1.get_variable("w", [], initializer=v1.constant_initializer(2.0)) * x * y

    first, second = v1.make_template("t", scale), v1.make_template("t", scale, y=3.0)
    results = [first(3.0), first(4.0), second(1.0)]
    with tf.GradientTape() as tape:
        y = first(5.0)
    v1.add_to_collection("mine", 3)
    v1.add_to_collections(["mine", "other"], 4)
    v1.get_collection_ref("third").append(5)
    scopes = []
    for arguments in (("a",), (None, "d"), (None, "d", [tf.constant(1)]), (None,)):
        with v1.name_scope(*arguments) as scope:
            scopes.append([scope, tf.Variable(1.0).name])
    return {
        "results": results,
        "variables": [v.name for t in (first, second) for v in t.variables],
        "names": [first.name, second.name, first.var_scope.name, second.var_scope.name],
        "gradient": tape.gradient(y, first.trainable_variables),
        "collections": [v1.get_collection(key) for key in ("mine", "other", "third", "none", "variables")],
        "lists": [
            getattr(v1, name)()
            for name in [
                "global_variables",
                "local_variables",
                "model_variables",
                "trainable_variables",
                "moving_average_variables",
                "all_variables",
            ]
        ],
        "keys": sorted(name for name in dir(v1.GraphKeys) if not name.startswith("_")),
        "scopes": scopes,
    }


@script("v1: assignments")
def _(tf):
    v1 = tf.compat.v1
    v = tf.Variable([1.0, 2.0, 3.0])
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])

    def after(call, variable=v):
        variable.assign(tf.reshape(tf.range(1.0, float(tf.size(variable)) + 1.0), variable.shape))
        found = call()
        return [found.value(), variable.value()]

    def attempts(name):
        scatter = getattr(v1, name)
        return [
            raises(lambda: after(lambda: scatter(v, [0, 2], [2.0, 4.0]))),
            raises(lambda: after(lambda: scatter(v, 1, 2.0))),
            raises(lambda: after(lambda: scatter(v, [9], [2.0]))),
            raises(lambda: scatter(tf.constant([1.0]), [0], [2.0])),
        ]

    def by_coordinates(name):
        return after(lambda: getattr(v1, name)(w, [[0, 1], [1, 1]], [5.0, 6.0]), w)

    kinds = ("update", "add", "sub", "mul", "div", "min", "max")
    return {
        "rows": {kind: attempts(f"scatter_{kind}") for kind in kinds},
        "coordinates": [by_coordinates(f"scatter_nd_{kind}") for kind in kinds[:3]],
        "batch": after(lambda: v1.batch_scatter_update(w, [[0], [1]], [[9.0], [8.0]]), w),
        "assign": after(lambda: v1.assign(v, [3.0, 4.0, 5.0])),
        "assign_add": after(lambda: v1.assign_add(v, [1.0, 1.0, 1.0])),
        "assign_sub": after(lambda: v1.assign_sub(v, [1.0, 1.0, 1.0])),
        "bad shape": raises(lambda: v1.assign(v, [3.0])),
        "no variable": raises(lambda: v1.assign(tf.constant(1.0), 2.0)),
        "count": v1.count_up_to(tf.Variable(1), 5),
        "initialized": v1.is_variable_initialized(v),
        "initializers": [
            v1.global_variables_initializer(),
            v1.variables_initializer([v]),
            v1.local_variables_initializer(),
            v1.tables_initializer(),
        ],
    }


@script("v1: switches, and what eager code cannot do")
def _(tf):
    v1 = tf.compat.v1
    one = tf.constant(1.0)

    def within(context):
        with context:
            return 1

    return {
        "placeholder": raises(lambda: v1.placeholder(tf.float32)),
        "sparse placeholder": raises(lambda: v1.sparse_placeholder(tf.float32)),
        "ragged placeholder": raises(lambda: v1.ragged.placeholder(tf.float32, 1)),
        "with default": [v1.placeholder_with_default(3.0, []), v1.placeholder_with_default([3.0], [2])],
        "gradients": raises(lambda: v1.gradients(one, one)),
        "hessians": raises(lambda: v1.hessians(one, one)),
        "check numerics": raises(lambda: v1.add_check_numerics_ops()),
        "device function": raises(lambda: within(v1.device(lambda op: "/cpu:0"))),
        "contexts": [
            within(v1.device("/cpu:0")),
            within(v1.device(None)),
            within(v1.colocate_with(one)),
            within(v1.container("c")),
            within(v1.op_scope([], None, "q")),
            within(v1.control_dependencies([one])),
        ],
        "switches": [
            v1.enable_control_flow_v2(),
            v1.enable_resource_variables(),
            v1.enable_v2_tensorshape(),
            v1.enable_tensor_equality(),
            v1.control_flow_v2_enabled(),
            v1.resource_variables_enabled(),
            v1.executing_eagerly_outside_functions(),
            v1.get_default_session(),
            v1.no_regularizer(one),
        ],
        "codes": [
            v1.errors.OK,
            v1.errors.UNAUTHENTICATED,
            v1.errors.exception_type_from_error_code(3) is tf.errors.InvalidArgumentError,
            v1.errors.error_code_from_exception_type(tf.errors.NotFoundError),
            raises(lambda: v1.errors.exception_type_from_error_code(77)),
        ],
        "logging": [v1.logging.DEBUG, v1.logging.WARN, v1.logging.FATAL, v1.logging.info("x %s", 3)],
        "dimension": [v1.Dimension(3).value, v1.dimension_value(3), (v1.Dimension(3) * 2).value],
        "aggregation": [member.name for member in v1.VariableAggregation],
    }


_SEEDED = [
    "random_uniform",
    "random_normal",
    "truncated_normal",
    "glorot_uniform",
    "glorot_normal",
    "orthogonal",
    "uniform_unit_scaling",
    "variance_scaling",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
]


@script("v1: initializers")
def _(tf):
    made = tf.compat.v1.initializers
    variance = made.variance_scaling
    plain = [made.zeros(), made.ones(), made.constant(3), made.identity(2.0)]

    def drawn(name):
        maker = getattr(made, name)
        tf.random.set_seed(5)
        unseeded = maker()([2, 3])
        return [
            maker(seed=3)([4, 3]),
            unseeded,
            maker(seed=3)([2, 2, 3], dtype=tf.float64),
            maker().get_config(),
            raises(lambda: maker(seed=3)([2, 2], tf.int32)),
            raises(lambda: maker(seed=3)([3])),
            raises(lambda: maker(seed=3)([])),
        ]

    return {
        "plain": [[m([2, 3]), raises(lambda m=m: m([2, 2], tf.int32)), m.get_config()] for m in plain],
        "drawn": {name: drawn(name) for name in _SEEDED},
        "with partition_info": made.zeros()([2], partition_info=None),
        "from_config": type(plain[2]).from_config(plain[2].get_config())([2]),
        "dtype": [made.zeros(tf.int32)([2]), made.random_uniform(0, 10, seed=1, dtype=tf.int32)([3])],
        "variance": [
            variance(2.0, mode, distribution, seed=3)([3, 4])
            for mode in ("fan_in", "fan_out", "fan_avg")
            for distribution in ("normal", "uniform", "truncated_normal", "untruncated_normal")
        ],
        "bounds": made.random_uniform(-1.0, 1.0, seed=2)([3]),
        "moments": made.random_normal(5.0, 0.5, seed=2)([3]),
        "constant": [
            made.constant([1, 2, 3, 4])([2, 2]),
            made.constant([1, 2, 3, 4], verify_shape=True)([4]),
            raises(lambda: made.constant([1, 2, 3])([2, 2])),
            raises(lambda: made.constant([1, 2, 3], verify_shape=True)([2, 2])),
            raises(lambda: made.constant("x")([1])),
            raises(lambda: made.constant(1.5, tf.int32)([1])),
            raises(lambda: made.constant({1})),
        ],
        "refused": [
            raises(lambda: variance(scale=-1.0)),
            raises(lambda: variance(mode="x")),
            raises(lambda: variance(distribution="x")),
            raises(lambda: made.orthogonal()([2])),
            raises(lambda: made.identity()([2])),
            raises(lambda: made.identity()([2, 2, 2])),
        ],
    }


_REDUCTIONS = [
    "none",
    "weighted_sum",
    "weighted_mean",
    "weighted_sum_over_batch_size",
    "weighted_sum_by_nonzero_weights",
    "foo",
]


@script("v1: losses")
def _(tf):
    losses = tf.compat.v1.losses
    p = tf.constant([[0.3, 0.8, 0.1], [0.5, 0.2, 0.9]])
    labels = tf.constant([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    weights = [2.0, 0.0, [[1.0], [0.0]], [1.0, 2.0], tf.ones([2, 3]), [[1.0, 2.0, 3.0]], [[[1.0]]]]
    kinds = {
        "absolute_difference": {},
        "mean_squared_error": {},
        "log_loss": {"epsilon": 0.1},
        "huber_loss": {"delta": 0.5},
        "hinge_loss": {},
        "mean_pairwise_squared_error": {},
        "sigmoid_cross_entropy": {"label_smoothing": 0.1},
        "softmax_cross_entropy": {"label_smoothing": 0.1},
        "cosine_distance": {"axis": 1},
    }

    def all_of(name, options):
        loss = getattr(losses, name)
        needs = {"axis": 1} if name == "cosine_distance" else {}

        def gradients():
            with tf.GradientTape() as tape:
                tape.watch([p, labels])
                y = loss(labels, p, **needs)
            return tape.gradient(y, [labels, p])

        return [
            loss(labels, p, **needs),
            loss(labels, p * 3.0, **needs, **{k: v for k, v in options.items() if k not in needs}),
            gradients(),
            [raises(lambda w=w: loss(labels, p, weights=w, **needs)) for w in weights],
            [
                raises(lambda r=r: loss(labels, p, weights=[[1.0], [0.0]], reduction=r, **needs))
                for r in _REDUCTIONS
            ],
            raises(lambda: loss(None, p, **needs)),
            raises(lambda: loss(tf.ones([2]), p, **needs)),
        ]

    sparse = losses.sparse_softmax_cross_entropy
    weigh = losses.compute_weighted_loss
    return {
        **{name: all_of(name, options) for name, options in kinds.items()},
        "integers": losses.absolute_difference([1], [2]),
        "cosine, dim": losses.cosine_distance(labels, p, dim=0),
        "cosine, no axis": raises(lambda: losses.cosine_distance(labels, p)),
        "sparse": [
            sparse([0, 2], p),
            sparse([[0], [2]], p, weights=[1.0, 2.0]),
            sparse([0, 2], p, weights=[[1.0], [2.0]]),
            raises(lambda: sparse([0, 2], p, weights=[1.0, 2.0, 3.0])),
        ],
        "weighted": [
            weigh(p),
            weigh([1, 2], weights=[1, 0]),
            weigh(tf.constant([0.1, 0.2], tf.float64), reduction="weighted_mean"),
            raises(lambda: weigh(p, weights=None)),
        ],
        "reductions": [losses.Reduction.all(), raises(lambda: losses.Reduction.validate("x"))],
        "collected": [losses.get_regularization_losses(), losses.get_regularization_loss()],
    }


_OPTIMIZERS = {
    "GradientDescent": [{}],
    "Momentum": [{"momentum": 0.9}, {"momentum": 0.8, "use_nesterov": True}],
    "Adam": [{}, {"beta1": 0.8, "beta2": 0.9, "epsilon": 0.1}],
    "Adagrad": [{}, {"initial_accumulator_value": 0.5}],
    "RMSProp": [{}, {"decay": 0.5, "momentum": 0.7, "epsilon": 0.1}, {"centered": True, "momentum": 0.5}],
    "Adadelta": [{}, {"rho": 0.5, "epsilon": 0.1}],
    "Ftrl": [
        {},
        {"l1_regularization_strength": 0.3, "l2_regularization_strength": 0.2},
        {"learning_rate_power": -0.3, "l2_shrinkage_regularization_strength": 0.1},
        {"beta": 0.5, "initial_accumulator_value": 1.0},
    ],
    "ProximalGradientDescent": [{}, {"l1_regularization_strength": 0.5, "l2_regularization_strength": 0.2}],
    "ProximalAdagrad": [{}, {"l1_regularization_strength": 0.5, "l2_regularization_strength": 0.2}],
}


@script("v1: optimizers")
def _(tf):
    train = tf.compat.v1.train

    def steps(name, options, dtype):
        optimizer = getattr(train, f"{name}Optimizer")(0.3, **options)
        a = tf.Variable([1.0, -2.0, 0.5], dtype=dtype, name="a")
        b = tf.Variable([[1.0, 2.0], [3.0, 4.0], [-5.0, 6.0]], dtype=dtype, name="b")

        def dense():
            return tf.reduce_sum(a**2) + tf.reduce_sum(b * tf.expand_dims(a, 1))

        def sparse():
            return tf.reduce_sum(tf.gather(b, [2, 0, 2]) ** 2) + tf.reduce_sum(a)

        found = []
        for loss in (dense, sparse, dense):
            optimizer.minimize(loss)
            found.append([a.value(), b.value()])
        return [
            found,
            optimizer.get_name(),
            {
                slot: [optimizer.get_slot(v, slot).value() for v in (a, b)]
                for slot in optimizer.get_slot_names()
            },
            len(optimizer.variables()),
        ]

    return {
        f"{name} {number}": [
            steps(name, options, dtype)
            for dtype in ((tf.float32,) if name.startswith("Proximal") else (tf.float32, tf.float64))
        ]
        for name, variants in _OPTIMIZERS.items()
        for number, options in enumerate(variants)
    }


@script("v1: optimizers, their arguments and errors")
def _(tf):
    train = tf.compat.v1.train
    v = tf.Variable([1.0, 2.0])
    step = tf.Variable(0, dtype=tf.int64)
    descent = train.GradientDescentOptimizer(lambda: tf.constant(0.5))

    def loss():
        return tf.reduce_sum(v * v)

    pairs = descent.compute_gradients(loss)
    weighed = descent.compute_gradients(loss, [v], grad_loss=tf.constant(3.0))
    descent.apply_gradients(pairs, global_step=step)
    descent.minimize(loss, global_step=step, var_list=[v])
    one, constant = tf.constant([1.0, 1.0]), tf.constant(1.0)
    return {
        "gradients": [pairs[0][0], pairs[0][1] is v, weighed[0][0]],
        "after": [v.value(), step.value()],
        "no slots": [descent.get_slot_names(), descent.get_slot(v, "m"), descent.variables()],
        "unconnected": descent.compute_gradients(loss, [tf.Variable(1.0)])[0][0],
        "no function": raises(lambda: descent.minimize(constant)),
        "nothing": raises(lambda: descent.apply_gradients([])),
        "only None": raises(lambda: descent.apply_gradients([(None, v)])),
        "bad shape": raises(lambda: train.AdamOptimizer().apply_gradients([(tf.constant([1.0]), v)])),
        "no variables": raises(lambda: descent.minimize(lambda: constant)),
        "other variables": raises(lambda: descent.minimize(loss, var_list=[tf.Variable(1.0)])),
        "no name": raises(lambda: train.Optimizer(False, "")),
        "abstract": raises(lambda: train.Optimizer(False, "n").apply_gradients([(one, v)])),
        "adagrad": raises(lambda: train.AdagradOptimizer(0.1, initial_accumulator_value=0.0)),
        "ftrl": [
            raises(lambda: train.FtrlOptimizer(0.1, learning_rate_power=0.5)),
            raises(lambda: train.FtrlOptimizer(0.1, initial_accumulator_value=-1.0)),
            raises(lambda: train.FtrlOptimizer(0.1, l1_regularization_strength=-1.0)),
        ],
    }


@script("v1: decays and the global step")
def _(tf):
    v1 = tf.compat.v1
    v1.reset_default_graph()
    train = v1.train
    before = train.get_global_step()
    step = train.create_global_step()
    rates = {
        "exponential": train.exponential_decay(0.1, step, 10, 0.5),
        "exponential, stairs": train.exponential_decay(0.1, step, 10, 0.5, staircase=True),
        "natural": train.natural_exp_decay(0.1, step, 10, 0.5),
        "natural, stairs": train.natural_exp_decay(0.1, step, 10, 0.5, staircase=True),
        "inverse": train.inverse_time_decay(0.1, step, 10, 0.5),
        "inverse, stairs": train.inverse_time_decay(0.1, step, 10, 0.5, staircase=True),
        "polynomial": train.polynomial_decay(0.1, step, 10, 0.01, 2.0),
        "polynomial, cycle": train.polynomial_decay(0.1, step, 10, 0.01, cycle=True),
        "piecewise": train.piecewise_constant(step, [2, 10], [1.0, 2.0, 3.0]),
        "cosine": train.cosine_decay(0.1, step, 10, alpha=0.1),
        "restarts": train.cosine_decay_restarts(0.1, step, 5, alpha=0.1),
        "restarts, mul": train.cosine_decay_restarts(0.1, step, 5, 1.0, 0.5),
        "linear cosine": train.linear_cosine_decay(0.1, step, 10, alpha=0.1),
        "noisy": lambda: train.noisy_linear_cosine_decay(0.1, step, 10)().shape,
    }
    values = {name: [] for name in rates}
    for number in (0, 2, 3, 10, 12, 25):
        step.assign(number)
        for name, rate in rates.items():
            values[name].append(rate())
    return {
        "values": values,
        "step": [
            before,
            step.name,
            step.dtype,
            train.get_global_step() is step,
            train.global_step(None, step),
        ],
        "again": raises(lambda: train.create_global_step()),
        "there": train.get_or_create_global_step() is step,
        "asserted": [
            raises(lambda: train.assert_global_step(step)),
            raises(lambda: train.assert_global_step(tf.Variable(1.0))),
            raises(lambda: train.assert_global_step(3)),
        ],
        "piecewise, lengths": raises(lambda: train.piecewise_constant(step, [2, 10], [1.0, 2.0])),
    }
