"""Names of TensorFlow that can mean nothing here, and why: the error that using one raises says so, and the docs do."""

from __future__ import annotations

from tfcompat_tape.coverage.op_reasons import op_reason

_KERNELS = "it loads kernels that were compiled against TensorFlow"
_GRAPHS = "graphs are not built first and run later: ops run at once, on the values themselves"
_EAGER = (
    "ops run at once. Leave the line out, let the program be a function (tf.function makes it fast), give it as "
    "arguments what were placeholders, and let it return what Session.run was asked for"
)
_CLUSTER = "TensorFlow's own servers are not there: torch.distributed runs several processes"
_DUMPS = (
    "it dumps graphs for TensorFlow's debugger; tf.debugging.enable_check_numerics finds what is not finite"
)
_TENSORRT = "it compiles graphs of TensorFlow's for TensorRT"
_QUANTIZING = "it rewrites graphs that TensorFlow saved"
_PROFILES = "profiles are of the process that takes them: no other one asks for them over the network"
_POLICY = "ops run on the device where their inputs are, at once"

_NO_KERNEL = "TensorFlow 2.21 itself has no kernel for it on a CPU"
_JPEG_XL = "no decoder of JPEG XL is in the libraries that this package stands on"
_DESCRIPTORS = "messages of any kind need protobuf, which reads and writes them in Python"

_DATA_SERVICE = (
    "TensorFlow's data service is a server of its own: let each process read its part (Dataset.shard)"
)
_VARIANTS = "a dataset is an object here, which no tensor holds: pass the dataset itself"

