"""Collections of the default graph: lists by key. Of variables, those of templates are in them."""

from __future__ import annotations

import re
from typing import Any


class GraphKeys:
    """Names of the collections that TensorFlow itself reads. Source: `tf.compat.v1.GraphKeys`."""

    ACTIVATIONS = "activations"
    ASSET_FILEPATHS = "asset_filepaths"
    BIASES = "biases"
    CONCATENATED_VARIABLES = "concatenated_variables"
    COND_CONTEXT = "cond_context"
    EVAL_STEP = "eval_step"
    GLOBAL_STEP = "global_step"
    GLOBAL_VARIABLES = "variables"
    INIT_OP = "init_op"
    LOCAL_INIT_OP = "local_init_op"
    LOCAL_RESOURCES = "local_resources"
    LOCAL_VARIABLES = "local_variables"
    LOSSES = "losses"
    METRIC_VARIABLES = "metric_variables"
    MODEL_VARIABLES = "model_variables"
    MOVING_AVERAGE_VARIABLES = "moving_average_variables"
    QUEUE_RUNNERS = "queue_runners"
    READY_FOR_LOCAL_INIT_OP = "ready_for_local_init_op"
    READY_OP = "ready_op"
    REGULARIZATION_LOSSES = "regularization_losses"
    RESOURCES = "resources"
    SAVEABLE_OBJECTS = "saveable_objects"
    SAVERS = "savers"
    SUMMARIES = "summaries"
    SUMMARY_OP = "summary_op"
    TABLE_INITIALIZERS = "table_initializer"
    TRAINABLE_RESOURCE_VARIABLES = "trainable_resource_variables"
    TRAINABLE_VARIABLES = "trainable_variables"
    TRAIN_OP = "train_op"
    UPDATE_OPS = "update_ops"
    VARIABLES = "variables"
    WEIGHTS = "weights"
    WHILE_CONTEXT = "while_context"


_held: dict[Any, list[Any]] = {}


def add_to_collection(name: Any, value: Any) -> None:
    """Add a value to a collection. Source: `tf.compat.v1.add_to_collection`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.reset_default_graph()
    >>> tf.compat.v1.add_to_collection("mine", 3)
    >>> tf.compat.v1.get_collection("mine")
    [3]
    """
    _held.setdefault(name, []).append(value)


def add_to_collections(names: Any, value: Any) -> None:
    """Add a value to several collections. Source: `tf.compat.v1.add_to_collections`."""
    for name in {names} if isinstance(names, str) else set(names):
        add_to_collection(name, value)


def get_collection(key: Any, scope: Any = None) -> list[Any]:
    """What a collection holds; with `scope`, what has a name that begins so. Source: `tf.compat.v1.get_collection`."""
    found = _held.get(key, [])
    if scope is None:
        return [*found]
    return [value for value in found if hasattr(value, "name") and re.match(scope, value.name)]


def get_collection_ref(key: Any) -> list[Any]:
    """The list itself: what is added to it stays. Source: `tf.compat.v1.get_collection_ref`."""
    return _held.setdefault(key, [])


def clear() -> None:
    """Forget all collections."""
    _held.clear()


def _of(key: str, name: str) -> Any:
    def variables(scope: Any = None) -> list[Any]:
        return get_collection(key, scope)

    variables.__name__ = variables.__qualname__ = name
    variables.__doc__ = (
        f"The collection {key!r}: of variables, those of templates. Source: `tf.compat.v1.{name}`."
    )
    return variables


global_variables = _of(GraphKeys.GLOBAL_VARIABLES, "global_variables")
local_variables = _of(GraphKeys.LOCAL_VARIABLES, "local_variables")
model_variables = _of(GraphKeys.MODEL_VARIABLES, "model_variables")
moving_average_variables = _of(GraphKeys.MOVING_AVERAGE_VARIABLES, "moving_average_variables")
trainable_variables = _of(GraphKeys.TRAINABLE_VARIABLES, "trainable_variables")


def all_variables() -> list[Any]:
    """The older name of `global_variables`. Source: `tf.compat.v1.all_variables`."""
    found: list[Any] = global_variables()
    return found
