"""How `tf.keras` is loaded: on first use, whole, with clear words where it cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tfcompat_tape as tf

ROOT = Path(tf.__file__).parent.parent


def python(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own."""
    given = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    given.update(PYTHONPATH=str(ROOT), **environ)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=given, check=False
    )


def test_it_is_keras_with_its_tensorflow_backend() -> None:
    import keras

    assert tf.keras.layers.Dense is keras.layers.Dense
    assert keras.backend.backend() == "tensorflow"


def test_imports() -> None:
    import tensorflow.keras.layers as layers
    from tensorflow import keras
    from tensorflow.keras.optimizers import Adam

    assert layers is tf.keras.layers and keras is tf.keras and Adam is tf.keras.optimizers.Adam
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'tensorflow.keras.no_such'"):
        import tensorflow.keras.no_such  # noqa: F401


def test_lazy_and_the_other_order() -> None:
    done = python(
        "import sys, tfcompat_tape as tf\n"
        "assert not any(name.partition('.')[0] in ('keras', 'tensorflow', 'h5py') for name in sys.modules)\n"
        "tf.install()\n"
        "import keras, tensorflow\n"
        "print(keras.backend.backend(), tensorflow.keras.Model is keras.Model)"
    )
    assert done.stdout == "tensorflow True\n", done.stderr


def test_a_backend_that_there_is_not() -> None:
    done = python("import tfcompat_tape as tf; tf.keras", KERAS_BACKEND="tensorflw")
    assert "ImportError: tf.keras: KERAS_BACKEND is 'tensorflw', which is no backend of Keras." in done.stderr


def test_without_keras() -> None:
    done = python("import sys; sys.modules['keras'] = None\nimport tfcompat_tape as tf; tf.keras")
    assert "ImportError: tf.keras is the published Keras 3, which is not installed" in done.stderr
    assert "pip install 'tfcompat_tape[keras]'" in done.stderr.splitlines()[-1]


def test_models_may_be_compiled() -> None:
    model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=True)
    assert model.jit_compile
    from tensorflow.python.framework.config import disable_op_determinism, is_op_determinism_enabled

    tf.config.experimental.enable_op_determinism()
    assert is_op_determinism_enabled()
    disable_op_determinism()
    assert not is_op_determinism_enabled()
