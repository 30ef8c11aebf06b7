"""The message of a SavedModel: its objects, and its functions among them."""

from __future__ import annotations

from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.checkpoint.graph import Graph, ObjectGraphView
from tfcompat_tape.checkpoint.messages import ObjectReference, VersionDef
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.core.kinds import acts_as_variable
from tfcompat_tape.core.shape_proto import TensorShapeProto
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.graphs.functions import Gradient, Library, Written
from tfcompat_tape.saved_model import functions
from tfcompat_tape.saved_model.aliases import aliased
from tfcompat_tape.saved_model.assets import Asset, Assets
from tfcompat_tape.saved_model.graph_functions import GraphConstant
from tfcompat_tape.saved_model.graph_structures import written
from tfcompat_tape.saved_model.messages import CapturedTensor, MetaGraphDef, SavedModel
from tfcompat_tape.saved_model.options import SAVED_MODEL_SCHEMA_VERSION, SERVING, SaveOptions
from tfcompat_tape.saved_model.resources import TABLES, Tables, has_resource
from tfcompat_tape.saved_model.restored import Signature
from tfcompat_tape.saved_model.serving import Outside
from tfcompat_tape.saved_model.signatures import wrapper
from tfcompat_tape.tracing.concrete_function import ConcreteFunction
from tfcompat_tape.tracing.notes import taken
from tfcompat_tape.trackable.data_structures import List, ListWrapper, _DictWrapper, _TupleWrapper
from tfcompat_tape.version import GIT_VERSION, VERSION


class ObjectWriter:
    """The objects of a model with their functions, and the functions that are called by names."""

    def __init__(self, view: ObjectGraphView, signatures: dict[str, Any]) -> None:
        self._library = Library()
        self._kinds: dict[int, list[Written]] = {}
        self._kept: list[Any] = []
        self._methods: list[tuple[Any, str, Any]] = []
        self.assets = Assets()
        self._tables = Tables(self._library, self.assets)
        with taken():
            objects = view.walk()[0]
            for obj in objects:
                if isinstance(obj, Asset):
                    self.assets.add(obj)
                    self._library.assets[id(obj.asset_path._t)] = obj
            for obj in objects:
                for name, function in functions.of_object(obj):
                    self._methods.append((obj, name, function))
                    self._write(function)
            self._signatures = {
                name: wrapper(self._write(function)[0], self._library, name)
                for name, function in signatures.items()
            }

    def _write(self, function: Any) -> list[Written]:
        """A function for each kind of its arguments, in the graph."""
        found: list[Written] = []
        for one in functions.prepared(function):
            key = id(one)
            if key not in self._kinds:
                self._kept.append(one)
                self._kinds[key] = [functions.write(one, self._library)]
            found += self._kinds[key]
        self._kinds.setdefault(id(function), found)
        self._kept.append(function)
        return found

    def message(self, graph: Graph, options: SaveOptions) -> Any:
        """All of it."""
        meta: Any = MetaGraphDef()
        meta.meta_info_def.tags.extend([SERVING, *(options.extra_tags or ())])
        meta.meta_info_def.tensorflow_version = VERSION
        meta.meta_info_def.tensorflow_git_version = GIT_VERSION
        meta.meta_info_def.stripped_default_attrs = True
        for alias, function in options.function_aliases.items():
            for one in aliased(function):
                for kind in self._kinds.get(id(one), ()):
                    meta.meta_info_def.function_aliases.add(key=kind.name, value=alias)
        objects = _Objects(meta.object_graph_def, graph, Outside(self._library, self._tables, self.assets))
        for obj, node in zip(graph.objects, graph.message.nodes, strict=True):
            objects.add(obj, node)
        for obj in graph.objects:
            if has_resource(obj):
                objects.table(obj, self._tables)
        for obj, name, function in self._methods:
            if id(obj) in objects.numbers:
                objects.function(obj, name, function, self._kinds[id(function)])
        objects.signatures(self._signatures)
        for gradient in self._library.gradients:
            objects.gradient(gradient)
        outside = objects.outside
        for obj in graph.objects:
            variable = _variable(obj)
            if variable is not None:
                outside.captured(variable)
            elif has_resource(obj) or isinstance(obj, Asset):
                outside.captured(obj)
        for name, kind in self._signatures.items():
            outside.signature(name, kind, meta.signature_def[name])
        outside.initialization(meta)
        if not options.experimental_skip_saver:
            outside.saver(meta, graph, _variable)
        for i, name in enumerate(self.assets.names):
            file = meta.asset_file_def.add(filename=name)
            file.tensor_info.name = f"{outside.files[i]}:0"
        meta.graph_def.node.extend(outside.found)
        meta.graph_def.library.CopyFrom(self._library.message)
        meta.graph_def.versions.CopyFrom(VersionDef(producer=_PRODUCER, min_consumer=12))
        return SavedModel(saved_model_schema_version=SAVED_MODEL_SCHEMA_VERSION, meta_graphs=[meta])


