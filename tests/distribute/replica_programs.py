"""Programs for a strategy of two replicas, whose answers TensorFlow 2.21 has given on two logical CPUs."""

from __future__ import annotations

from typing import Any

import numpy as np

PROGRAMS: dict[str, Any] = {}


def program(f: Any) -> Any:
    PROGRAMS[f.__name__] = f
    return f


def plain(x: Any) -> Any:
    """An answer as JSON says it: numbers with 9 digits."""
    if isinstance(x, (list, tuple)):
        return [plain(one) for one in x]
    if isinstance(x, dict):
        return {key: plain(one) for key, one in x.items()}
    if x is None or isinstance(x, (str, bool, int)):
        return x
    if isinstance(x, float):
        return float(f"{x:.6g}")
    if hasattr(x, "values") and hasattr(x, "indices"):
        return {"values": plain(x.values), "indices": plain(x.indices)}
    if hasattr(x, "values") and not callable(x.values):
        return {"replicas": [plain(one) for one in x.values]}
    array = np.asarray(x.numpy() if hasattr(x, "numpy") else x)
    return [str(array.dtype), plain(array.tolist())]


def raised(f: Any) -> str:
    try:
        f()
    except Exception as error:
        return type(error).__name__
    return "nothing"


class Here:
    """What programs use of `tf`."""

    def __init__(self, tf: Any, strategy: Any) -> None:
        self.tf, self.s = tf, strategy

    def context(self) -> Any:
        return self.tf.distribute.get_replica_context()

    def id(self) -> Any:
        return self.tf.cast(self.context().replica_id_in_sync_group, self.tf.float32)

    def make(
        self, aggregation: str = "NONE", synchronization: str = "AUTO", value: Any = (1.0, 2.0), **more: Any
    ) -> Any:
        with self.s.scope():
            return self.tf.Variable(
                list(value) if isinstance(value, tuple) else value,
                aggregation=getattr(self.tf.VariableAggregation, aggregation),
                synchronization=getattr(self.tf.VariableSynchronization, synchronization),
                **more,
            )

    def copies(self, v: Any) -> Any:
        return [plain(x) for x in v.values]

    def parts(self, dataset: Any) -> Any:
        return [[x.numpy().tolist() for x in self.s.experimental_local_results(e)] for e in dataset]


@program
def results_of_run(h: Here) -> Any:
    s = h.s
    out = s.run(lambda: {"a": h.id() + 1, "b": (h.id(), 3), "c": None, "d": "x"})
    per = s.run(lambda: (h.id() + 1) * h.tf.constant([1.0, 2.0]))
    return {
        "n": s.num_replicas_in_sync,
        "structure": out,
        "local": s.experimental_local_results(per),
        "local plain": s.experimental_local_results(h.tf.constant(1.0)),
        "local dict": s.experimental_local_results({"a": per}),
        "function": h.tf.function(lambda: s.run(lambda: h.id() + 1))(),
        "argument": h.tf.function(lambda x: s.reduce("SUM", x, axis=None))(per),
        "kwargs": s.run(lambda x: x["q"] + 1, kwargs={"x": {"q": per}}),
        "values": s.experimental_distribute_values_from_function(lambda c: c.replica_id_in_sync_group + 1.0),
        "text": str(per),
        "raises": [
            raised(lambda: s.run(lambda: 1 / 0)),
            raised(lambda: s.run(lambda: s.run(lambda: 1.0))),
            raised(lambda: s.run(lambda: s.reduce("SUM", h.id(), axis=None))),
            raised(lambda: per + 1),
        ],
    }


