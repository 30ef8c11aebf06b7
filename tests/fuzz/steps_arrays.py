"""Steps: shapes, indexing, gathers, scatters, segments, orders."""

from __future__ import annotations

import math

from .drawing import Gen, Step, Unfit, op


@op(4)
def shaping(g: Gen) -> Step:
    x = g.pick("fci")
    dims = g.dims(x)
    rank = len(dims)
    size = math.prod(dims)
    options = [
        ("reshape", "tf.reshape($0, [-1])" if size else "tf.reshape($0, [0])"),
        ("reshape", f"tf.reshape($0, {list(reversed(dims))})"),
        ("expand_dims", f"tf.expand_dims($0, {g.axis(x, 1)})"),
        ("identity", "tf.identity($0)"),
        ("ones_like", "tf.ones_like($0) * $0"),
    ]
    if rank:
        order = g.rng.sample(range(rank), rank)
        options += [
            ("transpose", f"tf.transpose($0, {order})"),
            ("transpose", "tf.transpose($0)"),
            ("reverse", f"tf.reverse($0, [{g.axis(x)}])"),
            ("roll", f"tf.roll($0, {g.integer(-2, 3)}, {g.axis(x)})"),
            ("tile", f"tf.tile($0, {[g.integer(1, 2) for _ in dims]})"),
            ("repeat", f"tf.repeat($0, {g.integer(1, 3)}, axis={g.axis(x)})"),
            ("unstack", f"tf.unstack($0, axis={g.axis(x)})[-1]"),
            ("pad", f"tf.pad($0, {[[g.integer(0, 1), g.integer(0, 2)] for _ in dims]})"),
        ]
        if min(dims) > 1:
            mode = g.choice(["REFLECT", "SYMMETRIC"])
            options.append(
                ("pad", f"tf.pad($0, {[[g.integer(0, 1), g.integer(0, 1)] for _ in dims]}, {mode!r})")
            )
    if 1 in dims:
        options.append(("squeeze", "tf.squeeze($0)"))
        options.append(("broadcast_to", f"tf.broadcast_to($0, {[3 if d == 1 else d for d in dims]})"))
    options.append(("broadcast_to", f"tf.broadcast_to($0, {[2, *dims]})"))
    name, code = g.choice(options)
    return g.step(name, code, x)


@op(5)
def indexing(g: Gen) -> Step:
    x = g.pick("fci", min_rank=1)
    parts = []
    for d in g.dims(x):
        kind = g.integer(0, 7)
        if kind == 0 and d:
            parts.append(str(g.integer(-d, d - 1)))
        elif kind == 1:
            parts.append(f"{g.integer(0, 1)}:")
        elif kind == 2:
            parts.append(f":{g.integer(-1, 3)}")
        elif kind == 3:
            parts.append(g.choice(["::-1", "::2", "1::2", "-1:0:-1"]))
        elif kind == 4:
            parts.append("tf.newaxis, :")
        elif kind == 5:
            parts.append("...")
            break
        else:
            parts.append(":")
    return g.step("strided_slice", f"$0[{', '.join(parts)}]", x)


@op(2)
def slicing(g: Gen) -> Step:
    x = g.pick("fc", min_rank=1)
    begin = [g.integer(0, max(d - 1, 0)) for d in g.dims(x)]
    size = [g.choice([-1, g.integer(0, d - b)]) for b, d in zip(begin, g.dims(x), strict=True)]
    return g.step("slice", f"tf.slice($0, {begin}, {size})", x)


@op(4)
def joining(g: Gen) -> Step:
    x = g.pick("fc")
    y = g.like(x, broadcast=False)
    if not g.dims(x) or g.chance(0.5):
        return g.step("stack", f"tf.stack([$0, $1], axis={g.axis(x, 1)})", x, y)
    code = g.choice(["[$0, $1]", "[$0, $1, $0]", "[$0]"])
    return g.step("concat", f"tf.concat({code}, axis={g.axis(x)})", *([x, y] if "$1" in code else [x]))


