"""Forward mode of small models: Jacobian- and Hessian-vector products as people write them.

The tolerances leave room for sums of many products and chains of factorizations, in another order.
"""

import numpy as np
from conformance_kit import script


def accumulator(tf, primals, tangents):
    return tf.autodiff.ForwardAccumulator(primals, tangents)


def normal(seed, *shape):
    return np.random.RandomState(seed).standard_normal(shape).astype(np.float32)


def products(tf, loss, variables):
    """The loss, its JVP, its gradients and the HVP for one direction."""
    tangents = [tf.constant(normal(100 + i, *v.shape)) for i, v in enumerate(variables)]
    with accumulator(tf, variables, tangents) as acc:
        with tf.GradientTape() as tape:
            value = loss()
        grads = tape.gradient(value, variables)
    return {"value": value, "jvp": acc.jvp(value), "grads": grads, "hvp": acc.jvp(grads)}


@script("tanh layers", tol={"float32": 1e-4})
def _(tf):
    x = tf.constant(normal(0, 5, 4))
    weights = [tf.Variable(normal(i + 1, 4, 4) * 0.5) for i in range(3)]
    biases = [tf.Variable(normal(i + 5, 4) * 0.1) for i in range(3)]

    def loss():
        h = x
        for w, b in zip(weights, biases, strict=True):
            h = tf.tanh(tf.matmul(h, w) + b)
        return tf.reduce_mean(tf.square(h))

    return products(tf, loss, weights + biases)


@script("classifier", tol={"float32": 1e-4})
def _(tf):
    x, labels = tf.constant(normal(0, 6, 3)), tf.constant([0, 1, 2, 0, 1, 2])
    w1, w2, b = tf.Variable(normal(1, 3, 8)), tf.Variable(normal(2, 8, 3)), tf.Variable(normal(3, 8))

    def loss():
        logits = tf.nn.relu(tf.nn.bias_add(x @ w1, b)) @ w2
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))

    return products(tf, loss, [w1, w2, b])


@script("classifier with dense labels, sigmoid and softplus", tol={"float32": 1e-4})
def _(tf):
    x = tf.constant(normal(0, 6, 3))
    labels = tf.nn.softmax(tf.constant(normal(4, 6, 3)))
    w1, w2 = tf.Variable(normal(1, 3, 8)), tf.Variable(normal(2, 8, 3))

    def loss():
        logits = tf.sigmoid(tf.nn.softplus(x @ w1)) @ w2
        first = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels, logits))
        return first + tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))

    return products(tf, loss, [w1, w2])


@script("convolutional net", tol={"float32": 2e-4})
def _(tf):
    x = tf.constant(normal(0, 2, 8, 8, 3))
    first, second = tf.Variable(normal(1, 3, 3, 3, 4) * 0.3), tf.Variable(normal(2, 3, 3, 4, 2) * 0.3)
    scale, offset = tf.Variable([1.0, 0.5, 2.0, 1.5]), tf.Variable([0.0, 0.1, 0.2, 0.3])

    def loss():
        h = tf.nn.conv2d(x, first, strides=1, padding="SAME")
        mean, variance = tf.nn.moments(h, [0, 1, 2])
        h = tf.nn.elu(tf.nn.batch_normalization(h, mean, variance, offset, scale, 1e-3))
        h = tf.nn.avg_pool2d(tf.nn.max_pool2d(h, 2, 2, "VALID"), 2, 1, "SAME")
        h = tf.nn.conv2d(h, second, strides=2, padding="VALID")
        return tf.reduce_mean(tf.reduce_logsumexp(h, axis=-1))

    return products(tf, loss, [first, second, scale, offset])


@script("attention", tol={"float32": 2e-4})
def _(tf):
    x = tf.constant(normal(0, 2, 4, 6))
    q, k, v = (tf.Variable(normal(i + 1, 6, 6) * 0.4) for i in range(3))
    gamma = tf.Variable(normal(7, 6))

    def loss():
        a, b, c = (tf.einsum("bti,ij->btj", x, w) for w in (q, k, v))
        weights = tf.nn.softmax(tf.matmul(a, b, transpose_b=True) / np.float32(6**0.5))
        h = x + tf.matmul(weights, c)
        mean = tf.reduce_mean(h, axis=-1, keepdims=True)
        spread = tf.reduce_mean(tf.math.squared_difference(h, mean), axis=-1, keepdims=True)
        h = tf.nn.gelu((h - mean) * tf.math.rsqrt(spread + 1e-5) * gamma)
        return tf.reduce_sum(h * h)

    return products(tf, loss, [q, k, v, gamma])


