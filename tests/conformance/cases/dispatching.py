"""Functions that a user's function takes over for SparseTensors, and what the decorators refuse."""

import contextlib
from typing import Any, List, Optional, Tuple, Union  # noqa: UP035 - as in the annotations of old code

from conformance_kit import raises, script


def _sparse(tf, *values):
    return tf.SparseTensor([[i, i] for i in range(len(values))], list(values), [len(values)] * 2)


def _parts(tf, value):
    if isinstance(value, tf.SparseTensor):
        return [value.indices, value.values, value.dense_shape]
    if isinstance(value, dict):
        return {key: _parts(tf, item) for key, item in value.items()}
    return [_parts(tf, item) for item in value] if isinstance(value, list) else value


@script("dispatch_for_api")
def _(tf):
    experimental, Sparse = tf.experimental, tf.SparseTensor
    loss, concat = tf.nn.l2_loss, tf.concat  # bound before
    x = _sparse(tf, 1.0, 2.0)

    @experimental.dispatch_for_api(tf.nn.l2_loss, {"t": Sparse})
    def of_sparse(t):
        return tf.nn.l2_loss(t.values) * 10.0

    @experimental.dispatch_for_api(tf.concat, {"values": List[Sparse]})  # noqa: UP006
    def joined(values, axis, name=None):
        return tf.sparse.concat(axis, list(values))

    def annotated(x: Sparse, y):
        return [x.values, y]

    annotated = experimental.dispatch_for_api(tf.divide)(annotated)
    either = Union[Sparse, tf.Tensor]  # noqa: UP007

    @experimental.dispatch_for_api(tf.subtract, {"x": either, "y": either})
    def difference(x, y):
        return "both"

    found = {
        "loss": loss(x),
        "by name": tf.nn.l2_loss(t=x, name="loss"),
        "list": concat([x, x], 0),
        "tuple": tf.concat((x, x), axis=1),
        "mixed": raises(lambda: tf.concat([x, tf.constant([[1.0]])], 0)),
        "annotated": tf.divide(x, 3),
        "swapped": tf.divide(y=3, x=x, name="quotient"),
        "either": tf.subtract(tf.constant(1.0), x),
        "operator": tf.constant(1.0) - x,
        "of a Variable": tf.Variable(1.0) - x,
        "none of both": tf.subtract(3.0, 1.0),
        "number": raises(lambda: tf.subtract(x, 1.0)),
        "itself": of_sparse(x),
        "missing": raises(lambda: tf.concat([x, x])),
    }
    for target in (of_sparse, joined, annotated, difference):
        experimental.unregister_dispatch_for(target)
    found["no more"] = raises(lambda: loss(x))
    found["twice"] = raises(lambda: experimental.unregister_dispatch_for(joined))
    return _parts(tf, found)


@script("dispatch_for_api: two at once")
def _(tf):
    experimental, Sparse = tf.experimental, tf.SparseTensor
    first = experimental.dispatch_for_api(tf.nn.l2_loss, {"t": Sparse})(lambda t: 1)
    second = experimental.dispatch_for_api(tf.nn.l2_loss, {0: Sparse})(lambda t: 2)
    x = _sparse(tf, 1.0)
    found = {"two": raises(lambda: tf.nn.l2_loss(x))}
    experimental.unregister_dispatch_for(first)
    found["second"] = tf.nn.l2_loss(x)
    experimental.unregister_dispatch_for(second)
    ragged = experimental.dispatch_for_api(tf.reduce_sum, {"input_tensor": tf.RaggedTensor})(
        lambda input_tensor, axis=None, keepdims=False: 3
    )
    found["ragged"] = raises(lambda: tf.reduce_sum(tf.ragged.constant([[1]])))
    experimental.unregister_dispatch_for(ragged)
    found["ragged again"] = tf.reduce_sum(tf.ragged.constant([[1]]))
    return _parts(tf, found)


@script("dispatch_for_api: defaults, scopes and exceptions")
def _(tf):
    experimental, Sparse = tf.experimental, tf.SparseTensor
    x = _sparse(tf, 1.0)
    names = experimental.dispatch_for_api(tf.nn.l2_loss, {"t": Sparse})(lambda t, name="mine": name)
    axes = experimental.dispatch_for_api(tf.concat, {"values": List[Sparse]})(  # noqa: UP006
        lambda values, axis=7: axis
    )
    wrong = experimental.dispatch_for_api(tf.stack, {"values": List[Sparse]})(  # noqa: UP006
        lambda values, axis=0: int("x")
    )
    found = {
        "names": [tf.nn.l2_loss(x), tf.nn.l2_loss(x, name="given"), tf.nn.l2_loss(x, "second")],
        "axes": [tf.concat([x], 3), raises(lambda: tf.concat([x]))],
        "wrong": raises(lambda: tf.stack([x])),
        "empty": raises(lambda: tf.concat([], 0)),
        "declined": raises(lambda: tf.nn.l2_loss(x)),
    }
    for target in (names, axes, wrong):
        experimental.unregister_dispatch_for(target)
    return _parts(tf, found)


