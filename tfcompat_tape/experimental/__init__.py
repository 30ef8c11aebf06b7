"""The namespace `tf.experimental`."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.experimental import dlpack

_PARTS = {
    "Optional": "tfcompat_tape.experimental._optional",
    "dispatch_for_api": "tfcompat_tape.experimental.dispatching",
    "dispatch_for_binary_elementwise_apis": "tfcompat_tape.experimental.dispatching",
    "dispatch_for_binary_elementwise_assert_apis": "tfcompat_tape.experimental.dispatching",
    "dispatch_for_unary_elementwise_apis": "tfcompat_tape.experimental.dispatching",
    "unregister_dispatch_for": "tfcompat_tape.experimental.dispatching",
}
__all__ = ["dlpack", *_PARTS]

__getattr__ = namespace(globals(), "tf.experimental", later=_PARTS)
