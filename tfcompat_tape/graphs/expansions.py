"""Ops of this library that TensorFlow's graphs say by several nodes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.graphs.nodes import Value, attr

INT32 = dtypes.int32


class Term:
    """A value with the operators of Python, which add nodes to a function."""

    def __init__(self, writer: Any, value: Value) -> None:
        self.writer, self.value = writer, value

    def of(self, op: str, *others: Any, **attrs: Any) -> Term:
        """A node of one dtype, of this value and others."""
        given = [self.value, *[self.lift(x) for x in others]]
        found = self.writer.one(op, given, self.value.dtype, T=self.value.dtype, **attrs)
        return Term(self.writer, found)

    def lift(self, x: Any) -> Value:
        """A value, or a number in the dtype of this one."""
        return x.value if isinstance(x, Term) else self.writer.constant(x, self.value.dtype)  # type: ignore[no-any-return]

    def __add__(self, other: Any) -> Term:
        return self.of("AddV2", other)

    def __sub__(self, other: Any) -> Term:
        return self.of("Sub", other)

    def __mul__(self, other: Any) -> Term:
        return self.of("Mul", other)

    def __neg__(self) -> Term:
        return self.of("Neg")

    def sum(self, axis: int) -> Term:
        """The sum along an axis, which stays."""
        places = self.writer.constant(np.array([axis], np.int32))
        found = self.writer.one(
            "Sum", [self.value, places], self.value.dtype, T=self.value.dtype, Tidx=INT32, keep_dims=True
        )
        return Term(self.writer, found)


Expansion = Callable[..., Any]


def _silu(x: Term) -> Term:
    return x * x.of("Sigmoid")


def _silu_grad(g: Term, x: Term) -> Term:
    s = x.of("Sigmoid")
    return g * (s * (-(x * (s - 1.0)) + 1.0))


def _swish(x: Term, beta: Term) -> Term:
    return x * (beta * x).of("Sigmoid")


def _gelu(x: Term, approximate: bool = False) -> Term:
    if approximate:
        inner = (x + x * x * x * 0.044715) * math.sqrt(2.0 / math.pi)
        return x * 0.5 * (inner.of("Tanh") + 1.0)
    return x * 0.5 * (x * -math.sqrt(0.5)).of("Erfc")


def _gelu_grad(g: Term, x: Term, approximate: bool = False) -> Term:
    if approximate:
        t = ((x + x * x * x * 0.044715) * math.sqrt(2.0 / math.pi)).of("Tanh")
        slope = (x * x * (3.0 * 0.044715) + 1.0) * math.sqrt(2.0 / math.pi)
        return g * ((t + 1.0) * 0.5 + x * 0.5 * (-(t * t) + 1.0) * slope)
    bell = (x * x * -0.5).of("Exp") * (1.0 / math.sqrt(2.0 * math.pi))
    return g * ((x * -math.sqrt(0.5)).of("Erfc") * 0.5 + x * bell)


def _sigmoid_loss(x: Term, z: Term) -> Term:
    # As TensorFlow composes it: so are its derivatives, at 0 too.
    zeros = x.of("ZerosLike")
    positive = Term(
        x.writer, x.writer.one("GreaterEqual", [x.value, zeros.value], dtypes.as_dtype(bool), T=x.value.dtype)
    )

    def select(a: Term, b: Term) -> Term:
        given = [positive.value, a.value, b.value]
        return Term(x.writer, x.writer.one("SelectV2", given, a.value.dtype, T=a.value.dtype))

    top, low = select(x, zeros), select(-x, x)
    return top - x * z + low.of("Exp").of("Log1p")


def _scaled_power(x: Term, exponent: float, scale: float) -> Term:
    return x * scale if exponent == 1.0 else x.of("Pow", exponent) * scale


def _softmax_grad(dy: Term, y: Term, axis: int = -1) -> Term:
    return y * (dy - (y * dy).sum(axis))


def _log_softmax_grad(dy: Term, y: Term, axis: int = -1) -> Term:
    return dy - y.of("Exp") * dy.sum(axis)


def _softmax(op: str) -> Expansion:
    """TensorFlow's op is for the last axis; others change places with that."""

    def expansion(x: Term, axis: int = -1) -> Term:
        rank = x.writer.rank_of(x.value)
        axis = axis % rank
        if axis == rank - 1:
            return x.of(op)
        order = [*range(rank)]
        order[axis], order[-1] = order[-1], order[axis]
        perm = x.writer.constant(np.array(order, np.int32))

        def turned(y: Term) -> Term:
            found = x.writer.one("Transpose", [y.value, perm], y.value.dtype, T=y.value.dtype, Tperm=INT32)
            return Term(x.writer, found)

        return turned(turned(x).of(op))

    return expansion


