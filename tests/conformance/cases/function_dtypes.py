"""What a `tf.function` says of dtypes that an op does not take; unsigned integers of no element, and of open sizes."""

from conformance_kit import raises, script


def outcomes(tf, function, *args):
    return raises(lambda: function(*args)), raises(lambda: tf.function(function)(*args))


for dtype in ("int8", "int16", "uint16", "uint64", "float32", "bool"):

    @script(f"indices of {dtype}")
    def _(tf, dtype=dtype):
        x = tf.constant([[1.0, 2.0], [3.0, 4.0]])

        def slope(function):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = function(x)
            return tape.gradient(y, x)

        return [
            outcomes(tf, lambda body=body: slope(body))
            for body in (
                lambda x: tf.gather(x, tf.constant([1], dtype)),
                lambda x: x[tf.constant(1, dtype)],
                lambda x: x[tf.constant(1, dtype) :],
            )
        ]


@script("the gradient of a row at an index that is an argument")
def _(tf):
    def slopes(function):
        answers = []
        for i in (0, 1, -1):
            x = tf.constant([[1.0, 2.0, 5.0], [3.0, 4.0, 6.0]])
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = function(x, tf.constant(i))
            answers.append((y, tape.gradient(y, x)))
        return answers

    bodies = [
        lambda x, i: x[i],
        lambda x, i: x[:, i],
        lambda x, i: x[i, i],
        lambda x, i: x[..., i][tf.newaxis, i],
        lambda x, i: tf.gather(x, i % 2),
    ]
    return [slopes(tf.function(body)) for body in bodies]


@script("the diagonal of a scalar")
def _(tf):
    return outcomes(tf, tf.linalg.tensor_diag_part, tf.constant(2.0))


UNSIGNED = {
    "square": lambda tf, x: tf.square(x),
    "sums": lambda tf, x: (x + x, tf.reduce_sum(x), tf.cumsum(x)),
    "comparisons": lambda tf, x: (x < x, x == x, tf.maximum(x, x)),
    "division": lambda tf, x: (x // (x + 1), x % (x + 1)),
    "bits": lambda tf, x: (tf.bitwise.invert(x), tf.bitwise.left_shift(x, x)),
    "relu": lambda tf, x: (tf.nn.relu(x), tf.where(x == x, x, x)),
}

for name, body in UNSIGNED.items():

    @script(f"unsigned integers, of no element too: {name}")
    def _(tf, body=body):
        answers = []
        for dtype in ("uint8", "uint16", "uint32", "uint64"):
            for options in ({}, {"input_signature": [tf.TensorSpec([None], dtype)]}):
                f = tf.function(lambda x: body(tf, x), **options)
                answers.append(
                    [raises(lambda x=x, f=f, dtype=dtype: f(tf.constant(x, dtype))) for x in ([], [3, 1, 2])]
                )
        return answers
