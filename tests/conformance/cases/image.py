"""Images: geometry, resizing, colours, adjustments, quality."""

from conformance_kit import DOUBLE, FLOATS, A, V, case, error, script

X = A("prob", (2, 4, 5, 3))
ONE = A("prob", (4, 5, 3))

F = ("float32",)

# geometry
for name in ("flip_left_right", "flip_up_down", "rot90", "transpose"):
    case(
        f"image.{name}",
        inputs=[A("normal", (2, 3, 1))],
        dtypes=(*DOUBLE, "int32", "uint8"),
        also={"batch": [A("normal", (2, 2, 3, 2))]},
    )
    for shape in ([3, 3], [1, 1, 3, 3, 1]):
        error(f"{name} of {shape}", lambda tf, f=name, n=shape: getattr(tf.image, f)(tf.ones(n)))
for k in (0, 2, 3, 5, -1):
    case(f"rot90 {k}", lambda tf, x, k=k: tf.image.rot90(x, k), [A("normal", (2, 3, 1))], dtypes=F)
case("rot90 tensor", lambda tf, x: tf.image.rot90(x, tf.constant(3)), [A("normal", (1, 2, 3, 1))], dtypes=F)
error("rot90 by a float", lambda tf: tf.image.rot90(tf.ones([2, 2, 1]), 1.5))
error("rot90 by a list", lambda tf: tf.image.rot90(tf.ones([2, 2, 1]), [1]))
for fraction in (0.5, 0.6, 0.99, 1.0):
    case(
        f"central_crop {fraction}",
        lambda tf, x, p=fraction: tf.image.central_crop(x, p),
        [A("normal", (7, 9, 1))],
        dtypes=F,
        also={"batch": [A("normal", (1, 4, 5, 1))]},
    )
for fraction in (0.0, 1.5):
    error(f"central_crop {fraction}", lambda tf, p=fraction: tf.image.central_crop(tf.ones([4, 4, 1]), p))
case(
    "crop_to_bounding_box",
    lambda tf, x: tf.image.crop_to_bounding_box(x, 1, 2, 2, 3),
    [ONE],
    dtypes=F,
    also={"batch": [X]},
)
case(
    "pad_to_bounding_box",
    lambda tf, x: tf.image.pad_to_bounding_box(x, 1, 2, 6, 8),
    [ONE],
    dtypes=(*F, "int32"),
    also={"batch": [X]},
)
for box in ((3, 2, 2, 3), (-1, 2, 2, 3), (0, 0, 0, 3), (0, 0, 2, 0), (0, 3, 2, 3), (0, -1, 2, 2)):
    error(
        f"crop_to_bounding_box {box}", lambda tf, b=box: tf.image.crop_to_bounding_box(tf.ones([4, 5, 1]), *b)
    )
for box in ((1, 2, 3, 8), (-1, 2, 6, 8), (1, -2, 6, 8), (1, 2, 6, 6)):
    error(
        f"pad_to_bounding_box {box}", lambda tf, b=box: tf.image.pad_to_bounding_box(tf.ones([4, 5, 1]), *b)
    )
for size in ((6, 3), (3, 7), (4, 5), (1, 2), (9, 8)):
    case(
        f"resize_with_crop_or_pad {size}",
        lambda tf, x, n=size: tf.image.resize_with_crop_or_pad(x, *n),
        [ONE],
        dtypes=F,
        also={"batch": [X]},
    )
for size in ((0, 3), (3, -1)):
    error(
        f"resize_with_crop_or_pad {size}",
        lambda tf, n=size: tf.image.resize_with_crop_or_pad(tf.ones([4, 5, 1]), *n),
    )
for size in ((8, 8), (3, 9), (2, 2)):
    case(
        f"resize_with_pad {size}",
        lambda tf, x, n=size: tf.image.resize_with_pad(x, *n),
        [ONE],
        dtypes=F,
        order=1,
    )

