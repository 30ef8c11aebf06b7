"""Every differentiable op of tf.nn: finite differences, torch.autograd, second order, vmap against loop, tracing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from gradient_kit import check_gradients

import tfcompat_tape as tf
from tfcompat_tape.checking.traces import trace_of

nn = tf.nn
RNG = np.random.RandomState(3)


def normal(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape)


def spread(*shape: int) -> np.ndarray:
    """Values that keep their distance from each other and from 0, squared too, so that no maximum is a tie."""
    size = int(np.prod(shape))
    return (RNG.permutation(size).reshape(shape) - size / 2 + 0.3) * 0.37


WIDE = spread(2, 3)
SMOOTH = ("elu", "selu", "gelu", "silu", "softplus", "sigmoid", "tanh", "softmax", "log_softmax")


@pytest.mark.parametrize("name", [*SMOOTH, "relu", "relu6", "leaky_relu", "crelu", "l2_loss", "l2_normalize"])
def test_activations(name: str) -> None:
    # TensorFlow's constants in gelu are rounded to float32, which torch's are not
    check_gradients(getattr(nn, name), WIDE, autograd=name != "gelu")


def test_softsign_differentiates_once() -> None:
    check_gradients(nn.softsign, WIDE, order=1, skips=["forward mode"])
    x = tf.constant([1.0])
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = nn.softsign(x)
        grad = inner.gradient(y, x)
    with pytest.raises(LookupError, match="SoftsignGrad"):
        outer.gradient(grad, x)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: nn.gelu(x, approximate=True),
        lambda x: nn.leaky_relu(x, alpha=0.7),
        lambda x: nn.softmax(x, axis=0),
        lambda x: nn.log_softmax(x, axis=0),
        lambda x: tf.reduce_sum(nn.softmax(x) ** 3),
        lambda x: nn.moments(x, [0], keepdims=True)[0] + x,
    ],
)
def test_attributes(function: Callable[..., Any]) -> None:
    check_gradients(function, WIDE, autograd=False)


def test_silu_with_a_slope() -> None:
    check_gradients(lambda x, b: nn.silu(x, b), WIDE, np.array(0.7))


PROBABLE = RNG.uniform(0.1, 0.9, (2, 3))
ONE_HOT = np.eye(3)[[1, 0]]


@pytest.mark.parametrize(
    "loss",
    [
        nn.sigmoid_cross_entropy_with_logits,
        nn.log_poisson_loss,
        lambda p, x: nn.weighted_cross_entropy_with_logits(p, x, 2.5),
    ],
)
def test_losses(loss: Callable[..., Any]) -> None:
    check_gradients(loss, PROBABLE, WIDE)


@pytest.mark.parametrize("axis", [0, 1])
def test_cross_entropy(axis: int) -> None:
    def loss(p: Any, x: Any) -> Any:
        return nn.softmax_cross_entropy_with_logits(nn.softmax(p, axis=axis), x, axis=axis)

    # The gradient by the logits is a constant to TensorFlow when it differentiates that by the labels.
    check_gradients(loss, PROBABLE, WIDE, order=1)
    check_gradients(lambda x: loss(PROBABLE, x), WIDE)


def test_sparse_cross_entropy() -> None:
    check_gradients(lambda x: nn.sparse_softmax_cross_entropy_with_logits([2, 0], x), WIDE)


def test_cross_entropy_broadcasts_with_gradients() -> None:
    """Where TensorFlow fails (labels of another shape that get a gradient), the gradient is the true one."""
    check_gradients(
        lambda p, x: nn.softmax_cross_entropy_with_logits(nn.softmax(p), x),
        normal(1, 3),
        normal(2, 3),
        order=1,
    )


def conv2d(x_shape: Any, w_shape: Any, *args: Any, **options: Any) -> Any:
    return pytest.param(
        lambda x, w: nn.conv2d(x, w, *args, **options),
        normal(*x_shape),
        normal(*w_shape),
        id=f"{args} {options}",
    )


@pytest.mark.parametrize(
    ("function", "x", "w"),
    [
        conv2d((1, 4, 4, 2), (3, 3, 2, 2), 1, "SAME"),
        conv2d((1, 4, 3, 2), (2, 2, 2, 2), 2, "SAME"),
        conv2d((1, 5, 4, 1), (3, 2, 1, 2), [2, 3], "VALID"),
        conv2d((1, 4, 4, 1), (2, 2, 1, 2), 1, [[0, 0], [2, 0], [0, 1], [0, 0]]),
        # what TensorFlow has no CPU kernels for: dilated and grouped gradients, channels first
        conv2d((1, 5, 5, 1), (2, 2, 1, 2), 1, "SAME", dilations=2),
        conv2d((1, 5, 5, 1), (2, 2, 1, 1), 2, "VALID", dilations=[1, 1, 3, 1]),
        conv2d((1, 3, 3, 4), (2, 2, 2, 4), 1, "SAME"),
        conv2d((1, 2, 4, 3), (2, 2, 2, 2), 2, "SAME", data_format="NCHW"),
        conv2d((1, 1, 4, 4), (2, 2, 1, 2), 1, [[0, 0], [0, 0], [1, 0], [0, 2]], data_format="NCHW"),
    ],
)
def test_conv2d(function: Callable[..., Any], x: np.ndarray, w: np.ndarray) -> None:
    check_gradients(function, x, w)


def test_other_convolutions() -> None:
    series, volume = normal(1, 5, 2), normal(1, 2, 3, 3, 1)
    check_gradients(lambda x, w: nn.conv1d(x, w, 2, "SAME"), series, normal(2, 2, 2))
    check_gradients(
        lambda x, w: nn.conv1d(x, w, 1, "VALID", data_format="NCW", dilations=2),
        normal(1, 2, 5),
        normal(2, 2, 1),
    )
    check_gradients(lambda x, w: nn.conv3d(x, w, [1, 1, 2, 2, 1], "SAME"), volume, normal(2, 2, 2, 1, 2))
    check_gradients(
        lambda x, w: nn.conv3d(x, w, [1] * 5, "VALID", data_format="NCDHW", dilations=[1, 1, 1, 2, 1]),
        normal(1, 1, 2, 3, 3),
        normal(2, 2, 2, 1, 1),
    )


def test_transposed_convolutions() -> None:
    """Without torch.autograd, which fails on them where the filters are a view of another order."""
    for function, y, w in (
        (lambda y, w: nn.conv2d_transpose(y, w, [1, 4, 3, 2], 2), (1, 2, 2, 1), (2, 3, 2, 1)),
        (
            lambda y, w: nn.conv2d_transpose(y, w, [1, 4, 5, 1], 1, "VALID", dilations=2),
            (1, 2, 3, 1),
            (2, 2, 1, 1),
        ),
        (lambda y, w: nn.conv1d_transpose(y, w, [1, 5, 2], 2), (1, 3, 1), (2, 2, 1)),
        (lambda y, w: nn.conv3d_transpose(y, w, [1, 2, 4, 2, 1], 2), (1, 1, 2, 1, 2), (2, 2, 1, 1, 2)),
    ):
        check_gradients(function, normal(*y), normal(*w), autograd=False)


def test_depthwise_convolutions() -> None:
    filters = normal(2, 2, 2, 2)
    check_gradients(lambda x, w: nn.depthwise_conv2d(x, w, [1, 2, 2, 1], "SAME"), normal(1, 4, 3, 2), filters)
    check_gradients(
        lambda x, w: nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME", dilations=[2, 1]),
        normal(1, 3, 3, 2),
        filters,
    )
    check_gradients(
        lambda x, w: nn.depthwise_conv2d(x, w, [1, 1, 2, 1], "VALID", data_format="NCHW"),
        normal(1, 2, 3, 3),
        filters,
    )


@pytest.mark.parametrize(
    ("name", "options", "shape"),
    [
        ("max_pool2d", {"ksize": 2, "strides": 2, "padding": "SAME"}, (1, 3, 4, 2)),
        ("max_pool2d", {"ksize": 2, "strides": 1, "padding": "SAME"}, (1, 3, 3, 1)),
        ("max_pool2d", {"ksize": 3, "strides": 2, "padding": [[0, 0], [2, 1], [0, 2], [0, 0]]}, (1, 3, 3, 1)),
        ("max_pool2d", {"ksize": 2, "strides": 1, "padding": "VALID", "data_format": "NCHW"}, (1, 2, 3, 3)),
        ("max_pool1d", {"ksize": 2, "strides": 2, "padding": "SAME"}, (1, 5, 2)),
        ("avg_pool2d", {"ksize": 2, "strides": 2, "padding": "SAME"}, (1, 3, 4, 2)),
        ("avg_pool2d", {"ksize": 2, "strides": 1, "padding": "SAME"}, (1, 3, 3, 1)),
        ("avg_pool2d", {"ksize": 6, "strides": 1, "padding": "SAME"}, (1, 3, 4, 1)),
        ("avg_pool2d", {"ksize": 2, "strides": 2, "padding": "SAME", "data_format": "NCHW"}, (1, 2, 3, 3)),
        ("avg_pool1d", {"ksize": 3, "strides": 2, "padding": "SAME"}, (1, 5, 2)),
        ("avg_pool3d", {"ksize": 2, "strides": 1, "padding": "SAME"}, (1, 2, 2, 3, 1)),
        (
            "avg_pool3d",
            {"ksize": 2, "strides": 2, "padding": "SAME", "data_format": "NCDHW"},
            (1, 1, 2, 3, 3),
        ),
    ],
)
def test_pools(name: str, options: dict[str, Any], shape: tuple[int, ...]) -> None:
    check_gradients(lambda x: getattr(nn, name)(x, **options), spread(*shape))
    check_gradients(lambda x: getattr(nn, name)(x * x, **options), spread(*shape))


def test_max_pool_with_argmax() -> None:
    # TensorFlow has no gradient of MaxPoolGradWithArgmax.
    options: dict[str, Any] = {"order": 1, "skips": ["forward mode"]}
    x = spread(2, 3, 3, 2)
    check_gradients(lambda x: nn.max_pool_with_argmax(x, 2, 1, "SAME")[0], x, **options)
    check_gradients(
        lambda x: nn.max_pool_with_argmax(x, 2, 2, "SAME", include_batch_in_index=True)[0], x, **options
    )


def test_max_pool3d_against_torch() -> None:
    """TensorFlow has it in float32 and lower, too coarse for finite differences."""
    x = spread(1, 3, 4, 4, 2).astype(np.float32)
    raw = torch.tensor(x, requires_grad=True)
    wanted = torch.nn.functional.max_pool3d(raw.permute(0, 4, 1, 2, 3), 2, 1)
    (grad,) = torch.autograd.grad(wanted.sum(), raw)
    source = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(source)
        y = nn.max_pool3d(source, 2, 1, "VALID")
    np.testing.assert_array_equal(y.numpy(), wanted.permute(0, 2, 3, 4, 1).detach().numpy())
    np.testing.assert_array_equal(tape.gradient(y, source).numpy(), grad.numpy())


def test_normalizations() -> None:
    positive = RNG.uniform(0.5, 2.0, 3)
    check_gradients(lambda x, b: nn.bias_add(x, b), WIDE, normal(3))
    check_gradients(lambda x, b: nn.bias_add(x * x, b * b, data_format="NCHW"), normal(1, 3, 2, 2), normal(3))
    check_gradients(
        lambda x, m, v, o, s: nn.batch_normalization(x, m, v, o, s, 1e-3),
        WIDE,
        normal(3),
        positive,
        normal(3),
        positive,
    )
    check_gradients(lambda x, w: nn.weighted_moments(x, [0], w)[1], WIDE, RNG.uniform(0.5, 2.0, (2, 1)))


@pytest.mark.parametrize("training", [True, False])
def test_fused_batch_norm(training: bool) -> None:
    """The op takes float32 at most: its gradient's kernel is asked directly, in float64."""
    from tfcompat_tape.ops.normalization import _of_batch, _of_moments

    scale, mean, variance = (RNG.uniform(0.5, 2.0, 2) for _ in range(3))
    moments = () if training else (mean, variance)
    op = (_of_batch if training else _of_moments).op
    attrs = {"epsilon": 1e-3, "data_format": "NHWC"}
    x, dy = torch.tensor(normal(2, 1, 2, 2), requires_grad=True), torch.tensor(normal(2, 1, 2, 2))
    weight = torch.tensor(scale, requires_grad=True)
    y = torch.nn.functional.batch_norm(
        x.permute(0, 3, 1, 2),
        torch.tensor(mean),
        torch.tensor(variance),
        weight,
        torch.zeros(2, dtype=torch.float64),
        training,
        0.1,
        1e-3,
    )
    wanted = torch.autograd.grad(y.permute(0, 2, 3, 1), [x, weight], dy)
    raw = [dy, x.detach(), weight.detach(), *[torch.tensor(m) for m in moments]]
    found = op.kernel(*raw, **attrs)
    for got, want in zip(found, wanted, strict=False):
        torch.testing.assert_close(got, want)


