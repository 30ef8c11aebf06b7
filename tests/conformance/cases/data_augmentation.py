"""Images changed at random in functions of datasets: with seeds, the numbers are TensorFlow's, element by element."""

import numpy as np
from conformance_kit import script

random = np.random.RandomState(0)
BYTES = random.randint(0, 255, (4, 6, 6, 3)).astype(np.uint8)
FLOATS = random.rand(4, 6, 6, 3).astype(np.float32)


def seen(tf, source, function, *steps):
    """Two iterations over `function` of each element, alone and with a further step."""
    found = []
    for step in (lambda d: d, *steps):
        tf.random.set_seed(7)
        d = step(tf.data.Dataset.from_tensor_slices(source).map(function))
        found.append([[tf.nest.flatten(x) for x in d] for _ in range(2)])
    return found


@script("data: images cropped and mirrored at random")
def _(tf):
    def change(x):
        x = tf.image.random_crop(x, [5, 4, 3])
        return tf.image.random_flip_up_down(tf.image.random_flip_left_right(x))

    return seen(
        tf, BYTES, change, lambda d: d.batch(3), lambda d: d.repeat(2), lambda d: d.shuffle(3, seed=2)
    )


@script("data: colours of images changed at random")
def _(tf):
    def change(x):
        x = tf.image.random_saturation(tf.image.random_hue(x, 0.2), 0.5, 1.5)
        return tf.image.random_brightness(tf.image.random_contrast(x, 0.5, 1.5), 0.2)

    return seen(tf, FLOATS, change)


@script("data: images turned at random, beside other random numbers")
def _(tf):
    def change(x):
        x = tf.image.rot90(x, tf.random.uniform([], 0, 4, tf.int32))
        more = tf.random.normal([2], seed=5), tf.random.uniform([9], 3, 8, tf.int64)
        return tf.image.random_crop(x, [4, 6, 3], seed=3), *more

    return seen(tf, BYTES, change, lambda d: d.batch(2))


@script("gradients: an image cropped, turned and coloured at random in a tf.function")
def _(tf):
    @tf.function
    def change(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.image.random_crop(x, [4, 5, 3], seed=1)
            y = tf.image.rot90(
                tf.image.random_crop(y, [4, 4, 3], seed=2), tf.random.uniform([], 0, 4, tf.int32, 3)
            )
            z = tf.reduce_sum(y * y * y)
        return y, tape.gradient(z, x)

    tf.random.set_seed(3)
    x = tf.constant(FLOATS[0])
    return [change(x) for _ in range(6)]
