"""What a call assigns when `next` finds no element any more: the values that do not depend on elements.

A TensorFlow graph has no order between taking an element and what does not need it. So the call at the end of an
iterator raises OutOfRangeError, and yet counts a step or goes on with a seed: Keras's `fit` over a dataset of unknown
length makes such a call in each epoch, and the numbers of the next epoch depend on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing import symbolic
from tfcompat_tape.tracing.call import Call, contiguous
from tfcompat_tape.tracing.elements import sized_by
from tfcompat_tape.tracing.line import Line
from tfcompat_tape.tracing.nodes import NOTHING, Guard, Node, Ref, Staged
from tfcompat_tape.tracing.recorder import Recorder
from tfcompat_tape.tracing.streams import Next
from tfcompat_tape.tracing.trace import Trace


class CutShort:
    """The assignments of a call that runs out of elements.

    Args:
      places: of the Variables among those of the trace; `line` gives their values from the inputs of the call.
    """

    def __init__(self, places: Sequence[int], line: Line) -> None:
        self._places = list(places)
        self._line = line

    def __call__(self, raws: Sequence[Any], variables: Sequence[Variable]) -> None:
        """Assign them, for the inputs `raws` of a call."""
        found = self._line.run(list(map(contiguous, raws)))
        for place, raw in zip(self._places, found, strict=True):
            variables[place].__dict__["_t"] = raw


def cut_short(trace: Trace, call: Call, last: int) -> CutShort | None:
    """The assignments of a trace, of `last` nodes, that depend on no element; `None` if there are none.

    Of several assignments to a Variable those before the first that depends on an element count. What comes out of
    other side effects cannot be computed again, and counts as an element does. A trace for one size of elements
    does not tell a number that was computed from that size from any other number: nothing is assigned.
    """
    recorder = trace.recorder
    nodes = recorder.nodes[:last]
    taken = [node for node in nodes if type(node.function) is Next]
    if recorder.writes or not taken or any(_one_size(recorder, node) for node in taken):
        return None
    dependent: set[int] = set()
    waited: set[int] = (
        set()
    )  # what branches and loops read that wait for an element: what comes after waits for them
    for node in nodes:
        sources = {*node.sources(), *sized_by(recorder, (node.args, node.kwargs))}
        if node.effect or not dependent.isdisjoint(sources):
            if type(node) is Guard:
                return None  # an element decides which way the function goes
            dependent.update(node.outs)
            if isinstance(node.function, Staged):
                waited.update(node.sources())
    places: list[int] = []
    outputs: list[Any] = []
    for place, held in enumerate(trace.held.values()):
        known, before = None, Ref(held.number)
        for raw in held.assigned:
            x = Ref(recorder.number(raw)) if recorder.mine(raw) else raw
            if (type(x) is Ref and int(x) in dependent) or (type(before) is Ref and int(before) in waited):
                break
            known = before = x
        if known is not None:
            places.append(place)
            outputs.append(known)
    if not places:
        return None
    return CutShort(places, Line(recorder, call.inputs, outputs, last, last, call.name))


def _one_size(recorder: Recorder, node: Node) -> bool:
    """Whether a trace holds for one size of elements whose spec says none."""
    function: Any = node.function
    likes = function.likes
    outs = node.outs[len(node.outs) - len(likes) :]
    return any(
        None in like.dims and tuple(symbolic.known_sizes(recorder.values[n].shape)) != tuple(like.dims)
        for like, n in zip(likes, outs, strict=True)
        if n != NOTHING
    )
