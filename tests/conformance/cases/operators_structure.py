"""Operators as structures of tensors: in tf.nest, on tapes, in tf.function and control flow."""

from __future__ import annotations

from cases._operators import described, every
from conformance_kit import raises, script


def parts(tf, value):
    return tf.nest.flatten(value, expand_composites=True)


@script("every operator: its tensors, and made of them again")
def _(tf):
    answers = {}
    for name, one in every(tf).items():
        again = tf.nest.map_structure(lambda x: x * 1, one, expand_composites=True)
        answers[name] = ([x.shape for x in parts(tf, one)], described(again), again.to_dense())
    return answers


@script("nest")
def _(tf):
    linalg = tf.linalg
    diag, full = linalg.LinearOperatorDiag, linalg.LinearOperatorFullMatrix
    one, two = diag([1.0, 2.0], name="q"), diag([3.0, 4.0])
    same = tf.nest.assert_same_structure
    return {
        "leaf": [tf.nest.flatten(one)[0] is one, tf.nest.is_nested(one)],
        "double": tf.nest.map_structure(lambda x: x * 2, one, expand_composites=True).diag,
        "sum": tf.nest.map_structure(lambda x, y: x + y, one, two, expand_composites=True).diag,
        "same": raises(lambda: same(one, two, expand_composites=True)),
        "other class": raises(lambda: same(one, full([[1.0]]), expand_composites=True)),
        "other hints": raises(
            lambda: same(one, diag([1.0, 2.0], is_positive_definite=True), expand_composites=True)
        ),
        "specs": [
            type(one._type_spec).__name__,
            one._type_spec == two._type_spec,
            one._type_spec == diag([1.0])._type_spec,
            one._type_spec.is_compatible_with(two),
            tf.type_spec_from_value(one) == one._type_spec,
        ],
        "identity": (described(tf.identity(one)), tf.identity(one).diag, tf.stop_gradient(one).diag),
    }


@script("gradients with respect to operators")
def _(tf):
    linalg = tf.linalg
    diag, full = linalg.LinearOperatorDiag, linalg.LinearOperatorFullMatrix

    def gradient(one, function, **options):
        with tf.GradientTape() as tape:
            tape.watch(one)
            y = function(one)
        found = tape.gradient(y, one, **options)
        return None if found is None else (described(found), parts(tf, found))

    pd = {"is_self_adjoint": True, "is_positive_definite": True}
    f = full([[1.0, 2.0], [3.0, 4.0]])
    both = linalg.LinearOperatorComposition([diag([1.0, 2.0]), diag([3.0, 4.0])])
    update = linalg.LinearOperatorLowRankUpdate(diag([1.0, 2.0], is_positive_definite=True), [[1.0], [2.0]])
    x = [1.0, 2.0]
    return {
        "determinant": gradient(diag(x), lambda o: o.determinant()),
        "solve": gradient(f, lambda o: o.solvevec(x)),
        "positive definite": gradient(full([[2.0, 1.0], [1.0, 3.0]], **pd), lambda o: o.determinant()),
        "composition": gradient(both, lambda o: o.matvec(x)),
        "one of two": gradient(both, lambda o: o.operators[0].trace()),
        "none": gradient(both, lambda o: tf.constant(1.0)),
        "toeplitz": gradient(linalg.LinearOperatorToeplitz(x, [1.0, 3.0]), lambda o: o.matvec(x)),
        "update": gradient(update, lambda o: o.determinant()),
        "kronecker": gradient(
            linalg.LinearOperatorKronecker([diag(x), linalg.LinearOperatorIdentity(2)]), lambda o: o.trace()
        ),
        "circulant": gradient(linalg.LinearOperatorCirculant(x), lambda o: o.trace()),
        "sequence": gradient(
            linalg.LinearOperatorTridiag([x, [3.0, 4.0], [5.0, 6.0]], "sequence"), lambda o: o.matvec(x)
        ),
        "adjoint": gradient(f.adjoint(), lambda o: o.matvec(x)),
        "identity": gradient(linalg.LinearOperatorIdentity(2), lambda o: o.trace()),
        "permutation": gradient(linalg.LinearOperatorPermutation([1, 0]), lambda o: o.matvec(x)),
        "target": gradient(diag(x), lambda o: o @ o),
        "target composed": gradient(diag(x), lambda o: f @ o),
        "cotangent": gradient(diag(x), lambda o: o.diag_part(), output_gradients=tf.constant([3.0, 4.0])),
    }


@script("gradients with respect to structures with operators")
def _(tf):
    linalg = tf.linalg
    given = {"a": linalg.LinearOperatorDiag([1.0, 2.0]), "b": tf.constant([[1.0, 2.0], [3.0, 4.0]])}
    with tf.GradientTape() as tape:
        tape.watch(given)
        y = given["a"].matmul(given["b"])
    found = tape.gradient(y, given)
    return {"a": found["a"].diag, "b": found["b"]}


@script("second derivatives with respect to operators")
def _(tf):
    one = tf.linalg.LinearOperatorDiag([1.0, 2.0, 3.0])
    with tf.GradientTape() as outer:
        outer.watch(one)
        with tf.GradientTape() as inner:
            inner.watch(one)
            y = one.determinant()
        grad = inner.gradient(y, one)
        z = tf.reduce_sum(grad.diag**2)
    return outer.gradient(z, one).diag


@script("tf.function and control flow")
def _(tf):
    diag = tf.linalg.LinearOperatorDiag
    one = diag([1.0, 2.0])
    with tf.autodiff.ForwardAccumulator(one.diag, tf.constant([1.0, 0.0])) as acc:
        y = one.determinant()
    return {
        "argument": tf.function(lambda o: o.to_dense())(one),
        "result": tf.function(lambda o: o.inverse())(one).diag,
        "while": tf.while_loop(lambda i, o: i < 2, lambda i, o: (i + 1, o @ o), (tf.constant(0), one))[
            1
        ].diag,
        "cond": tf.cond(tf.constant(True), lambda: diag([1.0]), lambda: diag([2.0])).diag,
        "forward": acc.jvp(y),
    }
