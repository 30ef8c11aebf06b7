"""`tf.train.load_checkpoint`, `list_variables`, `load_variable`."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.checkpoint.management import checkpoint_path
from tfcompat_tape.checkpoint.reader import CheckpointReader


def load_checkpoint(ckpt_dir_or_file: Any) -> CheckpointReader:
    """The tensors of a checkpoint, or of the last one of a directory.

    Raises:
      NotFoundError: there is no such checkpoint. ValueError: a directory without checkpoints.

    Source: `tf.train.load_checkpoint`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = tf.train.Checkpoint(v=tf.Variable(1.0)).write(os.path.join(tempfile.mkdtemp(), "x"))
    >>> print(tf.train.load_checkpoint(path).get_tensor("v/.ATTRIBUTES/VARIABLE_VALUE"))
    1.0
    """
    return CheckpointReader(checkpoint_path(ckpt_dir_or_file))


def load_variable(ckpt_dir_or_file: Any, name: Any) -> Any:
    """One tensor of a checkpoint as a NumPy array.

    Raises:
      NotFoundError: there is no such checkpoint or tensor.

    Source: `tf.train.load_variable`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = tf.train.Checkpoint(v=tf.Variable(1.0)).write(os.path.join(tempfile.mkdtemp(), "x"))
    >>> print(tf.train.load_variable(path, "v/.ATTRIBUTES/VARIABLE_VALUE"))
    1.0
    """
    if isinstance(name, str) and name.endswith(":0"):
        name = name[:-2]
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name)


def list_variables(ckpt_dir_or_file: Any) -> list[tuple[str, list[int]]]:
    """The names of the tensors of a checkpoint, sorted, each with its shape.

    Raises:
      NotFoundError: there is no such checkpoint.

    Source: `tf.train.list_variables`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = tf.train.Checkpoint(v=tf.Variable([1.0, 2.0])).write(os.path.join(tempfile.mkdtemp(), "x"))
    >>> tf.train.list_variables(path)
    [('_CHECKPOINTABLE_OBJECT_GRAPH', []), ('v/.ATTRIBUTES/VARIABLE_VALUE', [2])]
    """
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())
