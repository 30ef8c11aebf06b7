"""A graph that code builds by itself, to see the shapes and dtypes that it gives: nothing in it ever runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch

from tfcompat_tape.control import graphs
from tfcompat_tape.core import devices, dtypes, hooks
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import OperatorNotAllowedInGraphError, unimplemented
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import only
from tfcompat_tape.tape.functions import running
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.texts import CPU, OBJECT
from tfcompat_tape.tracing.trace import Trace
from tfcompat_tape.tracing.unknown import LIKELY_NO_SIZE, Unknown


class _Like(NamedTuple):
    """What a placeholder is like."""

    shape: tuple[int, ...]
    dtype: Any
    device: torch.device


class FuncGraph(graphs.FuncGraph):
    """A graph to look at: within `as_default`, Tensors have shapes and dtypes and no values.

    `tf.compat.v1.placeholder` makes its inputs. Sizes that are `None` stay unknown, and agree with all others.

    Source: `tf.__internal__.FuncGraph`.

    >>> import tfcompat_tape as tf
    >>> with tf.__internal__.FuncGraph("scratch").as_default():
    ...     x = tf.compat.v1.placeholder(tf.float32, [None, 3])
    ...     print(tf.matmul(x, tf.zeros([3, 2])).get_shape())
    (None, 2)
    """

    def __init__(self, name: str, **kwargs: Any) -> None:
        for called in [*hooks.graphs]:
            called()
        super().__init__(name, ((), {}))
        self._trace: Trace | None = None

    @property
    def _traced(self) -> Any:
        return None if self._trace is None else self._trace.recorder

    @contextlib.contextmanager
    def as_default(self) -> Iterator[FuncGraph]:
        """Build the graph within this context."""
        if self._trace is None:
            self._trace = Trace(concrete=False, creating=True, autograph=None, sizes=Unknown())
        trace = self._trace
        trace.recorder.mode.closed = False
        running.depth += 1
        try:
            with scope.left(), super().as_default(), scope.entered(trace), only([]):
                yield self
        except UntraceableError as error:
            raise OperatorNotAllowedInGraphError(
                f"The graph {self.name!r} has shapes and dtypes and no values, but one is asked for: {error}."
            ) from error
        finally:
            running.depth -= 1
            trace.recorder.mode.closed = True


def placeholder(dtype: Any, shape: Any) -> Tensor:
    """An input of the graph that is built.

    Raises:
      RuntimeError: none is.
    """
    trace = scope.active.trace
    if trace is None or not isinstance(trace.recorder.sizes, Unknown):
        raise RuntimeError(
            "tf.placeholder() is not compatible with eager execution. Give the value itself as an argument of a "
            "function."
        )
    known = TensorShape(shape)
    if known.rank is None:
        raise unimplemented(
            "tf.compat.v1.placeholder: an input of an unknown rank cannot be traced; give its shape."
        )
    kind = dtypes.as_dtype(dtype)
    if kind.torch is None and kind is not dtypes.string:
        raise unimplemented(f"tf.compat.v1.placeholder: {kind.name} values cannot be traced.")
    dims = known.as_list()
    sizes = tuple([LIKELY_NO_SIZE if n is None else n for n in dims])
    like = _Like(sizes, OBJECT, CPU) if kind.torch is None else _Like(sizes, kind.torch, devices.current())
    return trace.argument(like, dims=dims)


def sparse_placeholder(dtype: Any, shape: Any) -> SparseTensor:
    """A sparse input of the graph that is built.

    Raises:
      RuntimeError: none is.
    """
    if scope.active.trace is None:
        raise RuntimeError("`sparse_placeholder` is not compatible with eager execution.")
    known = TensorShape(shape)
    if known.rank is None:
        raise unimplemented(
            "tf.compat.v1.sparse_placeholder: an input of an unknown rank cannot be traced; give its shape."
        )
    values = placeholder(dtype, [None])
    indices = placeholder(dtypes.int64, [None, known.rank])
    value = SparseTensor(indices, values, convert(placeholder(dtypes.int64, [known.rank])))
    value.set_shape(known)
    return value
