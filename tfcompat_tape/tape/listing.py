"""The Wengert list as a textbook prints it: a numbered line for each value, and after a gradient the adjoint of each.

A tape that was traced tells it from its notes, also after it was used; another one from what is left of its list.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from types import FrameType
from typing import TYPE_CHECKING, Any

import torch

from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Entry, Output
from tfcompat_tape.tape.explain.notes.origins import Kind
from tfcompat_tape.tape.explain.notes.trace import Line, find
from tfcompat_tape.tape.places import Place

if TYPE_CHECKING:
    from tfcompat_tape.tape.explain.notes.tracer import Tracer
    from tfcompat_tape.tape.explain.notes.walk import Amount, Walk


@dataclass(frozen=True)
class ListedLine:
    """One line of the list.

    Attributes:
      name: of the value, `v1` and so on; numbers are those of this tape.
      op: type of the op, `""` for a value that is watched.
      inputs: names of the inputs, or what they are where the list has no line for them.
      label: what the code calls a watched value.
      shape, dtype, place, scope: of the value; `None` or empty where they are not known.
      adjoint: what the last gradient found for it, `None` if it did not come by.
      terms: what the adjoint is the sum of: `(name of the line it came from, amount)`; `""` for the seed.
      number: of the entry.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    label: str
    shape: tuple[int, ...] | None
    dtype: str | None
    place: Place | None
    scope: str
    adjoint: Amount | None
    terms: tuple[tuple[str, Amount], ...]
    number: int

    @property
    def formula(self) -> str:
        """The right side of the line."""
        if not self.op:
            return self.label
        if self.op.startswith("Output:"):
            return f"{self.inputs[0]}[{self.op.removeprefix('Output:')}]"
        return f"{self.op}({', '.join(self.inputs)})"

    @property
    def sum(self) -> str:
        """The adjoint, with the sum that makes it where the value fanned out."""
        return self._sum(len(self.terms))

    def _sum(self, most: int) -> str:
        """The same with `most` terms at most."""
        if self.adjoint is None:
            return ""
        if len(self.terms) < 2:
            return f"adj {self.name} = {self.adjoint}"
        parts = [f"{amount} (from {giver})" if giver else f"{amount}" for giver, amount in self.terms[:most]]
        if len(self.terms) > most:
            parts.append(f"{len(self.terms) - most} more")
        return f"adj {self.name} = {' + '.join(parts)} = {self.adjoint}"

    def __str__(self) -> str:
        return f"{self.name} = {self.formula}"


@dataclass(frozen=True)
class Listing:
    """The list of one tape, in order.

    Attributes:
      lines: first what is watched, then what was computed.
      traced: whether the tape was made with tracing on.
      note: what there is to say about the list as a whole.

    >>> import tfcompat_tape as tf
    >>> x, y = tf.Variable(3.0, name="x"), tf.Variable(2.0, name="y")
    >>> with tf.GradientTape(explain=True) as tape:
    ...     f = x**2 + x * y
    >>> _ = tape.gradient(f, [x, y])
    >>> [str(line) for line in tape.listing().lines]
    ['v1 = x', 'v2 = y', 'v3 = Pow(v1, 2)', 'v4 = Mul(v1, v2)', 'v5 = AddV2(v3, v4)']
    >>> tape.listing().lines[0].sum
    'adj v1 = 6 (from v3) + 2 (from v4) = 8'
    """

    lines: tuple[ListedLine, ...]
    traced: bool
    note: str = ""

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[ListedLine]:
        return iter(self.lines)

    def __getitem__(self, name: int | str) -> ListedLine:
        """A line by its position, or by its name (`"v3"`)."""
        if isinstance(name, int):
            return self.lines[name]
        return next(line for line in self.lines if line.name == name)

    def __str__(self) -> str:
        rows = [
            [
                line.name,
                "=",
                _cut(line.formula, 56),
                "" if line.shape is None else _shape(line.shape),
                line.dtype or "",
                "" if line.place is None else str(line.place),
                line._sum(2),
            ]
            for line in self.lines
        ]
        if not rows:
            return self.note or "An empty list."
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        text = []
        for row in rows:
            left = f"{row[0]:>{widths[0]}} = {row[2]:<{widths[2]}}"
            cells = [f"{row[i]:<{widths[i]}}" for i in range(3, len(row)) if widths[i]]
            text.append("  ".join([left, *cells]).rstrip())
        return "\n".join([*text, *([self.note] if self.note else [])])

    def __repr__(self) -> str:
        return f"<Listing of {len(self.lines)} lines>"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def listing(tape: Any, frame: FrameType) -> Listing:
    """See `GradientTape.listing`."""
    tracer = tape._tracer
    if tracer is not None and tracer.trace is not None:
        return _of_trace(tracer, _labels(frame))
    return _of_record(tape, _labels(frame))


