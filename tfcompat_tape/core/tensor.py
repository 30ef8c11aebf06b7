"""`Tensor`: a thin, immutable handle on one torch tensor, with TensorFlow's manners.

The handle has two fields: the torch tensor, and the entry of the Wengert list that computed it (`None` for a value that
no tape traces). Operators are installed by `tfcompat_tape.ops.operators`; nothing here knows an op.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np
import torch

from tfcompat_tape.core import devices, dtypes, hooks, reading
from tfcompat_tape.core.errors import OperatorNotAllowedInGraphError, out_of_scope
from tfcompat_tape.core.identity import Known, known_as
from tfcompat_tape.core.kinds import TensorType
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.wengert import Entry

# NumPy has these by way of ml_dtypes; the bits pass between the libraries as integers.
_AS_BITS: dict[torch.dtype, tuple[torch.dtype, Any]] = {
    found.torch: (torch.int16 if found.size == 2 else torch.uint8, found.as_numpy_dtype)
    for found in dtypes.FROM_NUMPY.values()
    if found.torch is not None and not issubclass(found.as_numpy_dtype, (np.number, np.bool_))
}


def to_numpy(raw: Any) -> Any:
    """A raw torch tensor (or an array of bytes or of quantized integers) as a NumPy array that may share its memory."""
    if isinstance(raw, np.ndarray):
        return raw if raw.dtype.names is None else raw[raw.dtype.names[0]]  # quantized: plain integers
    if reading.tracing():
        raw = reading.plain(raw)
        with reading.outside():
            return to_numpy(raw)
    if raw.is_conj() or raw.is_neg():
        raw = raw.resolve_conj().resolve_neg()
    if type(raw) is not torch.Tensor:
        if hasattr(raw, "fake_mode"):
            raise out_of_scope(raw.shape)
        if hasattr(raw, "full_tensor"):  # a DTensor: its shards, of all ranks
            raw = raw.full_tensor()
    raw = raw.detach().cpu()
    if raw.dtype in _AS_BITS:
        bits, numpy_type = _AS_BITS[raw.dtype]
        return raw.contiguous().view(bits).numpy().view(numpy_type)
    return raw.numpy()


def from_numpy(array: np.ndarray[Any, Any]) -> torch.Tensor:
    """A NumPy array of a dtype that torch has, as a raw tensor that may share its memory."""
    found = dtypes.FROM_NUMPY[array.dtype.type].torch
    if found in _AS_BITS:
        bits = np.int16 if array.dtype.itemsize == 2 else np.uint8
        return torch.from_numpy(array.view(bits)).view(found)
    return torch.from_numpy(array)


class Ref:
    """A hashable stand-in for a Tensor or Variable; equal when it refers to the same one. Source: `Tensor.ref`."""

    __slots__ = ("__weakref__", "_wrapped")

    def __init__(self, wrapped: Any) -> None:
        self._wrapped = wrapped

    def deref(self) -> Any:
        """The object referred to."""
        return self._wrapped

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and self._wrapped is other._wrapped

    def __lt__(self, other: Any) -> bool:
        return id(self._wrapped) < id(self._other(other))

    def __gt__(self, other: Any) -> bool:
        return id(self._wrapped) > id(self._other(other))

    def _other(self, other: Any) -> Any:
        if not isinstance(other, Ref):
            raise TypeError(f"Cannot compare a reference with {other!r}: a reference is expected.")
        return other._wrapped

    def __hash__(self) -> int:
        return id(self._wrapped)

    def __repr__(self) -> str:
        return f"<Reference wrapping {self._wrapped!r}>"


class _NumpysMethod:
    """A name that NumPy's arrays have, and tensors once NumPy's behavior is enabled; till then the error says so."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        raise AttributeError(
            f"EagerTensor object has no attribute '{self._name}'. If you are looking for numpy-related methods, "
            "please run the following: tf.experimental.numpy.experimental_enable_numpy_behavior()",
            name=self._name,
            obj=None,  # Python would suggest the name itself
        )


