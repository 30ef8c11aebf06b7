"""tf.shape of RaggedTensors, DynamicRaggedShape, RowPartition, and what takes such shapes."""

from conformance_kit import raises, script


def _described(shape):
    return [
        [one.row_splits() for one in shape.row_partitions],
        shape.inner_shape,
        shape.dtype,
        shape.rank,
        shape.inner_rank,
        shape.num_row_partitions,
        [None if n is None else list(n) if isinstance(n, tuple) else int(n) for n in shape.static_lengths()],
        repr(shape).replace("np.int64", "").replace("np.int32", ""),
    ]


def _tensors(tf):
    constant = tf.ragged.constant
    return {
        "rows": constant([[1.0, 2.0], [], [3.0]]),
        "deep": constant([[[1.0, 2.0], [3.0]], [], [[4.0, 5.0, 6.0]]]),
        "uniform": tf.RaggedTensor.from_uniform_row_length([1.0, 2.0, 3.0, 4.0], 2),
        "pairs": constant([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]]], ragged_rank=1),
        "dense": tf.zeros([2, 3]),
        "short": constant([[1.0]], row_splits_dtype=tf.int32),
    }


@script("shapes of tensors")
def _(tf):
    Shape = tf.experimental.DynamicRaggedShape
    found = {}
    for name, x in _tensors(tf).items():
        shape = Shape.from_tensor(x)
        found[name] = [
            _described(shape),
            _described(Shape.from_tensor(x, dtype=tf.int64)),
            _described(shape.with_dtype(tf.int32)),
            [shape.is_uniform(axis) for axis in range(shape.rank)],
            raises(lambda shape=shape: shape.is_uniform(9)),
            raises(lambda shape=shape: shape.with_dtype(tf.float32)),
            raises(lambda shape=shape: len(shape)),
            raises(lambda shape=shape: hash(shape)),
            raises(lambda shape=shape: tf.convert_to_tensor(shape)),
            [bool(shape == Shape.from_tensor(y)) for y in _tensors(tf).values()],
            tf.nest.flatten(shape, expand_composites=True),
        ]
        if name != "dense":
            found[f"tf.shape, {name}"] = [
                _described(tf.shape(x)),
                _described(tf.shape(x, out_type=tf.int64)),
                tf.size(x),
            ]
    return found


@script("parts of shapes")
def _(tf):
    Shape = tf.experimental.DynamicRaggedShape
    found = {}
    for name, x in _tensors(tf).items():
        shape = Shape.from_tensor(x)
        for at in (0, 1, 2, 3, -1, -2):
            found[f"{name}, {at}"] = (
                shape[at]
                if -shape.rank <= at < shape.rank and shape.static_lengths(False)[at] is not None
                else raises(lambda shape=shape, at=at: shape[at])
            )
        for start, stop in ((0, 1), (None, 2), (0, 2), (None, None)):
            found[f"{name}, {start}:{stop}"] = _described(shape[start:stop])
        found[f"{name}, step"] = raises(lambda shape=shape: shape[0:3:2])
        found[f"{name}, ..."] = raises(lambda shape=shape: shape[...])
        inner = shape[1:] if name in ("uniform", "dense") else None
        found[f"{name}, 1:"] = raises(lambda shape=shape: shape[1:]) if inner is None else _described(inner)
    return found


@script("shapes made")
def _(tf):
    Shape, Rows = tf.experimental.DynamicRaggedShape, tf.experimental.RowPartition
    found = {}
    for lengths, count in (
        ([2, 3], None),
        ([2, (1, 2)], None),
        ([2, (2, 1), 3], None),
        ([2, (2, 1), (1, 2, 1)], None),
        ([2, 2, (2, 1, 0, 1)], None),
        ([], None),
        ([3], None),
        ([2, 3, 4], 2),
        ([2, 3, 4], 1),
        ([2, (2, 1), 3], 2),
        ([2, (2, 1), 2, 2], 1),
        ([2, 3], -1),
    ):
        found[f"{lengths}, {count}"] = _described(Shape.from_lengths(lengths, num_row_partitions=count))
    for lengths, count in (
        ([2, (2, 1), (1, 2, 1)], 1),
        ([(1, 2)], None),
        ([2, (1, 2, 3)], None),
        ([2, 3], 2),
        ("ab", None),
        (3, None),
        ([2, "a"], None),
        ([2, (1, -1)], None),
    ):
        found[f"{lengths}, {count}"] = raises(
            lambda lengths=lengths, count=count: Shape.from_lengths(lengths, num_row_partitions=count)
        )
    one, two = Rows.from_row_lengths([2, 0, 1]), Rows.from_row_splits([0, 1, 1, 3])
    found["partitions"] = [
        _described(Shape.from_row_partitions([one, two])),
        _described(Shape.from_row_partitions([one], dtype=tf.int32)),
        _described(Shape([one], [3, 2])),
        _described(Shape([one], tf.constant([3]))),
        _described(Shape([], [2, 3])),
        raises(lambda: Shape.from_row_partitions([])),
        raises(lambda: Shape(one, [3])),
        raises(lambda: Shape([one], [])),
    ]
    return found


