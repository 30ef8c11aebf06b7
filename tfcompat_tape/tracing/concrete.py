"""A function for arguments of one kind: one or more traces, of which the guards say which one holds."""

from __future__ import annotations

import contextlib
import logging
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensor

from tfcompat_tape import nest
from tfcompat_tape.core import reading
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.overwriting import value_of
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import state
from tfcompat_tape.tape.graph_mode import OutsideError
from tfcompat_tape.tracing import scope, symbolic, tapes
from tfcompat_tape.tracing.beside import AliasedError, within
from tfcompat_tape.tracing.boundaries import CrossedError
from tfcompat_tape.tracing.call import ClosedError, ElsewhereError, contiguous, said
from tfcompat_tape.tracing.conversion import converted
from tfcompat_tape.tracing.elements import ElementsError, is_open
from tfcompat_tape.tracing.fakes import ended
from tfcompat_tape.tracing.line_code import DivergedError
from tfcompat_tape.tracing.path import Path
from tfcompat_tape.tracing.recorder import Recorder
from tfcompat_tape.tracing.results import taken_apart
from tfcompat_tape.tracing.signature import ByIdentity, itself, rebuilt
from tfcompat_tape.tracing.sizes import Sizes
from tfcompat_tape.tracing.streams import Taken, watched
from tfcompat_tape.tracing.trace import AutoGraph, Trace
from tfcompat_tape.tracing.user_code import restated

logger = logging.getLogger("tensorflow")

for _cls, _names in (*symbolic.INSIDE.items(), *tapes.INSIDE.items()):
    scope.inside.setdefault(_cls, {}).update(_names)

MOST_PATHS = 12  # traces of one kind of arguments; a function that takes more ways than that runs as it is
_MOST_SOURCES = 32  # Tensors from outside that are sources of tf.gradients in one function


class Asked:
    """One call: its arguments, the Tensors and Variables among them, and how the function runs as it is.

    Args:
      creating: the function may make Variables.
      exact: the trace sees the Variables themselves; else copies of them, so that it holds for others in their places.

    Attributes:
      ran: the trace that was run without any more ado, if one was, and the traces among which it is the first.
      happened: effects of a trace that was made for it, with what they gave: another one has them no second time.
    """

    __slots__ = ("args", "as_it_is", "creating", "exact", "happened", "kwargs", "ran", "tensors", "variables")

    def __init__(
        self,
        args: Any,
        kwargs: Any,
        tensors: Sequence[Tensor],
        variables: Sequence[Variable],
        as_it_is: Callable[[Any, Any], Any],
        creating: bool,
        exact: bool = False,
    ) -> None:
        self.args = args
        self.kwargs = kwargs
        self.tensors = tensors
        self.variables = variables
        self.as_it_is = as_it_is
        self.creating = creating
        self.exact = exact
        self.ran: tuple[Path, list[Path]] | None = None
        self.happened: Sequence[tuple[Any, Any]] = ()

    def plainly(self) -> Any:
        """The results of the Python code, run for this call."""
        if not self.happened:
            return self.as_it_is(self.args, self.kwargs)
        done = [(name, *effect) for effect in self.happened if (name := _name(effect[0])) is not None]
        with reading.after(done):
            return self.as_it_is(self.args, self.kwargs)

    def seen(self) -> Sequence[Variable]:
        """The Variables as a trace sees them."""
        return self.variables if self.exact else [_stand_in(v) for v in self.variables]

    def bound(self, tensors: Sequence[Tensor], variables: Sequence[Variable]) -> Any:
        """`(args, kwargs)` with these Tensors and Variables in the places of those of the call."""
        given = iter(tensors)
        others = {id(v): other for v, other in zip(self.variables, variables, strict=True)}

        def take(x: Any) -> Any:
            return others[id(itself(x))] if isinstance(x, Variable) else next(given)

        args = [rebuilt(x, take) for x in self.args]
        return args, {name: rebuilt(self.kwargs[name], take) for name in sorted(self.kwargs)}


