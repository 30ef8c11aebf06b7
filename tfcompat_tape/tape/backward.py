"""Reverse mode: one walk down the Wengert list.

The adjoint of a target is its cotangent. Going down the list, each entry's gradient rule turns the adjoint of its
result into adjoints of its inputs; where a value fanned out, its adjoints add up. Only entries that lie between the
targets and the sources are visited, and a rule computes only what a source needs.

A plain walk is done on raw torch tensors. If another tape is listening, the same rules run on Tensors and are recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType
from typing import Any

import torch

from tfcompat_tape.core import autocast
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import UserRule
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, Output, Recording, project, seen, state
from tfcompat_tape.tape.misfit import Misfit, fitted
from tfcompat_tape.tape.operation import Operation
from tfcompat_tape.tape.paths import reach


class View:
    """An entry as one walk shows it to a gradient rule: narrower needs, or Tensors in place of raw tensors."""

    __slots__ = ("attrs", "entry", "inputs", "needs", "outputs", "shapes")

    def __init__(self, entry: Entry, needs: tuple[bool, ...], recorded: bool) -> None:
        self.entry = entry
        self.needs = needs
        self.attrs = entry.attrs
        self.shapes = entry.shapes
        if recorded:
            parents: Sequence[Any] = entry.parents
            listening = state.tapes
            if entry.leaf_for or entry.tapes.isdisjoint(listening):
                parents = seen(entry, listening)
            self.inputs = tuple(
                [
                    None if raw is None else Tensor(raw, parent)
                    for raw, parent in zip(entry.inputs, parents, strict=False)
                ]
            )
            if len(entry.outputs) == 1 and "_outputs" not in entry.attrs:
                self.outputs: tuple[Any, ...] = (Tensor(entry.outputs[0], entry),)
            else:
                self.outputs = tuple(
                    [Tensor(raw, project(entry, i, raw)) for i, raw in enumerate(entry.outputs)]
                )
        else:
            self.inputs = entry.inputs
            self.outputs = entry.outputs

    def get_attr(self, name: str) -> Any:
        """The attribute `name` of the call, or its default."""
        return self.entry.get_attr(name)

    @property
    def type(self) -> str:
        """TensorFlow's op type."""
        return self.entry.type

    @property
    def name(self) -> str:
        """A name for messages: the op type and its place in the list."""
        return f"{self.entry.type}_{self.entry.number}"


def backward(
    record: Recording,
    targets: Sequence[Entry],
    cotangents: Sequence[Any],
    sources: Sequence[Entry | None],
    *,
    recorded: bool,
    release: bool,
) -> list[Any]:
    """Gradients of the sum of `cotangent * target` with respect to `sources`.

    Args:
      record: the recording whose entries are walked.
      targets: entries to start from.
      cotangents: an adjoint for each target: raw torch tensors, or Tensors if `recorded`.
      sources: entries whose adjoints are wanted; `None` for a value that was never traced.
      recorded: another tape is listening, so rules run on Tensors.
      release: let go of each entry, if no other tape traces it, as soon as its rule has run.

    Returns:
      For each source its adjoint (raw, Tensor or IndexedSlices), `None` where it is not connected.

    Raises:
      LookupError: an op on the way has no gradient.
    """
    if autocast.enabled():
        with autocast.off():
            return backward(record, targets, cotangents, sources, recorded=recorded, release=release)
    tape_id = record.id
    wanted = {source for source in sources if source is not None}

    # Upwards: what depends on a source.
    needed = set(wanted)
    path: list[Entry] = []
    narrow = False  # some rule would compute what no source needs
    for entry in reach(tape_id, targets) if record.persistent else record.live():
        useful = False
        for parent in entry.parents:
            if parent in needed:
                useful = True
            elif parent is not None:
                narrow = True
        if useful:
            needed.add(entry)
            path.append(entry)

    adjoints: dict[Entry, Any] = {}
    for entry, cotangent in zip(targets, cotangents, strict=True):
        if entry in needed:
            _seed(adjoints, entry, cotangent)
    results: dict[Entry, Any] = {}
    # Sources that have parents of their own: the walk goes on below them.
    computed = {source for source in wanted if source.op is not None}
    plain = Tensor if recorded else torch.Tensor
    take = adjoints.pop
    held = adjoints.get

    # Downwards.
    path.reverse()
    for entry in path:
        dy = take(entry, None)
        if dy is None:
            continue
        if computed and entry in computed:
            results[entry] = dy
        parents = entry.parents
        op: Any = entry.op
        rule = op.rule
        view: Any = _view(entry, needed, recorded) if recorded or narrow else entry
        if type(dy) is plain and type(rule) is FunctionType:
            grads = rule(view, dy)
        else:
            grads = _special(entry, view, dy, adjoints, recorded)
            if release and len(entry.tapes) == 1 and hasattr(rule, "let_go"):
                rule.let_go()
        if len(parents) == 1:
            if grads is not None:
                parent = parents[0]
                other = held(parent)
                adjoints[parent] = grads if other is None else other + grads
        else:
            for parent, grad in zip(parents, grads, strict=True):
                if grad is not None and parent in needed:
                    other = held(parent)
                    adjoints[parent] = grad if other is None else other + grad
        if release and len(entry.tapes) == 1:
            entry.inputs = entry.outputs = entry.parents = ()

    found = [None if source is None else results.get(source, adjoints.get(source)) for source in sources]
    for i, grad in enumerate(found):
        if type(grad) is Misfit:
            found[i] = grad.value
    return found


