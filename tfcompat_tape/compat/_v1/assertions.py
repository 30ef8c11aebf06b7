"""Assertions with the arguments of version 1: `data` is what the error shows besides the tensors."""

from __future__ import annotations

from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.compat._v1.arguments import either


def _of_two(name: str) -> Any:
    check = getattr(tf.debugging, name)

    def assertion(
        x: Any, y: Any, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
    ) -> Any:
        return check(x, y, message=message, summarize=summarize)

    return _named(assertion, name)


def _of_one(name: str) -> Any:
    check = getattr(tf.debugging, name)

    def assertion(
        x: Any, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
    ) -> Any:
        return check(x, message=message, summarize=summarize)

    return _named(assertion, name)


def _of_rank(name: str) -> Any:
    check = getattr(tf.debugging, name)

    def assertion(
        x: Any, rank: Any, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
    ) -> Any:
        return check(x, rank, message=message)

    return _named(assertion, name)


def _named(assertion: Any, name: str) -> Any:
    assertion.__name__ = assertion.__qualname__ = name
    assertion.__doc__ = (
        f"`tf.debugging.{name}` with the arguments of version 1. Source: `tf.compat.v1.{name}`."
    )
    return assertion


assert_equal = _of_two("assert_equal")
assert_none_equal = _of_two("assert_none_equal")
assert_greater = _of_two("assert_greater")
assert_greater_equal = _of_two("assert_greater_equal")
assert_less = _of_two("assert_less")
assert_less_equal = _of_two("assert_less_equal")
assert_negative = _of_one("assert_negative")
assert_positive = _of_one("assert_positive")
assert_non_negative = _of_one("assert_non_negative")
assert_non_positive = _of_one("assert_non_positive")
assert_rank = _of_rank("assert_rank")
assert_rank_at_least = _of_rank("assert_rank_at_least")


def assert_rank_in(
    x: Any, ranks: Any, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
) -> Any:
    """`tf.debugging.assert_rank_in` with the arguments of version 1. Source: `tf.compat.v1.assert_rank_in`."""
    return tf.debugging.assert_rank_in(x, ranks, message=message)


def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    data: Any = None,
    summarize: Any = None,
    message: Any = None,
    name: Any = None,
) -> Any:
    """`tf.debugging.assert_near` with the arguments of version 1. Source: `tf.compat.v1.assert_near`."""
    return tf.debugging.assert_near(x, y, rtol=rtol, atol=atol, message=message, summarize=summarize)


def assert_integer(x: Any, message: Any = None, name: Any = None) -> Any:
    """`tf.debugging.assert_integer`. Source: `tf.compat.v1.assert_integer`."""
    return tf.debugging.assert_integer(x, message)


def assert_scalar(tensor: Any, name: Any = None, message: Any = None) -> Any:
    """`tf.debugging.assert_scalar`; the tensor comes back. Source: `tf.compat.v1.assert_scalar`."""
    tf.debugging.assert_scalar(tensor, message)
    return tf.convert_to_tensor(tensor)


def assert_type(tensor: Any, tf_type: Any, message: Any = None, name: Any = None) -> Any:
    """`tf.debugging.assert_type`. Source: `tf.compat.v1.assert_type`."""
    return tf.debugging.assert_type(tensor, tf_type, message)


def assert_shapes(
    shapes: Any, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
) -> Any:
    """`tf.debugging.assert_shapes` with the arguments of version 1. Source: `tf.compat.v1.debugging.assert_shapes`."""
    return tf.debugging.assert_shapes(shapes, data, summarize, message)


def verify_tensor_all_finite(
    t: Any = None, msg: Any = None, name: Any = None, x: Any = None, message: Any = None
) -> Any:
    """`tf.debugging.assert_all_finite` with the arguments of version 1; the tensor comes back.

    Source: `tf.compat.v1.verify_tensor_all_finite`.
    """
    return tf.debugging.assert_all_finite(either("x", x, "t", t), either("message", message, "msg", msg))


assert_all_finite = verify_tensor_all_finite
