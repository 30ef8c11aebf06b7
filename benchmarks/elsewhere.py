"""Times of the workloads in another environment: `python elsewhere.py tensorflow|jax`, printed as JSON.

`speed.py --tensorflow PYTHON --jax PYTHON` runs this file with the Python of an environment that has the framework.
"""

from __future__ import annotations

import json
import os
import statistics
import sys

import data

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main() -> None:
    framework = sys.argv[1]
    times: dict[str, dict[str, float]] = {}
    for name in data.NAMES:
        arrays = data.make(name)
        if framework == "tensorflow":
            import tensorflow as tf
            import tf_workloads

            eager = getattr(tf_workloads, name)(tf, arrays)
            runs = {"TensorFlow eager": eager, "TensorFlow tf.function": tf.function(eager)}
        else:
            import jax_workloads

            runs = {"JAX jit": getattr(jax_workloads, name)(arrays)}
        times[name] = {}
        for label, run in runs.items():
            for _ in range(3):
                run()
            count = max(5, min(200, int(1.0 / max(data.seconds(run), 1e-6))))
            times[name][label] = statistics.median(data.seconds(run) for _ in range(count))
    print(json.dumps(times))


if __name__ == "__main__":
    main()
