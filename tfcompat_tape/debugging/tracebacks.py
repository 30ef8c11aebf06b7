"""Whether tracebacks show what is inside the library."""

from __future__ import annotations

__all__ = [
    "disable_traceback_filtering",
    "enable_traceback_filtering",
    "is_traceback_filtering_enabled",
]

# -- tracebacks -----------------------------------------------------------------------------------------------------


class _Tracebacks:
    filtered = True


def enable_traceback_filtering() -> None:
    """Remember the wish; tracebacks are never shortened here. Source: `tf.debugging.enable_traceback_filtering`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.enable_traceback_filtering()
    """
    _Tracebacks.filtered = True


def disable_traceback_filtering() -> None:
    """Remember the wish; tracebacks are never shortened here. Source: `tf.debugging.disable_traceback_filtering`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.disable_traceback_filtering()
    >>> tf.debugging.enable_traceback_filtering()
    """
    _Tracebacks.filtered = False


def is_traceback_filtering_enabled() -> bool:
    """What was wished last, True at first. Source: `tf.debugging.is_traceback_filtering_enabled`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.is_traceback_filtering_enabled()
    True
    """
    return _Tracebacks.filtered