@program
def reductions(h: Here) -> Any:
    s, tf = h.s, h.tf
    per = s.run(lambda: (h.id() + 1) * tf.constant([1.0, 2.0]))
    uneven = s.run(lambda: tf.range(tf.cast(h.id(), tf.int32) + 2))
    found = {f"{op} {axis}": s.reduce(op, per, axis=axis) for op in ("SUM", "MEAN") for axis in (None, 0, -1)}
    found |= {f"uneven {op}": s.reduce(op, uneven, axis=0) for op in ("SUM", "MEAN")}
    found["uneven float"] = s.reduce(
        "MEAN", s.run(lambda: tf.cast(tf.range(tf.cast(h.id(), tf.int32) + 2), tf.float32)), axis=0
    )
    found["int mean"] = s.reduce(
        "MEAN", s.run(lambda: tf.constant([1, 2]) + tf.cast(h.id(), tf.int32)), axis=None
    )
    found["plain"] = [
        s.reduce("MEAN", tf.constant(2.0), axis=None),
        s.reduce("MEAN", tf.constant([2.0, 4.0]), axis=0),
        s.reduce("SUM", tf.constant([2.0, 4.0]), axis=0),
        raised(lambda: s.reduce("SUM", tf.constant(2.0), axis=None)),
        raised(lambda: s.reduce("MAX", per, axis=None)),
        raised(lambda: s.reduce("SUM", uneven, axis=None)),
        raised(lambda: s.reduce("SUM", s.run(lambda: tf.constant([True])), axis=None)),
    ]
    found["dict"] = s.reduce("SUM", {"a": per, "b": [per]}, axis=None)
    found["gather"] = [
        s.gather(per, axis=0),
        s.gather(uneven, axis=0),
        s.gather(s.run(lambda: h.id() * tf.ones((2, 1))), axis=1),
        raised(lambda: s.gather(s.run(h.id), axis=0)),
        raised(lambda: s.run(lambda: s.gather(tf.ones(1), 0))),
    ]
    return found


@program
def exchanges_in_replicas(h: Here) -> Any:
    s, tf = h.s, h.tf
    context = h.context

    def slices() -> Any:
        place = tf.cast(h.id(), tf.int32)
        return tf.IndexedSlices(tf.ones((1, 2)) * (h.id() + 1), place[None], tf.constant([3, 2]))

    def gradient(op: str, gather: bool = False) -> Any:
        def f() -> Any:
            x = (h.id() + 1) * tf.ones(2)
            with tf.GradientTape() as tape:
                tape.watch(x)
                if gather:
                    y = context().all_gather(x * x, axis=0) * tf.range(4.0) * (h.id() + 1)
                else:
                    y = context().all_reduce(op, x * x) * (h.id() + 2)
            return tape.gradient(y, x)

        return f

    return {
        "sum": s.run(lambda: context().all_reduce("SUM", h.id() + 1)),
        "mean": s.run(lambda: context().all_reduce("MEAN", {"a": h.id() + 1, "b": [h.id()]})),
        "int": s.run(lambda: context().all_reduce("MEAN", tf.constant(3) + tf.cast(h.id(), tf.int32))),
        "slices": s.run(lambda: tf.convert_to_tensor(context().all_reduce("SUM", slices()))),
        "slices mean": s.run(lambda: tf.convert_to_tensor(context().all_reduce("MEAN", slices()))),
        "gather": s.run(lambda: context().all_gather(h.id() * tf.ones((1, 2)), axis=0)),
        "gather 1": s.run(lambda: context().all_gather(h.id() * tf.ones((1, 2)), axis=1)),
        "gather uneven": s.run(lambda: context().all_gather(tf.ones(tf.cast(h.id(), tf.int32) + 1), axis=0)),
        "gradients": [
            s.run(gradient("SUM")),
            s.run(gradient("MEAN")),
            s.run(tf.function(gradient("SUM"))),
            tf.function(lambda: s.run(gradient("MEAN")))(),
            s.run(gradient("", gather=True)),
        ],
        "merge": s.experimental_local_results(
            s.run(
                lambda: context().merge_call(lambda s, x: s.reduce("SUM", x, axis=None), args=(h.id() + 1,))
            )
        )[0],
        "merged values": s.run(lambda: context().merge_call(lambda s, x: x, args=(h.id() + 1,))),
        "merged number": s.run(lambda: context().merge_call(lambda s, x: x, args=(4,))),
        "raises": [
            raised(lambda: s.run(lambda: context().all_reduce("MAX", 1.0))),
            raised(lambda: s.run(lambda: context().all_reduce("SUM", 1.5))),
            raised(lambda: s.run(lambda: context().all_gather(h.id(), axis=0))),
            raised(lambda: s.run(lambda: context().all_gather(slices(), axis=0))),
        ],
    }


