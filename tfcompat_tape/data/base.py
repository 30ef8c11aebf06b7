"""What all datasets share: specs, cardinality, how iteration starts. `Dataset`'s methods are in `dataset.py`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import wraps
from itertools import islice
from typing import Any

from tfcompat_tape.core import reading
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.data.options import Options
from tfcompat_tape.data.structure import Element, Layout

AUTOTUNE = -1
INFINITE = -1
UNKNOWN = -2
_MOST_LOOKED_AT = 32  # elements that fail, before nothing is known


class Run:
    """One iteration over a pipeline.

    Attributes:
      peek: it only looks at the first element to see of what kind it is: no random stream moves on.
      deterministic: parallel steps keep the order.
      places: for each function of elements, how far its random streams have come.
      drawn: the seeds that steps have drawn so far, in order; with where they came from, to go on from there.
      again: those that steps shall draw first, which another iteration has drawn.
      begun: all steps are open that are opened at the start.
      drawers: the numbers of the threads that have drawn since.
    """

    __slots__ = ("_branches", "again", "begun", "deterministic", "drawers", "drawn", "peek", "places")

    def __init__(self, peek: bool = False, deterministic: bool = True) -> None:
        self.peek = peek
        self.deterministic = deterministic
        self.begun = False
        self.places: dict[Any, dict[Any, int]] = {}
        self.drawn: list[Any] = []
        self.again: deque[Any] = deque()
        self.drawers: set[int] = set()
        self._branches: dict[Any, Run] = {}

    def branch(self, *key: Any) -> Run:
        """The same iteration on one of the ways that join in a step: functions have streams of their own there."""
        found = self._branches.get(key)
        if found is None:
            found = self._branches[key] = Run(self.peek, self.deterministic)
            found.drawn, found.again, found.drawers = self.drawn, self.again, self.drawers
            found.begun = self.begun
        return found

    def begin(self) -> None:
        """All steps are open that are opened at the start."""
        self.begun = True
        for one in self._branches.values():
            one.begin()


class NotKnownError(Exception):
    """The spec of elements is not known before there is one."""


class Pipeline:
    """One step of a pipeline, on top of those that it reads from.

    A subclass gives `_spec`, `_count` and `_open`.
    """

    _kept_layout: Layout | None = None
    _in_traces = False  # it may be put together while a function is traced

    def __init__(self, *inputs: Any) -> None:
        if not self._in_traces:
            reading.at_each_call("a tf.data.Dataset")
        self._from: tuple[Any, ...] = inputs

    # -- for subclasses ------------------------------------------------------------------------------------------------

    def _spec(self) -> Any:
        """The `element_spec`, by default that of the input.

        Raises:
          NotKnownError: it is known when there is an element.
        """
        return self._from[0]._layout_now().spec

    def _count(self) -> int:
        """How many elements there are, `INFINITE` or `UNKNOWN`; by default as many as the input has."""
        count: int = self._from[0]._count()
        return count

    def _open(self, run: Run) -> Iterator[Element]:
        """The elements, taken apart."""
        raise NotImplementedError

    def _blocks(self, run: Run, size: int) -> Iterator[Element] | None:
        """The elements stacked, `size` at a time (fewer in the last); `None` if that is not done at once."""
        return None

    def _batches(self, run: Run, size: int, drop: bool) -> Iterator[Element] | None:
        """The elements in batches, as single ones are batched; `None` if that is not done at once."""
        return None

    def _gathering(self) -> Callable[[Any], Element] | None:
        """A function that gives the elements with some numbers, stacked; `None` if that is not done at once."""
        return None

    def _guess(self) -> None:
        """Find out the spec where there is no element."""
        for one in self._from:
            one._guess()

    # -- for everybody -------------------------------------------------------------------------------------------------

    def _layout_now(self) -> Layout:
        """How elements are taken apart; raises NotKnownError."""
        found = self._kept_layout
        if found is None:
            found = self._kept_layout = Layout(self._spec())
        return found

    @property
    def _layout(self) -> Layout:
        """How elements are taken apart: the first one that does not fail is looked at where nothing else tells."""
        try:
            return self._layout_now()
        except NotKnownError:
            pass
        failed: Exception | None = None
        for found in islice(Passing(self._open(Run(peek=True))), _MOST_LOOKED_AT):
            if type(found) is not Failed:
                break
            failed = failed or found.error
        self._guess()
        try:
            return self._layout_now()
        except NotKnownError:
            if failed is not None:
                raise failed from None
            raise invalid(
                f"{type(self).__name__}: the element_spec is not known. A function of the pipeline does what no trace "
                "can hold, and there is no element to see the result of."
            ) from None

    def _known(self) -> Layout | None:
        """How elements are taken apart, if that is known without looking at one."""
        try:
            return self._layout_now()
        except NotKnownError:
            return None

    def _merged_options(self) -> Options:
        """The options of all steps."""
        found = Options()
        for one in self._from:
            found = found.merge(one._merged_options())
        return found

    def _started(self, again: Sequence[Any] = ()) -> tuple[Run, Iterator[Element]]:
        """An iteration from the start; `again` are seeds that it shall draw."""
        options = self._merged_options()
        run = Run(deterministic=options.deterministic is not False)
        run.again.extend(again)
        elements = self._open(run)
        run.begin()
        return run, elements


def opening(function: Callable[..., Generator[Element, None, None]]) -> Callable[..., Iterator[Element]]:
    """An `_open` written as a generator that first yields nothing, when it has opened what it reads from.

    So far it runs when it is called: steps draw their seeds, and say what is wrong, when an iterator is made.
    """

    @wraps(function)
    def opened(self: Any, run: Run) -> Iterator[Element]:
        elements = function(self, run)
        next(elements)
        return elements

    return opened


class Failed:
    """What was raised in place of an element, on its way through the steps that come after."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error: Any = error  # until it is raised


class Passing:
    """The elements of a step, with a `Failed` in the place of each that fails: what reads it can go on."""

    __slots__ = ("_elements",)

    def __init__(self, elements: Iterator[Element]) -> None:
        self._elements = elements

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            return next(self._elements)
        except StopIteration:
            raise
        except Exception as error:
            return Failed(error)


class Lasting:
    """The elements that a generator yields. It goes on after an error that it hands over as a `Failed`."""

    __slots__ = ("_elements",)

    def __init__(self, elements: Generator[Any, None, None]) -> None:
        self._elements = elements

    def __iter__(self) -> Iterator[Element]:
        return self

    def __next__(self) -> Element:
        found = next(self._elements)
        if type(found) is Failed:
            # The traceback of the error holds who reads: nothing that is read may go on holding the error.
            error, found.error = found.error, None
            try:
                raise error
            finally:
                del error
        element: Element = found
        return element

    def close(self) -> None:
        """End the generator."""
        self._elements.close()


def lasting(function: Callable[..., Generator[Any, None, None]]) -> Callable[..., Iterator[Element]]:
    """As `opening`, for a generator that goes on after errors: it reads by way of `Passing`, and yields `Failed`s."""

    @wraps(function)
    def opened(self: Any, run: Run, *args: Any) -> Iterator[Element]:
        elements = function(self, run, *args)
        next(elements)
        return Lasting(elements)

    return opened


def counted(counts: Sequence[int]) -> int:
    """How many elements the shortest of several has."""
    if UNKNOWN in counts:
        return UNKNOWN
    finite = [count for count in counts if count != INFINITE]
    return min(finite) if finite else INFINITE
