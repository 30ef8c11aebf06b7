"""What is wrong with a plugin: said with its name, version and file, and nothing of it stays."""

from pathlib import Path
from typing import Any

import pytest
from plugin_kit import write

import tfcompat_tape as tf
from tfcompat_tape.core.registry import OPS, Keep
from tfcompat_tape.plugins import GradientDefinition, OpDefinition, PluginError, hookimpl

GOOD = OpDefinition("TestGood", lambda x: x + 1.0, "x", gradient=lambda op, dy: dy)


def op(**changes: Any) -> OpDefinition:
    return OpDefinition(**{"name": "TestBad", "kernel": lambda x: x, "inputs": "x", **changes})


def gradient(**changes: Any) -> GradientDefinition:
    return GradientDefinition(
        **{"op_type": "Relu", "gradient": lambda op, dy: dy, "name": "TestAlternative", **changes}
    )


DEFINITIONS = {
    "a name that is no op type": (op(name="lower_case"), "an op is called 'lower_case'"),
    "the same op twice": (op(name="TestGood"), "brings the op 'TestGood' twice"),
    "an op of the library": (op(name="Relu"), "the library has an op 'Relu' itself"),
    "no inputs": (op(inputs=""), "has no inputs"),
    "an input twice": (op(inputs="x x"), "a name twice"),
    "an input that is no name": (op(inputs="x 1y"), "Write names"),
    "a star that is not last": (op(inputs="*xs y"), "must be the last"),
    "a kernel that is none": (op(kernel=3), "the kernel of the op 'TestBad' is 3"),
    "a string that is no place": (op(kernel="math.sqrt"), r'Write "package.module:function"'),
    "a relative place in an object": (op(kernel=".kernels:f"), "in a plugin that is a package"),
    "a kernel of other inputs": (
        op(inputs="x y"),
        r"has the signature \(x\), and will be called as \(x, y\)",
    ),
    "a kernel without an attribute": (op(attrs={"n": 1}), r"will be called as \(x, n=...\)"),
    "an attribute with the name of an input": (op(attrs={"x": 1}), "an attribute called 'x'"),
    "a gradient of too many cotangents": (
        op(gradient=lambda op, a, b: a),
        "the gradient of the op 'TestBad' has the sig",
    ),
    "a gradient of too few": (op(outputs="a b", gradient=lambda op, dy: dy), r"called as \(op, dy0, dy1\)"),
    "a gradient of a constant": (
        op(gradient=lambda op, dy: dy, differentiable=False),
        "is not differentiable",
    ),
    "a JVP of other inputs": (
        op(gradient=lambda op, dy: dy, jvp=lambda op, t, u: t),
        "the JVP of the op 'TestBad' has the signature",
    ),
    "a JVP alone": (op(jvp=lambda op, t: t), "a JVP and no gradient"),
    "a batching rule of other inputs": (
        op(batching=lambda x: x),
        "the batching rule of the op 'TestBad' has the",
    ),
    "no number of outputs": (op(outputs=-1), "`outputs` of the op 'TestBad' is -1"),
    "a style": (op(style="jax"), "`style` of the op 'TestBad' is 'jax'"),
    "something to keep": (
        op(keep="everything", style="library"),
        "`keep` of the op 'TestBad' is 'everything'",
    ),
    "keeping less in TensorFlow's style": (op(keep="nothing"), "Only a rule in the style 'library'"),
    "keeping across one input": (op(keep=Keep.CROSS, style="library"), "for ops of two inputs"),
    "dtypes": (op(dtypes="float33"), "`dtypes` of the op 'TestBad' is 'float33'"),
    "dtypes that are none": (op(dtypes=["no_dtype"]), "a set of dtypes"),
    "inputs of the same dtype": (op(same="y"), "`same` of the op 'TestBad' is 'y'"),
    "an op that is not there": (
        gradient(op_type="Reluu"),
        r"there is no op 'Reluu' to give a gradient. Did you mean Relu",
    ),
    "a gradient without purpose": (gradient(name=None), "neither a name nor default=True"),
    "the name of an op": (
        gradient(name="Sigmoid"),
        "a gradient or op called 'Sigmoid' is registered already",
    ),
    "an alternative in another style": (gradient(style="library"), "Alternatives get Tensors"),
    "a default for its own op": (
        gradient(op_type="TestGood", default=True),
        "its own op 'TestGood' another default",
    ),
    "a gradient of other cotangents": (
        gradient(gradient=lambda op: None),
        "'TestAlternative' of the op 'Relu' has the",
    ),
}


