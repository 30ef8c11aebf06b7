"""A single string gets further axes."""

from conformance_kit import script


@script("string scalars: new axes")
def _(tf):
    x = tf.constant("a b")
    row = tf.constant(["a", "b"])
    vectors = [
        x[None],
        x[tf.newaxis, ...],
        x[..., None],
        x[None, None],
        row[0][None],
        row[1, None],
        row[..., 0][None],
    ]
    return {
        "values": vectors,
        "used": [
            tf.strings.split(x[None]).to_list(),
            tf.tile(x[None], [2]),
            tf.concat([x[None], row], 0),
            tf.strings.upper(x[None]),
        ],
        "of a function": tf.function(lambda y: tf.strings.join([y[None], ["c"]]))(x),
    }
