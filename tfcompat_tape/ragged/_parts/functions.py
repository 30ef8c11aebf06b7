"""Public functions that take RaggedTensors too: what answers where they meet one, as soon as there is one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from tfcompat_tape._elementwise import ASSERT, BINARY, UNARY, functions, named
from tfcompat_tape.core.overloads import overloads
from tfcompat_tape.ragged._parts import (
    elementwise,
    gathering,
    images,
    joining,
    lookup,
    products,
    reductions,
    shapes,
    string_joining,
)

# Elementwise for RaggedTensors, though not for every type of value.
_UNARY = "bitcast identity nn.dropout nn.experimental.stateless_dropout stop_gradient"
_MANY = "math.add_n strings.join"


def _first(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """`function` on RaggedTensors among its first arguments, one or two, which act element by element."""
    parameters = [*inspect.signature(function).parameters][:count]

    def call(*args: Any, **kwargs: Any) -> Any:
        operands = [*args[:count], *[kwargs.pop(name) for name in parameters[len(args) :] if name in kwargs]]
        rest = args[count:]
        if elementwise.holds_ragged([*rest, *kwargs.values()]):
            raise TypeError(f"{function.__name__} takes a RaggedTensor only as {' or '.join(parameters)}.")
        if len(operands) == 1:
            flat = function(operands[0].flat_values, *rest, **kwargs)
            return operands[0].with_flat_values(flat)
        return elementwise.elementwise(lambda *flats: function(*flats, *rest, **kwargs), operands)

    return call


def _all_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` of a list of tensors, element by element."""

    def call(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        return elementwise.elementwise(lambda *flats: function(list(flats), *args, **kwargs), inputs)

    return call


def _asserted(function: Callable[..., Any]) -> Callable[..., Any]:
    """An assertion about two values, of RaggedTensors."""

    def call(x: Any, y: Any, *args: Any, **kwargs: Any) -> None:
        flats, _ = elementwise.aligned((x, y))
        function(*flats, *args, **kwargs)

    return call


def _of_flat(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that asks about the values of one RaggedTensor, whatever their rows are."""

    def call(x: Any, *args: Any, **kwargs: Any) -> Any:
        return function(x.flat_values, *args, **kwargs)

    return call


def _table() -> dict[str, Callable[..., Any]]:
    """What answers for RaggedTensors in place of the public functions, by their paths."""
    table: dict[str, Any] = {}
    for paths, count in ((UNARY + _UNARY, 1), (BINARY, 2)):
        for path, function in functions(paths):
            table[path] = _first(function, count)
    for path, function in functions(_MANY):
        table[path] = _all_of(function)
    for name, reduce in reductions.REDUCTIONS.items():
        table[f"math.{name}"] = reduce
    for kind in ("sum", "prod", "max", "min", "mean", "sqrt_n"):
        path = f"math.unsorted_segment_{kind}"
        table[path] = reductions.segment_function(named(path))
    for name in ("concat", "expand_dims", "squeeze", "stack", "tile"):
        table[name] = getattr(joining, name)
    table["gather"] = gathering.gather
    for name in ("gather_nd", "where", "reverse", "one_hot", "size", "rank", "split"):
        table[name] = getattr(lookup, name)
    for name in ("zeros_like", "ones_like"):
        table[name] = lookup.like(named(name))
    table["nn.embedding_lookup"] = lookup.embedding_lookup
    table["nn.moments"] = reductions.moments
    table["dynamic_partition"] = lookup.dynamic_partition
    table["nn.softmax"] = reductions.softmax
    for path, function in functions(ASSERT):
        table[path] = _asserted(function)
    for name in ("shape", "reshape", "broadcast_to"):
        table[name] = getattr(shapes, name)
    table["image.resize"] = images.resize
    table["math.cumsum"] = products.cumsum
    table["linalg.matmul"] = products.matmul
    table["math.bincount"] = products.bincount
    table["sparse.bincount"] = products.sparse_bincount
    table["strings.reduce_join"] = string_joining.reduce_join
    table["debugging.assert_type"] = _of_flat(named("debugging.assert_type"))
    return table


def _of_shapes() -> dict[str, Callable[..., Any]]:
    """What answers for DynamicRaggedShapes in place of the public functions, by their paths."""
    table = {name: getattr(shapes, name) for name in ("reshape", "broadcast_to", "broadcast_dynamic_shape")}
    return table | {name: shapes.filled(named(name)) for name in ("zeros", "ones", "fill")}


def install() -> None:
    """Have the public functions answer for RaggedTensors and their shapes."""
    for holds, table in ((elementwise.holds_ragged, _table()), (shapes.holds_shape, _of_shapes())):
        for path, ragged in table.items():
            overloads(named(path)).kinds.append((holds, ragged))
