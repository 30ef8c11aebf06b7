"""Ops of the registry as functions of keyword arguments, by TensorFlow's own names: what `tf.raw_ops` consists of.

facts/raw_ops.json says what TensorFlow calls the arguments and results of an op, and which arguments are tensors. Some
of these tensors (axis, shape, perm, ...) are static attributes here: they are read, and reach the kernel as Python
numbers and tuples.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections import namedtuple
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import torch

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert, match
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import InvalidArgumentError, invalid, not_found, unimplemented
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.handles import Handle
from tfcompat_tape.core.registry import OPS, Op
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops import (  # noqa: F401  # they define ops that only raw_ops has, or namespaces that load late
    older,
    optimizer_steps,
    random_states,
    resources,
    seldom,
    waves,
)
from tfcompat_tape.ops.arguments import as_axes, as_axis
from tfcompat_tape.ops.raw import attrs as raw_attrs
from tfcompat_tape.ops.raw import inputs as raw_inputs
from tfcompat_tape.ops.raw.demands import DEMANDS, Shapes
from tfcompat_tape.ops.updates import UPDATES

_NO_DEFAULT: Any = object()

# Where the attribute here has TensorFlow's name in the op definition, and the API another one.
_ATTR_NAMES = {
    ("AdjustHue", "delta"): "by",
    ("AdjustSaturation", "scale"): "by",
    ("CropAndResizeGradImage", "image_size"): "shape",
    ("ExpandDims", "axis"): "dim",
    ("Split", "axis"): "split_dim",
    ("SplitV", "axis"): "split_dim",
    ("Squeeze", "axis"): "squeeze_dims",
}
_MANY_AXES = {"All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "ReverseV2", "Squeeze", "Sum"}
_ONE_AXIS = {
    "ArgMax",
    "ArgMin",
    "Concat",
    "ConcatV2",
    "Cumprod",
    "Cumsum",
    "CumulativeLogsumexp",
    "GatherV2",
    "Split",
    "SplitV",
    "Unpack",
}
_NEW_AXIS = {"ExpandDims", "Pack"}
_AXIS_NAMES = {"axis", "concat_dim", "dim", "dimension", "split_dim", "squeeze_dims"}
_VALUES = {
    "by",
    "contrast_factor",
    "min_object_covered",
    "fill_value",
    "padding_value",
    "scale",
    "translation",
}  # arguments that are static here and need not be integers


class Argument(NamedTuple):
    """One argument of an op, as TensorFlow has it."""

    name: str
    is_tensor: bool
    is_list: bool
    default: Any
    is_handle: bool = False


@cache
def _table() -> dict[str, str]:
    text = (Path(__file__).parents[2] / "facts" / "raw_ops.json").read_text(encoding="utf-8")
    table: dict[str, str] = json.loads(text)
    return table


@cache
def arguments(name: str) -> tuple[Argument, ...]:
    """The arguments of the op `name`, in order."""
    found = []
    for word in _table()[name].partition("->")[0].split():
        bare, equals, default = word.lstrip("@*&").partition("=")
        is_tensor = not (word.startswith("@") or equals)
        found.append(
            Argument(
                bare,
                is_tensor,
                word.startswith("*"),
                _default(default) if equals else _NO_DEFAULT,
                word.startswith("&"),
            )
        )
    return tuple(found)


def results(name: str) -> list[str]:
    """The names of the results of the op `name`; `*` before a list."""
    return _table()[name].partition("->")[2].split()


def attr_name(op_type: str, name: str) -> str:
    """What the attribute or argument `name` of TensorFlow's op is called here."""
    return _ATTR_NAMES.get((op_type, name), name)


@cache
def places_of_inputs(op_type: str, count: int) -> list[int | str]:
    """For each input of TensorFlow's op its place among the `count` inputs here, or the attribute that it is here."""
    plain: list[int | str] = list(range(count))
    if op_type not in _table():
        return plain
    op = OPS[op_type]
    own, _ = _own_attrs(op)
    inputs = [(attr_name(op.name, a.name), a.is_list) for a in arguments(op.name) if a.is_tensor]
    tensors = {name: is_list for name, is_list in inputs if name not in own}
    order = op.inputs if set(op.inputs) <= tensors.keys() else tuple(tensors)
    if sum(tensors.values()) > 1 or (not any(tensors.values()) and len(order) != count):
        return plain
    starts: dict[str, tuple[int, int]] = {}
    start = 0
    for name in order:
        length = count - len(order) + 1 if tensors[name] else 1
        starts[name] = start, start + length
        start += length
    found: list[int | str] = []
    for name, _ in inputs:
        found.extend(range(*starts[name]) if name in starts else [name])
    return found if start == count else plain


def _default(text: str) -> Any:
    return dtypes.as_dtype(text.removeprefix("tf.")) if text.startswith("tf.") else ast.literal_eval(text)


def covered() -> list[str]:
    """The names of all ops that TensorFlow has and that are here."""
    return sorted(name for name in {*OPS, *UPDATES} if name in _table())


@cache
def named(name: str) -> Callable[..., Any]:
    """`make(name)`, for functions that are an op with other defaults: kept once it was made."""
    return make(name)


