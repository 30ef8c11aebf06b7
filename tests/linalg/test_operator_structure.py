"""Operators as structures of Tensors: specs that are kept, Jacobians, classes of one's own."""

import copy
import pickle

import pytest

import tfcompat_tape as tf

linalg = tf.linalg


def test_specs_are_pickled_copied_and_hashed() -> None:
    inner = linalg.LinearOperatorFullMatrix([[1.0, 2.0], [3.0, 4.0]], is_non_singular=True)
    for operator in (inner, linalg.LinearOperatorBlockDiag([inner, linalg.LinearOperatorIdentity(2)])):
        spec = operator._type_spec
        for again in (pickle.loads(pickle.dumps(spec)), copy.deepcopy(spec)):
            assert again == spec and hash(again) == hash(spec)
        assert spec.value_type is type(operator)


def test_operators_are_targets_of_jacobians_by_their_parameters() -> None:
    operator = linalg.LinearOperatorDiag([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(operator)
        y = operator.matvec([3.0, 4.0])
    assert tape.jacobian(y, operator.diag).numpy().tolist() == [[3.0, 0.0], [0.0, 4.0]]


def test_a_class_without_parameters_cannot_be_taken_apart() -> None:
    class Own(linalg.LinearOperator):  # type: ignore[misc, name-defined]
        def __init__(self):
            super().__init__(dtype=tf.float32)

        def _shape(self):
            return (2, 2)

        def _matmul(self, x, adjoint=False, adjoint_arg=False):
            return x

    assert tf.nest.flatten([Own()])[0].shape == (2, 2)
    with pytest.raises(TypeError, match="Could not build a TypeSpec"):
        tf.nest.flatten(Own(), expand_composites=True)
