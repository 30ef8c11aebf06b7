"""Reading variables through their handles: ReadVariableOp, ResourceGather, ResourceGatherNd, VariableShape.

`tf.raw_ops` hands these ops the present value in the place of a handle; tapes that watch the variable trace it.
"""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.registry import OPS, Keep
from tfcompat_tape.ops import gathering, identity  # noqa: F401  # they define what is spelled here
from tfcompat_tape.ops.arguments import INT32_64, MOVED
from tfcompat_tape.ops.ordering import torch_dtype
from tfcompat_tape.ops.spellings import spelled, without


def _of_dtype(name: str, x: Any, dtype: Any) -> None:
    wanted = getattr(dtype, "torch", dtype)
    if isinstance(x, torch.Tensor) and wanted is not x.dtype:
        raise invalid(
            f"{name}: Trying to read variable with wrong dtype. Expected {type_name(wanted) if wanted else dtype} got "
            f"{type_name(x.dtype)}"
        )


spelled(
    "ReadVariableOp",
    "Identity",
    inputs="resource",
    attrs=without("dtype"),
    check=lambda x, *, dtype: _of_dtype("ReadVariableOp", x, dtype),
)


def _checked_indices(name: str, indices: Any) -> None:
    if indices.dtype not in INT32_64:
        raise invalid(
            f"Value for attr 'Tindices' of {type_name(indices.dtype)} is not in the list of allowed values: int32, "
            f"int64. {name}: indices are integers of 32 or 64 bits."
        )


def _check(name: str) -> Any:
    def check(
        x: Any, indices: Any, *, dtype: Any, batch_dims: int = 0, validate_indices: bool = True
    ) -> None:
        _of_dtype(name, x, dtype)
        _checked_indices(name, indices)

    return check


spelled(
    "ResourceGather",
    "GatherV2",
    inputs="resource indices",
    attrs=lambda given: dict.fromkeys(("axis", "batch_dims"), given.get("batch_dims", 0)),
    check=_check("ResourceGather"),
    defaults={"batch_dims": 0, "validate_indices": True},
)
spelled(
    "ResourceGatherNd",
    "GatherNd",
    inputs="resource indices",
    attrs=without("dtype"),
    check=_check("ResourceGatherNd"),
    defaults={},
)
_rule_of_rows: Any = OPS["ResourceGather"].rule


def _gather_rule(op: Any, dy: Any) -> Any:
    if op.get_attr("batch_dims"):  # TensorFlow's rule takes every index for one of a row
        raise invalid(
            "ResourceGather has no gradient with batch_dims, as in TensorFlow. Use tf.gather on the variable."
        )
    return _rule_of_rows(op, dy)


OPS["ResourceGather"].rule = _gather_rule


def _shape(x: Any, *, out_type: Any = torch.int32) -> torch.Tensor:
    return torch.tensor(tuple(x.shape), dtype=torch_dtype(out_type))


primitive(
    "VariableShape",
    _shape,
    inputs="input",
    defaults={"out_type": torch.int32},
    dtypes=MOVED,
    keep=Keep.NOTHING,
    differentiable=False,
)
primitive(
    "VarIsInitializedOp",
    lambda x: torch.tensor(True),
    inputs="resource",
    dtypes=MOVED,
    keep=Keep.NOTHING,
    differentiable=False,
)
