"""Names that we lack: what is raised, what it says, and that Python's own look-ups are not disturbed."""

import copy
import importlib.util
import inspect
import pickle
import re
import sys
from functools import reduce
from pathlib import Path
from types import ModuleType

import pytest

import tfcompat_tape as tf
from tfcompat_tape.coverage import names as coverage
from tfcompat_tape.coverage.reasons import ONLY_ASKED_FOR
from tfcompat_tape.porting.check.verdicts import judge
from tfcompat_tape.porting.coverage import facts

ROOT = Path(__file__).parent.parent


def next_line() -> str:
    """Return file:line of the line after the caller's."""
    frame = sys._getframe(1)
    return f"{frame.f_code.co_filename}:{frame.f_lineno + 1}"


def test_a_name_that_tensorflow_has() -> None:
    with pytest.raises(tf.NotCoveredError) as caught:
        line = next_line()
        _ = tf.lite
    assert isinstance(caught.value, AttributeError)
    assert caught.value.symbol == "tf.lite"
    assert caught.value.used_at == line
    message = str(caught.value)
    assert "tf.lite is in TensorFlow 2.21" in message
    assert line in message
    table = message.rpartition("What is covered: ")[2]
    assert Path(table).name == "coverage.md" and Path(table).exists()


def test_in_a_namespace() -> None:
    with pytest.raises(tf.NotCoveredError, match=r"tf\.signal\.fftnd"):
        _ = tf.signal.fftnd


def test_the_place_is_the_scripts_not_the_packages() -> None:
    module = ModuleType("inside")
    code = compile("def ask(tf): return tf.lite", str(Path(tf.__file__).parent / "inside.py"), "exec")
    exec(code, module.__dict__)
    with pytest.raises(tf.NotCoveredError) as caught:
        line = next_line()
        module.ask(tf)
    assert caught.value.used_at == line


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("log", "tf.math.log"),
        ("reduce_summ", "tf.reduce_sum"),
        ("relu", "tf.nn.relu"),
        ("GradientTap", "tf.GradientTape"),
    ],
)
def test_a_name_that_tensorflow_lacks_too(name: str, meant: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'tensorflow' has no attribute '{name}'") as caught:
        getattr(tf, name)
    assert not isinstance(caught.value, tf.NotCoveredError)
    assert meant in str(caught.value)


def test_nothing_like_it() -> None:
    with pytest.raises(AttributeError) as caught:
        _ = tf.qqqqq
    assert str(caught.value) == "module 'tensorflow' has no attribute 'qqqqq'"


def test_hasattr_and_defaults() -> None:
    assert not hasattr(tf, "lite")
    assert getattr(tf, "lite", None) is None
    assert getattr(tf.math, "no_such_name", 7) == 7


def test_from_import_is_an_import_error() -> None:
    with pytest.raises(ImportError) as caught:
        line = next_line()
        from tfcompat_tape import lite  # noqa: F401
    assert isinstance(caught.value, tf.NotCoveredError)
    assert caught.value.used_at == line
    with pytest.raises(ImportError, match=r"tf\.signal\.fftnd") as caught:
        from tfcompat_tape.signal import fftnd  # noqa: F401
    assert isinstance(caught.value, tf.NotCoveredError)
    with pytest.raises(ImportError) as caught:
        from tfcompat_tape import no_such_name  # noqa: F401
    assert not isinstance(caught.value, tf.NotCoveredError)


def test_what_python_itself_looks_up() -> None:
    assert not hasattr(tf, "__wrapped__")
    assert inspect.getmodule(tf.GradientTape) is not None
    assert inspect.unwrap(tf) is tf
    with pytest.raises(TypeError, match="pickle"):
        copy.deepcopy(tf)
    with pytest.raises(AttributeError):
        _ = tf.__nothing__


@pytest.mark.parametrize("kind", [coverage.NotCoveredAttributeError, coverage.NotCoveredImportError])
def test_the_error_pickles(kind: type[tf.NotCoveredError]) -> None:
    error = kind("tf.lite", "script.py:3")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.symbol, again.used_at) == (
        kind,
        str(error),
        "tf.lite",
        "script.py:3",
    )


def test_private_names() -> None:
    assert "private to TensorFlow" in str(coverage.NotCoveredImportError("tensorflow.python.ops"))


def test_the_table_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("make_coverage", ROOT / "docs" / "make_coverage.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path, text in module.make_pages().items():
        assert path.read_text(encoding="utf-8") == text, "run `make coverage`"


@pytest.mark.parametrize("symbol", ONLY_ASKED_FOR)
def test_classes_that_can_only_raise_do_not_count_as_covered(symbol: str) -> None:
    assert facts()[symbol]["covered"] == f"no: {ONLY_ASKED_FOR[symbol]}" if symbol in facts() else True
    cls = reduce(getattr, symbol.split(".")[1:], tf)
    assert not isinstance(tf.constant(1.0), cls)
    needed = [
        one
        for one in list(inspect.signature(cls.__init__).parameters.values())[1:]
        if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD
    ]
    with pytest.raises(tf.errors.UnimplementedError):
        cls(*[None] * len(needed))
    verdict = judge(symbol)
    assert verdict.kind == "different" and "UnimplementedError" in verdict.message


def test_the_page_lists_every_namespace_in_which_something_is_covered() -> None:
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    left_out = re.search(r"Not listed: (.*?)\. Of", page, re.DOTALL)
    assert left_out
    assert set(re.findall(r"`(tf[.\w]*)`", left_out[1])) == {"tf.keras", "tf.lite"}
    listed = set(re.findall(r"^## (tf[\w.]*): \d", page, re.MULTILINE))
    for space, names in coverage.tensorflow_names().items():
        if space in listed or space.startswith(("tf.compat", "tf.keras", "tf.raw_ops")):
            continue
        there = vars(sys.modules.get("tfcompat_tape" + space.removeprefix("tf"), object))
        assert not [n for n in names if n in there and not isinstance(there[n], ModuleType)], space
