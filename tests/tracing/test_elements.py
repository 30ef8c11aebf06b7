"""Elements that functions take from iterators: sizes that their specs leave open are open in the trace."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf

SIZES = (4, 4, 2, 1, 4, 2, 5, 1, 6, 0, 4)


def _arrays(sizes: Sequence[int] = SIZES) -> list[np.ndarray]:
    return [np.sin(np.arange(n * 3, dtype=np.float32) + i).reshape(n, 3) for i, n in enumerate(sizes)]


def _iterator(sizes: Sequence[int] = SIZES) -> Any:
    spec = tf.TensorSpec([None, 3], tf.float32)
    return iter(tf.data.Dataset.from_generator(lambda: iter(_arrays(sizes)), output_signature=spec))


def _gradient(x: Any) -> Any:
    w = tf.constant([[1.0, -2.0], [0.5, 3.0], [2.0, 1.0]])
    with tf.GradientTape() as tape:
        tape.watch(w)
        y = tf.reduce_mean(tf.nn.log_softmax(tf.matmul(x, w) + 1.0)) * tf.cast(tf.shape(x)[0], tf.float32)
    return tape.gradient(y, w)


BODIES: dict[str, Callable[[Any], Any]] = {
    "elementwise": lambda x: tf.nn.relu(x * x - 0.5) + tf.ones([3]),
    "gradient": _gradient,
    "mean": lambda x: tf.reduce_sum(x, 0) / tf.cast(tf.shape(x)[0], tf.float32),
    "ones": lambda x: x + tf.ones_like(x) * tf.fill(tf.shape(x), 2.0),
    "reshaped": lambda x: tf.concat([tf.reshape(x, [-1]), tf.zeros([tf.shape(x)[0] * 2])], 0),
    "sizes": lambda x: (tf.shape(x), tf.size(x), tf.range(tf.shape(x)[0])),
    "sorted": lambda x: tf.cumsum(tf.sort(x, 0)),
}


@pytest.mark.parametrize("way", ["next", "get_next", "optional"])
@pytest.mark.parametrize("name", sorted(BODIES))
def test_one_trace_for_all_sizes(name: str, way: str) -> None:
    traced = []

    @tf.function
    def f(iterator):
        if way == "next":
            x = next(iterator)
        elif way == "get_next":
            x = iterator.get_next()
        else:
            x = iterator.get_next_as_optional().get_value()
        traced.append(x.shape.as_list())
        return BODIES[name](x)

    iterator = _iterator()
    for x in _arrays():
        for got, want in zip(
            tf.nest.flatten(f(iterator)), tf.nest.flatten(BODIES[name](tf.constant(x))), strict=True
        ):
            np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
    with pytest.raises(tf.errors.OutOfRangeError if way != "optional" else tf.errors.InvalidArgumentError):
        f(iterator)
    assert traced == [[None, 3]]
    assert f.experimental_get_tracing_count() == 1


def test_the_size_of_a_batch_is_none_and_the_rest_is_known() -> None:
    data = {
        "a": np.arange(5),
        "b": np.ones((5, 2), np.float32),
        "c": np.array([b"x", b"yy", b"z", b"w", b"v"]),
    }
    seen = []

    @tf.function
    def f(iterator):
        x = next(iterator)
        seen.append({name: one.shape.as_list() for name, one in x.items()})
        return tf.strings.length(x["c"]), x["b"] * tf.cast(x["a"], tf.float32)[:, None]

    iterator = iter(tf.data.Dataset.from_tensor_slices(data).batch(2))
    assert [[y.shape.as_list() for y in f(iterator)] for _ in range(3)] == [[[2], [2, 2]]] * 2 + [
        [[1], [1, 2]]
    ]
    assert seen == [{"a": [None], "b": [None, 2], "c": [None]}]


def test_a_dataset_whose_sizes_are_known_has_known_sizes() -> None:
    seen = []

    @tf.function
    def f(iterator):
        seen.append((x := next(iterator)).shape.as_list())
        assert x.name == "IteratorGetNext:0"
        return x

    f(iter(tf.data.Dataset.range(5).batch(2, drop_remainder=True)))
    assert seen == [[2]]


def test_functions_that_are_called_with_an_element_are_traced_once() -> None:
    seen = []

    @tf.function
    def inner(x):
        seen.append(x.shape.as_list())
        return tf.reduce_sum(x * x)

    f = tf.function(lambda iterator: inner(next(iterator)) + 1.0)
    iterator = _iterator()
    for x in _arrays():
        np.testing.assert_allclose(f(iterator), np.sum(x * x) + 1.0, rtol=1e-5)
    assert seen == [[None, 3]]
    assert inner.experimental_get_tracing_count() == 1


def test_sizes_of_two_elements_that_meet_decide_and_no_element_is_lost() -> None:
    traced = []

    @tf.function
    def f(one, other):
        x = next(one)
        before = tf.shape(x)[0]
        y = next(other)
        traced.append((x.shape.as_list(), y.shape.as_list()))
        return before, x + y

    pairs = [(3, 3), (4, 4), (1, 5), (1, 2), (6, 1), (2, 2), (1, 1), (3, 1), (5, 5), (1, 3)]
    first, second = [m for m, _ in pairs], [n for _, n in pairs]
    one, other = _iterator(first), _iterator(second)
    for (m, _), x, y in zip(pairs, _arrays(first), _arrays(second), strict=True):
        before, found = f(one, other)
        assert before.numpy() == m
        np.testing.assert_allclose(found, x + y)
    assert traced == [([None, 3], [None, 3])] * 3


def test_a_python_value_of_a_size_decides() -> None:
    @tf.function
    def f(iterator):
        x = next(iterator)
        if tf.reduce_sum(x) > 1.0:
            y = x * 2.0
        else:
            y = x * 3.0
        assert y.shape[0] is None
        return y if tf.shape(x)[0] > 2 else tf.concat([y, y], 0)

    iterator = _iterator()
    for x in _arrays():
        y = x * (2.0 if x.sum() > 1.0 else 3.0)
        np.testing.assert_allclose(f(iterator), y if len(x) > 2 else np.concatenate([y, y]))


def test_a_tape_around_has_gradients_for_each_size() -> None:
    w = tf.Variable([[1.0], [2.0], [3.0]])
    traced = []

    @tf.function
    def f(iterator):
        x = next(iterator)
        traced.append(x.shape)
        return tf.reduce_mean(tf.square(tf.matmul(x, w)) + 1.0)

    sizes = [n for n in SIZES if n]
    iterator = _iterator(sizes)
    for x in _arrays(sizes):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as tape:
                y = f(iterator)
            grad = tape.gradient(y, w)
            total = tf.reduce_sum(grad)
        want = 2.0 * x.T @ (x @ w.numpy()) / len(x)
        np.testing.assert_allclose(grad, want, rtol=1e-4, atol=1e-5)
        second = 2.0 * (x.T @ x).sum(0)[:, None] / len(x)
        np.testing.assert_allclose(outer.gradient(total, w), second, rtol=1e-4, atol=1e-5)
    assert len(traced) <= 2


def test_what_is_assigned_and_drawn_goes_on_from_size_to_size() -> None:
    count = tf.Variable(0)
    total = tf.Variable(tf.zeros([3]))

    @tf.function
    def f(iterator):
        x = next(iterator)
        count.assign_add(tf.shape(x)[0])
        total.assign_add(tf.reduce_sum(x, 0))
        return tf.random.uniform([tf.shape(x)[0], 2])

    iterator = _iterator()
    drawn = [f(iterator).numpy() for _ in SIZES]
    assert [x.shape for x in drawn] == [(n, 2) for n in SIZES]
    assert not np.array_equal(drawn[0], drawn[1])
    assert count.numpy() == sum(SIZES)
    np.testing.assert_allclose(total, sum(x.sum(0) for x in _arrays()), rtol=1e-5)


def test_sizes_that_come_again_have_code_of_their_own() -> None:
    f = tf.function(lambda iterator: BODIES["ones"](next(iterator)))
    sizes = [n for n in range(1, 14) for _ in range(3)]
    iterator = _iterator(sizes)
    for x in _arrays(sizes):
        np.testing.assert_allclose(f(iterator), x + 2.0)
    rest = f._kinds.all[0].paths[0].plain.rest
    assert sorted(rest.found) == [(n,) for n in range(1, 9)]
    assert "torch.full" not in rest.codes[1].source


def test_profiles_tell_the_kernels_that_run_for_an_element() -> None:
    f = tf.function(lambda iterator: tf.nn.softmax(next(iterator)))
    iterator = _iterator()
    f(iterator)
    for _ in range(3):
        with tf.profile() as profile:
            f(iterator)
        assert any("softmax" in op.name for op in profile.by_op())


def test_what_cannot_be_traced_for_all_sizes_is_traced_for_each(caplog: Any) -> None:
    def body(x):
        return tf.unique(tf.reshape(tf.round(x * 2.0), [-1]))[0]

    f = tf.function(lambda iterator: body(next(iterator)))
    iterator = _iterator((4, 2, 4, 1))
    with caplog.at_level(logging.INFO, "tensorflow"):
        for x in _arrays((4, 2, 4, 1)):
            np.testing.assert_array_equal(f(iterator), body(tf.constant(x)))
    assert "is traced for each size of elements" in caplog.text


def test_shapes_that_do_not_fit_are_errors_of_the_call() -> None:
    # As in TensorFlow, which knows no size before.
    f = tf.function(lambda iterator: next(iterator) + tf.ones([5, 3]))
    iterator = _iterator((4, 5, 4))
    for n in (4, 5, 4):
        if n == 5:
            assert f(iterator).shape == [5, 3]
        else:
            with pytest.raises(tf.errors.InvalidArgumentError):
                f(iterator)
    g = tf.function(lambda iterator: next(iterator)[7])
    with pytest.raises(tf.errors.InvalidArgumentError):
        g(_iterator((4,)))


def test_a_loop_over_an_iterator_is_traced_once() -> None:
    traced = []

    @tf.function
    def f(iterator):
        total = tf.zeros([3])
        for x in iterator:
            traced.append(x.shape.as_list())
            total += tf.reduce_sum(x * x, 0)
        return total

    np.testing.assert_allclose(f(_iterator()), sum((x * x).sum(0) for x in _arrays()), rtol=1e-5)
    assert traced == [[None, 3]]


@pytest.mark.parametrize("body", [lambda x: tf.linalg.cross(x, x + 1), lambda x: x < [3, 3, 3]])
def test_unsigned_elements_go_the_way_of_eager_code(body: Callable[[Any], Any]) -> None:
    values = np.arange(6, dtype=np.uint16).reshape(2, 3)
    spec = tf.TensorSpec([None, None], tf.uint16)
    iterator = iter(tf.data.Dataset.from_generator(lambda: iter([values]), output_signature=spec))
    found = tf.function(lambda iterator: body(next(iterator)))(iterator)
    np.testing.assert_array_equal(found, body(tf.constant(values)))


def test_values_decide_among_branches_of_open_sizes_in_one_trace() -> None:
    w = tf.constant([[1.0], [-2.0], [0.5]])
    traced = []

    def body(x: Any) -> Any:
        other = x * 2.0
        with tf.GradientTape() as tape:
            tape.watch([x, other])
            y = tf.cond(tf.reduce_sum(x) > 0.0, lambda: tf.matmul(x, w), lambda: tf.matmul(other * other, w))
            if tf.reduce_max(y) > 0.5:
                y = y * y
            else:
                y = tf.nn.relu(y) + 1.0
            total = tf.reduce_sum(y)
        return y, tape.gradient(total, [x, other], unconnected_gradients="zero")

    @tf.function
    def f(iterator):
        traced.append(1)
        return body(next(iterator))

    iterator = _iterator((4, 4, 2, 5, 7, 6, 2, 4))
    for x in _arrays((4, 4, 2, 5, 7, 6, 2, 4)):
        for got, want in zip(
            tf.nest.flatten(f(iterator)), tf.nest.flatten(body(tf.constant(x))), strict=True
        ):
            np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-5)
    assert len(traced) == 1


def test_a_branch_that_fits_some_sizes_only() -> None:
    def body(x: Any) -> Any:
        return tf.cond(tf.reduce_sum(tf.ones_like(x)) > 8.0, lambda: x[2], lambda: x[0])

    f = tf.function(lambda iterator: body(next(iterator)))
    iterator = _iterator((4, 2, 1, 5, 2))
    for x in _arrays((4, 2, 1, 5, 2)):
        np.testing.assert_allclose(f(iterator), x[2 if len(x) > 2 else 0])


def test_an_optional_that_may_be_missing() -> None:
    traced = []

    @tf.function
    def f(iterator):
        element = iterator.get_next_as_optional()
        traced.append(element.element_spec.shape.as_list())
        if element.has_value():
            found = tf.reduce_sum(element.get_value())
        else:
            found = -1.0
        return found

    iterator = _iterator()
    np.testing.assert_allclose(
        [f(iterator) for _ in (*SIZES, 0)], [*[x.sum() for x in _arrays()], -1.0], rtol=1e-5, atol=1e-5
    )
    assert traced == [[None, 3]]


def test_a_loop_that_needs_known_sizes_stays_a_node() -> None:
    traced = []

    @tf.function
    def f(iterator, rounds):
        x = next(iterator)
        traced.append(x.shape.as_list())
        for i in tf.range(rounds):
            y = x * tf.cast(i, tf.float32)
        return y

    sizes = (4, 4, 2, 4, 2, 4, 2)
    iterator = _iterator(sizes)
    for rounds, x in enumerate(_arrays(sizes), 1):
        np.testing.assert_allclose(f(iterator, tf.constant(rounds)), x * (rounds - 1))
    assert traced == [[None, 3], [4, 3], [2, 3]]
