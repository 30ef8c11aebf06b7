"""``tf.nest``: structures of lists, tuples, dicts and the like, with anything else as a leaf.

Nested are: sequences but strings, mappings (in the order of their sorted keys), views of mappings,
namedtuples, attrs classes, and classes with `__tf_flatten__`. None, Tensors, arrays and sets are leaves.
Composites such as IndexedSlices are leaves too, unless `expand_composites` asks for their Tensors.
"""

from __future__ import annotations

import collections
import functools
from collections.abc import Callable, Iterator, Mapping, MappingView, MutableMapping, Sequence
from typing import Any

from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.specs import TensorSpec, TypeSpec, VariableSpec

__all__ = ["assert_same_structure", "flatten", "is_nested", "map_structure", "pack_sequence_as"]


# -- what kind of structure a type is -------------------------------------------------------------

_LEAF, _COMPOSITE, _SEQUENCE, _NAMEDTUPLE, _MAPPING, _VIEW, _ATTRS, _CUSTOM = range(8)


def _classify(cls: type) -> int:
    """The kind of the instances of a class."""
    if issubclass(cls, (str, bytes)):
        return _LEAF
    if issubclass(cls, tuple) and isinstance(getattr(cls, "_fields", None), tuple):
        return _NAMEDTUPLE
    if issubclass(cls, Mapping):
        return _MAPPING
    if issubclass(cls, MappingView):
        return _VIEW
    if hasattr(cls, "__attrs_attrs__"):
        return _ATTRS
    if issubclass(cls, Sequence):
        return _SEQUENCE
    if hasattr(cls, "__tf_flatten__") and hasattr(cls, "__tf_unflatten__"):
        return _CUSTOM
    described = issubclass(cls, TypeSpec) and not issubclass(cls, (TensorSpec, VariableSpec))
    return _COMPOSITE if described or issubclass(cls, CompositeTensor) else _LEAF


# Every value of a structure is asked, so the answers are remembered.
_kind: Callable[[type], int] = functools.lru_cache(maxsize=1024)(_classify)


def _sorted_keys(mapping: Mapping[Any, Any]) -> list[Any]:
    try:
        return sorted(mapping)
    except TypeError:
        raise TypeError("nest only supports dicts with sortable keys.") from None


def _children(structure: Any, kind: int) -> Sequence[Any]:
    """What a nested structure holds directly, in order."""
    if kind == _MAPPING:
        return [structure[key] for key in _sorted_keys(structure)]
    if kind == _ATTRS:
        return [getattr(structure, field.name) for field in structure.__attrs_attrs__]
    if kind == _CUSTOM:
        return list(structure.__tf_flatten__()[1])
    return structure if isinstance(structure, (list, tuple)) else list(structure)


def _spec(composite: Any) -> TypeSpec:
    """The spec of a composite value, or the spec itself."""
    spec: TypeSpec = composite if isinstance(composite, TypeSpec) else composite._type_spec
    return spec


def _components(composite: Any) -> Any:
    """The Tensors of a composite value, nested; their specs for a spec."""
    if isinstance(composite, TypeSpec):
        return composite._component_specs
    return composite._type_spec._to_components(composite)


def _rebuild(structure: Any, kind: int, children: list[Any]) -> Any:
    """A structure like the given one, which is no mapping, that holds other children."""
    cls = type(structure)
    if kind in (_NAMEDTUPLE, _ATTRS):
        return cls(*children)
    if kind == _CUSTOM:
        return cls.__tf_unflatten__(structure.__tf_flatten__()[0], tuple(children))
    if kind == _VIEW or cls is range:
        return children
    return cls(children)


def _rebuild_mapping(mapping: Any, values: dict[Any, Any]) -> Any:
    """A mapping of the type and in the order of the given one that holds other values."""
    cls = type(mapping)
    if cls is dict:
        return {key: values[key] for key in mapping}
    try:
        if isinstance(mapping, collections.defaultdict):
            made: Any = cls(mapping.default_factory)
        elif isinstance(mapping, MutableMapping):
            made = cls()
        else:
            return cls((key, values[key]) for key in mapping)
    except TypeError as error:
        raise TypeError(
            f"Error creating an object of type {cls} like {mapping}. Note that it must accept a single "
            "positional argument representing an iterable of key-value pairs, in addition to self. "
            f"Cause: {error}"
        ) from error
    for key in mapping:
        made[key] = values[key]
    return made


# -- the public functions -------------------------------------------------------------------------


