"""Answers that differ easily: complex infinities, kinds of floats on a path, bounds of another dtype, defaults."""

import numpy as np
from conformance_kit import raises, script

NAN, INF = float("nan"), float("inf")


@script("complex infinities in rsqrt and sigmoid")
def _(tf):
    wild = [complex(NAN, INF), complex(INF, NAN), complex(INF, INF), complex(-INF, 1), complex(2, -INF)]
    left = [complex(-INF, -0.77), complex(-INF, 1), complex(-INF, NAN), complex(-INF, INF), complex(-800, 2)]
    plain = [complex(NAN, 1), complex(1, NAN), 2 + 1j, -3 - 0.5j]
    found = {}
    for dtype in (tf.complex128, tf.complex64):
        x = tf.constant([*wild, *plain], dtype)
        found[dtype.name] = {
            "rsqrt": tf.math.rsqrt(x),
            "one": [tf.math.rsqrt(tf.constant(z, dtype)) for z in wild],
            "sigmoid": tf.sigmoid(tf.constant([*left, complex(INF, 1), complex(1, INF), *plain], dtype)),
        }
    return found


@script("what kind of floats they are, on the way to a target")
def _(tf):
    def gradient(function):
        x = tf.constant([1.0, 2.0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        return raises(lambda: tape.gradient(y, x))

    kinds = {name: getattr(tf.math, name) for name in ("is_nan", "is_inf", "is_finite")}
    programs = {
        "cast": lambda x, kind: tf.cast(kind(x), tf.float32),
        "factor": lambda x, kind: x * tf.cast(kind(x), tf.float32),
        "negated": lambda x, kind: tf.cast(tf.logical_not(kind(x)), tf.float32),
        "where": lambda x, kind: tf.where(kind(x), x, x * x),
        "target": lambda x, kind: kind(x),
    }
    return {
        f"{name} {what}, {where}": wrapped(lambda f=f, kind=kind: gradient(lambda x: f(x, kind)))
        for name, kind in kinds.items()
        for what, f in programs.items()
        for where, wrapped in (("eager", lambda f: f()), ("traced", lambda f: raises(tf.function(f))))
    }


@script("clip_by_norm with a bound of another dtype")
def _(tf):
    x = tf.constant([3.0, 4.0])
    bounds = {
        "float64": tf.constant(1.0, tf.float64),
        "float16": tf.constant(1.0, tf.float16),
        "int32": tf.constant(1),
        "Variable": tf.Variable(1.0, dtype=tf.float64),
        "int": 1,
        "bool": tf.constant(True),
        "array bool": np.array(True),
        "complex": tf.constant(1 + 0j),
    }
    found = {name: raises(lambda b=b: tf.clip_by_norm(x, b)) for name, b in bounds.items()}
    wide = tf.constant([3.0, 4.0], tf.float64)
    rows = tf.constant([[3.0, 4.0], [6.0, 8.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.clip_by_norm(x, bounds["float64"])
    return {
        **found,
        "float64 by float32": tf.clip_by_norm(wide, tf.constant(1.0)),
        "rows": tf.clip_by_norm(rows, tf.constant([[1], [2]])),
        "gradient": tape.gradient(y, x),
    }


@script("data_format=None is the default")
def _(tf):
    x, one = tf.reshape(tf.range(4.0), [1, 2, 2, 1]), tf.ones([1, 1, 1, 1])
    return {
        "conv2d": tf.nn.conv2d(x, one, 1, "SAME", data_format=None),
        "conv2d_transpose": tf.nn.conv2d_transpose(x, one, [1, 2, 2, 1], 1, "SAME", data_format=None),
        "conv3d": tf.nn.conv3d(x[None], one[None], [1] * 5, "SAME", data_format=None),
        "depthwise_conv2d": tf.nn.depthwise_conv2d(x, one, [1] * 4, "SAME", data_format=None),
        "max_pool2d": tf.nn.max_pool2d(x, 2, 1, "SAME", data_format=None),
        "avg_pool2d": tf.nn.avg_pool2d(x, 2, 1, "SAME", data_format=None),
        "max_pool3d": tf.nn.max_pool3d(x[None], 2, 1, "SAME", data_format=None),
        "avg_pool3d": tf.nn.avg_pool3d(x[None], 2, 1, "SAME", data_format=None),
        "space_to_depth": tf.nn.space_to_depth(x, 2, data_format=None),
        "depth_to_space": tf.nn.depth_to_space(tf.ones([1, 1, 1, 4]), 2, data_format=None),
    }


@script("scatters into nothing")
def _(tf):
    none = tf.zeros([0, 1], tf.int32)
    return {
        f"{name} {what}": raises(lambda f=f, args=args: f(*args))
        for name, f in {
            "add": tf.tensor_scatter_nd_add,
            "sub": tf.tensor_scatter_nd_sub,
            "update": tf.tensor_scatter_nd_update,
            "max": tf.tensor_scatter_nd_max,
        }.items()
        for what, args in {
            "one row": (tf.zeros([0]), [[0]], [1.0]),
            "no rows": (tf.zeros([0]), none, tf.zeros([0])),
            "no rows of three": (tf.zeros([3]), none, tf.zeros([0])),
        }.items()
    }
