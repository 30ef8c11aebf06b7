"""What to use in place of TensorFlow's names that this package lacks: for each an expression that works here.

tests/test_alternatives.py evaluates them all, and fails for a name that has come to be covered: such a row goes.
"""

from __future__ import annotations

import dis
from types import FrameType

# How the classes of optimizers are called in torch, and options with which they step as Keras's do by default.
_OPTIMIZERS = {
    "Adam": "Adam, variables, lr=0.001, eps=1e-7",
    "AdamW": "AdamW, variables, lr=0.001, eps=1e-7, weight_decay=0.004",
    "Adamax": "Adamax, variables, lr=0.001, eps=1e-7",
    "Adagrad": "Adagrad, variables, lr=0.001, initial_accumulator_value=0.1, eps=1e-7",
    "Adadelta": "Adadelta, variables, lr=0.001, rho=0.95, eps=1e-7",
    "RMSprop": "RMSprop, variables, lr=0.001, alpha=0.9, eps=1e-7",
    "SGD": "SGD, variables, lr=0.01",
}
_ACTIVATIONS = (
    "elu",
    "gelu",
    "leaky_relu",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "softmax",
    "softplus",
    "softsign",
)

# By name: `variables`, `x`, `y_true` and the like stand for what the reader has.
EACH = {
    **{
        f"tf.keras.optimizers.{name}": f"tf.interop.TorchOptimizer(torch.optim.{how})"
        for name, how in _OPTIMIZERS.items()
    },
    "tf.keras.Model": "tf.Module",
    "tf.keras.layers.Layer": "tf.Module",
    "tf.keras.Sequential": "tf.interop.from_module(torch.nn.Sequential(*modules))",
    "tf.keras.layers.Dense": "tf.interop.from_module(torch.nn.Linear(inputs, units))",
    "tf.keras.layers.Conv2D": "tf.nn.conv2d(images, kernel, strides=1, padding='VALID') + bias",
    "tf.keras.losses.MeanSquaredError": "tf.reduce_mean(tf.math.squared_difference(y_true, y_pred))",
    "tf.keras.losses.MeanAbsoluteError": "tf.reduce_mean(tf.abs(y_true - y_pred))",
    "tf.keras.losses.BinaryCrossentropy": (
        "tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=logits))"
    ),
    "tf.keras.losses.CategoricalCrossentropy": (
        "tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=one_hot, logits=logits))"
    ),
    "tf.keras.losses.SparseCategoricalCrossentropy": (
        "tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits))"
    ),
    **{f"tf.keras.activations.{name}": f"tf.nn.{name}" for name in _ACTIVATIONS},
    "tf.keras.activations.tanh": "tf.tanh",
    "tf.keras.backend.epsilon": "1e-7",
    "tf.keras.backend.mean": "tf.reduce_mean(x)",
    "tf.keras.backend.sum": "tf.reduce_sum(x)",
    "tf.keras.initializers.Constant": "tf.constant_initializer(factor)",
    "tf.keras.initializers.Ones": "tf.ones_initializer()",
    "tf.keras.initializers.RandomNormal": "tf.random_normal_initializer(mean=0.0, stddev=0.05)",
    "tf.keras.initializers.RandomUniform": "tf.random_uniform_initializer(minval=-0.05, maxval=0.05)",
    "tf.keras.initializers.Zeros": "tf.zeros_initializer()",
    "tf.keras.regularizers.L2": "factor * tf.reduce_sum(tf.square(x))",
    "tf.keras.utils.set_random_seed": "tf.random.set_seed(seed)",
    "tf.keras.utils.to_categorical": "tf.one_hot(classes, count)",
    "tf.train.Checkpoint": "np.savez(file, *[v.numpy() for v in variables])",
}
# For what stands in a namespace and has no row of its own.
IN_NAMESPACE = {
    "tf.keras.layers": "tf.interop.from_module(module)",
    "tf.keras.optimizers": "tf.interop.TorchOptimizer(kind, variables)",
}
_OTHER_NAMES = (
    ("tf.compat.v2.", "tf."),
    ("tf.optimizers", "tf.keras.optimizers"),
    ("tf.losses.", "tf.keras.losses."),
    ("tf.keras.optimizers.legacy", "tf.keras.optimizers"),
    ("tf.keras.optimizers.experimental", "tf.keras.optimizers"),
    ("tf.keras.models.", "tf.keras."),
)


def alternative(name: str) -> str | None:
    """Return the expression to use in place of TensorFlow's `name` ("tf.keras.optimizers.Adam"), if there is one."""
    for other, usual in _OTHER_NAMES:
        if name.startswith(other):
            name = usual + name.removeprefix(other)
    namespace = name.rpartition(".")[0]
    return EACH.get(name) or IN_NAMESPACE.get(name) or IN_NAMESPACE.get(namespace)


def asked_for(symbol: str, frame: FrameType | None) -> str:
    """Return the whole name that `frame` asks for where it fails at `symbol`: "tf.keras.layers.Dense" at "tf.keras"."""
    if frame is None:
        return symbol
    last = symbol.rpartition(".")[2]
    code = iter([one for one in dis.get_instructions(frame.f_code) if one.offset >= frame.f_lasti])
    first = next(code, None)
    if first is None:
        return symbol
    if first.opname == "IMPORT_NAME":
        module = "tf" + first.argval.removeprefix(first.argval.partition(".")[0])
        following = next(code, None)
        if following is not None and following.opname == "IMPORT_FROM":
            module += f".{following.argval}"
        return module if module.startswith(symbol + ".") else symbol
    if first.argval != last:
        return symbol
    for one in code:
        if one.opname not in ("LOAD_ATTR", "LOAD_METHOD"):
            break
        symbol = f"{symbol}.{one.argval}"
    return symbol
