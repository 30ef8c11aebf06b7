"""Recurrent networks of open batch and length that are exported, here and by TensorFlow, and loaded by the other.

python tests/keras/recurrent_record.py DIRECTORY    # with this library: writes models
python tests/keras/recurrent_record.py DIRECTORY    # with a Python that has tensorflow 2.21: loads and compares them

TensorFlow must give for the models that were written here what its own networks give, values and gradients. These
answers go into files/recurrent.json, and a model that TensorFlow exports into files/recurrent.zip.
"""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

FILES = Path(__file__).parent / "files"
# What TensorFlow's model of the zip is.
THEIRS = "masked both ways"


NAMES = ("lstm", "gru", "both ways", "masked", "masked both ways")


def network(keras: Any, name: str) -> Any:
    """One of the networks, whose weights are always the same."""
    layers = keras.layers
    made = {
        "lstm": lambda: [layers.LSTM(2)],
        "gru": lambda: [layers.GRU(2, return_sequences=True), layers.Dense(1)],
        "both ways": lambda: [
            layers.Bidirectional(layers.SimpleRNN(2, return_sequences=True)),
            layers.GRU(2),
        ],
        "masked": lambda: [
            layers.Embedding(6, 2, mask_zero=True),
            layers.LSTM(2, return_sequences=True),
            layers.GRU(2),
        ],
        "masked both ways": lambda: [layers.Masking(), layers.Bidirectional(layers.LSTM(2)), layers.Dense(1)],
    }[name]()
    model = keras.Sequential([keras.Input((None,) if name == "masked" else (None, 3)), *made])
    for i, variable in enumerate(model.variables):
        values = np.sin(np.arange(np.prod(variable.shape)) * (i + 1.3)).reshape(variable.shape)
        variable.assign((0.8 * values).astype("float32"))
    return model


def examples(name: str) -> list[np.ndarray[Any, Any]]:
    """Inputs of two batches and lengths."""
    found = []
    for batch, length in ((3, 5), (2, 3)):
        values = np.cos(np.arange(batch * length * 3) * 1.7).reshape(batch, length, 3).astype("float32")
        if name == "masked":
            found.append((values[:, :, 0] > 0) * np.arange(1.0, length + 1, dtype="float32"))
            continue
        if name == "masked both ways":
            values[0, 2:] = 0.0
            values[1, :1] = 0.0
        found.append(values)
    return found


def answers(tf: Any, function: Any, variables: Any, name: str) -> list[Any]:
    """The value for each input, and for the first the gradients with respect to it and to the variables."""
    first, second = map(tf.constant, examples(name))
    with tf.GradientTape() as tape:
        tape.watch(first)
        y = function(first)
        loss = tf.reduce_sum(y * y)
    found = [y, function(second), *tape.gradient(loss, [first, *variables])]
    return [None if one is None else np.asarray(tf.convert_to_tensor(one)).tolist() for one in found]


def close(found: Any, wanted: Any) -> None:
    """Compare answers."""
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(
            np.zeros(()) if a is None else a, np.zeros(()) if b is None else b, rtol=2e-5, atol=2e-6
        )


def record(tf: Any, place: Path) -> None:
    """Load what was written here, compare it, and keep what TensorFlow's networks give, and one of them."""
    wanted = {}
    for name in NAMES:
        model = network(tf.keras, name)
        own = wanted[name] = answers(tf, model, [v.value for v in model.trainable_variables], name)
        loaded = tf.saved_model.load(str(place / name))
        close(answers(tf, loaded.serve, list(loaded.trainable_variables), name), own)
        whole = tf.saved_model.load(str(place / f"{name}, whole")).signatures["serving_default"]
        for i, example in enumerate(examples(name)):
            (y,) = whole(tf.constant(example)).values()
            close([y.numpy()], [own[i]])
        print(name, "is alike")
        if name == THEIRS:
            with tempfile.TemporaryDirectory() as folder:
                model.export(folder, verbose=False)
                with zipfile.ZipFile(FILES / "recurrent.zip", "w", zipfile.ZIP_DEFLATED) as file:
                    for path in sorted(Path(folder).rglob("*")):
                        if path.is_file() and path.name != "fingerprint.pb":
                            file.write(path, path.relative_to(folder))
    text = json.dumps(wanted)
    text = json.dumps(json.loads(text, parse_float=lambda x: float(f"{float(x):.7g}")), separators=(",", ":"))
    (FILES / "recurrent.json").write_text(text)


if __name__ == "__main__":
    place = Path(sys.argv[1])
    if find_spec("tensorflow") is not None:
        import tensorflow as tf

        record(tf, place)
    else:
        import tfcompat_tape as tf

        tf.install()
        for name in NAMES:
            model = network(tf.keras, name)
            model.export(place / name, verbose=False)
            tf.saved_model.save(model, place / f"{name}, whole")
