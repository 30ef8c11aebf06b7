"""``tf.types.experimental``: classes for `isinstance`, and the type of what becomes a Tensor."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.types.experimental.functions import (
    AtomicFunction,
    Callable,
    ConcreteFunction,
    FunctionType,
    GenericFunction,
    PolymorphicFunction,
)
from tfcompat_tape.types.experimental.values import SupportsTracingProtocol, TensorLike, TraceType

__all__ = [
    "AtomicFunction",
    "Callable",
    "ConcreteFunction",
    "FunctionType",
    "GenericFunction",
    "PolymorphicFunction",
    "SupportsTracingProtocol",
    "TensorLike",
    "TraceType",
]

__getattr__ = namespace(
    globals(),
    "tf.types.experimental",
    later={"distributed": "tfcompat_tape.types.experimental.distributed"},
)
