"""Every direct JVP against the transpose of the gradient rule, on the inputs of the conformance cases.

The cases run once, on a tape that remembers the entries of all ops, those of the backward walks too. Then each op that
has a JVP pushes tangents through its entries in both ways: on raw tensors, under `torch.vmap` and `make_fx`, and on
Tensors with another tape listening, whose gradients are the second derivatives.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "conformance"))
from conformance_kit.run import arrays, tensor
from conformance_kit.spec import Spec, all_specs

import tfcompat_tape as tf
from tfcompat_tape.checking.traces import trace_of
from tfcompat_tape.core import wengert
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, Recording
from tfcompat_tape.tape import forward
from tfcompat_tape.tape.backward import View, backward

OF_HANDLES = {
    "ReadVariableOp",
    "ResourceGather",
    "ResourceGatherNd",
}  # what runs them is a Variable's reading
WITH_JVP = sorted(name for name, op in OPS.items() if op.jvp is not None and name not in OF_HANDLES)
ENTRIES = 12  # as many of each op are compared
DTYPES = ("float64", "complex128", "float32")
TOLERANCE = {
    torch.float64: 1e-9,
    torch.complex128: 1e-9,
    torch.float32: 2e-4,
    torch.complex64: 2e-4,
    torch.float16: 2e-3,
    torch.bfloat16: 2e-2,
}

# Where the JVP is the derivative and the transpose is not: TensorFlow's forward mode goes through the ops of a custom
# gradient's body, whose gradient does not conjugate.
OTHERWISE = {("Swish", torch.complex128)}
# The trace of a series of 200 steps takes many seconds.
LONG = {"Igamma", "Igammac"}


# -- entries -----------------------------------------------------------------------------------------------------------


class Collector(Recording):
    """A persistent tape that sorts the entries by op, and remembers what form the value of each has."""

    def __init__(self) -> None:
        super().__init__(persistent=True, watches_variables=False)
        self.collecting = True
        self.found: dict[str, list[tuple[Entry, Any]]] = {}
        self.forms: dict[Entry, torch.Tensor] = {}
        self.seen: set[Any] = set()

    def append(self, entry: Entry, result: Any) -> None:
        super().append(entry, result)
        if self.collecting:
            self.collect(entry, result)

    def collect(self, entry: Entry, result: Any) -> None:
        results = result if isinstance(result, tuple) else (result,)
        if len(results) == 1:
            self.forms[entry] = torch.empty_like(results[0], device="meta")
        op: Any = entry.op
        if type(op) is wengert.Output or op.jvp is None or results[0].dtype not in TOLERANCE:
            return
        if (op.name, results[0].dtype) in OTHERWISE:
            return
        kind = (op.name, results[0].dtype, repr(entry.attrs), repr(entry.shapes), entry.needs)
        listed = self.found.setdefault(op.name, [])
        if kind not in self.seen and len(listed) < ENTRIES:
            self.seen.add(kind)
            listed.append((entry, result))


def of_gradient(function: Any, x: Any) -> Any:
    """The gradient of `function(x)**2`: the op that is its gradient runs on what depends on x."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x) ** 2
    return tape.gradient(y, x)


# What no case runs.
V = [0.5, -2.0, 3.0]
MORE: dict[str, Any] = {
    "Add": lambda x, y: tf.raw_ops.Add(x=x, y=y),
    "AvgPool3DGrad": lambda x: tf.raw_ops.AvgPool3DGrad(
        orig_input_shape=[1, 2, 2, 2, 1],
        grad=tf.reshape(x[:1], (1, 1, 1, 1, 1)),
        ksize=[1, 2, 2, 2, 1],
        strides=[1, 1, 1, 1, 1],
        padding="VALID",
    ),
    "ExtractVolumePatchesGrad": lambda x: of_gradient(
        lambda v: tf.raw_ops.ExtractVolumePatches(
            input=v, ksizes=[1, 2, 2, 2, 1], strides=[1, 1, 1, 1, 1], padding="VALID"
        ),
        tf.tile(tf.reshape(x[:2], (1, 2, 1, 1, 1)), (1, 1, 2, 2, 1)),
    ),
    "ScatterNdNonAliasingAdd": lambda x, y: tf.raw_ops.ScatterNdNonAliasingAdd(
        input=x, indices=[[0], [2], [0]], updates=y
    ),
    "RandomGamma": lambda x: tf.random.gamma([2], tf.abs(x), dtype=x.dtype),
    "CheckNumericsV2": lambda x: tf.raw_ops.CheckNumericsV2(tensor=x, message=""),
}


def chosen() -> list[Spec]:
    """The differentiable cases, in one dtype of each kind."""
    found: dict[Any, Spec] = {}
    for spec in all_specs():
        if spec.kind == "case" and spec.order and spec.dtype in DTYPES:
            key = (spec.family, spec.name, spec.variant, spec.dtype == "complex128")
            if key not in found or spec.dtype == "float64":
                found[key] = spec
    return list(found.values())


