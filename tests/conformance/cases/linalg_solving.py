"""Inverses, determinants, systems of linear equations."""

from conformance_kit import COMPLEX, DOUBLE, A, V, case, error, script

BOTH = (*DOUBLE, *COMPLEX)
NOT_FLOAT = ("bfloat16", "int32", "uint8", "bool")
REJECTS = ("float16", *NOT_FLOAT)
TOL = {"float32": 2e-4, "complex64": 2e-4, "float64": 1e-9, "complex128": 1e-9}
WHY = "solving multiplies the rounding errors by the condition of the matrix"
LOOSE = {"tol": TOL, "why": WHY}
SINGULAR = [[1.0, 2.0], [2.0, 4.0]]
ONES = [[1.0], [1.0]]

# -- inverses and determinants
case(
    "linalg.inv",
    inputs=[A("regular", (3, 3))],
    dtypes=BOTH,
    rejects=NOT_FLOAT,
    also={
        "batch": [A("regular", (2, 2, 2))],
        "empty": [A("zeros", (0, 0))],
        "no batch": [A("zeros", (0, 2, 2))],
    },
    **LOOSE,
)
case(
    "linalg.inv in half precision",
    lambda tf, x: tf.linalg.inv(x),
    [V([[2.0, 0.0], [1.0, 4.0]])],
    dtypes=("float16",),
)
case(
    "linalg.inv adjoint",
    lambda tf, x: tf.linalg.inv(x, adjoint=True),
    [A("regular", (3, 3))],
    dtypes=BOTH,
    **LOOSE,
)
error("linalg.inv: singular", lambda tf: tf.linalg.inv(SINGULAR))
error("linalg.inv: zeros", lambda tf: tf.linalg.inv(tf.zeros([2, 2])))
error("linalg.inv: one of a batch", lambda tf: tf.linalg.inv([[[1.0, 0.0], [0.0, 1.0]], SINGULAR]))
error("linalg.inv: NaN", lambda tf: tf.linalg.inv([[float("nan"), 0.0], [0.0, 1.0]]))
error("linalg.inv: oblong", lambda tf: tf.linalg.inv(tf.ones([2, 3])))
error("linalg.inv: vector", lambda tf: tf.linalg.inv(tf.ones([2])))
error("linalg.inv: integers", lambda tf: tf.linalg.inv([[1, 2], [3, 4]]))
for name in ("det", "slogdet"):
    case(
        f"linalg.{name}",
        inputs=[A("regular", (3, 3))],
        dtypes=BOTH,
        rejects=REJECTS,
        also={
            "batch": [A("regular", (2, 2, 2))],
            "empty": [A("zeros", (0, 0))],
            "no batch": [A("zeros", (0, 2, 2))],
        },
        **LOOSE,
    )
    case(
        f"linalg.{name} singular",
        lambda tf, x, name=name: getattr(tf.linalg, name)(x),
        [A("zeros", (2, 2))],
        dtypes=DOUBLE,
    )
    error(f"linalg.{name}: oblong", lambda tf, name=name: getattr(tf.linalg, name)(tf.ones([2, 3])))
    error(f"linalg.{name}: vector", lambda tf, name=name: getattr(tf.linalg, name)(tf.ones([2])))
case(
    "linalg.slogdet sign",
    lambda tf, x: tf.linalg.slogdet(x).sign,
    [A("regular", (3, 3))],
    dtypes=BOTH,
    **LOOSE,
)
case(
    "linalg.slogdet log",
    lambda tf, x: tf.linalg.slogdet(x).log_abs_determinant,
    [A("regular", (3, 3))],
    dtypes=BOTH,
    **LOOSE,
)
case(
    "linalg.logdet",
    inputs=[A("spd", (3, 3))],
    dtypes=BOTH,
    rejects=REJECTS,
    also={"batch": [A("spd", (2, 2, 2))], "not positive": [V([[1.0, 2.0], [2.0, 4.0]])]},
    **LOOSE,
)

