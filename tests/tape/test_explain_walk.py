"""The walk that takes notes gives what the plain walk gives, to the bit, for every op and every turn of its loop."""

from __future__ import annotations

import numpy as np
import op_points
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.tape import ends
from tfcompat_tape.tape.backward import backward
from tfcompat_tape.tape.explain.notes.walk import Walk


def raw(value):
    if isinstance(value, IndexedSlices):
        return [raw(part) for part in (value.values, value.indices)]
    return getattr(value, "_t", value)


def same(a, b):
    if isinstance(a, list):
        return isinstance(b, list) and all(map(same, a, b))
    if not isinstance(a, torch.Tensor):
        return a is None and b is None
    return (a.dtype, a.shape) == (b.dtype, b.shape) and torch.equal(a.nan_to_num(0.25), b.nan_to_num(0.25))


def compare(tape, targets, sources):
    """Walk one list twice; the plain walk and the one with notes agree, on raw tensors and under another tape."""
    record = tape._record
    starts = [ends.target_node(target, record.id) for target in targets]
    nodes = [ends.source_node(source, record.id) for source in sources]
    pairs = [(node, target) for node, target in zip(starts, targets, strict=True) if node is not None]
    for recorded in (False, True):
        seeds = [torch.ones_like(target._t) for _, target in pairs]
        if recorded:
            seeds = [tf.Tensor(seed, None) for seed in seeds]
        found = []
        for walk in (backward, Walk().run):
            with tf.GradientTape(persistent=True) if recorded else tf.name_scope("plain"):
                try:
                    grads = walk(
                        record, [n for n, _ in pairs], seeds, nodes, recorded=recorded, release=False
                    )
                    found.append([raw(grad) for grad in grads])
                except Exception as error:
                    found.append([str(error)])
        plain, noted = found
        assert len(plain) == len(noted)
        assert all(a == b if isinstance(a, str) else same(a, b) for a, b in zip(plain, noted, strict=True))
    return plain


def tensors(point, op, held):
    """The inputs of a point; some ops take no float64."""
    arrays = [np.asarray(x) for x in (*point.inputs, *held)]
    try:
        op(*map(tf.constant, arrays), **point.attrs)
    except tf.errors.InvalidArgumentError:
        arrays = [x.astype(np.float32) if x.dtype == np.float64 else x for x in arrays]
    return [tf.constant(x) for x in arrays]


HELD = {"SparseAdd": [np.array(0.0)]}  # inputs that a point holds constant: the threshold


@pytest.mark.parametrize("name", op_points.POINTS)
def test_an_op(name):
    point = op_points.POINTS[name]
    op = OPS[name].call
    inputs = tensors(point, op, HELD.get(name, ()))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x for x in inputs if x.dtype.is_floating or x.dtype.is_complex])
        results = tf.nest.flatten(op(*inputs, **point.attrs))
        results = [y * y for y in results if y.dtype.is_floating or y.dtype.is_complex]
    compare(tape, results, inputs)


@tf.custom_gradient
def misfit(x):
    return x * 1.0, lambda dy: tf.reduce_sum(dy)


@tf.custom_gradient
def one_sided(x, y):
    return x * y, lambda dy: (dy * y, None)


def fan_out(v, w):
    h = v * w
    return [h * h + tf.sin(h), h - w]


PROGRAMS = {
    "fan out": fan_out,
    "a source on the way": lambda v, w: [tf.exp(v) * v],
    "several outputs": lambda v, w: [a * b for a, b in zip(tf.split(v, 3), tf.split(w, 3), strict=True)][:2],
    "lookups": lambda v, w: [tf.gather(v, [0, 0, 2]) * 2.0, tf.gather(v, [1])],
    "a lookup and more": lambda v, w: [tf.reduce_sum(tf.gather(v, [0, 1])) + tf.reduce_sum(v * w)],
    "a gradient that does not fit": lambda v, w: [misfit(v) * 2.0],
    "a rule that gives none": lambda v, w: [one_sided(v, w), one_sided(w, v)],
    "rounded": lambda v, w: [tf.round(v) + w],
    "no gradient": lambda v, w: [tf.linalg.logm(tf.cast(tf.linalg.diag(v), tf.complex64))],
    "a target that is a source": lambda v, w: [v, v * w],
    "nothing": lambda v, w: [tf.constant(1.0)],
    "narrow": lambda v, w: [tf.concat([v, tf.constant([1.0]), w * 0.0], 0)],
    "recomputed": lambda v, w: [tf.recompute_grad(lambda a: tf.tanh(a) * w)(v)],
    "a loop": lambda v, w: [tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * v), [0, w])[1]],
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program(name):
    v, w = tf.constant([0.3, 0.7, 1.1]), tf.Variable([1.0, -2.0, 0.5])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(v)
        targets = PROGRAMS[name](v, w)
        inner = tf.sin(v)
        targets.append(inner * w)
    compare(tape, targets, [v, w, inner])


def test_within_autocast():
    v, w = tf.Variable(tf.ones([4, 4])), tf.Variable(tf.ones([4, 4]) / 3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.matmul(v, w)
    with torch.autocast("cpu", torch.bfloat16):
        (dv, _) = compare(tape, [y], [v, w])
    assert dv.dtype == torch.float32


@pytest.mark.parametrize("explain", [False, True])
def test_a_tape_lets_go(explain):
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape(explain=explain) as tape:
        y = tf.exp(v) * v
    entry = y._node
    tape.gradient(y, v)
    assert entry.inputs == entry.outputs == entry.parents == ()
