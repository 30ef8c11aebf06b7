"""Pools: paddings, strides, ties, ranks, places of the maxima, dtypes, errors; space traded for depth or batch.

The recording ran on a CPU, where TensorFlow has no channels-first pools.
"""

from conformance_kit import DOUBLE, FLOATS, NUMERIC, SIGNED, A, V, case, error

X = A("normal", (2, 4, 5, 2))
TIES = A("ties", (2, 4, 5, 2))
ZEROS = A("zeros", (1, 3, 3, 2))


def call(name, *args, **options):
    """A function that calls tf.nn.NAME(x, *args, **options)."""
    return lambda tf, x: getattr(tf.nn, name)(x, *args, **options)


case(
    "nn.max_pool2d",
    call("max_pool2d", 2, 2, "SAME"),
    [X],
    dtypes=(*FLOATS, *SIGNED, "uint8", "uint16"),
    rejects=("uint32", "uint64", "complex64", "bool"),
    also={"ties": [TIES]},
)
for ksize, strides, padding in (
    ([2, 3], [1, 2], "VALID"),
    ([1, 2, 2, 1], [1, 1, 1, 1], "SAME"),
    (3, 2, "SAME"),
    ([4], [3], "VALID"),
    (6, 1, "SAME"),
    (1, 3, "SAME"),
    (2, 1, [[0, 0], [1, 1], [1, 0], [0, 0]]),
    (3, 2, [[0, 0], [2, 0], [0, 2], [0, 0]]),
    (2, None, "VALID"),
):
    case(
        f"max_pool2d {ksize} {strides} {padding}",
        call("max_pool2d", ksize, strides, padding),
        [X],
        dtypes=("float64",),
        also={"ties": [TIES], "zeros": [ZEROS]} if ksize not in ([4],) else {},
        order=1 if isinstance(padding, list) else 2,  # TensorFlow goes no further with explicit padding
    )
case(
    "max_pool2d without examples",
    call("max_pool2d", 2, 1, "VALID"),
    [A("normal", (0, 4, 5, 2))],
    dtypes=DOUBLE,
)
case(
    "max_pool2d without rows",
    call("max_pool2d", 2, 1, "SAME"),
    [A("normal", (2, 0, 5, 2))],
    dtypes=("float32",),
)
case("max_pool2d squared", lambda tf, x: tf.nn.max_pool2d(x * x, 2, 1, "SAME") ** 2, [X], dtypes=("float64",))
case(
    "max_pool2d of a list",
    lambda tf: tf.nn.max_pool2d([[[[1], [3]], [[2], [0]]]], 2, 2, "VALID"),
    dtypes=("float32",),
)

IMAGE = [1, 4, 5, 2]
for name, shape, ksize, strides, padding, options in (
    ("three sizes", IMAGE, [2, 2, 2], 1, "VALID", {}),
    ("three strides", IMAGE, 2, [1, 1, 1], "VALID", {}),
    ("size 0", IMAGE, 0, 1, "VALID", {}),
    ("stride 0", IMAGE, 2, 0, "VALID", {}),
    ("no room", IMAGE, 6, 1, "VALID", {}),
    ("padding", IMAGE, 2, 1, "FOO", {}),
    ("padding ints", IMAGE, 2, 1, [1, 1], {}),
    ("padding EXPLICIT", IMAGE, 2, 1, "EXPLICIT", {}),
    ("padding too large", IMAGE, 2, 1, [[0, 0], [2, 2], [0, 0], [0, 0]], {}),
    ("padding of channels", IMAGE, 2, 1, [[0, 0], [0, 0], [0, 0], [1, 0]], {}),
    ("rank 3", [4, 5, 2], 2, 1, "VALID", {}),
    ("rank 5", [1, 1, 4, 5, 2], 2, 1, "VALID", {}),
    ("batch", IMAGE, [2, 2, 2, 1], 1, "VALID", {}),
    ("data format", IMAGE, 2, 1, "VALID", {"data_format": "XX"}),
):
    error(
        f"max_pool2d: {name}",
        lambda tf, n=shape, k=ksize, s=strides, p=padding, o=options: tf.nn.max_pool2d(
            tf.ones(n), k, s, p, **o
        ),
    )

SERIES = A("normal", (2, 5, 2))
VOLUME = A("normal", (1, 3, 4, 2, 2))
for name in ("max_pool1d", "avg_pool1d"):
    case(f"nn.{name}", call(name, 2, 2, "SAME"), [SERIES])
    for ksize, strides, padding in (([3], [1], "VALID"), ([1, 2, 1], [1, 1, 1], "SAME"), (4, 3, "SAME")):
        case(
            f"{name} {ksize} {strides} {padding}",
            call(name, ksize, strides, padding),
            [SERIES],
            dtypes=("float64",),
        )
    error(f"{name}: rank", lambda tf, f=name: getattr(tf.nn, f)(tf.ones(IMAGE), 2, 1, "SAME"))