# -- solve
case(
    "linalg.solve",
    inputs=[A("regular", (3, 3)), A("normal", (3, 2))],
    dtypes=BOTH,
    rejects=REJECTS,
    also={
        "batch": [A("regular", (2, 2, 2)), A("normal", (2, 2, 3))],
        "no rhs": [A("regular", (2, 2)), A("normal", (2, 0))],
        "empty": [A("zeros", (0, 0)), A("zeros", (0, 2))],
    },
    **LOOSE,
)
case(
    "linalg.solve adjoint",
    lambda tf, a, b: tf.linalg.solve(a, b, adjoint=True),
    [A("regular", (3, 3)), A("normal", (3, 2))],
    dtypes=BOTH,
    **LOOSE,
)
case(
    "linalg.solve with lists",
    lambda tf, a: tf.linalg.solve(a, [[1], [2]]),
    [A("regular", (2, 2))],
    dtypes=DOUBLE,
    **LOOSE,
)
error("linalg.solve: singular", lambda tf: tf.linalg.solve(SINGULAR, ONES))
error("linalg.solve: NaN", lambda tf: tf.linalg.solve([[float("nan"), 0.0], [0.0, 1.0]], ONES))
error("linalg.solve: vector", lambda tf: tf.linalg.solve(tf.eye(2), tf.ones([2])))
error("linalg.solve: broadcast", lambda tf: tf.linalg.solve(tf.eye(2), tf.ones([1, 2, 2])))
error("linalg.solve: batches", lambda tf: tf.linalg.solve(tf.ones([1, 2, 2]), tf.ones([2, 2, 2])))
error("linalg.solve: rows", lambda tf: tf.linalg.solve(tf.eye(2), tf.ones([3, 2])))
error("linalg.solve: oblong", lambda tf: tf.linalg.solve(tf.ones([3, 2]), tf.ones([3, 2])))
error("linalg.solve: dtypes", lambda tf: tf.linalg.solve(tf.eye(2), tf.eye(2, dtype=tf.float64)))

# -- triangular_solve, cholesky_solve
for lower in (True, False):
    for adjoint in (False, True):
        case(
            f"linalg.triangular_solve lower={lower} adjoint={adjoint}",
            lambda tf, a, b, lower=lower, adjoint=adjoint: tf.linalg.triangular_solve(a, b, lower, adjoint),
            [A("regular", (3, 3)), A("normal", (3, 2))],
            dtypes=BOTH,
            rejects=(*REJECTS[:2], "int32"),
            **LOOSE,
        )
case(
    "linalg.triangular_solve of batches",
    lambda tf, a, b: tf.linalg.triangular_solve(a, b),
    [A("regular", (2, 3, 3)), A("normal", (2, 3, 1))],
    dtypes=("float64", "complex128"),
    also={
        "broadcast matrix": [A("regular", (2, 2)), A("normal", (2, 2, 1))],
        "broadcast rhs": [A("regular", (2, 2, 2)), A("normal", (2, 1))],
        "broadcast both": [A("regular", (2, 1, 2, 2)), A("normal", (3, 2, 1))],
        "empty": [A("zeros", (0, 0)), A("zeros", (0, 2))],
    },
    **LOOSE,
)
case(
    "linalg.triangular_solve singular",
    lambda tf, b: tf.linalg.triangular_solve([[0.0, 0.0], [1.0, 1.0]], b),
    [A("ones", (2, 1))],
    dtypes=("float32",),
    order=0,
)
error("linalg.triangular_solve: vector", lambda tf: tf.linalg.triangular_solve(tf.eye(2), tf.ones([2])))
error("linalg.triangular_solve: rows", lambda tf: tf.linalg.triangular_solve(tf.eye(2), tf.ones([3, 2])))
error(
    "linalg.triangular_solve: oblong", lambda tf: tf.linalg.triangular_solve(tf.ones([3, 2]), tf.ones([3, 2]))
)
error(
    "linalg.triangular_solve: batches",
    lambda tf: tf.linalg.triangular_solve(tf.ones([2, 2, 2]), tf.ones([3, 2, 2])),
)
case(
    "linalg.cholesky_solve",
    inputs=[A("lower", (3, 3)), A("normal", (3, 2))],
    dtypes=BOTH,
    rejects=("int32",),
    also={"broadcast": [A("lower", (2, 2)), A("normal", (2, 2, 1))]},
    **LOOSE,
)

