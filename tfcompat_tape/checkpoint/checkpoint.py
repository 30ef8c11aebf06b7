"""`tf.train.Checkpoint`."""

from __future__ import annotations

import os
import weakref
from typing import Any

from tfcompat_tape.checkpoint import bundle, management, saving, sharded
from tfcompat_tape.checkpoint.graph import Graph, ObjectGraphView, alive
from tfcompat_tape.checkpoint.messages import OBJECT_GRAPH_KEY, TrackableObjectGraph
from tfcompat_tape.checkpoint.named import NameBasedSaverStatus, restore_by_name
from tfcompat_tape.checkpoint.options import CheckpointOptions, call_write_callbacks
from tfcompat_tape.checkpoint.reader import CheckpointReader
from tfcompat_tape.checkpoint.restoring import Position, Restoration
from tfcompat_tape.checkpoint.status import CheckpointLoadStatus, InitializationOnlyStatus, LoadStatus
from tfcompat_tape.control.scopes import inside_function
from tfcompat_tape.core import devices, dtypes, errors, reading
from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.io.paths import local
from tfcompat_tape.trackable.autotrackable import AutoTrackable
from tfcompat_tape.trackable.data_structures import NoDependency, wrap_or_unwrap

__all__ = ["Checkpoint", "CheckpointLoadStatus", "InitializationOnlyStatus", "NameBasedSaverStatus"]

_COUNTER = "save_counter"


