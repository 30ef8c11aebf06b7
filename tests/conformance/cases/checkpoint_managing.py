"""Which checkpoints there are: CheckpointManager, the file `checkpoint`, Saver."""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))

from _checkpoints import asked, folder, in_place, written
from conformance_kit import raises, script


def names(d):
    return sorted(os.listdir(d))


def state(d):
    """The file `checkpoint` without times."""
    with open(os.path.join(d, "checkpoint")) as file:
        return [line for line in file.read().splitlines() if "timestamp" not in line]


@script("manager: what it keeps")
def _(tf):
    with folder() as d:
        manager = tf.train.CheckpointManager(tf.train.Checkpoint(a=tf.Variable(1.0)), d, max_to_keep=2)
        out = [
            manager.checkpoints,
            manager.latest_checkpoint,
            manager.directory == d,
            manager.checkpoint_interval,
        ]
        out.append(manager.restore_or_initialize())
        out += [in_place(manager.save(), d) for _ in range(4)]
        return [*out, names(d), state(d), [in_place(path, d) for path in manager.checkpoints]]


@script("manager: a restart")
def _(tf):
    with folder() as d:
        v = tf.Variable(1.0)
        manager = tf.train.CheckpointManager(tf.train.Checkpoint(a=v), d, max_to_keep=2)
        for value in (2.0, 3.0, 4.0):
            v.assign(value)
            manager.save()
        again = tf.train.CheckpointManager(tf.train.Checkpoint(a=tf.Variable(0.0)), d, max_to_keep=3)
        out = [[in_place(path, d) for path in again.checkpoints], in_place(again.latest_checkpoint, d)]
        out += [in_place(again.restore_or_initialize(), d), again.checkpoint.a.numpy()]
        out += [again.checkpoint.save_counter.numpy(), in_place(again.save(), d), names(d)]
        out += [in_place(again.save(checkpoint_number=77), d), again.checkpoint.save_counter.numpy()]
        return [*out, in_place(again.save(checkpoint_number=tf.Variable(80)), d), names(d), state(d)]


@script("manager: steps between checkpoints")
def _(tf):
    with folder() as d:
        step, calls = tf.Variable(0, dtype=tf.int64), []
        made = [d, 3]
        options = {"checkpoint_name": "n", "step_counter": step, "checkpoint_interval": 5}
        options["init_fn"] = lambda: calls.append(1)
        manager = tf.train.CheckpointManager(tf.train.Checkpoint(a=tf.Variable(1.0)), *made, **options)
        out = [manager.checkpoint_interval, manager.restore_or_initialize(), list(calls)]
        for i in range(12):
            step.assign(i)
            out.append(in_place(manager.save(), d))
        out.append(in_place(manager.save(check_interval=False), d))
        again = tf.train.CheckpointManager(tf.train.Checkpoint(a=tf.Variable(1.0)), *made, **options)
        return [*out, in_place(again.restore_or_initialize(), d), list(calls), again.save(), names(d)]


@script("manager: all are kept, and for hours")
def _(tf):
    with folder() as d:
        manager = tf.train.CheckpointManager(tf.train.Checkpoint(a=tf.Variable(1.0)), d, None)
        for _ in range(7):
            manager.save()
        out = [names(d), len(manager.checkpoints)]
    with folder() as d:
        manager = tf.train.CheckpointManager(
            tf.train.Checkpoint(a=tf.Variable(1.0)), d, 2, keep_checkpoint_every_n_hours=1e-12
        )
        for _ in range(5):
            manager.save()
        return [*out, names(d), [in_place(path, d) for path in manager.checkpoints], state(d)]


@script("manager: what it refuses")
def _(tf):
    with folder() as d:
        c = tf.train.Checkpoint(a=tf.Variable(1.0))
        make = tf.train.CheckpointManager
        return [
            raises(lambda: make(c, d, 0) and 1),
            raises(lambda: make(c, d, -1) and 1),
            raises(lambda: make(c, d) and 1),
            raises(lambda: make(c, 3, 3) and 1),
            raises(lambda: make(c, d, 3, checkpoint_interval=2) and 1),
        ]


