"""The recorder: the program that runs a script under TensorFlow, or here, and writes down what it computes.

It goes to machines that have TensorFlow and not this package: so its modules take NumPy and Python's own library alone,
and go there as one file, compare_record.py, which `assembled` makes of them.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

NAME = "compare_record.py"
# Each part after those that it takes something from; the last one is the program.
PARTS = (
    "values",
    "writing",
    "lines",
    "leftovers",
    "output",
    "observer",
    "ops",
    "randomness",
    "running",
    "program",
)


@cache
def assembled() -> str:
    """The recorder as one file: the docstring of the program, what all parts import, one part below the other."""
    imports: set[str] = set()
    bodies = []
    docstring = ""
    for name in PARTS:
        source = Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
        tree = ast.parse(source)
        docstring = ast.get_docstring(tree) or ""
        taken = [one for one in tree.body if isinstance(one, (ast.Import, ast.ImportFrom))]
        imports |= {ast.unparse(one) for one in taken if not _is_inner(one)}
        rule = f"# -- {docstring.splitlines()[0].rstrip('.')} "
        body = "".join(source.splitlines(keepends=True)[taken[-1].end_lineno :]).strip("\n")
        bodies.append(f"{rule:-<120}\n\n{body}\n")
    head = f'"""{docstring}\n"""\n\nfrom __future__ import annotations\n\n' + "\n".join(sorted(imports))
    return "\n\n".join([f"{head}\n", *bodies, 'if __name__ == "__main__":\n    sys.exit(main())\n'])


def _is_inner(statement: ast.Import | ast.ImportFrom) -> bool:
    """Whether an import is of another part, or one that stands at the top of the file."""
    module = statement.module if isinstance(statement, ast.ImportFrom) else None
    return module == "__future__" or (module or "").startswith(__name__)
