"""Random numbers in `tf.function`: each operation of each function has a stream of its own."""

from conformance_kit import raises, script

TOL = {"float32": 3e-6}


@script("one operation, call after call", tol=TOL)
def _(tf):
    tf.random.set_seed(5)
    f = tf.function(lambda: tf.random.normal([3]))
    answers = [f() for _ in range(3)]
    tf.random.set_seed(5)
    again = [f(), f()]
    fresh = tf.function(lambda: tf.random.normal([3]))
    return answers, again, fresh(), f()


@script("other kinds of draws are other streams", tol=TOL)
def _(tf):
    tf.random.set_seed(7)

    @tf.function
    def f():
        return (
            tf.random.uniform([2]),
            tf.random.normal([2]),
            tf.random.truncated_normal([2]),
            tf.random.uniform([3], 0, 100, tf.int32),
            tf.random.shuffle(tf.range(5)),
            tf.random.normal([2]),
            tf.random.categorical([[0.1, 0.5, 0.4]], 4),
            tf.random.gamma([2], 1.5),
        )

    return [f(), f()]


@script("the place of an operation in the function decides its stream", tol=TOL)
def _(tf):
    tf.random.set_seed(5)
    v = tf.Variable(1.0)

    @tf.function
    def alone():
        return tf.random.uniform([2])

    @tf.function
    def second(x):
        y = tf.random.uniform([2]) * 0.0
        return tf.random.uniform([2]) + y

    @tf.function
    def after_arithmetic(x):
        y = tf.sin(x) * v + 3.0
        return tf.random.uniform([2]) + 0.0 * y

    @tf.function
    def after_a_seeded_one(x):
        y = tf.random.uniform([2], seed=3)
        return tf.random.uniform([2]) + 0.0 * y

    x = tf.constant(1.0)
    return [alone(), second(x), after_arithmetic(x), after_a_seeded_one(x), second(x), alone()]


@script("seeds of operations, with and without a global seed", tol=TOL)
def _(tf):
    tf.random.set_seed(9)
    f = tf.function(lambda: (tf.random.uniform([2], seed=1), tf.random.uniform([2], seed=1)))
    g = tf.function(lambda: tf.random.uniform([2], seed=2))
    answers = [f(), g(), f(), g()]
    tf.random.set_seed(10)
    h = tf.function(lambda: tf.random.uniform([2], seed=1))
    return answers, h(), h(), f()


@script("a new trace begins its streams anew", tol=TOL)
def _(tf):
    tf.random.set_seed(5)
    f = tf.function(lambda x: tf.random.uniform([2]) + 0.0 * tf.reduce_sum(x))
    one, two = tf.ones([1]), tf.ones([2])
    return [f(one), f(two), f(one), f(two), f(one)]


@script("two functions with the same body, and the same function twice", tol=TOL)
def _(tf):
    tf.random.set_seed(5)

    def body():
        return tf.random.normal([2])

    f, g = tf.function(body), tf.function(body)
    return [f(), g(), f(), g()]


@script("eager draws and those of functions do not disturb each other", tol=TOL)
def _(tf):
    tf.random.set_seed(5)
    f = tf.function(lambda: tf.random.normal([2]))
    answers = [tf.random.normal([2]), f(), tf.random.normal([2]), f(), tf.random.normal([2])]
    tf.random.set_seed(5)
    return answers, [tf.random.normal([2]), tf.random.normal([2])]


@script("functions that call functions", tol=TOL)
def _(tf):
    tf.random.set_seed(5)
    inner = tf.function(lambda: tf.random.uniform([2]))

    @tf.function
    def outer():
        return inner(), inner(), tf.random.uniform([2])

    return [outer(), outer(), inner(), outer()]


@script("in a loop the operation draws on", tol=TOL)
def _(tf):
    tf.random.set_seed(5)

    @tf.function
    def staged(n):
        total = tf.TensorArray(tf.float32, n)
        for i in tf.range(n):
            total = total.write(i, tf.random.uniform([]))
        return tf.sort(total.stack())  # turns of a loop may draw in any order

    @tf.function
    def unrolled():
        return [tf.random.uniform([]) for _ in range(3)]

    return [staged(tf.constant(3)), staged(tf.constant(2)), unrolled(), unrolled()]


@script("in a branch only the one taken draws", tol=TOL)
def _(tf):
    tf.random.set_seed(5)

    @tf.function
    def f(x):
        if x > 0:
            y = tf.random.uniform([2])
        else:
            y = -tf.random.uniform([2])
        return y

    return [f(tf.constant(k)) for k in (1, 1, -1, 1, -1)]


