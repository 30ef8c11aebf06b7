"""The raw op Conv: values, attributes, errors. It has no gradient."""

from conformance_kit import raises, script


def numbers(tf, *shape):
    count = 1
    for n in shape:
        count *= n
    return tf.cast(tf.reshape(tf.math.sin(tf.range(count, dtype="float64") ** 2), shape), tf.float32)


@script("raw_ops.Conv")
def _(tf):
    x, k = numbers(tf, 2, 5, 6, 2), numbers(tf, 2, 3, 2, 3)
    x3, k3 = numbers(tf, 2, 3, 4, 4, 2), numbers(tf, 2, 2, 2, 2, 3)

    def conv(x=x, k=k, strides=(1, 1, 1, 1), padding="VALID", **more):
        return tf.raw_ops.Conv(input=x, filter=k, strides=list(strides), padding=padding, **more)

    names = ("float16", "bfloat16", "float64", "int32")
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = conv(x)
    bad = [
        lambda: tape.gradient(y, x),
        lambda: conv(strides=[1, 1]),
        lambda: conv(strides=[]),
        lambda: conv(strides=[2, 1, 1, 1]),
        lambda: conv(strides=[1, 0, 1, 1]),
        lambda: conv(padding="X"),
        lambda: conv(dilations=[1, 2]),
        lambda: conv(explicit_paddings=[1, 1]),
        lambda: conv(data_format="NHWC"),
        lambda: conv(tf.cast(x, tf.int64), tf.cast(k, tf.int64)),
        lambda: conv(x, k[:, :, :1]),
        lambda: conv(x, k[0]),
        lambda: conv(x[0], k[0], [1, 1, 1]),
        lambda: conv(x, k[:, :, :1, :2], groups=2),
        lambda: conv(x[0], strides=[1, 1, 1], batch_dims=0),
        lambda: conv(tf.stack([x, x]), strides=[1, 1, 1, 1, 1], batch_dims=2),
        lambda: conv(x, tf.cast(k, tf.float64)),
    ]
    return {
        "plain": conv(),
        "steps": conv(strides=[1, 2, 2, 1], padding="SAME"),
        "dilations": conv(dilations=[1, 2, 2, 1], padding="SAME"),
        "explicit": conv(padding="EXPLICIT", explicit_paddings=[0, 0, 1, 2, 3, 0, 0, 0]),
        "volumes": [conv(x3, k3, [1] * 5), conv(x3, k3, [1, 2, 2, 1, 1], "SAME")],
        "batches": [conv(tf.stack([x, x]), batch_dims=2), conv(x[0], batch_dims=0), conv(x[:0]).shape],
        "dtypes": [conv(tf.cast(4 * x, d), tf.cast(4 * k, d)).dtype for d in names],
        "int32": conv(tf.cast(9 * x, tf.int32), tf.cast(9 * k, tf.int32)),
        "named": tf.conv(x, k, [1, 1, 1, 1], "VALID"),
        "bad": [raises(f) for f in bad],
    }
