"""Decompositions and functions of matrices. What has a free sign or phase is compared where that does not show."""

from conformance_kit import COMPLEX, DOUBLE, A, V, case, error, script

BOTH = (*DOUBLE, *COMPLEX)
REJECTS = ("float16", "bfloat16", "int32", "bool")
TOL = {"float32": 5e-4, "complex64": 5e-4, "float64": 1e-8, "complex128": 1e-8}
WHY = "factors differ by rounding, and their gradients by that over differences of singular or eigenvalues"
LOOSE = {"tol": TOL, "why": WHY}


def size(tf, x):
    """Squares of the absolute values: the same for any sign or phase."""
    return tf.math.real(x * tf.math.conj(x))


# -- Cholesky
case(
    "linalg.cholesky",
    inputs=[A("spd", (3, 3))],
    dtypes=BOTH,
    rejects=REJECTS,
    also={
        "batch": [A("spd", (2, 2, 2))],
        "lower triangle only": [V([[4.0, 100.0], [2.0, 5.0]])],
        "empty": [A("zeros", (0, 0))],
        "no batch": [A("zeros", (0, 2, 2))],
    },
    **LOOSE,
)
case(
    "linalg.cholesky, not positive definite",
    lambda tf, x: tf.linalg.band_part(tf.linalg.cholesky(x), -1, 0),
    [V([[-1.0, -2.0], [-2.0, -4.0]])],
    dtypes=BOTH,
    order=0,
)
error("linalg.cholesky: oblong", lambda tf: tf.linalg.cholesky(tf.ones([2, 3])))
error("linalg.cholesky: vector", lambda tf: tf.linalg.cholesky(tf.ones([2])))

# -- QR
for full in (False, True):
    for shape in ((3, 2), (2, 2), (2, 3), (2, 3, 3)):
        order = 1 if full and shape == (3, 2) else 2
        for part in (0, 1):
            if not (full and part == 0 and shape == (3, 2)):  # whose last column has a free sign
                case(
                    f"linalg.qr {'qr'[part]} full={full} {shape}",
                    lambda tf, x, full=full, part=part: tf.linalg.qr(x, full)[part],
                    [A("normal", shape)],
                    dtypes=BOTH if shape == (3, 2) else ("float64", "complex128"),
                    rejects=REJECTS[1:],
                    order=order,
                    **LOOSE,
                )
case("linalg.qr both", lambda tf, x: tuple(tf.linalg.qr(x)), [A("normal", (3, 2))], dtypes=BOTH, **LOOSE)
case(
    "linalg.qr in half precision",
    lambda tf, x: tuple(tf.linalg.qr(x)),
    [V([[3.0, 1.0], [4.0, 2.0]])],
    dtypes=("float16",),
)
error("linalg.qr: vector", lambda tf: tf.linalg.qr(tf.ones([2])))
case(
    "linalg.qr of nothing",
    lambda tf, x: tuple(tf.linalg.qr(x)),
    [A("zeros", (0, 2))],
    dtypes=("float32",),
    order=0,
)

# -- singular values
for shape in ((3, 2), (2, 2), (2, 3), (2, 4, 2)):
    kinds = BOTH if shape in ((3, 2), (2, 3)) else ("float64", "complex128")
    case(
        f"linalg.svd s {shape}",
        lambda tf, x: tf.linalg.svd(x)[0],
        [A("normal", shape)],
        dtypes=kinds,
        rejects=REJECTS,
        **LOOSE,
    )
    case(
        f"linalg.svd values only {shape}",
        lambda tf, x: tf.linalg.svd(x, compute_uv=False),
        [A("normal", shape)],
        dtypes=kinds,
        **LOOSE,
    )
    # Of complex matrices TensorFlow's second derivatives of u and v are not the derivatives of its first ones.
    for kind, order, kinds in (("", 2, DOUBLE), (" complex", 1, COMPLEX)):
        for part in (1, 2):
            case(
                f"linalg.svd {'suv'[part]} {shape}{kind}",
                lambda tf, x, part=part: size(tf, tf.linalg.svd(x)[part]),
                [A("normal", shape)],
                dtypes=kinds,
                order=order,
                **LOOSE,
            )
        case(
            f"linalg.svd of what makes no difference {shape}{kind}",
            lambda tf, x: (
                lambda s, u, v: tf.matmul(u * tf.cast(s * s, u.dtype)[..., None, :], v, adjoint_b=True)
            )(*tf.linalg.svd(x)),
            [A("normal", shape)],
            dtypes=kinds[1:],
            order=order,
            **LOOSE,
        )
