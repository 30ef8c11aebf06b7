"""The checker on functions that are right: what it takes, what it leaves out and says so, and its reports."""

from __future__ import annotations

import dataclasses
from typing import Any

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.checking import (
    CHECKS,
    Finding,
    Options,
    Report,
    assert_gradients,
    check_gradients,
    check_op,
    numeric,
)

X = np.array([[0.5, 1.0, -1.5], [2.0, -0.25, 0.75]])


def by_title(report: Report) -> dict[str, Finding]:
    return {finding.title: finding for finding in report}


# -- what a function may be -----------------------------------------------------------------------------


def test_nested_arguments_and_results(device: str) -> None:
    def function(layer: Any, x: Any, scale: Any) -> Any:
        y = x @ layer["w"] + layer["b"][0]
        return {
            "y": tf.tanh(y) * scale,
            "more": [tf.reduce_sum(y), tf.argmax(y, 1)],
            "none": tf.constant("a"),
        }

    layer = {"w": X.T, "b": [np.array([0.1, 0.2])]}
    report = assert_gradients(function, layer, X, 2.0)
    assert not report.skipped and report.ops[:2] == ("MatMul", "AddV2")


def test_labels_of_nested_arguments() -> None:
    @tf.custom_gradient
    def wrong(w: Any) -> Any:
        return w * 1.0, lambda dy: dy * 2.0

    report = check_gradients(lambda a, b: a["u"] * wrong(b[1]["w"]), {"u": X}, [X, {"w": X}], order=1)
    finding = next(finding for finding in report.failures if finding.check == "first order")
    assert finding.argument == "1[1]['w']"


def test_integers_and_strings_are_passed_on() -> None:
    def function(x: Any, rows: Any, flags: Any, text: Any) -> Any:
        assert (rows.dtype, flags.dtype, text.dtype) == (tf.int32, tf.bool, tf.string)
        return tf.where(flags, tf.gather(x, rows), 0.0)

    report = assert_gradients(
        function, X, [1, 0, 1], np.array([[True], [False], [True]]), np.array(["a"], object)
    )
    assert not report.skipped


def test_integers_that_shapes_depend_on_are_held_constant() -> None:
    report = assert_gradients(tf.math.segment_sum, X, np.array([0, 1]))
    assert "with integer arguments held constant" in by_title(report)["make_fx"].detail


def test_variables_and_slices() -> None:
    def function(table: Any, x: Any) -> Any:
        assert isinstance(table, tf.Variable)
        return tf.gather(table, [1, 0, 1]) * x

    assert_gradients(function, tf.Variable(X, dtype=tf.float32), tf.constant(X[:1], tf.float16))


def test_composite_arguments() -> None:
    slices = tf.IndexedSlices(tf.constant(X), tf.constant([2, 0]), tf.constant([3, 3]))
    assert_gradients(lambda s: tf.convert_to_tensor(s) ** 2, slices)


def test_complex_functions() -> None:
    z = X + 1j * X[::-1]
    assert_gradients(lambda x, y: (tf.exp(x) * tf.cast(y, x.dtype), tf.abs(x)), z, X)


def test_numbers_and_scalars() -> None:
    assert_gradients(lambda x, n: tf.sin(x) * tf.cast(n, x.dtype), 0.3, 2)
    assert_gradients(tf.square, np.zeros((0, 3)))


def test_the_op_by_name() -> None:
    assert check_gradients("MatMul", X, X, order=1).failures  # the shapes do not fit
    assert check_op("MatMul", X, X, transpose_b=True).ok
    assert check_op("Sum", X, axis=(1,), keep_dims=True, options={"order": 1}).ok
    assert check_op("Tanh", X, options=Options(checks=("rules",))).findings[0].check == "rules"


def test_constant_arguments() -> None:
    assert not check_op("Zeta", np.array([2.5]), np.array([1.5])).ok  # no gradient by the first
    assert check_op("Zeta", np.array([2.5]), np.array([1.5]), options={"constant": (0,)}).ok


# -- where there is nothing to compare with, it says so ----------------------------------------------------


def test_kinks_and_jumps_are_no_false_alarms() -> None:
    points = np.array([0.0, 1.0, -2.0])
    assert_gradients(tf.abs, points)  # 0 at 0 is what central differences say
    for function in (tf.nn.relu, lambda x: tf.maximum(x, 0.0 * x), tf.floor, tf.sign):
        report = assert_gradients(function, points)
        assert "elements cannot be compared, (0,) because" in by_title(report)["first order"].detail, str(
            report
        )
    report = check_gradients(tf.floor, np.array([1.0, 2.0]), checks=["first order"])
    assert report.ok and report.skipped and not any(finding.passed for finding in report)


