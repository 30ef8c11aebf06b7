# ruff: noqa: F841, RUF005, RUF059 - each script has the same tensors by the same names
"""tf.ragged, and what TensorFlow dispatches on RaggedTensors: operators, functions, reductions, specs."""

from cases._ragged import tensors
from conformance_kit import raises, script


@script("functions 1")
def _(tf):
    r, r3, ri, u, ud = tensors(tf)
    c, R = tf.ragged.constant, tf.RaggedTensor
    return {
        "c(1)": c(1),
        "c([1,2])": c([1, 2]),
        "c([])": c([]),
        "c([[]])": c([[]]),
        "c([[],[]],ragged_rank=1)": c([[], []], ragged_rank=1),
        "c([[1],[2.5]])": c([[1], [2.5]]),
        "c([[1,2],[3]],dtype=tf.float32)": c([[1, 2], [3]], dtype=tf.float32),
        "c([[[1],[2]],[[3]]],ragged_rank=1)": c([[[1], [2]], [[3]]], ragged_rank=1),
        "c([[[1],[2]],[[3]]],inner_shape=(1,))": c([[[1], [2]], [[3]]], inner_shape=(1,)),
        "c([],ragged_rank=1)": c([], ragged_rank=1),
        "c([],ragged_rank=1,inner_shape=(2,))": c([], ragged_rank=1, inner_shape=(2,)),
        "c([[1]],row_splits_dtype=tf.int32).row_splits": c([[1]], row_splits_dtype=tf.int32).row_splits,
        "c((('a','b'),()))": c((("a", "b"), ())),
        "c([[True]])": c([[True]]),
        "c([[[]],[]])": c([[[]], []]),
        "tf.ragged.range([2,0,3])": tf.ragged.range([2, 0, 3]),
        "tf.ragged.range([0,5],[3,3],[1,-1])": tf.ragged.range([0, 5], [3, 3], [1, -1]),
        "tf.ragged.range([0,5],[3,3])": tf.ragged.range([0, 5], [3, 3]),
        "tf.ragged.range(5)": tf.ragged.range(5),
        "tf.ragged.range([1.,2.],[3.,3.],0.5)": tf.ragged.range([1.0, 2.0], [3.0, 3.0], 0.5),
        "tf.ragged.range([3],dtype=tf.int64, row_splits_dtype=tf.int32).row_splits": tf.ragged.range(
            [3], dtype=tf.int64, row_splits_dtype=tf.int32
        ).row_splits,
        "tf.ragged.row_splits_to_segment_ids([0,2,2,5])": tf.ragged.row_splits_to_segment_ids([0, 2, 2, 5]),
        "tf.ragged.row_splits_to_segment_ids(tf.constant([0,2,2,5]))": tf.ragged.row_splits_to_segment_ids(
            tf.constant([0, 2, 2, 5])
        ),
        "tf.ragged.row_splits_to_segment_ids([0,2,2,5],out_type=tf.int32)": tf.ragged.row_splits_to_segment_ids(
            [0, 2, 2, 5], out_type=tf.int32
        ),
        "tf.ragged.segment_ids_to_row_splits([0,0,2])": tf.ragged.segment_ids_to_row_splits([0, 0, 2]),
        "tf.ragged.segment_ids_to_row_splits([0,0,2],num_segments=5)": tf.ragged.segment_ids_to_row_splits(
            [0, 0, 2], num_segments=5
        ),
        "tf.ragged.segment_ids_to_row_splits([0,0,2],num_segments=1)": tf.ragged.segment_ids_to_row_splits(
            [0, 0, 2], num_segments=1
        ),
        "tf.ragged.segment_ids_to_row_splits(tf.constant([0,0,2]))": tf.ragged.segment_ids_to_row_splits(
            tf.constant([0, 0, 2])
        ),
        "tf.ragged.segment_ids_to_row_splits([],num_segments=2)": tf.ragged.segment_ids_to_row_splits(
            [], num_segments=2
        ),
        "tf.ragged.stack([r,r])": tf.ragged.stack([r, r]),
        "tf.ragged.stack([r,r],axis=1)": tf.ragged.stack([r, r], axis=1),
        "tf.ragged.stack([r,r],axis=2)": tf.ragged.stack([r, r], axis=2),
        "tf.ragged.stack([[1,2],[3]])": tf.ragged.stack([[1, 2], [3]]),
        "tf.ragged.stack([tf.constant([1,2]),tf.constant([3])])": tf.ragged.stack(
            [tf.constant([1, 2]), tf.constant([3])]
        ),
        "tf.ragged.stack([tf.constant(1)])": tf.ragged.stack([tf.constant(1)]),
        "tf.stack([r,r])": tf.stack([r, r]),
        "tf.ragged.map_flat_values(tf.square,r)": tf.ragged.map_flat_values(tf.square, r),
        "tf.ragged.map_flat_values(tf.add,r,r)": tf.ragged.map_flat_values(tf.add, r, r),
        "tf.ragged.map_flat_values(tf.add,1,2)": tf.ragged.map_flat_values(tf.add, 1, 2),
        "tf.ragged.map_flat_values(lambda x,y:x+y[0],r,y=[r,1])": tf.ragged.map_flat_values(
            lambda x, y: x + y[0], r, y=[r, 1]
        ),
    }


