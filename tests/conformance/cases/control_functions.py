"""tf.function: what goes in and comes out, signatures, methods, concrete functions."""

from conformance_kit import raises, script


@script("function: what goes in and comes out")
def _(tf):
    import numpy as np

    @tf.function
    def square(x):
        return x * x

    return (
        square(3),
        square(3.5),
        square(np.array([1.0, 2.0])),
        square(tf.Variable(2.0)),
        square.__name__,
        square.python_function(2),
        square.__wrapped__(2),
        tf.function(lambda: (1, None, [2.5, "a"], {"k": True}))(),
        tf.function(lambda v: v)(tf.Variable(2.0)),
        tf.function(lambda v: type(v).__name__)(2),
        tf.function(lambda v: np.array([1, 2]))(2),
        tf.function(lambda v: (v,) * 2)([1, 2]),
        raises(lambda: tf.function(lambda: object())()),
        raises(lambda: tf.function(3)),
    )


@script("function: input_signature")
def _(tf):
    import numpy as np

    vector = tf.TensorSpec([None], tf.float32)
    f = tf.function(lambda x: x * 2, input_signature=[vector])
    c = tf.constant

    def with_default(x, k=2.0):
        return x * k

    g = tf.function(with_default, input_signature=[vector])
    return (
        f(c([1.0, 2.0])),
        f([1.0, 2.0]),
        f([1, 2]),
        f(x=c([1.0])),
        f(np.array([1.0, 2.0])),
        f(tf.Variable([1.0])),
        g(c([1.0])),
        tf.function(lambda d: d["a"], input_signature=[{"a": vector}])({"a": [1.0]}),
        tf.function(lambda *d: d, input_signature=[vector, vector])([1.0], [2.0]),
        [
            raises(call)
            for call in (
                lambda: f(c([1, 2])),
                lambda: f(c(1.0)),
                lambda: f(),
                lambda: f(c([1.0]), c([2.0])),
                lambda: f("a"),
                lambda: g(c([1.0]), k=5.0),
                lambda: tf.function(lambda x, y: x * y, input_signature=[vector]),
            )
        ],
    )


@script("function: methods and concrete functions")
def _(tf):
    class Scale:
        k = 2.0

        @tf.function
        def by(self, x):
            return x * self.k

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def vector_by(self, x):
            return x * self.k

    s, c = Scale(), tf.constant
    square = tf.function(lambda x: x * x)
    concrete = square.get_concrete_function(tf.TensorSpec([None], tf.float32))
    scalar = square.get_concrete_function(c(1.0))
    return (
        s.by(c(1.0)),
        s.vector_by([1.0, 2.0]),
        Scale.by(s, c(3.0)),
        concrete(c([1.0, 2.0])),
        concrete(x=c([3.0])),
        square.get_concrete_function(3)(),
        tf.function(lambda x, k: x * k).get_concrete_function(tf.TensorSpec([], tf.float32), 3)(c(2.0)),
        raises(lambda: scalar(c(2))),
        raises(lambda: scalar()),
    )
