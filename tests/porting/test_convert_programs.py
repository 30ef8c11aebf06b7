"""`tfcompat convert` of whole programs: each runs in torch alone, or with what it says, and agrees."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from tfcompat_tape.porting.convert import runs
from tfcompat_tape.porting.convert.script import Converted, convert
from tfcompat_tape.porting.convert.source import Source


def both(script: Path, *args: str, compiled: bool = False) -> tuple[Converted, runs.Run, runs.Run]:
    """What a script becomes, and the runs of both."""
    facts, before = runs.observed(str(script), list(args))
    result = convert(Source(script.read_text(encoding="utf-8")), facts, compiled)
    after = runs.converted(result.text, str(script), list(args))
    if result.stays:
        after.gradients = before.gradients
    assert runs.difference(before, after) is None, result.text
    assert after.ours == (result.kind != "fully")
    return result, before, after


EVERYTHING = """\
import numpy as np
import tensorflow as tf

data = np.arange(6, dtype=np.float32).reshape(3, 2)
table = tf.Variable(np.eye(3, 2, dtype=np.float32))


def loss_of(x):
    return tf.reduce_sum((x @ tf.transpose(table)) ** 2) / 10.0


@tf.function
def step(x):  # is given arrays
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = loss_of(x)
    return loss, tape.gradient(loss, [x, table])


print([v.numpy().tolist() for v in step(data)[1]])
again = tf.function(lambda x, k: tf.reduce_mean(x) * k)
print(again(data, 2.0).numpy())
print(f"mean {np.mean(table * 2.0, axis=0)}", np.linalg.norm(tf.ones([2])))

# Forward mode, twice by the same name.
def along(v):
    with tf.autodiff.ForwardAccumulator(table, v) as acc:
        y = loss_of(tf.constant(data))
    return acc.jvp(y)


def hessian_along(v):
    with tf.autodiff.ForwardAccumulator(table, v) as acc:
        with tf.GradientTape() as tape:
            y = loss_of(tf.constant(data))
        g = tape.gradient(y, table)
    return acc.jvp(g)


v = tf.constant([[1.0, 0.0], [0.5, -1.0], [0.0, 2.0]])
print(along(v).numpy(), hessian_along(v).numpy().tolist())


@tf.custom_gradient
def doubled(x):
    def grad(upstream):
        return upstream * 3.0 * x

    return x * 2.0, grad


x = tf.Variable([1.0, -2.0])
with tf.GradientTape() as outer:
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(doubled(x) ** 2)
    g = tape.gradient(y, x)
    total = tf.reduce_sum(g)
print(g.numpy(), outer.gradient(total, x).numpy())


@tf.custom_gradient
def asked(x):
    def grad(upstream):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.sin(x)
        return tape.gradient(y, x, output_gradients=upstream)

    return tf.sin(x), grad


with tf.GradientTape() as tape:
    y = tf.reduce_sum(asked(x) ** 2)
print(tape.gradient(y, x).numpy())

# In places, and by rows.
with tf.GradientTape() as tape:
    picked = tf.reduce_sum(tf.gather(table, [0, 2, 0]) ** 2)
rows = tape.gradient(picked, table)
table.scatter_sub(tf.IndexedSlices(0.5 * rows.values, rows.indices))
table.scatter_nd_update([[0, 1]], [7.0])
table.scatter_nd_add([[1]], [[1.0, 1.0]])
table.scatter_update(tf.IndexedSlices(tf.zeros([1, 2]), [2]))
table.scatter_add(tf.IndexedSlices(tf.constant([[1.0, 2.0]]), indices=[2]))
print(table.numpy().tolist())


@tf.function
def cumulated(x):
    found = tf.TensorArray(tf.float32, size=3)
    total = tf.zeros([2])
    for i in tf.range(3):
        total = total + x[i]
        found = found.write(i, total)
    return found.stack()


@tf.function
def halved(x):
    count = 0
    while x > 1.0:
        x, count = x / 2.0, count + 1
    return {"left": x, "count": count, "half": 0.5}


found = halved(tf.constant(10.0))
print({key: one.numpy() for key, one in found.items()}, found["count"] + 1)
for mixed in (tf.ones([2, 3]), np.ones([2, 3]), [[1.0, 2.0]], v):
    print(np.reshape(mixed, -1).tolist())

with tf.GradientTape() as tape:
    y = tf.reduce_sum(cumulated(table * 2.0) * v)
print(tape.gradient(y, table).numpy().tolist())
x, y = map(tf.constant, (data, [1, 2]))
print(x.numpy()[v[:, 0].numpy() > 0], x[np.array([True, False, True])].numpy().tolist(), y.dtype == tf.int32)
for rate in (0.5, np.float64(0.25)):
    print((rate * tf.ones([2])).numpy(), tf.constant(rate, tf.float32).numpy())
print([tf.concat([k, x], 0).shape[0] for k in (x, data)])
tf.debugging.assert_near(x, x)
"""


def test_a_program_of_many_kinds_is_torch_alone(tmp_path: Path) -> None:
    script = tmp_path / "everything.py"
    script.write_text(EVERYTHING, encoding="utf-8")
    result, before, _ = both(script)
    assert (result.kind, result.stays, result.left) == ("fully", [], {}), result
    assert "@tf_function\ndef step(x)" in result.text and "@tf_function\ndef halved" in result.text
    assert "again = tf_function(lambda" in result.text
    assert len(before.gradients) == 9  # what the rule of `asked` asks is part of one of them


OPTIMIZERS = """\
import tensorflow as tf
from tensorflow.keras.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

w, u = tf.Variable([1.0, 2.0]), tf.Variable(3.0)
made = [SGD(0.1), SGD(learning_rate=0.05, momentum=0.9), SGD(0.05, momentum=0.9, nesterov=True)]
made += [Adam(0.05), Adam(beta_1=0.8, epsilon=1e-3), AdamW(0.1), AdamW(0.1, weight_decay=0.1), Adagrad(epsilon=0.01)]
made += [RMSprop(0.1), RMSprop(learning_rate=0.05, rho=0.8, momentum=0.9, epsilon=1e-3, name="r"), Adagrad(0.1)]
for optimizer in made:
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((w - 0.3) ** 2) * u + u * u
        optimizer.apply_gradients(zip(tape.gradient(loss, [w, u]), [w, u]))
    print(loss.numpy(), w.numpy(), u.numpy())
"""


@pytest.mark.skipif(find_spec("keras") is None, reason="pip install keras")
def test_optimizers_of_keras_step_as_they_do(tmp_path: Path) -> None:
    script = tmp_path / "optimizers.py"
    script.write_text(OPTIMIZERS, encoding="utf-8")
    result, before, _ = both(script)
    assert (result.kind, result.stays, result.left) == ("fully", [], {}), result
    assert len(before.lines) == 11 and len(before.gradients) == 33
