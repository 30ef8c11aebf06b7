"""Diagonals, bands, triangles, transposes, traces."""

from conformance_kit import ALL, COMPLEX, DOUBLE, FLOATS, INTS, A, V, case, error

SOME = ("float32", "complex64")
ALIGNS = ("RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT")
SPECIAL = V([[float("nan"), 1.0, float("inf")], [2.0, float("-inf"), 3.0]])

# -- diag
case("linalg.diag", inputs=[A("normal", (2, 3))], dtypes=ALL, also={"empty": [A("normal", (0,))]})
for k in (1, -2, (0, 1), (-1, 0), (1, 1), [1]):
    case(f"linalg.diag k={k}", lambda tf, x, k=k: tf.linalg.diag(x, k=k), [A("normal", (2, 3))], dtypes=SOME)
for options in (
    {"num_rows": 5},
    {"num_cols": 5},
    {"num_rows": 3, "num_cols": 5},
    {"k": 1, "num_rows": 3},
    {"k": -1, "num_cols": 3, "padding_value": 9},
    {"k": (-1, 0), "align": "LEFT_RIGHT", "padding_value": 7},
    {"k": (0, 1), "align": "LEFT_LEFT", "num_rows": 3, "num_cols": 5},
    {"k": (0, 1), "align": "RIGHT_RIGHT", "num_rows": 3, "num_cols": 5},
):
    case(
        f"linalg.diag {options}",
        lambda tf, x, options=options: tf.linalg.diag(x, **options),
        [A("normal", (2, 3))],
        dtypes=("float32", "int32"),
    )
case(
    "linalg.diag, the padding has no gradient",
    lambda tf, x, p: tf.linalg.diag(x, padding_value=p),
    [A("normal", (2,)), A("normal")],
)
for what, options in {
    "rows too few": {"num_rows": 2},
    "neither rows nor columns": {"num_rows": 5, "num_cols": 4},
    "rows -2": {"num_rows": -2},
    "band upside down": {"k": (1, 0)},
    "number of diagonals": {"k": (0, 2)},
    "three numbers": {"k": [1, 2, 3]},
    "no number": {"k": []},
    "matrix of numbers": {"k": [[1]]},
    "k a float": {"k": 1.0},
    "k None": {"k": None},
    "align": {"align": "X"},
    "padding a vector": {"padding_value": [1.0, 2.0]},
}.items():
    error(f"linalg.diag: {what}", lambda tf, options=options: tf.linalg.diag(tf.ones([2, 3]), **options))
error("linalg.diag: scalar", lambda tf: tf.linalg.diag(1.0))
error("linalg.diag: padding of integers", lambda tf: tf.linalg.diag([1, 2], padding_value=1.5))

# -- diag_part
case(
    "linalg.diag_part",
    inputs=[A("normal", (2, 3, 4))],
    dtypes=ALL,
    also={"tall": [A("normal", (4, 2))], "special": [SPECIAL]},
)
for k in (1, -2, 3, (0, 1), (-2, 3), (1, 2), (-2, -1)):
    case(
        f"linalg.diag_part k={k}",
        lambda tf, x, k=k: tf.linalg.diag_part(x, k=k),
        [A("normal", (3, 4))],
        dtypes=SOME,
    )
for align in ALIGNS:
    case(
        f"linalg.diag_part {align}",
        lambda tf, x, align=align: tf.linalg.diag_part(x, k=(-1, 2), align=align, padding_value=9),
        [A("normal", (3, 4))],
        dtypes=("float32", "int32"),
    )
error("linalg.diag_part: vector", lambda tf: tf.linalg.diag_part([1.0, 2.0]))
error("linalg.diag_part: k too large", lambda tf: tf.linalg.diag_part(tf.ones([3, 4]), k=4))
error("linalg.diag_part: k too small", lambda tf: tf.linalg.diag_part(tf.ones([3, 4]), k=-3))
error("linalg.diag_part: band too wide", lambda tf: tf.linalg.diag_part(tf.ones([3, 4]), k=(-3, 1)))

# -- set_diag
case(
    "linalg.set_diag",
    inputs=[A("normal", (2, 3, 4)), A("normal", (2, 3))],
    dtypes=ALL,
    also={"special": [SPECIAL, V([1.0, 2.0])]},
)
case(
    "linalg.set_diag k=1",
    lambda tf, x, d: tf.linalg.set_diag(x, d, k=1),
    [A("normal", (3, 4)), A("normal", (3,))],
    dtypes=SOME,
)
for align in ALIGNS:
    for k in ((0, 1), (-1, 0), (1, 3)):
        lines = 3 if k == (1, 3) else 2
        case(
            f"linalg.set_diag {k} {align}",
            lambda tf, x, d, k=k, align=align: tf.linalg.set_diag(x, d, k=k, align=align),
            [A("normal", (3, 4)), A("normal", (lines, 3))],
            dtypes=("float32",),
        )
