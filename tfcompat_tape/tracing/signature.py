"""What kind of arguments a call has: calls of one kind share a trace.

Tensors are of one kind if they have one dtype and shape; Variables too, where the same ones are the same; Python values
if they are equal; other objects if they say that they are equal, or are the same object; structures if they have the
same form and their leaves are of one kind. Objects may say themselves what they are (`__tf_tracing_type__`,
`__tf_flatten__`).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.sparse_tensor import SparseTensorSpec
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing.streams import Source
from tfcompat_tape.tracing.texts import described

_BY_VALUE = (bool, int, float, complex, str, bytes, type(None))


class ByIdentity:
    """A key for an object that counts as itself; no other object is ever equal to it, after it is gone either."""

    __slots__ = ("_hash", "_held", "_weak")

    def __init__(self, value: Any) -> None:
        self._hash = id(value)
        self._held: Any = None
        self._weak: Any = None
        try:
            self._weak = weakref.ref(value)
        except TypeError:
            self._held = value

    def get(self) -> Any:
        """The object, or `None` once it is gone."""
        return self._held if self._weak is None else self._weak()

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ByIdentity):
            return False
        mine = self.get()
        return mine is not None and mine is other.get()


class Leaves:
    """The leaves of the arguments of one call, taken apart: Tensors and Variables, and the key of everything else.

    Args:
      fitted: the arguments fit a signature, which says what sizes of composite values are known.

    Attributes:
      tensors: the Tensors, in order; `variables`: the Variables, each once.
      within: numbers of the Tensors that are parts of composite values, whose shapes do not make another kind.
      values: what a trace depends on besides, although it does not make another kind: shapes of Variables.
      texts: there are strings among the Tensors.
    """

    __slots__ = ("_depth", "_fitted", "tensors", "texts", "values", "variables", "within")

    def __init__(self, fitted: bool = False) -> None:
        self._fitted = fitted
        self.tensors: list[Tensor] = []
        self.variables: list[Variable] = []
        self.within: list[int] = []
        self.values: list[Hashable] = []
        self.texts = False
        self._depth = 0

    def key(self, value: Any) -> Hashable:
        """The kind of `value`, without the shapes and dtypes of the Tensors in it, which are noted."""
        kind = type(value)
        if kind is Tensor:
            return self._tensor(value)
        if kind in _BY_VALUE:
            return value if value == value else "nan"
        if kind is tuple or kind is list:
            return kind, tuple([self.key(one) for one in value])
        if isinstance(value, Variable):
            return self._variable(value)
        if isinstance(value, Tensor):
            return self._tensor(value)
        if isinstance(value, (np.ndarray, np.generic, torch.Tensor)):
            return self._tensor(convert(value))
        if isinstance(value, CompositeTensor):
            if isinstance(value, Source):
                self.tensors.append(value._argument())
                return Source, value._kind()
            if value._at_each_call:
                raise UntraceableError(f"an argument of the type {kind.__name__}")
            self._depth += 1
            parts = tuple([self.key(x) for x in parts_of(value)])
            self._depth -= 1
            return kind, _of_any_size(value._type_spec) if self._fitted else value._type_spec, parts
        if isinstance(value, TypeSpec):
            return kind, value
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return kind, tuple([self.key(one) for one in value])
        if isinstance(value, (list, tuple)):
            return kind, tuple([self.key(one) for one in value])
        if isinstance(value, Mapping):
            return dict, tuple([(name, self.key(value[name])) for name in _sorted(value)])
        if hasattr(kind, "__tf_tracing_type__"):
            return kind, value.__tf_tracing_type__(CONTEXT)
        if hasattr(kind, "__tf_flatten__"):
            metadata, parts = value.__tf_flatten__()
            return kind, self.key(metadata), tuple([self.key(part) for part in parts])
        if hasattr(kind, "__attrs_attrs__"):
            return kind, tuple([self.key(getattr(value, a.name)) for a in kind.__attrs_attrs__])
        try:
            hash(value)
        except TypeError:
            raise TypeError(
                f"Could not generate a generic TraceType for {value!r}. Please verify that it is immutable/hashable. "
                "Otherwise, consider implementing the Tracing Protocol for it."
            ) from None
        plain: Any = object.__hash__
        return ByIdentity(value) if kind.__hash__ is plain else (kind, value)

    def _tensor(self, value: Tensor) -> Hashable:
        raw = value._t
        if not isinstance(raw, torch.Tensor):
            if raw.dtype != object:
                raise UntraceableError("an argument of quantized integers")
            self.texts = True
        if self._depth:
            self.within.append(len(self.tensors))
        self.tensors.append(value)
        return Tensor

    def _variable(self, value: Variable) -> Hashable:
        value = itself(value)
        number = next((i for i, other in enumerate(self.variables) if other is value), None)
        if number is None:
            number = len(self.variables)
            self.variables.append(value)
            raw = value._t
            self.values.append((tuple(raw.shape), str(described(raw)[2])))
        return Variable, value.dtype, value.shape, value.trainable, number


def _of_any_size(spec: Any) -> Any:
    """The spec of a ragged or sparse value with all sizes left open; another one as it is."""
    shape = getattr(spec, "_shape", None)
    either = isinstance(spec, SparseTensorSpec) or hasattr(spec, _OF_RAGGED[0])
    if not either or not isinstance(shape, TensorShape) or shape.rank is None:
        return spec
    return type(spec), spec.dtype, shape.rank, *[getattr(spec, name, None) for name in _OF_RAGGED]


_OF_RAGGED = ("_ragged_rank", "_row_splits_dtype", "_flat_values_spec")


def itself(value: Variable) -> Variable:
    """The Variable that `value` is, or is the result of an assignment to."""
    found: Variable = value.__dict__.get("_variable", value)
    return found


class TracingContext:
    """What `__tf_tracing_type__` and `placeholder_value` get; it has nothing to say here."""


CONTEXT = TracingContext()


def parts_of(value: CompositeTensor) -> list[Any]:
    """The Tensors and Variables that a composite value consists of."""
    return nest.flatten(value, expand_composites=True)


def rebuilt(value: Any, take: Callable[[Any], Any]) -> Any:
    """`value` with `take(x)` in place of each Tensor and Variable, in the order in which `Leaves.key` notes them."""
    kind = type(value)
    if kind is Tensor:
        return take(value)
    if kind in _BY_VALUE:
        return value
    if isinstance(value, Variable):
        return take(value)
    if isinstance(value, (Tensor, np.ndarray, np.generic, torch.Tensor)):
        return take(convert(value))
    if isinstance(value, Source):
        token = take(value)
        return value._stand_in(token) if type(token) is Tensor else value._type_spec  # type: ignore[attr-defined]
    if isinstance(value, CompositeTensor):
        parts = [rebuilt(part, take) for part in parts_of(value)]
        return nest.pack_sequence_as(value, parts, expand_composites=True)
    if isinstance(value, TypeSpec):
        return take(value) if isinstance(value, TensorSpec) else value
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return kind(*[rebuilt(one, take) for one in value])
    if isinstance(value, (list, tuple)):
        return kind([rebuilt(one, take) for one in value])
    if isinstance(value, Mapping):
        found = {name: rebuilt(value[name], take) for name in _sorted(value)}
        ordered = {name: found[name] for name in value}
        if kind is dict:
            return ordered
        try:
            return kind(ordered)
        except TypeError:
            return ordered
    if hasattr(kind, "__tf_tracing_type__"):
        return value.__tf_tracing_type__(CONTEXT).placeholder_value(CONTEXT)
    if hasattr(kind, "__tf_flatten__"):
        metadata, parts = value.__tf_flatten__()
        metadata = rebuilt(metadata, take)
        return kind.__tf_unflatten__(metadata, tuple([rebuilt(part, take) for part in parts]))
    if hasattr(kind, "__attrs_attrs__"):
        return kind(*[rebuilt(getattr(value, a.name), take) for a in kind.__attrs_attrs__])
    return value


def _sorted(mapping: Mapping[Any, Any]) -> list[Any]:
    try:
        return sorted(mapping)
    except TypeError:
        return list(mapping)
