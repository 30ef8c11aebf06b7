"""Products: matmul, matvec, einsum, tensordot, cross, norms."""

from conformance_kit import COMPLEX, DOUBLE, FLOATS, INTS, UNSIGNED, A, V, case, error, script

ALL_PRODUCTS = (*FLOATS, *COMPLEX, "int32", "int64")
TWO = (*DOUBLE, "complex64")
INF = float("inf")


# -- matmul
case(
    "matmul",
    inputs=[A("normal", (2, 3)), A("normal", (3, 4))],
    dtypes=ALL_PRODUCTS,
    rejects=("int8", "int16", "bool", *UNSIGNED),
    also={
        "empty rows": [A("normal", (0, 3)), A("normal", (3, 2))],
        "empty sum": [A("normal", (2, 0)), A("normal", (0, 3))],
        "Variable": [A("normal", (2, 3)), A("normal", (3, 1), var=True)],
        "specials": [V([[0.0, INF], [float("nan"), 1.0]]), V([[1.0], [0.0]])],
    },
)
for flag_a in ("", "transpose_a", "adjoint_a"):
    for flag_b in ("", "transpose_b", "adjoint_b"):
        flags = {flag: True for flag in (flag_a, flag_b) if flag}
        if flags:
            shapes = ((3, 2) if flag_a else (2, 3)), ((4, 3) if flag_b else (3, 4))
            case(
                f"matmul {' '.join(flags)}",
                lambda tf, a, b, flags=flags: tf.matmul(a, b, **flags),
                [A("normal", shapes[0]), A("normal", shapes[1])],
                dtypes=("float32", "complex64"),
                also={"batch": [A("normal", (2, *shapes[0])), A("normal", shapes[1])]},
            )
case(
    "linalg.matmul of batches",
    inputs=[A("normal", (2, 2, 3)), A("normal", (2, 3, 2))],
    dtypes=(*ALL_PRODUCTS, "int16"),
    rejects=("int8", "bool", "uint8"),
    also={
        "broadcast left": [A("normal", (2, 3)), A("normal", (2, 3, 2))],
        "broadcast right": [A("normal", (2, 1, 2, 3)), A("normal", (3, 2))],
        "broadcast both": [A("normal", (2, 1, 2, 3)), A("normal", (3, 3, 2))],
        "size 1": [A("normal", (1, 2, 3)), A("normal", (2, 3, 1))],
        "no batch": [A("normal", (0, 2, 3)), A("normal", (3, 2))],
    },
)
case("@", lambda tf, a, b: a @ b, [A("normal", (2, 3)), A("normal", (3, 2))], dtypes=("float32",))
case(
    "@ of batches", lambda tf, a, b: a @ b, [A("normal", (2, 2, 3)), A("normal", (3, 2))], dtypes=("float32",)
)
case("@ with an array", lambda tf, a: a @ [[1.0], [2.0]], [A("normal", (2, 2))], dtypes=("float32",))
case("matmul with a list", lambda tf, a: tf.matmul(a, [[1], [2]]), [A("normal", (2, 2))], dtypes=TWO)
case(
    "matmul to int32",
    lambda tf, a, b: tf.matmul(a, b, output_type=tf.int32),
    [A("normal", (2, 3), "int8"), A("normal", (3, 2), "int8")],
    dtypes=("int8",),
    also={"mixed": [A("normal", (2, 3), "uint8"), A("normal", (3, 2), "int8")]},
)
case(
    "matmul a_is_sparse",
    lambda tf, a, b: tf.matmul(a, b, transpose_b=True, a_is_sparse=True),
    [A("normal", (2, 3)), A("normal", (2, 3))],
    dtypes=("float32", "float64", "bfloat16"),
    also={"mixed": [A("normal", (2, 3), "bfloat16"), A("normal", (2, 3), "float32")]},
)
error("matmul: float32 and float64", lambda tf: tf.matmul(tf.ones([2, 2]), tf.ones([2, 2], tf.float64)))
error("matmul: list and float32", lambda tf: tf.matmul([[1, 2]], tf.ones([2, 2])))
error("matmul: sizes", lambda tf: tf.matmul(tf.ones([2, 2]), tf.ones([3, 2])))
error("matmul: sizes of batches", lambda tf: tf.matmul(tf.ones([2, 2, 2]), tf.ones([3, 2])))
error("matmul: batches", lambda tf: tf.matmul(tf.ones([2, 2, 2]), tf.ones([3, 2, 2])))
error("matmul: vector", lambda tf: tf.matmul(tf.ones([2, 2]), tf.ones([2])))
error("matmul: scalar", lambda tf: tf.matmul(2.0, tf.ones([2, 2])))
error("matmul: vector and batch", lambda tf: tf.matmul(tf.ones([2]), tf.ones([1, 2, 2])))
error("matmul: None", lambda tf: tf.matmul(None, tf.ones([2, 2])))
error("matmul: string", lambda tf: tf.matmul("a", tf.ones([2, 2])))
error(
    "matmul: transpose and adjoint",
    lambda tf: tf.matmul(tf.eye(2), tf.eye(2), transpose_a=True, adjoint_a=True),
)
error("matmul: to float64", lambda tf: tf.matmul(tf.eye(2), tf.eye(2), output_type=tf.float64))
error("matmul: @ vector", lambda tf: tf.ones([2, 2]) @ [1.0, 2.0])
error("raw MatMul of batches", lambda tf: tf.raw_ops.MatMul(a=tf.ones([1, 2, 2]), b=tf.ones([2, 2])))