def run(collector: Collector, function: Any, given: list[Any], sources: list[Any]) -> None:
    """Run a function and its gradient on the tape."""
    for x in sources:
        x._node = wengert.watch(x._node, collector.ids)
        collector.forms[x._node] = torch.empty_like(x._t, device="meta")
    with recorded_by(collector):
        with tf.GradientTape() as tape:
            tape.watch(sources)
            value = function(*given)
        tape.gradient(value, sources)


@functools.cache
def collected() -> Collector:
    collector = Collector()
    logging.disable(logging.WARNING)  # not every target is one
    for spec in chosen():
        given = [
            tf.Variable(tensor(tf, a)) if i.var else tensor(tf, a)
            for i, a in zip(spec.inputs, arrays(spec), strict=True)
        ]
        sources = [x for x, i in zip(given, spec.inputs, strict=True) if i.differentiable(spec.dtype)]
        with contextlib.suppress(
            Exception
        ):  # whether an op takes what a case gives it is not the question here
            run(collector, functools.partial(spec.fn, tf), given, sources)
    for function in MORE.values():
        given = [tf.constant(V, tf.float64) for _ in range(function.__code__.co_argcount)]
        run(collector, function, given, given)
    logging.disable(logging.NOTSET)
    collector.collecting = False
    return collector


# -- tangents ----------------------------------------------------------------------------------------------------------


def drawn(like: torch.Tensor, *words: Any) -> torch.Tensor:
    random = np.random.RandomState(zlib.crc32(repr(words).encode()))
    shape = tuple(like.shape)
    array = random.uniform(0.5, 1.5, shape) * random.choice([-1.0, 1.0], shape)
    if like.dtype.is_complex:
        array = array + 1j * random.uniform(0.5, 1.5, shape)
    return torch.tensor(array, dtype=like.dtype)


def tangents_of(entry: Entry, seed: Any) -> list[Any]:
    """A tangent for each traced input."""
    forms = collected().forms
    return [
        None if parent is None else drawn(forms[parent], entry.type, seed, i)
        for i, parent in enumerate(entry.parents)
    ]


def choices(tangents: list[Any]) -> list[list[Any]]:
    """All tangents together, and each alone."""
    known = [i for i, t in enumerate(tangents) if t is not None]
    if len(known) == 1:
        return [tangents]
    return [tangents, *[[t if i == k else None for i, t in enumerate(tangents)] for k in known[:4]]]


@contextlib.contextmanager
def recorded_by(recording: Recording) -> Iterator[None]:
    wengert.start(recording)
    try:
        yield
    finally:
        wengert.stop(recording)


def transpose(entry: Entry, tangents: list[Any], result: Any) -> list[Any]:
    """What the transposed rule gives on raw tensors."""
    with recorded_by(Recording(False, False)):
        return listed(forward._transposed(entry, tangents, result, False), entry)


def listed(pushed: Any, entry: Entry) -> list[Any]:
    count = len(entry.attrs["_outputs"]) if "_outputs" in entry.attrs else 1
    if "_outputs" not in entry.attrs:
        return [pushed]
    return [None] * count if pushed is None else list(pushed)


def raw(x: Any) -> Any:
    return x._t if type(x) is Tensor else x


def agree(got: Any, want: Any, what: str) -> None:
    assert (got is None) == (want is None), f"{what}: the JVP gives {got}, the transpose {want}"
    if got is None:
        return
    got, want = raw(got), raw(want)
    assert got.dtype == want.dtype and got.shape == want.shape, (
        what,
        got.dtype,
        want.dtype,
        got.shape,
        want.shape,
    )
    tolerance = TOLERANCE[want.dtype]
    torch.testing.assert_close(
        got, want, rtol=tolerance, atol=tolerance, equal_nan=True, msg=lambda text: f"{what}: {text}"
    )


# -- the tests ---------------------------------------------------------------------------------------------------------


def second(entry: Entry, tangents: list[Any], push: Any) -> list[Any]:
    """The gradients of the pushed tangents by the inputs of `entry` and by the tangents."""
    collector = collected()
    leaves = [None if t is None else Tensor(t, wengert.leaf(collector.ids)) for t in tangents]
    with recorded_by(collector):
        pushed = listed(push(leaves), entry)
    targets = [t for t in pushed if t is not None and t._node is not None]
    sources = [*entry.parents, *[None if x is None else x._node for x in leaves]]
    cotangents = [drawn(t._t, "cotangent", i) for i, t in enumerate(targets)]
    grads = backward(
        collector, [t._node for t in targets], cotangents, sources, recorded=False, release=False
    )
    return [g.dense() if hasattr(g, "dense") else g for g in grads]


