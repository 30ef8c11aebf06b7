"""What is computed: gradients, Variables, saved arrays and calls of tf.functions, as they come about."""

from __future__ import annotations

import builtins
import collections
import hashlib
import io
import os
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from tfcompat_tape.porting.compare.recorder.lines import Lines
from tfcompat_tape.porting.compare.recorder.output import Output
from tfcompat_tape.porting.compare.recorder.values import encode, text_of
from tfcompat_tape.porting.compare.recorder.writing import Writer


class Observer:
    """Wraps public functions of TensorFlow and NumPy so that they tell what they gave."""

    def __init__(self, tf: Any, writer: Writer, lines: Lines, inside: bool) -> None:
        self.tf = tf
        self._package = os.path.dirname(str(tf.__file__)) + os.sep
        self.writer = writer
        self.lines = lines
        self.inside = inside
        self.functions = False  # whether a tf.function was called
        self.adjoints: Callable[[Any, Any, Any, int], None] | None = None  # asked at each gradient
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
            self.wrap(tf.GradientTape, name, self._derivative(name))
        self.wrap(tf.autodiff.ForwardAccumulator, "jvp", self._derivative("jvp"))
        for kind in type(tf.Variable(0.0)).__mro__:
            for name in list(vars(kind)):
                if name.startswith(("assign", "scatter_", "batch_scatter_")) and callable(vars(kind)[name]):
                    self.wrap(kind, name, self._assignment)
            if kind.__name__ == "BaseResourceVariable" or (kind is tf.Variable and "__init__" in vars(kind)):
                self.wrap(kind, "__init__", self._creation, always=True)
        function = type(tf.function(lambda: None))
        self.wrap(function, "__call__", self._call)
        self.wrap(function, "get_concrete_function", self._concrete)
        if self.inside:
            tf.config.run_functions_eagerly(True)

    def wrap(self, owner: Any, name: str, wrapper: Any, *, always: bool = False) -> None:
        """Let `wrapper(plain, args, kwargs)` answer calls of an attribute that come from outside of TensorFlow."""
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
        output = Output(sys.stdout, self.printed, self.wrote_bytes)
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
        self.wrap(np, "save", lambda plain, args, kwargs: self._saved(plain, args, kwargs, False))
        self.wrap(np, "savetxt", lambda plain, args, kwargs: self._saved(plain, args, kwargs, False))
        self.wrap(np, "savez", lambda plain, args, kwargs: self._saved(plain, args, kwargs, True))
        self.wrap(np, "savez_compressed", lambda plain, args, kwargs: self._saved(plain, args, kwargs, True))
        self.wrap(
            self.tf.io, "write_file", lambda plain, args, kwargs: self._saved(plain, args, kwargs, False)
        )

    def _saved(self, plain: Any, args: Any, kwargs: Any, several: bool) -> Any:
        result = plain(*args, **kwargs)
        if self.records():
            file, *values = args or [kwargs.get("file") or kwargs.get("fname") or kwargs.get("filename"), *()]
            if hasattr(file, "numpy"):
                file = text_of(file.numpy())
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
                if self.adjoints is not None and how != "jvp":
                    target = args[1] if len(args) > 1 else kwargs.get("target")
                    given = kwargs.get("output_gradients", args[3] if len(args) > 3 else None)
                    self.adjoints(args[0], target, given if how == "gradient" else None, self.writer.count)
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
            self.wrap(kind, "__call__", self._call)
        return result
