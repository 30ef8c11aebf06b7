"""`tf.Graph`, as far as there is something to it where ops run at once: scopes, and which gradients are overridden."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

from tfcompat_tape.control import scopes
from tfcompat_tape.core import devices, hooks, reading
from tfcompat_tape.core.errors import UnimplementedError
from tfcompat_tape.core.naming import Names
from tfcompat_tape.core.operation import Operation
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
        self._names = Names()

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
        return self._names.unique(name, mark_as_used)

    @contextlib.contextmanager
    def as_default(self) -> Iterator[Graph]:
        """Make this the default graph of the thread within the context: the gradients that it overrides count.

        >>> import tfcompat_tape as tf
        >>> with tf.Graph().as_default() as graph:
        ...     print(tf.compat.v1.get_default_graph() is graph)
        True

        Raises:
          RuntimeError: it is finalized.
        """
        if self.finalized:
            raise is_final()
        depth = len(_defaults.stack)
        _defaults.stack.append(self)
        try:
            with overrides.default(self._overrides):
                yield self
        finally:
            del _defaults.stack[depth:]
            if self.finalized and self not in _defaults.stack:
                _allow_ops()

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

    # -- operations ----------------------------------------------------------------------------------------------------

    def get_operations(self) -> list[Any]:
        """The operations, in the order in which they came about.

        >>> import tfcompat_tape as tf
        >>> double = tf.function(lambda x: tf.nn.relu(x) + 1.0)
        >>> graph = double.get_concrete_function(tf.TensorSpec([2], tf.float32)).graph
        >>> [op.name for op in graph.get_operations()]
        ['x', 'Relu', 'add/y', 'add', 'Identity']
        """
        return list(self._contents.operations)

    def get_operation_by_name(self, name: str) -> Any:
        """The operation of this name.

        Raises:
          TypeError, ValueError: `name` is no string, or that of a tensor.
          KeyError: there is none.
        """
        return self._contents.operation(name)

    def get_tensor_by_name(self, name: str) -> Any:
        """The tensor of this name, `"operation:number of the result"`; errors as of `get_operation_by_name`."""
        return self._contents.tensor(name)

    def as_graph_element(self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Any:
        """The operation or tensor that `obj`, a name or one of them, stands for; errors as above."""
        return self._contents.element(obj, allow_tensor, allow_operation)

    def as_graph_def(
        self, from_version: Any = None, add_shapes: bool = False, use_pybind11_proto: bool = False
    ) -> Any:
        """The graph as a message: nodes with `name`, `op`, `input`, `device` and `attr`, and the functions they call.

        Args:
          from_version: without effect: all nodes are in it. add_shapes: nodes get an attribute `_output_shapes`.

        >>> import tfcompat_tape as tf
        >>> square = tf.function(lambda x: x * x)
        >>> found = square.get_concrete_function(tf.TensorSpec([], tf.float32)).graph.as_graph_def()
        >>> [(node.op, node.name, list(node.input)) for node in found.node]
        [('Placeholder', 'x', []), ('Mul', 'mul', ['x', 'x']), ('Identity', 'Identity', ['mul'])]
        """
        return self._contents.graph_def(add_shapes)

    @property
    def version(self) -> int:
        """How many operations there are."""
        return len(self._contents.operations)

    def is_feedable(self, tensor: Any) -> bool:
        """True."""
        return True

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        """True."""
        return True

    _seed: Any = None
    finalized = False

    @property
    def outermost(self) -> bool:
        """Whether this is the graph that each thread begins with."""
        return self is _OUTERMOST

    @property
    def seed(self) -> Any:
        """The seed that `tf.random.set_seed` gave this graph; `None` without one.

        Of the graph of a `tf.function` that is traced it can be set, and counts for the random ops that follow.

        Raises:
          NotCoveredError: when set, of any other graph: no operations are kept there, whose number is their seed.
        """
        return self._seed

    @seed.setter
    def seed(self, seed: Any) -> None:
        raise not_covered(NotCoveredAttributeError, "tf.Graph.seed")

    def finalize(self) -> None:
        """Nothing is added from now on: ops raise where this is the default graph, and so does `as_default`.

        Raises:
          RuntimeError: an op is called, later, in a context of this graph that was entered before.
        """
        if not self.finalized and self in _defaults.stack:
            _refuse_ops()
        self.finalized = True

    def get_name_scope(self) -> str:
        """The name scopes that are entered."""
        return scopes.get_current_name_scope()

    # -- collections ---------------------------------------------------------------------------------------------------

    @property
    def _collections(self) -> dict[Any, list[Any]]:
        found: dict[Any, list[Any]] = self.__dict__.setdefault("_held", {})
        return found

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Add a value to a collection of this graph."""
        self._collections.setdefault(name, []).append(value)

    def add_to_collections(self, names: Any, value: Any) -> None:
        """Add a value to several collections."""
        for name in {names} if isinstance(names, str) else set(names):
            self.add_to_collection(name, value)

    def get_collection(self, name: Any, scope: Any = None) -> list[Any]:
        """What a collection of this graph holds; with `scope`, what has a name that begins so."""
        found = self._collections.get(name, [])
        if scope is None:
            return [*found]
        return [value for value in found if hasattr(value, "name") and re.match(scope, value.name)]

    def get_collection_ref(self, name: Any) -> list[Any]:
        """The list itself: what is added to it stays."""
        return self._collections.setdefault(name, [])

    def get_all_collection_keys(self) -> list[Any]:
        """The names of the collections, as far as they are strings."""
        return [key for key in self._collections if isinstance(key, str)]

    def clear_collection(self, name: Any) -> None:
        """Forget a collection."""
        self._collections.pop(name, None)

    def __getattr__(self, name: str) -> Any:
        if name == "_contents":
            raise not_covered(NotCoveredAttributeError, "tf.Graph.get_operations")
        if is_tensorflow_name(f"tf.Graph.{name}"):
            raise not_covered(NotCoveredAttributeError, f"tf.Graph.{name}")
        raise AttributeError(f"'Graph' object has no attribute {name!r}")


