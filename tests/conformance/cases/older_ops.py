"""tf.raw_ops: ops under their older names, and ops that no public function of TensorFlow calls any more."""

from conformance_kit import DOUBLE, EDGE, FLOATS, A, I, case, error, raises, script

X, Y = A("normal", (2, 3)), A("positive", (2, 3))
M, CUBE = A("normal", (3, 4)), A("normal", (2, 3, 4))
IMAGE, C = A("normal", (2, 3, 2, 2)), A("positive", (2,))


def raw(name, *inputs, order=2, label="", dtypes=DOUBLE, also=None, result=None, **attrs):
    """A case for `tf.raw_ops.name`; `inputs` are pairs of an argument's name and its value."""
    keys = [key for key, _ in inputs]

    def call(tf, *tensors):
        found = getattr(tf.raw_ops, name)(**dict(zip(keys, tensors, strict=True)), **attrs)
        return found if result is None else found[result]

    case(
        f"{name}{label}",
        call,
        inputs=[value for _, value in inputs],
        dtypes=dtypes,
        order=order,
        also=also or {},
    )


raw("Gather", ("params", CUBE), ("indices", I((3,), 2)))
raw(
    "Gather",
    ("params", X),
    ("indices", I((2, 2), 2)),
    label=" of a matrix of indices",
    validate_indices=False,
)
case("Concat", lambda tf, x, y: tf.raw_ops.Concat(concat_dim=-1, values=[x, y]), inputs=[X, Y], dtypes=DOUBLE)
raw("Reverse", ("tensor", CUBE), dims=[True, False, True])
raw("MatrixDiag", ("diagonal", X))
raw("MatrixDiagV2", ("diagonal", X), k=[-1, 0], num_rows=3, num_cols=4, padding_value=0.0)
raw("MatrixDiagV2", ("diagonal", X), label=" k=1", k=1, num_rows=-1, num_cols=-1, padding_value=5.0)
raw("MatrixDiagPart", ("input", M))
# With diagonals that differ in length TensorFlow's gradient is that of another alignment: tests/differences.
raw("MatrixDiagPartV2", ("input", M), k=[-1, 0], padding_value=7.0)
raw("MatrixDiagPartV2", ("input", M), label=" k=[-1, 2]", order=0, k=[-1, 2], padding_value=7.0)
raw("MatrixSetDiag", ("input", M), ("diagonal", A("normal", (3,))))
raw("MatrixSetDiagV2", ("input", M), ("diagonal", A("normal", (2, 3))), k=[-1, 0])
raw("BatchMatMul", ("x", A("normal", (2, 2, 3))), ("y", A("normal", (2, 2, 2))), adj_x=True)
raw("BatchMatMul", ("x", A("normal", (2, 3))), ("y", A("normal", (4, 3))), adj_y=True, label=" of matrices")
raw("BiasAddV1", ("value", X), ("bias", A("normal", (3,))))
raw(
    "Div",
    ("x", X),
    ("y", A("positive", (3,))),
    dtypes=[*FLOATS, "complex64"],
    also={"edge": [EDGE, EDGE]},
)
raw("Inv", ("x", Y), dtypes=FLOATS)
raw("InvGrad", ("y", Y), ("dy", X))
raw("Mod", ("x", X), ("y", A("positive", (3,))), order=0, dtypes=["float32", "int32"])
raw("SpaceToBatch", ("input", A("normal", (1, 4, 4, 1))), paddings=[[0, 0], [2, 0]], block_size=2)
raw("BatchToSpace", ("input", A("normal", (4, 2, 2, 1))), crops=[[0, 1], [1, 0]], block_size=2)
POOL = {"ksize": [1, 2, 2, 1], "strides": [1, 1, 1, 1], "padding": "SAME"}
raw("MaxPoolV2", ("input", IMAGE), **POOL)
case(
    "MaxPoolGradV2",
    lambda tf, x, g: tf.raw_ops.MaxPoolGradV2(
        orig_input=x, orig_output=tf.raw_ops.MaxPoolV2(input=x, **POOL), grad=g, **POOL
    ),
    inputs=[IMAGE, A("normal", (2, 3, 2, 2))],
    dtypes=DOUBLE,
)
case(
    "MaxPoolGradGradV2",
    lambda tf, x, g: tf.raw_ops.MaxPoolGradGradV2(
        orig_input=x, orig_output=tf.raw_ops.MaxPoolV2(input=x, **POOL), grad=g, **POOL
    ),
    inputs=[IMAGE, A("normal", (2, 3, 2, 2))],
    dtypes=DOUBLE,
    order=1,
)
for _version in ("", "V2"):
    for _training in (True, False):
        raw(
            f"FusedBatchNorm{_version}",
            ("x", IMAGE),
            ("scale", C),
            ("offset", C),
            ("mean", C),
            ("variance", C),
            label=f" is_training={_training}",
            dtypes=["float32"],
            result=0,
            is_training=_training,
            epsilon=0.01,
        )
        raw(
            f"FusedBatchNormGrad{_version}",
            ("y_backprop", IMAGE),
            ("x", IMAGE),
            ("scale", C),
            ("reserve_space_1", C),
            ("reserve_space_2", C),
            label=f" is_training={_training}",
            dtypes=["float32"],
            result=0,
            order=1,
            is_training=_training,
            epsilon=0.01,
        )