@program
def variables(h: Here) -> Any:
    found: dict[str, Any] = {}
    for sync in ("ON_WRITE", "ON_READ"):
        for agg in ("NONE", "SUM", "MEAN", "ONLY_FIRST_REPLICA"):
            for how in ("assign", "assign_add", "assign_sub"):
                v = h.make(agg, sync)
                h.s.run(lambda: [getattr(v, how)((h.id() + 1) * h.tf.constant([10.0, 20.0])), None][1])  # noqa: B023
                name = f"{sync} {agg} {how}"
                found[name] = [
                    h.copies(v),
                    "raises" if sync == "ON_READ" and agg == "NONE" else plain(v.numpy()),
                ]
                v = h.make(agg, sync)
                if raised(lambda: getattr(v, how)(h.tf.constant([10.0, 20.0]))) == "nothing":  # noqa: B023
                    found[f"{name} for all"] = [h.copies(v), plain(v.numpy())]
                else:
                    found[f"{name} for all"] = "raises"
    v = h.make("SUM", "ON_READ")
    h.s.run(lambda: [v.assign_add(h.tf.ones(2) * h.id()), None][1])
    found["reads"] = [
        v.read_value(),
        v + 0.0,
        h.tf.function(lambda: v + 0.0)(),
        h.s.reduce("SUM", v, axis=None),
    ]
    found["reads in replicas"] = h.s.run(lambda: v + 0.0)
    found["attributes"] = [
        v.synchronization.name,
        v.trainable,
        h.make().synchronization.name,
        h.make().trainable,
    ]
    found["none"] = raised(lambda: h.make("NONE", "NONE"))
    for agg in ("NONE", "SUM", "MEAN", "ONLY_FIRST_REPLICA"):
        v = h.make(agg)
        h.tf.function(
            lambda: h.s.run(lambda: [v.assign_add((h.id() + 1) * h.tf.constant([10.0, 20.0])), None][1])  # noqa: B023
        )()
        found[f"function {agg}"] = h.copies(v)
    v = h.make("SUM")
    h.s.run(
        lambda: [v.scatter_add(h.tf.IndexedSlices(h.tf.ones(1), h.tf.cast(h.id(), h.tf.int32)[None])), None][
            1
        ]
    )
    found["scatter"] = h.copies(v)
    found["scatter update"] = raised(
        lambda: h.s.run(lambda: v.scatter_update(h.tf.IndexedSlices(h.tf.ones(1), h.tf.constant([0]))))
    )
    v = h.make()
    h.s.extended.update(v, lambda v, x: v.assign_add(x), args=([1.0, 1.0],))
    found["update"] = h.copies(v)
    found["shape"] = raised(lambda: h.make("SUM").assign([1.0]))
    random = h.make(value=lambda: h.tf.random.normal([2]))
    found["agree"] = bool(np.array_equal(*[x.numpy() for x in random.values]))
    v = h.make()

    def step() -> Any:
        with h.tf.GradientTape() as tape:
            loss = h.tf.reduce_sum(v * v) * (h.id() + 1)
        return tape.gradient(loss, v)

    found["gradient"] = h.s.run(step)
    with h.tf.GradientTape() as tape:
        loss = h.s.reduce("SUM", h.s.run(lambda: h.tf.reduce_sum(v * v)), axis=None)
    found["outside"] = tape.gradient(loss, v)
    return found


