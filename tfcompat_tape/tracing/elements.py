"""Values that a node gives in other sizes at each call: elements that are taken from iterators.

In the trace their sizes are open, as their specs say. What something asks of them is a guard that belongs to the node:
it is told when the node has run. Where it does not hold, another trace goes on from there, as where a value decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.sizes import LIKELY, Sizes, symbolic
from tfcompat_tape.tracing.texts import CPU

if TYPE_CHECKING:
    from tfcompat_tape.tracing.nodes import Node
    from tfcompat_tape.tracing.recorder import Recorder


class ElementsError(Exception):
    """A function cannot be traced for elements of open sizes.

    Attributes:
      happened: effects of this trace that shall not happen again, as of a `Recorder`.
    """

    def __init__(self, happened: list[tuple[Any, Any]]) -> None:
        super().__init__()
        self.happened = happened


class OpenLoopError(Exception):
    """A loop is no node where elements have open sizes: known ones are better than a loop that Python goes through."""


def let_known(error: Exception) -> None:
    """Raise OpenLoopError if the function that is traced has elements of open sizes."""
    trace: Any = scope.active.trace
    while trace is not None:
        sizes = trace.recorder.sizes
        if sizes is not None and sizes.elements:
            raise OpenLoopError(str(error)) from error
        trace = None if trace._around is None else trace._around()


def opened(recorder: Recorder, raw: Any, dims: Sequence[int | None]) -> Any:
    """A new value of a trace like `raw`, a result at this call; where `dims` has `None` its size is open."""
    if recorder.sizes is None:
        recorder.sizes = sizes = Sizes()
        mode = recorder.mode
        mode.shape_env, mode.static_shapes, mode.cache_enabled = sizes.env, False, False
    trace: Any = scope.active.trace
    trace.shapes_known = False
    fake = recorder.fresh(raw, dims=dims)
    recorder.sizes.elements.add(recorder.number(fake))
    return fake


def made(
    recorder: Any, function: Callable[..., Any], args: Sequence[Any], described: Sequence[Any]
) -> list[Any]:
    """The results of `function(*args)`, which is called at each call; `described` are shapes, with `None`, and dtypes.

    Where the trace is made for a call, its results say what sizes are likely.
    """
    if recorder.concrete:
        found = recorder.call(function, args, {}, dims=[dims for dims, _ in described])
        return found if isinstance(found, list) else [found]
    likes = [
        recorder.empty([LIKELY if n is None else n for n in dims], dtype, CPU) for dims, dtype in described
    ]
    fakes = [opened(recorder, like, dims) for like, (dims, _) in zip(likes, described, strict=True)]
    numbers = tuple([recorder.number(fake) for fake in fakes])
    recorder._note(function, recorder._refs(tuple(args), []), {}, numbers, len(fakes) == 1, (), True)
    recorder.nodes[-1].shapes = True
    return fakes


class OpenShapes:
    """The shapes that a node gives where sizes are open, to be compared with those of a call."""

    def __init__(self, shapes: Sequence[Any]) -> None:
        self._known = [[n if type(n) is int else None for n in shape] for shape in shapes]

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, list)
            and len(other) == len(self._known)
            and all(
                len(shape) == len(known) and all(n in (None, m) for n, m in zip(known, shape, strict=True))
                for known, shape in zip(self._known, other, strict=True)
            )
        )

    __hash__ = None  # type: ignore[assignment]


def is_open(recorder: Recorder, node: Node) -> bool:
    """Whether a node gives elements of open sizes."""
    return recorder.sizes is not None and not recorder.sizes.elements.isdisjoint(node.outs)


def shapes_given(recorder: Recorder, node: Node) -> Any:
    """The shapes that a node gives whose results depend on values."""
    shapes = [tuple(recorder.values[n].shape) for n in node.outs]
    return OpenShapes(shapes) if is_open(recorder, node) else shapes


def sized_by(recorder: Recorder, x: Any) -> set[int]:
    """The elements whose sizes are among arguments."""
    sizes = recorder.sizes
    if sizes is None or not sizes.elements or not symbolic(x):
        return set()
    used: set[Any] = set()
    symbols_in(sizes, x, used)
    return {sizes.places[symbol][0] for symbol in used} & sizes.elements


def symbols_in(sizes: Sizes, x: Any, used: set[Any]) -> None:
    """Enter the symbols among arguments into `used`."""
    if isinstance(x, dict):
        x = tuple(x.values())
    if isinstance(x, (tuple, list)):
        for one in x:
            symbols_in(sizes, one, used)
    elif symbolic(x):
        sizes.text(x, used)
