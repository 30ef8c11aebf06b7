"""What is no failure: where TensorFlow's own answers disagree with each other, and where ours are to differ from them.

Each is as narrow as it can be said of a program, a question and two answers.
What is to differ is in docs/differences.md.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from .answers import Difference, arrays, error, raised
from .program import INEXACT, Program, uses, walk

ASSIGNS = {
    "assign", "assign_add", "assign_sub", "sliced_assign", "scatter_nd_update", "scatter_nd_add", "scatter_nd_sub",
}  # fmt: skip
OWN_GRADIENTS = {"custom_gradient", "true_custom_gradient", "recompute_grad"}
# Forward mode goes through what a custom gradient replaces, as TensorFlow's does; it lacks a conjugate in one rule.
FORWARD_INVENTED = {"custom_gradient", "grad_pass_through", "multiply_no_nan"}
# Whose gradient is an op that is registered as not differentiable: their tangents are 0.
WITHOUT_TANGENT = {"sparse_add_sparse", "fake_quant_args", "fake_quant_vars"}
# Steps, through which gradients go straight.
STRAIGHT = {"quantize_and_dequantize", "fake_quant_args", "fake_quant_vars"}
# A variance whose gradient holds the mean fixed, which is right once.
MEAN_HELD = {"moments", "batch_normalization"}
DERIVED = {"nested_tape", "nested_jacobian", "nested_accumulator"}
MATRICES = {
    "cholesky", "inv", "det", "logdet", "slogdet", "eigvalsh", "svd", "qr", "expm", "pinv", "sqrtm", "solve", "lstsq",
    "triangular_solve", "cholesky_solve",
}  # fmt: skip
# What rounds by its largest operand: beside 1e30 nothing of 1 is left.
SWALLOWING = MATRICES | {
    "cumulative_logsumexp", "reduce_logsumexp", "log_softmax", "softmax", "softmax_cross_entropy_with_logits",
    "sparse_softmax_cross_entropy",
}  # fmt: skip
CONVOLUTIONS = {"conv1d", "conv2d", "depthwise_conv2d", "conv2d_transpose"}
# NaN passes through these, wherever it stands; in TensorFlow it depends on the order.
NAN_PASSES = {
    "segment_max", "segment_min", "unsorted_segment_max", "unsorted_segment_min", "cumulative_logsumexp", "sort",
    "top_k", "nth_element", "max_pool2d",
}  # fmt: skip
# In a graph, what these do not use has a gradient of 0.
BRANCHES = {"cond", "case", "switch_case", "while_loop", "map_fn", "foldl", "foldr", "scan"}
TANGENTS = {"forward", "forward_reverse", "reverse_forward"}
# What TensorFlow refuses when it builds a graph, where functions are run as they are here.
GRAPH_ONLY = [
    ("TypeError", "pred must not be a Python bool"),
    ("ValueError", "enters the loop with shape"),
]
# Of a cross entropy of neither examples nor classes.
NOTHING = ("InvalidArgumentError", "Input to reshape is a tensor with")


# -- of a program alone ----------------------------------------------------------------------------------------
def forward_invented(program: Program) -> bool:
    """Whether forward mode goes another way than the gradient, in TensorFlow too."""
    ops = set(program.ops())
    return bool(
        ops & (FORWARD_INVENTED | WITHOUT_TANGENT)
        # its gradient reads the Variable when it is asked for
        or ("true_custom_gradient" in ops and ops & ASSIGNS)
        or _captures(program)
        # which has no tangent
        or any(s.op == "resize" and "bilinear" in s.code for s in walk(program.steps))
        # of gray pixels
        or ("rgb_to_hsv" in ops and program.singular)
        # a maximum is where values are equal, and NaN equals nothing
        or ("max_pool2d" in ops and unruly(program))
    )


def _captures(program: Program) -> bool:
    """Whether a function that is computed again reads what it does not take, which gets no gradient."""
    for step in walk(program.steps):
        for body in step.bodies:
            made = {o for s in walk(body.steps) for o in s.outs}
            inner = {p for s in walk(body.steps) for b in s.bodies for p in b.params}
            read = uses(body.steps) | set(body.results)
            if step.op == "recompute_grad" and read - made - inner - set(body.params):
                return True
    return False


def held(program: Program) -> bool:
    """Whether a second derivative is taken of what holds a mean fixed in the first."""
    ops = set(program.ops())
    return bool(ops & MEAN_HELD and ops & DERIVED)


def integral(answer: Any) -> bool:
    """Whether a target is of integers."""
    return any(a is not None and a.dtype.name not in INEXACT for a in arrays(answer))


def _dtypes(program: Program) -> str:
    return " ".join([i.dtype for i in program.inputs] + [t for s in walk(program.steps) for t in s.types])


def single(program: Program) -> bool:
    """Whether there are numbers of single precision on the way."""
    return any(word in _dtypes(program) for word in ("float32", "complex64"))


def extreme(array: np.ndarray) -> bool:
    """Whether there are numbers beside which ordinary ones are lost."""
    fine = np.abs(array[np.isfinite(array)])
    return bool(fine.size and fine.max() > 1e6)


def ill(program: Program) -> bool:
    """Whether its matrices may be singular up to roundings."""
    return program.singular and bool(MATRICES & set(program.ops()))


def unruly(program: Program) -> bool:
    """Whether an input or a constant, or what a step makes of them may be, is infinite or NaN."""
    if not program.singular:
        return False
    if any(re.search(r"\b(inf|nan)\b|e\+30\b", step.code) for step in walk(program.steps)):
        return True
    return any(not np.isfinite(i.array()).all() or extreme(i.array()) for i in program.sources())


def numeric(difference: Difference) -> bool:
    """Whether it is in numbers, or in whether a matrix can be inverted."""
    kind = difference.kind
    return kind == "values" or "NaN" in kind or "inf" in kind.split() or "InvalidArgumentError" in kind


# -- of answers: `want` is TensorFlow's, `got` is ours -----------------------------------------------------------
def meant(program: Program, question: str, want: Any, got: Any, found: Difference) -> bool:
    """Whether TensorFlow's answer differs from ours as it is to."""
    ops = set(program.ops())
    if raised(want):
        if question != "value" and (not raised(got) or raised(got) == "LookupError"):
            return True  # it refuses what works here, or what there is no gradient of, in other words
        refused = GRAPH_ONLY + ([NOTHING] if "softmax_cross_entropy_with_logits" in ops else [])
        return any(raised(want) == name and text in want["says"] for name, text in refused)
    if raised(got):  # it comes upon NaN late
        late = [a for a in arrays(want) if a is not None and np.isnan(a).any()]
        return bool(late) and "not invertible" in got["says"]
    return _meant(program, question, found, ops)