_PRODUCER = 2000


class _Objects:
    """The objects of a model, as they are numbered."""

    def __init__(self, message: Any, graph: Graph, outside: Outside) -> None:
        self.message = message
        self.outside = outside
        self.numbers: dict[int, int] = {}
        for i, obj in enumerate(graph.objects):
            # A Variable of Keras and that within it are two objects: functions have the first, as in TensorFlow.
            for one in (obj, _variable(obj)):
                self.numbers.setdefault(id(one), i)
        self._graph = graph

    def add(self, obj: Any, node: Any) -> None:
        """An object of the checkpoint's graph."""
        saved = self.message.nodes.add()
        for child in node.children:
            if not isinstance(self._graph.objects[child.node_id], functions.WRITABLE):
                saved.children.append(ObjectReference(node_id=child.node_id, local_name=child.local_name))
        held = _variable(obj)
        if held is not None:
            obj, variable = held, saved.variable
            variable.dtype = obj.dtype.as_datatype_enum
            variable.shape.CopyFrom(TensorShapeProto.of(obj.shape._dims))
            variable.trainable = obj.trainable
            variable.name = obj.name.removesuffix(":0")
        elif isinstance(obj, Asset):
            saved.asset.SetInParent()
            saved.asset.asset_file_def_index = self.outside.assets.add(obj)
        elif has_resource(obj):
            saved.resource.SetInParent()
        elif not isinstance(obj, functions.WRITABLE):
            _user_object(saved, _identifier(obj))

    def table(self, obj: Any, tables: Tables) -> None:
        """The functions of a table."""
        number, table = self.numbers[id(obj)], tables.of(obj)
        asset = tables.asset(obj)
        if asset is not None:
            owner = self._child(number, "_initializer")
            _user_object(self.message.nodes[owner], "_generic_user_object")
            self.message.nodes[owner].children.append(
                ObjectReference(node_id=self._asset(asset), local_name="_filename")
            )
        for name, kind in (
            ("_create_resource", table.create),
            ("_initialize", table.initialize),
            ("_destroy_resource", table.destroy),
        ):
            saved = self.message.nodes[self._child(number, name)].function
            saved.concrete_functions.append(kind.name)
            saved.function_spec.CopyFrom(functions.spec_without_arguments())
            self.concrete(kind)
        if table.save is None or table.restore is None or not getattr(obj, "_saved", True):
            return
        saveable = self.message.nodes[number].saveable_objects["table"]
        for field, kind in (("save_function", table.save), ("restore_function", table.restore)):
            self.concrete(kind)
            setattr(saveable, field, len(self.message.nodes))
            self._bare(kind)

    def _child(self, number: int, name: str) -> int:
        """A new object that hangs on another one."""
        found = len(self.message.nodes)
        self.message.nodes.add()
        self.message.nodes[number].children.append(ObjectReference(node_id=found, local_name=name))
        return found

    def _asset(self, asset: Asset) -> int:
        """The number of a file among the objects."""
        if id(asset) not in self.numbers:
            self.numbers[id(asset)] = len(self.message.nodes)
            self.message.nodes.add().asset.asset_file_def_index = self.outside.assets.add(asset)
            self.message.nodes[-1].asset.SetInParent()
        return self.numbers[id(asset)]

    def function(self, obj: Any, name: str, function: Any, kinds: list[Written]) -> None:
        """A function on an attribute of an object, or an element of a list or dict."""
        number = self.numbers.get(id(function))
        if number is None:
            number = self.numbers[id(function)] = len(self.message.nodes)
            self.message.nodes.add()
        saved = self.message.nodes[number]
        if saved.WhichOneof("kind") is None and isinstance(function, (ConcreteFunction, Signature)):
            self.concrete(kinds[0])
            _describe(kinds[0], saved.bare_concrete_function)
        elif saved.WhichOneof("kind") is None:
            saved.function.SetInParent()
            saved.function.concrete_functions.extend([kind.name for kind in kinds])
            saved.function.function_spec.CopyFrom(functions.spec_of(function))
            for kind in kinds:
                self.concrete(kind)
        owner = self.message.nodes[self.numbers[id(obj)]]
        owner.children.append(ObjectReference(node_id=number, local_name=name))

    def concrete(self, kind: Written) -> None:
        """What is said of a function of the graph, once."""
        if kind.name in self.message.concrete_functions:
            return
        saved = self.message.concrete_functions[kind.name]
        saved.bound_inputs.extend([self._number(variable, kind) for variable in kind.bound])
        saved.canonicalized_input_signature.CopyFrom(written(kind.arguments))
        saved.output_signature.CopyFrom(written(_named(kind.result)))

    def gradient(self, kind: Gradient) -> None:
        """A gradient of the user's, and what it captures."""
        self.concrete(kind)
        captured = []
        for name in kind.captured:
            captured.append(len(self.message.nodes))
            self.message.nodes.add().captured_tensor.CopyFrom(
                CapturedTensor(name=name, concrete_function=kind.of)
            )
        bound = self.message.concrete_functions[kind.name].bound_inputs
        variables = list(bound)
        del bound[:]
        bound.extend([*captured, *variables])

    def _number(self, variable: Any, kind: Written) -> int:
        if isinstance(variable, Asset):
            return self._asset(variable)
        if isinstance(variable, GraphConstant) and id(variable) not in self.numbers:
            self.numbers[id(variable)] = len(self.message.nodes)
            self.message.nodes.add().constant.operation = self.outside.captured(variable).text
        try:
            return self.numbers[id(variable)]
        except KeyError:
            if not isinstance(variable, (Variable, *TABLES)):
                raise unimplemented(
                    f"{kind.name} of a SavedModel that was loaded has a {type(variable).__name__} from outside, which "
                    "is not written again."
                ) from None
            raise AssertionError(
                "Tried to export a function which references an 'untracked' resource. TensorFlow objects (e.g. "
                "tf.Variable) captured by functions must be 'tracked' by assigning them to an attribute of a tracked "
                f"object or assigned to an attribute of the main object directly. Function name = {kind.name}; "
                f"captured: {variable!r}."
            ) from None

    def signatures(self, found: dict[str, Written]) -> None:
        """The functions that are called by names."""
        number = len(self.message.nodes)
        node = self.message.nodes.add()
        _user_object(node, "signature_map")
        self.message.nodes[0].children.append(ObjectReference(node_id=number, local_name="signatures"))
        for name, kind in found.items():
            self.concrete(kind)
            node.children.append(ObjectReference(node_id=len(self.message.nodes), local_name=name))
            self._bare(kind)

    def _bare(self, kind: Written) -> None:
        """A function that is called by names."""
        _describe(kind, self.message.nodes.add().bare_concrete_function)


