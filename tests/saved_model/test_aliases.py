"""Names for functions that a SavedModel carries. What TensorFlow said is in the comments."""

from __future__ import annotations

import numpy as np
import pytest

import tfcompat_tape as tf

LOAD = tf.saved_model.LoadOptions(experimental_load_function_aliases=True)


class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.v = tf.Variable(2.0)

    @tf.function
    def add(self, x):
        return x + self.v

    @tf.function(input_signature=[tf.TensorSpec([None])])
    def scale(self, x):
        return x * self.v


def saved(place, model, **aliases):
    """The model, loaded again with its aliases."""
    options = tf.saved_model.SaveOptions(function_aliases=aliases)
    tf.saved_model.save(model, place, options=options)
    return tf.saved_model.load(place, options=LOAD)


def test_functions_are_found_by_their_aliases(tmp_path):
    model = Model()
    model.add(tf.constant([1.0, 2.0]))
    model.add(tf.constant([1.0, 2.0, 3.0]))
    loaded = saved(tmp_path, model, plus=model.add, times=model.scale)
    assert dict(loaded.function_aliases) == {"plus": loaded.add, "times": loaded.scale}
    np.testing.assert_array_equal(loaded.function_aliases["times"](tf.constant([3.0])), [6.0])
    # Without the option there is no such attribute.
    assert not hasattr(tf.saved_model.load(tmp_path), "function_aliases")


def test_a_part_of_the_kinds_is_a_list_of_concrete_functions(tmp_path):
    model = Model()
    model.add.get_concrete_function(tf.TensorSpec([3]))
    two = model.add.get_concrete_function(tf.TensorSpec([2]))
    loaded = saved(tmp_path, model, two=[two])
    (found,) = loaded.function_aliases["two"]
    np.testing.assert_array_equal(found(tf.constant([1.0, 2.0])), [3.0, 4.0])


def test_the_last_alias_of_a_function_counts_and_without_a_trace_there_is_none(tmp_path):
    model = Model()
    loaded = saved(tmp_path, model, a=model.scale, b=model.scale, never=model.add)
    assert dict(loaded.function_aliases) == {"b": loaded.scale}


@pytest.mark.parametrize("wrong", ["x", {"x": 1}, len, [Model().add]])
def test_an_alias_is_of_a_function(tmp_path, wrong):
    with pytest.raises(TypeError, match=r"should be created by tf\.function"):
        saved(tmp_path, Model(), a=wrong)


def test_the_object_has_no_such_attribute_of_its_own(tmp_path):
    model = tf.Module()
    model.function_aliases = tf.Module()
    with pytest.raises(ValueError, match="already has an attribute"):
        saved(tmp_path, model)
