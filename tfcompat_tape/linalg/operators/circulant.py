"""Circulant matrices: convolutions, which are products in frequency."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.arrays.shaping import broadcast_to, expand_dims, reshape, transpose
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType, as_dtype, complex64, complex128, float64, int32
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.debugging import assert_less, assert_positive
from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.math.arithmetic import abs as modulus
from tfcompat_tape.math.casting import cast
from tfcompat_tape.math.complex_numbers import conj, imag, real
from tfcompat_tape.math.elementary import log
from tfcompat_tape.math.reductions import reduce_max, reduce_min, reduce_prod, reduce_sum
from tfcompat_tape.signal.fourier import fft, fft2d, fft3d, ifft, ifft2d, ifft3d

__all__ = [
    "BaseLinearOperatorCirculant",
    "LinearOperatorCirculant",
    "LinearOperatorCirculant2D",
    "LinearOperatorCirculant3D",
]

_FORWARD = {1: fft, 2: fft2d, 3: fft3d}
_BACK = {1: ifft, 2: ifft2d, 3: ifft3d}


def as_complex(x: Any) -> Any:
    """`x` in the complex dtype of its precision."""
    if x.dtype.is_complex:
        return convert(x)
    return cast(x, complex128 if x.dtype == float64 else complex64)


class BaseLinearOperatorCirculant(LinearOperator):
    """What the circulants of 1, 2 and 3 levels share: `F^-1 diag(spectrum) F`, with `F` the Fourier transform."""

    _depth: ClassVar[int]

    def __init__(
        self,
        spectrum: Any,
        input_output_dtype: Any,
        is_non_singular: bool | None,
        is_self_adjoint: bool | None,
        is_positive_definite: bool | None,
        is_square: bool | None,
        name: str | None,
    ) -> None:
        given = {
            "spectrum": spectrum,
            "input_output_dtype": input_output_dtype,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "name": name,
        }
        self._spectrum = support.parameter(spectrum)
        if len(support.shape_of(self._spectrum)) < self._depth:
            raise ValueError(
                f"Argument `spectrum` must have at least {self._depth} dimensions. Received: {spectrum}."
            )
        if not self._spectrum.dtype.is_complex:
            is_self_adjoint = hints.must(
                is_self_adjoint,
                True,
                "A real spectrum always corresponds to a self-adjoint operator. Expected argument "
                f"`is_self_adjoint` to be True. Received: {is_self_adjoint}.",
            )
        hints.must(
            is_square,
            True,
            "A [[nested] block] circulant operator is always square. Expected argument `is_square` to be True. "
            f"Received: {is_square}.",
        )
        super().__init__(
            dtype=as_dtype(input_output_dtype),
            is_non_singular=is_non_singular,
            is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite,
            is_square=True,
            name=name,
            parameters=given,
        )

    @property
    def spectrum(self) -> Any:
        """The eigenvalues, by frequency."""
        return self._spectrum

    @property
    def block_depth(self) -> int:
        """The number of nested levels."""
        return self._depth

    @property
    def block_shape(self) -> TensorShape:
        """The sizes of the levels."""
        return TensorShape(list(self._blocks()))

    def block_shape_tensor(self) -> Any:
        """The sizes of the levels as an int32 vector."""
        return convert(list(self._blocks()), int32)

    def convolution_kernel(self, name: Any = "convolution_kernel") -> Any:
        """The kernel of the convolution: the first column of the matrix, of the spectrum's shape."""
        return cast(_BACK[self._depth](as_complex(self._spectrum)), self.dtype)

    def assert_hermitian_spectrum(self, name: Any = "assert_hermitian_spectrum") -> None:
        """Raise InvalidArgumentError unless the spectrum is Hermitian, so that the matrix is real."""
        kernel = _BACK[self._depth](as_complex(self._spectrum))
        size = modulus(imag(kernel))
        least = convert(100 * support.epsilon(size.dtype), size.dtype)
        scale = reduce_max(modulus(kernel), keepdims=True)
        assert_less(size, least * (scale + 1), message="Spectrum was not Hermitian")

    def _blocks(self) -> tuple[int, ...]:
        shape = support.shape_of(self._spectrum)
        return shape[len(shape) - self._depth :]

    def _batch(self) -> tuple[int, ...]:
        shape = support.shape_of(self._spectrum)
        return shape[: len(shape) - self._depth]

    def _shape(self) -> Any:
        size = support.volume(self._blocks())
        return (*self._batch(), size, size)

    def _axes(self) -> list[int]:
        return [-1 - i for i in range(self._depth)]

    def _filtered(self, x: Any, spectrum: Any, divide: bool) -> Any:
        """Columns `x` with their frequencies multiplied or divided by the spectrum."""
        # Columns become the last axis of the batch, rows the axes of the levels.
        rank = len(support.shape_of(x))
        rows = transpose(x, perm=[*range(rank - 2), rank - 1, rank - 2])
        shape = support.shape_of(rows)
        blocks = reshape(cast(rows, spectrum.dtype), (*shape[:-1], *self._blocks()))
        waves = _FORWARD[self._depth](blocks)
        spectrum = expand_dims(spectrum, -1 - self._depth)
        found = _BACK[self._depth](waves / spectrum if divide else waves * spectrum)
        batch = support.shape_of(found)[: -self._depth]
        flat = reshape(found, (*batch, shape[-1]))
        rank = len(batch) + 1
        return cast(transpose(flat, perm=[*range(rank - 2), rank - 1, rank - 2]), self.dtype)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        spectrum = support.conjugated(as_complex(self._spectrum), adjoint)
        return self._filtered(support.turned(x, adjoint_arg), spectrum, divide=False)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        spectrum = support.conjugated(as_complex(self._spectrum), adjoint)
        return self._filtered(support.turned(rhs, adjoint_arg), spectrum, divide=True)

    def _determinant(self) -> Any:
        return cast(reduce_prod(self._spectrum, axis=self._axes()), self.dtype)

    def _log_abs_determinant(self) -> Any:
        return cast(reduce_sum(log(modulus(self._spectrum)), axis=self._axes()), self.dtype)

    def _trace(self) -> Any:
        return cast(reduce_sum(self._spectrum, axis=self._axes()), self.dtype)

    def _diag_part(self) -> Any:
        size = support.volume(self._blocks())
        mean = self._trace() / support.size_as(size, self.dtype)
        return broadcast_to(support.column(mean), (*self._batch(), size))

    def _eigvals(self) -> Any:
        return reshape(convert(self._spectrum), (*self._batch(), support.volume(self._blocks())))

    def _cond(self) -> Any:
        sizes = modulus(self._spectrum)
        largest = reduce_max(sizes, axis=self._axes())
        return largest / reduce_min(sizes, axis=self._axes())

    def _assert_non_singular(self) -> None:
        support.assert_no_zeros(self._spectrum, "Singular operator:  Spectrum contained zero values.")

    def _assert_positive_definite(self) -> None:
        assert_positive(
            real(self._spectrum),
            message="Not positive definite:  Real part of spectrum was not all positive.",
        )

    def _assert_self_adjoint(self) -> None:
        support.assert_no_imaginary_part(
            self._spectrum, "Not self-adjoint:  The spectrum contained non-zero imaginary part."
        )

    def _linop_adjoint(self) -> Any:
        return type(self)(conj(self._spectrum), input_output_dtype=self.dtype, **hints.of(self))

    def _linop_inverse(self) -> Any:
        return type(self)(1.0 / convert(self._spectrum), input_output_dtype=self.dtype, **hints.of(self))


