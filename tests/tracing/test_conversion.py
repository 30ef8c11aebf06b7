"""Branches on Tensors in Python syntax: staged where they can be, and what Python does everywhere else."""

import importlib
import linecache
import traceback

import hypothesis
import hypothesis.strategies as st
import pytest
from ways_kit import alike, by_guards

import tfcompat_tape as tf

TESTS = [
    "x[0] > 0.0",
    "y[1] > x[1] and x[0] < 2.0",
    "not x[1] > y[0] or flag",
    "flag",
    "-1.0 < s < 2.0",
    "n > 1",
]
VALUES = ["x", "y * s", "tf.sin(x) + y", "x * w", "tf.constant([0.5, 1.5])", "clip(x - y)", "helper(y, s)"]
NUMBERS = [
    "s * 0.5",
    "s + x[0]",
    "tf.reduce_sum(y)",
    "tf.constant(0.75)",
    "s + 1.0 if x[1] > 0.5 else s - y[0]",
]


def block(draw, depth, indent):
    """Random statements on the vectors x and y and the scalar s."""
    lines = []
    pad = "    " * indent
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(
            st.sampled_from(
                ["x", "y", "s", "t", "if", "if", "for", "return", "assign"] if depth else ["x", "y", "s"]
            )
        )
        if kind in "xy":
            lines.append(f"{pad}{kind} = {draw(st.sampled_from(VALUES))}")
        elif kind == "s":
            lines.append(f"{pad}s = {draw(st.sampled_from(NUMBERS))}")
        elif kind == "t":
            lines += [f"{pad}t = {draw(st.sampled_from(VALUES))}", f"{pad}x = t + x"]
        elif kind == "assign":
            lines.append(f"{pad}w.assign(0.5 * w + 0.1 * x)")
        elif kind == "for":
            lines += [f"{pad}for k in range(2):", *block(draw, 0, indent + 1), f"{pad}    if x[0] > 3.0:"]
            lines.append(
                f"{pad}        {draw(st.sampled_from(['break', 'continue', 'x = x - 1.0', 's = s * 0.5']))}"
            )
        elif kind == "return":
            lines += [f"{pad}if {draw(st.sampled_from(TESTS))}:", f"{pad}    return x * s + y"]
        else:
            lines += [f"{pad}if {draw(st.sampled_from(TESTS))}:", *block(draw, depth - 1, indent + 1)]
            if draw(st.booleans()):
                lines += [f"{pad}else:", *block(draw, depth - 1, indent + 1)]
    return lines


PRELUDE = """
def helper(v, s):
    if s > 0.25:
        return v * s
    return v - s

def program(x, y, w, flag, n):
    clip = lambda v: v if tf.reduce_max(v) < 2.0 else v * 0.5
    s = x[0] * 0.5
"""
names = iter(range(10**9))


def function_of(source):
    """The function `program` in `source`, whose lines can be found."""
    filename = f"<program {next(names)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    space = {"tf": tf}
    exec(compile(source, filename, "exec"), space)
    return space["program"]


def answers(program, wrap, points):
    """Values, first and second derivatives, and what the Variable is after each call."""
    w = tf.Variable([0.3, 0.6])
    f = wrap(lambda x, y, flag, n: program(x, y, w, flag, n))
    found = []
    for x, y, flag, n in points:
        x, y = tf.constant(x), tf.constant(y)
        before = w.numpy()
        with tf.GradientTape() as outer:
            outer.watch([x, y])
            with tf.GradientTape() as tape:
                tape.watch([x, y])
                z = f(x, y, flag, n)
            grads = tape.gradient(z, [x, y, w], unconnected_gradients="zero")
            total = tf.add_n([tf.reduce_sum(g * g) for g in grads])
        second = outer.gradient(total, [x, y, w], unconnected_gradients="zero")
        found.append([t.numpy() for t in [z, *grads, *second]] + [w.numpy()])
        w.assign(before)
    return found


POINTS = [
    ([0.5, -1.0], [0.25, 2.0], True, 1),
    ([-0.5, 1.0], [1.0, 0.5], False, 2),
    ([1.5, 0.2], [-1.0, 0.1], True, 2),
    ([2.5, -3.0], [3.0, -4.0], False, 2),
    ([-2.0, 3.0], [0.1, 0.2], True, 1),
]


