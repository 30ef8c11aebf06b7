"""Random numbers from seeds and states that each call brings, as nodes.

The words of a stream are a tensor of the trace (`ops/later_streams.py`): the counter's two and the key, as int64. So is
the state of a Generator, which `RngReadAndSkip` moves on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.graphs.nodes import Value
from tfcompat_tape.ops import later_streams, philox, random_states
from tfcompat_tape.tracing.nodes import Ref

INT32, INT64, UINT64 = dtypes.int32, dtypes.int64, dtypes.uint64
_PHILOX = 1

_OPS = {
    philox.uniform: "StatelessRandomUniformV2",
    philox.normal: "StatelessRandomNormalV2",
    philox.truncated_normal: "StatelessTruncatedNormalV2",
    philox.full_int: "StatelessRandomUniformFullIntV2",
    later_streams.between: "StatelessRandomUniformIntV2",
}


def words_of_pair(k: Any) -> Value:
    """The words of the stream of a seed."""
    seed = k.value(k.args[0])
    _, (key, counter) = k.writer.add(
        "StatelessRandomGetKeyCounter", [seed], [UINT64, UINT64], Tseed=seed.dtype
    )
    axis = k.writer.constant(np.int32(0))
    words = k.one("ConcatV2", [counter, key, axis], UINT64, N=2, T=UINT64, Tidx=INT32)
    return k.one("Bitcast", [words], INT64, T=UINT64, type=INT64)  # type: ignore[no-any-return]


def drawn(k: Any) -> Value:
    """Numbers that are drawn from the stream with some words."""
    draw = k.node.function
    op = _OPS.get(draw.draw)
    if op is None:
        raise k.refused()
    words = k.one("Bitcast", [k.value(k.args[0])], UINT64, T=INT64, type=UINT64)
    key, counter = _part(k, words, 2, 3), _part(k, words, 0, 2)
    given = [k.sizes(k.raw.shape), key, counter, k.writer.constant(np.int32(_PHILOX))]
    _, *bounds, _ = draw.filled(k.args[1:])
    given += [k.value(bound, k.dtype) for bound in bounds]
    return k.writer.one(op, given, k.dtype, dtype=k.dtype, Tshape=INT32)  # type: ignore[no-any-return]


def _part(k: Any, words: Value, start: int, end: int) -> Value:
    places = [k.writer.constant(np.array([i], np.int32)) for i in (start, end, 1)]
    return k.one("StridedSlice", [words, *places], UINT64, T=UINT64, Index=INT32)  # type: ignore[no-any-return]


def moved(writer: Any, variable: Any, raw: Any) -> str | None:
    """The node that moves the state `variable` on, if `raw` is that; else `None`.

    It gives the state from before, too, from which numbers are drawn.
    """
    recorder = writer.recorder
    index = recorder.producers.get(recorder.numbers.get(id(raw)))
    if index is None or recorder.nodes[index].function is not random_states.moved:
        return None
    before, delta = recorder.nodes[index].args
    count = _count(writer, recorder.values[int(delta)] if type(delta) is Ref else delta)
    given = [writer.resource(variable), writer.constant(np.int32(_PHILOX)), count]
    name, (state,) = writer.add("RngReadAndSkip", given, [INT64], writer.before(variable))
    writer.effects.append(name)
    raw = recorder.values[int(before)]
    if id(raw) not in writer.values:
        writer.define(raw, state)
    return str(name)


def _count(writer: Any, delta: Any) -> Value:
    """A number of numbers: a tensor, or a size."""
    found = writer.value(delta) if isinstance(delta, torch.Tensor) else writer.size(delta, INT64)
    if found.dtype != UINT64:
        found = writer.one("Cast", [found], UINT64, SrcT=found.dtype, DstT=UINT64)
    return found  # type: ignore[no-any-return]


RULES = {later_streams.words_of_pair: words_of_pair, later_streams.Draw: drawn}
