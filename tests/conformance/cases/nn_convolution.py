"""Convolutions: padding, strides, dilations, groups, transposed and depthwise ones, two derivatives, errors.

The recording ran on a CPU, where TensorFlow has no gradients of grouped or dilated convolutions and no channels-first
kernels: those are compared with torch.autograd in tests/ops.
"""

from conformance_kit import DOUBLE, FLOATS, A, V, case, error

X = A("normal", (2, 4, 5, 3))
W = A("normal", (3, 2, 3, 2))
HALF_TOL = {
    "tol": {"bfloat16": 8e-2, "float16": 1e-2},
    "why": "sums of many products, rounded in another order",
}


def conv2d(strides, padding, **options):
    return lambda tf, x, w: tf.nn.conv2d(x, w, strides, padding, **options)


case("nn.conv2d", conv2d(1, "SAME"), [X, W], rejects=("int8", "int64", "complex64", "bool"), **HALF_TOL)
case("conv2d of ints", conv2d(1, "SAME"), [X, W], dtypes=("int32",))
for padding in ("SAME", "VALID"):
    for strides in (1, 2, [1, 2], [2, 3], [1, 3, 1, 1]):
        case(f"conv2d {padding} {strides}", conv2d(strides, padding), [X, W], dtypes=("float64",))
    for height, width in ((1, 1), (2, 2), (3, 3), (4, 1), (1, 5)):
        case(
            f"conv2d {padding} window {height}x{width}",
            conv2d(2, padding),
            [X, A("normal", (height, width, 3, 2))],
            dtypes=("float64",),
        )
for padding in (
    [[0, 0], [1, 1], [1, 1], [0, 0]],
    [[0, 0], [2, 0], [0, 3], [0, 0]],
    [[0, 0], [0, 0], [4, 4], [0, 0]],
):
    case(f"conv2d explicit {padding}", conv2d([1, 2], padding), [X, W], dtypes=("float64",))
case("conv2d dilated", conv2d(1, "SAME", dilations=2), [X, W], dtypes=DOUBLE, order=0)
case("conv2d dilated by axis", conv2d(1, "VALID", dilations=[1, 1, 3, 1]), [X, W], dtypes=DOUBLE, order=0)
case("conv2d dilated and strided", conv2d(2, "SAME", dilations=[1, 2, 2, 1]), [X, W], dtypes=DOUBLE, order=0)
case(
    "conv2d grouped",
    conv2d(1, "SAME"),
    [A("normal", (2, 4, 5, 4)), A("normal", (2, 2, 2, 6))],
    dtypes=DOUBLE,
    order=0,
)
case("conv2d without examples", conv2d(1, "SAME"), [A("normal", (0, 4, 5, 3)), W], dtypes=DOUBLE)
case("conv2d without rows", conv2d(1, "SAME"), [A("normal", (2, 0, 5, 3)), W], dtypes=("float32",), order=0)
case(
    "conv2d without output", conv2d(1, "VALID"), [A("normal", (2, 2, 5, 3)), W], dtypes=("float32",), order=0
)
case("conv2d two batch axes", conv2d(1, "SAME"), [A("normal", (2, 1, 3, 3, 3)), W], dtypes=DOUBLE)
case("conv2d of a Variable", conv2d(1, "SAME"), [X, A("normal", (3, 2, 3, 2), var=True)], dtypes=("float32",))
case("conv2d strides None", conv2d(None, "SAME"), [X, W], dtypes=("float32",), order=1)
case(
    "conv2d squared",
    lambda tf, x, w: tf.nn.conv2d(x * x, w, 1, "SAME") ** 2,
    [A("normal", (1, 3, 3, 2)), A("normal", (2, 2, 2, 2))],
    dtypes=("float64",),
)

