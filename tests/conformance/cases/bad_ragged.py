"""RaggedTensors of splits that do not ascend, lengths that do not add up, and dtypes that are none."""

import numpy as np
from cases._programs import programs

V = [1.0, 2.0, 3.0, 4.0]


def R(tf):
    return tf.RaggedTensor


programs(
    "splits",
    {
        f"{name}{'' if valid else ' unchecked'}": (
            lambda tf, s=splits, valid=valid: R(tf).from_row_splits(V, s, validate=valid)
        )
        for name, splits in {
            "good": [0, 1, 4],
            "descending": [0, 3, 1, 4],
            "first is 1": [1, 2, 4],
            "last too small": [0, 1, 3],
            "last too large": [0, 1, 5],
            "negative": [0, -1, 4],
            "none": [],
            "one": [0],
            "floats": [0.0, 1.0, 4.0],
            "strings": ["a"],
            "matrix": [[0, 4]],
            "scalar": 4,
            "int32": np.array([0, 1, 4], np.int32),
            "int8": np.array([0, 1, 4], np.int8),
            "bools": [False, True],
            "nothing": None,
        }.items()
        for valid in (
            (True, False) if name in ("good", "int32", "floats", "matrix", "scalar", "none") else (True,)
        )
    },
)
programs(
    "row lengths",
    {
        name: lambda tf, x=x: R(tf).from_row_lengths(V, x)
        for name, x in {
            "good": [1, 3],
            "empty row": [0, 4, 0],
            "too few": [1, 2],
            "too many": [1, 5],
            "negative": [-1, 5],
            "none": [],
            "floats": [1.0, 3.0],
            "matrix": [[1, 3]],
            "scalar": 4,
            "int32": np.array([1, 3], np.int32),
        }.items()
    },
)
programs(
    "row ids",
    {
        name: lambda tf, x=x, n=n: R(tf).from_value_rowids(V, x, n)
        for name, (x, n) in {
            "good": ([0, 0, 1, 1], None),
            "gap": ([0, 0, 3, 3], None),
            "more rows": ([0, 0, 1, 1], 4),
            "fewer rows": ([0, 0, 1, 1], 1),
            "no rows": ([0, 0, 1, 1], 0),
            "negative rows": ([0, 0, 1, 1], -1),
            "descending": ([1, 0, 1, 1], None),
            "negative": ([-1, 0, 1, 1], None),
            "too few": ([0, 1], None),
            "too many": ([0, 0, 0, 1, 1], None),
            "floats": ([0.0, 0.0, 1.0, 1.0], None),
            "float rows": ([0, 0, 1, 1], 2.0),
            "matrix": ([[0, 0, 1, 1]], None),
        }.items()
    },
)
programs(
    "row starts and limits",
    {
        **{
            f"starts {name}": lambda tf, x=x: R(tf).from_row_starts(V, x)
            for name, x in {
                "good": [0, 1],
                "descending": [0, 3, 1],
                "first is 1": [1, 3],
                "beyond": [0, 9],
                "none": [],
                "floats": [0.0],
                "matrix": [[0, 1]],
            }.items()
        },
        **{
            f"limits {name}": lambda tf, x=x: R(tf).from_row_limits(V, x)
            for name, x in {
                "good": [1, 4],
                "descending": [3, 1, 4],
                "too small": [1, 3],
                "beyond": [1, 9],
                "negative": [-1, 4],
                "none": [],
                "floats": [4.0],
                "matrix": [[1, 4]],
            }.items()
        },
        **{
            f"uniform {name}": lambda tf, x=x, n=n: R(tf).from_uniform_row_length(V, x, n)
            for name, (x, n) in {
                "good": (2, None),
                "not a divisor": (3, None),
                "zero": (0, None),
                "negative": (-2, None),
                "float": (2.0, None),
                "vector": ([2], None),
                "rows": (2, 2),
                "rows that do not fit": (2, 3),
                "negative rows": (2, -1),
            }.items()
        },
    },
)
programs(
    "nested and other constructors",
    {
        "nested splits": lambda tf: R(tf).from_nested_row_splits(V, [[0, 1, 2], [0, 1, 4]]),
        "nested do not fit": lambda tf: R(tf).from_nested_row_splits(V, [[0, 1, 3], [0, 1, 4]]),
        "nested is a tensor": lambda tf: R(tf).from_nested_row_splits(V, tf.constant([[0, 1, 4]])),
        "nested none": lambda tf: R(tf).from_nested_row_splits(V, []),
        "nested lengths": lambda tf: R(tf).from_nested_row_lengths(V, [[1, 1], [1, 3]]),
        "nested lengths do not fit": lambda tf: R(tf).from_nested_row_lengths(V, [[1, 2], [1, 3]]),
        "nested ids": lambda tf: R(tf).from_nested_value_rowids(V, [[0, 1], [0, 0, 1, 1]]),
        "nested ids and rows": lambda tf: R(tf).from_nested_value_rowids(V, [[0, 1], [0, 0, 1, 1]], [2]),
        "nested ids, rows a number": lambda tf: R(tf).from_nested_value_rowids(V, [[0, 1], [0, 0, 1, 1]], 2),
        "values scalar": lambda tf: R(tf).from_row_splits(1.0, [0, 1]),
        "values strings": lambda tf: R(tf).from_row_splits(["a", "b"], [0, 1, 2]),
        "values nothing": lambda tf: R(tf).from_row_splits(None, [0, 1]),
        "values sparse": lambda tf: R(tf).from_row_splits(tf.sparse.eye(2), [0, 1, 2]),
        "direct": lambda tf: R(tf)(V, [0, 4]),
        "from_tensor scalar": lambda tf: R(tf).from_tensor(1.0),
        "from_tensor vector": lambda tf: R(tf).from_tensor([1.0]),
        "from_tensor lengths": lambda tf: R(tf).from_tensor([[1.0, 2.0], [3.0, 4.0]], lengths=[1, 0]),
        "from_tensor lengths too large": lambda tf: R(tf).from_tensor([[1.0, 2.0]], lengths=[5]),
        "from_tensor lengths negative": lambda tf: R(tf).from_tensor([[1.0, 2.0]], lengths=[-1]),
        "from_tensor lengths too many": lambda tf: R(tf).from_tensor([[1.0, 2.0]], lengths=[1, 1]),
        "from_tensor padding": lambda tf: R(tf).from_tensor([[1.0, 0.0]], padding=0.0),
        "from_tensor padding of ints": lambda tf: R(tf).from_tensor([[1, 0]], padding=0.5),
        "from_tensor padding vector": lambda tf: R(tf).from_tensor([[1.0, 0.0]], padding=[0.0, 0.0]),
        "from_tensor both": lambda tf: R(tf).from_tensor([[1.0, 0.0]], lengths=[1], padding=0.0),
        "from_tensor rank 0": lambda tf: R(tf).from_tensor([[1.0, 0.0]], ragged_rank=0),
        "from_tensor rank 2": lambda tf: R(tf).from_tensor([[1.0, 0.0]], ragged_rank=2),
        "from_tensor rank float": lambda tf: R(tf).from_tensor([[1.0, 0.0]], ragged_rank=1.0),
        "from_tensor splits int8": lambda tf: R(tf).from_tensor([[1.0]], row_splits_dtype=tf.int8),
        "from_sparse vector": lambda tf: R(tf).from_sparse(tf.SparseTensor([[0]], [1.0], [2])),
        "from_sparse gap": lambda tf: R(tf).from_sparse(tf.SparseTensor([[0, 1]], [1.0], [2, 3])),
        "from_sparse dense": lambda tf: R(tf).from_sparse(tf.ones([2, 2])),
        "from_sparse rank 3": lambda tf: R(tf).from_sparse(tf.SparseTensor([[0, 0, 0]], [1.0], [1, 1, 1])),
        "constant mixed": lambda tf: tf.ragged.constant([[1], 2]),
        "constant depths": lambda tf: tf.ragged.constant([[[1]], [2]]),
        "constant dtypes": lambda tf: tf.ragged.constant([[1], ["a"]]),
        "constant dtype": lambda tf: tf.ragged.constant([["a"]], dtype=tf.int32),
        "constant rank 0": lambda tf: tf.ragged.constant([1, 2], ragged_rank=0),
        "constant rank 3": lambda tf: tf.ragged.constant([[1, 2]], ragged_rank=3),
        "constant inner": lambda tf: tf.ragged.constant([[[1, 2]], []], inner_shape=(2,)),
        "constant scalar": lambda tf: tf.ragged.constant(1),
        "constant splits": lambda tf: tf.ragged.constant([[1]], row_splits_dtype=tf.int8),
        "range": lambda tf: tf.ragged.range([1, 2], [3, 5]),
        "range delta 0": lambda tf: tf.ragged.range([1, 2], [3, 5], 0),
        "range lengths": lambda tf: tf.ragged.range([1, 2, 3], [3, 5]),
        "ids_to_splits descending": lambda tf: tf.ragged.segment_ids_to_row_splits([1, 0]),
        "ids_to_splits few": lambda tf: tf.ragged.segment_ids_to_row_splits([0, 1], 1),
        "ids_to_splits floats": lambda tf: tf.ragged.segment_ids_to_row_splits([0.0]),
        "splits_to_ids descending": lambda tf: tf.ragged.row_splits_to_segment_ids([0, 3, 1]),
        "splits_to_ids none": lambda tf: tf.ragged.row_splits_to_segment_ids([]),
        "splits_to_ids floats": lambda tf: tf.ragged.row_splits_to_segment_ids([0.0]),
        "splits_to_ids matrix": lambda tf: tf.ragged.row_splits_to_segment_ids([[0]]),
    },
)


