"""`Variable`: a value that can be replaced.

Assigning puts another torch tensor there: nothing that an op read, or that holds memory of it, ever changes, so a
gradient that is recorded stays what it is. A traced function takes the memory of the old value for the new one where
nothing else can see it (`tracing/in_place.py`).
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, NoReturn

import numpy as np
import torch

from tfcompat_tape.core import devices, dtypes, naming, reading, registry, wengert
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid, out_of_range
from tfcompat_tape.core.handles import Handle
from tfcompat_tape.core.identity import Known, known_as, picklable
from tfcompat_tape.core.kinds import TensorType
from tfcompat_tape.core.registry import INEXACT, NUMERIC
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Ref, Tensor, to_numpy, value_text
from tfcompat_tape.core.trackable import VARIABLE_VALUE, Trackable
from tfcompat_tape.core.wengert import Entry, listening, state

_handles = itertools.count().__next__


class VariableSynchronization(Enum):
    """When replicas agree on a Variable: as it is written, or as it is read. With one replica all mean the same.

    Source: `tf.VariableSynchronization`.

    >>> import tfcompat_tape as tf
    >>> tf.VariableSynchronization.AUTO.name
    'AUTO'
    """

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(Enum):
    """What becomes of the values that replicas assign to one Variable. With one replica all mean the same.

    Source: `tf.VariableAggregation`.

    >>> import tfcompat_tape as tf
    >>> tf.VariableAggregation.SUM.name
    'SUM'
    """

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3


class _Creators(threading.local):
    """The functions of the `variable_creator_scope`s that this thread is in, outermost first."""

    def __init__(self) -> None:
        self.entered: tuple[Callable[..., Any], ...] = ()


_creators = _Creators()


@contextlib.contextmanager
def variable_creator_scope(variable_creator: Callable[..., Any]) -> Iterator[None]:
    """Within this context, `tf.Variable(...)` gives what `variable_creator(next_creator, **kwargs)` returns.

    Args:
      variable_creator: gets the arguments of `tf.Variable` by name. It may call `next_creator(**kwargs)`, which asks
        the scope around this one, and in the end makes the variable.

    Source: `tf.variable_creator_scope`.

    >>> import tfcompat_tape as tf
    >>> def frozen(next_creator, **kwargs):
    ...     return next_creator(**{**kwargs, "trainable": False})
    >>> with tf.variable_creator_scope(frozen):
    ...     print(tf.Variable(1.0).trainable)
    False
    """
    outer = _creators.entered
    _creators.entered = (*outer, variable_creator)
    try:
        yield
    finally:
        _creators.entered = outer


class _VariableType(Known):
    """`tf.Variable(...)` asks the creators in scope; as in TensorFlow, keywords that it lacks are ignored."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        make = super().__call__
        if cls is not Variable or (not _creators.entered and kwargs.keys() <= _SIGNATURE.parameters.keys()):
            return make(*args, **kwargs)

        def innermost(**given: Any) -> Any:
            return make(**{name: value for name, value in given.items() if name in _SIGNATURE.parameters})

        unknown = {name: kwargs.pop(name) for name in [*kwargs] if name not in _SIGNATURE.parameters}
        arguments = _SIGNATURE.bind(*args, **kwargs)
        arguments.apply_defaults()
        create: Callable[..., Any] = innermost
        for creator in _creators.entered:
            create = functools.partial(creator, create)
        return create(**arguments.arguments, **unknown)


picklable(_VariableType)


