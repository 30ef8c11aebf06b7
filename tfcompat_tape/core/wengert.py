"""The Wengert list: one entry per operation on a traced value, in the order of computation.

An entry knows its operation, the entries that its inputs came from, and the raw torch tensors that its gradient rule
needs. A value points at the entry that computed it and an entry at its parents, so the part of the list that nobody
can differentiate any more is freed by reference counting alone; a tape that is not persistent sees the list through
weak references. Forward mode uses the same list: an accumulator pushes a tangent through each entry as it comes.

Whether an operation is recorded is a question of sets: every traced value carries the ids of the tapes that trace it,
every thread the ids of the tapes that are recording. Their intersection says who records.

Source: R. E. Wengert, "A simple automatic derivative evaluation program", CACM 7(8), 1964.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tfcompat_tape.core.hooks import need, pending, recorded

if TYPE_CHECKING:
    from tfcompat_tape.core.registry import Op

TapeIds = frozenset[int]
NOBODY: TapeIds = frozenset()

# Entry numbers and tape ids are never reused: what refers to a tape that is gone refers to nothing.
ref = weakref.ref
next_number = itertools.count().__next__
next_tape_id = itertools.count(1).__next__


class Entry:
    """One line of the list: `value_number = op(values of parents)`.

    Attributes:
      number: position in the list; a parent's number is always smaller.
      op: the operation, `None` for a watched value (a leaf).
      parents: for each input the entry it came from, `None` where no tape traces that input.
      inputs, outputs: raw torch tensors kept for the gradient rule, `None` where the rule does not use them.
      shapes: shapes of the inputs, where the operation asks for them (`None` if a broadcasting op had equal shapes).
      attrs: keyword attributes of the call.
      needs: for each input, whether its gradient is wanted.
      tapes: ids of the tapes that trace this value.
      leaf_for: ids of the tapes for which the value is a leaf although another tape recorded its operation.
      tangents: by accumulator id, the tangent of the value; it exists where an accumulator is among `tapes`.
    """

    __slots__ = (
        "__weakref__",
        "attrs",
        "inputs",
        "leaf_for",
        "needs",
        "number",
        "op",
        "outputs",
        "parents",
        "shapes",
        "tangents",
        "tapes",
    )

    def __init__(
        self,
        op: Op | None,
        parents: tuple[Any, ...],
        inputs: tuple[Any, ...],
        outputs: tuple[Any, ...],
        shapes: Any,
        attrs: dict[str, Any],
        needs: tuple[bool, ...],
        tapes: TapeIds,
    ) -> None:
        self.number = next_number()
        self.op = op
        self.parents = parents
        self.inputs = inputs
        self.outputs = outputs
        self.shapes = shapes
        self.attrs = attrs
        self.needs = needs
        self.tapes = tapes
        self.leaf_for = NOBODY

    tangents: dict[int, Any]  # a slot that stays empty while no accumulator is there

    def get_attr(self, name: str) -> Any:
        """The attribute `name` of the call, or its default."""
        if name in self.attrs:
            return self.attrs[name]
        assert self.op is not None
        return self.op.default_of(name)

    @property
    def type(self) -> str:
        """TensorFlow's op type, e.g. `"MatMul"`."""
        return "Watch" if self.op is None else self.op.name

    def clear(self) -> None:
        """Let go of everything: no tape will walk this entry again."""
        self.parents = self.inputs = self.outputs = ()
        self.attrs = {}
        self.tapes = self.leaf_for = NOBODY

    def __repr__(self) -> str:
        return f"<{self.number}: {self.type}>"


# The ids of all tapes that record on any thread: while it is empty, an op does nothing but compute.
listening: set[int] = set()

# Ids of tapes that can still be asked for a gradient, on any thread.
alive: set[int] = set()

# Ids of the accumulators: entries that nobody else traces need no parents, and keep nothing.
accumulators: set[int] = set()

# Held while the tapes of an entry change: threads share values. Reentrant, for collecting garbage ends recordings.
lock = threading.RLock()


