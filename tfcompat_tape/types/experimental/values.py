"""What becomes a Tensor, and what says of which kind it is."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from typing import Any, Union

import numpy as np

from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.specs import TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing.function import Function

TensorLike = Union[  # noqa: UP007
    Tensor, Variable, int, float, bool, str, bytes, complex, tuple, list, np.ndarray, np.generic
]
"""The types of what becomes a Tensor. Source: `tf.types.experimental.TensorLike`."""


class TraceType(metaclass=ABCMeta):
    """What is known of a value before it exists: TypeSpecs. Source: `tf.types.experimental.TraceType`.

    >>> import tfcompat_tape as tf
    >>> isinstance(tf.TensorSpec([2]), tf.types.experimental.TraceType)
    True
    """

    @abstractmethod
    def is_subtype_of(self, other: Any) -> bool:
        """Whether every value of this type is one of `other`."""

    @abstractmethod
    def most_specific_common_supertype(self, others: Any) -> Any:
        """The narrowest type that all the values have."""

    @abstractmethod
    def placeholder_value(self, placeholder_context: Any) -> Any:
        """A value that stands for those of the type."""

    @abstractmethod
    def __hash__(self) -> int: ...

    @abstractmethod
    def __eq__(self, other: object) -> bool: ...


class SupportsTracingProtocol(metaclass=ABCMeta):
    """Values that say of which type they are. Source: `tf.types.experimental.SupportsTracingProtocol`.

    >>> import tfcompat_tape as tf
    >>> isinstance(tf.constant(1.0), tf.types.experimental.SupportsTracingProtocol)
    True
    """

    @abstractmethod
    def __tf_tracing_type__(self, context: Any) -> TraceType:
        """The type of the value."""

    @classmethod
    def __subclasshook__(cls, other: type) -> Any:
        return hasattr(other, "__tf_tracing_type__") or NotImplemented


TraceType.register(TypeSpec)
for _kind in (Tensor, Variable, CompositeTensor, TypeSpec, Function):
    SupportsTracingProtocol.register(_kind)
