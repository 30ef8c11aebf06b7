"""What docs/differences.md says of datasets."""

from __future__ import annotations

import collections
import os

import pytest

import tfcompat_tape as tf

D = tf.data.Dataset


def test_functions_of_strings_run_for_each_element_and_leave_sizes_open():
    log = []

    def f(x):
        log.append(x)
        return tf.strings.split(x)

    d = D.from_tensor_slices(["a b", "c d"]).map(f)
    assert [x.numpy().tolist() for x in d] == [[b"a", b"b"], [b"c", b"d"]]
    assert len(log) == 3  # traced, which does not tell the sizes, and run for each element
    assert d.element_spec == tf.TensorSpec([None], tf.string)


def test_functions_that_iterate_run_as_they_are_and_what_they_call_is_traced():
    log = []

    @tf.function
    def inner(x):
        log.append("inner")
        return x + 1

    @tf.function
    def outer(dataset):
        log.append("outer")
        return [inner(x) for x in dataset]

    for _ in range(2):
        assert [int(x) for x in outer(D.range(3))] == [1, 2, 3]
    assert (log.count("inner"), log.count("outer")) == (1, 3)  # the attempt to trace it, and each call


def test_a_tape_around_a_loop_that_runs_as_it_is_knows_derivatives():
    x = tf.Variable([2.0])

    @tf.function
    def grows(dataset):
        s = tf.zeros([0])
        for a in dataset:
            s = tf.concat([s, a * x], 0)
        return s

    with tf.GradientTape() as tape:
        y = grows(D.from_tensor_slices([1.0, 3.0]))
    assert y.numpy().tolist() == [2.0, 6.0]
    assert tape.gradient(y, x).numpy().tolist() == [4.0]  # TensorFlow: None


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: tf.data.TextLineDataset("/nowhere/at.all"), "NotFoundError"),
        (lambda: tf.data.experimental.CsvDataset("/nowhere/at.all", [tf.int32]), "NotFoundError"),
        (lambda: D.range(0).apply(tf.data.experimental.assert_cardinality(1)), "FailedPreconditionError"),
    ],
)
def test_an_error_that_would_come_again_ends_the_elements(make, error):
    iterator = iter(make())
    with pytest.raises(getattr(tf.errors, error)):
        next(iterator)
    assert next(iterator, None) is None
    assert list(make().ignore_errors()) == []


def test_a_cache_is_one_file_that_is_there_when_it_is_whole(tmp_path):
    d = D.range(4).cache(str(tmp_path / "kept"))
    next(iter(d))
    assert os.listdir(tmp_path) == []
    assert [int(x) for x in d] == [0, 1, 2, 3]
    assert os.listdir(tmp_path) == ["kept.cache"]
    assert [int(x) for x in D.range(9).cache(str(tmp_path / "kept"))] == [0, 1, 2, 3]


def test_a_cache_of_tensorflow_is_not_taken_for_ours(tmp_path):
    (tmp_path / "kept.index").write_bytes(b"")
    with pytest.raises(tf.errors.AlreadyExistsError, match="TensorFlow"):
        list(D.range(4).cache(str(tmp_path / "kept")))


def test_snappy_is_not_there(tmp_path):
    with pytest.raises(tf.errors.UnimplementedError, match="Snappy"):
        D.range(4).save(str(tmp_path / "saved"), compression="SNAPPY")


def test_snapshots_are_written_anew_by_each_dataset(tmp_path):
    path = str(tmp_path / "snapshot")
    assert sorted(int(x) for x in D.range(3).snapshot(path)) == [0, 1, 2]
    assert sorted(int(x) for x in D.range(3).map(lambda x: x * 5).snapshot(path)) == [0, 5, 10]


def test_iterators_over_random_functions_are_saved(tmp_path):
    tf.random.set_seed(5)
    d = D.range(8).shuffle(8, seed=1).map(lambda x: (x, tf.random.uniform([])))
    iterator = iter(d)
    first = [float(next(iterator)[1]) for _ in range(3)]
    path = tf.train.Checkpoint(iterator=iterator).save(str(tmp_path / "checkpoint"))
    rest = [(int(x), float(y)) for x, y in iterator]
    again = iter(d)
    tf.train.Checkpoint(iterator=again).restore(path)
    assert [(int(x), float(y)) for x, y in again] == rest
    assert len(first) + len(rest) == 8


def test_open_datasets_of_automatic_interleaving():
    d = D.range(4).interleave(lambda x: D.from_tensors(x).repeat(2), num_parallel_calls=tf.data.AUTOTUNE)
    assert d._cycle == max(1, (os.cpu_count() or 1) // 2)
    assert sorted(int(x) for x in d) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_defaultdict_is_a_dictionary():
    d = D.range(2).map(lambda x: collections.defaultdict(int, {"a": x}))
    assert type(d.element_spec) is dict


def test_fingerprints_are_numbers_of_their_own():
    d = D.range(3)
    assert int(d.fingerprint()) != 16881969992698947614  # TensorFlow's
    assert int(d.fingerprint()) == int(D.range(3).fingerprint()) != int(D.range(4).fingerprint())
