"""`tf.train.CheckpointOptions`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def one_shard(callback: Any) -> None:
    """Refuse a callback that would say how values are spread over files."""
    if callback is not None:
        raise ValueError(
            "The experimental_sharding_callback checkpoint option must be of type ShardingCallback. The option "
            f"provided was of type {type(callback)}. There is no ShardingCallback here: a checkpoint is one file of "
            'values. Leave the option out; Checkpoint.write(path, format="distributed") writes a file for each rank.'
        )


class CheckpointOptions:
    """How to save and restore.

    Args:
      experimental_io_device: taken for compatibility.
      experimental_enable_async_checkpoint, enable_async: taken for compatibility: a save is over when it returns.
      experimental_write_callbacks: functions that are called after a write, with its path if they take an argument.
      experimental_skip_slot_variables: leave out what optimizers keep for variables.
      experimental_sharding_callback: `None`: a checkpoint is one shard. (`write(format="distributed")` has one for each
        rank.)

    Raises:
      ValueError: a callback is given. TypeError: what is to be called after a write is no function.

    Source: `tf.train.CheckpointOptions`.

    >>> import tfcompat_tape as tf
    >>> tf.train.CheckpointOptions(experimental_skip_slot_variables=True).experimental_skip_slot_variables
    True
    """

    __slots__ = (
        "enable_async",
        "experimental_enable_async_checkpoint",
        "experimental_io_device",
        "experimental_sharding_callback",
        "experimental_skip_slot_variables",
        "experimental_write_callbacks",
    )

    def __init__(
        self,
        experimental_io_device: str | None = None,
        experimental_enable_async_checkpoint: bool = False,
        experimental_write_callbacks: Sequence[Callable[..., Any]] | None = None,
        enable_async: bool = False,
        experimental_skip_slot_variables: bool = False,
        experimental_sharding_callback: Any = None,
    ) -> None:
        self.experimental_io_device = experimental_io_device
        self.enable_async = experimental_enable_async_checkpoint or enable_async
        self.experimental_enable_async_checkpoint = self.enable_async
        for callback in experimental_write_callbacks or ():
            if not callable(callback):
                raise TypeError(f"experimental_write_callbacks has {callback!r}, which is no function")
        self.experimental_write_callbacks = experimental_write_callbacks
        self.experimental_skip_slot_variables = experimental_skip_slot_variables
        self.experimental_sharding_callback = one_shard(experimental_sharding_callback)

    def __copy__(self) -> CheckpointOptions:
        made = CheckpointOptions()
        for name in self.__slots__:
            setattr(made, name, getattr(self, name))
        return made


def call_write_callbacks(options: CheckpointOptions | None, path: str) -> None:
    """Call the functions that wait for a write."""
    import inspect

    for callback in (options.experimental_write_callbacks if options else None) or ():
        takes = len(inspect.signature(callback).parameters)
        if takes > 1:
            raise AssertionError(f"A write callback takes one argument, the path, or none: {callback!r}")
        callback(path) if takes else callback()
