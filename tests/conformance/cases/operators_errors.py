"""What linear operators refuse: hints that contradict, shapes, dtypes, singular operators."""

from __future__ import annotations

from cases._operators import described
from conformance_kit import error, raises, script


def makers(tf):
    linalg = tf.linalg
    m = [[1.0, 2.0], [3.0, 4.0]]
    full, diag = linalg.LinearOperatorFullMatrix, linalg.LinearOperatorDiag
    pd = {"is_positive_definite": True}
    return {
        "FullMatrix": lambda **k: full(m, **k),
        "FullMatrix tall": lambda **k: full(tf.ones([3, 2]), **k),
        "Diag": lambda **k: diag([1.0, 2.0], **k),
        "Diag complex": lambda **k: diag(tf.constant([1.0, 2.0], tf.complex64), **k),
        "Identity": lambda **k: linalg.LinearOperatorIdentity(2, **k),
        "ScaledIdentity": lambda **k: linalg.LinearOperatorScaledIdentity(2, 2.0, **k),
        "ScaledIdentity complex": lambda **k: linalg.LinearOperatorScaledIdentity(
            2, tf.constant(2.0, tf.complex64), **k
        ),
        "Zeros": lambda **k: linalg.LinearOperatorZeros(2, **k),
        "LowerTriangular": lambda **k: linalg.LinearOperatorLowerTriangular(m, **k),
        "Permutation": lambda **k: linalg.LinearOperatorPermutation([1, 0], **k),
        "Householder": lambda **k: linalg.LinearOperatorHouseholder([1.0, 0.0], **k),
        "Toeplitz": lambda **k: linalg.LinearOperatorToeplitz([1.0, 0.0], [1.0, 2.0], **k),
        "Tridiag": lambda **k: linalg.LinearOperatorTridiag([[1.0, 0.0], [1.0, 2.0], [1.0, 2.0]], **k),
        "Circulant": lambda **k: linalg.LinearOperatorCirculant([1.0, 0.0], **k),
        "Circulant complex": lambda **k: linalg.LinearOperatorCirculant(
            tf.constant([1.0, 0.0], tf.complex64), **k
        ),
        "BlockDiag": lambda **k: linalg.LinearOperatorBlockDiag([full(m)], **k),
        "BlockDiag NS": lambda **k: linalg.LinearOperatorBlockDiag([full(m, is_non_singular=True)], **k),
        "BlockLowerTriangular": lambda **k: linalg.LinearOperatorBlockLowerTriangular([[full(m)]], **k),
        "BlockLowerTriangular singular": lambda **k: linalg.LinearOperatorBlockLowerTriangular(
            [[diag([1.0, 2.0], is_non_singular=False)]], **k
        ),
        "Kronecker": lambda **k: linalg.LinearOperatorKronecker([full(m)], **k),
        "Kronecker NS": lambda **k: linalg.LinearOperatorKronecker([diag([1.0], is_non_singular=True)], **k),
        "Composition": lambda **k: linalg.LinearOperatorComposition([full(m)], **k),
        "Composition NS": lambda **k: linalg.LinearOperatorComposition(
            [full(m, is_non_singular=True), full(m, is_non_singular=True)], **k
        ),
        "Adjoint": lambda **k: linalg.LinearOperatorAdjoint(full(m), **k),
        "Adjoint PD": lambda **k: linalg.LinearOperatorAdjoint(diag([1.0, 2.0], **pd), **k),
        "Inversion": lambda **k: linalg.LinearOperatorInversion(full(m), **k),
        "Inversion PD": lambda **k: linalg.LinearOperatorInversion(diag([1.0, 2.0], **pd), **k),
        "LowRankUpdate": lambda **k: linalg.LinearOperatorLowRankUpdate(
            diag([1.0, 2.0]), [[1.0], [2.0]], **k
        ),
        "LowRankUpdate PD": lambda **k: linalg.LinearOperatorLowRankUpdate(
            diag([1.0, 2.0], **pd), [[1.0], [2.0]], is_diag_update_positive=True, **k
        ),
    }


