"""tf.io beyond what TensorFlow's answers hold (tests/conformance): signatures, sums, other machines' files."""

from __future__ import annotations

import inspect
import json
import random
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from signature_kit import ours, parameters

import tfcompat_tape as tf
from tfcompat_tape.core.messages import Message
from tfcompat_tape.coverage.reasons import reason
from tfcompat_tape.io.checksums import crc32c

SIGNATURES: dict[str, str] = json.loads(
    (Path(__file__).parent / "data" / "io_signatures.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("symbol", SIGNATURES)
def test_every_name_has_tensorflows_signature(symbol: str) -> None:
    if reason(symbol):
        with pytest.raises(tf.NotCoveredError, match="It has no meaning here"):
            reduce(getattr, symbol.split(".")[1:], tf)
        return
    here = reduce(getattr, symbol.split(".")[1:], tf)
    wanted = parameters(SIGNATURES[symbol])
    if inspect.isclass(here) and wanted[:1] == ["self"]:
        wanted = wanted[1:]
    assert ours(here) == wanted


def slow_sum(data: bytes) -> int:
    """CRC-32C bit by bit."""
    found = 0xFFFFFFFF
    for byte in data:
        found ^= byte
        for _ in range(8):
            found = found >> 1 ^ (0x82F63B78 if found & 1 else 0)
    return found ^ 0xFFFFFFFF


@pytest.mark.parametrize("size", [0, 1, 9, 4095, 4096, 4097, 4352, 5000])
def test_sums_of_long_records_are_those_of_short_ones(size: int) -> None:
    data = random.Random(size).randbytes(size)
    assert crc32c(data) == slow_sum(data)


def test_the_sum_that_its_definition_gives() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA


@pytest.mark.parametrize("call", ["exists", "listdir", "remove", "stat"])
def test_files_elsewhere_are_refused_by_name(call: str) -> None:
    with pytest.raises(tf.errors.UnimplementedError, match="File system scheme 'gs' not implemented"):
        getattr(tf.io.gfile, call)("gs://bucket/file")


def test_a_file_may_be_named_by_its_scheme(tmp_path: Path) -> None:
    tf.io.write_file(f"file://{tmp_path}/a", "x")
    assert tf.io.gfile.exists(f"{tmp_path}/a")
    assert tf.io.read_file(f"file://{tmp_path}/a").numpy() == b"x"


def test_images_are_those_of_tf_image() -> None:
    assert tf.io.decode_png is tf.image.decode_png
    assert tf.io.is_jpeg is tf.image.is_jpeg


def test_serialized_bits_come_back() -> None:
    values = np.array([np.nan, -0.0, np.inf, 1e-45], np.float32)
    again = tf.io.parse_tensor(tf.io.serialize_tensor(values), tf.float32).numpy()
    assert again.tobytes() == values.tobytes()


def test_what_a_message_does_not_know_stays_in_it() -> None:
    data = b"\x0a\x01\x05\x98\x06\x07"
    known = tf.train.Int64List.FromString(data)
    assert known.value == [5]
    assert known.SerializeToString() == data
    known.Clear()
    assert known.SerializeToString() == b""


def random_features(seed: int) -> dict[str, Any]:
    draw = random.Random(seed)
    kinds = {
        "i": lambda: draw.getrandbits(64) - 2**63,
        "f": lambda: float(np.float32(draw.gauss(0, 1e3))),
        "b": lambda: draw.randbytes(draw.randrange(5)),
    }
    return {
        f"{kind}{n}": [kinds[kind]() for _ in range(draw.randrange(4))]
        for n, kind in enumerate(draw.choice("ifb") for _ in range(6))
    }


@pytest.mark.parametrize("seed", range(20))
def test_examples_come_back_as_they_were_written(seed: int) -> None:
    made = {
        "i": lambda values: tf.train.Feature(int64_list=tf.train.Int64List(value=values)),
        "f": lambda values: tf.train.Feature(float_list=tf.train.FloatList(value=values)),
        "b": lambda values: tf.train.Feature(bytes_list=tf.train.BytesList(value=values)),
    }
    dtypes = {"i": tf.int64, "f": tf.float32, "b": tf.string}
    features = random_features(seed)
    example = tf.train.Example(
        features=tf.train.Features(feature={key: made[key[0]](v) for key, v in features.items()})
    )
    data = example.SerializeToString()
    assert tf.train.Example.FromString(data) == example
    found = tf.io.parse_single_example(data, {key: tf.io.VarLenFeature(dtypes[key[0]]) for key in features})
    assert {key: value.values.numpy().tolist() for key, value in found.items()} == features
    for end in range(len(data)):  # cut off anywhere, it is a shorter message or none, and nothing else
        try:
            cut: Message = tf.train.Example.FromString(data[:end])
        except Exception as error:
            assert type(error).__name__ == "DecodeError"
        else:
            assert cut.ByteSize() <= end


def test_records_that_are_not_closed_are_written_when_dropped(tmp_path: Path) -> None:
    writer = tf.io.TFRecordWriter(tmp_path / "r", "ZLIB")
    writer.write(b"x")
    del writer
    assert (tmp_path / "r").stat().st_size > 0


def test_a_string_of_a_single_example_is_one_that_ops_take():
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    feature = tf.train.Feature(bytes_list=tf.train.BytesList(value=[tf.io.encode_png(pixels).numpy()]))
    data = tf.train.Example(features=tf.train.Features(feature={"image": feature})).SerializeToString()
    spec = {"image": tf.io.FixedLenFeature([], tf.string)}
    found = tf.io.parse_single_example(data, spec)["image"]
    assert found.dtype == tf.string and np.array_equal(tf.io.decode_png(found).numpy(), pixels)
    images = tf.data.Dataset.from_tensors(data).map(
        lambda x: tf.io.decode_image(tf.io.parse_single_example(x, spec)["image"])
    )
    assert np.array_equal(next(iter(images)).numpy(), pixels)
