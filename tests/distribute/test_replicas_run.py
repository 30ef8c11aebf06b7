"""`tfcompat run --replicas 2`: the first replica is shown; one that raises stops all, with its error."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

SCRIPT = """
import json
import tensorflow as tf

strategy = tf.distribute.MirroredStrategy()
each = strategy.run(lambda: tf.distribute.get_replica_context().replica_id_in_sync_group + 1)
drawn = strategy.experimental_local_results(each)
print(json.dumps([strategy.num_replicas_in_sync, int(strategy.reduce("SUM", each, axis=None)), len(drawn)]))


def step():
    context = tf.distribute.get_replica_context()
    if context.replica_id_in_sync_group == 1:
        raise ValueError("no luck")
    return context.all_reduce("SUM", tf.ones(2))


strategy.run(step)
"""


def test_a_replica_that_raises(tmp_path: pathlib.Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SCRIPT)
    home = pathlib.Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": f"{home}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    command = [
        sys.executable,
        "-m",
        "tfcompat_tape",
        "run",
        "--replicas",
        "2",
        "--rank-timeout",
        "60",
        str(script),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, env=env)
    (line,) = ran.stdout.splitlines()  # of the first replica alone
    assert json.loads(line) == [2, 3, 2]
    assert ran.returncode == 1
    assert "ValueError: no luck" in ran.stderr
    assert "tfcompat: replica 1 failed with exit status 1; the others were stopped." in ran.stderr
