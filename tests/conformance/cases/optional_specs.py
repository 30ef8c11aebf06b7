"""tf.experimental.Optional, and the specs of it and of TensorArrays."""

from conformance_kit import raises, script


@script("TensorArraySpec")
def _(tf):
    made = tf.TensorArraySpec
    array = tf.TensorArray(tf.float32, 3, element_shape=[2])
    spec = made([None, 3], tf.int32, True, False)
    return {
        "shown": [
            repr(spec),
            repr(made()),
            repr(tf.type_spec_from_value(array)),
            repr(made.from_value(array)),
        ],
        "no array": raises(lambda: made.from_value(3)),
        "equal": [
            spec == made([None, 3], tf.int32, True, False),
            spec == made([2, 3], tf.int32, True, False),
        ],
        "hash": hash(spec) == hash(made([None, 3], tf.int32, True, False)),
        "compatible": [
            made([2]).is_compatible_with(array),
            made([3]).is_compatible_with(array),
            made([None]).is_compatible_with(made([2])),
            made([2], tf.float32, True).is_compatible_with(array),
            made([2], tf.int32).is_compatible_with(array),
        ],
        "subtype": [
            made([2]).is_subtype_of(made([None])),
            made([None]).is_subtype_of(made([2])),
            made([2]).is_subtype_of(made([3])),
            made([2]).is_subtype_of(made([None], tf.int32)),
            made([2]).is_subtype_of(made([2], infer_shape=False)),
        ],
        "supertype": [
            repr(made([2]).most_specific_common_supertype([made([3])])),
            repr(made([2]).most_specific_common_supertype([made([3], tf.int32)])),
        ],
        "compatible type": repr(made([2]).most_specific_compatible_type(made([3]))),
        "shape": raises(lambda: made("a")),
        "dtype": raises(lambda: made(None, "no")),
        "value type": made().value_type.__name__,
        "in nest": len(tf.nest.flatten(array)),
    }


@script("experimental.Optional")
def _(tf):
    optional = tf.experimental.Optional
    there, empty = optional.from_value(3.0), optional.empty(tf.TensorSpec([2], tf.int32))
    many = optional.from_value({"a": [1, 2], "b": (tf.constant("x"), 2.5)})
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = optional.from_value(x * x).get_value()
    return {
        "has": [there.has_value(), empty.has_value()],
        "get": [there.get_value(), many.get_value()],
        "empty": raises(lambda: empty.get_value()),
        "specs": [repr(there.element_spec), repr(empty.element_spec), repr(many.element_spec)],
        "nothing": raises(lambda: optional.from_value(None)),
        "what does not convert": raises(lambda: optional.from_value(object())),
        "abstract": raises(lambda: optional()),
        "class": [isinstance(there, optional), isinstance(there, tf.Tensor)],
        "equal": there == optional.from_value(3.0),
        "sparse": optional.from_value(tf.sparse.eye(2)).get_value().values,
        "gradient": tape.gradient(y, x),
        "cond": tf.cond(there.has_value(), lambda: there.get_value(), lambda: 0.0),
        "in a function": tf.function(lambda q: q.get_value() * 2)(there),
        "in nest": len(tf.nest.flatten(many)),
    }


@script("OptionalSpec")
def _(tf):
    made, optional = tf.OptionalSpec, tf.experimental.Optional
    spec = made(tf.TensorSpec([None], tf.int32))
    two = made(tf.TensorSpec([2], tf.int32))
    there, empty = optional.from_value(3.0), optional.empty(tf.TensorSpec([2], tf.int32))
    return {
        "shown": [
            repr(spec),
            repr(tf.type_spec_from_value(there)),
            repr(made.from_value(there)),
            repr(made(3)),
        ],
        "no optional": raises(lambda: made.from_value(3)),
        "compatible": [spec.is_compatible_with(x) for x in (two, empty, there)],
        "subtype": [spec.is_subtype_of(two), two.is_subtype_of(spec)],
        "supertype": repr(two.most_specific_common_supertype([made(tf.TensorSpec([3], tf.int32))])),
        "equal": [spec == made(tf.TensorSpec([None], tf.int32)), spec == two],
    }
