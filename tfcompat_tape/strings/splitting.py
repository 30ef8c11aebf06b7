"""Strings cut into words, bytes and characters: results are one dimension deeper, and ragged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfcompat_tape.arrays import reshape
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.at_call import at_call
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.text import array_of, splits_of, string_ngrams, string_split
from tfcompat_tape.ragged._parts.joining import as_ragged
from tfcompat_tape.ragged._parts.tensor import RaggedTensor

__all__ = ["bytes_split", "ngrams", "split"]


def given(input: Any) -> Any:
    """Strings, ragged ones as they are."""
    return input if isinstance(input, RaggedTensor) else convert(input, preferred=dtypes.string)


def deeper(x: Any, cut: Callable[[Tensor], tuple[Any, ...]]) -> list[Any]:
    """Each of the results that `cut` makes of a vector of strings, as rows for the strings of `x`.

    `cut` returns row splits and values. A scalar has one row: its values.
    """
    if isinstance(x, RaggedTensor):
        return [x.with_flat_values(part) for part in deeper(x.flat_values, cut)]
    rank = len(x._t.shape)
    if rank > 1:
        return deeper(as_ragged(x, rank - 1), cut)
    splits, *values = cut(reshape(x, [1]) if rank == 0 else x)
    return values if rank == 0 else [RaggedTensor._of(part, splits) for part in values]


@at_call()
def split(input: Any, sep: Any = None, maxsplit: Any = -1, name: Any = None) -> Any:
    """Each string cut into words at `sep`, or else at white space.

    Args:
      input: strings of any shape, also ragged.
      sep: a string; two of them enclose an empty word. Without one, or with an empty one, words are what stands
        between any white space, and none is empty.
      maxsplit: how often a string is cut, if greater than 0.

    Returns:
      A RaggedTensor with one dimension more than `input`; for a scalar, a Tensor.

    Raises:
      TypeError: no strings.
      InvalidArgumentError: a `sep` that is no scalar.

    Source: `tf.strings.split`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.split(["a b", "c"])
    <tf.RaggedTensor [[b'a', b'b'], [b'c']]>
    """
    x = input if isinstance(input, RaggedTensor) else convert(input, dtypes.string)
    separator = convert("" if sep is None else sep, dtypes.string)

    return deeper(x, lambda texts: cut_at(texts, separator, int(maxsplit)))[0]


@at_call()
def cut_at(texts: Tensor, separator: Tensor, maxsplit: int) -> list[Tensor]:
    """Where the words of each string of a vector end, and all words."""
    indices, words, _ = string_split(texts, separator, maxsplit=maxsplit)
    lengths = indices._t[:, 0].bincount(minlength=len(texts._t))
    return [Tensor(_ended(lengths), None), words]


def _ended(lengths: Any) -> Any:
    splits = lengths.new_zeros(len(lengths) + 1)
    splits[1:] = lengths.cumsum(0)
    return splits


@at_call()
def bytes_split(input: Any, name: Any = None) -> Any:
    """Each string cut into its bytes.

    Args:
      input: strings of any shape, also ragged.

    Returns:
      A RaggedTensor with one dimension more than `input`; for a scalar, a Tensor.

    Raises:
      ValueError: no strings.

    Source: `tf.strings.bytes_split`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.bytes_split(["ab", "c"])
    <tf.RaggedTensor [[b'a', b'b'], [b'c']]>
    """
    x = given(input)
    if x.dtype != dtypes.string:
        raise ValueError(f"tf.strings.bytes_split: expected strings, got {x.dtype.name}.")

    def cut(texts: Tensor) -> tuple[Any, ...]:
        rows = [[bytes([byte]) for byte in text] for text in texts._t.tolist()]
        return Tensor(splits_of(rows), None), Tensor(array_of([byte for row in rows for byte in row]), None)

    return deeper(x, cut)[0]


@at_call()
def ngrams(
    data: Any,
    ngram_width: Any,
    separator: Any = " ",
    pad_values: Any = None,
    padding_width: Any = None,
    preserve_short_sequences: Any = False,
    name: Any = None,
) -> Any:
    """Runs of strings along the last axis, joined.

    Args:
      data: strings of shape `[..., words]`, also ragged.
      ngram_width: how many make a run, or several such numbers.
      separator: what stands between them.
      pad_values: a string that stands before and after the words of a row, or a pair of them; None for none.
      padding_width: how often, one less than the width by default and at most.
      preserve_short_sequences: of a row with too few words all of them are one run.

    Returns:
      Strings, ragged if `data` is.

    Raises:
      TypeError: widths, separators or pads of other types.
      ValueError: a scalar, a width or padding less than 1, a padding without pads.

    Source: `tf.strings.ngrams`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.ngrams(["a", "b", "c"], 2).numpy().tolist()
    [b'a b', b'b c']
    """
    left, right = _pads(pad_values)
    x = data if isinstance(data, RaggedTensor) else convert(data, dtypes.string)
    if x.shape.rank == 0:
        raise ValueError("Data must have rank>0")
    if padding_width is not None:
        padding_width = int(padding_width)
        if padding_width < 1:
            raise ValueError(f"padding_width must be greater than 0. Received: {padding_width}")
        if pad_values is None:
            raise ValueError("pad_values must be provided if padding_width is set.")
    widths = list(ngram_width) if isinstance(ngram_width, (list, tuple)) else [ngram_width]
    for width in widths:
        if not isinstance(width, int):
            raise TypeError(f"ngram_width must be an int or a list of ints. Received: {ngram_width!r}")
        if width < 1:
            raise ValueError(f"All ngram_widths must be greater than 0. Received: {ngram_width}")
    if not isinstance(separator, (str, bytes)):
        raise TypeError(f"separator must be a string. Received: {separator!r}")
    attrs = {
        "separator": separator,
        "ngram_widths": widths,
        "left_pad": left,
        "right_pad": right,
        "pad_width": 0 if pad_values is None else -1 if padding_width is None else padding_width,
        "preserve_short_sequences": bool(preserve_short_sequences),
    }
    if isinstance(x, RaggedTensor):
        return _rows(x, attrs)
    rank = len(x._t.shape)
    if rank == 1:
        return string_ngrams(x, convert([0, len(x._t)], dtypes.int64), **attrs)[0]
    return _rows(as_ragged(x, rank - 1), attrs).to_tensor(default_value="")


def _rows(x: RaggedTensor, attrs: dict[str, Any]) -> RaggedTensor:
    """The n-grams of the innermost rows."""
    if isinstance(x.values, RaggedTensor):
        return x.with_values(_rows(x.values, attrs))
    found, splits = string_ngrams(x.values, x.row_splits, **attrs)
    return RaggedTensor._of(found, splits)


def _pads(pad_values: Any) -> tuple[Any, Any]:
    if pad_values is None:
        return "", ""
    if isinstance(pad_values, (list, tuple)):
        left, right = pad_values[0], pad_values[1]
    else:
        left = right = pad_values
    if not isinstance(left, (str, bytes)) or not isinstance(right, (str, bytes)):
        raise TypeError(f"pad_values must be a string, a pair of strings, or None. Received: {pad_values!r}")
    return left, right
