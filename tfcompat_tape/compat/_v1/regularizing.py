"""Losses of regularizers: numbers that are computed anew whenever they are used."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import tfcompat_tape as tf


class Regularization:
    """What a regularizer says of a variable at the moment: a tape that is on when it is used records it.

    It does what a Tensor does, in arithmetic, in functions and by its attributes, and is none itself.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, compute: Callable[[], Any]) -> None:
        self._compute = compute

    def _to_tensor(self) -> Any:
        return tf.convert_to_tensor(self._compute())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # what is asked in order to tell kinds of values apart
            raise AttributeError(name)
        return getattr(self._to_tensor(), name)

    def __str__(self) -> str:
        return str(self._to_tensor())

    def __bool__(self) -> bool:
        return bool(self._to_tensor())

    def __getitem__(self, key: Any) -> Any:
        return self._to_tensor()[key]


def _method(compute: Callable[..., Any], turned: bool) -> Any:
    def method(self: Regularization, *others: Any) -> Any:
        value = self._to_tensor()
        return compute(*others, value) if turned else compute(value, *others)

    return method


for _name in ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"]:
    setattr(Regularization, f"__{_name}__", _method(getattr(operator, _name), turned=False))
    setattr(Regularization, f"__r{_name}__", _method(getattr(operator, _name), turned=True))
for _name in ["lt", "le", "gt", "ge", "eq", "ne", "neg", "abs"]:
    setattr(Regularization, f"__{_name}__", _method(getattr(operator, _name), turned=False))

tf.register_tensor_conversion_function(
    Regularization, lambda value, dtype=None, name=None, as_ref=False: value._to_tensor()
)
