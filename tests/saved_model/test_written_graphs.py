"""Functions that are written as graphs: loaded again they give what TensorFlow gives, with its gradients.

`record_written.py` let TensorFlow load them too, and wrote data/written.json.
"""

from __future__ import annotations

import collections
import json
import sys
from pathlib import Path

import numpy as np
import open_programs
import pytest
import rows_programs
import written_programs as programs

import tfcompat_tape as tf
from tfcompat_tape.saved_model.messages import SavedModel

WANTED = json.loads((Path(__file__).parent / "data" / "written.json").read_text())
MODELS = {
    "flow": (programs.flow, programs.answers),
    "single": (programs.of_single, programs.answers_of_single),
    "orders": (programs.of_orders, programs.answers_of_orders),
    "draws": (programs.draws, programs.answers_of_draws),
    "parts": (programs.parts, programs.answers_of_parts),
    "open": (open_programs.of_open, open_programs.answers_of_open),
    "rows": (rows_programs.of_rows, rows_programs.answers_of_rows),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The models, written."""
    found = tmp_path_factory.mktemp("written")
    for name, (make, _) in MODELS.items():
        tf.saved_model.save(make(tf), found / name)
    return found


@pytest.mark.parametrize("name", MODELS)
def test_loaded_functions_answer_as_tensorflow_does(place, name):
    found = MODELS[name][1](tf, tf.saved_model.load(place / name))
    wanted = WANTED[name]["answers"]
    assert found.keys() == wanted.keys()
    wrong = {
        (key, i): (a, b)
        for key in wanted
        for i, (a, b) in enumerate(zip(found[key], wanted[key], strict=True))
        if not programs.close(a, b)
    }
    assert not wrong


@pytest.mark.parametrize("name", MODELS)
def test_graphs_consist_of_the_ops_that_tensorflow_has_loaded(place, name):
    model = SavedModel.FromString((place / name / "saved_model.pb").read_bytes())
    functions = model.meta_graphs[0].graph_def.library.function
    assert WANTED[name]["ops"] == collections.Counter(node.op for one in functions for node in one.node_def)


def test_other_derivatives_and_saving_again(place, tmp_path):
    tf.saved_model.save(tf.saved_model.load(place / "flow"), tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    x = tf.constant([0.3, -0.2, 0.5])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = loaded.custom_of_variables(x)
    np.testing.assert_allclose(tape.jacobian(y, x), 7.0 * np.eye(3))
    with tf.autodiff.ForwardAccumulator(x, tf.ones(3)) as acc:
        y = loaded.loop(x, tf.constant(2))
    np.testing.assert_allclose(acc.jvp(y), [4.0] * 3)


def test_random_numbers_are_drawn_at_each_call(tmp_path):
    module = tf.Module()
    module.draw = tf.function(
        lambda x: x + tf.random.normal(tf.shape(x)), input_signature=[tf.TensorSpec([None])]
    )
    tf.saved_model.save(module, tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    first, second = loaded.draw(tf.zeros(5)), loaded.draw(tf.zeros(5))
    assert first.shape == (5,) and not np.array_equal(first, second)


def test_a_training_step_goes_on_where_it_was(tmp_path):
    class Step(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable([1.0, -1.0])

        @tf.function(input_signature=[tf.TensorSpec([None, 2]), tf.TensorSpec([None])])
        def step(self, x, y):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((tf.linalg.matvec(x, self.w) - y) ** 2)
            self.w.assign_sub(0.1 * tape.gradient(loss, self.w))
            return loss

    module = Step()
    tf.saved_model.save(module, tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    x, y = tf.constant([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]]), tf.constant([1.0, 0.0, 2.0])
    losses = [[float(one.step(x, y)) for _ in range(4)] for one in (module, loaded)]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-6)
    np.testing.assert_allclose(module.w, loaded.w, rtol=1e-6)


def test_a_signature_gives_tensors_by_name(tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda x: {"a": x, "b": (x, x)}, input_signature=[tf.TensorSpec([2])])
    with pytest.raises(ValueError, match=r"Got a non-Tensor value .* for key 'b' in the output"):
        tf.saved_model.save(module, tmp_path, signatures=module.f)


def test_what_a_function_prints_and_asserts_is_written(tmp_path, capsys):
    @tf.function(input_signature=[tf.TensorSpec([None, 2])])
    def f(x):
        tf.print("x is", x, {"n": tf.shape(x)[0], "k": 3}, "and {}", output_stream=sys.stdout)
        tf.debugging.assert_positive(x)
        tf.debugging.assert_less(x, 10.0, message="too large")
        tf.debugging.assert_near(x[:, 0], x[:, 1], atol=5.0)
        tf.debugging.Assert(tf.reduce_sum(x) < 15.0, [x, "sum is", tf.reduce_sum(x)], summarize=1)
        return tf.debugging.check_numerics(x * 2.0, "no number")

    module = tf.Module()
    module.f = f
    tf.saved_model.save(module, tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    capsys.readouterr()
    assert loaded.f(tf.constant([[1.0, 2.0]])).numpy().tolist() == [[2.0, 4.0]]
    assert capsys.readouterr().out == "x is [[1 2]] {'k': 3, 'n': 1} and {}\n"
    for row, message in (
        ([-1.0, 2.0], "Condition x > 0 did not hold element-wise:] [x = ] [[-1 2]]"),
        ([9.0, 11.0], "[too large] [Condition x < y did not hold element-wise:] [x = ] [[9 11]] [y = ] [10]"),
        ([8.0, 1.0], "not equal to tolerance"),
        ([8.0, 9.0], "assertion failed: [[8...]...] [sum is] [17]"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            loaded.f(tf.constant([row]))
        assert message in str(caught.value)
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        f(tf.constant([[8.0, 9.0]]))
    assert "assertion failed: [[8...]...] [sum is] [17]" in str(caught.value)


def test_a_kernel_that_changes_a_value_is_refused(tmp_path):
    def changed(x):
        y = x + 1.0
        y._t.mul_(2.0)
        return y

    module = tf.Module()
    module.f = tf.function(changed, input_signature=[tf.TensorSpec([2])])
    with pytest.raises(tf.errors.UnimplementedError, match=r"aten\.mul_"):
        tf.saved_model.save(module, tmp_path)


def test_a_signature_takes_the_tensors_among_its_arguments(tmp_path):
    @tf.function
    def scaled(x, training=False, *, by=2.0):
        return x * by if training else x

    module = tf.Module()
    spec = tf.TensorSpec([None], name="x")
    signatures = {
        "as_it_is": scaled.get_concrete_function(spec),
        "scaled": scaled.get_concrete_function(spec, training=True, by=3.0),
    }
    tf.saved_model.save(module, tmp_path, signatures=signatures)
    loaded = tf.saved_model.load(tmp_path).signatures
    assert loaded["scaled"].structured_input_signature == ((), {"x": spec})
    x = tf.constant([1.0, 2.0])
    found = {name: one(x=x)["output_0"].numpy().tolist() for name, one in loaded.items()}
    assert found == {"as_it_is": [1.0, 2.0], "scaled": [3.0, 6.0]}


def test_a_signature_takes_the_parts_of_composite_values(tmp_path):
    module = programs.parts(tf)
    signatures = {
        "rows": module.ragged_sum.get_concrete_function(),
        "matrix": module.sparse_matmul.get_concrete_function(),
    }
    tf.saved_model.save(module, tmp_path, signatures=signatures)
    loaded = tf.saved_model.load(tmp_path).signatures
    names = {name: sorted(one.structured_input_signature[1]) for name, one in loaded.items()}
    assert names == {"rows": ["r", "r_1"], "matrix": ["s", "s_1", "s_2"]}
    found = loaded["rows"](r=tf.constant([1.0, 2.0, 3.0]), r_1=tf.constant([0, 1, 3], tf.int64))
    assert found["output_0"].numpy().tolist() == [1.0, 5.0]


def test_branches_in_loops(place):
    """TensorFlow gives the same values, and has no gradient of what it loads of this kind."""
    loaded = tf.saved_model.load(place / "flow")
    loaded.s.assign(2.0)
    found = loaded.branches_in_loops(tf.constant([-0.5, 0.2, -0.7]), tf.constant(3))
    np.testing.assert_allclose(found, [-4.0, 2.8, -14.0], rtol=1e-6)


def test_nan_has_its_place_in_order_when_loaded_too(tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda x: (tf.sort(x), tf.argsort(x)), input_signature=[tf.TensorSpec([None])])
    tf.saved_model.save(module, tmp_path)
    row = tf.constant([float("nan"), 1.0, float("inf"), -1.0, float("nan")])
    for found, wanted in zip(tf.saved_model.load(tmp_path).f(row), module.f(row), strict=True):
        np.testing.assert_array_equal(found, wanted)
