"""Calls with arguments that do not fit.

`TOPICS[topic](tf)` gives `(subject, key, call)`, the same for either library.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from strictness.raw_calls import CALLS, call

Questions = Iterator[tuple[str, str, Callable[[], Any]]]
TOPICS: dict[str, Callable[[Any], Questions]] = {}


def topic(function: Callable[[Any], Questions]) -> Callable[[Any], Questions]:
    TOPICS[function.__name__] = function
    return function


@topic
def shapes(tf: Any) -> Questions:
    """Each op of tf.raw_ops with one of its tensors in another shape."""
    for name, arguments in CALLS.items():
        for key, value in arguments.items():
            if isinstance(value, (np.ndarray, np.generic)):
                for label, array in reshaped(np.asarray(value)):
                    changed = {key: tf.constant(array)}
                    yield name, f"{key}.{label}", lambda name=name, changed=changed: call(tf, name, **changed)


def reshaped(value: Any) -> Iterator[tuple[str, Any]]:
    """An array with an axis of one, without an axis, longer, empty, with another axis."""
    if value.ndim and value.shape[0] > 1:
        yield "one", value[:1]
    if value.ndim > 1 and value.shape[-1] > 1:
        yield "column", value[..., :1]
    if value.ndim and value.shape[0]:
        yield "row", value[0]
    if value.ndim:
        yield "longer", np.concatenate([value, value[:1]])
        yield "empty", value[:0]
    if value.ndim > 1:
        yield "wider", np.concatenate([value, value[..., :1]], -1)
    yield "more", value[None]
    if not value.ndim:
        yield "two", np.stack([value, value])


# What attributes are given, by what they are: texts in place of booleans, floats for integers, unknown names.
_SINGLES: dict[str, Any] = {
    "None": None,
    "True": True,
    "1": 1,
    "-1": -1,
    "1.0": 1.0,
    "'FOO'": "FOO",
    "b'FOO'": b"FOO",
    "'1'": "1",
    "[1]": [1],
    "[]": [],
    "np.True_": np.True_,
    "np.int32(1)": np.int32(1),
    "np.float32(1)": np.float32(1),
    "1j": 1j,
    "inf": float("inf"),
}
_LISTS: dict[str, Any] = {
    "None": None,
    "1": 1,
    "'1'": "1",
    "[]": [],
    "[1]": [1],
    "(1,1,1,1)": (1, 1, 1, 1),
    "[1.0]*4": [1.0] * 4,
    "['1']*4": ["1"] * 4,
    "[None]*4": [None] * 4,
    "[-1]*4": [-1] * 4,
    "[0]*4": [0] * 4,
    "[1]*5": [1] * 5,
    "array": np.array([1, 1, 1, 1]),
}
_TYPES: dict[str, Any] = {
    **{f"tf.{name}": f"tf.{name}" for name in ("float32", "int32", "int64", "complex64", "string", "bool")},
    "'float32'": "float32",
    "'FOO'": "FOO",
    "np.float32": np.float32,
    "None": None,
    "1": 1,
    "[1]": [1],
    "1.5": 1.5,
}


def attributes_of(tf: Any, name: str) -> dict[str, Any]:
    """The attributes of an op of tf.raw_ops: all arguments that are no tensors."""
    known = CALLS[name]
    found = {}
    for parameter in inspect.signature(getattr(tf.raw_ops, name)).parameters.values():
        value = known.get(parameter.name, parameter.default)
        listed = isinstance(value, list) and value and isinstance(value[0], np.ndarray)
        if parameter.name != "name" and not isinstance(value, (np.ndarray, np.generic)) and not listed:
            found[parameter.name] = value
    return found


@topic
def attributes(tf: Any) -> Questions:
    """Each op of tf.raw_ops with one of its attributes of another kind, or of an unknown value."""
    for name in CALLS:
        for key, value in attributes_of(tf, name).items():
            is_type = hasattr(value, "as_numpy_dtype") or (isinstance(value, str) and value.startswith("tf."))
            table = _TYPES if is_type else _LISTS if isinstance(value, (list, tuple)) else _SINGLES
            for label, wrong in table.items():
                given = getattr(tf, wrong[3:]) if isinstance(wrong, str) and wrong[:3] == "tf." else wrong
                changed = {key: given}
                yield name, f"{key}={label}", lambda name=name, changed=changed: call(tf, name, **changed)
            changed = {key: tf.constant(1)}
            yield name, f"{key}=tensor", lambda name=name, changed=changed: call(tf, name, **changed)


_NUMBERS: dict[str, Any] = {
    **{
        text: float(text)
        for text in ("1e39", "-1e39", "1e300", "3.40282356e38", "3.40282357e38", "7e4", "inf")
    },
    **{text: int(text) for text in ("300", "-1", "70000", str(2**31), str(2**63))},
    "10**39": 10**39,
    "10**400": 10**400,
    "[1e39]": [1e39],
    "[[1.0,1e39]]": [[1.0, 1e39]],
    "(1,1e39)": (1, 1e39),
    "[300]": [300],
    "[-1]": [-1],
    "[2**40]": [2**40],
    "float64(1e39)": np.float64(1e39),
    "[float64(1e39)]": [np.float64(1e39)],
    "array(1e39)": np.array([1e39]),
    "array(300)": np.array([300]),
    "int64(70000)": np.int64(70000),
    "1e39j": 1e39j,
}
_DTYPES = [
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "complex64",
    "int8",
    "uint8",
    "int32",
    "int64",
    "uint32",
]
_DTYPES += ["bool"]


@topic
def literals(tf: Any) -> Questions:
    """Numbers that the dtype they get, or are to have, does not hold; on each way to a tensor."""
    for text, value in _NUMBERS.items():
        for function in ("constant", "convert_to_tensor", "Variable", "identity"):
            yield function, text, lambda f=function, value=value: tf.identity(getattr(tf, f)(value))
        yield "fill", text, lambda value=value: tf.fill([2], value)
        for name in _DTYPES:
            dtype = getattr(tf, name)
            ones = tf.cast([1, 1], dtype)
            ways: dict[str, Callable[[Any, Any, Any], Any]] = {
                "constant": lambda value, dtype, ones: tf.constant(value, dtype),
                "constant_of_shape": lambda value, dtype, ones: tf.constant(value, dtype, shape=[2]),
                "convert_to_tensor": lambda value, dtype, ones: tf.convert_to_tensor(value, dtype),
                "cast": lambda value, dtype, ones: tf.cast(value, dtype),
                "Variable": lambda value, dtype, ones: tf.identity(tf.Variable(value, dtype=dtype)),
                "assign": lambda value, dtype, ones: tf.identity(tf.Variable(ones[0]).assign(value)),
                "+": lambda value, dtype, ones: ones + value,
                "rsub": lambda value, dtype, ones: value - ones,
                "maximum": lambda value, dtype, ones: tf.maximum(ones, value),
                "stack": lambda value, dtype, ones: tf.stack([ones[0], value]),
            }
            for way, function in ways.items():
                if name != "bool" or way in ("constant", "convert_to_tensor", "cast", "Variable"):
                    yield (
                        way,
                        f"{text} {name}",
                        lambda f=function, args=(value, dtype, ones): f(*args),
                    )
