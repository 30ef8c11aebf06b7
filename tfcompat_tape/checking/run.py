"""One run of all checks: a subject, what was found so far, and the gradients that every check compares with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tfcompat_tape.checking import differences, forward, traces, vectorized
from tfcompat_tape.checking.options import CHECKS, Options
from tfcompat_tape.checking.report import Finding, in_one_line
from tfcompat_tape.checking.rules import Audit, describe
from tfcompat_tape.checking.subject import Subject, filled, wide

Arrays = list[np.ndarray[Any, Any]]


class Run:
    """The checks of one subject, one after the other.

    Attributes:
      rtol, atol, exact: tolerances, see `Options`.
      findings: what was found so far.
      audit: the audit of the eager runs; it knows which ops there were, and what their rules did wrong.
      op: the op type, if the function is a single op.
      reference: by order, the gradient with respect to each differentiable argument; without those that raise.
    """

    def __init__(self, subject: Subject, options: Options) -> None:
        eps = subject.eps
        self.subject = subject
        self.options = options
        self.rtol = eps**0.4 if options.rtol is None else options.rtol
        self.atol = 1e-2 * eps**0.4 if options.atol is None else options.atol
        self.exact = eps**0.6 if options.exact is None else options.exact
        self.findings: list[Finding] = []
        self.audit = Audit()
        self.op: str | None = None
        self.reference: dict[int, Arrays] = {}

    # -- findings ----------------------------------------------------------------------------------

    def add(self, check: str, status: Any, order: int = 0, variant: str = "", **fields: Any) -> None:
        """One more finding."""
        self.findings.append(Finding(check, status, self.subject.device, order, variant, **fields))

    def label(self, number: int) -> str:
        """The label of differentiable argument `number`."""
        return self.subject.arguments[self.subject.differentiable[number]].label

    def elsewhere(self) -> list[Any]:
        """Values of the arguments at another point."""
        given = self.options.elsewhere
        if given is None:
            return self.subject.moved("elsewhere")
        other = Subject(
            self.subject.function,
            given,
            constant=self.options.constant,
            dtype=self.subject.dtype,
            device=self.subject.device,
            seed=0,
        )
        if [a.label for a in other.arguments] != [a.label for a in self.subject.arguments]:
            raise ValueError("`elsewhere` must have the structure of the arguments.")
        return other.raws

    def allowed(self, wanted: Any) -> float:
        """The difference from `wanted` that rounding explains, where two ways compute one thing."""
        with np.errstate(all="ignore"):
            scale = np.max(np.abs(wanted), initial=0.0, where=np.isfinite(wanted))
        return self.exact * max(float(scale), 1e-3)

    def is_off(self, got: Any, wanted: Any) -> Any:
        """Where `got` differs from `wanted` by more than rounding."""
        with np.errstate(all="ignore"):
            near = np.abs(got - wanted) <= self.allowed(wanted)
        return ~(near | (got == wanted) | (np.isnan(got) & np.isnan(wanted)))

    def compare(
        self, check: str, order: int, variant: str, got: Arrays, wanted: Arrays, detail: str = ""
    ) -> None:
        """Compare gradients by argument: a finding for each argument that is off, or one for all that passed."""
        count = len(self.findings)
        for number, (a, b) in enumerate(zip(got, wanted, strict=True)):
            if a.shape != b.shape:
                text = f"the gradient has shape {list(a.shape)}, which must be {list(b.shape)}"
                self.add(check, "failed", order, variant, argument=self.label(number), detail=text)
            elif (off := self.is_off(a, b)).any():
                element = tuple([int(i) for i in np.argwhere(off)[0]])
                self.add(
                    check,
                    "failed",
                    order,
                    variant,
                    argument=self.label(number),
                    element=element,
                    got=a[element].item(),
                    wanted=b[element].item(),
                    tolerance=self.allowed(b),
                    detail=f"{off.sum()} of {off.size} elements are off",
                )
        if len(self.findings) == count:
            self.add(check, "passed", order, variant, detail=detail)

    def raised(
        self, check: str, order: int, variant: str, error: Exception, audit: Audit | None = None
    ) -> None:
        """A finding for an exception: which rule raised it, or that something else did."""
        text = in_one_line(error)
        if missing_gradient(error) and check != "first order":
            self.add(check, "skipped", order, variant, detail=text)
            return
        op, rule = audit.raised if audit is not None and audit.raised else (None, "")
        self.add(check, "failed", order, variant, op=op, detail=f"its {rule} raises {text}" if op else text)

    # -- the checks, in order ----------------------------------------------------------------------

    def run(self) -> list[Finding]:
        """All findings."""
        self._refer(1, "first order", self.subject.first)
        if 1 in self.reference and self.options.order == 2:
            self._refer(2, "second order", self.subject.second)
        checks: dict[str, Callable[[Run], None]] = {
            "rules": check_rules,
            "first order": lambda run: differences.check(run, 1),
            "second order": lambda run: differences.check(run, 2),
            "forward mode": forward.check,
            "vmap": vectorized.check,
            "make_fx": traces.check,
        }
        for name, check in checks.items():
            if name in self.options.checks and not (name == "second order" and self.options.order == 1):
                if 1 in self.reference or name in ("rules", "first order"):
                    check(self)
                else:
                    self.add(name, "skipped", detail="there is no gradient to compare with")
        wanted = [f for f in self.findings if f.failed or f.check in self.options.checks]
        return sorted(wanted, key=lambda finding: CHECKS.index(finding.check))

    def _refer(self, order: int, check: str, gradient: Callable[..., Any]) -> None:
        """Compute the gradients that everything is compared with."""
        args, sources = self.subject.build(self.subject.raws)
        audit = Audit()
        try:
            _, grads = gradient(sources, args, audit)
        except Exception as error:
            self.raised(check, order, "", error, audit)
        else:
            found = filled(grads, sources)
            odd = [(i, raw) for i, raw in enumerate(found) if describe(raw) != describe(sources[i]._t)]
            for i, raw in odd:
                text = f"the gradient is {describe(raw)}, which must be {describe(sources[i]._t)}"
                self.add(check, "failed", order, argument=self.label(i), detail=text)
            if not odd:
                self.reference[order] = [wide(raw) for raw in found]
        if order == 1 and len(audit.ops) == 1:
            (self.op,) = audit.ops
        self.audit.ops.update(audit.ops)
        self.audit.problems.update(audit.problems)


def check_rules(run: Run) -> None:
    """What the gradient rules return: as many gradients as there are inputs, of their shapes and dtypes."""
    for problem in run.audit.problems:
        run.add("rules", "failed", op=problem.op, detail=f"its {problem.rule}: {problem.text}")
    if not run.audit.problems:
        run.add("rules", "passed")


def missing_gradient(error: BaseException) -> bool:
    """Whether an exception says that some op has no gradient at all."""
    return type(error) is LookupError
