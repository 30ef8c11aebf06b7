"""Expressions of sizes, read from text: names, numbers, arithmetic and comparisons, and nothing else."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_UNARY: dict[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
_CALLS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "float": float,
    "int": int,
    "max": max,
    "min": min,
    "math.ceil": math.ceil,
    "math.floor": math.floor,
    "math.trunc": math.trunc,
}

Evaluate = Callable[[Mapping[str, int]], Any]


def parsed(text: str) -> Evaluate:
    """A function of sizes by name that gives the value of an expression.

    Raises:
      ValueError: the text is no such expression.
    """
    try:
        return _of(ast.parse(text.strip(), mode="eval").body)
    except SyntaxError:
        raise ValueError(f"{text!r} is no expression of sizes") from None


def _of(node: ast.AST) -> Evaluate:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
        value = node.value
        return lambda _: value
    if isinstance(node, ast.Name):
        name = node.id
        return lambda sizes: sizes[name]
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        binary, left, right = _BINARY[type(node.op)], _of(node.left), _of(node.right)
        return lambda sizes: binary(left(sizes), right(sizes))
    if isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
        unary, operand = _UNARY[type(node.op)], _of(node.operand)
        return lambda sizes: unary(operand(sizes))
    if isinstance(node, ast.BoolOp):
        parts, every = [_of(value) for value in node.values], isinstance(node.op, ast.And)
        return lambda sizes: (all if every else any)(part(sizes) for part in parts)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARE:
        compare, first, second = _COMPARE[type(node.ops[0])], _of(node.left), _of(node.comparators[0])
        return lambda sizes: compare(first(sizes), second(sizes))
    if isinstance(node, ast.IfExp):
        test, one, other = _of(node.test), _of(node.body), _of(node.orelse)
        return lambda sizes: one(sizes) if test(sizes) else other(sizes)
    if isinstance(node, ast.Call) and not node.keywords and ast.unparse(node.func) in _CALLS:
        call, args = _CALLS[ast.unparse(node.func)], [_of(arg) for arg in node.args]
        return lambda sizes: call(*(arg(sizes) for arg in args))
    raise ValueError(f"{ast.unparse(node)} is no expression of sizes")
