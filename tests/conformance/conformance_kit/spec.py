"""``case``, ``error``, ``script``: each call adds one spec to the family whose file is being loaded."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .inputs import FLOATS, Input

HERE = Path(__file__).resolve().parent.parent
CASES = HERE / "cases"
DATA = HERE / "data"


@dataclass(frozen=True)
class Spec:
    """One recorded answer: a case in one input set and one dtype, or an error, or a script."""

    family: str
    kind: str  # "case", "reject" (a case in a dtype that TensorFlow refuses), "error" or "script"
    name: str
    fn: Callable[..., Any]
    variant: str = ""
    dtype: str = ""
    inputs: tuple[Input, ...] = ()
    order: int = 0
    tol: Mapping[str, float] = field(default_factory=dict)
    only_shapes: bool = False
    since: tuple[int, int] = (3, 0)  # the first Python of which the answer holds
    until: tuple[int, int] = (4, 0)  # and the first of which it does not

    @property
    def of_this_python(self) -> bool:
        return self.since <= sys.version_info[:2] < self.until

    @property
    def id(self) -> str:
        variant = f"/{self.variant}" if self.variant else ""
        return f"{self.name}{variant}" + (f"-{self.dtype}" if self.dtype else "")


@dataclass(frozen=True)
class Raised:
    """The outcome of ``raises``: the name of the exception class."""

    name: str


_loading: list[Spec] = []
_family = ""


def case(
    name: str,
    fn: Callable[..., Any] | None = None,
    inputs: Sequence[Input] = (),
    *,
    dtypes: Sequence[str] = FLOATS,
    rejects: Sequence[str] = (),
    refuses: Sequence[str] = (),
    also: Mapping[str, Sequence[Input]] | None = None,
    order: int = 2,
    tol: Mapping[str, float] | None = None,
    why: str = "",
    only_shapes: bool = False,
) -> None:
    """One op in several dtypes: value, first and second derivative.

    ``fn(tf, *tensors)``; left out, ``name`` is the function's path (``"math.tanh"``) and inputs are positional.
    ``also``: further input sets by name (``{"edge": [EDGE]}``). ``rejects``: dtypes for which TensorFlow raises;
    the class is recorded. ``refuses``: names of further input sets with which it raises.
    ``order``: highest derivative (0, 1, 2). ``tol``: dtype -> relative and absolute
    tolerance in place of the default, with the reason in ``why``. ``only_shapes``: values are random, compare
    dtype and shape only.
    """
    if bool(tol) != bool(why):
        raise ValueError(f"{name}: tol and why go together")
    call = fn or _by_path(name)
    for variant, args in {"": inputs, **(also or {})}.items():
        for dtype in (*dtypes, *rejects):
            kind = "reject" if dtype in rejects or variant in refuses else "case"
            spec = Spec(_family, kind, name, call, variant, dtype, tuple(args), order, tol or {}, only_shapes)
            if not variant or dtype not in rejects:
                _add(spec)


def error(name: str, fn: Callable[[Any], Any]) -> None:
    """``fn(tf)`` raises; the exception's class name is the answer."""
    _add(Spec(_family, "error", name, fn))


def script(name: str, fn: Callable[[Any], Any] | None = None, **options: Any) -> Any:
    """``fn(tf)`` returns any structure of tensors, IndexedSlices, None, numbers, strings, shapes, dtypes: recorded.

    Also a decorator: ``@script("name")``. ``since=(3, 13)``: asked from that Python on; ``until=(3, 13)``: before it.
    """
    if fn is None:
        return lambda f: script(name, f, **options)
    _add(Spec(_family, "script", name, fn, **options))
    return fn


def raises(fn: Callable[[], Any]) -> Any:
    """What ``fn()`` does, as part of a script's answer: ``Raised(class name)``, or its value if it does not raise."""
    try:
        return fn()
    except Exception as e:
        return Raised(type(e).__name__)


def _by_path(name: str) -> Callable[..., Any]:
    path = name.split()[0].split(".")

    def call(tf: Any, *args: Any) -> Any:
        for part in path:
            tf = getattr(tf, part)
        return tf(*args)

    return call


def _add(spec: Spec) -> None:
    _loading.append(spec)


def families() -> list[str]:
    return sorted(p.stem for p in CASES.glob("*.py") if not p.stem.startswith("_"))


@cache
def load(family: str) -> dict[str, Spec]:
    """The specs of ``cases/FAMILY.py`` that are of this Python, by id."""
    return {id: spec for id, spec in load_all(family).items() if spec.of_this_python}


@cache
def load_all(family: str) -> dict[str, Spec]:
    """The specs of ``cases/FAMILY.py`` by id, those of other Pythons too."""
    global _family
    _loading.clear()
    _family = family
    module_spec = importlib.util.spec_from_file_location(
        f"conformance_cases_{family}", CASES / f"{family}.py"
    )
    assert module_spec and module_spec.loader
    module_spec.loader.exec_module(importlib.util.module_from_spec(module_spec))
    specs: dict[str, Spec] = {}
    for spec in _loading:
        if spec.id in specs:
            raise ValueError(f"{family}: two cases are called {spec.id!r}")
        specs[spec.id] = spec
    return specs


def all_specs() -> Iterator[Spec]:
    """Every spec of this Python that can be loaded; a family that cannot be is reported by the test of that family."""
    for family in families():
        with suppress(Exception):
            yield from load(family).values()