case(
    "ParallelDynamicStitch",
    lambda tf, x, y: tf.raw_ops.ParallelDynamicStitch(indices=[[0, 2], [3, 1]], data=[x, y]),
    inputs=[X, Y],
    dtypes=DOUBLE,
)
raw("PlaceholderWithDefault", ("input", X), shape=[2, 3])
case(
    "Print",
    lambda tf, x, y: tf.raw_ops.Print(input=x, data=[x, y], message="the conformance tests print "),
    inputs=[X, Y],
    dtypes=DOUBLE,
)
raw("Snapshot", ("input", X), order=1)
raw("ApproxTopK", ("input", CUBE), k=2, dtypes=["float32"], result=0)
SLICE = {"begin": [0, 1, 3], "end": [2, 3, 0], "strides": [1, 1, -2]}
raw("TensorStridedSliceUpdate", ("input", CUBE), ("value", A("normal", (2, 2, 2))), **SLICE)
for _shape in ((), (2,), (1, 1, 2), (1, 1, 1, 2, 2), (2, 1, 1)):
    raw(
        "TensorStridedSliceUpdate",
        ("input", CUBE),
        ("value", A("normal", _shape)),
        label=f" by {list(_shape)}",
        order=1,
        **SLICE,
    )
raw(
    "TensorStridedSliceUpdate",
    ("input", CUBE),
    ("value", A("normal", (1, 4))),
    label=" with masks",
    begin=[1, 0, 1],
    end=[2, 0, 3],
    strides=[1, 1, 1],
    shrink_axis_mask=2,
    end_mask=4,
    begin_mask=4,
)
raw("StatelessRandomGammaV2", ("alpha", C), shape=[3, 2], seed=[1, 2], order=1)


@script("StatelessRandomGetKeyCounter and kin")
def _(tf):
    r = tf.raw_ops
    return {
        "key": [r.StatelessRandomGetKeyCounter(seed=seed) for seed in ([1, 2], [0, 0], [-1, 2**31 - 1])],
        "long": r.StatelessRandomGetKeyCounter(seed=tf.constant([2**40, -(2**50)], tf.int64)),
        "with the algorithm": r.StatelessRandomGetKeyCounterAlg(seed=[5, 6]),
        "algorithm": r.StatelessRandomGetAlg(),
        "of one": raises(lambda: r.StatelessRandomGetKeyCounter(seed=[1])),
        "of floats": raises(lambda: r.StatelessRandomGetKeyCounter(seed=[1.0, 2.0])),
    }