HINTS = (
    {},
    {"is_positive_definite": True, "is_non_singular": False},
    {"is_positive_definite": True, "is_square": False},
    {"is_self_adjoint": True, "is_square": False},
    {"is_non_singular": True, "is_square": False},
    {"is_square": False},
    {"is_non_singular": True},
    {"is_non_singular": False},
    {"is_positive_definite": True},
    {"is_positive_definite": False},
    {"is_self_adjoint": True},
    {"is_self_adjoint": False},
)
for hints in HINTS:

    @script(f"hints: {hints}")
    def _(tf, hints=hints):
        return {name: raises(lambda make=make: described(make(**hints))) for name, make in makers(tf).items()}


def asks(tf):
    linalg = tf.linalg
    full, diag = linalg.LinearOperatorFullMatrix, linalg.LinearOperatorDiag
    identity, scaled, zeros = (
        linalg.LinearOperatorIdentity,
        linalg.LinearOperatorScaledIdentity,
        linalg.LinearOperatorZeros,
    )
    lower, perm = linalg.LinearOperatorLowerTriangular, linalg.LinearOperatorPermutation
    toeplitz, tridiag = linalg.LinearOperatorToeplitz, linalg.LinearOperatorTridiag
    circulant, blocks = linalg.LinearOperatorCirculant, linalg.LinearOperatorBlockDiag
    below, kron = linalg.LinearOperatorBlockLowerTriangular, linalg.LinearOperatorKronecker
    product, update = linalg.LinearOperatorComposition, linalg.LinearOperatorLowRankUpdate
    f, g = full([[1.0, 2.0], [3.0, 4.0]]), full(tf.ones([3, 2]))
    singular, d = full([[1.0, 1.0], [1.0, 1.0]]), diag([1.0, 2.0])
    double = full(tf.ones([2, 2], tf.float64))
    b = blocks([f, diag([1.0])])
    return {
        "FullMatrix: vector": lambda: full([1.0, 2.0]),
        "FullMatrix: integers": lambda: full([[1, 2], [3, 4]]),
        "FullMatrix: bfloat16": lambda: full(tf.ones([2, 2], tf.bfloat16)),
        "FullMatrix: None": lambda: full(None),
        "FullMatrix: string": lambda: full("a"),
        "Diag: scalar": lambda: diag(1.0),
        "matmul: dimension": lambda: f.matmul(tf.ones([3, 2])),
        "matmul: vector": lambda: f.matmul(tf.ones([2])),
        "matmul: float64": lambda: f.matmul(tf.ones([2, 2], tf.float64)),
        "matmul: integers": lambda: f.matmul([[1, 2], [3, 4]]),
        "matmul: None": lambda: f.matmul(None),
        "matmul: string": lambda: f.matmul("a"),
        "matmul: object": lambda: f.matmul(object()),
        "matmul: batches": lambda: full(tf.ones([3, 2, 2])).matmul(tf.ones([4, 2, 1])),
        "matvec: dimension": lambda: f.matvec(tf.ones([3])),
        "matvec: scalar": lambda: f.matvec(1.0),
        "solve: not square": lambda: g.solve(tf.ones([3, 1])),
        "solve: vector": lambda: f.solve(tf.ones([2])),
        "solve: singular": lambda: singular.solve(tf.ones([2, 1])),
        "solve: hint": lambda: full([[1.0, 2.0], [3.0, 4.0]], is_non_singular=False).solve([[1.0], [1.0]]),
        "solve: operator, hint": lambda: full([[1.0]], is_non_singular=False).solve(full([[1.0]])),
        "solve: batches": lambda: full(tf.ones([3, 2, 2])).solve(tf.ones([4, 2, 1])),
        "solvevec: scalar": lambda: f.solvevec(1.0),
        "determinant: not square": lambda: g.determinant(),
        "log_abs_determinant: not square": lambda: g.log_abs_determinant(),
        "inverse: not square": lambda: g.inverse(),
        "inverse: hint": lambda: full([[1.0]], is_non_singular=False).inverse(),
        "inverse: singular": lambda: singular.inverse().to_dense(),
        "cholesky: no hints": lambda: f.cholesky(),
        "eigvals: no hint": lambda: f.eigvals(),
        "assert_self_adjoint: not square": lambda: g.assert_self_adjoint(),
        "assert_non_singular: singular": lambda: full([[1.0, 0.0], [0.0, 0.0]]).assert_non_singular(),
        "assert_positive_definite: is not": lambda: full(
            [[1.0, 2.0], [2.0, 1.0]], is_self_adjoint=True
        ).assert_positive_definite(),
        "square hint": lambda: full([[1.0]], is_square=False).is_square,
        "add_to_tensor: dtype": lambda: f.add_to_tensor(tf.ones([2, 2], tf.float64)),
        "add_to_tensor: shape": lambda: d.add_to_tensor(tf.ones([3, 3])),
        "add_to_tensor: batch": lambda: diag(tf.ones([3, 2])).add_to_tensor(tf.ones([2, 2])),
        "Diag: assert_positive_definite": lambda: diag([1.0, -2.0]).assert_positive_definite(),
        "Diag: assert_non_singular": lambda: diag([1.0, 0.0]).assert_non_singular(),
        "Diag: integers solved": lambda: diag([1, 2]).solve([[1], [2]]),
        "Diag: batches": lambda: diag(tf.ones([3, 2])).matmul(tf.ones([4, 2, 1])),
        "operators: dimension": lambda: f.matmul(g),
        "operators: adjoint": lambda: g.matmul(f, adjoint=True),
        "operators: solve": lambda: f.solve(g),
        "operators: dtype": lambda: f.matmul(double),
        "Identity: negative": lambda: identity(-1),
        "Identity: float": lambda: identity(2.0),
        "Identity: vector": lambda: identity([2]),
        "Identity: Variable": lambda: identity(tf.Variable(2)),
        "Identity: batch of floats": lambda: identity(2, batch_shape=[1.0]),
        "Identity: batch matrix": lambda: identity(2, batch_shape=[[1]]),
        "Identity: batch negative": lambda: identity(2, batch_shape=[-1]),
        "Identity: dimension": lambda: identity(2).matmul(tf.ones([3, 1])),
        "Identity: dtype": lambda: identity(2).matmul(tf.ones([2, 1], tf.float64)),
        "Identity: batches": lambda: identity(2, batch_shape=[3]).matmul(tf.ones([4, 2, 1])),
        "Zeros: negative": lambda: zeros(-1),
        "Zeros: float": lambda: zeros(2.0),
        "Zeros: not square": lambda: zeros(2, 3),
        "Zeros: self-adjoint": lambda: zeros(2, 3, is_square=False),
        "Zeros: solve": lambda: zeros(2).solve(tf.ones([2, 1])),
        "Zeros: inverse": lambda: zeros(2).inverse(),
        "Zeros: assert_non_singular": lambda: zeros(2).assert_non_singular(),
        "Zeros: batches": lambda: zeros(2, batch_shape=[3]).matmul(tf.ones([4, 2, 1])),
        "ScaledIdentity: vector": lambda: scaled([2], 1.0),
        "ScaledIdentity: negative": lambda: scaled(-2, 1.0),
        "ScaledIdentity: assert_non_singular": lambda: scaled(2, 0.0).assert_non_singular(),
        "ScaledIdentity: assert_positive_definite": lambda: scaled(2, -1.0).assert_positive_definite(),
        "ScaledIdentity: assert_self_adjoint": lambda: scaled(2, tf.constant(1 + 1j)).assert_self_adjoint(),
        "LowerTriangular: assert_non_singular": lambda: lower([[1.0, 0.0], [1.0, 0.0]]).assert_non_singular(),
        "LowerTriangular: batches": lambda: lower(tf.ones([3, 2, 2])).solve(tf.ones([4, 2, 1])),
        "Permutation: floats": lambda: perm([0.0, 1.0]),
        "Permutation: repeated": lambda: perm([0, 0]),
        "Permutation: out of range": lambda: perm([0, 5]),
        "Permutation: scalar": lambda: perm(0),
        "Householder: scalar": lambda: linalg.LinearOperatorHouseholder(1.0),
        "Householder: assert_positive_definite": lambda: linalg.LinearOperatorHouseholder(
            [1.0]
        ).assert_positive_definite(),
        "Toeplitz: lengths": lambda: toeplitz([1.0, 2.0], [1.0, 2.0, 3.0]),
        "Toeplitz: scalars": lambda: toeplitz(1.0, 1.0),
        "Toeplitz: assert_self_adjoint": lambda: toeplitz([1.0, 2.0], [1.0, 3.0]).assert_self_adjoint(),
        "Tridiag: format": lambda: tridiag([[1.0, 0.0], [1.0, 2.0], [1.0, 2.0]], "x"),
        "Tridiag: two rows": lambda: tridiag([[1.0, 0.0], [1.0, 2.0]]).to_dense(),
        "Tridiag: two rows, product": lambda: tridiag([[1.0, 0.0], [1.0, 2.0]]).matmul(tf.ones([2, 1])),
        "Tridiag: two lines": lambda: tridiag([[1.0, 5.0], [1.0, 2.0]], "sequence").shape,
        "Tridiag: float16": lambda: tridiag(tf.ones([3, 2], tf.float16)).matmul(tf.ones([2, 1], tf.float16)),
        "Tridiag: assert_self_adjoint": lambda: tridiag(
            [[1.0, 0.0], [1.0, 2.0], [0.0, 2.0]]
        ).assert_self_adjoint(),
        "Circulant: scalar": lambda: circulant(1.0),
        "Circulant2D: vector": lambda: linalg.LinearOperatorCirculant2D([1.0]),
        "Circulant3D: matrix": lambda: linalg.LinearOperatorCirculant3D([[1.0]]),
        "Circulant: assert_non_singular": lambda: circulant([1.0, 0.0]).assert_non_singular(),
        "Circulant: assert_positive_definite": lambda: circulant([1.0, -1.0]).assert_positive_definite(),
        "Circulant: assert_self_adjoint": lambda: circulant(
            tf.complex([1.0, 2.0], [0.0, 1.0])
        ).assert_self_adjoint(),
        "BlockDiag: empty": lambda: blocks([]),
        "BlockDiag: dtypes": lambda: blocks([f, double]),
        "BlockDiag: number": lambda: blocks([1.0]),
        "BlockDiag: operator": lambda: blocks(f),
        "BlockDiag: hint": lambda: blocks([diag([1.0], is_non_singular=True)], is_non_singular=False),
        "BlockDiag: diag_part": lambda: blocks([full(tf.ones([2, 3])), full(tf.ones([3, 2]))]).diag_part(),
        "BlockDiag: trace": lambda: blocks([full(tf.ones([2, 3])), full(tf.ones([3, 2]))]).trace(),
        "BlockDiag: dimension": lambda: b.matmul(tf.ones([4, 1])),
        "BlockDiag: too few": lambda: b.matmul([tf.ones([2, 1])]),
        "BlockDiag: order": lambda: b.matmul([tf.ones([1, 1]), tf.ones([2, 1])]),
        "BlockLowerTriangular: empty": lambda: below([]),
        "BlockLowerTriangular: ragged": lambda: below([[f], [f]]),
        "BlockLowerTriangular: dtypes": lambda: below([[f], [f, diag(tf.ones([1], tf.float64))]]),
        "BlockLowerTriangular: rows": lambda: below([[f], [full(tf.ones([3, 2])), diag([1.0])]]),
        "BlockLowerTriangular: columns": lambda: below([[f], [full(tf.ones([1, 3])), diag([1.0])]]),
        "BlockLowerTriangular: not square": lambda: below([[g]]),
        "Kronecker: empty": lambda: kron([]),
        "Kronecker: dtypes": lambda: kron([f, double]),
        "Kronecker: determinant": lambda: kron([f, g]).determinant(),
        "Kronecker: assert_non_singular": lambda: kron([f, g]).assert_non_singular(),
        "Composition: empty": lambda: product([]),
        "Composition: dtypes": lambda: product([f, double]),
        "Composition: dimension": lambda: product([f, g]).is_square,
        "Composition: determinant": lambda: product(
            [full(tf.ones([2, 3])), full(tf.ones([3, 2]))]
        ).determinant(),
        "Composition: solve": lambda: product([full(tf.ones([2, 3])), full(tf.ones([3, 2]))]).solve(
            tf.ones([2, 1])
        ),
        "LowRankUpdate: u": lambda: update(d, tf.ones([3, 1])),
        "LowRankUpdate: u a vector": lambda: update(d, tf.ones([2])),
        "LowRankUpdate: diag_update": lambda: update(d, tf.ones([2, 1]), diag_update=tf.ones([2])),
        "LowRankUpdate: hint": lambda: update(d, tf.ones([2, 1]), is_diag_update_positive=False),
        "LowRankUpdate: tensor": lambda: update(tf.eye(2), tf.ones([2, 1])),
        "LowRankUpdate: singular": lambda: update(
            diag([1.0, 1.0], is_positive_definite=True), [[1.0], [0.0]], diag_update=[-1.0]
        ).solve(tf.ones([2, 1])),
        "Adjoint: number": lambda: linalg.LinearOperatorAdjoint(1.0),
        "Inversion: number": lambda: linalg.LinearOperatorInversion(1.0),
        "Inversion: not square": lambda: linalg.LinearOperatorInversion(g),
        "Inversion: hint": lambda: linalg.LinearOperatorInversion(full([[1.0]], is_non_singular=False)),
        "convert_to_tensor": lambda: tf.convert_to_tensor(f),
        "sum of operators": lambda: f + f,
        "number times operator": lambda: 2 * f,
        "length": lambda: len(f),
        "svd": lambda: linalg.svd(f),
    }


