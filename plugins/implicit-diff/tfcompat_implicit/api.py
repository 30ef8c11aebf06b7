"""The functions that one calls."""


class NotConvergedError(ArithmeticError):
    """The solver did not get there. What it has is no solution, and its implicit gradient would be wrong."""


def find_root(f, x0, *params, tolerance=None, max_iterations=100, damping=1.0, batch_dims=0):
    """A root of `f` by Newton's method, differentiable in `params`.

    Args:
      f: `f(x, *params)` returns a Tensor of the shape and dtype of `x`, made of ops that have gradients. Whatever else
        it closes over is a constant to the gradient.
      x0: where Newton's method starts, of any shape; float32 or float64. The result does not depend on it (unless it
        leads to another root), and so its gradient is `None`.
      *params: Tensors or Variables.
      tolerance: the last step must not be larger, relative to `1 + |x|`; `eps**0.75` of the dtype by default. Newton's
        method converges quadratically: what is left after such a step is below rounding.
      max_iterations: Newton steps at most. A trace (`make_fx`), which cannot look at values, gets them all.
      damping: factor of the steps, in (0, 1].
      batch_dims: 1 if the elements along the first axis of `x` are independent problems. Each then has a small Jacobian
        of its own in place of one large one.

    Returns:
      The root, of the shape and dtype of `x0`. Its derivatives of any order come from the implicit function theorem:
      `dx = -(df/dx)^-1 df/dp dp`. Nothing of the iteration is kept.

    Raises:
      NotConvergedError: no root was found.
      ValueError: `f` reads Variables that are not among `params`, returns another shape; an argument is wrong.

    Source: Krantz and Parks, The Implicit Function Theorem, 2002; Blondel et al., Efficient and Modular Implicit
    Differentiation, 2022.

    >>> import tfcompat_tape as tf
    >>> a = tf.Variable(2.0)
    >>> with tf.GradientTape() as tape:
    ...     root = find_root(lambda x, a: x * x - a, 1.0, a)
    >>> print(round(float(root), 4), round(float(tape.gradient(root, a)), 4))
    1.4142 0.3536
    """
    return _solve(
        "ImplicitRoot",
        f,
        x0,
        params,
        tolerance=tolerance,
        max_iterations=max_iterations,
        damping=damping,
        batch_dims=batch_dims,
    )


def fixed_point(f, x0, *params, tolerance=None, max_iterations=1000, damping=1.0, memory=0, batch_dims=0):
    """A fixed point of `f` by iteration, differentiable in `params`.

    The gradient is a fixed point as well, of `w = dy + (df/dx)^T w`, found the same way: there are no matrices, and so
    this is the one to take for large `x`. It converges if the iteration for `x` does.

    Args:
      f: `f(x, *params)` returns the next `x`; see `find_root`.
      x0: where to start.
      *params: Tensors or Variables.
      tolerance: `|f(x) - x|` must not be larger, relative to `1 + |x|`; `eps**0.75` of the dtype by default.
      max_iterations: how often to call `f` at most.
      damping: `x + damping * (f(x) - x)` is the next `x`.
      memory: how many iterates Anderson acceleration combines; 0 for plain iteration. 5 is usual.
      batch_dims: 1 if the elements along the first axis of `x` are independent problems, which converge on their own.

    Returns:
      The fixed point, of the shape and dtype of `x0`, with derivatives of any order in `params`.

    Raises:
      NotConvergedError: the iteration did not converge.
      ValueError: see `find_root`.

    Source: Bai, Kolter and Koltun, Deep Equilibrium Models, 2019; Walker and Ni, Anderson Acceleration for Fixed-Point
    Iterations, 2011.

    >>> import tfcompat_tape as tf
    >>> a = tf.Variable(0.5)
    >>> with tf.GradientTape() as tape:
    ...     x = fixed_point(lambda x, a: a * tf.cos(x), 0.0, a)
    >>> print(round(float(x), 4), round(float(tape.gradient(x, a)), 4))
    0.4502 0.7395
    """
    return _solve(
        "ImplicitFixedPoint",
        f,
        x0,
        params,
        tolerance=tolerance,
        max_iterations=max_iterations,
        damping=damping,
        batch_dims=batch_dims,
        memory=memory,
    )


def _solve(op, f, x0, params, **attrs):
    import tfcompat_tape as tf

    if not 0.0 < attrs["damping"] <= 1.0:
        raise ValueError(f"damping must be in (0, 1], got {attrs['damping']!r}")
    if attrs["batch_dims"] not in (0, 1):
        raise ValueError(f"batch_dims must be 0 or 1, got {attrs['batch_dims']!r}")
    x0 = tf.convert_to_tensor(x0)
    params = [p if isinstance(p, tf.Variable) else tf.convert_to_tensor(p) for p in params]
    # One call tells whether f fits, and which Variables it reads.
    with tf.GradientTape() as tape:
        value = tf.convert_to_tensor(f(x0, *[tf.convert_to_tensor(p) for p in params]))
    given = {id(p) for p in params}
    hidden = [v.name for v in tape.watched_variables() if id(v) not in given]
    if hidden:
        raise ValueError(
            f"f reads the Variables {', '.join(hidden)}, whose gradients would be missing: give them to f as params."
        )
    if value.shape != x0.shape or value.dtype != x0.dtype:
        raise ValueError(
            f"f must return what x is like, {x0.dtype.name}{x0.shape.as_list()}, "
            f"but returned {value.dtype.name}{value.shape.as_list()}."
        )
    return getattr(tf.plugins.ops, op)(x0, *params, function=f, **attrs)
