"""Functions of a SavedModel that TensorFlow wrote, as they are called: kinds of arguments, and what they capture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfcompat_tape.core.errors import DataLossError, UnimplementedError, unimplemented
from tfcompat_tape.core.handles import Handle
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wire import DecodeError
from tfcompat_tape.saved_model.graph_ops import constant
from tfcompat_tape.saved_model.graph_structures import packed, structure
from tfcompat_tape.saved_model.graphs import Library
from tfcompat_tape.saved_model.restored import Arguments, RestoredFunction, Signature
from tfcompat_tape.tracing.function import Function


class Graphs:
    """What the functions of one SavedModel share.

    Attributes:
      library: the functions of the graph.
      objects: those of the model, by number.
    """

    def __init__(self, meta: Any) -> None:
        self.library = Library(meta.graph_def.library, self._gradient)
        self.concrete = meta.object_graph_def.concrete_functions
        self.objects: list[Any] = []
        self._constants = {node.name: node for node in meta.graph_def.node if node.op == "Const"}

    def _gradient(self, name: str) -> tuple[list[str], Any]:
        """What a gradient that the user gave takes from the function whose gradient it is, and what computes it."""
        if name not in self.concrete:
            raise DecodeError(f"there is no function {name!r}")
        captured = [self.objects[number] for number in self.concrete[name].bound_inputs]
        names = [one.name for one in captured if isinstance(one, CapturedTensor)]
        spec = structure(self.concrete[name].output_signature)

        def gradient(grads: list[Any], values: list[Any]) -> Any:
            left = iter(values)
            given = [next(left) if isinstance(one, CapturedTensor) else _value(one) for one in captured]
            found = packed(spec, self.library.body(name)([*grads, *given]))
            return list(found) if isinstance(found, (list, tuple)) else [found]

        return names, gradient

    def constant(self, name: str) -> GraphConstant:
        """The constant that a node of the graph holds."""
        if name not in self._constants:
            raise DecodeError(f"there is no constant {name!r}")
        return GraphConstant(constant(self._constants[name].attr["value"].tensor))


class GraphConstant(Trackable):
    """A tensor that functions have from outside."""

    def __init__(self, value: Tensor) -> None:
        self.value = value


class CapturedTensor(Trackable):
    """A value of a function that the gradient of a part of it has.

    Attributes:
      name: of the value in its function.
    """

    def __init__(self, name: str) -> None:
        self.name = name


class GraphResource(Trackable):
    """A table: it is made and filled when something first asks for it.

    Attributes:
      names: of its functions in the graph, by what they do.
    """

    def __init__(self, graphs: Graphs, names: Mapping[str, str]) -> None:
        self.graphs, self.names = graphs, dict(names)
        self.functions = {does: bare(graphs, name) for does, name in names.items()}
        self._made: Any = None

    def function(self, does: str) -> GraphKind | None:
        """One of its functions, as it is in the graph."""
        return GraphKind(self.graphs, self.names[does], [], {}) if does in self.names else None

    @property
    def value(self) -> Any:
        if self._made is None:
            if "_create_resource" not in self.functions:
                raise unimplemented("a resource of this SavedModel does not say how it is made.")
            self._made = self.functions["_create_resource"]()
            if "_initialize" in self.functions:
                self.functions["_initialize"]()
        return self._made


class GraphTable(GraphResource):
    """A table that changes, whose contents checkpoints have.

    Args:
      name: what they have them under.
    """

    def __init__(self, graphs: Graphs, names: Mapping[str, str], name: str) -> None:
        super().__init__(graphs, names)
        self._checkpoint_attribute = name

    def _serialize_to_tensors(self) -> dict[str, Any]:
        found: dict[str, Any] = self.value._serialize_to_tensors()
        return found

    def _restore_from_tensors(self, restored_tensors: Mapping[str, Any]) -> None:
        self.value._restore_from_tensors(restored_tensors)


class GraphKind:
    """A function for arguments of one kind."""

    def __init__(
        self, graphs: Graphs, name: str, parameters: Sequence[str], defaults: Mapping[str, Any]
    ) -> None:
        self.name = name
        self.graphs = graphs
        saved = graphs.concrete[name]
        self._captured = list(saved.bound_inputs)
        self._run: Any = None
        given = structure(saved.canonicalized_input_signature)
        if not isinstance(given, tuple) or len(given) != 2:
            raise DecodeError(f"{name} has no arguments")
        args, kwargs = given
        self.structured_input_signature = given
        self.structured_outputs = structure(saved.output_signature)
        self.takes = Arguments(list(parameters)[: len(args)], list(args), dict(kwargs), defaults)

    @property
    def captured(self) -> list[Any]:
        """What it has from outside: Variables, constants, tables, files."""
        return [self.graphs.objects[number] for number in self._captured]

    @property
    def variables(self) -> list[Variable]:
        """The Variables that it has from outside."""
        return [one for one in self.captured if isinstance(one, Variable)]

    def called(self, tensors: Sequence[Any]) -> Any:
        """The results for these Tensors, in their structure."""
        try:
            return packed(self.structured_outputs, self._running()(*tensors))
        except DecodeError as error:
            raise DataLossError(None, None, f"{self.name}: the graph is damaged: {error}.") from None

    def _running(self) -> Any:
        """What computes the results, flat."""
        run = self._run
        if run is None:
            self.graphs.library.body(self.name)  # which raises what is not there
            run = self._once
            if self.graphs.library.flows(self.name):
                # Branches and loops have gradients of their own in TensorFlow's graphs, as in a trace.
                run = Function(self._once, autograph=None)
                run.__name__ = self.name
            self._run = run
        return run

    def _once(self, *tensors: Any) -> list[Any]:
        captured = [self.graphs.objects[number] for number in self._captured]
        return self.graphs.library.body(self.name)([*tensors, *map(_value, captured)])


def _value(captured: Any) -> Any:
    """What a function sees of an object that it captures."""
    if isinstance(captured, Variable):
        captured._read()  # tapes see what the function has, also where it asks for parts of it alone
        return Handle(captured)
    if isinstance(captured, (GraphConstant, GraphResource)):
        return captured.value
    path = getattr(captured, "asset_path", None)
    if path is None:
        raise unimplemented(
            f"a function has a {type(captured).__name__} from outside, which is not loaded here."
        )
    return path


class GraphFunction(RestoredFunction):
    """A function that TensorFlow wrote as a graph.

    Attributes:
      names: in the graph, one for each kind of arguments.
    """

    def __init__(self, graphs: Graphs, saved: Any) -> None:
        Trackable.__init__(self)
        self.names = names = list(saved.concrete_functions)
        self.__name__ = _short(names[0]) if names else "a function"
        self.spec = saved.function_spec
        parameters, defaults = _parameters(saved.function_spec)
        signature = saved.function_spec.input_signature
        self._bound_to = (
            None if signature.WhichOneof("kind") in (None, "none_value") else structure(signature)
        )
        kinds, self._refused = [], []
        for name in names:
            try:
                kinds.append(GraphKind(graphs, name, parameters, defaults))
            except UnimplementedError as error:
                self._refused.append(str(error))
        self._kinds: list[Any] = kinds

    def _unfitting(self, args: Any, kwargs: Any) -> Exception:
        if self._bound_to is None:
            return super()._unfitting(args, kwargs)
        return TypeError(
            f"Binding inputs to tf.function failed: the arguments do not fit the input_signature {self._bound_to} of "
            f"{self.__name__}. Received args: {args} and kwargs: {kwargs}."
        )


class GraphConcrete(RestoredFunction):
    """A function for arguments of one kind, as TensorFlow wrote it."""

    def __init__(self, graphs: Graphs, name: str) -> None:
        Trackable.__init__(self)
        self.__name__ = _short(name)
        self._refused: list[str] = []
        kind = GraphKind(graphs, name, [], {})
        args, _ = kind.structured_input_signature
        kind.takes.parameters = [getattr(spec, "name", None) or f"args_{i}" for i, spec in enumerate(args)]
        self._kinds: list[Any] = [kind]


class GraphSignature(Signature):
    """A function under `signatures`, as TensorFlow wrote it, or a part of a table."""

    def __init__(self, graphs: Graphs, saved: Any) -> None:
        Trackable.__init__(self)
        name = saved.concrete_function_name
        self.__name__ = _short(name)
        self._refused, self._kinds = [], []
        self._keywords = list(saved.argument_keywords)
        self._graphs, self._concrete = graphs, name

    def _kind(self) -> Any:
        if not self._kinds:
            kind: Any = GraphKind(self._graphs, self._concrete, [], {})
            specs = kind.takes.specs()
            kind.inputs = self._keywords or [spec.name for spec in specs]
            self._kinds.append(kind)
        return self._kinds[0]

    def kinds(self) -> list[Any]:
        return [self._kind()]

    @property
    def structured_outputs(self) -> Any:
        return self._kind().structured_outputs

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._kind()
        return super().__call__(*args, **kwargs)

    def _given(self, found: Any) -> Any:
        return dict(found) if isinstance(found, Mapping) else found  # a function that is no signature


def bare(graphs: Graphs, name: str) -> Any:
    """The function of a table that makes or fills it: called without arguments, it gives one value or nothing."""

    def call() -> Any:
        numbers = list(graphs.concrete[name].bound_inputs)
        found = graphs.library.body(name)([_value(graphs.objects[number]) for number in numbers])
        return found[0] if found else None

    return call


def _short(name: str) -> str:
    """What the user called a function of the graph."""
    bare = name.removeprefix("__inference_").removeprefix("signature_wrapper_")
    return bare.rpartition("_")[0] or bare


def _parameters(spec: Any) -> tuple[list[str], dict[str, Any]]:
    """The names of the positional arguments of a function, and the defaults of all."""
    if spec.fullargspec.WhichOneof("kind") != "named_tuple_value":
        return [], {}
    found = {pair.key: structure(pair.value) for pair in spec.fullargspec.named_tuple_value.values}
    names = list(found.get("args") or [])
    values = list(found.get("defaults") or [])
    defaults = dict(zip(names[len(names) - len(values) :], values, strict=True)) if values else {}
    if spec.is_method and names[:1] == ["self"]:
        names = names[1:]
    return names, {**defaults, **(found.get("kwonlydefaults") or {})}
