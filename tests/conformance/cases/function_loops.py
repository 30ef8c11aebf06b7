"""Loops over values: `while`, `for` over Tensors and `tf.range`, `break`, `continue`, lists and TensorArrays."""

from conformance_kit import raises, script


def over(tf, f, values):
    """`f` at each of the values, in one dtype and shape."""
    return [f(tf.constant(v)) for v in values]


@script("while on a Tensor")
def _(tf):
    @tf.function
    def collatz(n):
        steps = 0
        while n != 1:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            steps += 1
        return steps

    @tf.function
    def halve(x):
        while tf.reduce_sum(x) > 1.0:
            x = x / 2.0
        return x

    answers = over(tf, collatz, (1, 6, 7, 27))
    return (
        answers,
        over(tf, halve, ([8.0, 8.0], [0.1, 0.2], [3.0, 1.0])),
        collatz.experimental_get_tracing_count(),
    )


@script("a loop's body is traced once, a Python loop's each time")
def _(tf):
    log = []

    @tf.function
    def staged(n):
        x = tf.constant(0)
        for i in tf.range(n):
            log.append("staged")
            x += i
        return x

    @tf.function
    def unrolled(n):
        x = tf.constant(0)
        for i in range(n):
            log.append("unrolled")
            x += i
        return x

    answers = [
        staged(tf.constant(4)),
        staged(tf.constant(10)),
        staged(3),
        unrolled(3),
        unrolled(2),
        unrolled(3),
    ]
    return answers, log


@script("for over a Tensor: its rows")
def _(tf):
    @tf.function
    def total(xs):
        s = tf.constant(0.0)
        for x in xs:
            s = s * 2.0 + tf.reduce_sum(x)
        return s

    vectors = over(tf, total, ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]))
    return (
        vectors,
        over(tf, total, ([[1.0, 2.0], [3.0, 4.0]],)),
        total(tf.zeros([0])),
        total(tf.zeros([0, 3])),
    )


@script("for over a Tensor of unknown length")
def _(tf):
    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def f(xs):
        total, last = tf.zeros([2]), tf.constant([-1.0, -1.0])
        for x in xs:
            total += x
            last = x
        return total, last

    return [f(tf.ones([n, 2]) * float(n)) for n in (3, 0, 5)]


@script("tf.range with start, step, and by a float")
def _(tf):
    @tf.function
    def f(a, b, step):
        count, s = 0, tf.zeros_like(a)
        for i in tf.range(a, b, step):
            s += i
            count += 1
        return count, s

    c = tf.constant
    return [
        f(c(0), c(10), c(3)),
        f(c(5), c(5), c(1)),
        f(c(10), c(0), c(-4)),
        f(c(0.0), c(1.0), c(0.25)),
    ]


@script("range of a Tensor becomes a loop")
def _(tf):
    @tf.function
    def f(n):
        s = 0
        for i in range(n):
            s = s + i * i
        return s

    @tf.function
    def from_two(n):
        s = 0
        for i in range(2, n, 3):
            s = s * 10 + i
        return s

    return over(tf, f, (4, 0, 6)), over(tf, from_two, (9, 2, 3)), f(4)


@script("zip, reversed and Python lists of Tensors")
def _(tf):
    @tf.function
    def zipped(a, b):
        s = tf.constant(0.0)
        for x, y in zip([a, b, a], [b, b, a]):  # noqa: B905
            s = s * 2.0 + x * y
        return s

    @tf.function
    def of_dict(d):
        s = tf.constant(0.0)
        for k, v in d.items():
            s = s + (v if k == "plus" else -v)
        for x in reversed([d["plus"], d["minus"]]):
            s = s * 10.0 + x
        return s

    c = tf.constant
    return [
        zipped(c(2.0), c(3.0)),
        zipped(c(1.0), c(-1.0)),
        of_dict({"plus": c(5.0), "minus": c(3.0)}),
        of_dict({"plus": c(1.0), "minus": c(7.0)}),
    ]


@script("break")
def _(tf):
    @tf.function
    def first_negative(xs):
        found, i = tf.constant(-1), tf.constant(0)
        for x in xs:
            if x < 0.0:
                found = i
                break
            i += 1
        return found, i

    rows = ([1.0, -1.0, -2.0], [1.0, 2.0, 3.0], [-1.0, 0.0, 0.0])
    return over(tf, first_negative, rows)


@script("continue")
def _(tf):
    @tf.function
    def f(n):
        s = 0
        for i in tf.range(n):
            if i % 2 == 0:
                continue
            if i == 5:
                continue
            s += i
        return s

    @tf.function
    def in_while(n):
        s, i = 0, 0
        while i < n:
            i += 1
            if i % 3 == 0:
                continue
            s += i
            if s > 30:
                break
        return s, i

    return over(tf, f, (4, 8, 0)), over(tf, in_while, (4, 20, 0))


