"""`tensorflow.python.util.nest`: structures with their paths, and only as deep as a shallower one.

A path is the keys, positions and field names that lead to a leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.nest import structures
from tfcompat_tape.nest.structures import (
    _ATTRS,
    _COMPOSITE,
    _LEAF,
    _MAPPING,
    _NAMEDTUPLE,
    _kind,
    _sorted_keys,
)

Path = tuple[Any, ...]


def is_nested_or_composite(seq: Any) -> bool:
    """Whether a value is a structure, or a composite such as IndexedSlices."""
    return _kind(type(seq)) >= _COMPOSITE


is_sequence_or_composite = is_nested_or_composite


def is_mapping(obj: Any) -> bool:
    return isinstance(obj, Mapping)


def is_attrs(obj: Any) -> bool:
    return _kind(type(obj)) == _ATTRS


def is_namedtuple(instance: Any, strict: bool = False) -> bool:
    """Whether a value is a namedtuple; with `strict`, of a class that is nothing more."""
    if _kind(type(instance)) != _NAMEDTUPLE:
        return False
    return not strict or type(instance).__base__ is tuple


_is_namedtuple = is_namedtuple


def list_to_tuple(structure: Any) -> Any:
    """The structure with tuples in place of its lists."""
    if isinstance(structure, list):
        return tuple([list_to_tuple(child) for child in structure])
    if not nest.is_nested(structure):
        return structure
    return _with_children(structure, [list_to_tuple(child) for _, child in _items(structure)])


def sequence_like(instance: Any, args: Any) -> Any:
    """A structure of the kind of `instance`, with these children: those of a dict in the order of its sorted keys."""
    return _with_children(instance, list(args))


def flatten_dict_items(dictionary: Mapping[Any, Any]) -> dict[Any, Any]:
    """Keys and values of a dict that are structures of one form, each leaf of a key with that of its value.

    Raises:
      TypeError: no mapping.
      ValueError: a key and its value differ in form, or a leaf comes twice.
    """
    if not isinstance(dictionary, Mapping):
        raise TypeError("input must be a dictionary")
    found: dict[Any, Any] = {}
    for key, value in dictionary.items():
        keys, values = nest.flatten(key), nest.flatten(value)
        if len(keys) != len(values):
            raise ValueError(
                f"Could not flatten dictionary. Key had {len(keys)} elements, but value had {len(values)} elements. "
                f"Key: {keys}, value: {values}."
            )
        for leaf, item in zip(keys, values, strict=True):
            if leaf in found:
                raise ValueError(f"Could not flatten dictionary: key {leaf} is not unique.")
            found[leaf] = item
    return found


# -- paths -------------------------------------------------------------------------------------------------------------


def _items(structure: Any, expand: bool = False) -> list[tuple[Any, Any]]:
    """What a structure holds directly: (key, position or field name, child)."""
    kind = _kind(type(structure))
    if kind == _MAPPING:
        return [(key, structure[key]) for key in _sorted_keys(structure)]
    if kind == _NAMEDTUPLE:
        return [(name, getattr(structure, name)) for name in structure._fields]
    if kind == _ATTRS:
        return [(field.name, getattr(structure, field.name)) for field in structure.__attrs_attrs__]
    if kind == _COMPOSITE:
        return list(enumerate(nest.flatten(structure, True))) if expand else []
    return list(enumerate(structures._children(structure, kind)))


def _yield_sorted_items(iterable: Any) -> Iterator[tuple[Any, Any]]:
    """The children of a structure with their keys, positions or field names, in the order in which it is flattened."""
    return iter(_items(iterable))


def _yield_value(iterable: Any) -> Iterator[Any]:
    return (child for _, child in _items(iterable))


def _with_children(structure: Any, children: list[Any]) -> Any:
    kind = _kind(type(structure))
    if kind == _MAPPING:
        return structures._rebuild_mapping(
            structure, dict(zip(_sorted_keys(structure), children, strict=True))
        )
    return children if type(structure) is list else structures._rebuild(structure, kind, children)


def _walk(structure: Any, expand: bool, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    kind = _kind(type(structure))
    if kind == _LEAF or (kind == _COMPOSITE and not expand):
        yield path, structure
        return
    for key, child in _items(structure, expand):
        yield from _walk(child, expand, (*path, key))


def yield_flat_paths(nest: Any, expand_composites: bool = False) -> Iterator[Path]:
    for path, _ in _walk(nest, expand_composites):
        yield path


def flatten_with_tuple_paths(structure: Any, expand_composites: bool = False) -> list[tuple[Path, Any]]:
    """The leaves in order, each with its path."""
    return list(_walk(structure, expand_composites))


def flatten_with_joined_string_paths(
    structure: Any, separator: str = "/", expand_composites: bool = False
) -> list[tuple[str, Any]]:
    """The leaves in order, each with its path as text."""
    return [(separator.join(map(str, path)), leaf) for path, leaf in _walk(structure, expand_composites)]


def map_structure_with_tuple_paths(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """`func(path, *leaves)` for the matching leaves of several structures, as a structure like the first."""
    return _map_with_paths(func, structure, kwargs)


def map_structure_with_paths(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """The same with the path as text, its parts joined by "/"."""
    return _map_with_paths(lambda path, *leaves: func("/".join(map(str, path)), *leaves), structure, kwargs)


def _map_with_paths(func: Callable[..., Any], structure: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    expand = kwargs.get("expand_composites", False)
    paths = iter([path for path, _ in _walk(structure[0], expand)])
    return nest.map_structure(lambda *leaves: func(next(paths), *leaves), *structure, **kwargs)


# -- as deep as a shallower structure ----------------------------------------------------------------------------------


def assert_shallow_structure(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Raise unless `input_tree` has the form of `shallow_tree`, down to the leaves of that.

    Raises:
      TypeError: a leaf where a structure should be, or one of another type.
      ValueError: another number of elements, or other keys.
    """
    if not _is_nest(shallow_tree, expand_composites):
        return
    if not _is_nest(input_tree, expand_composites):
        raise TypeError(
            "If shallow structure is a sequence, input must also be a sequence. "
            f"Input has type: {type(input_tree)}."
        )
    shallow, deep = _items(shallow_tree, expand_composites), _items(input_tree, expand_composites)
    kinds = _kind(type(shallow_tree)), _kind(type(input_tree))
    if check_types and not structures._same_type(shallow_tree, input_tree, *kinds):
        raise TypeError(
            "The two structures don't have the same sequence type. Input structure has type "
            f"{type(input_tree)}, while shallow structure has type {type(shallow_tree)}."
        )
    if len(shallow) != len(deep):
        raise ValueError(
            "The two structures don't have the same sequence length. Input structure has length "
            f"{len(deep)}, while shallow structure has length {len(shallow)}."
        )
    if kinds == (_MAPPING, _MAPPING):
        lacking = [key for key, _ in shallow if key not in input_tree]
        if lacking:
            raise ValueError(
                "The shallow_tree's keys are not a subset of the input_tree's keys. The shallow_tree has the "
                f"following keys that are not in the input_tree: {lacking}."
            )
        deep = [(key, input_tree[key]) for key, _ in shallow]
    for (_, one), (_, other) in zip(shallow, deep, strict=True):
        assert_shallow_structure(one, other, check_types, expand_composites)


