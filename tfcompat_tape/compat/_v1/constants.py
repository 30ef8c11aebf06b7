"""Numbers and enumerations of version 1."""

from __future__ import annotations

import logging as _logging
import sys as _sys
from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.compat._text import dimension_at_index as dimension_at_index
from tfcompat_tape.compat._text import dimension_value as dimension_value
from tfcompat_tape.core.dtypes import QUANTIZED_DTYPES as QUANTIZED_DTYPES
from tfcompat_tape.core.shapes import Dimension as Dimension
from tfcompat_tape.core.variable import VariableAggregation as VariableAggregation
from tfcompat_tape.core.variable import variable_creator_scope as variable_creator_scope
from tfcompat_tape.sysconfig.build import CXX11_ABI_FLAG as CXX11_ABI_FLAG
from tfcompat_tape.sysconfig.build import CXX_VERSION as CXX_VERSION
from tfcompat_tape.sysconfig.build import MONOLITHIC_BUILD as MONOLITHIC_BUILD

VERSION = tf.version.VERSION
COMPILER_VERSION = tf.version.COMPILER_VERSION
GIT_VERSION = tf.version.GIT_VERSION
GRAPH_DEF_VERSION = tf.version.GRAPH_DEF_VERSION
GRAPH_DEF_VERSION_MIN_CONSUMER = tf.version.GRAPH_DEF_VERSION_MIN_CONSUMER
GRAPH_DEF_VERSION_MIN_PRODUCER = tf.version.GRAPH_DEF_VERSION_MIN_PRODUCER
newaxis = None

AUTOTUNE = tf.data.AUTOTUNE
INFINITE_CARDINALITY = tf.data.INFINITE_CARDINALITY
UNKNOWN_CARDINALITY = tf.data.UNKNOWN_CARDINALITY
SHARD_HINT = tf.data.experimental.SHARD_HINT

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


def _by_code() -> dict[int, type[Exception]]:
    names = {
        CANCELLED: "CancelledError",
        UNKNOWN: "UnknownError",
        INVALID_ARGUMENT: "InvalidArgumentError",
        DEADLINE_EXCEEDED: "DeadlineExceededError",
        NOT_FOUND: "NotFoundError",
        ALREADY_EXISTS: "AlreadyExistsError",
        PERMISSION_DENIED: "PermissionDeniedError",
        UNAUTHENTICATED: "UnauthenticatedError",
        RESOURCE_EXHAUSTED: "ResourceExhaustedError",
        FAILED_PRECONDITION: "FailedPreconditionError",
        ABORTED: "AbortedError",
        OUT_OF_RANGE: "OutOfRangeError",
        UNIMPLEMENTED: "UnimplementedError",
        INTERNAL: "InternalError",
        UNAVAILABLE: "UnavailableError",
        DATA_LOSS: "DataLossError",
    }
    return {code: getattr(tf.errors, name) for code, name in names.items()}


def exception_type_from_error_code(error_code: int) -> type[Exception]:
    """The class of errors with a code; KeyError for others.

    Source: `tf.compat.v1.errors.exception_type_from_error_code`.
    """
    return _by_code()[error_code]


def error_code_from_exception_type(cls: type[Exception]) -> int | None:
    """The code of a class of errors; None for others. Source: `tf.compat.v1.errors.error_code_from_exception_type`."""
    return next((code for code, kind in _by_code().items() if kind is cls), None)


# -- logging -----------------------------------------------------------------------------------------------------------

DEBUG = _logging.DEBUG
INFO = _logging.INFO
WARN = _logging.WARNING
ERROR = _logging.ERROR
FATAL = _logging.CRITICAL

_LOGGER = _logging.getLogger("tensorflow")

log = _LOGGER.log
debug = _LOGGER.debug
info = _LOGGER.info
warn = warning = _LOGGER.warning
error = _LOGGER.error
fatal = _LOGGER.critical
vlog = _LOGGER.log


def get_verbosity() -> int:
    """The level that messages must have. Source: `tf.compat.v1.logging.get_verbosity`."""
    return _LOGGER.getEffectiveLevel()


def set_verbosity(v: Any) -> None:
    """Set the level that messages must have. Source: `tf.compat.v1.logging.set_verbosity`."""
    _LOGGER.setLevel(v)


def log_if(level: Any, msg: Any, condition: Any, *args: Any) -> None:
    """Log if a condition holds. Source: `tf.compat.v1.logging.log_if`."""
    if condition:
        _LOGGER.log(level, msg, *args)


_counts: dict[tuple[str, int], int] = {}


def _count() -> int:
    """How often the line of the program that is logging has been there before."""
    frame = _sys._getframe(2)
    key = (frame.f_code.co_filename, frame.f_lineno)
    _counts[key] = _counts.get(key, -1) + 1
    return _counts[key]


def log_every_n(level: Any, msg: Any, n: int, *args: Any) -> None:
    """Log at the first of every `n` calls at a line. Source: `tf.compat.v1.logging.log_every_n`."""
    log_if(level, msg, _count() % n == 0, *args)


def log_first_n(level: Any, msg: Any, n: int, *args: Any) -> None:
    """Log at the first `n` calls at a line. Source: `tf.compat.v1.logging.log_first_n`."""
    log_if(level, msg, _count() < n, *args)


def TaskLevelStatusMessage(msg: Any) -> None:
    """Log an error, the status of a task. Source: `tf.compat.v1.logging.TaskLevelStatusMessage`."""
    _LOGGER.error(msg)


def flush() -> None:
    """Nothing waits to be written. Source: `tf.compat.v1.logging.flush`."""
