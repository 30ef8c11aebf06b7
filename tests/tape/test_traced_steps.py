"""Whole training steps as `make_fx` traces them: forward, gradient, second order, and the update of the variables.

Each model is a function from raw tensors (parameters, state of the optimizer, data) to raw tensors (loss, updated
parameters and state), with our Variables and Tensors inside. It is traced for one set of inputs; the trace must give
what the step gives eagerly for another one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch.fx.experimental.proxy_tensor import make_fx

import tfcompat_tape as tf

RNG = np.random.RandomState(23)
Raw = torch.Tensor


def normal(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape) * 0.5


@dataclass(frozen=True)
class Model:
    """A model, and where to trace and to run its step.

    Attributes:
      loss: of the parameters (Variables) and the data (Tensors).
      parameters: initial values of the variables.
      data: two sets of inputs, to trace with and to run with.
      penalty: add the squared gradient of the loss by the first input, a second derivative, to the loss.
      update: "sgd" or "adam".
    """

    loss: Callable[..., Any]
    parameters: Sequence[np.ndarray]
    data: tuple[Sequence[np.ndarray], Sequence[np.ndarray]]
    penalty: bool = False
    update: str = "sgd"


MODELS: dict[str, Model] = {}


def model(name: str, parameters: Sequence[Any], *data: Any, **options: Any) -> Any:
    """Decorator: the loss of the model `name`. The other data are the same, moved; integers are shuffled."""

    def enter(loss: Callable[..., Any]) -> Callable[..., Any]:
        arrays = [np.asarray(x) for x in data]
        other = [
            x[::-1].copy() if x.dtype.kind in "iub" else x * 0.9 + 0.05 * normal(*x.shape) for x in arrays
        ]
        MODELS[name] = Model(loss, [np.asarray(p) for p in parameters], (arrays, other), **options)
        return loss

    return enter


def step(chosen: Model) -> Callable[..., list[Raw]]:
    """One step of training as a function of raw tensors: parameters, two moments for each and a count, data."""
    count = len(chosen.parameters)

    def run(*raws: Raw) -> list[Raw]:
        variables = [tf.Variable(tf.Tensor(raw, None)) for raw in raws[:count]]
        first = [tf.Variable(tf.Tensor(raw, None), trainable=False) for raw in raws[count : 2 * count]]
        second = [tf.Variable(tf.Tensor(raw, None), trainable=False) for raw in raws[2 * count : 3 * count]]
        steps = tf.Variable(tf.Tensor(raws[3 * count], None), trainable=False)
        data = [tf.Tensor(raw, None) for raw in raws[3 * count + 1 :]]
        with tf.GradientTape() as tape:
            if chosen.penalty:
                with tf.GradientTape() as inner:
                    inner.watch(data[0])
                    loss = chosen.loss(*variables, *data)
                slope = inner.gradient(loss, data[0])
                loss = loss + 0.1 * tf.reduce_sum(tf.math.real(slope * tf.math.conj(slope)))
            else:
                loss = chosen.loss(*variables, *data)
        grads = tape.gradient(loss, variables)
        steps.assign_add(1.0)
        for variable, grad, m, v in zip(variables, grads, first, second, strict=True):
            if chosen.update == "sgd":
                if isinstance(grad, tf.IndexedSlices):
                    variable.scatter_sub(tf.IndexedSlices(0.1 * grad.values, grad.indices, grad.dense_shape))
                else:
                    variable.assign_sub(tf.cast(0.1, grad.dtype) * grad)
                continue
            grad = tf.convert_to_tensor(grad)
            m.assign(0.9 * m + 0.1 * grad)
            v.assign(0.99 * v + 0.01 * grad * grad)
            size = tf.cast(0.01, grad.dtype) * tf.sqrt(1.0 - 0.99**steps) / (1.0 - 0.9**steps)
            variable.assign_sub(size * m / (tf.sqrt(v) + 1e-7))
        state = [*variables, *first, *second, steps]
        return [tf.convert_to_tensor(loss)._t, *[tf.convert_to_tensor(x)._t for x in state]]

    return run


def inputs(chosen: Model, which: int) -> list[Raw]:
    """Raw inputs of the step: at `which` 1, other parameters, another state and other data."""
    values = [p if not which else 0.95 * p + 0.02 * normal(*p.shape) for p in chosen.parameters]
    m = [0.1 * which * np.ones_like(p) for p in values]
    v = [0.2 * which * np.ones_like(p) for p in values]
    arrays = [*values, *m, *v, np.array(float(which)), *chosen.data[which]]
    return [torch.tensor(np.asarray(a)) for a in arrays]


# -- networks ---------------------------------------------------------------------------------------


@model("mlp", [normal(4, 5), normal(5), normal(5, 3)], normal(6, 4), [2, 0, 1, 2, 2, 0], update="adam")
def mlp(w: Any, b: Any, v: Any, x: Any, labels: Any) -> Any:
    logits = tf.nn.relu(x @ w + b) @ v
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))


@model("mlp with a gradient penalty", [normal(4, 5), normal(5, 1)], normal(6, 4), penalty=True)
def critic(w: Any, v: Any, x: Any) -> Any:
    return tf.reduce_mean(tf.tanh(x @ w) @ v)


@model(
    "convolutions",
    [normal(3, 3, 2, 4), np.ones(4), normal(4), normal(2, 2, 4, 1), normal(12, 3)],
    normal(2, 5, 4, 2),
    np.eye(3)[[1, 0]],
    update="adam",
)
def convolutions(w: Any, scale: Any, offset: Any, depthwise: Any, v: Any, x: Any, labels: Any) -> Any:
    y = tf.nn.conv2d(x, w, 1, "SAME")
    mean, variance = tf.nn.moments(y, [0, 1, 2])
    y = tf.nn.relu(tf.nn.batch_normalization(y, mean, variance, offset, scale, 1e-3))
    y = tf.nn.depthwise_conv2d(y, depthwise, [1, 1, 1, 1], "SAME")
    y = tf.nn.max_pool2d(y, 2, 2, "SAME") + tf.nn.avg_pool2d(y, 2, 2, "SAME")
    y = tf.image.resize(y, [3, 1])
    logits = tf.reshape(tf.cast(y, x.dtype), [tf.shape(y)[0], -1]) @ v
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels, logits))


@model(
    "convolutions with a gradient penalty",
    [normal(3, 3, 1, 2), normal(2, 1)],
    normal(2, 4, 4, 1),
    penalty=True,
)
def penalized(w: Any, v: Any, x: Any) -> Any:
    y = tf.nn.elu(tf.nn.conv2d(x, w, 2, "VALID"))
    return tf.reduce_mean(tf.reduce_mean(y, [1, 2]) @ v)


@model(
    "lstm",
    [normal(3, 16), normal(4, 16), normal(16), normal(4, 1)],
    normal(5, 2, 3),
    normal(2, 1),
    update="adam",
)
def lstm(w: Any, u: Any, b: Any, v: Any, x: Any, target: Any) -> Any:
    h = c = tf.zeros([tf.shape(x)[1], 4], x.dtype)
    for t in range(x.shape[0]):
        i, f, g, o = tf.split(x[t] @ w + h @ u + b, 4, axis=1)
        c = tf.sigmoid(f + 1.0) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
    return tf.reduce_mean(tf.math.squared_difference(h @ v, target))


@model("rnn in a while_loop", [normal(3, 4), normal(4, 4)], normal(5, 2, 3))
def rnn(w: Any, u: Any, x: Any) -> Any:
    states = tf.TensorArray(x.dtype, tf.shape(x)[0])

    def body(t: Any, h: Any, states: Any) -> Any:
        h = tf.tanh(x[t] @ w + h @ u)
        return t + 1, h, states.write(t, h)

    start = (tf.constant(0), tf.zeros([2, 4], x.dtype), states)
    _, h, states = tf.while_loop(lambda t, h, s: t < tf.shape(x)[0], body, start)
    return tf.reduce_sum(h * h) + tf.reduce_sum(states.stack() ** 3)


@model(
    "attention",
    [normal(6, 18), normal(6, 6), np.ones(6), normal(6), normal(6, 8), normal(8, 6)],
    normal(2, 4, 6),
    np.array([[True, True, True, False], [True, True, True, True]]),
    update="adam",
)
def attention(qkv: Any, out: Any, gain: Any, bias: Any, w: Any, v: Any, x: Any, mask: Any) -> Any:
    batch, length, heads = tf.shape(x)[0], tf.shape(x)[1], 2

    def split(y: Any) -> Any:
        return tf.transpose(tf.reshape(y, [batch, length, heads, -1]), [0, 2, 1, 3])

    def normalize(y: Any) -> Any:
        mean, variance = tf.nn.moments(y, [-1], keepdims=True)
        return (y - mean) * tf.math.rsqrt(variance + 1e-5) * gain + bias

    q, k, u = [split(part) for part in tf.split(normalize(x) @ qkv, 3, -1)]
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(q)[-1], x.dtype))
    causal = tf.linalg.band_part(tf.ones([length, length], tf.bool), -1, 0)
    scores = tf.where(causal & mask[:, None, None, :], scores, tf.constant(-1e9, x.dtype))
    mixed = tf.transpose(tf.nn.softmax(scores) @ u, [0, 2, 1, 3])
    x = x + tf.reshape(mixed, [batch, length, -1]) @ out
    x = x + tf.nn.gelu(normalize(x) @ w) @ v
    return tf.reduce_mean(x * x)


@model("embedding", [normal(7, 3), normal(3, 2)], [[1, 4, 1], [0, 6, 4]], [1, 0])
def embedding(table: Any, w: Any, words: Any, labels: Any) -> Any:
    rows = tf.nn.embedding_lookup(table, words)
    logits = tf.reduce_mean(rows, 1) @ w
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))


@model("embedding, dense and sparse sums", [normal(7, 3)], [[1, 4, 1], [0, 6, 4]], update="adam")
def tied(table: Any, words: Any) -> Any:
    rows = tf.gather(table, words)
    return tf.reduce_sum(tf.nn.softmax(rows @ tf.transpose(table))) ** 2 + tf.reduce_sum(rows**3)


# -- other mathematics --------------------------------------------------------------------------------


@model("segments and scatters", [normal(6, 2)], normal(6, 2), [0, 2, 2, 1, 3, 0])
def segments(w: Any, x: Any, ids: Any) -> Any:
    y = x * w
    totals = tf.math.unsorted_segment_sum(y, ids, 4) + tf.math.unsorted_segment_max(y, ids, 4)
    placed = tf.tensor_scatter_nd_add(tf.zeros([4, 2], x.dtype), ids[:, None], y)
    sorted_ = tf.math.segment_mean(y, tf.constant([0, 0, 1, 1, 1, 2]))
    best = tf.math.top_k(tf.transpose(y), 2).values
    return tf.reduce_sum(totals * placed) + tf.reduce_sum(sorted_**2) + tf.reduce_sum(tf.sort(best) ** 3)


@model("linear algebra", [normal(3, 3), normal(3, 2)], normal(4, 3), penalty=True)
def algebra(w: Any, b: Any, x: Any) -> Any:
    a = tf.matmul(w, w, transpose_b=True) + tf.matmul(x, x, transpose_a=True)
    a = a + 2.0 * tf.eye(3, dtype=x.dtype)
    root = tf.linalg.cholesky(a)
    solved = tf.linalg.solve(a, b) + tf.linalg.triangular_solve(root, b) + tf.linalg.inv(a) @ b
    values = tf.linalg.eigvalsh(a) + tf.linalg.svd(w, compute_uv=False)
    return tf.reduce_sum(solved**2) + tf.linalg.logdet(a) + tf.linalg.det(a) + tf.reduce_sum(values**2)


@model("decompositions", [normal(3, 3) + 2.0 * np.eye(3)], normal(3, 3))
def decompositions(w: Any, x: Any) -> Any:
    a = w + 0.1 * x
    q, r = tf.linalg.qr(a)
    s, u, v = tf.linalg.svd(a)
    e, vectors = tf.linalg.eigh(a + tf.transpose(a))
    parts = [r, tf.abs(q), tf.linalg.diag(s), u * u, v * v, tf.linalg.diag(e), vectors * vectors]
    return tf.add_n([tf.reduce_sum(part**2) for part in parts[:3]]) + tf.reduce_sum(
        tf.linalg.expm(0.1 * a) @ parts[6]
    )


@model("einsum", [normal(3, 4), normal(4, 2, 3)], normal(2, 5, 3), penalty=True)
def sums(w: Any, v: Any, x: Any) -> Any:
    y = tf.einsum("bij,jk->bik", x, w)
    return tf.reduce_sum(tf.einsum("bik,klj,bij->bl", y, v, x) ** 2) + tf.einsum("bii->", x[:, :3]) ** 2


@model("complex numbers and fft", [normal(4) + 1j * normal(4), normal(4)], normal(3, 4))
def fourier(w: Any, v: Any, x: Any) -> Any:
    spectrum = tf.signal.fft(tf.cast(x * v, tf.complex128)) * w
    back = tf.signal.ifft(tf.math.conj(spectrum))
    real = tf.signal.irfft(tf.signal.rfft(x * v)[:, :2], [4])
    return tf.reduce_sum(tf.abs(back) ** 2) + tf.reduce_sum(tf.math.real(back) * real)


@tf.custom_gradient
def clipped(x: Any) -> Any:
    return tf.identity(x), lambda dy: tf.clip_by_value(dy, -0.2, 0.2) * tf.cast(x > 0.0, x.dtype)


@model("custom and stopped gradients", [normal(3, 3)], normal(4, 3), penalty=True)
def custom(w: Any, x: Any) -> Any:
    y = clipped(x @ w)
    straight = y + tf.stop_gradient(tf.round(y) - y)
    again = tf.recompute_grad(lambda z: tf.sin(z) * z)(y)
    return tf.reduce_sum(straight * tf.stop_gradient(y)) + tf.reduce_sum(again) + tf.reduce_sum(x**2 * y)


@model("losses", [normal(3, 4)], normal(5, 3), np.eye(4)[[0, 1, 3, 2, 1]], update="adam")
def losses(w: Any, x: Any, labels: Any) -> Any:
    logits = x @ w
    return tf.reduce_mean(
        tf.nn.softmax_cross_entropy_with_logits(labels, logits)
        + tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits), 1)
        + tf.reduce_sum(tf.nn.weighted_cross_entropy_with_logits(labels, logits, 2.0), 1)
        + tf.nn.l2_loss(tf.nn.l2_normalize(logits, 1))
        + tf.norm(tf.clip_by_norm(logits, 1.0, axes=[1]), axis=1)
    )


@model("ctc", [normal(3, 4)], normal(5, 2, 3), [[1, 2], [3, 1]])
def ctc(w: Any, x: Any, labels: Any) -> Any:
    lengths = tf.fill([2], 2), tf.fill([2], tf.shape(x)[0])
    return tf.reduce_mean(tf.nn.ctc_loss(labels, x @ w, *lengths))


@model("control flow", [normal(3, 3)], normal(4, 3))
def control(w: Any, x: Any) -> Any:
    y = tf.map_fn(lambda row: tf.linalg.matvec(w, row), x)
    total = tf.scan(lambda a, row: tf.tanh(a + row), y)[-1]
    each = tf.vectorized_map(lambda row: tf.reduce_sum(row * tf.sin(row)), y)
    if tf.shape(x)[0] > 2:
        total = tf.cond(tf.rank(x) > 1, lambda: total * 2.0, lambda: total)
    folded = tf.foldl(lambda a, row: a * 0.5 + row, y)
    tf.debugging.assert_greater(tf.shape(x)[0], 0)
    return tf.reduce_sum(total) + tf.reduce_sum(each) + tf.reduce_sum(folded * tf.function(tf.exp)(total))


@model("random numbers of a given seed", [normal(4, 3)], normal(5, 4))
def dropout(w: Any, x: Any) -> Any:
    noisy = x + tf.random.stateless_normal(tf.shape(x), [1, 2], dtype=x.dtype)
    return tf.reduce_sum(tf.nn.experimental.stateless_dropout(noisy @ w, 0.5, [3, 4]) ** 2)


@pytest.mark.parametrize("mode", ["real", "fake"])
@pytest.mark.parametrize("name", MODELS)
def test_a_traced_step_is_the_step(name: str, mode: str) -> None:
    chosen = MODELS[name]
    run = step(chosen)
    there, elsewhere = inputs(chosen, 0), inputs(chosen, 1)
    traced = make_fx(run, tracing_mode=mode, _allow_non_fake_inputs=True)(*there)
    wanted = run(*elsewhere)
    before = run(*there)
    assert not torch.equal(wanted[0], before[0]), (
        "the other inputs give the same loss, so that nothing is tested"
    )
    for i, (got, want) in enumerate(zip(traced(*elsewhere), wanted, strict=True)):
        torch.testing.assert_close(
            got, want, rtol=1e-9, atol=1e-11, msg=lambda text, i=i: f"output {i}: {text}"
        )


# -- steps that are made of Jacobians and Hessians ----------------------------------------------------


def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of Tensors as one of raw tensors."""
    return lambda *raws: [y._t for y in tf.nest.flatten(function(*[tf.Tensor(raw, None) for raw in raws]))]


