"""Functions that bring their own gradient: `tf.custom_gradient`, `tf.grad_pass_through`, `tf.recompute_grad`.

To the Wengert list such a call is one entry. Its parents are the arguments, and the Variables that the function read;
its rule is the gradient function that came with the results. What the function computed inside is on the list too, for
the sake of higher derivatives: a gradient function may use such values, and depend on the arguments through them.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import INEXACT, Keep, Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Entry, append, output, project, state, tapes_of, unlisted
from tfcompat_tape.tape.attention import paused, variables_read
from tfcompat_tape.tape.backward import as_raw
from tfcompat_tape.tape.forward import lend
from tfcompat_tape.tape.gradient_tape import GradientTape

__all__ = ["custom_gradient", "grad_pass_through", "recompute_grad"]


def custom_gradient(f: Any = None) -> Any:
    """Decorator of a function (or method) that returns its results together with their gradient function.

    Args:
      f: `f(*args, **kwargs)` returns `(results, grad)`: a nested structure of Tensors, and a function that takes one
        cotangent per result and returns one gradient per positional argument (`None`: no gradient). If `f` reads
        trainable Variables that are not arguments, `grad` must also take `variables=` and return
        `(gradients of the arguments, gradients of the variables)`.

    Returns:
      The function, without `grad` among its results.

    Raises:
      TypeError: `f` reads Variables and `grad` takes no `variables`.
      ValueError: when differentiated, if `grad` returns another number of gradients than there are inputs.

    Source: `tf.custom_gradient`.

    >>> import tfcompat_tape as tf
    >>> @tf.custom_gradient
    ... def clipped(x):
    ...     return x, lambda dy: tf.clip_by_value(dy, -1.0, 1.0)
    >>> x = tf.Variable(2.0)
    >>> with tf.GradientTape() as tape:
    ...     y = 10.0 * clipped(x)
    >>> print(tape.gradient(y, x).numpy())
    1.0
    """
    return custom_gradient if f is None else _CustomGradient(f)


class _CustomGradient:
    """A function, or when looked up on an instance a method, whose calls bring their own gradient."""

    __name__: str

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self._function = function

    def __get__(self, instance: Any, owner: type | None = None) -> _CustomGradient:
        return self if instance is None else _CustomGradient(self._function.__get__(instance, owner))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with variables_read() as read:
            result, grad = self._function(*args, **kwargs)
        inputs = nest.flatten(args)
        given = {id(x) for x in [*inputs, *nest.flatten(kwargs)]}
        variables = [v for v in read if id(v) not in given]
        if variables and not _takes_variables(grad):
            names = ", ".join(v.name for v in variables)
            raise TypeError(
                f"{self.__name__} uses the Variables {names}, so the gradient function that it returns must accept a "
                "keyword argument `variables` and return `(gradients of the inputs, gradients of the variables)`."
            )
        outputs = [convert(x) for x in nest.flatten(result)]
        tensors = [convert(x) for x in inputs] + [v._read() for v in variables]
        recorded = _record(self.__name__, tensors, outputs, _Pullback(grad, len(inputs), variables))
        return nest.pack_sequence_as(result, recorded)


def _takes_variables(grad: Any) -> bool:
    parameters = inspect.signature(grad).parameters.values()
    return any(p.name == "variables" or p.kind is p.VAR_KEYWORD for p in parameters)


def _record(name: str, inputs: Sequence[Tensor], outputs: Sequence[Tensor], rule: _Pullback) -> list[Tensor]:
    """`outputs` as the results of one entry with the gradient `rule`."""
    # Forward mode goes through what the function computed inside, as in TensorFlow.
    recording = state.recording - state.accumulating
    parents = tuple([x._node if x._node is not None and x._node.tapes & recording else None for x in inputs])
    tapes = tapes_of(parents, recording)
    if not tapes or not outputs:  # none of the inputs is traced; what the function took from elsewhere may be
        return [Tensor(x._t, x._node) for x in outputs]
    op = Op(name, _refuse, inputs=("*inputs",), outputs=0, keep=Keep.NOTHING)
    op.rule = rule
    described = tuple([(x._t.shape, x._t.dtype, getattr(x._t, "device", None)) for x in outputs])
    needs = tuple([parent is not None for parent in parents])
    entry = Entry(op, parents, (), (), None, {"_outputs": described}, needs, tapes)
    append(entry, tuple([x._t for x in outputs]))
    return [
        Tensor(
            x._t,
            lend(project(entry, i, x._t), x._node)
            if x._t.dtype in INEXACT
            else unlisted(output(i), (entry,)),
        )
        for i, x in enumerate(outputs)
    ]


class _Pullback:
    """The gradient rule of one call: the user's gradient function, on Tensors, its answer checked."""

    __slots__ = ("_count", "_grad", "_variables")

    takes_slices = True  # the cotangent of a lookup comes as IndexedSlices

    def __init__(self, grad: Callable[..., Any], count: int, variables: list[Variable]) -> None:
        self._grad = grad
        self._count = count
        self._variables = variables

    def __call__(self, op: Any, *cotangents: Any) -> Any:
        recorded = any(type(dy) is Tensor or _is_recorded_slices(dy) for dy in cotangents)
        dys = [_shown(dy) for dy in cotangents]
        of_variables: list[Any] = []
        if self._variables:
            of_inputs, found = self._grad(*dys, variables=self._variables)
            of_variables = [found] if type(found) is Tensor else list(found)
            if len(of_variables) != len(self._variables):
                raise ValueError(
                    f"The gradient function of {op.type} must return a gradient for each of {len(self._variables)} "
                    f"variables, but returned {len(of_variables)}."
                )
        else:
            of_inputs = self._grad(*dys)
        grads = nest.flatten(of_inputs)
        if len(grads) != self._count:
            raise ValueError(
                f"The gradient function of {op.type} was expected to return {self._count} gradients, one per input, "
                f"but returned {len(grads)}."
            )
        finish = _as_tensor if recorded else as_raw
        grads = [finish(grad) for grad in [*grads, *of_variables]]
        return grads[0] if len(grads) == 1 else grads


