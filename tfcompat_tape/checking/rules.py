"""Every gradient rule on the way, watched at work: what it returns, what it changes, and where it raises.

An audit is a recording that differentiates nothing. It sees each entry as it is made, together with its value, and
gives it a copy of its op whose rules are wrapped. Nothing that others see is changed.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from tfcompat_tape.core import dtypes, wengert
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import Op, UserRule
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, Output, Recording
from tfcompat_tape.tape.operation import Operation


@dataclass(frozen=True)
class Described:
    """Shape and dtype of a value."""

    shape: tuple[int, ...]
    dtype: torch.dtype

    def __str__(self) -> str:
        return f"{dtypes.FROM_TORCH[self.dtype].name}{list(self.shape)}"


def describe(raw: Any) -> Described:
    """Shape and dtype of a raw tensor."""
    return Described(tuple(raw.shape), raw.dtype)


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with what a rule did.

    Attributes:
      op: the op type.
      rule: "gradient rule" or "JVP".
      text: what is wrong, with the input's number.
    """

    op: str
    rule: str
    text: str


class Audit(Recording):
    """Watches the rules of what is computed from some values.

    Attributes:
      values: what is known of the value of each entry.
      ops: types of the ops that were recorded, in order.
      problems: what the rules did wrong.
      raised: op type and kind of the first rule that raised an exception.
    """

    __slots__ = ("_copies", "ops", "problems", "raised", "values")

    differentiates = False

    def __init__(self) -> None:
        super().__init__(persistent=True, watches_variables=False)
        self.values: dict[Entry, Any] = {}
        self.ops: dict[str, None] = {}
        self.problems: dict[Problem, None] = {}
        self.raised: tuple[str, str] | None = None
        self._copies: dict[Any, Any] = {}

    @contextlib.contextmanager
    def watching(self, sources: Sequence[Any]) -> Iterator[None]:
        """Within this context, audit whatever is computed from `sources`."""
        for source in sources:
            self.values[wengert.watch_value(source, self.ids)] = describe(source._t)
        wengert.start(self)
        try:
            yield
        finally:
            wengert.stop(self)

    def append(self, entry: Entry, result: Any) -> None:
        """Note what `entry` is, and wrap its rules."""
        super().append(entry, result)
        if isinstance(result, tuple):
            self.values[entry] = [describe(raw) for raw in result]
        elif result is not None:
            self.values[entry] = describe(result)
        op: Any = entry.op
        if op is not None and type(op) is not Output:
            self.ops[op.name] = None
            entry.op = self._audited(op)

    def _audited(self, op: Op) -> Any:
        if op not in self._copies:
            audited = copy.copy(op)
            if isinstance(op.rule, UserRule):
                audited.rule = UserRule(self._wrap(op, op.rule.function))
            elif op.rule is not None:
                audited.rule = self._wrap(op, op.rule)
            if op.jvp is not None:
                audited.jvp = self._wrap_jvp(op, op.jvp)
            self._copies[op] = self._copies[audited] = audited
        return self._copies[op]

    def _wrap(self, op: Op, rule: Callable[..., Any]) -> Callable[..., Any]:
        def audited(view: Any, *cotangents: Any) -> Any:
            given = [raw for raw in map(_raw, [*cotangents, *view.inputs, *view.outputs]) if raw is not None]
            before = [_version(raw) for raw in given]
            try:
                grads = rule(view, *cotangents)
            except Exception:
                self.raised = self.raised or (op.name, "gradient rule")
                raise
            if any(_version(raw) != version for raw, version in zip(given, before, strict=True)):
                self._complain(op, "gradient rule", "it writes into a tensor that it was given")
            self._check(op, view, grads)
            return grads

        for mark in ("takes_slices", "let_go"):
            if hasattr(rule, mark):
                setattr(audited, mark, getattr(rule, mark))
        return audited

    def _wrap_jvp(self, op: Op, jvp: Callable[..., Any]) -> Callable[..., Any]:
        def audited(view: Any, *tangents: Any) -> Any:
            entry = getattr(view, "entry", view)
            try:
                pushed = jvp(view, *tangents)
            except Exception:
                self.raised = self.raised or (op.name, "JVP")
                raise
            wanted = self.values.get(entry)
            pairs = zip(pushed, wanted, strict=False) if isinstance(wanted, list) else [(pushed, wanted)]
            for i, (got, want) in enumerate(pairs):
                if want is not None and (text := _mismatch(got, want)):
                    self._complain(op, "JVP", f"the tangent of output {i} {text}")
            return pushed

        return audited

    def _check(self, op: Op, view: Any, grads: Any) -> None:
        """Compare what a rule returned with the inputs that it is for."""
        user = type(view) is Operation  # which also has inputs that are no values of the list, such as axes
        count = len(view.inputs) if user else len(getattr(view, "entry", view).parents)
        if count == 1 and not (user and isinstance(grads, (list, tuple))):
            grads = [grads]
        if not isinstance(grads, (list, tuple)):
            kind = type(grads).__name__
            self._complain(op, "gradient rule", f"it returned one {kind} for {count} inputs")
            return
        if len(grads) != count:
            text = f"it returned {len(grads)} gradients for {count} input{'s'[: count != 1]}"
            self._complain(op, "gradient rule", text)
            return
        if user:
            grads, view = view.of_recorded(grads), view._view
        for i, (grad, parent) in enumerate(zip(grads, getattr(view, "entry", view).parents, strict=True)):
            wanted = self.values.get(parent) if parent is not None and view.needs[i] else None
            if isinstance(wanted, Described) and (wrong := _mismatch(grad, wanted)):
                self._complain(op, "gradient rule", f"the gradient of input {i} {wrong}")

    def _complain(self, op: Op, rule: str, text: str) -> None:
        self.problems[Problem(op.name, rule, text)] = None


def _mismatch(got: Any, wanted: Described) -> str | None:
    """What is wrong with a gradient or tangent of a value; None where nothing is."""
    if got is None:
        return None
    if isinstance(got, IndexedSlices):
        values, indices = _raw(got.values), _raw(got.indices)
        if values is None or indices is None:
            return "is IndexedSlices of something else than Tensors"
        rows = Described((*indices.shape, *wanted.shape[1:]), wanted.dtype)
        if describe(values) != rows:
            return f"has rows {describe(values)}, which must be {rows} for an input {wanted}"
        return None
    raw = _raw(got)
    if raw is None:
        return f"is a {type(got).__name__}, which must be a Tensor of {wanted}"
    return None if describe(raw) == wanted else f"is {describe(raw)}, which must be {wanted}"


def _raw(value: Any) -> Any:
    """The torch tensor in a value, `None` if there is none."""
    if type(value) is Tensor:
        value = value._t
    return value if isinstance(value, torch.Tensor) else None


def _version(raw: torch.Tensor) -> int:
    """How often a tensor was written to; transformed tensors do not say."""
    try:
        return raw._version
    except RuntimeError:
        return 0
