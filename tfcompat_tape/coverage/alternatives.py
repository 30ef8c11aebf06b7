"""What to use in place of TensorFlow's names that this package lacks: for each an expression that works here.

tests/test_alternatives.py evaluates them all, and fails for a name that has come to be covered: such a row goes.
"""

from __future__ import annotations

import dis
from types import FrameType

# By name: `variables`, `units` and the like stand for what the reader has.
EACH = {
    "tf.compat.v1.layers.BatchNormalization": "tf.keras.layers.BatchNormalization()",
    "tf.compat.v1.layers.Conv2D": "tf.keras.layers.Conv2D(filters, size)",
    "tf.compat.v1.layers.Dense": "tf.keras.layers.Dense(units)",
    "tf.compat.v1.layers.Dropout": "tf.keras.layers.Dropout(rate)",
    "tf.compat.v1.layers.Flatten": "tf.keras.layers.Flatten()",
}
# For what stands in a namespace and has no row of its own.
IN_NAMESPACE = {"tf.compat.v1.layers": "tf.keras.layers.Lambda(function)"}


def alternative(name: str) -> str | None:
    """Return the expression to use in place of TensorFlow's `name` ("tf.compat.v1.layers.Dense"), if there is one."""
    name = name.replace("tf.compat.v2.", "tf.", 1)
    namespace = name.rpartition(".")[0]
    return EACH.get(name) or IN_NAMESPACE.get(name) or IN_NAMESPACE.get(namespace)


def asked_for(symbol: str, frame: FrameType | None) -> str:
    """Return the whole name that `frame` asks for where it fails at `symbol`: "tf.lite.Interpreter" at "tf.lite"."""
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
