"""Programs around tapes that learn, as people write them, cut down to a few steps each."""

import numpy as np
from cases._learning import descend, numbers
from conformance_kit import script


@script("a GAN's step: two persistent tapes over one forward pass")
def _(tf):
    draw = numbers(1)
    g = [tf.Variable(draw(2, 6)), tf.Variable(draw(6, 2))]
    d = [tf.Variable(draw(2, 6)), tf.Variable(draw(6, 1))]

    def generate(z):
        return tf.nn.leaky_relu(z @ g[0]) @ g[1]

    def judge(x):
        return tf.nn.leaky_relu(x @ d[0]) @ d[1]

    def loss(value, logits):
        labels = tf.fill(tf.shape(logits), tf.constant(value, tf.float64))
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))

    answers = []
    for _ in range(3):
        real, z = tf.constant(draw(8, 2) + 2.0), tf.constant(draw(8, 2))
        with tf.GradientTape(persistent=True) as of_g, tf.GradientTape(persistent=True) as of_d:
            fake = judge(generate(z))
            g_loss, d_loss = loss(1.0, fake), loss(1.0, judge(real)) + loss(0.0, fake)
        g_grads, d_grads = of_g.gradient(g_loss, g), of_d.gradient(d_loss, d)
        cross = of_g.gradient(d_loss, g)
        clipped, norm = tf.clip_by_global_norm(g_grads, 0.5)
        answers.append((g_loss, d_loss, norm, cross))
        descend(g + d, clipped + d_grads, 0.1)
        del of_g, of_d
    return answers


@script("MAML: gradients through the inner loop, and its first-order approximation")
def _(tf):
    draw = numbers(2)
    params = [tf.Variable(draw(1, 5)), tf.Variable(draw(5)), tf.Variable(draw(5, 1))]

    def loss(p, x, y):
        return tf.reduce_mean((tf.tanh(x @ p[0] + p[1]) @ p[2] - y) ** 2)

    def adapted(x, y, first_order):
        fast = list(params)
        for _ in range(3):
            with tf.GradientTape() as inner:
                inner.watch(fast)
                value = loss(fast, x, y)
            grads = inner.gradient(value, fast)
            grads = [tf.stop_gradient(g) for g in grads] if first_order else grads
            fast = [p - 0.05 * g for p, g in zip(fast, grads, strict=True)]
        return fast

    tasks = [[tf.constant(draw(6, 1)) for _ in range(4)] for _ in range(2)]
    answers = []
    for first_order in (False, True):
        with tf.GradientTape() as outer:
            total = tf.add_n([loss(adapted(a, b, first_order), c, d) for a, b, c, d in tasks])
        answers.append((total, outer.gradient(total, params)))
    return answers


@script("gradients accumulated over parts of a batch")
def _(tf):
    draw = numbers(3)
    x, y, w = draw(12, 3), draw(12, 1), tf.Variable(draw(3, 1))
    total = tf.Variable(tf.zeros_like(w), trainable=False)
    for i in range(0, 12, 4):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((x[i : i + 4] @ w - y[i : i + 4]) ** 2) / 3.0
        total.assign_add(tape.gradient(loss, w))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x @ w - y) ** 2)
    return total, tape.gradient(loss, w), len(tape.watched_variables())


@script("influence functions: Newton's method, Hessian-vector products, conjugate gradients")
def _(tf):
    draw = numbers(4)
    x, y = tf.constant(draw(15, 3)), tf.constant((draw(15) > 0.0).astype(float))
    w = tf.Variable(tf.zeros([3], tf.float64))

    def each():
        logits = tf.linalg.matvec(x, w)
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits)

    def slope():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(each()) + 0.1 * tf.reduce_sum(w * w)
        return tape.gradient(loss, w)

    def hvp(v):
        with tf.GradientTape() as tape:
            g = slope()
        return tape.gradient(g, w, output_gradients=v)

    for _ in range(4):
        with tf.GradientTape() as tape:
            g = slope()
        w.assign_sub(tf.linalg.solve(tape.jacobian(g, w), g[:, None])[:, 0])
    goal = tf.constant([1.0, -1.0, 0.5], tf.float64)
    s, r = tf.zeros_like(goal), goal
    p = r
    for _ in range(3):
        step = hvp(p)
        a = tf.reduce_sum(r * r) / tf.reduce_sum(p * step)
        s, after = s + a * p, r - a * step
        p, r = after + tf.reduce_sum(after**2) / tf.reduce_sum(r**2) * p, after
    with tf.GradientTape() as tape:
        losses = each()
    return w, s, tf.linalg.matvec(tape.jacobian(losses, w), s)


