"""Models that TensorFlow writes, and questions about them that either library answers once it has loaded them."""

from __future__ import annotations

import numpy as np

TEXT = ["a", "b", "c"]


def module(tf, place):
    """A module with functions of many kinds. `place` is where it may write an asset."""
    words = place / "words.txt"
    words.write_text("x\ny\nz\n")

    class Module(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="w")
            self.b = tf.Variable([0.5, -0.5], name="b")
            self.rows = tf.Variable(tf.reshape(tf.range(8.0), [4, 2]), name="rows")
            self.n = tf.Variable(0, trainable=False)
            pairs = tf.lookup.KeyValueTensorInitializer(TEXT, tf.constant([1, 2, 3], tf.int64))
            self.words = tf.lookup.StaticHashTable(pairs, -1)
            lines = tf.lookup.TextFileInitializer(
                str(words),
                tf.string,
                tf.lookup.TextFileIndex.WHOLE_LINE,
                tf.int64,
                tf.lookup.TextFileIndex.LINE_NUMBER,
            )
            self.lines = tf.lookup.StaticHashTable(lines, -1)
            self.offset = tf.constant([10.0, 20.0])

        @tf.function(input_signature=[tf.TensorSpec([None, 2])])
        def __call__(self, x):
            self.n.assign_add(1)
            return {"y": tf.nn.softplus(x @ self.w + self.b) * self.offset, "n": self.n + 0}

        @tf.function(input_signature=[tf.TensorSpec([]), tf.TensorSpec([], tf.int32)])
        def loop(self, x, n):
            i = tf.constant(0)
            while i < n:
                x = x * self.w[0, 1]
                i += 1
                if x > 100.0:
                    break
            return x

        @tf.function(input_signature=[tf.TensorSpec([])])
        def branch(self, x):
            return tf.sin(x) * self.w[0, 0] if x > 0 else tf.reduce_sum(x * self.b)

        @tf.function(input_signature=[tf.TensorSpec([], tf.int32), tf.TensorSpec([2])])
        def case(self, i, x):
            return tf.switch_case(i, [lambda: x * x, lambda: x * self.b, lambda: tf.exp(x)])

        @tf.function
        def many(self, x, k=2, *, flag=False):
            return [x["a"]] if flag else [x["a"] * k, (x["b"][0] + x["b"][1], None)]

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def look(self, text):
            return self.words.lookup(tf.strings.lower(text)), self.lines[text]

        @tf.function(input_signature=[tf.TensorSpec([3])])
        def array(self, x):
            found = tf.TensorArray(tf.float32, size=3)
            for i in tf.range(3):
                found = found.write(i, x[i] ** 2)
            return found.stack()

        @tf.function(input_signature=[tf.TensorSpec([3])])
        def mapped(self, x):
            return tf.map_fn(lambda v: v * v, x)

        @tf.function(input_signature=[tf.TensorSpec([3])])
        def custom(self, x):
            @tf.custom_gradient
            def square(x):
                y = tf.exp(x)
                return y * x, lambda g: g * y * 5.0

            return square(x * 2.0)

        @tf.function(input_signature=[tf.TensorSpec([2])])
        def slope(self, x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.reduce_sum(tf.tanh(x) ** 3 * self.b)
            return tape.gradient(y, x)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.int32)])
        def gather(self, i):
            return tf.nn.embedding_lookup(self.rows, i) + tf.one_hot(i, 2)

        @tf.function(input_signature=[tf.TensorSpec([2])])
        def checked(self, x):
            tf.debugging.assert_positive(x)
            return x * tf.cast(tf.shape(x)[0], tf.float32)

        @tf.function(input_signature=[tf.RaggedTensorSpec([None, None], tf.float32)])
        def ragged(self, x):
            return tf.reduce_sum(x * 2.0, axis=1), x + 1.0

    made = Module()
    pair = {"a": tf.constant([1.0, 2.0]), "b": (tf.constant(1.0), tf.constant(2.0))}
    one = {"a": tf.constant(1.0), "b": (tf.constant(1.0), tf.constant(2.0))}
    made.many(pair)
    made.many(one, k=3)
    made.many(one, flag=True)
    return made


def networks(keras):
    """Networks of Keras, by name."""
    keras.utils.set_random_seed(1)
    layers = keras.layers
    return {
        "images": keras.Sequential(
            [
                keras.Input((6, 6, 1)),
                layers.Conv2D(2, 3, activation="relu"),
                layers.BatchNormalization(),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dropout(0.2),
                layers.Dense(3, activation="softmax"),
            ]
        ),
        "sequences": keras.Sequential(
            [
                keras.Input((4,), dtype="int32"),
                layers.Embedding(6, 2),
                layers.LSTM(3),
                layers.LayerNormalization(),
                layers.Dense(1),
            ]
        ),
    }


