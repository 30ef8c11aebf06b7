"""`tape.listing()`: the list as a textbook prints it, and the adjoints after a gradient."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tfcompat_tape as tf

HERE = Path(__file__)


@pytest.fixture(autouse=True)
def not_asked(monkeypatch):
    """Whatever the environment says."""
    monkeypatch.delenv("TFCOMPAT_EXPLAIN", raising=False)


def notes(**keywords):
    x, y = tf.Variable(3.0, name="x"), tf.Variable(2.0, name="y")
    with tf.GradientTape(**keywords) as tape:
        f = x**2 + x * y  # the notes
    return tape, f, x, y


def test_the_list_of_the_notes(device):
    tape, _, x, y = notes(explain=True)
    assert [str(line) for line in tape.listing()] == [
        "v1 = x",
        "v2 = y",
        "v3 = Pow(v1, 2)",
        "v4 = Mul(v1, v2)",
        "v5 = AddV2(v3, v4)",
    ]
    line = tape.listing()["v4"]
    here = [i for i, text in enumerate(HERE.read_text().splitlines(), 1) if text.endswith("# the notes")]
    assert (line.shape, line.dtype, Path(line.place.file), [line.place.line]) == ((), "float32", HERE, here)
    assert all(one.adjoint is None for one in tape.listing())
    assert x.numpy() + y.numpy() == 5.0


@pytest.mark.parametrize("persistent", [False, True])
def test_the_adjoints_of_the_notes(device, persistent):
    tape, f, x, y = notes(persistent=persistent, explain=True)
    tape.gradient(f, [x, y])
    sums = [line.sum for line in tape.listing()]
    assert sums == [
        "adj v1 = 6 (from v3) + 2 (from v4) = 8",
        "adj v2 = 3",
        "adj v3 = 1",
        "adj v4 = 1",
        "adj v5 = 1",
    ]


def test_the_text_is_in_columns():
    tape, f, x, y = notes(explain=True)
    tape.gradient(f, [x, y])
    text = str(tape.listing())
    rows = text.splitlines()
    assert len(rows) == 5
    assert len({row.index("float32") for row in rows}) == 1
    assert len({row.index("adj ") for row in rows}) == 1
    assert all("test_listing.py" in row for row in rows)
    assert "<pre>" in tape.listing()._repr_html_()


def test_a_value_that_is_used_twice_by_one_op(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
    tape.gradient(y, v)
    assert tape.listing()[0].sum == "adj v1 = 3 (from v2) + 3 (from v2) = 6"


def test_the_second_of_two_gradients_is_shown(device):
    tape, f, x, y = notes(persistent=True, explain=True)
    tape.gradient(f, [x, y])
    tape.gradient(f, y)
    assert [line.sum for line in tape.listing()] == ["", "adj v2 = 3", "", "adj v4 = 1", "adj v5 = 1"]


def test_arrays_are_shown_by_their_norm(device):
    w = tf.Variable(tf.ones([3, 4]))
    with tf.GradientTape(explain=True) as tape:
        h = tf.tanh(tf.ones([2, 3]) @ w)
        y = tf.reduce_sum(h)
    gradient = tape.gradient(y, w)
    line = tape.listing()[0]
    assert (line.shape, line.adjoint.shape, line.adjoint.values) == ((3, 4), (3, 4), None)
    np.testing.assert_allclose(line.adjoint.norm, np.linalg.norm(gradient), rtol=1e-5)
    assert "MatMul(const[2, 3], v1)" in str(tape.listing())


def test_numbers_and_constants_as_inputs(device):
    v, c = tf.Variable([1.0, 2.0]), tf.constant([3.0, 4.0])
    with tf.GradientTape(explain=True) as tape:
        y = 2.0 * v
        y = y + 0.5
        y = y * c
        y = y - np.array([1.0, 2.0], np.float32)
        y = tf.constant(3.5) * y
    assert [str(line) for line in tape.listing()][1:] == [
        "v2 = Mul(2.0, v1)",
        "v3 = AddV2(v2, 0.5)",
        "v4 = Mul(v3, const[2])",
        "v5 = Sub(v4, const[2])",
        "v6 = Mul(3.5, v5)",
    ]
    assert y.shape == [2]


def test_several_outputs(device):
    v = tf.Variable([1.0, 2.0, 3.0, 4.0])
    with tf.GradientTape(explain=True) as tape:
        a, b = tf.split(v, 2)
        y = tf.reduce_sum(a * b)
    tape.gradient(y, v)
    lines = tape.listing()
    assert [str(line) for line in lines] == [
        "v1 = v",
        "v2 = Split(v1)",
        "v3 = v2[0]",
        "v4 = v2[1]",
        "v5 = Mul(v3, v4)",
        "v6 = Sum(v5)",
    ]
    assert lines["v2"].dtype == "2 outputs"
    assert str(lines["v3"].adjoint) == "[3, 4]" and str(lines["v1"].adjoint) == "[3, 4, 1, 2]"


def test_a_watched_tensor_and_results_that_were_dropped(device):
    x = tf.constant(2.0)
    with tf.GradientTape(explain=True) as tape:
        tape.watch(x)
        tf.exp(x)
        y = x * 3.0
    tape.gradient(y, x)
    assert [(str(line), line.sum) for line in tape.listing()] == [
        ("v1 = x", "adj v1 = 3"),
        ("v2 = Exp(v1)", ""),
        ("v3 = Mul(v1, 3.0)", "adj v3 = 1"),
    ]


def test_name_scopes(device):
    v = tf.Variable(2.0)
    with tf.GradientTape(explain=True) as tape, tf.name_scope("block"), tf.name_scope("inner"):
        _ = v * v
    assert tape.listing()["v2"].scope == "block/inner"


def test_only_what_the_tape_records_is_listed(device):
    v, c = tf.Variable(2.0), tf.constant(1.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        _ = c + c
        z = tf.stop_gradient(y) + y
    assert [line.op for line in tape.listing()] == ["", "Mul", "AddV2"]
    with tf.GradientTape(explain=True):
        _ = z + 1.0
    assert len(tape.listing()) == 3


def test_second_derivatives(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as outer:
        with tf.GradientTape(explain=True) as inner:
            y = v**3
        slope = inner.gradient(y, v)
    outer.gradient(slope, v)
    assert inner.listing()["v1"].sum == "adj v1 = 27"
    (first, *_) = outer.listing()
    assert str(first.adjoint) == "18"


def test_two_hundred_operations(device):
    weights = [tf.Variable(tf.ones([4, 4]), name=f"w{i}") for i in range(20)]
    x = tf.ones([2, 4])
    with tf.GradientTape(explain=True) as tape:
        for w in weights:
            x = tf.tanh(tf.matmul(x, w) * 0.1 + 0.5)
            x = x * x + tf.sigmoid(x) - x / 2.0
        loss = tf.reduce_mean(x)
    tape.gradient(loss, weights)
    lines = tape.listing()
    assert len(lines) > 180
    assert lines["v1"].label == "weights[0]" or lines["v1"].label == "w0"
    assert max(len(row) for row in str(lines).splitlines()) < 200


def test_what_is_known_without_tracing(device):
    tape, f, x, y = notes()
    text = str(tape.listing())
    assert [str(line) for line in tape.listing()] == [
        "v1 = x",
        "v2 = y",
        "v3 = Pow(v1, 2)",
        "v4 = Mul(v1, v2)",
        "v5 = AddV2(v3, v4)",
    ]
    assert "explain=True" in text
    tape.gradient(f, [x, y])
    assert len(tape.listing()) == 0
    assert "it has been used" in str(tape.listing())
    assert "nothing yet" in str(tf.GradientTape().listing())


def test_jacobians_leave_the_list_without_values(device):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True, explain=True) as tape:
        tape.watch(x)
        y = x * x
    tape.jacobian(y, x)
    assert [line.sum for line in tape.listing()] == ["", ""]
