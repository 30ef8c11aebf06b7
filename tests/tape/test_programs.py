"""Random programs: first and second derivatives of what they compute, against torch.autograd on the same program."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import tfcompat_tape as tf

SHAPES = [(), (1,), (3,), (2, 3), (2, 1), (1, 3)]

UNARY = {
    "sin": (tf.sin, torch.sin),
    "tanh": (tf.tanh, torch.tanh),
    "exp_bounded": (lambda x: tf.exp(tf.tanh(x)), lambda x: torch.exp(torch.tanh(x))),
    "square": (tf.square, torch.square),
    "sigmoid": (tf.sigmoid, torch.sigmoid),
    "neg": (lambda x: -x, lambda x: -x),
    "scaled": (lambda x: 0.5 * x + 1, lambda x: 0.5 * x + 1),
    "sum": (tf.reduce_sum, torch.sum),
    "softplus": (tf.math.softplus, torch.nn.functional.softplus),
}
BINARY = {
    "add": (lambda x, y: x + y, lambda x, y: x + y),
    "sub": (lambda x, y: x - y, lambda x, y: x - y),
    "mul": (lambda x, y: x * y, lambda x, y: x * y),
    "div": (lambda x, y: x / (y * y + 1.0), lambda x, y: x / (y * y + 1.0)),
}


@st.composite
def programs(draw):
    """Shapes of the inputs, and steps `(name, operands)` over all values so far; all shapes broadcast together."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3))
    steps = []
    count = len(shapes)
    for _ in range(draw(st.integers(1, 8))):
        operand = st.integers(0, count - 1)
        if draw(st.booleans()):
            steps.append((draw(st.sampled_from(sorted(UNARY))), (draw(operand),)))
        else:
            steps.append((draw(st.sampled_from(sorted(BINARY))), (draw(operand), draw(operand))))
        count += 1
    return shapes, steps


def run(steps, inputs, which):
    """All values of the program; `which` is 0 for this package, 1 for torch."""
    values = list(inputs)
    for name, operands in steps:
        function = (UNARY.get(name) or BINARY[name])[which]
        values.append(function(*[values[i] for i in operands]))
    return values


@settings(max_examples=60)
@given(programs(), st.integers(0, 2**16))
def test_first_and_second_derivatives(program, seed):
    shapes, steps = program
    random = np.random.RandomState(seed)
    arrays = [random.uniform(-1.5, 1.5, shape) for shape in shapes]

    variables = [tf.Variable(a) for a in arrays]
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(run(steps, variables, 0)[-1])
        first = inner.gradient(y, variables, unconnected_gradients="zero")
        total = sum(tf.reduce_sum(g * g) for g in first)
    second = outer.gradient(total, variables, unconnected_gradients="zero")

    leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
    wanted = run(steps, leaves, 1)[-1].sum()
    grads = torch.autograd.grad(wanted, leaves, create_graph=True, materialize_grads=True)
    np.testing.assert_allclose(y.numpy(), wanted.item(), rtol=1e-10, atol=1e-12)
    for g, want in zip(first, grads, strict=True):
        np.testing.assert_allclose(g.numpy(), want.detach().numpy(), rtol=1e-9, atol=1e-11)
    norm = sum((g * g).sum() for g in grads)
    if norm.requires_grad:
        seconds = torch.autograd.grad(norm, leaves, materialize_grads=True, allow_unused=True)
    else:
        seconds = [torch.zeros_like(leaf) for leaf in leaves]
    for g, want in zip(second, seconds, strict=True):
        np.testing.assert_allclose(g.numpy(), want.numpy(), rtol=1e-8, atol=1e-10)


@settings(max_examples=25)
@given(programs(), st.integers(0, 2**16))
def test_the_vectorized_jacobian_is_the_loop_and_sums_to_the_gradient(program, seed):
    shapes, steps = program
    random = np.random.RandomState(seed)
    variables = [tf.Variable(random.uniform(-1.5, 1.5, shape)) for shape in shapes]
    with tf.GradientTape(persistent=True) as tape:
        y = run(steps, variables, 0)[-1]
    fast = tape.jacobian(y, variables, unconnected_gradients="zero")
    slow = tape.jacobian(y, variables, unconnected_gradients="zero", experimental_use_pfor=False)
    grads = tape.gradient(y, variables, unconnected_gradients="zero")
    for a, b, g, shape in zip(fast, slow, grads, shapes, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-10, atol=1e-12)
        total = a.numpy().reshape(-1, *shape).sum(axis=0)
        np.testing.assert_allclose(total, g.numpy(), rtol=1e-9, atol=1e-11)


def test_order_five(device):
    x = tf.Variable(0.7, dtype=tf.float64)

    def derivative(order):
        if order == 0:
            return tf.sin(x) * x
        with tf.GradientTape() as tape:
            y = derivative(order - 1)
        return tape.gradient(y, x)

    # (x sin x)''''' = 5 sin x + x cos x
    np.testing.assert_allclose(derivative(5).numpy(), 5 * np.sin(0.7) + 0.7 * np.cos(0.7), rtol=1e-12)
