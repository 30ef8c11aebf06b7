"""`tf.experimental.numpy`: how its functions may be called, and what bad arguments raise."""

from cases._numpy import ask

ask(
    "reshape",
    r"""
    tnp.reshape(x, 6)
    tnp.reshape(x, (3, 2))
    tnp.reshape(x, [-1])
    tnp.reshape(x, (3, -1), order="F")
    tnp.reshape(x, (3, 2), "F")
    tnp.reshape(x, (3, 2), "A")
    tnp.reshape(x, (3, 2), "K")
    tnp.reshape(x, (4,))
    tnp.reshape([1, 2], (2, 1))
    tnp.reshape(x, c([3, 2]))
    tnp.reshape(x, (-1, -1))
    tnp.reshape(1, ())
    tnp.reshape(x, (3.0, 2))
    """,
)
ask(
    "ravel",
    r"""
    tnp.ravel(x)
    tnp.ravel([[1, 2], [3, 4]])
    tnp.ravel(1)
    """,
)
ask(
    "flatten",
    r"""
    tnp.flatten(x)
    tnp.flatten(x, "F")
    tnp.flatten(x, "A")
    tnp.flatten(x, "K")
    tnp.flatten(x, "Z")
    tnp.flatten([[1, 2]])
    """,
)
ask(
    "transpose",
    r"""
    tnp.transpose(x)
    tnp.transpose(cube)
    tnp.transpose(cube, (1, 0, 2))
    tnp.transpose(cube, axes=[-1, 0, 1])
    tnp.transpose(cube, (0, 1))
    tnp.transpose(cube, (0, 0, 1))
    tnp.transpose([1, 2])
    tnp.transpose(1)
    tnp.transpose(x, 1)
    """,
)
ask(
    "swapaxes",
    r"""
    tnp.swapaxes(cube, 0, 2)
    tnp.swapaxes(cube, -1, 0)
    tnp.swapaxes(x, 0, 0)
    tnp.swapaxes(x, 0, 2)
    tnp.swapaxes([[1, 2]], 0, 1)
    """,
)
ask(
    "moveaxis",
    r"""
    tnp.moveaxis(cube, 0, -1)
    tnp.moveaxis(cube, (0, 1), (-1, -2))
    tnp.moveaxis(cube, [0, 1], [1, 2])
    tnp.moveaxis(cube, 2, 0)
    tnp.moveaxis(cube, (0, 1), (0,))
    tnp.moveaxis(cube, 5, 0)
    tnp.moveaxis(cube, (0, 0), (1, 2))
    tnp.moveaxis(x,-1,-1)
    """,
)
ask(
    "expand_dims",
    r"""
    tnp.expand_dims(x, 0)
    tnp.expand_dims(x, -1)
    tnp.expand_dims([1, 2], 1)
    tnp.expand_dims(x, (0, 1))
    tnp.expand_dims(x, 5)
    tnp.expand_dims(x, None)
    """,
)
ask(
    "squeeze",
    r"""
    tnp.squeeze(c([[[1.0], [2.0]]]))
    tnp.squeeze(c([[[1.0], [2.0]]]), 0)
    tnp.squeeze(c([[[1.0], [2.0]]]), (0, 2))
    tnp.squeeze(c([[[1.0], [2.0]]]), [0])
    tnp.squeeze(c([[[1.0], [2.0]]]), 1)
    tnp.squeeze(c([[[1.0], [2.0]]]), 4)
    tnp.squeeze([[1]])
    """,
)
ask(
    "broadcast_to",
    r"""
    tnp.broadcast_to([1, 2, 3], (2, 3))
    tnp.broadcast_to(1, 3)
    tnp.broadcast_to(x, (2, 2, 3))
    tnp.broadcast_to(x, (3, 2))
    tnp.broadcast_to([1, 2], [2])
    """,
)
ask(
    "broadcast_arrays",
    r"""
    tnp.broadcast_arrays([1, 2, 3], [[1], [2]])
    tnp.broadcast_arrays(1, x)
    tnp.broadcast_arrays([1, 2])
    tnp.broadcast_arrays([1, 2], [1, 2, 3])
    tnp.broadcast_arrays()
    tnp.broadcast_arrays([1], 2.5, subok=True)
    tnp.broadcast_arrays([1], 2.5, foo=1)
    """,
)
ask(
    "atleast_1d",
    r"""
    tnp.atleast_1d(1)
    tnp.atleast_1d([1], 2.5)
    tnp.atleast_1d(x)
    tnp.atleast_1d()
    """,
)
ask(
    "atleast_2d",
    r"""
    tnp.atleast_2d(1)
    tnp.atleast_2d([1, 2])
    tnp.atleast_2d([1, 2], 2.5)
    """,
)
ask(
    "atleast_3d",
    r"""
    tnp.atleast_3d(1)
    tnp.atleast_3d([1, 2])
    tnp.atleast_3d([[1, 2]])
    tnp.atleast_3d(cube, 1)
    """,
)
ask(
    "concatenate",
    r"""
    tnp.concatenate(([1, 2], [3]))
    tnp.concatenate([x, x])
    tnp.concatenate([x, x], 1)
    tnp.concatenate([x, x], axis=-1)
    tnp.concatenate([[1, 2], [3.5]])
    tnp.concatenate([x, [[1, 2, 3]]])
    tnp.concatenate([c([1]), c([1.5])])
    tnp.concatenate([x])
    tnp.concatenate([])
    tnp.concatenate(x)
    tnp.concatenate([x, x], 2)
    tnp.concatenate([x, x], None)
    tnp.concatenate([1, 2])
    tnp.concatenate([x, [1, 2]])
    tnp.concatenate(1)
    tnp.concatenate([[True], [2]])
    """,
)
ask(
    "stack",
    r"""
    tnp.stack([x, x])
    tnp.stack([x, x], 1)
    tnp.stack([x, x], axis=-1)
    tnp.stack([1, 2.5])
    tnp.stack([c(1), c(2.5)])
    tnp.stack([[1, 2], [3, 4]])
    tnp.stack([x, x], 3)
    tnp.stack([])
    tnp.stack(x)
    tnp.stack(x, 1)
    tnp.stack([x, [1, 2]])
    """,
)
ask(
    "hstack",
    r"""
    tnp.hstack([[1, 2], [3]])
    tnp.hstack([x, x])
    tnp.hstack([1, 2])
    tnp.hstack([c([1]), c([2.5])])
    tnp.hstack(x)
    tnp.hstack([])
    """,
)
ask(
    "vstack",
    r"""
    tnp.vstack([[1, 2], [3, 4]])
    tnp.vstack([x, x])
    tnp.vstack([1, 2])
    tnp.vstack([x, [1, 2, 3]])
    tnp.vstack(x)
    """,
)
ask(
    "dstack",
    r"""
    tnp.dstack([[1, 2], [3, 4]])
    tnp.dstack([x, x])
    tnp.dstack([1, 2])
    tnp.dstack(x)
    """,
)
ask(
    "append",
    r"""
    tnp.append([1, 2], [3, 4])
    tnp.append([[1, 2]], [[3, 4]], 0)
    tnp.append([[1, 2]], [[3, 4]], axis=1)
    tnp.append([1, 2], 3)
    tnp.append([1, 2], 3.5)
    tnp.append(x, x)
    tnp.append(x, [1], 0)
    """,
)
ask(
    "split",
    r"""
    tnp.split(c([1, 2, 3, 4]), 2)
    tnp.split([1, 2, 3, 4], [1, 3])
    tnp.split(x, 3, 1)
    tnp.split(x, 3, axis=-1)
    tnp.split(x, 2)
    tnp.split(x, 4)
    tnp.split(x, [1], 1)
    tnp.split(x, [], 1)
    tnp.split(x, [1, 1, 2], 1)
    tnp.split(x, [2, 1], 1)
    tnp.split(x, [5], 1)
    tnp.split(x, [-1], 1)
    tnp.split(x, c([1]), 1)
    tnp.split(x, np.array([1, 2]), 1)
    tnp.split(x, 0)
    tnp.split(x, 2, 3)
    tnp.split(1, 2)
    tnp.split(x,tf.constant(3),1)
    tnp.split(x,np.int64(3),1)
    """,
)
ask(
    "hsplit",
    r"""
    tnp.hsplit(x, 3)
    tnp.hsplit([1, 2], 2)
    tnp.hsplit(x, [1])
    tnp.hsplit(1, 1)
    tnp.hsplit(i,3)
    """,
)
ask(
    "vsplit",
    r"""
    tnp.vsplit(x, 2)
    tnp.vsplit(x, [1])
    tnp.vsplit([1, 2], 2)
    """,
)
ask(
    "dsplit",
    r"""
    tnp.dsplit(cube, 2)
    tnp.dsplit(cube, [1, 3])
    tnp.dsplit(x, 1)
    """,
)
ask(
    "repeat",
    r"""
    tnp.repeat([1, 2], 2)
    tnp.repeat([1, 2], [2, 1])
    tnp.repeat(x, 2)
    tnp.repeat(x, 2, 0)
    tnp.repeat(x, [1, 2, 0], axis=1)
    tnp.repeat(x, 2, -1)
    tnp.repeat(3, 2)
    tnp.repeat(x, [1, 2], 1)
    tnp.repeat(x, -1)
    tnp.repeat(x, 0)
    tnp.repeat(x, 2.5)
    tnp.repeat(x,tf.constant([1,2]),0)
    """,
)
ask(
    "tile",
    r"""
    tnp.tile([1, 2], 2)
    tnp.tile([1, 2], (2, 1))
    tnp.tile(x, 2)
    tnp.tile(x, (2, 2, 1))
    tnp.tile(x, [2])
    tnp.tile(1, 3)
    tnp.tile(x, 0)
    tnp.tile(x, -1)
    tnp.tile(x, ())
    """,
)
ask(
    "roll",
    r"""
    tnp.roll([1, 2, 3], 1)
    tnp.roll(x, 1)
    tnp.roll(x, 1, 0)
    tnp.roll(x, -1, axis=1)
    tnp.roll(x, (1, 1), (0, 1))
    tnp.roll(x, 1, (0, 1))
    tnp.roll(x, (1, 2), 1)
    tnp.roll(x, 1, 2)
    tnp.roll(x, 7)
    tnp.roll(1, 1)
    tnp.roll(x, c(1))
    tnp.roll(x,tf.constant([1,1]),[0,1])
    """,
)
ask(
    "flip",
    r"""
    tnp.flip(x)
    tnp.flip(x, 0)
    tnp.flip(x, axis=-1)
    tnp.flip(x, (0, 1))
    tnp.flip(x, 2)
    tnp.flip([1, 2])
    tnp.flip(1)
    """,
)
ask(
    "flipud",
    r"""
    tnp.flipud(x)
    tnp.flipud([1, 2])
    tnp.flipud(1)
    """,
)
ask(
    "fliplr",
    r"""
    tnp.fliplr(x)
    tnp.fliplr([1, 2])
    """,
)
ask(
    "rot90",
    r"""
    tnp.rot90(x)
    tnp.rot90(x, 2)
    tnp.rot90(x, 3)
    tnp.rot90(x, -1)
    tnp.rot90(x, 4)
    tnp.rot90(x, k=1, axes=(1, 0))
    tnp.rot90(cube, 1, (1, 2))
    tnp.rot90(cube, 1, (0, -1))
    tnp.rot90([1, 2])
    tnp.rot90(x, 1, (0, 0))
    tnp.rot90(x, 1, (0, 3))
    tnp.rot90(x, 1, (0,))
    tnp.rot90(x,k=1,axes=[0,1])
    """,
)
ask(
    "pad",
    r"""
    tnp.pad([1, 2], 1, "constant")
    tnp.pad([1, 2], (1, 2), "constant")
    tnp.pad([1, 2], [(1, 2)], "constant")
    tnp.pad(x, ((1, 0), (0, 2)), "constant")
    tnp.pad(x, ((1, 0), (0, 2)), "constant", constant_values=7)
    tnp.pad(x, ((1, 0), (0, 2)), "reflect")
    tnp.pad(x, ((1, 0), (0, 2)), "symmetric")
    tnp.pad(x, ((1, 0), (0, 2)), "edge")
    tnp.pad(x, ((1, 0), (0, 2)), "CONSTANT")
    tnp.pad(x, 1, "constant")
    tnp.pad(x, [[1, 1]], "constant")
    tnp.pad([[1, 2]], ((1, 0), (0, 2)), "constant", constant_values=1.5)
    tnp.pad(x, ((3, 0), (0, 2)), "reflect")
    tnp.pad(x, ((1, 0), (0, 2)), "reflect", foo=1)
    tnp.pad(x, ((1, 0), (0, 2)), "constant", constant_values=c(2.0))
    """,
)
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
    "sum",
    r"""
    tnp.sum(x)
    tnp.sum(x, 0)
    tnp.sum(x, axis=-1)
    tnp.sum(x, (0, 1))
    tnp.sum(x, keepdims=True)
    tnp.sum(x, 1, keepdims=True)
    tnp.sum(x, dtype=tnp.int32)
    tnp.sum(x, dtype=float)
    tnp.sum([1, 2], dtype=tnp.int8)
    tnp.sum(i)
    tnp.sum(i, dtype=tnp.int32)
    tnp.sum([True, True])
    tnp.sum([True, True], dtype=bool)
    tnp.sum(x, 2)
    tnp.sum(x, (0, 0))
    tnp.sum(x, [0])
    tnp.sum([])
    tnp.sum(1)
    tnp.sum(c([100, 100], tf.int8))
    tnp.sum(c([200, 100], tf.uint8))
    tnp.sum(z)
    """,
)
ask(
    "prod",
    r"""
    tnp.prod(x + 1)
    tnp.prod(x + 1, 0)
    tnp.prod(i)
    tnp.prod(i, dtype=tnp.float32)
    tnp.prod([True, False])
    tnp.prod([])
    tnp.prod(x + 1, 1, keepdims=True)
    """,
)
ask(
    "mean",
    r"""
    tnp.mean(x)
    tnp.mean(x, 0)
    tnp.mean(x, axis=(0, 1))
    tnp.mean(x, 1, keepdims=True)
    tnp.mean(i)
    tnp.mean(i, dtype=tnp.float32)
    tnp.mean([1, 2])
    tnp.mean([True, False])
    tnp.mean(x, dtype=tnp.int32)
    tnp.mean(x, dtype=tnp.float64)
    tnp.mean(x, out=x)
    tnp.mean([])
    tnp.mean(z)
    tnp.mean(c([1.0, 2.0], tf.float16))
    """,
)
ask(
    "var",
    r"""
    tnp.var(x)
    tnp.var(x, 0)
    tnp.var(x, 1, keepdims=True)
    tnp.var(x, ddof=1)
    tnp.var(x, 0, ddof=1)
    tnp.var(i)
    tnp.var(i, dtype=tnp.float32)
    tnp.var(z)
    tnp.var([1, 2])
    tnp.var(x, dtype=tnp.float64)
    tnp.var(x, out=x)
    tnp.var(x, dtype=tnp.int32)
    tnp.var(i, ddof=1)
    tnp.var(x,dtype=tnp.float64,ddof=1)
    tnp.var(x,1,ddof=1,dtype=tnp.float32)
    tnp.var(i,dtype=tnp.float64,ddof=1)
    tnp.var(i,dtype=tnp.int32,ddof=1)
    tnp.var(tf.constant([1+2j,3j]),dtype=tnp.complex128,ddof=1)
    tnp.var(tf.constant([1+2j,3j]),dtype=tnp.float64)
    tnp.var(tf.constant([1+2j,3j]),dtype=tnp.complex64)
    """,
)
ask(
    "std",
    r"""
    tnp.std(x)
    tnp.std(x, 0)
    tnp.std(x, 1, True)
    tnp.std(i)
    tnp.std([1, 2, 4])
    tnp.std(z)
    tnp.std(x,(0,1))
    """,
)
ask(
    "ptp",
    r"""
    tnp.ptp(x)
    tnp.ptp(x, 0)
    tnp.ptp(x, 1, True)
    tnp.ptp(i)
    """,
)
ask(
    "amax",
    r"""
    tnp.amax(x)
    tnp.amax(x, 0)
    tnp.amax(x, 1, keepdims=True)
    tnp.amax(x, out=x)
    tnp.amax(i)
    """,
)
ask(
    "amin",
    r"""
    tnp.amin(x)
    tnp.amin(x, (0, 1))
    tnp.amin(x, out=x)
    """,
)
ask(
    "max",
    r"""
    tnp.max(x, 0, True)
    tnp.max([])
    tnp.max([True, False])
    tnp.max(x, 2)
    """,
)
ask(
    "min",
    r"""
    tnp.min(x, axis=1)
    """,
)
ask(
    "all",
    r"""
    tnp.all(x)
    tnp.all(x, 0)
    tnp.all(x, 1, True)
    tnp.all([1, 2])
    tnp.all([])
    """,
)
ask(
    "any",
    r"""
    tnp.any(x)
    tnp.any(x, 0)
    tnp.any(x, 1, keepdims=True)
    tnp.any([])
    """,
)
ask(
    "argmax",
    r"""
    tnp.argmax(x)
    tnp.argmax(x, 0)
    tnp.argmax(x, axis=1)
    tnp.argmax([3, 1, 2])
    tnp.argmax(3)
    tnp.argmax(x, 2)
    tnp.argmax([True, False])
    """,
)
ask(
    "argmin",
    r"""
    tnp.argmin(x)
    tnp.argmin(-x, 1)
    tnp.argmin([])
    """,
)
ask(
    "count_nonzero",
    r"""
    tnp.count_nonzero(x)
    tnp.count_nonzero(x, 0)
    tnp.count_nonzero([0, 1, 2])
    tnp.count_nonzero([True, False])
    tnp.count_nonzero(x, (0, 1))
    """,
)
ask(
    "cumsum",
    r"""
    tnp.cumsum(x)
    tnp.cumsum(x, 0)
    tnp.cumsum(x, -1)
    tnp.cumsum(x, axis=1, dtype=tnp.float64)
    tnp.cumsum(i)
    tnp.cumsum(i, dtype=tnp.int32)
    tnp.cumsum([1, 2, 3])
    tnp.cumsum([True, True])
    tnp.cumsum([True, True], dtype=int)
    tnp.cumsum(x, 2)
    tnp.cumsum(3)
    """,
)
ask(
    "cumprod",
    r"""
    tnp.cumprod(x + 1)
    tnp.cumprod(x + 1, 0)
    tnp.cumprod(i)
    tnp.cumprod([1, 2, 3], dtype=tnp.float32)
    """,
)
ask(
    "average",
    r"""
    tnp.average(x)
    tnp.average(x, 0)
    tnp.average(x, 1, [1, 2, 3])
    tnp.average(x, 1, [1.0, 2.0, 3.0], True)
    tnp.average(x, weights=x)
    tnp.average(x, weights=x, returned=True)
    tnp.average(x, weights=[1, 2, 3])
    tnp.average(x, 1, [1, 2])
    tnp.average(x, (0, 1))
    tnp.average(x, returned=True)
    tnp.average([1, 2])
    tnp.average([1.0, 2.0], weights=[1, 3])
    tnp.average(x, 0, [0.0, 0.0])
    tnp.average(x,-1,[1,2,3],True)
    tnp.average(x,1,returned=True)
    tnp.average(x,weights=[1],returned=True)
    """,
)
ask(
    "nansum",
    r"""
    tnp.nansum([1.0, float("nan")])
    tnp.nansum(x, 0)
    tnp.nansum(x, 1, keepdims=True)
    tnp.nansum([1.0, float("nan")], dtype=tnp.float32)
    tnp.nansum([1, 2])
    """,
)
ask(
    "nanprod",
    r"""
    tnp.nanprod([2.0, float("nan")])
    tnp.nanprod(x, 0)
    """,
)
ask(
    "nanmean",
    r"""
    tnp.nanmean([1.0, float("nan")])
    tnp.nanmean(x, 0)
    tnp.nanmean(x, 1, keepdims=True)
    tnp.nanmean([float("nan")])
    tnp.nanmean([1.0, float("nan")], dtype=tnp.float32)
    tnp.nanmean([1, 2])
    tnp.nanmean(i,dtype=tnp.float32)
    tnp.nanmean(x,dtype=tnp.int32)
    """,
)
ask(
    "diff",
    r"""
    tnp.diff([1, 3, 6])
    tnp.diff([1, 3, 6], 2)
    tnp.diff([1, 3, 6], 0)
    tnp.diff([1, 3, 6], 3)
    tnp.diff(x, axis=0)
    tnp.diff(x, 1, -1)
    tnp.diff([True, False, True])
    tnp.diff(x, -1)
    tnp.diff(1)
    tnp.diff(x, 1, 2)
    """,
)
ask(
    "clip",
    r"""
    tnp.clip(x, 1, 3)
    tnp.clip(x, None, 3)
    tnp.clip(x, 1, None)
    tnp.clip(x, None, None)
    tnp.clip(i, 1.5, 2.5)
    tnp.clip([1, 2, 3], 2, 2)
    tnp.clip(x, [1, 2, 3], 4)
    tnp.clip(x, a_min=c(2), a_max=c(3))
    tnp.clip(x, 3, 1)
    tnp.clip("a",x,3)
    tnp.clip("a",2,3)
    tnp.clip("a","b","c")
    """,
)
ask(
    "around",
    r"""
    tnp.around(1.25, 1)
    tnp.around([1.5, 2.5, -0.5])
    tnp.around([15, 25], -1)
    tnp.around(x * 1.234, 2)
    tnp.around([1.5 + 2.5j])
    """,
)
ask(
    "round",
    r"""
    tnp.round(x * 1.234, 1)
    tnp.round([1.55], decimals=1)
    tnp.round(i, -1)
    """,
)
ask(
    "angle",
    r"""
    tnp.angle(z)
    tnp.angle(z, deg=True)
    tnp.angle([1.0, -1.0])
    tnp.angle([1.0, -1.0], True)
    tnp.angle(1j)
    """,
)
ask(
    "sign",
    r"""
    tnp.sign(x, out=None)
    tnp.sign(x, out=x)
    tnp.sign(x, where=True)
    tnp.sign(x, where=[True])
    tnp.sign(x, foo=1)
    tnp.sign(z)
    """,
)
ask(
    "isclose",
    r"""
    tnp.isclose(1.0, 1.0 + 1e-9)
    tnp.isclose([1.0, float("nan")], [1.0, float("nan")])
    tnp.isclose([1.0, float("nan")], [1.0, float("nan")], equal_nan=True)
    tnp.isclose([1.0, float("inf")], [1.1, float("inf")], rtol=0.2)
    tnp.isclose(x, x + 0.1, atol=0.2)
    tnp.isclose(1, 1)
    tnp.isclose(float("inf"), -float("inf"))
    tnp.isclose(z, z)
    tnp.isclose(100,101,rtol=0.1)
    """,
)
ask(
    "allclose",
    r"""
    tnp.allclose(x, x)
    tnp.allclose(x, x + 1)
    tnp.allclose([1, 2], [1, 2])
    tnp.allclose([float("nan")], [float("nan")], equal_nan=True)
    """,
)
ask(
    "array_equal",
    r"""
    tnp.array_equal([1, 2], [1, 2])
    tnp.array_equal([1, 2], [1.0, 2.0])
    tnp.array_equal([1, 2], [1, 3])
    tnp.array_equal([1, 2], [1, 2, 3])
    tnp.array_equal(x, x)
    tnp.array_equal(1, [1])
    """,
)
ask(
    "iscomplex",
    r"""
    tnp.iscomplex(z)
    tnp.iscomplex([1 + 0j, 2j])
    """,
)
ask(
    "isreal",
    r"""
    tnp.isreal(z)
    tnp.isreal([1 + 0j, 2j])
    tnp.isreal(1)
    """,
)
ask(
    "isinf",
    r"""
    tnp.isinf([float("inf"), 1.0])
    tnp.isinf(c([float("inf"), 1.0]))
    """,
)
ask(
    "isposinf",
    r"""
    tnp.isposinf(c([float("inf"), -float("inf")]))
    tnp.isposinf(c([float("inf"), -float("inf")]), x)
    """,
)
ask(
    "isneginf",
    r"""
    tnp.isneginf(c([float("inf"), -float("inf")]))
    """,
)
ask(
    "signbit",
    r"""
    tnp.signbit([-0.0, 0.0, -1.0, 1.0])
    tnp.signbit([-1, 1])
    tnp.signbit(c([-0.0, float("nan")], tf.float32))
    """,
)
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
ask(
    "sinc",
    r"""
    tnp.sinc([0.0, 0.5, 1.0])
    tnp.sinc(0.)
    """,
)
ask(
    "heaviside",
    r"""
    tnp.heaviside([-1.0, 0.0, 1.0], 0.5)
    tnp.heaviside([-1.0, 0.0, float("nan")], [1.0, 2.0, 3.0])
    tnp.heaviside([-1, 0, 1], 0.5)
    tnp.heaviside(0.0, 1)
    """,
)
ask(
    "gcd",
    r"""
    tnp.gcd([12, -18], 8)
    tnp.gcd(0, 0)
    tnp.gcd([12, 18], [8, 27])
    """,
)
ask(
    "lcm",
    r"""
    tnp.lcm([4, -6], 6)
    tnp.lcm(0, 5)
    tnp.lcm(0, 0)
    """,
)
ask(
    "floor_divide",
    r"""
    tnp.floor_divide([7, -7], 2)
    tnp.floor_divide([7.5, -7.5], 2)
    tnp.floor_divide([1, 2], 0)
    """,
)
ask(
    "mod",
    r"""
    tnp.mod([7, -7], 3)
    tnp.mod([7, -7], -3)
    tnp.mod([7.5, -7.5], 2)
    tnp.mod([1, 2], 0)
    """,
)
ask(
    "divmod",
    r"""
    tnp.divmod([7, -7], 3)
    tnp.divmod([7.5, -7.5], 2)
    """,
)
ask(
    "divide",
    r"""
    tnp.divide([1, 2], 0)
    tnp.divide([1.0, 0.0], 0)
    """,
)
ask(
    "power",
    r"""
    tnp.power(2, 3)
    tnp.power(2, -1)
    tnp.power([2.0, 4.0], 0.5)
    tnp.power(-8.0, 1 / 3)
    tnp.power(i, 2)
    tnp.power(i, 0.5)
    """,
)
ask(
    "float_power",
    r"""
    tnp.float_power(2, 3)
    tnp.float_power(i, 2)
    tnp.float_power(x, 2)
    """,
)
ask(
    "exp2",
    r"""
    tnp.exp2([1.0, 2.0])
    """,
)
ask(
    "cbrt",
    r"""
    tnp.cbrt([8.0, -27.0])
    tnp.cbrt(c([8.0, -27.0]))
    tnp.cbrt([0.0])
    """,
)
ask(
    "fix",
    r"""
    tnp.fix([1.7, -1.7])
    """,
)
ask(
    "logaddexp",
    r"""
    tnp.logaddexp([1.0, 2.0], [3.0, 4.0])
    tnp.logaddexp(x, x)
    tnp.logaddexp(1.0, 1000.0)
    tnp.logaddexp(-float("inf"), -float("inf"))
    tnp.logaddexp([float("inf")], [float("inf")])
    """,
)
ask(
    "logaddexp2",
    r"""
    tnp.logaddexp2([1.0, 2.0], [3.0, 4.0])
    """,
)
ask(
    "hypot",
    r"""
    tnp.hypot(3.0, 4.0)
    tnp.hypot(x, x)
    tnp.hypot([3, 5], [4, 12])
    tnp.hypot(1,2)
    """,
)
ask(
    "nextafter",
    r"""
    tnp.nextafter(1.0, 2.0)
    tnp.nextafter(c(1.0), c(2.0))
    """,
)
ask(
    "deg2rad",
    r"""
    tnp.deg2rad([180.0, 90.0])
    """,
)
ask(
    "rad2deg",
    r"""
    tnp.rad2deg(c([3.0, 1.0]))
    """,
)
ask(
    "real",
    r"""
    tnp.real(z)
    tnp.real(2j)
    """,
)
ask(
    "imag",
    r"""
    tnp.imag(z)
    tnp.imag(2j)
    tnp.imag([1, 2])
    """,
)
ask(
    "conj",
    r"""
    tnp.conj(z)
    """,
)
ask(
    "logical_xor",
    r"""
    tnp.logical_xor([1, 0], [2, 3])
    """,
)
ask(
    "logical_and",
    r"""
    tnp.logical_and([1, 0], [2, 3])
    """,
)
ask(
    "logical_not",
    r"""
    tnp.logical_not([0.5, 0.0])
    """,
)
ask(
    "add",
    r"""
    tnp.add([True], [True])
    tnp.add("a", "b")
    tnp.add([1, 2], [1, 2, 3])
    tnp.add(x1=1, x2=2)
    tnp.add("a",x)
    tnp.add("a",True)
    tnp.add("a",i)
    """,
)
ask(
    "multiply",
    r"""
    tnp.multiply([True], [True])
    """,
)
ask(
    "subtract",
    r"""
    tnp.subtract([True], [True])
    """,
)
ask(
    "maximum",
    r"""
    tnp.maximum([True], [False])
    tnp.maximum([1.0, float("nan")], 2.0)
    """,
)
ask(
    "minimum",
    r"""
    tnp.minimum([True], [False])
    """,
)
ask(
    "meshgrid",
    r"""
    tnp.meshgrid(x[0],i)
    tnp.meshgrid([1.5],[2])
    """,
)
ask(
    "arange",
    r"""
    tnp.arange(tf.constant(3,tf.int8))
    tnp.arange(True,4)
    """,
)
ask(
    "linspace",
    r"""
    tnp.linspace(tf.constant(0),1,3)
    tnp.linspace(0,1,3,axis=1)
    """,
)
ask(
    "geomspace",
    r"""
    tnp.geomspace(tf.constant(1.),tf.constant(4.),3)
    tnp.geomspace(1+1j,2,3)
    tnp.geomspace(-1,1,3)
    tnp.geomspace([1.,2.],[2.,4.],3)
    tnp.geomspace(-1.,-100.,1)
    tnp.geomspace(1,100,3,axis=-1)
    """,
)
ask(
    "vander",
    r"""
    tnp.vander(i,2,True)
    """,
)
ask(
    "eye",
    r"""
    tnp.eye(2,dtype=None)
    """,
)
ask(
    "zeros",
    r"""
    tnp.zeros((2,),dtype="str")
    """,
)
ask(
    "ones_like",
    r"""
    tnp.ones_like([[]])
    """,
)
ask(
    "full",
    r"""
    tnp.full(tf.constant([2]),1)
    """,
)
ask(
    "full_like",
    r"""
    tnp.full_like(x,1,dtype=None)
    """,
)
ask(
    "logspace",
    r"""
    tnp.logspace(0,2,3,base=tf.constant(2.))
    """,
)
ask(
    "tri",
    r"""
    tnp.tri(2,k=tf.constant(1))
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
ask(
    "dtypes by other names, mixtures",
    r"""
    tnp.geomspace(1, 4, 3, dtype=float)
    tnp.geomspace(1, 4, 3, dtype=int)
    tnp.geomspace(1, 4, 3, dtype=complex)
    tnp.geomspace(1, 4, 3, dtype="float32")
    tnp.geomspace(1 + 1j, 2, 3)
    tnp.geomspace(1j, 2.0, 3, dtype=tnp.complex64)
    tnp.geomspace(x + 1, x + 2, 3, axis=1).shape
    tnp.arange(3, dtype=complex)
    tnp.arange(3, dtype="int8")
    tnp.arange(c(1), c(7), c(2))
    tnp.arange(1, 7, c(2.5))
    tnp.arange(0.5, 3)
    tnp.arange(3, 0, -1)
    tnp.arange(3, 0)
    tnp.arange(1, None)
    tnp.arange(None)
    tnp.arange("a")
    tnp.arange()
    tnp.sum(x, dtype=int)
    tnp.sum(x, dtype=complex)
    tnp.sum([x, x])
    tnp.sum([1, c(2.5)])
    tnp.sum(x, foo=1)
    tnp.prod(x, dtype=int)
    tnp.mean(x, dtype=float)
    tnp.mean(x, dtype=int)
    tnp.mean(x, dtype="float16")
    tnp.var(x, dtype=float)
    tnp.var(x, dtype=int)
    tnp.var(x, 0, int)
    tnp.cumsum(x, dtype=int)
    tnp.cumsum(x, dtype=float)
    tnp.cumprod(x, dtype=int)
    tnp.trace(x, dtype=int)
    tnp.trace(x, dtype=float)
    tnp.nansum(x, dtype=int)
    tnp.nansum(x, dtype=float)
    tnp.nanprod(x, dtype=int)
    tnp.nanmean(x, dtype=float)
    tnp.nanmean(x, dtype=int)
    tnp.full(2, 1, dtype=int)
    tnp.full_like(x, 1, dtype=int)
    tnp.full_like(x, 1, dtype=float)
    tnp.zeros_like(x, dtype=complex)
    tnp.ones_like(x, dtype=int)
    tnp.empty_like(x, dtype=int)
    tnp.tri(2, dtype="int8")
    tnp.eye(2, dtype="foo")
    tnp.eye(2, dtype=tf.bfloat16)
    tnp.identity(2, complex)
    tnp.ones(2, tf.bfloat16)
    tnp.array(x, tf.bfloat16)
    tnp.array([1, 2], object)
    tnp.array([1, 2], np.object_)
    tnp.array(["a"], object)
    tnp.array(["a"], str)
    tnp.array([1, 2], "str")
    tnp.array(np.array([1, 2]), np.float32)
    tnp.array(np.array([1.5, None]))
    tnp.array(np.datetime64("2020-01-01"))
    tnp.array(tf.TensorShape([1, 2]))
    tnp.array([tf.TensorShape([1, 2]), [3, 4]])
    tnp.array(tf.float32)
    tnp.array(np.float16(1))
    tnp.array(np.longdouble(1))
    tnp.array([[1.0, 2.0], c([3.0, 4.0])])
    tnp.array([[[c(1.0)]]])
    tnp.array((c(1.0), (2.0,)))
    tnp.array([np.array([1.0, 2.0]), np.array([3, 4])])
    tnp.array([np.array([1.0, 2.0]), c([3.0, 4.0])])
    tnp.asarray(np.array([1, 2]), tnp.int64)
    tnp.add(x, [[1]])
    tnp.add([c(1.0), 2], [3, c(4)])
    tnp.add([x, x], 1)
    tnp.add(1)
    tnp.multiply(np.array([2.0], np.float32), i)
    tnp.sin([c(0.5), 1.0])
    tnp.sin()
    tnp.concatenate([[c(1.0)], [2]])
    tnp.stack([c(1.0), 2])
    tnp.where([c(True), False], 1, 2)
    tnp.matmul([[c(1.0), 2]], [[3], [4]])
    tnp.linspace(c(0.0), 1, 3)
    tnp.linspace(np.float32(0), 1, 3)
    tnp.linspace(0, 1, c(3))
    tnp.linspace(0, 1, np.int64(3))
    tnp.linspace(x, x + 1, 3).shape
    tnp.linspace(x, x + 1, 3, axis=-1).shape
    tnp.linspace(x, x + 1, 3, False, axis=1).shape
    tnp.logspace(x, x + 1, 3, axis=1).shape
    tnp.zeros()
    """,
)
