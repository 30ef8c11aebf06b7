"""A generator and a discriminator on points of a circle, both steps in one function with two tapes."""

import numpy as np
import tensorflow as tf

tf.random.set_seed(123)
angles = np.linspace(0, 2 * np.pi, 32, endpoint=False)
real_points = tf.constant(np.stack([np.cos(angles), np.sin(angles)], 1), tf.float32)


def dense(inputs, outputs):
    limit = np.sqrt(6.0 / (inputs + outputs))
    return tf.Variable(tf.random.uniform([inputs, outputs], -limit, limit)), tf.Variable(tf.zeros([outputs]))


g_layers = [dense(4, 16), dense(16, 2)]
d_layers = [dense(2, 16), dense(16, 1)]
g_vars = [v for layer in g_layers for v in layer]
d_vars = [v for layer in d_layers for v in layer]


def run(layers, x, slope):
    for i, (w, b) in enumerate(layers):
        x = x @ w + b
        if i < len(layers) - 1:
            x = tf.nn.leaky_relu(x, alpha=slope)
    return x


def cross_entropy(labels, logits):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))


@tf.function
def train_step(real):
    noise = tf.random.normal([32, 4])
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        fake = run(g_layers, noise, 0.2)
        real_output, fake_output = run(d_layers, real, 0.2), run(d_layers, fake, 0.2)
        gen_loss = cross_entropy(tf.ones_like(fake_output), fake_output)
        disc_loss = cross_entropy(tf.ones_like(real_output), real_output)
        disc_loss += cross_entropy(tf.zeros_like(fake_output), fake_output)
    gen_grads = gen_tape.gradient(gen_loss, g_vars)
    disc_grads = disc_tape.gradient(disc_loss, d_vars)
    for v, g in list(zip(g_vars, gen_grads)) + list(zip(d_vars, disc_grads)):
        v.assign_sub(0.1 * g)
    return gen_loss, disc_loss, fake


def penalty(real, fake):
    mix = tf.random.uniform([32, 1], seed=9)
    middle = mix * real + (1 - mix) * fake
    with tf.GradientTape() as tape:
        tape.watch(middle)
        score = run(d_layers, middle, 0.2)
    norms = tf.norm(tape.gradient(score, middle), axis=1)
    return tf.reduce_mean((norms - 1.0) ** 2)


for step in range(30):
    gen_loss, disc_loss, fake = train_step(real_points)
    if step % 10 == 0:
        print("step %d gen %.4f disc %.4f" % (step, gen_loss.numpy(), disc_loss.numpy()))
with tf.GradientTape() as tape:
    value = penalty(real_points, fake)
grads = tape.gradient(value, d_vars)
print("penalty %.5f" % value, [None if g is None else round(float(tf.norm(g)), 4) for g in grads])
print("mean", tf.reduce_mean(fake, 0).numpy().round(4).tolist())
