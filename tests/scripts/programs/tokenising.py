"""Sentences become ids by tf.strings and lookup tables, and bags of words a classifier."""

import tensorflow as tf

tf.random.set_seed(8)
sentences = [
    "The movie was GREAT!",
    "what a terrible, terrible film...",
    "great acting; great fun",
    "boring and terrible",
]
labels = tf.constant([1.0, 0.0, 1.0, 0.0])


def standardise(text):
    text = tf.strings.lower(text)
    text = tf.strings.regex_replace(text, "[^a-z ]", "")
    return tf.strings.split(tf.strings.strip(text))


tokens = standardise(sentences)
print(tokens)
print(tokens.row_lengths().numpy(), tokens.to_tensor(default_value="[PAD]").shape)
vocabulary, _, counts = tf.unique_with_counts(tokens.flat_values)
order = tf.argsort(counts, direction="DESCENDING", stable=True)
vocabulary = tf.gather(vocabulary, order)
print(vocabulary[:4].numpy(), tf.gather(counts, order)[:4].numpy())
table = tf.lookup.StaticVocabularyTable(
    tf.lookup.KeyValueTensorInitializer(vocabulary, tf.range(tf.size(vocabulary), dtype=tf.int64)),
    num_oov_buckets=2,
)
ids = tf.ragged.map_flat_values(table.lookup, tokens)
print(ids.to_list(), table.size().numpy())
print(table.lookup(tf.constant(["great", "unseen", "other"])).numpy())
padded = ids.to_tensor(default_value=-1, shape=[None, 6])
print(padded.numpy().tolist())
size = int(table.size())
bags = tf.math.divide_no_nan(
    tf.reduce_sum(tf.one_hot(padded, size), axis=1), tf.cast(tokens.row_lengths(), tf.float32)[:, None]
)
w, b = tf.Variable(tf.zeros([size, 1])), tf.Variable(0.0)
for step in range(60):
    with tf.GradientTape() as tape:
        logits = tf.squeeze(bags @ w, 1) + b
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))
    dw, db = tape.gradient(loss, [w, b])
    w.assign_sub(2.0 * dw)
    b.assign_sub(2.0 * db)
    if step % 20 == 0:
        print(step, "%.5f" % loss)
print(tf.round(tf.sigmoid(logits)).numpy(), b.numpy().round(4))
for word in ("great", "terrible", "fun"):
    print(word, w[int(table.lookup(tf.constant(word)))].numpy().round(4))
print(tf.strings.ngrams(tokens[0], 2).numpy(), tf.strings.length("é", unit="UTF8_CHAR").numpy())
print(tf.strings.join(["a", ["b", "c"]], "-").numpy(), tf.strings.to_number(["1.5", "2"]).numpy())
print(tf.strings.to_hash_bucket_fast(["a", "b"], 100).numpy(), tf.strings.substr("hello", 1, 3).numpy())
print(
    tf.strings.unicode_decode("héllo", "UTF-8").numpy(),
    tf.strings.format("{} and {}", (tf.constant(1), tf.constant([2.5]))),
)
