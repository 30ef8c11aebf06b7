"""The way in for calls like the last one: one generated function that checks the arguments and runs the line.

What it takes is a call of the same form, with Tensors of the same dtypes and shapes and equal Python values, on a
thread where nothing traces or looks on; where a tape records, it hands the Tensors on. For any other call it answers
`MISSED` before anything has happened, and the general way (`Kinds`) has it; both give the same results.
"""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch._C._dynamo.guards import TensorGuards

from tfcompat_tape.config import machine
from tfcompat_tape.core import devices, hooks
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.errors import OutOfRangeError
from tfcompat_tape.core.reading import UntraceableError, current
from tfcompat_tape.core.specs import TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import state
from tfcompat_tape.tracing import results, scope
from tfcompat_tape.tracing.nodes import layout
from tfcompat_tape.tracing.streams import Next

if TYPE_CHECKING:
    from tfcompat_tape.tracing.in_place import InPlace
    from tfcompat_tape.tracing.path import Path

Entry = Callable[[tuple[Any, ...], dict[str, Any]], Any]
MISSED: Any = object()  # the answer to a call of another kind
autocasts = torch._C._is_any_autocast_enabled

_PLAIN = (int, float, complex, str, bytes)
# Objects that say themselves what kind they are of.
_SPEAKING = ("__tf_tracing_type__", "__tf_flatten__", "__attrs_attrs__")
_MOST_CHECKS = 200


class _OtherError(Exception):
    """There is no quick way for such a call."""


def entry_to(
    path: Path,
    paths: list[Path],
    signature: inspect.Signature | None,
    given: tuple[Any, Any],
    bound: tuple[Any, Any],
) -> Entry | None:
    """The way in to `path` for calls like this one, which has just taken it; `None` if there is none.

    Args:
      paths: the traces for such arguments; as long as `path` is the first of them, it is taken.
      given: the arguments of the call, in order and by name; `bound`: the same with the defaults.
    """
    try:
        return _Writer(path, paths, signature).entry(*given, *bound)
    except _OtherError:
        return None


def usual() -> bool:
    """Whether nothing on this thread traces or looks on."""
    return not (
        state.observer is not None
        or scope.active.trace is not None
        or hooks.recorded
        or hooks.computed
        or autocasts()
        or machine.functions_run_eagerly()
        or devices.blocks.device is not None
        or torch._C._len_torch_dispatch_stack()
        or torch._C._functorch.peek_interpreter_stack() is not None
    )


