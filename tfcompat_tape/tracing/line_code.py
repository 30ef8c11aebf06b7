"""Python code of a line: one statement for each kernel.

Where elements have open sizes (see `elements`), the code ends after the last of them and goes on in code for the sizes
that these have: sizes that come again have code of their own, in which they are numbers, and what depends on nothing
else is computed beforehand. Other sizes go through code for any.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.tracing.elements import is_open, shapes_given, symbols_in
from tfcompat_tape.tracing.kernels import direct
from tfcompat_tape.tracing.nodes import NOTHING, Guard, Node, Ref, Staged, put
from tfcompat_tape.tracing.recorder import _FILLED
from tfcompat_tape.tracing.sizes import NAMES, SYMBOLIC, number, printed
from tfcompat_tape.tracing.texts import Texts

if TYPE_CHECKING:
    from tfcompat_tape.tracing.line import Line

FOLDED = 65536  # elements: larger constants are computed at each call
_MOST_SIZES = 8  # that have code of their own


class DivergedError(Exception):
    """A guard of a line does not hold for these values: another line is to run.

    Attributes:
      index: number of the guard's node.
      outcome: what its value is.
      values: what was computed before, by number.
    """

    def __init__(self, index: int, outcome: Any, values: dict[int, Any]) -> None:
        super().__init__(f"guard {index}")
        self.index = index
        self.outcome = outcome
        self.values = values


class Code(NamedTuple):
    """Generated code.

    Attributes:
      calls: the kernel calls by line of the source: by what name the kernel goes there, and the node.
    """

    function: Callable[..., Any]
    source: str
    calls: dict[int, tuple[str, Node]]


def write(line: Line) -> tuple[Code, Rest | None]:
    """The code of a line, and what it goes on with if it does not run to the end."""
    end = _end_of_elements(line)
    used: set[Any] = set()
    sizes: Any = line.recorder.sizes
    if end is not None:
        symbols_in(sizes, line.outputs, used)
        for _, node in line.nodes[end:]:
            shapes = [line.recorder.values[n].shape for n in node.outs] if node.function in _FILLED else []
            symbols_in(sizes, (node.args, node.kwargs, *map(tuple, shapes)), used)
    if end is None or not used:
        return _Writer(line, line.merged(), line.folded).code(), None
    rest = Rest(line, end, sorted(used, key=str))
    return _Writer(line, line.nodes, line.folded, end=end).code(rest), rest


def _end_of_elements(line: Line) -> int | None:
    """The place in a line behind the last node that gives elements of open sizes."""
    for place in range(len(line.nodes), 0, -1):
        if is_open(line.recorder, line.nodes[place - 1][1]):
            return place
    return None


class Rest:
    """The end of a line, from the place `begin` on, where all sizes are known.

    Attributes:
      symbols: the sizes that it depends on.
      given: the values that it is given.
      found: its code, by sizes.
    """

    def __init__(self, line: Line, begin: int, symbols: list[Any]) -> None:
        self.line = line
        self.begin = begin
        self.symbols = symbols
        uses = last_uses(line, line.nodes, line.folded)
        before = {*line.inputs, *[n for _, node in line.nodes[:begin] for n in node.outs]} - {NOTHING}
        kept = before & line.happened() if _guarded(line.nodes[begin:]) else set()
        self.given = sorted({n for n in before - line.folded.keys() if uses.get(n, -1) >= begin} | kept)
        self.general = _Writer(line, line.nodes, line.folded, begin).code(given=self)
        self.codes = [self.general]
        self.found: dict[tuple[int, ...], Callable[..., Any]] = {}
        self._seen: set[tuple[int, ...]] = set()

    def __call__(self, sizes: tuple[int, ...]) -> Callable[..., Any]:
        """The code for sizes that have none of their own yet."""
        return self.code(sizes).function

    def code(self, sizes: tuple[int, ...]) -> Code:
        """The code for these sizes."""
        own = self.found.get(sizes)
        if own is not None:
            return next(code for code in self.codes if code.function is own)
        if sizes not in self._seen:
            if len(self._seen) < 8 * _MOST_SIZES:
                self._seen.add(sizes)
            return self.general
        if len(self.codes) > _MOST_SIZES:
            return self.general
        known = dict(zip(self.symbols, sizes, strict=True))
        folded = {**self.line.folded, **self._folded(known)}
        code = _Writer(self.line, self.line.nodes, folded, self.begin, known=known).code(given=self)
        self.codes.append(code)
        self.found[sizes] = code.function
        return code

    def _folded(self, known: dict[Any, int]) -> dict[int, Any]:
        """The values that are the same at each call with these sizes."""
        recorder = self.line.recorder
        found: dict[int, Any] = {}
        if recorder.writes:
            return found
        values = dict(self.line.folded)
        with torch.utils._python_dispatch._disable_current_modes(), reading.outside():
            for _, node in self.line.nodes[self.begin :]:
                fixed = self._fixed(node, values, known)
                if fixed is None:
                    continue
                made: dict[int, Any] = {}
                put(made, node, fixed.run(values))
                values.update(made)
                found.update(made)
        return found

    def _fixed(self, node: Node, values: dict[int, Any], known: dict[Any, int]) -> Node | None:
        """A node that gives the same at each call with these sizes, with numbers for them; `None` for another."""
        function: Any = node.function
        line = self.line
        outs = [line.recorder.values[n] for n in node.outs if n != NOTHING]
        if (
            type(node) is not Node
            or node.effect
            or node.writes
            or node.shapes
            or not outs
            or any(type(x) is Texts or x.device.type == "meta" for x in outs)
            or not (isinstance(function, torch._ops.OpOverload) or getattr(function, "of_sizes", False))
        ):
            return None
        if function not in _FILLED and not all(line.name_of(n) in values for n in node.sources()):
            return None
        shapes = [[number(n, known) for n in x.shape] for x in outs]
        if any(torch.Size(shape).numel() > FOLDED for shape in shapes):
            return None
        if function in _FILLED:
            strides = [number(n, known) for n in outs[0].stride()]
            like = torch.empty(shapes[0], dtype=outs[0].dtype, device="meta")
            if like.stride() != tuple(strides):
                return None
            fill = _FILLED[function]
            value = node.args[2] if fill is None else fill
            args = (shapes[0], numbers(value, known))
            return Node(torch.full, args, {"dtype": like.dtype, "device": outs[0].device}, node.outs, True)
        args, kwargs = numbers((node.args, node.kwargs), known)
        return Node(function, _renamed(args, line), _renamed(kwargs, line), node.outs, node.single)


def numbers(x: Any, known: dict[Any, int]) -> Any:
    """Arguments with numbers for their sizes."""
    kind = type(x)
    if kind is tuple or kind is list:
        return kind([numbers(one, known) for one in x])
    if kind is dict:
        return {key: numbers(one, known) for key, one in x.items()}
    return number(x, known) if kind in SYMBOLIC else x


def _renamed(x: Any, line: Line) -> Any:
    """Arguments that refer to values by the names that these have in the line."""
    kind = type(x)
    if kind is tuple or kind is list:
        return kind([_renamed(one, line) for one in x])
    if kind is dict:
        return {key: _renamed(one, line) for key, one in x.items()}
    return Ref(line.name_of(int(x))) if kind is Ref else x


class _Writer:
    """The code of the nodes of a line, or of those from one place to another.

    Args:
      folded: values that are constants.
      known: numbers for all sizes.
    """

    def __init__(
        self,
        line: Line,
        nodes: list[tuple[int, Node]],
        folded: dict[int, Any],
        begin: int = 0,
        end: int | None = None,
        known: dict[Any, int] | None = None,
    ) -> None:
        self.line = line
        self.recorder = line.recorder
        self.sizes: Any = line.recorder.sizes
        self.begin = begin
        self.nodes = nodes[begin:end]
        self.folded = folded
        self.known = known
        self.names: dict[str, Any] = {"diverged": _diverged, "shape_of": _shapes}
        if self.sizes is not None:
            self.names.update(NAMES)
        self.constants: dict[int, str] = {}
        self.calls: dict[int, tuple[str, Node]] = {}
        self.uses = last_uses(line, nodes, folded)
        # What cannot be computed again is there for the line that goes on where this one ends.
        self.lasting = line.happened() if _guarded(self.nodes) else set()
        self.lines: list[str] = []

    def code(self, rest: Rest | None = None, given: Rest | None = None) -> Code:
        """The code; it goes on with `rest`, or is itself that of `given`."""
        line, lines = self.line, self.lines
        for n, value in self.folded.items():
            if n in self.uses:
                self.names[f"t{n}"] = value
        read = {} if given is not None else self._read_sizes(rest)
        if given is None:
            inputs = line.inputs
            lines.append(f"def line({', '.join([f't{n}' for n in inputs])}):")
        else:
            inputs = given.given
            lines.append(f"def line({', '.join(['given', *map(str, given.symbols)])}):")
            if inputs:
                lines.append(f"    {', '.join([f't{n}' for n in inputs])}, = given")
                lines.append("    given.clear()")
        # Sizes of each value are read before it is let go of.
        for n in inputs:
            lines += read.get(n, ())
        passed = set() if rest is None else {*rest.given}
        lasting = self.lasting | passed
        dead = [f"t{n}" for n in inputs if n not in self.uses and n not in lasting]
        if dead:
            lines.append(f"    del {', '.join(dead)}")
        for position, (index, node) in enumerate(self.nodes, self.begin):
            if all(out in self.folded for out in node.outs) and node.outs:
                continue
            if type(node) is Guard:
                self._guard(index, node)
            else:
                self._call(index, node, read)
            dying = [
                f"t{n}"
                for n in {*map(line.name_of, node.sources()), *node.outs} - {NOTHING}
                if self.uses.get(n, position if n in node.outs else None) == position
                and n not in self.folded
                and n not in lasting
            ]
            if dying:
                lines.append(f"    del {', '.join(sorted(dying))}")
        if rest is None:
            lines.append(f"    return [{', '.join([self.text(x) for x in line.outputs])}]")
        else:
            self._go_on(rest)
        source = "\n".join(lines)
        exec(compile(source, "<tf.function>", "exec"), self.names)
        # Which would keep itself alive there.
        return Code(self.names.pop("line"), source, self.calls)

    def _go_on(self, rest: Rest) -> None:
        self.names["found"], self.names["rest"] = rest.found, rest
        given = [f"t{n}" for n in rest.given]
        self.lines.append(f"    given = [{', '.join(given)}]")
        made = {n for _, node in self.nodes for n in node.outs}
        held = sorted({*given, *[f"t{n}" for n in self.lasting & made - {NOTHING}]})
        if held:
            self.lines.append(
                f"    del {', '.join(held)}"
            )  # nothing here is to hold what the rest lets go of
        key = "".join([f"{symbol}, " for symbol in rest.symbols])
        self.lines.append(f"    return (found.get(({key})) or rest(({key})))(given, {key})")

    def _guard(self, index: int, node: Guard) -> None:
        self.names["outcome"] = node.function
        self.lines.append(f"    o = outcome(t{self.line.name_of(int(node.args[0]))})")
        self.calls[len(self.lines)] = ("outcome", node)
        self.lines.append(f"    if o != {self.constant(node.outcome)}:")
        self.lines.append(f"        diverged({index}, o, locals())")

    def _call(self, index: int, node: Node, read: dict[int, list[str]]) -> None:
        lines = self.lines
        function, args, kwargs = direct(node.function, node.args, node.kwargs)
        if isinstance(function, Staged):
            function = function.wanting([out in self.uses for out in node.outs])
        given = [self.text(x) for x in args] + [f"{key}={self.text(x)}" for key, x in kwargs.items()]
        kernel = self.constant(function)
        left = ""
        if node.outs:
            left = f"t{node.outs[0]} = " if node.single else f"{', '.join(map(_called, node.outs))}, = "
        lines.append(f"    {left}{kernel}({', '.join(given)})")
        self.calls[len(lines)] = (kernel, node)
        if node.loose:
            lines += [
                f"    t{n} = t{n}.contiguous()"
                for n in node.outs
                if n != NOTHING and type(self.recorder.values[n]) is not Texts
            ]
        for n in node.outs:
            lines += read.get(n, ())
        if not node.shapes:
            return
        shown = ", ".join([f"t{n}" for n in node.outs])
        if is_open(self.recorder, node):
            holds = " and ".join([f"({printed(one)})" for one in self.sizes.guards_at(node.outs)])
            if not holds:
                return
            fails = f"not ({holds})"
        else:
            fails = f"shape_of({shown}) != {self.constant(shapes_given(self.recorder, node))}"
        lines.append(f"    if {fails}:")
        lines.append(f"        diverged({index}, shape_of({shown}), locals())")

    def constant(self, value: Any) -> str:
        """The name of a constant."""
        name = self.constants.get(id(value))
        if name is None:
            name = self.constants[id(value)] = f"c{len(self.constants)}"
            self.names[name] = value
        return name

    def text(self, x: Any) -> str:
        """The code of an argument."""
        kind = type(x)
        if kind is Ref:
            return f"t{self.line.name_of(int(x))}"
        if kind is tuple:
            return f"({', '.join([self.text(one) for one in x])}{',' if len(x) == 1 else ''})"
        if kind is list:
            return f"[{', '.join([self.text(one) for one in x])}]"
        if kind in SYMBOLIC:
            return str(self.sizes.text(x, set())) if self.known is None else repr(number(x, self.known))
        if x is None or kind in (int, bool) or (kind is float and x == x and abs(x) != float("inf")):
            return repr(x)
        return self.constant(x)

    def _read_sizes(self, rest: Rest | None) -> dict[int, list[str]]:
        """Code that reads the sizes which the line uses, by the number of the value that has them."""
        found: dict[int, list[str]] = {}
        if self.sizes is None:
            return found
        used: set[Any] = set() if rest is None else {*rest.symbols}
        if rest is None:
            symbols_in(self.sizes, self.line.outputs, used)
        for _, node in self.nodes:
            symbols_in(self.sizes, (node.args, node.kwargs), used)
            if is_open(self.recorder, node):
                used.update(*[guard.free_symbols for guard in self.sizes.guards_at(node.outs)])
        for symbol in sorted(used, key=str):
            n, axis = self.sizes.places[symbol]
            found.setdefault(n, []).append(f"    {symbol} = t{n}.shape[{axis}]")
        return found


def last_uses(line: Line, nodes: Sequence[tuple[int, Node]], folded: Collection[int]) -> dict[int, int]:
    """The place in a line where each value is used last, if some are constants."""
    uses: dict[int, int] = {}
    for position, (_, node) in enumerate(nodes):
        if not node.outs or not all(out in folded for out in node.outs):
            uses.update((line.name_of(n), position) for n in node.sources())
    for x in line.outputs:
        if type(x) is Ref:
            uses[line.name_of(int(x))] = len(nodes)
    return uses


def _guarded(nodes: Sequence[tuple[int, Node]]) -> bool:
    return any(type(node) is Guard or node.shapes for _, node in nodes)


def _called(n: int) -> str:
    return "_" if n == NOTHING else f"t{n}"


def _shapes(*raws: Any) -> list[tuple[int, ...]]:
    return [tuple(raw.shape) for raw in raws]


def _diverged(index: int, outcome: Any, values: dict[str, Any]) -> None:
    raise DivergedError(index, outcome, {int(k[1:]): v for k, v in values.items() if k[0] == "t"})
