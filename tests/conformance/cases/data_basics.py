"""Datasets: where elements come from, order and choice, batches, functions of elements, specs, iterators."""

from conformance_kit import raises, script


def listed(dataset):
    """The elements, with arrays in them."""
    return list(dataset.as_numpy_iterator())


@script("data: slices, tensors, ranges")
def _(tf):
    D = tf.data.Dataset
    return [
        listed(D.from_tensor_slices([[1, 2], [3, 4]])),
        listed(D.from_tensor_slices({"a": [1.5, 2.5], "b": ([1, 2], [b"x", b"y"])})),
        listed(D.from_tensors([[1, 2], [3, 4]])),
        listed(D.from_tensors((1, {"a": "x"}))),
        listed(D.range(5)),
        listed(D.range(2, 5)),
        listed(D.range(1, 9, 3)),
        listed(D.range(5, 1, -2)),
        listed(D.range(3, output_type=tf.float32)),
        listed(D.counter(3, 2, tf.int32).take(3)),
        listed(tf.data.experimental.from_list([(1, 2.0), (3, 4.0)])),
    ]


@script("data: choice and order")
def _(tf):
    D = tf.data.Dataset
    d = D.range(7)
    return [
        listed(x)
        for x in [
            d.take(3),
            d.take(-1),
            d.take(0),
            d.take(99),
            d.skip(3),
            d.skip(-1),
            d.skip(9),
            d.repeat(2),
            d.repeat(0),
            d.repeat().take(9),
            d.shard(3, 1),
            d.concatenate(D.range(2)),
            d.enumerate(5),
            D.zip((d, d.skip(2))),
            D.zip(d, {"a": d.skip(5)}),
            d.prefetch(2),
            d.prefetch(tf.data.AUTOTUNE),
            d.prefetch(0),
            d.take_while(lambda x: x < 3),
            d.filter(lambda x: x % 3 == 0),
        ]
    ]


@script("data: batches")
def _(tf):
    D = tf.data.Dataset
    d = D.range(7)
    return [
        listed(x)
        for x in [
            d.batch(3),
            d.batch(3, drop_remainder=True),
            d.batch(3, num_parallel_calls=2),
            d.batch(9),
            d.take(4).batch(2).batch(2),
            d.batch(3).unbatch(),
            d.batch(3).rebatch(2),
            d.batch(3).rebatch(2, drop_remainder=True),
            d.batch(3).rebatch([1, 2]),
            D.from_tensor_slices({"a": [1, 2, 3], "b": ["x", "y", "z"]}).batch(2),
            d.map(lambda x: (x, [x, x])).batch(4),
            d.map(lambda x: x * 2).batch(2).map(lambda x: x + 1).unbatch().batch(5),
        ]
    ]


@script("data: cardinality")
def _(tf):
    D = tf.data.Dataset
    d = D.range(7)
    return [
        x.cardinality()
        for x in [
            d,
            d.repeat(),
            d.repeat(3),
            d.repeat(0),
            d.take(3),
            d.take(-1),
            d.repeat().take(4),
            d.repeat().skip(4),
            d.skip(3),
            d.skip(-1),
            d.filter(lambda x: x > 1),
            d.filter(lambda x: x > 1).take(2),
            d.filter(lambda x: x > 1).repeat(),
            d.batch(3),
            d.batch(3, drop_remainder=True),
            d.shard(3, 1),
            d.concatenate(d),
            d.concatenate(d.repeat()),
            d.enumerate(),
            D.zip((d, d.repeat())),
            D.zip((d, d.filter(lambda x: x > 1))),
            d.prefetch(1),
            d.shuffle(3),
            d.map(lambda x: x),
            d.flat_map(lambda x: D.range(x)),
            d.batch(2, drop_remainder=True).unbatch(),
            d.batch(2).unbatch(),
            d.take_while(lambda x: x > 1),
            d.batch(3).rebatch(2),
            D.from_generator(lambda: iter([1]), output_types=tf.int32),
            D.random(1),
            D.sample_from_datasets([d, d]),
            D.sample_from_datasets([d, d], stop_on_empty_dataset=True),
            D.choose_from_datasets([d, d], D.range(2)),
            D.choose_from_datasets([d, d], D.range(2), stop_on_empty_dataset=False),
            d.filter(lambda x: x > 1).apply(tf.data.experimental.assert_cardinality(5)),
        ]
    ]


