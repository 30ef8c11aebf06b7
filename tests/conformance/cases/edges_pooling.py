"""Pools at the edges: NaN and infinities, signed zeros, windows larger than the image, steps longer than windows,
pooled channels, and what the gradient ops make of an output that is not theirs.
"""

import numpy as np
from conformance_kit import DOUBLE, FLOATS, SIGNED, A, V, case, error, raises, script

nan, inf = float("nan"), float("inf")
SINGULAR = [0.0, -0.0, 1.0, -1.0, nan, inf, -inf, 2.0]


def drawn(seed, values, shape):
    return V(np.random.RandomState(seed).choice(values, shape).tolist())


MIXED = drawn(0, SINGULAR, (1, 4, 5, 2))
NANS = V(np.full((1, 3, 3, 1), nan).tolist())
LOWS = V(np.full((1, 3, 3, 1), -inf).tolist())
POINTS = {"nan": [NANS], "low": [LOWS]}


def call(name, *args, **options):
    return lambda tf, x: getattr(tf.nn, name)(x, *args, **options)


for ksize, step, padding in (
    (2, 1, "VALID"),
    (2, 2, "SAME"),
    (3, 1, "SAME"),
    (6, 2, "SAME"),
    ([1, 3], [2, 1], "VALID"),
):
    for name in ("max_pool2d", "max_pool_with_argmax"):
        case(
            f"{name} {ksize} {step} {padding}",
            call(name, ksize, step, padding),
            [MIXED],
            dtypes=FLOATS if ksize == 2 else ("float32",),
            also=POINTS,
        )
case(
    "max_pool2d explicit",
    call("max_pool2d", 2, 1, [[0, 0], [1, 1], [1, 0], [0, 0]]),
    [MIXED],
    also=POINTS,
    order=1,
)
case(
    "max_pool_with_argmax through the batch",
    lambda tf, x: tf.nn.max_pool_with_argmax(x, 2, 1, "SAME", include_batch_in_index=True),
    [drawn(1, SINGULAR, (2, 3, 3, 2))],
    dtypes=DOUBLE,
)

# volumes: no NaN here, for with fewer than eight channels TensorFlow keeps some of them
VOLUME = drawn(2, [0.0, -0.0, 1.0, inf, -inf, 2.0], (1, 3, 4, 2, 2))
EIGHT = drawn(3, [0.0, 1.0, nan, -inf, 2.0, nan], (1, 2, 3, 2, 8))
for ksize, step, padding in ((2, 1, "VALID"), (2, 2, "SAME"), (5, 1, "SAME"), ([1, 3, 2], [2, 1, 1], "SAME")):
    case(
        f"max_pool3d {ksize} {step} {padding}",
        call("max_pool3d", ksize, step, padding),
        [VOLUME],
        dtypes=("float32", "bfloat16"),
        also={"eight channels": [EIGHT]} if padding == "SAME" else {},
    )
case(
    "max_pool3d of close values",  # what is closer than 1e-5 to the maximum gets the gradient too
    call("max_pool3d", [1, 3, 1], 1, "VALID"),
    [V(np.array([1.0, 1.000005, 0.5, 1.0, 1.00002, 3.0]).reshape(1, 1, 3, 2, 1).tolist())],
    dtypes=("float32",),
)
for name in ("max_pool3d", "avg_pool3d"):
    for size, ksize, step in ((3, 1, 3), (4, 2, 4), (6, 1, 3), (5, 2, 4)):
        case(
            f"{name} of {size} by {ksize} in steps of {step}",
            call(name, [1, ksize, 1], [1, step, 1], "SAME"),
            [A("normal", (1, 1, size, 1, 2))],
            dtypes=("float32",),
            order=0,  # TensorFlow's gradient goes to other elements than were pooled
        )
for ksize, step in ((5, 1), (4, 2), ([1, 7, 1], 2), ([3, 5, 7], [2, 1, 3])):
    case(
        f"avg_pool3d {ksize} {step}",
        call("avg_pool3d", ksize, step, "SAME"),
        [A("normal", (1, 3, 4, 2, 2))],
        dtypes=("float32", "bfloat16"),
        order=0,  # TensorFlow's gradient is wrong where the window is larger than the volume
    )
for name in ("max_pool2d", "avg_pool2d", "max_pool3d", "avg_pool3d"):
    volume = name.endswith("3d")
    shape = (1, 3, 4, *((2,) if volume else ()), 1)
    case(
        f"{name}: no window, less than a step away",
        call(name, [4, 2, *((1,) if volume else ())], 2, "VALID"),
        [A("normal", shape)],
        dtypes=("float32",),
        order=0,  # TensorFlow reads beyond the end
    )
    error(f"{name}: no room", lambda tf, n=name, s=shape: getattr(tf.nn, n)(tf.ones(s), 5, 1, "VALID"))