class _Any:
    """Stands in for the library while the names of the questions are listed."""

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __radd__(self, other):
        return other


for ask in asks(_Any()):
    error(ask, lambda tf, ask=ask: asks(tf)[ask]())


@script("solving with zeros on a diagonal gives infinity, and NaN")
def _(tf):
    linalg = tf.linalg
    ones = tf.ones([2, 1])
    return [
        linalg.LinearOperatorDiag([1.0, 0.0]).solve(ones),
        linalg.LinearOperatorScaledIdentity(2, 0.0).solve(ones),
        linalg.LinearOperatorLowerTriangular([[1.0, 0.0], [1.0, 0.0]]).solve(ones),
        linalg.LinearOperatorTridiag([[0.0, 0.0], [0.0, 2.0], [0.0, 2.0]]).solve(ones),
        linalg.LinearOperatorFullMatrix([[1.0, 1.0], [1.0, 1.0]]).determinant(),
        linalg.LinearOperatorFullMatrix([[1.0, 1.0], [1.0, 1.0]]).log_abs_determinant(),
        linalg.LinearOperatorHouseholder([0.0, 0.0]).to_dense(),
        linalg.LinearOperatorDiag(tf.zeros([0])).determinant(),
        linalg.LinearOperatorIdentity(0).to_dense(),
        linalg.LinearOperatorZeros(2).cond(),
    ]


