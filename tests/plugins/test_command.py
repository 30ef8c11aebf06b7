"""`tfcompat plugins`: list, check and new, and the checker in pytest."""

import importlib.util
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from plugin_kit import distribution, pytest_in, tfcompat, write

import tfcompat_tape as tf
from tfcompat_tape.plugins import Example, GradientDefinition, OpDefinition, PluginError
from tfcompat_tape.plugins.testing import check_case, op_tests
from tfcompat_tape.porting import cli

PLUGIN = """\
    import tfcompat_tape as tf
    from tfcompat_tape.plugins import GradientDefinition, OpDefinition, hookimpl

    __version__ = "2.5"

    @hookimpl
    def tfcompat_ops():
        return [OpDefinition("CommandCube", lambda x: x**3, "x", lambda op, dy: FACTOR * op.inputs[0] ** 2 * dy)]

    @hookimpl
    def tfcompat_gradients():
        return [GradientDefinition("Sign", lambda op, dy: dy, name="CommandSign", default=True)]

    @hookimpl
    def tfcompat_observers():
        return [Watcher()]

    class Watcher:
        def gradient_computed(self, event):
            pass
"""


def test_list(tmp_path: Path, python: Any) -> None:
    site = tmp_path / "site"
    file = write(site / "listed.py", PLUGIN.replace("FACTOR", "3.0"))
    distribution(site, "listed_dist", "1.0", {"listed": "listed", "shunned": "listed"})
    distribution(site, "broken_dist", "0.9", {"broken": "no_such_module"})
    done = python(
        tfcompat("plugins", "list"),
        path=(site,),
        TFCOMPAT_PLUGINS_BLOCK="shunned",
        TFCOMPAT_PLUGINS="nowhere",
    )
    for word in (
        "listed",
        "listed_dist 1.0",
        "CommandCube",
        "Sign: CommandSign and default",
        "Watcher",
        "(entry point)",
        "blocked: plugin 'shunned' listed_dist 1.0",
        "not loaded: plugin 'broken' broken_dist 0.9: there is no module 'no_such_module'",
        "not loaded: plugin 'nowhere': there is no module 'nowhere'",
    ):
        assert word in done.stdout
    assert done.returncode == 1 and done.stderr == "" and file.exists()
    done = python(tfcompat("plugins", "list"))
    assert (done.returncode, done.stdout) == (0, "No plugin is loaded.\n")


