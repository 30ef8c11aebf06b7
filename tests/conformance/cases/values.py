"""Tensors as values: constants, conversion, cast, truth, iteration, text."""

import numpy as np
from conformance_kit import ALL, COMPLEX, EDGE, FLOATS, INTS, A, V, case, error, raises, script


def attempts(**calls):
    """The outcome of each call by name."""
    return {name: raises(call) for name, call in calls.items()}


# -- constant and convert_to_tensor --------------------------------------------------------------------------
VALUES = {
    "int": 3,
    "negative int": -3,
    "big int": 2**31,
    "bigger int": 2**40,
    "too big int": 2**64,
    "float": 1.5,
    "inf": float("inf"),
    "bool": True,
    "complex": 1 + 2j,
    "str": "text",
    "bytes": b"bytes",
    "None": None,
    "list": [1, 2],
    "mixed list": [1, 2.5],
    "mixed list, float first": [1.5, 2],
    "int and bool": [1, True],
    "bool and int": [True, 1],
    "float and bool": [1.5, True],
    "float and complex": [1.5, 2j],
    "number and str": [1, "a"],
    "list with None": [1.0, None],
    "nested": [[1, 2], [3, 4]],
    "nested tuples": ((1.0, 2.0), (3.0, 4.0)),
    "ragged": [[1], [2, 3]],
    "empty": [],
    "nested empty": [[], []],
    "strings": ["a", "b"],
    "float64 array": np.array([1.5, 2.5]),
    "float32 array": np.array([1.5], np.float32),
    "float16 array": np.array([1.5], np.float16),
    "int64 array": np.array([1, 2]),
    "int32 array": np.array([1], np.int32),
    "uint8 array": np.array([255], np.uint8),
    "bool array": np.array([True, False]),
    "complex array": np.array([1j]),
    "str array": np.array(["a", "b"]),
    "object array": np.array([object()]),
    "empty array": np.zeros((0, 3), np.float32),
    "Fortran order": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "strided array": np.arange(6)[::-2],
    "numpy float64": np.float64(1.5),
    "numpy float32": np.float32(1.5),
    "numpy int64": np.int64(3),
    "numpy bool": np.bool_(True),
    "list of numpy": [np.float32(1.5), np.float32(2.5)],
    "list of numpy float64": [np.float64(1.5)],
    "list of arrays": [np.ones(2), np.zeros(2)],
    "range": range(3),
    "set": {1, 2},
    "dict": {"a": 1},
    "object": object(),
    "type": int,
    "generator": (i for i in range(0)),
}


@script("constant: what becomes of Python and numpy values")
def _(tf):
    return {k: raises(lambda v=v: tf.constant(v)) for k, v in VALUES.items()}


@script("convert_to_tensor: what becomes of Python and numpy values")
def _(tf):
    return {k: raises(lambda v=v: tf.convert_to_tensor(v)) for k, v in VALUES.items()}


@script("Variable: what becomes of Python and numpy values")
def _(tf):
    return {k: raises(lambda v=v: tf.Variable(v)) for k, v in VALUES.items()}


for dtype in (
    "float32",
    "float64",
    "float16",
    "bfloat16",
    "int32",
    "int64",
    "int8",
    "uint8",
    "bool",
    "complex64",
    "string",
):

    @script(f"constant as {dtype}")
    def _(tf, dtype=dtype):
        names = [k for k in VALUES if k not in ("generator", "too big int", "big int", "bigger int")]
        return {k: raises(lambda k=k: tf.constant(VALUES[k], dtype)) for k in names}


@script("constant: with a shape")
def _(tf):
    return attempts(
        fill=lambda: tf.constant(0.5, shape=[2, 3]),
        reshape=lambda: tf.constant([1, 2, 3, 4], shape=(2, 2)),
        scalar=lambda: tf.constant(1, shape=[]),
        one=lambda: tf.constant([7], shape=(2, 2)),
        too_few=lambda: tf.constant([1, 2, 3], shape=(2, 2)),
        too_many=lambda: tf.constant([1, 2, 3], shape=(2,)),
        empty=lambda: tf.constant(1.0, shape=(0, 2)),
        negative=lambda: tf.constant(1.0, shape=(-1,)),
        with_dtype=lambda: tf.constant(1, tf.float64, (2,)),
        named=lambda: tf.constant(1.0, name="c"),
        of_tensor=lambda: tf.constant(tf.ones([2])),
        of_variable=lambda: tf.constant(tf.Variable([1.0])),
        of_tensor_as=lambda: tf.constant(tf.ones([2]), tf.float64),
        of_tensor_shape=lambda: tf.constant(tf.ones([2]), shape=[1, 2]),
        of_tensors=lambda: tf.constant([tf.constant(1.0), tf.constant(2.0)]),
    )


