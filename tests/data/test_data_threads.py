"""Threads that prepare elements: order, bounds, errors, and their end."""

from __future__ import annotations

import gc
import subprocess
import sys
import textwrap
import threading

import pytest

import tfcompat_tape as tf
from tfcompat_tape.data import parallel, randomness
from tfcompat_tape.data.base import Run
from tfcompat_tape.data.randomness import Seeds

D = tf.data.Dataset


def numbers(dataset):
    return [int(x) for x in dataset]


def ended(before):
    """Whether all threads that are not among `before` end."""
    for thread in [*parallel._threads]:
        if thread not in before:
            thread.join(20)
            if thread.is_alive():
                return False
    return True


def waiting(x):
    """A function of elements that no trace computes, so that it runs in threads."""
    return tf.py_function(lambda y: y + 1, [x], tf.int64)


PIPELINES = {
    "prefetch": lambda d: d.prefetch(2),
    "parallel map": lambda d: d.map(waiting, num_parallel_calls=3),
    "parallel map, prefetch": lambda d: d.map(waiting, num_parallel_calls=3).batch(2).prefetch(1),
    "parallel interleave": lambda d: d.interleave(
        lambda x: D.from_tensors(x).repeat(9), 3, num_parallel_calls=2
    ),
    "two prefetches": lambda d: d.prefetch(1).map(lambda x: x + 1).prefetch(1),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_leaving_a_loop_ends_the_threads(name):
    before = [*parallel._threads]
    for _ in PIPELINES[name](D.range(1000)):
        break
    gc.collect()
    assert ended(before)


@pytest.mark.parametrize("name", PIPELINES)
def test_dropping_an_iterator_ends_the_threads(name):
    before = [*parallel._threads]
    iterator = iter(PIPELINES[name](D.range(1000)))
    next(iterator)
    del iterator
    gc.collect()
    assert ended(before)


def failing(x):
    return tf.py_function(lambda y: 1 // 0 if y == 1 else y, [x], tf.int64)


AFTER_AN_ERROR = {
    "prefetch": lambda d: d.map(failing).prefetch(2),
    "parallel map": lambda d: d.map(failing, num_parallel_calls=3).prefetch(2),
    "cache": lambda d: d.prefetch(1).map(failing).cache().prefetch(1),
    "zip": lambda d: D.zip(d.prefetch(1).map(failing), d.prefetch(1)),
    "filter": lambda d: d.prefetch(1).map(failing).filter(lambda x: x >= 0),
}


@pytest.mark.parametrize("name", AFTER_AN_ERROR)
def test_an_error_that_was_raised_keeps_no_thread(name):
    """Its traceback holds who reads, and is to be let go without a search for circles."""
    before = [*parallel._threads]
    gc.collect()
    gc.disable()
    try:
        iterator = iter(AFTER_AN_ERROR[name](D.range(1000)))
        next(iterator)
        with pytest.raises(tf.errors.UnknownError):
            next(iterator)
        del iterator
        assert ended(before)
    finally:
        gc.enable()


@pytest.mark.parametrize("name", PIPELINES)
def test_threads_end_with_the_elements(name):
    before = [*parallel._threads]
    assert len(list(PIPELINES[name](D.range(4)))) in (2, 4, 36)
    gc.collect()
    assert ended(before)


def test_a_thread_is_no_further_ahead_than_it_may():
    made = []
    full = threading.Event()

    def generator():
        for i in range(100):
            made.append(i)
            if len(made) >= 4:
                full.set()
            yield i

    iterator = iter(D.from_generator(generator, output_signature=tf.TensorSpec([], tf.int64)).prefetch(2))
    assert int(next(iterator)) == 0
    assert full.wait(20)
    assert len(made) <= 5  # one used, two waiting, one in hands


def test_parallel_results_keep_the_order_though_later_ones_are_ready_first():
    later = threading.Event()

    def work(x):
        if int(x) == 2:
            assert later.wait(20)
        if int(x) == 3:
            later.set()
        return x

    d = D.range(6).map(lambda x: tf.py_function(work, [x], tf.int64), num_parallel_calls=2)
    assert numbers(d) == [0, 1, 2, 3, 4, 5]


def test_without_an_order_what_is_ready_comes_first():
    first = threading.Event()

    def work(x):
        if int(x) == 1:
            assert first.wait(20)
        return x

    d = D.range(4).map(
        lambda x: tf.py_function(work, [x], tf.int64), num_parallel_calls=2, deterministic=False
    )
    iterator = iter(d)
    found = {int(next(iterator)) for _ in range(3)}
    first.set()
    assert (found, numbers(iterator)) == ({0, 2, 3}, [1])


@pytest.mark.parametrize("parallel_calls", [None, 3])
def test_an_error_in_a_worker_comes_to_the_reader_at_its_element_with_the_users_line(parallel_calls):
    def fails(x):
        if int(x) == 3:
            raise KeyError("here it fails")
        return x

    d = D.range(6).map(lambda x: tf.py_function(fails, [x], tf.int64), num_parallel_calls=parallel_calls)
    found = []
    with pytest.raises(tf.errors.UnknownError, match="here it fails") as caught:
        for x in d.prefetch(2):
            found.append(int(x))
    assert found == [0, 1, 2]
    frames = []
    trace = caught.value.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    assert "fails" in frames or "fails" in str(caught.value)


def test_a_generator_that_raises_says_its_line():
    def generator():
        yield 1
        raise ZeroDivisionError("of the generator")

    d = D.from_generator(generator, output_signature=tf.TensorSpec([], tf.int32)).prefetch(1)
    iterator = iter(d)
    assert int(next(iterator)) == 1
    with pytest.raises(tf.errors.UnknownError) as caught:
        next(iterator)
    assert 'raise ZeroDivisionError("of the generator")' in str(caught.value)
    assert "test_data_threads.py" in str(caught.value)


def test_a_generator_without_an_end_is_closed_when_nobody_reads():
    closed = threading.Event()

    def generator():
        try:
            i = 0
            while True:
                yield i
                i += 1
        finally:
            closed.set()

    d = D.from_generator(generator, output_signature=tf.TensorSpec([], tf.int64)).prefetch(3)
    for x in d:
        if int(x) == 5:
            break
    gc.collect()
    assert closed.wait(20)


def test_what_comes_after_an_error_may_be_read():
    d = D.from_tensor_slices([1.0, 0.0, 2.0]).map(lambda x: tf.debugging.check_numerics(1 / x, "wrong"))
    for pipeline in (d, d.prefetch(2), d.batch(1), d.batch(1).prefetch(1)):
        iterator = iter(pipeline)
        assert float(tf.squeeze(next(iterator))) == 1.0
        with pytest.raises(tf.errors.InvalidArgumentError):
            next(iterator)
        assert float(tf.squeeze(next(iterator))) == 0.5
        assert next(iterator, None) is None


def in_threads(count, work):
    """What `work(i)` gives or raises in so many threads at once, which take turns as often as can be."""
    found = []

    def call(i):
        try:
            found.append(work(i))
        except BaseException as error:
            found.append(error)

    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=call, args=(i,)) for i in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    finally:
        sys.setswitchinterval(often)
    return found


def test_threads_of_several_iterations_draw_from_one_stream(monkeypatch):
    monkeypatch.setattr(randomness, "_CHUNK", 4)  # so that most draws compute new numbers
    seeds, alone = Seeds((1, 2), True), Seeds((1, 2), True)
    found = in_threads(6, lambda i: [seeds.next(Run()) for _ in range(150)])
    assert sorted(pair for pairs in found for pair in pairs) == sorted(alone.next(Run()) for _ in range(900))


def test_threads_of_iterators_that_were_left_go_on_beside_those_that_are_read():
    d = D.range(2).shuffle(2, seed=1).map(waiting).repeat().prefetch(1)

    def read(i):
        for _ in range(4):
            iterator = iter(d)
            assert {int(next(iterator)), int(next(iterator))} == {1, 2}
        return "read"

    assert in_threads(4, read) == ["read"] * 4


def test_several_threads_read_one_iterator():
    iterator = iter(D.range(600).shuffle(9, seed=1).map(waiting).take(599).batch(2))
    found = in_threads(4, lambda i: [x for batch in iterator for x in batch.numpy().tolist()])
    assert len({x for part in found for x in part}) == sum(map(len, found)) == 599


def test_tapes_do_not_record_pipelines():
    v = tf.Variable(2.0)
    d = D.from_tensor_slices([3.0]).map(lambda x: x * v)
    with tf.GradientTape() as tape:
        y = next(iter(d)) * 1.0
    assert tape.gradient(y, v) is None


def test_a_program_ends_while_threads_prepare_elements():
    program = """
        import queue, threading
        import tfcompat_tape as tf

        D, one = tf.data.Dataset, tf.TensorSpec([], tf.int32)

        def endless():
            while True:
                yield 1

        def waits():
            yield 1
            queue.Queue().get()

        def computes(x):
            a = tf.random.uniform([300, 300])
            while True:
                a = tf.linalg.matmul(a, a)
                began.set()

        began = threading.Event()
        d = D.from_generator(endless, output_signature=one)
        d = d.map(lambda x: tf.py_function(lambda y: y, [x], tf.int32), num_parallel_calls=2).prefetch(4)
        iterator = iter(d)
        other = iter(D.from_generator(waits, output_signature=one).prefetch(1))
        print(int(next(iterator)), int(next(other)))
        third = iter(D.range(9).map(lambda x: tf.py_function(computes, [x], tf.int64)).prefetch(1))
        threading.Thread(target=next, args=(third,), daemon=True).start()
        began.wait()
    """
    found = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "1 1\n", "")


@pytest.mark.parametrize("taken", [6, 150, 700])
def test_iterators_that_interleave_shuffled_datasets_in_threads_go_on_from_a_checkpoint(taken, tmp_path):
    dataset = D.range(30).interleave(
        lambda x: D.range(40).shuffle(40, seed=1), cycle_length=3, num_parallel_calls=3
    )
    iterator = iter(dataset)
    _ = [next(iterator) for _ in range(taken)]
    path = tf.train.Checkpoint(iterator=iterator).save(str(tmp_path / "checkpoint"))
    again = iter(dataset)
    tf.train.Checkpoint(iterator=again).restore(path)
    rest = numbers(iterator)
    assert len(rest) == 1200 - taken and numbers(again) == rest
