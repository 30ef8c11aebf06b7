"""Boxes and images: non-max suppression, drawing, glimpses, random crops, projective maps."""

from conformance_kit import A, case, raises, script

BOXES = [
    [0.1, 0.1, 0.5, 0.6],
    [0.15, 0.1, 0.5, 0.65],
    [0.6, 0.6, 0.3, 0.2],
    [0.0, 0.0, 1.0, 1.0],
    [0.12, 0.4, 0.55, 0.9],
    [0.5, 0.5, 0.5, 0.8],
]
SCORES = [0.5, 0.5, 0.9, 0.3, 0.75, 0.1]
IMAGES = A("normal", (2, 4, 5, 2))
TURNED = [[0.9, 0.2, -0.3, -0.1, 1.1, 0.4, 0.02, -0.01]]
TWO = [[1.2, 0.0, -2.6, 0.1, 0.8, 1.43, 0.0, 0.0], [0.5, 0.3, 3.1, -0.4, 0.7, -2.2, 0.03, 0.01]]

COORDINATES = "coordinates are computed in single precision"
for interpolation in ("NEAREST", "BILINEAR"):
    for fill in ("CONSTANT", "REFLECT", "WRAP", "NEAREST"):
        for maps, what in ((TURNED, "one map"), (TWO, "two maps")):
            case(
                f"raw ImageProjectiveTransformV3 {interpolation} {fill} {what}",
                lambda tf, x, i=interpolation, f=fill, t=maps: tf.raw_ops.ImageProjectiveTransformV3(
                    images=x,
                    transforms=t,
                    output_shape=[3, 6],
                    fill_value=0.5,
                    interpolation=i,
                    fill_mode=f,
                ),
                inputs=[IMAGES],
                dtypes=["float32", "float64"] if fill == "CONSTANT" else ["float32"],
                tol={"float64": 1e-6},
                why=COORDINATES,
            )
case(
    "raw ImageProjectiveTransformV2",
    lambda tf, x: tf.raw_ops.ImageProjectiveTransformV2(
        images=x, transforms=TURNED, output_shape=[5, 4], interpolation="BILINEAR"
    ),
    inputs=[IMAGES],
    dtypes=["float32", "float64", "float16"],
    tol={"float64": 1e-6},
    why=COORDINATES,
)


@script("projective transforms: maps have no gradient")
def _(tf):
    maps = tf.constant(TWO)
    with tf.GradientTape() as tape:
        tape.watch(maps)
        y = tf.raw_ops.ImageProjectiveTransformV2(
            images=tf.ones([2, 3, 3, 1]), transforms=maps, output_shape=[2, 2], interpolation="BILINEAR"
        )
    return tape.gradient(y, maps)


@script("projective transforms: integers, planes at infinity, and what is refused")
def _(tf):
    x, one = tf.ones([2, 3, 3, 1]), tf.constant([[1.0, 0, 0, 0, 1, 0, 0, 0]])
    given = {
        "images": x,
        "transforms": one,
        "output_shape": [2, 2],
        "fill_value": 0.0,
        "interpolation": "BILINEAR",
    }

    def run(**changes):
        return raises(lambda: tf.raw_ops.ImageProjectiveTransformV3(**{**given, **changes}))

    pixels = tf.reshape(tf.range(18) * 7, [2, 3, 3, 1])
    half = [[1.0, 0, 0.5, 0, 1, 0.25, 0, 0]]
    return {
        **{
            kind: run(images=tf.cast(pixels, kind), transforms=half, output_shape=[4, 4], fill_value=3.7)
            for kind in ("uint8", "int32", "int64")
        },
        "infinity": run(transforms=[[1.0, 0, 0, 0, 1, 0, -1, 0]], fill_value=7.0),
        "no images": run(images=x[:0]),
        "rank": run(images=x[0]),
        "columns": run(transforms=one[:, :7]),
        "vector": run(transforms=one[0]),
        "three": run(transforms=tf.tile(one, [3, 1])),
        "one size": run(output_shape=[2]),
        "no size": run(output_shape=[0, 2]),
        "negative": run(output_shape=[-1, 2]),
        "three sizes": run(output_shape=[2, 2, 2]),
        "int8": run(images=tf.cast(x, tf.int8)),
    }


