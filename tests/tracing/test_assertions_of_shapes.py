"""Assertions about shapes that no signature says: as TensorFlow's, they fail when the function runs."""

from __future__ import annotations

from typing import Any

import pytest

import tfcompat_tape as tf

INVALID, VALUE = tf.errors.InvalidArgumentError, ValueError

# Shapes of the arguments in the signature, shapes at one call, what is asserted, and what TensorFlow does.
ASSERTED: list[tuple[list[Any], list[Any], list[Any], Any]] = [
    ([(None, None)], [(2, 3)], ["AA"], INVALID),
    ([(None, None)], [(3, 3)], ["AA"], None),
    ([(None, 3)], [(2, 3)], [("A", 4)], VALUE),
    ([(None, 3), (None,)], [(2, 3), (2,)], [("A", 3), ("A",)], None),
    ([(None, 3), (None,)], [(2, 3), (3,)], [("A", 3), ("A",)], INVALID),
    ([(None, 3), (3,)], [(2, 3), (3,)], [("A", 3), ("A",)], INVALID),
    ([(3, None), (4,)], [(3, 4), (4,)], [("A", 3), ("A",)], VALUE),
    ([(None, None)], [(2, 3)], [("A",)], VALUE),
    ([None], [(2, 3)], [("A",)], INVALID),
    ([None], [(2, 4)], [("A", 3)], INVALID),
    ([None], [(2,)], [(..., 3)], INVALID),
    ([None], [(2,)], [()], INVALID),
    ([None], [(1,)], [(1,)], None),
]


@pytest.mark.parametrize(("specs", "shapes", "wanted", "error"), ASSERTED)
def test_assert_shapes(specs: Any, shapes: Any, wanted: Any, error: Any) -> None:
    @tf.function(input_signature=[tf.TensorSpec(shape) for shape in specs])
    def f(*xs: Any) -> Any:
        tf.debugging.assert_shapes(list(zip(xs, wanted, strict=True)))
        return xs[0] + 1.0

    xs = [tf.zeros(shape) for shape in shapes]
    if error is None:
        f(*xs)
        return
    for _ in range(2):
        with pytest.raises(error):
            f(*xs)


@pytest.mark.parametrize(
    ("name", "given", "error"),
    [
        ("assert_rank", (2,), INVALID),
        ("assert_rank_at_least", (2,), INVALID),
        ("assert_rank_in", ((2, 3),), INVALID),
        ("assert_scalar", (), VALUE),
    ],
)
def test_ranks(name: str, given: Any, error: Any) -> None:
    def body(x: Any) -> Any:
        getattr(tf.debugging, name)(x, *given)
        return x

    with pytest.raises(error):
        tf.function(body, input_signature=[tf.TensorSpec(None)])(tf.zeros([3]))
    with pytest.raises(ValueError):
        tf.function(body, input_signature=[tf.TensorSpec([None])])(tf.zeros([3]))
    with pytest.raises(ValueError):
        body(tf.zeros([3]))


def test_a_function_that_is_traced_for_each_shape() -> None:
    @tf.function(input_signature=[tf.TensorSpec([None, None])])
    def f(x: Any) -> Any:
        y = tf.reshape(x, tf.shape(tf.zeros(x.shape)))  # a shape that is not known here
        tf.debugging.assert_shapes([(x, ("A", 3))])
        return y

    assert f(tf.zeros([2, 3])).shape == [2, 3]
    with pytest.raises(INVALID):
        f(tf.zeros([2, 4]))
