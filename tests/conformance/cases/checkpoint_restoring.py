"""Restoring objects: what is there, what comes later, what does not fit."""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))

from _checkpoints import asked, folder, written
from conformance_kit import raises, script


@script("checkpoint: values come back")
def _(tf):
    with folder() as d:
        a, b = tf.Variable([1.0, 2.0]), tf.Variable(3)
        checkpoint = tf.train.Checkpoint(a=a, b=b)
        path = checkpoint.write(os.path.join(d, "x"))
        a.assign([5.0, 6.0])
        b.assign(7)
        status = checkpoint.read(path)
        return {"a": a.numpy(), "b": b.numpy(), "asked": asked(status), "path": path == os.path.join(d, "x")}


@script("checkpoint: every dtype of variables comes back")
def _(tf):
    names = [
        *("bfloat16", "float16", "float32", "float64", "int8", "int16", "int32", "int64"),
        *("uint8", "uint16", "uint32", "uint64", "complex64", "complex128", "bool"),
    ]
    with folder() as d:
        held = {name: tf.Variable(tf.cast([0.0, 1.0, 2.0], name)) for name in names}
        held["string"] = tf.Variable([["a", b"\xff\x00"], ["", "x" * 300]])
        held["empty"] = tf.Variable(tf.zeros([0, 3]))
        held["none"] = tf.Variable(tf.zeros([0], tf.string))
        held["scalar"] = tf.Variable(2.5)
        held["deep"] = tf.Variable(tf.reshape(tf.range(24), [2, 1, 3, 4]))
        checkpoint = tf.train.Checkpoint(**held)
        path = checkpoint.save(os.path.join(d, "x"))
        expected = {name: variable.numpy() for name, variable in held.items()}
        for variable in held.values():
            variable.assign(tf.zeros_like(variable))
        status = checkpoint.restore(path)
        found = {name: held[name].numpy() for name in ("string", "empty", "none", "scalar", "deep")}
        same = [bool((held[name].numpy() == expected[name]).all()) for name in held]
        return {"found": found, "same": same, "asked": asked(status)}


@script("checkpoint: asked of a partial match")
def _(tf):
    with folder() as d:
        path = tf.train.Checkpoint(a=tf.Variable([1.0, 2.0]), b=tf.Variable(3)).write(os.path.join(d, "x"))
        one = tf.train.Checkpoint(a=tf.Variable([0.0, 0.0]))
        more = tf.train.Checkpoint(a=tf.Variable([0.0, 0.0]), b=tf.Variable(1), z=tf.Variable(9.0))
        other = tf.train.Checkpoint(q=tf.Variable([0.0, 0.0]))
        bare = tf.train.Checkpoint()
        module = tf.train.Checkpoint(a=tf.Module())
        return [asked(each.read(path)) for each in (one, more, other, bare, module)]


@script("checkpoint: restore of write, read of save")
def _(tf):
    with folder() as d:
        saved = tf.train.Checkpoint(a=tf.Variable(1.0))
        plain, counted = saved.write(os.path.join(d, "w")), saved.save(os.path.join(d, "s"))
        first, second, third = (tf.train.Checkpoint(a=tf.Variable(0.0)) for _ in range(3))
        out = {"of write": asked(first.restore(plain)), "counter": first.save_counter.numpy()}
        status = second.read(counted)
        out["before"] = raises(lambda: status.assert_consumed() and 1)
        out["later"] = second.save_counter.numpy(), asked(status)
        out["of save"] = asked(third.restore(counted)), third.save_counter.numpy(), third.save_counter.name
        return out


@script("checkpoint: nothing to restore")
def _(tf):
    status = tf.train.Checkpoint(a=tf.Variable(1.0)).restore(None)
    return {
        "asked": asked(status),
        "run": raises(lambda: status.run_restore_ops()),
        "initialize": raises(lambda: status.initialize_or_restore()),
        "partial": status.expect_partial() is status,
    }