@script("per-example gradients, clipped: vectorized_map, map_fn and a jacobian")
def _(tf):
    draw = numbers(5)
    w, b = tf.Variable(draw(3, 4)), tf.Variable(draw(4))
    x, y = tf.constant(draw(5, 3)), tf.constant([0, 3, 1, 2, 0])

    def loss(x, y):
        logits = tf.nn.elu(x @ w + b)
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)

    def of_one(example):
        with tf.GradientTape() as tape:
            value = loss(example[0][None], example[1][None])
        return tape.gradient(value, [w, b])

    at_once = tf.vectorized_map(of_one, (x, y))
    looped = tf.map_fn(of_one, (x, y), fn_output_signature=[tf.float64, tf.float64])
    with tf.GradientTape() as tape:
        losses = loss(x, y)
    norms = tf.sqrt(tf.add_n([tf.reduce_sum(g**2, list(range(1, len(g.shape)))) for g in at_once]))
    clipped = [tf.einsum("i,i...->...", tf.minimum(1.0, 0.5 / norms), g) for g in at_once]
    return at_once, looped, tape.jacobian(losses, [w, b]), clipped


@script("adversarial examples: one step, and projected gradient ascent")
def _(tf):
    draw = numbers(6)
    kernel, head = tf.Variable(draw(3, 3, 1, 2)), tf.Variable(draw(18, 3))
    x, y = tf.constant(draw(2, 6, 6, 1)), tf.one_hot([0, 2], 3, dtype=tf.float64)

    def loss(x):
        h = tf.nn.max_pool2d(tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME")), 2, 2, "VALID")
        return tf.reduce_sum(tf.nn.softmax_cross_entropy_with_logits(y, tf.reshape(h, [2, -1]) @ head))

    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        value = loss(x)
    attacked = x + 0.1 * tf.sign(tape.gradient(value, x))
    delta = tf.Variable(tf.zeros_like(x))
    losses = []
    for _ in range(3):
        with tf.GradientTape() as tape:
            losses.append(loss(x + delta))
        g = tape.gradient(losses[-1], delta)
        delta.assign(tf.clip_by_value(delta + 0.05 * tf.sign(g), -0.08, 0.08))
    return attacked, losses, delta, len(tape.watched_variables())


@script("WGAN-GP: the penalty inside tf.function, the step outside")
def _(tf):
    draw = numbers(8)
    w = [tf.Variable(draw(2, 5)), tf.Variable(draw(5)), tf.Variable(draw(5, 1))]

    def critic(x):
        return tf.nn.elu(x @ w[0] + w[1]) @ w[2]

    @tf.function
    def penalty(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = critic(x)
        g = tape.gradient(y, [x])[0]
        return tf.reduce_mean((tf.sqrt(tf.reduce_sum(g**2, 1) + 1e-12) - 1.0) ** 2)

    answers = []
    for _ in range(3):
        real, fake, mix = tf.constant(draw(6, 2)), tf.constant(draw(6, 2)), tf.constant(np.abs(draw(6, 1)))
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(critic(fake)) - tf.reduce_mean(critic(real))
            loss += 10.0 * penalty(mix * real + (1.0 - mix) * fake)
        grads = tape.gradient(loss, w)
        answers.append((loss, grads))
        descend(w, grads, 0.01)
    return answers


@script("an LSTM by while_loop and TensorArray, with sequences of several lengths")
def _(tf):
    draw = numbers(10)
    wx, wh, b = (
        tf.Variable(draw(2, 12, scale=0.5)),
        tf.Variable(draw(3, 12, scale=0.5)),
        tf.Variable(draw(12)),
    )
    x, lengths = tf.constant(draw(4, 2, 2)), tf.constant([4, 2])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        inputs = tf.TensorArray(tf.float64, size=4).unstack(x)

        def body(t, h, c, outputs):
            i, f, g, o = tf.split(inputs.read(t) @ wx + h @ wh + b, 4, axis=1)
            c_next = tf.sigmoid(f + 1.0) * c + tf.sigmoid(i) * tf.tanh(g)
            h_next = tf.sigmoid(o) * tf.tanh(c_next)
            keep = tf.cast(t < lengths, tf.float64)[:, None]
            h, c = keep * h_next + (1.0 - keep) * h, keep * c_next + (1.0 - keep) * c
            return t + 1, h, c, outputs.write(t, h)

        state = tf.zeros([2, 3], tf.float64)
        start = (tf.constant(0), state, state, tf.TensorArray(tf.float64, size=4))
        _, h, _, outputs = tf.while_loop(lambda t, *_: t < 4, body, start)
        loss = tf.reduce_sum(h**2) + tf.reduce_mean(outputs.stack())
    return loss, tape.gradient(loss, [wx, wh, b, x]), tape.jacobian(h, b)


@script("an embedding trained by sparse gradients, with momentum kept by row")
def _(tf):
    draw = numbers(11)
    table, w = tf.Variable(draw(6, 3)), tf.Variable(draw(3, 2))
    kept = tf.Variable(tf.zeros_like(table), trainable=False)
    ids, labels = tf.constant([[1, 2, 2], [5, 0, 1]]), tf.constant([0, 1])
    answers = []
    for step in range(4):
        with tf.GradientTape() as tape:
            h = tf.reduce_mean(tf.nn.embedding_lookup(table, ids), 1)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, h @ w))
            if step == 3:
                loss += 0.01 * tf.nn.l2_loss(table)
        g, gw = tape.gradient(loss, [table, w])
        if isinstance(g, tf.IndexedSlices):
            rows, places = tf.unique(g.indices)
            summed = tf.math.unsorted_segment_sum(g.values, places, tf.size(rows))
            kept.scatter_add(tf.IndexedSlices(summed**2, rows))
            scaled = summed / tf.sqrt(tf.gather(kept, rows) + 1e-8)
            table.scatter_sub(tf.IndexedSlices(0.1 * scaled, rows))
        (g, gw), norm = tf.clip_by_global_norm([g, gw], 0.5)
        w.assign_sub(0.1 * gw)
        answers.append((loss, g, norm))
    return answers, table, kept


