"""extract_volume_patches, and numbers in other layouts: Bucketize, DataFormatVecPermute, DataFormatDimMap."""

from conformance_kit import A, case, raises, script

VOLUME = A("normal", (1, 2, 3, 4, 2))
for padding in ("SAME", "VALID"):
    case(
        f"extract_volume_patches {padding}",
        lambda tf, x, p=padding: tf.extract_volume_patches(x, [1, 1, 2, 3, 1], [1, 1, 2, 1, 1], p),
        inputs=[VOLUME],
        dtypes=["float32", "float64"],
    )


@script("extract_volume_patches: what is refused")
def _(tf):
    x, patches = tf.zeros([1, 2, 3, 4, 1]), tf.extract_volume_patches
    return [
        raises(lambda: patches(x[0], [1, 1, 2, 2, 1], [1] * 5, "VALID")),
        raises(lambda: patches(x, [1, 1, 2, 2], [1] * 5, "VALID")),
        raises(lambda: patches(x, [1, 1, 2, 2, 1], [1] * 4, "VALID")),
        raises(lambda: patches(x, [1, 1, 2, 2, 1], [1] * 5, "OTHER")),
        raises(lambda: patches(x, 2, [1] * 5, "VALID")),
    ]


@script("raw Bucketize")
def _(tf):
    bucketize, edges = tf.raw_ops.Bucketize, [0.0, 10.0, 50.0]
    return {
        "int32": bucketize(input=[-5, 10, 3, 100], boundaries=edges),
        "int64": bucketize(input=tf.constant([[0, 50]], tf.int64), boundaries=edges),
        "float32": bucketize(input=[[-5.0, 10.0, float("nan"), float("inf")]], boundaries=edges),
        "float64": bucketize(input=tf.constant(9.999, tf.float64), boundaries=edges),
        "none": bucketize(input=[1.0], boundaries=[]),
        "unsorted": raises(lambda: bucketize(input=[1.0], boundaries=[3.0, 1.0])),
        "half": raises(lambda: bucketize(input=tf.zeros([1], tf.float16), boundaries=edges)),
    }


@script("raw DataFormatVecPermute and DataFormatDimMap")
def _(tf):
    permute, dim_map = tf.raw_ops.DataFormatVecPermute, tf.raw_ops.DataFormatDimMap
    pairs = [[1, 2], [3, 4], [5, 6], [7, 8]]
    back = {"src_format": "NCHW", "dst_format": "NHWC"}
    return {
        "four": permute(x=[1, 2, 3, 4]),
        "pairs": permute(x=pairs, **back),
        "two": permute(x=[7, 8]),
        "int64": permute(x=tf.constant([1, 2, 3, 4], tf.int64), src_format="NHWC", dst_format="HWNC"),
        "three": raises(lambda: permute(x=[7, 8, 9])),
        "floats": raises(lambda: permute(x=[1.0, 2.0, 3.0, 4.0])),
        "rank": raises(lambda: permute(x=[[pairs]])),
        "letters": raises(lambda: permute(x=[1, 2, 3, 4], src_format="NHWC", dst_format="NCHX")),
        "map": dim_map(x=[[0, 1, 2], [3, -1, -4]]),
        "map back": dim_map(x=[0, 1, 2, 3], **back),
    }
