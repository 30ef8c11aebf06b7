"""Images that are none: files cut off, of zero bytes, of other kinds; wrong channels, shapes, dtypes and boxes."""

import numpy as np
from cases._files import BMP, GIF, JPEG_3, PNG_3, PNG_16, WEBP
from cases._programs import programs

FILES = {"png": PNG_3, "png16": PNG_16, "jpeg": JPEG_3, "gif": GIF, "bmp": BMP, "webp": WEBP}
DECODERS = {
    "decode_png": lambda tf, x, **k: tf.image.decode_png(x, **k),
    "decode_jpeg": lambda tf, x, **k: tf.image.decode_jpeg(x, dct_method="INTEGER_ACCURATE", **k),
    "decode_gif": lambda tf, x, **k: tf.image.decode_gif(x, **k),
    "decode_bmp": lambda tf, x, **k: tf.image.decode_bmp(x, **k),
    "decode_image": lambda tf, x, **k: tf.image.decode_image(x, **k),
    "is_jpeg": lambda tf, x, **k: tf.image.is_jpeg(x, **k),
    "extract_jpeg_shape": lambda tf, x, **k: tf.image.extract_jpeg_shape(x, **k),
}


def shape(value):
    return [*value.shape, value.dtype.name] if value.shape.rank else value


