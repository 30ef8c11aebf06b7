"""Let the real TensorFlow write the checkpoints in data/: ``python tests/train/record_files.py``.

Run it with a Python that has tensorflow 2.21. Nothing else here imports it, and the tests do not need it. With a
directory as argument it reads instead what this package has written there (`write_files.py DIRECTORY`).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0")

import numpy as np
import tensorflow as tf
from objects import ALL

DATA = Path(__file__).parent / "data"


def write() -> None:
    for name, make in ALL.items():
        tf.train.Checkpoint(**make(tf)).write(str(DATA / name))
    v, w = tf.Variable([1.0, 2.0], name="v"), tf.Variable(3, name="scope/w")
    tf.compat.v1.train.Saver([v, w]).save(None, str(DATA / "by_name"), write_state=False)
    raw = tf.raw_ops
    rows = [tf.reshape(tf.range(100.0 * i, 100.0 * i + 100), [2, 50]) for i in range(2)]
    first, second = str(DATA / "first"), str(DATA / "second")
    raw.SaveV2(
        prefix=first,
        tensor_names=["cut", "cut", "plain"],
        shape_and_slices=["4 50 0,2:-", "4 50 2,2:-", ""],
        tensors=[*rows, tf.constant(1)],
    )
    columns = [tf.ones([2, 70]), tf.zeros([2, 1930])]
    raw.SaveV2(
        prefix=second,
        tensor_names=["wide", "wide", "text"],
        shape_and_slices=["2 2000 -:0,70", "2 2000 -:70,1930", ""],
        tensors=[*columns, tf.constant(["a", "bc"])],
    )
    raw.MergeV2Checkpoints(
        checkpoint_prefixes=[first, second], destination_prefix=str(DATA / "parts"), delete_old_dirs=False
    )
    kinds = {"qint8": "int8", "quint8": "uint8", "qint16": "int16", "quint16": "uint16", "qint32": "int32"}
    raw.SaveV2(
        prefix=str(DATA / "quantized"),
        tensor_names=list(kinds),
        shape_and_slices=[""] * len(kinds),
        tensors=[tf.bitcast(tf.constant([1, 2, 3], plain), kind) for kind, plain in kinds.items()],
    )


def read(directory: Path) -> None:
    for name, make in ALL.items():
        checkpoint = tf.train.Checkpoint(**make(tf))
        expected = {
            key: np.copy(value)
            for key, value in values(checkpoint.write(str(directory / "expected"))).items()
        }
        found = values(str(directory / name))
        assert expected.keys() == found.keys(), (name, expected.keys() ^ found.keys())
        for key, value in expected.items():
            assert key.startswith("_") or np.array_equal(value, found[key]), (name, key, value, found[key])
        checkpoint.read(str(directory / name)).assert_consumed()
        print(name, "as expected:", len(found), "tensors")


def values(path: str) -> dict[str, np.ndarray]:
    reader = tf.train.load_checkpoint(path)
    return {name: reader.get_tensor(name) for name, _ in tf.train.list_variables(path)}


if __name__ == "__main__":
    read(Path(sys.argv[1])) if sys.argv[1:] else write()
