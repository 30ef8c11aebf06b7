"""Run a TensorFlow script and write down what it computes, for `tfcompat compare`.

This file stands alone: take it to a machine that has TensorFlow, and run

    python compare_record.py [--out RECORDING] SCRIPT [ARGS]

It takes TensorFlow and NumPy, nothing else. The recording comes back to
`tfcompat compare SCRIPT --recording RECORDING`, which runs this same file with tfcompat_tape in TensorFlow's place.

A recording is a file of lines, each a JSON object: what the script printed, the gradients that it asked for,
Variables after every assignment and after every call of a tf.function, arrays that it saved, how it ended; and the ops
that it executed, with their values. Arrays of many elements are written as some of them, spread evenly, and sums.
"""

from __future__ import annotations

import argparse
import ast
import base64
import builtins
import collections
import hashlib
import importlib
import io
import json
import os
import random
import stat
import subprocess
import sys
import sysconfig
import threading
import time
import traceback
import types
import weakref
import zlib
from typing import Any

import numpy as np

FORMAT = 1
KEEP = 4096  # elements of an array that is written whole
SAMPLE = 1024  # elements that are written of a larger one
MOST_OPS = 20_000
MOST_VALUES = 3_000  # results of ops that are kept, to ask for their adjoints
MOST_ADJOINTS = 20  # gradients whose adjoints are written, if it is not said which
NO_TENSORFLOW, CANNOT_OPEN = 3, 2


# -- Values ------------------------------------------------------------------------------------------------------------


def encode(value: Any) -> Any:
    """A value as JSON: a tensor, a Variable, an array, text; `None` for what has no numbers."""
    if isinstance(value, (bytes, str)):
        return _encode_array(np.asarray(value, dtype=object))
    try:
        dtype = getattr(getattr(value, "dtype", None), "name", "")
        if dtype in ("resource", "variant"):
            return None
        return _encode_array(np.asarray(value.numpy() if hasattr(value, "numpy") else value))
    except Exception:
        return None


def _encode_array(array: Any) -> dict[str, Any]:
    if array.dtype.kind in "OSU":
        words = [_text(one) for one in array.reshape(-1)[:KEEP].tolist()]
        return {"d": "string", "s": list(array.shape), "v": words}
    name = array.dtype.name
    if array.dtype.kind not in "biufc":  # bfloat16 and other formats that NumPy does not have itself
        array = array.astype(np.float32)
    flat = np.ascontiguousarray(array).reshape(-1)
    found: dict[str, Any] = {"d": name, "s": list(array.shape), "n": flat.dtype.str}
    if flat.size > KEEP:
        wide = flat.astype(np.complex128 if flat.dtype.kind == "c" else np.float64)
        finite = wide[np.isfinite(wide)]
        total = complex(finite.sum())
        found["sums"] = [total.real, total.imag, float(np.abs(finite).sum()), int(wide.size - finite.size)]
        found["most"] = float(np.abs(finite).max()) if finite.size else 0.0
        flat = flat[np.linspace(0, flat.size - 1, SAMPLE).astype(np.int64)]
    found["b"] = base64.b64encode(zlib.compress(flat.tobytes(), 1)).decode("ascii")
    return found


