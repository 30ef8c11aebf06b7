"""The conformance cases inside `tf.function`: traced with some inputs, called with others, held against eager code.

    python tests/tracing/cases_in_functions.py [--part K/N] [--open] [FAMILY ...]

Every case, or those of some families; with `--part 2/8` the second eighth of them, with `--open` in functions whose
signatures leave all sizes open. The library says what is right: these are its own answers, made in two ways. `KNOWN`
and `KNOWN_OPEN` hold where TensorFlow's own two ways differ just so.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1] / "conformance"), str(Path(__file__).parents[2])]

from conformance_kit.codec import compare, encode  # noqa: E402
from conformance_kit.inputs import is_inexact, seed  # noqa: E402
from conformance_kit.run import _cotangents, arrays, tensor  # noqa: E402
from conformance_kit.spec import Spec, all_specs, load  # noqa: E402

import tfcompat_tape as tf  # noqa: E402

# Cases of which TensorFlow, asked, gives another answer in a function than eagerly, and this library does the same.
KNOWN: list[tuple[str, str]] = [
    (
        r"edges_arrays:(map_fn|scan|foldl|foldr)/0x3-|operators_iterative:.*conjugate_gradient 0 steps-",
        "a loop without a round gives gradients of zeros in a graph, None eagerly; of map_fn also the shape of a round",
    ),
    (
        r"indexing:(x|variable)\[variable\]-",
        "it makes a Variable at each call, which no function may: a ValueError",
    ),
    (
        r"indexing:(x|variable)\[int16 scalar tensor\]-",
        "its gradient does not take int16: InvalidArgumentError eagerly, a TypeError as a graph is built",
    ),
    (
        r"math_unary:math.digamma(/edge|/empty)?-float16",
        "its gradient does not take float16: InvalidArgumentError eagerly, a TypeError as a graph is built",
    ),
    (
        r"linalg_structure:linalg.tensor_diag_part/scalar-",
        "a graph refuses a scalar as it infers shapes, with a ValueError; eagerly the kernel gives it back",
    ),
    (
        r"quantization:quantization.quantize_and_dequantize(_v2)? axis (0|-1) half_\w+ (un)?signed-",
        "a graph refuses scalars beside an axis as it infers shapes, with a ValueError; eagerly no range is looked at",
    ),
]

# Those where Python code asks for a size, which is `None` in a function that leaves it open, as in TensorFlow's.
KNOWN_OPEN = (
    r"edges_arrays:(gather twice|repeat some|reverse_sequence)(/\w+)?-|edges_linalg:linalg\.matvec(/\w+)?-"
)

# What draws random numbers: those of a function are not the eager ones.
_DRAWS = re.compile(r"image\.random_|nn\.dropout(/not finite)?-|dropout (rate tensor|noise)")


def cases(*families: str) -> list[Spec]:
    """The cases that are held against eager code."""
    specs = [s for name in families for s in load(name).values()] if families else all_specs()
    return [s for s in specs if s.kind == "case" and not s.only_shapes and not _DRAWS.match(s.id)]


def others(spec: Spec) -> list[np.ndarray]:
    """Inputs of the shapes and dtypes of a case with other values."""
    made = []
    for i, (item, given) in enumerate(zip(spec.inputs, arrays(spec), strict=True)):
        a = item.make(seed(spec.family, spec.name, spec.variant, i, "other"), spec.dtype)
        if a.size > 1 and a.tobytes() == given.tobytes():
            a = np.ascontiguousarray(np.flip(a)) if a.ndim < 2 else np.ascontiguousarray(np.flip(a, 0))
        made.append(a)
    return made


def differences(spec: Spec, opened: bool = False) -> list[str]:
    """Where the value and the gradient of a case in a function differ from those of eager code.

    Args:
      opened: the signature of the function leaves all sizes open; other values are not tried then.
    """
    given, other = arrays(spec), others(spec)
    variables: dict[int, Any] = {}
    for i, item in enumerate(spec.inputs):
        if item.var:
            variables[i] = tf.Variable(tensor(tf, given[i]))

    def body(*xs: Any) -> Any:
        return spec.fn(tf, *xs)

    signature = None
    if opened:
        if variables:
            return []  # they are arguments, which no signature says
        signature = [tf.TensorSpec([None] * a.ndim, tensor(tf, a).dtype) for a in given]
    function = tf.function(body, input_signature=signature)

    def arguments(values: list[np.ndarray]) -> list[Any]:
        for i, v in variables.items():
            v.assign(tensor(tf, values[i]))
        return [variables[i] if i in variables else tensor(tf, a) for i, a in enumerate(values)]

    def traced() -> None:
        try:
            function(*arguments(other))
        except Exception:
            return  # the other values are wrong for this op

    want = _answer(spec, body, arguments(given))
    if isinstance(want, str) and want.startswith("unsaid"):
        return []
    if not opened:
        traced()
    # A second time, and in turn with the other values: every path has been taken by then.
    lines: list[str] = []
    for turn in ("after tracing", "again"):
        got = _answer(spec, function, arguments(given))
        if isinstance(want, str) or isinstance(got, str):
            same = isinstance(want, str) and isinstance(got, str)
            lines += [] if same else [f"{turn}: eager code gives {want}, the function {got}"]
        else:
            for part, widen in (("value", 1.0), ("grad", 2.0)):
                lines += compare(want.get(part), got.get(part), spec.tol, widen, f"{turn}: {part}")
        if opened:
            break
        traced()
    return lines


def _answer(spec: Spec, function: Any, xs: list[Any]) -> Any:
    """The value and the gradient, encoded, or the exception's class."""
    sources = [x for x, i in zip(xs, spec.inputs, strict=True) if i.differentiable(spec.dtype)]
    try:
        with tf.GradientTape() as tape:
            tape.watch(sources)
            y = function(*xs)
        y = tf.nest.map_structure(_as_result, y)
        found: dict[str, Any] = {"value": encode(tf, y)}
    except _Unsaid as error:
        return f"unsaid: {error}"
    except Exception as error:
        return type(error).__name__
    targets = [t for t in tf.nest.flatten(y) if tf.is_tensor(t) and is_inexact(t.dtype.name)]
    if not sources or not targets or spec.order < 1:
        return found
    try:
        grads = tape.gradient(targets, sources, _cotangents(tf, spec, "first", targets))
        found["grad"] = [None if g is None else encode(tf, tf.convert_to_tensor(g)) for g in grads]
    except Exception as error:
        found["grad"] = {"raises": type(error).__name__}
    return found


