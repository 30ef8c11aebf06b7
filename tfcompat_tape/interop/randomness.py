"""Random numbers of a call: a second run for the sake of a derivative draws what the first one drew."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch

State = list[tuple[torch.Generator, torch.Tensor]]


def _generators(raws: Sequence[Any]) -> list[torch.Generator]:
    """The generators that a function of `raws` may draw from by default."""
    found = [torch.default_generator]
    indices = {raw.device.index or 0 for raw in raws if raw.is_cuda}
    if indices and not torch.cuda.is_current_stream_capturing():
        found += [torch.cuda.default_generators[i] for i in sorted(indices)]
    return found


def before(raws: Sequence[Any]) -> State:
    """The states of the generators before a function of `raws` runs."""
    return [(generator, generator.get_state()) for generator in _generators(raws)]


def used(states: State) -> State | None:
    """Of the states before it, those of the generators that the function has drawn from; None if from none."""
    drawn = [(generator, old) for generator, old in states if not torch.equal(old, generator.get_state())]
    return drawn or None


@contextlib.contextmanager
def replayed(states: State | None) -> Iterator[None]:
    """Within this context the generators give again what they gave after `states`; afterwards they go on as before."""
    if states is None:
        yield
        return
    present = [(generator, generator.get_state()) for generator, _ in states]
    for generator, old in states:
        generator.set_state(old)
    try:
        yield
    finally:
        for generator, now in present:
            generator.set_state(now)
