"""`tf.compat.v1`: functions that take other arguments than in version 2. Each line is a call."""

import numpy as np
from conformance_kit import raises, script

_X = [[3.0, -1.0, 2.0], [0.0, 5.0, -4.0]]
_P = [[True, False, True], [False, True, True]]


def _table(name, rows):
    @script(name)
    def _(tf):
        return {text: raises(lambda c=code: eval(c, _names(tf))) for text, code in compiled.items()}

    compiled = {row: compile(row, f"<{name}>", "eval") for row in rows}


def _names(tf):
    x = tf.constant(_X)
    return {
        "tf": tf,
        "v1": tf.compat.v1,
        "np": np,
        "x": x,
        "p": tf.constant(_P),
        "i": tf.constant([[1, 2, 3], [4, 5, 6]]),
        "im": tf.reshape(tf.range(32.0), [1, 4, 4, 2]),
        "k": tf.reshape(tf.range(16.0), [2, 2, 2, 2]) / 8.0,
        "sp": tf.SparseTensor([[0, 1], [1, 0]], [5.0, 6.0], [2, 3]),
        "w": tf.reshape(tf.range(12.0), [4, 3]),
    }


_REDUCERS = "reduce_max reduce_mean reduce_min reduce_prod reduce_sum reduce_logsumexp"

_table(
    "v1: reductions",
    [
        f"v1.{name}({value}{arguments})"
        for names, value in ((_REDUCERS, "x"), ("reduce_all reduce_any", "p"))
        for name in names.split()
        for arguments in (
            "",
            ", 1",
            ", axis=0, keepdims=True",
            ", keep_dims=True",
            ", reduction_indices=[1]",
            ", 1, reduction_indices=1",
            ", keepdims=True, keep_dims=True",
            ", axis=7",
        )
    ]
    + [
        "v1.math.reduce_sum(x, reduction_indices=0)",
        "v1.count_nonzero(x)",
        "v1.count_nonzero(input=x, reduction_indices=1, keep_dims=True)",
        "v1.count_nonzero(x, 0, dtype=tf.int32)",
        "v1.count_nonzero(x, input=x)",
        "v1.argmax(x)",
        "v1.argmax(x, 1)",
        "v1.argmax(x, dimension=1, output_type=tf.int32)",
        "v1.argmax(x, 1, dimension=1)",
        "v1.argmin(x, axis=1)",
        "v1.argmin(x, dimension=0)",
        "v1.arg_max(x, 1)",
        "v1.arg_min(x, 0, tf.int32)",
        "v1.norm(x)",
        "v1.norm(x, 1, axis=1, keep_dims=True)",
        "v1.linalg.norm(x, np.inf, axis=0, keepdims=True)",
        "v1.norm(x, keepdims=True, keep_dims=True)",
        "v1.bincount([1, 1, 3])",
        "v1.math.bincount([1, 1, 3], minlength=6, dtype=tf.float32)",
        "v1.bincount([1, 1, 3], weights=[1.0, 2.0, 3.0], maxlength=3)",
        "v1.confusion_matrix([1, 0, 1], [1, 1, 1])",
        "v1.confusion_matrix([1, 0, 1], [1, 1, 1], 3, tf.float32, weights=[1.0, 2.0, 3.0])",
        "v1.math.in_top_k(x, [0, 2], 1)",
        "v1.nn.in_top_k(x, [0, 2], 2)",
    ],
)

