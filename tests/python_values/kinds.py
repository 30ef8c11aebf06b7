"""What an argument can be: one value as a list, an array, a scalar, a Variable, a Tensor of another dtype, ...

`call` writes down a call that works; `variants` are that call with one argument of another kind; `answer` is what a
TensorFlow makes of it, as text: dtype, shape and mean magnitude of each result, or the class of the exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class T:
    """An argument to vary: nested lists of numbers, text or booleans, a Tensor of `dtype` in the working call.

    With `plain`, the working call has the Python value itself, as it is usual for axes and shapes.
    """

    data: Any
    dtype: str = ""
    plain: bool = False


def N(data: Any) -> T:
    """An argument that is a Python value in the working call, and varied all the same."""
    return T(data, plain=True)


def F(*shape: int, low: float = 0.25, high: float = 0.75) -> T:
    """Distinct floats between the bounds."""
    count = int(np.prod(shape, dtype=int))
    numbers = [
        round(low + (high - low) * (i * 7 % max(count, 1) + 0.5) / max(count, 1), 4) for i in range(count)
    ]
    return T(np.reshape(numbers, shape).tolist())


def names(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@dataclass(frozen=True)
class Call:
    """A call that works: the function's path, its arguments, whether its results are random."""

    name: str
    path: str
    args: dict[str, Any]
    random: bool


CALLS: dict[str, Call] = {}


def call(path: str, *, random: bool = False, label: str = "", **args: Any) -> None:
    """Enter a call that works into the table."""
    name = f"{path} {label}".strip()
    assert name not in CALLS, name
    CALLS[name] = Call(name, path, args, random)


# -- kinds -------------------------------------------------------------------------------------------------------------


def natural(x: T) -> str:
    """The dtype of the argument in the working call."""
    if x.dtype:
        return x.dtype
    kind = np.asarray(x.data).dtype.kind
    return {"f": "float32", "i": "int32", "b": "bool", "c": "complex64", "U": "string"}[kind]


def _leaves(data: Any, function: Callable[[Any], Any]) -> Any:
    return [_leaves(x, function) for x in data] if isinstance(data, list) else function(data)


def _tuples(data: Any) -> Any:
    return tuple([_tuples(x) for x in data]) if isinstance(data, list) else data


def _mixed(data: Any) -> Any:
    """With the first number of the other kind: an int among floats, a float among ints."""
    if isinstance(data, list):
        return [_mixed(data[0]), *data[1:]] if data else data
    return int(data) if isinstance(data, float) else float(data)


def _array(dtype: str) -> Callable[[Any, T], Any]:
    return lambda tf, x: np.array(x.data, dtype)


def _tensor(dtype: str) -> Callable[[Any, T], Any]:
    def make(tf: Any, x: T) -> Any:
        if dtype == "string":
            return tf.constant(np.array(x.data).astype(str).astype(object))
        array = np.array(x.data)
        return tf.cast(
            tf.constant(array.astype("complex128" if array.dtype.kind == "c" else "float64")), dtype
        )

    return make


def base(tf: Any, x: T) -> Any:
    """The argument in the working call."""
    if x.plain:
        return x.data
    dtype = natural(x)
    return tf.constant(x.data, dtype) if dtype != "bfloat16" else tf.cast(tf.constant(x.data), dtype)


def _other(tf: Any, x: T) -> Any:
    """A Variable of another dtype."""
    return tf.Variable(_tensor({"float32": "float64", "int32": "int64"}.get(natural(x), "float32"))(tf, x))


_NUMBERS: dict[str, Callable[[Any, T], Any]] = {
    "list": lambda tf, x: x.data,
    "tuple": lambda tf, x: _tuples(x.data),
    "mixed": lambda tf, x: _mixed(x.data),
    "ints": lambda tf, x: _leaves(x.data, lambda n: int(n.real) if isinstance(n, complex) else int(n)),
    "floats": lambda tf, x: _leaves(x.data, lambda n: float(n.real) if isinstance(n, complex) else float(n)),
    "bools": lambda tf, x: _leaves(x.data, bool),
    "complexes": lambda tf, x: _leaves(x.data, complex),
    **{f"np {dtype}": _array(dtype) for dtype in ("float64", "float32", "int64", "int32", "bool")},
    "variable": lambda tf, x: tf.Variable(base(tf, x)),
    "other variable": _other,
    **{
        f"tensor {dtype}": _tensor(dtype)
        for dtype in ("float64", "float16", "float32", "int32", "int64", "uint8", "bool", "complex64")
    },
}
_TEXTS: dict[str, Callable[[Any, T], Any]] = {
    "list": lambda tf, x: x.data,
    "tuple": lambda tf, x: _tuples(x.data),
    "np object": lambda tf, x: np.array(x.data, object),
    "np str": lambda tf, x: np.array(x.data),
    "variable": lambda tf, x: tf.Variable(base(tf, x)),
}
_ANY: dict[str, Callable[[Any, T], Any]] = {
    "int": lambda tf, x: 1,
    "float": lambda tf, x: 0.5,
    "bool": lambda tf, x: True,
    "complex": lambda tf, x: 1j,
    "text": lambda tf, x: "a",
    "None": lambda tf, x: None,
    "np.int64()": lambda tf, x: np.int64(1),
    "np.float32()": lambda tf, x: np.float32(0.5),
    "np.float64()": lambda tf, x: np.float64(0.5),
    "empty list": lambda tf, x: [],
}


