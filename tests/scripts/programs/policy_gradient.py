"""REINFORCE with a baseline on bandits whose pay depends on the context."""

import numpy as np
import tensorflow as tf

tf.random.set_seed(11)
np.random.seed(11)
payoff = np.array([[0.1, 0.8, 0.2], [0.9, 0.3, 0.1], [0.2, 0.2, 0.7]], np.float32)
logits_table = tf.Variable(tf.zeros([3, 3]))
baseline = tf.Variable(tf.zeros([3]))

for episode in range(60):
    contexts = np.random.randint(0, 3, size=16)
    with tf.GradientTape(persistent=True) as tape:
        logits = tf.gather(logits_table, contexts)
        actions = tf.squeeze(tf.random.categorical(logits, 1), axis=1)
        rewards = tf.gather_nd(payoff, tf.stack([tf.constant(contexts, tf.int64), actions], 1))
        value = tf.gather(baseline, contexts)
        advantage = tf.stop_gradient(rewards - value)
        log_prob = tf.reduce_sum(tf.one_hot(actions, 3) * tf.nn.log_softmax(logits), axis=1)
        probabilities = tf.nn.softmax(logits)
        entropy = -tf.reduce_sum(probabilities * tf.math.log(probabilities + 1e-8), axis=1)
        actor = -tf.reduce_mean(log_prob * advantage + 0.01 * entropy)
        critic = tf.reduce_mean(tf.square(rewards - value))
    policy_grad = tape.gradient(actor, logits_table)
    value_grad = tape.gradient(critic, baseline)
    del tape
    logits_table.assign_sub(4.0 * tf.convert_to_tensor(policy_grad))
    baseline.scatter_sub(tf.IndexedSlices(0.5 * value_grad.values, value_grad.indices))
    if episode % 20 == 0 or episode == 59:
        print(f"{episode:3d} reward {tf.reduce_mean(rewards):.3f} actor {actor:.4f} critic {critic:.4f}")

returns = tf.scan(lambda total, r: r + 0.9 * total, tf.constant([1.0, 0.0, 2.0, 1.0]), reverse=True)
print("returns", returns.numpy().round(4).tolist())
tf.debugging.assert_near(tf.reduce_sum(tf.nn.softmax(logits_table), 1), tf.ones([3]))
print(np.round(tf.nn.softmax(logits_table).numpy(), 3).tolist())
print(tf.argmax(logits_table, 1).numpy())
