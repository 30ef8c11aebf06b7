"""Strings, tables and files in SavedModels, and the graph outside of functions that sessions run.

`record_served.py` let TensorFlow load what was written here by both ways, and wrote data/served.json; data/served.zip
is the model as TensorFlow writes it.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
import served_programs as programs

import tfcompat_tape as tf
from tfcompat_tape.checkpoint import bundle
from tfcompat_tape.saved_model.messages import SavedModel

DATA = Path(__file__).parent / "data"
WANTED = json.loads((DATA / "served.json").read_text())


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The model, written, moved, and without the file that it was made from."""
    found = tmp_path_factory.mktemp("served")
    words = found / "words.txt"
    words.write_text(programs.WORDS)
    served = programs.served(tf, str(words))
    tf.saved_model.save(served, found / "first", signatures=programs.signatures(served))
    words.unlink()
    shutil.move(found / "first", found / "model")
    return found / "model"


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """The model that TensorFlow wrote."""
    found = tmp_path_factory.mktemp("theirs")
    with zipfile.ZipFile(DATA / "served.zip") as file:
        file.extractall(found)
    return found / "model"


def meta_graph(place):
    return SavedModel.FromString((place / "saved_model.pb").read_bytes()).meta_graphs[0]


@pytest.mark.parametrize("which", ["place", "theirs"])
def test_loaded_functions_answer_as_tensorflow_does(which, request):
    loaded = tf.saved_model.load(request.getfixturevalue(which))
    assert programs.answers(tf, loaded) == WANTED["answers"]


@pytest.mark.parametrize("which", ["place", "theirs"])
def test_a_loaded_model_is_saved_again(which, request, tmp_path):
    loaded = tf.saved_model.load(request.getfixturevalue(which))
    tf.saved_model.save(loaded, tmp_path / "again", signatures=loaded.signatures)
    assert programs.answers(tf, tf.saved_model.load(tmp_path / "again")) == WANTED["answers"]


def test_functions_of_the_program_answer_as_tensorflow_does(tmp_path):
    words = tmp_path / "words.txt"
    words.write_text(programs.WORDS)
    assert programs.answers(tf, programs.served(tf, words)) == WANTED["answers"]


def test_what_is_outside_of_functions_is_what_a_session_of_tensorflow_ran(place):
    meta = meta_graph(place)
    assert [[node.name, node.op, *node.input] for node in meta.graph_def.node] == WANTED["outside"]
    signature = meta.signature_def["serving_default"]
    assert signature.inputs["t"].name == "serving_default_t:0"
    assert signature.method_name == "tensorflow/serving/predict"
    assert [file.filename for file in meta.asset_file_def] == ["words.txt"]
    assert (place / "assets" / "words.txt").read_text() == programs.WORDS


def test_signatures_answer_as_a_session_of_tensorflow_does(place):
    loaded = tf.saved_model.load(place)
    found = [
        programs.shown(tf, programs.named(tf, loaded.signatures[name], given)) for name, given in programs.FED
    ]
    assert found == WANTED["fed"]


def test_tables_that_change_are_in_checkpoints(place, tmp_path):
    loaded = tf.saved_model.load(place)
    loaded.learn(tf.constant(["z", "new"]))
    tf.train.Checkpoint(loaded).write(tmp_path / "values")
    again = tf.saved_model.load(place)
    tf.train.Checkpoint(again).read(tmp_path / "values").assert_existing_objects_matched()
    assert again.look(tf.constant(["q", "new"]))["learned"].numpy().tolist() == [7, 101]


