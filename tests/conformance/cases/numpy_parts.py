"""`tf.experimental.numpy`: parts and places: indices, conditions, diagonals, sorting."""

from cases._numpy import ask

ask(
    "take",
    r"""
    tnp.take(x, [0, 2])
    tnp.take(x, [0, 2], 1)
    tnp.take(x, 1, axis=0)
    tnp.take(x, [[0, 1]], axis=1)
    tnp.take(x, -1)
    tnp.take(x, 9)
    tnp.take(x, [-1, 9], 1)
    tnp.take(x, [-1, 9], 1, mode="wrap")
    tnp.take(x, [-1, 9], 1, None, "clip")
    tnp.take(x, [-1, 9], 1, mode="raise")
    tnp.take(x, [-1, 9], 1, mode="fill")
    tnp.take(x, [0], 1, out=x)
    tnp.take([1, 2, 3], [1.0])
    tnp.take(x, [0], 3)
    tnp.take(x,tf.constant([1],tf.int64),-1)
    tnp.take(x,True,0)
    """,
)
ask(
    "take_along_axis",
    r"""
    tnp.take_along_axis(x, [[0], [1]], 1)
    tnp.take_along_axis(x, c([[0, 0, 0]]), 0)
    tnp.take_along_axis(x, c([1, 2]), None)
    tnp.take_along_axis(x, [[-1], [-2]], -1)
    tnp.take_along_axis(x, [[5], [1]], 1)
    tnp.take_along_axis(x, [0], 1)
    tnp.take_along_axis(cube, c([[[0], [1], [2]]]), 2)
    tnp.take_along_axis([3, 1, 2], tnp.argsort([3, 1, 2]), 0)
    """,
)
ask(
    "compress",
    r"""
    tnp.compress([True, False], x, 0)
    tnp.compress([True, False, True], x, axis=1)
    tnp.compress([True, False, True], x)
    tnp.compress([0, 1], x, 0)
    tnp.compress([True], x, 1)
    tnp.compress([[True]], x)
    tnp.compress([True, False, True, True], x, 1)
    tnp.compress(c([True, False]), [1, 2])
    """,
)
ask(
    "select",
    r"""
    tnp.select([[True, False], [False, True]], [[1, 2], [3, 4]])
    tnp.select([x > 3, x < 2], [x, x * 2])
    tnp.select([x > 3, x < 2], [x, x * 2], 7)
    tnp.select([x > 3], [x], default=-1.5)
    tnp.select([x > 3, x > 1], [1, 2.5], 0)
    tnp.select([x > 3], [x, x])
    tnp.select([], [])
    tnp.select([c(True)], [x], 0)
    tnp.select([i > 1], [i])
    tnp.select([i > 1], [i], 0.5)
    """,
)
ask(
    "where",
    r"""
    tnp.where(x > 2)
    tnp.where(x > 2, x, 0)
    tnp.where(x > 2, x, -x)
    tnp.where([True, False], 1, 2.5)
    tnp.where(c([True, False]), [1, 2], c([3.0, 4.0]))
    tnp.where(x, 1, 0)
    tnp.where(x > 2, x)
    tnp.where([0, 1])
    tnp.where(True, 1, 2)
    tnp.where([True, False, True], x, x)
    tnp.where([True, False], x, x)
    """,
)
ask(
    "nonzero",
    r"""
    tnp.nonzero(x)
    tnp.nonzero([0, 1, 2])
    tnp.nonzero(1)
    tnp.nonzero(0)
    tnp.nonzero([True, False])
    """,
)
ask(
    "diag",
    r"""
    tnp.diag([1, 2])
    tnp.diag([1, 2], 1)
    tnp.diag([1.0, 2.0], -1)
    tnp.diag(x)
    tnp.diag(x, 1)
    tnp.diag(x, k=-1)
    tnp.diag(x, 2)
    tnp.diag(x, 3)
    tnp.diag(x, 5)
    tnp.diag(x, -2)
    tnp.diag(x, -5)
    tnp.diag(cube)
    tnp.diag([])
    tnp.diag(tf.constant([],tf.float32),2)
    """,
)
ask(
    "diagonal",
    r"""
    tnp.diagonal(x)
    tnp.diagonal(x, 1)
    tnp.diagonal(x, -1)
    tnp.diagonal(x, 3)
    tnp.diagonal(x, -4)
    tnp.diagonal(cube)
    tnp.diagonal(cube, 1, 1, 2)
    tnp.diagonal(cube, axis1=2, axis2=0)
    tnp.diagonal(cube, offset=-1, axis1=-1, axis2=-2)
    tnp.diagonal(cube, 0, 1, 1)
    tnp.diagonal([1, 2])
    """,
)
ask(
    "diagflat",
    r"""
    tnp.diagflat([1, 2])
    tnp.diagflat([[1, 2], [3, 4]])
    tnp.diagflat([1, 2], 1)
    tnp.diagflat(x, k=-2)
    tnp.diagflat(3)
    """,
)
ask(
    "tril",
    r"""
    tnp.tril(x)
    tnp.tril(x, 1)
    tnp.tril(x, -1)
    tnp.tril(x, k=5)
    tnp.tril(x, -5)
    tnp.tril(cube)
    tnp.tril([[1, 2], [3, 4]])
    tnp.tril([1, 2])
    tnp.tril([[True, True], [True, True]])
    """,
)
ask(
    "triu",
    r"""
    tnp.triu(x)
    tnp.triu(x, 1)
    tnp.triu(x, -1)
    tnp.triu(x, k=5)
    tnp.triu(cube, 1)
    tnp.triu([[True, True], [True, True]])
    """,
)
ask(
    "trace",
    r"""
    tnp.trace(x)
    tnp.trace(x, 1)
    tnp.trace(x, -1)
    tnp.trace(cube)
    tnp.trace(cube, 0, 1, 2)
    tnp.trace(cube, axis1=2, axis2=1)
    tnp.trace(x, dtype=tnp.int32)
    tnp.trace(i)
    tnp.trace([[1, 2], [3, 4]], offset=5)
    tnp.trace(x,5)
    """,
)
ask(
    "sort",
    r"""
    tnp.sort([3, 1, 2])
    tnp.sort(x)
    tnp.sort(-x, 0)
    tnp.sort(-x, axis=None)
    tnp.sort([3, 1, 2], kind="mergesort")
    tnp.sort([3, 1, 2], kind="stable")
    tnp.sort([3, 1, 2], kind="foo")
    tnp.sort([3, 1, 2], order="a")
    tnp.sort(x, 3)
    tnp.sort([3.0, float("nan"), 1.0])
    tnp.sort(x,axis=0,kind=None)
    """,
)
ask(
    "argsort",
    r"""
    tnp.argsort([3, 1, 2])
    tnp.argsort(-x)
    tnp.argsort(-x, 0)
    tnp.argsort(-x, None)
    tnp.argsort([1, 1, 0, 0], kind="stable")
    tnp.argsort([1, 1, 0, 0], kind="mergesort")
    tnp.argsort([1, 1, 0, 0], kind="heapsort")
    tnp.argsort([1, 1, 0, 0], kind="foo")
    tnp.argsort([3, 1, 2], order="a")
    tnp.argsort(1)
    tnp.argsort(x,kind=None)
    """,
)
ask(
    "keys that begin with a boolean",
    r"""
    x[True, 0]
    x[True, :1]
    x[:, True]
    x[0, True]
    x[True, True]
    x[True, ...]
    x[None, True]
    v[True, 0]
    v[:, True]
    """,
)