@script("functions 2")
def _(tf):
    r, r3, ri, u, ud = tensors(tf)
    c, R = tf.ragged.constant, tf.RaggedTensor
    return {
        "tf.ragged.boolean_mask([[1,2],[3,4]],[[True,False],[False,False]])": tf.ragged.boolean_mask(
            [[1, 2], [3, 4]], [[True, False], [False, False]]
        ),
        "tf.ragged.boolean_mask([[1,2],[3,4]],[True,False])": tf.ragged.boolean_mask(
            [[1, 2], [3, 4]], [True, False]
        ),
        "tf.ragged.boolean_mask(r,c([[True,False],[],[True]]))": tf.ragged.boolean_mask(
            r, c([[True, False], [], [True]])
        ),
        "tf.ragged.boolean_mask(r,[True,False,True])": tf.ragged.boolean_mask(r, [True, False, True]),
        "tf.ragged.boolean_mask(r3,[True,False,True])": tf.ragged.boolean_mask(r3, [True, False, True]),
        "tf.ragged.boolean_mask(r3,c([[True,False],[],[True]]))": tf.ragged.boolean_mask(
            r3, c([[True, False], [], [True]])
        ),
        "tf.ragged.stack_dynamic_partitions([1,2,3,4],[0,1,0,2],4)": tf.ragged.stack_dynamic_partitions(
            [1, 2, 3, 4], [0, 1, 0, 2], 4
        ),
        "tf.ragged.stack_dynamic_partitions([[1,2],[3,4]],[[0,1],[0,2]],3)": tf.ragged.stack_dynamic_partitions(
            [[1, 2], [3, 4]], [[0, 1], [0, 2]], 3
        ),
        "tf.ragged.stack_dynamic_partitions(r,[0,2,0],3)": tf.ragged.stack_dynamic_partitions(
            r, [0, 2, 0], 3
        ),
        "r+1": r + 1,
        "r+r": r + r,
        "1+r": 1 + r,
        "r+[[1.],[2.],[3.]]": r + [[1.0], [2.0], [3.0]],
        "ud+[[[1,1]]]": ud + [[[1, 1]]],
        "r-tf.constant([[1.],[2.],[3.]])": r - tf.constant([[1.0], [2.0], [3.0]]),
        "tf.constant([[1.],[2.],[3.]])-r": tf.constant([[1.0], [2.0], [3.0]]) - r,
        "-r": -r,
        "abs(r)": abs(r),
        "r**2": r**2,
        "2.0/r": 2.0 / r,
        "ri//2": ri // 2,
        "ri%2": ri % 2,
        "r>1": r > 1,
        "r<r": r < r,
        "~(r>1)": ~(r > 1),
        "(r>1)|(r<0)": (r > 1) | (r < 0),
        "tf.exp(r)": tf.exp(r),
        "tf.add(r,1.)": tf.add(r, 1.0),
        "tf.add(1.,r)": tf.add(1.0, r),
        "tf.maximum(r,2.)": tf.maximum(r, 2.0),
        "tf.cast(r,tf.int32)": tf.cast(r, tf.int32),
        "tf.nn.relu(r)": tf.nn.relu(r),
        "tf.nn.softmax(r)": tf.nn.softmax(r),
        "tf.clip_by_value(r,1.5,2.5)": tf.clip_by_value(r, 1.5, 2.5),
        "tf.add_n([r,r])": tf.add_n([r, r]),
        "tf.where(r>1,r,-r)": tf.where(r > 1, r, -r),
        "tf.where(r>1)": tf.where(r > 1),
        "tf.where(r>1,r,0.)": tf.where(r > 1, r, 0.0),
        "tf.reduce_sum(r)": tf.reduce_sum(r),
        "tf.reduce_sum(r,axis=0)": tf.reduce_sum(r, axis=0),
    }


