"""The entrances: check a function, check an op, or raise."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape.checking.options import Options
from tfcompat_tape.checking.report import Finding, Report, in_one_line
from tfcompat_tape.checking.run import Run
from tfcompat_tape.checking.subject import Subject, wide
from tfcompat_tape.core import devices
from tfcompat_tape.core.registry import OPS


def check_gradients(
    function: Callable[..., Any] | str,
    *args: Any,
    name: str | None = None,
    options: Options | None = None,
    **changes: Any,
) -> Report:
    """Check the gradients of `function` at the point `args`, in every way there is.

    Args:
      function: any function of Tensors, with nested results; what is not floating or complex among them is left out.
        Or the name of a registered op, see `check_op`.
      *args: its arguments: arrays, numbers, lists of numbers, Tensors, Variables, or nested structures of these.
        Floating and complex ones are differentiated, in float64; integers, booleans and strings are passed on.
      name: what the report calls the function.
      options: see `Options`.
      **changes: fields of the options by name: `order=1`, `checks=("vmap",)`.

    Returns:
      A Report, which is true if nothing is off. What cannot run is among its findings as skipped, with the reason.

    Raises:
      ValueError: an option that does not exist or is out of range.
      TypeError: a keyword that is no option.

    Elements at which finite differences show that there is no derivative (a kink, a jump) are not compared; the report
    says so.

    >>> import tfcompat_tape as tf
    >>> from tfcompat_tape.checking import check_gradients
    >>> bool(check_gradients(lambda x: tf.exp(x) / x, [1.0, 2.0]))
    True
    >>> @tf.custom_gradient
    ... def cube(x):
    ...     return x**3, lambda dy: dy * 2 * x**2
    >>> print(check_gradients(cube, [1.0, 2.0], checks=["first order"]))
    cube: 1 of 1 checks failed (float64; ops: Pow, cube, Mul)
      FAILED   first order   argument 0, element (0,): got ..., wanted ... (tolerance ...); 2 of 2 elements are off
    """
    if isinstance(function, str):
        return check_op(function, *args, options=_options(options, changes))
    name = name or str(getattr(function, "__name__", repr(function)))
    return _check(name, function, args, _options(options, changes))


def check_op(
    name: str, /, *inputs: Any, options: Options | dict[str, Any] | None = None, **attrs: Any
) -> Report:
    """Check the gradient rule (and JVP) of the registered op `name`.

    Args:
      name: an op type, such as "Tanh".
      *inputs: the op's tensors, as in `check_gradients`.
      options: see `Options`; a dict of its fields will do.
      **attrs: the op's attributes, by the names with which it was defined.

    Returns:
      A Report. Of an op that is registered as not differentiable every check is skipped.

    Raises:
      KeyError: there is no op of that name.

    >>> from tfcompat_tape.checking import check_op
    >>> bool(check_op("Sum", [[1.0, 2.0], [3.0, 4.0]], axis=(1,)))
    True
    """
    if name not in OPS:
        close = difflib.get_close_matches(name, OPS)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise KeyError(f"No op named {name!r} is registered.{hint}")
    op = OPS[name]
    chosen = _options(None, options) if isinstance(options, dict) else options or Options()
    if not op.differentiable:
        skipped = [
            Finding(check, "skipped", "CPU:0", detail="the op is registered as not differentiable")
            for check in chosen.checks
        ]
        return Report(name, tuple(skipped))
    return _check(name, lambda *tensors: op.call(*tensors, **attrs), inputs, chosen)


def assert_gradients(
    function: Callable[..., Any] | str, *args: Any, options: Options | None = None, **changes: Any
) -> Report:
    """`check_gradients` for tests.

    Raises:
      AssertionError: something is off, or nothing could be checked; its text is the report.

    >>> import tfcompat_tape as tf
    >>> from tfcompat_tape.checking import assert_gradients
    >>> _ = assert_gradients(tf.tanh, 0.5)
    """
    __tracebackhide__ = True
    report = check_gradients(function, *args, options=options, **changes)
    report.raise_if_failed()
    return report


def _options(options: Options | None, changes: dict[str, Any]) -> Options:
    unknown = changes.keys() - {field.name for field in dataclasses.fields(Options)}
    if unknown:
        raise TypeError(
            f"Options have no {sorted(unknown)}; there are {[f.name for f in dataclasses.fields(Options)]}."
        )
    return dataclasses.replace(options or Options(), **changes)


def _check(name: str, function: Callable[..., Any], args: Sequence[Any], options: Options) -> Report:
    findings: list[Finding] = []
    ops: dict[str, None] = {}
    dtype = ""
    for device in options.devices or _all_devices():
        subject, obstacle = _subject(function, args, options, device)
        dtype = subject.dtype
        if obstacle is not None:
            findings.append(obstacle)
            continue
        with devices.device(device):
            run = Run(subject, options)
            findings += run.run()
        ops.update(run.audit.ops)
    return Report(name, tuple(findings), tuple(ops), dtype)


def _all_devices() -> list[str]:
    return ["CPU:0", *[f"GPU:{i}" for i in range(len(devices.visible_gpus()))]]


def _subject(
    function: Callable[..., Any], args: Sequence[Any], options: Options, device: str
) -> tuple[Subject, Finding | None]:
    """The subject in the widest dtype that the function takes, and a finding if it cannot be checked."""
    tried = []
    for dtype in (options.dtype,) if options.dtype else ("float64", "float32"):
        subject = Subject(
            function, args, constant=options.constant, dtype=dtype, device=device, seed=options.seed
        )
        obstacle = _obstacle(subject)
        if obstacle is None or not obstacle.failed:
            return subject, obstacle
        tried.append((subject, obstacle))
    return tried[0]


def _obstacle(subject: Subject) -> Finding | None:
    """Why the subject cannot be checked at all."""

    def finding(status: Any, detail: str) -> Finding:
        return Finding("function", status, subject.device, detail=detail)

    if not subject.differentiable:
        return finding("skipped", "none of its arguments is differentiated")
    with devices.device(subject.device):
        try:
            once, again = [subject.results(subject.build(subject.raws)[0]) for _ in range(2)]
        except Exception as error:
            return finding("failed", f"it raises {in_one_line(error)}")
    if not once:
        return finding("skipped", "none of its results is floating or complex")
    subject.eps = max([subject.eps, *[torch.finfo(y._t.dtype).eps for y in once]])
    same = len(once) == len(again) and all(
        np.array_equal(wide(a._t), wide(b._t), equal_nan=True) for a, b in zip(once, again, strict=False)
    )
    return None if same else finding("skipped", "it gives something else when called again; fix its seed")
