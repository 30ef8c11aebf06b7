"""The end of a line that may overwrite the values of Variables: which kernels belong to it, and into what they write.

These kernels compute elementwise, in a dtype of floating point, large values that Variables are assigned, and nothing
else needs what they give. They have all shapes and dtypes right before they run, raise nothing for any value, and take
no memory but what is there before the first of them. So once they begin, nothing can fail any more.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial as _partial
from typing import Any

import torch

from tfcompat_tape.tracing.kernels import direct
from tfcompat_tape.tracing.line import Line
from tfcompat_tape.tracing.nodes import NOTHING, Node, Ref
from tfcompat_tape.tracing.sizes import SYMBOLIC

LEAST = 32768  # elements of a value that is worth it: to find out who holds it takes microseconds

_FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)
_DTYPES = (*_FLOATS, torch.bool)
# Kernels that fill `out` with one loop over their arguments.
# fmt: off
_FILLING = frozenset((
    "abs", "acos", "add", "addcdiv", "addcmul", "asin", "atan", "atan2", "ceil", "clamp", "clamp_max", "clamp_min",
    "cos", "cosh", "div", "eq", "erf", "erfc", "exp", "exp2", "expm1", "floor", "ge", "gt", "hypot", "le", "lerp",
    "log", "log10", "log1p", "log2", "logical_and", "logical_not", "logical_or", "logical_xor", "lt", "maximum",
    "minimum", "mul", "ne", "neg", "pow", "reciprocal", "round", "rsqrt", "sgn", "sigmoid", "sign", "sin", "sinh",
    "sqrt", "sub", "tan", "tanh", "trunc", "where",
))
# fmt: on
_OF_BOOLEANS = frozenset(
    f"aten::{name}" for name in _FILLING if name == "where" or name.startswith("logical_")
)
_NAMED = {"dtype", "device", "memory_format"}
_COPYING = frozenset(("_to_copy", "clone"))


@dataclasses.dataclass(frozen=True)
class Update:
    """A Variable that is overwritten.

    Attributes:
      place: of the Variable among those of the trace.
      old, new: numbers of its value before and after.
    """

    place: int
    old: int
    new: int


@dataclasses.dataclass(frozen=True)
class Ending:
    """The kernels that come last.

    Attributes:
      nodes: in order, with their places among the nodes of the trace.
      given: numbers of what they use, without the old values.
      updates: what they overwrite.
    """

    nodes: list[tuple[int, Node]]
    given: list[int]
    updates: list[Update]


def ending(line: Line, count: int, updates: Sequence[Update]) -> Ending | None:
    """The end of `line`, whose first `count` outputs are results, and whose others are values that are assigned.

    Args:
      updates: the Variables that may be overwritten.
    """
    choice = _Choice(line, count, updates)
    taken = choice.narrowed(choice.widest())
    nodes = [line.nodes[position] for position in sorted(taken)]
    made = {node.outs[0] for _, node in nodes}
    found = [u for u in updates if u.new in choice.wanted and u.new in made]
    if not found:
        return None
    olds = {u.old for u in found}
    used = dict.fromkeys(n for position in sorted(taken) for n in choice.sources[position])
    given = [n for n in used if n not in made and n not in olds and n not in line.folded]
    return Ending(nodes, given, found)


class _Choice:
    """Which kernels of a line come last.

    Attributes:
      wanted: the new values of Variables that may be overwritten.
      sources: what each kernel uses, and `users`: where a value is used, by place in the line.
    """

    def __init__(self, line: Line, count: int, updates: Sequence[Update]) -> None:
        self.line = line
        self.values = line.recorder.values
        outs = [line.name_of(int(x)) if type(x) is Ref else NOTHING for x in line.outputs]
        fixed = {*line.inputs, *line.folded}
        self.wanted = {u.new for u in updates if outs.count(u.new) == 1} - fixed
        self.kept = {NOTHING, *outs, *fixed} - self.wanted
        self.free = {*fixed, *[u.old for u in updates]}  # what is there in any case
        self.sources = [{*map(line.name_of, node.sources())} for _, node in line.nodes]
        self.users: dict[int, set[int]] = {}
        for position, sources in enumerate(self.sources):
            for n in sources:
                self.users.setdefault(n, set()).add(position)

    def out(self, position: int) -> int:
        """The number of the one value that a kernel gives."""
        node = self.line.nodes[position][1]
        return node.outs[0] if len(node.outs) == 1 else NOTHING

    def widest(self) -> set[int]:
        """All kernels that may come last."""
        taken: set[int] = set()
        for position in range(len(self.line.nodes) - 1, -1, -1):
            out = self.out(position)
            if out in self.kept or not self.users.get(out, taken) <= taken:
                continue
            if _fills(self.line.nodes[position][1], self.values):
                taken.add(position)
        return taken

    def narrowed(self, taken: set[int]) -> set[int]:
        """`taken` without kernels that would keep more for the end than what they make of it."""
        made = {self.out(position): position for position in taken}
        for position in sorted(taken):
            out = self.out(position)
            if position not in taken or out in self.wanted:
                continue
            cone = {position}  # what leads to it alone
            waiting = [position]
            while waiting:
                for n in self.sources[waiting.pop()]:
                    place = made.get(n, position)
                    if place in taken and place not in cone and n not in self.wanted:
                        if self.users[n] <= cone:
                            cone.add(place)
                            waiting.append(place)
            needed = {n for one in cone for n in self.sources[one]} - self.free
            saved = [n for n in needed if made.get(n) not in taken and self.users[n] & taken <= cone]
            if sum(_bytes(self.values[n]) for n in saved) > _bytes(self.values[out]):
                taken -= cone
        return taken


def _fills(node: Node, values: Sequence[Any]) -> bool:
    """Whether a kernel can write its result, a large one, into memory that is there, and never fails."""
    function: Any = node.function
    if type(node) is not Node or node.effect or node.shapes or node.writes or node.opaque or node.loose:
        return False
    if not isinstance(function, torch._ops.OpOverload) or filling(node) is None:
        return False
    out = values[node.outs[0]]
    if not _plain(out) or not out.is_contiguous() or out.numel() < LEAST:
        return False
    tensors = [values[n] for n in node.sources()]
    tensors += [x for x in [*node.args, *node.kwargs.values()] if isinstance(x, torch.Tensor)]
    if not all(map(_plain, tensors)):
        return False
    if function.overloadpacket is torch.ops.aten._to_copy:
        return True
    # Operands of different dtypes would be converted first, in memory of their own.
    kinds = {x.dtype for x in tensors if x.dim()}
    if function._schema.name in _OF_BOOLEANS:
        kinds.discard(torch.bool)
    return len(kinds) <= 1 and (out.dtype is torch.bool or kinds <= {out.dtype})


def _plain(raw: Any) -> bool:
    return (
        isinstance(raw, torch.Tensor)
        and raw.dtype in _DTYPES
        and raw.device.type == "cpu"
        and raw.layout is torch.strided
        and all(type(n) is int for n in raw.shape)
    )


def _bytes(raw: Any) -> int:
    """What a value takes; a small one counts as nothing."""
    if not _plain(raw) or raw.numel() < LEAST:
        return 0 if isinstance(raw, torch.Tensor) and all(type(n) is int for n in raw.shape) else LEAST * 8
    return int(raw.numel() * raw.element_size())


def filling(node: Node) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], str | None] | None:
    """A function, its arguments, and by what name it takes the tensor to fill; `None`: before the arguments."""
    overload: Any = node.function
    packet, schema = overload.overloadpacket, overload._schema
    name = schema.name.partition("::")[2]
    if schema.name.partition("::")[0] != "aten":
        return None
    if any(type(x) in SYMBOLIC for x in [*node.args, *node.kwargs.values()]):
        return None
    if name in _COPYING:
        named = {key for key, x in node.kwargs.items() if x is not None}
        return None if named - _NAMED or len(node.args) != 1 else (torch.Tensor.copy_, node.args, {}, None)
    if name not in _FILLING or node.kwargs.get("rounding_mode") is not None:
        return None
    function, args, kwargs = direct(overload, node.args, node.kwargs)
    if function is getattr(torch, name, None):
        return function, args, kwargs, "out"
    wanted = [(x.name, str(x.type)) for x in schema.arguments]
    for other in map(packet.__getattr__, packet.overloads()):
        outs = [x.name for x in other._schema.arguments if x.is_out]
        rest = [(x.name, str(x.type)) for x in other._schema.arguments if not x.is_out]
        if len(outs) == 1 and rest == wanted:
            return other._op, node.args, node.kwargs, outs[0]
    return None


def plan(
    found: Ending,
    folded: Mapping[int, Any],
    name: Callable[[int], int],
    values: Sequence[Any],
) -> tuple[Callable[..., list[Callable[[], Any]]], list[tuple[tuple[int, ...], torch.dtype]]]:
    """The calls of the kernels, each with a place for its result, and what memory they take besides.

    The first of the two makes the calls: `calls(given, own, scratch)`, where `own` are the values of the Variables,
    which are overwritten, and `scratch` are tensors of the shapes and dtypes that are returned beside it.
    """
    planner = _Planner(found, folded, name, values)
    return planner.planned(), planner.scratch


class _Planner:
    def __init__(
        self, found: Ending, folded: Mapping[int, Any], name: Callable[[int], int], values: Sequence[Any]
    ) -> None:
        self.found = found
        self.folded = folded
        self.name = name
        self.values = values
        self.names: dict[str, Any] = {}
        self.text_of = {n: f"g{i}" for i, n in enumerate(found.given)}
        self.text_of |= {u.old: f"v{i}" for i, u in enumerate(found.updates)}
        self.scratch: list[tuple[tuple[int, ...], torch.dtype]] = []
        self.free: dict[Any, list[str]] = {}  # scratch by shape and dtype
        self.lasting: set[str] = set()  # scratch that is copied at the end

    def planned(self) -> Callable[..., list[Callable[[], Any]]]:
        """What makes the calls."""
        found = self.found
        last = {self.name(n): i for i, (_, node) in enumerate(found.nodes) for n in node.sources()}
        updates = {u.new: (i, u) for i, u in enumerate(found.updates)}
        calls: list[str] = []
        copies: list[str] = []
        for i, (_, node) in enumerate(found.nodes):
            out = node.outs[0]
            made = filling(node)
            assert made is not None
            sources = {self.name(n) for n in node.sources()}
            given = [self.text(x) for x in made[1]] + [f"{key}={self.text(x)}" for key, x in made[2].items()]
            dying = [n for n in sources if last[n] == i and self.text_of.get(n, "").startswith("s")]
            kind = tuple(self.values[out].shape), self.values[out].dtype
            place, update = updates.get(out, (0, None))
            if (
                update is not None
                and last.get(update.old, -1) <= i
                and self._apart(sources, update.old, kind)
            ):
                into = f"v{place}"
            else:
                # One of the operands, of the same kind, may be overwritten as it is read.
                self._release([n for n in dying if self._kind(n) == kind])
                into = self._taken(kind)
                if update is not None:
                    copies.append(f"partial(copy_, v{place}, {into})")
                    self.lasting.add(into)
            self._release(dying)
            if update is None and out not in last:
                raise AssertionError("a kernel whose result nobody uses")
            self.text_of[out] = into
            function = self.constant(made[0])
            if made[3] is None:
                calls.append(f"partial({function}, {', '.join([into, *given])})")
            else:
                calls.append(f"partial({', '.join([function, *given])}, {made[3]}={into})")
        lines = ["def calls(given, own, scratch):"]
        for names, source in (
            ([f"g{i}" for i in range(len(found.given))], "given"),
            ([f"v{i}" for i in range(len(found.updates))], "own"),
            ([f"s{i}" for i in range(len(self.scratch))], "scratch"),
        ):
            if names:
                lines.append(f"    {', '.join(names)}, = {source}")
        lines.append(f"    return [{', '.join([*calls, *copies])}]")
        self.names.update(partial=_partial, copy_=torch.Tensor.copy_)
        exec(compile("\n".join(lines), "<tf.function>", "exec"), self.names)
        planned: Callable[..., list[Callable[[], Any]]] = self.names.pop("calls")
        return planned

    def _apart(self, sources: Collection[int], old: int, kind: Any) -> bool:
        """Whether the old value is read, if at all, element by element where the new one is written."""
        return old not in sources or self._kind(old) == kind

    def _kind(self, n: int) -> Any:
        return tuple(self.values[n].shape), self.values[n].dtype

    def _taken(self, kind: Any) -> str:
        free = self.free.get(kind)
        if free:
            return free.pop()
        self.scratch.append(kind)
        return f"s{len(self.scratch) - 1}"

    def _release(self, numbers: Collection[int]) -> None:
        for n in numbers:
            text = self.text_of.pop(n, "")
            if text.startswith("s") and text not in self.lasting:
                self.free.setdefault(self._kind(n), []).append(text)

    def constant(self, value: Any) -> str:
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def text(self, x: Any) -> str:
        """The expression for an argument."""
        kind = type(x)
        if kind is Ref:
            n = self.name(int(x))
            return self.constant(self.folded[n]) if n in self.folded else self.text_of[n]
        if x is None or kind in (int, bool):
            return repr(x)
        return self.constant(x)