class LinearOperatorCirculant(BaseLinearOperatorCirculant):
    """Circulant matrices: each column is the one before, turned down by one.

    Args:
      spectrum: the Fourier transform of the first column, of shape `[..., n]`; a real one makes it self-adjoint.
      input_output_dtype: of what it acts on and gives. A real one drops imaginary parts, which are zero if the
        spectrum is Hermitian.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints.
      name: a name.

    Raises:
      ValueError: `spectrum` is a scalar, or hints that contradict each other.

    Source: `tf.linalg.LinearOperatorCirculant`.

    >>> import tfcompat_tape as tf
    >>> spectrum = tf.signal.fft(tf.constant([1.0, 2.0, 3.0], tf.complex64))
    >>> operator = tf.linalg.LinearOperatorCirculant(spectrum, input_output_dtype=tf.float32)
    >>> print(tf.round(operator.to_dense()).numpy())
    [[1. 3. 2.]
     [2. 1. 3.]
     [3. 2. 1.]]
    """

    _depth: ClassVar[int] = 1
    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"spectrum": 1}

    def __init__(
        self,
        spectrum: Any,
        input_output_dtype: DType = complex64,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        name: str | None = "LinearOperatorCirculant",
    ) -> None:
        super().__init__(
            spectrum,
            input_output_dtype,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name,
        )


class LinearOperatorCirculant2D(BaseLinearOperatorCirculant):
    """Block circulant matrices with circulant blocks: convolutions in 2 dimensions.

    Args:
      spectrum: the Fourier transform of the kernel, of shape `[..., n1, n2]`; the matrices have `n1 n2` rows.
      input_output_dtype: of what it acts on and gives.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints.
      name: a name.

    Raises:
      ValueError: `spectrum` has fewer than 2 axes, or hints that contradict each other.

    Source: `tf.linalg.LinearOperatorCirculant2D`.

    >>> import tfcompat_tape as tf
    >>> operator = tf.linalg.LinearOperatorCirculant2D(tf.ones([2, 3]), input_output_dtype=tf.float32)
    >>> operator.shape, operator.block_shape
    (TensorShape([6, 6]), TensorShape([2, 3]))
    """

    _depth: ClassVar[int] = 2
    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"spectrum": 2}

    def __init__(
        self,
        spectrum: Any,
        input_output_dtype: DType = complex64,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        name: str | None = "LinearOperatorCirculant2D",
    ) -> None:
        super().__init__(
            spectrum,
            input_output_dtype,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name,
        )


class LinearOperatorCirculant3D(BaseLinearOperatorCirculant):
    """Nested block circulant matrices: convolutions in 3 dimensions.

    Args:
      spectrum: the Fourier transform of the kernel, of shape `[..., n1, n2, n3]`; the matrices have `n1 n2 n3` rows.
      input_output_dtype: of what it acts on and gives.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints.
      name: a name.

    Raises:
      ValueError: `spectrum` has fewer than 3 axes, or hints that contradict each other.

    Source: `tf.linalg.LinearOperatorCirculant3D`.

    >>> import tfcompat_tape as tf
    >>> operator = tf.linalg.LinearOperatorCirculant3D(tf.ones([2, 3, 2]), input_output_dtype=tf.float32)
    >>> operator.shape, operator.block_depth
    (TensorShape([12, 12]), 3)
    """

    _depth: ClassVar[int] = 3
    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"spectrum": 3}

    def __init__(
        self,
        spectrum: Any,
        input_output_dtype: DType = complex64,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        name: str | None = "LinearOperatorCirculant3D",
    ) -> None:
        super().__init__(
            spectrum,
            input_output_dtype,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name,
        )
