"""Steps that choose elements and hand them on as they are: take, skip, repeat, shard, zip, concatenate, enumerate."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.data.base import INFINITE, UNKNOWN, Failed, NotKnownError, Passing, Run, counted, lasting
from tfcompat_tape.data.blocks import recut
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.options import Options
from tfcompat_tape.data.structure import Element, flatten, mapped


def integer(value: Any, name: str) -> int:
    """A count that a user gives: a Python integer or a scalar tensor."""
    found = convert(value, dtypes.int64) if not hasattr(value, "_t") else convert(value)
    if found.dtype not in (dtypes.int64, dtypes.int32):
        raise ValueError(f"{name} must be an integer, got {value!r}.")
    return int(found)


class TakeDataset(Dataset):
    """The first elements; all of them where the count is negative."""

    _in_traces = True

    def __init__(self, input_dataset: Dataset, count: Any) -> None:
        super().__init__(input_dataset)
        self._most = integer(count, "count")

    def _count(self) -> int:
        count, most = self._from[0]._count(), self._most
        if most < 0 or count == UNKNOWN:
            return UNKNOWN if count == UNKNOWN and most != 0 else count
        return most if count == INFINITE else min(count, most)

    def _open(self, run: Run) -> Iterator[Element]:
        if self._most < 0:
            return self._from[0]._open(run)
        if self._most == 0:
            return iter(())
        return _Taken(self._from[0]._open(run), self._most)

    def _blocks(self, run: Run, size: int) -> Iterator[Element] | None:
        blocks = self._from[0]._blocks(run, size)
        return None if blocks is None else _first(blocks, self._most)


class _Taken:
    """The first elements; what fails is none of them."""

    def __init__(self, elements: Iterator[Element], most: int) -> None:
        self._elements = elements
        self._left = most

    def __iter__(self) -> Iterator[Element]:
        return self

    def __next__(self) -> Element:
        if self._left <= 0:
            raise StopIteration
        element = next(self._elements)
        self._left -= 1
        return element


class _Skipped:
    """All but the first elements: so many that come in a row, before an error is met."""

    def __init__(self, elements: Iterator[Element], count: int) -> None:
        self._elements = elements
        self._count = count

    def __iter__(self) -> Iterator[Element]:
        return self

    def __next__(self) -> Element:
        if self._count:
            for _ in range(self._count):
                next(self._elements)
            self._count = 0
        return next(self._elements)


class _Sharded:
    """Every n-th element. Those before it are passed over in a row; an error among them does not count."""

    def __init__(self, elements: Iterator[Element], shards: int, index: int) -> None:
        self._elements = elements
        self._shards = shards
        self._index = index
        self._number = 0

    def __iter__(self) -> Iterator[Element]:
        return self

    def __next__(self) -> Element:
        passed = (self._index - self._number) % self._shards
        for _ in range(passed):
            next(self._elements)
        self._number += passed
        element = next(self._elements)
        self._number += 1
        return element


class _Zipped:
    """Elements side by side, until one of the datasets ends. If one fails, the others have been read, too."""

    def __init__(self, several: list[Iterator[Element]]) -> None:
        self._several = several

    def __iter__(self) -> Iterator[Element]:
        return self

    def __next__(self) -> Element:
        found: list[Any] = []
        failed: Exception | None = None
        for elements in self._several:
            try:
                found += next(elements)
            except StopIteration:
                raise
            except Exception as error:
                failed = failed or error
        if failed is not None:
            try:
                raise failed
            finally:
                failed = None  # its traceback holds this frame
        return tuple(found)


def _first(blocks: Iterator[Element], most: int) -> Iterator[Element]:
    if most < 0:
        yield from blocks
    left = most
    while left > 0:
        block = next(blocks, None)
        if block is None:
            return
        if len(block[0]) > left:
            block = tuple([leaf[:left] for leaf in block])
        left -= len(block[0])
        yield block


class SkipDataset(Dataset):
    """All but the first elements; none where the count is negative."""

    _in_traces = True

    def __init__(self, input_dataset: Dataset, count: Any) -> None:
        super().__init__(input_dataset)
        self._skipped = integer(count, "count")

    def _count(self) -> int:
        count = self._from[0]._count()
        if self._skipped < 0:
            return 0
        return count if count in (INFINITE, UNKNOWN) else max(0, count - self._skipped)

    def _open(self, run: Run) -> Iterator[Element]:
        if self._skipped < 0:
            return iter(())
        return _Skipped(self._from[0]._open(run), self._skipped)


class RepeatDataset(Dataset):
    """The elements again and again: without an end where the count is negative or None."""

    _in_traces = True

    def __init__(self, input_dataset: Dataset, count: Any) -> None:
        super().__init__(input_dataset)
        self._times = -1 if count is None else integer(count, "count")

    def _count(self) -> int:
        count = self._from[0]._count()
        if self._times < 0:
            return INFINITE if count != 0 else 0
        if self._times == 0:
            return 0
        return count if count in (INFINITE, UNKNOWN) else count * self._times

    @lasting
    def _open(self, run: Run) -> Iterator[Element]:
        source = self._from[0]._open(run) if self._times else iter(())
        yield ()
        times = range(self._times) if self._times >= 0 else itertools.count()
        for time in times:
            empty = True
            for element in Passing(self._from[0]._open(run) if time else source):
                empty = False
                yield element
            if empty and self._times < 0:
                return  # no element would ever come
        if self._opens_once_more():
            self._from[0]._open(run)

    def _opens_once_more(self) -> bool:
        """Whether the input is opened after the last time, too, as TensorFlow does: steps draw seeds then.

        It does not where its graph has no step for this: it leaves out repeat(1), and takes repeat of shuffle as one.
        """
        from tfcompat_tape.data.shuffling import ShuffleDataset

        return self._times > 1 and not isinstance(self._from[0], ShuffleDataset)

    def _blocks(self, run: Run, size: int) -> Iterator[Element] | None:
        source = self._from[0]
        if source._count() in (0, UNKNOWN) or source._blocks(Run(peek=True), size) is None:
            return None
        if not all(type(leaf) is TensorSpec and leaf.dtype.torch for leaf in source._layout_now().leaves):
            return None
        if not self._times:
            return iter(())
        first = source._blocks(run, size)
        return recut(itertools.chain(first, itertools.chain.from_iterable(self._later(run, size))), size)

    def _later(self, run: Run, size: int) -> Iterator[Iterator[Element]]:
        """The blocks of the second time, the third, and so on."""
        source = self._from[0]
        for _ in range(self._times - 1) if self._times > 0 else itertools.count():
            yield source._blocks(run, size)
        if self._opens_once_more():
            source._blocks(run, size)


class ShardDataset(Dataset):
    """Every n-th element."""

    _in_traces = True

    def __init__(self, input_dataset: Dataset, num_shards: Any, index: Any) -> None:
        super().__init__(input_dataset)
        self._shards, self._index = integer(num_shards, "num_shards"), integer(index, "index")
        if self._shards < 1:
            raise invalid(
                f"Number of shards must be greater than zero (currently num_shards = {self._shards})."
            )
        if not 0 <= self._index < self._shards:
            raise invalid(
                f"Index must be between 0 and {self._shards - 1} (currently index = {self._index})."
            )

    def _count(self) -> int:
        count = self._from[0]._count()
        if count in (INFINITE, UNKNOWN):
            return count
        return len(range(self._index, count, self._shards))

    def _open(self, run: Run) -> Iterator[Element]:
        return _Sharded(self._from[0]._open(run), self._shards, self._index)


class ConcatenateDataset(Dataset):
    """The elements of one dataset, then those of another."""

    _in_traces = True

    def __init__(self, first: Dataset, second: Dataset) -> None:
        super().__init__(first, second)
        if first._known() is not None and second._known() is not None:
            self._layout_now()

    def _spec(self) -> Any:
        first, second = [one._layout_now().spec for one in self._from]
        try:
            return mapped(_common, first, second)
        except TypeError:
            raise TypeError(f"Incompatible dataset elements:\n  {first} vs.   {second}") from None

    def _count(self) -> int:
        first, second = [one._count() for one in self._from]
        if INFINITE in (first, second):
            return INFINITE
        return UNKNOWN if UNKNOWN in (first, second) else first + second

    def _open(self, run: Run) -> Iterator[Element]:
        first, second = self._from
        rest = (second._open(run.branch(self, 1)) for _ in range(1))  # opened when the first one has ended
        return itertools.chain(first._open(run.branch(self, 0)), itertools.chain.from_iterable(rest))


def _common(first: Any, second: Any) -> Any:
    found = first.most_specific_common_supertype([second])
    if found is None and type(first) is type(second) is TensorSpec and first.dtype == second.dtype:
        return TensorSpec(None, first.dtype)
    if found is None:
        raise TypeError
    return found


class ZipDataset(Dataset):
    """Elements of several datasets side by side, until one ends."""

    _in_traces = True

    def __init__(self, datasets: Any) -> None:
        found = flatten(datasets)
        for one in found:
            if not isinstance(one, Dataset):
                listed = isinstance(one, list)
                raise TypeError(
                    "Invalid input to `zip`. Inputs are expected to be (nested) structures of `tf.data.Dataset` "
                    "objects. "
                    + (
                        "Python `list` is not supported and you should use `tuple` instead."
                        if listed
                        else f"Encountered object of type {type(one)}."
                    )
                )
        super().__init__(*found)
        self._structure = datasets

    def _spec(self) -> Any:
        return mapped(lambda one: one._layout_now().spec, self._structure)

    def _count(self) -> int:
        return counted([one._count() for one in self._from])

    def _open(self, run: Run) -> Iterator[Element]:
        several = [one._open(run.branch(self, i)) for i, one in enumerate(self._from)]
        return several[0] if len(several) == 1 else _Zipped(several)

    def _blocks(self, run: Run, size: int) -> Iterator[Element] | None:
        several = [one._blocks(run, size) for one in self._from]
        if None in several:
            return None
        return _cut(several)


def _cut(several: list[Any]) -> Iterator[Element]:
    """Blocks side by side, all as long as the shortest."""
    for parts in zip(*several, strict=False):
        sizes = [len(part[0]) for part in parts]
        least = min(sizes)
        if max(sizes) != least:
            parts = tuple([tuple([leaf[:least] for leaf in part]) for part in parts])
        yield tuple(itertools.chain.from_iterable(parts))
        if max(sizes) != least:
            return


class OptionsDataset(Dataset):
    """The same elements, with options."""

    _in_traces = True

    def __init__(self, input_dataset: Dataset, options: Any) -> None:
        super().__init__(input_dataset)
        if not isinstance(options, Options):
            raise AttributeError(f"with_options: {options!r} is no tf.data.Options.")
        self._said = options

    def _open(self, run: Run) -> Iterator[Element]:
        opened: Iterator[Element] = self._from[0]._open(run)
        return opened

    def _blocks(self, run: Run, size: int) -> Iterator[Element] | None:
        found: Iterator[Element] | None = self._from[0]._blocks(run, size)
        return found

    def _merged_options(self) -> Options:
        return super()._merged_options().merge(self._said)


class AssertCardinalityDataset(Dataset):
    """The same elements, of which there are as many as the user says."""

    def __init__(self, input_dataset: Dataset, count: Any) -> None:
        super().__init__(input_dataset)
        self._said_count = integer(count, "expected_cardinality")

    def _count(self) -> int:
        return self._said_count

    @lasting
    def _open(self, run: Run) -> Iterator[Any]:
        wanted = self._said_count
        number = 0
        source = self._from[0]._open(run)
        yield ()
        for element in Passing(source):
            if type(element) is Failed:
                yield element
                continue
            number += 1
            if number > wanted >= 0:
                raise _failed(
                    f"Input dataset was expected to contain {_elements(wanted)} but contained at least"
                )
            yield element
        if wanted == INFINITE:
            raise _failed(
                "Input dataset was expected to contain an infinite number of elements but contained only"
            )
        if 0 <= number < wanted:
            raise _failed(
                f"Input dataset was expected to contain {_elements(wanted)} but contained only {_elements(number)}."
            )


def _failed(message: str) -> Exception:
    from tfcompat_tape.core.errors import failed_precondition

    return failed_precondition(message)


def _elements(count: int) -> str:
    return f"{count} element{'' if count == 1 else 's'}"


class CountedDataset(Dataset):
    """Elements with their numbers before them."""

    _in_traces = True

    _shown = "_ZipDataset"

    def __init__(self, input_dataset: Dataset, start: Any) -> None:
        super().__init__(input_dataset)
        self._start = integer(start, "start")

    def _spec(self) -> Any:
        return TensorSpec([], dtypes.int64), self._from[0]._layout_now().spec

    @lasting
    def _open(self, run: Run) -> Iterator[Any]:
        number = self._start
        source = self._from[0]._open(run)
        yield ()
        for element in Passing(source):
            yield element if type(element) is Failed else (torch.tensor(number), *element)
            number += 1

    def _blocks(self, run: Run, size: int) -> Iterator[Element] | None:
        blocks = self._from[0]._blocks(run, size)
        return None if blocks is None else _counted(blocks, self._start)


def _counted(blocks: Iterator[Element], number: int) -> Iterator[Element]:
    for block in blocks:
        count = len(block[0])
        yield (torch.arange(number, number + count), *block)
        number += count


__all__ = [
    "AssertCardinalityDataset",
    "ConcatenateDataset",
    "CountedDataset",
    "NotKnownError",
    "OptionsDataset",
    "RepeatDataset",
    "ShardDataset",
    "SkipDataset",
    "TakeDataset",
    "ZipDataset",
]
