"""`tensorflow.python.saved_model.model_utils.mode_keys`."""

from __future__ import annotations

__all__ = ["KerasModeKeys"]


class KerasModeKeys:
    """What a model is run for."""

    TRAIN = "train"
    TEST = "test"
    PREDICT = "predict"
