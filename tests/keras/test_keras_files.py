"""Files that Keras on TensorFlow wrote are read here, and what is written here is a file of the same form."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

import tfcompat_tape as tf

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from keras_record import FILES, small_model, some_data  # noqa: E402

sys.path.remove(str(HERE))
RECORDED = json.loads((HERE / "data.json").read_text())["files"]


def test_a_model_that_tensorflow_trained_goes_on_here() -> None:
    x, y = some_data()
    model = tf.keras.models.load_model(FILES / "small.keras")
    np.testing.assert_allclose(model.predict(x, verbose=0), RECORDED["predicted"], rtol=1e-5, atol=1e-6)
    history = model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0).history
    for name, values in RECORDED["history"].items():
        np.testing.assert_allclose(history[name], values, rtol=1e-5, err_msg=name)


def test_weights_that_tensorflow_wrote() -> None:
    x, _ = some_data()
    model = small_model(tf)
    model.load_weights(FILES / "small.weights.h5")
    np.testing.assert_allclose(model.predict(x, verbose=0), RECORDED["predicted"], rtol=1e-5, atol=1e-6)


def listing(file: h5py.File) -> dict[str, tuple[object, ...]]:
    """The arrays in a file: their shapes and dtypes."""
    found: dict[str, tuple[object, ...]] = {}

    def note(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = item.shape, item.dtype.name

    file.visititems(note)
    return found


def without_ids(config: bytes) -> object:
    """A configuration without numbers of objects in memory."""

    def strip(pairs: list[tuple[str, object]]) -> dict[str, object]:
        return {name: value for name, value in pairs if name != "shared_object_id"}

    found: object = json.loads(config, object_pairs_hook=strip)
    return found


def test_files_have_the_form_of_those_that_tensorflow_writes(tmp_path: Path) -> None:
    x, y = some_data()
    model = small_model(tf)
    model.fit(x, y, batch_size=8, verbose=0)
    model.save(tmp_path / "small.keras")
    model.save_weights(tmp_path / "small.weights.h5")
    with (
        h5py.File(FILES / "small.weights.h5") as theirs,
        h5py.File(tmp_path / "small.weights.h5") as ours,
    ):
        assert listing(ours) == listing(theirs)
    with zipfile.ZipFile(FILES / "small.keras") as theirs, zipfile.ZipFile(tmp_path / "small.keras") as ours:
        assert sorted(ours.namelist()) == sorted(theirs.namelist())
        assert without_ids(ours.read("config.json")) == without_ids(theirs.read("config.json"))


def test_weights_of_another_model() -> None:
    inputs = tf.keras.Input((5, 3))
    other = tf.keras.Model(inputs, tf.keras.layers.Dense(2)(inputs))
    with pytest.raises(ValueError, match="could not be loaded"):
        other.load_weights(FILES / "small.weights.h5")