def test_a_gradient_outside_of_the_slopes_at_a_kink_is_found() -> None:
    @tf.custom_gradient
    def steep(x: Any) -> Any:
        return tf.nn.relu(x), lambda dy: dy * 1.5

    report = check_gradients(steep, [0.0], checks=["first order"])
    assert report.failures[0].element == (0,)

    @tf.custom_gradient
    def both(x: Any) -> Any:
        return tf.nn.relu(x), lambda dy: dy * tf.cast(x >= 0.0, x.dtype) * 0.3

    report = check_gradients(both, [0.0, 1.0], checks=["first order"])  # right at the kink, wrong elsewhere
    assert (
        report.failures[0].element == (1,)
        and "1 of 2 elements cannot be compared" in report.skipped[0].detail
    )


def test_nearby_kinks_and_poles() -> None:
    assert_gradients(tf.nn.relu, np.array([1e-5, -1e-5]))
    assert_gradients(tf.math.log, np.array([1e-4, 1e-2, 1e3]))
    assert_gradients(tf.math.reciprocal, np.array([1e-3, -1e-3]), order=1)


def test_functions_that_cannot_be_checked() -> None:
    cases: list[tuple[Any, Any, str]] = [
        (tf.random.normal, [3], "none of its arguments is differentiated"),
        (lambda x: tf.argmax(x), X, "none of its results is floating or complex"),
        (lambda x: x * tf.random.normal([3], dtype=x.dtype), X, "something else when called again"),
    ]
    for function, argument, text in cases:
        (finding,) = check_gradients(function, argument)
        assert finding.skipped and text in finding.detail
        with pytest.raises(AssertionError, match="nothing could be checked"):
            assert_gradients(function, argument)

    def failing(x: Any) -> Any:
        raise ZeroDivisionError("never")

    (finding,) = check_gradients(failing, X)
    assert finding.failed and finding.detail == "it raises ZeroDivisionError: never"


def test_ops_that_are_not_differentiable() -> None:
    report = check_op("ArgMax", X, dimension=0)
    assert report.ok and len(report.skipped) == len(CHECKS)
    with pytest.raises(AssertionError, match="nothing could be checked"):
        report.raise_if_failed()


def test_no_second_derivative() -> None:
    report = check_op("Softsign", X)
    assert report.ok and "SoftsignGrad" in by_title(report)["second order"].detail
    report.raise_if_failed()


def test_a_bad_place_for_the_trace() -> None:
    """Where the arguments, moved a little, leave the domain."""
    point = np.full(8, 1.0 - 1e-9)
    report = check_gradients(tf.asin, point, checks=["make_fx"])
    assert {finding.status for finding in report} == {"skipped"}
    assert "name a better one (`elsewhere`)" in report.skipped[0].detail
    assert check_gradients(tf.asin, point, checks=["make_fx"], elsewhere=[point / 2]).ok
    with pytest.raises(ValueError, match="structure of the arguments"):
        check_gradients(tf.asin, point, checks=["make_fx"], elsewhere=[point, point])


def test_torchs_own_loops_are_told() -> None:
    import torch

    from tfcompat_tape.core.registry import OPS

    unfold = torch.ops.aten.unfold_backward

    @tf.custom_gradient
    def sums(x: Any) -> Any:
        def grad(dy: Any) -> Any:
            return tf.Tensor(unfold(dy._t.unsqueeze(-1).expand(2, 2), [3], 0, 2, 1), None)

        return tf.stack([x[0] + x[1], x[1] + x[2]]), grad

    assert "Pack" in OPS
    report = check_gradients(sums, [1.0, 2.0, 3.0], order=1, checks=["vmap"])
    assert (
        report.ok
        and "torch loops, for want of a batching rule" in by_title(report)["vmap over cotangents"].detail
    )


# -- precision ------------------------------------------------------------------------------------------------


def test_float32() -> None:
    report = check_gradients(lambda x: tf.exp(tf.sin(x)) * x, X, dtype="float32")
    assert report.ok and report.dtype == "float32", str(report)
    narrow = check_op("LRN", np.ones((1, 1, 1, 3)) * [1.0, 2.0, 3.0])  # takes no float64
    assert narrow.ok and narrow.dtype == "float32"
    assert_gradients(lambda x: tf.cast(tf.sin(tf.cast(x, tf.float32)), tf.float64), X, exact=1e-6)


@tf.custom_gradient
def nearly(x: Any) -> Any:
    return x * x, lambda dy: dy * x * 2.00001


def test_tolerances() -> None:
    assert not check_gradients(nearly, X, order=1, checks=["first order"])
    assert check_gradients(nearly, X, order=1, checks=["first order"], rtol=1e-4)
    assert not check_gradients(nearly, X, order=1, checks=["first order"], step=0.1, atol=1e-9)


