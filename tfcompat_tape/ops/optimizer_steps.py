"""ResourceApply* and ResourceSparseApply*: a step of an optimizer on a variable and its slots.

Each step says what its variables are after it, as a function of raw tensors; a sparse step is the same one on the rows
that have a gradient, one after the other where an index comes twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact, type_name
from tfcompat_tape.core.registry import COMPLEX, FLOATS, HALVES
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops.bounds import first_outside
from tfcompat_tape.ops.updates import UPDATES, Update, check_indices

_INEXACT = FLOATS | COMPLEX
_WIDE = FLOATS - HALVES
_REAL = FLOATS
_NO_BFLOAT16 = _INEXACT - {torch.bfloat16}

Step = Callable[..., tuple[Any, ...]]


def _step(name: str, dtypes: Any, sparse: Any = None) -> Callable[[Step], Step]:
    """Decorator: the ops of a step, for variables of these dtypes; `sparse` are those of the sparse op, if any."""

    def enter(step: Step) -> Step:
        UPDATES[f"ResourceApply{name}"] = Update(
            lambda op_type, **given: _dense(op_type, step, dtypes, given), frozenset(), _APART, None
        )
        if sparse is not None:
            UPDATES[f"ResourceSparseApply{name}"] = Update(
                lambda op_type, **given: _sparse(op_type, step, sparse, given), frozenset(), _APART, None
            )
        return step

    return enter


_APART = frozenset({"indices", "global_step"})


def _split(op_type: str, dtypes: Any, given: dict[str, Any]) -> tuple[dict[str, Variable], dict[str, Any]]:
    """The variables, and everything else as raw tensors and attributes, checked; without the gradient's shape."""
    variables = {name: value for name, value in given.items() if isinstance(value, Variable)}
    first = next(iter(variables.values()))
    others: dict[str, Any] = {}
    for name, value in given.items():
        if name in variables:
            if value.dtype != first.dtype:
                raise invalid(f"{op_type}: {name} is {value.dtype.name}, the variable {first.dtype.name}.")
            if value._t.shape != first._t.shape:
                raise invalid(
                    f"{op_type}: var and {name} do not have the same shape {compact(first._t.shape)} "
                    f"{compact(value._t.shape)}"
                )
        elif isinstance(value, Tensor):
            if name not in _APART and value.dtype != first.dtype:
                raise invalid(
                    f"{op_type}: Trying to update a variable of dtype {type_name(first.dtype)} by {name} of dtype "
                    f"{type_name(value.dtype)}"
                )
            if name not in ("grad", "delta", "indices") and value._t.dim():
                raise invalid(f"{op_type}: {name} is not a scalar: {compact(value._t.shape)}")
            others[name] = value._t
        elif name != "use_locking":
            others[name] = value
    if first._t.dtype not in dtypes:
        raise invalid(f"No OpKernel was registered to support Op {op_type!r} for {first.dtype.name}.")
    return variables, others


def _dense(op_type: str, step: Step, dtypes: Any, given: dict[str, Any]) -> None:
    variables, others = _split(op_type, dtypes, given)
    first = next(iter(variables.values()))
    name = "delta" if "delta" in others else "grad"
    if others[name].shape != first._t.shape:
        raise invalid(
            f"{op_type}: var and {name} do not have the same shape {compact(first._t.shape)} "
            f"{compact(others[name].shape)}"
        )
    grad = others.pop(name)
    found = step(*[variable._t for variable in variables.values()], grad=grad, **others)
    _replace(variables, found)


def _replace(variables: dict[str, Variable], values: tuple[Any, ...]) -> None:
    for variable, value in zip(variables.values(), values, strict=True):
        with variable._lock:
            variable._replace(value)


def _sparse(op_type: str, step: Step, dtypes: Any, given: dict[str, Any]) -> None:
    check_indices(op_type, given["indices"])
    variables, others = _split(op_type, dtypes, given)
    shape = next(iter(variables.values()))._t.shape
    indices, grad = others.pop("indices"), others.pop("grad")
    if indices.dim() != 1:
        raise invalid(f"{op_type}: indices must be one-dimensional, got shape {compact(indices.shape)}")
    if grad.dim() != len(shape) or grad.shape[1:] != shape[1:]:
        raise invalid(
            f"{op_type}: var {compact(shape)} and grad {compact(grad.shape)} must match in all but dimension 0"
        )
    if grad.shape[0] != indices.shape[0]:
        raise invalid(f"{op_type}: grad must be the same size as indices in the first dimension.")
    outside = first_outside(indices, shape[0] if shape else 1)
    if outside:
        raise invalid(f"{op_type}: indices{outside}: Index out of range")
    values = [variable._t.clone() for variable in variables.values()]
    for rows, part in _rounds(indices.to(torch.int64)):
        found = step(*[value[rows] for value in values], grad=grad[part], **others)
        for value, new in zip(values, found, strict=True):
            value[rows] = new
    _replace(variables, tuple(values))


