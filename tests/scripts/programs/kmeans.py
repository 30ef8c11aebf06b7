"""Clusters by Lloyd's algorithm in a while loop of a function, and principal components by the SVD."""

import numpy as np
import tensorflow as tf

rng = np.random.default_rng(5)
points = np.concatenate([rng.normal(c, 0.3, (20, 2)) for c in ((0, 0), (3, 3), (0, 4))]).astype(np.float32)


@tf.function
def lloyd(points, centers, tolerance):
    moved = tf.constant(np.inf, tf.float32)
    rounds = 0
    while moved > tolerance:
        distances = tf.reduce_sum((points[:, None] - centers[None]) ** 2, axis=-1)
        nearest = tf.argmin(distances, axis=1, output_type=tf.int32)
        new = tf.math.unsorted_segment_mean(points, nearest, tf.shape(centers)[0])
        moved = tf.reduce_max(tf.norm(new - centers, axis=1))
        centers = new
        rounds += 1
    return centers, nearest, rounds


start = tf.gather(points, [0, 1, 25])
centers, nearest, rounds = lloyd(tf.constant(points), start, tf.constant(1e-4))
print(rounds.numpy(), centers.numpy().round(4).tolist())
print(tf.math.bincount(nearest).numpy().tolist(), tf.unique(nearest).y.numpy().tolist())

centered = points - tf.reduce_mean(points, axis=0)
s, u, v = tf.linalg.svd(centered, full_matrices=False)
print("variances", (s**2 / (len(points) - 1)).numpy().round(4).tolist())
projected = centered @ v[:, :1]
print(
    "kept %.5f"
    % (tf.math.reduce_variance(projected) / tf.reduce_sum(tf.math.reduce_variance(centered, axis=0)))
)
covariance = tf.matmul(centered, centered, transpose_a=True) / (len(points) - 1)
values, vectors = tf.linalg.eigh(covariance)
print(values.numpy().round(4).tolist(), tf.abs(tf.linalg.det(vectors)).numpy().round(4))
print(tf.linalg.cholesky(covariance).numpy().round(4).tolist(), f"{tf.linalg.logdet(covariance):.4f}")
top, index = tf.math.top_k(tf.norm(centered, axis=1), k=3)
print(top.numpy().round(4).tolist(), tf.sort(index).numpy().tolist())
