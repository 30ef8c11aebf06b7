"""`tf.summary.scalar` and its like are TensorBoard's own functions, which write by way of `tf.summary.write`.

They are those of the published package (the extra `tensorboard`), and run on this library as their `tensorflow`.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from tfcompat_tape.core.tensor import Tensor

_PACKAGE = __package__.partition(".")[0]


class TBNotInstalledError(Exception):
    """TensorBoard's package, which the function belongs to, is not installed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"TensorBoard is not installed, missing implementation for tf.summary.{name}: "
            "pip install 'tfcompat_tape[tensorboard]'"
        )


def scalar(name: Any, data: Any, step: Any = None, description: Any = None) -> Tensor:
    """Write a number.

    Args:
      name: of the summary; scopes that it stands in come before it.
      data: a real number, or a scalar Tensor; written as float32.
      step: an integer, or an int64 Tensor or Variable; that of `set_step` if None.
      description: text that TensorBoard shows beside it.

    Returns: a boolean Tensor, whether it was written.

    Raises:
      TBNotInstalledError: the package `tensorboard` is not there.
      ValueError: there is a writer and no step, or `data` is no scalar.

    Source: `tf.summary.scalar`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> with tf.summary.create_file_writer(tempfile.mkdtemp()).as_default():
    ...     written = tf.summary.scalar("loss", 0.5, step=0)
    """
    return _function("scalar")(name=name, data=data, step=step, description=description)


def histogram(name: Any, data: Any, step: Any = None, buckets: Any = None, description: Any = None) -> Tensor:
    """Write how many elements of a tensor lie in each of some buckets, 30 by default.

    data: a Tensor of any shape, as float64. Otherwise as `tf.summary.scalar`. Source: `tf.summary.histogram`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> with tf.summary.create_file_writer(tempfile.mkdtemp()).as_default():
    ...     written = tf.summary.histogram("weights", tf.linspace(0.0, 1.0, 100), step=0)
    """
    return _function("histogram")(name=name, data=data, step=step, buckets=buckets, description=description)


def image(name: Any, data: Any, step: Any = None, max_outputs: Any = 3, description: Any = None) -> Tensor:
    """Write images, as PNG.

    data: (images, height, width, channels), one to four channels, floats in [0, 1] or integers. max_outputs: how many
    at most. Otherwise as `tf.summary.scalar`; UnimplementedError without the extra `image`. Source: `tf.summary.image`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> with tf.summary.create_file_writer(tempfile.mkdtemp()).as_default():
    ...     written = tf.summary.image("faces", tf.zeros([1, 8, 8, 3]), step=0)
    """
    return _function("image")(
        name=name, data=data, step=step, max_outputs=max_outputs, description=description
    )


def text(name: Any, data: Any, step: Any = None, description: Any = None) -> Tensor:
    """Write strings, which TensorBoard shows as Markdown; those of rank 1 and 2 as tables.

    data: a string Tensor. Otherwise as `tf.summary.scalar`. Source: `tf.summary.text`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> with tf.summary.create_file_writer(tempfile.mkdtemp()).as_default():
    ...     written = tf.summary.text("notes", "*first* try", step=0)
    """
    return _function("text")(name=name, data=data, step=step, description=description)


def audio(
    name: Any,
    data: Any,
    sample_rate: Any,
    step: Any = None,
    max_outputs: Any = 3,
    encoding: Any = None,
    description: Any = None,
) -> Tensor:
    """Write sound, as WAV.

    data: (clips, frames, channels), float32 in [-1, 1]. sample_rate: frames per second. max_outputs: how many clips at
    most. encoding: "wav". Otherwise as `tf.summary.scalar`. Source: `tf.summary.audio`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> with tf.summary.create_file_writer(tempfile.mkdtemp()).as_default():
    ...     written = tf.summary.audio("beep", tf.zeros([1, 800, 1]), 8000, step=0)
    """
    return _function("audio")(
        name=name,
        data=data,
        sample_rate=sample_rate,
        step=step,
        max_outputs=max_outputs,
        encoding=encoding,
        description=description,
    )


def _function(name: str) -> Any:
    """TensorBoard's function of this name."""
    try:
        found = importlib.import_module(f"tensorboard.plugins.{name}.summary_v2")
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] != "tensorboard":
            raise
        raise TBNotInstalledError(name) from None
    _bind()
    return getattr(found, name)


def _bind() -> None:
    """See to it that the TensorFlow of TensorBoard's functions is this library.

    TensorBoard looks for it once in a process, by `import tensorflow`, when it is first needed.

    Raises:
      RuntimeError: in this process it has found a real TensorFlow.
    """
    from tensorboard import compat

    mine = sys.modules[_PACKAGE]
    if vars(compat.tf2).get("Variable") is mine.Variable:
        return
    present = sys.modules.get("tensorflow")
    sys.modules["tensorflow"] = mine
    try:
        found = getattr(compat.tf2, "Variable", None)  # this is what makes it look
    except ImportError:  # it has looked for a TensorFlow before there was any, and has a few names of its own
        found = None
    finally:
        if present is None:
            del sys.modules["tensorflow"]
        else:
            sys.modules["tensorflow"] = present
    if found is None:
        vars(compat.tf2).update({name: getattr(mine, name) for name in _NAMES})
    elif found is not mine.Variable:
        raise RuntimeError(
            "TensorBoard works with a real TensorFlow in this process, whose tensors are not those of this library: "
            "do not import tensorflow beside it."
        )


# What TensorBoard's functions for summaries use.
_NAMES = (
    "Variable",
    "as_string",
    "audio",
    "cast",
    "compat",
    "concat",
    "cond",
    "constant",
    "convert_to_tensor",
    "debugging",
    "equal",
    "executing_eagerly",
    "fill",
    "float32",
    "float64",
    "floor",
    "function",
    "image",
    "int32",
    "io",
    "less_equal",
    "linspace",
    "logical_or",
    "map_fn",
    "math",
    "maximum",
    "minimum",
    "name_scope",
    "nest",
    "one_hot",
    "reduce_max",
    "reduce_min",
    "reduce_sum",
    "register_tensor_conversion_function",
    "reshape",
    "shape",
    "size",
    "stack",
    "stop_gradient",
    "string",
    "summary",
    "tile",
    "transpose",
    "uint8",
    "zeros",
)