REASONS = {
    "tf.data.experimental.service": _DATA_SERVICE,
    **dict.fromkeys(
        [
            f"tf.data.experimental.service.{name}"
            for name in (
                "CrossTrainerCache",
                "DispatchServer",
                "DispatcherConfig",
                "ShardingPolicy",
                "WorkerConfig",
                "WorkerServer",
                "distribute",
                "from_dataset_id",
                "register_dataset",
            )
        ],
        _DATA_SERVICE,
    ),
    "tf.data.experimental.distributed_save": _DATA_SERVICE,
    "tf.data.experimental.from_variant": _VARIANTS,
    "tf.data.experimental.to_variant": _VARIANTS,
    "tf.data.experimental.get_model_proto": "pipelines are not tuned by a model here",
    "tf.data.experimental.make_saveable_from_iterator": (
        "it is for sessions: tf.train.Checkpoint(iterator=iterator) saves an iterator"
    ),
    "tf.load_library": _KERNELS,
    "tf.load_op_library": _KERNELS,
    "tf.import_graph_def": _GRAPHS,
    "tf.graph_util": _GRAPHS,
    "tf.graph_util.import_graph_def": _GRAPHS,
    **dict.fromkeys(
        [
            f"tf.sysconfig.{name}"
            for name in ("get_compile_flags", "get_include", "get_lib", "get_link_flags")
        ],
        "it is for kernels that are compiled against TensorFlow",
    ),
    "tf.experimental.register_filesystem_plugin": _KERNELS,
    "tf.debugging.experimental": _DUMPS,
    "tf.debugging.experimental.disable_dump_debug_info": _DUMPS,
    "tf.debugging.experimental.enable_dump_debug_info": _DUMPS,
    "tf.experimental.tensorrt": _TENSORRT,
    "tf.experimental.tensorrt.ConversionParams": _TENSORRT,
    "tf.experimental.tensorrt.Converter": _TENSORRT,
    "tf.quantization.experimental": _QUANTIZING,
    **dict.fromkeys(
        [
            f"tf.quantization.experimental.{name}"
            for name in (
                "QuantizationComponentSpec",
                "QuantizationMethod",
                "QuantizationOptions",
                "TfRecordRepresentativeDatasetSaver",
                "UnitWiseQuantizationSpec",
                "quantize_saved_model",
            )
        ],
        _QUANTIZING,
    ),
    "tf.io.decode_jxl": _JPEG_XL,
    "tf.io.decode_proto": _DESCRIPTORS,
    "tf.io.encode_proto": _DESCRIPTORS,
    "tf.nondifferentiable_batch_function": "it batches the calls of a server's graph",
    **dict.fromkeys(
        (
            "tf.profiler.experimental.client",
            "tf.profiler.experimental.client.monitor",
            "tf.profiler.experimental.client.trace",
            "tf.profiler.experimental.server",
            "tf.profiler.experimental.server.start",
        ),
        _PROFILES,
    ),
    "tf.test.assert_equal_graph_def": _GRAPHS,
    "tf.test.create_local_cluster": _CLUSTER,
    "tf.config.experimental_connect_to_cluster": _CLUSTER,
    "tf.config.experimental_connect_to_host": _CLUSTER,
    "tf.config.experimental.ClusterDeviceFilters": _CLUSTER,
    "tf.config.experimental.get_device_policy": _POLICY,
    "tf.config.experimental.set_device_policy": _POLICY,
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
    **dict.fromkeys(
        [
            f"tf.compat.v1.{name}"
            for name in ("InteractiveSession", "Session", "disable_eager_execution", "disable_v2_behavior")
        ],
        _EAGER,
    ),
    **dict.fromkeys(
        [
            f"tf.compat.v1.{name}"
            for name in [
                "RunMetadata",
                "RunOptions",
                "ConfigProto",
                "GPUOptions",
                "GraphOptions",
                "OptimizerOptions",
                "MetaGraphDef",
                "disable_control_flow_v2",
                "disable_resource_variables",
                "disable_tensor_equality",
                "disable_v2_tensorshape",
                "get_session_handle",
                "get_session_tensor",
                "delete_session_tensor",
                "graph_util",
                "experimental.output_all_intermediates",
                "ConditionalAccumulator",
                "ConditionalAccumulatorBase",
                "SparseConditionalAccumulator",
                "sparse.SparseConditionalAccumulator",
                "test.compute_gradient",
                "test.compute_gradient_error",
                "test.assert_equal_graph_def",
                "errors.raise_exception_on_not_ok_status",
                "train.ChiefSessionCreator",
                "train.WorkerSessionCreator",
                "train.SessionCreator",
                "train.SessionManager",
                "train.SessionRunArgs",
                "train.SessionRunContext",
                "train.SessionRunHook",
                "train.SessionRunValues",
                "train.MonitoredSession",
                "train.MonitoredTrainingSession",
                "train.SingularMonitoredSession",
                "train.Scaffold",
                "train.Supervisor",
                "train.SyncReplicasOptimizer",
                "train.CheckpointSaverHook",
                "train.CheckpointSaverListener",
                "train.FeedFnHook",
                "train.FinalOpsHook",
                "train.GlobalStepWaiterHook",
                "train.LoggingTensorHook",
                "train.NanTensorHook",
                "train.ProfilerHook",
                "train.StepCounterHook",
                "train.StopAtStepHook",
                "train.SummarySaverHook",
                "train.Saver",
                "train.SaverDef",
                "train.export_meta_graph",
                "train.import_meta_graph",
                "train.basic_train_loop",
                "train.LooperThread",
                "train.do_quantize_training_on_graphdef",
                "train.init_from_checkpoint",
                "train.warm_start",
                "train.VocabInfo",
                "train.SecondOrStepTimer",
                "train.NanLossDuringTrainingError",
                "train.replica_device_setter",
            ]
        ],
        _GRAPHS,
    ),
    **dict.fromkeys(
        [
            f"tf.compat.v1.{name}"
            for name in [
                "FixedLengthRecordReader",
                "IdentityReader",
                "LMDBReader",
                "ReaderBase",
                "TFRecordReader",
                "TextLineReader",
                "WholeFileReader",
                "train.QueueRunner",
                "train.add_queue_runner",
                "train.batch",
                "train.batch_join",
                "train.input_producer",
                "train.limit_epochs",
                "train.maybe_batch",
                "train.maybe_batch_join",
                "train.maybe_shuffle_batch",
                "train.maybe_shuffle_batch_join",
                "train.queue_runner",
                "train.range_input_producer",
                "train.shuffle_batch",
                "train.shuffle_batch_join",
                "train.slice_input_producer",
                "train.start_queue_runners",
                "train.string_input_producer",
            ]
        ],
        "threads that fill queues of a graph are not there",
    ),
    **dict.fromkeys(
        [
            f"tf.compat.v1.{name}"
            for name in [
                "create_partitioned_variables",
                "fixed_size_partitioner",
                "min_max_variable_partitioner",
                "variable_axis_size_partitioner",
            ]
        ],
        "variables are in one piece",
    ),
    **dict.fromkeys(
        [
            f"tf.compat.v1.{name}"
            for name in [
                "load_file_system_library",
            ]
        ],
        "it is about how TensorFlow itself was compiled",
    ),
    **dict.fromkeys(
        [
            f"tf.compat.v1.{name}"
            for name in ("layers", "metrics", "feature_column", "distributions", "tpu", "lite")
        ],
        "it is a package of its own, which TensorFlow itself deprecates",
    ),
    "tf.check_pinned": "memory is not pinned",
    "tf.image.decode_jxl": _JPEG_XL,
}

_MESH = "values are not spread over a mesh of devices: a process for each device runs the whole program"
_SERVERS = "no process hands work to others: a process for each replica runs the whole program"
# Classes that are there to be asked for, by isinstance; making one raises UnimplementedError.
ONLY_ASKED_FOR = {
    "tf.experimental.dtensor.DTensorDataset": _MESH,
    "tf.experimental.dtensor.DVariable": _MESH,
    "tf.distribute.TPUStrategy": "there is no TPU",
    "tf.distribute.experimental.TPUStrategy": "there is no TPU",
    "tf.distribute.ParameterServerStrategy": _SERVERS,
    "tf.distribute.experimental.ParameterServerStrategy": _SERVERS,
    "tf.distribute.experimental.CentralStorageStrategy": "one process runs one replica, with Variables of its own",
    **dict.fromkeys(
        [
            f"tf.distribute.{space}.{name}"
            for space in ("coordinator", "experimental.coordinator")
            for name in ("ClusterCoordinator", "PerWorkerValue", "PerWorkerValues", "RemoteValue")
        ],
        _SERVERS,
    ),
}


def reason(symbol: str) -> str | None:
    """Why `symbol` ("tf.load_library") can mean nothing here; `None` if it might."""
    space, _, name = symbol.rpartition(".")
    return op_reason(name) if space == "tf.raw_ops" else REASONS.get(symbol) or ONLY_ASKED_FOR.get(symbol)
