"""A call like the last one takes the way in that was generated for it: what it gives depends on that in no way."""

from __future__ import annotations

import collections
import threading

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.core import devices
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tracing.entry import MISSED

X = [[1.0, 2.0], [3.0, 4.0]]


def quickly(function, *args, **kwargs):
    """The result by the way in alone."""
    assert function._kinds.entry is not None
    result = function._kinds.entry(args, kwargs)
    assert result is not MISSED
    return result


def missed(function, *args, **kwargs) -> bool:
    """Whether such a call goes the general way."""
    return function._kinds.entry is None or function._kinds.entry(args, kwargs) is MISSED


def warm(function, *args, **kwargs):
    """`function`, called as often as it takes to have a way in."""
    for _ in range(2):
        function(*args, **kwargs)
    return function


def test_the_same_numbers():
    f = warm(tf.function(lambda x: tf.sin(x) * 2.0), tf.constant(X))
    other = tf.constant([[5.0, 6.0], [7.0, 8.0]])
    np.testing.assert_array_equal(quickly(f, other), f.python_function(other))
    assert f.experimental_get_tracing_count() == 1


class Odd(Tensor):
    """A Tensor of a class of its own."""


OTHERS = {
    "dtype": lambda: tf.constant(X, tf.float64),
    "integers": lambda: tf.constant([[1, 2], [3, 4]]),
    "shape": lambda: tf.constant(X[0]),
    "rank": lambda: tf.constant(1.0),
    "number": lambda: 3.0,
    "integer": lambda: 3,
    "truth": lambda: True,
    "array": lambda: np.asarray(X, np.float32),
    "scalar of NumPy": lambda: np.float32(2.0),
    "list": lambda: X,
    "variable": lambda: tf.Variable(X),
    "torch": lambda: torch.tensor(X),
    "subclass": lambda: Odd(torch.tensor(X), None),
    "layout": lambda: Tensor(torch.tensor(X).t(), None),
    "negative": lambda: Tensor(torch._neg_view(torch.tensor(X)), None),
    "of torch's autograd": lambda: Tensor(torch.tensor(X, requires_grad=True), None),
}


@pytest.mark.parametrize("name", OTHERS)
def test_arguments_of_another_kind(name):
    def function(x):
        return tf.stack([x, x])

    f = warm(tf.function(function), tf.constant(X))
    given = OTHERS[name]()
    assert missed(f, given)
    found, expected = f(given), tf.function(function)(given)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(quickly(warm(f, tf.constant(X)), tf.constant(X)), [X, X])


def test_how_arguments_are_passed():
    ten = tf.constant(10.0)

    @tf.function
    def f(x, y=ten, *, scale=2.0, **others):
        return (x + y) * scale + sum(others.values())

    one = tf.constant(1.0)
    calls = [
        ((one,), {}),
        ((one, one), {}),
        ((one,), {"y": one}),
        ((), {"x": one, "y": one}),
        ((), {"y": one, "x": one}),
        ((one,), {"scale": 3.0}),
        ((one,), {"scale": one}),
        ((one,), {"z": one}),
        ((one,), {"z": one, "scale": 4.0}),
    ]
    for args, kwargs in calls:
        warm(f, *args, **kwargs)
        for others, named in calls:
            expected = f.python_function(*others, **named)
            np.testing.assert_array_equal(f(*others, **named), expected)
        warm(f, *args, **kwargs)
        np.testing.assert_array_equal(quickly(f, *args, **kwargs), f.python_function(*args, **kwargs))
    with pytest.raises(TypeError, match="missing a required argument"):
        f()
    with pytest.raises(TypeError, match="multiple values"):
        f(one, x=one)


@pytest.mark.parametrize(
    ("value", "others"),
    [
        (2, [3, 2.5, True, None]),
        (2.0, [3.0, 2.5]),
        (True, [False, None]),
        ("a", ["b", None]),
        (None, [1, False]),
        ((1, 2), [(1, 3), [1, 2], (1,), 3]),
        ({"a": 1, "b": 2}, [{"a": 1}, {"b": 2, "a": 1}, {"a": 2, "b": 2}]),
    ],
    ids=repr,
)
def test_python_values(value, others):
    seen = []

    @tf.function
    def f(x, value):
        seen.append(value)
        return x + len(repr(value))

    one = tf.constant(1.0)
    warm(f, one, value)
    for other in others:
        known = len(seen)
        fresh = tf.function(f.python_function)
        fresh(one, value)
        expected, traced = fresh(one, other), len(seen) - known - 1
        known = len(seen)
        warm(f, one, value)
        assert quickly(f, one, value) == 1 + len(repr(value))
        assert f(one, other) == expected
        assert len(seen) - known == traced


