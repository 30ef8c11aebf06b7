"""`tfcompat coverage`: names, op types, patterns, and what is not there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tfcompat_tape.porting.cli import main
from tfcompat_tape.porting.coverage import facts


def ask(capsys: Any, *words: str) -> tuple[int, str]:
    status = main(["coverage", *words])
    return status, capsys.readouterr().out


@pytest.mark.parametrize("name", ["tf.math.tanh", "math.tanh", "tensorflow.math.tanh"])
def test_a_symbol(name: str, capsys: Any) -> None:
    status, text = ask(capsys, name)
    head, row = text.splitlines()
    assert status == 0
    assert head.split() == [
        "name",
        "covered",
        "value",
        "first",
        "second",
        "forward",
        "vmap",
        "trace",
        "dtypes",
    ]
    assert row.split()[:8] == ["tf.math.tanh", "yes", *["recorded"] * 4, "checked", "checked"]
    assert "f64" in row


@pytest.mark.parametrize("name", ["Tanh", "tf.raw_ops.Tanh"])
def test_an_op_type(name: str, capsys: Any) -> None:
    status, text = ask(capsys, name, "--json")
    assert status == 0
    assert json.loads(text) == [
        {
            "name": "Tanh",
            "covered": "yes",
            "value": "recorded",
            "dtypes": "bf16 c128 c64 f16 f32 f64",
            **dict.fromkeys(("first", "second", "forward", "vmap", "trace"), "checked"),
        }
    ]


def test_a_pattern_and_what_has_no_meaning(capsys: Any) -> None:
    status, text = ask(capsys, "tf.load_*")
    assert status == 1
    assert "tf.load_op_library" in text and "no: it loads kernels" in text


def test_all(capsys: Any) -> None:
    status, text = ask(capsys)
    names = [line.split()[0] for line in text.splitlines()]
    assert status == 0 and names[0] == "namespace" and names[-1] == "all"
    total = text.splitlines()[-1].split()
    assert int(total[1]) == len(facts()) and int(total[2]) < int(total[1])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tf.compat.v1.layers.Dense", "In its place: tf.keras.layers.Dense"),
        ("tf.keras", "tf.keras is the published Keras"),
        ("tf.keras.layers.Dense", "tf.keras is the published Keras"),
        ("tf.math.tanhh", "Do you mean tf.math.tanh"),
        ("tf.tpu", "not covered"),
        ("no_such_thing_at_all", "no public name"),
    ],
)
def test_what_is_not_there(name: str, said: str, capsys: Any) -> None:
    status, text = ask(capsys, name)
    assert status == 1
    assert said in text


def test_who_reads_may_go(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tfcompat_tape", "coverage", "tf.math.*", "--json"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, text=True, cwd=tmp_path, timeout=300
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")
