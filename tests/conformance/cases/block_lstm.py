"""BlockLSTM and its kin: states at each step, gradients, errors.

TensorFlow's gradient of BlockLSTMV2 takes the gates in another order than the op, and is no derivative: see
tests/differences/test_nn.py. Beyond `seq_len_max` its results are not initialized.
"""

from conformance_kit import A, case, raises, script

T, B, I, N = 3, 2, 2, 3
INPUTS = [
    A("normal", (T, B, I)),
    A("normal", (B, N)),
    A("normal", (B, N)),
    A("normal", (I + N, 4 * N)),
    *[A("normal", (N,))] * 3,
    A("normal", (4 * N,)),
]
NAMES = ("x", "cs_prev", "h_prev", "w", "wci", "wcf", "wco", "b")


def lstm(op, steps=T, **options):
    def function(tf, *tensors):
        given = dict(zip(NAMES, tensors, strict=True))
        found = getattr(tf.raw_ops, op)(seq_len_max=tf.constant(steps, tf.int64), **given, **options)
        return [states[:steps] for states in found]

    return function


for options in ({}, {"use_peephole": True}, {"cell_clip": 0.5, "use_peephole": True}, {"forget_bias": 0.3}):
    name = " ".join(f"{key}={value}" for key, value in options.items())
    case(
        f"raw_ops.BlockLSTM {name}".strip(),
        lstm("BlockLSTM", **options),
        inputs=INPUTS,
        dtypes=("float32", "float16") if len(options) == 1 else ("float32",),
        order=1,
        tol={"float16": 2e-2},
        why="products of small matrices are summed in another order",
    )
for options in ({}, {"use_peephole": True}, {"cell_clip": 0.5}):
    name = " ".join(f"{key}={value}" for key, value in options.items())
    case(
        f"raw_ops.BlockLSTMV2 {name}".strip(),
        lstm("BlockLSTMV2", **options),
        inputs=INPUTS,
        dtypes=("float32", "float16"),
        rejects=("float64", "bfloat16"),
        order=0,
        tol={"float16": 2e-2},
        why="products of small matrices are summed in another order",
    )
case(
    "BlockLSTM, fewer steps",
    lstm("BlockLSTM", 2, use_peephole=True),
    inputs=INPUTS,
    dtypes=("float32",),
    order=1,
)


@script("raw_ops.LSTMBlockCell")
def _(tf):
    def numbers(*shape):
        count = 1
        for n in shape:
            count *= n
        values = tf.math.sin(tf.range(count, dtype="float64") ** 2 + count)
        return tf.reshape(tf.cast(values, tf.float32), shape)

    given = dict(zip(NAMES, [numbers(*i.shape) for i in INPUTS], strict=True))
    given["x"] = given["x"][0]
    cell = tf.raw_ops.LSTMBlockCell
    gru = {
        "x": given["x"],
        "h_prev": given["h_prev"],
        "w_ru": given["w"][:, : 2 * N],
        "w_c": given["w"][:, :N],
        "b_ru": given["b"][: 2 * N],
        "b_c": given["b"][:N],
    }
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(given["x"])
        lstm_h, gru_h = cell(**given).h, tf.raw_ops.GRUBlockCell(**gru).h
    return {
        "cell": list(cell(**given)),
        "peepholes": list(cell(**given, use_peephole=True, cell_clip=0.2, forget_bias=0.0)),
        "gru": list(tf.raw_ops.GRUBlockCell(**gru)),
        "gradients": [raises(lambda y=y: tape.gradient(y, given["x"])) for y in (lstm_h, gru_h)],
        "bad": [
            raises(lambda: tf.raw_ops.GRUBlockCell(**{**gru, "w_c": gru["w_ru"]})),
            raises(lambda: tf.raw_ops.GRUBlockCell(**{**gru, "x": gru["x"][:1]})),
        ],
    }


@script("BlockLSTMV2: errors")
def _(tf):
    given = dict(zip(NAMES, [tf.ones(i.shape) for i in INPUTS], strict=True))

    def shape(**more):
        changed = {**given, "seq_len_max": tf.constant(2, tf.int64), **more}
        return raises(lambda: list(tf.raw_ops.BlockLSTMV2(**changed).h[:0].shape))

    return [
        shape(),
        shape(x=given["x"][0]),
        shape(cs_prev=given["cs_prev"][:1]),
        shape(h_prev=given["h_prev"][:, :1]),
        shape(w=given["w"][:2]),
        shape(w=given["w"][:, :3]),
        shape(b=given["b"][:2]),
        shape(wci=given["wci"][:1]),
        shape(wci=given["cs_prev"]),
        shape(x=tf.cast(given["x"], tf.float64)),
        shape(x=tf.cast(given["x"], tf.float16)),
    ]


@script("BlockLSTM: twice")
def _(tf):
    given = dict(zip(NAMES, [tf.ones(i.shape) for i in INPUTS], strict=True))
    x = given["x"]
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            h = tf.raw_ops.BlockLSTM(**given, seq_len_max=tf.constant(T, tf.int64)).h
        gradient = tape.gradient(h, x)
    return raises(lambda: outer.gradient(gradient, x))