# resizing
CUBIC = {"tol": {"float32": 5e-5}, "why": "TensorFlow tabulates its kernels in float32"}
for method in ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"):
    for size in ([7, 3], [2, 10]):
        case(
            f"resize {method} {size}",
            lambda tf, x, m=method, n=size: tf.image.resize(x, n, method=m),
            [X],
            dtypes=F,
            **CUBIC,
        )
    if method != "nearest":
        case(
            f"resize {method} antialias",
            lambda tf, x, m=method: tf.image.resize(x, [2, 7], method=m, antialias=True),
            [X],
            dtypes=F,
            **CUBIC,
        )
    case(
        f"resize {method} squared",
        lambda tf, x, m=method: tf.image.resize(x, [3, 7], method=m) ** 2,
        [A("prob", (4, 5, 1))],
        dtypes=F,
        **CUBIC,
    )
case("resize area", lambda tf, x: tf.image.resize(x, [3, 7], method="area"), [X], dtypes=F)
case(
    "resize",
    lambda tf, x: tf.image.resize(x, [3, 7]),
    [ONE],
    dtypes=(*FLOATS, "int32", "uint8"),
    tol={"float64": 1e-6},
    why="computed in float32",
)
case(
    "resize nearest",
    lambda tf, x: tf.image.resize(x, [3, 7], method="nearest"),
    [ONE],
    dtypes=(*FLOATS, "int8", "int16", "int32", "int64", "uint8", "uint16"),
    rejects=("uint32", "uint64", "bool", "complex64"),
)
case("resize, nothing changes", lambda tf, x: tf.image.resize(x, [4, 5]), [ONE], dtypes=(*DOUBLE, "uint8"))
for size in ([8, 10], [8, 8], [3, 9]):
    case(
        f"resize aspect {size}",
        lambda tf, x, n=size: tf.image.resize(x, n, preserve_aspect_ratio=True),
        [X],
        dtypes=F,
        order=1,
    )
case(
    "resize to a tensor",
    lambda tf, x: tf.image.resize(x, tf.constant([2, 3]), tf.image.ResizeMethod.BILINEAR),
    [X],
    dtypes=F,
    order=1,
)
case(
    "resize of no images",
    lambda tf, x: tf.image.resize(x, [2, 3]),
    [A("prob", (0, 4, 5, 3))],
    dtypes=F,
    order=0,
)
for name, shape, size, method in (
    ("method", [4, 5, 1], [2, 2], "foo"),
    ("int size", [4, 5, 1], 2, "bilinear"),
    ("one size", [4, 5, 1], [2], "bilinear"),
    ("float size", [4, 5, 1], [2.0, 3.0], "bilinear"),
    ("size 0", [4, 5, 1], [0, 3], "bilinear"),
    ("size -1", [4, 5, 1], [-1, 3], "nearest"),
    ("rank", [4, 5], [2, 3], "bilinear"),
):
    error(f"resize: {name}", lambda tf, n=shape, s=size, m=method: tf.image.resize(tf.ones(n), s, method=m))
for name in ("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic"):
    for flags in ({}, {"align_corners": True}, {"half_pixel_centers": True}):
        case(
            f"{name} {flags}",
            lambda tf, x, f=name, o=flags: getattr(tf.raw_ops, f)(images=x, size=[3, 7], **o),
            [X],
            dtypes=F,
            order=1,
            **CUBIC,
        )
case(
    "ScaleAndTranslate",
    lambda tf, x: tf.raw_ops.ScaleAndTranslate(
        images=x, size=[3, 7], scale=[0.5, 1.5], translation=[0.5, -1.0]
    ),
    [X],
    dtypes=F,
    order=1,
    **CUBIC,
)

BOXES = V([[0.1, 0.0, 0.9, 1.0], [-0.5, 0.25, 0.75, 1.5]], "float32")
WHICH = V([1, 0], "int32", diff=False)
for method in ("bilinear", "nearest"):
    case(
        f"crop_and_resize {method}",
        lambda tf, x, b, i, m=method: tf.image.crop_and_resize(x, b, i, [3, 2], method=m),
        [X, BOXES, WHICH],
        dtypes=F,
    )