def test_local_response_normalization_against_torch() -> None:
    x = normal(1, 2, 2, 4).astype(np.float32)
    raw = torch.tensor(x, requires_grad=True)
    size, alpha, beta, bias = 3, 0.5, 0.75, 2.0
    first = raw.permute(0, 3, 1, 2)
    wanted = torch.nn.functional.local_response_norm(first, size, alpha * size, beta, bias).permute(
        0, 2, 3, 1
    )
    (grad,) = torch.autograd.grad(wanted.square().sum(), raw)
    source = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(source)
        y = nn.lrn(source, depth_radius=1, bias=bias, alpha=alpha, beta=beta)
        total = tf.reduce_sum(y * y)
    np.testing.assert_allclose(y.numpy(), wanted.detach().numpy(), rtol=1e-5)
    np.testing.assert_allclose(tape.gradient(total, source).numpy(), grad.numpy(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_patches_and_morphology(padding: str) -> None:
    def patches(x: Any) -> Any:
        return tf.image.extract_patches(x, [1, 2, 2, 1], [1, 1, 2, 1], [1, 2, 1, 1], padding)

    check_gradients(patches, normal(1, 4, 4, 2))
    check_gradients(lambda x: patches(x * x), normal(1, 4, 3, 1))
    ones = [1, 1, 1, 1]
    # TensorFlow has no gradient of Dilation2DBackpropInput.
    once: dict[str, Any] = {"order": 1, "skips": ["forward mode"]}
    check_gradients(
        lambda x, f: nn.dilation2d(x, f, [1, 1, 2, 1], padding, "NHWC", [1, 2, 1, 1]),
        spread(1, 4, 4, 2),
        normal(2, 2, 2) * 0.01,
        **once,
    )
    check_gradients(
        lambda x, f: nn.erosion2d(x, f, ones, padding, "NHWC", ones),
        spread(1, 3, 3, 1),
        normal(2, 2, 1) * 0.01,
        **once,
    )


def test_space_moves() -> None:
    check_gradients(lambda x: nn.space_to_depth(x * x, 2), normal(1, 2, 4, 1))
    check_gradients(lambda x: nn.depth_to_space(x * x, 2), normal(1, 1, 2, 4))
    check_gradients(
        lambda x: nn.with_space_to_batch(x * x, [2], "SAME", lambda y, n, p: nn.avg_pool1d(y, 2, 1, p), [2]),
        normal(1, 5, 1),
    )


def network(x: Any, w: Any, b: Any, v: Any) -> Any:
    """A small classifier with most of what such networks are made of."""
    hidden = nn.max_pool2d(nn.relu(nn.bias_add(nn.conv2d(x, w, 1, "SAME"), b)), 2, 2, "VALID")
    logits = tf.reshape(hidden, [2, -1]) @ v
    return nn.softmax_cross_entropy_with_logits(tf.constant(ONE_HOT, logits.dtype), logits)


def test_a_network() -> None:
    check_gradients(network, normal(2, 4, 4, 1), normal(3, 3, 1, 2), normal(2), normal(8, 3))


@pytest.mark.parametrize("strides", [1, 2])
def test_gradient_of_a_convolution_traces(strides: int) -> None:
    def step(x: torch.Tensor, w: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        image, filters = tf.Tensor(x, None), tf.Tensor(w, None)
        with tf.GradientTape() as tape:
            tape.watch([image, filters])
            y = nn.avg_pool2d(nn.silu(nn.conv2d(image, filters, strides, "SAME")), 2, 2, "SAME")
            loss = nn.l2_loss(nn.softmax(y))
        return tuple([g._t for g in tape.gradient(loss, [image, filters])])  # type: ignore[return-value]

    x, w = torch.tensor(normal(1, 5, 5, 2)), torch.tensor(normal(2, 3, 2, 2))
    trace = trace_of(step, x, w)
    other = torch.tensor(normal(1, 5, 5, 2))
    for got, want in zip(trace(other, w), step(other, w), strict=True):
        torch.testing.assert_close(got, want)


@pytest.mark.parametrize(
    ("layer", "image", "filters"),
    [
        (lambda x, w: nn.conv2d(x, w, 1, "SAME"), (1, 3, 3, 2), (2, 2, 2, 2)),
        (lambda x, w: nn.conv2d(x, w, 2, "SAME"), (1, 3, 3, 4), (2, 2, 2, 2)),
        (lambda x, w: nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "VALID"), (1, 3, 3, 2), (2, 2, 2, 2)),
        (lambda x, w: nn.conv3d(x, w, [1] * 5, "SAME"), (1, 2, 2, 2, 1), (1, 2, 2, 1, 2)),
    ],
)
def test_hessians_and_gradients_of_each_example(layer: Any, image: Any, filters: Any) -> None:
    """Second derivatives and gradients inside a vectorized map batch each of the three tensors of a convolution."""
    x, w = tf.constant(normal(*image)), tf.constant(normal(*filters))
    for source in (x, w):
        with tf.GradientTape(persistent=True) as outer:
            outer.watch(source)
            with tf.GradientTape() as inner:
                inner.watch(source)
                y = tf.reduce_sum(tf.tanh(layer(x, w)))
            grad = inner.gradient(y, source)
        fast = outer.jacobian(grad, source).numpy()
        slow = outer.jacobian(grad, source, experimental_use_pfor=False).numpy()
        np.testing.assert_allclose(fast, slow, rtol=1e-9, atol=1e-9)

    def of_one(example: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(w)
            y = layer(example[None], w) ** 2
        return tape.gradient(y, w)

    examples = tf.constant(normal(3, *image[1:]))
    together = tf.vectorized_map(of_one, examples).numpy()
    for i in range(3):
        np.testing.assert_allclose(together[i], of_one(examples[i]).numpy(), rtol=1e-9, atol=1e-9)


def test_ctc_loss() -> None:
    labels, many, steps = [[1, 2, 2], [1, 1, 0]], [3, 2], [6, 5]
    check_gradients(lambda z: nn.ctc_loss(labels, z, many, steps), normal(6, 2, 3))
    check_gradients(
        lambda z: nn.ctc_loss([[0, 1]], z, [2], [4], logits_time_major=False, blank_index=-1), normal(1, 4, 3)
    )


def test_ctc_loss_against_torch() -> None:
    z = torch.tensor(normal(6, 2, 4))
    labels, many, steps = torch.tensor([[1, 2, 2], [1, 3, 0]]), torch.tensor([3, 2]), torch.tensor([6, 5])
    want = torch.nn.functional.ctc_loss(z.log_softmax(-1), labels, steps, many, reduction="none")
    np.testing.assert_allclose(nn.ctc_loss(labels, z, many, steps).numpy(), want.numpy(), rtol=1e-10)


def test_gradients_of_a_convolution_whose_kernel_wants_its_filter_contiguous():
    """torch's plain kernel of float64 lays out the filter's gradient as the filter lies, and then refuses that."""
    x = tf.constant(np.arange(8.0).reshape(1, 2, 2, 2))
    w = tf.constant([[[[-0.5], [-1.25]], [[1.5], [0.75]]]], tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, w])
        y = tf.nn.conv2d(x, w, 1, "SAME")
    looped = tape.jacobian(y, [x, w], experimental_use_pfor=False)
    for one, other in zip(tape.jacobian(y, [x, w]), looped, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)