def test_nan_is_one_value():
    f = warm(tf.function(lambda x, value: x + value), tf.constant(1.0), float("nan"))
    assert np.isnan(f(tf.constant(1.0), float("nan")).numpy())
    assert f.experimental_get_tracing_count() == 1


def test_structures_of_tensors():
    @tf.function
    def f(pair, table):
        return pair[0] - pair[1] * table["b"] + table["a"]

    def arguments(k):
        return (tf.constant(1.0 * k), tf.constant(2.0)), {"b": tf.constant(3.0), "a": tf.constant(4.0 * k)}

    warm(f, *arguments(1))
    assert quickly(f, *arguments(2)) == f.python_function(*arguments(2))
    pair, table = arguments(3)
    assert missed(f, list(pair), table)
    assert f(list(pair), table) == f.python_function(pair, table)
    assert quickly(warm(f, pair, table), pair, dict(sorted(table.items()))) == f.python_function(pair, table)


def test_a_default_that_changes():
    options = [1.0]

    def function(x, options=options):
        return x * options[0]

    f = warm(tf.function(function), tf.constant(2.0))
    options[0] = 5.0
    assert f(tf.constant(2.0)) == 10.0


def test_objects_count_as_themselves():
    class Scale:
        def __init__(self, value):
            self.value = value

    f = tf.function(lambda x, scale: x * scale.value)
    x = tf.constant(2.0)
    first = Scale(3.0)
    warm(f, x, first)
    assert quickly(f, x, first) == 6.0
    del first
    for value in (5.0, 7.0):
        assert f(x, Scale(value)) == 2.0 * value


def test_methods():
    class Model(tf.Module):
        def __init__(self, value):
            super().__init__()
            self.w = tf.Variable(value)

        @tf.function
        def __call__(self, x):
            self.w.assign_add(1.0)
            return x * self.w

    models = [Model(1.0), Model(10.0)]
    x = tf.constant(2.0)
    for step in range(4):
        for model, start in zip(models, (1.0, 10.0), strict=True):
            assert model(x) == 2.0 * (start + step + 1)


@pytest.mark.parametrize("jit", [False, True])
def test_variables_as_they_are_now(jit, tmp_path, monkeypatch):
    monkeypatch.setenv("TFCOMPAT_CACHE", str(tmp_path))
    v = tf.Variable([1.0, 2.0, 3.0])
    count = tf.Variable(0)

    @tf.function(jit_compile=jit)
    def f(x):
        count.assign_add(1)
        v.assign(v * 2.0 + x)
        return v + 0.0, count.value()

    one = tf.constant(1.0)
    warm(f, one)
    quickly(f, one)
    expected = [((k * 2.0 + 1.0) * 2.0 + 1.0) * 2.0 + 1.0 for k in (1.0, 2.0, 3.0)]
    np.testing.assert_array_equal(v, expected)
    v.assign([5.0, 6.0, 7.0])
    found, called = quickly(f, one)
    np.testing.assert_array_equal(found, [11.0, 13.0, 15.0])
    np.testing.assert_array_equal(v, [11.0, 13.0, 15.0])
    assert called == count.numpy() == 4
    v._t = torch.arange(6.0)[::2]  # every other element
    assert missed(f, one)
    np.testing.assert_array_equal(f(one)[0], [1.0, 5.0, 9.0])


def test_variables_of_open_shape():
    v = tf.Variable([1.0], shape=tf.TensorShape([None]))
    f = warm(tf.function(lambda: v * 2.0))
    np.testing.assert_array_equal(quickly(f), [2.0])
    v.assign([1.0, 2.0])
    np.testing.assert_array_equal(f(), [2.0, 4.0])
    v.assign([3.0])
    np.testing.assert_array_equal(f(), [6.0])


