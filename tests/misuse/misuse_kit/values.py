"""What the calls are made of, and what is put in place of their arguments; for either library."""

from __future__ import annotations

import ast
import contextlib
import operator
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np


def names(tf: Any) -> dict[str, Any]:
    """The values that calls are written with."""
    rng = np.random.RandomState(3)

    def real(*shape: int) -> Any:
        return tf.constant(rng.uniform(0.2, 0.9, shape).astype(np.float32))

    def integers(*numbers: int) -> Any:
        return tf.constant(numbers, tf.int32)

    def derivative(method: str) -> Callable[[Any], Any]:
        def of_square(x: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x * x
            return getattr(tape, method)(y, x)

        return of_square

    def watch(x: Any) -> Any:
        with tf.GradientTape() as tape:
            return tape.watch(x)

    def forward(x: Any, t: Any) -> Any:
        with tf.autodiff.ForwardAccumulator(x, t) as acc:
            y = tf.square(x)
        return acc.jvp(y)

    spd = real(3, 3).numpy()
    f33 = tf.constant(spd @ spd.T + np.eye(3, dtype=np.float32))
    f23 = real(2, 3)
    return {
        "tf": tf,
        "f0": real(),
        "f2": real(2),
        "f3": real(3),
        "f13": real(1, 3),
        "f14": real(1, 4),
        "f23": f23,
        "f2_": real(2, 1),
        "f32_": real(3, 2),
        "f33": f33,
        "f333": real(3, 3, 3),
        "f213": real(2, 1, 3),
        "c_mean": real(3),
        "img6": real(1, 4, 4, 6),
        "uniform": lambda shape, dtype: tf.zeros(shape, dtype),
        "f4": real(4, 1, 1, 1),
        "f4c": real(1, 2, 2, 4),
        "f4m": real(3, 4),
        "img": real(1, 4, 4, 3),
        "grey": real(1, 4, 4, 1),
        "big": real(1, 8, 8, 1),
        "vol": real(1, 3, 3, 3, 2),
        "seq": real(1, 6, 2),
        "sig": real(16),
        "ker": real(2, 2, 3, 2),
        "kert": real(2, 2, 2, 3),
        "kerd": real(2, 2, 3),
        "kerp": real(1, 1, 6, 2),
        "ker1": real(2, 2, 3),
        "ker1t": real(2, 2, 2),
        "ker3": real(2, 2, 2, 2, 2),
        "c3": tf.complex(real(3), real(3)),
        "c33": tf.complex(f33, real(3, 3)),
        "c333": tf.complex(real(3, 3, 3), real(3, 3, 3)),
        "i0": tf.constant(0),
        "i2": integers(0, 1),
        "i3": integers(1, 0, 2),
        "i23": tf.constant([[1, 2, 3], [2, 1, 2]]),
        "b0": tf.constant(True),
        "b2": tf.constant([True, False]),
        "b23": tf.constant([[True, False, True], [False, False, True]]),
        "f32": tf.float32,
        "i32": tf.int32,
        "u8": tf.uint8,
        "shape": tf.TensorShape,
        "sl": slice,
        "identity": tf.identity,
        "first": lambda a, x: a,
        "one": lambda: tf.constant(1.0),
        "never": lambda *x: tf.constant(False),
        "op3": lambda x, num_spatial_dims, padding: x,
        "variable": tf.Variable,
        "slices": tf.IndexedSlices,
        "watch": watch,
        "forward": forward,
        "gradient_of_square": derivative("gradient"),
        "jacobian_of_square": derivative("jacobian"),
        "batch_jacobian_of_square": derivative("batch_jacobian"),
        "get": lambda x, key: x[key],
        "operators": SimpleNamespace(
            **{name: getattr(operator, name) for name in operator.__all__},
            radd=lambda x, y: operator.add(y, x),
        ),
    }


def strangers(tf: Any) -> dict[str, Any]:
    """What is put in place of an argument, by name."""

    def real(dtype: Any, *shape: int) -> Any:
        return tf.cast(tf.fill(shape, 1.0), dtype)

    return {
        "float32[]": real(tf.float32),
        "float32[3]": real(tf.float32, 3),
        "float32[0]": real(tf.float32, 0),
        "float32[2,3]": real(tf.float32, 2, 3),
        "float32[3,2]": real(tf.float32, 3, 2),
        "float32[1,2,1,2,1]": real(tf.float32, 1, 2, 1, 2, 1),
        "float64[2,3]": real(tf.float64, 2, 3),
        "float16[2,3]": real(tf.float16, 2, 3),
        "bfloat16[2,3]": real(tf.bfloat16, 2, 3),
        "complex64[2,3]": real(tf.complex64, 2, 3),
        "bool[]": tf.constant(False),
        "bool[2,3]": real(tf.bool, 2, 3),
        "string[]": tf.constant("a"),
        "string[2,3]": tf.fill([2, 3], "a"),
        "int32[]": tf.constant(1),
        "int32[] 7": tf.constant(7),
        "int32[2]": tf.constant([0, 1]),
        "int32[2] -9": tf.constant([0, -9]),
        "int32[2,3]": real(tf.int32, 2, 3),
        "int64[2]": tf.constant([0, 1], tf.int64),
        "int16[2]": tf.constant([0, 1], tf.int16),
        "int8[2,3]": real(tf.int8, 2, 3),
        "uint8[2,3]": real(tf.uint8, 2, 3),
        "uint16[2,3]": real(tf.uint16, 2, 3),
        "uint32[2]": tf.constant([0, 1], tf.uint32),
        "uint64[2,3]": real(tf.uint64, 2, 3),
        "variable": tf.Variable(real(tf.float32, 2, 3)),
        "slices": tf.IndexedSlices(real(tf.float32, 1, 3), tf.constant([0]), tf.constant([2, 3])),
        "None": None,
        "'a'": "a",
        "True": True,
        "1.5": 1.5,
        "nan": float("nan"),
        "inf": float("inf"),
        "1j": 1j,
        "0": 0,
        "-1": -1,
        "7": 7,
        "-9": -9,
        "2**60": 2**60,
        "2**70": 2**70,
        "[]": [],
        "[[]]": [[]],
        "[0, 0]": [0, 0],
        "[-1, -1]": [-1, -1],
        "[0, 7]": [0, 7],
        "[1.5]": [1.5],
        "['a']": ["a"],
        "[None]": [None],
        "[[1, 2], [3]]": [[1, 2], [3]],
        "[1, 'a']": [1, "a"],
        "(2, 3, 4)": (2, 3, 4),
        "object": object(),
        "{}": {},
        "function": len,
        "dtype": tf.float64,
        "numpy float64": np.ones((2, 3)),
        "numpy int64": np.array([0, 1]),
        "numpy object": np.array([object(), None]),
        "numpy uint16": np.array([0, 1], np.uint16),
    }


class Place(NamedTuple):
    """One argument of a call, or the first element of a list that is one."""

    call: str
    label: str  # "0", "axis", "0[0]"
    source: str  # the call with `_` in that place


def places(call: str) -> Iterator[Place]:
    """The arguments of a call."""
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call), call
    slots: list[tuple[str, Any, Any]] = [(str(i), tree.args, i) for i in range(len(tree.args))]
    slots += [(str(keyword.arg), keyword, "value") for keyword in tree.keywords]
    for label, holder, key in slots:
        given = holder[key] if isinstance(holder, list) else getattr(holder, key)
        yield Place(call, label, _with(tree, holder, key))
        if isinstance(given, ast.List) and given.elts:
            yield Place(call, f"{label}[0]", _with(tree, given.elts, 0))