# -- matvec, cross
case(
    "linalg.matvec",
    inputs=[A("normal", (2, 3)), A("normal", (3,))],
    dtypes=(*DOUBLE, *COMPLEX, "int32"),
    also={
        "batch": [A("normal", (2, 2, 3)), A("normal", (2, 3))],
        "broadcast": [A("normal", (2, 3)), A("normal", (2, 3))],
    },
)
for flag in ("transpose_a", "adjoint_a"):
    case(
        f"linalg.matvec {flag}",
        lambda tf, a, b, flag=flag: tf.linalg.matvec(a, b, **{flag: True}),
        [A("normal", (3, 2)), A("normal", (3,))],
        dtypes=TWO,
    )
error("matvec: sizes", lambda tf: tf.linalg.matvec(tf.ones([2, 2]), tf.ones([3])))
error("matvec: scalar", lambda tf: tf.linalg.matvec(tf.ones([2, 2]), tf.constant(1.0)))
case(
    "linalg.cross",
    inputs=[A("normal", (2, 3)), A("normal", (2, 3))],
    dtypes=(*FLOATS, *INTS),
    rejects=("complex64", "bool"),
    also={"vectors": [A("normal", (3,)), A("normal", (3,))]},
)
error("cross: 2 elements", lambda tf: tf.linalg.cross([1.0, 2.0], [1.0, 2.0]))
error("cross: broadcast", lambda tf: tf.linalg.cross(tf.ones([3]), tf.ones([2, 3])))
error("cross: scalars", lambda tf: tf.linalg.cross(1.0, 2.0))

# -- einsum
EINSUMS = {
    "ij,jk->ik": [(2, 3), (3, 2)],
    "ij,jk": [(2, 3), (3, 2)],
    "ij->": [(2, 3)],
    "ij->ji": [(2, 3)],
    "ji": [(2, 3)],
    "ij->i": [(2, 3)],
    "ii": [(2, 2)],
    "ii->i": [(2, 2)],
    "iij->j": [(2, 2, 3)],
    "iji->j": [(2, 3, 2)],
    "i,i": [(3,), (3,)],
    "i,i->i": [(3,), (3,)],
    "i,j->ij": [(2,), (3,)],
    "ij,kl->": [(2, 2), (2, 2)],
    "ij,k->k": [(2, 3), (2,)],
    "iij,j->": [(2, 2, 3), (3,)],
    "bij,bjk->bik": [(2, 2, 3), (2, 3, 2)],
    "...ij,...jk->...ik": [(2, 2, 3), (3, 2)],
    "...ij,jk": [(2, 2, 3), (3, 2)],
    "...i,...i->...i": [(2, 1, 3), (2, 3)],
    "...i,...i->...": [(2, 1, 3), (2, 3)],
    "i,...->...i": [(2,), (2, 3)],
    "i...->...": [(2, 3)],
    "a...b->b...a": [(2, 2, 3)],
    "...": [(2, 3)],
    "->": [()],
    ",->": [(), ()],
    "ij,->ij": [(2, 3), ()],
    "ij,ij,jk->k": [(2, 3), (2, 3), (3, 2)],
    "ab,bc,cd->ad": [(2, 3), (3, 2), (2, 3)],
    "abc,cd,def->abef": [(2, 2, 2), (2, 2), (2, 1, 2)],
    "...ab,...bc,...c->...a": [(2, 2, 3), (3, 2), (2, 2)],
    "i,,i->": [(2,), (), (2,)],
    "Ij,jK->IK": [(2, 3), (3, 2)],
    " i j , j k -> i k ": [(2, 3), (3, 2)],
    "ij->i...": [(2, 3)],
}
for equation, shapes in EINSUMS.items():
    case(
        f"einsum {equation}",
        lambda tf, *xs, equation=equation: tf.einsum(equation, *xs),
        [A("normal", shape) for shape in shapes],
        dtypes=("float32", "complex64"),
    )
