"""What a checker found: one finding per check, and the report that holds them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Finding:
    """The outcome of one check on one device.

    Attributes:
      check: name of the check, one of `tfcompat_tape.checking.CHECKS`; "function" if the function cannot be checked.
      status: "passed", "failed" or "skipped"; what is skipped says why in `detail`.
      device: TensorFlow's short name of the device, "CPU:0".
      order: 1 for gradients, 2 for gradients of gradients, 0 where neither is meant.
      variant: which of the kinds of this check, such as "over inputs".
      argument: which argument is off: its position, followed by the path in a nested one, as in "1['w']".
      element: index of the first element of that argument that is off.
      got: what the gradient rules gave for this element.
      wanted: what it should be.
      tolerance: the difference that would have been allowed.
      op: the op whose rule is to blame, where that is known.
      detail: in words what is wrong, why the check was skipped, or what a passed one left out.

    >>> import tfcompat_tape as tf
    >>> from tfcompat_tape.checking import check_gradients
    >>> report = check_gradients(tf.sin, 1.0)
    >>> [finding.check for finding in report.findings if finding.status == "failed"]
    []
    """

    check: str
    status: Status
    device: str
    order: int = 0
    variant: str = ""
    argument: str | None = None
    element: tuple[int, ...] | None = None
    got: Any = None
    wanted: Any = None
    tolerance: float | None = None
    op: str | None = None
    detail: str = ""

    @property
    def passed(self) -> bool:
        """Whether the check ran and found nothing."""
        return self.status == "passed"

    @property
    def failed(self) -> bool:
        """Whether something is off."""
        return self.status == "failed"

    @property
    def skipped(self) -> bool:
        """Whether the check could not run."""
        return self.status == "skipped"

    @property
    def title(self) -> str:
        """The check in words: "vmap over inputs, second order"."""
        words = self.check if not self.variant else f"{self.check} {self.variant}"
        return f"{words}, second order" if self.order == 2 and self.check != "second order" else words

    def __str__(self) -> str:
        where = [] if self.op is None else [f"op {self.op}"]
        if self.argument is not None:
            where.append(f"argument {self.argument}")
        if self.element is not None:
            where.append(f"element {self.element}")
        text = ", ".join(where)
        if self.wanted is not None:
            text += f": got {_number(self.got)}, wanted {_number(self.wanted)}"
            if self.tolerance is not None:
                text += f" (tolerance {self.tolerance:.1e})"
        if self.detail:
            text += f"{'; ' if self.wanted is not None else ': ' if text else ''}{self.detail}"
        word = "FAILED" if self.failed else self.status
        return f"{word:<8} {self.title:<40} {text}".rstrip()


def in_one_line(error: BaseException) -> str:
    """An exception as a detail of a finding."""
    lines = str(error).strip().splitlines()
    text = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    return textwrap.shorten(text, 240, placeholder=" ...")


def _number(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, (int, float, complex)) else str(value)


@dataclass(frozen=True)
class Report:
    """All findings about one function or op; true if nothing failed.

    Attributes:
      name: what was checked.
      findings: in the order of the checks, device by device.
      ops: types of the ops that the gradient went through.
      dtype: the floating dtype in which it was checked.

    >>> from tfcompat_tape.checking import check_op
    >>> print(check_op("Square", [1.0, 2.0], options={"order": 1, "checks": ("rules", "first order")}))
    Square: all 2 checks passed (float64; ops: Square)
      passed   rules; first order
    """

    name: str
    findings: tuple[Finding, ...]
    ops: tuple[str, ...] = ()
    dtype: str = "float64"

    @property
    def ok(self) -> bool:
        """Whether no check failed."""
        return not self.failures

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings of checks that failed."""
        return tuple([finding for finding in self.findings if finding.failed])

    @property
    def skipped(self) -> tuple[Finding, ...]:
        """The findings of checks that could not run."""
        return tuple([finding for finding in self.findings if finding.skipped])

    def __bool__(self) -> bool:
        return self.ok

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def raise_if_failed(self) -> None:
        """Raise AssertionError with the text of the report if a check failed, or if none could run."""
        if self.failures or not any(finding.passed for finding in self.findings):
            raise AssertionError(str(self))

    def _verdict(self) -> str:
        done = len(self.findings) - len(self.skipped)
        if self.failures:
            return f"{len(self.failures)} of {done} checks failed"
        if not done:
            return "nothing could be checked"
        return f"all {done} checks passed" + (f", {len(self.skipped)} skipped" if self.skipped else "")

    def __str__(self) -> str:
        ops = f"; ops: {', '.join(self.ops)}" if self.ops else ""
        lines = [f"{self.name}: {self._verdict()} ({self.dtype}{ops})"]
        devices = list(dict.fromkeys(finding.device for finding in self.findings))
        for device in devices:
            if len(devices) > 1:
                lines.append(f"  on {device}:")
            here = [finding for finding in self.findings if finding.device == device]
            plain = [finding.title for finding in here if finding.passed and not finding.detail]
            lines += [f"  {finding}" for finding in here if not finding.passed or finding.detail]
            if plain:
                lines += textwrap.wrap(
                    "passed   " + "; ".join(plain), 110, initial_indent="  ", subsequent_indent=" " * 11
                )
        return "\n".join(lines)
