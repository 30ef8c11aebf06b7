"""`tf.compat.v1.data`: datasets of version 1, their iterators, and what is asked of either."""

import os
import tempfile

from conformance_kit import raises, script

SPECIMENS = {
    "range": lambda tf, d: d.range(3),
    "structure": lambda tf, d: d.range(3).map(lambda x: {"x": x, "y": (x, tf.cast(x, tf.float32))}),
    "batch": lambda tf, d: d.range(3).batch(2),
    "ragged": lambda tf, d: d.from_tensors(tf.ragged.constant([[1], [2, 3]])),
    "sparse": lambda tf, d: d.from_tensors(tf.SparseTensor([[0, 0]], [1], [2, 2])),
    "window": lambda tf, d: d.range(3).window(2),
    "none": lambda tf, d: d.from_tensors((1, None)),
}
STEPS = {
    "map": lambda tf, d: d.map(lambda x: x + 1),
    "filter": lambda tf, d: d.filter(lambda x: x > 0),
    "flat_map": lambda tf, d: d.flat_map(lambda x: tf.data.Dataset.range(x)),
    "interleave": lambda tf, d: d.interleave(lambda x: tf.data.Dataset.range(x)),
    "batch": lambda tf, d: d.batch(2),
    "padded_batch": lambda tf, d: d.padded_batch(2),
    "unbatch": lambda tf, d: d.batch(2).unbatch(),
    "shuffle": lambda tf, d: d.shuffle(3, seed=1),
    "repeat": lambda tf, d: d.repeat(2),
    "zip": lambda tf, d: type(d).zip((d, d)),
    "zip of version 2": lambda tf, d: tf.data.Dataset.zip((d, d)),
    "concatenate": lambda tf, d: d.concatenate(d),
    "concatenate to version 2": lambda tf, d: tf.data.Dataset.range(1).concatenate(d),
    "prefetch": lambda tf, d: d.prefetch(1),
    "take": lambda tf, d: d.take(1),
    "skip": lambda tf, d: d.skip(1),
    "cache": lambda tf, d: d.cache(),
    "shard": lambda tf, d: d.shard(2, 1),
    "with_options": lambda tf, d: d.with_options(tf.data.Options()),
    "apply": lambda tf, d: d.apply(lambda other: other.batch(2)),
    "apply to version 2": lambda tf, d: d.apply(lambda other: tf.data.Dataset.range(2)),
    "enumerate": lambda tf, d: d.enumerate(),
    "scan": lambda tf, d: d.scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s)),
    "unique": lambda tf, d: d.unique(),
    "take_while": lambda tf, d: d.take_while(lambda x: x < 2),
    "map_with_legacy_function": lambda tf, d: d.map_with_legacy_function(lambda x: x + 1),
    "in threads": lambda tf, d: d.map_with_legacy_function(lambda x: x + 1, num_parallel_calls=2),
    "filter_with_legacy_function": lambda tf, d: d.filter_with_legacy_function(lambda x: x > 0),
    "ignore_errors": lambda tf, d: d.apply(tf.data.experimental.ignore_errors()),
}


def kinds(tf, dataset):
    """Whether it is a dataset of version 1, and of version 2."""
    return [isinstance(dataset, tf.compat.v1.data.Dataset), isinstance(dataset, tf.data.Dataset)]


def named(value):
    """A class as its name: it has none by which it could be compared."""
    return value.__name__ if isinstance(value, type) else repr(value)


for name, make in SPECIMENS.items():

    @script(f"v1 datasets: what {name} consists of")
    def _(tf, make=make):
        v1 = tf.compat.v1.data
        found = {}
        for which, d in (("v1", v1.Dataset), ("v2", tf.data.Dataset)):
            dataset = make(tf, d)
            iterator = v1.make_one_shot_iterator(dataset)
            for what in ("types", "shapes", "classes"):
                asked = getattr(v1, f"get_output_{what}")
                found[f"{which} {what}"] = tf.nest.map_structure(named, asked(dataset))
                found[f"{which} {what} of the iterator"] = tf.nest.map_structure(named, asked(iterator))
                own = getattr(iterator, f"output_{what}")
                found[f"{which} {what} on the iterator"] = tf.nest.map_structure(named, own)
            found[f"{which} has output_types"] = hasattr(dataset, "output_types")
        return found


for name, step in STEPS.items():

    @script(f"v1 datasets: {name}")
    def _(tf, step=step):
        dataset = step(tf, tf.compat.v1.data.Dataset.range(3))
        return {"kinds": kinds(tf, dataset), "elements": list(dataset), "spec": repr(dataset.element_spec)}