@script("convert_to_tensor: tensors, dtypes and hints")
def _(tf):
    x, v = tf.constant([1.0, 2.0]), tf.Variable([1, 2])
    return attempts(
        same=lambda: tf.convert_to_tensor(x) is x,
        same_dtype=lambda: tf.convert_to_tensor(x, tf.float32),
        other_dtype=lambda: tf.convert_to_tensor(x, tf.float64),
        variable=lambda: tf.convert_to_tensor(v),
        variable_dtype=lambda: tf.convert_to_tensor(v, tf.int64),
        tensors=lambda: tf.convert_to_tensor([x, x]),
        tensors_and_numbers=lambda: tf.convert_to_tensor([x[0], 2.0]),
        tensor_and_int=lambda: tf.convert_to_tensor([x[0], 2]),
        unequal=lambda: tf.convert_to_tensor([x, x[:1]]),
        unequal_dtypes=lambda: tf.convert_to_tensor([x[0], v[0]]),
        variables=lambda: tf.convert_to_tensor([v, v]),
        nested=lambda: tf.convert_to_tensor([[x[0], x[1]], [1.0, 2.0]]),
        hint=lambda: tf.convert_to_tensor([1, 2], dtype_hint=tf.float32),
        hint_fails=lambda: tf.convert_to_tensor([1.5], dtype_hint=tf.int32),
        hint_for_tensor=lambda: tf.convert_to_tensor(x, dtype_hint=tf.float64),
        shape=lambda: tf.convert_to_tensor(tf.TensorShape([2, 3])),
        unknown_shape=lambda: tf.convert_to_tensor(tf.TensorShape([2, None])),
        dtype_name=lambda: tf.convert_to_tensor([1], "float64"),
        numpy_dtype=lambda: tf.convert_to_tensor([1], np.float16),
        python_dtype=lambda: [tf.convert_to_tensor([1], t) for t in (float, int, bool, complex)],
        bad_dtype=lambda: tf.convert_to_tensor([1], "float31"),
        dtype_object=lambda: tf.convert_to_tensor(tf.float32),
    )


