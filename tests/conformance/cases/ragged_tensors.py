# ruff: noqa: F841, RUF059 - each script has the same tensors by the same names
"""RaggedTensors: made, taken apart, indexed, written, converted."""

from cases._ragged import tensors
from conformance_kit import raises, script


@script("tensors 1")
def _(tf):
    r, r3, ri, u, ud = tensors(tf)
    c, R = tf.ragged.constant, tf.RaggedTensor
    return {
        "R.from_row_splits([1,2,3],tf.constant([0,3],tf.int32))": R.from_row_splits(
            [1, 2, 3], tf.constant([0, 3], tf.int32)
        ),
        "R.from_row_splits([1,2,3],tf.constant([0,3],tf.int32)).row_splits": R.from_row_splits(
            [1, 2, 3], tf.constant([0, 3], tf.int32)
        ).row_splits,
        "R.from_row_starts([1,2,3],[])": R.from_row_starts([1, 2, 3], []),
        "R.from_row_limits([1,2,3],[1,3])": R.from_row_limits([1, 2, 3], [1, 3]),
        "R.from_value_rowids([1,2,3],[0,0,2])": R.from_value_rowids([1, 2, 3], [0, 0, 2]),
        "R.from_value_rowids([1,2,3],[0,0,2],nrows=5)": R.from_value_rowids([1, 2, 3], [0, 0, 2], nrows=5),
        "R.from_uniform_row_length([],0)": R.from_uniform_row_length([], 0),
        "R.from_uniform_row_length([],0,nrows=3)": R.from_uniform_row_length([], 0, nrows=3),
        "R.from_nested_row_splits([1,2,3],[[0,1,2],[0,1,3]])": R.from_nested_row_splits(
            [1, 2, 3], [[0, 1, 2], [0, 1, 3]]
        ),
        "R.from_nested_value_rowids([1,2,3],[[0,1],[0,1,1]],[3,2])": R.from_nested_value_rowids(
            [1, 2, 3], [[0, 1], [0, 1, 1]], [3, 2]
        ),
        "u": u,
        "u.shape": u.shape,
        "u.row_splits": u.row_splits,
        "u.uniform_row_length": u.uniform_row_length,
        "r.uniform_row_length": r.uniform_row_length,
        "ud.shape, ud.ragged_rank, ud.flat_values.shape": (ud.shape, ud.ragged_rank, ud.flat_values.shape),
        "ud": ud,
        "r3": r3,
        "r3.shape, r3.ragged_rank, r3.bounding_shape(), r3.bounding_shape(axis=1), r3.bounding_shape(axis=[0,2])": (
            r3.shape,
            r3.ragged_rank,
            r3.bounding_shape(),
            r3.bounding_shape(axis=1),
            r3.bounding_shape(axis=[0, 2]),
        ),
        "r3.bounding_shape(out_type=tf.int32)": r3.bounding_shape(out_type=tf.int32),
        "r3.row_lengths(), r3.row_lengths(axis=2), r3.row_lengths(axis=0)": (
            r3.row_lengths(),
            r3.row_lengths(axis=2),
            r3.row_lengths(axis=0),
        ),
        "ud.row_lengths(axis=2)": ud.row_lengths(axis=2),
        "r.nrows(), r.row_starts(), r.row_limits(), r.value_rowids()": (
            r.nrows(),
            r.row_starts(),
            r.row_limits(),
            r.value_rowids(),
        ),
        "r3.nested_row_lengths(), r3.nested_value_rowids(), r3.nested_row_splits": (
            r3.nested_row_lengths(),
            r3.nested_value_rowids(),
            r3.nested_row_splits,
        ),
        "r.to_tensor": (
            r.to_tensor(),
            r.to_tensor(-1.0),
            r.to_tensor(shape=[4, 1]),
            r.to_tensor(shape=[None, 3]),
            r.to_tensor(shape=(2, None)),
        ),
        "r3.to_tensor()": r3.to_tensor(),
        "ud.to_tensor()": ud.to_tensor(),
        "ud.to_tensor(default_value=[9,8])": ud.to_tensor(default_value=[9, 8]),
        "R.from_tensor([[1,2],[3,4]])": R.from_tensor([[1, 2], [3, 4]]),
        "R.from_tensor([[1,2],[3,4]],lengths=[1,0])": R.from_tensor([[1, 2], [3, 4]], lengths=[1, 0]),
        "R.from_tensor([[1,2],[3,4]],lengths=[1,5])": R.from_tensor([[1, 2], [3, 4]], lengths=[1, 5]),
        "R.from_tensor([[1,0],[3,0],[0,1]],padding=0)": R.from_tensor([[1, 0], [3, 0], [0, 1]], padding=0),
        "R.from_tensor([[[1,2],[0,0]],[[1,2],[3,4]]],padding=[0,0])": R.from_tensor(
            [[[1, 2], [0, 0]], [[1, 2], [3, 4]]], padding=[0, 0]
        ),
        "R.from_tensor([[[1,0],[0,0]],[[1,2],[3,0]]],padding=0,ragged_rank=2)": R.from_tensor(
            [[[1, 0], [0, 0]], [[1, 2], [3, 0]]], padding=0, ragged_rank=2
        ),
        "R.from_tensor([[[1,0],[0,0]],[[1,2],[3,0]]],lengths=([1,2],[1,2,1]))": R.from_tensor(
            [[[1, 0], [0, 0]], [[1, 2], [3, 0]]], lengths=([1, 2], [1, 2, 1])
        ),
        "r[0]": r[0],
        "r[1:]": r[1:],
        "r[-1]": r[-1],
        "r[0,1]": r[0, 1],
        "r[:, :1]": r[:, :1],
    }


