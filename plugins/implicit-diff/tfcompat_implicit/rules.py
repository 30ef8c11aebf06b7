"""The gradients: the implicit function theorem at the solution.

They read the solution as the output of the op, which outer tapes know to depend on the parameters. That makes their
own derivatives right, to any order, without another rule.
"""

import tfcompat_tape as tf


def root_gradient(op, dy):
    """`f(x, p) = 0` gives `df/dx dx + df/dp dp = 0`: solve `(df/dx)^T w = -dy`, then `dp = (df/dp)^T w`."""
    x = op.outputs[0]
    f = op.get_attr("function")
    rows = x.shape[0] if op.get_attr("batch_dims") else 1
    n = x.shape.num_elements() // max(rows, 1)
    with tf.GradientTape(persistent=True) as tape:
        point = tf.reshape(x, [rows, n])
        params = [tf.identity(p) for p in op.inputs[1:]]
        tape.watch([point, *_floating(params)])
        value = tf.reshape(tf.convert_to_tensor(f(tf.reshape(point, x.shape), *params)), [rows, n])
    if op.get_attr("batch_dims"):
        jacobian = tape.batch_jacobian(value, point, unconnected_gradients="zero")
    else:
        jacobian = tf.reshape(tape.jacobian(value, point, unconnected_gradients="zero"), [1, n, n])
    w = tf.linalg.solve(jacobian, tf.reshape(-dy, [rows, n, 1]), adjoint=True)
    w = tf.reshape(w, [rows, n])
    return _of_params(tape, value, params, w)


def fixed_point_gradient(op, dy):
    """`x = f(x, p)` gives `w = dy + (df/dx)^T w`, a fixed point again, by the same op; then `dp = (df/dp)^T w`."""
    x, given = op.outputs[0], op.inputs[1:]
    f = op.get_attr("function")

    def adjoint(w, dy, x, *params):
        with tf.GradientTape() as tape:
            point = tf.identity(x)
            tape.watch(point)
            value = tf.convert_to_tensor(f(point, *params))
        return dy + tape.gradient(value, point, output_gradients=w, unconnected_gradients="zero")

    names = ("tolerance", "max_iterations", "damping", "batch_dims", "memory")
    attrs = {name: op.get_attr(name) for name in names}
    w = tf.plugins.ops.ImplicitFixedPoint(dy, dy, x, *given, function=adjoint, **attrs)
    with tf.GradientTape() as tape:
        params = [tf.identity(p) for p in given]
        tape.watch(_floating(params))
        value = tf.convert_to_tensor(f(tf.identity(x), *params))
    return _of_params(tape, value, params, w)


def _of_params(tape, value, params, w):
    found = iter(tape.gradient(value, _floating(params), output_gradients=w, unconnected_gradients="zero"))
    return [None, *[next(found) if p.dtype.is_floating else None for p in params]]


def _floating(params):
    return [p for p in params if p.dtype.is_floating]
