"""Functions of variables: assigning to them and to their rows, and asking whether they have a value."""

from __future__ import annotations

from typing import Any

import tfcompat_tape as tf


class _Maker(type):
    """Makes variables of version 2, which in eager code are the only ones: nothing is an instance of the class."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return _variable(*args, **kwargs)

    def __instancecheck__(cls, instance: Any) -> bool:
        return False


class Variable(metaclass=_Maker):
    """`tf.Variable` with the arguments of version 1. Source: `tf.compat.v1.Variable`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.Variable(1.0, trainable=False).trainable
    False
    """


def _variable(
    initial_value: Any = None,
    trainable: Any = None,
    collections: Any = None,
    validate_shape: bool = True,
    caching_device: Any = None,
    name: Any = None,
    variable_def: Any = None,
    dtype: Any = None,
    expected_shape: Any = None,
    import_scope: Any = None,
    constraint: Any = None,
    use_resource: Any = None,
    synchronization: Any = tf.VariableSynchronization.AUTO,
    aggregation: Any = tf.VariableAggregation.NONE,
    shape: Any = None,
    experimental_enable_variable_lifting: bool = True,
) -> Any:
    if initial_value is None:
        raise ValueError("The `initial_value` arg to `tf.Variable` must be specified.")
    return tf.Variable(
        initial_value,
        trainable,
        caching_device=caching_device,
        name=name,
        variable_def=variable_def,
        dtype=dtype,
        constraint=constraint,
        synchronization=synchronization,
        aggregation=aggregation,
        shape=shape,
        experimental_enable_variable_lifting=experimental_enable_variable_lifting,
    )


def assign(
    ref: Any, value: Any, validate_shape: Any = None, use_locking: Any = None, name: str | None = None
) -> Any:
    """`ref.assign(value)`. Source: `tf.compat.v1.assign`."""
    return ref.assign(value)


def assign_add(ref: Any, value: Any, use_locking: Any = None, name: str | None = None) -> Any:
    """`ref.assign_add(value)`. Source: `tf.compat.v1.assign_add`."""
    return ref.assign_add(value)


def assign_sub(ref: Any, value: Any, use_locking: Any = None, name: str | None = None) -> Any:
    """`ref.assign_sub(value)`. Source: `tf.compat.v1.assign_sub`."""
    return ref.assign_sub(value)


def count_up_to(ref: Any, limit: Any, name: str | None = None) -> Any:
    """`ref.count_up_to(limit)`. Source: `tf.compat.v1.count_up_to`."""
    return ref.count_up_to(limit)


def _rows(name: str) -> Any:
    def scatter(
        ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
    ) -> Any:
        method = getattr(ref, kind)
        return method(
            tf.IndexedSlices(tf.convert_to_tensor(updates, ref.dtype), tf.convert_to_tensor(indices))
        )

    kind = name
    scatter.__name__ = scatter.__qualname__ = name
    scatter.__doc__ = f"`ref.{name}` of rows and their indices. Source: `tf.compat.v1.{name}`."
    return scatter


scatter_add = _rows("scatter_add")
scatter_div = _rows("scatter_div")
scatter_max = _rows("scatter_max")
scatter_min = _rows("scatter_min")
scatter_mul = _rows("scatter_mul")
scatter_sub = _rows("scatter_sub")
scatter_update = _rows("scatter_update")
batch_scatter_update = _rows("batch_scatter_update")


def scatter_nd_add(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Any:
    """`ref.scatter_nd_add`. Source: `tf.compat.v1.scatter_nd_add`."""
    return ref.scatter_nd_add(indices, updates)


def scatter_nd_sub(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Any:
    """`ref.scatter_nd_sub`. Source: `tf.compat.v1.scatter_nd_sub`."""
    return ref.scatter_nd_sub(indices, updates)


def scatter_nd_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Any:
    """`ref.scatter_nd_update`. Source: `tf.compat.v1.scatter_nd_update`."""
    return ref.scatter_nd_update(indices, updates)


def is_variable_initialized(variable: Any) -> Any:
    """Whether the variable has a value: True. Source: `tf.compat.v1.is_variable_initialized`."""
    return variable.is_initialized()


def _of_all(name: str) -> Any:
    def initialize() -> None:
        return None

    return _nothing(initialize, name)


def _of_some(name: str) -> Any:
    def initialize(var_list: Any, name: str = "init") -> None:
        return None

    return _nothing(initialize, name)


def _of_tables(name: str) -> Any:
    def initialize(name: str = "init_all_tables") -> None:
        return None

    return _nothing(initialize, name)


def _nothing(initialize: Any, name: str) -> Any:
    initialize.__name__ = initialize.__qualname__ = name
    initialize.__doc__ = (
        f"Nothing happens: values are there from the beginning. Source: `tf.compat.v1.{name}`."
    )
    return initialize


def assert_variables_initialized(var_list: Any = None) -> None:
    """Nothing happens: values are there from the beginning. Source: `tf.compat.v1.assert_variables_initialized`."""


global_variables_initializer = _of_all("global_variables_initializer")
initialize_all_tables = _of_tables("initialize_all_tables")
initialize_all_variables = _of_all("initialize_all_variables")
initialize_local_variables = _of_all("initialize_local_variables")
initialize_variables = _of_some("initialize_variables")
local_variables_initializer = _of_all("local_variables_initializer")
tables_initializer = _of_tables("tables_initializer")
variables_initializer = _of_some("variables_initializer")


def report_uninitialized_variables(var_list: Any = None, name: str = "report_uninitialized_variables") -> Any:
    """The names of variables without values: none. Source: `tf.compat.v1.report_uninitialized_variables`."""
    return tf.constant([], tf.string)
