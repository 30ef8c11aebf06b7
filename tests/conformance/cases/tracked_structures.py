"""Lists, dicts and tuples on attributes of modules, and what a module knows of itself."""

import collections
import copy
import json
import operator
import os
import pickle
import sys

sys.path.insert(0, os.path.dirname(__file__))

from _checkpoints import folder, written
from conformance_kit import raises, script

Pair = collections.namedtuple("Pair", "p q")


def kind(value):
    return type(value).__name__


def made(tf):
    module = tf.Module()
    module.l, module.d = [tf.Variable(1.0), tf.Module(), 3, [4]], {"a": tf.Variable(2.0), "b": {"c": [5]}}
    module.t, module.n = (tf.Variable(3.0), 2, [6]), Pair(tf.Variable(4.0), 2)
    module.o = collections.OrderedDict(z=1, a=tf.Variable(5.0))
    module.e, module.flat, module.s, module.f = (), (1, 2), {1, 2}, collections.defaultdict(list)
    return module


@script("tracked: what becomes what")
def _(tf):
    module = made(tf)
    found = {name: kind(getattr(module, name)) for name in "ldtnoesf"}
    found["flat"] = kind(module.flat)
    plain = [
        (module.l, list),
        (module.d, dict),
        (module.t, tuple),
        (module.n, Pair),
        (module.o, collections.OrderedDict),
    ]
    found["is"] = [isinstance(value, cls) for value, cls in plain]
    found["inner"] = [kind(module.l[3]), kind(module.d["b"]), kind(module.d["b"]["c"]), kind(module.t[2])]
    found["children"] = sorted(module._trackable_children())
    found["below"] = [sorted(getattr(module, name)._trackable_children()) for name in "ldtno"]
    return found


@script("tracked: what they print")
def _(tf):
    module = tf.Module()
    module.l, module.d, module.t = [1, [2]], {"a": {"b": 1}}, (1, [2])
    module.n, module.o = Pair(1, [2]), collections.OrderedDict(a=1)
    return [[repr(getattr(module, name)), str(getattr(module, name))] for name in "ldtno"]


@script("tracked: lists behave as lists")
def _(tf):
    module = tf.Module()
    module.l = [1, 2, [3]]
    held = module.l
    out = [
        held == [1, 2, [3]],
        held == [1, 2, [3]],
        held != [1],
        held < [3],
        len(held),
        2 in held,
        held.index(2),
    ]
    out += [
        kind(operator.add(held, [1])),
        kind(operator.add([1], held)),
        held * 2,
        kind(held[1:]),
        held[-1],
        list(reversed(held)),
        [*held],
    ]
    out += [held.count(1), kind(held.copy()), bool(held), raises(lambda: hash(held)), json.dumps(held)]
    held.append({"a": 1})
    held.extend([5, 6])
    held += [7]
    out += [kind(held[3]), held, kind(held)]
    del held[0]
    held.insert(0, 9)
    held[1] = 8
    held.remove(5)
    out += [held.pop(), held, kind(held)]
    held.reverse()
    out += [held, tf.nest.flatten(held), kind(tf.nest.map_structure(lambda x: x, held))]
    held.clear()
    held.extend([3, 1, 2])
    held.sort()
    return [*out, held, tf.constant(held), tuple(held), sorted(held)]


@script("tracked: dicts behave as dicts")
def _(tf):
    module = tf.Module()
    module.d = {"b": 1, "a": [2]}
    held = module.d
    out = [
        held == {"b": 1, "a": [2]},
        held == {"b": 1, "a": [2]},
        held != {},
        len(held),
        "a" in held,
        list(held),
    ]
    out += [
        kind(held | {"c": 1}),
        {**held},
        (lambda **k: k)(**held),
        kind(held.copy()),
        dict(held),
        list(held.keys()),
    ]
    out += [list(held.values()), list(held.items()), held.get("x", 5), list(reversed(held)), bool(held)]
    out += [raises(lambda: hash(held)), raises(lambda: held["x"]), raises(lambda: held.nope)]
    held["c"] = {"d": 3}
    held.update(e=[4])
    out += [kind(held["c"]), kind(held["e"]), held.pop("b"), held.setdefault("f", 6)]
    del held["a"]
    out += [held, tf.nest.flatten(held), kind(tf.nest.map_structure(lambda x: x, held))]
    return [*out, list(tf.nest.map_structure(lambda x: x, held))]


