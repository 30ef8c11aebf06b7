"""What a function computes by TensorFlow's ops, noted while it is traced: what a graph of it is written from.

A trace knows kernels and a Wengert list. Notes know the calls of ops besides, also those that have no derivative, with
inputs, attributes and results as raw tensors of the trace, in order, as `ops` tells them, and what happens between.

Each result is a raw tensor of its own: an op that gives its input as it is (`StopGradient`) gives another one here, for
who reads the notes tells values apart by these.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.core import hooks, naming
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.registry import Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Entry
from tfcompat_tape.coverage.names import drop_parts
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.inner import Inner
from tfcompat_tape.tracing.open_results import results_of
from tfcompat_tape.tracing.sizes import LIKELY, symbolic
from tfcompat_tape.tracing.texts import OBJECT


class Noted:
    """One call of an op.

    Attributes:
      entry: its line of the Wengert list of the trace; `None` where no derivative goes through it.
      name: what TensorFlow's graph calls it.
    """

    __slots__ = ("attrs", "entry", "inputs", "name", "op", "results", "single")

    def __init__(self, op: Op, name: str, inputs: Sequence[Any], attrs: dict[str, Any], result: Any) -> None:
        self.op = op
        self.name = name
        self.inputs = list(inputs)
        self.attrs = attrs
        self.single = not isinstance(result, (tuple, list))
        self.results = [result] if self.single else list(result)
        self.entry: Entry | None = None


class Staged:
    """Branches or a loop that the trace has as one node, or a gradient of the user's.

    Attributes:
      inputs, results: as Tensors. parts: what it is made of, by name. scope: the name scope that it stands in.
    """

    def __init__(self, kind: str, inputs: Sequence[Any], results: Sequence[Any], **parts: Any) -> None:
        self.kind = kind
        self.scope = naming.current()
        self.inputs = list(inputs)
        self.results = list(results)
        self.parts = parts


class Called:
    """A Python function that runs at each call, on values: see `core.at_call`.

    Attributes:
      given: its positional arguments and those by name, with Tensors; result: a Tensor, or several.
    """

    def __init__(self, function: Any, given: Any, result: Any, effect: bool) -> None:
        self.function, self.given, self.result, self.effect = function, given, result, effect


class Checked:
    """Something that must be true at each call.

    Attributes:
      data: Tensors for the message, of which so many elements are shown as `summarize` says.
    """

    def __init__(self, condition: Any, data: Sequence[Tensor], summarize: int) -> None:
        self.condition, self.data, self.summarize = condition, list(data), summarize


class Emitted:
    """A node of TensorFlow's that a function says itself: what it computes, no kernel says for all values.

    Attributes:
      inputs: raw tensors with their entries. results: raw tensors. attrs: of the node.
    """

    def __init__(self, op: str, inputs: Sequence[Any], results: Sequence[Any], attrs: dict[str, Any]) -> None:
        self.op, self.inputs, self.results, self.attrs = op, list(inputs), list(results), attrs


class Unsaid:
    """Something that happens at each call, and is no op.

    Attributes:
      what: its name.
    """

    def __init__(self, what: str) -> None:
        self.what = what


class Printed:
    """Something that is printed at each call: a text with marks for tensors."""

    def __init__(
        self, template: str, mark: str, tensors: Sequence[Any], summarize: int, stream: str, end: str
    ) -> None:
        self.template, self.mark, self.tensors = template, mark, list(tensors)
        self.summarize, self.stream, self.end = summarize, stream, end


class Assigned:
    """A Variable gets another value: from here on it is read as `after`."""

    def __init__(self, variable: Any, value: Any, after: Any) -> None:
        self.variable, self.value, self.after = variable, value, after


class Detached:
    """Entries of the list that stand for no op: a gradient of the user's, an output of several."""

    def __init__(self, entry: Entry, results: Sequence[Any]) -> None:
        self.entry, self.results = entry, list(results)


