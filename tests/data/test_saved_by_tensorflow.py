"""Datasets that TensorFlow 2.21 saved (`Dataset.save`), file by file in base64."""

from __future__ import annotations

from base64 import b64decode

import numpy as np
import pytest

import tfcompat_tape as tf

FILES = {
    "a dictionary of numbers and texts": {
        "8429208665802026264/00000000.shard/00000000.snapshot": (
            "CgAAAAAAAACuo786CAMSACIEAQAAAJR+ZDAIAAAAAAAAAP+GJA8IBxIAIgIBeEj6rnEKAAAAAAAAAK6jvzoIAxIAIg"
            "QCAAAA0UIWQgkAAAAAAAAAN/lxOQgHEgAiAwJ5efmB7L0KAAAAAAAAAK6jvzoIAxIAIgQDAAAASthlbQgAAAAAAAAA"
            "/4YkDwgHEgAiAgF63rdG0Q=="
        ),
        "dataset_spec.pb": "qgMcCgwKAWISB4oCBBIAGAcKDAoBYRIHigIEEgAYAw==",
        "snapshot.metadata": "EhM4NDI5MjA4NjY1ODAyMDI2MjY0GOD8srnLrZgDIAIqAgMHMAPAPgE=",
    },
    "rows of a RaggedTensor, batched": {
        "17534832646210387898/00000000.shard/00000000.snapshot": (
            "UQAAAAAAAACcodm8CBUSBBICCAIiRyMiChNSYWdnZWRUZW5zb3JWYXJpYW50GgwIAxIEEgIIAjoCAQIKE1JhZ2dlZF"
            "RlbnNvclZhcmlhbnQaCwgDEgQSAggBOgEDYCs5FA=="
        ),
        "dataset_spec.pb": (
            "kgJICAMSMKIDLQod+gEaEgsI////////////ARILCP///////////wEKA4ACAwoCYAIKA4ACCRoQUmFnZ2VkVGVuc2"
            "9yU3BlYyAC"
        ),
        "snapshot.metadata": "EhQxNzUzNDgzMjY0NjIxMDM4Nzg5OBjHqsK5y62YAyACKgEVMAHAPgE=",
    },
    "a RaggedTensor with two ragged axes": {
        "434407644709626295/00000000.shard/00000000.snapshot": (
            "SwAAAAAAAACHCZmWCBUSACJFRAoTUmFnZ2VkVGVuc29yVmFyaWFudBoNCAkSBBICCANSAwACAxoOCAkSBBICCARSBA"
            "ABAwQaDggDEgQSAggEOgQBAgMEAGB35g=="
        ),
        "dataset_spec.pb": (
            "kgJMCAMSNKIDMQoh+gEeEgIIAhILCP///////////wESCwj///////////8BCgOAAgMKAmAECgOAAgkaEFJhZ2dlZF"
            "RlbnNvclNwZWMgAw=="
        ),
        "snapshot.metadata": "EhI0MzQ0MDc2NDQ3MDk2MjYyOTUY3IvXucutmAMgAioBFTABwD4B",
    },
    "a SparseTensor": {
        "5500424775768926390/00000000.shard/00000000.snapshot": (
            "eQAAAAAAAACKE1N7CBUSBBICCAMibygiIgoSdGVuc29yZmxvdzo6VGVuc29yGhIICRIIEgIIAhICCAJSBAAAAQEKEn"
            "RlbnNvcmZsb3c6OlRlbnNvchoMCAMSBBICCAI6AgECChJ0ZW5zb3JmbG93OjpUZW5zb3IaDAgJEgQSAggCUgICAox/"
            "ouY="
        ),
        "dataset_spec.pb": "kgItCAESFaIDEgoL+gEIEgIIAhICCAIKA4ACAxoQU3BhcnNlVGVuc29yU3BlYyAD",
        "snapshot.metadata": "EhM1NTAwNDI0Nzc1NzY4OTI2MzkwGJizy7nLrZgDIAIqARUwAcA+AQ==",
    },
    "other dtypes": {
        "818262705154346445/00000000.shard/00000000.snapshot": (
            "DAAAAAAAAAD0yP4KCAoSBBICCAIiAgEALew22RoAAAAAAAAAEpvYLQgSEgQSAggBIhAAAAAAAADwPwAAAAAAAABAIU"
            "+zhwgAAAAAAAAA/4YkDwgTEgAiAgA+zn8HGBIAAAAAAAAAJB9kJQgHEggSAggBEgIIAiIEAQFhYhCiGAs="
        ),
        "dataset_spec.pb": "ogM0CguKAggSBBICCAIYCgoLigIIEgQSAggBGBIKB4oCBBIAGBMKD4oCDBIIEgIIARICCAIYBw==",
        "snapshot.metadata": "EhI4MTgyNjI3MDUxNTQzNDY0NDUYiPXSucutmAMgAioEChITBzABwD4B",
    },
}


def shown(value):
    if isinstance(value, tf.RaggedTensor):
        return value.to_list()
    if isinstance(value, tf.SparseTensor):
        return tf.sparse.to_dense(value).numpy().tolist()
    if isinstance(value, dict):
        return {key: shown(x) for key, x in value.items()}
    return [shown(x) for x in value] if isinstance(value, tuple) else np.asarray(value.numpy()).tolist()


@pytest.mark.parametrize(
    ("name", "elements"),
    [
        (
            "a dictionary of numbers and texts",
            [{"a": 1, "b": b"x"}, {"a": 2, "b": b"yy"}, {"a": 3, "b": b"z"}],
        ),
        ("rows of a RaggedTensor, batched", [[[1, 2], [3]]]),
        ("a RaggedTensor with two ragged axes", [[[[1], [2, 3]], [[4]]]]),
        ("a SparseTensor", [[[1, 0], [0, 2]]]),
        ("other dtypes", [[[True, False], [1 + 2j], 1.5, [[b"a", b"b"]]]]),
    ],
)
def test_what_tensorflow_saved_is_loaded(name, elements, tmp_path):
    for path, data in FILES[name].items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b64decode(data))
    dataset = tf.data.Dataset.load(str(tmp_path))
    assert [shown(x) for x in dataset] == elements
    assert len(dataset) == len(elements)


def test_a_file_that_was_cut_off_says_so(tmp_path):
    for path, data in FILES["other dtypes"].items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        whole = b64decode(data)
        file.write_bytes(whole[:-5] if path.endswith(".snapshot") else whole)
    with pytest.raises(tf.errors.DataLossError, match="truncated record"):
        list(tf.data.Dataset.load(str(tmp_path)))


def test_specs_that_cannot_be_read_say_so(tmp_path):
    (tmp_path / "dataset_spec.pb").write_bytes(b"\xff\xff\xff")
    with pytest.raises(tf.errors.DataLossError, match="specs"):
        tf.data.Dataset.load(str(tmp_path))
