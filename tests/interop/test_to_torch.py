"""Functions written against `tf` as functions of torch tensors."""

import gc
import weakref
from typing import Any

import pytest
import torch

import tfcompat_tape as tf

torch.manual_seed(0)
X = torch.randn(4, 3, dtype=torch.float64)
W = torch.randn(3, 2, dtype=torch.float64)
XS = torch.stack([X, X + 1.0])
close = torch.testing.assert_close


def ours(x: Any, w: Any) -> Any:
    return tf.reduce_sum(tf.tanh(tf.matmul(x, w)) ** 2)


def torchs(x: Any, w: Any) -> Any:
    return (torch.tanh(x @ w) ** 2).sum()


bridged = tf.interop.to_torch(ours)


def leaves() -> list[Any]:
    return [X.clone().requires_grad_(), W.clone().requires_grad_()]


def third(f: Any) -> Any:
    x, w = leaves()
    (g,) = torch.autograd.grad(f(x, w), x, create_graph=True)
    (h,) = torch.autograd.grad(g.pow(3).sum(), w, create_graph=True)
    return torch.autograd.grad(h.pow(2).sum(), [x, w])


def penalty(f: Any) -> Any:
    x, w = leaves()
    return torch.autograd.grad(torch.func.grad(f)(x, w).pow(2).sum(), [x, w])


def batched(f: Any) -> Any:
    x, w = leaves()
    return torch.autograd.grad(f(x, w), x, torch.arange(3.0, dtype=torch.float64), is_grads_batched=True)


