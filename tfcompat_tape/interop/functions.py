"""torch's functions on our Tensors: `torch.sin(t)`, and functions of torch code as ops."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.utils import _pytree as pytree

from tfcompat_tape.core import hooks, registry
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.interop.calls import Call, invoke, make_op
from tfcompat_tape.interop.shared import SharedVariable, variable_of

# What leaves the tape's world: a torch tensor with the same memory, or a copy where the function makes one.
_TO_TORCH: frozenset[Any] = frozenset(
    {torch.as_tensor, torch.tensor, torch.asarray, torch.from_dlpack}  # type: ignore[attr-defined]
)

# What torch's `+` and the like call, in place or not, when a torch tensor stands on the left.
_DUNDERS = (
    *(
        "add",
        "sub",
        "mul",
        "truediv",
        "mod",
        "matmul",
        "pow",
        "floordiv",
        "and",
        "or",
        "xor",
        "lshift",
        "rshift",
    ),
    *("lt", "le", "gt", "ge", "eq", "ne"),
)
_OPERATORS: frozenset[Any] = frozenset(
    getattr(torch.Tensor, f"{name}{suffix}")
    for name in ("add", "sub", "mul", "div", "remainder", "matmul", "pow", "lt", "le", "gt", "ge", "eq", "ne")
    for suffix in ("", "_")
    if hasattr(torch.Tensor, f"{name}{suffix}")
) | frozenset(
    getattr(torch.Tensor, f"__{prefix}{name}__")
    for name in _DUNDERS
    for prefix in ("", "i")
    if hasattr(torch.Tensor, f"__{prefix}{name}__")
)

# Methods by which a torch tensor takes over values: these leave the tape.
_TAKES: frozenset[Any] = frozenset({torch.Tensor.copy_, torch.Tensor.__setitem__})


def answer(func: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """The result of `func`, a function of torch's, some of whose arguments are Tensors or Variables."""
    of_torch = bool(args) and isinstance(args[0], torch.Tensor)
    if func in _TO_TORCH or (of_torch and func in _TAKES):
        return func(*pytree.tree_map(_raw_value, tuple(args)), **pytree.tree_map(_raw_value, kwargs))
    if of_torch and func in _OPERATORS:
        return NotImplemented  # then Python asks our Tensor, the other operand
    name: str = getattr(func, "__name__", "")
    _check_pure(func, name, args, kwargs)
    return call(func, args, kwargs, f"torch.{name}")


