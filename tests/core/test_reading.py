"""Values in a trace: what follows from constants has one, what depends on the inputs has none and says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.fx.experimental.proxy_tensor import make_fx

import tfcompat_tape as tf
from tfcompat_tape.core import reading

X = torch.tensor([[0.5, 1.5, -2.0], [3.0, -0.25, 1.0]], dtype=torch.float64)
MODES = pytest.mark.parametrize("mode", ["real", "fake"])


def traced(function: Callable[..., Any], mode: str, *raws: torch.Tensor) -> Any:
    return make_fx(function, tracing_mode=mode, _allow_non_fake_inputs=True)(*raws)


# Sizes and indices as TensorFlow code computes them.
PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "a size in a shape": lambda x: tf.reshape(x, [tf.shape(x)[0], -1]),
    "a slice of a shape": lambda x: tf.reshape(x, tf.shape(x)[::-1]),
    "concat": lambda x: tf.reshape(x, tf.concat([tf.shape(x)[:1], [-1]], 0)),
    "stack": lambda x: tf.reshape(x, tf.stack([tf.shape(x)[0], -1])),
    "arithmetic": lambda x: tf.reshape(x, [tf.shape(x)[0] * tf.shape(x)[1]]) / tf.cast(tf.size(x), x.dtype),
    "reduce_prod": lambda x: tf.reshape(x, [tf.reduce_prod(tf.shape(x))]),
    "zeros": lambda x: tf.zeros([tf.shape(x)[0], 3], x.dtype) + x,
    "fill": lambda x: tf.fill(tf.shape(x), tf.constant(2.0, x.dtype)) * x,
    "range": lambda x: x * tf.cast(tf.range(tf.shape(x)[1]), x.dtype),
    "axes": lambda x: tf.reduce_sum(x * x, tf.range(tf.rank(x) - 1)),
    "a constant axis": lambda x: tf.cumsum(tf.transpose(x, tf.constant([1, 0])), tf.constant(1)),
    "slice": lambda x: tf.slice(x, [0, 0], [tf.shape(x)[0] - 1, 2]),
    "tile and pad": lambda x: tf.tile(tf.pad(x, [[0, tf.shape(x)[0]], [1, 0]]), [tf.shape(x)[0], 1]),
    "broadcast": lambda x: tf.broadcast_to(
        x, tf.broadcast_dynamic_shape(tf.shape(x), tf.constant([4, 1, 1]))
    ),
    "split": lambda x: tf.split(x, tf.constant([1, 2]), 1)[1] ** 2,
    "one_hot": lambda x: x @ tf.one_hot(tf.constant([0, 1, 0]), tf.shape(x)[1], dtype=x.dtype),
    "eye": lambda x: tf.eye(tf.shape(x)[1], dtype=x.dtype) @ tf.transpose(x),
    "top_k": lambda x: tf.math.top_k(x, tf.constant(2)).values,
    "sequence_mask": lambda x: x * tf.sequence_mask(tf.constant([1, 3]), dtype=x.dtype),
    "repeat": lambda x: tf.repeat(x, tf.constant([1, 2]), axis=0),
    "bincount": lambda x: x * tf.cast(tf.math.bincount(tf.constant([0, 2, 2])), x.dtype),
    "confusion_matrix": lambda x: x * tf.math.confusion_matrix([0, 1, 2], [0, 1, 1], dtype=x.dtype)[:2],
    "histogram of constants": lambda x: (
        x * tf.cast(tf.histogram_fixed_width([0.1, 0.5], [0.0, 1.0], 3), x.dtype)
    ),
    "unravel_index": lambda x: x * tf.cast(tf.unravel_index(2, [2, 3])[1], x.dtype),
    "a loop": lambda x: tf.add_n([x[i] * float(i) for i in tf.range(tf.shape(x)[0])]),
    "if": lambda x: x * 2.0 if tf.shape(x)[0] > 1 else x,
    "cond": lambda x: tf.cond(tf.size(x) > 1, lambda: x * x, lambda: x),
    "while_loop": lambda x: tf.while_loop(
        lambda i, a: i < 2, lambda i, a: (i + 1, a * x[i]), (tf.constant(0), x[0])
    )[1],
    "assert_equal": lambda x: (tf.debugging.assert_equal(tf.shape(x)[1], 3), x * x)[1],
    "stateless random": lambda x: (
        x * tf.random.stateless_truncated_normal(tf.shape(x), [1, 2], dtype=x.dtype)
    ),
    "NumPy": lambda x: x * np.arange(tf.shape(x).numpy()[1], dtype=np.float64),
    "a size of a size": lambda x: x * float(tf.norm(tf.cast(tf.shape(x), tf.float64))),
}


@MODES
@pytest.mark.parametrize("name", PROGRAMS)
def test_sizes_are_known_in_a_trace(name: str, mode: str) -> None:
    def run(raw: torch.Tensor) -> list[torch.Tensor]:
        x = tf.Tensor(raw, None)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = PROGRAMS[name](x)
        return [y._t, tf.convert_to_tensor(tape.gradient(y, x))._t]

    other = X * 0.5 + 0.125
    for got, want in zip(traced(run, mode, X)(other), run(other), strict=True):
        torch.testing.assert_close(got, want)


@MODES
@pytest.mark.parametrize(
    "read",
    [
        lambda x: bool(tf.reduce_sum(x) > 0),
        lambda x: int(tf.cast(x[0, 0], tf.int32)),
        lambda x: x.numpy(),
        lambda x: np.asarray(x),
        lambda x: tf.reshape(x, tf.cast(x[0], tf.int32)),
        lambda x: tf.zeros(tf.cast(x[0, 1], tf.int32)),
        lambda x: [x for _ in tf.range(tf.cast(x[0, 1], tf.int32))],
        lambda x: tf.cond(x[0, 0] > 0, lambda: x, lambda: -x),
        lambda x: tf.math.segment_sum(x, tf.cast(x[:, 0], tf.int32)),
    ],
)
def test_values_of_the_inputs_are_not(read: Callable[..., Any], mode: str) -> None:
    with pytest.raises((tf.errors.OperatorNotAllowedInGraphError, tf.errors.InvalidArgumentError)) as caught:
        traced(lambda raw: (read(tf.Tensor(raw, None)), raw)[1], mode, X)
    assert "depend on the inputs of the function that is being traced" in str(caught.value)


@MODES
def test_known_values(mode: str) -> None:
    outside = torch.tensor([3, 4])
    seen: list[Any] = []

    def run(raw: torch.Tensor) -> torch.Tensor:
        made = torch.arange(3) * 2 + outside[0]
        for one in (outside, made, made[1:].sum(), raw, raw * 0, torch.rand(2)):
            found = reading.known(one)
            seen.append(None if found is None else found.tolist())
            assert found is None or type(found) is torch.Tensor
        return raw + made.sum()

    traced(run, mode, X)
    assert seen == [[3, 4], [3, 5, 7], 12, None, None, None]
    assert (
        reading.known(outside) is outside
        and reading.item(outside[0]) == 3
        and reading.listed(outside) == [3, 4]
    )


@MODES
def test_what_is_written_into_is_not_known(mode: str) -> None:
    seen: list[Any] = []

    def run(raw: torch.Tensor) -> torch.Tensor:
        total = torch.zeros(2, dtype=torch.float64)
        view = total[:1]
        view.add_(raw[0, 0])
        seen.append(reading.known(total))
        return total

    traced(run, mode, X)
    assert seen == [None]


def test_inside_of_a_vectorized_function() -> None:
    for read in (reading.item, reading.listed, reading.plain):
        with pytest.raises(RuntimeError, match="vmap"):
            torch.func.vmap(lambda x, read=read: (read(x), x)[1])(torch.ones(2))
    assert torch.func.vmap(lambda x: x if reading.known(x) is None else x + 1)(torch.ones(2)).tolist() == [
        1.0,
        1.0,
    ]


@MODES
def test_printing_inside_of_a_trace(mode: str) -> None:
    texts: list[str] = []

    def run(raw: torch.Tensor) -> torch.Tensor:
        x = tf.Tensor(raw, None)
        texts.extend([repr(x), str(x), repr(tf.shape(x)), tf.strings.format("{}", x).numpy().decode()])
        return raw * 2

    traced(run, mode, X)
    assert "<inside a traced function>" in texts[0] and "<inside a traced function>" in texts[1]
    assert "numpy=array([2, 3], dtype=int32)" in texts[2] and texts[3] == "<inside a traced function>"


@MODES
def test_assertions_on_values_stay_in_the_trace(mode: str) -> None:
    def run(raw: torch.Tensor) -> torch.Tensor:
        x = tf.Tensor(raw, None)
        tf.debugging.assert_less(x, tf.constant(4.0, x.dtype), message="too large")
        tf.debugging.assert_near(x, x)
        return (x * 2.0)._t

    graph = traced(run, mode, X)
    torch.testing.assert_close(graph(X), X * 2)
    with pytest.raises(RuntimeError, match="too large"):
        graph(X + 3.0)
