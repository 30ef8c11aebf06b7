"""Gradients of Jacobians of empty targets: what is empty hangs together, too."""

from conformance_kit import script

FUNCTIONS = {
    "square": lambda tf, x: x * x,
    "linear": lambda tf, x: 2.0 * x,
    "sum": lambda tf, x: tf.reduce_sum(x * x, -1),
    "columns": lambda tf, x: tf.sin(x)[:, :0],
    "rows": lambda tf, x: (x * x)[:0],
    "gather": lambda tf, x: tf.gather(x * x, tf.zeros([0], tf.int32)),
}
PAIRS = [("square", (0, 4)), ("linear", (0, 4)), ("sum", (0, 4)), ("square", (3, 0)), ("columns", (3, 2))]
PAIRS += [("rows", (3, 2)), ("gather", (3, 2))]


def nested(tf, function, shape, way, **options):
    x = tf.ones(shape)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = function(tf, x)
        jacobian = getattr(inner, way)(y, x, **options)
    return [jacobian, outer.gradient(jacobian, x)]


def add(name, shape, way, **options):
    title = f"{way} of an empty target: {name} of {list(shape)} {options or ''}".rstrip()
    script(title)(lambda tf: nested(tf, FUNCTIONS[name], shape, way, **options))


for name, shape in PAIRS:
    add(name, shape, "jacobian")
add("sum", (0, 4), "jacobian", unconnected_gradients="zero")
for name, shape in [("square", (3, 0)), ("columns", (3, 2))]:
    add(name, shape, "batch_jacobian")