@script("functions 3")
def _(tf):
    r, r3, ri, u, ud = tensors(tf)
    c, R = tf.ragged.constant, tf.RaggedTensor
    return {
        "tf.reduce_sum(r,axis=1)": tf.reduce_sum(r, axis=1),
        "tf.reduce_sum(r,axis=-1)": tf.reduce_sum(r, axis=-1),
        "tf.reduce_sum(r,axis=1,keepdims=True)": tf.reduce_sum(r, axis=1, keepdims=True),
        "tf.reduce_sum(r,axis=0,keepdims=True)": tf.reduce_sum(r, axis=0, keepdims=True),
        "tf.reduce_sum(r,keepdims=True)": tf.reduce_sum(r, keepdims=True),
        "tf.reduce_sum(r3,axis=[0,1])": tf.reduce_sum(r3, axis=[0, 1]),
        "tf.reduce_sum(r3,axis=[1,2])": tf.reduce_sum(r3, axis=[1, 2]),
        "tf.reduce_sum(r3,axis=2)": tf.reduce_sum(r3, axis=2),
        "tf.reduce_sum(r3,axis=1)": tf.reduce_sum(r3, axis=1),
        "tf.reduce_sum(r3,axis=0)": tf.reduce_sum(r3, axis=0),
        "tf.reduce_sum(r3,axis=[0,2])": tf.reduce_sum(r3, axis=[0, 2]),
        "tf.reduce_sum(ud,axis=2)": tf.reduce_sum(ud, axis=2),
        "tf.reduce_sum(ud,axis=1)": tf.reduce_sum(ud, axis=1),
        "tf.reduce_sum(ud,axis=0)": tf.reduce_sum(ud, axis=0),
        "tf.reduce_sum(r,axis=[])": tf.reduce_sum(r, axis=[]),
        "tf.reduce_mean(r,axis=1)": tf.reduce_mean(r, axis=1),
        "tf.reduce_mean(r,axis=0)": tf.reduce_mean(r, axis=0),
        "tf.reduce_mean(ri,axis=1)": tf.reduce_mean(ri, axis=1),
        "tf.reduce_max(r,axis=1)": tf.reduce_max(r, axis=1),
        "tf.reduce_min(r,axis=1)": tf.reduce_min(r, axis=1),
        "tf.reduce_max(ri,axis=1)": tf.reduce_max(ri, axis=1),
        "tf.reduce_prod(r,axis=1)": tf.reduce_prod(r, axis=1),
        "tf.reduce_prod(r,axis=0)": tf.reduce_prod(r, axis=0),
        "tf.reduce_any(r>1,axis=1)": tf.reduce_any(r > 1, axis=1),
        "tf.reduce_all(r>1,axis=1)": tf.reduce_all(r > 1, axis=1),
        "tf.math.reduce_variance(r,axis=1)": tf.math.reduce_variance(r, axis=1),
        "tf.math.reduce_std(r,axis=1)": tf.math.reduce_std(r, axis=1),
        "tf.math.reduce_variance(r)": tf.math.reduce_variance(r),
        "tf.math.reduce_variance(ri,axis=1)": tf.math.reduce_variance(ri, axis=1),
        "tf.reduce_logsumexp(r,axis=1)": tf.reduce_logsumexp(r, axis=1),
        "tf.concat([r,r],0)": tf.concat([r, r], 0),
        "tf.concat([r,r],1)": tf.concat([r, r], 1),
        "tf.concat([r,r],-1)": tf.concat([r, r], -1),
        "tf.concat([r,[[1.],[2.],[3.]]],1)": tf.concat([r, [[1.0], [2.0], [3.0]]], 1),
        "tf.concat([r],1)": tf.concat([r], 1),
        "tf.concat([r3,r3],2)": tf.concat([r3, r3], 2),
        "tf.concat([r3,r3],1)": tf.concat([r3, r3], 1),
        "tf.gather(r,[2,0])": tf.gather(r, [2, 0]),
        "tf.gather(r,[[2,0]])": tf.gather(r, [[2, 0]]),
        "tf.gather([1.,2.,3.,4.],ri)": tf.gather([1.0, 2.0, 3.0, 4.0], ri),
    }


