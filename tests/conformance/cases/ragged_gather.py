"""tf.gather and tf.split of RaggedTensors along any axis, with gradients."""

from conformance_kit import raises, script


def _gathered(tf, x, indices, way):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.gather(x, indices, **way)
        flat = y.flat_values if isinstance(y, tf.RaggedTensor) else y
        weights = tf.reshape(tf.range(1.0, tf.size(flat) + 1), tf.shape(flat))
        total = flat * weights
    gradient = tape.gradient(total, x)
    return [
        y,
        gradient.flat_values if isinstance(gradient, tf.RaggedTensor) else tf.convert_to_tensor(gradient),
    ]


def _params(tf):
    constant = tf.ragged.constant
    return {
        "rows": constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0]]),
        "deep": constant(
            [[[1.0, 2.0], [3.0, 4.0, 5.0]], [[6.0, 7.0], [8.0, 9.0]], [[10.0, 11.0], [12.0, 13.0]]]
        ),
        "uniform": tf.RaggedTensor.from_uniform_row_length([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2),
        "pairs": constant(
            [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]], [[9.0, 10.0], [0.0, 1.0]]], ragged_rank=1
        ),
        "dense": tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]),
    }


def _indices(tf):
    constant = tf.ragged.constant
    return {
        "scalar": 1,
        "vector": [1, 0, 1],
        "matrix": [[0, 1], [1, 1], [0, 0]],
        "rows": constant([[0, 1], [], [1]]),
        "deep": constant([[[0], [1, 1]], [[], [0]], [[1], [0, 1]]]),
    }


@script("along axes")
def _(tf):
    found = {}
    for name, x in _params(tf).items():
        for which, indices in _indices(tf).items():
            for axis in range(x.shape.rank):
                if name != "dense" or which in ("rows", "deep"):
                    found[f"{name}, {which}, {axis}"] = _gathered(tf, x, indices, {"axis": axis})
    return found


@script("in batches")
def _(tf):
    found = {}
    params, indices = _params(tf), _indices(tf)
    for name in ("rows", "deep", "pairs", "dense"):
        for which in ("vector", "matrix", "rows", "deep"):
            for axis in range(1, params[name].shape.rank):
                if name != "dense" or which in ("rows", "deep"):
                    key = f"{name}, {which}, {axis}"
                    found[key] = _gathered(tf, params[name], indices[which], {"axis": axis, "batch_dims": 1})
    for name in ("deep", "pairs"):
        found[f"{name}, 2"] = _gathered(tf, params[name], indices["deep"], {"batch_dims": 2})
    found["from the end"] = tf.gather(params["rows"], indices["rows"], batch_dims=-1)
    return found


@script("refused")
def _(tf):
    params, indices = _params(tf), _indices(tf)
    rows = params["rows"]
    return [
        raises(lambda: tf.gather(params["deep"], indices["matrix"], batch_dims=2)),
        raises(lambda: tf.gather(rows, 1, batch_dims=-1)),
        raises(lambda: tf.gather(rows, [1], batch_dims=2)),
        raises(lambda: tf.gather(rows, [1], axis=2)),
        raises(lambda: tf.gather(rows, indices["rows"], axis=0, batch_dims=1)),
        raises(lambda: tf.gather(rows, [3])),
        raises(lambda: tf.gather(rows, [-1])),
        raises(lambda: tf.gather(rows, [1.0])),
        raises(lambda: tf.gather(params["deep"], indices["rows"], batch_dims=2)),
    ]


@script("split")
def _(tf):
    params = _params(tf)
    found = {}
    for name, axis, sizes in (
        ("rows", 0, 3),
        ("rows", 0, [1, 2]),
        ("rows", 0, [0, 3]),
        ("rows", 1, 1),
        ("deep", 0, [2, 1]),
        ("uniform", 1, 2),
        ("uniform", -1, [1, 1]),
        ("pairs", 2, 2),
        ("pairs", -1, [1, 1]),
    ):
        found[f"{name}, {axis}, {sizes}"] = tf.split(params[name], sizes, axis=axis)
    for name, axis, sizes in (
        ("rows", 0, 2),
        ("rows", 0, [1, 1]),
        ("rows", 0, [4, -1]),
        ("rows", 1, 3),
        ("rows", 2, 3),
        ("deep", 1, 2),
        ("pairs", 1, 2),
        ("pairs", 2, [1, 2]),
        ("uniform", 1, 3),
    ):
        found[f"{name}, {axis}, {sizes}"] = raises(
            lambda name=name, axis=axis, sizes=sizes: tf.split(params[name], sizes, axis=axis)
        )
    pairs = params["pairs"]
    with tf.GradientTape() as tape:
        tape.watch(pairs)
        first, second = tf.split(pairs, 2, axis=2)
        total = first.flat_values * second.flat_values
    found["gradient"] = tape.gradient(total, pairs)
    return found
