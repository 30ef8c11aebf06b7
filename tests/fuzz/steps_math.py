"""Steps: elementwise functions, reductions, scans, matrices."""

from __future__ import annotations

from .drawing import Gen, Step, Unfit, op

UNARY = {
    "fc": "sin cos tan tanh sinh cosh exp negative square reciprocal sigmoid sqrt log log1p expm1 rsqrt asinh acosh "
    "atanh asin acos atan",
    "fci": "abs sign",
    "f": "erf erfc lgamma digamma softplus softsign round floor ceil rint ndtri erfinv log_sigmoid bessel_i0 bessel_i0e "
    "bessel_i1e",
}
# Those of the nearest domain, so that smooth programs meet them, too.
BOUNDED = "log sqrt rsqrt log1p acosh asin acos atanh lgamma digamma erfinv reciprocal"
BINARY = {
    "fc": "add subtract multiply divide pow squared_difference multiply_no_nan divide_no_nan xlogy xdivy xlog1py",
    "f": "maximum minimum atan2 floormod floordiv truncatemod igamma zeta nextafter polygamma",
    "i": "add subtract multiply maximum minimum floormod squared_difference",
}
PLACES = {
    "erf": "math", "erfc": "math", "lgamma": "math", "digamma": "math", "softplus": "math", "softsign": "math",
    "round": "", "abs": "", "negative": "", "exp": "", "sqrt": "", "floor": "", "square": "", "sign": "",
    "rint": "math", "log_sigmoid": "math", "bessel_i0": "math", "bessel_i0e": "math", "bessel_i1e": "math",
}  # fmt: skip
REDUCTIONS = {
    "fc": "reduce_sum reduce_mean reduce_prod",
    "f": "reduce_max reduce_min math.reduce_logsumexp math.reduce_std math.reduce_euclidean_norm",
    "fci": "reduce_sum reduce_mean reduce_prod",
    "fcv": "math.reduce_variance",
}


def named(name: str) -> str:
    return f"tf.{name}" if PLACES.get(name) == "" else f"tf.math.{name}"


@op(9)
def unary(g: Gen) -> Step:
    kinds = g.choice(["fc", "fc", "fc", "fci", "f"])
    name = g.choice(UNARY[kinds].split())
    x = g.pick(kinds)
    if name in BOUNDED.split() and not g.singular and g.chance(0.7):
        inner = {
            "acosh": "tf.abs($0) + 1.1",
            "asin": "tf.tanh($0)",
            "acos": "tf.tanh($0)",
            "atanh": "0.9 * tf.tanh($0)",
        }
        inner["erfinv"] = inner["atanh"]
        default = "tf.square($0) + 0.25" if g.dtype(x) in ("complex64", "complex128") else "tf.abs($0) + 0.25"
        within = inner.get(name, default)
        if "complex" in g.dtype(x):
            within = within.replace("tf.abs", "tf.square")
        return g.step(name, f"{named(name)}({within})", x)
    return g.step(name, f"{named(name)}($0)", x)


@op(9)
def binary(g: Gen) -> Step:
    kinds = g.choice(["fc", "fc", "fc", "f", "i"])
    name = g.choice(BINARY[kinds].split())
    x = g.pick(kinds)
    y = g.like(x)
    if g.chance(0.5):
        x, y = y, x
    if name == "pow" and g.chance(0.5):
        return g.step(name, f"tf.pow($0, {g.choice([0, 1, 2, 3, 0.5, -1, 1.5])})", x)
    if name in ("zeta", "igamma", "polygamma") and not g.singular:
        return g.step(name, f"tf.math.{name}(tf.abs($0) + 1.5, tf.abs($1) + 0.5)", x, y)
    return g.step(name, f"tf.math.{name}($0, $1)", x, y)


@op(7)
def operators(g: Gen) -> Step:
    x = g.pick("fc")
    y = g.like(x)
    number = g.choice([0.5, 2, -1.5, 1, 3])
    code = g.choice(
        ["$0 + $1", "$0 - $1", "$0 * $1", "$0 / $1", "$0 * $0", "$0 ** 2", f"{number} * $0", f"$0 / {number}",
         f"{number} - $0", "-$0", "$0 + $1 * $0", f"$0 + {number}", f"{number} / $0"]
    )  # fmt: skip
    name = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
    sign = next((c for c in code if c in name), "-")
    return g.step("pow" if "**" in code else name[sign], code, x, *([y] if "$1" in code else []))


@op(6)
def reduction(g: Gen) -> Step:
    kinds = g.choice(["fc", "fc", "f", "f", "fci", "fcv"])
    name = g.choice(REDUCTIONS[kinds].split())
    x = g.pick(kinds.replace("v", ""))
    return g.step(name.split(".")[-1], f"tf.{name}($0, axis={g.axes(x)}, keepdims={g.chance(0.3)})", x)