@hypothesis.settings(max_examples=10, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(st.data())
def test_random_programs_are_the_same_eagerly_staged_and_by_guards(data):
    source = PRELUDE + "\n".join([*block(data.draw, 2, 1), "    return x + y * s", ""])
    program = function_of(source)
    eager = answers(program, lambda f: f, POINTS)
    staged = answers(program, tf.function, POINTS)
    with by_guards():
        guarded = answers(program, tf.function, POINTS)
    alike(eager, (staged, guarded), source, rtol=1e-4, atol=1e-4)


def test_both_ways_are_traced_once():
    log = []

    @tf.function
    def f(x):
        if x > 0.0:
            log.append("positive")
            y = x * 2.0
        elif x < -5.0:
            log.append("very negative")
            return x
        else:
            log.append("negative")
            y = -x
        return y + 1.0

    assert [float(f(tf.constant(v))) for v in (1.0, -1.0, -6.0, 2.0)] == [3.0, 2.0, -6.0, 5.0]
    assert log == ["positive", "very negative", "negative"]


def test_closures_defaults_and_keywords_are_kept():
    scale = 2.0

    def inner(x, *rest, k=3.0, **more):
        """What it does."""
        nonlocal scale
        scale = scale + 0.0
        return x * scale * k + sum(rest) + more.get("b", 0.0) if x > 0 else x

    f = tf.function(lambda x: inner(x, 1.0, 2.0, b=4.0))
    assert float(f(tf.constant(1.0))) == 13.0
    scale = 10.0
    assert float(tf.function(lambda x: inner(x, k=1.0))(tf.constant(1.0))) == 10.0


def test_exceptions_name_the_line_of_the_program():
    def broken(x):
        if x > 0:
            y = x
        else:
            y = x[7]  # this line
        return y

    with pytest.raises(Exception) as caught:
        tf.function(broken)(tf.constant(1.0))
    assert "this line" in "".join(traceback.format_exception(caught.value))


class Box:
    def __init__(self):
        self.value = tf.constant(0.0)
        self.__hidden = 3.0

    def put(self, x):
        if x > 0.0:
            self.value = x
        else:
            self.value = -x * self.__hidden
        return self.value

    def __call__(self, x):
        return super().__getattribute__("put")(x) if x < 100.0 else x


def test_methods_objects_and_generators():
    box = Box()
    f = tf.function(box)
    assert [float(f(tf.constant(v))) for v in (2.0, -2.0, 200.0)] == [2.0, 6.0, 200.0]

    def steps(x):
        for k in range(3):
            if k == 1:
                yield x * 2.0
            yield x

    g = tf.function(lambda x: tf.add_n(list(steps(x))))
    assert float(g(tf.constant(1.0))) == 5.0


def test_names_are_read_later_bound_in_one_way_or_not_bound():
    @tf.function
    def later(x):
        if x > 0:
            t = x * 2
            x = t + 1
        for t in range(2):
            x = x + t
        return x

    @tf.function
    def missing(x):
        if x > 0:
            y = x
        return y

    assert [int(later(tf.constant(v))) for v in (3, -3)] == [8, -2]
    with pytest.raises(ValueError, match="must also be initialized in the else branch"):
        missing(tf.constant(1))


def test_autograph_off_and_functions_as_written():
    def f(x):
        return x if x > 0 else -x

    with pytest.raises(tf.errors.OperatorNotAllowedInGraphError):
        tf.function(f, autograph=False)(tf.constant(1.0))


def test_python_values_decide_as_in_python():
    def f(x, values):
        first = (values and values[0]) or "none"
        chained = 0 < len(values) <= 2 != 5
        return first, chained, not values, None if not values else [v for v in values if v > 1], x

    g = tf.function(lambda x: seen.append(f(x, [2, 3])) or seen.append(f(x, [])) or x)
    seen = []
    g(tf.constant(1.0))
    assert [s[:4] for s in seen] == [(2, True, False, [2, 3]), ("none", False, True, None)]


def test_a_file_that_changed_since_is_not_believed(tmp_path, monkeypatch):
    path = tmp_path / "changing_program.py"
    path.write_text("def f(x):\n    return x * 2.0 if x > 0.0 else x\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    program = importlib.import_module("changing_program")
    path.write_text("def f(x):\n    return x * 3.0 if x > 0.0 else x\n")
    f = tf.function(program.f)
    assert [float(f(tf.constant(v))) for v in (1.0, -1.0)] == [2.0, -1.0]


def test_functions_that_call_what_their_module_imports_are_converted():
    def f(x):
        if tf.reduce_sum(x) > 0:
            return tf.square(x)
        return -x

    g = tf.function(f)
    for value in (2.0, -3.0, 4.0):
        assert float(g(tf.constant(value))) == (value * value if value > 0 else -value)
    assert len(g._kinds.all[0].paths) == 1  # one trace for both ways
