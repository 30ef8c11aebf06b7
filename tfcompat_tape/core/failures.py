"""What an op says when it cannot compute: TensorFlow's exception classes, with the op, shapes and dtypes named."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

import torch

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.errors import (
    Facts,
    InvalidArgumentError,
    OpError,
    ResourceExhaustedError,
    UnimplementedError,
    of_graph,
)
from tfcompat_tape.core.registry import Op

P = ParamSpec("P")
R = TypeVar("R")

# What TensorFlow says of arguments at which the kernel of an op failed, by the op's name:
# `DIAGNOSES[name](raws, attrs)` gives its words, or `None`. `ops/diagnoses.py` fills it.
DIAGNOSES: dict[str, Callable[[Any, dict[str, Any]], str | None]] = {}


def _describe(raw: Any) -> str:
    of_array = dtypes.OF_ARRAYS.get(getattr(raw, "dtype", None), dtypes.string)
    name = dtypes.FROM_TORCH[raw.dtype].name if isinstance(raw, torch.Tensor) else of_array.name
    return f"{name}{list(raw.shape)}"


def refused(op: Op, raws: Any) -> Exception:
    """The exception for inputs whose dtypes the op does not take."""
    given = ", ".join(_describe(raw) for raw in raws)
    if reading.current.tracer is not None:
        return _refused_in_graph(op, raws, given)
    same = [i for i in (range(len(raws)) if op.same is None else op.same) if i < len(raws)]
    for i in same:
        if raws[i].dtype != raws[same[0]].dtype:
            wanted, found = type_name(raws[same[0]].dtype), type_name(raws[i].dtype)
            return InvalidArgumentError(
                None,
                None,
                f"cannot compute {op.name} as input #{i}(zero-based) was expected to be a {wanted} tensor but is a "
                f"{found} tensor: the inputs must have one dtype, got {given}. Use tf.cast on one. [Op:{op.name}]",
            )
    if len(op.dtypes) == 1:
        (only,) = op.dtypes
        return InvalidArgumentError(
            None,
            None,
            f"cannot compute {op.name} as input #0(zero-based) was expected to be a {type_name(only)} tensor but is a "
            f"{type_name(raws[0].dtype)} tensor: got {given}. Use tf.cast. [Op:{op.name}]",
        )
    takes = ", ".join(sorted(type_name(dtype) for dtype in op.dtypes))
    return InvalidArgumentError(
        None,
        None,
        f"Value for attr 'T' of {type_name(raws[0].dtype)} is not in the list of allowed values: {takes}. "
        f"cannot compute {op.name}: got {given}. Use tf.cast. [Op:{op.name}]",
    )


def _refused_in_graph(op: Op, raws: Any, given: str) -> TypeError:
    """The same while a function is traced."""
    names = [op.inputs[min(i, len(op.inputs) - 1)].lstrip("*") for i in range(len(raws))]
    dtypes_of = [dtypes.FROM_TORCH.get(raw.dtype, dtypes.string).name for raw in raws]
    same = [i for i in (range(len(raws)) if op.same is None else op.same) if i < len(raws)]
    for i in same:
        if dtypes_of[i] != dtypes_of[same[0]]:
            return TypeError(
                f"Input '{names[i]}' of '{op.name}' Op has type {dtypes_of[i]} that does not match type "
                f"{dtypes_of[same[0]]} of argument '{names[same[0]]}': got {given}. Use tf.cast on one."
            )
    takes = ", ".join(sorted(dtypes.FROM_TORCH.get(dtype, dtypes.string).name for dtype in op.dtypes))
    return TypeError(
        f"Value passed to parameter '{names[0]}' has DataType {dtypes_of[0]} not in list of allowed values: {takes}: "
        f"{op.name} got {given}. Use tf.cast."
    )


def type_name(dtype: Any) -> str:
    """A dtype, torch's or TensorFlow's, as TensorFlow's messages write it."""
    name = dtype.name if isinstance(dtype, dtypes.DType) else dtypes.FROM_TORCH.get(dtype, dtypes.string).name
    return {"float16": "half", "float32": "float", "float64": "double"}.get(name, name)


def recover(op: Op, error: Exception, raws: Any, attrs: dict[str, Any]) -> Any:
    """A kernel failed: try the ways that are left, or raise TensorFlow's exception.

    These are one device for inputs on several, and the op's fallback. No exception of torch's, NumPy's or Python's own
    goes further than this; what stands in TensorFlow's classes already, and what a transform of torch is waiting for,
    passes as it is.
    """
    tracer = reading.current.tracer
    if tracer is None:
        return _recover(op, error, raws, attrs)
    if op.name in _AT_RUN_TIME and getattr(error, "of_graph", False):
        raise InvalidArgumentError(None, None, str(error)) from error
    found = None if tracer.notes is None else tracer.notes.opened(op, raws, attrs)
    if found is None:
        found = tracer.rescue(op, error, raws, attrs)
    try:
        if found is NotImplemented:
            found = _recover(op, error, raws, attrs)
        return tracer.ops.made(op, raws, attrs, found)
    except InvalidArgumentError as known:
        if known is not error and Facts.static() and op.name not in _AT_RUN_TIME:
            raise of_graph(known.message) from error
        raise


