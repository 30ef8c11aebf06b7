"""Decoders of connectionist temporal classification: the label sequences that logits spell. Not differentiable."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import failed_precondition, invalid

DTYPES = frozenset({torch.float32, torch.float64})


def check_inputs(name: str, inputs: torch.Tensor, sequence_length: torch.Tensor) -> list[int]:
    """The lengths of the examples, where all fits together."""
    if inputs.dim() != 3:
        raise invalid(f"{name}: inputs is not a 3-Tensor: (time, batch, classes), got {list(inputs.shape)}.")
    if not inputs.numel():
        raise invalid(f"{name}: inputs must not be empty, got shape {list(inputs.shape)}.")
    if sequence_length.dtype is not torch.int32:
        raise invalid(
            f"cannot compute {name} as input #1(zero-based) was expected to be a int32 tensor but is a "
            f"{sequence_length.dtype} tensor"
        )
    if sequence_length.dim() != 1:
        raise invalid(f"{name}: sequence_length is not a vector, got shape {list(sequence_length.shape)}.")
    steps, batch, _ = inputs.shape
    lengths: list[int] = reading.listed(sequence_length)
    if len(lengths) != batch:
        raise failed_precondition(
            f"len(sequence_length) != batch_size.  len(sequence_length):  {len(lengths)} batch_size: {batch}"
        )
    for place, length in enumerate(lengths):
        if length > steps:
            raise failed_precondition(f"sequence_length({place}) <= {steps}")
    return lengths


def as_sparse(found: list[list[int]], device: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Rows of labels as the indices, values and shape of a sparse matrix."""
    places = [(row, place) for row, labels in enumerate(found) for place in range(len(labels))]
    values = [label for labels in found for label in labels]
    shape = [len(found), max([len(labels) for labels in found], default=0)]
    return (
        torch.tensor(places, dtype=torch.int64, device=device).reshape(-1, 2),
        torch.tensor(values, dtype=torch.int64, device=device),
        torch.tensor(shape, dtype=torch.int64, device=device),
    )


def _greedy(
    inputs: torch.Tensor,
    sequence_length: torch.Tensor,
    *,
    merge_repeated: bool = False,
    blank_index: int = -1,
) -> tuple[torch.Tensor, ...]:
    lengths = check_inputs("CTCGreedyDecoder", inputs, sequence_length)
    classes = inputs.shape[2]
    if not -classes <= blank_index < classes:
        raise invalid(
            f"blank_index expected to be between {-classes} and {classes - 1} but was {blank_index}"
        )
    blank = blank_index % classes
    with reading.outside():
        logits = reading.plain(inputs).cpu().numpy()
        best = np.argmax(np.where(np.isnan(logits), -np.inf, logits), -1)
        best = np.where(np.isnan(logits[:, :, 0]), 0, best)
        values = np.take_along_axis(logits, best[:, :, None], -1)[:, :, 0]
        found = []
        scores = np.zeros((len(lengths), 1), logits.dtype)
        for row, length in enumerate(lengths):
            labels: list[int] = []
            last = -1
            for t in range(length):
                scores[row, 0] -= values[t, row]
                label = int(best[t, row])
                if label != blank and not (merge_repeated and label == last):
                    labels.append(label)
                last = label
            found.append(labels)
        return (*as_sparse(found, inputs.device), torch.from_numpy(scores).to(inputs.device))


ctc_greedy_decoder = primitive(
    "CTCGreedyDecoder",
    _greedy,
    inputs="inputs sequence_length",
    defaults={"merge_repeated": False, "blank_index": -1},
    outputs=4,
    dtypes=DTYPES,
    same=(),
    differentiable=False,
)
