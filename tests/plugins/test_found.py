"""Plugins that are found by themselves: entry points and the environment, from the outside."""

from pathlib import Path
from typing import Any

import pytest
from plugin_kit import distribution, write

import tfcompat_tape as tf

PLUGIN = """\
    from tfcompat_tape.plugins import OpDefinition, hookimpl

    print("importing", __name__)

    @hookimpl
    def tfcompat_ops():
        return [OpDefinition("{op}", "{kernels}:kernel", "x", gradient="{kernels}:gradient")]
"""
KERNELS = """\
    print("importing", __name__)

    def kernel(x):
        return x * 10.0

    def gradient(op, dy):
        return 10.0 * dy
"""
ASK = """\
    import sys
    import tfcompat_tape as tf
    print("imported", "pluggy" in sys.modules)
    x = tf.Variable(2.0)
    y = x * x
    print("first tape")
    with tf.GradientTape() as tape:
        print("within")
        y = tf.raw_ops.FoundOp(x=x)
    print(y.numpy(), tape.gradient(y, x).numpy())
"""
LIST = """\
    import tfcompat_tape as tf
    for plugin in tf.plugins.loaded():
        print(plugin.origin, "|", plugin.origin.found)
    for failure in tf.plugins.failures():
        print("not", failure.origin.name, failure.blocked)
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of installed packages with one plugin, whose kernels are in a module of their own."""
    site = tmp_path / "site"
    write(site / "found_plugin.py", PLUGIN.format(op="FoundOp", kernels="found_kernels"))
    write(site / "found_kernels.py", KERNELS)
    distribution(site, "found_dist", "3.1", {"found": "found_plugin"})
    return site


def lines(done: Any) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line]


def test_an_installed_plugin_comes_with_the_first_need(site: Path, python: Any) -> None:
    """Not with the import; with the first tape. And its kernels with the first call of its op."""
    done = python(ASK, path=(site,), fresh=True)
    assert lines(done) == [
        "imported False",
        "first tape",
        "importing found_plugin",
        "within",
        "importing found_kernels",
        "20.0 10.0",
    ]
    assert done.stderr == ""


def test_other_needs(site: Path, python: Any) -> None:
    for use in (
        "tf.raw_ops.FoundOp(x=1.0)",
        "tf.plugins.ops.FoundOp(1.0)",
        "assert 'FoundOp' in dir(tf.plugins.ops)",
        "assert tf.plugins.loaded()",
        "from tfcompat_tape.plugins.ops import FoundOp",
        "try: tf.RegisterGradient('FoundOp')(lambda op, dy: dy)\nexcept KeyError: pass\nelse: raise AssertionError",
        "with tf.compat.v1.get_default_graph().gradient_override_map({'FoundOp': 'Identity'}): pass",
    ):
        done = python(f"import tfcompat_tape as tf\n{use}", path=(site,))
        assert lines(done)[0] == "importing found_plugin"


def test_none_where_plugins_are_off_or_blocked(site: Path, python: Any) -> None:
    assert (
        lines(python(LIST, path=(site,)))[1]
        == f"plugin 'found' found_dist 3.1 ({site}/found_plugin.py) | entry point"
    )
    assert lines(python(LIST, path=(site,), TFCOMPAT_PLUGINS_OFF="1")) == []
    assert lines(python(LIST, path=(site,), TFCOMPAT_PLUGINS_OFF="1", TFCOMPAT_PLUGINS="found_plugin")) == []
    assert lines(python(LIST, path=(site,), TFCOMPAT_PLUGINS_BLOCK="found")) == ["not found True"]
    off_but_asked_for = (
        "import tfcompat_tape as tf\ntf.plugins.load('found')\nprint(tf.plugins.ops.FoundOp(1.0).numpy())"
    )
    assert lines(python(off_but_asked_for, path=(site,), TFCOMPAT_PLUGINS_OFF="1"))[-1] == "10.0"


def test_named_by_the_environment(site: Path, tmp_path: Path, python: Any) -> None:
    write(site / "named_module.py", PLUGIN.format(op="NamedOp", kernels="found_kernels"))
    file = write(tmp_path / "a folder" / "named_file.py", PLUGIN.format(op="FileOp", kernels="found_kernels"))
    found = lines(python(LIST, path=(site,), TFCOMPAT_PLUGINS=f"named_module, {file} ,found_plugin"))
    assert [line for line in found if "TFCOMPAT_PLUGINS" in line] == [
        f"plugin 'named_module' ({site}/named_module.py) | TFCOMPAT_PLUGINS",
        f"plugin 'named_file' ({file}) | TFCOMPAT_PLUGINS",
    ]
    assert len([line for line in found if line.startswith("plugin")]) == 3  # found_plugin is not loaded twice


