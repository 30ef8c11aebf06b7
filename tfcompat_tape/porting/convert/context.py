"""What the rewriting of one script knows and collects: the parts of it work on a `Context`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from tfcompat_tape.porting.convert.kinds import TENSORS, Kind, kind_of
from tfcompat_tape.porting.convert.observe import Facts, parts, symbols_of
from tfcompat_tape.porting.convert.source import Source

Handler = Callable[["Context", ast.AST], "str | None"]
_ATOMS = (
    ast.Name,
    ast.Attribute,
    ast.Call,
    ast.Subscript,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.JoinedStr,
)


class StaysError(Exception):
    """Code that has no exact counterpart, and keeps the whole script with TensorFlow's names."""

    def __init__(self, node: ast.AST, why: str) -> None:
        super().__init__(why)
        self.node = node


class Context:
    """One script on its way.

    Attributes:
      notes: comments that go before statements.
      helpers: the functions of `helpers` that the new script needs, and `modules`: what it imports.
      drawn: lines of a `tf.function` that draw random numbers.
      stays: lines with what keeps the script as it is.
      handlers: by type of node, what writes it; `None` from a handler means that it is as it was, with new parts.
    """

    def __init__(self, source: Source, facts: Facts, compile_functions: bool = False) -> None:
        self.source = source
        self.facts = facts
        self.symbols = symbols_of(source)
        self.compile_functions = compile_functions
        self.notes: dict[ast.stmt, list[str]] = {}
        self.helpers: dict[str, None] = {}
        self.modules: set[str] = set()
        self.left: dict[str, int] = {}
        self.drawn: set[int] = set()
        self.stays: list[tuple[int, str]] = []
        self.unseen: set[ast.stmt] = set()
        self.handlers: dict[type[ast.AST], Handler] = {}
        self.has_tape = False

    # What was seen

    def combinations(self, node: ast.AST) -> set[tuple[Kind, ...]]:
        """The kinds of an expression, each with those of its parts; empty where it never ran."""
        if isinstance(node, ast.Constant):
            return {(kind_of(node.value),)}
        return self.facts.seen.get(self.source.number.get(node, -1), set())

    def kinds(self, node: ast.AST) -> set[Kind]:
        """The kinds of an expression."""
        if isinstance(node, ast.Starred):
            return self.kinds(node.value)
        return {one[0] for one in self.combinations(node)}

    def kinds_of_part(self, node: ast.AST, part: ast.AST) -> set[Kind]:
        """The kinds that a part had whenever the whole was computed."""
        at = [one is part for one in parts(node)].index(True) + 1
        return {one[at] for one in self.combinations(node)}

    def is_tensor(self, node: ast.AST) -> bool:
        """Whether the expression is a tensor whenever it runs."""
        kinds = self.kinds(node)
        return bool(kinds) and all(kind[0] in TENSORS for kind in kinds)

    def dtype_of(self, node: ast.AST) -> str | None:
        """The dtype of a tensor, if it is always the same."""
        dtypes = {kind[1] for kind in self.kinds(node) if kind[0] in TENSORS}
        return dtypes.pop() if len(dtypes) == 1 else None

    def is_recorded(self, node: ast.AST) -> bool:
        """Whether a tape recorded while it ran, at least once."""
        return self.source.number.get(node, -1) in self.facts.recorded

    def symbol(self, node: ast.AST) -> str | None:
        """TensorFlow's name for an expression."""
        symbol = self.symbols.get(node)
        if symbol is not None and self.source.number.get(node, -1) in self.facts.strangers:
            raise StaysError(node, f"{self.source.of(node)} looks like {symbol} and is something else")
        return symbol

    # What is written

    def text(self, node: ast.AST) -> str:
        """What a node is in the new script."""
        handler = self.handlers.get(type(node))
        new = None
        if handler is not None:
            try:
                new = handler(self, node)
            except StaysError as error:
                self.stays.append((self.source.line(error.node), str(error)))
                new = self.source.of(node)
        if new is None:
            new = self.spliced(node)
        return self._commented(node, new) if isinstance(node, ast.stmt) and node in self.notes else new

    def _commented(self, node: ast.stmt, new: str) -> str:
        """A statement with the comments before it; where it does not begin its line, they go before the outer one."""
        start = self.source.spans[node][0]
        indent = self.source.text[self.source.text.rfind("\n", 0, start) + 1 : start]
        if indent.strip():
            outer = self.source.parents[node]
            while not isinstance(outer, ast.stmt) and outer in self.source.parents:
                outer = self.source.parents[outer]
            if isinstance(outer, ast.stmt):
                for words in self.notes[node]:
                    self.note(outer, words)
            return new
        return "".join(f"# {words}\n{indent}" for words in self.notes[node]) + new

    def spliced(self, node: ast.AST, replaced: Iterable[tuple[int, int, str]] = ()) -> str:
        """The text of a node as it was, with its parts as they are now and further places replaced."""
        edits = list(replaced)
        taken = [(start, end) for start, end, _ in edits]
        for part in inner(node):
            start, end = self.source.spans[part]
            if not any(low <= start and end <= high for low, high in taken):
                edits.append((start, end, self.text(part)))
        start, end = self.source.spans.get(node, (0, len(self.source.text)))
        return self.between(start, end, edits)

    def between(self, start: int, end: int, edits: Iterable[tuple[int, int, str]]) -> str:
        """A range of the text with places replaced."""
        pieces, at = [], start
        for low, high, new in sorted(edits):
            pieces += [self.source.text[at:low], new]
            at = high
        return "".join([*pieces, self.source.text[at:end]])

    def atom(self, node: ast.AST) -> str:
        """The text of an expression that a `.` may follow."""
        return atomic(self.text(node))

    def note(self, node: ast.AST, words: str) -> None:
        """Put a comment before the statement."""
        notes = self.notes.setdefault(self.source.statement(node), [])
        if words not in notes:
            notes.append(words)

    def use(self, helper: str) -> str:
        """The name of a helper, which the new script will have."""
        self.helpers[helper] = None
        return helper

    def to_torch(self) -> str:
        """The name of `interop.to_torch`."""
        self.modules.add("to_torch")
        return "to_torch"


def inner(node: ast.AST) -> Iterator[ast.AST]:
    """The nearest nodes within `node` that have a place in the text."""
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant):
            continue
        if isinstance(child, ast.JoinedStr) and isinstance(node, ast.FormattedValue):
            yield from inner(child)  # a format
        elif isinstance(child, (ast.expr, ast.stmt)) and not isinstance(child, ast.FormattedValue):
            yield child
        else:
            yield from inner(child)


def atomic(text: str) -> str:
    """The text of an expression, in parentheses unless it needs none before a `.`."""
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        return f"({text})"
    number = isinstance(node, ast.Constant) and not isinstance(node.value, (str, bytes))
    whole = isinstance(node, _ATOMS) or (isinstance(node, ast.Constant) and not number)
    return text if whole and "\n" not in text.strip() else _closed(text, whole)


def _closed(text: str, whole: bool) -> str:
    return text if whole else f"({text})"
