"""Datasets and iterators as values of a trace, so that loops go through them and `next` takes from them at each call.

A trace has a token for each: a fake tensor without axes on the device `meta`. At a call its value is such a tensor that
holds the dataset or the iterator. What they are, `tfcompat_tape.data` knows: it gives them the methods of `Source`.
"""

from __future__ import annotations

import builtins
import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import torch

from tfcompat_tape.core import devices
from tfcompat_tape.core.dtypes import string
from tfcompat_tape.core.errors import invalid, out_of_range
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.rows import META, note
from tfcompat_tape.tracing.sizes import LIKELY
from tfcompat_tape.tracing.texts import CPU, OBJECT, zeros

Raw = torch.Tensor
TOKEN = (), torch.uint8, META


class Source:
    """What elements come from: a dataset or an iterator."""

    __slots__ = ()

    def _kind(self) -> Any:
        """What arguments of a function must have in common with it to share a trace; raises UntraceableError."""
        raise NotImplementedError

    def _argument(self) -> Tensor:
        """It as an argument of a function."""
        return Tensor(handle(self), None) if scope.active.trace is None else self._token()

    def _stand_in(self, token: Tensor) -> Any:
        """What a trace sees in its place, where it is an argument."""
        raise NotImplementedError

    def _token(self) -> Tensor:
        """Its token in the trace that is under way."""
        raise NotImplementedError

    def _looped(self) -> Stream:
        """Its elements, for a loop of the trace that is under way."""
        raise NotImplementedError

    def _taker(self) -> Callable[[], Any]:
        """At a call: a function that gives the next element, taken apart, or `None` at the end."""
        raise NotImplementedError

    def _called(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """What a function of Python's, of `BUILTINS`, gives for it as the first argument while a trace is made."""
        raise NotImplementedError


BUILTINS = (builtins.enumerate, builtins.iter, builtins.next, builtins.zip)


def builtin(function: Any) -> Any:
    """One of `BUILTINS` as a trace wants it; `None` for another function."""
    if not any(function is one for one in BUILTINS):
        return None

    def call(*args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], Source) and scope.active.trace is not None:
            return args[0]._called(function, *args, **kwargs)
        return function(*args, **kwargs)

    return call


class Like(NamedTuple):
    """What is known of a leaf of elements: `dims` has `None` for sizes that differ, where `shape` has some number."""

    shape: Any
    dtype: Any
    device: torch.device
    dims: Any


class Stream(NamedTuple):
    """What a loop goes through.

    Attributes:
      part: an element of its leaves.
      connected: derivatives go through the loop.
    """

    token: Tensor
    likes: list[Like]
    part: Callable[[list[Tensor]], Any]
    connected: bool

    @property
    def rows(self) -> list[tuple[Tensor, Any]]:
        """As rows of a loop: the token for each leaf."""
        return [(self.token, like) for like in self.likes]


def likes_of(leaves: Sequence[Any]) -> list[Like]:
    """What specs say of the leaves of an element; raises UntraceableError."""
    found = []
    for leaf in leaves:
        known = type(leaf) is TensorSpec and (leaf.dtype.torch is not None or leaf.dtype is string)
        if not known or leaf.shape.rank is None:
            raise UntraceableError(f"elements of a dataset that are {leaf!r}")
        dims = tuple(leaf.shape.as_list())
        shape = tuple([LIKELY if n is None else n for n in dims])
        if leaf.dtype is string:
            found.append(Like(shape, OBJECT, CPU, dims))
        else:
            found.append(Like(shape, leaf.dtype.torch, devices.current(), dims))
    return found


# -- at a call ---------------------------------------------------------------------------------------------------------


def handle(value: Any) -> Raw:
    """A raw tensor that holds a dataset or an iterator."""
    raw: Any = torch.empty((), dtype=torch.uint8, device=META)
    raw.held = value
    return raw  # type: ignore[no-any-return]


