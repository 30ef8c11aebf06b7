"""Plugins load and unload, and what was there before is there again."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from plugin_kit import write

import tfcompat_tape as tf
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.plugins import REQUIRED, OpDefinition, PluginError, ops

CUBE = OpDefinition(
    "TestCube", lambda x: x**3, "x", gradient=lambda op, dy: 3.0 * op.inputs[0] ** 2 * dy, doc="The cube."
)
FILE = """\
    from tfcompat_tape.plugins import OpDefinition, hookimpl

    __version__ = "1.5"

    @hookimpl
    def tfcompat_ops():
        return [OpDefinition("TestFromFile", lambda x: x + 1.0, "x", gradient=lambda op, dy: dy)]
"""


def test_an_op_is_there_while_its_plugin_is(bring: Any, device: str) -> None:
    with tf.plugins.load(bring(CUBE)) as loading:
        assert [plugin.name for plugin in loading.plugins] == ["bringer"]
        assert "TestCube" in dir(ops) and "TestCube" in dir(tf.raw_ops)
        x = tf.constant([1.0, 2.0], tf.float64)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = ops.TestCube(x)
            g = tape.gradient(y, x)
        np.testing.assert_allclose(y, [1.0, 8.0])
        np.testing.assert_allclose(g, [3.0, 12.0])
        np.testing.assert_allclose(outer.gradient(g, x), [6.0, 12.0])
        np.testing.assert_allclose(tf.raw_ops.TestCube(x=x, name="again"), y)
        assert ops.TestCube.__doc__ == "The cube."
        torch.testing.assert_close(ops.TestCube(torch.tensor([2.0])), torch.tensor([8.0]))
    assert "TestCube" not in OPS and "TestCube" not in dir(tf.raw_ops)
    with pytest.raises(AttributeError, match="No plugin brought an op 'TestCube'"):
        _ = ops.TestCube
    with pytest.raises(AttributeError, match="TestCube"):
        _ = tf.raw_ops.TestCube


def test_a_gradient_can_be_asked_for_after_unloading(bring: Any) -> None:
    x = tf.Variable(2.0)
    with tf.plugins.load(bring(CUBE)), tf.GradientTape() as tape:
        y = ops.TestCube(x)
    assert tape.gradient(y, x).numpy() == 12.0


def test_arguments_are_checked(bring: Any) -> None:
    power = OpDefinition(
        "TestPower",
        lambda x, y, n, scale=1.0: scale * (x + y) ** n,
        "x y",
        attrs={"n": REQUIRED, "scale": 2.0},
    )
    with tf.plugins.load(bring(power)):
        assert ops.TestPower(1.0, 2.0, n=2).numpy() == 18.0
        assert tf.raw_ops.TestPower(x=1.0, y=2.0, n=2, scale=1.0).numpy() == 9.0
        with pytest.raises(TypeError, match="TestPower needs the attribute 'n'"):
            ops.TestPower(1.0, 2.0)
        with pytest.raises(TypeError, match=r"TestPower has no attribute 'm'; it has \['n', 'scale'\]"):
            ops.TestPower(1.0, 2.0, m=2)
        with pytest.raises(TypeError, match=r"TestPower takes the tensors \(x, y\), but 1 were given"):
            ops.TestPower(1.0, n=2)
        with pytest.raises(TypeError, match="only takes keyword args"):
            tf.raw_ops.TestPower(1.0, 2.0, n=2)
        with pytest.raises(TypeError, match="missing a required argument: 'y'"):
            tf.raw_ops.TestPower(x=1.0, n=2)
        with pytest.raises(tf.errors.InvalidArgumentError, match="must have one dtype"):
            ops.TestPower(tf.constant(1.0), tf.constant(1.0, tf.float64), n=2)


def test_ops_of_many_inputs_and_of_many_outputs(bring: Any) -> None:
    def both(op: Any, dmax: Any, dmin: Any) -> Any:
        x = op.inputs[0]
        top = tf.cast(x == tf.reduce_max(x), x.dtype)
        bottom = tf.cast(x == tf.reduce_min(x), x.dtype)
        return dmax * top + dmin * bottom

    extremes = OpDefinition("TestExtremes", lambda x: (x.max(), x.min()), "x", both, outputs="max min")
    total = OpDefinition("TestTotal", lambda *xs: sum(xs), "*xs", lambda op, dy: [dy for _ in op.inputs])
    with tf.plugins.load(bring(extremes, total)):
        x = tf.Variable([3.0, 1.0, 2.0])
        with tf.GradientTape() as tape:
            most, least = ops.TestExtremes(x)
            y = ops.TestTotal(most, 2.0 * least, 1.0)
        assert y.numpy() == 6.0
        np.testing.assert_allclose(tape.gradient(y, x), [1.0, 2.0, 0.0])
        with tf.GradientTape() as tape:
            _, least = ops.TestExtremes(x)
        np.testing.assert_allclose(tape.gradient(least, x), [0.0, 1.0, 0.0])
        assert tf.raw_ops.TestTotal(xs=[1.0, 2.0]).numpy() == 3.0


def test_from_a_file_and_from_a_folder(tmp_path: Path) -> None:
    file = write(tmp_path / "of_file.py", FILE)
    with tf.plugins.load(str(file)) as loading:
        (plugin,) = loading.plugins
        assert (plugin.name, plugin.version, plugin.file) == ("of_file", "1.5", str(file))
        assert ops.TestFromFile(1.0).numpy() == 2.0
    write(file, FILE.replace("x + 1.0", "x + 2.0"))
    with tf.plugins.load(file, name="other") as loading:  # read again, now that it was unloaded
        assert loading.plugins[0].name == "other"
        assert ops.TestFromFile(1.0).numpy() == 3.0
    folder = tmp_path / "of_folder"
    write(folder / "kernels.py", "def add(x):\n    return x + 5.0\n")
    write(folder / "__init__.py", FILE.replace("lambda x: x + 1.0", '".kernels:add"'))
    with tf.plugins.load(folder):
        assert ops.TestFromFile(1.0).numpy() == 6.0


def test_by_the_name_of_a_module_and_as_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "of_module_plugin.py", FILE)
    monkeypatch.syspath_prepend(tmp_path)
    with tf.plugins.load("of_module_plugin") as loading:
        assert loading.plugins[0].file == str(tmp_path / "of_module_plugin.py")
        module = sys.modules["of_module_plugin"]
        with tf.plugins.load(module) as again:  # loaded already: stays when the inner context ends
            assert again.plugins == loading.plugins
        assert "TestFromFile" in dir(ops)
    assert "TestFromFile" not in dir(ops)
    del sys.modules["of_module_plugin"]


def test_all_or_none(bring: Any, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="no file"):
        tf.plugins.load(bring(CUBE), tmp_path / "missing.py")
    assert "TestCube" not in OPS
    other = OpDefinition("TestOther", lambda x: x, "x")
    with tf.plugins.load(bring(CUBE, name="a"), bring(other, name="b")) as loading:
        assert [plugin.name for plugin in tf.plugins.loaded()][-2:] == ["a", "b"]
        tf.plugins.unload("a")
        assert "TestCube" not in OPS and "TestOther" in OPS
        loading.unload()
        loading.unload()
    assert "TestOther" not in OPS


def test_an_exception_inside_unloads_too(bring: Any) -> None:
    with pytest.raises(ZeroDivisionError), tf.plugins.load(bring(CUBE)):
        raise ZeroDivisionError
    assert "TestCube" not in OPS


def test_unload_wants_a_plugin_that_is_loaded(bring: Any) -> None:
    with pytest.raises(PluginError, match="'nobody' is not loaded"):
        tf.plugins.unload("nobody")


def test_a_rule_that_a_user_registered_waits_for_a_plugin(bring: Any) -> None:
    from tfcompat_tape.core import registry

    tf.RegisterGradient("TestWaits")(lambda op, dy: 7.0 * dy)
    try:
        x = tf.Variable(1.0)
        for _ in range(2):  # unloading makes it wait again
            with tf.plugins.load(bring(OpDefinition("TestWaits", lambda x: x.clone(), "x"))):
                with tf.GradientTape() as tape:
                    y = ops.TestWaits(x)
                assert tape.gradient(y, x).numpy() == 7.0
    finally:
        del registry._waiting["TestWaits"]


def test_an_op_without_a_gradient_and_one_that_is_a_constant(bring: Any) -> None:
    x = tf.Variable(1.0)
    none = OpDefinition("TestNone", lambda x: x.clone(), "x")
    constant = OpDefinition("TestConstant", lambda x: x.clone(), "x", differentiable=False)
    with tf.plugins.load(bring(none, constant)):
        with tf.GradientTape() as tape:
            y = ops.TestConstant(x)
        assert tape.gradient(y, x) is None
        with tf.GradientTape() as tape:
            y = ops.TestNone(x)
        with pytest.raises(LookupError, match="No gradient defined for operation 'TestNone'"):
            tape.gradient(y, x)


def test_what_the_namespace_offers() -> None:
    assert isinstance(tf.plugins, ModuleType)
    for name in dir(tf.plugins):
        assert getattr(tf.plugins, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'no_such_thing'"):
        _ = tf.plugins.no_such_thing