case(
    "einsum: dtypes",
    lambda tf, a, b: tf.einsum("ij,jk->ik", a, b),
    [A("normal", (2, 3)), A("normal", (3, 2))],
    dtypes=ALL_PRODUCTS,
    rejects=("bool",),
    also={
        "empty": [A("normal", (0, 3)), A("normal", (3, 2))],
        "empty sum": [A("normal", (2, 0)), A("normal", (0, 2))],
    },
)
case(
    "raw Einsum i->ii",
    lambda tf, x: tf.raw_ops.Einsum(inputs=[x], equation="i->ii"),
    [A("normal", (3,))],
    dtypes=("float32", "complex64"),
)
case(
    "raw Einsum ij->jiij",
    lambda tf, x: tf.raw_ops.Einsum(inputs=[x], equation="ij->jiij"),
    [A("normal", (2, 3))],
    dtypes=("float32",),
)
WRONG = {
    "repeated output": ("i->ii", [(2,)]),
    "unknown output label": ("ij,jk->il", [(2, 2), (2, 2)]),
    "too few inputs": ("ij,jk->ik", [(2, 2)]),
    "too many inputs": ("ij", [(2, 2), (2, 2)]),
    "no input": ("ij->ji", []),
    "sizes": ("ij,jk->ik", [(2, 2), (3, 2)]),
    "broadcast of a label": ("bi,bi->b", [(1, 2), (3, 2)]),
    "rank": ("ijk->ik", [(2, 2)]),
    "least rank": ("i...jk->ik", [(2, 2)]),
    "digit": ("1j->j", [(2, 2)]),
    "two arrows": ("ij->i->j", [(2, 2)]),
    "wrong arrow": ("ij=>j", [(2, 2)]),
    "one dot": ("i.j->i", [(2, 2)]),
    "two dots": ("..ij->ij", [(2, 2)]),
    "no ellipsis in output": ("...ij->ij", [(1, 2, 2)]),
    "implicit without ellipsis": ("...ij,...jk", [(2, 2, 2), (2, 2, 2)]),
    "diagonal of an oblong": ("ii->i", [(2, 3)]),
    "Greek": ("β,β->", [(2,), (2,)]),
}
for what, (equation, shapes) in WRONG.items():
    error(
        f"einsum: {what}",
        lambda tf, equation=equation, shapes=shapes: tf.einsum(
            equation, *[tf.ones(shape) for shape in shapes]
        ),
    )
error("einsum: dtypes differ", lambda tf: tf.einsum("i,i->", tf.ones([2]), tf.ones([2], tf.float64)))
error("einsum: unknown keyword", lambda tf: tf.einsum("i->", tf.ones([2]), foo=1))
error("einsum: equation is a number", lambda tf: tf.einsum(3, tf.ones([2])))
error("raw Einsum: implicit", lambda tf: tf.raw_ops.Einsum(inputs=[tf.eye(2)], equation="ij"))
error("raw Einsum: 3 inputs", lambda tf: tf.raw_ops.Einsum(inputs=[tf.eye(2)] * 3, equation="ij,jk,kl->il"))
case(
    "einsum optimize",
    lambda tf, x: tf.einsum("ij->j", x, optimize="optimal", name="x"),
    [A("normal", (2, 3))],
)

# -- tensordot
for axes in (0, 1, 2, [[0], [1]], [0, 1], [[-1], [-2]], [[0, 1], [1, 0]], (1, 0), [[], []]):
    case(
        f"tensordot {axes}",
        lambda tf, a, b, axes=axes: tf.tensordot(a, b, axes),
        [A("normal", (2, 2)), A("normal", (2, 2))],
        dtypes=("float32", "complex64") if axes in (1, [0, 1]) else ("float32",),
    )
case(
    "tensordot of higher tensors",
    lambda tf, a, b: tf.tensordot(a, b, [[1, 2], [0, 2]]),
    [A("normal", (2, 3, 2)), A("normal", (3, 2, 2))],
    dtypes=(*FLOATS, "int32"),
    rejects=("int8",),
)
case(
    "tensordot, axes as a tensor",
    lambda tf, a: tf.tensordot(a, a, tf.constant([[0], [1]])),
    [A("normal", (2, 2))],
)
case("tensordot of scalars", lambda tf, a, b: tf.tensordot(a, b, 0), [A("normal"), A("normal")])
for what, axes in {
    "3": 3,
    "-1": -1,
    "lengths": [[0, 1], [1]],
    "no such axis": [[2], [0]],
    "three lists": [[0], [1], [0]],
    "twice": [[0, 0], [0, 1]],
    "string": "a",
    "None": None,
    "float": 1.0,
    "length 1": [1],
}.items():
    error(f"tensordot: axes {what}", lambda tf, axes=axes: tf.tensordot(tf.eye(2), tf.eye(2), axes))
