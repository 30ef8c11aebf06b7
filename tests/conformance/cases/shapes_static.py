"""tf.TensorShape, tf.DType, tf.TensorSpec, tf.IndexedSlices as Python objects."""

from conformance_kit import error, raises, script


def attempts(**calls):
    return {name: raises(call) for name, call in calls.items()}


@script("TensorShape: construction")
def _(tf):
    S = tf.TensorShape
    return attempts(
        list=lambda: S([1, 2]),
        tuple=lambda: S((3,)),
        empty=lambda: S([]),
        unknown=lambda: S(None),
        partly=lambda: S([None, 2]),
        int=lambda: S(3),
        shape=lambda: S(S([1, 2])),
        tensor=lambda: S(tf.constant([2, 3])),
        numpy=lambda: S(tf.constant([2, 3]).numpy()),
        negative=lambda: S([-1]),
        float=lambda: S([1.5]),
        text=lambda: S("ab"),
        nested=lambda: S([[1]]),
        bool=lambda: S([True]),
        string_number=lambda: S(["3"]),
        of_tensor=lambda: tf.ones([2, 3]).shape,
    )


@script("TensorShape: as a sequence")
def _(tf):
    s, u, p = tf.TensorShape([2, 3, 4]), tf.TensorShape(None), tf.TensorShape([None, 3])
    return attempts(
        len=lambda: len(s),
        len_unknown=lambda: len(u),
        item=lambda: [s[0], s[-1], p[0]],
        item_unknown=lambda: u[0],
        out_of_range=lambda: s[3],
        slice=lambda: [s[1:], s[::-1], u[1:], s[:-1], s[:0]],
        iterate=lambda: [list(s), list(p), tuple(s)],
        iterate_unknown=lambda: list(u),
        unpack=lambda: [*s],
        contains=lambda: [3 in s, 9 in s, None in p],
        bool=lambda: [bool(s), bool(u), bool(tf.TensorShape([]))],
        types=lambda: [type(d).__name__ for d in p],
        index=lambda: s.index(3),
        reversed=lambda: list(reversed(s)),
        sum=lambda: sum(s),
    )


@script("TensorShape: comparison")
def _(tf):
    s, u, p = tf.TensorShape([2, 3]), tf.TensorShape(None), tf.TensorShape([None, 3])
    others = (
        s,
        u,
        p,
        [2, 3],
        (2, 3),
        [2],
        None,
        6,
        "a",
        tf.TensorShape([2, 3]),
        tf.constant([2, 3]),
        [None, 3],
    )
    return [
        [raises(lambda a=a, b=b: a == b), raises(lambda a=a, b=b: a != b)] for a in (s, u, p) for b in others
    ]


@script("TensorShape: hash")
def _(tf):
    s = tf.TensorShape([2, 3])
    return raises(lambda: [{s: 1}[tf.TensorShape([2, 3])]]), raises(
        lambda: [hash(tf.TensorShape(None)) is not None]
    )


@script("TensorShape: arithmetic")
def _(tf):
    s, u, p = tf.TensorShape([2, 3]), tf.TensorShape(None), tf.TensorShape([None, 3])
    one, four = [1], [4]
    return attempts(
        add=lambda: [s + four, s + p, s + u, one + s, tuple(one) + s, s + four + one],
        concatenate=lambda: [s.concatenate([4]), s.concatenate(u), p.concatenate(s)],
        merge=lambda: [s.merge_with(p), p.merge_with(s), u.merge_with(s)],
        merge_other=lambda: s.merge_with([2, 4]),
        merge_rank=lambda: s.merge_with([2]),
        most_specific=lambda: [
            s.most_specific_compatible_shape([2, 4]),
            s.most_specific_compatible_shape([2]),
            s.most_specific_compatible_shape(s),
        ],
        multiply=lambda: s * 2,
    )


