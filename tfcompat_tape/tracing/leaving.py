"""The body of a loop without `break` and `continue`: what they skip moves into branches, or stands behind a flag."""

from __future__ import annotations

import ast
import copy


class CannotError(Exception):
    """A `break` or `continue` stands where no flag can take its place."""


def without_leaving(body: list[ast.stmt], left: str, skips: str) -> tuple[list[ast.stmt], bool]:
    """The body of a loop where `left = True` stands for `break`, and whether there was one.

    Args:
      skips: the flag for what is to be skipped in this round, where branches alone do not say it.

    Raises:
      CannotError: there is no way.
    """
    made = _Leaving(left, None)
    found = made.block(copy.deepcopy(body))
    if made.guarded:
        made = _Leaving(left, skips)
        found = [_flag(skips, False, body[0]), *made.block(copy.deepcopy(body))]
    return found, made.breaks


class _Leaving:
    def __init__(self, left: str, skips: str | None) -> None:
        self.left = left
        self.skips = skips
        self.breaks = False
        self.guarded = False

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """The statements, up to where they leave the round."""
        found: list[ast.stmt] = []
        for i, one in enumerate(statements):
            rest = statements[i + 1 :]
            if isinstance(one, ast.Break):
                self.breaks = True
                return [*found, _flag(self.left, True, one), *self._skip(one)]
            if isinstance(one, ast.Continue):
                return [*found, *self._skip(one)] or [ast.copy_location(ast.Pass(), one)]
            if not leaves([one]):
                found.append(one)
                continue
            if isinstance(one, ast.If):
                if _always(one.body):
                    made = ast.If(one.test, self.block(one.body), self.block([*one.orelse, *rest]))
                    return [*found, ast.copy_location(made, one)]
                if _always(one.orelse):
                    made = ast.If(one.test, self.block([*one.body, *rest]), self.block(one.orelse))
                    return [*found, ast.copy_location(made, one)]
                one.body, one.orelse = self.block(one.body), self.block(one.orelse)
            elif isinstance(one, ast.With):
                one.body = self.block(one.body)
            else:
                raise CannotError
            found.append(one)
            if rest:
                self.guarded = True
                skipped = ast.UnaryOp(ast.Not(), ast.Name(self.skips or "", ast.Load()))
                found.append(_placed(ast.If(skipped, self.block(rest), []), rest[0]))
            return found
        return found

    def _skip(self, like: ast.stmt) -> list[ast.stmt]:
        return [] if self.skips is None else [_flag(self.skips, True, like)]


def leaves(statements: list[ast.stmt]) -> bool:
    """Whether a `break` or `continue` belongs to a loop around `statements`."""
    for one in statements:
        if isinstance(one, (ast.Break, ast.Continue)):
            return True
        if isinstance(one, (ast.For, ast.While, ast.AsyncFor)):
            if leaves(one.orelse):
                return True
        elif not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if any(leaves(block) for block in blocks(one)):
                return True
    return False


def blocks(node: ast.AST) -> list[list[ast.stmt]]:
    """The blocks of statements of a compound statement."""
    found = [getattr(node, name) for name in ("body", "orelse", "finalbody") if hasattr(node, name)]
    found = [block for block in found if isinstance(block, list)]
    for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
        found.append(part.body)
    return found


def _always(statements: list[ast.stmt]) -> bool:
    """Whether statements end by leaving the round, whatever way they take."""
    last = statements[-1] if statements else None
    if isinstance(last, ast.If):
        return _always(last.body) and _always(last.orelse)
    return isinstance(last, (ast.Break, ast.Continue))


def _flag(name: str, value: bool, like: ast.AST) -> ast.stmt:
    return _placed(ast.Assign([ast.Name(name, ast.Store())], ast.Constant(value)), like)


def _placed(node: ast.stmt, like: ast.AST) -> ast.stmt:
    return ast.fix_missing_locations(ast.copy_location(node, like))
