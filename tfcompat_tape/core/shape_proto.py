"""A shape as TensorFlow's protocol buffer `TensorShapeProto`: its fields, its text and its bytes, without protobuf."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

_ANY_SIZE = -1
_RANK_UNKNOWN = b"\x18\x01"  # field 3, a varint: true


@dataclass
class Dim:
    """One dimension: its size, -1 where that is unknown, and a name, which TensorFlow leaves empty."""

    size: int = 0
    name: str = ""


@dataclass
class TensorShapeProto:
    """The message `tensorflow.TensorShapeProto`, as `TensorShape.as_proto` gives it.

    Attributes:
      dim: the dimensions, in order.
      unknown_rank: whether nothing is known; `dim` is empty then.

    Source: `tf.TensorShape.as_proto`.

    >>> import tfcompat_tape as tf
    >>> proto = tf.TensorShape([300, None]).as_proto()
    >>> proto.dim[0].size, len(proto.SerializeToString()), tf.TensorShape(proto)
    (300, 18, TensorShape([300, None]))
    """

    dim: list[Dim] = field(default_factory=list)
    unknown_rank: bool = False

    @classmethod
    def of(cls, dimensions: Iterable[int | None] | None) -> TensorShapeProto:
        """The message for dimensions as a TensorShape holds them."""
        if dimensions is None:
            return cls(unknown_rank=True)
        return cls([Dim(_ANY_SIZE if size is None else size) for size in dimensions])

    def SerializeToString(self) -> bytes:
        """The message in protobuf's wire format, equal to what TensorFlow writes."""
        # Field 2 holds a message for each dimension; in it field 1 is the size, left out where it is 0.
        sizes = [b"\x08" + _varint(dim.size) if dim.size else b"" for dim in self.dim]
        written = b"".join(b"\x12" + _varint(len(size)) + size for size in sizes)
        return written + (_RANK_UNKNOWN if self.unknown_rank else b"")

    def __str__(self) -> str:
        lines = [f"dim {{\n  size: {dim.size}\n}}\n" if dim.size else "dim {\n}\n" for dim in self.dim]
        return "".join(lines) + ("unknown_rank: true\n" if self.unknown_rank else "")

    __repr__ = __str__


def _varint(number: int) -> bytes:
    """A 64-bit integer, seven bits to a byte, the last byte without the high bit; negative ones by two's complement."""
    number &= (1 << 64) - 1
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
