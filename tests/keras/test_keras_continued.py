"""A model goes on where another process stopped, here and under TensorFlow, to the same losses: continued_record.py."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

import tfcompat_tape as tf

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from continued_record import FILES, read, write  # noqa: E402

sys.path.remove(str(HERE))
RECORDED = json.loads((FILES / "continued.json").read_text())


def test_from_files_of_tensorflow() -> None:
    for form, losses in read(tf, "theirs").items():
        np.testing.assert_allclose(losses, RECORDED["of its own"], rtol=1e-5, err_msg=form)


def test_from_files_of_this_library_as_tensorflow_goes_on() -> None:
    for form, losses in read(tf, "here").items():
        np.testing.assert_allclose(losses, RECORDED["of here"][form], rtol=1e-5, err_msg=form)


def test_what_is_written_holds_what_tensorflow_was_given(tmp_path: Path, monkeypatch: object) -> None:
    continued_record = sys.modules["continued_record"]

    monkeypatch.setattr(continued_record, "FILES", tmp_path)  # type: ignore[attr-defined]
    losses = write(tf, "again", 1)
    for form in RECORDED["of here"].values():
        np.testing.assert_allclose(losses, form, rtol=1e-5)
    then, now = (tf.train.load_checkpoint(str(folder)) for folder in (FILES / "here", tmp_path / "again"))
    assert now.get_variable_to_shape_map() == then.get_variable_to_shape_map()
    for name in then.get_variable_to_shape_map():
        if name != "_CHECKPOINTABLE_OBJECT_GRAPH":
            np.testing.assert_allclose(
                now.get_tensor(name), then.get_tensor(name), rtol=1e-5, atol=1e-7, err_msg=name
            )
