"""A shape as TensorFlow's protocol buffer `TensorShapeProto`."""

from __future__ import annotations

from collections.abc import Iterable

from tfcompat_tape.core.messages import Descriptor, Field, Message

_ANY_SIZE = -1


class Dim(Message):
    """One dimension: its `size`, -1 where that is unknown, and a `name`, which TensorFlow leaves empty."""

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.TensorShapeProto.Dim", (Field("size", 1, "int64"), Field("name", 2, "string"))
    )


class TensorShapeProto(Message):
    """The message `tensorflow.TensorShapeProto`, as `TensorShape.as_proto` gives it.

    Fields: `dim`, the dimensions in order; `unknown_rank`, whether nothing is known: `dim` is empty then.

    Source: `tf.TensorShape.as_proto`.

    >>> import tfcompat_tape as tf
    >>> proto = tf.TensorShape([300, None]).as_proto()
    >>> proto.dim[0].size, len(proto.SerializeToString()), tf.TensorShape(proto)
    (300, 18, TensorShape([300, None]))
    """

    __slots__ = ()
    Dim = Dim
    DESCRIPTOR = Descriptor(
        "tensorflow.TensorShapeProto",
        (Field("dim", 2, "message", True, Dim), Field("unknown_rank", 3, "bool")),
    )

    @classmethod
    def of(cls, dimensions: Iterable[int | None] | None) -> TensorShapeProto:
        """The message for dimensions as a TensorShape holds them."""
        if dimensions is None:
            return cls(unknown_rank=True)
        return cls(dim=[Dim(size=_ANY_SIZE if size is None else size) for size in dimensions])
