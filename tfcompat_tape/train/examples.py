"""The messages of examples: features by name, each a list of bytes, floats or integers."""

from __future__ import annotations

from tfcompat_tape.core.messages import Descriptor, Field, Message


class BytesList(Message):
    """A list of bytes, `value`. Source: `tf.train.BytesList`.

    >>> import tfcompat_tape as tf
    >>> tf.train.BytesList(value=[b"a"]).value
    [b'a']
    """

    __slots__ = ()
    DESCRIPTOR = Descriptor("tensorflow.BytesList", (Field("value", 1, "bytes", True),))


class FloatList(Message):
    """A list of floats of 32 bits, `value`. Source: `tf.train.FloatList`.

    >>> import tfcompat_tape as tf
    >>> tf.train.FloatList(value=[1.5]).value
    [1.5]
    """

    __slots__ = ()
    DESCRIPTOR = Descriptor("tensorflow.FloatList", (Field("value", 1, "float", True),))


class Int64List(Message):
    """A list of integers of 64 bits, `value`. Source: `tf.train.Int64List`.

    >>> import tfcompat_tape as tf
    >>> tf.train.Int64List(value=range(3)).value
    [0, 1, 2]
    """

    __slots__ = ()
    DESCRIPTOR = Descriptor("tensorflow.Int64List", (Field("value", 1, "int64", True),))


class Feature(Message):
    """One of `bytes_list`, `float_list` and `int64_list`. Source: `tf.train.Feature`.

    >>> import tfcompat_tape as tf
    >>> feature = tf.train.Feature(float_list=tf.train.FloatList(value=[1.5]))
    >>> feature.WhichOneof("kind")
    'float_list'
    """

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.Feature",
        (
            Field("bytes_list", 1, "message", False, BytesList, "kind"),
            Field("float_list", 2, "message", False, FloatList, "kind"),
            Field("int64_list", 3, "message", False, Int64List, "kind"),
        ),
    )


class Features(Message):
    """Features by name, `feature`. Source: `tf.train.Features`.

    >>> import tfcompat_tape as tf
    >>> features = tf.train.Features()
    >>> features.feature["age"].int64_list.value.append(29)
    >>> features
    feature {
      key: "age"
      value {
        int64_list {
          value: 29
        }
      }
    }
    """

    __slots__ = ()
    DESCRIPTOR = Descriptor("tensorflow.Features", (Field("feature", 1, "map", False, Feature),))


class Example(Message):
    """What one line of a data set says, `features`. Source: `tf.train.Example`.

    >>> import tfcompat_tape as tf
    >>> age = tf.train.Feature(int64_list=tf.train.Int64List(value=[29]))
    >>> data = tf.train.Example(features=tf.train.Features(feature={"age": age})).SerializeToString()
    >>> tf.io.parse_single_example(data, {"age": tf.io.FixedLenFeature([], tf.int64)})["age"].numpy().item()
    29
    """

    __slots__ = ()
    DESCRIPTOR = Descriptor("tensorflow.Example", (Field("features", 1, "message", False, Features),))


class FeatureList(Message):
    """The features of one name, step by step, `feature`. Source: `tf.train.FeatureList`.

    >>> import tfcompat_tape as tf
    >>> steps = tf.train.FeatureList()
    >>> steps.feature.add().float_list.value.append(0.5)
    >>> len(steps.feature)
    1
    """

    __slots__ = ()
    DESCRIPTOR = Descriptor("tensorflow.FeatureList", (Field("feature", 1, "message", True, Feature),))


class FeatureLists(Message):
    """Lists of features by name, `feature_list`. Source: `tf.train.FeatureLists`.

    >>> import tfcompat_tape as tf
    >>> lists = tf.train.FeatureLists(feature_list={"words": tf.train.FeatureList()})
    >>> list(lists.feature_list)
    ['words']
    """

    __slots__ = ()
    DESCRIPTOR = Descriptor("tensorflow.FeatureLists", (Field("feature_list", 1, "map", False, FeatureList),))


class SequenceExample(Message):
    """Features of a whole, `context`, and of its steps, `feature_lists`. Source: `tf.train.SequenceExample`.

    >>> import tfcompat_tape as tf
    >>> tf.train.SequenceExample().SerializeToString()
    b''
    """

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.SequenceExample",
        (
            Field("context", 1, "message", False, Features),
            Field("feature_lists", 2, "message", False, FeatureLists),
        ),
    )