IMAGE, FILTER = [1, 4, 5, 3], [3, 2, 3, 2]
for name, image, window, strides, padding, options in (
    ("three strides", IMAGE, FILTER, [1, 2, 3], "SAME", {}),
    ("stride 0", IMAGE, FILTER, 0, "SAME", {}),
    ("stride -1", IMAGE, FILTER, -1, "SAME", {}),
    ("batch stride", IMAGE, FILTER, [2, 1, 1, 1], "SAME", {}),
    ("channel stride", IMAGE, FILTER, [1, 1, 1, 2], "SAME", {}),
    ("padding same", IMAGE, FILTER, 1, "same", {}),
    ("padding EXPLICIT", IMAGE, FILTER, 1, "EXPLICIT", {}),
    ("padding None", IMAGE, FILTER, 1, None, {}),
    ("padding 1", IMAGE, FILTER, 1, 1, {}),
    ("padding ints", IMAGE, FILTER, 1, [1, 1], {}),
    ("padding two pairs", IMAGE, FILTER, 1, [[1, 1], [1, 1]], {}),
    ("padding negative", IMAGE, FILTER, 1, [[0, 0], [-1, 1], [0, 0], [0, 0]], {}),
    ("padding of the batch", IMAGE, FILTER, 1, [[1, 0], [0, 0], [0, 0], [0, 0]], {}),
    ("padding of channels", IMAGE, FILTER, 1, [[0, 0], [0, 0], [0, 0], [0, 1]], {}),
    ("depth", IMAGE, [3, 2, 2, 2], 1, "SAME", {}),
    ("groups", [1, 4, 5, 4], [3, 2, 2, 3], 1, "SAME", {}),
    ("rank of input", [4, 5, 3], FILTER, 1, "SAME", {}),
    ("rank of filter", IMAGE, [2, 3, 2], 1, "SAME", {}),
    ("dilation 0", IMAGE, FILTER, 1, "SAME", {"dilations": 0}),
    ("batch dilation", IMAGE, FILTER, 1, "SAME", {"dilations": [2, 1, 1, 1]}),
    ("no room", [1, 1, 5, 3], FILTER, 1, "VALID", {}),
    ("data format", IMAGE, FILTER, 1, "SAME", {"data_format": "XX"}),
    ("no window", IMAGE, [0, 2, 3, 2], 1, "SAME", {}),
    ("no filter depth", [1, 4, 5, 0], [3, 2, 0, 2], 1, "SAME", {}),
):
    error(
        f"conv2d: {name}",
        lambda tf, i=image, f=window, s=strides, p=padding, o=options: tf.nn.conv2d(
            tf.ones(i), tf.ones(f), s, p, **o
        ),
    )
error("conv2d: dtypes", lambda tf: tf.nn.conv2d(tf.ones(IMAGE), tf.ones(FILTER, tf.float64), 1, "SAME"))
error(
    "conv2d: stride tensor", lambda tf: tf.nn.conv2d(tf.ones(IMAGE), tf.ones(FILTER), tf.constant(1), "SAME")
)

# one axis
L, WL = A("normal", (2, 5, 3)), A("normal", (2, 3, 2))
case("nn.conv1d", lambda tf, x, w: tf.nn.conv1d(x, w, 1, "SAME"), [L, WL], **HALF_TOL)
for stride, padding in ((2, "SAME"), (3, "VALID"), ([2], "SAME"), ([1, 2, 1], "VALID")):
    case(
        f"conv1d {stride} {padding}",
        lambda tf, x, w, s=stride, p=padding: tf.nn.conv1d(x, w, s, p),
        [L, WL],
        dtypes=("float64",),
    )
case(
    "conv1d dilated",
    lambda tf, x, w: tf.nn.conv1d(x, w, 1, "VALID", dilations=2),
    [L, WL],
    dtypes=DOUBLE,
    order=0,
)
case(
    "conv1d two batch axes",
    lambda tf, x, w: tf.nn.conv1d(x, w, 1, "SAME"),
    [A("normal", (2, 1, 5, 3)), WL],
    dtypes=DOUBLE,
)
error("conv1d: strides", lambda tf: tf.nn.conv1d(tf.ones([1, 5, 3]), tf.ones([2, 3, 2]), [1, 2], "SAME"))
error(
    "conv1d: data format",
    lambda tf: tf.nn.conv1d(tf.ones([1, 5, 3]), tf.ones([2, 3, 2]), 1, "SAME", data_format="X"),
)
error(
    "conv1d: padding list", lambda tf: tf.nn.conv1d(tf.ones([1, 5, 3]), tf.ones([2, 3, 2]), 1, [[0, 0]] * 3)
)
error("conv1d: rank", lambda tf: tf.nn.conv1d(tf.ones([5, 3]), tf.ones([2, 3, 2]), 1, "SAME"))
error("conv1d: depth", lambda tf: tf.nn.conv1d(tf.ones([1, 5, 3]), tf.ones([2, 2, 2]), 1, "SAME"))

