"""Lines of TensorFlow, for each name that `tfcompat convert` has a counterpart for, and what they are given."""

import re

import numpy as np

_random = np.random.RandomState(0)
INPUTS = {
    "x": np.array([[0.5, -1.25, 2.0], [0.0, 2.0, -0.75]], np.float32),  # a zero, and two that are equal
    "y": np.array([[1.5, -1.25, 0.0], [0.25, 2.0, 3.0]], np.float32),
    "p": np.array([[0.5, 1.25, 2.0], [0.125, 2.0, 0.75]], np.float32),
    "u": np.array([[0.5, -0.25, 0.0], [0.25, 0.75, -0.5]], np.float64),
    "row": np.array([0.5, -1.0, 2.0], np.float32),
    "s": np.array(0.75, np.float32),
    "i": np.array([[3, -2, 7], [0, 5, -7]], np.int32),
    "j": np.array([[2, 3, -2], [1, 5, 2]], np.int32),
    "k": np.array([2, 0, 1], np.int32),
    "b": np.array([[True, False, True], [False, False, True]]),
    "c": np.array([[True, True, False], [False, True, True]]),
    "t": _random.standard_normal((2, 3, 4)).astype(np.float32),
    "a": (_random.standard_normal((3, 3)) + 3 * np.eye(3)).astype(np.float32),
    "q": np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]], np.float32),
    "image": _random.standard_normal((2, 5, 6, 2)).astype(np.float32),
    "kernel": _random.standard_normal((3, 2, 2, 3)).astype(np.float32),
    "one": np.array([[0.0, 1.0, 0.0], [0.5, 0.25, 0.75]], np.float32),
    "z": np.array([1.0 + 2.0j, -0.5j, 3.0], np.complex64),
    "v": np.array([0.125, 0.5, 0.875], np.float32),
    "big": np.array([-40.0, -1.0, 0.0, 25.0, 90.0], np.float32),
}


def _each(pattern: str, names: str) -> list[str]:
    return [pattern.replace("F", name) for name in names.split()]


