"""Runs a script and notes what each of its expressions is: ``python -m tfcompat_tape.porting.convert.observe``.

Every expression of the script is wrapped in a call that looks at its value and hands it on. What was seen of an
expression is a set of tuples: its own kind, and the kinds that the expressions in it had just before. Functions run
eagerly meanwhile, so that tensors are what they will be in torch.
"""

from __future__ import annotations

import ast
import builtins
import json
import os
import sys
import tokenize
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tfcompat_tape.coverage.names import tensorflow_names
from tfcompat_tape.porting.check.uses import Reader
from tfcompat_tape.porting.check.verdicts import NeedsPackageError, object_of
from tfcompat_tape.porting.convert.kinds import Kind, kind_of
from tfcompat_tape.porting.convert.source import Source

TAPE_METHODS = ("gradient", "jacobian", "batch_jacobian", "jvp")
_MOST = 48  # combinations of kinds that are kept of one expression
NUDGE = 1.2e-7  # of a gradient's entries, where it is asked how much rounding makes of itself
_LONGEST = 4096  # values of a gradient that are kept
GRADIENTS = 3000  # gradients that are kept


def symbols_of(source: Source) -> dict[ast.AST, str]:
    """What expressions stand for, in TensorFlow's names."""
    reader = Reader(lambda space: sorted(tensorflow_names().get(space, ())))
    reader.read(source.tree)
    return reader.symbols


def parts(node: ast.AST) -> list[ast.AST]:
    """The expressions right within an expression whose kinds are noted with its own."""
    if isinstance(node, ast.Call):
        return [
            one.value if isinstance(one, ast.Starred) else one
            for one in (
                *([node.func.value] if isinstance(node.func, ast.Attribute) else []),
                *node.args,
                *[word.value for word in node.keywords],
            )
        ]
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, (ast.Subscript, ast.Attribute)):
        return [node.value]
    return []


