"""Products of large matrices in a trace, by oneDNN where it is quicker than MKL, with the bias and tanh that follow.

On processors that are not Intel's, MKL multiplies with AVX2 and oneDNN with AVX-512, which takes a tenth less time. A
tanh that oneDNN applies while a result is in registers takes a third of one by itself, or a fifth, and is as exact.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence
from typing import Any

import torch

from tfcompat_tape.tracing.nodes import Node, Ref

Raw = torch.Tensor
Nodes = list[tuple[int, Node]]
aten = torch.ops.aten
LEAST = 1 << 24  # multiplications: below, oneDNN's preparations take what its kernels save
_TRANSPOSED = 4  # it copies a left matrix that is transposed: how many times as large the result must be


def dense(a: Raw, w: Raw, bias: Raw | None, after: str) -> Raw:
    """`a @ w`, plus a vector if there is one, and then `after`: "none" or "tanh"."""
    given = (a, w) if bias is None else (a, w, bias)
    if all(map(_ordinary, given)) and torch._C._functorch.peek_interpreter_stack() is None:
        return by_onednn(a, w, bias, after)
    x = torch.mm(a, w)
    if bias is not None:
        x = x + bias
    return torch.tanh(x) if after == "tanh" else x


def by_onednn(a: Raw, w: Raw, bias: Raw | None, after: str) -> Raw:
    """`dense` of tensors that are nothing but memory."""
    found: Raw = torch.ops.mkldnn._linear_pointwise(a, w.t(), bias, after, [], "")
    return found


def merged(
    nodes: Sequence[tuple[int, Node]],
    kept: Collection[int],
    like: Callable[[Any], Any],
    name: Callable[[int], int],
) -> Nodes:
    """Nodes with their places in a trace; a large product is one with a bias and tanh that nothing stands between.

    Args:
      kept: numbers of values that are needed besides.
      like: a tensor in the layout that an argument has.
      name: the number under which an equal value is known.
    """
    some = any(node.function is aten.mm.default for _, node in nodes)
    if not some or not torch.backends.mkldnn.enabled or not quicker():
        return [*nodes]
    users: dict[int, list[int]] = {}
    for place, (_, node) in enumerate(nodes):
        for n in node.sources():
            users.setdefault(name(n), []).append(place)

    def following(place: int, function: Any) -> int | None:
        """The place of the one node that uses the result of another, if it is of `function`."""
        out = nodes[place][1].outs[0]
        places = users.get(out, [])
        if len(places) != 1 or out in kept or nodes[places[0]][1].function is not function:
            return None
        return None if nodes[places[0]][1].kwargs else places[0]

    found: list[tuple[int, Node] | None] = [*nodes]
    for place, (_, node) in enumerate(nodes):
        if node.function is not aten.mm.default or not _suits(*map(like, node.args)):
            continue
        bias, after, last = None, "none", place
        add = following(last, aten.add.Tensor)
        if add is not None:
            a, b = nodes[add][1].args
            vector = b if type(a) is Ref and name(a) == node.outs[0] else a
            if _is_vector(like(vector), like(node.args[1]).shape[1]):
                bias, last = vector, add
                tanh = following(last, aten.tanh.default)
                if tanh is not None:
                    after, last = "tanh", tanh
                    found[add] = None
        found[place] = None
        index, end = nodes[last]
        args = (*node.args, bias, after)
        found[last] = index, Node(dense, args, {}, end.outs, True, static=node.static, frame=node.frame)
    return [one for one in found if one is not None]


def _suits(a: Any, w: Any) -> bool:
    """Whether a product is large, and of matrices that oneDNN takes as they lie."""
    rows, inner = a.shape
    columns = w.shape[1]
    return (
        all(type(n) is int for n in (rows, inner, columns))
        and rows * inner * columns >= LEAST
        and a.device.type == w.device.type == "cpu"
        and a.dtype is w.dtype is torch.float32
        and _lies(a)
        and _lies(w)
        and (a.is_contiguous() or columns >= _TRANSPOSED * inner)
    )


def _is_vector(x: Any, size: int) -> bool:
    return (
        isinstance(x, torch.Tensor)
        and x.shape == (size,)
        and x.dtype is torch.float32
        and x.device.type == "cpu"
        and x.is_contiguous()
    )


def _ordinary(raw: Raw) -> bool:
    """Whether a tensor is nothing but memory, in a layout that oneDNN takes."""
    return (
        type(raw) is torch.Tensor
        and not (raw.requires_grad and torch.is_grad_enabled())
        and not raw.is_neg()
        and _lies(raw)
    )


def _lies(raw: Raw) -> bool:
    """Whether a matrix lies by rows or by columns, without gaps."""
    return raw.is_contiguous() or raw.stride() == (1, raw.shape[0])


@functools.cache
def quicker() -> bool:
    """Whether oneDNN is quicker than MKL here."""
    if not torch._C._has_mkldnn or torch.backends.cpu.get_cpu_capability() != "AVX512":
        return False
    try:
        with open("/proc/cpuinfo") as file:
            return "AuthenticAMD" in file.read()
    except OSError:
        return False
