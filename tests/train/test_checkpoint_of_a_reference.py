"""`tf.train.Checkpoint(root=weakref.ref(x))`: as of `x`, which the checkpoint does not keep alive."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

import tfcompat_tape as tf


class Holder(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.v = tf.Variable(1.0)


def test_it_saves_and_restores_what_the_root_holds(tmp_path: Path) -> None:
    holder = Holder()
    checkpoint = tf.train.Checkpoint(root=weakref.ref(holder), w=tf.Variable(2.0))
    path = checkpoint.save(str(tmp_path / "a"))
    names = [name for name, _ in tf.train.list_variables(path)]
    assert names == [
        "_CHECKPOINTABLE_OBJECT_GRAPH",
        "save_counter/.ATTRIBUTES/VARIABLE_VALUE",
        "v/.ATTRIBUTES/VARIABLE_VALUE",
        "w/.ATTRIBUTES/VARIABLE_VALUE",
    ]
    holder.v.assign(5.0)
    checkpoint.restore(path).assert_consumed()
    assert holder.v.numpy() == 1.0
    holder.v.assign(5.0)
    tf.train.Checkpoint(root=holder, w=tf.Variable(3.0)).restore(path).assert_consumed()
    assert holder.v.numpy() == 1.0


def test_a_root_that_is_gone_is_an_error(tmp_path: Path) -> None:
    holder = Holder()
    checkpoint = tf.train.Checkpoint(root=weakref.ref(holder))
    path = checkpoint.save(str(tmp_path / "a"))
    del holder
    gc.collect()
    with pytest.raises(AssertionError, match="does not exist any more"):
        checkpoint.save(str(tmp_path / "b"))
    with pytest.raises(AssertionError, match="does not exist any more"):
        checkpoint.restore(path)
    with pytest.raises(ValueError, match="expecting root to be a trackable object"):
        tf.train.Checkpoint(root=weakref.ref(Holder()))