for shape in ((3, 2), (2, 3)):
    for part in (0, 1, 2):
        case(
            f"linalg.svd full {'suv'[part]} {shape}",
            lambda tf, x, part=part: size(tf, tf.linalg.svd(x, full_matrices=True)[part]),
            [A("normal", shape)],
            dtypes=("float64",),
            **LOOSE,
        )
case(
    "linalg.svd full, no gradient",
    lambda tf, x: tf.linalg.svd(x, full_matrices=True)[0],
    [A("normal", (4, 2))],
    dtypes=DOUBLE,
    order=1,
    **LOOSE,
)
case(
    "linalg.svd of equal values",
    lambda tf, x: tf.linalg.svd(x)[0],
    [V([[1.0, 0.0], [0.0, 1.0]])],
    dtypes=DOUBLE,
    order=1,
)
case(
    "linalg.svd of zeros",
    lambda tf, x: tf.linalg.svd(x, compute_uv=False),
    [A("zeros", (2, 3))],
    dtypes=DOUBLE,
    order=0,
)
case(
    "linalg.svd of NaN",
    lambda tf, x: tf.linalg.svd(x),
    [V([[float("nan"), 1.0], [1.0, 2.0]])],
    dtypes=DOUBLE,
    order=0,
)
case("linalg.svd of nothing", lambda tf, x: tf.linalg.svd(x), [A("zeros", (0, 2))], dtypes=DOUBLE, order=0)
error("linalg.svd: vector", lambda tf: tf.linalg.svd(tf.ones([2])))

# -- eigenvalues of Hermitian matrices
case(
    "linalg.eigh e",
    lambda tf, x: tf.linalg.eigh(x)[0],
    [A("spd", (3, 3))],
    dtypes=BOTH,
    rejects=REJECTS,
    also={"batch": [A("spd", (2, 2, 2))], "lower triangle only": [V([[4.0, 100.0], [2.0, 5.0]])]},
    **LOOSE,
)
case("linalg.eigh v", lambda tf, x: size(tf, tf.linalg.eigh(x)[1]), [A("spd", (3, 3))], dtypes=BOTH, **LOOSE)
case("linalg.eigvalsh", inputs=[A("spd", (3, 3))], dtypes=BOTH, rejects=REJECTS, **LOOSE)
case(
    "linalg.eigh of equal values",
    lambda tf, x: tf.linalg.eigh(x)[0],
    [V([[1.0, 0.0], [0.0, 1.0]])],
    dtypes=DOUBLE,
    order=1,
)
case(
    "linalg.eigh of what makes no difference",
    lambda tf, x: (lambda e, v: tf.matmul(v * (e * e)[..., None, :], v, adjoint_b=True))(*tf.linalg.eigh(x)),
    [A("spd", (3, 3))],
    dtypes=("float64", "complex128"),
    **LOOSE,
)
case("linalg.eigh of nothing", lambda tf, x: tf.linalg.eigh(x), [A("zeros", (0, 0))], dtypes=DOUBLE, order=0)
error("linalg.eigh: oblong", lambda tf: tf.linalg.eigh(tf.ones([2, 3])))
error("linalg.eigh: NaN", lambda tf: tf.linalg.eigh([[float("nan"), 1.0], [1.0, 2.0]]))


# -- eigenvalues in general, whose order is free
def power_sums(tf, e):
    return [tf.reduce_sum(e), tf.reduce_sum(e * e), tf.reduce_sum(e * e * e)]


