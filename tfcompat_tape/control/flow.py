"""Branches and loops. Everything runs at once here, so each of these is Python's own `if` or `while`."""

from __future__ import annotations

import builtins
import contextlib
import functools
import math
from collections.abc import Callable, Mapping
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.control import branches
from tfcompat_tape.control.tensor_array import TensorArray
from tfcompat_tape.control.text import summary
from tfcompat_tape.core import reading
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.errors import InvalidArgumentError, invalid
from tfcompat_tape.core.registry import INTEGERS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable

__all__ = ["Assert", "case", "cond", "group", "no_op", "switch_case", "tuple", "while_loop"]


def cond(pred: Any, true_fn: Any = None, false_fn: Any = None, name: str | None = None) -> Any:
    """`true_fn()` if `pred` holds, `false_fn()` otherwise; the other one is not called.

    Args:
      pred: a scalar (Tensor, Variable or Python value).
      true_fn, false_fn: functions without arguments; whatever they return is returned.

    Raises:
      TypeError: one of the functions is missing or cannot be called. Inside of `tf.function`, where both are traced:
        `pred` is a Python bool, or the results do not agree in structure or dtype.
      ValueError: `pred` has more than one element.

    Source: `tf.cond`.

    >>> import tfcompat_tape as tf
    >>> x = tf.constant(3.0)
    >>> print(tf.cond(x > 2.0, lambda: x * x, lambda: -x).numpy())
    9.0
    """
    for which, function in (("true_fn", true_fn), ("false_fn", false_fn)):
        if not callable(function):
            raise TypeError(f"cond: {which!r} must be callable, got {function!r}.")
    if type(pred) is not bool:
        pred = convert(pred)
        if math.prod(pred._t.shape) != 1:
            if reading.current.tracer is not None:
                raise invalid(f"cond: 'pred' must be a scalar, but it has shape {list(pred._t.shape)}.")
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
            )
    tracer = reading.current.tracer
    if tracer is not None:
        if isinstance(pred, bool):
            raise TypeError(f"cond: pred must not be a Python bool inside of tf.function, got {pred}.")
        if not pred.dtype.is_bool:
            raise invalid(f"cond: 'pred' passed {pred.dtype.name}, expected bool.")
        with contextlib.suppress(reading.UntraceableError):
            return tracer.choose(pred, _otherwise, [true_fn, false_fn], branches.agree("cond"), "If")
    return branches.run([true_fn, false_fn], 0 if pred else 1)


def _otherwise(pred: torch.Tensor) -> int:
    return 0 if reading.plain(pred).item() else 1


def while_loop(
    cond: Any,
    body: Any,
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    maximum_iterations: Any = None,
    name: str | None = None,
) -> Any:
    """Replace `loop_vars` by `body(*loop_vars)` while `cond(*loop_vars)` holds.

    Args:
      cond, body: functions of as many arguments as there are loop variables.
      loop_vars: list or tuple of nested structures of Tensors; `body` must return this structure. dtypes and shapes
        may change from one round to the next.
      maximum_iterations: an integer scalar; stop after so many rounds.
      shape_invariants, parallel_iterations, back_prop, swap_memory: no effect; gradients always flow, as they do in
        TensorFlow's eager mode.

    Returns:
      The last `loop_vars`, as Tensors.

    Raises:
      TypeError: `cond` or `body` is no function, or `body` returned a single value.
      ValueError: no loop variables, or `body` returned another structure.

    Source: `tf.while_loop`.

    >>> import tfcompat_tape as tf
    >>> i, total = tf.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, s + i), (0, 0))
    >>> print(total.numpy())
    6
    """
    for which, function in (("cond", cond), ("body", body)):
        if not callable(function):
            raise TypeError(f"while_loop: {which!r} must be callable, got {function!r}.")
    if parallel_iterations < 1:
        raise TypeError(
            f"while_loop: 'parallel_iterations' must be a positive integer, got {parallel_iterations}."
        )
    if not loop_vars:
        raise ValueError("while_loop: 'loop_vars' must be provided.")
    left = None
    if maximum_iterations is not None:
        left = convert(maximum_iterations)
        if left.ndim:
            raise ValueError(f"while_loop: 'maximum_iterations' must be a scalar, got shape {left.shape}.")
    loop_vars = nest.map_structure(
        lambda x: own(x) if isinstance(x, Variable) or hasattr(x, "__tf_tensor__") else x, loop_vars
    )
    if reading.current.tracer is not None and isinstance(loop_vars, (list, builtins.tuple)):
        with contextlib.suppress(reading.UntraceableError):
            return reading.current.tracer.loops.while_loop(
                cond, body, loop_vars, left, shape_invariants is not None
            )
    left = left if left is None else int(left)
    structure = list(loop_vars)
    with reading.within() as begin:
        while (left is None or left > 0) and cond(*loop_vars):
            begin()
            loop_vars = body(*loop_vars)
            if not isinstance(loop_vars, (list, builtins.tuple)):
                wrong = TypeError if left is None else ValueError
                raise wrong(
                    f"while_loop: 'body' must return a list or tuple of {len(structure)} loop variables, "
                    f"got {loop_vars!r}."
                )
            nest.assert_same_structure(structure, list(loop_vars))
            left = left if left is None else left - 1
    return nest.map_structure(as_value, loop_vars)