@script("TensorShape: questions")
def _(tf):
    shapes = [tf.TensorShape(x) for x in ([2, 3], None, [None, 3], [], [0, 2])]
    questions = {
        "rank": lambda s: s.rank,
        "ndims": lambda s: s.ndims,
        "dims": lambda s: s.dims is None,
        "as_list": lambda s: s.as_list(),
        "num_elements": lambda s: s.num_elements(),
        "defined": lambda s: s.is_fully_defined(),
        "assert_defined": lambda s: s.assert_is_fully_defined(),
        "has_rank": lambda s: s.assert_has_rank(2),
        "with_rank": lambda s: s.with_rank(2),
        "at_least": lambda s: s.with_rank_at_least(1),
        "at_most": lambda s: s.with_rank_at_most(1),
        "compatible": lambda s: [s.is_compatible_with(t) for t in ([2, 3], [None, None], [2], None, [])],
        "same_rank": lambda s: s.assert_same_rank([1, 2]),
        "assert_compatible": lambda s: s.assert_is_compatible_with([2, 3]),
        "subtype": lambda s: s.is_subtype_of(tf.TensorShape([None, None])),
        "str": lambda s: str(s),
        "repr": lambda s: repr(s),
        "tensor": lambda s: tf.convert_to_tensor(s),
        "zeros": lambda s: tf.zeros(s),
        "format": lambda s: f"{s}",
    }
    return {k: [raises(lambda q=q, s=s: q(s)) for s in shapes] for k, q in questions.items()}


@script("shapes as arguments")
def _(tf):
    x = tf.range(6.0)
    return attempts(
        shape_of=lambda: tf.reshape(x, tf.ones([2, 3]).shape),
        tensor=lambda: tf.reshape(x, tf.constant([3, 2])),
        slices=lambda: tf.reshape(x, [tf.ones([2, 3]).shape[0], -1]),
        of_tensors=lambda: tf.reshape(x, [tf.constant(2), tf.constant(3)]),
        mixed=lambda: tf.reshape(x, [tf.shape(tf.ones([2, 3]))[0], 3]),
        concatenated=lambda: tf.zeros(tf.TensorShape([2]).concatenate([3])),
        broadcast_static=lambda: tf.broadcast_static_shape(tf.TensorShape([2, 1]), tf.TensorShape([3])),
        broadcast_static_bad=lambda: tf.broadcast_static_shape(tf.TensorShape([2]), tf.TensorShape([3])),
        broadcast_dynamic=lambda: tf.broadcast_dynamic_shape([2, 1], [3]),
        shape=lambda: [tf.shape(x), tf.shape(x, out_type=tf.int64), tf.shape(1.0), tf.shape([[1, 2]])],
        shape_n=lambda: tf.shape_n([x, tf.ones([2, 2])]),
        ensure=lambda: [tf.ensure_shape(x, [6]), tf.ensure_shape(x, [None])],
        ensure_bad=lambda: tf.ensure_shape(x, [5]),
        unknown_zeros=lambda: tf.zeros(tf.TensorShape([None])),
    )


DTYPES = ["float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16"]
DTYPES += ["uint32", "uint64", "bool", "complex64", "complex128", "string"]


@script("DType: what it says of itself")
def _(tf):
    questions = {
        "name": lambda d: d.name,
        "repr": lambda d: repr(d),
        "str": lambda d: str(d),
        "size": lambda d: d.size,
        "floating": lambda d: d.is_floating,
        "integer": lambda d: d.is_integer,
        "complex": lambda d: d.is_complex,
        "unsigned": lambda d: d.is_unsigned,
        "bool": lambda d: d.is_bool,
        "numpy": lambda d: d.is_numpy_compatible,
        "quantized": lambda d: d.is_quantized,
        "real": lambda d: d.real_dtype,
        "base": lambda d: d.base_dtype,
        "min": lambda d: d.min,
        "max": lambda d: d.max,
        "limits": lambda d: d.limits,
        "enum": lambda d: d.as_datatype_enum,
        "as_numpy": lambda d: d.as_numpy_dtype.__name__,
        "hash": lambda d: {d: 1}[d],
        "compatible": lambda d: [d.is_compatible_with(tf.float32), d.is_compatible_with(d)],
    }
    return {k: [raises(lambda n=n, q=q: q(getattr(tf, n))) for n in DTYPES] for k, q in questions.items()}