class _Writer:
    """The source of one way in."""

    def __init__(self, path: Path, paths: list[Path], signature: inspect.Signature | None) -> None:
        self.path = path
        self.signature = signature
        self.lines: list[str] = []
        self.names: dict[str, Any] = {
            "MISSED": MISSED,
            "Tensor": Tensor,
            "state": state,
            "active": scope.active,
            "recorded": hooks.recorded,
            "computed": hooks.computed,
            "autocasts": autocasts,
            "machine": machine,
            "current": current,
            "placed": devices.blocks,
            "UntraceableError": UntraceableError,
            "path": path,
            "paths": paths,
        }
        self.tensors: list[str] = []
        self.raws: list[str] = []
        self.samples: list[Any] = []

    def constant(self, value: Any) -> str:
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def unless(self, condition: str) -> None:
        self.lines.append(f"if {condition}: return MISSED")
        if len(self.lines) > _MOST_CHECKS:
            raise _OtherError

    # -- arguments -----------------------------------------------------------------------------------------------------

    def entry(self, args: Any, kwargs: Any, bound: Any, named: Any) -> Entry:
        """The function."""
        path = self.path
        if path.outcomes or path.places or path.ranks is not None:
            raise _OtherError
        count = len(args)
        if kwargs:
            self.unless(f"len(args) != {count} or kwargs.keys() != {self.constant(frozenset(kwargs))}")
        else:
            self.unless(f"kwargs or len(args) != {count}")
        if count:
            self.lines.append(f"{''.join([f'a{i}, ' for i in range(count)])} = args")
        parameters = [] if self.signature is None else list(self.signature.parameters)
        for i, value in enumerate(bound):
            if i < count:
                if value is not args[i]:
                    raise _OtherError
                self.checked(f"a{i}", value)
            else:
                self.passed(parameters[i], value, kwargs)
        for name in sorted(named):
            self.passed(name, named[name], kwargs)
        self.unless(
            "active.trace is not None or recorded or computed or autocasts() or machine._functions_run_eagerly"
            f" or current.around != {self.constant(current.around)} or placed.device is not None"
        )
        self.unless("not paths or paths[0] is not path")
        return self.finished()

    def passed(self, name: str, value: Any, kwargs: Any) -> None:
        """An argument that is given by name, or left to its default."""
        if name not in kwargs:
            self.checked(self.constant(value), value)
            return
        local = f"k{len(self.names)}_{len(self.lines)}"
        self.lines.append(f"{local} = kwargs[{name!r}]")
        self.checked(local, value)

    def checked(self, x: str, value: Any) -> None:
        """That what the expression `x` gives is of the kind of `value`, in the order of `Leaves.key`."""
        kind = type(value)
        if kind is Tensor:
            if not isinstance(value._t, torch.Tensor):
                raise _OtherError
            self.unless(f"type({x}) is not Tensor")
            self.tensors.append(x)
            self.raw(f"{x}._t", value._t)
        elif value is None or kind is bool:
            self.unless(f"{x} is not {value}")
        elif kind in _PLAIN:
            self.unless(f"type({x}) is not {kind.__name__} or {x} != {self.constant(value)}")
        elif kind is tuple or kind is list:
            self.unless(f"type({x}) is not {kind.__name__} or len({x}) != {len(value)}")
            parts = [f"{x}_{i}" for i in range(len(value))]
            if parts:
                self.lines.append(f"{', '.join(parts)}, = {x}")
            for part, one in zip(parts, value, strict=True):
                self.checked(part, one)
        elif kind is dict and all(type(key) is str for key in value):
            self.unless(f"type({x}) is not dict or {x}.keys() != {self.constant(frozenset(value))}")
            for i, key in enumerate(sorted(value)):
                self.lines.append(f"{x}_{i} = {x}[{key!r}]")
                self.checked(f"{x}_{i}", value[key])
        elif _by_identity(value):
            try:
                self.unless(f"{x} is not {self.constant(weakref.ref(value))}()")
            except TypeError:
                self.unless(f"{x} is not {self.constant(value)}")
        else:
            raise _OtherError

    def raw(self, x: str, sample: Any) -> None:
        if not isinstance(sample, torch.Tensor):  # strings
            raise _OtherError
        name = f"r{len(self.raws)}"
        self.lines.append(f"{name} = {x}")
        self.raws.append(name)
        self.samples.append(sample if sample.is_contiguous() else sample.contiguous())

    # -- the call ------------------------------------------------------------------------------------------------------

    def finished(self) -> Entry:
        """Variables and captured Tensors, the call of the line, assignments, the result."""
        path, lines = self.path, self.lines
        tensors = list(self.tensors)
        variables = {}
        for i, variable in enumerate(path.variables):
            variables[i] = self.constant(variable)
            self.raw(f"{variables[i]}._t", variable._t)
        for tensor in path.captured:
            self.raw(f"{self.constant(tensor)}._t", tensor._t)
        if self.raws:
            if any(type(sample) is not torch.Tensor for sample in self.samples):
                raise _OtherError
            raws = ", ".join(self.raws)
            if path.trace.recorder.sizes is None:
                self.names["fits"] = guard(self.samples)
                self.names["singly"] = _Singly(self.samples)
                self.unless(f"not fits({raws}) and not singly({raws})")
            else:
                self.open(raws, tensors)
        self.names["taped"] = path.taped
        seen = "state.recordings"
        if not (path.variables or path.captured or path.constants):
            # Nothing to record where no tape traces an argument.
            traced = "".join([f" or {x}._node is not None" for x in tensors])
            seen += f" and (state.observer is not None{traced})"
        lines.append(f"if {seen}: return taped([{', '.join(tensors)}], MISSED)")
        line = path.plain if path.in_place is None else path.in_place.head
        code, outs = line.written(self.raws, [layout(sample) for sample in self.samples], self.names)
        lines += [*code, "except UntraceableError:", "    return MISSED"]
        if any(type(node.function) is Next for node in path.trace.recorder.nodes[: path.call.last]):
            self.names["ended"], self.names["OutOfRangeError"] = path.ended, OutOfRangeError
            lines += [
                "except OutOfRangeError:",
                f"    ended([{', '.join(self.raws)}], [{', '.join(variables.values())}])",
                "    raise",
            ]
        if path.in_place is None:
            for place, out in zip(path.written, outs[path.count :], strict=True):
                lines.append(f"{variables[place]}._t = {out}")
        else:
            self.overwriting(path.in_place, outs)
        lines.append(f"return {self.result(outs)}")
        body = "\n".join(["def entry(args, kwargs):", *[f"    {line}" for line in lines]])
        exec(compile(body, "<tf.function>", "exec"), self.names)
        found: Entry = self.names.pop("entry")  # which would keep itself alive there
        return found

    def overwriting(self, in_place: InPlace, outs: list[str]) -> None:
        """The second part of a call that overwrites Variables."""
        end = len(outs) - in_place.given
        olds = [self.raws[i] for i in in_place.olds]
        given = [*outs[end:], *[self.raws[i] for i in in_place.inputs], *olds]
        self.names["in_place"] = in_place
        self.lines.append(f"given = [{', '.join(given)}]")
        held = sorted({*outs[end:], *olds} - {*outs[: self.path.count]})  # nothing else is to hold them
        self.lines.append(f"{' = '.join(held)} = None")
        self.lines.append(f"in_place(given, [{', '.join(outs[self.path.count : end])}])")

    def open(self, raws: str, tensors: list[str]) -> None:
        """Checks where sizes of arguments differ from call to call."""
        recorder = self.path.trace.recorder
        likes = [recorder.values[n] for n in self.path.call.inputs]
        shapes = [[None if type(n) is torch.SymInt else int(n) for n in like.shape] for like in likes]
        self.names["fits"] = guard(self.samples, shapes)
        self.names["holds"] = self.path.holds
        self.unless(
            f"not fits({raws}) or not ({' and '.join([f'{raw}.is_contiguous()' for raw in self.raws])})"
        )
        self.unless(f"not holds([{', '.join(tensors)}])")

    def result(self, outs: list[str]) -> str:
        """The expression of the result."""
        structure = self.path.structure
        tensors = [f"Tensor({out}, None)" for out in outs[: self.path.count]]
        if structure is results.only:
            return tensors[0]
        if isinstance(structure, results.Structure):
            text = structure.written(tensors.__getitem__, self.constant)
            if text is not None:
                return text
        self.names["structure"] = structure
        return f"structure([{', '.join(tensors)}])"


