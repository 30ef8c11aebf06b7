"""Linear algebra of zeros, identities, singular and repeated values, infinities, and empty matrices."""

from conformance_kit import A, V, case

LAPACK = ("float64",)
INF, NAN = float("inf"), float("nan")
ZERO, EYE = [[0.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]]
SINGULAR, NILPOTENT = [[1.0, 2.0], [2.0, 4.0]], [[0.0, 1.0], [0.0, 0.0]]
BAD = {"inf": [V([[INF, 0.0], [0.0, 1.0]])], "nan": [V([[NAN, 0.0], [0.0, 1.0]])]}
NONE = {
    "0x0": [A("normal", (0, 0))],
    "no matrices": [A("normal", (0, 2, 2))],
}
SPECIAL = {
    "zero": [V(ZERO)],
    "identity": [V(EYE)],
    "singular": [V(SINGULAR)],
    "nilpotent": [V(NILPOTENT)],
    "one": [V([[2.0]])],
    "negative": [V([[-1.0, 0.0], [0.0, -2.0]])],
    **NONE,
}

NOT_REGULAR = ("zero", "singular", "nilpotent")
TOO_SMALL = ("one", "0x0")


def square(name, fn=None, **options):
    case(name, fn, [A("regular", (2, 2))], dtypes=LAPACK, also=SPECIAL, **options)


for name in ["inv", "det", "logdet", "slogdet", "lu", "trace"]:
    square(f"linalg.{name}", refuses=NOT_REGULAR if name in ("inv", "lu") else ())
square("linalg.cholesky")
square("linalg.eigvalsh")
square("linalg.eigh values", lambda tf, x: tf.linalg.eigh(x)[0])
square("linalg.svd values", lambda tf, x: tf.linalg.svd(x, compute_uv=False))
square("linalg.matrix_rank", order=0)
square("linalg.solve", lambda tf, x: tf.linalg.solve(x, tf.ones_like(x)), refuses=NOT_REGULAR)
square("linalg.triangular_solve", lambda tf, x: tf.linalg.triangular_solve(x, tf.ones_like(x)))
square("linalg.cholesky_solve", lambda tf, x: tf.linalg.cholesky_solve(x, tf.ones_like(x)))
square("linalg.lstsq", lambda tf, x: tf.linalg.lstsq(x, tf.ones_like(x), fast=True))
square("linalg.lstsq regularized", lambda tf, x: tf.linalg.lstsq(x, tf.ones_like(x), l2_regularizer=0.5))
square("linalg.matmul", lambda tf, x: tf.linalg.matmul(x, x))
square("linalg.matmul adjoint", lambda tf, x: tf.linalg.matmul(x, x, adjoint_a=True))
square("einsum", lambda tf, x: tf.einsum("...ij,...kj->...ik", x, x))
square(
    "linalg.matvec",
    lambda tf, x: tf.linalg.matvec(x, x[..., 0] if x.shape[-1] else x[..., 0, :]) if x.shape[-1] else x,
)
square("linalg.norm euclidean", lambda tf, x: tf.linalg.norm(x))
square("linalg.normalize", lambda tf, x: tf.linalg.normalize(x, axis=-1))
square("linalg.global_norm", lambda tf, x: tf.linalg.global_norm([x]))
square("linalg.band_part", lambda tf, x: tf.linalg.band_part(x, 0, -1))
square("linalg.diag_part")
square("linalg.set_diag", lambda tf, x: tf.linalg.set_diag(x, tf.linalg.diag_part(x) * 2))
square("linalg.adjoint")
square(
    "linalg.tridiagonal_solve",
    lambda tf, x: tf.linalg.tridiagonal_solve(x, x[..., 0], diagonals_format="matrix"),
    refuses=TOO_SMALL,
)
square(
    "linalg.cross",
    lambda tf, x: tf.linalg.cross(tf.concat([x, x[..., :1]], -1), tf.ones([*x.shape[:-1], 3], x.dtype)),
    refuses=TOO_SMALL,
)
case(
    "linalg.logm",
    inputs=[A("regular", (2, 2))],
    dtypes=("complex64",),
    also=NONE | {"identity": [V(EYE)], "zero": [V(ZERO)]},
    order=0,
)
for name, (n, k, m) in {"no inner": (2, 0, 3), "no rows": (0, 2, 3), "no columns": (2, 3, 0)}.items():
    case(
        f"matmul {name}",
        lambda tf, x, y: tf.matmul(x, y),
        [A("normal", (n, k)), A("normal", (k, m))],
        dtypes=("float32", "bfloat16", "int32", "complex64"),
    )
    case(
        f"einsum {name}",
        lambda tf, x, y: tf.einsum("ij,jk->ik", x, y),
        [A("normal", (n, k)), A("normal", (k, m))],
    )
    case(
        f"tensordot {name}",
        lambda tf, x, y: tf.tensordot(x, y, 1),
        [A("normal", (n, k)), A("normal", (k, m))],
    )