# three axes
VOLUME, WV = A("normal", (1, 3, 3, 4, 2)), A("normal", (2, 2, 3, 2, 2))
case(
    "nn.conv3d",
    lambda tf, x, w: tf.nn.conv3d(x, w, [1] * 5, "SAME"),
    [VOLUME, WV],
    dtypes=DOUBLE,
    rejects=("int32",),
)
for strides, padding in (([1, 2, 2, 2, 1], "SAME"), ([1, 2, 1, 1, 1], "VALID"), ([1, 1, 3, 2, 1], "SAME")):
    case(
        f"conv3d {strides} {padding}",
        lambda tf, x, w, s=strides, p=padding: tf.nn.conv3d(x, w, s, p),
        [VOLUME, WV],
        dtypes=("float64",),
    )
error(
    "conv3d: int stride",
    lambda tf: tf.nn.conv3d(tf.ones([1, 2, 2, 2, 1]), tf.ones([1, 1, 1, 1, 1]), 1, "SAME"),
)
error(
    "conv3d: three strides",
    lambda tf: tf.nn.conv3d(tf.ones([1, 2, 2, 2, 1]), tf.ones([1, 1, 1, 1, 1]), [1] * 3, "SAME"),
)
error(
    "conv3d: padding list",
    lambda tf: tf.nn.conv3d(tf.ones([1, 2, 2, 2, 1]), tf.ones([1, 1, 1, 1, 1]), [1] * 5, [[0, 0]] * 5),
)
error(
    "conv3d: rank", lambda tf: tf.nn.conv3d(tf.ones([2, 2, 2, 1]), tf.ones([1, 1, 1, 1, 1]), [1] * 5, "SAME")
)

# transposed
Y = A("normal", (2, 3, 3, 2))


def transposed(shape, strides, padding="SAME", **options):
    return lambda tf, y, w: tf.nn.conv2d_transpose(y, w, shape, strides, padding, **options)


case("nn.conv2d_transpose", transposed([2, 6, 5, 3], 2), [Y, W], **HALF_TOL)
for shape, strides, padding in (
    ([2, 3, 3, 3], 1, "SAME"),
    ([2, 5, 4, 3], 1, "VALID"),
    ([2, 7, 6, 3], 2, "VALID"),
    ([2, 8, 7, 3], 2, "VALID"),
    ([2, 3, 9, 3], [1, 3], "SAME"),
    ([2, 7, 3, 3], [1, 3, 1, 1], [[0, 0], [1, 1], [0, 1], [0, 0]]),
):
    case(
        f"conv2d_transpose {shape} {strides} {padding}",
        transposed(shape, strides, padding),
        [Y, W],
        dtypes=("float64",),
    )
case(
    "conv2d_transpose shape tensor",
    lambda tf, y, w: tf.nn.conv2d_transpose(y, w, tf.constant([2, 3, 3, 3]), 1),
    [Y, W],
    dtypes=("float32",),
    order=1,
)
for name, shape, image, window, strides, padding in (
    ("too small", [1, 4, 6, 3], [1, 3, 3, 2], FILTER, 2, "SAME"),
    ("too large", [1, 9, 6, 3], [1, 3, 3, 2], FILTER, 2, "VALID"),
    ("batch", [2, 6, 6, 3], [1, 3, 3, 2], FILTER, 2, "SAME"),
    ("depth", [1, 6, 6, 4], [1, 3, 3, 2], FILTER, 2, "SAME"),
    ("three sizes", [6, 6, 3], [1, 3, 3, 2], FILTER, 2, "SAME"),
    ("rank", [1, 6, 6, 3], [3, 3, 2], FILTER, 2, "SAME"),
    ("out depth", [1, 6, 6, 3], [1, 3, 3, 3], FILTER, 2, "SAME"),
    ("no shape", None, [1, 3, 3, 2], FILTER, 2, "SAME"),
    ("padding", [1, 6, 6, 3], [1, 3, 3, 2], FILTER, 2, "FOO"),
    ("strides", [1, 6, 6, 3], [1, 3, 3, 2], FILTER, [1, 2, 3], "SAME"),
):
    error(
        f"conv2d_transpose: {name}",
        lambda tf, n=shape, i=image, f=window, s=strides, p=padding: tf.nn.conv2d_transpose(
            tf.ones(i), tf.ones(f), n, s, p
        ),
    )
