"""Functions that TensorFlow wrote as graphs: what they give, their gradients, and graphs that are not to be run.

`record_graphs.py` let TensorFlow write data/graphs.zip, and say what it answers about the models in it.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import graph_questions as questions
import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.saved_model.graph_ragged import RAGGED
from tfcompat_tape.saved_model.messages import SavedModel

DATA = Path(__file__).parent / "data" / "graphs.zip"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The models of the file, unpacked."""
    found = tmp_path_factory.mktemp("graphs")
    with zipfile.ZipFile(DATA) as file:
        file.extractall(found)
    return found


def test_graphs_answer_as_tensorflow_does(place):
    wanted = json.loads((place / "answers.json").read_text())
    found = json.loads(json.dumps(questions.answers(tf, place)))
    assert found.keys() == wanted.keys()
    wrong = {
        name: (found[name], wanted[name]) for name in wanted if not questions.close(found[name], wanted[name])
    }
    assert not wrong


def test_a_loop_over_a_variable_has_gradients_where_tensorflow_fails(place):
    m = tf.saved_model.load(place / "module")
    x = tf.constant(1.5)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = m.loop(x, tf.constant(3))
    dx, dw = tape.gradient(y, [x, m.w])
    assert (float(y), float(dx), dw.numpy().tolist()) == (12.0, 8.0, [[0.0, 18.0], [0.0, 0.0]])


def test_what_was_loaded_can_be_differentiated_by_other_means(place):
    m = tf.saved_model.load(place / "module")
    x = tf.constant([0.3, -0.2, 0.5])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = m.mapped(x)
    assert np.allclose(tape.jacobian(y, x).numpy(), np.diag(2 * x.numpy()))
    with tf.autodiff.ForwardAccumulator(x, tf.ones(3)) as acc:
        y = m.array(x)
    assert np.allclose(acc.jvp(y).numpy(), 2 * x.numpy())


def changed(place, tmp_path, change):
    """The module with its message changed."""
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(place / "module", copy)
    model = SavedModel.FromString((copy / "saved_model.pb").read_bytes())
    change(model.meta_graphs[0])
    (copy / "saved_model.pb").write_bytes(model.SerializeToString())
    return copy


def nodes(meta, name, op):
    return [
        node
        for function in meta.graph_def.library.function
        if name in function.signature.name
        for node in function.node_def
        if node.op == op
    ]


@pytest.mark.parametrize("op", ["PyFunc", "WriteFile", "NoSuchOp", "XlaCallModule", "Restore"])
def test_an_op_that_is_not_run_is_named_when_the_function_is_called(place, tmp_path, op):
    def change(meta):
        for node in nodes(meta, "slope", "Tanh"):
            node.op = op

    m = tf.saved_model.load(changed(place, tmp_path, change))
    with pytest.raises(tf.errors.UnimplementedError, match=op):
        m.slope(tf.constant([1.0, 2.0]))
    assert m.array(tf.constant([1.0, 2.0, 3.0])).numpy().tolist() == [1.0, 4.0, 9.0]


def a_circle(node):
    del node.input[:]
    node.input.append(f"{node.name}:y:0")


def nowhere(node):
    del node.input[:]
    node.input.append("nowhere:y:0")


def no_such_result(node):
    first = node.input[0]
    del node.input[:]
    node.input.append(first)
    node.input.append(first)


@pytest.mark.parametrize("change", [a_circle, nowhere, no_such_result])
def test_a_graph_that_is_damaged(place, tmp_path, change):
    def all_of_them(meta):
        for node in nodes(meta, "slope", "Tanh"):
            change(node)

    m = tf.saved_model.load(changed(place, tmp_path, all_of_them))
    with pytest.raises(tf.errors.DataLossError, match="slope"):
        m.slope(tf.constant([1.0, 2.0]))


def test_a_loaded_graph_is_saved_again(place, tmp_path):
    m = tf.saved_model.load(place / "module")
    m.w.assign(m.w * 2.0)
    tf.saved_model.save(m, tmp_path / "again")
    again = tf.saved_model.load(tmp_path / "again")
    x = tf.constant([[0.1, 0.2], [0.3, -0.4]])
    assert np.allclose(again(x)["y"].numpy(), m(x)["y"].numpy())
    assert (
        again.slope(tf.constant([1.0, 2.0])).numpy().tolist()
        == m.slope(tf.constant([1.0, 2.0])).numpy().tolist()
    )


def test_values_that_are_missing_or_damaged(place, tmp_path):
    import shutil

    def copy(name):
        shutil.copytree(place / "module", tmp_path / name)
        return tmp_path / name, tmp_path / name / "variables"

    where, variables = copy("none")
    shutil.rmtree(variables)
    with pytest.raises(FileNotFoundError, match="Failed to find any matching files"):
        tf.saved_model.load(where)
    skipped = tf.saved_model.load(
        where, options=tf.saved_model.LoadOptions(experimental_skip_checkpoint=True)
    )
    assert not skipped.w.numpy().any()
    where, variables = copy("cut")
    data = variables / "variables.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:10])
    with pytest.raises(tf.errors.DataLossError, match="Read less bytes than requested"):
        tf.saved_model.load(where)
    where, variables = copy("changed")
    data = variables / "variables.data-00000-of-00001"
    data.write_bytes(bytes([data.read_bytes()[0] ^ 1]) + data.read_bytes()[1:])
    with pytest.raises(tf.errors.DataLossError, match="Checksum does not match"):
        tf.saved_model.load(where)
    where, variables = copy("index")
    (variables / "variables.index").write_bytes((variables / "variables.index").read_bytes()[:50])
    with pytest.raises(tf.errors.DataLossError):
        tf.saved_model.load(where)


def test_a_file_that_is_cut_or_changed_anywhere_says_so_or_loads(place, tmp_path):
    import random
    import shutil

    where, draw = tmp_path / "copy", random.Random(0)
    shutil.copytree(place / "module", where)
    file = where / "saved_model.pb"
    whole = file.read_bytes()
    for number in range(24):
        data = bytearray(whole[: draw.randrange(len(whole))] if number % 3 == 0 else whole)
        for _ in range(20 if number % 3 == 1 else 1):
            data[draw.randrange(len(data))] = draw.randrange(256)
        file.write_bytes(bytes(data))
        try:
            m = tf.saved_model.load(where)
            m.slope(tf.constant([1.0, 2.0]))
        except (OSError, tf.errors.OpError) as error:
            assert len(str(error)) > 20
        except AttributeError as error:  # another name for the function
            assert "slope" in str(error)


def test_ranges_of_rows_whose_attributes_are_left_out():
    """TensorFlow leaves out attributes that have their defaults."""
    found = RAGGED["RaggedRange"]({}, tf.constant([2, 5]), tf.constant([4, 6]), tf.constant(1))
    assert found["rt_nested_splits"][0].dtype == tf.int64
    assert found["rt_dense_values"][0].numpy().tolist() == [2, 3, 5]
