"""Names of TensorFlow that can mean nothing here, and why: the error that using one raises says so, and the docs do."""

from __future__ import annotations

from tfcompat_tape._op_reasons import op_reason

_KERNELS = "it loads kernels that were compiled against TensorFlow"
_GRAPHS = "graphs are not built first and run later"
_CLUSTER = "TensorFlow's own servers are not there: torch.distributed runs several processes"
_MLIR = "TensorFlow's graph compiler is not there"
_POLICY = "ops run on the device where their inputs are, at once"

_NO_KERNEL = "TensorFlow 2.21 itself has no kernel for it on a CPU"
_JPEG_XL = "no decoder of JPEG XL is in the libraries that this package stands on"
_DESCRIPTORS = "messages of any kind need protobuf, which reads and writes them in Python"

REASONS = {
    "tf.load_library": _KERNELS,
    "tf.load_op_library": _KERNELS,
    "tf.import_graph_def": _GRAPHS,
    "tf.io.write_graph": _GRAPHS,
    "tf.io.decode_jxl": _JPEG_XL,
    "tf.io.decode_proto": _DESCRIPTORS,
    "tf.io.encode_proto": _DESCRIPTORS,
    "tf.Operation": _GRAPHS,
    "tf.nondifferentiable_batch_function": "it batches the calls of a server's graph",
    "tf.test.assert_equal_graph_def": _GRAPHS,
    "tf.test.create_local_cluster": _CLUSTER,
    "tf.config.experimental_connect_to_cluster": _CLUSTER,
    "tf.config.experimental_connect_to_host": _CLUSTER,
    "tf.config.experimental.ClusterDeviceFilters": _CLUSTER,
    "tf.config.experimental.disable_mlir_bridge": _MLIR,
    "tf.config.experimental.enable_mlir_bridge": _MLIR,
    "tf.config.experimental.get_device_policy": _POLICY,
    "tf.config.experimental.set_device_policy": _POLICY,
    "tf.config.experimental.get_synchronous_execution": _POLICY,
    "tf.config.experimental.set_synchronous_execution": _POLICY,
    **dict.fromkeys(
        (
            *[
                f"{space}.{kind}"
                for space in ("tf", "tf.signal")
                for kind in ("fftnd", "ifftnd", "rfftnd", "irfftnd")
            ],
            "tf.conv2d_backprop_filter_v2",
            "tf.conv2d_backprop_input_v2",
            "tf.image.generate_bounding_box_proposals",
        ),
        _NO_KERNEL,
    ),
    "tf.check_pinned": "memory is not pinned",
    "tf.image.decode_jxl": _JPEG_XL,
}


def reason(symbol: str) -> str | None:
    """Why `symbol` ("tf.load_library") can mean nothing here; `None` if it might."""
    space, _, name = symbol.rpartition(".")
    return op_reason(name) if space == "tf.raw_ops" else REASONS.get(symbol)
