"""Elements of classes with `__tf_flatten__`, batches without rows, and specs where the first elements fail."""

import dataclasses

import numpy as np
from conformance_kit import raises, script


def read(tf, dataset, most=12):
    """Spec, elements, and the kind of error in the place of each that fails."""
    iterator, found = iter(dataset), [str(dataset.element_spec)]
    for _ in range(most):
        try:
            found.append([np.asarray(x.numpy()).tolist() for x in tf.nest.flatten(next(iterator))])
        except StopIteration:
            found.append("end")
            break
        except tf.errors.OpError as error:
            found.append(type(error).__name__)
    return found


@dataclasses.dataclass
class Masked:
    """A value, what belongs to it, and whether it counts."""

    mask: bool
    value: object
    other: object = None

    def __tf_flatten__(self):
        return (self.mask,), (self.value, self.other)

    @classmethod
    def __tf_unflatten__(cls, metadata, components):
        return cls(metadata[0], *components)


def shown(element):
    return [type(element).__name__, element.mask, element.value, element.other]


@script("elements of a class with __tf_flatten__")
def _(tf):
    data = tf.data.Dataset
    slices = data.from_tensor_slices(Masked(True, tf.constant([1, 2, 3]), {"a": [1.0, 2.0, 3.0]}))
    mapped = slices.map(lambda m: Masked(False, m.value * 2, m.other["a"])).batch(2)
    pairs = data.from_tensor_slices((Masked(True, [1, 2], [3, 4]), [5, 6]))
    made = data.range(3).map(lambda x: Masked(True, x, x + 1)).filter(lambda m: m.value > 0)
    return {
        "slices": [shown(one) for one in slices],
        "mapped": [shown(one) for one in mapped],
        "pairs": [[shown(m), k] for m, k in pairs.map(lambda m, k: (m, k + m.value)).repeat(2)],
        "made": [shown(one) for one in made.cache().prefetch(1)],
        "numpy": [type(one).__name__ for one in slices.as_numpy_iterator()],
    }


@script("rebatch: sizes of 0, none, and a matrix of sizes")
def _(tf):
    batches = tf.data.Dataset.range(6).batch(2)
    texts = tf.data.Dataset.range(3).map(lambda x: tf.fill([2], tf.strings.as_string(x))).batch(2)
    return {
        "among others": read(tf, tf.data.Dataset.range(10).batch(3).rebatch([1, 2, 0, 3])),
        "last": read(tf, batches.rebatch([2, 0])),
        "dropping": read(tf, batches.rebatch([0, 4], drop_remainder=True)),
        "texts": read(tf, texts.rebatch([2, 0])),
        "for ever": read(tf, batches.rebatch(0), 3),
        "none": raises(lambda: batches.rebatch([])),
        "matrix": raises(lambda: batches.rebatch([[1]])),
    }


@script("a spec that is known, and elements of which the first fail")
def _(tf):
    def halved(x):
        found = tf.py_function(lambda v: v // 2 if v > 1 else [][1], [x], tf.int64)
        return tf.ensure_shape(found, [])

    return {
        "spec": str(tf.data.Dataset.range(5).map(halved).batch(2).element_spec),
        "read": read(tf, tf.data.Dataset.range(5).map(halved)),
        "batches": read(tf, tf.data.Dataset.range(5).map(halved).batch(2)),
    }


@script("an element of which a function cannot be traced")
def _(tf):
    def pair(x):
        return tf.concat([tf.reshape(x, [2, 1]), tf.ones([2, 1], tf.int64)], 1)

    found = read(tf, tf.data.Dataset.range(5).batch(2).map(pair).map(lambda x: x + 1))
    return found[1:]
