"""Keras under a strategy; Keras on TensorFlow 2.21 has answered for two replicas on two logical CPUs."""

from __future__ import annotations

import os
from typing import Any

import numpy as np


def plain(x: Any) -> Any:
    """An answer as JSON says it."""
    if isinstance(x, dict):
        return {key: plain(one) for key, one in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(one) for one in x]
    return x if isinstance(x, (str, bool, int)) else [float(f"{v:.7g}") for v in np.ravel(x).astype(float)]


def weights(shapes: Any) -> Any:
    """Weights of these shapes, the same everywhere: vectors are zero, or one where they scale."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape).astype("float32") * 0.4 for shape in shapes]


def data(count: int) -> Any:
    x = np.random.default_rng(1).normal(size=(count, 6)).astype("float32")
    return x, (np.abs(x).sum(1) > 4.5).astype("int32")


def _filled(model: Any) -> Any:
    kernels = [v for v in model.trainable_variables if len(v.shape) > 1]
    for v, value in zip(kernels, weights([tuple(v.shape) for v in kernels]), strict=True):
        v.assign(value)
    return model


def fitted(tf: Any, strategy: Any, folder: str) -> Any:
    """Layers that replicas differ in, metrics, batches that do not divide, callbacks, files; and what they leave."""
    k = tf.keras
    k.utils.set_random_seed(3)
    x, y = data(29)  # the last batch has one example: the second replica has none of it
    with strategy.scope():
        model = k.Sequential(
            [
                k.Input((6,)),
                k.layers.Dense(8, activation="tanh", kernel_regularizer="l2"),
                k.layers.BatchNormalization(synchronized=True, momentum=0.5),
                k.layers.Dropout(0.3, seed=1),
                k.layers.Dense(3),
            ]
        )
        model.compile(
            k.optimizers.Adam(0.05, clipnorm=1.0),
            k.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
    _filled(model)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
    calls = k.callbacks
    history = model.fit(
        batches,
        epochs=3,
        verbose=0,
        validation_data=batches.take(3),
        callbacks=[
            calls.ModelCheckpoint(os.path.join(folder, "deep", "best.keras"), save_best_only=True),
            calls.ModelCheckpoint(os.path.join(folder, "{epoch}.weights.h5"), save_weights_only=True),
            calls.CSVLogger(os.path.join(folder, "log.csv"), append=True),
            calls.BackupAndRestore(os.path.join(folder, "backup")),
            calls.LearningRateScheduler(lambda epoch, rate: rate * 0.9),
        ],
    )
    there = model.get_weights()
    model.load_weights(os.path.join(folder, "3.weights.h5"))
    with open(os.path.join(folder, "log.csv")) as file:
        lines = [line.split(",")[0] for line in file]
    return {
        "history": history.history,
        "weights": there,
        "loaded": bool(all(np.array_equal(a, b) for a, b in zip(there, model.get_weights(), strict=True))),
        "best": k.models.load_model(os.path.join(folder, "deep", "best.keras")).count_params(),
        "evaluate": model.evaluate(batches, verbose=0),
        "predict": model.predict(batches, verbose=0),
        "log": lines,
        "files": sorted(os.listdir(folder)),
    }


def stepped(tf: Any, strategy: Any, folder: str) -> Any:
    """A `train_step` of one's own, plain batch normalization, arrays for data."""
    k = tf.keras

    class Model(k.Model):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.first = k.layers.Dense(8, activation="tanh")
            self.norm = k.layers.BatchNormalization(momentum=0.5)
            self.last = k.layers.Dense(1)
            self.mean = k.metrics.Mean(name="loss")
            self.far = k.metrics.MeanAbsoluteError(name="mae")

        def call(self, x: Any, training: bool = False) -> Any:
            return self.last(self.norm(self.first(x), training=training))

        def train_step(self, data: Any) -> Any:
            x, y = data
            with tf.GradientTape() as tape:
                found = self(x, training=True)
                loss = self.compute_loss(y=y, y_pred=found)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            self.mean.update_state(loss)
            self.far.update_state(y, found)
            return {m.name: m.result() for m in self.metrics}

    x, y = data(16)
    with strategy.scope():
        model = Model()
        model.build((None, 6))
        _filled(model)
        model.compile(k.optimizers.RMSprop(0.01), "mse")
    found = model.fit(x, y[:, None].astype("float32"), batch_size=8, epochs=2, shuffle=False, verbose=0)
    return {"history": found.history, "weights": model.get_weights()}


PROGRAMS = {"fitted": fitted, "stepped": stepped}


def workers(tf: Any, folder: str) -> Any:
    """TensorFlow's tutorial to Keras on several workers: the chief saves, the others do so beside it."""
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    x, y = data(32)
    # each worker reads all, and takes its part of each batch
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(32, seed=1).repeat().batch(8)
    with strategy.scope():
        model = _filled(
            tf.keras.Sequential(
                [
                    tf.keras.Input((6,)),
                    tf.keras.layers.Reshape((6, 1)),
                    tf.keras.layers.Conv1D(3, 3, activation="relu"),
                    tf.keras.layers.Flatten(),
                    tf.keras.layers.Dense(3),
                ]
            )
        )
        model.compile(
            loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            optimizer=tf.keras.optimizers.SGD(learning_rate=0.05),
            metrics=["accuracy"],
        )
    resolver = strategy.cluster_resolver
    task = (None, None) if resolver is None else (resolver.task_type, resolver.task_id)
    history = model.fit(dataset, epochs=2, steps_per_epoch=4, verbose=0)
    path = os.path.join(folder, "model")
    if task[1]:
        path = os.path.join(folder, f"workertemp_{task[1]}", "model")
        tf.io.gfile.makedirs(os.path.dirname(path))
    model.save(path + ".keras")
    model.save_weights(os.path.join(folder, "same.weights.h5"))  # by both to one file
    checkpoint = tf.train.Checkpoint(model=model)
    manager = tf.train.CheckpointManager(checkpoint, directory=path + "-ckpt", max_to_keep=1)
    manager.save()
    checkpoint.restore(tf.train.latest_checkpoint(manager.directory)).assert_consumed()
    loaded = tf.keras.models.load_model(path + ".keras")
    return {
        "task": task,
        "replicas": strategy.num_replicas_in_sync,
        "history": history.history,
        "weights": loaded.get_weights(),
    }
