"""Functions of `tf` that libraries take over as a whole, for values of theirs that stand for Tensors: Keras 2's.

Each public function, and each operator of Tensors, then asks before it runs. The values are found at the outermost
call, which the library gets with its arguments, and so can make a layer of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from types import FunctionType
from typing import Any

import numpy as np

from tfcompat_tape.core import hooks
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.overloads import overloads
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.coverage.names import tensorflow_names
from tfcompat_tape.experimental.dispatching import refuses

PACKAGE = __package__.partition(".")[0]

# Those that take every function over, and those that take certain ones over, which are asked first.
dispatchers: list[Any] = []
of_functions: dict[Callable[..., Any], list[Any]] = {}

# Namespaces whose functions are taken over.
_SPACES = """math nn linalg image signal strings sets bitwise audio quantization ragged sparse random io debugging
    dtypes __operators__"""
# Which function an operator is, for those who take it over.
_OPERATORS = {
    "abs": "math.abs",
    "add": "__operators__.add",
    "and": "math.logical_and",
    "eq": "__operators__.eq",
    "floordiv": "math.floordiv",
    "ge": "math.greater_equal",
    "getitem": "__operators__.getitem",
    "gt": "math.greater",
    "invert": "math.logical_not",
    "le": "math.less_equal",
    "lt": "math.less",
    "matmul": "linalg.matmul",
    "mod": "math.floormod",
    "mul": "math.multiply",
    "ne": "__operators__.ne",
    "neg": "math.negative",
    "or": "math.logical_or",
    "pow": "math.pow",
    "sub": "math.subtract",
    "truediv": "math.truediv",
    "xor": "math.logical_xor",
}
_REFLECTED = ("add", "and", "floordiv", "matmul", "mod", "mul", "or", "pow", "sub", "truediv", "xor")
# Values of these types are nobody's but TensorFlow's.
_PLAIN = frozenset(
    [Tensor, Variable, DType, TensorShape, np.ndarray, int, float, complex, bool, str, type(None)]
)

_taken: set[Callable[..., Any]] = set()


class _Asking:
    """Asks who has registered, before a function runs.

    Args:
      function: the public function that the call is, for those who are asked.
      swapped: the arguments come the other way round.
    """

    def __init__(self, function: Callable[..., Any], swapped: bool = False) -> None:
        self._function = function
        self._swapped = swapped

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if all(type(x) in _PLAIN for x in args) and all(type(x) in _PLAIN for x in kwargs.values()):
            return NotImplemented
        function = self._function
        if self._swapped:
            args = args[::-1]
        for one in of_functions.get(function, ()):
            found = one.handle(args, kwargs)
            if found is not one.NOT_SUPPORTED:
                return found
        for one in dispatchers:
            found = one.handle(function, args, kwargs)
            if found is not one.NOT_SUPPORTED:
                return found
        return NotImplemented


def _public() -> Iterator[tuple[str, FunctionType]]:
    """The functions that are taken over, with their names: "math.log"."""
    root = import_module(PACKAGE)
    for space in [*_SPACES.split(), ""]:
        module = getattr(root, space) if space else root
        known = tensorflow_names().get(f"tf.{space}" if space else "tf")
        for name in known or module.__all__:  # no document lists tf.__operators__
            function = getattr(module, name, None)
            if type(function) is FunctionType and not refuses(function):
                yield f"{space}.{name}" if space else name, function


def _take_over() -> None:
    """Make functions and operators ask, once there is somebody to be asked."""
    if not dispatchers:
        return
    hooks.graphs.remove(_take_over)
    by_name = {}
    for name, function in _public():
        by_name[name] = function
        if function not in _taken:
            _taken.add(function)
            overloads(function).before.append(_Asking(function))
    for operator, name in _OPERATORS.items():
        function = by_name[name]
        overloads(getattr(Tensor, f"__{operator}__")).before.append(_Asking(function))
        if operator in _REFLECTED:
            overloads(getattr(Tensor, f"__r{operator}__")).before.append(_Asking(function, swapped=True))


hooks.graphs.append(_take_over)
