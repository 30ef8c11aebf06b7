"""`tf.experimental.numpy`: values and gradients, in reverse and in forward mode."""

from conformance_kit import A, I, V, case

F = ("float64",)
FC = ("float64", "complex128")
N = "experimental.numpy."


def one(names, kind="normal", dtypes=F, shape=(2, 3), also=None):
    """Functions of one array."""
    for name in names.split():
        case(N + name, inputs=[A(kind, shape)], dtypes=dtypes, also=also)


def two(names, kind="normal", dtypes=F, also=None):
    """Functions of two arrays, which are broadcast."""
    for name in names.split():
        case(N + name, inputs=[A(kind, (2, 3)), A(kind, (3,))], dtypes=dtypes, also=also)


ZEROS = {"at 0": [V([0.0, -0.0, 1.0, -1.0])]}

one("cos cosh exp expm1 sin sinh tan tanh square negative positive conj conjugate", dtypes=FC)
one("exp2 deg2rad rad2deg sum mean transpose ravel flatten copy cumsum real imag", dtypes=FC)
one("abs absolute fabs sign sinc cbrt fix floor ceil", also=ZEROS)
one("arcsin arccos arctan arctanh arcsinh", "unit")
one("arccosh", "above1")
one("log log10 log1p log2 sqrt reciprocal", "positive", also={"at 0": [V([0.0, 1.0])]})
one("amax amin max min ptp", "ties")
one("prod cumprod", also={"zero": [V([[0.0, 2.0], [3.0, 0.0]])]})
one("std var", also={"equal": [V([2.0, 2.0])]})
one("average nansum nanprod nanmean diff flip fliplr flipud rot90 squeeze sort asarray array")
one("ascontiguousarray asanyarray atleast_1d atleast_2d atleast_3d angle")
one("diag diagflat diagonal trace tril triu vstack hstack dstack stack concatenate")
one("vander", shape=(3,))
case(
    N + "angle complex",
    lambda tf, z: tf.experimental.numpy.angle(z),
    [A("normal", (2,))],
    dtypes=("complex128",),
)
case(
    N + "abs complex", lambda tf, z: tf.experimental.numpy.abs(z), [A("normal", (2,))], dtypes=("complex128",)
)
case(
    N + "sign complex",
    lambda tf, z: tf.experimental.numpy.sign(z),
    [A("normal", (2,))],
    dtypes=("complex128",),
)

two("add subtract multiply divide true_divide", dtypes=FC)
two("maximum minimum", "ties")
two("arctan2 hypot logaddexp logaddexp2 heaviside floor_divide mod remainder divmod")
two("power float_power", "positive", also={"at 0": [V([0.0, 0.0, -1.0, 2.0]), V([0.0, 2.0, 2.0, 0.0])]})
two(
    "allclose array_equal equal greater greater_equal isclose less less_equal logical_and logical_or logical_xor "
    "nextafter not_equal",
    "ties",
)
case(N + "hypot at 0", lambda tf, x: tf.experimental.numpy.hypot(x, x), [V([0.0, 1.0])], dtypes=F)
case(
    N + "logaddexp infinite",
    lambda tf, x, y: tf.experimental.numpy.logaddexp(x, y),
    [V([float("inf"), -float("inf"), 1.0]), V([float("inf"), -float("inf"), -float("inf")])],
    dtypes=F,
)
case(N + "outer", inputs=[A("normal", (2,)), A("normal", (3,))], dtypes=FC)
case(N + "kron", inputs=[A("normal", (2, 2)), A("normal", (1, 3))], dtypes=FC)
case(N + "vdot", inputs=[A("normal", (2, 2)), A("normal", (2, 2))], dtypes=FC)
case(
    N + "dot",
    inputs=[A("normal", (2, 3)), A("normal", (3, 2))],
    dtypes=FC,
    also={"vector": [A("normal", (2, 3)), A("normal", (3,))]},
)
case(
    N + "inner",
    inputs=[A("normal", (2, 3)), A("normal", (4, 3))],
    dtypes=FC,
    also={"scalar": [A("normal", (2,)), A("normal", ())]},
)
case(
    N + "matmul",
    inputs=[A("normal", (2, 3)), A("normal", (3, 2))],
    dtypes=FC,
    also={
        "vector right": [A("normal", (2, 3)), A("normal", (3,))],
        "vector left": [A("normal", (2,)), A("normal", (4, 2, 3))],
        "batch": [A("normal", (2, 2, 3)), A("normal", (3, 1))],
    },
)
case(N + "tensordot", inputs=[A("normal", (2, 3)), A("normal", (2, 3))], dtypes=FC)
case(
    N + "cross",
    inputs=[A("normal", (2, 3)), A("normal", (3,))],
    dtypes=F,
    also={
        "planes": [A("normal", (2,)), A("normal", (4, 2))],
        "mixed": [A("normal", (2,)), A("normal", (4, 3))],
    },
)
case(N + "polyval", inputs=[A("normal", (3,)), A("normal", (2,))], dtypes=FC)
case(
    N + "einsum",
    lambda tf, x, y: tf.experimental.numpy.einsum("ij,jk->ik", x, y),
    [A("normal", (2, 3)), A("normal", (3, 2))],
    dtypes=F,
)
case(N + "append", inputs=[A("normal", (2,)), A("normal", (2, 2))], dtypes=F)
case(
    N + "clip",
    lambda tf, x, a, b: tf.experimental.numpy.clip(x, a, b),
    [V([0.0, 1.0, 2.0, 3.0]), V(1.0), V(2.0)],
    dtypes=F,
)
case(
    N + "where",
    lambda tf, x, y: tf.experimental.numpy.where([True, False, True], x, y),
    [A("normal", (2, 3)), A("normal", (3,))],
    dtypes=F,
)
case(
    N + "select",
    lambda tf, x, y: tf.experimental.numpy.select([x > 0, x < -0.5], [x, y], 1),
    [A("normal", (2, 3)), A("normal", (3,))],
    dtypes=F,
)
case(
    N + "average weighted",
    lambda tf, x, w: tf.experimental.numpy.average(x, 1, w, True),
    [A("normal", (2, 3)), A("positive", (3,))],
    dtypes=F,
)
case(
    N + "linspace",
    lambda tf, a, b: tf.experimental.numpy.linspace(a, b, 4, retstep=True),
    [V(1.0), V(3.0)],
    dtypes=F,
)
case(N + "logspace", lambda tf, a, b: tf.experimental.numpy.logspace(a, b, 4), [V(1.0), V(2.0)], dtypes=F)
case(N + "geomspace", lambda tf, a, b: tf.experimental.numpy.geomspace(a, b, 4), [V(1.0), V(3.0)], dtypes=F)
case(
    N + "meshgrid",
    lambda tf, a, b: tf.experimental.numpy.meshgrid(a, b),
    [A("normal", (2,)), A("normal", (3,))],
    dtypes=F,
)
case(
    N + "broadcast_arrays",
    lambda tf, a, b: tf.experimental.numpy.broadcast_arrays(a, b),
    [A("normal", (2, 1)), A("normal", (3,))],
    dtypes=F,
)
case(
    N + "take",
    lambda tf, x, i: tf.experimental.numpy.take(x, i, 1),
    [A("normal", (2, 3)), I((2,), 3)],
    dtypes=F,
)
case(
    N + "take_along_axis",
    lambda tf, x, i: tf.experimental.numpy.take_along_axis(x, i, 0),
    [A("normal", (2, 3)), I((2, 3), 2)],
    dtypes=F,
)

