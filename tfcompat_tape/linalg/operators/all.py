"""All operators, by name: `tf.linalg` lists them, and looks them up here when one is first used."""

# ruff: noqa: F401

from tfcompat_tape.linalg.operators.adjoint import LinearOperatorAdjoint
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.operators.block_diag import LinearOperatorBlockDiag
from tfcompat_tape.linalg.operators.block_lower_triangular import LinearOperatorBlockLowerTriangular
from tfcompat_tape.linalg.operators.circulant import (
    LinearOperatorCirculant,
    LinearOperatorCirculant2D,
    LinearOperatorCirculant3D,
)
from tfcompat_tape.linalg.operators.composition import LinearOperatorComposition
from tfcompat_tape.linalg.operators.diag import LinearOperatorDiag
from tfcompat_tape.linalg.operators.full_matrix import LinearOperatorFullMatrix
from tfcompat_tape.linalg.operators.householder import LinearOperatorHouseholder
from tfcompat_tape.linalg.operators.identity import LinearOperatorIdentity, LinearOperatorScaledIdentity
from tfcompat_tape.linalg.operators.inversion import LinearOperatorInversion
from tfcompat_tape.linalg.operators.kronecker import LinearOperatorKronecker
from tfcompat_tape.linalg.operators.low_rank_update import LinearOperatorLowRankUpdate
from tfcompat_tape.linalg.operators.lower_triangular import LinearOperatorLowerTriangular
from tfcompat_tape.linalg.operators.permutation import LinearOperatorPermutation
from tfcompat_tape.linalg.operators.toeplitz import LinearOperatorToeplitz
from tfcompat_tape.linalg.operators.tridiag import LinearOperatorTridiag
from tfcompat_tape.linalg.operators.zeros import LinearOperatorZeros
