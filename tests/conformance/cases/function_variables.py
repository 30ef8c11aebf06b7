"""Variables in `tf.function`: made once, read at each call, written in order, seen by everybody."""

from cases._functions import says
from conformance_kit import raises, script


@script("a variable made in the function: refused unless it is made once")
def _(tf):
    phrase = "tf.function only supports singleton tf.Variables created on the first call"

    @tf.function
    def each_time(x):
        v = tf.Variable(1.0)
        return v * x

    holder = {}

    @tf.function
    def once(x):
        if "v" not in holder:
            holder["v"] = tf.Variable(2.0)
        holder["v"].assign_add(x)
        return holder["v"] * 1.0

    late = {"make": False, "v": None}

    @tf.function
    def later(x):
        if late["make"]:
            late["v"] = tf.Variable(3.0)
        return x + 1.0

    x = tf.constant(1.0)
    answers = [says(lambda: each_time(x), phrase), says(lambda: each_time(x), phrase)]
    answers += [once(x), once(x), once(tf.constant([5.0])[0]), holder["v"]]
    answers.append(once.experimental_get_tracing_count())
    answers.append(later(x))
    late["make"] = True
    phrase = "Creating variables on a non-first call to a function decorated with tf.function"
    answers += [later(x), says(lambda: later(tf.constant([1.0])), phrase)]
    return answers


@script("a variable made on the first call from an argument or a computed value")
def _(tf):
    class Lazy:
        v = w = None

        @tf.function
        def __call__(self, x):
            if self.v is None:
                self.v = tf.Variable(tf.ones([2]) * 3.0)
                self.w = tf.Variable(lambda: tf.zeros([2]))
            self.w.assign_add(x)
            return self.v * x + self.w

    class FromArgument:
        v = None

        @tf.function
        def __call__(self, x):
            if self.v is None:
                self.v = tf.Variable(x * 2.0)
            return self.v + x

    lazy, other = Lazy(), FromArgument()
    x = tf.constant([1.0, 2.0])
    return [
        lazy(x),
        lazy(x),
        lazy(tf.constant([5.0, 6.0])),
        lazy.v,
        lazy.w,
        raises(lambda: other(x)),
        raises(lambda: other(tf.constant([10.0, 20.0]))),
        raises(lambda: other(x)),
    ]


@script("reads and assignments in order")
def _(tf):
    v = tf.Variable(1.0)

    @tf.function
    def f(x):
        a = v + 0.0
        v.assign(x)
        b = v * 10.0
        v.assign_add(1.0)
        c = v.read_value()
        v.assign_sub(0.5)
        return a, b, c, v

    @tf.function
    def returned(x):
        first = v.assign(x)
        second = v.assign_add(1.0)
        return first, second

    return [f(tf.constant(5.0)), f(tf.constant(7.0)), v, returned(tf.constant(2.0)), v]


@script("the value of assign is taken when it is used")
def _(tf):
    v = tf.Variable([1.0, 2.0])

    @tf.function
    def f(x):
        after = v.assign_add(x)
        a = after * 1.0
        v.assign_add(x)
        b = after * 1.0
        return a, b, v.value()

    return [f(tf.constant([1.0, 1.0])), f(tf.constant([10.0, 20.0])), v]


@script("assigning outside is seen inside, and the other way round")
def _(tf):
    v = tf.Variable(1.0)

    @tf.function
    def read():
        return v * 2.0

    @tf.function
    def write(x):
        v.assign(x)

    answers = [read()]
    v.assign(5.0)
    answers += [read(), write(tf.constant(7.0)), v.numpy(), read()]
    v.assign_add(1.0)
    write(9.0)
    answers += [v, read(), read.experimental_get_tracing_count()]
    return answers


@script("assignments of functions called by functions")
def _(tf):
    v = tf.Variable(1.0)

    @tf.function
    def double():
        v.assign(v * 2.0)
        return v + 0.0

    @tf.function
    def outer(x):
        a = v + 0.0
        b = double()
        v.assign_add(x)
        c = double()
        return a, b, c

    return [outer(tf.constant(1.0)), outer(tf.constant(0.5)), double(), v]


