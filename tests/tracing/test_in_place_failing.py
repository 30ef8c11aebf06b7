"""A call that fails, or that Ctrl-C ends, assigns nothing, also where Variables are overwritten where they are."""

from __future__ import annotations

import dis
import itertools
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from in_place_kit import WAYS, Model, in_one_state, plans, same

import tfcompat_tape as tf
from tfcompat_tape.core import overwriting
from tfcompat_tape.tracing.in_place import InPlace


def _python(model: Model) -> None:
    def check(count: Any) -> Any:
        if float(count) == 4.0:
            raise RuntimeError("python says no")
        return count

    tf.py_function(check, [model.count.value()], tf.float32)


FAILURES: dict[str, Callable[[Model], None]] = {
    "assert": lambda model: tf.debugging.assert_less(model.count, 4.0),
    "check": lambda model: tf.debugging.check_numerics(model.w / (4.0 - model.count), "no"),
    "index": lambda model: model.count.assign(
        tf.gather([1.0, 2.0, 3.0, 9.0], tf.cast(model.count, tf.int32))
    ),
    "python": _python,
}


@pytest.mark.parametrize(("name", "way"), [*[(name, "replayed") for name in FAILURES], ("index", "compiled")])
def test_a_call_that_fails_assigns_nothing(name: str, way: str) -> None:
    model = Model(way == "compiled", FAILURES[name])
    if name == "index":
        model.count.assign(-1.0)
        model.ready(1)
        model.count.assign(0.0)
    model.ready(3 if name != "index" else 2)
    for _ in range(2):
        before = model.values()
        with pytest.raises((tf.errors.OpError, RuntimeError)):
            for _ in range(3):
                before = model.values()
                model.step(model.x)
        after = model.values()
        for a, b in zip(after, before, strict=True):
            np.testing.assert_array_equal(a, b)
        if name != "index":
            model.count.assign(2.0)


def test_no_memory_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model(False).ready()
    before, places = model.values(), model.addresses()
    (plan,) = plans(model.step)
    monkeypatch.setattr(plan, "_scratch", [((1 << 60,), torch.float32)])
    with pytest.raises(RuntimeError, match=r"memory|large|allocate"):
        model.step(model.x)
    for a, b in zip(model.values(), before, strict=True):
        np.testing.assert_array_equal(a, b)
    monkeypatch.undo()
    model.step(model.x)
    assert model.addresses() == places and float(model.count) == 4.0


def test_kernels_that_fail_do_so_on_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever may be wrong with the plan: the first time it runs on copies, and is given up where that fails."""
    model, eager = Model(False).ready(1), Model(False)
    (path,) = [
        path for kinds in model.step._kinds.kinds.values() for one in kinds.values() for path in one.paths
    ]

    def wrong(given: Any, own: Any, scratch: Any) -> list[Any]:
        return [lambda: own[0].zero_(), lambda: 1 / 0]

    monkeypatch.setattr(path.in_place, "_calls", wrong)
    monkeypatch.setattr(path.in_place, "_tried", False)
    monkeypatch.setattr(path.in_place, "_fits", lambda *raws: False)
    model.ready(2)
    for _ in range(3):
        eager.train(eager.x)
    assert path.in_place._failed and same(model.values(), eager.values())


def test_values_that_are_lost_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model(False).ready()
    (plan,) = plans(model.step)
    monkeypatch.setattr(plan, "_calls", lambda given, own, scratch: [own[0].zero_, lambda: 1 / 0])
    with pytest.raises(RuntimeError, match="have lost their values"):
        model.step(model.x)
    assert all("_t" in v.__dict__ for v in model.variables)


@WAYS
def test_ctrl_c_at_any_time(jit: bool, states: list[list[np.ndarray]]) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    model = Model(jit).ready()
    twos = []
    for _ in range(3):
        began = time.perf_counter()
        model.ready(2)
        twos.append(time.perf_counter() - began)
    two = min(twos)  # another process may have had the processor in the others
    draw = np.random.default_rng(1)
    before = signal.signal(signal.SIGALRM, interrupt)
    interrupted = 0
    try:
        for _ in range(90):
            try:
                signal.setitimer(signal.ITIMER_REAL, float(draw.uniform(0.05 * two, two)))
                model.step(model.x)
                model.step(model.x)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                interrupted += 1
            assert in_one_state(model, states)
            if interrupted == 20:
                break
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 5
    assert in_one_state(model, states)


def test_ctrl_c_wherever_python_looks_for_it(states: list[list[np.ndarray]]) -> None:
    """An exception after each single call, and at each start of a function, of the code that overwrites."""
    model = Model(False).ready()
    file = InPlace.__call__.__code__.co_filename
    seen = itertools.count()
    stop = -1

    def trace(frame: Any, event: str, arg: Any) -> Any:
        if frame.f_code.co_filename != file:
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        last: list[int] = [-1]

        def local(frame: Any, event: str, arg: Any) -> Any:
            if event == "opcode":
                looked = last[0] in LOOKING.setdefault(frame.f_code, _looking(frame.f_code))
                last[0] = frame.f_lasti
                if looked and next(seen) == stop:
                    raise KeyboardInterrupt
            return local

        return local

    ended = 0
    for stop in range(400):
        seen = itertools.count()
        sys.settrace(trace)
        try:
            model.step(model.x)
            ended += 1
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(None)
        assert all("_t" in v.__dict__ for v in model.variables), stop
        assert in_one_state(model, states), stop
        assert overwriting.lock.acquire(blocking=False)
        overwriting.lock.release()
        if ended == 3:
            break
    assert 20 < stop < 399


LOOKING: dict[Any, set[int]] = {}


def _looking(code: Any) -> set[int]:
    """Where Python looks for signals, within the function."""
    names = ("CALL", "RESUME", "JUMP_BACKWARD")
    return {one.offset for one in dis.get_instructions(code) if one.opname.startswith(names)}