@known_as("tensorflow.python.ops.resource_variable_ops")
class Variable(TensorType, Trackable, metaclass=_VariableType):
    """A tensor that can be assigned to, and that tapes watch by themselves if it is trainable.

    Args:
      initial_value: anything that converts to a Tensor, or a callable that returns it.
      trainable: whether tapes watch the variable when it is read (True by default).
      name: its name; `:0` is appended, as in TensorFlow.
      dtype: dtype to convert the initial value to.
      shape: shape of all later values; `None` dimensions allow for change. That of the initial value by default.
      constraint: a function for optimizers to project new values with; kept, not called.

    Raises:
      ValueError: no initial value, or one that does not fit `shape` or `dtype`.

    Source: `tf.Variable`.

    >>> import tfcompat_tape as tf
    >>> v = tf.Variable([1.0, 2.0])
    >>> _ = v.assign_add([1.0, 1.0])
    >>> print(v.numpy())
    [2. 3.]
    """

    __array_priority__ = 100

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        import_scope: str | None = None,
        constraint: Any = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
        shape: Any = None,
        experimental_enable_variable_lifting: bool = True,
    ) -> None:
        if caching_device is not None:
            devices.device(caching_device)  # raises for what is no device
        if variable_def is not None:
            raise ValueError(
                "tf.Variable: `variable_def`, a message of a graph, is not supported in eager execution, and "
                "mutually exclusive with `initial_value`. Leave it out."
            )
        if initial_value is None:
            raise ValueError(
                "The `initial_value` arg to `tf.Variable` must be specified except when you are not providing a "
                "`variable_def`. You provided neither."
            )
        if constraint is not None and not callable(constraint):
            raise ValueError(f"Argument `constraint` must be None or callable, not {constraint!r}.")
        if name is not None and not isinstance(name, str):
            raise ValueError(f"The name of a variable must be a string, not {name!r}.")
        value = initial_value() if callable(initial_value) else initial_value
        if isinstance(value, Variable):
            value = value._read_silently()
        raw = _owned(value, None if dtype is None else dtypes.as_dtype(dtype))
        if reading.left_its_function(raw) and reading.current.tracer is None:
            raise ValueError(
                f"tf.Variable: the initial value {value!r} belongs to a tf.function that was traced: it has no value "
                "here."
            )
        self._t = raw
        self._node: Entry | None = None
        self._lock = threading.RLock()  # held while the value is replaced by one that was made from it
        self._shape = TensorShape(raw.shape if shape is None else shape)
        if not self._shape.is_compatible_with(TensorShape(raw.shape)):
            raise ValueError(
                f"The initial value's shape {tuple(raw.shape)} is not compatible with shape {self._shape}."
            )
        if trainable is None:
            trainable = synchronization is not VariableSynchronization.ON_READ
        self._trainable = bool(trainable)
        self._traceable = isinstance(raw, torch.Tensor) and raw.dtype in INEXACT
        self._name = f"{naming.current()}{'Variable' if name is None else name}:0"
        self._constraint = constraint
        self._synchronization = synchronization
        self._aggregation = aggregation
        self._handle = _handles()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "value" in vars(cls):
            cls._read = _read_of_subclass  # type: ignore[method-assign]

    def _read(self) -> Tensor:
        """The present value; tapes that watch what is read see it."""
        node = self._node
        if listening and self._trainable:
            ids = state.accessor_ids
            if ids and (node is None or not ids <= node.tapes):
                for tape in state.accessors:
                    tape.note(self)
                if self._traceable:
                    node = wengert.watch_variable(self, ids)
        return Tensor(self._t, node)

    def value(self) -> Tensor:
        """The present value as a Tensor. To tapes it is a result of its own, which can be watched, or be a source."""
        tensor = self._read()
        node = tensor._node
        if node is None or not node.tapes & state.recording:
            return Tensor(tensor._t, None)
        read: Tensor = registry.lookup("Identity").call(tensor)
        return read

    def read_value(self) -> Tensor:
        """The same as `value`."""
        return self.value()

    @property
    def dtype(self) -> dtypes.DType:
        """The element type; it never changes."""
        return dtypes.FROM_TORCH[self._t.dtype] if isinstance(self._t, torch.Tensor) else dtypes.string

    @property
    def shape(self) -> TensorShape:
        """The shape that every value has."""
        return self._shape

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self._shape

    def set_shape(self, shape: Any) -> None:
        """Narrow the shape; ValueError if `shape` is not compatible."""
        self._shape = self._shape.merge_with(TensorShape(shape))

    @property
    def name(self) -> str:
        """The name, with `:0`."""
        return self._name

    @property
    def trainable(self) -> bool:
        """Whether tapes watch the variable when it is read."""
        return self._trainable

    @property
    def constraint(self) -> Any:
        """The projection given at creation, or `None`."""
        return self._constraint

    @property
    def synchronization(self) -> VariableSynchronization:
        """As given at creation."""
        return self._synchronization

    @property
    def aggregation(self) -> VariableAggregation:
        """As given at creation."""
        return self._aggregation

    @property
    def device(self) -> str:
        """TensorFlow's name of the device that holds the value."""
        return Tensor(self._t, None).device

    @property
    def handle(self) -> Handle:
        """What ops on resources take: `tf.raw_ops.ReadVariableOp(resource=v.handle, dtype=v.dtype)`."""
        return Handle(getattr(self, "_variable", self))

    @property
    def _shared_name(self) -> str:
        """The name without `:0`; several variables may have it."""
        return self._name.removesuffix(":0")

    @property
    def _unique_id(self) -> str:
        """A name that no other variable has."""
        return f"{self._shared_name}_{self._handle}"

    @property
    def initializer(self) -> None:
        """There is no separate initialization here."""
        return None

    @property
    def initial_value(self) -> NoReturn:
        raise RuntimeError("This property is not supported when eager execution is enabled.")

    def initialized_value(self) -> NoReturn:
        """A notion of graphs: NotImplementedError, as in TensorFlow's eager mode. Use `read_value`."""
        raise NotImplementedError("initialized_value is not supported when eager execution is enabled.")

    def is_initialized(self, name: str | None = None) -> Tensor:
        """A boolean Tensor: True, for a variable has a value from the start."""
        return convert(True)

    def _read_silently(self) -> Tensor:
        """The present value; no tape sees that it was read, only what just notes that."""
        if listening and self._trainable:
            for recording in state.accessors:
                if not recording.traces:
                    recording.note(self)
        return Tensor(self._t, None)

    def numpy(self) -> Any:
        """The present value as a NumPy array; changing it does not change the variable."""
        return self._read().numpy()

    def ref(self) -> Ref:
        """A hashable reference, for dictionaries and sets."""
        return Ref(self)

    def experimental_ref(self) -> Ref:
        """The same as `ref`."""
        return Ref(self)

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Replace the value.

        Args:
          value: anything that converts to a Tensor of this dtype and a compatible shape.

        Returns:
          The variable, under the name `UnreadVariable`; `None` if not `read_value`.

        Raises:
          ValueError: another shape or dtype; the variable keeps its value.

        >>> import tfcompat_tape as tf
        >>> v = tf.Variable(1.0)
        >>> print(v.assign(2.0).numpy())
        2.0
        """
        raw = _owned(value, self.dtype)
        if type(raw) is not torch.Tensor:
            reading.in_scope(raw)
        if raw.shape != self._t.shape and not self._shape.is_compatible_with(TensorShape(raw.shape)):
            raise ValueError(
                f"Cannot assign value to variable '{self._name}': Shape mismatch.The variable shape {self._shape}, "
                f"and the assigned value shape {TensorShape(raw.shape)} are incompatible."
            )
        with self._lock:
            self._replace(raw)
        return self._assigned() if read_value else None

    def _replace(self, raw: Any) -> None:
        """Put a new value in place, on the device where the variable lives. The caller holds `_lock`.

        Who makes the new value from the old one holds it from before reading that: no update of another thread is lost.
        """
        old = self._t
        if isinstance(raw, torch.Tensor) and isinstance(old, torch.Tensor) and raw.device != old.device:
            raw = raw.to(old.device)
        self._t = raw

    def _update(self, op: str, delta: Any, read_value: bool) -> Any:
        raw = convert(delta, self.dtype)._t
        with self._lock:
            old = self._t
            if not isinstance(old, torch.Tensor) or old.dtype not in NUMERIC:
                raise invalid(f"{op} has no kernel for variables of dtype {self.dtype.name}.")
            if raw.shape != old.shape:
                raise invalid(
                    f"Cannot update variable with shape {list(old.shape)} using a Tensor with shape "
                    f"{list(raw.shape)}, shapes must be equal."
                )
            changed = registry.lookup(op).call(Tensor(old, None), Tensor(raw.to(old.device), None))
            self._replace(changed._t)
        return self._assigned() if read_value else None

    def _assigned(self) -> Variable:
        """What an assignment returns; to tapes, that is a read."""
        if listening:
            self._read()
        result = object.__new__(_Assigned)
        result._variable = self
        return result

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Add `delta`, of this dtype and shape (InvalidArgumentError otherwise). See `assign`."""
        return self._update("AddV2", delta, read_value)

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtract `delta`, of this dtype and shape (InvalidArgumentError otherwise). See `assign`."""
        return self._update("Sub", delta, read_value)

    def load(self, value: Any, session: Any = None) -> None:
        """The same as `assign`, from before there was eager execution; `session` is of no use.

        Raises:
          ValueError: another shape or dtype; the variable keeps its value.
        """
        self.assign(value)

    def count_up_to(self, limit: Any) -> Tensor:
        """Add 1, unless the value has reached `limit`; returns the value from before.

        Raises:
          OutOfRangeError: it has reached the limit; it stays what it is.
          InvalidArgumentError: the variable is no scalar of int32 or int64.

        >>> import tfcompat_tape as tf
        >>> v = tf.Variable(3)
        >>> int(v.count_up_to(5)), int(v)
        (3, 4)
        """
        if limit is None:
            raise TypeError("Expected int for argument 'limit' not None.")
        end = int(limit)
        with self._lock:
            old = self._t
            if not isinstance(old, torch.Tensor) or old.dtype not in (torch.int32, torch.int64):
                raise invalid(
                    f"ResourceCountUpTo: Value for attr 'T' of {self.dtype.name} is not in the list of allowed values: "
                    "int32, int64"
                )
            if old.shape:
                raise invalid(f"ResourceCountUpTo: input is not a scalar: {list(old.shape)}")
            if reading.item(old) >= end:
                raise out_of_range(f"ResourceCountUpTo: Reached limit of {end}")
            self._replace(old + 1)
        return Tensor(old, None)

    def _serialize_to_tensors(self) -> dict[str, Any]:
        return {VARIABLE_VALUE: self}

    def _check_restored(self, value: Any) -> None:
        """ValueError for a value from a checkpoint that does not fit."""
        if not self._shape.is_compatible_with(TensorShape(value.shape)):
            raise ValueError(
                f"Received incompatible tensor with shape {value.shape} when attempting to restore variable with "
                f"shape {self._shape} and name {self.name}."
            )

    def _restore_from_tensors(self, restored_tensors: Mapping[str, Any]) -> Any:
        value = restored_tensors[VARIABLE_VALUE]
        self._check_restored(value)
        return self.assign(value)

    def eval(self, session: Any = None) -> NoReturn:
        """Sessions do not exist here: RuntimeError, as in TensorFlow's eager mode."""
        raise RuntimeError("This operation is not supported when eager execution is enabled.")

    __torch_function__ = Tensor.__torch_function__

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        array = to_numpy(self._read()._t)
        return array.astype(dtype) if dtype is not None else array.copy()

    def __hash__(self) -> int:
        raise TypeError("Variable is unhashable. Instead, use variable.ref() as the key.")

    def __bool__(self) -> bool:
        return bool(self._read())

    def __int__(self) -> int:
        return int(self._read())

    def __float__(self) -> float:
        return float(self._read())

    def __complex__(self) -> complex:
        return complex(self._read())

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self._read())

    def __copy__(self) -> Variable:
        return self

    def __deepcopy__(self, memo: Any) -> Variable:
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._t = self._t.clone() if isinstance(self._t, torch.Tensor) else self._t.copy()
        copy._node = None
        copy._lock = threading.RLock()
        copy._handle = _handles()
        memo[id(self)] = copy
        return copy

    def __reduce__(self) -> Any:
        arguments = (
            self.numpy(),
            self.dtype.name,
            self._trainable,
            self._name.removesuffix(":0"),
            self._shape,
        )
        return _unpickle, arguments

    def __repr__(self) -> str:
        text = value_text(self._read()._t)
        return f"<tf.Variable '{self.name}' shape={self._shape} dtype={self.dtype.name}, numpy={text}>"


