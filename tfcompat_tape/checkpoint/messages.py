"""The messages that checkpoints are written with."""

from __future__ import annotations

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.messages import Descriptor, Field, Message
from tfcompat_tape.core.shape_proto import TensorShapeProto
from tfcompat_tape.core.trackable import OBJECT_GRAPH_PROTO_KEY

__all__ = ["BundleEntryProto", "BundleHeaderProto", "CheckpointState", "TrackableObjectGraph"]

OBJECT_GRAPH_KEY = OBJECT_GRAPH_PROTO_KEY

ENUM = {0: "DT_INVALID"} | {
    made.as_datatype_enum: "DT_"
    + {"float16": "half", "float32": "float", "float64": "double"}.get(made.name, made.name).upper()
    for made in dtypes._BY_ENUM.values()
}


def dtype_text(number: int) -> str:
    """How messages name a dtype: `DT_FLOAT`."""
    return ENUM.get(number, str(number))


def message(name: str, *fields: Field) -> type[Message]:
    short = name.rpartition(".")[2]
    return type(
        short, (Message,), {"__slots__": (), "DESCRIPTOR": Descriptor(name, fields), "__module__": __name__}
    )


VersionDef = message(
    "tensorflow.VersionDef", Field("producer", 1, "int32"), Field("min_consumer", 2, "int32")
)
BundleHeaderProto = message(
    "tensorflow.BundleHeaderProto",
    Field("num_shards", 1, "int32"),
    Field("endianness", 2, "int32"),
    Field("version", 3, "message", False, VersionDef),
)
# The length is there or not: of a whole dimension there is none.
Extent = message(
    "tensorflow.TensorSliceProto.Extent",
    Field("start", 1, "int64"),
    Field("length", 2, "int64", oneof="has_length"),
)
TensorSliceProto = message("tensorflow.TensorSliceProto", Field("extent", 1, "message", True, Extent))
BundleEntryProto = message(
    "tensorflow.BundleEntryProto",
    Field("dtype", 1, "int32", names=ENUM),
    Field("shape", 2, "message", False, TensorShapeProto),
    Field("shard_id", 3, "int32"),
    Field("offset", 4, "int64"),
    Field("size", 5, "int64"),
    Field("crc32c", 6, "fixed32"),
    Field("slices", 7, "message", True, TensorSliceProto),
)

ObjectReference = message(
    "tensorflow.TrackableObjectGraph.TrackableObject.ObjectReference",
    Field("node_id", 1, "int32"),
    Field("local_name", 2, "string"),
)
SerializedTensor = message(
    "tensorflow.TrackableObjectGraph.TrackableObject.SerializedTensor",
    Field("name", 1, "string"),
    Field("full_name", 2, "string"),
    Field("checkpoint_key", 3, "string"),
)
SlotVariableReference = message(
    "tensorflow.TrackableObjectGraph.TrackableObject.SlotVariableReference",
    Field("original_variable_node_id", 1, "int32"),
    Field("slot_name", 2, "string"),
    Field("slot_variable_node_id", 3, "int32"),
)
RegisteredSaver = message(
    "tensorflow.RegisteredSaver", Field("name", 1, "string"), Field("object_name", 2, "string")
)
BoolValue = message("google.protobuf.BoolValue", Field("value", 1, "bool"))
TrackableObject = message(
    "tensorflow.TrackableObjectGraph.TrackableObject",
    Field("children", 1, "message", True, ObjectReference),
    Field("attributes", 2, "message", True, SerializedTensor),
    Field("slot_variables", 3, "message", True, SlotVariableReference),
    Field("registered_saver", 4, "message", False, RegisteredSaver),
    Field("has_checkpoint_values", 5, "message", False, BoolValue),
)
TrackableObjectGraph = message(
    "tensorflow.TrackableObjectGraph", Field("nodes", 1, "message", True, TrackableObject)
)

CheckpointState = message(
    "tensorflow.CheckpointState",
    Field("model_checkpoint_path", 1, "string"),
    Field("all_model_checkpoint_paths", 2, "string", True),
    Field("all_model_checkpoint_timestamps", 3, "double", True),
    Field("last_preserved_timestamp", 4, "double"),
)
