"""Classes of TensorFlow that have no counterpart here, for code that imports them to ask what a value is.

No value is an instance of one. Whatever else is done with it raises the error that names it.
"""

from __future__ import annotations

from typing import Any, NoReturn

from tfcompat_tape.coverage.names import missing_private

__all__ = ["absent"]


class _Absent(type):
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if "_symbol" in vars(cls):
            _refuse(cls)
        return super().__call__(*args, **kwargs)  # of a class that is made from it

    def __getattr__(cls, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        _refuse(cls)


def absent(symbol: str) -> type:
    """A class that stands for `symbol`, "tensorflow.python.distribute.input_lib.DistributedDataset"."""
    module, _, name = symbol.rpartition(".")
    return _Absent(name, (), {"_symbol": symbol, "__module__": module})


def _refuse(cls: Any) -> NoReturn:
    module, _, name = cls._symbol.rpartition(".")
    raise missing_private(module, name)
