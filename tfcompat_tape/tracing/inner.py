"""Code within a trace that is traced on its own: a branch, the test or the body of a loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.wengert import Entry
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.call import Call
from tfcompat_tape.tracing.nodes import Ref
from tfcompat_tape.tracing.sizes import Sizes
from tfcompat_tape.tracing.trace import Trace


class Inner:
    """A trace inside of `outer`, and what it results in.

    Attributes:
      raws, nodes: the values of the results, and their entries.
    """

    def __init__(self, outer: Trace, sizes: Sizes | None = None) -> None:
        self.trace = Trace(
            concrete=False,
            creating=False,
            autograph=outer.autograph,
            jit_compile=outer.jit_compile,
            around=outer,
            sizes=sizes,
        )
        self.trace.shapes_known = outer.shapes_known
        self.raws: list[Any] = []
        self.nodes: list[Entry | None] = []

    def _run(self, body: Callable[[], None], function: Any, likes: Sequence[Any] = ()) -> None:
        """Trace `body`, which calls `function`, with an argument for each of `likes`."""
        try:
            with scope.left():
                for like in likes:
                    self.trace.argument(like, None, getattr(like, "dims", None))
                self.trace.run(body, function)
        except (RuntimeError, NotImplementedError) as error:
            if type(error) not in (RuntimeError, NotImplementedError) or self._meant(error):
                raise
            raise UntraceableError(str(error)) from error  # of torch, perhaps about fake tensors

    def _meant(self, error: BaseException) -> bool:
        """Whether an error of torch's classes is for who calls the function."""
        return False

    def _add(self, raw: Any, node: Entry | None) -> None:
        raw = self.trace.recorder.standing(raw)
        if not isinstance(raw, torch.Tensor):
            raise UntraceableError("quantized integers are a result")
        self.raws.append(raw)
        self.nodes.append(node if self.trace.recorder.mine(raw) and raw.dtype in INEXACT else None)

    def call(self, name: str) -> Call:
        """It as a differentiable function of its arguments and of what it uses."""
        recorder = self.trace.recorder
        sources = self.trace.sources()
        return Call(
            self.trace,
            [number for number, _ in sources],
            [node for _, node in sources],
            [Ref(recorder.number(raw)) if recorder.mine(raw) else raw for raw in self.raws],
            self.nodes,
            0,
            len(recorder.nodes),
            name,
        )
