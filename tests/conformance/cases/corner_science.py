"""Programs of the sciences around tapes: equations, flows, transport, cut down to a few steps each."""

import numpy as np
from cases._learning import descend, numbers
from conformance_kit import script


@script("Hutchinson's trace, the exact one, and a Laplacian by unstacking")
def _(tf):
    draw = numbers(7)
    a, x = tf.constant(draw(4, 4)), tf.Variable(draw(4))
    probes = tf.constant(np.sign(draw(5, 4)))

    def slope(tape_over):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.tanh(tf.linalg.matvec(a, x)) ** 2) + tf.reduce_prod(x)
        return tape.gradient(y, x)

    def quadratic(v):
        with tf.GradientTape() as tape:
            g = slope(tape)
        return tf.reduce_sum(tape.gradient(g, x, output_gradients=v) * v)

    with tf.GradientTape(persistent=True) as tape:
        g = slope(tape)
        parts = tf.unstack(g)
    hessian = tape.jacobian(g, x)
    laplacian = tf.add_n([tape.gradient(part, x)[i] for i, part in enumerate(parts)])
    return tf.map_fn(quadratic, probes), tf.vectorized_map(quadratic, probes), hessian, laplacian


@script(
    "a deep equilibrium layer: a custom gradient that solves with a persistent tape, and Variables inside"
)
def _(tf):
    draw = numbers(9)
    w, u = tf.Variable(draw(4, 4, scale=0.2)), tf.Variable(draw(3, 4))

    def cell(z, x):
        return tf.tanh(z @ w + x @ u)

    @tf.custom_gradient
    def layer(x):
        z = tf.zeros([2, 4], tf.float64)
        for _ in range(60):
            z = cell(z, x)

        def grad(dz, variables=None):
            with tf.GradientTape(persistent=True) as tape:
                tape.watch([z, x])
                again = cell(z, x)
            solved = dz
            for _ in range(60):
                solved = dz + tape.gradient(again, z, output_gradients=solved)
            of_x, *of_variables = tape.gradient(again, [x, *variables], output_gradients=solved)
            return of_x, of_variables

        return z, grad

    x = tf.constant(draw(2, 3))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(layer(x) ** 2)
    return loss, tape.gradient(loss, [x, w, u])


@script("a normalizing flow: log-determinants of batch_jacobians, trained through")
def _(tf):
    draw = numbers(12)
    a, b, w = tf.Variable(draw(3, 3)), tf.Variable(draw(3)), tf.Variable(draw(3, scale=0.3))
    x = tf.constant(draw(4, 3))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.map_fn(lambda row: row + w * tf.tanh(tf.linalg.matvec(a, row) + b), x)
        logs = tf.linalg.slogdet(inner.batch_jacobian(y, x)).log_abs_determinant
        loss = tf.reduce_mean(0.5 * tf.reduce_sum(y**2, 1) - logs)
    return logs, loss, outer.gradient(loss, [a, b, w])


@script("a neural ODE: through the solver, and by the adjoint equation")
def _(tf):
    draw = numbers(13)
    w, b, start = tf.Variable(draw(2, 2)), tf.Variable(draw(2)), tf.constant([1.0, -0.5], tf.float64)

    def f(y):
        return tf.tanh(tf.linalg.matvec(w, y) + b)

    def backwards(y, adjoint):
        with tf.GradientTape() as tape:
            tape.watch(y)
            v = f(y)
        return [v, *[-g for g in tape.gradient(v, [y, w, b], output_gradients=adjoint)]]

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(start)
        y = start
        for _ in range(10):
            y = y + 0.1 * f(y + 0.05 * f(y))
        loss = tf.reduce_sum(y**2)
    state = [y, tape.gradient(loss, y), tf.zeros_like(w), tf.zeros_like(b)]
    for _ in range(10):
        middle = [s - 0.05 * d for s, d in zip(state, backwards(*state[:2]), strict=True)]
        state = [s - 0.1 * d for s, d in zip(state, backwards(*middle[:2]), strict=True)]
    return loss, tape.gradient(loss, [start, w, b]), state


@script("a conditional random field: scan, marginals as gradients, their Jacobian")
def _(tf):
    draw = numbers(14)
    emit, move = tf.Variable(draw(4, 3)), tf.Variable(draw(3, 3))
    tags = tf.constant([0, 2, 1, 1])
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape(persistent=True) as inner:
            steps = tf.scan(lambda a, e: tf.reduce_logsumexp(a[:, None] + move, 0) + e, emit)
            z = tf.reduce_logsumexp(steps[-1])
            pairs = tf.stack([tags[:-1], tags[1:]], 1)
            score = tf.reduce_sum(tf.gather_nd(emit, tf.stack([tf.range(4), tags], 1)))
            nll = z - score - tf.reduce_sum(tf.gather_nd(move, pairs))
        marginals = inner.gradient(z, emit)
    return nll, marginals, inner.gradient(nll, [emit, move]), outer.jacobian(marginals, move)


