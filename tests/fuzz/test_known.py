"""What the fuzzer takes for no failure, and that it takes no more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf

from . import agreement, known, run
from .answers import encode
from .program import Body, Input, Program, Step
from .questions import ask

X, Y = 0, 1
NONE = {"list": [None]}


def program(
    *steps: Step, values: Any = (2.0, 3.0), singular: bool = False, target: int = 9, dtype: str = "float64"
) -> Program:
    return Program([Input.of(X, np.array(values, dtype))], list(steps), [target], singular)


def step(op: str, code: str, *args: int, out: int = 9, bodies: list[Body] | None = None) -> Step:
    return Step(op, code, list(args), [out], ["float64[2]"], bodies or [])


def answer(values: Any) -> dict[str, Any]:
    made: dict[str, Any] = encode(tf, [tf.constant(values, tf.float64)])
    return made


BRANCH = step("cond", "tf.cond(True, $f0, $f0)", bodies=[Body([], [], [X])])


@pytest.mark.parametrize(
    "question, want, same", [("traced", 0.0, True), ("gradient", 0.0, False), ("traced", 1.0, False)]
)
def test_none_for_zeros_of_branches_in_graphs(question: str, want: float, same: bool) -> None:
    found = run.compared(program(BRANCH), {question: answer([want])}, {question: NONE})
    assert bool(found) is not same


def test_a_loop_alone_is_no_reason_for_none() -> None:
    found = run.compared(program(step("sin", "tf.sin($0)", X)), {"traced": answer([0.0])}, {"traced": NONE})
    assert [f[1].kind for f in found] == ["None for tensor"]


def test_what_a_graph_refuses() -> None:
    ours = {"value": answer([1.0])}
    for says, found in [("('pred must not be a Python bool', False)", 0), ("Expected int32", 1)]:
        theirs = {"value": {"raises": "TypeError", "says": says}}
        assert len(run.compared(program(BRANCH), theirs, ours)) == found


def test_matrices_that_are_singular_up_to_roundings() -> None:
    """A regular one with the same difference is a failure."""
    gram = step("inv", "tf.linalg.inv(tf.matmul($0, $0, transpose_a=True))", X)
    theirs = {"value": {"raises": "InvalidArgumentError", "says": "Input is not invertible."}}
    for values, found in [([[1.0, -0.271, 0.264]], 0), ([[1.0, 0.5], [0.25, 2.0]], 1)]:
        p = program(gram, values=values, singular=True)
        assert len(run.compared(p, theirs, ask(tf, p, ["value"], encode))) == found


def test_small_eigenvalues_beside_large_ones_are_roundings() -> None:
    eigenvalues = step("eigvalsh", "tf.sigmoid(tf.linalg.eigvalsh(tf.matmul($0, $0, transpose_a=True)))", X)
    wild = program(eigenvalues, values=[[0.0, 2.0], [1e30, 1.506]], singular=True)
    tame = program(eigenvalues, values=[[0.0, 2.0], [1.0, 1.506]], singular=True)
    assert agreement.noise(wild, "value") > 1e-2
    assert agreement.noise(tame, "value") < 1e-9


def test_functions_that_are_computed_again_and_what_they_read() -> None:
    inner = step("multiply", "$0 * $1", 5, X, out=6)
    reads = step("recompute_grad", "tf.recompute_grad($f0)($0)", X, bodies=[Body([5], [inner], [6])])
    alone = step("multiply", "$0 * $0", 5, out=6)
    takes = step("recompute_grad", "tf.recompute_grad($f0)($0)", X, bodies=[Body([5], [alone], [6])])
    assert known.forward_invented(program(reads))
    assert not known.forward_invented(program(takes))


def test_gradients_that_go_straight_through_steps() -> None:
    steps = step(
        "quantize_and_dequantize", "tf.quantization.quantize_and_dequantize_v2($0, 0.0, 0.0, num_bits=3)", X
    )
    other = step("sin", steps.code, X)  # the same by a name that is not excused
    checked = [list(agreement.differences(program(s), "finite_differences")) for s in (steps, other)]
    assert not checked[0] and checked[1]


def test_sums_of_sparse_tensors_have_no_tangents() -> None:
    x = "tf.SparseTensor([[0], [2]], $0, [3])"
    total = step("sparse_add_sparse", f"tf.sparse.add({x}, {x}).values", X)
    assert known.forward_invented(program(total))
    assert not known.forward_invented(program(step("sparse_to_dense", f"tf.sparse.to_dense({x})", X)))


def test_maxima_of_numbers_are_compared() -> None:
    pool = step("max_pool2d", "tf.nn.max_pool2d($0, 1, 1, 'SAME')", X)
    for value, known_to_differ in [(np.nan, True), (0.0, False)]:
        p = program(pool, values=[[[[1.0], [value]]]], singular=True)
        assert known.forward_invented(p) is known_to_differ
    inside = step("multiply", "$0 * tf.constant([inf, 1.0], tf.float64)", X)
    assert known.unruly(program(inside, singular=True))
    assert not known.unruly(program(step("erfinv", "tf.math.erfinv($0)", X), singular=True))