def _describe(kind: Written, bare: Any) -> None:
    """What is said of a function that is called by the names of its tensors, or with them in order."""
    bare.concrete_function_name = kind.name
    keywords = [spec.name for spec in nest.flatten(kind.arguments) if isinstance(spec, TensorSpec)]
    bare.argument_keywords.extend(keywords)
    bare.allowed_positional_arguments = len(keywords)


def _variable(obj: Any) -> Variable | None:
    """The Variable that an object is, or acts as, as those of Keras do."""
    if acts_as_variable(obj):
        obj = getattr(obj, "_value", None)
    return obj if isinstance(obj, Variable) else None


def _named(result: Any) -> Any:
    """A result whose specs have the names of its keys."""
    if isinstance(result, dict):
        return {
            key: TensorSpec(x.shape, x.dtype, key) if isinstance(x, TensorSpec) else x
            for key, x in result.items()
        }
    return result


def _user_object(saved: Any, identifier: str) -> None:
    saved.user_object.identifier = identifier
    saved.user_object.version.CopyFrom(VersionDef(producer=1, min_consumer=1))


def _identifier(obj: Any) -> str:
    if type(obj) in (ListWrapper, List):
        return "trackable_list_wrapper"
    if type(obj) is _DictWrapper:
        return "trackable_dict_wrapper"
    if isinstance(obj, _TupleWrapper):
        return "trackable_tuple_wrapper"
    return "_generic_user_object"


__all__ = ["ObjectWriter"]
