"""`Model.export` writes functions that are loaded here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf


def test_export_and_back(tmp_path: Path) -> None:
    keras = tf.keras
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [keras.Input((6, 6, 1)), keras.layers.Conv2D(2, 3, activation="relu"), keras.layers.Flatten()]
    )
    model.add(keras.layers.Dense(3))
    x = np.random.RandomState(0).standard_normal((4, 6, 6, 1)).astype("float32")
    model.export(tmp_path, verbose=False)
    loaded = tf.saved_model.load(tmp_path)
    np.testing.assert_allclose(loaded.serve(x), model(x), rtol=1e-6)
    np.testing.assert_allclose(loaded.serve(x[:1]), model(x[:1]), rtol=1e-6)
    (found,) = loaded.signatures["serving_default"](tf.constant(x)).values()
    np.testing.assert_allclose(found, model(x), rtol=1e-6)
    layer = keras.layers.TFSMLayer(tmp_path, call_endpoint="serve")
    np.testing.assert_allclose(layer(x), model(x), rtol=1e-6)
    found, wanted = [slopes(one, f, x) for one, f in ((loaded, loaded.serve), (model, model))]
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def slopes(model, function, x):
    """The gradients of the trainable variables."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(function(x) ** 2)
    return tape.gradient(loss, model.trainable_variables)


def test_attention_to_what_is_before_is_exported_for_all_lengths(tmp_path: Path) -> None:
    layers = tf.keras.layers
    x = tf.keras.Input((None, 4))
    model = tf.keras.Model(x, layers.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True))
    model.export(tmp_path, verbose=False)
    loaded = tf.saved_model.load(tmp_path)
    for length in (1, 5):
        given = tf.constant(np.random.RandomState(0).standard_normal((2, length, 4)).astype("float32"))
        np.testing.assert_allclose(loaded.serve(given), model(given), rtol=1e-5, atol=1e-6)


def test_words_are_looked_up_in_what_is_exported(tmp_path: Path) -> None:
    keras = tf.keras
    words = keras.layers.TextVectorization(max_tokens=20, output_sequence_length=4)
    words.adapt(["a b c", "b c d e"])
    model = keras.Sequential([keras.Input((), dtype="string"), words, keras.layers.Embedding(20, 3)])
    model.add(keras.layers.GlobalAveragePooling1D())
    model.add(keras.layers.Dense(1))
    model.export(tmp_path, verbose=False)
    texts = tf.constant(["a B", "e zz, b"])
    np.testing.assert_allclose(tf.saved_model.load(tmp_path).serve(texts), model(texts), rtol=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {"output_mode": "count"},
        {"output_mode": "tf_idf"},
        {"output_mode": "multi_hot", "ngrams": 2},
        {"split": "character", "output_sequence_length": 4},
    ],
    ids=["count", "tf_idf", "multi_hot", "character"],
)
def test_texts_that_are_counted_are_exported(options: dict[str, Any], tmp_path: Path) -> None:
    """TensorFlow has loaded these, and gave the same."""
    keras = tf.keras
    words = keras.layers.TextVectorization(max_tokens=12, **options)
    words.adapt(["a b c", "b c d e", "a a b"])
    model = keras.Sequential([keras.Input((), dtype="string"), words])
    model.export(tmp_path, verbose=False)
    texts = tf.constant(["a b b", "c zz", "e e e d"])
    np.testing.assert_allclose(tf.saved_model.load(tmp_path).serve(texts), model(texts), rtol=1e-6)
