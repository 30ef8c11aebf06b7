"""Linear operators: values, first and second derivatives with respect to parameters and arguments."""

from typing import Any

from cases._operators import ask
from conformance_kit import A, V, case

PD = {"is_self_adjoint": True, "is_positive_definite": True}
MATRIX = A("regular", (3, 3))
VECTOR = A("normal", (3,))


def hermitian(tf: Any, m: Any) -> Any:
    return (m + tf.linalg.adjoint(m)) / 2


ask("LinearOperatorDiag", lambda tf, d: tf.linalg.LinearOperatorDiag(d), [VECTOR])
ask(
    "LinearOperatorDiag batch",
    lambda tf, d: tf.linalg.LinearOperatorDiag(d),
    [A("normal", (2, 3))],
    batch=(2,),
    dtypes=("float64",),
)
ask("LinearOperatorFullMatrix", lambda tf, m: tf.linalg.LinearOperatorFullMatrix(m), [MATRIX])
ask(
    "LinearOperatorFullMatrix batch",
    lambda tf, m: tf.linalg.LinearOperatorFullMatrix(m),
    [A("regular", (2, 3, 3))],
    batch=(1,),
    dtypes=("float64",),
    solves=True,
)
ask(
    "LinearOperatorFullMatrix positive definite",
    lambda tf, m: tf.linalg.LinearOperatorFullMatrix(m, **PD),
    [A("spd", (3, 3))],
)
ask(
    "LinearOperatorFullMatrix tall",
    lambda tf, m: tf.linalg.LinearOperatorFullMatrix(m),
    [A("normal", (4, 3))],
    rows=4,
    columns=3,
    solves=False,
    numbers=("trace", "diag_part"),
    dtypes=("float32",),
)
ask(
    "LinearOperatorIdentity",
    lambda tf: tf.linalg.LinearOperatorIdentity(3, dtype=None),
    [],
    dtypes=("float32",),
)
ask(
    "LinearOperatorIdentity batch",
    lambda tf: tf.linalg.LinearOperatorIdentity(3, batch_shape=[2], dtype=tf.complex64),
    [],
    batch=(2,),
    dtypes=("complex64",),
)
ask("LinearOperatorScaledIdentity", lambda tf, m: tf.linalg.LinearOperatorScaledIdentity(3, m), [A("normal")])
ask(
    "LinearOperatorScaledIdentity batch",
    lambda tf, m: tf.linalg.LinearOperatorScaledIdentity(3, m),
    [A("normal", (2,))],
    batch=(2,),
    dtypes=("float64",),
)
ask(
    "LinearOperatorZeros",
    lambda tf: tf.linalg.LinearOperatorZeros(3, batch_shape=[2]),
    [],
    batch=(2,),
    solves=False,
    dtypes=("float32",),
)
ask(
    "LinearOperatorZeros wide",
    lambda tf: tf.linalg.LinearOperatorZeros(2, 3, is_square=False, is_self_adjoint=False),
    [],
    rows=2,
    columns=3,
    solves=False,
    numbers=("trace", "diag_part"),
    dtypes=("float32",),
)
ask(
    "LinearOperatorLowerTriangular",
    lambda tf, m: tf.linalg.LinearOperatorLowerTriangular(m),
    [A("regular", (3, 3))],
)
ask(
    "LinearOperatorAdjoint",
    lambda tf, m: tf.linalg.LinearOperatorAdjoint(tf.linalg.LinearOperatorFullMatrix(m)),
    [MATRIX],
)
ask(
    "LinearOperatorInversion",
    lambda tf, m: tf.linalg.LinearOperatorInversion(tf.linalg.LinearOperatorFullMatrix(m)),
    [MATRIX],
)
ask(
    "LinearOperatorComposition",
    lambda tf, m, d: tf.linalg.LinearOperatorComposition(
        [tf.linalg.LinearOperatorFullMatrix(m), tf.linalg.LinearOperatorDiag(d)]
    ),
    [MATRIX, A("positive", (3,))],
)
ask("LinearOperatorHouseholder", lambda tf, v: tf.linalg.LinearOperatorHouseholder(v), [VECTOR])
ask(
    "LinearOperatorHouseholder batch",
    lambda tf, v: tf.linalg.LinearOperatorHouseholder(v),
    [A("normal", (2, 3))],
    batch=(2,),
    dtypes=("float64",),
)
ask(
    "LinearOperatorPermutation",
    lambda tf: tf.linalg.LinearOperatorPermutation([[2, 0, 1], [0, 2, 1]]),
    [],
    batch=(2,),
    dtypes=("float32",),
)
ask("LinearOperatorToeplitz", lambda tf, c, r: tf.linalg.LinearOperatorToeplitz(c, r), [VECTOR, VECTOR])
ask(
    "LinearOperatorToeplitz batch",
    lambda tf, c, r: tf.linalg.LinearOperatorToeplitz(c, r),
    [A("normal", (2, 3)), A("normal", (2, 3))],
    batch=(2,),
    dtypes=("float64",),
)
ask(
    "LinearOperatorTridiag",
    lambda tf, d: tf.linalg.LinearOperatorTridiag(d),
    [A("positive", (3, 4))],
    rows=4,
)
ask(
    "LinearOperatorTridiag sequence",
    lambda tf, a, m, b: tf.linalg.LinearOperatorTridiag([a, m, b], diagonals_format="sequence"),
    [A("normal", (4,)), A("positive", (4,)), A("normal", (4,))],
    rows=4,
    dtypes=("float64",),
)
ask(
    "LinearOperatorTridiag matrix",
    lambda tf, m: tf.linalg.LinearOperatorTridiag(m, diagonals_format="matrix"),
    [A("regular", (2, 4, 4))],
    rows=4,
    batch=(2,),
    dtypes=("complex128",),
)
ask(
    "LinearOperatorCirculant",
    lambda tf, s: tf.linalg.LinearOperatorCirculant(s),
    [A("normal", (3,))],
    dtypes=("complex64",),
)
ask(
    "LinearOperatorCirculant real",
    lambda tf, s: tf.linalg.LinearOperatorCirculant(s, input_output_dtype=s.dtype),
    [A("positive", (2, 4))],
    rows=4,
    batch=(2,),
    dtypes=("float32", "float64"),
)
ask(
    "LinearOperatorCirculant2D",
    lambda tf, s: tf.linalg.LinearOperatorCirculant2D(s, input_output_dtype=s.dtype),
    [A("normal", (2, 3))],
    rows=6,
    dtypes=("complex64",),
)
ask(
    "LinearOperatorCirculant3D",
    lambda tf, s: tf.linalg.LinearOperatorCirculant3D(s, input_output_dtype=s.dtype),
    [A("normal", (2, 1, 2))],
    rows=4,
    dtypes=("complex128",),
)
ask(
    "LinearOperatorBlockDiag",
    lambda tf, m, d: tf.linalg.LinearOperatorBlockDiag(
        [tf.linalg.LinearOperatorFullMatrix(m), tf.linalg.LinearOperatorDiag(d)]
    ),
    [A("regular", (2, 2)), A("positive", (2, 1))],
    batch=(2,),
)
ask(
    "LinearOperatorBlockLowerTriangular",
    lambda tf, m, b, d: tf.linalg.LinearOperatorBlockLowerTriangular(
        [
            [tf.linalg.LinearOperatorFullMatrix(m)],
            [tf.linalg.LinearOperatorFullMatrix(b), tf.linalg.LinearOperatorDiag(d)],
        ]
    ),
    [A("regular", (2, 2)), A("normal", (1, 2)), A("positive", (1,))],
)
ask(
    "LinearOperatorKronecker",
    lambda tf, m, d: tf.linalg.LinearOperatorKronecker(
        [tf.linalg.LinearOperatorFullMatrix(m), tf.linalg.LinearOperatorDiag(d)]
    ),
    [A("regular", (2, 2)), A("positive", (3,))],
    rows=6,
)
ask(
    "LinearOperatorKronecker wide",
    lambda tf, m, n: tf.linalg.LinearOperatorKronecker(
        [tf.linalg.LinearOperatorFullMatrix(m), tf.linalg.LinearOperatorFullMatrix(n)]
    ),
    [A("normal", (2, 3)), A("normal", (2, 2))],
    rows=4,
    columns=6,
    solves=False,
    numbers=(),
    dtypes=("float64",),
)
ask(
    "LinearOperatorLowRankUpdate",
    lambda tf, d, u, s, v: tf.linalg.LinearOperatorLowRankUpdate(tf.linalg.LinearOperatorDiag(d), u, s, v),
    [A("positive", (3,)), A("normal", (3, 2)), A("positive", (2,)), A("normal", (3, 2))],
)
ask(
    "LinearOperatorLowRankUpdate positive definite",
    lambda tf, d, u, s: tf.linalg.LinearOperatorLowRankUpdate(
        tf.linalg.LinearOperatorDiag(d, is_positive_definite=True), u, s, is_diag_update_positive=True
    ),
    [A("positive", (2, 3)), A("normal", (3, 1)), A("positive", (2, 1))],
    batch=(2,),
    dtypes=("float64",),
)
ask(
    "LinearOperatorLowRankUpdate plain",
    lambda tf, m, u: tf.linalg.LinearOperatorLowRankUpdate(tf.linalg.LinearOperatorFullMatrix(m), u),
    [MATRIX, A("normal", (3, 1))],
    dtypes=("float32", "complex64"),
)

