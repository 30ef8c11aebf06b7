"""The namespace `tf.experimental`."""

from tfcompat_tape.core.dtypes import (
    float4_e2m1fn,
    float8_e4m3b11fnuz,
    float8_e4m3fn,
    float8_e4m3fnuz,
    float8_e5m2,
    float8_e5m2fnuz,
    int2,
    int4,
    uint2,
    uint4,
)
from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.experimental import dlpack

_PARTS = {
    "BatchableExtensionType": "tfcompat_tape.experimental._extension.batching",
    "ExtensionType": "tfcompat_tape.experimental._extension.types",
    "ExtensionTypeBatchEncoder": "tfcompat_tape.experimental._extension.batching",
    "ExtensionTypeSpec": "tfcompat_tape.experimental._extension.specs",
    "extension_type": "tfcompat_tape.experimental.extension_type",
    "DynamicRaggedShape": "tfcompat_tape.ragged._parts.shapes",
    "Optional": "tfcompat_tape.experimental._optional",
    "RowPartition": "tfcompat_tape.ragged._parts.row_partition",
    "dispatch_for_api": "tfcompat_tape.experimental.dispatching",
    "dispatch_for_binary_elementwise_apis": "tfcompat_tape.experimental.dispatching",
    "dispatch_for_binary_elementwise_assert_apis": "tfcompat_tape.experimental.dispatching",
    "dispatch_for_unary_elementwise_apis": "tfcompat_tape.experimental.dispatching",
    "async_clear_error": "tfcompat_tape.experimental.execution",
    "async_scope": "tfcompat_tape.experimental.execution",
    "dtensor": "tfcompat_tape.experimental.dtensor",
    "enable_strict_mode": "tfcompat_tape.experimental.execution",
    "function_executor_type": "tfcompat_tape.experimental.execution",
    "numpy": "tfcompat_tape.experimental.numpy",
    "unregister_dispatch_for": "tfcompat_tape.experimental.dispatching",
}
__all__ = [
    "dlpack",
    "float4_e2m1fn",
    "float8_e4m3b11fnuz",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e5m2",
    "float8_e5m2fnuz",
    "int2",
    "int4",
    "uint2",
    "uint4",
    *_PARTS,
]

__getattr__ = namespace(globals(), "tf.experimental", later=_PARTS)
