"""Steps of pipelines: interleave, padding, windows, groups, scan and reduce, and the rest."""

from cases._datasets import ask

ask(
    "data: what functions of elements give",
    """
    d = D.range(7)
    d.map(lambda x: (x, [x, x])).element_spec
    d.map(lambda x: {'a': [x, x + 1]}).element_spec
    d.map(lambda x: [[x, x + 1]]).element_spec
    d.map(lambda x: [x]).element_spec
    d.map(lambda x: [1, 2]).element_spec
    d.map(lambda x: (1, [2, 3])).take(1)
    d.map(lambda x: 'a').take(2)
    d.map(lambda x: Pair(x, x)).map(lambda a, b: a + b)
    d.map(lambda x: Pair(x, x)).map(lambda p: p.a + p.b)
    d.map(lambda x: Pair(x, x)).element_spec
    d.map(lambda x: collections.OrderedDict([('b', x), ('a', x)])).take(1)
    D.zip((d, d)).map(lambda x: x)
    D.zip((d, d)).map(lambda *x: x[0] + x[1])
    d.map(lambda x: None)
    d.map(lambda x: (x, None)).element_spec
    d.map(lambda x: tf.py_function(lambda y: y + 1, [x], tf.int64))
    d.map(lambda x: tf.numpy_function(lambda y: y + 1, [x], tf.int64))
    d.map(lambda x: tf.strings.as_string(x))
    d.map(functools.partial(lambda y, x: x + y, tf.constant(3, tf.int64)))
    d.map(lambda x: tf.cond(x > 3, lambda: x, lambda: -x))
    d.map(lambda x: tf.where(x > 3, x, -x), num_parallel_calls=3, deterministic=True)
    D.from_tensor_slices([2, 0]).map(lambda x: 4 // x)
    D.from_tensor_slices([0, 9]).map(lambda x: tf.gather([1, 2], x))
    D.from_tensor_slices([0, 9]).map(lambda x: tf.gather([1, 2], x), num_parallel_calls=2).batch(2).prefetch(2)
    d.map(lambda x: tf.py_function(lambda y: 1 // 0, [x], tf.int64))
    i = iter(D.from_tensor_slices([1.0, 0.0, 2.0]).map(lambda x: tf.debugging.check_numerics(1 / x, 'e')))
    next(i)
    next(i)
    next(i)
    next(i)
    D.from_tensor_slices(['ab', 'c d']).map(lambda s: tf.strings.length(s))
    D.from_tensor_slices(['ab', 'c d']).map(lambda s: s + '!').batch(2)
    D.from_tensor_slices(['1,2', '3,4']).map(lambda s: tf.io.decode_csv(s, [[0], [0.0]]))
    D.from_tensor_slices(tf.Variable([1, 2]))
    D.from_tensor_slices(np.arange(6, dtype=np.float32).reshape(3, 2)).map(lambda x: x / 2)
    """,
)

ask(
    "data: random numbers in functions of elements",
    """
    d = D.range(5).map(lambda x: tf.random.uniform([], 0, 1000, tf.int32))
    [N(d), N(d)]
    d = D.range(5).map(lambda x: tf.random.uniform([], 0, 1000, tf.int32, seed=2))
    [N(d), N(d)]
    N(D.range(5).map(lambda x: tf.random.uniform([], 0, 1000, tf.int32).__add__(tf.random.uniform([], 0, 9, \
tf.int32))))
    N(D.range(5).map(lambda x: tf.random.uniform([], 0, 1000, tf.int32)).repeat(2))
    N(D.range(5).map(lambda x: tf.random.uniform([], 0, 99, tf.int32)).map(lambda y: tf.random.uniform([], \
0, 9, tf.int32) + y))
    L(D.range(2).map(lambda x: tf.random.stateless_normal([2], [x, 1])))
    """,
)

