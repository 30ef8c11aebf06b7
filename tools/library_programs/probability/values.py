"""What a program answers as nested lists of numbers: values, shapes, dtypes, and text letter by letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

Program = Callable[[], list[Any]]
SEED = (3, 7)


def told(value: Any) -> list[Any]:
    """The numbers of a structure of tensors, numbers, text and None, each tensor after its dtype and shape."""
    if value is None:
        return [[-1]]
    if isinstance(value, str):
        return [[ord(letter) for letter in value]]
    if isinstance(value, dict):
        return [told(key) + told(value[key]) for key in sorted(value, key=str)]
    if isinstance(value, tf.TensorShape):
        return [[-2, *value.as_list()]]
    if isinstance(value, tf.DType):
        return [[-3, value.as_datatype_enum]]
    if isinstance(value, tf.Tensor | tf.Variable | np.ndarray | np.generic):
        return array(tf.convert_to_tensor(value))
    if isinstance(value, bool | int | float):
        return [[float(value)]]
    if isinstance(value, list | tuple):
        return [told(part) for part in value]
    leaves = tf.nest.flatten(value, expand_composites=True)
    if len(leaves) == 1 and leaves[0] is value:
        raise TypeError(f"no numbers in {type(value).__name__}")
    return [told(leaf) for leaf in leaves]


def array(tensor: Any) -> list[Any]:
    numbers = np.ravel(tensor.numpy())
    if numbers.dtype.kind == "c":
        numbers = np.concatenate([numbers.real, numbers.imag])
    if numbers.dtype.kind in "OSU":
        return [[*map(len, numbers)], [byte for text in numbers for byte in text]]
    head = [-4 - tensor.dtype.as_datatype_enum, *tensor.shape.as_list()]
    return [head, [float(number) for number in numbers]]


def constants(dtype: Any = tf.float32, **parameters: Any) -> dict[str, Any]:
    """Lists of fractions and NumPy arrays of them as tensors, which gradients are taken of; the rest as it is."""
    return {
        name: tf.constant(value, dtype) if np.asarray(value).dtype.kind == "f" else value
        for name, value in parameters.items()
    }


def sources(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if isinstance(value, tf.Tensor)}


def derivatives(of: Callable[..., Any], **arguments: Any) -> Any:
    """A function's value, and its gradients by name."""
    watched = sources(arguments)
    with tf.GradientTape() as tape:
        tape.watch(watched)
        value = of(**arguments)
    return value, tape.gradient(value, watched)


def modes(of: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """The same function eagerly, as a function and compiled."""
    return {"": of, ".function": tf.function(of), ".compiled": tf.function(of, jit_compile=True)}
