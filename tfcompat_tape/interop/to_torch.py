"""Functions written against `tf` as differentiable functions of torch tensors.

Such a function is one node for torch's autograd. Its backward is the pullback of the function, which our tape computes
by our rules; and that pullback is itself a function written against `tf`, so when torch differentiates it (double
backward, `torch.func.hessian`) it becomes such a node in turn. The same holds for the pushforward of forward mode.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.utils import _pytree as pytree

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.interop.calls import transforming
from tfcompat_tape.interop.shared import SharedVariable, as_parameter, has_shared, substituted
from tfcompat_tape.tape.attention import paused, variables_read
from tfcompat_tape.tape.ends import UnconnectedGradients
from tfcompat_tape.tape.forward_accumulator import ForwardAccumulator
from tfcompat_tape.tape.gradient_tape import GradientTape

__all__ = ["TapeModule", "to_module", "to_torch"]


def to_torch(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function `f`, written against `tf`, as a function of torch tensors that torch differentiates.

    Gradients come from our rules, a `tf.custom_gradient` inside counts. It works under `backward()`,
    `torch.autograd.grad` to any order, `torch.func.grad`, `vjp`, `jvp`, `jacrev`, `jacfwd`, `hessian` and `vmap`;
    `torch.compile` breaks its graph there.

    Args:
      f: takes and returns nested structures of Tensors. Torch tensors among the arguments reach it as Tensors, all else
        as it is. Variables that it reads are constants to torch, unless `as_parameter` gave them a Parameter: then that
        one gets a gradient, too.

    Returns:
      The function. Tensors in what `f` returns are torch tensors in what it returns.

    Raises:
      TypeError: `f` is not callable.

    >>> import torch
    >>> import tfcompat_tape as tf
    >>> f = tf.interop.to_torch(lambda x: tf.reduce_sum(tf.square(x)))
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> f(x).backward()
    >>> x.grad
    tensor([2., 4.])
    >>> torch.func.hessian(f)(torch.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 2.]])
    """
    if not callable(f):
        raise TypeError(f"to_torch: a function is expected, got {f!r}.")
    outside: Any = None  # the same, for when torch.compile runs it

    def function(*args: Any, **kwargs: Any) -> Any:
        nonlocal outside
        if "torch._dynamo" not in sys.modules:
            return _call(f, args, kwargs)
        if outside is None:
            outside = torch.compiler.disable(_call)  # type: ignore[no-untyped-call]
        return outside(f, args, kwargs)

    functools.update_wrapper(function, f)
    function._torchdynamo_disable = True  # type: ignore[attr-defined]
    return function


