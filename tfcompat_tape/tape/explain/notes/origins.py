"""How a value came about: what the frames that made it tell."""

from __future__ import annotations

from enum import Enum
from types import FrameType
from typing import Any

from tfcompat_tape.core.registry import Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.attention import Body
from tfcompat_tape.tape.backward import View
from tfcompat_tape.tape.custom_gradient import _record
from tfcompat_tape.tape.places import arguments


class Kind(Enum):
    """How a value came about."""

    OP = "result of an op"
    VARIABLE = "a Variable, watched by a tape"
    READ = "a Variable that no tape watches"
    OUTSIDE = "a number, array or list of the user's"
    MADE = "made by the library from no other value"
    UNSEEN = "made by the library past the list"
    EARLIER = "was there before tracing began"


# Functions of ours that take derivatives: what they give is a constant to a tape that does not record.
DERIVATIVES = ("gradient", "jacobian", "batch_jacobian")
_CONVERSIONS = ("convert.py", "literals.py", "capsules.py")
_NUMBERS = ("_reflected.<locals>.call", "convert_like")


def origin(maker: FrameType, inner: FrameType | None) -> tuple[Kind, str, list[Any]]:
    """What kind of value the frame `maker` made, under which name, and from which values."""
    code = maker.f_code
    file = code.co_filename.replace("\\", "/").rpartition("/")[2]
    if code is Variable._read_silently.__code__ or (file == "variable.py" and code.co_name == "_read"):
        return Kind.READ, "Variable", [maker.f_locals["self"]]
    name = code.co_name if inner is None else _name(inner)
    if name == "numpy_function":
        return Kind.UNSEEN, name, [] if inner is None else arguments(inner)
    if name in DERIVATIVES and inner is not None:
        # What a derivative depends on is what its target was computed from; its sources are among that.
        given = inner.f_locals
        if not _is_result(maker):
            return Kind.MADE, name, []  # a cotangent, or a constant of a rule
        return Kind.UNSEEN, name, arguments(inner, [n for n in ("target", "output_gradients") if n in given])
    if file in _CONVERSIONS:
        frame: FrameType | None = maker
        values: list[Any] = []
        while frame is not None and frame.f_code.co_filename.replace("\\", "/").endswith(_CONVERSIONS):
            for argument in ("value", "dlcapsule"):
                if argument in frame.f_locals:
                    values = _leaves(frame.f_locals[argument])
            frame = frame.f_back
        return Kind.OUTSIDE, "Const", values
    if code.co_qualname in _NUMBERS:
        values = [] if inner is None else arguments(inner)
        return Kind.OUTSIDE, "Const", [x for x in values if not isinstance(x, (Tensor, Variable))]
    return Kind.UNSEEN, name, [] if inner is None else arguments(inner)


def _is_result(maker: FrameType) -> bool:
    """Whether a value that is made while a derivative is taken is its result, not something on the way."""
    frame: FrameType | None = maker
    while frame is not None and frame.f_code.co_name in ("<listcomp>", "<genexpr>"):
        frame = frame.f_back
    if frame is None:
        return False
    file = frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
    name = frame.f_code.co_name
    return (
        file in ("gradient_tape.py", "jacobians.py")
        or (file == "ends.py" and name != "cotangent")
        or (file == "vectorize.py" and name == "vectorize")
    )


def shown_to_a_rule(maker: FrameType, raw: Any) -> tuple[int, int] | None:
    """For a value that a walk shows to a gradient rule: the numbers of the entry, and of that which the value is of."""
    frame: FrameType | None = maker
    while frame is not None and frame.f_code.co_filename == maker.f_code.co_filename:
        if frame.f_code is View.__init__.__code__:
            entry = frame.f_locals["entry"]
            for value, parent in zip(entry.inputs, entry.parents, strict=False):
                if value is raw and parent is not None:
                    return entry.number, parent.number
            return (entry.number, entry.number) if any(value is raw for value in entry.outputs) else None
        frame = frame.f_back
    return None


def insides(frame: FrameType, inner: FrameType | None) -> tuple[tuple[int, ...], Body | None]:
    """What a function with a gradient of its own computed as its results, and its body, as the frames have it."""
    within: tuple[int, ...] = ()
    body = None
    current: FrameType | None = frame
    while current is not None:
        if current.f_code is _record.__code__:
            nodes = [x._node for x in current.f_locals["outputs"]]
            within = tuple([node.number for node in nodes if node is not None])
        if current.f_code.co_name == "py_function":
            body = current.f_locals.get("body")
        if current is inner:
            break
        current = current.f_back
    return within, body


def _name(inner: FrameType) -> str:
    """What the user's code called: the op, if it is one."""
    op = inner.f_locals.get("op")
    return op.name if isinstance(op, Op) else inner.f_code.co_name


def _leaves(value: Any) -> list[Any]:
    """`value`, or what is in it, without Tensors: lists of these are ops."""
    if isinstance(value, (list, tuple)):
        return [leaf for item in value[:64] for leaf in _leaves(item)]
    return [] if isinstance(value, (Tensor, Variable)) else [value]
