"""Shapes, joining, padding, creation: values, first and second derivatives."""

from conformance_kit import ALL, COMPLEX, DOUBLE, EDGE, FLOATS, INTS, A, I, V, case, script

X = A("normal", (2, 3))
CUBE = A("normal", (2, 3, 4))
INEXACT = (*FLOATS, *COMPLEX)
SOME = ("float32", "bfloat16", "complex64")
MOVED = tuple(d for d in ALL if d not in INEXACT)  # dtypes that are moved about but have no gradient


def moves(name, fn, inputs, dtypes=SOME, without=()):
    """An op that moves elements: derivatives in a few dtypes, values in all others."""
    case(name, fn, inputs, dtypes=dtypes)
    case(f"{name}, other dtypes", fn, inputs, dtypes=[d for d in MOVED if d not in without], order=0)


# -- shapes --------------------------------------------------------------------------------------------------
moves("reshape", lambda tf, x: tf.reshape(x, [3, 2]), [X])
case("reshape with -1", lambda tf, x: tf.reshape(x, [-1, 1, 2]), [X])
case("reshape to a scalar", lambda tf, x: tf.reshape(x, []), [A("normal", (1, 1))], dtypes=DOUBLE)
case("reshape of nothing", lambda tf, x: tf.reshape(x, [2, -1]), [A("normal", (0, 3))], dtypes=DOUBLE)
moves("transpose", lambda tf, x: tf.transpose(x), [X])
case("transpose with perm", lambda tf, x: tf.transpose(x, [2, 0, 1]), [CUBE])
case("transpose with negative perm", lambda tf, x: tf.transpose(x, [-1, 0, 1]), [CUBE], dtypes=SOME, order=0)
case("transpose conjugate", lambda tf, x: tf.transpose(x, conjugate=True), [X], dtypes=(*DOUBLE, *COMPLEX))
case(
    "transpose twice", lambda tf, x: tf.transpose(tf.transpose(x, [1, 2, 0]), [1, 2, 0]) * x[0, 0, 0], [CUBE]
)
moves("broadcast_to", lambda tf, x: tf.broadcast_to(x, [4, 2, 3]), [A("normal", (2, 1))])
case("broadcast_to, scalar", lambda tf, x: tf.broadcast_to(x, [2, 2]), [A("normal")], dtypes=SOME)
case("broadcast_to, none", lambda tf, x: tf.broadcast_to(x, [0, 3]), [A("normal", (1, 3))], dtypes=DOUBLE)
case("expand_dims", lambda tf, x: [tf.expand_dims(x, i) for i in (0, 1, -1)], [X], dtypes=SOME)
case("squeeze", lambda tf, x: tf.squeeze(x), [A("normal", (1, 2, 1))], dtypes=(*SOME, "int32"))
case("squeeze axis", lambda tf, x: tf.squeeze(x, [-1]), [A("normal", (1, 2, 1))], dtypes=SOME)
moves("reverse", lambda tf, x: tf.reverse(x, [1, -3]), [CUBE])
moves("roll", lambda tf, x: tf.roll(x, [1, -2, 5], [0, 1, 1]), [X])
case("roll by one number", lambda tf, x: tf.roll(x, 1, -1), [X], dtypes=DOUBLE)
moves(
    "reverse_sequence",
    lambda tf, x: tf.reverse_sequence(x, [1, 3], seq_axis=1),
    [CUBE],
)
case(
    "reverse_sequence, batch after",
    lambda tf, x: tf.reverse_sequence(x, [0, 1, 2], 0, 1),
    [CUBE],
    dtypes=SOME,
)
case("identity", lambda tf, x: tf.identity(x) * x, [X])
case("identity_n", lambda tf, x, y: tf.identity_n([x, y]), [X, A("normal", (2,))], dtypes=SOME)
case("identity_n, one used", lambda tf, x, y: tf.identity_n([x, y])[1], [X, A("normal", (2,))], dtypes=DOUBLE)
case("stop_gradient", lambda tf, x: x * tf.stop_gradient(x), [X], dtypes=SOME)
case("stop_gradient alone", lambda tf, x: tf.stop_gradient(x), [X], dtypes=DOUBLE)
case("ensure_shape", lambda tf, x: tf.ensure_shape(x, [None, 3]) * x, [X], dtypes=SOME)
case("guarantee_const", lambda tf, x: tf.guarantee_const(x) * x, [X], dtypes=DOUBLE)
case("check_numerics", lambda tf, x: tf.debugging.check_numerics(x, "bad") * x, [X], dtypes=FLOATS)
case("shape, size, rank", lambda tf, x: [tf.shape(x), tf.size(x), tf.rank(x)], [CUBE], dtypes=ALL, order=0)
case("shape is a constant", lambda tf, x: x * tf.cast(tf.size(x), x.dtype), [X], dtypes=DOUBLE)
for to in ("uint8", "int16", "int32", "int64"):
    case(
        f"bitcast to {to}",
        lambda tf, x, to=to: tf.bitcast(x, to),
        [A("normal", (4, 2))],
        dtypes=("float32",),
        order=0,
    )
