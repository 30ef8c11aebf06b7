"""Patches of images and volumes, and grey-scale morphology."""

from conformance_kit import DOUBLE, NUMERIC, REALS, A, case, error

X = A("normal", (2, 4, 5, 2))
ONES = [1, 1, 1, 1]


def patches(sizes, strides, rates, padding):
    return lambda tf, x: tf.image.extract_patches(x, sizes, strides, rates, padding)


case(
    "image.extract_patches",
    patches([1, 2, 2, 1], ONES, ONES, "VALID"),
    [A("normal", (1, 3, 3, 2))],
    dtypes=NUMERIC,
    rejects=("bool",),
)
for sizes, strides, rates, padding in (
    ([1, 2, 3, 1], [1, 2, 1, 1], ONES, "SAME"),
    ([1, 3, 3, 1], [1, 2, 2, 1], ONES, "SAME"),
    ([1, 2, 2, 1], ONES, [1, 2, 3, 1], "VALID"),
    ([1, 2, 2, 1], [1, 2, 1, 1], [1, 1, 2, 1], "SAME"),
    ([1, 1, 1, 1], [1, 3, 2, 1], ONES, "VALID"),
):
    case(
        f"extract_patches {sizes} {strides} {rates} {padding}",
        patches(sizes, strides, rates, padding),
        [X],
        dtypes=("float64",),
    )
case(
    "extract_patches squared",
    lambda tf, x: patches([1, 2, 2, 1], ONES, ONES, "SAME")(tf, x * x) ** 2,
    [A("normal", (1, 3, 3, 2))],
    dtypes=("float64",),
)
case(
    "extract_patches of no images",
    patches([1, 2, 2, 1], ONES, ONES, "VALID"),
    [A("normal", (0, 4, 5, 2))],
    dtypes=("float32",),
    order=0,
)
for name, shape, sizes, strides, rates, padding in (
    ("padding", [1, 4, 4, 1], [1, 2, 2, 1], ONES, ONES, "FOO"),
    ("two sizes", [1, 4, 4, 1], [2, 2], ONES, ONES, "SAME"),
    ("size along the batch", [1, 4, 4, 1], [2, 2, 2, 1], ONES, ONES, "SAME"),
    ("size 0", [1, 4, 4, 1], [1, 0, 2, 1], ONES, ONES, "SAME"),
    ("stride 0", [1, 4, 4, 1], [1, 2, 2, 1], [1, 0, 1, 1], ONES, "SAME"),
    ("rate 0", [1, 4, 4, 1], [1, 2, 2, 1], ONES, [1, 0, 1, 1], "SAME"),
    ("no room", [1, 4, 4, 1], [1, 6, 2, 1], ONES, ONES, "VALID"),
    ("rank", [4, 4, 1], [1, 2, 2, 1], ONES, ONES, "SAME"),
    ("int size", [1, 4, 4, 1], 2, ONES, ONES, "SAME"),
):
    error(
        f"extract_patches: {name}",
        lambda tf, n=shape, k=sizes, s=strides, r=rates, p=padding: tf.image.extract_patches(
            tf.ones(n), k, s, r, p
        ),
    )

VOLUME = A("normal", (1, 3, 4, 2, 2))


def volume_patches(ksizes, strides, padding):
    return lambda tf, x: tf.raw_ops.ExtractVolumePatches(
        input=x, ksizes=ksizes, strides=strides, padding=padding
    )


case(
    "ExtractVolumePatches",
    volume_patches([1, 2, 2, 1, 1], [1] * 5, "VALID"),
    [VOLUME],
    dtypes=REALS,
    rejects=("complex64", "bool"),
)
case(
    "ExtractVolumePatches strided",
    volume_patches([1, 2, 3, 2, 1], [1, 2, 1, 2, 1], "SAME"),
    [VOLUME],
    dtypes=("float64",),
)

F = A("normal", (2, 2, 2))


def dilation(strides, padding, rates):
    return lambda tf, x, f: tf.nn.dilation2d(x, f, strides, padding, "NHWC", rates)


case("nn.dilation2d", dilation(ONES, "SAME", ONES), [X, F], dtypes=REALS, rejects=("complex64", "bool"))
for strides, padding, rates in (([1, 2, 1, 1], "VALID", ONES), ([1, 2, 2, 1], "SAME", [1, 1, 2, 1])):
    case(
        f"dilation2d {strides} {padding} {rates}",
        dilation(strides, padding, rates),
        [X, F],
        dtypes=("float64",),
    )
case(
    "dilation2d ties",
    dilation(ONES, "SAME", ONES),
    [A("zeros", (1, 3, 3, 2)), A("zeros", (2, 2, 2))],
    dtypes=DOUBLE,
)
case(
    "dilation2d of no images",
    dilation(ONES, "SAME", ONES),
    [A("normal", (0, 4, 5, 2)), F],
    dtypes=("float32",),
    order=0,
)
case(
    "nn.erosion2d", lambda tf, x, f: tf.nn.erosion2d(x, f, ONES, "SAME", "NHWC", ONES), [X, F], dtypes=DOUBLE
)
case(
    "erosion2d VALID",
    lambda tf, x, f: tf.nn.erosion2d(x, f, [1, 1, 2, 1], "VALID", "NHWC", [1, 2, 1, 1]),
    [X, F],
    dtypes=("float64",),
)
for name, shape, window, strides, padding, form in (
    ("data format", [1, 3, 3, 2], [2, 2, 2], ONES, "SAME", "NCHW"),
    ("rank of filter", [1, 3, 3, 2], [2, 2], ONES, "SAME", "NHWC"),
    ("depth", [1, 3, 3, 2], [2, 2, 1], ONES, "SAME", "NHWC"),
    ("int stride", [1, 3, 3, 2], [2, 2, 2], 1, "SAME", "NHWC"),
    ("two strides", [1, 3, 3, 2], [2, 2, 2], [1, 1], "SAME", "NHWC"),
    ("rank", [3, 3, 2], [2, 2, 2], ONES, "SAME", "NHWC"),
    ("padding", [1, 3, 3, 2], [2, 2, 2], ONES, "FOO", "NHWC"),
):
    error(
        f"dilation2d: {name}",
        lambda tf, n=shape, f=window, s=strides, p=padding, d=form: tf.nn.dilation2d(
            tf.ones(n), tf.ones(f), s, p, d, ONES
        ),
    )
