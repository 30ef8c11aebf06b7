"""Calls of public functions with arguments that do not fit: keys of tensors, lists for tensors, sizes out of range."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from strictness.questions import Questions, topic


@topic
def keys(tf: Any) -> Questions:
    """Indices and bounds of several integer dtypes in one key, and in one call of slicing functions."""
    x = tf.reshape(tf.range(12.0), [3, 4])
    kinds: dict[str, Callable[[int], Any]] = {
        "int": lambda n: n,
        "int16": lambda n: tf.constant(n, tf.int16),
        "int32": lambda n: tf.constant(n, tf.int32),
        "int64": lambda n: tf.constant(n, tf.int64),
        "np.int16": np.int16,
        "Variable": tf.Variable,
    }
    forms: dict[str, Callable[[Any, Any], Any]] = {
        "x[a:b]": lambda a, b: x[a(0) : b(2)],
        "x[a,b]": lambda a, b: x[a(0), b(1)],
        "x[a:,b]": lambda a, b: x[a(0) :, b(1)],
        "x[::a,:b]": lambda a, b: x[:: a(1), : b(1)],
        "x[a,::b]": lambda a, b: x[a(1), :: b(2)],
        "slice([a,b])": lambda a, b: tf.slice(x, [a(0), b(1)], [1, 2]),
        "slice(a,b)": lambda a, b: tf.slice(x, tf.stack([a(0), a(1)]), tf.stack([b(1), b(1)])),
        "strided_slice": lambda a, b: tf.strided_slice(x, [a(0), a(0)], [b(1), b(1)]),
        "reshape": lambda a, b: tf.reshape(x, [a(4), b(3)]),
    }
    for form, function in forms.items():
        for (one, a), (other, b) in itertools.product(kinds.items(), repeat=2):
            if form != "reshape" or "int16" not in one + other:
                yield form, f"{one},{other}", lambda f=function, a=a, b=b: f(a, b)
    for dtypes in itertools.product(("int16", "int32", "int64"), repeat=3):
        vectors = {
            key: tf.constant([n], dtype)
            for key, n, dtype in zip(("begin", "end", "strides"), (0, 2, 1), dtypes, strict=True)
        }
        yield (
            "StridedSlice",
            ",".join(dtypes),
            lambda vectors=vectors: tf.raw_ops.StridedSlice(input=x, **vectors),
        )
        yield (
            "StridedSliceGrad",
            ",".join(dtypes),
            lambda vectors=vectors, dtype=dtypes[0]: tf.raw_ops.StridedSliceGrad(
                shape=tf.constant([3], dtype), dy=[1.0, 2.0], **vectors
            ),
        )


@topic
def lists(tf: Any) -> Questions:
    """Lists, tuples, arrays and `None` where some functions need a tensor, that is a shape."""
    rows, image, kernel = [[0.5, 1.0], [2.0, 0.25]], [[[[0.5], [1.0]], [[2.0], [0.25]]]], [[[[2.0]]]]
    cube, deep = [image], [kernel]
    nn = tf.nn
    functions: dict[str, tuple[Callable[..., Any], list[Any]]] = {
        "einsum of one": (lambda a: tf.einsum("ij->ji", a), [rows]),
        "einsum of two": (lambda a, b: tf.einsum("ij,jk->ik", a, b), [rows, rows]),
        "conv2d": (lambda a, b: nn.conv2d(a, b, 1, "SAME"), [image, kernel]),
        "conv3d": (lambda a, b: nn.conv3d(a, b, [1] * 5, "SAME"), [cube, deep]),
        "convolution": (nn.convolution, [image, kernel]),
        "atrous_conv2d": (lambda a, b: nn.atrous_conv2d(a, b, 1, "SAME"), [image, kernel]),
        "depthwise_conv2d": (lambda a, b: nn.depthwise_conv2d(a, b, [1] * 4, "SAME"), [image, kernel]),
        "max_pool": (lambda a: nn.max_pool(a, 2, 1, "SAME"), [image]),
        "max_pool2d": (lambda a: nn.max_pool2d(a, 2, 1, "SAME"), [image]),
        "avg_pool": (lambda a: nn.avg_pool(a, 2, 1, "SAME"), [image]),
        "avg_pool2d": (lambda a: nn.avg_pool2d(a, 2, 1, "SAME"), [image]),
        "pool": (lambda a: nn.pool(a, [2, 2], "MAX"), [image]),
        "moments": (lambda a: nn.moments(a, [0]), [rows]),
        "batch_normalization": (
            lambda a, b, c: nn.batch_normalization(a, b, c, None, None, 1e-3),
            [rows, rows[0], rows[1]],
        ),
        "matmul": (tf.matmul, [rows, rows]),
        "tensordot": (lambda a, b: tf.tensordot(a, b, 1), [rows, rows]),
    }
    kinds: dict[str, Callable[[Any], Any]] = {
        "list": lambda a: a,
        "tuple": tuple,
        "list of tensors": lambda a: [tf.constant(one) for one in a],
        "array": lambda a: np.array(a, "float32"),
        "tensor": tf.constant,
        "Variable": tf.Variable,
        "None": lambda a: None,
    }
    for name, (function, arguments) in functions.items():
        for given in itertools.product(kinds, repeat=len(arguments)):
            if len(arguments) < 3 or given.count("tensor") == 2:
                yield (
                    name.replace(" ", "_"),
                    ",".join(given),
                    lambda f=function, given=given, arguments=arguments: f(
                        *[kinds[kind](a) for kind, a in zip(given, arguments, strict=True)]
                    ),
                )


@topic
def sizes(tf: Any) -> Questions:
    """Positions, bins and factors that are too large, negative or of another kind; dtypes of results."""
    for dtype in ("int32", "int64"):
        for dims in ([2, 3], [2**16, 2**16], [2**31 - 1, 2], [-2, -3], [2, 0], [], [[2, 3]], 6):
            for index in ([5], [6], [-1], [-7], 5, []):
                yield (
                    "unravel_index",
                    f"{index} {dims} {dtype}",
                    lambda index=index, dims=dims, dtype=dtype: tf.unravel_index(
                        tf.constant(index, dtype), tf.constant(dims, dtype)
                    ),
                )
    values = [0.0, 0.3, 0.9, 1.5, -2.0]
    counts = [-1, 0, 1, 5, 2.5, "5", None, True, np.int64(5), tf.constant(5), tf.constant(5, tf.int64)]
    for place, count in enumerate(counts):
        for name in ("histogram_fixed_width", "histogram_fixed_width_bins"):
            function = getattr(tf, name)
            yield name, f"{place}", lambda f=function, count=count: f(values, [0.0, 1.0], nbins=count)
    for dtype in ("int32", "int64", "float32", "int16", None, "FOO"):
        for name in ("histogram_fixed_width", "histogram_fixed_width_bins"):
            function = getattr(tf, name)
            yield name, f"{dtype}", lambda f=function, dtype=dtype: f(values, [0.0, 1.0], 5, dtype=dtype)
    for bad in ([0.0], [[0.0, 1.0]], 0.0, [0, 1]):
        yield (
            "histogram_fixed_width_bins",
            f"{bad}",
            lambda bad=bad: tf.histogram_fixed_width_bins(values, bad),
        )
    image = tf.constant([[[0.2, 0.5, 0.9]]])
    gammas = [
        -1.0,
        0,
        "1",
        None,
        [2.0],
        float("nan"),
        tf.constant(-1.0),
        tf.constant(2.0),
        tf.constant([-1.0, 1.0]),
    ]
    for place, gamma in enumerate(gammas):
        yield "adjust_gamma", f"{place}", lambda gamma=gamma: tf.image.adjust_gamma(image, gamma)
    for dtype in ("float32", "float64", "complex64"):
        for wide in ("complex64", "complex128", "float32"):
            yield (
                "Eig",
                f"{dtype} {wide}",
                lambda dtype=dtype, wide=wide: tf.raw_ops.Eig(
                    input=tf.cast([[2.0, 0.0], [0.0, 2.0]], dtype), Tout=getattr(tf, wide)
                ),
            )
    window = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}
    for kinds in itertools.product(
        ("float32", "float64"), ("float32", "int32"), ("int64", "int32", "float32")
    ):
        yield (
            "MaxPoolGradWithArgmax",
            ",".join(kinds),
            lambda kinds=kinds: tf.raw_ops.MaxPoolGradWithArgmax(
                input=tf.ones([1, 2, 2, 1], kinds[0]),
                grad=tf.ones([1, 1, 1, 1], kinds[1]),
                argmax=tf.ones([1, 1, 1, 1], kinds[2]),
                **window,
            ),
        )


@topic
def options(tf: Any) -> Questions:
    """Boolean options of public functions as text, numbers, NumPy's booleans, tensors, lists and `None`; strides."""
    x, m = tf.constant([[2.0, 1.0], [1.0, 3.0]]), tf.constant([[1.0], [2.0]])
    image = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    bands, three = tf.constant([[0.0, 1.0], [2.0, 3.0], [1.0, 0.0]]), tf.constant([[1.0, 2.0, 3.0]] * 3)
    functions: dict[str, tuple[Callable[..., Any], str]] = {
        "cumsum": (lambda **kw: tf.cumsum(x, **kw), "exclusive reverse"),
        "math.cumprod": (lambda **kw: tf.math.cumprod(x, **kw), "exclusive reverse"),
        "math.cumulative_logsumexp": (
            lambda **kw: tf.math.cumulative_logsumexp(x, **kw),
            "exclusive reverse",
        ),
        "math.top_k": (lambda **kw: tf.math.top_k(x, 2, **kw), "sorted"),
        "math.bincount": (lambda **kw: tf.math.bincount([1, 1, 2], **kw), "binary_output"),
        "linalg.inv": (lambda **kw: tf.linalg.inv(x, **kw), "adjoint"),
        "linalg.solve": (lambda **kw: tf.linalg.solve(x, m, **kw), "adjoint"),
        "linalg.triangular_solve": (lambda **kw: tf.linalg.triangular_solve(x, m, **kw), "lower adjoint"),
        "linalg.banded_triangular_solve": (
            lambda **kw: tf.linalg.banded_triangular_solve(bands[:2] + 1.0, m, **kw),
            "lower adjoint",
        ),
        "linalg.tridiagonal_solve": (
            lambda **kw: tf.linalg.tridiagonal_solve(three + tf.eye(3) * 9.0, three[0], **kw),
            "partial_pivoting",
        ),
        "linalg.qr": (lambda **kw: [r.shape.rank for r in tf.linalg.qr(x, **kw)], "full_matrices"),
        "linalg.svd": (lambda **kw: tf.linalg.svd(x, **kw)[0], "full_matrices"),
        "matmul": (lambda **kw: tf.matmul(x, x, **kw), "transpose_a transpose_b a_is_sparse"),
        "as_string": (lambda **kw: tf.as_string(x, **kw), "scientific shortest"),
        "sparse.segment_sum": (
            lambda **kw: tf.sparse.segment_sum(x, [0, 1], [0, 0], **kw),
            "sparse_gradient",
        ),
        "nn.max_pool_with_argmax": (
            lambda **kw: tf.nn.max_pool_with_argmax(image, 2, 2, "VALID", **kw),
            "include_batch_in_index",
        ),
    }
    wrong = {
        "text": "False",
        "1": 1,
        "2.5": 2.5,
        "np.True_": np.True_,
        "tensor": tf.constant(True),
        "list": [1],
    }
    wrong |= {"None": None, "True": True, "False": False}
    for name, (function, keys) in functions.items():
        for key, (label, value) in itertools.product(keys.split(), wrong.items()):
            yield name, f"{key}={label}", lambda f=function, given={key: value}: f(**given)
    kernel = tf.ones([2, 2, 1, 1])
    strides = {
        "np": np.int64(2),
        "1.5": 1.5,
        "True": True,
        "text": "2",
        "list": [2, np.int32(1)],
        "None": None,
    }
    for label, stride in strides.items():
        yield "nn.conv2d", label, lambda s=stride: tf.nn.conv2d(image, kernel, s, "SAME")
        yield "nn.max_pool", label, lambda s=stride: tf.nn.max_pool(image, 2, s, "SAME")
        yield "nn.avg_pool", label, lambda s=stride: tf.nn.avg_pool(image, s, 1, "SAME")
    dtypes: dict[str, Any] = {name: name for name in ("int32", "int64", "float32", "string", "FOO")}
    for label, dtype in {**dtypes, "None": None, "1": 1, "1.5": 1.5, "list": [1]}.items():
        yield "linalg.lu", label, lambda d=dtype: tf.linalg.lu(x, d)
        yield "unique", label, lambda d=dtype: tf.unique([1, 3, 1], d)
        yield "unique_with_counts", label, lambda d=dtype: tf.unique_with_counts([1, 3, 1], d)
