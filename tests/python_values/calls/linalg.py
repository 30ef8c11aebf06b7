"""Calls of tf.linalg and of products."""

from python_values.kinds import F, N, T, call, names

M, R = T([[2.0, 0.5], [0.25, 1.5]]), T([[1.0, 2.0], [0.5, 1.0]])
S = T([[2.0, 0.5], [0.5, 1.5]])
V = T([1.0, 0.5])

call("matmul", a=M, b=R)
call("matmul", label="of integers", a=T([[1, 2], [3, 4]]), b=T([[1, 0], [2, 1]]))
call("linalg.matvec", a=M, b=V)
call("tensordot", a=M, b=R, axes=N(1))
call("tensordot", label="axes", a=M, b=R, axes=N([[1], [0]]))
call("einsum", _=["ij,jk->ik", M, R])
call("linalg.cross", a=T([1.0, 0.5, 2.0]), b=T([0.5, 1.0, 1.0]))
for name in names("""
    cholesky det inv qr slogdet svd eigh eigvalsh expm logm lu logdet pinv matrix_rank trace
"""):
    call(f"linalg.{name}", _=[S])
for name in ["eig", "eigvals", "matrix_square_root"]:
    call(name, _=[S])
for name in ["adjoint", "matrix_transpose", "tensor_diag_part", "diag_part"]:
    call(f"linalg.{name}", _=[M])
call("linalg.tensor_diag", diagonal=V)
call("linalg.diag", diagonal=V, k=N(0), num_rows=N(2), num_cols=N(2), padding_value=T(0.5))
call("linalg.diag_part", label="k", input=M, k=N(1), padding_value=T(0.5))
call("linalg.set_diag", input=M, diagonal=V, k=N(0))
call("linalg.band_part", input=M, num_lower=N(0), num_upper=N(1))
call("linalg.solve", matrix=M, rhs=R)
call("linalg.triangular_solve", matrix=M, rhs=R)
call("linalg.cholesky_solve", chol=M, rhs=R)
call("linalg.lstsq", matrix=M, rhs=R, l2_regularizer=N(0.1))
call("linalg.lu_solve", lower_upper=M, perm=T([0, 1]), rhs=R)
call("linalg.lu_matrix_inverse", lower_upper=M, perm=T([0, 1]))
call("linalg.lu_reconstruct", lower_upper=M, perm=T([0, 1]))
call("linalg.banded_triangular_solve", bands=T([[2.0, 1.5], [0.0, 0.5]]), rhs=R)
call("linalg.tridiagonal_solve", diagonals=F(3, 2, low=0.5, high=2.5), rhs=V)
call("linalg.tridiagonal_matmul", diagonals=F(3, 2), rhs=R)
call("norm", tensor=M, axis=N(1))
call("norm", label="ord", tensor=M, ord=N(1), axis=N([0, 1]))
call("linalg.normalize", tensor=M, axis=N(1))
call("nn.l2_normalize", x=M, axis=N(1), epsilon=N(1e-12))
