"""Functions that go another way after an effect: a Variable does not take the place of another value."""

from conformance_kit import script


def _batches(tf):
    return tf.data.Dataset.from_tensor_slices(tf.reshape(tf.range(20.0), [5, 4])).batch(3)


@script("tf.function: a last batch that is smaller reads Variables in another order")
def _(tf):
    w, total = tf.Variable(tf.ones([4, 3])), tf.Variable(0.5)

    @tf.function
    def step(iterator):
        x = next(iterator)
        if x.shape[0] == 3:
            weights, before = w.read_value(), total.read_value()
            return tf.matmul(x, weights) + before
        return tf.matmul(x, w) + total

    answers = []
    for _ in range(2):
        iterator = iter(_batches(tf))
        answers.append([step(iterator), step(iterator)])
    return answers