def test_faults_are_warnings_and_the_others_work(site: Path, python: Any) -> None:
    write(site / "broken_plugin.py", "import no_such_package\n")
    write(site / "twin_plugin.py", PLUGIN.format(op="FoundOp", kernels="found_kernels"))
    distribution(site, "broken_dist", "0.1", {"broken": "broken_plugin"})
    distribution(site, "twin_dist", "0.2", {"twin": "twin_plugin", "gone": "no_such_module:plugin"})
    done = python(LIST, path=(site,))
    assert [line for line in lines(done) if line.startswith(("plugin", "not"))] == [
        f"plugin 'found' found_dist 3.1 ({site}/found_plugin.py) | entry point",
        "not broken False",
        "not gone False",
        "not twin False",
    ]
    for part in (
        f"PluginWarning: plugin 'broken' broken_dist 0.1 ({site}/broken_plugin.py): importing 'broken_plugin' failed",
        "TFCOMPAT_PLUGINS_BLOCK=broken",
        "plugin 'gone' twin_dist 0.2: there is no module 'no_such_module'",
        f"plugin 'twin' twin_dist 0.2 ({site}/twin_plugin.py): the op 'FoundOp' was already brought by plugin 'found'",
    ):
        assert part in done.stderr
    assert done.stderr.count("PluginWarning") == 3 and "20.0 10.0" in python(ASK, path=(site,)).stdout


def test_a_fault_of_what_the_environment_names_is_raised_once(site: Path, python: Any) -> None:
    code = """\
    import tfcompat_tape as tf
    for _ in range(2):
        try:
            with tf.GradientTape():
                print("within", [plugin.name for plugin in tf.plugins.loaded()])
        except tf.plugins.PluginError as error:
            print(error)
    """
    found = lines(python(code, path=(site,), TFCOMPAT_PLUGINS="no_such_plugin"))
    assert found[1].startswith("plugin 'no_such_plugin': there is no module 'no_such_plugin'")
    assert found[2] == "within ['found']"


def test_nothing_comes_from_the_current_directory(site: Path, tmp_path: Path, python: Any) -> None:
    here = tmp_path / "here"
    write(here / "found_plugin.py", "print('a plugin of the current directory')")
    write(here / "lurking.py", "print('a plugin of the current directory')")
    distribution(here, "lurking_dist", "6.6", {"lurking": "lurking"})
    found = lines(python(LIST, cwd=here, path=(site,)))
    assert found == [
        "importing found_plugin",
        f"plugin 'found' found_dist 3.1 ({site}/found_plugin.py) | entry point",
    ]
    done = python(LIST, cwd=here, path=(site,), TFCOMPAT_PLUGINS="lurking")
    assert "current directory" not in done.stdout
    assert "module 'lurking' lies in the current directory" in done.stderr
    assert "TFCOMPAT_PLUGINS=./lurking.py" in done.stderr
    done = python(LIST, cwd=here, path=(site,), TFCOMPAT_PLUGINS="./lurking.py")
    assert "a plugin of the current directory" in done.stdout  # named by its path
    found = lines(
        python("import tfcompat_tape as tf\nprint(tf.plugins.loaded())", cwd=here, path=(here, site))
    )
    assert found[0] == "a plugin of the current directory"  # the user put the directory on the path


def test_a_plugin_that_uses_a_tape_while_it_is_imported(site: Path, python: Any) -> None:
    """Imported by the program first: asking it before it is complete would be too early."""
    uses = """\
    import tfcompat_tape as tf
    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = x * x
    assert tape.gradient(y, x).numpy() == 2.0
"""
    text = PLUGIN.format(op="EarlyOp", kernels="found_kernels")
    write(site / "early_plugin.py", uses + text)
    distribution(site, "early_dist", "1.0", {"early": "early_plugin"})
    code = "import early_plugin\nimport tfcompat_tape as tf\nprint([plugin.name for plugin in tf.plugins.loaded()])"
    done = python(code, path=(site,))
    assert lines(done)[-1] == "['found', 'early']" and done.stderr == ""
    done = python(
        "import tfcompat_tape as tf\nprint([plugin.name for plugin in tf.plugins.loaded()])", path=(site,)
    )
    assert lines(done)[-1] == "['early', 'found']" and done.stderr == ""


def test_two_distributions_with_one_name_for_their_plugins(site: Path, python: Any) -> None:
    write(site / "other_plugin.py", PLUGIN.format(op="OtherOp", kernels="found_kernels"))
    distribution(site, "other_dist", "1.0", {"found": "other_plugin"})
    done = python(LIST, path=(site,))
    assert len([line for line in lines(done) if line.startswith("plugin")]) == 1
    assert "another plugin has that name already: plugin 'found' found_dist 3.1" in done.stderr


def test_threads_that_need_plugins_at_once(site: Path, python: Any) -> None:
    code = """\
    import threading
    import tfcompat_tape as tf
    results = []
    def work():
        barrier.wait()
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = tf.raw_ops.FoundOp(x=x)
        results.append(float(tape.gradient(y, x)))
    barrier = threading.Barrier(8)
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(results, len(tf.plugins.loaded()))
    """
    done = python(code, path=(site,))
    assert lines(done)[-1] == f"{[10.0] * 8} 1" and done.stderr == ""


def test_threads_that_load_and_unload(bring: Any) -> None:
    import threading

    def work(number: int) -> None:
        definition = tf.plugins.OpDefinition(
            f"TestThread{number}", lambda x: x + number, "x", lambda op, dy: dy
        )
        try:
            for _ in range(20):
                with tf.plugins.load(bring(definition, name=f"thread{number}")):
                    x = tf.Variable(1.0)
                    with tf.GradientTape() as tape:
                        y = getattr(tf.plugins.ops, f"TestThread{number}")(x)
                    assert (y.numpy(), tape.gradient(y, x).numpy()) == (1.0 + number, 1.0)
        except BaseException as error:
            errors.append(error)

    errors: list[BaseException] = []
    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
