"""Steps with functions in them: control flow, nested tapes, custom gradients; and assignments to Variables."""

from __future__ import annotations

from .drawing import Gen, Step, Unfit, op


def operand(g: Gen) -> int:
    return g.pick("f" if g.chance(0.8) else "fc")


@op(2)
def cond(g: Gen) -> Step:
    x = operand(g)
    then, other = g.body([g.value(x)], same=0), g.body([g.value(x)], 2, same=0)
    test = g.choice(["tf.reduce_sum(tf.math.real($0)) > 0", "tf.size($0) > 1", "tf.constant(True)", "False"])
    return g.step("cond", f"tf.cond({test}, lambda: $f0($0), lambda: $f1($0))", x, bodies=[then, other])


@op(1)
def switch_case(g: Gen) -> Step:
    x = operand(g)
    bodies = [g.body([g.value(x)], 2, same=0) for _ in range(2)]
    if g.chance(0.5):
        index = g.integer(0, 2)
        return g.step(
            "switch_case",
            f"tf.switch_case(tf.constant({index}), [lambda: $f0($0), lambda: $f1($0)])",
            x,
            bodies=bodies,
        )
    code = "tf.case([(tf.reduce_sum(tf.math.real($0)) > 1, lambda: $f0($0))], default=lambda: $f1($0))"
    return g.step("case", code, x, bodies=bodies)


@op(2)
def while_loop(g: Gen) -> Step:
    x = operand(g)
    n = g.integer(0, 3)
    body = g.body([g.value(x)], 2, same=0)
    code = f"tf.while_loop(lambda i, a: i < {n}, lambda i, a: (i + 1, $f0(a)), [tf.constant(0), tf.convert_to_tensor($0)])[1]"
    return g.step("while_loop", code, x, bodies=[body])


@op(1.5)
def python_loop(g: Gen) -> Step:
    x = operand(g)
    body = g.body([g.value(x)], 2, same=0)
    return g.step(
        "loop",
        f"$o = tf.identity($0)\nfor _ in range({g.integer(1, 3)}):\n    $o = $f0($o)",
        x,
        bodies=[body],
    )


@op(2)
def mapping(g: Gen) -> Step:
    x = g.pick("fc", min_rank=1, where=lambda v: g.dims(v)[0] > 0)
    name = g.choice(["map_fn", "map_fn", "vectorized_map"])
    body = g.body([g.value(x)[0]], 2, same=0 if name == "map_fn" else None)
    return g.step(name, f"tf.{name}($f0, $0)", x, bodies=[body])


@op(1.5)
def folding(g: Gen) -> Step:
    x = g.pick("fc", min_rank=1, where=lambda v: g.dims(v)[0] > 0)
    row = g.value(x)[0]
    body = g.body([row, row], 2, same=0)
    name = g.choice(["foldl", "foldr", "scan"])
    return g.step(name, f"tf.{name}($f0, $0)", x, bodies=[body])


@op(2)
def wrapped(g: Gen) -> Step:
    x = operand(g)
    body = g.body([g.value(x)], 3)
    if g.chance(0.7):
        return g.step("function", "tf.function($f0, autograph=False)($0)", x, bodies=[body])
    return g.step("recompute_grad", "tf.recompute_grad($f0)($0)", x, bodies=[body])


@op(3)
def nested_tape(g: Gen) -> Step:
    x = operand(g)
    body = g.body([g.value(x)], 2)
    persistent = g.chance(0.4)
    code = f"""with tf.GradientTape(persistent={persistent}) as tape$n:
    tape$n.watch($0)
    y$n = $f0($0)
$o = tf.convert_to_tensor(tape$n.gradient(y$n, $0, unconnected_gradients="zero"))"""
    if persistent:
        code += ' + tf.convert_to_tensor(tape$n.gradient(y$n, $0, unconnected_gradients="zero"))'
    return g.step("nested_tape", code, x, bodies=[body])


@op(1)
def nested_jacobian(g: Gen) -> Step:
    x = g.pick("f", where=lambda v: g.value(v).shape.num_elements() <= 6)
    body = g.body([g.value(x)], 2)
    code = """with tf.GradientTape() as tape$n:
    tape$n.watch($0)
    y$n = $f0($0)
$o = tf.convert_to_tensor(tape$n.jacobian(y$n, $0, unconnected_gradients="zero"))"""
    return g.step("nested_jacobian", code, x, bodies=[body])


