"""Write docs/coverage.md and tfcompat_tape/facts/coverage.json: which of TensorFlow's names are here, and how we know.

    python docs/make_coverage.py           write the files
    python docs/make_coverage.py --check   exit status 1 if they are not what would be written

The names are TensorFlow's own (tests/data/tf_api.json, tf_ops.json), "covered" is a look into the package. "recorded"
are answers of TensorFlow (tests/conformance/data), which the tests replay; "checked" is what tests/ops/test_every_op.py
holds against differences and loops, for every op at the points of tests/op_points.py.
"""

import argparse
import inspect
import json
import re
import sys
from collections.abc import Hashable
from functools import reduce
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import tfcompat_tape as tf  # noqa: E402
from tfcompat_tape.core import registry  # noqa: E402
from tfcompat_tape.coverage.names import version_1_names  # noqa: E402
from tfcompat_tape.coverage.reasons import ONLY_ASKED_FOR, reason  # noqa: E402
from tfcompat_tape.ops.updates import UPDATES  # noqa: E402

PAGE = ROOT / "docs" / "coverage.md"
FACTS = ROOT / "tfcompat_tape" / "facts" / "coverage.json"
NAMES = FACTS.with_name("tf_symbols.json")
TESTS = ROOT / "tests"
sys.path[1:1] = [str(TESTS), str(TESTS / "ops")]

from op_points import POINTS  # noqa: E402
from test_every_op import CANNOT  # noqa: E402

INTRODUCTION = """\
# Coverage

This page is written by `docs/make_coverage.py` from the package; a test keeps it up to date.

- **covered**: the name exists here, with TensorFlow {version}'s signature. Using another one raises
  `NotCoveredError`, which is an `AttributeError` (or, in an import, an `ImportError`). Where a name can mean nothing
  here, the reason stands in its place; so it does where a class is only there to be asked for by `isinstance`, and
  making one raises.
- **value**, **first**, **second**, **forward**: "recorded" where TensorFlow's values, first and second derivatives and
  tangents were recorded, and the tests replay them; "None" where TensorFlow gives no gradient, which is recorded, too;
  "no" where a function of tensors has no such answer. Empty for what is no function of tensors, or is recorded only
  within programs that call it.
- **vmap**, **trace**: "checked" where every op that the function runs was; "no" where one was not.
- **dtypes**: those of the recorded answers, by their initials and bits (f32, bf16, c64, i8, u8, ...).
- Of op types, **value** and **dtypes** say that recorded answers run the op, and with which tensors; **checked** means:
  against finite differences (first and second order), the transpose of the rule (forward mode), loops (vmap, over
  cotangents and over inputs), and the untraced run (trace, by `make_fx`).

The same is printed by `tfcompat coverage [NAME]`.

Not listed: `tf.keras`, which is the published Keras as a whole, and `tf.lite` and other namespaces of which nothing is
covered. Of `tf.compat.v1` only what version 1 has of its own is listed; the rest is the same as in version 2.
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
    # Once a RaggedTensor was made, functions that take it stand in the place of those that they wrap.
    return None if isinstance(found, ModuleType) else inspect.unwrap(found) if callable(found) else found


def find_any(symbol: str) -> Any:
    """Return what the package has under `symbol`, be it a namespace; or None."""
    try:
        return reduce(getattr, symbol.split(".")[1:], tf)
    except AttributeError:
        return None


def others_begun(symbols: dict[str, Any]) -> dict[str, Any]:
    """Return {symbol: its kind} of those other namespaces of TensorFlow's in which something is covered."""
    numeric = {symbol.rpartition(".")[0] for symbol in symbols} | {"tf.raw_ops"}
    names = json.loads(NAMES.read_text(encoding="utf-8"))["namespaces"]
    found: dict[str, Any] = {}
    for space in sorted(names.keys() - numeric):
        values = {
            name: find(f"{space}.{name}") for name in names[space].split() if f"{space}.{name}" not in names
        }
        if any(value is not None for value in values.values()):
            for name, value in values.items():
                function = callable(value) and not isinstance(value, type)
                found[f"{space}.{name}"] = {"kind": "function" if function else "other"}
    return found