NAN = float("nan")
UNIQUE = {
    "a vector": ([3, 1, 3], [0]),
    "no axis": ([3, 1, 3], []),
    "rows": ([[3, 1], [2, 2], [3, 1]], [0]),
    "columns": ([[3, 1, 3], [2, 2, 2]], [1]),
    "from the end": ([[3, 1, 3], [2, 2, 2]], [-1]),
    "a matrix without an axis": ([[3, 1, 3], [2, 2, 2]], []),
    "an axis too many": ([[3, 1, 3], [2, 2, 2]], [2]),
    "an axis as a number": ([[3, 1, 3], [2, 2, 2]], 0),
    "two axes": ([[3, 1, 3], [2, 2, 2]], [0, 1]),
    "strings": ([["a", "b", "a"], ["c", "c", "c"]], [1]),
    "NaN and zeros": ([[3.0, NAN, NAN, 0.0, -0.0]], [1]),
    "booleans": ([[True, False], [True, False]], [0]),
    "a cube": ([[[1, 2], [1, 2]], [[3, 4], [3, 4]]], [1]),
}


@script("UniqueV2 and UniqueWithCountsV2")
def _(tf):
    found = {}
    for name, (x, axis) in UNIQUE.items():
        for op in ("UniqueV2", "UniqueWithCountsV2"):
            call = getattr(tf.raw_ops, op)
            found[f"{op} of {name}"] = raises(lambda call=call, x=x, axis=axis: call(x=x, axis=axis))
    found["empty"] = tf.raw_ops.UniqueV2(x=tf.zeros([0, 3]), axis=[0])
    found["empty rows"] = tf.raw_ops.UniqueWithCountsV2(x=tf.zeros([3, 0]), axis=[0], out_idx=tf.int64)
    found["complex"] = raises(lambda: tf.raw_ops.UniqueV2(x=tf.zeros([2, 2], tf.complex64), axis=[0]))
    return found


