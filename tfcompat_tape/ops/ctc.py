"""Connectionist temporal classification: the probability of a labelling, summed over all its alignments with time.

Source: A. Graves et al., "Connectionist temporal classification: labelling unsegmented sequence data with recurrent
neural networks", ICML 2006: the forward recursion over the labels with blanks between them, in logarithms.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid, unimplemented
from tfcompat_tape.core.registry import HALVES, Keep, gradient
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import state
from tfcompat_tape.ops.bounds import check_indices, concrete
from tfcompat_tape.ops.derived import derived
from tfcompat_tape.ops.identity import prevent_gradient
from tfcompat_tape.ops.shapes import expand_dims

# TensorFlow's logarithm of a probability of 0: a labelling that has no alignment costs about 707, not infinity.
# Then the loss counts alignments that begin as they must and end anywhere, its gradient also those that begin anywhere.
_NEVER = math.log(1e-307)


def _ctc(
    logits: torch.Tensor, labels: torch.Tensor, label_length: torch.Tensor, logit_length: torch.Tensor
) -> torch.Tensor:
    """The loss of each example: logits (time, batch, classes) with the blank as class 0, labels (batch, length)."""
    wide = logits.float() if logits.dtype in HALVES else logits
    logs = torch.log_softmax(wide, -1)
    steps, batch, classes = logs.shape
    count = labels.shape[1]
    labels = labels.to(torch.int64).expand(batch, count)
    # Extended by blanks: the even places are blanks, the odd ones labels.
    places = torch.arange(2 * count + 1, device=logs.device)
    odd = places % 2 == 1
    extended = torch.zeros((batch, 2 * count + 1), dtype=torch.int64, device=logs.device)
    if count:
        extended = torch.where(odd, labels[:, torch.clamp((places - 1) // 2, 0, count - 1)], extended)
    known = extended < classes
    index = torch.where(known, extended, 0)
    before = torch.nn.functional.pad(extended, (2, 0), value=-1)[:, :-2]
    may_skip = odd & (extended != before) & (places > 1)

    def emitted(t: int) -> torch.Tensor:
        return torch.where(known, logs[t].gather(1, index), 0.0)

    starts = torch.stack([torch.where(places < 1, 0.0, other) for other in (2 * _NEVER, _NEVER)])
    alpha = starts.to(logs.dtype).unsqueeze(1).expand(2, batch, -1)  # for the loss, and for its gradient
    for t in range(steps):
        one = torch.nn.functional.pad(alpha, (1, 0), value=2 * _NEVER)[..., :-1]
        two = torch.nn.functional.pad(alpha, (2, 0), value=2 * _NEVER)[..., :-2]
        two = torch.where(may_skip, two, 2 * _NEVER)
        new = torch.logsumexp(torch.stack([alpha, one, two]), 0) + emitted(t)
        alpha = torch.where((t < logit_length).unsqueeze(1), new, alpha)
    last = 2 * label_length.to(torch.int64).unsqueeze(1)
    final = torch.where((places == last) | (places == last - 1), 0.0, _NEVER)
    value, sloped = -torch.logsumexp(alpha + final, 2)
    return (value.detach() + (sloped - sloped.detach())).to(logits.dtype)


ctc_dense = derived("CTCLossDense", _ctc, inputs="logits labels label_length logit_length")


# -- TensorFlow's op of sparse labels, whose blank is the last class ---------------------------------------------------


def _dense_labels(
    indices: torch.Tensor, values: torch.Tensor, batch: int, steps: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of labels, and how many there are in each.

    Where that cannot be read, rows of one label for each of `steps`: no more would fit.
    """
    rows = indices[:, 0].to(torch.int64)
    many = torch.zeros(batch, dtype=torch.int64, device=values.device).index_add(
        0, rows, torch.ones_like(rows)
    )
    width = int(many.max()) if batch and concrete(many) else steps if batch else 0
    columns = indices[:, 1].to(torch.int64).clamp(max=width)  # the last column is for what does not fit
    dense = torch.zeros((batch, width + 1), dtype=torch.int64, device=values.device)
    return dense.index_put((rows, columns), values.to(torch.int64))[:, :width], many


