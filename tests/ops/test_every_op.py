"""Every op that has a gradient, through every check: differences, forward mode, vmap over both, traces of both kinds.

What cannot work is listed with its reason. The list is exact: an op that starts to work, or another one that does not,
is a failure.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import op_points
import pytest
import torch
from torch.fx.experimental.proxy_tensor import make_fx

import tfcompat_tape as tf
from tfcompat_tape.checking import check_op
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.ops import incomplete

NO_SECOND = "TensorFlow has no gradient of the op that its gradient is"
NO_GRADIENT = "the gradient is None, so there is nothing to differentiate"
STRAIGHT = "the gradient goes straight through steps, whose slope is 0"
# By op, the checks that fail or cannot run, and why.
CANNOT: dict[str, dict[str, str]] = {
    **{
        name: {"vmap over cotangents, second order": NO_GRADIENT}
        for name in ("Floor", "Ceil", "Rint", "Round", "FloorDiv", "TruncateDiv")
    },
    "PreventGradient": {
        "first order": "its gradient raises, which is what it is for",
        **dict.fromkeys(("second order", "forward mode", "vmap", "make_fx"), "there is no gradient"),
    },
    **{
        name: {"first order": STRAIGHT, "forward mode": "its gradient is registered as not differentiable"}
        for name in (
            "FakeQuantWithMinMaxArgs",
            "FakeQuantWithMinMaxVars",
            "FakeQuantWithMinMaxVarsPerChannel",
        )
    },
    **{
        name: {"first order": STRAIGHT}
        for name in ("QuantizeAndDequantizeV2", "QuantizeAndDequantizeV3", "QuantizeAndDequantizeV4")
    },
    "MaxPoolV2": {"forward mode, second order": NO_SECOND},
    "MaxPoolGradV2": {"forward mode": NO_SECOND},
    **{
        name: {
            "first order": "it takes the moments as they are given, and its gradient as those of the input"
        }
        for name in ("FusedBatchNormGrad", "FusedBatchNormGradV2")
    },
    "Softsign": {"second order": NO_SECOND, "forward mode": NO_SECOND},
    "Igamma": {"second order": NO_SECOND},
    "Igammac": {"second order": NO_SECOND},
    "CTCLoss": {"second order": NO_SECOND},
    **{name: {"second order": NO_SECOND, "forward mode": NO_SECOND} for name in ("BlockLSTM", "BlockLSTMV2")},
    "FractionalMaxPool": {"second order": NO_SECOND, "forward mode": NO_SECOND},
    "FractionalAvgPool": {"forward mode": NO_SECOND, "forward mode, second order": NO_SECOND},
    **{
        name: {"forward mode": NO_SECOND}
        for name in (
            "MaxPoolWithArgmax",
            "Dilation2D",
            "LRN",
            "ResizeBicubic",
            "ResizeNearestNeighbor",
            "ScaleAndTranslate",
            "CropAndResize",
        )
    },
    "ResizeBilinear": {
        "forward mode": "ResizeBilinearGrad is registered as not differentiable: the tangent is None"
    },
    "SparseAdd": {"forward mode": "SparseAddGrad is registered as not differentiable: the tangent is None"},
    "RandomGamma": {"function": "it draws other numbers each time"},
    "StatelessRandomGammaV3": {
        "vmap over inputs": "how often it draws depends on the parameters",
        "make_fx with fake tensors": "how often it draws depends on the parameters",
    },
    "StatelessRandomGammaV2": {
        "vmap over inputs": "how often it draws depends on the parameters",
        "make_fx with fake tensors": "how often it draws depends on the parameters",
    },
    "StatelessParameterizedTruncatedNormal": {
        "first order": "with a bound all candidates move; the gradient keeps a number's place among the possible ones",
        "vmap over inputs": "how often it draws depends on the parameters",
        "make_fx": "how often it draws depends on the parameters",
        "make_fx with fake tensors": "how often it draws depends on the parameters",
    },
}

# Ops that take the shape of their result from integers, which a trace must therefore hold constant.
SHAPES_FROM_VALUES = {
    "DynamicPartition": "the number of rows of each part",
    "DynamicStitch": "the greatest index",
    "ParallelDynamicStitch": "the greatest index",
    "StatelessRandomGammaV2": "the seed",
    **{f"Segment{kind}": "the number of segments" for kind in ("Sum", "Mean", "Prod", "Max", "Min")},
    **{f"SparseSegment{kind}": "the number of segments" for kind in ("Sum", "Mean", "SqrtN")},
    **dict.fromkeys(
        (
            *("SparseToDense", "SparseReorder", "SparseSlice", "SparseFillEmptyRows", "SparseAdd"),
            "RaggedFillEmptyRows",
            *(
                "SparseSparseMaximum",
                "SparseSparseMinimum",
                "SparseTensorDenseAdd",
                "SparseTensorDenseMatMul",
            ),
            *("SparseDenseCwiseAdd", "SparseDenseCwiseMul", "SparseDenseCwiseDiv", "SparseReduceSum"),
            "SparseSoftmax",
        ),
        "coordinates and the dense shape",
    ),
}


def test_there_is_a_point_for_every_op() -> None:
    wanted = {
        op.name
        for op in OPS.values()
        if op.differentiable and op.rule is not None and op.rule.__module__.startswith("tfcompat_tape.ops.")
    }
    assert wanted - op_points.POINTS.keys() == set(), "give them a point in tests/op_points.py"
    assert op_points.POINTS.keys() - OPS.keys() == set()
    assert (CANNOT.keys() | SHAPES_FROM_VALUES.keys()) <= op_points.POINTS.keys()


@pytest.mark.parametrize("name", op_points.POINTS)
def test_every_check_of_every_op(name: str) -> None:
    report = op_points.check(name)
    found = {finding.title for finding in report if not finding.passed}
    assert found == CANNOT.get(name, {}).keys(), str(report)
    details = [finding.detail for finding in report if finding.passed]
    held = any("integer arguments held constant" in detail for detail in details)
    assert held == (name in SHAPES_FROM_VALUES), str(report)
    assert not any("torch loops" in detail for detail in details), str(report)


@pytest.mark.parametrize("name", ["IdentityN", "AddN", "ConcatV2", "Pack", "Einsum"])
def test_ops_of_many_tensors_take_just_one(name: str) -> None:
    attrs: dict[str, Any] = {"ConcatV2": {"axis": 0}, "Einsum": {"equation": "ij->j"}}.get(name, {})
    check_op(name, [[0.5, 1.5], [-2.0, 3.0]], **attrs).raise_if_failed()


@pytest.mark.parametrize("name", ["Igamma", "Betainc"])
def test_series_can_be_traced(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no values can be looked at, series take a fixed number of steps: here so few that a trace is short."""
    monkeypatch.setattr(incomplete, "_BLIND_STEPS", 20)
    point = op_points.POINTS[name]
    constant = point.options.get("constant", ())
    options = {"order": 1, "checks": ("make_fx",), "constant": constant}
    check_op(name, *point.inputs, options=options).raise_if_failed()


