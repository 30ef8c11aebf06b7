"""The gradients: how a rectifier passes back a cotangent that is not to be a derivative but a picture.

They are made of ops that have gradients, so that maps can be differentiated in turn.
"""

from typing import Any

import tfcompat_tape as tf


def guided(op: Any, dy: Any) -> Any:
    """Guided backpropagation: what is positive on the way back goes where the feature was positive on the way there."""
    return tf.where(op.inputs[0] > 0, tf.nn.relu(dy), tf.zeros_like(dy))


def guided_below_six(op: Any, dy: Any) -> Any:
    """The same for `Relu6`, whose slope is zero above 6 as well."""
    x = op.inputs[0]
    return tf.where((x > 0) & (x < 6), tf.nn.relu(dy), tf.zeros_like(dy))


def deconv(op: Any, dy: Any) -> Any:
    """The deconvnet: the rectifier is applied to the cotangent, whatever the feature was."""
    return tf.nn.relu(dy)
