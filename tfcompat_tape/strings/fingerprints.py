"""`tf.fingerprint`: a number for each row of a tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.at_call import at_call
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.ops.farmhash import fingerprint as _of_bytes


@at_call()
def fingerprint(data: Any, method: Any = "farmhash64", name: str | None = None) -> Tensor:
    """The fingerprint of each slice along the first axis: uint8, (slices, 8), the lowest byte first.

    Args:
      data: a tensor of any dtype, of rank 1 or more.
      method: "farmhash64", the only one.

    Raises:
      InvalidArgumentError: a scalar, or another method. TypeError: `method` is no string.

    Source: `tf.fingerprint`.

    >>> import tfcompat_tape as tf
    >>> tf.fingerprint(["a", "b"]).shape
    TensorShape([2, 8])
    """
    if isinstance(method, (bool, int, float)):
        raise TypeError(f"fingerprint: method must be a string, got {method!r}")
    tensor = convert(data)
    tensor = tensor._read() if hasattr(tensor, "_read") else tensor
    if not tensor.shape.rank:
        raise invalid("Fingerprint: `data` should have at least one dimension, got a scalar.")
    wanted = convert(method, dtypes.string).numpy()
    if wanted != b"farmhash64":
        raise invalid(f"Fingerprint: Unsupported fingerprint method: {wanted!r}; there is farmhash64.")
    array = np.ascontiguousarray(to_numpy(tensor._t))
    size = int(np.prod(array.shape[1:], dtype=np.int64))
    rows = array.reshape(len(array), size)
    if tensor.dtype == dtypes.string:
        numbers = [_of_strings(row.tolist()) for row in rows]
    else:
        numbers = [_of_bytes(row.tobytes()) for row in rows]
    found = np.frombuffer(b"".join(number.to_bytes(8, "little") for number in numbers), np.uint8)
    return convert(found.reshape(len(array), 8).copy())


def _of_strings(texts: list[bytes]) -> int:
    """Of one string; of several, the fingerprint of theirs on end."""
    each = [_of_bytes(text) for text in texts]
    return each[0] if len(each) == 1 else _of_bytes(b"".join(one.to_bytes(8, "little") for one in each))
