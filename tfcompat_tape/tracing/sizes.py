"""Sizes that differ from call to call: symbols in a trace, expressions of the inputs' shapes in the line made of it.

A symbol stands for the size of one axis of one input. What kernels compute from sizes is an expression of symbols.
Where something asks which way an expression goes (is this size 1? are these two equal?), the answer is that of the
call which is traced, and the trace holds for the calls where it is the same: these are the guards of its sizes.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch.fx.experimental import _config

from tfcompat_tape.core.reading import UntraceableError

SYMBOLIC = (torch.SymInt, torch.SymFloat, torch.SymBool)
NAMES = {"math": math, "torch": torch}
# Of a ShapeEnv.
OPTIONS: dict[str, Any] = {
    "duck_shape": False,
    "specialize_zero_one": False,
    "allow_scalar_outputs": False,
    "allow_dynamic_output_shape_ops": False,
}

# What an open size is taken for where there is no call to tell: many numbers divide it, and it is hardly one that a
# program says itself.
LIKELY = 840


class Sizes:
    """The symbols of one trace.

    Attributes:
      places: which axis of which input (by the number of its value) each symbol is the size of.
      elements: numbers of those values that are no inputs: what nodes give whose results have other sizes at each call.
    """

    def __init__(self, env: Any = None) -> None:
        from torch.fx.experimental.symbolic_shapes import ShapeEnv  # takes a second: only who needs it

        env = ShapeEnv(**OPTIONS) if env is None else env
        env.tfcompat_sizes = self
        self.env = env
        self.places: dict[Any, tuple[int, int]] = {}
        self.elements: set[int] = set()
        self._contents: dict[int, tuple[Any, np.ndarray[Any, Any]]] = {}  # by id, with the tensor
        self._inward: dict[tuple[int, Any], Any] = {}

    def new(self, size: int, number: int, axis: int) -> torch.SymInt:
        """A symbol for the size of an axis of an input, which has the size `size` at this call."""
        from torch._dynamo.source import ConstantSource
        from torch.fx.experimental.symbolic_shapes import DimDynamic
        from torch.utils._sympy.numbers import int_oo
        from torch.utils._sympy.value_ranges import ValueRanges

        source = ConstantSource(f"t{number}_{axis}")
        # No assumption that it is positive: a size may be 0.
        symbol = self.env.create_symbol(size, source, DimDynamic.DYNAMIC, None, positive=None)
        self.env.var_to_range[symbol] = ValueRanges(0, int_oo)
        self.places[symbol] = number, axis
        found: Any = self.env.create_symintnode(symbol, hint=size, source=source)
        return found  # type: ignore[no-any-return]

    def mine(self, x: Any) -> bool:
        """Whether a size is one of this trace."""
        return x.node.shape_env is self.env

    def meet(self, around: Sequence[Any], here: Sequence[Any]) -> None:
        """Note that the sizes `around`, of the trace around this one, are `here` in this one."""
        for n, own in zip(around, here, strict=True):
            if type(n) is torch.SymInt and type(own) is torch.SymInt:
                self._inward.setdefault((id(n.node.shape_env), n.node.expr), own)

    def met(self, n: Any) -> Any:
        """What a size is in this trace; `None` where it is one of another trace that this one has not met."""
        if type(n) is not torch.SymInt or self.mine(n):
            return n
        return self._inward.get((id(n.node.shape_env), n.node.expr))

    def compared(self, function: Any, args: Any, kwargs: Any) -> Any:
        """What a function gives that needs numbers for sizes: here they are known at each call."""
        raise UntraceableError(f"{function} needs numbers for sizes")

    def settled(self, function: Any, args: Any, kwargs: Any) -> Any:
        """What a kernel gives; a class whose sizes depend on what a kernel asks of them makes it over.

        Where it asks whether a size is 0 or 1, it is told what is right for all sizes, unless only the size says that.
        """
        before = _config.backed_size_oblivious
        _config.backed_size_oblivious = True
        try:
            return function(*args, **kwargs)
        except Exception:  # an axis of one row may go with any other
            pass
        finally:
            _config.backed_size_oblivious = before
        return function(*args, **kwargs)

    def numbers_of(self, raw: Any) -> Any:
        """The elements of an integer tensor as sizes: here their values are known at each call."""
        return None

    # -- at a call -------------------------------------------------------------------------------------------------

    def text(self, x: Any, used: set[Any]) -> str:
        """Python code of a size, over names of symbols; `used` gets the symbols."""
        expression = self._expression(x)
        used.update(expression.free_symbols)
        return f"({printed(expression)})"

    def _expression(self, x: Any) -> Any:
        """A size in symbols that are known where it is computed: what it was found to equal later may not be there."""
        return x.node._expr if self.elements else x.node.expr

    def value(self, x: Any, values: Any) -> Any:
        """A size for the values of the inputs."""
        symbols, function = _function(self._expression(x))
        return function(*[self._size(symbol, values) for symbol in symbols])

    def _size(self, symbol: Any, values: Any) -> Any:
        number, axis = self.places[symbol]
        return values[number].shape[axis]

    def guards(self) -> list[Any]:
        """What must be true of the symbols, as expressions."""
        return [guard.expr for guard in self.env.guards]

    def asked(self) -> int:
        """How often something has asked for what a guard holds."""
        return len(self.env.guards)

    def all_open(self) -> bool:
        """Whether none of the sizes is one number by now."""
        return not any(x.is_number for x in self.env.replacements.values())

    def check(self, numbers: Sequence[int]) -> Callable[[Sequence[Any]], bool] | None:
        """A function that says whether the guards hold for raw tensors, the values with these numbers.

        Guards that ask for sizes of other elements hold where a line says so that makes these.
        """
        expressions = list(dict.fromkeys(self.guards()))
        if self.elements:
            others = self.elements.difference(numbers)
            expressions = [e for e in expressions if others.isdisjoint(self.numbers_in(e))]
        if not expressions:
            return None
        used: set[Any] = set().union(*[e.free_symbols for e in expressions])
        lines = ["def check(raws):"]
        for symbol in sorted(used, key=str):
            number, axis = self.places[symbol]
            lines.append(f"    {symbol} = raws[{numbers.index(number)}].shape[{axis}]")
        lines.append(f"    return {' and '.join([f'({printed(e)})' for e in expressions])}")
        names = dict(NAMES)
        exec(compile("\n".join(lines), "<tf.function>", "exec"), names)
        return names["check"]  # type: ignore[return-value]

    def numbers_in(self, expression: Any) -> set[int]:
        """The values whose sizes are in an expression."""
        return {self.places[symbol][0] for symbol in expression.free_symbols}

    def guards_at(self, outs: Sequence[int]) -> list[Any]:
        """The guards that can be told once the node has run that gives the elements `outs`, and not before."""
        found = []
        for guard in dict.fromkeys(self.guards()):
            last = max(self.elements & self.numbers_in(guard), default=None)
            if last in outs:
                found.append(guard)
        return found

    # -- tensors of sizes ------------------------------------------------------------------------------------------

    def describe(self, fake: Any, contents: Iterable[Any]) -> None:
        """Note that an integer tensor has these sizes as its elements."""
        array = np.empty(tuple(fake.shape), object)
        array.reshape(-1)[:] = list(contents)
        self._contents[id(fake)] = fake, array

    def contents(self, fake: Any) -> Any:
        """The sizes that an integer tensor consists of, as nested lists; `None` if it is no such tensor."""
        found = self._contents.get(id(fake))
        return None if found is None else found[1].tolist()

    def follow(self, function: Any, args: Any, kwargs: Any, result: Any) -> None:
        """Note what a kernel makes of tensors of sizes."""
        rule = _FOLLOWED.get(getattr(function, "_overloadpacket", None))
        if rule is None or not isinstance(result, torch.Tensor) or result.dtype not in _INTEGERS:
            return
        if any(kwargs[name] is not None for name in kwargs if name not in _OF_LAYOUT):
            return
        seen = [False]
        try:
            array = rule(*[self._array(x, seen) for x in args])
        except (_NoSizesError, TypeError, ValueError, IndexError):
            return
        if seen[0]:
            array = np.asarray(array, object)
            if array.shape == tuple(result.shape) and array.size <= _MOST:
                self._contents[id(result)] = result, array

    def _array(self, x: Any, seen: list[bool]) -> Any:
        if isinstance(x, torch.Tensor):
            found = self._contents.get(id(x))
            if found is not None:
                seen[0] = True
                return found[1]
            if type(x) is torch.Tensor and x.dtype in _INTEGERS and x.numel() <= _MOST:
                return np.array(x.tolist(), object).reshape(tuple(x.shape))
            raise _NoSizesError
        if type(x) is list or type(x) is tuple:
            return [self._array(one, seen) for one in x]
        return x


class NumberNeededError(UntraceableError):
    """A kernel needs a number for a size that is not known."""


class _NoSizesError(Exception):
    pass


_OF_LAYOUT = frozenset({"dtype", "layout", "device", "pin_memory", "non_blocking", "memory_format"})
_MOST = 64
_INTEGERS = frozenset({torch.int32, torch.int64})


aten = torch.ops.aten
# Kernels whose fake forms ask for sizes without need, and others with results of the same shapes.
SAME_SHAPE: dict[Any, Callable[..., Any]] = {
    aten.flip.default: lambda x, dims: x.clone(),
    aten.linalg_solve_triangular.default: lambda a, b, **_: _solved(a, b),
    aten.constant_pad_nd.default: lambda x, pad, value=0: _padded(x, pad),
}


def _solved(a: Any, b: Any) -> Any:
    batch = [m if n == 1 else n for n, m in zip(a.shape[:-2], b.shape[:-2], strict=True)]
    return b.new_empty((*batch, *b.shape[-2:]))


def _padded(x: Any, pad: Any) -> Any:
    shape = list(x.shape)
    for i in range(len(pad) // 2):
        shape[-1 - i] += pad[2 * i] + pad[2 * i + 1]
    return x.new_empty(shape) if any(type(n) is not int or n for n in pad) else x.clone()


def _select(x: Any, dim: int, index: int) -> Any:
    return np.asarray(x.take(index, axis=dim), object)


def _slice(x: Any, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Any:
    return x[(slice(None),) * (dim % x.ndim) + (slice(start, end, step),)]


def _prod(x: Any, dim: Any = None, keepdim: Any = False) -> Any:
    return np.multiply.reduce(x, axis=dim, keepdims=keepdim) if x.size else _no_sizes()


def _sum(x: Any, dim: Any = None, keepdim: Any = False) -> Any:
    axes = None if dim is None else tuple(dim)
    return np.add.reduce(x, axis=axes, keepdims=keepdim) if x.size else _no_sizes()


def _index_select(x: Any, dim: int, index: Any) -> Any:
    return np.take(x, index.astype(np.int64), axis=dim)


def _same(x: Any, *_: Any) -> Any:
    return x


def _no_sizes() -> Any:
    raise _NoSizesError


def _plain(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def compute(x: Any, y: Any, *rest: Any) -> Any:
        return function(np.asarray(x, object), np.asarray(y, object)) if not rest else _no_sizes()

    return compute


def _each(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    found: Any = np.frompyfunc(function, 2, 1)
    return found  # type: ignore[no-any-return]


# What kernels do to tensors of sizes, as functions of arrays.
_FOLLOWED: dict[Any, Callable[..., Any]] = {
    aten.select: _select,
    aten.slice: _slice,
    aten.index_select: _index_select,
    aten.stack: lambda xs, dim=0: np.stack([np.asarray(x, object) for x in xs], dim),
    aten.cat: lambda xs, dim=0: np.concatenate(xs, dim),
    aten.unsqueeze: lambda x, dim: np.expand_dims(x, dim),
    aten.squeeze: lambda x, dim=None: np.squeeze(x, dim if type(dim) is not list else tuple(dim)),
    aten.view: lambda x, shape: x.reshape([int(n) for n in shape]),
    aten.reshape: lambda x, shape: x.reshape([int(n) for n in shape]),
    aten._unsafe_view: lambda x, shape: x.reshape([int(n) for n in shape]),
    aten.flip: lambda x, dims: np.flip(x, tuple(dims)),
    aten._to_copy: _same,
    aten.clone: _same,
    aten.detach: _same,
    aten.alias: _same,
    aten.lift_fresh: _same,
    aten.add: _plain(np.add),
    aten.sub: _plain(np.subtract),
    aten.mul: _plain(np.multiply),
    aten.floor_divide: _plain(np.floor_divide),
    aten.remainder: _plain(np.remainder),
    aten.maximum: _plain(_each(torch.sym_max)),
    aten.minimum: _plain(_each(torch.sym_min)),
    aten.prod: _prod,
    aten.sum: _sum,
}


@functools.cache
def _printer() -> Any:
    from torch.utils._sympy.printers import PythonPrinter

    return PythonPrinter()


def printed(expression: Any) -> str:
    """An expression of sizes as Python code."""
    code: str = _printer().doprint(expression)
    return code


@functools.cache
def _function(expression: Any) -> tuple[list[Any], Callable[..., Any]]:
    """An expression as a function of its symbols."""
    symbols = sorted(expression.free_symbols, key=str)
    code = f"lambda {', '.join(map(str, symbols))}: {printed(expression)}"
    return symbols, eval(code, dict(NAMES))


def number(x: Any, known: dict[Any, int]) -> Any:
    """A size for known values of symbols."""
    if not isinstance(x, SYMBOLIC):
        return x
    symbols, function = _function(x.node._expr)
    return function(*[known[symbol] for symbol in symbols])


def symbolic(x: Any) -> bool:
    """Whether a size, or a nested structure of arguments, has symbols in it."""
    if isinstance(x, SYMBOLIC):
        return True
    if isinstance(x, dict):
        return any(map(symbolic, x.values()))
    return isinstance(x, (tuple, list)) and any(map(symbolic, x))


def size_at(x: Any, values: Any) -> Any:
    """A size of a trace for values of that trace's inputs, by number."""
    return x.node.shape_env.tfcompat_sizes.value(x, values)


def now(x: Any) -> Any:
    """Arguments with sizes as they are at the call that is traced."""
    if isinstance(x, SYMBOLIC):
        return x.node.hint
    if isinstance(x, (tuple, list)) and symbolic(x):
        return tuple(map(now, x)) if isinstance(x, tuple) else list(map(now, x))
    return x
