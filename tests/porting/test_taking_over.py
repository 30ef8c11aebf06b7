"""Libraries that take functions and operators over, for values of theirs that stand for Tensors, as Keras 2 does."""

from __future__ import annotations

import subprocess
import sys
import textwrap

PROGRAM = """
import tfcompat_tape

tfcompat_tape.install()
import tensorflow as tf
from tensorflow.python.util.tf_export import get_canonical_name_for_symbol

class Symbol:
    pass

for operator in ("__add__", "__radd__", "__sub__", "__rsub__", "__getitem__", "__lt__", "__eq__", "__neg__"):
    setattr(Symbol, operator, getattr(tf.Tensor, operator))

class Everything(tf.__internal__.dispatch.GlobalOpDispatcher):
    def handle(self, op, args, kwargs):
        flat = tf.nest.flatten([args, kwargs])
        if not any(isinstance(x, Symbol) for x in flat):
            return self.NOT_SUPPORTED
        return get_canonical_name_for_symbol(op), len(args), type((*args, *kwargs.values())[0]).__name__

class Slices(tf.__internal__.dispatch.OpDispatcher):
    def handle(self, args, kwargs):
        return "sliced" if isinstance(args[0], Symbol) else self.NOT_SUPPORTED

Everything().register()
Slices().register(tf.__operators__.getitem)
x, one = Symbol(), tf.constant([1.0, 2.0])
try:
    tf.tanh(x)
except (TypeError, ValueError):
    print("not yet")
with tf.__internal__.FuncGraph("scratch").as_default():
    pass
print(tf.tanh(x), tf.nn.relu(features=x), tf.concat([one, x], 0), sep="\\n")
print(x + one, one + x, x - 1.0, 1.0 - x, x < one, -x, x == 1.0, x[0], sep="\\n")
print(tf.tanh(tf.zeros([])).numpy(), (one + one).numpy(), one[1].numpy(), (2 - one).numpy(), tf.is_tensor(x))
with tf.GradientTape() as tape:
    tape.watch(one)
    y = tf.reduce_sum(tf.square(one) * 2.0 + one[0])
print(tape.gradient(y, one).numpy())
"""

SAID = """
not yet
('math.tanh', 1, 'Symbol')
('nn.relu', 0, 'Symbol')
('concat', 2, 'list')
('__operators__.add', 2, 'Symbol')
('__operators__.add', 2, 'Tensor')
('math.subtract', 2, 'Symbol')
('math.subtract', 2, 'float')
('math.less', 2, 'Symbol')
('math.negative', 1, 'Symbol')
('__operators__.eq', 2, 'Symbol')
sliced
0.0 [2. 4.] 2.0 [1. 0.] False
[6. 8.]
"""


def test_functions_and_operators_are_taken_over_from_the_first_graph_on() -> None:
    """In a process of its own, for it changes all functions."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == textwrap.dedent(SAID).lstrip(), done.stderr
