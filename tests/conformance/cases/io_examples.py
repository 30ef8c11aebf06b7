"""tf.io.parse_example and its kin: examples, written by tf.train.Example, as tensors."""

from cases._plain import ask


def scope(tf):
    io, train = tf.io, tf.train

    def feature(values):
        values = [] if values is None else list(values)
        if not values:
            return train.Feature()
        if isinstance(values[0], bytes):
            return train.Feature(bytes_list=train.BytesList(value=values))
        if isinstance(values[0], float):
            return train.Feature(float_list=train.FloatList(value=values))
        return train.Feature(int64_list=train.Int64List(value=values))

    def features(given):
        return train.Features(feature={name: feature(values) for name, values in given.items()})

    def example(**given):
        return train.Example(features=features(given)).SerializeToString()

    def sequence(context, **steps):
        lists = {
            name: train.FeatureList(feature=[feature(one) for one in values])
            for name, values in steps.items()
        }
        whole = train.SequenceExample(
            context=features(context), feature_lists=train.FeatureLists(feature_list=lists)
        )
        return whole.SerializeToString()

    return {
        "tf": tf,
        "io": io,
        "E": example,
        "S": sequence,
        "FL": io.FixedLenFeature,
        "VL": io.VarLenFeature,
        "SF": io.SparseFeature,
        "RF": io.RaggedFeature,
        "FS": io.FixedLenSequenceFeature,
        "P": io.parse_example,
        "P1": io.parse_single_example,
        "PS": io.parse_sequence_example,
        "PS1": io.parse_single_sequence_example,
        "i": tf.int64,
        "f": tf.float32,
        "t": tf.string,
        "a": example(x=[1, 2], y=[1.5], z=[b"q"]),
        "b": example(x=[3, 4]),
        "c": example(x=[3, 4, -5]),
        "r": example(v=[1, 2, 3, 4, 5], l=[2, 3], s=[0, 2, 5], i=[0, 0, 1, 1, 1], st=[0, 2]),
        "s": example(ix=[5, 1], val=[1.5, 2.5], iy=[0, 2]),
        "q": sequence({"c": [1]}, f=[[1, 2], [3, 4]], g=[[1.5], None], w=[[b"a"], [b"b", b"c"]]),
        "q2": sequence({"c": [2]}, f=[[5, 6]], g=[]),
        "json": lambda text: io.decode_json_example(text).numpy(),
    }


