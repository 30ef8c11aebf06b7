"""An autoencoder without Keras, with Adam written out, and noise in the input."""

import numpy as np
import tensorflow as tf

tf.random.set_seed(42)
data = np.sin(np.linspace(0, 20, 40 * 12)).reshape(40, 12).astype(np.float32)
init = tf.random_uniform_initializer(-0.5, 0.5, seed=3)
params = {
    "enc_w": tf.Variable(init([12, 6])),
    "enc_b": tf.Variable(tf.zeros(6)),
    "dec_w": tf.Variable(init([6, 12])),
    "dec_b": tf.Variable(tf.zeros(12)),
}


class Adam:
    def __init__(self, variables, lr=0.02, beta1=0.9, beta2=0.999, eps=1e-7):
        self.variables, self.lr, self.beta1, self.beta2, self.eps = variables, lr, beta1, beta2, eps
        self.m = [tf.Variable(tf.zeros(v.shape)) for v in variables]
        self.v = [tf.Variable(tf.zeros(v.shape)) for v in variables]
        self.t = tf.Variable(0.0)

    def apply(self, grads):
        self.t.assign_add(1.0)
        for var, g, m, v in zip(self.variables, grads, self.m, self.v):
            m.assign(self.beta1 * m + (1 - self.beta1) * g)
            v.assign(self.beta2 * v + (1 - self.beta2) * tf.square(g))
            m_hat = m / (1 - tf.pow(self.beta1, self.t))
            v_hat = v / (1 - tf.pow(self.beta2, self.t))
            var.assign_sub(self.lr * m_hat / (tf.sqrt(v_hat) + self.eps))


def forward(x, training):
    if training:
        x = x + tf.random.normal(tf.shape(x), stddev=0.05)
    code = tf.nn.elu(x @ params["enc_w"] + params["enc_b"])
    return code, code @ params["dec_w"] + params["dec_b"]


optimizer = Adam(list(params.values()))


@tf.function
def train(x):
    with tf.GradientTape() as tape:
        code, output = forward(x, True)
        loss = tf.reduce_mean((x - output) ** 2)
        loss += 1e-3 * tf.add_n([tf.nn.l2_loss(w) for n, w in params.items() if n.endswith("w")])
        loss += 1e-3 * tf.reduce_mean(tf.abs(code))
    optimizer.apply(tape.gradient(loss, list(params.values())))
    return loss


history = [float(train(data)) for _ in range(40)]
print(["%.5f" % loss for loss in history[::8]])
code, output = forward(data, False)
print("reconstruction", tf.reduce_mean(tf.abs(output - data)).numpy().round(5), code.shape)
print({name: round(float(tf.norm(value)), 4) for name, value in params.items()})
