"""`fit` on a dataset whose last batch is shorter: models are traced once, for any size, as with TensorFlow."""

from __future__ import annotations

import numpy as np

import tfcompat_tape as tf


def _dataset(count: int = 37) -> tf.data.Dataset:
    draw = np.random.RandomState(0)
    x, y = draw.standard_normal((count, 8)).astype("float32"), draw.randint(0, 3, count)
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(12)


def test_a_model_without_an_input_shape_is_built_for_batches_of_any_size() -> None:
    model = tf.keras.Sequential([tf.keras.layers.Dense(5, activation="relu"), tf.keras.layers.Dense(3)])
    model.compile(
        "adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"]
    )
    model.fit(_dataset(), verbose=0)
    lines: list[str] = []
    model.summary(print_fn=lambda text, **_: lines.append(text))
    text = "\n".join(lines)
    assert "(None, 5)" in text
    assert "(None, 3)" in text
    assert model.predict(_dataset(), verbose=0).shape == (37, 3)


def test_the_code_of_a_model_runs_once_for_a_dataset() -> None:
    calls = []

    class Model(tf.keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = tf.keras.layers.Dense(3)

        def call(self, x, training=False):
            calls.append((tuple(x.shape), training))
            return self.dense(tf.nn.relu(x))

    model = Model()
    model.compile("sgd", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    first = model.fit(_dataset(), epochs=2, verbose=0).history["loss"]
    # As TensorFlow has it: once to build the model, and once traced before and once after Variables are made.
    assert calls == [((None, 8), True)] * len(calls)
    assert len(calls) <= 3
    calls.clear()
    again = model.fit(_dataset(), epochs=2, verbose=0).history["loss"]
    assert calls == []
    assert again[-1] < first[0]
