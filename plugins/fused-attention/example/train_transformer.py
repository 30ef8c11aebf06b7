"""A causal transformer block learns to repeat a sequence: after the separator it says again what came before it.

    python example/train_transformer.py [--steps 100]

To answer, a position must look back to where the same symbol stood: attention is needed, and two blocks
find it out within a hundred steps.
"""

import argparse

from tfcompat_fused_attention import scaled_dot_product_attention

import tfcompat_tape as tf

SYMBOLS, LENGTH, WIDTH, HEADS = 8, 6, 32, 4
SEPARATOR = SYMBOLS
TOTAL = 2 * LENGTH  # the sequence, the separator, and the sequence but for its last symbol


class Block:
    """Attention and a feed-forward network, each with a residual connection and layer normalization before it."""

    def __init__(self, seed):
        def weights(rows, columns, i):
            return tf.Variable(tf.random.normal([rows, columns], stddev=rows**-0.5, seed=10 * seed + i))

        self.qkv = [weights(WIDTH, WIDTH, i) for i in range(3)]
        self.out = weights(WIDTH, WIDTH, 3)
        self.up, self.down = weights(WIDTH, 4 * WIDTH, 4), weights(4 * WIDTH, WIDTH, 5)

    @property
    def variables(self):
        return [*self.qkv, self.out, self.up, self.down]

    def __call__(self, x):
        normed = normalize(x)
        query, key, value = [split_heads(tf.matmul(normed, w)) for w in self.qkv]
        attended = scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + tf.matmul(merge_heads(attended), self.out)
        return x + tf.matmul(tf.nn.gelu(tf.matmul(normalize(x), self.up)), self.down)


def normalize(x):
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + 1e-5)


def split_heads(x):
    return tf.transpose(tf.reshape(x, [*x.shape[:2], HEADS, WIDTH // HEADS]), [0, 2, 1, 3])


def merge_heads(x):
    x = tf.transpose(x, [0, 2, 1, 3])
    return tf.reshape(x, [*x.shape[:2], WIDTH])


class Model:
    """Embeddings of symbols and positions, two blocks, and scores for the next symbol."""

    def __init__(self):
        self.symbols = tf.Variable(tf.random.normal([SYMBOLS + 1, WIDTH], seed=1))
        self.positions = tf.Variable(tf.random.normal([TOTAL, WIDTH], seed=2))
        self.blocks = [Block(3), Block(4)]
        self.scores = tf.Variable(tf.random.normal([WIDTH, SYMBOLS], stddev=WIDTH**-0.5, seed=5))

    @property
    def variables(self):
        return [
            self.symbols,
            self.positions,
            self.scores,
            *[v for block in self.blocks for v in block.variables],
        ]

    def __call__(self, tokens):
        x = tf.gather(self.symbols, tokens) + self.positions
        for block in self.blocks:
            x = block(x)
        return tf.matmul(normalize(x), self.scores)[:, LENGTH:]


def batch(size, seed):
    """Tokens, and what is to be said from the separator on."""
    said = tf.random.stateless_uniform([size, LENGTH], [seed, 0], maxval=SYMBOLS, dtype=tf.int32)
    separator = tf.fill([size, 1], SEPARATOR)
    return tf.concat([said, separator, said[:, :-1]], axis=1), said


class Adam:
    """Adam (Kingma and Ba, 2015)."""

    def __init__(self, variables, rate=3e-3):
        self.variables, self.rate, self.step = variables, rate, 0
        self.means = [tf.zeros_like(v) for v in variables]
        self.squares = [tf.zeros_like(v) for v in variables]

    def apply(self, grads):
        self.step += 1
        for i, (variable, grad) in enumerate(zip(self.variables, grads, strict=True)):
            grad = tf.convert_to_tensor(grad)
            self.means[i] = 0.9 * self.means[i] + 0.1 * grad
            self.squares[i] = 0.99 * self.squares[i] + 0.01 * grad * grad
            mean = self.means[i] / (1.0 - 0.9**self.step)
            square = self.squares[i] / (1.0 - 0.99**self.step)
            variable.assign_sub(self.rate * mean / (tf.sqrt(square) + 1e-8))


def train(steps, size=64, report=print):
    """Returns the loss at each step and the share of symbols that are right on data that was not trained on."""
    model = Model()
    optimizer = Adam(model.variables)
    losses = []
    for step in range(steps):
        tokens, said = batch(size, seed=step)
        with tf.GradientTape() as tape:
            losses_ = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=said, logits=model(tokens))
            loss = tf.reduce_mean(losses_)
        optimizer.apply(tape.gradient(loss, model.variables))
        losses.append(float(loss))
        if step % 50 == 0 or step == steps - 1:
            report(f"step {step:4}  loss {losses[-1]:.4f}")
    tokens, said = batch(512, seed=-1)
    right = tf.equal(tf.argmax(model(tokens), -1, output_type=tf.int32), said)
    return losses, float(tf.reduce_mean(tf.cast(right, tf.float32)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=100)
    _, accuracy = train(parser.parse_args().steps)
    print(f"{accuracy:.1%} of the symbols right (guessing: {1 / SYMBOLS:.1%})")


if __name__ == "__main__":
    main()
