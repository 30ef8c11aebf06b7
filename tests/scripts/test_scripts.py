"""Small scripts of the kind that people post, run as they are: they print what record.py wrote down of TensorFlow."""

import json
import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
PROGRAMS = sorted(path.stem for path in (FOLDER / "programs").glob("*.py"))
PRINTED = FOLDER / "printed.json"


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_script_prints_what_it_prints_with_tensorflow(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    import tfcompat_tape as tf

    tf.random.set_seed(None)
    tf.install()
    try:
        runpy.run_path(str(FOLDER / "programs" / f"{name}.py"), run_name="__main__")
    finally:
        tf.uninstall()
        tf.random.set_seed(None)
    assert capfd.readouterr().out.splitlines() == json.loads(PRINTED.read_text(encoding="utf-8"))[name]
