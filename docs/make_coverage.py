"""Write docs/coverage.md: which of TensorFlow's names this package has, and through which a gradient flows.

    python docs/make_coverage.py           write the file
    python docs/make_coverage.py --check   exit status 1 if the file is not what would be written

The names are TensorFlow's own (tests/data/tf_api.json, tf_ops.json), "covered" is a look into the package, and the
gradient column is what the recorded answers of TensorFlow say (tests/conformance/data), which the tests replay.
"""

import argparse
import json
import re
import sys
from functools import reduce
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import tfcompat_tape as tf  # noqa: E402
from tfcompat_tape.core import registry  # noqa: E402

PAGE = ROOT / "docs" / "coverage.md"
TESTS = ROOT / "tests"
INTRODUCTION = """\
# Coverage

This page is written by `docs/make_coverage.py` from the package; a test keeps it up to date.

- **covered**: the name exists here, with TensorFlow {version}'s signature. Using another one raises
  `NotCoveredError`, which is an `AttributeError` (or, in an import, an `ImportError`).
- **gradient**: "yes" where TensorFlow gives a gradient for some input, "no" where it gives `None`. Either way its
  answers were recorded, and the tests replay them. Empty for what is not a function of tensors, or has no answer yet.

Not listed, and not covered: `tf.keras`, `tf.data`, `tf.io`, `tf.distribute`, `tf.saved_model`, `tf.lite` and the other
namespaces that are not about numbers. Not listed either: `tf.compat.v1` has what means the same in both versions of
TensorFlow, and `get_default_graph`.
"""


def load(path: str) -> Any:
    """Return the contents of a JSON file under tests/."""
    return json.loads((TESTS / path).read_text(encoding="utf-8"))


def find(symbol: str) -> Any:
    """Return what the package has under `symbol` ("tf.math.abs"), or None; a module is none of TensorFlow's names."""
    try:
        found = reduce(getattr, symbol.split(".")[1:], tf)
    except AttributeError:
        return None
    return None if isinstance(found, ModuleType) else found


def is_covered(symbol: str) -> bool:
    """Say whether the package has `symbol`. (`tf.newaxis` is None and there all the same.)"""
    return symbol == "tf.newaxis" or find(symbol) is not None


def recorded_gradients() -> dict[Any, bool]:
    """Return {function: whether TensorFlow gave a gradient} for the functions with recorded answers."""
    known: dict[Any, bool] = {}
    for path in sorted((TESTS / "conformance" / "data").glob("*.json")):
        for case, answer in load(str(path.relative_to(TESTS)))["answers"].items():
            name = re.match(r"[A-Za-z_][\w.]*", case)
            function = find(f"tf.{name[0]}") if name and "grad" in answer else None
            if function is None:
                continue
            grads = answer["grad"]
            flows = isinstance(grads, list) and any(grad is not None for grad in grads)
            known[function] = known.get(function, False) or flows
    return known


def table(title: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a section with a table."""
    lines = [
        f"## {title}",
        "",
        "| " + " | ".join(header) + " |",
        "| " + " | ".join("---" for _ in header) + " |",
    ]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def symbol_sections(symbols: dict[str, Any]) -> list[str]:
    """Return one section for each namespace."""
    gradients = recorded_gradients()
    spaces: dict[str, list[tuple[str, ...]]] = {}
    for symbol in sorted(symbols, key=lambda name: (name.count("."), name.lower())):
        covered = is_covered(symbol)
        function = find(symbol)
        flows = gradients.get(function) if covered and symbols[symbol]["kind"] == "function" else None
        row = (f"`{symbol}`", "yes" if covered else "no", {True: "yes", False: "no", None: ""}[flows])
        spaces.setdefault(symbol.rpartition(".")[0], []).append(row)
    return [
        table(
            f"{space}: {sum(row[1] == 'yes' for row in rows)} of {len(rows)}",
            ("name", "covered", "gradient"),
            rows,
        )
        for space, rows in sorted(spaces.items())
    ]


def op_section(ops: dict[str, Any]) -> str:
    """Return the section of op types: what `tf.raw_ops` and `tf.RegisterGradient` go by."""
    rows = []
    for name, facts in sorted(ops.items()):
        op = registry.OPS.get(name)
        if op is None and not facts["in_scope"]:
            continue
        gradient = "" if op is None else "yes" if op.rule is not None else "no"
        rows.append((f"`{name}`", "yes" if op else "no", gradient))
    title = f"Op types: {sum(row[1] == 'yes' for row in rows)} of {len(rows)}"
    return table(title, ("op type", "covered", "gradient"), rows)


def make_page() -> str:
    """Return the text of docs/coverage.md."""
    api = load("data/tf_api.json")
    symbols = api["symbols"]
    covered = sum(map(is_covered, symbols))
    parts = [
        INTRODUCTION.format(version=".".join(api["tensorflow"].split(".")[:2])),
        f"Covered: **{covered}** of {len(symbols)} public names.\n",
        *symbol_sections(symbols),
        op_section(load("data/tf_ops.json")),
    ]
    return "\n".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; say whether the page is up to date"
    )
    page = make_page()
    if parser.parse_args().check:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page)
    PAGE.write_text(page, encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
