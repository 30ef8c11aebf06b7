"""`tensorflow.python.ops.parallel_for.control_flow_ops`: loops whose rounds do not depend on each other."""

import importlib
from collections.abc import Callable
from typing import Any

tf: Any = importlib.import_module("tfcompat_tape")

__all__ = ["pfor"]


def pfor(
    loop_fn: Callable[[Any], Any],
    iters: Any,
    fallback_to_while_loop: bool = True,
    parallel_iterations: int | None = None,
    warn: bool = False,
) -> Any:
    """`loop_fn(i)` for each `i` in `range(iters)` at once, the results stacked along a first axis.

    `parallel_iterations` says how many at most; here memory alone does, and the results are the same.
    """
    return tf.vectorized_map(loop_fn, tf.range(iters), fallback_to_while_loop, warn)
