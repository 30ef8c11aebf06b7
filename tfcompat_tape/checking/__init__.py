"""A checker of gradients, for authors of ops and of gradient rules.

`check_gradients` and `check_op` hold what a gradient rule gives against everything else that must give the same: finite
differences (first and second order), forward mode, `torch.func.vmap` (over cotangents, and over inputs) and traces by
`make_fx`, on every device there is. The report names the first element that is off, and the op whose rule returned
something of the wrong number, shape or dtype.
"""

from tfcompat_tape.checking.check import assert_gradients, check_gradients, check_op
from tfcompat_tape.checking.options import CHECKS, Options
from tfcompat_tape.checking.report import Finding, Report

__all__ = ["CHECKS", "Finding", "Options", "Report", "assert_gradients", "check_gradients", "check_op"]
