"""Variable scopes: what stands before the names of variables, and the defaults of `get_variable`."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from enum import Enum
from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.compat._v1 import collections
from tfcompat_tape.compat._v1.initializers import Initializer, glorot_uniform_initializer, zeros_initializer
from tfcompat_tape.compat._v1.regularizing import Regularization


class _ReuseMode(Enum):
    """Whether variables are found again by their names: in eager code, only within a template."""

    AUTO_REUSE = 1


AUTO_REUSE = _ReuseMode.AUTO_REUSE


class VariableScope:
    """The names and defaults that `get_variable` goes by. Source: `tf.compat.v1.VariableScope`."""

    def __init__(
        self,
        reuse: Any,
        name: str = "",
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Any = None,
        name_scope: str = "",
        dtype: Any = tf.float32,
        use_resource: Any = None,
        constraint: Any = None,
    ) -> None:
        self.name = name
        self.initializer = initializer
        self.regularizer = regularizer
        self.caching_device = caching_device
        self.partitioner = partitioner
        self.custom_getter = custom_getter
        self.original_name_scope = name_scope
        self.dtype = dtype
        self.use_resource = True if use_resource is None else use_resource
        self.constraint = constraint
        self._reuse: Any = AUTO_REUSE

    @property
    def reuse(self) -> Any:
        """AUTO_REUSE, or True once `reuse_variables` was called: eager code makes variables anew all the same."""
        return self._reuse

    def reuse_variables(self) -> None:
        """Set `reuse`."""
        self._reuse = True

    def set_initializer(self, initializer: Any) -> None:
        """Set the default initializer."""
        self.initializer = initializer

    def set_dtype(self, dtype: Any) -> None:
        """Set the default dtype."""
        self.dtype = dtype

    def set_regularizer(self, regularizer: Any) -> None:
        """Set the default regularizer."""
        self.regularizer = regularizer

    def set_custom_getter(self, custom_getter: Any) -> None:
        """Set what `get_variable` calls in place of the maker of variables."""
        self.custom_getter = custom_getter

    def set_partitioner(self, partitioner: Any) -> None:
        """Set the default partitioner."""
        self.partitioner = partitioner

    def set_caching_device(self, caching_device: Any) -> None:
        """Set where reads would be kept, which has no effect."""
        self.caching_device = caching_device

    def set_use_resource(self, use_resource: Any) -> None:
        """ValueError for False: all variables are resources in eager code."""
        if not use_resource:
            raise ValueError("When eager execution is enabled, `use_resource` cannot be set to false.")
        self.use_resource = use_resource

    def get_collection(self, name: str) -> list[Any]:
        """What of a collection has a name in this scope."""
        return collections.get_collection(name, f"{self.name}/" if self.name else "")

    def global_variables(self) -> list[Any]:
        """The collection of global variables, which is empty in eager code."""
        return self.get_collection(collections.GraphKeys.GLOBAL_VARIABLES)

    def trainable_variables(self) -> list[Any]:
        """The collection of trainable variables, which is empty in eager code."""
        return self.get_collection(collections.GraphKeys.TRAINABLE_VARIABLES)

    def local_variables(self) -> list[Any]:
        """The collection of local variables, which is empty in eager code."""
        return self.get_collection(collections.GraphKeys.LOCAL_VARIABLES)


class _State(threading.local):
    """The scopes that this thread entered, how often each name was taken, and the stores of templates."""

    def __init__(self) -> None:
        self.entered = [VariableScope(AUTO_REUSE)]
        self.counts: dict[str, int] = {}
        self.stores: list[dict[str, Any]] = []


state = _State()


def forget() -> None:
    """Begin anew: no scope was entered."""
    state.__init__()  # type: ignore[misc]


def get_variable_scope() -> VariableScope:
    """The innermost variable scope. Source: `tf.compat.v1.get_variable_scope`.

    >>> import tfcompat_tape as tf
    >>> with tf.compat.v1.variable_scope("a"), tf.compat.v1.variable_scope("b"):
    ...     print(tf.compat.v1.get_variable_scope().name)
    a/b
    """
    return state.entered[-1]


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}/{name}" if prefix else name


def unique(prefix: str) -> str:
    """A name within the innermost scope that is not taken: "a", "a_1", ..."""
    outer = get_variable_scope().name
    name, number = prefix, 0
    while state.counts.get(_joined(outer, name), 0):
        number += 1
        name = f"{prefix}_{number}"
    return name


@contextlib.contextmanager
def variable_scope(
    name_or_scope: Any,
    default_name: Any = None,
    values: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    custom_getter: Any = None,
    reuse: Any = None,
    dtype: Any = None,
    use_resource: Any = None,
    constraint: Any = None,
    auxiliary_name_scope: bool = True,
) -> Iterator[VariableScope]:
    """Context within which `get_variable` puts `name/` before names, and takes the defaults given here.

    In eager code `reuse` has no effect: variables are made anew, except within a template.

    Args:
      name_or_scope: a name, or a VariableScope to enter again; None takes `default_name` with a number.

    Raises:
      TypeError: neither a name nor a scope nor a default.
      ValueError: `reuse` is none of True, False, None and AUTO_REUSE.

    Source: `tf.compat.v1.variable_scope`.

    >>> import tfcompat_tape as tf
    >>> with tf.compat.v1.variable_scope("layer"):
    ...     print(tf.compat.v1.get_variable("w", [2]).name)
    layer/w:0
    """
    if default_name is None and name_or_scope is None:
        raise TypeError("If default_name is None then name_or_scope is required")
    if reuse not in (True, False, None, AUTO_REUSE):
        raise ValueError("The reuse parameter must be True or False or None.")
    if name_or_scope is not None and not isinstance(name_or_scope, (str, VariableScope)):
        raise TypeError("VariableScope: name_or_scope must be a string or VariableScope.")
    outer = get_variable_scope()
    again = name_or_scope if isinstance(name_or_scope, VariableScope) else None
    given = name_or_scope if isinstance(name_or_scope, str) else None
    short = again.name.rpartition("/")[2] if again else given if given is not None else unique(default_name)
    if given == "":
        short = default_name or ""
    called = short if name_or_scope is not None else default_name  # name scopes get no numbers in eager code
    naming: Any = tf.name_scope(called) if called and auxiliary_name_scope else contextlib.nullcontext("")
    base = again or outer
    with naming as name_scope:
        scope = VariableScope(
            reuse,
            again.name if again else _joined(outer.name, short),
            base.initializer if initializer is None else initializer,
            base.regularizer if regularizer is None else regularizer,
            base.caching_device if caching_device is None else caching_device,
            base.partitioner if partitioner is None else partitioner,
            _composed(base.custom_getter, custom_getter),
            again.original_name_scope if again else name_scope or outer.original_name_scope,
            base.dtype if dtype is None else dtype,
            base.use_resource if use_resource is None else use_resource,
            base.constraint if constraint is None else constraint,
        )
        state.counts[scope.name] = state.counts.get(scope.name, 0) + 1
        kept = {name: count for name, count in state.counts.items() if name.startswith(f"{scope.name}/")}
        state.entered.append(scope)
        try:
            yield scope
        finally:
            state.entered.pop()
            for name in [*state.counts]:
                if name.startswith(f"{scope.name}/"):
                    state.counts[name] = kept.get(name, 0) if again else 0


def variable_op_scope(values: Any, name_or_scope: Any, default_name: Any = None, **kwargs: Any) -> Any:
    """`variable_scope` with another order of arguments. Source: `tf.compat.v1.variable_op_scope`."""
    return variable_scope(name_or_scope, default_name, values, **kwargs)


def _composed(outer: Any, inner: Any) -> Any:
    """A getter that calls `inner` with a maker that calls `outer`."""
    if outer is None or inner is None:
        return inner if outer is None else outer
    return lambda getter, *args, **kwargs: inner(
        lambda *more, **others: outer(getter, *more, **others), *args, **kwargs
    )


def get_variable(
    name: Any,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: Any = None,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: Any = None,
    custom_getter: Any = None,
    constraint: Any = None,
    synchronization: Any = tf.VariableSynchronization.AUTO,
    aggregation: Any = tf.VariableAggregation.NONE,
) -> Any:
    """A new variable, with the defaults of the innermost variable scope.

    Args:
      name: its name, before which that of the variable scope is put.
      shape: needed unless `initializer` has a value.
      initializer: an initializer, a function (of the shape and a dtype, or of nothing), or a value; by default that of
        the scope, or `glorot_uniform_initializer` for floats and zeros for other dtypes.
      regularizer: a function of the variable; what it returns for the value of the moment is in the collection of
        regularization losses from now on, unless it is None.

    Raises:
      ValueError: neither shape nor value, a value and a shape, or a shape that leaves dimensions open.
      NotImplementedError: a partitioner; variables are in one piece here.

    Source: `tf.compat.v1.get_variable`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.get_variable("v", [2], initializer=tf.compat.v1.ones_initializer()).numpy()
    array([1., 1.], dtype=float32)
    """
    scope = get_variable_scope()
    if not isinstance(name, str):
        raise ValueError("name for name_scope must be a string.")
    getter = _composed(scope.custom_getter, custom_getter)
    initializer = scope.initializer if initializer is None else initializer
    partitioner = scope.partitioner if partitioner is None else partitioner
    if partitioner is not None:
        raise NotImplementedError(
            f"get_variable: {name!r} has a partitioner; variables are in one piece here. Leave it out."
        )
    arguments: dict[str, Any] = {
        "shape": shape,
        "dtype": scope.dtype if dtype is None else dtype,
        "initializer": initializer,
        "regularizer": scope.regularizer if regularizer is None else regularizer,
        "trainable": trainable,
        "constraint": scope.constraint if constraint is None else constraint,
        "synchronization": synchronization,
        "aggregation": aggregation,
    }
    full = _joined(scope.name, name)
    if getter is None:
        return _made(full, **arguments)
    rest = {
        "reuse": scope.reuse,
        "collections": collections,
        "caching_device": caching_device,
        "partitioner": None,
        "validate_shape": validate_shape,
        "use_resource": True,
    }
    return getter(_made, name=full, **arguments, **rest)


def _made(
    name: str,
    shape: Any = None,
    dtype: Any = tf.float32,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: Any = None,
    constraint: Any = None,
    synchronization: Any = tf.VariableSynchronization.AUTO,
    aggregation: Any = tf.VariableAggregation.NONE,
    **kwargs: Any,
) -> Any:
    """The variable of a full name: that of the template which runs, or a new one."""
    store = state.stores[-1] if state.stores else {}
    if name in store:
        return store[name]
    dtype = tf.as_dtype(dtype)
    value, dtype = _initial(name, shape, dtype, initializer)
    with tf.name_scope(""):
        variable = tf.Variable(
            value,
            trainable=trainable,
            name=name,
            dtype=dtype,
            constraint=constraint,
            synchronization=synchronization,
            aggregation=aggregation,
        )
    store[name] = variable
    if state.stores:  # as in TensorFlow, the variables of templates are in collections
        collections.add_to_collection(collections.GraphKeys.GLOBAL_VARIABLES, variable)
        if variable.trainable:
            collections.add_to_collection(collections.GraphKeys.TRAINABLE_VARIABLES, variable)
    if regularizer is not None and regularizer(variable) is not None:
        loss = Regularization(lambda: regularizer(variable))
        collections.add_to_collection(collections.GraphKeys.REGULARIZATION_LOSSES, loss)
    return variable


def _initial(name: str, shape: Any, dtype: Any, initializer: Any) -> tuple[Any, Any]:
    """The initial value of a variable, and its dtype."""
    if initializer is not None and not callable(initializer):
        if shape is not None:
            raise ValueError("If initializer is a constant, do not specify shape.")
        value = tf.convert_to_tensor(initializer)
        return value, value.dtype
    if shape is not None:
        shape = tf.TensorShape(shape)
    elif initializer is None or isinstance(initializer, (Initializer, type)):
        raise ValueError(
            f"Variable {name} did not get an initializer, so its `shape` argument must be specified."
        )
    if shape is not None and not shape.is_fully_defined():
        raise ValueError(
            f"Shape of a new variable ({name}) must be fully defined, but instead was {shape}. The initializer passed "
            "is not valid: `shape` should be fully defined."
        )
    if initializer is None:
        initializer = glorot_uniform_initializer() if dtype.is_floating else _zeros
    if isinstance(initializer, type):
        initializer = initializer(dtype=dtype) if issubclass(initializer, Initializer) else initializer()
    if shape is None:
        return initializer(), dtype
    return initializer(shape.as_list(), dtype=dtype), dtype


def _zeros(shape: list[int], dtype: Any) -> Any:
    return tf.fill(shape, tf.constant("", dtype)) if dtype == tf.string else zeros_initializer()(shape, dtype)


def get_local_variable(name: Any, *args: Any, **kwargs: Any) -> Any:
    """`get_variable` of a variable that is not trainable. Source: `tf.compat.v1.get_local_variable`."""
    kwargs["trainable"] = False
    return get_variable(name, *args, **kwargs)
