"""A function for arguments of one kind, some of whose sizes differ from call to call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.call import ClosedError
from tfcompat_tape.tracing.concrete import Asked, Concrete, logger
from tfcompat_tape.tracing.path import Path
from tfcompat_tape.tracing.trace import AutoGraph


class Open:
    """A function for arguments of one kind, some of whose sizes differ from call to call.

    Where it can be traced so, one trace does. Otherwise there is one for each shape, as if each were a kind of its own.

    Args: those of `Concrete`.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        names: list[str],
        autograph: AutoGraph | None,
        dims: Sequence[Sequence[int | None] | None],
        jit_compile: bool = False,
    ) -> None:
        self.function = function
        self.name = name
        self.names = names
        self.types: Any = ([], {})  # as of Concrete
        self.autograph = autograph
        self.jit_compile = jit_compile  # for each shape
        self.together = None if jit_compile else Concrete(function, name, names, autograph, dims)
        self.apart: dict[Any, Concrete] = {}
        self.why: str | None = None  # there is no trace for all shapes

    def prepare(self, asked: Asked) -> None:
        """As in `Concrete`."""
        if self.together is not None:
            self.together.prepare(asked)

    @property
    def paths(self) -> list[Path]:
        """All traces that there are."""
        if self.together is not None:
            return self.together.paths
        return [path for one in self.apart.values() for path in one.paths]

    @property
    def as_it_is(self) -> str | None:
        """Why the function runs as it is, where it does."""
        return next((one.as_it_is for one in self.apart.values() if one.as_it_is is not None), None)

    @property
    def traces(self) -> int:
        """As in `Concrete`."""
        one = self.together or next(iter(self.apart.values()), None)
        return 0 if one is None else one.traces  # none where it is a part of another trace

    def state(self) -> tuple[Any, ...]:
        """What there is now, for `restore`."""
        together = self.together
        return together, [] if together is None else list(together.paths), dict(self.apart), self.why

    def restore(self, state: tuple[Any, ...]) -> None:
        """Have the traces again that there were."""
        self.together, paths, self.apart, self.why = state
        if self.together is not None:
            self.together.paths[:] = paths

    def __call__(self, asked: Asked) -> Any:
        """The results for a call."""
        if self.together is not None:
            try:
                return self.together(asked)
            except ClosedError as error:
                if scope.active.trace is not None:
                    return asked.plainly()
                self.why = str(error)
                self.together.paths.clear()
                logger.info("tf.function %s is traced for each shape: %s.", self.name, error)
                self.together = None
        if scope.active.trace is not None:
            return asked.plainly()
        shapes = tuple([x._t.shape for x in asked.tensors])
        found = self.apart.get(shapes)
        if found is None:
            found = self.apart[shapes] = Concrete(
                self.function, self.name, self.names, self.autograph, None, self.jit_compile
            )
            found.shapes_known = False
        return found(asked)
