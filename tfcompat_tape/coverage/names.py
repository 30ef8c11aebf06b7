"""What happens when a script asks for a name that this package lacks.

A namespace module ends with ``__getattr__ = namespace(globals(), "tf.math")``. Python calls it only for names that the
module does not have, so nothing here costs time until something is missing. Then the facts about TensorFlow's own
public names are read from facts/tf_symbols.json, and the error says which of the two cases it is: a name that
TensorFlow has and we do not, or a name that TensorFlow does not have either.
"""

import difflib
import dis
import importlib
import json
import os
import sys
import sysconfig
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from tfcompat_tape.coverage.alternatives import alternative, asked_for
from tfcompat_tape.coverage.reasons import reason

_PACKAGE = Path(__file__).parents[1]
_PACKAGE_PREFIX = str(_PACKAGE) + os.sep
_IMPORTLIB = "<frozen importlib"
_IMPORT_FROM = dis.opmap["IMPORT_FROM"]


class NotCoveredError(Exception):
    """A script used a public TensorFlow name that this package does not have.

    `symbol` is TensorFlow's name ("tf.lite.Interpreter"), `used_at` the place in the script ("train.py:12", or None),
    `alternative` an expression that does the same here (or None): for `wanted`, the whole name that the script uses,
    where `symbol` is just the namespace that it stands in.
    What is raised is also an AttributeError or an ImportError, so `hasattr`, `getattr` with a default and
    ``except ImportError`` work as they do on any module.

    >>> import tfcompat_tape as tf
    >>> hasattr(tf, "lite")
    False
    """

    def __init__(self, symbol: str, used_at: str | None = None, wanted: str | None = None) -> None:
        public = is_tensorflow_name(symbol)
        kind = f"in TensorFlow {tensorflow_version()}" if public else "private to TensorFlow"
        place = f" (used at {used_at})" if used_at else ""
        wanted = wanted or symbol
        self.alternative = alternative(wanted)
        instead = f"In place of {wanted} use {self.alternative}\n" if self.alternative else ""
        why = f"It has no meaning here: {reason(wanted)}. " if reason(wanted) else ""
        super().__init__(
            f"{symbol} is {kind}, and tfcompat_tape does not cover it{place}. {why}{instead}"
            f"What is covered: {coverage_table()}"
        )
        self.symbol = symbol
        self.used_at = used_at
        self._wanted = wanted

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.symbol, self.used_at, self._wanted)


class NotCoveredAttributeError(NotCoveredError, AttributeError):
    """`tf.name`: the form of NotCoveredError that attribute access raises."""

    def __init__(self, symbol: str, used_at: str | None = None, wanted: str | None = None) -> None:
        super().__init__(symbol, used_at, wanted)
        self.name = symbol.rpartition(".")[2]  # once set, Python suggests no near-by name in its place


class NotCoveredImportError(NotCoveredError, ModuleNotFoundError):
    """`import tensorflow.name`, `from tensorflow import name`: the form that an import raises."""

    def __init__(self, symbol: str, used_at: str | None = None, wanted: str | None = None) -> None:
        super().__init__(symbol, used_at, wanted)
        self.name = in_full(symbol)


def namespace(
    symbols: dict[str, Any],
    name: str,
    extras: frozenset[str] = frozenset(),
    later: Mapping[str, str] | None = None,
    closed: bool = False,
) -> Callable[[str], Any]:
    """Leave public names alone in a module that is TensorFlow's namespace `name`; returns the module's `__getattr__`.

    Importing a part of a package binds it as an attribute of the package. Here that would be a name that TensorFlow
    does not have, and `hasattr` would lie. `import` and `from ... import` find the part all the same.

    Args:
      symbols: the `globals()` of the module. Namespaces within it stay, for they have a `__getattr__` of their own.
      name: what TensorFlow calls it ("tf", "tf.math").
      extras: modules that stay although TensorFlow has no such namespace, or the namespace is another package.
      later: names that are loaded when they are first used, with the modules that have them, or that they are.
      closed: parts that are imported later, by functions, are not bound either. (Looking a name up in such a module
        takes some 30 ns more, so it is not for namespaces of ops.)
    """
    _namespaces.append((symbols, extras))
    _drop_parts(symbols, extras)
    waiting = dict(later or {})
    if closed:
        sys.modules[symbols["__name__"]].__class__ = _Closed

    def __getattr__(symbol: str) -> Any:
        if symbol in waiting:
            module = importlib.import_module(waiting[symbol])
            whole = waiting[symbol].rpartition(".")[2] == symbol
            value = symbols[symbol] = module if whole else getattr(module, symbol)
            drop_parts()
            return value
        raise missing_name(name, symbol)

    if waiting:
        symbols["__dir__"] = lambda: sorted({*symbols, *waiting})
    return __getattr__


