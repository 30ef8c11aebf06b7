"""Elements chosen so that their classes come as often as a user wants: rejection_resample.

A part of the elements is taken as they come, the rest by rejection: each class with a probability of its own. The part
is as large as it can be, so that few elements are lost.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.base import UNKNOWN, Run, opening
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.function import ElementFunction
from tfcompat_tape.data.mapping import MapDataset, arguments
from tfcompat_tape.data.mixing import DirectedInterleaveDataset, drawn
from tfcompat_tape.data.randomness import Seeds, numbers, pair_of
from tfcompat_tape.data.structure import Element
from tfcompat_tape.ops import seeds
from tfcompat_tape.random.sampling import uniform

_BATCH = 32  # elements whose classes are counted together
_PRIOR = 10  # of each class, that are taken as seen before


def resampled(
    dataset: Dataset, class_of: Callable[..., Any], target: Any, initial: Any, seed: Any
) -> Dataset:
    """See `Dataset.rejection_resample`."""
    wanted = convert(target, None if hasattr(target, "_t") else dtypes.float32)
    first = None if initial is None else convert(initial, None if hasattr(initial, "_t") else dtypes.float32)

    def with_class(*element: Any) -> Any:
        return class_of(*element), element[0] if len(element) == 1 else element

    labelled = MapDataset(dataset, with_class)
    accepted = AcceptedDataset(labelled, dataset, class_of, wanted, first, seed)
    draws = Seeds(pair_of(seed), False)

    def select(run: Run) -> Iterator[int]:
        draw = numbers(draws.next(run))
        return (
            drawn(Tensor(torch.stack([part, 1 - part]).log()[None], None), next(draw), next(draw))
            for _, part in accepted.probabilities(run)
        )

    if first is not None:
        _, part = _acceptance(wanted._t, first._t)
        if part == 1:
            return labelled
        if part == 0:
            return accepted
    return DirectedInterleaveDataset([labelled, accepted], select, True)


def _acceptance(target: torch.Tensor, seen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """How likely each class is taken, and the part of the elements that is taken as it comes."""
    tiny = torch.finfo(seen.dtype).tiny
    ratio = torch.where(seen <= tiny, torch.ones_like(seen), target / torch.where(seen <= tiny, tiny, seen))
    most, least = ratio.max(), ratio.min()
    # Where all classes come as wanted, nothing is left to reject.
    spread = torch.where(most == least, torch.ones_like(most), most - least)
    return (ratio - least) / spread, least


class AcceptedDataset(Dataset):
    """Elements with their classes, each taken with the probability of its class."""

    _shown = "_MapDataset"

    def __init__(
        self, labelled: Dataset, dataset: Dataset, class_of: Any, target: Tensor, initial: Any, seed: Any
    ) -> None:
        super().__init__(labelled)
        self._target = target._t
        self._initial = None if initial is None else initial._t
        self._seed = seed
        known = dataset._known()
        self._plain = dataset
        self._class = ElementFunction(
            class_of, None if known is None else arguments(known.spec), "Dataset.rejection_resample()"
        )

    def _count(self) -> int:
        return UNKNOWN

    def probabilities(self, run: Run) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """For each element the probabilities of the classes, and the part that is taken as it comes."""
        if self._initial is not None:
            return itertools.repeat(_acceptance(self._target, self._initial))
        return self._estimated(self._class.on(self._plain, run), self._plain._open(run))

    def _estimated(
        self, class_of: Callable[[Element], Element], elements: Iterator[Element]
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        seen = torch.full([len(self._target)], _PRIOR, dtype=torch.int64)
        while True:
            number = 0
            for element in elements:
                seen[int(class_of(element)[0])] += 1
                number += 1
                if number == _BATCH:
                    break
            if not number:
                return
            found = _acceptance(self._target, (seen / seen.sum()).to(self._target.dtype))
            for _ in range(_BATCH):
                yield found

    @opening
    def _open(self, run: Run) -> Iterator[Element]:
        places = run.places.setdefault(self, {})
        labelled, probabilities = self._from[0]._open(run), self.probabilities(run)
        yield ()
        for element, (each, _) in zip(labelled, probabilities, strict=False):
            with seeds.of_iteration(places):
                chance = uniform([], seed=self._seed)._t
            if bool(chance < each[int(element[0])]):
                yield element
