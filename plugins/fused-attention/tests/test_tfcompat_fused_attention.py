"""Every op by the checker; and values and both orders of derivatives against the composed form."""

import importlib
import pathlib
import sys

import numpy as np
import pytest
import torch
from tfcompat_fused_attention import scaled_dot_product_attention

import tfcompat_tape as tf
from tfcompat_tape.plugins.testing import op_tests

test_ops = op_tests("tfcompat_fused_attention")


@pytest.fixture(autouse=True)
def plugin():
    with tf.plugins.load("tfcompat_fused_attention"):
        yield


def inputs(lead=(2, 3), length=5, positions=7, depth=4, value_depth=None, dtype=tf.float64):
    shapes = [(length, depth), (positions, depth), (positions, value_depth or depth)]
    return [
        tf.cast(tf.random.stateless_normal([*lead, *shape], [i, 7], dtype=tf.float64), dtype)
        for i, shape in enumerate(shapes)
    ]


def composed(query, key, value, mask=None, *, is_causal=False, scale=None):
    """Plain attention; no query may be without a position."""
    scores = tf.matmul(query, key, transpose_b=True) * (scale or query.shape[-1] ** -0.5)
    never = tf.constant(float("-inf"), scores.dtype)
    if mask is not None:
        scores = tf.where(mask, scores, never) if mask.dtype == tf.bool else scores + mask
    if is_causal:
        scores = tf.where(tf.linalg.band_part(tf.ones(scores.shape[-2:], tf.bool), -1, 0), scores, never)
    return tf.matmul(tf.nn.softmax(scores), value)


def derivatives(attention, tensors, **options):
    """The result, the gradients, and the gradients of a function of them."""
    with tf.GradientTape() as outer:
        outer.watch(tensors)
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            y = attention(*tensors, **options)
            loss = tf.reduce_sum(tf.sin(y))
        grads = tape.gradient(loss, tensors)
        total = tf.add_n([tf.reduce_sum(grad * grad) for grad in grads])
    return [y, *grads, *outer.gradient(total, tensors)]


def assert_same(found, expected, tolerance):
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        one, other = [tf.cast(x, tf.float64).numpy() for x in (one, other)]
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance * max(np.abs(other).max(), 1.0))


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("lead", [(), (3,), (2, 3), (2, 1, 3)])
def test_both_orders_against_the_composed_form(lead, is_causal):
    tensors = inputs(lead)
    options = {"is_causal": is_causal, "scale": 0.3}
    found = derivatives(scaled_dot_product_attention, tensors, **options)
    assert_same(found, derivatives(composed, tensors, **options), 1e-11)


@pytest.mark.parametrize("shape", [(7,), (5, 7), (5, 1), (3, 1, 7), (2, 1, 5, 7), (2, 3, 5, 7)])
def test_masks_and_their_gradient(shape):
    tensors = inputs()
    bias = tf.random.stateless_normal(shape, [8, 9], dtype=tf.float64)
    found = derivatives(scaled_dot_product_attention, [*tensors, bias])
    assert_same(found, derivatives(composed, [*tensors, bias]), 1e-11)
    mask = tf.concat([tf.ones_like(bias[..., :1], tf.bool), bias[..., 1:] > 0.0], -1)
    found = derivatives(lambda *t: scaled_dot_product_attention(*t, mask, is_causal=True), tensors)
    assert_same(found, derivatives(lambda *t: composed(*t, mask, is_causal=True), tensors), 1e-11)


@pytest.mark.parametrize(
    "dtype, tolerance", [(tf.float32, 2e-5), (tf.float16, 2e-2), (tf.bfloat16, 1e-1)], ids=str
)
def test_precisions(dtype, tolerance):
    tensors = inputs(length=40, positions=40, depth=8, dtype=dtype)
    found = derivatives(scaled_dot_product_attention, tensors, is_causal=True)
    exact = derivatives(composed, [tf.cast(x, tf.float64) for x in tensors], is_causal=True)
    assert_same(found, [tf.cast(x, dtype) for x in exact], tolerance)


def test_depths_may_differ_and_lengths_may_be_zero():
    tensors = inputs(value_depth=6)
    found = derivatives(scaled_dot_product_attention, tensors)
    assert_same(found, derivatives(composed, tensors), 1e-11)
    for sizes in ({"length": 0}, {"positions": 0}, {"lead": (0, 2)}):
        tensors = inputs(**sizes)
        found = derivatives(scaled_dot_product_attention, tensors)
        assert [x.shape for x in found[1:]] == [x.shape for x in [*tensors, *tensors]]
        assert all(not np.any(x.numpy()) for x in found)