class Checkpoint(AutoTrackable):
    """Objects that are saved and restored together, in TensorFlow's own format.

    Values are found by the names that lead to their objects: attributes, indices, keys. What has no object yet waits,
    and is restored when it is made. A write is atomic: at each moment there is the old checkpoint, or the new one.

    Args:
      root: the object whose dependencies are saved, or a weak reference to it, which does not keep it alive; the
        checkpoint itself by default.
      **kwargs: trackable objects, by name: Variables, modules, optimizers, lists, dicts.

    Raises:
      ValueError: an object that cannot be tracked, or a name that `root` has already.

    Source: `tf.train.Checkpoint`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> v = tf.Variable(1.0)
    >>> checkpoint = tf.train.Checkpoint(v=v)
    >>> path = checkpoint.save(os.path.join(tempfile.mkdtemp(), "ckpt"))
    >>> os.path.basename(path)
    'ckpt-1'
    >>> _ = v.assign(5.0)
    >>> _ = checkpoint.restore(path).assert_consumed()
    >>> print(v.numpy())
    1.0
    """

    def __init__(self, root: Any = None, **kwargs: Any) -> None:
        self._maybe_initialize_trackable()
        self._save_counter = NoDependency(None)
        self._save_assign_op = None
        attached: dict[str, Any] = {}
        if root is not None:
            top = alive(root)
            _assert_trackable(top, "root")
            top._maybe_initialize_trackable()
            kwargs["root"] = root  # which TensorFlow names as a dependency of itself
            for name, value in sorted(kwargs.items()):
                value = wrap_or_unwrap(value)
                held = alive(value) if name == "root" else value
                _assert_trackable(held, name)
                present = top._lookup_dependency(name)
                if present is None:
                    attached[name] = value
                elif present is not held:
                    raise ValueError(
                        f"Cannot create a Checkpoint with keyword argument {name} if root.{name} already exists."
                    )
        self._root = NoDependency(root)
        self._attached_dependencies = NoDependency(attached)
        for name, value in sorted(kwargs.items()):
            setattr(self, name, value)
            if root is None:
                _assert_trackable(getattr(self, name), name)

    def _view(self) -> ObjectGraphView:
        if self._root is not None and alive(self._root) is None:
            raise AssertionError(
                "The root of this tf.train.Checkpoint, to which it holds a weak reference, does not exist any more. "
                "Keep the object, or pass it itself as `root`."
            )
        return ObjectGraphView(
            weakref.ref(self) if self._root is None else self._root, self._attached_dependencies
        )

    @property
    def save_counter(self) -> Variable:
        """How often `save` was called: an int64 Variable, part of the checkpoint."""
        self._maybe_create_save_counter()
        return self._save_counter

    def _maybe_create_save_counter(self) -> None:
        if self._save_counter is not None:
            return
        with devices.device("cpu:0"):
            counter = Variable(0, trainable=False, name=_COUNTER, dtype=dtypes.int64)
        self._save_counter = NoDependency(counter)
        if self._root is None:
            self._track_trackable(counter, _COUNTER)
        else:
            self._attached_dependencies[_COUNTER] = counter
            alive(self._root)._handle_deferred_dependencies(_COUNTER, counter)

    def write(
        self, file_prefix: Any, options: CheckpointOptions | None = None, *, format: str = "tensorflow"
    ) -> str:
        """Write the values under exactly this prefix, and nothing else: no counter, no `checkpoint` file.

        Args:
          file_prefix: where to: `PREFIX.index` and `PREFIX.data-00000-of-00001` are made, and directories.
          format: "tensorflow"; "safetensors": one file, `PREFIX.safetensors`, which is what is returned then; or
            "distributed": all ranks write together into the directory `PREFIX.distributed`, each its shards and its
            part of what all have, in the format of torch.distributed.checkpoint. Any number of ranks restores it.

        Returns:
          the prefix.

        Raises:
          ResourceExhaustedError: the disk is full. NotFoundError, PermissionDeniedError, FailedPreconditionError: the
          place cannot be written to. What was there before is still there. InvalidArgumentError, AbortedError: ranks
          that write together have other values than this one, or fail.
        """
        reading.at_each_call("a checkpoint")
        path = saving.save(local(file_prefix), Graph(self._view()), format)
        call_write_callbacks(options, path)
        return path

    def save(
        self, file_prefix: Any, options: CheckpointOptions | None = None, *, format: str = "tensorflow"
    ) -> str:
        """Write the values under `PREFIX-N`, where N counts the calls, and name it in the file `checkpoint`.

        Returns:
          the path, for `restore`. Raises what `write` raises; NotImplementedError in a `tf.function`.
        """
        if inside_function():
            raise NotImplementedError(
                "Calling tf.train.Checkpoint.save() from a function is not supported, as save() modifies saving "
                "metadata in ways not supported by TensorFlow Operations. Consider using tf.train.Checkpoint.write(), "
                "a lower-level API which does not update metadata. tf.train.latest_checkpoint and related APIs will "
                "not see this checkpoint."
            )
        if isinstance(file_prefix, os.PathLike):
            file_prefix = os.fspath(file_prefix)
        self._view()  # which has a root
        counter = self.save_counter
        counter.assign_add(1, read_value=False)
        path = self.write(f"{local(file_prefix)}-{int(counter)}", options, **saving.in_format(format))
        with sharded.first_alone(format == "distributed") as here:
            if here:
                management.update_checkpoint_state(
                    os.path.dirname(path), path, all_model_checkpoint_paths=[path], save_relative_paths=True
                )
        return path

    def read(self, save_path: Any, options: CheckpointOptions | None = None) -> LoadStatus:
        """Restore what `write` has written: what is there at once, the rest when it comes.

        Returns:
          a status, which can be asked whether everything was found.

        Raises:
          NotFoundError: there is no such checkpoint. DataLossError: it is damaged. ValueError: a value has another
          shape than its variable. InvalidArgumentError: another dtype. The variables stay as they were then.
        """
        reading.at_each_call("a checkpoint")
        if save_path is None:
            return InitializationOnlyStatus()
        reader = CheckpointReader(save_path)
        view = self._view()
        if not reader.has_tensor(OBJECT_GRAPH_KEY):
            return restore_by_name(reader, view)
        graph = TrackableObjectGraph.FromString(reader.get_tensor(OBJECT_GRAPH_KEY))
        skip = bool(options and options.experimental_skip_slot_variables)
        restoration = Restoration(graph, reader, view, skip)
        root = view.root
        try:
            Position(restoration, 0).restore(root)
        except BaseException:
            restoration.give_up()
            raise
        return CheckpointLoadStatus(restoration, root, view)

    def restore(self, save_path: Any, options: CheckpointOptions | None = None) -> LoadStatus:
        """Restore what `save` has written, the counter too; `read` for what `write` has written.

        Args:
          save_path: what `save` returned, `tf.train.latest_checkpoint(...)`, or the directory of a SavedModel; None
            restores nothing.

        Returns and raises what `read` does.
        """
        path = save_path if save_path is None else local(save_path)
        if path and os.path.isdir(path):
            inside = os.path.join(path, "variables", "variables")
            if os.path.exists(bundle.index_path(inside)) and not os.path.exists(bundle.index_path(path)):
                path = inside
        try:
            status = self.read(path, options)
        except errors.NotFoundError as error:
            raise errors.NotFoundError(
                None,
                None,
                f"Error when restoring from checkpoint or SavedModel at {save_path}: {error.message}\nPlease "
                "double-check that the path is correct. You may be missing the checkpoint suffix (e.g. the '-1' in "
                "'path/to/ckpt-1').",
            ) from None
        self._maybe_create_save_counter()
        if hasattr(status, "add_to_optionally_restored"):
            status.add_to_optionally_restored(self._save_counter)
        return status

    def sync(self) -> None:
        """Nothing is left to do: a write is over when it returns."""


def _assert_trackable(value: Any, name: str) -> None:
    if not isinstance(value, Trackable):
        raise ValueError(
            f"`Checkpoint` was expecting {name} to be a trackable object (an object derived from `Trackable`), got "
            f"{value}. If you believe this object should be trackable (i.e. it is part of the TensorFlow Python API "
            "and manages state), please open an issue."
        )
