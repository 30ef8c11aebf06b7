"""`make_fx`: a gradient that was traced at one point must be right at another one.

A rule that reads values while it is traced bakes them into the trace, or cannot be traced at all. Real tensors show the
first, fake tensors (which have no values, as under `torch.compile`) the second.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch._guards import TracingContext, tracing
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.proxy_tensor import make_fx

from tfcompat_tape.checking.report import in_one_line
from tfcompat_tape.checking.rules import Audit
from tfcompat_tape.checking.subject import wide

if TYPE_CHECKING:
    from tfcompat_tape.checking.run import Run

_MODES = {"real": "", "fake": "with fake tensors"}


def check(run: Run) -> None:
    """Trace the gradients in both modes; second and first order at once, or the first alone if that fails."""
    for mode in run.options.tracing_modes:
        for order in sorted(run.reference, reverse=True):
            if _check_mode(run, order, mode, _MODES[mode]):
                break


def trace_of(function: Callable[..., Any], *raws: Any, mode: Any = "real") -> Any:
    """The trace of `function` at `raws`."""
    # One fake mode describes all values of a trace of real tensors; without it each would be given one of its own.
    with tracing(TracingContext(FakeTensorMode())) if mode == "real" else nullcontext():
        # What our ops keep as constants are real tensors.
        return make_fx(function, tracing_mode=mode, _allow_non_fake_inputs=mode == "fake")(*raws)


class _Traced:
    """The gradients as a function of all tensors that a trace takes: the arguments, and the cotangents.

    Args:
      held: the arguments that are no inputs of a trace, but constants of it.
    """

    def __init__(self, run: Run, order: int, audit: Audit) -> None:
        self.subject = run.subject
        self.order = order
        self.audit = audit
        self.keys = list(run.subject.used(order))
        self.raws = run.subject.raws
        self.held = [i for i, raw in enumerate(self.raws) if not isinstance(raw, torch.Tensor)]
        used = run.subject.used(order)
        self.point = [*self.raws, *[used[key] for key in self.keys]]
        self.elsewhere = [*run.elsewhere(), *run.subject.fresh(self.keys, 0)]

    def gradients(self, *tensors: Any) -> list[torch.Tensor]:
        """Gradients for arguments and cotangents."""
        count = len(self.raws)
        with self.subject.lending(dict(zip(self.keys, tensors[count:], strict=True))):
            return self.subject.gradients(tensors[:count], self.order, self.audit)

    def results(self, *tensors: Any) -> list[torch.Tensor]:
        """The results alone."""
        args, _ = self.subject.build(tensors[: len(self.raws)])
        return [y._t for y in self.subject.results(args)]

    def retraced(self, function: Callable[..., Any], mode: Any) -> Any:
        """Trace `function` at the point, and run the trace elsewhere."""
        free = [i for i in range(len(self.point)) if i not in self.held]

        def of_free(*given: torch.Tensor) -> Any:
            filled = list(self.point)
            for i, raw in zip(free, given, strict=True):
                filled[i] = raw
            return function(*filled)

        trace = trace_of(of_free, *[self.point[i] for i in free], mode=mode)
        return trace(*[self.elsewhere[i] for i in free])


def _check_mode(run: Run, order: int, mode: str, variant: str) -> bool:
    """Check one mode; False if there is no trace of this order."""
    audit = Audit()
    traced = _Traced(run, order, audit)
    wanted = _eager(run, order, variant, traced)
    if wanted is None:
        return True
    note = ""
    try:
        got = traced.retraced(traced.gradients, mode)
    except Exception as error:
        integers = [i for i, argument in enumerate(run.subject.arguments) if not argument.differentiable]
        if len(traced.held) == len(integers):
            _cannot(run, order, variant, mode, error, traced)
            return False
        note = f"with integer arguments held constant; otherwise {in_one_line(error)}"
        audit.raised = None
        traced.held = integers
        try:
            got = traced.retraced(traced.gradients, mode)
        except Exception as error:
            _cannot(run, order, variant, mode, error, traced)
            return False
    found = [wide(raw) for raw in got]
    count = len(run.subject.differentiable)
    for k in range(1, order + 1):
        part = slice((k - 1) * count, k * count)
        run.compare("make_fx", k, variant, found[part], wanted[part], note)
    return True


def _eager(run: Run, order: int, variant: str, traced: _Traced) -> list[Any] | None:
    """The gradients elsewhere, without a trace; a finding if that is no good place."""
    try:
        wanted = [wide(raw) for raw in traced.gradients(*traced.elsewhere)]
    except Exception as error:
        text = f"the gradient raises {in_one_line(error)} at the other point; name a better one (`elsewhere`)"
        run.add("make_fx", "skipped", order, variant, detail=text)
        return None
    here = [grad for k in range(1, order + 1) for grad in run.reference[k]]
    if any(np.isfinite(a).all() and not np.isfinite(b).all() for a, b in zip(here, wanted, strict=True)):
        text = "the gradient is not finite at the other point; name a better one (`elsewhere`)"
        run.add("make_fx", "skipped", order, variant, detail=text)
        return None
    return wanted


def _cannot(run: Run, order: int, variant: str, mode: str, error: Exception, traced: _Traced) -> None:
    """A finding for a gradient that cannot be traced: is it the gradient, or what it is the gradient of?"""
    if traced.audit.raised is None:
        try:
            traced.retraced(traced.results, mode)
        except Exception as inner:
            shapes = "DynamicOutputShape" in type(inner).__name__
            text = f"{'the shapes of results depend on values' if shapes else 'the function itself raises'}: "
            run.add(
                "make_fx",
                "skipped" if shapes else "failed",
                order,
                variant,
                detail=text + in_one_line(inner),
            )
            return
    run.raised("make_fx", order, variant, error, traced.audit)
