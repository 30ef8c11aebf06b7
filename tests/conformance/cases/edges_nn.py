"""Activations, losses and moments at the edges: tails, perfect predictions, labels that broadcast, no axes."""

import numpy as np
from conformance_kit import DOUBLE, A, V, case, error, script

nan, inf = float("nan"), float("inf")
TAILS = V([*np.linspace(-40, 40, 41).tolist(), -5.5, -6.0, -9.0, 0.0, -0.0, nan, inf, -inf, 1e-30, 3e4, -3e4])

case("nn.gelu", inputs=[TAILS])
case("gelu approximate", lambda tf, x: tf.nn.gelu(x, approximate=True), [TAILS], dtypes=("float64",))
case("gelu tail", lambda tf, x: tf.nn.gelu(x) * 1e6, [V([-5.0, -5.5, -6.0, -7.0])], dtypes=DOUBLE, order=0)
case("gelu where the square overflows", lambda tf, x: tf.nn.gelu(x), [V([1e30, -1e30])], dtypes=DOUBLE)

PERFECT = V([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
SURE = V([[-1000.0, -1000.0, 0.0], [1000.0, 0.0, -1000.0]])
# 1 / loss tells 0 from -0
case(
    "perfect softmax_cross_entropy",
    lambda tf, p, z: 1 / tf.nn.softmax_cross_entropy_with_logits(p, z),
    [PERFECT, SURE],
    order=0,
)
case(
    "perfect sparse_softmax_cross_entropy",
    lambda tf, z: 1 / tf.nn.sparse_softmax_cross_entropy_with_logits([2, 0], z),
    [SURE],
    order=0,
)
case(
    "perfect cross entropy of one class",
    lambda tf, p, z: 1 / tf.nn.softmax_cross_entropy_with_logits(p, z),
    [V([[1.0], [0.0]]), V([[3.0], [-2.0]])],
    order=0,
)
for labels, logits in (
    ((2, 1), (2, 3)),
    ((1, 3), (2, 3)),
    ((1, 1), (2, 3)),
    ((2, 4, 1), (2, 4, 3)),
    ((1,), (3,)),
):
    case(
        f"softmax_cross_entropy_with_logits {labels} {logits}",
        lambda tf, p, z: tf.nn.softmax_cross_entropy_with_logits(p, z),
        [A("prob", labels, diff=False), A("normal", logits)],
    )
for labels, logits in (((2, 3), (2, 1)), ((1, 3), (2, 1))):
    case(
        f"softmax_cross_entropy_with_logits {labels} {logits}",
        lambda tf, p, z: tf.nn.softmax_cross_entropy_with_logits(p, z),
        [A("prob", labels), A("normal", logits)],
        dtypes=("float32",),
        order=0,  # TensorFlow fails in the gradient
    )
for labels, logits in (((2, 2), (2, 3)), ((2, 3), (1, 3)), ((4, 3), (2, 3))):
    error(
        f"softmax_cross_entropy_with_logits {labels} {logits}",
        lambda tf, a=labels, b=logits: tf.nn.softmax_cross_entropy_with_logits(tf.ones(a), tf.ones(b)),
    )

for shape in ((2, 1, 3), (3,), (), (0, 1), (1, 1, 4, 1)):
    for keep in (False, True):
        case(
            f"moments over no axes of {shape} {keep}",
            lambda tf, x, k=keep: tf.nn.moments(x, axes=[], keepdims=k),
            [A("normal", shape)],
            dtypes=("float32",),
        )
        case(
            f"weighted_moments over no axes of {shape} {keep}",
            lambda tf, x, w, k=keep: tf.nn.weighted_moments(x, axes=[], frequency_weights=w, keepdims=k),
            [A("normal", shape), A("positive", shape)],
            dtypes=("float32",),
        )

# activations and their gradient ops where numbers end
ENDS = V([0.0, -0.0, 0.5, -0.5, 6.0, 3.0, -3.0, 17.0, -17.0, 40.0, -40.0, 100.0, -100.0, nan, inf, -inf])
for name in ("relu", "relu6", "leaky_relu", "elu", "selu", "silu", "softplus", "softsign", "sigmoid"):
    case(f"nn.{name}", inputs=[ENDS], dtypes=DOUBLE)
case(
    "silu with a slope",
    lambda tf, x, b: tf.nn.silu(x, b),
    [V([1e3, -1e3, 1e30, -1e30, 0.5]), V(2.0)],
    dtypes=DOUBLE,
)
case(
    "raw_ops.EluGrad",
    lambda tf, g, y: tf.raw_ops.EluGrad(gradients=g, outputs=y),
    [V([1.0, -2.0, 0.5, 1.0]), V([nan, -0.5, 0.0, 3.0])],
)
LABELS = V([0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.5, 0.0, 1.0])
SURENESS = V([-50.0, 50.0, -10.0, 10.0, 17.0, -17.0, -30.0, 0.0, 100.0, -100.0])
case(
    "logarithm of a small sigmoid_cross_entropy",  # tells 2e-22 from 0
    lambda tf, p, z: tf.math.log(tf.nn.sigmoid_cross_entropy_with_logits(p, z)),
    [LABELS, SURENESS],
    dtypes=DOUBLE,
    order=0,
)
case("nn.sigmoid_cross_entropy_with_logits", inputs=[LABELS, SURENESS])


@script("labellings without an alignment cost about 707", tol={"float32": 1e-4})
def _(tf):
    found = []
    for steps, labels, count, frames in (
        (1, [1, 2], 2, 1),
        (2, [1, 1], 2, 2),
        (2, [2, 1, 1, 3], 4, 2),
        (3, [1, 2], 1, 0),
        (3, [1, 1], 2, 1),
        (3, [1, 2], 0, 2),
    ):
        logits = tf.reshape(tf.sin(tf.range(steps * 5.0)), [steps, 1, 5])
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = tf.nn.ctc_loss([labels], logits, [count], [frames], blank_index=0)
        found.append((loss, tape.gradient(loss, logits)))
    return found