def newton(w: Any, x: Any) -> Any:
    """A step of Newton's method, the Hessian being the Jacobian of the gradient."""
    with tf.GradientTape() as outer:
        outer.watch(w)
        with tf.GradientTape() as inner:
            inner.watch(w)
            loss = tf.reduce_sum(tf.math.log(1.0 + tf.exp(tf.linalg.matvec(x, w)))) + tf.reduce_sum(w**4)
        slope = inner.gradient(loss, w)
    hessian = outer.jacobian(slope, w)
    return w - tf.linalg.solve(hessian, slope[:, None])[:, 0], hessian


def newton_in_a_loop(w: Any, x: Any) -> Any:
    """The same, row by row."""
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(w)
        with tf.GradientTape() as inner:
            inner.watch(w)
            loss = tf.reduce_sum(tf.sin(tf.linalg.matvec(x, w)) ** 2)
        slope = inner.gradient(loss, w)
    return outer.jacobian(slope, w, experimental_use_pfor=False)


def contractive(w: Any, x: Any) -> Any:
    """The gradient of a penalty on the Jacobians of all examples."""
    with tf.GradientTape() as outer:
        outer.watch(w)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.tanh(x * w) @ tf.linalg.diag(w)
        penalty = tf.reduce_sum(inner.batch_jacobian(y, x) ** 2)
    return penalty, w - 0.1 * outer.gradient(penalty, w)