def as_value(x: Any) -> Any:
    """`x` as a Tensor, unless it is a TensorArray or a composite value."""
    if type(x) is Tensor or isinstance(x, (CompositeTensor, TensorArray)):
        return x
    return own(x)


def _check_pairs(pairs: Any) -> list[Any]:
    if isinstance(pairs, Mapping):
        pairs = list(pairs.items())
    if not isinstance(pairs, (list, builtins.tuple)):
        raise TypeError(f"case: 'pred_fn_pairs' must be a list, tuple, or dict, got {type(pairs).__name__}.")
    for pair in pairs:
        if not isinstance(pair, builtins.tuple) or len(pair) != 2:
            raise TypeError(f"case: each entry in 'pred_fn_pairs' must be a 2-tuple, got {pair!r}.")
        pred = pair[0]
        if type(pred) is not Tensor and not isinstance(pred, Variable):
            raise TypeError(f"case: a predicate must be a Tensor, got {pred!r}. Use tf.constant.")
        if not pred.dtype.is_bool:
            raise TypeError(f"case: a predicate must be of dtype bool, got {pred.dtype.name}.")
        if not callable(pair[1]):
            raise TypeError(f"case: what belongs to a predicate must be callable, got {pair[1]!r}.")
    return list(pairs)


def case(
    pred_fn_pairs: Any, default: Any = None, exclusive: bool = False, strict: bool = False, name: str = "case"
) -> Any:
    """The result of the first function whose predicate holds.

    Args:
      pred_fn_pairs: list of pairs `(boolean scalar Tensor, function without arguments)`.
      default: a function to call where no predicate holds.
      exclusive: at most one predicate may hold.
      strict: no effect; a list of one result stays a list, as in TensorFlow's eager mode.

    Raises:
      TypeError: the pairs are not as described.
      ValueError: there are no pairs.
      InvalidArgumentError: no predicate holds and there is no default, or more than one holds and `exclusive`.

    Source: `tf.case`.

    >>> import tfcompat_tape as tf
    >>> x = tf.constant(5.0)
    >>> print(tf.case([(x < 1.0, lambda: 1), (x < 10.0, lambda: 10)], default=lambda: 100))
    10
    """
    pairs = _check_pairs(pred_fn_pairs)
    if not pairs:
        raise ValueError("case: 'pred_fn_pairs' must have at least one entry.")
    if default is not None and not callable(default):
        raise TypeError(f"case: 'default' must be callable, got {default!r}.")
    if default is not None and not exclusive and reading.current.tracer is not None:
        result = default
        for pred, function in reversed(pairs):
            result = functools.partial(cond, pred, function, result)
        return result()
    values = [bool(pred) for pred, _ in pairs]
    if exclusive and sum(values) > 1:
        raise invalid(f"case: exclusive=True, but more than one predicate holds: {values}.")
    for value, (_, function) in zip(values, pairs, strict=True):
        if value:
            return function()
    if default is None:
        raise invalid("case: none of the predicates holds, and there is no default.")
    return default()


