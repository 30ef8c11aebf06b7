"""Steps of a trace under `torch.func.vmap`: a function of raw tensors runs for many of them at once, at each call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.core.reading import ManyValuesError, UntraceableError
from tfcompat_tape.tracing.nodes import Staged

Raw = torch.Tensor
_functorch = torch._C._functorch


class Batched(Staged):
    """`function` for each row of the arguments that have a batch axis, the first one: its results have one, too.

    Args:
      like: `(shape, dtype, device)` of its results for one row; `None` where it is not known: then it is Python code,
        which gets one row after the other.
    """

    __slots__ = ("_dims", "_function", "_like")

    def __init__(self, function: Any, dims: tuple[int | None, ...], like: Sequence[Any] | None) -> None:
        self._function = function
        self._dims = dims
        self._like = like

    def __call__(self, *args: Any) -> list[Any]:
        missing: list[bool] = []

        def there(*args: Any) -> tuple[Any, ...]:
            found = self._function(*args)
            missing[:] = [x is None for x in found]
            return tuple([x for x in found if x is not None])

        with torch.utils._python_dispatch._disable_current_modes():
            try:
                if self._like is None:
                    raise ManyValuesError
                results = iter(torch.vmap(there, self._dims)(*args))
            except ManyValuesError:  # it looks at values, so it gets them row by row
                if not self._size(args) and self._like is not None:
                    return [torch.empty((0, *shape), dtype=kind, device=at) for shape, kind, at in self._like]
                results = iter(self._by_rows(there, args))
            found = [None if none else next(results) for none in missing]
            return [x.contiguous() if isinstance(x, torch.Tensor) else x for x in found]

    def _size(self, args: Sequence[Any]) -> int:
        """How many rows there are."""
        return next(int(x.shape[0]) for x, dim in zip(args, self._dims, strict=True) if dim is not None)

    def _by_rows(self, function: Any, args: Sequence[Any]) -> list[Any]:
        rows = [
            function(*[x if dim is None else x[i] for x, dim in zip(args, self._dims, strict=True)])
            for i in range(self._size(args))
        ]
        return [torch.stack(column) for column in zip(*rows, strict=True)]

    def wanting(self, wanted: Sequence[bool]) -> Batched:
        """The same without what is not wanted."""
        inner = self._function
        return Batched(inner.wanting(wanted), self._dims, self._like) if isinstance(inner, Staged) else self


def level_of(args: Sequence[Any]) -> int:
    """The innermost level of `vmap` that one of the arguments has a batch axis for; -1 without any."""
    found = -1
    for x in args:
        if isinstance(x, torch.Tensor) and _functorch.is_batchedtensor(x):
            found = max(found, _functorch.maybe_get_level(x))
    return found


def noted(
    note: Callable[..., Any], level: int, function: Any, args: Sequence[Any], results: Sequence[Any] | None
) -> list[Raw]:
    """The results of a step, some of whose arguments are batched at this level.

    Args:
      note: notes `function` with `args` and `(shape, dtype, device)` of its results, all for a whole batch.
      results: as for `note`, for one row; `None` where it is not known before.
    """
    size = 0
    given = []
    dims: list[int | None] = []
    for x in args:
        if isinstance(x, torch.Tensor) and _functorch.maybe_get_level(x) == level:
            dim = _functorch.maybe_get_bdim(x)
            x = _functorch.get_unwrapped(x)
            x = x if dim == 0 else x.movedim(dim, 0).contiguous()
            size = x.shape[0]
            dims.append(0)
        else:
            dims.append(None)
        given.append(x)
    if getattr(function, "decides", None) is not None and function.decides(dims):
        raise UntraceableError("a value that differs within vmap decides")
    described = results and [((size, *shape), dtype, device) for shape, dtype, device in results]
    found = note(Batched(function, tuple(dims), results), given, described)
    return [_functorch._add_batch_dim(x, 0, level) for x in found]
