"""Steps that call a user's function for each element: map, filter, flat_map, take_while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.data.base import UNKNOWN, Failed, NotKnownError, Passing, Run, lasting
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.function import ElementFunction
from tfcompat_tape.data.parallel import in_order, workers_for
from tfcompat_tape.data.structure import Element, flatten


def arguments(spec: Any) -> tuple[Any, ...]:
    """The specs of the arguments that a function of elements gets: a tuple is several."""
    return spec if type(spec) is tuple else (spec,)


class FunctionDataset(Dataset):
    """The base of steps with a function of elements."""

    _NAME = ""

    def __init__(self, input_dataset: Dataset, function: Callable[..., Any]) -> None:
        super().__init__(input_dataset)
        known = input_dataset._known()
        given = None if known is None else arguments(known.spec)
        self._function = ElementFunction(function, given, self._NAME)
        if reading.current.tracer is not None and self._function.bare() is None:
            reading.at_each_call(f"a function of {self._NAME}")

    def _guess(self) -> None:
        super()._guess()
        self._function.guess(self._from[0]._known())

    def _caller(self, run: Run) -> Callable[[Element], Element]:
        """The function of flat elements."""
        return self._function.on(self._from[0], run)


class MapDataset(FunctionDataset):
    """The results of a function of each element."""

    _in_traces = True

    _NAME = "Dataset.map()"

    def __init__(
        self,
        input_dataset: Dataset,
        function: Callable[..., Any],
        calls: Any = None,
        deterministic: Any = None,
    ) -> None:
        super().__init__(input_dataset, function)
        self._workers = workers_for(calls)
        self._ordered = deterministic

    def _spec(self) -> Any:
        layout = self._function.layout
        if layout is None:
            raise NotKnownError
        return layout.spec

    def _open(self, run: Run) -> Iterator[Element]:
        if not run.peek:
            chunks = self._function.by_chunks(self._from[0], run)
            if chunks is not None:
                return chunks
        call, source = self._caller(run), self._from[0]._open(run)
        if self._workers > 1 and not run.peek:
            ordered = run.deterministic if self._ordered is None else bool(self._ordered)
            return in_order(call, source, self._workers, ordered, self._function.light)
        return map(call, source)

    def _blocks(self, run: Run, size: int) -> Iterator[Element] | None:
        function = self._function.of_blocks()
        blocks = None if function is None else self._from[0]._blocks(run, size)
        return None if function is None or blocks is None else map(function, blocks)


class ParallelMapDataset(MapDataset):
    """The same, with several calls at a time."""


class FilterDataset(FunctionDataset):
    """The elements for which a function says True."""

    _in_traces = True

    _NAME = "Dataset.filter()"

    def __init__(self, input_dataset: Dataset, function: Callable[..., Any]) -> None:
        super().__init__(input_dataset, function)
        if self._function.layout is not None:
            check_predicate(self._function.layout.spec)

    def _count(self) -> int:
        return UNKNOWN

    def _test(self, run: Run) -> Callable[[Element], bool]:
        call = self._caller(run)

        def test(element: Element) -> bool:
            found = call(element)
            layout = self._function.layout
            if layout is not None and layout.leaves[0].dtype is not dtypes.bool_:
                check_predicate(layout.spec)
            return bool(found[0])

        return test

    def _open(self, run: Run) -> Iterator[Element]:
        return filter(self._test(run), self._from[0]._open(run))


class TakeWhileDataset(FilterDataset):
    """The elements before the first for which a function says False."""

    _NAME = "Dataset.take_while()"

    @lasting
    def _open(self, run: Run) -> Iterator[Any]:
        test, source = self._test(run), self._from[0]._open(run)
        yield ()
        for element in Passing(source):
            try:
                if type(element) is not Failed and not test(element):
                    return
            except Exception as error:
                yield Failed(error)
                continue
            yield element


def check_predicate(spec: Any) -> None:
    """ValueError unless a function that chooses elements gives a bool."""
    if not (type(spec) is TensorSpec and spec.dtype is dtypes.bool_ and spec.shape.rank in (None, 0)):
        raise ValueError(
            "Invalid `predicate`. `predicate` must return a `tf.bool` scalar tensor, but its return type is "
            f"{spec}."
        )


class FlatMapDataset(FunctionDataset):
    """The elements of the datasets that a function makes of each element."""

    _NAME = "Dataset.flat_map()"

    def __init__(self, input_dataset: Dataset, function: Callable[..., Any]) -> None:
        super().__init__(input_dataset, function)
        if self._function.layout is None:
            self._function.look(input_dataset._known())
        layout = self._function.layout
        if layout is not None:
            check_dataset(layout.spec)

    def _spec(self) -> Any:
        layout = self._function.layout
        if layout is None:
            raise NotKnownError
        return check_dataset(layout.spec)

    def _count(self) -> int:
        return UNKNOWN

    def _datasets(self, run: Run) -> Iterator[Dataset]:
        return map(self._dataset_of(self._caller(run)), self._from[0]._open(run))

    def _dataset_of(self, call: Callable[[Element], Element]) -> Callable[[Element], Dataset]:
        def dataset_of(element: Element) -> Dataset:
            found: Any = call(element)[0]
            layout = self._function.layout
            if not isinstance(found, Dataset) and layout is not None:
                check_dataset(layout.spec)
            return found

        return dataset_of

    def _open(self, run: Run) -> Iterator[Element]:
        return _Flat(self._datasets(run), run)


class _Flat:
    """The elements of datasets, one dataset after another."""

    def __init__(self, datasets: Iterator[Dataset], run: Run) -> None:
        self._datasets = datasets
        self._run = run
        self._elements: Iterator[Element] = iter(())

    def __iter__(self) -> Iterator[Element]:
        return self

    def __next__(self) -> Element:
        while True:
            for element in self._elements:
                return element
            self._elements = next(self._datasets)._open(self._run)


def check_dataset(spec: Any) -> Any:
    """The spec of the elements of the dataset that a function gives; TypeError if it gives none."""
    from tfcompat_tape.data.specs import DatasetSpec

    if not isinstance(spec, DatasetSpec):
        raise TypeError(f"The `map_func` argument must return a `Dataset` object. Got {_shown(spec)!r}.")
    return spec._element_spec


def _shown(spec: Any) -> Any:
    return spec if len(flatten(spec)) != 1 else flatten(spec)[0]
