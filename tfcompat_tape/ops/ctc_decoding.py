"""Decoders of connectionist temporal classification: the label sequences that logits spell. Not differentiable.

Source of the beam search: A. Graves, "Supervised sequence labelling with recurrent neural networks", 2012, chapter 7.
"""

from __future__ import annotations

import bisect
import itertools
import math
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


# -- beam search -------------------------------------------------------------------------------------------------------

_NEVER = -math.inf
_Score = tuple[
    float, float, float
]  # logarithms of probabilities: in all, ending in a blank, ending in the label
_NONE: _Score = (_NEVER, _NEVER, _NEVER)


class _Prefix:
    """A beginning of a labelling: a node of the tree of all of them."""

    __slots__ = ("after", "before", "label", "longer", "parent")

    def __init__(self, parent: _Prefix | None, label: int) -> None:
        self.parent, self.label = parent, label
        self.longer: dict[int, _Prefix] = {}
        self.before = self.after = _NONE  # the step

    def labels(self) -> list[int]:
        found = []
        node: _Prefix | None = self
        while node is not None and node.parent is not None:
            found.append(node.label)
            node = node.parent
        return found[::-1]


def _total(prefix: _Prefix) -> float:
    return prefix.after[0]


def _either(a: float, b: float) -> float:
    """The logarithm of the sum of two probabilities."""
    most = max(a, b)
    return most if most == _NEVER else most + math.log(math.exp(a - most) + math.exp(b - most))


def _stay(prefix: _Prefix, logs: Any, blank: int) -> None:
    """The probability that the prefix goes on as it is, or is reached from one label less."""
    label = _NEVER
    if prefix.parent is not None:
        label = prefix.before[2]
        if prefix.parent.after[0] != _NEVER:
            label = _either(label, prefix.parent.before[1 if prefix.label == prefix.parent.label else 0])
        label += logs[prefix.label]
    ending = prefix.before[0] + logs[blank]
    prefix.after = (_either(ending, label), ending, label)


def _beam(logits: Any, width: int) -> list[_Prefix]:
    """The most likely prefixes after all steps, the likeliest first. The last class is the blank.

    As in TensorFlow a prefix that others have pushed out of the beam may come back within the same step, and then has
    lost what it would have had as it was.
    """
    blank = logits.shape[1] - 1
    root = _Prefix(None, -1)
    root.after = (0.0, 0.0, _NEVER)
    beam = [root]
    for row in logits:
        shifted = row - row.max()
        logs = (shifted - np.log(np.exp(shifted).sum())).tolist()
        old = sorted(beam, key=_total, reverse=True)
        for prefix in old:
            prefix.before = prefix.after
        for prefix in old:
            _stay(prefix, logs, blank)
        beam = sorted(old, key=_total)
        for prefix in old:
            for label in range(blank):
                longer = prefix.longer.get(label)
                if longer is None:
                    longer = prefix.longer[label] = _Prefix(prefix, label)
                if longer.after[0] != _NEVER:
                    continue
                score = logs[label] + prefix.before[1 if label == prefix.label else 0]
                if score > _NEVER and (len(beam) < width or score > _total(beam[0])):
                    longer.after = (score, _NEVER, score)
                    if len(beam) >= width:
                        beam.pop(0).after = _NONE
                    bisect.insort(beam, longer, key=_total)
                else:
                    longer.before = _NONE
    return sorted(beam, key=_total, reverse=True)


def _beam_search(
    inputs: torch.Tensor,
    sequence_length: torch.Tensor,
    *,
    beam_width: int,
    top_paths: int,
    merge_repeated: bool = True,
) -> tuple[torch.Tensor, ...]:
    name = "CTCBeamSearchDecoder"
    for what, value in (("beam_width", beam_width), ("top_paths", top_paths)):
        if value < 1:
            raise invalid(f"{name}: Value for attr '{what}' of {value} must be at least minimum 1")
    lengths = check_inputs(name, inputs, sequence_length)
    if top_paths > beam_width:
        raise invalid(f"{name}: requested more paths than the beam width.")
    paths: list[list[list[int]]] = [[] for _ in range(top_paths)]
    scores = torch.empty((len(lengths), top_paths), dtype=torch.float64)
    with reading.outside(), np.errstate(invalid="ignore"):
        logits = reading.plain(inputs).cpu().to(torch.float64).numpy()
        for row, length in enumerate(lengths):
            found = _beam(logits[: max(length, 0), row], beam_width)
            if len(found) < top_paths:
                raise invalid(f"{name}: Less leaves in the beam search than requested.")
            for place in range(top_paths):
                labels = found[place].labels()
                if merge_repeated:
                    labels = [label for label, _ in itertools.groupby(labels)]
                paths[place].append(labels)
                scores[row, place] = _total(found[place])
        parts = [as_sparse(labels, inputs.device) for labels in paths]
        kinds = [part for kind in zip(*parts, strict=True) for part in kind]
        return (*kinds, scores.to(inputs.dtype).to(inputs.device))


ctc_beam_search_decoder = primitive(
    "CTCBeamSearchDecoder",
    _beam_search,
    inputs="inputs sequence_length",
    defaults={"merge_repeated": True},
    outputs=0,
    dtypes=DTYPES,
    same=(),
    differentiable=False,
)
