"""`install()`: what ``import tensorflow`` means after it, in all its forms."""

import importlib
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import tfcompat_tape


@pytest.fixture
def installed() -> Iterator[None]:
    tfcompat_tape.install()
    yield
    tfcompat_tape.uninstall()


@pytest.mark.usefixtures("installed")
class TestInstalled:
    def test_one_namespace_however_it_is_imported(self) -> None:
        import tensorflow
        import tensorflow as tf
        import tensorflow.compat.v2 as tf2
        import tensorflow.math
        from tensorflow import GradientTape, constant, math
        from tensorflow.compat.v2 import nn as nn2
        from tensorflow.math import exp
        from tensorflow.nn import relu

        assert tf is tensorflow is tf2 is tfcompat_tape
        assert tf.compat.v2 is tfcompat_tape
        assert math is tensorflow.math is tfcompat_tape.math
        assert nn2 is tfcompat_tape.nn
        assert (GradientTape, constant, exp, relu) == (
            tfcompat_tape.GradientTape,
            tfcompat_tape.constant,
            tfcompat_tape.math.exp,
            tfcompat_tape.nn.relu,
        )
        assert importlib.import_module("tensorflow.linalg") is tfcompat_tape.linalg

    def test_our_modules_keep_their_own_names(self) -> None:
        import tensorflow.math  # noqa: F401

        assert tfcompat_tape.__name__ == "tfcompat_tape"
        assert tfcompat_tape.__spec__ is not None and tfcompat_tape.__spec__.name == "tfcompat_tape"
        assert tfcompat_tape.math.__spec__.name == "tfcompat_tape.math"
        assert importlib.reload(sys.modules["tfcompat_tape.compat"]) is tfcompat_tape.compat

    def test_find_spec(self) -> None:
        assert importlib.util.find_spec("tensorflow") is not None
        assert importlib.util.find_spec("tensorflow.math") is not None

    @pytest.mark.parametrize(
        ("statement", "symbol"),
        [
            ("import tensorflow.lite", "tf.lite"),
            ("from tensorflow import lite", "tf.lite"),
            ("from tensorflow.lite import layers", "tf.lite"),
            ("import tensorflow.tpu.experimental", "tf.tpu"),
            ("from tensorflow.compat.v1 import Session", "tf.compat.v1.Session"),
            ("from tensorflow.compat.v1.nn import raw_rnn", "tf.compat.v1.nn.raw_rnn"),
            ("import tensorflow.compat.v1.layers", "tf.compat.v1.layers"),
            ("import tensorflow.python.client", "tensorflow.python.client"),
            (
                "from tensorflow.python.framework import no_such",
                "tensorflow.python.framework.no_such",
            ),
            (
                "from tensorflow.python.framework.ops import no_such",
                "tensorflow.python.framework.ops.no_such",
            ),
            (
                "from tensorflow.python.ops.gen_io_ops import no_such",
                "tensorflow.python.ops.gen_io_ops.no_such",
            ),
            (
                "from tensorflow.python.ops.gen_nn_ops import no_such_op",
                "tensorflow.python.ops.gen_nn_ops.no_such_op",
            ),
        ],
    )
    def test_what_we_lack(self, statement: str, symbol: str) -> None:
        with pytest.raises(ImportError) as caught:
            exec(compile(f"\n{statement}", "user.py", "exec"), {})
        assert isinstance(caught.value, tfcompat_tape.NotCoveredError)
        assert caught.value.symbol == symbol
        assert caught.value.used_at == "user.py:2"

    @pytest.mark.parametrize(
        "name",
        [
            "tensorflow.no_such",
            "tensorflow.GradientTape",
            "tensorflow.math.no_such",
            "tensorflow.compat.v1.no_such",
            "tensorflow.compat.v1.nn.relu",
        ],
    )
    def test_what_tensorflow_lacks_too(self, name: str) -> None:
        with pytest.raises(ModuleNotFoundError, match=f"No module named '{name}'") as caught:
            importlib.import_module(name)
        assert not isinstance(caught.value, tfcompat_tape.NotCoveredError)
        assert caught.value.name == name

    def test_version_1(self) -> None:
        import tensorflow.compat.v1 as tf1
        import tensorflow.compat.v1.math as math1
        from tensorflow.compat import v1
        from tensorflow.compat.v1 import get_default_graph, log
        from tensorflow.compat.v1.nn import relu

        assert tf1 is v1 is tfcompat_tape.compat.v1
        assert math1 is v1.math
        assert (log, relu) == (tfcompat_tape.math.log, tfcompat_tape.nn.relu)
        assert get_default_graph() is tf1.get_default_graph()

    def test_private_modules_of_old_scripts(self) -> None:
        import tensorflow.python.framework.ops
        from tensorflow.python.framework import ops
        from tensorflow.python.framework.ops import RegisterGradient
        from tensorflow.python.ops import gen_math_ops, gen_nn_ops

        assert tensorflow.python.framework.ops is ops
        assert ops.RegisterGradient is RegisterGradient is tfcompat_tape.RegisterGradient
        assert ops.NotDifferentiable is ops.NoGradient is tfcompat_tape.no_gradient
        assert ops.get_default_graph() is tfcompat_tape.compat.v1.get_default_graph()
        assert gen_nn_ops.relu_grad([1.0, 2.0], [0.0, 1.0]).numpy().tolist() == [0.0, 2.0]
        assert gen_math_ops.mat_mul([[2.0]], [[3.0]], True, transpose_b=False, name="m").numpy() == 6.0
        with pytest.raises(TypeError, match="positional"):
            gen_nn_ops.relu_grad(1.0, 2.0, "name", 3.0)
        with pytest.raises(AttributeError) as caught:
            _ = ops.SparseTensor
        assert isinstance(caught.value, tfcompat_tape.NotCoveredError)
        assert not hasattr(ops, "_gradient_registry")

    def test_keras_2_that_is_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in [name for name in sys.modules if name.partition(".")[0] == "tf_keras"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setattr(sys, "path", [])
        with pytest.raises(ModuleNotFoundError, match="pip install tf_keras") as caught:
            importlib.import_module("tensorflow.python.keras.layers")
        assert caught.value.name == "tensorflow.python.keras"

    def test_names_that_only_begin_alike_are_left_alone(self) -> None:
        assert importlib.util.find_spec("tensorflow_no_such") is None

    def test_twice(self) -> None:
        before = list(sys.meta_path)
        tfcompat_tape.install()
        assert sys.meta_path == before


def test_uninstall() -> None:
    before = list(sys.meta_path)
    tfcompat_tape.install()
    import tensorflow.python.framework.ops  # noqa: F401

    tfcompat_tape.uninstall()
    tfcompat_tape.uninstall()
    assert sys.meta_path == before
    assert not [name for name in sys.modules if name.partition(".")[0] == "tensorflow"]
    assert not hasattr(tfcompat_tape, "python")
    assert tfcompat_tape.math.exp(0.0).numpy() == 1.0


def test_a_tensorflow_that_is_there_already(monkeypatch: pytest.MonkeyPatch) -> None:
    real = ModuleType("tensorflow")
    real.__file__ = "/somewhere/tensorflow/__init__.py"
    monkeypatch.setitem(sys.modules, "tensorflow", real)
    with pytest.raises(RuntimeError, match=r"already imported.*/somewhere/tensorflow.*before the first"):
        tfcompat_tape.install()
    tfcompat_tape.uninstall()  # not installed: another's module stays
    assert sys.modules["tensorflow"] is real


def test_before_one_that_is_installed(tmp_path: Path) -> None:
    """A package called tensorflow lies on the path: ours answers, and after uninstall that one does."""
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow" / "__init__.py").write_text("who = 'the other one'\n")
    code = (
        "import sys, tfcompat_tape\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "tfcompat_tape.install()\n"
        "import tensorflow\n"
        "assert tensorflow is tfcompat_tape\n"
        "tfcompat_tape.uninstall()\n"
        "import tensorflow\n"
        "print(tensorflow.who)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("the other one\n", 0), done.stderr
