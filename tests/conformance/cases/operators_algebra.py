"""What operators become: classes and hints of products, solutions, adjoints, inverses, Cholesky factors, slices."""

from __future__ import annotations

from typing import Any

from cases._operators import described, every
from conformance_kit import raises, script


@script("every operator: class, hints, name, shape, parameters")
def _(tf):
    return {
        name: (described(one), one.name, one.shape, one.dtype, sorted(one.parameters), one.tensor_rank)
        for name, one in every(tf).items()
    }


@script("every operator: shapes as tensors")
def _(tf):
    return {
        name: (
            one.shape_tensor(),
            one.batch_shape_tensor(),
            one.tensor_rank_tensor(),
            one.domain_dimension_tensor(),
            one.range_dimension_tensor(),
        )
        for name, one in every(tf).items()
    }


def each(tf: Any, ask: Any) -> Any:
    def answer(one: Any) -> Any:
        found = raises(lambda: ask(one))
        return (described(found), found.name) if isinstance(found, tf.linalg.LinearOperator) else found

    return {name: answer(one) for name, one in every(tf).items()}


for form in ("adjoint", "inverse", "cholesky"):
    script(f"every operator: {form}", lambda tf, form=form: each(tf, lambda one: getattr(one, form)()))
for check in ("assert_non_singular", "assert_positive_definite"):
    script(f"every operator: {check}", lambda tf, check=check: each(tf, lambda one: getattr(one, check)()))
# Without low-rank updates, of which TensorFlow asks without end.
script(
    "every operator: assert_self_adjoint",
    lambda tf: {
        name: raises(one.assert_self_adjoint)
        for name, one in every(tf).items()
        if not name.startswith("LowRankUpdate")
    },
)


def pairs(tf: Any, combine: Any) -> Any:
    made = every(tf)

    def answer(one: Any, two: Any) -> Any:
        found = raises(lambda: combine(one, two))
        return described(found) if isinstance(found, tf.linalg.LinearOperator) else found

    return {name: [answer(one, two) for two in made.values()] for name, one in made.items()}


script("every pair of operators: matmul", lambda tf: pairs(tf, lambda one, two: one.matmul(two)))
script("every pair of operators: solve", lambda tf: pairs(tf, lambda one, two: one.solve(two)))


def adjoint_product(one: Any, two: Any) -> Any:
    """Nothing for circulants, of which TensorFlow's adjoints forget the dtype, and for the adjoints of lower triangles,
    which it multiplies as if they were lower triangles."""
    if "Circulant" in one.name + two.name or "LowerTriangular" in one.name:
        return None
    return one.matmul(two, adjoint=True, adjoint_arg=True)


script("every pair of operators: adjoints", lambda tf: pairs(tf, adjoint_product))


@script("functions of matrices take operators")
def _(tf):
    linalg = tf.linalg
    m, x = tf.constant([[2.0, 1.0], [1.0, 3.0]]), tf.constant([[1.0, 2.0], [3.0, 5.0]])
    one = linalg.LinearOperatorFullMatrix(m, is_self_adjoint=True, is_positive_definite=True)
    return {
        "det": linalg.det(one),
        "logdet": linalg.logdet(one),
        "trace": linalg.trace(one),
        "diag_part": linalg.diag_part(one),
        "inv": described(linalg.inv(one)),
        "inv adjoint": described(linalg.inv(one, adjoint=True)),
        "cholesky": described(linalg.cholesky(one)),
        "adjoint": described(linalg.adjoint(one)),
        "solve": linalg.solve(one, x),
        "solve operator": described(linalg.solve(one, one)),
        "matvec": linalg.matvec(one, x[0]),
        "products": [tf.matmul(one, x), tf.matmul(x, one), x @ one, one @ x],
        "adjoints": [tf.matmul(one, x, adjoint_a=True, adjoint_b=True), tf.matmul(x, one, adjoint_a=True)],
        "operators": [described(tf.matmul(one, one)), described(one @ one)],
        "list": tf.matmul([[1.0, 2.0]], one),
        "Variable": tf.matmul(tf.Variable(x), one),
        "refused": [
            raises(lambda: tf.matmul(one, x, transpose_a=True)),
            raises(lambda: tf.matmul(x, one, b_is_sparse=True)),
            raises(lambda: linalg.solve(x, one)),
            raises(lambda: linalg.matvec(x, one)),
            raises(lambda: tf.matmul(one, tf.ones([3, 1]))),
            raises(lambda: tf.matmul(tf.ones([1, 3]), one)),
            raises(lambda: tf.matmul(tf.ones([1, 2], tf.float64), one)),
            raises(lambda: linalg.logdet(linalg.LinearOperatorFullMatrix(m))),
        ],
    }


