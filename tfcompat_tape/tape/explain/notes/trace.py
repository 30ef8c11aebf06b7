"""What an observer writes down: where each value came from, and what happened around it. It holds no tensors.

A line is written for every value that a thread makes while it is traced, whether or not a tape records it, so a chain
of lines leads from any value back to all that it was computed from. Between the lines stand what tapes cannot see:
states of Variables (`Version`), and values that went out to Python or NumPy (`Escape`).
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from types import FrameType, MappingProxyType
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import naming
from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import NOBODY, Entry, Output, TapeIds, next_number, state
from tfcompat_tape.tape.attention import Body
from tfcompat_tape.tape.custom_gradient import Pullback
from tfcompat_tape.tape.explain.notes.origins import DERIVATIVES, Kind, insides, origin, shown_to_a_rule
from tfcompat_tape.tape.places import Place, arguments, caller

# What is written after the last traced context closed, at most: who never drops a tape shall not run out of memory.
LATE = 50_000


class Version:
    """A Variable between two assignments.

    Attributes:
      handle, name: of the Variable.
      how: the method that assigned, `""` for the value at the beginning of the trace.
      place: where; `None` at the beginning.
      origins: what the value was computed from; `previous` is among them if the old value counts.
      returned: values among `origins` that had left the library, and came back.
      outside: a number or array of the user's was part of it.
      forgotten: the origins are no longer known (see `Trace.forget`).
      exact: see `Line`.
    """

    __slots__ = (
        "exact",
        "forgotten",
        "handle",
        "how",
        "name",
        "number",
        "origins",
        "outside",
        "place",
        "returned",
    )

    def __init__(self, variable: Variable, how: str = "", place: Place | None = None) -> None:
        self.handle = variable._handle
        self.name = variable._name
        self.exact = not variable._traceable
        self.how = how
        self.place = place
        self.number = next_number()
        self.origins: tuple[Node, ...] = ()
        self.returned: tuple[Escape, ...] = ()
        self.outside = False
        self.forgotten = False

    def __repr__(self) -> str:
        return f"<{self.name} of {self.number}>"


# What a path leads through: a line, by its number, or a version of a Variable.
Node = int | Version


class Escape:
    """A value that left the library: `how` ("numpy()"), `place`, and the nodes that it was the value of."""

    __slots__ = ("how", "number", "origin", "place")

    def __init__(self, how: str, place: Place | None, origin: Node) -> None:
        self.how = how
        self.place = place
        self.origin = origin
        self.number = next_number()


_NOTHING: Mapping[int, Any] = MappingProxyType({})  # most lines have nothing to say there


class Line:
    """One value: what made it, from what, where.

    Attributes:
      number: of the entry that stands for the value.
      kind: how it came about.
      op: type of the op, or name of the library's function.
      differentiable, ruled: whether the op is registered as differentiable, and whether it has a gradient rule.
      parents: for each input the number of its line, `None` for a number or array.
      versions: for inputs that were read from Variables, by position: which states these were in.
      returned, outside: see `Version`.
      operands: for inputs without a line, what they were, as text; of a constant itself, at -1.
      shape, dtype, exact: of the value; `exact` for dtypes that have no gradient. `count` outputs, if not one.
      place, scope: where in the user's code, and in which name scope.
      body: in the body of which function it was computed, if that runs as one op (`tape.attention.Body`).
      stands_for: the body of which this is an argument.
      ran: for the result of such a function, its body.
      within: for the result of a function with a gradient of its own, the numbers of what it computed as its results.
      tapes: ids of the recordings that traced the value when it was computed.
      active: ids of the recordings that were recording at all.
      thread: name of the thread, if it is not the one that is traced; `""` for one that is not known.
    """

    __slots__ = (
        "active",
        "body",
        "count",
        "differentiable",
        "dtype",
        "exact",
        "kind",
        "number",
        "op",
        "operands",
        "outside",
        "parents",
        "place",
        "ran",
        "returned",
        "ruled",
        "scope",
        "shape",
        "stands_for",
        "tapes",
        "thread",
        "versions",
        "within",
    )

    def __init__(self, number: int, kind: Kind, op: str, raw: Any, place: Place | None) -> None:
        self.number = number
        self.kind = kind
        self.op = op
        self.place = place
        self.differentiable = self.ruled = True
        self.parents: tuple[int | None, ...] = ()
        self.versions: Mapping[int, tuple[Version, ...]] = _NOTHING
        self.returned: tuple[Escape, ...] = ()
        self.operands: Mapping[int, str] = _NOTHING
        self.outside = False
        self.scope = naming.current()
        self.tapes: TapeIds = NOBODY
        self.active: TapeIds = state.recording
        self.thread: str | None = None
        self.body: Body | None = state.body
        self.stands_for: Body | None = None
        self.ran: Body | None = None
        self.within: tuple[int, ...] = ()
        self.count = 1
        first = raw
        if type(raw) is tuple:
            self.count = len(raw)
            first = raw[0] if raw else None
        self.shape = None if first is None else tuple(first.shape)
        torch_dtype = getattr(first, "dtype", None)
        self.exact = torch_dtype not in INEXACT
        self.dtype = FROM_TORCH[torch_dtype].name if isinstance(torch_dtype, torch.dtype) else "string"

    def origins(self) -> Iterator[tuple[int, Node]]:
        """All that the value was computed from, each with the position of the input."""
        for position, parent in enumerate(self.parents):
            states = self.versions.get(position)
            if states is not None:
                for version in states:
                    yield position, version
            elif parent is not None:
                yield position, parent

    def __repr__(self) -> str:
        return f"<{self.number}: {self.op} {self.kind.name} at {self.place}>"


class Trace:
    """All lines of one traced thread, and those that other threads added from its values.

    Attributes:
      lines: by number.
      variables: the Variables that were read or assigned, by handle.
      escapes: what left the library, in order.
      accessed: when a recording first watched a Variable because it was read, by `(id, handle)`.
      thread: ident of the thread.
      elsewhere: how many lines other threads added.
      others: traces that began later, on other threads; the last few.
    """

    def __init__(self) -> None:
        self.lines: dict[int, Line] = {}
        self.variables: dict[int, weakref.ref[Variable]] = {}
        self.versions: dict[int, Version] = {}
        self.escapes: list[Escape] = []
        self.accessed: dict[tuple[int, int], int] = {}
        self.thread = threading.get_ident()
        self.elsewhere = 0
        self.others: deque[Trace] = deque(maxlen=16)
        self.begun = next_number()
        self._reads: dict[int, list[tuple[weakref.ref[Tensor], Version]]] = {}
        self._outside: dict[int, tuple[Any, Escape]] = {}  # objects that carry values that left, by id
        for trace in list(traces):
            if trace.thread != self.thread:
                trace.others.append(self)
        traces.add(self)

    # -- values --------------------------------------------------------------------------------------------------------

    def enter(self, entry: Entry, result: Any, frame: FrameType | None) -> None:
        """Write down `entry`, which was just made."""
        user, inner = caller(frame)
        op: Any = entry.op
        line = Line(entry.number, Kind.OP, op.name, result, None if user is None else Place.of(user))
        line.parents = tuple([None if parent is None else parent.number for parent in entry.parents])
        line.tapes = entry.tapes
        if type(op) is not Output:
            line.differentiable = op.differentiable
            line.ruled = op.rule is not None
            if type(op.rule) is Pullback and frame is not None:
                line.within, line.ran = insides(frame, inner)
        states = {i: self.states_of(n) for i, n in enumerate(line.parents) if n in self._reads}
        if states:
            line.versions = states
        if inner is not None and (None in line.parents or self.escapes):
            values = [x for x in arguments(inner) if not isinstance(x, (Tensor, Variable))]
            line.outside = None in line.parents or bool(values)  # an attribute may have been computed, too
            line.returned = self.returned(values)
            if None in line.parents:
                self._name_operands(line, entry, inner)
        self.lines[entry.number] = line

    def states_of(self, number: int) -> tuple[Version, ...]:
        """In which states a Variable may have been read that an op just took: one, unless older reads are kept."""
        reads = self._reads.get(number)
        if not reads:
            return ()
        alive = {version: None for tensor, version in reads if tensor() is not None}
        return tuple(alive) or (reads[-1][1],)

    def handle_of(self, line: Line) -> int:
        """The handle of the Variable whose line this is; -1, which no Variable has, if it was not read here."""
        reads = self._reads.get(line.number)
        return reads[-1][1].handle if reads else -1

    @staticmethod
    def _name_operands(line: Line, entry: Entry, inner: FrameType) -> None:
        """Numbers and arrays among the operands, as a listing shows them."""
        numbers: list[Any] = [
            x for x in arguments(inner) if isinstance(x, (int, float, complex, np.ndarray, np.generic))
        ]
        missing = [i for i, parent in enumerate(line.parents) if parent is None]
        names = {}
        for position, value in zip(missing, numbers, strict=False):
            scalar = not isinstance(value, np.ndarray) or value.ndim == 0
            names[position] = f"{value}" if scalar else f"<array {list(value.shape)}>"
        line.operands = names

    def born(self, number: int, raw: Any, maker: FrameType) -> None:
        """Write down a value that `maker` made of the raw tensor `raw`, past the list."""
        user, inner = caller(maker)
        place = None if user is None else Place.of(user)
        kind, name, values = origin(maker, inner)
        line = Line(number, kind, name, raw, place)
        of = shown_to_a_rule(maker, raw) if name in DERIVATIVES else None
        if of is not None:
            line.kind = Kind.UNSEEN
            line.parents = (of[1],)
            if of[1] in self._reads:
                line.versions = {0: self.states_of(of[1])}
            forward = find(of[0], self)
            line.place = place if forward is None else forward.place
        elif kind is Kind.READ:
            line.parents = (None,)
            line.versions = {0: (self.current(values[0]),)}
        else:
            self._from_values(line, values)
        if name in ("py_function", "numpy_function") and inner is not None:
            body = inner.f_locals.get("body")
            if name == "py_function":
                line.stands_for = body
            elif body is not None:
                line.returned += tuple(body.left)
        self.lines[number] = line

    def _from_values(self, line: Line, values: list[Any]) -> None:
        """`line` as computed from `values`: Tensors, Variables, numbers and arrays."""
        parents: list[int | None] = []
        states: dict[int, tuple[Version, ...]] = {}
        for value in values:
            if isinstance(value, Variable):
                states[len(parents)] = (self.current(value),)
                parents.append(None)
            elif type(value) is Tensor and value._node is not None and value._node.number != line.number:
                parents.append(value._node.number)
        line.parents = tuple(parents)
        line.versions = states
        others = [value for value in values if not isinstance(value, (Tensor, Variable))]
        line.outside = line.kind is Kind.OUTSIDE or bool(others)
        line.returned = self.returned(others)
        if line.kind is Kind.UNSEEN and not parents:
            line.kind = Kind.MADE
        if len(others) == 1 and isinstance(others[0], (int, float, complex, np.generic)):
            line.operands = {-1: f"{others[0]}"}

    def earlier(self, node: Entry, raw: Any, computed: bool, frame: FrameType) -> None:
        """Write down a value that was made before this trace began, or on another thread, now that it is used.

        `computed`: it had an entry, of an op.
        """
        if node.number not in self.lines and find(node.number) is None:
            user, _ = caller(frame)
            # An integer among several results may have an entry that nobody lists.
            kind = Kind.OP if node.parents and node.number > self.begun else Kind.EARLIER
            line = Line(node.number, kind, node.type, raw, None if user is None else Place.of(user))
            self.lines[node.number] = line
            line.tapes = node.tapes
            if kind is Kind.EARLIER:
                line.active = node.tapes
                if computed and node.number > self.begun:
                    line.thread = ""
            line.differentiable = getattr(node.op, "differentiable", True)
            line.parents = tuple([None if parent is None else parent.number for parent in node.parents])

    # -- Variables -----------------------------------------------------------------------------------------------------

    def current(self, variable: Variable) -> Version:
        """The present version of `variable`."""
        variable = _variable_of(variable)
        version = self.versions.get(variable._handle)
        if version is None:
            version = self._put(Version(variable), variable)
        return version

    def _put(self, version: Version, variable: Variable) -> Version:
        self.variables[version.handle] = weakref.ref(variable)
        self.versions[version.handle] = version
        return version

    def read(self, variable: Variable, tensor: Tensor, node: Entry, frame: FrameType) -> None:
        """`tensor` is what reading `variable` gave; `node` is its entry."""
        version = self.current(variable)
        if node.number not in self.lines:
            user, _ = caller(frame)
            self.lines[node.number] = Line(
                node.number, Kind.VARIABLE, "Variable", tensor._t, None if user is None else Place.of(user)
            )
        if variable._trainable and variable._traceable:
            for number in state.accessor_ids:
                self.accessed.setdefault((number, version.handle), next_number())
        if self.lines[node.number].kind is Kind.VARIABLE:
            reads = self._reads.get(node.number, [])
            if reads and reads[-1][0]() is None:
                reads = [(other, old) for other, old in reads if other() is not None]
            reads.append((weakref.ref(tensor), version))
            self._reads[node.number] = reads

    def assigned(self, variable: Variable, how: str, frame: FrameType) -> None:
        """`variable` gets a new value, from the arguments of `frame`, its method `how`."""
        user, inner = caller(frame)
        if how == "tf.Variable" and inner is not None:
            frame = inner
        version = Version(variable, how, None if user is None else Place.of(user))
        before = self.versions.get(version.handle)
        values = [x for x in arguments(frame) if _variable_of(x) is not variable]
        origins: list[Node] = []
        for value in values:
            if isinstance(value, Variable):
                origins.append(self.current(_variable_of(value)))
            elif type(value) is Tensor and value._node is not None:
                origins.append(value._node.number)
        others = [value for value in values if not isinstance(value, (Tensor, Variable))]
        version.returned = self.returned(others)
        version.outside = bool(others)
        if before is not None and how not in ("assign", "tf.Variable"):
            origins.append(before)
        version.origins = tuple(origins)
        self._put(version, variable)

    # -- what leaves, and comes back -----------------------------------------------------------------------------------

    def left(self, value: Any, how: str, result: Any, frame: FrameType) -> None:
        """The value of `value`, a Tensor or Variable, went out as `result`."""
        user, _ = caller(frame)
        place = None if user is None else Place.of(user)
        if isinstance(value, Variable):
            origin: Node = self.current(value)
        elif value._node is None:
            return
        else:
            origin = value._node.number
        escape = Escape(how, place, origin)
        self.escapes.append(escape)
        if state.body is not None:
            state.body.left.append(escape)
        if _has_identity(result):
            try:
                holder: Any = weakref.ref(result)
            except TypeError:  # a number: small, and held, so that its id stays its own
                holder = _Held(result)
            self._outside[id(result)] = (holder, escape)

    def returned(self, values: Iterable[Any]) -> tuple[Escape, ...]:
        """Those of `values` that are objects which once left the library, or views of such arrays."""
        if not self._outside:
            return ()
        found: dict[Escape, None] = {}
        for value in values:
            while value is not None:
                holder, escape = self._outside.get(id(value), (None, None))
                if holder is not None and escape is not None and holder() is value:
                    found[escape] = None
                value = value.base if isinstance(value, np.ndarray) else None
        return tuple(found)

    def forget(self, number: int) -> None:
        """Drop what happened before `number`: no tape is left that can be asked about it."""
        self.lines = {
            n: line for n, line in list(self.lines.items()) if n >= number or line.kind is Kind.VARIABLE
        }
        for version in self.versions.values():
            while version.number >= number:
                before = [node for node in version.origins if isinstance(node, Version)]
                if not before:
                    break
                version = before[-1]
            if version.number < number and (version.origins or version.returned):
                version.origins = version.returned = ()
                version.forgotten = True
        self.accessed = {key: since for key, since in self.accessed.items() if since >= number}
        self.escapes = [escape for escape in self.escapes if escape.number >= number]
        self._outside = {key: pair for key, pair in self._outside.items() if pair[1].number >= number}


class _Held:
    """In the place of a weak reference, for what has none."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self) -> Any:
        return self.value


# All traces that somebody still holds.
traces: weakref.WeakSet[Trace] = weakref.WeakSet()


def find(number: int, first: Trace | None = None) -> Line | None:
    """The line with this number, in `first` or in any other trace."""
    if first is not None and number in first.lines:
        return first.lines[number]
    for trace in list(traces):
        line = trace.lines.get(number)
        if line is not None:
            return line
    return None


def _variable_of(value: Any) -> Any:
    """The Variable itself, for what an assignment returned."""
    return getattr(value, "_variable", value)


def _has_identity(value: Any) -> bool:
    """Whether an object of this value can only be this one: Python shares small integers and truth values."""
    if isinstance(value, (bool, np.bool_)) or value is None:
        return False
    return not isinstance(value, int) or not -6 < value < 257
