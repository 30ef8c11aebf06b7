"""Arithmetic of sparse tensors, with each other and with dense ones: sums, products, quotients, extrema, matmul."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import (
    COMPLEX,
    INEXACT,
    INTEGERS,
    NUMERIC,
    OPS,
    REALS,
    SIGNED,
    Keep,
    gradient,
)
from tfcompat_tape.ops.gathering import gather, gather_nd
from tfcompat_tape.ops.helpers import conj, raw_of
from tfcompat_tape.ops.segments import gather_segments, unsorted_segment_sum
from tfcompat_tape.ops.sparse_indices import (
    WHOLE,
    alike,
    allowed,
    by_bits,
    coordinates,
    dense_sizes,
    elements,
    places_in,
    positions,
    sizes,
    spread,
    union,
)
from tfcompat_tape.ops.tangents import multilinear

# Of the numbers that SparseAdd takes, those that TensorFlow has kernels for.
_SUMMED = SIGNED | COMPLEX | {torch.float32, torch.float64}
_INPUTS = "a_indices a_values a_shape b_indices b_values b_shape"

# -- of two sparse tensors --------------------------------------------------------------------------------------------


def _of_two(name: str, *parts: Any) -> tuple[Any, Any, Any]:
    """The union of the coordinates of two sparse tensors of one shape, as `union` gives it."""
    a = coordinates(name, parts[0], parts[2], parts[1])
    b = coordinates(name, parts[3], parts[5], parts[4])
    one, other = sizes(parts[2]), sizes(parts[5])
    if not one:
        raise invalid(f"{name}: Tensors must not be empty: the dense shape has no dimension.")
    if len(one) != len(other):
        raise invalid(
            f"{name}: Operands do not have the same ranks; got shapes: {compact(list(one))} and {compact(list(other))}"
        )
    for axis, (m, n) in enumerate(zip(one, other, strict=True)):
        if m != n:
            raise invalid(f"{name}: Operands' shapes do not match: got {m} and {n} for dimension {axis}")
    return union(a, b)


def _add(
    a_indices: Any, a_values: Any, a_shape: Any, b_indices: Any, b_values: Any, b_shape: Any, thresh: Any
) -> Any:
    allowed("SparseAdd", a_values, NUMERIC)
    allowed("SparseAdd", a_values, _SUMMED, missing=True)
    if thresh.shape:
        raise invalid(f"The magnitude threshold must be a scalar: got shape {compact(list(thresh.shape))}")
    found, from_a, from_b = _of_two("SparseAdd", a_indices, a_values, a_shape, b_indices, b_values, b_shape)
    total = gather_segments(a_values, from_a) + gather_segments(b_values, from_b)
    if reading.item(thresh) > 0:
        with reading.outside():
            alone = (from_a < 0) | (from_b < 0)  # what only one of them has stays in any case
            kept = (alone | (reading.plain(total).abs() >= reading.plain(thresh))).nonzero().reshape(-1)
        found, total = found[kept], total.index_select(0, kept)
    return found, total, a_shape.clone()


sparse_add = primitive(
    "SparseAdd",
    _add,
    inputs=f"{_INPUTS} thresh",
    outputs=3,
    dtypes=WHOLE,
    same=(1, 4),
    keep=Keep.BOTH,
)


def _add_grad(dy: Any, a_indices: Any, b_indices: Any, sum_indices: Any) -> Any:
    if dy.dim() != 1 or any(x.dim() != 2 for x in (a_indices, b_indices, sum_indices)):
        raise invalid("SparseAddGrad: backprop_val_grad must be a vector, and the indices matrices.")
    if len(dy) != len(sum_indices):
        raise invalid(
            f"# elements of backprop_val_grad and rows of sum_indices should match: {len(dy)} and {len(sum_indices)}"
        )
    allowed("SparseAddGrad", dy, NUMERIC)
    allowed("SparseAddGrad", dy, _SUMMED, missing=True)
    return tuple(gather_segments(dy, places_in(sum_indices, x)) for x in (a_indices, b_indices))


sparse_add_grad = primitive(
    "SparseAddGrad",
    _add_grad,
    inputs="backprop_val_grad a_indices b_indices sum_indices",
    outputs=2,
    differentiable=False,
)


@gradient("SparseAdd")
def _add_rule(op: Any, _: Any, dy: Any, __: Any) -> Any:
    da, db = sparse_add_grad(dy, raw_of(op.inputs[0]), raw_of(op.inputs[3]), raw_of(op.outputs[0]))
    return None, da, None, None, db, None, None


def _extremum(name: str, choose: Any) -> Any:
    def kernel(
        a_indices: Any, a_values: Any, a_shape: Any, b_indices: Any, b_values: Any, b_shape: Any
    ) -> Any:
        if name == "SparseSparseMinimum":
            allowed(name, a_values, NUMERIC)
        allowed(name, a_values, REALS, missing=name == "SparseSparseMinimum")
        positions(name, coordinates(name, a_indices, a_shape), sizes(a_shape))
        positions(name, coordinates(name, b_indices, b_shape), sizes(b_shape))
        found, from_a, from_b = _of_two(name, a_indices, a_values, a_shape, b_indices, b_values, b_shape)
        return found, choose(gather_segments(a_values, from_a), gather_segments(b_values, from_b))

    def rule(op: Any, _: Any, dy: Any) -> Any:
        a, b = raw_of(op.inputs[0]), raw_of(op.inputs[3])
        _, from_a, from_b = union(reading.plain(a), reading.plain(b))
        x = gather_segments(raw_of(op.inputs[1]), from_a)
        y = gather_segments(raw_of(op.inputs[4]), from_b)
        mine = (x >= y if name == "SparseSparseMaximum" else x <= y).to(x.dtype)
        da = unsorted_segment_sum(dy * mine, from_a, num_segments=len(a))
        db = unsorted_segment_sum(dy * (1 - mine), from_b, num_segments=len(b))
        return None, da, None, None, db, None

    def on_bits(*parts: Any) -> Any:
        """Of the bits of unsigned integers: those with the first bit turned are in the same order as signed ones."""
        top = torch.iinfo(parts[1].dtype).min
        found, from_a, from_b = _of_two(name, *parts)
        a, b = gather_segments(parts[1], from_a), gather_segments(parts[4], from_b)
        return found, choose(a ^ top, b ^ top) ^ top

    call = primitive(name, kernel, inputs=_INPUTS, outputs=2, dtypes=WHOLE, same=(1, 4), keep=Keep.INPUTS)
    by_bits(name, kernel=on_bits)
    gradient(name)(rule)
    return call


sparse_sparse_maximum = _extremum("SparseSparseMaximum", torch.maximum)
sparse_sparse_minimum = _extremum("SparseSparseMinimum", torch.minimum)

# -- of a sparse and a dense tensor -----------------------------------------------------------------------------------


def _dense_places(name: str, indices: Any, shape: Any, dense: tuple[int, ...]) -> Any:
    """Where in a dense tensor, broadcast to the sparse one's shape, the elements at its coordinates stand."""
    rows, whole = coordinates(name, indices, shape), dense_sizes(name, shape)
    if not whole:
        raise invalid(f"{name}: The shape argument requires at least one element.")
    lead = len(whole) - len(dense)
    fits = lead >= 0 and all(n in (1, m) for n, m in zip(dense, whole[lead:], strict=True))
    if not fits:
        raise invalid(
            f"{name}: SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: "
            f"{compact(list(whole))} vs. {compact(list(dense))}"
        )
    positions(name, rows, whole)
    with reading.outside():
        limits = torch.tensor([n - 1 for n in dense], dtype=torch.int64, device=rows.device)
        return positions(name, torch.minimum(rows[:, lead:], limits), dense, check=False)