_table(
    "v1: arrays",
    [
        "v1.where(p)",
        "v1.where(p, x, -x)",
        "v1.where([True, False], x, -x)",
        "v1.where(True, x, -x)",
        "v1.where(p, 1.0, 0.0)",
        "v1.where([True, False, True], x, -x)",
        "v1.where(p, x, [1.0])",
        "v1.where(p, x)",
        "v1.where([1, 0], x, x)",
        "v1.where([True, False], [1, 2], [3, 4])",
        "v1.where(p, x, tf.ones([2, 3], tf.float64))",
        "v1.gather(x, [1])",
        "v1.gather(x, [1, 0], axis=1)",
        "v1.gather(x, [[1], [0]], axis=1, batch_dims=1)",
        "v1.gather(x, [7])",
        "v1.gather_nd(x, [[0, 1]])",
        "v1.gather_nd(x, [[0], [2]], batch_dims=1)",
        "v1.manip.gather_nd(x, [[0, 1]])",
        "v1.batch_gather(x, [[1], [0]])",
        "v1.batch_gather(x, 1)",
        "v1.expand_dims(x, 1).shape",
        "v1.expand_dims(x, dim=-1).shape",
        "v1.expand_dims(x)",
        "v1.expand_dims(x, 0, dim=0)",
        "v1.squeeze([[1.0]])",
        "v1.squeeze([[1.0]], 0)",
        "v1.squeeze([[1.0]], squeeze_dims=[1])",
        "v1.squeeze([[1.0]], [0], squeeze_dims=[1])",
        "v1.squeeze(x, 0)",
        "v1.transpose(x)",
        "v1.transpose(x, [0, 1])",
        "v1.transpose([[1j, 2]], conjugate=True)",
        "v1.zeros_like(x, tf.int32)",
        "v1.ones_like(i)",
        "v1.shape(x)",
        "v1.shape(x, out_type=tf.int64)",
        "v1.size(x)",
        "v1.size(x, 'n', tf.int64)",
        "v1.boolean_mask(x, p)",
        "v1.boolean_mask(x, [True, False, True], axis=1)",
        "v1.constant([1, 2])",
        "v1.constant(1.0, shape=[2])",
        "v1.constant([1, 2], tf.float32, [2, 1])",
        "v1.constant([1, 2], shape=[2], verify_shape=True)",
        "v1.constant([1, 2], shape=[3], verify_shape=True)",
        "v1.constant([1, 2], shape=[3])",
        "v1.convert_to_tensor([1], preferred_dtype=tf.float32)",
        "v1.convert_to_tensor([1.5], tf.float64)",
        "v1.convert_to_tensor(['a'], preferred_dtype=tf.float32)",
        "v1.convert_to_tensor([1], preferred_dtype=tf.float32, dtype_hint=tf.int32)",
        "v1.convert_to_tensor_or_indexed_slices([1.0])",
        "v1.convert_to_tensor_or_indexed_slices(tf.IndexedSlices(x, [0, 1]), tf.int32)",
        "v1.convert_to_tensor_or_sparse_tensor(sp).values",
        "v1.convert_to_tensor_or_sparse_tensor(sp, tf.int32)",
        "v1.pad(x, [[0, 1], [1, 0]])",
        "v1.pad(x, [[0, 1], [1, 0]], 'REFLECT')",
        "v1.pad(x, [[0, 1], [1, 0]], constant_values=7)",
        "v1.reverse_sequence(x, [2, 3], seq_dim=1, batch_dim=0)",
        "v1.reverse_sequence(x, [2, 3], 1, 0)",
        "v1.reverse_sequence(x, [2, 3], 1, 0, seq_dim=1)",
        "v1.space_to_batch(im, [[0, 0], [0, 0]], 2)",
        "v1.nn.space_to_batch(im, [[0, 0], [0, 0]], block_shape=[2, 1])",
        "v1.batch_to_space(tf.reshape(im, [4, 2, 2, 2]), [[0, 0], [0, 1]], 2)",
        "v1.batch_to_space_nd(tf.reshape(im, [4, 2, 2, 2]), [2, 2], [[0, 0], [0, 0]])",
        "v1.manip.batch_to_space_nd(tf.reshape(im, [4, 2, 2, 2]), [2, 2], [[0, 0], [0, 0]])",
        "v1.space_to_depth(im, 2)",
        "v1.depth_to_space(tf.reshape(im, [1, 2, 2, 8]), 2, 'n', 'NHWC')",
        "v1.setdiff1d([1, 2, 3, 2], [3, 1])",
        "v1.setdiff1d([1.5, 2.5], [2.5], tf.int64)",
        "v1.setdiff1d(['a', 'b'], ['b'])",
        "v1.setdiff1d([[1]], [1])",
        "v1.setdiff1d([1], [1.5])",
        "v1.setdiff1d(tf.constant([1]), tf.constant([1.5]))",
        "v1.clip_by_average_norm(x, 0.5)",
        "v1.clip_by_average_norm(x, 50.0)",
        "v1.to_float(i)",
        "v1.to_double(i)",
        "v1.to_int32(x)",
        "v1.to_int64(x)",
        "v1.to_bfloat16(x)",
        "v1.to_complex64(x)",
        "v1.to_complex128(x)",
        "v1.div(7, 2)",
        "v1.div(-7, 2)",
        "v1.div(x, 2.0)",
        "v1.div(x, i)",
        "v1.floor_div([7, -7], [2, 2])",
        "v1.scalar_mul(2.0, x)",
        "v1.math.scalar_mul(2, i)",
        "v1.sparse_matmul(x, x, transpose_b=True)",
        "v1.verify_tensor_all_finite(x, 'm')",
        "v1.verify_tensor_all_finite(x=[np.inf], message='m')",
        "v1.debugging.assert_all_finite(x=x, message='m')",
        "v1.tuple([x, i])",
        "v1.linalg.trace(x[:, :2])",
        "v1.linalg.matmul(x, x, transpose_b=True)",
        "v1.math.abs(x)",
        "v1.math.mod(i, 4)",
        "v1.nn.sigmoid(x)",
        "v1.nn.swish(x)",
    ],
)