# -- what takes the shape of its result from values: no trace or vmap can know it ------------------------

X, MASK = np.array([0.5, 1.5, -2.0, 3.0]), np.array([True, False, True, True])
OF_UNKNOWN_SHAPE = {
    "boolean_mask": lambda x, mask: tf.boolean_mask(x, mask) ** 2,
    "an index of booleans": lambda x, mask: x[mask] ** 2,
    "where with one argument": lambda x, mask: tf.gather(x, tf.where(mask)[:, 0]) ** 2,
    "unique": lambda x, mask: tf.gather(x, tf.unique(tf.cast(mask, tf.int32))[0]) ** 2,
    "dynamic_partition": lambda x, mask: tf.dynamic_partition(x, tf.cast(mask, tf.int32), 2)[1] ** 2,
    "repeat by a vector": lambda x, mask: tf.repeat(x, tf.cast(mask, tf.int32)) ** 2,
    "sequence_mask without a length": lambda x, mask: (
        x[0] * tf.sequence_mask(tf.cast(mask, tf.int32), dtype=x.dtype)
    ),
    "bincount without a length": lambda x, mask: (
        x[0] * tf.math.bincount(tf.cast(mask, tf.int32), dtype=x.dtype)
    ),
    "segment_sum": lambda x, mask: tf.math.segment_sum(x, tf.cumsum(tf.cast(mask, tf.int32))) ** 2,
}


def gradient(function: Any, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    source = tf.Tensor(x, None)
    with tf.GradientTape() as tape:
        tape.watch(source)
        y = function(source, tf.Tensor(mask, None))
    return tf.convert_to_tensor(tape.gradient(y, source))._t


# torch can trace these all the same, with a size that is left open.
OPEN_SIZE = {"boolean_mask", "an index of booleans", "unique", "where with one argument"}


@pytest.mark.parametrize("name", OF_UNKNOWN_SHAPE)
def test_shapes_that_depend_on_values(name: str) -> None:
    function, x, mask = OF_UNKNOWN_SHAPE[name], torch.tensor(X), torch.tensor(MASK)
    run = functools.partial(gradient, function)
    if name in OPEN_SIZE:
        traced = make_fx(run, tracing_mode="fake", _allow_non_fake_inputs=True)(x, mask)
        torch.testing.assert_close(traced(x + 1.0, ~mask), run(x + 1.0, ~mask))
    else:
        with pytest.raises((tf.errors.OperatorNotAllowedInGraphError, tf.errors.InvalidArgumentError)):
            make_fx(run, tracing_mode="fake", _allow_non_fake_inputs=True)(x, mask)
    with pytest.raises(RuntimeError, match="vmap"):
        torch.func.vmap(lambda mask: run(x, mask))(torch.stack([mask, ~mask]))
    # With a mask that is a constant the shape is known.
    for mode in ("real", "fake"):
        traced = make_fx(lambda x: run(x, mask), tracing_mode=mode, _allow_non_fake_inputs=True)(x)
        torch.testing.assert_close(traced(x + 1.0), run(x + 1.0, mask))