@script("checkpoint: what comes later is restored then")
def _(tf):
    with folder() as d:
        module = tf.Module()
        module.x, module.inner, module.items, module.named = tf.Variable(7.0), tf.Module(), [], {}
        module.inner.y = tf.Variable([1.0, 2.0])
        module.items.append(tf.Variable(3.0))
        module.items.append([tf.Variable(4.0)])
        module.named["k"] = tf.Variable(5.0)
        path = tf.train.Checkpoint(m=module).write(os.path.join(d, "x"))
        module = tf.Module()
        status = tf.train.Checkpoint(m=module).read(path)
        out = [raises(lambda: status.assert_consumed() and 1)]
        module.x = tf.Variable(0.0)
        out.append(module.x.numpy())
        inner = tf.Module()
        inner.y = tf.Variable([0.0, 0.0])
        module.inner = inner
        out.append(inner.y.numpy())
        module.items = []
        module.items.append(tf.Variable(0.0))
        module.items.append([])
        module.items[1].append(tf.Variable(0.0))
        out += [module.items[0].numpy(), module.items[1][0].numpy()]
        module.named = {}
        out.append(raises(lambda: status.assert_consumed() and 1))
        module.named["k"] = tf.Variable(0.0)
        out += [module.named["k"].numpy(), asked(status)]
        module.later = tf.Variable(1.0)
        return [*out, asked(status)]


@script("checkpoint: the newest restoration counts")
def _(tf):
    with folder() as d:
        paths = []
        for value in (1.0, 2.0):
            module = tf.Module()
            module.x = tf.Variable(value)
            paths.append(tf.train.Checkpoint(m=module).write(os.path.join(d, f"x{value}")))
        out = []
        for order in (paths, paths[::-1]):
            module = tf.Module()
            checkpoint = tf.train.Checkpoint(m=module)
            statuses = [checkpoint.read(path) for path in order]
            module.x = tf.Variable(0.0)
            out.append((module.x.numpy(), [raises(lambda s=s: s.assert_consumed() is s) for s in statuses]))
        return out


@script("checkpoint: shared objects")
def _(tf):
    with folder() as d:
        v = tf.Variable(1.0)
        shared = tf.train.Checkpoint(a=v, b=v)
        apart = tf.train.Checkpoint(a=tf.Variable(1.0), b=tf.Variable(2.0))
        one, two = shared.write(os.path.join(d, "s")), apart.write(os.path.join(d, "t"))
        x, y, z = tf.Variable(5.0), tf.Variable(6.0), tf.Variable(7.0)
        first = asked(tf.train.Checkpoint(a=x, b=y).read(one))
        second = asked(tf.train.Checkpoint(a=z, b=z).read(two))
        names = [written(tf, each, d) for each in (shared, apart)]
        return [first, x.numpy(), y.numpy(), second, z.numpy(), names]


@script("checkpoint: objects in circles")
def _(tf):
    with folder() as d:
        one, two = tf.Module(), tf.Module()
        one.other, two.other, one.v, two.v = two, one, tf.Variable(1.0), tf.Variable(2.0)
        checkpoint = tf.train.Checkpoint(one)
        path = checkpoint.save(os.path.join(d, "x"))
        one.v.assign(0.0)
        two.v.assign(0.0)
        status = checkpoint.restore(path)
        return [one.v.numpy(), two.v.numpy(), asked(status), written(tf, checkpoint, d)]


@script("checkpoint: names within keys")
def _(tf):
    with folder() as d:
        module = tf.Module()
        module.d = {
            "x/y": tf.Variable(1.0),
            "p.q": tf.Variable(2.0),
            ".": tf.Variable(3.0),
            "/": tf.Variable(4.0),
        }
        module.deep = {"a": {"b": [tf.Variable(5.0), {"c": tf.Variable(6.0)}]}}
        module.t = (tf.Variable(7.0), [tf.Variable(8.0)])
        checkpoint = tf.train.Checkpoint(module=module)
        path = checkpoint.write(os.path.join(d, "x"))
        expected = [v.numpy() for v in module.variables]
        for v in module.variables:
            v.assign(0.0)
        status = checkpoint.read(path)
        return [expected, [v.numpy() for v in module.variables], asked(status), written(tf, checkpoint, d)]


