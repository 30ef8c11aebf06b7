"""What pools and losses answer differently from TensorFlow on purpose (docs/differences.md)."""

import numpy as np
import pytest

import tfcompat_tape as tf

NAN, LOW = float("nan"), float(np.finfo(np.float32).min)


def gradient(function, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return y, tape.gradient(y, x)


@pytest.mark.parametrize("channels", [1, 4, 8, 9])
def test_max_pool3d_skips_nan_in_any_number_of_channels(channels):
    """TensorFlow does where it takes eight channels at a time; with fewer the last NaN of a window counts."""
    x = tf.repeat(tf.reshape(tf.constant([1.0, 2.0, NAN]), [1, 1, 3, 1, 1]), channels, axis=4)
    y, dx = gradient(lambda x: tf.nn.max_pool3d(x, [1, 3, 1], 1, "VALID"), x)
    assert y.numpy().ravel().tolist() == [2.0] * channels
    assert dx.numpy()[0, 0, :, 0, 0].tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize("name", ["avg_pool2d", "avg_pool3d"])
@pytest.mark.parametrize(
    ("size", "window", "step"), [(4, 5, 1), (4, 5, 3), (5, 6, 1), (5, 7, 2), (3, 1, 3), (4, 2, 4)]
)
def test_the_gradient_of_an_average_is_its_adjoint(name, size, window, step):
    """TensorFlow divides by other counts where the window is larger than the image, and where steps are longer than
    windows over volumes it gives the gradient to elements that were not pooled.
    """
    axes = 2 if name == "avg_pool3d" else 1
    x = tf.reshape(tf.range(float(size)), [1, size, *[1] * axes, 1])

    def pool(x):
        return getattr(tf.nn, name)(x, [window, *[1] * axes], [step, *[1] * axes], "SAME")

    _, dx = gradient(pool, x)
    rows = [np.eye(size, dtype=np.float32)[i].reshape(x.shape) for i in range(size)]
    assert np.allclose(dx.numpy().ravel(), [pool(tf.constant(row)).numpy().sum() for row in rows])


def test_the_gradient_of_a_maximum_goes_where_it_was_pooled():
    """Over volumes with steps longer than windows TensorFlow pools the middle, and looks for it at the start."""
    x = tf.reshape(tf.constant([1.0, 2.0, 3.0]), [1, 3, 1, 1, 1])
    y, dx = gradient(lambda x: tf.nn.max_pool3d(x, 1, [3, 1, 1], "SAME"), x)
    assert y.numpy().ravel().tolist() == [2.0]
    assert dx.numpy().ravel().tolist() == [0.0, 1.0, 0.0]


def test_the_gradient_of_no_window_is_zero():
    """TensorFlow reads memory that was never written."""
    y, dx = gradient(lambda x: tf.nn.max_pool2d(x, 2, 2, "VALID"), tf.ones([1, 1, 4, 1]))
    assert y.shape == [1, 0, 2, 1]
    assert dx.numpy().ravel().tolist() == [0.0] * 4


def test_max_pool2d_with_explicit_padding_has_derivatives_of_any_order():
    """TensorFlow's MaxPoolGradGrad knows SAME and VALID only."""
    x = tf.reshape(tf.constant([1.0, 3.0, 2.0, 0.0]), [1, 2, 2, 1])
    with tf.GradientTape() as outer:
        outer.watch(x)
        _, dx = gradient(lambda x: tf.nn.max_pool2d(x * x, 2, 1, [[0, 0], [1, 0], [1, 0], [0, 0]]), x)
    assert outer.gradient(dx, x).numpy().ravel().tolist() == [2.0, 4.0, 2.0, 0.0]


def test_volumes_of_float16_and_averages_of_float64():
    """TensorFlow has no kernels for them on the CPU."""
    x = tf.ones([1, 2, 2, 2, 1])
    assert tf.nn.max_pool3d(tf.cast(x, tf.float16), 2, 1, "SAME").dtype == tf.float16
    for dtype in (tf.float16, tf.float64):
        assert tf.nn.avg_pool3d(tf.cast(x, dtype), 2, 1, "SAME").dtype == dtype


def test_labels_that_were_broadcast_get_the_sum_of_their_gradients():
    """TensorFlow fails in the gradient of `tf.nn`, and gives that of the op in the broadcast shape."""
    labels, logits = tf.constant([[0.25], [0.5]]), tf.constant([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    _, dp = gradient(lambda p: tf.nn.softmax_cross_entropy_with_logits(p, logits), labels)
    assert np.allclose(dp, -tf.reduce_sum(tf.nn.log_softmax(logits), axis=1, keepdims=True))
    _, dz = gradient(
        lambda z: tf.nn.softmax_cross_entropy_with_logits([[0.5, 0.25, 0.25]], z), tf.zeros([1, 1])
    )
    assert np.allclose(dz, [[0.0]], atol=1e-6)


@pytest.mark.parametrize("name", ["elu", "selu"])
def test_exponential_units_keep_small_numbers(name):
    """TensorFlow takes exp(x) - 1, which is 0 for them, and so the slope of the positive half."""
    x = tf.constant([-1e-10, -1e-20])
    y, dx = gradient(getattr(tf.nn, name), x)
    scale = {"elu": 1.0, "selu": 1.7580993408473768}[name]
    assert np.allclose(y, scale * x.numpy(), rtol=1e-5, atol=0)
    assert np.allclose(dx, [scale, scale])


def test_denormal_numbers_stay():
    """TensorFlow flushes them to zero on the CPU."""
    x = tf.constant([1e-40, -1e-40])
    y, dx = gradient(tf.nn.relu, x)
    assert y.numpy().tolist() == [float(x[0]), 0.0]
    assert float(y[0]) > 0
    assert dx.numpy().tolist() == [1.0, 0.0]


def test_bilinear_resizing_reads_pixels_that_have_weight_zero():
    """TensorFlow does not where a place is exact: there infinity stays what it is."""
    x = tf.reshape(tf.constant([1.0, float("inf"), 2.0]), [1, 1, 3, 1])
    y = tf.image.resize(x, [1, 3]).numpy().ravel()
    assert np.isnan(y[1])
    assert y[2] == 2.0


def test_conv3d_in_long_steps_starts_at_the_first_element():
    """TensorFlow's forward kernel starts further in where SAME padding would be negative; its gradients do not."""
    x = tf.reshape(tf.constant([1.0, 2.0, 3.0]), [1, 3, 1, 1, 1])
    y, dx = gradient(lambda x: tf.nn.conv3d(x, tf.ones([1] * 5), [1, 3, 1, 1, 1], "SAME"), x)
    assert y.numpy().ravel().tolist() == [1.0]
    assert dx.numpy().ravel().tolist() == [1.0, 0.0, 0.0]


def test_the_gradient_of_an_rfft_of_length_1():
    """TensorFlow gives it to every sample, also to those that are cut off."""
    x = tf.constant([1.0, 2.0, 3.0])
    _, dx = gradient(lambda x: tf.math.real(tf.signal.rfft(x, [1])), x)
    assert dx.numpy().tolist() == [1.0, 0.0, 0.0]


def test_transforms_of_no_rows_may_pad():
    """TensorFlow raises, for it checks the length of what is not there."""
    assert tf.signal.stft(tf.ones([2, 9]), 10, 1).shape == [2, 0, 9]
    assert tf.signal.dct(tf.ones([0, 4])).shape == [0, 4]


@pytest.mark.parametrize("shape", [(), (7,), (2, 3, 4)])
def test_isotonic_regression_of_any_rank_has_the_true_gradient(shape):
    """TensorFlow counts segments from the start of each row, and takes them for one row's."""
    x = tf.random.stateless_normal(shape, [3, 4], dtype=tf.float64)
    weights = tf.random.stateless_normal(shape, [5, 6], dtype=tf.float64)

    def function(x):
        return tf.reduce_sum(weights * tf.nn.isotonic_regression(x)[0])

    theory, numeric = tf.test.compute_gradient(function, [x])
    np.testing.assert_allclose(theory[0], numeric[0], atol=1e-6)


def test_index_shuffle_wants_an_even_number_of_rounds():
    """With others TensorFlow gives one place twice, or does not come back."""
    for rounds in (-1, 0, 2, 3, 5):
        with pytest.raises(tf.errors.InvalidArgumentError, match="rounds"):
            tf.raw_ops.RandomIndexShuffle(index=1, seed=[1, 2, 3], max_index=9, rounds=rounds)


def test_sobol_samples_stay_in_the_unit_cube():
    """TensorFlow's are negative from 2**30 points on."""
    assert 0 < float(tf.math.sobol_sample(1, 1, 2**30 - 5)[0, 0]) < 1
    with pytest.raises(tf.errors.UnimplementedError, match="num_results"):
        tf.math.sobol_sample(1, 1, 2**30)


def test_block_lstm_v2_has_the_gradient_of_its_own_order_of_gates():
    """TensorFlow takes the order of BlockLSTM; with columns exchanged the two ops are the same."""
    shapes = {"x": (3, 2, 2), "cs_prev": (2, 3), "h_prev": (2, 3), "w": (5, 12), "b": (12,)}
    given = {k: tf.random.stateless_normal(s, [i, 1]) for i, (k, s) in enumerate(shapes.items())}
    given |= {k: tf.random.stateless_normal([3], [9, i]) for i, k in enumerate(("wci", "wcf", "wco"))}
    given["seq_len_max"] = tf.constant(3, tf.int64)

    def exchanged(t):
        i, ci, f, o = tf.split(t, 4, -1)
        return tf.concat([i, f, ci, o], -1)

    found = []
    for op, order in ((tf.raw_ops.BlockLSTM, lambda t: t), (tf.raw_ops.BlockLSTMV2, exchanged)):
        with tf.GradientTape() as tape:
            tape.watch(list(given.values()))
            more = {"forget_bias": 0.0, "cell_clip": 0.0} if op is tf.raw_ops.BlockLSTM else {}
            y = op(**{**given, "w": order(given["w"]), "b": order(given["b"])}, use_peephole=True, **more)
            y = tf.reduce_sum(y.h**2 + y.cs)
        found.append(
            tape.gradient(y, [given[k] for k in ("x", "cs_prev", "h_prev", "w", "b", "wci", "wcf", "wco")])
        )
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("steps", [-1, 4])
def test_block_lstm_refuses_steps_that_there_are_not(steps):
    given = {k: tf.ones([3]) for k in ("wci", "wcf", "wco")}
    given |= {"x": tf.ones([3, 2, 2]), "cs_prev": tf.ones([2, 3]), "h_prev": tf.ones([2, 3])}
    with pytest.raises(tf.errors.InvalidArgumentError, match="seq_len_max"):
        tf.raw_ops.BlockLSTM(**given, w=tf.ones([5, 12]), b=tf.ones([12]), seq_len_max=steps)
