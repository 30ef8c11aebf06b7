"""Names, devices and switches of the default graph; and what only graphs could do."""

from __future__ import annotations

import contextlib
from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.compat._v1 import collections, scopes


def name_scope(name: Any, default_name: Any = None, values: Any = None) -> Any:
    """`tf.name_scope` of `name`, or of `default_name`. Source: `tf.compat.v1.name_scope`."""
    if not isinstance(name, (str, type(None))):
        raise TypeError(f"name_scope: the name must be a string, got {name!r}.")
    return tf.name_scope(name if name is not None else default_name or "")


def op_scope(values: Any, name: Any, default_name: Any = None) -> Any:
    """`name_scope` with another order of arguments. Source: `tf.compat.v1.op_scope`."""
    return name_scope(name, default_name)


def device(device_name_or_function: Any) -> Any:
    """`tf.device`. RuntimeError for a function, which only graphs take. Source: `tf.compat.v1.device`."""
    if callable(device_name_or_function):
        raise RuntimeError("tf.device does not support functions when eager execution is enabled.")
    return tf.device(device_name_or_function)


def colocate_with(op: Any, ignore_existing: bool = False) -> Any:
    """Context without effect. Source: `tf.compat.v1.colocate_with`."""
    return contextlib.nullcontext()


def container(container_name: Any) -> Any:
    """Context without effect. Source: `tf.compat.v1.container`."""
    return contextlib.nullcontext(container_name)


def reset_default_graph() -> None:
    """Forget collections and variable scopes. Source: `tf.compat.v1.reset_default_graph`."""
    collections.clear()
    scopes.forget()


def get_default_session() -> None:
    """None: there are no sessions. Source: `tf.compat.v1.get_default_session`."""


def executing_eagerly_outside_functions() -> bool:
    """True. Source: `tf.compat.v1.executing_eagerly_outside_functions`."""
    return True


def control_flow_v2_enabled() -> bool:
    """True. Source: `tf.compat.v1.control_flow_v2_enabled`."""
    return True


def resource_variables_enabled() -> bool:
    """True. Source: `tf.compat.v1.resource_variables_enabled`."""
    return True


def _anyway(name: str) -> Any:
    def enable() -> None:
        return None

    enable.__name__ = enable.__qualname__ = name
    enable.__doc__ = f"Nothing happens: it is so anyway. Source: `tf.compat.v1.{name}`."
    return enable


enable_control_flow_v2 = _anyway("enable_control_flow_v2")
enable_resource_variables = _anyway("enable_resource_variables")
enable_tensor_equality = _anyway("enable_tensor_equality")
enable_v2_tensorshape = _anyway("enable_v2_tensorshape")


# -- what TensorFlow itself refuses in eager code ----------------------------------------------------------------------


def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Any:
    """An input of the `tf.__internal__.FuncGraph` that is built; RuntimeError in eager code.

    Source: `tf.compat.v1.placeholder`.
    """
    from tfcompat_tape.tracing import scratch  # needs symbolic shapes, which take a second to load

    return scratch.placeholder(dtype, shape)


def sparse_placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Any:
    """A sparse input of the `tf.__internal__.FuncGraph` that is built; RuntimeError in eager code.

    Source: `tf.compat.v1.sparse_placeholder`.
    """
    from tfcompat_tape.tracing import scratch

    return scratch.sparse_placeholder(dtype, shape)


def ragged_placeholder(dtype: Any, ragged_rank: Any, value_shape: Any = None, name: str | None = None) -> Any:
    """RuntimeError: there are no placeholders in eager code. Source: `tf.compat.v1.ragged.placeholder`."""
    placeholder(dtype)


def placeholder_with_default(input: Any, shape: Any, name: str | None = None) -> Any:
    """The default. Source: `tf.compat.v1.placeholder_with_default`."""
    return tf.identity(input)


def gradients(ys: Any, xs: Any, *args: Any, **kwargs: Any) -> Any:
    """`tf.gradients`: RuntimeError outside of a `tf.function`. Source: `tf.compat.v1.gradients`."""
    kwargs.pop("colocate_gradients_with_ops", None)
    return tf.gradients(ys, xs, *args, **kwargs)


def hessians(ys: Any, xs: Any, *args: Any, **kwargs: Any) -> Any:
    """`tf.hessians`: RuntimeError outside of a `tf.function`. Source: `tf.compat.v1.hessians`."""
    kwargs.pop("colocate_gradients_with_ops", None)
    return tf.hessians(ys, xs, *args, **kwargs)


def add_check_numerics_ops() -> None:
    """RuntimeError: it adds to graphs. Source: `tf.compat.v1.add_check_numerics_ops`."""
    raise RuntimeError(
        "add_check_numerics_ops() is not compatible with eager execution. To check for Inf's and NaN's under eager "
        "execution, call tf.debugging.enable_check_numerics() once before executing the checked operations."
    )


def no_regularizer(_: Any) -> None:
    """None: nothing is added to a loss. Source: `tf.compat.v1.no_regularizer`."""
