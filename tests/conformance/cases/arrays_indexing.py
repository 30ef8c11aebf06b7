"""Slices, lookups, scatters, selection: values, first and second derivatives; kinds of gradients (IndexedSlices)."""

from conformance_kit import ALL, COMPLEX, DOUBLE, EDGE, FLOATS, A, B, I, V, case, script

X = A("normal", (2, 3))
TABLE = A("normal", (4, 3))
CUBE = A("normal", (2, 3, 4))
INEXACT = (*FLOATS, *COMPLEX)
SOME = ("float32", "bfloat16", "complex64")
MOVED = tuple(d for d in ALL if d not in INEXACT)


def moves(name, fn, inputs, dtypes=SOME, without=()):
    """An op that moves elements: derivatives in a few dtypes, values in all others."""
    case(name, fn, inputs, dtypes=dtypes)
    case(f"{name}, other dtypes", fn, inputs, dtypes=[d for d in MOVED if d not in without], order=0)


# -- x[...] --------------------------------------------------------------------------------------------------
KEYS = {
    "[1]": lambda x: x[1],
    "[-2]": lambda x: x[-2],
    "[0, 2]": lambda x: x[0, 2],
    "[1, -1, 0]": lambda x: x[1, -1, 0],
    "[:1]": lambda x: x[:1],
    "[1:, ::2]": lambda x: x[1:, ::2],
    "[::-1]": lambda x: x[::-1],
    "[:, 2:0:-1, ::-2]": lambda x: x[:, 2:0:-1, ::-2],
    "[..., 1]": lambda x: x[..., 1],
    "[0, ..., -2:]": lambda x: x[0, ..., -2:],
    "[None]": lambda x: x[None],
    "[:, None, 1, None]": lambda x: x[:, None, 1, None],
    "[..., None]": lambda x: x[..., None],
    "[5:]": lambda x: x[5:],
    "[-100:100:3]": lambda x: x[-100:100:3],
    "[1:0]": lambda x: x[1:0],
    "[None, ..., 0, 1:3]": lambda x: x[None, ..., 0, 1:3],
    "[:]": lambda x: x[:],
    "[...]": lambda x: x[...],
    "[()]": lambda x: x[()],
    "[1, ::-1, None, 3:0:-2]": lambda x: x[1, ::-1, None, 3:0:-2],
}
for text, take in KEYS.items():
    case(f"x{text}", lambda tf, x, f=take: f(x), [CUBE], dtypes=("float32", "complex64", "int32"))
moves("x[1:, ::-1]", lambda tf, x: x[1:, ::-1], [X])
moves("x[0]", lambda tf, x: x[0], [X], dtypes=INEXACT)
case("x[tensor]", lambda tf, x, i: x[i] * x[i, i], [TABLE, V(2, "int32")], dtypes=DOUBLE)
case("x[tensor:tensor]", lambda tf, x, i: x[i : i + 2, i], [TABLE, V(1, "int64")], dtypes=DOUBLE)
case("x[mask]", lambda tf, x: x[x > 0] * 2, [X], dtypes=DOUBLE)
case("x[mask] of rows", lambda tf, x, m: x[m], [TABLE, V([True, False, True, True], "bool")], dtypes=SOME)
case("Variable[...]", lambda tf, v: v[0, 1:] * v[1, :2], [A("normal", (2, 3), var=True)], dtypes=DOUBLE)
case("Variable[0]", lambda tf, v: v[0] * v[0], [A("normal", (2, 3), var=True)], dtypes=DOUBLE)
case("for row in x", lambda tf, x: [row * i for i, row in enumerate(x)], [X], dtypes=DOUBLE)
moves("slice", lambda tf, x: tf.slice(x, [0, 1], [-1, 2]), [X])
case(
    "slice of slices",
    lambda tf, x: tf.slice(x, [1, 0], [1, 3]) * tf.slice(x, [0, 0], [2, -1]),
    [X],
    dtypes=DOUBLE,
)
moves("strided_slice", lambda tf, x: tf.strided_slice(x, [0, -1], [2, 0], [1, -1]), [X])
case(
    "strided_slice with masks",
    lambda tf, x: tf.strided_slice(
        x,
        [0, 9, 1, 9],
        [9, 9, 2, 9],
        [1, 1, 1, -1],
        begin_mask=8,
        end_mask=9,
        new_axis_mask=2,
        shrink_axis_mask=4,
    ),
    [CUBE],
    dtypes=SOME,
)
case(
    "strided_slice with ellipsis",
    lambda tf, x: tf.strided_slice(x, [0, 1], [0, 3], ellipsis_mask=1),
    [CUBE],
    dtypes=SOME,
)

