"""The checker of gradients, over everything that a plugin brings."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfcompat_tape.core.dispatch import call_of
from tfcompat_tape.core.registry import COMPLEX, FLOATS, INTEGERS, OPS, Op, UserRule
from tfcompat_tape.plugins.asking import Plugin
from tfcompat_tape.plugins.building import BuiltGradient, BuiltOp
from tfcompat_tape.plugins.definitions import REQUIRED, Example
from tfcompat_tape.plugins.faults import PluginError
from tfcompat_tape.plugins.functions import Reference
from tfcompat_tape.plugins.manager import load

# What also holds for a gradient that is not the derivative, on purpose.
OF_SURROGATES = ("rules", "vmap", "make_fx")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the log that torch writes of every trace, which pytest would show with every failure."""
    logger = logging.getLogger("torch.__trace")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


@dataclass(frozen=True)
class Case:
    """One op or gradient of a plugin, at one example.

    Attributes:
      label: "Cube", or "Cube[1]" for the second of several examples, or "Relu: GuidedRelu" for a gradient.
      function: the op as it is to be differentiated.
      example: its inputs and attributes; `None` where there is nothing to differentiate.
      surrogate: whether the gradient is not the derivative, on purpose.
      made_up: whether the example was made up, because there was none.
    """

    label: str
    function: Callable[..., Any]
    example: Example | None
    surrogate: bool = False
    made_up: bool = False

    def run(self, **options: Any) -> Any:
        """The report of the checker; see `tfcompat_tape.checking.Options`."""
        from tfcompat_tape.checking import Report, check_gradients

        example = self.example
        if example is None:
            return Report(self.label, ())

        def function(*tensors: Any) -> Any:
            return self.function(*tensors, **example.attrs)

        def checked(**given: Any) -> Any:
            with _quiet():
                return check_gradients(function, *example.inputs, name=self.label, **given)

        if not self.surrogate:
            return checked(**options)
        report = checked(**{"checks": OF_SURROGATES, **options})
        if any(finding.skipped and finding.check in OF_SURROGATES for finding in report):
            # Perhaps the gradient raises, which is found where it is compared with finite differences.
            alone = checked(**{**options, "checks": ("first order",), "elements": 0})
            if alone.failures:
                return alone
        return report

    def check(self, **options: Any) -> str:
        """The text of the report.

        Raises:
          AssertionError: something is off, or nothing could be checked; its text is the report.
        """
        __tracebackhide__ = True
        report = self.run(**options)
        text = str(report)
        if self.made_up:
            text += f"\n  no examples were given; made up: {_shapes(self.example)}"
        if self.example is None:
            return f"{self.label}: has no gradient to check"
        if report.failures or not any(finding.passed for finding in report):
            misfit = self.made_up and any(finding.check == "function" for finding in report)
            raise AssertionError(text + ("\n  Give the definition `examples` that fit it." if misfit else ""))
        return text


def labels(plugin: Any) -> list[str]:
    """The labels of all cases of `plugin`, which is loaded for it if it is not."""
    with load(plugin) as loading:
        return [case.label for one in loading.plugins for case in cases(one)]


def cases(plugin: Plugin) -> list[Case]:
    """What there is to check in a plugin that is loaded; PluginError if one of its functions cannot be imported."""
    found: list[Case] = []
    for built in plugin.ops:
        _resolve(built.references)
        definition, op = built.definition, built.op
        if op.rule is None:
            found.append(Case(op.name, op.call, None))
            continue
        found += _cases(op.name, op.call, op, built, definition.surrogate, dict(definition.attrs))
    for gradient in plugin.gradients:
        _resolve(gradient.references)
        definition_ = gradient.definition
        op = OPS[definition_.op_type]
        attrs = dict(op.defaults)
        if definition_.name is not None:
            label = f"{op.name}: {definition_.name}"
            found += _cases(label, _with_rule(op, gradient), op, gradient, definition_.surrogate, attrs)
        if definition_.default:
            found += _cases(f"{op.name}: default", op.call, op, gradient, definition_.surrogate, attrs)
    return found


def _resolve(references: Sequence[Reference]) -> None:
    for reference in references:
        reference.resolve()


def _cases(
    label: str,
    function: Callable[..., Any],
    op: Op,
    built: BuiltOp | BuiltGradient,
    surrogate: bool,
    attrs: dict[str, Any],
) -> list[Case]:
    given: Any = built.definition.examples
    if isinstance(given, str):
        given = next(reference for reference in built.references if reference.given == given)
    if callable(given):
        given = given()
    examples = [_example(one, label) for one in given]
    if examples:
        several = len(examples) > 1
        return [
            Case(f"{label}[{i}]" if several else label, function, example, surrogate)
            for i, example in enumerate(examples)
        ]
    missing = [name for name, value in attrs.items() if value is REQUIRED]
    if missing:
        raise PluginError(
            f"{label}: give the definition `examples`: nobody else knows what {missing[0]!r} may be."
        )
    return [Case(label, function, _made_up(op), surrogate, made_up=True)]


def _example(given: Any, label: str) -> Example:
    if isinstance(given, Example):
        return given
    if isinstance(given, tuple):
        return Example(*given)
    raise PluginError(
        f"{label}: an example is {given!r}. Write Example(*inputs, **attrs), or a tuple of inputs."
    )


def _made_up(op: Op) -> Example:
    """Random inputs for an op of which nothing else is known."""
    generator = np.random.default_rng(0)
    names = [*op.inputs, "another"] if op.inputs[-1].startswith("*") else list(op.inputs)
    inputs: list[Any] = []
    for _ in names:
        values = generator.uniform(0.3, 1.7, (2, 3)) * generator.choice([-1.0, 1.0], (2, 3))
        if op.dtypes & FLOATS:
            inputs.append(values)
        elif op.dtypes & COMPLEX:
            inputs.append(values + 1j * generator.uniform(-1.0, 1.0, (2, 3)))
        elif op.dtypes & INTEGERS:
            inputs.append(generator.integers(0, 3, (2, 3)).astype(np.int32))
        else:
            inputs.append(values > 0.0)
    return Example(*inputs)


def _shapes(example: Example | None) -> str:
    assert example is not None
    return ", ".join(f"{x.dtype.name}{list(x.shape)}" for x in example.inputs)


def _with_rule(op: Op, gradient: BuiltGradient) -> Callable[..., Any]:
    """The op with the alternative gradient, as `gradient_override_map` would have it; not registered."""
    other = Op(
        op.name,
        op.kernel,
        inputs=op.inputs,
        defaults=op.defaults,
        outputs=op.outputs,
        dtypes=op.dtypes,
        same=op.same,
    )
    other.rule = UserRule(gradient.rule)
    other.fallback = op.fallback
    return call_of(other)
