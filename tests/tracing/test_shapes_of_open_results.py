"""What `get_concrete_function` says of results where sizes are open, before any call; and a call after it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.ops import incomplete


def _graded(function: Any) -> Any:
    def graded(x: Any, *rest: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x, *rest)
        return tape.gradient(y, x)

    return graded


MATRIX = [None, None]
# Shapes of the arguments, what is computed, the shape of the result that TensorFlow gives, and shapes at a call.
CASES: dict[str, tuple[list[Any], Any, Any, list[Any]]] = {
    "broadcast of a vector": ([[None]], lambda x: tf.broadcast_to(x, [4, 3]), [4, 3], [[1]]),
    "broadcast of one row": ([[None, 3]], lambda x: tf.broadcast_to(x, [4, 3]), [4, 3], [[1, 3]]),
    "broadcast of a matrix": ([MATRIX], lambda x: tf.broadcast_to(x, [4, 3]), [4, 3], [[4, 1]]),
    "betainc": ([MATRIX] * 3, tf.math.betainc, MATRIX, [[2, 3]] * 3),
    "gradient of betainc": (
        [MATRIX] * 3,
        _graded(lambda x, a, b: tf.math.betainc(a, b, x)),
        MATRIX,
        [[2, 3]] * 3,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_shapes(name: str) -> None:
    specs, function, wanted, shapes = CASES[name]
    concrete = tf.function(function).get_concrete_function(*[tf.TensorSpec(shape) for shape in specs])
    assert concrete.output_shapes.as_list() == wanted
    xs = [tf.fill(shape, 0.3) for shape in shapes]
    np.testing.assert_allclose(concrete(*xs), function(*xs), rtol=1e-6)


def test_shapes_of_decoded_labels() -> None:
    logits = tf.random.stateless_normal([5, 2, 4], [1, 2])
    lengths = tf.constant([5, 3])
    specs = tf.TensorSpec([None, None, None]), tf.TensorSpec([None], tf.int32)
    for decoder in (tf.nn.ctc_greedy_decoder, tf.nn.ctc_beam_search_decoder):

        def body(x: Any, n: Any, decoder: Any = decoder) -> Any:
            (labels,), scores = decoder(x, n) if decoder is tf.nn.ctc_greedy_decoder else decoder(x, n, 4, 1)
            return tf.sparse.to_dense(labels), scores

        concrete = tf.function(body).get_concrete_function(*specs)
        assert [shape.as_list() for shape in concrete.output_shapes] == [[None, None], [None, 1]]
        for got, want in zip(concrete(logits, lengths), body(logits, lengths), strict=True):
            np.testing.assert_array_equal(got, want)


def test_what_has_many_steps_is_traced_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incomplete, "_BLIND_STEPS", None)  # how many there are where values are not known
    xs = [tf.constant([5.5, 30.0]), tf.constant([3.0, 40.5]), tf.constant([0.3, 0.45])]
    np.testing.assert_allclose(tf.function(tf.math.betainc)(*xs), tf.math.betainc(*xs), rtol=1e-6)
