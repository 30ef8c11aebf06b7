"""Features that are crossed, and empty rows that are filled."""

from conformance_kit import raises, script


def _parts(sparse):
    return [sparse.indices, sparse.values, sparse.dense_shape]


def _features(tf):
    constant, Sparse = tf.ragged.constant, tf.SparseTensor
    return {
        "a": constant([["a"], ["b", "c"], []]),
        "b": constant([["d"], ["e", "f"], ["g"]]),
        "n": constant([[1], [-2, 3], [4]], dtype=tf.int64),
        "i": constant([[1], [2, 3], [4]]),
        "short": constant([["a"], ["b", "c"], []], row_splits_dtype=tf.int32),
        "d": tf.constant([["x"], ["y"], ["z"]]),
        "wide": tf.constant([["x", "w"], ["y", "v"], ["z", "u"]]),
        "dn": tf.constant([[5], [-6], [7]], tf.int64),
        "s": Sparse([[0, 0], [1, 0], [1, 1]], ["p", "q", "r"], [3, 2]),
        "sn": Sparse([[0, 0], [2, 0]], tf.constant([8, -9], tf.int64), [3, 2]),
        "u8": tf.constant([[1], [2], [255]], tf.uint8),
    }


@script("ragged.cross")
def _(tf):
    features = _features(tf)
    cross, hashed = tf.ragged.cross, tf.ragged.cross_hashed
    found = {}
    for names in (
        "a b",
        "a",
        "a n",
        "n n",
        "a d",
        "wide b d",
        "s",
        "a s",
        "s sn",
        "dn d",
        "i a",
        "short",
        "u8",
        "",
    ):
        inputs = [features[name] for name in names.split()]
        found[names] = [
            cross(inputs),
            hashed(inputs),
            hashed(inputs, num_buckets=100),
            hashed(inputs, 100, hash_key=7),
            hashed(inputs, 0, hash_key=123456789),
            hashed(inputs, 2**62),
        ]
    found["lists"] = cross([[["a"], ["b"]], [[1], [2]]])
    found["int32 splits"] = cross([features["short"]]).row_splits
    return found


@script("ragged.cross: refused")
def _(tf):
    features, constant = _features(tf), tf.ragged.constant
    cross, hashed = tf.ragged.cross, tf.ragged.cross_hashed
    return {
        "no list": raises(lambda: cross(features["a"])),
        "rows": raises(lambda: cross([features["a"], constant([["a"]])])),
        "float": raises(lambda: cross([constant([[1.0]])])),
        "deep": raises(lambda: cross([constant([[["a"]]])])),
        "deep values": raises(lambda: cross([constant([[["a"]], [["b"]]], ragged_rank=1)])),
        "vector": raises(lambda: cross([tf.constant(["a"])])),
        "bool": raises(lambda: cross([tf.constant([[True]])])),
        "buckets": raises(lambda: hashed([features["a"]], -1)),
        "no number": raises(lambda: hashed([features["a"]], None)),
    }


@script("sparse.cross")
def _(tf):
    features = _features(tf)
    cross, hashed = tf.sparse.cross, tf.sparse.cross_hashed
    found = {}
    for names in ("d", "wide d", "s", "s sn", "dn d", "s wide sn", ""):
        inputs = [features[name] for name in names.split()]
        found[names] = [
            _parts(cross(inputs)),
            _parts(cross(inputs, separator="-")),
            _parts(hashed(inputs)),
            _parts(hashed(inputs, num_buckets=10)),
            _parts(hashed(inputs, num_buckets=10, hash_key=5)),
        ]
    found["float"] = _parts(cross([tf.constant([[1.7]])]))
    found["refused"] = [
        raises(lambda: cross(features["s"])),
        raises(lambda: cross([features["a"]])),
        raises(lambda: cross([[["a"]]])),
        raises(lambda: cross([tf.constant([["a"]]), features["s"]])),
        raises(lambda: cross([tf.constant(["a"])])),
        raises(lambda: cross([tf.constant([[["a"]]])])),
        raises(lambda: cross(None)),
        raises(lambda: hashed([features["s"]], -1)),
    ]
    return found


@script("ragged_fill_empty_rows")
def _(tf):
    def filled(rows, values, nrows, default):
        return tf.ragged_fill_empty_rows(tf.constant(rows, tf.int64), tf.constant(values), nrows, default)

    def of_gradient(where, values):
        return tf.ragged_fill_empty_rows_grad(tf.constant(where, tf.int64), tf.constant(values))

    x, default = tf.Variable([1.0, 2.0, 3.0]), tf.Variable(9.0)
    with tf.GradientTape() as tape:
        rows = tf.constant([0, 2, 2], tf.int64)
        y = tf.ragged_fill_empty_rows(rows, x, 4, default).output_values
        y = y**3 * tf.constant([1.0, 2.0, 3.0, 4.0, 5.0])
    return {
        "two empty": filled([0, 2, 2], [1.0, 2.0, 3.0], 4, 9.0),
        "none empty": filled([0, 1], [1, 2], 2, 9),
        "strings": filled([1], ["a"], 3, "z"),
        "all empty": tf.ragged_fill_empty_rows(tf.constant([], tf.int64), tf.constant([]), 2, 1.0),
        "no rows": tf.ragged_fill_empty_rows(tf.constant([], tf.int64), tf.constant([]), 0, 1.0),
        "out of order": filled([2, 0], [1, 2], 3, 9),
        "gradient": tape.gradient(y, [x, default]),
        "grad": of_gradient([0, 2, 3], [1.0, 2.0, 3.0, 4.0, 5.0]),
        "refused": [
            raises(lambda: filled([3], [1], 3, 9)),
            raises(lambda: filled([-1], [1], 3, 9)),
            raises(lambda: filled([0], [1], 3, [9])),
            raises(lambda: filled([0, 1], [1], 3, 9)),
            raises(lambda: filled([0], [1], 3, 9.0)),
            raises(lambda: filled([0], [[1, 2]], 3, 9)),
            raises(lambda: filled([0], [1], -1, 9)),
            raises(lambda: tf.ragged_fill_empty_rows(tf.constant([0]), tf.constant([1]), 3, 9)),
            raises(lambda: of_gradient([9], [1.0])),
            raises(lambda: of_gradient([-1], [1.0])),
            raises(lambda: of_gradient([1], [[1.0, 2.0]])),
        ],
    }