case(
    "linalg.eig e",
    lambda tf, x: power_sums(tf, tf.linalg.eig(x)[0]),
    [A("regular", (3, 3))],
    dtypes=BOTH,
    **LOOSE,
)
case(
    "linalg.eigvals",
    lambda tf, x: power_sums(tf, tf.linalg.eigvals(x)),
    [A("regular", (3, 3))],
    dtypes=BOTH,
    **LOOSE,
)
case(
    "eigvals",
    lambda tf, x: power_sums(tf, tf.eigvals(x)),
    [A("regular", (2, 2))],
    dtypes=("float64",),
    **LOOSE,
)
case(
    "linalg.eig v",
    lambda tf, x: tf.reduce_sum(size(tf, tf.linalg.eig(x)[1]) ** 2, -1),
    [A("spd", (3, 3))],
    dtypes=BOTH,
    order=1,
    **LOOSE,
)
case(
    "eig", lambda tf, x: power_sums(tf, tf.eig(x)[0]), [V([[0.0, 1.0], [-1.0, 0.0]])], dtypes=DOUBLE, **LOOSE
)
case("linalg.eig of nothing", lambda tf, x: tf.linalg.eig(x), [A("zeros", (0, 0))], dtypes=DOUBLE, order=0)
error("linalg.eig: oblong", lambda tf: tf.linalg.eig(tf.ones([2, 3])))
error("linalg.eig: NaN", lambda tf: tf.linalg.eig(tf.constant([[float("nan"), 1.0], [1.0, 2.0]])))

# -- LU
PIVOTS = V([[0.0, 1.0, 2.0], [4.0, 1.0, 2.0], [2.0, 5.0, 1.0]])
case(
    "linalg.lu",
    lambda tf, x: tuple(tf.linalg.lu(x)),
    [PIVOTS],
    dtypes=BOTH,
    rejects=REJECTS,
    order=1,
    **LOOSE,
)
case(
    "linalg.lu of int64",
    lambda tf, x: tuple(tf.linalg.lu(x, output_idx_type=tf.int64)),
    [PIVOTS],
    dtypes=DOUBLE,
    order=0,
)
case(
    "linalg.lu of batches",
    lambda tf, x: tuple(tf.linalg.lu(x)),
    [A("regular", (2, 3, 3))],
    dtypes=DOUBLE,
    order=0,
    **LOOSE,
)
error("linalg.lu: singular", lambda tf: tf.linalg.lu([[1.0, 2.0], [2.0, 4.0]]))
error("linalg.lu: oblong", lambda tf: tf.linalg.lu(tf.ones([2, 3])))
case(
    "linalg.lu_solve",
    lambda tf, x, b: tf.linalg.lu_solve(x, [2, 0, 1], b),
    [A("regular", (3, 3)), A("normal", (3, 2))],
    dtypes=BOTH,
    **LOOSE,
)
case(
    "linalg.lu_solve of batches",
    lambda tf, x, b: tf.linalg.lu_solve(x, [[0, 1], [1, 0]], b),
    [A("regular", (2, 2, 2)), A("normal", (2, 2, 1))],
    dtypes=("float64",),
    also={"broadcast": [A("regular", (2, 2, 2)), A("normal", (2, 1))]},
    **LOOSE,
)
case(
    "linalg.lu_matrix_inverse",
    lambda tf, x: tf.linalg.lu_matrix_inverse(x, [1, 0]),
    [A("regular", (2, 2))],
    dtypes=BOTH,
    **LOOSE,
)
case(
    "linalg.lu_reconstruct",
    lambda tf, x: tf.linalg.lu_reconstruct(x, [2, 0, 1]),
    [A("regular", (3, 3))],
    dtypes=(*BOTH, "int32"),
    **LOOSE,
)
case(
    "linalg.lu_reconstruct of batches",
    lambda tf, x: tf.linalg.lu_reconstruct(x, [[0, 1], [1, 0]]),
    [A("regular", (2, 2, 2))],
    dtypes=DOUBLE,
)
case(
    "linalg.lu and back",
    lambda tf, x: tf.linalg.lu_reconstruct(*tf.linalg.lu(x)),
    [PIVOTS],
    dtypes=DOUBLE,
    order=0,
    **LOOSE,
)
error("linalg.lu_solve: vector", lambda tf: tf.linalg.lu_solve(tf.eye(2), [0, 1], [1.0, 2.0]))
error("linalg.lu_solve: rows", lambda tf: tf.linalg.lu_solve(tf.eye(2), [0, 1], tf.ones([3, 1])))
error("linalg.lu_reconstruct: vector", lambda tf: tf.linalg.lu_reconstruct([1.0, 2.0], [0, 1]))
error("linalg.lu_reconstruct: permutation", lambda tf: tf.linalg.lu_reconstruct(tf.eye(2), [1, 0, 2]))