@op(1)
def nested_accumulator(g: Gen) -> Step:
    x = operand(g)
    body = g.body([g.value(x)], 2)
    code = """with tf.autodiff.ForwardAccumulator($0, 0.5 * tf.ones_like($0)) as accumulator$n:
    y$n = $f0($0)
$o = tf.convert_to_tensor(accumulator$n.jvp(y$n, unconnected_gradients="zero"))"""
    return g.step("nested_accumulator", code, x, bodies=[body])


@op(1)
def stop_recording(g: Gen) -> Step:
    x = operand(g)
    a, b = g.body([g.value(x)], 1, same=0), g.body([g.value(x)], 2, same=0)
    code = """with tf.GradientTape() as tape$n:
    tape$n.watch($0)
    y$n = $f0($0)
    with tape$n.stop_recording():
        z$n = $f1(y$n)
    y$n = y$n * z$n
$o = tf.convert_to_tensor(tape$n.gradient(y$n, $0, unconnected_gradients="zero")) + y$n"""
    return g.step("stop_recording", code, x, bodies=[a, b])


@op(2)
def custom_gradient(g: Gen) -> Step:
    """True gradients, and such as people invent."""
    x = operand(g)
    rule = g.choice(
        [
            "0.5 * dy",
            "tf.clip_by_norm(dy, 1.0)" if "float" in g.dtype(x) else "-dy",
            "dy * a",
            "tf.zeros_like(dy)",
        ]
    )
    code = f"""@tf.custom_gradient
def custom$n(a):
    return $f0(a), lambda dy: {rule}
$o = custom$n($0)"""
    return g.step("custom_gradient", code, x, bodies=[g.body([g.value(x)], 2, same=0)])


@op(0.5)
def true_custom_gradient(g: Gen) -> Step:
    code = """@tf.custom_gradient
def custom$n(a):
    return a * tf.sin(a), lambda dy: dy * tf.math.conj(tf.sin(a) + a * tf.cos(a))
$o = custom$n($0)"""
    return g.step("true_custom_gradient", code, operand(g))


@op(2)
def assigning(g: Gen) -> Step:
    variables = {i.id for i in g.inputs if i.variable}
    v = g.pick("fc", where=lambda v: v in variables)
    y = g.pick("fc", where=lambda w: g.dtype(w) == g.dtype(v) and g.dims(w) == g.dims(v))
    name = g.choice(["assign", "assign_add", "assign_sub"])
    return g.step(name, f"$0.{name}($1)\n$o = $0 * 1.0", v, y)


@op(0.7)
def assigning_rows(g: Gen) -> Step:
    variables = {i.id for i in g.inputs if i.variable and i.shape and i.shape[0] > 0}
    v = g.pick("f", where=lambda v: v in variables)
    y = g.pick("f", where=lambda w: g.dtype(w) == g.dtype(v) and g.dims(w) == g.dims(v)[1:])
    name = g.choice(["scatter_nd_update", "scatter_nd_add", "scatter_nd_sub"])
    if g.chance(0.5):
        return g.step("sliced_assign", "$0[0].assign($1)\n$o = $0 * 1.0", v, y)
    return g.step(name, f"$0.{name}([[0]], [$1])\n$o = $0 * 1.0", v, y)


@op(0.5)
def no_gradient_function(g: Gen) -> Step:
    x = g.pick("f")
    code = g.choice(
        ["tf.grad_pass_through(tf.round)($0)", "tf.raw_ops.PreventGradient(input=$0) if False else tf.identity($0)",
         "tf.py_function(lambda a: a * 2.0, [$0], $0.dtype)", "tf.numpy_function(lambda a: a * 2.0, [$0], $0.dtype)"]
    )  # fmt: skip
    if "function" in code and g.depth:
        raise Unfit
    name = code.split("(")[0].split(".")[-1]
    if "py_function" in code or "numpy" in code:
        code = f"tf.ensure_shape({code}, {g.dims(x)})"
    return g.step(name, code, x)
