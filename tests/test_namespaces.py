"""The namespaces hold TensorFlow's names and no others, so that `hasattr` tells the truth."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

import tfcompat_tape as tf
from tfcompat_tape.coverage import names as coverage
from tfcompat_tape.coverage.names import is_tensorflow_name, tensorflow_names

# What this library has beyond TensorFlow. (`checking` and `profiling` are there once they were imported.)
OURS = {
    "NotCoveredError",
    "checking",
    "derivatives",
    "install",
    "interop",
    "load_ipython_extension",
    "plugins",
    "profile",
    "profiling",
    "uninstall",
    "unload_ipython_extension",
}


def namespaces(module: ModuleType = tf, name: str = "tf") -> Iterator[tuple[str, ModuleType]]:
    yield name, module
    for symbol, value in sorted(vars(module).items()):
        if isinstance(value, ModuleType) and not symbol.startswith("_") and symbol not in {*OURS, "compat"}:
            yield from namespaces(value, f"{name}.{symbol}")


# Parts that other tests imported by their paths.
for _symbols, _extras in coverage._namespaces:
    coverage._drop_parts(_symbols, _extras)

NAMESPACES = dict(namespaces())


@pytest.mark.parametrize("name", NAMESPACES)
def test_a_namespace_has_no_name_that_tensorflow_lacks(name):
    assert name in tensorflow_names()
    public = {symbol for symbol in dir(NAMESPACES[name]) if not symbol.startswith("_")}
    unknown = {symbol for symbol in public if not is_tensorflow_name(f"{name}.{symbol}")}
    assert unknown - (OURS if name == "tf" else set()) == set()


@pytest.mark.parametrize("name", ["tf.data", "tf.distribute"])
def test_parts_that_functions_import_are_no_names(name):
    module = getattr(tf, name.removeprefix("tf."))
    part = ModuleType(f"{module.__name__}.some_part")
    module.some_part = part  # what the import system does
    assert not hasattr(module, "some_part")
    inner = ModuleType(f"{module.__name__}.some_namespace")
    inner.__getattr__ = lambda name: None
    module.some_namespace = inner
    assert module.some_namespace is inner
    del module.some_namespace


def test_the_namespaces_are_there():
    assert len(NAMESPACES) > 15
    assert {"tf.math.special", "tf.config.threading", "tf.nn.experimental"} <= NAMESPACES.keys()


@pytest.mark.parametrize(
    "name", ["ops", "core", "arrays", "control", "tape", "porting", "modules", "printing"]
)
def test_parts_of_the_library_are_no_attributes_and_can_be_imported(name):
    assert not hasattr(tf, name)
    with pytest.raises(AttributeError, match="has no attribute"):
        getattr(tf, name)
    part = importlib.import_module(f"tfcompat_tape.{name}")
    assert part.__name__ == f"tfcompat_tape.{name}"
    assert not hasattr(tf, name)


def test_from_import_finds_what_is_no_attribute():
    script = """
import tfcompat_tape.math.clipping as clipping
from tfcompat_tape import core
from tfcompat_tape.nn import activations
import tfcompat_tape as tf
assert core.__name__ == "tfcompat_tape.core" and not hasattr(tf.nn, "activations")
assert activations.relu is tf.nn.relu and clipping.clip_by_value is tf.clip_by_value
for name in ("tfcompat_tape.linalg.norms", "tfcompat_tape.interop.calls", "tfcompat_tape.porting.cli"):
    __import__(name)
assert not hasattr(tf.linalg, "norms") and not hasattr(tf, "porting")
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_parts_that_are_loaded_when_they_are_needed_leave_no_names():
    script = """
import tfcompat_tape as tf
f = tf.function(lambda x: x + 1.0).get_concrete_function(tf.TensorSpec([2]))
assert f.graph.get_operations() and not hasattr(tf.strings, "splitting")
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_versions_of_the_api():
    public = {name for name in dir(tf.compat) if not name.startswith("_")} - {"v1", "v2"}
    assert public <= coverage.tensorflow_names()["tf.compat"]
    assert not hasattr(tf.compat.v1, "reduce")
    assert tf.compat.v1.log is tf.math.log
    assert tf.compat.v2 is tf


def test_a_part_that_another_thread_takes_out_of_a_namespace_is_no_error():
    symbols = {}

    class Part(ModuleType):
        @property
        def __dict__(self):
            symbols.clear()  # as another thread does that uses a name for the first time, too
            return {}

    symbols["part"] = Part("part")
    coverage._drop_parts(symbols, frozenset())
    assert symbols == {}