@script("hypergradients: rate, momentum and decay through an unrolled optimizer, twice")
def _(tf):
    draw = numbers(17)
    x, y = tf.constant(draw(8, 3)), tf.constant(draw(8))
    rate, momentum, decay = (tf.Variable(v, dtype=tf.float64) for v in (0.05, 0.9, 0.1))

    def validation():
        w, speed = tf.zeros([3], tf.float64), tf.zeros([3], tf.float64)
        for _ in tf.range(4):
            with tf.GradientTape() as tape:
                tape.watch(w)
                loss = tf.reduce_mean((tf.linalg.matvec(x, w) - y) ** 2) + decay * tf.reduce_sum(w * w)
            speed = momentum * speed - rate * tape.gradient(loss, w)
            w = w + speed
        return tf.reduce_mean((tf.linalg.matvec(x, w) - 2.0 * y) ** 2)

    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            value = validation()
        grads = inner.gradient(value, [rate, momentum, decay])
    return value, grads, [outer.gradient(g, [rate, momentum, decay]) for g in grads]


@script("sharpness-aware minimization: variables moved away and back between gradients")
def _(tf):
    draw = numbers(18)
    x, y, net = draw(6, 3), draw(6, 1), [tf.Variable(draw(3, 4)), tf.Variable(draw(4, 1))]

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((tf.nn.swish(x @ net[0]) @ net[1] - y) ** 2)
        return loss, tape.gradient(loss, net)

    answers = []
    for _ in range(3):
        loss, grads = gradients()
        away = [0.05 * g / tf.linalg.global_norm(grads) for g in grads]
        descend(net, away, -1.0)
        there, steepest = gradients()
        descend(net, away, 1.0)
        descend(net, steepest, 0.05)
        answers.append((loss, there))
    return answers, net


