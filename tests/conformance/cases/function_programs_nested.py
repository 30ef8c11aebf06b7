"""Programs of functions that call functions, branch and loop, and use Python's own functions on Tensors."""

from conformance_kit import raises, script


@script("a function whose sizes depend on values, called by another one")
def _(tf):
    @tf.function
    def inner(n, x):
        y = tf.boolean_mask(x, x > 0.0)
        total = 0.0
        for i in range(n):
            total += tf.reduce_sum(y) * tf.cast(i, tf.float32)
        if tf.size(y) > 1:
            total += 100.0
        else:
            total -= 100.0
        k = 0
        while tf.size(y) > k and k < n:
            k += 1
        return total, range(n), tf.range(n)[:2], len(y), k

    @tf.function
    def outer(n, x):
        return inner(n, x), inner(n - 1, x * 2.0)

    rows = [1.0, -2.0, 3.0], [1.0, -2.0, -3.0]
    return [outer(tf.constant(n), tf.constant(row)) for row in rows for n in (3, 2, 3)]


@script("range of Tensors: empty where it ends before it begins, unless there is a step")
def _(tf):
    @tf.function
    def to(n):
        return tf.convert_to_tensor(range(n))

    @tf.function
    def between(a, b):
        return tf.convert_to_tensor(range(a, b)), tf.convert_to_tensor(range(a, b - 1))

    @tf.function
    def stepping(a, b, step):
        return tf.convert_to_tensor(range(a, b, step))

    @tf.function
    def looped(a, b, step):
        total = 0
        for i in range(a, b, step):
            for j in range(i - 1):
                total += j + 1
        return total

    c = tf.constant
    found = [to(c(n)) for n in (-3, 0, 2)] + [to(c(-3, tf.int64)), to(tf.Variable(-2)), to(c(-2.5))]
    found += [between(c(a), c(b)) for a, b in ((3, 1), (1, 3), (-2, -5))] + [between(3, c(1))]
    for a, b, step in ((3, 1, 1), (1, 3, -1), (3, 1, -1), (0, 5, 2), (5, 0, -2)):
        found.append(raises(lambda a=a, b=b, step=step: stepping(c(a), c(b), c(step))))
        found.append(looped(c(a), c(b), c(step)))
    return found


@script(
    "random numbers of a function that another one calls, whatever its sizes depend on", tol={"float32": 3e-6}
)
def _(tf):
    tf.random.set_seed(1)

    def inner(x):
        return tf.reduce_sum(tf.boolean_mask(x, x > 0.0)) + tf.random.uniform([])

    parts = [tf.function(inner), tf.function(lambda x: tf.reduce_sum(x) + tf.random.uniform([]))]

    def outer(part, x):
        return tf.random.uniform([]), part(x), tf.random.uniform([]), part(x), tf.random.normal([2])

    x = tf.constant([1.0, -1.0])
    whole = [tf.function(lambda x, part=part: outer(part, x)) for part in parts]
    return [f(x) for f in whole for _ in range(2)]
