"""Draw docs/images/wengert.svg, the picture of the README: `python docs/make_picture.py` (needs Graphviz)."""

from pathlib import Path

import tfcompat_tape as tf

x = tf.Variable(3.0)
y = tf.Variable(2.0)
with tf.GradientTape(explain=True) as tape:
    f = x**2 + x * y
tape.gradient(f, [x, y])
print(tape.listing())
tape.graph().save(Path(__file__).parent / "images" / "wengert.svg")
