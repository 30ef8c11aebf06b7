"""`tfp.stats`, and the divergences and bounds of `tfp.vi`: values, gradients, in a function and compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from .values import Program, derivatives, modes, told

tfs = tfp.stats
tfv = tfp.vi
PROGRAMS: dict[str, Program] = {}
DRAW = np.random.RandomState(3)
X = DRAW.standard_normal((8, 3))
Y = 0.5 * X + DRAW.standard_normal((8, 3))
LOGITS = DRAW.standard_normal((10, 4))
LABELS = DRAW.randint(0, 4, 10)
WHOLE = DRAW.randint(0, 5, (6, 2))


def numbers(*arrays: Any, dtype: Any) -> list[Any]:
    return [tf.constant(array, dtype) for array in arrays]


# -- functions of x and y that have gradients ----------------------------------------------------------------------

SMOOTH: dict[str, Callable[[Any, Any], Any]] = {
    "auto_correlation": lambda x, y: tfs.auto_correlation(x, axis=0),
    "auto_correlation_lags": lambda x, y: tfs.auto_correlation(x, axis=0, max_lags=3, center=False),
    "auto_correlation_raw": lambda x, y: tfs.auto_correlation(x, axis=-1, normalize=False),
    "cholesky_covariance": lambda x, y: tfs.cholesky_covariance(x),
    "correlation": lambda x, y: tfs.correlation(x, y, event_axis=None),
    "correlation_matrix": lambda x, y: tfs.correlation(x),
    "covariance": lambda x, y: tfs.covariance(x, y),
    "covariance_kept": lambda x, y: tfs.covariance(x, y, sample_axis=0, event_axis=None, keepdims=True),
    "cumulative_variance": lambda x, y: tfs.cumulative_variance(x),
    "log_average_probs": lambda x, y: tfs.log_average_probs(x),
    "log_average_probs_classes": lambda x, y: tfs.log_average_probs(x, sample_axis=0, event_axis=1),
    "log_loomean_exp": lambda x, y: tfs.log_loomean_exp(x, axis=0),
    "log_loosum_exp": lambda x, y: tfs.log_loosum_exp(x, axis=0, keepdims=True),
    "log_soomean_exp": lambda x, y: tfs.log_soomean_exp(x, axis=0),
    "log_soosum_exp": lambda x, y: tfs.log_soosum_exp(x, axis=[0, 1]),
    "percentile": lambda x, y: tfs.percentile(x, 30.0, interpolation="linear", axis=0),
    "percentile_all": lambda x, y: tfs.percentile(x, [0.0, 25.0, 50.0, 100.0]),
    "percentile_higher": lambda x, y: tfs.percentile(x, 40.0, interpolation="higher", axis=[0, 1], keepdims=True),
    "percentile_lower": lambda x, y: tfs.percentile(x, 40.0, interpolation="lower", axis=1),
    "percentile_midpoint": lambda x, y: tfs.percentile(x, [10.0, 60.0], interpolation="midpoint", axis=0),
    "quantiles": lambda x, y: tfs.quantiles(x, 4, interpolation="linear", axis=0),
    "stddev": lambda x, y: tfs.stddev(x),
    "variance": lambda x, y: tfs.variance(x, sample_axis=[0, 1], keepdims=True),
    "windowed_mean": lambda x, y: tfs.windowed_mean(x),
    "windowed_mean_bounds": lambda x, y: tfs.windowed_mean(x, [0, 2, 4], [3, 5, 8]),
    "windowed_variance": lambda x, y: tfs.windowed_variance(x, axis=0),
    "windowed_variance_bounds": lambda x, y: tfs.windowed_variance(x, [0, 1, 3], [4, 6, 8]),
}  # fmt: skip


def smooth(function: Callable[[Any, Any], Any], mode: str, dtype: Any) -> Program:
    def question(x: Any, y: Any) -> Any:
        return derivatives(function, x=x, y=y)

    return lambda: told(modes(question)[mode](*numbers(X, Y, dtype=dtype)))


for _name, _function in SMOOTH.items():
    for _mode in ("", ".function", ".compiled"):
        PROGRAMS[f"stats.{_name}{_mode}"] = smooth(_function, _mode, tf.float64)
    PROGRAMS[f"stats.{_name}.float32"] = smooth(_function, "", tf.float32)


# -- counts, ranks, calibration ------------------------------------------------------------------------------------


def counted(x: Any) -> Any:
    edges = tf.constant([-1.0, -0.2, 0.3, 1.0], x.dtype)
    return [
        tfs.find_bins(x, edges),
        tfs.find_bins(x, edges, extend_lower_interval=True, extend_upper_interval=True, dtype=tf.int32),
        tfs.histogram(tf.clip_by_value(x, -0.9, 0.9), edges, axis=0),
        tfs.histogram(x, edges, extend_lower_interval=True, extend_upper_interval=True, dtype=tf.int32),
        tfs.histogram(tf.clip_by_value(x, -0.9, 0.9), edges, axis=0, weights=tf.abs(x)),
    ]


def whole(x: Any) -> Any:
    k = tf.constant(WHOLE, tf.int32)
    return [
        tfs.count_integers(k),
        tfs.count_integers(k, axis=0, minlength=6, maxlength=7),
        tfs.count_integers(
            k, weights=tf.cast(k, x.dtype) * 0.5, axis=0, minlength=5, maxlength=5, dtype=x.dtype
        ),
        tfs.count_integers(k, axis=[0, 1]),
    ]


def calibration(x: Any) -> Any:
    logits, labels = tf.constant(LOGITS, x.dtype), tf.constant(LABELS, tf.int32)
    hit = tf.cast(tf.equal(tf.argmax(logits, -1, tf.int32), labels), x.dtype)
    return [
        tfs.brier_decomposition(labels, logits),
        tfs.brier_score(labels, logits),
        tfs.expected_calibration_error(5, logits=logits, labels_true=labels),
        tfs.expected_calibration_error(
            3, logits=logits, labels_true=labels, labels_predicted=tf.argmax(logits, -1, tf.int32)
        ),
        tfs.expected_calibration_error_quantiles(
            hit, tf.reduce_max(tf.nn.log_softmax(logits), -1), num_buckets=3
        ),
    ]


def calibration_in_logs(x: Any) -> Any:
    logits, labels = tf.constant(LOGITS, x.dtype), tf.constant(LABELS, tf.int32)
    hit = tf.equal(tf.argmax(logits, -1, tf.int32), labels)
    return tfs.expected_calibration_error_quantiles(
        hit, tf.reduce_max(tf.nn.log_softmax(logits), -1), num_buckets=4, log_space_buckets=True
    )


def kendall(x: Any) -> Any:
    return [tfs.kendalls_tau(x[:, 0], x[:, 1]), tfs.kendalls_tau(tf.constant([1, 2, 3, 4, 4]), tf.constant([2, 1, 3, 4, 4]))]  # fmt: skip


def areas(x: Any) -> Any:
    q0, q1 = tf.sort(x[:, 0]), tf.sort(x[:, 1] + 0.5)
    return [tfs.quantile_auc(q0, 20.0, q1, 30.0, curve=curve) for curve in ("ROC", "PR")]


def moving_zero(x: Any) -> Any:
    count = tf.constant(3, tf.int32)
    return tfs.moving_mean_variance_zero_debiased(x[0], tf.abs(x[1]), count, decay=tf.constant(0.9, x.dtype))


for _question in (counted, whole, calibration, calibration_in_logs, kendall, areas, moving_zero):
    for _mode in ("", ".function"):
        PROGRAMS[f"stats.{_question.__name__}{_mode}"] = lambda ask=_question, mode=_mode: told(
            modes(ask)[mode](*numbers(X, dtype=tf.float32))
        )


def moving(in_function: bool, zero_debias: bool) -> Program:
    """Moving means and variances in Variables, three steps of them."""

    def run() -> list[Any]:
        mean, variance = tf.Variable(tf.zeros(3, tf.float64)), tf.Variable(tf.zeros(3, tf.float64))
        log_mean = tf.Variable(tf.zeros(3, tf.float64))
        count = tf.Variable(0) if zero_debias else None

        def step(x: Any) -> Any:
            return (
                tfs.assign_moving_mean_variance(x, mean, variance, count, decay=0.8, axis=0),
                tfs.assign_log_moving_mean_exp(x[0], log_mean, decay=0.7),
            )

        step = tf.function(step) if in_function else step
        answers = [step(tf.constant(X + shift)) for shift in (0.0, 0.5, -1.0)]
        return told([answers, mean, variance, log_mean, *([count] if zero_debias else [])])

    return run


PROGRAMS["stats.moving"] = moving(False, False)
PROGRAMS["stats.moving.function"] = moving(True, False)
PROGRAMS["stats.moving.debiased"] = moving(False, True)
PROGRAMS["stats.moving.debiased.function"] = moving(True, True)


# -- divergences and bounds ----------------------------------------------------------------------------------------

DIVERGENCES: dict[str, Callable[[Any], Any]] = {
    "amari_alpha": lambda u: tfv.amari_alpha(u, alpha=0.3),
    "amari_alpha_0": lambda u: tfv.amari_alpha(u, alpha=0.0, self_normalized=True),
    "amari_alpha_1": lambda u: tfv.amari_alpha(u, alpha=1.0),
    "arithmetic_geometric": tfv.arithmetic_geometric,
    "chi_square": tfv.chi_square,
    "dual_csiszar_function": lambda u: tfv.dual_csiszar_function(u, tfv.kl_reverse),
    "jeffreys": tfv.jeffreys,
    "jensen_shannon": lambda u: tfv.jensen_shannon(u, self_normalized=True),
    "kl_forward": tfv.kl_forward,
    "kl_reverse": lambda u: tfv.kl_reverse(u, self_normalized=True),
    "log1p_abs": tfv.log1p_abs,
    "modified_gan": tfv.modified_gan,
    "pearson": tfv.pearson,
    "squared_hellinger": tfv.squared_hellinger,
    "symmetrized_csiszar_function": lambda u: tfv.symmetrized_csiszar_function(u, tfv.kl_forward),
    "t_power": lambda u: tfv.t_power(u, 1.5),
    "total_variation": tfv.total_variation,
    "triangular": tfv.triangular,
    "lower_bound_barber_agakov": lambda u: tfv.mutual_information.lower_bound_barber_agakov(u[0], tf.constant(0.4, u.dtype)),
    "lower_bound_info_nce": lambda u: tfv.mutual_information.lower_bound_info_nce(u),
    "lower_bound_info_nce_mask": lambda u: tfv.mutual_information.lower_bound_info_nce(
        u, joint_sample_mask=tf.eye(3, dtype=tf.bool), validate_args=True),
    "lower_bound_jensen_shannon": lambda u: tfv.mutual_information.lower_bound_jensen_shannon(u),
    "lower_bound_nguyen_wainwright_jordan": lambda u: tfv.mutual_information.lower_bound_nguyen_wainwright_jordan(u),
}  # fmt: skip
RATIOS = np.array([[-2.0, 0.0, 0.5], [1.0, -0.3, 2.5], [0.1, 4.0, -6.0]])


def divergence(function: Callable[[Any], Any], mode: str, dtype: Any) -> Program:
    def question(u: Any) -> Any:
        with tf.GradientTape() as outer:
            outer.watch(u)
            value, slope = derivatives(lambda u: function(u), u=u)
        return value, slope, outer.gradient(slope["u"], u)

    return lambda: told(modes(question)[mode](tf.constant(RATIOS, dtype)))


for _name, _divergence in DIVERGENCES.items():
    for _mode in ("", ".function"):
        PROGRAMS[f"vi.{_name}{_mode}"] = divergence(_divergence, _mode, tf.float64)
    PROGRAMS[f"vi.{_name}.float32"] = divergence(_divergence, "", tf.float32)
