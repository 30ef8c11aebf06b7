"""`tf.experimental.numpy`: reductions, running sums, differences."""

from cases._numpy import ask

ask(
    "sum",
    r"""
    tnp.sum(x)
    tnp.sum(x, 0)
    tnp.sum(x, axis=-1)
    tnp.sum(x, (0, 1))
    tnp.sum(x, keepdims=True)
    tnp.sum(x, 1, keepdims=True)
    tnp.sum(x, dtype=tnp.int32)
    tnp.sum(x, dtype=float)
    tnp.sum([1, 2], dtype=tnp.int8)
    tnp.sum(i)
    tnp.sum(i, dtype=tnp.int32)
    tnp.sum([True, True])
    tnp.sum([True, True], dtype=bool)
    tnp.sum(x, 2)
    tnp.sum(x, (0, 0))
    tnp.sum(x, [0])
    tnp.sum([])
    tnp.sum(1)
    tnp.sum(c([100, 100], tf.int8))
    tnp.sum(c([200, 100], tf.uint8))
    tnp.sum(z)
    """,
)
ask(
    "prod",
    r"""
    tnp.prod(x + 1)
    tnp.prod(x + 1, 0)
    tnp.prod(i)
    tnp.prod(i, dtype=tnp.float32)
    tnp.prod([True, False])
    tnp.prod([])
    tnp.prod(x + 1, 1, keepdims=True)
    """,
)
ask(
    "mean",
    r"""
    tnp.mean(x)
    tnp.mean(x, 0)
    tnp.mean(x, axis=(0, 1))
    tnp.mean(x, 1, keepdims=True)
    tnp.mean(i)
    tnp.mean(i, dtype=tnp.float32)
    tnp.mean([1, 2])
    tnp.mean([True, False])
    tnp.mean(x, dtype=tnp.int32)
    tnp.mean(x, dtype=tnp.float64)
    tnp.mean(x, out=x)
    tnp.mean([])
    tnp.mean(z)
    tnp.mean(c([1.0, 2.0], tf.float16))
    """,
)
ask(
    "var",
    r"""
    tnp.var(x)
    tnp.var(x, 0)
    tnp.var(x, 1, keepdims=True)
    tnp.var(x, ddof=1)
    tnp.var(x, 0, ddof=1)
    tnp.var(i)
    tnp.var(i, dtype=tnp.float32)
    tnp.var(z)
    tnp.var([1, 2])
    tnp.var(x, dtype=tnp.float64)
    tnp.var(x, out=x)
    tnp.var(x, dtype=tnp.int32)
    tnp.var(i, ddof=1)
    tnp.var(x,dtype=tnp.float64,ddof=1)
    tnp.var(x,1,ddof=1,dtype=tnp.float32)
    tnp.var(i,dtype=tnp.float64,ddof=1)
    tnp.var(i,dtype=tnp.int32,ddof=1)
    tnp.var(tf.constant([1+2j,3j]),dtype=tnp.complex128,ddof=1)
    tnp.var(tf.constant([1+2j,3j]),dtype=tnp.float64)
    tnp.var(tf.constant([1+2j,3j]),dtype=tnp.complex64)
    """,
)
ask(
    "std",
    r"""
    tnp.std(x)
    tnp.std(x, 0)
    tnp.std(x, 1, True)
    tnp.std(i)
    tnp.std([1, 2, 4])
    tnp.std(z)
    tnp.std(x,(0,1))
    """,
)
ask(
    "ptp",
    r"""
    tnp.ptp(x)
    tnp.ptp(x, 0)
    tnp.ptp(x, 1, True)
    tnp.ptp(i)
    """,
)
ask(
    "amax",
    r"""
    tnp.amax(x)
    tnp.amax(x, 0)
    tnp.amax(x, 1, keepdims=True)
    tnp.amax(x, out=x)
    tnp.amax(i)
    """,
)
ask(
    "amin",
    r"""
    tnp.amin(x)
    tnp.amin(x, (0, 1))
    tnp.amin(x, out=x)
    """,
)
ask(
    "max",
    r"""
    tnp.max(x, 0, True)
    tnp.max([])
    tnp.max([True, False])
    tnp.max(x, 2)
    """,
)
ask(
    "min",
    r"""
    tnp.min(x, axis=1)
    """,
)
ask(
    "all",
    r"""
    tnp.all(x)
    tnp.all(x, 0)
    tnp.all(x, 1, True)
    tnp.all([1, 2])
    tnp.all([])
    """,
)
ask(
    "any",
    r"""
    tnp.any(x)
    tnp.any(x, 0)
    tnp.any(x, 1, keepdims=True)
    tnp.any([])
    """,
)
ask(
    "argmax",
    r"""
    tnp.argmax(x)
    tnp.argmax(x, 0)
    tnp.argmax(x, axis=1)
    tnp.argmax([3, 1, 2])
    tnp.argmax(3)
    tnp.argmax(x, 2)
    tnp.argmax([True, False])
    """,
)
ask(
    "argmin",
    r"""
    tnp.argmin(x)
    tnp.argmin(-x, 1)
    tnp.argmin([])
    """,
)
ask(
    "count_nonzero",
    r"""
    tnp.count_nonzero(x)
    tnp.count_nonzero(x, 0)
    tnp.count_nonzero([0, 1, 2])
    tnp.count_nonzero([True, False])
    tnp.count_nonzero(x, (0, 1))
    """,
)
ask(
    "cumsum",
    r"""
    tnp.cumsum(x)
    tnp.cumsum(x, 0)
    tnp.cumsum(x, -1)
    tnp.cumsum(x, axis=1, dtype=tnp.float64)
    tnp.cumsum(i)
    tnp.cumsum(i, dtype=tnp.int32)
    tnp.cumsum([1, 2, 3])
    tnp.cumsum([True, True])
    tnp.cumsum([True, True], dtype=int)
    tnp.cumsum(x, 2)
    tnp.cumsum(3)
    """,
)
ask(
    "cumprod",
    r"""
    tnp.cumprod(x + 1)
    tnp.cumprod(x + 1, 0)
    tnp.cumprod(i)
    tnp.cumprod([1, 2, 3], dtype=tnp.float32)
    """,
)
ask(
    "average",
    r"""
    tnp.average(x)
    tnp.average(x, 0)
    tnp.average(x, 1, [1, 2, 3])
    tnp.average(x, 1, [1.0, 2.0, 3.0], True)
    tnp.average(x, weights=x)
    tnp.average(x, weights=x, returned=True)
    tnp.average(x, weights=[1, 2, 3])
    tnp.average(x, 1, [1, 2])
    tnp.average(x, (0, 1))
    tnp.average(x, returned=True)
    tnp.average([1, 2])
    tnp.average([1.0, 2.0], weights=[1, 3])
    tnp.average(x, 0, [0.0, 0.0])
    tnp.average(x,-1,[1,2,3],True)
    tnp.average(x,1,returned=True)
    tnp.average(x,weights=[1],returned=True)
    """,
)
ask(
    "nansum",
    r"""
    tnp.nansum([1.0, float("nan")])
    tnp.nansum(x, 0)
    tnp.nansum(x, 1, keepdims=True)
    tnp.nansum([1.0, float("nan")], dtype=tnp.float32)
    tnp.nansum([1, 2])
    """,
)
ask(
    "nanprod",
    r"""
    tnp.nanprod([2.0, float("nan")])
    tnp.nanprod(x, 0)
    """,
)
ask(
    "nanmean",
    r"""
    tnp.nanmean([1.0, float("nan")])
    tnp.nanmean(x, 0)
    tnp.nanmean(x, 1, keepdims=True)
    tnp.nanmean([float("nan")])
    tnp.nanmean([1.0, float("nan")], dtype=tnp.float32)
    tnp.nanmean([1, 2])
    tnp.nanmean(i,dtype=tnp.float32)
    tnp.nanmean(x,dtype=tnp.int32)
    """,
)
ask(
    "diff",
    r"""
    tnp.diff([1, 3, 6])
    tnp.diff([1, 3, 6], 2)
    tnp.diff([1, 3, 6], 0)
    tnp.diff([1, 3, 6], 3)
    tnp.diff(x, axis=0)
    tnp.diff(x, 1, -1)
    tnp.diff([True, False, True])
    tnp.diff(x, -1)
    tnp.diff(1)
    tnp.diff(x, 1, 2)
    """,
)