@script("hints of products of rectangular and batched operators")
def _(tf):
    linalg = tf.linalg
    full, zeros, identity = (
        linalg.LinearOperatorFullMatrix,
        linalg.LinearOperatorZeros,
        linalg.LinearOperatorIdentity,
    )
    wide, tall, square = full(tf.ones([2, 3])), full(tf.ones([3, 2])), full(tf.ones([2, 2]))
    none = zeros(3, 2, is_square=False, is_self_adjoint=False)
    diag = linalg.LinearOperatorDiag([1.0, 2.0, 3.0])
    complex_diag = linalg.LinearOperatorDiag(tf.constant([1.0, 2.0], tf.complex64))
    asks = {
        "wide tall": lambda: wide @ tall,
        "tall wide": lambda: tall @ wide,
        "square wide": lambda: square @ wide,
        "wide diag": lambda: wide @ diag,
        "wide identity": lambda: wide @ identity(3),
        "wide wide^H": lambda: wide @ wide.H,
        "wide^H wide": lambda: wide.H @ wide,
        "wide diag wide^H": lambda: linalg.LinearOperatorComposition([wide, diag, wide.H]),
        "zeros wide": lambda: none @ wide,
        "wide zeros": lambda: wide @ none,
        "identity zeros": lambda: identity(3) @ none,
        "zeros adjoint": lambda: none.H,
        "batched identity": lambda: identity(2, batch_shape=[3]) @ square,
        "identity batched": lambda: identity(2) @ identity(2, batch_shape=[3]),
        "batched zeros": lambda: zeros(2, batch_shape=[3]) @ square,
        "zeros of zeros": lambda: zeros(2) @ zeros(2, batch_shape=[4]),
        "complex diagonals": lambda: complex_diag @ complex_diag,
        "incompatible": lambda: square @ tall,
        "incompatible solve": lambda: square.solve(tall),
        "blocks": lambda: (
            linalg.LinearOperatorBlockDiag([square, complex_diag and linalg.LinearOperatorDiag([1.0])])
            @ linalg.LinearOperatorBlockDiag([linalg.LinearOperatorDiag([1.0]), square])
        ),
        "number of blocks": lambda: (
            linalg.LinearOperatorBlockDiag([square]) @ linalg.LinearOperatorBlockDiag([square, square])
        ),
        "dtypes": lambda: square @ full(tf.ones([2, 2], tf.float64)),
        "batches": lambda: full(tf.ones([3, 2, 2])) @ full(tf.ones([4, 2, 2])),
    }

    def answer(ask):
        found = raises(ask)
        if not isinstance(found, linalg.LinearOperator):
            return found
        return raises(lambda: (described(found), found.shape))

    return {name: answer(ask) for name, ask in asks.items()}


@script("the same object where nothing changes")
def _(tf):
    linalg = tf.linalg
    identity = linalg.LinearOperatorIdentity(2)
    diag = linalg.LinearOperatorDiag([1.0, 2.0])
    full = linalg.LinearOperatorFullMatrix([[1.0, 2.0], [3.0, 4.0]])
    house = linalg.LinearOperatorHouseholder([1.0, 2.0])
    return [
        diag.adjoint() is diag,
        diag.H is diag,
        identity.inverse() is identity,
        house.inverse() is house,
        full.adjoint().adjoint() is full,
        full.inverse().inverse() is full,
        (identity @ full) is full,
        (full @ identity) is full,
        full.H is full,
    ]


@script("slices of batches")
def _(tf):
    linalg = tf.linalg
    full, diag = linalg.LinearOperatorFullMatrix, linalg.LinearOperatorDiag
    m = tf.reshape(tf.range(16.0), [4, 2, 2])
    asks = {
        "diag": lambda: diag(m[:, 0])[1],
        "range": lambda: diag(m[:, 0])[1:3],
        "new axis": lambda: diag(m[:, 0])[tf.newaxis],
        "ellipsis": lambda: full(tf.reshape(m, [2, 2, 2, 2]))[..., 0],
        "two": lambda: full(tf.reshape(m, [2, 2, 2, 2]))[1, :1],
        "identity": lambda: linalg.LinearOperatorIdentity(2, batch_shape=[4])[0],
        "zeros": lambda: linalg.LinearOperatorZeros(2, batch_shape=[4])[1:],
        "scaled": lambda: linalg.LinearOperatorScaledIdentity(2, [1.0, 2.0, 3.0])[2],
        "composition": lambda: (full(m) @ full(m))[3],
        "kronecker": lambda: linalg.LinearOperatorKronecker([full(m), diag(m[:, 0])])[1],
        "inverse": lambda: linalg.LinearOperatorInversion(diag(m[:, 1]))[1],
        "Variable": lambda: diag(tf.Variable(m[:, 0]))[1],
        "no batch": lambda: full(m[0])[0],
        "too many": lambda: diag(m[:, 0])[0, 0],
    }

    def answer(ask):
        found = raises(ask)
        return (described(found), found.to_dense()) if isinstance(found, linalg.LinearOperator) else found

    return {name: answer(ask) for name, ask in asks.items()}


