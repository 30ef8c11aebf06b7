"""What a class of composite values gets from its spec and its `__composite_gradient__`."""

import copy
import pickle

import pytest

import tfcompat_tape as tf
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.specs import TypeSpec


class ScaledSpec(TypeSpec):
    def __init__(self, rows, scale):
        self.rows, self.scale = rows, scale

    value_type = property(lambda self: Scaled)
    _component_specs = property(lambda self: {"rows": self.rows, "scale": self.scale})

    def _serialize(self):
        return self.rows, self.scale

    def _to_components(self, value):
        return {"rows": value.rows, "scale": value.scale}

    def _from_components(self, components):
        return Scaled(components["rows"], components["scale"])


class Scaled(CompositeTensor):
    """Rows, which may be composite themselves, and a factor."""

    def __init__(self, rows, scale):
        self.rows, self.scale = rows, scale

    @property
    def _type_spec(self):
        return ScaledSpec(tf.type_spec_from_value(self.rows), tf.type_spec_from_value(self.scale))


class Gradient:
    def get_gradient_components(self, value):
        return [value.rows, value.scale]

    def replace_gradient_components(self, value, component_grads):
        return type(value)(*component_grads)


class Differentiable(Scaled):
    __composite_gradient__ = Gradient()


def scaled(kind=Scaled):
    return kind(tf.constant([1.0, 2.0]), tf.constant(3.0))


def test_nest_takes_apart_and_puts_together():
    inner = tf.IndexedSlices(tf.ones([2, 1]), tf.constant([0, 1]))
    value = {"a": Scaled(inner, tf.constant(2.0))}
    parts = tf.nest.flatten(value, expand_composites=True)
    assert [tuple(part.shape) for part in parts] == [(2, 1), (2,), ()]
    again = tf.nest.pack_sequence_as(value, [part + 1 for part in parts], expand_composites=True)["a"]
    assert float(again.scale) == 3.0
    assert again.rows.indices.numpy().tolist() == [1, 2]
    assert tf.nest.flatten(value) == [value["a"]]


def test_a_spec_of_specs_compares_copies_and_pickles():
    spec = scaled()._type_spec
    wide = ScaledSpec(tf.TensorSpec([None]), tf.TensorSpec([]))
    assert spec.is_subtype_of(wide)
    assert not wide.is_subtype_of(spec)
    assert wide.is_compatible_with(scaled())
    assert spec.most_specific_common_supertype([ScaledSpec(tf.TensorSpec([4]), tf.TensorSpec([]))]) == wide
    assert copy.deepcopy(spec) == pickle.loads(pickle.dumps(spec)) == spec


def test_gradients_of_composites_are_composites():
    x, plain = scaled(Differentiable), tf.constant(5.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, plain])
        y = tf.reduce_sum(x.rows * x.rows) * x.scale * plain
        z = Differentiable(x.rows * 2.0, x.scale * 4.0)
    grads = tape.gradient(y, {"b": [plain], "a": x})
    assert grads["a"].rows.numpy().tolist() == [30.0, 60.0]
    assert float(grads["a"].scale) == 25.0
    assert float(grads["b"][0]) == 15.0
    assert tape.gradient(plain * 2.0, [x]) == [None]
    assert tape.gradient(z, x.rows).numpy().tolist() == [2.0, 2.0]
    assert float(tape.gradient(z, x.scale, output_gradients=z)) == 4.0 * 12.0


@pytest.mark.parametrize("method", ["gradient", "jacobian"])
def test_without_a_composite_gradient_there_is_none(method):
    x = scaled()
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x.rows * x.scale
    with pytest.raises(ValueError, match="not supported as a gradient source"):
        getattr(tape, method)(y, x)
    assert tape.gradient(y, x.scale).numpy() == 3.0


def test_map_fn_says_what_it_cannot_take_apart():
    with pytest.raises(TypeError, match="map_fn can not consume"):
        tf.map_fn(lambda x: x, scaled(), fn_output_signature=tf.float32)
    with pytest.raises(TypeError, match="map_fn can not generate"):
        tf.map_fn(lambda x: scaled(), tf.ones([2]), fn_output_signature=scaled()._type_spec)