@script("return out of a loop")
def _(tf):
    @tf.function
    def index_of(xs, y):
        i = 0
        for x in xs:
            if x == y:
                return i
            i += 1  # noqa: SIM113
        return -1

    @tf.function
    def nested(n):
        for i in tf.range(n):
            for j in tf.range(i):
                if i * j == 12:
                    return i * 100 + j
        return tf.constant(-1)

    @tf.function
    def flagged(xs, y):
        at, found = tf.constant(-1), False
        for i in tf.range(tf.size(xs)):
            if xs[i] == y:
                at, found = i, True
                break
        if found:
            return at
        return tf.constant(-1)

    xs = tf.constant([3, 5, 7])
    return [
        [raises(lambda y=y: index_of(xs, tf.constant(y))) for y in (5, 7, 8)],
        [raises(lambda n=n: nested(tf.constant(n))) for n in (5, 3, 9)],
        [flagged(xs, tf.constant(y)) for y in (5, 7, 8)],
    ]


@script("else of a loop")
def _(tf):
    @tf.function
    def f(n):
        x = tf.constant(0)
        for i in range(3):
            x = x + i * n
        else:
            x = x + 100
        return x

    return raises(lambda: over(tf, f, (1, 2)))


@script("nested loops and branches")
def _(tf):
    @tf.function
    def primes(n):
        count, largest = 0, 0
        for i in tf.range(2, n):
            prime = True
            for j in tf.range(2, i):
                if j * j > i:
                    break
                if i % j == 0:
                    prime = False
                    break
            if prime:
                count += 1
                largest = i
        return count, largest

    return over(tf, primes, (10, 2, 30))


@script("what is left after the loop: the loop's names")
def _(tf):
    @tf.function
    def f(n):
        i = tf.constant(-1)
        y = tf.constant(7)
        for i in tf.range(n):
            y = i * 2
        return i, y

    @tf.function
    def undefined(n):
        for i in tf.range(n):
            y = i
        return y

    return (
        over(tf, f, (3, 0)),
        raises(lambda: over(tf, undefined, (3,))),
        raises(lambda: over(tf, undefined, (0,))),
    )


@script("a name first defined in a while loop")
def _(tf):
    @tf.function
    def used_after(n):
        while n > 0:
            y = n
            n = n - 1
        return y

    @tf.function
    def used_inside(n):
        s = 0
        while n > 0:
            y = n * 2
            s += y
            n = n - 1
        return s

    return [raises(lambda v=v: used_after(tf.constant(v))) for v in (3, 0)], over(tf, used_inside, (3, 0))


@script("values that change their shape in a loop")
def _(tf):
    def grow(n):
        x = tf.zeros([1])
        for i in tf.range(n):
            x = tf.concat([x, [tf.cast(i, tf.float32)]], 0)
        return x

    f = tf.function(grow)
    return [raises(lambda v=v: f(tf.constant(v))) for v in (3, 1)], raises(lambda: f(2))


@script("shape invariants of a loop")
def _(tf):
    @tf.function
    def with_options(n):
        x = tf.zeros([1])
        for i in tf.range(n):
            tf.autograph.experimental.set_loop_options(shape_invariants=[(x, tf.TensorShape([None]))])
            x = tf.concat([x, [tf.cast(i, tf.float32)]], 0)
        return x

    return over(tf, with_options, (3, 0))


@script("values that change their dtype or kind in a loop")
def _(tf):
    @tf.function
    def dtype(n):
        x = tf.constant(0)
        for _ in tf.range(n):
            x = tf.cast(x, tf.float32) + 1.0
        return x

    @tf.function
    def kind(n):
        x = None
        for i in tf.range(n):
            x = i
        return x

    @tf.function
    def python_number(n):
        x = 0
        for _ in tf.range(n):
            x = x + 0.5
        return x

    @tf.function
    def structure(n):
        x = (n,)
        for i in tf.range(n):
            x = (i, i)
        return x

    return [
        raises(lambda f=f, v=v: f(tf.constant(v)))
        for f in (dtype, kind, python_number, structure)
        for v in (2, 0)
    ]


@script("structures carried through a loop")
def _(tf):
    @tf.function
    def f(n):
        state = {"a": tf.constant(1.0), "pair": (tf.zeros([2]), [n])}
        for i in tf.range(n):
            a, (b, [c]) = state["a"], state["pair"]
            state = {"a": a * 2.0, "pair": (b + a, [c + i])}
        return state

    return over(tf, f, (3, 0, 1))


