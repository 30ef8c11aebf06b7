"""Floats of eight bits, and integers of fewer: their DTypes, casts, and what moves them."""

import numpy as np
from conformance_kit import raises, script

_NAMES = [
    "float8_e5m2",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e4m3b11fnuz",
    "float8_e5m2fnuz",
    "int4",
    "uint4",
    "int2",
    "uint2",
]
_CAST = _NAMES[:2]
_VALUES = [
    *(
        0.0,
        1.0,
        -1.0,
        3.0,
        0.3,
        1.5,
        7.0,
        9.0,
        15.0,
        17.0,
        300.0,
        448.0,
        463.0,
        464.0,
        465.0,
        500.0,
        57344.0,
        61439.0,
    ),
    *(
        61440.0,
        1e6,
        -1e6,
        float("nan"),
        float("inf"),
        -float("inf"),
        0.001,
        1e-4,
        1e-5,
        1e-8,
        -2.5,
        0.0625,
        -0.1,
    ),
]


@script("narrow dtypes: what they are")
def _(tf):
    def facts(dtype):
        return [
            repr(dtype),
            str(dtype),
            dtype.size,
            [dtype.is_floating, dtype.is_integer, dtype.is_unsigned, dtype.is_numpy_compatible],
            [float(dtype.min), float(dtype.max)],
            dtype.as_datatype_enum,
            dtype.as_numpy_dtype.__name__,
            raises(lambda: dtype.limits),
            [
                tf.dtypes.experimental.__dict__[dtype.name] is dtype,
                getattr(tf.experimental, dtype.name) is dtype,
            ],
            hasattr(tf, dtype.name),
        ]

    return {name: facts(tf.as_dtype(name)) for name in _NAMES}


@script("narrow dtypes: casts")
def _(tf):
    floats = ["float16", "bfloat16", "float32", "float64"]
    others = [
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "bool",
        "complex64",
        "string",
    ]

    def shown(x):
        return [x.dtype.name, tf.cast(x, tf.float32) if x.dtype.name in _CAST else x]

    def to_all(name):
        small = tf.cast(tf.constant([0.0, 1.0, -1.0, 1.5]), name)
        return {kind: raises(lambda k=kind: shown(tf.cast(small, k))) for kind in [*floats, *others, *_NAMES]}

    return {
        "from floats": {
            f"{kind} to {name}": shown(tf.cast(tf.cast(tf.constant(_VALUES), kind), name))
            for name in _CAST
            for kind in floats
        },
        "to others": {name: to_all(name) for name in _CAST},
        "not from others": {
            f"{kind} to {name}": raises(lambda k=kind, n=name: shown(tf.cast(tf.cast([1, 0], k), n)))
            for name in _CAST
            for kind in others[:-1]
        },
        "not at all": {name: raises(lambda n=name: tf.cast(tf.constant([1.0]), n)) for name in _NAMES[2:]},
        "saturated": {
            name: shown(tf.saturate_cast(tf.constant([1e6, -1e6, 1.0]), tf.as_dtype(name))) for name in _CAST
        },
    }


@script("narrow dtypes: tensors")
def _(tf):
    def moved(name):
        dtype = tf.as_dtype(name)
        x = tf.constant([0.0, 1.0, -1.0, 1.5], dtype)
        square = tf.reshape(x, [2, 2])
        results = [
            square,
            tf.concat([x, x], 0),
            tf.stack([x, x]),
            tf.gather(x, [3, 0]),
            x[1:3],
            x[0],
            tf.transpose(square),
            tf.identity(x),
            tf.stop_gradient(x),
            tf.expand_dims(x, 0),
            tf.squeeze(tf.reshape(x, [1, 4])),
            tf.broadcast_to(x, [2, 4]),
            tf.ensure_shape(x, [4]),
            tf.boolean_mask(x, [True, False, True, True]),
            *tf.unstack(square),
            *tf.split(x, 2),
            tf.Variable(x).assign(x).value(),
            tf.constant(np.array([1.0, 0.0]).astype(dtype.as_numpy_dtype)),
            tf.constant(np.array([1.0, 0.3]), dtype),
        ]
        with tf.GradientTape() as tape:
            z = tf.constant([1.0, 2.0])
            tape.watch(z)
            y = tf.cast(tf.cast(z * z, dtype), tf.float32) * 3.0
        return [
            [[one.dtype.name, one.shape, tf.cast(one, tf.float32)] for one in results],
            [repr(x), str(x), x.numpy().dtype.name, x.numpy().tolist(), float(x[1]), int(x[1])],
            [tf.shape(x), tf.size(x)],
            tape.gradient(y, z),
            [
                raises(call)
                for call in (lambda: x + x, lambda: x * x, lambda: -x, lambda: x < x, lambda: tf.exp(x))
            ],
            [
                raises(lambda f=f: f(x))
                for f in (tf.reduce_sum, tf.reduce_max, tf.argmax, tf.nn.relu, tf.cumsum)
            ],
            [raises(lambda: tf.matmul(square, square)), raises(lambda: x / x), raises(lambda: tf.sort(x))],
        ]

    return {name: moved(name) for name in _CAST}
