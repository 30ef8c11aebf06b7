"""`TensorShape`: a shape that may have unknown dimensions or an unknown rank."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

import torch

if TYPE_CHECKING:
    from tfcompat_tape.core.shape_proto import TensorShapeProto


class Dimension:
    """One dimension as `TensorShape.dims` gives it: an int in `value`, or None where it is unknown.

    It is an index, compares with ints and calculates with them; with an unknown one the result is unknown.
    Source: the elements of tf.TensorShape.dims.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value: int | None = _dimension(value)

    def __index__(self) -> int:
        if self.value is None:
            raise TypeError("an unknown dimension is not an integer")
        return self.value

    __int__ = __index__

    def _with(self, other: Any, combine: Callable[[int, int], Any]) -> Any:
        value = _dimension(other)
        return None if self.value is None or value is None else combine(self.value, value)

    def __eq__(self, other: object) -> Any:
        try:
            return self._with(other, operator.eq)
        except (TypeError, ValueError):
            return NotImplemented

    def __lt__(self, other: Any) -> Any:
        return self._with(other, operator.lt)

    def __le__(self, other: Any) -> Any:
        return self._with(other, operator.le)

    def __gt__(self, other: Any) -> Any:
        return self._with(other, operator.gt)

    def __ge__(self, other: Any) -> Any:
        return self._with(other, operator.ge)

    def __add__(self, other: Any) -> Dimension:
        return Dimension(self._with(other, operator.add))

    def __sub__(self, other: Any) -> Dimension:
        return Dimension(self._with(other, operator.sub))

    def __mul__(self, other: Any) -> Dimension:
        return Dimension(self._with(other, operator.mul))

    def __floordiv__(self, other: Any) -> Dimension:
        return Dimension(self._with(other, operator.floordiv))

    __radd__ = __add__
    __rmul__ = __mul__

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"Dimension({self.value})"

    def __str__(self) -> str:
        return "?" if self.value is None else str(self.value)


def _dimension(value: Any) -> int | None:
    """A dimension as an int or None; TypeError or ValueError if it is neither or negative."""
    if value is None:
        return None
    if type(value) is not int:
        if isinstance(value, Dimension):
            return value.value
        if type(value) is torch.SymInt:  # within a trace
            return value  # type: ignore[return-value]
        try:
            value = operator.index(value)
        except (AttributeError, TypeError):
            raise TypeError(
                "Dimension value must be integer or None or have an __index__ method, "
                f"got value '{value!r}' with type '{type(value)!r}'"
            ) from None
    if value < 0:
        raise ValueError(f"Dimension {value} must be >= 0")
    return int(value)


def _dimensions(dims: Any) -> tuple[int | None, ...] | None:
    """Anything that stands for a shape, as a tuple; None for an unknown rank."""
    if dims is None:
        return None
    if isinstance(dims, TensorShape):
        return dims._dims
    if isinstance(dims, (tuple, list)):
        return tuple([_dimension(d) for d in dims])
    if hasattr(dims, "unknown_rank"):  # a TensorShapeProto, whose -1 is an unknown dimension
        return None if dims.unknown_rank else tuple([None if d.size == -1 else d.size for d in dims.dim])
    if not isinstance(dims, str) and hasattr(dims, "__index__"):
        try:
            return (_dimension(dims),)
        except (AttributeError, TypeError):
            pass  # an array or a tensor has __index__, yet it may hold a whole shape
    try:
        members = list(dims)
    except TypeError:
        return (_dimension(dims),)
    found: list[int | None] = []
    for member in members:
        try:
            found.append(_dimension(member))
        except TypeError as error:
            raise TypeError(
                f"Failed to convert '{dims!r}' to a shape: '{member!r}'could not be converted to a dimension."
                " A shape should either be single dimension (e.g. 10), or an iterable of dimensions "
                "(e.g. [1, 10, None])."
            ) from error
    return tuple(found)


