"""`tf.profile`: what it measures, for which line, and that nothing of it stays."""

from __future__ import annotations

import gzip
import inspect
import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import tfcompat_tape as tf
from tfcompat_tape.core import registry
from tfcompat_tape.core.dispatch import CALLS
from tfcompat_tape.core.wengert import Entry
from tfcompat_tape.profiling import Profile, measuring, tables
from tfcompat_tape.tracing.call import Gradient, Rule
from tfcompat_tape.tracing.line import Line
from tfcompat_tape.tracing.trace import Trace


def line() -> int:
    """The number of the caller's line."""
    return sys._getframe(1).f_lineno


def calls(p: Profile) -> dict[str, int]:
    return {one.name: one.calls for one in p.by_op()}


def ops_at(p: Profile, number: int) -> set[str]:
    return {op for one in p.by_line() if (one.file, one.line) == (__file__, number) for op in one.ops}


def everything() -> list[object]:
    kernels = [inspect.getclosurevars(call).nonlocals["kernel"] for _, call in CALLS]
    rules = [(op.rule, op.jvp, op.fallback) for op in registry.OPS.values()]
    methods = [Entry.__init__, Line.run, Rule.__call__, Trace.__init__, Trace.run, Gradient.__init__]
    tape = [tf.GradientTape.gradient, tf.GradientTape.jacobian, tf.GradientTape.batch_jacobian]
    return [*kernels, *rules, *methods, *tape]


def test_when_it_is_over_all_is_as_it_was() -> None:
    before = everything()
    with tf.profile(), tf.profile():
        assert everything() != before
    assert everything() == before
    with pytest.raises(ValueError, match="mine"), tf.profile():
        raise ValueError("mine")
    assert everything() == before


def test_ops_and_their_gradients_belong_to_the_line_of_the_op() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.profile() as p:
        for _ in range(3):
            with tf.GradientTape() as tape:
                y = tf.tanh(x)
                at = line() - 1
                z = tf.reduce_sum(
                    tf.exp(y)  # a line of its own
                )
            tape.gradient(z, x)
            walk = line() - 1
    assert calls(p) == {
        "Tanh": 3,
        "Exp": 3,
        "Sum": 3,
        "TanhGrad": 3,
        "ExpGrad": 3,
        "SumGrad": 3,
        "GradientTape.gradient": 3,
    }
    assert ops_at(p, at) == {"Tanh", "TanhGrad"}
    assert ops_at(p, at + 2) == {"Sum", "SumGrad"}
    assert ops_at(p, at + 3) == {"Exp", "ExpGrad"}
    assert ops_at(p, walk) == {"GradientTape.gradient"}
    found = next(one for one in p.by_line() if one.line == at)
    assert found.forward > 0 and found.backward > 0
    assert found.seconds == found.forward + found.backward


def test_second_derivatives_belong_to_the_line_of_the_first_op() -> None:
    x = tf.Variable(2.0)
    with tf.profile() as p:
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = tf.tanh(x)
                at = line() - 1
            dy = inner.gradient(y, x)
        outer.gradient(dy, x)
    assert {"Tanh", "TanhGrad"} < ops_at(p, at)
    assert any(name not in ("Tanh", "TanhGrad") for name in ops_at(p, at))  # the gradient of the gradient


def test_a_gradient_of_what_was_recorded_before_belongs_to_the_walk() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.tanh(x)
    with tf.profile() as p:
        tape.gradient(y, x)
        at = line() - 1
    assert ops_at(p, at) == {"TanhGrad", "GradientTape.gradient"}


def test_times_are_without_what_ran_inside() -> None:
    x = tf.Variable(tf.ones([200, 200]))
    with tf.profile() as p, tf.GradientTape() as tape:
        y = x @ x @ x
        tape.gradient(y, x)
    spans = {span.name: span for span in p.spans if span.name != "MatMulGrad"}
    walk = spans["GradientTape.gradient"]
    inside = sum(s.end - s.start for s in p.spans if s.name == "MatMulGrad")
    own = next(one.seconds for one in p.by_op() if one.name == "GradientTape.gradient")
    assert own == pytest.approx((walk.end - walk.start - inside) / 1e9, abs=1e-9)
    assert sum(one.seconds for one in p.by_op()) == pytest.approx(sum(one.seconds for one in p.by_line()))
    assert sum(one.seconds for one in p.by_op()) <= p.seconds