@script("recurrent net with an embedding", tol={"float32": 1e-4})
def _(tf):
    table, w, u = (
        tf.Variable(normal(1, 5, 4)),
        tf.Variable(normal(2, 4, 4) * 0.5),
        tf.Variable(normal(3, 4, 4) * 0.5),
    )
    words = tf.constant([[0, 2, 1], [4, 2, 2]])
    tangents = [tf.constant(normal(i + 5, *v.shape)) for i, v in enumerate((table, w, u))]
    with accumulator(tf, [table, w, u], tangents) as acc:
        with tf.GradientTape() as tape:
            h = tf.zeros((2, 4))
            for step in tf.unstack(tf.nn.embedding_lookup(table, words), axis=1):
                h = tf.tanh(step @ w + h @ u)
            loss = tf.nn.l2_loss(h)
        grads = [tf.convert_to_tensor(g) for g in tape.gradient(loss, [table, w, u])]
    return acc.jvp(loss), [tf.convert_to_tensor(t) for t in acc.jvp(grads)]


@script("Gaussian process likelihood", tol={"float64": 1e-8})
def _(tf):
    x = tf.constant(np.linspace(0.0, 1.0, 6))
    y = tf.sin(6.0 * x)[:, tf.newaxis]
    length, noise = tf.Variable(0.3, dtype=tf.float64), tf.Variable(0.1, dtype=tf.float64)
    one = tf.constant(1.0, tf.float64)

    def loss():
        distance = tf.square(x[:, tf.newaxis] - x)
        kernel = tf.exp(-distance / (2.0 * length * length)) + noise * tf.eye(6, dtype=tf.float64)
        factor = tf.linalg.cholesky(kernel)
        solved = tf.linalg.triangular_solve(factor, y)
        return tf.reduce_sum(solved * solved) + 2.0 * tf.reduce_sum(tf.math.log(tf.linalg.diag_part(factor)))

    answers = {}
    for name, tangents in {"length": (one, 0.0 * one), "both": (one, -2.0 * one)}.items():
        with accumulator(tf, [length, noise], list(tangents)) as acc:
            with tf.GradientTape() as tape:
                value = loss()
            grads = tape.gradient(value, [length, noise])
        answers[name] = acc.jvp(value), acc.jvp(grads)
    return answers


@script("physics-informed net: derivatives by the input", tol={"float32": 1e-4})
def _(tf):
    t = tf.constant(np.linspace(0.0, 1.0, 5, dtype=np.float32)[:, None])
    w1, w2 = tf.Variable(normal(1, 1, 6)), tf.Variable(normal(2, 6, 1))
    one = tf.ones_like(t)
    with accumulator(tf, t, one) as outer:
        with accumulator(tf, t, one) as inner:
            u = tf.sin(t @ w1) @ w2
        du = inner.jvp(u)
    ddu = outer.jvp(du)
    with tf.GradientTape() as tape:
        with accumulator(tf, t, one) as acc:
            u = tf.sin(t @ w1) @ w2
        loss = tf.reduce_mean(tf.square(acc.jvp(u) + 4.0 * u))
    return u, du, ddu, loss, tape.gradient(loss, [w1, w2])


@script("Gauss-Newton products", tol={"float32": 1e-4})
def _(tf):
    x, w = tf.constant(normal(0, 5, 3)), tf.Variable(normal(1, 3, 2))
    t = tf.constant(normal(2, 3, 2))
    with tf.GradientTape() as tape:
        with accumulator(tf, w, t) as acc:
            y = tf.tanh(x @ w)
        jt = acc.jvp(y)
    return jt, tape.gradient(y, w, output_gradients=jt)


@script("the direction is the gradient itself", tol={"float32": 1e-4})
def _(tf):
    v = tf.Variable(normal(1, 4))

    def loss():
        return tf.reduce_sum(tf.math.log(1.0 + tf.square(v))) * tf.norm(v)

    with tf.GradientTape() as tape:
        value = loss()
    direction = tape.gradient(value, v)
    with accumulator(tf, v, direction) as acc:
        with tf.GradientTape() as tape:
            value = loss()
        g = tape.gradient(value, v)
    return direction, acc.jvp(value), acc.jvp(g)
