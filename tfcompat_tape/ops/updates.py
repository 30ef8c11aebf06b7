"""Ops that change variables, as `tf.raw_ops` has them: they take handles, and return nothing or a value from before.

No tape sees them. Each makes all new values first and puts them in place at the end, so that a call that fails leaves
the variables as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact, type_name
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import NUMERIC, REALS
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops import variable_scatter
from tfcompat_tape.ops.arguments import INT32_64


class Update(NamedTuple):
    """An op that changes variables.

    Attributes:
      function: gets the op type and the arguments by TensorFlow's names: Variables for handles, Tensors, attributes.
      static: tensors that it gets as Python numbers and tuples.
      apart: tensors that keep a dtype of their own; all others of a call have one dtype.
      preferred: that dtype where no tensor says one.
    """

    function: Callable[..., Any]
    static: frozenset[str]
    apart: frozenset[str]
    preferred: DType | None


UPDATES: dict[str, Update] = {}


def update(
    names: str, static: str = "", apart: str = "indices", preferred: DType | None = None
) -> Callable[[Any], Any]:
    """Decorator: the function of the ops `names`; see `Update`."""

    def enter(function: Any) -> Any:
        for name in names.split():
            UPDATES[name] = Update(function, frozenset(static.split()), frozenset(apart.split()), preferred)
        return function

    return enter


def same_dtype(op_type: str, variable: Variable, value: Tensor, what: str) -> None:
    """InvalidArgumentError where a value has another dtype than the variable."""
    if value.dtype != variable.dtype:
        raise invalid(f"{op_type}: {what} Expected {type_name(variable.dtype)} got {type_name(value.dtype)}")


# -- whole values ------------------------------------------------------------------------------------------------------


@update("AssignVariableOp")
def _assign(op_type: str, resource: Variable, value: Tensor, validate_shape: bool) -> None:
    same_dtype(op_type, resource, value, "Trying to assign variable with wrong dtype.")
    shape = TensorShape(value._t.shape)
    if not (resource.shape.is_compatible_with(shape) if not validate_shape else shape == resource._t.shape):
        raise invalid(
            f"{op_type}: Trying to assign to variable with tensor with wrong shape. Expected "
            f"{compact(resource._t.shape)} got {compact(value._t.shape)}"
        )
    resource.assign(value)


@update("AssignAddVariableOp AssignSubVariableOp")
def _assign_add(op_type: str, resource: Variable, value: Tensor) -> None:
    if value._t.dtype not in NUMERIC:
        raise invalid(f"No OpKernel was registered to support Op {op_type!r} for {value.dtype.name}.")
    same_dtype(op_type, resource, value, "DType of variable handle and value does not match.")
    (resource.assign_add if "Add" in op_type else resource.assign_sub)(value, read_value=False)


@update("ResourceCountUpTo")
def _count_up_to(op_type: str, resource: Variable, limit: int, T: Any) -> Tensor:
    if resource.dtype != T:
        raise invalid(f"{op_type}: the variable is {resource.dtype.name}, not T={T.name}.")
    return resource.count_up_to(limit)


# -- parts -------------------------------------------------------------------------------------------------------------


@update(" ".join([f"ResourceScatter{kind}" for kind in ("Add", "Sub", "Mul", "Div", "Min", "Max", "Update")]))
def _scatter(op_type: str, resource: Variable, indices: Tensor, updates: Tensor) -> None:
    check_indices(op_type, indices)
    _check_kernel(op_type, resource)
    same_dtype(op_type, resource, updates, "DType of scatter resource and updates does not match.")
    wanted = (*indices._t.shape, *resource._t.shape[1:])
    if updates._t.shape and tuple(updates._t.shape) != wanted:
        raise invalid(
            f"{op_type}: Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got "
            f"updates.shape {compact(updates._t.shape)}, indices.shape {compact(indices._t.shape)}, params.shape "
            f"{compact(resource._t.shape)}"
        )
    method = getattr(resource, f"scatter_{op_type.removeprefix('ResourceScatter').lower()}")
    method(IndexedSlices(updates, indices))


@update(" ".join([f"ResourceScatterNd{kind}" for kind in ("Add", "Sub", "Min", "Max", "Update")]))
def _scatter_nd(
    op_type: str, ref: Variable, indices: Tensor, updates: Tensor, use_locking: bool, bad_indices_policy: str
) -> None:
    check_indices(op_type, indices)
    if ref._t.dtype is not torch.bool or op_type.endswith(("Min", "Max")):
        _check_kernel(op_type, ref)
    same_dtype(op_type, ref, updates, "DType of scatter resource and updates does not match.")
    combine = op_type.removeprefix("ResourceScatterNd").lower()
    variable_scatter.scatter_nd(ref, combine, indices._t, updates._t, bad_indices_policy=bad_indices_policy)


def _check_kernel(op_type: str, variable: Variable) -> None:
    allowed = REALS if op_type.endswith(("Min", "Max")) else NUMERIC
    if not op_type.endswith("Update") and variable._t.dtype not in allowed:
        raise invalid(f"No OpKernel was registered to support Op {op_type!r} for {variable.dtype.name}.")


def check_indices(op_type: str, indices: Tensor) -> None:
    """InvalidArgumentError where indices are no integers of 32 or 64 bits."""
    if indices._t.dtype not in INT32_64:
        raise invalid(
            f"{op_type}: Value for attr 'Tindices' of {type_name(indices.dtype)} is not in the list of allowed "
            "values: int32, int64"
        )


@update("ResourceStridedSliceAssign", static="begin end strides")
def _assign_slice(op_type: str, ref: Variable, value: Tensor, **attrs: Any) -> None:
    same_dtype(op_type, ref, value, "the slice is of another dtype.")
    variable_scatter.assign_slice(ref, attrs, value)


# -- neither values nor variables --------------------------------------------------------------------------------------


@update("NoOp")
def _nothing(op_type: str) -> None:
    pass


@update("Assert")
def _assert(op_type: str, condition: Tensor, data: list[Tensor], summarize: int) -> None:
    raw = condition._t
    if not isinstance(raw, torch.Tensor) or raw.dtype is not torch.bool:
        raise invalid(
            f"cannot compute {op_type} as input #0(zero-based) was expected to be a bool tensor but is a "
            f"{type_name(condition.dtype)} tensor"
        )
    if raw.dim():
        raise invalid(f"{op_type}: In[0] should be a scalar: {compact(raw.shape)}")
    if not bool(condition):
        raise invalid(failed(data, summarize))


def failed(data: Sequence[Any], summarize: int) -> str:
    """What an assertion in a graph says where it does not hold."""
    return "assertion failed: " + " ".join([_summary(convert(value), summarize) for value in data])


def _summary(value: Tensor, count: int) -> str:
    """The first `count` elements of a value, all if negative, row by row, as TensorFlow's graphs show them."""
    array = np.asarray(to_numpy(value._t))
    left = array.size if count < 0 else count
    several = 0 <= count < array.size

    def shown(rows: Any) -> str:
        nonlocal left
        if rows.ndim <= 1:
            own = np.ravel(rows)[:left]
            left -= len(own)
            cut = "..." if rows.ndim < array.ndim and len(own) < rows.size else ""
            return " ".join([_element(x) for x in own]) + cut
        return "".join([f"[{shown(row)}]" for row in rows if left > 0])

    return f"[{shown(array) if array.size else ''}{'...' if several else ''}]"


def _element(x: Any) -> str:
    if isinstance(x, (bytes, str)):
        return x.decode(errors="replace") if isinstance(x, bytes) else x
    if isinstance(x, (bool, np.bool_, np.integer)):
        return str(int(x))
    if isinstance(x, np.complexfloating):
        return "?"
    kind, digits = (np.float64, 15) if isinstance(x, np.float64) else (np.float32, 6)
    short = f"{float(x):.{digits}g}"
    return short if kind(short) == x or x != x else f"{float(x):.{digits + 2 + (digits < 15)}g}"
