"""A user's function of elements: traced once, as TensorFlow does, and then run on raw tensors.

The trace is made for the spec of the elements, before there is any, so that Python code runs once and the spec of the
results is known. A function that no trace can hold for all elements (Python asks for values; what makes
datasets) runs as `tf.function` runs it: along further traces, or as it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from tfcompat_tape import nest
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.dtypes import string
from tfcompat_tape.core.errors import InvalidArgumentError
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.sparse_tensor import SparseTensor, SparseTensorSpec
from tfcompat_tape.core.specs import NoneTensorSpec, TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.base import Run
from tfcompat_tape.data.blocks import BlockFunction, ByChunks, Sameness, chunk_size, sameness
from tfcompat_tape.data.slicing import is_ragged
from tfcompat_tape.data.specs import DatasetSpec
from tfcompat_tape.data.structure import Element, Layout, flatten, mapped, normalized, raw_of, spec_of
from tfcompat_tape.ops import seeds
from tfcompat_tape.tape.attention import paused
from tfcompat_tape.tape.functions import running
from tfcompat_tape.tracing import results, scope
from tfcompat_tape.tracing.call import contiguous
from tfcompat_tape.tracing.concrete import Asked, Concrete
from tfcompat_tape.tracing.conversion import converted
from tfcompat_tape.tracing.function import Function
from tfcompat_tape.tracing.kinds import Kinds
from tfcompat_tape.tracing.open_sizes import Open
from tfcompat_tape.tracing.path import Path
from tfcompat_tape.tracing.steps import Drawn
from tfcompat_tape.tracing.texts import stand_in

_SAMPLE = 3  # the size of an axis that is open, while tracing
_OTHER_SAMPLES = (1, 0, 7, 1031)  # where sizes decide what comes out: `x[24:]` of a few elements is empty
_RANKS = (1, 2, 3, 4, 0)  # those that are tried where the rank is open


class Debugging:
    """Whether functions of elements run as they are: `tf.data.experimental.enable_debug_mode` said so."""

    enabled = False


class ElementFunction:
    """A function of elements, given as arguments of these specs.

    Args:
      function: the user's function.
      given: the specs of the arguments; `None` where they are not known before there is an element.
      name: what it is called in errors.

    Attributes:
      layout: of the results; `None` where the trace does not tell.
    """

    def __init__(self, function: Callable[..., Any], given: Sequence[Any] | None, name: str) -> None:
        if not callable(function):
            raise TypeError(f"{name}: {function!r} is not a callable object.")
        self.name = name
        self._plain = not isinstance(function, Function)
        self.user = function if self._plain else function.python_function
        self.function = Function(self._prepared)
        self.function.__name__ = getattr(self.user, "__name__", name)
        self.layout: Layout | None = None
        self.given = None if given is None else tuple(given)
        self._path: Path | None = None
        self._gave_up = False  # the function runs as it is, after traces that held for some elements only
        self._draws = False  # there are random numbers in `_path`
        self._order: list[int] = []
        self._checked = False
        self._blocks: BlockFunction | None = None  # once it was asked for
        self._sameness: Sameness | None = None
        self._lock = threading.Lock()
        self._as_it_is = False  # no trace holds for another element
        self._kinds = self.function._kinds
        if given is not None:
            self._trace(given)

    def _prepared(self, *arguments: Any) -> Any:
        """What the user's function gives, as an element. A plain function may change the dicts that it gets."""
        if self._plain:
            arguments = tuple([mapped(lambda leaf: leaf, argument) for argument in arguments])
        return self._as_element(converted(self.user)(*arguments))

    def _as_element(self, value: Any) -> Any:
        try:
            found = normalized(mapped_result(value))
            if all(leaf is None for leaf in flatten(found)):
                raise InvalidArgumentError(None, None, _NOTHING.format(self.name))
            return found
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"Unsupported return value from function passed to {self.name}: {value!r}."
            ) from error

    # -- tracing -------------------------------------------------------------------------------------------------------

    def _trace(self, given: Sequence[Any]) -> None:
        """Trace the function for elements of these specs, if that can be done without one."""
        flat = [leaf for spec in given for leaf in flatten(spec)]
        self._as_it_is = Debugging.enabled or any(isinstance(leaf, DatasetSpec) for leaf in flat)
        if self._as_it_is or not all(_has_sample(leaf) for leaf in flat):
            return
        unranked = any(leaf.shape.rank is None for leaf in flat if type(leaf) is TensorSpec)
        for rank in _RANKS if unranked else (0,):
            try:
                path = self._traced(given, rank)
            except Exception:
                if unranked and rank != _RANKS[-1]:
                    continue
                raise
            if path is not None:
                self._take(path, unranked, self._others(path, given, rank), tuple(given))
            elif any(map(_of_strings, flat)):
                self._as_it_is = True  # other strings, other shapes: there would be a trace for each
            return

    def _others(self, path: Path, given: Sequence[Any], rank: int) -> list[Any]:
        """The shapes of the results for other sizes, where those of `path` hold for some sizes only."""
        sizes = path.trace.recorder.sizes
        if sizes is None or not sizes.guards():
            return []
        kept = self._kinds
        found = []
        for size in _OTHER_SAMPLES:
            try:
                other = self._traced(given, rank, size)
            except Exception:
                continue
            if other is not None and other.count == path.count:
                found.append([shape for shape, _ in other.outputs()])
        self._kinds = kept
        return found

    def _traced(self, given: Sequence[Any], rank: int, size: int = _SAMPLE) -> Path | None:
        shapes = [
            part.shape
            for spec in given
            for leaf in flatten(spec)
            for part in nest.flatten(leaf, expand_composites=True)
        ]
        is_open = not all(shape.is_fully_defined() for shape in shapes)
        kinds = Kinds(
            self.function._kinds.function,
            self.function.__name__,
            shapes if is_open else None,
            False,
            True,
            False,
        )
        mode = FakeTensorMode()
        try:
            with scope.left():
                args = tuple([mapped(lambda leaf: _sample(leaf, rank, size, mode), spec) for spec in given])
                bound, kwargs = kinds._bound(args, {})
                key, kind, sorted_shapes, leaves = kinds._sorted_out(bound, kwargs)
                found = kinds._made(bound, kwargs, sorted_shapes, leaves)
                concrete = found.together if isinstance(found, Open) else found
                asked = Asked(
                    bound, kwargs, leaves.tensors, leaves.variables, self.function._as_it_is, not kinds.called
                )
                assert isinstance(concrete, Concrete)
                with paused():
                    concrete.prepare(asked)
        except UntraceableError:
            return None
        if not concrete.paths:
            return None
        kinds.kinds[key] = {kind: found}
        kinds.called = True
        self._kinds = kinds
        return concrete.paths[0]

    def _take(self, path: Path, unranked: bool, others: list[Any], given: tuple[Any, ...]) -> None:
        """Go by a trace from here on; `others` are shapes of the results for other sizes."""
        structure = path.structure
        specs = [
            TensorSpec(_common_shape([shape, *[other[i] for other in others]]), dtype)
            for i, (shape, dtype) in enumerate(path.outputs())
        ]
        if structure is results.only:
            value: Any = specs[0]
            places: list[Any] | None = [0]
        else:
            value = structure.described(lambda i: specs[i], lambda spec, start, count: spec)
            places = list(structure.places)
        spec = mapped(_result_spec, value)
        if unranked:
            spec = mapped(_any_rank, spec)
        self.layout = Layout(spec)
        if _may_be_another_dataset(value):
            return
        self._draws = not path.pure and _only_draws(path)
        simple = (
            places is not None
            and all(type(place) is int for place in places)
            and (path.pure or self._draws)
            and not path.places
            and not path.captured
            and not path.loose
            and Layout(given).plain
        )
        if simple and places is not None:
            self._path = path
            self._order = places
            self._checked = path.trace.recorder.sizes is not None

    def look(self, known: Layout | None) -> None:
        """Find out what the function gives where that is a dataset: it is called once, with samples.

        Making a dataset reads nothing, so that no sample comes to be seen.
        """
        if known is None:
            return
        if self.given is None:
            self.given = known.spec if type(known.spec) is tuple else (known.spec,)
        found = [self._looked(size) for size in (_SAMPLE, _SAMPLE + 2)[: 2 if _is_open(self.given) else 1]]
        if None in found:
            return
        spec = found[0]
        for other in found[1:]:
            spec = mapped(lambda a, b: a.most_specific_compatible_type(b), spec, other)
        self.layout = Layout(spec)

    def guess(self, known: Layout | None) -> None:
        """Go by samples, where there is no element: what comes is of this kind, but perhaps of other sizes."""
        if self.layout is None:
            self.look(known)
            if self.layout is not None:
                self.layout = Layout(mapped(open_dims, self.layout.spec))

    def _looked(self, size: int) -> Any:
        try:
            arguments = [mapped(lambda leaf: _stand_in(leaf, size), spec) for spec in self.given or ()]
            with paused():
                return spec_of(self._as_element(self.user(*arguments)))
        except Exception:
            return None

    def variables(self) -> list[Any] | None:
        """The Variables that it reads; `None` where no trace says so."""
        path = self._path
        return None if path is None else [*path.variables, *path.trace.reached.values()]

    # -- running -------------------------------------------------------------------------------------------------------

    def bare(self) -> Callable[[Element], Element] | None:
        """The function on raw tensors alone, where its trace is a line of kernels without effects; else `None`."""
        return None if self._draws else self._as_line()

    @property
    def light(self) -> bool:
        """Whether it is a line of kernels, of which some may draw random numbers."""
        return self._path is not None

    def _as_line(self) -> Callable[[Element], Element] | None:
        path = self._path
        if path is None:
            return None
        run, variables, order = path.plain.run, path.variables, self._order
        general = self._of_raws
        whole = order == list(range(len(order)))
        if path.texts:

            def on_texts(element: Element) -> Element:
                raws: list[Any] = list(map(contiguous, element))
                if path.ranks is not None and path.ranks != [len(raw.shape) for raw in raws]:
                    return general(element)
                raws += [v._t for v in variables]
                if not path.call.holds(raws):
                    return general(element)
                found = run(raws)
                return tuple([found[i] for i in order])

            return on_texts
        if self._checked:
            ranks, holds = path.ranks, path.call.holds

            def checked(element: Element) -> Element:
                raws: list[Any] = [raw if raw.is_contiguous() else raw.contiguous() for raw in element]
                if ranks is not None and ranks != [raw.dim() for raw in raws]:
                    return general(element)
                raws += [v._t for v in variables]
                if not holds(raws):
                    return general(element)
                found = run(raws)
                return tuple(found) if whole else tuple([found[i] for i in order])

            return checked
        if variables:

            def with_variables(element: Element) -> Element:
                raws: list[Any] = [raw if raw.is_contiguous() else raw.contiguous() for raw in element]
                found = run(raws + [v._t for v in variables])
                return tuple(found) if whole else tuple([found[i] for i in order])

            return with_variables

        def line(element: Element) -> Element:
            raws = [raw if raw.is_contiguous() else raw.contiguous() for raw in element]
            found = run(raws)
            return tuple(found) if whole else tuple([found[i] for i in order])

        return line

    def of_blocks(self) -> BlockFunction | None:
        """The function on many elements at once, where that is sure to give the same; else `None`."""
        path = self._path
        if path is None or self._checked or self._draws or self.given is None or path.trace.recorder.texts:
            return None
        if self._sameness is None:
            self._sameness = sameness(path)
            each = self.bare()
            if self._sameness is not Sameness.NOT_SURE and each is not None:
                count, seen = len(Layout(self.given).leaves), self._sameness is Sameness.IF_SEEN
                self._blocks = BlockFunction(path, self._order, each, count, seen)
        return self._blocks

    def by_chunks(self, source: Any, run: Run) -> Iterator[Element] | None:
        """The results for the elements of `source`, some computed ahead at once; `None` where that might be seen.

        That is: for sources that only hand out values, and functions without Variables.
        """
        function, path = self.of_blocks(), self._path
        if function is None or path is None or path.variables:
            return None
        size, each = chunk_size(path), self.bare()
        blocks = source._blocks(run, size) if size > 1 and each is not None else None
        return None if blocks is None or each is None else ByChunks(blocks, function, each)

    def on(self, source: Any, run: Run) -> Callable[[Element], Element]:
        """The function of the elements of the dataset `source`, taken apart, in one iteration."""
        line = self._in(run)
        if line is not None:
            return line
        flat, places = self.flat, run.places.setdefault(self, {})
        fast: Callable[[Element], Element] | None = None

        def call(element: Element) -> Element:
            nonlocal fast
            if fast is not None:
                return fast(element)
            if self.given is None:
                self.late(source)
                fast = self._in(run)
                if fast is not None:
                    return fast(element)
            with seeds.of_iteration(places):
                return flat(*source._layout.arguments(element))

        return call

    def _in(self, run: Run) -> Callable[[Element], Element] | None:
        """The line of kernels in one iteration, in which random numbers start anew."""
        line = self._as_line()
        if line is None or not self._draws:
            return line
        return partial(seeds.in_iteration, run.places.setdefault(self, {}), line)

    def late(self, source: Any) -> None:
        """Trace the function when the elements of `source` have shown what they are."""
        with self._lock:
            if self.given is None:
                spec = source._layout.spec
                given = spec if type(spec) is tuple else (spec,)
                self._trace(given)
                self.given = given

    def _of_raws(self, element: Element) -> Element:
        assert self.given is not None
        return self.flat(*Layout(self.given).pack(element))

    def __call__(self, *arguments: Any) -> Any:
        """The result for Tensors, as a normalized structure."""
        with paused():
            if self._as_it_is:
                running.depth += 1
                try:
                    return self._prepared(*arguments)
                finally:
                    running.depth -= 1
            try:
                if self._gave_up:
                    return self.function._as_it_is(arguments, {})
                found = self._kinds(arguments, {}, self.function._as_it_is)
            except (TypeError, ValueError) as error:
                if not getattr(error, "of_graph", False):
                    raise
                # A trace for this element found what TensorFlow finds when the element is computed.
                raise InvalidArgumentError(None, None, str(error)) from error
            if self._path is None and self.given is not None:
                self._gave_up = self._has_given_up(self.given)
            return found

    def _has_given_up(self, given: tuple[Any, ...]) -> bool:
        """Whether no trace holds, for any element: they are all of one shape."""
        kinds = [one for several in self._kinds.kinds.values() for one in several.values()]
        return (
            len(kinds) == 1
            and getattr(kinds[0], "as_it_is", None) is not None
            and Layout(given).plain
            and not _is_open(given)
        )

    def flat(self, *arguments: Any) -> Element:
        """The result for Tensors, taken apart."""
        value = self(*arguments)
        if self.layout is None:
            self.layout = Layout(mapped(open_dims, spec_of(value)))
        return tuple([raw_of(leaf) for leaf in flatten(value)])


