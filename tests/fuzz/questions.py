"""What is asked of a program, of either library: its value, and its derivatives in every way that there is.

The weights are the same everywhere: targets have the cotangents c, sources the tangents t, and gradients are weighted
with t for the second order. So <t, gradient> = <c, forward>, and the three second orders are H t, where H is symmetric.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .program import INEXACT, Input, Program, function_source

LARGEST = 30  # elements of a Jacobian's target and source


class Asked:
    """One program in one library, with fresh inputs for each question."""

    def __init__(self, tf: Any, program: Program) -> None:
        self.tf, self.program = tf, program
        namespace = {"tf": tf, "inf": math.inf, "nan": math.nan, "np": np}
        exec(compile(function_source(program), "<program>", "exec"), namespace)
        self.function: Callable[..., list[Any]] = namespace["program"]

    def inputs(self, moved: dict[int, np.ndarray] | None = None) -> tuple[list[Any], list[Any]]:
        """All inputs, and those of them that are sources."""
        made, sources = [], []
        for i in self.program.inputs:
            made.append(self._input(i, (moved or {}).get(i.id)))
            if i.dtype in INEXACT:
                sources.append(made[-1])
        return made, sources

    def _input(self, i: Input, array: np.ndarray | None) -> Any:
        constant = self.tf.constant(i.array() if array is None else array, dtype=getattr(self.tf, i.dtype))
        return self.tf.Variable(constant) if i.variable else constant

    @contextlib.contextmanager
    def others(self, xs: list[Any]) -> Iterator[list[Any]]:
        """Other values in place of the inputs, for a while: floating ones are smaller."""
        held = [x.read_value() if isinstance(x, self.tf.Variable) else None for x in xs]
        given = []
        for x, value, i in zip(xs, held, self.program.inputs, strict=True):
            other = x if value is None else value
            if i.dtype in INEXACT:
                other = other * self.tf.cast(0.75, other.dtype)
            if value is not None:
                x.assign(other)
            given.append(other if value is None else x)
        try:
            yield given
        finally:
            for x, value in zip(xs, held, strict=True):
                if value is not None:
                    x.assign(value)

    def weights(self, word: str, tensors: list[Any]) -> list[Any]:
        return [
            self.tf.constant(weights(word, k, t.dtype.name, tuple(t.shape))) for k, t in enumerate(tensors)
        ]

    def tangents(self, sources: list[Any]) -> list[Any]:
        return self.weights("t", sources)

    def cotangents(self, targets: list[Any]) -> list[Any]:
        return self.weights("c", targets)

    def dense(self, grads: list[Any], sources: list[Any]) -> tuple[list[Any], list[Any]]:
        """The gradients that are there, as tensors, and their weights."""
        kept = [(g, t) for g, t in zip(grads, self.tangents(sources), strict=True) if g is not None]
        return [self.tf.convert_to_tensor(g) for g, _ in kept], [t for _, t in kept]

    def watch(self, tape: Any, sources: list[Any]) -> None:
        tape.watch([s for s in sources if not isinstance(s, self.tf.Variable)])


def weights(word: str, k: int, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    rng = np.random.RandomState(1000 * (word == "t") + k)
    made = rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)
    if "complex" in dtype:
        made = made + 1j * rng.uniform(-1, 1, shape)
    return np.asarray(made).astype(dtype)


def value(a: Asked) -> Any:
    xs, _ = a.inputs()
    return a.function(*xs)


def gradient(a: Asked) -> Any:
    xs, sources = a.inputs()
    with a.tf.GradientTape() as tape:
        a.watch(tape, sources)
        ys = a.function(*xs)
    return tape.gradient(ys, sources, output_gradients=a.cotangents(ys))


def persistent(a: Asked) -> Any:
    """The gradient from a tape that is used twice, the second time for each target alone."""
    xs, sources = a.inputs()
    with a.tf.GradientTape(persistent=True) as tape:
        a.watch(tape, sources)
        ys = a.function(*xs)
    cs = a.cotangents(ys)
    once = tape.gradient(ys, sources, output_gradients=cs)
    return [
        once,
        *[tape.gradient(y, sources, c, unconnected_gradients="zero") for y, c in zip(ys, cs, strict=True)],
    ]


def forward(a: Asked) -> Any:
    xs, sources = a.inputs()
    with a.tf.autodiff.ForwardAccumulator(sources, a.tangents(sources)) as accumulator:
        ys = a.function(*xs)
    return [accumulator.jvp(y) for y in ys]


def traced(a: Asked) -> Any:
    """The gradient of a `tf.function`, taken outside of it."""
    xs, sources = a.inputs()
    with a.tf.GradientTape() as tape:
        a.watch(tape, sources)
        ys = a.tf.function(a.function, autograph=False)(*xs)
    return [ys, tape.gradient(ys, sources, output_gradients=a.cotangents(ys))]


def traced_whole(a: Asked) -> Any:
    """The gradient taken within a `tf.function`."""
    xs, _ = a.inputs()

    def whole(*xs: Any) -> Any:
        sources = [x for x, i in zip(xs, a.program.inputs, strict=True) if i.dtype in INEXACT]
        with a.tf.GradientTape() as tape:
            a.watch(tape, sources)
            ys = a.function(*xs)
        return tape.gradient(ys, sources, output_gradients=a.cotangents(ys))

    return a.tf.function(whole, autograph=False)(*xs)


def replayed(a: Asked) -> Any:
    """The same of a function that was traced for other values; and the gradient of a gradient through it."""
    xs, sources = a.inputs()
    f = a.tf.function(a.function)
    with contextlib.suppress(Exception), a.others(xs) as others:
        f(*others)
    with a.tf.GradientTape() as outer:
        a.watch(outer, sources)
        with a.tf.GradientTape() as tape:
            a.watch(tape, sources)
            ys = f(*xs)
        grads = tape.gradient(ys, sources, output_gradients=a.cotangents(ys))
        dense, tangents = a.dense(grads, sources)
    try:
        again = outer.gradient(dense, sources, tangents) if dense else "no gradient"
    except LookupError as e:
        again = type(e).__name__
    return [ys, grads, again]


def replayed_whole(a: Asked) -> Any:
    """The gradient taken within a `tf.function` that was traced for other values."""
    xs, _ = a.inputs()

    def whole(*xs: Any) -> Any:
        sources = [x for x, i in zip(xs, a.program.inputs, strict=True) if i.dtype in INEXACT]
        with a.tf.GradientTape() as tape:
            a.watch(tape, sources)
            ys = a.function(*xs)
        return tape.gradient(ys, sources, output_gradients=a.cotangents(ys))

    f = a.tf.function(whole)
    with contextlib.suppress(Exception), a.others(xs) as others:
        f(*others)
    return f(*xs)


def _jacobian(a: Asked, vmapped: bool) -> Any:
    xs, sources = a.inputs()
    with a.tf.GradientTape(persistent=not vmapped) as tape:
        a.watch(tape, sources)
        ys = a.function(*xs)
    if any(math.prod(tensor.shape) > LARGEST for tensor in (ys[0], *sources)):
        return "too large"
    return tape.jacobian(ys[0], sources, experimental_use_pfor=vmapped)


def jacobian(a: Asked) -> Any:
    return _jacobian(a, True)


def jacobian_looped(a: Asked) -> Any:
    return _jacobian(a, False)


def reverse_reverse(a: Asked) -> Any:
    xs, sources = a.inputs()
    with a.tf.GradientTape() as outer:
        a.watch(outer, sources)
        with a.tf.GradientTape() as inner:
            a.watch(inner, sources)
            ys = a.function(*xs)
        grads = inner.gradient(ys, sources, output_gradients=a.cotangents(ys))
        dense, ts = a.dense(grads, sources)
    return outer.gradient(dense, sources, output_gradients=ts) if dense else "no gradient"


def forward_reverse(a: Asked) -> Any:
    xs, sources = a.inputs()
    with a.tf.autodiff.ForwardAccumulator(sources, a.tangents(sources)) as accumulator:
        with a.tf.GradientTape() as tape:
            a.watch(tape, sources)
            ys = a.function(*xs)
        grads = tape.gradient(ys, sources, output_gradients=a.cotangents(ys))
    return [None if g is None else accumulator.jvp(g) for g in grads]


def reverse_forward(a: Asked) -> Any:
    xs, sources = a.inputs()
    with a.tf.GradientTape() as tape:
        a.watch(tape, sources)
        with a.tf.autodiff.ForwardAccumulator(sources, a.tangents(sources)) as accumulator:
            ys = a.function(*xs)
        jvps = [accumulator.jvp(y) for y in ys]
    kept = [(j, c) for j, c in zip(jvps, a.cotangents(ys), strict=True) if j is not None]
    if not kept:
        return "no tangent"
    return tape.gradient([j for j, _ in kept], sources, output_gradients=[c for _, c in kept])


QUESTIONS: dict[str, Callable[[Asked], Any]] = {
    f.__name__: f
    for f in (
        value, gradient, persistent, forward, traced, traced_whole, replayed, replayed_whole, jacobian,
        jacobian_looped, reverse_reverse, forward_reverse, reverse_forward,
    )
}  # fmt: skip


def ask(tf: Any, program: Program, names: list[str], encode: Callable[[Any, Any], Any]) -> dict[str, Any]:
    """The answers to the questions `names`, encoded; an exception is an answer, too."""
    asked = Asked(tf, program)
    answers: dict[str, Any] = {}
    for name in names:
        try:
            answers[name] = encode(tf, QUESTIONS[name](asked))
        except Exception as e:
            answers[name] = {"raises": type(e).__name__, "says": str(e)[:300]}
    return answers
