"""Calls of torch functions as entries of the Wengert list.

A call of any function of torch code is one entry. Its gradient rule is derived from the function: while the function
runs, torch records how its results came about, and the rule asks torch for the pullback. On Tensors, when an outer
tape listens, the pullback is itself such a call, and so on: derivatives nest to any order, and the function does not
run again, so that what was drawn at random (dropout) stays what it was.

Where torch cannot record - inside of `torch.func` transforms, such as the `vmap` of a vectorized map - and in forward
mode, the function is run again under `torch.func.vjp` or `torch.func.jvp`, with the random numbers of the first run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
import torch.nn.attention
from torch.utils import _pytree as pytree

from tfcompat_tape.core import autocast, dispatch
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.registry import ANY, INEXACT, Keep, Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import listening, state
from tfcompat_tape.interop import randomness
from tfcompat_tape.tape.forward import _transposed

transforming = torch._C._functorch.peek_interpreter_stack  # the innermost torch.func transform, or None
_is_dual_or_graded = torch._C._functorch.is_gradtrackingtensor


class Function:
    """A function of raw tensors that can be differentiated, as one call has it.

    Attributes:
      name: what entries of it are called.
      leaves: where torch recorded the call: for each input that counts, torch's handle on it.
      results: torch's handles on the results then.
    """

    __slots__ = ("leaves", "name", "results")

    def __init__(self, name: str) -> None:
        self.name = name
        self.leaves: dict[int, torch.Tensor] | None = None
        self.results: tuple[torch.Tensor, ...] = ()

    def plain(self, raws: Sequence[Any]) -> Sequence[Any]:
        """The results, once; nobody will ask for derivatives."""
        return self.first(raws)

    def first(self, raws: Sequence[Any]) -> Sequence[Any]:
        """The results, the first time."""
        return self.apply(raws)

    def apply(self, raws: Sequence[Any]) -> Sequence[Any]:
        """The results, without side effects and the same each time; it runs under torch's transforms."""
        raise NotImplementedError

    def trace(self, raws: Sequence[Any], wanted: Sequence[int]) -> Sequence[Any]:
        """The results, the first time, while torch records how they depend on the inputs `wanted`."""
        return self._record(self.first, raws, wanted)

    def graph(self, raws: Sequence[Any], wanted: Sequence[int]) -> dict[int, torch.Tensor]:
        """`leaves`; the function runs again if torch has not recorded it, or not for all of `wanted`."""
        if self.leaves is None or not self.leaves.keys() >= set(wanted):
            self._record(self.apply, raws, wanted)
        assert self.leaves is not None
        return self.leaves

    def forget(self) -> None:
        """Let go of what torch recorded: the function runs again when it is asked for."""
        self.leaves = None
        self.results = ()

    def _record(
        self, run: Callable[[Sequence[Any]], Sequence[Any]], raws: Sequence[Any], wanted: Sequence[int]
    ) -> Sequence[Any]:
        given = list(raws)
        leaves = {}
        with _recording():
            if any(raw.is_inference() for raw in given):  # these cannot be recorded
                given = [raw.clone() for raw in given]
            for i in wanted:
                given[i] = leaves[i] = given[i].detach().requires_grad_()
            results = tuple(run(given))
        self.leaves = leaves
        self.results = results
        return [result.detach() for result in results]


def _recording() -> contextlib.AbstractContextManager[Any]:
    """Within this context torch records."""
    if not torch.is_inference_mode_enabled():
        return torch.enable_grad()
    stack = contextlib.ExitStack()
    stack.enter_context(torch.inference_mode(False))
    stack.enter_context(torch.enable_grad())
    return stack


@contextlib.contextmanager
def _composed() -> Iterator[None]:
    """Within this context torch composes attention of other ops: its fused kernels can be differentiated just once."""
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        yield


def _is_missing(error: Exception) -> bool:
    """Whether torch lacks the derivative of a derivative, or forward mode, of one of its kernels."""
    return isinstance(error, NotImplementedError) or "is not implemented" in str(error)


def _by_transform(derivative: Callable[[], Any]) -> Any:
    """What `derivative`, a transform of `torch.func`, gives; with composed attention where torch lacks a kernel's."""
    try:
        return derivative()
    except RuntimeError as error:
        if not _is_missing(error):
            raise
    with _composed():
        return derivative()


