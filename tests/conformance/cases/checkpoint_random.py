"""Graphs of objects made at random: what is written, what comes back into other graphs, and what is said of it."""

import os
import random
import sys

sys.path.insert(0, os.path.dirname(__file__))

from _checkpoints import asked, folder, written
from conformance_kit import raises, script

KEYS = ("a", "b", "c", "x/y", "p.q", "w1", "_z", "a.b/c")


def value(tf, chance):
    kind = chance.randrange(6)
    if kind == 0:
        return tf.Variable([float(chance.randrange(9)) for _ in range(chance.choice([1, 2, 2, 3]))])
    if kind == 1:
        return tf.Variable(chance.randrange(50))
    if kind == 2:
        return tf.Variable(chance.choice(["a", "bb", ""]))
    return tf.Variable(float(chance.randrange(100)))


def node(tf, chance, depth, pool):
    """A Variable, a module, or a list, dict or tuple of such; some of them are shared."""
    kind = chance.randrange(12)
    if depth <= 0 or kind < 4:
        if pool and chance.random() < 0.15:
            return chance.choice(pool)
        pool.append(value(tf, chance))
        return pool[-1]
    if kind < 7:
        module = tf.Module()
        for name in chance.sample("abcde", chance.randrange(4)):
            setattr(module, name, node(tf, chance, depth - 1, pool))
        pool.append(module)
        return module
    if kind < 9:
        return [node(tf, chance, depth - 1, pool) for _ in range(chance.randrange(4))]
    if kind < 11:
        return {key: node(tf, chance, depth - 1, pool) for key in chance.sample(KEYS, chance.randrange(4))}
    return tuple(node(tf, chance, depth - 1, pool) for _ in range(chance.randrange(1, 3)))


def filled(tf, module, chance):
    pool = []
    for name in chance.sample("abcdef", chance.randrange(1, 5)):
        setattr(module, name, node(tf, chance, 3, pool))
    return module


def values(module):
    return [variable.numpy() for variable in module.variables]


def cleared(tf, module):
    for variable in module.variables:
        variable.assign(
            tf.zeros_like(variable) if variable.dtype != tf.string else tf.fill(variable.shape, "z")
        )
    return module


def program(seed):
    def run(tf):
        with folder() as d:
            make = (
                (lambda m: tf.train.Checkpoint(m)) if seed % 2 else (lambda m: tf.train.Checkpoint(model=m))
            )
            checkpoint = make(filled(tf, tf.Module(), random.Random(seed)))
            out = [written(tf, checkpoint, d)]
            path = (
                checkpoint.save(os.path.join(d, "x")) if seed % 3 else checkpoint.write(os.path.join(d, "x"))
            )
            same = cleared(tf, filled(tf, tf.Module(), random.Random(seed)))
            raises(lambda: delattr(same, random.Random(seed).choice("abcdef")))
            checkpoint = make(same)
            out += [asked(checkpoint.restore(path)), values(same)]
            late = tf.Module()
            checkpoint = make(late)
            status = checkpoint.read(path)
            filled(tf, late, random.Random(seed))
            return [*out, values(late), asked(status)]

    return run


for number in range(24):
    script(f"checkpoint of random objects {number}", program(number))
