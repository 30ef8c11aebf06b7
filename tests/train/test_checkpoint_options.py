"""Options of checkpoints that have no effect here are refused where TensorFlow's would be missed."""

from __future__ import annotations

from typing import Any

import pytest

import tfcompat_tape as tf


@pytest.mark.parametrize("options", [tf.train.CheckpointOptions, tf.saved_model.SaveOptions])
def test_a_sharding_callback(options: Any) -> None:
    with pytest.raises(ValueError, match="ShardingCallback"):
        options(experimental_sharding_callback=lambda tensors: [])
    assert options(experimental_sharding_callback=None).experimental_sharding_callback is None