def is_nested(seq: Any) -> bool:
    """Whether a value is a structure rather than a leaf.

    Source: tf.nest.is_nested.

    >>> import tfcompat_tape as tf
    >>> [tf.nest.is_nested(value) for value in ([1], {}, "ab", tf.constant([1]))]
    [True, True, False, False]
    """
    return _kind(type(seq)) > _COMPOSITE


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """The leaves of a structure, in order; a leaf gives a list of itself.

    Args:
        structure: any structure; dicts go in the order of their sorted keys (TypeError without one).
        expand_composites: take IndexedSlices and the like apart into their Tensors.

    Source: tf.nest.flatten.

    >>> import tfcompat_tape as tf
    >>> tf.nest.flatten({"b": [1, None], "a": (2,)})
    [2, 1, None]
    """
    out: list[Any] = []
    _flatten_into(structure, expand_composites, out)
    return out


def _flatten_into(structure: Any, expand: bool, out: list[Any]) -> None:
    kind = _kind(type(structure))
    if kind == _LEAF or (kind == _COMPOSITE and not expand):
        out.append(structure)
    elif kind == _COMPOSITE:
        _flatten_into(_components(structure), True, out)
    else:
        for child in _children(structure, kind):
            if _kind(type(child)) == _LEAF:
                out.append(child)
            else:
                _flatten_into(child, expand, out)


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """The structure again, with its leaves replaced by those of a flat sequence.

    Args:
        structure: any structure.
        flat_sequence: as many leaves as `flatten` finds, or ValueError; TypeError if it is no sequence.
        expand_composites: build IndexedSlices and the like from their Tensors.

    Source: tf.nest.pack_sequence_as.

    >>> import tfcompat_tape as tf
    >>> tf.nest.pack_sequence_as({"b": 0, "a": (0, 0)}, [1, 2, 3])
    {'b': 3, 'a': (1, 2)}
    """
    if not is_nested(flat_sequence):
        raise TypeError(
            f"Attempted to pack value:\n  {flat_sequence}\ninto a structure, but found incompatible type "
            f"`{type(flat_sequence)}` instead."
        )
    kind = _kind(type(structure))
    if kind == _LEAF or (kind == _COMPOSITE and not expand_composites):
        if len(flat_sequence) != 1:
            raise ValueError(
                f"The target structure is of type `{type(structure)}`\n  {structure}\n"
                f"However the input is a sequence ({type(flat_sequence)}) of length {len(flat_sequence)}.\n"
                f"  {flat_sequence}\n"
                "nest cannot guarantee that it is safe to map one to the other."
            )
        return flat_sequence[0]
    # Lists and tuples, the usual case, are iterated; anything else must have an item for each index.
    if type(flat_sequence) in (list, tuple):
        leaves: Iterator[Any] = iter(flat_sequence)
    else:
        leaves = map(flat_sequence.__getitem__, range(len(flat_sequence)))
    try:
        packed = _pack(structure, expand_composites, leaves.__next__)
        complete = next(leaves, leaves) is leaves
    except StopIteration:
        complete = False
    if not complete:
        raise ValueError(
            f"Could not pack sequence. Structure had {len(flatten(structure, expand_composites))} atoms, "
            f"but flat_sequence had {len(flat_sequence)} items.  "
            f"Structure: {structure}, flat_sequence: {flat_sequence}."
        )
    return packed


def _pack(structure: Any, expand: bool, take: Callable[[], Any]) -> Any:
    kind = _kind(type(structure))
    if kind == _LEAF or (kind == _COMPOSITE and not expand):
        return take()
    if kind == _COMPOSITE:
        spec = _spec(structure)
        return spec._from_components(_pack(spec._component_specs, True, take))
    if kind == _MAPPING:
        return _rebuild_mapping(
            structure, {key: _pack(structure[key], expand, take) for key in _sorted_keys(structure)}
        )
    packed = [
        take() if _kind(type(child)) == _LEAF else _pack(child, expand, take)
        for child in (structure if kind == _SEQUENCE else _children(structure, kind))
    ]
    return packed if type(structure) is list else _rebuild(structure, kind, packed)


def map_structure(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """Call a function on each leaf of a structure, or on the matching leaves of several.

    Args:
        func: takes as many leaves as there are structures; TypeError if it is not callable.
        *structure: structures of one form; the result has the types of the first.
        **kwargs: `check_types` (True: types must match as well) and `expand_composites` (False).

    Raises ValueError or TypeError if the structures differ, as `assert_same_structure` does.
    Source: tf.nest.map_structure.

    >>> import tfcompat_tape as tf
    >>> tf.nest.map_structure(lambda x, y: x + y, {"a": 1, "b": [2]}, {"a": 10, "b": [20]})
    {'a': 11, 'b': [22]}
    """
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    check_types = kwargs.pop("check_types", True)
    expand = kwargs.pop("expand_composites", False)
    if kwargs:
        raise ValueError(
            "Only valid keyword arguments are `check_types` and `expand_composites`, "
            f"not: `{'`, `'.join(kwargs)}`"
        )
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types=check_types, expand_composites=expand)
    columns = [flatten(one, expand) for one in structure]
    return pack_sequence_as(structure[0], [func(*leaves) for leaves in zip(*columns, strict=True)], expand)