@script("Lagrangian mechanics: accelerations from two kinds of second derivatives")
def _(tf):
    def lagrangian(q, v):
        kinetic = v[:, 0] ** 2 + 0.5 * v[:, 1] ** 2 + v[:, 0] * v[:, 1] * tf.cos(q[:, 0] - q[:, 1])
        return kinetic + 19.6 * tf.cos(q[:, 0]) + 9.8 * tf.cos(q[:, 1])

    def acceleration(q, v):
        with tf.GradientTape(persistent=True) as outer:
            outer.watch([q, v])
            with tf.GradientTape() as inner:
                inner.watch([q, v])
                y = lagrangian(q, v)
            dq, dv = inner.gradient(y, [q, v])
        mass, mixed = outer.batch_jacobian(dv, v), outer.batch_jacobian(dv, q)
        return tf.linalg.solve(mass, (dq - tf.linalg.matvec(mixed, v))[..., None])[..., 0]

    q, v = tf.constant(numbers(15)(2, 2)), tf.constant(numbers(16)(2, 2))
    with tf.GradientTape() as tape:
        tape.watch([q, v])
        a = acceleration(q, v)
        energy = tf.reduce_sum(a**2)
    return a, tape.gradient(energy, [q, v])


@script("Sobolev training: values and input gradients, by gradient and by batch_jacobian")
def _(tf):
    draw = numbers(20)
    net = [tf.Variable(draw(2, 5)), tf.Variable(draw(5)), tf.Variable(draw(5, 1))]
    x = tf.constant(draw(6, 2))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.sin(x[:, :1]) * x[:, 1:]
    slopes = tape.gradient(y, x)
    answers = []
    for batched in (False, True):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                p = tf.nn.softplus(x @ net[0] + net[1]) @ net[2]
            found = inner.batch_jacobian(p, x)[:, 0] if batched else inner.gradient(p, x)
            loss = tf.reduce_mean((p - y) ** 2) + tf.reduce_mean((found - slopes) ** 2)
        answers.append((loss, outer.gradient(loss, net)))
    return answers


@script("a physics-informed network: second derivatives of the inputs inside a loss")
def _(tf):
    draw = numbers(22)
    net = [tf.Variable(draw(1, 6)), tf.Variable(draw(6)), tf.Variable(draw(6, 1))]
    x = tf.reshape(tf.linspace(tf.constant(0.0, tf.float64), 1.0, 5), [-1, 1])

    def u(x):
        return tf.tanh(x @ net[0] + net[1]) @ net[2]

    @tf.function
    def residual(x):
        with tf.GradientTape() as second:
            second.watch(x)
            with tf.GradientTape() as first:
                first.watch(x)
                value = u(x)
            slope = first.gradient(value, x)
        return second.gradient(slope, x) + np.pi**2 * tf.sin(np.pi * x)

    answers = []
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(residual(x) ** 2) + 10.0 * tf.reduce_mean(u(x[::4]) ** 2)
        grads = tape.gradient(loss, net)
        answers.append((loss, grads))
        descend(net, grads, 1e-3)
    return answers


@script("optimal transport by a while_loop: the gradient and the Hessian of the cost")
def _(tf):
    draw = numbers(23)
    x, y = tf.Variable(draw(3, 2)), tf.constant(draw(2, 2))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            cost = tf.reduce_sum((x[:, None] - y[None]) ** 2, -1)

            def body(i, f, g):
                f = -tf.reduce_logsumexp(g[None] - cost, 1)
                return i + 1, f, -tf.reduce_logsumexp(f[:, None] - cost, 0)

            start = (tf.constant(0), tf.zeros([3], tf.float64), tf.zeros([2], tf.float64))
            _, f, g = tf.while_loop(lambda i, *_: i < 4, body, start)
            total = tf.reduce_sum(tf.exp(f[:, None] + g[None] - cost) * cost)
        slope = inner.gradient(total, x)
    return total, slope, outer.jacobian(slope, x)


@script("phase retrieval: a complex variable, and a filter between transforms")
def _(tf):
    draw = numbers(24)
    truth, a = draw(4) + 1j * draw(4), draw(10, 4) + 1j * draw(10, 4)
    z, k = tf.Variable(truth + 0.3 * draw(4)), tf.Variable(draw(3) + 1j * draw(3))
    answers = []
    for _ in range(3):
        with tf.GradientTape() as tape:
            seen = tf.abs(tf.linalg.matvec(tf.constant(a), z)) ** 2
            loss = tf.reduce_mean((seen - np.abs(a @ truth) ** 2) ** 2)
        g = tape.gradient(loss, z)
        z.assign_sub(0.001 * g)
        answers.append((loss, g))
    x = tf.Variable(draw(2, 4))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.signal.irfft(tf.signal.rfft(x) * k) ** 2 * x)
        gx, gk = inner.gradient(y, [x, k])
        total = tf.reduce_sum(tf.abs(gk) ** 2) + tf.reduce_sum(gx**2)
    return answers, gx, gk, outer.gradient(total, [x, k])
