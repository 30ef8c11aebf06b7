"""Programs that use Keras give here what they give on TensorFlow: see keras_programs.py and keras_record.py."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from keras_programs import PROGRAMS, TOLERANCES  # noqa: E402
from keras_record import plain  # noqa: E402

sys.path.remove(str(HERE))
RECORDED = json.loads((HERE / "data.json").read_text())


def compare(want: Any, got: Any, rtol: float, path: str) -> None:
    if isinstance(want, dict):
        assert sorted(want) == sorted(got), path
        for key in want:
            compare(want[key], got[key], rtol, f"{path}[{key!r}]")
    elif isinstance(want, list) and not all(isinstance(x, (int, float)) for x in want):
        assert len(want) == len(got), path
        for i, (one, other) in enumerate(zip(want, got, strict=True)):
            compare(one, other, rtol, f"{path}[{i}]")
    elif isinstance(want, (list, int, float)):
        np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol / 10, err_msg=path)
    else:
        assert got == want, path


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    tf.keras.utils.set_random_seed(1)
    got = plain(tf, PROGRAMS[name](tf))
    compare(RECORDED[name], got, TOLERANCES.get(name, 1e-5), name)
