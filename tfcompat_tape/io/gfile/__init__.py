"""The namespace `tf.io.gfile`: files and directories of this machine."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.io.gfile.directories import (
    copy,
    exists,
    get_registered_schemes,
    glob,
    isdir,
    join,
    listdir,
    makedirs,
    mkdir,
    remove,
    rename,
    rmtree,
    stat,
    walk,
)
from tfcompat_tape.io.gfile.handles import GFile

__all__ = [
    "GFile",
    "copy",
    "exists",
    "get_registered_schemes",
    "glob",
    "isdir",
    "join",
    "listdir",
    "makedirs",
    "mkdir",
    "remove",
    "rename",
    "rmtree",
    "stat",
    "walk",
]

__getattr__ = namespace(globals(), "tf.io.gfile")
