"""DecodePng, DecodeJpeg, EncodePng, ...: images as files, by way of Pillow (the extra `image`).

What is lossless is exact. JPEG comes from the same library as TensorFlow's; Pillow always has it compute accurately,
which TensorFlow does where `dct_method` is "INTEGER_ACCURATE".
"""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import DType, as_dtype
from tfcompat_tape.core.errors import internal, invalid, unimplemented
from tfcompat_tape.core.registry import Keep
from tfcompat_tape.core.tensor import from_numpy, to_numpy
from tfcompat_tape.ops.png import END, deep_png, write_deep_png

_STRINGS = frozenset({np.dtype(object)})
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_KINDS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
)


def _pillow(op: str) -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise unimplemented(
            f"{op}: images are read and written by Pillow, which is not installed: "
            "pip install 'tfcompat_tape[image]'"
        ) from None
    return Image


def _kind(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    return next((kind for start, kind in _KINDS if data.startswith(start)), None)


def _contents(op: str, contents: Any) -> bytes:
    if contents.ndim:
        raise invalid(f"{op}: `contents` must be scalar but got shape{list(contents.shape)}")
    data: bytes = contents.item()
    if not data:
        raise invalid(f"{op}: Input is empty.")
    return data


def _opened(op: str, data: bytes, kind: str) -> Any:
    image_module = _pillow(op)
    try:
        image = image_module.open(io.BytesIO(data))
        image.load()
    except Exception as error:  # Pillow has no one class for files that it cannot read
        raise invalid(f"{op}: Invalid {kind} data, size {len(data)}: {error}") from error
    return image


def _gray(pixels: Any) -> Any:
    """The luminance of colors, as libpng computes it."""
    wide = pixels.astype(np.int64)
    half = 16384 if pixels.dtype == np.uint16 else 0
    found = (9797 * wide[..., 0] + 19234 * wide[..., 1] + 3737 * wide[..., 2] + half) >> 15
    return found[..., None].astype(pixels.dtype)


def _with_channels(op: str, pixels: Any, channels: int) -> Any:
    """Pixels with as many channels as asked for, 0: as they are."""
    have, most = pixels.shape[-1], np.iinfo(pixels.dtype).max
    if channels in (0, have):
        return pixels
    color = pixels[..., :-1] if have in (2, 4) else pixels
    alpha = pixels[..., -1:] if have in (2, 4) else np.full_like(pixels[..., :1], most)
    if channels == 1:
        return color if color.shape[-1] == 1 else _gray(color)
    color = color if color.shape[-1] == 3 else np.repeat(color, 3, axis=-1)
    return np.concatenate([color, alpha], axis=-1) if channels == 4 else color


def _pixels(image: Any) -> Any:
    """The pixels of an image of Pillow's, with their channels last."""
    if image.mode == "1":
        image = image.convert("L")
    elif image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode == "CMYK":
        image = image.convert("RGB")
    pixels = np.asarray(image)
    if pixels.dtype.kind == "i":
        pixels = pixels.astype(np.uint16)
    return pixels[..., None] if pixels.ndim == 2 else pixels


def _png(op: str, data: bytes, channels: int) -> Any:
    if channels not in (0, 1, 3, 4):
        raise invalid(f"{op}: `channels` must be 0, 1, 3 or 4 but got {channels}")
    if END not in data:
        raise invalid(f"{op}: Invalid PNG data, size {len(data)}: the file is truncated.")
    if len(data) > 25 and data[24] == 16:
        try:
            pixels = deep_png(data)
        except (ValueError, IndexError, KeyError) as error:
            raise invalid(f"{op}: Invalid PNG data, size {len(data)}: {error}") from error
    else:
        pixels = _pixels(_opened(op, data, "PNG"))
    return _with_channels(op, pixels, channels)


def _jpeg(op: str, data: bytes, channels: int, attrs: dict[str, Any]) -> Any:
    if channels not in (0, 1, 3, 4):
        raise invalid(f"{op}: `channels` must be 0, 1, 3 or 4 but got {channels}")
    if channels == 4:
        raise invalid(f"{op}: JPEG does not support 4 channels")
    ratio = attrs.get("ratio", 1)
    if ratio not in (1, 2, 4, 8):
        raise invalid(f"{op}: ratio must be 1, 2, 4, or 8, got {ratio}")
    if attrs.get("dct_method", "") not in ("", "INTEGER_FAST", "INTEGER_ACCURATE"):
        raise invalid(f"{op}: dct_method must be one of {{'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}}")
    if attrs.get("try_recover_truncated"):
        raise unimplemented(f"{op}: try_recover_truncated=True is not covered.")
    image_module = _pillow(op)
    try:
        image = image_module.open(io.BytesIO(data))
        if channels or ratio > 1:
            mode = {0: image.mode, 1: "L", 3: "RGB"}[channels]
            size = tuple(max(1, n // ratio) for n in image.size)
            shrunk = tuple(-(-n // ratio) for n in image.size)
            image.draft(mode if mode in ("L", "RGB") else None, size)
        image.load()
    except Exception as error:
        raise invalid(
            f"{op}: jpeg::Uncompress failed. Invalid JPEG data or crop window. Invalid JPEG data, size {len(data)}: "
            f"{error}"
        ) from error
    if ratio > 1 and image.size != shrunk:
        raise unimplemented(f"{op}: ratio={ratio} is not covered for an image as small as this one.")
    return _with_channels(op, _pixels(image), channels)


def _frames(op: str, data: bytes) -> Any:
    image = _opened(op, data, "GIF")
    frames = []
    try:
        while True:
            frames.append(np.asarray(image.convert("RGB")))
            image.seek(len(frames))
    except EOFError:
        pass
    except Exception as error:  # of a file that is cut off the frames before stay
        if not frames:
            raise invalid(f"{op}: Invalid GIF data, size {len(data)}: {error}") from error
    return np.stack(frames)


def _bmp(op: str, data: bytes, channels: int) -> Any:
    if channels not in (0, 3, 4):
        raise invalid(f"{op}: `channels` must be 0, 3 or 4 for BMP, but got {channels}")
    if len(data) >= 30:
        start, width, height, bits = struct.unpack("<10xI4xii2xH", data[:30])
        beyond = len(data) - start - (width * bits + 31) // 32 * 4 * abs(height)
        if beyond:
            raise invalid(
                f"{op}: Input size should match (header_size + row_size * abs_height) but they differ by {beyond}"
            )
    return _with_channels(op, _pixels(_opened(op, data, "BMP")), channels)


def _webp(op: str, data: bytes, channels: int) -> Any:
    if channels not in (0, 3, 4):
        raise invalid(f"{op}: WebP only supports 3 or 4 channels, got {channels}")
    pixels = _pixels(_opened(op, data, "WebP"))
    if channels not in (0, pixels.shape[-1]):
        raise invalid(f"{op}: Number of channels requested does not match input: {channels}")
    return pixels[None]


def _decoded(op: str, data: bytes, channels: int, attrs: Any = None) -> Any:
    """The pixels of a file of any format; of GIF and WebP with an axis for frames, where the op has one."""
    kind = _kind(data)
    if kind == "JPEG":
        return _jpeg(op, data, channels, attrs or {})
    if kind == "PNG":
        return _png(op, data, channels)
    if kind == "GIF":
        if channels not in (0, 3):
            raise invalid(f"{op}: channels must be 0 or 3 for GIF, got {channels}")
        if op == "DecodeWebP":
            raise invalid(f"{op}: Bad op type DecodeWebP for a GIF file.")
        frames = _frames(op, data)
        if op in ("DecodeGif", "DecodeImage"):
            return frames
        if len(frames) > 1:
            raise invalid(
                f"{op}: Got {len(frames)} frames, but animated gifs can only be decoded by tf.io.decode_gif or "
                "tf.io.decode_image"
            )
        return frames[0]
    if kind == "BMP":
        if op not in ("DecodeBmp", "DecodeImage"):
            raise invalid(
                f"{op}: Trying to decode BMP format using a wrong op. Use `decode_bmp` or `decode_image` instead."
            )
        return _bmp(op, data, channels)
    if kind == "WebP":
        return _webp(op, data, channels)
    raise invalid(f"{op}: Unknown image file format. One of JPEG, JPEG XL, PNG, GIF, BMP, WebP required.")


def _as_dtype(op: str, pixels: Any, dtype: DType | torch.dtype) -> torch.Tensor:
    """Pixels in another dtype: 16 bits from 8, fractions of 1 as floats."""
    wanted = as_dtype(dtype).name
    if wanted == "uint8":
        if pixels.dtype == np.uint16:
            pixels = (pixels >> 8).astype(np.uint8)
    elif wanted == "uint16":
        if pixels.dtype == np.uint8:
            pixels = pixels.astype(np.uint16) * np.uint16(257)
    elif wanted == "float32":
        pixels = pixels.astype(np.float32) * np.float32(1.0 / np.iinfo(pixels.dtype).max)
    else:
        raise invalid(f"{op}: `dtype` must be unsigned 8-bit, 16-bit integers or floats, got {wanted}.")
    return from_numpy(np.array(pixels, order="C"))  # a copy, for those of Pillow cannot be written to


def _decode_png(contents: Any, *, channels: int = 0, dtype: Any = torch.uint8) -> torch.Tensor:
    data = _contents("DecodePng", contents)
    return _as_dtype("DecodePng", _decoded("DecodePng", data, channels), dtype)


def _decode_jpeg(contents: Any, *, channels: int = 0, **attrs: Any) -> torch.Tensor:
    data = _contents("DecodeJpeg", contents)
    return _as_dtype("DecodeJpeg", _decoded("DecodeJpeg", data, channels, attrs=attrs), torch.uint8)


def _decode_and_crop(contents: Any, window: torch.Tensor, *, channels: int = 0, **attrs: Any) -> torch.Tensor:
    op = "DecodeAndCropJpeg"
    data = _contents(op, contents)
    if window.dim() != 1:
        raise invalid(f"{op}: crop_window must be 1-D, got shape {list(window.shape)}")
    if window.shape[0] != 4:
        raise invalid(f"{op}: crop_size must have four elements {list(window.shape)}")
    if _kind(data) != "JPEG":
        raise invalid(f"{op}: jpeg::Uncompress failed. Invalid JPEG data or crop window, size {len(data)}.")
    pixels = _decoded(op, data, channels, attrs=attrs)
    top, left, height, width = window.tolist()
    inside = top >= 0 and left >= 0 and height > 0 and width > 0
    if not (inside and top + height <= pixels.shape[0] and left + width <= pixels.shape[1]):
        raise invalid(f"{op}: jpeg::Uncompress failed. Invalid JPEG data or crop window: {window.tolist()}.")
    return _as_dtype(op, pixels[top : top + height, left : left + width], torch.uint8)


def _decode_gif(contents: Any) -> torch.Tensor:
    op = "DecodeGif"
    pixels = _decoded(op, _contents(op, contents), 3)
    return _as_dtype(op, pixels if pixels.ndim == 4 else pixels[None], torch.uint8)


def _decode_bmp(contents: Any, *, channels: int = 0) -> torch.Tensor:
    op = "DecodeBmp"
    data = _contents(op, contents)
    kind = _kind(data)
    if kind not in ("BMP", "WebP", None):
        if kind == "PNG" and len(data) < 60:
            raise invalid(f"{op}: Invalid PNG. Failed to initialize decoder.")
        raise invalid(
            f"{op}: Trying to decode {kind} format using DecodeBmp op. Use `decode_{kind.lower()}` or `decode_image` "
            "instead."
        )
    return _as_dtype(op, _decoded(op, data, channels), torch.uint8)


def _decode_webp(contents: Any, *, channels: int = 0, dtype: Any = torch.uint8) -> torch.Tensor:
    return _as_dtype("DecodeWebP", _decoded("DecodeWebP", _contents("DecodeWebP", contents), channels), dtype)


def _decode_image(
    contents: Any, *, channels: int = 0, dtype: Any = torch.uint8, expand_animations: bool = True
) -> torch.Tensor:
    op = "DecodeImage"
    data = _contents(op, contents)
    if _kind(data) == "WebP" and as_dtype(dtype).name != "uint8":
        raise invalid(f"{op}: WebP is decoded to uint8 only, got {as_dtype(dtype).name}.")
    pixels = _decoded(op, data, channels)
    first = pixels.ndim == 4 and not expand_animations
    return _as_dtype(op, pixels[0] if first else pixels, dtype)


def _shape(contents: Any, *, output_type: Any = torch.int32) -> torch.Tensor:
    op = "ExtractJpegShape"
    if contents.ndim:
        raise invalid(f"{op}: contents must be scalar but got shape{list(contents.shape)}")
    data = contents.item()
    if _kind(data) != "JPEG":
        raise invalid(f"{op}: Invalid JPEG data, size {len(data)}")
    try:
        image = _pillow(op).open(io.BytesIO(data))
    except OSError as error:
        raise invalid(f"{op}: Invalid JPEG data, size {len(data)}: {error}") from error
    return torch.tensor([image.height, image.width, len(image.getbands())], dtype=as_dtype(output_type).torch)


def _reader(name: str, kernel: Any, inputs: str = "contents", **defaults: Any) -> Any:
    return primitive(
        name,
        kernel,
        inputs=inputs,
        defaults=defaults,
        dtypes=_STRINGS,
        keep=Keep.NOTHING,
        differentiable=False,
    )


_JPEG: dict[str, Any] = {
    "channels": 0,
    "ratio": 1,
    "fancy_upscaling": True,
    "try_recover_truncated": False,
    "acceptable_fraction": 1.0,
    "dct_method": "",
}
decode_png = _reader("DecodePng", _decode_png, channels=0, dtype=torch.uint8)
decode_jpeg = _reader("DecodeJpeg", _decode_jpeg, **_JPEG)
decode_and_crop_jpeg = _reader("DecodeAndCropJpeg", _decode_and_crop, "contents crop_window", **_JPEG)
decode_gif = _reader("DecodeGif", _decode_gif)
decode_bmp = _reader("DecodeBmp", _decode_bmp, channels=0)
decode_webp = _reader("DecodeWebP", _decode_webp, channels=0, dtype=torch.uint8)
decode_image = _reader("DecodeImage", _decode_image, channels=0, dtype=torch.uint8, expand_animations=True)
extract_jpeg_shape = _reader("ExtractJpegShape", _shape, output_type=torch.int32)

# -- writing ------------------------------------------------------------------------------------------------


def _text(data: bytes) -> Any:
    found = np.empty((), dtype=object)
    found[()] = data
    return found


def _encode_png(images: torch.Tensor, *, compression: int = -1) -> Any:
    op = "EncodePng"
    if not -1 <= compression <= 9:
        raise invalid(f"{op}: compression should be in [-1,9], got {compression}")
    if images.dim() < 3:
        raise invalid(f"{op}: images must be at least rank 3{list(images.shape)}")
    depth = images.shape[-1]
    if depth not in _MODES:
        raise invalid(f"{op}: image must have 1, 2, 3, or 4 channels, got {depth}")
    if 0 in images.shape[-3:]:
        raise internal(f"{op}: PNG encoding failed: there are no pixels: {list(images.shape)}")
    pixels = to_numpy(images)
    lead = pixels.shape[:-3]
    found = np.empty(lead, dtype=object)
    for place in np.ndindex(*lead):
        found[place] = _written_png(op, pixels[place], compression)
    return found


def _written_png(op: str, pixels: Any, compression: int) -> bytes:
    if pixels.dtype == np.uint16:
        return write_deep_png(pixels, compression)
    depth = pixels.shape[-1]
    image = _pillow(op).fromarray(
        np.ascontiguousarray(pixels[..., 0] if depth == 1 else pixels), _MODES[depth]
    )
    buffer = io.BytesIO()
    options = {} if compression < 0 else {"compress_level": compression}
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


def _encode_jpeg(image: torch.Tensor, op: str, quality: int, attrs: dict[str, Any]) -> Any:
    if image.dim() != 3:
        raise invalid(f"{op}: image must be 3-dimensional{list(image.shape)}")
    if not 0 <= quality <= 100:
        raise invalid(f"{op}: quality must be in [0,100], got {quality}")
    depth = image.shape[2]
    wanted = {"": depth, "grayscale": 1, "rgb": 3}.get(attrs.get("format", ""))
    if wanted is None or depth not in (1, 3):
        raise invalid(f"{op}: image must have 1 or 3 channels, got {list(image.shape)}")
    if depth != wanted:
        raise invalid(f"{op}: format {attrs['format']} expects {wanted} channels, got {list(image.shape)}")
    if 0 in image.shape:
        raise internal(f"{op}: JPEG encoding failed: there are no pixels: {list(image.shape)}")
    pixels = to_numpy(image)
    density = (attrs.get("x_density", 300), attrs.get("y_density", 300))
    if attrs.get("density_unit", "in") == "cm":
        density = (density[0] * 2.54, density[1] * 2.54)
    options: dict[str, Any] = {
        "quality": quality,
        "subsampling": 2 if attrs.get("chroma_downsampling", True) and depth == 3 else 0,
        "progressive": attrs.get("progressive", False),
        "optimize": attrs.get("optimize_size", False),
        "dpi": density,
    }
    if attrs.get("xmp_metadata"):
        options["xmp"] = attrs["xmp_metadata"].encode()
    buffer = io.BytesIO()
    made = _pillow(op).fromarray(
        np.ascontiguousarray(pixels[..., 0] if depth == 1 else pixels), _MODES[depth]
    )
    made.save(buffer, "JPEG", **options)
    return _text(buffer.getvalue())


def _with_attr(image: torch.Tensor, *, quality: int = 95, **attrs: Any) -> Any:
    return _encode_jpeg(image, "EncodeJpeg", quality, attrs)


def _with_tensor(image: torch.Tensor, quality: torch.Tensor) -> Any:
    if quality.dim():
        raise invalid(f"EncodeJpegVariableQuality: quality must be scalar, got shape {list(quality.shape)}")
    return _encode_jpeg(image, "EncodeJpegVariableQuality", int(quality), {})


_UINT8 = frozenset({torch.uint8})
encode_png = primitive(
    "EncodePng",
    _encode_png,
    inputs="image",
    defaults={"compression": -1},
    dtypes=_UINT8 | {torch.uint16},
    keep=Keep.NOTHING,
    differentiable=False,
)
encode_jpeg = primitive(
    "EncodeJpeg",
    _with_attr,
    inputs="image",
    defaults={
        "format": "",
        "quality": 95,
        "progressive": False,
        "optimize_size": False,
        "chroma_downsampling": True,
        "density_unit": "in",
        "x_density": 300,
        "y_density": 300,
        "xmp_metadata": "",
    },
    dtypes=_UINT8,
    keep=Keep.NOTHING,
    differentiable=False,
)
encode_jpeg_variable_quality = primitive(
    "EncodeJpegVariableQuality",
    _with_tensor,
    inputs="images quality",
    dtypes=_UINT8,
    keep=Keep.NOTHING,
    differentiable=False,
)
