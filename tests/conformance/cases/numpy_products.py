"""`tf.experimental.numpy`: products of vectors and matrices, and polynomials."""

from cases._numpy import ask

ask(
    "dot",
    r"""
    tnp.dot(x, [1, 2, 3])
    tnp.dot(2, x)
    tnp.dot(x, tnp.transpose(x))
    tnp.dot(cube, cube[0, 0])
    tnp.dot(cube, tnp.ones((4, 5)))
    tnp.dot(cube, tnp.ones((2, 4, 5)))
    tnp.dot([1, 2], [3, 4])
    tnp.dot(x, x)
    tnp.dot(1, 2)
    """,
)
ask(
    "inner",
    r"""
    tnp.inner([1, 2], [3, 4])
    tnp.inner(x, x)
    tnp.inner(x, 2)
    tnp.inner(cube, x)
    tnp.inner(x, [1, 2, 3])
    """,
)
ask(
    "outer",
    r"""
    tnp.outer([1, 2], [3, 4])
    tnp.outer(x, [1, 2])
    tnp.outer(2, [3])
    tnp.outer([1, 2], [3.5])
    """,
)
ask(
    "vdot",
    r"""
    tnp.vdot([1, 2], [3, 4])
    tnp.vdot(z, z)
    tnp.vdot(x, x)
    tnp.vdot(x, [1, 2])
    """,
)
ask(
    "matmul",
    r"""
    tnp.matmul(x, tnp.transpose(x))
    tnp.matmul(x, [1, 2, 3])
    tnp.matmul([1, 2], x)
    tnp.matmul([1, 2], [3, 4])
    tnp.matmul(cube, tnp.ones((2, 4, 1)))
    tnp.matmul(cube, tnp.ones((4, 1)))
    tnp.matmul(cube, [1, 2, 3, 4])
    tnp.matmul(x, 2)
    tnp.matmul(x, x)
    tnp.matmul([[1, 2], [3, 4]], [[1, 0], [0, 1]])
    tnp.matmul(x1=x, x2=[1, 2, 3])
    """,
)
ask(
    "tensordot",
    r"""
    tnp.tensordot(x, x, 2)
    tnp.tensordot(x, x, ([0], [0]))
    tnp.tensordot(x, tnp.transpose(x), 1)
    tnp.tensordot(x, x, 0)
    tnp.tensordot(x, x)
    tnp.tensordot(x, x, 1)
    tnp.tensordot([1, 2], [3.5, 4.5], 1)
    """,
)
ask(
    "einsum",
    r"""
    tnp.einsum("ij,ij->i", x, x)
    tnp.einsum("ij,jk", x, tnp.transpose(x))
    tnp.einsum("ii", tnp.eye(3))
    tnp.einsum("ij->ji", x)
    tnp.einsum("ij,j", x, [1, 2, 3])
    tnp.einsum("ij,j", x, [1.5, 2, 3])
    tnp.einsum("ij,ij->i", x, x, optimize=True)
    tnp.einsum("ij,ij->i", x, x, optimize="optimal")
    tnp.einsum("ij,ij->i", x, x, optimize=False)
    tnp.einsum("ij,ij->i", x, x, casting="safe")
    tnp.einsum("ij,ij->i", x, x, casting="unsafe")
    tnp.einsum("ij,ij->i", x, x, order="C")
    tnp.einsum("ij,ij->i", x, x, foo=1)
    tnp.einsum("ij", x)
    tnp.einsum("...j->...", cube)
    tnp.einsum("ij->i",[[1,2]])
    """,
)
ask(
    "kron",
    r"""
    tnp.kron([1, 2], [3, 4])
    tnp.kron(x, [[1, 2], [3, 4]])
    tnp.kron(x, [1, 2])
    tnp.kron([1, 2], x)
    tnp.kron(2, x)
    tnp.kron(cube, x)
    tnp.kron([1, 2], [0.5])
    """,
)
ask(
    "cross",
    r"""
    tnp.cross([1, 2, 3], [4, 5, 6])
    tnp.cross([1, 2], [3, 4])
    tnp.cross([1, 2], [3, 4, 5])
    tnp.cross([1, 2, 3], [4, 5])
    tnp.cross(x, x + 1)
    tnp.cross(x, [1, 2, 3])
    tnp.cross(tnp.transpose(x), tnp.transpose(x) + 1, 0, 0)
    tnp.cross(tnp.transpose(x), tnp.transpose(x) + 1, axis=0)
    tnp.cross(tnp.transpose(x), tnp.transpose(x) + 1, 0, 0, 0)
    tnp.cross([1.5, 2, 3], [4, 5, 6])
    tnp.cross([1, 2, 3, 4], [1, 2, 3, 4])
    tnp.cross(1, [1, 2, 3])
    tnp.cross(x[0],x[0],axisc=0)
    """,
)
ask(
    "polyval",
    r"""
    tnp.polyval([1, 2, 3], 2)
    tnp.polyval([1, 2, 3], x)
    tnp.polyval([1.5, 2], [1, 2])
    tnp.polyval(x, 2)
    tnp.polyval([], 2)
    tnp.polyval(3, 2)
    tnp.polyval(3,x)
    tnp.polyval([3],x)
    tnp.polyval(True,x)
    """,
)
