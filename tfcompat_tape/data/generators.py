"""Elements that a Python generator yields, checked against the signature that the user gives."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Iterator
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import InvalidArgumentError, OpError, UnknownError
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.base import UNKNOWN, Failed, Lasting, Run
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.structure import Element, Layout, children, flatten, mapped, raw_of


class GeneratorDataset(Dataset):
    """What a generator yields."""

    _shown = "_FlatMapDataset"

    def __init__(
        self, generator: Any, output_types: Any, output_shapes: Any, args: Any, output_signature: Any
    ) -> None:
        super().__init__()
        if not callable(generator):
            raise TypeError("`generator` must be a Python callable.")
        self._kept_layout = Layout(_signature(output_types, output_shapes, output_signature))
        self.generator = generator
        self._args = tuple([convert(x).numpy() for x in args or ()])

    def _count(self) -> int:
        return UNKNOWN

    def _open(self, run: Run) -> Iterator[Element]:
        return Lasting(self._elements())

    def _elements(self) -> Generator[Any, None, None]:
        take = _taker(self._layout_now())
        try:
            made = iter(self.generator(*self._args))
        except OpError:
            raise
        except Exception as error:
            raise as_op_error(error) from error
        while True:
            try:
                value = next(made)
            except StopIteration:
                return
            except OpError as error:
                yield Failed(error)
                continue
            except Exception as error:
                wrapped = as_op_error(error)
                wrapped.__cause__ = error
                yield Failed(wrapped)
                del wrapped
                continue
            try:
                element = take(value)
            except Exception as error:
                yield Failed(error)
            else:
                yield element
                del element


def as_op_error(error: Exception) -> OpError:
    """What TensorFlow raises for an exception of a user's Python function, with that function's lines in it."""
    kind = InvalidArgumentError if isinstance(error, (TypeError, ValueError)) else UnknownError
    lines = "".join(traceback.format_exception(type(error), error, _outside(error)))
    return kind(None, None, f"{type(error).__name__}: {error}\n{lines}")


def _outside(error: Exception) -> Any:
    """The frames of the error that are the user's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals.get("__name__", "").startswith("tfcompat_tape."):
        trace = trace.tb_next
    return trace


def _signature(types: Any, shapes: Any, signature: Any) -> Any:
    if signature is not None:
        if types is not None:
            raise TypeError(
                "The `output_types` argument can not be used together with the `output_signature` argument."
            )
        if shapes is not None:
            raise TypeError(
                "The `output_shapes` argument can not be used together with the `output_signature` argument."
            )
        for spec in flatten(signature):
            if not isinstance(spec, TypeSpec):
                raise TypeError(
                    "`output_signature` must contain objects that are subclass of `tf.TypeSpec` but found "
                    f"{type(spec)} which is not."
                )
        return signature
    if types is None:
        raise TypeError(
            "To specify the output signature you need to provide either the `output_signature` argument or the "
            "`output_types` argument."
        )
    if shapes is None:
        return mapped(lambda dtype: TensorSpec(None, dtype), _of_types(types))
    return _with_shapes(_of_types(types), shapes)


def _of_types(types: Any) -> Any:
    return mapped(dtypes.as_dtype, types)


def _with_shapes(types: Any, shapes: Any) -> Any:
    parts = children(types)
    if parts is None:
        return TensorSpec(
            shapes if isinstance(shapes, TensorShape) or shapes is None else TensorShape(shapes), types
        )
    others = children(shapes)
    if others is None or len(others) != len(parts):
        raise TypeError(
            f"`output_shapes` {shapes!r} does not have the structure of `output_types` {types!r}."
        )
    from tfcompat_tape.data.structure import rebuilt

    return rebuilt(types, [_with_shapes(a, b) for a, b in zip(parts, others, strict=True)])


def _taker(layout: Layout) -> Callable[[Any], Element]:
    """What turns a yielded value into a flat element."""
    spec = layout.spec
    if type(spec) is TensorSpec:
        one = _leaf_taker(spec)
        return lambda value: (one(value),)
    takers = [_leaf_taker(leaf) for leaf in layout.leaves]

    def take(value: Any) -> Element:
        try:
            leaves = _leaves(value, spec)
        except (TypeError, ValueError, KeyError) as error:
            raise InvalidArgumentError(
                None,
                None,
                "TypeError: `generator` yielded an element that did not match the expected structure. The expected "
                f"structure was {mapped(_shown, spec)}, but the yielded element was {value}. ({error})",
            ) from None
        return tuple([one(leaf) for one, leaf in zip(takers, leaves, strict=True)])

    return take


def _shown(spec: Any) -> Any:
    return spec.dtype if type(spec) is TensorSpec else spec


def _leaves(value: Any, spec: Any) -> list[Any]:
    parts = children(spec)
    if parts is None:
        return [value]
    if isinstance(value, list):
        value = tuple(value)
    given = children(value)
    if given is None or len(given) != len(parts):
        raise TypeError(f"{len(parts)} values are expected")
    if isinstance(spec, dict) and sorted(spec) != sorted(value):
        raise TypeError(f"the keys {sorted(spec)} are expected")
    return [leaf for one, part in zip(given, parts, strict=True) for leaf in _leaves(one, part)]


def _leaf_taker(spec: Any) -> Callable[[Any], Any]:
    if type(spec) is not TensorSpec:
        return lambda value: _composite(spec, value)
    dtype, shape = spec.dtype, spec.shape
    known = tuple(shape) if shape.is_fully_defined() else None
    is_open = shape.rank is None

    def take(value: Any) -> Any:
        if isinstance(value, Tensor):
            if value.dtype is not dtype:
                raise _unconvertible(dtype, value)
            raw = value._t
        else:
            try:
                raw = convert(value, dtype)._t
            except (TypeError, ValueError, OverflowError):
                raw = _cast(value, dtype)
        if raw.shape != known and not is_open and not shape.is_compatible_with(raw.shape):
            raise InvalidArgumentError(
                None,
                None,
                f"TypeError: `generator` yielded an element of shape {tuple(raw.shape)} where an element of shape "
                f"{shape} was expected.",
            )
        return raw_of(Tensor(raw, None))

    return take


def _cast(value: Any, dtype: Any) -> Any:
    """What NumPy makes of a value that does not convert as it is: an array of another dtype."""
    import numpy as np

    try:
        if dtype is dtypes.string:
            raise TypeError
        array = np.asarray(value)
        if array.dtype.kind not in "biuf" or (array.dtype.kind == "f" and not dtype.is_floating):
            array = np.array(value, dtype.as_numpy_dtype)
        return convert(array.astype(dtype.as_numpy_dtype))._t
    except (TypeError, ValueError, OverflowError):
        raise _unconvertible(dtype, value) from None


def _unconvertible(dtype: Any, value: Any) -> InvalidArgumentError:
    return InvalidArgumentError(
        None,
        None,
        "TypeError: `generator` yielded an element that could not be converted to the expected type. The expected "
        f"type was {dtype.name}, but the yielded element was {value}.",
    )


def _composite(spec: Any, value: Any) -> Any:
    if value is not None and not spec.is_compatible_with(value):
        raise InvalidArgumentError(
            None,
            None,
            f"TypeError: `generator` yielded an element of {getattr(value, '_type_spec', value)} where an element of "
            f"{spec} was expected.",
        )
    return value


__all__ = ["GeneratorDataset", "as_op_error"]
