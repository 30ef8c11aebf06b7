"""What a node of TensorFlow's graphs computes: ops of the registry by `tf.raw_ops`, and those that only graphs have.

A node is compiled once: `operation(node)` gives a function of the node's inputs that gives its outputs, by the names
of the op's results.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import failed_precondition, unimplemented
from tfcompat_tape.core.handles import Handle
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wire import DecodeError
from tfcompat_tape.io.tensor_protos import make_ndarray
from tfcompat_tape.ops.raw import calls as raw_calls
from tfcompat_tape.saved_model.graph_examples import BYTES
from tfcompat_tape.saved_model.graph_lists import LISTS, TensorList
from tfcompat_tape.saved_model.graph_ragged import RAGGED
from tfcompat_tape.saved_model.graph_strings import STRINGS
from tfcompat_tape.saved_model.graph_tables import TABLES

Outputs = dict[str, list[Any]]
Operation = Callable[[list[Any]], Outputs]

# Several lists of tensors, all of one length.
_EQUAL_LISTS = {"DynamicStitch", "ParallelDynamicStitch", "SparseConcat"}
_ATTRS = {("Squeeze", "axis"): "squeeze_dims"}
# What reads or writes files, or calls Python, does so for code of the program alone, not for a file.
_NOT_FROM_FILES = {"EagerPyFunc", "MatchingFiles", "PyFunc", "PyFuncStateless", "ReadFile", "WriteFile"}


class FunctionName(str):
    """The name of a function of the graph's library."""


def attribute(value: Any) -> Any:
    """The value of an attribute."""
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    found = getattr(value, kind)
    if kind == "list":
        return next(
            (
                [_single(name, one) for one in getattr(found, name)]
                for name in ("s", "i", "f", "b", "type", "shape", "tensor", "func")
                if len(getattr(found, name))
            ),
            [],
        )
    return _single(kind, found)


def _single(kind: str, value: Any) -> Any:
    if kind == "s":
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value
    if kind == "type":
        return dtypes.as_dtype(value) if value in dtypes._BY_ENUM else value
    if kind == "shape":
        return shape_of(value)
    if kind == "func":
        return FunctionName(value.name)
    return value


def shape_of(proto: Any) -> TensorShape:
    """A shape from its message."""
    if proto.unknown_rank:
        return TensorShape(None)
    return TensorShape([None if dim.size < 0 else dim.size for dim in proto.dim])


def known(op: str) -> bool:
    """Whether nodes of this op can be run."""
    return op in _SPECIAL or op in _PLAIN or (op in _covered() and op not in _NOT_FROM_FILES)


def _covered() -> set[str]:
    return _COVERED or (_COVERED.update(raw_calls.covered()), _COVERED)[1]  # type: ignore[func-returns-value]


_COVERED: set[str] = set()


def operation(node: Any) -> Operation:
    """What a node computes.

    Raises:
      UnimplementedError: nothing here computes it. DecodeError: a node that is none.
    """
    attrs = {key: attribute(value) for key, value in node.attr.items()}
    if node.op in _SPECIAL:
        return _SPECIAL[node.op](attrs)
    if node.op in _PLAIN:
        function = _PLAIN[node.op]
        return lambda inputs: function(attrs, *inputs)
    if node.op not in _covered() or node.op in _NOT_FROM_FILES:
        raise unimplemented(f"the op {node.op} is not run from graphs here.")
    return _registered(node, attrs)


def _registered(node: Any, attrs: Mapping[str, Any]) -> Operation:
    """A node of an op of the registry."""
    call = raw_calls.named(node.op)
    inputs, fixed, lists = [], {}, 0
    for argument in raw_calls.arguments(node.op):
        if argument.is_tensor or argument.is_handle:
            inputs.append(argument)
            lists += argument.is_list
            continue
        name = _ATTRS.get((node.op, argument.name), argument.name)
        if name in attrs:
            fixed[argument.name] = attrs[name]
    if lists > 1 and node.op not in _EQUAL_LISTS:
        raise unimplemented(
            f"the op {node.op} takes several lists of tensors, and is not run from graphs here."
        )
    singles = len(inputs) - lists
    results = raw_calls.results(node.op)

    def run(given: list[Any]) -> Outputs:
        length = (len(given) - singles) // max(lists, 1)
        if len(given) != singles + lists * length:
            raise DecodeError(f"{node.name}: {node.op} got {len(given)} inputs")
        kwargs, at = dict(fixed), 0
        for argument in inputs:
            if argument.is_list:
                kwargs[argument.name] = given[at : at + length]
                at += length
            else:
                kwargs[argument.name] = given[at]
                at += 1
        return _by_name(results, call(**kwargs))

    return run