for to in ("float64", "complex64", "bfloat16"):
    case(
        f"bitcast to {to}", lambda tf, x, to=to: tf.bitcast(x, to), [A("normal", (4, 2))], dtypes=("float32",)
    )
case("bitcast to itself", lambda tf, x: tf.bitcast(x, x.dtype), [X], dtypes=(*INEXACT, *INTS))
case("bitcast from bytes", lambda tf, x: tf.bitcast(x, "float32"), [A("normal", (2, 4))], dtypes=("uint8",))

# -- joining -------------------------------------------------------------------------------------------------
Y = A("normal", (2, 2))
moves("concat", lambda tf, x, y: tf.concat([x, y], 1), [X, Y])
case("concat axis 0, one twice", lambda tf, x, y: tf.concat([x, y, x], 0), [X, A("normal", (1, 3))])
case("concat negative axis", lambda tf, x, y: tf.concat([x, y], -2), [X, A("normal", (1, 3))], dtypes=SOME)
case("concat with a constant", lambda tf, x: tf.concat([x, [[1, 2, 3]]], 0), [X], dtypes=SOME)
case("concat of nothing", lambda tf, x, y: tf.concat([x, y], 0), [X, A("normal", (0, 3))], dtypes=DOUBLE)
case("concat of one", lambda tf, x: tf.concat([x], 0) * x, [X], dtypes=DOUBLE)
case(
    "concat of Variables",
    lambda tf, x, y: tf.concat([x, y], 1),
    [A("normal", (2, 3), var=True), Y],
    dtypes=DOUBLE,
)
moves("stack", lambda tf, x, y: tf.stack([x, y], axis=1), [X, X])
for axis in (0, 2, -1, -3):
    case(f"stack axis {axis}", lambda tf, x, y, a=axis: tf.stack([x, y, x * y], a), [X, X], dtypes=SOME)
case("stack of scalars", lambda tf, x, y: tf.stack([x, y, 1, x]), [A("normal"), A("normal")], dtypes=FLOATS)
moves("unstack", lambda tf, x: tf.unstack(x, axis=1), [X])
case("unstack, some used", lambda tf, x: tf.unstack(x)[1] * tf.unstack(x, axis=-1)[0][0], [X], dtypes=SOME)
moves("split", lambda tf, x: tf.split(x, 3, 1), [X])
case("split, some used", lambda tf, x: tf.split(x, 3, axis=-1)[1] * x, [X], dtypes=SOME)
moves("split sizes", lambda tf, x: tf.split(x, [1, -1, 1], 2), [CUBE])
case("split sizes, one used", lambda tf, x: tf.split(x, [1, 0, 2], 1)[2] * 2, [X], dtypes=SOME)
moves("tile", lambda tf, x: tf.tile(x, [2, 3]), [X], without=("uint16",))
case("tile of tiles", lambda tf, x: tf.tile(x, [1, 2, 1]) * tf.tile(x, [1, 2, 1]), [CUBE], dtypes=DOUBLE)
case("tile by zero", lambda tf, x: tf.tile(x, [0, 3]), [X], dtypes=DOUBLE)
case("repeat", lambda tf, x: tf.repeat(x, 2), [X], dtypes=(*SOME, "int32", "bool"))
case("repeat by a vector", lambda tf, x: tf.repeat(x, [2, 0, 1], axis=1) * 3, [X], dtypes=SOME)
case(
    "repeat rows by a vector", lambda tf, x: tf.repeat(x, [2, 1], axis=0), [X], dtypes=(*SOME, "int8", "bool")
)
case("repeat last axis", lambda tf, x: tf.repeat(x, 3, axis=-1), [X], dtypes=DOUBLE)
moves("pad", lambda tf, x: tf.pad(x, [[1, 0], [2, 1]]), [X])
moves(
    "pad with a constant",
    lambda tf, x: tf.pad(x, [[1, 0], [2, 1]], constant_values=1),
    [X],
    without=("bool",),
)
case(
    "pad with a tensor",
    lambda tf, x, c: tf.pad(x, [[1, 0], [0, 1]], constant_values=c),
    [X, A("normal")],
    dtypes=(*DOUBLE, "complex64"),
)
for mode in ("REFLECT", "SYMMETRIC"):
    moves(f"pad {mode}", lambda tf, x, m=mode: tf.pad(x, [[1, 0], [2, 2]], m), [A("normal", (2, 4))])
    case(
        f"pad {mode} squared",
        lambda tf, x, m=mode: tf.pad(x, [[0, 1], [2, 1]], m) ** 2,
        [A("normal", (2, 3))],
        dtypes=DOUBLE,
    )