class _Unsaid(Exception):
    """A result that no function may return."""


def _as_result(x: Any) -> Any:
    if isinstance(x, tf.Variable):
        return x.value()
    if isinstance(x, (bool, int, float, complex, str, bytes, np.ndarray, np.generic)):
        return tf.convert_to_tensor(x)
    if x is None or tf.is_tensor(x) or isinstance(x, tf.IndexedSlices):
        return x
    raise _Unsaid(type(x).__name__)


def known(spec: Spec, opened: bool = False) -> str | None:
    """Why a case differs, where it is right that it does."""
    if opened and re.match(KNOWN_OPEN, f"{spec.family}:{spec.id}"):
        return "Python code asks for a size"
    return next((why for what, why in KNOWN if re.match(what, f"{spec.family}:{spec.id}")), None)


def faults(spec: Spec, opened: bool = False) -> list[str]:
    """What is wrong of a case: where it differs, or that it does not although it is known to."""
    lines = differences(spec, opened)
    if known(spec, opened) is None:
        return lines
    if opened:
        return []  # not all that are known to differ do so there
    return [] if lines else ["it is known to differ, and does not: take it out of KNOWN"]


def main() -> None:
    """Print what differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("families", nargs="*")
    parser.add_argument("--part", default="1/1", help="K/N: the K-th of N equal parts")
    parser.add_argument("--open", action="store_true", help="leave all sizes open")
    arguments = parser.parse_args()
    part, parts = map(int, arguments.part.split("/"))
    specs = cases(*arguments.families)
    specs = specs[len(specs) * (part - 1) // parts : len(specs) * part // parts]
    wrong, start, told = 0, time.monotonic(), time.monotonic()
    for number, spec in enumerate(specs):
        try:
            lines = faults(spec, arguments.open)
        except Exception as error:
            lines = [f"{type(error).__name__}: {error}"]
        if lines:
            wrong += 1
            print(f"{spec.family}:{spec.id}", *[line[:300] for line in lines[:4]], sep="\n    ", flush=True)
        if time.monotonic() > told + 60:
            told = time.monotonic()
            print(f"{number + 1} of {len(specs)} cases, {told - start:.0f} s", file=sys.stderr, flush=True)
    print(f"{len(specs)} cases, {wrong} differ; {sum(known(s) is not None for s in specs)} are known to")


if __name__ == "__main__":
    main()