def forward_over_reverse(w: Any, x: Any) -> Any:
    """A product with the Hessian, without the Hessian."""
    with tf.autodiff.ForwardAccumulator(w, tf.ones_like(w)) as accumulator:
        with tf.GradientTape() as tape:
            tape.watch(w)
            loss = tf.reduce_sum(tf.nn.softplus(tf.linalg.matvec(x, w)) ** 2)
        slope = tape.gradient(loss, w)
    return slope, accumulator.jvp(slope)


def forward(w: Any, x: Any) -> Any:
    """Tangents of a convolution, a lookup, a sum and a solution at once."""
    with tf.autodiff.ForwardAccumulator([w, x], [tf.sin(w), tf.cos(x)]) as accumulator:
        image = tf.reshape(x, [1, 4, 3, 1])
        y = tf.nn.conv2d(image, tf.reshape(w, [3, 1, 1, 1]), 1, "SAME")
        z = tf.linalg.solve(tf.matmul(x, x, transpose_a=True) + tf.linalg.diag(w**2), w[:, None])
        rows = tf.reduce_sum(tf.gather(x, [0, 2, 2]), 0) / tf.norm(w)
    return accumulator.jvp([y, z, rows])


def reverse_over_forward(w: Any, x: Any) -> Any:
    """The gradient of a directional derivative."""
    with tf.GradientTape() as tape:
        tape.watch(w)
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
            y = tf.sin(x * w) * tf.exp(x)
        slope = tf.reduce_sum(accumulator.jvp(y) ** 2)
    return slope, tape.gradient(slope, w)