def r(tf):
    return tf.ragged.constant([[1.0, 2.0], [], [3.0]])


def s(tf):
    return tf.ragged.constant([[1.0], [2.0], [3.0]])


programs(
    "indexing",
    {
        name: lambda tf, f=f: f(r(tf))
        for name, f in {
            "row": lambda x: x[0],
            "row beyond": lambda x: x[3],
            "row before": lambda x: x[-4],
            "item": lambda x: x[0, 1],
            "item beyond": lambda x: x[0, 2],
            "item of an empty row": lambda x: x[1, 0],
            "column": lambda x: x[:, 0],
            "columns": lambda x: x[:, :1],
            "step 0": lambda x: x[::0],
            "column step 0": lambda x: x[:, ::0],
            "column step -1": lambda x: x[:, ::-1],
            "too many": lambda x: x[0, 0, 0],
            "float": lambda x: x[1.0],
            "string": lambda x: x["a"],
            "None": lambda x: x[None],
            "list": lambda x: x[[0, 1]],
            "bool": lambda x: x[True],
            "two ellipses": lambda x: x[..., ..., 0],
            "length": lambda x: len(x),
            "truth": lambda x: bool(x),
            "list of": lambda x: list(x),
            "set": lambda x: x.__setitem__(0, 1),
            "numpy": lambda x: x.to_list(),
            "shape": lambda x: x.shape,
        }.items()
    },
)
programs(
    "functions",
    {
        name: lambda tf, f=f: f(tf, r(tf), s(tf))
        for name, f in {
            "plus splits that differ": lambda tf, x, y: x + y,
            "plus dtypes": lambda tf, x, y: x + tf.cast(x, tf.float64),
            "plus vector": lambda tf, x, y: x + tf.constant([1.0, 2.0]),
            "plus column": lambda tf, x, y: x + tf.constant([[1.0], [2.0], [3.0]]),
            "plus rows": lambda tf, x, y: x + tf.ones([2, 1]),
            "plus string": lambda tf, x, y: x + "a",
            "plus int": lambda tf, x, y: x + 1,
            "reshape": lambda tf, x, y: tf.reshape(x, [-1]),
            "transpose": lambda tf, x, y: tf.transpose(x),
            "reduce axis 2": lambda tf, x, y: tf.reduce_sum(x, axis=2),
            "reduce axis -3": lambda tf, x, y: tf.reduce_sum(x, axis=-3),
            "reduce axis -1": lambda tf, x, y: tf.reduce_sum(x, axis=-1),
            "reduce twice": lambda tf, x, y: tf.reduce_sum(x, axis=[1, 1]),
            "reduce_max empty": lambda tf, x, y: tf.reduce_max(x, axis=1),
            "reduce_mean empty": lambda tf, x, y: tf.reduce_mean(x, axis=1),
            "concat rows": lambda tf, x, y: tf.concat([x, y], 0),
            "concat axis 1": lambda tf, x, y: tf.concat([x, y], 1),
            "concat axis 2": lambda tf, x, y: tf.concat([x, y], 2),
            "concat rows that differ": lambda tf, x, y: tf.concat([x, y[:2]], 1),
            "concat dtypes": lambda tf, x, y: tf.concat([x, tf.cast(y, tf.int32)], 0),
            "concat ranks": lambda tf, x, y: tf.concat([x, tf.ones([2])], 0),
            "stack": lambda tf, x, y: tf.stack([x, y]),
            "stack axis 3": lambda tf, x, y: tf.stack([x, y], 3),
            "ragged stack ranks": lambda tf, x, y: tf.ragged.stack([x, tf.ones([2])]),
            "ragged stack none": lambda tf, x, y: tf.ragged.stack([]),
            "gather beyond": lambda tf, x, y: tf.gather(x, [5]),
            "gather negative": lambda tf, x, y: tf.gather(x, [-1]),
            "gather floats": lambda tf, x, y: tf.gather(x, [1.0]),
            "gather_nd beyond": lambda tf, x, y: tf.gather_nd(x, [[0, 5]]),
            "gather_nd": lambda tf, x, y: tf.gather_nd(x, [[0, 1]]),
            "boolean_mask": lambda tf, x, y: tf.ragged.boolean_mask(x, [True, False, True]),
            "boolean_mask short": lambda tf, x, y: tf.ragged.boolean_mask(x, [True, False]),
            "boolean_mask ints": lambda tf, x, y: tf.ragged.boolean_mask(x, [1, 0, 1]),
            "boolean_mask shape": lambda tf, x, y: tf.ragged.boolean_mask(x, tf.cast(y, tf.bool)),
            "boolean_mask scalar": lambda tf, x, y: tf.ragged.boolean_mask(x, True),
            "map_flat_values": lambda tf, x, y: tf.ragged.map_flat_values(tf.add, x, y),
            "map_flat_values reduces": lambda tf, x, y: tf.ragged.map_flat_values(tf.reduce_sum, x),
            "map_flat_values of dense": lambda tf, x, y: tf.ragged.map_flat_values(tf.exp, tf.ones([2])),
            "with_flat_values short": lambda tf, x, y: x.with_flat_values([1.0]),
            "with_values short": lambda tf, x, y: x.with_values([1.0]),
            "with_values dtype": lambda tf, x, y: x.with_values(["a", "b", "c"]),
            "with_splits int32": lambda tf, x, y: x.with_row_splits_dtype(tf.int32),
            "with_splits int8": lambda tf, x, y: x.with_row_splits_dtype(tf.int8),
            "to_tensor": lambda tf, x, y: x.to_tensor(),
            "to_tensor default": lambda tf, x, y: x.to_tensor(default_value=9.0),
            "to_tensor default dtype": lambda tf, x, y: x.to_tensor(default_value=tf.constant(9)),
            "to_tensor default string": lambda tf, x, y: x.to_tensor(default_value="a"),
            "to_tensor default shape": lambda tf, x, y: x.to_tensor(default_value=[1.0, 2.0, 3.0]),
            "to_tensor shape": lambda tf, x, y: x.to_tensor(shape=[2, 4]),
            "to_tensor rank": lambda tf, x, y: x.to_tensor(shape=[2]),
            "to_tensor negative": lambda tf, x, y: x.to_tensor(shape=[-2, 3]),
            "to_sparse": lambda tf, x, y: x.to_sparse(),
            "bounding_shape axis 2": lambda tf, x, y: x.bounding_shape(axis=2),
            "bounding_shape axis": lambda tf, x, y: x.bounding_shape(axis=1),
            "row_lengths axis 2": lambda tf, x, y: x.row_lengths(axis=2),
            "row_lengths axis 0": lambda tf, x, y: x.row_lengths(axis=0),
            "nrows": lambda tf, x, y: x.nrows(out_type=tf.int32),
            "merge_dims": lambda tf, x, y: x.merge_dims(0, 1),
            "merge_dims back": lambda tf, x, y: x.merge_dims(1, 0),
            "merge_dims beyond": lambda tf, x, y: x.merge_dims(0, 2),
            "consumers": lambda tf, x, y: x.consumers(),
            "constant of": lambda tf, x, y: tf.constant(x),
            "convert": lambda tf, x, y: tf.convert_to_tensor(x),
            "Variable of": lambda tf, x, y: tf.Variable(x),
            "cast string": lambda tf, x, y: tf.cast(x, tf.string),
            "expand_dims 3": lambda tf, x, y: tf.expand_dims(x, 3),
            "expand_dims 2": lambda tf, x, y: tf.expand_dims(x, 2),
            "squeeze": lambda tf, x, y: tf.squeeze(x),
            "squeeze axis 1": lambda tf, x, y: tf.squeeze(y, [1]),
            "reverse axis 1": lambda tf, x, y: tf.reverse(x, [1]),
            "reverse axis 2": lambda tf, x, y: tf.reverse(x, [2]),
            "tile": lambda tf, x, y: tf.tile(x, [1, 2]),
            "tile short": lambda tf, x, y: tf.tile(x, [1]),
            "tile negative": lambda tf, x, y: tf.tile(x, [1, -1]),
            "split": lambda tf, x, y: tf.split(x, 3),
            "split not a divisor": lambda tf, x, y: tf.split(x, 2),
            "softmax": lambda tf, x, y: tf.nn.softmax(x),
            "where": lambda tf, x, y: tf.where(x > 1.5, x, -x),
            "where splits that differ": lambda tf, x, y: tf.where(x > 1.5, x, y),
            "one_hot": lambda tf, x, y: tf.one_hot(tf.cast(x, tf.int32), 3),
            "size": lambda tf, x, y: tf.size(x),
            "rank": lambda tf, x, y: tf.rank(x),
            "equal": lambda tf, x, y: x == y,
            "equal same": lambda tf, x, y: x == x,
            "less": lambda tf, x, y: x < y,
            "einsum": lambda tf, x, y: tf.einsum("ij->i", x),
            "sort": lambda tf, x, y: tf.sort(x),
            "unique": lambda tf, x, y: tf.unique(x),
            "dynamic_partition": lambda tf, x, y: tf.dynamic_partition(x, [0, 1, 0], 2),
            "partition beyond": lambda tf, x, y: tf.dynamic_partition(x, [0, 5, 0], 2),
            "segment": lambda tf, x, y: tf.math.segment_sum(x, [0, 0, 1]),
            "unsorted_segment": lambda tf, x, y: tf.math.unsorted_segment_sum(
                x, tf.ragged.constant([[0, 1], [], [1]]), 2
            ),
            "unsorted_segment ids": lambda tf, x, y: tf.math.unsorted_segment_sum(x, [0, 1, 1], 2),
            "unsorted_segment beyond": lambda tf, x, y: tf.math.unsorted_segment_sum(
                x, tf.ragged.constant([[0, 5], [], [1]]), 2
            ),
        }.items()
    },
)
