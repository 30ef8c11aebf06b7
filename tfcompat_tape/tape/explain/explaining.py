"""`tape.explain`: first whether there is a gradient, then the reason, from the trace or from what else is known."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import FrameType
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.core import wengert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.explain.code import syntax
from tfcompat_tape.tape.explain.names import keys, names
from tfcompat_tape.tape.explain.notes.walk import Walk
from tfcompat_tape.tape.explain.report import Break, Connection, Reason, Report
from tfcompat_tape.tape.explain.verdict.question import Question
from tfcompat_tape.tape.explain.verdict.traced import explain_traced
from tfcompat_tape.tape.explain.verdict.untraced import explain_untraced
from tfcompat_tape.tape.places import user_frames

logger = logging.getLogger("tensorflow")


def explain(tape: Any, target: Any, sources: Any) -> Report:
    """See `GradientTape.explain`."""
    frames = list(user_frames(sys._getframe(1)))
    targets = nest.flatten(target)
    flat = nest.flatten(sources)
    walk = _walk(tape, targets, flat)
    connected: Sequence[bool | None] = [None] * len(flat)
    if walk is not None:
        connected = walk.connected
    elif tape._tracer is not None and tape._tracer.walk is not None:
        walk = tape._tracer.walk
        connected = [walk.answer(targets, source) for source in flat]
    return report(tape, targets, flat, connected, walk, frames, keys(sources, len(flat)))


def report(
    tape: Any,
    targets: Sequence[Any],
    sources: Sequence[Any],
    answers: Sequence[bool | None],
    walk: Walk | None,
    frames: Sequence[FrameType],
    where: Sequence[str],
) -> Report:
    """The report about `sources`; `answers`: whether there is a gradient, `walk`: notes of how that was found out.

    `where`: their keys in the structure that was asked about.
    """
    for frame in frames:
        tree = syntax.source(frame.f_code.co_filename)
        if tree is not None:
            tree.know(frame.f_globals)
    found = []
    for source, name, connected in zip(sources, names(sources, where, frames), answers, strict=True):
        odd = next((value for value in (source, *targets) if not isinstance(value, (Tensor, Variable))), None)
        if odd is not None:
            found.append(_no_tensor(tape, odd, source, name))
            continue
        question = Question(tape, targets, source, name, connected, walk, frames)
        found.append(explain_traced(question) if question.traced else explain_untraced(question))
    placed = [replace(one, key=key) for one, key in zip(found, where, strict=True)]
    return Report(tuple(placed), traced=tape._tracer is not None)


def _walk(tape: Any, targets: Sequence[Any], sources: Sequence[Any]) -> Walk | None:
    """Notes of a walk like that of `gradient`, which leaves the tape as it is; `None` if the tape has been used."""
    from tfcompat_tape.tape import ends

    record = tape._record
    if record is None or not all(isinstance(value, (Tensor, Variable)) for value in (*targets, *sources)):
        return None
    walk = Walk()
    with _silent(), wengert.only([]):
        nodes = [ends.source_node(source, record.id) for source in sources]
        starts = []
        seeds = []
        for target in targets:
            node = ends.target_node(target, record.id)
            if node is None:
                node = ends.same_value(target, list(sources), nodes)
                node = node or ends.listed_now(target, record)
            if node is not None:
                starts.append(node)
                seeds.append(torch.ones_like(target._t))
        walk.run(record, starts, seeds, nodes, recorded=False, release=False, go_on=True)
    return walk


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Without warnings about dtypes: the report says that better."""
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


def _no_tensor(tape: Any, odd: Any, source: Any, name: str) -> Connection:
    """For a target or source that is no Tensor: `gradient` refuses it."""
    role = name if odd is source else "the target"
    kind = "a NumPy array" if isinstance(odd, np.ndarray) else f"of type {type(odd).__name__}"
    detail = f"{role} is {kind}, and no Tensor: only Tensors know what they were computed from."
    detail = detail[0].upper() + detail[1:]
    if not isinstance(odd, (int, float, complex, np.ndarray, np.generic)):
        note = f"{detail} Use tf.convert_to_tensor on it first."
        return Connection(name, None, None, False, notes=(note,), source=source)
    trace = None if tape._tracer is None else tape._tracer.trace
    escapes = () if trace is None else trace.returned([odd])
    place = escapes[0].place if escapes else None
    reason = Reason.LEFT_LIBRARY
    certain = bool(escapes)
    return Connection.broken(name, source, [Break(reason, detail, place, None, certain)])
