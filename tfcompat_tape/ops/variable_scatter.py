"""Changing parts of a Variable: the scatter methods, lookups, and assignment to a slice (`v[1:3].assign(...)`).

Core knows no op, so the methods are installed here. Each makes the new value first and puts it in place at the end: a
call that fails leaves the variable as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dispatch import call_of
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops import scattering
from tfcompat_tape.ops.bounds import check_indices, index_dtype
from tfcompat_tape.ops.gathering import gather, gather_nd
from tfcompat_tape.ops.indexing import slice_attrs
from tfcompat_tape.ops.slicing import strided_slice_update


def _multiply_rows(matrix: Any, flat: Any, rows: Any) -> Any:
    return torch.scatter_reduce(matrix, 0, flat.unsqueeze(1).expand(rows.shape), rows, "prod")


def _divide_rows(matrix: Any, flat: Any, rows: Any) -> Any:
    divisors = _multiply_rows(torch.ones_like(matrix), flat, rows)
    if matrix.is_floating_point() or matrix.is_complex():
        return matrix / divisors
    return torch.div(matrix, divisors, rounding_mode="trunc")


def _by_kernel(name: str, combine: Any, on_numpy: Any) -> Any:
    """An op for Variables alone; NumPy's function takes over for unsigned integers that torch cannot multiply."""

    def kernel(x: Any, indices: Any, updates: Any) -> Any:
        return scattering.scatter(name, x, indices, updates, combine)

    op = Op(name, kernel, inputs=("resource", "indices", "updates"), same=(0, 2), differentiable=False)
    op.fallback = scattering.on_numpy(name, on_numpy)
    return call_of(op)


_ADD = scattering.tensor_scatter_add
_SUB = scattering.tensor_scatter_sub
_MAX = scattering.tensor_scatter_max
_MIN = scattering.tensor_scatter_min
_UPDATE = scattering.tensor_scatter_update
_MUL = _by_kernel("ResourceScatterMul", _multiply_rows, np.multiply)
_DIV = _by_kernel("ResourceScatterDiv", _divide_rows, np.floor_divide)


def _put(variable: Variable, op: Any, indices: Any, updates: Any, **attrs: Any) -> Variable:
    if isinstance(variable._t, torch.Tensor):
        device = variable._t.device
        indices, updates = indices.to(device), updates.to(device)
    elif op is not _UPDATE:
        raise invalid("The strings of a Variable can be replaced, and not computed with.")
    indices, updates = Tensor(indices, None), Tensor(updates, None)
    with variable._lock:
        variable._replace(op(Tensor(variable._t, None), indices, updates, **attrs)._t)
    return variable._assigned()


def _parts(variable: Variable, sparse_delta: Any) -> tuple[Any, Any]:
    """Indices and updates of IndexedSlices, raw; a scalar update is for every index."""
    if not isinstance(sparse_delta, IndexedSlices):
        raise TypeError(f"Argument `sparse_delta` must be a `tf.IndexedSlices`. Received arg: {sparse_delta}")
    indices = convert(sparse_delta.indices)._t
    updates = convert(sparse_delta.values, variable.dtype)._t
    if not updates.shape:
        shape = (*indices.shape, *variable._t.shape[1:])
        updates = (
            np.broadcast_to(updates, shape) if isinstance(updates, np.ndarray) else updates.expand(shape)
        )
    return indices, updates