@program
def datasets(h: Here) -> Any:
    s, D = h.s, h.tf.data.Dataset
    distribute = s.experimental_distribute_dataset
    found = {
        f"{n} {b}": h.parts(distribute(D.range(n).batch(b)))
        for n, b in ((8, 4), (7, 4), (5, 4), (6, 3), (2, 1), (13, 10), (11, 7))
    }
    found["steps"] = h.parts(distribute(D.range(8).batch(4).map(lambda x: x * 2).prefetch(2).repeat(2)))
    found["nested"] = h.parts(distribute(D.range(8).batch(2).batch(2)))
    found["padded"] = h.parts(distribute(D.range(1, 4).map(lambda x: h.tf.fill([x], x)).padded_batch(2)))
    found["unbatched"] = raised(lambda: h.parts(distribute(D.range(5))))
    found["dict"] = list(
        distribute(D.from_tensor_slices({"a": [1, 2, 3], "b": [[1.0], [2.0], [3.0]]}).batch(2))
    )
    found["from function"] = h.parts(
        s.distribute_datasets_from_function(
            lambda c: (
                D.range(8)
                .shard(c.num_input_pipelines, c.input_pipeline_id)
                .batch(c.get_per_replica_batch_size(4))
            )
        )
    )
    found["from function odd"] = h.parts(s.distribute_datasets_from_function(lambda c: D.range(5).batch(2)))
    dataset = distribute(D.range(7).batch(4))
    iterator = iter(dataset)
    found["iterator"] = [
        isinstance(dataset, h.tf.distribute.DistributedDataset),
        isinstance(iterator, h.tf.distribute.DistributedIterator),
        isinstance(dataset, D),
        int(dataset.cardinality),
        next(iterator),
        iterator.get_next(),
        bool(iterator.get_next_as_optional().has_value()),
        raised(iterator.get_next),
        raised(lambda: len(dataset)),
    ]

    @h.tf.function
    def loop(dataset: Any) -> Any:
        total = h.tf.constant(0, h.tf.int64)
        for e in dataset:
            total += s.reduce("SUM", s.run(lambda x: h.tf.reduce_sum(x), args=(e,)), axis=None)
        return total

    found["loop in function"] = loop(dataset)
    return found


@program
def inputs(h: Here) -> Any:
    s, tf = h.s, h.tf
    numbers = tf.data.Dataset.range(8).batch(4)
    contexts: list[Any] = []
    each = tf.distribute.InputReplicationMode.PER_REPLICA

    def made(context: Any) -> Any:
        contexts.append((context.num_input_pipelines, context.num_replicas_in_sync))
        return tf.data.Dataset.range(8).shard(context.num_input_pipelines, context.input_pipeline_id).batch(2)

    def by_function(**options: Any) -> Any:
        return h.parts(s.distribute_datasets_from_function(made, tf.distribute.InputOptions(**options)))

    rows = tf.data.Dataset.from_tensor_slices(tf.ragged.constant([[1], [2, 3], [4], [5, 6, 7], []])).batch(3)
    return {
        "as it is": h.parts(
            s.experimental_distribute_dataset(
                numbers, tf.distribute.InputOptions(experimental_fetch_to_device=False)
            )
        ),
        "each": by_function(experimental_replication_mode=each),
        "contexts": sorted(set(contexts)),
        "in place": by_function(
            experimental_replication_mode=each,
            experimental_fetch_to_device=False,
            experimental_place_dataset_on_device=True,
        ),
        "raises": [
            raised(
                lambda: s.experimental_distribute_dataset(
                    numbers, tf.distribute.InputOptions(experimental_replication_mode=each)
                )
            ),
            raised(lambda: by_function(experimental_place_dataset_on_device=True)),
            raised(
                lambda: by_function(
                    experimental_replication_mode=each, experimental_place_dataset_on_device=True
                )
            ),
        ],
        "empty": h.parts(s.experimental_distribute_dataset(tf.data.Dataset.range(0).batch(4))),
        "ragged": [
            [one.to_list() for one in s.experimental_local_results(e)]
            for e in s.experimental_distribute_dataset(rows)
        ],
    }


