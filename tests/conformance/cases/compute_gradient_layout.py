"""`tf.test.compute_gradient` of results, and at arguments, whose elements do not lie in order in memory."""

import numpy as np
from conformance_kit import script

SQUARE = np.arange(1.0, 5.0, dtype=np.float32).reshape(2, 2)
REGULAR = np.array([[2.0, 0.5], [-0.25, 1.5]])

RESULTS = {
    "transpose": lambda tf, x: tf.transpose(x) * 2.0,
    "transpose alone": lambda tf, x: tf.transpose(x),
    "matrix_transpose": lambda tf, x: tf.linalg.matrix_transpose(x),
    "einsum": lambda tf, x: tf.einsum("ij->ji", x),
    "einsum product": lambda tf, x: tf.einsum("ij,jk->ki", x, x),
    "solve": lambda tf, x: tf.linalg.solve(x, tf.eye(2, dtype=x.dtype)),
    "inverse": lambda tf, x: tf.linalg.inv(x),
    "cholesky_solve": lambda tf, x: tf.linalg.cholesky_solve(tf.linalg.band_part(x, -1, 0), x),
    "triangular_solve": lambda tf, x: tf.linalg.triangular_solve(x, x),
    "broadcast_to": lambda tf, x: tf.broadcast_to(x, (2, 2, 2)),
    "tile of one": lambda tf, x: tf.tile(x[:1], (2, 1)),
    "strided slice": lambda tf, x: tf.transpose(x)[:, ::-1],
    "column": lambda tf, x: x[:, 1],
    "unstack": lambda tf, x: tf.unstack(x, axis=1)[0],
    "diag_part": lambda tf, x: tf.linalg.diag_part(x),
    "reverse": lambda tf, x: tf.reverse(tf.transpose(x), [0]),
    "complex": lambda tf, x: tf.transpose(tf.complex(x, x * x)),
    "real of complex": lambda tf, x: tf.math.real(tf.complex(x, x * x)),
    "imag of complex": lambda tf, x: tf.math.imag(tf.transpose(tf.complex(x, x * x))),
    "fft": lambda tf, x: tf.signal.fft2d(tf.transpose(tf.complex(x, x))),
    "conv2d": lambda tf, x: tf.nn.conv2d(
        tf.reshape(x, (1, 2, 2, 1)), tf.ones((1, 1, 1, 2), x.dtype), 1, "VALID"
    ),
    "svd": lambda tf, x: tf.linalg.svd(x)[0],
    "qr": lambda tf, x: tf.linalg.qr(x)[1],
}


@script("results")
def _(tf):
    x = tf.constant(REGULAR)
    return {name: tf.test.compute_gradient(lambda x, f=f: f(tf, x), [x])[0] for name, f in RESULTS.items()}


@script("arguments")
def _(tf):
    x = tf.constant(SQUARE)
    given = {
        "transposed": tf.transpose(x),
        "broadcast": tf.broadcast_to(x[0], (2, 2)),
        "column": x[:, 1],
        "reversed": x[::-1, ::-1],
        "real": tf.math.real(tf.complex(x, x)),
        "conjugate": tf.math.conj(tf.transpose(tf.complex(x, x))),
        "array": SQUARE.T,
        "array of columns": np.asfortranarray(SQUARE),
        "array, broadcast": np.broadcast_to(SQUARE[0], (2, 2)),
        "variable": tf.Variable(tf.transpose(x)),
    }
    return {
        name: tf.test.compute_gradient(lambda x: x * x, [value], delta=0.25) for name, value in given.items()
    }
