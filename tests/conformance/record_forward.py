"""Ask the real TensorFlow for forward-mode derivatives: ``python tests/conformance/record_forward.py [FAMILY ...]``.

Run it with a Python that has tensorflow 2.21. It writes ``data/forward/FAMILY.json``. ``--show TEXT`` prints the
answers of the cases whose id contains TEXT and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import warnings

from conformance_kit.forward import FORWARD, answer, path, specs
from conformance_kit.run import fingerprint
from conformance_kit.spec import families
from record import show


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family", nargs="*", help="names of files in cases/ (all of them when left out)")
    parser.add_argument("--show", metavar="TEXT", help="print the answers of matching cases; write nothing")
    args = parser.parse_args()

    # One set of answers on every machine: CPU kernels, without the reordered sums of oneDNN.
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0")
    warnings.simplefilter("ignore")
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    for family in args.family or families():
        lines = []
        for spec in specs(family).values():
            if args.show is not None and args.show not in spec.id:
                continue
            entry = answer(tf, spec, [])
            if args.show is not None:
                print(f"{family}: {spec.id}")
                show(entry)
            entry = {"in": fingerprint(spec), **entry}
            lines.append(f"{json.dumps(spec.id)}:{json.dumps(entry, separators=(',', ':'))}")
        if args.show is None and lines:
            FORWARD.mkdir(exist_ok=True)
            head = f'{{"tensorflow":"{tf.__version__}","answers":{{\n'
            path(family).write_text(head + ",\n".join(sorted(lines)) + "\n}}\n")
            print(f"{family}: {len(lines)} answers, {path(family).stat().st_size / 1024:.0f} KiB", flush=True)


if __name__ == "__main__":
    main()
