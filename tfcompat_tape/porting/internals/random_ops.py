"""What `tensorflow.python.ops.random_ops` has that is public nowhere."""

from __future__ import annotations

from typing import Any

__all__ = ["parameterized_truncated_normal"]


def parameterized_truncated_normal(
    shape: Any,
    means: Any = 0.0,
    stddevs: Any = 1.0,
    minvals: Any = -2.0,
    maxvals: Any = 2.0,
    dtype: Any = None,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Normal numbers between bounds that are tensors, of a stream that is not covered.

    Raises:
      NotImplementedError.
    """
    raise NotImplementedError(
        "random_ops.parameterized_truncated_normal draws from a stream that is not covered: use "
        "tf.random.stateless_parameterized_truncated_normal."
    )