def test_few_elements_of_many() -> None:
    calls = []

    def function(x: Any) -> Any:
        calls.append(1)
        return tf.sin(x)

    report = assert_gradients(function, np.linspace(0.0, 1.0, 10_000), checks=["first order"], elements=5)
    assert len(calls) < 50
    assert by_title(report)["first order"].detail == "argument 0: 5 of 10000 elements were looked at"


UNARY = [tf.sin, tf.exp, tf.tanh, tf.nn.softplus, tf.square, tf.sigmoid, lambda x: tf.math.log(1.0 + x * x)]


@hypothesis.given(
    st.lists(st.sampled_from(range(len(UNARY))), min_size=1, max_size=3),
    st.lists(st.floats(-3.0, 3.0), min_size=1, max_size=3),
    st.sampled_from([1e-3, 1.0, 30.0]),
    st.sampled_from([1e-3, 1.0, 1e3]),
)
@hypothesis.settings(max_examples=60)
def test_smooth_functions_raise_no_alarm(
    chain: list[int], point: list[float], scale: float, factor: float
) -> None:
    def function(x: Any) -> Any:
        y = x / scale
        for i in chain:
            y = UNARY[i](y * 0.7)
        return factor * y

    assert_gradients(function, np.array(point) * scale, checks=["first order", "second order"])


def test_slopes_by_differences() -> None:
    slope = numeric.careful(np.exp, 1e-3, 2e-16)
    assert abs(slope.value - 1.0) < 1e-10 and slope.error < 1e-8 and slope.settled(1e-3)
    assert numeric.quick(np.sin, 1e-3) == pytest.approx(1.0, rel=1e-12)
    kink = numeric.one_sided(abs, numeric.careful(abs, 1e-3, 2e-16), 1e-3)
    assert (kink.left, kink.right) == (-1.0, 1.0) and kink.kink(1e-3)
    nowhere = numeric.careful(lambda t: np.nan, 1e-3, 2e-16)
    assert np.isnan(nowhere.value) and not nowhere.settled(1e-3)


# -- options and reports -----------------------------------------------------------------------------------------


def test_options() -> None:
    titles = [finding.title for finding in check_gradients(tf.sin, X, order=1)]
    vmapped, traced = ["vmap over cotangents", "vmap over inputs"], ["make_fx", "make_fx with fake tensors"]
    assert titles == ["rules", "first order", "forward mode", *vmapped, *traced]
    report = check_gradients(tf.sin, X, options=Options(order=1), checks=["make_fx"], tracing_modes=["fake"])
    assert [finding.title for finding in report] == ["make_fx with fake tensors"]
    bad: list[dict[str, Any]] = [{"order": 3}, {"checks": ["all"]}, {"checks": "vmap"}, {"dtype": "half"}]
    for options in [*bad, {"tracing_modes": "real"}]:
        with pytest.raises(ValueError, match="must be"):
            check_gradients(tf.sin, X, **options)
    with pytest.raises(TypeError, match=r"Options have no \['orders'\]"):
        check_gradients(tf.sin, X, orders=1)
    with pytest.raises(KeyError, match="Did you mean Tanh"):
        check_op("Tanhh", X)


def test_devices() -> None:
    report = check_gradients(tf.sin, X, devices=["CPU:0", "CPU:0"], order=1, name="sine")
    assert {finding.device for finding in report} == {"CPU:0"} and len(report.findings) == 14
    by_device = dataclasses.replace(
        report, findings=(*report.findings[:1], dataclasses.replace(report.findings[0], device="GPU:0"))
    )
    assert str(by_device).splitlines() == [
        "sine: all 2 checks passed (float64; ops: Sin)",
        "  on CPU:0:",
        "  passed   rules",
        "  on GPU:0:",
        "  passed   rules",
    ]


def test_the_text_of_a_report() -> None:
    @tf.custom_gradient
    def halved(x: Any) -> Any:
        return x * x, lambda dy: dy * x

    report = check_gradients(halved, [2.0], name="halved", order=1, checks=["rules", "first order", "vmap"])
    (finding,) = report.failures
    numbers = f"got {finding.got:.10g}, wanted {finding.wanted:.10g} (tolerance {finding.tolerance:.1e})"
    assert str(report).splitlines() == [
        "halved: 1 of 4 checks failed (float64; ops: Mul, halved)",
        f"  FAILED   {'first order':<40} argument 0, element (0,): {numbers}; 1 of 1 elements are off",
        "  passed   rules; vmap over cotangents; vmap over inputs",
    ]
    assert not report and not report.ok and list(report) == list(report.findings)
    fields = dataclasses.asdict(finding)
    assert [fields[key] for key in ("check", "status", "order", "device")] == [
        "first order",
        "failed",
        1,
        "CPU:0",
    ]