# -- gather --------------------------------------------------------------------------------------------------
moves("gather", lambda tf, x: tf.gather(x, [2, 0, 2]), [TABLE])
case("gather a scalar", lambda tf, x: tf.gather(x, 3) * 2, [TABLE], dtypes=SOME)
case("gather a matrix", lambda tf, x, i: tf.gather(x, i) ** 2, [TABLE, I((2, 2), 4)], dtypes=FLOATS)
case("gather nothing", lambda tf, x, i: tf.gather(x, i), [TABLE, V([], "int64")], dtypes=DOUBLE)
for axis in (1, -1, 2, -2, -3):
    case(
        f"gather axis {axis}",
        lambda tf, x, i, a=axis: tf.gather(x, i, axis=a),
        [CUBE, I((2, 2), 2)],
        dtypes=SOME,
    )
case("gather axis 1, one axis", lambda tf, x: tf.gather(x, [0, 2, 2], axis=1) ** 2, [X], dtypes=SOME)
case("gather axis 1, scalar", lambda tf, x: tf.gather(x, 2, axis=1), [X], dtypes=DOUBLE)
for index in ("int16", "int32", "int64"):
    case(f"gather {index}", lambda tf, x, i: tf.gather(x, i), [TABLE, I((3,), 4, index)], dtypes=("float32",))
BATCHED = {
    "batch 1": ((2, 3, 4), (2, 2), {"batch_dims": 1}, 3),
    "batch 1, axis 2": ((2, 3, 4), (2, 2), {"batch_dims": 1, "axis": 2}, 4),
    "batch 1, axis -1, matrix": ((2, 2, 3, 2), (2, 2, 3), {"batch_dims": 1, "axis": -1}, 2),
    "batch 2": ((2, 2, 3), (2, 2, 2), {"batch_dims": 2}, 3),
    "batch 2, axis 3": ((2, 2, 2, 3, 2), (2, 2, 3), {"batch_dims": 2, "axis": 3}, 3),
    "batch -1": ((2, 3, 2), (2, 2), {"batch_dims": -1}, 2),
    "batch 1, scalars": ((2, 3), (2,), {"batch_dims": 1, "axis": 1}, 3),
    "batch 1, empty": ((2, 3), (2, 0), {"batch_dims": 1}, 3),
}
for name, (shape, index, options, high) in BATCHED.items():
    case(
        f"gather {name}",
        lambda tf, x, i, o=options: tf.gather(x, i, **o) ** 2,
        [A("normal", shape), I(index, high)],
        dtypes=DOUBLE,
    )
moves("gather_nd", lambda tf, x: tf.gather_nd(x, [[0, 1], [1, 2], [0, 1]]), [X])
case("gather_nd rows", lambda tf, x: tf.gather_nd(x, [[2], [0], [2]]), [TABLE], dtypes=SOME)
case("gather_nd rows in a matrix", lambda tf, x: tf.gather_nd(x, [[[2], [0]]]) ** 2, [TABLE], dtypes=SOME)
# TensorFlow fails to differentiate these two.
case("gather_nd one", lambda tf, x: tf.gather_nd(x, [1, 2]) ** 2, [CUBE], dtypes=DOUBLE, order=0)
case("gather_nd whole", lambda tf, x, i: tf.gather_nd(x, i), [X, I((2, 0), 2)], dtypes=DOUBLE, order=0)
case("gather_nd batch", lambda tf, x, i: tf.gather_nd(x, i, 1) ** 2, [CUBE, I((2, 3, 2), 3)], dtypes=DOUBLE)
case("gather_nd batch 2", lambda tf, x, i: tf.gather_nd(x, i, 2), [CUBE, I((2, 3, 1), 4)], dtypes=DOUBLE)
case(
    "gather_nd ignoring",
    lambda tf, x: tf.gather_nd(x, [[0, 1], [1, 7], [-1, 0]], bad_indices_policy="IGNORE"),
    [X],
    dtypes=("float32",),
    order=0,
)
VTABLE = A("normal", (4, 3), var=True)
case("gather from a Variable", lambda tf, v: tf.gather(v, [2, 0, 2]), [VTABLE], dtypes=FLOATS)
case("gather axis 1 from a Variable", lambda tf, v: tf.gather(v, [2, 0], axis=1), [VTABLE], dtypes=DOUBLE)
case(
    "gather batched from a Variable",
    lambda tf, v, i: tf.gather(v, i, batch_dims=1),
    [VTABLE, I((4, 2), 3)],
    dtypes=DOUBLE,
)
case("gather_nd from a Variable", lambda tf, v: tf.gather_nd(v, [[2, 0], [1, 1]]), [VTABLE], dtypes=DOUBLE)
case("gather_nd rows from a Variable", lambda tf, v: tf.gather_nd(v, [[2], [2]]), [VTABLE], dtypes=DOUBLE)
case("sparse_read", lambda tf, v: v.sparse_read([2, 0, 2]), [VTABLE], dtypes=DOUBLE)
case("Variable.gather_nd", lambda tf, v: v.gather_nd([[2, 1]]), [VTABLE], dtypes=DOUBLE)
case("gather and more of a Variable", lambda tf, v: tf.gather(v, [2, 0]) + v[0], [VTABLE], dtypes=DOUBLE)
moves("boolean_mask", lambda tf, x: tf.boolean_mask(x, [[True, False, True], [False, False, True]]), [X])
case("boolean_mask of rows", lambda tf, x, m: tf.boolean_mask(x, m) ** 2, [TABLE, B((4,))], dtypes=SOME)
case(
    "boolean_mask axis 1",
    lambda tf, x, m: tf.boolean_mask(x, m, axis=1) ** 2,
    [CUBE, B((3, 4))],
    dtypes=DOUBLE,
)
case(
    "boolean_mask of nothing",
    lambda tf, x, m: tf.boolean_mask(x, m),
    [X, V([False, False], "bool")],
    dtypes=DOUBLE,
)
case(
    "boolean_mask of a Variable",
    lambda tf, v: tf.boolean_mask(v, [True, False, True, True]),
    [VTABLE],
    dtypes=DOUBLE,
)

