"""SavedModels: of our own with their functions, and what TensorFlow wrote.

`record_model.py` let TensorFlow write data/model.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.saved_model import sizes

MODEL = Path(__file__).parent / "data" / "model"
FILE = "tfcompat_functions.json"


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
    tf.saved_model.save(model, place, signatures=model.__call__)
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
    with pytest.raises(tf.errors.UnimplementedError, match="it was never called"):
        loaded.never(tf.constant(1.0))
    with pytest.raises(ValueError, match="Could not find matching concrete function"):
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


def test_a_loaded_function_does_not_pretend_to_have_a_gradient(saved):
    loaded = tf.saved_model.load(saved[1])
    with tf.GradientTape() as tape:
        y = loaded(tf.ones([3, 2]))["y"]
    with pytest.raises(tf.errors.UnimplementedError, match="has no gradient here"):
        tape.gradient(y, loaded.w)


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


def test_functions_that_a_file_cannot_say(tmp_path):
    outside = tf.Variable(1.0)

    class Odd(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([])])
        def outside(self, x):
            return x * outside

        @tf.function(input_signature=[tf.TensorSpec([2])])
        def decides(self, x):
            return tf.boolean_mask(x, x > 0.0)

        @tf.function(input_signature=[tf.TensorSpec([2])])
        def draws(self, x):
            return x + tf.random.normal([2])

    tf.saved_model.save(Odd(), tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    for function in (loaded.outside, loaded.decides, loaded.draws):
        with pytest.raises(tf.errors.UnimplementedError, match="could not be written"):
            function(tf.constant(1.0) if function is loaded.outside else tf.zeros([2]))


def test_no_model(tmp_path):
    with pytest.raises(OSError, match="SavedModel file does not exist at"):
        tf.saved_model.load(tmp_path)
    with pytest.raises(ValueError, match="incompatible argument to `tags`"):
        tf.saved_model.load(MODEL, tags=["other"])
    (tmp_path / "saved_model.pb").write_bytes(b"\xff\xff")
    with pytest.raises(OSError, match="Cannot parse file"):
        tf.saved_model.load(tmp_path)
    assert not tf.saved_model.contains_saved_model(tmp_path / "nope")


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.update(version=99),
        lambda found: found.pop("methods"),
        lambda found: found["methods"][0].update(object=999),
        lambda found: found["methods"][0]["functions"][0]["traces"][0]["nodes"][0].update(op="os.system"),
        lambda found: found["methods"][0]["functions"][0]["traces"][0]["nodes"][0].update(
            op="aten.__class__.mro"
        ),
        lambda found: found["methods"][0]["functions"][0]["traces"][0].update(guards=["__import__('os')"]),
        lambda found: found["methods"][0]["functions"][0]["traces"][0].update(inputs=None),
    ],
)
def test_a_file_of_functions_that_is_none(saved, tmp_path, change):
    import shutil

    place = tmp_path / "copy"
    shutil.copytree(saved[1], place)
    found = json.loads((place / FILE).read_text())
    change(found)
    (place / FILE).write_text(json.dumps(found))
    with pytest.raises(OSError, match="Cannot parse file"):
        tf.saved_model.load(place)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2*s0 + 1", 7),
        ("(s0*s1) // 2", 6),
        ("max(s0, s1)", 4),
        ("s0 != 1 and not s1 < 2", True),
        ("-s0 % 2", 1),
    ],
)
def test_expressions_of_sizes(text, expected):
    assert sizes.parsed(text)({"s0": 3, "s1": 4}) == expected


@pytest.mark.parametrize(
    "text", ["__import__('os')", "s0.real", "[s0]", "lambda: 1", "'a'", "s0 +", "open(s0)", "s0()"]
)
def test_what_is_no_expression_of_sizes(text):
    with pytest.raises(ValueError, match="no expression of sizes"):
        sizes.parsed(text)


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