def test_variables_among_the_arguments():
    f = tf.function(lambda v, x: v.assign_add(x).value() * 2.0)
    a, b = tf.Variable(1.0), tf.Variable(10.0)
    for k in range(1, 4):
        assert f(a, tf.constant(1.0)) == 2.0 * (1 + k)
        assert f(b, tf.constant(1.0)) == 2.0 * (10 + k)


def test_a_variable_that_is_gone():
    made = []

    @tf.function
    def f(x):
        if not made:
            made.append(tf.Variable(3.0))
        return x * made[0]

    warm(f, tf.constant(2.0))
    made.clear()
    assert f(tf.constant(2.0)) == 6.0


def test_results_in_their_structures():
    Pair = collections.namedtuple("Pair", "a b")

    @tf.function
    def f(x):
        rows = tf.RaggedTensor.from_row_lengths(x, [1, 1])
        return {"z": (x, [x + 1.0, None]), "a": Pair(x, x * 2.0)}, (), rows, "text"

    @tf.function
    def plain(x):
        return {"z": (x, [x + 1.0, None]), "a": {"n": (x,)}}, (), [], "text", 3

    x = tf.constant([1.0, 2.0])
    for function in (f, plain):
        general = function(x)
        warm(function, x)
        found = quickly(function, x)
        tf.nest.assert_same_structure(found, general)
        assert list(found[0]) == list(general[0]) == ["z", "a"]
        flat = [tf.nest.flatten(x, expand_composites=True) for x in (found, general)]
        for one, other in zip(*flat, strict=True):
            assert type(one) is type(other)
            if type(one) is Tensor:
                np.testing.assert_array_equal(one, other)
    assert isinstance(found[0]["z"], tuple)


def test_what_happens_at_each_call(tmp_path):
    @tf.function
    def f(x):
        tf.print("call", output_stream=f"file://{tmp_path}/said")
        return x + tf.random.uniform([])

    x = tf.constant(1.0)
    warm(f, x)
    found = [float(quickly(f, x)) for _ in range(3)]
    assert (tmp_path / "said").read_text().count("call") == 5
    assert len(set(found)) == 3


def test_an_exception_is_the_same():
    @tf.function
    def f(x, i):
        return tf.gather(x, i)

    x = tf.constant([1.0, 2.0])
    with pytest.raises(tf.errors.InvalidArgumentError) as general:
        f(x, tf.constant(5))
    warm(f, x, tf.constant(0))
    with pytest.raises(tf.errors.InvalidArgumentError) as quick:
        quickly(f, x, tf.constant(5))
    assert str(quick.value) == str(general.value)


def test_ways_that_values_decide():
    @tf.function
    def f(x):
        positive = max(x, tf.constant(0.0))  # Python asks for a value
        return positive * 2.0 if positive is x else x - 1.0

    for _ in range(3):
        assert f(tf.constant(3.0)) == 6.0
        assert f(tf.constant(-3.0)) == -4.0


def test_recursion():
    @tf.function
    def f(x, n):
        return x if n == 0 else x * f(x, n - 1)

    x = tf.constant(2.0)
    for _ in range(3):
        assert f(x, 3) == 16.0
        assert f(x, 2) == 8.0


def test_called_while_another_function_is_traced():
    inner = warm(tf.function(lambda: tf.constant(2.0) * 3.0))
    outer = tf.function(lambda x: x + inner())
    assert outer(tf.constant(1.0)) == 7.0
    twice = warm(tf.function(lambda x: x * 2.0), tf.constant(1.0))
    around = tf.function(lambda x: twice(x) + twice(tf.constant(1.0)))
    assert around(tf.constant(5.0)) == 12.0
    assert around(tf.constant(6.0)) == 14.0


def test_functions_run_eagerly():
    calls = []

    @tf.function
    def f(x):
        calls.append(x)
        return x + 1.0

    warm(f, tf.constant(1.0))
    tf.config.run_functions_eagerly(True)
    try:
        f(tf.constant(2.0))
        assert len(calls) == 2
    finally:
        tf.config.run_functions_eagerly(False)
    f(tf.constant(2.0))
    assert len(calls) == 2


