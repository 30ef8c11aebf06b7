"""Elements of datasets, taken apart: a flat tuple of leaves, in the order of the specs of `element_spec`.

A leaf is a raw torch tensor (an array for strings) where the spec is a TensorSpec; a composite value, a dataset or
`None` stands for itself. So a pipeline hands on plain tuples, and Tensors are made where a user sees an element.

Tuples, named tuples, dictionaries, attrs classes and classes with `__tf_flatten__` are structures; unlike elsewhere, a
list is no structure but a tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import FROM_TORCH, DType
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.specs import NoneTensorSpec, TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable

Element = tuple[Any, ...]
_RAW = (torch.Tensor, np.ndarray)
_LEAVES = frozenset({Tensor, SparseTensor, TensorSpec})


def children(value: Any) -> list[Any] | None:
    """What a structure holds directly, in order; `None` for a leaf."""
    kind = type(value)
    if kind in _LEAVES:
        return None
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return [value[key] for key in sorted(value)]
    if hasattr(type(value), "__attrs_attrs__"):
        return [getattr(value, field.name) for field in value.__attrs_attrs__]
    if hasattr(kind, "__tf_flatten__"):
        return list(value.__tf_flatten__()[1])
    return None


def rebuilt(value: Any, parts: list[Any]) -> Any:
    """The structure `value` with other parts."""
    kind = type(value)
    if isinstance(value, tuple):
        return kind(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, Mapping):
        found = dict(zip(sorted(value), parts, strict=True))
        ordered = {key: found[key] for key in value}
        if kind is dict:
            return ordered
        factory = getattr(value, "default_factory", None)
        return kind(factory, ordered) if hasattr(value, "default_factory") else kind(ordered)
    if hasattr(kind, "__tf_flatten__"):
        return kind.__tf_unflatten__(value.__tf_flatten__()[0], tuple(parts))
    return kind(*parts)


def mapped(function: Callable[..., Any], value: Any, *others: Any) -> Any:
    """`function` of each leaf, in the same structure; `others` have at least the structure of `value`."""
    parts = children(value)
    if parts is None:
        return function(value, *others)
    columns = [children(other) for other in others]
    for other, column in zip(others, columns, strict=True):
        if column is None or len(column) != len(parts) or _keys(other) != _keys(value):
            raise TypeError(
                f"The two structures don't have the same nested structure: {value!r} and {other!r}."
            )
    return rebuilt(value, [mapped(function, *row) for row in zip(parts, *columns, strict=True)])


def _keys(value: Any) -> Any:
    return sorted(value) if isinstance(value, Mapping) else None


def flatten(value: Any) -> list[Any]:
    """The leaves of a structure, in order."""
    parts = children(value)
    if parts is None:
        return [value]
    found: list[Any] = []
    for part in parts:
        found += flatten(part)
    return found


def normalized(value: Any) -> Any:
    """What a user gives as an element (or as all of them), with Tensors, composite values and datasets as leaves."""
    return mapped(_tensor, value)


def _tensor(value: Any) -> Any:
    if value is None or isinstance(value, (Tensor, CompositeTensor)):
        return value
    if isinstance(value, Variable):
        return value.value()
    if hasattr(value, "toarray") and hasattr(value, "tocoo"):
        return _of_scipy(value)
    return convert(value)


def _of_scipy(value: Any) -> Any:
    found = value.tocoo()
    return SparseTensor(np.stack([found.row, found.col], 1).astype(np.int64), found.data, found.shape)


def spec_of(value: Any) -> Any:
    """The spec of a normalized structure."""
    return mapped(_spec_of_leaf, value)


def _spec_of_leaf(value: Any) -> TypeSpec:
    if isinstance(value, Tensor):
        return TensorSpec(value.shape, value.dtype)
    return NoneTensorSpec() if value is None else value._type_spec


def dtype_of(raw: Any) -> DType:
    """The dtype of a raw value."""
    return Tensor(raw, None).dtype if isinstance(raw, np.ndarray) else FROM_TORCH[raw.dtype]


def raw_of(value: Any) -> Any:
    """The leaf that a Tensor, a composite value or `None` is; tensors lie on the CPU."""
    if not isinstance(value, Tensor):
        return value
    raw = value._t
    if isinstance(raw, np.ndarray) and raw.dtype.kind == "S":
        return raw.astype(object)
    return raw.cpu() if isinstance(raw, torch.Tensor) and raw.device.type != "cpu" else raw


class Layout:
    """How elements of one spec are taken apart and put together.

    Attributes:
      spec: the `element_spec`.
      leaves: the specs of its leaves.
      pack: the element that a user sees, of a flat one.
    """

    def __init__(self, spec: Any) -> None:
        self.spec = spec
        self.leaves: list[Any] = flatten(spec)
        self.plain = all(type(leaf) is TensorSpec for leaf in self.leaves)
        self.pack: Callable[[Element], Any] = self._packing()

    def _packing(self) -> Callable[[Element], Any]:
        spec = self.spec
        if type(spec) is TensorSpec:
            return _only
        if self.plain and type(spec) is tuple and not any(children(part) is not None for part in spec):
            return _in_tuple

        def pack(element: Element) -> Any:
            values = iter([Tensor(x, None) if isinstance(x, _RAW) else x for x in element])
            return mapped(lambda _: next(values), spec)

        return pack

    def arguments(self, element: Element) -> tuple[Any, ...]:
        """An element as arguments of a user's function: a tuple is several, a named one is not."""
        value = self.pack(element)
        return value if type(value) is tuple else (value,)

    def flat(self, value: Any) -> Element:
        """A normalized element, taken apart."""
        return tuple([raw_of(leaf) for leaf in flatten(value)])

    def to_numpy(self, element: Element) -> Any:
        """An element with NumPy's arrays in it."""
        values = iter([_as_numpy(x) for x in element])
        return mapped(lambda _: next(values), self.spec)


def _only(element: Element) -> Tensor:
    return Tensor(element[0], None)


def _in_tuple(element: Element) -> tuple[Tensor, ...]:
    return tuple([Tensor(raw, None) for raw in element])


def _as_numpy(leaf: Any) -> Any:
    if isinstance(leaf, (torch.Tensor, np.ndarray)):
        return Tensor(leaf, None).numpy()
    if leaf is None:
        return None
    if isinstance(leaf, SparseTensor):
        from tfcompat_tape.sparse import to_dense

        return to_dense(leaf).numpy()
    return leaf.numpy()
