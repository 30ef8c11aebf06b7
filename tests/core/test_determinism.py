"""What `tf.config.experimental.enable_op_determinism` asks of random ops."""

import pytest
import torch

import tfcompat_tape as tf

RANDOM = {
    "uniform": lambda **kw: tf.random.uniform([2], **kw),
    "normal": lambda **kw: tf.random.normal([2], **kw),
    "gamma": lambda **kw: tf.random.gamma([2], 1.0, **kw),
    "categorical": lambda **kw: tf.random.categorical([[0.0, 1.0]], 2, **kw),
    "shuffle": lambda **kw: tf.random.shuffle([1, 2, 3], **kw),
    "dropout": lambda **kw: tf.nn.dropout([1.0, 2.0], 0.5, **kw),
}


@pytest.mark.parametrize("name", RANDOM)
def test_random_ops_want_a_seed_when_determinism_is_enabled(name):
    """As TensorFlow has it: RuntimeError from functions, InvalidArgumentError from ops."""
    tf.random.set_seed(None)
    try:
        tf.config.experimental.enable_op_determinism()
        with pytest.raises(RuntimeError, match="require a seed to be set when determinism is enabled"):
            RANDOM[name]()
        with pytest.raises(tf.errors.InvalidArgumentError, match="must have a seed"):
            tf.raw_ops.RandomUniform(shape=[2], dtype=tf.float32)
        with pytest.raises(RuntimeError, match="determinism"):
            tf.random.Generator.from_non_deterministic_state()
        RANDOM[name](seed=1)
        tf.random.set_seed(5)
        RANDOM[name]()
    finally:
        torch.use_deterministic_algorithms(False)
        tf.random.set_seed(None)
    RANDOM[name]()