ask(
    "data: interleave",
    """
    g = lambda x: D.from_tensors(x * 10).repeat(x + 1).enumerate().map(lambda i, y: y + i)
    D.range(4).interleave(g, cycle_length=2, block_length=2)
    D.range(4).interleave(g, cycle_length=3, block_length=1)
    D.range(4).interleave(g, cycle_length=1)
    D.range(4).interleave(g, cycle_length=9)
    D.range(4).interleave(g, cycle_length=2, block_length=2, num_parallel_calls=2)
    D.range(6).interleave(g, cycle_length=2, num_parallel_calls=tf.data.AUTOTUNE)
    D.range(6).interleave(g, num_parallel_calls=2)
    D.range(4).interleave(lambda x: D.range(x), cycle_length=0)
    D.range(4).interleave(lambda x: D.range(x), block_length=0)
    D.range(4).interleave(g, cycle_length=2, num_parallel_calls=5)
    D.range(4).interleave(lambda x: D.from_tensors((x, 'a')), cycle_length=2).element_spec
    D.range(3).flat_map(lambda x: [D.range(x)])
    D.range(3).flat_map(lambda x: D.from_tensor_slices([x, x * 2]))
    D.range(4).flat_map(lambda x: D.range(x).batch(2)).element_spec
    D.from_tensor_slices([[1, 2], [3, 4]]).flat_map(D.from_tensor_slices)
    """,
)

ask(
    "data: padded batches",
    """
    p = D.range(1, 5).map(lambda x: tf.fill([tf.cast(x, tf.int32)], x))
    p.element_spec
    p.padded_batch(2)
    p.padded_batch(3, padded_shapes=[6], padding_values=tf.constant(-1, tf.int64))
    p.padded_batch(3, padded_shapes=[None], drop_remainder=True)
    p.padded_batch(3, padded_shapes=tf.TensorShape([5]), drop_remainder=True)
    p.padded_batch(3, padded_shapes=[-1])
    p.padded_batch(3).element_spec
    p.padded_batch(3, padded_shapes=[6], drop_remainder=True).element_spec
    p.padded_batch(3, padded_shapes=[2])
    p.padded_batch(3, padded_shapes=[2, 2])
    p.padded_batch(3, padding_values='a')
    p.padded_batch(3, padding_values=1.5)
    p.padded_batch(0)
    D.from_generator(lambda: iter([1]), output_types=tf.int32).padded_batch(2)
    e = p.map(lambda x: {'a': x, 'b': tf.cast(tf.size(x), tf.float32)})
    e.padded_batch(2, {'a': [5], 'b': []}, {'a': tf.constant(9, tf.int64), 'b': 0.0})
    p.map(lambda x: (x, x[:1])).padded_batch(2)
    D.from_tensor_slices(['ab', 'c d e']).map(lambda s: tf.strings.split(s)).padded_batch(2)
    D.range(5).padded_batch(2)
    int(p.padded_batch(3).cardinality())
    """,
)

ask(
    "data: ragged and sparse batches",
    """
    p = D.range(1, 5).map(lambda x: tf.fill([tf.cast(x, tf.int32)], x))
    p.ragged_batch(2)
    p.ragged_batch(2, row_splits_dtype=tf.int32).element_spec
    p.ragged_batch(2, drop_remainder=True).element_spec
    p.apply(X.dense_to_ragged_batch(3))
    D.range(3).ragged_batch(2).element_spec
    D.range(3).ragged_batch(2)
    p.sparse_batch(2, [6]).element_spec
    p.sparse_batch(2, [6])
    p.sparse_batch(2, [2])
    p.apply(X.dense_to_sparse_batch(4, [4]))
    r = tf.ragged.constant([[1, 2], [3]])
    D.from_tensor_slices(r).element_spec
    D.from_tensor_slices(r)
    D.from_tensor_slices(tf.ragged.constant([[[1], [2]], [[3]]])).element_spec
    D.from_tensor_slices(tf.ragged.constant([[[1], [2]], [[3]]]))
    D.from_tensor_slices(r).batch(2).element_spec
    D.from_tensor_slices(r).batch(2)
    D.from_tensor_slices(r).map(lambda x: tf.reduce_sum(x))
    D.from_tensor_slices(r).batch(2).map(lambda x: x * 2)
    D.from_tensor_slices(r).batch(2).unbatch()
    o = D.from_generator(lambda: (np.ones([i, 3]) for i in range(4)), output_signature=S([None, 3], tf.float32))
    o.ragged_batch(2)
    D.from_tensor_slices(tf.ragged.constant([[[1, 2]], [[3, 4], [5, 6]]], inner_shape=(2,))).batch(2)
    o.ragged_batch(2).ragged_batch(4)
    s = tf.sparse.from_dense([[1, 0], [0, 2]])
    D.from_tensor_slices(s).element_spec
    D.from_tensor_slices(s)
    D.from_tensor_slices(s).batch(2).element_spec
    D.from_tensor_slices(s).batch(2)
    D.from_tensors(s).map(lambda x: tf.sparse.to_dense(x))
    L(D.from_tensors(s))
    D.from_tensors(D.range(3)).element_spec
    D.from_tensors(D.range(3))
    L(D.from_tensors(D.range(3)))
    """,
)

