"""Saliency maps: which pixels speak for a score, by the gradient and by its two alternatives."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import tfcompat_tape as tf

# Activations, and the suffix of the gradients that they take. The last four are like Elu: of the sign of their feature.
_SUFFIXES = {one: one for one in ("Relu", "Relu6", "LeakyRelu", "Elu")} | dict.fromkeys(
    ("Selu", "Gelu", "Silu", "Swish"), "Elu"
)


@contextlib.contextmanager
def _overriding(prefix: str) -> Iterator[None]:
    names = {op_type: prefix + suffix for op_type, suffix in _SUFFIXES.items()}
    tf.plugins.load(
        "tfcompat_guided_backprop"
    )  # to stay, for gradients are looked up when they are asked for
    with tf.compat.v1.get_default_graph().gradient_override_map(names):
        yield


def guided_backprop() -> contextlib.AbstractContextManager[None]:
    """Within this context rectifiers record the gradient of guided backpropagation.

    It is what is computed forward within the context that counts; the gradient may be asked for outside.

    Source: Springenberg et al., "Striving for Simplicity: The All Convolutional Net", 2014.

    >>> x = tf.Variable([-1.0, 2.0, 3.0])
    >>> with guided_backprop(), tf.GradientTape() as tape:
    ...     y = tf.nn.relu(x) * [1.0, 1.0, -1.0]
    >>> print(tape.gradient(y, x).numpy())
    [0. 1. 0.]
    """
    return _overriding("Guided")


def deconvnet() -> contextlib.AbstractContextManager[None]:
    """Within this context rectifiers record the gradient of the deconvnet.

    Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2013.

    >>> x = tf.Variable([-1.0, 2.0, 3.0])
    >>> with deconvnet(), tf.GradientTape() as tape:
    ...     y = tf.nn.relu(x) * [1.0, 1.0, -1.0]
    >>> print(tape.gradient(y, x).numpy())
    [1. 1. 0.]
    """
    return _overriding("Deconv")


METHODS: dict[str, Callable[[], contextlib.AbstractContextManager[None]]] = {
    "gradient": contextlib.nullcontext,
    "deconvnet": deconvnet,
    "guided": guided_backprop,
}


def saliency(model: Callable[[Any], Any], images: Any, classes: Any, method: str = "guided") -> Any:
    """What the pixels of each image contribute to the score of its class.

    Args:
      model: images of shape [batch, ...] to scores of shape [batch, classes]. Take the scores before the softmax: after
        it, the gradient also says what speaks against the other classes. Each example must be scored by itself.
      images: floating, [batch, ...].
      classes: [batch], integers.
      method: one of `METHODS`.

    Returns:
      A Tensor like `images`; not rescaled, and of either sign.

    Raises:
      ValueError: there is no such method.

    >>> weights = tf.constant([[1.0, -1.0], [2.0, 0.5]])
    >>> scores = lambda x: tf.nn.relu(x) @ weights
    >>> print(saliency(scores, tf.constant([[3.0, 4.0], [3.0, 4.0]]), [0, 1], "guided").numpy())
    [[1.  2. ]
     [0.  0.5]]
    """
    if method not in METHODS:
        raise ValueError(f"There is no method {method!r} for saliency maps; there are {', '.join(METHODS)}.")
    images = tf.convert_to_tensor(images)
    with METHODS[method](), tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        scores = model(images)
        chosen = tf.gather(scores, classes, axis=1, batch_dims=1)
    return tape.gradient(chosen, images)