def shown(tf, value):
    """A structure of tensors as JSON."""
    if isinstance(value, dict):
        return {key: shown(tf, one) for key, one in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return [shown(tf, one) for one in value]
    if isinstance(value, tf.RaggedTensor):
        return ["ragged", value.to_list()]
    if isinstance(value, tf.IndexedSlices):
        value = tf.convert_to_tensor(value)
    if value is None or isinstance(value, (int, str)):
        return value
    return [value.dtype.name, value.numpy().tolist()]


def slopes(tf, function, inputs, variables=(), order=2):
    """The gradients of a sum of squares of what a function gives, and those of their sum of squares."""
    sources = [*inputs, *variables]
    with tf.GradientTape() as outer:
        outer.watch(list(inputs))
        with tf.GradientTape() as tape:
            tape.watch(list(inputs))
            results = [y for y in tf.nest.flatten(function(*inputs)) if y.dtype.is_floating]
            total = tf.add_n([tf.reduce_sum(y**2) for y in results])
        found = tape.gradient(total, sources)
        if order == 1:
            return found
        whole = tf.add_n([tf.reduce_sum(tf.convert_to_tensor(g) ** 2) for g in found if g is not None])
    return found, outer.gradient(whole, sources)


def answers(tf, place):
    """What a library answers about the models in `place`."""
    c = tf.constant
    m = tf.saved_model.load(str(place / "module"))
    images, sequences = [tf.saved_model.load(str(place / name)) for name in ("images", "sequences")]
    x = c([[0.1, 0.2], [0.3, -0.4], [1.0, 2.0]])
    three, both = c([1.0, 2.0, 3.0]), [m.w, m.b]
    pair, one = {"a": c([1.0, 2.0]), "b": (c(1.0), c(2.0))}, {"a": c(1.0), "b": (c(1.0), c(2.0))}
    pixels = tf.reshape(tf.cast(tf.range(72), tf.float32), [2, 6, 6, 1]) / 36.0 - 1.0
    text = c([[1, 2, 3, 4], [0, 1, 2, 5]])
    ragged = tf.ragged.constant([[1.0, 2.0], [], [3.0]])
    traced = {name: tf.function(getattr(m, name)) for name in ("loop", "branch", "case", "mapped", "custom")}

    def failing(call):
        try:
            call()
        except Exception as error:
            return type(error).__name__
        return None

    def pushed():
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as acc:
            y = m(x)["y"]
        return acc.jvp(y)

    signature = m.signatures["serving_default"]
    questions = {
        "call": lambda: [m(x), m(x), m.n],
        "call: slopes": lambda: slopes(tf, lambda x: m(x)["y"] / 10.0, [x], both),
        "call: forward": pushed,
        "signature": lambda: [signature(x=x), sorted(m.signatures), sorted(signature.structured_outputs)],
        "look": lambda: [m.look(c(["A", "z", "x", "b"])), m.signatures["look"](text=c(["B"]))],
        "loop": lambda: [m.loop(c(1.5), c(n)) for n in (0, 2, 9)],
        "branch": lambda: [m.branch(c(1.0)), m.branch(c(-1.0))],
        "branch: slopes": lambda: [slopes(tf, m.branch, [c(x)], both) for x in (-1.0, 2.0)],
        "case": lambda: [m.case(c(i), c([1.0, 2.0])) for i in (0, 1, 2, 7)],
        "case: slopes": lambda: [
            slopes(tf, lambda x, i=i: m.case(c(i), x), [c([1.0, 2.0])], [m.b]) for i in (0, 1)
        ],
        "many": lambda: [
            m.many(pair),
            m.many(one, k=3),
            m.many(one, 3),
            m.many(one, flag=True),
            m.many(x=pair),
        ],
        "many: lists": lambda: m.many({"a": [1.0, 2.0], "b": (1.0, 2.0)}),
        "array": lambda: [m.array(three), *slopes(tf, m.array, [three])],
        "mapped": lambda: [m.mapped(three), *slopes(tf, m.mapped, [three])],
        "custom": lambda: [m.custom(three), slopes(tf, m.custom, [three], order=1)],
        "slope": lambda: [m.slope(c([1.0, 2.0])), *slopes(tf, m.slope, [c([1.0, 2.0])], [m.b])],
        "gather": lambda: [m.gather(c([2, 0, 2])), slopes(tf, lambda: m.gather(c([1, 1, 3])), [], [m.rows])],
        "checked": lambda: [m.checked(c([1.0, 2.0])), failing(lambda: m.checked(c([-1.0, 2.0])))],
        "ragged": lambda: m.ragged(ragged),
        "traced": lambda: [
            traced["loop"](c(1.5), c(3)),
            traced["branch"](c(1.0)),
            traced["branch"](c(-1.0)),
            traced["mapped"](three),
        ],
        "traced: slopes": lambda: [
            slopes(tf, traced["branch"], [c(2.0)], both),
            slopes(tf, traced["case"], [c(1), c([1.0, 2.0])], [m.b], order=1),
            slopes(tf, traced["custom"], [three], order=1),
        ],
        "refused": lambda: [
            failing(call)
            for call in (
                lambda: m(c([[1, 2]])),
                lambda: m(c([1.0, 2.0])),
                lambda: m.many(one),
                lambda: m.many(),
                lambda: m.gather(c([9])),
                lambda: m.loop(c(1.0)),
            )
        ],
        "images": lambda: [images.serve(pixels), len(images.variables), len(images.trainable_variables)],
        "images: slopes": lambda: slopes(tf, images.serve, [pixels], images.trainable_variables),
        "sequences": lambda: [sequences.serve(text), tf.function(sequences.serve)(text)],
        "trained on": lambda: trained(tf, images, pixels),
    }
    return {name: shown(tf, ask()) for name, ask in questions.items()}


def trained(tf, model, pixels):
    """The loss over a few steps, and what the model says then."""
    found = []
    before = [v.numpy() for v in model.trainable_variables]
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(tf.math.log(model.serve(pixels)[:, 0]))
        for v, g in zip(
            model.trainable_variables, tape.gradient(loss, model.trainable_variables), strict=True
        ):
            v.assign_sub(0.1 * g)
        found.append(loss)
    found.append(model.serve(pixels))
    for v, value in zip(model.trainable_variables, before, strict=True):
        v.assign(value)
    return found


def close(a, b):
    """Whether two answers agree."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(close(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(close, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return bool(np.isclose(a, b, rtol=3e-4, atol=1e-5))
    return type(a) is type(b) and a == b