func = torch.func
TRANSFORMS = {
    "grad": lambda f: func.grad(f, argnums=(0, 1))(X, W),
    "vjp": lambda f: func.vjp(f, X, W)[1](torch.tensor(2.0, dtype=torch.float64)),
    "jvp": lambda f: func.jvp(f, (X, W), (X, W)),
    "jacrev": lambda f: func.jacrev(f)(X, W),
    "jacfwd": lambda f: func.jacfwd(f)(X, W),
    "hessian": lambda f: func.hessian(f)(X, W),
    "jacrev of jacrev": lambda f: func.jacrev(func.jacrev(f), argnums=1)(X, W),
    "jacrev of hessian": lambda f: func.jacrev(func.hessian(f))(X, W),
    "vmap": lambda f: func.vmap(f, in_dims=(0, None))(XS, W),
    "vmap of grad": lambda f: func.vmap(func.grad(f, argnums=(0, 1)), in_dims=(0, None))(XS, W),
    "vmap of hessian": lambda f: func.vmap(func.hessian(f), in_dims=(0, None))(XS, W),
    "grad of vmap": lambda f: func.grad(lambda w: func.vmap(f, in_dims=(0, None))(XS, w).sum())(W),
    "third derivatives": third,
    "autograd of func.grad": penalty,
    "batched cotangents": batched,
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_give_what_they_give_for_torchs_function(name: str) -> None:
    close(TRANSFORMS[name](bridged), TRANSFORMS[name](torchs))


def test_numerical_derivatives() -> None:
    arguments = tuple(leaves())
    assert torch.autograd.gradcheck(bridged, arguments, check_forward_ad=True)
    assert torch.autograd.gradgradcheck(bridged, arguments)


def test_the_gradient_is_ours() -> None:
    @tf.custom_gradient
    def tenfold(x: Any) -> Any:
        return x * 1.0, lambda dy: dy * 10.0

    f = tf.interop.to_torch(lambda x: tf.reduce_sum(tenfold(x) + tf.maximum(x, x)))
    x = torch.ones(2, requires_grad=True)
    f(x).backward()
    close(x.grad, torch.full((2,), 11.0))
    close(torch.func.grad(f)(torch.ones(2)), torch.full((2,), 11.0))


def test_structures_keywords_and_results_without_a_gradient() -> None:
    def f(pair: Any, *, scale: float, flag: bool) -> Any:
        x, more = pair
        assert isinstance(x, tf.Tensor) and flag
        return {"y": x * more["k"] * scale, "top": tf.argmax(x), "note": "ok", "lookup": tf.gather(x, [0])}

    x = torch.tensor([1.0, 5.0], requires_grad=True)
    found = tf.interop.to_torch(f)((x, {"k": torch.tensor(2.0)}), scale=3.0, flag=True)
    assert found["note"] == "ok"
    assert not found["top"].requires_grad and int(found["top"]) == 1
    (found["y"].sum() + found["lookup"].sum()).backward()
    close(x.grad, torch.tensor([7.0, 6.0]))


def test_variables_with_parameters_get_gradients() -> None:
    v, constant = tf.Variable([1.0, 2.0]), tf.Variable(3.0)
    parameter = tf.interop.as_parameter(v)
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        return tf.reduce_sum(x * v * v * constant)

    function = tf.interop.to_torch(f)
    x = torch.tensor([1.0, 1.0], requires_grad=True)
    function(x).backward()
    assert len(calls) == 1
    close(x.grad, torch.tensor([3.0, 12.0]))
    close(parameter.grad, torch.tensor([6.0, 12.0]))
    torch.optim.SGD([parameter], lr=0.5).step()
    close(torch.tensor(v.numpy()), torch.tensor([-2.0, -4.0]))
    # Second derivatives mix both.
    (g,) = torch.autograd.grad(function(x), x, create_graph=True)
    close(torch.autograd.grad(g.sum(), parameter)[0], 6.0 * parameter.detach())
    # Under torch.func the Parameter is a constant of the transform, but not of what is outside.
    g = torch.func.grad(function)(torch.ones(2))
    close(torch.autograd.grad(g.sum(), parameter)[0], 6.0 * parameter.detach())


def test_a_module_made_of_variables() -> None:
    class Line(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = tf.Variable([[2.0]], name="w")
            self.b = tf.Variable([1.0], name="b")

        def __call__(self, x: Any) -> Any:
            return x @ self.w + self.b

    line = Line()
    module = tf.interop.to_module(line)
    assert sorted(module.state_dict()) == ["b", "w"]
    module(torch.ones(3, 1)).sum().backward()
    close(module.w.grad, torch.tensor([[3.0]]))
    module.load_state_dict({"w": torch.tensor([[5.0]]), "b": torch.tensor([0.0])})
    assert float(line.w.numpy()[0, 0]) == 5.0


def test_no_grad_runs_the_function_alone() -> None:
    x, w = leaves()
    with torch.no_grad():
        assert not bridged(x, w).requires_grad
    assert not bridged(X, W).requires_grad


def test_an_outer_tape_sees_nothing_of_it() -> None:
    v = tf.Variable(1.0)
    f = tf.interop.to_torch(lambda x: x * v)
    with tf.GradientTape() as tape:
        f(torch.ones(1, requires_grad=True))
    assert tape.watched_variables() == ()


def test_nothing_is_left_behind() -> None:
    gc.collect()
    gc.disable()
    try:
        x, w = leaves()
        y = bridged(x, w)
        node = weakref.ref(y.grad_fn)
        y.backward()
        del y
        assert node() is None
    finally:
        gc.enable()


def test_torch_compile() -> None:
    compiled = torch.compile(lambda x, w: bridged(x * 2.0, w) + 1.0, backend="eager")
    x, w = leaves()
    close(torch.autograd.grad(compiled(x, w), [x, w]), torch.autograd.grad(torchs(x * 2.0, w), [x, w]))


def test_errors() -> None:
    with pytest.raises(TypeError, match="to_torch"):
        tf.interop.to_torch(3)  # type: ignore[arg-type]
    f = tf.interop.to_torch(lambda x: tf.matmul(x, x))
    with pytest.raises(tf.errors.InvalidArgumentError):
        f(torch.ones(2, 3, requires_grad=True))
    with tf.GradientTape() as tape:  # the stack is clean
        v = tf.Variable(2.0)
        y = v * v
    assert float(tape.gradient(y, v)) == 4.0