@script("image.non_max_suppression and kin")
def _(tf):
    image, found = tf.image, {}
    for threshold in (0.0, 0.3, 0.5, 0.9, 1.0):
        for least in (-float("inf"), 0.4):
            ends = (threshold, least)
            found[str(ends)] = [
                image.non_max_suppression(BOXES, SCORES, 4, *ends),
                image.non_max_suppression_with_scores(BOXES, SCORES, 6, *ends, soft_nms_sigma=0.5),
                image.non_max_suppression_with_scores(BOXES, SCORES, 6, *ends),
                tf.raw_ops.NonMaxSuppressionV5(
                    boxes=BOXES,
                    scores=SCORES,
                    max_output_size=7,
                    iou_threshold=threshold,
                    score_threshold=least,
                    soft_nms_sigma=0.1,
                    pad_to_max_output_size=True,
                ),
            ]
    boxes = tf.tile(tf.constant(BOXES)[None, :, None], [2, 1, 2, 1]) * 1.5
    scores = tf.abs(tf.sin(tf.reshape(tf.range(24.0), [2, 6, 2])))
    for pad in (False, True):
        for clip in (False, True):
            found[f"combined {pad} {clip}"] = [
                tuple(image.combined_non_max_suppression(boxes, scores, 3, 8, 0.3, 0.2, pad, clip)),
                tuple(
                    image.combined_non_max_suppression(boxes[:, :, :1], scores, 4, 3, 0.6, pad_per_class=pad)
                ),
            ]
    plain, apart = tf.constant(BOXES)[3:], tf.constant([0.3, 0.75, 0.1])
    for threshold in (0.1, 0.3, 0.9):
        found[f"padded {threshold}"] = [
            image.non_max_suppression_padded(plain, apart, 5, threshold, 0.2, pad_to_max_output_size=True),
            image.non_max_suppression_padded(plain, apart, 5, threshold),
        ]
    overlaps = tf.abs(tf.sin(tf.reshape(tf.range(36.0), [6, 6])))
    found["overlaps"] = image.non_max_suppression_overlaps(overlaps, SCORES, 4, 0.7, 0.2)
    found["half"] = image.non_max_suppression(tf.cast(BOXES, tf.float16), tf.cast(SCORES, tf.float16), 3)
    found["NaN and infinity"] = image.non_max_suppression(BOXES[:3], [float("nan"), 0.5, float("inf")], 3)
    found["batch"] = image.non_max_suppression_padded(
        boxes[:, 3:, 0], scores[:, 3:, 0], 4, 0.4, pad_to_max_output_size=True
    )
    return found


@script("non-max suppression: what is refused")
def _(tf):
    image, boxes, scores = tf.image, tf.constant(BOXES), tf.constant(SCORES)
    four, three = boxes[None, :, None], scores[None, :, None]
    combined = image.combined_non_max_suppression
    return {
        "rank": raises(lambda: image.non_max_suppression(boxes[0], scores, 2)),
        "scores": raises(lambda: image.non_max_suppression(boxes, scores[:2], 2)),
        "columns": raises(lambda: image.non_max_suppression(boxes[:, :3], scores, 2)),
        "above 1": raises(lambda: image.non_max_suppression(boxes, scores, 2, 1.5)),
        "below 0": raises(lambda: image.non_max_suppression(boxes, scores, 2, -0.1)),
        "negative": raises(lambda: image.non_max_suppression(boxes, scores, -1)),
        "vector": raises(lambda: image.non_max_suppression(boxes, scores, [2])),
        "a fraction": raises(lambda: image.non_max_suppression(boxes, scores, 2.5)),
        "float64": raises(lambda: image.non_max_suppression(tf.cast(boxes, tf.float64), scores, 2)),
        "a vector of thresholds": raises(lambda: image.non_max_suppression(boxes, scores, 2, [0.5])),
        "sigma": raises(lambda: image.non_max_suppression_with_scores(boxes, scores, 2, soft_nms_sigma=-1.0)),
        "padded batch": raises(lambda: image.non_max_suppression_padded(boxes[None], scores[None], 2)),
        "overlaps": raises(lambda: image.non_max_suppression_overlaps(boxes, scores, 2)),
        "none of a class": raises(lambda: combined(four, three, 0, 3)),
        "none": raises(lambda: combined(four, three, 2, 0)),
        "combined rank": raises(lambda: combined(boxes[None], three, 2, 3)),
        "combined above 1": raises(lambda: combined(four, three, 2, 3, iou_threshold=1.2)),
        "classes": raises(lambda: combined(tf.tile(four, [1, 1, 3, 1]), tf.tile(three, [1, 1, 2]), 2, 3)),
    }