@script("a Python list in a staged loop, and in an unrolled one")
def _(tf):
    @tf.function
    def unrolled(x):
        items = []
        for i in range(3):
            items.append(x * i)
        return tf.stack(items), len(items)

    @tf.function
    def staged(n):
        items = []
        for i in tf.range(n):
            items.append(i)
        return items

    return over(tf, unrolled, (2, 5)), raises(lambda: over(tf, staged, (3,)))


@script("TensorArray written in a loop")
def _(tf):
    @tf.function
    def cumulative(xs):
        out = tf.TensorArray(tf.float32, size=tf.shape(xs)[0])
        s = tf.constant(0.0)
        for i in tf.range(tf.shape(xs)[0]):
            s += xs[i]
            out = out.write(i, s)
        return out.stack()

    @tf.function
    def dynamic(n):
        out = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
        i = 0
        while n > 0:
            if n % 2 == 1:
                out = out.write(i, n)
                i += 1
            n = n - 1
        return out.stack(), out.size()

    answers = over(tf, cumulative, ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]))
    return answers, cumulative(tf.ones([5])), over(tf, dynamic, (6, 1, 9))


@script("TensorArray read, unstacked, concatenated in a function")
def _(tf):
    @tf.function
    def f(x):
        rows = tf.TensorArray(tf.float32, size=0, dynamic_size=True, clear_after_read=False).unstack(x)
        out = tf.TensorArray(tf.float32, size=rows.size(), infer_shape=False)
        for i in tf.range(rows.size()):
            out = out.write(i, rows.read(i)[: i + 1])
        return out.concat(), rows.gather([1, 0]), rows.size()

    return over(tf, f, ([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]))


@script("Newton's iteration, with a tolerance and a bound")
def _(tf):
    @tf.function
    def root(a, tolerance):
        x, steps = a, 0
        for _ in tf.range(50):
            new = 0.5 * (x + a / x)
            steps += 1
            if tf.abs(new - x) < tolerance:
                x = new
                break
            x = new
        return x, steps

    tolerance = tf.constant(1e-3)
    return [root(tf.constant(a), tolerance) for a in (2.0, 100.0, 1.0)] + [
        root(tf.constant(2.0), tf.constant(0.5))
    ]


@script("loops in called functions, methods and lambdas")
def _(tf):
    class Walk:
        def __init__(self, step):
            self.step = step

        def go(self, x, limit):
            while x < limit:
                x = self.step(x)
            return x

    double = Walk(lambda v: v * 2)

    def counted(n):
        s = 0
        for i in tf.range(n):
            s += double.go(i + 1, n)
        return s

    @tf.function
    def f(n):
        return counted(n) + double.go(n, 100)

    return over(tf, f, (3, 5, 1))


@script("a loop over a Python list of layers, with a staged loop inside")
def _(tf):
    weights = [tf.constant([[1.0, 2.0], [0.5, -1.0]]), tf.constant([[0.1, 0.0], [0.3, 1.0]])]

    @tf.function
    def f(x, n):
        for w in weights:
            for _ in tf.range(n):
                x = tf.tanh(x @ w)
        return x

    x = tf.constant([[1.0, -1.0]])
    return [f(x, tf.constant(n)) for n in (0, 1, 3)], f(x, 2)


@script("a recurrent network by hand, sequences of their own lengths")
def _(tf):
    w, u = tf.constant([[0.5, -0.3], [0.2, 0.8]]), tf.constant([[1.0, 0.4]])

    @tf.function(input_signature=[tf.TensorSpec([None, None, 1]), tf.TensorSpec([None], tf.int32)])
    def run(x, lengths):
        h = tf.zeros([tf.shape(x)[0], 2])
        for t in tf.range(tf.shape(x)[1]):
            new = tf.tanh(x[:, t] @ u + h @ w)
            h = tf.where((t < lengths)[:, None], new, h)
        return h

    x = tf.reshape(tf.range(6.0) / 6.0, [2, 3, 1])
    return [run(x, [3, 1]), run(x[:, :2], [2, 2]), run(x[:1], [0])]


@script("parallel assignment and swaps in loops")
def _(tf):
    @tf.function
    def fib(n):
        a, b = 0, 1
        for _ in tf.range(n):
            a, b = b, a + b
        return a

    @tf.function
    def gcd(a, b):
        while b > 0:
            a, b = b, a % b
        return a

    return over(tf, fib, (0, 1, 10)), [
        gcd(tf.constant(a), tf.constant(b)) for a, b in ((12, 18), (7, 0), (35, 21))
    ]


@script("tf.data in a function")
def _(tf):
    @tf.function
    def f(ds, k):
        s = tf.constant(0, tf.int64)
        for x in ds:
            if x == k:
                continue
            s += x
        return s

    five = tf.data.Dataset.range(5)
    k = tf.constant(3, tf.int64)
    return f(five, k), f(tf.data.Dataset.range(7), k), f(five, k - 1), f.experimental_get_tracing_count()