def test_tapes():
    w = tf.Variable(3.0)
    f = warm(tf.function(lambda x: x * x * w), tf.constant(2.0))
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = f(x)  # of the Variable alone
        tape.watch(x)
        z = f(x)
        with tape.stop_recording():
            silent = f(x)
    assert tape.gradient(y, w) == 4.0
    assert tape.gradient(z, [x, w]) == [12.0, 4.0]
    assert tape.gradient(silent, [x, w]) == [None, None]
    quickly(f, x)
    with tf.GradientTape() as tape:
        y = f(x)
    assert tape.gradient(y, w) == 4.0
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
        y = f(x)
    assert accumulator.jvp(y) == 12.0


def test_tapes_by_the_way_in():
    w = tf.Variable(3.0)

    def function(x, y):
        w.assign_add(1.0)
        return x * x * w + y, tf.cast(x, tf.int32)

    f, x, y = tf.function(function), tf.constant(2.0), tf.constant(1.0)
    for _ in range(3):  # the third by the way in, which was made while a tape recorded
        with tf.GradientTape(persistent=True) as outer:
            outer.watch(x)
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(x)
                before = w.numpy()
                z, n = f(x, y)
            dx = tape.gradient(z, x)
        assert w.numpy() == before + 1.0
        assert (z, n) == (4.0 * w + 1.0, 2)
        assert dx == 4.0 * w
        assert tape.gradient(z, [w, y]) == [4.0, None]
        assert outer.gradient(dx, [x, w]) == [2.0 * w, 4.0]
    with tf.GradientTape(watch_accessed_variables=False, persistent=True) as tape:
        silent, _ = quickly(f, x, y)
        tape.watch(y)
        z, _ = quickly(f, x, y)
        tape.watch(w)
        seen, _ = quickly(f, x, y)
    assert tape.gradient(silent, [x, y, w]) == [None, None, None]
    assert tape.gradient(z, [x, y, w]) == [None, 1.0, None]
    assert tape.gradient(seen, [x, y, w]) == [None, 1.0, 4.0]
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
        z, n = quickly(f, x, y)
    assert accumulator.jvp(z) == 4.0 * w
    assert accumulator.jvp(n) is None


def test_tapes_and_a_function_that_reads_nothing():
    f = warm(tf.function(lambda x: x * x), tf.constant(2.0))
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        silent = quickly(f, x)
        tape.watch(x)
        z = quickly(f, x)
    assert silent._node is None
    assert tape.gradient(z, x) == 6.0


def test_variables_that_a_recomputed_function_reads():
    w = tf.Variable(3.0)
    f = warm(tf.function(lambda x: x * w), tf.constant(2.0))
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        z = tf.recompute_grad(lambda x: f(x) * x)(x)
    assert tape.gradient(z, w) == 4.0


def test_a_constant_that_a_tape_traces():
    k = tf.constant(3.0)
    f = warm(tf.function(lambda x: x * k), tf.constant(2.0))
    with tf.GradientTape() as tape:
        tape.watch(k)
        y = f(tf.constant(2.0))
    assert tape.gradient(y, k) == 2.0
    for _ in range(3):
        assert f(tf.constant(2.0)) == 6.0


def test_vectorized():
    f = warm(tf.function(lambda x: x * 2.0), tf.constant([1.0, 2.0]))
    rows = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(tf.vectorized_map(f, rows), 2.0 * rows.numpy())
    free = warm(tf.function(lambda: tf.constant([1.0, 2.0]) * 2.0))
    found = tf.vectorized_map(lambda row: row + free(), rows)
    np.testing.assert_array_equal(found, [[3.0, 6.0], [5.0, 8.0]])


def test_autocast():
    f = warm(tf.function(lambda x: tf.matmul(x, x)), tf.constant(X))
    with torch.autocast("cpu", torch.bfloat16):
        found = f(tf.constant(X))
        expected = f.python_function(tf.constant(X))
    assert found.dtype == expected.dtype


def test_explain_still_sees_every_op():
    f = warm(tf.function(lambda x: tf.sin(x) * 2.0), tf.constant(1.0))
    x = tf.constant(1.0)
    with tf.GradientTape(explain=True) as tape:
        tape.watch(x)
        y = f(x)
    assert "Sin" in str(tape.explain(y, x))


