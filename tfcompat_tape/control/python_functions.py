"""Python functions as ops: `tf.py_function` works on Tensors and has a gradient, `tf.numpy_function` on arrays."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.core import devices, dtypes, reading
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import (
    InvalidArgumentError,
    OpError,
    OutOfRangeError,
    ResourceExhaustedError,
    UnimplementedError,
    UnknownError,
    invalid,
)
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.tape.attention import Body, inside, paused
from tfcompat_tape.tape.custom_gradient import custom_gradient
from tfcompat_tape.tape.ends import UnconnectedGradients
from tfcompat_tape.tape.gradient_tape import GradientTape

__all__ = ["numpy_function", "py_function"]


def py_function(func: Any = None, inp: Any = None, Tout: Any = None, name: str | None = None) -> Any:
    """`func(*inp)`, a function of Tensors, as one op. Gradients flow to `inp` alone, and to first order.

    Args:
      func: takes what `inp` holds; returns what converts to Tensors of `Tout`.
      inp: list of Tensors and composite values.
      Tout: dtype or TensorSpec of the result, or a list of these. With `Tout` alone this is a decorator.

    Returns:
      A Tensor, or a list of Tensors if `Tout` is a list.

    Raises:
      TypeError: no `Tout`, or what is no dtype.
      InvalidArgumentError: `func` raises TypeError or ValueError, or its results do not have the dtypes `Tout`.
      UnknownError: it raises another exception.

    Source: `tf.py_function`.

    >>> import tfcompat_tape as tf
    >>> print(tf.py_function(lambda x: x * x, [3.0], tf.float32).numpy())
    9.0
    """
    if Tout is None:
        raise TypeError("py_function: missing required argument 'Tout'.")
    if func is None:
        return lambda f: lambda *args: py_function(f, args, Tout)
    several = isinstance(Tout, (list, tuple))
    wanted = [
        x.dtype if isinstance(x, TensorSpec) else dtypes.as_dtype(x) for x in (Tout if several else [Tout])
    ]
    body = Body("py_function", copies=True)
    given = [x if _is_composite(x) else convert(x) for x in inp]
    if reading.current.tracer is not None:
        results = list(_at_each_call(func, given, wanted, body, _likes(Tout if several else [Tout])))
        return results if several or not results else results[0]

    known = reading.happened(_FORWARD)
    if known is not None:
        results = list(_again(*known)(*nest.flatten(given, expand_composites=True)))
        return results if several or not results else results[0]

    @custom_gradient
    def call(*tensors: Tensor) -> Any:
        with paused(noting=False), GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            handles = [Tensor(x._t, None) for x in tensors]
            sources = [x for x in handles if x._t.dtype in INEXACT]
            tape.watch(sources)
            with inside(body):
                results = _guarded(
                    func, nest.pack_sequence_as(given, handles, expand_composites=True), wanted
                )

        def grad(*dys: Tensor) -> list[Any]:
            found = iter(tape.gradient(results, sources, output_gradients=list(dys)))
            return [next(found) if x._t.dtype in INEXACT else None for x in handles]

        return results, grad

    results = call(*nest.flatten(given, expand_composites=True))
    return results if several or not results else results[0]


def _likes(specs: Any) -> list[Any] | None:
    """`(shape, dtype, device)` of results, where the specs say all of them; `None` where `func` has to run for that."""
    if not all(isinstance(x, TensorSpec) and x.shape.is_fully_defined() and x.dtype.torch for x in specs):
        return None
    return [(tuple(x.shape.as_list()), x.dtype.torch, devices.current()) for x in specs]


def _again(forward: Any, found: Sequence[Any]) -> Any:
    """A function of the arguments of a call that has happened, as a part of a trace: it gives what that gave."""
    token, *raws = found

    @custom_gradient
    def call(*tensors: Tensor) -> Any:
        def grad(*dys: Tensor) -> list[Any]:
            grads = iter(forward.backward(token, *[dy._t for dy in dys]))
            return [Tensor(next(grads), None) if x._t.dtype in INEXACT else None for x in tensors]

        return [Tensor(raw, None) for raw in raws], grad

    return call


_FORWARD = "_at_each_call.<locals>.forward"


def _at_each_call(
    func: Callable[..., Any], given: list[Any], wanted: list[Any], body: Body, likes: list[Any] | None
) -> Any:
    """The results of `func` in a function that is traced: it runs at each call, and so does its gradient.

    With `likes` it does not run while the function is traced.
    """
    tapes: dict[int, Any] = {}

    def forward(*raws: Any) -> list[Any]:
        with GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            handles = [Tensor(raw, None) for raw in raws]
            sources = [x for x in handles if x._t.dtype in INEXACT]
            tape.watch(sources)
            with inside(body):
                inputs = nest.pack_sequence_as(given, handles, expand_composites=True)
                results = _guarded(func, inputs, wanted)
        if likes is not None:
            for x, (shape, _, _) in zip(results, likes, strict=True):
                if tuple(x._t.shape) != shape:
                    raise invalid(
                        f"py_function: a result has shape {list(x._t.shape)}, but its TensorSpec says {list(shape)}."
                    )
        token = next(_tokens)
        tapes[token] = tape, results, handles, sources
        while len(tapes) > _MOST_TAPES:
            del tapes[next(iter(tapes))]
        return [torch.tensor(token), *[x._t for x in results]]

    @custom_gradient
    def call(*tensors: Tensor) -> Any:
        tracer = reading.current.tracer
        assert tracer is not None
        tracer.beside(func)
        known = None if likes is None else [_TOKEN, *likes]
        token, *raws = tracer.each_call(forward, [x._t for x in tensors], known)

        def grad(*dys: Tensor) -> list[Any]:
            tracer = reading.current.tracer
            assert tracer is not None
            like = [x for x in tensors if x._t.dtype in INEXACT]
            described = [(x._t.shape, x._t.dtype, x._t.device) for x in like]
            found = iter(tracer.each_call(backward, [token, *[dy._t for dy in dys]], described))
            return [Tensor(next(found), None) if x._t.dtype in INEXACT else None for x in tensors]

        return [Tensor(raw, None) for raw in raws], grad

    def backward(token: Any, *dys: Any) -> list[Any]:
        held = tapes.get(int(token))
        if held is None:
            raise InvalidArgumentError(
                None, None, f"py_function: its gradient is asked for after {_MOST_TAPES} further calls."
            )
        tape, results, _, sources = held
        grads = tape.gradient(
            results,
            sources,
            output_gradients=[Tensor(dy, None) for dy in dys],
            unconnected_gradients=UnconnectedGradients.ZERO,
        )
        return [convert(grad)._t for grad in grads]

    vars(forward)["backward"] = backward
    return call(*nest.flatten(given, expand_composites=True))


_TOKEN = (), torch.int64, torch.device("cpu")
_tokens = itertools.count()
_MOST_TAPES = 256  # calls of one py_function whose gradients can be asked for


def _is_composite(value: Any) -> bool:
    return isinstance(value, CompositeTensor) and type(value) is not IndexedSlices


def _guarded(func: Callable[..., Any], tensors: list[Any], wanted: list[Any]) -> list[Tensor]:
    """The results of `func` as Tensors of the dtypes `wanted`; its exceptions as those of an op."""
    try:
        found = func(*tensors)
        found = [] if found is None else found if isinstance(found, (list, tuple)) else [found]
        return [convert(x, dtype) for x, dtype in zip(found, wanted, strict=False)]
    except OpError:
        raise
    except Exception as error:
        raise _as_op_error("py_function", error) from error


def _as_op_error(name: str, error: Exception) -> OpError:
    """What an op says of an exception of Python's."""
    kind = next((k for classes, k in _KINDS if isinstance(error, classes)), UnknownError)
    found: OpError = kind(None, None, f"{name}: {type(error).__name__}: {error}")
    return found