@script("functions 4")
def _(tf):
    r, r3, ri, u, ud = tensors(tf)
    c, R = tf.ragged.constant, tf.RaggedTensor
    return {
        "tf.gather([[1.],[2.],[3.],[4.]],ri)": tf.gather([[1.0], [2.0], [3.0], [4.0]], ri),
        "tf.gather(r,1)": tf.gather(r, 1),
        "tf.gather(r,c([[0],[],[0]]),batch_dims=1)": tf.gather(r, c([[0], [], [0]]), batch_dims=1),
        "tf.gather_nd(r,[[0,1],[2,0]])": tf.gather_nd(r, [[0, 1], [2, 0]]),
        "tf.gather_nd(r,[[0],[2]])": tf.gather_nd(r, [[0], [2]]),
        "tf.gather_nd(r3,[[0,0],[2,0]])": tf.gather_nd(r3, [[0, 0], [2, 0]]),
        "tf.expand_dims(r,0)": tf.expand_dims(r, 0),
        "tf.expand_dims(r,1)": tf.expand_dims(r, 1),
        "tf.expand_dims(r,2)": tf.expand_dims(r, 2),
        "tf.expand_dims(r,-1)": tf.expand_dims(r, -1),
        "tf.squeeze(tf.expand_dims(r,0),0)": tf.squeeze(tf.expand_dims(r, 0), 0),
        "tf.squeeze(tf.expand_dims(r,2),2)": tf.squeeze(tf.expand_dims(r, 2), 2),
        "tf.tile(r,[2,1])": tf.tile(r, [2, 1]),
        "tf.tile(r,[1,2])": tf.tile(r, [1, 2]),
        "tf.one_hot(ri,4)": tf.one_hot(ri, 4),
        "tf.size(r)": tf.size(r),
        "tf.rank(r)": tf.rank(r),
        "tf.reverse(r,[1])": tf.reverse(r, [1]),
        "tf.reverse(r,[0])": tf.reverse(r, [0]),
        "tf.reverse(r3,[0,2])": tf.reverse(r3, [0, 2]),
        "tf.zeros_like(r)": tf.zeros_like(r),
        "tf.ones_like(r)": tf.ones_like(r),
        "tf.ones_like(r,dtype=tf.int32)": tf.ones_like(r, dtype=tf.int32),
        "tf.identity(r)": tf.identity(r),
        "tf.stop_gradient(r)": tf.stop_gradient(r),
        "tf.split(r,[1,2])": tf.split(r, [1, 2]),
        "tf.dynamic_partition(r,[0,1,0],2)": tf.dynamic_partition(r, [0, 1, 0], 2),
        "tf.reshape(r,[-1])": tf.reshape(r, [-1]),
        "tf.reshape(r,[3])": tf.reshape(r, [3]),
        "tf.strings.upper(c([['a'],[]]))": tf.strings.upper(c([["a"], []])),
        "tf.strings.join([c([['a'],['b','c']]),'x'])": tf.strings.join([c([["a"], ["b", "c"]]), "x"]),
        "tf.strings.as_string(ri)": tf.strings.as_string(ri),
        "tf.math.unsorted_segment_sum(r,[0,1,0],2)": tf.math.unsorted_segment_sum(r, [0, 1, 0], 2),
        "tf.map_fn(lambda x:x*2,r)": tf.map_fn(lambda x: x * 2, r),
        "tf.map_fn(lambda x:x*2,r,fn_output_signature=tf.RaggedTensorSpec([None],tf.float32,ragged_rank=0))": tf.map_fn(
            lambda x: x * 2, r, fn_output_signature=tf.RaggedTensorSpec([None], tf.float32, ragged_rank=0)
        ),
        "tf.RaggedTensorSpec([2,None])": repr(tf.RaggedTensorSpec([2, None])),
        "tf.RaggedTensorSpec([2,None,3],tf.int32,1,tf.int32)": repr(
            tf.RaggedTensorSpec([2, None, 3], tf.int32, 1, tf.int32)
        ),
        "tf.RaggedTensorSpec(None,ragged_rank=1)": repr(tf.RaggedTensorSpec(None, ragged_rank=1)),
        "tf.RaggedTensorSpec([2,None],row_splits_dtype=tf.float32)": repr(
            tf.RaggedTensorSpec([2, None], row_splits_dtype=tf.float32)
        ),
        "tf.RaggedTensorSpec([2,3],ragged_rank=1)": repr(tf.RaggedTensorSpec([2, 3], ragged_rank=1)),
    }