class Call(Function):
    """One call of a function of torch code, its arguments taken apart.

    Args:
      target: the function.
      flat: the leaves of the arguments; at `places` stand those that are Tensors, to be filled in.
      build: makes `(args, kwargs)` of leaves.
    """

    __slots__ = (
        "autocast",
        "build",
        "changes",
        "flat",
        "form",
        "others",
        "places",
        "random",
        "target",
        "versions",
    )

    def __init__(
        self,
        name: str,
        target: Callable[..., Any],
        flat: Sequence[Any],
        places: Sequence[int],
        build: Callable[[Sequence[Any]], tuple[Any, Any]],
    ) -> None:
        super().__init__(name)
        self.target = target
        self.flat = flat
        self.places = places
        self.build = build
        self.form: tuple[list[Any], Any, list[int]] | None = None  # of the result, if it is not just a tensor
        self.random: Any = None
        self.autocast: dict[str, torch.dtype | None] = {}
        self.versions: Any = None
        self.changes: Any = ()

    def plain(self, raws: Sequence[Any]) -> Sequence[Any]:
        return self.run(self.target, raws)

    def first(self, raws: Sequence[Any]) -> Sequence[Any]:
        self.autocast = autocast.present()
        others = [x for x in self.flat if isinstance(x, torch.Tensor)]
        drawn = randomness.before(raws)
        if transforming() is not None:
            results = self.run(self.target, raws)
            self.random = randomness.used(drawn)
            return results
        before = [x._version for x in others if not x.is_inference()] if others else []
        results = self.run(self.target, raws)
        self.random = randomness.used(drawn)
        if others:
            others = [x for x in others if not x.is_inference()]
            # What the function itself writes to (running statistics): a second run gets a copy.
            self.changes = {id(x) for x, version in zip(others, before, strict=True) if x._version != version}
        kept = [x for x in (*raws, *others) if id(x) not in self.changes and not x.is_inference()]
        self.versions = [(x, x._version) for x in kept]
        return results

    def apply(self, raws: Sequence[Any]) -> Sequence[Any]:
        for x, version in self.versions or ():
            if x._version != version:
                raise changed_in_place(self.name)
        with randomness.replayed(self.random), autocast.entered(self.autocast):
            return self.run(self.again, raws)

    def again(self, *args: Any, **kwargs: Any) -> Any:
        """The function, run another time."""
        return self.target(*args, **kwargs)

    def run(self, target: Callable[..., Any], raws: Sequence[Any]) -> Sequence[Any]:
        """The tensors among the results of `target`; what else there is, and where it belongs, is in `form`."""
        flat = list(self.flat)
        if target is not self.target:
            flat = [x.clone() if id(x) in self.changes else x for x in flat] if self.changes else flat
        for place, raw in zip(self.places, raws, strict=True):
            flat[place] = raw
        args, kwargs = self.build(flat)
        result = target(*args, **kwargs)
        if isinstance(result, torch.Tensor):
            return (result,)
        if type(result) is Tensor and isinstance(result._t, torch.Tensor):
            return (result._t,)
        leaves, spec = pytree.tree_flatten(result)
        leaves = [x._t if type(x) is Tensor else x for x in leaves]
        at = [i for i, x in enumerate(leaves) if isinstance(x, torch.Tensor)]
        tensors = [leaves[i] for i in at]
        if self.form is None:
            self.form = ([None if isinstance(x, torch.Tensor) else x for x in leaves], spec, at)
        return tensors

    def packed(self, results: Sequence[Any]) -> Any:
        """The result of the call, with `results` for its tensors."""
        if self.form is None:
            return results[0]
        leaves, spec, at = self.form
        leaves = list(leaves)
        for i, result in zip(at, results, strict=True):
            leaves[i] = result
        return pytree.tree_unflatten(leaves, spec)


def changed_in_place(name: str) -> RuntimeError:
    """The error for a derivative whose values are gone."""
    return RuntimeError(
        f"The gradient of {name} needs a tensor that torch has changed in place since (a step of an optimizer, "
        "`x.add_()`, ...), so it would be wrong. Take gradients before changing what was computed with, or compute "
        "with a copy: x.clone()."
    )


# -- derivatives of a call, which are calls again ----------------------------------------------------------------------


