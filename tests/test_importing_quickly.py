"""Importing the package loads nothing slow that few need; the collector of garbage is as it was, also if it failed."""

import subprocess
import sys

CODE = """
import gc, sys
sys.modules["tfcompat_tape.version"] = None
try:
    import tfcompat_tape
except ImportError:
    print("failed", gc.isenabled())
del sys.modules["tfcompat_tape.version"]
gc.disable()
import tfcompat_tape
print(gc.isenabled())
"""


def test_the_collector_is_as_it_was() -> None:
    found = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["failed", "True", "False"]


SLOW = """
import sys
import torch
before = set(sys.modules)
import tfcompat_tape
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
print(*[name for name in sys.modules if name.startswith(("torch._dynamo", "torch._inductor"))])
import pathlib
covered = set(dir(tfcompat_tape.raw_ops))
for path in pathlib.Path(tfcompat_tape.__path__[0], "ops").glob("*.py"):
    __import__("tfcompat_tape.ops." + path.stem)
print(*set(dir(tfcompat_tape.raw_ops)) - covered)
"""
SLOW_PACKAGES = {
    "keras",
    "matplotlib",
    "multiprocessing",
    "optree",
    "PIL",
    "rich",
    "scipy",
    "sympy",
    "tensorboard",
}


def test_what_few_need_is_loaded_by_those() -> None:
    found = subprocess.run([sys.executable, "-c", SLOW], capture_output=True, text=True, check=True)
    packages, parts, late = found.stdout.splitlines()
    assert "tfcompat_tape" in packages.split()
    assert not SLOW_PACKAGES & set(packages.split())
    assert parts == ""
    assert late == "", "tf.raw_ops has these only where the modules that define them were loaded"
