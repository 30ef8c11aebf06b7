"""Converting functions by hand, and looking at what becomes of them."""

from __future__ import annotations

import ast
import functools
import logging
import types
from collections.abc import Callable
from typing import Any

from tfcompat_tape.tracing.conversion import converted, converting, source_of
from tfcompat_tape.tracing.rewriting import rewritten
from tfcompat_tape.tracing.user_code import ConversionError

_logger = logging.getLogger("tensorflow.autograph")
_echo = logging.StreamHandler()


def to_graph(
    entity: Callable[..., Any], recursive: bool = True, experimental_optional_features: Any = None
) -> Callable[..., Any]:
    """The function with branches on Tensors as operations, also where `tf.function(autograph=False)` traces it.

    Args:
      entity: a function, or a method, which is taken without its object.
      recursive, experimental_optional_features: no effect.

    Returns:
      A function with the same arguments and results. Outside of traces it runs as Python.

    Raises:
      ConversionError: `entity` has no Python code.

    Source: `tf.autograph.to_graph`.

    >>> import tfcompat_tape as tf
    >>> def magnitude(x):
    ...     return x if x > 0 else -x
    >>> tf.function(tf.autograph.to_graph(magnitude), autograph=False)(tf.constant(-2)).numpy()
    np.int32(2)
    """
    plain = _with_code(entity)

    def call(*args: Any, **kwargs: Any) -> Any:
        with converting(True):
            return converted(plain)(*args, **kwargs)

    functools.update_wrapper(call, plain)
    call.__name__ = f"tf__{plain.__name__.strip('<>').replace('lambda', 'lam')}"
    return call


def to_code(
    entity: Callable[..., Any], recursive: bool = True, experimental_optional_features: Any = None
) -> str:
    """The source code that `to_graph` makes of a function.

    Args:
      entity: a function or method, whose source must be there.
      recursive, experimental_optional_features: no effect.

    Raises:
      ConversionError: `entity` has no Python code, or its source is not found.

    Source: `tf.autograph.to_code`.

    >>> import tfcompat_tape as tf
    >>> hasattr(tf.autograph, "to_code")
    True
    """
    plain = _with_code(entity)
    node = source_of(plain)
    if node is None:
        raise ConversionError(f"converting {entity!r}: its source code is not found.")
    made: Any = rewritten(node)
    if isinstance(made, ast.Lambda):
        return f"tf__lam = {ast.unparse(made)}\n"
    made.name = f"tf__{made.name}"
    made.decorator_list = []
    return ast.unparse(ast.fix_missing_locations(made)) + "\n"


def _with_code(entity: Any) -> types.FunctionType:
    plain = getattr(entity, "__func__", entity)
    if not isinstance(plain, types.FunctionType):
        raise ConversionError(
            f"converting {entity!r}: ValueError: Cannot apply autograph to a function that doesn't expose a __code__ "
            "object. If this is a @tf.function, try passing f.python_function instead."
        )
    return plain


def set_verbosity(level: int, alsologtostdout: bool = False) -> None:
    """Let the log say which functions are not converted, and why: from level 1 on, at the logger's level DEBUG.

    Args:
      level: 0 says nothing.
      alsologtostdout: the same on the standard error stream.

    Source: `tf.autograph.set_verbosity`.

    >>> import tfcompat_tape as tf
    >>> tf.autograph.set_verbosity(0)
    """
    _logger.setLevel(logging.DEBUG if level > 0 else logging.NOTSET)
    if alsologtostdout and level > 0:
        _logger.addHandler(_echo)
    else:
        _logger.removeHandler(_echo)


def trace(*args: Any) -> None:
    """Print the arguments: in a function that is traced, while it is traced.

    Source: `tf.autograph.trace`.

    >>> import tfcompat_tape as tf
    >>> tf.autograph.trace("x", 1)
    x 1
    """
    print(*args)
