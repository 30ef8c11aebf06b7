"""`tf.experimental.numpy`: functions of each element, of one array and of two."""

from cases._numpy import ask

ask(
    "clip",
    r"""
    tnp.clip(x, 1, 3)
    tnp.clip(x, None, 3)
    tnp.clip(x, 1, None)
    tnp.clip(x, None, None)
    tnp.clip(i, 1.5, 2.5)
    tnp.clip([1, 2, 3], 2, 2)
    tnp.clip(x, [1, 2, 3], 4)
    tnp.clip(x, a_min=c(2), a_max=c(3))
    tnp.clip(x, 3, 1)
    tnp.clip("a",x,3)
    tnp.clip("a",2,3)
    tnp.clip("a","b","c")
    """,
)
ask(
    "around",
    r"""
    tnp.around(1.25, 1)
    tnp.around([1.5, 2.5, -0.5])
    tnp.around([15, 25], -1)
    tnp.around(x * 1.234, 2)
    tnp.around([1.5 + 2.5j])
    """,
)
ask(
    "round",
    r"""
    tnp.round(x * 1.234, 1)
    tnp.round([1.55], decimals=1)
    tnp.round(i, -1)
    """,
)
ask(
    "angle",
    r"""
    tnp.angle(z)
    tnp.angle(z, deg=True)
    tnp.angle([1.0, -1.0])
    tnp.angle([1.0, -1.0], True)
    tnp.angle(1j)
    """,
)
ask(
    "sign",
    r"""
    tnp.sign(x, out=None)
    tnp.sign(x, out=x)
    tnp.sign(x, where=True)
    tnp.sign(x, where=[True])
    tnp.sign(x, foo=1)
    tnp.sign(z)
    """,
)
ask(
    "isclose",
    r"""
    tnp.isclose(1.0, 1.0 + 1e-9)
    tnp.isclose([1.0, float("nan")], [1.0, float("nan")])
    tnp.isclose([1.0, float("nan")], [1.0, float("nan")], equal_nan=True)
    tnp.isclose([1.0, float("inf")], [1.1, float("inf")], rtol=0.2)
    tnp.isclose(x, x + 0.1, atol=0.2)
    tnp.isclose(1, 1)
    tnp.isclose(float("inf"), -float("inf"))
    tnp.isclose(z, z)
    tnp.isclose(100,101,rtol=0.1)
    """,
)
ask(
    "allclose",
    r"""
    tnp.allclose(x, x)
    tnp.allclose(x, x + 1)
    tnp.allclose([1, 2], [1, 2])
    tnp.allclose([float("nan")], [float("nan")], equal_nan=True)
    """,
)
ask(
    "array_equal",
    r"""
    tnp.array_equal([1, 2], [1, 2])
    tnp.array_equal([1, 2], [1.0, 2.0])
    tnp.array_equal([1, 2], [1, 3])
    tnp.array_equal([1, 2], [1, 2, 3])
    tnp.array_equal(x, x)
    tnp.array_equal(1, [1])
    """,
)
ask(
    "iscomplex",
    r"""
    tnp.iscomplex(z)
    tnp.iscomplex([1 + 0j, 2j])
    """,
)
ask(
    "isreal",
    r"""
    tnp.isreal(z)
    tnp.isreal([1 + 0j, 2j])
    tnp.isreal(1)
    """,
)
ask(
    "isinf",
    r"""
    tnp.isinf([float("inf"), 1.0])
    tnp.isinf(c([float("inf"), 1.0]))
    """,
)
ask(
    "isposinf",
    r"""
    tnp.isposinf(c([float("inf"), -float("inf")]))
    tnp.isposinf(c([float("inf"), -float("inf")]), x)
    """,
)
ask(
    "isneginf",
    r"""
    tnp.isneginf(c([float("inf"), -float("inf")]))
    """,
)
ask(
    "signbit",
    r"""
    tnp.signbit([-0.0, 0.0, -1.0, 1.0])
    tnp.signbit([-1, 1])
    tnp.signbit(c([-0.0, float("nan")], tf.float32))
    """,
)
ask(
    "sinc",
    r"""
    tnp.sinc([0.0, 0.5, 1.0])
    tnp.sinc(0.)
    """,
)
ask(
    "heaviside",
    r"""
    tnp.heaviside([-1.0, 0.0, 1.0], 0.5)
    tnp.heaviside([-1.0, 0.0, float("nan")], [1.0, 2.0, 3.0])
    tnp.heaviside([-1, 0, 1], 0.5)
    tnp.heaviside(0.0, 1)
    """,
)
ask(
    "gcd",
    r"""
    tnp.gcd([12, -18], 8)
    tnp.gcd(0, 0)
    tnp.gcd([12, 18], [8, 27])
    """,
)
ask(
    "lcm",
    r"""
    tnp.lcm([4, -6], 6)
    tnp.lcm(0, 5)
    tnp.lcm(0, 0)
    """,
)
ask(
    "floor_divide",
    r"""
    tnp.floor_divide([7, -7], 2)
    tnp.floor_divide([7.5, -7.5], 2)
    tnp.floor_divide([1, 2], 0)
    """,
)
ask(
    "mod",
    r"""
    tnp.mod([7, -7], 3)
    tnp.mod([7, -7], -3)
    tnp.mod([7.5, -7.5], 2)
    tnp.mod([1, 2], 0)
    """,
)
ask(
    "divmod",
    r"""
    tnp.divmod([7, -7], 3)
    tnp.divmod([7.5, -7.5], 2)
    """,
)
ask(
    "divide",
    r"""
    tnp.divide([1, 2], 0)
    tnp.divide([1.0, 0.0], 0)
    """,
)
ask(
    "power",
    r"""
    tnp.power(2, 3)
    tnp.power(2, -1)
    tnp.power([2.0, 4.0], 0.5)
    tnp.power(-8.0, 1 / 3)
    tnp.power(i, 2)
    tnp.power(i, 0.5)
    """,
)
ask(
    "float_power",
    r"""
    tnp.float_power(2, 3)
    tnp.float_power(i, 2)
    tnp.float_power(x, 2)
    """,
)
ask(
    "exp2",
    r"""
    tnp.exp2([1.0, 2.0])
    """,
)
ask(
    "cbrt",
    r"""
    tnp.cbrt([8.0, -27.0])
    tnp.cbrt(c([8.0, -27.0]))
    tnp.cbrt([0.0])
    """,
)
ask(
    "fix",
    r"""
    tnp.fix([1.7, -1.7])
    """,
)
ask(
    "logaddexp",
    r"""
    tnp.logaddexp([1.0, 2.0], [3.0, 4.0])
    tnp.logaddexp(x, x)
    tnp.logaddexp(1.0, 1000.0)
    tnp.logaddexp(-float("inf"), -float("inf"))
    tnp.logaddexp([float("inf")], [float("inf")])
    """,
)
ask(
    "logaddexp2",
    r"""
    tnp.logaddexp2([1.0, 2.0], [3.0, 4.0])
    """,
)
ask(
    "hypot",
    r"""
    tnp.hypot(3.0, 4.0)
    tnp.hypot(x, x)
    tnp.hypot([3, 5], [4, 12])
    tnp.hypot(1,2)
    """,
)
ask(
    "nextafter",
    r"""
    tnp.nextafter(1.0, 2.0)
    tnp.nextafter(c(1.0), c(2.0))
    """,
)
ask(
    "deg2rad",
    r"""
    tnp.deg2rad([180.0, 90.0])
    """,
)
ask(
    "rad2deg",
    r"""
    tnp.rad2deg(c([3.0, 1.0]))
    """,
)
ask(
    "real",
    r"""
    tnp.real(z)
    tnp.real(2j)
    """,
)
ask(
    "imag",
    r"""
    tnp.imag(z)
    tnp.imag(2j)
    tnp.imag([1, 2])
    """,
)
ask(
    "conj",
    r"""
    tnp.conj(z)
    """,
)
ask(
    "logical_xor",
    r"""
    tnp.logical_xor([1, 0], [2, 3])
    """,
)
ask(
    "logical_and",
    r"""
    tnp.logical_and([1, 0], [2, 3])
    """,
)
ask(
    "logical_not",
    r"""
    tnp.logical_not([0.5, 0.0])
    """,
)
ask(
    "add",
    r"""
    tnp.add([True], [True])
    tnp.add("a", "b")
    tnp.add([1, 2], [1, 2, 3])
    tnp.add(x1=1, x2=2)
    tnp.add("a",x)
    tnp.add("a",True)
    tnp.add("a",i)
    """,
)
ask(
    "multiply",
    r"""
    tnp.multiply([True], [True])
    """,
)
ask(
    "subtract",
    r"""
    tnp.subtract([True], [True])
    """,
)
ask(
    "maximum",
    r"""
    tnp.maximum([True], [False])
    tnp.maximum([1.0, float("nan")], 2.0)
    """,
)
ask(
    "minimum",
    r"""
    tnp.minimum([True], [False])
    """,
)
ask(
    "dtypes by other names, mixtures",
    r"""
    tnp.geomspace(1, 4, 3, dtype=float)
    tnp.geomspace(1, 4, 3, dtype=int)
    tnp.geomspace(1, 4, 3, dtype=complex)
    tnp.geomspace(1, 4, 3, dtype="float32")
    tnp.geomspace(1 + 1j, 2, 3)
    tnp.geomspace(1j, 2.0, 3, dtype=tnp.complex64)
    tnp.geomspace(x + 1, x + 2, 3, axis=1).shape
    tnp.arange(3, dtype=complex)
    tnp.arange(3, dtype="int8")
    tnp.arange(c(1), c(7), c(2))
    tnp.arange(1, 7, c(2.5))
    tnp.arange(0.5, 3)
    tnp.arange(3, 0, -1)
    tnp.arange(3, 0)
    tnp.arange(1, None)
    tnp.arange(None)
    tnp.arange("a")
    tnp.arange()
    tnp.sum(x, dtype=int)
    tnp.sum(x, dtype=complex)
    tnp.sum([x, x])
    tnp.sum([1, c(2.5)])
    tnp.sum(x, foo=1)
    tnp.prod(x, dtype=int)
    tnp.mean(x, dtype=float)
    tnp.mean(x, dtype=int)
    tnp.mean(x, dtype="float16")
    tnp.var(x, dtype=float)
    tnp.var(x, dtype=int)
    tnp.var(x, 0, int)
    tnp.cumsum(x, dtype=int)
    tnp.cumsum(x, dtype=float)
    tnp.cumprod(x, dtype=int)
    tnp.trace(x, dtype=int)
    tnp.trace(x, dtype=float)
    tnp.nansum(x, dtype=int)
    tnp.nansum(x, dtype=float)
    tnp.nanprod(x, dtype=int)
    tnp.nanmean(x, dtype=float)
    tnp.nanmean(x, dtype=int)
    tnp.full(2, 1, dtype=int)
    tnp.full_like(x, 1, dtype=int)
    tnp.full_like(x, 1, dtype=float)
    tnp.zeros_like(x, dtype=complex)
    tnp.ones_like(x, dtype=int)
    tnp.empty_like(x, dtype=int)
    tnp.tri(2, dtype="int8")
    tnp.eye(2, dtype="foo")
    tnp.eye(2, dtype=tf.bfloat16)
    tnp.identity(2, complex)
    tnp.ones(2, tf.bfloat16)
    tnp.array(x, tf.bfloat16)
    tnp.array([1, 2], object)
    tnp.array([1, 2], np.object_)
    tnp.array(["a"], object)
    tnp.array(["a"], str)
    tnp.array([1, 2], "str")
    tnp.array(np.array([1, 2]), np.float32)
    tnp.array(np.array([1.5, None]))
    tnp.array(np.datetime64("2020-01-01"))
    tnp.array(tf.TensorShape([1, 2]))
    tnp.array([tf.TensorShape([1, 2]), [3, 4]])
    tnp.array(tf.float32)
    tnp.array(np.float16(1))
    tnp.array(np.longdouble(1))
    tnp.array([[1.0, 2.0], c([3.0, 4.0])])
    tnp.array([[[c(1.0)]]])
    tnp.array((c(1.0), (2.0,)))
    tnp.array([np.array([1.0, 2.0]), np.array([3, 4])])
    tnp.array([np.array([1.0, 2.0]), c([3.0, 4.0])])
    tnp.asarray(np.array([1, 2]), tnp.int64)
    tnp.add(x, [[1]])
    tnp.add([c(1.0), 2], [3, c(4)])
    tnp.add([x, x], 1)
    tnp.add(1)
    tnp.multiply(np.array([2.0], np.float32), i)
    tnp.sin([c(0.5), 1.0])
    tnp.sin()
    tnp.concatenate([[c(1.0)], [2]])
    tnp.stack([c(1.0), 2])
    tnp.where([c(True), False], 1, 2)
    tnp.matmul([[c(1.0), 2]], [[3], [4]])
    tnp.linspace(c(0.0), 1, 3)
    tnp.linspace(np.float32(0), 1, 3)
    tnp.linspace(0, 1, c(3))
    tnp.linspace(0, 1, np.int64(3))
    tnp.linspace(x, x + 1, 3).shape
    tnp.linspace(x, x + 1, 3, axis=-1).shape
    tnp.linspace(x, x + 1, 3, False, axis=1).shape
    tnp.logspace(x, x + 1, 3, axis=1).shape
    tnp.zeros()
    """,
)
