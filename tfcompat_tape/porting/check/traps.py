"""Code that runs, and whose gradient is not what it looks like.

What a name holds is guessed from the assignments in the same function (for `self.name`, in the same class), so only
code that shows the mistake within a few lines is told of.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from tfcompat_tape.porting.check.trees import children, walk

TAPE = "tf.GradientTape"
_MAKES_VARIABLE = frozenset(["tf.Variable", "tf.compat.v1.Variable", "tf.compat.v1.get_variable"])
MATTERS = _MAKES_VARIABLE | {TAPE}  # code without these has no traps
_MAKES_CONSTANT = frozenset(["tf.constant", "tf.convert_to_tensor"])
_DRAWS = ("tf.random.", "tf.zeros", "tf.ones", "tf.fill", "tf.linspace", "tf.eye")
_ASSIGNS = frozenset(["assign", "assign_add", "assign_sub"])
_GRADIENTS = frozenset(["gradient", "jacobian", "batch_jacobian"])
_SHOWS = frozenset(
    ["print", "append", "info", "debug", "write", "format", "str", "float", "int", "set_postfix", "item"]
)
_DIFFERENTIABLE = ("float", "double", "half", "bfloat", "complex", "dtype")


@dataclass
class Held:
    """What a name was last given: "variable", "constant" (a Tensor that no op made), "computed" by ops, or "other"."""

    kind: str
    integer: bool = False
    rebound_from: bool = False


@dataclass
class Tape:
    """A `with tf.GradientTape() as name:`."""

    name: str
    node: ast.With | ast.AsyncWith
    persistent: bool
    watched: set[str] = field(default_factory=set)
    asked: list[ast.Call] = field(default_factory=list)
    dropped: bool = False


class Traps:
    """Finds traps in code whose expressions `symbols` names; `found` has (kind, node, message, instead)."""

    def __init__(self, symbols: dict[ast.AST, str]) -> None:
        self._symbols = symbols
        self.found: list[tuple[str, ast.AST, str, str | None]] = []
        self._module: dict[str, Held] = {}

    def read(self, tree: ast.Module) -> None:
        """Go through a module, or the next cell of a notebook."""
        scope = _Scope(self, self._module, function=False)
        scope.block(tree.body)
        scope.end()
        attributes: dict[ast.ClassDef, dict[str, Held]] = {}
        for function, owner in _functions(tree):
            held = dict(self._module)
            if owner is not None:
                if owner not in attributes:
                    attributes[owner] = self._attributes(owner)
                held |= attributes[owner]
            for argument in walk(function.args):
                if isinstance(argument, ast.arg):
                    held.pop(argument.arg, None)
            inner = _Scope(self, held, function=True)
            inner.block(function.body)
            inner.end()

    def symbol(self, node: ast.AST) -> str | None:
        """TensorFlow's name for what is called, or is read, at `node`."""
        return self._symbols.get(node.func if isinstance(node, ast.Call) else node)

    def holds(self, value: ast.AST) -> Held:
        """What an expression gives."""
        symbol = self.symbol(value) if isinstance(value, ast.Call) else None
        if symbol is not None and isinstance(value, ast.Call):
            if symbol in _MAKES_VARIABLE:
                return Held("variable", _is_integer(value))
            if symbol in _MAKES_CONSTANT:
                return Held("constant", _is_integer(value))
            if symbol.startswith(_DRAWS):
                return Held("constant", _is_integer(value, literal=False))
            if symbol == "tf.range":
                return Held("constant", all(_whole(one) for one in value.args) and not value.keywords)
        return Held("other")

    def _attributes(self, owner: ast.ClassDef) -> dict[str, Held]:
        """What the methods of a class give to `self`."""
        found: dict[str, Held] = {}
        for node in walk(owner):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    held = self.holds(node.value)
                    if (name := _dotted(target)) and name.startswith("self.") and held.kind == "variable":
                        found[name] = held
        return found