class FuncGraph(Graph):
    """What `ConcreteFunction.graph` gives: what the function takes and gives, and its operations.

    The operations are found when they are first asked for: the function is traced once more, so its Python code runs
    once more. While the function itself is traced, its graph is one that knows scopes and names alone.

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

    @property
    def seed(self) -> Any:
        """See `Graph`."""
        if self._traced is not None:
            return self._traced.seed
        return self._function._seed if "_function" in self.__dict__ else self._seed

    @seed.setter
    def seed(self, seed: Any) -> None:
        if self._traced is None:
            raise not_covered(NotCoveredAttributeError, "tf.Graph.seed")
        self._traced.seed = seed

    def finalize(self) -> None:
        """See `Graph`."""
        if self._traced is None:
            super().finalize()
        else:
            self.finalized = self._traced.ops.final = True

    @property
    def _traced(self) -> Any:
        """What traces the function at present."""
        tracer: Any = reading.current.tracer
        return tracer if tracer is not None and getattr(tracer, "graph", None) is self else None

    def get_operations(self) -> list[Any]:
        """See `Graph`. While the function is traced: the ops that were called so far, to wait for, with name and type.

        The arguments are among them, and constants that TensorFlow makes of Python's numbers.
        """
        if self._traced is not None:
            return [_TracedOperation(*made) for made in self._traced.ops.listed()]
        return super().get_operations()

    def __getattr__(self, name: str) -> Any:
        if "_function" in self.__dict__:
            if name == "_contents":
                found = self.__dict__["_contents"] = hooks.contents_of(self._function, self)
                return found
            if name in _OF_CONCRETE:
                try:
                    return getattr(self._function, _OF_CONCRETE[name])
                except UnimplementedError:
                    if name not in _OF_CONTENTS:
                        raise
            if name in _OF_CONTENTS:
                return _OF_CONTENTS[name](self._contents)
        if name in _OF_FUNCTIONS:
            raise not_covered(NotCoveredAttributeError, f"tf.Graph.{name}")
        return super().__getattr__(name)


class _TracedOperation(Operation):
    """An op that was called in a function that is being traced, which has kernels and not TensorFlow's operations."""

    def __init__(self, name: str, kind: str) -> None:
        self.name, self.type = name, kind

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"'Operation' object has no attribute {name!r}")
        raise not_covered(NotCoveredAttributeError, f"tf.Operation.{name}")


# What a concrete function says for its graph, and what it calls that.
_OF_CONCRETE = {
    "external_captures": "captured_inputs",
    "inputs": "inputs",
    "outputs": "outputs",
    "structured_outputs": "structured_outputs",
    "trainable_variables": "trainable_variables",
    "variables": "variables",
}
# What the operations of a function say for its graph.
_OF_CONTENTS: dict[str, Callable[[Any], Any]] = {
    "captures": lambda contents: list(contents.captures),
    "control_outputs": lambda contents: list(contents.effects),
    "internal_captures": lambda contents: [x for _, x in contents.captures],
    "outputs": lambda contents: list(contents.outputs),
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
_lock = threading.Lock()
_refusing = 0  # finalized graphs that are entered


def is_final() -> RuntimeError:
    """The error where a graph that is finalized would have another op."""
    error: Any = RuntimeError(
        "Graph is finalized and cannot be modified: make another tf.Graph for what is computed next."
    )
    error.of_graph = True
    return error  # type: ignore[no-any-return]


def _refuse(op: str, entry: Any) -> Any:
    if _defaults.stack[-1].finalized:
        raise is_final()
    return lambda result: None


def _refuse_ops() -> None:
    global _refusing
    from tfcompat_tape.debugging import executions

    with _lock:
        _refusing += 1
        executions.surround(_refuse)


def _allow_ops() -> None:
    global _refusing
    from tfcompat_tape.debugging import executions

    with _lock:
        _refusing -= 1
        if not _refusing:
            executions.unsurround(_refuse)


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
        graph._names = tracer.ops.namer.names
    return graph
