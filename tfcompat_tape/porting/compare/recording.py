"""What compare_record.py wrote, read: runs of a script, each with its events, its ops and how it ended."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tfcompat_tape.porting.compare.recorder.writing import FORMAT

Array = np.ndarray[Any, Any]


class RecordingError(Exception):
    """A recording cannot be read, or holds no run: the message says why."""


@dataclass(frozen=True)
class Value:
    """A tensor or an array: all of its elements, or some of them and sums.

    Attributes:
      dtype: TensorFlow's name of it.
      elements: flat; of a large array, elements that are spread evenly over it.
      sums: of a large array: the sum, the sum of magnitudes, how many are not finite, the largest magnitude.
      words: the elements, where they are text.
    """

    dtype: str
    shape: tuple[int, ...]
    elements: Array
    sums: tuple[complex, float, int, float] | None = None
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.dtype == "string":
            return str(list(self.words[:4])) if self.shape else repr(self.words[0])
        if not self.shape:
            return _number(self.elements[0])
        shown = [_number(one) for one in self.elements[:6]]
        more = ", ..." if self.elements.size > 6 or self.sums else ""
        return f"[{', '.join(shown)}{more}] of shape {self.shape}"


def _number(value: Any) -> str:
    return f"{value:.8g}" if isinstance(value, (float, np.floating)) else str(value)


@dataclass(frozen=True)
class Event:
    """One thing that is compared.

    Attributes:
      kind: "print", "tf.print", "bytes", "gradient", "assign", "call" (of a tf.function), "save".
      at: `train.py:12`, the line of the user's code; empty if it is not known.
      what: the text that was printed, or what the values are called.
      names, values: the values, a name each; `None` is the gradient `None`, or what has no numbers.
    """

    kind: str
    at: str
    what: str
    names: tuple[str, ...] = ()
    values: tuple[Value | None, ...] = ()


@dataclass(frozen=True)
class Op:
    """An op that was executed.

    Attributes:
      before: the number of the event that came next.
      inputs: for each, the op and the output that it came from, or its value.
    """

    number: int
    before: int
    kind: str
    at: str
    inputs: tuple[tuple[int, int] | Value | None, ...]
    outputs: tuple[Value | None, ...]


@dataclass
class Run:
    """A script that was run once.

    Attributes:
      begin, end: what was written at its start and at its end; `end` is empty if it was cut off.
      adjoints: {event: {(op, output): value}}.
      left: files that an earlier run had written and this one found, each with the line of the script that did.
    """

    begin: dict[str, Any]
    events: list[Event] = field(default_factory=list)
    ops: list[Op] = field(default_factory=list)
    adjoints: dict[int, dict[tuple[int, int], Value]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    end: dict[str, Any] = field(default_factory=dict)

    @property
    def inside(self) -> bool:
        """Whether its tf.functions were run eagerly."""
        return bool(self.begin.get("inside"))

    @property
    def functions(self) -> bool:
        """Whether it called a tf.function."""
        return bool(self.end.get("functions")) or any(event.kind == "call" for event in self.events)

    @property
    def failed(self) -> bool:
        """Whether an exception ended it."""
        return self.end.get("how") in ("raised", "unreadable")


def read(path: Path) -> list[Run]:
    """The runs in the recording at `path`.

    Raises:
      RecordingError: it is no recording, or one of another format.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RecordingError(f"can't read {str(path)!r}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise RecordingError(f"{path} is no recording: it is no text") from None
    lines = text.split("\n")
    lines.pop()  # what follows the last newline: nothing, or a line that was cut off
    runs: list[Run] = []
    for number, line in enumerate(lines, 1):
        try:
            _take(json.loads(line), runs)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, zlib.error) as error:
            raise RecordingError(
                f"{path} is no recording of compare_record.py: line {number} is not what it writes "
                f"({type(error).__name__}: {error})"
            ) from None
    if not runs:
        raise RecordingError(f"{path} holds no run of a script")
    return runs


def _take(line: dict[str, Any], runs: list[Run]) -> None:
    kind = line["k"]
    if kind == "begin":
        if line["format"] != FORMAT:
            raise RecordingError(
                f"the recording is of format {line['format']}, this is for format {FORMAT}: write compare_record.py "
                "again with --record, and record with that"
            )
        runs.append(Run(line))
        return
    run = runs[-1]
    if kind == "end":
        run.end = line
    elif kind == "note":
        run.notes.append(line["text"])
    elif kind == "left":
        run.left.append((line["path"], line["at"]))
    elif kind == "op":
        inputs = tuple((one[0], one[1]) if isinstance(one, list) else decode(one) for one in line["in"])
        outputs = tuple(map(decode, line["out"]))
        run.ops.append(Op(line["n"], line["before"], line["type"], line["at"], inputs, outputs))
    elif kind == "adjoint":
        value = decode(line["value"])
        if value is not None:
            run.adjoints.setdefault(line["event"], {})[line["op"], line["out"]] = value
    else:
        run.events.append(_event(kind, line))


def _event(kind: str, line: dict[str, Any]) -> Event:
    at = line["at"]
    if kind == "print":
        return Event(kind, at, line["text"])
    if kind == "bytes":
        return Event(kind, at, f"{line['size']} bytes, SHA-256 {line['digest'][:16]}")
    if kind == "tf.print":
        values = tuple(map(decode, line["values"]))
        return Event(kind, at, "tf.print", tuple(f"value {i}" for i in range(len(values))), values)
    if kind == "assign":
        return Event(kind, at, line["name"], (line["name"],), (decode(line["value"]),))
    if kind == "call":
        names = tuple(name for name, _ in line["changed"])
        return Event(kind, at, line["name"], names, tuple(decode(value) for _, value in line["changed"]))
    if kind == "save":
        return Event(kind, at, line["path"], tuple(line["names"]), tuple(map(decode, line["values"])))
    if kind != "gradient":
        raise ValueError(f"an event {kind!r}")
    names, found = _gradient(line)
    return Event(kind, at, line["how"], names, found)


def _gradient(line: dict[str, Any]) -> tuple[tuple[str, ...], tuple[Value | None, ...]]:
    names: list[str] = []
    values: list[Value | None] = []
    for i, one in enumerate(line["values"]):
        name = line["names"][i] if len(line["names"]) == len(line["values"]) else f"result {i}"
        if isinstance(one, dict) and "parts" in one:
            names += [f"{name}, part {j}" for j in range(len(one["parts"]))]
            values += map(decode, one["parts"])
        else:
            sliced = isinstance(one, dict) and "slices" in one
            names.append(f"{name} (IndexedSlices)" if sliced else name)
            values.append(decode(one["value"] if sliced else one))
    return tuple(names), tuple(values)


def decode(data: dict[str, Any] | None) -> Value | None:
    """The value that the recorder's `encode` wrote."""
    if data is None:
        return None
    shape = tuple(data["s"])
    if data["d"] == "string":
        return Value("string", shape, np.zeros(0), words=tuple(data["v"]))
    elements = np.frombuffer(zlib.decompress(base64.b64decode(data["b"])), dtype=np.dtype(data["n"]))
    sums = None
    if "sums" in data:
        real, imaginary, magnitude, odd = data["sums"]
        sums = (complex(real, imaginary), magnitude, odd, data["most"])
    return Value(data["d"], shape, elements, sums)
