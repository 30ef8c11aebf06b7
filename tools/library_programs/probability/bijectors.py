"""Every bijector: both directions, the determinants and gradients of both, caching, shapes, functions, composition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from .values import Program, constants, derivatives, sources, told

tfb = tfp.bijectors
tfd = tfp.distributions

PROGRAMS: dict[str, Program] = {}


@dataclass(frozen=True)
class Entry:
    """A bijector: how it is made, of what, where it is asked, and how many dimensions an event has."""

    make: Callable[..., Any]
    parameters: dict[str, Any]
    points: Any
    rank: int


TABLE: dict[str, Entry] = {}


def add(name: str, make: Any, points: Any, rank: int = 0, **parameters: Any) -> None:
    TABLE[name] = Entry(make, parameters, points, rank)


LINE = [[-2.0, -0.5], [0.1, 0.9], [1.5, 3.0]]
POSITIVE = [[0.2, 0.5], [0.9, 1.3], [2.0, 4.0]]
UNIT = [[0.1, 0.2], [0.4, 0.5], [0.75, 0.95]]
VECTORS = [[0.5, -1.0, 0.3], [1.5, 0.2, -0.4]]
SIX = [[0.5, -1.0, 0.3, 0.1, 0.7, -0.2], [1.5, 0.2, -0.4, 0.3, -0.1, 0.4]]
LOWER = [[1.0, 0.0, 0.0], [0.5, 1.5, 0.0], [-0.3, 0.2, 0.8]]
SQUARE = [[2.0, 0.5, 0.1], [0.5, 1.5, -0.2], [0.1, -0.2, 1.0]]
PAIR = {"loc": [0.5, -1.0], "scale": [1.0, 2.5]}

for _name in (
    "Exp",
    "Expm1",
    "Identity",
    "NormalCDF",
    "Sigmoid",
    "Sinh",
    "Softplus",
    "Softsign",
    "SinhArcsinh",
    "Tanh",
):
    add(_name, getattr(tfb, _name), LINE)
for _name in (
    "AbsoluteValue",
    "Log",
    "Log1p",
    "Reciprocal",
    "Square",
    "RayleighCDF",
    "WeibullCDF",
    "FrechetCDF",
):
    add(_name, getattr(tfb, _name), POSITIVE)
add("FrechetCDF_of", tfb.FrechetCDF, POSITIVE, concentration=[1.5, 0.5], loc=[0.1, -1.0], scale=[1.0, 2.5])
add("GeneralizedExtremeValueCDF", tfb.GeneralizedExtremeValueCDF, LINE, concentration=[0.2, -0.1], **PAIR)
add("GeneralizedExtremeValueCDF_zero", tfb.GeneralizedExtremeValueCDF, LINE, concentration=[0.0, 0.0], **PAIR)
add("GeneralizedPareto", tfb.GeneralizedPareto, LINE, concentration=[0.2, -0.1], **PAIR)
add("GompertzCDF", tfb.GompertzCDF, POSITIVE, concentration=[0.5, 1.0], rate=[1.0, 0.5])
add("ShiftedGompertzCDF", tfb.ShiftedGompertzCDF, POSITIVE, concentration=[0.5, 1.0], rate=[1.0, 0.5])
add("GumbelCDF", tfb.GumbelCDF, LINE, **PAIR)
add("MoyalCDF", tfb.MoyalCDF, LINE, **PAIR)
add("KumaraswamyCDF", tfb.KumaraswamyCDF, UNIT, concentration1=[0.5, 3.0], concentration0=[0.7, 2.0])
add("WeibullCDF_of", tfb.WeibullCDF, POSITIVE, concentration=[0.5, 3.0], scale=[0.7, 2.0])
add("LambertWTail", tfb.LambertWTail, LINE, shift=[0.5, -1.0], scale=[1.0, 2.5], tailweight=[0.1, 0.3])
add("Power", lambda power: tfb.Power(power), POSITIVE, power=[3.0, 0.5])
add("Power_odd", lambda: tfb.Power(3), LINE)
add("PowerTransform", tfb.PowerTransform, POSITIVE, power=0.7)
add("PowerTransform_zero", tfb.PowerTransform, LINE, power=0.0)
add("Scale", tfb.Scale, LINE, scale=[-1.0, 2.5])
add("Scale_log", tfb.Scale, LINE, log_scale=[-1.0, 0.5])
add("Shift", tfb.Shift, LINE, shift=[-1.0, 2.5])
add("Sigmoid_between", tfb.Sigmoid, LINE, low=[-1.0, 0.0], high=[1.0, 3.0])
add("SinhArcsinh_of", tfb.SinhArcsinh, LINE, skewness=[0.5, -0.5], tailweight=[1.0, 1.5])
add("SoftClip", tfb.SoftClip, LINE, low=[-1.0, 0.0], high=[1.0, 3.0], hinge_softness=[0.5, 1.0])
add("SoftClip_low", tfb.SoftClip, LINE, low=[-1.0, 0.0])
add("Softfloor", tfb.Softfloor, [[0.3, 1.2], [2.6, 3.4]], temperature=[0.5, 1.0])
add("Softplus_hinge", tfb.Softplus, LINE, hinge_softness=[0.5, -2.0], low=[0.1, 1.0])
add("RationalQuadraticSpline", lambda widths, heights, slopes: tfb.RationalQuadraticSpline(widths, heights, slopes, range_min=-2.0),
    [[-1.5, -0.5], [0.3, 1.9], [-2.5, 3.0]], widths=[[1.0, 1.5, 1.5]] * 2, heights=[[0.5, 2.5, 1.0], [1.5, 1.5, 1.0]],
    slopes=[[0.5, 2.0], [1.0, 0.7]])  # fmt: skip
add("Inline", lambda: tfb.Inline(forward_fn=tf.exp, inverse_fn=tf.math.log, inverse_log_det_jacobian_fn=lambda y: -tf.math.log(y),
    forward_min_event_ndims=0), LINE)  # fmt: skip

# Of vectors.
add("Ascending", tfb.Ascending, VECTORS, 1)
add("Cumsum", tfb.Cumsum, VECTORS, 1)
add("DiscreteCosineTransform", tfb.DiscreteCosineTransform, VECTORS, 1)
add("DiscreteCosineTransform_3", lambda: tfb.DiscreteCosineTransform(3), VECTORS, 1)
add("Householder", tfb.Householder, VECTORS, 1, reflection_axis=[0.6, 0.8, 0.0])
add("IteratedSigmoidCentered", tfb.IteratedSigmoidCentered, VECTORS, 1)
add("SoftmaxCentered", tfb.SoftmaxCentered, VECTORS, 1)
add("UnitVector", tfb.UnitVector, VECTORS, 1)
add("MatvecLU", lambda lower: tfb.MatvecLU(lower, [1, 2, 0]), VECTORS, 1, lower=SQUARE)
add("ScaleMatvecLU", lambda lower: tfb.ScaleMatvecLU(lower, [1, 2, 0]), VECTORS, 1, lower=SQUARE)
add("ScaleMatvecDiag", tfb.ScaleMatvecDiag, VECTORS, 1, scale_diag=[1.0, -2.0, 0.5])
add("ScaleMatvecTriL", tfb.ScaleMatvecTriL, VECTORS, 1, scale_tril=LOWER)
add(
    "ScaleMatvecTriL_adjoint",
    lambda scale_tril: tfb.ScaleMatvecTriL(scale_tril, adjoint=True),
    VECTORS,
    1,
    scale_tril=LOWER,
)
add("ScaleMatvecLinearOperator", lambda scale: tfb.ScaleMatvecLinearOperator(tf.linalg.LinearOperatorLowerTriangular(scale)),
    VECTORS, 1, scale=LOWER)  # fmt: skip
add("Pad", tfb.Pad, VECTORS, 1)
add("Pad_both", lambda: tfb.Pad([[1, 2]], constant_values=1), VECTORS, 1)
add("Permute", lambda: tfb.Permute([2, 0, 1]), VECTORS, 1)
add("Reshape", lambda: tfb.Reshape([2, 3], [6]), SIX, 1)
add("Transpose", lambda: tfb.Transpose(rightmost_transposed_ndims=2), [SQUARE, LOWER], 2)
add("Transpose_perm", lambda: tfb.Transpose(perm=[1, 0]), [SQUARE, LOWER], 2)
add("Split", lambda: tfb.Split(3), VECTORS, 1)
add("FillTriangular", tfb.FillTriangular, SIX, 1)
add("FillTriangular_upper", lambda: tfb.FillTriangular(upper=True), SIX, 1)
add("FillScaleTriL", tfb.FillScaleTriL, SIX, 1)
add("FillScaleTriL_exp", lambda: tfb.FillScaleTriL(tfb.Exp(), None), SIX, 1)
add("CorrelationCholesky", tfb.CorrelationCholesky, VECTORS, 1)
add("BatchNormalization", lambda: tfb.BatchNormalization(training=False), VECTORS, 1)
add("Blockwise", lambda: tfb.Blockwise([tfb.Exp(), tfb.Identity(), tfb.Tanh()], [1, 1, 1]), VECTORS, 1)
add("RealNVP", lambda scale: tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=lambda x, d: (x * scale, tf.tanh(x * scale))),
    VECTORS, 1, scale=[0.5, -0.3])  # fmt: skip
add(
    "RealNVP_template",
    lambda: tfb.RealNVP(2, shift_and_log_scale_fn=tfb.real_nvp_default_template([4])),
    VECTORS,
    1,
)
add("MaskedAutoregressiveFlow", lambda scale: tfb.MaskedAutoregressiveFlow(
    lambda x: (tf.cumsum(x * scale, -1, exclusive=True), tf.tanh(tf.cumsum(x * scale, -1, exclusive=True)))),
    VECTORS, 1, scale=[0.5, -0.3, 0.2])  # fmt: skip
add("AutoregressiveNetwork", lambda: tfb.MaskedAutoregressiveFlow(tfb.AutoregressiveNetwork(
    params=2, event_shape=[3], hidden_units=[4], activation="tanh", kernel_initializer="ones")), VECTORS, 1)  # fmt: skip
add("MaskedAutoregressiveFlow_template", lambda: tfb.MaskedAutoregressiveFlow(
    tfb.masked_autoregressive_default_template([4])), VECTORS, 1)  # fmt: skip
add(
    "FFJORD",
    lambda: tfb.FFJORD(lambda t, x: tf.tanh(x) * t, trace_augmentation_fn=_exact_trace()),
    VECTORS,
    1,
)
add("Glow", lambda: tfb.Glow((4, 4, 1), num_glow_blocks=1, num_steps_per_block=1, coupling_bijector_fn=None, exit_bijector_fn=None,
    seed=(1, 2)), np.arange(16.0).reshape(1, 4, 4, 1) / 16, 3)  # fmt: skip

# Of matrices.
add("CholeskyOuterProduct", tfb.CholeskyOuterProduct, [LOWER, np.eye(3)], 2)
add("CholeskyToInvCholesky", tfb.CholeskyToInvCholesky, [LOWER, np.eye(3) * 2], 2)
add("MatrixInverseTriL", tfb.MatrixInverseTriL, [LOWER, np.eye(3) * 2], 2)
add("TransformDiagonal", lambda: tfb.TransformDiagonal(tfb.Exp()), [SQUARE, LOWER], 2)

# Composed.
add("Chain", lambda loc, scale: tfb.Chain([tfb.Exp(), tfb.Shift(loc), tfb.Scale(scale)]), LINE, **PAIR)
add("Chain_ranks", lambda: tfb.Chain([tfb.SoftmaxCentered(), tfb.Scale(2.0), tfb.Softplus()]), VECTORS, 1)
add("Chain_to_matrix", lambda: tfb.Chain([tfb.CholeskyOuterProduct(), tfb.FillScaleTriL()]), SIX, 1)
add("Invert", lambda: tfb.Invert(tfb.Exp()), POSITIVE)
add("Invert_vector", lambda scale: tfb.Invert(tfb.ScaleMatvecTriL(scale)), VECTORS, 1, scale=LOWER)
add("Call", lambda loc: tfb.Tanh()(tfb.Shift(loc)), LINE, loc=[0.5, -0.3])


def _exact_trace() -> Any:
    from tensorflow_probability.python.bijectors import ffjord

    return ffjord.trace_jacobian_exact


def asking(entry: Entry, question: Callable[[Any, Any, Entry], Any], dtype: Any = tf.float32) -> Program:
    def program() -> list[Any]:
        return told(
            question(
                entry.make(**constants(dtype, **entry.parameters)), tf.constant(entry.points, dtype), entry
            )
        )

    return program


def images(bijector: Any, x: Any) -> Any:
    """What forward makes of x, without what the bijector remembers of it."""
    return tf.nest.map_structure(tf.identity, bijector.forward(x))


def rank_of_images(bijector: Any, entry: Entry) -> Any:
    return bijector.forward_event_ndims(entry.rank)


def both_ways(bijector: Any, x: Any, entry: Entry) -> Any:
    y = images(bijector, x)
    return [y, bijector.inverse(y)]


def determinants(bijector: Any, x: Any, entry: Entry) -> Any:
    y = images(bijector, x)
    forward = bijector.forward_log_det_jacobian(x, event_ndims=entry.rank)
    return [forward, bijector.inverse_log_det_jacobian(y, event_ndims=rank_of_images(bijector, entry))]


def cached(bijector: Any, x: Any, _: Entry) -> Any:
    y = bijector.forward(x)
    return [bijector.inverse(y) is x, bijector.forward(bijector.inverse(y)) is y]


def structure(bijector: Any, x: Any, entry: Entry) -> Any:
    shape = x.shape[1:] if entry.rank else x.shape
    y = images(bijector, x)
    return [
        str(bijector), repr(bijector), sorted(bijector.parameters), bool(bijector.is_constant_jacobian),
        bijector.forward_event_shape(shape), bijector.forward_event_shape_tensor(shape),
        bijector.inverse_event_shape(bijector.forward_event_shape(shape)),
        bijector.forward_dtype(tf.float32), bijector.inverse_dtype(tf.nest.map_structure(lambda one: one.dtype, y)),
        bijector.experimental_batch_shape(x_event_ndims=entry.rank),
        getattr(bijector, "_is_increasing", None) is None,
    ]  # fmt: skip


def transformed(bijector: Any, x: Any, entry: Entry) -> Any:
    """A normal distribution of x, transformed: samples and their density."""
    event = x.shape[x.shape.rank - entry.rank :]
    distribution = (
        bijector(tfd.Sample(tfd.Normal(0.3, 0.5), event)) if entry.rank else bijector(tfd.Normal(0.3, 0.5))
    )
    samples = distribution.sample(2, seed=(1, 2))
    return [samples, distribution.log_prob(tf.nest.map_structure(tf.identity, samples))]


def composite(bijector: Any, x: Any, _: Entry) -> Any:
    flat = tf.nest.flatten(bijector, expand_composites=True)
    again = tf.nest.pack_sequence_as(bijector, flat, expand_composites=True)
    return [
        again.forward(x),
        tf.function(lambda b, at: b.forward(at))(bijector, x),
        hash(bijector) == hash(bijector.copy()),
    ]


def gradients(entry: Entry) -> Program:
    """Of both directions and both determinants, in the points and the parameters."""

    def program() -> list[Any]:
        parameters = constants(**entry.parameters)
        x = tf.constant(entry.points, tf.float32)
        y = images(entry.make(**parameters), x)
        answers = []

        def of(name: str, at: Any, **options: Any) -> None:
            def question(**p: Any) -> Any:
                bijector = entry.make(**{key: value for key, value in p.items() if key != "at"})
                rank = {} if not options else {"event_ndims": options["rank"](bijector)}
                value = getattr(bijector, name)(p["at"], **rank)
                return tf.nest.map_structure(tf.sin, value)

            answers.append(derivatives(question, at=at, **parameters))

        of("forward", x)
        of("forward_log_det_jacobian", x, rank=lambda _: entry.rank)
        if isinstance(y, tf.Tensor):
            of("inverse", y)
            of("inverse_log_det_jacobian", y, rank=lambda bijector: rank_of_images(bijector, entry))
        return told(answers)

    return program


def within(entry: Entry, compiled: bool) -> Program:
    """Both directions, the determinants and a gradient in a function, with an open batch where it is not compiled."""

    def program() -> list[Any]:
        parameters = constants(**entry.parameters)
        x = tf.constant(entry.points, tf.float32)

        def step(parameters: Any, x: Any) -> Any:
            bijector = entry.make(**entry.parameters | parameters)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = images(bijector, x)
                log_det = bijector.forward_log_det_jacobian(x, event_ndims=entry.rank)
            return [y, bijector.inverse(y), log_det, tape.gradient([y, log_det], x)]

        if compiled:
            return told(tf.function(step, jit_compile=True)(sources(parameters), x))
        specs = {name: tf.TensorSpec(value.shape, value.dtype) for name, value in sources(parameters).items()}
        signature = [specs, tf.TensorSpec([None, *x.shape[1:]], x.dtype)]
        return told(tf.function(step, input_signature=signature)(sources(parameters), x))

    return program


COMPILED = "Exp Softplus SinhArcsinh SoftmaxCentered FillScaleTriL CorrelationCholesky Chain RationalQuadraticSpline".split()
QUESTIONS = {
    "both_ways": both_ways,
    "determinants": determinants,
    "cached": cached,
    "structure": structure,
    "transformed": transformed,
    "composite": composite,
}
for _name, _entry in TABLE.items():
    for _what, _question in QUESTIONS.items():
        PROGRAMS[f"bijectors.{_name}.{_what}"] = asking(_entry, _question)
    PROGRAMS[f"bijectors.{_name}.float64"] = asking(_entry, both_ways, tf.float64)
    PROGRAMS[f"bijectors.{_name}.gradients"] = gradients(_entry)
    PROGRAMS[f"bijectors.{_name}.function"] = within(_entry, compiled=False)
    if _name in COMPILED:
        PROGRAMS[f"bijectors.{_name}.compiled"] = within(_entry, compiled=True)


def joint_map() -> list[Any]:
    bijector = tfb.JointMap({"a": tfb.Exp(), "b": tfb.Scale(2.0)})
    x = {"a": tf.constant([0.5, 1.0]), "b": tf.constant([1.0, -1.0])}
    y = bijector.forward(x)
    log_det = bijector.forward_log_det_jacobian(x, event_ndims={"a": 1, "b": 1})
    return told([y, log_det, bijector.inverse(tf.nest.map_structure(tf.identity, y))])


def restructure() -> list[Any]:
    bijector = tfb.Restructure({"a": 0, "b": [1, 2]}, [0, 1, 2])
    y = bijector.forward([tf.constant(1.0), tf.constant(2.0), tf.constant(3.0)])
    return told([y, bijector.inverse(y), tfb.tree_flatten({"a": 0, "b": 1}).forward({"a": 5.0, "b": 6.0})])


def composition_of_structures() -> list[Any]:
    bijector = tfb.Chain([tfb.JointMap([tfb.Exp(), tfb.Softplus()]), tfb.Split(2)])
    x = tf.constant([0.5, 1.0, -1.0, 2.0])
    y = bijector.forward(x)
    log_det = bijector.forward_log_det_jacobian(x, event_ndims=1)
    return told([y, log_det, bijector.inverse(tf.nest.map_structure(tf.identity, y))])


def matvec_block() -> list[Any]:
    block = tf.linalg.LinearOperatorBlockDiag
    operator = block([tf.linalg.LinearOperatorDiag([1.0, 2.0]), tf.linalg.LinearOperatorIdentity(1)])
    bijector = tfb.ScaleMatvecLinearOperatorBlock(operator)
    x = [tf.constant([0.5, 1.0]), tf.constant([2.0])]
    return told([bijector.forward(x), bijector.forward_log_det_jacobian(x, event_ndims=[1, 1])])


def batch_normalization_trained() -> list[Any]:
    bijector = tfb.BatchNormalization()
    x = tf.constant(VECTORS)
    answers = [bijector.inverse(x), bijector.inverse_log_det_jacobian(tf.identity(x), event_ndims=1)]
    return told([answers, [tf.identity(one) for one in bijector.batchnorm.variables]])


def ldj_ratio() -> list[Any]:
    from tensorflow_probability.python.bijectors import ldj_ratio as module

    p, q = tfb.Scale(2.0)(tfb.Exp()), tfb.Scale(0.5)(tfb.Exp())
    x = tf.constant([0.5, 1.5])
    return told(
        [
            module.forward_log_det_jacobian_ratio(p, x, q, x + 1, 0),
            module.inverse_log_det_jacobian_ratio(p, x, q, x + 1, 0),
        ]
    )


def scalar_congruency() -> list[Any]:
    answers = []
    for bijector in (tfb.Exp(), tfb.Sigmoid(), tfb.SinhArcsinh(0.5, 1.2), tfb.Softplus(), tfb.NormalCDF()):
        x = tf.linspace(-1.0, 1.5, 20)
        y = bijector.forward(x)
        slope = (y[2:] - y[:-2]) / (x[2:] - x[:-2])
        answers.append([y, slope, tf.exp(bijector.forward_log_det_jacobian(x, 0))])
    return told(answers)


def variables() -> list[Any]:
    scale = tf.Variable([1.0, 2.0])
    bijector = tfb.Chain([tfb.Exp(), tfb.Scale(scale), tfb.Shift(tf.Variable(0.5))])
    x = tf.constant([0.1, 0.2])
    answers: list[Any] = [len(bijector.trainable_variables)]
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = bijector.forward(x)
        answers += [y, tape.gradient(y, bijector.trainable_variables)]
        scale.assign(scale * 1.5)
    return told(answers)


def wrong() -> list[Any]:
    """What validate_args refuses."""
    trials = {
        "exp": lambda: tfb.Log(validate_args=True).forward([-1.0]),
        "softsign": lambda: tfb.Softsign(validate_args=True).inverse([2.0]),
        "permute": lambda: tfb.Permute([0, 0, 1], validate_args=True).forward([1.0, 2.0, 3.0]),
        "reshape": lambda: tfb.Reshape([2, 2], [3], validate_args=True).forward([1.0, 2.0, 3.0]),
        "square": lambda: tfb.Square(validate_args=True).forward([-1.0]),
        "weibull": lambda: tfb.WeibullCDF(-1.0, validate_args=True).forward([1.0]),
        "triangle": lambda: tfb.CholeskyOuterProduct(validate_args=True).forward([[1.0, 1.0], [0.0, -1.0]]),
        "scale": lambda: tfb.Scale([0.0], validate_args=True).forward([1.0]),
        "low": lambda: tfb.Sigmoid(2.0, 1.0, validate_args=True).forward([1.0]),
        "rank": lambda: tfb.SoftmaxCentered().forward_log_det_jacobian([1.0], event_ndims=0),
    }
    answers = []
    for trial in trials.values():
        try:
            answers.append(told(trial()))
        except Exception as error:
            answers.append(told(type(error).__name__))
    return answers


for _program in (
    joint_map, restructure, composition_of_structures, matvec_block, batch_normalization_trained, ldj_ratio, scalar_congruency,
    variables, wrong,
):  # fmt: skip
    PROGRAMS[f"bijectors.{_program.__name__}"] = _program