def guard(samples: list[Any], shapes: list[list[int | None]] | None = None) -> Callable[..., bool]:
    """Whether raw tensors are like these: dtype, device, shape, layout, and nothing else than memory.

    Where `shapes` are given, these are theirs, with `None` for any size, and nothing is asked of the layout.
    """
    made: Any = TensorGuards
    found: Callable[..., bool] = made(
        *samples,
        dynamic_dims_sizes=shapes or [list(raw.shape) for raw in samples],
        dynamic_dims_strides=[
            list(raw.stride()) if shapes is None else [None] * raw.dim() for raw in samples
        ],
    ).check
    return found


class _Singly:
    """A guard for calls in which one raw tensor comes twice, which torch's guard never accepts."""

    def __init__(self, samples: list[Any]) -> None:
        self.guards = [guard([sample]) for sample in samples]

    def __call__(self, *raws: Any) -> bool:
        if len({id(raw) for raw in raws}) == len(raws):
            return False
        return all(fits(raw) for fits, raw in zip(self.guards, raws, strict=True))


def _by_identity(value: Any) -> bool:
    """Whether an argument counts as itself alone."""
    kind = type(value)
    plain: Any = object.__hash__
    return (
        kind.__hash__ is plain
        and not isinstance(
            value,
            (
                Variable,
                Tensor,
                np.ndarray,
                np.generic,
                torch.Tensor,
                CompositeTensor,
                TypeSpec,
                tuple,
                list,
                Mapping,
            ),
        )
        and not any(hasattr(kind, name) for name in _SPEAKING)
    )
