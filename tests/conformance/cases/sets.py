"""tf.sets: the last axis of dense and sparse tensors as sets; tf.fingerprint."""

from conformance_kit import raises, script

OPERATIONS = {
    "difference": lambda tf, a, b: tf.sets.difference(a, b),
    "difference, turned": lambda tf, a, b: tf.sets.difference(a, b, aminusb=False),
    "intersection": lambda tf, a, b: tf.sets.intersection(a, b),
    "union": lambda tf, a, b: tf.sets.union(a, b),
}


def parts(found):
    return [found.indices, found.values, found.dense_shape]


def dense(tf, values, dtype="int32"):
    return tf.constant(values, dtype)


def sparse(tf, indices, values, shape, dtype="int32"):
    return tf.SparseTensor(tf.constant(indices, tf.int64), tf.constant(values, dtype), shape)


def operands(tf):
    left = sparse(tf, [[0, 0], [0, 1], [1, 0], [3, 0], [3, 2]], [9, 1, 5, 4, 3], [4, 3])
    right = sparse(tf, [[0, 0], [2, 0], [3, 0], [3, 1]], [1, 7, 3, 8], [4, 2])
    return {
        "vectors": (dense(tf, [3, 1, 2, 3]), dense(tf, [2, 9, 2])),
        "matrices": (dense(tf, [[1, 2], [3, 3]]), dense(tf, [[2, 5, 2], [4, 3, 1]])),
        "rank 3": (dense(tf, [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]), dense(tf, [[[1], [9]], [[6], [8]]])),
        "empty": (dense(tf, [[], []]), dense(tf, [[1], [2]])),
        "strings": (dense(tf, [["b", "a"]], "string"), dense(tf, [["b", "\xe9"]], "string")),
        "int64": (dense(tf, [[-1, 2]], "int64"), dense(tf, [[2, -5]], "int64")),
        "uint8": (dense(tf, [[1, 255]], "uint8"), dense(tf, [[255, 7]], "uint8")),
        "dense and sparse": (dense(tf, [[1, 9], [5, 5], [7, 0], [3, 0]]), right),
        "sparse and dense": (left, dense(tf, [[1, 9], [5, 5], [7, 0], [3, 0]])),
        "sparse": (left, right),
        "sparse strings": (
            sparse(tf, [[0, 0], [1, 1]], ["a", "b"], [2, 2], "string"),
            sparse(tf, [[1, 0]], ["b"], [2, 1], "string"),
        ),
        "sparse without rows": (
            sparse(tf, [[2, 0]], [1], [3, 3]),
            sparse(tf, [[0, 0]], [1], [3, 3]),
        ),
        "sparse of rank 3": (
            sparse(tf, [[0, 0, 1], [1, 1, 0], [1, 1, 1]], [4, 7, 6], [2, 2, 2]),
            sparse(tf, [[0, 1, 0], [1, 1, 0]], [4, 6], [2, 2, 1]),
        ),
    }


for name, operation in OPERATIONS.items():

    @script(f"sets.{name}")
    def _(tf, operation=operation):
        return {kind: raises(lambda p=pair: parts(operation(tf, *p))) for kind, pair in operands(tf).items()}


@script("sets.size")
def _(tf):
    return {
        kind: raises(lambda a=a: tf.sets.size(a))
        for kind, (a, b) in operands(tf).items()
        if isinstance(a, tf.SparseTensor)
    } | {
        "repeated": tf.sets.size(sparse(tf, [[0, 0], [0, 1], [0, 2], [1, 1]], [4, 4, 5, 4], [2, 3])),
        "rank 3": tf.sets.size(sparse(tf, [[0, 1, 0], [1, 1, 1]], [4, 4], [2, 2, 2])),
        "dense": raises(lambda: tf.sets.size(dense(tf, [1]))),
    }


@script("sets: what does not fit")
def _(tf):
    a, b = dense(tf, [[1, 2]]), dense(tf, [[2, 3]])
    disordered = sparse(tf, [[1, 0], [0, 0]], [1, 2], [2, 2])
    outside = sparse(tf, [[5, 0]], [1], [2, 2])
    square = dense(tf, [[1], [2]])

    def both(x, y, **options):
        return raises(lambda: parts(tf.sets.intersection(x, y, **options)))

    return {
        "rank 0": both(dense(tf, 1), dense(tf, 2)),
        "other rank": both(a, dense(tf, [1])),
        "other rows": both(a, square),
        "float": both(dense(tf, [1.0], "float32"), dense(tf, [1.0], "float32")),
        "bool": both(dense(tf, [True], "bool"), dense(tf, [True], "bool")),
        "int8": both(dense(tf, [[1]], "int8"), dense(tf, [[1]], "int8")),
        "uint32": both(dense(tf, [1], "uint32"), dense(tf, [1], "uint32")),
        "two dtypes": both(a, dense(tf, [[1]], "int64")),
        "lists": both([[1, 2]], [[2]]),
        "list and tensor": both([[1, 2]], dense(tf, [[2]], "int64")),
        "tensor and list": both(dense(tf, [[2]], "int64"), [[1, 2]]),
        "out of order": both(disordered, disordered),
        "out of order, dense": both(square, disordered),
        "out of order, not checked": both(disordered, disordered, validate_indices=False),
        "outside": both(outside, sparse(tf, [[0, 0]], [1], [2, 2])),
        "sparse of other rank": both(square, sparse(tf, [[0]], [1], [2])),
        "sparse of other rows": both(square, sparse(tf, [[0, 0]], [1], [3, 2])),
        "None": both(None, a),
        "b is missing": raises(lambda: tf.sets.union(a)),
        "ragged": both(tf.ragged.constant([[1]]), a),
        "in a function": parts(tf.function(lambda x, y: tf.sets.union(x, y))(a, b)),
    }


@script("fingerprint")
def _(tf):
    return {
        "numbers": tf.fingerprint([[1, 2], [3, 4], [-5, 6]]),
        "floats": tf.fingerprint(tf.constant([[0.5], [-0.0], [0.0]])),
        "rank 3": tf.fingerprint(tf.reshape(tf.range(24, dtype=tf.int64), [2, 3, 4])),
        "vector": tf.fingerprint([7, 8]),
        "bool": tf.fingerprint([[True, False]]),
        "half": tf.fingerprint(tf.constant([[1.5]], tf.float16)),
        "complex": tf.fingerprint(tf.constant([[1.5 + 2j]], tf.complex64)),
        "strings": tf.fingerprint(["a", "", "\xe9", "x" * 100]),
        "matrix of strings": tf.fingerprint([["a", "b"], ["c", "d"]]),
        "one string a row": tf.fingerprint([["a"], ["b"]]),
        "nothing": tf.fingerprint(tf.zeros([0, 3])),
        "rows of nothing": tf.fingerprint(tf.zeros([2, 0])),
        "method": tf.fingerprint([1], method="farmhash64"),
        "scalar": raises(lambda: tf.fingerprint(3)),
        "other method": raises(lambda: tf.fingerprint([1], method="md5")),
        "no method": raises(lambda: tf.fingerprint([1], method=3)),
        "variable": tf.fingerprint(tf.Variable([1, 2])),
    }
