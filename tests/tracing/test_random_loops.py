"""Random programs with loops: the same eagerly, staged, and where Python goes through the rounds."""

import hypothesis
import hypothesis.strategies as st
from test_conversion import function_of
from ways_kit import alike, by_guards

import tfcompat_tape as tf

VECTORS = [
    "tf.tanh(x) + y",
    "tf.tanh(x * w + s)",
    "tf.sin(y) * s",
    "tf.tanh(y - x) * w",
    "x[::-1] * 0.5",
    "tf.where(y > x, y, x) * 0.5",
    "tf.stop_gradient(tf.tanh(x)) + y * 0.5",
]
NUMBERS = [
    "tf.tanh(s + x[0])",
    "s * 0.5 + y[1]",
    "tf.reduce_sum(tf.tanh(y))",
    "tf.cast(k, tf.float32) * 0.25",
]
TESTS = ["x[0] > 0.1", "s < 0.5", "k % 2 == 0", "tf.reduce_sum(y) > s and not x[1] > 1.0", "0.0 < s < 1.0"]
LOOPS = [
    ("for i in tf.range(n):", "k = k + i"),
    ("for row in rows:", "y = tf.tanh(y + row)"),
    ("for i, v in zip(range(2), [0.5, -0.5]):", "s = tf.tanh(s + v)"),
    ("for j in tf.range(4, 0, -1):", "k = k + j % 3"),
    ("while s < 1.5 and k < 3 * n:", "s, k = s + 0.4, k + 1"),
    ("while k < 2 * n:", "k += 1"),
    ("for e in iter(elements):", "y = tf.tanh(y * e + x)"),
]


def block(draw, depth, indent, looping=False):
    """Random statements on the vectors x and y, the numbers s and k, the TensorArray out and the Variable w."""
    lines = []
    pad = "    " * indent
    kinds = ["x", "y", "s", "write", "read"]
    if looping:
        kinds += ["break", "continue"]
    if depth:
        kinds += ["if", "loop", "loop", "loop", "assign", "while_loop", "map", "scan", "temporary"]
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(kinds))
        if kind in "xy":
            lines.append(f"{pad}{kind} = {draw(st.sampled_from(VECTORS))}")
        elif kind == "s":
            lines.append(f"{pad}s = {draw(st.sampled_from(NUMBERS))}")
        elif kind == "write":
            lines.append(
                f"{pad}out = out.write({draw(st.sampled_from(['k % 3', '0', 'out.size() - 1']))}, x)"
            )
        elif kind == "read":
            lines.append(f"{pad}y = tf.tanh(y + out.read(k % 3))")
        elif kind == "assign":
            lines.append(f"{pad}w.assign(0.5 * w + 0.1 * x)")
        elif kind in ("break", "continue"):
            lines += [f"{pad}if {draw(st.sampled_from(TESTS))}:", f"{pad}    s = s * 0.5", f"{pad}    {kind}"]
        elif kind == "temporary":
            lines += [f"{pad}t = {draw(st.sampled_from(VECTORS))}", f"{pad}x = tf.tanh(t + x)"]
        elif kind == "while_loop":
            lines.append(
                f"{pad}k, x = tf.while_loop(lambda a, b: a < n, lambda a, b: (a + 1, tf.tanh(b * w + y)), (k, x))"
            )
        elif kind == "map":
            lines.append(f"{pad}y = tf.reduce_sum(tf.map_fn(lambda v: tf.tanh(v * x + s), rows), 0)")
        elif kind == "scan":
            lines.append(f"{pad}x = tf.scan(lambda a, v: tf.tanh(a * w + v), rows, initializer=y)[-1]")
        elif kind == "if":
            lines += [
                f"{pad}if {draw(st.sampled_from(TESTS))}:",
                *block(draw, depth - 1, indent + 1, looping),
            ]
            if draw(st.booleans()):
                lines += [f"{pad}else:", *block(draw, depth - 1, indent + 1, looping)]
        else:
            head, first = draw(st.sampled_from(LOOPS))
            lines += [f"{pad}{head}", f"{pad}    {first}", *block(draw, depth - 1, indent + 1, True)]
    return lines


PRELUDE = """
def program(x, y, rows, w, n):
    elements = tf.data.Dataset.from_tensor_slices([[0.5, -0.25], [1.0, 0.75]])
    s, k = x[0] * 0.5, 0
    out = tf.TensorArray(tf.float32, size=3, element_shape=[2], clear_after_read=False)
"""
END = "    return x + y * s + tf.reduce_sum(out.stack(), 0) * tf.cast(k + 1, tf.float32)\n"
ROWS = [[0.3, -0.4], [1.0, 0.2], [-0.6, 0.5]]
POINTS = [([0.5, -1.0], [0.25, 2.0], 2), ([-0.5, 1.0], [1.0, 0.5], 0), ([1.5, 0.2], [-1.0, 0.1], 3)]


def answers(program, wrap):
    """Values, first and second derivatives, and what the Variable is after each call."""
    w = tf.Variable([0.3, 0.6])
    f = wrap(lambda x, y, rows, n: program(x, y, rows, w, n))
    found = []
    for x, y, n in POINTS:
        given = [tf.constant(x), tf.constant(y), tf.constant(ROWS)]
        before = w.numpy()
        with tf.GradientTape() as outer:
            outer.watch(given)
            with tf.GradientTape() as tape:
                tape.watch(given)
                z = f(*given, tf.constant(n))
            grads = tape.gradient(z, [*given, w], unconnected_gradients="zero")
            total = tf.add_n([tf.reduce_sum(tf.sin(g)) for g in grads])
        second = outer.gradient(total, [*given, w], unconnected_gradients="zero")
        found.append([t.numpy() for t in [z, *grads, *second]] + [w.numpy()])
        w.assign(before)
    return found


@hypothesis.settings(max_examples=4, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(st.data())
def test_random_loops_are_the_same_eagerly_staged_and_by_guards(data):
    source = PRELUDE + "\n".join([*block(data.draw, 2, 1), END])
    program = function_of(source)
    eager = answers(program, lambda f: f)
    staged = answers(program, tf.function)
    with by_guards():
        guarded = answers(program, tf.function)
    alike(eager, (staged, guarded), source, rtol=1e-3, atol=1e-3)
