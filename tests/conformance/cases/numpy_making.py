"""`tf.experimental.numpy`: conversion, and arrays that are made from nothing."""

from cases._numpy import ask

ask(
    "array",
    r"""
    tnp.array(1)
    tnp.array(1.0)
    tnp.array(True)
    tnp.array(2j)
    tnp.array([])
    tnp.array([[]])
    tnp.array([1, 2.5])
    tnp.array([1, 2j])
    tnp.array([True, 1])
    tnp.array([True, False])
    tnp.array((1, 2))
    tnp.array(range(3))
    tnp.array(np.float32(1))
    tnp.array(np.arange(3, dtype=np.int8))
    tnp.array([np.float32(1), np.float32(2)])
    tnp.array([np.float32(1), 2.0])
    tnp.array([np.int8(1), 2])
    tnp.array(2**40)
    tnp.array(2**63)
    tnp.array([2**63])
    tnp.array(x)
    tnp.array(v)
    tnp.array(i)
    tnp.array(x, np.int32)
    tnp.array(x, dtype=tnp.int64)
    tnp.array(x, dtype="float16")
    tnp.array(x, dtype=tf.float64)
    tnp.array(x, dtype=float)
    tnp.array(x, dtype=int)
    tnp.array(x, dtype=bool)
    tnp.array(x, dtype=complex)
    tnp.array([1, 2], dtype=float)
    tnp.array([1, 2], dtype=int)
    tnp.array([1, 2], dtype=complex)
    tnp.array([1.7, -2.7], dtype=int)
    tnp.array([1.7, 0.0], dtype=bool)
    tnp.array([300, -1], dtype=np.uint8)
    tnp.array([1j], dtype=float)
    tnp.array([1, 2], ndmin=3)
    tnp.array(1, ndmin=2)
    tnp.array([[1.0]], ndmin=1)
    tnp.array([1, 2], np.int8, True, 2)
    tnp.array([c(1.0), c(2.0)])
    tnp.array([c(1.0), 2])
    tnp.array([1, c(2.0)])
    tnp.array([c(1), c(2.0)])
    tnp.array([c(1), 2.5])
    tnp.array([[c(1), 2], [3, 4.5]])
    tnp.array([c(1.0), 2], dtype=tnp.float64)
    tnp.array([x, x])
    tnp.array([i, [1, 2, 3]])
    tnp.array([tf.Variable(1.0), 2.0])
    tnp.array([[1, 2], [3]])
    tnp.array("a")
    tnp.array(["a", "b"])
    tnp.array(b"a")
    tnp.array(None)
    tnp.array([None])
    tnp.array({})
    tnp.array(1, copy=False)
    tnp.array(x, dtype="foo")
    tnp.array(np.array(["a"]))
    tnp.array(tf.IndexedSlices(c([[1.0]]), c([0]), c([2, 1])))
    """,
)
ask(
    "asarray",
    r"""
    tnp.asarray([1, 2])
    tnp.asarray(x)
    tnp.asarray(x) is x
    tnp.asarray(x, tnp.float32) is x
    tnp.asarray(x, tnp.float64)
    tnp.asarray([1, 2], tnp.float32)
    """,
)
ask(
    "asanyarray",
    r"""
    tnp.asanyarray([1.0, 2.0])
    tnp.asanyarray([1.0, 2.0], tnp.int8)
    """,
)
ask(
    "ascontiguousarray",
    r"""
    tnp.ascontiguousarray(3.0)
    tnp.ascontiguousarray([3], dtype=tnp.float16)
    """,
)
ask(
    "copy",
    r"""
    tnp.copy([1, 2])
    tnp.copy(x)
    tnp.copy(v)
    tnp.copy(x) is x
    """,
)
ask(
    "zeros",
    r"""
    tnp.zeros(3)
    tnp.zeros((2, 3))
    tnp.zeros([2, 0])
    tnp.zeros((), tnp.int8)
    tnp.zeros(2, dtype=tf.int32)
    tnp.zeros(2, dtype=bool)
    tnp.zeros(2, dtype=int)
    tnp.zeros(2, dtype="complex64")
    tnp.zeros(c([2, 3]))
    tnp.zeros(-1)
    tnp.zeros(2.5)
    tnp.zeros(None)
    tnp.zeros(2, dtype=None)
    """,
)
ask(
    "ones",
    r"""
    tnp.ones(3)
    tnp.ones((2, 3), dtype=tnp.float32)
    tnp.ones([2], dtype=complex)
    tnp.ones([2], bool)
    tnp.ones([2], tnp.uint64)
    tnp.ones((2, -1))
    """,
)
ask(
    "empty",
    r"""
    tnp.empty(3)
    tnp.empty((2, 1), tnp.int16)
    """,
)
ask(
    "empty_like",
    r"""
    tnp.empty_like([1, 2])
    tnp.empty_like(x, tnp.int8)
    """,
)
ask(
    "zeros_like",
    r"""
    tnp.zeros_like(x)
    tnp.zeros_like([1, 2])
    tnp.zeros_like([1.5, 2])
    tnp.zeros_like(i, dtype=tnp.float32)
    tnp.zeros_like(i, dtype=float)
    tnp.zeros_like(True)
    tnp.zeros_like(v)
    """,
)
ask(
    "ones_like",
    r"""
    tnp.ones_like(x)
    tnp.ones_like([1, 2])
    tnp.ones_like(z)
    tnp.ones_like(i, dtype=tnp.float16)
    tnp.ones_like(1.0, int)
    tnp.ones_like("a")
    """,
)
ask(
    "full",
    r"""
    tnp.full(3, 7)
    tnp.full((2, 2), 1.5)
    tnp.full((2, 2), 1.5, tnp.int32)
    tnp.full((2, 3), [1, 2, 3])
    tnp.full((2, 3), i)
    tnp.full((2, 3), [1, 2])
    tnp.full(2, True)
    tnp.full(2, 1, dtype=float)
    tnp.full((), 2j)
    tnp.full(2, x)
    """,
)
ask(
    "full_like",
    r"""
    tnp.full_like(x, 2)
    tnp.full_like(i, 2.7)
    tnp.full_like([1, 2], 2.7)
    tnp.full_like(x, 2, dtype=tnp.int64)
    tnp.full_like(x, [1, 2, 3])
    tnp.full_like(x, 1, order="C")
    tnp.full_like(x, 1, subok=False)
    tnp.full_like(x, 1, shape=(2,))
    """,
)
ask(
    "eye",
    r"""
    tnp.eye(2)
    tnp.eye(2, 3)
    tnp.eye(2, 3, 1)
    tnp.eye(3, 2, -1)
    tnp.eye(3, k=5)
    tnp.eye(3, k=-5)
    tnp.eye(3, k=3)
    tnp.eye(3, k=-3)
    tnp.eye(0)
    tnp.eye(2, dtype=tnp.int32)
    tnp.eye(2, dtype=int)
    tnp.eye(2, dtype=bool)
    tnp.eye(2, dtype=tnp.complex64)
    tnp.eye(2.5)
    tnp.eye(-1)
    """,
)
ask(
    "identity",
    r"""
    tnp.identity(3)
    tnp.identity(2, tnp.float32)
    tnp.identity(0, int)
    """,
)
ask(
    "tri",
    r"""
    tnp.tri(3)
    tnp.tri(2, 3)
    tnp.tri(2, 3, 1)
    tnp.tri(3, 2, -1)
    tnp.tri(3, dtype=tnp.int32)
    tnp.tri(3, dtype=int)
    tnp.tri(3, 3, -3)
    tnp.tri(3, 3, -4)
    tnp.tri(3, 3, 5)
    tnp.tri(0)
    tnp.tri(2, dtype=bool)
    """,
)
ask(
    "arange",
    r"""
    tnp.arange(5)
    tnp.arange(5.0)
    tnp.arange(2, 5)
    tnp.arange(2, 9, 3)
    tnp.arange(5, 2, -1)
    tnp.arange(0, 1, 0.25)
    tnp.arange(3, dtype=tnp.float32)
    tnp.arange(3, dtype=float)
    tnp.arange(3, dtype=int)
    tnp.arange(3, dtype=tnp.int8)
    tnp.arange(2.5, 5)
    tnp.arange(5, 2)
    tnp.arange(0)
    tnp.arange(1, 5, 0)
    tnp.arange(1, 5, step=2)
    tnp.arange(c(3))
    tnp.arange(c(3.0))
    tnp.arange(np.float32(3))
    tnp.arange(np.int8(3))
    tnp.arange(0, c(4), 2)
    tnp.arange(2j)
    tnp.arange(True)
    tnp.arange([3])
    tnp.arange(3, dtype=bool)
    """,
)
ask(
    "linspace",
    r"""
    tnp.linspace(0, 1, 5)
    tnp.linspace(0, 1)
    tnp.linspace(0.0, 1.0, 5, endpoint=False)
    tnp.linspace(0, 1, 5, retstep=True)
    tnp.linspace(0, 1, 5, endpoint=False, retstep=True)
    tnp.linspace(0, 1, 1)
    tnp.linspace(0, 1, 1, retstep=True)
    tnp.linspace(0, 1, 0)
    tnp.linspace(2, 1, 3)
    tnp.linspace(0, 10, 5, dtype=tnp.int32)
    tnp.linspace(0, 10, 4, dtype=int)
    tnp.linspace(0, 10, 4, dtype=tnp.float32)
    tnp.linspace(c(0.0), c(1.0), 3)
    tnp.linspace([0, 1], [1, 3], 3)
    tnp.linspace([0, 1], [1, 3], 3, axis=1)
    tnp.linspace([0, 1], [1, 3], 3, axis=-1)
    tnp.linspace([0, 1], [1, 3], 3, endpoint=False, axis=1)
    tnp.linspace([0, 1], 5, 3)
    tnp.linspace(0, 1, 3, dtype=complex)
    tnp.linspace(0, 1j, 3)
    tnp.linspace(0, 1, -1)
    tnp.linspace(0, 1, 2.5)
    tnp.linspace(0, 1, 3, dtype=None)
    """,
)
ask(
    "logspace",
    r"""
    tnp.logspace(0, 2, 3)
    tnp.logspace(0, 2, 3, base=2)
    tnp.logspace(0, 2, 4, endpoint=False)
    tnp.logspace(0, 2, 3, dtype=tnp.int32)
    tnp.logspace(0, 2, 3, dtype=tnp.float32)
    tnp.logspace([0, 1], [2, 3], 3, axis=1)
    tnp.logspace(0, 2, 1)
    """,
)
ask(
    "geomspace",
    r"""
    tnp.geomspace(1, 100, 3)
    tnp.geomspace(1.0, 100.0, 3)
    tnp.geomspace(1, 256, 9)
    tnp.geomspace(1, 100, 3, endpoint=False)
    tnp.geomspace(1, 100, 3, dtype=tnp.float32)
    tnp.geomspace(1, 100, 3, dtype=tnp.int32)
    tnp.geomspace(-1.0, -100.0, 3)
    tnp.geomspace(c([1.0, 2.0]), c([10.0, 20.0]), 3)
    tnp.geomspace(c([1.0, 2.0]), c([10.0, 20.0]), 3, axis=1)
    tnp.geomspace(0, 100, 3)
    tnp.geomspace(1, 100, 1)
    tnp.geomspace(1, 100, 0)
    """,
)
ask(
    "meshgrid",
    r"""
    tnp.meshgrid([1, 2], [3, 4, 5])
    tnp.meshgrid([1, 2], [3, 4, 5], indexing="ij")
    tnp.meshgrid([1, 2])
    tnp.meshgrid()
    tnp.meshgrid([1, 2], [3.5], c([1, 2]))
    tnp.meshgrid(1, 2)
    tnp.meshgrid([1, 2], [3, 4], sparse=True)
    tnp.meshgrid([1, 2], [3, 4], copy=False)
    tnp.meshgrid([1, 2], [3, 4], indexing="ab")
    tnp.meshgrid([[1, 2]], [3, 4])
    tnp.meshgrid([1, 2], foo=3)
    """,
)
ask(
    "diag_indices",
    r"""
    tnp.diag_indices(3)
    tnp.diag_indices(2, 3)
    tnp.diag_indices(0)
    """,
)
ask(
    "vander",
    r"""
    tnp.vander([1, 2, 3])
    tnp.vander([1.0, 2.0, 3.0], 2)
    tnp.vander([1, 2, 3], 4)
    tnp.vander([1, 2, 3], increasing=True)
    tnp.vander([1, 2, 3], N=0)
    tnp.vander([1, 2, 3], N=-1)
    tnp.vander(c([1.0, 2.0]))
    tnp.vander(x)
    """,
)
ask(
    "ix_",
    r"""
    tnp.ix_([0, 1], [2, 3])
    tnp.ix_([0, 1])
    tnp.ix_([0, 1], [True, False], [4])
    tnp.ix_()
    tnp.ix_([[0]], [1])
    tnp.ix_(c([1, 2], tf.int64), c([1], tf.int32))
    tnp.ix_([1.5], [2])
    tnp.ix_([], [1])
    """,
)
