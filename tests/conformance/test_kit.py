"""The comparison itself: what it must let pass and what it must not."""

from __future__ import annotations

import dataclasses
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from conformance_kit.codec import array_text, compare, encode, text_array
from conformance_kit.inputs import ALL, A, Input, V, np_dtype, seed
from conformance_kit.run import answer, fingerprint
from conformance_kit.spec import Raised, Spec

import tfcompat_tape as tf


def differs(want: Any, got: Any, tol: dict[str, float] | None = None, widen: float = 1.0) -> bool:
    return bool(list(compare(want, got, tol or {}, widen)))


def tensor(values: Any, dtype: str = "float32") -> dict[str, str]:
    return {"tensor": array_text(np.array(values, np_dtype(dtype)))}


@pytest.mark.parametrize("dtype", ALL)
def test_bits_survive(dtype: str) -> None:
    a = (
        A("normal", (2, 0, 3)).make(seed(1), dtype),
        A("normal", (2, 3)).make(seed(1), dtype),
        V(1).make(seed(1), dtype),
    )
    for x in a:
        y = text_array(array_text(x))
        assert (y.dtype, y.shape, y.tobytes()) == (x.dtype, x.shape, x.tobytes())


@pytest.mark.parametrize(
    ("want", "got"),
    [
        (tensor([1.0, 2.0]), tensor([1.0, 2.001])),
        (tensor([1.0, 2.0]), tensor([[1.0, 2.0]])),
        (tensor([1.0, 2.0]), tensor([1.0, 2.0], "float64")),
        (tensor([1.0, np.nan]), tensor([1.0, 2.0])),
        (tensor([1.0, 2.0]), tensor([1.0, np.nan])),
        (tensor([1.0, np.inf]), tensor([1.0, -np.inf])),
        (tensor([1.0, np.inf]), tensor([1.0, 3e38])),
        (tensor([1, 2], "int32"), tensor([1, 3], "int32")),
        (tensor([True], "bool"), tensor([False], "bool")),
        (tensor([1.0], "bfloat16"), tensor([1.03], "bfloat16")),
        (tensor([1 + 1j], "complex64"), tensor([1 - 1j], "complex64")),
        (tensor([0.0]), None),
        (None, tensor([0.0])),
        (tensor([1.0]), {"variable": tensor([1.0])["tensor"]}),
        (tensor([1.0]), {"slices": [tensor([1.0]), tensor([0], "int32"), None]}),
        ({"raises": "ValueError"}, {"raises": "TypeError"}),
        ({"raises": "ValueError"}, tensor([1.0])),
        ({"list": [1, 2]}, {"tuple": [1, 2]}),
        ({"list": [None]}, {"list": [None, None]}),
        ({"dict": [["a", None]]}, {"dict": [["b", None]]}),
        ({"float": "1.0"}, {"int": "1"}),
        ({"float": "1.0"}, {"float": "1.01"}),
        (True, False),
        ("text", "other"),
    ],
)
def test_a_difference_is_seen(want: Any, got: Any) -> None:
    assert differs(want, got)


@pytest.mark.parametrize(
    ("want", "got"),
    [
        (tensor([1.0, 1e30]), tensor([1.0 + 1e-6, 1.000001e30])),
        (tensor([np.nan, np.inf, -np.inf]), tensor([-np.nan, np.inf, -np.inf])),
        (tensor([0.0]), tensor([-0.0])),
        (tensor([], "float64"), tensor([], "float64")),
        (tensor([complex(np.nan, 1)], "complex64"), tensor([complex(0, np.nan)], "complex64")),
        ({"float": "nan"}, {"float": "nan"}),
        ({"float": "1.0"}, {"float": "1.0000001"}),
    ],
)
def test_rounding_and_nan_pass(want: Any, got: Any) -> None:
    assert not differs(want, got)


def test_tolerances_widen() -> None:
    want, got = tensor([1.0]), tensor([1.00003])
    assert differs(want, got) and differs(want, got, widen=2)
    assert not differs(want, got, widen=4) and not differs(want, got, {"float32": 1e-4})


def test_inputs_are_the_same_on_every_run() -> None:
    x = A("normal", (3,)).make(seed("family", "case", 0), "float64")
    assert x.tolist() == [-0.5678013401604415, 1.9539474972098223, 0.41785124675663604]
    assert A("spd", (2, 2)).make(seed(0), "complex64").dtype == np.complex64


def test_a_changed_input_changes_the_fingerprint() -> None:
    spec = Spec("family", "case", "name", lambda tf, x: x, inputs=(A("normal", (3,)),), dtype="float32")
    others = [
        dataclasses.replace(spec, **change)
        for change in (
            {"dtype": "float64"},
            {"order": 1},
            {"name": "other"},
            {"inputs": (A("normal", (4,)),)},
            {"inputs": (Input("normal", (3,), diff=False),)},
        )
    ]
    assert fingerprint(spec) == fingerprint(dataclasses.replace(spec))
    assert fingerprint(spec) not in {fingerprint(other) for other in others}


def test_an_answer_holds_value_and_derivatives() -> None:
    spec = Spec("family", "case", "cube", lambda tf, x: x**3, inputs=(V([2.0]),), dtype="float32", order=2)
    got = answer(tf, spec, [])
    assert got.keys() == {"value", "grad", "grad2"}
    assert text_array(got["value"]["tensor"]).tolist() == [8.0]
    first = text_array(got["grad"][0]["tensor"])[0]
    second = text_array(got["grad2"][0]["tensor"])[0]
    cotangent = first / 12.0
    assert 0.5 <= abs(cotangent) <= 2.0 and 0.5 <= abs(second / (12.0 * cotangent)) <= 2.0


def test_an_exception_is_an_answer() -> None:
    caught: list[Exception] = []
    spec = Spec("family", "error", "add", lambda tf: tf.add(tf.constant(1.0), tf.constant(1)))
    assert answer(tf, spec, caught) == {"value": {"raises": type(caught[0]).__name__}}


def test_what_cannot_be_recorded_is_refused() -> None:
    assert encode(tf, Raised("ValueError")) == {"raises": "ValueError"}
    with pytest.raises(TypeError, match="cannot hold"):
        encode(tf, object())


def test_bfloat16_is_kept_as_bits() -> None:
    x = np.array([1.5, -2.0], ml_dtypes.bfloat16)
    assert text_array(array_text(x)).tolist() == [1.5, -2.0]
