"""Keras 2 (`tf_keras`): models, training and saved weights."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras as keras

TOLERANCE = 1e-4
layers = keras.layers


def seed() -> None:
    random.seed(1)
    np.random.seed(1)
    keras.utils.set_random_seed(1)
    keras.backend.clear_session()


def data(*shape: int, outputs: int = 1) -> tuple[Any, Any]:
    draw = np.random.RandomState(0)
    x = draw.standard_normal((64, *shape)).astype("float32")
    return x, (x.reshape(64, -1)[:, :outputs] * 2 - 1).astype("float32")


def fitted(model: Any, x: Any, y: Any, loss: Any = "mse", **options: Any) -> list[Any]:
    """The losses of three epochs, those of an evaluation, and a few predictions."""
    model.compile(options.pop("optimizer", keras.optimizers.Adam(0.01)), loss, metrics=["mae"], **options)
    history = model.fit(x, y, epochs=3, batch_size=16, shuffle=False, verbose=0)
    after = model.evaluate(x, y, verbose=0)
    return [
        history.history["loss"],
        history.history["mae"],
        after,
        model.predict(x[:2], verbose=0).ravel().tolist(),
    ]


def sequential_dense() -> list[Any]:
    return fitted(keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1)]), *data(5))


def sequential_with_input() -> list[Any]:
    model = keras.Sequential(
        [layers.Input((5,)), layers.Dense(8, kernel_regularizer="l2"), layers.Dropout(0.0), layers.Dense(1)]
    )
    return [model.count_params(), *fitted(model, *data(5))]


def dropout() -> list[Any]:
    return fitted(keras.Sequential([layers.Dense(8), layers.Dropout(0.5), layers.Dense(1)]), *data(5))


def eager_training() -> list[Any]:
    model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1)])
    return fitted(model, *data(5), run_eagerly=True)


def sgd_with_momentum() -> list[Any]:
    model = keras.Sequential([layers.Dense(8, activation="tanh"), layers.Dense(1)])
    return fitted(model, *data(5), optimizer=keras.optimizers.SGD(0.01, momentum=0.9))


def rmsprop_schedule() -> list[Any]:
    schedule = keras.optimizers.schedules.ExponentialDecay(0.01, 4, 0.5)
    model = keras.Sequential([layers.Dense(8, activation="tanh"), layers.Dense(1)])
    return fitted(model, *data(5), optimizer=keras.optimizers.RMSprop(schedule))


def convolutions() -> list[Any]:
    model = keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", padding="same"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    return fitted(model, *data(8, 8, 1))


def lstm() -> list[Any]:
    return fitted(keras.Sequential([layers.LSTM(4), layers.Dense(1)]), *data(6, 3))


def gru_in_both_directions() -> list[Any]:
    model = keras.Sequential([layers.Bidirectional(layers.GRU(4)), layers.Dense(1)])
    return fitted(model, *data(6, 3))


def embedding_with_mask() -> list[Any]:
    words = np.random.RandomState(0).randint(0, 20, (64, 7))
    model = keras.Sequential(
        [layers.Embedding(20, 6, mask_zero=True), layers.LSTM(4), layers.Dense(1, activation="sigmoid")]
    )
    return fitted(model, words, (words.sum(1) % 2).astype("float32"), "binary_crossentropy")


def functional() -> list[Any]:
    inputs = keras.Input((5,))
    hidden = layers.Dense(8, activation="relu")(inputs)
    outputs = layers.Dense(1)(layers.concatenate([hidden, inputs]))
    return fitted(keras.Model(inputs, outputs), *data(5))


def functional_with_tf_functions() -> list[Any]:
    inputs = keras.Input((5,))
    hidden = tf.nn.relu(layers.Dense(8)(inputs)) * 2.0 + tf.reduce_mean(inputs, axis=1, keepdims=True)
    outputs = layers.Dense(1)(tf.concat([hidden, inputs[:, :2]], axis=-1))
    return fitted(keras.Model(inputs, outputs), *data(5))


def attention() -> list[Any]:
    inputs = keras.Input((6, 4))
    hidden = layers.MultiHeadAttention(2, 4)(inputs, inputs)
    hidden = layers.LayerNormalization()(hidden + inputs)
    outputs = layers.Dense(1)(layers.GlobalAveragePooling1D()(hidden))
    return fitted(keras.Model(inputs, outputs), *data(6, 4))


class Scale(layers.Layer):
    """A layer of one's own."""

    def build(self, shape: Any) -> None:
        self.scale = self.add_weight("scale", (shape[-1],), initializer="ones", trainable=True)

    def call(self, inputs: Any) -> Any:
        self.add_loss(0.01 * tf.reduce_sum(self.scale**2))
        return inputs * self.scale


