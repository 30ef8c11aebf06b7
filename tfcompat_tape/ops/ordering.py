"""Where the extremes are, and what order the elements of a row are in."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import ANY, COMPLEX, OPS, REALS, Keep, gradient, jvp
from tfcompat_tape.ops.arithmetic import mul
from tfcompat_tape.ops.helpers import raw_of
from tfcompat_tape.ops.tangents import multilinear
from tfcompat_tape.ops.wide import LACKING, ordered, unordered


def torch_dtype(dtype: Any) -> torch.dtype:
    """A dtype attribute, which raw ops get as a DType, as torch's."""
    return dtype if isinstance(dtype, torch.dtype) else dtype.torch


def _where_extreme(locate: Any, worst: float) -> Any:
    """The kernel of ArgMax or ArgMin: the first extremal element that is not NaN."""

    def kernel(x: Any, *, dimension: int = 0, output_type: Any = torch.int64) -> Any:
        if not -x.dim() <= dimension < x.dim():
            raise IndexError(f"dimension {dimension} is out of range for an input of rank {x.dim()}")
        y = ordered(x) if x.dtype is not torch.bool else x.to(torch.uint8)
        if y.is_floating_point():
            y = torch.where(y != y, worst, y)
        if not y.numel() and y.shape[dimension]:  # nothing asked for
            return torch.zeros(
                torch.amax(y, dimension).shape, dtype=torch_dtype(output_type), device=x.device
            )
        return locate(y, dimension).to(torch_dtype(output_type))

    return kernel


_NO_COMPLEX = ANY - COMPLEX
_ATTRS = {"dimension": 0, "output_type": torch.int64}
arg_max = primitive(
    "ArgMax",
    _where_extreme(torch.argmax, -float("inf")),
    inputs="input",
    defaults=_ATTRS,
    dtypes=_NO_COMPLEX,
    differentiable=False,
)
arg_min = primitive(
    "ArgMin",
    _where_extreme(torch.argmin, float("inf")),
    inputs="input",
    defaults=_ATTRS,
    dtypes=_NO_COMPLEX,
    differentiable=False,
)


def order(x: Any, descending: bool) -> Any:
    """The indices that sort the rows of a raw tensor; equal elements stay in their order."""
    return torch.sort(ordered(x), dim=-1, descending=descending, stable=True).indices


# The input is a result too, so that tapes have something to trace: in TensorFlow the indices have a gradient, zeros.
arg_sort = primitive(
    "ArgSort",
    lambda x, *, descending: (x, order(x, descending).to(torch.int32)),
    inputs="values",
    outputs=2,
    dtypes=REALS,
    keep=Keep.NOTHING,
)


@gradient("ArgSort")
def _arg_sort(op: Any, dy: Any, _: Any) -> Any:
    return dy


# Elements of rows by index, and back to their places: each is the other's gradient. `size` is the rows' length.
take_along_rows = primitive(
    "TakeAlongRows",
    lambda x, indices: torch.gather(_gatherable(x), -1, indices).to(x.dtype),
    inputs="x indices",
    keep=Keep.INPUTS,
    keep_inputs=(1,),
)
put_along_rows = primitive(
    "PutAlongRows",
    lambda x, indices, *, size: x.new_zeros((*x.shape[:-1], size)).scatter_add(-1, indices, x),
    inputs="x indices",
    keep=Keep.INPUTS,
    keep_inputs=(1,),
)


def _gatherable(x: Any) -> Any:
    return x.to(torch.int64) if x.dtype in LACKING else x


@gradient("TakeAlongRows")
def _take_along_rows(op: Any, dy: Any) -> Any:
    return put_along_rows(dy, raw_of(op.inputs[1]), size=op.shapes[0][-1]), None


@gradient("PutAlongRows")
def _put_along_rows(op: Any, dy: Any) -> Any:
    return take_along_rows(dy, raw_of(op.inputs[1])), None


multilinear("TakeAlongRows", "PutAlongRows", of=(0,))


def _top_k_kernel(x: Any, *, k: int = 1, sorted: bool = True, index_type: Any = torch.int32) -> Any:
    if x.dim() == 0 or not 0 <= k <= x.shape[-1]:
        if x.dim() == 0:
            raise invalid("TopKV2: input must be >= 1-D, got shape []")
        if k < 0:
            raise invalid(f"TopKV2: Need k >= 0, got {k}")
        raise invalid(f"TopKV2: input must have at least k columns. Had {x.shape[-1]}, needed {k}")
    indices = order(x, descending=True).narrow(-1, 0, k)
    values = torch.gather(_gatherable(x), -1, indices).to(x.dtype)
    return values, indices.to(torch_dtype(index_type))


top_k_v2 = primitive(
    "TopKV2",
    _top_k_kernel,
    inputs="input",
    defaults={"sorted": True, "index_type": torch.int32},
    outputs=2,
    dtypes=REALS,
    keep=Keep.OUTPUTS,
)


@gradient("TopKV2")
def _top_k_v2(op: Any, dy: Any, _: Any) -> Any:
    indices = raw_of(op.outputs[1]).to(torch.int64)
    return put_along_rows(dy, indices, size=op.shapes[0][-1])


@jvp("TopKV2")
def _top_k_v2_jvp(op: Any, t: Any) -> Any:
    return take_along_rows(t, raw_of(op.outputs[1]).to(torch.int64)), None


def _in_top_k_kernel(predictions: Any, targets: Any, *, k: int) -> Any:
    if predictions.dim() != 2 or targets.dim() != 1 or len(predictions) != len(targets):
        raise ValueError("predictions must be a matrix with one row for each target")
    classes = predictions.shape[1]
    rows = targets.to(torch.int64)
    inside = (rows >= 0) & (rows < classes)
    if not classes:
        return inside
    chosen = torch.gather(predictions, 1, rows.clamp(0, classes - 1).unsqueeze(1))
    better = (predictions > chosen).sum(1)
    return inside & (better < k) & torch.isfinite(predictions).all(1)


in_top_k = primitive(
    "InTopKV2",
    _in_top_k_kernel,
    inputs="predictions targets",
    dtypes=frozenset({torch.float32}),
    differentiable=False,
)


def _nth_kernel(x: Any, *, n: int, reverse: bool = False) -> Any:
    if x.dim() == 0 or not 0 <= n < x.shape[-1]:
        raise ValueError(f"n must be non-negative and less than the last dimension; got n = {n}")
    place = x.shape[-1] - 1 - n if reverse else n
    return unordered(torch.sort(ordered(x), dim=-1).values.select(-1, place), x.dtype)


nth_element = primitive(
    "NthElement", _nth_kernel, inputs="input", defaults={"reverse": False}, dtypes=REALS, keep=Keep.BOTH
)


def _shares(op: Any) -> torch.Tensor:
    """Raw: elements equal to the answer have equal shares of the cotangent, which sum to 1."""
    x = raw_of(op.inputs[0])
    ties = (raw_of(op.outputs[0]).unsqueeze(-1) == x).to(x.dtype)
    share: torch.Tensor = ties / ties.sum(-1, keepdim=True)
    return share


@gradient("NthElement")
def _nth_element(op: Any, dy: Any) -> Any:
    return mul(OPS["ExpandDims"].call(dy, dim=-1), _shares(op))  # a seed of another shape broadcasts


@jvp("NthElement")
def _nth_element_jvp(op: Any, t: Any) -> Any:
    return OPS["Sum"].call(mul(t, _shares(op)), axis=(-1,), keep_dims=False)