_KINDS: list[tuple[Any, Any]] = [
    ((TypeError, ValueError), InvalidArgumentError),
    (StopIteration, OutOfRangeError),
    (MemoryError, ResourceExhaustedError),
    (NotImplementedError, UnimplementedError),
]


def numpy_function(
    func: Any = None, inp: Any = None, Tout: Any = None, stateful: bool = True, name: str | None = None
) -> Any:
    """`func(*inp)`, a function of NumPy arrays. It has no gradient.

    Args:
      func: takes NumPy arrays, returns one or a list of them; its results keep their dtypes.
      inp: list of Tensors.
      Tout: dtype of the result, or list of dtypes. With `Tout` alone this is a decorator.

    Returns:
      A Tensor, or a list of Tensors if `func` returns more than one.

    Raises:
      Whatever `func` raises.

    Source: `tf.numpy_function`.

    >>> import tfcompat_tape as tf
    >>> import numpy as np
    >>> print(tf.numpy_function(np.sort, [[3.0, 1.0, 2.0]], tf.float32).numpy())
    [1. 2. 3.]
    """
    if func is None:
        return lambda f: lambda *args: numpy_function(f, args, Tout)
    tracer = reading.current.tracer
    if tracer is not None:
        return _numpy_at_each_call(func, inp, Tout, tracer)
    known = reading.happened(_NUMPY)
    if known is not None:
        found = [Tensor(raw, None) for raw in known[1]]
        return None if not found else found[0] if len(found) == 1 else found
    arrays = [np.asarray(to_numpy(convert(x)._t)) for x in inp]
    body = Body("numpy_function", copies=True)
    with inside(body):
        result = func(*arrays)
    if result is None:
        return None
    results = [convert(x) for x in (result if isinstance(result, (list, tuple)) else [result])]
    return results[0] if len(results) == 1 else results


_NUMPY = "_numpy_at_each_call.<locals>.run"


def _numpy_at_each_call(func: Callable[..., Any], inp: Any, Tout: Any, tracer: reading.Tracer) -> Any:
    """The same in a function that is traced: `func` runs at each call."""
    several = isinstance(Tout, (list, tuple))
    wanted = [dtypes.as_dtype(x) for x in (Tout if several else [Tout])]

    def run(*raws: Any) -> list[Any]:
        try:
            found = func(*[to_numpy(raw)[()] for raw in raws])
        except OpError:
            raise
        except Exception as error:
            raise _as_op_error("numpy_function", error) from error
        found = found if isinstance(found, (list, tuple)) else [] if found is None else [found]
        results = []
        for i, (x, dtype) in enumerate(zip(found, wanted, strict=False)):
            given = convert(x)
            if given.dtype != dtype and not isinstance(x, (bool, int, float, complex, list)):
                raise invalid(
                    f"numpy_function: {i}-th value returned by {getattr(func, '__name__', func)} is "
                    f"{given.dtype.name}, but expects {dtype.name}."
                )
            results.append(convert(x, dtype)._t)
        return results

    tracer.beside(func)
    known = None if wanted else []  # without results it need not run while the function is traced
    results = [Tensor(raw, None) for raw in tracer.each_call(run, [convert(x)._t for x in inp], known)]
    return results if several else results[0] if results else None
