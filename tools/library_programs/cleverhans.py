"""CleverHans's attacks (`cleverhans.tf2.attacks`) on a small Keras model: the examples that they find."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from cleverhans.tf2.attacks.basic_iterative_method import basic_iterative_method
from cleverhans.tf2.attacks.carlini_wagner_l2 import carlini_wagner_l2
from cleverhans.tf2.attacks.fast_gradient_method import fast_gradient_method
from cleverhans.tf2.attacks.madry_et_al import madry_et_al
from cleverhans.tf2.attacks.momentum_iterative_method import momentum_iterative_method
from cleverhans.tf2.attacks.projected_gradient_descent import projected_gradient_descent
from cleverhans.tf2.attacks.spsa import spsa

TOLERANCE = 1e-4
BOX: dict[str, Any] = {"clip_min": 0.0, "clip_max": 1.0}
STEPS: dict[str, Any] = {"eps": 0.2, "eps_iter": 0.05, "nb_iter": 5, **BOX}


def seed() -> None:
    random.seed(1)
    np.random.seed(1)
    tf.keras.utils.set_random_seed(1)


def model_and_images() -> tuple[Any, Any]:
    draw = np.random.RandomState(0)
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(5),
        ]
    )
    model.set_weights([draw.normal(0, 0.5, w.shape).astype("float32") for w in model.get_weights()])
    return model, draw.rand(4, 8, 8, 1).astype("float32")


def program(attack: Callable[[Any, Any], Any]) -> Callable[[], list[float]]:
    """A program that gives the images that an attack on the model finds."""

    def run() -> list[float]:
        return [float(value) for value in np.ravel(attack(*model_and_images()))]

    return run


def labels(model: Any, images: Any) -> Any:
    return tf.argmax(model(images), axis=-1)


ATTACKS: dict[str, Callable[[Any, Any], Any]] = {
    "fast_gradient_inf": lambda model, x: fast_gradient_method(model, x, 0.2, np.inf, **BOX),
    "fast_gradient_2": lambda model, x: fast_gradient_method(model, x, 0.5, 2, **BOX),
    "fast_gradient_1": lambda model, x: fast_gradient_method(model, x, 2.0, 1, **BOX),
    "fast_gradient_targeted": lambda model, x: fast_gradient_method(
        model, x, 0.2, np.inf, y=np.array([1, 2, 3, 4]), targeted=True, **BOX
    ),
    "projected_gradient_inf": lambda model, x: projected_gradient_descent(model, x, norm=np.inf, **STEPS),
    "projected_gradient_2": lambda model, x: projected_gradient_descent(model, x, norm=2, **STEPS),
    "projected_gradient_sure": lambda model, x: projected_gradient_descent(
        model, x, norm=np.inf, rand_init=False, y=labels(model, x), **STEPS
    ),
    "madry": lambda model, x: madry_et_al(model, x, norm=np.inf, rand_minmax=0.2, **STEPS),
    "basic_iterative": lambda model, x: basic_iterative_method(model, x, norm=np.inf, **STEPS),
    "momentum_iterative": lambda model, x: momentum_iterative_method(model, x, **STEPS),
    "momentum_iterative_2": lambda model, x: momentum_iterative_method(
        model, x, norm=2, y=labels(model, x), **STEPS
    ),
    "carlini_wagner_l2": lambda model, x: carlini_wagner_l2(
        model, x, max_iterations=20, binary_search_steps=3, learning_rate=0.1, batch_size=4
    ),
    "carlini_wagner_l2_targeted": lambda model, x: carlini_wagner_l2(
        model, x, y=np.array([1, 2, 3, 4]), targeted=True, max_iterations=20, binary_search_steps=2,
        learning_rate=0.1, initial_const=1.0, batch_size=4,
    ),
    "spsa": lambda model, x: spsa(
        model, tf.constant(x[:1]), labels(model, x[:1]), 0.2, 3, spsa_samples=8, spsa_iters=1, **BOX
    ),
}  # fmt: skip
PROGRAMS = {name: program(attack) for name, attack in ATTACKS.items()}