@script("tensors 2")
def _(tf):
    r, r3, ri, u, ud = tensors(tf)
    c, R = tf.ragged.constant, tf.RaggedTensor
    return {
        "r[:, -1:]": r[:, -1:],
        "r[:, ::2]": r[:, ::2],
        "r[::2]": r[::2],
        "r[::-1]": r[::-1],
        "r[..., :1]": r[..., :1],
        "r[:, tf.newaxis]": r[:, tf.newaxis],
        "r[tf.newaxis]": r[tf.newaxis],
        "r[...]": r[...],
        "r3[:, :, :1]": r3[:, :, :1],
        "r3[0]": r3[0],
        "r3[0,0]": r3[0, 0],
        "r3[0,:,:1]": r3[0, :, :1],
        "r3[0,1:]": r3[0, 1:],
        "ud[:,:,0]": ud[:, :, 0],
        "ud[...,0]": ud[..., 0],
        "ud[0]": ud[0],
        "ud[:,1:]": ud[:, 1:],
        "u[:,0]": u[:, 0],
        "u[0,1]": u[0, 1],
        "r[tf.constant(1)]": r[tf.constant(1)],
        "r[[0,1]]": r[[0, 1]],
        "list(r)": list(r),
        "r==r": r == r,
        "r==1": r == 1,
        "r!=1": r != 1,
        "r==[[1.]]": r == [[1.0]],
        "r.numpy()": r.numpy(),
        "u.numpy()": u.numpy(),
        "r3.numpy()": r3.numpy(),
        "r3.to_list()": r3.to_list(),
        "str(r), repr(r3)": (str(r), repr(r3)),
        "R.from_row_splits(['a','b'],[0,1,2])": R.from_row_splits(["a", "b"], [0, 1, 2]),
        "tf.ragged.constant(['a'])": tf.ragged.constant(["a"]),
        "repr(tf.ragged.constant([list(range(100))]*50))": repr(tf.ragged.constant([list(range(100))] * 50)),
        "str(tf.ragged.constant([[1.5,float('nan')],[1e10]]))": str(
            tf.ragged.constant([[1.5, float("nan")], [1e10]])
        ),
        "r.with_values([1,2,3])": r.with_values([1, 2, 3]),
        "r.with_flat_values([[1],[2],[3]])": r.with_flat_values([[1], [2], [3]]),
        "r.with_row_splits_dtype(tf.int32)": r.with_row_splits_dtype(tf.int32),
        "r3.merge_dims(0,1)": r3.merge_dims(0, 1),
        "r3.merge_dims(1,2)": r3.merge_dims(1, 2),
    }