def _with(tree: Any, holder: Any, key: Any) -> str:
    old = holder[key] if isinstance(holder, list) else getattr(holder, key)
    put = holder.__setitem__ if isinstance(holder, list) else lambda k, v: setattr(holder, k, v)
    put(key, ast.Name("_"))
    text = ast.unparse(tree)
    put(key, old)
    return text


# Functions of calls that are no functions of `tf`.
OURS = frozenset(
    {
        "variable",
        "watch",
        "forward",
        "gradient_of_square",
        "jacobian_of_square",
        "batch_jacobian_of_square",
        "get",
        "operators",
    }
)

# One letter for each outcome, so that a place is one string.
LETTERS = {
    "InvalidArgumentError": "I",
    "TypeError": "T",
    "ValueError": "V",
    "NotFoundError": "N",
    "UnimplementedError": "U",
    "FailedPreconditionError": "F",
    "InternalError": "L",
    "OutOfRangeError": "O",
    "ResourceExhaustedError": "R",
    "UnknownError": "K",
    "AttributeError": "a",
    "IndexError": "x",
    "KeyError": "k",
    "LookupError": "l",
    "RuntimeError": "r",
    "AssertionError": "s",
    "ZeroDivisionError": "z",
    "OverflowError": "v",
    "NotImplementedError": "n",
    "UnboundLocalError": "b",
    "OperatorNotAllowedInGraphError": "g",
    "MemoryError": "m",
}
ANSWERS, OTHER, CRASHES = "A", "?", "!"


def outcome(code: Any, scope: dict[str, Any]) -> tuple[str, Any]:
    """The letter of what happens, and the result or the exception."""
    try:
        with contextlib.redirect_stdout(None):
            return ANSWERS, eval(code, scope)
    except Exception as error:
        return LETTERS.get(type(error).__name__, OTHER), error


def compiled(source: str) -> Any:
    """A call as code: its function is one of `names`, or of `tf`."""
    root = source.partition("(")[0].partition(".")[0]
    return compile(source if root in OURS else f"tf.{source}", "<call>", "eval")
