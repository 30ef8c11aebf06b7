"""`Model.export` writes functions that are loaded here."""

from __future__ import annotations

from pathlib import Path

import numpy as np

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