for name, shape in {"wide": (2, 0), "tall": (0, 2)}.items():
    case(
        f"svd values {name}",
        lambda tf, x: tf.linalg.svd(x, compute_uv=False),
        [A("normal", shape)],
        dtypes=LAPACK,
    )
    case(f"svd {name}", lambda tf, x: tf.linalg.svd(x), [A("normal", shape)], dtypes=LAPACK)
    case(
        f"svd full {name}",
        lambda tf, x: tf.linalg.svd(x, full_matrices=True),
        [A("normal", shape)],
        dtypes=LAPACK,
        order=0,
    )
    case(f"qr {name}", lambda tf, x: tf.linalg.qr(x), [A("normal", shape)], dtypes=LAPACK, order=0)
    case(
        f"qr full {name}",
        lambda tf, x: tf.linalg.qr(x, full_matrices=True),
        [A("normal", shape)],
        dtypes=LAPACK,
        order=0,
    )
    case(
        f"pinv {name}",
        lambda tf, x: tf.linalg.pinv(x),
        [A("normal", shape)],
        dtypes=("float32", "float64"),
        order=0,
    )
    case(
        f"lstsq {name}",
        lambda tf, x: tf.linalg.lstsq(x, tf.ones([x.shape[0], 1], x.dtype)),
        [A("normal", shape)],
        dtypes=LAPACK,
        order=0,
    )
    case(f"diag_part {name}", lambda tf, x: tf.linalg.diag_part(x), [A("normal", shape)])
    case(f"trace {name}", lambda tf, x: tf.linalg.trace(x), [A("normal", shape)])
    case(f"norm {name}", lambda tf, x: tf.norm(x), [A("normal", shape)])
case("linalg.diag of none", lambda tf, x: tf.linalg.diag(x), [A("normal", (0,))])
case("tensor_diag of none", lambda tf, x: tf.linalg.tensor_diag(x), [A("normal", (0,))], dtypes=LAPACK)
case("eigh repeated", lambda tf, x: tf.linalg.eigh(x), [V(EYE)], dtypes=("float32", "float64"))
case("svd repeated", lambda tf, x: tf.linalg.svd(x), [V(EYE)], dtypes=("float32", "float64"))
for name in ("det", "trace", "matrix_transpose", "eigh", "eig", "svd"):
    for label, (value,) in {"nan": (NAN,), "inf": (INF,)}.items():
        if name in ("det", "trace", "matrix_transpose") or label == "nan":
            case(
                f"linalg.{name} of {label}",
                lambda tf, x, f=name: getattr(tf.linalg, f)(x),
                [V([[value, 0.0], [0.0, 1.0]])],
                dtypes=() if name in ("eigh", "eig") else LAPACK,
                rejects=LAPACK if name in ("eigh", "eig") else (),
            )
case(
    "linalg.slogdet of nan",
    lambda tf, x: tf.linalg.slogdet(x),
    [V([[NAN, 0.0], [0.0, 1.0]])],
    dtypes=LAPACK,
    order=1,
)