def test_a_query_that_may_look_nowhere_gets_zeros():
    tensors = inputs()
    mask = tf.constant([[True] * 7, [False] * 7, *[[True] * 7] * 3])
    y, *grads = derivatives(lambda *t: scaled_dot_product_attention(*t, mask), tensors)
    assert not np.any(y.numpy()[..., 1, :])
    assert not np.any(grads[0].numpy()[..., 1, :])
    assert all(np.all(np.isfinite(x.numpy())) for x in grads)


def test_the_first_gradient_is_the_fused_kernel(monkeypatch):
    from tfcompat_fused_attention import kernels

    def refuse(*args):
        raise AssertionError("composed")

    monkeypatch.setattr(kernels, "_composed", refuse)
    monkeypatch.setattr(kernels, "_composed_grad", refuse)
    tensors = inputs()
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        y = scaled_dot_product_attention(*tensors, is_causal=True)
    assert len(tape.gradient(y, tensors)) == 3


def test_vmap_over_some_inputs_and_masks():
    query, key, value = inputs((4, 3))
    mask = tf.random.stateless_normal([4, 5, 7], [8, 9], dtype=tf.float64)
    many = tf.vectorized_map(
        lambda x: scaled_dot_product_attention(x[0], key[0], value[0], x[1]), (query, mask)
    )
    for i in range(4):
        one = scaled_dot_product_attention(query[i], key[0], value[0], mask[i])
        np.testing.assert_allclose(many[i].numpy(), one.numpy(), rtol=1e-12, atol=1e-13)


def test_logsumexp_has_a_gradient():
    tensors = inputs()[:2]
    value = inputs()[2]

    def fused(query, key):
        return tf.plugins.ops.ScaledDotProductAttention(query, key, value)[1]

    def plain(query, key):
        return tf.reduce_logsumexp(tf.matmul(query, key, transpose_b=True) * 0.5, -1)

    assert_same(derivatives(fused, tensors), derivatives(plain, tensors), 1e-11)


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda q, k, v: (q[0], k, v), "equal leading dimensions"),
        (lambda q, k, v: (q[..., :2], k, v), "one depth"),
        (lambda q, k, v: (q, k[..., :3, :], v), "as many positions"),
        (lambda q, k, v: (q, k, v, tf.zeros([4, 7], tf.float64)), "broadcast to the scores"),
        (lambda q, k, v: (q, k, v, tf.zeros([5, 7], tf.int32)), "boolean or floating"),
    ],
)
def test_what_does_not_fit_is_an_error(change, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        scaled_dot_product_attention(*change(*inputs()))


def test_the_calls_for_cuda_by_shape(monkeypatch):
    """The kernels for CUDA take what they are given, as far as torch can tell without a GPU."""
    from tfcompat_fused_attention import kernels

    monkeypatch.setattr(kernels, "_path", lambda *tensors: "cuda")
    monkeypatch.setattr(kernels, "_is_zero", lambda dlse: True)
    q, k, v = [torch.empty(2, 3, n, 8, device="meta") for n in (5, 40, 40)]
    attrs = {"is_causal": True, "scale": None}
    output, lse = kernels.attention(q, k, v, **attrs)
    assert (output.shape, lse.shape) == (q.shape, q.shape[:-1])
    grads = kernels.attention_grad(q, k, v, output, lse, output, lse, **attrs)
    assert [grad.shape for grad in grads] == [q.shape, k.shape, v.shape]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("is_causal", [False, True])
def test_on_a_gpu(is_causal):
    with tf.device("GPU:0"):
        tensors = [tf.identity(x) for x in inputs(depth=8, length=40, positions=70, dtype=tf.float32)]
        found = derivatives(scaled_dot_product_attention, tensors, is_causal=is_causal)
        assert_same(found, derivatives(composed, tensors, is_causal=is_causal), 1e-3)


def test_the_example_learns(monkeypatch):
    monkeypatch.syspath_prepend(str(pathlib.Path(__file__).parents[1] / "example"))
    example = importlib.import_module("train_transformer")
    monkeypatch.delitem(sys.modules, "train_transformer")
    losses, _ = example.train(40, size=32, report=lambda line: None)
    assert losses[-1] < 0.5 * losses[0]
