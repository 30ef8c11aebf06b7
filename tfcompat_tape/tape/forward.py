"""Forward mode on the Wengert list: each entry pushes the tangents of its inputs to its result.

An accumulator sees entries as they are made and pushes tangents through them at once; it needs no list afterwards.
A tangent is itself computed by ops. The tapes and accumulators outside of the accumulator see these, those inside do
not: that is what keeps nested derivatives apart. With nobody outside, tangents are raw torch tensors.

The derivative of an op in forward mode is the transpose of its gradient rule. Many ops say it directly (`Op.jvp`); for
the others, and for rules that users registered, the rule is run on a tape and walked back: two reverse modes make a
forward mode. Source: J. Townsend, "A new trick for calculating Jacobian vector products", 2017.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import (
    Entry,
    Output,
    Recording,
    accumulators,
    leaf,
    lock,
    only,
    ref,
    state,
    stop,
    watch,
)
from tfcompat_tape.tape.backward import View, as_raw, backward, run_rule
from tfcompat_tape.tape.misfit import Misfit


class Accumulation(Recording):
    """What one accumulator sees: it gives every entry that depends on its primals a tangent.

    Tangents live as long as the entries that they belong to, and not longer than the accumulation.
    """

    __slots__ = ()

    turn = 1

    def __init__(self) -> None:
        super().__init__(persistent=False, watches_variables=False)
        accumulators.add(self.id)

    def append(self, entry: Entry, result: Any) -> None:
        """Push tangents through `entry`, whose raw value is `result`."""
        number = self.id
        tangents = [tangent_of(parent, number) for parent in entry.parents]
        recordings = state.recordings
        if recordings[0] is self:  # nobody outside
            tangent = push(entry, tangents, result, False)
        else:
            with only(recordings[: recordings.index(self)]):
                tangent = push(entry, tangents, result, state.differentiating)
        entry.tangents[number] = tangent
        super().append(entry, result)

    def append_alone(self, entry: Entry, result: Any) -> None:
        """The same while nobody else records; no more is left of the entry than its tangent. Every op passes here."""
        number = self.id
        parents = entry.parents
        jvp = entry.op.jvp  # type: ignore[union-attr]
        count = len(parents)
        try:
            # Ops of one or two tensors are the commonest by far; for them, what follows is spelt out.
            if count == 1 and jvp is not None:
                try:
                    t = parents[0].tangents[number]
                except (AttributeError, KeyError):
                    t = None
                if t is not None:
                    t = jvp(entry, t._t if type(t) is Tensor else t)
            elif count == 2 and jvp is not None:
                p, q = parents
                s = None if p is None else _raw_tangent(p, number)
                t = None if q is None else s if q is p else _raw_tangent(q, number)
                if s is not None or t is not None:
                    t = jvp(entry, s, t)
            else:
                tangents = [None if parent is None else _raw_tangent(parent, number) for parent in parents]
                if all(t is None for t in tangents):
                    t = None
                elif jvp is not None:
                    t = jvp(entry, *tangents)
                else:
                    t = _transposed(entry, tangents, result, False)
        except RuntimeError as error:
            raise _unfit(error) from error
        entry.tangents = {number: t}
        entry.parents = entry.inputs = entry.outputs = ()
        refs = self.refs
        refs.append(ref(entry))
        if len(refs) > self.limit:
            self.clear_up()

    def attach(self, node: Entry | None, tangent: Any) -> Entry:
        """`node` (or a new leaf) with a tangent: raw, or a Tensor whose own derivatives count."""
        with lock:  # another thread may attach a tangent to the same value
            node = watch(node, self.ids)
            if not hasattr(node, "tangents"):
                node.tangents = {}
            node.tangents[self.id] = tangent
        super().append(node, None)
        return node

    def __del__(self, accumulators: set[int] = accumulators, end: Any = Recording.__del__) -> None:  # type: ignore[override]
        try:
            own = self.id
        except AttributeError:  # it was never made
            return
        for entry in self.live():
            entry.tangents.pop(own, None)
        end(self)
        accumulators.discard(own)


def _unfit(error: RuntimeError) -> Exception:
    """What TensorFlow raises where a tangent has another shape than its primal; other errors as they are."""
    text = str(error)
    if "must match" in text or "is invalid for input of size" in text:
        return ValueError(f"Dimensions must be equal: a tangent has another shape than its primal. {text}")
    return error


def tangent_of(node: Entry | None, number: int) -> Any:
    """The tangent of a value under the accumulator `number`; `None` where there is none."""
    if node is None or number not in node.tapes:
        return None
    try:
        return node.tangents.get(number)
    except AttributeError:  # made while the accumulator was not active
        return None


def _raw_tangent(node: Entry, number: int) -> Any:
    """The tangent of a value as a raw tensor (or as a list of them, of an entry with several outputs)."""
    try:
        t = node.tangents[number]
    except (AttributeError, KeyError):  # made while the accumulator was not active
        return None
    return t._t if type(t) is Tensor else t


def lend(node: Entry | None, source: Entry | None) -> Entry | None:
    """`node` with the tangents of `source`, for a value that is the same although its gradient is another."""
    if source is None:
        return node
    mine = source.tapes & state.accumulating
    if not mine:
        return node
    with lock:
        if node is None:
            node = leaf(mine)
        else:
            node.tapes = node.tapes | mine
        if not hasattr(node, "tangents"):
            node.tangents = {}
        for number in mine:
            tangent = tangent_of(source, number)
            if tangent is not None:
                node.tangents[number] = tangent
    return node


def push(entry: Entry, tangents: Sequence[Any], result: Any, recorded: bool) -> Any:
    """The tangent of `entry`'s result, or a sequence of them.

    Args:
      tangents: one for each input, `None` where there is none; raw torch tensors or Tensors.
      result: the raw value of the entry, or a tuple of them; `None` if it is not at hand.
      recorded: somebody listens, so compute on Tensors.
    """
    op: Any = entry.op
    if type(op) is Output:
        (whole,) = tangents
        return None if whole is None else whole[op.index]
    if recorded:
        tangents = [Tensor(t, None) if isinstance(t, torch.Tensor) else t for t in tangents]
    else:
        tangents = [t._t if type(t) is Tensor else t for t in tangents]
    if all(t is None for t in tangents):
        return None
    if op.jvp is not None:
        return op.jvp(View(entry, entry.needs, True) if recorded else entry, *tangents)
    return _transposed(entry, tangents, result, recorded)


def walk_forward(path: Sequence[Entry], tangents: dict[Entry, Any], recorded: bool) -> dict[Entry, Any]:
    """The tangents of all values on `path`, which is in order, given those of the values that it starts from."""
    known = dict(tangents)
    for entry in path:
        mine = [known.get(parent) if parent is not None else None for parent in entry.parents]
        known[entry] = push(entry, mine, None, recorded)
    return known


def _transposed(entry: Entry, tangents: Sequence[Any], result: Any, recorded: bool) -> Any:
    """The tangents of an entry by transposing its gradient rule, which is linear in the cotangents."""
    found = _transpose(entry, tangents, result, recorded)
    if any(t is None for t in tangents) and any(t is None for t in found):
        # No derivative by these inputs, but perhaps by others: as TensorFlow gives those a tangent of 0, it comes out.
        filled = _transpose(entry, [_ZERO if t is None else t for t in tangents], result, recorded)
        found = [zeros if t is None else t for t, zeros in zip(found, filled, strict=True)]
    connected = getattr(entry.op.rule, "connected", None)  # type: ignore[union-attr]
    if connected is not None and any(t is None and c for t, c in zip(found, connected, strict=True)):
        likes = _results(entry, tangents, result)
        found = [
            _zeros_like(like, recorded) if t is None and c else t
            for t, c, like in zip(found, connected, likes, strict=True)
        ]
    return found if "_outputs" in entry.attrs else found[0]


_ZERO = object()  # stands for zeros in place of a tangent


def _transpose(entry: Entry, tangents: Sequence[Any], result: Any, recorded: bool) -> list[Any]:
    results = _results(entry, tangents, result)
    if not any(raw.dtype in INEXACT for raw in results):  # a question about the values: no derivative
        return [None] * len(results)
    tape = Recording(False, False)
    mine = tape.ids
    # Where a rule is not linear, this is the point at which TensorFlow takes its derivative.
    cotangents = [
        Tensor(torch.ones_like(raw), leaf(mine))
        if raw.dtype in INEXACT
        else Tensor(torch.zeros_like(raw), None)
        for raw in results
    ]
    outer = list(state.recordings) if recorded else []
    with only([*outer, tape]):
        needs = tuple([t is not None for t in tangents])
        grads = run_rule(entry, View(entry, needs, True), cotangents, True)
        if len(entry.parents) == 1:
            grads = [grads]
        pairs = [
            (_dense(grad), t)
            for grad, t in zip(grads, tangents, strict=True)
            if grad is not None and t is not None
        ]
        stop(tape)
        pairs = [(g, t) for g, t in pairs if _traced(g, tape)]
        found = backward(
            tape,
            [g._node for g, _ in pairs],
            [_zeros_like(g._t, recorded) if t is _ZERO else t for g, t in pairs],
            [dy._node for dy in cotangents],
            recorded=recorded,
            release=False,
        )
    return [None if t is None else _dense(t) if recorded else as_raw(_dense(t)) for t in found]


def _traced(grad: Any, tape: Recording) -> bool:
    """Whether a gradient depends on the cotangents; a rule may also give a constant."""
    return type(grad) is Tensor and grad._node is not None and tape.id in grad._node.tapes


def _zeros_like(raw: torch.Tensor, recorded: bool) -> Any:
    zeros = torch.zeros_like(raw)
    return Tensor(zeros, None) if recorded else zeros


def _results(entry: Entry, tangents: Sequence[Any], result: Any) -> list[Any]:
    """The raw values of an entry; computed again where they are neither at hand nor kept."""
    single = "_outputs" not in entry.attrs
    if result is None and entry.outputs:
        result = entry.outputs[0] if single else entry.outputs
    if result is None and not single:
        return [
            torch.empty(shape, dtype=dtype, device=device) if isinstance(dtype, torch.dtype) else None
            for shape, dtype, device in entry.attrs["_outputs"]
        ]
    if result is None:
        op: Any = entry.op
        # Only shape and dtype count, so zeros may stand for inputs that are not kept.
        like = next(t._t if type(t) is Tensor else t for t in tangents if t is not None and t is not _ZERO)
        kept = entry.inputs or (None,) * len(entry.parents)
        shapes = entry.shapes or (like.shape,) * len(kept)
        inputs = [like.new_zeros(shape) if x is None else x for x, shape in zip(kept, shapes, strict=True)]
        result = op.kernel(*inputs, **entry.attrs)
    return [result] if single else list(result)


def _dense(grad: Any) -> Any:
    if type(grad) is Misfit:
        grad = grad.tensor()
    return grad.dense() if type(grad) is IndexedSlices else grad
