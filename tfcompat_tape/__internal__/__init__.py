"""``tf.__internal__``: what libraries of TensorFlow's own house reach for, Keras first of all.

TensorFlow does not document it. What is here does what it says; other names of it raise AttributeError.
"""

from tfcompat_tape.__internal__ import (
    decorator,
    dispatch,
    distribute,
    eager_context,
    feature_column,
    mixed_precision,
    nest,
    saved_model,
    smart_cond,
    tf2,
    tracking,
    types,
)
from tfcompat_tape.__internal__._devices import execute_fn_for_device
from tfcompat_tape.__internal__._hooks import (
    load_context,
    register_call_context_function,
    register_clear_session_function,
    register_get_session_function,
    register_load_model_function,
)
from tfcompat_tape.control.scopes import get_current_name_scope as get_name_scope
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.tensor import Tensor as EagerTensor
from tfcompat_tape.coverage.names import namespace

_LATER = {"FuncGraph": "tfcompat_tape.tracing.scratch"} | {
    name: f"tfcompat_tape.__internal__.{name}" for name in ("autograph", "function", "ops", "train")
}
__getattr__ = namespace(globals(), "tf.__internal__", later=_LATER)