# -- functions
case(
    "linalg.expm",
    inputs=[A("normal", (3, 3))],
    dtypes=BOTH,
    rejects=("float16", "bfloat16", "int32", "uint8"),
    also={
        "batch": [A("normal", (2, 2, 2))],
        "zeros": [A("zeros", (2, 2))],
        "large": [V([[8.0, -3.0], [1.0, -9.0]])],
    },
    **LOOSE,
)
case(
    "linalg.expm of nothing", lambda tf, x: tf.linalg.expm(x), [A("zeros", (0, 2, 2))], dtypes=DOUBLE, order=0
)
case(
    "linalg.expm of NaN",
    lambda tf, x: tf.linalg.expm(x),
    [V([[float("nan"), 1.0], [1.0, 2.0]])],
    dtypes=DOUBLE,
    order=0,
)
error("linalg.expm: oblong", lambda tf: tf.linalg.expm(tf.ones([2, 3])))
case(
    "linalg.sqrtm",
    inputs=[A("spd", (3, 3))],
    dtypes=BOTH,
    rejects=REJECTS,
    also={
        "not symmetric": [V([[4.0, 1.0], [2.0, 3.0]])],
        "rotation": [V([[0.0, 1.0], [-1.0, 0.0]])],
        "defective": [V([[1.0, 1.0], [0.0, 1.0]])],
    },
    **LOOSE,
)
case(
    "linalg.sqrtm of batches",
    lambda tf, x: tf.linalg.sqrtm(x),
    [A("spd", (2, 2, 2))],
    dtypes=("float64", "complex128"),
    **LOOSE,
)
case(
    "linalg.sqrtm, no real root",
    lambda tf, x: tf.linalg.sqrtm(x),
    [V([[-1.0, -2.0], [-3.0, -4.0]])],
    dtypes=DOUBLE,
    order=0,
)
case("linalg.sqrtm of zeros", lambda tf, x: tf.linalg.sqrtm(x), [A("zeros", (2, 2))], dtypes=DOUBLE, order=0)
case(
    "linalg.sqrtm singular",
    lambda tf, x: tf.linalg.sqrtm(x),
    [V([[0.0, 0.0], [0.0, 1.0]])],
    dtypes=DOUBLE,
    order=1,
)
case("matrix_square_root", inputs=[A("spd", (2, 2))], dtypes=DOUBLE, **LOOSE)
case(
    "linalg.logm",
    inputs=[A("spd", (3, 3))],
    dtypes=COMPLEX,
    rejects=("float32",),
    order=1,
    also={"defective": [V([[1.0, 1.0], [0.0, 1.0]])]},
    **LOOSE,
)


@script("linalg: Jacobians of decompositions")
def _(tf):
    a = tf.constant([[4.0, 1.0], [1.0, 3.0]], tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(a)
        factor = tf.linalg.cholesky(a)
        values = tf.linalg.eigvalsh(a)
        singular = tf.linalg.svd(a, compute_uv=False)
    return [tape.jacobian(y, a) for y in (factor, values, singular)]
