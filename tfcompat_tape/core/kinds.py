"""What counts as a tensor: the base of Tensor, of Variable, and of the classes of others that say so."""

from __future__ import annotations


class TensorType:
    """The base of every class whose objects are tensors: Tensor, Variable, a library's own variables.

    An object of a subclass is a tensor to `tf.is_tensor`. What it is worth, its `__tf_tensor__(dtype, name)` says.
    Source: `tf.__internal__.types.Tensor`.
    """

    __slots__ = ()


TensorType.__name__ = TensorType.__qualname__ = "Tensor"
TensorType.__module__ = "tensorflow.python.types.core"


def acts_as_variable(value: object) -> bool:
    """Whether an object stands for the Variable that its `handle` is of, as Keras's variables do.

    As in TensorFlow it is the attribute that says so, whatever its value.
    """
    return hasattr(value, "_should_act_as_resource_variable")