def _cwise(kind: str, kernel: Any) -> Any:
    name = f"SparseDenseCwise{kind}"

    def call_kernel(indices: Any, values: Any, shape: Any, dense: Any) -> Any:
        coordinates(name, indices, shape, values)
        allowed(name, values, NUMERIC)
        allowed(name, values, REALS, missing=True)
        return kernel(values, elements(dense, _dense_places(name, indices, shape, tuple(dense.shape))))

    def rule(op: Any, dy: Any) -> Any:
        indices, values, shape, dense = op.inputs
        size = tuple(op.shapes[3])
        places = _dense_places(name, raw_of(indices), raw_of(shape), size)
        if kind == "Add":
            return None, dy, None, spread(dy, places, size) if op.needs[3] else None
        if len(size) == 1:  # the gradient of a lookup in a vector is IndexedSlices
            other = gather_nd(dense, places.unsqueeze(1))
        else:
            other = elements(dense, places)
        if kind == "Mul":
            dx, ddense = dy * conj(other), dy * conj(values)
        else:
            dx = OPS["RealDiv"].call(dy, conj(other))
            ddense = -(dx * OPS["RealDiv"].call(conj(values), conj(other)))
        return None, dx, None, spread(ddense, places, size) if op.needs[3] else None

    call = primitive(
        name,
        call_kernel,
        inputs="sp_indices sp_values sp_shape dense",
        dtypes=WHOLE,
        same=(1, 3),
        keep=Keep.INPUTS,
    )
    if kind == "Add":
        by_bits(name)
    gradient(name)(rule)
    return call


