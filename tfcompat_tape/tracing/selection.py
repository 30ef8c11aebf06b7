"""Functions that implement the same thing, of which a trace has the one for its device.

Libraries give `tf.function` the attributes `api_implements`, a name, and `api_preferred_device`. They call the function
that runs anywhere, and then add the one for the CPU to the graph. TensorFlow's graph optimizer puts it in the place of
the other.
"""

from __future__ import annotations

from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.coverage.names import NotCoveredError
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.function import Function


class Absent:
    """A function for one device that uses what is not here: adding it to a graph changes nothing."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def add_to_graph(self, g: Any = None, overwrite: bool = False) -> None:
        """Nothing."""

    def add_gradient_functions_to_graph(self, g: Any = None) -> None:
        """Nothing."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise self._error


class Implementation(Function):
    """A function with the attribute `api_implements`; `device` is the one that it prefers, if any."""

    api = ""
    device: str | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        result = super().__call__(*args, **kwargs)
        trace = scope.active.trace
        if trace is not None and self.device is None:
            trace.implementations[self.api] = (args, kwargs, result)
        return result

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> Any:
        """As of any function; added to the graph, it takes the place of those that implement the same."""
        try:
            found = super().get_concrete_function(*args, **kwargs)
        except NotCoveredError as error:
            if self.device is None:
                raise
            return Absent(error)  # one of the others is taken
        found.added = self._take_place
        return found

    def _take_place(self) -> None:
        """What the other function gave in this trace is what this one gives."""
        trace = scope.active.trace
        if trace is None or self.api not in trace.implementations:
            return
        args, kwargs, result = trace.implementations[self.api]
        old = nest.flatten(result, expand_composites=True)
        if any(type(x) is not Tensor or x._t.device.type.upper() != self._kind() for x in old):
            return
        new = nest.flatten(super().__call__(*args, **kwargs), expand_composites=True)
        if [(x.shape, x.dtype) for x in old] != [(x.shape, x.dtype) for x in new]:
            raise UntraceableError(f"{self.api} has implementations whose results differ in shape or dtype")
        for x, y in zip(old, new, strict=True):
            x._t, x._node = y._t, y._node
        del trace.implementations[self.api]

    def _kind(self) -> str:
        name = (self.device or "").rpartition("/")[2].upper().removeprefix("DEVICE:").partition(":")[0]
        return {"GPU": "CUDA"}.get(name, name)
