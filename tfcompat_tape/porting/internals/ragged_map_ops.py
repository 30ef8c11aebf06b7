"""`tensorflow.python.ops.ragged.ragged_map_ops`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["map_fn"]


def map_fn(
    fn: Any,
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
) -> Any:
    """`tf.map_fn`, of whose results `dtype` may say that they are ragged."""
    tf: Any = import_module("tfcompat_tape")
    return tf.map_fn(
        fn,
        elems,
        parallel_iterations=parallel_iterations,
        swap_memory=swap_memory,
        infer_shape=infer_shape,
        name=name,
        fn_output_signature=dtype,
    )
