"""What `tensorflow.python.framework.tensor_util` has that is public nowhere."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.arrays.conversion import get_static_value
from tfcompat_tape.control.scopes import executing_eagerly
from tfcompat_tape.core.tensor import Tensor

__all__ = ["try_evaluate_constant"]


def try_evaluate_constant(tensor: Any) -> Any:
    """The value of a Tensor of a function that is traced, where arguments and Variables do not decide it, else `None`.

    Raises:
      AttributeError: nothing is traced, so that the Tensor is of no graph, or it is no Tensor.
    """
    if executing_eagerly() or not isinstance(tensor, Tensor):
        return tensor.graph  # which raises what TensorFlow does
    found: Any = get_static_value(tensor)  # type: ignore[no-untyped-call]
    return found if found is None or found.shape else found[()]