@op(1.5)
def scan(g: Gen) -> Step:
    name = g.choice(["cumsum", "cumprod", "cumulative_logsumexp"])
    x = g.pick("f" if "log" in name else "fci", min_rank=1)
    options = f"axis={g.axis(x)}, exclusive={g.chance(0.4)}, reverse={g.chance(0.4)}"
    return g.step(name, f"tf.math.{name}($0, {options})", x)


@op(1.5)
def compare(g: Gen) -> Step:
    x = g.pick("fi")
    name = g.choice(["greater", "less", "greater_equal", "less_equal", "equal", "not_equal"])
    return g.step(name, f"tf.math.{name}($0, $1)", x, g.like(x))


@op(1)
def predicate(g: Gen) -> Step:
    name = g.choice(["is_nan", "is_inf", "is_finite"])
    return g.step(name, f"tf.math.{name}($0)", g.pick("f"))


@op(1)
def arg(g: Gen) -> Step:
    x = g.pick("f", min_rank=1)
    name = g.choice(["argmax", "argmin"])
    return g.step(name, f"tf.{name}($0, axis={g.axis(x)})", x)


@op(2)
def where(g: Gen) -> Step:
    x = g.pick("fc")
    y = g.like(x)
    try:
        c = g.pick("b", where=lambda v: g.dims(v) == g.dims(x))
    except Unfit:
        if "complex" in g.dtype(x):
            raise
        return g.step("where", "tf.where($0 > 0, $0, $1)", x, y)
    return g.step("where", "tf.where($2, $0, $1)", x, y, c)


@op(2)
def cast(g: Gen) -> Step:
    x = g.pick("fcib")
    to = g.choice(["float32", "float64", "float64", "complex128", "complex64", "int32", "bool"])
    if "complex" in g.dtype(x):
        to = g.choice(["complex64", "complex128", "float64"])
    return g.step("cast", f"tf.cast($0, tf.{to})", x)


@op(2)
def complex_parts(g: Gen) -> Step:
    if g.chance(0.3):
        x = g.pick("f")
        return g.step("complex", "tf.complex($0, $1)", x, g.like(x))
    name = g.choice(["real", "imag", "conj", "angle", "abs"])
    return g.step(name, f"tf.math.{name}($0)", g.pick("c"))


@op(2)
def clipping(g: Gen) -> Step:
    x = g.pick("f")
    axes = g.axes(x)
    code = g.choice(
        ["tf.clip_by_value($0, -0.5, 1.0)", f"tf.clip_by_norm($0, 1.0, axes={axes})",
         f"tf.math.l2_normalize($0, axis={axes})", f"tf.norm($0, axis={axes if axes is None else g.axis(x)})",
         f"tf.norm($0, ord=1, axis={axes if axes is None else g.axis(x)})", "tf.nn.l2_loss($0)", "tf.clip_by_norm($0, 0.5)",
         "tf.math.scalar_mul(0.5, $0)", "tf.clip_by_global_norm([$0, 2.0 * $0], 1.0)[0][1]"]
    )  # fmt: skip
    return g.step(code.split("(")[0].split(".")[-1], code, x)


@op(2)
def sums(g: Gen) -> Step:
    x = g.pick("fc")
    name = g.choice(["add_n", "accumulate_n"])
    n = g.integer(1, 3)
    values = ", ".join(f"${k}" for k in range(n))
    return g.step(
        name, f"tf.math.{name}([{values}])", *[x, *[g.like(x, broadcast=False) for _ in range(n - 1)]]
    )


# -- matrices ----------------------------------------------------------------------------------------------
@op(5)
def matmul(g: Gen) -> Step:
    x = g.reshaped("fc", g.choice([2, 2, 3]))
    *batch, m, n = g.dims(x)
    k = g.integer(1, 3)
    ta, tb = g.chance(0.3), g.chance(0.3)
    inner = m if ta else n

    def fits(v: int) -> bool:
        d = g.dims(v)
        same = g.dtype(v) == g.dtype(x) and len(d) >= 2
        return same and d[-1 if tb else -2] == inner and (len(d) == 2 or d[:-2] == batch)

    if inner == n == m and g.chance(0.2):
        y = x
    else:
        try:
            y = g.pick("fc", where=fits)
        except Unfit:
            y = g.fresh(g.dtype(x), [k, inner] if tb else [inner, k])
    a, b = ("adjoint" if "complex" in g.dtype(x) and g.chance(0.7) else "transpose" for _ in "ab")
    if ta or tb or g.chance(0.3):
        return g.step("matmul", f"tf.matmul($0, $1, {a}_a={ta}, {b}_b={tb})", x, y)
    return g.step("matmul", "$0 @ $1", x, y)