@op(2)
def splitting(g: Gen) -> Step:
    x = g.pick("fc", min_rank=1)
    axis = g.axis(x)
    d = g.dims(x)[axis]
    if d < 2:
        raise Unfit
    if d == 2 or g.chance(0.5):
        return g.step("split", f"$o = tf.split($0, [1, {d - 1}], axis={axis})", x, outs=2)
    return g.step("unstack", f"$o = tf.unstack($0, axis={axis})", x, outs=d)


@op(4)
def gathering(g: Gen) -> Step:
    x = g.pick("fc", min_rank=1)
    dims = g.dims(x)
    axis = g.integer(0, len(dims) - 1)
    if g.chance(0.6):
        shape = g.choice([[], [2], [3], [2, 2], [0]]) if g.chance(0.9) else [1]
        indices = g.indices(dims[axis], shape, g.choice(["int32", "int64"]))
        return g.step("gather", f"tf.gather($0, {indices}, axis={axis})", x)
    if len(dims) > 1 and g.chance(0.5) and dims[0] == 2:
        indices = g.indices(dims[1], [2, 2])
        return g.step("gather", f"tf.gather($0, {indices}, axis=1, batch_dims=1)", x)
    if g.chance(0.5):
        return g.step("embedding_lookup", f"tf.nn.embedding_lookup($0, {g.indices(dims[0], [3])})", x)
    depth = g.integer(1, len(dims))
    if min(dims[:depth]) < 1:
        raise Unfit
    rows = [[g.integer(0, d - 1) for d in dims[:depth]] for _ in range(3)]
    return g.step("gather_nd", f"tf.gather_nd($0, {rows})", x)


@op(3)
def scattering(g: Gen) -> Step:
    x = g.pick("fc", min_rank=1)
    d = g.dims(x)[0]
    if g.chance(0.35):
        rows = [[g.integer(0, 3)] for _ in range(d)]
        return g.step(
            "scatter_nd",
            f"tf.scatter_nd(tf.reshape(tf.constant({rows}, tf.int32), [{d}, 1]), $0, {[4, *g.dims(x)[1:]]})",
            x,
        )
    kinds = ["update", "add", "sub", *(["min", "max"] if "float" in g.dtype(x) else [])]
    name = g.choice(kinds)
    y = g.pick(
        "fc", where=lambda v: g.dtype(v) == g.dtype(x) and g.dims(v)[1:] == g.dims(x)[1:] and bool(g.dims(v))
    )
    n = g.dims(y)[0]
    if not d or not n:
        raise Unfit
    distinct = name == "update"
    if distinct and n > d:
        raise Unfit
    rows = g.rng.sample(range(d), n) if distinct else [g.integer(0, d - 1) for _ in range(n)]
    return g.step(
        f"tensor_scatter_nd_{name}", f"tf.tensor_scatter_nd_{name}($0, {[[r] for r in rows]}, $1)", x, y
    )


@op(3)
def segments(g: Gen) -> Step:
    x = g.pick("f", min_rank=1)
    n = g.dims(x)[0]
    if n < 1:
        raise Unfit
    kind = g.choice(["sum", "mean", "max", "min", "prod"])
    if g.chance(0.5):
        ids = sorted(g.integer(0, 3) for _ in range(n))
        return g.step(f"segment_{kind}", f"tf.math.segment_{kind}($0, {ids})", x)
    if g.chance(0.25):
        ids = sorted(g.integer(0, 2) for _ in range(3))
        name = g.choice(["sum", "mean", "sqrt_n"])
        rows = [g.integer(0, n - 1) for _ in range(3)]
        return g.step(f"sparse.segment_{name}", f"tf.sparse.segment_{name}($0, {rows}, {ids})", x)
    kind = g.choice(["sum", "mean", "max", "min", "prod", "sqrt_n"])
    ids = [g.integer(-1, 3) for _ in range(n)]
    return g.step(f"unsorted_segment_{kind}", f"tf.math.unsorted_segment_{kind}($0, {ids}, 4)", x)


