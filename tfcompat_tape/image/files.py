"""Images as files: PNG, JPEG, GIF, BMP and WebP, by way of Pillow (the extra `image`).

JPEG is decoded as TensorFlow does with `dct_method="INTEGER_ACCURATE"`; its default is faster and rounds otherwise.
UnimplementedError where Pillow is not installed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core.at_call import at_call, scalar
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype, bool_, float32, int32, string, uint8, uint16
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.image.color import convert_image_dtype
from tfcompat_tape.ops import codecs as _ops  # noqa: F401  # the ops are entered
from tfcompat_tape.ops.raw.calls import named
from tfcompat_tape.random.sampling import uniform
from tfcompat_tape.random.stateless import stateless_uniform
from tfcompat_tape.strings.texts import strings

__all__ = [
    "adjust_jpeg_quality",
    "decode_and_crop_jpeg",
    "decode_bmp",
    "decode_gif",
    "decode_image",
    "decode_jpeg",
    "decode_png",
    "decode_webp",
    "encode_jpeg",
    "encode_png",
    "extract_jpeg_shape",
    "is_jpeg",
    "random_jpeg_quality",
    "stateless_random_jpeg_quality",
]


def _bytes(contents: Any) -> Tensor:
    return convert(contents) if isinstance(contents, Tensor) else convert(contents, string)


def decode_png(contents: Any, channels: Any = 0, dtype: Any = uint8, name: Any = None) -> Any:
    """The pixels of a PNG file: (height, width, channels).

    contents: a string. channels: 0 for what the file has, 1, 3 or 4. dtype: uint8 or uint16.
    Errors: InvalidArgumentError for what is no image. Source: `tf.image.decode_png`.

    >>> import tfcompat_tape as tf
    >>> tf.image.decode_png(tf.image.encode_png(tf.zeros([2, 3, 1], tf.uint8)), channels=3).shape
    TensorShape([2, 3, 3])
    """
    return named("DecodePng")(contents=_bytes(contents), channels=channels, dtype=dtype)


def decode_jpeg(
    contents: Any,
    channels: Any = 0,
    ratio: Any = 1,
    fancy_upscaling: Any = True,
    try_recover_truncated: Any = False,
    acceptable_fraction: Any = 1,
    dct_method: Any = "",
    name: Any = None,
) -> Any:
    """The pixels of a JPEG file: uint8, (height, width, channels).

    contents: a string. channels: 0 for what the file has, 1 or 3. ratio: 1, 2, 4 or 8, to shrink by.
    Errors: InvalidArgumentError for what is no image. Source: `tf.image.decode_jpeg`.

    >>> import tfcompat_tape as tf
    >>> tf.image.decode_jpeg(tf.image.encode_jpeg(tf.zeros([2, 3, 1], tf.uint8))).shape
    TensorShape([2, 3, 1])
    """
    return named("DecodeJpeg")(
        contents=_bytes(contents),
        channels=channels,
        ratio=ratio,
        fancy_upscaling=fancy_upscaling,
        try_recover_truncated=try_recover_truncated,
        acceptable_fraction=acceptable_fraction,
        dct_method=dct_method,
    )


def decode_and_crop_jpeg(
    contents: Any,
    crop_window: Any,
    channels: Any = 0,
    ratio: Any = 1,
    fancy_upscaling: Any = True,
    try_recover_truncated: Any = False,
    acceptable_fraction: Any = 1,
    dct_method: Any = "",
    name: Any = None,
) -> Any:
    """A part of the pixels of a JPEG file: uint8, (height, width, channels).

    contents: a string. crop_window: four int32, (top, left, height, width). Otherwise as `decode_jpeg`.
    Errors: InvalidArgumentError for what is no image. Source: `tf.image.decode_and_crop_jpeg`.

    >>> import tfcompat_tape as tf
    >>> tf.image.decode_and_crop_jpeg(tf.image.encode_jpeg(tf.zeros([8, 8, 3], tf.uint8)), [1, 2, 3, 4]).shape
    TensorShape([3, 4, 3])
    """
    return named("DecodeAndCropJpeg")(
        contents=_bytes(contents),
        crop_window=convert(crop_window, int32),
        channels=channels,
        ratio=ratio,
        fancy_upscaling=fancy_upscaling,
        try_recover_truncated=try_recover_truncated,
        acceptable_fraction=acceptable_fraction,
        dct_method=dct_method,
    )


def decode_gif(contents: Any, name: Any = None) -> Any:
    """The frames of a GIF file: uint8, (frames, height, width, 3).

    contents: a string; a PNG or JPEG file makes one frame.
    Errors: InvalidArgumentError for what is no image. Source: `tf.image.decode_gif`.

    >>> import tfcompat_tape as tf
    >>> tf.image.decode_gif(tf.image.encode_png(tf.zeros([2, 3, 3], tf.uint8))).shape
    TensorShape([1, 2, 3, 3])
    """
    return named("DecodeGif")(contents=_bytes(contents))


def decode_bmp(contents: Any, channels: Any = 0, name: Any = None) -> Any:
    """The pixels of a BMP file: uint8, (height, width, channels).

    contents: a string. channels: 0, or what the file has.
    Errors: InvalidArgumentError for what is no image. Source: `tf.image.decode_bmp`.

    >>> import tfcompat_tape as tf
    >>> tf.image.decode_bmp(b"BM")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    tfcompat_tape.core.errors.InvalidArgumentError: ...
    """
    return named("DecodeBmp")(contents=_bytes(contents), channels=channels)


def decode_webp(contents: Any, channels: Any = 0, dtype: Any = uint8, name: Any = None) -> Any:
    """The pixels of a WebP file: (height, width, channels).

    contents: a string. channels: 0 for what the file has, 1, 3 or 4. dtype: uint8.
    Errors: InvalidArgumentError for what is no image. Source: `tf.image.decode_webp`.

    >>> import tfcompat_tape as tf
    >>> tf.image.decode_webp(tf.image.encode_png(tf.zeros([2, 3, 3], tf.uint8))).shape
    TensorShape([2, 3, 3])
    """
    return named("DecodeWebP")(contents=_bytes(contents), channels=channels, dtype=dtype)


def extract_jpeg_shape(contents: Any, output_type: Any = int32, name: Any = None) -> Any:
    """Height, width and channels of a JPEG file, which is not decoded.

    contents: a string. output_type: int32 or int64.
    Errors: InvalidArgumentError for what is no image. Source: `tf.image.extract_jpeg_shape`.

    >>> import tfcompat_tape as tf
    >>> tf.image.extract_jpeg_shape(tf.image.encode_jpeg(tf.zeros([2, 3, 1], tf.uint8))).numpy().tolist()
    [2, 3, 1]
    """
    return named("ExtractJpegShape")(contents=_bytes(contents), output_type=output_type)


def encode_png(image: Any, compression: Any = -1, name: Any = None) -> Any:
    """Images as PNG files: a string for each.

    image: uint8 or uint16, (..., height, width, 1 to 4 channels). compression: 0 to 9, -1 for the usual one.
    Errors: InvalidArgumentError for other ranks, channels or dtypes. Source: `tf.image.encode_png`.

    >>> import tfcompat_tape as tf
    >>> data = tf.image.encode_png(tf.zeros([2, 2, 1], tf.uint8))
    >>> tf.image.decode_png(data).shape
    TensorShape([2, 2, 1])
    """
    return named("EncodePng")(image=convert(image), compression=compression)


def encode_jpeg(
    image: Any,
    format: Any = "",
    quality: Any = 95,
    progressive: Any = False,
    optimize_size: Any = False,
    chroma_downsampling: Any = True,
    density_unit: Any = "in",
    x_density: Any = 300,
    y_density: Any = 300,
    xmp_metadata: Any = "",
    name: Any = None,
) -> Any:
    """An image as a JPEG file.

    image: uint8, (height, width, 1 or 3 channels). format: "", "grayscale" or "rgb". quality: 0 to 100.
    density_unit: "in" or "cm". Errors: InvalidArgumentError for other ranks, channels or values.
    Source: `tf.image.encode_jpeg`, `tf.io.encode_jpeg`.

    >>> import tfcompat_tape as tf
    >>> data = tf.image.encode_jpeg(tf.zeros([8, 8, 3], tf.uint8), quality=90)
    >>> tf.image.is_jpeg(data).numpy().item(), tf.image.extract_jpeg_shape(data).numpy().tolist()
    (True, [8, 8, 3])
    """
    return named("EncodeJpeg")(
        image=convert(image, uint8) if type(image) is not Tensor else image,
        format=format,
        quality=quality,
        progressive=progressive,
        optimize_size=optimize_size,
        chroma_downsampling=chroma_downsampling,
        density_unit=density_unit,
        x_density=x_density,
        y_density=y_density,
        xmp_metadata=xmp_metadata,
    )


def decode_image(
    contents: Any, channels: Any = None, dtype: Any = uint8, name: Any = None, expand_animations: Any = True
) -> Any:
    """The pixels of a file of any of these formats; frames of a GIF first, or just the first frame.

    contents: a string. channels: 0 for what the file has, 1, 3 or 4. dtype: of the result, whose
    values are those of `convert_image_dtype`.
    expand_animations: whether a GIF gives all frames. Errors: InvalidArgumentError for what is no image.
    Source: `tf.image.decode_image`.

    >>> import tfcompat_tape as tf
    >>> tf.image.decode_image(tf.image.encode_png(tf.fill([1, 2, 1], tf.constant(7, tf.uint8)))).numpy().tolist()
    [[[7], [7]]]
    """
    wanted = as_dtype(dtype)
    by_op = wanted in (uint8, uint16, float32)
    pixels = named("DecodeImage")(
        contents=_bytes(contents),
        channels=0 if channels is None else channels,
        dtype=wanted if by_op else uint16,
        expand_animations=expand_animations,
    )
    return pixels if by_op else convert_image_dtype(pixels, wanted)


@at_call(scalar(bool_))
def is_jpeg(contents: Any, name: Any = None) -> Any:
    """Whether strings start as JPEG files do: bool, of their shape.

    Source: `tf.image.is_jpeg`.

    >>> import tfcompat_tape as tf
    >>> tf.image.is_jpeg(b"no image").numpy().item()
    False
    """
    texts = strings(contents, "Substr")
    found = [text[:3] == b"\xff\xd8\xff" for text in texts.ravel().tolist()]
    return convert(np.array(found, bool).reshape(texts.shape))


def adjust_jpeg_quality(image: Any, jpeg_quality: Any, dct_method: Any = "", name: Any = None) -> Any:
    """An image as it looks after it was a JPEG file of this quality.

    image: (height, width, 1 or 3), of any dtype that `convert_image_dtype` takes. jpeg_quality: 0 to 100.
    Errors: InvalidArgumentError for other ranks or qualities. Source: `tf.image.adjust_jpeg_quality`.

    >>> import tfcompat_tape as tf
    >>> tf.image.adjust_jpeg_quality(tf.zeros([4, 4, 3]), 75).numpy().max().item()
    0.0
    """
    image = convert(image)
    channels = image.shape.as_list()[-1]
    kind = image.dtype
    pixels = convert_image_dtype(image, uint8, saturate=True)
    data = named("EncodeJpegVariableQuality")(images=pixels, quality=convert(jpeg_quality, int32))
    found = named("DecodeJpeg")(contents=data, channels=channels, dct_method=dct_method)
    return convert_image_dtype(found, kind, saturate=True)


def _range(low: Any, high: Any) -> None:
    if low < 0 or high < 0 or low > 100 or high > 100:
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if low >= high:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")


def random_jpeg_quality(image: Any, min_jpeg_quality: Any, max_jpeg_quality: Any, seed: Any = None) -> Any:
    """`adjust_jpeg_quality` by a random integer in `[min_jpeg_quality, max_jpeg_quality)`.

    Errors: ValueError for bounds that do not ascend, or are outside 0 to 100. Source: `tf.image.random_jpeg_quality`.

    >>> import tfcompat_tape as tf
    >>> tf.image.random_jpeg_quality(tf.zeros([4, 4, 3]), 75, 95, seed=1).shape
    TensorShape([4, 4, 3])
    """
    _range(min_jpeg_quality, max_jpeg_quality)
    quality = uniform([], min_jpeg_quality, max_jpeg_quality, int32, seed)
    return adjust_jpeg_quality(image, quality)


def stateless_random_jpeg_quality(image: Any, min_jpeg_quality: Any, max_jpeg_quality: Any, seed: Any) -> Any:
    """As `random_jpeg_quality`, a function of its `seed`: two integers.

    Source: `tf.image.stateless_random_jpeg_quality`.

    >>> import tfcompat_tape as tf
    >>> tf.image.stateless_random_jpeg_quality(tf.zeros([4, 4, 3]), 75, 95, seed=[1, 2]).shape
    TensorShape([4, 4, 3])
    """
    _range(min_jpeg_quality, max_jpeg_quality)
    quality = stateless_uniform([], seed, min_jpeg_quality, max_jpeg_quality, int32)
    return adjust_jpeg_quality(image, quality)
