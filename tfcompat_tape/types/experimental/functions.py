"""What functions under `tf.function` are instances of."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from typing import Any

from tfcompat_tape.tracing.concrete_function import ConcreteFunction as _Concrete
from tfcompat_tape.tracing.function import Function as _Function
from tfcompat_tape.tracing.function_type import FunctionType


class Callable(metaclass=ABCMeta):
    """Functions of Tensors: `tf.function`s, and those for arguments of one kind.

    Source: `tf.types.experimental.Callable`.

    >>> import tfcompat_tape as tf
    >>> isinstance(tf.function(lambda x: x), tf.types.experimental.Callable)
    True
    """

    @property
    @abstractmethod
    def function_type(self) -> FunctionType:
        """The parameters and the result."""

    @abstractmethod
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The result for these arguments."""


class AtomicFunction(Callable):
    """A function without captured values; there are none here. Source: `tf.types.experimental.AtomicFunction`."""


class ConcreteFunction(Callable):
    """A function for arguments of one kind. Source: `tf.types.experimental.ConcreteFunction`.

    >>> import tfcompat_tape as tf
    >>> concrete = tf.function(lambda x: x).get_concrete_function(tf.TensorSpec([], tf.float32))
    >>> isinstance(concrete, tf.types.experimental.ConcreteFunction)
    True
    """

    @property
    @abstractmethod
    def inference_fn(self) -> AtomicFunction:
        """The function without captured values."""


class PolymorphicFunction(Callable):
    """A `tf.function`. Source: `tf.types.experimental.PolymorphicFunction`.

    >>> import tfcompat_tape as tf
    >>> isinstance(tf.function(lambda x: x), tf.types.experimental.PolymorphicFunction)
    True
    """

    @abstractmethod
    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The function for arguments of one kind."""


GenericFunction = PolymorphicFunction

PolymorphicFunction.register(_Function)
ConcreteFunction.register(_Concrete)
