"""What the scripts about `tf.function` share: printed lines, error messages, counts of traces."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from conformance_kit.spec import Raised


def printed(fn: Callable[[], Any]) -> list[str]:
    """The lines that `fn()` writes to stderr, through Python or through the process's descriptor 2."""
    sys.stderr.flush()
    stream, descriptor = sys.stderr, os.dup(2)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        os.dup2(file.fileno(), 2)
        sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8")
        try:
            fn()
        finally:
            sys.stderr.close()
            sys.stderr = stream
            os.dup2(descriptor, 2)
            os.close(descriptor)
        file.seek(0)
        return file.read().splitlines()


def says(fn: Callable[[], Any], *phrases: str) -> Any:
    """The class of what `fn()` raises, and for each phrase whether the message holds it."""
    try:
        return fn()
    except Exception as e:
        return [Raised(type(e).__name__), [phrase in str(e) for phrase in phrases]]


def counted(tf: Any, fn: Callable[..., Any], calls: list[tuple[Any, ...]], **options: Any) -> list[int]:
    """How often `tf.function(fn)` has been traced after each of the calls."""
    f = tf.function(fn, **options)
    counts = []
    for args in calls:
        f(*args)
        counts.append(f.experimental_get_tracing_count())
    return counts