def test_a_traced_function_kernel_by_kernel() -> None:
    v = tf.Variable(tf.ones([4, 4]))

    @tf.function
    def f(x: Any) -> Any:
        return tf.reduce_sum(tf.tanh(x @ v))

    x = tf.ones([2, 4])
    expected = f(x).numpy()
    with tf.profile() as p:
        values = [f(x).numpy() for _ in range(3)]
    assert values == [expected] * 3
    found = calls(p)
    assert found["tf.function f"] == found["aten.mm"] == found["aten.tanh"] == 3
    assert "MatMul" not in found and "tracing f" not in found


def test_tracing_is_one_block_and_its_gradient_belongs_to_the_call() -> None:
    v = tf.Variable(2.0)

    @tf.function
    def f(x: Any) -> Any:
        return tf.tanh(x * v)

    with tf.profile() as p:
        for _ in range(2):
            with tf.GradientTape() as tape:
                y = f(tf.constant(3.0))
                at = line() - 1
            grad = tape.gradient(y, v)
    found = calls(p)
    assert found["tracing f"] == found["tracing fGrad"] == 1
    assert found["tf.function f"] >= 1 and found["tf.function fGrad"] == 2
    assert "Tanh" not in found
    assert {"tracing f", "tf.function f", "tf.function fGrad"} <= ops_at(p, at)
    with tf.GradientTape() as tape:
        y = tf.tanh(3.0 * v)
    assert grad.numpy() == pytest.approx(tape.gradient(y, v).numpy(), rel=1e-6)


def test_guards_and_errors_in_traced_functions_are_as_without() -> None:
    @tf.function
    def f(x: Any) -> Any:
        if tf.reduce_sum(x) > 0.0:
            return x + 1.0
        return x - 1.0

    with tf.profile() as p:
        assert [f(tf.constant([a])).numpy().tolist() for a in (2.0, -2.0, 2.0)] == [[3.0], [-3.0], [3.0]]
    assert {"tf.function f", "aten.sum"} <= calls(p).keys()

    @tf.function
    def g(x: Any) -> Any:
        return tf.linalg.inv(x)

    g(tf.eye(2))
    with pytest.raises(tf.errors.InvalidArgumentError) as plain:
        g(tf.zeros([2, 2]))
    with tf.profile(), pytest.raises(tf.errors.InvalidArgumentError) as profiled:
        g(tf.zeros([2, 2]))
    assert str(profiled.value) == str(plain.value)


def test_an_op_that_fails_is_not_counted() -> None:
    with tf.profile() as p:
        with pytest.raises(tf.errors.InvalidArgumentError):
            tf.matmul(tf.ones([2, 3]), tf.ones([2, 3]))
        tf.tanh(1.0)
    assert calls(p)["Tanh"] == 1 and "MatMul" not in calls(p)


def test_other_threads_are_measured() -> None:
    with tf.profile() as p:
        thread = threading.Thread(target=lambda: tf.tanh(1.0), name="another")
        thread.start()
        thread.join()
        tf.exp(1.0)
    assert calls(p) == {"Tanh": 1, "Exp": 1}
    assert len({span.thread for span in p.spans}) == 2
    assert "another" in p.threads.values()


def test_profiles_inside_of_profiles() -> None:
    with tf.profile() as outer:
        tf.exp(1.0)
        with tf.profile() as inner:
            tf.tanh(1.0)
        tf.exp(1.0)
    assert calls(outer) == {"Exp": 2, "Tanh": 1} and calls(inner) == {"Tanh": 1}
    assert not outer.running


def test_jacobians_are_measured_and_the_same() -> None:
    x = tf.Variable([[0.5, 2.0], [1.5, 3.0]])

    def jacobian() -> Any:
        with tf.GradientTape() as tape:
            y = tf.tanh(x) @ x
        return tape.jacobian(y, x).numpy().tolist()

    expected = jacobian()
    with tf.profile() as p:
        assert jacobian() == expected
    assert calls(p)["GradientTape.jacobian"] == 1


