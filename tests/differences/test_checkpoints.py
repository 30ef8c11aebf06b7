"""What checkpoints and SavedModels answer differently on purpose (docs/differences.md)."""

from pathlib import Path

import pytest

import tfcompat_tape as tf

KEY = "v/.ATTRIBUTES/VARIABLE_VALUE"


def test_a_file_that_is_cut_off_is_lost_data(tmp_path):
    path = tf.train.Checkpoint(v=tf.Variable([1.0, 2.0])).write(tmp_path / "x")
    data = Path(path + ".data-00000-of-00001")
    data.write_bytes(data.read_bytes()[:4])
    with pytest.raises(tf.errors.DataLossError) as caught:
        tf.train.load_variable(path, KEY)
    assert isinstance(caught.value, IndexError)


def test_a_restoration_that_fails_gives_nothing(tmp_path):
    path = tf.train.Checkpoint(a=tf.Variable(1.0), b=tf.Variable(2.0)).write(tmp_path / "x")
    a, b = tf.Variable(5.0), tf.Variable([6.0, 7.0])
    with pytest.raises(ValueError, match="incompatible tensor"):
        tf.train.Checkpoint(a=a, b=b).read(path)
    assert a.numpy() == 5.0


def test_a_manager_saves_within_a_function(tmp_path):
    manager = tf.train.CheckpointManager(tf.train.Checkpoint(v=tf.Variable(1.0)), tmp_path, 2)
    tf.function(lambda: manager.save())()
    assert [Path(path).name for path in manager.checkpoints] == ["ckpt-1"]


def test_a_dense_table_is_written_with_its_keys_alone(tmp_path):
    table = tf.lookup.experimental.DenseHashTable(tf.int64, tf.int64, 0, empty_key=-1, deleted_key=-2)
    table.insert([3, 4], [30, 40])
    checkpoint = tf.train.Checkpoint(table=table)
    path = checkpoint.write(tmp_path / "x")
    assert tf.train.load_variable(path, "table/.ATTRIBUTES/table-keys").tolist() == [3, 4]
    table.insert([5], [50])
    checkpoint.read(path).assert_consumed()
    assert table.lookup(tf.constant([3, 5], tf.int64)).numpy().tolist() == [30, 0]


def test_what_of_functions_is_not_saved(tmp_path):
    module = tf.Module()
    signature = [tf.TensorSpec([3, 2]), tf.TensorSpec([], tf.int32)]
    module.f = tf.function(lambda x, n: next(iter(tf.data.Dataset.from_tensors(x).repeat(5))), signature)
    with pytest.raises(tf.errors.UnimplementedError, match="cannot be written into a SavedModel"):
        tf.saved_model.save(module, tmp_path)
    calls = []
    module.f = tf.function(lambda x: calls.append(1) or x, input_signature=[tf.TensorSpec([2])])
    module.f(tf.zeros(2))
    before = len(calls)
    tf.saved_model.save(module, tmp_path)
    assert len(calls) == before + 1


def test_a_loaded_loop_that_assigns_has_a_gradient(tmp_path):
    module = tf.Module()
    module.n = tf.Variable(0.0)

    def count(x):
        for _ in tf.range(3):
            module.n.assign_add(1.0)
            x = x * 2.0
        return x

    module.f = tf.function(count, input_signature=[tf.TensorSpec([])])
    tf.saved_model.save(module, tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    x = tf.constant(1.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = loaded.f(x)
    assert tape.gradient(y, x).numpy() == 8.0 and loaded.n.numpy() == 3.0