def _rows(op: Any, what: str) -> Callable[..., Variable]:
    def scatter(
        self: Variable, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Variable:
        indices, updates = _parts(self, sparse_delta)
        if tuple(updates.shape) != (*indices.shape, *self._t.shape[1:]):
            raise invalid(
                f"updates of shape {list(updates.shape)} do not fit indices of shape {list(indices.shape)} and a "
                f"variable of shape {self.shape}: expected {[*indices.shape, *self._t.shape[1:]]}, or a scalar."
            )
        check_indices(indices, self._t.shape[0] if self._t.shape else 1, "indices")
        flat = indices.reshape(-1)
        return _put(self, op, flat.unsqueeze(1), updates.reshape((flat.shape[0], *self._t.shape[1:])))

    scatter.__doc__ = f"""{what} the rows that `sparse_delta`, an IndexedSlices, names; the variable itself comes back.

    Raises:
      TypeError: `sparse_delta` is no IndexedSlices.
      InvalidArgumentError: an index out of range, or shapes that do not fit; the variable keeps its value.
    """
    return scatter


def scatter_nd(variable: Variable, how: str, indices: Any, updates: Any, bad_indices_policy: str) -> None:
    """Change the elements or slices at raw coordinates: "add", "sub", "max", "min" or "update"."""
    op = {"add": _ADD, "sub": _SUB, "max": _MAX, "min": _MIN, "update": _UPDATE}[how]
    attrs = {"bad_indices_policy": bad_indices_policy} if bad_indices_policy else {}
    _put(variable, op, indices, updates, **attrs)


def _coordinates(op: Any, what: str) -> Callable[..., Variable]:
    def scatter(self: Variable, indices: Any, updates: Any, name: str | None = None) -> Variable:
        positions = index_dtype("ResourceScatterNd", convert(indices)._t)
        if positions.dim() == 1:
            positions = positions.unsqueeze(1)
        return _put(self, op, positions, convert(updates, self.dtype)._t)

    scatter.__doc__ = f"""{what} the elements or slices at the coordinates in the last axis of `indices`.

    Shapes and errors are those of `tf.tensor_scatter_nd_update`; a call that fails leaves the variable as it was.
    """
    return scatter


def _batch_scatter_update(
    self: Variable, sparse_delta: Any, use_locking: bool = False, name: str | None = None
) -> Variable:
    """Replace rows within each example: index `[..., i]` names a row of `self[...]`, for all leading axes."""
    indices, updates = _parts(self, sparse_delta)
    if not convert(sparse_delta.values)._t.shape:
        raise invalid("batch_scatter_update: the updates must have a row for each index, got a scalar.")
    batch = indices.shape[:-1]
    lines = [
        torch.arange(n, dtype=indices.dtype)
        .reshape([-1] + [1] * (indices.dim() - 1 - i))
        .expand(indices.shape)
        for i, n in enumerate(batch)
    ]
    return _put(self, _UPDATE, torch.stack([*lines, indices.cpu()], -1), updates)


def _sparse_read(self: Variable, indices: Any, name: str | None = None) -> Tensor:
    """The rows at `indices`: `tf.gather` along the first axis."""
    found: Tensor = gather(self, convert(indices), axis=0, batch_dims=0)
    return found


def _gather_nd(self: Variable, indices: Any, name: str | None = None) -> Tensor:
    """The elements or slices at coordinates: `tf.gather_nd`."""
    found: Tensor = gather_nd(self, convert(indices))
    return found


_METHODS = {
    "scatter_add": _rows(_ADD, "Add to"),
    "scatter_sub": _rows(_SUB, "Subtract from"),
    "scatter_max": _rows(_MAX, "Take the greater of old and new values in"),
    "scatter_min": _rows(_MIN, "Take the lesser of old and new values in"),
    "scatter_mul": _rows(_MUL, "Multiply"),
    "scatter_div": _rows(_DIV, "Divide"),
    "scatter_update": _rows(_UPDATE, "Replace"),
    "batch_scatter_update": _batch_scatter_update,
    "scatter_nd_add": _coordinates(_ADD, "Add to"),
    "scatter_nd_sub": _coordinates(_SUB, "Subtract from"),
    "scatter_nd_max": _coordinates(_MAX, "Take the greater of old and new values in"),
    "scatter_nd_min": _coordinates(_MIN, "Take the lesser of old and new values in"),
    "scatter_nd_update": _coordinates(_UPDATE, "Replace"),
    "sparse_read": _sparse_read,
    "gather_nd": _gather_nd,
}

for _name, _method in _METHODS.items():
    _method.__name__ = _name
    _method.__qualname__ = f"Variable.{_name}"
    setattr(Variable, _name, _method)


# -- slices ------------------------------------------------------------------------------------------------------------


def assign_slice(variable: Variable, attrs: dict[str, Any], value: Any) -> Variable:
    """Put `value`, which broadcasts to its shape, into a slice of the variable."""
    raw = convert(value, variable.dtype)._t
    raw = raw if isinstance(raw, np.ndarray) else raw.to(variable._t.device)
    begin = attrs["begin"]
    form = {"end": tuple([n + 1 for n in begin]), "strides": (1,) * len(begin), **attrs}
    with variable._lock:
        # By an op, so that a trace that is written as a graph knows what happened.
        variable._replace(strided_slice_update(Tensor(variable._t, None), Tensor(raw, None), **form)._t)
    return variable._assigned()


def _assign(self: Tensor) -> Callable[..., Variable]:
    """On a slice of a Variable, `v[key].assign(value)` replaces that part; other Tensors have no `assign`."""
    try:
        variable, key = self._slice_of
    except AttributeError:
        raise AttributeError(
            "'Tensor' object has no attribute 'assign': only slices of Variables do."
        ) from None

    def assign(val: Any, name: str | None = None) -> Variable:
        attrs = key if isinstance(key, dict) else slice_attrs(variable._read(), key)
        return assign_slice(variable, attrs, val)

    return assign


Tensor.assign = property(_assign)  # type: ignore[attr-defined]
