"""tf.raw_ops that TensorFlow's own functions and rules use: values, and what they refuse."""

from conformance_kit import raises, script

GRAD = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
SEGMENTS = {
    "rows": ([0, 3, 0, 2], [0, 0, 1, 2]),
    "a segment without rows": ([0, 3], [0, 2]),
    "out of range": ([0, 5], [0, 2]),
    "negative": ([0, -1], [0, 2]),
    "too many segments": ([0, 1], [0, 3]),
    "in no order": ([0, 1], [1, 0]),
    "lengths": ([0, 1, 2], [1, 0]),
    "matrices": ([[0, 1]], [[0, 1]]),
}
for _kind in ("Sum", "Mean", "SqrtN"):

    @script(f"SparseSegment{_kind}Grad")
    def _(tf, kind=_kind):
        dense = getattr(tf.raw_ops, f"SparseSegment{kind}Grad")
        compressed = getattr(tf.raw_ops, f"SparseSegment{kind}GradV2")
        found = {}
        for name, (indices, segments) in SEGMENTS.items():
            places = {"indices": indices, "segment_ids": segments}
            found[name] = [
                raises(lambda p=places: dense(grad=GRAD, output_dim0=4, **p)),
                raises(lambda p=places: compressed(grad=GRAD, dense_output_dim0=4, **p)),
            ]
        for dtype in (tf.float64, tf.float16, tf.bfloat16, tf.int32):
            x = tf.cast(tf.constant(GRAD), dtype)
            places = {
                "indices": tf.constant([1, 0, 1], tf.int64),
                "segment_ids": tf.constant([0, 0, 1], tf.int64),
            }
            found[dtype.name] = [
                raises(lambda x=x, p=places: dense(grad=x, output_dim0=2, **p)),
                raises(lambda x=x, p=places: compressed(grad=x, dense_output_dim0=2, **p)),
            ]
        for size in (-1, [4]):
            found[f"size {size}"] = raises(
                lambda s=size: dense(grad=GRAD, indices=[0], segment_ids=[0], output_dim0=s)
            )
        return found


@script("CholeskyGrad")
def _(tf):
    x = tf.constant([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]], tf.float64)
    factor, call = tf.linalg.cholesky(x), tf.raw_ops.CholeskyGrad
    return {
        "a matrix": call(l=factor, grad=x),
        "float32": call(l=tf.cast(factor, tf.float32), grad=tf.cast(x, tf.float32)),
        "a batch": call(l=tf.stack([factor, factor]), grad=tf.stack([x, factor])),
        "shapes": raises(lambda: call(l=factor, grad=x[:2])),
        "a rectangle": raises(lambda: call(l=x[:2], grad=x[:2])),
        "complex": raises(lambda: call(l=tf.cast(factor, tf.complex64), grad=tf.cast(x, tf.complex64))),
    }


@script("Bincount")
def _(tf):
    call, none = tf.raw_ops.Bincount, tf.constant([], tf.float32)
    return {
        "counts": call(arr=[1, 2, 2], size=4, weights=none),
        "beyond": call(arr=[1, 2, 2], size=2, weights=none),
        "weights": call(arr=[1, 2, 2], size=4, weights=[1.0, 2.0, 3.0]),
        "a matrix": call(arr=[[1, 2], [2, 0]], size=4, weights=[[1, 2], [3, 4]]),
        "int64": call(arr=[1], size=3, weights=tf.constant([], tf.int64)),
        "nothing": call(arr=tf.constant([], tf.int32), size=3, weights=none),
        "negative": raises(lambda: call(arr=[-1], size=4, weights=none)),
        "a negative size": raises(lambda: call(arr=[1], size=-1, weights=none)),
        "too few weights": raises(lambda: call(arr=[1, 2], size=3, weights=[1.0])),
        "a vector of sizes": raises(lambda: call(arr=[1], size=[3], weights=none)),
        "arr of int64": raises(lambda: call(arr=tf.constant([1], tf.int64), size=3, weights=none)),
        "weights of float16": raises(lambda: call(arr=[1], size=3, weights=tf.constant([1.0], tf.float16))),
    }


@script("ListDiff, InTopK, ToBool, ParallelConcat")
def _(tf):
    r = tf.raw_ops
    return {
        "difference": r.ListDiff(x=[1, 2, 3, 2], y=[2]),
        "int64": r.ListDiff(x=[1, 2, 3, 2], y=[2, 9], out_idx=tf.int64),
        "strings": r.ListDiff(x=["a", "b"], y=["a"]),
        "a matrix": raises(lambda: r.ListDiff(x=[[1]], y=[2])),
        "of a matrix": raises(lambda: r.ListDiff(x=[1], y=[[2]])),
        "nothing": r.ListDiff(x=tf.constant([], tf.int32), y=[2]),
        "dtypes": raises(lambda: r.ListDiff(x=tf.constant([1]), y=tf.constant([2.0]))),
        "InTopK": r.InTopK(predictions=GRAD, targets=[0, 1, 1], k=1),
        "InTopK: lengths": raises(lambda: r.InTopK(predictions=GRAD, targets=[0, 1], k=1)),
        "ToBool": [r.ToBool(input=x) for x in (GRAD, 1.0, 0.0, "", "a", tf.zeros([0]), [0], True, 0)],
        "ParallelConcat": r.ParallelConcat(values=[GRAD[:1], GRAD[1:2]], shape=[2, 2]),
        "ParallelConcat of two rows each": raises(
            lambda: r.ParallelConcat(values=[GRAD, GRAD], shape=[6, 2])
        ),
    }
