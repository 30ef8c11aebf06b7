"""Whole programs, as their users write them: Keras's `fit`, a loop of one's own, GPflow, DeepXDE.

Each function takes how the step runs ("eager", "function" or "compiled") and returns how many steps a run has, and the
run, which gives a loss. `import tensorflow` is whatever the process has made of it; under Keras's torch backend the
Keras programs run on torch.
"""

from __future__ import annotations

import importlib
import os
import random
from collections.abc import Callable
from typing import Any

import numpy as np

Program = tuple[int, Callable[[], float]]


def _mlp(keras: Any) -> Any:
    dense = keras.layers.Dense
    return keras.Sequential(
        [keras.Input((64,)), dense(128, activation="relu"), dense(128, activation="relu"), dense(10)]
    )


def _convnet(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )


def _data(shape: tuple[int, ...], count: int) -> tuple[Any, Any]:
    draw = np.random.RandomState(0)
    return draw.standard_normal((count, *shape)).astype("float32"), draw.randint(0, 10, count)


def _fit(build: Callable[[Any], Any], batch: int, steps: int, mode: str) -> Program:
    import keras

    keras.utils.set_random_seed(1)
    model = build(keras)
    model.compile(
        keras.optimizers.Adam(1e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        run_eagerly=mode == "eager",
        jit_compile=mode == "compiled",
    )
    x, y = _data(model.input_shape[1:], batch * steps)

    def run() -> float:
        return float(model.fit(x, y, batch_size=batch, verbose=0).history["loss"][-1])

    return steps, run


def mlp_32(mode: str) -> Program:
    """`fit` of an MLP, batches of 32"""
    return _fit(_mlp, 32, 64, mode)


def mlp_256(mode: str) -> Program:
    """`fit` of an MLP, batches of 256"""
    return _fit(_mlp, 256, 32, mode)


def conv_32(mode: str) -> Program:
    """`fit` of a conv net, batches of 32"""
    return _fit(_convnet, 32, 32, mode)


def conv_256(mode: str) -> Program:
    """`fit` of a conv net, batches of 256"""
    return _fit(_convnet, 256, 8, mode)


def loop(mode: str) -> Program:
    """A loop with a tape and Keras's Adam, the MLP, 32"""
    import keras

    keras.utils.set_random_seed(1)
    model = _mlp(keras)
    measure = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(model.trainable_variables)
    x, y = _data((64,), 32)
    if keras.backend.backend() == "torch":
        step = _torch_step(model, measure, optimizer)
    else:
        import tensorflow as tf

        def plain_step(x: Any, y: Any) -> Any:
            with tf.GradientTape() as tape:
                loss = measure(y, model(x, training=True))
            grads = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(grads, model.trainable_variables, strict=True))
            return loss

        step = _wrapped(tf, plain_step, mode)
    x, y = keras.ops.convert_to_tensor(x), keras.ops.convert_to_tensor(y)
    return 32, lambda: float([step(x, y) for _ in range(32)][-1])


def _torch_step(model: Any, measure: Any, optimizer: Any) -> Callable[[Any, Any], Any]:
    """The step as Keras's guide writes it for torch."""
    import torch

    def step(x: Any, y: Any) -> Any:
        loss = measure(y, model(x, training=True))
        model.zero_grad()
        loss.backward()
        grads = [v.value.grad for v in model.trainable_weights]
        with torch.no_grad():
            optimizer.apply(grads, model.trainable_weights)
        return loss.detach()

    return step


def _wrapped(tf: Any, step: Callable[..., Any], mode: str) -> Callable[..., Any]:
    if mode == "eager":
        return step
    wrapped: Callable[..., Any] = tf.function(step, jit_compile=mode == "compiled")
    return wrapped


def gpflow(mode: str) -> Program:
    """GPflow: gradient steps of a regression on 100 points"""
    import gpflow as library
    import tensorflow as tf

    draw = np.random.RandomState(0)
    x = draw.rand(100, 1)
    y = np.sin(6 * x) + 0.1 * draw.randn(100, 1)
    model = library.models.GPR((x, y), library.kernels.SquaredExponential())
    variables = model.trainable_variables

    def plain_step() -> Any:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            loss = model.training_loss()
        for variable, grad in zip(variables, tape.gradient(loss, variables), strict=True):
            variable.assign_sub(1e-4 * grad)
        return loss

    step = _wrapped(tf, plain_step, mode)
    return 16, lambda: float([step() for _ in range(16)][-1])


def deepxde(mode: str) -> Program:
    """DeepXDE: steps of Burgers' equation (no eager ones: it calls tf.gradients)"""
    os.environ["DDE_BACKEND"] = "tensorflow"
    random.seed(1)  # its initializers draw their seed where it is imported
    import deepxde as dde
    import tensorflow as tf

    tf.config.run_functions_eagerly(mode == "eager")
    importlib.import_module("deepxde.config").xla_jit = mode == "compiled"
    dde.config.set_random_seed(1)

    def equation(x: Any, y: Any) -> Any:
        dy_x = dde.grad.jacobian(y, x, i=0, j=0)
        dy_t = dde.grad.jacobian(y, x, i=0, j=1)
        return dy_t + y * dy_x - 0.01 / np.pi * dde.grad.hessian(y, x, i=0, j=0)

    domain = dde.geometry.GeometryXTime(dde.geometry.Interval(-1, 1), dde.geometry.TimeDomain(0, 0.99))
    edge = dde.icbc.DirichletBC(domain, lambda x: 0, lambda _, on_boundary: on_boundary)
    begin = dde.icbc.IC(domain, lambda x: -np.sin(np.pi * x[:, 0:1]), lambda _, on_initial: on_initial)
    data = dde.data.TimePDE(
        domain, equation, [edge, begin], num_domain=2540, num_boundary=80, num_initial=160,
        train_distribution="pseudo",
    )  # fmt: skip
    model = dde.Model(data, dde.nn.FNN([2, 20, 20, 20, 1], "tanh", "Glorot normal"))
    model.compile("adam", lr=1e-3, verbose=0)
    x, y, auxiliary = model.data.train_next_batch()

    def run() -> float:
        for _ in range(8):
            model._train_step(x, y, auxiliary)
        return float(np.sum(model._outputs_losses(True, x, y, auxiliary)[1]))

    return 8, run


PROGRAMS = {
    function.__name__: function for function in (mlp_32, mlp_256, conv_32, conv_256, loop, gpflow, deepxde)
}
