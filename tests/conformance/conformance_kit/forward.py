"""The same cases in forward mode: the JVP of each function, and the JVP of its gradient (forward over reverse)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from .codec import encode
from .inputs import cotangent, is_inexact, seed
from .run import _cotangents, arrays, name_of, tensor
from .spec import DATA, Spec, families, load

FORWARD = DATA / "forward"
KINDS = (("float64", "float32"), ("complex128", "complex64"))  # a case runs in the widest dtype of each kind


def path(family: str) -> Path:
    return FORWARD / f"{family}.json"


@cache
def specs(family: str) -> dict[str, Spec]:
    """The differentiable cases of a family, in one real and one complex dtype."""
    found: dict[tuple[str, str, int], Spec] = {}
    for spec in load(family).values():
        if spec.kind == "case" and spec.order and any(i.differentiable(spec.dtype) for i in spec.inputs):
            for number, dtypes in enumerate(KINDS):
                key = (spec.name, spec.variant, number)
                if spec.dtype in dtypes and (key not in found or spec.dtype == dtypes[0]):
                    found[key] = spec
    return {spec.id: spec for spec in found.values()}


def all_forward_specs() -> Iterator[Spec]:
    for family in families():
        yield from specs(family).values()


@cache
def recorded(family: str) -> dict[str, Any]:
    """What TensorFlow answered; empty where nothing is recorded."""
    return json.loads(path(family).read_text())["answers"] if path(family).exists() else {}


def answer(tf: Any, spec: Spec, caught: list[Exception]) -> dict[str, Any]:
    """``{"jvp": ..., "hvp": ...}``: tangents of the results, and of the gradients if the case has two orders."""
    out = {"jvp": _answer(tf, spec, caught, with_tape=False)}
    if spec.order > 1 and not isinstance(out["jvp"], dict):  # no exception
        out["hvp"] = _answer(tf, spec, caught, with_tape=True)
    return out


def _answer(tf: Any, spec: Spec, caught: list[Exception], with_tape: bool) -> Any:
    xs = [
        tf.Variable(tensor(tf, a)) if i.var else tensor(tf, a)
        for i, a in zip(spec.inputs, arrays(spec), strict=True)
    ]
    sources = [x for x, i in zip(xs, spec.inputs, strict=True) if i.differentiable(spec.dtype)]
    tangents = [
        tensor(tf, cotangent(seed(spec.family, spec.name, "tangent", i), tuple(x.shape), x.dtype.name))
        for i, x in enumerate(sources)
    ]

    def called() -> list[Any]:
        y = spec.fn(tf, *xs)
        return [t for t in tf.nest.flatten(y) if tf.is_tensor(t) and is_inexact(t.dtype.name)]

    try:
        with tf.autodiff.ForwardAccumulator(sources, tangents) as accumulator:
            if not with_tape:
                values = called()
            else:
                with tf.GradientTape() as tape:
                    tape.watch(sources)
                    targets = called()
                cotangents = _cotangents(tf, spec, "first", targets)
                grads = tape.gradient(targets, sources, cotangents) if targets else []
                values = [g.values if isinstance(g, tf.IndexedSlices) else g for g in grads]
            pushed = [None if v is None else accumulator.jvp(v) for v in values]
    except Exception as e:
        return name_of(e, caught)
    # Some tangents are IndexedSlices in TensorFlow; here they are dense.
    dense = [tf.convert_to_tensor(t) if isinstance(t, tf.IndexedSlices) else t for t in pushed]
    return [encode(tf, t, spec.only_shapes) for t in dense]
