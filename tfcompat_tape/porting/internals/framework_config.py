"""`tensorflow.python.framework.config`: whether kernels have to give the same bits each time."""

from __future__ import annotations

import torch

from tfcompat_tape.ops import seeds

__all__ = ["disable_op_determinism", "is_op_determinism_enabled"]


def is_op_determinism_enabled() -> bool:
    """Whether `tf.config.experimental.enable_op_determinism` was called."""
    return seeds.must_be_seeded()


def disable_op_determinism() -> None:
    """Take back `tf.config.experimental.enable_op_determinism`."""
    torch.use_deterministic_algorithms(False)