class Recording:
    """What one tape sees of the list, in order; through weak references unless it is persistent.

    When the last reference to a recording goes, every entry that no other tape traces lets go of its tensors.

    Attributes:
      turn: whose turn it is when an entry is made: tapes list it (0), then accumulators push tangents through it (1).
      differentiates: False for a recording that only observes: no derivative is taken of what it sees alone.
      traces: False for a recording that only notes which variables are read: no entry is made for it.
    """

    turn = 0
    differentiates = True
    traces = True

    __slots__ = ("entries", "id", "ids", "limit", "persistent", "refs", "variables", "watches_variables")

    def __init__(self, persistent: bool, watches_variables: bool) -> None:
        self.id = next_tape_id()
        self.ids: TapeIds = frozenset((self.id,))
        self.persistent = persistent
        self.watches_variables = watches_variables
        self.variables: dict[int, Any] = {}
        self.refs: list[weakref.ref[Entry]] = []
        self.entries: list[Entry] = []  # what keeps the entries of a persistent recording
        self.limit = 1024
        alive.add(self.id)

    def append_alone(self, entry: Entry, result: Any) -> None:
        """`append` of an accumulator, while nobody else records: what to do is then known beforehand."""
        raise NotImplementedError

    def append(self, entry: Entry, result: Any) -> None:
        """List one more entry; `result` is its raw value, or the tuple of them."""
        self.refs.append(weakref.ref(entry))
        if self.persistent:
            self.entries.append(entry)
        elif len(self.refs) > self.limit:
            self.clear_up()

    def clear_up(self) -> None:
        """Drop the references to entries that were freed, at a constant cost each."""
        self.refs[:] = [ref for ref in self.refs if ref() is not None]
        self.limit = 1024 + 2 * len(self.refs)

    def live(self) -> list[Entry]:
        """The entries that still exist, in order."""
        return [entry for ref in self.refs if (entry := ref()) is not None]

    def note(self, variable: Any) -> None:
        """Remember that `variable` is watched."""
        self.variables[id(variable)] = variable

    # As the interpreter ends, a module's names may be gone before its objects: what this needs, it holds itself.
    def __del__(
        self,
        alive: set[int] = alive,
        listening: set[int] = listening,
        accumulators: set[int] = accumulators,
        lock: Any = lock,
    ) -> None:
        try:
            tape_id = self.id
        except AttributeError:  # it was never made
            return
        alive.discard(tape_id)
        listening.discard(tape_id)
        mine = {tape_id}
        with lock:
            for entry in self.live():
                if entry.tapes <= mine:
                    entry.clear()
                elif tape_id in entry.tapes:
                    entry.tapes = entry.tapes - mine
                    if entry.tapes <= accumulators:
                        entry.parents = entry.inputs = entry.outputs = ()


class ThreadState(threading.local):
    """What is recording on this thread."""

    recording: TapeIds = NOBODY
    tapes: TapeIds = NOBODY  # the same without the observer
    # Whether one of them differentiates: if so, a gradient or Jacobian is itself recorded.
    differentiating: bool = False
    # Shortcut past `append(entry, result)`, while exactly one tape records, is not persistent, no gradient is
    # overridden and no plugin looks on: takes a weak reference.
    # Dispatch uses it for all but every 1024th entry, so that `Recording.append` comes to clear up.
    append: Callable[[Any], None] | None = None
    # The same for one accumulator that nobody else records with: `append(entry, result)` hands the entry on to it.
    push: Callable[[Any, Any], None] | None = None
    accessors: tuple[Recording, ...] = ()  # those that watch every trainable variable that is read
    accessor_ids: TapeIds = NOBODY
    accumulating: TapeIds = NOBODY  # the accumulators among `recording`
    aside: TapeIds = NOBODY  # recordings that list nothing for the time being (see `set_aside`)
    observer: Recording | None = None  # the recording that also sees what no tape can differentiate
    listed: tuple[Recording, ...] = ()  # those that entries are appended to, in turn
    body: Any = None  # the Python function that is running as part of an op, for who explains (`tape.attention.inside`)
    overrides: Mapping[str, Op] = MappingProxyType({})  # ops whose entries take another gradient, by name

    def __init__(self) -> None:
        self.recordings: list[Recording] = []


