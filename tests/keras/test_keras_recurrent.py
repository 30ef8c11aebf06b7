"""Recurrent networks of open batch and length are exported: TensorFlow has loaded them, see recurrent_record.py."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

import tfcompat_tape as tf

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from recurrent_record import FILES, THEIRS, answers, close, examples, network  # noqa: E402

sys.path.remove(str(HERE))
WANTED = json.loads((FILES / "recurrent.json").read_text())


def asked(loaded: Any, name: str) -> list[Any]:
    """What a model gives that Keras exported."""
    return answers(tf, loaded.serve, list(loaded.trainable_variables), name)


@pytest.mark.parametrize("name", WANTED)
def test_what_is_exported_answers_as_networks_of_tensorflow(name: str, tmp_path: Path) -> None:
    network(tf.keras, name).export(tmp_path, verbose=False)
    close(asked(tf.saved_model.load(tmp_path), name), WANTED[name])


def test_a_network_that_is_written_as_it_is(tmp_path: Path) -> None:
    tf.saved_model.save(network(tf.keras, "masked"), tmp_path)
    signature = tf.saved_model.load(tmp_path).signatures["serving_default"]
    found = [y.numpy() for x in examples("masked") for y in signature(tf.constant(x)).values()]
    close(found, WANTED["masked"][:2])


def test_what_tensorflow_exported(tmp_path: Path) -> None:
    with zipfile.ZipFile(FILES / "recurrent.zip") as file:
        file.extractall(tmp_path)
    close(asked(tf.saved_model.load(tmp_path), THEIRS), WANTED[THEIRS])