def test_list_with_rich(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table, where rich is there."""

    class Table:
        def __init__(self, *columns: str) -> None:
            self.rows = [columns]

        def add_row(self, *row: str) -> None:
            self.rows.append(row)

    def show(table: Table) -> None:
        print("\n".join("|".join(row) for row in table.rows))

    for name, parts in {
        "console": {"Console": lambda width: SimpleNamespace(print=show)},
        "table": {"Table": Table},
    }.items():
        module = ModuleType(f"rich.{name}")
        module.__dict__.update(parts)
        monkeypatch.setitem(sys.modules, f"rich.{name}", module)
    monkeypatch.setitem(sys.modules, "rich", ModuleType("rich"))
    file = write(tmp_path / "tabled.py", PLUGIN.replace("FACTOR", "3.0"))
    with tf.plugins.load(file):
        cli.main(["plugins", "list"])
    printed = capsys.readouterr().out
    assert "plugin|version|ops|gradients|observers|file" in printed
    assert "tabled|2.5|CommandCube|Sign: CommandSign and default|Watcher" in printed


def test_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "right.py", PLUGIN.replace("FACTOR", "3.0"))
    assert cli.main(["plugins", "check", str(file), "--device", "CPU:0"]) == 0
    printed = capsys.readouterr().out
    assert f"plugin 'right' 2.5 ({file}): 3 to check" in printed and printed.endswith("all 3 passed\n")
    assert (
        "CommandCube: all" in printed
        and "Sign: CommandSign: all" in printed
        and "Sign: default: all" in printed
    )
    assert "no examples were given; made up: float64[2, 3]" in printed
    file = write(tmp_path / "wrong.py", PLUGIN.replace("FACTOR", "2.0"))
    assert cli.main(["plugins", "check", str(file), "--order", "1", "--device", "CPU:0"]) == 1
    printed = capsys.readouterr().out
    assert "FAILED   first order" in printed and "1 of 3 failed" in printed and "second order" not in printed
    assert cli.main(["plugins", "check", "no_such_plugin"]) == 1
    assert "there is no module 'no_such_plugin'" in capsys.readouterr().err


# -- what is checked ---------------------------------------------------------------------------------------------------


def scaled(op: Any, dy: Any) -> Any:
    return op.get_attr("by") * dy


SCALE = OpDefinition("TestScale", lambda x, by=1.0: by * x, "x", scaled, attrs={"by": 1.0})


def examples() -> list[Any]:
    return [Example([1.0, 2.0], by=3.0), ([[1.0]],)]


@pytest.mark.parametrize("given", [examples, examples()], ids=["function", "list"])
def test_examples(given: Any, bring: Any) -> None:
    plugin = bring(OpDefinition(**{**vars(SCALE), "examples": given}))
    with tf.plugins.load(plugin):
        assert "TestScale[1]: all" in check_case(plugin, "TestScale[1]", devices=["CPU:0"])
        with pytest.raises(KeyError):
            check_case(plugin, "TestScale")


def test_what_examples_may_be(bring: Any) -> None:
    def labelled(**changes: Any) -> Any:
        return op_tests(bring(OpDefinition(**{**vars(SCALE), **changes})))

    with pytest.raises(PluginError, match="TestScale: an example is 3"):
        labelled(examples=[3])
    with pytest.raises(
        PluginError, match="give the definition `examples`: nobody else knows what 'by' may be"
    ):
        labelled(attrs={"by": tf.plugins.REQUIRED})
    with pytest.raises(PluginError, match="cannot be imported"):
        labelled(examples="no_such_module:examples")
    misfit = bring(OpDefinition(**{**vars(SCALE), "kernel": lambda x, by: by * x.reshape(4)}))
    with pytest.raises(AssertionError, match="Give the definition `examples` that fit it"):
        check_case(misfit, "TestScale", devices=["CPU:0"])


def test_made_up_inputs_follow_the_dtypes(bring: Any) -> None:
    for dtypes in ("floating", [tf.complex64, tf.complex128]):
        plugin = bring(
            OpDefinition("TestMade", lambda *xs: sum(xs), "*xs", lambda op, dy: [dy] * 2, dtypes=dtypes)
        )
        assert "made up: " in check_case(plugin, "TestMade", devices=["CPU:0"])
    for dtypes in ([tf.int32], [tf.bool]):
        plugin = bring(OpDefinition("TestMade", lambda x: x, "x", lambda op, dy: dy, dtypes=dtypes))
        with pytest.raises(AssertionError, match="none of its arguments is differentiated"):
            check_case(plugin, "TestMade", devices=["CPU:0"])


def test_a_surrogate_is_not_compared_with_differences(bring: Any) -> None:
    rounded = OpDefinition("TestRound", torch_round, "x", lambda op, dy: dy, surrogate=True)
    nothing = OpDefinition("TestNoGradient", torch_round, "x")
    plugin = bring(rounded, nothing)
    assert "first order" not in check_case(plugin, "TestRound", devices=["CPU:0"])
    assert check_case(plugin, "TestNoGradient") == "TestNoGradient: has no gradient to check"
    wrong = bring(
        OpDefinition("TestRound", torch_round, "x", lambda op, dy: tf.reduce_sum(dy), surrogate=True)
    )
    with pytest.raises(AssertionError, match="plugin 'bringer'"):
        check_case(wrong, "TestRound", devices=["CPU:0"])


def torch_round(x: Any) -> Any:
    return x.round()


def test_an_exact_alternative_is_compared(bring: Any) -> None:
    for factor, right in ((1.0, True), (2.0, False)):
        rule = lambda op, dy, factor=factor: factor * dy * tf.cos(op.inputs[0])  # noqa: E731
        plugin = bring(GradientDefinition("Sin", rule, name="TestSin", surrogate=False))
        if right:
            assert "first order" in check_case(plugin, "Sin: TestSin", devices=["CPU:0"])
        else:
            with pytest.raises(AssertionError, match="FAILED   first order"):
                check_case(plugin, "Sin: TestSin", devices=["CPU:0"])


# -- new ---------------------------------------------------------------------------------------------------------------


def test_the_test_of_a_new_package_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plugins", "new", "brand-new", "--directory", str(tmp_path)]) == 0
    folder = tmp_path / "brand-new"
    printed = capsys.readouterr().out
    assert str(folder / "brand_new" / "kernels.py") in printed
    done = pytest_in(folder)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_a_new_package_is_installed_and_found(tmp_path: Path, python: Any) -> None:
    """pip builds it offline, with what builds packages here, into a folder of its own."""
    if importlib.util.find_spec("setuptools") is None or importlib.util.find_spec("pip") is None:
        pytest.skip("setuptools and pip build the package")
    cli.main(["plugins", "new", "installed_one", "--directory", str(tmp_path)])
    site = tmp_path / "site"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    done = subprocess.run(
        [*pip, "--target", str(site), str(tmp_path / "installed_one")],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    done = python(tfcompat("plugins", "check", "installed_one", "--device", "CPU:0"), path=(site,))
    assert done.returncode == 0 and "InstalledOneSwish[1]: all" in done.stdout, done.stderr
    done = python(tfcompat("plugins", "list"), path=(site,))
    assert "installed_one" in done.stdout and "InstalledOneSwish" in done.stdout


@pytest.mark.parametrize("name", ["1st", "json", "class", "a b", "torch", ""])
def test_names_that_no_package_may_have(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["plugins", "new", name, "--directory", str(tmp_path)]) == 2
    assert repr(name) in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_what_is_there_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "mine" / "file", "precious")
    assert cli.main(["plugins", "new", "mine", "--directory", str(tmp_path)]) == 2
    assert "exists" in capsys.readouterr().err and (tmp_path / "mine" / "file").read_text() == "precious"


# -- pytest ------------------------------------------------------------------------------------------------------------


# pytest finds the plugin where this project is installed; where it is only on the path, it has to be told.
INSTALLED = any(point.value == "pytest_tfcompat_tape" for point in metadata.entry_points(group="pytest11"))
PYTEST_PLUGIN = () if INSTALLED else ("-p", "pytest_tfcompat_tape")


def test_the_pytest_plugin(tmp_path: Path) -> None:
    write(tmp_path / "asked.py", PLUGIN.replace("FACTOR", "2.0"))
    write(tmp_path / "set.py", PLUGIN.replace("FACTOR", "3.0").replace("CommandCube", "CommandOther"))
    write(tmp_path / "pytest.ini", "[pytest]\ntfcompat_check = ./set.py\n")
    write(tmp_path / "test_nothing.py", "def test_nothing(): pass\n")
    done = pytest_in(tmp_path, *PYTEST_PLUGIN, "-v", "--tfcompat-check", "./asked.py")
    for line in (
        "CommandCube FAILED",
        "Sign: CommandSign PASSED",
        "CommandOther PASSED",
        "1 failed, 6 passed",
    ):
        assert line in done.stdout, done.stdout + done.stderr
    assert "FAILED   first order" in done.stdout and "Traceback" not in done.stdout
    done = pytest_in(tmp_path, *PYTEST_PLUGIN, "--tfcompat-check", "no_such_plugin")
    assert done.returncode == 4 and "there is no module 'no_such_plugin'" in done.stderr


def test_pytest_alone_imports_neither_torch_nor_us(tmp_path: Path) -> None:
    text = "import sys\ndef test_it(): assert 'torch' not in sys.modules and 'tfcompat_tape' not in sys.modules\n"
    write(tmp_path / "test_it.py", text)
    done = pytest_in(tmp_path, *PYTEST_PLUGIN, "-p", "no:hypothesispytest")
    assert "1 passed" in done.stdout, done.stdout
