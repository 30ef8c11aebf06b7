"""What TensorFlow has for graphs: `tf.gradients` and `tf.hessians`, inside of `tf.function`.

A function whose code asks for gradients is recorded as a whole, arguments included, while it runs. Outside of functions
these raise, as in TensorFlow's eager mode.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import weakref
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.core import hooks
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.outer import original
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, Recording, leaf, start, state, stop, watch
from tfcompat_tape.tape import jacobians
from tfcompat_tape.tape.backward import backward
from tfcompat_tape.tape.ends import UnconnectedGradients, as_result
from tfcompat_tape.tape.rows import Options

__all__ = ["AggregationMethod", "gradients", "hessians"]

_EAGER = "{} is not supported when eager execution is enabled. Use tf.GradientTape instead."
_ASKING = frozenset({"gradients", "hessians"})


class AggregationMethod:
    """How `tf.gradients` adds gradients up; without effect here. Source: `tf.AggregationMethod`.

    >>> import tfcompat_tape as tf
    >>> tf.AggregationMethod.ADD_N
    0
    """

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


class _Bodies(threading.local):
    """The recordings of the function bodies that this thread is in, outermost first."""

    def __init__(self) -> None:
        self.entered: list[Recording] = []
        self.traces: list[Recording] = []  # those of traces


_bodies = _Bodies()


class OutsideError(RuntimeError):
    """A source is a Tensor from outside of the function that is traced: it is traced again, and watches it."""


# Tensors that were sources within a trace that had not made them, by id.
outside: dict[int, weakref.ref[Tensor]] = {}


def is_outside(tensor: Tensor) -> bool:
    """Whether a trace watches this Tensor, which comes from outside."""
    known = outside.get(id(tensor))
    return known is not None and known() is tensor


def _no_boundary(targets: list[Entry], sources: list[Any]) -> None:
    """Where nothing is traced all entries of a function are on one list."""


# Told which entries are targets and which sources; raises where entries of a trace around stand between them.
check_boundary: Callable[[list[Entry], list[Any]], None] = _no_boundary


def asks_for_gradients(function: Callable[..., Any]) -> bool:
    """Whether the code of `function`, or of a function that it refers to by name, says `gradients` or `hessians`."""
    seen: set[CodeType] = set()
    stack: list[Any] = [function]
    while stack:
        one = stack.pop()
        if isinstance(one, functools.partial):
            stack.append(one.func)
            continue
        one = getattr(one, "__func__", one)  # a method
        one = getattr(one, "python_function", one)  # under tf.function
        if not isinstance(one, FunctionType) or one.__code__ in seen:
            continue
        codes = [one.__code__]
        while codes:
            code = codes.pop()
            seen.add(code)
            if _ASKING & {*code.co_names}:
                return True
            codes.extend([c for c in code.co_consts if isinstance(c, CodeType)])
            stack.extend([one.__globals__[name] for name in code.co_names if name in one.__globals__])
        stack.extend([cell.cell_contents for cell in one.__closure__ or () if _is_filled(cell)])
    return False


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


@contextlib.contextmanager
def recorded_body(arguments: Any) -> Iterator[Any]:
    """Record what runs in this context for `tf.gradients`; gives the arguments as handles of its own."""
    record = Recording(persistent=True, watches_variables=True)

    def handle(value: Any) -> Any:
        if type(value) is not Tensor or value._t.dtype not in INEXACT:
            return value
        # An entry above the caller's, so that watching leaves the caller's alone.
        return Tensor(value._t, watch(value._node, record.ids))

    _bodies.entered.append(record)
    start(record)
    _trace_constants(1)
    try:
        yield nest.map_structure(handle, arguments)
    finally:
        _trace_constants(-1)
        stop(record)
        _bodies.entered.pop()


@contextlib.contextmanager
def body_of(record: Recording) -> Iterator[None]:
    """Within this context `record`, that of a trace, is recording and is what `tf.gradients` asks."""
    _bodies.entered.append(record)
    _bodies.traces.append(record)
    _trace_constants(1)
    try:
        yield
    finally:
        _trace_constants(-1)
        _bodies.traces.pop()
        _bodies.entered.pop()


plain_init = Tensor.__init__
_lock = threading.Lock()
_running = 0  # bodies, on all threads


def _init(self: Tensor, raw: Any = None, node: Entry | None = None) -> None:
    """A value that is made inside of a body is on its list, as it would be in a graph: it may be a source."""
    if node is None and _bodies.entered and isinstance(raw, torch.Tensor) and raw.dtype in INEXACT:
        ids = _bodies.entered[-1].ids
        if ids <= state.recording:
            node = leaf(ids)
    plain_init(self, raw, node)


def _trace_constants(change: int) -> None:
    """While a body runs, Tensors are made by `_init` (unless a tape that explains itself has its own way already)."""
    global _running
    with _lock:
        _running += change
        wanted, other = (_init, plain_init) if _running else (plain_init, _init)
        if Tensor.__init__ is other:
            Tensor.__init__ = wanted  # type: ignore[method-assign]


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    gate_gradients: bool = False,
    aggregation_method: Any = None,
    stop_gradients: Any = None,
    unconnected_gradients: Any = UnconnectedGradients.NONE,
) -> list[Any]:
    """Gradients of the sum of `ys` with respect to each of `xs`, inside of a `tf.function`.

    Args:
      ys: a Tensor or list of Tensors.
      xs: a Tensor, Variable or list of these: arguments of the function, Variables, or what was made inside.
      grad_ys: a cotangent for each of `ys`, `None` for ones.
      stop_gradients: Tensors that count as constants; the gradient does not go through them.
      unconnected_gradients: `None` or zeros where no `ys` depends on a source.
      name, gate_gradients, aggregation_method: no effect.

    Returns:
      A list with the gradient for each of `xs`.

    Raises:
      RuntimeError: outside of a `tf.function`, as in TensorFlow's eager mode.
      ValueError: a source is a Tensor that was made outside of the function and is no argument of it.

    Source: `tf.gradients`.

    >>> import tfcompat_tape as tf
    >>> @tf.function
    ... def slope(x):
    ...     return tf.gradients(x**3, x)[0]
    >>> print(slope(tf.constant(2.0)).numpy())
    12.0
    """
    record = _body("tf.gradients")
    unconnected = UnconnectedGradients(unconnected_gradients)
    targets = [convert(y) for y in _as_list(ys)]
    sources = _as_list(xs)
    seeds = [None] * len(targets) if grad_ys is None else _as_list(grad_ys)
    if len(seeds) != len(targets):
        raise ValueError(f"tf.gradients: passed {len(seeds)} grad_ys for {len(targets)} ys.")
    nodes = [_source(x, record) for x in sources]
    barred = [] if stop_gradients is None else [_traced(s, record) for s in _as_list(stop_gradients)]
    pairs = [
        (node, _cotangent(y, seed))
        for y, seed in zip(targets, seeds, strict=True)
        if (node := _traced(y, record)) is not None
    ]
    check_boundary([node for node, _ in pairs], sources)
    with _leaves([node for node in barred if node is not None], record):
        found = backward(
            record,
            [node for node, _ in pairs],
            [dy for _, dy in pairs],
            nodes,
            recorded=True,
            release=False,
        )
    results = [as_result(grad, x, unconnected) for grad, x in zip(found, sources, strict=True)]
    for hear in hooks.computed:
        hear("gradient", targets, sources, results)
    return results


def hessians(
    ys: Any, xs: Any, gate_gradients: bool = False, aggregation_method: Any = None, name: str = "hessians"
) -> list[Tensor]:
    """Hessians of the sum of `ys` with respect to each of `xs`, inside of a `tf.function`.

    Args:
      ys: a Tensor or list of Tensors.
      xs: a Tensor, Variable or list of these.
      gate_gradients, aggregation_method, name: no effect.

    Returns:
      A list with a Tensor of shape `x.shape + x.shape` for each of `xs`. Outside of functions,
      `tfcompat_tape.derivatives.hessian` gives the same from a tape, mixed blocks included.

    Raises:
      RuntimeError: outside of a `tf.function`, as in TensorFlow's eager mode.
      ValueError: the gradient with respect to one of `xs` does not exist, or is constant.

    Source: `tf.hessians`.

    >>> import tfcompat_tape as tf
    >>> @tf.function
    ... def curvature(x):
    ...     return tf.hessians(tf.reduce_sum(x**3), x)[0]
    >>> print(curvature(tf.constant([1.0, 2.0])).numpy())
    [[ 6.  0.]
     [ 0. 12.]]
    """
    record = _body("tf.hessians")
    result: list[Tensor] = []
    for x in _as_list(xs):
        (grad,) = gradients(ys, [x])
        hessian = None
        if grad is not None:
            grad = convert(grad)
            nodes = [_source(x, record)]
            (hessian,) = jacobians.jacobian(
                record, grad, _traced(grad, record), [x], nodes, Options("tf.hessians")
            )
        if hessian is None:
            raise ValueError(
                f"tf.hessians: the {'target' if grad is None else 'gradient'} does not depend on {x!r}, so there is no "
                "second derivative (None)."
            )
        result.append(hessian)
    return result


def _body(name: str) -> Recording:
    if not _bodies.entered:
        raise RuntimeError(_EAGER.format(name))
    return _bodies.entered[-1]


def _as_list(values: Any) -> list[Any]:
    return list(values) if isinstance(values, (list, tuple)) else [values]


def _traced(value: Any, record: Recording) -> Entry | None:
    """The entry of a value that the function's recording traces."""
    if isinstance(value, IndexedSlices):
        return None
    node: Entry | None = getattr(value, "_node", None)
    return node if node is not None and record.id in node.tapes else None


