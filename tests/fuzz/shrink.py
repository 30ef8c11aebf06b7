"""Makes a failing program small: fewer steps, values in place of steps, smaller bodies, fewer inputs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from .program import Body, Input, Program, Step, uses

LIMIT = 120  # programs tried


def shrink(
    program: Program, fails: Callable[[Program], bool], value: Callable[[Program, int], Any]
) -> Program:
    """The smallest program found that still fails.

    Args:
      fails: whether a program has the failure.
      value: the array of one value of a program, or None if it cannot be had.
    """
    tried = 0
    best, improved = program, True
    while improved and tried < LIMIT:
        improved = False
        for candidate in candidates(best, value):
            tried += 1
            if tried > LIMIT:
                break
            try:
                found = fails(candidate)
            except Exception:
                found = False
            if found:
                best, improved = candidate, True
                break
    return best


def candidates(p: Program, value: Callable[[Program, int], Any]) -> Iterator[Program]:
    lean = prune(p)
    if size(lean) < size(p):
        yield lean
    if len(p.targets) > 1:
        for t in p.targets:
            yield prune(Program(p.inputs, p.steps, [t], p.singular))
    # A target that comes earlier.
    outs = [o for s in p.steps[:-1] for o in s.outs]
    for o in outs:
        yield prune(Program(p.inputs, p.steps, [o], p.singular))
    # Values in place of steps, the last ones first: what is before them goes as well.
    if not any("assign" in s.op or "scatter_nd_" in s.op for s in p.steps):
        for s in reversed(p.steps[:-1] if len(p.targets) == 1 else p.steps):
            if not set(s.outs) & set(p.targets):
                arrays = [value(p, o) for o in s.outs]
                if all(a is not None for a in arrays):
                    made = [Input.of(o, a) for o, a in zip(s.outs, arrays, strict=True)]
                    rest = [x for x in p.steps if x is not s]
                    yield prune(Program([*p.inputs, *made], rest, p.targets, p.singular))
    # A step left out: its argument, or a value like its result, takes its place.
    types = p.types()
    for k, s in enumerate(p.steps):
        if len(s.outs) > 1:
            continue
        mine = types[s.outs[0]]
        before = [i.id for i in p.inputs] + [o for x in p.steps[:k] for o in x.outs]
        for other in [a for a in s.args if types.get(a) == mine] or [
            b for b in before if types.get(b) == mine
        ][-1:]:
            rest = copy.deepcopy([x for x in p.steps if x is not s])
            _rename(rest, s.outs[0], other)
            targets = [other if t == s.outs[0] else t for t in p.targets]
            yield prune(Program(p.inputs, rest, targets, p.singular))
    for k, s in enumerate(p.steps):
        for b, body in enumerate(s.bodies):
            for smaller in _smaller(body):
                steps = copy.deepcopy(p.steps)
                steps[k].bodies[b] = smaller
                yield prune(Program(p.inputs, steps, p.targets, p.singular))
    for k, i in enumerate(p.inputs):
        if i.variable and not any("assign" in s.code or "scatter_nd_" in s.code for s in p.steps):
            inputs = list(p.inputs)
            inputs[k] = Input(i.id, i.dtype, i.shape, i.values)
            yield Program(inputs, p.steps, p.targets, p.singular)


def _smaller(body: Body) -> Iterator[Body]:
    if body.steps and body.params:
        yield Body(body.params, [], [body.params[0]])
    outs = [o for s in body.steps for o in s.outs]
    for o in outs[:-1]:
        yield Body(body.params, _needed(body.steps, {o}), [o])
    for s in body.steps:
        for other in s.args[:2]:
            if len(s.outs) == 1:
                rest = copy.deepcopy([x for x in body.steps if x is not s])
                _rename(rest, s.outs[0], other)
                yield Body(body.params, rest, [other if r == s.outs[0] else r for r in body.results])
        for b, inner in enumerate(s.bodies):
            for smaller in _smaller(inner):
                rest = copy.deepcopy(body.steps)
                rest[body.steps.index(s)].bodies[b] = smaller
                yield Body(body.params, rest, body.results)


def _rename(steps: list[Step], old: int, new: int) -> None:
    for s in steps:
        s.args = [new if a == old else a for a in s.args]
        for body in s.bodies:
            _rename(body.steps, old, new)
            body.results = [new if r == old else r for r in body.results]


def _needed(steps: list[Step], wanted: set[int]) -> list[Step]:
    kept: list[Step] = []
    for s in reversed(steps):
        changes = "assign" in s.code or "scatter_nd_" in s.op
        if set(s.outs) & wanted or (changes and set(s.args[:1]) & wanted):
            kept.insert(0, s)
            wanted = wanted | uses([s])
    return kept


def prune(p: Program) -> Program:
    """Without the steps and inputs that the targets do not need."""
    steps = _needed(p.steps, set(p.targets))
    read = uses(steps) | set(p.targets)
    inputs = [i for i in p.inputs if i.id in read]
    return Program(inputs or p.inputs[:1], steps, p.targets, p.singular)


def size(p: Program) -> tuple[int, int]:
    return len(p.ops()), len(p.inputs)
