"""Skip-gram with a sampled softmax, and neighbours by cosine similarity."""

import collections

import numpy as np
import tensorflow as tf

tf.random.set_seed(5)
text = "the quick brown fox jumps over the lazy dog the dog sleeps and the fox runs over the hill the hill is brown"
words = text.split()
counts = collections.Counter(words).most_common()
index = {word: i for i, (word, _) in enumerate(counts)}
ids = [index[word] for word in words]
pairs = [
    (ids[i], ids[j]) for i in range(len(ids)) for j in range(max(0, i - 2), min(len(ids), i + 3)) if i != j
]
centers = np.array([pair[0] for pair in pairs], np.int64)
contexts = np.array([[pair[1]] for pair in pairs], np.int64)
vocabulary, size, sampled = len(index), 8, 6

embedding = tf.Variable(tf.random.uniform([vocabulary, size], -1.0, 1.0))
nce_weights = tf.Variable(tf.random.truncated_normal([vocabulary, size], stddev=0.3))
nce_biases = tf.Variable(tf.zeros([vocabulary]))
variables = [embedding, nce_weights, nce_biases]


def losses(kind):
    embed = tf.nn.embedding_lookup(embedding, centers)
    function = tf.nn.sampled_softmax_loss if kind == "softmax" else tf.nn.nce_loss
    return tf.reduce_mean(
        function(
            weights=nce_weights,
            biases=nce_biases,
            labels=contexts,
            inputs=embed,
            num_sampled=sampled,
            num_classes=vocabulary,
        )
    )


for kind in ("softmax", "nce"):
    for step in range(15):
        with tf.GradientTape() as tape:
            loss = losses(kind)
        grads = tape.gradient(loss, variables)
        for variable, grad in zip(variables, grads):
            if isinstance(grad, tf.IndexedSlices):
                variable.scatter_sub(tf.IndexedSlices(0.3 * grad.values, grad.indices))
            else:
                variable.assign_sub(0.3 * grad)
        if step % 7 == 0:
            print(kind, step, "%.4f" % loss, [type(grad).__name__ for grad in grads])
normed = tf.math.l2_normalize(embedding, axis=1)
similar = tf.matmul(normed, normed, transpose_b=True)
values, nearest = tf.math.top_k(similar, k=3)
names = [word for word, _ in counts]
for i in range(3):
    print(names[i], [names[j] for j in nearest[i].numpy()], np.round(values[i].numpy(), 3).tolist())
