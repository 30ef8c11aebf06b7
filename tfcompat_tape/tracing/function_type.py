"""What a function takes and gives, as TensorFlow writes it: `(x: TensorSpec(...), n: Literal[3]) -> Literal[None]`."""

from __future__ import annotations

import ast
import contextlib
import inspect
import weakref
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing import symbolic
from tfcompat_tape.tracing.signature import CONTEXT, itself

_LITERALS = (bool, int, float, complex, str, bytes, type(None), type(...), range)


class FunctionType(inspect.Signature):
    """The parameters of a function and what it returns. Source: `tf.types.experimental.FunctionType`.

    >>> import tfcompat_tape as tf
    >>> str(tf.types.experimental.FunctionType.from_callable(lambda x, y=1: x))
    '(x, y=1)'
    """

    def pretty(self, captures: Mapping[int, Any]) -> str:
        """The parameters, the result and the captured values, each on a line."""
        lines = ["Input Parameters:"]
        for name, parameter in self.parameters.items():
            lines.append(f"  {name} ({parameter.kind.name}): {parameter.annotation!r}")
        lines += ["Output Type:", f"  {self.return_annotation!r}", "Captures:"]
        lines += [f"  {key}: {spec!r}" for key, spec in captures.items()] or ["  None"]
        return "\n".join(lines)


class Written:
    """A type that is nothing but its text."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Written) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


def literal(kind: Any) -> Any:
    """The Python value that a type stands for; other types stay."""
    text = repr(kind)
    if isinstance(kind, Written) and text.startswith("Literal["):
        with contextlib.suppress(ValueError, SyntaxError):
            return ast.literal_eval(text[len("Literal[") : -1])
    return kind


class VariableSpec:
    """A Variable of some dtype and shape; those with one number are the same."""

    __slots__ = ("alias_id", "dtype", "shape", "trainable")

    def __init__(self, variable: Variable, alias_id: int) -> None:
        self.dtype = variable.dtype
        self.shape = variable.shape
        self.trainable = variable.trainable
        self.alias_id = alias_id

    def __repr__(self) -> str:
        shape = None if self.shape.rank is None else tuple(self.shape)
        return (
            f"VariableSpec(shape={shape}, dtype={self.dtype!r}, trainable={self.trainable}, "
            f"alias_id={self.alias_id})"
        )


DEFAULT = Written("<captured_default_value>")
UNKNOWN = Written("<unknown>")


def of_parameters(signature: inspect.Signature, types: Mapping[str, Any]) -> FunctionType:
    """The parameters of a Python function; `types` are those that are fixed."""
    parameters = []
    for name, p in signature.parameters.items():
        default = p.empty if p.default is p.empty else DEFAULT
        parameters.append(p.replace(default=default, annotation=types.get(name, p.empty)))
    return FunctionType(parameters)


def of_call(
    signature: inspect.Signature | None, args: list[Any], kwargs: Mapping[str, Any], result: Any
) -> FunctionType:
    """The type of a function for arguments of these types."""
    declared = [] if signature is None else list(signature.parameters.values())
    plain = [p for p in declared if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p.name for p in declared if p.kind is p.VAR_POSITIONAL), None)
    kinds = inspect.Parameter
    positional = kinds.POSITIONAL_OR_KEYWORD if rest is None else kinds.POSITIONAL_ONLY
    parameters = []
    for i, one in enumerate(args):
        name = plain[i].name if i < len(plain) else f"{rest or 'args'}_{i - len(plain)}"
        parameters.append(inspect.Parameter(name, positional, annotation=one))
    order = [p.name for p in declared if p.name in kwargs]
    order += sorted(name for name in kwargs if name not in order)
    parameters += [inspect.Parameter(n, kinds.KEYWORD_ONLY, annotation=kwargs[n]) for n in order]
    return FunctionType(parameters, return_annotation=result)


def type_of(value: Any, variables: list[Variable]) -> Any:
    """The type of a value; `variables` are those that were met before."""
    if isinstance(value, (TypeSpec, VariableSpec)):
        return value
    if isinstance(value, Variable):
        value = itself(value)
        number = next((i for i, other in enumerate(variables) if other is value), None)
        if number is None:
            number = len(variables)
            variables.append(value)
        return VariableSpec(value, number)
    if isinstance(value, (Tensor, np.ndarray, np.generic, torch.Tensor)):
        tensor = convert(value)
        open_sizes = reading.current.tracer is not None  # of a trace that asks for a function within
        return TensorSpec(symbolic.shown(tensor._t) if open_sizes else tensor.shape, tensor.dtype)
    if isinstance(value, CompositeTensor):
        return value._type_spec
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return _fields(type(value).__name__, zip(value._fields, value, strict=True), variables)
    if isinstance(value, (list, tuple)):
        name = "List" if isinstance(value, list) else "Tuple"
        return Written(f"{name}[{', '.join([repr(type_of(x, variables)) for x in value])}]")
    if isinstance(value, Mapping):
        return _fields("Dict", value.items(), variables)
    kind = type(value)
    if hasattr(kind, "__tf_tracing_type__"):
        return value.__tf_tracing_type__(CONTEXT)
    if hasattr(kind, "__tf_flatten__"):
        metadata, parts = value.__tf_flatten__()
        parts = tuple([type_of(x, variables) for x in parts])
        return Written(f"CustomNestTraceType [metadata={metadata!r}, components={parts!r}]")
    if hasattr(kind, "__attrs_attrs__"):
        names = [a.name for a in kind.__attrs_attrs__]
        return _fields(kind.__name__, [(name, getattr(value, name)) for name in names], variables)
    if isinstance(value, _LITERALS) and not isinstance(value, DType):
        return Written(f"Literal[{value!r}]")
    try:
        return Written(f"Weakref[{weakref.ref(value)!r}]")
    except TypeError:
        return Written(f"Literal[{value!r}]")


def _fields(name: str, items: Any, variables: list[Variable]) -> Written:
    parts = [f"[{key!r}, {type_of(x, variables)!r}]" for key, x in items]
    return Written(f"{name}[{', '.join(parts)}]")
