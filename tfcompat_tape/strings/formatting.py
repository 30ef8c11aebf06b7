"""The namespace `tf.strings`: so far, what puts values into text."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.arrays.conversion import is_tensor
from tfcompat_tape.arrays.strings import as_string
from tfcompat_tape.core.at_call import at_call, scalar
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import string
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.printing import format_tensor

__all__ = ["as_string", "format"]


@at_call(scalar(string), always=True)
def format(
    template: str, inputs: Any, placeholder: str = "{}", summarize: int = 3, name: str | None = None
) -> Tensor:
    """The text `template`, with values in place of the placeholders, as a scalar string Tensor.

    Args:
      inputs: a tensor, or a list with one tensor for each placeholder; they are shown as `tf.print` does.
      summarize: how many elements to show at either end of each axis; all if negative.

    Raises:
      ValueError: another number of tensors than of placeholders.

    Source: `tf.strings.format`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.format("x is {}", tf.range(10)).numpy()
    b'x is [0 1 2 ... 7 8 9]'
    """
    given = [inputs] if is_tensor(inputs) else list(inputs)
    expected = template.count(placeholder)
    if len(given) != expected:
        raise ValueError(f"The template expects {expected} tensors, but the inputs only has {len(given)}.")
    text, *gaps = template.split(placeholder)
    for value, gap in zip(given, gaps, strict=True):
        text += format_tensor(convert(value), summarize, quoted=True) + gap
    return Tensor(np.array(text.encode("utf-8", errors="surrogateescape"), dtype=object), None)
