"""Record what TensorFlow answers: `python tests/distribute/record_programs.py`, with a Python that has tensorflow."""

from __future__ import annotations

import json
import os
import pathlib
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


def main() -> None:
    import tensorflow as tf
    from replica_programs import PROGRAMS, Here, plain

    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    answers = {name: plain(f(Here(tf, strategy))) for name, f in PROGRAMS.items()}
    data = pathlib.Path(__file__).with_name("replica_answers.json")
    data.write_text(json.dumps(answers, indent=0, sort_keys=True) + "\n")

    import keras_replica_programs as of_keras

    found = {}
    for name, program in of_keras.PROGRAMS.items():
        with tempfile.TemporaryDirectory() as folder:
            found[name] = of_keras.plain(program(tf, strategy, folder))
    data.with_name("keras_replica_answers.json").write_text(json.dumps(found, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
