"""Vectorization: one run of a function for many inputs at once, by `torch.func.vmap`, that tapes can see.

To the Wengert list a vectorized run is one entry. Its parents are the batched inputs and whatever traced values the
function used from outside; its gradient rule is again a vectorized run, of a function that records the original one
on a tape of its own and walks it. So it nests to any order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.core import reading, registry
from tfcompat_tape.core.registry import Keep, Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import (
    Entry,
    Recording,
    append,
    leaf,
    next_number,
    only,
    project,
    set_aside,
    start,
    state,
    stop,
    tapes_of,
    watch,
)
from tfcompat_tape.tape.backward import as_raw, backward
from tfcompat_tape.tape.forward import Accumulation, tangent_of
from tfcompat_tape.tape.overrides import carried

# A function of per-example Tensors that returns per-example Tensors.
Function = Callable[..., Sequence[Tensor]]


def vectorize(function: Function, inputs: Sequence[Tensor], chunk: int | None = None) -> list[Tensor]:
    """`function` on every example of `inputs` (along their first axis) at once.

    Args:
      function: takes one Tensor per input, without the batch axis, and returns a sequence of Tensors.
      inputs: Tensors of shape `(n, ...)`.
      chunk: how many examples to take at once; all by default.

    Returns:
      The results, each with a leading axis of `n`.
    """
    if state.accumulating:
        return _with_tangents(function, inputs, chunk)
    tracer = reading.current.tracer
    if tracer is not None and tracer.notes is not None:  # a graph has no batching rules: it is a loop there
        return tracer.loops.each(function, inputs)  # type: ignore[no-any-return]
    raws = [x._t for x in inputs]
    if not state.differentiating:
        run = torch.func.vmap(
            lambda *args: _raws(function(*[Tensor(raw, None) for raw in args])), chunk_size=chunk
        )
        return [Tensor(raw, None) for raw in run(*raws)]

    first = next_number()
    captured: dict[Entry, None] = {}

    def traced(*args: Any) -> tuple[Any, ...]:
        leaves = [leaf(state.recording) for _ in args]
        results = function(*[Tensor(raw, node) for raw, node in zip(args, leaves, strict=True)])
        _collect([x._node for x in results], first, set(leaves), captured)
        return _raws(results)

    with set_aside():
        results = torch.func.vmap(traced, chunk_size=chunk)(*raws)

    outer = list(captured)
    parents = (*[x._node for x in inputs], *[part for node in outer for part in _parts(node)])
    tapes = tapes_of(parents, state.recording)
    if not tapes or not results:
        return [Tensor(raw, None) for raw in results]
    op = Op("VectorizedMap", _refuse, inputs=("*inputs",), outputs=0, keep=Keep.NOTHING)
    op.rule = _Pullback(function, inputs, outer, chunk)
    entry = Entry(
        op,
        parents,
        (),
        (),
        None,
        {"_outputs": tuple([(raw.shape, raw.dtype, raw.device) for raw in results])},
        tuple([parent is not None and bool(parent.tapes & tapes) for parent in parents]),
        tapes,
    )
    append(entry, tuple(results))
    return [Tensor(raw, project(entry, i, raw)) for i, raw in enumerate(results)]


def _with_tangents(function: Function, inputs: Sequence[Tensor], chunk: int | None) -> list[Tensor]:
    """`vectorize` under an accumulator: what runs for all examples at once is the function with its tangents.

    The innermost accumulator works inside of the run, on the tangents of one example; all others see a run of a
    function that has some more arguments and results.
    """
    accumulation = next(one for one in reversed(state.recordings) if one.id in state.accumulating)
    assert isinstance(accumulation, Accumulation)
    number = accumulation.id
    given = [tangent_of(x._node, number) for x in inputs]
    moving = [i for i, t in enumerate(given) if t is not None]
    count = len(inputs)
    present: list[bool] = []

    def dual(*args: Tensor) -> list[Tensor]:
        examples = list(args[:count])
        for i, t in zip(moving, args[count:], strict=True):
            x = examples[i]
            examples[i] = Tensor(x._t, accumulation.attach(x._node, t))
        active = accumulation in state.recordings  # in a gradient of this run, which is such a run itself
        if not active:
            start(accumulation)
        try:
            results = list(function(*examples))
        finally:
            if not active:
                stop(accumulation)
        tangents = [tangent_of(x._node, number) for x in results]
        present[:] = [t is not None for t in tangents]
        return results + [t if type(t) is Tensor else Tensor(t, None) for t in tangents if t is not None]

    others = [recording for recording in state.recordings if recording is not accumulation]
    with only(others):
        found = vectorize(dual, [*inputs, *[_as_tensor(given[i], True) for i in moving]], chunk)
    results, tangents = found[: len(present)], iter(found[len(present) :])
    return [
        Tensor(x._t, accumulation.attach(x._node, next(tangents))) if there else x
        for x, there in zip(results, present, strict=True)
    ]


class _Pullback:
    """The gradient rule of a vectorized run: rerun the function on a tape, example by example, and walk it."""

    def __init__(
        self, function: Function, inputs: Sequence[Tensor], outer: list[Entry], chunk: int | None
    ) -> None:
        self.function = function
        self.inputs = [Tensor(x._t, x._node) for x in inputs]
        self.outer = outer
        self.chunk = chunk
        self.overrides = state.overrides

    def __call__(self, op: Any, *cotangents: Any) -> Any:
        recorded = any(type(dy) is Tensor for dy in cotangents)
        dys = [dy if type(dy) is Tensor else Tensor(dy, None) for dy in cotangents]
        count = len(self.inputs)
        present: list[bool] = []

        def pull(*args: Tensor) -> list[Tensor]:
            tape = Recording(False, False)
            mine = tape.ids
            examples = [Tensor(x._t, watch(x._node, mine)) for x in args[:count]]
            for node in self.outer:
                watch(node, mine)
            start(tape)
            try:
                results = self.function(*examples)
            finally:
                stop(tape)
            walk = [
                (x._node, dy)
                for x, dy in zip(results, args[count:], strict=True)
                if x._node is not None and tape.id in x._node.tapes
            ]
            nested = state.differentiating
            grads = backward(
                tape,
                [node for node, _ in walk],
                [dy if nested else dy._t for _, dy in walk],
                [x._node for x in examples] + list(self.outer),
                recorded=nested,
                release=False,
            )
            grads = grads[:count] + [
                grad
                for node, adjoint in zip(self.outer, grads[count:], strict=True)
                for grad in _slots(node, adjoint)
            ]
            present[:] = [grad is not None for grad in grads]
            return [_as_tensor(grad, nested) for grad in grads if grad is not None]

        with carried(self.overrides):
            found = iter(vectorize(pull, [*self.inputs, *dys], self.chunk))
        grads: list[Any] = []
        for i, there in enumerate(present):
            grad: Any = next(found) if there else None
            if grad is not None and i >= count:  # a value from outside fans out to every example
                grad = registry.OPS["Sum"].call(grad, axis=(0,), keep_dims=False)
            grads.append(grad if grad is None or recorded else as_raw(grad))
        return grads[0] if len(grads) == 1 else grads


def _collect(
    nodes: Sequence[Entry | None], first: int, inner: set[Entry], captured: dict[Entry, None]
) -> None:
    """The entries from outside the run that `nodes` depend on: older ones, and variables that it was first to read."""
    seen: set[Entry] = set(inner)
    stack = [node for node in nodes if node is not None]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.number < first or (node.op is None and node.tapes & state.recording):
            captured[node] = None
        else:
            stack.extend([parent for parent in node.parents if parent is not None])


def _parts(node: Entry) -> list[Entry]:
    """The values of an entry: itself, or a projection for each of several outputs."""
    outputs = node.attrs.get("_outputs")
    return [node] if outputs is None else [project(node, i) for i in range(len(outputs))]


def _slots(node: Entry, adjoint: Any) -> list[Any]:
    """The adjoints of these values."""
    outputs = node.attrs.get("_outputs")
    if outputs is None:
        return [adjoint]
    return [None] * len(outputs) if adjoint is None else list(adjoint)


def _raws(results: Sequence[Tensor]) -> tuple[Any, ...]:
    return tuple([x._t for x in results])


def _as_tensor(grad: Any, recorded: bool) -> Tensor:
    if hasattr(grad, "dense"):
        grad = grad.dense()
    return grad if type(grad) is Tensor else Tensor(grad, None)


def _refuse(*inputs: Any, **attrs: Any) -> Any:
    raise RuntimeError("A vectorized run has no kernel of its own.")