@script("v1 datasets: how they are made")
def _(tf):
    d = tf.compat.v1.data.Dataset
    made = {
        "range": d.range(2),
        "from_tensors": d.from_tensors([1]),
        "from_tensor_slices": d.from_tensor_slices([1, 2]),
        "from_generator": d.from_generator(lambda: iter([1, 2]), tf.int32),
        "random": d.random(seed=1),
        "choose_from_datasets": d.choose_from_datasets([d.range(2)], d.range(1)),
        "sample_from_datasets": d.sample_from_datasets([d.range(2), d.range(2)], seed=1),
        "range of version 2": tf.data.Dataset.range(2),
    }
    first = {name: next(iter(dataset)) for name, dataset in made.items() if name != "random"}
    return {"kinds": {name: kinds(tf, dataset) for name, dataset in made.items()}, "first": first}


@script("v1 datasets: the experimental ones")
def _(tf):
    d, e = tf.compat.v1.data.Dataset, tf.compat.v1.data.experimental
    numbers = tf.constant([0, 1, 0], tf.int64)
    made = {
        "Counter": e.Counter(3).take(2),
        "choose": e.choose_from_datasets([d.range(2), d.range(5, 7)], d.from_tensor_slices(numbers)),
        "sample": e.sample_from_datasets([d.range(2), d.range(5, 7)], [0.5, 0.5], seed=3),
        "map_and_batch": d.range(3).apply(e.map_and_batch_with_legacy_function(lambda x: x + 1, 2)),
    }
    structures = [
        e.TensorStructure(tf.int32, [2]),
        e.SparseTensorStructure(tf.int32, [2, 2]),
        e.RaggedTensorStructure(tf.int32, [2, None], 1),
        e.TensorArrayStructure(tf.int32, [2], True, True),
    ]
    return {
        "kinds": {name: kinds(tf, dataset) for name, dataset in made.items()},
        "elements": {name: list(dataset) for name, dataset in made.items()},
        "structures": [repr(one) for one in structures],
        "numbers": [e.AUTOTUNE, e.INFINITE_CARDINALITY, e.UNKNOWN_CARDINALITY, e.SHARD_HINT],
        "random": kinds(tf, e.RandomDataset(1)),
    }


@script("v1 datasets: files")
def _(tf):
    v1 = tf.compat.v1.data
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.csv")
        with open(path, "w") as file:
            file.write("a,b\n1,2\n3,4\n")
        lines = v1.TextLineDataset(path)
        bytes_ = v1.FixedLengthRecordDataset(path, 4)
        columns = v1.experimental.CsvDataset(path, [tf.int32, tf.int32], header=True)
        batches = v1.experimental.make_csv_dataset(path, 2, num_epochs=1, shuffle=False)
        with tf.io.TFRecordWriter(os.path.join(folder, "r")) as writer:
            writer.write(b"one")
        records = v1.TFRecordDataset(os.path.join(folder, "r"))
        found = {"lines": lines, "bytes": bytes_, "columns": columns, "batches": batches, "records": records}
        return {
            "kinds": {name: kinds(tf, dataset) for name, dataset in found.items()},
            "elements": {name: list(dataset) for name, dataset in found.items()},
            "same class": [
                isinstance(lines, tf.data.TextLineDataset),
                isinstance(lines.take(1), v1.TextLineDataset),
            ],
        }


@script("v1 datasets: rows of SparseTensors")
def _(tf):
    rows = tf.compat.v1.data.Dataset.from_sparse_tensor_slices
    found = {}
    for name, value in {
        "matrix": tf.SparseTensor([[0, 0], [2, 1]], [1, 2], [3, 2]),
        "rank 3": tf.SparseTensor([[0, 0, 1], [0, 1, 1]], [1.0, 2.0], [2, 2, 3]),
        "rank 1": tf.SparseTensor([[0]], [1], [2]),
        "strings": tf.SparseTensor([[1, 0]], ["a"], [3, 2]),
    }.items():
        dataset = rows(value)
        found[name] = [list(dataset), repr(dataset.element_spec), len(dataset)]
    found["no SparseTensor"] = raises(lambda: rows([1]))
    found["out of order"] = raises(lambda: list(rows(tf.SparseTensor([[1, 0], [0, 0]], [1, 2], [2, 2]))))
    return found


