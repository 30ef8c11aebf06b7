"""Products of matrices and of vectors: MatMul, BatchMatMulV2, Cross. Sums of products in general: see `einsum.py`.

The gradients conjugate the factors: for C = A B they are dC B^H and A^H dC.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch.nn.functional import linear

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import FROM_TORCH, float32
from tfcompat_tape.core.errors import failed_precondition, invalid, not_found
from tfcompat_tape.core.registry import INEXACT, REALS, UNSIGNED, Keep, gradient, jvp
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.helpers import conj, dtype_of, shape_of, unbroadcast
from tfcompat_tape.ops.reinterpret import by_signed
from tfcompat_tape.ops.shapes import reshape
from tfcompat_tape.ops.tangents import multilinear

_MATMUL = INEXACT | {torch.int32, torch.int64} | UNSIGNED
_BATCH_MATMUL = _MATMUL | {torch.int16}


# -- matrices ---------------------------------------------------------------------------------------------------------


_is_batched = torch._C._functorch.is_batchedtensor


def _mm(
    a: Any,
    b: Any,
    *,
    transpose_a: bool = False,
    transpose_b: bool = False,
    grad_a: bool = False,
    grad_b: bool = False,
) -> Any:
    if transpose_a:
        a = a.t()
    if transpose_b:
        b = b.t()
    if a.dtype not in INEXACT:
        return _integers("MatMul", torch.mm, a, b)
    return product(a, b) if _is_batched(b) else torch.mm(a, b)


def product(a: Any, b: Any) -> Any:
    """The product of two matrices; under vmap a batch on the left, where it makes one product of many rows."""
    if _is_batched(b) and not _is_batched(a):
        rows = b.reshape(1, -1) if b.shape[1] == 1 else b.t().contiguous()  # strides that fold into the batch
        return torch.mm(rows, a.t()).t()
    return torch.mm(a, b)


def _integers(name: str, product: Any, a: Any, b: Any) -> Any:
    """The product of integer matrices: TensorFlow has none of unsigned ones, CUDA none at all."""
    if a.dtype in UNSIGNED:
        raise not_found(f"{name}: there is no kernel for {FROM_TORCH[a.dtype].name}. Use tf.cast.")
    return product(a.cpu(), b.cpu()).to(a.device)


matmul = primitive(
    "MatMul",
    _mm,
    inputs="a b",
    defaults={"transpose_a": False, "transpose_b": False, "grad_a": False, "grad_b": False},
    dtypes=_MATMUL,
    same=(0, 1),
    keep=Keep.CROSS,
)


@gradient("MatMul")
def _matmul_rule(op: Any, dy: Any) -> Any:
    a, b = op.inputs
    need_a, need_b = op.needs
    ga = gb = None
    attrs = op.attrs
    ta = attrs.get("transpose_a", False)
    tb = attrs.get("transpose_b", False)
    if type(dy) is not Tensor and not dy.is_complex():  # what every dense layer comes to
        mm = product if _is_batched(dy) else torch.mm
        if need_a:
            if ta:
                ga = mm(b.t() if tb else b, dy.t())
            else:
                ga = mm(dy, b) if tb else linear(dy, b)  # linear: dy b^T
        if need_b:
            gb = mm(dy.t(), a.t() if ta else a) if tb else mm(a if ta else a.t(), dy)
        return ga, gb
    if need_a:
        b = conj(b)
        ga = matmul(b, dy, transpose_a=tb, transpose_b=True) if ta else matmul(dy, b, transpose_b=not tb)
    if need_b:
        a = conj(a)
        gb = matmul(dy, a, transpose_a=True, transpose_b=ta) if tb else matmul(a, dy, transpose_a=not ta)
    return ga, gb


@jvp("MatMul")
def _matmul_jvp(op: Any, s: Any, t: Any) -> Any:
    a, b = op.inputs
    attrs = op.attrs
    if type(s) is Tensor or type(t) is Tensor:
        left = None if s is None else matmul(s, b, **attrs)
        right = None if t is None else matmul(a, t, **attrs)
    else:
        left = None if s is None else _mm(s, b, **attrs)
        right = None if t is None else _mm(a, t, **attrs)
    if left is None:
        return right
    return left if right is None else left + right


# -- batches of matrices ----------------------------------------------------------------------------------------------


def _bmm(
    x: Any, y: Any, *, adj_x: bool = False, adj_y: bool = False, grad_x: bool = False, grad_y: bool = False
) -> Any:
    if x.ndim < 2 or y.ndim < 2:
        raise invalid(
            f"BatchMatMulV2: both inputs must have 2 or more axes, got {list(x.shape)} and {list(y.shape)}."
        )
    if adj_x:
        x = x.mH
    if adj_y:
        y = y.mH
    return torch.matmul(x, y) if x.dtype in INEXACT else _integers("BatchMatMulV2", torch.matmul, x, y)


batch_matmul = primitive(
    "BatchMatMulV2",
    _bmm,
    inputs="x y",
    defaults={"adj_x": False, "adj_y": False, "grad_x": False, "grad_y": False},
    dtypes=_BATCH_MATMUL,
    same=(0, 1),
    keep=Keep.CROSS,
)


@gradient("BatchMatMulV2")
def _batch_matmul_rule(op: Any, dy: Any) -> Any:
    x, y = op.inputs
    need_x, need_y = op.needs
    adj_x = op.get_attr("adj_x")
    adj_y = op.get_attr("adj_y")
    shape_x, shape_y = op.shapes
    gx = gy = None
    if need_x:
        gx = batch_matmul(y, dy, adj_x=adj_y, adj_y=True) if adj_x else batch_matmul(dy, y, adj_y=not adj_y)
        gx = unbroadcast(gx, shape_x)
    if need_y:
        if len(shape_y) == 2 and not adj_x:  # one matrix for the whole batch: one product sums over the batch
            count = math.prod(shape_x[:-1])
            rows = reshape(x, shape=(count, shape_x[-1]))
            dys = reshape(dy, shape=(count, shape_of(dy)[-1]))
            gy = (
                matmul(conj(dys), rows, transpose_a=True)
                if adj_y
                else matmul(conj(rows), dys, transpose_a=True)
            )
        else:
            gy = (
                batch_matmul(dy, x, adj_x=True, adj_y=adj_x)
                if adj_y
                else batch_matmul(x, dy, adj_x=not adj_x)
            )
            gy = unbroadcast(gy, shape_y)
    return gx, gy


_EIGHTHS = frozenset({torch.int8, torch.uint8})


def _bmm_wide(x: Any, y: Any, *, Tout: Any, adj_x: bool = False, adj_y: bool = False, **grads: Any) -> Any:
    kinds = {x.dtype, y.dtype}
    if not (
        (Tout is torch.int32 and kinds <= _EIGHTHS)
        or (Tout is torch.bfloat16 and Tout in kinds and kinds <= _EIGHTHS | {Tout})
        or (kinds == {Tout} and Tout is not torch.float16 and Tout not in _EIGHTHS)
    ):
        raise not_found(
            f"BatchMatMulV3: no product of {x.dtype} and {y.dtype} is {Tout}. Those of int8 and uint8 are int32; of "
            "one of these and bfloat16, bfloat16."
        )
    return _bmm(x.to(Tout), y.to(Tout), adj_x=adj_x, adj_y=adj_y)


batch_matmul_wide = primitive(
    "BatchMatMulV3",
    _bmm_wide,
    inputs="x y",
    defaults={"adj_x": False, "adj_y": False, "grad_x": False, "grad_y": False},
)


@gradient("BatchMatMulV3")
def _batch_matmul_wide_rule(op: Any, dy: Any) -> Any:
    x, y = op.inputs
    if x.dtype != y.dtype:
        raise invalid(f"BatchMatMulV3 of {x.dtype} and {y.dtype} has no gradient. Use tf.cast on one factor.")
    return _batch_matmul_rule(op, dy)


_SPARSE = frozenset({torch.float32, torch.bfloat16})


def _sparse_mm(a: Any, b: Any, *, transpose_a: bool = False, transpose_b: bool = False, **hints: Any) -> Any:
    if b.dtype not in _SPARSE:
        raise invalid(f"SparseMatMul: a product of float32 and bfloat16, got {a.dtype} and {b.dtype}.")
    return _mm(a.to(torch.float32), b.to(torch.float32), transpose_a=transpose_a, transpose_b=transpose_b)


# Dense operands that hold many zeros: torch has no kernel that would gain by it. The product is float32.
sparse_matmul = primitive(
    "SparseMatMul",
    _sparse_mm,
    inputs="a b",
    defaults={"transpose_a": False, "transpose_b": False, "a_is_sparse": False, "b_is_sparse": False},
    dtypes=_SPARSE,
    keep=Keep.INPUTS,
)


@gradient("SparseMatMul")
def _sparse_matmul_rule(op: Any, dy: Any) -> Any:
    a, b = op.inputs
    ta = op.get_attr("transpose_a")
    tb = op.get_attr("transpose_b")
    ga = gb = None
    if op.needs[0]:
        ga = (
            sparse_matmul(b, dy, transpose_a=tb, transpose_b=True)
            if ta
            else sparse_matmul(dy, b, transpose_b=not tb)
        )
        ga = _like(ga, a)
    if op.needs[1]:
        gb = (
            sparse_matmul(dy, a, transpose_a=True, transpose_b=ta)
            if tb
            else sparse_matmul(a, dy, transpose_a=not ta)
        )
        gb = _like(gb, b)
    return ga, gb


def _like(grad: Any, x: Any) -> Any:
    dtype = dtype_of(x)
    return grad if dtype is torch.float32 else cast(grad, DstT=FROM_TORCH[dtype], SrcT=float32)


# -- vectors ----------------------------------------------------------------------------------------------------------


def _cross(a: Any, b: Any) -> Any:
    if a.shape != b.shape or a.ndim == 0:
        raise invalid(
            f"Cross: both inputs must have the same shape [..., 3], got {list(a.shape)} and {list(b.shape)}."
        )
    if a.shape[-1] != 3:
        raise failed_precondition(
            f"Cross: Cross-products are only defined for 3-element vectors. Shape: {list(a.shape)}."
        )
    return torch.linalg.cross(a, b)


cross = primitive("Cross", _cross, inputs="a b", dtypes=REALS, same=(0, 1), keep=Keep.CROSS)
cross.op.fallback = by_signed(_cross)  # modulo 2**n the products are those of signed integers


@gradient("Cross")
def _cross_rule(op: Any, dy: Any) -> Any:
    a, b = op.inputs
    return cross(b, dy) if op.needs[0] else None, cross(dy, a) if op.needs[1] else None


multilinear("BatchMatMulV2", "SparseMatMul", "Cross")