LINES = [
    *_each(
        "tf.F(x)",
        "abs math.negative sign square exp math.expm1 sin cos tan atan sinh cosh tanh asinh sigmoid math.log_sigmoid "
        "math.erf math.erfc floor math.ceil round math.rint math.is_nan math.is_inf math.is_finite nn.relu nn.relu6 "
        "nn.leaky_relu nn.elu nn.gelu nn.silu nn.softsign nn.softplus nn.softmax nn.log_softmax nn.l2_loss "
        "identity stop_gradient zeros_like ones_like shape size rank transpose reduce_sum reduce_mean reduce_max "
        "reduce_min reduce_prod math.reduce_variance math.reduce_std reduce_logsumexp math.reduce_euclidean_norm norm "
        "math.count_nonzero argmax argmin math.cumsum math.cumprod sort argsort squeeze where math.top_k "
        "linalg.matrix_transpose",
    ),
    *_each("tf.F(p)", "sqrt math.rsqrt math.log math.log1p math.reciprocal math.lgamma math.digamma norm"),
    *_each("tf.F(u)", "asin acos math.atanh math.erfinv tanh nn.softplus reduce_sum nn.softmax square"),
    *_each("tf.F(1.0 + p)", "math.acosh"),
    *_each(
        "tf.F(big)", "nn.softplus sigmoid nn.softmax nn.relu6 nn.elu math.log_sigmoid nn.gelu nn.leaky_relu"
    ),
    *_each(
        "tf.F(x, y)",
        "add subtract multiply maximum minimum math.squared_difference equal not_equal less less_equal greater "
        "greater_equal math.divide_no_nan math.floormod math.floordiv",
    ),
    *_each("tf.F(x, p)", "divide math.truediv math.atan2 math.floordiv math.floormod math.multiply"),
    *_each("tf.F(x, row)", "add multiply maximum minimum less math.squared_difference nn.bias_add"),
    *_each("tf.F(x, 0.5)", "add subtract multiply maximum minimum divide greater math.squared_difference"),
    *_each(
        "tf.F(i, j)",
        "add subtract multiply maximum minimum math.floormod math.floordiv equal less bitwise.bitwise_and",
    ),
    *_each("tf.F(i, j)", "bitwise.bitwise_or bitwise.bitwise_xor"),
    *_each("tf.F(b, c)", "logical_and logical_or math.logical_xor equal"),
    "tf.logical_not(b)",
    "tf.pow(x, 2)",
    "tf.pow(p, 0.5)",
    "tf.math.pow(x, 3.0)",
    "tf.nn.gelu(x, approximate=True)",
    "tf.nn.leaky_relu(x, alpha=0.3)",
    "tf.nn.softmax(t, axis=1)",
    "tf.nn.log_softmax(t, axis=0)",
    "tf.clip_by_value(x, -1.25, 2.0)",
    "tf.clip_by_value(x, -1.0, 1.5)",
    "tf.clip_by_value(x, y - 1.0, y)",
    "tf.add_n([x, y, p])",
    "tf.clip_by_norm(x, 1.0)",
    "tf.clip_by_norm(x, 100.0)",
    "tf.linalg.global_norm([x, row])",
    *[
        line
        for axes in ("axis=0", "axis=-1", "axis=[0, 1]", "1, True", "axis=[0], keepdims=True")
        for line in _each(
            f"tf.F(x, {axes})",
            "reduce_sum reduce_mean reduce_max reduce_min math.reduce_variance math.reduce_std reduce_logsumexp",
        )
    ],
    *_each(
        "tf.F(i)",
        "reduce_sum reduce_max reduce_min reduce_prod abs math.negative square math.cumsum argmax sort",
    ),
    *_each("tf.F(i, axis=1)", "reduce_sum reduce_max argmax argmin math.cumsum math.cumprod"),
    *_each("tf.F(b)", "reduce_all reduce_any"),
    *_each("tf.F(b, axis=0)", "reduce_all reduce_any"),
    *_each("tf.F(b, 1, keepdims=True)", "reduce_all reduce_any"),
    "tf.reduce_prod(x, axis=1)",
    "tf.reduce_sum([1.0, 2.5])",
    "tf.reduce_mean([[1.0, 2.5]], axis=1)",
    "tf.argmax(x, axis=1, output_type=tf.int32)",
    "tf.cumsum(t, axis=-1)",
    "tf.math.top_k(row, k=2)",
    "tf.math.l2_normalize(p, axis=1)",
    "tf.nn.l2_normalize(x, axis=[0, 1])",
    "tf.norm(p, axis=1)",
    "tf.norm(p, axis=0, keepdims=True)",
    "tf.math.unsorted_segment_sum(t, [1, 0], 3)",
    "tf.math.bincount(k)",
    "tf.matmul(a, q)",
    "tf.matmul(x, y, transpose_b=True)",
    "tf.matmul(x, y, transpose_a=True)",
    "tf.matmul(t, a @ tf.ones([3, 4]), transpose_b=True)",
    "tf.linalg.matvec(a, row)",
    "tf.linalg.matvec(a, row, transpose_a=True)",
    "tf.tensordot(x, a, 1)",
    "tf.tensordot(x, y, axes=[[1], [1]])",
    "tf.einsum('ij,kj->ik', x, y)",
    "tf.einsum('bij,jk->bik', t, tf.ones([4, 2]))",
    *_each("tf.linalg.F(a)", "det inv trace diag_part"),
    "tf.linalg.solve(a, q)",
    "tf.linalg.cholesky(q)",
    "tf.linalg.logdet(q)",
    "tf.linalg.eigvalsh(q)",
    "tf.linalg.eigh(q)[0]",
    "tf.linalg.diag(row)",
    "tf.linalg.trace(t)",
    "tf.linalg.cross(x, y)",
    "tf.linalg.band_part(a, -1, 0)",
    "tf.linalg.band_part(a, 0, -1)",
    "tf.linalg.triangular_solve(a, q)",
    "tf.linalg.triangular_solve(a, q, lower=False)",
    "tf.eye(3)",
    "tf.eye(2, 3, dtype=tf.float64)",
    "tf.reshape(x, [3, 2])",
    "tf.reshape(x, (-1,))",
    "tf.reshape(x, [tf.shape(x)[1], -1])",
    "tf.transpose(t)",
    "tf.transpose(t, [1, 0, 2])",
    "tf.transpose(t, perm=[2, 0, 1])",
    "tf.concat([x, y], axis=0)",
    "tf.concat([x, [[1.0, 2.0, 3.0]]], 0)",
    "tf.concat([x, y], -1)",
    "tf.stack([x, y])",
    "tf.stack([x, y], axis=1)",
    "tf.stack([s, 1.0, 2.0])",
    "tf.unstack(x)",
    "tf.unstack(x, axis=1)",
    "tf.split(x, 3, axis=1)",
    "tf.split(x, [1, 2], axis=-1)",
    "tf.squeeze([[1.0, 2.0]])",
    "tf.squeeze(tf.expand_dims(x, 0), axis=0)",
    "tf.expand_dims(x, axis=-1)",
    "tf.tile(x, [2, 1])",
    "tf.repeat(x, 2, axis=1)",
    "tf.broadcast_to(row, [2, 3])",
    "tf.pad(x, [[1, 0], [0, 2]])",
    "tf.pad(x, [[1, 0], [0, 2]], constant_values=0.5)",
    "tf.roll(x, 1, 1)",
    "tf.roll(x, shift=-1, axis=0)",
    "tf.reverse(x, [1])",
    "tf.gather(a, k)",
    "tf.gather(a, [0, 0, 2])",
    "tf.gather(a, k, axis=1)",
    "tf.gather(t, [[1, 0], [2, 2]], axis=-1)",
    "tf.gather(row, 1)",
    "tf.gather_nd(a, [[0, 1], [2, 2]])",
    "tf.nn.embedding_lookup(a, k)",
    "tf.boolean_mask(x, b)",
    "tf.where(b, x, y)",
    "tf.where(x > 0, x, 0.0)",
    "tf.where(b, 1.0, row)",
    "tf.one_hot(k, 3)",
    "tf.one_hot([0, 5, -1], 3, dtype=tf.float64)",
    "tf.sequence_mask(k, 3)",
    "tf.sequence_mask([1, 2], 4, dtype=tf.float32)",
    "tf.sort(row, direction='DESCENDING')",
    "tf.argsort(row, direction='DESCENDING')",
    *_each("tf.F([2, 3])", "zeros ones"),
    *_each("tf.F(3, dtype=tf.int32)", "zeros ones"),
    *_each("tf.F((2,), tf.float64)", "zeros ones"),
    "tf.fill([2], 0.5)",
    "tf.fill([2], 3)",
    "tf.zeros_like(i)",
    "tf.ones_like(x, dtype=tf.int32)",
    "tf.range(4)",
    "tf.range(1, 9, 3)",
    "tf.range(0, 6, 2, dtype=tf.float32)",
    "tf.range(3, dtype=tf.float32)",
    "tf.linspace(0.0, 1.0, 5)",
    *[f"tf.constant({value})" for value in ("1", "2.5", "[1, 2]", "[1, 2.5]", "True", "[[0.5], [1.5]]")],
    "tf.constant(1, tf.float32)",
    "tf.constant([1, 2], dtype='float64')",
    "tf.constant(0.5, shape=[2])",
    "tf.constant(np.arange(3))",
    "tf.constant(np.float64(2.5))",
    "tf.convert_to_tensor([1.0, 2.0])",
    *[
        f"tf.cast({value}, tf.{dtype})"
        for value in ("x", "i", "b")
        for dtype in ("float64", "int32", "bool", "float32")
    ],
    "tf.cast(0.1, tf.float64)",
    "tf.meshgrid(row, row)",
    "tf.nn.embedding_lookup(a, [2, 2])",
    "tf.clip_by_global_norm([x, row], 1.0)[0][0]",
    "tf.clip_by_global_norm([x, row], 100.0)[0][1]",
    "tf.clip_by_global_norm([x, row], 1.0)[1]",
    "tf.nn.sigmoid_cross_entropy_with_logits(labels=one, logits=x)",
    "tf.nn.softmax_cross_entropy_with_logits(labels=one, logits=x)",
    "tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[2, 0], logits=x)",
    "tf.nn.moments(x, [0])",
    "tf.nn.moments(image, axes=[0, 1, 2])",
    "tf.nn.moments(x, axes=[1], keepdims=True)",
    "tf.nn.batch_normalization(x, row, row * row, row, row, 1e-3)",
    "tf.nn.batch_normalization(x, row, row * row, None, None, 1e-3)",
    *[
        line
        for padding in ("'SAME'", "'VALID'")
        for line in (
            f"tf.nn.conv2d(image, kernel, 1, {padding})",
            f"tf.nn.conv2d(image, kernel, strides=2, padding={padding})",
            f"tf.nn.max_pool2d(image, 2, 2, {padding})",
            f"tf.nn.max_pool2d(image, [3, 2], [2, 1], padding={padding})",
            f"tf.nn.avg_pool2d(image, 3, 2, {padding})",
        )
    ],
    "tf.math.xlogy(x, p)",
    "tf.math.xlog1py(x, p)",
    "tf.math.multiply_no_nan(p, y)",
    *_each("tf.F(v)", "math.erfcinv math.ndtri"),
    "tf.math.polyval([s, 2.0, 1.0], x)",
    "tf.math.cumulative_logsumexp(x, axis=1)",
    "tf.math.zero_fraction(x)",
    "tf.math.segment_sum(t, [0, 1])",
    "tf.math.segment_sum(a, [0, 0, 1])",
    "tf.math.unsorted_segment_mean(a, [2, 0, 2], 4)",
    "tf.math.in_top_k([2, 0], x, 1)",
    "tf.math.in_top_k([0, 1], x, k=2)",
    "tf.math.invert_permutation(k)",
    "tf.math.confusion_matrix([0, 1, 2, 1], [0, 2, 2, 1], num_classes=3)",
    "tf.math.accumulate_n([x, y])",
    *_each("tf.math.F(z)", "real imag"),
    "tf.math.imag(tf.math.conj(z))",
    "tf.math.conj(x)",
    "tf.math.imag(tf.complex(x, y))",
    "tf.bitwise.invert(i)",
    "tf.bitwise.left_shift([1, 2, 3], k)",
    "tf.bitwise.right_shift(i, 1)",
    "tf.linalg.svd(a, compute_uv=False)",
    "tf.linalg.svd(a)[0]",
    "tf.linalg.pinv(a)",
    "tf.linalg.expm(q)",
    "tf.linalg.slogdet(a)",
    "tf.linalg.adjoint(x)",
    "tf.linalg.cholesky_solve(tf.linalg.cholesky(q), a)",
    "tf.linalg.set_diag(a, row)",
    "tf.linalg.tensor_diag(row)",
    "tf.linalg.tensor_diag_part(a)",
    "tf.ensure_shape(x, [2, 3])",
    "tf.scatter_nd([[1], [3], [1]], row, [5])",
    "tf.scatter_nd([[0, 1], [1, 0]], x, [2, 2, 3])",
    "tf.tensor_scatter_nd_update(row, [[1]], [s])",
    "tf.tensor_scatter_nd_update(a, [[1], [0]], x)",
    "tf.tensor_scatter_nd_add(row, [[1], [1]], [s, 2.0])",
    "tf.searchsorted([0.0, 1.0, 2.0, 2.0], row)",
    "tf.searchsorted([0.0, 1.0, 2.0, 2.0], row, side='right')",
    "tf.unique([4, 1, 4, 2, 1])",
    "tf.unique([2.0, -1.0, 2.0])",
    "tf.broadcast_static_shape(x.shape, row.shape)[0] * x",
    "tf.reverse_sequence(t, [3, 2], seq_axis=1)",
    "tf.reverse_sequence(t, [1, 3], seq_axis=2, batch_axis=0)",
    *_each("tf.F(x)", "nn.selu nn.crelu"),
    "tf.nn.selu(big)",
    "tf.nn.weighted_cross_entropy_with_logits(one, x, 2.5)",
    "tf.nn.weighted_cross_entropy_with_logits(labels=one, logits=x, pos_weight=0.5)",
    "tf.nn.log_poisson_loss(p, x)",
    *[
        line
        for padding in ("'SAME'", "'VALID'")
        for line in (
            f"tf.nn.conv1d(t, tf.ones([2, 4, 3]) * s, 1, {padding})",
            f"tf.nn.conv1d(t, tf.ones([2, 4, 3]) * s, stride=2, padding={padding})",
            f"tf.nn.depthwise_conv2d(image, kernel, [1, 1, 1, 1], {padding})",
            f"tf.nn.depthwise_conv2d(image, kernel, strides=[1, 2, 2, 1], padding={padding})",
        )
    ],
    "tf.nn.conv2d_transpose(image, tf.ones([3, 3, 4, 2]) * s, [2, 10, 12, 4], 2, 'SAME')",
    "tf.nn.conv2d_transpose(image, tf.ones([2, 3, 4, 2]) * s, [2, 9, 12, 4], strides=2, padding='SAME')",
    "tf.nn.conv2d_transpose(image, tf.ones([2, 2, 1, 2]) * s, [2, 6, 7, 1], strides=1, padding='VALID')",
    "tf.nn.conv2d_transpose(image, tf.ones([3, 3, 1, 2]) * s, [2, 5, 6, 1], strides=1, padding='SAME')",
    "tf.nn.space_to_depth(image[:, :4], 2)",
    "tf.nn.depth_to_space(tf.reshape(image, [2, 5, 3, 4]), 2)",
    "tf.debugging.check_numerics(x, 'x')",
    "tf.debugging.assert_all_finite(x, 'x')",
    "(tf.debugging.assert_equal(i, i), x)[1]",
    "(tf.debugging.assert_near(x, x), x)[1]",
    "(tf.debugging.assert_near(x, x + 0.125, 0.0, 0.2), x)[1]",
    "(tf.debugging.assert_greater(p, 0.0), x)[1]",
    "(tf.debugging.assert_less(p, 9.0, 'large'), x)[1]",
    "(tf.debugging.assert_less_equal(p, p), x)[1]",
    "(tf.debugging.assert_greater_equal(p, p), x)[1]",
    "(tf.debugging.assert_positive(p), x)[1]",
    "(tf.debugging.assert_non_negative(p), x)[1]",
    "tf.scan(lambda total, r: 0.5 * total + r, x)",
    "tf.scan(lambda total, r: total * r, t, reverse=True)",
    "tf.scan(lambda total, r: total + r, x, row)",
    "tf.map_fn(lambda pair: pair[0] * pair[1], (x, y), fn_output_signature=tf.float32)",
    "tf.vectorized_map(lambda pair: pair[0] * pair[1], (x, p))",
    "tf.cond(s > 0.5, lambda: s * 2.0, lambda: s)",
    "tf.map_fn(lambda r: tf.reduce_sum(r) * r, x)",
    "tf.vectorized_map(lambda r: tf.reduce_sum(r) * r, x)",
    "tf.while_loop(lambda n, v: n < 3, lambda n, v: (n + 1, v * s), (0, x))",
    *[f"x {op} y" for op in ("+", "-", "*", "<", ">=", "==")],
    *[f"x {op} p" for op in ("/", "//", "%")],
    *[f"i {op} j" for op in ("+", "-", "*", "/", "//", "%", "<", "!=")],
    *[
        "x / 3",
        "2 - x",
        "x * 0.1",
        "x ** 2",
        "p ** -1.5",
        "i / 2",
        "1 / j",
        "-x",
        "~b",
        "b & c",
        "x @ a",
        "np.float64(2) * x",
    ],
    *["np.array([1.0, 2.0, 3.0]) * x", "x - [1.0, 2.0, 3.0]", "[1, 2, 3] * x", "i + np.int64(2)", "1 - i"],
    *["x[0]", "x[:, 1:]", "x[..., -1]", "t[:, None, 1]", "x[tf.newaxis]", "x[::-1]", "t[:, ::-1]", "x[b]"],
]
LINES = list(dict.fromkeys(LINES))
# Their counterpart has another gradient, and serves where no tape records.
PLAIN = re.compile(
    r"tf\.(sort|clip_by_norm|clip_by_global|math.top_k|math.reduce_euclid|linalg.eigh|linalg.eigvalsh|math.cumprod|"
    r"math.xlog|math.erfcinv|math.ndtri|math.multiply_no_nan|linalg.svd|linalg.pinv)"
)


def sources(line: str) -> list[str]:
    """The names of the floating-point inputs of a line."""
    words = dict.fromkeys(re.findall(r"(?<![\w.'])(\w+)(?![\w'(])", re.sub(r"'[^']*'", "", line)))
    return [name for name in words if name in INPUTS and INPUTS[name].dtype.kind == "f"]


def weights(shape: tuple[int, ...]) -> np.ndarray:
    """What a result is multiplied by before it is summed."""
    return (np.cos(np.arange(int(np.prod(shape)))) + 1.5).reshape(shape)


def words(text: str) -> list[str]:
    """The names of TensorFlow's in a text."""
    return re.findall(r"tf(?:\.\w+)+", text)