case(
    N + "polyval of one",
    lambda tf, p, x: tf.experimental.numpy.polyval(p, x),
    [V([2.0]), V([1.0, 2.0])],
    dtypes=F,
)
case(
    N + "polyval matrix",
    lambda tf, p, x: tf.experimental.numpy.polyval(p, x),
    [A("normal", (3, 2)), A("normal", (2, 2))],
    dtypes=F,
)
case(
    N + "compress rows",
    lambda tf, x: tf.experimental.numpy.compress([True, False, True], x, 0),
    [A("normal", (3, 2))],
    dtypes=F,
)
case(
    N + "compress all",
    lambda tf, x: tf.experimental.numpy.compress([True, False, True], x),
    [A("normal", (3, 2))],
    dtypes=F,
)
for _name, _args in (
    ("broadcast_to", ((2, 2, 3),)),
    ("compress", None),
    ("cumprod", (1,)),
    ("cumsum", (0,)),
    ("diff", (1, 0)),
    ("dsplit", None),
    ("expand_dims", (1,)),
    ("full", None),
    ("hsplit", (3,)),
    ("mean", (0,)),
    ("moveaxis", (0, 1)),
    ("nanmean", (1,)),
    ("pad", ([[1, 0], [0, 2]], "reflect")),
    ("repeat", ([2, 1], 0)),
    ("reshape", ((3, 2), "F")),
    ("roll", (1,)),
    ("rot90", (3,)),
    ("sort", (0,)),
    ("split", ([1], 1)),
    ("std", (1,)),
    ("swapaxes", (0, 1)),
    ("tile", ((2, 1),)),
    ("var", (0,)),
    ("vsplit", (2,)),
):
    if _args is not None:
        case(
            f"{N}{_name} with arguments",
            lambda tf, x, n=_name, a=_args: getattr(tf.experimental.numpy, n)(x, *a),
            [A("normal", (2, 3))],
            dtypes=F,
        )
case(
    N + "compress",
    lambda tf, x: tf.experimental.numpy.compress([True, False, True], x, 1),
    [A("normal", (2, 3))],
    dtypes=F,
)
case(N + "dsplit", lambda tf, x: tf.experimental.numpy.dsplit(x, 2), [A("normal", (1, 2, 4))], dtypes=F)
case(N + "full", lambda tf, x: tf.experimental.numpy.full((2, 3), x), [A("normal", (3,))], dtypes=F)
case(N + "full_like", lambda tf, x: tf.experimental.numpy.full_like([[1.0, 2.0]], x), [V(3.0)], dtypes=F)
case(
    N + "array of tensors",
    lambda tf, x, y: tf.experimental.numpy.array([[x, 1], [2, y]]),
    [V(3.0), V(4.0)],
    dtypes=F,
)
case(
    N + "add of two dtypes",
    lambda tf, x, y: tf.experimental.numpy.add(x, y),
    [A("normal", (2,)), A("normal", (2,), "float32")],
    dtypes=F,
)
case(
    N + "multiply of a number",
    lambda tf, x: tf.experimental.numpy.multiply(x, 2),
    [A("normal", (2,))],
    dtypes=("float32", "float16", "bfloat16"),
)
