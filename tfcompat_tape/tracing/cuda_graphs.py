"""CUDA graphs around the lines of traced functions: on a GPU the kernels of a call are launched together.

What a graph does has addresses: the inputs are copied to where they were at its capture, and the results from there to
tensors of each call's own. Only lines that compute are captured: with the same kernels at every call, all of whose
values lie on the GPU. Everything else runs as it does without.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.tracing.failing import Coded
from tfcompat_tape.tracing.line import Line
from tfcompat_tape.tracing.nodes import NOTHING, Guard, Ref, Staged
from tfcompat_tape.tracing.recorder import Recorder
from tfcompat_tape.tracing.texts import AtCall

logger = logging.getLogger("tensorflow")

WARM_UP = 2  # calls that run as always: libraries choose and load their kernels in these

Run = Callable[..., list[Any]]


class Cuda:
    """How a function of tensors on a GPU is captured."""

    device = "cuda"

    def capture(self, function: Run, inputs: Sequence[torch.Tensor]) -> tuple[Callable[[], None], list[Any]]:
        """What computes `function(*inputs)` again, in place, and its results; RuntimeError where that cannot be."""
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            function(*inputs)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            results = function(*inputs)
        return graph.replay, results


backend = Cuda()


class GraphedLine(Line):
    """A `Line` that is captured after a few calls, if it only computes, and then replayed."""

    def __init__(
        self,
        recorder: Recorder,
        inputs: Sequence[int],
        outputs: Sequence[Any],
        first: int,
        last: int,
        name: str = "tf.function",
    ) -> None:
        super().__init__(recorder, inputs, outputs, first, last, name)
        self._plain = self.function
        if self._only_computes():
            self.function = Replayed(self._plain, name)

    @property
    def _parts(self) -> list[Coded]:
        return [Coded(self._plain.__code__, self.calls, self._name_of)]

    def _only_computes(self) -> bool:
        """Whether each call does the same, on the GPU alone."""
        recorder = self.recorder
        if recorder.sizes is not None or recorder.writes or recorder.texts or not self.inputs:
            return False
        numbers = set(self.inputs)
        computing = False
        for _, node in self.nodes:
            if node.outs and all(out in self.folded for out in node.outs):
                continue
            if (
                type(node) is Guard
                or node.opaque
                or node.shapes
                or isinstance(node.function, (Staged, AtCall))
            ):
                return False
            computing = True
            numbers.update(n for n in (*node.sources(), *node.outs) if n != NOTHING)
        constants = [x for x in self.outputs if type(x) is not Ref]
        values = [*[recorder.values[n] for n in numbers], *constants]
        return computing and all(
            isinstance(x, torch.Tensor) and x.device.type == backend.device for x in values
        )


class Replayed:
    """`function` of raw tensors, captured after `WARM_UP` calls.

    Attributes:
      refused: why it is not captured, once that was tried.
    """

    def __init__(self, function: Run, name: str) -> None:
        self.function = function
        self.name = name
        self.refused: str | None = None
        self._calls = 0
        self._inputs: list[torch.Tensor] = []
        self._outputs: list[Any] = []
        self._replay: Callable[[], None] | None = None
        self._lock = threading.Lock()  # a graph has one set of buffers

    def __call__(self, *raws: Any) -> list[Any]:
        if self.refused is not None or not _plain(raws) or not self._lock.acquire(blocking=False):
            return self.function(*raws)
        try:
            if self._replay is None:
                self._calls += 1
                if self._calls <= WARM_UP or not self._captured(raws):
                    return self.function(*raws)
            assert self._replay is not None
            if any(not _alike(x, own) for x, own in zip(raws, self._inputs, strict=True)):
                return self.function(*raws)
            for x, own in zip(raws, self._inputs, strict=True):
                own.copy_(x)
            self._replay()
            return [x.clone() for x in self._outputs]
        finally:
            self._lock.release()

    def _captured(self, raws: Sequence[torch.Tensor]) -> bool:
        inputs = [x.clone() for x in raws]
        try:
            self._replay, self._outputs = backend.capture(self.function, inputs)
        except RuntimeError as error:
            self.refused = str(error).partition("\n")[0]
            logger.info("tf.function %s is not captured as a CUDA graph: %s", self.name, self.refused)
            return False
        self._inputs = inputs
        return True


def _plain(raws: Sequence[Any]) -> bool:
    """Whether all of them are tensors and nothing else, and nobody looks on as kernels run."""
    return (
        all(type(x) is torch.Tensor and not x.requires_grad for x in raws)
        and not torch._C._len_torch_dispatch_stack()
        and torch._C._functorch.peek_interpreter_stack() is None
    )


def _alike(x: torch.Tensor, own: torch.Tensor) -> bool:
    return x.shape == own.shape and x.dtype is own.dtype and x.device == own.device
