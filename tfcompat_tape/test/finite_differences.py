"""`tf.test.compute_gradient`: gradients beside finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.tensor import Tensor, from_numpy, to_numpy
from tfcompat_tape.tape.gradient_tape import GradientTape

__all__ = ["compute_gradient"]

Jacobians = tuple[np.ndarray[Any, Any], ...]


def compute_gradient(
    f: Callable[..., Any], x: Any, delta: float | None = None
) -> tuple[Jacobians, Jacobians] | tuple[()]:
    """The Jacobians of `f` as its gradients give them, and as central differences give them.

    The differences are taken in the dtype of the argument, as TensorFlow takes them: coarse for float16.
    `tfcompat_tape.checking` compares more than this does, in float64, and says what is off.

    Args:
      f: function of `len(x)` Tensors that returns a Tensor.
      x: list of floating or complex values.
      delta: step of the differences; 1/1024 by default, which binary numbers hold exactly.

    Returns:
      Two tuples of matrices, one row per element of `f(*x)` and one column per element of the argument, of the
      argument's (real) dtype. A complex number counts as two real ones. An empty tuple if `x` is empty.

    Raises:
      ValueError: `x` is no list; a gradient has another size or dtype than its argument.
      AssertionError: an argument or the result is of an integer dtype.
      AttributeError: the result is no Tensor.

    Source: `tf.test.compute_gradient`.

    >>> import tfcompat_tape as tf
    >>> theory, numeric = tf.test.compute_gradient(lambda x: x * x, [tf.constant([1.0, 2.0])])
    >>> print(theory[0])
    [[2. 0.]
     [0. 4.]]
    """
    if not isinstance(x, (list, tuple)):
        raise ValueError(
            f"`x` must be a list or tuple of values convertible to a Tensor (arguments to `f`), not a {type(x)}"
        )
    step = 1.0 / 1024 if delta is None else float(delta)
    tensors = [convert(value) for value in x]
    for i, tensor in enumerate(tensors):
        _check_dtype(tensor, f"argument {i}")
    if not tensors:
        return ()
    pairs = [(_theory(f, tensors, i), _numeric(f, tensors, i, step)) for i in range(len(tensors))]
    return tuple([theory for theory, _ in pairs]), tuple([numeric for _, numeric in pairs])


def _check_dtype(tensor: Tensor, role: str) -> None:
    if not (tensor.dtype.is_floating or tensor.dtype.is_complex):
        raise AssertionError(f"Cannot compute gradient for unsupported type {tensor.dtype.name} of {role}")


def _result(y: Any) -> Tensor:
    """What `f` returned, which may be an array but no Python number and no structure."""
    if not hasattr(y, "shape"):
        raise AttributeError(f"f must return a Tensor, got {y!r} of type {type(y).__name__}.")
    y = convert(y)
    _check_dtype(y, "y")
    return y


def _as_real(array: Any) -> np.ndarray[Any, Any]:
    """A flat array of real numbers, two for a complex one."""
    flat = np.ascontiguousarray(array).reshape(-1)
    real: np.ndarray[Any, Any] = flat.view(flat.real.dtype) if np.iscomplexobj(flat) else flat
    return real


def _theory(f: Callable[..., Any], tensors: list[Tensor], which: int) -> np.ndarray[Any, Any]:
    handles = [Tensor(t._t, None) for t in tensors]
    with GradientTape(persistent=True) as tape:
        tape.watch(handles[which])
        y = _result(f(*handles))
    x = to_numpy(tensors[which]._t)

    def row(seed: torch.Tensor) -> Any:
        return tape.gradient(y, handles[which], output_gradients=Tensor(seed, None))

    seed = torch.zeros_like(y._t)
    if not y._t.numel():
        _check_empty(row(seed), x)
    # Each row is written over zeros: a gradient that a rule summed to one number counts for every element.
    matrix = np.zeros((0, _as_real(x).size), _as_real(x).dtype)
    rows = [matrix]
    for i in range(y._t.numel()):
        for unit in (1.0, 1.0j) if y.dtype.is_complex else (1.0,):
            seed = torch.zeros(y._t.numel(), dtype=y._t.dtype, device=y._t.device)
            seed[i] = unit
            rows.append(np.zeros_like(matrix, shape=(1, matrix.shape[1])))
            rows[-1][0] = _as_real(_dense(row(seed.reshape(y._t.shape)), x))
    return np.concatenate(rows)


def _dense(grad: Any, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A gradient with respect to `x` as an array: zeros for None, repeated rows added up."""
    if grad is None:
        return np.zeros_like(x)
    values = to_numpy(convert(grad.values if isinstance(grad, IndexedSlices) else grad)._t)
    if values.dtype != x.dtype:
        raise ValueError(f"The gradient of an argument of dtype {x.dtype} has dtype {values.dtype}.")
    if isinstance(grad, IndexedSlices):
        dense = np.zeros_like(x)
        np.add.at(dense, to_numpy(convert(grad.indices)._t), values)
        return dense
    return values


def _check_empty(grad: Any, x: np.ndarray[Any, Any]) -> None:
    """The gradient of nothing at all has the argument's shape, and is zero."""
    found = _dense(grad, x)
    if found.shape != x.shape:
        raise ValueError(f"Empty gradient has wrong shape: expected {x.shape}, got {found.shape}")
    if np.any(found):
        raise ValueError("Empty tensor with nonzero gradients")


def _numeric(f: Callable[..., Any], tensors: list[Tensor], which: int, step: float) -> np.ndarray[Any, Any]:
    start = to_numpy(tensors[which]._t)
    dtype = _as_real(start).dtype
    by = np.asarray(step, dtype)

    def moved(column: int, by: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        point = np.array(start, order="C")
        _as_real(point.reshape(-1))[column] += by
        raw = from_numpy(point).to(tensors[which]._t.device)
        y = f(*[Tensor(raw if i == which else t._t, None) for i, t in enumerate(tensors)])
        return _as_real(to_numpy(_result(y)._t))

    count = _as_real(start).size
    if not count:
        y = _result(f(*[Tensor(t._t, None) for t in tensors]))
        return np.zeros((_as_real(to_numpy(y._t)).size, 0), dtype)
    with np.errstate(all="ignore"):
        columns = [(moved(i, by) - moved(i, -by)) / (2 * by) for i in range(count)]
    return np.stack(columns, axis=1).astype(dtype)