ask(
    "io.parse_example: dense tensors",
    scope,
    """
    P([a, b], {'x': FL([2], i)})
    P([a, b], {'x': FL([1, 2], i)})
    P([a, b], {'y': FL([1], f)})
    P([a, b], {'y': FL([1], f, default_value=[7.0])})
    P([a, b], {'y': FL([], f, default_value=7.0)})
    P([a, b], {'z': FL([], t, default_value='d')})
    P([a, b], {'w': FL([2], f, default_value=7.0)})
    P([a, b], {'w': FL([2], f, default_value=[7.0, 8.0])})
    P([a, b], {'w': FL([2], f, default_value=[7.0, 8.0, 9.0])})
    P([a, b], {'w': FL([2], f, default_value=['a', 'b'])})
    P([a, c], {'x': FL([2], i)})
    P([a], {'x': FL([2], f)})
    P([a], {'x': FL([2], tf.int32)})
    P([a], {'x': FL([None], i)})
    P([a], {'x': FL([2, None], i)})
    P([a], {'x': FL(None, i)})
    P([a], {'x': FL([2], None)})
    P([E(x=None)], {'x': FL([2], i, [5, 6])})
    P([a, b], {'y': FL([1], f)}, example_names=['n1', 'n2'])
    P([a, c], {'x': FS([], i, allow_missing=True)})
    P([a, b], {'y': FS([], f, allow_missing=True)})
    P([a, b], {'y': FS([], f)})
    P([a, c], {'x': FS([2], i, allow_missing=True)})
    P([a, E(x=[1, 2, 3, 4])], {'x': FS([2], i, allow_missing=True)})
    P([a, c], {'x': FS([], i, allow_missing=True, default_value=-1)})
    P([a, c], {'x': FS([], i, allow_missing=True, default_value=[-1, -2])})
    P([a, b], {'z': FS([], t, allow_missing=True)})
    P1(c, {'x': FS([], i, allow_missing=True)})
    """,
)
ask(
    "io.parse_example: what is read",
    scope,
    """
    P(a, {'x': VL(i)})
    P(a, {'x': FL([2], i)})
    P([[a]], {'x': VL(i)})
    P(tf.constant([], tf.string), {'x': VL(i), 'y': FL([2], f), 'z': RF(t)})
    P1(a, {'x': FL([2], i), 'y': VL(f), 'q': VL(t)})
    P1([a], {'x': FL([2], i)})
    P1(b, {'y': FL([1], f)})
    P([b'hello'], {'x': VL(i)})
    P1(b'hello', {'x': VL(i)})
    P([a[:-1]], {'x': VL(i)})
    P([3], {'x': VL(i)})
    P([a], {})
    P([a], None)
    P([a], {'x': 3})
    list(P([a], {'z': VL(t), 'x': VL(i), 'a': FL([], i, 0)}))
    P([a + E(x=[9])], {'x': VL(i)})
    P([json('{"features":{"feature":{"x":{"int64List":{"value":[1,-2]}}}}}')], {'x': VL(i)})
    P([json('{"features":{"feature":{"x":{"floatList":{"value":[1,-2]}}}}}')], {'x': VL(f)})
    P([E(x=[2**62, -(2**63), 127, 128, 0])], {'x': VL(i)})
    P([E(x=[b'\\xff', b''])], {'x': VL(t)})
    P([b''], {'x': VL(i)})
    repr((RF(i), RF.RowLengths('l'), FL([], i), VL(i), FS([], i), SF('a', 'b', i, 3)))
    """,
)
ask(
    "io.parse_example: sparse and ragged tensors",
    scope,
    """
    P([a, b, c], {'x': VL(i), 'y': VL(f), 'z': VL(t)})
    P([a], {'x': VL(f)})
    P([a], {'x': VL(None)})
    P([a], {'x': VL(tf.int32)})
    P([E(x=None)], {'x': VL(i)})
    P([a, b, c], {'x': RF(i), 'y': RF(f)})
    P([a, b, c], {'x': RF(i, row_splits_dtype=tf.int64)})
    P([a], {'x': RF(f)})
    P1(c, {'x': RF(i)})
    P([r], {'v': RF(i, partitions=[RF.RowLengths('l')])})
    P([r, r], {'v': RF(i, partitions=[RF.RowSplits('s')])})
    P([r], {'v': RF(i, partitions=[RF.ValueRowIds('i')])})
    P([r, r], {'v': RF(i, partitions=[RF.ValueRowIds('i')])})
    P([r], {'v': RF(i, partitions=[RF.RowStarts('st')])})
    P([r], {'v': RF(i, partitions=[RF.RowLimits('s')])})
    P([a], {'x': RF(i, partitions=[RF.UniformRowLength(2)])})
    P([a, b], {'x': RF(i, partitions=[RF.UniformRowLength(1)])})
    P([r], {'q': RF(i, value_key='v', partitions=[RF.RowLengths('l'), RF.UniformRowLength(1)])})
    P([r], {'q': RF(i, value_key='v', partitions=[RF.UniformRowLength(1), RF.RowLengths('l')])})
    P1(r, {'v': RF(i, partitions=[RF.RowLengths('l')])})
    P([r], {'v': RF(i, partitions=[RF.RowLengths('i')], validate=True)})
    RF(i, partitions=[3])
    P([s], {'s': SF('ix', 'val', f, 10)})
    P([s], {'s': SF('ix', 'val', f, 10, already_sorted=True)})
    P([s, s], {'s': SF(['ix', 'iy'], 'val', f, [10, 3])})
    P([s], {'s': SF('ix', 'val', f, 3)})
    P1(s, {'s': SF('ix', 'val', f, 10)})
    P([E(ix=[1], val=[1.0, 2.0])], {'s': SF('ix', 'val', f, 10)})
    P([E(q=[1])], {'s': SF('ix', 'val', f, 10)})
    P([s], {'s': SF(['ix'], 'val', f, [10, 3])})
    P([s], {'s': SF('ix', 'val', f, 10), 'ix': VL(i)})
    P([s], {'s': SF('ix', 'val', f, 10), 'ix': VL(f)})
    P([s], {'s': SF('ix', 'val', f, 10), 'ix': FL([2], i)})
    """,
)
ask(
    "io.parse_sequence_example",
    scope,
    """
    PS1(q, {'c': FL([], i)}, {'f': FS([2], i), 'w': VL(t), 'g': RF(f)})
    PS([q, q2], {'c': FL([], i)}, {'f': FS([2], i), 'g': VL(f)})
    PS([q, q2], {'c': RF(i)}, {'f': RF(i), 'g': RF(f)})
    PS([q, q2], {'c': VL(i)}, {'f': VL(i)})
    PS([q], {}, {'f': FS([3], i)})
    PS([q], {}, {'f': FS([2], f)})
    PS([q], {}, {'f': VL(f)})
    PS([q], {}, {'h': FS([2], f)})
    PS([q, q2], {}, {'h': FS([2], f, allow_missing=True)})
    PS([q, q2], {}, {'h': VL(f), 'k': RF(f)})
    PS1(q, {}, {'h': FS([2], f)})
    PS1(q, {}, {'h': FS([2], f, allow_missing=True)})
    PS1(q, {'zz': FL([], i)}, {'f': VL(i)})
    PS1(q, {'zz': FL([], i, 5)}, {'f': VL(i)})
    PS1(q)
    PS([q])
    PS1(q, sequence_features={'f': VL(i)})
    PS([q], context_features={'c': VL(i)})
    PS1(q, {}, {'f': FL([2], i)})
    PS1(q, {'c': FS([], i)}, {'f': VL(i)})
    PS1(S({'ix': [5, 1], 'val': [1.5, 2.5]}), {'s': SF('ix', 'val', f, 10)})
    PS([b'hello'], {}, {'f': VL(i)})
    PS1(b'hello', {}, {'f': VL(i)})
    PS(q, {}, {'f': VL(i)})
    PS1([q], {}, {'f': VL(i)})
    PS1(q, {}, {'g': FS([1], f)})
    PS([q, q2], {}, {'f': FS([2], i, default_value=3)})
    PS1(q, {'c': RF(i)}, {'f': RF(i)})
    PS([S({}, v=[[1, 2, 3], [4]], l=[[1, 2], [1]])], {}, {'v': RF(i, partitions=[RF.RowLengths('l')])})
    PS([q, q2], {}, {'f': FS([2], i)}, example_names=['n', 'm'])
    PS([q, q2], {}, {'f': FS([1, 2], i)})
    len(PS([q, q2], {'c': FL([], i)}, {'f': FS([2], i)}))
    """,
)
