"""The namespace `tf.linalg`."""

from tfcompat_tape.arrays.creation import eye
from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.linalg import experimental
from tfcompat_tape.linalg.bands import banded_triangular_solve, tridiagonal_matmul, tridiagonal_solve
from tfcompat_tape.linalg.decompositions import cholesky, eig, eigh, eigvals, eigvalsh, lu, qr, svd
from tfcompat_tape.linalg.factored import lu_matrix_inverse, lu_reconstruct, lu_solve
from tfcompat_tape.linalg.functions import expm, logm, sqrtm
from tfcompat_tape.linalg.norms import norm, normalize
from tfcompat_tape.linalg.products import cross, einsum, matmul, matvec, tensordot
from tfcompat_tape.linalg.solving import (
    cholesky_solve,
    det,
    inv,
    logdet,
    lstsq,
    matrix_rank,
    pinv,
    slogdet,
    solve,
    triangular_solve,
)
from tfcompat_tape.linalg.structure import (
    adjoint,
    band_part,
    diag,
    diag_part,
    matrix_transpose,
    set_diag,
    tensor_diag,
    tensor_diag_part,
    trace,
)
from tfcompat_tape.linalg.tridiagonal_eigen import eigh_tridiagonal
from tfcompat_tape.math.clipping import global_norm
from tfcompat_tape.nn.normalization import l2_normalize

__all__ = [
    "adjoint",
    "band_part",
    "banded_triangular_solve",
    "cholesky",
    "cholesky_solve",
    "cross",
    "det",
    "diag",
    "diag_part",
    "eig",
    "eigh",
    "eigh_tridiagonal",
    "eigvals",
    "eigvalsh",
    "einsum",
    "experimental",
    "expm",
    "eye",
    "global_norm",
    "inv",
    "l2_normalize",
    "logdet",
    "logm",
    "lstsq",
    "lu",
    "lu_matrix_inverse",
    "lu_reconstruct",
    "lu_solve",
    "matmul",
    "matrix_rank",
    "matrix_transpose",
    "matvec",
    "norm",
    "normalize",
    "pinv",
    "qr",
    "set_diag",
    "slogdet",
    "solve",
    "sqrtm",
    "svd",
    "tensor_diag",
    "tensor_diag_part",
    "tensordot",
    "trace",
    "triangular_solve",
    "tridiagonal_matmul",
    "tridiagonal_solve",
]

# The operators are a package of their own, which most programs do without.
_OPERATORS = [
    "LinearOperator",
    "LinearOperatorAdjoint",
    "LinearOperatorBlockDiag",
    "LinearOperatorBlockLowerTriangular",
    "LinearOperatorCirculant",
    "LinearOperatorCirculant2D",
    "LinearOperatorCirculant3D",
    "LinearOperatorComposition",
    "LinearOperatorDiag",
    "LinearOperatorFullMatrix",
    "LinearOperatorHouseholder",
    "LinearOperatorIdentity",
    "LinearOperatorInversion",
    "LinearOperatorKronecker",
    "LinearOperatorLowRankUpdate",
    "LinearOperatorLowerTriangular",
    "LinearOperatorPermutation",
    "LinearOperatorScaledIdentity",
    "LinearOperatorToeplitz",
    "LinearOperatorTridiag",
    "LinearOperatorZeros",
]
__all__ += _OPERATORS

__getattr__ = namespace(
    globals(), "tf.linalg", later=dict.fromkeys(_OPERATORS, "tfcompat_tape.linalg.operators.all")
)