def _call(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`f(*args, **kwargs)` for torch tensors among the arguments."""
    flat, spec = pytree.tree_flatten((args, kwargs))
    places = [i for i, x in enumerate(flat) if isinstance(x, torch.Tensor)]
    form: Any = None

    def of_tensors(*tensors: Tensor) -> list[Tensor]:
        nonlocal form
        filled = list(flat)
        for place, tensor in zip(places, tensors, strict=True):
            filled[place] = tensor
        some, named = pytree.tree_unflatten(filled, spec)
        leaves, form = pytree.tree_flatten(f(*some, **named))
        leaves = [x._to_tensor() if type(x) is IndexedSlices else x for x in leaves]
        at = [i for i, x in enumerate(leaves) if isinstance(x, (Tensor, Variable))]
        results = [convert(leaves[i]) for i in at]
        form = (form, at, [None if i in at else x for i, x in enumerate(leaves)])
        return results

    name = getattr(f, "__name__", type(f).__name__)
    results = apply(Traced(name, of_tensors), [flat[i] for i in places])
    of_results, at, others = form
    leaves = list(others)  # `form` outlives the call, and must not hold the results
    for i, result in zip(at, results, strict=True):
        leaves[i] = result
    return pytree.tree_unflatten(leaves, of_results)


class Traced:
    """A function of Tensors that returns a list of Tensors, as torch's autograd is to know it.

    Attributes:
      variables: the Variables with Parameters that it reads: to torch, their values are its last arguments.
      ready: what a first run gave, if there was one: the results, and the tape with its sources and targets.
    """

    __slots__ = ("function", "name", "ready", "variables")

    def __init__(self, name: str, function: Callable[..., Sequence[Tensor]]) -> None:
        self.name = name
        self.function = function
        self.variables: list[SharedVariable] = []
        self.ready: tuple[Sequence[Any], GradientTape, Sequence[Any], Sequence[Tensor]] | None = None

    def __call__(self, *values: Tensor) -> Sequence[Tensor]:
        """The results for the values of all arguments and, after them, of `variables`."""
        if not self.variables:
            return self.function(*values)
        count = len(values) - len(self.variables)
        with substituted(self.variables, values[count:]):
            return self.function(*values[:count])

    def note(self, read: Sequence[Variable]) -> None:
        """Remember which of the Variables that were read are Parameters to torch."""
        self.variables = [v for v in read if isinstance(v, SharedVariable) and v.dtype.torch in INEXACT]


def apply(traced: Traced, raws: Sequence[Any]) -> Sequence[Any]:
    """The results of `traced` on torch tensors, as a node of torch's graph."""
    if transforming() is None:
        if not torch.is_grad_enabled() and not any(map(_is_dual, raws)):
            with paused():
                return [x._t for x in traced(*[Tensor(raw.detach(), None) for raw in raws])]
        # The function runs before torch hears of it: only then is it known which Variables it reads.
        values = [Tensor(raw.detach(), None) for raw in raws]
        moving = [x for x, raw in zip(values, raws, strict=True) if raw.requires_grad]
        with paused(), torch.no_grad(), GradientTape(persistent=True) as tape:
            tape.watch(moving)
            with variables_read() as read:
                results = traced(*values)
        traced.note(read)
        traced.ready = ([x._t.detach() for x in results], tape, [*values, *traced.variables], results)
    elif has_shared():
        with paused(), torch.no_grad(), variables_read() as read:
            traced(*[Tensor(raw, None) for raw in raws])
        traced.note(read)
    parameters = [v.parameter for v in traced.variables]
    found: Sequence[Any] = _Node.apply(traced, *raws, *parameters)  # type: ignore[no-untyped-call]
    return found


def _is_dual(raw: torch.Tensor) -> bool:
    """Whether it carries a tangent of `torch.autograd.forward_ad`."""
    return torch.autograd.forward_ad._current_level >= 0 and raw._fw_grad(0) is not None  # type: ignore[attr-defined]


class _Node(torch.autograd.Function):
    """A `Traced` function as torch's autograd sees it; its arguments are the function and torch tensors."""

    generate_vmap_rule = True

    @staticmethod
    def forward(traced: Traced, *raws: Any) -> Any:
        if traced.ready is not None:
            return tuple(traced.ready[0])
        with paused():
            return tuple([x._t.detach() for x in traced(*[Tensor(raw, None) for raw in raws])])

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        traced, *raws = inputs
        ctx.traced = traced
        # Without the results: those refer to this node.
        ctx.ready, traced.ready = (None if traced.ready is None else traced.ready[1:]), None
        ctx.save_for_backward(*raws)
        ctx.save_for_forward(*raws)
        ctx.set_materialize_grads(False)
        ctx.is_differentiable = [x.dtype in INEXACT for x in output]
        ctx.mark_non_differentiable(*[x for x in output if x.dtype not in INEXACT])

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:
        inputs = ctx.saved_tensors
        wanted = [i for i, need in enumerate(ctx.needs_input_grad[1:]) if need and inputs[i].dtype in INEXACT]
        which = [k for k, dy in enumerate(cotangents) if dy is not None and ctx.is_differentiable[k]]
        grads: list[Any] = [None] * len(inputs)
        if not wanted or not which:
            return None, *grads
        dys = [cotangents[k] for k in which]
        if ctx.ready is None or torch.is_grad_enabled() or transforming() is not None:
            found = apply(_pullback(ctx.traced, len(inputs), wanted, which), [*inputs, *dys])
        else:
            tape, sources, targets = ctx.ready
            with paused():
                results = tape.gradient(
                    [targets[k] for k in which],
                    [sources[i] for i in wanted],
                    output_gradients=[Tensor(dy, None) for dy in dys],
                )
            found = [None if grad is None else convert(grad)._t for grad in results]
        for i, grad in zip(wanted, found, strict=True):
            grads[i] = grad
        return None, *grads

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        inputs = ctx.saved_tensors
        moving = [i for i, t in enumerate(tangents[1:]) if t is not None]
        which = [k for k, there in enumerate(ctx.is_differentiable) if there]
        pushforward = _pushforward(ctx.traced, len(inputs), moving, which)
        found = apply(pushforward, [*inputs, *[tangents[1 + i] for i in moving]])
        results: list[Any] = [None] * len(ctx.is_differentiable)
        for k, t in zip(which, found, strict=True):
            results[k] = t
        return tuple(results)


def _pullback(traced: Traced, count: int, wanted: Sequence[int], which: Sequence[int]) -> Traced:
    """Cotangents of the arguments `wanted`, given all `count` arguments and cotangents of the results `which`."""

    def pull(*values: Tensor) -> Sequence[Tensor]:
        inputs = [_handle(x) for x in values[:count]]
        sources = [inputs[i] for i in wanted]
        with GradientTape() as tape:
            tape.watch(sources)
            results = traced(*inputs)
        grads = tape.gradient(
            [results[k] for k in which],
            sources,
            output_gradients=list(values[count:]),
            unconnected_gradients=UnconnectedGradients.ZERO,
        )
        return [convert(grad) for grad in grads]

    return Traced(f"{traced.name}Vjp", pull)


def _pushforward(traced: Traced, count: int, moving: Sequence[int], which: Sequence[int]) -> Traced:
    """Tangents of the results `which`, given all `count` arguments and tangents of the arguments `moving`."""

    def push(*values: Tensor) -> Sequence[Tensor]:
        inputs = [_handle(x) for x in values[:count]]
        with ForwardAccumulator([inputs[i] for i in moving], list(values[count:])) as accumulator:
            results = traced(*inputs)
        tangents: list[Any] = accumulator.jvp(
            [results[k] for k in which], unconnected_gradients=UnconnectedGradients.ZERO
        )
        return [convert(t) for t in tangents]

    return Traced(f"{traced.name}Jvp", push)


def _handle(x: Tensor) -> Tensor:
    """A handle of its own on a value, so that watching it leaves the other one alone."""
    return Tensor(x._t, x._node)


# -- modules -----------------------------------------------------------------------------------------------------------


def to_module(f: Callable[..., Any], variables: Sequence[Variable] | None = None) -> TapeModule:
    """A torch module whose call is `f`, written against `tf`, and whose parameters share the values of its Variables.

    Args:
      f: a function as for `to_torch`; or a callable `tf.Module`.
      variables: the Variables that become Parameters (see `as_parameter`); those of `f` if that is a `tf.Module`.

    Raises:
      TypeError: `f` is not callable, or something in `variables` is no Variable of numbers.

    >>> import torch
    >>> import tfcompat_tape as tf
    >>> w = tf.Variable([1.0, 2.0], name="w")
    >>> module = tf.interop.to_module(lambda x: tf.reduce_sum(w * x), [w])
    >>> module(torch.tensor([3.0, 4.0])).backward()
    >>> module.w.grad
    tensor([3., 4.])
    """
    if variables is None:
        variables = getattr(f, "variables", ())
    return TapeModule(f, variables)


class TapeModule(torch.nn.Module):
    """A torch module that computes with a function written against `tf`; see `to_module`.

    >>> import tfcompat_tape as tf
    >>> import torch
    >>> module = tf.interop.to_module(lambda x: tf.square(x), [])
    >>> isinstance(module, tf.interop.TapeModule), module(torch.tensor(3.0))
    (True, tensor(9.))
    """

    def __init__(self, f: Callable[..., Any], variables: Sequence[Variable]) -> None:
        super().__init__()
        self._function = to_torch(f)
        self.tf_variables = tuple(variables)
        for variable in self.tf_variables:
            parameter = as_parameter(variable)
            name = base = variable.name.removesuffix(":0").replace("/", "_").replace(".", "_")
            number = 0
            while hasattr(self, name):
                number += 1
                name = f"{base}_{number}"
            self.register_parameter(name, parameter)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the function returns, for torch tensors."""
        return self._function(*args, **kwargs)
