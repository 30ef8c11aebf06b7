"""`tf.TypeSpec` and what goes by it: specs of values, `tf.nest` with composites taken apart, tapes, `tf.function`."""

import numpy as np
from conformance_kit import raises, script


def _slices(tf, dense_shape=(4, 1)):
    shape = None if dense_shape is None else tf.constant(dense_shape)
    return tf.IndexedSlices(tf.constant([[1.0], [2.0]]), tf.constant([0, 1]), shape)


@script("type_spec_from_value")
def _(tf):
    values = {
        "slices": _slices(tf),
        "slices without shape": _slices(tf, None),
        "tensor": tf.zeros([2, 3], tf.int32),
        "array": np.ones(3),
        "number": 1.0,
        "list": [1.0],
        "string": "a",
        "none": None,
        "variable": tf.Variable([1.0], trainable=False),
        "shape": tf.TensorShape([2, 3]),
    }
    return {
        **{key: repr(tf.type_spec_from_value(value)) for key, value in values.items()},
        "object": raises(lambda: tf.type_spec_from_value(object())),
        "dtype": raises(lambda: tf.type_spec_from_value(tf.float32)),
    }


@script("IndexedSlicesSpec")
def _(tf):
    wide = tf.IndexedSlicesSpec([None, 1], tf.float32, tf.int32, tf.int32, [2])
    narrow = tf.type_spec_from_value(_slices(tf))
    other = tf.IndexedSlicesSpec([None, 1], tf.float32, tf.int32, tf.int32, [3])
    return {
        "reprs": [repr(spec) for spec in (tf.IndexedSlicesSpec(), wide, narrow)],
        "parts": [
            repr(spec) for spec in tf.nest.flatten([wide, tf.IndexedSlicesSpec()], expand_composites=True)
        ],
        "compatible": [wide.is_compatible_with(x) for x in (_slices(tf), narrow, other, 1.0, tf.zeros([2]))],
        "subtype": [narrow.is_subtype_of(wide), wide.is_subtype_of(narrow), narrow.is_subtype_of(1)],
        "common": repr(narrow.most_specific_common_supertype([other])),
        "no common": wide.most_specific_common_supertype([tf.TensorSpec([2])]),
        "no compatible": raises(lambda: wide.most_specific_compatible_type(tf.IndexedSlicesSpec())),
        "equal": [
            wide == tf.IndexedSlicesSpec([None, 1], tf.float32, tf.int32, tf.int32, [2]),
            wide == narrow,
        ],
        "hash": hash(wide) == hash(tf.IndexedSlicesSpec([None, 1], tf.float32, tf.int32, tf.int32, [2])),
        "class": wide.value_type.__name__,
        "bad shape": raises(lambda: tf.IndexedSlicesSpec("x")),
        "bad dtype": raises(lambda: tf.IndexedSlicesSpec([1], "x")),
        "abstract": raises(lambda: tf.TypeSpec()),
        "none": [tf.NoneTensorSpec() == tf.NoneTensorSpec(), tf.NoneTensorSpec().is_compatible_with(None)],
    }


@script("nest with IndexedSlices")
def _(tf):
    slices = _slices(tf)
    parts = tf.nest.flatten([slices, 1], expand_composites=True)
    return {
        "parts": parts,
        "packed": tf.nest.pack_sequence_as([slices, 1], parts, expand_composites=True),
        "by spec": tf.nest.pack_sequence_as(
            tf.type_spec_from_value(slices), parts[:3], expand_composites=True
        ),
        "mapped": tf.nest.map_structure(lambda x: x + 1, slices, expand_composites=True),
        "too few": raises(lambda: tf.nest.pack_sequence_as(slices, parts[:2], expand_composites=True)),
        "same": tf.nest.assert_same_structure(slices, _slices(tf, (5, 1)), expand_composites=True),
        "to spec": tf.nest.assert_same_structure(
            slices, tf.type_spec_from_value(slices), expand_composites=True
        ),
        "other": raises(
            lambda: tf.nest.assert_same_structure(slices, _slices(tf, None), expand_composites=True)
        ),
        "tensor": raises(lambda: tf.nest.assert_same_structure(slices, tf.ones([]), expand_composites=True)),
        "leaf": tf.nest.is_nested(slices),
    }


@script("IndexedSlices through functions")
def _(tf):
    slices = _slices(tf)
    spec = tf.IndexedSlicesSpec([None, 1], tf.float32, tf.int32, tf.int32, [2])
    with_spec = tf.function(lambda s: s.values * 2.0, input_signature=[spec])
    concrete = tf.function(lambda s: s.values * 3.0).get_concrete_function(spec)
    return {
        "function": tf.function(lambda s: s)(slices),
        "signature": with_spec(slices),
        "concrete": concrete(slices),
        "a tensor": raises(lambda: with_spec(tf.ones([2, 1]))),
        "cond": tf.cond(tf.constant(True), lambda: slices, lambda: slices),
        "while": tf.while_loop(lambda i, s: i < 2, lambda i, s: (i + 1, s), (0, slices)),
        "map_fn": raises(lambda: tf.map_fn(lambda s: s, slices, fn_output_signature=tf.float32)),
    }


@script("IndexedSlices as a source")
def _(tf):
    slices = _slices(tf)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(slices)
        y = tf.convert_to_tensor(slices) * 3.0
    return {
        "values": tape.gradient(y, slices.values),
        "slices": raises(lambda: tape.gradient(y, slices)),
        "target": raises(lambda: tape.gradient(slices, slices.values)),
    }