def _ctc_loss(
    inputs: torch.Tensor,
    labels_indices: torch.Tensor,
    labels_values: torch.Tensor,
    sequence_length: torch.Tensor,
    *,
    preprocess_collapse_repeated: bool = False,
    ctc_merge_repeated: bool = True,
    ignore_longer_outputs_than_inputs: bool = False,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Losses, and their gradient by the inputs."""
    if preprocess_collapse_repeated or not ctc_merge_repeated:
        raise unimplemented("CTCLoss: only the default treatment of repeated labels is covered.")
    if inputs.dim() != 3:
        raise invalid(f"CTCLoss: inputs must have 3 axes, got shape {list(inputs.shape)}.")
    batch, classes = inputs.shape[1], inputs.shape[2]
    if sequence_length.shape != (batch,):
        raise invalid(f"CTCLoss: there must be one sequence_length for each of {batch} examples.")
    check_indices(labels_values, classes - 1, "CTCLoss: the last class is the blank, labels")
    labels, many = _dense_labels(labels_indices, labels_values, batch, inputs.shape[0])
    fits = _required(labels, many) <= sequence_length
    if not ignore_longer_outputs_than_inputs and concrete(fits) and not bool(fits.all()):
        raise invalid(
            "CTCLoss: not enough time for the labels of an example, or set ignore_longer_outputs_than_inputs."
        )

    loss, pull = torch.func.vjp(
        lambda z: _ctc(torch.roll(z, 1, -1), labels + 1, many, sequence_length), inputs
    )
    (slope,) = pull(torch.ones_like(loss))
    # What does not fit costs infinity; its gradient is what is left of the rule, the softmax.
    steps = torch.arange(inputs.shape[0], device=inputs.device).unsqueeze(1)
    rest = torch.where((steps < sequence_length).unsqueeze(2), torch.softmax(inputs, -1), 0.0)
    return torch.where(fits, loss, torch.inf), torch.where(fits.unsqueeze(1), slope, rest)


def _required(labels: torch.Tensor, many: torch.Tensor) -> torch.Tensor:
    """The steps that each row of labels takes at least: equal neighbours need a blank between them."""
    if labels.shape[1] < 2:
        return many
    inside = torch.arange(1, labels.shape[1], device=labels.device) < many.unsqueeze(1)
    return many + ((labels[:, 1:] == labels[:, :-1]) & inside).sum(1)


ctc_loss = primitive(
    "CTCLoss",
    _ctc_loss,
    inputs="inputs labels_indices labels_values sequence_length",
    defaults={
        "preprocess_collapse_repeated": False,
        "ctc_merge_repeated": True,
        "ignore_longer_outputs_than_inputs": False,
    },
    outputs=2,
    dtypes=frozenset({torch.float32, torch.float64}),
    keep=Keep.OUTPUTS,
    none_ok=True,
)


_NO_SECOND = "there is no second derivative of CTCLoss"


@gradient("CTCLoss")
def _ctc_loss_rule(op: Any, dloss: Any, _: Any) -> Any:
    """As in TensorFlow it does not differentiate twice."""
    if dloss is None:
        return None, None, None, None
    column = expand_dims(dloss, dim=-1) if type(dloss) is Tensor else dloss.unsqueeze(-1)
    slope = prevent_gradient(op.outputs[1], message=_NO_SECOND)
    if type(slope) is Tensor and state.accumulating & op.outputs[1]._node.tapes:
        # An accumulator would not come to that: the output has no tangent, and its product none either.
        raise LookupError(f"Gradient explicitly disabled. Reason: {_NO_SECOND!r}")
    return column * slope, None, None, None
