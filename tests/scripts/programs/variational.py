"""A variational autoencoder: the reparameterisation, and two terms of the loss."""

import numpy as np
import tensorflow as tf

tf.random.set_seed(17)
data = tf.constant((np.random.RandomState(0).rand(32, 10) < np.linspace(0.1, 0.9, 10)).astype(np.float32))


class VAE(tf.Module):
    def __init__(self, latent=2):
        super().__init__(name="vae")
        self.encoder = tf.Variable(tf.random.normal([10, 2 * latent], stddev=0.2), name="encoder")
        self.decoder = tf.Variable(tf.random.normal([latent, 10], stddev=0.2), name="decoder")
        self.bias = tf.Variable(tf.zeros([10]), name="bias")

    def encode(self, x):
        return tf.split(x @ self.encoder, num_or_size_splits=2, axis=1)

    def reparameterize(self, mean, logvar):
        eps = tf.random.normal(shape=mean.shape)
        return eps * tf.exp(logvar * 0.5) + mean

    def decode(self, z, apply_sigmoid=False):
        logits = z @ self.decoder + self.bias
        return tf.sigmoid(logits) if apply_sigmoid else logits


def log_normal_pdf(sample, mean, logvar, raxis=1):
    log2pi = tf.math.log(2.0 * np.pi)
    return tf.reduce_sum(-0.5 * ((sample - mean) ** 2.0 * tf.exp(-logvar) + logvar + log2pi), axis=raxis)


def compute_loss(model, x):
    mean, logvar = model.encode(x)
    z = model.reparameterize(mean, logvar)
    cross_ent = tf.nn.sigmoid_cross_entropy_with_logits(logits=model.decode(z), labels=x)
    logpx_z = -tf.reduce_sum(cross_ent, axis=[1])
    logpz = log_normal_pdf(z, 0.0, 0.0)
    logqz_x = log_normal_pdf(z, mean, logvar)
    return -tf.reduce_mean(logpx_z + logpz - logqz_x)


model = VAE()


@tf.function
def train_step(x):
    with tf.GradientTape() as tape:
        loss = compute_loss(model, x)
    gradients = tape.gradient(loss, model.trainable_variables)
    for v, g in zip(model.trainable_variables, gradients):
        v.assign_sub(0.05 * g)
    return loss


for epoch in range(1, 41):
    loss = train_step(data)
    if epoch % 10 == 0:
        print(f"Epoch: {epoch}, ELBO: {-loss:.4f}")
print(np.round(model.decode(tf.zeros([1, 2]), True).numpy()[0], 3))
print([v.name for v in model.variables], model.name)
