"""A small convolutional net with batch normalisation and dropout, in plain ops, with evaluation."""

import numpy as np
import tensorflow as tf

tf.random.set_seed(21)
rng = np.random.default_rng(21)
images = rng.uniform(0, 1, (48, 8, 8, 1)).astype(np.float32)
labels = (images[:, :4].mean((1, 2, 3)) > images[:, 4:].mean((1, 2, 3))).astype(np.int32)


class ConvNet(tf.Module):
    def __init__(self):
        super().__init__()
        self.k1 = tf.Variable(tf.random.normal([3, 3, 1, 6], stddev=0.4), name="k1")
        self.gamma, self.beta = tf.Variable(tf.ones(6), name="gamma"), tf.Variable(tf.zeros(6), name="beta")
        self.mean = tf.Variable(tf.zeros(6), trainable=False, name="mean")
        self.variance = tf.Variable(tf.ones(6), trainable=False, name="variance")
        self.k2 = tf.Variable(tf.random.normal([3, 3, 6, 8], stddev=0.2), name="k2")
        self.w = tf.Variable(tf.random.normal([2 * 2 * 8, 2], stddev=0.1), name="w")
        self.b = tf.Variable(tf.zeros(2), name="b")

    def __call__(self, x, training):
        x = tf.nn.conv2d(x, self.k1, 1, "SAME")
        if training:
            mean, variance = tf.nn.moments(x, [0, 1, 2])
            self.mean.assign(0.9 * self.mean + 0.1 * mean)
            self.variance.assign(0.9 * self.variance + 0.1 * variance)
        else:
            mean, variance = self.mean, self.variance
        x = tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, 1e-3)
        x = tf.nn.max_pool2d(tf.nn.relu(x), 2, 2, "VALID")
        x = tf.nn.max_pool2d(tf.nn.relu(tf.nn.conv2d(x, self.k2, 1, "SAME")), 2, 2, "VALID")
        x = tf.reshape(x, [tf.shape(x)[0], -1])
        if training:
            x = tf.nn.dropout(x, 0.25, seed=7)
        return x @ self.w + self.b


net = ConvNet()
velocity = [tf.Variable(tf.zeros(v.shape)) for v in net.trainable_variables]


@tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 1]), tf.TensorSpec([None], tf.int32)])
def step(x, y):
    with tf.GradientTape() as tape:
        logits = net(x, True)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        decay = tf.add_n(
            [tf.nn.l2_loss(v) for v in net.trainable_variables if "k" in v.name or "w" in v.name]
        )
        total = loss + 1e-3 * decay
    for v, g, m in zip(net.trainable_variables, tape.gradient(total, net.trainable_variables), velocity):
        m.assign(0.9 * m - 0.05 * g)
        v.assign_add(m)
    return loss


@tf.function
def evaluate(x, y):
    return tf.reduce_mean(tf.cast(tf.math.in_top_k(y, net(x, False), 1), tf.float32))


for epoch in range(6):
    order = rng.permutation(48)
    losses = [step(images[order[i : i + 16]], labels[order[i : i + 16]]) for i in range(0, 48, 16)]
    print(f"epoch {epoch} loss {np.mean(losses):.4f} accuracy {evaluate(images, labels):.4f}")
confusion = tf.math.confusion_matrix(labels, tf.argmax(net(images, False), 1), 2)
print(confusion.numpy().tolist(), np.round(net.mean.numpy(), 3).tolist())