@script("data: element specs and repr")
def _(tf):
    D = tf.data.Dataset
    d = D.range(7)
    found = [
        d,
        d.batch(2),
        d.batch(2, drop_remainder=True),
        d.batch(2).batch(3, drop_remainder=True),
        d.batch(2).map(lambda x: x * 2),
        d.batch(2).map(lambda x: tf.reduce_sum(x)),
        d.batch(2).map(lambda x: tf.reshape(x, [-1, 1])),
        d.batch(2).map(lambda x: tf.concat([x, x], 0)),
        d.batch(2).map(lambda x: (x, x[:1])),
        d.map(lambda x: [x, x]),
        d.map(lambda x: 3),
        d.map(lambda x: (x, {"b": tf.cast(x, tf.float32), "a": 1.5})),
        d.map(lambda x: x, num_parallel_calls=2),
        d.shuffle(3),
        d.enumerate(),
        D.zip((d, d.batch(2))),
        d.filter(lambda x: x > 1),
        d.flat_map(lambda x: D.range(x).batch(2)),
        d.batch(2).unbatch(),
        D.from_tensors([1, 2]).concatenate(D.from_tensors([1, 2, 3])),
        D.from_generator(lambda: iter([1]), output_types=tf.int32),
        D.from_generator(
            lambda: iter([1]), output_types=(tf.int32, tf.string), output_shapes=((), (None, 2))
        ),
        D.from_generator(lambda: iter([1]), output_signature={"a": tf.TensorSpec([3], tf.float32)}),
        D.from_generator(lambda: iter([1]), output_types=tf.int32).map(lambda x: x * 2),
        D.from_tensors((1, None)),
    ]
    return [repr(x) for x in found] + [str(d)]


@script("data: iterators")
def _(tf):
    D = tf.data.Dataset
    it = iter(D.range(3))
    found = [it.get_next(), next(it)]
    optional = it.get_next_as_optional()
    found += [optional.has_value(), optional.get_value(), it.get_next_as_optional().has_value()]
    found += [raises(lambda: it.get_next()), raises(lambda: next(it)), next(it, None)]
    found += [repr(it.element_spec), repr(tf.data.experimental.get_structure(it))]
    numbers = D.range(2).as_numpy_iterator()
    found += [next(numbers), next(numbers), next(numbers, "end"), len(D.range(3)), bool(D.range(0))]
    found += [
        raises(lambda: len(D.range(3).repeat())),
        raises(lambda: len(D.range(3).filter(lambda x: x > 1))),
    ]
    found += [D.range(3).batch(3).get_single_element(), raises(lambda: D.range(2).get_single_element())]
    found += [raises(lambda: D.range(0).get_single_element()), isinstance(it, tf.data.Iterator)]
    found += [isinstance(D.range(3), tf.data.Dataset), repr(tf.data.DatasetSpec(tf.TensorSpec([], tf.int64)))]
    found += [
        repr(tf.data.DatasetSpec.from_value(D.range(2))),
        repr(tf.data.IteratorSpec(tf.TensorSpec([], tf.int64))),
    ]
    return found


@script("data: the functions of elements are traced once")
def _(tf):
    log = []
    v = tf.Variable(10)

    def f(x):
        log.append("traced")
        return tf.cast(x, tf.int32) + v

    d = tf.data.Dataset.range(3).map(f)
    log.append("made")
    first = listed(d)
    v.assign(20)
    second = listed(d)
    return log, first, second


