"""Steps: sparse and ragged tensors made of values, linear operators, quantization, boxes in images, tables and strings."""

from __future__ import annotations

import math

from .drawing import Gen, Step, Unfit, op


def _places(g: Gen, count: int, shape: list[int]) -> str:
    """Coordinates of `count` elements as source; where errors are wanted now and then some that do not fit."""
    size = math.prod(shape)
    if not count or count > size:
        raise Unfit
    flat = sorted(g.rng.sample(range(size), count))
    rows = []
    for place in flat:
        row = []
        for d in reversed(shape):
            row.append(place % d)
            place //= d
        rows.append(row[::-1])
    if g.errors and g.chance(0.1):
        kind = g.integer(0, 3)
        if kind == 0:
            rows[-1] = rows[0]
        elif kind == 1:
            rows.reverse()
        elif kind == 2:
            rows[-1][-1] = shape[-1] + 2
        else:
            rows[0][0] = -1
    return f"tf.constant({rows}, tf.int64)"


def _sparse(g: Gen, name: str, count: int, shape: list[int]) -> str:
    return f"tf.SparseTensor({_places(g, count, shape)}, {name}, {shape})"


def _vector(g: Gen, kinds: str = "fc") -> int:
    return g.pick(kinds, 1, where=lambda v: 1 <= g.dims(v)[0] <= 6)


@op(2)
def sparse_unary(g: Gen) -> Step:
    x = _vector(g)
    shape = [g.integer(2, 3), g.integer(2, 4)]
    made = _sparse(g, "$0", g.dims(x)[0], shape)
    real = g.dtype(x) in ("float32", "float64")
    options = [
        ("sparse_to_dense", f"tf.sparse.to_dense({made})"),
        ("sparse_reduce_sum", f"tf.sparse.reduce_sum({made}, {g.choice([None, 0, 1, -1])})"),
        ("sparse_transpose", f"tf.sparse.transpose({made}).values"),
        ("sparse_reshape", f"tf.sparse.to_dense(tf.sparse.reshape({made}, [{shape[1]}, -1]))"),
        ("sparse_slice", f"tf.sparse.slice({made}, [0, {g.integer(0, 1)}], [2, {g.integer(1, 3)}]).values"),
        ("sparse_map_values", f"tf.sparse.map_values(tf.square, {made}).values"),
        ("sparse_reorder", f"tf.sparse.reorder({made}).values"),
        ("sparse_fill_empty_rows", f"tf.sparse.to_dense(tf.sparse.fill_empty_rows({made}, 1)[0])"),
        ("sparse_expand_dims", f"tf.sparse.to_dense(tf.sparse.expand_dims({made}, {g.integer(-1, 1)}))"),
        ("sparse_split", f"tf.sparse.to_dense(tf.sparse.split({made}, 2, {g.integer(0, 1)})[0])"),
    ]
    if real:
        options += [
            ("sparse_softmax", f"tf.sparse.softmax({made}).values"),
            ("sparse_from_dense", f"tf.sparse.to_dense(tf.sparse.from_dense(tf.sparse.to_dense({made})))"),
        ]
    name, code = g.choice(options)
    return g.step(name, code, x)


@op(2)
def sparse_binary(g: Gen) -> Step:
    x = _vector(g)
    y = g.pick(
        where=lambda v: g.dtype(v) == g.dtype(x) and len(g.dims(v)) == 2 and min(g.dims(v)) > 0, kinds="fc"
    )
    rows, columns = g.dims(y)
    kind = g.integer(0, 3)
    if kind == 0:
        shape = [g.integer(1, 3), rows]
        adjoint = g.chance(0.4)
        made = _sparse(g, "$0", g.dims(x)[0], shape[::-1] if adjoint else shape)
        code = f"tf.sparse.sparse_dense_matmul({made}, $1, adjoint_a={adjoint})"
        return g.step("sparse_dense_matmul", code, x, y)
    made = _sparse(g, "$0", g.dims(x)[0], [rows, columns])
    options = [("sparse_add", f"tf.sparse.add({made}, $1)")]
    if g.dtype(x) in ("float32", "float64"):
        options += [
            ("sparse_times_dense", f"({made} * $1).values"),
            ("sparse_over_dense", f"({made} / $1).values"),
        ]
    name, code = g.choice(options)
    return g.step(name, code, x, y)


@op(1)
def sparse_pair(g: Gen) -> Step:
    x = _vector(g)
    y = g.pick("fc", 1, where=lambda v: g.dtype(v) == g.dtype(x) and 1 <= g.dims(v)[0] <= 6)
    shape = [3, 3]
    one, other = _sparse(g, "$0", g.dims(x)[0], shape), _sparse(g, "$1", g.dims(y)[0], shape)
    return g.step("sparse_add_sparse", f"tf.sparse.add({one}, {other}).values", x, y)


