"""A script of the days before version 2, in eager mode: get_variable, optimizers and losses of tf.compat.v1."""

import numpy as np
import tensorflow.compat.v1 as tf

tf.enable_eager_execution()
tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(13)
x = np.random.RandomState(13).randn(30, 3).astype(np.float32)
y = (x @ np.array([[1.0], [-2.0], [0.5]]) > 0).astype(np.float32)


class Net:
    def __init__(self):
        self.w = tf.Variable(tf.random_normal([3, 4], stddev=0.5), name="w")
        self.v = tf.Variable(tf.truncated_normal([4, 1], stddev=0.5), name="v")

    @property
    def variables(self):
        return [self.w, self.v]

    def __call__(self, inputs):
        return tf.matmul(tf.nn.relu(tf.matmul(inputs, self.w)), self.v)


global_step = tf.train.get_or_create_global_step()
optimizers = {
    "sgd": tf.train.GradientDescentOptimizer(0.5),
    "momentum": tf.train.MomentumOptimizer(0.1, 0.9),
    "adam": tf.train.AdamOptimizer(0.05),
    "rmsprop": tf.train.RMSPropOptimizer(0.02),
    "adagrad": tf.train.AdagradOptimizer(0.2),
    "ftrl": tf.train.FtrlOptimizer(0.2),
}
for name, optimizer in optimizers.items():
    net = Net()
    for step in range(12):
        with tf.GradientTape() as tape:
            loss = tf.losses.sigmoid_cross_entropy(y, net(x))
        grads = tape.gradient(loss, net.variables)
        optimizer.apply_gradients(zip(grads, net.variables), global_step=global_step)
    print(name, "%.5f" % loss.numpy(), global_step.numpy())

net = Net()
optimizer = tf.train.GradientDescentOptimizer(0.3)
for _ in range(3):
    pairs = optimizer.compute_gradients(lambda: tf.losses.mean_squared_error(y, net(x)), net.variables)
    pairs = [(tf.clip_by_norm(g, 0.5), v) for g, v in pairs]
    optimizer.apply_gradients(pairs)
print([tuple(v.shape.as_list()) for _, v in pairs], "%.5f" % tf.losses.mean_squared_error(y, net(x)))
with tf.variable_scope("scope", reuse=tf.AUTO_REUSE):
    a = tf.get_variable("a", shape=[2], initializer=tf.ones_initializer())
print(a.name, tf.reduce_sum(a).numpy(), tf.to_float(3).numpy(), tf.div(7, 2).numpy())
print(
    tf.global_variables_initializer(),
    tf.executing_eagerly(),
    tf.shape(x).numpy(),
    tf.log(2.0).numpy().round(5),
)
labels = tf.one_hot([0, 2], 3)
print(tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=tf.zeros([2, 3])).numpy().round(5))
print(
    tf.losses.softmax_cross_entropy(labels, tf.zeros([2, 3])).numpy().round(5),
    tf.squeeze([[1.0]], axis=[0]).numpy(),
)
for call in (lambda: tf.placeholder(tf.float32),):
    try:
        call()
    except (RuntimeError, AttributeError) as error:
        print(type(error).__name__)