def unless_raises(function: Any) -> Any:
    """The result, or the class of the exception: no derivative, a singular matrix."""
    try:
        return function()
    except (LookupError, tf.errors.InvalidArgumentError) as error:
        return type(error)


def check_raw(name: str, index: int, entry: Entry, result: Any) -> None:
    op: Any = entry.op
    for some in choices(tangents_of(entry, index)):
        wanted = unless_raises(lambda ts=some: transpose(entry, ts, result))
        if isinstance(wanted, type):  # then the JVP may raise, or do better
            continue
        for i, (got, want) in enumerate(zip(listed(op.jvp(entry, *some), entry), wanted, strict=True)):
            given = [t is not None for t in some]
            agree(got, want, f"{name} {entry.attrs} {entry.shapes} of {index}, output {i}, tangents {given}")


def check_second(name: str, index: int, entry: Entry, result: Any) -> None:
    op: Any = entry.op
    tangents = tangents_of(entry, index)

    def transposed(ts: list[Any]) -> Any:
        return forward._transposed(entry, ts, result, True)

    wanted = unless_raises(lambda: second(entry, tangents, transposed))
    if isinstance(wanted, type):
        return
    found = second(entry, tangents, lambda ts: op.jvp(View(entry, entry.needs, True), *ts))
    count = len(entry.parents)
    for i, (got, want) in enumerate(zip(found, wanted, strict=True)):
        by = f"tangent {i - count}" if i >= count else f"input {i}"
        agree(got, want, f"{name} {entry.attrs} {entry.shapes} of {index}, gradient by {by}")


def check_transforms(name: str, index: int, entry: Entry) -> None:
    op: Any = entry.op
    several = [tangents_of(entry, (index, n)) for n in range(3)]
    known = [i for i, t in enumerate(several[0]) if t is not None]

    def jvp(*ts: Any) -> Any:
        full: list[Any] = [None] * len(entry.parents)
        for i, t in zip(known, ts, strict=True):
            full[i] = t
        return [t for t in listed(op.jvp(entry, *full), entry) if t is not None]

    looped = [jvp(*[ts[i] for i in known]) for ts in several]
    batched = torch.vmap(jvp)(*[torch.stack([ts[i] for ts in several]) for i in known])
    for got, want in zip(batched, zip(*looped, strict=True), strict=True):
        agree(got, torch.stack(want), f"{name} of {index} under vmap")
    if name in LONG:
        return
    found = trace_of(jvp, *[several[0][i] for i in known])(*[several[1][i] for i in known])
    for got, want in zip(found, looped[1], strict=True):
        agree(got, want, f"{name} of {index} under make_fx")


@pytest.mark.parametrize("name", WITH_JVP)
def test_jvp_is_the_transpose_of_the_rule(name: str) -> None:
    entries = collected().found.get(name)
    assert entries, f"no case runs {name}: its JVP is not tested"
    for index, (entry, result) in enumerate(entries):
        if name == "Mean" and not entry.shapes[0].numel():  # 0 in TensorFlow, where the transpose is 0 / 0
            continue
        check_raw(name, index, entry, result)


@pytest.mark.parametrize("name", WITH_JVP)
def test_jvp_differentiates_again(name: str) -> None:
    for index, (entry, result) in enumerate(collected().found.get(name, [])):
        check_second(name, index, entry, result)


@pytest.mark.parametrize("name", WITH_JVP)
def test_jvp_under_vmap_and_make_fx(name: str) -> None:
    for index, (entry, _) in enumerate(collected().found.get(name, [])[:4]):
        check_transforms(name, index, entry)


# -- what is said of ops -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in WITH_JVP if OPS[name].elementwise])
def test_elementwise_ops_have_diagonal_jacobians(name: str) -> None:
    """A tangent of zeros at half of the elements gives zeros there."""
    for index, (entry, result) in enumerate(collected().found.get(name, [])):
        op: Any = entry.op
        tangents = tangents_of(entry, index)
        if any(t is not None and t.shape != result.shape for t in tangents) or not result.numel():
            continue
        whole = op.jvp(entry, *tangents)
        mask = (torch.arange(result.numel()) % 2 == 0).reshape(result.shape)
        half = op.jvp(entry, *[None if t is None else torch.where(mask, t, 0) for t in tangents])
        if whole is None:
            continue
        finite = torch.isfinite(whole) & torch.isfinite(half)  # 0 times infinity is NaN
        want = torch.where(mask, whole, 0)
        torch.testing.assert_close(half[finite], want[finite], rtol=TOLERANCE[whole.dtype], atol=1e-12)


@pytest.mark.parametrize("name", [name for name in WITH_JVP if OPS[name].keeps_order])
def test_ops_that_keep_the_order_do(name: str) -> None:
    for index, (entry, _) in enumerate(collected().found[name]):
        (t,) = tangents_of(entry, index)
        op: Any = entry.op
        assert torch.equal(op.jvp(entry, t).reshape(-1), t.reshape(-1))