state = ThreadState()

_in_turn = attrgetter("turn")
_differentiates = attrgetter("differentiates")


def refresh() -> None:
    """Bring what is derived from `state.recordings`, `state.aside` and `state.overrides` up to date."""
    own = state.__dict__  # of this thread; quicker than its attributes, one by one
    recordings = own["recordings"]
    if not recordings:
        own.update(_NOTHING)
        return
    own["append"] = own["push"] = None
    aside = state.aside
    if len(recordings) == 1 and not aside and type(recordings[0]) is Recording:
        (only,) = recordings
        own["recording"] = own["tapes"] = only.ids
        own["differentiating"] = True
        own["listed"] = (only,)
        own["accumulating"] = NOBODY
        watches = only.watches_variables
        own["accessors"] = (only,) if watches else ()
        own["accessor_ids"] = only.ids if watches else NOBODY
        if not only.persistent and not state.overrides and not recorded:
            own["append"] = only.refs.append
        return
    ids = frozenset([recording.id for recording in recordings if recording.traces])
    accumulating = ids & accumulators if accumulators else NOBODY
    listed = [recording for recording in recordings if recording.id not in aside] if aside else recordings
    accessors = [recording for recording in recordings if recording.watches_variables]
    if accumulating and len(listed) == len(recordings) == 1 and not state.overrides and not recorded:
        own["push"] = recordings[0].append_alone
    observer = state.observer
    own["recording"] = ids
    own["tapes"] = ids if observer is None else ids - observer.ids
    own["differentiating"] = any(map(_differentiates, recordings))
    own["listed"] = tuple(sorted(listed, key=_in_turn) if accumulating else listed)
    own["accumulating"] = accumulating
    own["accessors"] = tuple(accessors)
    accessor_ids = frozenset([recording.id for recording in accessors])
    own["accessor_ids"] = ids if accessor_ids == ids else accessor_ids


_NOTHING = {
    "recording": NOBODY,
    "tapes": NOBODY,
    "differentiating": False,
    "append": None,
    "push": None,
    "listed": (),
    "accumulating": NOBODY,
    "accessors": (),
    "accessor_ids": NOBODY,
}


def start(recording: Recording) -> None:
    """Let `recording` see what this thread computes from now on."""
    if pending:
        need()
    state.recordings.append(recording)
    listening.add(recording.id)
    refresh()


def stop(recording: Recording) -> None:
    """Let `recording` see nothing further; the others of the thread go on."""
    listening.discard(recording.id)
    state.recordings = [other for other in state.recordings if other is not recording]
    refresh()


@contextlib.contextmanager
def set_aside() -> Iterator[None]:
    """Within this context entries are made as usual, but no recording lists them: they shall not outlive it."""
    outer = state.aside
    state.aside = state.recording
    refresh()
    try:
        yield
    finally:
        state.aside = outer
        refresh()


@contextlib.contextmanager
def only(recordings: list[Recording]) -> Iterator[None]:
    """Within this context just `recordings` see what this thread computes."""
    before = state.recordings
    state.recordings = recordings
    listening.update([recording.id for recording in recordings])
    refresh()
    try:
        yield
    finally:
        state.recordings = before
        listening.update([recording.id for recording in before])  # one of them may have been stopped within
        refresh()


def append(entry: Entry, result: Any) -> None:
    """Append `entry` to the recordings of this thread that trace it; `result` is its raw value, or a tuple of them."""
    push = state.push
    if push is not None:
        push(entry, result)
        return
    if state.overrides and entry.op is not None:
        override = state.overrides.get(entry.op.name)
        if (
            override is not None and override.kernel is entry.op.kernel
        ):  # a user's function may be called like an op
            entry.op = override
    tapes = entry.tapes
    accumulating = state.accumulating
    if accumulating:
        entry.tangents = {}
    for recording in state.listed:
        if recording.id in tapes:
            recording.append(entry, result)
    for see in recorded:
        see(entry, result)
    if accumulating and tapes <= accumulating:
        entry.parents = entry.inputs = entry.outputs = ()