@script("tensors 3")
def _(tf):
    r, r3, ri, u, ud = tensors(tf)
    c, R = tf.ragged.constant, tf.RaggedTensor
    return {
        "r3.merge_dims(0,2)": r3.merge_dims(0, 2),
        "r3.merge_dims(0,-1)": r3.merge_dims(0, -1),
        "ud.merge_dims(1,2)": ud.merge_dims(1, 2),
        "ud.merge_dims(0,2)": ud.merge_dims(0, 2),
        "tf.is_tensor(r)": tf.is_tensor(r),
        "r.consumers()": r.consumers(),
        "r.dtype, r.get_shape()": (r.dtype, r.get_shape()),
    }


@script("tensors: refused")
def _(tf):
    r, r3, ri, u, ud = tensors(tf)
    c, R = tf.ragged.constant, tf.RaggedTensor
    return {
        "R.from_row_splits([1,2,3],[0,2,1,3])": raises(lambda: R.from_row_splits([1, 2, 3], [0, 2, 1, 3])),
        "R.from_row_splits([1,2,3],[1,3])": raises(lambda: R.from_row_splits([1, 2, 3], [1, 3])),
        "R.from_row_splits([1,2,3],[0,2])": raises(lambda: R.from_row_splits([1, 2, 3], [0, 2])),
        "R.from_row_splits([1,2,3],[0,4])": raises(lambda: R.from_row_splits([1, 2, 3], [0, 4])),
        "R.from_row_splits([1,2,3],[])": raises(lambda: R.from_row_splits([1, 2, 3], [])),
        "R.from_row_splits([1,2,3],[[0,3]])": raises(lambda: R.from_row_splits([1, 2, 3], [[0, 3]])),
        "R.from_row_splits(1,[0,1])": raises(lambda: R.from_row_splits(1, [0, 1])),
        "R.from_row_splits([1,2,3],[0.,3.])": raises(lambda: R.from_row_splits([1, 2, 3], [0.0, 3.0])),
        "R.from_row_lengths([1,2,3],[1,3])": raises(lambda: R.from_row_lengths([1, 2, 3], [1, 3])),
        "R.from_row_lengths([1,2,3],[-1,4])": raises(lambda: R.from_row_lengths([1, 2, 3], [-1, 4])),
        "R.from_row_lengths([1,2,3],[[3]])": raises(lambda: R.from_row_lengths([1, 2, 3], [[3]])),
        "R.from_row_starts([1,2,3],[0,2,1])": raises(lambda: R.from_row_starts([1, 2, 3], [0, 2, 1])),
        "R.from_row_starts([1,2,3],[1])": raises(lambda: R.from_row_starts([1, 2, 3], [1])),
        "R.from_row_starts([1,2,3],[0,4])": raises(lambda: R.from_row_starts([1, 2, 3], [0, 4])),
        "R.from_row_limits([1,2,3],[1,2])": raises(lambda: R.from_row_limits([1, 2, 3], [1, 2])),
        "R.from_row_limits([1,2,3],[2,1,3])": raises(lambda: R.from_row_limits([1, 2, 3], [2, 1, 3])),
        "R.from_value_rowids([1,2,3],[0,0,2],nrows=2)": raises(
            lambda: R.from_value_rowids([1, 2, 3], [0, 0, 2], nrows=2)
        ),
        "R.from_value_rowids([1,2,3],[0,2,1])": raises(lambda: R.from_value_rowids([1, 2, 3], [0, 2, 1])),
        "R.from_value_rowids([1,2,3],[0,2])": raises(lambda: R.from_value_rowids([1, 2, 3], [0, 2])),
        "R.from_value_rowids([1,2,3],[-1,0,1])": raises(lambda: R.from_value_rowids([1, 2, 3], [-1, 0, 1])),
        "R.from_value_rowids([1,2,3],[0,0,2],nrows=-1)": raises(
            lambda: R.from_value_rowids([1, 2, 3], [0, 0, 2], nrows=-1)
        ),
        "R.from_uniform_row_length([1,2,3],2)": raises(lambda: R.from_uniform_row_length([1, 2, 3], 2)),
        "R.from_uniform_row_length([1,2,3],-1)": raises(lambda: R.from_uniform_row_length([1, 2, 3], -1)),
        "R.from_uniform_row_length([1,2,3,4],2,nrows=3)": raises(
            lambda: R.from_uniform_row_length([1, 2, 3, 4], 2, nrows=3)
        ),
        "R.from_nested_row_splits([1,2,3],1)": raises(lambda: R.from_nested_row_splits([1, 2, 3], 1)),
        "R.from_nested_value_rowids([1,2,3],[[0,1],[0,1,1]],[3])": raises(
            lambda: R.from_nested_value_rowids([1, 2, 3], [[0, 1], [0, 1, 1]], [3])
        ),
        "R(1,2)": raises(lambda: R(1, 2)),
        "r3.bounding_shape(axis=5)": raises(lambda: r3.bounding_shape(axis=5)),
        "r.row_lengths(axis=2)": raises(lambda: r.row_lengths(axis=2)),
        "r.to_tensor('a')": raises(lambda: r.to_tensor("a")),
        "r.to_tensor([1.,2.])": raises(lambda: r.to_tensor([1.0, 2.0])),
        "r.to_tensor(shape=[3])": raises(lambda: r.to_tensor(shape=[3])),
        "R.from_tensor([[1,2],[3,4]],lengths=[1])": raises(
            lambda: R.from_tensor([[1, 2], [3, 4]], lengths=[1])
        ),
        "R.from_tensor([[1,2]],lengths=[1],padding=0)": raises(
            lambda: R.from_tensor([[1, 2]], lengths=[1], padding=0)
        ),
        "R.from_tensor([1,2])": raises(lambda: R.from_tensor([1, 2])),
        "R.from_tensor([[1,2]],ragged_rank=0)": raises(lambda: R.from_tensor([[1, 2]], ragged_rank=0)),
        "R.from_tensor([[1,2]],ragged_rank=2)": raises(lambda: R.from_tensor([[1, 2]], ragged_rank=2)),
        "r[5]": raises(lambda: r[5]),
        "r[0,5]": raises(lambda: r[0, 5]),
        "r[:,0]": raises(lambda: r[:, 0]),
        "r3[:,0]": raises(lambda: r3[:, 0]),
        "r[:,:,0]": raises(lambda: r[:, :, 0]),
        "ud[:,0]": raises(lambda: ud[:, 0]),
        "r[1.0]": raises(lambda: r[1.0]),
        "r['a']": raises(lambda: r["a"]),
        "len(r)": raises(lambda: len(r)),
        "bool(r)": raises(lambda: bool(r)),
        "r.with_values([1,2])": raises(lambda: r.with_values([1, 2])),
        "r.with_flat_values([1,2])": raises(lambda: r.with_flat_values([1, 2])),
        "r.with_values(1)": raises(lambda: r.with_values(1)),
        "r.with_row_splits_dtype(tf.float32)": raises(lambda: r.with_row_splits_dtype(tf.float32)),
        "r3.merge_dims(2,1)": raises(lambda: r3.merge_dims(2, 1)),
        "tf.convert_to_tensor(r)": raises(lambda: tf.convert_to_tensor(r)),
        "tf.constant(r)": raises(lambda: tf.constant(r)),
        "float(r)": raises(lambda: float(r)),
    }
