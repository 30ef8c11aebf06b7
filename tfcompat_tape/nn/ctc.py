"""Connectionist temporal classification for labels in a dense tensor."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.registry import INTEGERS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.ctc import ctc_dense
from tfcompat_tape.ops.joining import concat
from tfcompat_tape.ops.shapes import transpose

__all__ = ["ctc_loss", "ctc_unique_labels"]


def ctc_loss(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int | None = None,
    name: str | None = None,
) -> Tensor:
    """-log of the probability that `logits`, step by step, spell `labels` (repeats merged, blanks left out).

    labels: integers (batch, length), padded; label_length, logit_length: how much of each row counts; logits: floating,
    (time, batch, classes), or (batch, time, classes) unless `logits_time_major`; blank_index: the class of the blank, 0
    by default. `unique` only saves time in TensorFlow. The result has one loss per example, about 707 for labels that
    do not fit into the time. Errors: ValueError where a length is missing. Source: `tf.nn.ctc_loss`.

    >>> import tfcompat_tape as tf
    >>> print(tf.nn.ctc_loss([[1]], tf.zeros([2, 1, 2]), [1], [2]).numpy().round(4))  # 3 of 4 paths spell "1"
    [0.2877]
    """
    given = [labels, logits, label_length, logit_length]
    marks, z, many, steps = [x if type(x) is Tensor else convert(x) for x in given]
    if many._t.dtype not in INTEGERS:
        raise invalid(
            f"ctc_loss: Value for attr 'TI' of {type_name(many._t.dtype)} is not in the list of allowed values: "
            "label_length must be integers."
        )
    if not logits_time_major:
        z = transpose(z, perm=(1, 0, 2))
    if len(z._t.shape) != 3 or len(marks._t.shape) != 2:
        raise invalid(
            f"ctc_loss: logits must have 3 axes and labels 2, got shapes {z.shape} and {marks.shape}."
        )
    for what, lengths in (("label_length", many), ("logit_length", steps)):
        if tuple(lengths._t.shape) != (z._t.shape[1],):
            raise invalid(
                f"ctc_loss: {what} must be one number for each of {z._t.shape[1]} examples, got shape {lengths.shape}."
            )
    classes = z._t.shape[2]
    blank = blank_index or 0
    if blank < 0:
        blank += classes
    if blank:  # make the blank class 0
        parts = [z[:, :, blank : blank + 1], z[:, :, :blank], z[:, :, blank + 1 :]]
        z = concat(*parts, axis=2)
        marks = Tensor(torch.where(marks._t < blank, marks._t + 1, marks._t), None)
    result: Tensor = ctc_dense(z, marks, many, steps)
    return result


def ctc_unique_labels(labels: Any, name: str | None = None) -> list[Tensor]:
    """The different labels of each row, in order and padded with 0; and where each label stands among them.

    labels: integers (batch, length). Source: `tf.nn.ctc_unique_labels`.

    >>> import tfcompat_tape as tf
    >>> [t.numpy().tolist() for t in tf.nn.ctc_unique_labels([[3, 5, 3]])]
    [[[3, 5, 0]], [[0, 1, 0]]]
    """
    raw = (labels if type(labels) is Tensor else convert(labels))._t
    unique, places = [], []
    for row in reading.listed(raw):
        seen = list(dict.fromkeys(row))
        unique.append(seen + [0] * (len(row) - len(seen)))
        places.append([seen.index(label) for label in row])
    return [
        Tensor(torch.tensor(unique, dtype=torch.int64, device=raw.device).reshape(raw.shape), None),
        Tensor(torch.tensor(places, dtype=torch.int32, device=raw.device).reshape(raw.shape), None),
    ]
