"""Runs of compare_record.py in forks of one process that has imported the package: a second for them all.

As a program it is that process: it reads a JSON object a line from stdin, and answers each with the exit status.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


class Forks:
    """The process; its `run` stands for `runs._run`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        )

    def run(self, command: Sequence[str], timeout: float | None, out: Path, name: str) -> tuple[int, bool]:
        """What `runs._run` does, in a fork; a Python of the name "plant-..." has a fault."""
        place = next(i for i, word in enumerate(command) if word.endswith("compare_record.py"))
        plant = Path(command[0]).name if "plant-" in command[0] else ""
        asked = {
            "argv": command[place:],
            "out": str(out),
            "plant": plant,
            "timeout": timeout,
            "cwd": os.getcwd(),
        }
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        status, ended = json.loads(self._process.stdout.readline())
        return status, ended

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()


@functools.cache
def forks() -> Forks:
    """The one of this process."""
    found = Forks()
    atexit.register(found.close)
    return found


def plant_fault(name: str) -> None:
    """Let Tanh, or its gradient, be one per cent larger than it is."""
    from tfcompat_tape.core import registry
    from tfcompat_tape.core.dispatch import CALLS

    op = registry.OPS["Tanh"]
    rule: Any = op.rule
    if name == "plant-gradient":
        op.rule = lambda view, dy: rule(view, dy) * 1.01
    for one, call in CALLS:
        if one is op and name == "plant-forward":
            cells = dict(zip(call.__code__.co_freevars, call.__closure__, strict=True))
            kernel = cells["kernel"].cell_contents
            cells["kernel"].cell_contents = lambda x, kernel=kernel: kernel(x) * 1.01


def _child(asked: dict[str, Any]) -> None:
    """What the child process is from here on; it does not return."""
    status = 1
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    try:
        os.chdir(asked["cwd"])
        for number, kind in ((1, "stdout"), (2, "stderr")):
            file = os.open(Path(asked["out"]).with_suffix(f".{kind}"), os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
            os.dup2(file, number)
        sys.stdout = os.fdopen(1, "w", buffering=1)
        sys.stderr = os.fdopen(2, "w", buffering=1)
        os.environ["PLANTED"] = asked["plant"]
        if asked["plant"]:
            plant_fault(asked["plant"])
        sys.argv = asked["argv"]
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0
    finally:
        sys.stdout.flush()
        os._exit(status)


def _warm_up(tf: Any) -> None:
    """Import what the first program of each kind imports."""
    from tfcompat_tape.porting.internals import op_callbacks

    op_callbacks.add_op_callback(print)
    op_callbacks.clear_op_callbacks()
    weights = tf.Variable(tf.random.normal([2]))

    @tf.function
    def step() -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.tanh(weights) ** 2)
        weights.assign_sub(tape.gradient(loss, weights))

    step()
    tf.random.Generator.from_seed(1).normal([1])


def _serve() -> None:
    import tfcompat_tape as tf

    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    tf.install()
    _warm_up(tf)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _child(asked)
        ended = not asked["timeout"] or bool(signal.sigtimedwait([signal.SIGCHLD], asked["timeout"]))
        if not ended:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        signal.sigtimedwait([signal.SIGCHLD], 0)  # so that it is not taken for that of the next one
        print(json.dumps([os.waitstatus_to_exitcode(status), ended]), flush=True)


if __name__ == "__main__":
    _serve()
