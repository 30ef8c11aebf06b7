"""`Function.listing`: the line of kernels beside the code."""

from typing import Any

import pytest

import tfcompat_tape as tf


def test_each_kernel_stands_beside_its_line_of_code() -> None:
    w = tf.Variable([[1.0], [2.0]], name="w")
    runs = tf.Variable(0)

    @tf.function
    def model(x: Any) -> Any:
        runs.assign_add(1)
        y = x @ w  # a product
        tf.sin(y)  # of no use
        return tf.tanh(y)

    text = model.listing(tf.TensorSpec([3, 2], tf.float32))
    lines = text.splitlines()
    product = next(line for line in lines if "mm" in line)
    assert (
        "(arg0, w)" in product
        and "test_function_listing.py:" in product
        and product.endswith("y = x @ w  # a product")
    )
    assert any("tanh" in line and line.endswith("return tf.tanh(y)") for line in lines)
    assert "sin" not in text and lines[-1].startswith("return ") and int(runs) == 0
    assert model.listing(tf.ones([3, 2])) == text and model.experimental_get_tracing_count() == 1


def test_what_has_no_line() -> None:
    f = tf.function(lambda x, n: x ** n.__int__())
    with pytest.raises(tf.errors.UnimplementedError, match="no line"):
        f.listing(tf.constant(2.0), tf.constant(3))
    f(tf.constant(2.0), tf.constant(3))
    assert "pow" in f.listing(tf.constant(2.0), tf.constant(3)) or "mul" in f.listing(
        tf.constant(2.0), tf.constant(3)
    )
