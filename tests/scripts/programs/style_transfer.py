"""Gram matrices of convolutions are matched by changing the pixels of an image."""

import numpy as np
import tensorflow as tf

tf.random.set_seed(1)
filters = [tf.random.normal([3, 3, 3, 4], stddev=0.3), tf.random.normal([3, 3, 4, 6], stddev=0.3)]


def features(image):
    found, x = [], image
    for kernel in filters:
        x = tf.nn.relu(tf.nn.conv2d(x, kernel, strides=1, padding="SAME"))
        found.append(x)
        x = tf.nn.avg_pool2d(x, 2, 2, "VALID")
    return found


def gram_matrix(tensor):
    result = tf.linalg.einsum("bijc,bijd->bcd", tensor, tensor)
    locations = tf.cast(tf.shape(tensor)[1] * tf.shape(tensor)[2], tf.float32)
    return result / locations


grid = np.linspace(0, 1, 16, dtype=np.float32)
content = np.stack([*np.meshgrid(grid, grid, indexing="ij"), np.full((16, 16), 0.5, np.float32)], -1)[None]
style = (np.indices((16, 16)).sum(0) % 2).astype(np.float32)[None, ..., None].repeat(3, -1)
targets = [gram_matrix(f) for f in features(tf.constant(style))]
content_target = features(tf.constant(content))[-1]
image = tf.Variable(content)


@tf.function()
def train_step():
    with tf.GradientTape() as tape:
        outputs = features(image)
        style_loss = tf.add_n([tf.reduce_mean((gram_matrix(f) - t) ** 2) for f, t in zip(outputs, targets)])
        content_loss = tf.reduce_mean((outputs[-1] - content_target) ** 2)
        variation = tf.reduce_sum(tf.image.total_variation(image))
        loss = 10.0 * style_loss + content_loss + 1e-4 * variation
    grad = tape.gradient(loss, image)
    image.assign(tf.clip_by_value(image - 0.5 * grad, 0.0, 1.0))
    return loss, style_loss, content_loss, variation


for step in range(12):
    parts = train_step()
    if step % 4 == 0:
        print(step, " ".join(f"{float(part):.4f}" for part in parts))
result = image.read_value()
print("mean %.5f std %.5f" % (tf.reduce_mean(result), tf.math.reduce_std(result)))
print(tf.image.convert_image_dtype(result[0, :2, :2], tf.uint8).numpy().tolist())