def test_the_table() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.profile() as p, tf.GradientTape() as tape:
        y = tf.tanh(x)  # in the table
        tape.gradient(y, x)
    text = p.table()
    head, ops, lines = text.rstrip().split("\n\n")
    assert head.endswith("in 3 calls")
    assert ops.splitlines()[0].split() == ["op", "calls", "ms", "%", "us", "each"]
    assert sorted(row.split()[:2] for row in ops.splitlines()[1:]) == [
        ["GradientTape.gradient", "1"],
        ["Tanh", "1"],
        ["TanhGrad", "1"],
    ]
    assert any(
        "test_profile.py:" in row and "y = tf.tanh(x)  # in the table" in row for row in lines.splitlines()
    )
    short = p.table(rows=1).split("\n\n")
    assert short[1].splitlines()[-1].startswith("2 more") and short[2].splitlines()[-1].startswith("1 more")


def test_a_table_of_nothing() -> None:
    with tf.profile() as p:
        pass
    assert p.by_op() == p.by_line() == []
    assert "in 0 calls" in p.table()


def test_the_table_by_rich_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def __init__(self) -> None:
            self.text = ""

        def write(self, text: str) -> None:
            self.text += text

        def flush(self) -> None:
            pass

        def isatty(self) -> bool:
            return True

    with tf.profile() as p:
        tf.tanh(1.0)
    for module in ("rich", "rich.console", "rich.table", "rich.text"):
        monkeypatch.setitem(sys.modules, module, None)
    terminal = Terminal()
    tables.show(p, "Profile of it", file=terminal)
    assert terminal.text == f"Profile of it: {p.table()}"


def test_the_trace(tmp_path: Path) -> None:
    x = tf.Variable([1.0, 2.0])
    step = tf.profiler.experimental.Trace("my step", step_num=3, what=x.dtype)
    with tf.profile() as p, step, tf.GradientTape() as tape:
        y = tf.tanh(x)
        at = line() - 1
        tape.gradient(y, x)
    for name in ("trace.json", "trace.json.gz"):
        p.chrome_trace(tmp_path / name)
    text = (tmp_path / "trace.json").read_text(encoding="utf-8")
    assert gzip.decompress((tmp_path / "trace.json.gz").read_bytes()).decode() == text
    trace = json.loads(text)
    spans = {event["name"]: event for event in trace["traceEvents"] if event["ph"] == "X"}
    assert set(spans) == {"my step", "Tanh", "TanhGrad", "GradientTape.gradient"}
    assert spans["my step"]["args"] | {"line": ""} == {
        "line": "",
        "code": spans["my step"]["args"]["code"],
        "step_num": 3,
        "what": str(x.dtype),
    }
    for name in ("Tanh", "TanhGrad"):
        assert spans[name]["args"]["line"].endswith(f"test_profile.py:{at}")
        assert spans[name]["args"]["code"].startswith("y = tf.tanh(x)")
    outer, inner = spans["GradientTape.gradient"], spans["TanhGrad"]
    assert outer["ts"] <= inner["ts"]
    assert inner["ts"] + inner["dur"] <= outer["ts"] + outer["dur"] + 1e-3
    assert {event["name"] for event in trace["traceEvents"] if event["ph"] == "M"} == {
        "process_name",
        "thread_name",
    }
    with pytest.raises(OSError):
        p.chrome_trace(tmp_path / "nowhere" / "trace.json")


def test_a_trace_has_an_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(measuring, "MOST_SPANS", 2)
    with tf.profile() as p:
        for _ in range(5):
            tf.tanh(1.0)
    p.chrome_trace(tmp_path / "t.json")
    assert calls(p) == {"Tanh": 5} and len(p.spans) == 2
    assert json.loads((tmp_path / "t.json").read_text())["otherData"] == {"spans left out": 3}


def test_what_tensorflows_profiler_writes(tmp_path: Path) -> None:
    with tf.profiler.experimental.Profile(str(tmp_path)):
        tf.tanh(1.0)
    (written,) = tmp_path.glob("plugins/profile/*/*.trace.json.gz")
    events = json.loads(gzip.decompress(written.read_bytes()))["traceEvents"]
    assert "Tanh" in {event["name"] for event in events}


def test_profiles_over_the_network_are_not_covered() -> None:
    for name in ("client", "server"):
        with pytest.raises(
            tf.NotCoveredError, match=f"tf.profiler.experimental.{name}.*of the process that takes them"
        ):
            getattr(tf.profiler.experimental, name)