def _view(entry: Entry, needed: set[Entry], recorded: bool) -> Any:
    """What the rule of `entry` gets to see: the entry itself, where that says all."""
    if len(entry.parents) == 1:
        return View(entry, entry.needs, True) if recorded else entry
    needs = tuple([parent in needed for parent in entry.parents])
    return View(entry, needs, recorded) if recorded or needs != entry.needs else entry


def _special(entry: Entry, view: Any, dy: Any, adjoints: dict[Entry, Any], recorded: bool) -> Any:
    """The less common rules: of projections, of ops with several outputs, of users; and sparse adjoints."""
    op: Any = entry.op
    if type(op) is Output:
        _place(adjoints, entry.parents[0], op.index, dy)
        return None
    cotangents = dy if type(dy) is list else [dy]
    if IndexedSlices in map(type, cotangents) and not hasattr(op.rule, "takes_slices"):
        cotangents = [dy.dense() if type(dy) is IndexedSlices else dy for dy in cotangents]
    if Misfit in map(type, cotangents):
        return _misfit(entry, view.needs, cotangents, recorded)
    return run_rule(entry, view, cotangents, recorded)


def _misfit(entry: Entry, needs: tuple[bool, ...], cotangents: list[Any], recorded: bool) -> Any:
    """What a rule gives for cotangents that may not fit: it runs on Tensors, whose ops compare shapes and dtypes."""
    strict = [dy.tensor() if type(dy) is Misfit else _tensor(dy) for dy in cotangents]
    grads = run_rule(entry, View(entry, needs, True), strict, True)
    single = len(entry.parents) == 1
    found: list[Any] = []
    for grad in [grads] if single else grads:
        if type(grad) is Misfit:
            grad = grad.value
        dtype = getattr(grad, "dtype", None)
        if grad is not None:
            grad = Misfit(grad if recorded else as_raw(grad), getattr(dtype, "torch", torch.float32))
        found.append(grad)
    return found[0] if single else found


def run_rule(entry: Entry, view: Any, cotangents: list[Any], recorded: bool) -> Any:
    """What the gradient rule of `entry` gives for a cotangent per output: a gradient per input, or just the one."""
    op: Any = entry.op
    if op.rule is None:
        if op.differentiable:
            raise LookupError(
                f"gradient registry has no entry for: {op.name}. No gradient defined for operation '{op.name}' "
                f"(op type: {op.name}). Register one with tf.RegisterGradient({op.name!r}), or cut the path with "
                "tf.stop_gradient."
            )
        return None if len(entry.parents) == 1 else [None] * len(entry.parents)
    if "_outputs" in entry.attrs and (isinstance(op.rule, UserRule) or not op.none_ok):
        cotangents = _zeros_for_none(cotangents, entry, recorded)
    if isinstance(op.rule, UserRule):
        return _user_rule(op.rule, entry, view.needs, cotangents, recorded)
    return op.rule(view, *cotangents)


def _seed(adjoints: dict[Entry, Any], entry: Entry, cotangent: Any) -> None:
    held = adjoints.get(entry)
    adjoints[entry] = cotangent if held is None else held + cotangent


def _place(adjoints: dict[Entry, Any], entry: Entry, index: int, dy: Any) -> None:
    """Add `dy` to the adjoint of one output of an entry that has several."""
    slots = adjoints.get(entry)
    if slots is None:
        slots = adjoints[entry] = [None] * len(entry.attrs["_outputs"])
    slots[index] = dy if slots[index] is None else slots[index] + dy


def _zeros_for_none(cotangents: list[Any], entry: Entry, recorded: bool) -> list[Any]:
    """Zeros in place of the cotangents of outputs that the target does not depend on."""
    result = []
    for dy, (shape, dtype, device) in zip(cotangents, entry.attrs["_outputs"], strict=True):
        if dy is None and isinstance(dtype, torch.dtype):  # a string has no cotangent
            dy = torch.zeros(shape, dtype=dtype, device=device)
            if recorded:
                dy = Tensor(dy, None)
        result.append(dy)
    return result


def _user_rule(
    rule: Any, entry: Entry, needs: tuple[bool, ...], cotangents: list[Any], recorded: bool
) -> Any:
    """Call a rule that a user registered: it gets Tensors, and its answer is checked."""
    operation = Operation(View(entry, needs, True))
    grads = rule(operation, *[dy if recorded or dy is None else Tensor(dy, None) for dy in cotangents])
    if not isinstance(grads, (list, tuple)):
        grads = [grads]
    if len(grads) != len(operation.inputs):
        raise ValueError(
            f"The gradient function of {entry.type} returned {len(grads)} gradients for {len(operation.inputs)} "
            "inputs; return one per input, None where there is none."
        )
    grads = operation.of_recorded(grads)
    count = len(entry.parents)
    if not recorded:
        grads = [as_raw(grad) for grad in grads]
    grads = fitted(grads, [(raw.shape, raw.dtype) for raw in entry.inputs])
    return grads[0] if count == 1 else grads


def _tensor(value: Any) -> Any:
    """A cotangent as a rule on Tensors gets it."""
    if type(value) is IndexedSlices:
        return IndexedSlices(*[_tensor(part) for part in value._parts()])
    return Tensor(value, None) if isinstance(value, torch.Tensor) else value


def as_raw(value: Any) -> Any:
    """The raw form of what a user's function returned for an adjoint; as in TensorFlow, what is no Tensor stays."""
    if type(value) is IndexedSlices:
        return IndexedSlices(*[as_raw(part) for part in value._parts()])
    return value._t if type(value) is Tensor else value
