"""What a Tensor without a value says to Python: inside of a function that is traced, as in TensorFlow's graphs.

Library code may ask for values, which then decide how the trace goes on; a user's code may do so where TensorFlow's
AutoGraph would have turned it into an operation (`if x > 0`), and gets TensorFlow's exception elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import torch

from tfcompat_tape.control.graphs import get_default_graph
from tfcompat_tape.core import dtypes, operation
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.asking import no_bool, no_iteration
from tfcompat_tape.tracing.symbols import Symbol


def _symbolic(value: Any) -> Any:
    """The trace that a Tensor has no value in, for user code that asks; `None` for library code and for constants."""
    trace = scope.active.trace
    if trace is None or sys._getframe(2).f_globals.get("__name__", "").startswith("tfcompat_tape"):
        return None
    raw = value._t
    return trace if trace.recorder.mine(raw) else None


def _refusing(name: str, error: Callable[[Any], Exception]) -> Any:
    plain: Any = Tensor.__dict__[name]

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        if _symbolic(self) is not None:
            raise error(self)
        return plain(self, *args, **kwargs)

    return method


def _no_numpy(x: Tensor) -> Exception:
    return AttributeError(
        f"'SymbolicTensor' object has no attribute 'numpy': {x!r} has no value while a tf.function is traced. Use "
        "tf.print, or return it."
    )


_plain_numpy: Any = Tensor.__dict__["numpy"]


def _numpy(self: Tensor) -> Any:
    if _symbolic(self) is not None:
        raise _no_numpy(self)
    return _plain_numpy.__get__(self)


def _of_graph(name: str, get: Callable[[Tensor], Any]) -> Callable[[Tensor], Any]:
    """What Tensors have in graphs alone."""
    plain: Any = Tensor.__dict__[name]

    def of(self: Tensor) -> Any:
        trace = scope.active.trace
        if trace is not None and (trace.recorder.mine(self._t) or id(self) in trace.inside):
            return get(self)
        return plain.__get__(self)

    return of


class Operation(operation.Operation):
    """What a Tensor of a function that is traced was made by.

    Attributes:
      name, type: of the op. inputs: Tensors, of which only arguments can be computed with. outputs: the Tensor.
      control_inputs: always empty. graph: the graph that is built.
    """

    def __init__(self, output: Tensor) -> None:
        trace = scope.active.trace
        assert trace is not None
        self.name = trace.name_of(output).rpartition(":")[0]
        self.type = trace.op_type(output)
        made = trace.made(output)
        self.inputs = () if made is None else tuple([_shown(trace, x) for x in made.inputs if _is_value(x)])
        self.outputs = [output] if made is None else [_shown(trace, x, output) for x in made.results]
        self.control_inputs: list[Any] = []
        self.device = ""
        self.graph = get_default_graph()

    def values(self) -> list[Any]:
        """The results."""
        return self.outputs

    def __repr__(self) -> str:
        return f"<tf.Operation '{self.name}' type={self.type}>"


def _is_value(raw: Any) -> bool:
    return isinstance(raw, torch.Tensor)


def _shown(trace: Any, raw: Any, known: Tensor | None = None) -> Any:
    """A raw tensor of the trace, or a constant, to be looked at."""
    for x in [*trace.arguments, *([] if known is None else [known])]:
        if x._t is raw:
            return x
    made = trace.recorder.ops.of(raw)
    name, place = ("Const", 0) if made is None else (made.name, made.place)
    return Symbol(name, shown(raw), dtypes.FROM_TORCH[raw.dtype], place)


def _no_array(x: Tensor) -> Exception:
    return NotImplementedError(
        f"Cannot convert a symbolic tf.Tensor ({_name(x)}) to a numpy array. This error may indicate that you're "
        "trying to pass a Tensor to a NumPy call, which is not supported."
    )


def _number(name: str, kind: str) -> Any:
    """`int` and `float` become operations by AutoGraph: here the value decides."""
    plain: Any = Tensor.__dict__[name]

    def method(self: Tensor) -> Any:
        trace = _symbolic(self)
        if trace is not None and not trace.autograph:
            raise _no_number(kind)(self)
        return plain(self)

    return method


def _no_number(kind: str) -> Callable[[Tensor], Exception]:
    def error(x: Tensor) -> Exception:
        return TypeError(
            f"{kind}() argument must be a string, a bytes-like object or a real number, not 'SymbolicTensor': {x!r} "
            "has no value while a tf.function is traced."
        )

    return error


def _no_bytes(x: Tensor) -> Exception:
    return TypeError(
        f"cannot convert 'SymbolicTensor' object to bytes: {x!r} has no value while a tf.function is traced"
    )


def _no_index(x: Tensor) -> Exception:
    return TypeError(f"'SymbolicTensor' object cannot be interpreted as an integer: {x!r}")


_plain_bool: Any = Tensor.__dict__["__bool__"]
_plain_iter: Any = Tensor.__dict__["__iter__"]
_plain_repr: Any = Tensor.__dict__["__repr__"]
_plain_str: Any = Tensor.__dict__["__str__"]
_plain_format: Any = Tensor.__dict__["__format__"]
_plain_len: Any = Tensor.__dict__["__len__"]


def _bool(self: Tensor) -> bool:
    trace = _symbolic(self)
    if trace is not None and not trace.autograph:
        raise no_bool()
    return bool(_plain_bool(self))


def _iter(self: Tensor) -> Iterator[Tensor]:
    trace = _symbolic(self)
    if trace is not None and not trace.autograph:
        raise no_iteration()
    found: Iterator[Tensor] = _plain_iter(self)
    return found


def _len(self: Tensor) -> int:
    trace = _symbolic(self)
    if trace is not None and not trace.autograph:
        raise TypeError(
            f"len is not well defined for a symbolic Tensor ({_name(self)}). Please call `x.shape`."
        )
    return int(_plain_len(self))


def shown(raw: Any) -> TensorShape:
    """The static shape: `None` where a size is another one at each call."""
    shape = raw.shape
    trace = scope.active.trace
    if trace is not None and id(raw) in trace.unranked and id(raw) not in trace.ranked:
        return TensorShape(None)
    return TensorShape(known_sizes(shape))


def known_sizes(shape: Any) -> list[int | None]:
    """Sizes, with `None` for those that are other ones at each call."""
    return [_size(n) for n in shape]


def _size(n: Any) -> int | None:
    """A size that is the same at each call; `None` for another."""
    return n.node.maybe_as_int() if type(n) is torch.SymInt else n  # type: ignore[no-any-return]


def _shape(self: Tensor) -> TensorShape:
    """Library code sees the sizes themselves."""
    raw = self._t
    if sys._getframe(1).f_globals.get("__name__", "").startswith("tfcompat_tape"):
        return TensorShape(raw.shape)
    return shown(raw)


def _get_shape(self: Tensor) -> TensorShape:
    return shown(self._t)


def _set_shape(self: Tensor, shape: Any) -> None:
    """What is known of the shape is more from here on; ValueError if that cannot be, or is not so at this call."""
    trace = scope.active.trace
    raw = self._t
    if trace is None or not trace.recorder.mine(raw):
        _plain_set_shape(self, shape)
        return
    wanted = TensorShape(shape)
    fits = shown(raw).is_compatible_with(wanted)
    if fits and wanted.rank is not None:
        fits = len(raw.shape) == wanted.rank and all(
            n is None or bool(size == n) for size, n in zip(raw.shape, wanted.as_list(), strict=True)
        )
        trace.ranked.add(id(raw))
    if not fits:
        raise ValueError(f"Tensor's shape {shown(raw)} is not compatible with supplied shape {wanted}.")


_plain_set_shape: Any = Tensor.__dict__["set_shape"]


def _repr(self: Tensor) -> str:
    if scope.active.trace is not None and scope.active.trace.recorder.mine(self._t):
        return f"<tf.Tensor '{_name(self)}' shape={shown(self._t)} dtype={self.dtype.name}>"
    return str(_plain_repr(self))


def _str(self: Tensor) -> str:
    if scope.active.trace is not None and scope.active.trace.recorder.mine(self._t):
        return f'Tensor("{_name(self)}", shape={shown(self._t)}, dtype={self.dtype.name})'
    return str(_plain_str(self))


def _format(self: Tensor, spec: str) -> str:
    if scope.active.trace is not None and scope.active.trace.recorder.mine(self._t):
        if spec:
            raise TypeError("unsupported format string passed to SymbolicTensor.__format__")
        return _str(self)
    return str(_plain_format(self, spec))


def _name(x: Tensor) -> str:
    trace = scope.active.trace
    return "Tensor:0" if trace is None else trace.name_of(x)


def _variable_numpy(self: Variable) -> Any:
    trace = scope.active.trace
    if trace is not None and not sys._getframe(1).f_globals.get("__name__", "").startswith("tfcompat_tape"):
        raise NotImplementedError("numpy() is only available when eager execution is enabled.")
    return _plain_variable_numpy(self)


_plain_variable_numpy: Any = Variable.__dict__["numpy"]

INSIDE: dict[Any, dict[str, Any]] = {
    Tensor: {
        "numpy": property(_numpy),
        "name": property(_of_graph("name", lambda x: _name(x))),
        "op": property(_of_graph("op", Operation)),
        "graph": property(_of_graph("graph", lambda x: get_default_graph())),
        "value_index": property(_of_graph("value_index", lambda x: int(_name(x).rpartition(":")[2]))),
        "__array__": _refusing("__array__", _no_array),
        "__int__": _number("__int__", "int"),
        "__float__": _number("__float__", "float"),
        "__complex__": _refusing("__complex__", _no_number("complex")),
        "__index__": _refusing("__index__", _no_index),
        "__bytes__": _refusing("__bytes__", _no_bytes),
        "__bool__": _bool,
        "__iter__": _iter,
        "__len__": _len,
        "__repr__": _repr,
        "__str__": _str,
        "__format__": _format,
        "shape": property(_shape),
        "get_shape": _get_shape,
        "set_shape": _set_shape,
    },
    Variable: {"numpy": _variable_numpy},
}
