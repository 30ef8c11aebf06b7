"""What a check can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CHECKS = ("rules", "first order", "second order", "forward mode", "vmap", "make_fx")
"""The names of the checks, in the order in which they run."""


@dataclass(frozen=True)
class Options:
    """What a check can be told; the defaults are sound for functions that are smooth around the point.

    Attributes:
      order: 1 or 2, the highest derivative to check.
      checks: which of `CHECKS` to run.
      constant: positions of arguments that are not differentiated, although they are floating or complex.
      dtype: "float64" or "float32": floating arguments are cast to it, complex ones to the complex dtype of that
        precision. By default float64, and float32 for what takes no float64; tolerances become those of the dtype.
      devices: TensorFlow's names of devices ("CPU:0"); by default all that there are.
      step: first step of the finite differences, for arguments of magnitude up to 1 (it grows with larger ones);
        `eps**(1/5)` by default (1e-3 in float64), which balances truncation and rounding of the extrapolated
        difference. Smaller steps are tried by themselves where they are needed.
      rtol, atol: allowed difference from finite differences, relative to the gradient and absolute; by default
        `eps**0.4` (5e-7 in float64) and a hundredth of that.
      exact: allowed relative difference where two ways to compute one thing are compared (forward and reverse, vmap
        and loop, trace and eager run); `eps**0.6` by default (4e-10 in float64).
      elements: how many elements of each argument to compare with finite differences, spread evenly; all by default.
      elsewhere: arguments like those of the check at which a trace is run again, and which are vmapped together with
        them; by default the arguments of the check a little off, integers unchanged.
      tracing_modes: which modes of `make_fx` to trace in, "real" and "fake".
      seed: of the random cotangents and tangents.

    >>> import tfcompat_tape as tf
    >>> from tfcompat_tape.checking import Options, check_gradients
    >>> check_gradients(tf.sin, 1.0, options=Options(order=1, checks=["first order"], rtol=1e-5)).ok
    True
    """

    order: int = 2
    checks: Sequence[str] = CHECKS
    constant: Sequence[int] = ()
    dtype: str | None = None
    devices: Sequence[str] | None = None
    step: float | None = None
    rtol: float | None = None
    atol: float | None = None
    exact: float | None = None
    elements: int | None = None
    elsewhere: Sequence[Any] | None = None
    tracing_modes: Sequence[str] = ("real", "fake")
    seed: int = 0

    def __post_init__(self) -> None:
        if self.order not in (1, 2):
            raise ValueError(f"order must be 1 or 2, got {self.order!r}.")
        unknown = [check for check in self.checks if check not in CHECKS]
        if isinstance(self.checks, str) or unknown:
            raise ValueError(f"checks must be among {CHECKS}, got {self.checks!r}.")
        if isinstance(self.tracing_modes, str) or not set(self.tracing_modes) <= {"real", "fake"}:
            raise ValueError(f"tracing_modes must be among 'real' and 'fake', got {self.tracing_modes!r}.")
        if self.dtype not in (None, "float32", "float64"):
            raise ValueError(f"dtype must be 'float64' or 'float32', got {self.dtype!r}.")
