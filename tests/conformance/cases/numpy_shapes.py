"""`tf.experimental.numpy`: functions that change shapes, join and split arrays."""

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
