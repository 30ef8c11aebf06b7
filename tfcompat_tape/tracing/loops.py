"""Loops of a trace: test and body are each traced once, and one node runs their lines, round after round.

A loop has a state that its body replaces, rows (one of each belongs to a round, see `rows`), values from outside that
stay what they are, and lists of what it collects. What the body assigns to Variables is state, too. On the list of the
trace around it the node is one entry. Its gradient is a loop through the rounds in the other order: its state are the
cotangent of the state and sums of the cotangents of what stayed the same, its rows what the state was in each round.
So gradients of loops are loops, to any order. What the gradient of the body needs of the body's run is kept for each
round, so that nothing is computed twice.

What cannot be staged (a body that needs values, a state that changes its shape) raises `UntraceableError`: then Python
goes through the rounds, with guards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, leaf
from tfcompat_tape.tracing import rows as lists
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.call import Call, Slices, contiguous, reopened
from tfcompat_tape.tracing.element_sizes import for_other_sizes
from tfcompat_tape.tracing.elements import let_known
from tfcompat_tape.tracing.loop_parts import Like, Part, Slot
from tfcompat_tape.tracing.nodes import Ref
from tfcompat_tape.tracing.rounds import Rounds
from tfcompat_tape.tracing.rows import META, as_tensor, recorded, token_of
from tfcompat_tape.tracing.sizes import LIKELY, symbolic
from tfcompat_tape.tracing.streams import Stream
from tfcompat_tape.tracing.texts import cotangent_like, described, zeros
from tfcompat_tape.tracing.trace import Trace
from tfcompat_tape.tracing.widening import changing, unlike, widened

Raw = torch.Tensor


def repeat(*args: Any, **kwargs: Any) -> Repeated:
    """As `_repeat`, which see; a loop that no node holds may be one where sizes of elements are known."""
    try:
        return _repeat(*args, **kwargs)
    except UntraceableError as error:
        let_known(error)
        raise


def _repeat(
    test: Callable[[list[Tensor]], Tensor] | None,
    body: Callable[[list[Tensor]], list[Tensor]],
    state: Sequence[Tensor],
    rows: Sequence[tuple[Tensor, Like]],
    count: Any,
    agree: Callable[[Sequence[Raw], Sequence[Raw], bool], None],
    name: str,
    late: Callable[[], int] = int,
    stream: Stream | None = None,
    loose: bool = False,
    again: Callable[[], None] | None = None,
) -> Repeated:
    """The state after `state = body(state + row of each kind)`, while `test(state)` and as often as `count` says.

    Args:
      rows: tokens of rows, and what a row of each is like.
      count: an integer, a raw tensor, or `None`.
      agree: raises what TensorFlow raises where the state of a round does not fit that of the round before; it is
        told whether TensorFlow would know the shapes.
      late: how many results of `body` after the state are state, too, which no round reads before it sets it. There
        must be a round then. What `body` returns besides is collected: the result has a token for each.
      stream: the rows are elements of this dataset or iterator, as many as it has.
      loose: shapes may change from round to round.
      again: called before `body` is traced once more, for a state whose sizes are open.
    """
    outer = scope.active.trace
    assert outer is not None
    graph = outer.recorder.notes is not None  # nothing runs: sizes may be open
    state = [x if (raw := outer.recorder.standing(x._t)) is x._t else Tensor(raw, None) for x in state]
    raws = [contiguous(x._t) for x in state]
    begin = len(state)
    tested = None if test is None else Part(outer, lambda given: [test(given)], raws)
    bodied = Part(outer, body, [*raws, *[like for _, like in rows]])
    while graph and (loose or bodied.trace.loose_loops):
        axes = changing(raws, bodied.raws)
        if not any(axes):
            break
        if again is not None:
            again()
        state = [widened(x, open_) for x, open_ in zip(state, axes, strict=False)]
        raws = [contiguous(x._t) for x in state]
        tested = None if test is None else Part(outer, lambda given: [test(given)], raws)
        bodied = Part(outer, body, [*raws, *[like for _, like in rows]])
    agree(raws, bodied.raws, stream is None and _shapes_known(outer) and not bodied.trace.loose_loops)
    if bodied.trace.most_rounds is not bodied.trace:
        most = convert(bodied.trace.most_rounds)._t
        count = most if count is None else lists.fewest(count, most)
    for x, argument in zip(bodied.raws, bodied.trace.arguments[:begin], strict=False):
        before = scope._slot_t.__get__(argument)
        if x.dtype != before.dtype or x.device != before.device:
            raise UntraceableError("the state of a loop changes its dtype or device")
        if not _same_shape(bodied.trace, x.shape, before.shape, graph):
            raise UntraceableError("the state of a loop changes its shape")
    firsts = []
    for x in bodied.raws[begin : begin + late()]:
        if symbolic(x.shape):
            raise UntraceableError("a loop is the first to bind a variable whose size is open")
        bodied.trace.argument(x)
        with torch.utils._python_dispatch._disable_current_modes():
            firsts.append(Tensor(zeros(x.shape, x.dtype, x.device), None))
    if tested is not None and tested.written():
        raise UntraceableError("the test of a loop assigns to a Variable")
    written = bodied.written()
    carried = begin + len(firsts)
    for i, variable in enumerate(written):
        held = bodied.trace.held[id(variable)]
        if held.raw.shape != bodied.trace.recorder.values[held.number].shape:
            raise UntraceableError("a loop assigns another shape")
        bodied.raws.insert(carried + i, held.raw)
        bodied.nodes.insert(carried + i, None)
    total = carried + len(written)
    others: list[tuple[Part, list[Any]]] = []
    if stream is not None:
        elements = bodied.trace.arguments[begin : begin + len(rows)]
        others = for_other_sizes(outer, body, bodied, raws, stream, agree, bool(firsts))
        if stream.connected:  # the gradient goes through them again
            bodied.raws += [scope._slot_t.__get__(x) for x in elements]
            bodied.nodes += [None] * len(rows)
    places: dict[int, Slot] = {id(v): ("state", carried + i) for i, v in enumerate(written)}
    fixed: list[Tensor] = []
    states: list[Slot] = [("state", i) for i in range(carried)]
    test_slots = [] if tested is None else tested.slots(states[:begin], places, fixed)
    each: list[Slot] = [("row", i) for i in range(len(rows))]
    slots = bodied.slots([*states[:begin], *each, *states[begin:]], places, fixed)
    other_slots = [part.slots([*states[:begin], *each], places, fixed) for part, _ in others]
    test_call = None if tested is None else tested.call(name)
    loop = Loop(
        bodied.call(name),
        slots,
        (total, len(rows), len(fixed)),
        [i < carried for i in range(total)],
        name,
        test=None if test_call is None else (test_call, test_slots),
        stream=stream,
        others=[(part.call(name), place) for (part, _), place in zip(others, other_slots, strict=True)],
    )
    values = [*state, *firsts, *[v._read() for v in written]]
    given = [*values, *[x for x, _ in rows], *fixed]
    shown = {
        "state": [x._t for x in values],
        "row": [like for _, like in rows],
        "fixed": [x._t for x in fixed],
    }

    def check() -> None:
        for call, inputs in [(loop.body, slots), *([] if test_call is None else [(test_call, test_slots)])]:
            if not call.holds([shown[kind][place] for kind, place in inputs]):
                raise UntraceableError("the sizes in a loop are not those around it")
        for (call, places_of), (_, likes) in zip(loop.others, others, strict=True):
            if not call.holds(
                [(likes if kind == "row" else shown[kind])[place] for kind, place in places_of]
            ):
                raise UntraceableError("the sizes in a loop are not those around it")

    loop.check = check
    check()
    found = loop.apply(count, given)
    if outer.recorder.notes is not None:
        parts = {"tested": tested, "bodied": bodied, "slots": slots, "test_slots": test_slots}
        sizes_ = {"carried": carried, "total": total, "rows": len(rows), "count": count, "stream": stream}
        outer.recorder.notes.staged("While", given, found, **parts, **sizes_)
    if firsts:
        outer.recorder.stateful(_begun, [loop.rounds], [], effect=True)
    for variable, x in zip(written, found[carried:total], strict=True):
        outer.assign(variable, x._t)
    finals = found[:carried]
    if graph:
        pairs = zip(bodied.trace.arguments[:begin], bodied.raws, strict=False)
        axes = [unlike(scope._slot_t.__get__(x), raw) for x, raw in pairs]
        finals = [*map(widened, finals, axes), *finals[begin:]]
    sizes = bodied.trace.recorder.sizes
    values_of = {
        number: shown[kind][place]
        for number, (kind, place) in zip(loop.body.inputs, slots, strict=True)
        if stream is None or kind != "row"
    }

    def outward(n: Any) -> Any:
        if sizes is None or type(n) is not torch.SymInt:
            return n
        try:
            return sizes.value(n, values_of)
        except KeyError:
            if outer.recorder.notes is not None and outer.recorder.sizes is not None:
                return outer.recorder.sizes.new(LIKELY, -1, 0)  # in a graph it is one more open size
            raise UntraceableError("a size of an element of a dataset is used after the loop") from None

    return Repeated(finals, found[total : total + loop.collected], outward)


class Repeated(NamedTuple):
    """What comes of a loop: the state, tokens of what was collected, and sizes of the body as they are outside."""

    state: list[Tensor]
    collected: list[Tensor]
    outward: Callable[[Any], Any]


def _begun(rounds: Raw) -> list[Raw]:
    if not int(rounds):
        raise invalid(
            "A loop must iterate at least once to initialize the variables that it is the first to bind, and there was "
            "no round."
        )
    return []


def _shapes_known(trace: Trace) -> bool:
    """Whether TensorFlow would know all shapes, too."""
    return all(one.shapes_known and not one.recorder.demanded for one in (trace, *trace.enclosings()))


def _same_shape(trace: Trace, a: Any, b: Any, graph: bool) -> bool:
    """Whether the state is of shape `a` after a round where it was of shape `b`; in a `graph` open sizes may change."""
    if len(a) != len(b):
        return False
    with scope.left():
        return all((graph and type(n) is torch.SymInt) or bool(m == n) for m, n in zip(a, b, strict=True))


class Loop:
    """One node of a loop, as a differentiable function.

    Args:
      body: its body: a function of its inputs, to the new state and what is collected.
      slots: which input of the loop each input of `body` is.
      sizes: how many inputs of the loop are state, rows and fixed values; they come in this order.
      through: for each part of the state, whether derivatives go through it from round to round. They do not through
        Variables: every reading of one counts as the Variable itself.
      test: goes on while it holds; the slots of its inputs.
      backwards: it goes from the last round to the first.
      known: numbers of values of the body's trace that come with each round, in lists.
      stream: what its rows are taken from, at each round the next; if it is connected, the body collects them last.
      others: the same body and its slots, for elements of other sizes.
    """

    def __init__(
        self,
        body: Call,
        slots: Sequence[Slot],
        sizes: tuple[int, int, int],
        through: Sequence[bool],
        name: str,
        *,
        test: tuple[Call, Sequence[Slot]] | None = None,
        backwards: bool = False,
        known: Sequence[list[int]] = (),
        stream: Stream | None = None,
        others: Sequence[tuple[Call, Sequence[Slot]]] = (),
    ) -> None:
        self.body = body
        self.others = list(others)
        self.stream = stream
        self.slots = list(slots)
        self.states, self.rows, self.fixed = sizes
        self.through = list(through)
        self.name = name
        self.test = test
        self.backwards = backwards
        self.known = list(known)
        self.collected = len(body.outputs) - self.states
        self.check: Callable[[], None] = (
            _nothing  # what the traces of its parts ask of sizes, to the trace around it
        )
        self.rounds: Any = None  # how many there were: the value that the node gives
        self.keep: list[int] | None = None  # fixed when the first gradient is made
        recorder = body.trace.recorder
        self.outs = [recorder.values[x] if type(x) is Ref else x for x in body.outputs]
        self.ins = [recorder.values[n] for n in body.inputs]
        self._gradients: dict[Any, LoopGradient] = {}

    def inner(self, kind: str, place: int) -> int:
        """Which input of the body an input of the loop is."""
        return self.slots.index((kind, place))

    def apply(self, count: Any, tensors: Sequence[Tensor], known: Sequence[Raw] = ()) -> list[Tensor]:
        """The last state, what was collected, and the state before each round, as tokens; recorded as one entry.

        Args:
          known: tokens of the values that come with each round.
        """
        trace = scope.active.trace
        assert trace is not None
        raws = [contiguous(x._t) for x in tensors]
        tensors = [Tensor(raw, x._node) for raw, x in zip(raws, tensors, strict=True)]
        states = raws[: self.states]
        befores = [self.ins[self.inner("state", j)] for j in range(self.states)]
        tokens = [token_of(x.dtype) for x in [*self.outs[self.states :], *befores]]
        results = [*[described(x) for x in states], *tokens]
        more = [((), torch.int32, torch.device("cpu")), ((), torch.float32, META)]
        step = Rounds(self)
        found = trace.recorder.stateful(step, [count, *raws, *known], [*results, *more], effect=step.effect)
        *finals, rounds, kept = found
        self.rounds = rounds
        if self.stream is not None and not self.stream.connected:
            return [Tensor(raw, None) for raw in finals]

        def rule(op: Any, *dys: Any) -> Any:
            present = tuple([dy is not None for dy in dys])
            gradient = self.gradient(tuple(op.needs), present)
            return gradient(op, dys, rounds, [*known, kept])

        return recorded(self.name, tensors, finals, rule)

    def gradient(self, needs: tuple[bool, ...], present: tuple[bool, ...]) -> LoopGradient:
        """The loop that computes the cotangents of those inputs that `needs` says.

        Args:
          present: which results have cotangents.
        """
        key = needs, present
        found = self._gradients.get(key)
        if found is None:
            found = self._gradients[key] = LoopGradient(self, needs, present)
        return found


class LoopGradient:
    """The gradient of a loop: another loop, and where among its results the cotangents are."""

    def __init__(self, of: Loop, needs: tuple[bool, ...], present: tuple[bool, ...]) -> None:
        self.of = of
        self.needs = needs
        body = of.body
        recorder = body.trace.recorder
        states, rows = of.states, of.rows
        starts = {"state": 0, "row": states, "fixed": states + rows}
        inexact = [
            x.dtype in INEXACT and node is not None for x, node in zip(of.ins, body.nodes, strict=True)
        ]
        needed = [inexact[i] and needs[starts[kind] + place] for i, (kind, place) in enumerate(of.slots)]
        place_of = {place: i for i, (kind, place) in enumerate(of.slots) if kind == "state"}
        carries = [of.through[j] and inexact[place_of[j]] for j in range(states)]
        entries = {node: i for i, node in enumerate(body.nodes) if node is not None}
        ways = [_reached(target, entries) for target in body.targets]
        # The state that something needed comes to, and of that what a cotangent comes back to.
        matters = {j for j in range(states) if needed[place_of[j]]}
        useful = {i for i, need in enumerate(needed) if need}
        while True:
            more = {
                j for j in range(states) if carries[j] and j not in matters and not useful.isdisjoint(ways[j])
            }
            if not more:
                break
            matters |= more
            useful |= {place_of[j] for j in more}
        count = states + of.collected
        seeded = {j for j in range(states) if carries[j] and (present[j] or present[count + j])}
        at_rows = [q for q in range(of.collected) if present[states + q] and ways[states + q] & useful]
        for q in at_rows:
            seeded |= {j for j in range(states) if carries[j] and place_of[j] in ways[states + q]}
        while True:
            more = {
                j
                for j in range(states)
                if carries[j] and j not in seeded and any(place_of[j] in ways[k] for k in seeded)
            }
            if not more:
                break
            seeded |= more
        self.active = [j for j in range(states) if carries[j] and j in matters and j in seeded]
        at_states = [j for j in range(states) if present[count + j] and place_of[j] in useful]
        outputs = [
            *[(body.outputs[j], body.targets[j]) for j in self.active],
            *[(body.outputs[states + q], body.targets[states + q]) for q in at_rows],
            *[(Ref(body.inputs[place_of[j]]), body.nodes[place_of[j]]) for j in at_states],
        ]
        self.dys = [*[states + q for q in at_rows], *[count + j for j in at_states]]
        wanted = tuple(
            [
                place in self.active if kind == "state" and of.through[place] else needed[i]
                for i, (kind, place) in enumerate(of.slots)
            ]
        )
        restricted = Call(
            body.trace,
            body.inputs,
            body.nodes,
            [x for x, _ in outputs],
            [target for _, target in outputs],
            body.first,
            body.last,
            body.name,
        )
        gradient = restricted.gradient(wanted)
        if of.keep is None:
            before = {n for one in of.known for n in one}
            of.keep = [n for n in gradient.kept if n not in before]
        # What stays the same has a sum of cotangents, and so have Variables.
        self.sums: list[int] = []  # inputs of the body
        self.at_rows: list[int] = []
        results: list[Tensor] = []
        sums: list[Tensor] = []
        collected: list[Tensor] = []
        with reopened(body.trace):
            for i, (kind, place) in enumerate(of.slots):
                grad = _dense(gradient, i) if wanted[i] else None
                if kind == "state" and of.through[place]:
                    if place in self.active:
                        like = of.ins[i]
                        zero = torch.zeros_like(like) if symbolic(like.shape) else _zeros(like)
                        results.append(Tensor(zero, None) if grad is None else grad)
                elif grad is None:
                    continue
                elif kind == "row":
                    self.at_rows.append(place)
                    collected.append(grad)
                else:
                    self.sums.append(i)
                    fake = recorder.fresh(of.ins[i])
                    total = Tensor(fake, leaf(body.trace.record.ids))
                    sums.append(total)
                    results.append(_plus(total, grad))
            inputs = [*gradient.inputs, *[recorder.number(x._t) for x in sums]]
            nodes = [*gradient.nodes, *[x._node for x in sums]]
            raws = [x._t for x in [*self._in_order(results, of), *collected]]
            targets = [
                x._node if x._t.dtype in INEXACT else None for x in [*self._in_order(results, of), *collected]
            ]
            made = [Ref(recorder.number(raw)) if recorder.mine(raw) else raw for raw in raws]
        call = Call(
            body.trace, inputs, nodes, made, targets, gradient.first, len(recorder.nodes), f"{of.name}Grad"
        )
        slots: list[Slot] = [
            ("row", place) if kind == "state" else ("row", states + place) if kind == "row" else (kind, place)
            for kind, place in of.slots
        ]
        active = len(self.active)
        slots += [("state", i) for i in range(active)]
        slots += [("row", states + rows + i) for i in range(len(self.dys))]
        slots += [("state", active + i) for i in range(len(self.sums))]
        total_states = active + len(self.sums)
        self.loop = Loop(
            call,
            slots,
            (total_states, states + rows + len(self.dys), of.fixed),
            [True] * total_states,
            f"{of.name}Grad",
            backwards=not of.backwards,
            known=[*of.known, of.keep],
        )

        self.loop.check = of.check
        of.check()

    def _in_order(self, results: list[Tensor], of: Loop) -> list[Tensor]:
        """The cotangents of the state before the sums."""
        state = []
        sums = []
        given = iter(results)
        summed = set(self.sums)
        for i, (kind, place) in enumerate(of.slots):
            if kind == "state" and of.through[place] and place in self.active:
                state.append((place, next(given)))
            elif i in summed:
                sums.append(next(given))
        return [x for _, x in sorted(state, key=lambda one: one[0])] + sums

    def __call__(self, op: Any, dys: Sequence[Any], rounds: Raw, known: Sequence[Raw]) -> Any:
        """What the rule of the loop gives."""
        of = self.of
        states, rows = of.states, of.rows
        inputs = [as_tensor(x) for x in op.inputs]
        outputs = [as_tensor(x) for x in op.outputs]
        starts = {"state": 0, "row": states, "fixed": states + rows}
        begin = [
            as_tensor(dys[j]) if dys[j] is not None else Tensor(torch.zeros_like(inputs[j]._t), None)
            for j in self.active
        ]
        sums = [inputs[starts[kind] + place] for kind, place in (of.slots[i] for i in self.sums)]
        zeros = [Tensor(torch.zeros_like(x._t), None) for x in sums]
        before = outputs[states + of.collected :]
        items = inputs[states : states + rows]
        if of.stream is not None:
            items = outputs[states + of.collected - rows : states + of.collected]
        given = [
            *begin,
            *zeros,
            *before,
            *items,
            *[as_tensor(dys[i]) for i in self.dys],
            *inputs[states + rows :],
        ]
        found = self.loop.apply(rounds, given, known)
        grads: list[Any] = [None] * len(inputs)
        for j, x in zip(self.active, found, strict=False):
            grads[j] = x
        for i, x in zip(self.sums, found[len(self.active) :], strict=False):
            kind, place = of.slots[i]
            grads[starts[kind] + place] = x
        first = self.loop.states
        for place, x in zip(self.at_rows, found[first:], strict=False):
            grads[states + place] = x
        for i, need in enumerate(self.needs):  # what is not connected has zeros in TensorFlow's loops
            if need and grads[i] is None and inputs[i]._t.dtype in INEXACT:
                grads[i] = Tensor(torch.zeros_like(inputs[i]._t), None)
        return grads[0] if len(grads) == 1 else grads


def _reached(target: Entry | None, entries: dict[Entry, int]) -> set[int]:
    """Which of `entries` a value depends on."""
    found: set[int] = set()
    seen: set[Entry] = set()
    stack = [] if target is None else [target]
    while stack:
        entry = stack.pop()
        if entry in seen:
            continue
        seen.add(entry)
        if entry in entries:
            found.add(entries[entry])
        stack.extend([parent for parent in entry.parents if parent is not None])
    return found


def _dense(gradient: Any, place: int) -> Tensor | None:
    """The cotangent of an input; a sparse one is made dense, as in TensorFlow's loops."""
    where = gradient.layout[place]
    if where is None:
        return None

    def tensor(i: int) -> Tensor:
        x = gradient.outputs[i]
        return Tensor(gradient.trace.recorder.values[x] if type(x) is Ref else x, gradient.targets[i])

    if isinstance(where, Slices):
        shape = where.dense_shape
        values, indices = tensor(where.start), tensor(where.start + 1)
        found: Any = IndexedSlices(values, indices, tensor(shape) if type(shape) is int else shape)
        return as_tensor(found.dense())
    return tensor(where)


def _plus(a: Any, b: Any) -> Tensor:
    found: Tensor = a + b
    return found


def _nothing() -> None:
    pass


def _zeros(like: Raw) -> Raw:
    shape, dtype, device = cotangent_like(like)
    with torch.utils._python_dispatch._disable_current_modes():
        return torch.zeros((), dtype=dtype, device=device).expand(shape)