case(
    "max_pool1d explicit",
    call("max_pool1d", 2, 1, [[0, 0], [1, 1], [0, 0]]),
    [SERIES],
    dtypes=DOUBLE,
    order=1,
)
error("max_pool1d: EXPLICIT", lambda tf: tf.nn.max_pool1d(tf.ones([1, 4, 1]), 2, 1, "EXPLICIT"))

case(
    "nn.max_pool3d",
    call("max_pool3d", 2, 2, "SAME"),
    [VOLUME],
    dtypes=("float32", "bfloat16"),
    rejects=("float64", "int32"),
)
for ksize, strides, padding in (
    (2, 1, "SAME"),
    ([1, 2, 2, 1, 1], [1, 1, 2, 1, 1], "VALID"),
    ([3, 2, 2], [2, 1, 2], "SAME"),
):
    case(
        f"max_pool3d {ksize} {strides} {padding}",
        call("max_pool3d", ksize, strides, padding),
        [VOLUME],
        dtypes=("float32",),
        also={"ties": [A("ties", (1, 3, 4, 2, 2))], "zeros": [A("zeros", (1, 2, 2, 2, 1))]}
        if ksize == 2
        else {},
    )
error("max_pool3d: EXPLICIT", lambda tf: tf.nn.max_pool3d(tf.ones([1, 2, 2, 2, 1]), 2, 1, "EXPLICIT"))
error("max_pool3d: padding list", lambda tf: tf.nn.max_pool3d(tf.ones([1, 2, 2, 2, 1]), 2, 1, [[0, 0]] * 5))
error("max_pool3d: rank", lambda tf: tf.nn.max_pool3d(tf.ones([2, 2, 2, 1]), 2, 1, "SAME"))

case("nn.avg_pool2d", call("avg_pool2d", 2, 2, "SAME"), [X], rejects=("int32", "complex64"))
for ksize, strides, padding in (
    (2, 1, "SAME"),
    (3, 2, "SAME"),
    ([2, 3], [1, 2], "VALID"),
    ([1, 4, 1, 1], [1, 3, 1, 1], "SAME"),
    (6, 1, "SAME"),
    (1, 3, "SAME"),
):
    case(
        f"avg_pool2d {ksize} {strides} {padding}",
        call("avg_pool2d", ksize, strides, padding),
        [X],
        dtypes=("float64",),
        order=0
        if ksize == 6
        else 2,  # TensorFlow's gradient is wrong where the window is larger than the image
    )
    case(
        f"avg_pool2d squared {ksize} {strides} {padding}",
        lambda tf, x, k=ksize, s=strides, p=padding: tf.nn.avg_pool2d(x * x, k, s, p) ** 2,
        [A("normal", (1, 4, 5, 1))],
        dtypes=("float64",),
        order=0 if ksize == 6 else 2,
    )
case(
    "avg_pool2d without examples",
    call("avg_pool2d", 2, 1, "VALID"),
    [A("normal", (0, 4, 5, 2))],
    dtypes=DOUBLE,
)
for name, shape, ksize, strides, padding, options in (
    ("three sizes", IMAGE, [2, 2, 2], 1, "VALID", {}),
    ("size 0", IMAGE, 0, 1, "VALID", {}),
    ("no room", IMAGE, 6, 1, "VALID", {}),
    ("padding", IMAGE, 2, 1, "FOO", {}),
    ("padding list", IMAGE, 2, 1, [[0, 0]] * 4, {}),
    ("rank 3", [4, 5, 2], 2, 1, "VALID", {}),
    ("data format", IMAGE, 2, 1, "VALID", {"data_format": "XX"}),
):
    error(
        f"avg_pool2d: {name}",
        lambda tf, n=shape, k=ksize, s=strides, p=padding, o=options: tf.nn.avg_pool2d(
            tf.ones(n), k, s, p, **o
        ),
    )
case(
    "nn.avg_pool3d",
    call("avg_pool3d", 2, 2, "SAME"),
    [VOLUME],
    dtypes=("float32", "bfloat16"),
    rejects=("int32",),
)
case(
    "avg_pool3d 2 1 SAME", lambda tf, x: tf.nn.avg_pool3d(x * x, 2, 1, "SAME"), [VOLUME], dtypes=("float32",)
)
case("avg_pool3d VALID", call("avg_pool3d", [2, 3, 1], [1, 1, 2], "VALID"), [VOLUME], dtypes=("float32",))

