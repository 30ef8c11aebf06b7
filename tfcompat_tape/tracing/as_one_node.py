"""Ops whose kernels look at values, and Python functions that do, as one node each."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils._python_dispatch import _disable_current_modes

from tfcompat_tape import nest
from tfcompat_tape.core import devices, reading
from tfcompat_tape.core.at_call import OF_OPS, ValueNeededError
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import seeds
from tfcompat_tape.tracing.batching import level_of
from tfcompat_tape.tracing.elements import made
from tfcompat_tape.tracing.open_results import IMAGES, results_of
from tfcompat_tape.tracing.sizes import NumberNeededError, Sizes, now
from tfcompat_tape.tracing.steps import Drawn, Whole, split
from tfcompat_tape.tracing.texts import (
    AS_NUMBERS,
    CPU,
    OBJECT,
    Array,
    AtCall,
    Texts,
    described,
    is_array,
    of_numbers,
    stand_in,
)
from tfcompat_tape.tracing.this_call import OfThisCall


class AsOneNode(OfThisCall):
    """The part of a `Recorder` that notes whole ops and functions. The recorder has what is named here."""

    mode: Any
    sizes: Sizes | None
    values: list[Any]  # the fake tensors, by number
    streams: Any  # of random ops: whose they are
    draws: dict[Any, int]  # how many random ops of a kind there are
    texts: bool
    part: Any
    notes: Any
    opens: bool
    empty: Callable[[Any, Any, Any], Any]
    leave: Callable[[], contextlib.AbstractContextManager[None]]
    call: Callable[..., Any]
    stateful: Callable[..., Any]
    _enter: Callable[[Any, bool], int]
    _forget: Callable[[int, int, bool], None]
    _note: Callable[..., None]
    _refs: Callable[[Any, list[bool]], Any]

    def rescue(self, op: Any, error: Exception, raws: Any, attrs: dict[str, Any]) -> Any:
        """What an op gives whose kernel failed here; NotImplemented if it fails everywhere."""
        attrs = {name: x._t if isinstance(x, Tensor) else x for name, x in attrs.items()}
        if isinstance(error, reading.AtEachCallError):
            with self.leave(), self.mode.outside(), seeds.peeking():
                shown = op.kernel(*raws, **{name: now(x) for name, x in attrs.items()})
            single = isinstance(shown, torch.Tensor)
            described = [(x.shape, x.dtype, x.device) for x in ([shown] if single else shown)]
            fixed, sizes = split(attrs)
            if sizes:
                asked = tuple(attrs.get("shape", ()))
                if not single or not asked or now(asked) != tuple(shown.shape[: len(asked)]):
                    raise UntraceableError(f"the sizes of what {op.name} draws are not known") from error
                described = [((*asked, *shown.shape[len(asked) :]), shown.dtype, shown.device)]
            kind = op.name, repr(fixed)
            self.draws[kind] = count = self.draws.get(kind, 0) + 1
            drawn = Drawn(op.kernel, fixed, tuple(sizes), (self.streams, self.part, *kind, count))
            return self.stateful(drawn, [*raws, *sizes.values()], described, single=single)
        if not any(map(self.mine, [*raws, *attrs.values()])):
            return NotImplemented
        if any(type(raw) is Texts or is_array(raw) for raw in raws):
            if self.blind:
                raise ValueNeededError("the values of strings are needed")
            return self.whole(op, raws, attrs)
        if self.sizes is not None and isinstance(error, NumberNeededError):
            with _disable_current_modes(), self.mode:
                shown = self.sizes.compared(op.kernel, raws, attrs)
            single = isinstance(shown, torch.Tensor)
            described = [(x.shape, x.dtype, x.device) for x in ([shown] if single else shown)]
            return self.stateful(Whole(op, {}), list(raws), described, single=single, effect=False)
        if isinstance(error, ValueNeededError):
            if self.blind:
                raise error
            return self.whole(op, raws, attrs)
        if not self.concrete and op.fallback is not None and isinstance(error, NotImplementedError):
            return self._of_unsigned(op, raws, attrs)
        if not self.concrete or self.blind or getattr(error, "of_graph", False):
            return NotImplemented
        return self._otherwise(op, error, raws, attrs)

    def whole(self, op: Any, raws: Sequence[Any], attrs: dict[str, Any]) -> Any:
        """Note an op as one node: its kernel looks at values, so it runs at each call as it does in eager code."""
        before = len(self.nodes), len(self.values), self.writes
        texts = any(type(raw) is Texts or is_array(raw) for raw in raws)
        self.blind += 1
        shown: Any = None
        failure: Exception | None = None
        try:
            shown = op.kernel(*[self._as_numbers(raw) for raw in raws], **attrs)
        except ValueNeededError:
            pass
        except Exception as error:
            if not texts:
                raise
            failure = error  # it may be about the numbers that stand for strings
        finally:
            self.blind -= 1
            self._forget(*before)
        fixed, sizes = split(attrs)
        step = Whole(op, fixed, tuple(sizes))
        given = [*raws, *sizes.values()]
        several = isinstance(shown, (tuple, list))
        likes = shown if several else [shown]
        if not all(isinstance(x, FakeTensor) for x in likes) and op.name in OF_OPS:
            results = self._results(OF_OPS[op.name](raws, attrs))
            several = len(results) > 1
            likes = [self.empty(*one) for one in results]
        if not all(isinstance(x, FakeTensor) for x in likes):
            if self.opens and op.name in IMAGES:
                described_ = results_of(op.name, raws, attrs)
                if described_ is not None:
                    return made(self, step, given, described_)[0]
            if not self.concrete:
                raise UntraceableError(f"{op.name} needs values") from failure
            return self.call(step, given, {})
        found: list[bool] = []
        refs = self._refs(tuple(given), found)
        effect = op.name in _EFFECTS
        dynamic = True in found or effect
        fakes = [self.empty(*(_as_texts(x) if texts else described(x))) for x in likes]
        outs = tuple([self._enter(fake, dynamic) for fake in fakes])
        self._note(step, refs, {}, outs, not several, (), dynamic, effect=effect)
        return fakes if several else fakes[0]

    def _of_unsigned(self, op: Any, raws: Sequence[Any], attrs: dict[str, Any]) -> Any:
        """What an op gives of unsigned integers that torch has no kernel for, a node."""
        dtypes = {raw.dtype for raw in raws if isinstance(raw, torch.Tensor)} & _UNSIGNED
        if len(dtypes) != 1:
            return NotImplemented
        before = len(self.nodes), len(self.values), self.writes
        self.blind += 1
        try:
            signed = [raw.to(torch.int64) if raw.dtype in _UNSIGNED else raw for raw in raws]
            shown = op.kernel(*signed, **attrs)
        finally:
            self.blind -= 1
            self._forget(*before)
        if not isinstance(shown, torch.Tensor):
            return NotImplemented
        dtype = dtypes.pop() if shown.dtype is torch.int64 else shown.dtype
        fixed, sizes = split(attrs)
        like = shown.shape, dtype, shown.device
        step = Whole(op, fixed, tuple(sizes))
        return self.stateful(step, [*raws, *sizes.values()], [like], single=True, effect=False)

    def _otherwise(self, op: Any, error: Exception, raws: Sequence[Any], attrs: dict[str, Any]) -> Any:
        """What an op gives whose kernel fails on fake tensors: it may not do so on those of this call."""
        found: list[Any] = []
        with self.outside():
            try:
                now_ = {name: now(x) for name, x in attrs.items()}
                found.append(Whole(op, now_)(*[self._value(raw) for raw in raws]))
            except Exception:
                return NotImplemented
        fixed, sizes = split(attrs)
        return self.call(Whole(op, fixed, tuple(sizes)), [*raws, *sizes.values()], {})

    def _value(self, raw: Any) -> Any:
        return self._compute(self.number(raw)) if self.mine(raw) else raw

    def at_call(
        self,
        function: Callable[..., Any],
        args: Any,
        kwargs: dict[str, Any],
        like: Any,
        effect: bool,
        always: bool,
    ) -> Any:
        """A Python function that may want values; see `core.at_call`."""
        if self.notes is not None:
            found = self.notes.described(function, *args, **kwargs)
            if found is not None:
                return found
        step = AtCall(function, args, kwargs)
        mine = any(self.mine(raw) for raw in step.raws)
        if not (mine or always) or level_of(step.raws) >= 0:
            return function(*args, **kwargs)
        if not always and self._without_values(function, args, kwargs):
            return function(*args, **kwargs)
        if self.blind:
            raise ValueNeededError(f"{function.__name__} needs values")
        known = None if like is None else like(*args, **kwargs)
        if known is None and self.notes is not None and not effect:
            return function(*args, **kwargs)  # what it is made of is noted
        if known is None:
            found = self.call(step, step.raws, {}, effect=effect)
            made: Any = self.nodes[-1].function
            tensors = [Tensor(raw, None) for raw in found]
            return nest.pack_sequence_as(made.made, tensors, expand_composites=True)
        several = type(known) is list
        results = self._results(known if several else [known])
        tensors = [Tensor(raw, None) for raw in self.stateful(step, step.raws, results, effect=effect)]
        found = tensors if several or not tensors else tensors[0]
        if self.notes is not None:
            self.notes.performed(function, args, kwargs, found, effect)
        return found

    def _as_numbers(self, raw: Any) -> Any:
        """`raw`, with numbers for strings: for shapes alone."""
        if type(raw) is not Texts and not is_array(raw):
            return raw
        fake = self.empty(raw.shape, AS_NUMBERS, CPU)
        self._enter(fake, True)
        return fake

    def _results(self, known: Sequence[Any]) -> list[Any]:
        """`(shape, dtype, device)` of results of which shape and DType are known."""
        return [
            (shape, OBJECT, CPU) if dtype.torch is None else (shape, dtype.torch, devices.current())
            for shape, dtype in known
        ]

    def _without_values(self, function: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> bool:
        """Whether a function of fake tensors looks at no values."""
        before = len(self.nodes), len(self.values), self.writes
        self.blind += 1
        try:
            function(*args, **kwargs)
        except ValueNeededError:
            return False
        finally:
            self.blind -= 1
            self._forget(*before)
        return True

    def standing(self, raw: Any) -> Any:
        """A raw value as one of this trace, if it is a constant array of strings."""
        if not is_array(raw):
            return raw
        fake = stand_in(self.mode, raw.shape)
        number = self._enter(fake, False)
        self.env[number] = raw
        self._note(Array(raw), (), {}, (number,), True, (), False)
        return fake


_UNSIGNED = {torch.uint16, torch.uint32, torch.uint64}
# Ops that run whether or not their results are used.
_EFFECTS = frozenset({"CheckNumerics", "CheckNumericsV2"})


def _as_texts(x: Any) -> tuple[Any, Any, Any]:
    """What a result is like that was computed with numbers in place of strings."""
    return x.shape, of_numbers(x.dtype), x.device
