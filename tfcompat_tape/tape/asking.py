"""How a tape is asked about itself: `tape.explain`, `tape.listing`, `tape.graph`; and whether it shall take notes.

All that answers is imported when it is needed: a program that asks nothing pays for nothing.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from tfcompat_tape.coverage.names import is_internal

if TYPE_CHECKING:
    from tfcompat_tape.tape.explain.notes.tracer import Tracer
    from tfcompat_tape.tape.explain.report import Report
    from tfcompat_tape.tape.graph import Graph
    from tfcompat_tape.tape.listing import Listing

# The dictionary behind `os.environ`, where there is one, and the name as it has it: every tape looks it up.
ENVIRON: Any = getattr(os.environ, "_data", os.environ)
_encode: Any = getattr(os.environ, "encodekey", str)
VARIABLE: Any = _encode("TFCOMPAT_EXPLAIN")


def asked() -> bool:
    """Whether the environment asks for explanations."""
    return os.environ.get("TFCOMPAT_EXPLAIN", "").strip().lower() not in ("", "0", "no", "off", "false")


def tracer_for(explain: bool | None, accesses: bool) -> Tracer | None:
    """The tracer of a tape that is being made with this argument `explain`; `None` if it shall not be traced."""
    if explain is None and (not asked() or is_internal(sys._getframe(2))):
        return None
    from tfcompat_tape.tape.explain.notes.tracer import Tracer

    return Tracer(_announce if asked() else None, accesses)


def _announce(*args: Any) -> None:
    from tfcompat_tape.tape.explain.announcing import announce

    announce(*args)


class Explaining:
    """What tapes say about themselves. Not in TensorFlow."""

    _tracer: Tracer | None = None
    _former: frozenset[int] = frozenset()  # ids of the recordings before `reset`

    def explain(self, target: Any, sources: Any) -> Report:
        """Why the gradient of `target` with respect to each of `sources` is `None`, or how they are connected.

        A tape that was made with `explain=True` (or under `TFCOMPAT_EXPLAIN=1`) knows where in your code a path broke,
        also after it was used. Others say what can be known without that. Before the tape is used, this walks the list
        to see whether there is a gradient, so gradient functions of yours run; the tape is left as it is.

        Args:
          target: a Tensor, or a nested structure of them.
          sources: nested structure of Tensors or Variables.

        Returns:
          A report: `str(report)` is for reading, `report[0]` says all about the first source (`connected`, `reason`,
          `where`, `breaks`, `path`, `advice`).

        >>> import tfcompat_tape as tf
        >>> x = tf.constant(3.0)
        >>> with tf.GradientTape(explain=True) as tape:
        ...     y = x * x
        >>> tape.explain(y, x).reason
        <Reason.NEVER_WATCHED: 'never watched'>
        """
        from tfcompat_tape.tape.explain.explaining import explain

        return explain(self, target, sources)

    def listing(self) -> Listing:
        """The Wengert list of this tape, to print: a numbered line for each value, after a gradient with its adjoint.

        A tape that was made with `explain=True` also tells the shapes, dtypes and places in your code of all lines, and
        keeps its list after it was used.

        >>> import tfcompat_tape as tf
        >>> x = tf.Variable(3.0, name="x")
        >>> with tf.GradientTape(explain=True) as tape:
        ...     y = x * x
        >>> len(tape.listing().lines)
        2
        """
        from tfcompat_tape.tape.listing import listing

        return listing(self, sys._getframe(1))

    def graph(self, *, threshold: int = 60) -> Graph:
        """A drawing of the list: SVG in a notebook; `save(path)` writes a file.

        Args:
          threshold: with more operations than this, those of one name scope (or of one line of code) are one box.

        >>> import tfcompat_tape as tf
        >>> x = tf.Variable(3.0, name="x")
        >>> with tf.GradientTape(explain=True) as tape:
        ...     y = x * x
        >>> "Mul" in tape.graph().source
        True
        """
        from tfcompat_tape.tape.graph import graph

        return graph(self, sys._getframe(1), threshold)
