"""The namespace `tf.experimental.numpy`: NumPy's functions on tensors. What makes them is loaded when first used."""

import numpy as _np

from tfcompat_tape.core.tensor import Tensor as ndarray
from tfcompat_tape.coverage.names import namespace

bool_ = _np.bool_
complex64 = _np.complex64
complex128 = complex_ = _np.complex128
float16 = _np.float16
float32 = _np.float32
float64 = float_ = _np.float64
inexact = _np.inexact
int8 = _np.int8
int16 = _np.int16
int32 = _np.int32
int64 = int_ = _np.int64
object_ = _np.object_
string_ = _np.bytes_
uint8 = _np.uint8
uint16 = _np.uint16
uint32 = _np.uint32
uint64 = _np.uint64
unicode_ = _np.str_
iinfo = _np.iinfo
issubdtype = _np.issubdtype

e = _np.e
inf = _np.inf
newaxis = None
pi = _np.pi

_NAMES = {
    "promotion": "array asanyarray asarray ascontiguousarray copy finfo promote_types result_type",
    "behavior": "experimental_enable_numpy_behavior",
    "making": """arange diag_indices empty empty_like eye full full_like geomspace identity ix_ linspace logspace
        meshgrid ones ones_like tri vander zeros zeros_like""",
    "unary": """abs absolute angle arccos arccosh arcsin arcsinh arctan arctanh around bitwise_not cbrt ceil conj
        conjugate cos cosh deg2rad exp exp2 expm1 fabs fix floor imag iscomplex iscomplexobj isfinite isinf isnan
        isneginf isposinf isreal isrealobj log log10 log1p log2 logical_not negative positive rad2deg real reciprocal
        round sign signbit sin sinc sinh sqrt square tan tanh""",
    "binary": """add allclose arctan2 array_equal bitwise_and bitwise_or bitwise_xor clip divide divmod equal
        float_power floor_divide gcd greater greater_equal heaviside hypot isclose lcm less less_equal logaddexp
        logaddexp2 logical_and logical_or logical_xor maximum minimum mod multiply nextafter not_equal power remainder
        subtract true_divide""",
    "reductions": """all amax amin any argmax argmin average count_nonzero cumprod cumsum max mean min nanmean nanprod
        nansum prod ptp std sum var""",
    "shaping": """atleast_1d atleast_2d atleast_3d broadcast_arrays broadcast_to expand_dims flatten flip fliplr flipud
        isscalar moveaxis ndim pad ravel repeat reshape roll rot90 shape size squeeze swapaxes tile transpose""",
    "joining": "append concatenate dsplit dstack hsplit hstack split stack vsplit vstack",
    "selecting": """argsort compress diag diagflat diagonal diff nonzero select sort take take_along_axis trace tril
        triu where""",
    "products": "cross dot einsum inner kron matmul outer polyval tensordot vdot",
}
_WHERE = {
    name: f"tfcompat_tape.experimental.numpy._parts.{part}"
    for part, names in _NAMES.items()
    for name in names.split()
}

__getattr__ = namespace(
    globals(), "tf.experimental.numpy", later={**_WHERE, "random": "tfcompat_tape.experimental.numpy.random"}
)