def _text(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


# -- The file ----------------------------------------------------------------------------------------------------------


class Writer:
    """Writes events, a line each, and counts those that are compared.

    `stop_after` is the number of events after which the process ends.
    """

    def __init__(self, path: str, *, append: bool, stop_after: int | None) -> None:
        self._file = open(path, "a" if append else "w", encoding="utf-8")  # noqa: SIM115
        self.count = 0
        self._stop_after = stop_after
        self.at_end: list[Any] = []

    def write(self, **event: Any) -> None:
        self._file.write(json.dumps(event) + "\n")
        self._file.flush()

    def event(self, kind: str, **fields: Any) -> None:
        """Write an event that is compared; its number is the place that it has among them."""
        self.write(k=kind, **fields)
        self.count += 1
        if self._stop_after is not None and self.count > self._stop_after:
            self.close("enough")
            sys.stdout.flush()
            os._exit(0)  # nothing of the script runs on

    def close(self, how: str, **fields: Any) -> None:
        for finish in self.at_end:
            finish()
        self.write(k="end", how=how, **fields)
        self._file.close()


# -- Whose line it is --------------------------------------------------------------------------------------------------


class Lines:
    """Finds the line of the user's code that runs."""

    def __init__(self, script: str, package: str) -> None:
        self._folder = os.path.dirname(os.path.realpath(script))
        paths = sysconfig.get_paths()
        libraries = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib") if name in paths}
        libraries |= {os.path.realpath(one) for one in libraries} | {package}
        self._libraries = tuple(one.rstrip(os.sep) + os.sep for one in libraries)
        self._known: dict[str, str | None] = {}

    def here(self) -> str:
        """`train.py:12`; empty if no line of the user's code runs."""
        frame = sys._getframe(1)
        while frame is not None:
            name = self.user_file(frame.f_code.co_filename)
            if name is not None:
                return f"{name}:{frame.f_lineno}"
            frame = frame.f_back  # type: ignore[assignment]
        return ""

    def user_file(self, path: str) -> str | None:
        try:
            return self._known[path]
        except KeyError:
            found = self._known[path] = self._find(path)
            return found

    def _find(self, path: str) -> str | None:
        if ".ipynb, cell " in path:
            return os.path.basename(path)
        if path == __file__ or path.startswith("<") or "__autograph_generated_file" in path:
            return None
        real = os.path.realpath(path)
        if real.startswith(self._libraries) or path.startswith(self._libraries) or "site-packages" in real:
            return None
        if real == os.path.realpath(__file__):
            return None
        inside = real.startswith(self._folder + os.sep)
        return os.path.relpath(real, self._folder) if inside else os.path.basename(real)


# -- What an earlier run left ------------------------------------------------------------------------------------------


class Leftovers:
    """Notices files that the script reads, or asks for, and that an earlier run of the same comparison wrote.

    These are files that were changed after `since`, when the first run began, and before `started`, when this one did.
    What this run wrote itself is its own. Modules and their caches do not count, nor do hidden folders.
    """

    def __init__(self, writer: Writer, lines: Lines, since: float, started: float) -> None:
        self._writer, self._lines = writer, lines
        self._since, self._started = since, started
        self._own: set[str] = set()
        self._told: set[str] = set()
        self._stat = os.stat
        self._active = False

    def start(self) -> None:
        """From here on the script runs."""
        self._active = True
        sys.addaudithook(self._audit)

        def asked(path: Any, *args: Any, **kwargs: Any) -> Any:
            result = self._stat(path, *args, **kwargs)
            if self._active and stat.S_ISREG(result.st_mode):
                self._look(path)
            return result

        os.stat = asked  # os.path.exists and Path.exists call it

    def stop(self) -> None:
        """The script has ended."""
        self._active = False
        os.stat = self._stat

    def _audit(self, event: str, args: Any) -> None:
        if not self._active:
            return
        if event == "open" and isinstance(args[0], (str, bytes)):
            mode, flags = args[1], args[2] if isinstance(args[2], int) else 0
            writes = bool(flags & (os.O_WRONLY | os.O_RDWR))
            if not writes or "a" in str(mode or "") or flags & os.O_APPEND or not flags & os.O_CREAT:
                self._look(args[0])
            if writes:
                self._own.add(self._name(args[0]))
        elif event == "os.rename":
            self._own.add(self._name(args[1]))
        elif event in ("os.listdir", "os.scandir"):
            self._look(args[0] if args[0] is not None else ".")
        elif event == "os.mkdir":
            self._own.add(self._name(args[0]))

    @staticmethod
    def _name(path: Any) -> str:
        return os.path.abspath(os.fsdecode(path))

    def _look(self, path: Any) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        self._active = False  # what is asked here is not the script's
        try:
            name = self._name(path)
            if name in self._own or name in self._told or self._is_elsewhere(name):
                return
            if self._since <= self._stat(name).st_mtime < self._started and self._is_the_scripts():
                self._told.add(name)
                self._writer.write(k="left", path=name, at=self._lines.here())
        except (OSError, ValueError):
            return
        finally:
            self._active = True

    def _is_elsewhere(self, name: str) -> bool:
        hidden = any(part.startswith(".") or part == "__pycache__" for part in name.split(os.sep))
        return hidden or name.startswith(
            ("/proc/", "/dev/", "/sys/", os.path.dirname(os.path.abspath(__file__)))
        )

    def _is_the_scripts(self) -> bool:
        """Whether a line of the script asks, and not the import of a module."""
        frame = sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                return False
            if self._lines.user_file(frame.f_code.co_filename) is not None:
                return True
            frame = frame.f_back  # type: ignore[assignment]
        return False


# -- What is printed ---------------------------------------------------------------------------------------------------


class Output(io.TextIOBase):
    """Stands for sys.stdout: what goes through it is also an event, a line each, or a call of `print` each."""

    def __init__(self, observer: Observer, under: Any) -> None:
        self._observer = observer
        self._under = under
        self._line = ""
        self.buffer = _Bytes(observer, under)

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._under.write(text)
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self._observer.printed(line + "\n")
        return len(text)

    def write_whole(self, text: str) -> None:
        """Write what one call of `print` prints."""
        self.finish()
        self._under.write(text)
        self._observer.printed(text)

    def finish(self) -> None:
        """A line that was begun is an event, too."""
        if self._line:
            line, self._line = self._line, ""
            self._observer.printed(line)

    def flush(self) -> None:
        self._under.flush()

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        number: int = self._under.fileno()
        return number

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return "backslashreplace"

    def reconfigure(self, **options: Any) -> None:
        """Whatever the script asks for, this stays UTF-8."""


class _Bytes(io.RawIOBase):
    def __init__(self, observer: Observer, under: Any) -> None:
        self._observer = observer
        self._under = under

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raw = bytes(data)
        self._under.flush()
        self._under.buffer.write(raw)
        self._observer.wrote_bytes(raw)
        return len(raw)

    def flush(self) -> None:
        self._under.flush()


# -- What is computed --------------------------------------------------------------------------------------------------


class Observer:
    """Wraps public functions of TensorFlow and NumPy so that they tell what they gave."""

    def __init__(self, tf: Any, writer: Writer, lines: Lines, inside: bool) -> None:
        self.tf = tf
        self._package = os.path.dirname(str(tf.__file__)) + os.sep
        self.writer = writer
        self.lines = lines
        self.inside = inside
        self.functions = False  # whether a tf.function was called
        self.ops: Ops | None = None
        self._thread = threading.get_ident()
        self._depth = 0
        self._variables: list[weakref.ref[Any]] = []
        self._taken: collections.Counter[str] = collections.Counter()
        self._last: dict[str, Any] = {}

    def start(self) -> None:
        """Wrap it all."""
        tf = self.tf
        self._wrap_printing()
        self._wrap_saving()
        for name in ("gradient", "jacobian", "batch_jacobian"):
            self._wrap(tf.GradientTape, name, self._derivative(name))
        self._wrap(tf.autodiff.ForwardAccumulator, "jvp", self._derivative("jvp"))
        for kind in type(tf.Variable(0.0)).__mro__:
            for name in list(vars(kind)):
                if name.startswith(("assign", "scatter_", "batch_scatter_")) and callable(vars(kind)[name]):
                    self._wrap(kind, name, self._assignment)
            if kind.__name__ == "BaseResourceVariable" or (kind is tf.Variable and "__init__" in vars(kind)):
                self._wrap(kind, "__init__", self._creation, always=True)
        function = type(tf.function(lambda: None))
        self._wrap(function, "__call__", self._call)
        self._wrap(function, "get_concrete_function", self._concrete)
        if self.inside:
            tf.config.run_functions_eagerly(True)

    def _wrap(self, owner: Any, name: str, wrapper: Any, *, always: bool = False) -> None:
        original = getattr(owner, name, None)
        if original is None:
            return

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if not always and sys._getframe(1).f_code.co_filename.startswith(self._package):  # not the user's
                return original(*args, **kwargs)
            return wrapper(original, args, kwargs)

        wrapped.__name__ = name
        wrapped.__doc__ = getattr(original, "__doc__", None)
        wrapped.__wrapped__ = original  # type: ignore[attr-defined]
        try:
            setattr(owner, name, wrapped)
        except (AttributeError, TypeError):
            return  # a class that is not written in Python: what it does is not recorded

    def records(self) -> bool:
        """Whether what happens now is of the script's own level, and has values."""
        return not self._depth and threading.get_ident() == self._thread and bool(self.tf.executing_eagerly())

    # Printing.

    def _wrap_printing(self) -> None:
        output = Output(self, sys.stdout)
        sys.stdout = output
        plain = builtins.print
        plain_tf = self.tf.print

        def recorded_print(*values: Any, **options: Any) -> None:
            if (options.get("file") or sys.stdout) is not output:
                return plain(*values, **options)
            text = io.StringIO()
            plain(*values, **{**options, "file": text, "flush": False})
            output.write_whole(text.getvalue())
            if options.get("flush"):
                output.flush()
            return None

        def recorded_tf_print(*values: Any, **options: Any) -> Any:
            if self.records():
                flat = self.tf.nest.flatten(values, expand_composites=True)
                self.writer.event("tf.print", at=self.lines.here(), values=[encode(one) for one in flat])
            return plain_tf(*values, **options)

        builtins.print = recorded_print
        self.tf.print = recorded_tf_print

    def printed(self, text: str) -> None:
        self.writer.event("print", at=self.lines.here(), text=text)

    def wrote_bytes(self, raw: bytes) -> None:
        digest = hashlib.sha256(raw).hexdigest()
        self.writer.event("bytes", at=self.lines.here(), size=len(raw), digest=digest)

    # Saving.

    def _wrap_saving(self) -> None:
        self._wrap(np, "save", lambda plain, args, kwargs: self._saved(plain, args, kwargs, False))
        self._wrap(np, "savetxt", lambda plain, args, kwargs: self._saved(plain, args, kwargs, False))
        self._wrap(np, "savez", lambda plain, args, kwargs: self._saved(plain, args, kwargs, True))
        self._wrap(np, "savez_compressed", lambda plain, args, kwargs: self._saved(plain, args, kwargs, True))
        self._wrap(
            self.tf.io, "write_file", lambda plain, args, kwargs: self._saved(plain, args, kwargs, False)
        )

    def _saved(self, plain: Any, args: Any, kwargs: Any, several: bool) -> Any:
        result = plain(*args, **kwargs)
        if self.records():
            file, *values = args or [kwargs.get("file") or kwargs.get("fname") or kwargs.get("filename"), *()]
            if hasattr(file, "numpy"):
                file = _text(file.numpy())
            name = os.path.basename(os.fspath(file)) if isinstance(file, (str, os.PathLike)) else "a file"
            named: dict[str, Any]
            if several:
                named = {**{f"arr_{i}": one for i, one in enumerate(values)}, **kwargs}
                named.pop("allow_pickle", None)
                if not args:
                    named.pop("file", None)
            else:
                value = values[0] if values else kwargs.get("arr", kwargs.get("X", kwargs.get("contents")))
                named = {"": value}
            self.writer.event(
                "save",
                at=self.lines.here(),
                path=name,
                names=list(named),
                values=[encode(one) for one in named.values()],
            )
        return result

    # Derivatives.

    def _derivative(self, how: str) -> Any:
        def wrapper(plain: Any, args: Any, kwargs: Any) -> Any:
            if not self.records():
                return plain(*args, **kwargs)
            self._depth += 1
            try:
                result = plain(*args, **kwargs)
                if self.ops is not None and how != "jvp":
                    target = args[1] if len(args) > 1 else kwargs.get("target")
                    given = kwargs.get("output_gradients", args[3] if len(args) > 3 else None)
                    self.ops.adjoints(
                        args[0], target, given if how == "gradient" else None, self.writer.count
                    )
            finally:
                self._depth -= 1
            names = ["jvp"] if how == "jvp" else self._source_names(args, kwargs)
            values = [self._gradient(one) for one in self.tf.nest.flatten(result)]
            self.writer.event("gradient", how=how, at=self.lines.here(), names=names, values=values)
            return result

        return wrapper

    def _gradient(self, value: Any) -> Any:
        if value is None:
            return None
        if type(value).__name__ == "IndexedSlices":
            return {"slices": True, "value": encode(self.tf.convert_to_tensor(value))}
        parts = self.tf.nest.flatten(value, expand_composites=True)
        if len(parts) == 1:
            return encode(parts[0])
        return {"parts": [encode(one) for one in parts]}

    def _source_names(self, args: Any, kwargs: Any) -> list[str]:
        sources = args[2] if len(args) > 2 else kwargs.get("sources", kwargs.get("source"))
        flat = self.tf.nest.flatten(sources)
        return [
            self._name(one) if isinstance(one, self.tf.Variable) else f"source {i}"
            for i, one in enumerate(flat)
        ]

    # Variables.

    def _creation(self, plain: Any, args: Any, kwargs: Any) -> Any:
        self._depth += 1  # what a Variable does to come into being is no assignment
        try:
            plain(*args, **kwargs)
        finally:
            self._depth -= 1
        self._name(args[0])

    def _name(self, variable: Any) -> str:
        """What a Variable is called: its name, and which one of those that are called so."""
        known = vars(variable).get("_tfcompat_compare_name")
        if known is not None:
            return str(known)
        try:
            plain = str(variable.name).partition(":")[0]
        except Exception:  # it is not there yet
            return "a Variable"
        self._taken[plain] += 1
        number = self._taken[plain]
        name = plain if number == 1 else f"{plain} ({number})"
        vars(variable)["_tfcompat_compare_name"] = name
        self._variables.append(weakref.ref(variable))
        return name

    def _assignment(self, plain: Any, args: Any, kwargs: Any) -> Any:
        if not self.records():
            return plain(*args, **kwargs)
        self._depth += 1
        try:
            result = plain(*args, **kwargs)
            variable = args[0]
            name = self._name(variable)
            value = encode(variable)
        finally:
            self._depth -= 1
        self._last[name] = value
        self.writer.event("assign", at=self.lines.here(), name=name, value=value)
        return result

    # Functions.

    def _call(self, plain: Any, args: Any, kwargs: Any) -> Any:
        if not self.records():
            return plain(*args, **kwargs)
        self.functions = True
        if self.inside:
            return plain(*args, **kwargs)
        self._depth += 1
        try:
            result = plain(*args, **kwargs)
            changed = self._changed()
        finally:
            self._depth -= 1
        name = getattr(getattr(args[0], "python_function", None), "__name__", "a function")
        self.writer.event("call", at=self.lines.here(), name=str(name), changed=changed)
        return result

    def _changed(self) -> list[Any]:
        """The Variables whose values are others than at the last time."""
        found = []
        living = []
        for reference in self._variables:
            variable = reference()
            if variable is None:
                continue
            living.append(reference)
            name = self._name(variable)
            value = encode(variable)
            if value is not None and self._last.get(name) != value:
                self._last[name] = value
                found.append([name, value])
        self._variables = living
        return found

    def _concrete(self, plain: Any, args: Any, kwargs: Any) -> Any:
        result = plain(*args, **kwargs)
        kind = type(result)
        if not hasattr(kind.__call__, "__wrapped__"):
            self._wrap(kind, "__call__", self._call)
        return result


# -- Ops ---------------------------------------------------------------------------------------------------------------


class Ops:
    """The ops that are executed, with their values; and the adjoints of these values where a gradient is asked for."""

    def __init__(self, observer: Observer, stop_after: int | None) -> None:
        self._observer = observer
        self._event = stop_after
        self._records: collections.deque[dict[str, Any]] = collections.deque(maxlen=MOST_OPS)
        self._kept: collections.OrderedDict[int, tuple[Any, int, int]] = collections.OrderedDict()
        self._number = 0
        self._asked = 0
        self._adjoints: list[dict[str, Any]] = []
        self._busy = False
        self._full = False

    def start(self) -> bool:
        """Whether ops can be observed here."""
        try:
            callbacks = importlib.import_module("tensorflow.python.framework.op_callbacks")
            callbacks.add_op_callback(self._executed)
        except Exception:
            return False
        observer = self._observer
        observer.writer.at_end.append(self._finish)

        def persistent(plain: Any, args: Any, kwargs: Any) -> Any:
            plain(
                args[0],
                **{
                    **dict(zip(("persistent", "watch_accessed_variables"), args[1:], strict=False)),
                    **kwargs,
                    "persistent": True,
                },
            )

        observer._wrap(observer.tf.GradientTape, "__init__", persistent)
        return True

    def _executed(
        self, op_type: Any, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None
    ) -> None:
        observer = self._observer
        if self._busy or graph is not None or self._full or not observer.records():
            return
        kind = op_type.decode() if isinstance(op_type, bytes) else str(op_type)
        self._busy = True
        try:
            number = self._number
            given = []
            for one in inputs:
                known = self._kept.get(id(one))
                given.append([known[1], known[2]] if known is not None else encode(one))
            results = [encode(one) for one in outputs]
            record = {"k": "op", "n": number, "before": observer.writer.count, "type": kind}
            self._records.append({**record, "at": observer.lines.here(), "in": given, "out": results})
            for place, one in enumerate(outputs):
                self._kept[id(one)] = (one, number, place)
            while len(self._kept) > MOST_VALUES:
                self._kept.popitem(last=False)
            self._number += 1
            self._full = self._event is None and self._number >= MOST_OPS
        finally:
            self._busy = False

    def adjoints(self, tape: Any, target: Any, given: Any, event: int) -> None:
        """Note the adjoints of what was computed so far, for the gradient that is event number `event`."""
        if self._event is not None and event != self._event:
            return
        if self._event is None and self._asked >= MOST_ADJOINTS:
            return
        self._asked += 1
        kept = [one for one in self._kept.values() if one[0].dtype.is_floating or one[0].dtype.is_complex]
        self._busy = True
        try:
            tensors = [tensor for tensor, _, _ in kept]
            found = tape.gradient(target, tensors, given)
            for (_, number, place), value in zip(kept, found, strict=True):
                if value is not None:
                    shown = encode(self._observer.tf.convert_to_tensor(value))
                    self._adjoints.append(
                        {"k": "adjoint", "event": event, "op": number, "out": place, "value": shown}
                    )
        except Exception as error:
            note = f"{type(error).__name__}: {error}"
            self._observer.writer.write(k="note", text=f"no adjoints at event {event}: {note}")
        finally:
            self._busy = False

    def _finish(self) -> None:
        for record in [*self._records, *self._adjoints]:
            self._observer.writer.write(**record)


# -- Random numbers ----------------------------------------------------------------------------------------------------


def seed_all(tf: Any, seed: int) -> None:
    """Start all random numbers from `seed`, and those that would start from chance, too."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    tf.random.set_seed(seed)
    count = iter(range(seed, seed + 2**31))
    generator = tf.random.Generator
    plain_rng, plain_state = np.random.default_rng, np.random.RandomState

    def default_rng(given: Any = None) -> Any:
        return plain_rng(next(count) if given is None else given)

    class RandomState(plain_state):  # type: ignore[valid-type,misc]
        def __init__(self, given: Any = None) -> None:
            super().__init__(next(count) % 2**32 if given is None else given)

    RandomState.__module__, RandomState.__qualname__ = plain_state.__module__, "RandomState"
    np.random.default_rng = default_rng  # type: ignore[assignment]
    np.random.RandomState = RandomState  # type: ignore[assignment,misc]

    def from_non_deterministic_state(alg: Any = "auto_select") -> Any:
        return (
            generator.from_seed(next(count), alg)
            if alg != "auto_select"
            else generator.from_seed(next(count))
        )

    generator.from_non_deterministic_state = staticmethod(from_non_deterministic_state)


def keep_states_over_imports(lines: Lines) -> None:
    """Let no library that is imported draw from the random numbers of the script, as Keras does."""
    plain = builtins.__import__

    def importing(name: str, *args: Any, **kwargs: Any) -> Any:
        root = name.partition(".")[0]
        if not root or root in sys.modules:
            return plain(name, *args, **kwargs)
        states = random.getstate(), np.random.get_state()
        result = plain(name, *args, **kwargs)
        path = getattr(sys.modules.get(root), "__file__", None)
        if path is None or lines.user_file(path) is None:
            random.setstate(states[0])
            np.random.set_state(states[1])
        return result

    builtins.__import__ = importing


def load_keras(tf: Any, script: str) -> None:
    """Import Keras beforehand if the script speaks of it: TensorFlow does so when it is first used."""
    try:
        with open(script, "rb") as file:
            if b"keras" in file.read():
                tf.keras.layers  # noqa: B018
    except Exception:
        return  # the script will see


# -- Running the script ------------------------------------------------------------------------------------------------


def read_code(script: str) -> list[types.CodeType]:
    """The code of a script, or of the cells of a notebook.

    Raises:
      OSError, SyntaxError, UnicodeError, ValueError: it cannot be read.
    """
    if not script.endswith(".ipynb"):
        with open(script, "rb") as file:
            return [compile(file.read(), os.path.abspath(script), "exec", dont_inherit=True)]
    with open(script, encoding="utf-8-sig") as text:
        notebook = json.load(text)
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError(f"{script} is no notebook: it has no list of cells")
    found = []
    for number, cell in enumerate(notebook["cells"], 1):
        if cell.get("cell_type") == "code":
            source = cell.get("source", "")
            found += _read_cell("".join(source), f"{os.path.abspath(script)}, cell {number}")
    return found


def _read_cell(source: str, where: str) -> list[types.CodeType]:
    lines = source.split("\n")
    if source.lstrip().startswith("%%"):
        raise ValueError(f"{where}: {source.strip().splitlines()[0]} is IPython's, and cannot be run here")
    for i, line in enumerate(lines):
        if line.lstrip().startswith("!"):
            raise ValueError(f"{where}, line {i + 1}: {line.strip()} is IPython's, and cannot be run here")
        if line.lstrip().startswith("%"):  # %matplotlib inline and the like
            lines[i] = line[: len(line) - len(line.lstrip())] + "pass"
    tree = ast.parse("\n".join(lines), where)
    found = []
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = ast.Interactive([tree.body.pop()])  # shown, as a notebook shows the last value of a cell
        found.append(compile(last, where, "single", dont_inherit=True))
    return [compile(tree, where, "exec", dont_inherit=True), *found]


def run(script: str, args: list[str], observer: Observer) -> int:
    """Run the script as `__main__`, write down how it ended, return the exit status that Python would have."""
    writer = observer.writer
    try:
        codes = read_code(script)
    except (OSError, SyntaxError, UnicodeError, ValueError) as error:
        return _failed(writer, error, None)
    sys.argv = [script, *args]
    if not sys.flags.safe_path:
        sys.path[0] = os.path.dirname(os.path.realpath(script))
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=os.path.abspath(script), __builtins__=builtins)
    sys.modules["__main__"] = main
    output: Any = sys.stdout
    try:
        for code in codes:
            exec(code, main.__dict__)
    except SystemExit as ended:
        output.finish()
        writer.close("exit", code=str(ended.code), functions=observer.functions)
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        sys.stderr.write(f"{ended.code}\n")
        return 1
    except KeyboardInterrupt as error:
        output.finish()
        _failed(writer, error, observer)
        return 130
    except BaseException as error:
        output.finish()
        return _failed(writer, error, observer)
    output.finish()
    writer.close("done", functions=observer.functions)
    return 0


def _failed(writer: Writer, error: BaseException, observer: Observer | None) -> int:
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    at = ""
    if observer is not None:
        for frame, number in traceback.walk_tb(trace):
            name = observer.lines.user_file(frame.f_code.co_filename)
            at = at if name is None else f"{name}:{number}"
    text = "".join(traceback.format_exception(type(error), error, trace))
    sys.stderr.write(text)
    names = [kind.__name__ for kind in type(error).__mro__ if issubclass(kind, Exception)]
    functions = observer is not None and observer.functions
    begun = observer is not None
    writer.close(
        "raised" if begun else "unreadable",
        error=type(error).__name__,
        kinds=names,
        message=str(error)[:2000],
        traceback=text[-4000:],
        at=at,
        functions=functions,
    )
    return 1 if begun else CANNOT_OPEN


def main() -> int:
    """Parse the command line, record, return the exit status."""
    parser = argparse.ArgumentParser(prog="compare_record.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", metavar="RECORDING", help="default: SCRIPT's name with .recording.jsonl")
    parser.add_argument("--force", action="store_true", help="replace RECORDING if it is there")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="where random numbers start (default 0)"
    )
    parser.add_argument(
        "--as-written",
        action="store_true",
        help="do not run the script a second time with its tf.functions run eagerly",
    )
    parser.add_argument(
        "--until", type=int, metavar="EVENT", help="the ops before this event, and no further"
    )
    parser.add_argument("--once", choices=("written", "inside"), help=argparse.SUPPRESS)
    parser.add_argument("--append", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--since", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--no-ops", action="store_true", help="do not write down ops and their values")
    parser.add_argument("script", metavar="SCRIPT")
    parser.add_argument("args", metavar="ARGS", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") is None:  # the order of sets of strings is random otherwise
        os.environ["PYTHONHASHSEED"] = "0"
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    stem = os.path.splitext(os.path.basename(options.script))[0]
    out = os.path.abspath(options.out or f"{stem}.recording.jsonl")
    if os.path.exists(out) and not options.force and not options.append:
        print(f"compare_record.py: {out} is there already: --force replaces it", file=sys.stderr)
        return CANNOT_OPEN
    return record(options, out)


def record(options: argparse.Namespace, out: str) -> int:
    """Record one run in this process and, if the script calls tf.functions, another one in a process of its own."""
    started = time.time()
    inside = options.once == "inside"
    try:
        writer = Writer(out, append=options.append, stop_after=options.until)
    except OSError as error:
        print(f"compare_record.py: can't write {out!r}: {error.strerror}", file=sys.stderr)
        return CANNOT_OPEN
    script = options.script
    try:
        tf = importlib.import_module("tensorflow")
        missing = [
            name for name in ("GradientTape", "Variable", "function", "random") if not hasattr(tf, name)
        ]
        if missing:
            raise ImportError(f"its module tensorflow ({getattr(tf, '__file__', None)}) has no {missing[0]}")
    except Exception as error:
        writer.write(k="begin", format=FORMAT, python=sys.executable)
        writer.close("no tensorflow", error=type(error).__name__, message=str(error)[:2000])
        print(f"compare_record.py: {sys.executable} has no TensorFlow: {error}", file=sys.stderr)
        return NO_TENSORFLOW
    try:
        with open(script, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
    except OSError:
        digest = ""
    package = os.path.dirname(str(tf.__file__))
    observer = Observer(tf, writer, Lines(script, package), inside)
    writer.write(
        k="begin",
        format=FORMAT,
        python=sys.executable,
        tensorflow=str(tf.__version__),
        package=package,
        numpy=np.__version__,
        script=os.path.basename(script),
        args=options.args,
        digest=digest,
        seed=options.seed,
        inside=inside,
    )
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    if not options.no_ops:
        observer.ops = Ops(observer, options.until)
        if not observer.ops.start():
            observer.ops = None
            writer.write(k="note", text="this TensorFlow does not tell which ops it executes")
    observer.start()
    load_keras(tf, script)
    seed_all(tf, options.seed)
    keep_states_over_imports(observer.lines)
    leftovers = None
    if options.since is not None:
        leftovers = Leftovers(writer, observer.lines, options.since, started)
        leftovers.start()
        writer.at_end.append(leftovers.stop)
    status = run(script, options.args, observer)
    sys.stdout.flush()
    if options.once is None and observer.functions and not options.as_written:
        again = [sys.executable, os.path.abspath(__file__), "--out", out, "--append", "--once", "inside"]
        again += ["--seed", str(options.seed), "--since", str(started)]
        again += ["--no-ops"] if options.no_ops else []
        print("compare_record.py: once more, with its tf.functions run eagerly", file=sys.stderr)
        subprocess.run([*again, script, *options.args], stdout=subprocess.DEVNULL, check=False)
    if options.once is None:
        took = time.time() - started
        print(
            f"compare_record.py: wrote {out} ({os.path.getsize(out):,} bytes, {took:.0f} s)", file=sys.stderr
        )
    return status


if __name__ == "__main__":
    sys.exit(main())
