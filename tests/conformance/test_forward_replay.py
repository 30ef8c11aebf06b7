"""Replay what the real TensorFlow answered in forward mode (``data/forward/``) with our package."""

from __future__ import annotations

import contextlib
import functools
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from conformance_kit.codec import compare
from conformance_kit.forward import FORWARD, all_forward_specs, answer, recorded, specs
from conformance_kit.run import fingerprint
from conformance_kit.spec import Spec, families

import tfcompat_tape as tf
from tfcompat_tape.core.registry import OPS, Keep
from tfcompat_tape.ops import powers
from tfcompat_tape.ops.tangents import fill_in

# A derivative goes through more rounded steps than a value does.
WIDEN = {"jvp": 2.0, "hvp": 4.0}

# Where the answers differ and are meant to: the start of the case's name, and why.
MEANT: dict[str, str] = {
    "edges_arrays:boolean_mask all/0x3": "TensorFlow fails where there is nothing to take",
    "edges_arrays:gather rows none/2x0": "TensorFlow fails where there is nothing to take",
    "edges_elementwise:raw_ops.Square": "2 t x where x + x is infinite",
    "edges_reductions:sparse.segment": "TensorFlow has no gradient of SparseSegmentSumGrad; here it is composed",
    "linalg_products:matmul/specials-complex128": "products of complex infinities are another kernel's",
    "math_binary:math.igamma broadcast/of constant": "TensorFlow's rule also derives by a, which nobody asked for",
    "math_binary:math.igammac broadcast/of constant": "TensorFlow's rule also derives by a, which nobody asked for",
    "nn_activations:silu beta vector": "TensorFlow fails: its rule sums the gradient of beta to a scalar",
    "nn_losses:compute_average_loss weighted": "rounded to float32 on the way",
    "nn_pooling:raw_ops.MaxPool": "TensorFlow's rule has zeros for the maxima, too, where this one has None",
    "older_ops:TensorStridedSliceUpdate by [1, 1, 1, 2, 2]": "TensorFlow fails in forward mode; here there is a JVP",
    "segments:sparse.segment": "TensorFlow has no gradient of SparseSegmentSumGrad; here it is composed",
}


def meant(spec: Spec) -> str:
    name = f"{spec.family}:{spec.id}"
    return next((why for start, why in MEANT.items() if name.startswith(start)), "")


def how(family: str) -> str:
    return (
        f"record again with a Python that has tensorflow: python tests/conformance/record_forward.py {family}"
    )


@pytest.mark.parametrize("family", families())
def test_data_matches_the_cases(family: str) -> None:
    cases, data = specs(family), recorded(family)
    missing, extra = sorted(cases.keys() - data.keys()), sorted(data.keys() - cases.keys())
    assert not missing and not extra, f"no answer for {missing[:5]}, no case for {extra[:5]}; {how(family)}"


def test_no_data_without_cases() -> None:
    assert {p.stem for p in FORWARD.glob("*.json")} <= set(families())


def test_what_is_meant_to_differ_exists() -> None:
    names = [f"{spec.family}:{spec.id}" for spec in all_forward_specs()]
    assert [start for start in MEANT if not any(name.startswith(start) for name in names)] == []


def differences(spec: Spec, want: dict[str, Any], caught: list[Exception]) -> list[str]:
    got = answer(tf, spec, caught)
    lines: list[str] = []
    for part, wanted in want.items():
        if part != "in" and not failed(wanted):
            lines += compare(wanted, got.get(part), spec.tol, WIDEN[part], part)
    return lines


def failed(wanted: Any) -> bool:
    """Whether TensorFlow's forward mode itself fails: on tangents that are IndexedSlices, attributes it cannot hash."""
    return isinstance(wanted, dict) and wanted.get("raises") in ("AttributeError", "TypeError", "ValueError")


@contextlib.contextmanager
def zeros_for_missing_tangents() -> Iterator[None]:
    """Give both inputs of an op a tangent if one has it, as TensorFlow does: zeros for what depends on no primal.

    Zeros change nothing but where they meet an infinity or NaN: there they make NaN. This package leaves such products
    out, for they would double the work.
    """
    changed = [op for op in OPS.values() if op.jvp and (op.same == (0, 1) or op.name == "Einsum")]
    power = powers.power
    before = [(op.jvp, op.keep, op.keep_inputs) for op in changed]
    try:
        powers.power = powers.pow_  # which keeps its exponent, and so has a derivative by it
        for op in changed:
            op.jvp = functools.partial(_with_zeros, op.jvp)
            if op.keep in (Keep.CROSS, Keep.QUOTIENT):
                op.set_keep(Keep.BOTH)
        yield
    finally:
        powers.power = power
        for op, (jvp, keep, keep_inputs) in zip(changed, before, strict=True):
            op.jvp = jvp
            op.set_keep(keep, keep_inputs)


def _with_zeros(jvp: Any, entry: Any, *tangents: Any) -> Any:
    return jvp(entry, *fill_in(entry, tangents))


@pytest.mark.parametrize("spec", [pytest.param(s, id=f"{s.family}:{s.id}") for s in all_forward_specs()])
def test_replay(spec: Spec, device: Any) -> None:
    data = recorded(spec.family)
    if spec.id not in data:
        pytest.fail(f"no recorded answer for {spec.id!r}; {how(spec.family)}", pytrace=False)
    want = data[spec.id]
    if want["in"] != fingerprint(spec):
        pytest.fail(
            f"the inputs of {spec.id!r} changed since they were recorded; {how(spec.family)}", pytrace=False
        )
    caught: list[Exception] = []
    lines = differences(spec, want, caught)
    if any("nan" in line for line in lines):
        with zeros_for_missing_tangents():
            lines = differences(spec, want, caught)
    if lines and meant(spec):
        pytest.xfail(meant(spec))
    if lines:
        lines += ["".join(traceback.format_exception(e)[-3:]) for e in caught]
        pytest.fail("\n".join(lines), pytrace=False)