def each_example(w: Any, x: Any) -> Any:
    """Gradients of every example, clipped one by one."""

    def one(row: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(w)
            loss = tf.reduce_sum(tf.tanh(row * w) ** 2)
        return tf.clip_by_norm(tape.gradient(loss, w), 0.1)

    return w - tf.reduce_mean(tf.vectorized_map(one, x), 0)


def third_order(w: Any, x: Any) -> Any:
    """Three tapes."""
    with tf.GradientTape() as a:
        a.watch(w)
        with tf.GradientTape() as b:
            b.watch(w)
            with tf.GradientTape() as c:
                c.watch(w)
                y = tf.reduce_sum(tf.sin(x * w) * w**3)
            first = c.gradient(y, w)
        second = b.gradient(first, w)
    return first, second, a.gradient(second, w)


STEPS = [
    newton,
    newton_in_a_loop,
    contractive,
    forward_over_reverse,
    forward,
    reverse_over_forward,
    each_example,
    third_order,
]


@pytest.mark.parametrize("mode", ["real", "fake"])
@pytest.mark.parametrize("function", STEPS, ids=[function.__name__ for function in STEPS])
def test_jacobians_and_forward_mode_in_a_trace(function: Callable[..., Any], mode: str) -> None:
    run = wrapped(function)
    there, elsewhere = [[torch.tensor(normal(*shape)) for shape in ((3,), (4, 3))] for _ in range(2)]
    traced = make_fx(run, tracing_mode=mode, _allow_non_fake_inputs=True)(*there)
    for got, want in zip(traced(*elsewhere), run(*elsewhere), strict=True):
        torch.testing.assert_close(got, want, rtol=1e-9, atol=1e-11)