class TensorShape:
    """The shape of a Tensor: a list of ints, None where a dimension is unknown; or None as a whole.

    Args:
        dims: an int, an iterable of ints and None, another TensorShape, or None.

    Raises TypeError for what is no dimension, ValueError for a negative one. Source: tf.TensorShape.

    >>> import tfcompat_tape as tf
    >>> shape = tf.TensorShape([2, None]) + [3]
    >>> shape, shape.rank, shape[0], str(shape)
    (TensorShape([2, None, 3]), 3, 2, '(2, None, 3)')
    """

    __slots__ = ("_dims",)

    _dims: tuple[int | None, ...] | None

    def __init__(self, dims: Any) -> None:
        # The shape of a torch tensor is a tuple already; every Tensor.shape comes this way.
        self._dims = dims if type(dims) is torch.Size else _dimensions(dims)

    # -- as a value --------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return "TensorShape(None)" if self._dims is None else f"TensorShape({list(self._dims)})"

    def __str__(self) -> str:
        return "<unknown>" if self._dims is None else str(tuple(self._dims))

    def __eq__(self, other: object) -> bool:
        if type(other) is not TensorShape:
            try:
                other = TensorShape(other)
            except TypeError:
                return NotImplemented
        return self._dims == other._dims

    def __hash__(self) -> int:
        return hash(self._dims)

    def __bool__(self) -> bool:
        return self._dims is not None

    def __reduce__(self) -> tuple[Any, ...]:
        return TensorShape, (None if self._dims is None else tuple(self._dims),)

    # -- as a list ---------------------------------------------------------------------------------

    def __len__(self) -> int:
        if self._dims is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return len(self._dims)

    def __iter__(self) -> Iterator[int | None]:
        if self._dims is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return iter(self._dims)

    @overload
    def __getitem__(self, key: SupportsIndex) -> int | None: ...
    @overload
    def __getitem__(self, key: slice) -> TensorShape: ...
    def __getitem__(self, key: Any) -> Any:
        if self._dims is not None:
            if type(key) is slice:
                return TensorShape(self._dims[key])
            try:
                return self._dims[key]
            except TypeError:
                raise TypeError(
                    f"tuple indices must be integers or slices, not {type(key).__name__}"
                ) from None
        if type(key) is not slice:
            return None
        return self._unknown_slice(key)

    def _unknown_slice(self, key: slice) -> TensorShape:
        """A slice of a shape of unknown rank: as many unknown dimensions as the bounds promise."""
        start, stop = key.start or 0, key.stop
        if key.step is not None:
            raise ValueError("Steps are not yet handled")
        if stop is None or start < 0 or stop < 0:
            return TensorShape(None)
        return TensorShape((None,) * max(0, stop - start))

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return TensorShape(other).concatenate(self)

    @property
    def rank(self) -> int | None:
        """The number of dimensions, None if it is unknown."""
        return None if self._dims is None else len(self._dims)

    @property
    def ndims(self) -> int | None:
        """The same as `rank`."""
        return self.rank

    @property
    def dims(self) -> list[Dimension] | None:
        """The dimensions as Dimension objects, None if the rank is unknown."""
        return None if self._dims is None else [Dimension(d) for d in self._dims]

    def as_list(self) -> list[int | None]:
        """The dimensions as a list; ValueError if the rank is unknown."""
        if self._dims is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._dims)

    def as_proto(self) -> TensorShapeProto:
        """The shape as TensorFlow's protocol buffer; `tf.TensorShape(proto)` gives the shape back."""
        messages = import_module("tfcompat_tape.core.shape_proto")  # loaded when used
        proto: TensorShapeProto = messages.TensorShapeProto.of(self._dims)
        return proto

    def num_elements(self) -> int | None:
        """The number of elements, None unless the shape is fully known."""
        if self._dims is None:
            return None
        known = [d for d in self._dims if d is not None]
        return math.prod(known) if len(known) == len(self._dims) else None

    # -- with other shapes -------------------------------------------------------------------------

    def concatenate(self, other: Any) -> TensorShape:
        """This shape followed by `other`; unknown if either rank is."""
        tail = TensorShape(other)._dims
        if self._dims is None or tail is None:
            return TensorShape(None)
        return TensorShape((*self._dims, *tail))

    def merge_with(self, other: Any) -> TensorShape:
        """The shape that says what both say; ValueError if they contradict each other."""
        theirs = TensorShape(other)
        if not self.is_compatible_with(theirs):
            raise ValueError(f"Shapes {self} and {theirs} are not compatible")
        if self._dims is None:
            return theirs
        if theirs._dims is None:
            return self
        return TensorShape([b if a is None else a for a, b in zip(self._dims, theirs._dims, strict=True)])

    def is_compatible_with(self, other: Any) -> bool:
        """Whether one tensor could have both shapes."""
        theirs = TensorShape(other)._dims
        if self._dims is None or theirs is None:
            return True
        return len(self._dims) == len(theirs) and all(
            a is None or b is None or a == b for a, b in zip(self._dims, theirs, strict=True)
        )

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        """The narrowest shape that allows both: None where they differ."""
        theirs = TensorShape(other)._dims
        if self._dims is None or theirs is None or len(self._dims) != len(theirs):
            return TensorShape(None)
        return TensorShape([a if a == b else None for a, b in zip(self._dims, theirs, strict=True)])

    def most_specific_common_supertype(self, others: Iterable[TensorShape]) -> TensorShape | None:
        """The narrowest shape that allows this one and all `others`; None if one is no TensorShape."""
        found = self
        for other in others:
            if not isinstance(other, TensorShape):
                return None
            found = found.most_specific_compatible_shape(other)
        return found

    def is_subtype_of(self, other: object) -> bool:
        """Whether `other`, a TensorShape, allows every tensor that this shape allows."""
        if not isinstance(other, TensorShape):
            return False
        if other._dims is None:
            return True
        return (
            self._dims is not None
            and len(self._dims) == len(other._dims)
            and all(b is None or a == b for a, b in zip(self._dims, other._dims, strict=True))
        )

    def is_fully_defined(self) -> bool:
        """Whether rank and every dimension are known."""
        return self._dims is not None and None not in self._dims

    def with_rank(self, rank: int | None) -> TensorShape:
        """This shape, known to have `rank` dimensions; ValueError if it has another number."""
        if self._dims is None:
            return TensorShape(None if rank is None else (None,) * rank)
        if rank is not None:
            self.assert_has_rank(rank)
        return self

    def with_rank_at_least(self, rank: int) -> TensorShape:
        """This shape; ValueError if it has fewer than `rank` dimensions."""
        if self._dims is not None and len(self._dims) < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank: int) -> TensorShape:
        """This shape; ValueError if it has more than `rank` dimensions."""
        if self._dims is not None and len(self._dims) > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def assert_has_rank(self, rank: int | None) -> None:
        """ValueError if the rank is known and not `rank`."""
        if self.rank not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def assert_same_rank(self, other: Any) -> None:
        """ValueError if both ranks are known and differ."""
        theirs = TensorShape(other)
        if self.rank is not None and theirs.rank is not None and self.rank != theirs.rank:
            raise ValueError(f"Shapes {self} and {theirs} must have the same rank")

    def assert_is_compatible_with(self, other: Any) -> None:
        """ValueError if no tensor could have both shapes."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def assert_is_fully_defined(self) -> None:
        """ValueError if anything about the shape is unknown."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")
