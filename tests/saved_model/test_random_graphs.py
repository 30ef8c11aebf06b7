"""Functions that draw from seeds, written as graphs by this library and by TensorFlow: loaded they draw TensorFlow's
numbers. `record_random.py` let TensorFlow load what is written here, too.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import random_programs as programs
import written_programs

import tfcompat_tape as tf

DATA = Path(__file__).parent / "data"
WANTED = json.loads((DATA / "random.json").read_text())


def wrong(found):
    """The places of answers that are not TensorFlow's."""
    return [
        (key, i)
        for key, wanted in WANTED.items()
        for i, (a, b) in enumerate(zip(found[key], wanted, strict=True))
        if not written_programs.close(a, b)
    ]


def test_functions_draw_the_numbers_of_tensorflow():
    assert not wrong(programs.answers_of_random(tf, programs.of_random(tf)))


def test_written_functions_draw_the_same_numbers(tmp_path):
    tf.saved_model.save(programs.of_random(tf), tmp_path)
    assert not wrong(programs.answers_of_random(tf, tf.saved_model.load(tmp_path)))


def test_models_of_tensorflow_draw_the_same_numbers(tmp_path):
    with zipfile.ZipFile(DATA / "random.zip") as file:
        file.extractall(tmp_path)
    assert not wrong(programs.answers_of_random(tf, tf.saved_model.load(tmp_path)))
