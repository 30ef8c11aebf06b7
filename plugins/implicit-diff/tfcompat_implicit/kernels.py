"""The solvers, on rows: `x` is `[rows, n]`, and each row is a problem that converges on its own.

A single problem is one row; `batch_dims=1` and `vmap` make many. Rows that are done stand still, so that each gets the
result that it would get alone. A trace cannot look at values: it gets all the steps that are allowed, and no error.
"""

import torch

import tfcompat_tape as tf
from tfcompat_tape.core.reading import tracing

from .api import NotConvergedError


def root(start, *params, function, tolerance, max_iterations, damping, batch_dims):
    x, f, jacobian = _rows(start, params, function, batch_dims)
    return _newton(x, f, jacobian, tolerance, max_iterations, damping).reshape(start.shape)


def batched_root(in_dims, start, *params, function, tolerance, max_iterations, damping, batch_dims):
    x, f, jacobian, shape = _mapped_rows(in_dims, start, params, function)
    return _newton(x, f, jacobian, tolerance, max_iterations, damping).reshape(shape), 0


def fixed_point(start, *params, function, tolerance, max_iterations, damping, batch_dims, memory):
    x, f, _ = _rows(start, params, function, batch_dims)
    return _iterate(x, f, tolerance, max_iterations, damping, memory).reshape(start.shape)


def batched_fixed_point(
    in_dims, start, *params, function, tolerance, max_iterations, damping, batch_dims, memory
):
    x, f, _, shape = _mapped_rows(in_dims, start, params, function)
    return _iterate(x, f, tolerance, max_iterations, damping, memory).reshape(shape), 0


# -- problems as rows --------------------------------------------------------------------------------------------------


def _on_raw(function, params, shape):
    """The function and its Jacobian in torch tensors, of one flat `x`."""

    def f(x, *params):
        return tf.convert_to_tensor(function(_tensor(x.reshape(shape)), *map(_tensor, params)))._t.reshape(
            x.shape
        )

    def jacobian(x, *params):
        with tf.GradientTape() as tape:
            point = _tensor(x.reshape(shape))
            tape.watch(point)
            value = tf.convert_to_tensor(function(point, *map(_tensor, params)))
        n = x.numel()
        found = tape.jacobian(value, point, unconnected_gradients="zero")
        return found._t.reshape(n, n)

    return f, jacobian


def _tensor(raw):
    return tf.convert_to_tensor(raw)


def _rows(start, params, function, batch_dims):
    """(x, f, jacobian): `f` takes `[rows, n]` to `[rows, n]`, `jacobian` to `[rows, n, n]`."""
    f, jacobian = _on_raw(function, params, start.shape)
    if not batch_dims:
        x = start.reshape(1, -1)
        return x, lambda x: f(x[0], *params)[None], lambda x: jacobian(x[0], *params)[None]

    def batch_jacobian(x):
        with tf.GradientTape() as tape:
            point = _tensor(x)
            tape.watch(point)
            value = tf.convert_to_tensor(function(tf.reshape(point, start.shape), *map(_tensor, params)))
            value = tf.reshape(value, point.shape)
        return tape.batch_jacobian(value, point, unconnected_gradients="zero")._t

    return start.reshape(start.shape[0], -1), lambda x: f(x, *params), batch_jacobian


def _mapped_rows(in_dims, start, params, function):
    """The same for each example of a vectorized call; also the shape of the result, whose batch is in front."""
    size = next(raw.shape[d] for raw, d in zip((start, *params), in_dims, strict=True) if d is not None)
    start = start.expand(size, *start.shape) if in_dims[0] is None else start.movedim(in_dims[0], 0)
    f, jacobian = _on_raw(function, params, start.shape[1:])
    dims = (0, *in_dims[1:])
    every_f, every_jacobian = torch.func.vmap(f, dims), torch.func.vmap(jacobian, dims)
    x = start.reshape(size, -1)
    return x, lambda x: every_f(x, *params), lambda x: every_jacobian(x, *params), start.shape


# -- solvers -----------------------------------------------------------------------------------------------------------


def _newton(x, f, jacobian, tolerance, max_iterations, damping):
    tolerance = _tolerance(x, tolerance)
    done = torch.zeros(x.shape[0], dtype=torch.bool, device=x.device)
    blind = tracing()
    largest = None
    for _ in range(max_iterations if x.numel() else 0):
        step, _ = torch.linalg.solve_ex(jacobian(x), f(x))
        largest = step.abs().amax(-1)
        close = largest <= tolerance * (1.0 + x.abs().amax(-1))
        x = torch.where(done[:, None], x, x - damping * step)
        done = done | close
        if not blind and bool(done.all()):
            return x
        if not blind and not bool((done | torch.isfinite(largest)).all()):
            break
    return _checked(x, done, largest, "Newton's method", max_iterations)


def _iterate(x, f, tolerance, max_iterations, damping, memory):
    tolerance = _tolerance(x, tolerance)
    done = torch.zeros(x.shape[0], dtype=torch.bool, device=x.device)
    blind = tracing()
    largest, history = None, []
    for _ in range(max_iterations if x.numel() else 0):
        residual = f(x) - x
        largest = residual.abs().amax(-1)
        close = largest <= tolerance * (1.0 + x.abs().amax(-1))
        history = [*history, (x, residual)][-(memory + 1) :]
        step = damping * residual
        if len(history) > 1:
            step = step - _anderson(history, damping)
        x = torch.where(done[:, None], x, x + step)
        done = done | close
        if not blind and bool(done.all()):
            return x
        if not blind and not bool((done | torch.isfinite(largest)).all()):
            break
    return _checked(x, done, largest, "The fixed point iteration", max_iterations)


def _anderson(history, damping):
    """What Anderson acceleration subtracts from the damped step: the combination of past steps that fits best."""
    points, residuals = [torch.stack(one, -1) for one in zip(*history, strict=True)]
    dx, dr = points.diff(dim=-1), residuals.diff(dim=-1)
    scale = dr.norm(dim=(-2, -1), keepdim=True).clamp_min(torch.finfo(dr.dtype).tiny)
    dr_, last = dr / scale, residuals[..., -1:] / scale
    ridge = 10.0 * torch.finfo(dr.dtype).eps * torch.eye(dr.shape[-1], dtype=dr.dtype, device=dr.device)
    gamma, _ = torch.linalg.solve_ex(dr_.mT @ dr_ + ridge, dr_.mT @ last)
    return ((dx + damping * dr) @ gamma)[..., 0]


def _tolerance(x, tolerance):
    return torch.finfo(x.dtype).eps ** 0.75 if tolerance is None else tolerance


def _checked(x, done, largest, what, max_iterations):
    if not x.numel() or tracing():
        return x
    count = int((~done).sum())
    if count:
        size = float(largest[~done].nan_to_num(nan=float("inf")).max())
        of = f" of {count} of {len(done)} problems" if len(done) > 1 else ""
        raise NotConvergedError(
            f"{what} did not converge within {max_iterations} steps{of}: the last step is {size:.2g}. "
            "Start closer, damp it, allow more steps, or a larger tolerance."
        )
    return x
