"""Foolbox's attacks on a small Keras model: which examples fooled it, and by how much they were changed."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable
from typing import Any

import foolbox
import numpy as np
import tensorflow as tf
from foolbox import attacks

TOLERANCE = 1e-4


def seed() -> None:
    np.random.seed(0)
    random.seed(0)
    tf.random.set_seed(0)


def model_and_images() -> tuple[Any, Any]:
    draw = np.random.RandomState(0)
    layers = tf.keras.layers
    net = tf.keras.Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(5),
        ]
    )
    net.set_weights([draw.normal(0, 0.4, w.shape).astype("float32") for w in net.get_weights()])
    scale = {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.2]}
    model = foolbox.TensorFlowModel(net, bounds=(0, 1), preprocessing=scale)
    return model, tf.constant(draw.rand(6, 8, 8, 3).astype("float32"))


def made(kind: type) -> Any:
    """The attack in a short form: few steps."""
    if kind is attacks.SpatialAttack:
        return kind(max_translation=1, num_translations=2, max_rotation=5, num_rotations=2)
    takes = inspect.signature(kind.__init__).parameters
    short = {
        "steps": {"BoundaryAttack": 20, "GenAttack": 3}.get(kind.__name__, 6),
        "max_iterations": 6,
        "binary_search_steps": 2,
    }
    options: dict[str, Any] = {name: value for name, value in short.items() if name in takes}
    if "init_attack" in takes:
        options["init_attack"] = attacks.LinearSearchBlendedUniformNoiseAttack(steps=5)
    if "distance" in takes and takes["distance"].default is inspect.Parameter.empty:
        options["distance"] = foolbox.distances.l2
    if kind is attacks.HopSkipJumpAttack:
        options |= {"initial_gradient_eval_steps": 5, "max_gradient_eval_steps": 5}
    if kind is attacks.DatasetAttack:
        options = {}
    return kind(**options)


def program(kind: type) -> Callable[[], list[Any]]:
    def run() -> list[Any]:
        model, images = model_and_images()
        labels = tf.argmax(model(images), -1)
        attack = made(kind)
        if hasattr(attack, "feed"):
            attack.feed(model, images)
        criterion: Any = foolbox.criteria.Misclassification(labels)
        if kind is attacks.GenAttack:
            criterion = foolbox.criteria.TargetedMisclassification((labels + 1) % 5)
        _, clipped, fooled = attack(model, images, criterion, epsilons=[0.3])
        changes = tf.reduce_sum(tf.abs(clipped[0] - images), axis=[1, 2, 3])
        return [changes.numpy().tolist(), np.asarray(fooled).astype(int).tolist()]

    return run


def kinds() -> dict[str, type]:
    """Each kind of attack once: some have several names, and some are bases of others."""
    found: dict[str, type] = {}
    for name in sorted(dir(attacks)):
        kind = getattr(attacks, name)
        attack = isinstance(kind, type) and issubclass(kind, foolbox.attacks.base.Attack)
        base = name.startswith(("FixedEps", "MinimizationAttack", "Attack"))
        if attack and not inspect.isabstract(kind) and not base and kind not in found.values():
            found[name] = kind
    return found


PROGRAMS = {name: program(kind) for name, kind in kinds().items()}