def _read_of_subclass(self: Variable) -> Tensor:
    """What operators read of an object that may not have been made as a Variable: its `value`."""
    return _read_plainly(self) if "_t" in vars(self) else convert(self.value())


_read_plainly = Variable._read
_SIGNATURE = inspect.signature(functools.partial(Variable.__init__, None))  # type: ignore[arg-type]
Variable.__signature__ = _SIGNATURE  # type: ignore[attr-defined]  # the metaclass hides it


class _Assigned(Variable):
    """What assignments return: the same variable, under the name that TensorFlow gives it there."""

    _variable: Variable

    @property
    def name(self) -> str:
        """`UnreadVariable`, whatever the variable is called."""
        return "UnreadVariable"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._variable, name)

    @property
    def _node(self) -> Entry | None:
        return self._variable._node

    @_node.setter
    def _node(self, node: Entry | None) -> None:
        self._variable._node = node

    def _read(self) -> Tensor:
        return self._variable._read()

    def _replace(self, raw: Any) -> None:
        self._variable._replace(raw)

    def set_shape(self, shape: Any) -> None:
        """See `Variable.set_shape`."""
        self._variable.set_shape(shape)

    def __deepcopy__(self, memo: Any) -> Variable:
        return self._variable.__deepcopy__(memo)

    def __reduce__(self) -> Any:
        return self._variable.__reduce__()


def _owned(value: Any, dtype: dtypes.DType | None) -> Any:
    """The raw value for a variable: never the memory of a torch tensor, or what has DLPack, that it was made from."""
    raw = convert(value, dtype)._t
    if type(value) is Tensor or isinstance(value, np.ndarray) or not hasattr(value, "__dlpack__"):
        return raw
    return raw.detach().clone()


def _unpickle(array: Any, dtype: str, trainable: bool, name: str, shape: Any) -> Variable:
    with devices.device(None):
        return Variable(array, trainable=trainable, name=name, dtype=dtype, shape=shape)
