"""The checker finds what is wrong with a rule and names op, argument and element: one kind of mistake in each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.checking import Report, check_gradients, check_op
from tfcompat_tape.core import registry, wengert
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.registry import OPS

X = np.array([[0.5, 1.0, -1.5], [2.0, -0.25, 0.75]])
Define = Callable[..., str]


@pytest.fixture
def define() -> Iterator[Define]:
    """Define an op of some tensors for this test alone; gives its name."""
    known = set(OPS)

    def enter(kernel: Any, rule: Any = None, *, inputs: str = "x", jvp: Any = None, **options: Any) -> str:
        primitive("Mine", kernel, inputs=inputs, same=None, **options)
        if rule is not None:
            registry.gradient("Mine")(rule)
        if jvp is not None:
            registry.jvp("Mine")(jvp)
        return "Mine"

    yield enter
    for name in set(OPS) - known:
        del OPS[name]


def failures(report: Report) -> dict[str, Any]:
    """The findings that failed, by title."""
    return {finding.title: finding for finding in report.failures}


def cube(x: torch.Tensor) -> torch.Tensor:
    return x**3


def three_squares(op: Any, dy: Any) -> Any:
    return dy * op.inputs[0] * op.inputs[0] * 3.0


def test_a_right_rule_passes(define: Define, device: str) -> None:
    report = check_op(define(cube, three_squares), X)
    assert report.ok and not report.skipped and len({finding.check for finding in report}) == 6, str(report)
    report.raise_if_failed()


def test_a_wrong_factor(define: Define) -> None:
    report = check_op(define(cube, lambda op, dy: dy * op.inputs[0] * op.inputs[0] * 2.0), X)
    found = failures(report)
    assert found.keys() == {"first order"}, str(report)  # the rest agrees with the rule
    finding = found["first order"]
    assert (finding.op, finding.argument, finding.element) == ("Mine", "0", (0, 0))
    assert finding.got / finding.wanted == pytest.approx(2.0 / 3.0, rel=1e-6)
    assert "6 of 6 elements are off" in finding.detail
    with pytest.raises(AssertionError, match=r"op Mine, argument 0, element \(0, 0\): got"):
        report.raise_if_failed()


def test_one_wrong_element(define: Define) -> None:
    spoiled = np.ones_like(X)
    spoiled[1, 2] = 1.0 + 1e-5

    def rule(op: Any, dy: Any) -> Any:
        return three_squares(op, dy) * tf.convert_to_tensor(spoiled)._t

    finding = failures(check_op(define(cube, rule), X))["first order"]
    assert finding.element == (1, 2) and "1 of 6 elements are off" in finding.detail


def test_one_wrong_argument(define: Define) -> None:
    def rule(op: Any, dy: Any) -> Any:
        return dy * op.inputs[1], dy * op.inputs[1]

    report = check_op(define(lambda x, y: x * y, rule, inputs="x y"), X, X + 0.5)
    finding = failures(report)["first order"]
    assert (finding.argument, finding.element) == ("1", (0, 0))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            lambda op, dy: three_squares(op, dy).sum(0),
            r"input 0 is float64\[3\], which must be float64\[2, 3\]",
        ),
        (lambda op, dy: three_squares(op, dy).float(), r"is float32\[2, 3\], which must be float64\[2, 3\]"),
        (lambda op, dy: (three_squares(op, dy),), r"input 0 is a tuple, which must be a Tensor"),
        (lambda op, dy: 3.0, r"input 0 is a float, which must be a Tensor"),
        (
            lambda op, dy: tf.IndexedSlices(dy[:1], torch.tensor([0, 1])),
            r"has rows float64\[1, 3\], which must be float64\[2, 3\]",
        ),
    ],
)
def test_wrong_shapes_and_dtypes(define: Define, rule: Any, text: str) -> None:
    report = check_op(define(cube, rule), X)
    finding = failures(report)["rules"]
    assert finding.op == "Mine"
    with pytest.raises(AssertionError, match=text):
        report.raise_if_failed()


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (lambda op, dy: (dy,), "returned 1 gradients for 2 inputs"),
        (lambda op, dy: (dy, dy, dy), "returned 3 gradients for 2 inputs"),
        (lambda op, dy: dy, "returned one Tensor for 2 inputs"),
    ],
)
def test_the_wrong_number_of_gradients(define: Define, rule: Any, text: str) -> None:
    report = check_op(define(lambda x, y: x + y, rule, inputs="x y"), X, X)
    assert failures(report)["rules"].op == "Mine"
    assert text in str(report)


def test_a_rule_in_the_middle_is_named(define: Define) -> None:
    name = define(cube, lambda op, dy: three_squares(op, dy).sum())
    report = check_gradients(lambda x: tf.reduce_sum(tf.exp(OPS[name].call(tf.sin(x)))), X)
    finding = failures(report)["rules"]
    assert finding.op == "Mine" and "input 0 is float64[], which must be float64[2, 3]" in finding.detail


def test_rules_that_users_registered(define: Define) -> None:
    name = define(lambda x, y: x * y, inputs="x y")

    @tf.RegisterGradient(name)
    def rule(op: Any, dy: Any) -> Any:
        return [dy * op.inputs[1]]

    report = check_op(name, X, X)
    assert "returned 1 gradients for 2 inputs" in failures(report)["rules"].detail
    assert "its gradient rule raises ValueError" not in str(report)  # the walk does, not the rule


def test_a_detached_value_in_the_second_order(define: Define) -> None:
    def rule(op: Any, dy: Any) -> Any:
        x = op.inputs[0]
        raw = x._t if isinstance(x, tf.Tensor) else x  # as a rule would that leaves the list
        return dy * (3.0 * raw * raw)

    report = check_op(define(cube, rule), X)
    found = failures(report)
    assert found.keys() == {"second order"}, str(report)
    assert found["second order"].element == (0, 0) and found["second order"].got == 0.0


def test_a_branch_on_the_values_of_the_cotangent(define: Define) -> None:
    def rule(op: Any, dy: Any) -> Any:
        return three_squares(op, dy) * (1.0 if float(tf.reduce_sum(dy)) > -100.0 else 2.0)

    report = check_op(define(cube, rule), X)
    found = failures(report)
    assert {
        "vmap over cotangents",
        "vmap over inputs",
        "make_fx",
        "make_fx with fake tensors",
    } <= found.keys()
    assert not {"first order", "second order", "rules"} & found.keys(), str(report)
    assert all(
        finding.op == "Mine" and "its gradient rule raises" in finding.detail for finding in found.values()
    )


def test_a_branch_on_the_values_of_an_input(define: Define) -> None:
    def rule(op: Any, dy: Any) -> Any:
        return three_squares(op, dy) * (1.0 if float(tf.reduce_sum(op.inputs[0])) > -100.0 else 2.0)

    found = failures(check_op(define(cube, rule), X))
    assert "vmap over inputs" in found and "make_fx" in found
    assert "vmap over cotangents" not in found  # a Jacobian works
    assert all(finding.op == "Mine" for finding in found.values())


def test_values_that_are_baked_into_a_trace(define: Define) -> None:
    def rule(op: Any, dy: Any) -> Any:
        x = op.inputs[0]
        raw = x._t if isinstance(x, tf.Tensor) else x
        squares = torch.tensor(raw.tolist(), dtype=raw.dtype) ** 2  # torch lets this pass
        return dy * (squares * 3.0)

    report = check_op(define(cube, rule), X, options={"order": 1})
    finding = failures(report)["make_fx"]
    assert (finding.argument, finding.element, finding.op) == ("0", (0, 0), None)
    assert finding.got != pytest.approx(finding.wanted, rel=1e-6)


def test_a_kernel_that_looks_at_values(define: Define) -> None:
    report = check_op(define(lambda x: x**3 if x.sum() > -100.0 else x**2, three_squares), X)
    found = failures(report)
    assert {"vmap over inputs", "make_fx", "make_fx with fake tensors"} <= found.keys()
    assert all("the function itself raises" in finding.detail for finding in found.values())


@pytest.mark.parametrize(
    ("jvp", "text"),
    [
        (lambda op, t: three_squares(op, t) * 1.5, "forward mode gives another derivative than reverse mode"),
        (
            lambda op, t: three_squares(op, t).sum(0),
            r"op Mine: its JVP: the tangent of output 0 is float64[3]",
        ),
        (
            lambda op, t: three_squares(op, t).float(),
            r"the tangent of output 0 is float32[2, 3], which must be float64",
        ),
        (lambda op, t: None, "got 0, wanted"),
    ],
)
def test_a_wrong_jvp(define: Define, jvp: Any, text: str) -> None:
    report = check_op(define(cube, three_squares, jvp=jvp), X)
    assert {finding.check for finding in report.failures} == {"forward mode"}, str(report)
    assert text in str(report)


def test_a_jvp_that_is_wrong_in_one_element(define: Define) -> None:
    spoiled = torch.ones(2, 3, dtype=torch.float64)
    spoiled[1, 0] = 0.0
    report = check_op(define(cube, three_squares, jvp=lambda op, t: three_squares(op, t) * spoiled), X)
    finding = failures(report)["forward mode"]
    assert (finding.argument, finding.element, finding.got) == ("0", (1, 0), 0.0)


def test_a_jvp_that_forgets_one_of_two_tangents(define: Define) -> None:
    def rule(op: Any, dy: Any) -> Any:
        return dy * op.inputs[1], dy * op.inputs[0]

    def jvp(op: Any, a: Any, b: Any) -> Any:
        return a * op.inputs[1] if a is not None else b * op.inputs[0]

    report = check_op(define(lambda x, y: x * y, rule, inputs="x y", jvp=jvp), X, X + 1.0)
    finding = failures(report)["forward mode"]
    assert finding.argument is None and "all of them together are off" in finding.detail


def test_a_jvp_that_raises(define: Define) -> None:
    def jvp(op: Any, t: Any) -> Any:
        raise ZeroDivisionError("no tangent today")

    finding = failures(check_op(define(cube, three_squares, jvp=jvp), X))["forward mode"]
    assert finding.op == "Mine" and finding.detail == "its JVP raises ZeroDivisionError: no tangent today"


def test_a_rule_that_writes_into_its_cotangent(define: Define) -> None:
    def rule(op: Any, dy: Any) -> Any:
        dy.mul_(3.0)
        return dy * op.inputs[0] * op.inputs[0]

    finding = failures(check_op(define(cube, rule), X, options={"order": 1}))["rules"]
    assert finding.op == "Mine" and "writes into a tensor that it was given" in finding.detail


def test_a_rule_that_raises(define: Define) -> None:
    def rule(op: Any, dy: Any) -> Any:
        raise KeyError("not written yet")

    report = check_op(define(cube, rule), X)
    finding = failures(report)["first order"]
    assert finding.op == "Mine" and finding.detail == "its gradient rule raises KeyError: 'not written yet'"
    assert {f.title for f in report.skipped} == {"second order", "forward mode", "vmap", "make_fx"}
    assert all("no gradient to compare with" in f.detail for f in report.skipped)


def test_an_op_without_a_rule(define: Define) -> None:
    report = check_op(define(cube), X)
    assert "No gradient defined for operation 'Mine'" in failures(report)["first order"].detail


def test_a_gradient_that_is_missing_for_one_input(define: Define) -> None:
    report = check_op(define(lambda x, y: x + y**2, lambda op, dy: (dy, None), inputs="x y"), X, X)
    finding = failures(report)["first order"]
    assert (finding.argument, finding.got) == ("1", 0.0)


def test_complex_numbers_without_the_conjugate(define: Define) -> None:
    z = X + 1j * X[::-1]
    right = define(lambda x: x**2, lambda op, dy: dy * 2.0 * tf.math.conj(op.inputs[0]))
    tensors = check_gradients(OPS[right].call, z, order=1, checks=("first order", "forward mode"))
    assert tensors.ok, str(tensors)
    del OPS[right]
    report = check_op(define(lambda x: x**2, lambda op, dy: dy * 2.0 * op.inputs[0]), z, options={"order": 1})
    finding = failures(report)["first order"]
    assert finding.element == (0, 0) and isinstance(finding.wanted, complex)
    assert np.conj(finding.got / z[0, 0]).imag != 0.0


def test_one_of_several_results(define: Define) -> None:
    def rule(op: Any, da: Any, db: Any) -> Any:
        x = op.inputs[0]
        return da * 2.0 * x + db * 2.0 * x  # the second is a cube

    report = check_op(define(lambda x: (x**2, x**3), rule, outputs=2), X)
    assert failures(report)["first order"].element == (0, 0)


def test_nothing_is_changed_and_nothing_left_behind(define: Define) -> None:
    name = define(cube, lambda op, dy: 1 / 0)
    rule, tanh = OPS[name].rule, OPS["Tanh"].rule
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        check_gradients(lambda x: OPS[name].call(tf.tanh(x)), X)
        y = tf.tanh(x)
    assert OPS[name].rule is rule and OPS["Tanh"].rule is tanh
    assert y._node.op is OPS["Tanh"]
    assert not wengert.state.recordings and torch._C._len_torch_dispatch_stack() == 0
    np.testing.assert_allclose(tape.gradient(y, x), 1.0 - np.tanh(X) ** 2)