def leaf(tapes: TapeIds) -> Entry:
    """An entry for a value that is watched rather than computed."""
    return Entry(None, (), (), (), None, {}, (), tapes)


def watch(node: Entry | None, tapes: TapeIds) -> Entry:
    """`node` (or a new leaf) so that also `tapes` trace its value."""
    with lock:
        return _traced(node, tapes)


def watch_value(value: Any, tapes: TapeIds) -> Entry:
    """Let also `tapes` trace a Tensor; returns its entry. Source: `tf.GradientTape.watch`.

    Another thread may do the same just now: both must end up with one entry.
    """
    with lock:
        node = value._node = _traced(value._node, tapes)
        return node


def watch_variable(variable: Any, tapes: TapeIds) -> Entry:
    """The same for a Variable, whose leaf all its readings share."""
    with lock:
        node = variable._node = _traced(variable._node, tapes)
        node.attrs = {"read_by": node.tapes}
        return node


def _traced(node: Entry | None, tapes: TapeIds) -> Entry:
    if node is None:
        return leaf(tapes)
    if not tapes <= node.tapes:
        if node.op is not None:
            node.leaf_for = node.leaf_for | (tapes - node.tapes)
        others = node.tapes & alive
        node.tapes = tapes | others if others else tapes
    return node


def seen(entry: Entry, recording: TapeIds) -> Sequence[Entry | None]:
    """The parents of `entry`, without those that the tapes `recording` cannot know.

    To TensorFlow each reading of a Variable is a new tensor: a tape that did not see a call did not see what it read
    either, although it may trace the Variable by now. Any other value is one tensor, which a tape traces or not.
    """
    if (entry.tapes - entry.leaf_for) & recording:
        return entry.parents
    return [
        None if p is not None and p.tapes & recording <= p.attrs.get("read_by", NOBODY) else p
        for p in entry.parents
    ]


class Output:
    """The operation of a projection: output number `index` of an entry with several outputs."""

    __slots__ = ("index", "name", "rule")

    def __init__(self, index: int) -> None:
        self.index = index
        self.name = f"Output:{index}"
        self.rule = None

    def default_of(self, name: str) -> Any:
        raise ValueError(f"{self.name} has no attribute {name!r}.")

    def jvp(self, op: Any, tangents: Any) -> Any:
        """The tangent of this output among those of the whole entry."""
        return tangents[self.index]


_OUTPUTS = [Output(index) for index in range(16)]


def output(index: int) -> Any:
    """The op of a projection to output `index`."""
    while index >= len(_OUTPUTS):
        _OUTPUTS.append(Output(len(_OUTPUTS)))
    return _OUTPUTS[index]


def project(entry: Entry, index: int, result: Any = None, tapes: TapeIds | None = None) -> Entry:
    """The entry that stands for output `index` of `entry`, which has several; `result` is its raw value.

    It is traced by the tapes that trace `entry`, or by `tapes` alone.
    """
    projection = Entry(output(index), (entry,), (), (), None, {}, (True,), tapes or entry.tapes)
    append(projection, result)
    return projection


def unlisted(op: Any, parents: tuple[Entry | None, ...]) -> Entry:
    """An entry for an integer: no tape lists it, or traces what comes of it, but its gradient can be asked for."""
    return Entry(op, parents, (), (), None, {}, (), NOBODY)


def tapes_of(parents: Sequence[Entry | None], recording: TapeIds) -> TapeIds:
    """Which of the tapes `recording` trace one of `parents`."""
    traced = NOBODY
    for parent in parents:
        if parent is not None:
            tapes = parent.tapes
            if tapes is recording:
                return recording
            traced = traced | tapes
    return traced & recording