class Notes:
    """The notes of one trace.

    Attributes:
      steps: what happened, in order.
    """

    def __init__(self, recorder: Any) -> None:
        self.recorder = recorder
        self.steps: list[Any] = []
        self.kept: list[Any] = []  # entries and tensors that are looked up by their ids
        self._said = False  # what happens next at each call is in the notes
        self._open: set[int] = set()  # ids of results whose sizes depend on values
        self._known: dict[int, Noted] = {}  # by id of a result

    @property
    def quiet(self) -> bool:
        """Whether what happens is a part of something else, or only tried."""
        return bool(self.recorder.ops.quiet)

    def performed(self, function: Any, args: Any, kwargs: Any, result: Any, effect: bool) -> None:
        """A Python function has become a node."""
        if not self.quiet:
            given = nest.map_structure(_as_seen, (list(args), dict(kwargs)), expand_composites=True)
            self.steps.append(Called(function, given, result, effect))

    def described(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """What a Python function gives whose values decide how much it is; `None` if it is no such function."""
        describe = _described().get(function)
        if describe is None:
            return None
        found = describe(*args, **kwargs)
        if found is None:
            raise UntraceableError(f"{function.__name__} is not known for all sizes here")
        x = self._given(args)
        tensors = [Tensor(self.unknown(shape, dtype, x.device), None) for shape, dtype in found]
        result = tensors if len(tensors) > 1 else tensors[0]
        self.performed(function, args, kwargs, result, False)
        self.kept.append(tensors)
        return result

    def node(self, op: str, inputs: Sequence[Any], results: Sequence[Any], **attrs: Any) -> list[Tensor]:
        """The results of a node of TensorFlow's op, whose inputs are Tensors.

        Args:
          results: shapes, where `None` is an open size, and dtypes. attrs: values, or messages of attributes.
        """
        from tfcompat_tape.tracing.rows import recorded

        given = [x if type(x) is Tensor else convert(x) for x in inputs]
        raws = [self.recorder.standing(x._t) for x in given]
        nodes = [x._node for x in given]
        found = [
            self.unknown(shape, OBJECT if dtype.torch is None else dtype.torch, torch.device("cpu"))
            for shape, dtype in results
        ]
        smooth = [x for x in given if x.dtype.is_floating or x.dtype.is_complex]
        made = recorded(op, smooth, found, _within)
        self.steps.append(Emitted(op, [*zip(raws, nodes, strict=True)], found, attrs))
        self.kept += [raws, nodes, found]
        return made

    def _given(self, args: Any) -> Any:
        """A raw tensor among the arguments."""
        flat = nest.flatten(list(args), expand_composites=True)
        return next(x._t for x in flat if isinstance(x, Tensor))

    def unknown(self, shape: Any, dtype: Any, device: Any) -> Any:
        """A new raw tensor; sizes that are `None` are open."""
        recorder = self.recorder
        sizes = [recorder.sizes.new(LIKELY, -1, i) if n is None else n for i, n in enumerate(shape)]
        fake = recorder.empty(sizes, dtype, device)
        recorder._enter(fake, True)
        self._open.add(id(fake))
        return fake

    def made(self, op: Op, name: str, raws: Sequence[Any], attrs: dict[str, Any], result: Any) -> Any:
        """Note a call of an op; the result as it is from now on."""
        if isinstance(result, (tuple, list)):
            result = tuple([self._own(x, raws) for x in result])
        else:
            result = self._own(result, raws)
        noted = Noted(op, name, raws, dict(attrs), result)
        self.steps.append(noted)
        for x in noted.results:
            self._known[id(x)] = noted
        self.kept.append((raws, noted.results))
        return result

    def _own(self, result: Any, raws: Sequence[Any]) -> Any:
        """A result that no other value is."""
        recorder = self.recorder
        if not recorder.mine(result):
            return result
        made = id(result) in self._open or recorder.numbers.get(id(result), -1) in recorder.producers
        if id(result) not in self._known and made:
            joined = _joins_sizes(result, raws)
            bound = [] if recorder.sizes is None else recorder.sizes.bound(result.shape)
            if not joined and not bound:
                return result
            shape = [
                self._size(n, axis) if joined or axis in bound else n for axis, n in enumerate(result.shape)
            ]
        else:
            shape = list(result.shape)
        fake = recorder.empty(shape, result.dtype, result.device)
        recorder._enter(fake, True)
        contents = None if recorder.sizes is None else recorder.sizes._contents.get(id(result))
        if contents is not None:
            recorder.sizes._contents[id(fake)] = fake, contents[1]
        return fake

    def _size(self, n: Any, axis: int) -> Any:
        return self.recorder.sizes.new(LIKELY, -1, axis) if type(n) is torch.SymInt else n

    def opened(self, op: Op, raws: Sequence[Any], attrs: dict[str, Any]) -> Any:
        """The results of an op whose values decide how many there are; `None` if it is no such op."""
        recorder = self.recorder
        if recorder.sizes is None or not any(recorder.mine(x) for x in raws):
            return None
        found = results_of(op.name, raws, attrs)
        if found is None:
            return None
        device = next(x for x in raws if recorder.mine(x)).device
        fakes = self._several(found, device)
        self.kept.append(fakes)
        return fakes[0] if op.outputs == 1 else tuple(fakes)

    def _several(self, described: Any, device: Any) -> list[Any]:
        """New raw tensors; sizes of one name are one size."""
        named: dict[str, Any] = {}
        fakes = []
        for shape, dtype in described:
            sizes = [named.get(n) if isinstance(n, str) else n for n in shape]
            fakes.append(fake := self.unknown(sizes, dtype, device))
            named.update((n, fake.shape[i]) for i, n in enumerate(shape) if isinstance(n, str))
        return fakes

    def listed(self, entry: Entry, result: Any) -> None:
        """An entry has been made."""
        results = list(result) if isinstance(result, (tuple, list)) else [result]
        noted = self._known.get(id(results[0])) if results else None
        if noted is not None and noted.entry is None and noted.op.name == getattr(entry.op, "name", None):
            noted.entry = entry
        else:
            self.steps.append(Detached(entry, results))
        self.kept.append(entry)

    def staged(self, kind: str, inputs: Sequence[Any], results: Sequence[Any], **parts: Any) -> None:
        """Branches or a loop have become one node."""
        self.steps.append(Staged(kind, inputs, results, **parts))

    def differentiated(
        self, inputs: Sequence[Any], results: Sequence[Any], rule: Any, given: Sequence[Any]
    ) -> None:
        """`results` of `inputs` have a gradient of the user's; it is traced now, while what it uses is there.

        Args:
          rule: the gradient rule of the entry. given: the results as they are for who uses them.
        """
        from tfcompat_tape.tracing.unknown import Unknown

        trace = scope.active.trace
        assert trace is not None
        inner = Inner(trace, Unknown())
        grads: list[Any] = []

        def body() -> None:
            grads.extend(rule.plain(inner.trace.arguments))

        inner._run(body, rule, [x._t for x in results])
        self.staged("Gradient", inputs, results, inner=inner, grads=grads, given=list(given))

    def checked(self, condition: Any, data: Any = ("an assertion",), summarize: int | None = None) -> None:
        """A condition has to hold, or else `data` is shown; within an op that is a part of it."""
        if self.quiet:
            return
        shown = [convert(x) for x in ([data] if isinstance(data, str) else data)]
        self.steps.append(Checked(condition, shown, 3 if summarize is None else summarize))
        self.kept += [condition, *shown]

    def printed(self, template: str, mark: str, tensors: Sequence[Any], *how: Any) -> None:
        """A text is printed; `how`: see `Printed`."""
        self.steps.append(Printed(template, mark, tensors, *how))
        self.kept += tensors
        self._said = True

    def effect(self, function: Any) -> None:
        """A Python function of its own runs at each call."""
        if not self._said and not self.quiet:
            self.steps.append(Unsaid(getattr(function, "__qualname__", type(function).__name__)))
        self._said = False

    def changed(self, function: Any) -> None:
        """A kernel outside of ops has changed a value in place: no graph says that."""
        if not self.quiet:
            self.steps.append(Unsaid(str(function)))

    def assigned(self, variable: Any, raw: Any) -> Any:
        """A Variable gets the value `raw`; what it is from now on."""
        recorder = self.recorder
        fake = recorder.empty(tuple(raw.shape), raw.dtype, raw.device)
        recorder._enter(fake, True)
        self.steps.append(Assigned(variable, raw, fake))
        self.kept.append((raw, fake))
        return fake


def _as_seen(x: Any) -> Any:
    """An argument as it is inside of the function, also where it comes from around that."""
    if isinstance(x, Variable):
        x = x._read()
    return Tensor(x._t, x._node) if isinstance(x, Tensor) else x


def _within(op: Any, *dys: Any) -> Any:
    raise UntraceableError(f"a gradient within the function of {op.type}, which only its graph has")


def _joins_sizes(result: Any, raws: Sequence[Any]) -> bool:
    """Whether an axis of the result may have the size of one input or of another: which one is not known."""
    if not symbolic(result.shape):
        return False
    given = [x for x in raws if isinstance(x, torch.Tensor) and x.dim()]
    if len(given) < 2:
        return False
    for back in range(1, result.dim() + 1):
        if type(result.shape[-back]) is not torch.SymInt:
            continue
        here = [x.shape[-back] for x in given if x.dim() >= back]
        if len({str(n) for n in here if not (type(n) is int and n == 1)}) > 1:
            return True
    return False


@functools.cache
def _described() -> dict[Any, Any]:
    """The same for Python functions, from what these are called with; `None` where it is not known."""
    from tfcompat_tape.ragged._parts import padding
    from tfcompat_tape.strings import splitting

    drop_parts()

    def cut_at(texts: Tensor, separator: Tensor, maxsplit: int) -> Any:
        return [((texts._t.shape[0] + 1,), torch.int64), ((None,), OBJECT)]

    def to_tensor(value: Any, default_value: Any, shape: Any) -> Any:
        flat = value.values
        if not isinstance(flat, Tensor) or isinstance(shape, Tensor):
            return None
        wanted = [None, None] if shape is None else list(shape)[:2]
        rows = value.row_splits._t.shape[0] - 1 if wanted[0] in (None, -1) else wanted[0]
        width = None if wanted[1] in (None, -1) else wanted[1]
        dtype = OBJECT if flat.dtype.torch is None else flat.dtype.torch
        return [((rows, width, *flat._t.shape[1:]), dtype)]

    return {splitting.cut_at.__wrapped__: cut_at, padding.to_tensor: to_tensor}  # type: ignore[attr-defined]


def _see(entry: Entry, result: Any) -> None:
    trace = scope.active.trace
    notes = None if trace is None else trace.recorder.notes
    if notes is not None and trace is not None and trace.record.id in entry.tapes:
        notes.listed(entry, result)


_lock = threading.Lock()
_takers = 0


@contextlib.contextmanager
def taken() -> Iterator[None]:
    """Within this context traces that have notes take them."""
    global _takers
    with _lock:
        _takers += 1
        if _takers == 1:
            hooks.recorded.append(_see)
    try:
        yield
    finally:
        with _lock:
            _takers -= 1
            if not _takers:
                hooks.recorded.remove(_see)
