"""The conformance cases inside `tf.function`: traced with some inputs, called with others, held against eager code.

    python tests/tracing/cases_in_functions.py [FAMILY ...]     every case, or those of some families

The library says what is right: these are its own answers, made in two ways.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1] / "conformance"), str(Path(__file__).parents[2])]

from conformance_kit.codec import compare, encode  # noqa: E402
from conformance_kit.inputs import is_inexact, seed  # noqa: E402
from conformance_kit.run import _cotangents, arrays, tensor  # noqa: E402
from conformance_kit.spec import Spec, all_specs, load  # noqa: E402

import tfcompat_tape as tf  # noqa: E402

# What draws random numbers.
_DRAWS = ("image.random_",)


def cases(*families: str) -> list[Spec]:
    """The cases that are held against eager code."""
    specs = [s for name in families for s in load(name).values()] if families else all_specs()
    return [s for s in specs if s.kind == "case" and not s.only_shapes and not s.name.startswith(_DRAWS)]


def others(spec: Spec) -> list[np.ndarray]:
    """Inputs of the shapes and dtypes of a case with other values."""
    made = []
    for i, (item, given) in enumerate(zip(spec.inputs, arrays(spec), strict=True)):
        a = item.make(seed(spec.family, spec.name, spec.variant, i, "other"), spec.dtype)
        if a.size > 1 and a.tobytes() == given.tobytes():
            a = np.ascontiguousarray(np.flip(a)) if a.ndim < 2 else np.ascontiguousarray(np.flip(a, 0))
        made.append(a)
    return made


def differences(spec: Spec) -> list[str]:
    """Where the value and the gradient of a case in a function differ from those of eager code."""
    given, other = arrays(spec), others(spec)
    variables: dict[int, Any] = {}
    for i, item in enumerate(spec.inputs):
        if item.var:
            variables[i] = tf.Variable(tensor(tf, given[i]))

    def body(*xs: Any) -> Any:
        return spec.fn(tf, *xs)

    function = tf.function(body)

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


if __name__ == "__main__":
    wrong = 0
    specs = cases(*sys.argv[1:])
    for spec in specs:
        try:
            lines = differences(spec)
        except Exception as error:
            lines = [f"{type(error).__name__}: {error}"]
        if lines:
            wrong += 1
            print(f"{spec.family}:{spec.id}", *[line[:300] for line in lines[:4]], sep="\n    ", flush=True)
    print(f"{len(specs)} cases, {wrong} differ")
