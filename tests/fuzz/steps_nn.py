"""Steps: activations, losses, normalization, convolution, pooling, images."""

from __future__ import annotations

from .drawing import Gen, Step, Unfit, op

ACTIVATIONS = "relu relu6 elu selu leaky_relu gelu silu softplus softsign tanh sigmoid crelu"


@op(5)
def activation(g: Gen) -> Step:
    name = g.choice(ACTIVATIONS.split())
    x = g.pick("f", min_rank=1 if name == "crelu" else 0)
    extra = f", alpha={g.choice([0.1, 0.0, 1.5])}" if name == "leaky_relu" and g.chance(0.5) else ""
    extra = f", approximate={g.chance(0.5)}" if name == "gelu" else extra
    return g.step(name, f"tf.nn.{name}($0{extra})", x)


@op(3)
def softmax(g: Gen) -> Step:
    name = g.choice(["softmax", "log_softmax"])
    x = g.pick("f", min_rank=1)
    return g.step(name, f"tf.nn.{name}($0, axis={g.axis(x)})", x)


@op(4)
def loss(g: Gen) -> Step:
    x = g.pick("f", min_rank=1)
    y = g.like(x, broadcast=False)
    n = g.dims(x)[-1]
    options = [
        ("softmax_cross_entropy_with_logits", "tf.nn.softmax_cross_entropy_with_logits(labels=$1, logits=$0)"),
        ("softmax_cross_entropy_with_logits", "tf.nn.softmax_cross_entropy_with_logits(labels=tf.nn.softmax($1), logits=$0)"),
        ("sigmoid_cross_entropy_with_logits", "tf.nn.sigmoid_cross_entropy_with_logits(labels=$1, logits=$0)"),
        ("weighted_cross_entropy_with_logits", "tf.nn.weighted_cross_entropy_with_logits(labels=$1, logits=$0, pos_weight=0.7)"),
        ("log_poisson_loss", "tf.nn.log_poisson_loss($1, $0)"),
        ("l2_loss", "tf.nn.l2_loss($0 - $1)"),
    ]  # fmt: skip
    if len(g.dims(x)) == 2 and n:
        labels = g.indices(n, g.dims(x)[:1])
        options += [
            (
                "sparse_softmax_cross_entropy",
                f"tf.nn.sparse_softmax_cross_entropy_with_logits(labels={labels}, logits=$0)",
            )
        ] * 2
    name, code = g.choice(options)
    return g.step(name, code, *([x, y] if "$1" in code else [x]))


@op(2)
def normalization(g: Gen) -> Step:
    x = g.pick("f", min_rank=1, where=lambda v: 0 not in g.dims(v))
    axes = g.axes(x)
    axes = [axes] if isinstance(axes, int) else axes or [0]
    if g.chance(0.3):
        return g.step("moments", f"$o = tf.nn.moments($0, {axes}, keepdims={g.chance(0.5)})", x, outs=2)
    code = g.choice(
        [f"tf.nn.batch_normalization($0, *tf.nn.moments($0, {axes}, keepdims=True), 0.5, 2.0, 0.01)",
         "tf.nn.bias_add($0, $0[0])" if len(g.dims(x)) == 2 else f"tf.nn.l2_normalize($0, {axes})",
         f"tf.nn.l2_normalize($0, {axes})", f"tf.math.reduce_variance($0, {axes})", "tf.nn.normalize_moments(2.0, $0, $0 * $0, None)[1]"]
    )  # fmt: skip
    return g.step(code.split("(")[0].split(".")[-1], code, x)


def image(g: Gen, channels: int | None = None) -> int:
    def fits(v: int) -> bool:
        d = g.dims(v)
        return 0 not in d and (channels is None or d[-1] == channels)

    try:
        return g.pick("f", 4, where=fits)
    except Unfit:
        return g.fresh(g.kind_dtype("f"), [1, g.integer(2, 4), g.integer(2, 4), channels or g.integer(1, 2)])