def names_of(watched: list[int], computed: list[int]) -> dict[int, str]:
    """The numbers of entries as names: watched values first."""
    return {number: f"v{i}" for i, number in enumerate([*watched, *computed], 1)}


# -- from the notes of a traced tape -----------------------------------------------------------------------------------


def lines_of(tracer: Tracer) -> tuple[list[int], list[Line]]:
    """The numbers of what the tape watches, in the order in which it came to, and the lines it recorded."""
    trace = tracer.trace
    assert trace is not None
    tape = tracer.id
    computed = [line for line in list(trace.lines.values()) if line.kind is Kind.OP and tape in line.tapes]
    watched: dict[int, None] = {}
    for event in tracer.watched:
        if event.id == tape and event.effective:
            watched[event.node] = None
    own = {line.number for line in computed}
    for line in computed:
        for parent in line.parents:
            known = None if parent is None or parent in own else find(parent, trace)
            if (
                known is not None
                and known.kind is Kind.VARIABLE
                and (tape, trace.handle_of(known)) in trace.accessed
            ):
                watched[known.number] = None
    return [number for number in watched if number not in own], computed


def _of_trace(tracer: Tracer, labels: dict[int, str]) -> Listing:
    trace = tracer.trace
    assert trace is not None
    watched, computed = lines_of(tracer)
    names = names_of(watched, [line.number for line in computed])
    walk = tracer.walk
    found = []
    for number in watched:
        line = find(number, trace)
        label = _watched_label(tracer, number, labels)
        place = next((event.place for event in tracer.watched if event.node == number), None)
        shape, dtype = (None, None) if line is None else (line.shape, line.dtype)
        at = place or (None if line is None else line.place)
        found.append(
            ListedLine(
                names[number], "", (), label, shape, dtype, at, "", *_adjoint(walk, number, names), number
            )
        )
    for line in computed:
        inputs = []
        for position, parent in enumerate(line.parents):
            known = None if parent is None else find(parent, trace)
            if parent in names:
                inputs.append(names[parent])
            elif known is not None:
                inputs.append(known.operands.get(-1) or _constant(known.shape))
            else:
                inputs.append(line.operands.get(position, "const"))
        shape = line.shape if line.count == 1 else None
        dtype = line.dtype if line.count == 1 else f"{line.count} outputs"
        found.append(
            ListedLine(
                names[line.number],
                line.op,
                tuple(inputs),
                "",
                shape,
                dtype,
                line.place,
                line.scope.rstrip("/"),
                *_adjoint(walk, line.number, names),
                line.number,
            )
        )
    return Listing(tuple(found), True)


def _watched_label(tracer: Tracer, number: int, labels: dict[int, str]) -> str:
    """What the code calls a watched value, and what it is."""
    trace = tracer.trace
    assert trace is not None
    line = find(number, trace)
    value: Any = next((event.value() for event in tracer.watched if event.node == number), None)
    if line is not None and line.kind is Kind.VARIABLE:
        handle = trace.handle_of(line)
        value = trace.variables[handle]() if handle in trace.variables else None
        name = labels.get(id(value), "") if value is not None else ""
        official = trace.versions[handle].name.removesuffix(":0") if handle in trace.versions else "Variable"
        return name or official
    name = labels.get(id(value), "") if value is not None else ""
    return name or "Tensor"