@script("v1 datasets: one-shot iterators")
def _(tf):
    v1 = tf.compat.v1.data
    found = {}
    for name, iterator in {
        "method": v1.Dataset.range(2).make_one_shot_iterator(),
        "function": v1.make_one_shot_iterator(v1.Dataset.range(2)),
        "of version 2": v1.make_one_shot_iterator(tf.data.Dataset.range(2)),
    }.items():
        found[name] = [
            iterator.get_next(),
            next(iterator),
            raises(lambda iterator=iterator: iterator.get_next()),
            isinstance(iterator, tf.data.Iterator),
            isinstance(iterator, v1.Iterator),
            hasattr(iterator, "initializer"),
        ]
    return found


@script("v1 datasets: what is refused")
def _(tf):
    v1 = tf.compat.v1.data
    return {
        "initializable": raises(lambda: v1.Dataset.range(2).make_initializable_iterator()),
        "initializable, function": raises(lambda: v1.make_initializable_iterator(tf.data.Dataset.range(2))),
        "abstract": raises(lambda: v1.Dataset()),
        "types of a number": raises(lambda: v1.get_output_types(3)),
        "classes of a dict": raises(lambda: v1.get_output_classes({"a": 1})),
        "apply": raises(lambda: v1.Dataset.range(2).apply(lambda x: 3)),
        "predicate": raises(lambda: v1.Dataset.range(2).filter_with_legacy_function(lambda x: x)),
    }


@script("v1 datasets: iterators from a structure")
def _(tf):
    v1 = tf.compat.v1.data
    one = v1.Iterator.from_structure(tf.int64, tf.TensorShape([]))
    found = {"before": raises(lambda: one.get_next())}
    for name, dataset in {"v1": v1.Dataset.range(2), "v2": tf.data.Dataset.range(2)}.items():
        found[f"made {name}"] = one.make_initializer(dataset)
        found[name] = [one.get_next(), one.get_next(), raises(lambda: one.get_next())]
    found["shape"] = raises(lambda: one.make_initializer(v1.Dataset.range(3).batch(2)))
    found["dtype"] = raises(lambda: one.make_initializer(v1.Dataset.from_tensors(1.0)))
    found["structure"] = raises(lambda: one.make_initializer(v1.Dataset.from_tensors({"a": 1})))
    found["next"] = raises(lambda: next(one))
    found["iter"] = raises(lambda: iter(one))
    found["initializer"] = raises(lambda: one.initializer)
    found["spec"] = [
        repr(one.output_types),
        repr(one.output_shapes),
        named(one.output_classes),
        repr(one.element_spec),
    ]
    one.make_initializer(v1.Dataset.range(1))
    optional = one.get_next_as_optional()
    found["optional"] = [optional.get_value(), one.get_next_as_optional().has_value()]
    many = v1.Iterator.from_structure({"a": tf.int64, "b": tf.float32}, {"a": [None], "b": [2]})
    found["many"] = repr(many.element_spec)
    sparse = v1.Iterator.from_structure(tf.int64, [2, 2], output_classes=tf.SparseTensor)
    found["sparse"] = repr(sparse.element_spec)
    found["class"] = raises(lambda: v1.Iterator.from_structure(tf.int64, output_classes=int))
    rows = tf.data.Dataset.from_tensors(tf.SparseTensor([[0]], tf.constant([1], tf.int64), [2]))
    found["classes"] = raises(lambda: v1.Iterator.from_structure(tf.int64).make_initializer(rows))
    return found


@script("v1 datasets: iterators by their handles")
def _(tf):
    v1 = tf.compat.v1.data
    one = v1.Iterator.from_structure(tf.int64)
    other = v1.Iterator.from_string_handle(one.string_handle(), tf.int64)
    one.make_initializer(v1.Dataset.range(5))
    found = {"turns": [other.get_next(), one.get_next(), other.get_next()]}
    found["dtype"] = raises(lambda: v1.Iterator.from_string_handle(one.string_handle(), tf.float32))
    third = v1.Iterator.from_string_handle(one.string_handle(), tf.int64, tf.TensorShape([3]))
    found["shape"] = raises(lambda: third.get_next())
    found["no handle"] = raises(lambda: v1.Iterator.from_string_handle(b"nope", tf.int64))
    return found


@script("v1 datasets: in a tf.function")
def _(tf):
    dataset = tf.compat.v1.data.Dataset.range(4)

    @tf.function
    def total(elements):
        found = tf.constant(0, tf.int64)
        for x in elements:
            found += x
        return found

    @tf.function
    def outer():
        found = tf.constant(0, tf.int64)
        for x in dataset.batch(2):
            found += tf.reduce_sum(x)
        return found

    return [total(dataset), outer(), dataset.reduce(tf.constant(0, tf.int64), lambda a, b: a + b)]