# -- condition numbers and eigenvalues
for name, build, given, dtypes in (
    ("Diag", lambda tf, d: tf.linalg.LinearOperatorDiag(d), [VECTOR], ("float32", "complex64")),
    ("FullMatrix", lambda tf, m: tf.linalg.LinearOperatorFullMatrix(m), [MATRIX], ("float64",)),
    (
        "ScaledIdentity",
        lambda tf, m: tf.linalg.LinearOperatorScaledIdentity(3, m),
        [V([2.0, 0.0])],
        ("float32", "complex64"),
    ),
    ("LowerTriangular", lambda tf, m: tf.linalg.LinearOperatorLowerTriangular(m), [MATRIX], ("float32",)),
    ("Householder", lambda tf, v: tf.linalg.LinearOperatorHouseholder(v), [VECTOR], ("float32", "complex64")),
    ("Toeplitz", lambda tf, c: tf.linalg.LinearOperatorToeplitz(c, c), [VECTOR], ("float64",)),
    (
        "Circulant",
        lambda tf, s: tf.linalg.LinearOperatorCirculant(s),
        [A("normal", (3,))],
        ("float32", "complex64"),
    ),
    (
        "Kronecker",
        lambda tf, m, d: tf.linalg.LinearOperatorKronecker(
            [tf.linalg.LinearOperatorFullMatrix(m), tf.linalg.LinearOperatorDiag(d)]
        ),
        [A("regular", (2, 2)), A("positive", (2,))],
        ("float64",),
    ),
):
    case(
        f"linalg.LinearOperator{name}: cond",
        lambda tf, *a, build=build: build(tf, *a).cond(),
        given,
        dtypes=dtypes,
    )

