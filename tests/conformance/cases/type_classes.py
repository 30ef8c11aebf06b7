"""`tf.types.experimental`: which values are instances of which class."""

import numpy as np
from conformance_kit import raises, script


@script("types.experimental: isinstance")
def _(tf):
    class Pair(tf.experimental.ExtensionType):
        x: tf.Tensor

    kinds = tf.types.experimental
    function = tf.function(lambda x: x * 1.0)
    values = {
        "tensor": tf.constant(1.0),
        "variable": tf.Variable(1.0),
        "array": np.ones(2),
        "scalar": np.float32(1),
        "numbers": 1.0,
        "int": 1,
        "bool": True,
        "complex": 1j,
        "str": "a",
        "bytes": b"a",
        "list": [1.0],
        "tuple": (1.0,),
        "dict": {},
        "None": None,
        "object": object(),
        "lambda": len,
        "function": function,
        "concrete": function.get_concrete_function(tf.TensorSpec([])),
        "spec": tf.TensorSpec([]),
        "ragged": tf.ragged.constant([[1]]),
        "sparse": tf.sparse.eye(1),
        "slices": tf.IndexedSlices([1.0], [0]),
        "extension": Pair(1.0),
    }
    names = """AtomicFunction Callable ConcreteFunction GenericFunction PolymorphicFunction SupportsTracingProtocol
        TensorLike TraceType FunctionType"""
    return {
        **{
            name: [k for k, v in values.items() if isinstance(v, getattr(kinds, name))]
            for name in names.split()
        },
        "same": kinds.GenericFunction is kinds.PolymorphicFunction,
        "abstract": [raises(lambda: kinds.GenericFunction()), raises(lambda: kinds.TraceType())],
        "signature": str(kinds.FunctionType.from_callable(lambda x, y=1: x)),
    }
