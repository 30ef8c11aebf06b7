"""State of a loop that changes its shape, where a graph is written: sizes that change are open from the first round.

As TensorFlow has it, a size that is open before a round may be any size after it. One that is known may only change
where the program says so (`shape_invariants`): then it is open before the loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tracing import rows, scope
from tfcompat_tape.tracing.sizes import LIKELY
from tfcompat_tape.tracing.texts import described

Raw = torch.Tensor


def widened(x: Tensor, axes: Sequence[int]) -> Tensor:
    """`x` with new open sizes at `axes`: in the graph it is `x` itself."""
    if not axes:
        return x
    recorder: Any = scope.active.trace.recorder  # type: ignore[union-attr]
    shape, dtype, device = described(x._t)
    sizes = [recorder.sizes.new(LIKELY, -1, i) if i in axes else n for i, n in enumerate(shape)]
    found = rows.note(same, [x._t], [(tuple(sizes), dtype, device)])
    return rows.recorded("Identity", [x], found, lambda op, dy: dy)[0]


def same(raw: Raw) -> list[Raw]:
    """What runs at a call: nothing happens to the value."""
    return [raw]


def changing(before: Sequence[Any], after: Sequence[Any]) -> list[list[int]]:
    """For each part of the state the axes whose known size is another one after a round."""
    with scope.left():
        return [
            [
                i
                for i, (n, m) in enumerate(zip(a.shape, b.shape, strict=True))
                if type(n) is int and bool(m != n)
            ]
            if a.dim() == b.dim()
            else []
            for a, b in zip(before, after, strict=False)
        ]


def unlike(before: Any, after: Any) -> list[int]:
    """The axes that are open, and may be of another size after a round."""
    return [
        i
        for i, (n, m) in enumerate(zip(before.shape, after.shape, strict=True))
        if type(n) is torch.SymInt and (type(m) is int or m.node._expr != n.node._expr)
    ]
