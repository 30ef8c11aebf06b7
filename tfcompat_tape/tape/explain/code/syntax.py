"""What the user's source code says: where a value that left the library goes, and which names are bound anew.

The trace sees objects, not names: it cannot see that `c` in `w * c` was computed from `float(y)` two lines before. The
source code can tell, as far as it can be read: names are followed through one file, whatever the order of execution.
What is found here is evidence, and is reported as such.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from functools import cached_property
from types import ModuleType
from typing import Any

from tfcompat_tape.tape.places import Place

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
# Calls whose arguments go nowhere.
_SINKS = {"print", "repr", "str", "len", "isinstance", "type"}

SAME = "the same expression"

# What may carry a value: ("name", scope, name), ("attribute", name), or ("call", name of a function).
Token = tuple[Any, ...]


class Source:
    """One file as a syntax tree."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)
        self.parents: dict[ast.AST, ast.AST] = {}
        self.functions: dict[str, list[Any]] = {}
        self.imported: set[str] = set()
        self.library: set[str] = set()  # names of this library
        self._bound: dict[Any, set[str]] = {}
        self._carriers: dict[tuple[ast.AST, bool], set[Token]] = {}
        self._reached: dict[tuple[ast.AST, bool], frozenset[Token]] = {}
        self.nodes = list(ast.walk(self.tree))
        self._spans = {_span(node): node for node in reversed(self.nodes) if isinstance(node, ast.expr)}
        for node in self.nodes:
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.functions.setdefault(node.name, []).append(node)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                for alias in node.names:
                    name = (alias.asname or alias.name).partition(".")[0]
                    origin = (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
                    self.imported.add(name)
                    if origin.partition(".")[0] in ("tensorflow", "tfcompat_tape"):
                        self.library.add(name)

    def know(self, namespace: dict[str, Any]) -> None:
        """Take the names of modules in a namespace that this code uses as imported: a cell may have them of another."""
        modules = {
            name for name, held in list(namespace.items()) if isinstance(held, ModuleType)
        } - self.imported
        if modules:
            self.imported |= modules
            self.library |= {
                name for name in modules if _package(namespace[name]) in ("tensorflow", "tfcompat_tape")
            }
            self._carriers.clear()
            self._reached.clear()

    # -- positions ----------------------------------------------------------------------------------------------------

    def expression(self, place: Place) -> ast.AST | None:
        """The expression that runs at `place`, or at least its statement."""
        span = place.span
        found = None if span is None else self._spans.get(span)
        return found or self.statement(place)

    def statement(self, place: Place) -> ast.stmt | None:
        """The innermost statement that covers the line."""
        found: ast.stmt | None = None
        for node in self.nodes:
            if isinstance(node, ast.stmt) and node.lineno <= place.line <= (node.end_lineno or node.lineno):
                if found is None or node.lineno >= found.lineno:
                    found = node
        return found

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """`node` and what it stands in, outwards."""
        current: ast.AST | None = node
        while current is not None:
            yield current
            current = self.parents.get(current)

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """The statement that `node` is part of."""
        return next((outer for outer in self.around(node) if isinstance(outer, ast.stmt)), None)

    # -- names --------------------------------------------------------------------------------------------------------

    def scope(self, name: str, node: ast.AST) -> Any:
        """The function in which `name`, as `node` uses it, is bound; `None` for the module."""
        for outer in self.around(node):
            if isinstance(outer, _FUNCTIONS) and name in self._bound_in(outer):
                return outer
        return None

    def _bound_in(self, function: Any) -> set[str]:
        found = self._bound.get(function)
        if found is None:
            found = {argument.arg for argument in _parameters(function)}
            for node in _own(function):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found.add(node.id)
            found -= {name for node in _own(function) if isinstance(node, ast.Global) for name in node.names}
            self._bound[function] = found
        return found

    def assignments(self) -> Iterator[tuple[ast.stmt, list[ast.expr], ast.expr]]:
        """All assignments of the file: statement, targets, value."""
        for node in self.nodes:
            if isinstance(node, ast.Assign):
                yield node, node.targets, node.value
            elif isinstance(node, (ast.AugAssign, ast.AnnAssign)) and node.value is not None:
                yield node, [node.target], node.value

    def binds(self, token: Token) -> bool:
        """Whether this file says where the value of `token` comes from: it need not be the file that does."""
        if token[0] == "call":
            return True  # its arguments are read beside it
        if token in self._bindings:
            return True
        scope = token[1] if token[0] == "name" else None
        if scope is None or token[2] not in {parameter.arg for parameter in _parameters(scope)}:
            return False
        return bool(self.readers(("call", getattr(scope, "name", ""))))

    @cached_property
    def _bindings(self) -> set[Token]:
        """All that is bound in this file, but for parameters."""
        found: set[Token] = set()
        for node in self.nodes:
            if isinstance(node, (ast.Assign, ast.Delete)):
                targets: list[Any] = node.targets
            elif isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.comprehension)):
                targets = [node.target]
            elif isinstance(node, ast.withitem):
                targets = [node.optional_vars]
            else:
                continue
            for target in targets:
                found |= self.into_target(target)
        return found

    # -- where a value goes -------------------------------------------------------------------------------------------

    def carriers(self, node: ast.AST, through: bool = False) -> set[Token]:
        """Into what the value of the expression `node` goes within its statement; `through` calls of this library?"""
        key = (node, through)
        if key not in self._carriers:
            self._carriers[key] = self._find_carriers(node, through)
        return self._carriers[key]

    def _find_carriers(self, node: ast.AST, through: bool) -> set[Token]:
        found: set[Token] = set()
        child = node
        for outer in self.around(node):
            if isinstance(outer, ast.Call) and child is not outer:
                name = _called(outer)
                if name in _SINKS or name.startswith(("logging.", "logger.", "log.")):
                    return found
                if name.partition(".")[0] in self.library and not through:
                    return found  # what comes of it is a Tensor: the trace sees that
                found |= self._into_call(outer, child)
            elif isinstance(outer, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
                targets = outer.targets if isinstance(outer, ast.Assign) else [outer.target]
                if child not in targets:
                    for target in targets:
                        found |= self.into_target(target)
            elif isinstance(outer, ast.NamedExpr) or (
                isinstance(outer, (ast.For, ast.comprehension)) and child is outer.iter
            ):
                found |= self.into_target(outer.target)
            elif isinstance(outer, ast.Return):
                function = next((f for f in self.around(outer) if isinstance(f, _FUNCTIONS)), None)
                found |= {("call", function.name)} if isinstance(function, ast.FunctionDef) else set()
            elif isinstance(outer, ast.Lambda) and child is outer.body:
                return found
            if isinstance(outer, ast.stmt):
                return found
            child = outer
        return found

    def _into_call(self, call: ast.Call, child: ast.AST) -> set[Token]:
        """An argument goes into the parameters of the function, and into the object whose method is called."""
        found: set[Token] = set()
        if child is call.func:
            return found
        if isinstance(call.func, ast.Attribute):
            base: ast.AST = call.func.value
            while isinstance(base, (ast.Attribute, ast.Subscript)) and not isinstance(base, ast.Name):
                if isinstance(base, ast.Attribute):
                    found.add(("attribute", base.attr))
                    return found
                base = base.value
            if isinstance(base, ast.Name) and base.id not in self.imported:
                found.add(("name", self.scope(base.id, call), base.id))
        name = _called(call).rpartition(".")[2]
        for function in self.functions.get(name, ()):
            parameters = _parameters(function)
            if parameters and parameters[0].arg == "self" and isinstance(call.func, ast.Attribute):
                parameters = parameters[1:]
            for position, argument in enumerate(call.args):
                if argument is child and position < len(parameters):
                    found.add(("name", function, parameters[position].arg))
            for keyword in call.keywords:
                if keyword is child:
                    found |= {("name", function, p.arg) for p in parameters if p.arg == keyword.arg}
        return found

    def into_target(self, target: ast.AST) -> set[Token]:
        if isinstance(target, ast.Name):
            return {("name", self.scope(target.id, target), target.id)}
        if isinstance(target, ast.Attribute):
            return {("attribute", target.attr)}
        if isinstance(target, (ast.Subscript, ast.Starred)):
            return self.into_target(target.value)
        if isinstance(target, (ast.Tuple, ast.List)):
            return set().union(*[self.into_target(item) for item in target.elts])
        return set()

    def token(self, node: ast.AST) -> Token | None:
        """The token that `node` reads, if it reads one."""
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            return ("name", self.scope(node.id, node), node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            return ("attribute", node.attr)
        if isinstance(node, ast.Call):
            return ("call", _called(node).rpartition(".")[2])
        return None

    @cached_property
    def _readers(self) -> dict[Token, list[ast.AST]]:
        """The expressions of the file that read something, by what they read."""
        found: dict[Token, list[ast.AST]] = {}
        for node in self.nodes:
            token = self.token(node)
            if token is not None:
                found.setdefault(token, []).append(node)
        return found

    def readers(self, token: Token) -> list[ast.AST]:
        """The expressions that read `token`."""
        return self._readers.get(token, [])

    def reached_from(self, start: ast.AST, through: bool = False) -> frozenset[Token]:
        """All that a value may get into, on its way from the expression `start` through the file."""
        key = (start, through)
        if key not in self._reached:
            found: set[Token] = set()
            new = self.carriers(start, through)
            while new:
                found |= new
                new = {
                    t for token in new for node in self.readers(token) for t in self.carriers(node, through)
                }
                new -= found
            self._reached[key] = frozenset(found)
        return self._reached[key]

    def link(self, start: ast.AST, end: ast.AST) -> str | None:
        """How the value of `start` gets into the expression `end`: by which name, `None` if it does not seem to."""
        if start is not end and any(node is start for node in ast.walk(end)):
            return SAME
        tokens = self.reached_from(start)
        for node in ast.walk(end):
            token = self.token(node)
            if token is not None and token in tokens:
                return ast.unparse(node)
        return None

    def closed(self, node: ast.AST, depth: int = 8) -> bool:
        """Whether the value of an expression comes from nothing but literals."""
        if depth == 0:
            return False
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, ast.Attribute):  # np.pi
            return isinstance(node.value, ast.Name) and node.value.id in self.imported
        if isinstance(node, ast.Name):
            scope = self.scope(node.id, node)
            if scope is not None and node.id in {p.arg for p in _parameters(scope)}:
                return False
            values = [
                value
                for statement, targets, value in self.assignments()
                if any(self.into_target(target) & {("name", scope, node.id)} for target in targets)
            ]
            loops = [
                loop.iter
                for loop in self.nodes
                if isinstance(loop, (ast.For, ast.comprehension))
                and ("name", scope, node.id) in self.into_target(loop.target)
            ]
            return bool(values or loops) and all(self.closed(value, depth - 1) for value in [*values, *loops])
        if isinstance(node, ast.Call):
            plain = isinstance(node.func, ast.Name) and node.func.id in (
                "range",
                "float",
                "int",
                "list",
                "tuple",
            )
            return plain and all(self.closed(argument, depth - 1) for argument in node.args)
        if isinstance(
            node,
            (
                ast.BinOp,
                ast.UnaryOp,
                ast.Slice,
                ast.Tuple,
                ast.List,
                ast.operator,
                ast.unaryop,
                ast.expr_context,
            ),
        ):
            return all(self.closed(child, depth) for child in ast.iter_child_nodes(node))
        return False


def _package(module: ModuleType) -> str:
    return module.__name__.partition(".")[0]


def _span(node: ast.expr) -> tuple[int, int | None, int, int | None]:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def _parameters(function: Any) -> list[ast.arg]:
    given = function.args
    return [
        *given.posonlyargs,
        *given.args,
        *given.kwonlyargs,
        *[a for a in (given.vararg, given.kwarg) if a],
    ]


def _own(function: Any) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions in it."""
    stack = list(ast.iter_child_nodes(function))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _FUNCTIONS):
            stack.extend(ast.iter_child_nodes(node))


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func)


# By file: the lines that were parsed, as linecache holds them, and their tree.
_sources: dict[str, tuple[list[str], Source | None]] = {}


def source(file: str) -> Source | None:
    """The syntax tree of `file`; `None` where there is no source, or none that parses."""
    linecache.checkcache(file)
    lines = linecache.getlines(file)
    known, tree = _sources.get(file, (None, None))
    if known is not lines:
        try:
            tree = Source("".join(lines)) if lines else None
        except (SyntaxError, ValueError, RecursionError):
            tree = None
        _sources[file] = (lines, tree)
    return tree


def link(start: Place | None, end: Place | None, operand: int | None = None) -> str | None:
    """By which name a value gets from `start` to `end`, as the source code has it; `None` if it does not.

    Args:
      operand: which operand of an operator at `end` it must get into, if that is known: 0 or 1.
    """
    if start is None or end is None or start.file != end.file:
        return None
    tree = source(start.file)
    if tree is None:
        return None
    first, last = tree.expression(start), tree.expression(end)
    if isinstance(last, ast.BinOp) and operand is not None:
        last = last.right if operand else last.left
        if first is last:
            return SAME
    return None if first is None or last is None else tree.link(first, last)


def literal(place: Place | None, tensors: int) -> bool:
    """Whether the numbers that `tensors` Tensors meet at `place` are literals, or come from such alone."""
    tree = None if place is None else source(place.file)
    if place is None or tree is None:
        return False
    node = tree.expression(place)
    if isinstance(node, ast.BinOp):
        values: list[ast.expr] = [node.left, node.right]
        tensors = max(tensors, 1)  # a number alone would not have been converted
    elif isinstance(node, ast.Compare):
        values = [node.left, *node.comparators]
    elif isinstance(node, ast.Call):
        values = [*node.args, *[keyword.value for keyword in node.keywords]]
    elif isinstance(node, ast.AugAssign):
        values = [node.target, node.value]
    elif isinstance(node, ast.Subscript):
        values = [node.value, node.slice]
    else:
        return False
    return sum([not tree.closed(value) for value in values]) <= tensors


def inside_with(place: Place | None, name: str) -> bool:
    """Whether `place` stands in a `with` statement whose context is called `name`."""
    tree = None if place is None else source(place.file)
    if place is None or tree is None:
        return False
    node = tree.expression(place)
    return node is not None and any(
        isinstance(outer, ast.With) and any(name in ast.unparse(item.context_expr) for item in outer.items)
        for outer in tree.around(node)
    )


def common(first: Place | None, second: Place | None) -> str | None:
    """A name that is read at both places and no function's or module's, if there is one."""
    if first is None or second is None or first.file != second.file:
        return None
    tree = source(first.file)
    if tree is None:
        return None
    found: list[set[Any]] = []
    for place in (first, second):
        node = tree.expression(place)
        reads = [] if node is None else [one for one in ast.walk(node) if isinstance(one, ast.Name)]
        found.append({tree.token(one) for one in reads if one.id not in tree.imported} - {None})
    names = sorted(token[2] for token in found[0] & found[1] if token[2] not in tree.functions)
    return names[0] if names else None
