"""`tensorflow.python.platform.tf_logging`: the logger of `tf.get_logger`, by functions."""

import logging
from typing import Any

DEBUG, INFO, WARN, ERROR, FATAL = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.FATAL
_LOGGER = logging.getLogger("tensorflow")
_counts: dict[str, int] = {}


def get_logger() -> logging.Logger:
    return _LOGGER


def log(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    _LOGGER.log(level, msg, *args, stacklevel=2, **kwargs)


def debug(msg: Any, *args: Any, **kwargs: Any) -> None:
    _LOGGER.debug(msg, *args, stacklevel=2, **kwargs)


def info(msg: Any, *args: Any, **kwargs: Any) -> None:
    _LOGGER.info(msg, *args, stacklevel=2, **kwargs)


def warning(msg: Any, *args: Any, **kwargs: Any) -> None:
    _LOGGER.warning(msg, *args, stacklevel=2, **kwargs)


warn = warning


def error(msg: Any, *args: Any, **kwargs: Any) -> None:
    _LOGGER.error(msg, *args, stacklevel=2, **kwargs)


def fatal(msg: Any, *args: Any, **kwargs: Any) -> None:
    _LOGGER.fatal(msg, *args, stacklevel=2, **kwargs)


def vlog(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    _LOGGER.log(level, msg, *args, stacklevel=2, **kwargs)


def log_if(level: int, msg: Any, condition: Any, *args: Any) -> None:
    if condition:
        _LOGGER.log(level, msg, *args, stacklevel=2)


def _count(msg: str) -> int:
    count = _counts[msg] = _counts.get(msg, -1) + 1
    return count


def log_every_n(level: int, msg: str, n: int, *args: Any) -> None:
    """Every `n`th time that this message comes, from the first on."""
    log_if(level, msg, _count(msg) % n == 0, *args)


def log_first_n(level: int, msg: str, n: int, *args: Any) -> None:
    """The first `n` times that this message comes."""
    log_if(level, msg, _count(msg) < n, *args)


def get_verbosity() -> int:
    return _LOGGER.getEffectiveLevel()


def set_verbosity(v: int) -> None:
    _LOGGER.setLevel(v)


def flush() -> None:
    for handler in _LOGGER.handlers:
        handler.flush()


__all__ = [
    "DEBUG",
    "ERROR",
    "FATAL",
    "INFO",
    "WARN",
    "debug",
    "error",
    "fatal",
    "flush",
    "get_logger",
    "get_verbosity",
    "info",
    "log",
    "log_every_n",
    "log_first_n",
    "log_if",
    "set_verbosity",
    "vlog",
    "warn",
    "warning",
]
