"""The messages of tf.train: what they take, hold, write and refuse."""

import copy
import pickle

import numpy as np
from cases._plain import ask, plain
from conformance_kit import raises, script


def scope(tf):
    t = tf.train

    def example():
        return t.Example(
            features=t.Features(
                feature={
                    "b": t.Feature(int64_list=t.Int64List(value=[1, -2])),
                    "a": t.Feature(float_list=t.FloatList(value=[1.5])),
                    "c": t.Feature(bytes_list=t.BytesList(value=[b'\xff"x\n', b"y"])),
                }
            )
        )

    return {
        "tf": tf,
        "t": t,
        "np": np,
        "copy": copy,
        "pickle": pickle,
        "E": t.Example,
        "F": t.Feature,
        "I": t.Int64List,
        "one": lambda feature: t.Example(features=t.Features(feature={"b": feature})),
        "ex": example(),
        "sequence": t.SequenceExample(
            context=t.Features(feature={"x": t.Feature(int64_list=t.Int64List(value=[1]))}),
            feature_lists=t.FeatureLists(
                feature_list={
                    "y": t.FeatureList(
                        feature=[
                            t.Feature(int64_list=t.Int64List(value=[1])),
                            t.Feature(bytes_list=t.BytesList(value=[b"a"])),
                        ]
                    )
                }
            ),
        ),
    }


ask(
    "train: messages",
    scope,
    r"""
    one(F(int64_list=I(value=[1, -2]))).SerializeToString()
    one(F(float_list=t.FloatList(value=[1, -2]))).SerializeToString()
    one(F(bytes_list=t.BytesList(value=[b'a', b'']))).SerializeToString()
    one(F()).SerializeToString()
    one(F(int64_list=I())).SerializeToString()
    ex.SerializeToString(deterministic=True)
    sequence.SerializeToString()
    str(sequence)
    str(one(F(bytes_list=t.BytesList(value=[b'\xff"x\n', b'y']))))
    ex == E.FromString(ex.SerializeToString())
    sequence == t.SequenceExample.FromString(sequence.SerializeToString())
    E(x=1)
    E().x
    setattr(E(), 'x', 1)
    setattr(E(), 'features', t.Features())
    setattr(I(), 'value', [1])
    I(value=[1.5])
    I(value=[1.0])
    I(value=['a'])
    I(value=[True])
    I(value=[2**63])
    I(value=[-(2**63)]).value
    I(value=1)
    I(value=np.array([1, 2], np.int8)).value
    I(value=np.array([1.5]))
    I(value=tf.constant([1, 2])).value
    I(value=(k for k in range(3))).value
    t.BytesList(value=['a'])
    t.BytesList(value=[tf.constant('a').numpy()]).value
    t.BytesList(value=[3])
    t.FloatList(value=np.array([1, 2], np.float64)).value
    t.FloatList(value=[1e300]).value
    t.FloatList(value=[True]).value
    t.FloatList(value=['a'])
    t.FloatList(value=[0.1, 1e10, 3]).value
    str(t.FloatList(value=[0.1, 1e10, float('nan'), float('inf'), 3, -1e-5, 123456789, 1 / 3, 1e-30]))
    str(t.BytesList(value=[bytes(range(0, 256, 7)), b'\xc3\xa9\'\t']))
    str(I(value=[-(2**63), 0]))
    E(t.Features())
    E(features=None)
    E(features={'feature': {'a': F(int64_list={'value': [1]})}})
    E(features=3)
    t.Features(feature={'a': 3})
    t.Features(feature={'a': {'int64_list': {'value': [1]}}})
    F(int64_list=I(value=[1]), float_list=t.FloatList(value=[1])).WhichOneof('kind')
    F().WhichOneof('x')
    F().HasField('x')
    I().HasField('value')
    ex.HasField('features')
    E().HasField('features')
    [F().int64_list.value, F().WhichOneof('kind')]
    ex.features.feature[3]
    ex.features.feature.__setitem__('q', F())
    ex.features.feature.get('nope')
    'nope' in ex.features.feature
    sorted(ex.features.feature.keys())
    sorted(ex.features.feature)
    [sorted(ex.features.feature['b'].int64_list.value), len(ex.features.feature)]
    E.FromString(ex.SerializeToString()[:-2])
    E.FromString(b'hello')
    E.FromString('abc')
    E.FromString(b'')
    E().ParseFromString(one(F(int64_list=I(value=[1]))).SerializeToString())
    E().MergeFromString(b'\xff')
    copy.deepcopy(ex) == ex
    copy.copy(ex) == ex
    pickle.loads(pickle.dumps(ex)) == ex
    E().CopyFrom(3)
    E().CopyFrom(F())
    E().MergeFrom(F())
    ex == E()
    ex == 3
    ex != E()
    hash(ex)
    bool(E())
    E.DESCRIPTOR.full_name
    E.DESCRIPTOR.name
    I(value=[1, 2]).value == [1, 2]
    I(value=[1, 2]).value[5]
    I(value=[1, 2, 3]).value[1:]
    I(value=[1, 2]).value.append('a')
    I(value=[1, 2]).ByteSize()
    I(value=[1, 2]).IsInitialized()
    [2 in I(value=[1, 2]).value, list(reversed(I(value=[1, 2]).value))]
    t.FeatureList().feature.append(3)
    t.FeatureList(feature=[F()]).feature[0] == F()
    I.FromString(b'\x08\x01\x08\x02').value
    I.FromString(b'\x0a\x02\x01\x02\x08\x03').value
    I.FromString(b'\x10\x05\x0a\x01\x02').SerializeToString()
    I.FromString(b'\x0d\x01\x00\x00\x00\x0a\x01\x02').value
    I.FromString(b'\x0b\x0c').value
    I.FromString(b'\x0a\x0b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01').value
    I.FromString(b'\x0a\x01\xff').value
    t.FloatList.FromString(b'\x0a\x03abc')
    t.Features.FromString(b'\x0a\x05\x0a\x01\xff\x12\x00')
    t.Features.FromString(b'\x0a\x03\x0a\x01a').SerializeToString()
    t.Features.FromString(b'\x0a\x00').SerializeToString()
    """,
)