def sorted_rows(w: Any, value: Value, rank: int, descending: bool) -> list[Value]:
    """The rows of a value in order, and the indices that sort them; equal elements stay in their order.

    TopKV2 has the greatest ones first. Its rows from behind are the other order, in every dtype: the negative of a
    number may be out of range, and NaN would come first.
    """
    kind = value.dtype
    size = w.axis_size(value, rank - 1)
    attrs = {"T": kind, "Tk": INT32, "index_type": INT32}
    if descending:
        return w.add("TopKV2", [value, size], [kind, INT32], **attrs)[1]  # type: ignore[no-any-return]
    axis = w.constant(np.array([rank - 1], np.int32))

    def backwards(x: Value) -> Value:
        return w.one("ReverseV2", [x, axis], x.dtype, T=x.dtype, Tidx=INT32)  # type: ignore[no-any-return]

    values, places = w.add("TopKV2", [backwards(value), size], [kind, INT32], **attrs)[1]
    last = w.one("Sub", [size, w.constant(np.int32(1))], INT32, T=INT32)
    return [backwards(values), w.one("Sub", [last, backwards(places)], INT32, T=INT32)]


def _order(x: Term, descending: bool) -> list[Any]:
    """The values, and the indices that sort their rows."""
    return [x.value, sorted_rows(x.writer, x.value, x.writer.rank_of(x.value), descending)[1]]


def _max_pool(x: Term, **attrs: Any) -> list[Any]:
    given = {key: attr(one, _POOL_ATTRS[key]) for key, one in attrs.items() if key in _POOL_ATTRS}
    found = x.writer.one("MaxPool", [x.value], x.value.dtype, T=x.value.dtype, **given)
    return [found, None]


_POOL_ATTRS = {
    "ksize": "list(int)",
    "strides": "list(int)",
    "padding": "string",
    "explicit_paddings": "list(int)",
    "data_format": "string",
}


def _take(x: Term, indices: Term) -> Term:
    rank = x.writer.rank_of(x.value)
    return _gather(x, indices, rank - 1, rank - 1)


def _gather(x: Term, indices: Term, axis: int, batch_dims: int) -> Term:
    place = x.writer.constant(np.int32(axis))
    found = x.writer.one(
        "GatherV2",
        [x.value, indices.value, place],
        x.value.dtype,
        Tparams=x.value.dtype,
        Tindices=indices.value.dtype,
        Taxis=INT32,
        batch_dims=batch_dims,
    )
    return Term(x.writer, found)


def _resource_gather(x: Term, indices: Term, batch_dims: int = 0, **attrs: Any) -> Term:
    return _gather(x, indices, batch_dims, batch_dims)


def _gather_nd(x: Term, indices: Term, **attrs: Any) -> Term:
    kinds = {"Tparams": x.value.dtype, "Tindices": indices.value.dtype}
    return Term(x.writer, x.writer.one("GatherNd", [x.value, indices.value], x.value.dtype, **kinds))


_EXPANSIONS: dict[str, Expansion] = {
    "ArgSort": _order,
    "Gelu": _gelu,
    "GeluGrad": _gelu_grad,
    "LogSoftmax": _softmax("LogSoftmax"),
    "LogSoftmaxGrad": _log_softmax_grad,
    "MaxPoolWithIndices": _max_pool,
    "ResourceGather": _resource_gather,
    "ResourceGatherNd": _gather_nd,
    "ScaledPower": _scaled_power,
    "SigmoidCrossEntropyWithLogits": _sigmoid_loss,
    "Silu": _silu,
    "SiluGrad": _silu_grad,
    "Softmax": _softmax("Softmax"),
    "SoftmaxGrad": _softmax_grad,
    "Swish": _swish,
    "TakeAlongRows": _take,
}


def _expanded(expansion: Expansion) -> Callable[[Any, list[Value], dict[str, Any]], list[Value]]:
    def expand(writer: Any, inputs: list[Value], attrs: dict[str, Any]) -> list[Value]:
        found = expansion(*[Term(writer, x) for x in inputs], **attrs)
        return found if isinstance(found, list) else [found.value]

    return expand


EXPANSIONS = {name: _expanded(expansion) for name, expansion in _EXPANSIONS.items()}