@known_as("tensorflow.python.framework.ops")
class Tensor(TensorType, metaclass=Known):
    """A value: an n-dimensional array of one dtype on one device.

    Made by `tf.constant`, `tf.convert_to_tensor` and every op; never changed afterwards.
    Source: `tf.Tensor`.

    >>> import tfcompat_tape as tf
    >>> tf.constant([1.0, 2.0]) + 1
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 3.], dtype=float32)>
    """

    __slots__ = ("__dict__", "__weakref__", "_node", "_t")  # __dict__: users may set attributes

    # The operators that are installed on the class.
    OVERLOADABLE_OPERATORS: frozenset[str] = frozenset()

    # NumPy defers to our operators, so that `array * tensor` is a Tensor.
    __array_priority__ = 100

    # The defaults are for `tf.Tensor()`, which is an empty shell in TensorFlow too.
    def __init__(self, raw: Any = None, node: Entry | None = None) -> None:
        self._t = raw
        self._node = node

    @property
    def dtype(self) -> dtypes.DType:
        """The element type."""
        raw = self._t
        if type(raw) is np.ndarray:
            return dtypes.OF_ARRAYS.get(raw.dtype, dtypes.string)
        return dtypes.FROM_TORCH[raw.dtype]

    @property
    def shape(self) -> TensorShape:
        """The static shape; always fully known here."""
        return TensorShape(self._t.shape)

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self.shape

    def set_shape(self, shape: Any) -> None:
        """Check that `shape` is compatible; ValueError otherwise."""
        if not self.shape.is_compatible_with(shape):
            raise ValueError(f"Tensor's shape {self.shape} is not compatible with supplied shape {shape}.")

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._t.shape)

    @property
    def device(self) -> str:
        """TensorFlow's name of the device that holds the value."""
        if type(self._t) is np.ndarray:
            return devices.device_string(torch.device("cpu"))
        return devices.device_string(self._t.device)

    @property
    def backing_device(self) -> str:
        """The same as `device`."""
        return self.device

    @property
    def name(self) -> NoReturn:
        raise AttributeError("Tensor.name is undefined when eager execution is enabled.")

    @property
    def op(self) -> NoReturn:
        raise AttributeError("Tensor.op is undefined when eager execution is enabled.")

    @property
    def graph(self) -> NoReturn:
        raise AttributeError("Tensor.graph is undefined when eager execution is enabled.")

    @property
    def value_index(self) -> NoReturn:
        raise AttributeError("Tensor.value_index is undefined when eager execution is enabled.")

    def consumers(self) -> NoReturn:
        """Consumers are a notion of graphs: NotImplementedError, as in TensorFlow's eager mode."""
        raise NotImplementedError("Tensor.consumers is undefined when eager execution is enabled.")

    def eval(self, feed_dict: Any = None, session: Any = None) -> NoReturn:
        """Sessions do not exist here: NotImplementedError, as in TensorFlow's eager mode."""
        raise NotImplementedError("eval is not supported when eager execution is enabled; use numpy().")

    def numpy(self) -> Any:
        """The value as a NumPy array (a NumPy scalar if it has no axes); changing it does not change the Tensor."""
        try:
            array = to_numpy(self._t)
        except TypeError as error:
            if reading.left_its_function(self._t):
                raise AttributeError(f"'SymbolicTensor' object has no attribute 'numpy': {error}") from None
            raise
        if array.ndim == 0:
            return array[()]
        return array.copy()

    def ref(self) -> Ref:
        """A hashable reference, for dictionaries and sets."""
        return Ref(self)

    def experimental_ref(self) -> Ref:
        """The same as `ref`."""
        return Ref(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        array: np.ndarray[Any, Any] = to_numpy(self._t)
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else _read_only(array)

    def __buffer__(self, flags: int) -> memoryview:  # asked for by Python 3.12 and up
        array: Any = _read_only(to_numpy(self._t))
        if not issubclass(array.dtype.type, (np.number, np.bool_)):
            raise ValueError(f"cannot include dtype {array.dtype.char!r} in a buffer")
        return memoryview(array)

    def __bytes__(self) -> bytes:
        return bytes(self.__buffer__(0))

    def __dlpack__(
        self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: Any = None
    ) -> Any:
        # By the old protocol, whose users take the memory as read-only, whatever version they could read.
        for name, given in (("stream", stream), ("dl_device", dl_device)):
            if given is not None and self._t.device.type == "cpu":
                raise RuntimeError(f"tf.Tensor does not support DLPack export with a non-None {name}")
        if copy:
            raise RuntimeError("tf.Tensor does not support DLPack export with a copy=True")
        return self._t.__dlpack__(stream=stream)

    def __dlpack_device__(self) -> Any:
        return self._t.__dlpack_device__()

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """What torch asks when one of its functions is called with a Tensor or Variable."""
        return hooks.torch_function(func, args, kwargs or {})

    def __hash__(self) -> int:
        raise TypeError("Tensor is unhashable. Instead, use tensor.ref() as the key.")

    def __bool__(self) -> bool:
        count = self._t.size if type(self._t) is np.ndarray else self._t.nelement()
        if count > 1:
            # NumPy's rule and message for arrays, which is what TensorFlow raises.
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
            )
        try:
            return bool(count and reading.item(self._t))
        except TypeError as error:
            if reading.left_its_function(self._t):
                raise OperatorNotAllowedInGraphError(
                    f"Using a symbolic `tf.Tensor` as a Python `bool` is not allowed: {error}"
                ) from None
            raise

    def __nonzero__(self) -> bool:
        """`bool(self)`, under Python 2's name."""
        return bool(self)

    def _scalar(self) -> Any:
        """The value of a scalar as a Python number; a complex one as NumPy's, which has a real part to convert to."""
        if self._t.shape:
            raise TypeError(
                f"only 0-dimensional arrays can be converted to Python scalars; this Tensor has shape {self.shape}."
            )
        value = reading.item(self._t)
        return np.complex128(value) if type(value) is complex else value

    def __int__(self) -> int:
        return int(self._scalar())

    def __float__(self) -> float:
        return float(self._scalar())

    def __complex__(self) -> complex:
        return complex(self._scalar())

    def __index__(self) -> int:
        value = self._scalar()
        if type(value) is not int:
            # Not a TypeError: in TensorFlow, NumPy's scalar is asked for a method that it lacks.
            raise AttributeError(
                f"Only integer tensors can be an index; this one, of {self.dtype.name}, has no `__index__`."
            )
        return value

    def __round__(self, ndigits: int | None = None) -> NoReturn:
        raise AttributeError("Tensors have no round(tensor), as in TensorFlow; use tf.round(tensor).")

    def __format__(self, spec: str) -> str:
        # As NumPy formats the value: scalars as Python's numbers, arrays without shape and dtype.
        array = _array(self._t)
        return format(array if array.ndim else array.item(), spec)

    def __len__(self) -> int:
        if not self._t.shape:
            raise TypeError("Scalar tensor has no `len()`")
        return int(self._t.shape[0])

    def __iter__(self) -> Iterator[Tensor]:
        if not self._t.shape:
            raise TypeError("Cannot iterate over a scalar tensor.")
        return (self[i] for i in range(self._t.shape[0]))  # type: ignore[index]  # installed with the operators

    def __copy__(self) -> Tensor:
        return self

    def __deepcopy__(self, memo: Any) -> Tensor:
        return self

    def __reduce__(self) -> Any:
        return _unpickle, (self.numpy(), self.dtype.name)

    def __repr__(self) -> str:
        return f"<tf.Tensor: shape={self.shape}, dtype={self.dtype.name}, numpy={value_text(self._t)}>"

    def __str__(self) -> str:
        text = _on_its_own_line(str(_array(self._t)[()]))
        return f"tf.Tensor({text}, shape={self.shape}, dtype={self.dtype.name})"


