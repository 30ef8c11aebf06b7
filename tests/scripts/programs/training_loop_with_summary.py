"""A custom training loop as in the guide: tf.function, metrics by hand, tf.summary, a learning rate that decays."""

import glob
import os
import tempfile

import numpy as np
import tensorflow as tf

tf.random.set_seed(7)
rng = np.random.RandomState(1)
features = rng.randn(128, 8).astype("float32")
labels = (features[:, 0] * features[:, 1] > 0).astype("int64")


class Dense(tf.Module):
    def __init__(self, inputs, outputs, name=None):
        super().__init__(name=name)
        self.w = tf.Variable(tf.random.normal([inputs, outputs], stddev=0.3), name="w")
        self.b = tf.Variable(tf.zeros([outputs]), name="b")

    def __call__(self, x):
        return tf.matmul(x, self.w) + self.b


class Net(tf.Module):
    def __init__(self):
        super().__init__(name="net")
        self.layers = [Dense(8, 16, "hidden"), Dense(16, 2, "out")]

    @tf.function
    def __call__(self, x):
        for layer in self.layers[:-1]:
            x = tf.nn.tanh(layer(x))
        return self.layers[-1](x)


net = Net()
step = tf.Variable(0, dtype=tf.int64, trainable=False)
moments = [tf.Variable(tf.zeros_like(v)) for v in net.trainable_variables]
folder = tempfile.mkdtemp()
writer = tf.summary.create_file_writer(folder)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        logits = net(x)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    rate = 0.5 * tf.pow(0.95, tf.cast(step, tf.float32))
    grads = tape.gradient(loss, net.trainable_variables)
    for v, g, m in zip(net.trainable_variables, grads, moments):
        m.assign(0.9 * m + g)
        v.assign_sub(rate * m)
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, axis=1), y), tf.float32))
    with writer.as_default(step=step):
        tf.summary.write("loss", loss)
        tf.summary.write("accuracy", accuracy)
    step.assign_add(1)
    return loss, accuracy, tf.linalg.global_norm(grads)


for epoch in range(4):
    for start in range(0, 128, 32):
        loss, accuracy, norm = train_step(features[start : start + 32], labels[start : start + 32])
    print("epoch %d: loss %.4f accuracy %.4f gradient %.4f" % (epoch, loss, accuracy, norm))
print(step.numpy(), [v.name for v in net.trainable_variables], train_step.experimental_get_tracing_count())
writer.close()
(path,) = glob.glob(os.path.join(folder, "events*"))
for event in tf.compat.v1.train.summary_iterator(path):
    for value in event.summary.value:
        if event.step % 5 == 0:
            print(event.step, value.tag, "%.4f" % tf.make_ndarray(value.tensor))