case(
    "nn.conv1d_transpose",
    lambda tf, y, w: tf.nn.conv1d_transpose(y, w, [2, 8, 3], 2),
    [A("normal", (2, 4, 2)), WL],
    dtypes=DOUBLE,
)
case(
    "conv1d_transpose VALID",
    lambda tf, y, w: tf.nn.conv1d_transpose(y, w, [2, 6, 3], [1], "VALID"),
    [A("normal", (2, 5, 2)), WL],
    dtypes=("float64",),
)
error(
    "conv1d_transpose: data format",
    lambda tf: tf.nn.conv1d_transpose(tf.ones([1, 2, 1]), tf.ones([2, 1, 1]), [1, 4, 1], 2, data_format="X"),
)
case(
    "nn.conv3d_transpose",
    lambda tf, y, w: tf.nn.conv3d_transpose(y, w, [1, 2, 4, 6, 2], [1, 2, 2]),
    [A("normal", (1, 2, 2, 3, 2)), WV],
    dtypes=DOUBLE,
)
case(
    "nn.conv_transpose",
    lambda tf, y, w: tf.nn.conv_transpose(y, w, [2, 6, 5, 3], 2),
    [Y, W],
    dtypes=("float64",),
)
case(
    "conv_transpose 1d",
    lambda tf, y, w: tf.nn.conv_transpose(y, w, [2, 8, 3], [2]),
    [A("normal", (2, 4, 2)), WL],
    dtypes=("float64",),
    order=1,
)
error(
    "conv_transpose: one size",
    lambda tf: tf.nn.conv_transpose(tf.ones([1, 2, 1]), tf.ones([2, 1, 1]), [4], 2),
)
error(
    "conv_transpose: int shape", lambda tf: tf.nn.conv_transpose(tf.ones([1, 2, 1]), tf.ones([2, 1, 1]), 4, 2)
)

# depthwise
WD = A("normal", (3, 2, 3, 2))


def depthwise(strides, padding, **options):
    return lambda tf, x, w: tf.nn.depthwise_conv2d(x, w, strides, padding, **options)


case("nn.depthwise_conv2d", depthwise([1, 1, 1, 1], "SAME"), [X, WD], rejects=("int32",), **HALF_TOL)
for strides, padding in (
    ([1, 2, 2, 1], "SAME"),
    ([1, 2, 2, 1], "VALID"),
    ([1, 1, 1, 1], [[0, 0], [1, 0], [2, 2], [0, 0]]),
):
    case(f"depthwise_conv2d {strides} {padding}", depthwise(strides, padding), [X, WD], dtypes=("float64",))
case("depthwise_conv2d dilated", depthwise([1, 1, 1, 1], "SAME", dilations=[2, 1]), [X, WD], dtypes=DOUBLE)
case(
    "depthwise_conv2d dilated and strided",
    depthwise([1, 2, 2, 1], "SAME", dilations=[2, 2]),
    [X, WD],
    dtypes=("float64",),
)
case(
    "depthwise_conv2d dilated VALID",
    depthwise([1, 1, 1, 1], "VALID", dilations=[1, 2]),
    [X, WD],
    dtypes=("float64",),
)
case(
    "depthwise_conv2d without examples",
    depthwise([1, 1, 1, 1], "SAME"),
    [A("normal", (0, 4, 5, 3)), WD],
    dtypes=("float32",),
    order=0,
)
for name, image, window, strides, padding, options in (
    ("int stride", IMAGE, FILTER, 1, "SAME", {}),
    ("two strides", IMAGE, FILTER, [1, 1], "SAME", {}),
    ("no strides", IMAGE, FILTER, None, "SAME", {}),
    ("stride 0", IMAGE, FILTER, [1, 0, 0, 1], "SAME", {}),
    ("int dilation", IMAGE, FILTER, [1, 1, 1, 1], "SAME", {"dilations": 2}),
    ("depth", IMAGE, [3, 2, 2, 2], [1, 1, 1, 1], "SAME", {}),
    ("rank of filter", IMAGE, [2, 3, 2], [1, 1, 1, 1], "SAME", {}),
    ("rank of input", [4, 5, 3], FILTER, [1, 1, 1, 1], "SAME", {}),
    ("data format", IMAGE, FILTER, [1, 1, 1, 1], "SAME", {"data_format": "XX"}),
    ("padding", IMAGE, FILTER, [1, 1, 1, 1], "FOO", {}),
):
    error(
        f"depthwise_conv2d: {name}",
        lambda tf, i=image, f=window, s=strides, p=padding, o=options: tf.nn.depthwise_conv2d(
            tf.ones(i), tf.ones(f), s, p, **o
        ),
    )
