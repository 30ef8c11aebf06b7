"""Calls of tf.image."""

from python_values.kinds import F, N, T, call, names

IMAGE, GREY = F(4, 4, 3), F(4, 4, 1)
BATCH = F(1, 4, 4, 3)
BIG = F(1, 12, 12, 1)

for name in names("""
    flip_left_right flip_up_down rgb_to_grayscale rgb_to_hsv hsv_to_rgb rgb_to_yiq rgb_to_yuv yiq_to_rgb
    yuv_to_rgb per_image_standardization total_variation transpose rot90
"""):
    call(f"image.{name}", _=[IMAGE])
call("image.grayscale_to_rgb", images=GREY)
call("image.image_gradients", image=BATCH)
call("image.sobel_edges", image=BATCH)
call("image.adjust_brightness", image=IMAGE, delta=N(0.1))
call("image.adjust_contrast", images=IMAGE, contrast_factor=N(0.5))
call("image.adjust_gamma", image=IMAGE, gamma=N(0.5), gain=N(2.0))
call("image.adjust_hue", image=IMAGE, delta=N(0.1))
call("image.adjust_saturation", image=IMAGE, saturation_factor=N(0.5))
call("image.central_crop", image=IMAGE, central_fraction=N(0.5))
call("image.convert_image_dtype", image=IMAGE, dtype="uint8")
call(
    "image.crop_and_resize",
    image=BATCH,
    boxes=T([[0.0, 0.0, 0.5, 1.0]]),
    box_indices=T([0]),
    crop_size=N([2, 2]),
    extrapolation_value=N(0.0),
)
for name in ("crop_to_bounding_box", "pad_to_bounding_box"):
    size = 2 if name.startswith("crop") else 6
    call(
        f"image.{name}",
        image=IMAGE,
        offset_height=N(1),
        offset_width=N(1),
        target_height=N(size),
        target_width=N(size),
    )
call(
    "image.extract_patches",
    images=BATCH,
    sizes=[1, 2, 2, 1],
    strides=[1, 1, 1, 1],
    rates=[1, 1, 1, 1],
    padding="VALID",
)
call("image.psnr", a=IMAGE, b=F(4, 4, 3, low=0.1), max_val=N(1.0))
call("image.ssim", img1=BIG, img2=F(1, 12, 12, 1, low=0.1), max_val=N(1.0))
call("image.resize", images=IMAGE, size=N([2, 2]))
call("image.resize", label="nearest", images=IMAGE, size=N([2, 2]), method="nearest")
call("image.resize_with_crop_or_pad", image=IMAGE, target_height=N(2), target_width=N(6))
call("image.resize_with_pad", image=IMAGE, target_height=N(2), target_width=N(6))
call("image.rot90", label="k", image=IMAGE, k=N(2))
call("image.stateless_random_brightness", image=IMAGE, max_delta=N(0.1), seed=T([1, 2]))
call("image.stateless_random_contrast", image=IMAGE, lower=N(0.1), upper=N(0.2), seed=T([1, 2]))
call("image.stateless_random_crop", value=IMAGE, size=N([2, 2, 3]), seed=T([1, 2]))
call("image.stateless_random_flip_left_right", image=IMAGE, seed=T([1, 2]))
call("image.stateless_random_hue", image=IMAGE, max_delta=N(0.1), seed=T([1, 2]))
call("image.stateless_random_saturation", image=IMAGE, lower=N(0.1), upper=N(0.2), seed=T([1, 2]))
call("image.random_brightness", image=IMAGE, max_delta=N(0.1), seed=1, random=True)
call("image.random_contrast", image=IMAGE, lower=N(0.1), upper=N(0.2), seed=1, random=True)
call("image.random_crop", value=IMAGE, size=N([2, 2, 3]), seed=1, random=True)