for name in ("max_pool", "avg_pool"):
    case(f"nn.{name}", call(name, 2, 2, "SAME"), [X], dtypes=DOUBLE, also={"series": [SERIES]})
    case(
        f"{name} of a volume",
        call(name, [1, 1, 2, 2, 1], [1, 2, 2, 2, 1], "SAME"),
        [VOLUME],
        dtypes=("float32",),
        order=0,  # TensorFlow raises AttributeError in the gradient
    )
    error(f"{name}: rank", lambda tf, f=name: getattr(tf.nn, f)(tf.ones([4, 2]), 2, 1, "SAME"))
case(
    "max_pool explicit",
    call("max_pool", 2, 2, [[0, 0], [1, 1], [1, 1], [0, 0]]),
    [X],
    dtypes=("float64",),
    order=1,
)
error("max_pool: explicit volume", lambda tf: tf.nn.max_pool(tf.ones([1, 2, 2, 2, 1]), 2, 1, [[0, 0]] * 5))
error("max_pool: data format", lambda tf: tf.nn.max_pool(tf.ones(IMAGE), 2, 1, "SAME", data_format="NWC"))

case(
    "nn.max_pool_with_argmax",
    call("max_pool_with_argmax", 2, 2, "SAME"),
    [X],
    dtypes=(*FLOATS, "int32", "uint8", "uint64"),
    rejects=("complex64", "bool"),
    also={"ties": [TIES], "zeros": [ZEROS]},
)
for ksize, strides, padding, options in (
    (2, 1, "SAME", {}),
    (3, 2, "SAME", {"include_batch_in_index": True}),
    ([1, 2, 3, 1], [1, 2, 1, 1], "VALID", {"include_batch_in_index": True}),
):
    case(
        f"max_pool_with_argmax {ksize} {strides} {padding}",
        call("max_pool_with_argmax", ksize, strides, padding, **options),
        [X],
        dtypes=("float64",),
    )
case(
    "max_pool_with_argmax int32",
    lambda tf, x: tf.nn.max_pool_with_argmax(x, 2, 2, "SAME", output_dtype=tf.int32),
    [X],
    dtypes=("float32",),
    order=0,
)
error(
    "max_pool_with_argmax: NCHW",
    lambda tf: tf.nn.max_pool_with_argmax(tf.ones(IMAGE), 2, 1, "SAME", data_format="NCHW"),
)
error("max_pool_with_argmax: rank", lambda tf: tf.nn.max_pool_with_argmax(tf.ones([4, 5, 2]), 2, 1, "SAME"))
error("max_pool_with_argmax: padding", lambda tf: tf.nn.max_pool_with_argmax(tf.ones(IMAGE), 2, 1, "FOO"))
error(
    "max_pool_with_argmax: places",
    lambda tf: tf.nn.max_pool_with_argmax(tf.ones(IMAGE), 2, 1, "SAME", output_dtype=tf.float32),
)

for kind in ("MAX", "AVG"):
    case(f"pool {kind}", call("pool", [2, 2], kind), [X], dtypes=("float64",))
    case(
        f"pool {kind} strided",
        call("pool", [2, 3], kind, strides=[2, 1], padding="SAME"),
        [X],
        dtypes=("float64",),
    )
    case(f"pool {kind} dilated", call("pool", [2, 2], kind, dilations=[2, 1]), [X], dtypes=("float64",))
    case(f"pool {kind} 1d", call("pool", [2], kind), [SERIES], dtypes=("float64",))
    case(f"pool {kind} 3d", call("pool", [2, 2, 1], kind), [VOLUME], dtypes=("float32",))
for name, args, options in (
    ("type", ([2, 2], "FOO"), {}),
    ("lower case", ([2, 2], "max"), {}),
    ("int window", (2, "MAX"), {}),
    ("one size", ([2], "MAX"), {}),
    ("int strides", ([2, 2], "MAX"), {"strides": 2}),
    ("SAME dilated", ([2, 2], "MAX"), {"dilations": [2, 1], "padding": "SAME"}),
    ("strides and dilations", ([2, 2], "MAX"), {"dilations": [2, 1], "strides": [2, 1]}),
    ("padding", ([2, 2], "MAX"), {"padding": "FOO"}),
):
    error(f"pool: {name}", lambda tf, a=args, o=options: tf.nn.pool(tf.ones(IMAGE), *a, **o))

# the ops under their own names
STEP = {"ksize": [1, 2, 2, 1], "strides": [1, 1, 1, 1], "padding": "SAME"}


