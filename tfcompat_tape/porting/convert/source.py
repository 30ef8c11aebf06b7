"""A script as text and as a tree, with the place of each expression in the text."""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

_SAY_NOTHING = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)

Span = tuple[int, int]


class Source:
    """A script.

    Attributes:
      text: what the file holds.
      tree: as Python reads it.
      spans: where each expression and statement is, from the first character to behind the last.
      number: a number for each of them, the same whenever the same text is read.
      parents: the node that each node is in.
      notebook: what the file holds, if it is a notebook; the text is then that of all its cells.
      place: where a line is, in words.

    >>> source = Source("y = f'{x:>{width}} {x}'\\n")
    >>> [source.of(node) for node in source.spans if isinstance(node, ast.Name)]
    ['y', 'x', 'width', 'x']
    """

    notebook: dict[str, Any] | None = None

    def __init__(self, text: str, name: str = "<script>") -> None:
        self.text = text
        self.name = name
        self.place: Callable[[int], str] = "line {}".format
        self.tree = ast.parse(text, name)
        self.spans: dict[ast.AST, Span] = {}
        self.parents: dict[ast.AST, ast.AST] = {}
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._place(self.tree, text, 0)
        self.number = {node: i for i, node in enumerate(self.spans)}

    def of(self, node: ast.AST) -> str:
        """The text of a node."""
        start, end = self.spans[node]
        return self.text[start:end]

    def line(self, node: ast.AST) -> int:
        """The line of a node, from 1."""
        return bisect_right(self._starts, self.spans[node][0])

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that a node is in."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def _place(self, node: ast.AST, text: str, base: int) -> None:
        """Note the places of all that is in `node`, which was parsed from `text`, which begins at `base`."""
        lines = text.splitlines(keepends=True)
        starts = [base]
        for one in lines:
            starts.append(starts[-1] + len(one))

        def offset(line: int, column: int) -> int:
            part = lines[line - 1] if line <= len(lines) else ""
            return starts[line - 1] + (
                column if part.isascii() else len(part.encode()[:column].decode(errors="replace"))
            )

        todo = [node]
        while todo:
            here = todo.pop()
            end_line, end_column = getattr(here, "end_lineno", None), getattr(here, "end_col_offset", None)
            if isinstance(here, (ast.expr, ast.stmt)) and end_line is not None and end_column is not None:
                start = offset(here.lineno, here.col_offset)
                if getattr(here, "decorator_list", None):  # a statement begins with its decorators
                    first = here.decorator_list[0]  # type: ignore[union-attr]
                    start = self.text.rindex("@", 0, offset(first.lineno, first.col_offset))
                self.spans[here] = (start, offset(end_line, end_column))
            if isinstance(here, ast.JoinedStr) and sys.version_info < (3, 12):
                self._formatted(here)
                continue
            inside = [one for one in ast.iter_child_nodes(here) if not isinstance(one, _SAY_NOTHING)]
            for child in inside:
                self.parents[child] = here
            todo += reversed(inside)

    def _formatted(self, node: ast.JoinedStr) -> None:
        """Before Python 3.12 the expressions in an f-string have no places that hold: they are parsed again."""
        start, end = self.spans[node]
        ranges = _expressions(self.text[start:end])
        for value, owner in _values(node):
            self.parents[value] = owner
            low, high = next(ranges)
            text = self.text[start + low : start + high]
            value.value = ast.parse(f"({text})", mode="eval").body
            self.parents[value.value] = value
            self._place(value.value, f"({text})", start + low - 1)


def _values(node: ast.JoinedStr) -> Iterator[tuple[ast.FormattedValue, ast.AST]]:
    """The expressions of an f-string in the order of the text, those in formats as well."""
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            yield part, node
            if isinstance(part.format_spec, ast.JoinedStr):
                yield from ((inner, part) for inner, _ in _values(part.format_spec))


def _expressions(text: str) -> Iterator[Span]:
    """Where the expressions are in the text of an f-string, or of several strings beside each other."""
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    for token in tokenize.generate_tokens(io.StringIO(f"({text})").readline):
        if token.type != tokenize.STRING:
            continue
        row, column = token.start
        start = lines[row - 1] + column - (row == 1)
        prefix = token.string[: token.string.index(token.string[-1])].lower()
        if "f" in prefix:
            quote = 3 if token.string.endswith(token.string[-1] * 3) and len(token.string) > 5 else 1
            yield from _fields(text, start + len(prefix) + quote, start + len(token.string) - quote)


def _fields(text: str, at: int, end: int) -> Iterator[Span]:
    while at < end:
        if text.startswith(("{{", "}}"), at):
            at += 2
        elif text[at] == "{":
            low, at = at + 1, _closing(text, at + 1)
            yield low, at
            while text[at] not in ":}":  # `=` and `!r`
                at += 1
            if text[at] == ":":
                inner = at + 1
                at = _format_end(text, inner)
                yield from _fields(text, inner, at)
            at += 1
        else:
            at += 1


def _closing(text: str, at: int) -> int:
    """Where the expression that begins at `at` ends: before `!r`, `=`, `:` or `}`."""
    depth, quote = 0, ""
    while True:
        char = text[at]
        if quote:
            if text.startswith(quote, at):
                at += len(quote) - 1
                quote = ""
        elif char in "'\"":
            quote = char * 3 if text.startswith(char * 3, at) else char
            at += len(quote) - 1
        elif char in "([{":
            depth += 1
        elif depth and char in ")]}":
            depth -= 1
        elif not depth:
            if char in ":}" or (char == "!" and text[at + 1] != "="):
                return at
            if char == "=" and text[at + 1] != "=" and text[at - 1] not in "=!<>":
                return at
        at += 1


def _format_end(text: str, at: int) -> int:
    depth = 0
    while depth or text[at] != "}":
        depth += (text[at] == "{") - (text[at] == "}")
        at += 1
    return at