ask(
    "data: windows",
    """
    D.range(7).window(3)
    D.range(7).window(3).element_spec
    D.range(7).window(3, shift=1)
    D.range(7).window(3, shift=1, drop_remainder=True)
    D.range(7).window(3, shift=2, stride=2)
    D.range(7).window(3, shift=2, stride=2, drop_remainder=True)
    D.range(7).window(2, shift=4)
    D.range(7).window(10)
    D.range(7).window(10, drop_remainder=True)
    [int(D.range(7).window(3, 1, 2, drop).cardinality()) for drop in (False, True)]
    [int(D.range(n).window(3, 4, 1, True).cardinality()) for n in range(9)]
    D.range(7).window(0)
    D.range(7).window(2, shift=0)
    D.range(7).window(2, stride=0)
    D.from_tensor_slices({'a': [1, 2, 3], 'b': [4, 5, 6]}).window(2)
    D.zip((D.range(3), D.range(3))).window(2).element_spec
    D.range(7).window(3, 1, drop_remainder=True).flat_map(lambda w: w.batch(3))
    D.range(7).window(3, 1, drop_remainder=True).flat_map(lambda w: w.batch(3)).element_spec
    D.zip((D.range(4), D.range(4))).window(3, 1, 1, True).flat_map(lambda a, b: D.zip((a.batch(3), b.batch(3))))
    D.range(6).window(2).flat_map(lambda w: w)
    D.range(6).window(2).map(lambda w: w.reduce(tf.constant(0, tf.int64), lambda s, x: s + x))
    D.range(6).window(2).map(lambda w: w.batch(2).get_single_element())
    """,
)

ask(
    "data: groups",
    """
    D.range(10).group_by_window(lambda x: x % 2, lambda k, w: w.batch(3), window_size=3)
    D.range(10).group_by_window(lambda x: x % 3, lambda k, w: w.batch(10).map(lambda y: y + 100 * k), \
window_size_func=lambda k: k + 1)
    repr(D.range(10).group_by_window(lambda x: x % 2, lambda k, w: w.batch(3), window_size=3))
    D.range(10).group_by_window(lambda x: x % 2, lambda k, w: w.batch(3))
    D.range(10).group_by_window(lambda x: tf.cast(x, tf.float32), lambda k, w: w.batch(3), window_size=3)
    b = D.from_generator(lambda: iter([[0], [1, 2, 3, 4], [5, 6, 7], [7, 8, 9, 10, 11], [13, 14, 15, 16, \
19, 20], [21, 22]]), output_signature=S([None], tf.int64))
    b.bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 5], [2, 2, 2])
    b.bucket_by_sequence_length(lambda x: tf.shape(x)[0], [4, 7], [2, 2, 2], None, tf.constant(-1, tf.int64), True)
    b.bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 5], [2, 2, 2], drop_remainder=True)
    b.bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 5], [2, 2, 2], drop_remainder=True).element_spec
    b.bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 5], [2, 2])
    b.bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 5], [1, 1, 1], no_padding=True)
    b.bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 5], [2, 2, 2], pad_to_bucket_boundary=True)
    D.range(10).apply(X.group_by_reducer(lambda x: x % 3, X.Reducer(lambda k: np.int64(0), lambda s, x: s + \
x, lambda s: s)))
    D.range(6).apply(X.group_by_reducer(lambda x: x % 2, X.Reducer(lambda k: (k, 1.0), lambda s, x: (s[0] + \
x, s[1] * 2), lambda a, b: {'a': a, 'b': b})))
    """,
)

