"""What the graph of a concrete function consists of: the function is traced once more, with notes, when it is asked."""

from __future__ import annotations

import contextlib
from typing import Any

from tfcompat_tape.core.errors import UnimplementedError
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.graphs.functions import Library, Noted
from tfcompat_tape.graphs.operations import Contents, outputs_of
from tfcompat_tape.graphs.views import ViewWriter
from tfcompat_tape.tracing.concrete_function import ConcreteFunction


class FunctionContents(Contents):
    """The operations of a function.

    Attributes:
      inputs, outputs: its tensors, with those that are captured. captures: the values of these, and these.
    """

    def __init__(self, function: ConcreteFunction, graph: Any) -> None:
        noted = Noted(function)
        library = Library()
        writer = ViewWriter(noted.trace, library, function.__name__)
        results = writer.results_of(noted.write(writer))
        for node in writer.found:
            given = [text if text.startswith("^") else _flat(writer, text) for text in node.input]
            del node.input[:]
            node.input.extend(given)
        shapes = {_flat(writer, text): shape for text, shape in writer.shapes.items()}
        known = {x.name: x for x in function._inputs}
        with contextlib.suppress(UnimplementedError):  # they are not known before
            known.update({x.name: x for x in function.outputs})
        super().__init__(graph, writer.found, lambda node: outputs_of(node, shapes), library.message, known)
        self.inputs = [self.tensor(f"{name}:0") for name in noted.names]
        self.captures = [(value, self.tensor(f"{_flat(writer, x.text)}:0")) for x, value in writer.captured]
        self.inputs += [x for _, x in self.captures]
        self.outputs = [self.tensor(f"{_flat(writer, x.text)}:0") for x in results]
        self.effects = [self.operation(name) for name in dict.fromkeys(writer.effects)]


def _flat(writer: ViewWriter, text: str) -> str:
    """How nodes of graphs name a value."""
    return writer.flat.get(text, text).removesuffix(":0")


def of_function(function: ConcreteFunction, graph: Any) -> FunctionContents:
    """The operations of the graph of a function.

    Raises:
      UnimplementedError: it does what no graph says.
    """
    try:
        return FunctionContents(function, graph)
    except (UntraceableError, UnimplementedError) as error:
        why = getattr(error, "message", None) or str(error)
    raise UnimplementedError(
        None,
        None,
        f"{function.__name__} has no graph of operations here: {why}. What it computes is shown by its listing.",
    )
