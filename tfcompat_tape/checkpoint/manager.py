"""`tf.train.CheckpointManager` and `tf.train.checkpoints_iterator`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from tfcompat_tape.checkpoint import sharded
from tfcompat_tape.checkpoint.management import (
    get_checkpoint_state,
    latest_checkpoint,
    remove_checkpoint,
    update_checkpoint_state,
)
from tfcompat_tape.checkpoint.options import CheckpointOptions
from tfcompat_tape.checkpoint.saving import in_format
from tfcompat_tape.core import reading
from tfcompat_tape.io.paths import local
from tfcompat_tape.printing import get_logger


class CheckpointManager:
    """Keeps the last checkpoints of a directory, and knows them again after a restart.

    Args:
      checkpoint: the `tf.train.Checkpoint`.
      directory: where they lie.
      max_to_keep: how many; None for all.
      keep_checkpoint_every_n_hours: besides, one of each so many hours is kept.
      checkpoint_name: `NAME-1`, `NAME-2`, ...
      step_counter, checkpoint_interval: `save` does nothing before so many steps have gone by.
      init_fn: called by `restore_or_initialize` where there is no checkpoint.
      last_checkpoint_step: the step of the last checkpoint.

    Raises:
      ValueError: `max_to_keep` below 1, or an interval without a counter.

    Source: `tf.train.CheckpointManager`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    >>> manager = tf.train.CheckpointManager(checkpoint, tempfile.mkdtemp(), max_to_keep=2)
    >>> for _ in range(3):
    ...     path = manager.save()
    >>> [os.path.basename(path) for path in manager.checkpoints]
    ['ckpt-2', 'ckpt-3']
    """

    def __init__(
        self,
        checkpoint: Any,
        directory: Any,
        max_to_keep: int | None,
        keep_checkpoint_every_n_hours: float | None = None,
        checkpoint_name: str = "ckpt",
        step_counter: Any = None,
        checkpoint_interval: int | None = None,
        init_fn: Callable[[], Any] | None = None,
        last_checkpoint_step: Any = None,
    ) -> None:
        self._checkpoint = checkpoint
        self._save_counter_assign = None
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError(f"Expected a positive integer or `None` for `max_to_keep`, got {max_to_keep}.")
        self._max_to_keep = max_to_keep
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._directory = os.fspath(directory)
        self._checkpoint_prefix = os.path.join(local(directory), checkpoint_name)
        self._init_fn = init_fn
        if checkpoint_interval is not None and step_counter is None:
            raise ValueError("`step_counter` should be passed if `checkpoint_interval` is not None.")
        self._checkpoint_interval = checkpoint_interval
        self._step_counter = step_counter
        self._last_checkpoint_step = last_checkpoint_step
        now = time.time()
        self._kept: dict[str, float] = {}
        self._latest: str | None = None
        self._last_preserved = now - 1.0
        state = get_checkpoint_state(directory)
        if state is None:
            return
        self._latest = state.model_checkpoint_path
        self._last_preserved = state.last_preserved_timestamp or self._last_preserved
        if self._last_preserved > now:
            get_logger().warning(
                f"time.time() returned a value {self._last_preserved - now} seconds behind the last preserved "
                "checkpoint timestamp."
            )
            self._last_preserved = now
        times = list(state.all_model_checkpoint_timestamps)
        paths = list(state.all_model_checkpoint_paths)
        if len(times) != len(paths):
            times = [now] * len(paths)
        self._kept = dict(zip(paths, times, strict=True))

    @property
    def directory(self) -> str:
        """Where the checkpoints lie."""
        return self._directory

    @property
    def checkpoint_interval(self) -> int | None:
        """How many steps lie between two checkpoints."""
        return self._checkpoint_interval

    @property
    def latest_checkpoint(self) -> str | None:
        """The path of the last one, for `restore`; None if there is none."""
        return self._latest

    @property
    def checkpoints(self) -> list[str]:
        """The paths of those that are kept, the oldest first; not of those that are kept for each so many hours."""
        return list(self._kept)

    @property
    def checkpoint(self) -> Any:
        """The `tf.train.Checkpoint`."""
        return self._checkpoint

    @property
    def _prefix(self) -> str:
        return self._checkpoint_prefix

    def _record_state(self, here: bool) -> None:
        if here and self._latest is not None:
            update_checkpoint_state(
                local(self._directory),
                self._latest,
                all_model_checkpoint_paths=list(self._kept),
                all_model_checkpoint_timestamps=list(self._kept.values()),
                last_preserved_timestamp=self._last_preserved,
                save_relative_paths=True,
            )

    def _sweep(self, here: bool) -> None:
        """Remove the oldest ones, but one of each so many hours."""
        if not self._max_to_keep:
            return
        hours = self._keep_checkpoint_every_n_hours
        while len(self._kept) > self._max_to_keep:
            path = next(iter(self._kept))
            written = self._kept.pop(path)
            if hours and written - hours * 3600.0 >= self._last_preserved:
                self._last_preserved = written
                continue
            if here:
                remove_checkpoint(path)

    def save(
        self,
        checkpoint_number: Any = None,
        check_interval: bool = True,
        options: CheckpointOptions | None = None,
        *,
        format: str = "tensorflow",
    ) -> str | None:
        """Write a checkpoint, then remove the oldest if there are too many.

        Args:
          checkpoint_number: in its name; the `save_counter` of the checkpoint by default.
          check_interval: whether to do nothing if too few steps have gone by since the last one.
          format: see `tf.train.Checkpoint.write`.

        Returns:
          its path; None if nothing was done. Raises what `tf.train.Checkpoint.write` raises.
        """
        reading.at_each_call("a checkpoint")
        if self._checkpoint_interval is not None:
            step = int(self._step_counter)
            if (
                check_interval
                and self._last_checkpoint_step is not None
                and step < self._last_checkpoint_step + self._checkpoint_interval
            ):
                return None
            self._last_checkpoint_step = step
        counter = self._checkpoint.save_counter
        counter.assign_add(1, read_value=False)
        number = int(counter if checkpoint_number is None else checkpoint_number)
        path: str = self._checkpoint.write(
            f"{self._checkpoint_prefix}-{number}", options=options, **in_format(format)
        )
        self._kept.pop(path, None)
        self._kept[path] = time.time()
        self._latest = path
        with sharded.first_alone(format == "distributed") as here:
            # Said before anything is removed: who is stopped in between finds the new one.
            self._record_state(here)
            self._sweep(here)
            self._record_state(here)
        return path

    def restore_or_initialize(self) -> str | None:
        """Restore the last checkpoint; where there is none, call `init_fn`.

        Returns:
          the path of what was restored, or None.
        """
        if self._latest is not None:
            self._checkpoint.restore(self._latest)
            if self._checkpoint_interval is not None:
                self._last_checkpoint_step = int(self._step_counter)
            return self._latest
        if self._init_fn is not None:
            self._init_fn()
            get_logger().info("Customized initialization is done through the passed `init_fn`.")
        return None

    def sync(self) -> None:
        """Nothing is left to do: a save is over when it returns."""


def checkpoints_iterator(
    checkpoint_dir: Any,
    min_interval_secs: float = 0,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
) -> Iterator[str]:
    """The paths of new checkpoints of a directory, as they come.

    Args:
      min_interval_secs: the least time between two.
      timeout: how long to wait for one, in seconds; for ever by default.
      timeout_fn: called when that is over: true ends the iteration, and so does its lack.

    Source: `tf.train.checkpoints_iterator`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> list(tf.train.checkpoints_iterator(tempfile.mkdtemp(), timeout=0))
    []
    """
    last = None
    while True:
        found = _wait(checkpoint_dir, last, timeout)
        if found is None:
            if timeout_fn is None or timeout_fn():
                return
            continue
        start = time.time()
        last = found
        yield found
        time.sleep(max(0.0, start + min_interval_secs - time.time()))


def _wait(directory: Any, last: str | None, timeout: float | None) -> str | None:
    """The last checkpoint of a directory once it is another than `last`; None if it takes too long."""
    end = None if timeout is None else time.time() + timeout
    while True:
        found = latest_checkpoint(directory)
        if found is not None and found != last:
            return found
        if end is not None and time.time() + 1.0 > end:
            return None
        time.sleep(1.0)