case(
    "linalg.LinearOperatorFullMatrix: eigvals and cond, self-adjoint",
    lambda tf, m: [
        getattr(tf.linalg.LinearOperatorFullMatrix(hermitian(tf, m), is_self_adjoint=True), name)()
        for name in ("eigvals", "cond")
    ],
    [A("spd", (3, 3))],
    dtypes=("float32", "complex64"),
)
for name, build, given in (
    ("Diag", lambda tf, d: tf.linalg.LinearOperatorDiag(d), [VECTOR]),
    ("ScaledIdentity", lambda tf, m: tf.linalg.LinearOperatorScaledIdentity(2, m), [A("normal", (2,))]),
    ("Circulant", lambda tf, s: tf.linalg.LinearOperatorCirculant(s), [A("positive", (3,))]),
    ("Householder", lambda tf, v: tf.linalg.LinearOperatorHouseholder(v), [VECTOR]),
    (
        "BlockDiag",
        lambda tf, d, e: tf.linalg.LinearOperatorBlockDiag(
            [tf.linalg.LinearOperatorDiag(d), tf.linalg.LinearOperatorDiag(e)]
        ),
        [VECTOR, A("normal", (2, 2))],
    ),
    (
        "Kronecker",
        lambda tf, d, e: tf.linalg.LinearOperatorKronecker(
            [tf.linalg.LinearOperatorDiag(d), tf.linalg.LinearOperatorDiag(e)]
        ),
        [VECTOR, A("normal", (2, 2))],
    ),
    (
        "Inversion",
        lambda tf, d: tf.linalg.LinearOperatorInversion(tf.linalg.LinearOperatorDiag(d)),
        [VECTOR],
    ),
):
    case(
        f"linalg.LinearOperator{name}: eigvals",
        lambda tf, *a, build=build: build(tf, *a).eigvals(),
        given,
        dtypes=("float32",),
    )

