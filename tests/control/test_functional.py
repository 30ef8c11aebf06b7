"""map_fn, scan, the folds and vectorized_map against plain Python loops, and their gradients."""

import logging
from typing import Any

import numpy as np
import pytest
import torch
from gradient_kit import check_gradients
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch.fx.experimental.proxy_tensor import make_fx

import tfcompat_tape as tf
from tfcompat_tape.control import vectorized

ARRAYS = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4), elements=st.floats(-3, 3)
)


@settings(max_examples=30)
@given(ARRAYS)
def test_loops_give_what_python_gives(array: np.ndarray) -> None:
    x = tf.constant(array)
    rows = list(array)
    np.testing.assert_allclose(tf.map_fn(lambda v: v * v + 1.0, x), array * array + 1.0)
    np.testing.assert_allclose(tf.vectorized_map(lambda v: v * v + 1.0, x), array * array + 1.0)
    left, right = rows[0], rows[-1]
    steps = [left]
    for row in rows[1:]:
        left = left * 0.5 - row
        steps.append(left)
    for row in rows[-2::-1]:
        right = right * 0.5 - row
    np.testing.assert_allclose(tf.scan(lambda a, v: a * 0.5 - v, x), np.stack(steps))
    np.testing.assert_allclose(tf.foldl(lambda a, v: a * 0.5 - v, x), left)
    np.testing.assert_allclose(tf.foldr(lambda a, v: a * 0.5 - v, x), right)


@settings(max_examples=20)
@given(ARRAYS)
def test_vectorized_map_is_map_fn(array: np.ndarray) -> None:
    x = tf.constant(array)

    def f(pair: Any) -> Any:
        return {"sum": tf.reduce_sum(pair["a"] * pair["b"]), "pair": (pair["a"], tf.exp(pair["b"]))}

    elems = {"a": x, "b": tf.sin(x)}
    fast = tf.vectorized_map(f, elems)
    slow = tf.map_fn(f, elems, fn_output_signature={"sum": x.dtype, "pair": (x.dtype, x.dtype)})
    tf.nest.assert_same_structure(fast, slow)
    for got, want in zip(tf.nest.flatten(fast), tf.nest.flatten(slow), strict=True):
        np.testing.assert_allclose(got, want)


POINT = np.array([[0.3, -1.2], [0.7, 0.4], [-0.5, 2.0]])


@pytest.mark.parametrize(
    "function",
    [
        lambda x: tf.map_fn(lambda v: v * tf.reduce_sum(v), x),
        lambda x: tf.scan(lambda a, v: tf.sin(a) * v, x),
        lambda x: tf.foldl(lambda a, v: tf.sin(a) * v, x),
        lambda x: tf.foldr(lambda a, v: tf.sin(a) * v, x),
        lambda x: tf.vectorized_map(lambda v: v * tf.reduce_sum(v), x),
        lambda x: tf.vectorized_map(lambda v: v * x[0], tf.sin(x)),
        lambda x: tf.vectorized_map(lambda v: tf.vectorized_map(lambda u: u * tf.exp(v), v), x),
        lambda x: tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * tf.sin(x)), (0, x))[1],
        lambda x: tf.TensorArray(x.dtype, 3).unstack(x * x).stack(),
    ],
    ids=["map_fn", "scan", "foldl", "foldr", "vectorized", "captured", "nested", "while_loop", "TensorArray"],
)
def test_gradients(function: Any) -> None:
    check_gradients(function, POINT)


def test_a_gradient_inside_vectorized_map(device: str) -> None:
    def slope(v: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(v)
            y = v**3
        return tape.gradient(y, v)

    np.testing.assert_allclose(tf.vectorized_map(slope, tf.constant([1.0, 2.0])), [3.0, 12.0])


def test_the_gradient_of_a_scan_traces() -> None:
    def gradient(raw: torch.Tensor) -> torch.Tensor:
        x = tf.Tensor(raw, None)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.scan(lambda a, v: a * v, x)
        result: torch.Tensor = tape.gradient(y, x)._t
        return result

    point = torch.tensor([2.0, 3.0, 4.0])
    traced = make_fx(gradient)(point)
    torch.testing.assert_close(traced(point + 1.0), gradient(point + 1.0))


def test_what_cannot_be_vectorized_runs_in_a_loop_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    vectorized._warned.clear()
    x = tf.Variable([1.0, 2.0, 3.0])

    def branch(v: Any) -> Any:
        return v * v if v > 2.0 else -v

    with caplog.at_level(logging.WARNING), tf.GradientTape() as tape:
        for _ in range(2):
            y = tf.vectorized_map(branch, x)
    np.testing.assert_allclose(y, [-1.0, -2.0, 9.0])
    np.testing.assert_allclose(tape.gradient(y, x), [-1.0, -1.0, 6.0])
    assert len([r for r in caplog.records if "vectorized_map runs in a loop" in r.message]) == 1


def test_without_the_fallback_it_raises(caplog: pytest.LogCaptureFixture) -> None:
    vectorized._warned.clear()
    x = tf.constant([1.0, 2.0])
    with pytest.raises(ValueError, match="fallback_to_while_loop=True"):
        tf.vectorized_map(lambda v: v if v > 1.0 else -v, x, fallback_to_while_loop=False)
    tf.vectorized_map(lambda v: v if v > 1.0 else -v, x, warn=False)
    assert not caplog.records


def test_errors_of_the_function_come_through() -> None:
    with pytest.raises(ZeroDivisionError):
        tf.vectorized_map(lambda v: 1 / 0, tf.constant([1.0]))
    with pytest.raises(RuntimeError, match="mine"):

        def fail(v: Any) -> Any:
            raise RuntimeError("mine")

        tf.vectorized_map(fail, tf.constant([1.0]))


def test_strings_are_mapped_in_a_loop() -> None:
    words = tf.constant(["a", "b"])
    assert tf.vectorized_map(tf.identity, words).numpy().tolist() == [b"a", b"b"]
    assert tf.map_fn(tf.identity, words).numpy().tolist() == [b"a", b"b"]


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-5, 5, width=32)), max_size=12))
def test_a_tensor_array_is_a_list(writes: list[tuple[int, float]]) -> None:
    model = [0.0] * 4
    array = tf.TensorArray(tf.float32, 4, element_shape=[], clear_after_read=False)
    for index, value in writes:
        model[index] = value
        array = array.write(index, value)
    assert array.stack().numpy().tolist() == model
    assert [array.read(i).numpy().item() for i in range(4)] == model
    assert array.gather([3, 0]).numpy().tolist() == [model[3], model[0]]
    assert int(array.size()) == 4
