"""Which names of TensorFlow a piece of code uses, however it calls them.

`import tensorflow as t`, `from tensorflow.keras import layers`, `K = tf.linalg`, `self.ops = tf.math` and
`importlib.import_module("tensorflow")` are all followed. Statements are gone through in order; after branches a name is
TensorFlow's if it is in one of them. Bodies of functions come last, for they run later.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tfcompat_tape.porting.check.trees import children, walk

ROOT = "tensorflow"
PRIVATE = f"{ROOT}.python"
# What imports a module that a string names.
_IMPORTERS = frozenset(["import_module", "__import__", "importorskip", "try_import", "LazyLoader"])
_MISSING = frozenset(["AttributeError", "ImportError", "ModuleNotFoundError", "Exception", "BaseException"])

Names = dict[str, str | None]  # what a name stands for: a symbol ("tf.math"), or something else


@dataclass(frozen=True)
class Use:
    """A name of TensorFlow's in the code.

    Attributes:
      symbol: in full: "tf.math.log"; "tensorflow.python.ops.math_ops.log" where it is private.
      node: where it stands.
      call: the call of it, if it is called there.
      guarded: the code expects that the name may be missing: `try` and `except ImportError`, `if hasattr`.
    """

    symbol: str
    node: ast.AST
    call: ast.Call | None = None
    guarded: bool = False


class Reader:
    """Goes through code; `uses` are found in order, and `symbols` says what expressions stand for.

    Args:
      star: the names that `from tensorflow import *` brings from a namespace.
    """

    def __init__(self, star: Callable[[str], Sequence[str]]) -> None:
        self.uses: list[Use] = []
        self.symbols: dict[ast.AST, str] = {}
        self._names: Names = {}
        self._star = star
        self._guards: list[str] = []  # prefixes of symbols that may be missing here; "" is any
        self._later: list[Callable[[], None]] = []

    def read(self, tree: ast.Module) -> None:
        """Go through a module, or the next cell of a notebook."""
        self._block(tree.body)
        while self._later:
            self._later.pop(0)()

    # Statements

    def _block(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            method = getattr(self, f"_{type(statement).__name__}", None)
            if method is None:
                self._children(statement)
            else:
                method(statement)

    def _children(self, node: ast.AST) -> None:
        for child in children(node):
            if isinstance(child, ast.stmt):
                self._block([child])
            else:
                self._expression(child)

    def _Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if not _of_tensorflow(alias.name):
                self._names[alias.asname or alias.name.partition(".")[0]] = None
                continue
            if "." in alias.name:
                self._used(_short(alias.name), node)
            self._names[alias.asname or ROOT] = _short(alias.name) if alias.asname else "tf"

    def _ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        ours = not node.level and _of_tensorflow(module)
        for alias in node.names:
            if ours and alias.name == "*":
                self._used(_short(module), node)
                for name in self._star(_short(module)):
                    self._names[name] = f"{_short(module)}.{name}"
            elif ours:
                symbol = _joined(_short(module), alias.name)
                self._used(symbol, node)
                self._names[alias.asname or alias.name] = symbol
            elif alias.name != "*":
                self._names[alias.asname or alias.name] = None

    def _Assign(self, node: ast.Assign) -> None:
        self._expression(node.value)
        for target in node.targets:
            self._bind(target, node.value)

    def _AnnAssign(self, node: ast.AnnAssign) -> None:
        self._expression(node.annotation)
        if node.value is not None:
            self._expression(node.value)
            self._bind(node.target, node.value)

    def _AugAssign(self, node: ast.AugAssign) -> None:
        self._expression(node.value)
        self._bind(node.target, None)

    def _For(self, node: ast.For | ast.AsyncFor) -> None:
        self._expression(node.iter)
        self._bind(node.target, None)
        self._branches([node.body, node.orelse])

    _AsyncFor = _For

    def _While(self, node: ast.While) -> None:
        self._expression(node.test)
        self._branches([node.body, node.orelse])

    def _With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self._expression(item.context_expr)
            if item.optional_vars is not None:
                self._bind(item.optional_vars, None)
        self._block(node.body)

    _AsyncWith = _With

    def _If(self, node: ast.If) -> None:
        self._expression(node.test)
        asked = [symbol for call in walk(node.test) for symbol in self._asked(call)]
        with_guards = [*self._guards, *asked]
        self._branches([node.body, node.orelse], [with_guards, self._guards])

    def _Try(self, node: ast.Try) -> None:
        expects = any(_catches_missing(handler) for handler in node.handlers)
        blocks = [[*node.body, *node.orelse], *[handler.body for handler in node.handlers]]
        guards = [[*self._guards, ""] if expects else self._guards, *[self._guards for _ in node.handlers]]
        for handler in node.handlers:
            if handler.type is not None:
                self._expression(handler.type)
            if handler.name:
                self._names.setdefault(handler.name, None)
        self._branches(blocks, guards)
        self._block(node.finalbody)

    _TryStar = _Try

    def _Match(self, node: ast.Match) -> None:
        self._expression(node.subject)
        for case in node.cases:
            self._children(case.pattern)
            if case.guard is not None:
                self._expression(case.guard)
        self._branches([case.body for case in node.cases])

    def _FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for part in (*node.decorator_list, node.args, *([node.returns] if node.returns else [])):
            self._expression(part)
        self._names[node.name] = None
        self._function(node.args, lambda: self._block(node.body))

    _AsyncFunctionDef = _FunctionDef

    def _ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self._expression(part)
        outside = self._names
        # Methods see the names around the class, and what the class and `self` have been given.
        attributes = {
            f"{owner}.{name}": s for name, s in self._given(node) for owner in ("self", "cls", node.name)
        }
        self._names = {**outside, **attributes}
        self._block(node.body)
        outside |= {name: s for name, s in attributes.items() if name.startswith(f"{node.name}.")}
        self._names = outside
        self._names[node.name] = None

    def _given(self, node: ast.ClassDef) -> Iterator[tuple[str, str]]:
        """What is assigned to the class and to `self` and stands for a symbol."""
        for part in walk(node):
            if isinstance(part, ast.Assign) and (symbol := self._symbol(part.value)) is not None:
                for target in part.targets:
                    if isinstance(target, ast.Name) and part in node.body:
                        yield target.id, symbol
                    elif isinstance(target, ast.Attribute) and ast.unparse(target.value) in ("self", "cls"):
                        yield target.attr, symbol

    def _branches(
        self, blocks: Sequence[Sequence[ast.stmt]], guards: Sequence[list[str]] | None = None
    ) -> None:
        before, outside = self._names, self._guards
        after: list[Names] = []
        for i, block in enumerate(blocks):
            self._names = dict(before)
            self._guards = outside if guards is None else guards[i]
            self._block(block)
            after.append(self._names)
        self._guards = outside
        self._names = before  # the same dictionary: functions that come later see it
        changed = set().union(*[names.items() - before.items() for names in after]) if after else set()
        for name in dict(changed):
            symbols = [names.get(name) for names in after]
            before[name] = next((symbol for symbol in symbols if symbol is not None), None)

    def _function(self, arguments: ast.arguments, body: Callable[[], None]) -> None:
        outside, guards = self._names, self._guards

        def later() -> None:
            names, before = self._names, self._guards
            self._names, self._guards = dict(outside), guards
            for argument in _arguments(arguments):
                self._names[argument] = None
            body()
            self._names, self._guards = names, before

        self._later.append(later)

    # Expressions

    def _expression(self, node: ast.AST, call: ast.Call | None = None) -> None:
        symbol = self._symbol(node)
        if symbol is not None:
            self.symbols[node] = symbol
            if not isinstance(node, ast.Name) or "." in symbol:
                self._used(symbol, node, call)
            return
        if isinstance(node, ast.Call):
            self._expression(node.func, node)
            for part in (*node.args, *node.keywords):
                self._expression(part)
            self._asks_for(node)
        elif isinstance(node, ast.NamedExpr):
            self._expression(node.value)
            self._bind(node.target, node.value)
        elif isinstance(node, ast.Lambda):
            self._expression(node.args)
            self._function(node.args, lambda: self._expression(node.body))
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            self._comprehension(node)
        else:
            self._children(node)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        outside = self._names
        self._names = dict(outside)
        for generator in node.generators:
            self._expression(generator.iter)
            self._bind(generator.target, None)
            for test in generator.ifs:
                self._expression(test)
        for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            self._expression(part)
        self._names = outside

    def _symbol(self, node: ast.AST) -> str | None:
        """The symbol that an expression stands for."""
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        if isinstance(node, ast.Attribute):
            base = self._symbol(node.value)
            if base is not None:
                return _joined(base, node.attr)
            if isinstance(node.value, ast.Name):
                return self._names.get(f"{node.value.id}.{node.attr}")
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = (
                node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            )
            named = node.args[0].value
            if function in _IMPORTERS and isinstance(named, str) and _of_tensorflow(named):
                return "tf" if function == "__import__" else _short(named)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr" and len(node.args) == 2:
            base, name = self._symbol(node.args[0]), node.args[1]
            if base is not None and isinstance(name, ast.Constant) and isinstance(name.value, str):
                return _joined(base, name.value)
        return None

    def _asks_for(self, node: ast.Call) -> None:
        """`getattr(tf, "name", default)`: a use of the name, which may be missing."""
        if getattr(node.func, "id", "") == "getattr" and len(node.args) == 3:
            for symbol in self._asked(node):
                self.uses.append(Use(symbol, node, None, True))

    def _asked(self, node: ast.AST) -> Iterator[str]:
        """The symbol that `hasattr(tf, "name")` or a getattr asks for."""
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("hasattr", "getattr"):
            words = node.args[1:2]
            base = self._symbol(node.args[0]) if node.args else None
            if base is not None and words and isinstance(words[0], ast.Constant):
                yield _joined(base, str(words[0].value))

    def _bind(self, target: ast.AST, value: ast.AST | None) -> None:
        if isinstance(target, ast.Name):
            self._names[target.id] = None if value is None else self._symbol(value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            values = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
            paired = len(values) == len(target.elts)
            for i, one in enumerate(target.elts):
                self._bind(one, values[i] if paired else None)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, None)
        else:  # an attribute or an element: what it is one of may be a use
            self._children(target)

    def _used(self, symbol: str, node: ast.AST, call: ast.Call | None = None) -> None:
        guarded = any(symbol == one or symbol.startswith(f"{one}.") or not one for one in self._guards)
        self.uses.append(Use(symbol, node, call, guarded))


def _of_tensorflow(module: str) -> bool:
    return module == ROOT or module.startswith(f"{ROOT}.")


def _short(module: str) -> str:
    """The symbol of a module: "tf.math" for "tensorflow.math"; private ones stay as they are."""
    if module == PRIVATE or module.startswith(f"{PRIVATE}."):
        return module
    return _canonical("tf" + module.removeprefix(ROOT))


def _joined(base: str, name: str) -> str:
    if base == "tf" and name == "python":
        return PRIVATE
    return _canonical(f"{base}.{name}")


def _canonical(symbol: str) -> str:
    """`tf.compat.v2` is `tf`."""
    if symbol == "tf.compat.v2" or symbol.startswith("tf.compat.v2."):
        return "tf" + symbol.removeprefix("tf.compat.v2")
    return symbol


def _catches_missing(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(getattr(kind, "id", "") in _MISSING for kind in kinds)


def _arguments(arguments: ast.arguments) -> list[str]:
    plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [one.arg for one in (*plain, arguments.vararg, arguments.kwarg) if one is not None]
