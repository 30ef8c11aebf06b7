"""What becomes of a name of TensorFlow's here: the package itself is asked, as it is installed."""

from __future__ import annotations

import difflib
import importlib
import inspect
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tfcompat_tape.coverage.alternatives import alternative
from tfcompat_tape.coverage.names import (
    NotCoveredError,
    is_tensorflow_name,
    suggestions,
    tensorflow_version,
    version_1_names,
)
from tfcompat_tape.coverage.reasons import ONLY_ASKED_FOR, reason
from tfcompat_tape.porting import private
from tfcompat_tape.porting.check.uses import PRIVATE

_PACKAGE = __package__.partition(".")[0]
_OURS = (_PACKAGE, "tensorflow.")  # the modules that our functions say they are of
_FACTS = Path(__file__).parents[2] / "facts" / "differences.json"


@dataclass(frozen=True)
class Verdict:
    """Of one name: a kind of `findings.SEVERITY`, or "covered", with the sentence and what to use in its place."""

    kind: str
    message: str = ""
    instead: str | None = None


@cache
def judge(symbol: str) -> Verdict:
    """Return the verdict on `symbol`, "tf.math.log" or "tensorflow.python.ops.math_ops.log".

    >>> judge("tf.math.log").kind
    'covered'
    >>> judge("tf.log")
    Verdict(kind='not-in-tensorflow', message='TensorFlow 2.21 has no tf.log', instead='tf.math.log')
    """
    found, at = _resolved(symbol)
    if at is None and symbol in ONLY_ASKED_FOR:
        return Verdict("different", f"making one raises UnimplementedError: {ONLY_ASKED_FOR[symbol]}")
    if at is None:
        told = _differences().get(symbol) or _differences_by_object().get(id(found))
        return Verdict("different", told) if told else Verdict("covered")
    if at.startswith(PRIVATE):
        return Verdict("missing", f"{at} is private to TensorFlow, and is not covered", _elsewhere(at))
    if not is_tensorflow_name(at):
        return Verdict("not-in-tensorflow", f"TensorFlow {tensorflow_version()} has no {at}", _elsewhere(at))
    why = reason(symbol) or reason(at)
    message = f"{symbol} is not covered" + (f": {why}" if why else "")
    return Verdict("missing", message, alternative(symbol) or _nearest(symbol))


def object_of(symbol: str) -> Any:
    """What `symbol` is here; `None` if it is missing."""
    found, at = _resolved(symbol)
    return found if at is None else None


def unknown_argument(symbol: str, keywords: Sequence[str]) -> tuple[str, str | None] | None:
    """The sentence about a keyword that the function `symbol` does not take, and the one that may be meant."""
    known = _parameters(symbol)
    for name in keywords:
        if known is not None and name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.6) or _RENAMED.get(name, [])
            instead = next((one for one in near if one in known), None)
            return f"{symbol} takes no argument {name!r} in TensorFlow {tensorflow_version()}", instead
    return None


# How arguments of version 1 are called since.
_RENAMED = {
    "reduction_indices": ["axis"],
    "dim": ["axis"],
    "dimension": ["axis"],
    "keep_prob": ["rate"],
}


@cache
def _parameters(symbol: str) -> tuple[str, ...] | None:
    """The keywords that a function takes; `None` if it takes any, or is none of ours."""
    found = object_of(symbol)
    if not callable(found) or not str(getattr(found, "__module__", "")).startswith(_OURS):
        return None
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        return None
    return tuple(
        [one.name for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
    )


@cache
def _resolved(symbol: str) -> tuple[Any, str | None]:
    """The object, and `None`; or `None`, and the part of the name that is not there."""
    if symbol == PRIVATE or symbol.startswith(f"{PRIVATE}."):
        found, done = private.module(PRIVATE), PRIVATE
    else:
        found, done = importlib.import_module(_PACKAGE), "tf"
    for name in symbol.removeprefix(done).split(".")[1:]:
        done = f"{done}.{name}"
        try:
            inner = getattr(found, name)
        except NotCoveredError:
            return None, done
        except AttributeError:
            if isinstance(found, ModuleType) or (inspect.isclass(found) and is_tensorflow_name(done)):
                return None, done
            return found, None  # an attribute of what it makes
        except ImportError as error:
            raise NeedsPackageError(str(error)) from None
        found = inner
    return found, None


class NeedsPackageError(Exception):
    """A name comes from a package that is not installed: the message says which."""


def _elsewhere(symbol: str) -> str | None:
    space, _, name = symbol.rpartition(".")
    if symbol.startswith(PRIVATE):
        space = "tf"
    near = [one for one in dict.fromkeys(suggestions(space, name)) if _resolved(one)[1] is None]
    if not near and name in version_1_names().get("tf.compat.v1", ()):
        near = [f"tf.compat.v1.{name}"] if _resolved(f"tf.compat.v1.{name}")[1] is None else []
    settled = [one for one in near if "experimental" not in one]
    return " or ".join(settled or near) or None


def _nearest(symbol: str) -> str | None:
    """A name that is there and called the same, or nearly, in another namespace."""
    space, _, name = symbol.rpartition(".")
    same = [one for one in suggestions(space, name) if one.endswith(f".{name}") and one != symbol]
    return next((one for one in same if _resolved(one)[1] is None), None)


@cache
def _differences() -> dict[str, str]:
    told: dict[str, str] = json.loads(_FACTS.read_text(encoding="utf-8"))
    return told


@cache
def _differences_by_object() -> dict[int, str]:
    """The same by object, for a function has more names than one."""
    found = {}
    for symbol, sentence in _differences().items():
        value, at = _resolved(symbol)
        if at is None and callable(value):
            found[id(value)] = sentence
    return found