@dataclass
class Facts:
    """What was seen.

    Attributes:
      seen: for each expression, the combinations of its kind and its parts'.
      recorded: the expressions that were computed while a tape recorded.
      plain: those that were computed while none did.
      strangers: names that did not stand for what they seem to.
      tapes: for each call of a tape's method, what the tape was.
      traced: the expressions that were computed in a `tf.function`, wherever they stand.
      fed: the first lines of the functions that, as a `tf.function`, were called with arrays, or gave arrays or
        numbers; less than 0 where a signature gave the arrays another dtype.
      gradients: what they gave, in order.
    """

    seen: dict[int, set[tuple[Kind, ...]]] = field(default_factory=dict)
    recorded: set[int] = field(default_factory=set)
    plain: set[int] = field(default_factory=set)
    strangers: set[int] = field(default_factory=set)
    tapes: dict[int, set[tuple[str, ...]]] = field(default_factory=dict)
    traced: set[int] = field(default_factory=set)
    fed: set[int] = field(default_factory=set)
    gradients: list[Any] = field(default_factory=list)

    def as_json(self) -> str:
        """As text that `from_json` reads."""
        return json.dumps(
            {
                "seen": {key: sorted(value, key=repr) for key, value in self.seen.items()},
                "recorded": sorted(self.recorded),
                "plain": sorted(self.plain),
                "strangers": sorted(self.strangers),
                "tapes": {key: sorted(value) for key, value in self.tapes.items()},
                "traced": sorted(self.traced),
                "fed": sorted(self.fed),
                "gradients": self.gradients,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Facts:
        """What `as_json` wrote."""
        told = json.loads(text)
        return cls(
            {int(key): {_tuples(one) for one in value} for key, value in told["seen"].items()},
            set(told["recorded"]),
            set(told["plain"]),
            set(told["strangers"]),
            {int(key): {_tuples(one) for one in value} for key, value in told["tapes"].items()},
            set(told["traced"]),
            set(told["fed"]),
            told["gradients"],
        )


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


class Observer:
    """Takes notes while the script runs."""

    def __init__(self, source: Source, nudge: bool = False) -> None:
        self.facts = Facts()
        self.source = source
        self.parts = {
            source.number[node]: [source.number[one] for one in parts(node)]
            for node in source.spans
            if isinstance(node, ast.expr)
        }
        self._last: dict[int, Kind] = {
            source.number[node]: kind_of(node.value)
            for node in source.spans
            if isinstance(node, ast.Constant)
        }
        self.symbols = {
            source.number[node]: (symbol, _object(symbol))
            for node, symbol in symbols_of(source).items()
            if node in source.number
        }
        self._named = {
            source.number[node]
            for node in source.spans
            if isinstance(node, ast.Attribute) and node.attr == "name"
        }
        self._depth = 0  # how many tf.functions run
        self._asked = 0  # how many tapes compute something
        self._signs = np.random.RandomState(0) if nudge else None
        self.active: list[Any] = []
        self.overlapped: set[int] = set()

    def see(self, number: int, value: Any) -> Any:
        """Note a value, and return it."""
        kind = kind_of(value)
        if type(value) is str and number in self._named:
            kind = ("name", value)
        self._last[number] = kind
        last = self._last
        combination = (kind, *[last.get(part, ("?",)) for part in self.parts[number]])
        known = self.facts.seen.get(number)
        if known is None:
            known = self.facts.seen[number] = set()
        if combination not in known and len(known) < _MOST:
            known.add(combination)
        if any(tape._recording for tape in self.active):
            self.facts.recorded.add(number)
        else:
            self.facts.plain.add(number)
        if self._depth:
            self.facts.traced.add(number)
        named = self.symbols.get(number)
        if named is not None and named[1] is not None and value is not named[1]:
            if value != named[1] if isinstance(value, (str, int, float)) else True:
                self.facts.strangers.add(number)
        return value

    def call_tape(self, number: int, owner: Any, method: str, /, *args: Any, **kwargs: Any) -> Any:
        """Call a method that may be a tape's, and note what it gives."""
        kind = kind_of(owner)[0]
        others = sum(tape is not owner and getattr(tape, "_recording", True) for tape in self.active)
        of_tape = kind in ("tape", "accumulator")
        self._asked += of_tape
        try:
            result = getattr(owner, method)(*args, **kwargs)
        finally:
            self._asked -= of_tape
        if self._signs is not None:
            result = _nudged(result, self._signs)
        if of_tape:
            words = [kind]
            if kind == "tape" and owner._persistent:
                words.append("persistent")
                if owner._recording:
                    others += 1
            if kind == "tape" and not owner._watch_accessed_variables:
                words.append("choosy")
            words.append("nested" if others else "outermost")
            if id(owner) in self.overlapped:
                words.append("overlapped")
            self.facts.tapes.setdefault(number, set()).add(tuple(words))
            # What the rule of a custom gradient asks on the way is part of the gradient, as in the run in torch.
            if not self._asked and len(self.facts.gradients) < GRADIENTS:
                self.facts.gradients.append([self.source_line(number), _values(result)])
        return result

    def source_line(self, number: int) -> int:
        """The line of an expression."""
        return self._lines[number]

    def prepare(self) -> ast.Module:
        """The script with every expression wrapped."""
        self._lines = {self.source.number[node]: self.source.line(node) for node in self.source.spans}
        tree = _Wrapper(self.source).visit(self.source.tree)
        ast.fix_missing_locations(tree)
        return tree  # type: ignore[no-any-return]

    def watch_tapes(self) -> None:
        """From here on know which tapes record."""
        from tfcompat_tape.tape.forward_accumulator import ForwardAccumulator
        from tfcompat_tape.tape.gradient_tape import GradientTape

        for made in (GradientTape, ForwardAccumulator):
            self._watch(made)

    def watch_functions(self) -> None:
        """From here on know which functions run as a `tf.function`; as there, they get and give tensors."""
        from tfcompat_tape import nest
        from tfcompat_tape.core.convert import convert
        from tfcompat_tape.tracing.function import Function

        def called(function: Any, *args: Any, **kwargs: Any) -> Any:
            python = function.python_function
            line = getattr(getattr(python, "__code__", None), "co_firstlineno", 0)
            flat = nest.flatten((args, kwargs))
            if any(isinstance(one, (np.ndarray, np.generic)) for one in flat):
                made = [convert(one) if isinstance(one, (np.ndarray, np.generic)) else one for one in flat]
                self.facts.fed.add(-line if _casts(function, args, kwargs, made) else line)
                args, kwargs = nest.pack_sequence_as((args, kwargs), made)
            self._depth += 1
            try:
                result = python(*args, **kwargs)
            finally:
                self._depth -= 1
            flat = nest.flatten(result)
            if any(_is_number(one) for one in flat):
                self.facts.fed.add(line)
                made = [convert(one) if _is_number(one) else one for one in flat]
                return nest.pack_sequence_as(result, made)
            return result

        Function.__call__ = called  # type: ignore[method-assign,assignment]

    def _watch(self, made: Any) -> None:
        enter, leave, active = made.__enter__, made.__exit__, self.active

        def entered(tape: Any) -> Any:
            if active:
                self.overlapped.update([id(tape), *map(id, active)])
            else:
                self.overlapped.discard(id(tape))
            active.append(tape)
            return enter(tape)

        def left(tape: Any, *args: Any) -> Any:
            if tape in active:
                active.remove(tape)
            return leave(tape, *args)

        made.__enter__, made.__exit__ = entered, left
        if made.__name__ == "ForwardAccumulator":
            made._recording = True


def _object(symbol: str) -> Any:
    try:
        return object_of(symbol)
    except NeedsPackageError:
        return None


def _is_number(value: Any) -> bool:
    """Whether a `tf.function` makes a tensor of what it is given or gives."""
    return isinstance(value, (np.ndarray, np.generic)) or type(value) in (bool, int, float)


def _casts(function: Any, args: Any, kwargs: Any, made: list[Any]) -> bool:
    """Whether a signature gives an array another dtype than it has."""
    from tfcompat_tape import nest

    if function._input_signature is None:
        return False
    own = [getattr(one, "dtype", None) for one in made]
    fitted = nest.flatten(list(function._fitted(args, kwargs)))
    return [getattr(one, "dtype", None) for one in fitted] != own


def _nudged(result: Any, signs: np.random.RandomState) -> Any:
    """A gradient whose entries are changed by as much as float32 rounds them."""
    from tfcompat_tape.core.convert import convert
    from tfcompat_tape.core.tensor import Tensor

    if isinstance(result, dict):
        return {key: _nudged(one, signs) for key, one in result.items()}
    if type(result) in (list, tuple):
        return type(result)(_nudged(one, signs) for one in result)
    if type(result) is not Tensor or result.dtype.name not in ("float32", "float64"):
        return result
    factor = 1.0 + NUDGE * signs.choice([-1.0, 1.0], result.numpy().shape)
    return convert(factor.astype(result.dtype.name)) * result  # type: ignore[operator]


def _values(result: Any) -> Any:
    """A gradient as lists of numbers: `None`, `[shape, values]`, or a list of these."""
    import torch

    from tfcompat_tape.core.convert import convert

    if result is None:
        return None
    if isinstance(result, dict):
        return {str(key): _values(one) for key, one in result.items()}
    if isinstance(result, (list, tuple)):
        return [_values(one) for one in result]
    raw = torch.as_tensor(convert(result))
    flat = raw.detach().reshape(-1)
    if flat.is_complex():
        flat = torch.view_as_real(flat).reshape(-1)
    numbers: list[float] = flat[:_LONGEST].double().tolist()
    return {"shape": list(raw.shape), "values": numbers}


class _Wrapper(ast.NodeTransformer):
    def __init__(self, source: Source) -> None:
        self._source = source

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, (ast.Constant, ast.JoinedStr, ast.Starred, ast.Slice, ast.Lambda, ast.pattern)):
            return node if isinstance(node, (ast.Constant, ast.pattern)) else self.generic_visit(node)
        if isinstance(node, ast.arg):
            return node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.args = self.visit(node.args)
            node.body = self._block(node.body)
            return node
        if isinstance(node, ast.ClassDef):
            node.body = self._block(node.body)
            return node
        if isinstance(node, ast.AnnAssign):
            if node.value is not None:
                node.value = self.visit(node.value)
            return node
        if isinstance(node, ast.AugAssign):
            number = self._source.number[node.target]
            calls = any(isinstance(one, ast.Call) for one in ast.walk(node.target))
            loaded = ast.parse(ast.unparse(node.target), mode="eval").body
            node.value = self.visit(node.value)
            if calls:
                return node  # they would be made twice
            return [ast.copy_location(ast.Expr(self._wrapped(number, loaded)), node), node]
        if not isinstance(node, ast.expr) or isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
            return self.generic_visit(node)
        if node not in self._source.number:
            return self.generic_visit(node)
        number = self._source.number[node]
        func = node.func if isinstance(node, ast.Call) else None
        if isinstance(func, ast.Attribute) and func.attr in TAPE_METHODS:
            owner = self.visit(func.value)
            args = [self.visit(one) for one in node.args]  # type: ignore[attr-defined]
            for word in node.keywords:  # type: ignore[attr-defined]
                word.value = self.visit(word.value)
            first = [ast.Constant(number), owner, ast.Constant(func.attr)]
            call = ast.Call(ast.Name(_CALL, ast.Load()), [*first, *args], node.keywords)  # type: ignore[attr-defined]
            return self._wrapped(number, ast.copy_location(call, node))
        if isinstance(node, ast.Name) and node.id == "super":
            return node
        return self._wrapped(number, self.generic_visit(node))

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for one in body:
            new = self.visit(one)
            found += new if isinstance(new, list) else [new]
        return found

    def _wrapped(self, number: int, node: Any) -> ast.expr:
        return ast.copy_location(ast.Call(ast.Name(_SEE, ast.Load()), [ast.Constant(number), node], []), node)


_SEE, _CALL = "__tfcompat_see__", "__tfcompat_call__"


def main(facts: str, script: str, args: list[str]) -> None:
    """Run the script and write what was seen to the file `facts`."""
    import tfcompat_tape as tf
    from tfcompat_tape.porting import run

    with tokenize.open(script) as file:
        observer = Observer(Source(file.read(), script), nudge="TFCOMPAT_NUDGE" in os.environ)
    tree = observer.prepare()
    observer.watch_tapes()
    observer.watch_functions()
    tf.config.run_functions_eagerly(True)
    setattr(builtins, _SEE, observer.see)
    setattr(builtins, _CALL, observer.call_tape)
    compiled: Callable[..., Any] = compile

    def of_tree(source: Any, *rest: Any, **options: Any) -> Any:
        return compiled(tree, *rest, **options)

    run.compile = of_tree  # type: ignore[attr-defined]
    try:
        run.run_script(script, args)
    finally:
        sys.stdout.flush()
        Path(facts).write_text(observer.facts.as_json(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
