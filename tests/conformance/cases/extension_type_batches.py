"""`tf.experimental.BatchableExtensionType`: map_fn, vectorized_map, specs and encoders."""

import typing

from conformance_kit import raises, script


def _vector(tf):
    class Vector(tf.experimental.BatchableExtensionType):
        x: tf.Tensor
        y: tf.Tensor
        tag: str = "v"

    return Vector


@script("BatchableExtensionType: map_fn and vectorized_map")
def _(tf):
    vector = _vector(tf)
    many = vector([[1.0, 2.0], [3.0, 4.0]], [10.0, 20.0])

    class Outer(tf.experimental.BatchableExtensionType):
        v: vector
        d: typing.Mapping[str, tf.Tensor]
        o: typing.Optional[tf.Tensor] = None  # noqa: UP045
        s: tf.TensorShape = tf.TensorShape([2])

    class Ragged(tf.experimental.BatchableExtensionType):
        r: tf.RaggedTensor

    outer = Outer(many, {"a": [1.0, 2.0]})
    spec = vector.Spec(tf.TensorSpec([]), tf.TensorSpec([]), "v")
    ragged = Ragged(tf.ragged.constant([[1.0], [2.0, 3.0]]))

    def doubled(v):
        return vector(v.x + 1.0, v.y * 2.0)

    return {
        "map_fn": tf.map_fn(lambda v: v.x * v.y, many, fn_output_signature=tf.float32),
        "map_fn to its kind": repr(tf.map_fn(doubled, many)),
        "map_fn from numbers": repr(
            tf.map_fn(lambda x: vector(x, x * 2), tf.ones([2]), fn_output_signature=spec)
        ),
        "map_fn of scalars": raises(lambda: tf.map_fn(doubled, vector(1.0, 2.0))),
        "map_fn of unequal": raises(lambda: tf.map_fn(doubled, vector([1.0, 2.0], [2.0]))),
        "map_fn, nested": tf.map_fn(lambda o: o.v.x * o.d["a"], outer, fn_output_signature=tf.float32),
        "map_fn, nested to its kind": repr(tf.map_fn(lambda o: o, outer)),
        "map_fn, ragged": tf.map_fn(lambda r: tf.reduce_sum(r.r), ragged, fn_output_signature=tf.float32),
        "map_fn, ragged to its kind": repr(tf.map_fn(lambda r: r, ragged)),
        "vectorized_map": tf.vectorized_map(lambda v: v.x * v.y, many),
        "vectorized_map to its kind": repr(tf.vectorized_map(doubled, many)),
        "vectorized_map from numbers": repr(tf.vectorized_map(lambda x: vector(x, x * 2.0), tf.ones([2]))),
    }


@script("BatchableExtensionType: specs and encoders")
def _(tf):
    vector = _vector(tf)
    base = tf.experimental.ExtensionTypeBatchEncoder

    class Network(tf.experimental.BatchableExtensionType):
        shape: tf.TensorShape
        values: tf.Tensor

        class Spec:
            def __init__(self, shape, dtype=tf.float32):
                self.shape = shape
                self.values = tf.TensorSpec(shape, dtype)

        class Encoder(base):
            def batch(self, spec, batch_size):
                return Network.Spec([batch_size, *spec.shape.as_list()], spec.values.dtype)

            def unbatch(self, spec):
                return Network.Spec(spec.shape[1:], spec.values.dtype)

            def encode(self, spec, value, minimum_rank=0):
                return [value.values * 2.0]

            def decode(self, spec, encoded_value):
                return Network(spec.shape, encoded_value[0] / 2.0)

            def encoding_specs(self, spec):
                return [spec.values]

        __batch_encoder__ = Encoder()

    def spec(x, y):
        return vector.Spec(tf.TensorSpec(x), tf.TensorSpec(y), "v")

    encoder = base()
    many = vector([[1.0, 2.0]], [10.0])
    network = Network([2, 3], tf.reshape(tf.range(6.0), [2, 3]))
    return {
        "batch": [repr(encoder.batch(spec([2], []), n)) for n in (3, None)],
        "batch of unknown rank": repr(encoder.batch(spec(None, [3]), 2)),
        "unbatch": repr(encoder.unbatch(spec([4, 2], [4]))),
        "unbatch of scalars": raises(lambda: encoder.unbatch(spec([], [3]))),
        "encode": encoder.encode(many._type_spec, many),
        "decode": repr(encoder.decode(many._type_spec, [tf.constant([[1.0, 2.0]]), tf.constant([1.0])])),
        "encoding_specs": [repr(one) for one in encoder.encoding_specs(many._type_spec)],
        "own encoder": tf.map_fn(
            lambda n: tf.reduce_sum(n.values) + tf.cast(n.shape[0], tf.float32),
            network,
            fn_output_signature=tf.float32,
        ),
        "own encoder to its kind": repr(tf.map_fn(lambda n: Network(n.shape, n.values * 2.0), network)),
        "own encoder, vectorized": tf.vectorized_map(lambda n: n.values * 2.0, network),
    }


@script("BatchableExtensionType: gradients through map_fn and vectorized_map")
def _(tf):
    vector = _vector(tf)
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        looped = tf.map_fn(lambda v: v.x * v.y, vector(x, x * 3.0), fn_output_signature=tf.float32)
        at_once = tf.vectorized_map(lambda v: v.x * v.y, vector(x, x * 3.0))
        back = tf.vectorized_map(lambda t: vector(t * t, t), x).x
    sparse = tf.vectorized_map(lambda t: tf.SparseTensor([[0], [2]], [t, t * t], [3]), x)
    return {
        "map_fn": tape.gradient(looped, x),
        "vectorized_map": tape.gradient(at_once, x),
        "vectorized_map to its kind": tape.gradient(back, x),
        "vectorized_map to sparse": [sparse.indices, sparse.values, sparse.dense_shape],
    }