def kinds(x: T) -> dict[str, Callable[[Any, T], Any]]:
    """The kinds that an argument is varied by."""
    return {**(_TEXTS if natural(x) == "string" else _NUMBERS), **_ANY}


# -- variants ----------------------------------------------------------------------------------------------------------


def places(args: Any, path: str = "") -> Iterator[tuple[str, T]]:
    """The arguments to vary, also those in lists of tensors, with their paths."""
    if isinstance(args, T):
        yield path, args
    elif isinstance(args, dict):
        for key, value in args.items():
            yield from places(value, f"{path}.{key}" if path else key)
    elif isinstance(args, (list, tuple)):
        for i, value in enumerate(args):
            yield from places(value, f"{path}[{i}]")


def build(tf: Any, args: Any, make: Callable[[str, T], Any], path: str = "") -> Any:
    """The arguments with `make(path, x)` in place of each that is varied; functions of `tf` are called."""
    if isinstance(args, T):
        return make(path, args)
    if isinstance(args, dict):
        return {k: build(tf, v, make, f"{path}.{k}" if path else k) for k, v in args.items()}
    if isinstance(args, (list, tuple)):
        return type(args)([build(tf, v, make, f"{path}[{i}]") for i, v in enumerate(args)])
    return args(tf) if callable(args) else args


# How the other arguments are given while one is varied.
CONTEXTS = ("tensors", "lists")


def variants(spec: Call) -> Iterator[tuple[str, str, str]]:
    """Place, context and kind of each variant of a call."""
    found = dict(places(spec.args))
    for place, x in found.items():
        for context in CONTEXTS if len(found) > 1 else CONTEXTS[:1]:
            for kind in kinds(x):
                yield place, context, kind


def run(tf: Any, spec: Call, place: str = "", context: str = "tensors", kind: str = "") -> Any:
    """The result of a variant; of the working call itself without a place."""

    def make(path: str, x: T) -> Any:
        if path == place:
            return kinds(x)[kind](tf, x)
        return x.data if context == "lists" else base(tf, x)

    function = tf
    for part in spec.path.split("."):
        function = getattr(function, part)
    args = build(tf, spec.args, make)
    return function(*args.pop("_", ()), **args)


def answer(tf: Any, spec: Call, *variant: str) -> str:
    """What a variant gives, as text."""
    try:
        result = run(tf, spec, *variant)
        return " ".join(
            described(tf, x, spec.random) for x in tf.nest.flatten(result, expand_composites=True)
        )
    except Exception as error:
        return type(error).__name__


def table(tf: Any, spec: Call) -> dict[str, dict[str, str]]:
    """The answers of all variants of a call: for each place and context, by kind."""
    found: dict[str, dict[str, str]] = {"": {"": answer(tf, spec)}}
    for place, context, kind in variants(spec):
        found.setdefault(f"{place} {context}", {})[kind] = answer(tf, spec, place, context, kind)
    return found


def described(tf: Any, x: Any, random: bool) -> str:
    """A result as text: `float32[2,3]~0.5102`, the dtype, the shape and the mean magnitude."""
    if tf.is_tensor(x):
        dtype = x.dtype.name
    elif isinstance(x, (np.ndarray, np.generic)):
        dtype = f"np.{x.dtype.name}"
    else:
        return type(x).__name__ if not isinstance(x, (int, bool, str, type(None))) else repr(x)
    a = np.asarray(x)
    text = f"{dtype}[{','.join(map(str, a.shape))}]"
    if random or a.dtype.kind in "OSU" or not a.size:
        return text
    with np.errstate(all="ignore"):
        wide = np.abs(a.astype("complex128" if dtype.startswith("complex") else "float64"))
        return f"{text}~{float(np.mean(wide)):.4g}"


def is_exception(text: str) -> bool:
    """Whether an answer is the class of an exception."""
    return "[" not in text and text not in ("", "True", "False", "None", "float", "int")


def same(want: str, got: str) -> bool:
    """Whether two answers are the same, up to rounding of the magnitudes."""
    wants, gots = want.split(" "), got.split(" ")
    if len(wants) != len(gots):
        return False
    for one, other in zip(wants, gots, strict=True):
        left, _, a = one.partition("~")
        right, _, b = other.partition("~")
        if left != right or bool(a) != bool(b):
            return False
        coarse = 0.02 if "float16" in left else 2e-3
        if a and not np.isclose(float(a), float(b), rtol=coarse, atol=coarse / 10, equal_nan=True):
            return False
    return True
