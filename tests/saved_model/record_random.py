"""Let TensorFlow answer what random_programs.py asks, and load what was written here: writes data/random.json, and
data/random.zip, the model as TensorFlow writes it.

python tests/saved_model/write_models.py DIRECTORY    # with tfcompat_tape
python tests/saved_model/record_random.py DIRECTORY   # with a Python that has tensorflow
"""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
from pathlib import Path

import random_programs as programs
import tensorflow as tf
import written_programs

DATA = Path(__file__).parent / "data"


def main(place):
    """Record everything, and say what differs."""
    wanted = programs.answers_of_random(tf, programs.of_random(tf))
    given = programs.answers_of_random(tf, tf.saved_model.load(str(place / "random")))
    for key, values in given.items():
        for i, (a, b) in enumerate(zip(values, wanted[key], strict=True)):
            if not written_programs.close(a, b):
                raise SystemExit(f"{key}, {i}: loaded {a}, of TensorFlow {b}")
    print(len(given), "functions are alike")
    with tempfile.TemporaryDirectory() as directory:
        tf.saved_model.save(programs.of_random(tf), directory)
        with zipfile.ZipFile(DATA / "random.zip", "w", zipfile.ZIP_DEFLATED) as file:
            for path in sorted(Path(directory).rglob("*")):
                if path.is_file() and path.name != "fingerprint.pb":
                    file.write(path, path.relative_to(directory))
    (DATA / "random.json").write_text(json.dumps(wanted))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