@pytest.mark.parametrize("case", DEFINITIONS)
def test_definitions(case: str, bring: Any) -> None:
    definition, message = DEFINITIONS[case]
    before = dict(OPS)
    with pytest.raises(PluginError, match=message) as caught:
        tf.plugins.load(bring(GOOD, definition, name="faulty"))
    assert str(caught.value).startswith("plugin 'faulty' ") and "conftest.py" in str(caught.value)
    assert before == OPS


def test_gradients_twice_in_one_plugin(bring: Any) -> None:
    with pytest.raises(PluginError, match="two gradients called 'TestAlternative'"):
        tf.plugins.load(bring(gradient(), gradient()))
    with pytest.raises(PluginError, match="two default gradients for 'Relu'"):
        tf.plugins.load(bring(gradient(default=True), gradient(name=None, default=True)))


def test_what_another_plugin_has(bring: Any) -> None:
    first = bring(GOOD, gradient(default=True), name="first")
    with tf.plugins.load(first):
        with pytest.raises(
            PluginError, match=r"plugin 'second' .*'TestGood' was already brought by plugin 'first' \("
        ) as caught:
            tf.plugins.load(bring(op(), GOOD, name="second"))
        assert "TFCOMPAT_PLUGINS_BLOCK=second" in str(caught.value)
        with pytest.raises(PluginError, match="'TestAlternative' is registered already by plugin 'first'"):
            tf.plugins.load(bring(gradient(), name="second"))
        with pytest.raises(
            PluginError, match="default gradient of 'Relu' was already changed by plugin 'first'"
        ):
            tf.plugins.load(bring(gradient(name="TestAnother", default=True), name="second"))
        with pytest.raises(PluginError, match="another plugin has that name already"):
            tf.plugins.load(bring(op(), name="first"))
        third = bring(gradient(op_type="TestGood", name="TestOfGood"), name="third")
        with (
            tf.plugins.load(third),
            pytest.raises(PluginError, match=r"plugin 'third' .* changes a gradient of its"),
        ):
            tf.plugins.unload("first")


def test_a_gradient_that_a_user_registered(bring: Any) -> None:
    from tfcompat_tape.core import registry

    tf.RegisterGradient("TestGood")(lambda op, dy: dy)
    try:
        with pytest.raises(PluginError, match="a gradient is registered already for the op 'TestGood'"):
            tf.plugins.load(bring(GOOD))
    finally:
        del registry._waiting["TestGood"]


class Unmarked:
    def tfcompat_ops(self) -> list[Any]:
        return [GOOD]


class Misspelt:
    @hookimpl
    def tfcompat_opps(self) -> list[Any]:
        return [GOOD]


class Curious:
    @hookimpl
    def tfcompat_ops(self, registry: Any) -> list[Any]:
        return [GOOD]


class Raising:
    @hookimpl
    def tfcompat_ops(self) -> Any:
        yield GOOD
        raise RuntimeError("no licence")


class Wrong:
    @hookimpl
    def tfcompat_ops(self) -> Any:
        return ["TestGood"]


class WrongGradients:
    @hookimpl
    def tfcompat_gradients(self) -> Any:
        return GOOD


class WrongObservers:
    @hookimpl
    def tfcompat_observers(self) -> Any:
        return [object()]


OBJECTS = [
    (object(), "implements no hook"),
    (Unmarked(), "tfcompat_ops is not marked. Decorate it with"),
    (Misspelt(), "a hook is implemented wrongly: unknown hook 'tfcompat_opps'"),
    (Curious(), r"a hook is implemented wrongly: .*registry"),
    (Raising(), "its hook tfcompat_ops raised RuntimeError: no licence"),
    (Wrong(), "tfcompat_ops returned 'TestGood'. It must return OpDefinitions"),
    (WrongGradients(), "tfcompat_gradients returned OpDefinition"),
    (WrongObservers(), "tfcompat_observers returned <object"),
]


