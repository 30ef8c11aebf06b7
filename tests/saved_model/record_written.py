"""Let TensorFlow answer what written_programs.py asks, and load what was written here: writes data/written.json.

python tests/saved_model/write_models.py DIRECTORY     # with tfcompat_tape
python tests/saved_model/record_written.py DIRECTORY   # with a Python that has tensorflow

The models that TensorFlow has loaded must give what its own functions give. What their graphs consist of is recorded,
too: a test compares it with what is written then.
"""

from __future__ import annotations

import collections
import json
import sys
from pathlib import Path

import open_programs
import rows_programs
import tensorflow as tf
import written_programs as programs
from tensorflow.core.protobuf import saved_model_pb2

# TensorFlow has no gradients of loaded loops that assign to Variables, of its own neither.
WITHOUT = ("counted",)


def ops(path):
    """How many nodes of each op the functions of a model have."""
    model = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
    functions = model.meta_graphs[0].graph_def.library.function
    return dict(sorted(collections.Counter(node.op for one in functions for node in one.node_def).items()))


def main(place):
    """Record everything, and say what differs."""
    found = {}
    for name, made, ask in (
        ("flow", programs.flow(tf), programs.answers),
        ("single", programs.of_single(tf), programs.answers_of_single),
        ("orders", programs.of_orders(tf), programs.answers_of_orders),
        ("draws", programs.draws(tf), programs.answers_of_draws),
        ("parts", programs.parts(tf), programs.answers_of_parts),
        ("open", open_programs.of_open(tf), open_programs.answers_of_open),
        ("rows", rows_programs.of_rows(tf), rows_programs.answers_of_rows),
    ):
        wanted = ask(tf, made)
        loaded = tf.saved_model.load(place / name)
        given = ask(tf, loaded, WITHOUT) if name == "flow" else ask(tf, loaded)
        for key, values in given.items():
            for i, (a, b) in enumerate(zip(values, wanted[key], strict=True)):
                if not programs.close(a, b):
                    raise SystemExit(f"{name}, {key}, {i}: loaded {a}, of TensorFlow {b}")
        found[name] = {"answers": wanted, "ops": ops(place / name)}
        print(name, len(given), "functions are alike")
    text = json.dumps(found, default=float)
    text = json.dumps(json.loads(text, parse_float=lambda x: float(f"{float(x):.7g}")), separators=(",", ":"))
    (Path(__file__).parent / "data" / "written.json").write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
