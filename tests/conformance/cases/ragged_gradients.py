"""Gradients through RaggedTensors, first and second, with respect to a RaggedTensor and a Tensor."""

from conformance_kit import raises, script

PROGRAMS = {
    "sq": lambda tf, r, d: r * r,
    "sum": lambda tf, r, d: tf.reduce_sum(r * r, 1),
    "dense": lambda tf, r, d: r * d,
    "max": lambda tf, r, d: tf.reduce_max(r, 1),
    "mean0": lambda tf, r, d: tf.reduce_mean(r * r, 0),
    "concat": lambda tf, r, d: tf.concat([r, r * r], 1),
    "concat0": lambda tf, r, d: tf.concat([r, r * r], 0),
    "gather": lambda tf, r, d: tf.gather(r * r, [2, 0, 0]),
    "gatherflat": lambda tf, r, d: tf.gather(r, [2, 0, 0]),
    "row": lambda tf, r, d: r[0] * r[0],
    "slice": lambda tf, r, d: r[1:] * 2.0,
    "cols": lambda tf, r, d: r[:, :1] ** 3,
    "neg": lambda tf, r, d: r[:, -1:] ** 2,
    "rev": lambda tf, r, d: tf.reverse(r, [1]),
    "to_tensor": lambda tf, r, d: r.to_tensor() ** 2,
    "to_tensor_raw": lambda tf, r, d: r.to_tensor(),
    "cut": lambda tf, r, d: r.to_tensor(shape=[2, 1]) ** 2,
    "softmax": lambda tf, r, d: tf.nn.softmax(r) ** 2,
    "lse": lambda tf, r, d: tf.reduce_logsumexp(r, 1),
    "std": lambda tf, r, d: tf.math.reduce_std(r, 0),
    "where": lambda tf, r, d: tf.where(r > 1.5, r * r, -r),
    "tile": lambda tf, r, d: tf.tile(r * r, [1, 2]),
    "tile0": lambda tf, r, d: tf.tile(r * r, [2, 1]),
    "expand": lambda tf, r, d: tf.expand_dims(r, 1) ** 2,
    "stack": lambda tf, r, d: tf.stack([r, r * r]),
    "mask": lambda tf, r, d: tf.ragged.boolean_mask(r * r, r > 1.5),
    "maskrow": lambda tf, r, d: tf.ragged.boolean_mask(r * r, [True, False, True]),
    "prod": lambda tf, r, d: tf.reduce_prod(r, 1),
    "exp": lambda tf, r, d: tf.exp(r),
    "flat": lambda tf, r, d: tf.ragged.map_flat_values(tf.square, r),
    "none": lambda tf, r, d: tf.constant(1.0),
    "gatherd": lambda tf, r, d: tf.gather(d * d, tf.ragged.constant([[0, 2], [], [1]])),
    "from": lambda tf, r, d: tf.RaggedTensor.from_row_lengths(tf.reshape(d, [-1]), [1, 2]) ** 2,
    "from_tensor": lambda tf, r, d: tf.RaggedTensor.from_tensor(d * d, lengths=[1, 0, 1]),
    "gnd": lambda tf, r, d: tf.gather_nd(r * r, [[0, 1], [2, 0]]),
    "raw_slice": lambda tf, r, d: r[1:],
    "raw_cols": lambda tf, r, d: r[:, :1],
    "clip": lambda tf, r, d: tf.clip_by_value(r, 1.5, 2.5),
    "seg": lambda tf, r, d: tf.math.unsorted_segment_sum(r * r, [0, 1, 0], 2),
    "values": lambda tf, r, d: r.values**2,
    "cast": lambda tf, r, d: tf.cast(r, tf.float64) ** 2,
}


def _gradients(tf, program):
    r, d = tf.ragged.constant([[1.0, 2.0], [], [3.0]]), tf.constant([[1.0], [2.0], [3.0]])
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(r)
        outer.watch(d)
        with tf.GradientTape() as tape:
            tape.watch(r)
            tape.watch(d)
            y = program(tf, r, d)
        first = tape.gradient(y, [r, d])
        squares = [
            tf.reduce_sum(tf.convert_to_tensor(x.flat_values if isinstance(x, tf.RaggedTensor) else x) ** 2)
            for x in first
            if x is not None
        ]
    return {"value": y, "first": first, "second": outer.gradient(squares, [r, d])}


for _name, _program in PROGRAMS.items():
    script(_name)(lambda tf, program=_program: _gradients(tf, program))


@script("tapes and nests")
def _(tf):
    r = tf.ragged.constant([[1.0, 2.0], [], [3.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(r)
        y = r * r
        z = tf.nest.map_structure(lambda x: x * 1, y, expand_composites=True)
    return {
        "cotangent": tape.gradient(y, r, output_gradients=tf.ragged.constant([[10.0, 20.0], [], [30.0]])),
        "in a dict": tape.gradient({"y": y}, {"r": r}),
        "through nest": tape.gradient(z, r),
        "parts": tf.nest.flatten([y, 1], expand_composites=True),
        "leaf": tf.nest.is_nested(r),
        "function": tf.function(lambda x: x * 2.0)(r),
        "bad cotangent": raises(lambda: tape.gradient(y, r, output_gradients=tf.ones([2]))),
    }
