"""Derivatives of a tape beyond TensorFlow's methods: diagonals of Jacobians, Hessians, and products with them.

    from tfcompat_tape import derivatives

Each function takes the tape that recorded the target, once: no nested tapes, no function to call again. As with
`tape.gradient`, a tape that is not persistent is spent after one use. All are themselves recorded if an outer tape or
accumulator listens.
"""

from __future__ import annotations

from tfcompat_tape.tape.curvature import (
    gauss_newton_vector_product,
    hessian,
    hessian_vector_product,
)
from tfcompat_tape.tape.diagonal import diagonal_jacobian

__all__ = ["diagonal_jacobian", "gauss_newton_vector_product", "hessian", "hessian_vector_product"]