case("linalg.set_diag of an array", lambda tf, x: tf.linalg.set_diag(x, [1, 2]), [A("normal", (2, 3))])
error("linalg.set_diag: length", lambda tf: tf.linalg.set_diag(tf.ones([3, 4]), tf.ones([2])))
error("linalg.set_diag: lines", lambda tf: tf.linalg.set_diag(tf.ones([3, 4]), tf.ones([2, 3])))
error("linalg.set_diag: batch", lambda tf: tf.linalg.set_diag(tf.ones([1, 3, 4]), tf.ones([3])))
error("linalg.set_diag: k", lambda tf: tf.linalg.set_diag(tf.ones([3, 4]), tf.ones([3]), k=4))
error("linalg.set_diag: dtypes", lambda tf: tf.linalg.set_diag(tf.ones([2, 2]), tf.ones([2], tf.float64)))
error("linalg.set_diag: floats in integers", lambda tf: tf.linalg.set_diag([[1, 2], [3, 4]], [1.0, 2.0]))

# -- tensor_diag
TENSOR_DIAG = (*DOUBLE, "float16", *COMPLEX, "int32", "int64")
case(
    "linalg.tensor_diag",
    inputs=[A("normal", (3,))],
    dtypes=TENSOR_DIAG,
    rejects=("int8", "bool", "bfloat16"),
    also={"matrix": [A("normal", (2, 3))], "empty": [A("normal", (0,))]},
)
case(
    "linalg.tensor_diag_part",
    inputs=[A("normal", (3, 3))],
    dtypes=TENSOR_DIAG,
    rejects=("int8", "bool", "bfloat16"),
    also={"four axes": [A("normal", (2, 3, 2, 3))], "scalar": [A("normal")]},
)
error("linalg.tensor_diag: scalar", lambda tf: tf.linalg.tensor_diag(tf.constant(1.0)))
error("linalg.tensor_diag_part: oblong", lambda tf: tf.linalg.tensor_diag_part(tf.ones([2, 3])))
error("linalg.tensor_diag_part: vector", lambda tf: tf.linalg.tensor_diag_part(tf.ones([3])))

# -- band_part
for lower, upper in ((0, 0), (1, 0), (-1, 0), (0, -1), (1, 2), (-1, -1), (3, 4)):
    case(
        f"linalg.band_part {lower} {upper}",
        lambda tf, x, lower=lower, upper=upper: tf.linalg.band_part(x, lower, upper),
        [A("normal", (2, 3, 4))],
        dtypes=ALL if (lower, upper) == (1, 0) else SOME,
        also={"special": [SPECIAL]} if max(lower, upper) < 2 else {},
    )
case(
    "linalg.band_part of int64",
    lambda tf, x: tf.linalg.band_part(x, tf.constant(1, tf.int64), tf.constant(0, tf.int64)),
    [A("normal", (3, 4))],
)
error("linalg.band_part: rows", lambda tf: tf.linalg.band_part(tf.ones([3, 4]), 4, 0))
error("linalg.band_part: columns", lambda tf: tf.linalg.band_part(tf.ones([3, 4]), 0, 5))
error("linalg.band_part: vector", lambda tf: tf.linalg.band_part(tf.ones([3]), 0, 0))
error("linalg.band_part: float", lambda tf: tf.linalg.band_part(tf.ones([3, 4]), 1.0, 0))
error("linalg.band_part: list", lambda tf: tf.linalg.band_part(tf.ones([3, 4]), [1], 0))
error("linalg.band_part: int8", lambda tf: tf.linalg.band_part(tf.ones([3, 4]), tf.constant(1, tf.int8), 0))
error(
    "linalg.band_part: int32 and int64",
    lambda tf: tf.linalg.band_part(tf.ones([3, 4]), tf.constant(1, tf.int64), tf.constant(0, tf.int32)),
)

# -- transposes and traces
case("linalg.trace", inputs=[A("normal", (2, 3, 4))], dtypes=(*FLOATS, *INTS, *COMPLEX), rejects=("bool",))
case("linalg.adjoint", inputs=[A("normal", (2, 3, 4))], dtypes=ALL)
case("linalg.matrix_transpose", inputs=[A("normal", (2, 3))], dtypes=ALL)
case(
    "linalg.matrix_transpose conjugate",
    lambda tf, x: tf.linalg.matrix_transpose(x, conjugate=True),
    [A("normal", (2, 3))],
    dtypes=("float32", "complex64"),
)
error("linalg.trace: vector", lambda tf: tf.linalg.trace(tf.ones([3])))
error("linalg.adjoint: vector", lambda tf: tf.linalg.adjoint(tf.ones([3])))
error("linalg.matrix_transpose: scalar", lambda tf: tf.linalg.matrix_transpose(tf.constant(1.0)))
case("linalg.eye", lambda tf: [tf.linalg.eye(2), tf.linalg.eye(2, 3, [2], tf.int32)], dtypes=("float32",))