class _Scope:
    """The statements of a function or module, in order."""

    def __init__(self, traps: Traps, held: dict[str, Held], *, function: bool) -> None:
        self._traps = traps
        self._held = held
        self._function = function
        self._open: list[Tape] = []
        self._tapes: dict[str, Tape] = {}
        self._loops = 0

    def end(self) -> None:
        for tape in self._tapes.values():
            self._ends(tape)

    def block(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return  # on its own: see Traps.read
        if isinstance(node, (ast.With, ast.AsyncWith)):
            self._with(node)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            self._expressions(node.test if isinstance(node, ast.While) else node.iter)
            if not isinstance(node, ast.While):
                self._give(node.target, None)
            self._loops += 1
            self.block(node.body)
            self._loops -= 1
            self.block(node.orelse)
        elif isinstance(node, ast.If):
            self._expressions(node.test)
            self._either([node.body, node.orelse])
        elif isinstance(node, (ast.Try, ast.TryStar)):
            self.block(node.body)
            self._either([handler.body for handler in node.handlers])
            self.block([*node.orelse, *node.finalbody])
        elif isinstance(node, ast.Match):
            self._either([case.body for case in node.cases])
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                if (tape := self._tapes.get(_dotted(target) or "")) is not None:
                    tape.dropped = True
        else:
            self._expressions(node)
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._give(target, node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self._give(node.target, node.value)
            elif isinstance(node, ast.AugAssign):
                self._augmented(node)

    def _either(self, blocks: list[list[ast.stmt]]) -> None:
        """Blocks of which one runs: a gradient in one does not use the tape up for another."""
        before = {name: list(tape.asked) for name, tape in self._tapes.items()}
        most = dict(before)
        for block in blocks:
            for name, asked in before.items():
                self._tapes[name].asked = list(asked)
            self.block(block)
            for name in before:
                most[name] = max(most[name], self._tapes[name].asked, key=len)
        for name, asked in most.items():
            self._tapes[name].asked = asked

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        opened = []
        for item in node.items:
            call = item.context_expr
            self._expressions(call)
            name = _dotted(item.optional_vars) if item.optional_vars is not None else None
            if isinstance(call, ast.Call) and self._traps.symbol(call) == TAPE:
                tape = Tape(name or "", node, _flag(call, "persistent", 0))
                opened.append(tape)
                if name:
                    if name in self._tapes:
                        self._ends(self._tapes[name])
                    self._tapes[name] = tape
            elif name:
                self._held.pop(name, None)
        self._open += opened
        self.block(node.body)
        del self._open[len(self._open) - len(opened) :]

    def _ends(self, tape: Tape) -> None:
        if tape.persistent and tape.asked and not tape.dropped and not self._function:
            self._tell(
                "persistent-tape-kept",
                tape.node,
                f"the persistent tape {tape.name!r} keeps all that it recorded as long as its name is there",
                f"del {tape.name}",
            )

    def _expressions(self, node: ast.AST) -> None:
        """All calls in a statement, but not in functions within."""
        shown: set[ast.AST] = set()
        for part in _within(node):
            if isinstance(part, ast.Call):
                self._call(part, shown)

    def _call(self, node: ast.Call, shown: set[ast.AST]) -> None:
        function = node.func
        named = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if named in _SHOWS:  # what is shown or kept for later is not computed with
            shown.update(part for argument in (*node.args, *node.keywords) for part in walk(argument))
        if not isinstance(function, ast.Attribute):
            return
        owner = _dotted(function.value)
        tape = self._tapes.get(owner or "")
        if tape is not None and named == "watch":
            for argument in node.args:
                for part in walk(argument):
                    tape.watched.add(_dotted(part) or "")
                    self._integer(part, f"{owner}.watch")
        elif tape is not None and named == "reset":
            tape.asked = []
        elif tape is not None and named in _GRADIENTS:
            self._asked(tape, node)
        elif self._open and node not in shown:
            self._under_tape(node, function, owner)

    def _under_tape(self, node: ast.Call, function: ast.Attribute, owner: str | None) -> None:
        held = self._held.get(owner or "")
        if function.attr == "numpy" and not node.args:
            self._tell(
                "numpy-under-tape",
                node,
                "what .numpy() gives is no longer on the tape: no gradient flows through it",
                "the Tensor itself, and tf functions",
            )
        elif owner in ("np", "numpy") and (name := self._tensor_among(node.args)):
            self._tell(
                "numpy-under-tape",
                node,
                f"NumPy computes with the values of {name!r} outside the tape: no gradient flows through it",
                f"tf.{function.attr} or tf.math.{function.attr}",
            )
        elif function.attr in _ASSIGNS and held is not None and held.kind == "variable":
            self._tell(
                "assign-under-tape",
                node,
                f"{owner!r} is assigned while a tape records: uses before and after have other values, and the "
                f"gradient with respect to {owner!r} is the sum over both",
                "the assignment behind the `with`",
            )

    def _tensor_among(self, arguments: list[ast.expr]) -> str | None:
        for argument in arguments:
            for part in walk(argument):
                held = self._held.get(_dotted(part) or "")
                if held is not None and held.kind in ("variable", "constant", "computed"):
                    return _dotted(part)
        return None

    def _asked(self, tape: Tape, node: ast.Call) -> None:
        if tape.asked and not tape.persistent and not self._same_loop(tape):
            self._tell(
                "tape-used-up",
                node,
                f"the tape {tape.name!r} is used up by its first gradient: this raises a RuntimeError",
                "tf.GradientTape(persistent=True)",
            )
        tape.asked = [*tape.asked, node]
        words = {keyword.arg: keyword.value for keyword in node.keywords}
        sources = node.args[1] if len(node.args) > 1 else words.get("sources", words.get("source"))
        if sources is None:
            return
        for part in sources.elts if isinstance(sources, (ast.List, ast.Tuple)) else [sources]:
            name = _dotted(part)
            held = self._held.get(name or "")
            if held is None or self._integer(part, f"{tape.name}.{_attribute(node)}"):
                continue
            if held.kind == "constant" and name not in tape.watched:
                self._tell(
                    "unwatched-source",
                    part,
                    f"{name!r} is no Variable and the tape does not watch it: its gradient is None",
                    f"{tape.name}.watch({name}) before it is used",
                )
            elif held.rebound_from:
                self._tell(
                    "variable-rebound",
                    part,
                    f"{name!r} was a Variable and is now the Tensor that `{name} = ...` gave it: its gradient is None",
                    f"{name}.assign(...)",
                )

    def _same_loop(self, tape: Tape) -> bool:
        return tape in self._open and self._loops > 0

    def _integer(self, part: ast.AST, where: str) -> bool:
        name = _dotted(part)
        held = self._held.get(name or "")
        if held is None or not held.integer:
            return False
        self._tell(
            "integer-source",
            part,
            f"{name!r} holds integers: {where} gives None for it",
            "a float: 3.0 for 3",
        )
        return True

    def _give(self, target: ast.AST, value: ast.AST | None) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            paired = isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts)
            for i, one in enumerate(target.elts):
                self._give(
                    one, value.elts[i] if paired and isinstance(value, (ast.Tuple, ast.List)) else None
                )
            return
        name = _dotted(target)
        if name is None:
            return
        before = self._held.get(name)
        held = self._traps.holds(value) if value is not None else Held("other")
        if before is not None and before.kind == "variable" and held.kind == "other" and value is not None:
            held.rebound_from = any(_dotted(part) == name for part in walk(value)) and _computes(value)
            if held.rebound_from and (self._loops or self._tapes):
                self._rebound(name, target)
        elif held.kind == "other" and value is not None and self._of_tensors(value):
            held = Held("computed")
        self._held[name] = held

    def _of_tensors(self, value: ast.AST) -> bool:
        if isinstance(value, ast.BinOp):
            return self._of_tensors(value.left) or self._of_tensors(value.right)
        if isinstance(value, ast.Call):
            return (self._traps.symbol(value) or "").startswith(("tf.", "tensorflow."))
        held = self._held.get(_dotted(value) or "")
        return held is not None and held.kind != "other"

    def _augmented(self, node: ast.AugAssign) -> None:
        name = _dotted(node.target)
        held = self._held.get(name or "")
        if name is not None and held is not None and held.kind == "variable":
            self._rebound(name, node)
            self._held[name] = Held("other", rebound_from=True)

    def _rebound(self, name: str, node: ast.AST) -> None:
        self._tell(
            "variable-rebound",
            node,
            f"{name!r} is a Variable, and = makes it the name of a new Tensor: the Variable keeps its value",
            f"{name}.assign(...), or assign_add, assign_sub",
        )

    def _tell(self, kind: str, node: ast.AST, message: str, instead: str | None) -> None:
        self._traps.found.append((kind, node, message, instead))


def _functions(
    tree: ast.Module,
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, ast.ClassDef | None]]:
    """All functions, with the class that each is a method of."""

    def within(
        node: ast.AST, owner: ast.ClassDef | None
    ) -> Iterator[tuple[ast.FunctionDef, ast.ClassDef | None]]:
        for child in children(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield child, owner  # type: ignore[misc]
                yield from within(child, owner)
            else:
                yield from within(child, child if isinstance(child, ast.ClassDef) else owner)

    yield from within(tree, None)


def _within(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement, outer ones first, without those of functions in it."""
    yield node
    for child in children(node):
        if not isinstance(child, (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from _within(child)


def _dotted(node: ast.AST | None) -> str | None:
    """`w`, `self.w`: the name that is read or given."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return f"self.{node.attr}"
    return None


def _attribute(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _computes(value: ast.AST) -> bool:
    """Whether an expression computes something, and does not merely call a method or pick a part."""
    return isinstance(value, (ast.BinOp, ast.UnaryOp)) or (
        isinstance(value, ast.Call) and not isinstance(value.func, ast.Attribute)
    )


def _flag(call: ast.Call, name: str, place: int) -> bool:
    given = [keyword.value for keyword in call.keywords if keyword.arg == name] or call.args[
        place : place + 1
    ]
    return bool(given) and isinstance(given[0], ast.Constant) and bool(given[0].value)


def _is_integer(call: ast.Call, *, literal: bool = True) -> bool:
    """Whether what is made has an integer dtype: it says so, or its value is a literal of whole numbers."""
    words = {keyword.arg: keyword.value for keyword in call.keywords}
    if "dtype" in words:
        return "int" in ast.unparse(words["dtype"]) and not any(
            x in ast.unparse(words["dtype"]) for x in _DIFFERENTIABLE
        )
    if len(call.args) > 1:  # a dtype by position, perhaps
        text = ast.unparse(call.args[1])
        if any(x in text for x in _DIFFERENTIABLE):
            return False
        if "int" in text:
            return True
    value = call.args[0] if call.args else words.get("initial_value", words.get("value"))
    return literal and value is not None and _whole(value)


def _whole(value: ast.AST) -> bool:
    if isinstance(value, (ast.List, ast.Tuple)):
        return bool(value.elts) and all(_whole(one) for one in value.elts)
    if isinstance(value, ast.UnaryOp):
        return _whole(value.operand)
    return isinstance(value, ast.Constant) and type(value.value) is int