# -- scatter -------------------------------------------------------------------------------------------------
moves("scatter_nd", lambda tf, u: tf.scatter_nd([[1], [3], [1]], u, [5]), [A("normal", (3,))])
case(
    "scatter_nd rows",
    lambda tf, u: tf.scatter_nd([[[2], [0]]], u, [4, 3]) ** 2,
    [A("normal", (1, 2, 3))],
    dtypes=FLOATS,
)
case(
    "scatter_nd points",
    lambda tf, u, i: tf.scatter_nd(i, u, [2, 2]),
    [A("normal", (4,)), I((4, 2), 2)],
    dtypes=SOME,
)
case(
    "scatter_nd ignoring",
    lambda tf, u: tf.scatter_nd([[1], [9], [-1]], u, [5], bad_indices_policy="IGNORE"),
    [A("normal", (3,))],
    dtypes=("float32",),
    order=0,
)
NO_SUM, NO_ORDER = ("bool",), ("bool", *COMPLEX)
for name in ("add", "sub", "update"):
    moves(
        f"tensor_scatter_nd_{name}",
        lambda tf, x, u, n=name: getattr(tf, f"tensor_scatter_nd_{n}")(x, [[0, 1], [1, 2]], u),
        [X, A("normal", (2,))],
        without=() if name == "update" else NO_SUM,
    )
    case(
        f"tensor_scatter_nd_{name} rows",
        lambda tf, x, u, n=name: getattr(tf, f"tensor_scatter_nd_{n}")(x, [[3], [0]], u) ** 2,
        [TABLE, X],
        dtypes=DOUBLE,
    )
for name in ("max", "min"):
    case(
        f"tensor_scatter_nd_{name}",
        lambda tf, x, u, n=name: getattr(tf, f"tensor_scatter_nd_{n}")(x, [[0], [1], [0], [3]], u) * 2,
        [V([1.0, 2.0, 3.0, 4.0]), V([1.0, 5.0, 1.0, -3.0])],
        dtypes=(*FLOATS, *[d for d in MOVED if d not in ("bool", *["uint8", "uint16", "uint32", "uint64"])]),
        rejects=NO_ORDER,
    )
    case(
        f"tensor_scatter_nd_{name} unsigned",
        lambda tf, x, u, n=name: getattr(tf, f"tensor_scatter_nd_{n}")(x, [[0], [1], [0]], u),
        [EDGE, V([1, 200, 3])],
        dtypes=("uint8", "uint16", "uint32", "uint64"),
        order=0,
    )