@script("tracked: tuples behave as tuples")
def _(tf):
    module = tf.Module()
    module.t, module.n = (1, [2], (3, [4])), Pair(1, [2])
    t, n = module.t, module.n
    out = [
        t == (1, [2], (3, [4])),
        len(t),
        t[0],
        kind(t[1]),
        kind(t[2]),
        kind(t[:1]),
        kind(operator.add(t, (1,))),
        1 in t,
        [*t],
    ]
    out += [n.p, n.q, n._fields, kind(n._replace(p=5)), n._asdict(), n == Pair(1, [2]), n == (1, [2])]
    out += [kind(tf.nest.map_structure(lambda x: x, t)), kind(tf.nest.map_structure(lambda x: x, n))]
    a, b, _ = t
    return [*out, tf.nest.flatten(t), a, b]


@script("tracked: they share what they were made of")
def _(tf):
    module = tf.Module()
    given, named = [1], {"a": 1}
    module.l, module.d = given, named
    given.append(2)
    named["b"] = 2
    module.l.append(3)
    module.d["c"] = 3
    module.again, module.other = given, module.l
    return [
        given,
        named,
        module.l,
        module.d,
        module.l is given,
        module.again is module.l,
        module.other is module.l,
    ]


@script("tracked: copies and pickles")
def _(tf):
    module = tf.Module()
    module.l, module.d, module.t = [tf.Variable(1.0)], {"a": tf.Variable(2.0)}, (tf.Variable(3.0),)
    copied, shallow = copy.deepcopy(module), copy.copy(module)
    out = [kind(copied.l), kind(copied.d), [v.numpy() for v in copied.variables]]
    out += [copied.l[0] is module.l[0], shallow.l is module.l, sorted(copied._trackable_children())]
    plain = tf.Module()
    plain.l, plain.d, plain.t = [1, [2]], {"a": {"b": 1}}, ([1], 2)
    loaded = pickle.loads(pickle.dumps(plain))
    out += [
        loaded.l == [1, [2]],
        loaded.d == {"a": {"b": 1}},
        loaded.t == ([1], 2),
        kind(loaded.l),
        kind(loaded.d),
    ]
    return [*out, kind(pickle.loads(pickle.dumps(plain.d))), kind(pickle.loads(pickle.dumps(plain.t)))]


def _changes(tf):
    v = tf.Variable
    yield "insert", lambda m: (setattr(m, "l", [v(1.0)]), m.l.insert(0, v(2.0)))
    yield "insert a number", lambda m: (setattr(m, "l", [v(1.0)]), m.l.insert(0, 2))
    yield "delete", lambda m: (setattr(m, "l", [v(1.0)]), m.l.__delitem__(0))
    yield "replace", lambda m: (setattr(m, "l", [v(1.0)]), m.l.__setitem__(0, v(2.0)))
    yield "replace a list", lambda m: (setattr(m, "l", [[1], v(1.0)]), m.l.__setitem__(0, 3))
    yield "pop", lambda m: (setattr(m, "l", [v(1.0)]), m.l.pop())
    yield "reverse", lambda m: (setattr(m, "l", [v(1.0), v(2.0)]), m.l.reverse())
    yield "clear", lambda m: (setattr(m, "l", [v(1.0), v(2.0)]), m.l.clear())
    yield "slice", lambda m: (setattr(m, "l", [v(1.0), v(2.0)]), m.l.__setitem__(slice(0, 1), [v(3.0)]))
    yield "append", lambda m: (setattr(m, "l", [v(1.0)]), m.l.append(3), m.l.append(v(2.0)))
    yield "numbers", lambda m: (setattr(m, "l", [1]), m.l.insert(0, 2), m.l.pop())
    yield "in a tuple", lambda m: (setattr(m, "t", ([v(2.0)],)), m.t[0].insert(0, v(3.0)))
    yield "append in a tuple", lambda m: (setattr(m, "t", (v(1.0), [v(2.0)])), m.t[1].append(v(3.0)))
    yield "key is deleted", lambda m: (setattr(m, "d", {"a": v(1.0)}), m.d.__delitem__("a"))
    yield "key is replaced", lambda m: (setattr(m, "d", {"a": v(1.0)}), m.d.__setitem__("a", v([2.0])))
    yield "key is popped", lambda m: (setattr(m, "d", {"a": v(1.0)}), m.d.pop("a"))
    yield "update", lambda m: (setattr(m, "d", {"a": 1}), m.d.update(b=v(2.0)))
    yield "setdefault", lambda m: (setattr(m, "d", {"a": 1}), m.d.setdefault("b", 3))
    yield "dict is cleared", lambda m: (setattr(m, "d", {"a": 1}), m.d.clear())
    yield "key is a number", lambda m: setattr(m, "d", {1: v(1.0)})
    yield "key is a number of a number", lambda m: setattr(m, "d", {1: 2})
    yield "list from outside", lambda m: (lambda l: (setattr(m, "l", l), l.append(v(2.0))))([v(1.0)])
    yield "numbers from outside", lambda m: (lambda l: (setattr(m, "l", l), l.append(2)))([1])
    yield "dict from outside", lambda m: (lambda d: (setattr(m, "d", d), d.update(b=v(2.0))))({"a": v(1.0)})
    yield "another list then", lambda m: (setattr(m, "l", [v(1.0)]), m.l.pop(), setattr(m, "l", [v(1.0)]))


