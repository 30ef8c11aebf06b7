"""tf.quantization, and the ops behind it: fake quantization, rounding to few bits, quantized integers."""

from conformance_kit import A, V, case, error, raises, script

X = A("normal", (3, 4))
POINTS = V([-7.0, -1.0, -0.3, -0.0, 0.0, 0.1, 0.25, 0.5, 1.0, 6.0, 8.0, float("nan"), float("inf")])
LOW, HIGH = V(-0.7), V(0.9)
ENDS = V([-0.7, 0.0, -1.5, -0.1]), V([0.9, 1.1, 0.2, 2.0])
F32 = ["float32"]


def fake(tf, name):
    return getattr(tf.quantization, f"fake_quant_with_min_max_{name}")


case(
    "quantization.fake_quant_with_min_max_args",
    inputs=[X],
    dtypes=F32,
    rejects=["float64", "float16"],
    also={"points": [POINTS]},
)
for bits, narrow in ((2, False), (4, True), (8, True), (16, False)):
    what = f"{bits} bits{', narrow' if narrow else ''}"
    case(
        f"quantization.fake_quant_with_min_max_args {what}",
        lambda tf, x, b=bits, n=narrow: fake(tf, "args")(x, -0.3, 1.7, num_bits=b, narrow_range=n),
        inputs=[X],
        dtypes=F32,
        also={"points": [POINTS]},
    )
    case(
        f"quantization.fake_quant_with_min_max_vars {what}",
        lambda tf, x, low, high, b=bits, n=narrow: fake(tf, "vars")(x, low, high, b, n),
        inputs=[X, LOW, HIGH],
        dtypes=F32,
        also={
            "above 0": [X, V(0.2), V(0.9)],
            "below 0": [X, V(-0.9), V(-0.2)],
            "zeros": [X, V(0.0), V(0.0)],
            "empty": [X, V(0.5), V(0.5)],
            "swapped": [X, V(0.5), V(-0.5)],
            "points": [POINTS, LOW, HIGH],
        },
    )
    case(
        f"quantization.fake_quant_with_min_max_vars_per_channel {what}",
        lambda tf, x, low, high, b=bits, n=narrow: fake(tf, "vars_per_channel")(x, low, high, b, n),
        inputs=[X, *ENDS],
        dtypes=F32,
        also={"a vector": [A("normal", (4,)), *ENDS], "four axes": [A("normal", (2, 1, 2, 4)), *ENDS]},
    )
case(
    "quantization.fake_quant_with_min_max_args_gradient",
    lambda tf, dy, x: fake(tf, "args_gradient")(dy, x, -0.3, 0.7),
    inputs=[A("normal", (3, 4)), X],
    dtypes=F32,
)
case(
    "quantization.fake_quant_with_min_max_vars_gradient",
    inputs=[A("normal", (3, 4)), X, LOW, HIGH],
    dtypes=F32,
)
case(
    "quantization.fake_quant_with_min_max_vars_per_channel_gradient",
    inputs=[A("normal", (3, 4)), X, *ENDS],
    dtypes=F32,
)


@script("fake quantization: inputs that are refused")
def _(tf):
    x = tf.ones([2, 3])
    args, variables, channels = fake(tf, "args"), fake(tf, "vars"), fake(tf, "vars_per_channel")
    return {
        "numbers": variables([1, 2], 0, 1),
        "float64": raises(lambda: variables(tf.cast(x, tf.float64), 0.0, 1.0)),
        "an integer end": raises(lambda: variables([1.0], tf.constant(0), 1.0)),
        "text": raises(lambda: args("a")),
        "an end that is text": raises(lambda: args(x, "a", 1)),
        "an end of one axis": raises(lambda: variables(x, [0.0], 1.0)),
        "no range": raises(lambda: args(x, 1, 1)),
        "swapped": raises(lambda: args(x, 2, 1)),
        "1 bit": raises(lambda: variables(x, 0.0, 1.0, num_bits=1)),
        "17 bits": raises(lambda: args(x, 0.0, 1.0, num_bits=17)),
        "half a bit": args(x, 0, 1, num_bits=2.5),
        "narrow=1": raises(lambda: args(x, 0, 1, narrow_range=1)),
        "channels": raises(lambda: channels(x, [0.0, 0.0], [1.0, 1.0])),
        "gradient of another shape": raises(lambda: fake(tf, "args_gradient")(tf.ones(3), tf.ones(4))),
        "of vars": raises(lambda: fake(tf, "vars_gradient")(tf.ones(3), tf.ones(4), 0.0, 1.0)),
        "of channels": raises(lambda: fake(tf, "vars_per_channel_gradient")(x, x, [0.0], [1.0])),
    }