@op(2)
def ragged(g: Gen) -> Step:
    x = g.pick("fc", min_rank=1, where=lambda v: 1 <= g.dims(v)[0] <= 6)
    count = g.dims(x)[0]
    inner = sorted(g.integer(0, count) for _ in range(g.integer(1, 3)))
    splits = [0, *inner, count]
    if g.errors and g.chance(0.08):
        splits = g.choice([[0, count, 1], [1, count], [0, count + 1]])
    made = f"tf.RaggedTensor.from_row_splits($0, {splits})"
    options = [
        ("ragged_to_tensor", f"{made}.to_tensor()"),
        ("ragged_reduce_sum", f"tf.reduce_sum({made}, axis=1)"),
        ("ragged_reduce_mean", f"tf.reduce_mean({made}, axis=0)"),
        ("ragged_map_flat_values", f"tf.ragged.map_flat_values(tf.square, {made}).flat_values"),
        ("ragged_times", f"({made} * 2.0).to_tensor()"),
        ("ragged_concat", f"tf.concat([{made}, {made}], 1).flat_values"),
        ("ragged_gather", f"tf.gather({made}, [1, 0]).flat_values"),
        ("ragged_row", f"{made}[{g.integer(-1, 1)}]"),
        ("ragged_columns", f"{made}[:, :1].flat_values"),
        ("ragged_reverse", f"tf.reverse({made}, [0]).to_tensor()"),
    ]
    name, code = g.choice(options)
    return g.step(name, code, x)


def _square(g: Gen) -> int:
    return g.pick("fc", 2, where=lambda v: g.dims(v)[0] == g.dims(v)[1] and g.dims(v)[0] >= 1)


ASKED = [
    "to_dense()",
    "diag_part()",
    "trace()",
    "determinant()",
    "log_abs_determinant()",
    "adjoint().to_dense()",
]


@op(3)
def linear_operator(g: Gen) -> Step:
    kind = g.integer(0, 7)
    dense = "tf.linalg.LinearOperator"
    if kind <= 2:
        x = _square(g)
        name = ["FullMatrix", "LowerTriangular", "LowRankUpdate"][kind]
        made = f"{dense}{name}($0)"
        if name == "LowRankUpdate":
            made = f"{dense}LowRankUpdate({dense}ScaledIdentity({g.dims(x)[0]}, tf.ones([], $0.dtype)), $0)"
        size = g.dims(x)[0]
    else:
        x = g.pick("fc", 1, where=lambda v: 1 <= g.dims(v)[0] <= 4)
        size = g.dims(x)[0]
        name, made = [
            ("Diag", f"{dense}Diag($0)"),
            ("Toeplitz", f"{dense}Toeplitz($0, $0)"),
            ("Circulant", f"{dense}Circulant($0, input_output_dtype=$0.dtype)"),
            ("Householder", f"{dense}Householder($0)"),
            ("Kronecker", f"{dense}Kronecker([{dense}Diag($0), {dense}Diag($0)])"),
        ][kind - 3]
        if name == "Kronecker":
            size *= size
    if g.chance(0.5):
        return g.step(f"operator_{name}", f"{made}.{g.choice(ASKED)}", x)
    try:
        y = g.pick(
            "fc", where=lambda v: g.dtype(v) == g.dtype(x) and len(g.dims(v)) == 2 and g.dims(v)[0] == size
        )
        how = g.choice(["matmul($1)", "matmul($1, adjoint=True)", "solve($1)"])
    except Unfit:
        y = g.pick("fc", where=lambda v: g.dtype(v) == g.dtype(x) and g.dims(v)[-1:] == [size])
        how = g.choice(["matvec($1)", "solvevec($1)"])
    return g.step(f"operator_{name}", f"{made}.{how}", x, y)


@op(1)
def quantization(g: Gen) -> Step:
    x = g.pick("f")
    options = [
        (
            "quantize_and_dequantize",
            "tf.quantization.quantize_and_dequantize_v2($0, -1.0, 1.0, range_given=True)",
        ),
        ("quantize_and_dequantize", "tf.quantization.quantize_and_dequantize_v2($0, 0.0, 0.0, num_bits=4)"),
    ]
    if g.dtype(x) == "float32":
        options += [
            ("fake_quant_args", "tf.quantization.fake_quant_with_min_max_args($0, -1.0, 1.5, num_bits=4)"),
            ("fake_quant_vars", "tf.quantization.fake_quant_with_min_max_vars($0, -1.0, 1.5)"),
        ]
    name, code = g.choice(options)
    return g.step(name, code, x)


@op(1)
def image_boxes(g: Gen) -> Step:
    x = g.pick("f", 4, where=lambda v: min(g.dims(v)) > 0 and g.dtype(v) == "float32")
    corners = [g.integer(-2, 12) / 10 for _ in range(4)]
    options = [
        ("crop_and_resize", f"tf.image.crop_and_resize($0, [{corners}], [0], [{g.integer(1, 3)}, 2])"),
        ("extract_patches", 'tf.image.extract_patches($0, [1, 1, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "SAME")'),
        ("central_crop", "tf.image.central_crop($0, 0.5)"),
    ]
    name, code = g.choice(options)
    return g.step(name, code, x)


@op(0.5)
def texts_and_tables(g: Gen) -> Step:
    x = g.pick("i")
    table = "tf.lookup.KeyValueTensorInitializer(tf.constant([0, 1, 2], $0.dtype), tf.constant([0.5, 1.5, -2.0], tf.float64))"
    options = [
        ("strings_length", "tf.strings.length(tf.strings.as_string($0))"),
        ("strings_to_number", "tf.strings.to_number(tf.strings.as_string($0), tf.float64)"),
        ("strings_hash", "tf.strings.to_hash_bucket_fast(tf.strings.as_string($0), 7)"),
    ]
    if g.dtype(x) == "int64":
        options.append(("table", f"tf.lookup.StaticHashTable({table}, 9.0).lookup($0)"))
    name, code = g.choice(options)
    return g.step(name, code, x)