@script("assignments in loops")
def _(tf):
    v, count = tf.Variable(0.0), tf.Variable(0)

    @tf.function
    def f(xs):
        for x in xs:
            v.assign_add(x)
            count.assign_add(1)
        return v * 1.0

    @tf.function
    def while_below(limit):
        while v < limit:
            v.assign(v * 2.0 + 1.0)
            count.assign_add(1)
        return v + 0.0

    @tf.function
    def unrolled():
        for i in range(3):
            v.assign_add(float(i))

    return [
        f(tf.constant([1.0, 2.0, 3.0])),
        count.numpy(),
        f(tf.constant([])),
        f(tf.constant([10.0])),
        while_below(tf.constant(100.0)),
        count.numpy(),
        while_below(tf.constant(50.0)),
        unrolled(),
        v,
        count,
    ]


@script("assignments in branches")
def _(tf):
    v, w = tf.Variable(1.0), tf.Variable(1.0)

    @tf.function
    def f(x):
        if x > 0.0:
            v.assign_add(x)
        else:
            w.assign_sub(x)
        if v > w:
            return v - w
        return w * 100.0

    @tf.function
    def cond(x):
        return tf.cond(x > 0.0, lambda: v.assign(x) + 1.0, lambda: w.assign(-x) + 2.0)

    answers = [f(tf.constant(n)) for n in (2.0, -5.0, 1.0, 10.0)]
    answers += [v.numpy(), w.numpy()]
    answers += [cond(tf.constant(n)) for n in (2.0, -5.0, 1.0)]
    return answers, v, w


@script("slices and scatters of variables")
def _(tf):
    v = tf.Variable([1.0, 2.0, 3.0, 4.0])
    m = tf.Variable(tf.zeros([3, 2]))

    @tf.function
    def f(i, x):
        v[i].assign(x)
        v[1:3].assign(v[1:3] * 10.0)
        v.scatter_nd_add([[0], [0]], [x, 1.0])
        m.scatter_add(tf.IndexedSlices(tf.ones([2, 2]) * x, tf.stack([i, i])))
        m.scatter_update(tf.IndexedSlices([[7.0, x]], [2]))
        return tf.reduce_sum(v), m.sparse_read([0, 2])

    return [f(tf.constant(0), tf.constant(5.0)), f(tf.constant(1), tf.constant(2.0)), v, m]


@script("a training step with an optimizer of one's own")
def _(tf):
    w, b, m = tf.Variable([[1.0], [2.0]]), tf.Variable([0.5]), tf.Variable([[0.0], [0.0]])
    step = tf.Variable(0, dtype=tf.int64)
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [-1.0, 0.5]])
    y = tf.constant([[1.0], [0.0], [2.0]])

    @tf.function
    def train(x, y, rate):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((x @ w + b - y) ** 2)
        dw, db = tape.gradient(loss, [w, b])
        m.assign(0.9 * m + dw)
        w.assign_sub(rate * m)
        b.assign_sub(rate * db)
        step.assign_add(1)
        return loss

    losses = [train(x, y, tf.constant(0.01)) for _ in range(3)]
    losses.append(train(x[:2], y[:2], tf.constant(0.1)))
    return losses, w, b, m, step, train.experimental_get_tracing_count()


@script("Adam's step over a list of variables")
def _(tf):
    params = [tf.Variable([1.0, -2.0]), tf.Variable([[0.5, 0.1], [0.2, -0.3]])]
    first = [tf.Variable(tf.zeros_like(p)) for p in params]
    second = [tf.Variable(tf.zeros_like(p)) for p in params]
    t = tf.Variable(0.0)

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.tanh(tf.linalg.matvec(params[1], x * params[0])) ** 2)
        t.assign_add(1.0)
        for p, g, m, v in zip(params, tape.gradient(loss, params), first, second):  # noqa: B905
            m.assign(0.9 * m + 0.1 * g)
            v.assign(0.99 * v + 0.01 * g * g)
            p.assign_sub(0.1 * (m / (1.0 - 0.9**t)) / (tf.sqrt(v / (1.0 - 0.99**t)) + 1e-7))
        return loss

    losses = [step(tf.constant(x)) for x in ([1.0, 2.0], [0.5, -1.0], [1.0, 2.0], [3.0, 3.0])]
    return losses, params, first, second, t


@script("a function that fails on the way: which assignments stand")
def _(tf):
    v, w = tf.Variable(1.0), tf.Variable(1.0)

    @tf.function
    def f(x, i):
        v.assign_add(1.0)
        y = tf.gather(x, i)
        w.assign(y)
        return y

    @tf.function
    def checked(x):
        v.assign_add(10.0)
        tf.debugging.assert_positive(x)
        w.assign_add(10.0)
        return v - w

    x = tf.constant([5.0, 6.0])
    answers = [f(x, tf.constant(1)), v.numpy(), w.numpy()]
    answers += [raises(lambda: f(x, tf.constant(9))), w.numpy()]
    v.assign(0.0)
    w.assign(0.0)
    answers += [checked(tf.constant(1.0)), raises(lambda: checked(tf.constant(-1.0)))]
    return answers


