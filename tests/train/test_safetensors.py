"""Checkpoints in the format of safetensors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import tfcompat_tape as tf

from .objects import ALL


def variables(checkpoint):
    return [
        each for each in tf.train.TrackableView(checkpoint).descendants() if isinstance(each, tf.Variable)
    ]


@pytest.mark.parametrize("name", ALL)
def test_objects_come_back(name, tmp_path):
    objects, kept = ALL[name](tf), ALL[name](tf)
    checkpoint = tf.train.Checkpoint(**objects)
    path = checkpoint.write(tmp_path / name, format="safetensors")
    assert path == str(tmp_path / f"{name}.safetensors") and [p.name for p in tmp_path.iterdir()] == [
        Path(path).name
    ]
    for each in variables(checkpoint):
        each.assign(tf.zeros_like(each) if each.dtype != tf.string else tf.fill(each.shape, "z"))
    checkpoint.read(path).assert_consumed()
    for found, expected in zip(variables(checkpoint), variables(tf.train.Checkpoint(**kept)), strict=True):
        assert found.dtype == expected.dtype and np.array_equal(found.numpy(), expected.numpy())
    plain = tf.train.load_checkpoint(tf.train.Checkpoint(**kept).write(tmp_path / "plain"))
    reader = tf.train.load_checkpoint(path)
    assert reader.get_variable_to_shape_map() == plain.get_variable_to_shape_map()
    assert reader.get_variable_to_dtype_map() == plain.get_variable_to_dtype_map()


def test_the_file_is_as_the_format_says(tmp_path):
    path = tf.train.Checkpoint(v=tf.Variable([[1.0, 2.0]])).write(tmp_path / "x", format="safetensors")
    data = Path(path).read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    entry = header["v/.ATTRIBUTES/VARIABLE_VALUE"]
    assert entry == {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]} and size % 8 == 0
    assert np.frombuffer(data[8 + size :], np.float32).tolist() == [1.0, 2.0]
    assert all(isinstance(value, str) for value in header["__metadata__"].values())


def test_a_file_of_another_program(tmp_path):
    header = {"w": {"dtype": "I16", "shape": [2], "data_offsets": [0, 4]}}
    text = json.dumps(header).encode()
    (tmp_path / "x.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + b"\x05\x00\x06\x00")
    assert tf.train.list_variables(tmp_path / "x.safetensors") == [("w", [2])]
    v = tf.Variable(tf.constant([0, 0], tf.int16), name="w")
    tf.train.Checkpoint(v=v).read(tmp_path / "x.safetensors").assert_consumed()
    assert v.numpy().tolist() == [5, 6]


def test_saved_and_found(tmp_path):
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    path = checkpoint.save(tmp_path / "x", format="safetensors")
    assert path == str(tmp_path / "x-1.safetensors") == tf.train.latest_checkpoint(tmp_path)
    checkpoint.v.assign(5.0)
    checkpoint.restore(path).assert_consumed()
    assert checkpoint.v.numpy() == 1.0
    with pytest.raises(ValueError, match="safetensors"):
        checkpoint.write(tmp_path / "y", format="pickle")


@pytest.mark.parametrize("damage", ["cut", "bit", "header", "length", "empty", "text"])
def test_damage(tmp_path, damage):
    v = tf.Variable([1.0, 2.0])
    path = Path(tf.train.Checkpoint(v=v).write(tmp_path / "x", format="safetensors"))
    data = bytearray(path.read_bytes())
    if damage == "cut":
        data = data[:-2]
    elif damage == "bit":
        data[-1] ^= 1
    elif damage == "header":
        data[20] = 0
    elif damage == "length":
        data[5] = 1
    path.write_bytes({"empty": b"", "text": b"no such file at all"}.get(damage, bytes(data)))
    v.assign([5.0, 6.0])
    with pytest.raises(tf.errors.DataLossError, match="no whole safetensors file"):
        tf.train.Checkpoint(v=v).read(path)
    assert v.numpy().tolist() == [5.0, 6.0]
