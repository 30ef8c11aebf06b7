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


def _sequences() -> tf.data.Dataset:
    """Batches of all sizes, as many as the generator makes: `fit` finds the end by asking once more."""

    def elements():
        draw = np.random.RandomState(0)
        for batch, steps in ((4, 7), (4, 7), (3, 5), (4, 6), (1, 7)):
            x = draw.standard_normal((batch, steps, 3)).astype("float32")
            yield x, draw.standard_normal((batch, 1)).astype("float32")

    return tf.data.Dataset.from_generator(
        elements, output_signature=(tf.TensorSpec([None, None, 3]), tf.TensorSpec([None, 1]))
    )


def test_the_call_at_the_end_counts_as_a_step_where_the_last_batch_had_a_trace_of_its_own() -> None:
    model = tf.keras.Sequential([tf.keras.layers.GlobalAveragePooling1D(), tf.keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(_sequences(), epochs=2, verbose=0)
    assert int(model.optimizer.iterations) == 12  # of TensorFlow 2.21


def test_recurrent_layers_with_dropout_are_traced_once_and_lose_what_they_lose_in_tensorflow(caplog) -> None:
    tf.keras.utils.set_random_seed(1)
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            tf.keras.Input((None, 3)),
            layers.Bidirectional(layers.LSTM(4, return_sequences=True, dropout=0.1, recurrent_dropout=0.1)),
            layers.GRU(4, dropout=0.1, recurrent_dropout=0.1),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse")
    with caplog.at_level("INFO", "tensorflow"):
        losses = model.fit(_sequences(), epochs=3, verbose=0).history["loss"]
    # of TensorFlow 2.21
    np.testing.assert_allclose(
        losses, [0.6914265751838684, 0.7115386724472046, 0.6568660736083984], rtol=2e-5
    )
    assert "for each size" not in caplog.text
