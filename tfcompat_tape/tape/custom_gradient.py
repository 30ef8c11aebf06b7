"""Functions that bring their own gradient: `tf.custom_gradient`, `tf.grad_pass_through`, `tf.recompute_grad`.

To the Wengert list such a call is one entry. Its parents are the arguments, and the Variables that the function read;
its rule is the gradient function that came with the results. What the function computed inside is on the list too, for
the sake of higher derivatives: a gradient function may use such values, and depend on the arguments through them.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.core import reading
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.kinds import acts_as_variable
from tfcompat_tape.core.registry import INEXACT, Keep, Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import (
    Entry,
    Recording,
    append,
    output,
    project,
    start,
    state,
    stop,
    tapes_of,
    unlisted,
    watch_value,
    watch_variable,
)
from tfcompat_tape.ops.identity import identity
from tfcompat_tape.tape.attention import Body, inside, paused, variables_read
from tfcompat_tape.tape.backward import as_raw, backward
from tfcompat_tape.tape.ends import packed, parts
from tfcompat_tape.tape.forward import lend, tangent_of
from tfcompat_tape.tape.misfit import fitted
from tfcompat_tape.tape.overrides import carried

__all__ = ["custom_gradient", "grad_pass_through", "recompute_grad"]


def custom_gradient(f: Any = None) -> Any:
    """Decorator of a function (or method) that returns its results together with their gradient function.

    Args:
      f: `f(*args, **kwargs)` returns `(results, grad)`: a nested structure of Tensors, and a function that takes one
        cotangent per result and returns one gradient per positional argument (`None`: no gradient). If `f` reads
        trainable Variables that are not arguments, `grad` must also take `variables=` and return
        `(gradients of the arguments, gradients of the variables)`.

    Returns:
      The function, without `grad` among its results. As in TensorFlow, forward mode goes through the ops that `f`
      itself runs; through `grad` where these give no tangent.

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
    __wrapped__: Callable[..., Any]

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._named_after(function)

    def _named_after(self, function: Any) -> None:
        """Take the name and the docstring of `function`; an object that can be called goes by its class."""
        self.__name__ = type(function).__name__
        functools.update_wrapper(self, function, updated=())

    def __getattr__(self, name: str) -> Any:
        if name == "__signature__" and "__wrapped__" in vars(self):  # asked for by `inspect`, at times alone
            return inspect.signature(self.__wrapped__)
        if name == "__original_wrapped__":  # TensorFlow's name for the function without its gradient
            return self._function
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def __get__(self, instance: Any, owner: type | None = None) -> _CustomGradient:
        return self if instance is None else _CustomGradient(self._function.__get__(instance, owner))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any(acts_as_variable(x) for x in args):
            args = tuple([convert(x) if acts_as_variable(x) else x for x in args])
        with variables_read() as read:
            result, grad = self._function(*args, **kwargs)
        if not callable(grad):
            raise TypeError(
                f"{self.__name__} must return its results and their gradient function; in place of that it returned "
                f"{grad!r} of type {type(grad).__name__}."
            )
        inputs = nest.flatten(args)
        given = {id(x) for x in [*inputs, *nest.flatten(kwargs)]}
        variables = [v for v in read if id(v) not in given]
        if variables and not _takes_variables(grad):
            names = ", ".join(v.name for v in variables)
            raise TypeError(
                f"{self.__name__} uses the Variables {names}, so the gradient function that it returns must accept a "
                "keyword argument `variables` and return `(gradients of the inputs, gradients of the variables)`."
            )
        leaves = nest.flatten(result)
        outputs = [convert(x) for x in parts(leaves)]
        tensors = [convert(x) for x in parts(inputs)] + [v._read() for v in variables]
        if any(isinstance(x, CompositeTensor) for x in (*inputs, *leaves)):
            grad = Composed(grad, inputs, leaves, self.__name__)
        recorded = _record(self.__name__, tensors, outputs, grad, len(tensors) - len(variables), variables)
        return packed(result, recorded)


