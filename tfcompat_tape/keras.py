"""``tf.keras``: the published Keras, on this library as its TensorFlow.

Loading it makes `import tensorflow` mean this package in this process, as `install` does. This module gives its place
to Keras's own `keras._tf_keras.keras`, which is what `tf.keras` is in TensorFlow.
"""

import importlib
import os
import random
import sys
from types import ModuleType

from tfcompat_tape.porting.importing import install

_HOME = "keras._tf_keras.keras"
_BACKENDS = ("tensorflow", "jax", "torch", "openvino", "numpy")  # that Keras has


def _load() -> ModuleType:
    """Keras, whose backend is TensorFlow unless the user has chosen another one."""
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend not in _BACKENDS:
        raise ImportError(
            f"tf.keras: KERAS_BACKEND is {backend!r}, which is no backend of Keras. Unset it, or set it to "
            "'tensorflow': then Keras runs on tfcompat_tape."
        )
    os.environ["KERAS_BACKEND"] = backend
    install()
    # Keras draws seeds as it is loaded: in TensorFlow that is before the program has set its own.
    drawn = random.getstate()
    try:
        return importlib.import_module(_HOME)
    except ModuleNotFoundError as error:
        if error.name not in ("keras", "keras._tf_keras"):
            raise
        raise ImportError(
            "tf.keras is the published Keras 3, which is not installed: pip install 'tfcompat_tape[keras]'"
        ) from None
    finally:
        random.setstate(drawn)


sys.modules[__name__] = _load()
