"""Every op on a GPU, without a GPU: on torch's fake tensors, which have a device and no values.

Each op with a gradient runs on fake CUDA tensors, then its gradient rule, that rule's own gradient, and its JVP. Where
tensors of two devices meet, torch raises. What looks at values on the way cannot run either: on a GPU it would wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import op_points
import pytest
import torch
from fake_cuda_kit import CUDA, fake_gpu, needs_cuda_build

import tfcompat_tape as tf
from tfcompat_tape.core.registry import INEXACT, OPS
from tfcompat_tape.core.tensor import from_numpy

pytestmark = needs_cuda_build


NO_SECOND = "TensorFlow has no gradient of the op that its gradient is"
DRIVER = "its rule is derived by torch's autograd, which asks the driver of the GPU"
VALUES = "the shape of its result, or how often it draws, depends on values"
# By op, the steps that cannot run, and why.
CANNOT: dict[str, dict[str, str]] = {
    "PreventGradient": dict.fromkeys(
        ("gradient", "forward mode"), "its gradient raises, which is what it is for"
    ),
    "Softsign": dict.fromkeys(("second order", "forward mode"), NO_SECOND),
    "Igamma": {"second order": NO_SECOND},
    "Igammac": {"second order": NO_SECOND},
    **{
        name: {"forward mode": NO_SECOND}
        for name in (
            "MaxPoolWithArgmax",
            "Dilation2D",
            "LRN",
            "ResizeBicubic",
            "ResizeNearestNeighbor",
            "ScaleAndTranslate",
        )
    },
    **{
        name: dict.fromkeys(("gradient", "forward mode"), DRIVER)
        for name in (
            "BandedTriangularSolve",
            "BatchNormGradients",
            "BatchNormGradientsOfMoments",
            "CTCLossDense",
            "CropAndResize",
            "FusedBatchNormGradV3",
            "RGBToHSVGrad",
        )
    },
    "RGBToHSV": dict.fromkeys(("second order", "forward mode"), DRIVER),
    "FusedBatchNormV3": {"second order": DRIVER},
    "CTCLoss": {"value": DRIVER},
    **{
        name: {"value": VALUES}
        for name in (
            "RandomGamma",
            "StatelessRandomGammaV3",
            "StatelessParameterizedTruncatedNormal",
            "DynamicPartition",
            "DynamicStitch",
            *(f"Segment{kind}" for kind in ("Sum", "Prod", "Mean", "Max", "Min")),
            *(f"SparseSegment{kind}" for kind in ("Sum", "Mean", "SqrtN")),
        )
    },
}


@pytest.fixture(autouse=True)
def gpu() -> Iterator[None]:
    with fake_gpu():
        yield


def on_cuda(value: Any, double: bool = True) -> Any:
    """An input of an op as a fake tensor on the GPU, of float32 if not `double`; strings and attributes stay."""
    if isinstance(value, (list, tuple)):
        return type(value)(on_cuda(one, double) for one in value)
    if isinstance(value, tf.Tensor):
        raw = value._t
    elif isinstance(value, (float, np.ndarray)):
        raw = from_numpy(np.asarray(value))
    else:
        return value
    dtype = torch.float32 if raw.dtype is torch.float64 and not double else raw.dtype
    return tf.Tensor(torch.empty(raw.shape, dtype=dtype, device=CUDA), None)


def places(values: Any) -> set[torch.device]:
    """Where the tensors among `values` are, strings apart."""
    leaves = [x._t for x in tf.nest.flatten(values, expand_composites=True) if isinstance(x, tf.Tensor)]
    return {raw.device for raw in leaves if isinstance(raw, torch.Tensor)}


def attempt(failed: dict[str, str], step: str, function: Callable[[], Any]) -> Any:
    """What `function` gives; if it raises, or gives what is elsewhere, `failed` says so."""
    try:
        found = function()
    except Exception as error:
        failed[step] = f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
        return None
    if places(found) - {CUDA}:
        failed[step] = f"on {places(found)}"
    return found


# -- every op with a gradient --------------------------------------------------------------------------


def run(name: str) -> dict[str, str]:
    """Runs an op, its gradient rule, the gradient of that, and its JVP; the steps that failed, with the reason."""
    point = op_points.POINTS[name]
    op = OPS[name].call
    inputs = [on_cuda(x, torch.float64 in OPS[name].dtypes) for x in point.inputs]
    constant = point.options.get("constant", ())
    moving = [
        x
        for i, x in enumerate(inputs)
        if isinstance(x, tf.Tensor) and i not in constant and x._t.dtype in INEXACT
    ]
    failed: dict[str, str] = {}
    with tf.GradientTape() as outer:
        outer.watch(moving)
        with tf.GradientTape() as tape:
            tape.watch(moving)
            y = attempt(failed, "value", lambda: op(*inputs, **point.attrs))
        if y is None:
            return failed
        targets = [one for one in tf.nest.flatten(y) if one._t.dtype in INEXACT]
        first = attempt(failed, "gradient", lambda: tape.gradient(targets, moving))
    if first is not None and point.options.get("order", 2) > 1:
        there = [one for one in first if one is not None]
        attempt(failed, "second order", lambda: outer.gradient(there, moving))

    def pushed() -> Any:
        tangents = [tf.Tensor(torch.empty_like(x._t), None) for x in moving]
        with tf.autodiff.ForwardAccumulator(moving, tangents) as accumulator:
            y = op(*inputs, **point.attrs)
        return accumulator.jvp(y)

    attempt(failed, "forward mode", pushed)
    return failed


@pytest.mark.parametrize("name", op_points.POINTS)
def test_an_op_stays_on_its_device(name: str) -> None:
    failed = run(name)
    assert failed.keys() == CANNOT.get(name, {}).keys(), failed