def max_grad(tf, x, g):
    return tf.raw_ops.MaxPoolGrad(orig_input=x, orig_output=tf.nn.max_pool2d(x, 2, 1, "SAME"), grad=g, **STEP)


def max_grad_grad(tf, x, g):
    return tf.raw_ops.MaxPoolGradGrad(
        orig_input=x, orig_output=tf.nn.max_pool2d(x, 2, 1, "SAME"), grad=g, **STEP
    )


case(
    "raw_ops.MaxPool",
    lambda tf, x: tf.raw_ops.MaxPool(input=x, **STEP),
    [X],
    dtypes=DOUBLE,
    also={"ties": [TIES]},
)
case("raw_ops.MaxPoolGrad", max_grad, [X, X], dtypes=DOUBLE, also={"ties": [TIES, X]})
case("raw_ops.MaxPoolGradGrad", max_grad_grad, [X, X], dtypes=DOUBLE, also={"ties": [TIES, X]})
case(
    "raw_ops.AvgPoolGrad",
    lambda tf, g: tf.raw_ops.AvgPoolGrad(orig_input_shape=[2, 4, 5, 2], grad=g, **STEP),
    [X],
    dtypes=DOUBLE,
)
case(
    "raw_ops.MaxPool3DGradGrad",
    lambda tf, x, g: tf.raw_ops.MaxPool3DGradGrad(
        orig_input=x,
        orig_output=tf.nn.max_pool3d(x, 2, 1, "SAME"),
        grad=g,
        ksize=[1, 2, 2, 2, 1],
        strides=[1] * 5,
        padding="SAME",
    ),
    [VOLUME, VOLUME],
    dtypes=("float32",),
    also={"ties": [A("ties", (1, 3, 4, 2, 2)), VOLUME]},
)

# space for depth and batch
MOVED = tuple(d for d in NUMERIC if not d.startswith("complex"))
case("nn.space_to_depth", lambda tf, x: tf.nn.space_to_depth(x, 2), [A("normal", (1, 4, 2, 2))], dtypes=MOVED)
case("nn.depth_to_space", lambda tf, x: tf.nn.depth_to_space(x, 2), [A("normal", (1, 2, 1, 8))], dtypes=MOVED)
case(
    "nn.space_to_batch",
    lambda tf, x: tf.nn.space_to_batch(x, [2, 2], [[0, 1], [1, 0]]),
    [A("normal", (1, 3, 3, 2))],
    dtypes=DOUBLE,
)
error("space_to_depth: size", lambda tf: tf.nn.space_to_depth(tf.ones([1, 3, 2, 1]), 2))
error("depth_to_space: depth", lambda tf: tf.nn.depth_to_space(tf.ones([1, 3, 2, 3]), 2))


def pairs(tf):
    return lambda x, n, padding: tf.nn.avg_pool1d(x, 2, 1, padding)


case(
    "with_space_to_batch",
    lambda tf, x: tf.nn.with_space_to_batch(x, [2], "VALID", pairs(tf)),
    [SERIES],
    dtypes=DOUBLE,
)
case(
    "with_space_to_batch SAME",
    lambda tf, x: tf.nn.with_space_to_batch(x, [2], "SAME", pairs(tf), filter_shape=[2]),
    [SERIES],
    dtypes=DOUBLE,
)
case(
    "with_space_to_batch rate 1",
    lambda tf, x: tf.nn.with_space_to_batch(x, [1], "SAME", pairs(tf)),
    [SERIES],
    dtypes=DOUBLE,
)
case(
    "with_space_to_batch second axis",
    lambda tf, x: tf.nn.with_space_to_batch(
        x, [2], "VALID", lambda y, n, p: tf.nn.avg_pool2d(y, [1, 2], 1, p), spatial_dims=[2]
    ),
    [X],
    dtypes=("float64",),
)
error(
    "with_space_to_batch: rate 0",
    lambda tf: tf.nn.with_space_to_batch(tf.ones([1, 4, 1]), [0], "VALID", pairs(tf)),
)
error(
    "with_space_to_batch: no filter",
    lambda tf: tf.nn.with_space_to_batch(tf.ones([1, 4, 1]), [2], "SAME", pairs(tf)),
)
error(
    "with_space_to_batch: padding",
    lambda tf: tf.nn.with_space_to_batch(tf.ones([1, 4, 1]), [2], "FOO", pairs(tf)),
)
case(
    "max_pool2d values",
    lambda tf, x: tf.nn.max_pool2d(x, 2, 1, "VALID"),
    [V([[[[1.0], [1.0]], [[0.5], [1.0]]]])],
    dtypes=FLOATS,
)
