"""What one report says where there are several reasons, sources or targets, and of questions that are none.

Each test marks the line where the path breaks with a comment, and the report must name that line.
"""

from __future__ import annotations

import pytest
from explain_marks_kit import check, line_of

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason


@pytest.fixture(autouse=True)
def not_asked(monkeypatch):
    """Whatever the environment says."""
    monkeypatch.delenv("TFCOMPAT_EXPLAIN", raising=False)


def test_two_breaks_on_one_way_are_both_told(device):
    x = tf.constant(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = x * x  # the first of two
        z = tf.stop_gradient(y)
    report = check(tape, z, x, Reason.NEVER_WATCHED, "the first of two")
    assert [b.reason for b in report[0].breaks] == [Reason.NEVER_WATCHED, Reason.STOP_GRADIENT]


def test_breaks_on_several_ways_are_all_told(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        a = tf.stop_gradient(v)
        b = tf.cast(tf.cast(v, tf.int32), tf.float32)
        c = a * b
    (found,) = tape.explain(c, v)
    assert {b.reason for b in found.breaks} == {Reason.STOP_GRADIENT, Reason.INTEGER_DTYPE}


def test_a_report_on_several_sources(device):
    v, w, u = tf.Variable(3.0, name="v"), tf.Variable(2.0, name="w"), tf.constant(1.0)
    with tf.GradientTape(persistent=True, explain=True) as tape:
        y = v * tf.stop_gradient(w) + u
    report = tape.explain(y, {"v": v, "w": w, "u": u})
    assert len(report) == 3 and not report.connected
    assert report[v].connected and report[v].reason is None
    assert [step.op for step in report[v].path] == ["v:0", "Mul", "AddV2"]
    assert report[w].reason is Reason.STOP_GRADIENT
    assert report[u].reason is Reason.NEVER_WATCHED
    assert report.reason is report[1].reason or report.reason is report[0].reason
    with pytest.raises(KeyError):
        report[y]
    assert "stop_gradient" in report._repr_html_()


def test_many_sources_of_one_kind_are_told_once(device):
    weights = [tf.constant(float(i)) for i in range(30)]
    with tf.GradientTape(explain=True) as tape:
        y = tf.add_n(weights)
    text = str(tape.explain(y, weights))
    assert text.count("never watched") <= 3
    assert "and 24 more" in text


def test_several_targets(device):
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=True, explain=True) as tape:
        y, z = tf.stop_gradient(v), w * 2.0
    report = tape.explain([y, z], [v, w])
    assert [c.connected for c in report] == [False, True]
    assert report[v].reason is Reason.STOP_GRADIENT


def test_what_is_no_tensor(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(persistent=True, explain=True) as tape:
        y = v * v
    loss = y.numpy()  # and no Tensor any more
    (found,) = tape.explain(loss, v)
    assert (found.reason, found.certain) == (Reason.LEFT_LIBRARY, True)
    assert found.where.line == line_of("and no Tensor any more")
    assert "no Tensor" in str(found)
    (found,) = tape.explain(y, 3.0)
    assert (found.reason, found.certain, found.where) == (Reason.LEFT_LIBRARY, False, None)


def test_a_gradient_of_a_lookup_must_be_converted_first(device):
    table = tf.Variable(tf.ones([4, 2]))
    with tf.GradientTape(persistent=True, explain=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.gather(table, [1, 2]) ** 2)
        rows = inner.gradient(y, table)
    (found,) = outer.explain(rows, table)
    assert (found.connected, found.reason) == (None, None)
    assert "tf.convert_to_tensor" in str(found)
    assert outer.explain(rows.values, table).connected


def test_explain_leaves_the_tape_as_it_is(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        assert tape.explain(y, v).connected
        z = y * v
    assert tape.explain(z, v).connected
    assert tape.gradient(z, v).numpy() == 27.0
