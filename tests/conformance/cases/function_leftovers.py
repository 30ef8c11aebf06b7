"""What a tf.function leaves of tapes and custom gradients to who called it."""

from conformance_kit import script


@script("a tape entered inside, asked outside")
def _(tf):
    x = tf.Variable(2.0)
    tapes = []

    @tf.function
    def square():
        tapes.append(tf.GradientTape())
        with tapes[0]:
            return x * x

    y = square()
    return {"y": y, "gradient": tapes[0].gradient(y, x)}


@script("a custom gradient for integers")
def _(tf):
    place = tf.custom_gradient(lambda a: (tf.argmax(a), lambda dy: tf.ones_like(a)))
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.function(place)(x)
    return {"y": y, "gradient": tape.gradient(y, x)}


@script("a tangent through a custom gradient")
def _(tf):
    reversed_ = tf.custom_gradient(lambda a: (3.0 * a, lambda dy: -dy))
    x = tf.constant([1.0, 2.0])
    answers = {}
    for name, run in {"plain": reversed_, "function": tf.function(reversed_)}.items():
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
            y = run(x)
        answers[name] = [y, accumulator.jvp(y)]
    return answers


@script("the branch of tf.cond that was not taken")
def _(tf):
    x, w = tf.constant(1.0), tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch([x, w])
        y = tf.function(lambda x, w: tf.cond(x > 0.0, lambda: 2.0 * x, lambda: w * x))(x, w)
    return tape.gradient(y, [x, w])