@script("data: branches in functions of elements")
def _(tf):
    def f(x):
        if x > 2:
            y = x * 10
        else:
            y = -x
        return y

    d = tf.data.Dataset.range(5)
    return (
        listed(d.map(f)),
        listed(d.filter(lambda x: tf.logical_or(x < 1, x > 3))),
        listed(d.map(tf.function(f))),
    )


@script("data: generators and their signatures")
def _(tf):
    D = tf.data.Dataset
    spec = tf.TensorSpec

    def bad():
        yield 1
        raise KeyError("boo")

    def worse():
        yield 1
        raise ValueError("boo")

    def made(values, signature, n=None):
        return lambda: listed(
            D.from_generator(lambda: iter(values), output_signature=signature).take(n or -1)
        )

    def counting(n):
        return iter(range(n))

    return [
        made([1, 2], spec([], tf.int32))(),
        made([[1], [1, 2]], spec([None], tf.int32))(),
        made([(1, "a"), (2, "b")], (spec([], tf.int32), spec([], tf.string)))(),
        made([{"a": 1, "b": [2.0]}], {"b": spec([1], tf.float32), "a": spec([], tf.int64)})(),
        listed(D.from_generator(counting, args=(3,), output_types=tf.int64)),
        raises(made([[1], [1, 2]], spec([1], tf.int32))),
        raises(made([1, "a"], spec([], tf.int32))),
        raises(made([1, (1, 2)], spec([], tf.int32))),
        raises(made([(1, 2), 3], (spec([], tf.int32), spec([], tf.int32)))),
        raises(lambda: listed(D.from_generator(bad, output_signature=spec([], tf.int32)))),
        raises(lambda: listed(D.from_generator(worse, output_signature=spec([], tf.int32)))),
        raises(
            lambda: listed(D.from_generator(bad, output_signature=spec([], tf.int32)).batch(3).prefetch(1))
        ),
        listed(D.from_generator(bad, output_signature=spec([], tf.int32)).take(1)),
        raises(lambda: D.from_generator(lambda: iter([1]))),
        raises(lambda: D.from_generator(3, output_types=tf.int32)),
        raises(lambda: D.from_generator(bad, output_types=tf.int32, output_signature=spec([], tf.int32))),
    ]


@script("data: what is refused")
def _(tf):
    D = tf.data.Dataset
    d = D.range(3)

    def raising(x):
        raise KeyError("in map")

    return [
        raises(f)
        for f in [
            lambda: D.from_tensor_slices(3),
            lambda: D.from_tensor_slices(([1, 2], [1, 2, 3])),
            lambda: D.zip(d, [1]),
            lambda: D.zip((d, 1)),
            lambda: D.range(),
            lambda: D.range(0, 3, 0),
            lambda: d.batch(0),
            lambda: d.batch(-1),
            lambda: d.shuffle(0),
            lambda: d.prefetch(-2),
            lambda: d.concatenate(D.from_tensors("a")),
            lambda: d.concatenate(D.from_tensors(1)),
            lambda: d.filter(lambda x: x),
            lambda: d.map(raising),
            lambda: d.apply(lambda x: 3),
            lambda: d.shard(0, 0),
            lambda: d.shard(2, 2),
            lambda: D.sample_from_datasets([]),
            lambda: D.sample_from_datasets([d, d], weights=[0.5]),
            lambda: D.sample_from_datasets([d, d], weights=[1, 2]),
            lambda: D.choose_from_datasets([d, d], D.from_tensors(1)),
            lambda: listed(D.from_generator(lambda: iter([[1], [1, 2]]), output_types=tf.int32).batch(2)),
            lambda: listed(d.apply(tf.data.experimental.assert_cardinality(2))),
            lambda: listed(d.apply(tf.data.experimental.assert_cardinality(4))),
            lambda: tf.data.experimental.from_list([]),
            lambda: listed(
                d.map(lambda x: tf.debugging.check_numerics(tf.math.log(tf.cast(-x, tf.float32)), "bad"))
            ),
            lambda: D.from_tensors((1, [[1], [1, 2]])),
        ]
    ]
