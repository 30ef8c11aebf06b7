"""`tfp.math`: gradients, linear algebra, roots, minimization, ODE solvers and kernels of Gaussian processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from .values import Program, constants, derivatives, told

tfm = tfp.math
tfk = tfp.math.psd_kernels
PROGRAMS: dict[str, Program] = {}
SQUARE = np.array([[2.0, 0.5, 0.1], [0.5, 1.5, -0.2], [0.1, -0.2, 1.0]])
ROWS = np.array([[0.5, -1.0, 1.5], [0.2, -0.4, 0.7], [1.2, 0.1, -0.8]])


def program(function: Callable[[], Any]) -> Callable[[], Any]:
    PROGRAMS[f"math.{function.__name__}"] = lambda: told(function())
    return function


# -- linear algebra ----------------------------------------------------------------------------------------------------

LINEAR: dict[str, Callable[[Any, Any], Any]] = {
    "cholesky_concat": lambda m, x: tfm.cholesky_concat(
        tf.linalg.cholesky(m), tf.concat([x[:, :1], [[5.0]]], 0)),
    "cholesky_update": lambda m, x: tfm.cholesky_update(tf.linalg.cholesky(m), x[0], 0.5),
    "gram_schmidt": lambda m, x: tfm.gram_schmidt(x),
    "hpsd_logdet": lambda m, x: tfm.hpsd_logdet(m),
    "hpsd_quadratic_form_solve": lambda m, x: tfm.hpsd_quadratic_form_solve(m, x),
    "hpsd_quadratic_form_solvevec": lambda m, x: tfm.hpsd_quadratic_form_solvevec(m, x[0]),
    "hpsd_solve": lambda m, x: tfm.hpsd_solve(m, x),
    "hpsd_solvevec": lambda m, x: tfm.hpsd_solvevec(m, x[0]),
    "low_rank_cholesky": lambda m, x: tfm.low_rank_cholesky(m, 2),
    "lu_matrix_inverse": lambda m, x: tfm.lu_matrix_inverse(*tf.linalg.lu(x)),
    "lu_reconstruct": lambda m, x: tfm.lu_reconstruct(*tf.linalg.lu(x)),
    "lu_solve": lambda m, x: tfm.lu_solve(*tf.linalg.lu(x), rhs=m),
    "pivoted_cholesky": lambda m, x: tfm.pivoted_cholesky(m, 2),
    "sparse_or_dense_matmul": lambda m, x: tfm.sparse_or_dense_matmul(tfm.dense_to_sparse(tf.constant(SQUARE, m.dtype)), x),
    "sparse_or_dense_matvecmul": lambda m, x: tfm.sparse_or_dense_matvecmul(m, x[0]),
}  # fmt: skip


def linear(function: Callable[[Any, Any], Any], dtype: Any, in_function: bool) -> Program:
    def question(m: Any, x: Any) -> Any:
        return derivatives(lambda m, x: function(m, x), m=m, x=x)

    def run() -> list[Any]:
        ask = tf.function(question) if in_function else question
        return told(ask(tf.constant(SQUARE, dtype), tf.constant(ROWS, dtype)))

    return run


for _name, _function in LINEAR.items():
    PROGRAMS[f"math.{_name}"] = linear(_function, tf.float32, in_function=False)
    PROGRAMS[f"math.{_name}.float64"] = linear(_function, tf.float64, in_function=False)
    PROGRAMS[f"math.{_name}.function"] = linear(_function, tf.float32, in_function=True)


# -- gradients ---------------------------------------------------------------------------------------------------------

X, Y = tf.constant([0.5, 1.5]), tf.constant([2.0, -1.0])


@program
def value_and_gradient() -> Any:
    return tfm.value_and_gradient(lambda x, y: x**2 * y, X, Y)


@program
def value_and_gradient_named() -> Any:
    return tfm.value_and_gradient(lambda x, y: {"a": x * y, "b": x}, x=X, y=Y)


@program
def value_and_gradient_aux() -> Any:
    return tfm.value_and_gradient(lambda x: (x**2, x + 1), X, has_aux=True)


@program
def value_and_gradient_weighted() -> Any:
    return tfm.value_and_gradient(lambda x: tf.sin(x), X, output_gradients=Y)


@program
def value_and_gradient_with_tape() -> Any:
    return tfm.value_and_gradient(lambda x: tf.sin(x), X, use_gradient_tape=True)


@program
def value_and_gradient_in_function() -> Any:
    return tf.function(lambda x, y: tfm.value_and_gradient(lambda a, b: a**2 * b, [x, y]))(X, Y)


@program
def value_and_gradient_twice() -> Any:
    return tfm.value_and_gradient(lambda x: tfm.value_and_gradient(lambda y: y**3, x)[1], X)


@program
def custom_gradient() -> Any:
    return derivatives(lambda x: tfm.custom_gradient(x**2, tf.cos(x), x), x=X)


@program
def custom_gradient_of_two() -> Any:
    return derivatives(lambda x, y: tfm.custom_gradient(x * y, [tf.cos(x), y], [x, y]), x=X, y=Y)


@program
def diag_jacobian() -> Any:
    matrix = tf.constant(SQUARE, tf.float32)
    return tfm.diag_jacobian(
        xs=tf.constant(ROWS[0], tf.float32), fn=lambda x: tf.linalg.matvec(matrix, x) ** 2
    )


@program
def diag_jacobian_batch() -> Any:
    return tfm.diag_jacobian(
        xs=[tf.constant(ROWS, tf.float32)], fn=lambda x: [tf.sin(x) * x], sample_shape=[3]
    )


@program
def diag_jacobian_in_function() -> Any:
    return tf.function(lambda x: tfm.diag_jacobian(xs=[x], ys=[tf.sin(x)], sample_shape=[3]))(
        tf.constant(ROWS, tf.float32)
    )


# -- roots and minima --------------------------------------------------------------------------------------------------


def cubic(x: Any) -> Any:
    return (63 * x**5 - 70 * x**3 + 15.0 * x + 2.0) / 8.0


@program
def find_root_secant() -> Any:
    return tfm.find_root_secant(cubic, tf.constant([-1.0, 0.0, 10.0], tf.float64))


@program
def secant_root() -> Any:
    return tfm.secant_root(
        cubic, tf.constant([-1.0, 10.0], tf.float64), next_position=tf.constant([-0.9, 9.0], tf.float64)
    )


@program
def find_root_chandrupatla() -> Any:
    return tfm.find_root_chandrupatla(
        lambda x: x**3 - 2 * x - 5, tf.constant([2.0], tf.float64), tf.constant([3.0], tf.float64)
    )


@program
def find_root_in_function() -> Any:
    return tf.function(
        lambda: tfm.find_root_chandrupatla(lambda x: tf.exp(x) - 3.0, -1.0, 2.0).estimated_root
    )()


@program
def bracket_root() -> Any:
    return tfm.bracket_root(lambda x: tf.exp(x) - 1000.0, dtype=tf.float32, num_points=64)


def keras_optimizers() -> dict[str, Any]:
    import tf_keras

    return {
        "adam": lambda: tf_keras.optimizers.legacy.Adam(0.1),
        "sgd": lambda: tf_keras.optimizers.legacy.SGD(0.05),
    }


@program
def minimize() -> Any:
    answers = []
    for make in keras_optimizers().values():
        x = tf.Variable([0.5, 3.0])
        losses = tfm.minimize(lambda x=x: tf.reduce_sum((x - 1.0) ** 2), 15, make(), trainable_variables=[x])
        answers += [losses, tf.identity(x)]
    return answers


@program
def minimize_traced() -> Any:
    x = tf.Variable([0.5, 3.0])
    trace = tfm.minimize(
        lambda: (x - 1.0) ** 2, 30, keras_optimizers()["adam"](), trainable_variables=[x],
        convergence_criterion=tfp.optimizer.convergence_criteria.LossNotDecreasing(rtol=0.1),
        trace_fn=lambda t: {"loss": t.loss, "gradients": t.gradients, "step": t.step}, return_full_length_trace=False,
    )  # fmt: skip
    return [trace, tf.identity(x)]


@program
def minimize_in_function() -> Any:
    x = tf.Variable([0.5, 3.0])
    optimizer = keras_optimizers()["adam"]()
    run = tf.function(
        lambda: tfm.minimize(lambda: tf.reduce_sum((x - 1.0) ** 2), 10, optimizer, trainable_variables=[x])
    )
    return [run(), tf.identity(x)]


# -- differential equations --------------------------------------------------------------------------------------------

MATRIX = tf.constant([[-0.5, 1.0], [-1.0, -0.3]], tf.float64)
START = tf.constant([1.0, 0.5], tf.float64)
TIMES = [0.2, 0.5, 1.0]
SOLVERS = {"BDF": lambda **o: tfm.ode.BDF(**o), "DormandPrince": lambda **o: tfm.ode.DormandPrince(**o)}


def rotating(_: Any, y: Any) -> Any:
    return tf.linalg.matvec(MATRIX, y)


def solved(make: Callable[..., Any], in_function: bool) -> Program:
    def run() -> list[Any]:
        def solve(start: Any) -> Any:
            return make(rtol=1e-6, atol=1e-8).solve(rotating, 0.0, start, solution_times=TIMES)

        results = (tf.function(solve) if in_function else solve)(START)
        return told([results.times, results.states, results.diagnostics.num_ode_fn_evaluations])

    return run


def solver_chooses(make: Callable[..., Any]) -> Program:
    def run() -> list[Any]:
        results = make().solve(rotating, 0.0, START, solution_times=tfm.ode.ChosenBySolver(1.0))
        return told([results.times, results.states])

    return run


def adjoint(make: Callable[..., Any]) -> Program:
    def run() -> list[Any]:
        def final(start: Any, matrix: Any) -> Any:
            def slope(_: Any, y: Any, matrix: Any) -> Any:
                return tf.linalg.matvec(matrix, tf.sin(y))

            solver = make(rtol=1e-6, atol=1e-8)
            return solver.solve(slope, 0.0, start, solution_times=TIMES, constants={"matrix": matrix}).states

        return told(derivatives(final, start=START, matrix=MATRIX))

    return run


def stiff(make: Callable[..., Any]) -> Program:
    def run() -> list[Any]:
        def robertson(_: Any, y: Any) -> Any:
            a, b = 0.04 * y[0], 3e3 * y[1] * y[2]
            return tf.stack([-a + b, a - b - 3e3 * y[1] ** 2, 3e3 * y[1] ** 2])

        start = tf.constant([1.0, 0.0, 0.0], tf.float64)
        return told(make(rtol=1e-5, atol=1e-8).solve(robertson, 0.0, start, solution_times=[0.1, 1.0]).states)

    return run


for _name, _make in SOLVERS.items():
    PROGRAMS[f"math.ode.{_name}"] = solved(_make, in_function=False)
    PROGRAMS[f"math.ode.{_name}.function"] = solved(_make, in_function=True)
    PROGRAMS[f"math.ode.{_name}.chosen"] = solver_chooses(_make)
    PROGRAMS[f"math.ode.{_name}.adjoint"] = adjoint(_make)
    PROGRAMS[f"math.ode.{_name}.stiff"] = stiff(_make)


# -- kernels -----------------------------------------------------------------------------------------------------------

AMPLITUDE: dict[str, Any] = {"amplitude": 1.5, "length_scale": 0.7}
KERNELS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    **{name: (getattr(tfk, name), AMPLITUDE) for name in (
        "ExponentiatedQuadratic", "MaternOneHalf", "MaternThreeHalves", "MaternFiveHalves", "Parabolic")},
    "ChangePoint": (lambda a, b: tfk.ChangePoint(
        [tfk.ExponentiatedQuadratic(a), tfk.MaternOneHalf(b)], locs=[0.5], slopes=[2.0]), {"a": 1.5, "b": 0.7}),
    "Constant": (tfk.Constant, {"constant": 1.5}),
    "ExpSinSquared": (tfk.ExpSinSquared, {**AMPLITUDE, "period": 1.3}),
    "ExponentialCurve": (tfk.ExponentialCurve, {"concentration": 1.5, "rate": 0.7}),
    "FeatureScaled": (lambda a, scale: tfk.FeatureScaled(tfk.ExponentiatedQuadratic(a), scale), {"a": 1.5, "scale": [1.0, 2.0]}),
    "FeatureTransformed": (lambda a: tfk.FeatureTransformed(
        tfk.ExponentiatedQuadratic(a), lambda x, features, examples: x[..., :1] ** 2), {"a": 1.5}),
    "GammaExponential": (tfk.GammaExponential, {**AMPLITUDE, "power": 1.3}),
    "GeneralizedMatern": (tfk.GeneralizedMatern, {**AMPLITUDE, "df": 1.3}),
    "KumaraswamyTransformed": (lambda a, b: tfk.KumaraswamyTransformed(tfk.ExponentiatedQuadratic(1.0), a, b), {"a": 1.5, "b": 0.7}),
    "Linear": (tfk.Linear, {"bias_amplitude": 0.5, "slope_amplitude": 1.5, "shift": 0.2}),
    "PointwiseExponential": (lambda a: tfk.PointwiseExponential(tfk.ExponentiatedQuadratic(a)), {"a": 1.5}),
    "Polynomial": (tfk.Polynomial, {"bias_amplitude": 0.5, "slope_amplitude": 1.5, "exponent": 3.0}),
    "RationalQuadratic": (tfk.RationalQuadratic, {**AMPLITUDE, "scale_mixture_rate": 1.3}),
    "SchurComplement": (lambda a: tfk.SchurComplement(
        tfk.ExponentiatedQuadratic(a), tf.constant([[0.1, 0.4], [0.8, 0.2]], a.dtype)), {"a": 1.5}),
    "SpectralMixture": (tfk.SpectralMixture, {"logits": [0.5, 1.0], "locs": [[0.1, 0.2], [0.5, 0.3]], "scales": [[0.5, 1.0], [0.7, 0.9]]}),
    "sum": (lambda a, b: tfk.ExponentiatedQuadratic(a) + tfk.Linear(b), {"a": 1.5, "b": 0.7}),
    "product": (lambda a, b: tfk.ExponentiatedQuadratic(a) * tfk.MaternOneHalf(b), {"a": 1.5, "b": 0.7}),
}  # fmt: skip
POINTS = [[0.1, 0.3], [0.5, 0.9], [0.8, 0.2]]


def kernel(
    make: Callable[..., Any], parameters: dict[str, Any], in_function: bool, dtype: Any = tf.float32
) -> Program:
    def values(x: Any, y: Any, **parameters: Any) -> Any:
        one = make(**parameters)
        return [one.apply(x, y), one.matrix(x, y), one.tensor(x, y, 1, 1)]

    def run() -> list[Any]:
        x = tf.constant(POINTS, dtype)
        question: Any = lambda x, y, **p: derivatives(values, x=x, y=y, **p)  # noqa: E731
        ask = tf.function(question) if in_function else question
        return told(ask(x, x[::-1] * 0.9, **constants(dtype, **parameters)))

    return run


def kernel_told(make: Callable[..., Any], parameters: dict[str, Any]) -> Program:
    def run() -> list[Any]:
        one = make(**constants(**parameters))
        flat = tf.nest.flatten(one, expand_composites=True)
        return told([str(one), one.batch_shape, one.batch_shape_tensor(), one.feature_ndims, flat])

    return run


for _name, (_build, _parameters) in KERNELS.items():
    PROGRAMS[f"math.psd_kernels.{_name}"] = kernel(_build, _parameters, in_function=False)
    PROGRAMS[f"math.psd_kernels.{_name}.float64"] = kernel(
        _build, _parameters, in_function=False, dtype=tf.float64
    )
    PROGRAMS[f"math.psd_kernels.{_name}.function"] = kernel(_build, _parameters, in_function=True)
    PROGRAMS[f"math.psd_kernels.{_name}.structure"] = kernel_told(_build, _parameters)
