"""The names of ops in the graph that TensorFlow would make of a function, while that is traced.

An op is called what the caller says (`name=`), or else what the public function that calls it calls it there, behind
the name scopes that are entered. Who that is, the stack says. A function that TensorFlow composes of several ops
opens a scope of its own.
"""

from __future__ import annotations

from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tfcompat_tape.core import naming
from tfcompat_tape.core.naming import Names
from tfcompat_tape.coverage.names import is_internal

_PACKAGE = Path(__file__).resolve().parents[1]
# Parts of the library whose functions have a parameter `name` that is not that of an op.
_ELSE = tuple(
    [
        str(_PACKAGE / part / "_")[:-1]
        for part in ("core", "tracing", "coverage", "graphs", "saved_model", "tape")
    ]
)

# What operators, and functions that are their ops, call an op that has another type.
OPS = {
    "AddV2": "add",
    "FloorDiv": "floordiv",
    "FloorMod": "mod",
    "Mul": "mul",
    "Pow": "pow",
    "RealDiv": "truediv",
    "StridedSlice": "strided_slice",
    "Sub": "sub",
}
_OF_ONE_OP = """
concat eye floordiv histogram_fixed_width in_top_k linspace multiply_no_nan one_hot range reciprocal_no_nan
scalar_mul split stack transpose truediv unstack
"""
_OF_SEVERAL = """
bessel_i0 bessel_i0e bessel_k0 bessel_k0e bessel_k1 bessel_k1e bessel_y0 bessel_y1 boolean_mask
clip_by_global_norm clip_by_norm clip_by_value count_nonzero dropout einsum erfinv foldl foldr global_norm
gradients l2_normalize lbeta meshgrid moments ndtri norm polyval reduce_std reduce_variance scan
softmax_cross_entropy_with_logits switch_case xdivy xlog1py xlogy zero_fraction
"""
# By the name of a function: what it calls its op, where that has another type.
FUNCTIONS = {
    **{name: name for name in _OF_ONE_OP.split()},
    "add": "Add",
    "assign_add": "AssignAddVariableOp",
    "assign_sub": "AssignSubVariableOp",
    "avg_pool1d": "AvgPool1D",
    "avg_pool2d": "AvgPool2D",
    "avg_pool3d": "AvgPool3D",
    "divide": "truediv",
    "divide_no_nan": "div_no_nan",
    "max_pool2d": "MaxPool2d",
    "of @": "matmul",
}
# By the name of a function that has several ops: the scope that they stand in; with a slash, one for all its calls.
SCOPES = {
    **{name: name for name in _OF_SEVERAL.split()},
    "angle": "Angle",
    "batch_normalization": "batchnorm",
    "gelu": "Gelu",
    "gradient": "gradient_tape/",
    "log_sigmoid": "LogSigmoid",
    "map_fn": "map",
    "normal": "random_normal",
    "reduce_logsumexp": "ReduceLogSumExp",
    "repeat": "Repeat",
    "sequence_mask": "SequenceMask",
    "sigmoid_cross_entropy_with_logits": "logistic_loss",
    "sparse_softmax_cross_entropy_with_logits": "SparseSoftmaxCrossEntropyWithLogits",
    "tensordot": "Tensordot",
    "uniform": "random_uniform",
}

# By the name of such a function: the op that it calls last, which has the name of the scope.
ENDS = {"clip_by_value": "Maximum", "l2_normalize": "Mul", "log_sigmoid": "Neg"}

_codes: dict[CodeType, str | None] = {}


def _said(frame: FrameType) -> str | None:
    """The name of a function that has a say, if it is one."""
    code = frame.f_code
    try:
        return _codes[code]
    except KeyError:
        pass
    found = None
    if code.co_name in _ALWAYS:
        found = code.co_name
    elif code.co_name == "matmul" and code.co_filename.endswith("operators.py"):
        found = "of @"
    elif not code.co_filename.startswith(_ELSE):
        count = code.co_argcount + code.co_kwonlyargcount
        if "name" in code.co_varnames[:count]:
            found = code.co_name
    _codes[code] = found
    return found


_ALWAYS = frozenset(["assign_add", "assign_sub", "gradient", "gradients"])


class Namer:
    """Gives the ops of one graph their names."""

    def __init__(self) -> None:
        self.names = Names()
        self._scopes: list[tuple[FrameType, str]] = []  # of functions that run

    def of(self, op_type: str, frame: FrameType | None) -> str:
        """The name of an op that is called in `frame`."""
        callers = []
        while frame is not None and is_internal(frame):
            if (said := _said(frame)) is not None:
                callers.append((frame, said))
            frame = frame.f_back
        scope, last = naming.current(), OPS.get(op_type, op_type)
        for caller, function in reversed(callers):
            opened = SCOPES.get(function)
            if opened is None:
                return self.unique(scope, _given(caller) or FUNCTIONS.get(function) or op_type)
            scope = self._opened(caller, scope, opened)
            if ENDS.get(function) == op_type:
                return scope[:-1]
        return self.unique(scope, last)

    def left(self) -> None:
        """The functions that ran have ended: their frames hold what they and their callers computed with."""
        self._scopes = []

    def unique(self, scope: str, name: str) -> str:
        """A name that no other op has; one that ends with a slash is as it is."""
        return name[:-1] if name.endswith("/") else self.names.unique(scope + name)

    def ended(self) -> None:
        """The recording is over: what it held of who called, and so their locals, is let go of."""
        self._scopes = []

    def _opened(self, caller: FrameType, scope: str, name: str) -> str:
        for one, opened in self._scopes:
            if one is caller:
                return opened
        around = []
        frame: FrameType | None = caller.f_back
        while frame is not None and self._scopes:
            around.append(frame)
            frame = frame.f_back
        opened = self.unique(scope, _given(caller) or name) + "/"
        self._scopes = [*[one for one in self._scopes if one[0] in around], (caller, opened)]
        return opened


def _given(caller: FrameType) -> str | None:
    name: Any = caller.f_locals.get("name")
    return name if isinstance(name, str) and name else None