def make(name: str) -> Callable[..., Any]:
    """The op `name` as a function of keyword arguments; KeyError if it is not covered."""
    if name in UPDATES:
        return _make_update(name)
    op = OPS[name]
    expected = arguments(op.name)
    own, takes_any = _own_attrs(op)
    outputs = results(op.name)
    record: Any = namedtuple(op.name, [one.lstrip("*") for one in outputs]) if len(outputs) > 1 else None
    ours = [argument for argument in expected if argument.is_tensor and not argument.is_handle]

    def call(*args: Any, **kwargs: Any) -> Any:
        given = _given(op.name, expected, args, kwargs)
        tensors: dict[str, Any] = {}
        attrs: dict[str, Any] = {}
        beyond: list[tuple[Argument, Any]] = []  # attributes that the op here does not have
        given.update(raw_inputs.converted(op.name, ours, given))
        for argument in expected:
            value = given[argument.name]
            if argument.is_handle:
                value = _value_of(_variable(op.name, argument.name, value))
            attr = _ATTR_NAMES.get((op.name, argument.name), argument.name)
            if argument.is_tensor and attr not in own:
                tensors[attr] = list(value) if argument.is_list else [value]
            elif argument.is_tensor:
                attrs[attr] = _static(value, attr)
            elif attr in own or takes_any:
                attrs[attr] = _own_form(op, attr, value)
            else:
                beyond.append((argument, value))
        demand = DEMANDS.get(op.name)
        if demand is not None:
            shapes = Shapes({a.name: given[a.name] for a in expected if a.is_tensor})
            demand(op.name, shapes, {**given, **attrs})
        if set(op.inputs) <= tensors.keys():  # in the order of the op here, which may be another one
            tensors = {key: tensors[key] for key in op.inputs}
        inputs = [convert(x) if x is None else x for group in tensors.values() for x in group]  # None raises
        _count_axes(op.name, attrs, inputs)
        try:
            result = op.call(*inputs, **attrs)
        except (InvalidArgumentError, ValueError):
            if kwargs.get("incompatible_shape_error", True):
                raise
            return convert(op.name == "NotEqual")  # values of different shapes are not equal
        return _finish(op, beyond, record, outputs, result)

    return _described(call, op.name, expected)


def _make_update(name: str) -> Callable[..., Any]:
    """An op that changes variables, as a function of keyword arguments."""
    expected = arguments(name)
    update = UPDATES[name]

    def call(*args: Any, **kwargs: Any) -> Any:
        values = _given(name, expected, args, kwargs)
        together = []
        for argument in expected:
            key, value = argument.name, values[argument.name]
            if argument.is_handle:
                values[key] = _variable(name, key, value)
            elif argument.is_list:
                values[key] = [convert(item) for item in value]
            elif key in update.static:
                values[key] = _static(value, key)
            elif key in update.apart:
                values[key] = convert(value)
            elif argument.is_tensor:
                together.append(key)
        values.update(
            zip(together, match([values[key] for key in together], preferred=update.preferred), strict=True)
        )
        return update.function(name, **values)

    return _described(call, name, expected)


def _given(op_type: str, expected: tuple[Argument, ...], args: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """All arguments by name, with defaults; attributes are checked."""
    keys = [*(argument.name for argument in expected), "name"]
    if args:
        raise TypeError(
            f"{op_type} only takes keyword args (possible keys: {keys}). Please pass these args as kwargs."
        )
    for key in kwargs:
        if key not in keys:
            raise TypeError(
                f"{op_type}() got an unexpected keyword argument {key!r} (possible keys: {keys})."
            )
    given = {**kwargs, **_attributes(op_type, expected, kwargs)}
    for argument in expected:
        value = given.setdefault(argument.name, argument.default)
        if value is _NO_DEFAULT:
            raise TypeError(f"{op_type}() missing a required argument: {argument.name!r}.")
    given.pop("name", None)
    return given


def _variable(op_type: str, name: str, value: Any) -> Variable:
    """The variable whose handle stands for the argument `name`."""
    if type(value) is Handle:
        return value.variable
    if isinstance(value, (Tensor, Variable)):
        place = [argument.name for argument in arguments(op_type)].index(name)
        raise invalid(
            f"cannot compute {op_type} as input #{place}(zero-based) was expected to be a resource tensor but is a "
            f"{type_name(value.dtype)} tensor. Pass the `handle` of a variable."
        )
    raise (ValueError if value is None else TypeError)(
        f"Cannot convert {value!r} to EagerTensor of dtype resource: {op_type} takes the `handle` of a variable."
    )


def _value_of(variable: Variable) -> Tensor:
    """The present value, traced by the tapes that watch the variable already: a handle does not make them watch it."""
    return Tensor(variable._t, variable._node)


def _described(call: Any, op_type: str, expected: tuple[Argument, ...]) -> Callable[..., Any]:
    """`call` with the name, docstring and signature of the op."""
    call.__name__ = call.__qualname__ = op_type
    call.__doc__ = (
        f"The op {op_type}, by keyword arguments: `{_table()[op_type]}`. Source: `tf.raw_ops.{op_type}`."
    )
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter(
            a.name, kind, default=inspect.Parameter.empty if a.default is _NO_DEFAULT else a.default
        )
        for a in expected
    ]
    call.__signature__ = inspect.Signature([*parameters, inspect.Parameter("name", kind, default=None)])
    return call  # type: ignore[no-any-return]