# -- operators made of operators
FORMS = {
    "inverse": lambda tf, o: o.inverse().to_dense(),
    "adjoint": lambda tf, o: o.adjoint().to_dense(),
    "cholesky": lambda tf, o: o.cholesky().to_dense(),
    "squared": lambda tf, o: (o @ o).to_dense(),
    "solved": lambda tf, o: o.solve(o @ o).to_dense(),
}
for name, build, given in (
    ("Diag", lambda tf, d: tf.linalg.LinearOperatorDiag(d, **PD), [A("positive", (3,))]),
    ("FullMatrix", lambda tf, m: tf.linalg.LinearOperatorFullMatrix(m, **PD), [A("spd", (3, 3))]),
    (
        "ScaledIdentity",
        lambda tf, m: tf.linalg.LinearOperatorScaledIdentity(2, m, **PD),
        [A("positive", (2,))],
    ),
    (
        "Circulant",
        lambda tf, s: tf.linalg.LinearOperatorCirculant(s, input_output_dtype=tf.complex64, **PD),
        [A("positive", (3,))],
    ),
    (
        "BlockDiag",
        lambda tf, m, d: tf.linalg.LinearOperatorBlockDiag(
            [tf.linalg.LinearOperatorFullMatrix(m, **PD), tf.linalg.LinearOperatorDiag(d, **PD)]
        ),
        [A("spd", (2, 2)), A("positive", (1,))],
    ),
    (
        "Kronecker",
        lambda tf, m, d: tf.linalg.LinearOperatorKronecker(
            [tf.linalg.LinearOperatorFullMatrix(m, **PD), tf.linalg.LinearOperatorDiag(d, **PD)]
        ),
        [A("spd", (2, 2)), A("positive", (2,))],
    ),
    (
        "LowRankUpdate",
        lambda tf, d, u: tf.linalg.LinearOperatorLowRankUpdate(tf.linalg.LinearOperatorDiag(d, **PD), u),
        [A("positive", (3,)), A("normal", (3, 1))],
    ),
):
    case(
        f"linalg.LinearOperator{name}: inverse, adjoint, Cholesky factor, products",
        lambda tf, *a, build=build: [form(tf, build(tf, *a)) for form in FORMS.values()],
        given,
        dtypes=("float32",),
    )
case(
    "linalg.LinearOperatorBlockLowerTriangular: inverse",
    lambda tf, a, b, c, d, e, f: (
        tf.linalg.LinearOperatorBlockLowerTriangular(
            [
                [tf.linalg.LinearOperatorFullMatrix(a)],
                [tf.linalg.LinearOperatorFullMatrix(b), tf.linalg.LinearOperatorDiag(c)],
                [
                    tf.linalg.LinearOperatorFullMatrix(d),
                    tf.linalg.LinearOperatorFullMatrix(e),
                    tf.linalg.LinearOperatorDiag(f),
                ],
            ]
        )
        .inverse()
        .to_dense()
    ),
    [
        A("regular", (2, 2)),
        A("normal", (1, 2)),
        A("positive", (1,)),
        A("normal", (2, 2)),
        A("normal", (2, 1)),
        A("positive", (2,)),
    ],
    dtypes=("float64", "complex64"),
)
case(
    "linalg.LinearOperatorDiag: triangular products",
    lambda tf, d, m: [
        (tf.linalg.LinearOperatorDiag(d) @ tf.linalg.LinearOperatorLowerTriangular(m)).to_dense(),
        (tf.linalg.LinearOperatorLowerTriangular(m) @ tf.linalg.LinearOperatorDiag(d)).to_dense(),
        tf.linalg.LinearOperatorDiag(d).solve(tf.linalg.LinearOperatorLowerTriangular(m)).to_dense(),
        tf.linalg.LinearOperatorLowerTriangular(m).solve(tf.linalg.LinearOperatorDiag(d)).to_dense(),
    ],
    [A("positive", (3,)), A("regular", (3, 3))],
    dtypes=("float32", "complex64"),
)
case(
    "linalg.LinearOperatorCirculant: convolution_kernel",
    lambda tf, s: tf.linalg.LinearOperatorCirculant(s).convolution_kernel(),
    [A("normal", (3,))],
    dtypes=("float32", "complex64"),
)