BAD = {
    "BatchMatMul: batches": lambda tf, r: r.BatchMatMul(x=tf.ones([2, 2, 2]), y=tf.ones([1, 2, 2])),
    "BatchMatMul: vectors": lambda tf, r: r.BatchMatMul(x=tf.ones([2]), y=tf.ones([2])),
    "BatchMatMul: ranks": lambda tf, r: r.BatchMatMul(x=tf.ones([2, 2, 2]), y=tf.ones([2, 2])),
    "BatchMatMul: sizes": lambda tf, r: r.BatchMatMul(x=tf.ones([2, 2, 2]), y=tf.ones([2, 3, 2])),
    "Concat: axis": lambda tf, r: r.Concat(concat_dim=2, values=[tf.ones([2, 2])] * 2),
    "Concat: shapes": lambda tf, r: r.Concat(concat_dim=0, values=[tf.ones([2, 2]), tf.ones([2, 3])]),
    "Reverse: too few": lambda tf, r: r.Reverse(tensor=tf.ones([2, 2]), dims=[True]),
    "Reverse: a flag": lambda tf, r: r.Reverse(tensor=tf.ones([2, 2]), dims=True),
    "Reverse: numbers": lambda tf, r: r.Reverse(tensor=tf.ones([2, 2]), dims=[1, 0]),
    "Gather: out of range": lambda tf, r: r.Gather(params=tf.ones([2, 2]), indices=[5]),
    "Gather: a scalar": lambda tf, r: r.Gather(params=1.0, indices=[0]),
    "Div: by zero": lambda tf, r: r.Div(x=[1], y=[0]),
    "Div: shapes": lambda tf, r: r.Div(x=[1.0, 2.0], y=[1.0, 2.0, 3.0]),
    "Mod: by zero": lambda tf, r: r.Mod(x=[1], y=[0]),
    "Mod: uint8": lambda tf, r: r.Mod(x=tf.constant([7], tf.uint8), y=tf.constant([2], tf.uint8)),
    "MaxPoolV2: ksize": lambda tf, r: r.MaxPoolV2(
        input=tf.ones([1, 4, 4, 1]), ksize=[1, 2, 2], strides=[1, 1, 1, 1], padding="SAME"
    ),
    "MaxPoolV2: padding": lambda tf, r: r.MaxPoolV2(
        input=tf.ones([1, 4, 4, 1]), ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1], padding="EXPLICIT"
    ),
    "SpaceToBatch: axes": lambda tf, r: r.SpaceToBatch(
        input=tf.ones([1, 4, 4]), paddings=[[0, 0], [0, 0]], block_size=2
    ),
    "SpaceToBatch: size": lambda tf, r: r.SpaceToBatch(
        input=tf.ones([1, 4, 4, 1]), paddings=[[0, 0], [0, 0]], block_size=3
    ),
    "SpaceToBatch: block": lambda tf, r: r.SpaceToBatch(
        input=tf.ones([1, 4, 4, 1]), paddings=[[0, 0], [0, 0]], block_size=1
    ),
    "FusedBatchNorm: float64": lambda tf, r: r.FusedBatchNorm(
        x=tf.ones([1, 2, 2, 1], tf.float64), scale=[1.0], offset=[1.0], mean=[], variance=[]
    ),
    "ApproxTopK: too many": lambda tf, r: r.ApproxTopK(input=[1.0, 2.0], k=7),
    "Assert: false": lambda tf, r: r.Assert(condition=False, data=[[1.0]]),
    "Assert: a vector": lambda tf, r: r.Assert(condition=[True, True], data=[[1.0]]),
    "TensorStridedSliceUpdate: shape": lambda tf, r: r.TensorStridedSliceUpdate(
        input=tf.ones([2, 2]), begin=[0], end=[1], strides=[1], value=tf.ones([3])
    ),
    "TensorStridedSliceUpdate: index": lambda tf, r: r.TensorStridedSliceUpdate(
        input=tf.ones([2, 2]), begin=[5], end=[6], strides=[1], value=1.0, shrink_axis_mask=1
    ),
    "TensorStridedSliceUpdate: dtype": lambda tf, r: r.TensorStridedSliceUpdate(
        input=tf.ones([2, 2]), begin=[0], end=[1], strides=[1], value=tf.constant(1)
    ),
    "MatrixSetDiag: shape": lambda tf, r: r.MatrixSetDiag(input=tf.ones([2, 2]), diagonal=[1.0]),
    "MatrixDiagPart: a vector": lambda tf, r: r.MatrixDiagPart(input=[1.0]),
}
for _name, _call in BAD.items():
    error(_name, lambda tf, _call=_call: _call(tf, tf.raw_ops))


@script("quotients of integers")
def _(tf):
    pairs = ([7, -7], [2, 2]), ([7, -7], [-2, -2])
    found = [(tf.raw_ops.Div(x=x, y=y), tf.raw_ops.Mod(x=x, y=y)) for x, y in pairs]
    return found, tf.raw_ops.Div(x=tf.constant([200], tf.uint8), y=tf.constant([7], tf.uint8))


@script("ops without a result")
def _(tf):
    return tf.raw_ops.Assert(condition=True, data=[[1.0]]), tf.raw_ops.NoOp()


@script("gradients that there are none of")
def _(tf):
    x = tf.constant([[1.0, 2.0]])

    def of(call):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = call(x)
        return raises(lambda: tape.gradient(y, x))

    return {
        "UniqueV2": of(lambda x: tf.raw_ops.UniqueV2(x=x, axis=[0])[0]),
        "Mod": of(lambda x: tf.raw_ops.Mod(x=x, y=x)),
        "Snapshot": of(lambda x: tf.raw_ops.Snapshot(input=x)),
    }


@script("gradients registered for older names")
def _(tf):
    names = (
        "MatrixDiag",
        "BatchMatMul",
        "Gather",
        "FusedBatchNorm",
        "TensorStridedSliceUpdate",
        "ReadVariableOp",
    )
    return [raises(lambda n=n: tf.RegisterGradient(n)(lambda op, g: g)) for n in names]