def _is_nest(value: Any, expand: bool) -> bool:
    return is_nested_or_composite(value) if expand else nest.is_nested(value)


def _up_to(shallow: Any, deep: Any, expand: bool, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if not _is_nest(shallow, expand):
        yield path, deep
        return
    inner = dict(_items(deep, expand))
    for (key, one), position in zip(_items(shallow, expand), inner, strict=True):
        at = key if key in inner else position
        yield from _up_to(one, inner[at], expand, (*path, key))


def flatten_with_tuple_paths_up_to(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> list[tuple[Path, Any]]:
    """What lies in `input_tree` where `shallow_tree` has its leaves, each with its path.

    Raises:
      TypeError, ValueError: as `assert_shallow_structure`.
    """
    assert_shallow_structure(shallow_tree, input_tree, check_types, expand_composites)
    return list(_up_to(shallow_tree, input_tree, expand_composites))


def flatten_up_to(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> list[Any]:
    """The same without the paths.

    >>> flatten_up_to([None, None], [[2, 3], 4])
    [[2, 3], 4]
    """
    found = flatten_with_tuple_paths_up_to(shallow_tree, input_tree, check_types, expand_composites)
    return [value for _, value in found]


def map_structure_up_to(shallow_tree: Any, func: Callable[..., Any], *inputs: Any, **kwargs: Any) -> Any:
    """`func` of what lies in each input where `shallow_tree` has its leaves, as a structure like `shallow_tree`."""
    return map_structure_with_tuple_paths_up_to(
        shallow_tree, lambda _, *values: func(*values), *inputs, **kwargs
    )


def map_structure_with_tuple_paths_up_to(
    shallow_tree: Any, func: Callable[..., Any], *inputs: Any, **kwargs: Any
) -> Any:
    """The same with `func(path, *values)`.

    Raises:
      ValueError: no inputs.
    """
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    check_types = kwargs.pop("check_types", True)
    expand = kwargs.pop("expand_composites", False)
    if kwargs:
        raise ValueError(f"Only `check_types` and `expand_composites` are keywords, not {list(kwargs)}.")
    columns = [flatten_with_tuple_paths_up_to(shallow_tree, one, check_types, expand) for one in inputs]
    results = [func(rows[0][0], *[value for _, value in rows]) for rows in zip(*columns, strict=True)]
    return nest.pack_sequence_as(shallow_tree, results, expand)


def get_traverse_shallow_structure(
    traverse_fn: Callable[[Any], Any], structure: Any, expand_composites: bool = False
) -> Any:
    """A structure of booleans: how far `traverse_fn` goes down into `structure`.

    `traverse_fn` gives True or False for a structure, or a structure of booleans for what it holds directly.

    Raises:
      TypeError: it gives something else.
    """
    answer = traverse_fn(structure)
    if not _is_nest(structure, expand_composites):
        if not isinstance(answer, bool):
            raise TypeError(f"traverse_fn returned structure: {answer} for non-structure: {structure}")
        return answer
    children = [child for _, child in _items(structure, expand_composites)]
    if isinstance(answer, bool):
        if not answer:
            return False
        found = [get_traverse_shallow_structure(traverse_fn, child, expand_composites) for child in children]
        return _with_children(structure, found)
    assert_shallow_structure(answer, structure, expand_composites=expand_composites)
    found = []
    for (_, down), child in zip(_items(answer), children, strict=True):
        if not isinstance(down, bool):
            raise TypeError(f"traverse_fn didn't return a depth=1 structure of bools: {answer}")
        found.append(get_traverse_shallow_structure(traverse_fn, child, expand_composites) if down else False)
    return _with_children(structure, found)


__all__ = [
    "_is_namedtuple",
    "_yield_sorted_items",
    "_yield_value",
    "assert_shallow_structure",
    "flatten_dict_items",
    "flatten_up_to",
    "flatten_with_joined_string_paths",
    "flatten_with_tuple_paths",
    "flatten_with_tuple_paths_up_to",
    "get_traverse_shallow_structure",
    "is_attrs",
    "is_mapping",
    "is_namedtuple",
    "is_nested_or_composite",
    "is_sequence_or_composite",
    "list_to_tuple",
    "map_structure_up_to",
    "map_structure_with_paths",
    "map_structure_with_tuple_paths",
    "map_structure_with_tuple_paths_up_to",
    "sequence_like",
    "yield_flat_paths",
]