case(
    "crop_and_resize extrapolated",
    lambda tf, x, b, i: tf.image.crop_and_resize(x, b, i, [2, 2], extrapolation_value=7.0),
    [X, BOXES, WHICH],
    dtypes=("float32", "float64", "uint8"),
    order=0,
)
case(
    "crop_and_resize to one pixel",
    lambda tf, x, b, i: tf.image.crop_and_resize(x, b, i, [1, 1]),
    [X, BOXES, WHICH],
    dtypes=F,
    order=1,
)
for name, boxes, index, size, method in (
    ("one size", [[0.0, 0.0, 1.0, 1.0]], [0], [2], "bilinear"),
    ("index", [[0.0, 0.0, 1.0, 1.0]], [1], [2, 2], "bilinear"),
    ("columns", [[0.0, 0.0, 1.0]], [0], [2, 2], "bilinear"),
    ("indices", [[0.0, 0.0, 1.0, 1.0]], [0, 0], [2, 2], "bilinear"),
    ("method", [[0.0, 0.0, 1.0, 1.0]], [0], [2, 2], "foo"),
):
    error(
        f"crop_and_resize: {name}",
        lambda tf, b=boxes, i=index, s=size, m=method: tf.image.crop_and_resize(
            tf.ones([1, 4, 5, 1]), b, i, s, method=m
        ),
    )

# colours
for name in ("rgb_to_grayscale", "rgb_to_yiq", "rgb_to_yuv", "yiq_to_rgb", "yuv_to_rgb"):
    case(
        f"image.{name}",
        inputs=[ONE],
        dtypes=("float32", "float64", "float16"),
        also={"batch": [A("prob", (1, 1, 2, 3))]},
        **(
            {"tol": {"float64": 1e-6}, "why": "TensorFlow sums in float32"}
            if name == "rgb_to_grayscale"
            else {}
        ),
    )
case(
    "rgb_to_grayscale of bytes",
    lambda tf, x: tf.image.rgb_to_grayscale(x),
    [A("positive", (2, 3, 3))],
    dtypes=("uint8", "int32"),
)
error("rgb_to_grayscale: two channels", lambda tf: tf.image.rgb_to_grayscale(tf.ones([2, 2, 2])))
error("rgb_to_yiq: two channels", lambda tf: tf.image.rgb_to_yiq(tf.ones([2, 2, 2])))
error("rgb_to_yiq of ints", lambda tf: tf.image.rgb_to_yiq(tf.ones([2, 2, 3], tf.int32)))
case("image.grayscale_to_rgb", inputs=[A("prob", (2, 3, 1))], dtypes=(*DOUBLE, "uint8"))
error("grayscale_to_rgb: three channels", lambda tf: tf.image.grayscale_to_rgb(tf.ones([2, 2, 3])))
case("image.rgb_to_hsv", inputs=[ONE], dtypes=DOUBLE, rejects=("int32",))
case(
    "rgb_to_hsv of greys",
    lambda tf, x: tf.image.rgb_to_hsv(x),
    [V([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.5, 0.5, 0.2], [0.2, 0.5, 0.5]])],
    dtypes=DOUBLE,
    order=0,
)
case(
    "image.hsv_to_rgb",
    inputs=[ONE],
    dtypes=DOUBLE,
    also={"outside": [V([[1.2, 0.5, 0.5], [-0.1, 1.0, 1.0], [0.3, 0.0, 0.5]])]},
)
error("rgb_to_hsv: two channels", lambda tf: tf.image.rgb_to_hsv(tf.ones([2, 2, 2])))
error("rgb_to_hsv of a scalar", lambda tf: tf.image.rgb_to_hsv(1.0))


