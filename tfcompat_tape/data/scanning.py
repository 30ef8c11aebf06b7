"""Steps with a state that goes from element to element: scan, reduce; and unique."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.data.base import UNKNOWN, Failed, NotKnownError, Passing, Run, lasting
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.function import ElementFunction
from tfcompat_tape.data.structure import Element, Layout, flatten, mapped, normalized, spec_of
from tfcompat_tape.tape.attention import paused

_MOST_TRIES = 5  # widenings of the spec of a state


class StateFunction:
    """A function of a state and an element, which gives the next state, and perhaps a result.

    Where the next state has another shape, the spec of the state is widened until it holds all of them.
    """

    def __init__(
        self, function: Callable[..., Any], state: Any, source: Dataset, name: str, results: bool = False
    ) -> None:
        self._user = function
        self._name = name
        self._results = results
        self._source = source
        self._state = Layout(state)
        self.function: ElementFunction
        known = source._known()
        self._given = None if known is None else known.spec
        self._made()

    def _made(self) -> None:
        for _ in range(_MOST_TRIES):
            given = None if self._given is None else (self._state.spec, self._given)
            self.function = ElementFunction(self._user, given, self._name)
            layout = self.function.layout
            if layout is None:
                return
            spec = self._checked(layout.spec)
            wide = mapped(_widened, self._state.spec, spec)
            if wide == self._state.spec:
                return
            self._state = Layout(wide)

    def _checked(self, spec: Any) -> Any:
        """The spec of the next state among the results."""
        if self._results:
            if not isinstance(spec, tuple) or len(spec) != 2:
                raise TypeError(
                    "Invalid `scan_func`. `scan_func` should return a pair consisting of new state and the output "
                    f"value but its return type is {spec}."
                )
            spec = spec[0]
        mine, other = flatten(self._state.spec), flatten(spec)
        if len(mine) != len(other):
            raise invalid(
                "The number of components of the initial state and the reduce function output does not match. "
                f"(initial_state={len(mine)}, output={len(other)})."
            )
        for a, b in zip(mine, other, strict=True):
            if type(a) is not type(b):
                kind = "scan_func" if self._results else "reduce_func"
                raise TypeError(
                    f"Invalid `{kind}`. The element classes for the new state must match: {a}, {b}."
                )
            if getattr(a, "dtype", None) != getattr(b, "dtype", None):
                begun = "Invalid `scan_func`. " if self._results else ""
                got = ", got" if self._results else " but got"
                raise TypeError(
                    f"{begun}The element types for the new state must match the initial state. Expected {a.dtype!r}"
                    f"{got} {b.dtype!r}."
                )
        return spec

    @property
    def result_spec(self) -> Any:
        """The spec of the results; raises NotKnownError."""
        layout = self.function.layout
        if layout is None:
            raise NotKnownError
        return layout.spec[1]

    def next(self, state: Element, element: Element) -> tuple[Element, Element]:
        """The next state and the result."""
        if self._given is None:
            self._given = self._source._layout.spec
            self._made()
        bare = self.function.bare()
        count = len(self._state.leaves)
        if bare is not None:
            found = bare(state + element)
            return found[:count], found[count:]
        value = self._called(state, element)
        if self._results:
            if not isinstance(value, tuple) or len(value) != 2:
                self._checked(spec_of(value))
            value, result = value
        else:
            result = ()
        self._checked((spec_of(value), ()) if self._results else spec_of(value))
        return self._state.flat(value), tuple(Layout(spec_of(result)).flat(result))

    def _called(self, state: Element, element: Element) -> Any:
        value = self.function(self._state.pack(state), self._source._layout.pack(element))
        value = normalized(value)
        if self.function.layout is None:
            from tfcompat_tape.data.function import open_dims

            self.function.layout = Layout(mapped(open_dims, spec_of(value)))
        return value

    def state_of(self, state: Element) -> Any:
        """A state as a user sees it."""
        return self._state.pack(state)


def _widened(a: Any, b: Any) -> Any:
    found = a.most_specific_common_supertype([b])
    if found is None and type(a) is type(b) is TensorSpec:
        return TensorSpec(None, a.dtype)
    return a if found is None else found


class ScanDataset(Dataset):
    """The results of a function that is handed a state from element to element."""

    def __init__(self, input_dataset: Dataset, initial: Any, function: Callable[..., Any]) -> None:
        super().__init__(input_dataset)
        value = normalized(initial)
        self._initial = Layout(spec_of(value)).flat(value)
        self._step = StateFunction(function, spec_of(value), input_dataset, "Dataset.scan()", results=True)

    def _spec(self) -> Any:
        return self._step.result_spec

    def _guess(self) -> None:
        super()._guess()
        known = self._from[0]._known()
        if known is not None:
            self._step.function.given = spec_of(self._step.state_of(self._initial)), known.spec
            self._step.function.guess(known)

    @lasting
    def _open(self, run: Run) -> Iterator[Any]:
        state = self._initial
        step = self._step.next
        source = self._from[0]._open(run)
        yield ()
        for element in Passing(source):
            if type(element) is Failed:
                yield element
                continue
            try:
                state, result = step(state, element)
            except Exception as error:
                yield Failed(error)
            else:
                yield result


def reduced(dataset: Dataset, initial: Any, function: Callable[..., Any]) -> Any:
    """See `Dataset.reduce`."""
    from tfcompat_tape.core import reading

    value = normalized(initial)
    if reading.current.tracer is not None:
        from tfcompat_tape.tracing.functional_loops import reduced as staged

        return staged(function, dataset._looped(), value)
    step = StateFunction(function, spec_of(value), dataset, "Dataset.reduce()")
    state = Layout(spec_of(value)).flat(value)
    with paused():
        _, elements = dataset._started()
        for element in elements:
            state, _ = step.next(state, element)
    return step.state_of(state)


class UniqueDataset(Dataset):
    """Each element once, where it first comes."""

    def __init__(self, input_dataset: Dataset) -> None:
        super().__init__(input_dataset)
        known = input_dataset._known()
        for leaf in [] if known is None else known.leaves:
            if leaf.dtype not in (dtypes.int32, dtypes.int64, dtypes.string):
                raise TypeError(
                    f"`tf.data.Dataset.unique` does not support type {leaf.dtype!r} -- only `tf.int32`, `tf.int64`, "
                    "and `tf.string` are supported."
                )
        if known is not None and len(known.leaves) != 1:
            raise invalid("UniqueDataset only supports inputs with a single component.")

    def _count(self) -> int:
        return UNKNOWN

    @lasting
    def _open(self, run: Run) -> Iterator[Any]:
        seen: set[Any] = set()
        source = self._from[0]._open(run)
        yield ()
        for element in Passing(source):
            if type(element) is Failed:
                yield element
                continue
            raw = element[0]
            key: Any
            if isinstance(raw, np.ndarray):
                key = (raw.shape, tuple(raw.ravel().tolist()))
            else:
                key = (tuple(raw.shape), raw.numpy().tobytes())
            if key not in seen:
                seen.add(key)
                yield element