# channels
CHANNELS = drawn(4, SINGULAR, (1, 2, 2, 4))
for depth in (2, 4):
    case(
        f"max_pool of {depth} channels",
        call("max_pool", [1, 1, 1, depth], [1, 1, 1, depth], "VALID"),
        [CHANNELS],
        dtypes=(*FLOATS, *SIGNED, "uint8", "uint16"),
    )
case(
    "steps along the channels",
    call("max_pool", [1, 2, 2, 1], [1, 1, 1, 3], "VALID"),
    [CHANNELS],
    dtypes=DOUBLE,
    order=0,
)
case(
    "averages in steps along the channels",
    call("avg_pool", [1, 2, 2, 1], [1, 1, 1, 3], "VALID"),
    [CHANNELS],
    dtypes=DOUBLE,
)
for ksize, strides in (
    ([1, 1, 1, 2], [1, 1, 1, 1]),
    ([1, 1, 1, 3], [1, 1, 1, 3]),
    ([1, 2, 2, 2], [1, 1, 1, 2]),
    ([2, 1, 1, 1], [1, 1, 1, 1]),
    ([1, 1, 1, 1], [2, 1, 1, 1]),
    ([1, 1, 1, 0], [1, 1, 1, 1]),
):
    for name in ("max_pool", "avg_pool"):
        error(
            f"{name} {ksize} {strides}",
            lambda tf, n=name, k=ksize, s=strides: getattr(tf.nn, n)(tf.ones([2, 2, 2, 4]), k, s, "VALID"),
        )

# the ops under their own names
STEP = {"ksize": [1, 2, 1, 1], "strides": [1, 1, 1, 1], "padding": "VALID"}
STEP3 = {"ksize": [1, 1, 2, 1, 1], "strides": [1] * 5, "padding": "VALID"}
X = V(np.array([1.0, 3, 2, 3, 0, nan, 1, inf]).reshape(1, 8, 1, 1).tolist())
Y = V(np.array([2.0, 2, 1, 7, 7, 1, inf]).reshape(1, 7, 1, 1).tolist())
ANY = A("normal", (1, 8, 1, 1))
case(
    "MaxPoolGrad",
    lambda tf, x, y, g: tf.raw_ops.MaxPoolGrad(orig_input=x, orig_output=y, grad=g, **STEP),
    [X, Y, Y],
)
case(
    "MaxPoolGradGrad",
    lambda tf, x, y, g: tf.raw_ops.MaxPoolGradGrad(orig_input=x, orig_output=y, grad=g, **STEP),
    [X, Y, ANY],
)
case(
    "MaxPool3DGrad",
    lambda tf, x, y, g: tf.raw_ops.MaxPool3DGrad(
        orig_input=x[None], orig_output=y[None], grad=g[None], **STEP3
    ),
    [X, Y, A("normal", (1, 7, 1, 1))],
    dtypes=("float32", "bfloat16"),
)
case(
    "MaxPool3DGradGrad",
    lambda tf, x, y, g: tf.raw_ops.MaxPool3DGradGrad(
        orig_input=x[None], orig_output=y[None], grad=g[None], **STEP3
    ),
    [X, Y, ANY],
    dtypes=("float32", "bfloat16"),
)
for name, shape in (("MaxPoolGrad", [1, 7, 1, 1]), ("MaxPoolGradGrad", [1, 8, 1, 1])):
    error(
        f"{name}: another output",
        lambda tf, n=name, s=shape: getattr(tf.raw_ops, n)(
            orig_input=tf.ones([1, 8, 1, 1]), orig_output=tf.ones([1, 2, 1, 1]), grad=tf.ones(s), **STEP
        ),
    )


@script("gradients of pooled channels")
def _(tf):
    x = tf.ones([1, 1, 1, 4])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.max_pool(x, [1, 1, 1, 2], [1, 1, 1, 2], "VALID")
    return raises(lambda: tape.gradient(y, x))


# grey dilation and erosion
ROW = V(np.array([1.0, nan, inf, -inf, 0.0, 2.0, nan, nan]).reshape(1, 1, 8, 1).tolist())
for name in ("dilation2d", "erosion2d"):
    for padding in ("SAME", "VALID"):
        case(
            f"{name} {padding}",
            lambda tf, x, f, n=name, p=padding: getattr(tf.nn, n)(x, f, [1] * 4, p, "NHWC", [1] * 4),
            [ROW, V([[[0.0], [1.0]]])],
            order=1,
        )