def switch_case(branch_index: Any, branch_fns: Any, default: Any = None, name: str = "switch_case") -> Any:
    """The result of the function number `branch_index`.

    Args:
      branch_index: an integer scalar Tensor.
      branch_fns: list of functions without arguments, or dict or list of pairs that give each of 0 to n-1 a function.
      default: the function for an index out of range; the last of `branch_fns` by default.

    Raises:
      TypeError: `branch_index` is not an integer Tensor, or `branch_fns` is not as described.
      ValueError: no functions, or the numbers are not 0 to n-1.
      InvalidArgumentError: `branch_index` is not a scalar.

    Source: `tf.switch_case`.

    >>> import tfcompat_tape as tf
    >>> print(tf.switch_case(tf.constant(1), [lambda: "zero", lambda: "one"]))
    one
    """
    if type(branch_index) is not Tensor:
        raise TypeError(
            f"switch_case: 'branch_index' must be a Tensor, got {type(branch_index)}. Use tf.constant."
        )
    if branch_index._t.dtype not in INTEGERS:
        raise TypeError(f"switch_case: 'branch_index' must be an integer Tensor, got {branch_index.dtype!r}.")
    functions = _branches(branch_fns)
    if default is not None:
        functions.append(default)
    if branch_index.ndim:
        raise invalid(f"switch_case: 'branch_index' must be a scalar, got shape {branch_index.shape}.")
    tracer = reading.current.tracer
    if tracer is not None:
        if branch_index._t.dtype is not torch.int32:
            raise TypeError(
                f"switch_case: 'branch_index' must be int32 inside of tf.function, got {branch_index.dtype!r}."
            )
        with contextlib.suppress(reading.UntraceableError):
            pick = functools.partial(_in_range, len(functions))
            return tracer.choose(branch_index, pick, functions, branches.agree("switch_case"), "Case")
    index = int(branch_index)
    return branches.run(functions, index if 0 <= index < len(functions) else len(functions) - 1)


def _in_range(count: int, index: torch.Tensor) -> int:
    number = int(reading.plain(index).item())
    return number if 0 <= number < count else count - 1


def _branches(branch_fns: Any) -> list[Callable[[], Any]]:
    if isinstance(branch_fns, Mapping):
        branch_fns = list(branch_fns.items())
    if not isinstance(branch_fns, (list, builtins.tuple)):
        raise TypeError("switch_case: 'branch_fns' must be a list, tuple, or dict.")
    if not branch_fns:
        raise ValueError("switch_case: must provide at least one item in 'branch_fns'.")
    if not all(callable(function) for function in branch_fns):
        for pair in branch_fns:
            if not isinstance(pair, builtins.tuple) or len(pair) != 2:
                raise TypeError(f"switch_case: each entry in 'branch_fns' must be a 2-tuple, got {pair!r}.")
            if not isinstance(pair[0], int):
                raise TypeError(f"switch_case: a branch number must be a Python int, got {type(pair[0])}.")
            if not callable(pair[1]):
                raise TypeError(f"switch_case: branch {pair[0]} must be callable, got {pair[1]!r}.")
        numbers = sorted(pair[0] for pair in branch_fns)
        if numbers != list(range(len(numbers))):
            raise ValueError(
                f"switch_case: the branch numbers must be 0 to {len(numbers) - 1}, got {numbers}."
            )
        return [function for _, function in sorted(branch_fns, key=lambda pair: pair[0])]
    return list(branch_fns)


def Assert(condition: Any, data: Any, summarize: int | None = None, name: str | None = None) -> None:
    """Raise unless `condition` holds.

    Args:
      condition: a boolean scalar.
      data: list of values for the message.
      summarize: how many elements of each to show: 3 by default, all if negative.

    Raises:
      InvalidArgumentError: it does not hold.
      ValueError: `condition` has more than one element.

    Source: `tf.debugging.Assert`.

    >>> import tfcompat_tape as tf
    >>> x = tf.constant([1.0, 2.0])
    >>> tf.debugging.Assert(tf.reduce_all(x > 0.0), [x])
    """
    tracer = reading.current.tracer
    if tracer is not None and tracer.notes is not None:
        tracer.notes.checked(convert(condition)._t, data, summarize)
        return
    if condition:
        return
    most = 3 if summarize is None else summarize
    if tracer is not None:
        from tfcompat_tape.ops.updates import failed

        raise InvalidArgumentError(None, None, failed(data, most))
    shown = "\n".join(summary(x, most) for x in data)
    raise InvalidArgumentError(None, None, f"Expected '{condition}' to be true. Summarized data: {shown}")


def group(*inputs: Any, **kwargs: Any) -> None:
    """Nothing: what `inputs` compute is computed already. Source: `tf.group`.

    >>> import tfcompat_tape as tf
    >>> v = tf.Variable(1.0)
    >>> tf.group(v.assign_add(1.0))
    """


def no_op(name: str | None = None) -> None:
    """Nothing. Source: `tf.no_op`.

    >>> import tfcompat_tape as tf
    >>> tf.no_op()
    """


def tuple(tensors: Any, control_inputs: Any = None, name: str | None = None) -> Any:
    """`tensors` as they are: all are computed already. Source: `tf.tuple`.

    >>> import tfcompat_tape as tf
    >>> len(tf.tuple([tf.constant(1), tf.constant(2)]))
    2
    """
    return tensors