@script("functions 5")
def _(tf):
    r, r3, ri, u, ud = tensors(tf)
    c, R = tf.ragged.constant, tf.RaggedTensor
    return {
        "tf.RaggedTensorSpec([2,None,None],flat_values_spec=tf.TensorSpec([None],tf.int32),dtype=None)": repr(
            tf.RaggedTensorSpec([2, None, None], flat_values_spec=tf.TensorSpec([None], tf.int32), dtype=None)
        ),
        "tf.type_spec_from_value(u)": repr(tf.type_spec_from_value(u)),
        "tf.type_spec_from_value(ud)": repr(tf.type_spec_from_value(ud)),
        "tf.RaggedTensorSpec.from_value(r)": repr(tf.RaggedTensorSpec.from_value(r)),
        "tf.RaggedTensorSpec([None,None]).is_compatible_with(r)": tf.RaggedTensorSpec(
            [None, None]
        ).is_compatible_with(r),
        "tf.RaggedTensorSpec([None,None]).is_compatible_with(ri)": tf.RaggedTensorSpec(
            [None, None]
        ).is_compatible_with(ri),
        "tf.nest.flatten(r,expand_composites=True)": tf.nest.flatten(r, expand_composites=True),
        "tf.RaggedTensorSpec([None,None,4],ragged_rank=1)._component_specs": repr(
            tf.RaggedTensorSpec([None, None, 4], ragged_rank=1)._component_specs
        ),
        "tf.type_spec_from_value(u)._component_specs": repr(tf.type_spec_from_value(u)._component_specs),
    }