@script("checkpoint: values that do not fit")
def _(tf):
    with folder() as d:
        path = tf.train.Checkpoint(a=tf.Variable([1.0, 2.0])).write(os.path.join(d, "x"))
        out = []
        for value in ([7.0, 8.0, 9.0], 7.0, [[7.0, 8.0]], [7, 8]):
            v = tf.Variable(value)
            out.append((raises(lambda v=v: tf.train.Checkpoint(a=v).read(path) and 1), v.numpy()))
        v = tf.Variable([7.0, 8.0], dtype=tf.float64)
        out.append((raises(lambda: tf.train.Checkpoint(a=v).read(path) and 1), v.numpy()))
        open_shape = tf.Variable([[1.0]], shape=tf.TensorShape(None))
        tf.train.Checkpoint(a=open_shape).read(path).assert_consumed()
        return [*out, open_shape.numpy()]


@script("checkpoint: what can be given")
def _(tf):
    make = tf.train.Checkpoint
    given = (
        1,
        None,
        "s",
        len,
        (1, 2),
        tf.constant(1.0),
        tf.Variable(1.0),
        [1, 2],
        {"a": 1},
        tf.Module(),
        [tf.Variable(1.0)],
    )
    module = tf.Module()
    module.x = tf.Variable(1.0)
    return {
        "named": [raises(lambda x=x: make(a=x) and 1) for x in given],
        "root": [raises(lambda x=x: make(x) and 1) for x in given],
        "there": raises(lambda: make(module, x=tf.Variable(2.0)) and 1),
        "same": raises(lambda: make(module, x=module.x) and 1),
        "counter": raises(lambda: make(save_counter=tf.Variable(1)) and 1),
    }


@script("checkpoint: a root of its own")
def _(tf):
    with folder() as d:
        module = tf.Module()
        module.x = tf.Variable(1.0)
        plain, more = tf.train.Checkpoint(module), tf.train.Checkpoint(module, y=tf.Variable(2.0))
        names = [written(tf, each, d) for each in (plain, more)]
        path = more.save(os.path.join(d, "s"))
        names.append([name for name, _ in tf.train.list_variables(path)])
        module.x.assign(5.0)
        more.y.assign(6.0)
        status = more.restore(path)
        children = sorted(module._trackable_children())
        alone = tf.Module()
        alone.x = tf.Variable(0.0)
        partly = asked(tf.train.Checkpoint(alone).restore(path))
        return [names, module.x.numpy(), more.y.numpy(), asked(status), children, partly, alone.x.numpy()]


@script("checkpoint: an attribute is replaced")
def _(tf):
    with folder() as d:
        module = tf.Module()
        module.v = tf.Variable(1.0)
        checkpoint = tf.train.Checkpoint(m=module)
        names = [written(tf, checkpoint, d)]
        module.v = tf.Variable([2.0, 3.0])
        names.append(written(tf, checkpoint, d))
        module.v = 3
        names.append(written(tf, checkpoint, d))
        module.w = tf.Variable(1.0)
        del module.v
        names.append(written(tf, checkpoint, d))
        return names


@script("checkpoint: Python state")
def _(tf):
    class Note(tf.train.experimental.PythonState):
        def __init__(self, text):
            self.text = text

        def serialize(self):
            return self.text

        def deserialize(self, string_value):
            self.text = string_value

    with folder() as d:
        note = Note("a")
        checkpoint = tf.train.Checkpoint(note=note)
        names = written(tf, checkpoint, d)
        path = checkpoint.save(os.path.join(d, "x"))
        note.text = "b"
        status = checkpoint.restore(path)
        module = tf.Module()
        tf.train.Checkpoint(module).restore(path)
        module.note = Note("c")
        return [names, note.text, asked(status), module.note.text]


@script("checkpoint: no such file")
def _(tf):
    with folder() as d:
        tf.train.Checkpoint(a=tf.Variable(1.0)).save(os.path.join(d, "x"))
        checkpoint = tf.train.Checkpoint(a=tf.Variable(1.0))
        out = [raises(lambda p=p: checkpoint.restore(p)) for p in (os.path.join(d, "nope"), "", d, 3)]
        out += [raises(lambda p=p: checkpoint.read(p)) for p in (os.path.join(d, "nope"), "")]
        out += [raises(lambda p=p: tf.train.load_checkpoint(p)) for p in (os.path.join(d, "nope"),)]
        os.mkdir(os.path.join(d, "empty"))
        return [*out, raises(lambda: tf.train.list_variables(os.path.join(d, "empty")))]