@program
def averages(h: Here) -> Any:
    nn, tf = h.tf.nn, h.tf
    each = tf.constant([1.0, 2.0, 4.0])

    def found() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(each)
            loss = nn.compute_average_loss(each * (h.id() + 1))
        return {
            "default": loss,
            "gradient": tape.gradient(loss, each),
            "weighted": nn.compute_average_loss(each, sample_weight=[1.0, 0.0, 2.0]),
            "given": nn.compute_average_loss(each, global_batch_size=7),
            "none": nn.compute_average_loss(each[:0]),
            "regularization": nn.scale_regularization_loss(each),
        }

    return {"eager": h.s.run(found), "traced": tf.function(lambda: h.s.run(found))()}


@program
def random_numbers(h: Here) -> Any:
    h.tf.random.set_seed(5)
    g = h.tf.random.Generator.from_seed(1)
    return {
        "global seed": h.s.run(lambda: h.tf.random.uniform([2])),
        "own seed": h.s.run(lambda: h.tf.random.uniform([2], seed=1)),
        "stateless": h.s.run(lambda: h.tf.random.stateless_uniform([2], [1, 2])),
        "generator": h.s.run(lambda: g.uniform([2])),
    }


def _start(tf: Any, dtype: str) -> Any:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(24, 3)).astype(dtype)
    y = (x @ np.array([[1.0], [2.0], [-1.0]])).astype(dtype)
    values = [np.full((3, 4), 0.1, dtype), np.zeros(4, dtype), np.linspace(-1, 1, 4).astype(dtype)[:, None]]
    return x, y, [tf.Variable(value) for value in values]


def _errors(tf: Any, weights: Any, x: Any, y: Any) -> Any:
    return tf.reduce_sum((tf.tanh(x @ weights[0] + weights[1]) @ weights[2] - y) ** 2, -1)