def _rounds(indices: torch.Tensor) -> Any:
    """Rows and their places among the gradients, in rounds in which no row comes twice."""
    if indices.unique().numel() == indices.numel():
        yield indices, torch.arange(indices.numel(), device=indices.device)
        return
    for place in range(indices.numel()):
        yield indices[place : place + 1], torch.tensor([place], device=indices.device)


# -- gradient descent and momentum -------------------------------------------------------------------------------------


@_step("GradientDescent", _INEXACT)
def _descent(var: Any, *, alpha: Any, grad: Any) -> tuple[Any, ...]:
    return (var - alpha * grad,)


@_step("ProximalGradientDescent", _WIDE, _WIDE)
def _proximal_descent(var: Any, *, alpha: Any, l1: Any, l2: Any, grad: Any) -> tuple[Any, ...]:
    return (_shrunk(var - alpha * grad, alpha, l1, l2),)


def _shrunk(x: Any, rate: Any, l1: Any, l2: Any) -> Any:
    """The proximal operator of `l1 |x| + l2 x**2 / 2` at a rate; without a positive `l1`, of the second part."""
    shorter = torch.sign(x) * torch.clamp(x.abs() - rate * l1, min=0)
    return torch.where(l1 > 0, shorter, x) / (1 + l2 * rate)


@_step("Momentum", _INEXACT, _INEXACT)
def _momentum(
    var: Any, accum: Any, *, lr: Any, grad: Any, momentum: Any, use_nesterov: bool
) -> tuple[Any, ...]:
    accum = accum * momentum + grad
    return var - (grad * lr + accum * momentum * lr if use_nesterov else accum * lr), accum


@_step("KerasMomentum", _INEXACT, _INEXACT)
def _keras_momentum(
    var: Any, accum: Any, *, lr: Any, grad: Any, momentum: Any, use_nesterov: bool
) -> tuple[Any, ...]:
    accum = accum * momentum - grad * lr
    return var + (accum * momentum - grad * lr if use_nesterov else accum), accum


@_step("AddSign", _REAL)
def _add_sign(
    var: Any, m: Any, *, lr: Any, alpha: Any, sign_decay: Any, beta: Any, grad: Any
) -> tuple[Any, ...]:
    m = m * beta + grad * (1 - beta)
    return var - lr * (alpha + sign_decay * torch.sign(grad) * torch.sign(m)) * grad, m


@_step("PowerSign", _REAL)
def _power_sign(
    var: Any, m: Any, *, lr: Any, logbase: Any, sign_decay: Any, beta: Any, grad: Any
) -> tuple[Any, ...]:
    m = m * beta + grad * (1 - beta)
    return var - lr * torch.exp(logbase * sign_decay * torch.sign(grad) * torch.sign(m)) * grad, m


# -- sums of squares ---------------------------------------------------------------------------------------------------


@_step("Adagrad", _INEXACT, _INEXACT)
def _adagrad(var: Any, accum: Any, *, lr: Any, grad: Any, update_slots: bool) -> tuple[Any, ...]:
    accum = accum + grad * grad if update_slots else accum
    return var - lr * grad * torch.rsqrt(accum), accum


@_step("AdagradV2", _INEXACT, _INEXACT)
def _adagrad_v2(
    var: Any, accum: Any, *, lr: Any, epsilon: Any, grad: Any, update_slots: bool
) -> tuple[Any, ...]:
    accum = accum + grad * grad if update_slots else accum
    return var - lr * grad / (torch.sqrt(accum) + epsilon), accum


@_step("ProximalAdagrad", _WIDE, _WIDE)
def _proximal_adagrad(var: Any, accum: Any, *, lr: Any, l1: Any, l2: Any, grad: Any) -> tuple[Any, ...]:
    accum = accum + grad * grad
    rate = lr * torch.rsqrt(accum)
    return _shrunk(var - rate * grad, rate, l1, l2), accum


@_step("AdagradDA", _WIDE, _WIDE)
def _adagrad_da(
    var: Any, sums: Any, squares: Any, *, grad: Any, lr: Any, l1: Any, l2: Any, global_step: Any
) -> tuple[Any, ...]:
    steps = global_step.to(var.dtype)
    sums, squares = sums + grad, squares + grad * grad
    shorter = torch.sign(sums) * torch.clamp(sums.abs() - l1 * steps, min=0)
    direction = torch.where(l1 > 0, shorter, sums)
    return -lr * direction / (l2 * steps * lr + torch.sqrt(squares)), sums, squares


