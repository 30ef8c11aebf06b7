"""`tfp.math`: functions of numbers with their gradients, at odd points too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from .values import Program, derivatives, told

tfm = tfp.math
INF, NAN = float("inf"), float("nan")
LINE = [-INF, -30.0, -5.0, -1.5, -0.5, -1e-3, 0.0, 1e-3, 0.3, 1.0, 2.5, 12.0, 100.0, INF, NAN]
POSITIVE = [0.0, 1e-6, 1e-2, 0.3, 0.9, 1.0, 1.5, 4.0, 12.0, 80.0]
UNIT = [0.0, 1e-6, 0.1, 0.35, 0.5, 0.8, 0.999, 1.0]

# Each function, and the points of each of its arguments, which are all combined.
TABLE: dict[str, tuple[Callable[..., Any], tuple[list[float], ...]]] = {
    "atan_difference": (tfm.atan_difference, ([-2.0, 0.0, 0.7, 5.0], [-1.0, 0.0, 3.0])),
    "bessel_iv_ratio": (tfm.bessel_iv_ratio, ([0.5, 1.0, 3.0], [0.1, 1.0, 7.0])),
    "bessel_ive": (tfm.bessel_ive, ([0.0, 0.5, 1.0, 3.3], [0.0, 0.1, 1.0, 7.0, 60.0])),
    "bessel_kve": (tfm.bessel_kve, ([0.0, 0.5, 1.0, 3.3], [0.1, 1.0, 7.0, 60.0])),
    "log_bessel_ive": (tfm.log_bessel_ive, ([0.0, 0.5, 3.3], [0.1, 1.0, 60.0])),
    "log_bessel_kve": (tfm.log_bessel_kve, ([0.0, 0.5, 3.3], [0.1, 1.0, 60.0])),
    "betainc": (tfm.betainc, ([0.5, 1.0, 3.0], [0.7, 2.0], [0.0, 0.1, 0.5, 0.9, 1.0])),
    "betaincinv": (tfm.betaincinv, ([0.5, 1.0, 3.0], [0.7, 2.0], [0.1, 0.5, 0.9])),
    "clip_by_value_preserve_gradient": (lambda x: tfm.clip_by_value_preserve_gradient(x, -1.0, 2.5), (LINE,)),
    "dawsn": (tfm.dawsn, (LINE[1:-2],)),
    "erfcinv": (tfm.erfcinv, ([0.0, 0.1, 0.5, 1.0, 1.5, 2.0],)),
    "erfcx": (tfm.erfcx, ([-3.0, -0.5, 0.0, 0.3, 1.0, 5.0, 40.0],)),
    "igammacinv": (tfm.igammacinv, ([0.5, 1.0, 7.0], [0.1, 0.5, 0.9])),
    "igammainv": (tfm.igammainv, ([0.5, 1.0, 7.0], [0.1, 0.5, 0.9])),
    "lambertw": (tfm.lambertw, ([-0.3, 0.0, 0.5, 2.0, 50.0],)),
    "lambertw_winitzki_approx": (tfm.lambertw_winitzki_approx, ([-0.3, 0.0, 0.5, 2.0, 50.0],)),
    "lbeta": (tfm.lbeta, ([0.3, 1.0, 20.0], [0.5, 3.0, 1e3])),
    "log1mexp": (tfm.log1mexp, (LINE,)),
    "log1psquare": (tfm.log1psquare, (LINE[1:-2],)),
    "log_add_exp": (tfm.log_add_exp, ([-INF, -1.0, 2.0], [-INF, 0.0, 2.0, 30.0])),
    "log_combinations": (lambda n: tfm.log_combinations(n[..., 0], tf.stack([n[..., 0] - 2, n[..., 0] * 0 + 2], -1)), ([5.0, 9.0],)),
    "log_cosh": (tfm.log_cosh, (LINE,)),
    "log_gamma_correction": (tfm.log_gamma_correction, ([8.0, 20.0, 1e3],)),
    "log_gamma_difference": (tfm.log_gamma_difference, ([0.5, 3.0, 20.0], [0.7, 9.0, 50.0])),
    "log_sub_exp": (lambda x, y: tfm.log_sub_exp(x, y, return_sign=True), ([-1.0, 2.0], [-INF, 0.0, 30.0])),
    "logerfc": (tfm.logerfc, (LINE[1:-2],)),
    "logerfcx": (tfm.logerfcx, ([-3.0, -0.5, 0.0, 0.3, 1.0, 5.0, 40.0],)),
    "owens_t": (tfm.owens_t, ([-2.0, 0.0, 0.5, 3.0], [-1.5, 0.0, 0.3, 4.0])),
    "round_exponential_bump_function": (tfm.round_exponential_bump_function, (LINE,)),
    "smootherstep": (tfm.smootherstep, (LINE,)),
    "soft_threshold": (lambda x: tfm.soft_threshold(x, 0.7), (LINE,)),
    "softplus_inverse": (tfm.softplus_inverse, (POSITIVE[1:],)),
    "sqrt1pm1": (tfm.sqrt1pm1, ([-1.0, -0.5, 0.0, 1e-6, 0.5, 3.0, 1e6],)),
    "hypergeometric.hyp2f1_small_argument": (tfm.hypergeometric.hyp2f1_small_argument,
        ([0.5, 1.2], [0.7, 2.0], [1.5, 3.1], [-0.4, 0.0, 0.6])),
}  # fmt: skip
REDUCTIONS: dict[str, Callable[[Any], Any]] = {
    "log_cumsum_exp": lambda x: tfm.log_cumsum_exp(x, 1),
    "reduce_kahan_sum": lambda x: tfm.reduce_kahan_sum(x, 1).total,
    "reduce_log_harmonic_mean_exp": lambda x: tfm.reduce_log_harmonic_mean_exp(x, 1),
    "reduce_logmeanexp": lambda x: tfm.reduce_logmeanexp(x, [0, 1], keepdims=True),
    "reduce_weighted_logsumexp": lambda x: tfm.reduce_weighted_logsumexp(x, tf.cos(x), axis=1, return_sign=True),
    "soft_sorting_matrix": lambda x: tfm.soft_sorting_matrix(x, 0.5),
    "trapz": lambda x: tfm.trapz(x, dx=0.3),
    "trapz_at": lambda x: tfm.trapz(x, tf.cumsum(tf.exp(x), -1)),
    "fill_triangular": lambda x: tfm.fill_triangular(tf.concat([x, x], -1)),
    "fill_triangular_upper": lambda x: tfm.fill_triangular(tf.concat([x, x], -1), upper=True),
    "fill_triangular_inverse": lambda x: tfm.fill_triangular_inverse(x),
    "scan_associative": lambda x: tfm.scan_associative(lambda a, b: a + b, x, axis=1),
    "scan_associative_pair": lambda x: tfm.scan_associative(
        lambda a, b: (a[0] * b[0], b[0] * a[1] + b[1]), (tf.tanh(x), x), axis=1),
    "interp_regular_1d_grid": lambda x: tfm.interp_regular_1d_grid(x, -1.0, 2.0, tf.sin(tf.linspace(0.0, 3.0, 7))),
    "interp_regular_1d_grid_filled": lambda x: tfm.interp_regular_1d_grid(
        x, -1.0, 1.0, tf.sin(tf.linspace(0.0, 3.0, 7)), fill_value_below=-5.0, fill_value_above=NAN),
    "batch_interp_regular_1d_grid": lambda x: tfm.batch_interp_regular_1d_grid(x, [[-1.0]] * 3, [[2.0]] * 3, tf.sin(x)),
    "batch_interp_regular_nd_grid": lambda x: tfm.batch_interp_regular_nd_grid(
        x[:, :2], [-2.0, -2.0], [2.0, 2.0], tf.reshape(tf.sin(tf.range(12.0)), [3, 4]), axis=-2),
    "batch_interp_rectilinear_nd_grid": lambda x: tfm.batch_interp_rectilinear_nd_grid(
        x[:, :2], [[-2.0, 0.0, 2.0], [-2.0, -1.0, 0.5, 2.0]], tf.reshape(tf.sin(tf.range(12.0)), [3, 4]), axis=-2),
}  # fmt: skip
ROWS = np.array([[0.5, -1.0, 1.5], [0.2, -0.4, 0.7], [1.2, 0.1, -0.8]])
PROGRAMS: dict[str, Program] = {}


def at_points(
    function: Callable[..., Any], points: tuple[list[float], ...], dtype: Any, kind: str
) -> Program:
    def program() -> list[Any]:
        grids = np.meshgrid(*points, indexing="ij")
        arguments = {f"x{i}": tf.constant(np.ravel(grid)[:, None], dtype) for i, grid in enumerate(grids)}

        def question(**x: Any) -> Any:
            return derivatives(lambda **at: function(*at.values()), **x)

        if kind == "second":  # the gradient's gradient
            return told(derivatives(lambda **x: tf.nest.flatten(question(**x)[1]), **arguments)[1])
        run = {
            "eager": question,
            "function": tf.function(question),
            "compiled": tf.function(question, jit_compile=True),
        }
        return told(run[kind](**arguments))

    return program


COMPILED = "betainc bessel_kve log1mexp log_cosh lambertw owens_t logerfcx softplus_inverse".split()
for _name, (_function, _points) in TABLE.items():
    PROGRAMS[f"math.{_name}"] = at_points(_function, _points, tf.float32, "eager")
    PROGRAMS[f"math.{_name}.float64"] = at_points(_function, _points, tf.float64, "eager")
    if "hypergeometric" not in _name:  # minutes, for TensorFlow
        PROGRAMS[f"math.{_name}.second"] = at_points(_function, _points, tf.float64, "second")
    PROGRAMS[f"math.{_name}.function"] = at_points(_function, _points, tf.float32, "function")
    if _name in COMPILED:
        PROGRAMS[f"math.{_name}.compiled"] = at_points(_function, _points, tf.float32, "compiled")


def of_rows(function: Callable[[Any], Any], in_function: bool) -> Program:
    def program() -> list[Any]:
        def question(x: Any) -> Any:
            return derivatives(lambda x: function(x), x=x)

        return told((tf.function(question) if in_function else question)(tf.constant(ROWS, tf.float32)))

    return program


for _name, _reduction in REDUCTIONS.items():
    PROGRAMS[f"math.{_name}"] = of_rows(_reduction, in_function=False)
    PROGRAMS[f"math.{_name}.function"] = of_rows(_reduction, in_function=True)