@script("dtypes that operators take")
def _(tf):
    linalg = tf.linalg
    answers = {}
    for dtype in (tf.float16, tf.bfloat16, tf.float32, tf.complex64, tf.int32):
        one, two = tf.cast([1, 2], dtype), tf.cast([[1, 2], [3, 4]], dtype)
        answers[dtype.name] = [
            raises(ask)
            for ask in (
                lambda one=one, two=two: linalg.LinearOperatorDiag(one).matmul(two),
                lambda two=two: linalg.LinearOperatorFullMatrix(two).matvec(two[0]),
                lambda two=two: linalg.LinearOperatorLowerTriangular(two).to_dense(),
                lambda dtype=dtype: linalg.LinearOperatorPermutation([1, 0], dtype=dtype).to_dense(),
                lambda one=one: linalg.LinearOperatorToeplitz(one, one).to_dense(),
                lambda one=one: linalg.LinearOperatorCirculant(one).to_dense(),
                lambda dtype=dtype: linalg.LinearOperatorIdentity(2, dtype=dtype).to_dense(),
                lambda one=one: linalg.LinearOperatorScaledIdentity(2, one[1]).to_dense(),
                lambda dtype=dtype: linalg.LinearOperatorZeros(2, dtype=dtype).to_dense(),
                lambda one=one, two=two: linalg.LinearOperatorLowRankUpdate(
                    linalg.LinearOperatorDiag(one), two[:, :1]
                ).to_dense(),
            )
        ]
    return answers