def train_in_halves(tf: Any, dtype: str, global_batch: int = 8) -> Any:
    """`train` without a strategy: the gradients of both halves of a batch, summed up."""
    x, y, weights = _start(tf, dtype)
    losses = []
    for start in [*range(0, 24, global_batch)] * 2:
        halves = []
        for first in (start, start + global_batch // 2):
            rows = slice(first, first + global_batch // 2)
            with tf.GradientTape() as tape:
                errors = _errors(tf, weights, tf.constant(x[rows]), tf.constant(y[rows]))
                loss = tf.nn.compute_average_loss(errors, global_batch_size=global_batch)
            halves.append((loss, tape.gradient(loss, weights)))
        for v, one, other in zip(weights, halves[0][1], halves[1][1], strict=True):
            v.assign_sub(0.1 * (one + other))
        losses.append(float(halves[0][0] + halves[1][0]))
    return {"losses": losses, "weights": [v.numpy().tolist() for v in weights]}


def train(tf: Any, strategy: Any, dtype: str, global_batch: int = 8, traced: bool = True) -> Any:
    """TensorFlow's guide to custom loops: losses of the steps, weights in the end."""
    with strategy.scope():
        x, y, weights = _start(tf, dtype)
        seen = tf.Variable(
            np.zeros((), dtype),
            synchronization=tf.VariableSynchronization.ON_READ,
            aggregation=tf.VariableAggregation.SUM,
        )
    dataset = strategy.experimental_distribute_dataset(
        tf.data.Dataset.from_tensor_slices((x, y)).batch(global_batch)
    )

    def update(s: Any, grads: Any) -> None:
        for v, g in zip(weights, grads, strict=True):
            s.extended.update(v, lambda v, g: v.assign_sub(0.1 * g), args=(g,))

    def step(inputs: Any) -> Any:
        x, y = inputs
        with tf.GradientTape() as tape:
            errors = _errors(tf, weights, x, y)
            loss = tf.nn.compute_average_loss(errors, global_batch_size=global_batch)
        context = tf.distribute.get_replica_context()
        grads = context.all_reduce("SUM", tape.gradient(loss, weights))
        context.merge_call(update, args=(grads,))
        seen.assign_add(tf.reduce_sum(errors))
        return loss

    def whole(inputs: Any) -> Any:
        return strategy.reduce("SUM", strategy.run(step, args=(inputs,)), axis=None)

    if traced:
        whole = tf.function(whole)
    losses = [float(whole(batch)) for _ in range(2) for batch in dataset]
    return {"losses": losses, "seen": float(seen), "weights": [v.numpy().tolist() for v in weights]}


@program
def functions_called_within_and_without_replicas(h: Here) -> Any:
    """A function is traced for a replica, for all of them and for no strategy apart."""
    s, tf = h.s, h.tf
    x = tf.constant(2.0)

    @tf.function
    def count(x: Any) -> Any:
        return x * tf.distribute.get_strategy().num_replicas_in_sync

    def through(f: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(y := tf.constant(3.0))
            z = f(y)
        return tape.gradient(z, y)

    @tf.function
    def whole() -> Any:
        return s.run(count, (x,))

    local = s.experimental_local_results
    found = {"count": [local(one) for one in (count(x), s.run(count, (x,)), whole(), count(x))]}
    found["gradient"] = [
        local(one)
        for one in (through(count), s.run(through, (count,)), through(count), s.run(through, (count,)))
    ]
    with s.scope():
        found["in the scope"] = local(count(x))
        of_scope = count.get_concrete_function(tf.TensorSpec([]))
    outside = count.get_concrete_function(tf.TensorSpec([]))
    found["concrete"] = [local(one) for f in (of_scope, outside) for one in (f(x), s.run(f, (x,)))]

    v = h.make("SUM", "ON_READ", 1.0)
    s.run(lambda: v.assign(h.id() + 1.0))

    @tf.function
    def read() -> Any:
        return v.read_value() * 1.0

    found["read"] = [local(one) for one in (read(), s.run(read), read())]
    concrete = read.get_concrete_function()
    found["concrete read"] = [local(one) for one in (concrete(), s.run(concrete))]
    m = h.make("MEAN", value=0.0)

    @tf.function
    def assign(a: Any) -> None:
        m.assign(a)

    assign(tf.constant(7.0))
    s.extended.update(m, lambda v, a: assign(a), args=(tf.constant(8.0),))
    found["updated"] = h.copies(m)
    draw = tf.function(lambda: tf.random.uniform([]))
    draw()
    found["draws differ"] = len({float(one) for one in local(s.run(draw))})
    return found


@program
def iterators_in_functions(h: Here) -> Any:
    """Elements taken by `get_next_as_optional`, `next` and `for`, in loops of a function, up to the end and past it."""
    s, tf = h.s, h.tf
    numbers = tf.data.Dataset.range(7).map(lambda i: tf.cast(i, tf.float32)).batch(2)
    dataset = s.experimental_distribute_dataset(numbers)

    def summed(x: Any) -> Any:
        return s.reduce("SUM", s.run(tf.reduce_sum, (x,)), axis=None)

    @tf.function
    def to_the_end(iterator: Any) -> Any:
        total = 0.0
        element = iterator.get_next_as_optional()
        while element.has_value():
            total += summed(element.get_value())
            element = iterator.get_next_as_optional()
        return total

    @tf.function
    def steps(iterator: Any, count: Any) -> Any:
        total = 0.0
        for _ in tf.range(count):
            element = iterator.get_next_as_optional()
            if element.has_value():
                total += summed(element.get_value())
        return total

    @tf.function
    def all_of(elements: Any) -> Any:
        total = 0.0
        for x in elements:
            total += summed(x)
        return total

    @tf.function
    def two(iterator: Any) -> Any:
        return summed(next(iterator)) + summed(next(iterator))

    one, other = iter(dataset), iter(dataset)
    found = {"to the end": [to_the_end(iter(dataset)) for _ in range(2)]}
    found["steps"] = [steps(one, tf.constant(n)) for n in (2, 3, 3)]
    found["for"] = [all_of(dataset), all_of(iter(dataset)), all_of(iter(dataset))]
    found["next"] = [two(other), two(other), raised(lambda: two(other))]
    return found
