"""Private modules that Keras and its tests import: which devices there are, records, the batches of datasets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tfcompat_tape as tf
from tfcompat_tape.distribute.values import PerReplica
from tfcompat_tape.distribute.variables import MirroredVariable, SyncOnReadVariable


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    tf.install()
    yield
    tf.uninstall()


DEVICES = """
import tfcompat_tape as tf
tf.install()
from tensorflow.python.eager import context
(cpu, *_), two = tf.config.list_physical_devices("CPU"), [tf.config.LogicalDeviceConfiguration()] * 2
x = tf.constant(1.0)
tf.random.set_seed(3)
try:
    tf.config.set_logical_device_configuration(cpu, two)
except RuntimeError as error:
    print(error)
context._reset_context()
print(context.global_seed(), tf.config.get_logical_device_configuration(cpu))
tf.config.set_logical_device_configuration(cpu, two)
print(len(tf.config.list_logical_devices("CPU")), float(x + 1.0))
context._reset_context()
print(len(tf.config.list_logical_devices("CPU")))
"""


def test_logical_devices_can_be_chosen_again() -> None:
    command = [sys.executable, "-c", DEVICES]
    path = os.pathsep.join([str(Path(tf.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "CUDA_VISIBLE_DEVICES": ""}
    found = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert found.stdout.splitlines() == [
        "Virtual devices cannot be modified after being initialized",
        "None None",
        "2 2.0",
        "1",
    ]


def test_records(tmp_path: Path) -> None:
    from tensorflow.python.lib.io import tf_record

    path = str(tmp_path / "records")
    with tf_record.TFRecordWriter(path) as writer:
        writer.write(b"one")
        writer.write(b"two")
    assert list(tf_record.tf_record_iterator(path)) == [b"one", b"two"]


def _more(x: Any) -> Any:
    return x + 1


D = tf.data.Dataset
SIZES: dict[str, tuple[Any, int]] = {  # TensorFlow's answers
    "batch": (lambda b: b, 4),
    "padded": (lambda b: D.range(10).padded_batch(3, []), 3),
    "ragged": (lambda b: D.range(10).ragged_batch(4), 4),
    "known from the shape": (lambda b: D.from_tensors(tf.zeros([3, 2])).map(_more), 3),
    "shapes that differ": (lambda b: D.from_tensors((tf.zeros([3]), tf.zeros([2]))), -1),
    "batches of batches": (lambda b: b.unbatch().batch(2).batch(5), 5),
    "the same": (lambda b: b.cache().skip(1).take(1).shuffle(2).shard(2, 0).prefetch(1).repeat(2), 4),
    "filter": (lambda b: b.filter(lambda x: True), 4),
    "take_while": (lambda b: b.take_while(lambda x: True), -1),
    "map": (lambda b: b.map(_more), -1),
    "rebatch": (lambda b: b.rebatch(3), -1),
    "in parallel": (lambda b: D.range(10).batch(4, num_parallel_calls=2), -1),
    "joined": (lambda b: b.concatenate(b), 4),
    "joined unequal": (lambda b: b.concatenate(D.range(10).batch(3)), -1),
    "zip": (lambda b: D.zip((b, b)), 4),
    "zip unequal": (lambda b: D.zip((b, D.range(10).batch(2))), -1),
    "datasets": (lambda b: b.window(2), -1),
    "None beside": (lambda b: b.map(lambda x: (x, None)), -1),
    "optionals": (lambda b: b.map(tf.experimental.Optional.from_value), -1),
    "version 1": (lambda b: tf.compat.v1.data.Dataset.range(10).batch(4), 4),
}


@pytest.mark.parametrize("name", SIZES)
def test_the_size_of_batches(name: str) -> None:
    from tensorflow.python.data.experimental.ops import distribute

    make, expected = SIZES[name]
    size = distribute.compute_batch_size(make(D.range(10).batch(4)))
    assert size.dtype == tf.int64 and size.shape == () and size.numpy() == expected


def test_no_batches() -> None:
    from tensorflow.python.data.experimental.ops import distribute

    with pytest.raises(IndexError, match="list index out of range"):
        distribute.compute_batch_size(D.range(10))


def test_kinds_of_values_of_replicas() -> None:
    kinds = tf.types.experimental.distributed
    assert issubclass(PerReplica, kinds.PerReplica) and not issubclass(PerReplica, kinds.Mirrored)
    assert issubclass(MirroredVariable, kinds.Mirrored) and not issubclass(SyncOnReadVariable, kinds.Mirrored)
    assert issubclass(kinds.PerReplica, tf.distribute.DistributedValues)
