"""Sizes of which nothing is known, as in TensorFlow's graphs: `None` agrees with every other size.

Where a kernel asks whether such a size equals another one, they are taken to be equal, and what it gives has the size
that is known. Everything else is answered for a number that no dimension is likely to have.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import sympy  # type: ignore[import-untyped]
import torch
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.utils._sympy.functions import Mod, PythonMod

from tfcompat_tape.core import dispatch
from tfcompat_tape.tracing.sizes import (
    _INTEGERS,
    _MOST,
    LIKELY,
    OPTIONS,
    SYMBOLIC,
    NumberNeededError,
    Sizes,
    symbolic,
)

LIKELY_NO_SIZE = 1009
_SIZE = torch.ops.aten.size.default
_SLICE = torch.ops.aten.slice.Tensor
_EXPAND = torch.ops.aten.expand.default
_VIEWS = frozenset(
    {torch.ops.aten.view.default, torch.ops.aten.reshape.default, torch.ops.aten._unsafe_view.default}
)
LIKELY_NO_SIZES = (LIKELY_NO_SIZE, 1031)


class Unknown(Sizes):
    """The symbols of a graph whose sizes no call decides."""

    def __init__(self) -> None:
        env: Any = _Env(**OPTIONS)
        super().__init__(env)
        # Numbers that are asked for as sizes and places: the value, and which of its elements, by symbol.
        self.asked_for: dict[Any, tuple[Any, int | None]] = {}

    def numbers_of(self, raw: torch.Tensor) -> Any:
        """The elements of an integer tensor as sizes that nothing is known of; `None` where these are too many."""
        if raw.dtype not in _INTEGERS or raw.dim() > 1 or symbolic(raw.shape) or raw.numel() > _MOST:
            return None
        found = []
        for i in range(raw.numel()):
            n = self.new(LIKELY, -1, i)
            self.asked_for[n.node.expr] = raw, i if raw.dim() else None
            found.append(n)
        self.describe(raw, found)
        return self.contents(raw)

    def bound(self, shape: Any) -> list[int]:
        """The axes whose sizes are such numbers, or computed from them: a slice that goes beyond the end has fewer."""
        if not self.asked_for:
            return []
        return [
            i
            for i, n in enumerate(shape)
            if type(n) is torch.SymInt and not n.node.expr.free_symbols.isdisjoint(self.asked_for)
        ]

    def opened(self, x: torch.Tensor) -> torch.Tensor:
        """A result of a kernel that may be smaller than its arguments say."""
        axes = self.bound(x.shape)
        if not axes:
            return x
        shape = [self.new(LIKELY, -1, i) if i in axes else n for i, n in enumerate(x.shape)]
        return torch.empty(shape, dtype=x.dtype, device=x.device)

    def settled(self, function: Any, args: Any, kwargs: Any) -> Any:
        """What a kernel gives, with the sizes that its op took to be equal; the next op takes them anew."""
        self.env.begin()
        if function is _SIZE and symbolic(args[0].shape):
            raise NumberNeededError("the sizes of a value are needed as numbers")
        if function in _VIEWS and symbolic((args[0].shape, args[1])):
            return args[0].new_empty(_completed(args[0], list(args[1])))
        if function is _EXPAND and symbolic((args[0].shape, args[1])):
            return args[0].new_empty(_expanded(list(args[0].shape), list(args[1])))
        try:
            result = function(*args, **kwargs)
        except NumberNeededError:
            return self.compared(function, args, kwargs)
        if function is _SLICE:
            return self.opened(result)
        if self.env.replacements:
            if isinstance(result, torch.Tensor):
                result = self._known(result)
            elif isinstance(result, (tuple, list)):
                result = type(result)([self._known(x) if isinstance(x, torch.Tensor) else x for x in result])
        return result

    def compared(self, function: Any, args: Any, kwargs: Any) -> Any:
        """What a kernel gives that needs numbers for sizes: it gets two for each, and what differs is not known."""
        one, other = (function(*_numbered(args, n), **_numbered(kwargs, n)) for n in LIKELY_NO_SIZES)
        if isinstance(one, torch.Tensor):
            return self._common(one, other)
        if isinstance(one, (tuple, list)):
            return type(one)(
                [
                    self._common(x, y) if isinstance(x, torch.Tensor) else x
                    for x, y in zip(one, other, strict=True)
                ]
            )
        return one

    def _common(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        shape: list[Any] = [
            n if n == m else self.new(n, -1, axis)
            for axis, (n, m) in enumerate(zip(x.shape, y.shape, strict=True))
        ]
        return x if x.shape == y.shape else torch.empty(shape, dtype=x.dtype, device=x.device)

    def _known(self, x: torch.Tensor) -> torch.Tensor:
        shape = list(x.shape)
        found = [self._number(n) for n in shape]
        if found == [None] * len(shape):
            return x
        shape = [n if number is None else number for n, number in zip(shape, found, strict=True)]
        return torch.empty(shape, dtype=x.dtype, device=x.device)

    def _number(self, size: Any) -> int | None:
        """What a size was taken to be equal to, if that is a number."""
        if type(size) is not torch.SymInt:
            return None
        found = self.env.replace(size.node.expr)
        return int(found) if found.is_number else None


class _Env(ShapeEnv):
    _op: Any = None

    def begin(self) -> None:
        """Forget which sizes were taken to be equal, unless the same op goes on."""
        op = _running_op()
        if op is None or op is not self._op:
            self._op = op
            if self.replacements:
                self.replacements.clear()
                self._update_version_counter()

    def evaluate_expr(
        self,
        orig_expr: Any,
        hint: Any = None,
        fx_node: Any = None,
        size_oblivious: bool = False,
        fallback_value: bool | None = None,
        **kwargs: Any,
    ) -> Any:
        self.begin()
        expr = self.replace(orig_expr)
        if not expr.free_symbols:
            return expr
        if expr.is_Boolean or expr.is_Relational:
            return sympy.true if self._holds(expr, fallback_value is None) else sympy.false
        raise NumberNeededError(f"a size is needed that is not known, {expr}")

    def guard_or_defer_runtime_assert(  # type: ignore[override]
        self, orig_expr: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return bool(self.evaluate_expr(orig_expr))

    def _holds(self, expr: Any, agrees: bool) -> bool:
        """Whether a relation holds; if it `agrees`, sizes that need not differ are equal."""
        if isinstance(expr, sympy.Ne):
            return not self._holds(sympy.Eq(expr.lhs, expr.rhs), agrees)
        found = bool(_likely(expr))
        if found or not agrees or not isinstance(expr, sympy.Eq):
            return found
        return self._unify(expr.lhs, expr.rhs)

    def _unify(self, x: Any, y: Any) -> bool:
        """Whether two sizes may be equal; then they are, if a size of one symbol follows from it."""
        difference = sympy.expand(x - y)
        rests = difference.atoms(Mod, PythonMod)
        if rests:
            return all(rest.args[1].is_number for rest in rests)
        if len(difference.free_symbols) == 1 and any(side.is_number and side <= 1 for side in (x, y)):
            return False  # nothing is known to be 1 or 0
        for symbol in sorted(difference.free_symbols, key=str):
            slope = difference.diff(symbol)
            if slope.is_Integer:
                other = -difference.subs(symbol, 0) / slope
                if other.is_number and not (other.is_Integer and other > 1):
                    return False  # nothing is known to be 1 or 0
                if other.is_Integer or other.is_Symbol:
                    self.replacements[symbol] = other
                    self._update_version_counter()
                return True
        return bool(_likely(x) > 1 and _likely(y) > 1)


def _completed(x: torch.Tensor, shape: list[Any]) -> list[Any]:
    """A shape to which `x` is brought, with the size that it leaves open."""
    open_ = [axis for axis, n in enumerate(shape) if type(n) is int and n == -1]
    if open_:
        shape[open_[0]] = 1
        shape[open_[0]] = math.prod(x.shape) // math.prod(shape)
    return shape


def _expanded(sizes: list[Any], shape: list[Any]) -> list[Any]:
    """A shape to which a tensor of some sizes is expanded: those that are not known may be 1, or fit.

    Raises:
      RuntimeError: sizes that are known do not fit, as of torch's kernel.
    """
    new = len(shape) - len(sizes)
    for size, wanted in zip(sizes, shape[new:], strict=True):
        if type(size) is int and type(wanted) is int and wanted != -1 and size not in (1, wanted):
            raise RuntimeError(f"expand: attempting to expand a dimension of length {size} -> {wanted}!")
    return [
        sizes[i - new] if i >= new and type(wanted) is int and wanted == -1 else wanted
        for i, wanted in enumerate(shape)
    ]


def _running_op() -> Any:
    """The frame in which dispatch calls the kernel of an op."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        code = frame.f_code
        if code.co_name == "call" and code.co_filename == dispatch.__file__:
            return frame
        frame = frame.f_back
    return None


def _likely(expr: Any, number: int = LIKELY_NO_SIZE) -> Any:
    return expr.xreplace(dict.fromkeys(expr.free_symbols, sympy.Integer(number)))


def _numbered(x: Any, number: int) -> Any:
    """Arguments of a kernel with numbers for the sizes that are not known."""
    if isinstance(x, torch.Tensor):
        shape = [_numbered(n, number) for n in x.shape]
        return torch.empty(shape, dtype=x.dtype, device=x.device) if symbolic(x.shape) else x
    if isinstance(x, dict):
        return {name: _numbered(one, number) for name, one in x.items()}
    if isinstance(x, (tuple, list)):
        return type(x)([_numbered(one, number) for one in x]) if symbolic(x) or _any_tensor(x) else x
    if isinstance(x, SYMBOLIC):
        found = _likely(x.node.expr, number)
        kinds: dict[type, Any] = {torch.SymBool: bool, torch.SymInt: int}
        return kinds.get(type(x), float)(found)
    return x


def _any_tensor(x: Any) -> bool:
    """Whether a list has a tensor in it."""
    return any(isinstance(one, torch.Tensor) for one in x)
