"""The checker where elements do not lie in order in memory: transposed, broadcast, reversed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.checking import assert_gradients, check_gradients

X = np.array([[0.5, 1.0, -1.5], [2.0, -0.25, 0.75]])
ARGUMENTS = {"transposed": X.T, "broadcast": np.broadcast_to(X[0], (2, 3)), "reversed": X[::-1, ::-1]}
RESULTS: dict[str, Callable[[Any], Any]] = {
    "transposed": lambda x: tf.transpose(x * x),
    "broadcast": lambda x: tf.broadcast_to(x[:1] ** 2, x.shape),
    "einsum": lambda x: tf.einsum("ij,ij->ji", x, x),
    "column": lambda x: (x * x)[:, 1],
}


@tf.custom_gradient
def off_in_one_element(x: Any) -> Any:
    return x * x, lambda dy: 2.0 * x * dy + tf.scatter_nd([[1, 1]], [tf.constant(1e-2, x.dtype)], x.shape)


@pytest.mark.parametrize("result", RESULTS)
@pytest.mark.parametrize("argument", ARGUMENTS)
def test_right_gradients(argument: str, result: str) -> None:
    report = assert_gradients(RESULTS[result], tf.constant(ARGUMENTS[argument]))
    assert not report.skipped


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_a_wrong_element_is_found_in_its_place(argument: str) -> None:
    report = check_gradients(lambda x: tf.transpose(off_in_one_element(x)), tf.constant(ARGUMENTS[argument]))
    found = [finding for finding in report if finding.check == "first order" and finding.status == "failed"]
    assert [finding.element for finding in found] == [(1, 1)]
