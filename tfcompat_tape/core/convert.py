"""Conversion: anything that TensorFlow takes for a tensor becomes a `Tensor`.

Python numbers are the hot case: a number that meets a tensor takes the tensor's dtype, and its raw form is remembered,
since making a torch scalar costs more than the op that uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import devices, dtypes, literals, reading, registry
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import Facts, invalid
from tfcompat_tape.core.failures import compact, type_name
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor

Number = bool | int | float | complex

# Python numbers as raw CPU scalars, by (value, dtype, type of the number). Never write to these.
constants: dict[tuple[Any, torch.dtype, type], torch.Tensor] = {}
_CONSTANTS_LIMIT = 4096

# What `tf.register_tensor_conversion_function` added: (priority, types, function), sorted by priority.
_functions: list[tuple[int, Any, Callable[..., Any]]] = []

# What Python numbers become by themselves.
_NATURAL = {bool: dtypes.bool_, int: dtypes.int32, float: dtypes.float32, complex: dtypes.complex128}

_SIZES = {torch.SymInt: dtypes.int32, torch.SymFloat: dtypes.float32}  # that are other ones at each call

_HUGE = 2**1023  # what is as large need not have a form in double precision
_SINGLE = float(np.finfo(np.float32).max)

# TensorFlow makes True and False of these dtypes directly; what it would have to cast to, it refuses.
_FROM_BOOL = frozenset(
    {
        torch.bool,
        torch.float16,
        torch.float32,
        torch.float64,
        torch.complex128,
        torch.int32,
        torch.int64,
        torch.uint64,
    }
)


def _fitted(value: int, dtype: torch.dtype) -> int | float:
    """An integer as TensorFlow makes it fit: it wraps around in integer dtypes."""
    if -(2**63) <= value < 2**63:
        if dtype.is_floating_point or dtype.is_complex:
            return float(value)
    elif dtype in (torch.float16, torch.float32, torch.float64, torch.complex128) and abs(value) < _HUGE:
        return float(value)
    elif dtype is not torch.uint64 or not 0 <= value < 2**64:
        name = dtypes.FROM_TORCH[dtype].name
        raise ValueError(
            f"Can't convert Python integer {value} to a Tensor of dtype {name}: it is out of range."
        )
    info = torch.iinfo(dtype)
    return (value - info.min) % (info.max - info.min + 1) + info.min


def number(value: Any, dtype: torch.dtype) -> torch.Tensor:
    """The Python number `value` as a raw scalar of `dtype`, remembered in `constants`.

    It lies on the CPU, where it combines with tensors on any device.

    Raises:
      TypeError: TensorFlow would not give the number this dtype.
      ValueError: an integer that has no 64-bit form.
    """
    kind = type(value)
    try:
        return constants[value, dtype, kind]
    except KeyError:
        pass
    except TypeError:
        if kind is not torch.SymInt and not (kind is torch.SymFloat and dtype.is_floating_point):
            raise
        return reading.sized(value, dtype)
    if type(dtype) is not torch.dtype:  # of strings
        raise TypeError(f"Expected string, but got {value!r} of type {kind.__name__!r}.")
    if (
        (kind is float and not (dtype.is_floating_point or dtype.is_complex))
        or (kind is complex and not dtype.is_complex)
        or (kind is bool and dtype not in _FROM_BOOL)
        or (kind is int and dtype is torch.bool and -(2**63) <= value < 2**63)
    ):
        raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {dtypes.FROM_TORCH[dtype].name}")
    raw = torch.tensor(_fitted(value, dtype) if kind is int else value, dtype=dtype, device="cpu")
    # -0.0 equals 0.0 as a key, and what a trace or a transform made belongs to it alone.
    ordinary = type(raw) is torch.Tensor and not torch._C._functorch.is_functorch_wrapped_tensor(raw)
    if value and ordinary and not raw.is_inference():
        if len(constants) >= _CONSTANTS_LIMIT:
            constants.clear()
        constants[value, dtype, kind] = raw
    return raw


def convert(value: Any, dtype: DType | None = None, preferred: DType | None = None) -> Tensor:
    """`value` as a Tensor.

    Args:
      value: Tensor, Variable, an object with `__tf_tensor__(dtype, name)`,
        number, string, nested lists of these, NumPy array, torch tensor (shared, not copied),
        anything with DLPack or `__array__`.
      dtype: the dtype asked for.
      preferred: a dtype to use if the value can have it.

    Raises:
      ValueError: a Tensor of another dtype than asked for, or a value with no tensor form.
      TypeError: a number that cannot have the dtype.
    """
    kind = type(value)
    if kind is Tensor:
        return value if dtype is None else _checked(value, dtype)
    if hasattr(value, "_read"):
        if _functions and not hasattr(value, "_t"):  # of a subclass of Variable that has no value of its own
            found = by_function(value, dtype)
            if found is not None:
                return _checked(found, dtype)
        return _checked(value._read(), dtype)
    if dtype is None and preferred is not None:
        try:
            return convert(value, preferred)
        except (TypeError, ValueError):
            return convert(value)
    if kind in _NATURAL:
        return _scalar(value, dtype)
    if hasattr(value, "__tf_tensor__"):
        return _by_protocol(value, dtype)
    if _functions and (found := by_function(value, dtype)) is not None:
        return found
    if isinstance(value, torch.Tensor):
        return _checked(Tensor(value, None), dtype)
    if hasattr(value, "_to_tensor"):  # composite values: IndexedSlices
        return _checked(value._to_tensor(), dtype)
    if isinstance(value, TensorShape):
        return _of_shape(value, dtype)
    if isinstance(value, (np.ndarray, np.generic)):
        return literals.from_array(value, dtype)
    if hasattr(value, "__dlpack__"):
        shared = Tensor(torch.utils.dlpack.from_dlpack(value), None)
        if dtype is None or shared.dtype is dtype or not hasattr(value, "__array__"):
            return _checked(shared, dtype)
        return literals.from_array(np.asarray(value), dtype)  # an array of another library, as NumPy's
    if isinstance(value, (list, tuple)):
        if reading.current.tracer is not None and any(type(n) is torch.SymInt for n in value):
            raw = reading.sized(tuple(value), torch.int32)
            return _checked(Tensor(raw if dtype is None else raw.to(dtype.torch), None), dtype)
        return _pack(value, dtype) if literals.holds_tensors(value) else literals.from_data(value, dtype)
    if hasattr(value, "__array__"):
        return literals.from_array(value, dtype)
    if kind in _SIZES and (wanted := (dtype or _SIZES[kind]).torch) is not None:
        return Tensor(number(value, wanted), None)
    return literals.from_data(value, dtype)


def by_function(value: Any, dtype: DType | None = None) -> Tensor | None:
    """What a function that was registered for the type of a value makes of it, if there is one."""
    for _, types, function in _functions:
        if isinstance(value, types):
            result = function(value, dtype=dtype, name=None, as_ref=False)
            if result is not NotImplemented:
                return convert(result, dtype)
    return None


def _by_protocol(value: Any, dtype: DType | None) -> Tensor:
    """What an object says it is as a tensor: with its own derivative, which its `__array__` would lose."""
    found = value.__tf_tensor__(dtype, None)
    if found is NotImplemented:
        raise TypeError(f"{type(value).__name__}.__tf_tensor__ gives no tensor of dtype {dtype}.")
    return convert(found, dtype)


def _standing(value: Any) -> Any:
    """What a value counts as among the inputs of an op: a Tensor, a Variable, plain, or `None` for anything else."""
    if isinstance(value, (Tensor, torch.Tensor)):
        return Tensor
    if hasattr(value, "_read"):
        return _VARIABLE
    return _PLAIN if isinstance(value, (bool, int, float, np.ndarray)) else None


_VARIABLE, _PLAIN = "variable", "plain"
_YES = {True}
_TENSORS = (Tensor, _VARIABLE)


def is_plain(value: Any) -> bool:
    """What every op converts by itself: with anything else among its inputs, Variables do not say their dtype."""
    return _standing(value) is not None


def match(
    values: Sequence[Any],
    same: Sequence[int] | None = None,
    preferred: DType | None = None,
    fixed: Mapping[int, DType] | None = None,
) -> list[Tensor]:
    """The inputs of an op as Tensors, where those at the positions `same` (all of them) must have one dtype.

    What is no tensor takes the dtype of the first Tensor. Without one, the first value has the dtype `preferred` if it
    can, else its natural one, and the others take that. A Variable counts as a Tensor if the op converts all its inputs
    by itself; else it is a value with a dtype of its own, a ValueError where it comes too late.
    `fixed` are dtypes that inputs at other positions have in any case; a Tensor of another one is left to the op, where
    that converts all its inputs.

    Raises:
      ValueError, TypeError: a value that cannot have the dtype.
    """
    if {type(value) is Tensor or hasattr(value, "_read") for value in values} <= _YES:  # nothing to convert
        return [value if type(value) is Tensor else value._read() for value in values]
    kinds = [_standing(value) for value in values]
    plain = None not in kinds
    together = range(len(values)) if same is None else same
    dtype = None
    for i in together:
        if kinds[i] is Tensor or (plain and kinds[i] is _VARIABLE):
            dtype = convert(values[i]).dtype
            break
    # Only then is a Tensor or Variable of another dtype left to the op to refuse.
    left = plain or all(kinds[i] is Tensor for i in together)
    found = []
    for i, value in enumerate(values):
        kind = kinds[i]
        if type(value) is Tensor and (left or (i not in together and not fixed)):
            found.append(value)
        elif i in together:
            tensor = convert(value) if left and kind in _TENSORS else convert(value, dtype, preferred)
            dtype = dtype or tensor.dtype
            found.append(tensor)
        else:
            found.append(
                convert(value, None if fixed is None or (plain and kind in _TENSORS) else fixed.get(i))
            )
    return found


def own(value: Any, preferred: DType | None = None) -> Tensor:
    """The same, for what may be handed back to the caller as it is: to tapes, each reading of a Variable is a value."""
    tensor: Tensor = value.value() if hasattr(value, "_read") else convert(value, None, preferred)
    return tensor


def _checked(tensor: Tensor, dtype: DType | None) -> Tensor:
    if dtype is not None and tensor.dtype is not dtype:
        if torch._C._is_any_autocast_enabled() and {dtype.torch, tensor._t.dtype} <= registry.FLOATS:
            cast: Tensor = registry.lookup("Cast").call(tensor, dtype)
            return cast
        raise ValueError(
            f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype {tensor.dtype.name}: {tensor!r}"
        )
    return tensor


def _scalar(value: Any, dtype: DType | None) -> Tensor:
    """A Python number, on the current device and in memory of its own."""
    if dtype is None:
        dtype = _NATURAL[type(value)]
        if dtype is dtypes.int32 and not -(2**31) <= value < 2**31:
            dtype = dtypes.int64
        elif type(value) is float and not -_SINGLE <= value <= _SINGLE:
            literals.check_single(value, value)
    if dtype.torch is None:
        return literals.from_data(value, dtype)
    raw = number(value, dtype.torch)
    device = devices.current()
    return Tensor(raw.clone() if device.type == "cpu" else raw.to(device), None)


def _of_shape(shape: TensorShape, dtype: DType | None) -> Tensor:
    if dtype not in (None, dtypes.int32, dtypes.int64):
        raise TypeError(f"Cannot convert a TensorShape to dtype {dtype}: only to tf.int32 and tf.int64.")
    sizes = shape.as_list()
    if None in sizes:
        raise ValueError(f"Cannot convert a partially known TensorShape {shape} to a Tensor.")
    tensor = literals.from_data(sizes, dtype if sizes else dtype or dtypes.int32)
    if dtype is dtypes.int32 and any(size >= 2**31 for size in sizes):  # type: ignore[operator]
        raise ValueError(f"Cannot convert a TensorShape {shape} to dtype int32: a dimension is too large.")
    return tensor


def _first_dtype(value: Any) -> DType | None:
    """The dtype of the first tensor in nested sequences."""
    if isinstance(value, (list, tuple)):
        return next((found for item in value if (found := _first_dtype(item)) is not None), None)
    return convert(value).dtype if literals.kind_of(type(value)) is literals.TENSOR else None


def _pack(value: Any, dtype: DType | None) -> Tensor:
    """A sequence with tensors in it: stacked by the Pack op, so that tapes see it.

    What is no tensor takes the dtype of the first tensor. With another dtype asked for, tensors are cast to it.
    """
    first = _first_dtype(value)
    return _stacked(value, dtype or first, dtype is not None and dtype is not first)


def _stacked(value: Any, dtype: DType | None, casts: bool) -> Tensor:
    items = []
    for item in value:
        if isinstance(item, (list, tuple)):
            tensor = _stacked(item, dtype, casts) if literals.holds_tensors(item) else convert(item, dtype)
        elif literals.kind_of(type(item)) is not literals.TENSOR:
            tensor = convert(item, dtype)
        else:
            tensor = convert(item)
            if casts:
                tensor = registry.lookup("Cast").call(tensor, DstT=dtype)
        items.append(tensor)
    for position, tensor in enumerate(items):
        if tensor.dtype is not dtype:
            if Facts.static() or any(literals.kind_of(type(item)) is not literals.TENSOR for item in value):
                raise TypeError(
                    f"Cannot convert a list containing a tensor of dtype {tensor.dtype!r} to {dtype!r} "
                    f"(Tensor is: {tensor!r}). Use tf.cast on one."
                )
            raise invalid(
                f"cannot compute Pack as input #{position}(zero-based) was expected to be a "
                f"{type_name(dtype)} tensor but is "
                f"a {type_name(tensor.dtype)} tensor"
            )
        if tensor._t.shape != items[0]._t.shape:
            raise invalid(
                f"Pack: Shapes of all inputs must match: values[0].shape = {compact(items[0].shape)} != "
                f"values[{position}].shape = {compact(tensor.shape)}"
            )
    packed: Tensor = registry.lookup("Pack").call(*items, axis=0)
    return packed


def register_tensor_conversion_function(base_type: Any, conversion_func: Any, priority: int = 100) -> None:
    """Teach `tf.convert_to_tensor` a type of yours: `conversion_func(value, dtype, name, as_ref)`.

    Raises:
      TypeError: `base_type` is not a type or tuple of types, or the function is not callable.

    Source: `tf.register_tensor_conversion_function`.

    >>> import tfcompat_tape as tf
    >>> class Celsius:
    ...     degrees = 0.0
    >>> def kelvin(value, dtype=None, name=None, as_ref=False):
    ...     return value.degrees + 273.15
    >>> tf.register_tensor_conversion_function(Celsius, kelvin)
    >>> float(tf.convert_to_tensor(Celsius()))
    273.1499938964844
    """
    types = base_type if isinstance(base_type, tuple) else (base_type,)
    if not all(isinstance(item, type) for item in types):
        raise TypeError(f"base_type must be a type or a tuple of types, not {base_type!r}.")
    if not callable(conversion_func):
        raise TypeError(f"conversion_func must be callable, not {conversion_func!r}.")
    _functions.append((priority, types, conversion_func))
    _functions.sort(key=lambda item: item[0])