@script("fake quantization: cotangents that are not finite")
def _(tf):
    inf = float("inf")
    dy, x = [inf, inf, -inf, inf], [-9.0, 1.0, 0.5, float("nan")]
    return [
        fake(tf, "args_gradient")(dy, x, -1.0, 1.0),
        fake(tf, "vars_gradient")(dy, x, -1.0, 1.0),
        fake(tf, "vars_per_channel_gradient")(dy, x, [-1.0] * 4, [1.0] * 4),
        tf.raw_ops.QuantizeAndDequantizeV4Grad(gradients=dy, input=x, input_min=-1.0, input_max=1.0),
    ]


for version, order in (("", 2), ("_v2", 1)):
    name = f"quantization.quantize_and_dequantize{version}"
    for rounding in ("HALF_TO_EVEN", "HALF_UP"):
        for signed in (True, False):
            options = {"round_mode": rounding, "signed_input": signed}
            what = f"{rounding.lower()} {'signed' if signed else 'unsigned'}"
            case(
                f"{name} given {what}",
                lambda tf, x, low, high, v=version, o=options: getattr(
                    tf.quantization, f"quantize_and_dequantize{v}"
                )(x, low, high, range_given=True, num_bits=5, **o),
                inputs=[X, LOW, HIGH],
                dtypes=["float32", "float64"],
                also={"below 0": [X, V(-0.9), V(-0.2)], "above 0": [X, V(0.2), V(0.9)]},
                order=order,
            )
            for axis in (None, 0, -1):
                case(
                    f"{name} axis {axis} {what}",
                    lambda tf, x, low, high, v=version, o=options, a=axis: getattr(
                        tf.quantization, f"quantize_and_dequantize{v}"
                    )(x, low, high, num_bits=4, narrow_range=True, axis=a, **o),
                    inputs=[X, LOW, HIGH],
                    dtypes=F32,
                    order=order,
                )
case(
    "raw QuantizeAndDequantizeV3",
    lambda tf, x, low, high: tf.raw_ops.QuantizeAndDequantizeV3(
        input=x, input_min=low, input_max=high, num_bits=6
    ),
    inputs=[X, LOW, HIGH],
    dtypes=["float32", "float64"],
)


@script("quantize_and_dequantize: arguments that are refused")
def _(tf):
    x = tf.reshape(tf.range(6.0), [2, 3])
    found = {}
    for version in ("", "_v2"):
        f = getattr(tf.quantization, f"quantize_and_dequantize{version}")
        found[version] = {
            "swapped": raises(lambda f=f: f(x, 1.0, -1.0, range_given=True)),
            "one axis": raises(lambda f=f: f(x, [-1.0], [1.0], range_given=True)),
            "axis and range": raises(lambda f=f: f(x, [-1.0] * 2, [1.0] * 2, range_given=True, axis=0)),
            "axis and scalars": raises(lambda f=f: f(x, -1.0, 1.0, range_given=True, axis=0)),
            "axis 2": raises(lambda f=f: f(x, -1.0, 1.0, axis=2)),
            "axis -3": raises(lambda f=f: f(x, -1.0, 1.0, axis=-3)),
            "no bits": raises(lambda f=f: f(x, -1.0, 1.0, num_bits=0)),
            "1 bit": raises(lambda f=f: f(x, -1.0, 1.0, num_bits=1)),
            "63 bits": raises(lambda f=f: f(x, -1.0, 1.0, num_bits=63)),
            "rounding": raises(lambda f=f: f(x, -1.0, 1.0, round_mode="UP")),
            "integers": raises(lambda f=f: f(tf.range(3), 0, 1)),
            "dtypes": raises(lambda f=f: f(x, tf.constant(0.0, tf.float64), 1.0)),
            "signed=1": raises(lambda f=f: f(x, 0.0, 1.0, signed_input=1)),
        }
    return found


@script("quantize and dequantize")
def _(tf):
    x = tf.constant([[-2.0, -0.61, -0.25, 0.0], [0.1, 0.4, 0.77, 3.0]])
    found = {}
    for kind in ("qint8", "quint8", "qint16", "quint16", "qint32"):
        for mode in ("MIN_COMBINED", "MIN_FIRST", "SCALED"):
            for axis in (None, 0) if mode != "MIN_FIRST" else (None,):
                low, high = ([-0.75, 0.0], [0.8, 1.5]) if axis == 0 else (-0.75, 0.8)
                for narrow in (False, True) if mode == "SCALED" else (False,):
                    options = {"mode": mode, "axis": axis, "narrow_range": narrow}
                    values, start, end = tf.quantization.quantize(x, low, high, getattr(tf, kind), **options)
                    exact = not (kind == "qint32" and mode == "MIN_FIRST")
                    found[f"{kind} {mode} {axis} {narrow}"] = [
                        values.numpy().astype(int).tolist() if exact else "",
                        start,
                        end,
                        tf.quantization.dequantize(values, start, end, **options) if exact else "",
                    ]
    return found