@op(2)
def einsum(g: Gen) -> Step:
    x = g.reshaped("fc", 2)
    equation, second = g.choice(
        [("ij->ji", None), ("ii->", "square"), ("ij->i", None), ("ij,ij->", "same"), ("ij,ij->j", "same"),
         ("ij,kj->ik", "same"), ("ij,ik->jk", "same"), ("...j,ij->i...", "same"), ("ii->i", "square")]
    )  # fmt: skip
    if second == "square" and g.dims(x)[0] != g.dims(x)[1]:
        raise Unfit
    if second == "same":
        return g.step("einsum", f"tf.einsum({equation!r}, $0, $1)", x, g.like(x, broadcast=False))
    return g.step("einsum", f"tf.einsum({equation!r}, $0)", x)


@op(2)
def tensordot(g: Gen) -> Step:
    x = g.pick("fc", min_rank=1)
    y = g.like(x, broadcast=False)
    return g.step("tensordot", f"tf.tensordot($0, $1, axes={g.choice([1, [[0], [0]], [[-1], [-1]]])})", x, y)


@op(3)
def matrices(g: Gen) -> Step:
    """Functions of square matrices, most of them made regular first."""
    x = g.reshaped("fc", g.choice([2, 2, 2, 3]))
    if g.dims(x)[-1] > 3 or 0 in g.dims(x):
        raise Unfit
    gram = f"tf.matmul($0, $0, adjoint_a=True) + 2.0 * tf.eye({g.dims(x)[-1]}, dtype=$0.dtype)"
    m = gram if not g.singular or g.chance(0.5) else "tf.matmul($0, $0, adjoint_a=True)"
    name, code = g.choice(
        [("cholesky", f"tf.linalg.cholesky({m})"), ("inv", f"tf.linalg.inv({m})"), ("det", f"tf.linalg.det({m})"),
         ("logdet", f"tf.linalg.logdet({m})"), ("slogdet", f"tf.linalg.slogdet({m})[1]"), ("eigvalsh", f"tf.linalg.eigvalsh({m})"),
         ("svd", "tf.linalg.svd($0, compute_uv=False)"), ("qr", f"tf.linalg.qr({m})[1]"), ("expm", f"tf.linalg.expm(0.1 * ({m}))"),
         ("pinv", f"tf.linalg.pinv({m})"), ("sqrtm", f"tf.linalg.sqrtm({m})")]
    )  # fmt: skip
    if name in ("expm", "pinv") and "complex" in g.dtype(x):
        raise Unfit
    return g.step(name, code, x)


@op(2)
def solving(g: Gen) -> Step:
    x = g.reshaped("fc", 2)
    n = g.dims(x)[-1]
    if n > 3 or 0 in g.dims(x):
        raise Unfit
    m = f"tf.matmul($0, $0, adjoint_a=True) + 2.0 * tf.eye({n}, dtype=$0.dtype)"
    y = g.pick("fc", 2, where=lambda v: g.dtype(v) == g.dtype(x) and g.dims(v)[0] == n and 0 not in g.dims(v))
    name, code = g.choice(
        [("solve", f"tf.linalg.solve({m}, $1, adjoint={g.chance(0.4)})"), ("lstsq", f"tf.linalg.lstsq({m}, $1, fast=True)"),
         ("triangular_solve", f"tf.linalg.triangular_solve({m}, $1, lower={g.chance(0.5)}, adjoint={g.chance(0.4)})"),
         ("cholesky_solve", f"tf.linalg.cholesky_solve(tf.linalg.cholesky({m}), $1)")]
    )  # fmt: skip
    return g.step(name, code, x, y)


@op(2.5)
def structure(g: Gen) -> Step:
    x = g.pick("fc", min_rank=2, where=lambda v: 0 not in g.dims(v))
    k = g.integer(-1, 1)
    name, code = g.choice(
        [("band_part", f"tf.linalg.band_part($0, {g.integer(-1, 2)}, {g.integer(-1, 2)})"), ("trace", "tf.linalg.trace($0)"),
         ("diag_part", f"tf.linalg.diag_part($0, k={k})"), ("matrix_transpose", "tf.linalg.matrix_transpose($0)"),
         ("adjoint", "tf.linalg.adjoint($0)"), ("set_diag", "tf.linalg.set_diag($0, 2.0 * tf.linalg.diag_part($0))"),
         ("diag", "tf.linalg.diag($0[..., 0, :])")]
    )  # fmt: skip
    return g.step(name, code, x)
