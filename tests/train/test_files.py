"""Files of checkpoints: the same bytes that TensorFlow writes, and what it wrote is read.

`record_files.py` let TensorFlow write what lies in data/.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.checkpoint import bundle

from .objects import ALL, NUMBERS, step

DATA = Path(__file__).parent / "data"
VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
ENDS = (".index", ".data-00000-of-00001")


@pytest.mark.parametrize("name", ALL)
def test_the_same_bytes_as_tensorflow_writes(name, tmp_path):
    path = tf.train.Checkpoint(**ALL[name](tf)).write(tmp_path / name)
    for end in ENDS:
        assert Path(path + end).read_bytes() == (DATA / (name + end)).read_bytes(), end
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(name + end for end in ENDS)


@pytest.mark.parametrize("name", ALL)
def test_what_tensorflow_wrote_is_restored(name):
    objects, kept = ALL[name](tf), ALL[name](tf)
    checkpoint = tf.train.Checkpoint(**objects)
    variables = [
        each for each in tf.train.TrackableView(checkpoint).descendants() if isinstance(each, tf.Variable)
    ]
    for variable in variables:
        variable.assign(
            tf.zeros_like(variable) if variable.dtype != tf.string else tf.fill(variable.shape, "z")
        )
    if name == "table":
        objects["table"].insert(["z"], [9])
    checkpoint.read(DATA / name).assert_consumed()
    others = tf.train.TrackableView(tf.train.Checkpoint(**kept)).descendants()
    for found, expected in zip(variables, [v for v in others if isinstance(v, tf.Variable)], strict=True):
        assert found.dtype == expected.dtype
        assert np.array_equal(found.numpy(), expected.numpy())
    if name == "table":
        assert [each.numpy().tolist() for each in objects["table"].export()] == [[b"b"], [2]]


def test_an_optimizer_goes_on_where_tensorflow_left_it():
    expected = ALL["optimizer"](tf)
    v, w = tf.Variable([0.0, 0.0]), tf.Variable(0.0)
    adam = tf.compat.v1.train.AdamOptimizer(0.1)
    status = tf.train.Checkpoint(adam=adam, v=v, w=w).read(DATA / "optimizer")
    assert (
        adam.get_slot(v, "m").numpy().tolist()
        == expected["adam"].get_slot(expected["v"], "m").numpy().tolist()
    )
    with pytest.raises(AssertionError, match="beta1_power"):
        status.assert_consumed()
    step(tf, adam, v, w)
    status.assert_consumed()
    step(tf, **{key: expected[key] for key in ("adam", "v", "w")})
    assert (v.numpy() == expected["v"].numpy()).all() and w.numpy() == expected["w"].numpy()


def test_a_checkpoint_by_names():
    v, w = tf.Variable([0.0, 0.0], name="v"), tf.Variable(0, name="scope/w")
    status = tf.train.Checkpoint(a=v, b=w).restore(DATA / "by_name")
    status.assert_consumed()
    assert (v.numpy().tolist(), w.numpy().item()) == ([1.0, 2.0], 3)
    late = tf.Module()
    tf.train.Checkpoint(late).read(DATA / "by_name")
    late.v = tf.Variable([0.0, 0.0], name="v")
    assert late.v.numpy().tolist() == [1.0, 2.0]


def test_names_are_written_as_tensorflow_does(tmp_path):
    v, w = tf.Variable([1.0, 2.0], name="v"), tf.Variable(3, name="scope/w")
    path = tf.compat.v1.train.Saver([v, w]).save(None, tmp_path / "by_name", write_state=False)
    for end in ENDS:
        assert Path(path + end).read_bytes() == (DATA / ("by_name" + end)).read_bytes(), end


def test_parts_and_several_shards():
    reader = tf.train.load_checkpoint(DATA / "parts")
    assert reader.get_variable_to_shape_map() == {"cut": [4, 50], "plain": [], "text": [2], "wide": [2, 2000]}
    assert reader.get_tensor("cut").ravel().tolist() == list(range(200))
    wide = reader.get_tensor("wide")
    assert wide[:, :70].min() == 1 and not wide[:, 70:].any()
    assert reader.get_tensor("text").tolist() == [b"a", b"bc"]
    v = tf.Variable(tf.zeros([4, 50]), name="cut")
    tf.train.Checkpoint(v=v).read(DATA / "parts").assert_consumed()
    assert v.numpy().sum() == sum(range(200))


def test_quantized():
    reader = tf.train.load_checkpoint(DATA / "quantized")
    assert {name: kind.name for name, kind in reader.get_variable_to_dtype_map().items()} == {
        name: name for name in ("qint8", "quint8", "qint16", "quint16", "qint32")
    }
    for name, _ in tf.train.list_variables(DATA / "quantized"):
        assert reader.get_tensor(name).tolist() == [1, 2, 3]


def test_a_reader():
    reader = tf.train.load_checkpoint(DATA / "every_dtype")
    names = {name: f"{name}{VALUE}" for name in NUMBERS}
    assert all(reader.has_tensor(name) for name in names.values()) and not reader.has_tensor("float32")
    assert {reader.get_variable_to_dtype_map()[path].name for path in names.values()} == set(NUMBERS)
    assert reader.get_tensor(f"scalar{VALUE}") == np.float32(2.5)
    assert isinstance(reader.get_tensor(f"scalar{VALUE}"), np.float32)
    assert reader.get_tensor(f"string{VALUE}").tolist() == [[b"a", b"\xff\x00"], [b"", b"x" * 300]]
    assert reader.get_tensor(f"empty{VALUE}").shape == (0, 3)
    assert b"many/.ATTRIBUTES/VARIABLE_VALUE (DT_INT32) [2,20,30]\n" in reader.debug_string()
    assert tf.train.load_variable(DATA / "every_dtype", f"int8{VALUE}").tolist() == [0, 1, 2]
    with pytest.raises(tf.errors.NotFoundError, match="Key nope not found in checkpoint"):
        reader.get_tensor("nope")


def test_a_second_write_has_the_usual_files(tmp_path):
    v = tf.Variable(tf.range(50))
    checkpoint = tf.train.Checkpoint(v=v)
    for value in range(5):
        v.assign(tf.fill([50], value))
        path = checkpoint.write(tmp_path / "x")
        assert sorted(p.name for p in tmp_path.iterdir()) == ["x.data-00000-of-00001", "x.index"]
        assert (tf.train.load_variable(path, f"v{VALUE}") == value).all()


def test_without_hard_links_a_second_write_is_whole_too(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError("no links here")

    monkeypatch.setattr(bundle.files.os, "link", refuse)
    v = tf.Variable(0)
    checkpoint = tf.train.Checkpoint(v=v)
    for value in range(5):
        v.assign(value)
        path = checkpoint.write(tmp_path / "x")
        assert tf.train.load_variable(path, f"v{VALUE}") == value
        assert len(list(tmp_path.iterdir())) == 2


def test_large_tensors(tmp_path):
    chooser = np.random.default_rng(0)
    value = chooser.normal(size=(700, 1001)).astype(np.float32)
    v = tf.Variable(value)
    path = tf.train.Checkpoint(v=v).write(tmp_path / "x")
    assert (tf.train.load_variable(path, f"v{VALUE}") == value).all()
    many = {f"v{i}": tf.Variable(i) for i in range(3000)}
    path = tf.train.Checkpoint(**many).write(tmp_path / "many")
    reader = tf.train.load_checkpoint(path)
    assert all(reader.get_tensor(f"v{i}{VALUE}") == i for i in range(0, 3000, 97))


def test_a_view_of_ones_own_is_walked_by_its_children():
    class Lists(tf.Module):
        def _trackable_children(self, save_type="checkpoint", **kwargs):
            found = super()._trackable_children(save_type, **kwargs)
            return {**found, "only": [tf.Module()]} if save_type == "savedmodel" else found

    class View(tf.train.TrackableView):
        @classmethod
        def children(cls, obj, save_type="savedmodel", **kwargs):
            return super().children(obj, save_type, **kwargs)

    root = Lists()
    assert [type(x).__name__ for x in View(root).descendants()] == ["Lists", "ListWrapper", "Module"]
    assert len(tf.train.TrackableView(root).descendants()) == 1

    root.doubled = tf.function(lambda x: x * 2.0, input_signature=[tf.TensorSpec([])])
    root._trackable_children = lambda save_type="checkpoint", **kwargs: {"doubled": root.doubled}
    names = [type(x).__name__ for x in View(root).descendants()]  # a function has its concrete functions
    assert names == ["Lists", "Function", "ConcreteFunction"]
