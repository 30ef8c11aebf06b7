"""Images as files: PNG, GIF, BMP and WebP to the bit, JPEG as decoded accurately, and what is no image."""

from cases import _files as files
from conformance_kit import raises, script

LOSSLESS = {
    name: getattr(files, name)
    for name in (
        "PNG_1",
        "PNG_2",
        "PNG_3",
        "PNG_4",
        "PNG_16",
        "PNG_16_SMOOTH",
        "PNG_PALETTE",
        "BMP",
        "WEBP",
        "GIF",
    )
}
ACCURATE = {"dct_method": "INTEGER_ACCURATE"}


@script("image.decode_image of lossless files")
def _(tf):
    return {
        name: [
            raises(lambda data=data: tf.image.decode_image(data)),
            raises(lambda data=data: tf.image.decode_image(data, channels=3)),
            raises(lambda data=data: tf.image.decode_image(data, dtype=tf.float32)),
            raises(lambda data=data: tf.image.decode_image(data, expand_animations=False)),
        ]
        for name, data in LOSSLESS.items()
    }


@script("image.decode_png: channels and dtypes")
def _(tf):
    found = {}
    for name in ("PNG_1", "PNG_2", "PNG_4", "PNG_16"):
        data = LOSSLESS[name]
        for channels in (0, 1, 2, 3, 4, 5):
            found[f"{name} {channels}"] = raises(
                lambda d=data, c=channels: tf.image.decode_png(d, channels=c)
            )
        found[f"{name} 16"] = tf.image.decode_png(data, dtype=tf.uint16)
    return found


@script("image.decode_jpeg, decoded accurately")
def _(tf):
    found = {}
    for name, data in (("color", files.JPEG_3), ("gray", files.JPEG_1)):
        found[name] = [
            tf.image.decode_jpeg(data, **ACCURATE),
            raises(lambda data=data: tf.image.decode_jpeg(data, channels=1, **ACCURATE)),
            raises(lambda data=data: tf.image.decode_jpeg(data, channels=2)),
            raises(lambda data=data: tf.image.decode_jpeg(data, channels=3, **ACCURATE)),
            raises(lambda data=data: tf.image.decode_jpeg(data, channels=4)),
            tf.image.extract_jpeg_shape(data),
            tf.image.extract_jpeg_shape(data, tf.int64),
            tf.image.is_jpeg(data),
            tf.image.decode_and_crop_jpeg(data, [1, 2, 3, 4], **ACCURATE),
            raises(lambda data=data: tf.image.decode_and_crop_jpeg(data, [1, 2, 9, 4])),
            raises(lambda data=data: tf.image.decode_and_crop_jpeg(data, [1, 2, 3])),
            raises(lambda data=data: tf.image.decode_jpeg(data, ratio=3)),
            raises(lambda data=data: tf.image.decode_jpeg(data, dct_method="X")),
            tf.image.decode_jpeg(data, ratio=2).shape,
            tf.image.decode_jpeg(data, ratio=8).shape,
        ]
    return found


@script("images written and read")
def _(tf):
    pixels = tf.cast(tf.reshape(tf.range(60) * 4, [4, 5, 3]), tf.uint8)
    found = {}
    for channels in (1, 2, 3):
        for kind in ("uint8", "uint16"):
            data = tf.image.encode_png(tf.cast(pixels[..., :channels], kind) * 1, compression=channels)
            found[f"png {channels} {kind}"] = tf.image.decode_png(data, dtype=getattr(tf, kind))
    return {
        **found,
        "batch": tf.image.encode_png(tf.stack([pixels, pixels])).shape,
        "jpeg": tf.image.decode_jpeg(
            tf.image.encode_jpeg(pixels, quality=100, chroma_downsampling=False), **ACCURATE
        ),
        "gray": tf.image.decode_jpeg(tf.image.encode_jpeg(pixels[..., :1], format="grayscale"), **ACCURATE),
        "adjusted": tf.image.adjust_jpeg_quality(pixels[..., :1], 60, **ACCURATE),
        "adjusted floats": tf.image.adjust_jpeg_quality(tf.cast(pixels, tf.float32) / 255.0, 90).shape,
        "random": tf.image.stateless_random_jpeg_quality(pixels[..., :1], 50, 60, [1, 2]).dtype,
    }


@script("what is no image")
def _(tf):
    names = ("decode_png", "decode_jpeg", "decode_gif", "decode_bmp", "decode_image", "decode_webp")
    broken = {
        "nothing": b"",
        "text": b"no image",
        "half a PNG": files.PNG_3[:40],
        "a PNG without an end": files.PNG_3[:-20],
        "half a PNG of 16 bits": files.PNG_16[:-30],
        "half a JPEG": files.JPEG_3[:300],
        "half a GIF": files.GIF[:40],
        "half a BMP": files.BMP[:30],
        "half a WebP": files.WEBP[:30],
        "two": [files.PNG_3, files.PNG_3],
        "a number": 3,
    }
    found = {
        what: [raises(lambda name=name, data=data: getattr(tf.image, name)(data)) for name in names]
        for what, data in broken.items()
    }
    for data in (files.GIF, files.BMP, files.WEBP, files.JPEG_3):
        found[str(data[:4])] = [raises(lambda n=n, d=data: getattr(tf.image, n)(d).shape) for n in names]
    for channels in (1, 3, 4):
        found[f"WebP {channels}"] = raises(lambda c=channels: tf.image.decode_webp(files.WEBP, channels=c))
    found["WebP of floats"] = raises(lambda: tf.image.decode_webp(files.WEBP, dtype=tf.float32))
    found["shape"] = raises(lambda: tf.image.extract_jpeg_shape(files.PNG_3))
    found["is"] = tf.image.is_jpeg([b"", files.JPEG_3, files.PNG_3])
    found["a PNG as a BMP"] = raises(lambda: tf.image.decode_bmp(files.PNG_3))
    found["a JPEG as a GIF"] = tf.image.decode_gif(files.PNG_3)
    return found


@script("images that cannot be written")
def _(tf):
    image, pixels = tf.image, tf.zeros([2, 3, 3], tf.uint8)
    return {
        "quality": raises(lambda: image.encode_jpeg(pixels, quality=101)),
        "negative quality": raises(lambda: image.encode_jpeg(pixels, quality=-1)),
        "gray": raises(lambda: image.encode_jpeg(pixels, format="grayscale")),
        "format": raises(lambda: image.encode_jpeg(pixels, format="x")),
        "unit": raises(lambda: image.encode_jpeg(pixels, density_unit="x")),
        "two channels": raises(lambda: image.encode_jpeg(pixels[..., :2])),
        "rank": raises(lambda: image.encode_jpeg(pixels[0])),
        "no rows": raises(lambda: image.encode_jpeg(pixels[:0])),
        "float PNG": raises(lambda: image.encode_png(tf.zeros([2, 3, 3]))),
        "PNG rank": raises(lambda: image.encode_png(pixels[0])),
        "PNG channels": raises(lambda: image.encode_png(tf.zeros([2, 2, 5], tf.uint8))),
        "compression": raises(lambda: image.encode_png(pixels, compression=10)),
        "adjusted": raises(lambda: image.adjust_jpeg_quality(pixels, 101)),
        "adjusted rank": raises(lambda: image.adjust_jpeg_quality(pixels[0], 50)),
        "random": raises(lambda: image.random_jpeg_quality(pixels, 60, 50)),
        "random outside": raises(lambda: image.random_jpeg_quality(pixels, -1, 50)),
        "random above": raises(lambda: image.stateless_random_jpeg_quality(pixels, 50, 101, [1, 2])),
    }
