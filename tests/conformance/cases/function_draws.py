"""Random numbers in `tf.function` in loops whose values change their shape, and of parameters that are arguments."""

from conformance_kit import script

TOL = {"float32": 3e-6}

DRAWS = {
    "normal": lambda tf, seed: tf.random.normal([1], seed=seed),
    "uniform integers": lambda tf, seed: tf.cast(
        tf.random.uniform([1], 0, 10, tf.int32, seed=seed), tf.float32
    ),
    "gamma": lambda tf, seed: tf.random.gamma([1], 1.5, seed=seed),
    "Poisson": lambda tf, seed: tf.random.poisson([1], 1.5, seed=seed),
    "categorical": lambda tf, seed: tf.cast(
        tf.random.categorical([[1.0, 2.0, 3.0]], 1, seed=seed)[0], tf.float32
    ),
    "shuffle": lambda tf, seed: tf.random.shuffle([1.0, 2.0, 3.0], seed=seed)[:1],
}


def growing(tf, draw):
    def f():
        s = tf.zeros([0])
        for _ in tf.range(3):
            tf.autograph.experimental.set_loop_options(shape_invariants=[(s, tf.TensorShape([None]))])
            s = tf.concat([s, draw()], 0)
        return s, draw()

    return f


for name, draw in DRAWS.items():
    for seed in (4, None):

        @script(f"{name} in a loop that grows a Tensor, seed {seed}", tol=TOL)
        def _(tf, draw=draw, seed=seed):
            tf.random.set_seed(7)
            f = tf.function(growing(tf, lambda: draw(tf, seed)))
            return [f() for _ in range(2)]


@script("draws in a while loop that grows a Tensor", tol=TOL)
def _(tf):
    def f(n):
        s = tf.zeros([0])
        while tf.size(s) < n:
            tf.autograph.experimental.set_loop_options(shape_invariants=[(s, tf.TensorShape([None]))])
            s = tf.concat([s, tf.random.uniform([2], seed=3), tf.random.uniform([1])], 0)
        return s, tf.random.uniform([1])

    tf.random.set_seed(2)
    g = tf.function(f)
    return [g(tf.constant(n)) for n in (7, 2, 7)]


PARAMETERS = {
    "gamma": lambda tf, a, seed: tf.random.gamma([], a, seed=seed),
    "gamma of a shape": lambda tf, a, seed: tf.random.gamma(tf.shape(a), a, seed=seed),
    "gamma with a rate": lambda tf, a, seed: tf.random.gamma([2], a, a + 1.0, seed=seed),
    "Poisson": lambda tf, a, seed: tf.random.poisson([2], a, seed=seed),
    "Poisson in integers": lambda tf, a, seed: tf.random.poisson([1], a, tf.int32, seed=seed),
}

for name, draw in PARAMETERS.items():

    @script(f"{name}: traced again for another size, and once for all", tol=TOL)
    def _(tf, draw=draw):
        given = [tf.constant(x) for x in ([1.0, 2.0], [1.0, 2.5], [1.0, 2.0, 3.0], [2.0, 2.0])]
        answers = []
        for seed in (3, None):
            for options in ({}, {"input_signature": [tf.TensorSpec([None])]}):
                tf.random.set_seed(7)
                f = tf.function(lambda a, seed=seed: draw(tf, a, seed), **options)
                answers.append([f(a) for a in given])
        return answers


@script("truncated normal numbers of seeds that are arguments", tol=TOL)
def _(tf):
    draw = tf.random.stateless_parameterized_truncated_normal

    @tf.function
    def f(seed, mean, high):
        return draw([3, 2], seed, mean, high, -1.0, 1.0)

    @tf.function(input_signature=[tf.TensorSpec([2], tf.int32), tf.TensorSpec([], tf.int32)])
    def rows(seed, n):
        return draw([n, 2], seed, 0.0, 1.0, -1.0, tf.constant([1.0, 2.0]))

    mean = tf.Variable([0.2, 0.3])

    @tf.function
    def slopes(seed):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(draw([3, 2], seed, mean, 1.0, -1.0, 1.0) ** 2)
        return tape.gradient(y, mean)

    c = tf.constant
    ends = c([1.0, 2.0])
    found = [f(c(seed), c([m, m]), ends) for seed in ([1, 2], [3, 4]) for m in (0.0, 0.5)]
    return [*found, rows(c([1, 2]), c(2)), rows(c([1, 2]), c(3)), slopes(c([5, 6]))]