case(
    "nn.depthwise_conv2d_backprop_input",
    lambda tf, w, dy: tf.nn.depthwise_conv2d_backprop_input([2, 4, 5, 3], w, dy, [1, 1, 1, 1], "SAME"),
    [WD, A("normal", (2, 4, 5, 6))],
    dtypes=DOUBLE,
)
case(
    "nn.depthwise_conv2d_backprop_filter",
    lambda tf, x, dy: tf.nn.depthwise_conv2d_backprop_filter(x, [3, 2, 3, 2], dy, [1, 2, 2, 1], "SAME"),
    [X, A("normal", (2, 2, 3, 6))],
    dtypes=DOUBLE,
)
error(
    "depthwise_conv2d_backprop_filter: shape",
    lambda tf: tf.nn.depthwise_conv2d_backprop_filter(
        tf.ones(IMAGE), FILTER, tf.ones([1, 3, 5, 6]), [1, 1, 1, 1], "SAME"
    ),
)
POINT = A("normal", (1, 1, 6, 2))
case(
    "nn.separable_conv2d",
    lambda tf, x, d, p: tf.nn.separable_conv2d(x, d, p, [1, 1, 1, 1], "SAME"),
    [X, WD, POINT],
    dtypes=("float64",),
)
case(
    "separable_conv2d strided",
    lambda tf, x, d, p: tf.nn.separable_conv2d(x, d, p, [1, 2, 2, 1], "VALID"),
    [X, WD, POINT],
    dtypes=("float64",),
    order=1,
)
error(
    "separable_conv2d: depth",
    lambda tf: tf.nn.separable_conv2d(
        tf.ones(IMAGE), tf.ones(FILTER), tf.ones([1, 1, 5, 2]), [1] * 4, "SAME"
    ),
)
error(
    "separable_conv2d: window",
    lambda tf: tf.nn.separable_conv2d(
        tf.ones(IMAGE), tf.ones(FILTER), tf.ones([2, 1, 6, 2]), [1] * 4, "SAME"
    ),
)

# by rank, and spread out
# TensorFlow itself raises AttributeError in some gradients of tf.nn.convolution, so these go no further
case("nn.convolution", lambda tf, x, w: tf.nn.convolution(x, w), [X, W], dtypes=DOUBLE, order=1)
case(
    "convolution strided",
    lambda tf, x, w: tf.nn.convolution(x, w, [1, 2], "SAME"),
    [X, W],
    dtypes=("float64",),
    order=1,
)
case(
    "convolution 1d",
    lambda tf, x, w: tf.nn.convolution(x, w, 2, "SAME"),
    [L, WL],
    dtypes=("float64",),
    order=1,
)
case(
    "convolution 3d",
    lambda tf, x, w: tf.nn.convolution(x, w, padding="SAME"),
    [VOLUME, WV],
    dtypes=("float64",),
    order=0,
)
case(
    "convolution dilated",
    lambda tf, x, w: tf.nn.convolution(x, w, padding="SAME", dilations=[2, 3]),
    [X, W],
    dtypes=DOUBLE,
)
case("convolution dilated 1d", lambda tf, x, w: tf.nn.convolution(x, w, dilations=2), [L, WL], dtypes=DOUBLE)
case(
    "convolution dilated 3d",
    lambda tf, x, w: tf.nn.convolution(x, w, padding="SAME", dilations=2),
    [VOLUME, WV],
    dtypes=("float64",),
)
error(
    "convolution: strides and dilations",
    lambda tf: tf.nn.convolution(tf.ones(IMAGE), tf.ones(FILTER), [2, 2], "SAME", dilations=[2, 2]),
)
error("convolution: padding", lambda tf: tf.nn.convolution(tf.ones(IMAGE), tf.ones(FILTER), padding="FOO"))
error(
    "convolution: padding list",
    lambda tf: tf.nn.convolution(tf.ones(IMAGE), tf.ones(FILTER), padding=[[0, 0]] * 4),
)
error(
    "convolution: data format", lambda tf: tf.nn.convolution(tf.ones(IMAGE), tf.ones(FILTER), data_format="X")
)
error("convolution: ranks", lambda tf: tf.nn.convolution(tf.ones(IMAGE), tf.ones([1, 1, 1, 3, 2])))
error("convolution: depth", lambda tf: tf.nn.convolution(tf.ones(IMAGE), tf.ones([3, 2, 2, 2])))
for rate, padding in ((1, "SAME"), (2, "SAME"), (2, "VALID")):
    case(
        f"atrous_conv2d {rate} {padding}",
        lambda tf, x, w, r=rate, p=padding: tf.nn.atrous_conv2d(x, w, r, p),
        [A("normal", (1, 6, 5, 2)), A("normal", (3, 2, 2, 2))],
        dtypes=("float64",),
    )