class Pullback(Function):
    """Cotangents of the inputs `wanted` of `base`, given its inputs and cotangents of its results `which`."""

    __slots__ = ("base", "count", "present", "wanted", "which")

    def __init__(self, base: Function, count: int, wanted: tuple[int, ...], which: tuple[int, ...]) -> None:
        super().__init__(f"{base.name}Vjp")
        self.base = base
        self.count = count
        self.wanted = wanted
        self.which = which
        self.present = [True] * len(
            wanted
        )  # which of the cotangents there are: some inputs may not be connected

    def first(self, raws: Sequence[Any]) -> Sequence[Any]:
        inputs, dys = raws[: self.count], raws[self.count :]
        if transforming() is not None:
            if self.base.leaves is None or any(map(_is_dual_or_graded, raws)):
                return self.apply(raws)
        return self._pulled(inputs, self.wanted, dys, False)[1]

    def forget(self) -> None:
        super().forget()
        self.base.forget()

    def _pulled(
        self, inputs: Sequence[Any], wanted: Sequence[int], dys: Sequence[Any], nested: bool
    ) -> tuple[dict[int, torch.Tensor], Sequence[Any]]:
        """`base.graph` for `wanted`, and the cotangents found with it."""
        leaves = self.base.graph(inputs, wanted)
        try:
            return leaves, self._pull(leaves, dys, nested)
        except RuntimeError as error:
            if not _is_missing(error):
                raise
        self.base.forget()
        with _composed():
            leaves = self.base.graph(inputs, wanted)
            return leaves, self._pull(leaves, dys, nested)

    def _pull(self, leaves: dict[int, torch.Tensor], dys: Sequence[Any], nested: bool) -> Sequence[Any]:
        results = self.base.results
        which = [k for k in range(len(dys)) if results[self.which[k]].requires_grad]
        if not which:
            self.present = [False] * len(self.wanted)
            return ()
        try:
            found = torch.autograd.grad(
                [results[self.which[k]] for k in which],
                [leaves[i] for i in self.wanted],
                [dys[k] for k in which],
                retain_graph=True,
                create_graph=nested,
                allow_unused=True,
            )
        except RuntimeError as error:
            if "modified by an inplace operation" in str(error):
                raise changed_in_place(self.base.name) from error
            raise
        self.present = [grad is not None for grad in found]
        return [grad for grad in found if grad is not None]

    def trace(self, raws: Sequence[Any], wanted: Sequence[int]) -> Sequence[Any]:
        count = self.count
        dys = list(raws[count:])
        leaves = {}
        with _recording():
            for i in wanted:
                if i >= count:
                    leaves[i] = dys[i - count] = dys[i - count].detach().requires_grad_()
            of_inputs = [i for i in wanted if i < count]
            inner, found = self._pulled(raws[:count], [*self.wanted, *of_inputs], dys, True)
        results = tuple(found)
        leaves.update({i: inner[i] for i in of_inputs})
        self.leaves = leaves
        self.results = results
        return [result.detach() for result in results]

    def apply(self, raws: Sequence[Any]) -> Sequence[Any]:
        inputs = raws[: self.count]

        def restricted(*some: Any) -> Any:
            results = self.base.apply(_replace(inputs, self.wanted, some))
            return tuple([results[k] for k in self.which])

        dys = tuple(raws[self.count :])
        found: Sequence[Any] = _by_transform(
            lambda: torch.func.vjp(restricted, *[inputs[i] for i in self.wanted])[1](dys)
        )
        return [grad for grad, present in zip(found, self.present, strict=True) if present]


class Pushforward(Function):
    """Tangents of the results of `base`, given its inputs and tangents of its inputs `moving`."""

    __slots__ = ("base", "count", "moving")

    def __init__(self, base: Function, count: int, moving: tuple[int, ...]) -> None:
        super().__init__(f"{base.name}Jvp")
        self.base = base
        self.count = count
        self.moving = moving

    def apply(self, raws: Sequence[Any]) -> Sequence[Any]:
        inputs = raws[: self.count]

        def restricted(*some: Any) -> Any:
            return tuple(self.base.apply(_replace(inputs, self.moving, some)))

        primals = tuple([inputs[i] for i in self.moving])
        moved = tuple(raws[self.count :])
        tangents: Sequence[Any] = _by_transform(lambda: torch.func.jvp(restricted, primals, moved)[1])
        return tangents


