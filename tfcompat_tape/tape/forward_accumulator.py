"""`tf.autodiff.ForwardAccumulator`: Jacobian-vector products, computed together with the values."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core import wengert
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.handles import variable_of
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.ends import UnconnectedGradients, no_derivative
from tfcompat_tape.tape.forward import Accumulation, tangent_of

__all__ = ["ForwardAccumulator"]

logger = logging.getLogger("tensorflow")


class ForwardAccumulator:
    """Computes Jacobian-vector products ("JVPs") of what runs in its context, by forward mode.

    One pass gives the derivative of everything that is computed along one direction: cheap where there are many results
    and few inputs, and it stores nothing. Around a `tf.GradientTape` it gives products with the Hessian.

    Args:
      primals: nested structure of Tensors or Variables.
      tangents: for each primal its direction, a Tensor of its shape and dtype, in the same structure.

    Raises:
      ValueError: the structures or dtypes differ, or a primal is given twice.

    Accumulators nest. An outer one sees what an inner one computes, so that `outer.jvp(inner.jvp(y))` is a second
    derivative; the other way round it is `None`. As in TensorFlow, a function with `tf.custom_gradient` is
    differentiated through its own operations, and a gradient that was registered for an op is transposed.

    Source: `tf.autodiff.ForwardAccumulator`.

    >>> import tfcompat_tape as tf
    >>> x = tf.constant([1.0, 2.0])
    >>> with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.0])) as acc:
    ...     y = x * x * x
    >>> print(acc.jvp(y).numpy())
    [3. 0.]

    The product of a Hessian and a vector, without the Hessian:

    >>> with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.0])) as acc:
    ...     with tf.GradientTape() as tape:
    ...         tape.watch(x)
    ...         y = tf.reduce_sum(x * x * x)
    ...     g = tape.gradient(y, x)
    >>> print(acc.jvp(g).numpy())
    [6. 0.]
    """

    def __init__(self, primals: Any, tangents: Any) -> None:
        self._record = Accumulation()
        self._recording = False
        self._integers: dict[
            int, tuple[Any, Tensor]
        ] = {}  # primals that have a tangent which no op passes on
        nest.assert_same_structure(primals, tangents)
        flat = [variable_of(x) for x in nest.flatten(primals)]
        pairs = list(zip(flat, nest.flatten(tangents), strict=True))
        seen: set[int] = set()
        for primal, _ in pairs:
            if id(primal) in seen:
                raise ValueError(
                    f"The primal {primal!r} is given more than once. Give it once, with the sum of its tangents."
                )
            seen.add(id(primal))
        for primal, tangent in pairs:
            self._watch(primal, tangent)

    def _watch(self, primal: Any, tangent: Any) -> None:
        if not isinstance(primal, (Tensor, Variable)):
            message = (
                f"A primal must be a Tensor or Variable, got {primal!r} of type {type(primal).__name__}."
            )
            raise no_derivative(message, primal, "dtype")
        if tangent is None:
            raise ValueError("A tangent is None; leave the primal out, or give zeros.")
        if primal._t.dtype not in INEXACT:
            logger.warning(
                "The dtype of the watched primal must be floating (e.g. tf.float32), got %r", primal.dtype
            )
            self._integers[id(primal)] = primal, convert(tangent, primal.dtype)
            return
        given = convert(tangent, primal.dtype)
        watch = wengert.watch_variable if isinstance(primal, Variable) else wengert.watch_value
        node = watch(primal, self._record.ids)
        self._record.attach(node, given if given._node is not None else given._t)

    def __enter__(self) -> ForwardAccumulator:
        if self._recording:
            raise ValueError("Accumulator is already recording.")
        self._recording = True
        wengert.start(self._record)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._recording:
            wengert.stop(self._record)
            self._recording = False

    def jvp(self, primals: Any, unconnected_gradients: Any = UnconnectedGradients.NONE) -> Any:
        """The derivative of `primals` along the tangents that the accumulator was made with.

        Args:
          primals: nested structure of Tensors (or Variables) computed in the context.
          unconnected_gradients: `None` or zeros where a value does not depend on the accumulator's primals.

        Returns:
          The structure of `primals`, holding for each a Tensor of its shape and dtype, or `None`. The tangent of
          IndexedSlices is IndexedSlices.

        >>> import tfcompat_tape as tf
        >>> x = tf.Variable(2.0)
        >>> with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as acc:
        ...     y = {"square": x * x, "other": tf.constant(1.0)}
        >>> acc.jvp(y)["square"].numpy(), acc.jvp(y)["other"]
        (np.float32(4.0), None)
        """
        zero = UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO
        return nest.map_structure(lambda value: self._jvp_of(value, zero), primals)

    def _jvp_of(self, value: Any, zero: bool) -> Any:
        """The tangent of one value; `zero`: zeros where there is none."""
        if type(value) is IndexedSlices:
            values = self._jvp_of(value.values, zero)
            return None if values is None else IndexedSlices(values, value.indices, value.dense_shape)
        if not isinstance(value, (Tensor, Variable)):
            raise AttributeError(
                f"jvp takes Tensors and Variables, got {value!r} of type {type(value).__name__}."
            )
        tangent = tangent_of(value._node, self._record.id)
        if tangent is not None:
            return tangent if type(tangent) is Tensor else Tensor(tangent, None)
        if id(value) in self._integers:
            return self._integers[id(value)][1]
        return Tensor(value._t.new_zeros(value._t.shape), None) if zero else None