def _is_recorded_slices(dy: Any) -> bool:
    return type(dy) is IndexedSlices and type(dy.values) is Tensor


def _shown(dy: Any) -> Any:
    """A cotangent as the user's function gets it."""
    if type(dy) is IndexedSlices:
        shape = None if dy.dense_shape is None else convert(list(dy.shape))
        return IndexedSlices(_shown(dy.values), _shown(dy.indices), shape)
    return dy if type(dy) is Tensor else Tensor(dy, None)


def _as_tensor(grad: Any) -> Any:
    return grad if grad is None or type(grad) is Tensor or type(grad) is IndexedSlices else convert(grad)


def _refuse(*inputs: Any, **attrs: Any) -> Any:
    raise RuntimeError("A function with a gradient of its own has no kernel.")


def grad_pass_through(f: Any) -> Any:
    """The function `f`, with the identity as its gradient.

    Args:
      f: any function whose results match its arguments one to one.

    Source: `tf.grad_pass_through`.

    >>> import tfcompat_tape as tf
    >>> x, moving = tf.Variable(3.0), tf.Variable(0.0)
    >>> with tf.GradientTape() as tape:
    ...     y = tf.grad_pass_through(moving.assign)(x * x)
    >>> print(y.numpy(), tape.gradient(y, x).numpy())
    9.0 6.0
    """

    @custom_gradient
    def passing(*args: Any, **kwargs: Any) -> Any:
        def grad(*dys: Any, variables: Any = None) -> Any:
            return dys if variables is None else (dys, [None] * len(variables))

        return f(*args, **kwargs), grad

    functools.update_wrapper(passing, f)
    return passing


def recompute_grad(f: Any) -> Any:
    """The function `f`, which keeps nothing for its gradient but computes its intermediate results again.

    Trades time for memory: only the arguments stay alive between the call and the gradient.

    Args:
      f: `f(*args, **kwargs)` returns a Tensor or a sequence of Tensors.

    Source: `tf.recompute_grad`.

    >>> import tfcompat_tape as tf
    >>> x = tf.Variable(2.0)
    >>> with tf.GradientTape() as tape:
    ...     y = tf.recompute_grad(lambda x: x**3)(x)
    >>> print(tape.gradient(y, x).numpy())
    12.0
    """

    @custom_gradient
    def inner(*args: Any, **kwargs: Any) -> Any:
        with paused(), variables_read() as read:
            result = f(*args, **kwargs)
        for variable in read:  # seen by what listens outside, too
            variable._read()

        def grad(*dys: Any, variables: Any = ()) -> Any:
            with GradientTape() as tape:
                again = nest.map_structure(_handle, args)
                sources = [x for x in nest.flatten(again) if x._t.dtype in INEXACT] + list(variables)
                tape.watch(sources)
                results = f(*again, **kwargs)
            grads = iter(tape.gradient(results, sources, output_gradients=dys, unconnected_gradients="zero"))
            of_inputs = [next(grads) if x._t.dtype in INEXACT else None for x in nest.flatten(again)]
            return (of_inputs, list(grads)) if variables else of_inputs

        return result, grad

    functools.update_wrapper(inner, f)
    return inner


def _handle(value: Any) -> Tensor:
    """A handle of its own on a value, so that watching it leaves the caller's alone."""
    tensor = convert(value)
    return Tensor(tensor._t, tensor._node)
