"""What nodes of a trace do that is more than one kernel of torch: whole ops, random draws."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils._python_dispatch import _disable_current_modes

from tfcompat_tape.core import reading
from tfcompat_tape.core.failures import recover
from tfcompat_tape.ops import seeds
from tfcompat_tape.tracing.sizes import now, symbolic


class Whole:
    """An op as one step: its kernel and, where that fails, the ways that are left."""

    __slots__ = ("attrs", "last", "op")

    def __init__(self, op: Any, attrs: dict[str, Any], last: tuple[str, ...] = ()) -> None:
        self.op = op
        self.attrs = attrs
        self.last = last  # attributes that come after the inputs, for they hold sizes

    def __call__(self, *raws: Any) -> Any:
        attrs = self.attrs
        if self.last:
            raws, sizes = raws[: -len(self.last)], raws[-len(self.last) :]
            attrs = {**attrs, **dict(zip(self.last, sizes, strict=True))}
        tracer: Any = reading.current.tracer
        if tracer is not None and any(tracer.mine(raw) for raw in raws):
            return tracer.whole(self.op, raws, attrs)
        try:
            return laid_out(self.op.kernel(*raws, **attrs))
        except Exception as error:
            return laid_out(recover(self.op, error, raws, attrs))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Whole)
            and self.op is other.op
            and self.last == other.last
            and _same(self.attrs, other.attrs)
        )

    def __hash__(self) -> int:
        return hash(self.op.name)

    def __repr__(self) -> str:
        return str(self.op.name)


def split(attrs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The attributes that are the same at each call, and those that are not: sizes, and tensors of a trace."""
    sizes = {name: x for name, x in attrs.items() if symbolic(x) or isinstance(x, FakeTensor)}
    return {name: x for name, x in attrs.items() if name not in sizes}, sizes


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether attributes are equal, and of one kind: 1 is not True, and -0.0 not 0.0."""
    return one.keys() == other.keys() and all(repr(x) == repr(other[name]) for name, x in one.items())


class Drawn:
    """The kernel of a random op, with the streams of one place in one function.

    streams: names the place. Where a function has several traces, one for each way through its code, an op that lies on
      several of the ways has the same place in all of them, and goes on in one stream.
    """

    def __init__(
        self, kernel: Callable[..., Any], attrs: dict[str, Any], last: tuple[str, ...], streams: Hashable
    ) -> None:
        self._kernel = kernel
        self._attrs = attrs
        self._last = last  # as in `Whole`
        self.streams = streams

    def at(self, place: Hashable) -> Drawn:
        """The same op of a function that is called at `place` in another one: with streams of its own."""
        return Drawn(self._kernel, self._attrs, self._last, (place, self.streams))

    def __call__(self, *given: Any) -> Any:
        if not self._last:
            return seeds.drawn(self.streams, self._kernel, given, self._attrs)
        count = len(given) - len(self._last)
        sizes = dict(zip(self._last, given[count:], strict=True))
        return seeds.drawn(self.streams, self._kernel, given[:count], {**self._attrs, **sizes})


def laid_out(result: Any) -> Any:
    """What a call gives, in the layout that the kernels after it are noted for."""
    if isinstance(result, torch.Tensor):
        return result.contiguous()
    if isinstance(result, (tuple, list)):
        return [laid_out(one) for one in result]
    return result


_refused: dict[Any, Exception] = {}  # by kernel, dtypes and device: what it says to them


def try_dtypes(func: Any, args: Any, kwargs: Any) -> None:
    """Raise what a kernel raises for dtypes that it does not take: on fake tensors it takes all of them."""
    tensors = [x for x in args if isinstance(x, torch.Tensor)]
    for x in args:
        if type(x) is list:
            tensors += [one for one in x if isinstance(one, torch.Tensor)]
    dtypes = tuple([x.dtype for x in tensors])
    if not dtypes or not _COMMON.isdisjoint(dtypes):
        return
    key = func, dtypes, tensors[0].device
    if key not in _refused:
        with _disable_current_modes():
            try:
                # That it takes these proves nothing: a flip of one element does not look at its dtype.
                func(*_zeros(args), **{name: _zeros(x) for name, x in kwargs.items()})
            except (NotImplementedError, RuntimeError) as error:
                if isinstance(error, NotImplementedError) or "not implemented" in str(error):
                    _refused[key] = error  # otherwise it is about the zeros
            except Exception:
                return
    refused = _refused.get(key)
    if refused is not None:
        raise type(refused)(*refused.args)


_LARGE = 64


def _zeros(x: Any) -> Any:
    if isinstance(x, FakeTensor):
        return torch.zeros([*map(_zeros, x.shape)], dtype=x.dtype, device=x.device)
    if symbolic(x) and not isinstance(x, (tuple, list)):
        # As it is at this call, so that sizes fit together, unless it is large.
        return min(now(x), _LARGE) if isinstance(x, torch.SymInt) else now(x)
    return type(x)([_zeros(one) for one in x]) if type(x) in (tuple, list) else x


# A kernel of several dtypes with one of these among them takes numbers and indices to them.
_COMMON = frozenset({torch.float32, torch.float64})