def test_a_file_that_is_not_there(place, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(place, copy)
    (copy / "assets" / "words.txt").unlink()
    with pytest.raises(tf.errors.NotFoundError, match=r"words\.txt"):
        tf.saved_model.load(copy).look(tf.constant(["a"]))
    module = tf.Module()
    module.file = tf.saved_model.Asset(tmp_path / "nowhere.txt")
    with pytest.raises(tf.errors.NotFoundError, match=r"nowhere\.txt"):
        tf.saved_model.save(module, tmp_path / "model")
    assert not (tmp_path / "model" / "saved_model.pb").exists()


def test_names_of_files_and_aliases(tmp_path):
    for name, text in (("a", "1"), ("b", "2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "words.txt").write_text(text)
    module = tf.Module()
    module.a, module.b = [tf.saved_model.Asset(tmp_path / name / "words.txt") for name in "ab"]
    module.f = tf.function(lambda: module.b.asset_path, input_signature=[])
    options = tf.saved_model.SaveOptions(function_aliases={"mine": module.f})
    tf.saved_model.save(module, tmp_path / "model", options=options)
    loaded = tf.saved_model.load(tmp_path / "model")
    found = [Path(one.asset_path.numpy().decode()) for one in (loaded.a, loaded.b)]
    assert [one.read_text() for one in found] == ["1", "2"]
    assert {one.parent for one in found} == {tmp_path / "model" / "assets"}
    assert Path(loaded.f().numpy().decode()) == found[1]
    (alias,) = meta_graph(tmp_path / "model").meta_info_def.function_aliases
    assert alias.value == "mine" and "lambda" in alias.key


def test_a_table_that_is_no_dependency(tmp_path):
    pairs = tf.lookup.KeyValueTensorInitializer(["a"], [1])
    table = tf.lookup.StaticHashTable(pairs, 0)
    module = tf.Module()
    module.f = tf.function(lambda x: table.lookup(x), input_signature=[tf.TensorSpec([], tf.string)])
    with pytest.raises(AssertionError, match="untracked"):
        tf.saved_model.save(module, tmp_path)


def test_what_happens_at_each_call_and_is_no_op_is_refused(tmp_path):
    writer = tf.summary.create_file_writer(str(tmp_path / "logs"))

    def told(x):
        with writer.as_default():
            tf.summary.scalar("x", x, step=1)
        return x

    module = tf.Module()
    module.f = tf.function(told, input_signature=[tf.TensorSpec([])])
    with pytest.raises(tf.errors.UnimplementedError, match="no op of TensorFlow's"):
        tf.saved_model.save(module, tmp_path / "model")


# What TensorFlow gives, also of the models that are written here.
RAGGED = {
    "padded": (
        lambda t: tf.strings.split(t).to_tensor(shape=(None, 3)),
        [["abc", "def", ""], ["b,c", "a", ""]],
    ),
    "lengths": (lambda t: tf.strings.split(t, ",").row_lengths(), [1, 2]),
    "ngrams": (lambda t: tf.strings.ngrams(tf.strings.split(t), 2).to_tensor(), [["abc def"], ["b,c a"]]),
    "inner": (lambda t: tf.strings.length(tf.strings.split(t)).to_tensor(), [[3, 3], [3, 1]]),
    "upper": (lambda t: tf.strings.upper(tf.strings.split(t)).to_tensor(), [["ABC", "DEF"], ["B,C", "A"]]),
}


@pytest.mark.parametrize("name", RAGGED)
def test_strings_that_are_split(name, tmp_path):
    function, wanted = RAGGED[name]
    module = tf.Module()
    module.f = tf.function(lambda t: function(t), input_signature=[tf.TensorSpec([None], tf.string)])
    tf.saved_model.save(module, tmp_path)
    found = tf.saved_model.load(tmp_path).f(tf.constant(["abc def", "b,c a"]))
    assert programs.shown(tf, found) == wanted


def test_what_needs_values_says_so(tmp_path):
    module = tf.Module()
    module.f = tf.function(
        lambda x: tf.sparse.reduce_sum(tf.sparse.from_dense(x), 1), input_signature=[tf.TensorSpec([None, 3])]
    )
    with pytest.raises(tf.errors.UnimplementedError, match="cannot be written into a SavedModel"):
        tf.saved_model.save(module, tmp_path)


def test_a_write_that_fails_leaves_the_model_that_was_there(tmp_path, monkeypatch):
    module = tf.Module()
    module.v = tf.Variable(1.0)
    tf.saved_model.save(module, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def full(*args):
        raise OSError(28, "No space left on device")

    for owner, name in ((shutil, "copyfileobj"), (bundle, "write")):
        module.v.assign_add(1.0)
        module.file = tf.saved_model.Asset(__file__)
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, full)
            with pytest.raises((OSError, tf.errors.ResourceExhaustedError), match="No space left"):
                tf.saved_model.save(module, tmp_path)
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert tf.saved_model.load(tmp_path).v.numpy() == 1.0