@script("a function that fails while tracing leaves variables as they were")
def _(tf):
    v = tf.Variable(1.0)

    @tf.function
    def f(x):
        v.assign_add(x)
        v.assign(v * 5.0)
        if x.shape.rank == 1:
            raise RuntimeError("no vectors")
        return v + 0.0

    return [raises(lambda: f(tf.constant([1.0]))), v.numpy(), f(tf.constant(1.0)), v.numpy(),
            raises(lambda: f(tf.constant([1.0]))), v]  # fmt: skip


@script("get_concrete_function and tracing alone assign nothing")
def _(tf):
    v = tf.Variable(1.0)

    @tf.function
    def f(x):
        v.assign_add(x)
        return v * 2.0

    c = f.get_concrete_function(tf.TensorSpec([], tf.float32))
    before = v.numpy()
    return before, c(tf.constant(1.0)), v.numpy(), f(tf.constant(2.0)), v


@script("assigning refuses other shapes and dtypes while tracing")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    free = tf.Variable([1.0], shape=tf.TensorShape([None]))
    shape = tf.function(lambda x: v.assign(x))
    grow = tf.function(lambda x: free.assign(x))
    answers = [
        raises(lambda x=x: shape(x))
        for x in (tf.ones([3]), tf.constant([1, 2]), tf.ones([2, 1]), tf.ones([2]))
    ]
    size = tf.function(lambda: tf.size(free))
    answers += [size(), grow(tf.ones([3])), size(), grow(tf.ones([0])), size(), free.shape, tf.shape(free)]
    return answers  # fmt: skip


@script("variables returned are tensors of their value")
def _(tf):
    v = tf.Variable(3.0)

    @tf.function
    def f():
        return v, [v, {"v": v}]

    a, rest = f()
    v.assign(5.0)
    kinds = [isinstance(t, tf.Variable) for t in tf.nest.flatten([a, rest])]
    return a, rest, kinds, tf.function(lambda w: w)(v)


@script("variables of other dtypes, untrainable, and caught by closures of closures")
def _(tf):
    n, s, flag = tf.Variable(1), tf.Variable("a"), tf.Variable(False)
    frozen = tf.Variable(2.0, trainable=False)

    def make(v):
        def add(x):
            v.assign_add(x)
            return v + 0

        return add

    add = make(n)

    @tf.function
    def f(x):
        s.assign(tf.strings.join([s, "b"]))
        flag.assign(tf.logical_not(flag))
        return add(x), s + "!", flag, frozen * 2.0

    return [f(tf.constant(k)) for k in (1, 5, 2)], n, s, flag


@script("the tape sees variables read in a function, and their later values not")
def _(tf):
    v = tf.Variable(3.0)

    @tf.function
    def f(x):
        y = v * v * x
        v.assign_add(1.0)
        return y

    answers = []
    for x in (1.0, 2.0):
        x = tf.constant(x)
        with tf.GradientTape() as tape:
            y = f(x)
        answers.append([y, tape.gradient(y, v), v.numpy(), [w is v for w in tape.watched_variables()]])
    return answers


@script("is_initialized, initial_value and attributes inside")
def _(tf):
    v = tf.Variable([1.0, 2.0], name="named", trainable=False)
    seen = []

    @tf.function
    def f():
        seen.extend(
            [v.shape, v.dtype, v.name, v.trainable, isinstance(v, tf.Variable), tf.is_tensor(v), len(v.shape)]
        )
        return tf.shape(v), v.is_initialized(), tf.convert_to_tensor(v), tf.identity(v) + v

    return f(), seen  # fmt: skip


@script("one variable of many functions, called in turns")
def _(tf):
    v = tf.Variable([1.0, 1.0])
    up = tf.function(lambda x: v.assign(v * x))
    down = tf.function(lambda x: v.assign_sub(x))
    norm = tf.function(lambda: tf.norm(v))
    answers = []
    for k in (2.0, 3.0):
        answers += [up(tf.constant(k)), norm(), down(tf.constant([k, 0.0])), norm()]
    v.assign([3.0, 4.0])
    return answers, norm()
