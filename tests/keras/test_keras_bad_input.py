"""Files that are none, a training that is interrupted, a disk that is full, a backend that there is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf

ROOT = Path(tf.__file__).parent.parent


def some_model() -> Any:
    tf.keras.utils.set_random_seed(1)
    model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(4), tf.keras.layers.Dense(1)])
    model.compile(tf.keras.optimizers.Adam(0.1), "mse")
    return model


def some_data() -> tuple[Any, Any]:
    x = np.random.RandomState(5).uniform(-1, 1, (64, 3)).astype("float32")
    return x, x.sum(1, keepdims=True)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 and no more"])
def test_a_file_that_is_no_zip(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(content)
    with pytest.raises((ValueError, OSError), match=r"model\.keras"):
        tf.keras.models.load_model(path)


@pytest.mark.parametrize("eagerly", [False, True])
def test_an_interrupted_fit_has_the_weights_of_a_whole_step(eagerly: bool) -> None:
    model = some_model()
    model.compile(tf.keras.optimizers.Adam(0.1), "mse", run_eagerly=eagerly)
    x, y = some_data()
    model.fit(x, y, batch_size=8, shuffle=False, verbose=0)
    states: list[list[Any]] = []

    def keep(batch: int, logs: Any) -> None:
        states.append(model.get_weights())
        if batch == 4:
            signal.raise_signal(signal.SIGINT)

    after = tf.keras.callbacks.LambdaCallback(on_train_batch_end=keep)
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, batch_size=8, shuffle=False, verbose=0, callbacks=[after])
    assert len(states) == 5
    for value, kept in zip(model.get_weights(), states[-1], strict=True):
        np.testing.assert_array_equal(value, kept)
    assert int(model.optimizer.iterations) == 8 + 5
    model.fit(x, y, batch_size=8, shuffle=False, verbose=0)
    assert int(model.optimizer.iterations) == 8 + 5 + 8


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    code = f"""
import resource, signal
import numpy as np
import tfcompat_tape as tf
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
model = tf.keras.Sequential([tf.keras.Input((64,)), tf.keras.layers.Dense(256)])
checkpoint = tf.train.Checkpoint(model=model)
place = {str(tmp_path / "checkpoint")!r}
checkpoint.write(place)
kept = model.get_weights()
model.set_weights([w + 1 for w in kept])
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
for save in (lambda: model.save({str(tmp_path / "m.keras")!r}), lambda: checkpoint.write(place)):
    try:
        save()
    except Exception as error:
        print(isinstance(error, (OSError, tf.errors.OpError)), type(error).__name__)
checkpoint.read(place).assert_consumed()
print(all((a == b).all() for a, b in zip(kept, model.get_weights())))
"""
    given = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=given, check=False
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 3 and all(line.startswith("True") for line in lines), (
        done.stdout + done.stderr[-2000:]
    )


def test_import_keras_with_a_backend_that_there_is_not() -> None:
    given = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "tensorflw"}
    code = "import tfcompat_tape; tfcompat_tape.install(); import keras"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=given, check=False
    )
    assert done.returncode == 1 and "tensorflw" in done.stderr.splitlines()[-1]
