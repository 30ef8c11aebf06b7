"""Where elements come from: tensors, slices of them, ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.base import INFINITE, Run
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.slicing import leading, slices, unbatched
from tfcompat_tape.data.structure import Element, Layout, flatten, mapped, normalized, spec_of

CHUNK = 1024  # how many slices are made at once
_FEW = 1 << 20  # elements that one thread copies


class TensorDataset(Dataset):
    """One element."""

    _in_traces = True

    def __init__(self, tensors: Any) -> None:
        super().__init__()
        value = normalized(tensors)
        self._kept_layout = Layout(spec_of(value))
        self._element = self._kept_layout.flat(value)

    def _count(self) -> int:
        return 1

    def _open(self, run: Run) -> Iterator[Element]:
        yield self._element


def slice_spec(value: Any) -> Any:
    """The spec of slices of a normalized structure."""
    return mapped(unbatched, spec_of(value))


class TensorSliceDataset(Dataset):
    """The slices of tensors along their first axis."""

    _in_traces = True

    def __init__(self, tensors: Any) -> None:
        super().__init__()
        value = normalized(tensors)
        leaves = flatten(value)
        if not leaves:
            raise ValueError(f"from_tensor_slices: there is no tensor in {tensors!r}.")
        sizes = [leading(leaf) for leaf in leaves if leaf is not None]
        for size in sizes:
            if size != sizes[0]:
                raise ValueError(f"Dimensions {sizes[0]} and {size} are not compatible")
        self._kept_layout = Layout(slice_spec(value))
        self._whole = self._kept_layout.flat(value)
        self._size = sizes[0]

    def _count(self) -> int:
        return self._size

    def _open(self, run: Run) -> Iterator[Element]:
        for start in range(0, self._size, CHUNK):
            end = min(start + CHUNK, self._size)
            yield from zip(*[slices(leaf, start, end) for leaf in self._whole], strict=True)

    def _blocks(self, run: Run, size: int) -> Iterator[Element] | None:
        if not all(isinstance(leaf, (torch.Tensor, np.ndarray)) for leaf in self._whole):
            return None
        return (
            tuple([leaf[start : start + size] for leaf in self._whole])
            for start in range(0, self._size, size)
        )

    def _gathering(self) -> Callable[[Any], Element] | None:
        if not all(isinstance(leaf, (torch.Tensor, np.ndarray)) for leaf in self._whole):
            return None

        def gather(numbers: Any) -> Element:
            places = torch.tensor(numbers)
            array = places.numpy()
            return tuple([_rows(leaf, places, array) for leaf in self._whole])

        return gather


def _rows(leaf: Any, places: torch.Tensor, array: np.ndarray[Any, Any]) -> Any:
    if isinstance(leaf, np.ndarray):
        return leaf[array]
    if leaf.dtype is torch.bfloat16 or leaf[0].numel() * len(array) > _FEW:
        return leaf.index_select(0, places)
    return torch.from_numpy(leaf.numpy().take(array, 0))  # which starts no threads for it


class RangeDataset(Dataset):
    """Numbers with equal steps between them."""

    _in_traces = True

    def __init__(self, *args: Any, output_type: Any = dtypes.int64, name: Any = None) -> None:
        super().__init__()
        if not 1 <= len(args) <= 3:
            raise ValueError(
                f"Invalid `args`. The length of `args` should be between 1 and 3 but was {len(args)}."
            )
        values = [int(convert(x, dtypes.int64)) if not isinstance(x, Tensor) else int(x) for x in args]
        start, stop, step = (0, values[0], 1) if len(values) == 1 else (*values, 1)[:3]
        if step == 0:
            raise invalid("RangeDataset: step must be a non-zero integer.")
        self._range = range(start, stop, step)
        self._type = dtypes.as_dtype(output_type)
        if self._type.torch is None:
            raise TypeError(f"Dataset.range: output_type {self._type!r} is no dtype of numbers.")

    def _spec(self) -> Any:
        return TensorSpec([], self._type)

    def _count(self) -> int:
        return len(self._range)

    def _open(self, run: Run) -> Iterator[Element]:
        for (block,) in self._blocks(run, CHUNK):
            yield from zip(block.unbind(0), strict=True)

    def _blocks(self, run: Run, size: int) -> Iterator[Element]:
        whole = self._range
        for start in range(0, len(whole), size):
            part = whole[start : start + size]
            numbers = torch.arange(
                part.start, part.start + part.step * len(part), part.step, dtype=torch.int64
            )
            yield (numbers if self._type.torch is torch.int64 else numbers.to(self._type.torch),)

    def _gathering(self) -> Callable[[Any], Element] | None:
        start, step, dtype = self._range.start, self._range.step, self._type.torch
        return lambda numbers: ((start + step * torch.tensor(numbers, dtype=torch.int64)).to(dtype),)


class CounterDataset(Dataset):
    """Numbers without an end."""

    _shown = "_RangeDataset"

    def __init__(self, start: Any, step: Any, dtype: Any) -> None:
        super().__init__()
        self._start, self._step = start, step
        self._type = dtypes.as_dtype(dtype)

    def _spec(self) -> Any:
        return TensorSpec([], self._type)

    def _count(self) -> int:
        return INFINITE

    def _open(self, run: Run) -> Iterator[Element]:
        start, step = convert(self._start, self._type)._t, convert(self._step, self._type)._t
        while True:
            yield (start,)
            start = start + step


class Placeholder(Dataset):
    """A dataset of which nothing but the spec is known: it stands for those that a function will be given."""

    def __init__(self, spec: Any) -> None:
        super().__init__()
        self._kept_layout = Layout(spec)

    def _count(self) -> int:
        return -2

    def _open(self, run: Run) -> Iterator[Element]:
        raise invalid("A dataset is read while the function that gets it is looked at for the first time.")
        yield ()


def of_list(elements: Any) -> Dataset:
    """See `tf.data.experimental.from_list`."""
    if not isinstance(elements, list):
        raise ValueError("`elements` must be a list.")
    if not elements:
        raise ValueError("Empty `elements` list.")
    return ListDataset(elements)


class ListDataset(Dataset):
    """The elements of a list."""

    def __init__(self, elements: list[Any]) -> None:
        super().__init__()
        values = [normalized(element) for element in elements]
        spec = spec_of(values[0])
        for value in values[1:]:
            spec = mapped(lambda a, b: a.most_specific_compatible_type(b), spec, spec_of(value))
        self._kept_layout = Layout(spec)
        self._elements = [self._kept_layout.flat(value) for value in values]

    def _count(self) -> int:
        return len(self._elements)

    def _open(self, run: Run) -> Iterator[Element]:
        return iter(self._elements)