class _Closed(ModuleType):
    """A namespace that takes no part of its package for an attribute, whenever it is imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if _is_part(value) and value.__name__ == f"{self.__name__}.{name}":
            return
        super().__setattr__(name, value)


def _is_part(value: Any) -> bool:
    """Whether a value is a module that is no namespace."""
    return isinstance(value, ModuleType) and "__getattr__" not in vars(value)


# The attributes of each namespace, and the modules that stay in it.
_namespaces: list[tuple[dict[str, Any], frozenset[str]]] = []


def drop_parts() -> None:
    """Take parts out of every namespace: to be called by what imports them when it is first needed."""
    for symbols, extras in _namespaces:
        _drop_parts(symbols, extras)


def _drop_parts(symbols: dict[str, Any], extras: frozenset[str]) -> None:
    """Take out of a namespace what importing its parts left in it."""
    for symbol, value in [*symbols.items()]:
        part = _is_part(value) and symbol not in extras
        if value is namespace or (part and not symbol.startswith("__")):
            symbols.pop(symbol, None)  # another thread may have taken it out


def missing_name(namespace: str, name: str) -> Exception:
    """Return the error for `namespace.name`: not covered, or not in TensorFlow at all."""
    module = in_full(namespace)
    if name.startswith("_"):  # what copy, pickle, inspect and the import system look up on any module
        return AttributeError(f"module {module!r} has no attribute {name!r}", name=name, obj=None)
    if is_tensorflow_name(f"{namespace}.{name}"):
        frame = _asking_frame()
        error = NotCoveredImportError if _is_import(frame) else NotCoveredAttributeError
        return not_covered(error, f"{namespace}.{name}")
    hint = " or ".join(suggestions(namespace, name))
    hint = f". Did you mean {hint}?" if hint else ""
    return AttributeError(f"module {module!r} has no attribute {name!r}{hint}", name=name, obj=None)


def missing_private(module: str, name: str) -> Exception:
    """Return the error for a `name` that TensorFlow's private `module` ("tensorflow.python.framework.ops") may have."""
    if name.startswith("_"):
        return AttributeError(f"module {module!r} has no attribute {name!r}", name=name, obj=None)
    error = NotCoveredImportError if _is_import(_asking_frame()) else NotCoveredAttributeError
    return not_covered(error, f"{module}.{name}")


def not_covered(kind: type[NotCoveredError], symbol: str) -> NotCoveredError:
    """Return the error that the script, where it stands now, gets for asking for `symbol`."""
    return kind(symbol, used_at(), asked_for(symbol, _user_frame()))


def in_full(symbol: str) -> str:
    """Return the name that an import statement uses: "tensorflow.math" for "tf.math"."""
    return "tensorflow" + symbol.removeprefix("tf")


def is_tensorflow_name(symbol: str) -> bool:
    """Say whether `symbol` ("tf.math.log") is a public name, or namespace, or attribute of a class, of TensorFlow."""
    namespace, _, name = symbol.rpartition(".")
    if symbol.startswith("tf.compat.v1."):
        return symbol in version_1_names() or name in version_1_names().get(namespace, ())
    names = tensorflow_names()
    return (
        symbol in names
        or name in names.get(namespace, ())
        or name in _facts()["classes"].get(namespace, "").split()
    )


def suggestions(namespace: str, name: str, most: int = 3) -> list[str]:
    """Return public TensorFlow symbols that may have been meant: the same name elsewhere, or a near one here."""
    names = tensorflow_names()
    elsewhere = [space for space, members in names.items() if name in members and space != "tf.raw_ops"]
    elsewhere.sort(key=lambda space: ("experimental" in space, space.count("."), space))
    near = difflib.get_close_matches(name, names.get(namespace, ()), n=most, cutoff=0.75)
    return [*(f"{space}.{name}" for space in elsewhere), *(f"{namespace}.{other}" for other in near)][:most]


def used_at() -> str | None:
    """Return "file:line" of the innermost frame that is neither this package's nor the import system's."""
    frame = _user_frame()
    return None if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _user_frame() -> FrameType | None:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_internal(frame):
        frame = frame.f_back
    return frame


def is_internal(frame: FrameType) -> bool:
    """Say whether `frame` runs code of this package or of the import system."""
    return frame.f_code.co_filename.startswith((_PACKAGE_PREFIX, _IMPORTLIB))


def coverage_table() -> str:
    """Return where the table of covered names lies: in the repository, or where an installation puts it."""
    repository = _PACKAGE.parent / "docs" / "coverage.md"
    installed = Path(sysconfig.get_path("data"), "share", "doc", "tfcompat_tape", "coverage.md")
    return str(installed if installed.exists() and not repository.exists() else repository)


def tensorflow_version() -> str:
    """Return the version of TensorFlow that the recorded names come from, as "major.minor"."""
    return ".".join(_facts()["tensorflow"].split(".")[:2])


@cache
def tensorflow_names() -> dict[str, frozenset[str]]:
    """Return {namespace: its public names}, as read off TensorFlow."""
    return {space: frozenset(names.split()) for space, names in _facts()["namespaces"].items()}


@cache
def version_1_names() -> dict[str, dict[str, str | None]]:
    """Return {namespace in `tf.compat.v1`: {name: what it is called in version 2, None if version 1 has its own}}."""
    facts = json.loads((_PACKAGE / "facts" / "tf_v1.json").read_text(encoding="utf-8"))
    words = {
        space: [word.partition("=") for word in names.split()] for space, names in facts["namespaces"].items()
    }
    return {space: {name: home or None for name, _, home in pairs} for space, pairs in words.items()}


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((_PACKAGE / "facts" / "tf_symbols.json").read_text(encoding="utf-8"))
    return facts


def _asking_frame() -> FrameType | None:
    """Return the frame that asked a module for a name: the first one above the module's `__getattr__`."""
    frame: FrameType | None = sys._getframe(1)
    while frame and (frame.f_code.co_filename == __file__ or frame.f_code.co_name == "__getattr__"):
        frame = frame.f_back
    return frame


def _is_import(frame: FrameType | None) -> bool:
    """Say whether `frame` stands at `from module import name`.

    An AttributeError there would be replaced by Python's own "cannot import name", which says nothing of coverage.
    A package is asked by importlib's _handle_fromlist first, a plain module by the IMPORT_FROM instruction.
    """
    if frame is None:
        return False
    if frame.f_code.co_filename.startswith(_IMPORTLIB):
        return True
    return frame.f_code.co_code[frame.f_lasti] == _IMPORT_FROM
