"""A model that goes on where another process stopped: ``python tests/keras/continued_record.py here|tensorflow``.

Run it with this library first ("here": a model is trained a little, and written as a checkpoint, as weights and as a
whole), then with a Python that has tensorflow 2.21: it goes on from these files, trains and writes a checkpoint of its
own, and keeps in continued.json to which losses that led. test_keras_continued.py reads all that.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

FILES = Path(__file__).parent / "files" / "continued"


def made(tf: Any) -> tuple[Any, Any]:
    """A compiled model, and a checkpoint of it with its optimizer and a count."""
    keras = tf.keras
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.Adam(0.02), "mse")
    model.optimizer.build(model.trainable_variables)
    return model, tf.train.Checkpoint(
        model=model, optimizer=model.optimizer, count=tf.Variable(0, dtype=tf.int64)
    )


def trained(model: Any, epochs: int) -> list[float]:
    x = np.random.RandomState(5).uniform(-1, 1, (16, 3)).astype("float32")
    y = x.sum(1, keepdims=True)
    return [float(v) for v in model.fit(x, y, 8, epochs, shuffle=False, verbose=0).history["loss"]]


def write(tf: Any, name: str, seed: int) -> list[float]:
    """Train a model and write it in all forms; the losses to which it goes on."""
    tf.keras.utils.set_random_seed(seed)
    model, checkpoint = made(tf)
    trained(model, 3)
    checkpoint.count.assign(7)
    checkpoint.write(str(FILES / name))
    model.save_weights(FILES / f"{name}.weights.h5")
    model.save(FILES / f"{name}.keras")
    return trained(model, 4)


def read(tf: Any, name: str) -> dict[str, list[float]]:
    """The losses to which the files lead."""
    model, checkpoint = made(tf)
    checkpoint.read(str(FILES / name)).assert_consumed()
    assert int(checkpoint.count) == 7
    found = {"checkpoint": trained(model, 4)}
    model, _ = made(tf)
    model.load_weights(FILES / f"{name}.weights.h5")
    found["weights"] = trained(model, 4)
    found["keras"] = trained(tf.keras.models.load_model(FILES / f"{name}.keras"), 4)
    return found


def main() -> None:
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", KERAS_BACKEND="tensorflow")
    FILES.mkdir(exist_ok=True, parents=True)
    if sys.argv[1] == "here":
        import tfcompat_tape as tf

        print(write(tf, "here", 1))
        return
    import tensorflow as tf

    found = {"of here": read(tf, "here"), "of its own": write(tf, "theirs", 2)}
    (FILES / "continued.json").write_text(json.dumps(found) + "\n")
    print(found)


if __name__ == "__main__":
    main()
