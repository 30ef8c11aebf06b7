"""When steps are opened, and draw their seeds: seen by reading two iterators over one dataset, the second one first."""

from conformance_kit import script


def plain(tf, element):
    return tf.nest.map_structure(
        lambda t: t.to_list() if hasattr(t, "to_list") else t.numpy().tolist(), element
    )


def read(tf, make, whole=1):
    """The dataset as often, and two iterators, the second one first."""
    tf.random.set_seed(7)
    dataset = make()
    found = [[plain(tf, element) for element in dataset] for _ in range(whole)]
    first, second = iter(dataset), iter(dataset)
    second = [plain(tf, element) for element in second]
    return [*found, [plain(tf, element) for element in first], second]


def tools(tf):
    D = tf.data.Dataset
    return D, D.range(6), lambda d: d.shuffle(6, seed=3), lambda x: x + 0


@script("openings: steps that hand on")
def _(tf):
    D, R, sh, same = tools(tf)
    return [
        read(tf, make)
        for make in [
            lambda: sh(R),
            lambda: sh(R.repeat(2)),
            lambda: sh(R).batch(2),
            lambda: sh(R).prefetch(2),
            lambda: sh(R).map(same, num_parallel_calls=2).batch(2).prefetch(-1),
            lambda: sh(R).map(lambda x: tf.py_function(lambda y: y + 1, [x], tf.int64)).prefetch(1),
            lambda: sh(R).filter(lambda x: x % 2 == 0),
            lambda: sh(R).take(5).skip(1).shard(2, 0),
            lambda: sh(R).map(same).take(0).concatenate(R),
            lambda: sh(R).enumerate(),
            lambda: sh(R).scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s + x)),
            lambda: sh(R).batch(2).unbatch(),
            lambda: sh(R).batch(3).rebatch(2),
            lambda: sh(R).ragged_batch(2),
            lambda: sh(R).window(2).flat_map(lambda w: w.batch(2)),
            lambda: sh(R).map(lambda x: tf.fill([x], x)).padded_batch(2),
            lambda: sh(R).take_while(lambda x: x < 9),
            lambda: sh(R).unique(),
            lambda: sh(R).ignore_errors(),
            lambda: sh(R).apply(tf.data.experimental.assert_cardinality(6)),
            lambda: sh(R).group_by_window(lambda x: x % 2, lambda k, w: w.batch(3), window_size=3),
            lambda: D.random(seed=3, rerandomize_each_iteration=True).take(3),
        ]
    ]


@script("openings: shuffle of shuffle, and of a cache")
def _(tf):
    _, R, sh, same = tools(tf)
    return [
        read(tf, make)
        for make in [
            lambda: sh(sh(R)),
            lambda: sh(sh(R)).prefetch(1).repeat(2),
            lambda: sh(R.cache()).prefetch(1),
            lambda: sh(sh(R).map(same).repeat(2)),
        ]
    ]


@script("openings: the cache is what is complete first")
def _(tf):
    _, R, sh, _ = tools(tf)
    d = sh(R).cache()
    tf.random.set_seed(7)
    first, second = iter(d), iter(d)
    return [[int(x) for x in one] for one in (second, first, d)]


@script("openings: repeat")
def _(tf):
    _, R, sh, same = tools(tf)
    return [
        read(tf, make, 2)
        for make in [
            lambda: sh(R).repeat(2),
            lambda: sh(R).repeat(1),
            lambda: sh(R).repeat(2).prefetch(2),
            lambda: sh(R).map(same).repeat(2),
            lambda: sh(R).map(same).repeat(1),
            lambda: sh(R).map(same).repeat(0).concatenate(sh(R)),
            lambda: sh(R).batch(2).repeat(3),
            lambda: sh(R).map(same).repeat().take(8),
            lambda: sh(R).map(same).repeat(2).take(6),
            lambda: sh(R).map(same).repeat(2).take(12),
            lambda: sh(R).enumerate().repeat(2),
            lambda: sh(R).map(lambda x: tf.fill([x], x)).padded_batch(3).repeat(2),
        ]
    ]


@script("openings: several datasets, which may be one")
def _(tf):
    D, R, sh, same = tools(tf)

    def twice(join):
        one = sh(R).map(same)
        return join(one, one)

    return [
        read(tf, make, 2)
        for make in [
            lambda: D.zip((sh(R), sh(R).prefetch(1))),
            lambda: twice(lambda a, b: D.zip((a, b))),
            lambda: twice(lambda a, b: a.concatenate(b)),
            lambda: twice(lambda a, b: a.concatenate(b).take(4)),
            lambda: twice(lambda a, b: D.sample_from_datasets([a, b], seed=1).take(5)),
            lambda: twice(lambda a, b: D.choose_from_datasets([a, b], D.range(2).repeat(2)).take(5)),
            lambda: twice(lambda a, b: D.choose_from_datasets([a, R], b.map(lambda x: x % 2))),
            lambda: D.choose_from_datasets([R, R], sh(D.range(2)).repeat(3)),
            lambda: R.interleave(lambda x: sh(R).take(2), cycle_length=2),
            lambda: sh(R).interleave(lambda x: D.from_tensors(x).repeat(2), cycle_length=2),
            lambda: sh(R).map(same).flat_map(lambda x: D.range(x)),
            lambda: R.flat_map(lambda x: sh(R).take(1)),
        ]
    ]


@script("openings: a generator begins with the first element")
def _(tf):
    begun = []

    def numbers():
        begun.append(1)
        yield from range(3)

    D = tf.data.Dataset
    found = []
    for make in [
        lambda d: d,
        lambda d: d.map(lambda x: x + 1),
        lambda d: d.batch(2),
        lambda d: d.shuffle(2, seed=1),
        lambda d: d.repeat(2),
        lambda d: d.prefetch(1),
        lambda d: d.map(lambda x: x + 1, num_parallel_calls=2).prefetch(2),
        lambda d: d.cache(),
    ]:
        begun.clear()
        iterator = iter(make(D.from_generator(numbers, output_signature=tf.TensorSpec([], tf.int32))))
        before = len(begun)
        next(iterator)
        found.append((before, begun[:1]))
    return found