def _source(value: Any, record: Recording) -> Entry | None:
    node = _traced(value, record)
    if node is None and type(value) is Tensor:
        value = original(value)
    if node is None and type(value) is Tensor and value._node is None and value._t.dtype in INEXACT:
        if _bodies.traces and not is_outside(value):
            number = id(value)
            outside[number] = weakref.ref(value, lambda _: outside.pop(number, None))
            raise OutsideError("a source of tf.gradients comes from outside of the function")
        raise ValueError(
            f"tf.gradients: nothing traces the source {value!r}. Make it an argument of the tf.function, or a "
            "Variable: a Tensor that was made outside of the function has no place on its list."
        )
    return node


def _cotangent(y: Tensor, seed: Any) -> Tensor:
    if seed is None:
        return Tensor(torch.ones_like(y._t), None)
    given = convert(seed, y.dtype)
    if given._t.shape != y._t.shape:
        raise ValueError(f"tf.gradients: a target has shape {y.shape}, its grad_ys {given.shape}.")
    return given


@contextlib.contextmanager
def _leaves(nodes: list[Entry], record: Recording) -> Iterator[None]:
    """Within this context the recording takes `nodes` for leaves."""
    before = [node.leaf_for for node in nodes]
    for node in nodes:
        node.leaf_for = node.leaf_for | record.ids
    try:
        yield
    finally:
        for node, ids in zip(nodes, before, strict=True):
            node.leaf_for = ids
