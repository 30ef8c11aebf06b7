"""`tensorflow.python.ops.linalg.sparse.sparse_csr_matrix_ops`: products of sparse matrices."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = [
    "csr_sparse_matrix_to_sparse_tensor",
    "sparse_matrix_sparse_mat_mul",
    "sparse_tensor_to_csr_sparse_matrix",
]


tf: Any = import_module("tfcompat_tape")


def sparse_tensor_to_csr_sparse_matrix(
    indices: Any, values: Any, dense_shape: Any, name: str | None = None
) -> Any:
    """A sparse matrix, or a batch of them: here a SparseTensor."""
    return tf.SparseTensor(indices, values, dense_shape)


def csr_sparse_matrix_to_sparse_tensor(sparse_matrix: Any, type: Any, name: str | None = None) -> Any:
    """The matrix as a SparseTensor."""
    return sparse_matrix


def sparse_matrix_sparse_mat_mul(
    a: Any,
    b: Any,
    type: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    name: str | None = None,
) -> Any:
    """The product, with an element wherever a row of `a` and a column of `b` have one in common.

    It is computed as that of dense matrices.
    """
    flags = {
        "transpose_a": transpose_a,
        "transpose_b": transpose_b,
        "adjoint_a": adjoint_a,
        "adjoint_b": adjoint_b,
    }
    there = tf.matmul(
        _dense(a.with_values(tf.ones_like(a.values, tf.float32))),
        _dense(b.with_values(tf.ones_like(b.values, tf.float32))),
        **flags,
    )
    indices = tf.where(there > 0.0)
    product = tf.matmul(_dense(a), _dense(b), **flags)
    return tf.SparseTensor(indices, tf.gather_nd(product, indices), tf.shape(product, tf.int64))


def _dense(x: Any) -> Any:
    return tf.scatter_nd(x.indices, x.values, x.dense_shape)
