"""The eight workloads of `tf_workloads.py` as torch users write them: torch.autograd, and torch.func for Jacobians."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

Run = Callable[[], Any]


def _leaf(array: Any, device: str) -> torch.Tensor:
    return torch.tensor(array, device=device, requires_grad=True)


def chain(data: dict[str, Any], device: str) -> Run:
    x = _leaf(data["x"], device)

    def run() -> Any:
        y = x
        for _ in range(25):
            y = torch.tanh(torch.sin(y) * 1.01) + 0.1
        return torch.autograd.grad(y, x)[0]

    return run


def _mlp(data: dict[str, Any], device: str) -> Run:
    weights = [_leaf(w, device) for w in data["weights"]]
    biases = [_leaf(b, device) for b in data["biases"]]
    x = torch.tensor(data["x"], device=device)

    def run() -> Any:
        h = x
        for w, b in zip(weights, biases, strict=True):
            h = torch.tanh(torch.matmul(h, w) + b)
        loss = torch.mean(torch.square(h))
        return torch.autograd.grad(loss, weights + biases)

    return run


mlp64 = mlp512 = _mlp


def conv(data: dict[str, Any], device: str) -> Run:
    # torch's own layout: NCHW images, filters (out, in, height, width).
    first, second = (
        torch.tensor(data[name].transpose(3, 2, 0, 1).copy(), device=device, requires_grad=True)
        for name in ("first", "second")
    )
    x = torch.tensor(data["x"].transpose(0, 3, 1, 2).copy(), device=device)

    def run() -> Any:
        h = torch.relu(torch.nn.functional.conv2d(x, first, padding=1))
        h = torch.relu(torch.nn.functional.conv2d(h, second, padding=1))
        loss = torch.mean(torch.square(h))
        grads = torch.autograd.grad(loss, [first, second])
        return [grad.permute(2, 3, 1, 0) for grad in grads]

    return run


def jacobian(data: dict[str, Any], device: str) -> Run:
    w, x = torch.tensor(data["w"], device=device), torch.tensor(data["x"], device=device)

    def function(x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(torch.mv(w, torch.tanh(torch.mv(w, x))))

    return lambda: torch.func.jacrev(function)(x)


def batch_jacobian(data: dict[str, Any], device: str) -> Run:
    w, x = torch.tensor(data["w"], device=device), torch.tensor(data["x"], device=device)

    def function(x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(torch.matmul(torch.tanh(torch.matmul(x, w)), w))

    return lambda: torch.func.vmap(torch.func.jacrev(function))(x)


def hessian(data: dict[str, Any], device: str) -> Run:
    w, x = torch.tensor(data["w"], device=device), torch.tensor(data["x"], device=device)

    def function(x: torch.Tensor) -> torch.Tensor:
        return torch.sum(torch.square(torch.tanh(torch.mv(w, x))))

    return lambda: torch.func.hessian(function)(x)


def penalty(data: dict[str, Any], device: str) -> Run:
    w, v, x = (_leaf(data[name], device) for name in ("w", "v", "x"))

    def run() -> Any:
        y = torch.sum(torch.matmul(torch.tanh(torch.matmul(x, w)), v))
        (g,) = torch.autograd.grad(y, x, create_graph=True)
        loss = y + torch.sum(torch.square(g))
        return torch.autograd.grad(loss, [w, v])

    return run
