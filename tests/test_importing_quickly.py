"""The collector of garbage is as it was after the package was imported, also if that failed."""

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
