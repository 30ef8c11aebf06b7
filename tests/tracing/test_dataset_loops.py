"""Loops over datasets and iterators in a trace: any sizes of batches, other functions, and what no trace holds."""

import numpy as np
import pytest

import tfcompat_tape as tf

D = tf.data.Dataset


def training(sizes):
    """An epoch over batches of these sizes, eagerly and staged: the losses and what the weights are after it."""
    rng = np.random.default_rng(3)
    batches = [rng.normal(size=(n, 4)).astype("float32") for n in sizes]

    def elements():
        yield from batches

    dataset = D.from_generator(elements, output_signature=tf.TensorSpec([None, 4], tf.float32))
    found = []
    traced = []
    for wrap in (lambda f: f, tf.function):
        w, b = tf.Variable(tf.ones([4, 6]) * 0.1), tf.Variable(tf.zeros([6]))

        def epoch(dataset, w=w, b=b):
            traced.append(1)
            total = tf.constant(0.0)
            for x in dataset:
                with tf.GradientTape() as tape:
                    h = tf.tanh(x @ w + b)
                    gram = tf.matmul(h, h, transpose_b=True)
                    loss = tf.reduce_mean(gram) + tf.reduce_sum(x[:, 0] * h[:, 1]) + tf.reduce_max(h - h[:1])
                for v, g in zip([w, b], tape.gradient(loss, [w, b]), strict=True):
                    v.assign_sub(0.05 * g)
                total += loss
            return total

        f = wrap(epoch)
        found.append([f(dataset).numpy(), f(dataset).numpy(), w.numpy(), b.numpy()])
    assert len(traced) == 3
    return found


def test_batches_of_every_size():
    eager, staged = training([1, 2, 3, 4, 5, 6, 7, 1, 6, 9])
    for a, b in zip(eager, staged, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)


def test_a_function_that_is_given_a_dataset_by_another():
    @tf.function
    def total(dataset, start):
        for x in dataset:
            start = start * 0.5 + tf.sin(x)
        return start

    @tf.function
    def both(dataset, x):
        return total(dataset, x) + total(dataset.map(lambda a: a * a).take(3), x)

    def plainly(values, start):
        for x in values:
            start = start * np.float32(0.5) + np.sin(np.float32(x))
        return start

    for n in (4, 7):
        values = np.linspace(0.0, 1.0, n, dtype="float32")
        found = both(D.from_tensor_slices(values), tf.constant(0.3)).numpy()
        np.testing.assert_allclose(
            found, plainly(values, 0.3) + plainly((values * values)[:3], 0.3), rtol=1e-5
        )
    assert both.experimental_get_tracing_count() == 1


def test_no_element_is_lost_where_a_function_turns_out_to_run_as_it_is():
    iterator = iter(D.range(10).batch(2))

    @tf.function
    def step():
        found = next(iterator)
        return [tf.strings.as_string(found), D.range(2).shuffle(2)][0]

    seen = [step().numpy().tolist() for _ in range(3)]
    assert seen == [[b"0", b"1"], [b"2", b"3"], [b"4", b"5"]]
    assert next(iterator).numpy().tolist() == [6, 7]


def test_elements_of_strings_and_ragged_ones_are_gone_through_by_python():
    @tf.function
    def joined(dataset):
        found = tf.constant("")
        for x in dataset:
            found = found + x
        return found

    @tf.function
    def lengths(dataset):
        n = tf.constant(0, tf.int64)
        for x in dataset:
            n += tf.reduce_sum(x.row_lengths())
        return n

    assert joined(D.from_tensor_slices(["a", "b", "c"])).numpy() == b"abc"
    assert lengths(D.from_tensor_slices(tf.ragged.constant([[1], [2, 3], []])).batch(2)).numpy() == 3


def test_an_element_that_does_not_fit_its_spec_is_refused():
    def wrong(x):
        y = tf.numpy_function(lambda v: np.zeros([3], np.float32), [x], tf.float32)
        y.set_shape([2])
        return y

    @tf.function
    def f(dataset):
        s = tf.zeros([2])
        for x in dataset:
            s += x
        return s

    with pytest.raises((tf.errors.InvalidArgumentError, ValueError)):
        f(D.range(2).map(wrong))


def test_an_error_in_the_pipeline_leaves_the_variables_and_the_function_usable():
    v = tf.Variable(0)

    @tf.function
    def f(dataset):
        for x in dataset:
            v.assign_add(tf.cast(x, tf.int32))
        return v.read_value()

    def failing():
        yield 1
        raise RuntimeError("no more")

    spec = tf.TensorSpec([], tf.int64)
    with pytest.raises(tf.errors.UnknownError, match="no more"):
        f(D.from_generator(failing, output_signature=spec))
    assert int(f(D.range(4))) - int(f(D.range(0))) == 0
    assert f.experimental_get_tracing_count() == 1


def test_what_a_function_does_in_a_loop_happens_once_for_each_element():
    seen = []

    @tf.function
    def f(dataset):
        for i, x in enumerate(dataset):
            tf.py_function(lambda a, b: seen.append((int(a), int(b))), [i, x], [])

    f(D.range(5, 8))
    f(D.range(2))
    assert seen == [(0, 5), (1, 6), (2, 7), (0, 0), (1, 1)]


def test_elements_in_dictionaries_lists_and_named_tuples():
    @tf.function
    def f(source):
        s = tf.constant(0.0)
        for x in source:
            s = s * 2.0 + x["a"][0] * x["b"]["c"]
        return s

    def made(a):
        return D.from_tensor_slices({"a": (a, a), "b": {"c": [float(i + 1) for i in range(len(a))]}})

    assert [float(f(made(a))) for a in ([1.0, 2.0], [3.0, 1.0, 2.0])] == [6.0, 22.0]
    assert float(f(iter(made([5.0])))) == 5.0
    assert f.experimental_get_tracing_count() == 2
    assert hash(tf.data.DatasetSpec.from_value(made([1.0]))) == hash(
        tf.data.DatasetSpec.from_value(made([2.0]))
    )