@script("spectral and batch normalization: state that is assigned under the tape")
def _(tf):
    draw = numbers(19)
    w, scale = tf.Variable(draw(4, 3)), tf.Variable(tf.ones([3], tf.float64))
    u = tf.Variable(tf.math.l2_normalize(draw(1, 3)), trainable=False)
    mean = tf.Variable(tf.zeros([3], tf.float64), trainable=False)

    def forward(x):
        v = tf.math.l2_normalize(u @ tf.transpose(w))
        u.assign(tf.math.l2_normalize(v @ w))
        h = x @ (w / tf.squeeze(tf.stop_gradient(v) @ w @ tf.transpose(tf.stop_gradient(u.read_value()))))
        m, s = tf.nn.moments(h, [0])
        mean.assign(0.9 * mean + 0.1 * m)
        return scale * (h - m) / tf.sqrt(s + 1e-3)

    answers = []
    for _ in range(3):
        x = tf.constant(draw(5, 4))
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((tf.nn.relu(forward(x)) @ tf.transpose(w) - x) ** 2)
        watched = tape.watched_variables()
        grads = tape.gradient(loss, [w, scale, u, mean])
        answers.append((loss, grads, len(watched)))
        descend([w, scale], grads[:2], 0.05)
    return answers, u, mean


@script("mixed precision: a scaled loss, a step that overflows")
def _(tf):
    draw = numbers(21)
    w, x, y = tf.Variable(draw(3, 2).astype("float32")), tf.constant(draw(4, 3), tf.float32), draw(4, 2)
    scale, kept = tf.Variable(2.0**10, trainable=False), []
    for step in range(3):
        with tf.GradientTape() as tape:
            h = tf.cast(x, tf.float16) @ tf.cast(w, tf.float16)
            loss = tf.reduce_mean((tf.cast(h, tf.float32) - tf.cast(y, tf.float32)) ** 2)
            scaled = loss * scale * (1e8 if step == 1 else 1.0)
        g = tape.gradient(scaled, w) / scale
        finite = bool(tf.reduce_all(tf.math.is_finite(g)))
        if finite:
            w.assign_sub(0.1 * g)
        else:
            scale.assign(scale / 2.0)
        kept.append((g.dtype, finite))
    return kept, scale


@script("what a beginner tries: where the gradient is lost, and where it is not")
def _(tf):
    v, w, c = tf.Variable(2.0), tf.Variable([1.0, 2.0]), tf.constant(3.0)
    tries = {
        "a constant": (lambda: v * c, c),
        "int()": (lambda: int(v) * v, v),
        "numpy and back": (lambda: tf.constant(v.numpy() ** 2), v),
        "sum()": (lambda: sum(w), w),
        "max()": (lambda: max(w[0], w[1]), w),
        "abs()": (lambda: abs(-w), w),
        "a list as target": (lambda: [v * 2.0, w * v], [v, w]),
        "assign_add": (lambda: v.assign_add(0.0) * 2.0, v),
        "a Variable of it": (lambda: tf.Variable(v * 2.0), v),
        "a list as tensor": (lambda: tf.convert_to_tensor([v, v * v]), v),
        "a list reduced": (lambda: tf.reduce_sum([v, v * v, 3.0]), v),
        "a power of two": (lambda: 2**v, v),
        "if": (lambda: v if v > 1.0 else c, v),
        "numpy_function": (lambda: tf.numpy_function(lambda a: a * 2.0, [v], tf.float32), v),
        "round": (lambda: tf.round(v) * v, v),
        "an integer cast": (lambda: tf.cast(v, tf.int32), v),
        "the norm of nothing": (lambda: tf.norm(tf.zeros(2) * v), v),
        "a root at zero": (lambda: tf.sqrt(v - 2.0), v),
        "where over NaN": (lambda: tf.where(v > 5.0, tf.sqrt(v - 2.0), v), v),
        "an element": (lambda: w[1] ** 2, w),
        "the element as source": (lambda: w[1] ** 2, w[1]),
        "a mask": (lambda: w[w > 1.5], w),
        "itself divided": (lambda: w / tf.stop_gradient(w), w),
    }

    def run(f, sources):
        with tf.GradientTape() as tape:
            y = f()
        return tape.gradient(y, sources)

    return {k: run(*pair) for k, pair in tries.items()}
