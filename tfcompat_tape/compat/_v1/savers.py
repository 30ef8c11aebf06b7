"""Checkpoints as `tf.compat.v1.train` has them: values by the names of Variables."""

from __future__ import annotations

import os
import time
from typing import Any

from tfcompat_tape.checkpoint import bundle
from tfcompat_tape.checkpoint.checkpoint import Checkpoint as _Checkpoint
from tfcompat_tape.checkpoint.graph import full_name
from tfcompat_tape.checkpoint.listing import load_checkpoint
from tfcompat_tape.checkpoint.management import (
    checkpoint_exists,
    generate_checkpoint_state_proto,
    get_checkpoint_mtimes,
    remove_checkpoint,
)
from tfcompat_tape.checkpoint.management import update_checkpoint_state as _update
from tfcompat_tape.checkpoint.reader import CheckpointReader
from tfcompat_tape.checkpoint.restoring import prepared
from tfcompat_tape.checkpoint.saving import as_array
from tfcompat_tape.core import errors, reading
from tfcompat_tape.core.trackable import VARIABLE_VALUE
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.io.paths import local

__all__ = [
    "Checkpoint",
    "NewCheckpointReader",
    "Saver",
    "checkpoint_exists",
    "generate_checkpoint_state_proto",
    "get_checkpoint_mtimes",
    "init_from_checkpoint",
    "remove_checkpoint",
    "update_checkpoint_state",
]


