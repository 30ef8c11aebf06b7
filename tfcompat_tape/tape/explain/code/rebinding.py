"""`x = x + 1`: a name that was a Variable's and is a Tensor's now. The source code tells, with tracing or without."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any

from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tape.explain.code.syntax import Source, Token, source
from tfcompat_tape.tape.places import Place

_FRAMES = 8  # how far up names are looked for
_NAMES = 500  # names of one frame, attributes of one object


class Rebinding:
    """The name, and the places where it was bound to a Variable and where to something computed from it."""

    def __init__(self, name: str, made: Place, rebound: Place) -> None:
        self.name = name
        self.made = made
        self.rebound = rebound


def rebinding(value: Tensor, frames: Iterable[FrameType]) -> Rebinding | None:
    """How the source code around `frames` binds a name of `value` first to a Variable, and then to a Tensor."""
    for frame, _ in zip(frames, range(_FRAMES), strict=False):
        tree = source(frame.f_code.co_filename)
        if tree is None:
            continue
        for name, token, _ in named(frame, tree, lambda held: held is value):
            found = _bindings(tree, token, frame.f_code.co_filename)
            if found is not None:
                return Rebinding(name, *found)
    return None


def named(frame: FrameType, tree: Source, fits: Callable[[Any], bool]) -> Iterator[tuple[str, Token, Any]]:
    """What refers in a frame to values that fit: names, attributes of what is named, names of what holds them."""
    local = frame.f_locals is not frame.f_globals
    for namespace in (frame.f_locals, frame.f_globals) if local else (frame.f_globals,):
        scope = _function(frame, tree) if local and namespace is not frame.f_globals else None
        for name, held in list(namespace.items())[:_NAMES]:
            fitting = [item for item in (held, *_items(held)) if fits(item)]
            if fitting:
                for item in fitting:
                    yield name, ("name", scope, name), item
                continue
            attributes = getattr(held, "__dict__", None)
            if isinstance(attributes, dict):
                for attribute, inner in list(attributes.items())[:_NAMES]:
                    for item in (inner, *_items(inner)):
                        if fits(item):
                            yield f"{name}.{attribute}", ("attribute", attribute), item


def _items(held: Any) -> list[Any]:
    if isinstance(held, (list, tuple)):
        return list(held)
    return list(held.values())[:_NAMES] if isinstance(held, dict) else []


def _function(frame: FrameType, tree: Source) -> Any:
    for function in tree.functions.get(frame.f_code.co_name, ()):
        first = min([function.lineno, *[d.lineno for d in function.decorator_list]])
        if first == frame.f_code.co_firstlineno:
            return function
    return None


def _bindings(tree: Source, token: Token, file: str) -> tuple[Place, Place] | None:
    """Where the token is bound to a Variable, and where to something that is computed from itself."""
    made = rebound = None
    for statement, targets, value in tree.assignments():
        if not any(token in tree.into_target(target) for target in targets):
            continue
        if any(
            isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Variable")
            for node in ast.walk(value)
        ):
            made = made or Place(file, statement.lineno)
        elif isinstance(statement, ast.AugAssign) or _is_element(targets) or _reads(tree, value, token):
            rebound = rebound or Place(file, statement.lineno)
    return None if made is None or rebound is None else (made, rebound)


def _is_element(targets: list[ast.expr]) -> bool:
    return any(isinstance(target, ast.Subscript) for target in targets)


def _reads(tree: Source, value: ast.AST, token: Token) -> bool:
    return any(tree.token(node) == token for node in ast.walk(value))
