"""How explain calls the sources: by their names in the code around, and by their places in what was asked about."""

from __future__ import annotations

from collections import namedtuple

import pytest

import tfcompat_tape as tf

Pair = namedtuple("Pair", ["w", "b"])


def test_names_of_variables_and_tensors():
    v, x = tf.Variable(1.0), tf.constant(2.0)
    with tf.GradientTape(explain=True) as tape:
        y = tf.constant(1.0) * 2.0
    assert [found.name for found in tape.explain(y, [v, x])] == ["v", "x"]


def test_a_name_of_its_own_stands_beside_that():
    v = tf.Variable(1.0, name="kernel")
    with tf.GradientTape(explain=True) as tape:
        y = tf.constant(1.0) * 2.0
    assert tape.explain(y, v)[0].name == "v ('kernel')"


def test_what_stands_in_containers_and_attributes():
    params = {"w": tf.Variable(1.0), "layers": [{"b": tf.constant(1.0)}]}
    model = tf.Module()
    model.scale = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = tf.constant(1.0) * 2.0
    found = tape.explain(y, [params["w"], params["layers"][0]["b"], model.scale])
    assert [one.name for one in found] == ["params['w']", "params['layers'][0]['b']", "model.scale"]


def test_the_advice_can_be_pasted():
    params = {"w": tf.constant(1.0)}
    with tf.GradientTape(explain=True) as tape:
        y = params["w"] * 2.0
    assert "Call tape.watch(params['w'])" in tape.explain(y, params)[0].advice


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda v: {"w": v}, ["sources['w']"]),
        (lambda v: [v], ["sources[0]"]),
        (
            lambda v: {"b": [tf.Variable(2.0), v], "a": v},
            ["sources['a']", "sources['b'][0]", "sources['b'][1]"],
        ),
        (lambda v: Pair(v, (v,)), ["sources.w", "sources.b[0]"]),
        (lambda v: v, ["Variable"]),
        (lambda v: tf.constant(1.0), ["source 0"]),
    ],
)
def test_what_has_no_name_goes_by_its_place(make, expected):
    found = report_of(make)
    assert [one.name for one in found] == expected


def report_of(_make):
    with tf.GradientTape(explain=True) as _tape:
        _y = tf.constant(1.0) * 2.0
    return _tape.explain(_y, _make(tf.Variable(1.0)))


def test_a_report_is_asked_by_key():
    w, b = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape(explain=True) as tape:
        y = w * 2.0
    found = tape.explain(y, {"weights": w, "bias": b})
    assert found["weights"].connected and not found["bias"].connected
    assert found["bias"] is found[b] and found["bias"].key == "['bias']"
    assert found["bias"].name == "b at ['bias']"
    with pytest.raises(KeyError):
        found["b"]


def test_equal_sources_keep_their_keys():
    v = tf.Variable(1.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * 2.0
    assert [one.key for one in tape.explain(y, [v, {"a": v}])] == ["[0]", "[1]['a']"]


def test_names_are_looked_for_with_measure():
    held = {i: object() for i in range(5000)}
    loop = []
    loop.append(loop)
    v = tf.Variable(1.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * 2.0
    assert tape.explain(y, v)[0].name == "v" and held and loop