_table(
    "v1: neural networks",
    [
        "v1.nn.conv2d(im, k, [1, 1, 1, 1], 'SAME')",
        "v1.nn.conv2d(im, filters=k, strides=[1, 2, 2, 1], padding='VALID')",
        "v1.nn.conv2d(im, k, [1, 1, 1, 1], 'SAME', filters=k)",
        "v1.nn.conv2d(im, k, padding='SAME')",
        "v1.nn.conv1d(im[0], k[0], 1, 'SAME')",
        "v1.nn.conv1d(input=im[0], filters=k[0], stride=2, padding='VALID')",
        "v1.nn.conv2d_transpose(im, k, [1, 8, 8, 2], [1, 2, 2, 1])",
        "v1.nn.conv2d_transpose(input=im, filters=k, output_shape=[1, 8, 8, 2], strides=2)",
        "v1.nn.conv2d_backprop_input([1, 4, 4, 2], k, im, [1, 1, 1, 1], 'SAME')",
        "v1.nn.conv2d_backprop_filter(im, [2, 2, 2, 2], im, [1, 1, 1, 1], 'SAME')",
        "v1.nn.conv3d(im[tf.newaxis], k[tf.newaxis], [1] * 5, 'SAME')",
        "v1.nn.conv3d_transpose(im[tf.newaxis], k[tf.newaxis], [1, 1, 8, 8, 2], [1, 1, 2, 2, 1])",
        "v1.nn.conv3d_backprop_filter(im[tf.newaxis], [1, 2, 2, 2, 2], im[tf.newaxis], [1] * 5, 'SAME')",
        "v1.nn.convolution(im, k, 'SAME')",
        "v1.nn.convolution(im, filter=k, padding='VALID', dilation_rate=[2, 2])",
        "v1.nn.convolution(im, k, 'VALID', dilations=[2, 2], dilation_rate=[2, 2])",
        "v1.nn.depthwise_conv2d(im, k, [1, 1, 1, 1], 'SAME', rate=[2, 2])",
        "v1.nn.depthwise_conv2d(im, k, [1, 1, 1, 1], 'VALID')",
        "v1.nn.depthwise_conv2d_native(im, k, [1, 1, 1, 1], 'VALID')",
        "v1.nn.separable_conv2d(im, k, tf.ones([1, 1, 4, 3]), [1, 1, 1, 1], 'SAME')",
        "v1.nn.dilation2d(im, k[0], [1, 1, 1, 1], [1, 1, 1, 1], 'SAME')",
        "v1.nn.erosion2d(im, k[0], [1, 1, 1, 1], [1, 1, 1, 1], 'SAME')",
        "v1.nn.avg_pool(im, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID')",
        "v1.nn.avg_pool(input=im, ksize=2, strides=2, padding='SAME', value=None)",
        "v1.nn.avg_pool2d(im, 2, 1, 'SAME')",
        "v1.nn.max_pool(im, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID')",
        "v1.nn.max_pool(im, 2, 1, 'SAME')",
        "v1.nn.max_pool(im, 2, 1, 'SAME', input=im)",
        "v1.nn.max_pool_with_argmax(im, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID', Targmax=tf.int64)",
        "v1.nn.max_pool_with_argmax(im, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID', output_dtype=tf.int32)",
        "v1.nn.pool(im, [2, 2], 'MAX', 'VALID')",
        "v1.nn.pool(im, [2, 2], 'AVG', 'SAME', strides=[2, 2])",
        "v1.nn.pool(im, [2, 2], 'AVG', 'VALID', dilation_rate=[2, 2])",
        "v1.nn.softmax(x, dim=0)",
        "v1.nn.softmax(x)",
        "v1.nn.softmax(x, 1, dim=0)",
        "v1.math.log_softmax(x, axis=0)",
        "v1.nn.crelu(x)",
        "v1.nn.dropout(x, 1.0)",
        "v1.nn.dropout(x, rate=0.0)",
        "v1.nn.dropout(x)",
        "v1.nn.dropout(x, keep_prob=0.0)",
        "v1.nn.dropout(x, keep_prob=1.5)",
        "v1.nn.dropout(x, keep_prob=0.5, rate=0.3)",
        "[v1.set_random_seed(3), v1.nn.dropout(x, keep_prob=0.5, seed=3)]",
        "v1.nn.sigmoid_cross_entropy_with_logits(labels=tf.ones([2, 3]), logits=x)",
        "v1.nn.sigmoid_cross_entropy_with_logits(x)",
        "v1.nn.softmax_cross_entropy_with_logits(labels=[[1.0, 0, 0], [0, 1, 0]], logits=x)",
        "v1.nn.softmax_cross_entropy_with_logits(labels=[[1.0, 0, 0], [0, 1, 0]], logits=x, dim=0)",
        "v1.nn.softmax_cross_entropy_with_logits_v2([[1.0, 0, 0], [0, 1, 0]], x, axis=0)",
        "v1.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 2], logits=x)",
        "v1.nn.sparse_softmax_cross_entropy_with_logits(logits=x)",
        "v1.nn.weighted_cross_entropy_with_logits(targets=tf.ones([2, 3]), logits=x, pos_weight=2.0)",
        "v1.nn.weighted_cross_entropy_with_logits(tf.ones([2, 3]), x, 2.0)",
        "v1.nn.moments(x, [0])",
        "v1.nn.moments(x, [0, 1], keep_dims=True)",
        "v1.nn.weighted_moments(x, [0], [[1.0], [2.0]], keep_dims=True)",
        "v1.nn.sufficient_statistics(x, [0])",
        "v1.nn.sufficient_statistics(x, [0], 1.0, True)",
        "v1.nn.batch_norm_with_global_normalization(im, [1.0, 2], [3.0, 4], [0.5, 1], [2.0, 3], 0.1, True)",
        "v1.nn.batch_norm_with_global_normalization(input=im, mean=[1.0, 2], variance=[3.0, 4], beta=[0.5, 1], "
        "gamma=[2.0, 3], variance_epsilon=0.1, scale_after_normalization=False)",
        "v1.nn.fused_batch_norm(im, [1.0, 2.0], [0.5, 1.0])",
        "v1.nn.fused_batch_norm(im, [1.0, 2.0], [0.5, 1.0], [1.0, 2.0], [3.0, 4.0], is_training=False)",
        "v1.nn.fused_batch_norm(im, [1.0, 2.0], [0.5, 1.0], [1.0, 2.0], [3.0, 4.0], exponential_avg_factor=0.5)",
        "v1.nn.fused_batch_norm(im, [1.0, 2.0], [0.5, 1.0], epsilon=1.0)",
        "v1.nn.fused_batch_norm(im, [1.0, 2.0], [0.5, 1.0], is_training=False)",
        "v1.nn.xw_plus_b(x, tf.ones([3, 2]), [1.0, 2.0])",
        "v1.nn.relu_layer(x, tf.ones([3, 2]), [-1.0, -2.0])",
        "v1.nn.embedding_lookup(w, [3, 0])",
        "v1.nn.embedding_lookup([w], [[3], [0]], max_norm=2.0)",
        "v1.nn.embedding_lookup([w[::2], w[1::2]], [3, 0, 2])",
        "v1.nn.embedding_lookup([w[:2], w[2:]], [[3, 0], [2, 1]], partition_strategy='div')",
        "v1.nn.embedding_lookup([w[:2], w[2:3]], [2, 0, 1], partition_strategy='div', max_norm=3.0)",
        "v1.nn.embedding_lookup([w, w], [3], 'x')",
        "v1.nn.embedding_lookup([], [3])",
    ],
)

