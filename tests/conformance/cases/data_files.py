"""Datasets of files: records, lines, tables; saved datasets; caches."""

from cases._datasets import ask

TABLE = b'a,b,c\n1,2.5,x\n2,,"y,z"\n3,4,\n'
RECORDS = (
    b"\x03\x00\x00\x00\x00\x00\x00\x00\x16\xb5\xd1\xd7one\x00\x00\x00\x00"  # the sum of the data is wrong
)

ask(
    "data: lines and records",
    """
    T = tf.data.TextLineDataset
    T(P + 'a.txt')
    T([P + 'a.txt', P + 'b.txt'])
    T([P + 'a.txt', P + 'b.txt'], num_parallel_reads=2)
    T(D.from_tensor_slices([P + 'b.txt', P + 'a.txt']))
    T(P + 'nothing')
    T(3)
    repr(T(P + 'a.txt'))
    F = tf.data.FixedLengthRecordDataset
    F(P + 'f.bin', 2)
    F(P + 'f.bin', 7, 2, 2)
    F(P + 'f.bin', 3, 2, 2)
    w = [tf.io.TFRecordWriter(P + n, k) for n, k in (('a.tfr', ''), ('b.tfr', 'GZIP'), ('c.tfr', 'ZLIB'))]
    [x.write(y) for x in w for y in (b'one', b'', b'three' * 1000)]
    [x.close() for x in w]
    R = tf.data.TFRecordDataset
    R(P + 'a.tfr')
    R([P + 'a.tfr', P + 'a.tfr'], num_parallel_reads=2)
    R(P + 'b.tfr', compression_type='GZIP')
    R(P + 'c.tfr', 'ZLIB')
    R(P + 'b.tfr')
    R(P + 'nothing')
    R([1, 2])
    [repr(R(P + 'a.tfr')), int(R(P + 'a.tfr').cardinality())]
    R(P + 'short.tfr')
    R(P + 'wrong.tfr')
    X.TFRecordWriter(P + 'w.tfr').write(D.from_tensor_slices(['a', 'b']))
    R(P + 'w.tfr')
    X.TFRecordWriter(P + 'w.tfr').write(D.range(3))
    here(L(D.list_files(P + '*.t*', shuffle=False)))
    here(L(D.list_files([P + 'b*', P + 'a*'], seed=3)))
    D.list_files(P + '*.nothing')
    """,
    {
        "a.txt": b"line1\nline2\r\n\nlast",
        "b.txt": b"x\ny\n",
        "f.bin": b"HHaabbccdFF",
        "short.tfr": b"\x03\x00\x00\x00\x00\x00\x00\x00",
        "wrong.tfr": RECORDS,
    },
)

ask(
    "data: tables",
    """
    C = X.CsvDataset
    C(P + 'd.csv', [tf.int32, tf.constant(0.5), ''])
    C(P + 'c.csv', [tf.int32, [9.0], tf.string], header=True)
    C(P + 'c.csv', [tf.int32, [9.0], ['d']], header=True)
    C(P + 'c.csv', [tf.int32, ['d']], header=True, select_cols=[0, 2])
    C(P + 'c.csv', [tf.int32, ['d']], header=True, exclude_cols=[1])
    C(P + 'c.csv', [tf.int32, [9.0], ['d']])
    C(P + 'c.csv', [tf.int32, [9.0]], header=True)
    C(P + 'c.csv', [tf.int32, [9.0], ['d']], header=True, na_value='x')
    C(P + 'd.csv', [tf.int32, tf.float32, tf.string]).element_spec
    M = X.make_csv_dataset
    M(P + 'c.csv', 2, shuffle=False, num_epochs=1).element_spec
    M(P + 'c.csv', 2, shuffle=False, num_epochs=1)
    M(P + 'c.csv', 2, label_name='c', shuffle=False, num_epochs=1)
    M(P + 'c.csv', 2, column_defaults=[0, 0.0, 'q'], shuffle=False, num_epochs=1)
    M(P + 'c.csv', 2, select_columns=['a', 'c'], shuffle=False, num_epochs=1)
    M(P + 'd.csv', 2, column_names=['p', 'q', 'r'], header=False, shuffle=False, num_epochs=1)
    M(P + 'c.csv', 2, shuffle=True, shuffle_seed=3, num_epochs=2)
    int(M(P + 'c.csv', 2).cardinality())
    M(P + 'c.csv', 2, label_name='zz')
    M(P + 'nothing*.csv', 2)
    """,
    {"c.csv": TABLE, "d.csv": TABLE[6:]},
)