def version_1(namespaces: dict[str, dict[str, str | None]]) -> list[tuple[str, ...]]:
    """Return rows of the names that version 1 has of its own: how many are covered in each namespace, and which not."""
    rows = []
    for space, names in sorted(namespaces.items()):
        own = [name for name, home in names.items() if home is None]
        missing: dict[str, list[str]] = {}
        for name in own:
            symbol = f"{space}.{name}"
            if name != "newaxis" and find(symbol) is None and not isinstance(find_any(symbol), ModuleType):
                missing.setdefault(reason(symbol) or "", []).append(f"`{name}`")
        count = len(own) - sum(map(len, missing.values()))
        left = [f"{', '.join(found)}{f': {why}' if why else ''}" for why, found in sorted(missing.items())]
        if own:
            rows.append((f"`{space}`", f"{count} of {len(own)}", "; ".join(left)))
    return rows


def is_covered(symbol: str) -> bool:
    """Say whether the package has `symbol`, and it can do more than raise. (`newaxis` is None, and there.)"""
    if symbol in ONLY_ASKED_FOR:
        return False
    return symbol in ("tf.newaxis", "tf.experimental.numpy.newaxis") or find(symbol) is not None


PARTS = ("value", "first", "second", "forward")
WAYS = ("vmap", "trace")
INITIALS = {
    "float": "f",
    "bfloat": "bf",
    "complex": "c",
    "int": "i",
    "uint": "u",
    "bool": "bool",
    "string": "str",
}


def short(dtype: str) -> str:
    """Return "f32" for "float32"."""
    found = re.fullmatch(r"([a-z]+)(\d*)", dtype)
    return INITIALS[found[1]] + found[2] if found and found[1] in INITIALS else dtype


def recorded() -> dict[Any, dict[str, Any]]:
    """Return {function: which parts of TensorFlow's answers were recorded, and in which dtypes}."""
    known: dict[Any, dict[str, Any]] = {}
    data = TESTS / "conformance" / "data"
    for path in sorted([*data.glob("*.json"), *(data / "forward").glob("*.json")]):
        forward = path.parent.name == "forward"
        for case, answer in load(str(path.relative_to(TESTS)))["answers"].items():
            name = re.match(r"[A-Za-z_][\w.]*", case)
            function = find(f"tf.{name[0]}") if name else None
            if function is None or not callable(function):
                continue
            facts = known.setdefault(function, {"dtypes": set(), "names": set()})
            facts["names"].add(name[0])
            dtype = case.rpartition("-")[2]
            if forward:
                facts["forward"] = "recorded"
            elif isinstance(answer.get("value"), dict) and "raises" in answer["value"]:
                continue
            else:
                facts["value"] = "recorded"
                if "grad" in answer:
                    flows = isinstance(answer["grad"], list) and any(
                        grad is not None for grad in answer["grad"]
                    )
                    if flows or "first" not in facts:
                        facts["first"] = "recorded" if flows else "None"
                if "grad2" in answer:
                    facts["second"] = "recorded"
            if short(dtype) != dtype or dtype == "bool":
                facts["dtypes"].add(short(dtype))
    return known


def in_programs() -> set[str]:
    """Return the symbols that recorded programs call."""
    cases = (TESTS / "conformance" / "cases").glob("*.py")
    return {
        name for path in cases for name in re.findall(r"\btf\.[\w.]*\w", path.read_text(encoding="utf-8"))
    }


def checked(name: str, op: Any) -> tuple[str, ...]:
    """Return what is checked of an op: first and second order, forward mode, vmap, trace."""
    if op.rule is None:
        return ("None", "", "", "", "")
    if name not in POINTS:
        return ("no",) * 5
    cannot = CANNOT.get(name, {})
    titles = (("first order",), ("second order",), ("forward mode",), ("vmap",), ("make_fx",))
    return tuple(
        "no" if any(failed.startswith(title) for failed in cannot for title in wanted) else "checked"
        for wanted in titles
    )


def run_ways(names: set[str], ran: dict[str, str], ops: dict[str, tuple[str, ...]]) -> list[str]:
    """Return whether all ops of a function, that recorded cases call by these names, were checked: vmap and trace."""
    types = {name for called in names for name in ran.get(called, "").split()}
    types = {name for name in types if name in ops and ops[name][2] != "None"}
    if not types:
        return [""] * len(WAYS)
    return ["checked" if all(ops[name][column] == "checked" for name in types) else "no" for column in (5, 6)]


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


