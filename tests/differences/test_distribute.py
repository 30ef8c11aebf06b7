"""What docs/differences.md says of replicas."""

from __future__ import annotations

import os
import pathlib
import sys
from typing import Any

import pytest

import tfcompat_tape as tf

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "distribute"))
from ranks_kit import on_ranks

sys.path.pop(0)
D = tf.distribute


def test_a_process_is_one_replica() -> None:
    with pytest.raises(tf.errors.UnimplementedError, match="tfcompat run --replicas 2"):
        D.MirroredStrategy(["CPU:0", "CPU:1"])


@pytest.mark.parametrize("name", ["ParameterServerStrategy", "TPUStrategy"])
def test_strategies_that_are_not_there(name: str) -> None:
    with pytest.raises(tf.errors.UnimplementedError, match=name):
        getattr(D, name)()


def _refused(f: Any) -> str:
    try:
        f()
    except Exception as error:
        return type(error).__name__
    return "nothing"


def test_replicas(tmp_path: pathlib.Path) -> None:
    def run(rank: int) -> Any:
        mirrored, workers = D.MirroredStrategy(), D.MultiWorkerMirroredStrategy()
        writer = tf.summary.create_file_writer(str(tmp_path))
        with writer.as_default():
            tf.summary.text("who", str(rank), step=0)
        writer.close()
        sparse = tf.data.Dataset.from_tensors(tf.sparse.eye(4))
        options = tf.data.Options()
        options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.FILE
        with mirrored.scope():
            v = tf.Variable([1.0], aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA)
        rows = tf.IndexedSlices(tf.ones(1), tf.constant([0]))
        numbers, ones = tf.data.Dataset.range(6).batch(4), tf.ones(())
        return {
            "split": [x.numpy().tolist() for x in workers.experimental_distribute_dataset(numbers)],
            "sparse": _refused(lambda: list(mirrored.experimental_distribute_dataset(sparse))),
            "by file": _refused(
                lambda: workers.experimental_distribute_dataset(numbers.with_options(options))
            ),
            "scatter": _refused(lambda: mirrored.run(lambda: v.scatter_add(rows))),
            "from outside": mirrored.run(lambda: D.get_replica_context().all_reduce("SUM", ones))
            .values[0]
            .numpy(),
        }

    found = on_ranks(run)
    parts = [[[0, 1], [4]], [[2, 3], [5]]]
    for rank, one in enumerate(found):
        assert one == {
            "split": parts[rank],
            "sparse": "UnimplementedError",
            "by file": "InvalidArgumentError",
            "scatter": "UnimplementedError",
            "from outside": 2.0,
        }
    assert len(os.listdir(tmp_path)) == 1
