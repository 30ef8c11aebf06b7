"""Resizing of images (batch, height, width, channels).

Every method is linear and separable: a sparse matrix for the rows and one for the columns. The usual bilinear case has
a kernel of torch's own. Gradients are the transposes; as in TensorFlow they do not differentiate again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.at_call import OF_OPS, need_numbers
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import FROM_TORCH, float32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import FLOATS, HALVES, REALS, Keep, gradient
from tfcompat_tape.ops.helpers import dtype_of

_bilinear_backward = torch.ops.aten.upsample_bilinear2d_backward.default._op
_TABLE = 1024  # the cubic kernel is tabulated


def _check(name: str, x: torch.Tensor, size: tuple[int, ...], align_corners: bool, half: bool) -> None:
    if x.dim() != 4:
        raise invalid(f"{name}: images must have 4 axes, got shape {list(x.shape)}.")
    if len(size) != 2 or min(size) <= 0:
        raise invalid(f"{name}: output dimensions must be positive: {list(size)}")
    if align_corners and half:
        raise invalid(f"{name}: if half_pixel_centers is True, align_corners must be False.")
    if 0 in x.shape[1:]:
        raise invalid(f"{name}: the images must not be empty, got shape {list(x.shape)}.")


def _scale(old: int, new: int, align_corners: bool) -> float:
    return (old - 1) / (new - 1) if align_corners and new > 1 else old / new


def _places(old: int, new: int, align_corners: bool, half: bool) -> np.ndarray:
    """Where each new pixel lies among the old ones, in the precision of TensorFlow."""
    scale = np.float32(_scale(old, new, align_corners))
    steps = np.arange(new, dtype=np.float32)
    return (steps + np.float32(0.5)) * scale - np.float32(0.5) if half else steps * scale


# -- matrices ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _linear(old: int, new: int, align_corners: bool, half: bool) -> np.ndarray:
    place = _places(old, new, align_corners, half)
    below = np.floor(place)
    part = place - below
    matrix = np.zeros((new, old), np.float32)
    rows = np.arange(new)
    np.add.at(matrix, (rows, np.clip(below, 0, old - 1).astype(int)), 1 - part)
    np.add.at(matrix, (rows, np.clip(np.ceil(place), 0, old - 1).astype(int)), part)
    return matrix


def _cubic_table(a: float) -> tuple[np.ndarray, np.ndarray]:
    """The kernel within one pixel of its centre, and between one and two."""
    x = np.arange(_TABLE + 1) / _TABLE
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    x = x + 1
    return near, ((a * x - 5 * a) * x + 8 * a) * x - 4 * a


@lru_cache(maxsize=256)
def _cubic(old: int, new: int, align_corners: bool, half: bool) -> np.ndarray:
    place = _places(old, new, align_corners, half)
    below = np.floor(place)
    step = np.rint((place - below) * _TABLE).astype(int)
    near, far = _cubic_table(-0.5 if half else -0.75)
    weights = [far[step], near[step], near[_TABLE - step], far[_TABLE - step]]
    matrix = np.zeros((new, old))
    rows = np.arange(new)
    for offset, weight in zip((-1, 0, 1, 2), weights, strict=True):
        column = below.astype(int) + offset
        if half:  # what lies outside does not count
            weight = np.where((column >= 0) & (column < old), weight, 0.0)
        np.add.at(matrix, (rows, np.clip(column, 0, old - 1)), weight)
    if half:
        matrix /= matrix.sum(1, keepdims=True)
    return matrix.astype(np.float32)


@lru_cache(maxsize=256)
def _areas(old: int, new: int, align_corners: bool) -> np.ndarray:
    """How much of each new pixel each old one covers; the last old one goes on beyond the edge."""
    scale = _scale(old, new, align_corners)
    if scale == 0:
        return np.ones((new, 1), np.float32)
    starts = np.arange(new)[:, None] * scale
    pixels = np.arange(max(old, math.ceil(new * scale)))[None, :]
    covered = np.maximum(np.minimum(starts + scale, pixels + 1) - np.maximum(starts, pixels), 0.0)
    covered[:, old - 1] += covered[:, old:].sum(1)
    return (covered[:, :old] / scale).astype(np.float32)


def _lanczos(radius: float) -> Callable[[np.ndarray], np.ndarray]:
    def kernel(x: np.ndarray) -> np.ndarray:
        x = np.maximum(np.abs(x), 1e-3)
        wave = radius * np.sin(math.pi * x) * np.sin(math.pi * x / radius) / (math.pi * x) ** 2
        return np.where(np.abs(x) <= 1e-3, 1.0, wave)

    return kernel


def _cubic_kernel(b: float, c: float) -> Callable[[np.ndarray], np.ndarray]:
    """The family of Mitchell and Netravali."""

    def kernel(x: np.ndarray) -> np.ndarray:
        x = np.abs(x)
        near = ((12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + 6 - 2 * b) / 6
        far = ((-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + 8 * b + 24 * c) / 6
        return np.where(x < 1, near, far)

    return kernel


_KERNELS: dict[str, tuple[float, Callable[[np.ndarray], np.ndarray]]] = {
    "lanczos1": (1.0, _lanczos(1.0)),
    "lanczos3": (3.0, _lanczos(3.0)),
    "lanczos5": (5.0, _lanczos(5.0)),
    "gaussian": (1.5, lambda x: np.exp(-2.0 * x * x)),
    "box": (1.0, lambda x: np.where(np.abs(x) < 0.5, 1.0, np.where(np.abs(x) == 0.5, 0.5, 0.0))),
    "triangle": (1.0, lambda x: 1.0 - np.abs(x)),
    "keyscubic": (2.0, _cubic_kernel(0.0, 0.5)),
    "mitchellcubic": (2.0, _cubic_kernel(1 / 3, 1 / 3)),
}


@lru_cache(maxsize=256)
def _sampled(old: int, new: int, scale: float, translation: float, kind: str, antialias: bool) -> np.ndarray:
    if kind not in _KERNELS:
        raise invalid(f"ScaleAndTranslate: unrecognized kernel type {kind!r}; there are {sorted(_KERNELS)}.")
    radius, kernel = _KERNELS[kind]
    inverse = 1.0 / np.float32(scale)
    place = (np.arange(new, dtype=np.float32) + np.float32(0.5)) * inverse - np.float32(translation) * inverse
    width = max(float(inverse), 1.0) if antialias else 1.0
    distance = (np.arange(old)[None, :] + 0.5 - place[:, None].astype(np.float64)) / width
    weights = np.where(np.abs(distance) < radius, kernel(distance), 0.0)
    weights[(place < 0) | (place > old)] = 0.0
    total = weights.sum(1, keepdims=True)
    return np.where(np.abs(total) > 1e-30, weights / np.where(total == 0, 1.0, total), 0.0).astype(np.float32)


@lru_cache(maxsize=512)
def _taps(
    matrix: Callable[..., np.ndarray], args: tuple[Any, ...], adjoint: bool
) -> tuple[np.ndarray, np.ndarray]:
    """What a row of the matrix (its transpose if `adjoint`) reads: positions and weights, (new, most in a row)."""
    dense = matrix(*args).T if adjoint else matrix(*args)
    most = max(int((dense != 0).sum(1).max(initial=0)), 1)
    index = np.argsort(dense == 0, axis=1, kind="stable")[:, :most]
    return index, np.take_along_axis(dense, index, axis=1)


def _applied(
    x: torch.Tensor, rows: tuple[np.ndarray, np.ndarray], columns: tuple[np.ndarray, np.ndarray]
) -> torch.Tensor:
    """The taps of rows and columns applied to each image and channel, in float32.

    No product of matrices: a pixel that is not finite shows where it is read, and nowhere else.
    """
    x = x.to(torch.float32)
    for axis, (index, weight) in ((1, rows), (2, columns)):
        count, most = index.shape
        picked = x.index_select(axis, torch.from_numpy(index.reshape(-1)).to(x.device))
        picked = picked.unflatten(axis, (count, most))
        form = [1, 1, 1, 1, 1]
        form[axis], form[axis + 1] = count, most
        weights = torch.from_numpy(weight).to(x.device).reshape(form)
        parts = picked * weights
        if not weight.all():
            parts = torch.where(weights != 0, parts, 0.0)
        x = parts.sum(axis + 1)
    return x


# -- ops ---------------------------------------------------------------------------------------------------------------

_FLAGS = {"align_corners": False, "half_pixel_centers": False}


def _resizer(name: str, matrix: Any) -> Any:
    """Forward kernel and adjoint of a method whose matrices depend on sizes and flags alone."""

    def forward(
        x: torch.Tensor, *, size: Any, align_corners: bool = False, half_pixel_centers: bool = False
    ) -> torch.Tensor:
        size = tuple(size)
        _check(name, x, size, align_corners, half_pixel_centers)
        need_numbers(*x.shape[1:3], *size)
        flags = (align_corners, half_pixel_centers)
        pairs = zip(x.shape[1:3], size, strict=True)
        return _applied(x, *[_taps(matrix, (old, new, *flags), False) for old, new in pairs])

    def adjoint(
        dy: torch.Tensor,
        x: torch.Tensor,
        *,
        align_corners: bool = False,
        half_pixel_centers: bool = False,
    ) -> torch.Tensor:
        need_numbers(*x.shape[1:3], *dy.shape[1:3])
        flags = (align_corners, half_pixel_centers)
        pairs = zip(x.shape[1:3], dy.shape[1:3], strict=True)
        return _applied(dy, *[_taps(matrix, (old, new, *flags), True) for old, new in pairs]).to(x.dtype)

    return forward, adjoint


_bilinear_matrices, _bilinear_transposes = _resizer("ResizeBilinear", _linear)


def _bilinear(
    x: torch.Tensor, *, size: Any, align_corners: bool = False, half_pixel_centers: bool = False
) -> torch.Tensor:
    if not half_pixel_centers or x.shape[0] == 0 or x.dim() != 4 or min(size, default=0) <= 0:
        flags = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
        return _bilinear_matrices(x, size=size, **flags)
    _check("ResizeBilinear", x, tuple(size), align_corners, half_pixel_centers)
    need_numbers(*x.shape, *size)  # with these torch's kernel settles each of them
    first = x.to(torch.float32).permute(0, 3, 1, 2)
    return torch.nn.functional.interpolate(first, tuple(size), mode="bilinear").permute(0, 2, 3, 1)


def _bilinear_adjoint(
    dy: torch.Tensor, x: torch.Tensor, *, align_corners: bool = False, half_pixel_centers: bool = False
) -> torch.Tensor:
    if not half_pixel_centers or x.shape[0] == 0:
        flags = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
        return _bilinear_transposes(dy, x, **flags)
    need_numbers(*x.shape, *dy.shape[1:3])  # torch's kernel takes no others
    batch, height, width, depth = x.shape
    first = dy.permute(0, 3, 1, 2)
    shape = (batch, depth, height, width)
    return (
        _bilinear_backward(first, first.shape[2:], shape, False, None, None).permute(0, 2, 3, 1).to(x.dtype)
    )


_RESIZED = REALS - {torch.uint32, torch.uint64}
resize_bilinear = primitive("ResizeBilinear", _bilinear, inputs="images", defaults=_FLAGS, dtypes=_RESIZED)
resize_bilinear_grad = primitive(
    "ResizeBilinearGrad",
    _bilinear_adjoint,
    inputs="grads original_image",
    defaults=_FLAGS,
    dtypes=FLOATS,
    differentiable=False,
)


@gradient("ResizeBilinear")
def _resize_bilinear_rule(op: Any, dy: Any) -> Any:
    return resize_bilinear_grad(dy, op.inputs[0], **_flags(op))


def _flags(op: Any) -> dict[str, bool]:
    return {name: op.get_attr(name) for name in _FLAGS}


_bicubic, _bicubic_adjoint = _resizer("ResizeBicubic", _cubic)
resize_bicubic = primitive("ResizeBicubic", _bicubic, inputs="images", defaults=_FLAGS, dtypes=_RESIZED)
resize_bicubic_grad = primitive(
    "ResizeBicubicGrad", _bicubic_adjoint, inputs="grads original_image", defaults=_FLAGS, dtypes=FLOATS
)


@gradient("ResizeBicubic")
def _resize_bicubic_rule(op: Any, dy: Any) -> Any:
    if dtype_of(op.inputs[0]) in HALVES:
        return None  # as in TensorFlow
    return resize_bicubic_grad(dy, op.inputs[0], **_flags(op))


_area, _ = _resizer("ResizeArea", lambda old, new, align_corners, half: _areas(old, new, align_corners))
resize_area = primitive(
    "ResizeArea",
    _area,
    inputs="images",
    defaults={"align_corners": False},
    dtypes=_RESIZED,
    keep=Keep.NOTHING,
)


def _nearest_index(old: int, new: int, align_corners: bool, half: bool) -> np.ndarray:
    scale = np.float32(_scale(old, new, align_corners))
    place = np.arange(new, dtype=np.float32)
    place = (place + np.float32(0.5)) * scale if half else place * scale
    index = np.floor(place + np.float32(0.5)) if align_corners else np.floor(place)
    return np.clip(index, 0, old - 1).astype(np.int64)


def _nearest_indices(
    shape: Any, size: Any, align_corners: bool, half: bool, device: Any
) -> list[torch.Tensor]:
    need_numbers(*shape[1:3], *size)
    pairs = zip(shape[1:3], size, strict=True)
    return [torch.from_numpy(_nearest_index(old, new, align_corners, half)).to(device) for old, new in pairs]


def _nearest(
    x: torch.Tensor, *, size: Any, align_corners: bool = False, half_pixel_centers: bool = False
) -> torch.Tensor:
    size = tuple(size)
    _check("ResizeNearestNeighbor", x, size, align_corners, half_pixel_centers)
    rows, columns = _nearest_indices(x.shape, size, align_corners, half_pixel_centers, x.device)
    return x.index_select(1, rows).index_select(2, columns)


def _nearest_adjoint(
    dy: torch.Tensor, *, size: Any, align_corners: bool = False, half_pixel_centers: bool = False
) -> torch.Tensor:
    batch, height, width, depth = dy.shape
    shape = (batch, *size, depth)
    rows, columns = _nearest_indices(shape, (height, width), align_corners, half_pixel_centers, dy.device)
    tall = torch.index_add(dy.new_zeros((batch, height, size[1], depth)), 2, columns, dy)
    return torch.index_add(dy.new_zeros(shape), 1, rows, tall)


resize_nearest_neighbor = primitive(
    "ResizeNearestNeighbor", _nearest, inputs="images", defaults=_FLAGS, dtypes=_RESIZED, keep=Keep.SHAPES
)
resize_nearest_neighbor_grad = primitive(
    "ResizeNearestNeighborGrad", _nearest_adjoint, inputs="grads", defaults=_FLAGS, dtypes=FLOATS
)


@gradient("ResizeNearestNeighbor")
def _resize_nearest_neighbor_rule(op: Any, dy: Any) -> Any:
    return resize_nearest_neighbor_grad(dy, size=tuple(op.shapes[0][1:3]), **_flags(op))


def _sampling(
    adjoint: bool, shape: Any, size: Any, scale: Any, translation: Any, kind: str, antialias: bool
) -> list[Any]:
    need_numbers(*shape[1:3], *size)
    return [
        _taps(
            _sampled,
            (shape[1 + i], size[i], float(scale[i]), float(translation[i]), kind, antialias),
            adjoint,
        )
        for i in (0, 1)
    ]


_SAMPLING = {"kernel_type": "lanczos3", "antialias": True}


def _scale_and_translate(
    x: torch.Tensor,
    *,
    size: Any,
    scale: Any,
    translation: Any,
    kernel_type: str = "lanczos3",
    antialias: bool = True,
) -> torch.Tensor:
    _check("ScaleAndTranslate", x, tuple(size), False, False)
    return _applied(x, *_sampling(False, x.shape, size, scale, translation, kernel_type, antialias))


def _scale_and_translate_grad(
    dy: torch.Tensor,
    x: torch.Tensor,
    *,
    scale: Any,
    translation: Any,
    kernel_type: str = "lanczos3",
    antialias: bool = True,
) -> torch.Tensor:
    found = _sampling(True, x.shape, dy.shape[1:3], scale, translation, kernel_type, antialias)
    return _applied(dy, *found).to(x.dtype)


scale_and_translate = primitive(
    "ScaleAndTranslate", _scale_and_translate, inputs="images", defaults=_SAMPLING, dtypes=_RESIZED
)
scale_and_translate_grad = primitive(
    "ScaleAndTranslateGrad",
    _scale_and_translate_grad,
    inputs="grads original_image",
    defaults=_SAMPLING,
    dtypes=FLOATS,
)


@gradient("ScaleAndTranslate")
def _scale_and_translate_rule(op: Any, dy: Any) -> Any:
    attrs = {name: op.get_attr(name) for name in _SAMPLING}
    return scale_and_translate_grad(
        dy, op.inputs[0], scale=op.attrs["scale"], translation=op.attrs["translation"], **attrs
    )


# -- what results are like, where sizes are other ones at each call (weights are computed from sizes) ------------------


def _resized(raws: Any, attrs: dict[str, Any]) -> Any:
    shape = raws[0].shape
    return [((shape[0], *attrs["size"], shape[3]), float32)]


def _resized_alike(raws: Any, attrs: dict[str, Any]) -> Any:
    return [(_resized(raws, attrs)[0][0], FROM_TORCH[raws[0].dtype])]


def _like_images(raws: Any, attrs: dict[str, Any]) -> Any:
    return [(raws[1].shape, FROM_TORCH[raws[1].dtype])]


OF_OPS.update(dict.fromkeys(("ResizeArea", "ResizeBicubic", "ResizeBilinear", "ScaleAndTranslate"), _resized))
OF_OPS.update(dict.fromkeys(("ResizeNearestNeighbor", "ResizeNearestNeighborGrad"), _resized_alike))
OF_OPS.update(
    dict.fromkeys(("ResizeBicubicGrad", "ResizeBilinearGrad", "ScaleAndTranslateGrad"), _like_images)
)