@script("state: paths relative and whole")
def _(tf):
    with folder() as d:
        before = os.getcwd()
        os.chdir(d)
        try:
            c = tf.train.Checkpoint(a=tf.Variable(1.0))
            out = [c.save("x"), c.save("./y"), c.save("sub/z"), state("."), state("sub")]
            out += [tf.train.latest_checkpoint(each) for each in (".", "sub", "", "nope")]
            manager = tf.train.CheckpointManager(c, "rel", 2)
            out += [manager.save(), state("rel"), manager.checkpoints]
        finally:
            os.chdir(before)
        found = tf.train.get_checkpoint_state(d)
        out += [
            in_place(found.model_checkpoint_path, d),
            [in_place(p, d) for p in found.all_model_checkpoint_paths],
        ]
        out += [
            tf.train.get_checkpoint_state(os.path.join(d, "nope")),
            tf.train.latest_checkpoint(d, "other"),
        ]
        out.append([in_place(p, d) for p in tf.train.checkpoints_iterator(d, timeout=0)])
        return out


@script("state: a file that says nothing")
def _(tf):
    with folder() as d:
        tf.train.Checkpoint(a=tf.Variable(1.0)).save(os.path.join(d, "x"))
        out = []
        for text in (
            "garbage{",
            "",
            'model_checkpoint_path: "gone"\n',
            "model_checkpoint_path: 'x-1'\n",
            "a: 1\n",
        ):
            with open(os.path.join(d, "checkpoint"), "w") as file:
                file.write(text)
            out.append(raises(lambda: in_place(tf.train.latest_checkpoint(d), d)))
        return out


@script("saver: by names")
def _(tf):
    v1 = tf.compat.v1.train
    with folder() as d:
        a, b = tf.Variable(1.0, name="a"), tf.Variable([2.0, 3.0], name="b")
        saver = v1.Saver([a, b])
        path = saver.save(None, os.path.join(d, "m"), global_step=3)
        out = [in_place(path, d), names(d), [[n, list(s)] for n, s in tf.train.list_variables(path)]]
        a.assign(9.0)
        saver.restore(None, path)
        out += [a.numpy(), [in_place(p, d) for p in saver.last_checkpoints]]
        path = v1.Saver({"A": a}).save(None, os.path.join(d, "n"))
        return [*out, in_place(path, d), [[n, list(s)] for n, s in tf.train.list_variables(path)]]


@script("saver: how many it keeps")
def _(tf):
    with folder() as d:
        saver = tf.compat.v1.train.Saver([tf.Variable(1.0, name="a")], max_to_keep=2)
        for i in range(4):
            saver.save(None, os.path.join(d, "k"), global_step=i)
        return [names(d), [in_place(p, d) for p in saver.last_checkpoints]]


@script("saver: what it refuses")
def _(tf):
    v1 = tf.compat.v1.train
    with folder() as d:
        a = tf.Variable(1.0, name="a")
        path = v1.Saver([a]).save(None, os.path.join(d, "m"))
        by_object = tf.train.Checkpoint(x=a).write(os.path.join(d, "o"))
        return [
            raises(lambda: v1.Saver()),
            raises(lambda: v1.Saver([a]).restore(None, os.path.join(d, "nope"))),
            raises(lambda: v1.Saver([a]).restore(None, None)),
            raises(lambda: v1.Saver([tf.Variable(1.0, name="q")]).restore(None, path)),
            raises(lambda: v1.Saver([tf.Variable([1.0, 1.0], name="a")]).restore(None, path)),
            raises(lambda: v1.Saver([a]).restore(None, by_object)),
        ]


@script("saver: its files restored into objects")
def _(tf):
    with folder() as d:
        a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b")
        path = tf.compat.v1.train.Saver([a, b]).save(None, os.path.join(d, "m"))
        x, y = tf.Variable(0.0, name="a"), tf.Variable(0.0, name="b")
        out = [asked(tf.train.Checkpoint(p=x, q=y).restore(path)), x.numpy(), y.numpy()]
        out.append(asked(tf.train.Checkpoint(p=tf.Variable(0.0, name="a")).restore(path)))
        more = tf.train.Checkpoint(p=tf.Variable(0.0, name="a"), z=tf.Variable(0.0, name="z"))
        out.append(asked(more.read(path)))
        module = tf.Module()
        status = tf.train.Checkpoint(module).read(path)
        module.later = tf.Variable(0.0, name="b")
        out += [module.later.numpy(), asked(status)]
        wrong = tf.Variable([5.0, 6.0], name="a")
        return [*out, raises(lambda: tf.train.Checkpoint(p=wrong).read(path) and 1), wrong.numpy()]


