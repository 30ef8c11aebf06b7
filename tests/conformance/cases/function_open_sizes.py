"""Functions of arguments with open sizes: the shapes they say to give, values and gradients for others."""

import numpy as np
from conformance_kit import script

N = None
# by name: the function, and the shapes of its arguments
FUNCTIONS = {
    "matmul": (lambda tf, a, b: a @ b, [N, 3], [3, 4]),
    "matmul batch": (lambda tf, a, b: tf.matmul(a, b), [N, 2, 3], [N, 3, 5]),
    "matvec": (lambda tf, a, b: tf.linalg.matvec(a, b), [3, N], [N]),
    "matmul inner": (lambda tf, a, b: a @ b, [2, N], [N, 3]),
    "tensordot": (lambda tf, a, b: tf.tensordot(a, b, 1), [N, 3], [3, 2]),
    "tensordot2": (lambda tf, a, b: tf.tensordot(a, b, [[0], [0]]), [N, 3], [N, 2]),
    "einsum": (lambda tf, a, b: tf.einsum("bi,ij->bj", a, b), [N, 3], [3, 2]),
    "einsum3": (lambda tf, a: tf.einsum("bii->b", a), [N, 3, 3]),
    "einsum5": (lambda tf, a, b: tf.einsum("bqd,bkd->bqk", a, b), [N, 4, 3], [N, 5, 3]),
    "conv2d same": (lambda tf, x, k: tf.nn.conv2d(x, k, 1, "SAME"), [N, 6, 6, 2], [3, 3, 2, 4]),
    "conv2d open hw": (lambda tf, x, k: tf.nn.conv2d(x, k, 1, "SAME"), [1, N, N, 2], [3, 3, 2, 2]),
    "conv2d open hw valid s2": (lambda tf, x, k: tf.nn.conv2d(x, k, 2, "VALID"), [1, N, N, 2], [2, 2, 2, 2]),
    "conv1d": (lambda tf, x, k: tf.nn.conv1d(x, k, 1, "SAME"), [2, N, 2], [3, 2, 4]),
    "depthwise": (
        lambda tf, x, k: tf.nn.depthwise_conv2d(x, k, [1, 1, 1, 1], "SAME"),
        [N, 4, 4, 2],
        [3, 3, 2, 1],
    ),
    "separable": (
        lambda tf, x, k, p: tf.nn.separable_conv2d(x, k, p, [1, 1, 1, 1], "SAME"),
        [N, 4, 4, 2],
        [3, 3, 2, 1],
        [1, 1, 2, 3],
    ),
    "conv2dT": (
        lambda tf, x, k: tf.nn.conv2d_transpose(x, k, tf.stack([tf.shape(x)[0], 8, 8, 3]), 2, "SAME"),
        [N, 4, 4, 2],
        [3, 3, 3, 2],
    ),
    "maxpool hw": (lambda tf, x: tf.nn.max_pool2d(x, 2, 2, "SAME"), [1, N, N, 2]),
    "avgpool hw": (lambda tf, x: tf.nn.avg_pool2d(x, 3, 2, "SAME"), [1, N, N, 2]),
    "maxpool1d": (lambda tf, x: tf.nn.max_pool1d(x, 2, 2, "VALID"), [2, N, 2]),
    "bias": (lambda tf, x, b: tf.nn.bias_add(x, b), [N, 3], [3]),
    "softmax open": (lambda tf, x: tf.nn.softmax(x), [2, N]),
    "layer norm": (
        lambda tf, x: (
            (x - tf.reduce_mean(x, -1, keepdims=True))
            * tf.math.rsqrt(tf.math.reduce_variance(x, -1, keepdims=True) + 0.1)
        ),
        [N, 4],
    ),
    "batch_norm": (
        lambda tf, x, m, v: tf.nn.batch_normalization(x, m, v * v, None, None, 0.1),
        [N, 4],
        [4],
        [4],
    ),
    "lrn": (lambda tf, x: tf.nn.local_response_normalization(x), [N, 2, 2, 3]),
    "reshape dyn": (lambda tf, x: tf.reshape(x, [tf.shape(x)[0], 6]), [N, 2, 3]),
    "reshape dyn2": (lambda tf, x: tf.reshape(x, tf.concat([tf.shape(x)[:1], [3, 2]], 0)), [N, 2, 3]),
    "reshape head": (
        lambda tf, x: tf.transpose(tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1], 2, 3]), [0, 2, 1, 3]),
        [N, N, 6],
    ),
    "reshape n*2": (lambda tf, x: tf.reshape(x, [2, -1]), [N, 4]),
    "concat1": (lambda tf, a, b: tf.concat([a, b], 1), [N, 3], [N, 2]),
    "concat const": (lambda tf, a: tf.concat([a, tf.ones([2, 3])], 0), [N, 3]),
    "stack": (lambda tf, a, b: tf.stack([a, b], 1), [N, 3], [N, 3]),
    "unstack": (lambda tf, a: tf.unstack(a, axis=1)[1], [N, 3]),
    "split sizes": (lambda tf, a: tf.split(a, [1, 3], axis=1), [N, 4]),
    "tile dyn": (lambda tf, a: tf.tile(tf.ones([1, 3]), [tf.shape(a)[0], 1]) * a, [N, 3]),
    "repeat": (lambda tf, a: tf.repeat(a, 2, axis=0), [N, 3]),
    "broadcast_to": (lambda tf, a: tf.broadcast_to(a, [2, tf.shape(a)[0], 3]), [N, 3]),
    "where": (lambda tf, a, b: tf.where(a > 0, a, b), [N, 3], [N, 3]),
    "bcast add2": (lambda tf, a, b: a[:, None] * b[None], [N], [N]),
    "bcast row": (lambda tf, a, b: a * b, [N, 1], [1, N]),
    "gather": (lambda tf, a: tf.gather(a, [0, 1]), [N, 3]),
    "gather idx": (lambda tf, a: tf.gather(tf.range(10.0)[:, None] * a[0], tf.range(tf.shape(a)[0])), [N, 3]),
    "gather_nd": (lambda tf, a: tf.gather_nd(a, [[0, 1], [1, 2]]), [N, 3]),
    "gather bd": (lambda tf, a: tf.gather(a, tf.zeros([tf.shape(a)[0], 2], tf.int32), batch_dims=1), [N, 3]),
    "emb": (lambda tf, t, a: tf.nn.embedding_lookup(t, tf.cast(a * 0 + 1, tf.int32)), [5, 2], [N]),
    "slice op": (lambda tf, a: tf.slice(a, [1, 0], [-1, 2]), [N, 3]),
    "one_hot": (lambda tf, a: tf.one_hot(tf.cast(a, tf.int32), 4) * a[:, None], [N]),
    "tsu": (lambda tf, a: tf.tensor_scatter_nd_update(a, [[0]], [[1.0, 2.0, 3.0]]), [N, 3]),
    "segsum": (
        lambda tf, a: tf.math.unsorted_segment_sum(a, tf.zeros([tf.shape(a)[0]], tf.int32), 2),
        [N, 3],
    ),
    "cumsum": (lambda tf, a: tf.cumsum(a), [N, 3]),
    "topk": (lambda tf, a: tf.math.top_k(a, 2).values, [N, 4]),
    "topk open": (lambda tf, a: tf.math.top_k(a, 2).values, [2, N]),
    "argmax": (lambda tf, a: a * tf.cast(tf.argmax(a, 1), tf.float32)[:, None], [N, 3]),
    "range": (lambda tf, a: tf.cast(tf.range(tf.shape(a)[0]), tf.float32) * a, [N]),
    "eye": (lambda tf, a: tf.eye(tf.shape(a)[0]) * a, [N]),
    "diag": (lambda tf, a: tf.linalg.diag(a), [N, 2]),
    "diag_part": (lambda tf, a: tf.linalg.diag_part(a), [N, 3, 3]),
    "band": (lambda tf, a: tf.linalg.band_part(a, -1, 0), [N, N]),
    "shape mean": (lambda tf, a: tf.reduce_sum(a, 0) / tf.cast(tf.shape(a)[0], tf.float32), [N, 2]),
    "meshgrid": (lambda tf, a, b: tf.meshgrid(a, b)[0], [N], [3]),
    "mse": (lambda tf, a, b: tf.reduce_mean(tf.square(a - b)), [N, 3], [N, 3]),
    "xent": (
        lambda tf, a: tf.nn.softmax_cross_entropy_with_logits(
            tf.one_hot(tf.zeros([tf.shape(a)[0]], tf.int32), 3), a
        ),
        [N, 3],
    ),
    "sparse xent": (
        lambda tf, a: tf.nn.sparse_softmax_cross_entropy_with_logits(tf.zeros([tf.shape(a)[0]], tf.int32), a),
        [N, 3],
    ),
    "sig xent": (
        lambda tf, a, b: tf.nn.sigmoid_cross_entropy_with_logits(tf.nn.sigmoid(b), a),
        [N, 3],
        [N, 3],
    ),
    "log_poisson": (lambda tf, a, b: tf.nn.log_poisson_loss(a * a, b), [N], [N]),
    "logsumexp": (lambda tf, a: tf.reduce_logsumexp(a, 0), [N, 2]),
    "norm": (lambda tf, a: tf.norm(a, axis=1), [N, 2]),
    "clip_norm": (lambda tf, a: tf.clip_by_norm(a, 1.0, axes=1), [N, 2]),
    "cholesky": (
        lambda tf, a: tf.linalg.cholesky(tf.matmul(a, a, transpose_b=True) + 2.0 * tf.eye(3)),
        [N, 3, 3],
    ),
    "inv": (lambda tf, a: tf.linalg.inv(a + 4 * tf.eye(3)), [N, 3, 3]),
    "det": (lambda tf, a: tf.linalg.det(a), [N, 3, 3]),
    "solve": (lambda tf, a, b: tf.linalg.solve(a + 4 * tf.eye(3), b), [N, 3, 3], [N, 3, 2]),
    "triu solve": (lambda tf, a, b: tf.linalg.triangular_solve(a + 4 * tf.eye(3), b), [N, 3, 3], [N, 3, 1]),
    "cross": (lambda tf, a, b: tf.linalg.cross(a, b), [N, 3], [N, 3]),
    "open cholesky": (lambda tf, a: tf.linalg.cholesky(a @ tf.transpose(a) + tf.eye(tf.shape(a)[0])), [N, 2]),
    "open solve": (lambda tf, a, b: tf.linalg.solve(a + 9 * tf.eye(tf.shape(a)[0]), b), [N, N], [N, 1]),
    "open inv": (lambda tf, a: tf.linalg.inv(a + 9 * tf.eye(tf.shape(a)[0])), [N, N]),
    "open det": (lambda tf, a: tf.linalg.det(a), [N, N]),
    "crop": (lambda tf, x: tf.image.central_crop(x, 0.5), [N, 4, 4, 1]),
    "pad_box": (lambda tf, x: tf.image.pad_to_bounding_box(x, 1, 1, 6, 6), [N, 4, 4, 1]),
    "grad img": (lambda tf, x: tf.image.image_gradients(x)[0], [N, 3, 3, 1]),
    "std": (lambda tf, x: tf.image.per_image_standardization(x), [N, 3, 3, 1]),
    "patches": (
        lambda tf, x: tf.image.extract_patches(x, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID"),
        [N, 4, 4, 1],
    ),
    "relu6": (
        lambda tf, a: tf.nn.relu6(a) + tf.nn.gelu(a) + tf.nn.silu(a) + tf.nn.elu(a) + tf.nn.leaky_relu(a),
        [N, 2],
    ),
    "frame": (lambda tf, a: tf.signal.frame(a, 4, 2), [N]),
    "stft": (lambda tf, a: tf.abs(tf.signal.stft(a, 4, 2)), [N]),
    "searchsorted": (lambda tf, a: tf.cast(tf.searchsorted([0.0, 1.0], a), tf.float32) * a, [N]),
    "confusion": (
        lambda tf, a: tf.math.confusion_matrix(tf.cast(a > 0, tf.int32), tf.cast(a > 0.5, tf.int32), 2),
        [N],
    ),
    "pdist": (lambda tf, a: tf.reduce_sum((a[:, None] - a[None]) ** 2, -1), [N, 3]),
    "space_to_batch": (lambda tf, x: tf.nn.space_to_batch(x, [2, 2], [[0, 0], [0, 0]]), [N, 4, 4, 1]),
    "percentile": (lambda tf, a: tf.math.cumulative_logsumexp(a), [N]),
    "erosion": (
        lambda tf, x, k: tf.nn.dilation2d(x, k, [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1]),
        [N, 4, 4, 1],
        [2, 2, 1],
    ),
    "slice [:-1]": (lambda tf, a: a[:-1], [N, 3]),
    "slice [::-1]": (lambda tf, a: a[::-1], [N, 3]),
    "slice [:,None]": (lambda tf, a: a[:, None], [N, 3]),
    "slice [:tf.shape//2]": (lambda tf, a: a[: tf.shape(a)[0] // 2], [N, 3]),
}


def _made(name):
    def body(tf):
        function, *specs = FUNCTIONS[name]
        f = tf.function(lambda *xs: function(tf, *xs), input_signature=[tf.TensorSpec(s) for s in specs])
        concrete = f.get_concrete_function()
        answers = [tf.nest.map_structure(lambda x: x.shape, concrete.structured_outputs)]
        for n in (4, 6):
            random = np.random.RandomState(n)
            shapes = [[n if d is None else d for d in spec] for spec in specs]
            xs = [tf.constant(random.uniform(-1, 1, shape).astype(np.float32)) for shape in shapes]
            with tf.GradientTape() as tape:
                tape.watch(xs)
                y = f(*xs)
            answers.append([y, tape.gradient(y, xs)])
        return answers

    return body


for _name in FUNCTIONS:
    script(_name)(_made(_name))