@script("quantize, dequantize and quantized_concat: arguments")
def _(tf):
    q, x = tf.quantization, tf.constant([[-2.0, -0.6], [0.1, 3.0], [0.25, 0.5]])
    y, _, _ = q.quantize(x, -1.0, 1.0, tf.quint8)
    z, _, _ = q.quantize(x, -1.0, 1.0, tf.qint32)

    def plain(result):
        values, low, high = result
        return [values.dtype, values.numpy().astype(int).tolist(), low, high]

    return {
        "even": plain(q.quantize(x, -1.0, 1.0, tf.qint8, mode="SCALED", round_mode="HALF_TO_EVEN")),
        "axis -2": plain(q.quantize(x, [0.0, 0.0, 0.0], [1.0, 2.0, 3.0], tf.qint8, axis=-2)),
        "no range": plain(q.quantize(x, 0.0, 0.0, tf.qint8)),
        "one value": plain(q.quantize(x, [1.0], [2.0], tf.qint8)),
        "least range": plain(q.quantize(x, 0.0, 0.1, tf.quint8, ensure_minimum_range=1.0)),
        "not finite": plain(q.quantize([float("nan"), float("inf"), -float("inf")], 0.0, 1.0, tf.qint8)),
        "bfloat16": q.dequantize(y, 1.0, 2.0, dtype=tf.bfloat16),
        "swapped": raises(lambda: q.quantize(x, 1.0, -1.0, tf.qint8)),
        "int8": raises(lambda: q.quantize(x, 1.0, 2.0, tf.int8)),
        "of float64": raises(lambda: q.quantize(tf.cast(x, tf.float64), 1.0, 2.0, tf.qint8)),
        "mode": raises(lambda: q.quantize(x, 1.0, 2.0, tf.qint8, mode="A")),
        "rounding": raises(lambda: q.quantize(x, 1.0, 2.0, tf.qint8, round_mode="HALF_TO_EVEN")),
        "axis": raises(lambda: q.quantize(x, 1.0, 2.0, tf.qint8, axis=7)),
        "first and axis": raises(
            lambda: q.quantize(x, [0.0] * 3, [1.0] * 3, tf.qint8, mode="MIN_FIRST", axis=0)
        ),
        "of floats": raises(lambda: q.dequantize(x, 1.0, 2.0)),
        "to float64": raises(lambda: q.dequantize(y, 1.0, 2.0, dtype=tf.float64)),
        "concat": plain(q.quantized_concat(0, [y, y], [0.0, 0.0], [1.0, 2.0])),
        "of one range": plain(q.quantized_concat(1, [z, z], [-1.0, -1.0], [1.0, 1.0])),
        "of one": raises(lambda: q.quantized_concat(0, [y], [-1.0], [1.0])),
        "one minimum": raises(lambda: q.quantized_concat(0, [y, y], [-1.0], [1.0, 2.0])),
        "shapes": raises(lambda: q.quantized_concat(0, [y, y[:, :1]], [-1.0, 1.0], [1.0, 2.0])),
        "kinds": raises(lambda: q.quantized_concat(0, [y, z], [-1.0, 1.0], [1.0, 2.0])),
        "far": raises(lambda: q.quantized_concat(3, [y, y], [-1.0, 1.0], [1.0, 2.0])),
        "from the end": raises(lambda: q.quantized_concat(-1, [y, y], [-1.0, 1.0], [1.0, 2.0])),
        "two axes": raises(lambda: q.quantized_concat([0], [y, y], [-1.0, 1.0], [1.0, 2.0])),
    }


@script("quantize: there is no gradient")
def _(tf):
    x = tf.constant([-1.0, 0.5])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        _, low, high = tf.quantization.quantize(x, -1.0, 1.0, tf.qint8)
    return [raises(lambda: tape.gradient(low, x)), raises(lambda: tape.gradient(high, x))]


error(
    "quantized_concat: qint8",
    lambda tf: tf.quantization.quantized_concat(
        0, [tf.quantization.quantize([1.0], 0.0, 1.0, tf.qint8)[0]] * 2, [0.0, 0.0], [1.0, 2.0]
    ),
)