class Saver:
    """Writes and restores variables by their names, in eager code.

    Args:
      var_list: Variables, or a dict of them by the names to use.
      max_to_keep: how many checkpoints stay; None or 0 for all.
      keep_checkpoint_every_n_hours: besides, one of each so many hours stays.
      pad_step_number: whether the step in a name has eight digits.

    Raises:
      RuntimeError: no variables.

    Source: `tf.compat.v1.train.Saver`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> v = tf.Variable(1.0, name="v")
    >>> saver = tf.compat.v1.train.Saver([v])
    >>> path = saver.save(None, os.path.join(tempfile.mkdtemp(), "model"), global_step=3)
    >>> _ = v.assign(5.0)
    >>> saver.restore(None, path)
    >>> os.path.basename(path), float(v)
    ('model-3', 1.0)
    """

    def __init__(
        self,
        var_list: Any = None,
        reshape: bool = False,
        sharded: bool = False,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
        name: str | None = None,
        restore_sequentially: bool = False,
        saver_def: Any = None,
        builder: Any = None,
        defer_build: bool = False,
        allow_empty: bool = False,
        write_version: int = 2,
        pad_step_number: bool = False,
        save_relative_paths: bool = False,
        filename: str | None = None,
    ) -> None:
        if var_list is None:
            raise RuntimeError(
                "When eager execution is enabled, `var_list` must specify a list or dict of variables to save"
            )
        self._given = var_list
        self._reshape = reshape
        self._most = max_to_keep
        self._hours = keep_checkpoint_every_n_hours
        self._pad = pad_step_number
        self._relative = save_relative_paths
        self._last: list[tuple[str, float]] = []
        self._next = time.time() + keep_checkpoint_every_n_hours * 3600

    def _variables(self) -> dict[str, Any]:
        """The variables by name."""
        given = self._given
        if isinstance(given, dict):
            return dict(given)
        found: dict[str, Any] = {}
        for variable in given:
            if not isinstance(variable, Variable):
                raise TypeError(f"Variable to save is not a Variable: {variable}")
            name = full_name(variable)
            if name in found and found[name] is not variable:
                raise ValueError(
                    f"Two different variables have the name {name}: give a dict, with other names"
                )
            found[name] = variable
        return found

    @property
    def last_checkpoints(self) -> list[str]:
        """The paths of those that are kept, the oldest first."""
        return [path for path, _ in self._last]

    def set_last_checkpoints(self, last_checkpoints: Any) -> None:
        """Say which checkpoints there are, the oldest first."""
        self._last = [(path, float("inf")) for path in last_checkpoints]

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time: Any) -> None:
        """Say which checkpoints there are, and when they were written."""
        self._last = list(last_checkpoints_with_time)

    def recover_last_checkpoints(self, checkpoint_paths: Any) -> None:
        """Know checkpoints of an earlier run again."""
        there = [path for path in checkpoint_paths if checkpoint_exists(path)]
        self._last = list(zip(there, get_checkpoint_mtimes(there), strict=True))

    def save(
        self,
        sess: Any,
        save_path: Any,
        global_step: Any = None,
        latest_filename: str | None = None,
        meta_graph_suffix: str = "meta",
        write_meta_graph: bool = True,
        write_state: bool = True,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> str:
        """Write the variables under `save_path`, and the step behind it; returns the path. `sess` is None.

        Raises:
          ResourceExhaustedError: the disk is full. Others: the place cannot be written to.
        """
        reading.at_each_call("a checkpoint")
        path = local(save_path)
        if global_step is not None:
            step = int(global_step)
            path = f"{path}-{step:08d}" if self._pad else f"{path}-{step}"
        named = self._variables()
        bundle.write(path, ((name, *as_array(named[name])) for name in sorted(named)))
        if write_state:
            self._note(path)
            _update(
                os.path.dirname(path),
                path,
                self.last_checkpoints,
                latest_filename,
                save_relative_paths=self._relative,
            )
            self._sweep()
        return path

    def _note(self, path: str) -> None:
        self._last = [pair for pair in self._last if pair[0] != path]
        self._last.append((path, time.time()))

    def _sweep(self) -> None:
        while self._most and len(self._last) > self._most:
            path, written = self._last.pop(0)
            if written > self._next:
                self._next += self._hours * 3600
                continue
            remove_checkpoint(path)

    def restore(self, sess: Any, save_path: Any) -> None:
        """Give the variables the values under `save_path`, all of them or none. `sess` is None.

        Raises:
          ValueError: no such checkpoint, or another shape. NotFoundError: a variable that it does not have.
        """
        reading.at_each_call("a checkpoint")
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        path = local(save_path)
        if not checkpoint_exists(path):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {path}")
        reader = CheckpointReader(path)
        named = self._variables()
        by_object = _by_object(reader) if any(not reader.has_tensor(name) for name in named) else {}
        gives = []
        for name, variable in named.items():
            key = name if reader.has_tensor(name) else by_object.get(name)
            if key is None:
                raise errors.NotFoundError(
                    None,
                    None,
                    "Restoring from checkpoint failed. This is most likely due to a Variable name or other graph key "
                    "that is missing from the checkpoint. Please ensure that you have not altered the graph expected "
                    f"based on the checkpoint. Original error:\n\nKey {name} not found in checkpoint",
                )
            gives.append(prepared(variable, {VARIABLE_VALUE: key}, reader)[0])
        for give in gives:
            give()


def _by_object(reader: CheckpointReader) -> dict[str, str]:
    """In a checkpoint with a graph of objects: where the values of variables lie, by the names of these."""
    from tfcompat_tape.checkpoint.messages import OBJECT_GRAPH_KEY, TrackableObjectGraph

    if not reader.has_tensor(OBJECT_GRAPH_KEY):
        return {}
    graph: Any = TrackableObjectGraph.FromString(reader.get_tensor(OBJECT_GRAPH_KEY))
    return {each.full_name: each.checkpoint_key for node in graph.nodes for each in node.attributes}


class Checkpoint(_Checkpoint):
    """`tf.train.Checkpoint` with the arguments of version 1. Source: `tf.compat.v1.train.Checkpoint`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def write(self, file_prefix: Any, session: Any = None, options: Any = None) -> str:  # type: ignore[override]
        """Write the values under exactly this prefix. See `tf.train.Checkpoint.write`."""
        return super().write(file_prefix, options)

    def save(self, file_prefix: Any, session: Any = None, options: Any = None) -> str:  # type: ignore[override]
        """Write the values under `PREFIX-N`. See `tf.train.Checkpoint.save`."""
        return super().save(file_prefix, options)

    def restore(self, save_path: Any) -> Any:  # type: ignore[override]
        """Restore what `save` has written. See `tf.train.Checkpoint.restore`."""
        return super().restore(save_path)


def NewCheckpointReader(filepattern: Any) -> CheckpointReader:
    """The tensors of a checkpoint. Source: `tf.compat.v1.train.NewCheckpointReader`."""
    return CheckpointReader(filepattern)


def init_from_checkpoint(ckpt_dir_or_file: Any, assignment_map: Any) -> None:
    """Give variables values of a checkpoint.

    Args:
      assignment_map: Variables, by the names that the checkpoint has.

    Raises:
      ValueError: a name that the checkpoint does not have, or another shape; something that is no Variable.

    Source: `tf.compat.v1.train.init_from_checkpoint`.
    """
    reading.at_each_call("a checkpoint")
    reader = load_checkpoint(ckpt_dir_or_file)
    gives = []
    for name, variable in dict(assignment_map).items():
        if not isinstance(variable, Variable):
            raise ValueError(
                f"init_from_checkpoint: {variable!r} is no Variable; names of scopes have no variables in eager code"
            )
        if not reader.has_tensor(name):
            raise ValueError(f"Tensor {name} is not found in {ckpt_dir_or_file} checkpoint")
        gives.append(prepared(variable, {VARIABLE_VALUE: name}, reader)[0])
    for give in gives:
        give()


def update_checkpoint_state(
    save_dir: Any,
    model_checkpoint_path: Any,
    all_model_checkpoint_paths: Any = None,
    latest_filename: str | None = None,
    all_model_checkpoint_timestamps: Any = None,
    last_preserved_timestamp: float | None = None,
) -> None:
    """Write the file `checkpoint` anew. Source: `tf.compat.v1.train.update_checkpoint_state`."""
    _update(
        save_dir,
        model_checkpoint_path,
        all_model_checkpoint_paths,
        latest_filename,
        all_model_checkpoint_timestamps,
        last_preserved_timestamp,
    )