def assert_same_structure(
    nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Raise unless two structures have the same form.

    Args:
        nest1, nest2: any structures.
        check_types: the types must match too, and the keys of mappings. All mappings match each other, so do
            lists and their subclasses, and namedtuples of one name and the same fields.
        expand_composites: IndexedSlices and the like must be of matching specs.

    Raises ValueError where one is a leaf or has another number of elements, TypeError where types differ.
    Source: tf.nest.assert_same_structure.

    >>> import tfcompat_tape as tf
    >>> tf.nest.assert_same_structure([1, (2, 3)], [4, (5, 6)])
    >>> tf.nest.assert_same_structure([1], (1,), check_types=False)
    """
    try:
        _compare(nest1, nest2, check_types, expand_composites)
    except _DifferError as found:
        raise found.error(
            "The two structures don't have the same nested structure.\n\n"
            f"First structure: {_described(nest1)}\n\nSecond structure: {_described(nest2)}\n\n"
            f"More specifically: {found}\n"
            f"Entire first structure:\n{_outline(nest1)}\nEntire second structure:\n{_outline(nest2)}"
        ) from None


# -- comparing ------------------------------------------------------------------------------------


class _DifferError(Exception):
    """Where two structures differ, and the class of the error to raise."""

    def __init__(self, error: type[Exception], message: str) -> None:
        super().__init__(message)
        self.error = error


def _compare(first: Any, second: Any, check_types: bool, expand: bool) -> None:
    kind1, kind2 = _kind(type(first)), _kind(type(second))
    lowest = _COMPOSITE if expand else _SEQUENCE
    nested1, nested2 = kind1 >= lowest, kind2 >= lowest
    if nested1 != nested2:
        nested, leaf = (first, second) if nested1 else (second, first)
        raise _DifferError(
            ValueError,
            f'Substructure "{_described(nested)}" is a sequence, '
            f'while substructure "{_described(leaf)}" is not',
        )
    if not nested1:
        return
    if check_types and not _same_type(first, second, kind1, kind2):
        raise _DifferError(
            TypeError,
            "The two namedtuples don't have the same sequence type. "
            f"First structure {_described(first)} has type {type(first).__name__}, "
            f"while second structure {_described(second)} has type {type(second).__name__}",
        )
    if kind1 == _COMPOSITE or kind2 == _COMPOSITE:
        _compare_composites(first, second)
        return
    if check_types and kind1 == _MAPPING and first.keys() != second.keys():
        raise _DifferError(
            ValueError,
            "The two dictionaries don't have the same set of keys. "
            f"First structure has keys {_described(list(first))}, "
            f"while second structure has keys {_described(list(second))}",
        )
    children1, children2 = _children(first, kind1), _children(second, kind2)
    for child1, child2 in zip(children1, children2, strict=False):
        _compare(child1, child2, check_types, expand)
    if len(children1) != len(children2):
        raise _DifferError(
            ValueError,
            "The two structures don't have the same number of elements. "
            f"First structure: {_described(first)}. Second structure: {_described(second)}",
        )


def _same_type(first: Any, second: Any, kind1: int, kind2: int) -> bool:
    if kind1 == _COMPOSITE or kind2 == _COMPOSITE:
        return True  # their specs say
    cls1, cls2 = type(first), type(second)
    if cls1 is cls2 or (kind1 == kind2 == _MAPPING):
        return True
    if kind1 == kind2 == _NAMEDTUPLE:
        return cls1.__name__ == cls2.__name__ and cls1._fields == cls2._fields
    return isinstance(first, list) and isinstance(second, list)


def _compare_composites(first: Any, second: Any) -> None:
    spec1 = _spec(first) if _kind(type(first)) == _COMPOSITE else None
    spec2 = _spec(second) if _kind(type(second)) == _COMPOSITE else None
    if spec1 is None or spec2 is None or spec1.most_specific_common_supertype([spec2]) is None:
        raise _DifferError(
            ValueError,
            f"Incompatible CompositeTensor TypeSpecs: {_described(spec1)} vs. {_described(spec2)}",
        )


def _described(value: Any) -> str:
    return f"type={type(value).__name__} str={value}"


class _Dot:
    def __repr__(self) -> str:
        return "."


def _outline(structure: Any) -> str:
    """The form of a structure, with a dot for each leaf."""
    return str(map_structure(lambda _: _Dot(), structure))
