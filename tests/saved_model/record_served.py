"""Let TensorFlow answer what served_programs.py asks, of its own model and of what was written here.

python tests/saved_model/write_models.py DIRECTORY    # with tfcompat_tape
python tests/saved_model/record_served.py DIRECTORY   # with a Python that has tensorflow

It loads the model that was written here by `tf.saved_model.load`, and into a session as TensorFlow Serving does; saves
and restores it there; and writes data/served.json, and data/served.zip with the model as TensorFlow writes it.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import served_programs as programs
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

DATA = Path(__file__).parent / "data"


def outside(path):
    """The nodes outside of functions: names, ops, and inputs."""
    model = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
    return [[node.name, node.op, *node.input] for node in model.meta_graphs[0].graph_def.node]


def in_session(path):
    """What the signatures give in a session, and again after its values were saved and restored."""
    found = []
    with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph) as session:
        meta = tf.compat.v1.saved_model.loader.load(session, ["serve"], str(path))

        def run(name, given):
            signature = meta.signature_def[name]
            fetches = {key: one.name for key, one in signature.outputs.items()}
            feeds = {signature.inputs[key].name: value for key, value in given.items()}
            return {key: programs.plain(one) for key, one in sorted(session.run(fetches, feeds).items())}

        saver = tf.compat.v1.train.Saver(saver_def=meta.saver_def)
        with tempfile.TemporaryDirectory() as place:
            prefix = saver.save(session, str(Path(place) / "values"), write_meta_graph=False)
            found = [run(name, given) for name, given in programs.FED]
            saver.restore(session, prefix)
            again = [run(name, given) for name, given in programs.FED]
        if again != found:
            raise SystemExit(f"restored: {again}, before: {found}")
    return found


def main(place):
    """Record everything, and say what differs."""
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words.txt"
        words.write_text(programs.WORDS)
        own = programs.served(tf, str(words))
        wanted = programs.answers(tf, programs.served(tf, str(words)))
        fed = programs.fed(tf, programs.served(tf, str(words)))
        tf.saved_model.save(own, str(Path(folder) / "model"), signatures=programs.signatures(own))
        with zipfile.ZipFile(DATA / "served.zip", "w", zipfile.ZIP_DEFLATED) as file:
            for path in sorted((Path(folder) / "model").rglob("*")):
                file.write(path, path.relative_to(folder))
    moved = place / "moved"
    shutil.rmtree(moved, ignore_errors=True)
    shutil.copytree(place / "served", moved)
    (place / "words.txt").unlink(missing_ok=True)
    for what, found, right in (
        ("loaded", programs.answers(tf, tf.saved_model.load(str(moved))), wanted),
        ("in a session", in_session(moved), fed),
    ):
        if found != right:
            raise SystemExit(f"{what}: {found}\nof TensorFlow: {right}")
    found = {"answers": wanted, "fed": fed, "outside": outside(moved)}
    (DATA / "served.json").write_text(json.dumps(found, separators=(",", ":")))
    print(len(wanted), "functions, and", len(fed), "calls in a session are alike")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