for _name in ("T", "astype", "clip", "data", "ravel", "reshape", "size", "tolist", "transpose"):
    setattr(Tensor, _name, _NumpysMethod(_name))


def _read_only(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A view of the same memory: a Tensor never changes."""
    view = array.view()
    view.flags.writeable = False
    return view


def value_text(raw: Any) -> str:
    """The value as the repr of a Tensor or Variable shows it: scalars as Python's."""
    array = _array(raw)
    return _on_its_own_line(repr(array if array.ndim else array.item()))


def _array(raw: Any) -> Any:
    """The value to show."""
    if isinstance(raw, torch.Tensor) and (reading.left_its_function(raw) or reading.known(raw) is None):
        kind = "traced" if reading.left_its_function(raw) or reading.tracing() else "vectorized"
        return np.array(_Unknown(f"<inside a {kind} function>"), dtype=object)
    if type(raw) is not torch.Tensor and hasattr(raw, "placements"):  # to gather it takes all ranks
        return np.array(_Unknown(f"<{raw.placements} over {raw.device_mesh.size()} ranks>"), dtype=object)
    return to_numpy(raw)


class _Unknown:
    """Stands for a value that is not here: one function call computes many, or several ranks have its parts."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _on_its_own_line(text: str) -> str:
    return "\n" + text if "\n" in text else text


def _unpickle(array: Any, dtype: str) -> Tensor:
    array = np.asarray(array, dtypes.as_dtype(dtype).as_numpy_dtype)
    if dtype == "string":
        return Tensor(array, None)
    return Tensor(from_numpy(array.copy()).to(devices.current()), None)