@script("averages of variables")
def _(tf):
    make = tf.train.ExponentialMovingAverage
    v, out = tf.Variable([1.0, 2.0], name="v"), []
    for options in ({}, {"num_updates": 3}, {"num_updates": tf.Variable(30)}, {"name": "E"}):
        averages = make(0.9, **options)
        out += [averages.apply([v]), averages.average(v).numpy(), averages.name]
        v.assign([3.0, 4.0])
        averages.apply([v])
        out += [averages.average(v).numpy(), averages.average(v).trainable]
        v.assign([1.0, 2.0])
    averages = make(0.99)
    for dtype in (tf.float16, tf.bfloat16, tf.float64):
        w = tf.Variable(tf.cast([1.0, 5.0], dtype))
        averages.apply([w])
        w.assign(tf.cast([2.0, 3.0], dtype))
        averages.apply([w])
        out.append(averages.average(w).numpy())
    out += [
        raises(lambda w=w: averages.apply([w])) for w in (tf.Variable(1), tf.Variable(1j), tf.constant(1.0))
    ]
    out += [
        averages.average(tf.Variable(1.0)),
        averages.variables_to_restore([v])["v/ExponentialMovingAverage"] is v,
    ]
    return out


@script("averages in a checkpoint")
def _(tf):
    with folder() as d:
        v = tf.Variable(1.0, name="v")
        averages = tf.train.ExponentialMovingAverage(0.5)
        averages.apply([v])
        v.assign(5.0)
        averages.apply([v])
        saver = tf.compat.v1.train.Saver([v, averages.average(v)])
        path = saver.save(None, os.path.join(d, "m"))
        tf.compat.v1.train.Saver(averages.variables_to_restore([v])).restore(None, path)
        return [v.numpy(), written(tf, tf.train.Checkpoint(e=averages.average(v)), d)]


@script("tables and generators in a checkpoint")
def _(tf):
    with folder() as d:
        table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
        table.insert(["a", "b"], [1, 2])
        generator = tf.random.Generator.from_seed(5)
        static = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), 0)
        checkpoint = tf.train.Checkpoint(table=table, generator=generator, static=static)
        path = checkpoint.save(os.path.join(d, "x"))
        first = generator.normal([2])
        table.insert(["c", "a"], [3, 9])
        status = checkpoint.restore(path)
        again = generator.normal([2])
        keys, values = table.export()
        found = sorted(zip(keys.numpy().tolist(), values.numpy().tolist(), strict=True))
        return [found, first, again, asked(status), written(tf, checkpoint, d)]


@script("a checkpoint in steps of an optimizer")
def _(tf):
    def trained(v, optimizer, steps):
        for _ in range(steps):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(v * v)
            optimizer.apply_gradients([(tape.gradient(loss, v), v)])

    out = []
    with folder() as d:
        for kind, *more in (("Adam",), ("Momentum", 0.9), ("Adagrad",), ("Ftrl",), ("RMSProp",)):
            make = lambda kind=kind, more=more: getattr(tf.compat.v1.train, f"{kind}Optimizer")(0.1, *more)  # noqa: E731
            v, optimizer = tf.Variable([1.0, 2.0], name="v"), make()
            trained(v, optimizer, 2)
            checkpoint = tf.train.Checkpoint(v=v, optimizer=optimizer)
            out.append(written(tf, checkpoint, d))
            path = checkpoint.save(os.path.join(d, kind))
            other, another = tf.Variable([0.0, 0.0], name="v"), make()
            status = tf.train.Checkpoint(v=other, optimizer=another).restore(path)
            trained(v, optimizer, 2)
            trained(other, another, 2)
            out += [v.numpy(), other.numpy(), asked(status)]
        status = tf.train.Checkpoint(v=tf.Variable([0.0, 0.0])).restore(path)
        return [*out, asked(status)]