def _name(effect: Any) -> str | None:
    """What Python code finds an effect by: see `reading.happened`."""
    function = getattr(effect, "function", effect)  # of a whole function
    name: str | None = getattr(function, "__qualname__", None)
    return name


def _stand_in(variable: Variable) -> Variable:
    """A Variable in place of `variable`, with what it has."""
    found = object.__new__(type(variable))
    found.__dict__.update(variable.__dict__)
    raw = value_of(variable)
    if raw is not None:
        found.__dict__["_t"] = raw
    return found


class Concrete:
    """A function for arguments of one kind.

    Args:
      function: called with the arguments as the trace sees them.
      names: a name for each Tensor among the arguments.
      dims: the shape of each Tensor among the arguments, with `None` for the sizes that differ from call to call; all
        of them are known if it is `None`.

    Attributes:
      traces: how often it was traced for its first call: twice where that made Variables.
      types: those of the arguments, in order and by name.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        names: list[str],
        autograph: AutoGraph | None,
        dims: Sequence[Sequence[int | None] | None] | None = None,
        jit_compile: bool = False,
    ) -> None:
        self.function = function
        self.name = name
        self.names = names
        self.autograph = autograph
        self.dims = dims
        self.shapes_known = dims is None  # before the call: what does not fit is found while tracing
        self.jit_compile = jit_compile
        self.paths: list[Path] = []
        self.as_it_is: str | None = None
        self.opens = (
            not jit_compile
        )  # elements of iterators have open sizes: code is compiled for those that are known
        self.traces = 1
        self.types: Any = ([], {})
        self._exact: dict[Any, Concrete] = {}
        self._streams: int | None = None  # the streams of random ops that its traces share, and
        self._seed: Any = None  # what their graph has for a seed at the start
        self._lock = threading.RLock()  # held while tracing

    def __call__(self, asked: Asked) -> Any:
        """The results for a call."""
        if self.as_it_is is not None:
            if self.dims is not None:
                raise ClosedError(self.as_it_is)
            return asked.plainly()
        tensors = asked.tensors
        for x in tensors:
            if type(x._t) is not np.ndarray and is_batched(x._t):
                return self._vectorized(asked)
        paths = self.paths
        if not paths:
            return self._traced(asked)
        path = paths[0]
        if self.dims is not None and not path.holds(tensors):
            fitting = next((p for p in paths if p.holds(tensors)), None)
            if fitting is None:
                return self._traced(asked)
            path = fitting
        if (path.constants and state.recording and path.stale()) or (path.loose and path.reshaped()):
            self.paths.clear()
            return self._traced(asked)
        if asked.variables and not asked.exact and path.own and self._aliased(asked):
            return self._exactly(asked)
        if scope.active.trace is not None:
            scope.active.trace.uses_of(path.trace)
            if path.trace.reached:
                within(path.trace)
        try:
            result = path.run(tensors, asked.variables)
            asked.ran = path, paths
            return result
        except DivergedError as error:
            return self._elsewhere(path, error, asked)
        except ElsewhereError:
            return self(asked)
        except ClosedError as error:
            self._closed(error)
            return self._traced(asked)
        except UntraceableError as error:
            return self._refused(error, asked)

    def _closed(self, why: ClosedError) -> None:
        """From now on there are traces for each size; where arguments have open sizes, who calls this sees to it."""
        if self.dims is not None:
            raise why
        self._not_open(why)
        self.paths.clear()

    def _not_open(self, why: Any) -> None:
        self.opens = self.shapes_known = False
        logger.info("tf.function %s is traced for each size of elements: %s.", self.name, why)

    def prepare(self, asked: Asked) -> None:
        """Trace the function for a call that is still to come, if that can be done without its values."""
        with self._lock, scope.left():
            try:
                found = self._path(asked, asked.creating, concrete=False)
                if found.trace.created:
                    found = self._path(asked, False, concrete=False)
                    self.traces = 2
            except (UntraceableError, AliasedError):
                return
            except (RuntimeError, NotImplementedError) as failure:
                if not _of_tracing(failure):
                    raise restated(failure) from None
                return
            except Exception as failure:
                if self.dims is not None and not _of_user(failure):
                    return  # it may be about sizes that no call has
                raise restated(failure) from None
            self._add(found)

    def _add(self, found: Path) -> None:
        """One more way, which the next call tries first."""
        self.paths.insert(0, found)
        me = weakref.ref(self)

        def others() -> Sequence[Path]:
            owner = me()
            return () if owner is None else [*owner.paths]

        found.others = others

    def _aliased(self, asked: Asked) -> bool:
        """Whether a Variable among the arguments is one that the function uses besides."""
        return any(id(v) in path.own for path in self.paths for v in asked.variables)

    def _exactly(self, asked: Asked) -> Any:
        """The results of a trace for these very Variables."""
        key = tuple([ByIdentity(v) for v in asked.variables])
        found = self._exact.get(key)
        if found is None:
            found = self._exact[key] = Concrete(
                self.function, self.name, self.names, self.autograph, self.dims, self.jit_compile
            )
        given = asked.args, asked.kwargs, asked.tensors, asked.variables, asked.as_it_is
        again = Asked(*given, creating=False, exact=True)
        again.happened = asked.happened
        return found(again)

    def _vectorized(self, asked: Asked) -> Any:
        """The results within `vmap`: by the line, if that only computes."""
        path = self.paths[0] if self.paths else None
        if (
            path is None
            or not path.computes_only
            or not path.holds(asked.tensors)
            or (path.loose and path.reshaped())
        ):
            return asked.plainly()
        if path.places and self._aliased(asked):
            return asked.plainly()
        return path.run(asked.tensors, asked.variables)

    def _elsewhere(self, path: Path, error: DivergedError, asked: Asked) -> Any:
        """The results where a guard of `path` does not hold."""
        tried = {id(path)}
        while True:
            recorder = path.trace.recorder
            happened = _happened(recorder, error)
            # What happened shall not happen again: another way goes on from here.
            goes_on = any(node.effect for node in recorder.nodes[:happened])
            met = {i: _outcome(recorder, i, o, error) for i, o in path.outcomes.items() if i < error.index}
            met[error.index] = error.outcome
            other = next(
                (
                    p
                    for p in self.paths
                    if id(p) not in tried
                    and p.holds(asked.tensors)
                    and all(p.outcomes.get(i) == o for i, o in met.items())
                    and (
                        not goes_on
                        or (
                            p.begins_like(path, happened)
                            and p.takes(path, happened, error.values, asked.tensors)
                        )
                    )
                ),
                None,
            )
            if other is None:
                return self._traced(asked, path, error) if goes_on else self._traced(asked)
            tried.add(id(other))
            try:
                if goes_on:
                    result = other.onward(path, happened, error.values, asked.tensors, asked.variables)
                else:
                    result = other.run(asked.tensors, asked.variables)
            except DivergedError as again:
                path, error = other, again
                continue
            except ElsewhereError:
                if goes_on:
                    return self._traced(asked, path, error)
                continue
            except ClosedError as why:
                self._closed(why)
                return self._traced(asked, path, error) if goes_on else self._traced(asked)
            with contextlib.suppress(ValueError):  # another thread did it
                self.paths.remove(other)
            self.paths.insert(0, other)
            return result

    def _traced(self, asked: Asked, path: Path | None = None, error: DivergedError | None = None) -> Any:
        """Trace the function for a call, and finish the call.

        Args:
          path, error: the trace that this one goes the way of, up to where its guard did not hold.
        """
        if len(self.paths) >= MOST_PATHS:
            why = f"it took more than {MOST_PATHS} ways"
            if path is None:
                return self._give_up(why, asked)
            with (
                self._lock
            ):  # a part of this call has happened: it goes on from there, later ones run as it is
                result = self._traced_now(asked, path, error)
                self._end(why)
            return result
        with self._lock:
            if (
                path is None
                and self.paths
                and not self.paths[0].outcomes
                and self.paths[0].holds(asked.tensors)
            ):
                return self(asked)  # another thread traced it meanwhile
            return self._traced_now(asked, path, error)

    def _traced_now(
        self, asked: Asked, path: Path | None, error: DivergedError | None, sources: int = 0
    ) -> Any:
        """`_traced`, by the thread that holds the lock; `sources` from outside are watched since this was begun."""
        try:
            with watched() as taken:
                try:
                    found = self._opened(asked, taken, path=path, error=error)
                    if found.trace.created:
                        # Variables are made once: what runs later is what the function does where they are there.
                        taken.undo()
                        found = self._opened(asked, taken, False, once=found.trace.recorder.happened)
                        self.traces = 2
                except (AliasedError, UntraceableError, RuntimeError, NotImplementedError):
                    taken.undo()  # the function may run as it is
                    raise
        except OutsideError:
            if scope.active.trace is not None:
                raise  # what leads from the source to the target may be in the function around
            if sources == _MOST_SOURCES:
                raise ValueError(
                    f"tf.gradients: a source is another Tensor each time that the tf.function {self.name} is traced. "
                    "Make it an argument of the function, or make it before it."
                ) from None
            return self._traced_now(asked, path, error, sources + 1)
        except UntraceableError as refusal:
            return self._refused(refusal, asked)
        except AliasedError as alias:
            if asked.exact or alias.ids.isdisjoint(map(id, asked.variables)):
                raise  # of a function around this one
            return self._exactly(asked)
        except Exception as failure:
            if self.dims is not None and not _of_user(failure) and not getattr(failure, "of_graph", False):
                raise ClosedError(f"{type(failure).__name__}: {failure}") from failure
            if not isinstance(failure, (RuntimeError, NotImplementedError)) or not _of_tracing(failure):
                raise restated(failure) from None
            return self._give_up(f"{type(failure).__name__}: {failure}", asked)
        self._add(found)
        if scope.active.trace is not None:
            scope.active.trace.uses_of(found.trace)
        if asked.variables and not asked.exact and self._aliased(asked):
            return self._exactly(asked)
        try:
            return found.first(asked.tensors, asked.variables)
        except ElsewhereError:
            return self(asked)
        except ClosedError as why:
            taken.undo()
            self._closed(why)
            return self._traced_now(asked, path, error)
        except UntraceableError as refusal:
            return self._refused(refusal, asked)
        finally:
            found.trace.recorder.let_go()

    def _opened(self, asked: Asked, taken: Taken, creating: bool | None = None, **how: Any) -> Path:
        """As `_path`, with open sizes of elements where that can be."""
        creating = asked.creating if creating is None else creating
        try:
            return self._path(asked, creating, **how)
        except ElementsError as error:
            taken.undo()
            known = self.shapes_known
            self._not_open(error.__cause__)
            try:
                return self._path(asked, creating, **{"once": error.happened, **how})
            except Exception:
                self.opens, self.shapes_known = True, known  # the sizes were not what is wrong
                raise

    def _path(
        self,
        asked: Asked,
        creating: bool,
        path: Path | None = None,
        error: DivergedError | None = None,
        concrete: bool = True,
        once: Sequence[tuple[Any, Any]] = (),
    ) -> Path:
        """Run the function once, traced; `path` and `error` as in `_traced`, `once` as of the recorder."""
        raws = [contiguous(x._t) for x in asked.tensors]
        for raw in raws:
            if (mode := ended(raw)) is not None:
                raise mode.left(raw)
        concrete = concrete and not any(isinstance(raw, FakeTensor) for raw in raws)
        sizes = None if self.dims is None else Sizes()
        trace = Trace(
            concrete=concrete,
            creating=creating,
            autograph=self.autograph,
            jit_compile=self.jit_compile,
            sizes=sizes,
        )
        trace.names = self.names
        trace.shapes_known = self.shapes_known
        trace.given = frozenset() if asked.exact else frozenset(map(id, asked.variables))
        if self._streams is None:
            self._streams, self._seed = trace.recorder.streams, trace.recorder.seed
        trace.recorder.streams, trace.recorder.seed = self._streams, self._seed
        trace.recorder.opens = self.opens
        trace.recorder.once.extend(once or asked.happened)
        asked.happened = trace.recorder.happened
        if path is not None and error is not None:
            trace.recorder.follow(
                path.trace.recorder.nodes[: _happened(path.trace.recorder, error)], error.values
            )
        with scope.left():
            seen = asked.seen()
            given = []
            for i, raw in enumerate(raws):
                value = raw if concrete else None
                if self.dims is None:
                    given.append(trace.argument(raw, value))
                    continue
                dim = self.dims[i]
                unranked = dim is None
                given.append(
                    trace.argument(raw, value, [None] * len(raw.shape) if unranked else dim, unranked)
                )
            # Composite values look at their parts, which have values within the trace alone.
            within = concrete and any(
                isinstance(x, CompositeTensor) for x in nest.flatten([*asked.args, *asked.kwargs.values()])
            )
            args, kwargs = ((), {}) if within else asked.bound(given, seen)

            def body() -> Any:
                nonlocal args, kwargs
                if within:
                    args, kwargs = asked.bound(given, seen)
                before = nest.flatten([args, kwargs])
                result = taken_apart(converted(self.function)(*args, **kwargs), self.name)
                if result[1]:
                    trace.recorder.ops.check()
                for x in result[1]:
                    if type(raw := scope._slot_t.__get__(x)) is torch.Tensor and not is_batched(raw):
                        trace.outer_value(x, raw)
                if not _same_leaves(before, nest.flatten([args, kwargs])):
                    raise ValueError(
                        f"{self.name}() should not modify its Python input arguments. Check if it modifies any lists "
                        "or dicts passed as arguments. Modifying a copy is allowed."
                    )
                return result

            try:
                return Path(trace, self.name, seen, *trace.run(body, self.function))
            except (AliasedError, CrossedError, OutsideError):
                raise
            except Exception as failure:
                sizes = trace.recorder.sizes
                of_user = _of_user(failure) or getattr(failure, "of_graph", False)
                if of_user or sizes is None or not sizes.elements:
                    raise
                raise ElementsError(trace.recorder.new_effects()) from failure

    def _refused(self, error: UntraceableError, asked: Asked) -> Any:
        """Run the function as it is; always from now on, unless it is only that another trace calls it."""
        if isinstance(error, CrossedError):
            # A method of the Function, which from now on records what it runs.
            cast(Any, asked.as_it_is).__self__._kinds.recorded = True
        if scope.active.trace is not None:
            return asked.plainly()
        return self._give_up(str(error), asked)

    def _give_up(self, why: str, asked: Asked) -> Any:
        if self.dims is not None:
            raise ClosedError(why)
        self._end(why)
        return asked.plainly()

    def _end(self, why: str) -> None:
        """From now on it runs as it is."""
        self.as_it_is = why
        self.paths.clear()
        logger.info("tf.function %s runs as it is: %s.", self.name, why)


def _happened(recorder: Recorder, error: DivergedError) -> int:
    """How many nodes of a line have run: an effect that gave other shapes is one of them."""
    return error.index + recorder.nodes[error.index].effect


def _outcome(recorder: Recorder, index: int, outcome: Any, error: DivergedError) -> Any:
    """What a node of a line that has diverged later gave."""
    node = recorder.nodes[index]
    if not is_open(recorder, node):
        return outcome
    return [tuple(error.values[n].shape) for n in node.outs]


def _same_leaves(before: list[Any], after: list[Any]) -> bool:
    return len(before) == len(after) and all(x is y for x, y in zip(before, after, strict=True))


is_batched = torch._C._functorch.is_functorch_wrapped_tensor


def _of_user(error: Exception) -> bool:
    """Whether an exception was raised by code outside of this library and of torch."""
    trace: Any = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    name = trace.tb_frame.f_globals.get("__name__", "")
    return name.split(".")[0] not in ("tfcompat_tape", "torch", "sympy", "numpy")


def _of_tracing(error: Exception) -> bool:
    """Whether an exception is about fake tensors rather than about the function."""
    foreign = type(error) in (RuntimeError, NotImplementedError) or type(error).__module__.startswith("torch")
    return foreign and not said(error)
