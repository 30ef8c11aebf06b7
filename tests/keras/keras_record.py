"""Ask Keras on the real TensorFlow, and keep its numbers: ``python tests/keras/keras_record.py [PROGRAM ...]``.

Run it with a Python that has tensorflow 2.21 and keras. It writes data.json, and files that test_keras_files.py reads.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from keras_programs import PROGRAMS

HERE = Path(__file__).parent
FILES = HERE / "files"


def plain(tf: Any, x: Any) -> Any:
    """A result as JSON has it: arrays as nested lists of numbers."""
    if isinstance(x, dict):
        return {str(key): plain(tf, value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(tf, one) for one in x]
    if isinstance(x, (str, int, type(None))):
        return x
    if isinstance(x, float):
        return float(f"{x:.9g}")
    if isinstance(x, bytes):
        return x.decode()
    array = np.asarray(x)
    if array.dtype.kind == "f" or array.dtype.name == "bfloat16":
        array = array.astype("float64")
    return plain(tf, array.tolist())


def small_model(tf: Any) -> Any:
    """A compiled model with weights of several kinds, trained a little."""
    keras = tf.keras
    inputs = keras.Input((5, 3), name="inputs")
    h = keras.layers.Conv1D(4, 2, activation="relu", name="conv")(inputs)
    h = keras.layers.BatchNormalization(name="norm")(h)
    h = keras.layers.GRU(3, name="gru")(h)
    model = keras.Model(inputs, keras.layers.Dense(1, name="head")(h), name="small")
    model.compile(keras.optimizers.Adam(0.01), keras.losses.MeanSquaredError(), metrics=["mae"])
    return model


def some_data() -> tuple[Any, Any]:
    x = np.random.RandomState(5).uniform(-1, 1, (16, 5, 3)).astype("float32")
    return x, x.sum((1, 2), keepdims=False)[:, None]


def write_files(tf: Any) -> dict[str, Any]:
    """Files of a trained model, and how TensorFlow goes on from there."""
    FILES.mkdir(exist_ok=True)
    x, y = some_data()
    tf.keras.utils.clear_session()
    tf.keras.utils.set_random_seed(1)
    model = small_model(tf)
    model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    model.save(FILES / "small.keras")
    model.save_weights(FILES / "small.weights.h5")
    predicted = model.predict(x, verbose=0)
    history = model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0).history
    return {"predicted": predicted, "history": history}


def main() -> None:
    os.environ.update(
        TF_CPP_MIN_LOG_LEVEL="3",
        CUDA_VISIBLE_DEVICES="",
        TF_ENABLE_ONEDNN_OPTS="0",
        KERAS_BACKEND="tensorflow",
    )
    import tensorflow as tf

    path = HERE / "data.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    for name in sys.argv[1:] or PROGRAMS:
        tf.keras.utils.clear_session()
        tf.keras.utils.set_random_seed(1)
        found[name] = plain(tf, PROGRAMS[name](tf))
    found["files"] = plain(tf, write_files(tf))
    lines = [
        f"{json.dumps(name)}:{json.dumps(found[name], separators=(',', ':'))}"
        for name in [*PROGRAMS, "files"]
        if name in found
    ]
    path.write_text("{" + ",\n".join(lines) + "}\n")
    print(f"{path.name}: {len(lines)} programs, {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
