"""`tf.saved_model.load`: objects and Variables of a SavedModel, of TensorFlow's or of ours."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tfcompat_tape.checkpoint import bundle
from tfcompat_tape.checkpoint.checkpoint import Checkpoint
from tfcompat_tape.core import dtypes, errors, reading
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wire import DecodeError
from tfcompat_tape.io.paths import local, told
from tfcompat_tape.saved_model import aliases
from tfcompat_tape.saved_model.assets import Asset
from tfcompat_tape.saved_model.graph_functions import (
    CapturedTensor,
    GraphFunction,
    GraphResource,
    Graphs,
    GraphSignature,
    GraphTable,
)
from tfcompat_tape.saved_model.messages import SavedModel
from tfcompat_tape.saved_model.options import (
    ASSETS_DIRECTORY,
    SAVED_MODEL_FILENAME_PB,
    SAVED_MODEL_FILENAME_PBTXT,
    VARIABLES_DIRECTORY,
    VARIABLES_FILENAME,
    LoadOptions,
)
from tfcompat_tape.trackable.autotrackable import AutoTrackable
from tfcompat_tape.trackable.data_structures import ListWrapper, _DictWrapper


def contains_saved_model(export_dir: Any) -> bool:
    """Whether there is a SavedModel in a directory. Source: `tf.saved_model.contains_saved_model`.

    >>> import tfcompat_tape as tf
    >>> tf.saved_model.contains_saved_model("/nowhere")
    False
    """
    place = local(export_dir)
    names = (SAVED_MODEL_FILENAME_PB, SAVED_MODEL_FILENAME_PBTXT)
    return any(os.path.exists(os.path.join(place, name)) for name in names)


class _UserObject(AutoTrackable):
    """An object of a SavedModel: what hung on it is on its attributes again."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call = self.__dict__.get("__call__")
        if call is None:
            raise TypeError(f"'{type(self).__name__}' object is not callable")
        return call(*args, **kwargs)


class _SignatureMap(Mapping[str, Any], Trackable):
    """The functions under `signatures`."""

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return f"_SignatureMap({self._found})"


