"""The list as a drawing, by Graphviz: watched values at the top, results at the bottom, name scopes as frames.

The source text of the drawing is made here, so it is always there; to turn it into a picture takes the `graphviz`
package (the extra `show`) and the program `dot`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from tfcompat_tape.tape.drawing.box import Drawing
from tfcompat_tape.tape.drawing.draw import drawing_of


class Graph:
    """A drawing of a Wengert list. In a notebook it shows itself.

    Attributes:
      source: the text in Graphviz's language.

    >>> import tfcompat_tape as tf
    >>> x = tf.Variable(3.0, name="x")
    >>> with tf.GradientTape(explain=True) as tape:
    ...     y = tf.exp(x)
    >>> print(tape.graph().source.splitlines()[0])
    digraph list {
    """

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self.source = "\n".join(_text(drawing)) + "\n"

    def render(self, format: str = "svg") -> bytes:
        """The picture as `format`: "svg", "png", "pdf" or another that `dot` knows.

        Raises:
          ImportError: the package `graphviz` is not installed.
          RuntimeError: the program `dot` is not.
        """
        try:
            graphviz = importlib.import_module("graphviz")
        except ImportError:
            raise ImportError(
                "Pictures take the Python package graphviz: pip install 'tfcompat_tape[show]'. Without it, "
                "graph.source is the drawing as text, and graph.save('list.dot') writes that."
            ) from None
        try:
            picture: bytes = graphviz.Source(self.source).pipe(format=format)
        except graphviz.ExecutableNotFound:
            raise RuntimeError(
                "Pictures take the program `dot` of Graphviz (apt install graphviz, brew install graphviz, or "
                "graphviz.org). Without it, graph.source is the drawing as text; graph.save('list.dot') writes that."
            ) from None
        return picture

    def save(self, path: str | Path) -> Path:
        """Write the picture to `path`, in the format that its suffix says: .svg, .png, .pdf, or .dot for the text.

        Raises:
          ValueError: a path without suffix.
          ImportError, RuntimeError: see `render`.
        """
        path = Path(path)
        suffix = path.suffix.removeprefix(".")
        if not suffix:
            raise ValueError(f"The suffix of {str(path)!r} must say the format: .svg, .png, .pdf or .dot.")
        if suffix in ("dot", "gv"):
            path.write_text(self.source, encoding="utf-8")
        else:
            path.write_bytes(self.render(suffix))
        return path

    def _repr_svg_(self) -> str | None:
        try:
            return self.render("svg").decode()
        except (ImportError, RuntimeError):
            return None  # shown as text

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        drawing = self._drawing
        return f"<Graph of {len(drawing.boxes)} boxes, {len(drawing.arrows)} arrows: save(path) writes it>"


def graph(tape: Any, frame: FrameType, threshold: int) -> Graph:
    """See `GradientTape.graph`."""
    return Graph(drawing_of(tape, frame, threshold))


# -- Graphviz's language -----------------------------------------------------------------------------------------------

# Light boxes with dark text and grey lines: they can be read on white and on black.
_STYLES = {
    "watched": 'fillcolor="#cfe6ff", color="#3f7fbf"',
    "op": 'fillcolor="#f3f3f3", color="#8a8a8a"',
    "target": 'fillcolor="#ffe3b3", color="#c98a1b"',
    "group": 'fillcolor="#e6e2f7", color="#7d6cc0", peripheries=2',
    "constant": 'fillcolor="#ffffff", color="#b0b0b0", shape=ellipse, fontsize=9, margin="0.04,0.01"',
    "lost": 'fillcolor="#fbe3e1", color="#c0504d", style="rounded,filled,dashed"',
    "state": 'fillcolor="#fbe3e1", color="#c0504d", shape=cylinder, style="filled,dashed"',
}


def _text(drawing: Drawing) -> Iterator[str]:
    yield "digraph list {"
    yield '  graph [bgcolor="transparent", rankdir=TB, nodesep=0.25, ranksep=0.35, fontname="Helvetica", fontsize=10];'
    yield (
        '  node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11, fontcolor="#202020", '
        'height=0.3, margin="0.1,0.05"];'
    )
    yield '  edge [color="#8a8a8a", fontname="Helvetica", fontsize=9, fontcolor="#8a8a8a", arrowsize=0.6];'
    yield from _scope(drawing, "", "  ")
    for arrow in drawing.arrows:
        attributes = []
        if arrow.label:
            attributes.append(f"label={_quoted(' ' + arrow.label)}")
        if arrow.lost:
            attributes.append('style=dashed, color="#c0504d", fontcolor="#c0504d"')
        tail = f" [{', '.join(attributes)}]" if attributes else ""
        yield f"  {_quoted(arrow.start)} -> {_quoted(arrow.end)}{tail};"
    yield "}"


def _scope(drawing: Drawing, scope: str, indent: str) -> Iterator[str]:
    """The boxes of one name scope, and its inner scopes as frames."""
    for box in drawing.boxes.values():
        if box.scope == scope:
            tooltip = "" if box.place is None else f", tooltip={_quoted(str(box.place))}"
            yield f"{indent}{_quoted(box.name)} [label={_quoted(box.label)}, {_STYLES[box.kind]}{tooltip}];"
    for inner in drawing.scopes_in(scope):
        yield f"{indent}subgraph {_quoted('cluster_' + inner)} {{"
        yield (
            f"{indent}  label={_quoted(inner.rpartition('/')[2])}; labeljust=l; "
            'style="rounded"; color="#a0a0a0"; fontcolor="#8a8a8a";'
        )
        yield from _scope(drawing, inner, indent + "  ")
        yield f"{indent}}}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
