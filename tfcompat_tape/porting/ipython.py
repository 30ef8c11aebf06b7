"""The IPython extension: `%load_ext tfcompat_tape`.

From then on `import tensorflow` in that kernel is this package, tapes are shown as pictures of their lists, and
`%%explain` runs a cell and shows beneath it why a gradient in it is `None`. Tracebacks leave our frames out.
"""

from __future__ import annotations

import ast
import html
import os
import sys
from typing import Any

from tfcompat_tape.porting import tracebacks
from tfcompat_tape.porting.importing import install, uninstall
from tfcompat_tape.tape.gradient_tape import GradientTape

_MIME = ("text/html", "image/svg+xml")


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython for `%load_ext tfcompat_tape`, with its shell."""
    install()
    shell.register_magic_function(_explain_in(shell), "cell", "explain")

    def svg(tape: GradientTape) -> str | None:
        picture: str | None = _in(shell, "tape.graph()", tape)._repr_svg_()
        return picture

    def text(tape: GradientTape) -> str | None:
        """The list as text, where the picture cannot be drawn."""
        return None if svg(tape) is not None else _in(shell, "tape.listing()", tape)._repr_html_()

    for mime, show in zip(_MIME, (text, svg), strict=True):
        shell.display_formatter.formatters[mime].for_type(GradientTape, show)
    if not tracebacks.full():
        shell.set_custom_exc((Exception,), _show_folded)


def unload_ipython_extension(shell: Any) -> None:
    """Called by IPython for `%unload_ext tfcompat_tape`, with its shell."""
    uninstall()
    shell.magics_manager.magics["cell"].pop("explain", None)
    for mime in _MIME:
        shell.display_formatter.formatters[mime].pop(GradientTape, None)
    shell.set_custom_exc((), None)


def _show_folded(
    shell: Any, kind: Any, error: BaseException, trace: Any, tb_offset: int | None = None
) -> None:
    left_out = tracebacks.fold(error)
    shell.showtraceback((kind, error, error.__traceback__), tb_offset=tb_offset)
    if left_out:
        print(tracebacks.left_out(left_out), file=sys.stderr)


def _in(shell: Any, code: str, tape: GradientTape) -> Any:
    """Asked among the names of the notebook, which the list then calls its values by."""
    return eval(code, shell.user_ns, {"tape": tape})


def _explain_in(shell: Any) -> Any:
    def explain(line: str, cell: str) -> None:
        """Run the cell; gradients in it that are None are explained beneath it."""
        from IPython.display import display

        from tfcompat_tape.tape.explain import announcing

        def outlet(text: str, report: Any) -> None:
            head = html.escape(text.strip().splitlines()[0])
            bundle = {"text/plain": text, "text/html": f"<p>{head}</p>{report._repr_html_()}"}
            display(bundle, raw=True)

        before = os.environ.get("TFCOMPAT_EXPLAIN")
        os.environ["TFCOMPAT_EXPLAIN"] = "1"
        usual, announcing.outlet = announcing.outlet, outlet
        announcing.forget()  # the cell may have run before
        try:
            _run(shell, cell)
        finally:
            announcing.outlet = usual
            if before is None:
                del os.environ["TFCOMPAT_EXPLAIN"]
            else:
                os.environ["TFCOMPAT_EXPLAIN"] = before

    return explain


def _run(shell: Any, cell: str) -> None:
    """As IPython runs a cell: what the last line gives is shown. An exception is the magic's own."""
    source = shell.transform_cell(cell)
    name = shell.compile.cache(source)
    tree = ast.parse(source, name)
    last = [tree.body.pop()] if tree.body and isinstance(tree.body[-1], ast.Expr) else []
    exec(compile(tree, name, "exec"), shell.user_ns)
    for statement in last:
        exec(compile(ast.Interactive([statement]), name, "single"), shell.user_ns)