@script("blocks as lists")
def _(tf):
    linalg = tf.linalg
    full, diag = linalg.LinearOperatorFullMatrix, linalg.LinearOperatorDiag
    f = full([[1.0, 2.0], [3.0, 4.0]])
    answers = {}
    for name, one in {
        "diag": linalg.LinearOperatorBlockDiag([f, diag([2.0])]),
        "lower": linalg.LinearOperatorBlockLowerTriangular([[f], [full([[5.0, 6.0]]), diag([2.0])]]),
    }.items():
        columns = [tf.constant([[1.0], [2.0]]), tf.constant([[3.0]])]
        vectors = [tf.constant([1.0, 2.0]), tf.constant([3.0])]
        rows = [tf.constant([[1.0, 2.0]]), tf.constant([[3.0]])]
        answers[name] = {
            "matmul": one.matmul(columns),
            "matmul adjoint": one.matmul(columns, adjoint=True),
            "matmul adjoint_arg": one.matmul(rows, adjoint_arg=True),
            "matvec": one.matvec(vectors),
            "matvec adjoint": one.matvec(vectors, adjoint=True),
            "solve": one.solve(columns),
            "solve adjoint": one.solve(columns, adjoint=True),
            "solvevec": one.solvevec(vectors),
            "solvevec adjoint": one.solvevec(vectors, adjoint=True),
            "nested numbers": one.matmul([[1.0], [2.0], [3.0]]),
            "numbers": one.matvec([1.0, 2.0, 3.0]),
            "too few": raises(lambda one=one, c=columns: one.matmul(c[:1])),
            "wrong order": raises(lambda one=one, c=columns: one.matmul(c[::-1])),
            "dtype": raises(lambda one=one: one.matmul([tf.ones([2, 1], tf.float64), tf.ones([1, 1])])),
        }
    return answers


@script("operators are modules that read their Variables when used")
def _(tf):
    linalg = tf.linalg
    v = tf.Variable([1.0, 2.0])
    diag = linalg.LinearOperatorDiag(v)
    full = linalg.LinearOperatorFullMatrix(tf.Variable([[1.0, 2.0], [3.0, 4.0]], trainable=False))
    both = linalg.LinearOperatorComposition([diag, full])
    before = diag.to_dense()
    with tf.GradientTape() as tape:
        y = both.log_abs_determinant()
    grad = tape.gradient(y, both.trainable_variables)
    v.assign([5.0, 6.0])
    return {
        "variables": [len(both.variables), len(both.trainable_variables), diag.diag is v],
        "submodules": [type(part).__name__ for part in both.submodules],
        "parameter": diag.parameters["diag"] is v,
        "before": before,
        "after": diag.to_dense(),
        "grad": grad,
        "module": isinstance(diag, tf.Module),
        "names": [
            diag.name,
            both.name,
            linalg.LinearOperatorDiag([1.0], name="a b").name,
            full.inverse(name="q").name,
        ],
        "none of products": len((diag @ diag).trainable_variables),
    }


@script("a class of one's own")
def _(tf):
    class Own(tf.linalg.LinearOperator):
        def __init__(self, matrix, **hints):
            super().__init__(dtype=matrix.dtype, **hints)
            self._m = matrix

        def _shape(self):
            return self._m.shape

        def _shape_tensor(self):
            return tf.shape(self._m)

        def _matmul(self, x, adjoint=False, adjoint_arg=False):
            return tf.matmul(self._m, x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    m = tf.constant([[2.0, 1.0], [0.0, 3.0]])
    own = Own(m)
    names = (
        "to_dense determinant log_abs_determinant trace diag_part cond eigvals assert_non_singular assert_self_adjoint "
        "assert_positive_definite shape_tensor batch_shape_tensor tensor_rank_tensor domain_dimension_tensor cholesky"
    )
    return {
        "answers": {name: raises(lambda name=name: getattr(own, name)()) for name in names.split()},
        "solve": own.solve(tf.ones([2, 1])),
        "solve adjoint": own.solve(tf.ones([2, 1]), adjoint=True),
        "solvevec": own.solvevec([1.0, 2.0]),
        "matvec": own.matvec([1.0, 2.0]),
        "add": own.add_to_tensor(m),
        "with others": [
            described(own @ own),
            described(own @ tf.linalg.LinearOperatorDiag([1.0, 2.0])),
            described(own.inverse()),
            described(own.adjoint()),
        ],
        "name": [
            own.name,
            own.is_square,
            Own(tf.ones([3, 2])).is_square,
            Own(tf.ones([3, 2]), is_square=True).is_square,
        ],
        "square denied": raises(lambda: Own(m, is_square=False).is_square),
        "parameters": raises(lambda: own.parameters),
        "abstract": raises(lambda: tf.linalg.LinearOperator(tf.float32)),
    }