def test_signatures():
    f = tf.function(lambda x: x * 2.0, input_signature=[tf.TensorSpec([2], tf.float32)])
    x = tf.constant([1.0, 2.0])
    warm(f, x)
    np.testing.assert_array_equal(quickly(f, x), [2.0, 4.0])
    np.testing.assert_array_equal(f([3.0, 4.0]), [6.0, 8.0])
    with pytest.raises(TypeError):
        f(tf.constant([1.0, 2.0, 3.0]))
    with pytest.raises(TypeError):
        f(tf.constant([1, 2]))
    g = tf.function(lambda x: tf.reduce_sum(x), input_signature=[tf.TensorSpec([None], tf.float32)])
    for n in (1, 2, 3, 2, 1):
        assert g(tf.ones([n])) == float(n)


def test_sizes_that_differ_from_call_to_call():
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])

    def function(x, y):
        return tf.matmul(x, w) * tf.cast(tf.shape(x)[0], tf.float32), y + tf.reduce_sum(x)

    specs = [tf.TensorSpec([None, 2], tf.float32), tf.TensorSpec([], tf.float32)]
    for f in (tf.function(function, input_signature=specs), tf.function(function, reduce_retracing=True)):
        y = tf.constant(1.0)
        for n in (2, 3, 2, 3):
            f(tf.ones([n, 2]), y)
        for n in (3, 5, 4, 2):
            x = tf.reshape(tf.range(2.0 * n), [n, 2])
            for ours, theirs in zip(quickly(f, x, y), function(x, y), strict=True):
                np.testing.assert_array_equal(ours, theirs)
            with tf.GradientTape() as tape:
                tape.watch(x)
                z, _ = quickly(f, x, y)
            with tf.GradientTape() as again:
                again.watch(x)
                z_again, _ = function(x, y)
            for ours, theirs in zip(tape.gradient(z, [x, w]), again.gradient(z_again, [x, w]), strict=True):
                np.testing.assert_allclose(ours, theirs)
        turned = Tensor(torch.arange(6.0).reshape(2, 3).t(), None)
        others = [tf.ones([2]), tf.ones([2, 3]), tf.ones([3, 2], tf.float64), turned]
        assert all(missed(f, x, y) for x in others)
        np.testing.assert_array_equal(f(turned, y)[0], function(turned, y)[0])
        with pytest.raises((TypeError, ValueError, tf.errors.InvalidArgumentError)):
            f(tf.ones([2, 3]), y)


def test_sizes_for_which_a_trace_does_not_hold():
    f = tf.function(lambda x, y: x + y, input_signature=[tf.TensorSpec([None], tf.float32)] * 2)
    for m, n in ((3, 3), (4, 4), (1, 4), (4, 1), (1, 1), (3, 3), (2, 1), (0, 1), (5, 5), (5, 5)):
        np.testing.assert_array_equal(f(tf.ones([m]), tf.ones([n])), np.ones([m]) + np.ones([n]))
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        f(tf.ones([2]), tf.ones([3]))


def test_threads():
    v = tf.Variable(2.0)
    f = warm(tf.function(lambda x: x * v), tf.constant(1.0))
    tracing = threading.Event()
    go_on = threading.Event()

    @tf.function
    def slow(x):
        tracing.set()
        go_on.wait(10)
        return x * v

    found = []
    thread = threading.Thread(target=lambda: found.append(slow(tf.constant(5.0))))
    thread.start()
    tracing.wait(10)
    try:
        assert quickly(f, tf.constant(3.0)) == 6.0
    finally:
        go_on.set()
        thread.join()
    assert found[0] == 10.0


def test_nothing_is_kept_alive():
    import gc
    import weakref

    gc.collect()
    gc.disable()
    try:
        f = warm(tf.function(lambda x: x * 2.0), tf.constant(1.0))
        entry = weakref.ref(f._kinds.entry)
        del f
        assert entry() is None
    finally:
        gc.enable()


def test_what_is_made_is_on_the_device_of_the_block_around_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    made = tf.function(lambda: tf.zeros([2]))
    assert made()._t.device.type == "cpu" and made()._t.device.type == "cpu"
    with monkeypatch.context() as patch:
        patch.setattr(devices.blocks, "device", torch.device("meta"))
        assert made()._t.device.type == "meta"
    assert made()._t.device.type == "cpu"
