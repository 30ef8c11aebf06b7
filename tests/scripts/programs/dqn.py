"""Q-learning with a target network and a replay buffer on a small grid."""

import collections
import random

import numpy as np
import tensorflow as tf

random.seed(0)
np.random.seed(0)
tf.random.set_seed(0)
STATES, ACTIONS, GAMMA = 6, 2, 0.9


def env_step(state, action):
    nxt = min(state + 1, STATES - 1) if action == 1 else max(state - 1, 0)
    return nxt, float(nxt == STATES - 1), nxt == STATES - 1


def make():
    return [
        tf.Variable(tf.random.truncated_normal([STATES, 16], stddev=0.4)),
        tf.Variable(tf.zeros([16])),
        tf.Variable(tf.random.truncated_normal([16, ACTIONS], stddev=0.4)),
        tf.Variable(tf.zeros([ACTIONS])),
    ]


def q_values(params, states):
    w1, b1, w2, b2 = params
    return tf.nn.relu(tf.one_hot(states, STATES) @ w1 + b1) @ w2 + b2


online, target = make(), make()
for t, o in zip(target, online):
    t.assign(o)


@tf.function
def update(states, actions, rewards, nexts, dones):
    best = tf.reduce_max(q_values(target, nexts), axis=-1)
    wanted = rewards + GAMMA * best * (1.0 - tf.cast(dones, tf.float32))
    with tf.GradientTape() as tape:
        chosen = tf.gather_nd(
            q_values(online, states), tf.stack([tf.range(tf.shape(actions)[0]), actions], axis=1)
        )
        error = tf.stop_gradient(wanted) - chosen
        loss = tf.reduce_mean(tf.where(tf.abs(error) < 1.0, 0.5 * error**2, tf.abs(error) - 0.5))
    grads = tape.gradient(loss, online)
    grads, norm = tf.clip_by_global_norm(grads, 1.0)
    for v, g in zip(online, grads):
        v.assign_sub(0.5 * g)
    return loss, norm


buffer = collections.deque(maxlen=200)
state, epsilon = 0, 1.0
for step in range(120):
    if random.random() < epsilon:
        action = random.randrange(ACTIONS)
    else:
        action = int(tf.argmax(q_values(online, tf.constant([state])), axis=-1)[0])
    nxt, reward, done = env_step(state, action)
    buffer.append((state, action, reward, nxt, done))
    state = 0 if done else nxt
    epsilon = max(0.1, epsilon * 0.98)
    if len(buffer) >= 16:
        batch = random.sample(buffer, 16)
        s, a, r, n, d = (np.array(column) for column in zip(*batch))
        loss, norm = update(
            s.astype(np.int32), a.astype(np.int32), r.astype(np.float32), n.astype(np.int32), d
        )
    if step % 10 == 0:
        for t, o in zip(target, online):
            t.assign(0.5 * t + 0.5 * o)
    if step % 40 == 39:
        print(f"step {step}: loss {float(loss):.5f} norm {float(norm):.5f} epsilon {epsilon:.4f}")
table = q_values(online, tf.range(STATES))
print(np.round(table.numpy(), 3))
print("policy", tf.argmax(table, axis=1).numpy().tolist())
