"""Linear operators that are singular, of shapes that do not compose, of dtypes that differ: every question."""

from cases._programs import programs

NAN, INF = float("nan"), float("inf")


def operators(tf):
    L = tf.linalg
    full, diag = L.LinearOperatorFullMatrix, L.LinearOperatorDiag
    return {
        "FullMatrix singular": lambda: full([[1.0, 2.0], [2.0, 4.0]]),
        "FullMatrix of zeros": lambda: full(tf.zeros([2, 2])),
        "FullMatrix tall": lambda: full(tf.ones([3, 2])),
        "FullMatrix wide": lambda: full(tf.ones([2, 3])),
        "FullMatrix NaN": lambda: full([[1.0, NAN], [2.0, 4.0]]),
        "FullMatrix indefinite": lambda: full(
            [[1.0, 2.0], [2.0, 1.0]], is_self_adjoint=True, is_positive_definite=True
        ),
        "FullMatrix empty": lambda: full(tf.zeros([0, 0])),
        "FullMatrix batch": lambda: full([[[1.0, 2.0], [2.0, 4.0]], [[1.0, 0.0], [0.0, 1.0]]]),
        "Diag singular": lambda: diag([1.0, 0.0]),
        "Diag infinite": lambda: diag([1.0, INF]),
        "Diag negative": lambda: diag([1.0, -1.0]),
        "LowerTriangular singular": lambda: L.LinearOperatorLowerTriangular([[0.0, 0.0], [2.0, 1.0]]),
        "Identity": lambda: L.LinearOperatorIdentity(2),
        "ScaledIdentity 0": lambda: L.LinearOperatorScaledIdentity(2, 0.0),
        "Zeros": lambda: L.LinearOperatorZeros(2),
        "Zeros tall": lambda: L.LinearOperatorZeros(3, 2, is_square=False),
        "Toeplitz singular": lambda: L.LinearOperatorToeplitz([1.0, 1.0], [1.0, 1.0]),
        "Tridiag singular": lambda: L.LinearOperatorTridiag([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),
        "Circulant singular": lambda: L.LinearOperatorCirculant([1.0, 0.0], input_output_dtype=tf.float32),
        "Circulant2D singular": lambda: L.LinearOperatorCirculant2D(
            [[1.0, 0.0]], input_output_dtype=tf.float32
        ),
        "Householder 0": lambda: L.LinearOperatorHouseholder([0.0, 0.0]),
        "Permutation": lambda: L.LinearOperatorPermutation([1, 0]),
        "Kronecker singular": lambda: L.LinearOperatorKronecker([diag([1.0, 0.0]), diag([1.0, 2.0])]),
        "BlockDiag singular": lambda: L.LinearOperatorBlockDiag([diag([1.0]), diag([0.0])]),
        "BlockLowerTriangular singular": lambda: L.LinearOperatorBlockLowerTriangular(
            [[diag([1.0])], [full([[2.0]]), diag([0.0])]]
        ),
        "Composition singular": lambda: L.LinearOperatorComposition(
            [diag([1.0, 0.0]), full([[1.0, 2.0], [3.0, 4.0]])]
        ),
        "Composition wide": lambda: L.LinearOperatorComposition(
            [full(tf.ones([2, 3])), full(tf.ones([3, 2]))]
        ),
        "Adjoint": lambda: L.LinearOperatorAdjoint(full([[1.0, 2.0], [2.0, 4.0]])),
        "Inversion singular": lambda: L.LinearOperatorInversion(diag([1.0, 0.0])),
        "LowRankUpdate singular": lambda: L.LinearOperatorLowRankUpdate(
            diag([1.0, 1.0], is_positive_definite=True), [[1.0], [0.0]], [-1.0]
        ),
    }


QUESTIONS = {
    "determinant": lambda tf, o: o.determinant(),
    "log_abs_determinant": lambda tf, o: o.log_abs_determinant(),
    "inverse": lambda tf, o: o.inverse(),
    "solve": lambda tf, o: o.solve(tf.ones([o.shape[-2], 1])),
    "solve of another size": lambda tf, o: o.solve(tf.ones([5, 1])),
    "solve float64": lambda tf, o: o.solve(tf.ones([o.shape[-2], 1], tf.float64)),
    "solvevec": lambda tf, o: o.solvevec(tf.ones([o.shape[-2]])),
    "solvevec of another size": lambda tf, o: o.solvevec(tf.ones([5])),
    "matmul of another size": lambda tf, o: o.matmul(tf.ones([5, 1])),
    "matmul of a vector": lambda tf, o: o.matmul(tf.ones([o.shape[-1]])),
    "matmul adjoint of another size": lambda tf, o: o.matmul(tf.ones([5, 1]), adjoint=True),
    "matmul adjoint_arg": lambda tf, o: o.matmul(tf.ones([5, 7]), adjoint_arg=True),
    "matmul float64": lambda tf, o: o.matmul(tf.ones([o.shape[-1], 1], tf.float64)),
    "matmul ints": lambda tf, o: o.matmul(tf.ones([o.shape[-1], 1], tf.int32)),
    "matmul list": lambda tf, o: o.matmul([[1.0]] * o.shape[-1]),
    "matmul operator": lambda tf, o: o.matmul(tf.linalg.LinearOperatorIdentity(5)),
    "matvec of another size": lambda tf, o: o.matvec(tf.ones([5])),
    "matvec of a matrix": lambda tf, o: o.matvec(tf.ones([5, 7])),
    "add_to_tensor of another size": lambda tf, o: o.add_to_tensor(tf.ones([5, 5])),
    "add_to_tensor of a vector": lambda tf, o: o.add_to_tensor(tf.ones([3])),
    "add_to_tensor float64": lambda tf, o: o.add_to_tensor(tf.ones([2, 2], tf.float64)),
    "cholesky": lambda tf, o: o.cholesky(),
    "diag_part": lambda tf, o: o.diag_part(),
    "trace": lambda tf, o: o.trace(),
    "cond": lambda tf, o: o.cond(),
    "eigvals": lambda tf, o: o.eigvals(),
    "assert_non_singular": lambda tf, o: o.assert_non_singular(),
    "assert_positive_definite": lambda tf, o: o.assert_positive_definite(),
    "assert_self_adjoint": lambda tf, o: o.assert_self_adjoint(),
    "operator @ string": lambda tf, o: o @ "a",
    "operator + 1": lambda tf, o: o + 1.0,
    "operator * 2": lambda tf, o: o * 2.0,
    "len": lambda tf, o: len(o),
    "item": lambda tf, o: o[0].shape,
    "item beyond": lambda tf, o: o[5].shape,
    "convert": lambda tf, o: tf.convert_to_tensor(o),
    "convert float64": lambda tf, o: tf.convert_to_tensor(o, tf.float64),
    "linalg.inv": lambda tf, o: tf.linalg.inv(o),
    "linalg.det": lambda tf, o: tf.linalg.det(o),
    "linalg.solve": lambda tf, o: tf.linalg.solve(o, tf.ones([5, 1])),
    "tf.matmul": lambda tf, o: tf.matmul(o, tf.ones([5, 1])),
    "tf.add": lambda tf, o: tf.add(o, 1.0),
    "reduce_sum": lambda tf, o: tf.reduce_sum(o),
}
NAMES = [
    "FullMatrix singular",
    "FullMatrix of zeros",
    "FullMatrix tall",
    "FullMatrix wide",
    "FullMatrix NaN",
    "FullMatrix indefinite",
    "FullMatrix empty",
    "FullMatrix batch",
    "Diag singular",
    "Diag infinite",
    "Diag negative",
    "LowerTriangular singular",
    "Identity",
    "ScaledIdentity 0",
    "Zeros",
    "Zeros tall",
    "Toeplitz singular",
    "Tridiag singular",
    "Circulant singular",
    "Circulant2D singular",
    "Householder 0",
    "Permutation",
    "Kronecker singular",
    "BlockDiag singular",
    "BlockLowerTriangular singular",
    "Composition singular",
    "Composition wide",
    "Adjoint",
    "Inversion singular",
    "LowRankUpdate singular",
]
# NaN is found where TensorFlow may overlook it; condition numbers near 1e8 are roundings; and TensorFlow adds zeros and
# identities to what is of another shape or dtype, and reads blocks out of a list of numbers (tests/differences).
APART = {
    *[(question, "FullMatrix NaN") for question in ("inverse", "solve", "solvevec", "linalg.inv")],
    *[
        ("cond", name)
        for name in NAMES
        if name.startswith(("FullMatrix", "Toeplitz", "Composition", "Adjoint"))
    ],
    *[("matmul list", f"Block{kind} singular") for kind in ("Diag", "LowerTriangular")],
    *[("add_to_tensor of another size", "Zeros"), ("add_to_tensor of a vector", "Zeros")],
    *[("add_to_tensor float64", name) for name in ("Identity", "ScaledIdentity 0", "Zeros")],
    ("assert_non_singular", "FullMatrix indefinite"),
    ("assert_self_adjoint", "LowRankUpdate singular"),
    *[(question, name) for question in ("item", "item beyond") for name in ("Identity", "Zeros")],
}
for question, ask in QUESTIONS.items():
    programs(
        question,
        {
            name: lambda tf, ask=ask, name=name: ask(tf, operators(tf)[name]())
            for name in NAMES
            if (question, name) not in APART
        },
    )


def makers(tf):
    L = tf.linalg
    full, diag, identity = L.LinearOperatorFullMatrix, L.LinearOperatorDiag, L.LinearOperatorIdentity
    circulant, toeplitz, tridiag = (
        L.LinearOperatorCirculant,
        L.LinearOperatorToeplitz,
        L.LinearOperatorTridiag,
    )
    update, permutation, householder = (
        L.LinearOperatorLowRankUpdate,
        L.LinearOperatorPermutation,
        L.LinearOperatorHouseholder,
    )
    block, lower, kronecker = (
        L.LinearOperatorBlockDiag,
        L.LinearOperatorBlockLowerTriangular,
        L.LinearOperatorKronecker,
    )
    composition = L.LinearOperatorComposition
    a, b, c = diag([1.0, 2.0]), diag([1.0, 2.0, 3.0]), full(tf.ones([2, 3]))
    wide = diag(tf.constant([1.0, 2.0], tf.float64))
    return {
        "FullMatrix of a vector": lambda: full([1.0, 2.0]),
        "FullMatrix of a scalar": lambda: full(1.0),
        "FullMatrix of ints": lambda: full([[1, 2], [3, 4]]),
        "FullMatrix of strings": lambda: full([["a"]]),
        "FullMatrix of bools": lambda: full([[True]]),
        "FullMatrix of nothing": lambda: full(None),
        "FullMatrix ragged": lambda: full([[1.0], [1.0, 2.0]]),
        "FullMatrix not square": lambda: full(tf.ones([2, 3]), is_square=True),
        "FullMatrix square, not": lambda: full(tf.ones([2, 2]), is_square=False),
        "FullMatrix hint": lambda: full(tf.ones([2, 2]), is_non_singular="yes"),
        "FullMatrix hints": lambda: full(tf.ones([2, 2]), is_positive_definite=True, is_non_singular=False),
        "FullMatrix tall and definite": lambda: full(
            tf.ones([3, 2]), is_positive_definite=True, is_square=False
        ),
        "Diag of a scalar": lambda: diag(1.0),
        "Diag of ints": lambda: diag([1, 2]),
        "Diag complex definite": lambda: diag(tf.constant([1j, 2.0]), is_self_adjoint=True, is_square=False),
        "LowerTriangular of a vector": lambda: L.LinearOperatorLowerTriangular([1.0]),
        "LowerTriangular not square": lambda: L.LinearOperatorLowerTriangular(tf.ones([2, 3])),
        "LowerTriangular of ints": lambda: L.LinearOperatorLowerTriangular([[1]]),
        "Identity negative": lambda: identity(-1),
        "Identity of a float": lambda: identity(2.0),
        "Identity of a vector": lambda: identity([2]),
        "Identity batch negative": lambda: identity(2, batch_shape=[-1]),
        "Identity batch a number": lambda: identity(2, batch_shape=3),
        "Identity batch floats": lambda: identity(2, batch_shape=[1.5]),
        "Identity not square": lambda: identity(2, is_square=False),
        "Identity of strings": lambda: identity(2, dtype=tf.string),
        "Identity not definite": lambda: identity(2, is_positive_definite=False),
        "ScaledIdentity of an int": lambda: L.LinearOperatorScaledIdentity(2, 3),
        "ScaledIdentity negative": lambda: L.LinearOperatorScaledIdentity(-2, 3.0),
        "Zeros negative": lambda: L.LinearOperatorZeros(-1),
        "Zeros not square": lambda: L.LinearOperatorZeros(2, 3),
        "Zeros non-singular": lambda: L.LinearOperatorZeros(2, is_non_singular=True),
        "Toeplitz sizes": lambda: toeplitz([1.0, 2.0], [1.0]),
        "Toeplitz corners": lambda: toeplitz([1.0, 2.0], [3.0, 4.0]).to_dense(),
        "Toeplitz dtypes": lambda: toeplitz([1.0, 2.0], tf.constant([1.0, 2.0], tf.float64)),
        "Toeplitz of scalars": lambda: toeplitz(1.0, 1.0),
        "Toeplitz of ints": lambda: toeplitz([1, 2], [1, 2]),
        "Toeplitz batches": lambda: toeplitz(tf.ones([2, 2]), tf.ones([3, 2])).shape,
        "Tridiag of a vector": lambda: tridiag([1.0, 2.0]),
        "Tridiag of two": lambda: tridiag([[1.0, 2.0], [1.0, 2.0]]),
        "Tridiag format": lambda: tridiag(tf.ones([3, 2]), diagonals_format="x"),
        "Tridiag sequence": lambda: tridiag(
            [[1.0], [1.0, 2.0], [1.0]], diagonals_format="sequence"
        ).to_dense(),
        "Tridiag sequence sizes": lambda: tridiag(
            [[1.0], [1.0, 2.0, 3.0], [1.0]], diagonals_format="sequence"
        ).to_dense(),
        "Tridiag matrix": lambda: tridiag(tf.eye(3), diagonals_format="matrix").to_dense(),
        "Tridiag matrix wide": lambda: tridiag(tf.ones([2, 3]), diagonals_format="matrix").to_dense(),
        "Circulant of a scalar": lambda: circulant(1.0),
        "Circulant of ints": lambda: circulant([1, 2]),
        "Circulant dtype": lambda: circulant([1.0, 2.0], input_output_dtype=tf.string),
        "Circulant2D of a vector": lambda: L.LinearOperatorCirculant2D([1.0, 2.0]),
        "Circulant3D of a matrix": lambda: L.LinearOperatorCirculant3D([[1.0, 2.0]]),
        "Householder of a scalar": lambda: householder(1.0),
        "Householder of ints": lambda: householder([1, 2]),
        "Householder definite": lambda: householder([1.0, 2.0], is_positive_definite=True),
        "Permutation repeated": lambda: permutation([0, 0]),
        "Permutation beyond": lambda: permutation([0, 5]),
        "Permutation negative": lambda: permutation([0, -1]),
        "Permutation of floats": lambda: permutation([0.0, 1.0]),
        "Permutation of a scalar": lambda: permutation(0),
        "Kronecker of none": lambda: kronecker([]),
        "Kronecker of a tensor": lambda: kronecker([tf.eye(2)]),
        "Kronecker of an operator": lambda: kronecker(a),
        "Kronecker dtypes": lambda: kronecker([a, wide]),
        "BlockDiag of none": lambda: block([]),
        "BlockDiag dtypes": lambda: block([a, wide]),
        "BlockDiag of rectangles": lambda: block([a, c]),
        "BlockDiag matmul few": lambda: block([a, b]).matmul([tf.ones([2, 1])]),
        "BlockDiag matmul sizes": lambda: block([a, b]).matmul([tf.ones([3, 1]), tf.ones([2, 1])]),
        "BlockDiag matmul": lambda: block([a, b]).matmul([tf.ones([2, 1]), tf.ones([3, 1])]),
        "BlockDiag hints": lambda: block([diag([0.0], is_non_singular=False)], is_non_singular=True),
        "BlockLowerTriangular of none": lambda: lower([]),
        "BlockLowerTriangular ragged": lambda: lower([[a], [a]]),
        "BlockLowerTriangular sizes": lambda: lower([[a], [c, b]]),
        "BlockLowerTriangular rectangles": lambda: lower([[c]]),
        "BlockLowerTriangular dtypes": lambda: lower([[a], [full(tf.ones([2, 2])), wide]]),
        "BlockLowerTriangular flat": lambda: lower([a, b]),
        "Composition of none": lambda: composition([]),
        "Composition sizes": lambda: composition([a, b]),
        "Composition rectangles": lambda: composition([c, c]),
        "Composition dtypes": lambda: composition([a, wide]),
        "Composition of tensors": lambda: composition([tf.eye(2)]),
        "Composition of an operator": lambda: composition(a),
        "Composition hints": lambda: composition([diag([0.0], is_non_singular=False)], is_non_singular=True),
        "Adjoint of a tensor": lambda: L.LinearOperatorAdjoint(tf.eye(2)),
        "Adjoint hints": lambda: L.LinearOperatorAdjoint(a, is_self_adjoint=False),
        "Inversion of a tensor": lambda: L.LinearOperatorInversion(tf.eye(2)),
        "Inversion of a rectangle": lambda: L.LinearOperatorInversion(c),
        "Inversion singular": lambda: L.LinearOperatorInversion(diag([0.0], is_non_singular=False)),
        "LowRankUpdate rows": lambda: update(a, tf.ones([3, 1])),
        "LowRankUpdate columns": lambda: update(a, tf.ones([2, 1]), v=tf.ones([2, 2])),
        "LowRankUpdate diag": lambda: update(a, tf.ones([2, 1]), [1.0, 2.0]),
        "LowRankUpdate vector": lambda: update(a, tf.ones([2])),
        "LowRankUpdate of a tensor": lambda: update(tf.eye(2), tf.ones([2, 1])),
        "LowRankUpdate batch": lambda: update(a, tf.ones([3, 2, 1])).to_dense(),
        "LowRankUpdate definite": lambda: update(
            a, tf.ones([2, 1]), [-1.0], is_diag_update_positive=True
        ).log_abs_determinant(),
        "matmul of operators": lambda: a @ b,
        "matmul of operators dtypes": lambda: a @ wide,
        "matmul of operators adjoint": lambda: c.matmul(a, adjoint=True).to_dense(),
        "matmul of operators adjoint_arg": lambda: a.matmul(c, adjoint_arg=True),
        "solve of operators": lambda: a.solve(b),
        "solve of operators dtypes": lambda: a.solve(wide),
        "solve of operators good": lambda: a.solve(a).to_dense(),
        "conjugate_gradient": lambda: list(
            L.experimental.conjugate_gradient(
                diag([1.0, 2.0], is_self_adjoint=True, is_positive_definite=True), tf.ones([2])
            )
        )[1],
        "conjugate_gradient no hints": lambda: L.experimental.conjugate_gradient(c, tf.ones([3])),
        "conjugate_gradient size": lambda: L.experimental.conjugate_gradient(
            diag([1.0, 2.0], is_self_adjoint=True, is_positive_definite=True), tf.ones([3])
        ),
    }


class _Names:
    """Stands in for TensorFlow where only the names of the programs are wanted."""

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self


programs(
    "made",
    {name: lambda tf, name=name: makers(tf)[name]() for name in makers(_Names())},
)
