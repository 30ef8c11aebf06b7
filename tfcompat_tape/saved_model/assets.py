"""`tf.saved_model.Asset`: files that belong to a model, and are written into its directory."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.trackable import Trackable


class Asset(Trackable):
    """A file that belongs to a model: it is copied when the model is saved, and found beside it when that is loaded.

    Args:
      path: where it lies, as text or as a string Tensor.

    Source: `tf.saved_model.Asset`.

    >>> import tfcompat_tape as tf
    >>> tf.saved_model.Asset("words.txt").asset_path.numpy()
    b'words.txt'
    """

    def __init__(self, path: Any) -> None:
        self._path = path_of(path)
        text = np.empty((), object)
        text[()] = os.fsencode(self._path)
        self._tensor = Tensor(text, None)

    @property
    def asset_path(self) -> Tensor:
        """Where the file lies, as a string Tensor."""
        return self._tensor


def path_of(path: Any) -> str:
    """A path from text, a path, or a string Tensor."""
    if isinstance(path, Tensor):
        path = path.numpy()
    return os.fsdecode(path)


class Assets:
    """The files of a model that is written, each once.

    Attributes:
      names: the files by the names that they have in the model's directory.
    """

    def __init__(self) -> None:
        self._by_path: dict[str, Asset] = {}
        self.names: dict[str, str] = {}
        self.numbers: dict[int, int] = {}  # by id of the Asset

    def of(self, path: str) -> Asset:
        """The file at a place."""
        found = self._by_path.get(os.path.abspath(path))
        if found is None:
            found = Asset(path)
            self.add(found)
        return found

    def add(self, asset: Asset) -> int:
        """The number of a file among those of the model."""
        if id(asset) in self.numbers:
            return self.numbers[id(asset)]
        path = os.path.abspath(asset._path)
        same = self._by_path.setdefault(path, asset)
        if same is not asset:
            number = self.numbers[id(asset)] = self.numbers[id(same)]
            return number
        name, count = os.path.basename(path), 0
        while name in self.names:
            count += 1
            name = f"{os.path.basename(path)}_{count}"
        self.numbers[id(asset)] = len(self.names)
        self.names[name] = path
        return self.numbers[id(asset)]