@script("functions: refused")
def _(tf):
    r, r3, ri, u, ud = tensors(tf)
    c, R = tf.ragged.constant, tf.RaggedTensor
    return {
        "c([[1],2])": raises(lambda: c([[1], 2])),
        "c([[1],['a']])": raises(lambda: c([[1], ["a"]])),
        "c([[1,2],[3]],ragged_rank=0)": raises(lambda: c([[1, 2], [3]], ragged_rank=0)),
        "c([[1,2],[3]],ragged_rank=2)": raises(lambda: c([[1, 2], [3]], ragged_rank=2)),
        "c([[[1],[2,3]],[[3]]],ragged_rank=1)": raises(lambda: c([[[1], [2, 3]], [[3]]], ragged_rank=1)),
        "c([[1]],row_splits_dtype=tf.float32)": raises(lambda: c([[1]], row_splits_dtype=tf.float32)),
        "tf.ragged.range([0],[3],0)": raises(lambda: tf.ragged.range([0], [3], 0)),
        "tf.ragged.range([0,1],[3])": raises(lambda: tf.ragged.range([0, 1], [3])),
        "tf.ragged.range([[0]],[3])": raises(lambda: tf.ragged.range([[0]], [3])),
        "tf.ragged.row_splits_to_segment_ids([0.])": raises(
            lambda: tf.ragged.row_splits_to_segment_ids([0.0])
        ),
        "tf.ragged.row_splits_to_segment_ids([[0]])": raises(
            lambda: tf.ragged.row_splits_to_segment_ids([[0]])
        ),
        "tf.ragged.row_splits_to_segment_ids([])": raises(lambda: tf.ragged.row_splits_to_segment_ids([])),
        "tf.ragged.segment_ids_to_row_splits([0.])": raises(
            lambda: tf.ragged.segment_ids_to_row_splits([0.0])
        ),
        "tf.ragged.stack([])": raises(lambda: tf.ragged.stack([])),
        "tf.ragged.stack([r,ri])": raises(lambda: tf.ragged.stack([r, ri])),
        "tf.stack([r,r],axis=3)": raises(lambda: tf.stack([r, r], axis=3)),
        "tf.ragged.map_flat_values(tf.add,r,ri)": raises(lambda: tf.ragged.map_flat_values(tf.add, r, ri)),
        "tf.ragged.map_flat_values(tf.add,r,c([[1.],[2.,3.]]))": raises(
            lambda: tf.ragged.map_flat_values(tf.add, r, c([[1.0], [2.0, 3.0]]))
        ),
        "tf.ragged.map_flat_values(tf.reduce_sum,r)": raises(
            lambda: tf.ragged.map_flat_values(tf.reduce_sum, r)
        ),
        "tf.ragged.map_flat_values(lambda x:1.,r)": raises(
            lambda: tf.ragged.map_flat_values(lambda x: 1.0, r)
        ),
        "tf.ragged.boolean_mask(r,c([[True],[],[True]]))": raises(
            lambda: tf.ragged.boolean_mask(r, c([[True], [], [True]]))
        ),
        "tf.ragged.boolean_mask(r,[1,0,1])": raises(lambda: tf.ragged.boolean_mask(r, [1, 0, 1])),
        "tf.ragged.boolean_mask(r,True)": raises(lambda: tf.ragged.boolean_mask(r, True)),
        "tf.ragged.boolean_mask([1,2],[True])": raises(lambda: tf.ragged.boolean_mask([1, 2], [True])),
        "tf.boolean_mask(r,[True,False,True])": raises(lambda: tf.boolean_mask(r, [True, False, True])),
        "tf.ragged.stack_dynamic_partitions([1,2],[0,5],3)": raises(
            lambda: tf.ragged.stack_dynamic_partitions([1, 2], [0, 5], 3)
        ),
        "r+ri": raises(lambda: r + ri),
        "r+c([[1.],[2.],[3.]])": raises(lambda: r + c([[1.0], [2.0], [3.0]])),
        "r+[1.,2.,3.]": raises(lambda: r + [1.0, 2.0, 3.0]),
        "r+[[1.,2.]]": raises(lambda: r + [[1.0, 2.0]]),
        "r+c([[1.,2.],[2.],[3.]])": raises(lambda: r + c([[1.0, 2.0], [2.0], [3.0]])),
        "r3+[[[1],[2]],[[3],[4]],[[5],[6]]]": raises(lambda: r3 + [[[1], [2]], [[3], [4]], [[5], [6]]]),
        "r3*[[10],[20],[30]]": raises(lambda: r3 * [[10], [20], [30]]),
        "r3+ri": raises(lambda: r3 + ri),
        "r3+c([[[1],[2]],[],[[3]]])": raises(lambda: r3 + c([[[1], [2]], [], [[3]]])),
        "ri&1": raises(lambda: ri & 1),
        "ri@ri": raises(lambda: ri @ ri),
        "tf.nn.softmax(r,axis=0)": raises(lambda: tf.nn.softmax(r, axis=0)),
        "tf.where([True,False,True],r,-r)": raises(lambda: tf.where([True, False, True], r, -r)),
        "tf.where([True,False,True],r,0.)": raises(lambda: tf.where([True, False, True], r, 0.0)),
        "tf.reduce_sum(r,axis=2)": raises(lambda: tf.reduce_sum(r, axis=2)),
        "tf.reduce_sum(r,axis=-3)": raises(lambda: tf.reduce_sum(r, axis=-3)),
        "tf.concat([r,[[1.]]],1)": raises(lambda: tf.concat([r, [[1.0]]], 1)),
        "tf.concat([r,r],2)": raises(lambda: tf.concat([r, r], 2)),
        "tf.concat([r,ri],0)": raises(lambda: tf.concat([r, ri], 0)),
        "tf.concat([r3,c([[1]])],0)": raises(lambda: tf.concat([r3, c([[1]])], 0)),
        "tf.gather(r,ri)": raises(lambda: tf.gather(r, ri)),
        "tf.gather(r,[5])": raises(lambda: tf.gather(r, [5])),
        "tf.gather(r,[1.])": raises(lambda: tf.gather(r, [1.0])),
        "tf.expand_dims(r,5)": raises(lambda: tf.expand_dims(r, 5)),
        "tf.squeeze(r)": raises(lambda: tf.squeeze(r)),
        "tf.squeeze(r,1)": raises(lambda: tf.squeeze(r, 1)),
        "tf.tile(r,[2])": raises(lambda: tf.tile(r, [2])),
        "tf.reverse(r,[5])": raises(lambda: tf.reverse(r, [5])),
        "tf.unstack(r)": raises(lambda: tf.unstack(r)),
        "tf.transpose(r)": raises(lambda: tf.transpose(r)),
        "tf.sort(r)": raises(lambda: tf.sort(r)),
        "tf.argmax(r,1)": raises(lambda: tf.argmax(r, 1)),
        "tf.range(r)": raises(lambda: tf.range(r)),
        "tf.pad(r,[[0,0],[0,0]])": raises(lambda: tf.pad(r, [[0, 0], [0, 0]])),
        "tf.map_fn(lambda x:tf.range(x),[1,2],fn_output_signature=tf.RaggedTensorSpec([None],tf.int32))": raises(
            lambda: tf.map_fn(
                lambda x: tf.range(x), [1, 2], fn_output_signature=tf.RaggedTensorSpec([None], tf.int32)
            )
        ),
        "tf.RaggedTensorSpec()": raises(lambda: tf.RaggedTensorSpec()),
        "tf.RaggedTensorSpec([2,None],ragged_rank=2)": raises(
            lambda: tf.RaggedTensorSpec([2, None], ragged_rank=2)
        ),
        "tf.RaggedTensorSpec(None)": raises(lambda: tf.RaggedTensorSpec(None)),
    }