# -- lstsq, pinv, matrix_rank
TALL, WIDE = A("normal", (4, 2)), A("normal", (2, 4))
case(
    "linalg.lstsq",
    inputs=[TALL, A("normal", (4, 2))],
    dtypes=BOTH,
    also={
        "wide": [WIDE, A("normal", (2, 1))],
        "batch": [A("normal", (2, 3, 2)), A("normal", (2, 3, 1))],
        "square": [A("regular", (2, 2)), A("normal", (2, 1))],
    },
    **LOOSE,
)
case(
    "linalg.lstsq regularized",
    lambda tf, a, b: tf.linalg.lstsq(a, b, l2_regularizer=0.5),
    [TALL, A("normal", (4, 2))],
    dtypes=DOUBLE,
    also={"wide": [WIDE, A("normal", (2, 1))]},
    **LOOSE,
)
case(
    "linalg.lstsq, the regularizer has a gradient",
    lambda tf, a, l2: tf.linalg.lstsq(a, tf.ones_like(a), l2),
    [TALL, V(0.5)],
    dtypes=("float64",),
    **LOOSE,
)
case(
    "linalg.lstsq slow",
    lambda tf, a, b: tf.linalg.lstsq(a, b, fast=False),
    [TALL, A("normal", (4, 2))],
    dtypes=DOUBLE,
    also={"wide": [WIDE, A("normal", (2, 1))], "singular": [V(SINGULAR), A("normal", (2, 1))]},
    **LOOSE,
)
error("linalg.lstsq: vector", lambda tf: tf.linalg.lstsq(tf.ones([3, 2]), tf.ones([3])))
error("linalg.lstsq: rows", lambda tf: tf.linalg.lstsq(tf.ones([3, 2]), tf.ones([2, 1])))
error(
    "linalg.lstsq: complex128 and regularized",
    lambda tf: tf.linalg.lstsq(tf.ones([3, 2], tf.complex128), tf.ones([3, 2], tf.complex128), 0.5),
)
case(
    "linalg.lstsq complex64 regularized",
    lambda tf, a, b: tf.linalg.lstsq(a, b, l2_regularizer=0.5),
    [TALL, A("normal", (4, 2))],
    dtypes=("complex64",),
    **LOOSE,
)
case(
    "linalg.pinv",
    inputs=[A("normal", (3, 2))],
    dtypes=DOUBLE,
    rejects=("int32", "complex64"),
    also={"wide": [A("normal", (2, 3))], "batch": [A("normal", (2, 3, 2))]},
    **LOOSE,
)
case(
    "linalg.pinv of rank 1",
    lambda tf, x: tf.linalg.pinv(x),
    [V([[1.0, 1.0], [1.0, 1.0]])],
    dtypes=DOUBLE,
    order=1,
    **LOOSE,
)
case("linalg.pinv of zeros", lambda tf, x: tf.linalg.pinv(x), [A("zeros", (2, 2))], dtypes=DOUBLE, order=0)
case(
    "linalg.pinv rcond",
    lambda tf, x: tf.linalg.pinv(x, rcond=[0.5, 1e-9]),
    [V([[[1.0, 2.0], [3.0, 4.0]]] * 2)],
    dtypes=DOUBLE,
    order=0,
    **LOOSE,
)
error("linalg.pinv: vector", lambda tf: tf.linalg.pinv([1.0]))
case(
    "linalg.matrix_rank",
    inputs=[V([[[1.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [0.0, 2.0]]])],
    dtypes=DOUBLE,
    rejects=("int32",),
)
case(
    "linalg.matrix_rank tol",
    lambda tf, x: tf.linalg.matrix_rank(x, tol=1.0),
    [V([[1.0, 2.0], [3.0, 4.0]])],
    dtypes=DOUBLE,
)
error("linalg.matrix_rank: vector", lambda tf: tf.linalg.matrix_rank([1.0]))

# -- few diagonals
DIAGONALS = A("regular", (3, 3))
case(
    "linalg.tridiagonal_solve",
    inputs=[V([[1.0, 2.0, 0.0], [4.0, 5.0, 6.0], [0.0, 1.0, 2.0]]), A("normal", (3, 2))],
    dtypes=BOTH,
    rejects=("float16", "int32"),
    also={
        "vector": [DIAGONALS, A("normal", (3,))],
        "batch": [A("regular", (2, 3, 3)), A("normal", (2, 3, 1))],
        "pivots": [V([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]), V(ONES)],
        "single": [A("positive", (3, 1)), A("normal", (1, 2))],
    },
    **LOOSE,
)
for options in ({"transpose_rhs": True}, {"conjugate_rhs": True}, {"partial_pivoting": False}):
    case(
        f"linalg.tridiagonal_solve {options}",
        lambda tf, a, b, options=options: tf.linalg.tridiagonal_solve(a, b, **options),
        [V([[1.0, 2.0, 0.0], [4.0, 5.0, 6.0], [0.0, 1.0, 2.0]]), A("normal", (3, 3))],
        dtypes=("float64", "complex128"),
        **LOOSE,
    )
case(
    "linalg.tridiagonal_solve sequence",
    lambda tf, a, b, c, rhs: tf.linalg.tridiagonal_solve((a, b, c), rhs, diagonals_format="sequence"),
    [A("normal", (2,)), V([4.0, 5.0, 6.0]), A("normal", (2,)), A("normal", (3, 1))],
    dtypes=("float64",),
    **LOOSE,
)
case(
    "linalg.tridiagonal_solve matrix",
    lambda tf, a, rhs: tf.linalg.tridiagonal_solve(a, rhs, diagonals_format="matrix"),
    [V([[4.0, 1.0, 9.0], [1.0, 5.0, 2.0], [9.0, 2.0, 6.0]]), A("normal", (3, 1))],
    dtypes=("float64",),
    **LOOSE,
)
case(
    "linalg.tridiagonal_solve singular",
    lambda tf, a, b: tf.linalg.tridiagonal_solve(a, b),
    [A("zeros", (3, 2)), A("ones", (2, 1))],
    dtypes=("float64",),
    order=0,
)
case(
    "linalg.tridiagonal_solve zero pivot",
    lambda tf, b: tf.linalg.tridiagonal_solve(
        tf.constant([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], b.dtype), b, partial_pivoting=False
    ),
    [V(ONES)],
    dtypes=("float64",),
    order=0,
)
error(
    "linalg.tridiagonal_solve: format",
    lambda tf: tf.linalg.tridiagonal_solve(tf.ones([3, 3]), tf.ones([3]), "x"),
)
error(
    "linalg.tridiagonal_solve: rhs", lambda tf: tf.linalg.tridiagonal_solve(tf.ones([3, 3]), tf.ones([2, 2]))
)
error(
    "linalg.tridiagonal_solve: 2 diagonals",
    lambda tf: tf.linalg.tridiagonal_solve(tf.ones([2, 3]), tf.ones([3, 2])),
)
error(
    "linalg.tridiagonal_solve: rank",
    lambda tf: tf.linalg.tridiagonal_solve(tf.ones([3, 3]), tf.ones([2, 3, 2])),
)
case(
    "linalg.tridiagonal_matmul",
    inputs=[A("normal", (3, 3)), A("normal", (3, 2))],
    dtypes=BOTH,
    rejects=("float16", "int32"),
    also={"batch": [A("normal", (2, 3, 3)), A("normal", (2, 3, 1))]},
)
case(
    "linalg.tridiagonal_matmul sequence",
    lambda tf, a, b, c, rhs: tf.linalg.tridiagonal_matmul((a, b, c), rhs, "sequence"),
    [A("normal", (3,)), A("normal", (3,)), A("normal", (3,)), A("normal", (3, 2))],
    dtypes=("float64",),
)
case(
    "linalg.tridiagonal_matmul matrix",
    lambda tf, a, b: tf.linalg.tridiagonal_matmul(a, b, diagonals_format="matrix"),
    [A("normal", (3, 3)), A("normal", (3, 2))],
    dtypes=("float64",),
)
error(
    "linalg.tridiagonal_matmul: format",
    lambda tf: tf.linalg.tridiagonal_matmul(tf.ones([3, 3]), tf.ones([3, 1]), "x"),
)
error(
    "linalg.tridiagonal_matmul: vector",
    lambda tf: tf.linalg.tridiagonal_matmul(tf.ones([3, 3]), tf.ones([3])),
)
error(
    "linalg.tridiagonal_matmul: short lines",
    lambda tf: tf.linalg.tridiagonal_matmul(
        (tf.ones([2]), tf.ones([3]), tf.ones([2])), tf.ones([3, 1]), "sequence"
    ),
)
BANDS = V([[9.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
for lower in (True, False):
    for adjoint in (False, True):
        case(
            f"linalg.banded_triangular_solve lower={lower} adjoint={adjoint}",
            lambda tf, a, b, lower=lower, adjoint=adjoint: tf.linalg.banded_triangular_solve(
                a, b, lower, adjoint
            ),
            [BANDS, A("normal", (3, 2))],
            dtypes=BOTH if not adjoint else ("float64", "complex128"),
            rejects=("float16", "int32"),
            also={"broadcast": [BANDS, A("normal", (2, 3, 1))]},
            **LOOSE,
        )
error(
    "linalg.banded_triangular_solve: singular",
    lambda tf: tf.linalg.banded_triangular_solve(tf.zeros([2, 3]), tf.ones([3, 1])),
)
error(
    "linalg.banded_triangular_solve: vector",
    lambda tf: tf.linalg.banded_triangular_solve(tf.ones([2, 3]), tf.ones([3])),
)
error(
    "linalg.banded_triangular_solve: rows",
    lambda tf: tf.linalg.banded_triangular_solve(tf.ones([2, 3]), tf.ones([2, 1])),
)
error(
    "linalg.banded_triangular_solve: one band",
    lambda tf: tf.linalg.banded_triangular_solve(tf.ones([3]), tf.ones([3, 1])),
)


@script("linalg: gradients at singular matrices raise")
def _(tf):
    from conformance_kit import raises

    def gradient(function):
        x = tf.zeros([2, 2])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        return tape.gradient(y, x)

    return [
        raises(lambda: gradient(tf.linalg.det)),
        raises(lambda: gradient(lambda x: tf.linalg.slogdet(x)[1])),
    ]


@script("linalg: Jacobians of solutions")
def _(tf):
    a = tf.constant([[4.0, 1.0], [2.0, 3.0]], tf.float64)
    b = tf.constant([[1.0], [2.0]], tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([a, b])
        solved = tf.linalg.solve(a, b)
        triangular = tf.linalg.triangular_solve(a, b)
        inverse = tf.linalg.inv(a)
    return [tape.jacobian(solved, [a, b]), tape.jacobian(triangular, [a, b]), tape.jacobian(inverse, a)]
