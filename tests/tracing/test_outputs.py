"""Shapes and dtypes of results, from those of the arguments."""

from __future__ import annotations

from typing import Any

import pytest

import tfcompat_tape as tf
from tfcompat_tape.tracing.outputs import output_specs


def test_a_network_of_unknown_batch_and_length() -> None:
    kernel = tf.Variable(tf.ones([3, 4, 8]))
    dense = tf.Variable(tf.ones([8, 5]))
    calls = []

    def network(x: Any, mask: Any = None) -> Any:
        calls.append(x.shape.as_list())
        y = tf.nn.relu(tf.nn.conv1d(x, kernel, stride=2, padding="SAME"))
        pooled = tf.reduce_mean(y, 1)
        logits = tf.matmul(pooled, dense)
        flat = tf.reshape(x, [tf.shape(x)[0], -1])
        kernel.assign_add(tf.ones_like(kernel))
        return {"logits": logits, "classes": tf.argmax(logits, -1), "rows": [flat, y], "none": mask}

    found = output_specs(network, tf.TensorSpec([None, None, 4]))
    assert calls == [[None, None, 4]]
    assert found["logits"] == tf.TensorSpec([None, 5])
    assert found["classes"] == tf.TensorSpec([None], tf.int64)
    assert [spec.shape.as_list() for spec in found["rows"]] == [[None, None], [None, None, 8]]
    assert found["none"] is None
    assert float(tf.reduce_sum(kernel)) == 96.0


def test_variables_made_on_the_way() -> None:
    made: list[Any] = []

    def layer(x: Any) -> Any:
        if not made:
            made.append(tf.Variable(tf.ones([x.shape[-1], 2])))
        return x @ made[0]

    assert output_specs(layer, tf.TensorSpec([None, 3])) == tf.TensorSpec([None, 2])
    assert made[0].numpy().tolist() == [[1.0, 1.0]] * 3


def test_what_depends_on_values_is_refused() -> None:
    with pytest.raises(tf.errors.UnimplementedError, match="not known without values"):
        output_specs(lambda x: tf.where(x > 0), tf.TensorSpec([None]))
    with pytest.raises(tf.errors.UnimplementedError, match="rank"):
        output_specs(lambda x: x, tf.TensorSpec(None))
