"""Ask the real TensorFlow and keep its answers: ``python tests/conformance/record.py [FAMILY ...]``.

Run it with a Python that has tensorflow 2.21. It writes ``data/FAMILY.json``; there, the answers to cases of other
Pythons stay as they are. ``--show TEXT`` prints the answers of the cases whose id contains TEXT and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings

from conformance_kit.codec import readable
from conformance_kit.run import answer, fingerprint
from conformance_kit.spec import DATA, Spec, families, load_all


def complaint(spec: Spec, got: dict) -> str:
    """What is wrong with the spec itself: an answer must be of the kind that the case says."""
    raised = isinstance(got["value"], dict) and "raises" in got["value"]
    if spec.kind == "case" and raised:
        return f"TensorFlow raises {got['value']['raises']}: move {spec.dtype} to rejects=, or out of dtypes="
    if spec.kind in ("reject", "error") and not raised:
        return "TensorFlow does not raise"
    return ""


def kept(family: str) -> dict[str, dict]:
    """The answers that are there."""
    path = DATA / f"{family}.json"
    return json.loads(path.read_text())["answers"] if path.exists() else {}


def line(spec: Spec, entry: dict) -> str:
    return f"{json.dumps(spec.id)}:{json.dumps(entry, separators=(',', ':'))}"


def show(entry: dict, indent: str = "    ") -> None:
    for key, value in entry.items():
        print(f"{indent}{key}: {readable(value)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family", nargs="*", help="names of files in cases/ (all of them when left out)")
    parser.add_argument("--show", metavar="TEXT", help="print the answers of matching cases; write nothing")
    args = parser.parse_args()

    # One set of answers on every machine: CPU kernels, without the reordered sums of oneDNN.
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0")
    warnings.simplefilter("ignore")
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    wrong = 0
    for family in args.family or families():
        lines, errors, before = [], 0, kept(family)
        for spec in load_all(family).values():
            if not spec.of_this_python:
                if spec.id in before:
                    lines.append(line(spec, before[spec.id]))
                else:
                    print(
                        f"{family}: {spec.id}: to be recorded with a Python of {spec.since} to {spec.until}"
                    )
                continue
            if args.show is not None and args.show not in spec.id:
                continue
            try:
                entry = answer(tf, spec, [])
                problem = complaint(spec, entry)
            except Exception as e:
                entry = {"value": None}
                problem = f"the script itself raises {e!r}: wrap that call in raises(), or use error()"
            if problem:
                errors += 1
                print(f"{family}: {spec.id}: {problem}")
            if args.show is not None:
                print(f"{family}: {spec.id}")
                show(entry)
            lines.append(line(spec, {"in": fingerprint(spec), **entry}))
        wrong += errors
        if args.show is None and not errors:
            DATA.mkdir(exist_ok=True)
            head = f'{{"tensorflow":"{tf.__version__}","answers":{{\n'
            path = DATA / f"{family}.json"
            path.write_text(head + ",\n".join(sorted(lines)) + "\n}}\n")
            print(f"{family}: {len(lines)} answers, {path.stat().st_size / 1024:.0f} KiB")
        elif errors:
            print(f"{family}: {errors} cases to mend; nothing written")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