_NOTHING = "{}: the function returns nothing: Length for attr 'output_types' of 0 must be at least minimum 1"


def _only_draws(path: Path) -> bool:
    """Whether a trace does nothing besides computing but to draw random numbers."""
    recorder = path.trace.recorder
    if path.outcomes or recorder.writes or path.written or any(node.shapes for node in recorder.nodes):
        return False
    return all(type(node.function) is Drawn for node in recorder.nodes if node.effect)


def mapped_result(value: Any) -> Any:
    """What a function of elements returns: a list is a tuple."""
    return tuple(value) if type(value) is list else value


def _result_spec(leaf: Any) -> Any:
    if isinstance(leaf, TensorSpec) or hasattr(leaf, "_component_specs"):
        return leaf
    if leaf is None:
        return NoneTensorSpec()
    if isinstance(leaf, Tensor):
        return TensorSpec(leaf.shape, leaf.dtype)
    return leaf._type_spec


def _common_shape(shapes: list[Any]) -> Any:
    """The shape with `None` for sizes in which these differ; `None` if they differ in rank."""
    first = shapes[0]
    for other in shapes[1:]:
        if first is None or other is None or len(other) != len(first):
            return None
        first = [m if m == n else None for m, n in zip(first, other, strict=True)]
    return first


def _any_rank(spec: Any) -> Any:
    if type(spec) is TensorSpec and not spec.shape.is_fully_defined():
        return TensorSpec(None, spec.dtype)
    return spec