def _own_attrs(op: Op) -> tuple[set[str], bool]:
    """The attributes that the op takes here, and whether it takes any others too."""
    takes = inspect.signature(op.call).parameters.values()
    if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in takes) and op.call.__name__ != "cast":
        return set(), False
    own = set(op.defaults)
    takes_any = False
    try:
        parameters = list(inspect.signature(op.kernel).parameters.values())
    except ValueError:  # a builtin of torch
        parameters = []
    for place, parameter in enumerate(parameters):
        if parameter.kind is parameter.VAR_KEYWORD:
            takes_any = True
        elif parameter.kind is parameter.KEYWORD_ONLY or place >= len(op.inputs):
            own.add(parameter.name)
    return own - set(op.inputs), takes_any


def _static(value: Any, name: str) -> Any:
    """A tensor argument as Python numbers: a number, or nested tuples."""
    if isinstance(value, TensorShape):
        return tuple(value.as_list())
    if type(value) is int:
        return value
    raw = convert(value)._t
    if not isinstance(raw, torch.Tensor) or (
        name not in _VALUES and raw.dtype.is_floating_point and raw.numel()
    ):
        raise invalid(f"{name} must be of an integer dtype, got {value!r}.")
    return _tuples(reading.listed(raw))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, (list, tuple)) else value


def _attributes(op_type: str, expected: tuple[Argument, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The attributes among the arguments, checked: first their kinds, then their values, as TensorFlow does."""
    kinds = raw_attrs.kinds(op_type)
    found = {}
    for argument in expected:
        if argument.is_tensor:
            continue
        value = kwargs.get(argument.name, argument.default)
        if value is None and argument.default is not _NO_DEFAULT:
            value = argument.default
        if value is _NO_DEFAULT:
            continue  # `call` says so, in the order of the arguments
        found[argument.name] = value
        if argument.name in kinds:
            found[argument.name] = raw_attrs.read(op_type, argument.name, kinds[argument.name], value)
    for name, value in found.items():
        if name in kinds:
            raw_attrs.check(op_type, name, kinds[name], value)
    return found


def _own_form(op: Op, attr: str, value: Any) -> Any:
    """The value of an attribute as the kernel takes it."""
    if isinstance(value, DType):
        if op.name == "Cast" or isinstance(op.defaults.get(attr), DType) or value.torch is None:
            return value
        return value.torch
    return value


def _flat(value: Any) -> list[Any]:
    return [n for item in value for n in _flat(item)] if isinstance(value, tuple) else [value]


def _only(value: Any) -> Any:
    """A number, also from a vector of one."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _count_axes(name: str, attrs: dict[str, Any], inputs: list[Any]) -> None:
    """Axes counted from the end, counted from the front."""
    for key in _AXIS_NAMES & attrs.keys():
        if name in _MANY_AXES:
            axes = tuple(_flat(attrs[key]))
            if name == "Squeeze":  # which may name an axis twice
                axes = tuple(dict.fromkeys(axes))
            attrs[key] = as_axes(axes, convert(inputs[0]).ndim)
        elif name in _ONE_AXIS:
            axis = _only(attrs[key]) if name in ("Concat", "ConcatV2", "SplitV") else attrs[key]
            attrs[key] = as_axis(axis, convert(inputs[0]).ndim)
        elif name in _NEW_AXIS:
            attrs[key] = as_axis(_only(attrs[key]), convert(inputs[0]).ndim + 1)


def _finish(op: Op, beyond: list[tuple[Argument, Any]], record: Any, outputs: list[str], result: Any) -> Any:
    """The result in TensorFlow's form: a Tensor, a list, or a namedtuple."""
    for argument, value in beyond:
        if isinstance(argument.default, DType):
            if isinstance(result, Tensor) and result.dtype != dtypes.as_dtype(value):
                raise not_found(
                    f"{op.name}: the result is {result.dtype.name}, not {argument.name}={value!r}."
                )
        elif (
            argument.name != "incompatible_shape_error"
            and value != argument.default
            and argument.default is not _NO_DEFAULT
        ):
            raise unimplemented(
                f"{op.name}: {argument.name}={value!r} is not covered, only {argument.default!r}."
            )
    if isinstance(result, (Tensor, torch.Tensor)):
        return [result] if outputs[0].startswith("*") else result
    if record is not None and outputs[0].startswith(
        "*"
    ):  # lists of one length, perhaps with single tensors behind
        lists = sum(output.startswith("*") for output in outputs)
        singles = len(outputs) - lists
        count = (len(result) - singles) // lists
        parts = [list(result[i * count : (i + 1) * count]) for i in range(lists)]
        return record(*parts, *result[lists * count :])
    if record is not None:
        return record(*result)
    return list(result) if outputs[0].startswith("*") else result[0]
