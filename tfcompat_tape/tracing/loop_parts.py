"""The test and the body of a loop, each traced on its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch

from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing.call import said
from tfcompat_tape.tracing.inner import Inner
from tfcompat_tape.tracing.sizes import Sizes
from tfcompat_tape.tracing.trace import Trace

Slot = tuple[
    str, int
]  # which input of a loop an input of its body is: state, row or fixed, and its place there


class Like(NamedTuple):
    """What is known of a value before it is there; `dims` has `None` for sizes that differ from round to round."""

    shape: Any
    dtype: torch.dtype
    device: torch.device
    dims: Any = None


class Part(Inner):
    """The test or the body of a loop, traced: a function of the state, and of a row of each kind.

    Its results are the Tensors that `function` returned.
    """

    def __init__(
        self,
        outer: Trace,
        function: Callable[[list[Tensor]], list[Tensor]],
        likes: Sequence[Any],
        like: Part | None = None,
    ) -> None:
        is_open = any(None in (getattr(like, "dims", None) or ()) for like in likes)
        around = outer.recorder.sizes
        if around is not None and outer.recorder.notes is not None:
            sizes: Sizes | None = type(around)()  # in a graph nothing decides about sizes
        else:
            sizes = None if around is None and not is_open else Sizes()
        super().__init__(outer, sizes)
        if is_open:
            self.trace.shapes_known = False
        self.trace.most_rounds = self.trace
        if like is not None:  # the same code, for other sizes
            self.trace.recorder.streams = like.trace.recorder.streams

        def body() -> None:
            if sizes is not None:
                for like_, argument in zip(likes, self.trace.arguments, strict=True):
                    sizes.meet(like_.shape, argument._t.shape)
            for x in function(list(self.trace.arguments)):
                self._add(x._t, x._node)

        self._run(body, function, likes)

    def _meant(self, error: BaseException) -> bool:
        return said(error)

    def written(self) -> list[Variable]:
        """The Variables that it assigns to."""
        return [held.variable for held in self.trace.held.values() if held.written]

    def slots(self, arguments: list[Slot], places: dict[int, Slot], fixed: list[Tensor]) -> list[Slot]:
        """The slot of each of its inputs; what it uses from outside and has none is entered among `fixed`."""
        found = list(arguments)
        for held in self.trace.held.values():
            if id(held.variable) not in places:
                places[id(held.variable)] = "fixed", len(fixed)
                fixed.append(held.variable._read())
            found.append(places[id(held.variable)])
        for tensor, *_ in self.trace.captures.values():
            if id(tensor) not in places:
                places[id(tensor)] = "fixed", len(fixed)
                fixed.append(tensor)
            found.append(places[id(tensor)])
        return found
