"""What Keras needs to train on several replicas, where its own functions do not serve.

They are wrapped once Keras is loaded and a replica runs; one process alone does not come here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core import reading

_LOSS, _TRAINER = "keras.src.losses.loss", "keras.src.backend.tensorflow.trainer"


def prepare() -> None:
    """Wrap the functions of Keras, if it is loaded and they are not wrapped yet."""
    _wrap(_LOSS, "reduce_values", _losses_of_none)
    _wrap(_TRAINER, "reduce_per_replica", _mean_over_workers)


def _wrap(module: str, name: str, make: Callable[[Any], Any]) -> None:
    loaded: Any = sys.modules.get(module)
    plain = getattr(loaded, name, None)
    if plain is not None and not hasattr(plain, "__wrapped__"):
        made = make(plain)
        made.__wrapped__ = plain
        setattr(loaded, name, made)


def _losses_of_none(plain: Any) -> Any:
    """In a traced function the mean of no losses is zero: a replica's part of a batch may be empty.

    Keras returns losses of no examples as they are where their shape says that there are none, and a metric makes
    NaN of them. In TensorFlow's graphs the shape does not say so: the size of a batch is open there.
    """

    def reduce_values(values: Any, sample_weight: Any = None, reduction: Any = "sum_over_batch_size") -> Any:
        traced = reading.current.tracer is not None
        if traced and reduction not in (None, "none") and tuple(values.shape) == (0,):
            values = values[:, None]
        return plain(values, sample_weight, reduction)

    return reduce_values


def _mean_over_workers(plain: Any) -> Any:
    """What workers log is a scalar of each, whose mean Keras takes along an axis that a scalar does not have."""

    def reduce_per_replica(values: Any, strategy: Any, reduction: str) -> Any:
        several = getattr(strategy, "_several", None)
        if several is None or not several.by_value or reduction not in ("auto", "mean"):
            return plain(values, strategy, reduction)
        return nest.map_structure(lambda x: strategy.reduce("MEAN", x, axis=None), values)

    return reduce_per_replica