@script("tracked: which changes can be saved")
def _(tf):
    found = {}
    with folder() as d:
        for name, change in _changes(tf):
            module = tf.Module()
            change(module)
            found[name] = raises(lambda module=module: written(tf, tf.train.Checkpoint(m=module), d))
    return found


@script("tracked: containers know their variables")
def _(tf):
    module = tf.Module()
    module.l = [1, tf.Variable(1.0, trainable=False), tf.Module(), [tf.Variable(3.0)]]
    module.l[2].v = tf.Variable(2.0)
    held = module.l
    names = ("variables", "trainable_variables", "non_trainable_variables", "weights", "trainable_weights")
    out = [[v.numpy() for v in getattr(held, name)] for name in names]
    held.trainable = False
    return [
        *out,
        [v.numpy() for v in held.trainable_variables],
        [v.numpy() for v in held.non_trainable_variables],
    ]


@script("tracked: what is no dependency")
def _(tf):
    class Own(tf.Module):
        @tf.__internal__.tracking.no_automatic_dependency_tracking
        def quiet(self):
            self.x = [tf.Variable(1.0)]

    own = Own()
    own.quiet()
    own.y = own._no_dependency([tf.Variable(2.0)])
    own.z = [tf.Variable(3.0)]
    return [kind(own.x), kind(own.y), kind(own.z), sorted(own._trackable_children()), len(own.variables)]


@script("tracked: the protocol")
def _(tf):
    tracking = tf.__internal__.tracking
    module, v = tf.Module(), tf.Variable(1.0)
    out = [module._track_trackable(v, "a") is v, raises(lambda: module._track_trackable(3, "b"))]
    out += [
        raises(lambda: module._track_trackable(tf.Variable(2.0), "a") and 1),
        module._lookup_dependency("a") is v,
    ]
    out += [
        module._track_trackable(tf.Variable(2.0), "a", overwrite=True).numpy(),
        module._lookup_dependency("nope"),
    ]
    out += [
        [name for name, _ in module._checkpoint_dependencies],
        module._update_uid,
        module._setattr_tracking,
    ]
    given = (v, module, tf.function(lambda: 1), tf.constant(1.0), tf.random.Generator.from_seed(1), 3)
    out += [[isinstance(x, tracking.Trackable) for x in given], isinstance(module, tracking.AutoTrackable)]
    out += [raises(lambda: tracking.Trackable()._serialize_to_tensors()), list(v._serialize_to_tensors())]
    out += [kind(tracking.wrap([1])), kind(tracking.wrap({})), tracking.wrap(3), tracking.wrap((1, 2))]
    return out


@script("modules: what they know of themselves")
def _(tf):
    class Dense(tf.Module):
        def __init__(self, size, name=None):
            super().__init__(name=name)
            self.b, self.w = tf.Variable(tf.zeros([size]), name="b"), tf.Variable(tf.ones([size]), name="w")
            self.step = tf.Variable(0, trainable=False, name="step")

    class DeepNET2Layer(tf.Module):
        def __init__(self):
            super().__init__()
            self.layers = [Dense(1), {"x": Dense(2, "second"), "a": (Dense(3), tf.Variable(9.0))}]
            self.first = self.layers[0]

        @tf.Module.with_name_scope
        def build(self):
            self.late = tf.Variable(1.0, name="late")
            with tf.name_scope("deep"):
                return tf.Variable(2.0, name="v").name

    net = DeepNET2Layer()
    out = [
        net.name,
        net.layers[0].name,
        net.layers[1]["x"].name,
        net.build(),
        net.late.name,
        net.name_scope.name,
    ]
    out += [[v.shape for v in net.variables], [v.shape for v in net.trainable_variables]]
    out += [[v.name for v in net.non_trainable_variables], [m.name for m in net.submodules]]
    out += [
        [
            list(map(str, path))
            for path, _ in net._flatten(predicate=lambda x: isinstance(x, tf.Variable), with_path=True)
        ]
    ]
    out += [[v.name for v in net._flatten(recursive=False, predicate=lambda x: isinstance(x, tf.Variable))]]
    out += [
        raises(lambda: tf.Module(name="a b")),
        raises(lambda: tf.Module(name="1a")),
        tf.Module(name="_a").name,
    ]
    return [*out, net.name_scope.name, raises(lambda: setattr(net, "name", "x"))]