class Composed:
    """A gradient function of composite values as one of the Tensors that have gradients in them."""

    def __init__(self, grad: Callable[..., Any], inputs: list[Any], outputs: list[Any], name: str) -> None:
        self._grad = grad
        self._counts = [len(parts([x])) if isinstance(x, CompositeTensor) else 0 for x in inputs]
        self._outputs = [x if isinstance(x, CompositeTensor) else None for x in outputs]
        self._name = name

    def __call__(self, *dys: Any, **variables: Any) -> Any:
        result = self._grad(*packed(self._outputs, [*dys]), **variables)
        of_inputs, *rest = result if variables else (result,)
        grads = nest.flatten(of_inputs)
        if len(grads) != len(self._counts):
            raise _count_error(self._name, len(self._counts), len(grads))
        flat: list[Any] = []
        for grad, count in zip(grads, self._counts, strict=True):
            found = [grad] if not count else [None] * count if grad is None else parts([grad])
            if len(found) != (count or 1):
                raise _count_error(self._name, count, len(found))
            flat += found
        return (flat, *rest) if variables else flat


def _count_error(name: str, wanted: int, found: int) -> ValueError:
    return ValueError(
        f"The gradient function of {name} was expected to return {wanted} gradients, one per input, "
        f"but returned {found}."
    )


def _takes_variables(grad: Any) -> bool:
    parameters = inspect.signature(grad).parameters.values()
    return any(p.name == "variables" or p.kind is p.VAR_KEYWORD for p in parameters)


def _record(
    name: str,
    inputs: Sequence[Tensor],
    outputs: Sequence[Tensor],
    grad: Callable[..., Any],
    count: int,
    variables: list[Variable],
) -> list[Tensor]:
    """`outputs` as the results of one entry with the gradient function `grad` of `count` inputs and of `variables`."""
    recording = state.recording
    if state.accumulating:
        recording = recording - _with_tangents(outputs)
    parents = tuple([x._node if x._node is not None and x._node.tapes & recording else None for x in inputs])
    tapes = tapes_of(parents, recording)
    # If no tape traces an input, what the function took from elsewhere may be traced. (An observer traces everything.)
    if tapes.isdisjoint(state.tapes) or not outputs:
        return [Tensor(x._t, x._node) for x in outputs]
    op = Op(name, _refuse, inputs=("*inputs",), outputs=0, keep=Keep.NOTHING)
    numeric = [isinstance(x._t, torch.Tensor) for x in outputs]  # there are no cotangents of strings
    op.rule = Pullback(grad, count, variables, inputs, numeric)
    described = tuple(
        [(x._t.shape, x._t.dtype, x._t.device) for x in outputs if isinstance(x._t, torch.Tensor)]
    )
    needs = tuple([parent is not None for parent in parents])
    entry = Entry(op, parents, (), (), None, {"_outputs": described}, needs, tapes)
    append(entry, tuple([x._t for x, there in zip(outputs, numeric, strict=True) if there]))
    index = itertools.count()
    results = []
    for x, there in zip(outputs, numeric, strict=True):
        node = None
        if there and x._t.dtype in INEXACT:
            node = lend(project(entry, next(index), x._t), x._node)
        elif there:
            node = unlisted(output(next(index)), (entry,))
        results.append(Tensor(x._t, node))
    tracer = reading.current.tracer
    if tracer is not None and tracer.notes is not None:
        tracer.notes.differentiated(inputs, outputs, op.rule, results)
    return results


def _with_tangents(outputs: Sequence[Tensor]) -> frozenset[int]:
    """The accumulators that need no gradient function: as in TensorFlow, they go through the body where they can."""
    inexact = [x._node for x in outputs if isinstance(x._t, torch.Tensor) and x._t.dtype in INEXACT]
    return frozenset(
        number
        for number in state.accumulating
        if all(tangent_of(node, number) is not None for node in inexact)
    )