def _replace(values: Sequence[Any], places: Sequence[int], others: Sequence[Any]) -> list[Any]:
    result = list(values)
    for place, other in zip(places, others, strict=True):
        result[place] = other
    return result


# -- calls on Tensors --------------------------------------------------------------------------------------------------


def invoke(
    function: Function, tensors: Sequence[Tensor], ops: tuple[Op, Op] | None = None, attrs: Any = None
) -> Sequence[Tensor]:
    """The results of `function` as Tensors, recorded by the tapes that trace one of `tensors`.

    Args:
      ops: the op that entries belong to, for calls with one result and with several; by default that of its name.
      attrs: attributes of the call besides.
    """
    raws = [x._t for x in tensors]
    wanted: list[int] = []
    if listening:
        recording = state.recording
        for i, x in enumerate(tensors):
            if x._node is not None and x._node.tapes & recording and raws[i].dtype in INEXACT:
                wanted.append(i)
    if not wanted:
        return [Tensor(raw, None) for raw in function.plain(raws)]
    single, many = ops or ops_of(function.name)
    attrs = {"_call": function} if attrs is None else {"_call": function, **attrs}
    if transforming() is not None or state.accumulating == state.recording or single.rule is not _rule:
        results = function.first(raws)
        connected = True
    else:
        results = function.trace(raws, wanted)
        connected = any(result.requires_grad for result in function.results)
    if len(results) == 1:
        record = dispatch.record_call if connected else dispatch.unrecorded
        return [record(single, tensors, raws, results[0], attrs)]
    record = dispatch.record_call if connected else dispatch.unrecorded
    found: Sequence[Tensor] = record(many, tensors, raws, tuple(results), attrs)
    return found


def _rule(op: Any, *cotangents: Any) -> Any:
    """The gradient rule of every call: the pullback, run on raw tensors or called on Tensors."""
    function: Function = op.attrs["_call"]
    count = len(op.inputs)
    grads: list[Any] = [None] * count
    wanted = tuple([i for i, need in enumerate(op.needs) if need])
    which = tuple([k for k, dy in enumerate(cotangents) if dy is not None])
    dys = [cotangents[k] for k in which]
    if which:
        pullback = Pullback(function, count, wanted, which)
        if any(type(dy) is Tensor for dy in dys):
            found: Sequence[Any] = invoke(pullback, [*op.inputs, *[convert(dy) for dy in dys]])
        else:
            found = pullback.first([*op.inputs, *dys])
        there = iter(found)
        for i, present in zip(wanted, pullback.present, strict=True):
            grads[i] = next(there) if present else None
    return grads[0] if count == 1 else grads


def _jvp(op: Any, *tangents: Any) -> Any:
    """The JVP of every call: by `torch.func.jvp`, or where torch lacks it by transposing the gradient."""
    function: Function = op.attrs["_call"]
    moving = tuple([i for i, t in enumerate(tangents) if t is not None])
    pushforward = Pushforward(function, len(op.inputs), moving)
    given = [tangents[i] for i in moving]
    recorded = any(type(t) is Tensor for t in given)
    try:
        if recorded:
            found: Sequence[Any] = invoke(pushforward, [*op.inputs, *[convert(t) for t in given]])
        else:
            found = pushforward.first([*op.inputs, *given])
    except (NotImplementedError, RuntimeError):
        return _transposed(getattr(op, "entry", op), tangents, None, recorded)
    return found if "_outputs" in op.attrs else found[0]


def _kernel(*raws: Any, _call: Function, **attrs: Any) -> Any:
    results = _call.apply(raws)
    return results[0] if len(results) == 1 else tuple(results)


_ops: dict[str, tuple[Op, Op]] = {}


def ops_of(name: str) -> tuple[Op, Op]:
    """The op of calls called `name` with one result, and with several; they are not registered."""
    found = _ops.get(name)
    if found is None:
        found = _ops[name] = make_op(name, 1), make_op(name, 0)
    return found


def make_op(name: str, outputs: int, inputs: tuple[str, ...] = ("*args",), defaults: Any = None) -> Op:
    """An op whose entries are calls of torch functions."""
    op = Op(
        name,
        _kernel,
        inputs=inputs,
        defaults=defaults,
        outputs=outputs,
        dtypes=ANY,
        same=(),
        keep=Keep.INPUTS,
        none_ok=True,
    )
    op.rule = _rule
    op.jvp = _jvp
    return op
