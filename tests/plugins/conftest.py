"""What tests of plugins share: plugins in one line, and the promise that nothing of them is left."""

import os
import subprocess
import sys
import textwrap
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import tfcompat_tape as tf
from tfcompat_tape import plugins
from tfcompat_tape.core import hooks, registry, wengert
from tfcompat_tape.plugins import hookimpl

ROOT = Path(__file__).parent.parent.parent


def snapshot() -> dict[str, Any]:
    """All that a plugin may change."""
    return {
        "ops": dict(registry.OPS),
        "fields": {
            name: {slot: getattr(op, slot) for slot in type(op).__slots__}
            for name, op in registry.OPS.items()
        },
        "waiting": dict(registry._waiting),
        "raw calls": dict(hooks.raw_calls),
        "watchers": (list(hooks.recorded), list(hooks.computed)),
        "shortcut": wengert.state.append,
        "loaded": tf.plugins.loaded(),
    }


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    before = snapshot()
    yield
    assert snapshot() == before


class Bring:
    """A plugin that brings what it is given."""

    def __init__(self, *definitions: Any, observers: Any = (), name: str = "bringer") -> None:
        self.__name__ = name
        self._definitions = definitions
        self._observers = observers

    @hookimpl
    def tfcompat_ops(self) -> Any:
        return [one for one in self._definitions if isinstance(one, tf.plugins.OpDefinition)]

    @hookimpl
    def tfcompat_gradients(self) -> Any:
        return [one for one in self._definitions if isinstance(one, tf.plugins.GradientDefinition)]

    @hookimpl
    def tfcompat_observers(self) -> Any:
        return self._observers


@pytest.fixture
def bring() -> type[Bring]:
    return Bring


@dataclass(frozen=True)
class Done:
    """What a process left."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., Done]:
    """Run code in a process of its own, in an empty folder, as `python -c` would.

    The process is forked from this one, which has imported torch and this package already, unless it is to be `fresh`.
    """

    def run(
        code: str,
        *,
        cwd: Path | None = None,
        path: tuple[Path, ...] = (),
        fresh: bool = False,
        **variables: str,
    ) -> Done:
        place = cwd or tmp_path / "empty"
        place.mkdir(exist_ok=True)
        env = {key: value for key, value in os.environ.items() if not key.startswith("TFCOMPAT_")}
        env["PYTHONPATH"] = os.pathsep.join(map(str, (*path, ROOT)))
        env["OMP_NUM_THREADS"] = "1"
        env |= variables
        code = textwrap.dedent(code)
        if not fresh and hasattr(os, "fork"):
            return forked(code, place, env, tmp_path)
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=place, env=env, capture_output=True, text=True, timeout=300
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


def show(message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None) -> None:
    """A warning as Python shows it where nobody collects warnings."""
    sys.stderr.write(warnings.formatwarning(message, category, filename, lineno, line))


def forked(code: str, place: Path, env: dict[str, str], tmp_path: Path) -> Done:
    """What `python -c code` leaves, in a copy of this process in which no plugin was looked for yet."""
    files = [tmp_path / "stdout", tmp_path / "stderr"]
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        status = 1
        try:
            for number, file in enumerate(files, 1):
                os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
            sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
            os.chdir(place)
            os.environ.clear()
            os.environ.update(env)
            kept = [
                entry
                for entry in sys.path
                if Path(entry) not in (Path(), ROOT / "tests", ROOT / "tests" / "plugins")
            ]
            sys.path[:] = ["", *env["PYTHONPATH"].split(os.pathsep), *kept]
            warnings.resetwarnings()
            warnings.showwarning = show
            hooks.pending[:] = [plugins._load_found]
            exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
            status = 0
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    _, result = os.waitpid(child, 0)
    return Done(os.waitstatus_to_exitcode(result), *[file.read_text(encoding="utf-8") for file in files])