case(
    "tensor_scatter_nd_add twice",
    lambda tf, x, u: tf.tensor_scatter_nd_add(x, [[0], [0]], u),
    [V([1.0, 2.0]), V([5.0, 7.0])],
)
case(
    "tensor_scatter_nd_update twice",
    lambda tf, x: tf.tensor_scatter_nd_update(x, [[1], [1]], [[1, 2, 3], [4, 5, 6]]),
    [X],
    dtypes=DOUBLE,
)
case(
    "tensor_scatter_nd_add to a Variable",
    lambda tf, v, u: tf.tensor_scatter_nd_add(v, [[1], [2]], u),
    [VTABLE, X],
    dtypes=DOUBLE,
)
moves("dynamic_partition", lambda tf, x: tf.dynamic_partition(x, [1, 0, 1, 3], 4), [TABLE])
case(
    "dynamic_partition of points",
    lambda tf, x, p: tf.dynamic_partition(x, p, 3)[1] ** 2,
    [X, I((2, 3), 3)],
    dtypes=SOME,
)
case(
    "dynamic_partition of nothing",
    lambda tf, x, p: tf.dynamic_partition(x, p, 2),
    [A("normal", (0, 2)), I((0,), 2)],
    dtypes=DOUBLE,
)
moves(
    "dynamic_stitch",
    lambda tf, x, y: tf.dynamic_stitch([[0, 4, 2], 1], [x, y]),
    [A("normal", (3, 2)), A("normal", (2,))],
)
case(
    "dynamic_stitch twice",
    lambda tf, x, y: tf.dynamic_stitch([[0, 1], [1, 2]], [x, y]) ** 2,
    [A("normal", (2,)), A("normal", (2,))],
    dtypes=DOUBLE,
)

# -- selection -----------------------------------------------------------------------------------------------
moves("where", lambda tf, x, y, c: tf.where(c, x, y), [X, X, B((2, 3))])
case(
    "where broadcasting",
    lambda tf, x, y, c: tf.where(c, x, y),
    [A("normal", (3,)), A("normal", (2, 1)), B((2, 3))],
)
case(
    "where, condition broadcast",
    lambda tf, x, y, c: tf.where(c, x, y) ** 2,
    [X, A("normal"), B((2, 1))],
    dtypes=SOME,
)
case("where with a number", lambda tf, x: tf.where(x > 0, x, 0) ** 2, [X], dtypes=FLOATS)
case("where at nan", lambda tf, x: tf.where(x > 0, tf.math.log(x), 0.0), [EDGE], dtypes=DOUBLE, order=1)
case(
    "where of Variables",
    lambda tf, v, w: tf.where([True, False, True], v, w),
    [VTABLE, VTABLE],
    dtypes=DOUBLE,
)
case(
    "where alone",
    lambda tf, x: tf.where(x),
    [V([[0, 1, 0], [2, 0, 3]])],
    dtypes=[d for d in ALL if d != "float16"],
    order=0,
)
case("where alone, edges", lambda tf, x: tf.where(x), [EDGE], dtypes=DOUBLE, order=0)
case(
    "where alone is a constant", lambda tf, x: tf.cast(tf.where(x > 0), x.dtype) * x[0, 0], [X], dtypes=DOUBLE
)


@script("a Variable looked up twice")
def _(tf):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with tf.GradientTape() as tape:
        y = tf.gather(v, [2, 0]) * tf.gather(v, [1, 0])
    grad = tape.gradient(y, v)  # the order of the rows is nobody's business
    return isinstance(grad, tf.IndexedSlices), tf.convert_to_tensor(grad), grad.shape


@script("jacobians of lookups")
def _(tf):
    x, v = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        found = {
            "gather": tf.gather(x, [2, 0]) ** 2,
            "axis": tf.gather(x, [1], axis=1),
            "batch": tf.gather(x, [[1], [0], [1]], batch_dims=1),
            "nd": tf.gather_nd(x, [[2, 1], [0, 0]]),
            "rows": tf.gather_nd(x, [[2], [2]]),
            "slice": x[::-1, 1:],
            "mask": tf.boolean_mask(x, [True, False, True]),
            "scatter": tf.scatter_nd([[1], [0]], x[:2], [3, 2]),
            "update": tf.tensor_scatter_nd_update(x, [[1]], [[7.0, 8.0]]),
            "where": tf.where(x > 2, x, 0.0),
            "pad": tf.pad(x, [[1, 0], [0, 0]], "SYMMETRIC"),
            "stitch": tf.dynamic_stitch([[1, 0, 2]], [x]),
            "parts": tf.dynamic_partition(x, [1, 0, 1], 2)[1],
            "max": tf.tensor_scatter_nd_max(x, [[0]], [[1.0, 5.0]]),
        }
        lookup = tf.gather(v, [2, 2, 0]) ** 2
    return {k: tape.jacobian(y, x) for k, y in found.items()}, tape.jacobian(lookup, v)
