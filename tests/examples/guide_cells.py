"""The notebooks in examples/guide: what their cells print and show, whoever is called tensorflow."""

import ast
import contextlib
import io
import linecache
from pathlib import Path

FOLDER = Path(__file__).parent
GUIDE = FOLDER.parent.parent / "examples" / "guide"
PRINTED = FOLDER / "guide.json"
NAMES = sorted(path.stem for path in GUIDE.glob("*.ipynb"))


def printed(sources: list[str], name: str) -> list[str]:
    """Run the cells of a notebook in one namespace. Return what they print, and the last values, line by line."""
    namespace = {"__name__": "__main__"}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        for number, source in enumerate(sources, 1):
            where = f"{name}, cell {number}"
            # TensorFlow's AutoGraph reads the source of functions
            linecache.cache[where] = (len(source), None, source.splitlines(keepends=True), where)
            tree = ast.parse(source, where)
            last = [tree.body.pop()] if isinstance(tree.body[-1], ast.Expr) else []
            exec(compile(tree, where, "exec"), namespace)
            for shown in last:
                exec(compile(ast.Interactive([shown]), where, "single"), namespace)
    return [line for line in out.getvalue().splitlines() if not line.startswith("INFO:tensorflow:")]