def open_dims(spec: Any) -> Any:
    """The spec of one element, as far as it says something of others."""
    if isinstance(spec, DatasetSpec):
        return DatasetSpec(mapped(open_dims, spec.element_spec))
    if type(spec) is TensorSpec:
        return TensorSpec([None] * len(spec.shape), spec.dtype)
    if isinstance(spec, SparseTensorSpec):
        return SparseTensorSpec([None] * len(spec.shape), spec.dtype)
    if is_ragged(spec):
        return type(spec)([None] * len(spec._shape), spec._dtype, spec._ragged_rank, spec._row_splits_dtype)
    return spec


def _may_be_another_dataset(value: Any) -> bool:
    return any(isinstance(leaf, CompositeTensor) for leaf in flatten(value))


def _has_sample(leaf: Any) -> bool:
    if isinstance(leaf, NoneTensorSpec):
        return True
    return type(leaf) is TensorSpec and (leaf.dtype.torch is not None or leaf.dtype is string)


def _of_strings(leaf: Any) -> bool:
    return type(leaf) is TensorSpec and leaf.dtype is string


def _is_open(specs: Any) -> bool:
    """Whether some sizes are not known."""
    parts = [
        part
        for spec in specs
        for leaf in flatten(spec)
        for part in nest.flatten(leaf, expand_composites=True)
    ]
    return any(type(part) is TensorSpec and not part.shape.is_fully_defined() for part in parts)