@op(2.5)
def convolution(g: Gen) -> Step:
    x = image(g)
    c = g.dims(x)[-1]
    padding, strides = g.choice(["SAME", "VALID"]), g.integer(1, 2)
    kernel = [g.integer(1, 2), g.integer(1, 2), c, g.integer(1, 2)]
    w = g.fresh(g.dtype(x), kernel) if g.chance(0.6) and len(g.inputs) < 5 else None
    if w is None:
        return g.step(
            "conv2d", f"tf.nn.conv2d($0, {g.constant(g.dtype(x), kernel)}, {strides}, {padding!r})", x
        )
    if g.chance(0.4):
        return g.step(
            "depthwise_conv2d",
            f"tf.nn.depthwise_conv2d($0, $1, [1, {strides}, {strides}, 1], {padding!r})",
            x,
            w,
        )
    dilation = g.choice([1, 1, 2]) if strides == 1 else 1
    return g.step("conv2d", f"tf.nn.conv2d($0, $1, {strides}, {padding!r}, dilations={dilation})", x, w)


@op(1)
def transposed_convolution(g: Gen) -> Step:
    x = image(g)
    n, h, w, c = g.dims(x)
    f = g.fresh(g.dtype(x), [2, 2, g.integer(1, 2), c])
    out = [n, 2 * h, 2 * w, g.dims(f)[2]]
    return g.step("conv2d_transpose", f"tf.nn.conv2d_transpose($0, $1, {out}, 2, 'SAME')", x, f)


@op(1)
def sequences(g: Gen) -> Step:
    x = g.reshaped("f", 3)
    _, length, c = g.dims(x)
    w = g.fresh(g.dtype(x), [g.integer(1, min(2, length)), c, 2])
    return g.step("conv1d", f"tf.nn.conv1d($0, $1, {g.integer(1, 2)}, {g.choice(['SAME', 'VALID'])!r})", x, w)


@op(2.5)
def pooling(g: Gen) -> Step:
    x = image(g)
    name = g.choice(["max_pool2d", "avg_pool2d"])
    return g.step(
        name, f"tf.nn.{name}($0, {g.integer(1, 2)}, {g.integer(1, 2)}, {g.choice(['SAME', 'VALID'])!r})", x
    )


@op(1.5)
def images(g: Gen) -> Step:
    x = image(g, 3) if g.chance(0.3) else image(g)
    size = [g.integer(1, 5), g.integer(1, 5)]
    options = [
        (
            "resize",
            f"tf.image.resize($0, {size}, {g.choice(['bilinear', 'nearest', 'bicubic', 'area', 'lanczos3'])!r})",
        ),
        ("flip_left_right", "tf.image.flip_left_right($0)"),
        ("rot90", f"tf.image.rot90($0, {g.integer(0, 3)})"),
        ("total_variation", "tf.image.total_variation($0)"),
        ("image_gradients", "tf.image.image_gradients($0)[0]"),
        (
            "extract_patches",
            "tf.image.extract_patches($0, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], 'VALID')",
        ),
        ("space_to_depth", "tf.nn.space_to_depth($0, 2)"),
        ("space_to_batch", "tf.space_to_batch($0, [2, 2], [[0, 0], [0, 0]])"),
        ("per_image_standardization", "tf.image.per_image_standardization($0)"),
        ("adjust_contrast", "tf.image.adjust_contrast($0, 1.5)"),
    ]
    if g.dims(x)[-1] == 3:
        options += [
            (n, f"tf.image.{n}($0)") for n in ("rgb_to_hsv", "hsv_to_rgb", "rgb_to_grayscale", "rgb_to_yiq")
        ]
    name, code = g.choice(options)
    return g.step(name, code, x)


@op(0.7)
def pooled_order(g: Gen) -> Step:
    x = image(g)
    ratio = [1.0, min(1.5, float(g.dims(x)[1])), min(1.4, float(g.dims(x)[2])), 1.0]
    kind = g.choice(["Max", "Avg"])
    code = (
        f"tf.raw_ops.Fractional{kind}Pool(value=$0, pooling_ratio={ratio}, overlapping={g.chance(0.5)}, "
        "deterministic=True, seed=3, seed2=5)[0]"
    )
    return g.step("fractional_pool", code, x)
