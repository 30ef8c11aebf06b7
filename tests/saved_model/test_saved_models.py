"""SavedModels: of our own with their functions, and what TensorFlow wrote.

`record_model.py` let TensorFlow write data/model.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.saved_model.messages import SavedModel

MODEL = Path(__file__).parent / "data" / "model"


OUTSIDE = tf.Variable(1.0)


class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="w")
        self.calls = tf.Variable(0, trainable=False)
        self.offset = tf.constant([10.0, 20.0])
        self.inner = Inner()
        self.parts = [tf.Variable(5.0), {"a": tf.Variable(6.0)}]
        self.scale = 3

    @tf.function(input_signature=[tf.TensorSpec([None, 2])])
    def __call__(self, x):
        self.calls.assign_add(1)
        y = tf.nn.relu(tf.matmul(x, self.w) + self.offset) * self.inner.apply(x)
        return {
            "y": tf.reshape(y, [-1]),
            "many": (tf.shape(x)[0], None, [tf.reduce_mean(y)]),
            "scale": self.scale,
        }

    @tf.function(input_signature=[tf.TensorSpec([None, 2])])
    def serve(self, x):
        return {"y": tf.reshape(self(x)["y"], [-1])}

    @tf.function
    def times(self, x, k=2):
        return x * k

    @tf.function
    def never(self, x):
        return x


class Inner(tf.Module):
    def __init__(self):
        super().__init__()
        self.v = tf.Variable(7.0)

    @tf.function
    def apply(self, x):
        return tf.reduce_sum(x * self.v)


def same(a, b):
    assert type(a) is type(b)
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        return all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        return all(map(same, a, b))
    if isinstance(a, tf.Tensor):
        assert a.dtype == b.dtype and a.shape == b.shape
        return np.array_equal(a.numpy(), b.numpy(), equal_nan=True)
    return a == b


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A model, and where it was saved."""
    model = Model()
    model.times(tf.constant(1.0))
    model.times(tf.constant([1.0, 2.0]), k=3)
    place = tmp_path_factory.mktemp("model")
    tf.saved_model.save(model, place, signatures=model.serve)
    return model, place


@pytest.mark.parametrize("size", [0, 1, 2, 3, 8])
def test_functions_give_what_they_gave(saved, size):
    model, place = saved
    loaded = tf.saved_model.load(place)
    x = tf.reshape(tf.range(2.0 * size), [size, 2]) - 3.0
    for one in (model, loaded):
        one.calls.assign(4)
    assert same(loaded(x), model(x))
    assert loaded.calls.numpy() == model.calls.numpy() == 5
    loaded.w.assign(tf.zeros([2, 2]))
    before = model.w.value()
    model.w.assign(tf.zeros([2, 2]))
    assert same(loaded(x), model(x))
    model.w.assign(before)


def test_kinds_of_arguments(saved):
    _, place = saved
    loaded = tf.saved_model.load(place)
    assert loaded.times(tf.constant(4.0)).numpy() == 8.0
    assert loaded.times(tf.constant([1.0, 2.0]), k=3).numpy().tolist() == [3.0, 6.0]
    for wrong in (
        lambda: loaded.times(tf.constant(1)),
        lambda: loaded.times(tf.constant(1.0), k=9),
    ):
        with pytest.raises(ValueError, match="Could not find matching concrete function"):
            wrong()
    with pytest.raises(TypeError, match="missing a required argument: 'x'"):
        loaded.times()
    with pytest.raises(ValueError, match="Found zero restored functions for caller function"):
        loaded.never(tf.constant(1.0))
    with pytest.raises(TypeError, match=r"Binding inputs to tf\.function failed"):
        loaded(tf.zeros([3]))


def test_signatures(saved):
    model, place = saved
    loaded = tf.saved_model.load(place)
    x = tf.ones([3, 2])
    found = loaded.signatures["serving_default"](x=x)
    assert list(loaded.signatures) == ["serving_default"]
    assert np.array_equal(found["y"].numpy(), model(x)["y"].numpy())


def test_objects_and_variables(saved):
    model, place = saved
    loaded = tf.saved_model.load(place, tags="serve")
    assert (
        np.array_equal(loaded.w.numpy(), model.w.numpy())
        and loaded.w.trainable
        and not loaded.calls.trainable
    )
    assert (
        loaded.inner.v.numpy() == 7.0
        and loaded.parts[0].numpy() == 5.0
        and loaded.parts[1]["a"].numpy() == 6.0
    )
    assert loaded.w.name == "w:0" and not hasattr(loaded, "scale")
    assert tf.saved_model.contains_saved_model(place)
    other = Model()
    other.w.assign(tf.zeros([2, 2]))
    tf.train.Checkpoint(other).restore(place).expect_partial()
    assert np.array_equal(other.w.numpy(), model.w.numpy())


def test_loaded_functions_have_the_gradients_of_the_program(saved):
    model, place = saved
    loaded = tf.saved_model.load(place)
    x = tf.constant([[1.0, -2.0], [3.0, 0.5]])
    found = []
    for one in (model, loaded):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.reduce_sum(one(x)["y"] ** 2)
            first = tape.gradient(y, [x, one.w, one.inner.v])
            total = tf.reduce_sum(first[0])
        found.append([y, *first, *outer.gradient(total, [x, one.w])])
    for ours, wanted in zip(*found, strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=1e-6)