@script("dispatch_for_api: refused")
def _(tf):
    dispatch, Sparse = tf.experimental.dispatch_for_api, tf.SparseTensor

    def refused(api, *signatures, target=lambda x, y: 1):
        return raises(lambda: dispatch(api, *signatures)(target))

    return {
        "a number": refused(3, {"x": Sparse}),
        "a class": refused(tf.Variable, {"x": Sparse}),
        "constant": refused(tf.constant, {"value": Sparse}),
        "map_fn": refused(tf.map_fn, {"elems": Sparse}),
        "sparse.add": refused(tf.sparse.add, {"a": Sparse}),
        "a function of mine": refused(lambda x, y: x, {"x": Sparse}),
        "a method": refused(tf.Tensor.__add__, {"x": Sparse}),
        "no signature": refused(tf.add),
        "unknown": refused(tf.add, {"z": Sparse}),
        "beyond": refused(tf.add, {7: Sparse}),
        "no dict": refused(tf.add, Sparse),
        "no type": refused(tf.add, {"x": Sparse, "y": 3}),
        "tuple": refused(tf.add, {"x": Tuple[Sparse, int]}),  # noqa: UP006
        "tuple of any length": refused(tf.add, {"x": Tuple[Sparse, ...]}),  # noqa: UP006
        "or": refused(tf.add, {"x": Sparse | tf.Tensor}),
        "other names": refused(tf.add, {"x": Sparse}, target=lambda a, y: 1),
        "too few": refused(tf.add, {"x": Sparse}, target=lambda x: 1),
        "order": refused(tf.add, {"x": Sparse}, target=lambda y, x: 1),
        "too many": refused(tf.add, {"x": Sparse}, target=lambda x, y, z=1: 1),
        "by keyword": refused(tf.nn.l2_loss, {"t": Sparse}, target=lambda t, **rest: 1),
        "never registered": raises(lambda: tf.experimental.unregister_dispatch_for(lambda x: x)),
    }


@script("dispatch_for_api: types that match")
def _(tf):
    experimental, Sparse = tf.experimental, tf.SparseTensor
    x = _sparse(tf, 1.0)

    class Mine:
        pass

    targets = [
        experimental.dispatch_for_api(tf.pow, {"x": Sparse, "y": Optional[Sparse]})(  # noqa: UP045
            lambda x, y: "pow"
        ),
        experimental.dispatch_for_api(tf.divide, {"x": Sparse, "y": Any})(lambda x, y: "divide"),
        experimental.dispatch_for_api(tf.add, {"x": Mine})(lambda x, y: "add"),
        experimental.dispatch_for_api(tf.subtract, {"x": tf.Tensor})(lambda x, y: "subtract"),
        experimental.dispatch_for_api(tf.multiply, {"x": Sparse, "y": float})(lambda x, y: "multiply"),
        experimental.dispatch_for_api(tf.add_n, {"inputs": List[Union[Sparse, tf.Tensor]]})(  # noqa: UP006, UP007
            lambda inputs: "add_n"
        ),
    ]
    found = {
        "None": tf.pow(x, None),
        "not None": raises(lambda: tf.pow(x, 2)),
        "Any": raises(lambda: tf.divide(x, 2)),
        "of a class": raises(lambda: tf.add(Mine(), 1)),
        "tensors": tf.subtract(tf.constant(1), 1),
        "float": tf.multiply(x, 2.0),
        "int": raises(lambda: tf.multiply(x, "a")),
        "list": tf.add_n([x, tf.constant(1.0)]),
        "list without": tf.add_n([tf.constant(1.0)]),
    }
    for target in targets:
        experimental.unregister_dispatch_for(target)
    return _parts(tf, found)


@script("dispatch_for elementwise")
def _(tf):
    experimental, Sparse = tf.experimental, tf.SparseTensor
    relu, maximum, at_least = tf.nn.relu, tf.maximum, tf.debugging.assert_greater_equal
    x, z = _sparse(tf, 1.0, -2.0), _sparse(tf, 4.0, 5.0)

    @experimental.dispatch_for_unary_elementwise_apis(Sparse)
    def of_one(api_func, x):
        return x.with_values(api_func(x.values) + 0.0)

    operand = Union[Sparse, float]  # noqa: UP007

    @experimental.dispatch_for_binary_elementwise_apis(operand, operand)
    def of_two(api_func, x, y):
        return api_func(getattr(x, "values", x), getattr(y, "values", y))

    @experimental.dispatch_for_binary_elementwise_assert_apis(Sparse, Sparse)
    def of_assertions(assert_func, x, y):
        return assert_func(x.values, y.values)

    found = {
        "relu": relu(x),
        "clip": tf.clip_by_value(x, -1.0, 0.5),
        "leaky": tf.nn.leaky_relu(x, alpha=0.5),
        "by name": tf.math.log1p(x=z, name="log"),
        "maximum": maximum(x, z),
        "number": tf.maximum(x, 0.5),
        "number first": tf.math.xlogy(2.0, z),
        "neither": tf.maximum(0.5, 1.0),
        "assert": raises(lambda: at_least(x, z)),
        "assert, message": raises(lambda: tf.debugging.assert_equal(x, z, message="no")),
        "twice": raises(lambda: experimental.dispatch_for_unary_elementwise_apis(Sparse)(of_one)),
        "twice, two": raises(
            lambda: experimental.dispatch_for_binary_elementwise_apis(operand, operand)(of_two)
        ),
        "no type": raises(lambda: experimental.dispatch_for_unary_elementwise_apis(3)(of_one)),
    }
    at_least(z, z)
    v = tf.Variable([3.0, 4.0])
    with tf.GradientTape() as tape:
        y = tf.nn.softplus(x.with_values(v)).values * tf.pow(x.with_values(v), 2.0)
    found["gradient"] = tape.gradient(y, v)
    for target in (of_one, of_two, of_assertions):
        with contextlib.suppress(KeyError):  # TensorFlow's own, of assertions
            experimental.unregister_dispatch_for(target)
    found["no more"] = raises(lambda: relu(x))
    found["no more, two"] = raises(lambda: maximum(x, z))
    return _parts(tf, found)
