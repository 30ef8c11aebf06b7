"""`tf.print`, and what else talks to the outside: `tf.timestamp`, `tf.get_logger`."""

from __future__ import annotations

import logging
import math
import pprint
import sys
import time
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.control import effects
from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.core.variable import Variable

__all__ = ["get_logger", "print", "timestamp"]


def print(*inputs: Any, **kwargs: Any) -> None:
    """Print values the way TensorFlow does: Tensors as their elements, without shape and dtype.

    Args:
      *inputs: Tensors, nested structures with Tensors in them, Python values.
      output_stream: `sys.stderr` (the default), `sys.stdout`, a function of `logging` such as `logging.info` or its
        level, of `absl.logging` too, or `"file://PATH"`, which is appended to.
      summarize: how many elements to show at either end of each axis: 3 by default, all if -1.
      sep, end: as for Python's `print`.

    Raises:
      ValueError: another keyword or output stream.

    Source: `tf.print`.

    >>> import tfcompat_tape as tf
    >>> import sys
    >>> tf.print("x =", tf.range(10), {"y": tf.constant(1.5)}, output_stream=sys.stdout)
    x = [0 1 2 ... 7 8 9] {'y': 1.5}
    """
    stream = _log_of(kwargs.pop("output_stream", sys.stderr))
    summarize = kwargs.pop("summarize", 3)
    sep = kwargs.pop("sep", " ")
    end = kwargs.pop("end", "\n")
    kwargs.pop("name", None)
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {kwargs}")
    summarize = 3 if summarize is None else summarize
    _checked(stream)
    tracer = reading.current.tracer
    if tracer is not None:
        if tracer.notes is not None:
            tracer.notes.printed(*_template(inputs, sep), summarize, _stream_name(stream), end)
        parts, rebuilt = effects.taken_apart(inputs)
        name = "stdout" if stream is sys.stdout else "stderr" if stream is sys.stderr else None

        def write(*raws: Any) -> list[Any]:
            _write(rebuilt(raws), getattr(sys, name) if name else stream, summarize, sep, end, quoted=True)
            return []

        tracer.each_call(write, parts, [])
        return
    if reading.happened("print.<locals>.write") is None:
        _write(inputs, stream, summarize, sep, end)


def _log_of(stream: Any) -> Any:
    """The function of `logging` that a level means, or a function of `absl.logging`; anything else as it is."""
    if type(stream) is int:
        return _LEVELS.get(stream, stream)
    if getattr(stream, "__module__", None) == "absl.logging":
        return {"info": logging.info, "warning": logging.warning, "error": logging.error}.get(
            stream.__name__, stream
        )
    return stream


# The levels of absl.logging, and of logging.
_LEVELS = {
    0: logging.info,
    20: logging.info,
    -1: logging.warning,
    30: logging.warning,
    -2: logging.error,
    40: logging.error,
}


def _checked(stream: Any) -> None:
    if not (
        stream is sys.stdout
        or stream is sys.stderr
        or (isinstance(stream, str) and stream.startswith("file://"))
        or stream in _LOGS
    ):
        raise ValueError(
            f"Unsupported output stream {stream!r}. Use sys.stdout, sys.stderr, logging.info, logging.warning, "
            "logging.error, or 'file://PATH'."
        )


_LOGS = (logging.debug, logging.info, logging.warning, logging.error, logging.critical)