_table(
    "v1: images, sparse tensors and strings",
    [
        *(
            f"v1.image.resize({value}, {size}{arguments})"
            for value in ("im", "im[0]")
            for size in ("[2, 2]", "[7, 5]")
            for arguments in ("", ", 1", ", 2", ", 3", ", align_corners=True", ", 'bilinear'")
        ),
        "v1.image.resize(im, [4, 4])",
        "v1.image.resize(im, [4, 8], preserve_aspect_ratio=True)",
        "v1.image.resize(im, [4])",
        "v1.image.resize(im[0, 0], [4, 4])",
        "v1.image.resize(im, [2, 2], 9)",
        "v1.image.resize_images(tf.cast(im, tf.uint8), [2, 3], v1.image.ResizeMethod.NEAREST_NEIGHBOR)",
        "v1.image.resize_bilinear(im, [3, 3], True)",
        "v1.image.resize_bilinear(im, [3, 3], half_pixel_centers=True)",
        "v1.image.resize_bicubic(im, [3, 3])",
        "v1.image.resize_nearest_neighbor(im, [3, 3])",
        "v1.image.resize_area(im, [3, 3])",
        "v1.image.resize_image_with_pad(im, 6, 9)",
        "v1.image.crop_and_resize(im, [[0.0, 0.0, 0.5, 0.5]], [0], [2, 2])",
        "v1.image.crop_and_resize(im, [[0.0, 0.0, 0.5, 0.5]], box_indices=[0], crop_size=[2, 2])",
        "v1.image.extract_image_patches(im, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], 'VALID')",
        "v1.extract_image_patches(im, sizes=[1, 2, 2, 1], strides=[1, 2, 2, 1], rates=[1, 1, 1, 1], padding='SAME')",
        "v1.image.extract_glimpse(im, [2, 2], [[0.0, 0.0]])",
        "v1.sparse_reduce_sum(sp)",
        "v1.sparse_reduce_sum(sp, reduction_axes=1, keep_dims=True)",
        "v1.sparse_reduce_max(sp, axis=0)",
        "v1.sparse.reduce_sum(sp, 1)",
        "v1.sparse_to_dense([[0, 1], [1, 0]], [2, 2], [5, 6])",
        "v1.sparse_to_dense([1, 3], [4], 7.0, default_value=-1.0)",
        "v1.sparse_to_dense([3, 1], [4], 7.0)",
        "v1.sparse_to_dense([[0, 9]], [2, 2], [5])",
        "v1.sparse_add(sp, tf.ones([2, 3]))",
        "v1.sparse.to_dense(v1.sparse_add(sp, sp, thresh=11.0))",
        "v1.sparse.to_dense(v1.sparse_concat(1, [sp, sp]))",
        "v1.sparse.to_dense(v1.sparse_concat(concat_dim=0, sp_inputs=[sp, sp], axis=None))",
        "v1.sparse_split(sp, 2, 0)",
        "[tf.sparse.to_dense(part) for part in v1.sparse_split(sp_input=sp, num_split=3, axis=1)]",
        "v1.sparse_segment_sum(x, [0, 1], [0, 0])",
        "v1.sparse_segment_mean(x, [0, 1], [0, 2], num_segments=4)",
        "v1.sparse_segment_sqrt_n(x, [0, 1, 1], [0, 0, 1])",
        "tf.SparseTensor.from_value(v1.SparseTensorValue([[0]], [1.0], [2])).values",
        "v1.substr(['hello'], 1, 3)",
        "v1.strings.length(['hello', 'a'])",
        "v1.string_to_number(['1.5'])",
        "v1.strings.to_number(input=['3'], out_type=tf.int32)",
        "v1.string_to_hash_bucket(['a', 'b'], 10)",
        "v1.reduce_join([['a', 'b'], ['c', 'd']], 1)",
        "v1.reduce_join([['a', 'b'], ['c', 'd']], reduction_indices=0, keep_dims=True, separator='-')",
        "v1.reduce_join([['a', 'b'], ['c', 'd']])",
    ],
)

