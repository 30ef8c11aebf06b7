"""`install()`: let this package answer to ``import tensorflow``, for this process only.

A finder at the front of `sys.meta_path` maps each public TensorFlow namespace to the module of ours that has its
place ("tensorflow.math" to `tfcompat_tape.math`) and puts that very module into `sys.modules`, so that there is one
`tf` however a script imports it. Being first, it answers even where a real TensorFlow is installed.
"""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from tfcompat_tape.coverage.names import (
    NotCoveredImportError,
    is_tensorflow_name,
    not_covered,
    tensorflow_names,
)

TENSORFLOW = "tensorflow"
PACKAGE = __package__.partition(".")[0]
# What TensorFlow's own distribution holds beside its public namespaces, and scripts reach for now and then.
PRIVATE = frozenset({"_api", "compiler", "core", "python", "tools", "tsl"})


def install() -> None:
    """Make ``import tensorflow`` mean this package, for the rest of this process or until `uninstall`.

    Calling it again changes nothing. RuntimeError if a real TensorFlow has been imported already: names bound to it
    would stay bound, and the two cannot share a process's tensors. Nothing in TensorFlow corresponds.

    >>> import tfcompat_tape
    >>> tfcompat_tape.install()
    >>> import tensorflow as tf
    >>> tf is tfcompat_tape
    True
    >>> tfcompat_tape.uninstall()
    """
    if _FINDER in sys.meta_path:
        return
    present = sys.modules.get(TENSORFLOW)
    if present is not None:
        raise RuntimeError(
            f"tensorflow is already imported ({getattr(present, '__file__', None) or 'place unknown'}): "
            "call tfcompat_tape.install() before the first `import tensorflow`, or run the script with "
            "`tfcompat run`"
        )
    sys.meta_path.insert(0, _FINDER)


def uninstall() -> None:
    """Undo `install`: later imports of tensorflow find what is installed under that name, if anything.

    Names that are bound already keep working. Without a preceding `install` it does nothing.

    >>> import tfcompat_tape
    >>> tfcompat_tape.uninstall()
    """
    if _FINDER not in sys.meta_path:
        return
    sys.meta_path.remove(_FINDER)
    for name in [name for name in sys.modules if _is_tensorflow(name)]:
        del sys.modules[name]
    for name in PRIVATE - {"core"}:  # where TensorFlow's private modules were put
        vars(sys.modules[PACKAGE]).pop(name, None)
        sys.modules.pop(f"{PACKAGE}.{name}", None)


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not _is_tensorflow(fullname):
            return None
        module = _answer(fullname)
        return ModuleSpec(
            fullname, _Loader(module), origin=getattr(module, "__file__", None), is_package=True
        )


class _Loader(Loader):
    def __init__(self, module: ModuleType) -> None:
        self.module = module

    def exec_module(self, module: ModuleType) -> None:
        # Not through create_module: the import system would write TensorFlow's name into our module's __spec__.
        sys.modules[module.__name__] = self.module
        name = module.__name__.removeprefix(TENSORFLOW + ".")
        if name in PRIVATE:  # `import tensorflow.python as p` looks for it below the package's own name, too
            sys.modules.setdefault(f"{PACKAGE}.{name}", self.module)
        if not hasattr(self.module, "__path__"):
            self.module.__path__ = []  # a package to the import system, which then asks the finder for its children


def _is_tensorflow(fullname: str) -> bool:
    return fullname == TENSORFLOW or fullname.startswith(TENSORFLOW + ".")


def _answer(fullname: str) -> ModuleType:
    """Return our module for TensorFlow's `fullname`, or raise the import error that says why there is none."""
    symbol = "tf" + fullname.removeprefix(TENSORFLOW)
    if symbol == "tf.compat.v2" or symbol.startswith("tf.compat.v2."):
        symbol = "tf" + symbol.removeprefix("tf.compat.v2")  # the same names again
    parts = symbol.split(".")[1:]
    if parts[:2] == ["python", "keras"]:
        return _keras_2(fullname, parts[2:])
    if parts and parts[0] in PRIVATE:
        return _private(fullname)
    if parts[:2] == ["compat", "v1"]:
        return _version_1(fullname, parts[2:])
    if parts and parts[0] == "keras":
        return _keras(fullname, parts[1:])
    if symbol not in tensorflow_names():
        raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
    module: Any = importlib.import_module(PACKAGE)
    for part in parts:
        module = getattr(module, part, None)
        if module is None:
            raise not_covered(NotCoveredImportError, symbol)
    found: ModuleType = module
    return found


def _keras(fullname: str, parts: Sequence[str]) -> ModuleType:
    """Return the module of Keras that TensorFlow has under the name `fullname`."""
    root: ModuleType = importlib.import_module(f"{PACKAGE}.keras")
    try:
        return importlib.import_module(".".join([root.__name__, *parts]))
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname) from error


def _keras_2(fullname: str, parts: Sequence[str]) -> ModuleType:
    """Return the module of Keras 2 that TensorFlow has a copy of: that of `tf_keras`, which is published by itself."""
    try:
        return importlib.import_module(".".join(["tf_keras.src", *parts]))
    except ModuleNotFoundError as error:
        if error.name == "tf_keras":
            raise ModuleNotFoundError(
                f"{fullname} is of Keras 2, which is published as tf_keras and not installed: pip install tf_keras",
                name=fullname,
            ) from None
        if not f"{error.name}.".startswith("tf_keras."):
            raise
        raise not_covered(NotCoveredImportError, fullname) from error


def _private(fullname: str) -> ModuleType:
    """Return our module for a private one of TensorFlow's, as far as there is one."""
    from tfcompat_tape.porting import private  # here, as it needs the whole package

    module = private.module(fullname)
    if module is None:
        raise not_covered(NotCoveredImportError, fullname)
    return module


def _version_1(fullname: str, parts: Sequence[str]) -> ModuleType:
    """Return our module for a namespace of version 1."""
    module: ModuleType = importlib.import_module(f"{PACKAGE}.compat.v1")
    for part in parts:
        found = getattr(module, part, None)
        if not isinstance(found, ModuleType):
            symbol = "tf" + fullname.removeprefix(TENSORFLOW)
            if found is None and is_tensorflow_name(symbol):
                raise not_covered(NotCoveredImportError, symbol)
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        module = found
    return module


_FINDER = _Finder()