@script("an unused draw moves no other stream", tol=TOL)
def _(tf):
    tf.random.set_seed(5)

    @tf.function
    def f():
        tf.random.uniform([2])
        return tf.random.uniform([2])

    return [f(), f()]


@script("stateless draws: the same each call, by the seed given", tol=TOL)
def _(tf):
    @tf.function
    def f(seed, low):
        return (
            tf.random.stateless_uniform([2], seed, low, 2.0),
            tf.random.stateless_normal([2], [1, 2]),
            tf.random.stateless_uniform([2], seed, 0, 10, tf.int32),
            tf.random.split(seed, 2),
            tf.random.fold_in(seed, 7),
        )

    low = tf.constant(0.0)
    return [f(tf.constant([1, 2]), low), f(tf.constant([1, 2]), low), f(tf.constant([3, 4]), low + 1.0)]


@script("generators are state, inside and outside", tol=TOL)
def _(tf):
    g = tf.random.Generator.from_seed(3)

    @tf.function
    def f():
        return g.normal([2]), g.uniform([], 0, 100, tf.int32)

    answers = [f(), g.normal([2]), f(), g.state]
    g.reset_from_seed(3)
    return answers, f()


@script("a generator made in a function: on the first call only", tol=TOL)
def _(tf):
    holder = {}

    @tf.function
    def once():
        if "g" not in holder:
            holder["g"] = tf.random.Generator.from_seed(1)
        return holder["g"].normal([2])

    @tf.function
    def always():
        return tf.random.Generator.from_seed(1).normal([2])

    return [once(), once(), raises(always)]


@script("dropout and initializers draw as any operation", tol=TOL)
def _(tf):
    tf.random.set_seed(5)

    @tf.function
    def f(x):
        return tf.nn.dropout(x, 0.5), tf.nn.dropout(x, 0.3, seed=2), tf.random.normal([2], 5.0, 0.1)

    x = tf.ones([6])
    return [f(x), f(2.0 * x)]


@script("set_seed inside a function", tol=TOL)
def _(tf):
    tf.random.set_seed(1)

    @tf.function
    def f():
        tf.random.set_seed(42)
        return tf.random.uniform([2]), tf.random.uniform([2])

    answers = [f(), f()]
    tf.random.set_seed(1)
    return answers, f(), tf.random.uniform([2])


@script("a function's draws under a tape: gradients use the numbers drawn", tol=TOL)
def _(tf):
    tf.random.set_seed(5)
    x = tf.constant([1.0, 2.0])

    @tf.function
    def f(x):
        return tf.reduce_sum(x * tf.random.normal([2]))

    answers = []
    for _ in range(2):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        answers.append([y, tape.gradient(y, x)])
    return answers


@script("training data made in a function: noise at each step", tol=TOL)
def _(tf):
    tf.random.set_seed(11)
    w = tf.Variable(tf.random.normal([2, 1]))

    @tf.function
    def step(x):
        noisy = x + tf.random.normal(tf.shape(x), stddev=0.1)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.dropout(noisy @ w, 0.2) ** 2)
        w.assign_sub(0.1 * tape.gradient(loss, w))
        return loss

    x = tf.constant([[1.0, 2.0], [0.5, -1.0]])
    return [step(x) for _ in range(3)], w


@script("the seed of a function's graph", tol=TOL)
def _(tf):
    tf.random.set_seed(5)
    seen = []

    def graph():
        return tf.compat.v1.get_default_graph()

    @tf.function
    def plain():
        seen.append(graph().seed)
        return tf.random.uniform([2])

    @tf.function
    def given():
        graph().seed = 7
        return tf.random.uniform([2]), tf.random.normal([2], seed=3)

    @tf.function
    def in_the_middle():
        first = tf.random.uniform([2])
        graph().seed = 21
        return first, tf.random.uniform([2])

    @tf.function
    def without():
        graph().seed = None
        return tf.random.normal([2], seed=3)

    @tf.function
    def around(x):
        tf.random.set_seed(11)
        y = tf.random.uniform([2]) if x > 0.0 else tf.zeros([2])
        for _ in tf.range(2):
            y += tf.random.uniform([2])
        return y, plain()

    found = [(plain(), given(), in_the_middle(), without(), around(tf.constant(1.0))) for _ in range(2)]
    # What a function sets is its own.
    return found, seen, graph().seed, tf.random.uniform([2]), given.get_concrete_function().graph.seed


@script("set_seed in a function is no one else's")
def _(tf):
    tf.random.set_seed(5)

    @tf.function
    def f():
        tf.random.set_seed(11)
        return 0

    before = tf.random.uniform([2])
    f()
    return before, tf.random.uniform([2])
