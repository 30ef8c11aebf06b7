"""Label sequences out of the logits of connectionist temporal classification."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.arrays.indexing import boolean_mask
from tfcompat_tape.arrays.scattering import scatter_nd
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import ctc_decoding as ops
from tfcompat_tape.ops.arguments import as_bool, as_int

__all__ = ["collapse_repeated", "ctc_beam_search_decoder", "ctc_greedy_decoder"]


def ctc_greedy_decoder(
    inputs: Any, sequence_length: Any, merge_repeated: bool = True, blank_index: int | None = None
) -> tuple[list[SparseTensor], Tensor]:
    """The labels of the most likely class at each step, without blanks.

    Args:
      inputs: logits, float32 or float64 of shape `(time, batch, classes)`.
      sequence_length: int32 of shape `(batch,)`: how many steps of each example count.
      merge_repeated: whether a class that goes on for several steps is one label.
      blank_index: the class of the blank, from the end if negative; the last by default.

    Returns:
      A list of one SparseTensor of shape `(batch, longest)`, and minus the sums of the logits on the way, `(batch, 1)`.

    Raises:
      InvalidArgumentError: other ranks or dtypes, nothing in the inputs, or a blank that there is not.
      FailedPreconditionError: lengths that do not fit the inputs.

    Source: `tf.nn.ctc_greedy_decoder`.

    >>> import tfcompat_tape as tf
    >>> logits = tf.constant([[[0.0, 2.0, 1.0]], [[0.0, 2.0, 1.0]], [[3.0, 0.0, 1.0]]])
    >>> decoded, score = tf.nn.ctc_greedy_decoder(logits, [3])
    >>> tf.sparse.to_dense(decoded[0]).numpy(), score.numpy()
    (array([[1, 0]]), array([[-7.]], dtype=float32))
    """
    indices, values, shape, score = ops.ctc_greedy_decoder(
        convert(inputs),
        convert(sequence_length, preferred=int32),
        merge_repeated=as_bool(merge_repeated, "merge_repeated"),
        blank_index=-1 if blank_index is None else as_int(blank_index, "blank_index"),
    )
    return [SparseTensor(indices, values, shape)], score


def ctc_beam_search_decoder(
    inputs: Any, sequence_length: Any, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[SparseTensor], Tensor]:
    """The most likely label sequences, each with all its alignments, among those that a beam keeps at each step.

    Args:
      inputs: logits, float32 or float64 of shape `(time, batch, classes)`; the last class is the blank.
      sequence_length: int32 of shape `(batch,)`: how many steps of each example count.
      beam_width: how many sequences are kept.
      top_paths: how many are returned.

    Returns:
      A list of `top_paths` SparseTensors of shape `(batch, longest)`, and logarithms of their probabilities,
      `(batch, top_paths)`.

    Raises:
      InvalidArgumentError: other ranks or dtypes, nothing in the inputs, or more paths than there are or fit the beam.
      FailedPreconditionError: lengths that do not fit the inputs.

    Source: `tf.nn.ctc_beam_search_decoder`.

    >>> import tfcompat_tape as tf
    >>> logits = tf.math.log([[[0.6, 0.4]], [[0.6, 0.4]]])
    >>> decoded, score = tf.nn.ctc_beam_search_decoder(logits, [2])
    >>> tf.sparse.to_dense(decoded[0]).numpy(), tf.exp(score).numpy().round(2)
    (array([[0]]), array([[0.84]], dtype=float32))
    """
    paths = as_int(top_paths, "top_paths")
    *parts, score = ops.ctc_beam_search_decoder(
        convert(inputs),
        convert(sequence_length, preferred=int32),
        beam_width=as_int(beam_width, "beam_width"),
        top_paths=paths,
        merge_repeated=False,
    )
    return [SparseTensor(parts[i], parts[paths + i], parts[2 * paths + i]) for i in range(paths)], score


def collapse_repeated(labels: Any, seq_length: Any, name: Any = None) -> tuple[Tensor, Tensor]:
    """Rows of labels with equal neighbours merged, and their new lengths.

    Args:
      labels: any dtype, shape `(batch, time)`.
      seq_length: integers of shape `(batch,)`: how much of each row counts.

    Raises:
      InvalidArgumentError: `labels` is no matrix, or has no rows.

    Source: `tf.nn.collapse_repeated`.

    >>> import tfcompat_tape as tf
    >>> merged, lengths = tf.nn.collapse_repeated([[1, 1, 2, 2, 1], [3, 3, 3, 0, 0]], [5, 3])
    >>> merged.numpy(), lengths.numpy()
    (array([[1, 2, 1],
           [3, 0, 0]], dtype=int32), array([3, 1], dtype=int32))
    """
    rows, lengths = convert(labels), convert(seq_length, preferred=int32)
    raw = rows._t
    if len(raw.shape) != 2 or not raw.shape[0]:
        raise invalid(f"collapse_repeated: labels must be a matrix with rows, got shape {rows.shape}.")
    batch, time = raw.shape
    first = torch.ones((batch, min(time, 1)), dtype=torch.bool)
    changes = torch.as_tensor(raw[:, 1:] != raw[:, :-1])
    steps = torch.arange(time, device=lengths._t.device)
    kept = torch.cat([first.to(changes.device), changes], 1) & (steps < lengths._t.unsqueeze(-1))
    many = kept.sum(1)
    row, place = kept.nonzero(as_tuple=True)
    column = (kept.cumsum(1) - 1)[row, place]
    target = Tensor(torch.stack([row, column], 1), None)
    width = int(many.max())
    merged = scatter_nd(target, boolean_mask(rows, Tensor(kept, None)), (batch, width))
    return merged, Tensor(many.to(lengths._t.dtype), None)
