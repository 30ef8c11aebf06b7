"""`tf.Graph`, as far as there is something to it where ops run at once: scopes, and which gradients are overridden."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any, NoReturn

from tfcompat_tape.control import scopes
from tfcompat_tape.core import devices, reading
from tfcompat_tape.coverage.names import NotCoveredAttributeError, is_tensorflow_name, not_covered
from tfcompat_tape.tape import overrides
from tfcompat_tape.tape.overrides import Overrides

__all__ = ["Graph"]


class Graph:
    """What code for graphs enters, and overrides gradients of. Ops within it run at once, as everywhere here.

    Everything that would need operations to be kept, to be run by a session, raises `NotCoveredError`.

    Source: `tf.Graph`.

    >>> import tfcompat_tape as tf
    >>> @tf.RegisterGradient("Guided")
    ... def guided(op, dy):
    ...     return tf.where((dy > 0.0) & (op.inputs[0] > 0.0), dy, 0.0)
    >>> x = tf.Variable([-1.0, 2.0, 3.0])
    >>> graph = tf.Graph()
    >>> with graph.as_default(), graph.gradient_override_map({"Relu": "Guided"}), tf.GradientTape() as tape:
    ...     y = tf.nn.relu(x) * [1.0, 1.0, -1.0]
    >>> print(tape.gradient(y, x).numpy())
    [0. 1. 0.]
    """

    def __init__(self) -> None:
        self._overrides = Overrides()
        self._names: dict[str, int] = {}

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """`name`, with a number behind it if it is taken in this graph, whatever the case of its letters.

        In a traced function it stands behind the name scopes there.

        >>> import tfcompat_tape as tf
        >>> graph = tf.Graph()
        >>> graph.unique_name("a"), graph.unique_name("a"), graph.unique_name("A")
        ('a', 'a_1', 'A_2')
        """
        if not scopes.executing_eagerly() and (scope := scopes.get_current_name_scope()):
            name = f"{scope}/{name}"
        number = self._names.get(name.lower(), 0)
        if mark_as_used:
            self._names[name.lower()] = number + 1
        if number == 0:
            return name
        unique = f"{name}_{number}"
        while unique.lower() in self._names:
            number += 1
            unique = f"{name}_{number}"
        if mark_as_used:
            self._names[name.lower()] = number + 1
            self._names[unique.lower()] = 1
        return unique

    @contextlib.contextmanager
    def as_default(self) -> Iterator[Graph]:
        """Make this the default graph of the thread within the context: the gradients that it overrides count.

        >>> import tfcompat_tape as tf
        >>> with tf.Graph().as_default() as graph:
        ...     print(tf.compat.v1.get_default_graph() is graph)
        True
        """
        depth = len(_defaults.stack)
        _defaults.stack.append(self)
        try:
            with overrides.default(self._overrides):
                yield self
        finally:
            del _defaults.stack[depth:]

    @contextlib.contextmanager
    def gradient_override_map(self, op_type_map: Any) -> Iterator[None]:
        """Within this context, ops take the gradient that is registered under another name than their type.

        It concerns the ops that this thread runs in the context while the graph is its default, whenever the gradient
        is asked for and by whichever tape. (In TensorFlow, only where a graph is built.) Maps nest: the inner one wins.

        Args:
          op_type_map: from op types ("Relu") to names: those of other op types ("Identity"), or what a gradient was
            registered as by `tf.RegisterGradient`. An op that has no gradient, like "Sign", can be given one.

        Raises:
          TypeError: it is not a dictionary of strings.
          LookupError: when differentiated, if nothing is registered under the name.

        >>> import tfcompat_tape as tf
        >>> x = tf.Variable([0.3, -2.0])
        >>> with tf.compat.v1.get_default_graph().gradient_override_map({"Sign": "Identity"}):
        ...     with tf.GradientTape() as tape:
        ...         y = tf.sign(x) * 3.0
        >>> print(y.numpy(), tape.gradient(y, x).numpy())
        [ 3. -3.] [3. 3.]
        """
        if not isinstance(op_type_map, dict) or not all(
            isinstance(text, str) for pair in op_type_map.items() for text in pair
        ):
            raise TypeError(
                "gradient_override_map: op_type_map must be a dictionary mapping strings to strings, got "
                f"{op_type_map!r}."
            )
        with overrides.overriding(self._overrides, op_type_map):
            yield

    def _get_control_flow_context(self) -> None:
        """No graph is a part of a loop, or of a branch, of version 1."""
        return None

    def name_scope(self, name: str) -> Any:
        """See `tf.name_scope`."""
        return scopes.name_scope(name)

    def device(self, device_name_or_function: Any) -> Any:
        """See `tf.device`."""
        return devices.device(device_name_or_function)

    def control_dependencies(self, control_inputs: Any) -> Any:
        """See `tf.control_dependencies`."""
        return scopes.control_dependencies(control_inputs)

    @property
    def building_function(self) -> bool:
        """False: no function is traced here."""
        return False

    def __getattr__(self, name: str) -> NoReturn:
        if is_tensorflow_name(f"tf.Graph.{name}"):
            raise not_covered(NotCoveredAttributeError, f"tf.Graph.{name}")
        raise AttributeError(f"'Graph' object has no attribute {name!r}")


class FuncGraph(Graph):
    """What `ConcreteFunction.graph` gives: the scope that the function would run in, and what it takes.

    It keeps no operations: what asks for them raises `NotCoveredError`.

    Attributes:
      name: the name of the function.
      outer_graph: the graph that it stands in.
      structured_input_signature: `(specs of the arguments, specs by name)`.
    """

    def __init__(self, name: str, structured_input_signature: Any) -> None:
        super().__init__()
        self.name = name
        self.outer_graph = get_default_graph()
        self._function: Any
        self.structured_input_signature = structured_input_signature

    @property
    def building_function(self) -> bool:
        """True, as of every graph of a function."""
        return True

    def __getattr__(self, name: str) -> Any:
        if name in _OF_CONCRETE and "_function" in self.__dict__:
            return getattr(self._function, _OF_CONCRETE[name])
        if name in _OF_FUNCTIONS:
            raise not_covered(NotCoveredAttributeError, f"tf.Graph.{name}")
        super().__getattr__(name)


# What a concrete function says for its graph, and what it calls that.
_OF_CONCRETE = {
    "external_captures": "captured_inputs",
    "inputs": "inputs",
    "outputs": "outputs",
    "structured_outputs": "structured_outputs",
    "trainable_variables": "trainable_variables",
    "variables": "variables",
}

# What TensorFlow's graphs of functions have and other graphs lack.
_OF_FUNCTIONS = frozenset(
    [
        "add_capture",
        "capture",
        "capture_call_time_value",
        "captures",
        "deferred_external_captures",
        "deferred_internal_captures",
        "external_captures",
        "inputs",
        "internal_captures",
        "outputs",
        "reset_captures",
        "saveable",
        "structured_outputs",
        "trainable_variables",
        "variable_captures",
        "variables",
        "watch_variable",
    ]
)

_OUTERMOST = Graph()
_OUTERMOST._overrides = overrides.OUTERMOST


class _Defaults(threading.local):
    """The default graphs of this thread, innermost last."""

    def __init__(self) -> None:
        self.stack = [_OUTERMOST]


_defaults = _Defaults()


def get_default_graph() -> Graph:
    """The innermost graph that this thread made its default; one that always exists if there is none.

    While a `tf.function` is traced and makes no other, it is a `FuncGraph`.

    Source: `tf.compat.v1.get_default_graph`.
    """
    found = _defaults.stack[-1]
    tracer: Any = reading.current.tracer
    if tracer is None or found is not _OUTERMOST:
        return found
    graph: Graph | None = getattr(tracer, "graph", None)
    if graph is None:
        graph = tracer.graph = object.__new__(FuncGraph)
        graph.__dict__.update(name="", outer_graph=found, structured_input_signature=None)
        graph._overrides = found._overrides
        graph._names = {}
    return graph