def _quotient(x: Any, y: Any) -> Any:
    known = reading.known(y)
    if known is not None and bool((known == 0).any()):
        raise invalid("SparseDenseCwiseDiv cannot divide by zero, but input dense tensor contains zero")
    if x.dtype in INTEGERS:
        return torch.div(x, y, rounding_mode="trunc")
    return x / y


sparse_dense_cwise_add = _cwise("Add", torch.add)
sparse_dense_cwise_mul = _cwise("Mul", torch.mul)
sparse_dense_cwise_div = _cwise("Div", _quotient)


def _dense_add(indices: Any, values: Any, shape: Any, b: Any) -> Any:
    name = "SparseTensorDenseAdd"
    rows, whole = coordinates(name, indices, shape, values), sizes(shape)
    alike(name, indices, shape)
    allowed(name, values, NUMERIC)
    if len(whole) != b.dim():
        raise invalid(f"Two operands have different ranks; received: {len(whole)} and {b.dim()}")
    if whole != tuple(b.shape):
        axis = next(i for i, n in enumerate(whole) if n != b.shape[i])
        raise invalid(
            f"Dimension {axis} does not equal (no broadcasting is supported): sparse side {whole[axis]} vs dense "
            f"side {b.shape[axis]}"
        )
    return b + spread(values, positions(name, rows, whole), whole)


sparse_tensor_dense_add = primitive(
    "SparseTensorDenseAdd",
    _dense_add,
    inputs="a_indices a_values a_shape b",
    dtypes=WHOLE,
    same=(1, 3),
    keep=Keep.INPUTS,
    keep_inputs=(0, 2),
)

by_bits("SparseTensorDenseAdd")


@gradient("SparseTensorDenseAdd")
def _dense_add_rule(op: Any, dy: Any) -> Any:
    shape = sizes(raw_of(op.inputs[2]))
    rows = coordinates("SparseTensorDenseAdd", raw_of(op.inputs[0]), raw_of(op.inputs[2]))
    return None, elements(dy, positions("SparseTensorDenseAdd", rows, shape, check=False)), None, dy


# -- matmul -----------------------------------------------------------------------------------------------------------

_MATMUL = INEXACT | {torch.int32}
_SPARSE_KERNELS = frozenset({torch.float32, torch.float64, torch.complex64, torch.complex128})
_LARGE = 1 << 14  # products from which torch's sparse kernels are the faster ones