@script("functions of shapes")
def _(tf):
    Shape = tf.experimental.DynamicRaggedShape
    tensors = _tensors(tf)
    rows, deep, dense = (Shape.from_tensor(tensors[name]) for name in ("rows", "deep", "dense"))
    column = tf.Variable([[1.0], [2.0], [3.0]])
    with tf.GradientTape(persistent=True) as tape:
        spread = tf.broadcast_to(column, rows)
        line = tf.reshape(column, rows)
    found = {
        "zeros": [
            tf.zeros(rows),
            tf.ones(rows, tf.int32),
            tf.fill(rows, 2),
            tf.zeros(dense),
            tf.fill(dense, 2),
        ],
        "broadcast_to": [
            spread,
            tf.broadcast_to(1.0, deep),
            tf.broadcast_to([1.0], rows),
            tf.broadcast_to(tensors["rows"], rows),
            tf.broadcast_to(tf.RaggedTensor.from_uniform_row_length([1.0, 2.0, 3.0], 1), rows),
            tf.broadcast_to([[1.0, 2.0, 3.0]], dense),
        ],
        "broadcast_to refused": [
            raises(lambda: tf.broadcast_to([[1.0], [2.0], [3.0]], deep)),
            raises(lambda: tf.broadcast_to(tensors["rows"], tf.shape(tensors["rows"]))),
            raises(lambda: tf.broadcast_to(tf.ragged.constant([[1.0], [2.0], [3.0]]), rows)),
            raises(lambda: tf.broadcast_to(tensors["rows"], [3, 2])),
        ],
        "reshape": [
            line,
            tf.reshape(tf.range(3.0), tf.shape(tensors["rows"])),
            tf.reshape(tensors["pairs"], deep),
        ],
        "reshape to dense": [
            tf.reshape(tensors["rows"], shape) for shape in ([-1], [3], [3, -1], [1, 3], -1, [-1, 1])
        ],
        "reshape refused": [
            raises(lambda: tf.reshape(tensors["rows"], [4])),
            raises(lambda: tf.reshape(tensors["rows"], [])),
            raises(lambda: tf.reshape(tensors["rows"], deep)),
        ],
        "broadcast_dynamic_shape": [
            _described(tf.broadcast_dynamic_shape(rows, Shape.from_lengths([3, 1]))),
            _described(tf.broadcast_dynamic_shape([3, 1], rows)),
            _described(tf.broadcast_dynamic_shape(rows, rows)),
            _described(tf.broadcast_dynamic_shape(dense, [1, 3])),
            _described(tf.broadcast_dynamic_shape(deep, [3, 1, 1])),
            raises(lambda: tf.broadcast_dynamic_shape(rows, Shape.from_lengths([2, 1]))),
            raises(lambda: tf.broadcast_dynamic_shape(deep, rows)),
        ],
        "gradients": [tape.gradient(spread, column), tape.gradient(line, column)],
    }
    return found


@script("row partitions")
def _(tf):
    Rows = tf.experimental.RowPartition
    made = {
        "lengths": lambda **k: Rows.from_row_lengths([2, 0, 1], **k),
        "splits": lambda **k: Rows.from_row_splits([0, 2, 2, 3], **k),
        "starts": lambda **k: Rows.from_row_starts([0, 2, 2], 3, **k),
        "limits": lambda **k: Rows.from_row_limits([2, 2, 3], **k),
        "row ids": lambda **k: Rows.from_value_rowids([0, 0, 2], **k),
        "more rows": lambda **k: Rows.from_value_rowids([0, 0, 2], nrows=4, **k),
        "uniform": lambda **k: Rows.from_uniform_row_length(2, nvals=6, **k),
        "uniform rows": lambda **k: Rows.from_uniform_row_length(2, nrows=3, **k),
        "nothing": lambda **k: Rows.from_uniform_row_length(0, nvals=0, nrows=3, **k),
    }
    methods = "nrows nvals offsets_in_rows row_lengths row_limits row_splits row_starts value_rowids"
    found = {}
    for name, make in made.items():
        rows = make()
        found[name] = [getattr(rows, method)() for method in methods.split()]
        found[f"{name}, what"] = [
            rows.uniform_row_length(),
            rows.is_uniform(),
            rows.static_nrows,
            rows.dtype,
            repr(rows),
            rows.with_dtype(tf.int32).row_splits(),
            make(dtype=tf.int32).row_splits(),
            make(dtype_hint=tf.int32).row_splits(),
            raises(lambda make=make: make(dtype=tf.float32)),
        ]
    found["unchecked"] = Rows.from_row_splits([0, 3, 2], validate=False).row_splits()
    found["empty"] = [Rows.from_row_lengths([]).row_splits(), Rows.from_value_rowids([]).row_splits()]
    found["int32"] = Rows.from_row_splits(tf.constant([0, 1])).row_splits()
    found["refused"] = [
        raises(lambda: Rows.from_row_splits([0, 3, 2])),
        raises(lambda: Rows.from_row_splits([1, 2])),
        raises(lambda: Rows.from_row_splits([])),
        raises(lambda: Rows.from_row_lengths([-1])),
        raises(lambda: Rows.from_row_lengths([[1]])),
        raises(lambda: Rows.from_row_lengths(["a"])),
        raises(lambda: Rows.from_row_lengths([1.0])),
        raises(lambda: Rows.from_value_rowids([1, 0])),
        raises(lambda: Rows.from_value_rowids([0, 5], nrows=2)),
        raises(lambda: Rows.from_value_rowids([-1, 0])),
        raises(lambda: Rows.from_uniform_row_length(2, nvals=5)),
        raises(lambda: Rows.from_uniform_row_length(2)),
        raises(lambda: Rows.from_uniform_row_length(2, nvals=4, nrows=3)),
        raises(lambda: Rows.from_uniform_row_length(-1, nvals=4)),
        raises(lambda: Rows.from_row_starts([1], 2)),
        raises(lambda: Rows.from_row_starts([0, 3], 2)),
        raises(lambda: Rows.from_row_limits([3, 2])),
        raises(lambda: Rows([0, 1])),
    ]
    return found
