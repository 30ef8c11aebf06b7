"""The examples in a short form learn what record.py wrote down of TensorFlow, step by step, and draw a picture."""

import json
from pathlib import Path

import pytest
from short_forms import CURVES, SHORT, curve

for needed in ("matplotlib", "sklearn"):
    pytest.importorskip(needed, reason="pip install 'tfcompat_tape[examples]'")

TENSORFLOW = json.loads(CURVES.read_text(encoding="utf-8"))

# Values are float32, computed in other orders: each rounds to 1e-7 of itself, and the curves are short enough that
# training has not made more of it than 1e-5. A difference of two values of size 1 is exact to 1e-6 at best.
RELATIVE, ABSOLUTE = 2e-5, 1e-6


@pytest.mark.parametrize("name", SHORT)
def test_an_example_learns_what_it_learns_with_tensorflow(name: str, tmp_path: Path) -> None:
    import tfcompat_tape as tf

    tf.random.set_seed(None)
    tf.install()
    try:
        learned = curve(name, tmp_path / "picture.png")
    finally:
        tf.uninstall()
        tf.random.set_seed(None)
    assert learned == pytest.approx(TENSORFLOW[name], rel=RELATIVE, abs=ABSOLUTE)
    assert (tmp_path / "picture.png").stat().st_size > 10_000
