"""Record what TensorFlow makes of arguments of every kind: `python tests/python_values/record.py`.

Run it with a Python that has tensorflow; it writes data/answers.json: for each call that works the different answers,
and for each argument (beside tensors, or beside lists) a letter for each of `kinds`, which says which answer.

`PYTHONPATH=. python tests/python_values/record.py --differences` runs this package and writes data/differences.json:
for each argument a letter for each kind, `.` where the answer is TensorFlow's, `o` where it is another answer, `x`
where it is an exception instead. The test holds the package to that; the fewer letters the better.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from python_values import calls, kinds

DATA = Path(__file__).resolve().parent / "data"
LETTERS = [chr(i) for i in range(48, 0x250) if chr(i).isalnum()]


def packed(table: dict[str, dict[str, str]]) -> dict[str, Any]:
    """The answers of a call, each once, and letters that stand for them."""
    answers = list(dict.fromkeys(answer for row in table.values() for answer in row.values()))
    rows = {place: "".join(LETTERS[answers.index(x)] for x in row.values()) for place, row in table.items()}
    return {"answers": answers, **rows}


def unpacked(entry: dict[str, Any], place: str) -> list[str]:
    """The answers for one place, in the order of its kinds."""
    return [entry["answers"][LETTERS.index(letter)] for letter in entry[place]]


def compared(wants: list[str], gots: list[str]) -> str:
    """A letter for each kind: the same, another answer, or another exception."""
    return "".join(
        "." if kinds.same(want, got) else "x" if kinds.is_exception(got) else "o"
        for want, got in zip(wants, gots, strict=True)
    )


def differences(tf: Any, name: str, entry: dict[str, Any]) -> dict[str, str]:
    """Where this package answers something else than what is recorded for a call."""
    table = kinds.table(tf, kinds.CALLS[name])
    letters = {place: compared(unpacked(entry, place), list(row.values())) for place, row in table.items()}
    return {place: row for place, row in letters.items() if row.strip(".")}


def write(path: Path, table: dict[str, Any]) -> None:
    """One call a line."""
    path.parent.mkdir(exist_ok=True)
    lines = [
        f"{json.dumps(name)}: {json.dumps(entry, ensure_ascii=False)}"
        for name, entry in sorted(table.items())
    ]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main() -> None:
    """Record the one or the other."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    path = DATA / "answers.json"
    if "--differences" in sys.argv:
        import tfcompat_tape as ours

        recorded = json.loads(path.read_text(encoding="utf-8"))
        found = {name: differences(ours, name, recorded[name]) for name in kinds.CALLS}
        write(DATA / "differences.json", {name: rows for name, rows in found.items() if rows})
        return
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="")
    import tensorflow as tf

    write(path, {name: packed(kinds.table(tf, spec)) for name, spec in kinds.CALLS.items()})


assert calls.__all__
if __name__ == "__main__":
    main()