@script("tensors in lists under a tape are stacked")
def _(tf):
    x, v = tf.constant(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.convert_to_tensor([[x, v], [1.0, x * v]])
    return y, tape.gradient(y, [x, v])


@script("a constant is a copy of the numpy array")
def _(tf):
    a = np.ones(3, np.float32)
    x, y, v = tf.constant(a), tf.convert_to_tensor(a), tf.Variable(a)
    a[0] = 5.0
    return x, y[1:], v


@script("numpy() of a tensor and what may be written to")
def _(tf):
    x, v = tf.constant([1.0, 2.0]), tf.Variable([1.0, 2.0])
    a = v.numpy()
    a[0] = 7.0
    types = [type(tf.constant(c).numpy()).__name__ for c in (1, 1.5, True, "a", [1], ["a"], 1j)]
    return v, types, x.numpy().flags.writeable, np.asarray(x), np.array(x, copy=True), x.numpy().dtype.name


# -- cast ----------------------------------------------------------------------------------------------------
for to in ALL:
    case(f"cast to {to}", lambda tf, x, to=to: tf.cast(x, to), [V([0, 1, 2, 100])], dtypes=(*FLOATS, *INTS))
for to in ("float32", "float64", "float16", "bfloat16", "complex64", "bool"):
    case(f"cast edges to {to}", lambda tf, x, to=to: tf.cast(x, to), [EDGE], dtypes=FLOATS)
case("cast truncates", lambda tf, x: tf.cast(x, tf.int32), [V([-2.7, -0.5, 0.5, 1.5, 2.7])])
case(
    "cast from bool",
    lambda tf, x: [tf.cast(x, d) for d in ("float32", "int8", "complex64")],
    [A("normal", (4,))],
    dtypes=("bool",),
)
case(
    "cast from complex",
    lambda tf, x: [tf.cast(x, d) for d in ("float32", "complex128")],
    [A("normal", (4,))],
    dtypes=COMPLEX,
)
case(
    "cast wraps",
    lambda tf, x: [tf.cast(x, d) for d in ("int8", "uint8", "int16", "uint32")],
    [V([300, -1, 70000])],
    dtypes=("int32", "int64"),
)
case(
    "saturate_cast",
    lambda tf, x: tf.saturate_cast(x, tf.uint8),
    [V([-5.0, 3.7, 255.0, 300.0])],
    dtypes=("float32", "float64", "int32"),
)


@script("cast: what it takes")
def _(tf):
    x = tf.constant([1.5])
    s = tf.IndexedSlices(tf.ones([1, 2]), tf.constant([0]), tf.constant([3, 2]))
    return attempts(
        number=lambda: tf.cast(1, tf.float32),
        list=lambda: tf.cast([1, 2], "float16"),
        numpy=lambda: tf.cast(np.ones(2), np.float32),
        python_type=lambda: tf.cast(x, int),
        same=lambda: tf.cast(x, tf.float32) is x,
        variable=lambda: tf.cast(tf.Variable([1.5]), tf.int32),
        slices=lambda: tf.cast(s, tf.float64),
        to_string=lambda: tf.cast(x, tf.string),
        from_string=lambda: tf.cast("1", tf.float32),
        none=lambda: tf.cast(None, tf.float32),
        bad=lambda: tf.cast(x, "nothing"),
    )


# -- behaviour -----------------------------------------------------------------------------------------------
@script("truth of a tensor")
def _(tf):
    values = (True, False, 0, 1, 0.0, -2.5, [True], [1.0], [], [True, False], [[1]], "", "a", [0], 0j, 1j)
    tensors = [tf.constant(v) for v in values]
    return [raises(lambda t=t: bool(t)) for t in tensors], [raises(lambda t=t: not t) for t in tensors[:4]]


@script("truth of a Variable")
def _(tf):
    return [raises(lambda v=v: bool(tf.Variable(v))) for v in (True, 0, 1.5, [1.0], [1.0, 2.0])]


@script("int, float, complex, index of a tensor")
def _(tf):
    values = (3, 2.75, True, [4], [1.5], [1, 2], "5", [[6]], -2.75)
    convert = (int, float, complex, lambda t: [10, 20, 30, 40, 50, 60, 70][t], lambda t: list(range(t)))
    return [[raises(lambda f=f, v=v: f(tf.constant(v))) for f in convert] for v in values]


@script("int, float, index of a Variable")
def _(tf):
    convert = (int, float, complex, lambda t: [10, 20, 30, 40][t])
    return [
        [raises(lambda f=f, v=v: f(tf.Variable(v))) for f in convert] for v in (3, 2.75, True, [1], [1, 2])
    ]


@script("hash, ref and membership")
def _(tf):
    x, v = tf.constant(1.0), tf.Variable(1.0)
    return attempts(
        hash_tensor=lambda: hash(x),
        hash_variable=lambda: hash(v),
        as_key=lambda: {x: 1},
        in_set=lambda: {v},
        ref_key=lambda: {x.ref(): 1, v.ref(): 2}[v.ref()],
        ref_same=lambda: x.ref() == x.ref(),
        ref_other=lambda: x.ref() == tf.identity(x).ref(),
        ref_deref=lambda: x.ref().deref() is x,
        variable_deref=lambda: v.ref().deref() is v,
        in_list=lambda: x in [v, x],
        not_in_list=lambda: x in [tf.constant(2.0)],
        vector_in_list=lambda: tf.constant([1.0, 2.0]) in [tf.constant([1.0, 2.0])],
        index=lambda: [tf.constant(2.0), x].index(x),
        number_in_tensor=lambda: 1.0 in tf.constant([1.0, 2.0]),
    )


@script("== and !=")
def _(tf):
    x, v = tf.constant([1.0, 2.0]), tf.Variable([1.0, 3.0])
    return attempts(
        number=lambda: x == 1,
        tensor=lambda: x == tf.constant([1.0, 0.0]),
        variable=lambda: x == v,
        variables=lambda: v == v,
        other_shape=lambda: x == tf.ones([3]),
        not_other_shape=lambda: x != tf.ones([3]),
        other_dtype=lambda: x == tf.constant([1, 2]),
        not_other_dtype=lambda: x != tf.constant([1, 2]),
        none=lambda: x == None,  # noqa: E711
        not_none=lambda: x != None,  # noqa: E711
        variable_none=lambda: v == None,  # noqa: E711
        string=lambda: x == "a",
        object=lambda: x == object(),
        list=lambda: x == [1.0, 5.0],
        array=lambda: x == np.array([1.0, 5.0], np.float32),
        left_array=lambda: np.array([1.0, 5.0], np.float32) == x,
        strings=lambda: tf.constant(["a", "b"]) == "a",
        nan=lambda: tf.constant(float("nan")) == tf.constant(float("nan")),
        broadcast=lambda: tf.ones([2, 1]) == tf.ones([1, 3]),
        type=lambda: x == tf.float32,
    )


@script("iteration, len, unpacking")
def _(tf):
    x, s, v = tf.constant([[1, 2], [3, 4]]), tf.constant(1.0), tf.Variable([1.0, 2.0])

    def unpack():
        a, b = x
        return a, b

    return attempts(
        list=lambda: list(x),
        list_of_variable=lambda: list(v),
        unpack=unpack,
        star=lambda: [*x[0]],
        len=lambda: len(x),
        len_variable=lambda: len(v),
        len_scalar=lambda: len(s),
        iterate_scalar=lambda: list(s),
        iterate_scalar_variable=lambda: list(tf.Variable(1.0)),
        iterate_empty=lambda: list(tf.zeros([0, 2])),
        len_empty=lambda: len(tf.zeros([0, 2])),
        reversed=lambda: list(reversed(x)),
        enumerate=lambda: [(i, t) for i, t in enumerate(x)],
        zip=lambda: [a + b for a, b in zip(x, x, strict=True)],
        sum=lambda: sum(x),
        max=lambda: max(tf.constant([1, 3, 2])),
        contains=lambda: 3 in tf.constant([1, 3]),
        dict=lambda: dict(zip("ab", x, strict=True)),
        sorted=lambda: sorted(tf.constant([3, 1, 2])),
    )


@script("iteration is recorded")
def _(tf):
    x = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.constant(0.0)
        for i, item in enumerate(x):
            y = y + item * item * float(i)
    return tape.gradient(y, x)


@script("tensors do not change")
def _(tf):
    x = tf.constant([1.0, 2.0])

    def assign():
        x[0] = 5.0

    def delete():
        del x[0]

    def attribute():
        x.shape = (2, 1)

    def dtype():
        x.dtype = tf.int32

    return attempts(assign=assign, delete=delete, attribute=attribute, dtype=dtype)


@script("attributes and methods")
def _(tf):
    x, s = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant("text")
    v = tf.Variable([[1, 2]], name="v")
    return attempts(
        shape=lambda: [x.shape, s.shape, v.shape],
        dtype=lambda: [x.dtype, s.dtype, v.dtype],
        ndim=lambda: [x.ndim, s.ndim],
        get_shape=lambda: [x.get_shape(), v.get_shape()],
        rank=lambda: [x.shape.rank, tf.rank(x), v.shape.rank],
        numpy=lambda: [x.numpy(), s.numpy(), v.numpy()],
        tolist=lambda: x.numpy().tolist(),
        name=lambda: x.name,
        op=lambda: x.op,
        graph=lambda: x.graph,
        set_shape=lambda: x.set_shape([2, 2]),
        set_other_shape=lambda: x.set_shape([4]),
        set_partial_shape=lambda: x.set_shape([None, 2]),
        size=lambda: [tf.size(x), tf.size(x, out_type=tf.int64)],
        T=lambda: x.T,
        item=lambda: x.item(),
        sum=lambda: x.sum(),
        mean=lambda: x.mean(),
        reshape=lambda: x.reshape(4),
        astype=lambda: x.astype("int32"),
        unknown=lambda: x.nothing,
        eval=lambda: x.eval(),
        is_tensor=lambda: [tf.is_tensor(t) for t in (x, v, 1.0, [x], np.ones(2), None, tf.float32, s)],
        isinstance=lambda: [isinstance(t, tf.Tensor) for t in (x, v, 1.0, s)],
        variable_type=lambda: [isinstance(t, tf.Variable) for t in (x, v)],
        array_priority=lambda: x.__array_priority__ > 0,
    )


@script("strings")
def _(tf):
    s = tf.constant(["ab", "c"])
    return (
        s,
        s + "!",
        "!" + s,
        s == "ab",
        s[0],
        s.dtype,
        tf.constant(b"x").numpy(),
        tf.constant("é").numpy(),
        s.shape,
    )


error("constant of nothing", lambda tf: tf.constant())
error("constant of an unknown dtype", lambda tf: tf.constant(1, "float31"))
error("Tensor cannot be made by hand", lambda tf: tf.Tensor())