@_step("Adadelta", _INEXACT, _INEXACT)
def _adadelta(
    var: Any, accum: Any, accum_update: Any, *, lr: Any, rho: Any, epsilon: Any, grad: Any
) -> tuple[Any, ...]:
    accum = accum * rho + grad * grad * (1 - rho)
    change = torch.sqrt(accum_update + epsilon) * torch.rsqrt(accum + epsilon) * grad
    return var - change * lr, accum, accum_update * rho + change * change * (1 - rho)


@_step("RMSProp", _INEXACT, _NO_BFLOAT16)
def _rms_prop(
    var: Any, ms: Any, mom: Any, *, lr: Any, rho: Any, momentum: Any, epsilon: Any, grad: Any
) -> tuple[Any, ...]:
    ms = ms + (grad * grad - ms) * (1 - rho)
    mom = mom * momentum + grad * lr * torch.rsqrt(ms + epsilon)
    return var - mom, ms, mom


@_step("CenteredRMSProp", _INEXACT, _NO_BFLOAT16)
def _centered_rms_prop(
    var: Any, mg: Any, ms: Any, mom: Any, *, lr: Any, rho: Any, momentum: Any, epsilon: Any, grad: Any
) -> tuple[Any, ...]:
    ms = ms + (grad * grad - ms) * (1 - rho)
    mg = mg + (grad - mg) * (1 - rho)
    mom = mom * momentum + grad * lr * torch.rsqrt(ms - mg * mg + epsilon)
    return var - mom, mg, ms, mom


# -- Adam and kin ------------------------------------------------------------------------------------------------------


@_step("Adam", _INEXACT)
def _adam(
    var: Any,
    m: Any,
    v: Any,
    *,
    beta1_power: Any,
    beta2_power: Any,
    lr: Any,
    beta1: Any,
    beta2: Any,
    epsilon: Any,
    grad: Any,
    use_nesterov: bool,
) -> tuple[Any, ...]:
    m, v = m + (grad - m) * (1 - beta1), v + (grad * grad - v) * (1 - beta2)
    rate = lr * torch.sqrt(1 - beta2_power) / (1 - beta1_power)
    direction = grad * (1 - beta1) + beta1 * m if use_nesterov else m
    return var - direction * rate / (torch.sqrt(v) + epsilon), m, v


@_step("AdamWithAmsgrad", _REAL)
def _amsgrad(
    var: Any,
    m: Any,
    v: Any,
    vhat: Any,
    *,
    beta1_power: Any,
    beta2_power: Any,
    lr: Any,
    beta1: Any,
    beta2: Any,
    epsilon: Any,
    grad: Any,
) -> tuple[Any, ...]:
    m, v = m + (grad - m) * (1 - beta1), v + (grad * grad - v) * (1 - beta2)
    vhat = torch.maximum(vhat, v)
    rate = lr * torch.sqrt(1 - beta2_power) / (1 - beta1_power)
    return var - m * rate / (torch.sqrt(vhat) + epsilon), m, v, vhat


@_step("AdaMax", _REAL - {torch.bfloat16})
def _ada_max(
    var: Any, m: Any, v: Any, *, beta1_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, grad: Any
) -> tuple[Any, ...]:
    m = m + (grad - m) * (1 - beta1)
    v = torch.maximum(v * beta2, grad.abs())
    return var - lr / (1 - beta1_power) * (m / (v + epsilon)), m, v


# -- follow the regularized leader -------------------------------------------------------------------------------------


@_step("FtrlV2", _REAL, _REAL)
def _ftrl_v2(
    var: Any,
    accum: Any,
    linear: Any,
    *,
    grad: Any,
    lr: Any,
    l1: Any,
    l2: Any,
    lr_power: Any,
    multiply_linear_by_lr: bool,
    l2_shrinkage: Any = 0.0,
) -> tuple[Any, ...]:
    slope = grad + 2 * l2_shrinkage * var
    new = accum + grad * grad
    before, after = torch.pow(accum, -lr_power), torch.pow(new, -lr_power)
    if multiply_linear_by_lr:
        linear = linear + slope * lr - (after - before) * var
        bound, curvature = l1 * lr, after + 2 * l2 * lr
    else:
        linear = linear + slope - (after - before) / lr * var
        bound, curvature = l1, after / lr + 2 * l2
    var = torch.where(linear.abs() > bound, (bound * torch.sign(linear) - linear) / curvature, 0)
    return var, new, linear


_step("Ftrl", _REAL, _REAL)(_ftrl_v2)