class _Unloaded(Trackable):
    """Something else of a SavedModel: a table, a constant of a graph."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(
            f"{name}: a {self._kind} of a SavedModel that TensorFlow wrote is not loaded here"
        )


def load(export_dir: Any, tags: Any = None, options: LoadOptions | None = None) -> Any:
    """The objects of a SavedModel, with the values of their Variables.

    Functions can be called. Those that TensorFlow wrote are graphs, which run node by node, with gradients; an op that
    is not known here raises UnimplementedError when its function is called. No code of the files is run.

    Args:
      export_dir: the directory.
      tags: those that the model has been saved with; any if left out.

    Raises:
      OSError: there is no SavedModel, or its file is damaged. ValueError: other tags. DataLossError: damaged values.

    Source: `tf.saved_model.load`. See `tf.saved_model.save`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> model = tf.Module()
    >>> model.w = tf.Variable([1.0, 2.0])
    >>> folder = tempfile.mkdtemp()
    >>> tf.saved_model.save(model, folder)
    >>> print(tf.saved_model.load(folder).w.numpy())
    [1. 2.]
    """
    reading.at_each_call("a SavedModel")
    place = local(export_dir)
    options = options or LoadOptions()
    meta = _meta_graph(place, tags)
    nodes = [*meta.object_graph_def.nodes]
    if not nodes:
        raise errors.unimplemented(
            f"{place} is a SavedModel of TensorFlow 1, without objects: it has graphs alone."
        )
    graphs = Graphs(meta)
    try:
        made = [_made(node, meta, place, graphs) for node in nodes]
    except DecodeError as error:
        raise OSError(f"Cannot parse file {os.path.join(place, SAVED_MODEL_FILENAME_PB)}: {error}.") from None
    graphs.objects = made
    for obj, node in zip(made, nodes, strict=True):
        _attach(obj, [(child.local_name, made[child.node_id]) for child in node.children])
    root = made[0]
    if isinstance(root, _UserObject) and "signatures" not in root.__dict__:
        root.signatures = _SignatureMap()
    if not options.experimental_skip_checkpoint:
        _restore(place, root, options, any(isinstance(one, Variable) for one in made))
    if options.experimental_load_function_aliases:
        aliases.attach(root, meta, graphs)
    if isinstance(root, _UserObject):
        root.__dict__["tensorflow_version"] = meta.meta_info_def.tensorflow_version
        root.__dict__["tensorflow_git_version"] = meta.meta_info_def.tensorflow_git_version
    return root


def _meta_graph(place: str, tags: Any) -> Any:
    path = os.path.join(place, SAVED_MODEL_FILENAME_PB)
    if not os.path.exists(path):
        raise OSError(f"SavedModel file does not exist at: {place}/{{saved_model.pbtxt|saved_model.pb}}")
    with told(path), open(path, "rb") as file:
        data = file.read()
    try:
        model: Any = SavedModel.FromString(data)
    except DecodeError as error:
        raise OSError(f"Cannot parse file {path}: {error}.") from None
    if len(model.meta_graphs) != 1:
        raise OSError(
            f"Cannot parse file {path}: it has {len(model.meta_graphs)} graphs, and one is expected."
        )
    meta = model.meta_graphs[0]
    wanted = [tags] if isinstance(tags, str) else tags
    present = list(meta.meta_info_def.tags)
    if wanted is not None and set(wanted) != set(present):
        raise ValueError(
            f"Got an incompatible argument to `tags`: {tags}. The SavedModel at {place} has one MetaGraph with tags "
            f"{present}. You may omit the argument, pass 'None', or pass matching tags."
        )
    return meta


def _made(node: Any, meta: Any, place: str, graphs: Graphs) -> Any:
    """The object of a node, without what hangs on it."""
    kind = node.WhichOneof("kind")
    if kind == "variable":
        saved = node.variable
        dtype = dtypes.as_dtype(saved.dtype)
        dims = [None if dim.size < 0 else dim.size for dim in saved.shape.dim]
        sizes = [size or 0 for size in dims]
        value: Any = Tensor(np.full(sizes, b"", object), None)
        if dtype is not dtypes.string:
            value = np.zeros(sizes, dtype.as_numpy_dtype)
        shape = None if saved.shape.unknown_rank else dims
        return Variable(value, trainable=saved.trainable, name=saved.name or None, dtype=dtype, shape=shape)
    if kind == "user_object":
        identifier = node.user_object.identifier
        if identifier in ("trackable_list_wrapper", "trackable_tuple_wrapper"):
            return ListWrapper([])
        if identifier == "trackable_dict_wrapper":
            return _DictWrapper({})
        return _SignatureMap() if identifier == "signature_map" else _UserObject()
    if kind == "function":
        return GraphFunction(graphs, node.function)
    if kind == "bare_concrete_function":
        return GraphSignature(graphs, node.bare_concrete_function)
    if kind == "constant":
        return graphs.constant(node.constant.operation)
    if kind == "captured_tensor":
        return CapturedTensor(node.captured_tensor.name)
    if kind == "resource":
        objects = meta.object_graph_def.nodes
        names = {
            child.local_name: function
            for child in node.children
            for function in _functions(objects[child.node_id])
        }
        for key, saved in node.saveable_objects.items():
            for does, number in (("save", saved.save_function), ("restore", saved.restore_function)):
                for function in _functions(objects[number]):
                    names[does] = function
            return GraphTable(graphs, names, key)
        return GraphResource(graphs, names)
    if kind == "asset":
        name = meta.asset_file_def[node.asset.asset_file_def_index].filename
        return Asset(os.path.join(place, ASSETS_DIRECTORY, name))
    return _Unloaded(kind or "registered object")


def _functions(node: Any) -> list[str]:
    """The names of the concrete functions of a node."""
    kind = node.WhichOneof("kind")
    if kind == "function":
        return list(node.function.concrete_functions)[:1]
    return [node.bare_concrete_function.concrete_function_name] if kind == "bare_concrete_function" else []


def _attach(obj: Any, children: list[tuple[str, Any]]) -> None:
    if type(obj) is ListWrapper:
        found = {int(name): child for name, child in children if name.isdigit()}
        # What was no object, such as a number, is not in the model: None is in its place.
        obj.extend([found.get(place) for place in range(max(found, default=-1) + 1)])
    elif type(obj) is _DictWrapper:
        for name, child in children:
            obj[name] = child
    elif isinstance(obj, _SignatureMap):
        obj._found.update(children)
    elif isinstance(obj, _UserObject):
        for name, child in children:
            setattr(obj, name, child)


def _restore(place: str, root: Any, options: LoadOptions, needed: bool) -> None:
    prefix = os.path.join(place, VARIABLES_DIRECTORY, VARIABLES_FILENAME)
    if not os.path.exists(bundle.index_path(prefix)):
        if needed:
            raise FileNotFoundError(
                "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for "
                f"{prefix}\n You may be trying to load on a different device from the computational device. The "
                f"SavedModel has Variables, and their values are not in {os.path.dirname(prefix)}."
            )
        return
    status = Checkpoint(root).read(prefix)
    status.expect_partial()
    if not options.allow_partial_checkpoint:
        status.assert_existing_objects_matched()