def test_what_tensorflow_wrote():
    loaded = tf.saved_model.load(MODEL)
    assert loaded.w.numpy().tolist() == [[1.0, 2.0], [3.0, 4.0]] and loaded.w.name == "w:0"
    assert loaded.n.numpy() == 3 and not loaded.n.trainable
    assert loaded.parts[0].numpy() == 5.0 and loaded.parts[1]["a"].numpy() == b"text"
    assert loaded.inner.v.numpy() == 7.0 and loaded.tensorflow_version == "2.21.0"
    assert loaded.apply(tf.ones([1, 2])).numpy().tolist() == [[4.0, 6.0]]
    assert loaded.signatures["serving_default"](tf.ones([1, 2]))["output_0"].numpy().tolist() == [[4.0, 6.0]]
    empty = tf.saved_model.load(MODEL, options=tf.saved_model.LoadOptions(experimental_skip_checkpoint=True))
    assert not empty.w.numpy().any()


def test_what_cannot_be_saved(tmp_path):
    with pytest.raises(ValueError, match="Expected an object of type `Trackable`"):
        tf.saved_model.save(3, tmp_path)
    model = Model()
    for wrong in (lambda x: x, model.times, 3):
        with pytest.raises(ValueError, match="Expected a TensorFlow function"):
            tf.saved_model.save(model, tmp_path, signatures=wrong)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("function", "spec", "error", "match"),
    [
        (lambda x: x * OUTSIDE, tf.TensorSpec([]), AssertionError, "untracked"),
        (tf.transpose, tf.TensorSpec(None), tf.errors.UnimplementedError, "unknown rank"),
    ],
)
def test_functions_that_no_graph_says(function, spec, error, match, tmp_path):
    module = tf.Module()
    module.odd = tf.function(lambda x: function(x), input_signature=[spec])
    with pytest.raises(error, match=match):
        tf.saved_model.save(module, tmp_path)
    assert not (tmp_path / "saved_model.pb").exists()


def test_no_model(tmp_path):
    with pytest.raises(OSError, match="SavedModel file does not exist at"):
        tf.saved_model.load(tmp_path)
    with pytest.raises(ValueError, match="incompatible argument to `tags`"):
        tf.saved_model.load(MODEL, tags=["other"])
    (tmp_path / "saved_model.pb").write_bytes(b"\xff\xff")
    with pytest.raises(OSError, match="Cannot parse file"):
        tf.saved_model.load(tmp_path)
    assert not tf.saved_model.contains_saved_model(tmp_path / "nope")


@pytest.mark.parametrize("op", ["os.system", "PyFunc", "WriteFile"])
def test_an_op_that_is_not_run(saved, tmp_path, op):
    import shutil

    place = tmp_path / "copy"
    shutil.copytree(saved[1], place)
    found = SavedModel.FromString((place / "saved_model.pb").read_bytes())
    for function in found.meta_graphs[0].graph_def.library.function:
        for node in function.node_def:
            node.op = op if node.op == "MatMul" else node.op
    (place / "saved_model.pb").write_bytes(found.SerializeToString())
    loaded = tf.saved_model.load(place)
    with pytest.raises(tf.errors.UnimplementedError, match=op):
        loaded(tf.ones([1, 2]))


def test_arguments_that_are_left_out_have_the_values_of_the_program(tmp_path):
    class Scaled(tf.Module):
        @tf.function
        def times(self, x, k=2):
            return x * k

    one = Scaled()
    one.times(tf.constant(1.0), k=3)
    tf.saved_model.save(one, tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    assert loaded.times(tf.constant(2.0), 3).numpy() == 6.0
    with pytest.raises(ValueError, match="Could not find matching concrete function"):
        loaded.times(tf.constant(2.0))


def test_what_was_loaded_is_saved_again(saved, tmp_path):
    model, place = saved
    loaded = tf.saved_model.load(place)
    tf.saved_model.save(loaded, tmp_path, signatures=loaded.signatures)
    again = tf.saved_model.load(tmp_path)
    x = tf.ones([3, 2])
    again.calls.assign(model.calls)
    assert same(again(x)["y"], model(x)["y"]) and again.inner.v.numpy() == 7.0
    assert again.times(tf.constant([1.0, 2.0]), k=3).numpy().tolist() == [3.0, 6.0]
    assert np.array_equal(again.signatures["serving_default"](x=x)["y"].numpy(), model(x)["y"].numpy())


def test_lists_and_tuples_with_numbers_in_them(tmp_path):
    """As in TensorFlow: None is in the place of what is no object."""
    module = tf.Module()
    module.several = [1, tf.Variable(2.0)]
    module.pair = (tf.constant(5.0), tf.Variable(4.0))
    tf.saved_model.save(module, tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    assert [loaded.several[0], float(loaded.several[1])] == [None, 2.0]
    assert [loaded.pair[0], float(loaded.pair[1])] == [None, 4.0]
