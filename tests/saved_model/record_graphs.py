"""Let TensorFlow write models with graphs, and note what it says of them: data/graphs.zip.

python tests/saved_model/record_graphs.py    # with a Python that has tensorflow and keras
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from pathlib import Path

import graph_questions as questions
import keras
import tensorflow as tf

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        made = questions.module(tf, place)
        signatures = {"serving_default": made.__call__, "look": made.look}
        tf.saved_model.save(made, str(place / "module"), signatures=signatures)
        for name, model in questions.networks(keras).items():
            model.export(str(place / name), verbose=False)
        found = questions.answers(tf, place)
        with zipfile.ZipFile(
            Path(__file__).parent / "data" / "graphs.zip", "w", zipfile.ZIP_DEFLATED
        ) as file:
            file.writestr("answers.json", json.dumps(found, indent=1))
            for path in sorted(place.rglob("*")):
                if path.is_file() and path.parent != place and path.name != "fingerprint.pb":
                    file.write(path, path.relative_to(place))
