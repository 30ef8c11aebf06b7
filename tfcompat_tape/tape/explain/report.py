"""The answer to "why is my gradient None?": a report, for programs and for people."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tfcompat_tape.tape.places import Place


class Reason(Enum):
    """Why a gradient is `None`.

    >>> from tfcompat_tape.tape.explain import Reason
    >>> Reason.STOP_GRADIENT.value
    'passed through stop_gradient'
    """

    NEVER_WATCHED = "never watched"
    ANOTHER_TENSOR = "another Tensor than the one that was used"
    NOT_TRAINABLE = "variable not trainable"
    ACCESS_NOT_WATCHED = "watch_accessed_variables=False"
    INTEGER_DTYPE = "integer dtype"
    WATCHED_AFTER_USE = "watched after use"
    BEFORE_CONTEXT = "computed before the tape began"
    AFTER_CONTEXT = "target computed after the context closed"
    TAPE_RESET = "tape reset"
    OTHER_THREAD = "recorded on another thread"
    STOP_GRADIENT = "passed through stop_gradient"
    STOP_RECORDING = "computed under stop_recording"
    LEFT_LIBRARY = "left the library and came back"
    REBOUND = "a Variable's name rebound to a Tensor"
    STATE_CHANGE = "a state change stands between"
    NOT_AN_ARGUMENT = "used inside a function, and not one of its arguments"
    NO_GRADIENT = "an op with no gradient"
    INDEPENDENT = "independent"


ADVICE = {
    Reason.NEVER_WATCHED: "Call tape.watch({name}) before it is used, or make it a tf.Variable.",
    Reason.ANOTHER_TENSOR: "Keep the Tensor that was watched, and give that as the source.",
    Reason.NOT_TRAINABLE: "Make it with trainable=True, or call tape.watch({name}).",
    Reason.ACCESS_NOT_WATCHED: "Call tape.watch({name}), or make the tape with watch_accessed_variables=True.",
    Reason.INTEGER_DTYPE: "Integers and booleans are not differentiable: use a floating dtype, e.g. tf.cast(..., "
    "tf.float32) on the source before it is watched.",
    Reason.WATCHED_AFTER_USE: "Watch it first: inside the context, before anything is computed from it.",
    Reason.BEFORE_CONTEXT: "Compute it inside `with tf.GradientTape() as tape:`, after {name} is watched.",
    Reason.AFTER_CONTEXT: "Compute it inside `with tf.GradientTape() as tape:`.",
    Reason.TAPE_RESET: "tape.reset() forgets what was recorded and watched: compute (and watch) after it.",
    Reason.OTHER_THREAD: "A tape sees its own thread alone: compute there, or take the gradient where it is computed.",
    Reason.STOP_GRADIENT: "If the gradient is wanted, leave tf.stop_gradient out.",
    Reason.STOP_RECORDING: "If the gradient is wanted, compute it where the tape records.",
    Reason.LEFT_LIBRARY: "Use TensorFlow ops all the way: tf.reduce_mean in place of np.mean, x in place of x.numpy().",
    Reason.REBOUND: "Use {name}.assign(...), assign_add or assign_sub, so that the name stays the Variable's.",
    Reason.STATE_CHANGE: "Compute the target from the Tensor that was assigned, in place of the Variable.",
    Reason.NOT_AN_ARGUMENT: "Pass it to the function as an argument: gradients go to the arguments alone.",
    Reason.NO_GRADIENT: "Take another op, give it a gradient (tf.RegisterGradient, tf.custom_gradient), or do without.",
    Reason.INDEPENDENT: "Nothing to repair, if that is what you meant; otherwise see what the target is computed from.",
}


@dataclass(frozen=True)
class Step:
    """One station on a path from a source to a target: what was computed, and where."""

    op: str
    shape: tuple[int, ...] | None
    dtype: str | None
    place: Place | None
    number: int | None = None

    def __str__(self) -> str:
        form = "" if self.shape is None else f"  {_shape(self.shape)} {self.dtype}"
        return f"{self.op}{form}" + _at(self.place)


@dataclass(frozen=True)
class Break:
    """A place where a path from a source to the target breaks.

    Attributes:
      reason: why.
      detail: the same in a sentence.
      place: where in your code; `None` if that is not known.
      op: the op there, where there is one.
      certain: False if it was concluded rather than seen.
      unlisted: the value was made past the list, by a function that is known by its name alone.
    """

    reason: Reason
    detail: str
    place: Place | None = None
    op: str | None = None
    certain: bool = True
    unlisted: bool = field(default=False, repr=False)

    def __str__(self) -> str:
        return f"{self.reason.value}: {self.detail}" + _at(self.place)


@dataclass(frozen=True)
class Zero:
    """What makes a gradient zero everywhere.

    Attributes:
      op: the op that gave zeros for a cotangent that was not zero; "Sum" where terms cancel, "seed" for a cotangent.
      detail: why, in a sentence.
      place: where in your code; `None` if that is not known.
    """

    op: str
    detail: str
    place: Place | None = None


@dataclass(frozen=True)
class Connection:
    """What one source is to the target.

    Attributes:
      name: of the source.
      connected: whether the gradient exists (it may be zero); `None` if that is not known.
      reason: why it does not; `None` if it does, or if that is not known.
      certain: whether `reason` is certain.
      breaks: all places where paths break, the decisive one first.
      path: from the source to the target if they are connected; else the path that gets farthest.
      zeros: what makes the gradient zero everywhere, if it exists and is.
      possible: what the reason may be, where it is not known.
      notes: what else helps to understand.
      key: where the source stands in the structure that was asked about: "['w'][0]".
    """

    name: str
    connected: bool | None
    reason: Reason | None = None
    certain: bool = True
    breaks: tuple[Break, ...] = ()
    path: tuple[Step, ...] = ()
    zeros: tuple[Zero, ...] = ()
    possible: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()
    key: str = ""
    source: Any = field(default=None, repr=False, compare=False)

    @classmethod
    def broken(
        cls,
        name: str,
        source: Any,
        breaks: Sequence[Break],
        path: tuple[Step, ...] = (),
        notes: Iterable[str] = (),
    ) -> Connection:
        """There is no gradient; the first of `breaks` is decisive."""
        first = breaks[0]
        return cls(
            name, False, first.reason, first.certain, tuple(breaks), path, notes=tuple(notes), source=source
        )

    @property
    def where(self) -> Place | None:
        """Where in your code the path broke: the place of the decisive break."""
        return self.breaks[0].place if self.breaks else None

    @property
    def advice(self) -> str:
        """What to do about it."""
        return "" if self.reason is None else ADVICE[self.reason].format(name=_plain_name(self.name))

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.connected:
            yield f"{self.name}: connected" + (", but the gradient is zero everywhere" if self.zeros else "")
            for zero in self.zeros:
                yield f"  {zero.detail}"
                if zero.place is not None:
                    yield f"    {zero.place}:  {zero.place.text}".rstrip(": ")
            yield from _path_lines(self.path)
        elif self.reason is None:
            known = "not connected; the reason is not known" if self.connected is False else "not known"
            yield f"{self.name}: {known}"
            if self.possible:
                yield "  It may be: " + ", ".join([reason.value for reason in self.possible]) + "."
        else:
            yield f"{self.name}: None, {'because' if self.certain else 'probably because'}: {self.reason.value}"
            first, *others = self.breaks or (None,)
            if first is not None:
                yield f"  {first.detail}"
                if first.place is not None:
                    yield f"    {first.place}:  {first.place.text}".rstrip(": ")
            for other in others:
                yield f"  Also: {other.detail}" + _at(other.place)
        for note in self.notes:
            yield f"  {note}"
        if self.advice:
            yield f"  {self.advice}"


@dataclass(frozen=True)
class Report:
    """What `tape.explain` found, for each source.

    Attributes:
      connections: one for each source, in order; also `report[i]`.
      traced: whether the tape was made with tracing on.

    >>> import tfcompat_tape as tf
    >>> x, n = tf.Variable(3.0, name="x"), tf.Variable(3, name="n")
    >>> with tf.GradientTape(explain=True) as tape:
    ...     y = x * tf.cast(n, tf.float32)
    >>> report = tape.explain(y, [x, n])
    >>> [connection.connected for connection in report]
    [True, False]
    >>> report[1].reason.name
    'INTEGER_DTYPE'
    """

    connections: tuple[Connection, ...]
    traced: bool = True

    def __iter__(self) -> Iterator[Connection]:
        return iter(self.connections)

    def __len__(self) -> int:
        return len(self.connections)

    def __getitem__(self, source: Any) -> Connection:
        """The connection of a source: by position, as itself, or by its key in a dictionary; KeyError without one."""
        if type(source) is int:
            return self.connections[source]
        key = f"[{source!r}]" if isinstance(source, str) else None
        for connection in self.connections:
            if connection.source is source or connection.key == key:
                return connection
        raise KeyError(source)

    @property
    def connected(self) -> bool:
        """Whether all sources are connected."""
        return all(connection.connected for connection in self.connections)

    @property
    def reason(self) -> Reason | None:
        """The reason of the first source that is not connected."""
        return next((c.reason for c in self.connections if not c.connected), None)

    @property
    def where(self) -> Place | None:
        """Where the path of the first source that is not connected broke."""
        return next((c.where for c in self.connections if not c.connected), None)

    def __str__(self) -> str:
        return self.text()

    def text(self, limit: int = 20) -> str:
        """The report for reading; of sources that are `None` for one reason, at one place, the first is shown."""
        lines: list[str] = []
        alike: dict[Any, list[str]] = {}
        for connection in self.connections:
            key = (
                (connection.reason, connection.where, connection.connected)
                if connection.reason
                else connection.name
            )
            names = alike.setdefault(key, [])
            names.append(connection.name)
            if len(names) == 1 and len(alike) <= limit:
                lines += [str(connection), ""]
        shown = list(alike.values())[:limit]
        for names in shown:
            if len(names) > 1:
                more = ", ".join(names[1:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
                lines += [f"The same as for {names[0]} holds for {more}.", ""]
        if len(alike) > limit:
            lines += [f"{len(alike) - limit} further sources are not shown.", ""]
        if not self.traced and not self.connected:
            lines += [
                "This tape was made with tracing off, so it cannot tell where a path broke. Make it with "
                "tf.GradientTape(explain=True), or run the script under TFCOMPAT_EXPLAIN=1.",
                "",
            ]
        return "\n".join(lines).rstrip()

    def _repr_html_(self) -> str:
        rows = []
        for c in self.connections:
            state = "connected" if c.connected else c.reason.value if c.reason else "not known"
            rows.append(
                f"<tr><td>{html.escape(c.name)}</td><td>{html.escape(state)}</td>"
                f"<td><pre>{html.escape(str(c))}</pre></td></tr>"
            )
        return f"<table><tr><th>source</th><th></th><th></th></tr>{''.join(rows)}</table>"


def _at(place: Place | None) -> str:
    return "" if place is None else f"  ({place})"


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join([str(n) for n in shape])}{',' if len(shape) == 1 else ''})"


def _plain_name(name: str) -> str:
    """The name as it stands in code."""
    return name.split(" ")[0].removesuffix(":0") if not name.startswith("source") else "it"


def _path_lines(path: tuple[Step, ...], most: int = 8) -> Iterator[str]:
    half = most // 2
    for i, step in enumerate(path):
        if len(path) > most and half <= i < len(path) - half:
            if i == half:
                yield f"    ... {len(path) - most} more ..."
            continue
        yield f"    {step}"