def broken(name, data):
    yield name, data
    for size in (0, 1, 4, 8, 12, 20, 30, 40, len(data) // 2, len(data) - 4, len(data) - 1):
        if size < len(data):
            yield f"{name} of {size}", data[:size]
    yield f"{name} of zeros", data[:8] + bytes(len(data) - 8)
    for at in (9, 17, 25, len(data) // 2):
        if at < len(data):
            yield f"{name} wrong at {at}", data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
    yield f"{name} and more", data + b"more"


# A screen that is larger than its frames (TensorFlow takes the size of these), and a number of planes that is not 1.
APART = {"gif wrong at 9", "bmp wrong at 17"}
for decoder, decode in DECODERS.items():
    table = {}
    for name, data in FILES.items():
        own = name.startswith(decoder.removeprefix("decode_")) or decoder == "decode_image" or name == "png"
        for kind, text in broken(name, data) if own else ((name, data),):
            if kind in APART:
                continue
            table[kind] = lambda tf, text=text, decode=decode: shape(decode(tf, text))
    table["text"] = lambda tf, decode=decode: decode(tf, "no image")
    table["number"] = lambda tf, decode=decode: decode(tf, 1)
    table["vector"] = lambda tf, decode=decode: decode(tf, [PNG_3])
    table["bytes as numbers"] = lambda tf, decode=decode: decode(tf, tf.constant([1, 2], tf.uint8))
    if decoder == "decode_jpeg":  # which it converts in another way, because of dct_method
        del table["bytes as numbers"]
    table["nothing"] = lambda tf, decode=decode: decode(tf, None)
    programs(decoder, table)

programs(
    "channels and dtypes",
    {
        f"{decoder} of {name} {options}": lambda tf, d=decode, x=data, o=options: shape(d(tf, x, **o))
        for decoder, decode in DECODERS.items()
        for name, data in FILES.items()
        for options in (
            [{"channels": n} for n in (-1, 0, 1, 2, 3, 4, 5)]
            + [{"dtype": t} for t in ("uint16", "float32", "int8")]
        )
        if decoder in ("decode_image", f"decode_{name}", f"decode_{name[:3]}")
        and not (decoder in ("decode_bmp", "decode_gif") and "dtype" in options)
        and decoder != "decode_gif"
    },
)
programs(
    "encoding",
    {
        **{
            f"{encoder} {kind}": lambda tf, e=encoder, s=s, d=d: shape(
                tf.image.decode_image(getattr(tf.image, e)(tf.zeros(s, d)))
            )
            for encoder in ("encode_png", "encode_jpeg")
            for kind, s, d in (
                ("good", [2, 3, 3], "uint8"),
                ("gray", [2, 3, 1], "uint8"),
                ("two channels", [2, 3, 2], "uint8"),
                ("four channels", [2, 3, 4], "uint8"),
                ("five channels", [2, 3, 5], "uint8"),
                ("matrix", [2, 3], "uint8"),
                ("batch", [1, 2, 3, 3], "uint8"),
                ("scalar", [], "uint8"),
                ("no channels", [2, 3, 0], "uint8"),
                ("uint16", [2, 3, 3], "uint16"),
                ("floats", [2, 3, 3], "float32"),
                ("ints", [2, 3, 3], "int32"),
                ("bool", [2, 3, 3], "bool"),
            )
        },
        "png compression": lambda tf: shape(
            tf.image.decode_png(tf.image.encode_png(tf.zeros([2, 2, 3], tf.uint8), compression=10))
        ),
        "png compression -2": lambda tf: shape(
            tf.image.decode_png(tf.image.encode_png(tf.zeros([2, 2, 3], tf.uint8), compression=-2))
        ),
        "jpeg quality 101": lambda tf: tf.image.encode_jpeg(tf.zeros([2, 2, 3], tf.uint8), quality=101),
        "jpeg quality -1": lambda tf: tf.image.encode_jpeg(tf.zeros([2, 2, 3], tf.uint8), quality=-1),
        "jpeg format": lambda tf: tf.image.encode_jpeg(tf.zeros([2, 2, 3], tf.uint8), format="x"),
        "jpeg format gray": lambda tf: tf.image.encode_jpeg(
            tf.zeros([2, 2, 3], tf.uint8), format="grayscale"
        ),
        "jpeg density": lambda tf: tf.image.encode_jpeg(tf.zeros([2, 2, 3], tf.uint8), density_unit="km"),
        "jpeg ratio": lambda tf: tf.image.decode_jpeg(JPEG_3, ratio=3),
        "jpeg ratio 0": lambda tf: tf.image.decode_jpeg(JPEG_3, ratio=0),
        "jpeg dct": lambda tf: tf.image.decode_jpeg(JPEG_3, dct_method="x"),
        "crop": lambda tf: shape(tf.image.decode_and_crop_jpeg(JPEG_3, [1, 1, 2, 3])),
        "crop beyond": lambda tf: tf.image.decode_and_crop_jpeg(JPEG_3, [1, 1, 99, 3]),
        "crop negative": lambda tf: tf.image.decode_and_crop_jpeg(JPEG_3, [-1, 1, 2, 3]),
        "crop empty": lambda tf: tf.image.decode_and_crop_jpeg(JPEG_3, [1, 1, 0, 3]),
        "crop of three": lambda tf: tf.image.decode_and_crop_jpeg(JPEG_3, [1, 1, 2]),
        "crop floats": lambda tf: tf.image.decode_and_crop_jpeg(JPEG_3, [1.0, 1.0, 2.0, 3.0]),
        "crop of a png": lambda tf: tf.image.decode_and_crop_jpeg(PNG_3, [1, 1, 2, 3]),
        "animations": lambda tf: shape(tf.image.decode_image(GIF, expand_animations=False)),
        "adjust_jpeg_quality": lambda tf: shape(tf.image.adjust_jpeg_quality(tf.zeros([4, 4, 3]), 50)),
        "adjust_jpeg_quality 200": lambda tf: shape(tf.image.adjust_jpeg_quality(tf.zeros([4, 4, 3]), 200)),
        "adjust_jpeg_quality channels": lambda tf: shape(
            tf.image.adjust_jpeg_quality(tf.zeros([4, 4, 2]), 50)
        ),
    },
)

BOXES = [
    [0.0, 0.0, 1.0, 1.0],
    [0.0, 0.1, 1.0, 1.1],
    [1.0, 1.0, 0.0, 0.0],
    [0.0, 10.0, 1.0, 11.0],
    [2.0, 2.0, 2.0, 2.0],
]
SCORES = [0.5, 0.75, 0.6, 0.75, 0.3]


def nms(tf, boxes=BOXES, scores=SCORES, size=3, *args, **k):
    return tf.image.non_max_suppression(boxes, scores, size, *args, **k)


def padded(tf, boxes=BOXES, scores=SCORES, size=3, *args, **k):
    return tf.image.non_max_suppression_padded(boxes, scores, size, *args, **k)


def scored(tf, boxes=BOXES, scores=SCORES, size=3, *args, **k):
    return tf.image.non_max_suppression_with_scores(boxes, scores, size, *args, **k)


def combined(tf, boxes=BOXES, scores=SCORES, each=3, total=4, **k):
    boxes = tf.reshape(tf.constant(boxes), [1, -1, 1, 4])
    scores = tf.reshape(tf.constant(scores), [1, boxes.shape[1], -1])
    return list(tf.image.combined_non_max_suppression(boxes, scores, each, total, **k))


TWICE = [[0.9, 0.3], [0.9, 0.9], [0.9, 0.9], [0.2, 0.9], [0.9, 0.9]]
FUNCTIONS = {"plain": nms, "padded": padded, "scored": scored}
programs(
    "suppression",
    {
        **{
            f"{name} {kind}": lambda tf, f=f, call=call: call(tf, f)
            for name, f in FUNCTIONS.items()
            for kind, call in {
                "good": lambda tf, f: f(tf),
                "threshold 0": lambda tf, f: f(tf, BOXES, SCORES, 3, 0.0),
                "threshold 1": lambda tf, f: f(tf, BOXES, SCORES, 5, 1.0),
                "threshold -1": lambda tf, f: f(tf, BOXES, SCORES, 3, -1.0),
                "threshold 2": lambda tf, f: f(tf, BOXES, SCORES, 3, 2.0),
                "threshold vector": lambda tf, f: f(tf, BOXES, SCORES, 3, [0.5]),
                "size 0": lambda tf, f: f(tf, BOXES, SCORES, 0),
                "size -1": lambda tf, f: f(tf, BOXES, SCORES, -1),
                "size large": lambda tf, f: f(tf, BOXES, SCORES, 99),
                "size float": lambda tf, f: f(tf, BOXES, SCORES, 3.0),
                "scores short": lambda tf, f: f(tf, BOXES, SCORES[:4]),
                "scores a matrix": lambda tf, f: f(tf, BOXES, [SCORES]),
                "scores NaN": lambda tf, f: f(tf, BOXES, [0.5, float("nan"), 0.6, 0.75, 0.3]),
                "scores ints": lambda tf, f: f(tf, BOXES, [1, 2, 3, 4, 5]),
                "boxes of three": lambda tf, f: f(tf, [[0.0, 0.0, 1.0]], [1.0]),
                "boxes a vector": lambda tf, f: f(tf, BOXES[0], [1.0]),
                "boxes NaN": lambda tf, f: f(tf, [[float("nan"), 0.0, 1.0, 1.0], *BOXES[1:]]),
                "boxes infinite": lambda tf, f: f(tf, [[0.0, 0.0, float("inf"), 1.0], *BOXES[1:]]),
                "no boxes": lambda tf, f: f(tf, np.zeros([0, 4], np.float32), np.zeros([0], np.float32)),
                "float64": lambda tf, f: f(tf, tf.cast(BOXES, "float64"), tf.cast(SCORES, "float64")),
                "float16": lambda tf, f: f(tf, tf.cast(BOXES, "float16"), tf.cast(SCORES, "float16")),
                "two dtypes": lambda tf, f: f(tf, tf.cast(BOXES, "float64"), tf.constant(SCORES)),
                "swapped": lambda tf, f: f(
                    tf, [[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0], [0.1, 0.9, 0.9, 0.0]], [1.0, 0.9, 0.8]
                ),
                "equal": lambda tf, f: f(tf, BOXES, [0.5] * 5),
            }.items()
            # TensorFlow fails inside for some dtypes.
            if kind not in ("float16", "float64", "two dtypes") or name == "plain"
        },
        "padded pads": lambda tf: padded(tf, BOXES, SCORES, 5, pad_to_max_output_size=True),
        "padded swapped sorted": lambda tf: padded(
            tf, [[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]], [1.0, 0.9], 2, 0.5, sorted_input=True
        ),
        "padded swapped canonicalized": lambda tf: padded(
            tf,
            [[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]],
            [1.0, 0.9],
            2,
            0.5,
            canonicalized_coordinates=True,
        ),
        "padded tiles": lambda tf: padded(tf, BOXES, SCORES, 3, tile_size=2),
        "padded tiles 0": lambda tf: padded(tf, BOXES, SCORES, 3, tile_size=0),
        "padded batch": lambda tf: padded(
            tf, [BOXES, BOXES[::-1]], [SCORES, SCORES], 3, pad_to_max_output_size=True
        ),
        "padded batch plain": lambda tf: padded(tf, [BOXES, BOXES[::-1]], [SCORES, SCORES], 3),
        "padded scores threshold": lambda tf: padded(
            tf, BOXES, SCORES, 5, 0.5, 0.55, pad_to_max_output_size=True
        ),
        "padded batch threshold 0": lambda tf: padded(
            tf, [BOXES], [SCORES], 5, 0.0, pad_to_max_output_size=True
        ),
        "padded batch swapped": lambda tf: padded(
            tf,
            [[[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]],
            [[1.0, 0.9]],
            2,
            0.5,
            pad_to_max_output_size=True,
        ),
        "padded batch swapped canonicalized": lambda tf: padded(
            tf,
            [[[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]],
            [[1.0, 0.9]],
            2,
            0.5,
            pad_to_max_output_size=True,
            canonicalized_coordinates=True,
        ),
        "scored soft": lambda tf: scored(tf, BOXES, SCORES, 5, 0.5, 0.1, 0.5),
        "scored soft -1": lambda tf: scored(tf, BOXES, SCORES, 5, 0.5, 0.1, -0.5),
        "scored soft 0": lambda tf: scored(tf, BOXES, SCORES, 5, 0.5, 0.7, 0.0),
        "overlaps": lambda tf: tf.image.non_max_suppression_overlaps(tf.eye(5), SCORES, 3),
        "overlaps tall": lambda tf: tf.image.non_max_suppression_overlaps(tf.ones([5, 4]), SCORES, 3),
        "overlaps scores": lambda tf: tf.image.non_max_suppression_overlaps(tf.eye(5), SCORES[:3], 3),
        "overlaps size": lambda tf: tf.image.non_max_suppression_overlaps(tf.eye(5), SCORES, -3),
        "combined": lambda tf: combined(tf),
        "combined unclipped": lambda tf: combined(tf, clip_boxes=False),
        "combined size 0": lambda tf: combined(tf, each=0),
        "combined size -1": lambda tf: combined(tf, each=-1),
        "combined total 0": lambda tf: combined(tf, total=0),
        "combined total -1": lambda tf: combined(tf, total=-1),
        "combined threshold 2": lambda tf: combined(tf, iou_threshold=2.0),
        "combined threshold -1": lambda tf: combined(tf, iou_threshold=-1.0),
        "combined classes that differ": lambda tf: tf.image.combined_non_max_suppression(
            tf.zeros([1, 5, 3, 4]), tf.zeros([1, 5, 2]), 3, 4
        ),
        "combined batches that differ": lambda tf: tf.image.combined_non_max_suppression(
            tf.zeros([1, 5, 1, 4]), tf.zeros([2, 5, 2]), 3, 4
        ),
    },
)

IMAGE = np.arange(24, dtype=np.float32).reshape(1, 4, 3, 2)
programs(
    "crops and boxes",
    {
        "crop_and_resize": lambda tf: tf.image.crop_and_resize(IMAGE, [[0.0, 0.0, 1.0, 1.0]], [0], [2, 2]),
        "crop_and_resize index": lambda tf: tf.image.crop_and_resize(
            IMAGE, [[0.0, 0.0, 1.0, 1.0]], [1], [2, 2]
        ),
        "crop_and_resize index negative": lambda tf: tf.image.crop_and_resize(
            IMAGE, [[0.0, 0.0, 1.0, 1.0]], [-1], [2, 2]
        ),
        "crop_and_resize indices": lambda tf: tf.image.crop_and_resize(
            IMAGE, [[0.0, 0.0, 1.0, 1.0]], [0, 0], [2, 2]
        ),
        "crop_and_resize boxes": lambda tf: tf.image.crop_and_resize(IMAGE, [[0.0, 0.0, 1.0]], [0], [2, 2]),
        "crop_and_resize size": lambda tf: tf.image.crop_and_resize(
            IMAGE, [[0.0, 0.0, 1.0, 1.0]], [0], [2, 0]
        ),
        "crop_and_resize size of three": lambda tf: tf.image.crop_and_resize(
            IMAGE, [[0.0, 0.0, 1.0, 1.0]], [0], [2, 2, 2]
        ),
        "crop_and_resize method": lambda tf: tf.image.crop_and_resize(
            IMAGE, [[0.0, 0.0, 1.0, 1.0]], [0], [2, 2], method="cubic"
        ),
        "crop_and_resize rank": lambda tf: tf.image.crop_and_resize(
            IMAGE[0], [[0.0, 0.0, 1.0, 1.0]], [0], [2, 2]
        ),
        "crop_and_resize NaN": lambda tf: tf.image.crop_and_resize(
            IMAGE, [[float("nan"), 0.0, 1.0, 1.0]], [0], [2, 2]
        ),
        "crop_and_resize float64": lambda tf: tf.image.crop_and_resize(
            tf.cast(IMAGE, "float64"), [[0.0, 0.0, 1.0, 1.0]], [0], [2, 2]
        ),
        "crop_and_resize uint8": lambda tf: tf.image.crop_and_resize(
            tf.cast(IMAGE, "uint8"), [[0.0, 0.0, 1.0, 1.0]], [0], [2, 2]
        ),
        "crop_and_resize bool": lambda tf: tf.image.crop_and_resize(
            tf.cast(IMAGE, "bool"), [[0.0, 0.0, 1.0, 1.0]], [0], [2, 2]
        ),
        "draw": lambda tf: tf.image.draw_bounding_boxes(
            tf.zeros([1, 4, 4, 3]), [[[0.0, 0.0, 0.5, 0.5]]], [[1.0, 0.0, 0.0]]
        ),
        "draw batches": lambda tf: tf.image.draw_bounding_boxes(
            tf.zeros([2, 4, 4, 3]), [[[0.0, 0.0, 0.5, 0.5]]], [[1.0, 0.0, 0.0]]
        ),
        "draw channels": lambda tf: tf.image.draw_bounding_boxes(
            tf.zeros([1, 4, 4, 2]), [[[0.0, 0.0, 0.5, 0.5]]], [[1.0, 0.0, 0.0]]
        ),
        "draw colors": lambda tf: tf.image.draw_bounding_boxes(
            tf.zeros([1, 4, 4, 3]), [[[0.0, 0.0, 0.5, 0.5]]], [1.0, 0.0, 0.0]
        ),
        "draw few colors": lambda tf: tf.image.draw_bounding_boxes(
            tf.zeros([1, 4, 4, 3]), [[[0.0, 0.0, 0.5, 0.5]]], [[1.0, 0.0]]
        ),
        "draw no colors": lambda tf: tf.image.draw_bounding_boxes(
            tf.zeros([1, 4, 4, 3]), [[[0.0, 0.0, 0.5, 0.5]]], None
        ),
        "draw boxes": lambda tf: tf.image.draw_bounding_boxes(
            tf.zeros([1, 4, 4, 3]), [[0.0, 0.0, 0.5, 0.5]], [[1.0, 0.0, 0.0]]
        ),
        "draw swapped": lambda tf: tf.image.draw_bounding_boxes(
            tf.zeros([1, 4, 4, 3]), [[[0.5, 0.5, 0.0, 0.0]]], [[1.0, 0.0, 0.0]]
        ),
        "draw outside": lambda tf: tf.image.draw_bounding_boxes(
            tf.zeros([1, 4, 4, 3]), [[[2.0, 2.0, 3.0, 3.0]]], [[1.0, 0.0, 0.0]]
        ),
        "draw uint8": lambda tf: tf.image.draw_bounding_boxes(
            tf.zeros([1, 4, 4, 3], tf.uint8), [[[0.0, 0.0, 0.5, 0.5]]], [[1.0, 0.0, 0.0]]
        ),
        "glimpse": lambda tf: tf.image.extract_glimpse(IMAGE, [2, 2], [[0.0, 0.0]]),
        "glimpse size": lambda tf: tf.image.extract_glimpse(IMAGE, [2], [[0.0, 0.0]]),
        "glimpse size 0": lambda tf: tf.image.extract_glimpse(IMAGE, [0, 2], [[0.0, 0.0]]),
        "glimpse negative": lambda tf: tf.image.extract_glimpse(IMAGE, [-1, 2], [[0.0, 0.0]]),
        "glimpse offsets": lambda tf: tf.image.extract_glimpse(IMAGE, [2, 2], [[0.0, 0.0], [0.0, 0.0]]),
        "glimpse offsets vector": lambda tf: tf.image.extract_glimpse(IMAGE, [2, 2], [0.0, 0.0]),
        "glimpse noise": lambda tf: tf.image.extract_glimpse(IMAGE, [2, 2], [[0.0, 0.0]], noise="x"),
        "glimpse rank": lambda tf: tf.image.extract_glimpse(IMAGE[0], [2, 2], [[0.0, 0.0]]),
        "glimpse float64": lambda tf: tf.image.extract_glimpse(
            tf.cast(IMAGE, "float64"), [2, 2], [[0.0, 0.0]]
        ),
        "crop_to_box": lambda tf: tf.image.crop_to_bounding_box(IMAGE, 1, 1, 2, 2),
        "crop_to_box beyond": lambda tf: tf.image.crop_to_bounding_box(IMAGE, 1, 1, 9, 2),
        "crop_to_box negative": lambda tf: tf.image.crop_to_bounding_box(IMAGE, -1, 1, 2, 2),
        "crop_to_box empty": lambda tf: tf.image.crop_to_bounding_box(IMAGE, 1, 1, 0, 2),
        "crop_to_box matrix": lambda tf: tf.image.crop_to_bounding_box(IMAGE[0, 0], 1, 1, 1, 1),
        "pad_to_box small": lambda tf: tf.image.pad_to_bounding_box(IMAGE, 1, 1, 4, 4),
        "pad_to_box negative": lambda tf: tf.image.pad_to_bounding_box(IMAGE, -1, 1, 9, 9),
        "central_crop 0": lambda tf: tf.image.central_crop(IMAGE, 0.0),
        "central_crop 2": lambda tf: tf.image.central_crop(IMAGE, 2.0),
        "crop_or_pad 0": lambda tf: tf.image.resize_with_crop_or_pad(IMAGE, 0, 2),
        "resize 0": lambda tf: tf.image.resize(IMAGE, [0, 2]),
        "resize of three": lambda tf: tf.image.resize(IMAGE, [2, 2, 2]),
        "resize method": lambda tf: tf.image.resize(IMAGE, [2, 2], method="x"),
        "resize strings": lambda tf: tf.image.resize([["a"]], [2, 2]),
        "flip matrix": lambda tf: tf.image.flip_left_right(IMAGE[0, 0]),
        "rot90 matrix": lambda tf: tf.image.rot90(IMAGE[0, 0]),
        "rgb_to_hsv channels": lambda tf: tf.image.rgb_to_hsv(IMAGE),
        "rgb_to_grayscale channels": lambda tf: tf.image.rgb_to_grayscale(IMAGE),
        "grayscale_to_rgb channels": lambda tf: tf.image.grayscale_to_rgb(tf.constant(IMAGE)),
        "adjust_hue delta": lambda tf: tf.image.adjust_hue(tf.zeros([2, 2, 3]), 2.0),
        "adjust_hue channels": lambda tf: tf.image.adjust_hue(tf.constant(IMAGE), 0.5),
        "ssim size": lambda tf: tf.image.ssim(IMAGE, IMAGE, 1.0),
        "psnr shapes": lambda tf: tf.image.psnr(tf.constant(IMAGE), tf.constant(IMAGE[:, :2]), 1.0),
        "sobel rank": lambda tf: tf.image.sobel_edges(tf.constant(IMAGE[0])),
        "patches sizes": lambda tf: tf.image.extract_patches(
            IMAGE, [1, 0, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID"
        ),
        "patches depth": lambda tf: tf.image.extract_patches(
            IMAGE, [1, 2, 2, 2], [1, 1, 1, 1], [1, 1, 1, 1], "VALID"
        ),
        "patches padding": lambda tf: tf.image.extract_patches(
            IMAGE, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "x"
        ),
        "boxes sampled": lambda tf: [
            x.shape
            for x in tf.image.sample_distorted_bounding_box([4, 4, 3], [[[0.0, 0.0, 1.0, 1.0]]], seed=1)
        ],
        "boxes sampled, size": lambda tf: tf.image.sample_distorted_bounding_box(
            [4, 4], [[[0.0, 0.0, 1.0, 1.0]]], seed=1
        ),
        "boxes sampled, none": lambda tf: tf.image.sample_distorted_bounding_box(
            [4, 4, 3], tf.zeros([0, 0, 4]), seed=1
        ),
        "boxes sampled, swapped": lambda tf: tf.image.sample_distorted_bounding_box(
            [4, 4, 3], [[[1.0, 1.0, 0.0, 0.0]]], seed=1
        ),
        "boxes sampled, outside": lambda tf: tf.image.sample_distorted_bounding_box(
            [4, 4, 3], [[[0.0, 0.0, 2.0, 1.0]]], seed=1
        ),
        "boxes sampled, area": lambda tf: tf.image.sample_distorted_bounding_box(
            [4, 4, 3], [[[0.0, 0.0, 1.0, 1.0]]], seed=1, area_range=[0.0, 2.0]
        ),
        "boxes sampled, attempts": lambda tf: tf.image.sample_distorted_bounding_box(
            [4, 4, 3], [[[0.0, 0.0, 1.0, 1.0]]], seed=1, max_attempts=0
        ),
        "boxes sampled, covered": lambda tf: tf.image.sample_distorted_bounding_box(
            [4, 4, 3], [[[0.0, 0.0, 1.0, 1.0]]], seed=1, min_object_covered=-1.0
        ),
        "random crop": lambda tf: tf.image.stateless_random_crop(IMAGE, [1, 9, 2, 2], seed=[1, 2]),
    },
)