@script("convert_image_dtype")
def _(tf):
    given = {
        "float32": [0.0, 0.25, 0.5, 1.0],
        "float16": [0.0, 0.5, 1.0],
        "float64": [0.0, 0.5, 1.0],
        "uint8": [0, 1, 128, 255],
        "int8": [-5, 0, 100, 127],
        "uint16": [0, 1280, 65535],
        "int16": [0, 1280, 32767],
        "int32": [0, 7, 2147483647],
    }
    return {
        f"{a} {b}": tf.image.convert_image_dtype(tf.cast(x, a), b)
        for a, x in given.items()
        for b in given
        if (a, b)
        not in (
            ("float32", "int32"),
            ("float16", "int32"),
            ("float16", "uint16"),
            ("int8", "uint8"),
            ("int8", "uint16"),
        )
    } | {"saturated": tf.image.convert_image_dtype([-1.0, 0.5, 2.0], tf.uint8, saturate=True)}


case(
    "convert_image_dtype of floats",
    lambda tf, x: tf.image.convert_image_dtype(x, tf.float64),
    [ONE],
    dtypes=F,
)
error("convert_image_dtype to bool", lambda tf: tf.image.convert_image_dtype([1.0], tf.bool))
for name, args in (
    ("adjust_brightness", (0.1,)),
    ("adjust_contrast", (2.0,)),
    ("adjust_gamma", (2.0, 1.5)),
    ("adjust_saturation", (0.5,)),
    ("adjust_hue", (0.1,)),
):
    case(
        f"image.{name}",
        lambda tf, x, f=name, a=args: getattr(tf.image, f)(x, *a),
        [ONE],
        dtypes=("float32", "float64"),
        also={"batch": [X]},
        tol={"float64": 1e-6, "float32": 2e-5},
        why="computed in float32",
    )
    case(
        f"{name} of bytes",
        lambda tf, x, f=name, a=args: getattr(tf.image, f)(x, *a),
        [V([[[250, 10, 0], [3, 200, 77]], [[1, 2, 3], [130, 128, 90]]])],
        dtypes=("uint8",),
    )
error("adjust_gamma -1", lambda tf: tf.image.adjust_gamma(tf.ones([2, 2, 3]), -1.0))
error("adjust_hue 2", lambda tf: tf.image.adjust_hue(tf.ones([2, 2, 3]), 2.0))
error("adjust_saturation: two channels", lambda tf: tf.image.adjust_saturation(tf.ones([2, 2, 2]), 0.5))
error("adjust_contrast: rank", lambda tf: tf.image.adjust_contrast(tf.ones([2, 2]), 0.5))
case(
    "image.per_image_standardization",
    inputs=[ONE],
    dtypes=("float32", "uint8"),
    also={"batch": [X], "flat": [A("ones", (2, 2, 1))]},
    tol={"float32": 1e-4},
    why="a difference of close numbers",
)

