"""Which shapes and dtypes a function gives for arguments that are known by their shapes and dtypes alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.core.dtypes import string
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.sizes import LIKELY
from tfcompat_tape.tracing.symbolic import shown
from tfcompat_tape.tracing.trace import Trace


def output_specs(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The results of a function with TensorSpecs in place of Tensors; sizes that are not known are `None`.

    The function runs once, on tensors without elements; no Variable is assigned to.

    Args:
      args, kwargs: with TensorSpecs in place of Tensors; their rank must be known.

    Raises:
      UnimplementedError: a result depends on values, or a spec leaves the rank open.

    Source: what TensorFlow finds by tracing a FuncGraph with placeholders.

    >>> import tfcompat_tape as tf
    >>> output_specs(lambda x: tf.concat([x, x], 1), tf.TensorSpec([None, 3]))
    TensorSpec(shape=(None, 6), dtype=tf.float32, name=None)
    """
    specs = [x for x in nest.flatten((args, kwargs)) if isinstance(x, TensorSpec)]
    if any(spec.shape.rank is None for spec in specs):
        raise unimplemented("The shapes of results are found for arguments of known rank only.")
    from tfcompat_tape.tracing.unknown import Unknown  # it takes half a second: only who needs it

    trace = Trace(concrete=False, creating=True, sizes=Unknown())

    def argument(x: Any) -> Any:
        if not isinstance(x, TensorSpec):
            return x
        dims = x.shape.as_list()
        sizes = [LIKELY if n is None else n for n in dims]
        if x.dtype is string:
            return trace.argument(np.full(sizes, b"", dtype=object), None, dims)
        return trace.argument(torch.empty((), dtype=x.dtype.torch).expand(sizes), None, dims)

    def described(x: Any) -> Any:
        if isinstance(x, (Tensor, Variable)):
            return TensorSpec(shown(x._t), x.dtype)
        return x

    try:
        with scope.left():
            given, named = nest.map_structure(argument, (args, kwargs))
            return trace.run(lambda: nest.map_structure(described, function(*given, **named)), function)
    except UntraceableError as error:
        raise unimplemented(f"The shapes of results are not known without values: {error}.") from error
