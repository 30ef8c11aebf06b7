"""TensorFlow's gradient API on PyTorch, with a Wengert list of its own: `import tfcompat_tape as tf`."""

from tfcompat_tape._collecting import paused as _paused

with _paused():  # these load nearly all modules
    from tfcompat_tape import (
        autodiff,
        bitwise,
        compat,
        config,
        debugging,
        derivatives,
        dtypes,
        errors,
        experimental,
        image,
        interop,
        linalg,
        math,
        nest,
        nn,
        plugins,
        quantization,
        ragged,
        random,
        raw_ops,
        signal,
        sparse,
        strings,
        version,
    )

from tfcompat_tape.arrays import (
    as_string,
    batch_to_space,
    bitcast,
    boolean_mask,
    broadcast_dynamic_shape,
    broadcast_static_shape,
    broadcast_to,
    concat,
    constant,
    convert_to_tensor,
    dynamic_partition,
    dynamic_stitch,
    edit_distance,
    ensure_shape,
    expand_dims,
    eye,
    fill,
    gather,
    gather_nd,
    get_static_value,
    guarantee_const,
    histogram_fixed_width,
    histogram_fixed_width_bins,
    identity,
    identity_n,
    is_symbolic_tensor,
    is_tensor,
    linspace,
    meshgrid,
    one_hot,
    ones,
    ones_like,
    pad,
    parallel_stack,
    range,
    rank,
    repeat,
    required_space_to_batch_paddings,
    reshape,
    reverse,
    reverse_sequence,
    roll,
    scatter_nd,
    searchsorted,
    sequence_mask,
    shape,
    shape_n,
    size,
    slice,
    space_to_batch,
    space_to_batch_nd,
    split,
    squeeze,
    stack,
    stop_gradient,
    strided_slice,
    tensor_scatter_nd_add,
    tensor_scatter_nd_max,
    tensor_scatter_nd_min,
    tensor_scatter_nd_sub,
    tensor_scatter_nd_update,
    tile,
    transpose,
    unique,
    unique_with_counts,
    unravel_index,
    unstack,
    where,
    zeros,
    zeros_like,
)
from tfcompat_tape.control import (
    Assert,
    Graph,
    TensorArray,
    case,
    cond,
    control_dependencies,
    executing_eagerly,
    foldl,
    foldr,
    get_current_name_scope,
    group,
    init_scope,
    inside_function,
    map_fn,
    name_scope,
    no_op,
    numpy_function,
    py_function,
    scan,
    switch_case,
    tuple,
    vectorized_map,
    while_loop,
)
from tfcompat_tape.core.composites import type_spec_from_value
from tfcompat_tape.core.convert import register_tensor_conversion_function
from tfcompat_tape.core.devices import DeviceSpec, device
from tfcompat_tape.core.indexed_slices import IndexedSlices, IndexedSlicesSpec
from tfcompat_tape.core.operation import Operation
from tfcompat_tape.core.registry import RegisterGradient, no_gradient
from tfcompat_tape.core.sparse_tensor import SparseTensor, SparseTensorSpec
from tfcompat_tape.core.specs import NoneTensorSpec, TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor, TensorShape
from tfcompat_tape.core.variable import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
    variable_creator_scope,
)
from tfcompat_tape.coverage.names import NotCoveredError, namespace
from tfcompat_tape.debugging import assert_equal, assert_greater, assert_less, assert_rank
from tfcompat_tape.dtypes import (
    DType,
    as_dtype,
    bfloat16,
    bool,
    cast,
    complex,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    half,
    int8,
    int16,
    int32,
    int64,
    qint8,
    qint16,
    qint32,
    quint8,
    quint16,
    resource,
    saturate_cast,
    string,
    uint8,
    uint16,
    uint32,
    uint64,
    variant,
)
from tfcompat_tape.graphs import asked as _asked
from tfcompat_tape.image.patches import extract_volume_patches
from tfcompat_tape.linalg import eig, eigvals, einsum, matmul, norm, tensordot
from tfcompat_tape.linalg.functions import matrix_square_root
from tfcompat_tape.math import (
    abs,
    acos,
    acosh,
    add,
    add_n,
    argmax,
    argmin,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    cumsum,
    divide,
    equal,
    exp,
    floor,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    maximum,
    minimum,
    multiply,
    negative,
    not_equal,
    pow,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
    round,
    scalar_mul,
    sigmoid,
    sign,
    sin,
    sinh,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    truediv,
)
from tfcompat_tape.math.arithmetic import realdiv
from tfcompat_tape.math.clipping import clip_by_global_norm, clip_by_norm, clip_by_value
from tfcompat_tape.math.ordering import approx_top_k, argsort, sort
from tfcompat_tape.math.rounding import truncatediv, truncatemod
from tfcompat_tape.modules import Module
from tfcompat_tape.nn.any_convolution import conv
from tfcompat_tape.ops import diagnoses as _diagnoses
from tfcompat_tape.ops import operators as _operators
from tfcompat_tape.ops import ragged_rows as _ragged_rows
from tfcompat_tape.porting.importing import install, uninstall
from tfcompat_tape.printing import get_logger, print, timestamp
from tfcompat_tape.random.initializers import (
    constant_initializer,
    ones_initializer,
    random_normal_initializer,
    random_uniform_initializer,
    zeros_initializer,
)
from tfcompat_tape.random.shuffling import random_index_shuffle
from tfcompat_tape.tape.custom_gradient import custom_gradient, grad_pass_through, recompute_grad
from tfcompat_tape.tape.ends import UnconnectedGradients
from tfcompat_tape.tape.gradient_tape import GradientTape
from tfcompat_tape.tape.graph_mode import AggregationMethod, gradients, hessians
from tfcompat_tape.tracing.function import function
from tfcompat_tape.version import COMPILER_VERSION as __compiler_version__
from tfcompat_tape.version import GIT_VERSION as __git_version__
from tfcompat_tape.version import VERSION as __version__