_table(
    "v1: control flow, assertions and randomness",
    [
        "v1.cond(True, lambda: x, lambda: -x)",
        "v1.cond(tf.constant(False), fn1=lambda: x, fn2=lambda: -x)",
        "v1.cond(True, lambda: [x], lambda: [x])",
        "v1.cond(True, lambda: [x], lambda: [x], strict=True)",
        "v1.cond(True, lambda: x)",
        "v1.cond(True, lambda: x, lambda: x, fn1=lambda: x)",
        "v1.case([(tf.constant(True), lambda: [x])])",
        "v1.case([(tf.constant(True), lambda: [x])], strict=True)",
        "v1.while_loop(lambda n: n < 5, lambda n: n + 2, [0])",
        "v1.while_loop(lambda n: n < 5, lambda n: n + 2, [0], return_same_structure=True)",
        "v1.while_loop(lambda n: n < 5, lambda n: n + 2, [tf.constant(0)])",
        "v1.while_loop(lambda n, m: n < 5, lambda n, m: (n + 2, m * 2), [tf.constant(0), tf.constant(1)])",
        "v1.while_loop(lambda n: n < 5, lambda n: n + 2, [tf.constant(0)], maximum_iterations=1)",
        "v1.map_fn(lambda row: row * 2.0, x)",
        "v1.map_fn(lambda row: tf.cast(row, tf.int32), x, tf.int32)",
        "v1.scan(lambda a, row: a + row, x)",
        "v1.foldl(lambda a, row: a + row, x)",
        "v1.foldr(lambda a, row: a - row, x)",
        "v1.py_func(lambda a: a + 1, [x], tf.float32)",
        "v1.py_func(lambda a: (a, a), [x], [tf.float32, tf.float32])",
        "v1.py_func(lambda a: type(a).__name__, [x], tf.string)",
        "v1.Print(x, [x], 'm')",
        "v1.wrap_function(lambda a: a * 2, [tf.TensorSpec([], tf.float32)])(tf.constant(2.0))",
        *(
            f"v1.{name}({pair})"
            for name in [
                "assert_equal",
                "assert_none_equal",
                "assert_greater",
                "assert_greater_equal",
                "assert_less",
                "assert_less_equal",
                "assert_near",
            ]
            for pair in ("[1.0], [1.0]", "[1.0], [2.0]", "[2.0], [1.0], data=['d'], summarize=1, message='m'")
        ),
        *(
            f"v1.debugging.{name}({value})"
            for name in ["assert_negative", "assert_positive", "assert_non_negative", "assert_non_positive"]
            for value in ("[1.0]", "[-1.0]", "[0.0], ['d'], 3, 'm', 'n'")
        ),
        "v1.assert_rank(x, 2)",
        "v1.assert_rank(x, 1, message='m')",
        "v1.assert_rank_at_least(x, 3)",
        "v1.assert_rank_in(x, [1, 2])",
        "v1.assert_rank_in(x, [1], message='m')",
        "v1.assert_integer(i)",
        "v1.assert_integer(x)",
        "v1.assert_scalar(1.0)",
        "v1.assert_scalar(x)",
        "v1.assert_type(x, tf.float32)",
        "v1.assert_type(x, tf.int32)",
        "v1.debugging.assert_shapes({x: ('N', 3)})",
        "[v1.set_random_seed(3), v1.multinomial([[0.0, 1.0]], 5)]",
        "[v1.set_random_seed(3), v1.random.multinomial([[0.0, 1.0]], 5, seed=2, output_dtype=tf.int32)]",
        "v1.random.stateless_multinomial([[0.0, 1.0]], 5, [1, 2])",
        "[v1.set_random_seed(3), v1.random_poisson([2.0, 5.0], [4], seed=1)]",
        "[v1.set_random_seed(3), v1.get_seed(1), v1.random.get_seed(None)]",
    ],
)