@pytest.mark.parametrize(("plugin", "message"), OBJECTS, ids=[type(plugin).__name__ for plugin, _ in OBJECTS])
def test_hooks(plugin: Any, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        tf.plugins.load(plugin)
    assert "TestGood" not in OPS


FILES = {
    "import no_such_package\n": "failed: ModuleNotFoundError: No module named 'no_such_package'",
    "def f(:\n": "failed: SyntaxError",
    "raise SystemExit(3)\n": "failed: SystemExit: 3",
    "x = 1\n": "implements no hook",
}


@pytest.mark.parametrize("text", FILES)
def test_files_that_cannot_be_imported(text: str, tmp_path: Path) -> None:
    file = write(tmp_path / "broken.py", text)
    with pytest.raises(PluginError, match="plugin 'broken'") as caught:
        tf.plugins.load(file)
    assert FILES[text] in str(caught.value) and str(file) in str(caught.value)


def test_names_of_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PluginError, match="there is no module 'no_such_plugin'"):
        tf.plugins.load("no_such_plugin")
    with pytest.raises(PluginError, match=r"there is no module 'json.no_such_part'"):
        tf.plugins.load("json.no_such_part")
    with pytest.raises(PluginError, match="'1x' is neither a module nor a file"):
        tf.plugins.load("1x")
    with pytest.raises(PluginError, match="module 'json' has no 'no_such_object'"):
        tf.plugins.load("json:no_such_object")
    (tmp_path / "empty").mkdir()
    with pytest.raises(PluginError, match="there is no file"):
        tf.plugins.load(tmp_path / "empty")
    write(tmp_path / "breaks_within.py", "import no_such_package\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PluginError, match=r"importing 'breaks_within' failed: ModuleNotFoundError") as caught:
        tf.plugins.load("breaks_within")
    assert str(tmp_path / "breaks_within.py") in str(caught.value)


def test_blocked(bring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFCOMPAT_PLUGINS_BLOCK", "other, bringer")
    with pytest.raises(PluginError, match="it is blocked by TFCOMPAT_PLUGINS_BLOCK"):
        tf.plugins.load(bring(GOOD))


# -- faults that show when an op is used -------------------------------------------------------------------------------


def test_what_kernels_return(bring: Any) -> None:
    one = op(name="TestReturnsTensors", kernel=lambda x: tf.constant(1.0))
    two = op(name="TestReturnsOne", outputs=2)
    with tf.plugins.load(bring(one, two)):
        with pytest.raises(
            PluginError,
            match=r"plugin 'bringer' .*'TestReturnsTensors' returned a .*Tensor.* one torch tensor",
        ):
            tf.plugins.ops.TestReturnsTensors(1.0)
        with pytest.raises(
            PluginError, match=r"'TestReturnsOne' returned \(Tensor\). It must return 2 torch tensors"
        ):
            tf.plugins.ops.TestReturnsOne(1.0)


def test_what_a_kernel_raises_is_tensorflows_exception(bring: Any) -> None:
    with (
        tf.plugins.load(bring(op(kernel=lambda x: x.reshape(7)))),
        pytest.raises(
            tf.errors.InvalidArgumentError, match=r"TestBad: shape '\[7\]' is invalid .*float32\[2\]"
        ),
    ):
        tf.plugins.ops.TestBad([1.0, 2.0])


def test_an_import_that_fails_at_the_first_use(bring: Any) -> None:
    late = op(kernel="no_such_package.kernels:f")
    gone = op(name="TestGone", kernel="math:no_such_function")
    odd = op(name="TestOdd", kernel="math:pi")
    wrong = op(name="TestTooMany", kernel="math:atan2")
    with tf.plugins.load(bring(late, gone, odd, wrong)):
        with pytest.raises(
            PluginError,
            match=r"plugin 'bringer' .*the kernel of the op 'TestBad', 'no_such_package.*cannot be",
        ):
            tf.plugins.ops.TestBad(1.0)
        with pytest.raises(PluginError, match="cannot be imported: AttributeError"):
            tf.plugins.ops.TestGone(1.0)
        with pytest.raises(PluginError, match=r"is 3.14.* It must be a function"):
            tf.plugins.ops.TestOdd(1.0)
        with pytest.raises(PluginError, match="has the signature"):
            tf.plugins.ops.TestTooMany(1.0)
