"""`torch.func.vmap` against a loop: one walk for many cotangents, and whole gradients for many inputs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import torch

from tfcompat_tape.checking.report import in_one_line
from tfcompat_tape.checking.rules import Audit
from tfcompat_tape.checking.subject import filled, wide
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tape.gradient_tape import GradientTape

if TYPE_CHECKING:
    from tfcompat_tape.checking.run import Run

_BATCH = 3


def check(run: Run) -> None:
    """Both kinds of batches, for each order."""
    for order in sorted(run.reference):
        _over_cotangents(run, order)
        _over_inputs(run, order)


def _over_cotangents(run: Run, order: int) -> None:
    """One walk for several cotangents: what a Jacobian (or, for order 2, a Hessian) is made of."""
    subject = run.subject
    args, sources = subject.build(subject.raws)
    audit = Audit()
    with GradientTape(persistent=True) as tape:
        tape.watch(sources)
        with audit.watching(sources):
            targets = (
                subject.results(args)
                if order == 1
                else [grad for grad in subject.first(sources, args)[1] if grad is not None]
            )

    def walk(*seeds: torch.Tensor) -> list[torch.Tensor]:
        grads = tape.gradient(targets, sources, output_gradients=[Tensor(seed, None) for seed in seeds])
        return filled(grads, sources)

    if not targets:
        run.add("vmap", "skipped", order, "over cotangents", detail="there is no gradient to differentiate")
        return
    stacks = [
        torch.stack([subject.cotangent(f"batch {b}", i, y._t) for b in range(_BATCH)])
        for i, y in enumerate(targets)
    ]
    _against_loop(run, order, "over cotangents", walk, stacks, [0] * len(stacks), audit, None)


def _over_inputs(run: Run, order: int) -> None:
    """Function and gradient for several inputs: what `tf.vectorized_map` around a tape is."""
    subject = run.subject
    audit = Audit()
    points = [subject.raws, subject.moved("elsewhere"), subject.moved("batch")]
    dims = [0 if argument.differentiable else None for argument in subject.arguments]
    keys = list(subject.used(order))
    stacks = [
        torch.stack([point[i] for point in points]) if dim == 0 else subject.raws[i]
        for i, dim in enumerate(dims)
    ]
    stacks += [
        torch.stack(rows) for rows in zip(*[subject.fresh(keys, b) for b in range(_BATCH)], strict=True)
    ]
    count = len(subject.arguments)

    def gradients(*raws: Any) -> list[torch.Tensor]:
        with subject.lending(dict(zip(keys, raws[count:], strict=True))):
            return subject.gradients(raws[:count], order, audit)[-len(subject.differentiable) :]

    def forward(*raws: Any) -> list[torch.Tensor]:
        return [y._t for y in subject.results(subject.build(raws[:count])[0])]

    _against_loop(run, order, "over inputs", gradients, stacks, dims + [0] * len(keys), audit, forward)


def _against_loop(
    run: Run,
    order: int,
    variant: str,
    function: Callable[..., Any],
    stacks: Sequence[Any],
    dims: Sequence[int | None],
    audit: Audit,
    forward: Callable[..., Any] | None,
) -> None:
    """Compare a vmapped function with a loop; `forward` is the part of it that is no gradient."""
    wanted = []
    for b in range(_BATCH):
        row = [stack if dim is None else stack[b] for stack, dim in zip(stacks, dims, strict=True)]
        try:
            wanted.append(function(*row))
        except Exception as error:
            run.add("vmap", "skipped", order, variant, detail=f"the loop raises {in_one_line(error)}")
            return
    note = ""
    try:
        with _fallback(False):
            got = _vmap(function, dims)(*stacks)
    except Exception as error:
        note = in_one_line(error)
        audit.raised = None
        try:
            with _fallback(True):
                got = _vmap(function, dims)(*stacks)
        except Exception as error:
            _cannot(run, order, variant, error, audit, forward, stacks, dims)
            return
        note = f"torch loops, for want of a batching rule ({note})"
    for b in range(_BATCH):
        row = [wide(grad) for grad in wanted[b]]
        found = [wide(stack[b]) for stack in got]
        last = b == _BATCH - 1
        if last or any(a.shape != w.shape or run.is_off(a, w).any() for a, w in zip(found, row, strict=True)):
            run.compare("vmap", order, variant, found, row, note)
            return


def _cannot(
    run: Run,
    order: int,
    variant: str,
    error: Exception,
    audit: Audit,
    forward: Callable[..., Any] | None,
    stacks: Sequence[Any],
    dims: Sequence[int | None],
) -> None:
    """A finding for a function that cannot be vmapped: is it the gradient, or what it is the gradient of?"""
    if forward is not None and audit.raised is None:
        try:
            _vmap(forward, dims)(*stacks)
        except Exception as inner:
            shapes = "dynamic shape" in str(inner)
            text = f"{'the shapes of results depend on values' if shapes else 'the function itself raises'}: "
            run.add(
                "vmap", "skipped" if shapes else "failed", order, variant, detail=text + in_one_line(inner)
            )
            return
    run.raised("vmap", order, variant, error, audit)


def _vmap(function: Callable[..., Any], dims: Sequence[int | None]) -> Callable[..., Any]:
    def mapped(*stacks: Any) -> Any:
        return torch.func.vmap(lambda *raws: tuple(function(*raws)), tuple(dims), randomness="same")(*stacks)

    return mapped


@contextlib.contextmanager
def _fallback(enabled: bool) -> Iterator[None]:
    """Whether torch may loop where an op of its own has no batching rule."""
    functorch: Any = torch._C._functorch
    before = functorch._is_vmap_fallback_enabled()
    functorch._set_vmap_fallback_enabled(enabled)
    functorch._set_vmap_fallback_warning_enabled(False)  # the finding says so
    try:
        yield
    finally:
        functorch._set_vmap_fallback_enabled(before)
        functorch._set_vmap_fallback_warning_enabled(True)
