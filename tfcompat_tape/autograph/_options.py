"""How functions and loops are converted."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from typing import Any

from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.core.reading import current
from tfcompat_tape.tracing.conversion import converting

__all__ = ["Feature", "do_not_convert", "set_loop_options"]


class Feature(enum.Enum):
    """What `tf.function(experimental_autograph_options=...)` can ask for.

    ASSERT_STATEMENTS makes `assert` on a Tensor look at the values of each call; the others have no effect.

    Source: `tf.autograph.experimental.Feature`.

    >>> import tfcompat_tape as tf
    >>> tf.autograph.experimental.Feature.LISTS in tf.autograph.experimental.Feature.all()
    True
    """

    ALL = "ALL"
    AUTO_CONTROL_DEPS = "AUTO_CONTROL_DEPS"
    ASSERT_STATEMENTS = "ASSERT_STATEMENTS"
    BUILTIN_FUNCTIONS = "BUILTIN_FUNCTIONS"
    EQUALITY_OPERATORS = "EQUALITY_OPERATORS"
    LISTS = "LISTS"
    NAME_SCOPES = "NAME_SCOPES"

    @classmethod
    def all(cls) -> tuple[Feature, ...]:
        """Every feature."""
        return tuple(cls.__members__.values())

    @classmethod
    def all_but(cls, exclude: Any) -> tuple[Feature, ...]:
        """Every feature but those that are given, one or several; ALL is none of these."""
        left_out = {*exclude} if isinstance(exclude, (list, tuple, set)) else {exclude}
        return tuple(set(cls.all()) - left_out - {cls.ALL})


def do_not_convert(func: Callable[..., Any] | None = None) -> Any:
    """Decorator: Python code of the function, and of what it calls, runs as it is while a `tf.function` is traced.

    An `if` on a Tensor in it is an error then. Outside of traces nothing changes.

    Source: `tf.autograph.experimental.do_not_convert`.

    >>> import tfcompat_tape as tf
    >>> @tf.autograph.experimental.do_not_convert
    ... def double(x):
    ...     return x + x
    >>> tf.function(double)(tf.constant(2)).numpy()
    np.int32(4)
    """
    if func is None:
        return do_not_convert

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with converting(False):
            return func(*args, **kwargs)

    functools.update_wrapper(wrapper, func)
    return wrapper


_NOT_GIVEN: Any = object()


def set_loop_options(
    parallel_iterations: Any = _NOT_GIVEN,
    swap_memory: Any = _NOT_GIVEN,
    maximum_iterations: Any = _NOT_GIVEN,
    shape_invariants: Any = _NOT_GIVEN,
) -> None:
    """Say something of the loop around this call, first in its body.

    Args:
      parallel_iterations, swap_memory: no effect.
      maximum_iterations: an integer scalar; a loop over Tensors ends after so many rounds.
      shape_invariants: pairs of variables and shapes; these variables may change their shapes.

    Raises:
      UnimplementedError: `maximum_iterations` is given in a traced loop that runs as it is written.

    Source: `tf.autograph.experimental.set_loop_options`.

    >>> import tfcompat_tape as tf
    >>> @tf.function
    ... def total(x):
    ...     s = tf.zeros([])
    ...     for row in x:
    ...         tf.autograph.experimental.set_loop_options(parallel_iterations=1)
    ...         s += row
    ...     return s
    >>> total(tf.constant([1.0, 2.0])).numpy()
    np.float32(3.0)
    """
    if current.tracer is None:
        return
    from tfcompat_tape.tracing import scope

    trace: Any = scope.active.trace
    trace.loose_loops = shape_invariants is not _NOT_GIVEN
    if maximum_iterations is _NOT_GIVEN:
        return
    if trace.most_rounds is not trace:
        raise unimplemented(
            "set_loop_options: maximum_iterations is not available in a loop that runs as it is written. Count the "
            "rounds, and leave the loop by `break`."
        )
    trace.most_rounds = maximum_iterations
