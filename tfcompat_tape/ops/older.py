"""Older spellings of ops, which `tf.raw_ops` still has: see `spellings`."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import InternalError, invalid
from tfcompat_tape.core.registry import ANY, INEXACT, INTEGERS, OPS, Keep, gradient
from tfcompat_tape.ops import (  # noqa: F401  # they define the ops that are spelled here
    arithmetic,
    gathering,
    identity,
    joining,
    max_pooling,
    normalization,
    ordering,
    partitioning,
    products,
    rounding,
    shapes,
    space,
    structure,
)
from tfcompat_tape.ops.arguments import VALUES
from tfcompat_tape.ops.element_texts import summary
from tfcompat_tape.ops.helpers import raw_of
from tfcompat_tape.ops.spellings import Attrs, also, spelled, without

# -- parts of tensors --------------------------------------------------------------------------------------------------

spelled(
    "Gather",
    "GatherV2",
    attrs=lambda given: {"axis": 0, "batch_dims": 0},
    defaults={"validate_indices": True},
)
spelled(
    "Concat",
    "ConcatV2",
    attrs=lambda given: {"axis": given["concat_dim"]},
    defaults={"concat_dim": 0},
)


def _one_flag_an_axis(x: Any, *, dims: tuple[bool, ...] | bool) -> None:
    if not isinstance(dims, tuple):
        raise invalid("Reverse: 'dims' must be 1-dimension, not 0")
    if len(dims) != len(x.shape):
        raise invalid(
            f"Reverse: input and dims must have the same rank, got {len(x.shape)} axes and {len(dims)} flags."
        )


spelled(
    "Reverse",
    "ReverseV2",
    attrs=lambda given: {"axis": tuple([i for i, turned in enumerate(given["dims"]) if turned])},
    check=_one_flag_an_axis,
    defaults={"dims": ()},
)

# -- diagonals: the older ones of a length less than the longest stand on the left -------------------------------------

_left = also(align="LEFT_LEFT")
spelled("MatrixDiag", "MatrixDiagV3", attrs=_left, defaults={})
spelled(
    "MatrixDiagV2",
    "MatrixDiagV3",
    attrs=_left,
    defaults={"k": 0, "num_rows": -1, "num_cols": -1, "padding_value": 0},
)
spelled("MatrixDiagPart", "MatrixDiagPartV3", attrs=_left, defaults={})
spelled("MatrixDiagPartV2", "MatrixDiagPartV3", attrs=_left, defaults={"k": 0, "padding_value": 0})
spelled("MatrixSetDiag", "MatrixSetDiagV3", attrs=_left, defaults={})
spelled("MatrixSetDiagV2", "MatrixSetDiagV3", attrs=_left, defaults={"k": 0})

# -- products and quotients --------------------------------------------------------------------------------------------


def _one_batch(x: Any, y: Any, **_: Any) -> None:
    if x.shape[:-2] != y.shape[:-2]:
        raise invalid(
            f"BatchMatMul: In[0] and In[1] must have the same batch dimensions, got {list(x.shape)} and "
            f"{list(y.shape)}. BatchMatMulV2 broadcasts."
        )


_MULTIPLIED = INEXACT | {torch.int32, torch.int64}
spelled("BatchMatMul", "BatchMatMulV2", check=_one_batch, dtypes=_MULTIPLIED)
spelled("BiasAddV1", "BiasAdd", defaults={})
spelled("Inv", "Reciprocal")
spelled("InvGrad", "ReciprocalGrad")


def _invalid_by_zero(op_type: str) -> Any:
    """The kernel of an integer division that finds a zero to be an invalid argument."""

    def kernel(x: Any, y: Any) -> Any:
        try:
            return OPS[op_type].kernel(x, y)
        except InternalError as error:
            raise invalid(error.message) from None

    return kernel


_divide_integers = _invalid_by_zero("TruncateDiv")


def _quotient(x: Any, y: Any) -> Any:
    return OPS["RealDiv"].kernel(x, y) if x.dtype in INEXACT else _divide_integers(x, y)


spelled("Mod", "TruncateMod", kernel=_invalid_by_zero("TruncateMod"), has_gradient=False)
spelled("Div", "RealDiv", kernel=_quotient, dtypes=INEXACT | INTEGERS)
OPS["Div"].fallback = OPS["TruncateDiv"].fallback  # for unsigned integers that torch does not divide

# -- blocks of images --------------------------------------------------------------------------------------------------


def _of_four_axes(name: str) -> Any:
    def check(x: Any, **_: Any) -> None:
        if x.dim() != 4:
            raise invalid(f"{name}: the input must have 4 axes, got {x.dim()}.")

    return check


def _square(pairs: str) -> Any:
    def attrs(given: Attrs) -> dict[str, Any]:
        return {"block_shape": (given["block_size"],) * 2, pairs: given[pairs]}

    return attrs


spelled(
    "SpaceToBatch",
    "SpaceToBatchND",
    attrs=_square("paddings"),
    check=_of_four_axes("SpaceToBatch"),
    defaults={"paddings": ()},
)
spelled(
    "BatchToSpace",
    "BatchToSpaceND",
    attrs=_square("crops"),
    check=_of_four_axes("BatchToSpace"),
    defaults={"crops": ()},
)

_WINDOW = {"ksize": (), "strides": (), "data_format": "NHWC"}
max_pool_v2 = spelled("MaxPoolV2", "MaxPool", defaults=_WINDOW, has_gradient=False)
max_pool_grad_v2 = spelled("MaxPoolGradV2", "MaxPoolGrad", defaults=_WINDOW, has_gradient=False)
max_pool_grad_grad_v2 = spelled("MaxPoolGradGradV2", "MaxPoolGradGrad", defaults=_WINDOW, has_gradient=False)


@gradient("MaxPoolV2")
def _max_pool_rule(op: Any, dy: Any) -> Any:
    return max_pool_grad_v2(op.inputs[0], op.outputs[0], dy, **op.attrs)


@gradient("MaxPoolGradV2")
def _max_pool_grad_rule(op: Any, g: Any) -> Any:
    """There the chain ends: TensorFlow has no gradient of MaxPoolGradGradV2."""
    x, y, _ = op.inputs
    need_x, need_y, need_dy = op.needs
    return (
        arithmetic.zeros_like(x) if need_x else None,
        arithmetic.zeros_like(y) if need_y else None,
        max_pool_grad_grad_v2(x, y, g, **op.attrs) if need_dy else None,
    )


# -- batch normalization -----------------------------------------------------------------------------------------------

_SINGLE = frozenset({torch.float32})
spelled("FusedBatchNorm", "FusedBatchNormV3", outputs=5, dtypes=_SINGLE)
spelled("FusedBatchNormV2", "FusedBatchNormV3", outputs=5)


def _batch_norm_grad(name: str, dtypes: Any) -> None:
    op = OPS["FusedBatchNormGradV3"]

    def kernel(dy: Any, x: Any, scale: Any, mean: Any, variance: Any, **attrs: Any) -> Any:
        found = normalization.gradients_at(dy, x, scale, mean, variance, **{**op.defaults, **attrs})
        return *found, scale.new_zeros(0), scale.new_zeros(0)

    primitive(
        name,
        kernel,
        inputs="y_backprop x scale reserve_space_1 reserve_space_2",
        defaults=op.defaults,
        outputs=5,
        dtypes=dtypes,
        same=(0, 1),
        keep=Keep.INPUTS,
    )
    rule = op.rule
    assert rule is not None
    gradient(name)(lambda entry, *cotangents: rule(entry, *cotangents)[:5])


_batch_norm_grad("FusedBatchNormGrad", _SINGLE)
_batch_norm_grad("FusedBatchNormGradV2", OPS["FusedBatchNormGradV3"].dtypes)

# -- others ------------------------------------------------------------------------------------------------------------

spelled("ParallelDynamicStitch", "DynamicStitch")
spelled("PlaceholderWithDefault", "Identity", attrs=without("shape"))
spelled("Snapshot", "Identity", dtypes=ANY, has_gradient=False)


_printed: Counter[Any] = (
    Counter()
)  # as TensorFlow counts: one op for all calls with the same attributes and dtypes


def _print(x: Any, *data: Any, message: str = "", first_n: int = -1, summarize: int = 3) -> Any:
    if first_n >= 0:
        called = (message, first_n, summarize, x.dtype, *[raw.dtype for raw in data])
        _printed[called] += 1
        if _printed[called] > first_n:
            return x
    shown = [summary(raw, summarize) for raw in data]
    print(message + "".join(shown), file=sys.stderr)
    return x


primitive(
    "Print",
    _print,
    inputs="input *data",
    defaults={"message": "", "first_n": -1, "summarize": 3},
    dtypes=VALUES,
    keep=Keep.NOTHING,
)


@gradient("Print")
def _print_rule(op: Any, dy: Any) -> Any:
    return dy if len(op.needs) == 1 else [dy, *[None] * (len(op.needs) - 1)]


# -- the greatest elements of a row, found exactly ---------------------------------------------------------------------

_LOW = frozenset({torch.float16, torch.bfloat16, torch.float32})


def _towards_last(x: Any, axis: int) -> Any:
    if not -x.dim() <= axis < x.dim():
        raise invalid(f"ApproxTopK: reduction_dimension {axis} is out of range for {x.dim()} axes.")
    return x.movedim(axis, -1)


def _approx_top_k(
    x: Any, *, k: int, reduction_dimension: int = -1, is_max_k: bool = True, **hints: Any
) -> tuple[Any, Any]:
    rows = _towards_last(x, reduction_dimension)
    values, indices = OPS["TopKV2"].kernel(rows if is_max_k else -rows, k=k)
    values = values if is_max_k else -values
    return values.movedim(-1, reduction_dimension), indices.movedim(-1, reduction_dimension)


primitive(
    "ApproxTopK",
    _approx_top_k,
    inputs="input",
    defaults={
        "reduction_dimension": -1,
        "recall_target": 0.95,
        "is_max_k": True,
        "reduction_input_size_override": -1,
        "aggregate_to_topk": True,
    },
    outputs=2,
    dtypes=_LOW,
    keep=Keep.OUTPUTS,
)


@gradient("ApproxTopK")
def _approx_top_k_rule(op: Any, dy: Any, _: Any) -> Any:
    axis, rank = op.get_attr("reduction_dimension"), len(op.shapes[0])
    axis %= rank
    there = (*[i for i in range(rank) if i != axis], axis)
    back = shapes.inverse(there)
    rows = shapes.transpose(dy, perm=there)
    indices = raw_of(op.outputs[1]).permute(there).to(torch.int64)
    found = ordering.put_along_rows(rows, indices, size=op.shapes[0][axis])
    return shapes.transpose(found, perm=back)
