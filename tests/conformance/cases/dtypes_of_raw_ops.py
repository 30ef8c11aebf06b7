"""tf.raw_ops under older names, and on handles of variables: which dtypes they take, and what they make of them."""

from conformance_kit import raises, script

DTYPES = (
    *(
        "float16",
        "bfloat16",
        "float32",
        "float64",
        "complex64",
        "complex128",
        "int8",
        "int16",
        "int32",
        "int64",
    ),
    *("uint8", "uint16", "uint32", "uint64", "bool"),
)
SLICE = {"begin": [0], "end": [1], "strides": [1]}

VALUES = {
    "Gather": lambda r, x: r.Gather(params=x, indices=[2, 0]),
    "Concat": lambda r, x: r.Concat(concat_dim=0, values=[x, x]),
    "Reverse": lambda r, x: r.Reverse(tensor=x, dims=[True, False]),
    "MatrixDiag": lambda r, x: r.MatrixDiag(diagonal=x),
    "MatrixDiagPartV2": lambda r, x: r.MatrixDiagPartV2(input=x, k=[-1, 1], padding_value=x[0, 0]),
    "MatrixSetDiag": lambda r, x: r.MatrixSetDiag(input=x, diagonal=x[0]),
    "BatchMatMul": lambda r, x: r.BatchMatMul(x=x, y=x),
    "BiasAddV1": lambda r, x: r.BiasAddV1(value=x, bias=x[0]),
    "Div": lambda r, x: r.Div(x=x[:2], y=x[1:2]),
    "Inv": lambda r, x: r.Inv(x=x[:2]),
    "Mod": lambda r, x: r.Mod(x=x[:2], y=x[1:2]),
    "ParallelDynamicStitch": lambda r, x: r.ParallelDynamicStitch(indices=[[0, 1, 2]], data=[x]),
    "PlaceholderWithDefault": lambda r, x: r.PlaceholderWithDefault(input=x, shape=[3, 3]),
    "Snapshot": lambda r, x: r.Snapshot(input=x),
    "TensorStridedSliceUpdate": lambda r, x: r.TensorStridedSliceUpdate(input=x, value=x[1:2], **SLICE),
    "UniqueV2": lambda r, x: r.UniqueV2(x=x, axis=[1]),
    "ListDiff": lambda r, x: r.ListDiff(x=x[0], y=x[0, 1:2]),
    "ToBool": lambda r, x: r.ToBool(input=x[0, 0]),
    "ParallelConcat": lambda r, x: r.ParallelConcat(values=[x[:1], x[1:2]], shape=[2, 3]),
}
CHANGES = {
    "AssignVariableOp": lambda r, h, x: r.AssignVariableOp(resource=h, value=x),
    "AssignAddVariableOp": lambda r, h, x: r.AssignAddVariableOp(resource=h, value=x),
    "ResourceStridedSliceAssign": lambda r, h, x: r.ResourceStridedSliceAssign(ref=h, value=x[1:2], **SLICE),
    **{
        f"ResourceScatter{kind}": lambda r, h, x, kind=kind: getattr(r, f"ResourceScatter{kind}")(
            resource=h, indices=[0], updates=x[1:2]
        )
        for kind in ("Add", "Sub", "Mul", "Div", "Min", "Max", "Update")
    },
    **{
        f"ResourceScatterNd{kind}": lambda r, h, x, kind=kind: getattr(r, f"ResourceScatterNd{kind}")(
            ref=h, indices=[[0]], updates=x[1:2]
        )
        for kind in ("Min", "Max", "Update")
    },
}
TOL = {"float16": 2e-3, "bfloat16": 2e-2, "complex64": 2e-6}


def given(tf, dtype):
    return tf.cast(tf.constant([[1, 2, 3], [4, 5, 6], [7, 8, 0]]), dtype)


for _name, _call in VALUES.items():

    @script(_name, tol=TOL)
    def _(tf, call=_call):
        return {d: raises(lambda d=d: call(tf.raw_ops, given(tf, d))) for d in DTYPES}


for _name, _call in CHANGES.items():

    @script(_name, tol=TOL)
    def _(tf, call=_call):
        found = {}
        for d in DTYPES:
            v = tf.Variable(given(tf, d))
            found[d] = raises(lambda v=v, d=d: call(tf.raw_ops, v.handle, given(tf, d))), v.value()
        return found
