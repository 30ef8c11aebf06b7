"""Calls of tf.math, tf.bitwise and the elementwise functions of tf."""

from python_values.kinds import F, N, T, call, names

X, Y = F(2, 3), F(3, low=0.3, high=0.9)
I, J = T([[5, 7, 2], [4, 1, 3]]), T([2, 3, 1])
B, C = T([True, False, True]), T([True, True, False])
Z = T([[1 + 2j, 0.5 - 1j], [2 + 0j, 1j]])

for name in names("""
    abs acos asin asinh atan atanh cos cosh exp floor negative round sigmoid sign sin sinh sqrt square tan
    tanh math.ceil math.conj math.digamma math.erf math.erfc math.erfcinv math.erfinv math.expm1 math.imag
    math.is_finite math.is_inf math.is_nan math.is_non_decreasing math.is_strictly_increasing math.lbeta
    math.lgamma math.log math.log1p math.log_sigmoid math.ndtri math.real math.reciprocal
    math.reciprocal_no_nan math.rint math.rsqrt math.bessel_i0 math.bessel_i0e math.bessel_i1 math.bessel_i1e
    math.special.bessel_j0 math.special.bessel_j1 math.special.bessel_k0 math.special.bessel_k0e
    math.special.bessel_k1 math.special.bessel_k1e math.special.bessel_y0 math.special.bessel_y1
    math.special.dawsn math.special.expint math.special.fresnel_cos math.special.fresnel_sin
    math.special.spence
"""):
    call(name, _=[X])
call("acosh", x=F(2, 3, low=1.5, high=2.5))
call("math.angle", input=Z)
call("bitwise.invert", x=I)
call("logical_not", x=B)
call("math.invert_permutation", x=T([2, 0, 1]))

for name in names("""
    add subtract multiply divide truediv realdiv pow maximum minimum greater greater_equal less less_equal
    equal not_equal math.divide_no_nan math.multiply_no_nan math.floordiv math.floormod math.mod
    math.squared_difference math.xdivy math.xlog1py math.xlogy
"""):
    call(name, x=X, y=Y)
for name in names("""
    add subtract multiply divide truediv pow maximum equal less math.floordiv math.floormod
"""):
    call(name, label="of integers", x=I, y=J)
call("atan2", y=X, x=Y)
call("truncatediv", x=I, y=J)
call("truncatemod", x=I, y=J)
call("math.igamma", a=X, x=Y)
call("math.igammac", a=X, x=Y)
call("math.nextafter", x1=X, x2=Y)
call("math.polygamma", a=T([1.0, 2.0, 1.0]), x=Y)
call("math.zeta", x=F(3, low=1.5, high=2.5), q=Y)
call("math.betainc", a=Y, b=F(3), x=F(3))
call("complex", real=X, imag=F(2, 3))
call("scalar_mul", scalar=T(2.0), x=X)
for name in [
    "bitwise.bitwise_and",
    "bitwise.bitwise_or",
    "bitwise.bitwise_xor",
    "bitwise.left_shift",
    "bitwise.right_shift",
]:
    call(name, x=I, y=J)
for name in ["logical_and", "logical_or", "math.logical_xor"]:
    call(name, x=B, y=C)
call("add_n", inputs=[X, F(2, 3), F(2, 3, low=0.1)])
call("math.accumulate_n", inputs=[X, F(2, 3)])
call("clip_by_value", t=X, clip_value_min=T(0.3), clip_value_max=T(0.6))
call("clip_by_norm", t=X, clip_norm=T(0.5), axes=N(1))
call("clip_by_global_norm", t_list=[X, Y], clip_norm=T(0.5))
call("clip_by_global_norm", label="use_norm", t_list=[X, Y], clip_norm=T(0.5), use_norm=T(2.0))
call("linalg.global_norm", t_list=[X, Y])
call("cast", x=X, dtype="int32")
call("saturate_cast", value=X, dtype="uint8")
call("math.polyval", coeffs=[T(1.0), T(2.0)], x=X)

for name in names("""
    reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum math.reduce_euclidean_norm
    math.reduce_std math.reduce_variance
"""):
    call(name, input_tensor=X, axis=N(1), keepdims=N(False))
call("reduce_sum", label="axes", input_tensor=X, axis=N([0, 1]))
call("reduce_sum", label="of integers", input_tensor=I, axis=N(0))
call("reduce_all", input_tensor=B, axis=N(0))
call("reduce_any", input_tensor=B, axis=N(0))
call("math.count_nonzero", input=X, axis=N(1))
call("nn.zero_fraction", value=X)
for name in ["cumsum", "math.cumprod", "math.cumulative_logsumexp"]:
    call(name, x=X, axis=N(1))
for name in ["argmax", "argmin"]:
    call(name, input=X, axis=N(1))
call("argsort", values=X, axis=N(-1))
call("sort", values=X, axis=N(-1))
call("nn.top_k", input=X, k=N(2))
call("nn.in_top_k", targets=T([0, 2]), predictions=X, k=N(2))
call("nn.approx_max_k", operand=X, k=N(2))
call("nn.approx_min_k", operand=X, k=N(2))
call("approx_top_k", input=X, k=N(2))
call("math.bincount", arr=T([1, 2, 1]), weights=Y, minlength=N(3), maxlength=N(4))
call("math.bincount", label="counts", arr=T([1, 2, 1]))
call("math.confusion_matrix", labels=T([1, 0, 1]), predictions=T([1, 1, 0]), num_classes=N(2), weights=Y)
call("math.confusion_matrix", label="no classes", labels=T([1, 0, 1]), predictions=T([1, 1, 0]))
call("histogram_fixed_width", values=Y, value_range=T([0.0, 1.0]), nbins=N(4))
call("histogram_fixed_width_bins", values=Y, value_range=T([0.0, 1.0]), nbins=N(4))
for name in ["segment_max", "segment_mean", "segment_min", "segment_prod", "segment_sum"]:
    call(f"math.{name}", data=F(3, 2), segment_ids=T([0, 0, 1]))
for name in names("""
    max mean min prod sqrt_n sum
"""):
    call(f"math.unsorted_segment_{name}", data=F(3, 2), segment_ids=T([0, 2, 0]), num_segments=N(3))
for name in ["mean", "sqrt_n", "sum"]:
    call(
        f"sparse.segment_{name}",
        data=F(3, 2),
        indices=T([0, 2, 1]),
        segment_ids=T([0, 0, 1]),
        num_segments=N(3),
    )