def symbol_rows(symbols: dict[str, Any], ops: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return {symbol: whether it is covered, or why not; what is recorded; what is checked of its ops; dtypes}."""
    known = recorded()
    ran = load("data/ops_of_functions.json")["functions"]
    called, width = in_programs(), len(PARTS) + len(WAYS) + 1
    rows: dict[str, tuple[str, ...]] = {}
    for symbol in sorted(symbols, key=lambda name: (name.count("."), name.lower())):
        if not is_covered(symbol):
            why = reason(symbol)
            rows[symbol] = (f"no: {why}" if why else "no", *[""] * width)
            continue
        function = find(symbol)
        facts = known.get(function) if isinstance(function, Hashable) and callable(function) else None
        if facts is None or symbols[symbol]["kind"] != "function":
            rows[symbol] = ("yes", "recorded" if symbol in called else "", *[""] * (width - 1))
            continue
        cells = [facts.get(part, "no") for part in PARTS]
        if cells[1] == "None" or cells[1] == "no":
            cells[2:] = ["" if cell == "no" else cell for cell in cells[2:]]
        ways = run_ways(facts["names"], ran, ops) if cells[1] == "recorded" else [""] * len(WAYS)
        rows[symbol] = ("yes", *cells, *ways, " ".join(sorted(facts["dtypes"])))
    return rows


def symbol_sections(rows: dict[str, tuple[str, ...]]) -> list[str]:
    """Return one section for each namespace."""
    spaces: dict[str, list[tuple[str, ...]]] = {}
    for symbol, row in rows.items():
        spaces.setdefault(symbol.rpartition(".")[0], []).append((f"`{symbol}`", *row))
    return [
        table(
            f"{space}: {sum(row[1] == 'yes' for row in found)} of {len(found)}",
            ("name", "covered", *PARTS, *WAYS, "dtypes"),
            found,
        )
        for space, found in sorted(spaces.items())
    ]


def op_rows(ops: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return {op type: whether it is covered; what is recorded, checked; dtypes}, by the names of `tf.raw_ops`."""
    rows: dict[str, tuple[str, ...]] = {}
    ran, blank = load("data/ops_of_functions.json")["ops"], [""] * (len(PARTS) + len(WAYS) + 1)
    for name, facts in sorted(ops.items()):
        op = registry.OPS.get(name)
        why = reason(f"tf.raw_ops.{name}")
        if op is not None:
            dtypes = " ".join(sorted(map(short, ran.get(op.name, "").split())))
            rows[name] = ("yes", "recorded" if op.name in ran else "no", *checked(name, op), dtypes)
        elif name in UPDATES:
            rows[name] = ("yes", *blank)
        elif facts["in_scope"] or facts["differentiable"] or why:
            rows[name] = (f"no: {why}" if why else "no", *blank)
    return rows


def op_section(rows: dict[str, tuple[str, ...]]) -> str:
    """Return the sections of op types: those that are there, and those that are not."""
    there = {name: row for name, row in rows.items() if row[0] == "yes"}
    return table(
        f"Op types: {len(there)}",
        ("op type", "covered", *PARTS, *WAYS, "dtypes"),
        [(f"`{name}`", *row) for name, row in there.items()],
    ) + table(
        f"Op types that are not there: {len(rows) - len(there)}",
        ("op type", "why"),
        [
            (f"`{name}`", row[0].removeprefix("no").removeprefix(": "))
            for name, row in rows.items()
            if name not in there
        ],
    )


def make_pages() -> dict[Path, str]:
    """Return {docs/coverage.md: its text, facts/coverage.json: its text}."""
    api = load("data/tf_api.json")
    ops = op_rows(load("data/tf_ops.json"))
    numeric = symbol_rows(api["symbols"], ops)
    others = symbol_rows(others_begun(api["symbols"]), ops)
    symbols = {**numeric, **others}
    covered, also = [sum(row[0] == "yes" for row in rows.values()) for rows in (numeric, others)]
    parts = [
        INTRODUCTION.format(version=".".join(api["tensorflow"].split(".")[:2])),
        f"Covered: **{covered}** of {len(numeric)} public names that are about numbers, and {also} of {len(others)} in "
        "other namespaces that are begun.\n",
        *symbol_sections(symbols),
        op_section(ops),
        table(
            "tf.compat.v1: what version 1 has of its own",
            ("namespace", "covered", "not covered"),
            version_1(version_1_names()),
        ),
    ]
    facts = {**symbols, **{f"op {name}": row for name, row in ops.items()}}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps('|'.join(row))}" for name, row in facts.items())
    return {PAGE: "\n".join(parts), FACTS: f"{{\n{lines}\n}}\n"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; say whether the page is up to date"
    )
    pages = make_pages()
    if parser.parse_args().check:
        return int(
            any(not path.exists() or path.read_text(encoding="utf-8") != text for path, text in pages.items())
        )
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
