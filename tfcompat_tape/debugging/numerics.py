"""`tf.debugging.enable_check_numerics`: the first op that gives a NaN or an infinity raises."""

from __future__ import annotations

import linecache
import sys
import threading
from collections.abc import Sequence
from typing import Any

import torch

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.errors import InvalidArgumentError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.coverage.names import is_internal
from tfcompat_tape.debugging.executions import listen, unlisten

__all__ = ["disable_check_numerics", "enable_check_numerics"]

# Ops that move values: what they give was there before.
_PASSING = frozenset(
    (
        *(
            "CheckNumerics",
            "Concat",
            "ConcatV2",
            "ExpandDims",
            "Fill",
            "Identity",
            "IdentityN",
            "Maximum",
            "Minimum",
        ),
        *("Reshape", "Slice", "Squeeze", "StridedSlice", "StridedSliceGrad", "Transpose", "Unpack"),
        *(
            "ConcatGrad",
            "ConcatV2Grad",
            "ExpandDimsGrad",
            "IdentityGrad",
            "ReshapeGrad",
            "SliceGrad",
            "SqueezeGrad",
        ),
        *("TransposeGrad", "UnpackGrad"),
    )
)
_limits: dict[
    int, tuple[int, int]
] = {}  # of each thread that checks: how many lines of a stack, how long a path


def enable_check_numerics(stack_height_limit: int = 30, path_length_limit: int = 50) -> None:
    """From here on, on this thread, an op that gives a NaN or an infinity raises, forward and in gradients.

    Complex results are not checked, nor are those of ops that only move values. While it is on, each op takes longer,
    as it waits for the device; afterwards it costs nothing.

    Args:
      stack_height_limit: how many places in the program the error names.
      path_length_limit: how many characters of the name of a file it shows.

    Raises:
      InvalidArgumentError: by the op; it names the op, what it was given, and the lines of the program that led there.

    Source: `tf.debugging.enable_check_numerics`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.enable_check_numerics()
    >>> try:
    ...     tf.math.log(0.0)
    ... except tf.errors.InvalidArgumentError as error:
    ...     print(str(error).splitlines()[2])
    !!! Detected Infinity or NaN in output 0 of eagerly-executing op "Log" (# of outputs: 1) !!!
    >>> tf.debugging.disable_check_numerics()
    """
    _limits[threading.get_ident()] = (int(stack_height_limit), int(path_length_limit))
    listen(_check)


def disable_check_numerics() -> None:
    """Check no more on this thread. Source: `tf.debugging.disable_check_numerics`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.disable_check_numerics()
    """
    _limits.pop(threading.get_ident(), None)
    if not _limits:
        unlisten(_check)


def _check(name: str, inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
    limits = _limits.get(threading.get_ident())
    if limits is None or name in _PASSING:
        return
    for i, raw in enumerate(outputs):
        if not isinstance(raw, torch.Tensor) or not raw.is_floating_point():
            continue
        finite = torch.isfinite(_whole(raw)).all()
        known = reading.known(finite)
        if known is None:  # found out whenever what is traced here is run
            torch._assert_async(finite, f'Detected Infinity or NaN in output {i} of op "{name}"')
        elif not known:
            raise _found(name, i, _whole(raw), len(outputs), inputs, limits)


def _whole(raw: torch.Tensor) -> torch.Tensor:
    """Within a vectorized function, the values of all that it is run for."""
    while torch._C._functorch.is_batchedtensor(raw):
        raw = torch._C._functorch.get_unwrapped(raw)
    return raw


def _found(
    name: str, i: int, raw: torch.Tensor, count: int, inputs: Sequence[Any], limits: tuple[int, int]
) -> InvalidArgumentError:
    lines = [
        "",
        "",
        f'!!! Detected Infinity or NaN in output {i} of eagerly-executing op "{name}" (# of outputs: {count}) !!!',
        f"  dtype: <dtype: '{dtypes.FROM_TORCH[raw.dtype].name}'>",
        f"  shape: {tuple(raw.shape)}",
    ]
    kinds = []
    for kind, found in (
        ("-Inf", torch.isneginf(raw)),
        ("+Inf", torch.isposinf(raw)),
        ("NaN", torch.isnan(raw)),
    ):
        number = int(found.sum())
        if number:
            lines.append(f"  # of {'+' if kind == 'NaN' else ''}{kind} elements: {number}")
            kinds.append(kind)
    given = [f"{Tensor(_whole(one), None)!s}" for one in inputs if isinstance(one, torch.Tensor)]
    lines.append("")
    if len(given) == 1:
        lines.append(f"  Input tensor: {given[0]}")
    elif given:
        lines.append(f"  Input tensors ({len(given)}):")
        lines += [f"         {k}: {text}" for k, text in enumerate(given)]
    lines += ["", *_places(*limits), ""]
    words = {1: "{}", 2: "{} and {}", 3: "{}, {}, and {}"}[len(kinds)].format(*kinds)
    return InvalidArgumentError(None, None, "\n".join(lines) + f" : Tensor had {words} values")


def _places(height: int, width: int) -> list[str]:
    """The lines of the program that led here, the outermost first."""
    frame: Any = sys._getframe(1)
    found: list[str] = []
    while frame is not None and len(found) < 2 * height:
        if not is_internal(frame):
            path, line = frame.f_code.co_filename, frame.f_lineno
            shown = path if len(path) <= width else f"...{path[-width:]}"
            found.append(f" -> |   {linecache.getline(path, line).strip()}")
            found.append(f"    + {shown} (L{line}) {frame.f_code.co_name}")
        frame = frame.f_back
    return ["  Stack trace of op's execution:", *reversed(found)]
