"""Pictures are flipped, cropped, turned brighter and resized, at random and by seeds."""

import numpy as np
import tensorflow as tf

tf.random.set_seed(99)
image = tf.constant(np.arange(8 * 8 * 3).reshape(8, 8, 3) % 255, tf.uint8)
floats = tf.image.convert_image_dtype(image, tf.float32)


def show(name, value):
    value = tf.cast(value, tf.float64)
    print(
        f"{name}: {tuple(value.shape)} {tf.reduce_mean(value):.5f} {tf.math.reduce_std(value):.5f} {value[0, 0, 0]:.5f}"
    )


show("flip", tf.image.flip_left_right(image))
show("rotate", tf.image.rot90(image, k=3))
show("transpose", tf.image.transpose(image))
show("crop", tf.image.central_crop(image, 0.5))
show("pad", tf.image.pad_to_bounding_box(image, 1, 2, 12, 12))
show("fit", tf.image.resize_with_crop_or_pad(image, 6, 10))
show("ratio", tf.image.resize_with_pad(floats, 6, 12))
for method in ("bilinear", "nearest", "bicubic", "area", "lanczos3"):
    show(method, tf.image.resize(floats, [5, 7], method=method))
show("antialias", tf.image.resize(floats, [3, 3], antialias=True))
show("brightness", tf.image.adjust_brightness(floats, 0.1))
show("contrast", tf.image.adjust_contrast(floats, 2.0))
show("saturation", tf.image.adjust_saturation(floats, 3.0))
show("hue", tf.image.adjust_hue(floats, 0.2))
show("gamma", tf.image.adjust_gamma(floats, 0.5))
show("gray", tf.image.rgb_to_grayscale(image))
show("hsv", tf.image.rgb_to_hsv(floats))
show("standard", tf.image.per_image_standardization(image))
seed = (1, 2)
show("random flip", tf.image.stateless_random_flip_left_right(image, seed))
show("random crop", tf.image.stateless_random_crop(image, [4, 4, 3], seed))
show("random brightness", tf.image.stateless_random_brightness(floats, 0.2, seed))
show("random contrast", tf.image.stateless_random_contrast(floats, 0.5, 1.5, seed))
show("random hue", tf.image.random_hue(floats, 0.1, seed=4))
show("random saturation", tf.image.random_saturation(floats, 0.5, 1.5, seed=5))
show("random crop 2", tf.image.random_crop(image, [4, 4, 3], seed=6))


@tf.function
def augment(picture):
    picture = tf.image.random_flip_left_right(picture, seed=1)
    if tf.reduce_mean(picture) > 0.3:
        picture = picture - 0.1
    picture = tf.image.random_brightness(picture, 0.1, seed=2)
    return tf.clip_by_value(picture, 0.0, 1.0)


for _ in range(3):
    show("augmented", augment(floats))
boxes = tf.constant([[0.0, 0.0, 0.5, 0.5], [0.0, 0.0, 0.45, 0.5], [0.5, 0.5, 1.0, 1.0]])
print(tf.image.non_max_suppression(boxes, [0.9, 0.8, 0.7], 3, iou_threshold=0.5).numpy())
show("boxes", tf.image.crop_and_resize(floats[None], boxes, [0, 0, 0], [4, 4])[1])
print(
    "psnr %.4f ssim %.4f"
    % (tf.image.psnr(floats, floats * 0.9, 1.0), tf.image.ssim(floats, floats * 0.9, 1.0, filter_size=5))
)
png = tf.io.encode_png(image)
print(tf.reduce_all(tf.io.decode_png(png) == image).numpy(), tf.io.decode_image(png, channels=3).shape)