@script("image.draw_bounding_boxes")
def _(tf):
    boxes = tf.constant([[[0.1, 0.2, 0.6, 0.9], [-0.2, 0.3, 0.4, 1.3], [0.5, 0.5, 0.2, 0.8]]])
    found = {}
    for depth in (1, 3, 4):
        image = tf.zeros([1, 6, 7, depth])
        found[f"{depth}"] = tf.image.draw_bounding_boxes(image, boxes, None)
        found[f"{depth} in colors"] = tf.image.draw_bounding_boxes(
            image, boxes, [[5.0, 6, 7, 8], [1, 2, 3, 4]]
        )
    image, draw = tf.zeros([1, 4, 4, 3]), tf.image.draw_bounding_boxes
    return {
        **found,
        "half": draw(tf.zeros([1, 4, 4, 3], tf.float16), boxes, None),
        "no boxes": draw(image, boxes[:, :0], None),
        "rank": raises(lambda: draw(image[0], boxes, None)),
        "rank of boxes": raises(lambda: draw(image, boxes[0], None)),
        "two channels": raises(lambda: draw(image[..., :2], boxes, None)),
        "batches": raises(lambda: draw(image, tf.tile(boxes, [2, 1, 1]), None)),
        "short colors": raises(lambda: draw(image, boxes, [[1.0, 0.0]])),
        "three corners": raises(lambda: draw(image, boxes[..., :3], None)),
        "a vector of colors": raises(lambda: draw(image, boxes, [1.0, 0.0, 0.0])),
        "of uint8": raises(lambda: draw(tf.cast(image, tf.uint8), boxes, None)),
    }


@script("image.extract_glimpse")
def _(tf):
    x, glimpse, found = tf.reshape(tf.range(80.0), [2, 4, 5, 2]), tf.image.extract_glimpse, {}
    for centered in (True, False):
        for normalized in (True, False):
            offsets = [[0.2, -0.5], [1.0, 0.0]] if normalized else [[1.0, -1.0], [2.0, 3.0]]
            for size in ([3, 2], [6, 7]):
                found[f"{centered} {normalized} {size}"] = [
                    glimpse(x, size, offsets, centered, normalized, "zero"),
                    tf.raw_ops.ExtractGlimpse(
                        input=x,
                        size=size,
                        offsets=offsets,
                        centered=centered,
                        normalized=normalized,
                        uniform_noise=False,
                        noise="zero",
                    ),
                ]
    zeros = [[0.0, 0.0], [0.0, 0.0]]
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = glimpse(x, [2, 2], zeros, noise="zero")
    return {
        **found,
        "within": glimpse(x, [2, 2], zeros),
        "gradient": raises(lambda: tape.gradient(y, x)),
        "rank": raises(lambda: glimpse(x[0], [3, 2], zeros)),
        "one size": raises(lambda: glimpse(x, [3], zeros)),
        "no rows": glimpse(x, [0, 2], zeros),
        "offsets": raises(lambda: glimpse(x, [3, 2], zeros[:1])),
        "a vector": raises(lambda: glimpse(x, [3, 2], zeros[0])),
        "noise": raises(lambda: glimpse(x, [3, 2], zeros, noise="x")),
    }


@script("image.stateless_sample_distorted_bounding_box, and with seeds")
def _(tf):
    boxes = tf.constant([[[0.1, 0.2, 0.6, 0.9], [0.3, 0.0, 0.9, 0.5]]])
    found = {}
    tf.random.set_seed(11)
    for n in range(8):
        options = {
            "min_object_covered": 0.08 * n,
            "aspect_ratio_range": [0.5, 2.0],
            "area_range": [0.05 + 0.04 * n, 1.0],
            "max_attempts": 1 + 7 * n,
        }
        size = [20 + 17 * n, 50 - 3 * n, 3]
        found[f"{n}"] = [
            tuple(tf.image.stateless_sample_distorted_bounding_box(size, boxes, [n, 3], **options)),
            tuple(tf.image.sample_distorted_bounding_box(size, boxes, seed=n + 1, **options)),
            tuple(
                tf.raw_ops.SampleDistortedBoundingBoxV2(
                    image_size=size, bounding_boxes=boxes, seed=n + 1, seed2=2, **options
                )
            ),
        ]
    tf.random.set_seed(4)
    found["again"] = [
        tuple(tf.image.sample_distorted_bounding_box([40, 30, 3], boxes, seed=3)) for _ in range(2)
    ]
    return found


@script("sample_distorted_bounding_box: what is refused")
def _(tf):
    boxes = tf.constant([[[0.1, 0.2, 0.6, 0.9]]])

    def sample(size=(40, 30, 3), boxes=boxes, **options):
        return raises(
            lambda: tuple(tf.image.stateless_sample_distorted_bounding_box(size, boxes, [1, 2], **options))
        )

    return {
        "two sizes": sample([40, 30]),
        "floats": sample([40.0, 30.0, 3.0]),
        "rank": sample(boxes=boxes[0]),
        "outside": sample(boxes=boxes * 3.0),
        "no boxes": sample(boxes=boxes[:, :0]),
        "no boxes, then": sample(boxes=boxes[:, :0], use_image_if_no_bounding_boxes=True),
        "no area": sample(area_range=[0.0, 1.0]),
        "areas": sample(area_range=[0.5, 1.5]),
        "one ratio": sample(aspect_ratio_range=[1.0]),
        "no attempts": sample(max_attempts=0),
        "uint8": sample(tf.constant([40, 30, 3], tf.uint8)),
        "int64": sample(tf.constant([40, 30, 3], tf.int64)),
    }