def _meant(program: Program, question: str, found: Difference, ops: set[str]) -> bool:
    graph = question in ("traced", "traced_whole", "replayed", "replayed_whole")
    if found.kind in ("None for tensor", "no gradient for list"):
        zeros = [a for a in arrays(found.want) if a is not None]
        own = "recompute_grad" in ops and ops & DERIVED  # TensorFlow runs it again, and finds it connected
        return bool(own or (graph and ops & BRANCHES)) and not any(a.any() for a in zeros)
    if found.kind == "tensor for slices":
        pair = [next(arrays(a), None) for a in (found.want, found.got)]
        return question == "forward" and all(a is not None for a in pair) and error(*pair) <= 1  # type: ignore[arg-type]
    if found.kind == "tensor for None":
        if graph:  # a graph's integers have no gradient
            return bool(ops & OWN_GRADIENTS) and integral_targets(program)
        return question == "reverse_forward" and bool(ops & (OWN_GRADIENTS | {"function"}))
    if not numeric(found):
        return False
    if question in TANGENTS and "function" in ops and ops & (FORWARD_INVENTED | OWN_GRADIENTS):
        return True  # a graph's tangents are those of the custom gradient, not of what it replaces
    if graph and ops & OWN_GRADIENTS and ops & ASSIGNS:
        return True  # a graph's custom gradient holds the value that its Variable had
    if question == "jacobian" and ops & CONVOLUTIONS and unruly(program):
        return found.kind != "values"  # 0 * inf, or nothing, where a window does not reach
    return bool(ops & NAN_PASSES) and unruly(program)


def integral_targets(program: Program) -> bool:
    types = program.types()
    return any(types.get(t, "float64").split("[")[0] not in INEXACT for t in program.targets)
