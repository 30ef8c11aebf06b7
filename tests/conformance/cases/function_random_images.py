"""Random changes of images in a tf.function: each op draws on from call to call, whatever was drawn before it."""

from conformance_kit import script


@script("function: random images")
def _(tf):
    picture = tf.reshape(tf.range(12.0), [2, 2, 3]) / 12.0

    def several(change, calls=4):
        tf.random.set_seed(99)
        f = tf.function(change)
        found = [f(picture) for _ in range(calls)]
        tf.random.set_seed(None)
        return found

    def all_of_them(p):
        p = tf.image.random_flip_left_right(p, seed=1)
        p = tf.image.random_flip_up_down(p, seed=2)
        p = tf.image.random_brightness(p, 0.5, seed=3)
        p = tf.image.random_contrast(p, 0.5, 1.5, seed=4)
        p = tf.image.random_flip_left_right(p)
        return tf.image.random_saturation(p, 0.5, 1.5)

    def branching(p):
        if tf.random.uniform([], seed=1) > 0.5:
            p = p + 0.1 * tf.random.uniform([], seed=3)
        return tf.image.random_hue(tf.image.random_flip_left_right(p, seed=2), 0.2, seed=5)

    return {
        "flip and brightness": several(
            lambda p: tf.image.random_brightness(tf.image.random_flip_left_right(p, seed=1), 0.5, seed=2)
        ),
        "all": several(all_of_them),
        "branching": several(branching, 6),
        "several": several(
            lambda p: tf.image.random_brightness(tf.image.random_flip_up_down(p[None], seed=1), 0.5, 2)
        ),
    }


@script("function: a random flip, and its gradient")
def _(tf):
    tf.random.set_seed(5)
    x = tf.Variable(tf.reshape(tf.range(6.0), [1, 2, 3]))

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            y = tf.image.random_flip_left_right(x, seed=1) * tf.constant([[[1.0], [2.0]]])
        return y, tape.gradient(y, x)

    return [step() for _ in range(4)]


@script("hue and saturation of colours that are not within [0, 1]")
def _(tf):
    colours = [
        [-1.0, -0.9, -0.8],
        [-0.5, 0.2, 0.3],
        [1.2, 0.4, 0.1],
        [-0.1, -0.1, -0.2],
        [2.0, 3.0, 1.0],
        [-3.0, 0.0, 0.0],
        [0.0, -0.2, 0.1],
    ]
    image = tf.constant([colours])
    turned = [tf.image.adjust_hue(image, by) for by in (0.1, 0.5, -0.3, 0.0)]
    return turned + [tf.image.adjust_saturation(image, by) for by in (0.5, 2.0)]