error("tensordot: sizes", lambda tf: tf.tensordot(tf.ones([2, 2]), tf.ones([3, 2]), 1))
error("tensordot: list and tensor", lambda tf: tf.tensordot([[1, 2], [3, 4]], tf.eye(2), 1))
error("tensordot: dtypes", lambda tf: tf.tensordot(tf.eye(2), tf.eye(2, dtype=tf.float64), 1))

# -- norms
MATRIX = [V([[3.0, -4.0], [0.5, 12.0]])]
TOL = {"bfloat16": 0.05, "float16": 0.01}
WHY = "the steps of a composed function are rounded one by one, in an order that differs"
for ord in ("euclidean", 1, 2, INF, 3, 0.5, 1.5):
    case(
        f"norm {ord}",
        lambda tf, x, ord=ord: tf.norm(x, ord=ord),
        MATRIX,
        tol=TOL,
        why=WHY,
        also={"zeros": [A("zeros", (3,))], "one": [V([[-2.0]])]},
    )
    case(f"norm {ord} of rows", lambda tf, x, ord=ord: tf.norm(x, ord=ord, axis=-1), MATRIX, dtypes=DOUBLE)
for ord in ("euclidean", "fro", 1, 2, INF):
    case(
        f"norm {ord} of matrices",
        lambda tf, x, ord=ord: tf.norm(x, ord=ord, axis=[0, 2]),
        [A("normal", (3, 2, 2))],
        dtypes=DOUBLE,
    )
    case(
        f"norm {ord} keepdims",
        lambda tf, x, ord=ord: tf.norm(x, ord=ord, axis=(-2, -1), keepdims=True),
        [A("normal", (2, 3))],
        dtypes=("float64",),
    )
for ord in ("euclidean", 1, 3, INF):
    case(
        f"norm {ord} complex",
        lambda tf, x, ord=ord: tf.norm(x, ord=ord),
        [A("normal", (2, 3))],
        dtypes=COMPLEX,
    )
    case(
        f"norm {ord} keepdims vector",
        lambda tf, x, ord=ord: tf.norm(x, ord=ord, keepdims=True),
        [A("normal", (2, 3))],
    )
case("norm of integers", lambda tf, x: tf.norm(x, ord=1), [V([1, -2])], dtypes=("int32",), rejects=("bool",))
case("norm inf of integers", lambda tf, x: tf.norm(x, ord=float("inf")), [V([1, -2])], dtypes=("int32",))
case("norm of a scalar", lambda tf, x: tf.norm(x), [A("normal")], dtypes=DOUBLE)
case("norm of nothing", lambda tf, x: tf.norm(x), [A("normal", (0,))], dtypes=DOUBLE)
for what, options in {
    "fro of a vector": {"ord": "fro"},
    "-inf": {"ord": -INF},
    "0": {"ord": 0},
    "nuc": {"ord": "nuc", "axis": [0, 1]},
    "3 of a matrix": {"ord": 3, "axis": [0, 1]},
    "None": {"ord": None},
    "axis 2": {"axis": 2},
    "axis twice": {"axis": [0, 0]},
    "three axes": {"axis": [0, 1, 2]},
    "one axis in a list": {"axis": [0]},
    "axis a float": {"axis": 1.0},
}.items():
    error(f"norm: {what}", lambda tf, options=options: tf.norm(tf.eye(2), **options))
error("norm: integers", lambda tf: tf.norm([1, 2]))
error("norm: integers, 3", lambda tf: tf.norm([1, 2], 3))
error("norm: bools", lambda tf: tf.norm([True]))
error("norm: axis a tensor", lambda tf: tf.norm(tf.eye(2), axis=tf.constant(1)))
case("linalg.normalize", inputs=[V([[3.0, -4.0], [0.0, 12.0]])], dtypes=(*DOUBLE, *COMPLEX))
case("linalg.normalize rows", lambda tf, x: tf.linalg.normalize(x, ord=1, axis=1), [A("normal", (2, 3))])
case("linalg.normalize zeros", lambda tf, x: tf.linalg.normalize(x), [A("zeros", (2,))], dtypes=("float32",))
case(
    "linalg.global_norm",
    lambda tf, x, y: tf.linalg.global_norm([x, None, y]),
    [A("normal", (2,)), A("normal", (3,))],
)


@script("matmul: what a tape leaves out")
def _(tf):
    x, w = tf.constant([[1.0, 2.0]]), tf.Variable([[3.0], [4.0]])
    with tf.GradientTape() as tape:
        y = tf.matmul(x, w)
    return tape.gradient(y, [x, w])


@script("Jacobians of products")
def _(tf):
    a, b = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant([[5.0, 6.0], [7.0, 8.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([a, b])
        product = tf.matmul(a, b, transpose_b=True)
        batch = tf.matmul(tf.stack([a, b]), b)
        sums = tf.einsum("ij,kj->ik", a, b)
        norm = tf.norm(a)
    return [tape.jacobian(y, [a, b]) for y in (product, batch, sums, norm)]
