"""Elements of several datasets in turn, as another dataset chooses: sample_from_datasets, choose_from_datasets."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.base import INFINITE, UNKNOWN, Failed, Run, lasting
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.ordering import ConcatenateDataset
from tfcompat_tape.data.randomness import Seeds, numbers, pair_of
from tfcompat_tape.data.structure import Element, mapped


class DirectedInterleaveDataset(Dataset):
    """Elements of the datasets that a selector numbers.

    Args:
      selector: a function that gives the numbers for one iteration; it may end.
    """

    def __init__(
        self,
        datasets: Sequence[Dataset],
        selector: Callable[[Run], Iterator[int]],
        stop: bool,
        *others: Dataset,
    ) -> None:
        super().__init__(*datasets, *others)
        self._several = list(datasets)
        self._selector = selector
        self._stop = stop
        if all(one._known() is not None for one in datasets):
            self._layout_now()

    def _spec(self) -> Any:
        found = self._several[0]._layout_now().spec
        for one in self._several[1:]:
            other = one._layout_now().spec
            try:
                found = mapped(_common, found, other)
            except TypeError:
                raise TypeError(f"Incompatible dataset elements:\n  {found} vs.   {other}") from None
        return found

    def _count(self) -> int:
        counts = [one._count() for one in self._several]
        return INFINITE if INFINITE in counts else UNKNOWN

    @lasting
    def _open(self, run: Run) -> Iterator[Any]:
        numbers = self._selector(run)
        opened: list[Iterator[Element] | None] = [
            one._open(run.branch(self, i)) for i, one in enumerate(self._several)
        ]
        yield ()
        left = len(opened)
        for number in numbers:
            if not 0 <= number < len(opened):
                raise invalid(f"Selector index out of range: {number} >= {len(opened)}")
            source = opened[number]
            if source is None:
                continue
            try:
                element = next(source, None)
            except Exception as error:
                yield Failed(error)
                continue
            if element is None:
                if self._stop:
                    return
                opened[number] = None
                left -= 1
                if not left:
                    return
                continue
            yield element


def _common(first: Any, second: Any) -> Any:
    found = first.most_specific_common_supertype([second])
    if found is None and type(first) is type(second) is TensorSpec and first.dtype == second.dtype:
        return TensorSpec(None, first.dtype)
    if found is None:
        raise TypeError
    return found


def sampled(datasets: Any, weights: Any, seed: Any, stop: bool, fresh: Any) -> Dataset:
    """See `Dataset.sample_from_datasets`."""
    several = _datasets(datasets)
    if isinstance(weights, Dataset):
        changing, logits = weights, None
    else:
        changing = None
        if weights is None:
            found = torch.zeros([1, len(several)])
        else:
            given = convert(weights)
            if given.dtype not in (dtypes.float32, dtypes.float64):
                raise TypeError(
                    f"Invalid `weights`. `weights` type must be either `tf.float32` or `tf.float64` but is "
                    f"{given.dtype!r}."
                )
            if list(given.shape) != [len(several)]:
                raise ValueError(
                    f"Invalid `weights`. The shape of `weights` should be compatible with `[len(datasets)]` but is "
                    f"{given.shape}."
                )
            positive = [i for i, w in enumerate(given._t.tolist()) if w > 0]
            found = given._t.log()[None]
            if len(positive) < len(several):
                several = [several[i] for i in positive]
                found = found[:, positive]
            if not several:
                raise ValueError("Invalid `weights`. `weights` must contain at least one positive weight.")
        logits = Tensor(found, None)
    if len(several) == 1:
        return several[0]
    seeds = Seeds(pair_of(seed), bool(fresh))

    def select(run: Run) -> Iterator[int]:
        draw = numbers(seeds.next(run))
        if changing is None:
            return (drawn(logits, next(draw), next(draw)) for _ in itertools.count())
        each = changing._open(run)
        return (drawn(Tensor(weights.log()[None], None), next(draw), next(draw)) for (weights,) in each)

    others = () if changing is None else (changing,)
    return DirectedInterleaveDataset(several, select, stop, *others)


def drawn(logits: Any, first: int, second: int) -> int:
    from tfcompat_tape.random.stateless import stateless_categorical

    pair = Tensor(torch.tensor([first, second], dtype=torch.int64), None)
    found: torch.Tensor = stateless_categorical(logits, 1, pair)._t
    return int(found.item())


def chosen(datasets: Any, choice: Any, stop: bool) -> Dataset:
    """See `Dataset.choose_from_datasets`."""
    several = _datasets(datasets)
    spec = choice.element_spec
    if not (type(spec) is TensorSpec and spec.dtype is dtypes.int64 and spec.shape.rank in (0, None)):
        raise TypeError(
            "Invalid `choice_dataset`. Elements of `choice_dataset` must be scalar `tf.int64` tensors but are "
            f"{spec}."
        )

    def select(run: Run) -> Iterator[int]:
        return (int(number) for (number,) in choice._open(run))

    return DirectedInterleaveDataset(several, select, stop, choice)


def _datasets(datasets: Any) -> list[Dataset]:
    several = list(datasets)
    if not several:
        raise ValueError("Invalid `datasets`. `datasets` should not be empty.")
    return several


__all__ = ["ConcatenateDataset", "DirectedInterleaveDataset", "chosen", "sampled"]