@script("DType: comparison")
def _(tf):
    import numpy as np

    others = (
        tf.float32,
        tf.float64,
        "float32",
        "float64",
        np.float32,
        np.dtype("float32"),
        float,
        1,
        None,
        "nothing",
        object(),
    )
    return [[raises(lambda o=o: tf.float32 == o), raises(lambda o=o: tf.float32 != o)] for o in others]


@script("as_dtype")
def _(tf):
    import numpy as np

    things = (
        "float32",
        "float",
        "double",
        "half",
        "int32",
        "bool",
        "string",
        "complex64",
        np.float16,
        np.int64,
    )
    things += (
        np.dtype("uint8"),
        float,
        int,
        bool,
        complex,
        str,
        tf.int8,
        1,
        3,
        "nothing",
        None,
        object(),
        np.str_,
        [],
    )
    return (
        [raises(lambda t=t: tf.as_dtype(t)) for t in things],
        tf.half is tf.float16,
        tf.double is tf.float64,
    )


@script("dtype arguments")
def _(tf):
    import numpy as np

    kinds = (tf.float64, "float64", np.float64, np.dtype("float64"), float, int, bool, "nothing", 1.5, None)
    return [raises(lambda k=k: tf.zeros([1], k)) for k in kinds] + [
        raises(lambda k=k: tf.constant(1, k)) for k in kinds
    ]


@script("TensorSpec")
def _(tf):
    s = tf.TensorSpec([None, 2], tf.float32, name="x")
    return attempts(
        parts=lambda: [s.shape, s.dtype, s.name],
        repr=lambda: [repr(s), repr(tf.TensorSpec([2])), repr(tf.TensorSpec(None, tf.int32))],
        equal=lambda: [s == tf.TensorSpec([None, 2], tf.float32, "x"), s == tf.TensorSpec([None, 2]), s != s],
        compatible=lambda: [s.is_compatible_with(tf.ones([5, 2])), s.is_compatible_with(tf.ones([2]))],
        from_tensor=lambda: repr(tf.TensorSpec.from_tensor(tf.ones([2]))),
        default=lambda: [tf.TensorSpec([1]).dtype, tf.TensorSpec([1]).name],
        hash=lambda: {s: 1}[tf.TensorSpec([None, 2], tf.float32, "x")],
    )


@script("IndexedSlices")
def _(tf):
    s = tf.IndexedSlices(tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant([0, 0]), tf.constant([3, 2]))
    no_shape = tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([1]))
    return attempts(
        parts=lambda: [
            s.values,
            s.indices,
            s.dense_shape,
            s.dtype,
            s.shape,
            no_shape.shape,
            no_shape.dense_shape,
        ],
        dense=lambda: tf.convert_to_tensor(s),
        dense_dtype=lambda: tf.convert_to_tensor(s, tf.float64),
        no_dense=lambda: tf.convert_to_tensor(no_shape),
        neg=lambda: -s,
        add=lambda: s + 1.0,
        mul=lambda: s * 2.0,
        sum=lambda: tf.reduce_sum(s),
        identity=lambda: tf.identity(s),
        is_tensor=lambda: tf.is_tensor(s),
        len=lambda: len(s),
        text=lambda: str(s).split("(")[0],
        int64=lambda: tf.convert_to_tensor(
            tf.IndexedSlices(tf.ones([1, 2]), tf.constant([1], tf.int64), tf.constant([2, 2], tf.int64))
        ),
    )


error("TensorShape of nothing", lambda tf: tf.TensorShape())
error("TensorSpec of nothing", lambda tf: tf.TensorSpec())