case("meshgrid", lambda tf, x, y: tf.meshgrid(x, y), [A("normal", (2,)), A("normal", (3,))])
case(
    "meshgrid ij",
    lambda tf, x, y, z: tf.meshgrid(x, y, z, indexing="ij"),
    [A("normal", (2,)), A("normal", (3,)), A("normal", (1,))],
    dtypes=SOME,
)

# -- creation ------------------------------------------------------------------------------------------------
case("fill", lambda tf, x: tf.fill([2, 3], x), [A("normal")], dtypes=(*INEXACT, "int32", "uint16", "bool"))
case("zeros_like and ones_like", lambda tf, x: [tf.zeros_like(x) * x, tf.ones_like(x) * x], [X], dtypes=SOME)
case("zeros_like, ones_like", lambda tf, x: [tf.zeros_like(x), tf.ones_like(x)], [EDGE], dtypes=ALL, order=0)
case("eye of", lambda tf, x: tf.eye(2, 3, dtype=x.dtype), [A("ones")], dtypes=ALL, order=0)
case(
    "linspace",
    lambda tf, x, y: tf.linspace(x, y, 7),
    [A("normal"), A("normal")],
    dtypes=(*FLOATS, "complex64"),
)
case("linspace of vectors", lambda tf, x, y: tf.linspace(x, y, 4, axis=-1), [A("normal", (2,)), A("normal")])
for num in (0, 1, 2):
    case(
        f"linspace of {num}",
        lambda tf, x, y, n=num: tf.linspace(x, y, n),
        [A("normal"), A("normal")],
        dtypes=DOUBLE,
    )
case(
    "linspace of integers",
    lambda tf, x, y: tf.linspace(x, y, 4),
    [V(-3), V(7)],
    dtypes=("int8", "int32", "int64"),
)
case("linspace long", lambda tf, x: tf.linspace(x, 10.0, 201), [V(-10.0)], dtypes=("float32",))


@script("range, exactly")
def _(tf):
    steps = [(0, 1, 0.1), (0.1, 1.7, 0.3), (5, -3, -0.7), (0, 20, 0.37), (-3, 2, 0.5)]
    return [[tf.range(*s, dtype=d) for s in steps] for d in ("float32", "float64", "float16", "bfloat16")]


# -- blocks of space -----------------------------------------------------------------------------------------
IMAGE = A("normal", (1, 4, 6, 2))
case(
    "space_to_batch_nd",
    lambda tf, x: tf.space_to_batch_nd(x, [2, 3], [[1, 1], [0, 3]]),
    [IMAGE],
    dtypes=DOUBLE,
    rejects=("complex64", "bool"),
)
case(
    "space_to_batch, one axis",
    lambda tf, x: tf.space_to_batch(x, [3], [[2, 0]]),
    [IMAGE],
    dtypes=("float32", "int32"),
)
case(
    "batch_to_space",
    lambda tf, x: tf.batch_to_space(x, [2, 3], [[1, 0], [0, 2]]),
    [A("normal", (6, 2, 2, 1))],
    dtypes=DOUBLE,
)
case(
    "batch_to_space, one axis",
    lambda tf, x: tf.batch_to_space(x, [3], [[0, 1]]),
    [A("normal", (6, 2, 2))],
    dtypes=DOUBLE,
)
case(
    "nn.space_to_depth",
    lambda tf, x: tf.nn.space_to_depth(x, 2),
    [IMAGE],
    dtypes=("float32", "complex64", "int32"),
)
case(
    "nn.depth_to_space",
    lambda tf, x: tf.nn.depth_to_space(x, 2),
    [A("normal", (1, 2, 1, 8))],
    dtypes=("float32", "int32"),
)

# -- counting and searching ----------------------------------------------------------------------------------
KEYS = tuple(d for d in ALL if d not in COMPLEX)
case(
    "unique", lambda tf, x: tf.unique_with_counts(x), [A("ties", (7,))], dtypes=KEYS, rejects=COMPLEX, order=0
)
case(
    "searchsorted",
    lambda tf, x, y: [tf.searchsorted(x, y, side) for side in ("left", "right")],
    [V([[0, 1, 1, 3], [1, 2, 2, 5]]), V([[0, 1, 2], [2, 5, 6]])],
    dtypes=tuple(d for d in KEYS if d != "bool"),
    rejects=("complex64", "bool"),
    order=0,
)
case("one_hot", lambda tf, i: tf.one_hot(i, 3), [I((2, 3), 4)], dtypes=("int32",), order=0)
case(
    "sequence_mask",
    lambda tf, x: tf.sequence_mask(x, 4),
    [V([[0, 2], [3, 5]])],
    dtypes=(*FLOATS, "int32", "int64"),
    order=0,
)
