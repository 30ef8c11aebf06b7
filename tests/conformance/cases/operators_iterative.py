"""Conjugate gradients: every step of them, and their derivatives; eigenvalues of tridiagonal matrices."""

from conformance_kit import A, V, case, error, raises, script

PD = {"is_self_adjoint": True, "is_positive_definite": True}


def solved(tf, m, b, **options):
    operator = tf.linalg.LinearOperatorFullMatrix(m, **PD)
    return tf.linalg.experimental.conjugate_gradient(operator, b, **options)


MATRIX, RHS = A("spd", (3, 3)), A("normal", (3,))
for steps in (0, 1, 2):
    case(
        f"linalg.experimental.conjugate_gradient {steps} steps",
        lambda tf, m, b, steps=steps: tuple(solved(tf, m, b, max_iter=steps)),
        [MATRIX, RHS],
        dtypes=("float32", "float64"),
    )
case(
    "linalg.experimental.conjugate_gradient from a start, preconditioned",
    lambda tf, m, b, x, d: tuple(
        solved(
            tf,
            m,
            b,
            x=x,
            preconditioner=tf.linalg.LinearOperatorDiag(d, is_positive_definite=True),
            max_iter=2,
        )
    ),
    [MATRIX, RHS, RHS, A("positive", (3,))],
    dtypes=("float64",),
)
case(
    "linalg.experimental.conjugate_gradient batches",
    lambda tf, m, b: solved(tf, m, b, max_iter=2).x,
    [A("spd", (2, 3, 3)), A("normal", (3,))],
    dtypes=("float64",),
    also={"right sides": [A("spd", (3, 3)), A("normal", (2, 3))]},
)


@script("conjugate_gradient: when it stops")
def _(tf):
    m = tf.constant([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]], tf.float64)
    b = tf.constant([1.0, 2.0, 3.0], tf.float64)
    states = {
        "until done": solved(tf, m, b),
        "loosely": solved(tf, m, b, tol=0.5),
        "at once": solved(tf, m, b, tol=10.0),
        "nothing to do": solved(tf, m, b * 0),
        "no steps": solved(tf, m, b, max_iter=-1),
        "tensors": solved(tf, m, b, tol=tf.constant(0.5, tf.float64), max_iter=tf.constant(2)),
    }
    return {name: (type(state).__name__, state._fields, state.i, state.x) for name, state in states.items()}


@script("conjugate_gradient: bad input")
def _(tf):
    m, b = tf.constant([[2.0, 1.0], [1.0, 3.0]]), tf.constant([1.0, 2.0])
    cg = tf.linalg.experimental.conjugate_gradient
    operator = tf.linalg.LinearOperatorFullMatrix(m, **PD)
    return [
        raises(lambda: cg(tf.linalg.LinearOperatorFullMatrix(m), b)),
        raises(lambda: cg(m, b)),
        raises(lambda: cg(operator, [1.0, 2.0])),
        raises(lambda: cg(operator, tf.ones([3]))),
        raises(lambda: cg(operator, tf.ones([2, 1]))),
        raises(lambda: cg(operator, tf.ones([2], tf.float64))),
        raises(lambda: cg(operator, b, x=tf.ones([3]))),
        raises(lambda: cg(operator, b, x=tf.ones([2], tf.float64))),
        raises(lambda: cg(operator, b, max_iter=2.5)),
        raises(lambda: cg(operator, b, preconditioner=m)),
    ]


# -- eigenvalues of tridiagonal matrices: values alone, of which TensorFlow's gradients are wrong
ALPHA, BETA = V([1.0, 2.0, 3.0, 4.5]), V([0.5, -0.3, 0.2])
case("linalg.eigh_tridiagonal", inputs=[ALPHA, BETA], dtypes=("float32", "float64"), order=0)
case(
    "linalg.eigh_tridiagonal, magnitudes of the eigenvectors",
    lambda tf, a, b: abs(tf.linalg.eigh_tridiagonal(a, b, eigvals_only=False)[1]),
    [ALPHA, BETA],
    dtypes=("float64",),
    order=0,
)
for select, bounds in (("i", (0, 1)), ("i", (3, 3)), ("v", (1.0, 3.0)), ("v", (10.0, 20.0))):
    case(
        f"linalg.eigh_tridiagonal {select} {bounds}",
        lambda tf, a, b, select=select, bounds=bounds: tf.linalg.eigh_tridiagonal(
            a, b, select=select, select_range=bounds
        ),
        [ALPHA, BETA],
        dtypes=("float64",),
        order=0,
    )


@script("eigh_tridiagonal: complex, and small")
def _(tf):
    a, b = tf.constant([1.0, 2.0, 3.0]), tf.constant([0.5, 0.3])
    of = tf.linalg.eigh_tridiagonal
    return {
        "complex": of(tf.complex(a, 0.0 * a), tf.complex(b, b)),
        "complex128": of(tf.cast(a, tf.complex128), tf.cast(b, tf.complex128)).dtype,
        "one": of([2.0], tf.zeros([0])),
        "none": of(tf.zeros([0]), tf.zeros([0])),
        "no couplings": of([3.0, 1.0, 2.0], [0.0, 0.0]),
    }


ASKS = {
    "lengths": lambda tf, of: of(tf.ones([3]), tf.ones([3])),
    "batch": lambda tf, of: of(tf.ones([2, 3]), tf.ones([2, 2])),
    "scalars": lambda tf, of: of(1.0, 1.0),
    "dtypes": lambda tf, of: of(tf.ones([2]), tf.ones([1], tf.float64)),
    "integers": lambda tf, of: of([1, 2], [1]),
    "select": lambda tf, of: of([1.0, 2.0], [1.0], select="x"),
    "indices turned around": lambda tf, of: of([1.0, 2.0], [1.0], select="i", select_range=(1, 0)),
    "interval turned around": lambda tf, of: of([1.0, 2.0], [1.0], select="v", select_range=(3.0, 1.0)),
    "no range": lambda tf, of: of([1.0, 2.0], [1.0], select="i"),
    "indices of floats": lambda tf, of: of([1.0, 2.0], [1.0], select="i", select_range=(0.0, 1.0)),
}
for name, ask in ASKS.items():
    error(f"eigh_tridiagonal: {name}", lambda tf, ask=ask: ask(tf, tf.linalg.eigh_tridiagonal))