class Pullback:
    """The gradient rule of one call: the user's gradient function, on Tensors, its answer checked."""

    __slots__ = ("_count", "_grad", "_like", "_numeric", "_variables")

    takes_slices = True  # the cotangent of a lookup comes as IndexedSlices

    def __init__(
        self,
        grad: Callable[..., Any],
        count: int,
        variables: list[Variable],
        inputs: Sequence[Tensor],
        numeric: list[bool],
    ) -> None:
        self._grad = grad
        self._count = count
        self._variables = variables
        self._like = [(x._t.shape, x._t.dtype) for x in inputs]
        self._numeric = numeric

    def __call__(self, op: Any, *cotangents: Any) -> Any:
        recorded = any(type(dy) is Tensor or _is_recorded_slices(dy) for dy in cotangents)
        shown = iter([_shown(dy) for dy in cotangents])
        dys = [next(shown) if there else None for there in self._numeric]
        of_variables: list[Any] = []
        if self._variables:
            of_inputs, of_variables = self._grad(*dys, variables=self._variables)
            if _length(of_variables) not in (None, len(self._variables)):
                raise ValueError(
                    f"The gradient function of {op.type} must return a gradient for each of {len(self._variables)} "
                    f"variables, but returned {_length(of_variables)}."
                )
            if not isinstance(of_variables, list):
                raise TypeError(
                    f"The gradient function of {op.type} must return `(gradients of the inputs, gradients of the "
                    f"variables)`, these as a list, not as {type(of_variables).__name__}."
                )
        else:
            of_inputs = self._grad(*dys)
        grads = nest.flatten(of_inputs)
        if len(grads) != self._count:
            raise _count_error(op.type, self._count, len(grads))
        grads = [*grads, *of_variables]
        if not recorded:
            grads = [as_raw(grad) for grad in grads]
        grads = fitted(grads, self._like)
        return grads[0] if len(grads) == 1 else grads

    def plain(self, dys: Sequence[Tensor]) -> list[Any]:
        """The gradients of inputs and Variables as the user's function gives them, for cotangents of all results."""
        if not self._variables:
            return list(nest.flatten(self._grad(*dys)))
        of_inputs, of_variables = self._grad(*dys, variables=self._variables)
        return [*nest.flatten(of_inputs), *of_variables]

    def let_go(self) -> None:
        """Nobody will ask again: free what the gradient function holds on to."""
        self._grad = _refuse


def _length(value: Any) -> int | None:
    try:
        return len(value)
    except TypeError:
        return None


def _is_recorded_slices(dy: Any) -> bool:
    return type(dy) is IndexedSlices and type(dy.values) is Tensor


def _shown(dy: Any) -> Any:
    """A cotangent as the user's function gets it."""
    if type(dy) is IndexedSlices:
        shape = None if dy.dense_shape is None else convert(list(dy.shape))
        return IndexedSlices(_shown(dy.values), _shown(dy.indices), shape)
    return dy if type(dy) is Tensor else Tensor(dy, None)


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

    passing._named_after(f)
    return passing


def recompute_grad(f: Any) -> Any:
    """The function `f`, which keeps nothing for its gradient but computes its intermediate results again.

    Trades time for memory: only the arguments stay alive between the call and the gradient. Gradients are dense. Other
    than in TensorFlow, there are second derivatives with respect to Variables, and forward mode.

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
        with paused(), inside(Body("recompute_grad", copies=False)):
            result = f(*args, **kwargs)
        overrides = state.overrides

        def grad(*dys: Any, variables: Any = ()) -> Any:
            again = nest.map_structure(identity, args)  # to be watched in place of the caller's
            flat = nest.flatten(again)
            sources = [x for x in flat if x._t.dtype in INEXACT] + list(variables)
            with carried(overrides):
                grads = iter(_pulled(lambda: f(*again, **kwargs), sources, dys))
            of_inputs = [next(grads) if x._t.dtype in INEXACT else None for x in flat]
            return (of_inputs, list(grads)) if variables else of_inputs

        return result, grad

    inner._named_after(f)
    return inner


def _pulled(run: Callable[[], Any], sources: Sequence[Any], dys: Sequence[Any]) -> list[Tensor]:
    """The gradients of what `run` computes, for the cotangents `dys`: dense, and zeros where nothing connects."""
    record = Recording(persistent=False, watches_variables=True)
    for source in sources:
        (watch_variable if isinstance(source, Variable) else watch_value)(source, record.ids)
    start(record)
    try:
        # The results themselves are let go of: with the entries that keep them, they are freed on the way.
        targets = _connected(run(), dys, record)
    finally:
        stop(record)
    recorded = state.differentiating
    found = backward(
        record,
        [node for node, _ in targets],
        [dy if recorded else dy._t for _, dy in targets],
        [source._node for source in sources],
        recorded=recorded,
        release=True,
    )
    return [
        Tensor(torch.zeros_like(source._t), None)
        if grad is None
        else Tensor(grad, None)
        if isinstance(grad, torch.Tensor)
        else convert(grad)
        for grad, source in zip(found, sources, strict=True)
    ]


def _connected(results: Any, dys: Sequence[Any], record: Recording) -> list[tuple[Entry, Any]]:
    """The entries of the results that depend on a source, each with its cotangent, dense."""
    pairs = zip([convert(x) for x in nest.flatten(results)], dys, strict=True)
    return [(x._node, convert(dy)) for x, dy in pairs if x._node is not None and record.id in x._node.tapes]