@script("train: messages that change")
def _(tf):
    t = tf.train
    f = t.Feature()
    f.int64_list.value.append(3)
    answers = {"set by reading": [f.WhichOneof("kind"), f.HasField("int64_list"), f.HasField("float_list")]}
    old = f.int64_list
    f.float_list.value.extend([1.0, 2.0])
    answers["another"] = [f.WhichOneof("kind"), list(f.int64_list.value), str(f)]
    answers["old"] = list(old.value)
    answers["fields"] = [[d.name, str(v)] for d, v in f.ListFields()]
    answers["size"] = f.ByteSize()
    f.Clear()
    answers["cleared"] = str(f)
    f.int64_list.value[:] = [1, 2, 3]
    del f.int64_list.value[0]
    f.int64_list.value.sort(reverse=True)
    f.int64_list.value.insert(0, 9)
    f.int64_list.value[1] = 7
    answers["list"] = list(f.int64_list.value)
    answers["popped"] = [f.int64_list.value.pop(), raises(lambda: f.int64_list.value.remove(55))]
    f.ClearField("int64_list")
    answers["field cleared"] = f.WhichOneof("kind")
    f.float_list.SetInParent()
    answers["in parent"] = f.WhichOneof("kind")
    answers["no field"] = raises(lambda: f.ClearField("x"))
    e = t.Example()
    e.features.feature["a"].int64_list.value.append(1)
    other = t.Example()
    other.CopyFrom(e)
    other.features.feature["a"].int64_list.value.append(2)
    answers["copied"] = [plain(e), plain(other)]
    e.MergeFrom(other)
    answers["merged"] = plain(e)
    answers["asked for"] = [plain(e.features.feature["zz"]), "zz" in e.features.feature]
    del e.features.feature["zz"]
    answers["deleted"] = "zz" in e.features.feature
    answers["popped from a map"] = [plain(e.features.feature.pop("a")), len(e.features.feature)]
    steps = t.FeatureList()
    steps.feature.add().int64_list.value.append(4)
    steps.feature.add(float_list=t.FloatList(value=[0.5]))
    answers["added"] = plain(steps)
    e.features.feature["q"].CopyFrom(steps.feature[0])
    answers["copied in"] = plain(e)
    e.features.feature["q"].int64_list.value.append(5)
    answers["not shared"] = plain(steps)
    answers["parsed over"] = [e.ParseFromString(b""), plain(e)]
    return answers
