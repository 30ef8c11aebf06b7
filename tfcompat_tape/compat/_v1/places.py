"""Where the names that version 1 has of its own are defined: {namespace: {module in this package: its names}}.

`name=other` is a name that the module calls otherwise.
"""

from __future__ import annotations

from functools import cache

_REDUCTIONS = """reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum
    count_nonzero argmax argmin bincount confusion_matrix"""

_ASSERTIONS = """assert_equal assert_none_equal assert_greater assert_greater_equal assert_less assert_less_equal
    assert_negative assert_positive assert_non_negative assert_non_positive assert_rank assert_rank_at_least
    assert_rank_in assert_near assert_integer assert_scalar assert_type"""

_DECAYS = """exponential_decay natural_exp_decay inverse_time_decay polynomial_decay piecewise_constant
    piecewise_constant_decay cosine_decay cosine_decay_restarts linear_cosine_decay noisy_linear_cosine_decay
    get_global_step create_global_step get_or_create_global_step assert_global_step global_step"""

_OF_DATA = "AUTOTUNE INFINITE_CARDINALITY UNKNOWN_CARDINALITY"

PLACES: dict[str, dict[str, str]] = {
    "": {
        "reductions": _REDUCTIONS + " arg_max arg_min norm",
        "arrays": """where gather gather_nd batch_gather expand_dims squeeze transpose zeros_like ones_like shape size
            boolean_mask constant convert_to_tensor convert_to_tensor_or_indexed_slices
            convert_to_tensor_or_sparse_tensor pad reverse_sequence space_to_batch batch_to_space batch_to_space_nd
            space_to_depth depth_to_space setdiff1d clip_by_average_norm""",
        "casts": """to_bfloat16 to_complex64 to_complex128 to_double to_float to_int32 to_int64 div floor_div
            scalar_mul sparse_matmul""",
        "assertions": _ASSERTIONS + " verify_tensor_all_finite",
        "control": """cond case while_loop map_fn scan foldl foldr tuple py_func Print wrap_function multinomial
            random_poisson set_random_seed get_seed""",
        "initializers": """zeros_initializer ones_initializer constant_initializer random_uniform_initializer
            random_normal_initializer truncated_normal_initializer uniform_unit_scaling_initializer
            variance_scaling_initializer glorot_uniform_initializer glorot_normal_initializer orthogonal_initializer""",
        "collections": """GraphKeys add_to_collection add_to_collections get_collection get_collection_ref
            global_variables local_variables model_variables moving_average_variables trainable_variables
            all_variables""",
        "scopes": """AUTO_REUSE VariableScope get_variable get_local_variable get_variable_scope variable_scope
            variable_op_scope""",
        "templates": "make_template",
        "variables": """Variable assign assign_add assign_sub count_up_to scatter_add scatter_div scatter_max
            scatter_min scatter_mul scatter_sub scatter_update batch_scatter_update scatter_nd_add scatter_nd_sub
            scatter_nd_update is_variable_initialized assert_variables_initialized global_variables_initializer
            initialize_all_tables initialize_all_variables initialize_local_variables initialize_variables
            local_variables_initializer tables_initializer variables_initializer report_uninitialized_variables""",
        "switches": """name_scope op_scope device colocate_with container reset_default_graph get_default_session
            executing_eagerly_outside_functions control_flow_v2_enabled resource_variables_enabled
            enable_control_flow_v2 enable_resource_variables enable_tensor_equality enable_v2_tensorshape placeholder
            sparse_placeholder placeholder_with_default gradients hessians add_check_numerics_ops no_regularizer""",
        "sparse": """SparseTensorValue sparse_add=add sparse_concat=concat sparse_reduce_max=reduce_max
            sparse_reduce_max_sparse=reduce_max_sparse sparse_reduce_sum=reduce_sum
            sparse_reduce_sum_sparse=reduce_sum_sparse sparse_segment_mean=segment_mean
            sparse_segment_sqrt_n=segment_sqrt_n sparse_segment_sum=segment_sum sparse_split=split sparse_to_dense
            substr string_to_number=to_number string_to_hash_bucket=to_hash_bucket reduce_join""",
        "device_specs": "DeviceSpec",
        "graphs": "AttrValue GraphDef NameAttrList NodeDef",
        "leftovers": "string_split",
        "image": "extract_image_patches",
        "summaries": "Event HistogramProto LogMessage SessionLog Summary SummaryMetadata",
        "files": "decode_csv decode_raw parse_example parse_single_example serialize_many_sparse serialize_sparse",
        "constants": """COMPILER_VERSION CXX11_ABI_FLAG CXX_VERSION GIT_VERSION GRAPH_DEF_VERSION
            GRAPH_DEF_VERSION_MIN_CONSUMER GRAPH_DEF_VERSION_MIN_PRODUCER MONOLITHIC_BUILD VERSION
            QUANTIZED_DTYPES Dimension VariableAggregation newaxis dimension_value
            dimension_at_index variable_creator_scope""",
    },
    "data": {
        "constants": _OF_DATA,
        "datasets": """Dataset FixedLengthRecordDataset TFRecordDataset TextLineDataset get_output_classes
            get_output_shapes get_output_types make_initializable_iterator make_one_shot_iterator""",
        "iterators": "Iterator",
    },
    "data.experimental": {
        "constants": _OF_DATA + " SHARD_HINT",
        "experimental_data": """Counter CsvDataset RaggedTensorStructure RandomDataset SparseTensorStructure
            SqlDataset TensorArrayStructure TensorStructure choose_from_datasets make_batched_features_dataset
            make_csv_dataset map_and_batch_with_legacy_function sample_from_datasets""",
    },
    "debugging": {"assertions": _ASSERTIONS + " assert_shapes assert_all_finite"},
    "dtypes": {"constants": "QUANTIZED_DTYPES"},
    "errors": {
        "constants": """OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS
            PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL
            UNAVAILABLE DATA_LOSS UNAUTHENTICATED exception_type_from_error_code error_code_from_exception_type"""
    },
    "app": {"scripts": "run flags"},
    "gfile": {
        "files": """Copy DeleteRecursively Exists FastGFile Glob IsDirectory ListDirectory MakeDirs MkDir Remove
            Rename Stat Walk"""
    },
    "image": {
        "image": """ResizeMethod crop_and_resize draw_bounding_boxes extract_glimpse extract_image_patches resize
            resize_area resize_bicubic resize_bilinear resize_image_with_pad resize_images resize_nearest_neighbor"""
    },
    "initializers": {
        "initializers": """zeros=zeros_initializer ones=ones_initializer constant=constant_initializer
            random_uniform=random_uniform_initializer random_normal=random_normal_initializer
            truncated_normal=truncated_normal_initializer uniform_unit_scaling=uniform_unit_scaling_initializer
            variance_scaling=variance_scaling_initializer glorot_uniform=glorot_uniform_initializer
            glorot_normal=glorot_normal_initializer orthogonal=orthogonal_initializer identity=identity_initializer
            he_normal he_uniform lecun_normal lecun_uniform""",
        "variables": """global_variables=global_variables_initializer local_variables=local_variables_initializer
            tables_initializer variables=variables_initializer""",
    },
    "io": {
        "files": """TFRecordCompressionType decode_csv decode_raw parse_example parse_single_example
            serialize_many_sparse serialize_sparse tf_record_iterator"""
    },
    "linalg": {"reductions": "norm"},
    "logging": {
        "constants": """DEBUG INFO WARN ERROR FATAL log debug info warn warning error fatal vlog get_verbosity
            set_verbosity TaskLevelStatusMessage log_every_n log_first_n log_if flush"""
    },
    "lookup": {"leftovers": "StaticHashTable StaticVocabularyTable"},
    "losses": {
        "losses": """Reduction absolute_difference add_loss compute_weighted_loss cosine_distance get_losses
            get_regularization_loss get_regularization_losses get_total_loss hinge_loss huber_loss log_loss
            mean_pairwise_squared_error mean_squared_error sigmoid_cross_entropy softmax_cross_entropy
            sparse_softmax_cross_entropy"""
    },
    "manip": {"arrays": "batch_to_space_nd gather_nd"},
    "math": {
        "reductions": _REDUCTIONS + " in_top_k",
        "nn": "softmax log_softmax",
        "casts": "scalar_mul",
    },
    "nn": {
        "convolution": """avg_pool avg_pool2d conv1d conv2d conv2d_backprop_filter conv2d_backprop_input
            conv2d_transpose conv3d conv3d_backprop_filter conv3d_backprop_filter_v2 conv3d_transpose convolution
            depthwise_conv2d depthwise_conv2d_native dilation2d erosion2d max_pool max_pool_with_argmax pool
            separable_conv2d""",
        "nn": """batch_norm_with_global_normalization crelu ctc_loss ctc_loss_v2 dropout embedding_lookup
            fused_batch_norm log_softmax moments nce_loss relu_layer sampled_softmax_loss
            sigmoid_cross_entropy_with_logits softmax softmax_cross_entropy_with_logits
            softmax_cross_entropy_with_logits_v2 sparse_softmax_cross_entropy_with_logits sufficient_statistics
            weighted_cross_entropy_with_logits weighted_moments xw_plus_b""",
        "reductions": "in_top_k",
        "arrays": "depth_to_space space_to_batch space_to_depth",
    },
    "python_io": {"files": "TFRecordCompressionType tf_record_iterator"},
    "ragged": {"ragged": "RaggedTensorValue constant_value", "switches": "placeholder=ragged_placeholder"},
    "random": {"control": "multinomial poisson set_random_seed stateless_multinomial get_seed"},
    "resource_loader": {
        "scripts": """get_data_files_path get_path_to_datafile get_root_dir_with_all_resources load_resource
            readahead_file_path"""
    },
    "sparse": {
        "sparse": """add concat reduce_max reduce_max_sparse reduce_sum reduce_sum_sparse segment_mean segment_sqrt_n
            segment_sum split""",
        "switches": "placeholder=sparse_placeholder",
    },
    "summary": {
        "summaries": """Event FileWriter FileWriterCache SessionLog Summary SummaryDescription TaggedRunMetadata
            all_v2_summary_ops audio get_summary_description histogram image initialize merge merge_all scalar
            tensor_summary text"""
    },
    "strings": {"sparse": "length reduce_join substr to_hash_bucket to_number", "leftovers": "split"},
    "sysconfig": {"constants": "CXX11_ABI_FLAG CXX_VERSION MONOLITHIC_BUILD"},
    "test": {"leftovers": "get_temp_dir mock test_src_dir_path=_src_dir_path"},
    "train": {
        "optimizers": "Optimizer",
        "training": """AdadeltaOptimizer AdagradOptimizer AdamOptimizer FtrlOptimizer GradientDescentOptimizer
            MomentumOptimizer ProximalAdagradOptimizer ProximalGradientDescentOptimizer RMSPropOptimizer""",
        "decays": _DECAYS,
        "savers": """Checkpoint NewCheckpointReader Saver checkpoint_exists generate_checkpoint_state_proto
            get_checkpoint_mtimes init_from_checkpoint remove_checkpoint update_checkpoint_state""",
        "summaries": "summary_iterator",
    },
    "user_ops": {"scripts": "my_fact"},
    "version": {
        "constants": """COMPILER_VERSION GIT_VERSION GRAPH_DEF_VERSION GRAPH_DEF_VERSION_MIN_CONSUMER
            GRAPH_DEF_VERSION_MIN_PRODUCER VERSION"""
    },
}


@cache
def place_of(space: str, name: str) -> tuple[str, str] | None:
    """The module and the name in it of a name in `tf.compat.v1`'s namespace `space` ("" or "nn")."""
    for module, words in PLACES.get(space, {}).items():
        for word in words.split():
            known, _, called = word.partition("=")
            if known == name:
                return module, called or known
    return None
