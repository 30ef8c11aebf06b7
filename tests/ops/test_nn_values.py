"""Values of tf.nn against NumPy loops over windows and against torch: any shapes, strides, paddings, dilations."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tfcompat_tape as tf

nn = tf.nn
with_device = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
sizes = st.integers(1, 6)
few = st.integers(1, 3)


def close(got: Any, want: Any, tolerance: float = 1e-10) -> None:
    got = got.numpy()
    assert got.shape == want.shape and got.dtype == want.dtype, (got.dtype, got.shape, want.dtype, want.shape)
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


def windows(n: int, k: int, s: int, d: int, padding: Any) -> list[list[tuple[int, int]]]:
    """For each output along an axis: pairs (place in the window, place in the input) that are inside, by definition."""
    reach = (k - 1) * d + 1
    if padding == "SAME":
        count = -(-n // s)
        before = max((count - 1) * s + reach - n, 0) // 2
    else:
        before, after = (0, 0) if padding == "VALID" else padding
        count = (n + before + after - reach) // s + 1
    return [
        [(j, i * s - before + j * d) for j in range(k) if 0 <= i * s - before + j * d < n]
        for i in range(max(count, 0))
    ]


@st.composite
def convolutions(draw: Any) -> Any:
    batch, height, width, depth = draw(few), draw(sizes), draw(sizes), draw(few)
    window = (draw(few), draw(few))
    strides, dilations = (draw(few), draw(few)), (draw(few), draw(few))
    pair = st.tuples(st.integers(0, 2), st.integers(0, 2))
    padding = draw(st.sampled_from(["SAME", "VALID"]) | st.tuples(pair, pair))
    if padding != "SAME":  # leave room for one window
        extra = [0, 0] if padding == "VALID" else [sum(p) for p in padding]
        height = max(height, (window[0] - 1) * dilations[0] + 1 - extra[0])
        width = max(width, (window[1] - 1) * dilations[1] + 1 - extra[1])
    rng = np.random.RandomState(draw(st.integers(0, 9)))
    groups = draw(st.sampled_from([1, 2]))
    x = rng.standard_normal((batch, height, width, depth * groups))
    w = rng.standard_normal((*window, depth, draw(few) * groups))
    return x, w, strides, dilations, padding


def reference(x: np.ndarray, w: np.ndarray, strides: Any, dilations: Any, padding: Any) -> np.ndarray:
    """A convolution as its definition says it."""
    pads = padding if isinstance(padding, tuple) else (padding, padding)
    rows = windows(x.shape[1], w.shape[0], strides[0], dilations[0], pads[0])
    columns = windows(x.shape[2], w.shape[1], strides[1], dilations[1], pads[1])
    groups = x.shape[3] // w.shape[2]
    each = w.shape[3] // groups
    y = np.zeros((x.shape[0], len(rows), len(columns), w.shape[3]))
    for (r, row), (c, column) in itertools.product(enumerate(rows), enumerate(columns)):
        for (i, p), (j, q) in itertools.product(row, column):
            for g in range(groups):
                part = x[:, p, q, g * w.shape[2] : (g + 1) * w.shape[2]]
                y[:, r, c, g * each : (g + 1) * each] += part @ w[i, j, :, g * each : (g + 1) * each]
    return y


@with_device
@given(case=convolutions(), first=st.booleans())
def test_conv2d(device: str, case: Any, first: bool) -> None:
    x, w, strides, dilations, padding = case
    options: dict[str, Any] = {"dilations": dilations, "padding": padding}
    if isinstance(padding, tuple):
        inner = [list(pair) for pair in padding]
        options["padding"] = [[0, 0], [0, 0], *inner] if first else [[0, 0], *inner, [0, 0]]
    want = reference(x, w, strides, dilations, padding)
    if first:
        got = nn.conv2d(x.transpose(0, 3, 1, 2), w, strides, data_format="NCHW", **options)
        want = want.transpose(0, 3, 1, 2)
    else:
        got = nn.conv2d(x, w, strides, **options)
    close(got, want)


@with_device
@given(case=convolutions())
def test_transposed_convolution_is_the_adjoint(device: str, case: Any) -> None:
    """<conv(x, w), y> = <x, conv_transpose(y, w)>."""
    x, w, strides, dilations, padding = case
    if isinstance(padding, tuple):
        padding = [[0, 0], *[list(pair) for pair in padding], [0, 0]]
    forward = nn.conv2d(x, w, strides, padding, dilations=dilations).numpy()
    y = np.random.RandomState(1).standard_normal(forward.shape)
    back = nn.conv2d_transpose(y, w, x.shape, strides, padding, dilations=dilations).numpy()
    np.testing.assert_allclose(np.sum(forward * y), np.sum(x * back), rtol=1e-9, atol=1e-9)


@with_device
@given(case=convolutions(), kind=st.sampled_from(["max_pool2d", "avg_pool2d"]))
def test_pools(device: str, case: Any, kind: str) -> None:
    x, w, strides, _, padding = case
    ksize = w.shape[:2]
    if isinstance(padding, tuple):
        padding = "VALID" if min(x.shape[1] - ksize[0], x.shape[2] - ksize[1]) >= 0 else "SAME"
    rows = windows(x.shape[1], ksize[0], strides[0], 1, padding)
    columns = windows(x.shape[2], ksize[1], strides[1], 1, padding)
    reduce = np.max if kind == "max_pool2d" else np.mean
    want = np.zeros((x.shape[0], len(rows), len(columns), x.shape[3]))
    for (r, row), (c, column) in itertools.product(enumerate(rows), enumerate(columns)):
        seen = [x[:, p, q] for (_, p), (_, q) in itertools.product(row, column)]
        want[:, r, c] = reduce(seen, axis=0) if seen else 0.0
    if all(rows) and all(columns):
        close(getattr(nn, kind)(tf.constant(x), list(ksize), list(strides), padding), want)


@with_device
@given(case=convolutions())
def test_patches(device: str, case: Any) -> None:
    x, w, strides, rates, padding = case
    if isinstance(padding, tuple):
        padding = "SAME"
    k = w.shape[:2]
    rows = windows(x.shape[1], k[0], strides[0], rates[0], padding)
    columns = windows(x.shape[2], k[1], strides[1], rates[1], padding)
    want = np.zeros((x.shape[0], len(rows), len(columns), *k, x.shape[3]))
    for (r, row), (c, column) in itertools.product(enumerate(rows), enumerate(columns)):
        for (i, p), (j, q) in itertools.product(row, column):
            want[:, r, c, i, j] = x[:, p, q]
    got = tf.image.extract_patches(x, [1, *k, 1], [1, *strides, 1], [1, *rates, 1], padding)
    close(got, want.reshape(*want.shape[:3], -1))


@with_device
@given(
    x=hnp.arrays(np.float64, hnp.array_shapes(max_dims=4, max_side=4), elements=st.floats(-30, 30)),
    axis=st.integers(-4, 3),
)
def test_softmax(device: str, x: np.ndarray, axis: int) -> None:
    axis = axis % x.ndim
    close(nn.softmax(x, axis=axis), scipy.special.softmax(x, axis))
    close(nn.log_softmax(x, axis=axis), scipy.special.log_softmax(x, axis))


@with_device
@given(x=hnp.arrays(np.float64, st.just((3, 4)), elements=st.floats(-30, 30)), seed=st.integers(0, 9))
def test_cross_entropies(device: str, x: np.ndarray, seed: int) -> None:
    rng = np.random.RandomState(seed)
    p, classes = rng.dirichlet(np.ones(4), 3), rng.randint(0, 4, 3)
    logs = scipy.special.log_softmax(x, 1)
    close(nn.softmax_cross_entropy_with_logits(p, x), -(p * logs).sum(1))
    close(nn.sparse_softmax_cross_entropy_with_logits(classes, x), -logs[range(3), classes])
    want = -p * scipy.special.log_expit(x) - (1 - p) * scipy.special.log_expit(-x)
    close(nn.sigmoid_cross_entropy_with_logits(p, x), want)


INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]


@with_device
@given(data=st.data(), dtype=st.sampled_from(INTEGERS))
def test_rectifiers_of_integers(device: str, data: Any, dtype: str) -> None:
    x = data.draw(hnp.arrays(dtype, 5))
    for name, want in (("relu", np.maximum(x, 0)), ("relu6", np.clip(x, 0, 6))):
        got = getattr(nn, name)(x).numpy()
        assert got.dtype == x.dtype
        np.testing.assert_array_equal(got, want)


@with_device
@given(data=st.data(), dtype=st.sampled_from(INTEGERS[:6]))
def test_max_pool_of_integers(device: str, data: Any, dtype: str) -> None:
    x = data.draw(hnp.arrays(dtype, (1, 2, 4, 1)))
    want = x.reshape(2, 2, 2).max((0, 2)).reshape(1, 1, 2, 1)
    np.testing.assert_array_equal(nn.max_pool2d(tf.constant(x), 2, 2, "VALID").numpy(), want)


def test_max_pool_gives_the_gradient_to_the_first_of_equals(device: str) -> None:
    x = tf.zeros([1, 4, 4, 1])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = nn.max_pool2d(x, 2, 2, "VALID")
    want = np.zeros((4, 4))
    want[::2, ::2] = 1
    np.testing.assert_array_equal(tape.gradient(y, x).numpy()[0, :, :, 0], want)


def test_max_pool_is_the_same_whether_a_tape_listens(device: str) -> None:
    x = tf.constant(np.random.RandomState(0).standard_normal((2, 5, 6, 3)))
    for ksize, strides, padding in ((2, 2, "SAME"), (3, 2, "SAME"), (2, 1, "SAME"), (3, 1, "VALID")):
        plain = nn.max_pool2d(x, ksize, strides, padding)
        with tf.GradientTape() as tape:
            tape.watch(x)
            traced = nn.max_pool2d(x, ksize, strides, padding)
        np.testing.assert_array_equal(plain.numpy(), traced.numpy())


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_halves_have_kernels(device: str, dtype: str) -> None:
    """Everything that TensorFlow computes in halves, there and back."""
    x = tf.cast(np.random.RandomState(0).standard_normal((1, 4, 4, 2)), dtype)
    w = tf.cast(np.random.RandomState(1).standard_normal((2, 2, 2, 2)), dtype)
    functions = [
        lambda: nn.conv2d(x, w, 2, "SAME"),
        lambda: nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME"),
        lambda: nn.conv3d(x[None], w[None], [1] * 5, "SAME"),
        lambda: nn.max_pool2d(x, 2, 1, "SAME"),
        lambda: nn.avg_pool2d(x, 2, 1, "SAME"),
        lambda: nn.max_pool3d(x[None], 2, 2, "SAME"),
        lambda: nn.avg_pool3d(x[None], 2, 1, "SAME"),
        lambda: nn.gelu(x),
        lambda: nn.selu(x),
        lambda: nn.softmax_cross_entropy_with_logits(nn.softmax(x), x),
    ]
    for function in functions:
        with tf.GradientTape() as tape:
            tape.watch([x, w])
            y = function()
        grads = [g for g in tape.gradient(y, [x, w]) if g is not None]
        assert y.dtype.name == dtype and grads and all(g.dtype.name == dtype for g in grads)
        assert all(np.isfinite(g.numpy().astype(np.float32)).all() for g in grads)


def test_dropout_keeps_its_mask_and_its_mean(device: str) -> None:
    x = tf.ones([4000])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = nn.dropout(x, 0.25, seed=1)
    np.testing.assert_array_equal(tape.gradient(y, x).numpy(), y.numpy())
    np.testing.assert_allclose(np.unique(y.numpy()), [0.0, 1 / 0.75], rtol=1e-6)
    assert abs(float(tf.reduce_mean(y)) - 1.0) < 0.05


def test_a_label_that_is_no_class_is_refused_on_the_cpu() -> None:
    with tf.device("/CPU:0"), pytest.raises(tf.errors.InvalidArgumentError, match=r"\[0, 3\)"):
        nn.sparse_softmax_cross_entropy_with_logits([3], [[1.0, 2.0, 3.0]])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_label_that_is_no_class_gives_nan_on_a_gpu() -> None:
    with tf.device("/GPU:0"):
        loss = nn.sparse_softmax_cross_entropy_with_logits([3, 1], [[1.0, 2.0, 3.0]] * 2).numpy()
    assert np.isnan(loss[0]) and np.isfinite(loss[1])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: nn.conv2d(tf.ones([1, 4, 4, 3]), tf.ones([2, 2, 2, 1]), 1, "SAME"),
            "evenly divisible by filter depth: 3 vs 2",
        ),
        (
            lambda: nn.conv2d(tf.ones([1, 1, 4, 1]), tf.ones([3, 1, 1, 1]), 1, "VALID"),
            r"output size would be negative: -1 \[input_size: 1, effective_filter_size: 3",
        ),
        (
            lambda: nn.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([1, 1, 1, 1]), 1, "same"),
            r'of "same" is not in the list of allowed values: "SAME", "VALID"',
        ),
        (lambda: nn.max_pool2d(tf.ones([4, 4, 1]), 2, 1, "SAME"), r"must be 4-dimensional: \[4,4,1\]"),
        (
            lambda: nn.bias_add(tf.ones([2, 3]), [1.0]),
            r"as many biases as the last dimension of the input tensor: \[1\] vs. \[2,3\]",
        ),
        (lambda: nn.softmax(1.0), "logits must have >= 1 dimension"),
    ],
)
def test_messages_say_what_is_wrong(call: Any, words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        call()