def _stand_in(leaf: Any, size: int) -> Any:
    """A value of a spec."""
    from tfcompat_tape.data.sources import Placeholder

    if isinstance(leaf, NoneTensorSpec):
        return None
    if isinstance(leaf, DatasetSpec):
        return Placeholder(leaf.element_spec)
    if is_ragged(leaf):
        return _ragged_stand_in(leaf, size)
    if isinstance(leaf, SparseTensorSpec) and leaf.shape.rank is not None:
        sizes = [size if n is None else n for n in leaf.shape]
        none = Tensor(torch.zeros([0, len(sizes)], dtype=torch.int64), None)
        return SparseTensor(none, _stand_in(TensorSpec([0], leaf.dtype), size), sizes)
    if type(leaf) is not TensorSpec or leaf.shape.rank is None:
        raise NotImplementedError
    shape = [size if n is None else n for n in leaf.shape]
    if leaf.dtype.torch is None:
        return Tensor(np.full(shape, b"", object), None)
    return Tensor(torch.zeros(shape, dtype=leaf.dtype.torch), None)


def _ragged_stand_in(spec: Any, size: int) -> Any:
    from tfcompat_tape.ragged._parts.tensor import RaggedTensor

    whole = _stand_in(TensorSpec(spec._shape, spec._dtype), size)
    if not spec._ragged_rank:
        return whole
    splits = spec._row_splits_dtype
    return RaggedTensor.from_tensor(whole, ragged_rank=spec._ragged_rank, row_splits_dtype=splits)


def _sample(leaf: Any, rank: int, size: int, mode: FakeTensorMode) -> Any:
    """A Tensor without values in the place of a spec."""
    if isinstance(leaf, NoneTensorSpec):
        return None
    sizes = [size] * rank if leaf.shape.rank is None else [size if n is None else n for n in leaf.shape]
    if leaf.dtype is string:
        return Tensor(stand_in(mode, sizes), None)
    with mode:
        return Tensor(torch.empty(sizes, dtype=leaf.dtype.torch), None)