# quality
case("image.image_gradients", inputs=[X], dtypes=DOUBLE)
error("image_gradients: rank", lambda tf: tf.image.image_gradients(tf.ones([2, 2, 1])))
case("image.total_variation", inputs=[X], dtypes=(*DOUBLE, "int32"), rejects=("uint8",), also={"one": [ONE]})
error("total_variation: rank", lambda tf: tf.image.total_variation(tf.ones([2, 2])))
case("image.sobel_edges", inputs=[X], dtypes=DOUBLE)
case(
    "image.psnr",
    lambda tf, a, b: tf.image.psnr(a, b, 1.0),
    [X, X],
    dtypes=F,
    tol={"float32": 1e-4},
    why="logarithms of sums",
    also={"one": [ONE, ONE], "broadcast": [X, A("prob", (1, 4, 5, 3))]},
)
case(
    "psnr of bytes",
    lambda tf, a, b: tf.image.psnr(a, b, 255),
    [A("positive", (4, 5, 3)), A("positive", (4, 5, 3))],
    dtypes=("uint8",),
)
error("psnr: rank", lambda tf: tf.image.psnr(tf.ones([2, 2]), tf.zeros([2, 2]), 1.0))
error("psnr: sizes", lambda tf: tf.image.psnr(tf.ones([2, 2, 1]), tf.zeros([3, 2, 1]), 1.0))
SSIM = {"tol": {"float32": 1e-3}, "why": "differences of sums that nearly cancel"}
BIG = A("prob", (1, 12, 11, 2))
case("image.ssim", lambda tf, a, b: tf.image.ssim(a, b, 1.0), [BIG, BIG], dtypes=F, order=1, **SSIM)
case(
    "ssim map",
    lambda tf, a, b: tf.image.ssim(a, b, 1.0, filter_size=5, return_index_map=True),
    [BIG, BIG],
    dtypes=F,
    order=0,
    **SSIM,
)
case(
    "ssim options",
    lambda tf, a, b: tf.image.ssim(a, b, 2.0, 3, 1.0, 0.02, 0.05),
    [ONE, ONE],
    dtypes=F,
    **SSIM,
)
case(
    "ssim of bytes",
    lambda tf, a, b: tf.image.ssim(a, b, 255),
    [A("positive", (12, 11, 2)), A("positive", (12, 11, 2))],
    dtypes=("uint8",),
    **SSIM,
)
case(
    "image.ssim_multiscale",
    lambda tf, a, b: tf.image.ssim_multiscale(a, b, 1.0, (0.25, 0.75), filter_size=3),
    [A("prob", (1, 7, 8, 1)), A("prob", (1, 7, 8, 1))],
    dtypes=F,
    order=1,
    **SSIM,
)
error("ssim: too small", lambda tf: tf.image.ssim(tf.ones([4, 4, 1]), tf.ones([4, 4, 1]), 1.0))
error("ssim: sizes", lambda tf: tf.image.ssim(tf.ones([12, 12, 1]), tf.ones([13, 12, 1]), 1.0))

# at random, with TensorFlow's own numbers
for name, args in (
    ("random_brightness", (0.3,)),
    ("random_contrast", (0.5, 1.5)),
    ("random_saturation", (0.5, 1.5)),
    ("random_hue", (0.2,)),
    ("random_flip_left_right", ()),
    ("random_flip_up_down", ()),
):
    once = {"order": 1, "tol": {"float32": 2e-5}, "why": "computed in float32"}

    def drawing_on(tf, x, f=name, a=args):
        tf.random.set_seed(11)
        return [getattr(tf.image, f)(x, *a, seed=5) for _ in range(2)]

    case(f"image.{name}", drawing_on, [ONE], dtypes=F, also={"batch": [A("prob", (4, 2, 2, 3))]}, **once)
    case(
        f"image.stateless_{name}",
        lambda tf, x, f=name, a=args: getattr(tf.image, f"stateless_{f}")(x, *a, seed=[3, 4]),
        [ONE],
        dtypes=F,
        also={"batch": [A("prob", (4, 2, 2, 3))]},
        **once,
    )
case(
    "stateless_random_crop",
    lambda tf, x: tf.image.stateless_random_crop(x, [2, 3, 3], seed=[3, 4]),
    [ONE],
    dtypes=F,
)


@script("random_crop")
def _(tf):
    tf.random.set_seed(11)
    return [tf.image.random_crop(tf.reshape(tf.range(60), [4, 5, 3]), [2, 2, 2], seed=5) for _ in range(3)]


error("random_crop: too large", lambda tf: tf.image.random_crop(tf.ones([2, 2, 3]), [3, 2, 3]))
error("random_brightness: negative", lambda tf: tf.image.random_brightness(tf.ones([2, 2, 3]), -0.1))
error("random_contrast: empty", lambda tf: tf.image.random_contrast(tf.ones([2, 2, 3]), 1.5, 0.5))
error("random_hue: too far", lambda tf: tf.image.random_hue(tf.ones([2, 2, 3]), 0.6))