class Constant:
    """A dataset or iterator that a function has from outside, as an argument of a node."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Constant) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


def constant(value: Any) -> Tensor:
    """The token of a dataset or iterator from outside."""
    return Tensor(note(_constant, [Constant(value)], [TOKEN])[0], None)


def _constant(given: Constant) -> list[Raw]:
    return [handle(given.value)]


def taking(raw: Any, likes: Sequence[Like]) -> Callable[[], Any]:
    """A function that gives the leaves of the next element of what `raw` holds, or `None` at the end."""
    source = raw.held
    take = source._taker()
    kinds = [(like.dtype, like.dims) for like in likes]

    def taken() -> Any:
        element = take()
        if element is None:
            return None
        if _watched.log is not None:
            _watched.log.append((source, element))
        return [
            x
            if x.dtype is dtype and x.shape == dims and (dtype is OBJECT or x.is_contiguous())
            else _fitting(x, dtype, dims)
            for x, (dtype, dims) in zip(element, kinds, strict=True)
        ]

    return taken


def _fitting(x: Any, dtype: torch.dtype, dims: Any) -> Raw:
    shape = tuple(x.shape)
    if (
        x.dtype is not dtype
        or len(shape) != len(dims)
        or any(n not in (None, m) for n, m in zip(dims, shape, strict=True))
    ):
        raise invalid(
            f"An element of a dataset is {x.dtype}{list(shape)}, but its spec says {dtype}{list(dims)}."
        )
    return x if dtype is OBJECT else x.contiguous()  # type: ignore[no-any-return]


class Next:
    """The node of `next`: it gives the leaves of an element; of an Optional, whether there is one before them."""

    __slots__ = ("likes", "optional")

    __name__ = "IteratorGetNext"  # what graphs call it
    given_back = True  # a trace that comes to nothing gives the elements back: see `watched`

    def __init__(self, likes: Sequence[Like], optional: bool) -> None:
        self.likes = list(likes)
        self.optional = optional

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Next) and (other.likes, other.optional) == (self.likes, self.optional)

    def __hash__(self) -> int:
        return hash(self.optional)

    def __call__(self, raw: Any) -> list[Raw]:
        element = taking(raw, self.likes)()
        if not self.optional:
            if element is None:
                raise out_of_range("End of sequence [Op:IteratorGetNext] name: ")
            return element  # type: ignore[no-any-return]
        if element is None:
            none = [zeros([n or 0 for n in one.dims], one.dtype, one.device) for one in self.likes]
            return [torch.tensor(False), *none]
        return [torch.tensor(True), *element]

    def note(self, token: Tensor) -> list[Tensor]:
        """Its results in the trace that is under way, taken anew at each call."""
        trace = scope.active.trace
        assert trace is not None
        if any(None in like.dims for like in self.likes):
            dims: Any = [(), *[like.dims for like in self.likes]][not self.optional :]
            opens = trace.recorder.opens
            found: Any = trace.recorder.call(self, [token._t], {}, effect=True, dims=dims if opens else None)
        else:
            described: list[Any] = [(like.dims, like.dtype, like.device) for like in self.likes]
            if self.optional:
                described.insert(0, ((), torch.bool, torch.device("cpu")))
            found = trace.recorder.stateful(self, [token._t], described, effect=True)
        return [Tensor(raw, None) for raw in found]


def present(there: Tensor) -> None:
    """Raise, at each call, where an Optional has no value."""
    trace = scope.active.trace
    assert trace is not None
    trace.recorder.stateful(_present, [there._t], [], effect=True)


def _present(there: Raw) -> list[Raw]:
    if not there:
        raise invalid("OptionalGetValue: The given optional does not have a value.")
    return []


# -- a trace that comes to nothing -------------------------------------------------------------------------------------


class _Watched(threading.local):
    log: list[tuple[Any, Any]] | None = None


_watched = _Watched()


class Taken:
    """The elements that were taken from iterators while a function was traced."""

    def __init__(self) -> None:
        self.log: list[tuple[Any, Any]] = []

    def undo(self) -> None:
        """Give them back."""
        while self.log:
            source, element = self.log.pop()
            source._given_back(element)


@contextlib.contextmanager
def watched() -> Iterator[Taken]:
    """Within this context it is noted what is taken from iterators."""
    taken, before = Taken(), _watched.log
    _watched.log = taken.log
    try:
        yield taken
    finally:
        _watched.log = before
