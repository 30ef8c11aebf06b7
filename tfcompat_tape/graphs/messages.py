"""The messages that TensorFlow writes graphs of functions with, and the structures of their arguments and results."""

from __future__ import annotations

from tfcompat_tape.checkpoint.messages import ENUM, VersionDef, message
from tfcompat_tape.core.messages import Descriptor, Field
from tfcompat_tape.core.shape_proto import TensorShapeProto
from tfcompat_tape.io.tensor_protos import TensorProto

# -- graphs ------------------------------------------------------------------------------------------------------------

AttrValue = message("tensorflow.AttrValue")
NameAttrList = message("tensorflow.NameAttrList")
AttrList = message(
    "tensorflow.AttrValue.ListValue",
    Field("s", 2, "bytes", True),
    Field("i", 3, "int64", True),
    Field("f", 4, "float", True),
    Field("b", 5, "bool", True),
    Field("type", 6, "int32", True, names=ENUM),
    Field("shape", 7, "message", True, TensorShapeProto),
    Field("tensor", 8, "message", True, TensorProto),
    Field("func", 9, "message", True, NameAttrList),
)
# These two hold one another.
AttrValue.DESCRIPTOR = Descriptor(
    "tensorflow.AttrValue",
    (
        Field("list", 1, "message", False, AttrList, "value"),
        Field("s", 2, "bytes", oneof="value"),
        Field("i", 3, "int64", oneof="value"),
        Field("f", 4, "float", oneof="value"),
        Field("b", 5, "bool", oneof="value"),
        Field("type", 6, "int32", oneof="value", names=ENUM),
        Field("shape", 7, "message", False, TensorShapeProto, "value"),
        Field("tensor", 8, "message", False, TensorProto, "value"),
        Field("placeholder", 9, "string", oneof="value"),
        Field("func", 10, "message", False, NameAttrList, "value"),
    ),
)
NameAttrList.DESCRIPTOR = Descriptor(
    "tensorflow.NameAttrList", (Field("name", 1, "string"), Field("attr", 2, "map", False, AttrValue))
)
NodeDef = message(
    "tensorflow.NodeDef",
    Field("name", 1, "string"),
    Field("op", 2, "string"),
    Field("input", 3, "string", True),
    Field("device", 4, "string"),
    Field("attr", 5, "map", False, AttrValue),
)
DtypeAndShape = message(
    "tensorflow.ResourceHandleProto.DtypeAndShape",
    Field("dtype", 1, "int32", names=ENUM),
    Field("shape", 2, "message", False, TensorShapeProto),
)
ArgDef = message(
    "tensorflow.OpDef.ArgDef",
    Field("name", 1, "string"),
    Field("type", 3, "int32", names=ENUM),
    Field("handle_data", 7, "message", True, DtypeAndShape),
)
OpDef = message(
    "tensorflow.OpDef",
    Field("name", 1, "string"),
    Field("input_arg", 2, "message", True, ArgDef),
    Field("output_arg", 3, "message", True, ArgDef),
    Field("is_stateful", 17, "bool"),
    Field("control_output", 20, "string", True),
)
# A map of strings by strings: what stands under a key, one after another.
Pair = message("tensorflow.FunctionDef.RetEntry", Field("key", 1, "string"), Field("value", 2, "string"))
FunctionDef = message(
    "tensorflow.FunctionDef",
    Field("signature", 1, "message", False, OpDef),
    Field("node_def", 3, "message", True, NodeDef),
    Field("ret", 4, "message", True, Pair),
    Field("attr", 5, "map", False, AttrValue),
    Field("control_ret", 6, "message", True, Pair),
)
RegisteredGradient = message(
    "tensorflow.RegisteredGradient",
    Field("gradient_func", 1, "string"),
    Field("registered_op_type", 2, "string"),
)
FunctionDefLibrary = message(
    "tensorflow.FunctionDefLibrary",
    Field("function", 1, "message", True, FunctionDef),
    Field("registered_gradients", 3, "message", True, RegisteredGradient),
)
GraphDef = message(
    "tensorflow.GraphDef",
    Field("node", 1, "message", True, NodeDef),
    Field("library", 2, "message", False, FunctionDefLibrary),
    Field("versions", 4, "message", False, VersionDef),
)

# -- structures --------------------------------------------------------------------------------------------------------

StructuredValue = message("tensorflow.StructuredValue")
NoneValue = message("tensorflow.NoneValue")
Values = message("tensorflow.ListValue", Field("values", 1, "message", True, StructuredValue))
DictValue = message("tensorflow.DictValue", Field("fields", 1, "map", False, StructuredValue))
PairValue = message(
    "tensorflow.PairValue", Field("key", 1, "string"), Field("value", 2, "message", False, StructuredValue)
)
NamedTupleValue = message(
    "tensorflow.NamedTupleValue", Field("name", 1, "string"), Field("values", 2, "message", True, PairValue)
)
TensorSpecProto = message(
    "tensorflow.TensorSpecProto",
    Field("name", 1, "string"),
    Field("shape", 2, "message", False, TensorShapeProto),
    Field("dtype", 3, "int32", names=ENUM),
)
TypeSpecProto = message(
    "tensorflow.TypeSpecProto",
    Field("type_spec_class", 1, "int32"),
    Field("type_state", 2, "message", False, StructuredValue),
    Field("type_spec_class_name", 3, "string"),
)
StructuredValue.DESCRIPTOR = Descriptor(
    "tensorflow.StructuredValue",
    (
        Field("none_value", 1, "message", False, NoneValue, "kind"),
        Field("float64_value", 11, "double", oneof="kind"),
        Field("int64_value", 12, "uint64", oneof="kind"),  # the sign is its last bit
        Field("string_value", 13, "string", oneof="kind"),
        Field("bool_value", 14, "bool", oneof="kind"),
        Field("tensor_shape_value", 31, "message", False, TensorShapeProto, "kind"),
        Field("tensor_dtype_value", 32, "int32", oneof="kind", names=ENUM),
        Field("tensor_spec_value", 33, "message", False, TensorSpecProto, "kind"),
        Field("type_spec_value", 34, "message", False, TypeSpecProto, "kind"),
        Field("list_value", 51, "message", False, Values, "kind"),
        Field("tuple_value", 52, "message", False, Values, "kind"),
        Field("dict_value", 53, "message", False, DictValue, "kind"),
        Field("named_tuple_value", 54, "message", False, NamedTupleValue, "kind"),
    ),
)
FunctionSpec = message(
    "tensorflow.FunctionSpec",
    Field("fullargspec", 1, "message", False, StructuredValue),
    Field("is_method", 2, "bool"),
    Field("input_signature", 5, "message", False, StructuredValue),
)
SavedConcreteFunction = message(
    "tensorflow.SavedConcreteFunction",
    Field("bound_inputs", 2, "int32", True),
    Field("canonicalized_input_signature", 3, "message", False, StructuredValue),
    Field("output_signature", 4, "message", False, StructuredValue),
)
