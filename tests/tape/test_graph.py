"""`tape.graph()`: the text of the drawing, with Graphviz or without; pictures where there is the program `dot`."""

from __future__ import annotations

import shutil
import sys

import pytest

import tfcompat_tape as tf

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs the program dot of Graphviz")


@pytest.fixture(autouse=True)
def not_asked(monkeypatch):
    """Whatever the environment says."""
    monkeypatch.delenv("TFCOMPAT_EXPLAIN", raising=False)


def notes():
    x, y = tf.Variable(3.0, name="x"), tf.Variable(2.0, name="y")
    with tf.GradientTape(explain=True) as tape:
        f = x**2 + x * y
    tape.gradient(f, [x, y])
    return tape


def boxes(graph):
    """Labels of the boxes by their kind."""
    found = {}
    for box in graph._drawing.boxes.values():
        found.setdefault(box.kind, []).append(box.label)
    return found


def arrows(graph):
    return {(arrow.start, arrow.end, arrow.lost) for arrow in graph._drawing.arrows}


def test_the_drawing_of_the_notes():
    graph = notes().graph()
    assert boxes(graph) == {
        "watched": ["v1 = x\nadj = 6 + 2 = 8", "v2 = y\nadj = 3"],
        "op": ["v3 = Pow (2)\nadj = 1", "v4 = Mul\nadj = 1"],
        "target": ["v5 = AddV2\nadj = 1"],
    }
    assert {(start, end) for start, end, _ in arrows(graph)} == {
        ("v1", "v3"),
        ("v1", "v4"),
        ("v2", "v4"),
        ("v3", "v5"),
        ("v4", "v5"),
    }
    assert graph.source.startswith("digraph list {\n") and graph.source.endswith("}\n")
    assert '"v1" -> "v3";' in graph.source
    assert repr(graph) == "<Graph of 5 boxes, 5 arrows: save(path) writes it>"


def test_shapes_on_the_arrows_and_constants():
    w = tf.Variable(tf.ones([3, 4]))
    with tf.GradientTape(explain=True) as tape:
        _ = tf.tanh(tf.ones([2, 3]) @ w)
    source = tape.graph().source
    assert '[label=" 3x4"]' in source and '[label=" 2x4"]' in source
    assert boxes(tape.graph())["constant"] == ["2x3"]


def test_name_scopes_are_frames():
    v = tf.Variable(2.0)
    with tf.GradientTape(explain=True) as tape, tf.name_scope("a"):
        y = v * v
        with tf.name_scope("b"):
            y = tf.exp(y)
    source = tape.graph().source
    assert 'subgraph "cluster_a" {' in source and 'subgraph "cluster_a/b" {' in source
    assert 'label="b";' in source


def test_where_nothing_flows_back_is_dashed():
    v, state = tf.Variable([1.0, 2.0]), tf.Variable(0.0, name="state")
    with tf.GradientTape(explain=True) as tape:
        y = v * 2.0
        z = tf.stop_gradient(y) * v
        with tape.stop_recording():
            w = tf.exp(y)
        state.assign(tf.reduce_sum(y))
        _ = tf.reduce_sum(z + w) + float(y[0]) + state
    graph = tape.graph()
    assert sorted(boxes(graph)["lost"]) == ["Exp", "StopGradient"]
    assert boxes(graph)["state"] == ["state\nassign"]
    lost = {(start, end) for start, end, is_lost in arrows(graph) if is_lost}
    assert {start for start, _ in lost} >= {"v3"}  # y
    assert any(arrow.label == "float()" for arrow in graph._drawing.arrows)
    assert "constant" not in boxes(graph)


def network(scopes):
    """About 200 operations."""
    weights = [(tf.Variable(tf.ones([4, 4]), name=f"w{i}"), tf.Variable(tf.ones([4]))) for i in range(10)]
    x = tf.ones([2, 4])
    with tf.GradientTape(explain=True) as tape:
        for i, (w, b) in enumerate(weights):
            with tf.name_scope(f"block{i}" if scopes else ""):
                with tf.name_scope("dense" if scopes else ""):
                    h = tf.matmul(x, w) * 0.1 + b
                with tf.name_scope("gate" if scopes else ""):
                    h = tf.tanh(h) * tf.sigmoid(h) + tf.nn.softplus(h) * 0.5 - h / 3.0
                    h = (h - tf.reduce_mean(h)) / tf.sqrt(tf.reduce_mean(h * h) + 1.0)
                x = x + h
        _ = tf.reduce_mean(x)
    assert len(tape.listing()) > 190
    return tape


def test_two_hundred_operations_with_scopes():
    graph = network(True).graph()
    assert len(graph._drawing.boxes) <= 40
    assert 'subgraph "cluster_block3" {' in graph.source
    assert "gate\n15 ops" in boxes(graph)["group"]
    assert any(label.startswith("dense\n3 ops\nof w3") for label in boxes(graph)["group"])
    whole = network(True).graph(threshold=1000)
    assert len(whole._drawing.boxes) > 190 and "group" not in boxes(whole)


def test_two_hundred_operations_without_scopes_are_gathered_by_the_line_of_code():
    graph = network(False).graph()
    assert graph._drawing.ops <= 60
    assert any(label.startswith("h = tf.tanh(h) * tf.sigmoid(h) + ") for label in boxes(graph)["group"])
    assert any("test_graph.py" in str(box.place) for box in graph._drawing.boxes.values())


def test_an_untraced_tape_has_a_drawing_too():
    x = tf.Variable(3.0, name="x")
    with tf.GradientTape(persistent=True) as tape:
        _ = tf.exp(x) * x
    graph = tape.graph()
    assert boxes(graph) == {"watched": ["v1 = x"], "op": ["v2 = Exp"], "target": ["v3 = Mul"]}


def test_labels_are_quoted():
    v = tf.Variable(3.0, name='a "b" \\c')
    with tf.GradientTape(explain=True) as tape:
        _ = tf.exp(v)
    del v
    assert "v1" in tape.graph().source


def test_the_text_can_be_written_without_graphviz(tmp_path, monkeypatch):
    graph = notes().graph()
    monkeypatch.setitem(sys.modules, "graphviz", None)
    path = graph.save(tmp_path / "list.dot")
    assert path.read_text(encoding="utf-8") == graph.source == str(graph)
    with pytest.raises(ImportError, match=r"tfcompat_tape\[show\]"):
        graph.save(tmp_path / "list.svg")
    assert graph._repr_svg_() is None
    with pytest.raises(ValueError, match="suffix"):
        graph.save(tmp_path / "list")


def test_without_the_program_dot_the_error_says_what_to_do(tmp_path, monkeypatch):
    pytest.importorskip("graphviz")
    monkeypatch.setenv("PATH", "")
    graph = notes().graph()
    with pytest.raises(RuntimeError, match="apt install graphviz"):
        graph.save(tmp_path / "list.png")
    assert graph._repr_svg_() is None


@needs_dot
@pytest.mark.parametrize(
    ("suffix", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("gv", b"digraph")]
)
def test_pictures(tmp_path, suffix, start):
    pytest.importorskip("graphviz")
    path = notes().graph().save(tmp_path / f"list.{suffix}")
    assert path.read_bytes().startswith(start)


@needs_dot
def test_a_notebook_shows_it():
    pytest.importorskip("graphviz")
    shown = network(True).graph()._repr_svg_()
    assert shown is not None and shown.count("<g id=") > 20
