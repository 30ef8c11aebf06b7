"""Newton's method, a Hessian-vector product, and learning to learn by an inner step."""

import tensorflow as tf


def rosenbrock(p):
    return tf.reduce_sum(5.0 * (p[1:] - p[:-1] ** 2) ** 2 + (1.0 - p[:-1]) ** 2)


p = tf.Variable([-1.2, 1.0, 0.5], dtype=tf.float64)
for i in range(12):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            value = rosenbrock(p)
        gradient = inner.gradient(value, p)
    hessian = outer.jacobian(gradient, p)
    step = tf.linalg.solve(hessian + 4.0 * tf.eye(3, dtype=tf.float64), gradient[:, None])[:, 0]
    p.assign_sub(step)
    if i % 3 == 0:
        print(i, "%.6f" % value, p.numpy().round(5).tolist())

x = tf.constant([0.3, -0.7])
v = tf.constant([1.0, 2.0])
with tf.autodiff.ForwardAccumulator(x, v) as acc:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.sin(x) * tf.exp(x[::-1]))
    g = tape.gradient(y, x)
print("hvp", acc.jvp(g).numpy().round(5).tolist())

w = tf.Variable(0.5)
tasks = [(2.0, 1.0), (-1.0, 0.5), (0.5, -2.0)]
for epoch in range(5):
    total = 0.0
    with tf.GradientTape() as meta:
        for a, b in tasks:
            with tf.GradientTape() as tape:
                tape.watch(w.value())
                loss = (a * w - b) ** 2
            fast = w - 0.1 * tape.gradient(loss, w)
            total += (a * fast - b) ** 2
    w.assign_sub(0.05 * meta.gradient(total, w))
    print("meta", epoch, f"{total:.5f}", f"{w.numpy():.5f}")


@tf.custom_gradient
def clipped(x):
    return x**2, lambda dy: tf.clip_by_value(dy * 2 * x, -1.0, 1.0)


z = tf.constant([-3.0, 0.2])
with tf.GradientTape() as tape:
    tape.watch(z)
    out = clipped(z)
print(
    tape.gradient(out, z).numpy(),
    tf.test.compute_gradient(lambda t: t**3, [tf.constant([1.0, 2.0])])[0][0].round(2).tolist(),
)
