"""Functions that are written into SavedModels, and what is asked of them: results, and first and second gradients.

They run here and under TensorFlow alike.
"""

from __future__ import annotations

import numpy as np


def flow(tf):
    """A module whose functions branch, loop, assign to Variables, and bring gradients of their own."""
    spec = tf.TensorSpec

    class Flow(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable([1.0, 2.0, 3.0], name="w")
            self.n = tf.Variable(0.0, trainable=False)
            self.s = tf.Variable(2.0)

        @tf.function(input_signature=[spec([None, 3])])
        def custom(self, x):
            @tf.custom_gradient
            def tripled(z):
                y = tf.exp(z)
                return y, lambda dy: dy * y * 3.0

            return tripled(x) * self.w

        @tf.function(input_signature=[spec([3])])
        def custom_of_variables(self, x):
            @tf.custom_gradient
            def scaled(z):
                def grad(dy, variables=None):
                    return dy * 7.0, [tf.reduce_sum(dy) * 5.0]

                return z * self.s, grad

            return scaled(x)

        @tf.function(input_signature=[spec([3])])
        def cond(self, x):
            if tf.reduce_sum(x) > 0.0:
                y = x * self.w
            else:
                self.n.assign_add(1.0)
                y = x - self.s
            return y * y

        @tf.function(input_signature=[spec([None, 3])])
        def cond_of_open_sizes(self, x):
            y = tf.cond(tf.reduce_sum(x) > 0.0, lambda: x * self.w, lambda: tf.sin(x))
            if tf.reduce_max(y) > 100.0:
                y = y - self.s
            return y * y

        @tf.function(input_signature=[spec([None, 3])])
        def loop_until(self, x):
            while tf.reduce_sum(x * x) < 100.0:
                x = x * self.s + self.w
            return x

        @tf.function(input_signature=[spec([3]), spec([], tf.int32)])
        def loop(self, x, k):
            i = tf.constant(0)
            while i < k:
                x = x * self.s + self.w
                i += 1
            return x

        @tf.function(input_signature=[spec([3]), spec([], tf.int32)])
        def counted(self, x, k):
            for i in tf.range(k):
                self.n.assign_add(1.0)
                x = x * self.w + tf.cast(i, tf.float32)
            return x

        @tf.function(input_signature=[spec([None, 3])])
        def mapped(self, x):
            return tf.map_fn(lambda row: tf.sin(row) * self.w, x)

        @tf.function(input_signature=[spec([4, 3])])
        def scanned(self, x):
            return tf.scan(lambda a, row: a * row + self.w, x, tf.ones([3]))

        @tf.function(input_signature=[spec([3]), spec([], tf.int32)])
        def case(self, x, k):
            return tf.switch_case(k, [lambda: x * 2.0, lambda: tf.stop_gradient(x) * x, lambda: self.w * x])

        @tf.function(input_signature=[spec([3])])
        def assigned(self, x):
            a = self.s * x
            self.s.assign(tf.reduce_sum(x))
            return a + self.s * x

        @tf.function(input_signature=[spec([3])])
        def detached(self, x):
            return tf.reduce_logsumexp(x * self.w) + tf.clip_by_norm(x, 1.0) * tf.stop_gradient(self.s)

        @tf.function(input_signature=[spec([3])])
        def inner_tape(self, x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.reduce_sum(tf.sin(x * self.w) ** 2)
            return tape.gradient(y, x)

        @tf.function(input_signature=[spec([3])])
        def branches_in_branches(self, x):
            y = x * self.w
            if tf.reduce_sum(x) > 1.0:
                z = y * x
            elif tf.reduce_sum(x) > 0.0:
                z = y * self.s
            else:
                z = x - y
            return z * y

        @tf.function(input_signature=[spec([3]), spec([], tf.int32)])
        def branches_in_loops(self, x, k):
            y = x * 2.0
            for i in tf.range(k):
                if tf.reduce_sum(y) > 0.5:
                    y = y * self.s
                else:
                    for _ in tf.range(i + 1):
                        y = y + x * self.w
            return y

        @tf.function(input_signature=[{"a": spec([3]), "b": [spec([3]), spec([3])]}])
        def nested(self, d):
            return {"s": d["a"] * d["b"][0], "t": (d["b"][1], self.w)}

        @tf.function(input_signature=[spec([None, None])])
        def shapes(self, x):
            n = tf.shape(x)[0]
            y = tf.reshape(x, [n * tf.shape(x)[1]])
            z = tf.concat([y, y], 0)
            ones = tf.ones_like(x)
            return tf.reduce_sum(tf.reshape(z, [2, n, -1]) * ones, 0) + tf.zeros([n, 1])

    return Flow()


def calls(tf, m, x, v):
    """The calls, by name, each a function that gives one Tensor."""

    def of_nested():
        found = m.nested({"a": v, "b": [v * 2.0, v]})
        return tf.concat([found["s"], found["t"][0] * 2.0, found["t"][1]], 0)

    return {
        "custom": lambda: m.custom(x),
        "custom_of_variables": lambda: m.custom_of_variables(v),
        "cond": lambda: m.cond(v),
        "cond, other way": lambda: m.cond(-v),
        "cond_of_open_sizes": lambda: m.cond_of_open_sizes(x),
        "cond_of_open_sizes, other way": lambda: m.cond_of_open_sizes(-x),
        "branches_in_branches": lambda: m.branches_in_branches(v),
        "branches_in_branches, other way": lambda: m.branches_in_branches(-v),
        "branches_in_branches, third way": lambda: m.branches_in_branches(v * 2.0),
        "loop_until": lambda: m.loop_until(x),
        "loop": lambda: m.loop(v, tf.constant(3)),
        "counted": lambda: m.counted(v, tf.constant(3)),
        "mapped": lambda: m.mapped(x),
        "scanned": lambda: m.scanned(x),
        **{f"case {i}": lambda i=i: m.case(v, tf.constant(i)) for i in range(3)},
        "assigned": lambda: m.assigned(v),
        "detached": lambda: m.detached(v),
        "inner_tape": lambda: m.inner_tape(v),
        "nested": of_nested,
        "shapes": lambda: m.shapes(x),
    }


def _listed(tf, value):
    return None if value is None else np.asarray(tf.convert_to_tensor(value)).tolist()


def answers(tf, m, without=()):
    """What the calls give, gradients with respect to `x`, `v` and Variables, and gradients of the first of these."""
    x = tf.constant([[0.1, -0.2, 0.3], [1.0, 2.0, -3.0], [0.0, 1.0, 0.5], [0.2, 0.3, 0.7]])
    v = tf.constant([0.5, -0.2, 0.7])
    found = {}
    for name, call in calls(tf, m, x, v).items():
        if name in without:
            continue
        m.s.assign(2.0)
        m.n.assign(0.0)
        sources = [x, v, m.w, m.s]
        with tf.GradientTape() as outer:
            outer.watch([x, v])
            with tf.GradientTape() as tape:
                tape.watch([x, v])
                y = call()
                total = tf.reduce_sum(y * y)
            first = tape.gradient(total, sources)
            some = next(one for one in first if one is not None)
        second = outer.gradient(some, sources)
        found[name] = [_listed(tf, one) for one in [y, *first, *second, m.n, m.s]]
    return found


def single(tf):
    """Functions of one tensor of four columns, by name."""
    kernel = tf.reshape(tf.range(24.0), [2, 2, 1, 6]) / 10.0

    def image(x):
        return tf.reshape(x, [-1, 2, 2, 1])

    return {
        "conv": lambda x: tf.nn.conv2d(image(x), kernel, 1, "SAME"),
        "max_pool": lambda x: tf.nn.max_pool2d(image(x), 2, 1, "SAME"),
        "avg_pool": lambda x: tf.nn.avg_pool2d(image(x), 2, 1, "SAME"),
        "resize": lambda x: tf.image.resize(image(x), [3, 3]),
        "batch_norm": lambda x: tf.compat.v1.nn.fused_batch_norm(image(x), tf.ones(1), tf.zeros(1))[0],
        "einsum": lambda x: tf.einsum("bi,bj->ij", x, x),
        "gather": lambda x: tf.gather(x, [0, 2], axis=1),
        "slices": lambda x: x[:, 1:3] + x[..., ::2] + x[:, tf.newaxis][:, 0, -2:],
        "split": lambda x: tf.concat(tf.split(x, 2, 1)[::-1], 1),
        "top_k": lambda x: tf.math.top_k(x, 2).values,
        "sort": tf.sort,
        "argsort": lambda x: tf.gather(x, tf.argsort(x, direction="DESCENDING"), batch_dims=1),
        "one_hot": lambda x: x * tf.one_hot(tf.argmax(x, 1), 4),
        "pad": lambda x: tf.pad(x, [[1, 1], [0, 2]]) + 1.0,
        "tile": lambda x: tf.tile(x, [1, 2]),
        "boolean_mask": lambda x: tf.boolean_mask(x, x[:, 0] > 0.0),
        "where": lambda x: tf.where(x > 0.0, x, -2.0 * x),
        "cumsum": lambda x: tf.cumsum(x, 1, exclusive=True),
        "norm": lambda x: tf.norm(x, axis=1),
        "moments": lambda x: tf.stack(tf.nn.moments(x, [0])),
        "cross_entropy": lambda x: tf.nn.softmax_cross_entropy_with_logits(x * x, x),
        "sigmoid_loss": lambda x: tf.nn.sigmoid_cross_entropy_with_logits(x * x, x),
        "activations": lambda x: tf.nn.gelu(x) + tf.nn.silu(x) + tf.nn.swish(x, 0.5) + tf.nn.elu(x),
        "softmax": lambda x: tf.nn.softmax(x, 0) + tf.nn.log_softmax(x),
        "clip": lambda x: tf.clip_by_value(x, 0.0, 1.0) + tf.clip_by_global_norm([x], 1.0)[0][0],
        "linalg": lambda x: tf.linalg.inv(tf.eye(4) * 3.0 + tf.matmul(x, x, transpose_a=True)),
        "segments": lambda x: tf.math.unsorted_segment_sum(x, [0, 1, 0], 2),
        "scatter": lambda x: tf.scatter_nd([[0], [2], [1]], x, [4, 4]),
        "array": lambda x: (lambda a: a.write(0, x).write(1, x * 2.0).stack())(tf.TensorArray(tf.float32, 2)),
        "fold": lambda x: tf.foldl(lambda a, b: a * b, x),
        "asserted": lambda x: (tf.debugging.assert_less(x, 100.0), x * x)[1],
        "fft": lambda x: tf.math.real(tf.signal.fft(tf.cast(x, tf.complex64))),
        "dropout": lambda x: tf.nn.dropout(x, 0.5) * 0.0 + x,
        "stateless": lambda x: x + tf.random.stateless_normal([4], [1, 2]),
        "powers": lambda x: x**3 + tf.pow(x * x + 1.0, 0.3) + tf.sqrt(x * x + 1.0),
    }


def answers_of_single(tf, m):
    """What these give, and gradients."""
    rows = tf.constant([[0.3, -0.2, 0.7, 0.1], [-1.0, 0.5, 0.25, 2.0], [0.4, 0.9, -0.6, 0.8]])
    found = {}
    for name in single(tf):
        with tf.GradientTape() as tape:
            tape.watch(rows)
            y = getattr(m, name)(rows)
        found[name] = [_listed(tf, y), _listed(tf, tape.gradient(y, rows))]
    return found


def of_single(tf):
    """A module with these functions."""
    m = tf.Module()
    for name, function in single(tf).items():
        setattr(m, name, tf.function(function, input_signature=[tf.TensorSpec([None, 4])]))
    return m


ORDERED = ("int8", "int64", "uint8", "uint64", "bfloat16", "float32")


def of_orders(tf):
    """A module whose functions sort: `sort_DTYPE` gives rows in both orders, and their indices."""
    m = tf.Module()

    def orders(x):
        ways = [{"direction": "ASCENDING"}, {"direction": "DESCENDING"}]
        return [f(x, **way) for way in ways for f in (tf.sort, tf.argsort)] + [tf.sort(x, 0)]

    for name in ORDERED:
        spec = tf.TensorSpec([None, 5], getattr(tf, name))
        setattr(m, f"sort_{name}", tf.function(orders, input_signature=[spec]))
    return m


def answers_of_orders(tf, m):
    """What they give for the least and the greatest number of each dtype, as text: JSON has no such numbers."""
    found = {}
    for name in ORDERED:
        kind = getattr(tf, name)
        row = [kind.min, 5, kind.max, 5, kind.min] if kind.is_integer else [-np.inf, 0.5, np.inf, -0.0, 0.0]
        x = tf.constant([row, row[1:] + row[:1]], kind)
        found[name] = [str(y.numpy().tolist()) for y in getattr(m, f"sort_{name}")(x)]
    return found


def draws(tf):
    """A module that draws from Generators and from seeds that are arguments."""
    spec = tf.TensorSpec

    class Draws(tf.Module):
        def __init__(self):
            super().__init__()
            self.first = tf.random.Generator.from_seed(7)
            self.second = tf.random.Generator.from_seed(1)
            self.w = tf.Variable(2.0)
            self.rows = tf.Variable(tf.zeros([3, 2]))

        @tf.function(input_signature=[spec([None])])
        def normal(self, x):
            a, b, c = self.first.normal(tf.shape(x)), self.second.uniform([2]), self.first.uniform([1])
            return tf.concat([a * self.w, b, c, tf.cast(self.first.state.read_value(), tf.float32)], 0)

        @tf.function(input_signature=[spec([None])])
        def rounds(self, x):
            total = tf.zeros([2])
            for i in tf.range(tf.shape(x)[0]):
                if tf.reduce_sum(x) > tf.cast(i, tf.float32):
                    total += self.first.normal([2])
                else:
                    total -= self.second.uniform([2])
            return total * self.w

        @tf.function(input_signature=[spec([None])])
        def others(self, x):
            before = self.first.skip(5)
            self.second.reset_from_seed(4)
            found = [
                before,
                self.second.uniform([2], maxval=1000, dtype=tf.int32),
                self.first.truncated_normal([2]),
                self.first.uniform_full_int([2], tf.int32),
                self.first.make_seeds(2)[0],
            ]
            return tf.concat([tf.cast(one, tf.float32) for one in found], 0) + self.w + x[0]

        @tf.function(input_signature=[spec([None])])
        def of_seeds(self, x):
            seed = tf.cast(x[:2] * 10.0, tf.int32)
            found = [
                tf.random.stateless_normal(tf.shape(x), seed),
                tf.random.stateless_uniform([2], seed, minval=-1.0, maxval=self.w),
                tf.random.stateless_uniform([2], seed, maxval=10, dtype=tf.int32),
                tf.random.stateless_truncated_normal([2], tf.random.fold_in(seed, 3)),
                tf.random.split(seed, 2)[0],
            ]
            return tf.concat([tf.cast(one, tf.float32) for one in found], 0)

        @tf.function(input_signature=[spec([None])])
        def slices(self, x):
            old = tf.convert_to_tensor(self.rows)
            self.rows[1].assign(x[:2])
            self.rows[::2, 1].assign(x[1:3] * self.w)
            return tf.concat([old, self.rows * 2.0], 0)

    return Draws()


def answers_of_draws(tf, m):
    """What these give, twice, and gradients."""
    x = tf.constant([0.5, 2.0, -1.0, 3.0])
    found = {}
    for name in ("normal", "rounds", "others", "of_seeds", "slices"):
        for time in range(2):
            with tf.GradientTape() as tape:
                y = getattr(m, name)(x)
            found[f"{name} {time}"] = [_listed(tf, y), _listed(tf, tape.gradient(y, m.w))]
    return found


def of_values(tf, w):
    """Functions that take or give ragged and sparse values, or look at values: by name, with specs."""
    dense, ragged, sparse = tf.TensorSpec, tf.RaggedTensorSpec, tf.SparseTensorSpec
    rows = ragged([None, None], tf.float32)
    elements = sparse([None, 3], tf.float32)
    matrix = dense([None, 3])
    texts = dense([None], tf.string)
    numbers = dense([None], tf.int32)

    def pictures(t):
        return tf.map_fn(
            lambda one: tf.image.resize(tf.io.decode_png(one, 3), [1, 1]), t, fn_output_signature=tf.float32
        )

    return {
        "ragged sum": (rows, lambda r: tf.reduce_sum(r * w[0, 0], 1)),
        "ragged mean": (rows, lambda r: tf.reduce_mean(r, 1)),
        "ragged max": (rows, lambda r: tf.reduce_max(tf.exp(r), 1) + tf.cast(r.row_lengths(), tf.float32)),
        "ragged padded": (rows, lambda r: (r + w[1, 1]).to_tensor(9.0)),
        "ragged rows": (rows, lambda r: (r.value_rowids(), r.nrows(), r.row_splits, r.flat_values)),
        "ragged joined": (rows, lambda r: tf.concat([r, r], 0)),
        "ragged inner": (ragged([None, None, 2], tf.float32, 1), lambda r: tf.reduce_sum(r, 1) * w[0]),
        "ragged texts": (ragged([None, None], tf.string), lambda r: tf.strings.upper(r)),
        "sparse matmul": (elements, lambda s: tf.sparse.sparse_dense_matmul(s, w)),
        "sparse dense": (elements, lambda s: tf.sparse.to_dense(s) * w[0, 1]),
        "sparse sum": (elements, lambda s: tf.sparse.add(s, tf.ones([2, 3]))),
        "sparse softmax": (elements, lambda s: tf.sparse.softmax(s)),
        "sparse turned": (elements, lambda s: tf.sparse.transpose(s)),
        "sparse part": (elements, lambda s: tf.sparse.slice(s, [0, 1], [2, 2])),
        "sparse same": (elements, lambda s: s * 2.0),
        "from dense": (matrix, lambda x: tf.sparse.from_dense(x * x)),
        "segments": (matrix, lambda x: tf.math.segment_sum(x, tf.range(tf.shape(x)[0]) // 2)),
        "drawn": (matrix, lambda x: tf.random.stateless_categorical(x, 3, tf.cast(x[0, :2], tf.int32))),
        "characters": (texts, lambda t: tf.strings.unicode_decode(t, "UTF-8")),
        "encoded": (ragged([None, None], tf.int32), lambda r: tf.strings.unicode_encode(r, "UTF-8")),
        "scripts": (numbers, lambda x: tf.strings.unicode_script(x)),
        "pictures": (texts, pictures),
    }


def parts(tf):
    """A module with these functions."""
    m = tf.Module()
    m.w = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    for name, (spec, function) in of_values(tf, m.w).items():
        setattr(m, name.replace(" ", "_"), tf.function(function, input_signature=[spec]))
    return m


def answers_of_parts(tf, m):
    """What these give, and gradients with respect to the Variable; of texts the hashes."""
    rows = tf.ragged.constant([[1.0, 2.0], [3.0], [0.5, -1.0, 2.5]])
    matrix = tf.constant([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]])
    elements = tf.sparse.from_dense(matrix)
    picture = tf.io.encode_png(tf.cast(tf.reshape(tf.range(12), [2, 2, 3]), tf.uint8))
    given = {
        "ragged inner": tf.RaggedTensor.from_row_lengths(tf.reshape(tf.range(6.0), [3, 2]), [1, 2]),
        "ragged texts": tf.ragged.constant([["a", "b"], ["c"]]),
        "encoded": tf.ragged.constant([[97, 98], [233]]),
        "scripts": tf.constant([97, 1080]),
        "characters": tf.constant(["ab", "h\u00e9 "]),
        "pictures": tf.stack([picture, picture]),
        **dict.fromkeys(("from dense", "segments", "drawn"), matrix),
    }
    found = {}
    for name in of_values(tf, m.w):
        x = given.get(name, rows if name.startswith("ragged") else elements)
        with tf.GradientTape() as tape:
            y = getattr(m, name.replace(" ", "_"))(x)
        flat = tf.nest.flatten(y, expand_composites=True)
        smooth = [one for one in flat if one.dtype.is_floating]
        grad = tape.gradient(smooth, m.w) if smooth else None
        numbers = [tf.strings.to_hash_bucket_fast(z, 1000) if z.dtype == tf.string else z for z in flat]
        found[name] = [_listed(tf, one) for one in [*numbers, grad]]
    return found


def close(a, b):
    """Whether two answers are alike."""
    if a is None or b is None or isinstance(a, str):
        return a == b
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and np.allclose(a, b, rtol=2e-5, atol=2e-5)
