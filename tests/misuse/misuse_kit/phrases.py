"""Failing programs, and words of TensorFlow's in their messages: code in the wild matches on them.

`record.py` checks that TensorFlow says so.
"""

from __future__ import annotations

# A program a line, and the words below it.
PHRASES = r"""
tf.gather(tf.constant([1,2,3],tf.uint16),[7])
    indices[0] = 7 is not in [0, 3)
tf.gather(tf.constant([1,2,3],tf.uint32),[7])
    indices[0] = 7 is not in [0, 3)
tf.gather(tf.constant([1,2,3],tf.uint64),[7])
    indices[0] = 7 is not in [0, 3)
tf.gather(tf.constant([1,2,3]),[7])
    indices[0] = 7 is not in [0, 3)
tf.gather(tf.constant([[1,2,3]]),[7],axis=1)
    indices[0] = 7 is not in [0, 3)
tf.gather(tf.constant([[1,2,3]]),[[7]],axis=1,batch_dims=1)
    indices[0,0] = 7 is not in [0, 3)
tf.gather_nd(tf.constant([1,2,3]),[[7,1]])
    index innermost dimension length must be <= params rank; saw: 2 vs. 1
tf.Variable(tf.constant([1,2,3],tf.uint16)).scatter_mul(tf.IndexedSlices(tf.constant([1],tf.uint16),[7]))
    indices[0] = 7 is not in [0, 3)
tf.Variable(tf.constant([1,2,3],tf.uint32)).scatter_mul(tf.IndexedSlices(tf.constant([1],tf.uint32),[7]))
    indices[0] = 7 is not in [0, 3)
tf.Variable(tf.constant([1,2,3],tf.uint64)).scatter_mul(tf.IndexedSlices(tf.constant([1],tf.uint64),[7]))
    indices[0] = 7 is not in [0, 3)
tf.Variable(tf.constant([1,2,3])).scatter_mul(tf.IndexedSlices(tf.constant([1]),[7]))
    indices[0] = 7 is not in [0, 3)
tf.Variable(tf.constant([1,2,3],tf.uint16)).scatter_add(tf.IndexedSlices(tf.constant([1],tf.uint16),[7]))
    indices[0] = 7 is not in [0, 3)
tf.Variable(tf.constant([1,2,3],tf.uint16)).scatter_max(tf.IndexedSlices(tf.constant([1],tf.uint16),[7]))
    indices[0] = 7 is not in [0, 3)
tf.Variable(tf.constant([1,2,3],tf.uint16)).scatter_update(tf.IndexedSlices(tf.constant([1],tf.uint16),[7]))
    indices[0] = 7 is not in [0, 3)
tf.Variable(tf.constant([1.,2,3])).scatter_nd_add([[7]],[1.])
    indices[0] = [7] does not index into shape [3]
tf.Variable(tf.constant([1.,2,3])).scatter_nd_update([[7]],[1.])
    indices[0] = [7] does not index into shape [3]
tf.Variable(tf.constant([1.,2,3])).sparse_read([7])
    indices[0] = 7 is not in [0, 3)
tf.tensor_scatter_nd_add(tf.constant([1.,2,3]),[[7]],[1.])
    indices[0] = [7] does not index into shape [3]
tf.tensor_scatter_nd_update(tf.constant([1.,2,3]),[[7]],[1.])
    indices[0] = [7] does not index into shape [3]
tf.tensor_scatter_nd_max(tf.constant([1,2,3],tf.uint16),[[7]],tf.constant([1],tf.uint16))
    indices[0] = [7] does not index into shape [3]
tf.scatter_nd([[7]],[1.],[3])
    indices[0] = [7] does not index into shape [3]
tf.clip_by_norm(tf.constant([1j,2.]),1.)
    of complex128 is not in the list of allowed values
tf.nn.log_poisson_loss(tf.constant([1j,2.]),tf.constant([1j,2.]),compute_full_loss=True)
    of complex128 is not in the list of allowed values
tf.nn.embedding_lookup(tf.constant([[1j,2.]]),[0],max_norm=1.)
    of complex128 is not in the list of allowed values
tf.math.unsorted_segment_sum([1.,2.],[0,5],2)
    segment_ids[1] = 5 is out of range [0, 2)
tf.math.segment_sum([1.,2.],[1,0])
    segment ids are not increasing
tf.math.segment_sum([1.,2.],[-1,0])
    Segment id -1 out of range [0, 1), possibly because 'segment_ids' input is not sorted.
tf.math.segment_sum([1.,2.],[0,1,2])
    segment_ids should be the same size as dimension 0 of input.
tf.ones([2,3])["a"]
    Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are
tf.ones([2,3])[tf.constant("a")]
    Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are
tf.ones([2,3])[1.5]
    Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are
tf.ones([2,3])[5]
    slice index 5 of dimension 0 out of bounds.
tf.ones([2,3])[0,5]
    slice index 5 of dimension 1 out of bounds.
tf.ones([2,3])[0,0,0]
    Index out of range using input dim 2; input has only 2 dims
tf.ones([2,3])[::0]
    strides[0] must be non-zero
tf.ones([2,3])[None:"a"]
    Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are
tf.convert_to_tensor([tf.constant(1),tf.constant(1.)])
    cannot compute Pack as input #1(zero-based) was expected to be a int32 tensor but is a float tensor
tf.stack([tf.constant(1),tf.constant(1.)])
    cannot compute Pack as input #1(zero-based) was expected to be a int32 tensor but is a float tensor
tf.concat([tf.constant([1]),tf.constant([1.])],0)
    cannot compute ConcatV2 as input #1(zero-based) was expected to be a int32 tensor but is a float tensor
tf.add([tf.constant(1),tf.constant(1.)],1)
    cannot compute Pack as input #1(zero-based) was expected to be a int32 tensor but is a float tensor
tf.linalg.tridiagonal_solve(tf.ones([3,4]),tf.ones([5]))
    Expected number of left-hand sided and right-hand sides to be equal, got 4 and 5
tf.linalg.tridiagonal_solve((tf.ones([4]),tf.ones([3]),tf.ones([4])),tf.ones([4]),diagonals_format='sequence')
    Expected subdiagonal to be have length 3 or 2, got 4.
tf.linalg.tridiagonal_solve(tf.ones([2,4]),tf.ones([4]))
    Expected 3 diagonals got 2
tf.GradientTape().watch(1.)
    Passed in object 1.0 of type 'float', not tf.Tensor or tf.Variable or ExtensionType.
tf.GradientTape().gradient(tf.constant(1.),tf.constant(1.))
    A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)
tf.GradientTape().jacobian(tf.constant(1.),tf.constant(1.))
    A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)
tf.GradientTape().stop_recording().__enter__()
    Trying to stop recording a tape which is not recording.
tf.GradientTape().reset()
    Tape is not recording.
tf.ones([2,5])+tf.ones([5,2])
    Incompatible shapes: [2,5] vs. [5,2]
tf.ones([2,5])*tf.ones([3])
    Incompatible shapes: [2,5] vs. [3]
tf.add(tf.ones([2,5]),tf.ones([5,2]))
    Incompatible shapes: [2,5] vs. [5,2]
tf.ones([2,5])-tf.ones([5,2])
    Incompatible shapes: [2,5] vs. [5,2]
tf.ones([2,5])<tf.ones([5,2])
    Incompatible shapes: [2,5] vs. [5,2]
tf.equal(tf.ones([2,5]),tf.ones([5,2]))
    Incompatible shapes: [2,5] vs. [5,2]
tf.maximum(tf.ones([2,5]),tf.ones([5,2]))
    Incompatible shapes: [2,5] vs. [5,2]
tf.math.squared_difference(tf.ones([2,5]),tf.ones([5,2]))
    Incompatible shapes: [2,5] vs. [5,2]
tf.where([True,False],tf.ones([3]),tf.ones([3]))
    condition [2], then [3], and else [3] must be broadcastable
tf.matmul(tf.ones([2,3]),tf.ones([2,3]))
    Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]
tf.ones([2,3])@tf.ones([2,3])
    Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]
tf.matmul(tf.ones([2,2,3]),tf.ones([2,2,3]))
    Matrix size-incompatible: In[0]: [2,2,3], In[1]: [2,2,3]
tf.matmul(tf.ones([2,2,3]),tf.ones([3,3,3]))
    In[0] and In[1] must have compatible batch dimensions: [2,2,3] vs. [3,3,3]
tf.matmul(tf.ones([3]),tf.ones([3]))
    In[0] and In[1] ndims must be == 2: 1
tf.matmul(tf.ones([3,3]),tf.ones([3]))
    In[0] and In[1] has different ndims: [3,3] vs. [3]
tf.matmul(tf.ones([3,3]),tf.ones([3,3],tf.float64))
    cannot compute MatMul as input #1(zero-based) was expected to be a float tensor but is a double tensor
tf.ones([3,3])+tf.ones([3,3],tf.float64)
    cannot compute AddV2 as input #1(zero-based) was expected to be a float tensor but is a double tensor
tf.ones([3,3])+tf.ones([3,3],tf.int32)
    cannot compute AddV2 as input #1(zero-based) was expected to be a float tensor but is a int32 tensor
tf.linalg.matvec(tf.ones([3,3]),tf.ones([2]))
    Matrix size-incompatible: In[0]: [3,3], In[1]: [2,1]
tf.linalg.inv(tf.zeros([2,2]))
    Input is not invertible.
tf.linalg.inv(tf.zeros([2,3]))
    Input matrix must be square.
tf.linalg.inv(tf.zeros([2]))
    Input tensor 0 must have rank >= 2, got 1
tf.linalg.solve(tf.zeros([2,2]),tf.ones([2,1]))
    Input matrix is not invertible.
tf.linalg.solve(tf.zeros([2,2]),tf.ones([3,1]))
    Input matrix and rhs are incompatible.
tf.linalg.cholesky(tf.ones([2,3]))
    Input matrix must be square.
tf.linalg.cholesky(tf.ones([2]))
    Input tensor 0 must have rank >= 2, got 1
tf.linalg.det(tf.ones([2]))
    Input tensor 0 must have rank >= 2, got 1
tf.linalg.det(tf.ones([2,3]))
    Input matrix must be square.
tf.linalg.logdet(tf.ones([2,3]))
    Input matrix must be square.
tf.linalg.slogdet(tf.ones([2,3]))
    Input matrix must be square.
tf.linalg.eigh(tf.ones([2,3]))
    Input matrix must be square.
tf.linalg.eigh(tf.ones([2]))
    Input tensor 0 must have rank >= 2, got 1
tf.linalg.svd(tf.ones([2]))
    Input tensor 0 must have rank >= 2, got 1
tf.linalg.qr(tf.ones([2]))
    Input tensor 0 must have rank >= 2, got 1
tf.linalg.lu(tf.zeros([2,2]))
    Input is not invertible.
tf.linalg.triangular_solve(tf.zeros([2,2]),tf.ones([3,1]))
    In[0] mismatch In[1] shape
tf.linalg.band_part(tf.ones([2,2]),5,0)
    num_lower must be negative or less or equal to number of rows (2) got: 5
tf.linalg.band_part(tf.ones([2]),1,0)
    input must be at least 2-dim, received shape: [2]
tf.linalg.trace(tf.ones([2]))
    input must be at least 2-dim, received shape: [2]
tf.linalg.diag_part(tf.ones([2]))
    input must be at least 2-dim, received shape: [2]
tf.linalg.tensor_diag_part(tf.ones([2,3]))
    Invalid shape [2,3]: dimensions 0 and 1 do not match.
tf.linalg.cross(tf.ones([2]),tf.ones([2]))
    Cross-products are only defined for 3-element vectors.
tf.linalg.sqrtm(tf.ones([2,3]))
    Input matrix must be square.
tf.linalg.lstsq(tf.ones([2,3]),tf.ones([3,1]))
    In[0] mismatch In[1] shape
tf.reshape(tf.ones([2,3]),[4])
    Input to reshape is a tensor with 6 values, but the requested shape has 4
tf.reshape(tf.ones([2,3]),[4,-1])
    Input to reshape is a tensor with 6 values, but the requested shape requires a multiple of 4
tf.reshape(tf.ones([2,3]),[-1,-1])
    Only one input size may be -1, not both 0 and 1
tf.reshape(tf.ones([2,3]),[-2,3])
    Size 0 must be non-negative, not -2
tf.concat([tf.ones([2,3]),tf.ones([3,2])],0)
    ConcatOp : Dimension 1 in both shapes must be equal: shape[0] = [2,3] vs. shape[1] = [3,2]
tf.concat([tf.ones([2,3]),tf.ones([2])],0)
    ConcatOp : Ranks of all input tensors should match: shape[0] = [2,3] vs. shape[1] = [2]
tf.concat([tf.ones([2,3]),tf.ones([2,3])],5)
    ConcatOp : Expected concatenating dimensions in the range [-2, 2), but got 5
tf.concat([tf.ones([]),tf.ones([])],0)
    ConcatOp : Can't concatenate scalars (use tf.stack instead)
tf.stack([tf.ones([2]),tf.ones([3])])
    Shapes of all inputs must match: values[0].shape = [2] != values[1].shape = [3]
tf.stack([tf.ones([2]),tf.ones([2])],axis=5)
    Argument `axis` = 5 not in range [-2, 2)
tf.unstack(tf.ones([2,3]),num=3)
    Input shape axis 0 must equal 3, got shape [2,3]
tf.unstack(tf.ones([2,3]),axis=3)
    Argument `axis` = 3 not in range [-2, 2)
tf.unstack(tf.ones([]))
    Argument `axis` = 0 not in range [0, 0)
tf.split(tf.ones([2,3]),2,axis=1)
    Number of ways to split should evenly divide the split dimension, but got split_dim 1 (size = 3) and num_split 2
tf.split(tf.ones([2,3]),[1,1],axis=1)
    Determined shape must either match input shape along split_dim exactly if fully specified, or be less than
tf.split(tf.ones([2,3]),2,axis=4)
    -input rank(-2) <= split_dim < input rank (2), but got 4
tf.gather(tf.ones([2,3]),[0],axis=5)
    Shape must be at least rank 6 but is rank 2
tf.gather(tf.ones([2,3]),[0.5])
    of float is not in the list of allowed values
tf.gather(tf.ones([]),[0])
    params must be at least 1 dimensional
tf.nn.conv2d(tf.ones([1,5,5,3]),tf.ones([2,2,4,1]),1,'SAME')
    input depth must be evenly divisible by filter depth: 3 vs 4
tf.nn.conv2d(tf.ones([1,5,5,3]),tf.ones([2,2,3]),1,'SAME')
    convolution filter must be 4-dimensional: [2,2,3]
tf.nn.conv2d(tf.ones([1,5,5,3]),tf.ones([7,7,3,1]),1,'VALID')
    Computed output size would be negative: -1 [input_size: 5, effective_filter_size: 7, stride: 1]
tf.nn.conv2d(tf.ones([1,5,5,3]),tf.ones([2,2,3,1]),[2,1,1,1],'VALID')
    Current implementation does not yet support strides in the batch and depth dimensions
tf.nn.conv2d(tf.ones([1,5,5,3]),tf.ones([2,2,3,1],tf.float64),1,'VALID')
    cannot compute Conv2D as input #1(zero-based) was expected to be a float tensor but is a double tensor
tf.nn.depthwise_conv2d(tf.ones([1,5,5,3]),tf.ones([2,2,4,1]),[1,1,1,1],'SAME')
    input and filter must have the same depth: 3 vs 4
tf.nn.conv1d(tf.ones([1,5,3]),tf.ones([2,4,1]),1,'SAME')
    input depth must be evenly divisible by filter depth: 3 vs 4
tf.nn.max_pool2d(tf.ones([1,5,5,3]),7,1,'VALID')
    Computed output size would be negative: -1 [input_size: 5, effective_filter_size: 7, stride: 1]
tf.nn.bias_add(tf.ones([2,3]),tf.ones([2]))
    Must provide as many biases as the last dimension of the input tensor: [2] vs. [2,3]
tf.nn.bias_add(tf.ones([3]),tf.ones([3]))
    Input tensor must be at least 2D
tf.einsum('ij,jk->ik',tf.ones([2,3]),tf.ones([2,3]))
    Expected dimension 3 at axis 0 of the input shaped [2,3] but got dimension 2
tf.einsum('ij,jk->ik',tf.ones([2,3]))
    Got 1 inputs for equation "ij,jk->ik", expecting 2
tf.einsum('ij->ik',tf.ones([2,3]))
    Output subscripts contain the label k not present in the input subscripts.
tf.einsum('ijk->ik',tf.ones([2,3]))
    Expected input 0 to have rank 3 but got: 2
tf.einsum('ij->',tf.ones([2]))
    Expected input 0 to have rank 2 but got: 1
tf.einsum('i$j->i',tf.ones([2,3]))
    Subscripts have incorrect format: i$j->i
tf.nn.sparse_softmax_cross_entropy_with_logits([7],tf.ones([1,3]))
    Received a label value of 7 which is outside the valid range of [0, 3).  Label values: 7
tf.nn.sparse_softmax_cross_entropy_with_logits([1,2],tf.ones([1,3]))
    `labels.shape` must equal `logits.shape` except for the last dimension. Received: labels.shape=(2,) and
tf.nn.sparse_softmax_cross_entropy_with_logits([[1]],tf.ones([1,3]))
    `labels.shape.rank` must equal `logits.shape.rank - 1`. Received
tf.nn.sparse_softmax_cross_entropy_with_logits([1.],tf.ones([1,3]))
    of float is not in the list of allowed values
tf.nn.softmax_cross_entropy_with_logits(tf.ones([2,4]),tf.ones([2,3]))
    logits and labels must be broadcastable: logits_size=[2,3] labels_size=[2,4]
tf.nn.sigmoid_cross_entropy_with_logits(tf.ones([2,4]),tf.ones([2,3]))
    `logits` and `labels` must have the same shape, received ((2, 3) vs (2, 4)).
tf.nn.softmax(tf.constant([1,2]))
    of int32 is not in the list of allowed values
tf.nn.softmax(tf.constant(1.))
    logits must have >= 1 dimension, got []
tf.one_hot([1],-1)
    depth must be non-negative, got: -1
tf.one_hot([1],[3])
    depth must be a scalar, but got: [1]
tf.one_hot([1.],3)
    of float is not in the list of allowed values
tf.one_hot([1],3,axis=5)
    Expected axis to be -1 or between [0, 2).  But received: 5
tf.slice(tf.ones([2,3]),[0,0],[3,3])
    Expected size[0] in [0, 2], but got 3
tf.slice(tf.ones([2,3]),[0,4],[1,1])
    Expected begin[1] in [0, 3], but got 4
tf.slice(tf.ones([2,3]),[0],[1])
    Expected begin and size arguments to be 1-D tensors of size 2, but got shapes [1] and [1] instead.
tf.slice(tf.ones([2,3]),[0,0],[1])
    Expected begin and size arguments to be 1-D tensors of size 2, but got shapes [2] and [1] instead.
tf.slice(tf.ones([2,3]),[0,0],[-2,1])
    Expected size[0] in [0, 2], but got -2
tf.tile(tf.ones([2,3]),[2])
    Expected multiples argument to be a vector of length 2 but got length 1
tf.tile(tf.ones([2,3]),[-1,2])
    Expected multiples[0] >= 0, but got -1
tf.tile(tf.ones([2,3]),2)
    Expected multiples to be 1-D, but got shape []
tf.broadcast_to(tf.ones([2,3]),[2,4])
    Incompatible shapes: [2,3] vs. [2,4]
tf.broadcast_to(tf.ones([2,3]),[3])
    Rank of input (2) must be no greater than rank of output shape (1).
tf.broadcast_to(tf.ones([2,3]),[-1,3])
    Dimension -1 must be >= 0
tf.transpose(tf.ones([2,3]),[0,0])
    1 is missing from {0,0}.
tf.transpose(tf.ones([2,3]),[0])
    transpose expects a vector of size 2. But input(1) is a vector of size 1
tf.transpose(tf.ones([2,3]),[0,5])
    5 is out of range [0 .. 2)
tf.reduce_sum(tf.ones([2,3]),axis=4)
    Invalid reduction dimension (4 for input with 2 dimension(s)
tf.reduce_sum(tf.ones([2,3]),axis=[0,0])
    Invalid reduction arguments: Axes contains duplicate dimension: 0
tf.reduce_sum(tf.ones([2,3]),axis=1.5)
    Cannot convert 1.5 to EagerTensor of dtype int32
tf.reduce_mean(tf.constant(["a"]))
    of string is not in the list of allowed values
tf.reduce_max(tf.ones([2,3]),axis=-4)
    Invalid reduction dimension (-4 for input with 2 dimension(s)
tf.argmax(tf.ones([2,3]),axis=4)
    Expected dimension in the range [-2, 2), but got 4
tf.argmax(tf.ones([]))
    Expected dimension in the range [0, 0), but got 0
tf.argmax(tf.ones([0]))
    Reduction axis 0 is empty in shape [0]
tf.cast("a",tf.float32)
    Cast string to float is not supported
tf.cast(tf.constant(1.),tf.string)
    Cast float to string is not supported
tf.cast(tf.constant(1.),"nonsense")
    Cannot convert the argument `type_value`: 'nonsense' to a TensorFlow DType.
tf.boolean_mask(tf.ones([2,3]),[True,False,True])
    Shapes (2,) and (3,) are incompatible
tf.boolean_mask(tf.ones([2,3]),True)
    mask cannot be scalar.
tf.tensordot(tf.ones([2,3]),tf.ones([2,3]),1)
    Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]
tf.tensordot(tf.ones([2,3]),tf.ones([2,3]),[[1],[0]])
    Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]
tf.tensordot(tf.ones([2,3]),tf.ones([2,3]),[[1,0],[0]])
    Different number of contraction axes `a` and `b`, 2 != 1.
tf.image.resize(tf.ones([5,5]),[2,2])
    'images' must have either 3 or 4 dimensions.
tf.image.resize(tf.ones([5,5,1]),[2])
    'size' must be a 1-D Tensor of 2 elements: new_height, new_width
tf.image.resize(tf.ones([5,5,1]),[0,2])
    output dimensions must be positive
tf.image.resize(tf.ones([5,5,1]),[-1,2])
    output dimensions must be positive
tf.image.resize(tf.ones([5,5,1]),[2,2],method='none')
    Resize method is not implemented: none
tf.image.resize(tf.ones([5,5,1]),[2.5,2])
    'size' must be a 1-D int32 Tensor
tf.image.rgb_to_hsv(tf.ones([5,5,1]))
    input must have 3 channels but input only has 1 channels.
tf.image.rgb_to_grayscale(tf.ones([5,5,1]))
    Matrix size-incompatible: In[0]: [25,1], In[1]: [3,1]
tf.image.crop_to_bounding_box(tf.ones([5,5,1]),3,3,4,4)
    width must be >= target + offset.
tf.image.flip_left_right(tf.ones([5]))
    'image' (shape (5,)) must be at least three-dimensional.
tf.image.psnr(tf.ones([5,5,1]),tf.ones([5,4,1]),1.)
    Incompatible shapes: [5,5,1] vs. [5,4,1]
tf.Variable([1.,2.]).assign(tf.constant([1,2]))
    Tensor conversion requested dtype float32 for Tensor with dtype int32: <tf.Tensor: shape=(2,), dtype=int32,
tf.Variable([1.,2.]).assign([1j,2])
    Cannot convert [1j, 2] to EagerTensor of dtype float
tf.Variable([1.,2.]).assign("a")
    Cannot convert 'a' to EagerTensor of dtype float
tf.Variable([1.,2.]).assign_add([1.,2.,3.])
    Cannot update variable with shape [2] using a Tensor with shape [3], shapes must be equal.
tf.Variable([1.,2.])[0].assign([1.,2.,3.])
    Cannot broadcast input shape [3] into final shape []
tf.Variable(None)
    The `initial_value` arg to `tf.Variable` must be specified except when you are not providing a
tf.ensure_shape(tf.ones([2,3]),[3,2])
    Shape of tensor input [2,3] is not compatible with expected shape [3,2].
tf.squeeze(tf.ones([2,3]),axis=0)
    Can not squeeze dim[0], expected a dimension of 1, got 2
tf.squeeze(tf.ones([2,3]),axis=5)
    Tried to squeeze dim index 5 for tensor with 2 dimensions.
tf.expand_dims(tf.ones([2,3]),5)
    Tried to expand dim index 5 for tensor with 2 dimensions.
tf.pad(tf.ones([2,3]),[[1,1]])
    The first dimension of paddings must be the rank of inputs[1,2] [2,3]
tf.pad(tf.ones([2,3]),[[1,1],[-1,1]])
    Paddings must be non-negative: -1 1
tf.pad(tf.ones([2,3]),[[5,5],[1,1]],'REFLECT')
    paddings must be less than the dimension size: 5, 5 not less than 2
tf.pad(tf.ones([2,3]),[[1,1],[1,1]],'WRONG')
    Value of argument `mode` expected to be one of "CONSTANT", "REFLECT", or "SYMMETRIC". Received `mode` = WRONG
tf.reverse(tf.ones([2,3]),[0,0])
    axis 0 specified more than once.
tf.roll(tf.ones([2,3]),1,5)
    axis 5 is out of range
tf.roll(tf.ones([2,3]),[1],[0,1])
    shift and axis must have the same size
tf.math.top_k(tf.ones([3]),k=5)
    input must have at least k columns. Had 3, needed 5
tf.math.top_k(tf.ones([]),k=1)
    input must be >= 1-D, got shape []
tf.range(0,5,0)
    Requires delta != 0: 0
tf.range(5,0,1)
    Requires start <= limit when delta > 0: 5/0
tf.linspace(0.,1.,-1)
    Requires start <= limit when delta > 0: 1/-1
tf.eye(-1)
    Dimension -1 must be >= 0
tf.zeros([-1])
    Dimension -1 must be >= 0
tf.fill([-1],1.)
    Dimension -1 must be >= 0
tf.repeat(tf.ones([2]),[1,2,3])
    Dimensions 2 and 3 are not compatible
tf.repeat(tf.ones([2]),-1)
    Expected multiples[1] >= 0, but got -1
tf.sequence_mask([1],-1)
    Requires start <= limit when delta > 0: 0/-1
tf.dynamic_partition(tf.ones([2]),[0,5],2)
    partitions[1] = 5 is not in [0, 2)
tf.dynamic_stitch([[0]],[[1.],[2.]])
    List argument 'data' to 'dynamic_stitch' Op with length 2 must match length 1 of argument 'indices'.
tf.math.bincount([-1])
    Input arr must be non-negative!
tf.math.confusion_matrix([5],[0],num_classes=2)
    `labels` out of bound
tf.math.confusion_matrix([-5],[0],num_classes=2)
    `labels` contains negative values.
tf.clip_by_value(tf.ones([2]),tf.ones([3]),2.)
    Incompatible shapes: [2] vs. [3]
tf.linalg.norm(tf.ones([2]),ord='x')
    'ord' must be a supported vector norm, got x
tf.linalg.norm(tf.ones([2]),axis=3)
    Invalid reduction dimension (3 for input with 1 dimension(s)
tf.signal.fft(tf.ones([2]))
    of float is not in the list of allowed values
tf.random.uniform([2],maxval=None,dtype=tf.int32)
    Must specify maxval for integer dtype tf.int32
tf.random.uniform([-2])
    Dimension -2 must be >= 0
tf.random.uniform([2],5,2,dtype=tf.int32)
    Need minval < maxval, got 5 >= 2
tf.random.stateless_uniform([2],[1])
    seed must have shape [2], not [1]
tf.random.categorical(tf.ones([2]),1)
    logits should be a matrix, got shape [2]
tf.constant([[1,2],[3]])
    Can't convert non-rectangular Python sequence to Tensor
tf.constant([1,"a"])
    Can't convert Python sequence with mixed types to Tensor
tf.constant(None)
    Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor.
tf.constant({})
    Attempt to convert a value ({}) with an unsupported type (<class 'dict'>) to a Tensor.
tf.constant(1.5,tf.int32)
    Cannot convert 1.5 to EagerTensor of dtype int32
tf.constant("a",tf.int32)
    Cannot convert 'a' to EagerTensor of dtype int32
tf.constant(3e9,tf.int32)
    Cannot convert 3000000000.0 to EagerTensor of dtype int32
float(tf.ones([2]))
    only 0-dimensional arrays can be converted to Python scalars
bool(tf.ones([2]))
    The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()
int(tf.ones([2]))
    only 0-dimensional arrays can be converted to Python scalars
len(tf.ones([]))
    Scalar tensor has no `len()`
list(tf.ones([]))
    Cannot iterate over a scalar tensor.
hash(tf.ones([2]))
    Tensor is unhashable. Instead, use tensor.ref() as the key.
tf.constant([2])//tf.constant([0])
    Integer division by zero
tf.constant([2])%tf.constant([0])
    Integer division by zero
tf.debugging.check_numerics(tf.constant([np.nan]),"hello")
    hello : Tensor had NaN values
tf.debugging.assert_equal(1,2)
    Condition x == y did not hold.
tf.debugging.assert_equal(1,2,message="hi")
    hi
tf.debugging.assert_less(1,0)
    Condition x < y did not hold.
tf.debugging.assert_type(tf.ones([2]),tf.int32)
    tensor must be of type tf.int32; got tf.float32
tf.nest.map_structure(lambda a,b:a,[1],[1,2])
    The two structures don't have the same nested structure.
tf.nest.assert_same_structure([1],(1,))
    The two structures don't have the same nested structure.
tf.while_loop(lambda i:i<3,lambda i:[i+1,i],[0])
    The two structures don't have the same nested structure.
tf.cond(tf.constant([True,False]),lambda:1,lambda:2)
    The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()
tf.cond("a",1,2)
    'true_fn' must be callable
tf.nn.moments(tf.ones([2,3]),axes=[4])
    Invalid reduction dimension (4 for input with 2 dimension(s)
tf.nn.embedding_lookup(tf.ones([2,3]),[7])
    indices[0] = 7 is not in [0, 2)
tf.nn.embedding_lookup(tf.ones([2,3]),[-1])
    indices[0] = -1 is not in [0, 2)
tf.nn.batch_normalization(tf.ones([2,3]),tf.ones([2]),tf.ones([3]),None,None,.1)
    Incompatible shapes: [2] vs. [3]
tf.nn.dropout(tf.ones([2,3]),1.5)
    `rate` must be a scalar tensor or a float in the range [0, 1). Received: rate=1.5
tf.nn.dropout(tf.ones([2,3]),-.5)
    `rate` must be a scalar tensor or a float in the range [0, 1). Received: rate=-0.5
tf.nn.dropout(tf.constant([1]),.5)
    `x.dtype` must be a floating point tensor as `x` will be scaled. Received: x_dtype=<dtype: 'int32'>
tf.nn.space_to_depth(tf.ones([1,3,3,1]),2)
    Image width 3 and height 3 should be divisible by block_size: 2
tf.nn.depth_to_space(tf.ones([1,3,3,3]),2)
    Input depth dimension 3 should be divisible by: 4
tf.space_to_batch(tf.ones([1,3,3,1]),[2,2],[[0,0],[0,0]])
    padded_shape[0]=3 is not divisible by block_shape[0]=2
tf.batch_to_space(tf.ones([3,3,3,1]),[2,2],[[0,0],[0,0]])
    Input batch dimension (3) is not divisible by product of block sizes (4)
tf.add_n(3)
    'int' object is not iterable
tf.unravel_index([7],[2,2])
    index is out of bound as with dims
tf.math.invert_permutation([0,0])
    0 is duplicated in the input.
tf.math.invert_permutation([0,7])
    7 is not between 0 and 2
tf.histogram_fixed_width([1.],[2.,1.])
    value_range should satisfy value_range[0] < value_range[1], but got '[2, 1]'
tf.parallel_stack([tf.ones([2]),tf.ones([3])])
    tf.parallel_stack() is not compatible with eager execution.
tf.math.polygamma(tf.ones([2]),tf.ones([3]))
    Incompatible shapes: [2] vs. [3]
tf.autodiff.ForwardAccumulator([tf.ones([2])],[tf.ones([2]),tf.ones([2])]).__enter__()
    The two structures don't have the same nested structure.
tf.strided_slice(tf.ones([2,3]),[0],[1],[0])
    strides[0] must be non-zero
tf.strided_slice(tf.ones([2,3]),[0,0],[1])
    Expected begin, end, and strides to be 1D equal size tensors, but got shapes [2], [1], and [2] instead.
tf.sparse.segment_sum(tf.ones([2]),[5],[0])
    Bad: indices[0] == 5 out of range [0, 2)
tf.nn.top_k(tf.ones([2,3]),k=4)
    input must have at least k columns. Had 3, needed 4
tf.nn.relu("a")
    of string is not in the list of allowed values
tf.nn.relu(tf.constant([True]))
    of bool is not in the list of allowed values
tf.exp(tf.constant(1))
    of int32 is not in the list of allowed values
tf.sqrt(4)
    of int32 is not in the list of allowed values
tf.sqrt("a")
    of string is not in the list of allowed values
tf.abs("a")
    of string is not in the list of allowed values
tf.sin(True)
    of bool is not in the list of allowed values
-tf.constant(True)
    of bool is not in the list of allowed values
tf.constant("a")-tf.constant("b")
    of string is not in the list of allowed values
~tf.ones([2])
    of float is not in the list of allowed values
abs(tf.constant("a"))
    of string is not in the list of allowed values
tf.ones([2])+"a"
    cannot compute AddV2 as input #1(zero-based) was expected to be a float tensor but is a string tensor
tf.ones([2])+None
    Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor.
tf.ones([2])+[1,2,3]
    Incompatible shapes: [2] vs. [3]
"a"+tf.ones([2])
    Cannot convert 'a' to EagerTensor of dtype float
tf.ones([2])@2
    In[0] and In[1] has different ndims: [2] vs. []
tf.ones([2])**"a"
    Cannot convert 'a' to EagerTensor of dtype float
tf.constant(1)+1.5
    cannot compute AddV2 as input #1(zero-based) was expected to be a int32 tensor but is a float tensor
tf.reduce_sum([[1,2],[3]])
    Can't convert non-rectangular Python sequence to Tensor
tf.concat([[1,2],[3]],"a")
    of string is not in the list of allowed values
"""


def read() -> list[tuple[str, str]]:
    """Programs with their phrases."""
    lines = PHRASES.strip("\n").splitlines()
    return [(program, phrase.strip()) for program, phrase in zip(lines[::2], lines[1::2], strict=True)]
