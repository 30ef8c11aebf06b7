"""Images at the edges: ties of channels, colours that are not finite, areas beyond the edge, halves."""

import itertools

from conformance_kit import FLOATS, A, V, case, error, script

nan, inf = float("nan"), float("inf")
COLOURS = list(itertools.product([0.0, -0.0, 0.5, 1.0, -0.5, 0.25], repeat=3))
ODD = [
    c for c in itertools.product([0.0, 0.5, nan, inf, -inf], repeat=3) if nan in c or inf in c or -inf in c
]

case("image.rgb_to_hsv", inputs=[V(COLOURS)])
for i, name in enumerate(("hue", "saturation", "value")):
    case(
        f"rgb_to_hsv {name}",
        lambda tf, x, i=i: tf.image.rgb_to_hsv(x)[..., i],
        [V(COLOURS)],
        dtypes=("float64",),
    )
case(
    "rgb_to_hsv of what is not finite", lambda tf, x: tf.image.rgb_to_hsv(x), [V(ODD)], dtypes=FLOATS, order=0
)


@script("gradient of rgb_to_hsv of what is not finite")
def _(tf):
    x = tf.constant(ODD)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.image.rgb_to_hsv(x)
    return tape.gradient(y, x)


for old, new in ((1, 1), (1, 3), (2, 3), (3, 2), (4, 3), (4, 1), (5, 8), (7, 3)):
    case(
        f"ResizeArea {old} {new}",
        lambda tf, x, n=new: tf.raw_ops.ResizeArea(images=x, size=[n, 2], align_corners=True),
        [A("normal", (1, old, 3, 2))],
        dtypes=("float32", "uint8"),
        order=0,
    )

case(
    "image.per_image_standardization",
    inputs=[A("normal", (2, 3, 4, 3))],
    dtypes=("float32", "float16", "bfloat16", "int32", "uint8"),
)
case(
    "per_image_standardization of one colour",
    lambda tf, x: tf.image.per_image_standardization(x),
    [A("ones", (2, 3, 3))],
    dtypes=("float32", "float16", "bfloat16"),
)

# a pixel that is not finite shows where it is read, and nowhere else
SPOILT = V([[[[0.0], [1.0], [nan], [2.0]], [[1.0], [3.0], [5.0], [inf]], [[2.0], [0.5], [1.0], [4.0]]]])
for method, antialias, size in (
    ("area", False, (3, 2)),
    ("area", False, (6, 4)),
    ("nearest", False, (2, 3)),
    ("gaussian", True, (2, 2)),
):
    case(
        f"resize {method} {antialias} {size} of what is not finite",
        lambda tf, x, m=method, a=antialias, s=size: tf.image.resize(x, s, m, antialias=a),
        [SPOILT],
        dtypes=("float32",),
        order=0 if method == "area" else 1,
    )
case(
    "bicubic gradients of halves",  # None
    lambda tf, x: tf.image.resize(x, [5, 2], "bicubic"),
    [A("normal", (1, 3, 4, 2))],
    dtypes=FLOATS[:1] + FLOATS[2:],
    order=1,
)
for name in ("transpose", "rot90", "flip_left_right", "flip_up_down", "per_image_standardization"):
    error(f"{name} of no rows", lambda tf, n=name: getattr(tf.image, n)(tf.ones([2, 0, 4, 3])))
error("central_crop of no rows", lambda tf: tf.image.central_crop(tf.ones([2, 0, 4, 3]), 0.5))
for method in ("bilinear", "bicubic", "lanczos3", "area", "nearest"):
    for antialias in (False, True):
        error(
            f"resize {method} {antialias} of no rows",
            lambda tf, m=method, a=antialias: tf.image.resize(tf.ones([2, 0, 4, 3]), [2, 2], m, antialias=a),
        )
