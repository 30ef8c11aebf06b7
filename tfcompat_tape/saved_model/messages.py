"""The messages that a SavedModel is written with, as far as they say which objects there are."""

from __future__ import annotations

from tfcompat_tape.checkpoint.messages import (
    ENUM,
    ObjectReference,
    SlotVariableReference,
    VersionDef,
    message,
)
from tfcompat_tape.core.messages import Field
from tfcompat_tape.core.shape_proto import TensorShapeProto
from tfcompat_tape.graphs.messages import FunctionSpec, GraphDef, Pair, SavedConcreteFunction

SavedUserObject = message(
    "tensorflow.SavedUserObject",
    Field("identifier", 1, "string"),
    Field("version", 2, "message", False, VersionDef),
    Field("metadata", 3, "string"),
)
SavedAsset = message("tensorflow.SavedAsset", Field("asset_file_def_index", 1, "int32"))
SavedFunction = message(
    "tensorflow.SavedFunction",
    Field("concrete_functions", 1, "string", True),
    Field("function_spec", 2, "message", False, FunctionSpec),
)
SavedVariable = message(
    "tensorflow.SavedVariable",
    Field("dtype", 1, "int32", names=ENUM),
    Field("shape", 2, "message", False, TensorShapeProto),
    Field("trainable", 3, "bool"),
    Field("synchronization", 4, "int32"),
    Field("aggregation", 5, "int32"),
    Field("name", 6, "string"),
)
SavedBareConcreteFunction = message(
    "tensorflow.SavedBareConcreteFunction",
    Field("concrete_function_name", 1, "string"),
    Field("argument_keywords", 2, "string", True),
    Field("allowed_positional_arguments", 3, "int64"),
    Field("function_spec", 4, "message", False, FunctionSpec),
)
SavedConstant = message("tensorflow.SavedConstant", Field("operation", 1, "string"))
SavedResource = message("tensorflow.SavedResource", Field("device", 1, "string"))
CapturedTensor = message(
    "tensorflow.CapturedTensor", Field("name", 1, "string"), Field("concrete_function", 2, "string")
)
SaveableObject = message(
    "tensorflow.SaveableObject", Field("save_function", 2, "int32"), Field("restore_function", 3, "int32")
)
SavedObject = message(
    "tensorflow.SavedObject",
    Field("children", 1, "message", True, ObjectReference),
    Field("slot_variables", 3, "message", True, SlotVariableReference),
    Field("user_object", 4, "message", False, SavedUserObject, "kind"),
    Field("asset", 5, "message", False, SavedAsset, "kind"),
    Field("function", 6, "message", False, SavedFunction, "kind"),
    Field("variable", 7, "message", False, SavedVariable, "kind"),
    Field("bare_concrete_function", 8, "message", False, SavedBareConcreteFunction, "kind"),
    Field("constant", 9, "message", False, SavedConstant, "kind"),
    Field("resource", 10, "message", False, SavedResource, "kind"),
    Field("saveable_objects", 11, "map", False, SaveableObject),
    Field("captured_tensor", 12, "message", False, CapturedTensor, "kind"),
    Field("registered_name", 13, "string"),
    Field("dependencies", 15, "message", True, ObjectReference),
)
SavedObjectGraph = message(
    "tensorflow.SavedObjectGraph",
    Field("nodes", 1, "message", True, SavedObject),
    Field("concrete_functions", 2, "map", False, SavedConcreteFunction),
)
MetaInfoDef = message(
    "tensorflow.MetaGraphDef.MetaInfoDef",
    Field("tags", 4, "string", True),
    Field("tensorflow_version", 5, "string"),
    Field("tensorflow_git_version", 6, "string"),
    Field("stripped_default_attrs", 7, "bool"),
    Field("function_aliases", 8, "message", True, Pair),
)
TensorInfo = message(
    "tensorflow.TensorInfo",
    Field("name", 1, "string"),
    Field("dtype", 2, "int32", names=ENUM),
    Field("tensor_shape", 3, "message", False, TensorShapeProto),
)
AssetFileDef = message(
    "tensorflow.AssetFileDef",
    Field("tensor_info", 1, "message", False, TensorInfo),
    Field("filename", 2, "string"),
)
NodeList = message("tensorflow.CollectionDef.NodeList", Field("value", 1, "string", True))
CollectionDef = message("tensorflow.CollectionDef", Field("node_list", 1, "message", False, NodeList, "kind"))
SignatureDef = message(
    "tensorflow.SignatureDef",
    Field("inputs", 1, "map", False, TensorInfo),
    Field("outputs", 2, "map", False, TensorInfo),
    Field("method_name", 3, "string"),
)
SaverDef = message(
    "tensorflow.SaverDef",
    Field("filename_tensor_name", 1, "string"),
    Field("save_tensor_name", 2, "string"),
    Field("restore_op_name", 3, "string"),
    Field("version", 7, "int32"),
)
MetaGraphDef = message(
    "tensorflow.MetaGraphDef",
    Field("meta_info_def", 1, "message", False, MetaInfoDef),
    Field("graph_def", 2, "message", False, GraphDef),
    Field("saver_def", 3, "message", False, SaverDef),
    Field("collection_def", 4, "map", False, CollectionDef),
    Field("signature_def", 5, "map", False, SignatureDef),
    Field("asset_file_def", 6, "message", True, AssetFileDef),
    Field("object_graph_def", 7, "message", False, SavedObjectGraph),
)
SavedModel = message(
    "tensorflow.SavedModel",
    Field("saved_model_schema_version", 1, "int64"),
    Field("meta_graphs", 2, "message", True, MetaGraphDef),
)
