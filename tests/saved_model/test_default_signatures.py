"""Which function is found under `serving_default` where `save` is given no signatures: as TensorFlow chooses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf

ROW = tf.TensorSpec([None], tf.float32, "x")


class One(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = tf.Variable(2.0)

    @tf.function(input_signature=[ROW])
    def f(self, x: Any) -> Any:
        return self.w * x


class Two(One):
    @tf.function(input_signature=[ROW])
    def g(self, x: Any) -> Any:
        return {"a": self.w * x}


class Called(One):
    @tf.function
    def g(self, x: Any) -> Any:
        return x


class Nested(tf.Module):
    @tf.function(input_signature=[ROW])
    def g(self, x: Any) -> Any:
        return {"a": x, "b": (x, x)}


class Several(tf.Module):
    @tf.function(input_signature=[ROW, [tf.TensorSpec([None], tf.float32)]])
    def g(self, x: Any, y: Any) -> Any:
        return x, y[0]


class Chosen(Two):
    def __init__(self) -> None:
        super().__init__()
        signature = [tf.TensorSpec([3], tf.float32)]
        self._default_save_signature = tf.function(lambda q: q + 1.0, input_signature=signature)


@pytest.mark.parametrize(
    ("make", "names"),
    [(One, ["x"]), (Two, None), (Called, ["x"]), (Nested, None), (Several, ["x", "y"]), (Chosen, ["q"])],
)
def test_the_default(make: Any, names: list[str] | None, tmp_path: Path) -> None:
    module = make()
    if make is Called:
        module.g(tf.ones(3))
    tf.saved_model.save(module, tmp_path)
    found = tf.saved_model.load(tmp_path).signatures
    if names is None:
        assert not found
        return
    args, kwargs = found["serving_default"].structured_input_signature
    assert args == () and list(kwargs) == names
    assert [spec.name for spec in kwargs.values()] == names
    given = [tf.constant([1.0, 2.0, 3.0])] * len(names)
    result = found["serving_default"](**dict(zip(names, given, strict=True)))
    scale, shift = (2.0, 0.0) if "x" in names and len(names) == 1 else (1.0, float(make is Chosen))
    for value in result.values():
        np.testing.assert_array_equal(value, np.array([1.0, 2.0, 3.0]) * scale + shift)


def test_two_open_sizes_that_must_agree(tmp_path: Path) -> None:
    rows = tf.TensorSpec([None, 2], tf.float32)
    module = tf.Module()
    module.f = tf.function(lambda a, b: tf.concat([a, b], 1), input_signature=[rows, rows])
    tf.saved_model.save(module, tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    for n in (5, 3, 1, 0):
        assert loaded.f(tf.ones([n, 2]), tf.ones([n, 2])).shape == (n, 4)


def test_functions_that_are_known() -> None:
    double = tf.function(lambda x: x * 2.0)
    assert double._list_all_concrete_functions() == []
    assert double._trackable_children("savedmodel") == {}
    double.get_concrete_function(tf.TensorSpec([None], tf.float32))
    double(tf.ones(2))
    double(tf.ones(4))
    (only,) = double._list_all_concrete_functions()
    assert double._trackable_children("savedmodel") == {"trace_0": only}
    assert double._trackable_children() == {}


def test_resources() -> None:
    class Count(tf.saved_model.experimental.TrackableResource):
        made = 0

        def _create_resource(self) -> Any:
            Count.made += 1
            return tf.constant(3.0)

        def _destroy_resource(self) -> None:
            Count.made -= 10

    count = Count()
    assert count.resource_handle is count.resource_handle and Count.made == 1
    del count
    assert Count.made == -9
    with pytest.raises(NotImplementedError):
        _ = tf.saved_model.experimental.TrackableResource().resource_handle
    words = tf.lookup.KeyValueTensorInitializer(["a"], tf.constant([0], tf.int64))
    table = tf.lookup.StaticHashTable(words, -1)
    assert isinstance(table, tf.saved_model.experimental.TrackableResource)
