"""Keras on two replicas: the losses, weights and files that TensorFlow has for two, and one process for workers."""

from __future__ import annotations

import json
import os
import pathlib
from importlib.util import find_spec
from typing import Any

import keras_replica_programs as programs
import numpy as np
import pytest
from ranks_kit import free_port, on_ranks

import tfcompat_tape as tf

pytestmark = pytest.mark.skipif(find_spec("keras") is None, reason="Keras is not installed")
ANSWERS = json.loads(pathlib.Path(__file__).with_name("keras_replica_answers.json").read_text())


@pytest.fixture(scope="module", autouse=True)
def answering() -> Any:
    tf.install()
    tf.keras.utils.clear_session()
    yield
    tf.uninstall()


def _same(found: Any, wanted: Any, path: str = "") -> None:
    if isinstance(wanted, dict):
        assert set(found) == set(wanted), path
        for key in wanted:
            _same(found[key], wanted[key], f"{path}.{key}")
    elif isinstance(wanted, list) and wanted and not isinstance(wanted[0], float):
        assert len(found) == len(wanted), path
        for i, (a, b) in enumerate(zip(found, wanted, strict=True)):
            _same(a, b, f"{path}[{i}]")
    elif isinstance(wanted, list):
        np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-6, err_msg=path)
    else:
        assert found == wanted, path


def test_mirrored(tmp_path: pathlib.Path) -> None:
    def run(rank: int) -> Any:
        strategy = tf.distribute.MirroredStrategy()
        found = {}
        for name, program in programs.PROGRAMS.items():
            (tmp_path / name).mkdir(exist_ok=True)
            found[name] = programs.plain(program(tf, strategy, str(tmp_path / name)))
        return found

    for found in on_ranks(run):
        assert isinstance(found, dict), found
        for name in programs.PROGRAMS:
            _same(found[name], ANSWERS[name], name)


def test_workers_are_one_process_on_the_whole_batch(tmp_path: pathlib.Path) -> None:
    places = [f"127.0.0.1:{free_port()}" for _ in range(2)]

    def run(rank: int) -> Any:
        for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"):
            del os.environ[name]
        task = {"type": "worker", "index": rank}
        os.environ["TF_CONFIG"] = json.dumps({"cluster": {"worker": places}, "task": task})
        return programs.plain(programs.workers(tf, str(tmp_path / "both")))

    (tmp_path / "both").mkdir()
    (tmp_path / "one").mkdir()
    each = on_ranks(run)
    alone = programs.plain(programs.workers(tf, str(tmp_path / "one")))
    for rank, found in enumerate(each):
        assert isinstance(found, dict), found
        assert (found.pop("replicas"), found.pop("task")) == (2, ["worker", rank])
        _same(found, {key: alone[key] for key in ("history", "weights")})
    names = ["model-ckpt", "model.keras", "same.weights.h5"]
    assert sorted(os.listdir(tmp_path / "both")) == [*names, "workertemp_1"]
    assert sorted(os.listdir(tmp_path / "one")) == names