# Ops of which TensorFlow finds out only as they run.
_AT_RUN_TIME = frozenset({"Slice", "SegmentSum", "SegmentMean", "SegmentMax", "SegmentMin", "SegmentProd"})


def _recover(op: Op, error: Exception, raws: Any, attrs: dict[str, Any]) -> Any:
    if _passes(error):
        raise error
    devices = {raw.device for raw in raws if isinstance(raw, torch.Tensor)}
    try:
        if len(devices) > 1:
            target = max(devices, key=lambda device: device.type != "cpu")
            return op.kernel(*[raw.to(target) for raw in raws], **attrs)
        if op.fallback is not None and not _out_of_memory(error):  # dtypes that torch's kernel lacks
            result = op.fallback(*raws, **attrs)
            if result is not NotImplemented:
                return result
    except Exception as second:
        if _passes(second):
            raise
        error = second
    diagnosis = _diagnosis(op, error, raws, attrs)
    before = f"{op.name}: {diagnosis}: " if diagnosis else f"{op.name}: "
    raise translated(error, before, f" (inputs {_given(raws)}{_attrs_text(attrs)})") from error


def _diagnosis(op: Op, error: Exception, raws: Any, attrs: dict[str, Any]) -> str | None:
    """What TensorFlow says of such arguments, where that is known."""
    if _out_of_memory(error):
        return None
    diagnose = DIAGNOSES.get(op.name)
    if diagnose is not None:
        try:
            return diagnose(raws, attrs)
        except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
            return None  # the arguments are stranger than what is explained there
    if len(raws) == 2 and str(error).startswith(("The size of tensor a", "shape mismatch")):
        return f"Incompatible shapes: {compact(raws[0].shape)} vs. {compact(raws[1].shape)}"
    return None


def compact(shape: Any) -> str:
    """A shape as TensorFlow writes it: `[2,3]`."""
    return f"[{','.join(map(str, shape))}]"


@contextlib.contextmanager
def kernel_of(name: str) -> Iterator[None]:
    """Around what torch computes apart from a call of an op: its exceptions leave as those of the op `name`."""
    try:
        yield
    except Exception as error:
        if _passes(error):
            raise
        raise translated(error, f"{name}: ") from error


def composed(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator for functions that work on raw tensors between ops, or on numbers: what torch and Python raise in them
    leaves as TensorFlow's exceptions, except what Python code raises of itself about its arguments."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (AssertionError, TypeError, ValueError):
            raise
        except Exception as error:
            said = isinstance(error, NotImplementedError) and "not implemented for" not in str(error)
            if said or _passes(error):
                raise
            raise translated(error, f"{function.__name__}: ") from error

    return call


def _passes(error: Exception) -> bool:
    """Whether an exception is TensorFlow's already, or of this library, or meant for whoever vectorizes."""
    if isinstance(error, OpError) or type(error) is LookupError:  # there is no gradient
        return True
    if type(error) is TypeError and "is out of scope" in str(error):  # a value of a traced function
        return True
    if getattr(error, "of_graph", False):
        return True
    foreign = type(error).__module__.partition(".")[0] in ("builtins", "torch", "numpy")
    return not foreign or "vmap" in str(error)  # classes of plugins are theirs to raise


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or any(
        phrase in str(error) for phrase in ("not enough memory", "can't allocate memory", "out of memory")
    )


def translated(error: Exception, before: str = "", after: str = "") -> Exception:
    """TensorFlow's exception in place of one of torch's, NumPy's or Python's: its first line between two texts."""
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    if "int too big to convert" in text or "Overflow when unpacking" in text:
        return ValueError(
            f"{before}Can't convert Python sequence with out-of-range integer to Tensor{after}: {text}"
        )
    message = f"{before}{text}{after}"
    if _out_of_memory(error):
        return ResourceExhaustedError(
            None, None, f"{before}OOM: out of memory when allocating a tensor{after}: {text}"
        )
    if isinstance(error, NotImplementedError) or "not implemented for" in text:
        return UnimplementedError(None, None, message)
    return InvalidArgumentError(None, None, message)


def _given(raws: Any) -> str:
    return ", ".join(_describe(raw) for raw in raws)


def _attrs_text(attrs: dict[str, Any]) -> str:
    return "".join(f", {name}={value!r}" for name, value in attrs.items())
