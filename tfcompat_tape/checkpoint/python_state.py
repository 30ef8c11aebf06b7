"""`tf.train.experimental.PythonState`: state that is no Tensor, in a checkpoint."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any

import numpy as np

from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.trackable import Trackable

__all__ = ["PythonState"]

_KEY = "py_state"


class PythonState(Trackable, abc.ABC):
    """Base of objects whose state goes into checkpoints as a string.

    Subclasses define `serialize`, which gives the state as a string, and `deserialize`, which gets it back as bytes.

    Source: `tf.train.experimental.PythonState`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> class Note(tf.train.experimental.PythonState):
    ...     text = "a"
    ...     def serialize(self):
    ...         return self.text
    ...     def deserialize(self, string_value):
    ...         self.text = string_value.decode()
    >>> note = Note()
    >>> checkpoint = tf.train.Checkpoint(note=note)
    >>> path = checkpoint.write(os.path.join(tempfile.mkdtemp(), "x"))
    >>> note.text = "b"
    >>> _ = checkpoint.read(path)
    >>> note.text
    'a'
    """

    @abc.abstractmethod
    def serialize(self) -> Any:
        """The state as a string."""

    @abc.abstractmethod
    def deserialize(self, string_value: Any) -> Any:
        """Take on the state that `serialize` has given."""

    def _serialize_to_tensors(self) -> dict[str, Any]:
        return {_KEY: self._state}

    def _state(self) -> Tensor:
        found = self.serialize()
        text = np.empty((), object)
        text[()] = found.encode() if isinstance(found, str) else bytes(found)
        return Tensor(text, None)

    def _restore_from_tensors(self, restored_tensors: Mapping[str, Any]) -> Any:
        return self.deserialize(restored_tensors[_KEY].numpy())