ask(
    "data: states",
    """
    zero = tf.constant(0, tf.int64)
    D.range(6).scan(zero, lambda s, x: (s + x, s))
    D.range(3).scan((zero, {'a': 1.0}), lambda s, x: ((s[0] + x, {'a': s[1]['a'] * 2}), (s[0], s[1]['a'])))
    D.range(3).scan(tf.zeros([1], tf.int64), lambda s, x: (tf.concat([s, [x]], 0), s)).element_spec
    D.range(3).scan(tf.zeros([1], tf.int64), lambda s, x: (tf.concat([s, [x]], 0), s))
    D.range(3).scan(0, lambda s, x: (s + x, s))
    D.range(3).scan(0, lambda s, x: (1.0, s))
    D.range(3).scan(0, lambda s, x: s)
    int(D.range(3).scan(zero, lambda s, x: (s, x)).cardinality())
    D.range(6).reduce(np.int64(0), lambda s, x: s + x)
    D.range(6).reduce((np.int64(0), 1.0), lambda s, x: (s[0] + x, s[1] * 2))
    D.range(6).reduce(tf.zeros([0], tf.int64), lambda s, x: tf.concat([s, [x]], 0))
    D.range(6).reduce(0, lambda s, x: s + x)
    D.range(6).reduce(0, lambda s, x: 1.0)
    D.range(6).reduce((0, 0), lambda s, x: 0)
    D.range(6).reduce(0, lambda s, x: s + 1)
    D.range(0).reduce(7, lambda s, x: s + 1)
    D.from_tensor_slices({'a': [1, 2]}).reduce({'t': 0}, lambda s, x: {'t': s['t'] + x['a']})
    D.zip((D.range(3), D.range(3))).reduce(zero, lambda s, x: s + x[0] * x[1])
    """,
)

ask(
    "data: the rest of the steps",
    """
    D.from_tensor_slices([1, 2, 1, 3, 2, 4]).unique()
    D.from_tensor_slices(['a', 'b', 'a']).unique()
    D.from_tensor_slices([1.0, 2.0, 1.0]).unique()
    D.from_tensor_slices([[1, 2], [1, 2], [2, 1]]).unique()
    D.zip((D.range(3), D.range(3))).unique()
    d = D.range(6).shuffle(6, seed=1).cache()
    [N(d), N(d)]
    f = D.from_tensor_slices([1.0, 2.0, 0.0, 4.0]).map(lambda x: tf.debugging.check_numerics(1.0 / x, 'err'))
    f.ignore_errors()
    f.apply(X.ignore_errors())
    f.batch(1).ignore_errors()
    D.range(3).apply(X.pad_to_cardinality(5))
    D.from_tensor_slices({'a': [1, 2]}).apply(X.pad_to_cardinality(3))
    D.from_tensors([1, 2]).unbatch()
    D.range(3).unbatch()
    D.from_tensors(([1, 2], [1, 2, 3])).unbatch()
    D.from_generator(lambda: iter([([1, 2], [1, 2, 3])]), output_types=(tf.int32, tf.int32)).unbatch()
    X.at(D.range(10), 4)
    X.at(D.range(10), 10)
    D.range(6).batch(2).rebatch(3).element_spec
    D.range(6).batch(2).rebatch(3, drop_remainder=True).element_spec
    D.range(6).batch(2).rebatch([2, 1]).element_spec
    D.zip()
    D.range(3).shuffle(tf.data.UNKNOWN_CARDINALITY)
    D.range(3).apply(X.map_and_batch(lambda x: x * 2, 2))
    D.range(3).apply(X.shuffle_and_repeat(3, 2, seed=1))
    D.range(6).apply(X.enumerate_dataset()).apply(X.take_while(lambda i, x: x < 2))
    D.range(6).batch(2).apply(X.unbatch()).apply(X.unique())
    D.range(3).apply(X.scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s)))
    D.range(3).apply(X.copy_to_device('/cpu:0')).apply(X.prefetch_to_device('/cpu:0'))
    X.get_single_element(D.range(1))
    X.cardinality(D.range(4))
    X.get_next_as_optional(iter(D.range(1))).get_value()
    D.from_tensors(tf.experimental.Optional.from_value(3)).element_spec
    """,
)