@script("v1: gradients")
def _(tf):
    v1 = tf.compat.v1
    names = _names(tf)
    x, im, p = names["x"], names["im"] / 8.0, names["p"]
    labels = tf.nn.softmax(x)
    scale, offset = tf.constant([1.0, 2.0]), tf.constant([0.5, 1.0])
    calls = {
        "where": lambda: v1.where(p, x * x, -x),
        "where, rows": lambda: v1.where([True, False], x * x, x),
        "where, scalar": lambda: v1.where(False, x * x, 3.0 * x),
        "reduce_sum": lambda: v1.reduce_sum(x * x, reduction_indices=1),
        "div": lambda: v1.div(1.0, x + 9.0),
        "clip": lambda: v1.clip_by_average_norm(x, 0.5),
        "softmax loss": lambda: v1.nn.softmax_cross_entropy_with_logits(labels=labels, logits=x),
        "softmax loss v2": lambda: v1.nn.softmax_cross_entropy_with_logits_v2(labels, x),
        "batch norm": lambda: v1.nn.fused_batch_norm(im, scale, offset)[0] * im,
        "batch norm, inference": lambda: v1.nn.fused_batch_norm(
            im, scale, offset, [1.0, 2.0], [3.0, 4.0], is_training=False
        )[0],
        "resize": lambda: v1.image.resize(im, [3, 5]),
        "embedding": lambda: v1.nn.embedding_lookup([x, 2.0 * x], [3, 0, 2]),
        "transpose": lambda: v1.transpose(x) * 2.0,
        "setdiff1d": lambda: v1.setdiff1d(x[0], [2.0])[0],
        "average pool": lambda: v1.nn.avg_pool(im, 2, 1, "SAME"),
        "py_func": lambda: v1.py_func(lambda a: a * 2, [x], tf.float32),
        "erosion": lambda: v1.nn.erosion2d(im, names["k"][0], [1, 1, 1, 1], [1, 1, 1, 1], "SAME"),
    }

    def gradients(call):
        with tf.GradientTape() as tape:
            tape.watch([x, im, labels, scale, offset])
            y = call()
        return tape.gradient(y, [x, im, labels, scale, offset])

    return {name: raises(lambda c=call: gradients(c)) for name, call in calls.items()}
