"""The kinds of arguments that a function was called with, and its traces for each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch

from tfcompat_tape.core import devices, hooks
from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.reading import UntraceableError, current
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import state
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.concrete import Asked, Concrete
from tfcompat_tape.tracing.entry import Entry, autocasts, entry_to, usual
from tfcompat_tape.tracing.function_type import of_parameters, type_of
from tfcompat_tape.tracing.open_sizes import Open
from tfcompat_tape.tracing.path import Path
from tfcompat_tape.tracing.signature import Leaves, rebuilt
from tfcompat_tape.tracing.sizes import symbolic
from tfcompat_tape.tracing.texts import described
from tfcompat_tape.tracing.trace import AutoGraph


class Around(NamedTuple):
    """What calls that share a trace have in common besides their arguments, where it is not the usual."""

    surroundings: Any
    device: torch.device


Shapes = tuple[tuple[torch.dtype, tuple[int | None, ...] | None, torch.device], ...]

_MOST_ENTRIES = 64


class Kinds:
    """The traces of one function.

    Args:
      signature: the shapes of the Tensors among the arguments, as far as they are known; `None` without a signature.
      relaxed: where calls differ in shapes alone, the sizes in which they do are open from the second kind on.

    Attributes:
      count: how many kinds there were.
      entry: the way in for calls like the last one.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        signature: Sequence[TensorShape] | None,
        relaxed: bool,
        autograph: AutoGraph | None,
        jit_compile: bool,
    ) -> None:
        self.function = function
        self.name = name
        self.shapes = signature
        self.relaxed = relaxed
        self.autograph = autograph
        self.jit_compile = jit_compile
        self.kinds: dict[Any, dict[Any, Concrete | Open]] = {}
        self.all: list[Any] = []  # one for each kind that counts
        self.concretes: dict[Any, Any] = {}  # what `get_concrete_function` gave
        self.open: dict[Any, list[Shapes]] = {}  # for each key, the kinds with open sizes that were asked for
        self.counted: dict[Any, set[Any]] = {}
        self.called = False
        self.recorded = False  # whether the function, run as it is, records for `tf.gradients`
        self.count = 0
        self.entry: Entry | None = None
        self._entries: dict[Any, Entry | None] = {}
        try:
            self.signature: inspect.Signature | None = inspect.signature(function)
        except (TypeError, ValueError):
            self.signature = None
        self.simple = self.signature is not None and all(
            p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in self.signature.parameters.values()
        )
        self.arity = 0 if self.signature is None else len(self.signature.parameters)

    def __call__(self, args: Any, kwargs: Any, as_it_is: Callable[[Any, Any], Any]) -> Any:
        """The results for a call; `as_it_is(args, kwargs)` runs the Python code."""
        if state.observer is not None or hooks.recorded or hooks.computed or autocasts():
            # Who looks on sees every op; and autocasting is a matter of each call.
            return as_it_is(args, kwargs)
        given = args, kwargs
        if kwargs or not self.simple or len(args) != self.arity:
            args, kwargs = self._bound(args, kwargs)
        try:
            key, kind, shapes, leaves = self._sorted_out(args, kwargs)
        except UntraceableError:
            return as_it_is(args, kwargs)
        kinds = self.kinds.get(key)
        if kinds is None:
            kinds = self.kinds[key] = {}
        found = kinds.get(kind)
        asked = Asked(args, kwargs, leaves.tensors, leaves.variables, as_it_is, not self.called)
        if found is None and self.relaxed and kinds and not leaves.values:
            kind = shapes = _relaxed(kinds, shapes)
            found = kinds.get(kind)
        if found is not None:
            self.called = True
            result = found(asked)
            if asked.ran is not None and usual():
                self._enter(*asked.ran, given, (args, kwargs))
            return result
        for other in self.open.get(key, ()):  # traced for sizes that are open
            if other == _joined(other, shapes):
                found = kinds[kind] = kinds[other]
                return found(asked)
        found = kinds[kind] = self._made(args, kwargs, shapes, leaves)
        failed = True
        try:
            result = found(asked)
            failed = False
        finally:
            if failed and not found.paths and found.as_it_is is None:  # its trace did
                kinds.pop(kind, None)
            else:
                self._count(key, shapes, leaves, found)
                self.called = True
        return result

    def _enter(self, path: Path, paths: list[Path], given: Any, bound: Any) -> None:
        """Let calls like this one, which `path` has served, go straight there."""
        form = path, len(given[0]), tuple(given[1])
        if form not in self._entries:
            if len(self._entries) >= _MOST_ENTRIES:
                self._entries.clear()
            self._entries[form] = entry_to(path, paths, self.signature, given, bound)
        self.entry = self._entries[form]

    def _sorted_out(
        self, args: Any, kwargs: dict[str, Any], wanted: Sequence[TensorShape] | None = None
    ) -> tuple[Any, Any, Any, Leaves]:
        """The key of arguments, what their trace is found by, the shapes of the Tensors, and the Tensors."""
        leaves = Leaves(fitted=bool(self.shapes))
        key = tuple([leaves.key(x) for x in args])
        if kwargs:
            key += tuple([(name, leaves.key(kwargs[name])) for name in sorted(kwargs)])
        around, device = current.around, devices.current()
        if around is not None or device != devices.default():
            key = Around(around, device), *key
        shapes: Any
        if leaves.texts:
            shapes = tuple(
                [(dtype, shape, device) for shape, dtype, device in map(_described, leaves.tensors)]
            )
        else:
            shapes = tuple([(x._t.dtype, x._t.shape, x._t.device) for x in leaves.tensors])
        if wanted is not None and len(wanted) == len(shapes):  # composite values have shapes of their own
            shapes = _specified(shapes, wanted)
        elif self.shapes is not None or (scope.active.trace is not None and symbolic(shapes)):
            shapes = self._opened(shapes)
        return key, (shapes, tuple(leaves.values)) if leaves.values else shapes, shapes, leaves

    def _made(self, args: Any, kwargs: dict[str, Any], shapes: Shapes, leaves: Leaves) -> Any:
        names = self._names(args, kwargs)
        dims = [shape for _, shape, _ in shapes]
        found: Any
        if any(shape is None or None in shape for shape in dims):
            found = Open(self.function, self.name, names, self.autograph, dims, self.jit_compile)
            if not leaves.within:
                specs = iter([TensorSpec(shape, FROM_TORCH[dtype]) for dtype, shape, _ in shapes])

                def take(x: Any) -> Any:
                    return x if isinstance(x, Variable) else next(specs)

                args = [rebuilt(x, take) for x in args]
                kwargs = {name: rebuilt(kwargs[name], take) for name in sorted(kwargs)}
        else:
            found = Concrete(self.function, self.name, names, self.autograph, None, self.jit_compile)
        variables: list[Any] = []
        found.types = (
            [type_of(x, variables) for x in args],
            {name: type_of(kwargs[name], variables) for name in sorted(kwargs)},
        )
        return found

    def _count(self, key: Any, shapes: Any, leaves: Leaves, concrete: Any) -> None:
        """Calls with `shapes` are one kind more, unless they belong to one that there is."""
        if leaves.within:
            within = set(leaves.within)
            shapes = tuple([None if i in within else shape for i, shape in enumerate(shapes)])
        counted = self.counted.setdefault(key, set())
        if shapes not in counted and (self.shapes is None or not counted):
            counted.add(shapes)
            self.count += concrete.traces
            self.all.append(concrete)

    def known(self, args: Any, kwargs: dict[str, Any], wanted: Sequence[TensorShape]) -> Any:
        """The function for arguments of one kind, as of `prepared`, if it is traced; else `None`."""
        key, kind, *_ = self._sorted_out(args, kwargs, wanted)
        return self.kinds.get(key, {}).get(kind)

    def prepared(
        self,
        args: Any,
        kwargs: dict[str, Any],
        as_it_is: Callable[[Any, Any], Any],
        wanted: Sequence[TensorShape],
    ) -> Any:
        """The function for arguments of one kind, which is traced if it is not yet and can be without values.

        Args:
          wanted: the shapes of the Tensors among the arguments, as far as they are known.
        """
        key, kind, shapes, leaves = self._sorted_out(args, kwargs, wanted)
        kinds = self.kinds.setdefault(key, {})
        found = kinds.get(kind)
        if found is None:
            found = self._made(args, kwargs, shapes, leaves)
            found.prepare(Asked(args, kwargs, leaves.tensors, leaves.variables, as_it_is, not self.called))
            kinds[kind] = found
            if not leaves.values and any(shape is None or None in shape for _, shape, _ in shapes):
                self.open.setdefault(key, []).append(shapes)
            self._count(key, shapes, leaves, found)
            self.called = True
        return found

    def concretely(self, args: Any, kwargs: dict[str, Any], as_it_is: Callable[[Any, Any], Any]) -> Any:
        """The results for a call of a function for arguments of one kind: it counts as no other."""
        count, known = self.count, len(self.all)
        try:
            return self(args, kwargs, as_it_is)
        finally:
            self.count = count
            del self.all[known:]

    def again(self, shapes: Sequence[TensorShape] | None) -> Kinds:
        """The same function, not traced yet, for arguments of these shapes."""
        return Kinds(self.function, self.name, shapes, self.relaxed, self.autograph, self.jit_compile)

    def positional(self, count: int) -> list[str]:
        """Names for so many arguments in order."""
        declared = [] if self.signature is None else list(self.signature.parameters.values())
        plain = [p.name for p in declared if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        rest = next((p.name for p in declared if p.kind is p.VAR_POSITIONAL), "args")
        return [plain[i] if i < len(plain) else f"{rest}_{i - len(plain)}" for i in range(count)]

    def _opened(self, shapes: Shapes) -> Shapes:
        """The same with `None` for sizes that the signature, or the function around this one, leaves open."""
        wanted: Sequence[Any] = [shape for _, shape, _ in shapes]
        if self.shapes is not None and len(self.shapes) == len(shapes):
            wanted = self.shapes
        return _specified(shapes, wanted)

    def _names(self, args: Any, kwargs: Any) -> list[str]:
        """A name for each Tensor among the arguments: that of the parameter."""
        parameters = [] if self.signature is None else list(self.signature.parameters)
        found: list[str] = []
        for i, x in enumerate(args):
            leaves = Leaves()
            leaves.key(x)
            name = parameters[min(i, len(parameters) - 1)] if parameters else "args"
            found += [name if j == 0 else f"{name}_{j}" for j in range(len(leaves.tensors))]
        for name in sorted(kwargs):
            leaves = Leaves()
            leaves.key(kwargs[name])
            found += [name if j == 0 else f"{name}_{j}" for j in range(len(leaves.tensors))]
        return found

    def _bound(self, args: Any, kwargs: Any) -> Any:
        if self.signature is None:
            return args, kwargs
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(
                f"{self.name}(): Binding inputs to tf.function failed due to `{error}`. Received args: {args} and "
                f"kwargs: {kwargs} for signature: {of_parameters(self.signature, {})}."
            ) from None
        bound.apply_defaults()
        return bound.args, bound.kwargs


def _described(x: Tensor) -> Any:
    return described(x._t)


def _specified(shapes: Shapes, wanted: Sequence[Any]) -> Shapes:
    """Shapes with `None` for the sizes that `wanted` leaves open."""
    return tuple(
        [
            (dtype, _open(shape, spec), device)
            for (dtype, shape, device), spec in zip(shapes, wanted, strict=True)
        ]
    )


def _open(shape: Any, spec: Any) -> tuple[int | None, ...] | None:
    """A shape with `None` for the sizes that `spec` leaves open, or for the whole."""
    if isinstance(spec, TensorShape) and spec.rank is None:
        return None
    return tuple(
        [None if m is None or type(n) is torch.SymInt else n for m, n in zip(spec, shape, strict=True)]
    )


def _relaxed(kinds: Any, shapes: Shapes) -> Shapes:
    """The kind that a call with `shapes` is of: one that there is, or what has in common with these."""
    for other in kinds:
        if other == _joined(other, shapes):
            return other  # type: ignore[no-any-return]
    for other in kinds:
        shapes = _joined(other, shapes) or shapes
    return shapes


def _joined(first: Shapes, second: Shapes) -> Shapes | None:
    """The kind that both belong to, with `None` for the sizes in which they differ; `None` if there is none."""
    found: list[Any] = []
    for (dtype, a, device), (other_dtype, b, other_device) in zip(first, second, strict=True):
        if dtype != other_dtype or device != other_device:
            return None
        if a is None or b is None or len(a) != len(b):
            found.append((dtype, None, device))
            continue
        found.append((dtype, tuple([m if m == n else None for m, n in zip(a, b, strict=True)]), device))
    return tuple(found)
