"""What error messages say to use in place of names that are not covered: each works, as TensorFlow would."""

from __future__ import annotations

import pickle
from importlib.util import find_spec

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.coverage.alternatives import EACH, IN_NAMESPACE, alternative


def surroundings(tmp_path):
    return {
        "tf": tf,
        "np": np,
        "variables": [tf.Variable([1.0, -2.0])],
        "units": 2,
        "filters": 3,
        "size": 2,
        "rate": 0.5,
        "function": tf.tanh,
        "file": str(tmp_path / "saved"),
    }


@pytest.mark.parametrize("name", [*EACH, *IN_NAMESPACE])
def test_an_alternative_works(tmp_path, name):
    if "keras" in {**EACH, **IN_NAMESPACE}[name] and find_spec("keras") is None:
        pytest.skip("Keras is not installed")
    tf.install()  # Keras asks for tensorflow
    try:
        found = eval({**EACH, **IN_NAMESPACE}[name], surroundings(tmp_path))
        assert found(tf.ones([2, 4, 4, 1])).shape[0] == 2
    finally:
        tf.uninstall()


@pytest.mark.parametrize("name", [*EACH, *IN_NAMESPACE])
def test_what_has_an_alternative_is_not_covered(name):
    with pytest.raises(tf.NotCoveredError) as caught:
        eval(name, {"tf": tf})
    assert f"In place of {name} use {caught.value.alternative}\n" in str(caught.value)


def test_the_whole_name_is_told_where_only_a_namespace_is_missing():
    with pytest.raises(tf.NotCoveredError) as caught:
        tf.compat.v1.layers.Dense(3)
    assert caught.value.symbol == "tf.compat.v1.layers"
    assert "In place of tf.compat.v1.layers.Dense use tf.keras.layers.Dense(units)" in str(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.alternative) == (str(caught.value), caught.value.alternative)


def test_in_an_import():
    tf.install()
    try:
        with pytest.raises(ImportError, match=r"In place of tf.compat.v1.layers.Dense use tf.keras"):
            from tensorflow.compat.v1.layers import Dense  # noqa: F401
    finally:
        tf.uninstall()


def test_names_without_an_alternative():
    assert alternative("tf.lite.Interpreter") is None
    with pytest.raises(tf.NotCoveredError) as caught:
        _ = tf.lite
    assert caught.value.alternative is None and "In place of" not in str(caught.value)