def _check_pure(func: Any, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
    """Refuse what would write to a Tensor, or ask torch's autograd about it."""
    if getattr(func, "__module__", None) == "torch.autograd":
        raise TypeError(
            f"torch.autograd.{name} knows nothing of a tf.Tensor: what tapes recorded is differentiated by "
            "tf.GradientTape. To use torch's autograd, turn the function into one of torch: tf.interop.to_torch(f)."
        )
    how = None
    if kwargs.get("out") is not None:
        how = "has an argument `out`"
    elif kwargs.get("inplace") or (name.endswith("_") and not name.endswith("__")):
        how = "works in place"
    if how is not None:
        raise TypeError(
            f"torch.{name} {how}: that would write to a tf.Tensor, which never changes, or write what tapes cannot "
            "follow. Use the function that returns its result; to replace the value of a tf.Variable, assign to it."
        )


def _raw_value(value: Any) -> Any:
    """A Tensor or Variable as a torch tensor that shares its memory."""
    return value._read_silently()._t if isinstance(value, Variable) else getattr(value, "_t", value)


# -- calls -------------------------------------------------------------------------------------------------------------


def call(
    target: Callable[..., Any],
    args: Sequence[Any],
    kwargs: dict[str, Any],
    name: str,
    ops: tuple[Op, Op] | None = None,
    attrs: Any = None,
    make: type[Call] = Call,
) -> Any:
    """`target(*args, **kwargs)`, a function of torch tensors, called on Tensors and recorded.

    Args:
      args, kwargs: nested structures; Tensors, Variables and IndexedSlices among them reach `target` as torch tensors.
      name: what the entry is called.
      ops, attrs: see `interop.calls.invoke`.
      make: the kind of `Call`.
    """
    if any(map(_is_nested, args)) or any(map(_is_nested, kwargs.values())):
        flat, spec = pytree.tree_flatten((args, kwargs))
        build: Callable[[Sequence[Any]], tuple[Any, Any]] = functools.partial(_unflatten, spec)
    elif kwargs:
        flat = [*args, *kwargs.values()]
        build = functools.partial(_with_names, len(args), tuple(kwargs))
    else:
        flat = list(args)
        build = _without_names
    places: list[int] = []
    tensors: list[Tensor] = []
    for place, x in enumerate(flat):
        tensor = _tensor(x)
        if tensor is not None:
            if not isinstance(tensor._t, torch.Tensor):
                raise TypeError(f"{name}: torch has no strings, and got a tf.Tensor of them.")
            flat[place] = None
            places.append(place)
            tensors.append(tensor)
    function = make(name, target, flat, places, build)
    versions = [x._t._version for x in tensors if not x._t.is_inference()]
    results = invoke(function, tensors, ops, attrs)
    if versions != [x._t._version for x in tensors if not x._t.is_inference()]:
        raise TypeError(
            f"{name} wrote to one of its inputs in place. A tf.Tensor never changes, so the one given is spoilt now: "
            "have the function work on a copy (x.clone())."
        )
    return function.packed(results)


def _tensor(x: Any) -> Tensor | None:
    """The value of a leaf among the arguments, `None` if it is none of ours."""
    kind = type(x)
    if kind is Tensor:
        return x  # type: ignore[no-any-return]
    if kind is torch.nn.Parameter:
        variable = variable_of(x)
        return None if variable is None else variable.read_shared()
    if isinstance(x, Variable):
        shared = getattr(x, "_variable", x)  # what `assign` returns
        return shared.read_shared() if isinstance(shared, SharedVariable) else x._read()
    if kind is IndexedSlices:
        return x._to_tensor()  # type: ignore[no-any-return]
    return None


def _is_nested(x: Any) -> bool:
    return isinstance(x, (tuple, list, dict)) or type(x) in pytree.SUPPORTED_NODES


def _unflatten(spec: Any, flat: Sequence[Any]) -> tuple[Any, Any]:
    args, kwargs = pytree.tree_unflatten(flat, spec)
    return args, kwargs


def _with_names(count: int, names: tuple[str, ...], flat: Sequence[Any]) -> tuple[Any, Any]:
    return flat[:count], dict(zip(names, flat[count:], strict=True))


_NO_NAMES: dict[str, Any] = {}


def _without_names(flat: Sequence[Any]) -> tuple[Any, Any]:
    return flat, _NO_NAMES


# -- the decorator -----------------------------------------------------------------------------------------------------


def torch_op(
    f: Any = None, *, name: str | None = None, gradient: Callable[..., Any] | None = None, outputs: int = 1
) -> Any:
    """Decorator: a function of torch code becomes an op of Tensors, differentiated exactly, to any order.

    Args:
      f: `f(*args, **kwargs)` of torch tensors and whatever else it takes, in nested structures; returns torch tensors
        in a nested structure. It must not write to its arguments.
      name: register the op under this name, for `tf.raw_ops`, `tf.RegisterGradient` and `gradient_override_map`.
        The positional parameters of `f` are then its inputs, the keyword-only ones its attributes.
      gradient: the gradient function in place of the one that torch derives: `gradient(op, *dys)` in TensorFlow's form,
        see `tf.RegisterGradient`.
      outputs: with `name` or `gradient`: how many results there are, 0 if that varies.

    Raises:
      TypeError: `f` is not callable.
      KeyError: there is an op called `name` already.

    >>> import torch
    >>> import tfcompat_tape as tf
    >>> @tf.interop.torch_op
    ... def smooth(x, *, beta=1.0):
    ...     return torch.nn.functional.softplus(x, beta=beta)
    >>> x = tf.Variable(0.0)
    >>> with tf.GradientTape() as tape:
    ...     y = smooth(x, beta=2.0)
    >>> print(tape.gradient(y, x).numpy())
    0.5
    """
    if f is None:
        return functools.partial(torch_op, name=name, gradient=gradient, outputs=outputs)
    if not callable(f):
        raise TypeError(f"torch_op: a function of torch code is expected, got {f!r}.")
    title = str(name or getattr(f, "__name__", type(f).__name__))
    ops = None
    if name is not None or gradient is not None:
        inputs, defaults = _signature(f)
        op = make_op(title, outputs, inputs, defaults)
        if gradient is not None:
            op.rule = registry.UserRule(gradient)
            op.jvp = None
            op.set_keep(registry.Keep.BOTH)
        if name is not None:
            registry.add(op)
        ops = (op, op)

    def recorded(*args: Any, **kwargs: Any) -> Any:
        return call(f, args, kwargs, title, ops, kwargs if ops else None)

    functools.update_wrapper(recorded, f)
    if ops:
        recorded.op = op  # type: ignore[attr-defined]
        op.call = recorded
    return recorded


def _signature(f: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Names of the inputs of `f`, and its attributes with their defaults."""
    inputs = []
    defaults = {}
    try:
        parameters = inspect.signature(f).parameters.values()
    except ValueError:  # a function of C++
        return ("*args",), {}
    for p in parameters:
        if p.kind is p.KEYWORD_ONLY:
            defaults[p.name] = None if p.default is p.empty else p.default
        elif p.kind is not p.VAR_KEYWORD:
            inputs.append(f"*{p.name}" if p.kind is p.VAR_POSITIONAL else p.name)
    return tuple(inputs), defaults


hooks.torch_function = answer