def _by_name(names: Sequence[str], value: Any) -> Outputs:
    if not names:
        return {}
    if len(names) == 1:
        whole = names[0].startswith("*")
        return {names[0].lstrip("*"): list(value) if whole else [value]}
    return {
        name.lstrip("*"): list(part) if name.startswith("*") else [part]
        for name, part in zip(names, value, strict=True)
    }


# -- ops that only graphs have -----------------------------------------------------------------------------------------


def _constant(attrs: Mapping[str, Any]) -> Operation:
    value = constant(attrs["value"])
    return lambda inputs: {"output": [value]}


def constant(proto: Any) -> Tensor:
    """The Tensor that a message holds."""
    try:
        return convert(make_ndarray(proto))
    except (TypeError, ValueError, KeyError) as error:
        raise DecodeError(f"a constant is damaged: {error}") from None


def _nothing(attrs: Mapping[str, Any]) -> Operation:
    return lambda inputs: {}


def _placeholder(attrs: Mapping[str, Any]) -> Operation:
    raise unimplemented("a Placeholder within a function of a graph has no value.")


def _read(attrs: Mapping[str, Any]) -> Operation:
    def run(inputs: list[Any]) -> Outputs:
        (handle,) = inputs
        if type(handle) is not Handle:
            raise failed_precondition(f"ReadVariableOp: there is no Variable, but {handle!r}.")
        return {"value": [handle.variable._read()]}

    return run


def _is_initialized(attrs: Mapping[str, Any]) -> Operation:
    return lambda inputs: {"is_initialized": [convert(True)]}


def _print(attrs: Mapping[str, Any]) -> Operation:
    from tfcompat_tape.printing import print

    stream = attrs.get("output_stream") or "stderr"
    where = {"stderr": sys.stderr, "stdout": sys.stdout}.get(stream, stream)
    end = attrs.get("end", "\n")

    def run(inputs: list[Any]) -> Outputs:
        print(inputs[0], output_stream=where, end=end)
        return {}

    return run


def _format(attrs: Mapping[str, Any]) -> Operation:
    from tfcompat_tape.strings import format

    options = {key: attrs[key] for key in ("placeholder", "summarize") if key in attrs}
    return lambda inputs: {"output": [format(attrs["template"], inputs, **options)]}


def _identity(attrs: Mapping[str, Any]) -> Operation:
    """A value as it is, which may be a table or a list."""
    call = raw_calls.named("Identity")

    def run(inputs: list[Any]) -> Outputs:
        (value,) = inputs
        return {"output": [call(input=value) if isinstance(value, Tensor) else value]}

    return run


def _stop_gradient(attrs: Mapping[str, Any]) -> Operation:
    """A constant to every tape, which may be a list."""
    call = raw_calls.named("StopGradient")

    def one(value: Any) -> Any:
        if isinstance(value, TensorList):
            return value.of([None if x is None else call(input=x) for x in value.items])
        return call(input=value)

    return lambda inputs: {"output": [one(inputs[0])]}


def _identities(attrs: Mapping[str, Any]) -> Operation:
    call = raw_calls.named("Identity")
    return lambda inputs: {"output": [call(input=x) if isinstance(x, Tensor) else x for x in inputs]}


def with_gradient(count: int, gradient: Callable[..., Any]) -> Operation:
    """`count` values as they are, with a gradient of the user's: `gradient` is called with the cotangents, and the
    values behind those that are handed on.
    """

    def run(inputs: list[Any]) -> Outputs:
        from tfcompat_tape.tape.custom_gradient import custom_gradient

        values, captured = inputs[:count], inputs[count:]
        if not all(isinstance(value, Tensor) for value in values):
            raise unimplemented("a tf.custom_gradient with respect to Variables is not run from graphs here.")

        @custom_gradient
        def same(*given: Any) -> Any:
            def rule(*grads: Any) -> Any:
                return gradient(list(grads), captured)

            return list(given), rule

        return {"output": list(same(*values))}

    return run


_PLAIN = {**BYTES, **LISTS, **RAGGED, **STRINGS}
_SPECIAL: dict[str, Callable[[Mapping[str, Any]], Operation]] = {
    "Const": _constant,
    "DisableCopyOnRead": _nothing,
    "Identity": _identity,
    "IdentityN": _identities,
    "NoOp": _nothing,
    "Placeholder": _placeholder,
    "PrintV2": _print,
    "ReadVariableOp": _read,
    "StopGradient": _stop_gradient,
    "StringFormat": _format,
    "VarIsInitializedOp": _is_initialized,
    **TABLES,
}