def _matmul(
    indices: Any, values: Any, shape: Any, b: Any, *, adjoint_a: bool = False, adjoint_b: bool = False
) -> Any:
    name = "SparseTensorDenseMatMul"
    allowed(name, values, _MATMUL, missing=True)
    if b.dim() != 2:
        raise invalid("Tensor 'b' is not a matrix")
    if shape.dim() != 1 or shape.shape[0] != 2:
        raise invalid("Tensor 'a_shape' must have 2 elements")
    rows, whole = coordinates(name, indices, shape, values), sizes(shape)
    inner, outer = (0, 1) if adjoint_a else (1, 0)
    if whole[inner] != b.shape[1 if adjoint_b else 0]:
        raise invalid(
            f"Cannot multiply A and B because inner dimension does not match: {whole[inner]} vs. "
            f"{b.shape[1 if adjoint_b else 0]}.  Did you forget a transpose?  Dimensions of A: {list(whole)}.  "
            f"Dimensions of B: {compact(list(b.shape))}"
        )
    factor = conj(values) if adjoint_a else values
    other = conj(b).transpose(0, 1) if adjoint_b else b
    columns = other.shape[1]
    if not whole[outer] * columns:
        return values.new_zeros((whole[outer], columns))
    _check_matrix(rows, whole)
    with reading.outside():
        out, into = rows[:, outer], rows[:, inner]
    plain = type(values) is torch.Tensor and not reading.tracing()
    functional = torch._C._functorch.is_functorch_wrapped_tensor
    plain = plain and not functional(factor) and not functional(other)
    if plain and values.dtype in _SPARSE_KERNELS and len(rows) * columns >= _LARGE:
        size = (whole[outer], whole[inner])
        matrix = torch.sparse_coo_tensor(torch.stack([out, into]), factor, size, check_invariants=False)
        product: Any = torch.sparse.mm(matrix, other)
        return product
    products = factor.unsqueeze(1) * other.index_select(0, into)
    return torch.index_add(products.new_zeros((whole[outer], columns)), 0, out, products)


def _check_matrix(rows: Any, whole: tuple[int, ...]) -> None:
    with reading.outside():
        limits = torch.tensor(whole, dtype=torch.int64, device=rows.device)
        outside = ((rows < 0) | (rows >= limits)).nonzero()
        if len(outside):
            i, axis = outside[0].tolist()
            raise invalid(
                f"{'mk'[axis]} ({int(rows[i, axis])}) from index[{i},{axis}] out of bounds (>={whole[axis]})"
            )


sparse_tensor_dense_mat_mul = primitive(
    "SparseTensorDenseMatMul",
    _matmul,
    inputs="a_indices a_values a_shape b",
    defaults={"adjoint_a": False, "adjoint_b": False},
    dtypes=WHOLE,
    same=(1, 3),
    keep=Keep.INPUTS,
)


@gradient("SparseTensorDenseMatMul")
def _matmul_rule(op: Any, dy: Any) -> Any:
    indices, values, shape, b = op.inputs
    adjoint_a, adjoint_b = op.get_attr("adjoint_a"), op.get_attr("adjoint_b")
    rows = coordinates("SparseTensorDenseMatMul", raw_of(indices), raw_of(shape))
    da = db = None
    if op.needs[1]:
        inner, outer = (0, 1) if adjoint_a else (1, 0)
        with reading.outside():
            out, into = rows[:, outer], rows[:, inner]
        # conj of op(B)[into, j]: that of B, or B transposed
        if adjoint_b:
            other = gather(OPS["Transpose"].call(b, perm=(1, 0)), into, axis=0)
        else:
            other = conj(gather(b, into, axis=0))
        products = gather_segments(dy, out) * other
        da = OPS["Sum"].call(products, axis=(1,), keep_dims=False)
        da = conj(da) if adjoint_a else da
    if op.needs[3]:
        db = sparse_tensor_dense_mat_mul(indices, values, shape, dy, adjoint_a=not adjoint_a, adjoint_b=False)
        if adjoint_b:
            db = OPS["Transpose"].call(conj(db), perm=(1, 0))
    return None, da, None, db


for _name in ("SparseTensorDenseMatMul", "SparseDenseCwiseMul"):
    multilinear(_name, of=(1, 3))
