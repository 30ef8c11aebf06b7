"""The namespace `tf.config.optimizer`."""

from tfcompat_tape.config.optimizer.settings import (
    get_experimental_options,
    get_jit,
    set_experimental_options,
    set_jit,
)
from tfcompat_tape.coverage.names import namespace

__all__ = ["get_experimental_options", "get_jit", "set_experimental_options", "set_jit"]

__getattr__ = namespace(globals(), "tf.config.optimizer")
