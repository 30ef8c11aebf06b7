"""ExtensionTypes that several families ask about: a flat one, and one with fields of every kind.

Answers hold the names of these functions.
"""

import typing


def _pair(tf):
    class Pair(tf.experimental.ExtensionType):
        x: tf.Tensor
        n: int = 3

    return Pair


def _tree(tf):
    pair = _pair(tf)

    class Tree(tf.experimental.ExtensionType):
        p: pair
        d: typing.Mapping[str, tf.Tensor]
        t: typing.Tuple[tf.Tensor, ...]  # noqa: UP006
        u: typing.Union[tf.Tensor, tf.RaggedTensor, None]  # noqa: UP007
        s: tf.TensorShape
        dt: tf.DType

    def make(u=None):
        return Tree(pair(1.0), {"b": 2.0, "a": [1, 2]}, (1.0, [2.0]), u, [2, None], "float32")

    return pair, Tree, make