ask(
    "data: resampling",
    """
    c = lambda x: tf.cast(x % 2, tf.int32)
    D.range(10).rejection_resample(c, [0.2, 0.8], seed=3)
    D.range(10).rejection_resample(c, [0.2, 0.8], [0.5, 0.5])
    D.range(10).rejection_resample(c, [0.5, 0.5], [0.5, 0.5])
    D.range(10).rejection_resample(c, [1.0, 0.0], [0.5, 0.5], seed=3)
    D.range(10).rejection_resample(c, [0.5, 0.5], [0.9, 0.1], seed=3)
    D.range(90).rejection_resample(lambda x: tf.cast(x % 3, tf.int32), [0.2, 0.5, 0.3], seed=7)
    D.range(90).rejection_resample(lambda x: tf.cast(x % 3, tf.int32), [0.2, 0.5, 0.3], [0.4, 0.4, 0.2], seed=7)
    """,
)

ask(
    "data: options",
    """
    o = tf.data.Options()
    [o.deterministic, o.autotune.enabled, o.threading.private_threadpool_size, o == tf.data.Options()]
    setattr(o, 'deterministic', 3)
    setattr(o, 'foo', 3)
    setattr(o, 'experimental_deterministic', True)
    [o.deterministic, o == tf.data.Options(), o != tf.data.Options()]
    setattr(o, 'autotune', 3)
    setattr(o.experimental_distribute, 'auto_shard_policy', 1)
    setattr(o.experimental_distribute, 'auto_shard_policy', X.AutoShardPolicy.DATA)
    o.experimental_distribute.auto_shard_policy.name
    setattr(o.experimental_optimization, 'map_fusion', True)
    d = D.range(3).with_options(o)
    [d.options().deterministic, d.options().experimental_optimization.map_fusion, D.range(3).options().deterministic]
    d.map(lambda x: x).options().deterministic
    D.range(3).with_options(3)
    [x.name for x in X.AutoShardPolicy]
    [x.name for x in X.ExternalStatePolicy]
    [tf.data.AUTOTUNE, tf.data.INFINITE_CARDINALITY, tf.data.UNKNOWN_CARDINALITY, X.SHARD_HINT]
    """,
)

ask(
    "data: in a tf.function",
    """
    f = tf.function(lambda d: d.reduce(tf.constant(0, tf.int64), lambda s, x: s + x))
    [f(D.range(5)), f(D.range(7)), f(D.range(3).map(lambda x: x + 1))]
    g = tf.function(lambda i: next(i) + 1)
    i = iter(D.range(2))
    [g(i), g(i)]
    g(i)
    h = tf.function(lambda d: d)
    [h(D.range(2)), h(D.range(3))]
    k = tf.function(lambda n: D.range(n).map(lambda x: x * 2).reduce(tf.constant(0, tf.int64), lambda s, x: s + x))
    [k(tf.constant(5, tf.int64)), k(tf.constant(2, tf.int64))]
    tf.function(lambda d: d.cardinality())(D.range(2))
    """,
)
