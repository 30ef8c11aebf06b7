"""Checks of indices: TensorFlow's kernels look at every index on the CPU, and pass bad ones over on a GPU."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.failures import compact, type_name

_POLICIES = ("", "DEFAULT", "ERROR", "IGNORE")


def concrete(raw: Any) -> bool:
    """Whether the values exist: no transformation (`vmap`) and no trace (`make_fx`) is under way.

    While a `tf.function` is traced, a kernel that asks so runs at each call, as a whole.
    """
    tracer = reading.current.tracer
    if type(raw) is not torch.Tensor:
        return tracer is not None and tracer.asked(raw)
    if torch._C._functorch.is_functorch_wrapped_tensor(raw):
        return False
    return tracer is not None or torch._C._len_torch_dispatch_stack() == 0


def readable(raw: Any) -> bool:
    """Whether Python may look at the values at no great cost: they exist, and lie on the CPU."""
    return concrete(raw) and raw.device.type == "cpu"


def index_dtype(name: str, indices: Any) -> Any:
    """`indices` as torch takes them; InvalidArgumentError unless they are int16, int32 or int64."""
    dtype = indices.dtype
    if dtype is torch.int32 or dtype is torch.int64:
        return indices
    if dtype is torch.int16:
        return indices.to(torch.int32)
    raise invalid(
        f"{name}: Value for attr 'Tindices' of {type_name(dtype)} is not in the list of allowed values: int32, int64: "
        "indices must be integers."
    )


def check_indices(indices: Any, size: int, what: str) -> None:
    """InvalidArgumentError for an index outside `[0, size)`, where the indices can be looked at."""
    if readable(indices) and indices.numel():
        low, high = torch.aminmax(indices)
        if low < 0 or high >= size:
            raise invalid(f"{what}{first_outside(indices, size)}")


def first_outside(indices: Any, size: int) -> str | None:
    """The first index outside `[0, size)`, as TensorFlow says it: `[0,1] = 7 is not in [0, 3)`."""
    indices = indices.to(torch.int64)
    places = ((indices < 0) | (indices >= size)).nonzero().tolist()
    if not places:
        return None
    return f"{compact(places[0])} = {indices[tuple(places[0])].item()} is not in [0, {size})"


def coordinates(indices: Any, shape: tuple[int, ...], name: str, policy: str = "") -> tuple[Any, Any]:
    """Coordinates, one a row in the last axis of `indices`, as a flat vector of positions in a tensor of `shape`.

    Returns:
      The positions (those out of range at 0), and which are in range: `None` if all are.

    Raises:
      InvalidArgumentError: a coordinate is out of range, on the CPU and unless the policy is "IGNORE".
    """
    if policy not in _POLICIES:
        kind = not_found if name == "GatherNd" else invalid
        raise kind(f"{name}: there is no kernel for bad_indices_policy={policy!r}; use one of {_POLICIES}.")
    count, depth = math.prod(indices.shape[:-1]), len(shape)
    rows = indices.reshape(count, depth)
    if depth == 0:
        return torch.zeros(count, dtype=torch.int64, device=indices.device), None
    checked = readable(indices) and policy != "IGNORE"
    if checked and count:
        low, high = torch.aminmax(rows, dim=0)
        for n, least, most in zip(shape, low.tolist(), high.tolist(), strict=True):
            if least < 0 or most >= n:
                raise _out_of_range(name, rows, shape)
    columns = rows.to(torch.int64).unbind(1)
    flat = columns[0]
    for n, column in zip(shape[1:], columns[1:], strict=True):
        flat = flat * n + column
    if checked or not concrete(indices):
        return flat, None
    inside = (columns[0] >= 0) & (columns[0] < shape[0])
    for n, column in zip(shape[1:], columns[1:], strict=True):
        inside = inside & (column >= 0) & (column < n)
    return torch.where(inside, flat, 0), inside


def _out_of_range(name: str, rows: Any, shape: tuple[int, ...]) -> Exception:
    limits = torch.tensor(shape)
    first = int(((rows < 0) | (rows >= limits)).any(1).nonzero()[0])
    param = "param " if name == "GatherNd" else ""
    return invalid(
        f"{name}: indices[{first}] = {compact(rows[first].tolist())} does not index into {param}shape {compact(shape)}"
    )
