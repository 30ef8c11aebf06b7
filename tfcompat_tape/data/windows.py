"""Windows: parts of a dataset as datasets; group_by_window."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.base import INFINITE, UNKNOWN, Failed, NotKnownError, Passing, Run, lasting
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.function import ElementFunction
from tfcompat_tape.data.mapping import arguments, check_dataset
from tfcompat_tape.data.ordering import integer
from tfcompat_tape.data.specs import DatasetSpec
from tfcompat_tape.data.structure import Element, Layout, mapped


class WindowOfElements(Dataset):
    """Elements that are there."""

    _shown = "_VariantDataset"

    def __init__(self, layout: Layout, elements: list[Element]) -> None:
        super().__init__()
        self._kept_layout = layout
        self._elements = elements

    def _count(self) -> int:
        return len(self._elements)

    def _open(self, run: Run) -> Iterator[Element]:
        return iter(self._elements)


class WindowDataset(Dataset):
    """Datasets of so many elements each, one for every leaf."""

    def __init__(self, input_dataset: Dataset, size: Any, shift: Any, stride: Any, drop: Any) -> None:
        super().__init__(input_dataset)
        self._size = integer(size, "size")
        self._shift = self._size if shift is None else integer(shift, "shift")
        self._stride = integer(stride, "stride")
        self._drop = bool(drop)
        for name, value in (("size", self._size), ("shift", self._shift), ("stride", self._stride)):
            if value < 1:
                raise invalid(f"Window {name} must be greater than zero.")

    def _spec(self) -> Any:
        return mapped(DatasetSpec, self._from[0]._layout_now().spec)

    def _count(self) -> int:
        count = self._from[0]._count()
        if count in (INFINITE, UNKNOWN):
            return count
        span = (self._size - 1) * self._stride + 1
        if self._drop:
            return max(0, -(-(count - span + 1) // self._shift))
        return -(-count // self._shift)

    @lasting
    def _open(self, run: Run) -> Iterator[Any]:
        source = Passing(self._from[0]._open(run))
        yield ()
        span = (self._size - 1) * self._stride + 1
        held: deque[Any] = deque()
        layouts: list[Layout] | None = None
        ended = False
        while True:
            if not ended and len(held) < span:
                held.extend(itertools.islice(source, span - len(held)))
                ended = len(held) < span
            if not held or (ended and self._drop):
                return
            part = list(itertools.islice(held, 0, span, self._stride))
            failed = next((one for one in part if type(one) is Failed), None)
            if layouts is None and failed is None:
                layouts = [Layout(leaf) for leaf in self._from[0]._layout.leaves]
            # Several windows may have it, and each is raised by itself.
            yield (
                Failed(failed.error)
                if failed
                else tuple(
                    [
                        WindowOfElements(layout, list(zip(column, strict=True)))
                        for layout, column in zip(layouts or (), zip(*part, strict=True), strict=True)
                    ]
                )
            )
            for _ in range(min(self._shift, len(held))):
                held.popleft()
            beyond = self._shift - span
            if beyond > 0 and not ended:
                left = sum(1 for _ in itertools.islice(source, beyond))
                ended = left < beyond


class GroupByWindowDataset(Dataset):
    """Elements gathered by a key; each full window becomes a dataset, whose elements come out."""

    def __init__(self, input_dataset: Dataset, key: Any, reduce: Any, size: Any, size_function: Any) -> None:
        super().__init__(input_dataset)
        if (size is None) == (size_function is None):
            both = "Either" if size is None else "Only one of"
            must = " must be specified" if size is None else " can be specified"
            raise ValueError(f"{both} the `window_size` argument or the `window_size_func` argument{must}.")
        known = input_dataset._known()
        given = None if known is None else arguments(known.spec)
        self._key = ElementFunction(key, given, "Dataset.group_by_window()")
        if self._key.layout is not None:
            spec = self._key.layout.spec
            if type(spec) is not TensorSpec or spec.dtype not in (dtypes.int64, dtypes.int32):
                dtype = getattr(spec, "dtype", None)
                raise ValueError(
                    f"Tensor conversion requested dtype int64 for Tensor with dtype {getattr(dtype, 'name', spec)}: "
                    "`key_func` must return a single `tf.int64` tensor."
                )
        self._sizes: Callable[[Tensor], int]
        if size_function is None:
            fixed = _positive(integer(size, "window_size"))
            self._sizes = lambda key: fixed
        else:
            self._sizes = lambda key: _positive(int(convert(size_function(key))))
        number = TensorSpec([], dtypes.int64)
        self._reduce = ElementFunction(
            reduce,
            None if known is None else (number, DatasetSpec(known.spec)),
            "Dataset.group_by_window()",
        )
        self._reduce.look(known)
        if self._reduce.layout is not None:
            check_dataset(self._reduce.layout.spec)

    def _spec(self) -> Any:
        if self._reduce.layout is None:
            raise NotKnownError
        return check_dataset(self._reduce.layout.spec)

    def _count(self) -> int:
        return UNKNOWN

    def _guess(self) -> None:
        super()._guess()
        known = self._from[0]._known()
        if known is not None:
            self._reduce.given = TensorSpec([], dtypes.int64), DatasetSpec(known.spec)
            self._reduce.guess(known)

    @lasting
    def _open(self, run: Run) -> Iterator[Any]:
        source = self._from[0]
        key_of, elements = self._key.on(source, run), source._open(run)
        yield ()
        groups: dict[int, list[Element]] = {}
        sizes: dict[int, int] = {}
        for element in Passing(elements):
            if type(element) is Failed:
                yield element
                continue
            try:
                key = int(key_of(element)[0])
            except Exception as error:
                yield Failed(error)
                continue
            group = groups.get(key)
            if group is None:
                group = groups[key] = []
                sizes[key] = self._sizes(convert(key, dtypes.int64))
            group.append(element)
            if len(group) == sizes[key]:
                del groups[key]
                yield from Passing(self._reduced(key, group, source, run))
        for key in sorted(groups):
            yield from Passing(self._reduced(key, groups[key], source, run))

    def _reduced(self, key: int, group: list[Element], source: Dataset, run: Run) -> Iterator[Element]:
        window = WindowOfElements(source._layout, group)
        found = self._reduce.flat(convert(key, dtypes.int64), window)[0]
        if not isinstance(found, Dataset):
            assert self._reduce.layout is not None
            check_dataset(self._reduce.layout.spec)
        opened: Iterator[Element] = found._open(run)
        return opened


def _positive(size: int) -> int:
    if size < 1:
        raise invalid(f"Window size must be greater than zero, but got {size}.")
    return size