ask(
    "data: examples in files",
    """
    V = tf.train
    e = V.Example(features=V.Features(feature={'x': V.Feature(int64_list=V.Int64List(value=[1])), 's': \
V.Feature(bytes_list=V.BytesList(value=[b'u']))}))
    w = tf.io.TFRecordWriter(P + 'e.tfr')
    [w.write(e.SerializeToString()) for _ in range(3)]
    w.close()
    R = tf.data.TFRecordDataset
    fe = {'x': tf.io.FixedLenFeature([], tf.int64), 's': tf.io.FixedLenFeature([1], tf.string), 'v': \
tf.io.VarLenFeature(tf.float32)}
    R(P + 'e.tfr').map(lambda r: tf.io.parse_single_example(r, {'x': fe['x'], 's': fe['s']}))
    R(P + 'e.tfr').batch(2).map(lambda r: tf.io.parse_example(r, fe))
    R(P + 'e.tfr').batch(2).apply(X.parse_example_dataset(fe)).element_spec
    R(P + 'e.tfr').batch(2).apply(X.parse_example_dataset(fe))
    X.make_batched_features_dataset(P + 'e.tfr', 2, fe, num_epochs=1, shuffle=False, label_key='x')
    """,
)

ask(
    "data: saved datasets",
    """
    D.from_tensor_slices({'a': [1, 2, 3], 'b': ['x', 'yy', 'z']}).save(P + '1')
    D.load(P + '1')
    repr(D.load(P + '1'))
    D.range(5).batch(2).save(P + '2', compression='GZIP')
    D.load(P + '2', compression='GZIP')
    D.load(P + '2')
    D.range(5).save(P + '3', shard_func=lambda x: x % 2)
    D.load(P + '3')
    D.load(P + '3', reader_func=lambda d: d.interleave(lambda x: x, cycle_length=1))
    D.load(P + '3', element_spec=S([], tf.float32))
    D.load(P + 'nothing')
    D.range(2).save(P + '3')
    D.load(P + '3')
    D.load(P + '3').cardinality()
    D.range(4).save(P + '4', shard_func=lambda x: 1.0)
    D.from_tensors((np.array([True, False]), np.array([1 + 2j]), np.float16(1.5), [[1, 2]], [['a', \
'b']])).save(P + '5')
    D.load(P + '5')
    D.from_tensor_slices(tf.ragged.constant([[1, 2], [3]])).batch(2).save(P + '6')
    D.load(P + '6')
    D.load(P + '6').element_spec
    D.from_tensors(tf.sparse.from_dense([[1, 0], [0, 2]])).save(P + '7')
    D.load(P + '7')
    D.from_tensors(Pair(1, (2.0, 'x'))).save(P + '8')
    D.load(P + '8')
    D.range(0).save(P + '9')
    D.load(P + '9')
    c = D.range(4).map(lambda x: x * 2).cache(P + 'cache')
    [N(c), N(c), repr(c)]
    s = D.range(4).map(lambda x: x * 3).snapshot(P + 'snapshot')
    [sorted(N(s)), sorted(N(s)), repr(s)]
    """,
)

ask(
    "data: tables for looking up",
    """
    kv = D.from_tensor_slices((['a', 'b', 'c'], tf.constant([1, 2, 3], tf.int64)))
    tf.lookup.StaticHashTable(X.DatasetInitializer(kv), -1).lookup(tf.constant(['b', 'z']))
    tf.lookup.StaticHashTable(X.DatasetInitializer(kv), -1).size()
    X.DatasetInitializer(D.range(3))
    X.table_from_dataset(kv, default_value=-1, key_dtype=tf.string).lookup(tf.constant(['b', 'z']))
    X.table_from_dataset(kv, num_oov_buckets=2, key_dtype=tf.string).lookup(tf.constant(['b', 'z', 'y']))
    X.table_from_dataset(kv, num_oov_buckets=1, vocab_size=2).lookup(tf.constant(['a', 'c']))
    v = D.from_tensor_slices(['x', 'y', 'z'])
    X.index_table_from_dataset(v).lookup(tf.constant(['y', 'q']))
    X.index_table_from_dataset(v, num_oov_buckets=1).lookup(tf.constant(['y', 'q']))
    X.index_table_from_dataset(v, default_value=7).lookup(tf.constant(['y', 'q']))
    X.index_table_from_dataset(D.range(5, 8), key_dtype=tf.int64).lookup(tf.constant([6, 1], tf.int64))
    """,
)
