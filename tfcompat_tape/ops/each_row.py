"""Random ops within `tf.vectorized_map`: each row has numbers of its own, which one op draws for all rows together.

The vectorized function runs once more where it is differentiated: then the numbers are those that there are already.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.reading import ManyValuesError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import seeds

_functorch: Any = torch._C._functorch


class _Here(threading.local):
    rows: Rows | None = None


_here = _Here()


class Rows:
    """So many rows, for which a vectorized function runs at once.

    Attributes:
      drawn: the numbers of all rows, for one random op of the function after the other.
    """

    def __init__(self, count: Any) -> None:
        self.count = count
        self.drawn: list[Tensor] = []
        self._outer = _here.rows
        self._places: dict[tuple[Any, ...], int] = {}
        self._next = 0
        self._level = 0
        self._tracer: Any = None

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Within this context, which is within `vmap`, the function runs, for the first time or once more."""
        before = _here.rows
        _here.rows = self
        self._next = 0
        self._level = _functorch.peek_interpreter_stack().level()
        self._tracer = reading.current.tracer
        try:
            # Seeds are those of a graph of its own, as TensorFlow makes one, unless it is a part of one already.
            own = self._outer is None and reading.current.tracer is None
            with seeds.of_iteration(self._places) if own else contextlib.nullcontext():
                yield
        finally:
            _here.rows = before

    def draw(self, op: Callable[..., Tensor], args: Any, attrs: dict[str, Any]) -> Tensor:
        """What the op draws for each row, as a batched Tensor.

        Raises:
          ManyValuesError: it stands in a loop or branch, which is traced on its own, and not once.
        """
        if reading.current.tracer is not self._tracer:
            row_by_row("A random op in a loop or branch")
        if self._next == len(self.drawn):
            _here.rows = self._outer
            try:
                self.drawn.append(op(*args, **{**attrs, "shape": (self.count, *attrs["shape"])}))
            finally:
                _here.rows = self
        found = self.drawn[self._next]
        self._next += 1
        return Tensor(_functorch._add_batch_dim(found._t, 0, self._level), None)


def for_each_row(op: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A random op whose numbers do not depend on values: with one more axis it draws for many rows."""

    @functools.wraps(op)
    def call(*args: Any, **attrs: Any) -> Tensor:
        rows = _here.rows
        return op(*args, **attrs) if rows is None else rows.draw(call, args, attrs)

    return call


def row_by_row(what: str) -> None:
    """What draws says so here if it can for one row alone.

    Raises:
      ManyValuesError: a vectorized function runs, for many rows at once.
    """
    if _here.rows is not None:
        raise ManyValuesError(f"{what} draws for each row of its own, which vmap does not let it do.")


seeds.alone.append(row_by_row)