def _adjoint(
    walk: Walk | None, number: int, names: dict[int, str]
) -> tuple[Amount | None, tuple[tuple[str, Amount], ...]]:
    if walk is None or number not in walk.adjoints:
        return None, ()
    terms = sorted(walk.terms.get(number, []), key=itemgetter(0))
    return walk.adjoints[number], tuple(
        [(names.get(giver, "") if giver else "", amount) for giver, amount in terms]
    )


# -- from what is left of a list ---------------------------------------------------------------------------------------


def entries_of(tape: Any) -> tuple[list[Entry], list[Entry]]:
    """What the tape watches and what it recorded, as far as it is alive."""
    record = tape._record
    if record is None:
        return [], []
    computed = [entry for entry in record.live() if record.id in entry.tapes]
    own = set(computed)
    watched: dict[Entry, None] = {}
    for entry in computed:
        for parent in entry.parents:
            if parent is not None and parent not in own and record.id in parent.tapes:
                watched[parent] = None
    return list(watched), computed


def _of_record(tape: Any, labels: dict[int, str]) -> Listing:
    watched, computed = entries_of(tape)
    names = names_of([entry.number for entry in watched], [entry.number for entry in computed])
    variables = {} if tape._record is None else {v._node: v for v in tape._record.variables.values()}
    found = []
    for entry in watched:
        variable = variables.get(entry)
        label = "Tensor" if variable is None else labels.get(id(variable), variable.name.removesuffix(":0"))
        shape = None if variable is None else tuple(variable._t.shape)
        dtype = None if variable is None else variable.dtype.name
        found.append(
            ListedLine(names[entry.number], "", (), label, shape, dtype, None, "", None, (), entry.number)
        )
    for entry in computed:
        inputs = []
        for position, parent in enumerate(entry.parents):
            if parent is not None and parent.number in names:
                inputs.append(names[parent.number])
            else:
                inputs.append(_kept(entry, position))
        raw = entry.outputs[0] if len(entry.outputs) == 1 and "_outputs" not in entry.attrs else None
        shape = None if raw is None else tuple(raw.shape)
        dtype = None if raw is None or raw.dtype not in FROM_TORCH else FROM_TORCH[raw.dtype].name
        found.append(
            ListedLine(
                names[entry.number],
                entry.type,
                tuple(inputs),
                "",
                shape,
                dtype,
                None,
                "",
                None,
                (),
                entry.number,
            )
        )
    note = "Made with tf.GradientTape(explain=True), a tape also lists shapes, dtypes, places in the code and adjoints."
    if tape._record is None:
        what = "it has been used" if tape._spent else "it has recorded nothing yet"
        note = f"The list of this tape is gone: {what}. {note.replace('also lists', 'keeps it, and lists')}"
    return Listing(tuple(found), False, note)


def _kept(entry: Entry, position: int) -> str:
    """An input that has no line of its own, as far as the entry has kept it."""
    op: Any = entry.op
    raw = entry.inputs[position] if position < len(entry.inputs) else None
    if not isinstance(raw, torch.Tensor) or type(op) is Output:
        return "const"
    if raw.numel() == 1 and not torch._C._functorch.is_functorch_wrapped_tensor(raw):
        return f"{raw.item():.6g}"
    return _constant(tuple(raw.shape))


def _constant(shape: tuple[int, ...] | None) -> str:
    """A value that the tape does not trace."""
    return "const" if not shape else f"const{list(shape)}"


# -- text --------------------------------------------------------------------------------------------------------------


def _labels(frame: FrameType) -> dict[int, str]:
    """Names of Tensors and Variables in the code around, by the id of what they mean."""
    found: dict[int, str] = {}
    for namespace in (frame.f_globals, frame.f_locals):
        for name, held in list(namespace.items()):
            if isinstance(held, (Tensor, Variable)) and not name.startswith("_"):
                found[id(held)] = name
            elif isinstance(held, (list, tuple)) and len(held) <= 1000:
                for i, item in enumerate(held):
                    if isinstance(item, (Tensor, Variable)):
                        found.setdefault(id(item), f"{name}[{i}]")
    return found


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join([str(n) for n in shape])}{',' if len(shape) == 1 else ''})"
