"""Images of different sizes brought to one size; and what is refused of RaggedTensors."""

from conformance_kit import raises, script


@script("resize")
def _(tf):
    first = tf.reshape(tf.range(48.0), [4, 4, 3])
    second = tf.reshape(tf.range(36.0), [2, 6, 3])
    images = tf.ragged.stack([first, second])
    with tf.GradientTape() as tape:
        tape.watch(images)
        small = tf.image.resize(images, [2, 3])
        total = small * small
    return {
        "bilinear": small,
        "nearest": tf.image.resize(images, [3, 2], method="nearest"),
        "gradient": tape.gradient(total, images).flat_values,
        "refused": [
            raises(lambda: tf.image.resize(images, [2, 3], preserve_aspect_ratio=True)),
            raises(lambda: tf.image.resize(tf.ragged.constant([[1.0], []]), [2, 2])),
        ],
    }


@script("refused")
def _(tf):
    rows = tf.ragged.constant([[1.0, 2.0], [3.0]])
    slices = tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([1]), tf.constant([3, 2]))
    sparse = tf.sparse.eye(2)
    return [
        raises(lambda: tf.gather_nd(rows, [[0, 1]], batch_dims=1)),
        raises(lambda: tf.divide(slices, 2.0)),
        tf.divide(sparse, 2.0).values,
        tf.divide(rows, 2.0),
    ]