newaxis = None

__getattr__ = namespace(
    globals(),
    "tf",
    extras=frozenset({"derivatives", "interop", "keras", "plugins"}),
    later={
        "autograph": "tfcompat_tape.autograph",
        "data": "tfcompat_tape.data",
        "__internal__": "tfcompat_tape.__internal__",
        "__operators__": "tfcompat_tape.__operators__",
        "distribute": "tfcompat_tape.distribute",
        "keras": "tfcompat_tape.keras",
        **dict.fromkeys(("initializers", "losses", "metrics", "optimizers"), "tfcompat_tape.keras"),
        "types": "tfcompat_tape.types",
        "RaggedTensor": "tfcompat_tape.ragged._parts.tensor",
        "RaggedTensorSpec": "tfcompat_tape.ragged._parts.spec",
        "ragged_fill_empty_rows": "tfcompat_tape.ragged._parts.filling",
        "ragged_fill_empty_rows_grad": "tfcompat_tape.ragged._parts.filling",
        "CriticalSection": "tfcompat_tape.control.critical",
        "OptionalSpec": "tfcompat_tape.experimental._optional",
        "io": "tfcompat_tape.io",
        "make_ndarray": "tfcompat_tape.io.tensor_protos",
        "make_tensor_proto": "tfcompat_tape.io.tensor_protos",
        "train": "tfcompat_tape.train",
        "fingerprint": "tfcompat_tape.strings.fingerprints",
        "load_ipython_extension": "tfcompat_tape.porting.ipython",
        "lookup": "tfcompat_tape.lookup",
        "TensorArraySpec": "tfcompat_tape.control.tensor_array",
        "profile": "tfcompat_tape.profiling",
        "profiler": "tfcompat_tape.profiler",
        "queue": "tfcompat_tape.queue",
        "audio": "tfcompat_tape.audio",
        "saved_model": "tfcompat_tape.saved_model",
        "sets": "tfcompat_tape.sets",
        "summary": "tfcompat_tape.summary",
        "sysconfig": "tfcompat_tape.sysconfig",
        "test": "tfcompat_tape.test",
        "xla": "tfcompat_tape.xla",
        "unload_ipython_extension": "tfcompat_tape.porting.ipython",
    },
)