def _write(inputs: Any, stream: Any, summarize: int, sep: str, end: str, quoted: bool = False) -> None:
    text = sep.join(_text(x, summarize, quoted) for x in inputs)
    if stream is sys.stdout or stream is sys.stderr:
        stream.write(text + end)
        stream.flush()
    elif isinstance(stream, str) and stream.startswith("file://"):
        with open(stream.removeprefix("file://"), "a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text + end)
    else:
        stream("%s", text)


def _stream_name(stream: Any) -> str:
    """What graphs call an output stream."""
    if stream in _LOGS:
        return f"log({stream.__name__})"
    return {sys.stdout: "stdout", sys.stderr: "stderr"}.get(stream, stream)


def _template(inputs: Any, sep: str) -> tuple[str, str, list[Tensor]]:
    """The text with a mark in place of each tensor, the mark, and the tensors."""
    tensors: list[Tensor] = []
    mark = "{}"
    while any(mark in x for x in nest.flatten(inputs) if isinstance(x, str)):
        mark = f"{{{mark}}}"

    def leaf(x: Any) -> Any:
        if not _is_tensor(x):
            return x
        tensors.append(convert(x))
        return _Mark(mark)

    shown = [x if isinstance(x, str) else nest.map_structure(leaf, x) for x in inputs]
    return sep.join(x if isinstance(x, str) else pprint.pformat(x) for x in shown), mark, tensors


class _Mark:
    def __init__(self, mark: str) -> None:
        self.mark = mark

    def __repr__(self) -> str:
        return self.mark


class _Hole:
    """Stands for a Tensor in a structure while the structure is made into text: four characters, as in TensorFlow."""

    def __init__(self, number: int) -> None:
        self.mark = f"\0{chr(0xF0000 + number)}\0\0"

    def __repr__(self) -> str:
        return self.mark


def _text(value: Any, summarize: int, quoted: bool) -> str:
    """`quoted`: also a scalar string, as in a function's graph."""
    if isinstance(value, str):
        return value
    if _is_tensor(value):
        return format_tensor(value, summarize, quoted)
    holes: list[tuple[str, str]] = []

    def leaf(x: Any) -> Any:
        if not _is_tensor(x):
            return x
        hole = _Hole(len(holes))
        holes.append((hole.mark, format_tensor(x, summarize, quoted=True)))
        return hole

    text = pprint.pformat(nest.map_structure(leaf, value))
    for mark, shown in holes:
        text = text.replace(mark, shown)
    return text


def _is_tensor(value: Any) -> bool:
    return isinstance(value, (Tensor, Variable, IndexedSlices))


def format_tensor(value: Any, summarize: int = 3, quoted: bool = False) -> str:
    """The elements of a tensor in brackets, as `tf.print` shows them.

    Args:
      summarize: how many elements to show at either end of each axis; all if negative.
      quoted: whether a string scalar stands in quotes, as the elements of arrays do.
    """
    raw = convert(value)._t
    if reading.known(raw) is None:
        return f"<inside a {'traced' if reading.tracing() else 'vectorized'} function>"
    array = to_numpy(raw)
    if array.ndim == 0:
        return _element(array[()], quoted)
    ends = array.size if summarize < 0 else min(summarize, array.size)
    return _axis(array, 0, ends)


def _axis(array: Any, depth: int, ends: int) -> str:
    """An array's text; `depth` axes lie outside of it."""
    if not isinstance(array, np.ndarray):
        return _element(array, True)
    gap = " " if array.ndim == 1 else "\n" * (array.ndim - 1) + " " * (depth + 1)
    size = len(array)
    first = [_axis(array[i], depth + 1, ends) for i in range(min(ends, size))]
    last = [_axis(array[i], depth + 1, ends) for i in range(max(ends, size - ends), size)]
    text = gap.join(first)
    if size > 2 * ends:
        text += gap + "..."
    for part in last:
        text += gap + part
    return f"[{text}]"


_ESCAPES: dict[int, str] = {n: f"\\{n:03o}" for n in (*range(32), 127)} | str.maketrans(
    {"\n": r"\n", "\r": r"\r", "\t": r"\t", '"': r"\"", "'": r"\'", "\\": r"\\"}
)


def _element(x: Any, quoted: bool) -> str:
    if isinstance(x, bytes):
        text = x.decode("utf-8", errors="surrogateescape")
        return f'"{text.translate(_ESCAPES)}"' if quoted else text
    if isinstance(x, (bool, np.bool_)):
        return str(int(x))
    if isinstance(x, np.complexfloating):
        return "?"  # TensorFlow does not print complex numbers
    if isinstance(x, np.integer):
        return str(int(x))
    return _float(float(x), isinstance(x, np.float64))


def _float(x: float, double: bool) -> str:
    """The shorter of two numbers of digits, if it gives the number back."""
    if math.isnan(x) or math.isinf(x):
        return f"{x:g}"
    short, full = (15, 17) if double else (6, 9)
    text = f"{x:.{short}g}"
    same = float(text) == x if double else np.float32(text) == np.float32(x)
    return text if same else f"{x:.{full}g}"


def timestamp(name: str | None = None) -> Tensor:
    """The seconds since the epoch, a float64 scalar. Source: `tf.timestamp`.

    >>> import tfcompat_tape as tf
    >>> tf.timestamp().dtype
    tf.float64
    """

    def now() -> list[Any]:
        return [torch.tensor(time.time(), dtype=torch.float64)]

    (found,) = reading.run_each_call(now, [], [((), torch.float64, torch.device("cpu"))])
    return Tensor(found, None)


def get_logger() -> logging.Logger:
    """The logger that this library's warnings go to. Source: `tf.get_logger`.

    >>> import tfcompat_tape as tf
    >>> tf.get_logger().setLevel("ERROR")
    """
    return logging.getLogger("tensorflow")
