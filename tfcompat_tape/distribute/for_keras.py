"""What Keras needs to train on several replicas, where its own functions do not serve.

They are wrapped once Keras is loaded and a strategy of several replicas is there; one process alone does not come here.
Each process runs Keras's callbacks and saves: a file is written beside its place, and put there as a whole.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core import processes, reading

_DONE: set[str] = set()


def prepare() -> None:
    """Wrap the functions of Keras that are loaded, if they are not wrapped yet."""
    if len(_DONE) == len(_WRAPPED):
        return
    for where, make in _WRAPPED.items():
        module, _, name = where.partition(":")
        owner: Any = sys.modules.get(module)
        *holders, name = name.split(".")
        for holder in holders:
            owner = getattr(owner, holder, None)
        plain = getattr(owner, name, None)
        if plain is not None and where not in _DONE:
            setattr(owner, name, make(plain))
            _DONE.add(where)


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


# -- files -------------------------------------------------------------------------------------------------------------


def _whole(plain: Any) -> Any:
    """A save whose files lie in a directory of this process's own until they are whole."""

    def save(model: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(filepath, (str, os.PathLike)) or "://" in os.fspath(filepath):
            return plain(model, filepath, *args, **kwargs)
        path = os.fspath(filepath)
        target = os.path.dirname(path) or "."
        if not os.path.isdir(target):
            return plain(model, filepath, *args, **kwargs)
        made = os.path.join(target, f".{os.path.basename(path)}.{os.getpid()}.partial")
        os.mkdir(made)
        try:
            found = plain(model, os.path.join(made, os.path.basename(path)), *args, **kwargs)
            for folder, _, names in os.walk(made):
                there = os.path.join(target, os.path.relpath(folder, made))
                os.makedirs(there, exist_ok=True)
                for name in names:
                    os.replace(os.path.join(folder, name), os.path.join(there, name))
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return found

    return save


def _directories(plain: Any) -> Any:
    """Another process may make the same directory at the same time."""

    def makedirs(path: Any) -> Any:
        return plain(path) if "://" in str(path) else os.makedirs(path, exist_ok=True)

    return makedirs


def _one_log(plain: Any) -> Any:
    """The first replica writes the log of all."""

    def on_train_begin(self: Any, logs: Any = None) -> Any:
        if processes.silent:
            self.filename, self.append = os.devnull, False
        return plain(self, logs)

    return on_train_begin


def _in_turn(plain: Any) -> Any:
    """Replicas remove the backup one after another, when none of them writes it any more."""

    def on_train_end(self: Any, logs: Any = None) -> None:
        from tfcompat_tape.distribute import ranks

        world = ranks.world()
        assert world is not None
        for rank in range(world.size):
            world.barrier("the end of a backup")
            if rank == world.rank:
                plain(self, logs)
        world.barrier("the end of a backup")

    return on_train_end


_WRAPPED: dict[str, Callable[[Any], Any]] = {
    "keras.src.losses.loss:reduce_values": _losses_of_none,
    "keras.src.backend.tensorflow.trainer:reduce_per_replica": _mean_over_workers,
    "keras.src.saving.saving_lib:save_model": _whole,
    "keras.src.saving.saving_lib:save_weights_only": _whole,
    "keras.src.legacy.saving.legacy_h5_format:save_model_to_hdf5": _whole,
    "keras.src.utils.file_utils:makedirs": _directories,
    "keras.src.callbacks.csv_logger:CSVLogger.on_train_begin": _one_log,
    "keras.src.callbacks.backup_and_restore:BackupAndRestore.on_train_end": _in_turn,
}
