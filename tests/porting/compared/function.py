"""A training step in a tf.function, with dropout and a embedding whose gradient is IndexedSlices."""

import tensorflow as tf

table = tf.Variable(tf.random.uniform([10, 4]), name="table")
out = tf.Variable(tf.random.normal([4, 2], stddev=0.5), name="out")


@tf.function
def step(ids, labels):
    with tf.GradientTape() as tape:
        h = tf.nn.dropout(tf.nn.embedding_lookup(table, ids), 0.25)
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=tf.tanh(h) @ out)
        )
    grads = tape.gradient(loss, [table, out])
    table.scatter_sub(tf.IndexedSlices(0.1 * grads[0].values, grads[0].indices))
    out.assign_sub(0.1 * grads[1])
    return loss


for i in range(4):
    loss = step(tf.constant([i, i + 3, 2]), tf.constant([0, 1, i % 2]))
    print("loss", i, loss.numpy())
