"""The nodes of a trace: kernel calls, and the values that Python asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import _disable_current_modes

from tfcompat_tape.tracing.sizes import SYMBOLIC, size_at

Raw = torch.Tensor
Layout = tuple[torch.dtype, tuple[int, ...], tuple[int, ...]]  # dtype, shape, strides


class Ref(int):
    """The number of a value, among the arguments of a node."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"t{int(self)}"


NOTHING = -1  # the number of a result that a kernel leaves out


class Node:
    """One kernel call: `outs = function(*args, **kwargs)`, where a `Ref` stands for an earlier value.

    Attributes:
      writes: numbers of the values that it writes into.
      effect: it does something besides computing (prints, draws random numbers): it runs once at each call, in order.
      shapes: the shapes of its results are true for this call alone, and checked at others.
      opaque: it runs on values that are there, and not on those of another trace.
    """

    __slots__ = (
        "args",
        "effect",
        "frame",
        "function",
        "kwargs",
        "opaque",
        "outs",
        "shapes",
        "single",
        "static",
        "writes",
    )

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        outs: tuple[int, ...],
        single: bool,
        *,
        writes: tuple[int, ...] = (),
        effect: bool = False,
        shapes: bool = False,
        static: bool = False,
        frame: Any = None,
    ) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs
        self.outs = outs
        self.single = single
        self.opaque = effect
        self.writes = writes
        self.effect = effect
        self.shapes = shapes
        self.static = static
        self.frame = frame

    def sources(self) -> list[int]:
        """The numbers of the values that it uses."""
        found: list[int] = []
        _collect(self.args, found)
        if self.kwargs:
            _collect(tuple(self.kwargs.values()), found)
        return found

    @property
    def loose(self) -> bool:
        """Whether its results may come in another layout than the trace has them in."""
        return (self.effect or self.shapes) and not isinstance(self.function, Staged)

    def run(self, values: dict[int, Any]) -> Any:
        """What it computes from `values`."""
        args = substituted(self.args, values)
        if self.kwargs:
            return self.function(*args, **{key: substituted(x, values) for key, x in self.kwargs.items()})
        return self.function(*args)

    def __repr__(self) -> str:
        return f"{', '.join(f't{i}' for i in self.outs)} = {self.function}{self.args}"


def _collect(x: Any, found: list[int]) -> None:
    if type(x) is Ref:
        found.append(int(x))
    elif type(x) in (tuple, list):
        for one in x:
            _collect(one, found)


def substituted(x: Any, values: dict[int, Any]) -> Any:
    """`x` with values in place of their numbers."""
    kind = type(x)
    if kind is Ref:
        return values[x]
    if kind is tuple:
        return tuple([substituted(one, values) for one in x])
    if kind is list:
        return [substituted(one, values) for one in x]
    if kind in SYMBOLIC:
        return size_at(x, values)
    return x


class Staged:
    """A function of a node that runs lines of other traces; the layout of its results is as those traces have it."""

    def wanting(self, wanted: Sequence[bool]) -> Staged:
        """The same function where only these results are used; others may be `None`."""
        return self


class Guard(Node):
    """A value that Python asked for: `outcome` is what it was. Other outcomes lead to other nodes."""

    __slots__ = ("outcome",)

    def __init__(self, source: int, outcome: Any, frame: Any) -> None:
        super().__init__(outcome_of, (Ref(source),), {}, (), True, frame=frame)
        self.outcome = outcome


LARGEST_OUTCOME = 64  # elements of a value that a trace may depend on


def outcome_of(raw: Raw) -> Any:
    """The value of a small tensor, in a form that can be compared and looked up."""
    if isinstance(raw, np.ndarray):
        return tuple(raw.ravel().tolist()), raw.shape
    if raw.dim() == 0:
        return raw.item()
    return tuple(raw.flatten().tolist()), tuple(raw.shape)


def put(values: dict[int, Any], node: Node, result: Any) -> None:
    """Enter the results of a node."""
    if node.single:
        if node.outs:
            values[node.outs[0]] = result
    else:
        for number, one in zip(node.outs, result or (), strict=True):
            if number != NOTHING:
                values[number] = one


def layout(raw: Raw) -> Layout:
    """How the elements of a raw tensor lie."""
    return raw.dtype, tuple(raw.shape), raw.stride()


def storage(raw: Raw) -> int:
    """What two tensors that share memory have in common."""
    place: int = raw.untyped_storage()._cdata
    return place


def alike(a: Any, b: Any) -> bool:
    """Whether two nodes have the same arguments, values of the trace and constants."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        with _disable_current_modes():
            return a is b or (a.dtype == b.dtype and a.shape == b.shape and torch.equal(a, b))
    if type(a) in SYMBOLIC:
        return str(a.node._expr) == str(b.node._expr)
    if isinstance(a, np.ndarray):
        return a is b or (a.dtype == b.dtype and a.shape == b.shape and a.tolist() == b.tolist())
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(alike(a[key], b[key]) for key in a)
    return bool(a == b)