@op(2)
def ordering(g: Gen) -> Step:
    x = g.pick("f", min_rank=1)
    n = g.dims(x)[-1]
    name, code = g.choice(
        [("sort", f"tf.sort($0, axis=-1, direction={g.choice(['ASCENDING', 'DESCENDING'])!r})"),
         ("top_k", f"tf.math.top_k($0, k={g.integer(1, max(n, 1))})[0]"), ("nth_element", f"tf.raw_ops.NthElement(input=$0, n=0, reverse={g.chance(0.5)})")]
    )  # fmt: skip
    return g.step(name, code, x)


@op(1.5)
def masking(g: Gen) -> Step:
    x = g.pick("fc", min_rank=1)
    mask = [g.chance(0.6) for _ in range(g.dims(x)[0])]
    if not mask:
        raise Unfit
    code = g.choice(
        [f"tf.boolean_mask($0, {mask})", f"tf.dynamic_partition($0, {[int(m) for m in mask]}, 2)[1]",
         "tf.dynamic_stitch([[0, 2], [1]], [tf.stack([$0, 2.0 * $0]), tf.stack([-$0])])",
         f"tf.reverse_sequence(tf.stack([$0, 2.0 * $0]), [1, {len(mask)}], seq_axis=1)"]
    )  # fmt: skip
    return g.step(code.split("(")[0].split(".")[-1], code, x)


@op(1)
def numbers(g: Gen) -> Step:
    """What is made of shapes and ranges: unconnected values."""
    x = g.pick("fc")
    dims = g.dims(x)
    options = [
        ("shape", "tf.shape($0)"), ("size", "tf.size($0)"), ("zeros_like", "tf.zeros_like($0)"),
        ("fill", f"tf.fill({dims}, tf.constant(0.5, $0.dtype))"), ("one_hot", "tf.one_hot([0, 2], 3, dtype=$0.dtype)"),
        ("stop_gradient", "tf.stop_gradient($0)"),
    ]  # fmt: skip
    name, code = g.choice(options)
    return g.step(name, code, x)


@op(1.2)
def stopping(g: Gen) -> Step:
    return g.step(
        "stop_gradient", g.choice(["tf.stop_gradient($0)", "tf.stop_gradient(2.0 * $0) * $0"]), g.pick("fc")
    )


@op(1)
def grids(g: Gen) -> Step:
    x = g.pick("f", 1)
    if g.chance(0.5):
        return g.step(
            "meshgrid",
            "$o = tf.meshgrid($0, $1)",
            x,
            g.pick("f", 1, where=lambda v: g.dtype(v) == g.dtype(x)),
            outs=2,
        )
    if g.chance(0.5):
        y = g.like(x, broadcast=False)
        return g.step(
            "cross" if g.dims(x) == [3] else "linspace",
            "tf.linalg.cross($0, $1)" if g.dims(x) == [3] else "tf.linspace($0, $1, 3)",
            x,
            y,
        )
    return g.step(
        "histogram_fixed_width",
        "tf.histogram_fixed_width($0, [0.0, 1.0], 3)"
        if g.dtype(x) == "float32"
        else "tf.searchsorted(tf.sort($0), $0)",
        x,
    )


@op(1)
def signals(g: Gen) -> Step:
    if g.chance(0.5):
        name = g.choice(["fft", "ifft", "fft2d"])
        return g.step(
            name, f"tf.signal.{name}($0)", g.pick("c", min_rank=2, where=lambda v: 0 not in g.dims(v))
        )
    x = g.pick("f", min_rank=1, where=lambda v: 0 not in g.dims(v))
    name, code = g.choice(
        [
            ("rfft", "tf.signal.rfft($0)"),
            ("dct", f"tf.signal.dct($0, type={g.choice([1, 2, 3])})"),
            ("irfft", "tf.signal.irfft(tf.signal.rfft($0))"),
        ]
    )
    return g.step(name, code, x)