for rate, padding, shape in (
    (1, "SAME", [1, 3, 3, 2]),
    (2, "SAME", [1, 3, 3, 2]),
    (2, "VALID", [1, 7, 5, 2]),
):
    case(
        f"atrous_conv2d_transpose {rate} {padding}",
        lambda tf, y, w, r=rate, p=padding, n=shape: tf.nn.atrous_conv2d_transpose(y, w, n, r, p),
        [A("normal", (1, 3, 3, 2)), A("normal", (3, 2, 2, 2))],
        dtypes=("float64",),
    )
error("atrous_conv2d: rate 0", lambda tf: tf.nn.atrous_conv2d(tf.ones(IMAGE), tf.ones(FILTER), 0, "SAME"))
error("atrous_conv2d: padding", lambda tf: tf.nn.atrous_conv2d(tf.ones(IMAGE), tf.ones(FILTER), 2, "FOO"))
error("atrous_conv2d: no room", lambda tf: tf.nn.atrous_conv2d(tf.ones(IMAGE), tf.ones(FILTER), 3, "VALID"))
error(
    "atrous_conv2d_transpose: rate 0",
    lambda tf: tf.nn.atrous_conv2d_transpose(tf.ones([1, 3, 3, 2]), tf.ones(FILTER), IMAGE, 0, "SAME"),
)

# the ops under their own names
STEP = {"strides": [1, 2, 1, 1], "padding": "SAME"}
case("raw_ops.Conv2D", lambda tf, x, w: tf.raw_ops.Conv2D(input=x, filter=w, **STEP), [X, W], dtypes=DOUBLE)
case(
    "raw_ops.Conv2DBackpropInput",
    lambda tf, w, dy: tf.raw_ops.Conv2DBackpropInput(
        input_sizes=[2, 4, 5, 3], filter=w, out_backprop=dy, **STEP
    ),
    [W, A("normal", (2, 2, 5, 2))],
    dtypes=DOUBLE,
)
case(
    "Conv2DBackpropInput by two sizes",
    lambda tf, w, dy: tf.raw_ops.Conv2DBackpropInput(input_sizes=[4, 5], filter=w, out_backprop=dy, **STEP),
    [W, A("normal", (2, 2, 5, 2))],
    dtypes=("float32",),
    order=1,
)
case(
    "raw_ops.Conv2DBackpropFilter",
    lambda tf, x, dy: tf.raw_ops.Conv2DBackpropFilter(
        input=x, filter_sizes=[3, 2, 3, 2], out_backprop=dy, **STEP
    ),
    [X, A("normal", (2, 2, 5, 2))],
    dtypes=DOUBLE,
)
error(
    "Conv2DBackpropInput: rows",
    lambda tf: tf.raw_ops.Conv2DBackpropInput(
        input_sizes=[1, 4, 5, 3], filter=tf.ones(FILTER), out_backprop=tf.ones([1, 3, 5, 2]), **STEP
    ),
)
error(
    "Conv2DBackpropFilter: rows",
    lambda tf: tf.raw_ops.Conv2DBackpropFilter(
        input=tf.ones(IMAGE), filter_sizes=FILTER, out_backprop=tf.ones([1, 3, 5, 2]), **STEP
    ),
)
case(
    "conv2d of ones",
    lambda tf, x: tf.nn.conv2d(x, tf.ones([2, 2, 1, 1], x.dtype), 2, "SAME"),
    [V([[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]], [[7.0], [8.0], [9.0]]]])],
    dtypes=FLOATS,
)