def layer_of_ones_own() -> list[Any]:
    return fitted(keras.Sequential([Scale(), layers.Dense(1)]), *data(5))


class Own(keras.Model):
    """A model with a training step of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = layers.Dense(8, activation="tanh"), layers.Dense(1)

    def call(self, inputs: Any, training: Any = None) -> Any:
        return self.second(self.first(inputs))

    def train_step(self, batch: Any) -> Any:
        x, y = batch
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables, strict=True))
        self.compiled_metrics.update_state(y, self(x))
        return {metric.name: metric.result() for metric in self.metrics}


def training_step() -> list[Any]:
    return fitted(Own(), *data(5))


def loop_of_ones_own() -> list[Any]:
    model = keras.Sequential([layers.Dense(8, activation="tanh"), layers.Dense(1)])
    optimizer, losses = keras.optimizers.Adam(0.01), []
    x, y = map(tf.constant, data(5))

    @tf.function
    def step() -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.mean_squared_error(y, model(x)))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables, strict=True))
        return loss

    for _ in range(4):
        losses.append(float(step()))
    return losses


def dataset_and_callbacks() -> list[Any]:
    x, y = data(5)
    pairs = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(64, seed=1).batch(16).repeat(2)
    model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    stop = keras.callbacks.EarlyStopping(monitor="loss", patience=1)
    slower = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    history = model.fit(pairs, epochs=3, callbacks=[stop, slower], verbose=0)
    return [history.history["loss"], float(model.optimizer.learning_rate)]


def weights(name: str) -> list[Any]:
    """What a second model predicts that has read the weights of the first."""
    x, y = data(5)
    models = [
        keras.Sequential([layers.Input((5,)), layers.Dense(8, activation="relu"), layers.Dense(1)])
        for _ in range(2)
    ]
    fitted(models[0], x, y)
    with tempfile.TemporaryDirectory() as folder:
        models[0].save_weights(str(Path(folder) / name))
        models[1].load_weights(str(Path(folder) / name))
    return models[1].predict(x[:2], verbose=0).ravel().tolist()


def weights_in_h5() -> list[Any]:
    return weights("weights.h5")


def weights_in_a_checkpoint() -> list[Any]:
    return weights("weights")


def saved(name: str) -> list[Any]:
    """The losses of a model that was saved and read, and goes on."""
    x, y = data(5)
    model = keras.Sequential([layers.Input((5,)), layers.Dense(8, activation="relu"), layers.Dense(1)])
    fitted(model, x, y)
    with tempfile.TemporaryDirectory() as folder:
        model.save(str(Path(folder) / name))
        again = keras.models.load_model(str(Path(folder) / name))
    return again.fit(x, y, epochs=2, batch_size=16, shuffle=False, verbose=0).history["loss"]


def model_in_keras_format() -> list[Any]:
    return saved("model.keras")


def model_in_h5() -> list[Any]:
    return saved("model.h5")


def model_in_a_saved_model() -> list[Any]:
    return saved("model")


def configuration() -> list[Any]:
    model = keras.Sequential([layers.Input((5,)), layers.Dense(8, activation="relu"), layers.Dense(1)])
    again = keras.models.model_from_json(model.to_json())
    again.set_weights(model.get_weights())
    return again(data(5)[0][:2]).numpy().ravel().tolist()


PROGRAMS = {
    function.__name__: function
    for function in (
        sequential_dense, sequential_with_input, dropout, eager_training, sgd_with_momentum,
        rmsprop_schedule, convolutions, lstm, gru_in_both_directions, embedding_with_mask, functional,
        functional_with_tf_functions, attention, layer_of_ones_own, training_step, loop_of_ones_own,
        dataset_and_callbacks, weights_in_h5, weights_in_a_checkpoint, model_in_keras_format, model_in_h5,
        model_in_a_saved_model, configuration,
    )
}  # fmt: skip
